package s3

import (
	"context"
	"errors"
	"io/fs"
	"iter"

	"github.com/entrepot-go/entrepot/internal/s3dialect"
	"github.com/entrepot-go/entrepot/transfer"
)

// What package transfer can do with a bucket beside moving content.
var _ interface {
	transfer.Lister
	transfer.PartTeller
	transfer.Remover
	transfer.Copier
	transfer.Reopener
	transfer.Cleaner
} = (*BucketHandle)(nil)

// handleOf is the handle behind a bucket of this package.
func handleOf(b transfer.Bucket) *s3dialect.Handle {
	if b, ok := b.(*BucketHandle); ok {
		return &b.handle
	}
	return nil
}

// List implements [transfer.Lister] with ListObjectsV2. Info.Native is an *[Object].
// Directory buckets do not list in order: the error is [errors.ErrUnsupported].
func (b *BucketHandle) List(ctx context.Context, l transfer.Listing) iter.Seq2[transfer.Info, error] {
	in := &ListObjectsV2Input{Prefix: l.Prefix, Delimiter: l.Delimiter, StartAfter: l.After}
	return s3dialect.List(ctx, &b.handle, l, opListObjectsV2, b.client.ListObjectsV2, in, &b.template().Get, func(out *ListObjectsV2Output) s3dialect.Page {
		page := s3dialect.Page{Objects: make([]transfer.Info, len(out.Contents)), Prefixes: make([]string, len(out.CommonPrefixes))}
		for i := range out.Contents {
			o := &out.Contents[i]
			page.Objects[i] = transfer.Info{Name: o.Key, Size: o.Size, ModTime: o.LastModified, Version: o.ETag, ETag: o.ETag, Native: o}
		}
		for i, p := range out.CommonPrefixes {
			page.Prefixes[i] = p.Prefix
		}
		return page
	})
}

// PartSizes implements [transfer.PartTeller] with GetObjectAttributes, which tells them
// only of objects whose parts have checksums.
func (b *BucketHandle) PartSizes(ctx context.Context, name, version string) ([]int64, error) {
	return b.handle.PartSizes(ctx, name, version)
}

// Remove implements [transfer.Remover] with DeleteObjects.
func (b *BucketHandle) Remove(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	list := &Delete{Objects: make([]ObjectIdentifier, len(names))}
	for i, name := range names {
		list.Objects[i].Key = name
	}
	_, err := b.DeleteObjects(ctx, &DeleteObjectsInput{Delete: list})
	var failed *DeleteObjectsError
	if !errors.As(err, &failed) {
		return err
	}
	some := &transfer.RemoveError{}
	for i := range failed.Errors {
		if e := &failed.Errors[i]; !errors.Is(e, fs.ErrNotExist) {
			some.Failed = append(some.Failed, transfer.ObjectError{Name: e.Key, Err: e})
		}
	}
	if len(some.Failed) == 0 {
		return nil
	}
	return some
}

// CopyObject implements [transfer.Copier] with CopyObject. Info.Native is a *[CopyObjectOutput].
// The copy has the tags of the source as well, and is encrypted with its key of KMS where
// that is known; what the template sets in Put goes before. That a copy depends on what
// is there only AWS is known to heed; at others the error is [errors.ErrUnsupported],
// and package transfer copies in parts, the end of which can depend on it.
func (b *BucketHandle) CopyObject(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.Info, error) {
	return b.handle.CopyObject(ctx, name, a, from)
}

// BeginCopy implements [transfer.Copier] with CreateMultipartUpload, and the copies of
// parts with UploadPartCopy. It asks for the properties and the tags of the source,
// which an upload in parts does not take over by itself.
func (b *BucketHandle) BeginCopy(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.MultipartUpload, error) {
	return b.handle.BeginCopy(ctx, name, a, from)
}

// Reopen implements [transfer.Reopener] with ListParts.
func (b *BucketHandle) Reopen(ctx context.Context, name, id string, a transfer.Attrs) (transfer.Unfinished, error) {
	return b.handle.Reopen(ctx, name, id, a)
}

// Pending implements [transfer.Cleaner] with ListMultipartUploads.
func (b *BucketHandle) Pending(ctx context.Context, prefix string) iter.Seq2[transfer.PendingUpload, error] {
	from := func(prefix string) *ListMultipartUploadsInput { return &ListMultipartUploadsInput{Prefix: prefix} }
	return s3dialect.Pending(ctx, &b.handle, opListMultipartUploads, b.client.ListMultipartUploads, from, prefix, &b.template().Get)
}

// AbortPending implements [transfer.Cleaner] with AbortMultipartUpload.
func (b *BucketHandle) AbortPending(ctx context.Context, u transfer.PendingUpload) error {
	return b.handle.AbortPending(ctx, u)
}
