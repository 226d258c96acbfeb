package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketPolicy replaces the policy of a bucket: who may do what with it and
// with its objects, in IAM's policy language.
//
// Errors: [ErrMalformedPolicy]; [ErrAccessDenied] also for a public policy where
// the public access block forbids one; [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
func (c *Client) PutBucketPolicy(ctx context.Context, in *PutBucketPolicyInput, opts ...Option) (*PutBucketPolicyOutput, error) {
	return invoke[PutBucketPolicyOutput](ctx, c, opPutBucketPolicy, in, opts)
}

var opPutBucketPolicy = &pipeline.Operation{Name: "PutBucketPolicy", Method: "PUT", Path: "/{Bucket}?policy", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketPolicyInput struct {
	Bucket string `uri:"Bucket"`
	Policy string `payload:"Policy,required"` // JSON of up to 20 KB

	// ConfirmRemoveSelfBucketAccess is needed for a policy that keeps the caller
	// from changing it again.
	ConfirmRemoveSelfBucketAccess bool `header:"x-amz-confirm-remove-self-bucket-access"`

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketPolicyOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketPolicy returns the policy of a bucket.
//
// Errors: [ErrNoSuchBucketPolicy], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
func (c *Client) GetBucketPolicy(ctx context.Context, in *GetBucketPolicyInput, opts ...Option) (*GetBucketPolicyOutput, error) {
	return invoke[GetBucketPolicyOutput](ctx, c, opGetBucketPolicy, in, opts)
}

var opGetBucketPolicy = &pipeline.Operation{Name: "GetBucketPolicy", Method: "GET", Path: "/{Bucket}?policy", Host: "control"}

type GetBucketPolicyInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketPolicyOutput struct {
	Policy string `payload:"Policy"` // JSON

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketPolicy removes the policy of a bucket. Where there is none it
// succeeds as well.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
func (c *Client) DeleteBucketPolicy(ctx context.Context, in *DeleteBucketPolicyInput, opts ...Option) (*DeleteBucketPolicyOutput, error) {
	return invoke[DeleteBucketPolicyOutput](ctx, c, opDeleteBucketPolicy, in, opts)
}

var opDeleteBucketPolicy = &pipeline.Operation{Name: "DeleteBucketPolicy", Method: "DELETE", Path: "/{Bucket}?policy", Host: "control"}

type DeleteBucketPolicyInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketPolicyOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketPolicyStatus tells whether S3 takes the policy of a bucket for a
// public one.
//
// Errors: [ErrNoSuchBucketPolicy], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
func (c *Client) GetBucketPolicyStatus(ctx context.Context, in *GetBucketPolicyStatusInput, opts ...Option) (*GetBucketPolicyStatusOutput, error) {
	return invoke[GetBucketPolicyStatusOutput](ctx, c, opGetBucketPolicyStatus, in, opts)
}

var opGetBucketPolicyStatus = &pipeline.Operation{Name: "GetBucketPolicyStatus", Method: "GET", Path: "/{Bucket}?policyStatus", Host: "control"}

type GetBucketPolicyStatusInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketPolicyStatusOutput struct {
	PolicyStatus PolicyStatus `payload:"PolicyStatus"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PolicyStatus is S3's judgement of a policy.
type PolicyStatus struct {
	IsPublic bool `xml:"IsPublic"` // it grants something to everybody, whatever the public access block makes of that
}
