package b2

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/entrepot-go/entrepot/internal/byterange"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/transfer"
)

// What package transfer can do with a bucket beside moving content.
var _ interface {
	transfer.Lister
	transfer.Remover
	transfer.Copier
	transfer.Resumer
	transfer.Reopener
	transfer.Cleaner
} = (*BucketHandle)(nil)

const (
	// listPage is how many files a page of a list has; more are billed as several.
	listPage = 1000

	// removeLimit is how many files are hidden by one Remove, and removesAtOnce how
	// many of them at a time: B2 has a call for each.
	removeLimit   = 100
	removesAtOnce = 10
)

// List implements [transfer.Lister] with ListFileNames: files that are hidden are not
// listed. Info.Native is a *[FileVersion]. It takes the capability listFiles, and a
// class C transaction for every 1000 files.
func (h *BucketHandle) List(ctx context.Context, l transfer.Listing) iter.Seq2[transfer.Info, error] {
	return func(yield func(transfer.Info, error) bool) {
		id, err := h.ID(ctx)
		if err != nil {
			yield(transfer.Info{}, err)
			return
		}
		in := &ListFileNamesInput{BucketId: id, Prefix: l.Prefix, Delimiter: l.Delimiter, MaxFileCount: listPage}
		if l.After != "" {
			in.StartFileName = l.After
			if after := l.After + " "; len(after) <= maxNameSize {
				in.StartFileName = after // the least name that comes after it: others have no lower character
			}
		}
		for f, err := range paginator.Items(ctx, h.client.ListFileNames, in) {
			if err != nil {
				yield(transfer.Info{}, h.forget(err))
				return
			}
			info := transfer.Info{Name: f.FileName, IsPrefix: true}
			if f.Action != ActionFolder {
				info = infoOf(&f, &f)
			}
			if f.FileName <= l.After && !(info.IsPrefix && strings.HasPrefix(l.After, f.FileName)) {
				continue
			}
			if !yield(info, nil) {
				return
			}
		}
	}
}

// Remove implements [transfer.Remover] with HideFile: the versions of the files stay
// until a [LifecycleRule] or [BucketHandle.DeleteAll] deletes them.
func (h *BucketHandle) Remove(ctx context.Context, names []string) error {
	if len(names) > removeLimit {
		return fail(opHideFile.Name, refuse("names", "are %d, more than %d", len(names), removeLimit))
	}
	var mu sync.Mutex
	some := &transfer.RemoveError{}
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(removesAtOnce)
	for _, name := range names {
		g.Go(func() error {
			err := h.Hide(running, name)
			switch {
			case err == nil:
				return nil
			case errors.Is(err, ErrBadBucketId), running.Err() != nil:
				return err // which all of them meet
			case errors.Is(err, fs.ErrNotExist):
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			some.Failed = append(some.Failed, transfer.ObjectError{Name: name, Err: err})
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if len(some.Failed) > 0 {
		return some
	}
	return nil
}

// CopyObject implements [transfer.Copier] with CopyFile, between the buckets of one
// account. What the template of h has in Upload stands in for the properties of the
// source, as with [BucketHandle.Copy]. Info.Native is a *[CopyFileOutput].
func (h *BucketHandle) CopyObject(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.Info, error) {
	c, err := h.copying(ctx, name, a, from)
	if err != nil {
		return transfer.Info{}, err
	}
	info, err := c.whole(ctx)
	return info, gone(err)
}

// BeginCopy implements [transfer.Copier] with StartLargeFile, and the copies of parts
// with CopyPart.
func (h *BucketHandle) BeginCopy(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.MultipartUpload, error) {
	c, err := h.copying(ctx, name, a, from)
	if err != nil {
		return nil, err
	}
	up, err := c.begin(ctx)
	if err != nil {
		return nil, gone(err)
	}
	return up, nil
}

// CopyPart implements [transfer.PartCopier].
func (l *largeUpload) CopyPart(ctx context.Context, number int, from transfer.CopySource, off, n int64) (transfer.Part, error) {
	c, err := l.handle.copying(ctx, l.name, transfer.Attrs{}, from)
	if err != nil {
		return transfer.Part{}, err
	}
	p, err := c.part(ctx, l, number, byterange.Header(off, n), n)
	return p, gone(err)
}

// copying is the copy of a source that package transfer knows.
func (h *BucketHandle) copying(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (*copying, error) {
	source, ok := from.Bucket.(*BucketHandle)
	switch {
	case !ok:
		return nil, fail(opCopyFile.Name, fmt.Errorf("the source is not a bucket of this package: %w", errors.ErrUnsupported))
	case a.IfAbsent:
		return nil, errIfAbsent
	}
	if err := h.sameAccount(ctx, source); err != nil {
		return nil, err
	}
	c, err := h.copyOf(ctx, name, source, known(from.Info))
	if err == nil && from.Replace {
		c.replace = &a
	}
	return c, err
}

// known is what an Info tells of a file; of one without a FileId, or of which too
// little is known, not even that there is one.
func known(i transfer.Info) *Download {
	switch native := i.Native.(type) {
	case *DownloadFileByNameOutput:
		return &native.Download
	case *DownloadFileByIdOutput:
		return &native.Download
	case *FileVersion:
		d := &Download{
			FileId: native.FileId, FileName: native.FileName, ContentLength: native.ContentLength, ContentType: native.ContentType,
			ContentSha1: native.ContentSha1, FileInfo: native.FileInfo,
		}
		if native.ServerSideEncryption.Mode == EncryptionModeSSEC {
			d.ServerSideEncryptionCustomerAlgorithm = native.ServerSideEncryption.Algorithm
		}
		return d
	}
	return &Download{FileId: i.Version, FileName: i.Name, ContentLength: -1}
}

// gone returns err so that a source which is no longer there is a changed one.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrBadBucketId) && !errors.Is(err, transfer.ErrObjectChanged) {
		return fmt.Errorf("%w: %w", transfer.ErrObjectChanged, err)
	}
	return err
}

// Reopen implements [transfer.Reopener]. A large file that was started before the
// newest version of the name differs, as it would be finished behind that. It takes
// the capability listFiles.
func (h *BucketHandle) Reopen(ctx context.Context, name, id string, a transfer.Attrs) (transfer.Unfinished, error) {
	want, err := h.start(ctx, name, a)
	if err != nil {
		return transfer.Unfinished{}, err
	}
	files, err := h.begun(ctx, want)
	if err != nil {
		return transfer.Unfinished{}, h.forget(err)
	}
	for _, f := range files {
		if f.FileId != id {
			continue
		}
		newest, err := h.newest(ctx, want)
		if err != nil {
			return transfer.Unfinished{}, h.forget(err)
		}
		u, err := h.left(ctx, want, &f, nil, newest)
		if err == nil && u.Differs == errNotUnfinished {
			break
		}
		return u, err
	}
	return transfer.Unfinished{}, fail(opListUnfinishedLargeFiles.Name, noSuch("unfinished large file of the id", id, ErrNoSuchFile))
}

// Pending implements [transfer.Cleaner] with ListUnfinishedLargeFiles.
func (h *BucketHandle) Pending(ctx context.Context, prefix string) iter.Seq2[transfer.PendingUpload, error] {
	return func(yield func(transfer.PendingUpload, error) bool) {
		id, err := h.ID(ctx)
		if err != nil {
			yield(transfer.PendingUpload{}, err)
			return
		}
		for page, err := range h.unfinished(ctx, id, prefix) {
			if err != nil {
				yield(transfer.PendingUpload{}, h.forget(err))
				return
			}
			now := h.serverTime(page)
			for _, f := range page.Files {
				if !yield(transfer.PendingUpload{Name: f.FileName, ID: f.FileId, Age: now.Sub(f.UploadTimestamp)}, nil) {
					return
				}
			}
		}
	}
}

// AbortPending implements [transfer.Cleaner] with CancelLargeFile.
func (h *BucketHandle) AbortPending(ctx context.Context, u transfer.PendingUpload) error {
	return (&largeUpload{handle: h, fileID: u.ID}).Abort(ctx)
}
