package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
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

// DeleteObjects deletes up to 1000 objects or versions in one call. Each
// succeeds or fails on its own; one that is not there counts as deleted. If any
// fails, the error is a [*DeleteObjectsError] that lists those, and the output
// is there all the same; with any other error there is no output.
//
// Deleted and Errors of the output together name every object that was asked
// for, unless Quiet is set: one that the server's answer leaves out is among
// Errors, with an empty Code. Keys and versions that XML cannot carry, such as
// those with control characters, are deleted by DeleteObject behind this call.
//
// Errors: [ErrNoSuchBucket], and whatever the objects fail with:
// [ErrAccessDenied] where retention or a legal hold keeps one.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteObjects(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (*DeleteObjectsOutput, error) {
	d := s3dialect.Deletion[DeleteObjectsInput, DeleteObjectsOutput, DeleteObjectInput, DeleteObjectOutput]{
		Flavour: &flavour,
		Op:      opDeleteObjects,
		Batch: func(ctx context.Context, in *DeleteObjectsInput) (*DeleteObjectsOutput, error) {
			return invoke[DeleteObjectsOutput](ctx, c, opDeleteObjects, in, opts)
		},
		Single: func(ctx context.Context, in *DeleteObjectInput) (*DeleteObjectOutput, error) {
			return c.DeleteObject(ctx, in, opts...)
		},
		Presigns: s3dialect.Presigns(&c.config, (*Config).settings, opts),
	}
	out, causes, err := d.Do(ctx, in)
	if err != nil || len(out.Errors) == 0 {
		return out, err
	}
	return out, &DeleteObjectsError{Errors: out.Errors, Asked: len(in.Delete.Objects), RequestID: out.ResponseMetadata.RequestID, causes: causes}
}

var opDeleteObjects = &pipeline.Operation{Name: "DeleteObjects", Method: "POST", Path: "/{Bucket}?delete", Traits: pipeline.ChecksumRequired | pipeline.ErrorIn200}

type DeleteObjectsInput struct {
	Bucket string `uri:"Bucket"`

	Delete *Delete `payload:"Delete,ns=http://s3.amazonaws.com/doc/2006-03-01/,required"` // 1 to 1000 objects

	MFA                       string `header:"x-amz-mfa"`
	BypassGovernanceRetention bool   `header:"x-amz-bypass-governance-retention"` // also what GOVERNANCE retention holds

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteObjectsOutput struct {
	Deleted        []DeletedObject `xml:"Deleted,flat"`
	Errors         []DeleteError   `xml:"Error,flat"` // what was not deleted
	RequestCharged RequestCharged  `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Delete is the list of objects that DeleteObjects is to delete.
type Delete struct {
	Objects []ObjectIdentifier `xml:"Object,required,flat"`
	Quiet   *bool              `xml:"Quiet"` // true: the answer lists failures only, and nobody can tell whether it is complete
}

// ObjectIdentifier names an object, or one version of it.
type ObjectIdentifier struct {
	Key       string `xml:"Key,required,min1"`
	VersionId string `xml:"VersionId"` // as in DeleteObjectInput
}

// DeletedObject is an object that DeleteObjects has deleted.
type DeletedObject struct {
	Key                   string `xml:"Key"`
	VersionId             string `xml:"VersionId"`             // the version asked for
	DeleteMarker          bool   `xml:"DeleteMarker"`          // the deletion made a delete marker, or removed one
	DeleteMarkerVersionId string `xml:"DeleteMarkerVersionId"` // of that delete marker
}

// DeleteError says why DeleteObjects could not delete an object. (The model
// calls it Error, a name that here belongs to failed calls.) It is an error
// too: errors.Is finds the sentinels and the errors of io/fs by its Code, as
// with [Error].
type DeleteError struct {
	Key       string `xml:"Key"`
	VersionId string `xml:"VersionId"`
	Code      string `xml:"Code"` // empty: the server has said nothing of the object
	Message   string `xml:"Message"`
}

// Error names the object and what is wrong.
func (e *DeleteError) Error() string { return (*s3dialect.DeleteFailure)(e).Text() }

// Is implements the cases of errors.Is that DeleteError describes.
func (e *DeleteError) Is(target error) bool {
	return (*s3dialect.DeleteFailure)(e).Matches(flavour.Name, target)
}

// DeleteObjectsError says which objects DeleteObjects could not delete. For
// errors.Is and errors.As it is all of their errors: errors.Is(err,
// [ErrAccessDenied]) holds if access to any one of them was denied.
type DeleteObjectsError struct {
	Errors    []DeleteError // as in the output
	Asked     int           // how many objects the call was to delete
	RequestID string        // of the call, for IBM support

	causes []error // what objects failed with that were deleted one by one
}

// Error counts the failures and describes the first of them.
func (e *DeleteObjectsError) Error() string { return s3dialect.DeletionText(flavour.Name, e) }

// Unwrap returns the errors of the objects.
func (e *DeleteObjectsError) Unwrap() []error { return s3dialect.DeletionCauses(e.causes, e.Errors) }
