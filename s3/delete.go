package s3

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// DeleteObject deletes an object or one version of it. A key that is not there
// is a success.
//
// Errors: [ErrNoSuchBucket], [ErrPreconditionFailed].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
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

	IfMatch                 string    `header:"If-Match"`                          // ETag, or "*" for any object; else 412
	IfMatchLastModifiedTime time.Time `header:"x-amz-if-match-last-modified-time"` // directory buckets only

	// IfMatchSize makes the call depend on the size in bytes (directory buckets
	// only). nil: no condition; 0: only an empty object.
	IfMatchSize *int64 `header:"x-amz-if-match-size"`

	MFA                       string `header:"x-amz-mfa"`                         // "SERIAL CODE", where the bucket has MFA delete
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

// DeleteObjects deletes up to 1000 objects or versions in one call. Each
// succeeds or fails on its own: look at Errors.
//
// Errors: [ErrNoSuchBucket], [ErrMalformedXML] for more than 1000 keys.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
func (c *Client) DeleteObjects(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (*DeleteObjectsOutput, error) {
	return invoke[DeleteObjectsOutput](ctx, c, opDeleteObjects, in, opts)
}

var opDeleteObjects = &pipeline.Operation{Name: "DeleteObjects", Method: "POST", Path: "/{Bucket}?delete", Traits: pipeline.ChecksumRequired | pipeline.ErrorIn200}

type DeleteObjectsInput struct {
	Bucket string `uri:"Bucket"`

	Delete *Delete `payload:"Delete,ns=http://s3.amazonaws.com/doc/2006-03-01/,required"` // 1 to 1000 objects

	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"` // of the body; empty: one is chosen

	MFA                       string `header:"x-amz-mfa"`                         // "SERIAL CODE", where the bucket has MFA delete
	BypassGovernanceRetention bool   `header:"x-amz-bypass-governance-retention"` // also what GOVERNANCE retention holds

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteObjectsOutput struct {
	Deleted        []DeletedObject `xml:"Deleted,flat"`
	Errors         []DeleteError   `xml:"Error,flat"` // what was not deleted: a 200 does not mean that all are gone
	RequestCharged RequestCharged  `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Delete is the list of objects that DeleteObjects is to delete.
type Delete struct {
	Objects []ObjectIdentifier `xml:"Object,required,flat"`
	Quiet   *bool              `xml:"Quiet"` // true: the answer lists failures only
}

// ObjectIdentifier names an object, or one version of it.
type ObjectIdentifier struct {
	Key       string `xml:"Key,required,min1"`
	VersionId string `xml:"VersionId"` // as in DeleteObjectInput

	// ETag, LastModifiedTime and Size make the deletion conditional, each where
	// set; the last two in directory buckets only.
	ETag             string    `xml:"ETag"`
	LastModifiedTime time.Time `xml:"LastModifiedTime,http"`
	Size             *int64    `xml:"Size"`
}

// DeletedObject is an object that DeleteObjects has deleted.
type DeletedObject struct {
	Key                   string `xml:"Key"`
	VersionId             string `xml:"VersionId"`             // the version asked for
	DeleteMarker          bool   `xml:"DeleteMarker"`          // the deletion made a delete marker, or removed one
	DeleteMarkerVersionId string `xml:"DeleteMarkerVersionId"` // of that delete marker
}

// DeleteError says why DeleteObjects could not delete an object. (The model
// calls it Error, a name that here belongs to failed calls.)
type DeleteError struct {
	Key       string `xml:"Key"`
	VersionId string `xml:"VersionId"`
	Code      string `xml:"Code"`
	Message   string `xml:"Message"`
}
