package s3

import (
	"context"
	"io"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
	"github.com/entrepot-go/entrepot/transfer"
)

// BucketHandle is a bucket as package transfer moves objects to and from it.
// It is safe for concurrent use.
type BucketHandle struct {
	client *Client
	handle s3dialect.Handle
}

// Template holds what only S3 has, for the calls of a transfer: what is set
// in Put goes to every call that writes and has a member of that name, what is
// set in Get to those that read. Names, bodies, ranges and the checksums of
// single bodies are the transfer's own and are not taken over.
type Template struct {
	Put PutObjectInput
	Get GetObjectInput
}

// Bucket returns the handle of a bucket. It makes no call.
func (c *Client) Bucket(name string) *BucketHandle {
	return newHandle(c, name, Template{})
}

// With returns a handle of the same bucket that uses t.
func (b *BucketHandle) With(t Template) *BucketHandle {
	return newHandle(b.client, b.handle.Name, t)
}

func newHandle(c *Client, name string, t Template) *BucketHandle {
	return &BucketHandle{client: c, handle: s3dialect.Handle{
		Core: c.core,
		Name: name,

		Conditional: true,
		Checksum:    checksum.Algorithm(t.Put.ChecksumAlgorithm),

		Put:      s3dialect.Bind(c.PutObject, &t.Put),
		Get:      s3dialect.Bind(c.GetObject, &t.Get),
		Head:     s3dialect.Bind(c.HeadObject, &t.Get),
		Create:   s3dialect.Bind(c.CreateMultipartUpload, &t.Put),
		Part:     s3dialect.Bind(c.UploadPart, &t.Put),
		Complete: s3dialect.Bind(c.CompleteMultipartUpload, &t.Put),
		Abort:    s3dialect.Bind(c.AbortMultipartUpload, &t.Put),
	}}
}

// Name returns the bucket's name.
func (b *BucketHandle) Name() string { return b.handle.Name }

// Limits implements [transfer.Bucket].
func (b *BucketHandle) Limits(ctx context.Context) (transfer.Limits, error) {
	return b.handle.Limits(ctx)
}

// Stat implements [transfer.Bucket] with HeadObject. Info.Native is a *[HeadObjectOutput].
// A version is an ETag here. To move what a VersionId names, use a handle whose
// template has it in Get.
func (b *BucketHandle) Stat(ctx context.Context, name, version string) (transfer.Info, error) {
	return b.handle.Stat(ctx, name, version)
}

// Open implements [transfer.Bucket] with GetObject. Info.Native is a *[GetObjectOutput].
func (b *BucketHandle) Open(ctx context.Context, name, version string, off, n int64) (transfer.Info, io.ReadCloser, error) {
	return b.handle.Open(ctx, name, version, off, n)
}

// Put implements [transfer.Bucket] with PutObject. Info.Native is a *[PutObjectOutput].
func (b *BucketHandle) Put(ctx context.Context, name string, a transfer.Attrs, body transfer.Body) (transfer.Info, error) {
	return b.handle.PutObject(ctx, name, a, body)
}

// Begin implements [transfer.Bucket] with CreateMultipartUpload. The Info.Native
// of the finished upload is a *[CompleteMultipartUploadOutput].
func (b *BucketHandle) Begin(ctx context.Context, name string, a transfer.Attrs) (transfer.MultipartUpload, error) {
	return b.handle.Begin(ctx, name, a)
}

var _ transfer.Bucket = (*BucketHandle)(nil)
