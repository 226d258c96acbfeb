package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketAbac tells whether the tags of a bucket count in policies.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAbac.html
func (c *Client) GetBucketAbac(ctx context.Context, in *GetBucketAbacInput, opts ...Option) (*GetBucketAbacOutput, error) {
	return invoke[GetBucketAbacOutput](ctx, c, opGetBucketAbac, in, opts)
}

var opGetBucketAbac = &pipeline.Operation{Name: "GetBucketAbac", Method: "GET", Path: "/{Bucket}?abac"}

type GetBucketAbacInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketAbacOutput struct {
	AbacStatus AbacStatus `payload:"AbacStatus"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PutBucketAbac says whether the tags of a bucket count in policies: access
// control by attributes. While they do, tags are changed by TagResource and
// UntagResource of S3's control API, and PutBucketTagging and DeleteBucketTagging
// are refused.
//
// Errors: [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAbac.html
func (c *Client) PutBucketAbac(ctx context.Context, in *PutBucketAbacInput, opts ...Option) (*PutBucketAbacOutput, error) {
	return invoke[PutBucketAbacOutput](ctx, c, opPutBucketAbac, in, opts)
}

var opPutBucketAbac = &pipeline.Operation{Name: "PutBucketAbac", Method: "PUT", Path: "/{Bucket}?abac", Traits: pipeline.ChecksumBody}

type PutBucketAbacInput struct {
	Bucket              string            `uri:"Bucket"`
	AbacStatus          *AbacStatus       `payload:"AbacStatus,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketAbacOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// AbacStatus turns access control by attributes on or off.
type AbacStatus struct {
	Status BucketAbacStatus `xml:"Status"`
}

// BucketAbacStatus tells whether access control by attributes is on.
type BucketAbacStatus string

const (
	BucketAbacStatusEnabled  BucketAbacStatus = "Enabled"
	BucketAbacStatusDisabled BucketAbacStatus = "Disabled" // the default
)
