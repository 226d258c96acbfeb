package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutPublicAccessBlock replaces the public access block of a bucket. The
// account's own block, and that of its organization, count as well: what any of
// them forbids is forbidden.
//
// Errors: [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
func (c *Client) PutPublicAccessBlock(ctx context.Context, in *PutPublicAccessBlockInput, opts ...Option) (*PutPublicAccessBlockOutput, error) {
	return invoke[PutPublicAccessBlockOutput](ctx, c, opPutPublicAccessBlock, in, opts)
}

var opPutPublicAccessBlock = &pipeline.Operation{Name: "PutPublicAccessBlock", Method: "PUT", Path: "/{Bucket}?publicAccessBlock", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutPublicAccessBlockInput struct {
	Bucket                         string                          `uri:"Bucket"`
	PublicAccessBlockConfiguration *PublicAccessBlockConfiguration `payload:"PublicAccessBlockConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                     string                          `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm              ChecksumAlgorithm               `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner            string                          `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutPublicAccessBlockOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetPublicAccessBlock returns the public access block of a bucket. New buckets
// have one that forbids everything.
//
// Errors: [ErrNoSuchPublicAccessBlockConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html
func (c *Client) GetPublicAccessBlock(ctx context.Context, in *GetPublicAccessBlockInput, opts ...Option) (*GetPublicAccessBlockOutput, error) {
	return invoke[GetPublicAccessBlockOutput](ctx, c, opGetPublicAccessBlock, in, opts)
}

var opGetPublicAccessBlock = &pipeline.Operation{Name: "GetPublicAccessBlock", Method: "GET", Path: "/{Bucket}?publicAccessBlock", Host: "control"}

type GetPublicAccessBlockInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetPublicAccessBlockOutput struct {
	PublicAccessBlockConfiguration PublicAccessBlockConfiguration `payload:"PublicAccessBlockConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeletePublicAccessBlock removes the public access block of a bucket, and so
// allows public access as far as the account's block does. Where there is none
// it succeeds as well.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html
func (c *Client) DeletePublicAccessBlock(ctx context.Context, in *DeletePublicAccessBlockInput, opts ...Option) (*DeletePublicAccessBlockOutput, error) {
	return invoke[DeletePublicAccessBlockOutput](ctx, c, opDeletePublicAccessBlock, in, opts)
}

var opDeletePublicAccessBlock = &pipeline.Operation{Name: "DeletePublicAccessBlock", Method: "DELETE", Path: "/{Bucket}?publicAccessBlock", Host: "control"}

type DeletePublicAccessBlockInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeletePublicAccessBlockOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// PublicAccessBlockConfiguration forbids ways of access for everybody. What is
// left out of a request is false.
type PublicAccessBlockConfiguration struct {
	BlockPublicAcls       *bool `xml:"BlockPublicAcls"`       // refuse requests that would set a public ACL
	IgnorePublicAcls      *bool `xml:"IgnorePublicAcls"`      // public ACLs that are there have no effect
	BlockPublicPolicy     *bool `xml:"BlockPublicPolicy"`     // refuse a public policy
	RestrictPublicBuckets *bool `xml:"RestrictPublicBuckets"` // a public policy is good for the bucket's account and AWS services only
}
