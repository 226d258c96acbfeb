package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

var (
	// ErrObjectChanged is the error of a download whose object was replaced or
	// deleted before all of it had been read. Nothing of the new object is
	// mixed into the old one.
	ErrObjectChanged = errors.New("the object was changed or deleted")

	// ErrSourceChanged is the error of an upload whose source grew, shrank or
	// was written to meanwhile.
	ErrSourceChanged = errors.New("the source changed during the upload")

	// ErrChecksum is the error of a download whose content does not have the
	// checksum that the vendor keeps of the object.
	ErrChecksum = errors.New("checksum mismatch")
)

// Body is the content of one request: an object or one of its parts. ReadAt
// may be called from several goroutines and, for another attempt, repeatedly.
type Body interface {
	io.ReaderAt
	Size() int64
}

// Bucket is one bucket of one provider, as client.Bucket(name) returns it. It
// is safe for concurrent use. Its calls repeat failed attempts by themselves
// and end early, with an error that wraps ctx's, when ctx is done.
//
// A provider that lacks what an argument asks for answers an error that wraps
// [errors.ErrUnsupported]; it never ignores it.
type Bucket interface {
	// Limits returns the bounds within which uploads must keep.
	Limits(ctx context.Context) (Limits, error)

	// Stat returns what is known about an object without its content, the
	// checksums of the whole object among it. Version is an [Info.Version], or
	// empty for the current one. The error for an object that is not there is
	// [io/fs.ErrNotExist]; for one that is there in another version,
	// [ErrObjectChanged].
	Stat(ctx context.Context, name, version string) (Info, error)

	// Open returns n bytes of an object from offset off on, fewer where the
	// object ends before; a negative n asks for all up to the end. Info.Size is
	// the size of the whole object, and Info.Version what a later call pins.
	//
	// An empty object answers off 0 with an empty body. Errors are those of
	// Stat. The caller closes the body, whose calls end when ctx is done.
	Open(ctx context.Context, name, version string, off, n int64) (Info, io.ReadCloser, error)

	// Put writes an object in one request. Body is not touched after the call
	// has returned.
	Put(ctx context.Context, name string, a Attrs, body Body) (Info, error)

	// Begin starts an object that is sent in parts: at least two of them. The
	// object appears when the upload is finished.
	Begin(ctx context.Context, name string, a Attrs) (MultipartUpload, error)
}

// MultipartUpload is an object on its way, started by [Bucket.Begin]. Its
// methods are safe for concurrent use. Whoever began it calls Finish or Abort.
type MultipartUpload interface {
	// ID is the vendor's name for the upload: an UploadId, a fileId.
	ID() string

	// Part sends one part. Numbers begin at 1, and parts may be sent in any
	// order. Body is not touched after the call has returned.
	Part(ctx context.Context, number int, body Body) (Part, error)

	// Finish makes the object out of its parts, given in order, and verifies
	// the checksum of the whole where the vendor tells one.
	Finish(ctx context.Context, parts []Part) (Info, error)

	// Abort gives the upload up and frees the parts that were sent. An upload
	// that is no longer there is no error.
	Abort(ctx context.Context) error
}

// Limits are the bounds of a provider's uploads, in bytes. Where a field is
// zero there is no such bound.
type Limits struct {
	MinPart   int64 // smallest part, the last excepted
	MaxPart   int64 // largest part
	MaxPut    int64 // largest object in one request
	MaxObject int64 // largest object
	MaxParts  int   // largest number of parts
	MaxCopy   int64 // largest object that is copied in one request
	MaxRemove int   // largest number of objects that are deleted in one request

	// PartSize is the part size that the provider recommends, zero if it has
	// no opinion.
	PartSize int64

	// UniformParts says that all parts but the last must have the same size.
	UniformParts bool

	// Server names what answers the requests, such as a host. One that asks for
	// less gets less from all transfers of a [Manager] that go to the same.
	Server string
}

// Attrs are the properties given to an object when it is written.
type Attrs struct {
	ContentType        string
	ContentEncoding    string
	ContentLanguage    string
	ContentDisposition string
	CacheControl       string

	// Metadata are the user's own entries, without the vendor's prefix.
	Metadata map[string]string

	// ModTime is when the content was last modified at its source; zero if
	// that is not known or does not matter. Only some vendors keep it.
	ModTime time.Time

	// Size is the size of the whole object, -1 if it is not known yet. The
	// transfer sets it.
	Size int64

	// SHA1 is the SHA-1 of the whole object where it is known beforehand, for
	// vendors that keep it (B2). An upload in one request fails if it is wrong;
	// one in parts is not compared with it, but downloads will be.
	SHA1 []byte

	// IfAbsent makes the upload fail, with an error that is
	// [io/fs.ErrExist], if there is an object of that name.
	IfAbsent bool

	// Carried says that the properties are those of the source of a [Copy]: what
	// the bucket's handle states for all that is written goes before them.
	Carried bool `json:"-"`
}

// Info is what is known about an object.
type Info struct {
	Name string

	// IsPrefix says that this is no object: Name is what the names of several
	// begin with. Only lists with a [Listing.Delimiter] tell of such.
	IsPrefix bool

	// Size is the size in bytes of the whole object.
	Size int64

	// ModTime is when the object was written.
	ModTime time.Time

	// Version names this version of this object, for [Bucket.Stat] and
	// [Bucket.Open]. What it is depends on the vendor: an ETag, a versionId, a
	// fileId. An object without one is downloaded in a single request.
	Version string

	// ETag is the entity tag, quotes included; empty if the vendor has none.
	ETag string

	// Attrs are the properties of the object. Size, IfAbsent and Carried are not set.
	Attrs Attrs

	// Checksums are those that the vendor keeps of the object. Some are told
	// by [Bucket.Stat] only.
	Checksums []Checksum

	// Verified is the algorithm of the checksum of the whole object with which
	// a download was compared; empty if the vendor told none that could be.
	Verified string

	// Copied says that a server has copied the object by itself: see [Copy].
	Copied bool

	// Parts is the number of parts the object was made of, zero if not known.
	Parts int

	// Native is the vendor's own output, such as an *s3.HeadObjectOutput.
	Native any
}

// Checksum is a checksum of an object or of a part.
type Checksum struct {
	// Algorithm is CRC64NVME, CRC32C, CRC32, SHA256, SHA1, SHA512 or MD5. Others
	// are carried but not computed.
	Algorithm string `json:"algorithm"`

	// Value is the checksum itself; that of a CRC is big-endian.
	Value []byte `json:"value"`

	// Composite says that Value is not the checksum of the content but one of
	// the checksums of the parts.
	Composite bool `json:"composite,omitempty"`
}

// String returns the algorithm and, in hex, the value; nothing for the zero
// Checksum.
func (c Checksum) String() string {
	switch {
	case c.Algorithm == "" && c.Value == nil:
		return ""
	case c.Composite:
		return fmt.Sprintf("%s %x (composite)", c.Algorithm, c.Value)
	}
	return fmt.Sprintf("%s %x", c.Algorithm, c.Value)
}

// Part is a part that has been sent. It can be kept as JSON to go on with the
// upload later.
type Part struct {
	Number   int      `json:"number"`
	Size     int64    `json:"size"`
	ETag     string   `json:"etag,omitempty"`
	Checksum Checksum `json:"checksum,omitzero"`
}
