package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketOwnershipControls says who owns what is stored in a bucket, and by
// that whether ACLs count.
//
// Errors: [ErrInvalidBucketAclWithObjectOwnership] where ACLs shall no longer
// count, but the bucket has one that grants something to others;
// [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html
func (c *Client) PutBucketOwnershipControls(ctx context.Context, in *PutBucketOwnershipControlsInput, opts ...Option) (*PutBucketOwnershipControlsOutput, error) {
	return invoke[PutBucketOwnershipControlsOutput](ctx, c, opPutBucketOwnershipControls, in, opts)
}

var opPutBucketOwnershipControls = &pipeline.Operation{Name: "PutBucketOwnershipControls", Method: "PUT", Path: "/{Bucket}?ownershipControls", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketOwnershipControlsInput struct {
	Bucket              string             `uri:"Bucket"`
	OwnershipControls   *OwnershipControls `payload:"OwnershipControls,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5          string             `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm  `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string             `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketOwnershipControlsOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketOwnershipControls tells who owns what is stored in a bucket.
//
// Errors: [ErrOwnershipControlsNotFound], where it is as with
// [ObjectOwnershipObjectWriter]; [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html
func (c *Client) GetBucketOwnershipControls(ctx context.Context, in *GetBucketOwnershipControlsInput, opts ...Option) (*GetBucketOwnershipControlsOutput, error) {
	return invoke[GetBucketOwnershipControlsOutput](ctx, c, opGetBucketOwnershipControls, in, opts)
}

var opGetBucketOwnershipControls = &pipeline.Operation{Name: "GetBucketOwnershipControls", Method: "GET", Path: "/{Bucket}?ownershipControls", Host: "control"}

type GetBucketOwnershipControlsInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketOwnershipControlsOutput struct {
	OwnershipControls OwnershipControls `payload:"OwnershipControls"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketOwnershipControls removes the ownership controls of a bucket: it is
// then as with [ObjectOwnershipObjectWriter]. Where there are none it succeeds as
// well.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketOwnershipControls.html
func (c *Client) DeleteBucketOwnershipControls(ctx context.Context, in *DeleteBucketOwnershipControlsInput, opts ...Option) (*DeleteBucketOwnershipControlsOutput, error) {
	return invoke[DeleteBucketOwnershipControlsOutput](ctx, c, opDeleteBucketOwnershipControls, in, opts)
}

var opDeleteBucketOwnershipControls = &pipeline.Operation{Name: "DeleteBucketOwnershipControls", Method: "DELETE", Path: "/{Bucket}?ownershipControls", Host: "control"}

type DeleteBucketOwnershipControlsInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketOwnershipControlsOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// OwnershipControls holds the one rule of a bucket.
type OwnershipControls struct {
	Rules []OwnershipControlsRule `xml:"Rule,required,flat"`
}

// OwnershipControlsRule says who owns objects.
type OwnershipControlsRule struct {
	ObjectOwnership ObjectOwnership `xml:"ObjectOwnership,required"`
}
