package transfer

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
)

const defaultPartSize = 8 << 20

// Option adjusts one transfer. An option that means nothing to a transfer, such
// as a content type to a download, makes it fail before anything is sent.
type Option func(*options)

type options struct {
	manager     *Manager
	progress    func(Event)
	partSize    int64 // 0: not set
	concurrency int
	wanted      int               // concurrency that was set, 0 if none was
	err         error             // the first value that is not valid
	explain     func(error) error // says whose error it is
	checkpoint  string            // path of the file, or directory, to keep checkpoints in

	// For what is written.
	attrs   Attrs
	replace bool  // attrs are those of the new object, also of a copy
	size    int64 // hint, -1 unknown
	resume  bool
	written string // an option that was set and is for what writes objects
	upload  string // an option that was set and is for uploads only

	// For what is read.
	version string
	verify  bool
	mode    fs.FileMode // of files, 0: not set
	modTime bool
	fsync   *bool  // nil: not set
	read    string // an option that was set and is for what reads objects

	tree treeOptions
}

func newOptions(opts []Option) *options {
	o := &options{manager: &defaultManager, size: -1}
	for _, opt := range opts {
		opt(o)
	}
	o.manager.init()
	if o.concurrency = o.wanted; o.concurrency == 0 {
		o.concurrency = o.manager.Requests
	}
	return o
}

// forUpload checks the options of an upload.
func (o *options) forUpload() error {
	if o.read != "" {
		return errors.New(o.read + " is an option of downloads")
	}
	return cmp.Or(o.tree.forOne(), o.err)
}

// forDownload checks the options of a download.
func (o *options) forDownload() error {
	for _, name := range []string{o.written, o.upload} {
		if name != "" {
			return errors.New(name + " is an option of uploads")
		}
	}
	return cmp.Or(o.tree.forOne(), o.err)
}

// forCopy checks the options of a copy.
func (o *options) forCopy() error {
	if o.upload != "" {
		return errors.New(o.upload + " is an option of uploads")
	}
	return cmp.Or(o.tree.forOne(), o.err)
}

// window is that of the bucket's server, which has room for what the caller
// wants to be in flight.
func (o *options) window(l Limits) *window {
	w := o.manager.window(l.Server)
	w.widen(o.wanted)
	return w
}

func (o *options) invalid(format string, args ...any) {
	if o.err == nil {
		o.err = fmt.Errorf(format, args...)
	}
}

// WithManager makes the transfer share the limits of m.
func WithManager(m *Manager) Option {
	return func(o *options) { o.manager = m }
}

// WithProgress calls report while the transfer goes on: see [Event]. Calls are
// made one at a time but from several goroutines, and the transfer waits for
// them.
func WithProgress(report func(Event)) Option {
	return func(o *options) { o.progress = report }
}

// WithPartSize sets the size in bytes of parts and ranges; an object that fits
// into one is sent or fetched in one request. It is raised and lowered to what
// the vendor allows, and raised where there would be too many parts. Default
// 8 MiB; a larger one where the vendor recommends it and the source is read in
// place.
func WithPartSize(n int64) Option {
	return func(o *options) {
		if n <= 0 {
			o.invalid("part size %d is not positive", n)
		}
		o.partSize = n
	}
}

// WithConcurrency sets how many parts or ranges of this transfer are in flight
// at a time, within what the [Manager] allows. Default: as many as that finds to
// be of use.
func WithConcurrency(n int) Option {
	return func(o *options) {
		if n <= 0 {
			o.invalid("concurrency %d is not positive", n)
		}
		o.wanted = n
	}
}

// WithContentType sets the media type of the object to be uploaded.
func WithContentType(mediaType string) Option {
	return func(o *options) {
		o.attrs.ContentType = mediaType
		o.written, o.replace = "WithContentType", true
	}
}

// WithMetadata adds entries to the user metadata of the object to be uploaded.
func WithMetadata(metadata map[string]string) Option {
	return func(o *options) {
		merged := make(map[string]string, len(o.attrs.Metadata)+len(metadata))
		maps.Copy(merged, o.attrs.Metadata)
		maps.Copy(merged, metadata)
		o.attrs.Metadata = merged
		o.written, o.replace = "WithMetadata", true
	}
}

// WithIfAbsent makes an upload fail, with an error that is [io/fs.ErrExist], if
// there is an object of that name. Where the vendor cannot promise that, the
// error is [errors.ErrUnsupported].
func WithIfAbsent() Option {
	return func(o *options) {
		o.attrs.IfAbsent = true
		o.written = "WithIfAbsent"
	}
}

// WithAttrs sets all properties of the object to be uploaded; it takes the
// place of the options for single ones before it. Attrs.Size is not used.
func WithAttrs(a Attrs) Option {
	a.Metadata = maps.Clone(a.Metadata)
	return func(o *options) {
		o.attrs = a
		o.written, o.replace = "WithAttrs", true
	}
}

// WithSize tells how many bytes a reader of unknown length is expected to
// yield, so that the size of parts fits from the start. It need not be exact.
func WithSize(n int64) Option {
	return func(o *options) {
		if n < 0 {
			o.invalid("size %d is negative", n)
		}
		o.size = n
		o.upload = "WithSize"
	}
}

// WithResume makes an upload in parts go on with one that was left behind, if
// there is one of the same object with the same properties; the newest wins. Of
// its parts those are kept whose size and checksum are what the source now has,
// which is read for that; the others are sent again. If the upload fails, it is
// left behind in turn, and not aborted: it is billed until it is resumed or
// aborted.
//
// The source must be one that is read in place. Where the vendor cannot find
// uploads that were left behind, the error is [errors.ErrUnsupported]. A caller
// who may not look for them begins afresh, and so does an upload that the vendor
// cannot continue; these are aborted if they fail. Events tell what was kept
// ([Event.Reused]) and, of what was not, why ([Event.Refused]).
//
// No other upload of the same object may be under way meanwhile, in this program
// or in another: it looks like one that was left behind, and both would go on with it.
func WithResume() Option {
	return func(o *options) {
		o.resume = true
		o.upload = "WithResume"
	}
}

// WithCheckpoint keeps in the file path what it takes to go on with an [Upload], a
// [Copy] or a [DownloadFile] after it has failed, or after the process was killed: the
// same call with the same path then does, and moves what is missing only. The file is
// JSON, there while something can be continued, and holds no secret. For [CopyAll] and
// [Sync], path is a directory, which is made, with a file for each object under way.
//
// What is kept counts only for the same content: a file of the same size and time of
// modification, the same version of an object. If that has changed, what was begun is
// given up, and all begins afresh ([Event.Refused] says so).
//
// An upload, or a copy in parts, is left behind at the server if it fails, which bills
// it until it is continued or aborted: see [CleanupUploads]. Which parts there are the
// server tells, and none of them is sent again. Parts of what is read here, also of what
// is copied between providers, are compared with it by the checksum that the server
// tells of them, or by an MD5 in the ETag; those of which it tells neither are taken for
// what they were sent as. The source of an upload must be one that is read in place.
// Where the provider cannot go on with uploads, the error is [errors.ErrUnsupported].
//
// A download leaves its file, .entrepot-*.part, beside the one that it will be. Of that
// the ranges are kept that were complete up to a second before, and they are read for the
// checksum of the whole. If that is wrong in the end, all is fetched again next time.
//
// No two transfers may use the same path at a time.
func WithCheckpoint(path string) Option {
	return func(o *options) {
		if path == "" {
			o.invalid("the path of the checkpoint is empty")
		}
		o.checkpoint = path
	}
}

// WithVersion downloads a certain version of the object: an [Info.Version].
func WithVersion(version string) Option {
	return func(o *options) {
		o.version = version
		o.read = "WithVersion"
	}
}

// WithFileMode gives files that are downloaded these permissions, whatever the
// umask, also those that replace others.
func WithFileMode(mode fs.FileMode) Option {
	return func(o *options) {
		if mode&^fs.ModePerm != 0 || mode == 0 {
			o.invalid("file mode %v is not one of permissions", mode)
		}
		o.mode = mode
		o.read = "WithFileMode"
	}
}

// WithModTime gives files that are downloaded the time of the object: when its
// content was last modified at its source, if the vendor knows ([Attrs.ModTime]),
// or else when it was written.
func WithModTime() Option {
	return func(o *options) {
		o.modTime = true
		o.read = "WithModTime"
	}
}

// WithFsync says whether files that are downloaded are synced to the disk before
// they get their names, so that a crash of the machine cannot leave names of files
// without content. Default for [DownloadFile]: they are; for many files: not.
func WithFsync(on bool) Option {
	return func(o *options) {
		o.fsync = &on
		o.read = "WithFsync"
	}
}

// WithVerify makes a download fail, with [errors.ErrUnsupported], unless its
// content can be compared with a checksum that the vendor keeps of the whole
// object. It may cost one more request, and a second reading of the written
// file where that checksum is not a CRC. Where the vendor keeps but a checksum of the
// checksums of parts (composite, in S3), it costs a request more for each 1,000 parts,
// whose sizes S3 tells, and the second reading.
func WithVerify() Option {
	return func(o *options) {
		o.verify = true
		o.read = "WithVerify"
	}
}
