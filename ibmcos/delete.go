package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// DeleteObject deletes an object or one version of it. A key that is not there
// is a success.
//
// Errors: [ErrNoSuchBucket]; [ErrAccessDenied] also for an object that
// retention or a legal hold keeps.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteObject(ctx context.Context, in *DeleteObjectInput, opts ...Option) (*DeleteObjectOutput, error) {
	return invoke[DeleteObjectOutput](ctx, c, opDeleteObject, in, opts)
}

var opDeleteObject = &pipeline.Operation{Name: "DeleteObject", Method: "DELETE", Path: "/{Bucket}/{Key+}"}

type DeleteObjectInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"`

	// VersionId is the version to delete for good. Empty: in a bucket with
	// versioning the object gets a delete marker and its versions stay.
	VersionId string `query:"versionId"`

	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`

	MFA                       string `header:"x-amz-mfa"`
	BypassGovernanceRetention bool   `header:"x-amz-bypass-governance-retention"` // also what GOVERNANCE retention holds

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteObjectOutput struct {
	VersionId      string         `header:"x-amz-version-id"`    // of the delete marker made, or of the version deleted
	DeleteMarker   bool           `header:"x-amz-delete-marker"` // a delete marker was made, or the version deleted was one
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}
