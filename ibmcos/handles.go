package ibmcos

import (
	"context"
	"iter"

	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// ObjectHandle is an object, or one version of it: a short way to the calls
// about it. Nothing is known of it beforehand, not even whether it is there.
//
// Methods that take an Input fill in its Bucket, Key and VersionId, in a copy;
// the Input may be nil where it needs nothing else. Another bucket or key in it
// is an error, before anything is sent. They have the form of the client's
// methods, so that waiters and [Presign] take them as well:
//
//	req, err := ibmcos.Presign(ctx, client.Bucket("photos").Object("cat.jpg").Get, nil, time.Hour)
//
// To move content of any size, give package transfer the bucket's handle.
type ObjectHandle struct {
	bucket       *BucketHandle
	key, version string
}

// Bucket returns the handle that the object was made from.
func (o *ObjectHandle) Bucket() *BucketHandle { return o.bucket }

// Key returns the object's key.
func (o *ObjectHandle) Key() string { return o.key }

// Version returns the handle of one version of the object, with which it can
// be read, restored, copied from and deleted for good. Calls that have no
// VersionId, such as Put, refuse it. Empty: whatever version is current.
func (o *ObjectHandle) Version(id string) *ObjectHandle {
	return &ObjectHandle{bucket: o.bucket, key: o.key, version: id}
}

// VersionId returns the version, empty for the handle of whichever is current.
func (o *ObjectHandle) VersionId() string { return o.version }

// String names the object.
func (o *ObjectHandle) String() string { return o.subject().String() }

// GoString is String.
func (o *ObjectHandle) GoString() string { return o.String() }

func (o *ObjectHandle) subject() s3dialect.Subject {
	return s3dialect.Subject{Bucket: o.bucket.handle.Name, Key: o.key, VersionId: o.version}
}

// CopySource returns the object as the CopySource members of inputs name it.
func (o *ObjectHandle) CopySource() string { return CopySource(o.bucket.handle.Name, o.key, o.version) }

// Head tells what is known of the object but its content: see
// [Client.HeadObject].
func (o *ObjectHandle) Head(ctx context.Context, in *HeadObjectInput, opts ...Option) (*HeadObjectOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opHeadObject, o.bucket.client.HeadObject, o.subject(), in, &o.bucket.template().Get, opts)
}

// Get returns the content as a stream that the caller closes: see
// [Client.GetObject].
func (o *ObjectHandle) Get(ctx context.Context, in *GetObjectInput, opts ...Option) (*GetObjectOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opGetObject, o.bucket.client.GetObject, o.subject(), in, &o.bucket.template().Get, opts)
}

// Put writes the object in one request: see [Client.PutObject]. A nil input
// makes it empty.
func (o *ObjectHandle) Put(ctx context.Context, in *PutObjectInput, opts ...Option) (*PutObjectOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opPutObject, o.bucket.client.PutObject, o.subject(), in, &o.bucket.template().Put, opts)
}

// CopyFrom makes the object from another one within the service: see
// [Client.CopyObject]. The input names it:
//
//	_, err := photos.Object("copy.jpg").CopyFrom(ctx, &ibmcos.CopyObjectInput{CopySource: photos.Object("cat.jpg").CopySource()})
func (o *ObjectHandle) CopyFrom(ctx context.Context, in *CopyObjectInput, opts ...Option) (*CopyObjectOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opCopyObject, o.bucket.client.CopyObject, o.subject(), in, &o.bucket.template().Put, opts)
}

// Delete deletes the object, or puts a delete marker on top of its versions
// where the bucket keeps them; the handle of a version deletes that: see
// [Client.DeleteObject].
func (o *ObjectHandle) Delete(ctx context.Context, in *DeleteObjectInput, opts ...Option) (*DeleteObjectOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opDeleteObject, o.bucket.client.DeleteObject, o.subject(), in, o.bucket.template().payer(), opts)
}

// Restore has an archived object made readable: see [Client.RestoreObject].
func (o *ObjectHandle) Restore(ctx context.Context, in *RestoreObjectInput, opts ...Option) (*RestoreObjectOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opRestoreObject, o.bucket.client.RestoreObject, o.subject(), in, &o.bucket.template().Put, opts)
}

// AddLegalHold puts a legal hold on the object: see [Client.AddLegalHold].
func (o *ObjectHandle) AddLegalHold(ctx context.Context, in *AddLegalHoldInput, opts ...Option) (*AddLegalHoldOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opAddLegalHold, o.bucket.client.AddLegalHold, o.subject(), in, nil, opts)
}

// DeleteLegalHold takes a legal hold off the object: see
// [Client.DeleteLegalHold].
func (o *ObjectHandle) DeleteLegalHold(ctx context.Context, in *DeleteLegalHoldInput, opts ...Option) (*DeleteLegalHoldOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opDeleteLegalHold, o.bucket.client.DeleteLegalHold, o.subject(), in, nil, opts)
}

// ListLegalHolds tells the legal holds on the object and how long retention
// keeps it: see [Client.ListLegalHolds].
func (o *ObjectHandle) ListLegalHolds(ctx context.Context, in *ListLegalHoldsInput, opts ...Option) (*ListLegalHoldsOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opListLegalHolds, o.bucket.client.ListLegalHolds, o.subject(), in, &o.bucket.template().Get, opts)
}

// ExtendRetention makes retention keep the object for longer: see
// [Client.ExtendObjectRetention].
func (o *ObjectHandle) ExtendRetention(ctx context.Context, in *ExtendObjectRetentionInput, opts ...Option) (*ExtendObjectRetentionOutput, error) {
	return s3dialect.At(ctx, o.bucket.client.core, opExtendObjectRetention, o.bucket.client.ExtendObjectRetention, o.subject(), in, nil, opts)
}

// CreateMultipartUpload begins an upload in parts and returns its handle: see
// [Client.CreateMultipartUpload], whose output has more than the id. Whoever
// begins an upload completes or aborts it.
func (o *ObjectHandle) CreateMultipartUpload(ctx context.Context, in *CreateMultipartUploadInput, opts ...Option) (*UploadHandle, error) {
	out, err := s3dialect.At(ctx, o.bucket.client.core, opCreateMultipartUpload, o.bucket.client.CreateMultipartUpload, o.subject(), in, &o.bucket.template().Put, opts)
	if err != nil {
		return nil, err
	}
	return o.Upload(out.UploadId), nil
}

// Upload returns the handle of an upload in parts that has been begun. It
// makes no call.
func (o *ObjectHandle) Upload(id string) *UploadHandle { return &UploadHandle{object: o, id: id} }

// UploadHandle is an upload in parts of one object, and a short way to the calls
// about it. Methods that take an Input fill in its Bucket, Key and UploadId, as
// those of [ObjectHandle] do.
type UploadHandle struct {
	object *ObjectHandle
	id     string
}

// ID returns the upload's UploadId.
func (u *UploadHandle) ID() string { return u.id }

// Object returns the handle of the object that the upload is to make.
func (u *UploadHandle) Object() *ObjectHandle { return u.object }

// String names the upload.
func (u *UploadHandle) String() string { return u.subject().String() }

// GoString is String.
func (u *UploadHandle) GoString() string { return u.String() }

func (u *UploadHandle) subject() s3dialect.Subject {
	s := u.object.subject()
	s.UploadId = u.id
	return s
}

func (u *UploadHandle) client() *Client           { return u.object.bucket.client }
func (u *UploadHandle) template() *PutObjectInput { return &u.object.bucket.template().Put }

// UploadPart stores one part: see [Client.UploadPart].
func (u *UploadHandle) UploadPart(ctx context.Context, in *UploadPartInput, opts ...Option) (*UploadPartOutput, error) {
	return s3dialect.At(ctx, u.client().core, opUploadPart, u.client().UploadPart, u.subject(), in, u.template(), opts)
}

// UploadPartCopy makes one part from an object within the service: see
// [Client.UploadPartCopy], and [ObjectHandle.CopySource] for its source.
func (u *UploadHandle) UploadPartCopy(ctx context.Context, in *UploadPartCopyInput, opts ...Option) (*UploadPartCopyOutput, error) {
	return s3dialect.At(ctx, u.client().core, opUploadPartCopy, u.client().UploadPartCopy, u.subject(), in, u.template(), opts)
}

// Parts yields the parts that the upload has so far, by number, as
// [BucketHandle.Objects] does, by [Client.ListParts].
func (u *UploadHandle) Parts(ctx context.Context, in *ListPartsInput, opts ...Option) iter.Seq2[Part, error] {
	return s3dialect.ItemsAt(ctx, u.client().core, opListParts, u.client().ListParts, u.subject(), in, u.template(), opts)
}

// Complete makes the object from the parts: see
// [Client.CompleteMultipartUpload]. Without a MultipartUpload in the input, all
// parts that the upload has are listed and taken, with their checksums: nothing
// may be sending parts any more. So it is with a nil input.
func (u *UploadHandle) Complete(ctx context.Context, in *CompleteMultipartUploadInput, opts ...Option) (*CompleteMultipartUploadOutput, error) {
	full, err := s3dialect.Fill(u.client().core, opCompleteMultipartUpload, u.subject(), in, u.template())
	if err != nil {
		return nil, err
	}
	if full.MultipartUpload == nil && !s3dialect.Presigns(&u.client().config, (*Config).settings, opts) { // a presigned request has no body
		list := new(ListPartsInput)
		s3dialect.Project(list, full) // with a customer's key, which checksums take
		full.MultipartUpload = new(CompletedMultipartUpload)
		for part, err := range u.Parts(ctx, list, opts...) {
			if err != nil {
				return nil, err
			}
			var taken CompletedPart
			s3dialect.Project(&taken, &part)
			full.MultipartUpload.Parts = append(full.MultipartUpload.Parts, taken)
		}
		if len(full.MultipartUpload.Parts) == 0 {
			return nil, u.client().core.Refuse(opCompleteMultipartUpload, "MultipartUpload.Parts", "the upload has none")
		}
	}
	return u.client().CompleteMultipartUpload(ctx, full, opts...)
}

// Abort gives the upload up and drops its parts: see
// [Client.AbortMultipartUpload].
func (u *UploadHandle) Abort(ctx context.Context, in *AbortMultipartUploadInput, opts ...Option) (*AbortMultipartUploadOutput, error) {
	return s3dialect.At(ctx, u.client().core, opAbortMultipartUpload, u.client().AbortMultipartUpload, u.subject(), in, u.template(), opts)
}
