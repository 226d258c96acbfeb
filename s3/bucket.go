package s3

import (
	"context"
	"io"
	"iter"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
	"github.com/entrepot-go/entrepot/transfer"
)

// BucketHandle is a bucket: what package transfer moves objects to and from,
// and a short way to the calls about it. It is safe for concurrent use.
//
// Methods that take an Input fill in its Bucket, in a copy; the Input may be nil
// where it needs nothing else. They have the form of the client's methods, so
// that waiters and [Presign] take them as well:
//
//	err := waiter.Wait(ctx, s3.BucketExists, client.Bucket("photos").Head, nil)
type BucketHandle struct {
	client   *Client
	handle   s3dialect.Handle
	template func() *Template // a function, since package fmt looks behind pointers: there may be keys in it
}

// Template holds what only S3 has, for the calls of a transfer and of handles:
// what is set in Put goes to every call that writes objects and has a member of
// that name, what is set in Get to those that read. What a call is given itself
// wins. Names, bodies, ranges and the checksums of single bodies are the call's
// own and are not taken over. Deletions take over RequestPayer and
// ExpectedBucketOwner, and no conditions; making a bucket takes over nothing.
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

// payer is what the template has for deletions.
func (t *Template) payer() any { return s3dialect.Payer(&t.Put) }

func newHandle(c *Client, name string, t Template) *BucketHandle {
	return &BucketHandle{client: c, template: func() *Template { return &t }, handle: s3dialect.Handle{
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

		Copy:      s3dialect.Bind(c.CopyObject, &t.Put),
		CopyPart:  s3dialect.Bind(c.UploadPartCopy, &t.Put),
		ListParts: s3dialect.Bind(c.ListParts, &t.Put),
		Tags:      s3dialect.Bind(c.GetObjectTagging, &t.Get),
		Fixed:     s3dialect.NewFixed(&t.Put),
		CopyFrom:  s3dialect.NewCopyFrom(&t.Get),
		Of:        handleOf,

		Attributes: s3dialect.Bind(c.GetObjectAttributes, &t.Get),
	}}
}

// Name returns the bucket's name.
func (b *BucketHandle) Name() string { return b.handle.Name }

// String names the bucket, and nothing of the template.
func (b *BucketHandle) String() string { return b.subject().String() }

// GoString is String.
func (b *BucketHandle) GoString() string { return b.String() }

func (b *BucketHandle) subject() s3dialect.Subject { return s3dialect.Subject{Bucket: b.handle.Name} }

// Object returns the handle of an object. It makes no call.
func (b *BucketHandle) Object(key string) *ObjectHandle {
	return &ObjectHandle{bucket: b, key: key}
}

// Create makes the bucket: see [Client.CreateBucket].
func (b *BucketHandle) Create(ctx context.Context, in *CreateBucketInput, opts ...Option) (*CreateBucketOutput, error) {
	return s3dialect.At(ctx, b.client.core, opCreateBucket, b.client.CreateBucket, b.subject(), in, nil, opts)
}

// Head finds out whether the bucket is there and may be used: see
// [Client.HeadBucket].
func (b *BucketHandle) Head(ctx context.Context, in *HeadBucketInput, opts ...Option) (*HeadBucketOutput, error) {
	return s3dialect.At(ctx, b.client.core, opHeadBucket, b.client.HeadBucket, b.subject(), in, &b.template().Get, opts)
}

// Delete deletes the bucket, which must be empty: see [Client.DeleteBucket].
func (b *BucketHandle) Delete(ctx context.Context, in *DeleteBucketInput, opts ...Option) (*DeleteBucketOutput, error) {
	return s3dialect.At(ctx, b.client.core, opDeleteBucket, b.client.DeleteBucket, b.subject(), in, b.template().payer(), opts)
}

// DeleteObjects deletes up to 1000 objects or versions that the input names: see
// [Client.DeleteObjects]. [BucketHandle.DeletePrefix] and those beside it find out
// by themselves what there is to delete.
func (b *BucketHandle) DeleteObjects(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (*DeleteObjectsOutput, error) {
	return s3dialect.At(ctx, b.client.core, opDeleteObjects, b.client.DeleteObjects, b.subject(), in, b.template().payer(), opts)
}

// Objects yields the current objects of the bucket: those of all pages of
// [Client.ListObjectsV2], asked for when the loop gets there. To take only some,
// set Prefix or leave the loop; MaxKeys is the size of a page. An error comes
// last. The sequence may be ranged over again.
func (b *BucketHandle) Objects(ctx context.Context, in *ListObjectsV2Input, opts ...Option) iter.Seq2[Object, error] {
	return s3dialect.ItemsAt(ctx, b.client.core, opListObjectsV2, b.client.ListObjectsV2, b.subject(), in, &b.template().Get, opts)
}

// ObjectVersions yields the versions of the objects of the bucket, as Objects
// does, by [Client.ListObjectVersions]. Delete markers are not among them:
// paginator.Pages with that call has both.
func (b *BucketHandle) ObjectVersions(ctx context.Context, in *ListObjectVersionsInput, opts ...Option) iter.Seq2[ObjectVersion, error] {
	return s3dialect.ItemsAt(ctx, b.client.core, opListObjectVersions, b.client.ListObjectVersions, b.subject(), in, &b.template().Get, opts)
}

// MultipartUploads yields the uploads that are neither completed nor aborted, as
// Objects does, by [Client.ListMultipartUploads]. The handle of one is
// b.Object(upload.Key).Upload(upload.UploadId).
func (b *BucketHandle) MultipartUploads(ctx context.Context, in *ListMultipartUploadsInput, opts ...Option) iter.Seq2[MultipartUpload, error] {
	return s3dialect.ItemsAt(ctx, b.client.core, opListMultipartUploads, b.client.ListMultipartUploads, b.subject(), in, &b.template().Get, opts)
}

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
