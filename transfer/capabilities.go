package transfer

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// What a bucket may be able to do beside what every [Bucket] is. Where it is
// not, or where the answer is [errors.ErrUnsupported], transfers do without or
// say so.

// Lister is a [Bucket] that lists its objects.
type Lister interface {
	Bucket

	// List yields the current objects, in the order of the bytes of their names.
	// Of each it tells the name, the size, when it was written, the version, and
	// what else the vendor tells in lists. An error ends the sequence.
	List(ctx context.Context, l Listing) iter.Seq2[Info, error]
}

// Listing says which objects to list.
type Listing struct {
	// Prefix is what their names begin with.
	Prefix string

	// Delimiter, if it is set, sums up all names that have it somewhere after
	// Prefix: what they have in common up to there, it included, is yielded once,
	// as an Info with IsPrefix. The only one that all vendors know is "/".
	Delimiter string

	// After yields only what comes after that name in order. Of names that are summed
	// up, where only some come after it, not all vendors yield what they have in common.
	After string
}

// PartTeller is a [Bucket] that tells of which parts an object was made. Where its
// only checksum is one of the checksums of the parts, [WithVerify] needs that.
type PartTeller interface {
	Bucket

	// PartSizes returns the sizes of the parts of an object, in order. Version is as
	// in [Bucket.Stat], and so are the errors.
	PartSizes(ctx context.Context, name, version string) ([]int64, error)
}

// Remover is a [Bucket] that deletes objects.
type Remover interface {
	Bucket

	// Remove deletes the current objects of these names, of which there are no
	// more than [Limits.MaxRemove]. A name without object is no error. Where the
	// bucket keeps versions they stay, and the object is no longer found by its
	// name. What fails for some of the names only is a [*RemoveError].
	Remove(ctx context.Context, names []string) error
}

// RemoveError says which objects could not be deleted, while others were.
type RemoveError struct {
	Failed []ObjectError
}

// Error names the first of the objects.
func (e *RemoveError) Error() string {
	switch len(e.Failed) {
	case 0:
		return "some objects could not be deleted"
	case 1:
		return "could not delete " + e.Failed[0].Error()
	}
	return fmt.Sprintf("could not delete %d objects, the first of them %v", len(e.Failed), e.Failed[0])
}

// Unwrap returns the errors of all the objects.
func (e *RemoveError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, failed := range e.Failed {
		errs[i] = failed
	}
	return errs
}

// ObjectError is what went wrong with one object of several.
type ObjectError struct {
	Name string
	Err  error
}

func (e ObjectError) Error() string { return fmt.Sprintf("%q: %v", e.Name, e.Err) }

// Unwrap returns Err.
func (e ObjectError) Unwrap() error { return e.Err }

// Copier is a [Bucket] whose provider copies objects without their content
// passing through the client. Where it cannot copy from a certain bucket, such as
// another provider's or that of an account it may not read, the error is
// [errors.ErrUnsupported], and nothing was done.
type Copier interface {
	Bucket

	// CopyObject makes the object name of one that has no more than
	// [Limits.MaxCopy] bytes, in one request.
	CopyObject(ctx context.Context, name string, a Attrs, from CopySource) (Info, error)

	// BeginCopy starts the object in parts, as Begin does. The upload is a
	// [PartCopier], all parts of which are to be copied from the same source.
	BeginCopy(ctx context.Context, name string, a Attrs, from CopySource) (MultipartUpload, error)
}

// CopySource is an object to be copied.
type CopySource struct {
	Bucket Bucket

	// Info is what [Bucket.Stat] told of the object. It is this version which is
	// copied; if it is gone, the error is [ErrObjectChanged].
	Info Info

	// Replace makes Attrs the properties of the copy. Else it has those of the
	// source, also the ones that Attrs does not know, such as tags; and of Attrs
	// only IfAbsent counts.
	Replace bool
}

// PartCopier is a [MultipartUpload] of which parts are copied from another
// object.
type PartCopier interface {
	MultipartUpload

	// CopyPart makes one part of n bytes of the source from off on.
	CopyPart(ctx context.Context, number int, from CopySource, off, n int64) (Part, error)
}

// Resumer is a [Bucket] that finds uploads in parts which were begun and
// neither finished nor aborted, by a program that has ended since, say.
type Resumer interface {
	Bucket

	// Unfinished yields such uploads of the object name, the newest first. Each
	// either is what Begin would start with the same arguments, and comes with
	// its parts, or says how it differs.
	//
	// An error ends the sequence; [io/fs.ErrPermission] says that the caller may
	// not look, and [errors.ErrUnsupported] that what Begin would start can never
	// be continued.
	Unfinished(ctx context.Context, name string, a Attrs) iter.Seq2[Unfinished, error]
}

// Unfinished is an upload in parts that was left behind.
type Unfinished struct {
	Upload MultipartUpload
	Parts  []Part // in the order of their numbers; nil if Differs is set

	// Differs says why the upload cannot become what is wanted. Nil: it can, if
	// its parts have the content.
	Differs error
}

// Reopener is a [Bucket] that goes on with an upload in parts of which the ID was
// kept.
type Reopener interface {
	Bucket

	// Reopen returns the upload that Begin with the same name and properties had
	// started, with the parts that the server has. If it is no longer there, the
	// error is [io/fs.ErrNotExist].
	Reopen(ctx context.Context, name, id string, a Attrs) (Unfinished, error)
}

// Cleaner is a [Bucket] that finds all uploads in parts which were neither
// finished nor aborted, whoever began them.
type Cleaner interface {
	Bucket

	// Pending yields the uploads of objects whose names begin with prefix. An
	// error ends the sequence.
	Pending(ctx context.Context, prefix string) iter.Seq2[PendingUpload, error]

	// AbortPending aborts one. If it is no longer there, that is no error.
	AbortPending(ctx context.Context, u PendingUpload) error
}

// PendingUpload is an upload in parts that is under way, or was left behind.
type PendingUpload struct {
	Name string
	ID   string

	// Age is how long ago it was begun, by the server's clock.
	Age time.Duration
}
