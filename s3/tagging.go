package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketTagging replaces the tags of a bucket, up to 50. Bills are broken
// down by those that are chosen for it. An empty TagSet takes them all off.
//
// Errors: [ErrInvalidTag], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
func (c *Client) PutBucketTagging(ctx context.Context, in *PutBucketTaggingInput, opts ...Option) (*PutBucketTaggingOutput, error) {
	return invoke[PutBucketTaggingOutput](ctx, c, opPutBucketTagging, in, opts)
}

var opPutBucketTagging = &pipeline.Operation{Name: "PutBucketTagging", Method: "PUT", Path: "/{Bucket}?tagging", Traits: pipeline.ChecksumRequired, Host: "control"}

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

// GetBucketTagging returns the tags of a bucket.
//
// Errors: [ErrNoSuchTagSet] for a bucket without tags, [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
func (c *Client) GetBucketTagging(ctx context.Context, in *GetBucketTaggingInput, opts ...Option) (*GetBucketTaggingOutput, error) {
	return invoke[GetBucketTaggingOutput](ctx, c, opGetBucketTagging, in, opts)
}

var opGetBucketTagging = &pipeline.Operation{Name: "GetBucketTagging", Method: "GET", Path: "/{Bucket}?tagging", Host: "control"}

type GetBucketTaggingInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketTaggingOutput struct {
	TagSet []Tag `xml:"TagSet,item=Tag"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketTagging takes all tags off a bucket. Where there are none it
// succeeds as well.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html
func (c *Client) DeleteBucketTagging(ctx context.Context, in *DeleteBucketTaggingInput, opts ...Option) (*DeleteBucketTaggingOutput, error) {
	return invoke[DeleteBucketTaggingOutput](ctx, c, opDeleteBucketTagging, in, opts)
}

var opDeleteBucketTagging = &pipeline.Operation{Name: "DeleteBucketTagging", Method: "DELETE", Path: "/{Bucket}?tagging", Host: "control"}

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
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
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
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
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
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html
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

// Tagging is the whole set of tags that a bucket or an object shall have.
type Tagging struct {
	TagSet []Tag `xml:"TagSet,required,item=Tag"`
}

// Tag is a name and a value. Key has up to 128 characters, Value up to 256 and
// may be empty: letters, digits, spaces and + - = . _ : / @. Keys that begin
// with "aws:" are AWS's own.
type Tag struct {
	Key   string `xml:"Key,required,min1"`
	Value string `xml:"Value,required"`
}
