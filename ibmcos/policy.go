package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// DeleteBucketPolicy removes the policy of a bucket, if it has one. IBM's
// buckets have none: access is said by policies of IAM. IBM's model for Python
// inherits the call from AWS, without those that put and get a policy, and IBM's
// API reference does not list it.
//
// Errors: [ErrNotImplemented], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketPolicy(ctx context.Context, in *DeleteBucketPolicyInput, opts ...Option) (*DeleteBucketPolicyOutput, error) {
	return invoke[DeleteBucketPolicyOutput](ctx, c, opDeleteBucketPolicy, in, opts)
}

var opDeleteBucketPolicy = &pipeline.Operation{Name: "DeleteBucketPolicy", Method: "DELETE", Path: "/{Bucket}?policy"}

type DeleteBucketPolicyInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketPolicyOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}
