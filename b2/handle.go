package b2

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/entrepot-go/entrepot/paginator"
)

// Hide puts a marker on top of the versions of a file: see [Client.HideFile]. A
// file that is hidden already is no error.
func (h *BucketHandle) Hide(ctx context.Context, name string) error {
	id, err := h.ID(ctx)
	if err != nil {
		return err
	}
	_, err = h.client.HideFile(ctx, &HideFileInput{BucketId: id, FileName: name})
	if errors.Is(err, ErrAlreadyHidden) {
		return nil
	}
	return h.forget(err)
}

// Unhide deletes the markers on top of the versions of a file, so that the
// newest content is what downloads find by name. A file that is not hidden is no
// error; one of which there is no version is [fs.ErrNotExist].
//
// It takes the capabilities listFiles and, to delete a marker, deleteFiles.
func (h *BucketHandle) Unhide(ctx context.Context, name string) error {
	found := false
	for f, err := range h.versions(ctx, name) {
		if err != nil {
			return err
		}
		found = true
		if f.Action != ActionHide {
			return nil
		}
		if err := h.deleteVersion(ctx, f); err != nil {
			return err
		}
	}
	if !found {
		return fail(opListFileVersions.Name, noSuch("version of the file", name, ErrNoSuchFile))
	}
	return nil
}

// DeleteAll deletes all versions of a file for good, hide markers among them,
// the oldest first: if it ends early, what downloads find by name is what it
// was. A version that is gone already is no error, nor is a file of which there
// is none. Unfinished large files are not versions: see
// [BucketHandle.CancelUnfinished].
//
// Name is that of one file: for all that begin with a prefix see the example of
// [Client.DeleteFileVersion].
//
// It takes the capabilities listFiles and deleteFiles; with a key that has not
// the latter the error is [ErrUnauthorized], and what is left to do is
// [BucketHandle.Hide]. The error is [ErrFileLocked] where retention or a legal
// hold protects a version.
func (h *BucketHandle) DeleteAll(ctx context.Context, name string) error {
	var files []*FileVersion
	for f, err := range h.versions(ctx, name) {
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	for _, f := range slices.Backward(files) {
		if err := h.deleteVersion(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// versions yields content and hide markers of a name, the newest first.
func (h *BucketHandle) versions(ctx context.Context, name string) func(func(*FileVersion, error) bool) {
	return func(yield func(*FileVersion, error) bool) {
		if name == "" { // never the name of a file, but perhaps a variable that was not set
			yield(nil, fail(opListFileVersions.Name, require("FileName")))
			return
		}
		id, err := h.ID(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		in := &ListFileVersionsInput{BucketId: id, StartFileName: name, Prefix: name}
		for f, err := range paginator.Items(ctx, h.client.ListFileVersions, in) {
			switch {
			case err != nil:
				yield(nil, h.forget(err))
				return
			case f.FileName != name: // the prefix has longer names, too, behind this one
				return
			case f.Action == ActionStart:
			case !yield(&f, nil):
				return
			}
		}
	}
}

// deleteVersion deletes one version. One that is gone is no error.
func (h *BucketHandle) deleteVersion(ctx context.Context, f *FileVersion) error {
	_, err := h.client.DeleteFileVersion(ctx, &DeleteFileVersionInput{FileName: f.FileName, FileId: f.FileId})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// CancelUnfinished gives up the large files that were started longer ago than
// olderThan and are not finished, of which the names begin with prefix, and
// returns how many. It is meant for what programs have left behind that are no
// more, which is billed: choose a time that no upload takes. Files whose
// CustomUploadTimestamp was set count as started then.
//
// It takes the capabilities listFiles and writeFiles.
func (h *BucketHandle) CancelUnfinished(ctx context.Context, prefix string, olderThan time.Duration) (cancelled int, err error) {
	if olderThan < 0 { // of times that were subtracted the wrong way round, and files just begun would go
		return 0, fail(opCancelLargeFile.Name, refuse("olderThan", "must be 0 or more, not %v", olderThan))
	}
	id, err := h.ID(ctx)
	if err != nil {
		return 0, err
	}
	for page, err := range h.unfinished(ctx, id, prefix) {
		if err != nil {
			return cancelled, h.forget(err)
		}
		now := h.serverTime(page)
		for _, f := range page.Files {
			if olderThan > 0 && now.Sub(f.UploadTimestamp) < olderThan {
				continue
			}
			_, err := h.client.CancelLargeFile(ctx, &CancelLargeFileInput{FileId: f.FileId})
			if errors.Is(err, ErrBadRequest) { // finished or given up meanwhile
				continue
			}
			if err != nil {
				return cancelled, err
			}
			cancelled++
		}
	}
	return cancelled, nil
}

// serverTime is when a page was answered, by the service's own clock: it is the one
// that counts.
func (h *BucketHandle) serverTime(page *ListUnfinishedLargeFilesOutput) time.Time {
	now, err := http.ParseTime(page.ResponseMetadata.Header.Get("Date"))
	if err != nil {
		return h.client.session.config.Clock()
	}
	return now
}
