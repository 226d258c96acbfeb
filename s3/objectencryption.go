package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// UpdateObjectEncryption encrypts an object, or one version of it, with a key of
// KMS, without copying it: ETag, checksums, date and storage class stay. The
// object must be under SSE-S3 or SSE-KMS now. Directory buckets do not have it.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchVersion], [ErrNoSuchBucket],
// [ErrInvalidRequest] for an object under another kind of encryption,
// [ErrAccessDenied] also where the key may not be used.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html
func (c *Client) UpdateObjectEncryption(ctx context.Context, in *UpdateObjectEncryptionInput, opts ...Option) (*UpdateObjectEncryptionOutput, error) {
	return invoke[UpdateObjectEncryptionOutput](ctx, c, opUpdateObjectEncryption, in, opts)
}

var opUpdateObjectEncryption = &pipeline.Operation{Name: "UpdateObjectEncryption", Method: "PUT", Path: "/{Bucket}/{Key+}?encryption", Traits: pipeline.ChecksumRequired | pipeline.Mistakable}

type UpdateObjectEncryptionInput struct {
	Bucket           string            `uri:"Bucket"`
	Key              string            `uri:"Key"`
	VersionId        string            `query:"versionId"` // empty: the current version
	ObjectEncryption *ObjectEncryption `payload:"ObjectEncryption,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	RequestPayer        RequestPayer      `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type UpdateObjectEncryptionOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ObjectEncryption is how an object shall be encrypted. SSEKMS is set, there
// being no other kind so far.
type ObjectEncryption struct {
	SSEKMS *SSEKMSEncryption `xml:"SSE-KMS"`
}

// SSEKMSEncryption encrypts with a key of KMS.
type SSEKMSEncryption struct {
	KMSKeyArn        string `xml:"KMSKeyArn,required,min20"` // the whole ARN; neither ID nor alias
	BucketKeyEnabled *bool  `xml:"BucketKeyEnabled"`         // save calls to KMS by a key of the bucket's; nil: false
}
