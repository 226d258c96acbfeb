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
