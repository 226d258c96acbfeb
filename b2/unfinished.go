package b2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/transfer"
)

// unfinished lists the unfinished large files whose names have a prefix.
func (h *BucketHandle) unfinished(ctx context.Context, bucketID, prefix string) iter.Seq2[*ListUnfinishedLargeFilesOutput, error] {
	return paginator.Pages(ctx, h.client.ListUnfinishedLargeFiles, &ListUnfinishedLargeFilesInput{BucketId: bucketID, NamePrefix: prefix})
}

// Unfinished implements [transfer.Resumer]. It takes the capabilities listFiles,
// readFileRetentions and readFileLegalHolds, and class C transactions: one if nothing
// was left behind, and else one for the versions of the name and for the parts of
// each candidate.
//
// A large file that is to be continued has the name, the content type (unless
// that is for the service to choose), the FileInfo, the encryption, the retention
// and the legal hold that a new one would have. Large files with SSE-C are not
// continued, as the service does not tell with which key they were begun, nor are
// those with an [InfoLargeFileSha1] where that of the source is not known: if it
// were another, all who download the file would take it for damaged. Neither are
// those that were started before the newest version of the name, as a file has
// the time of its start: it would be finished behind what downloads find.
func (h *BucketHandle) Unfinished(ctx context.Context, name string, a transfer.Attrs) iter.Seq2[transfer.Unfinished, error] {
	return func(yield func(transfer.Unfinished, error) bool) {
		if a.IfAbsent {
			yield(transfer.Unfinished{}, errIfAbsent)
			return
		}
		want, err := h.start(ctx, name, a)
		if err == nil {
			err = h.mayContinue(ctx, want)
		}
		if err != nil {
			yield(transfer.Unfinished{}, err)
			return
		}
		files, err := h.begun(ctx, want)
		var newest *FileVersion
		if err == nil && len(files) > 0 {
			newest, err = h.newest(ctx, want)
		}
		if err != nil {
			yield(transfer.Unfinished{}, h.forget(err))
			return
		}
		for _, f := range files {
			u, err := h.left(ctx, want, &f, want.differs(&f), newest)
			if err != nil {
				yield(transfer.Unfinished{}, err)
				return
			}
			if !yield(u, nil) {
				return
			}
		}
	}
}

var errNotUnfinished = errors.New("it is not unfinished any more")

// left is what package transfer wants to know of an unfinished large file. Differs
// says in what it is not the one that is wanted.
func (h *BucketHandle) left(ctx context.Context, want *StartLargeFileInput, f *FileVersion, differs error, newest *FileVersion) (u transfer.Unfinished, err error) {
	u = transfer.Unfinished{Upload: h.largeUpload(want, f.FileId), Differs: differs}
	if u.Differs == nil && newest != nil && !f.UploadTimestamp.After(newest.UploadTimestamp) {
		u.Differs = fmt.Errorf("it was started before version %s, and would be finished behind it", newest.FileId)
	}
	if u.Differs == nil {
		u.Parts, err = h.parts(ctx, f.FileId)
	}
	if errors.Is(err, ErrBadRequest) { // it was finished or given up meanwhile
		err, u.Differs = nil, errNotUnfinished
	}
	return u, err
}

// mayContinue returns an error if no large file could be found to be what in would
// start.
func (h *BucketHandle) mayContinue(ctx context.Context, in *StartLargeFileInput) error {
	if e := in.ServerSideEncryption; e != nil && e.Mode == EncryptionModeSSEC {
		return fmt.Errorf("b2: to go on with an upload with SSE-C, of which it is not told with which key it was begun: %w", errors.ErrUnsupported)
	}
	for _, c := range []Capability{CapabilityListFiles, CapabilityReadFileRetentions, CapabilityReadFileLegalHolds} {
		if err := h.client.session.permit(ctx, opListUnfinishedLargeFiles, c, nil); err != nil {
			return err
		}
	}
	return nil
}

// begun returns the unfinished large files of the name that in has, the newest first.
func (h *BucketHandle) begun(ctx context.Context, in *StartLargeFileInput) ([]FileVersion, error) {
	var files []FileVersion
	for page, err := range h.unfinished(ctx, in.BucketId, in.FileName) {
		if err != nil {
			return nil, err
		}
		for _, f := range page.Files {
			if f.FileName == in.FileName && f.Action == ActionStart {
				files = append(files, f)
			}
		}
	}
	slices.Reverse(files) // those that were begun first are listed first
	slices.SortStableFunc(files, func(a, b FileVersion) int { return b.UploadTimestamp.Compare(a.UploadTimestamp) })
	return files, nil
}

// newest returns the version on top of those of the file that in would start: content
// or a hide marker, nil if there is none. A file that is given its time does not ask:
// its place is the same whenever it is started.
func (h *BucketHandle) newest(ctx context.Context, in *StartLargeFileInput) (*FileVersion, error) {
	if !in.CustomUploadTimestamp.IsZero() {
		return nil, nil
	}
	for f, err := range h.versions(ctx, in.FileName) {
		return f, err
	}
	return nil, nil
}

// parts lists the parts of an unfinished large file.
func (h *BucketHandle) parts(ctx context.Context, fileID string) ([]transfer.Part, error) {
	var parts []transfer.Part
	for p, err := range paginator.Items(ctx, h.client.ListParts, &ListPartsInput{FileId: fileID, MaxPartCount: 1000}) {
		if err != nil {
			return nil, err
		}
		parts = append(parts, transfer.Part{
			Number: int(p.PartNumber), Size: p.ContentLength, Checksum: transfer.Checksum{Algorithm: "SHA1", Value: parseSha1(p.ContentSha1)},
		})
	}
	slices.SortFunc(parts, func(a, b transfer.Part) int { return cmp.Compare(a.Number, b.Number) })
	return parts, nil
}

// differs says why an unfinished large file is not what in would start.
func (in *StartLargeFileInput) differs(f *FileVersion) error {
	if err := in.describes(f); err != nil {
		return err
	}
	if !in.CustomUploadTimestamp.IsZero() && in.CustomUploadTimestamp.UnixMilli() != f.UploadTimestamp.UnixMilli() {
		return fmt.Errorf("its timestamp is %v, not %v", f.UploadTimestamp, in.CustomUploadTimestamp)
	}
	mode := EncryptionMode("")
	if in.ServerSideEncryption != nil {
		mode = in.ServerSideEncryption.Mode
	}
	switch got := f.ServerSideEncryption.Mode; {
	case mode == "" && got == EncryptionModeSSEB2: // the default of the bucket
	case got != mode && (got != "" || mode != EncryptionModeNone):
		return fmt.Errorf("its encryption is %q, not %q", got, mode)
	}
	retention := FileRetention{}
	if in.FileRetention != nil {
		retention = *in.FileRetention
	}
	switch got := f.FileRetention; {
	case !got.IsClientAuthorizedToRead:
		return errors.New("it is not told whether it has the right retention")
	case got.Value.Mode != retention.Mode || got.Value.RetainUntilTimestamp.UnixMilli() != retention.RetainUntilTimestamp.UnixMilli():
		return fmt.Errorf("its retention is %q until %v, not %q until %v",
			got.Value.Mode, got.Value.RetainUntilTimestamp, retention.Mode, retention.RetainUntilTimestamp)
	}
	switch got, want := f.LegalHold, in.LegalHold; {
	case !got.IsClientAuthorizedToRead:
		return errors.New("it is not told whether it has the right legal hold")
	case (got.Value == LegalHoldOn) != (want == LegalHoldOn):
		return fmt.Errorf("its legal hold is %q, not %q", got.Value, want)
	}
	return nil
}

// describes says in which of the properties that downloads show a file is not
// what in would start.
func (in *StartLargeFileInput) describes(f *FileVersion) error {
	if in.ContentType != ContentTypeAuto && f.ContentType != in.ContentType {
		return fmt.Errorf("its content type is %q, not %q", f.ContentType, in.ContentType)
	}
	return in.FileInfo.differs(f.FileInfo)
}

// differs says in which entry other is not i.
func (i FileInfo) differs(other FileInfo) error {
	for _, key := range slices.Sorted(maps.Keys(i)) {
		if got, want := other.Get(key), i[key]; got != want {
			return fmt.Errorf("its FileInfo has %s %q, not %q", key, got, want)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(other)) {
		if i.Get(key) == "" && other[key] != "" {
			return fmt.Errorf("its FileInfo has %s %q, which is not wanted", key, other[key])
		}
	}
	return nil
}

// orphanTimeout bounds the search for a large file that was started and whose
// id got lost. It may begin when the call's own context has ended.
const orphanTimeout = 20 * time.Second

// clockSlack is by how much the clocks of the service's own hosts may differ.
const clockSlack = 2 * time.Second

// orphanage knows which large files of a client are no orphans.
type orphanage struct {
	mu       sync.Mutex
	starting map[string]int  // calls on their way, by the name of the file
	known    map[string]bool // FileIds of files that were started and are not finished
}

// start notes that a file is being started, and returns what its FileId, or an
// empty one, is to be told to.
func (o *orphanage) start(name string) (started func(fileID string)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.starting == nil {
		o.starting, o.known = make(map[string]int), make(map[string]bool)
	}
	o.starting[name]++
	return func(fileID string) {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.starting[name]--; o.starting[name] == 0 {
			delete(o.starting, name)
		}
		if fileID != "" {
			o.known[fileID] = true
		}
	}
}

func (o *orphanage) end(fileID string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.known, fileID)
}

func (o *orphanage) startingOthers(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.starting[name] > 0
}

func (o *orphanage) knows(fileID string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.known[fileID]
}

// cancelOrphans gives up what attempts to start a large file have left behind
// whose answers were lost: most of them at the most. It does what it can: a key
// without listFiles leaves that to a [LifecycleRule].
//
// Another program may be starting a file of the same name and properties in the
// same moment. So only those are taken that have no part yet, and none if there
// are more than can be orphans.
func (h *BucketHandle) cancelOrphans(ctx context.Context, in *StartLargeFileInput, began time.Time, most int) {
	own := &h.client.session.orphans
	if !in.CustomUploadTimestamp.IsZero() || own.startingOthers(in.FileName) {
		return // it would not be known whose they are
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orphanTimeout)
	defer cancel()
	var orphans []string
	for page, err := range h.unfinished(ctx, in.BucketId, in.FileName) {
		if err != nil {
			return
		}
		now, err := http.ParseTime(page.ResponseMetadata.Header.Get("Date"))
		if err != nil {
			return
		}
		since := now.Add(-time.Since(began) - clockSlack)
		for _, f := range page.Files {
			if f.FileName == in.FileName && f.UploadTimestamp.After(since) && in.describes(&f) == nil {
				orphans = append(orphans, f.FileId)
			}
		}
	}
	if own.startingOthers(in.FileName) {
		return // what was listed may be theirs
	}
	orphans = slices.DeleteFunc(orphans, func(id string) bool {
		if own.knows(id) {
			return true
		}
		parts, err := h.client.ListParts(ctx, &ListPartsInput{FileId: id, MaxPartCount: 1})
		return err != nil || len(parts.Parts) > 0
	})
	if len(orphans) > most {
		return
	}
	for _, id := range orphans {
		_, _ = h.client.CancelLargeFile(ctx, &CancelLargeFileInput{FileId: id})
	}
}
