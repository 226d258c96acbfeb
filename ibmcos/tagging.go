package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketTagging replaces the tags of a bucket. They are not the tags that
// IBM Cloud's resource controller gives to resources, nor those of the objects.
// IBM's model for Python alone has the call.
//
// Errors: [ErrInvalidTag], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketTagging(ctx context.Context, in *PutBucketTaggingInput, opts ...Option) (*PutBucketTaggingOutput, error) {
	return invoke[PutBucketTaggingOutput](ctx, c, opPutBucketTagging, in, opts)
}

var opPutBucketTagging = &pipeline.Operation{Name: "PutBucketTagging", Method: "PUT", Path: "/{Bucket}?tagging", Traits: pipeline.ChecksumRequired}

type PutBucketTaggingInput struct {
	Bucket              string            `uri:"Bucket"`
	Tagging             *Tagging          `payload:"Tagging,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketTaggingOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketTagging returns the tags that PutBucketTagging has put on a bucket.
//
// Errors: [ErrNoSuchTagSet] for a bucket without tags, [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketTagging(ctx context.Context, in *GetBucketTaggingInput, opts ...Option) (*GetBucketTaggingOutput, error) {
	return invoke[GetBucketTaggingOutput](ctx, c, opGetBucketTagging, in, opts)
}

var opGetBucketTagging = &pipeline.Operation{Name: "GetBucketTagging", Method: "GET", Path: "/{Bucket}?tagging"}

type GetBucketTaggingInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
	MirrorDestination   string `header:"Mirror-Destination"`          // on premises: the mirror to read from
}

type GetBucketTaggingOutput struct {
	TagSet []Tag `xml:"TagSet,item=Tag"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketTagging takes the tags off a bucket, if it has any.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketTagging(ctx context.Context, in *DeleteBucketTaggingInput, opts ...Option) (*DeleteBucketTaggingOutput, error) {
	return invoke[DeleteBucketTaggingOutput](ctx, c, opDeleteBucketTagging, in, opts)
}

var opDeleteBucketTagging = &pipeline.Operation{Name: "DeleteBucketTagging", Method: "DELETE", Path: "/{Bucket}?tagging"}

type DeleteBucketTaggingInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketTaggingOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// PutObjectTagging replaces the tags of an object, up to 10. No new version
// comes of it.
//
// Errors: [ErrInvalidTag], [ErrMalformedXML], [ErrNoSuchKey], [ErrNoSuchVersion],
// [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutObjectTagging(ctx context.Context, in *PutObjectTaggingInput, opts ...Option) (*PutObjectTaggingOutput, error) {
	return invoke[PutObjectTaggingOutput](ctx, c, opPutObjectTagging, in, opts)
}

var opPutObjectTagging = &pipeline.Operation{Name: "PutObjectTagging", Method: "PUT", Path: "/{Bucket}/{Key+}?tagging", Traits: pipeline.ChecksumRequired}

type PutObjectTaggingInput struct {
	Bucket              string            `uri:"Bucket"`
	Key                 string            `uri:"Key"`
	VersionId           string            `query:"versionId"` // empty: the current version
	Tagging             *Tagging          `payload:"Tagging,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	RequestPayer        RequestPayer      `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectTaggingOutput struct {
	VersionId string `header:"x-amz-version-id"` // the version tagged; empty: the bucket keeps no versions

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectTagging tells the tags of an object or of a version of it. Where
// there are none the TagSet is empty, and that is no error.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetObjectTagging(ctx context.Context, in *GetObjectTaggingInput, opts ...Option) (*GetObjectTaggingOutput, error) {
	return invoke[GetObjectTaggingOutput](ctx, c, opGetObjectTagging, in, opts)
}

var opGetObjectTagging = &pipeline.Operation{Name: "GetObjectTagging", Method: "GET", Path: "/{Bucket}/{Key+}?tagging"}

type GetObjectTaggingInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	VersionId           string       `query:"versionId"`                    // empty: the current version
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectTaggingOutput struct {
	TagSet    []Tag  `xml:"TagSet,item=Tag"`
	VersionId string `header:"x-amz-version-id"` // the version asked about; empty: the bucket keeps no versions

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteObjectTagging takes all tags off an object. Where there are none it
// succeeds as well.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteObjectTagging(ctx context.Context, in *DeleteObjectTaggingInput, opts ...Option) (*DeleteObjectTaggingOutput, error) {
	return invoke[DeleteObjectTaggingOutput](ctx, c, opDeleteObjectTagging, in, opts)
}

var opDeleteObjectTagging = &pipeline.Operation{Name: "DeleteObjectTagging", Method: "DELETE", Path: "/{Bucket}/{Key+}?tagging"}

type DeleteObjectTaggingInput struct {
	Bucket              string `uri:"Bucket"`
	Key                 string `uri:"Key"`
	VersionId           string `query:"versionId"`                    // empty: the current version
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteObjectTaggingOutput struct {
	VersionId string `header:"x-amz-version-id"` // the version untagged; empty: the bucket keeps no versions

	ResponseMetadata entrepot.ResponseMetadata
}

// Tagging is all the tags that a bucket or an object is to have.
type Tagging struct {
	TagSet []Tag `xml:"TagSet,required,item=Tag"`
}

// Tag is a label of the caller's own. Key has 1 to 128 characters and does not
// begin with "ibm:"; Value has up to 256.
type Tag struct {
	Key   string `xml:"Key,required,min1"`
	Value string `xml:"Value,required"`
}
