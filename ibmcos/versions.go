package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketVersioning has a bucket keep the versions of its objects, or no
// longer. A bucket that has kept versions cannot go back to a time before: while
// it is suspended, old versions stay and what is written gets the version "null".
// A change may take some minutes to be seen everywhere.
//
// A bucket with a retention policy (Immutable Object Storage) cannot keep
// versions. Object Lock and replication need them, and forbid to suspend it.
//
// Errors: [ErrInvalidBucketState] where something forbids the change,
// [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketVersioning(ctx context.Context, in *PutBucketVersioningInput, opts ...Option) (*PutBucketVersioningOutput, error) {
	return invoke[PutBucketVersioningOutput](ctx, c, opPutBucketVersioning, in, opts)
}

var opPutBucketVersioning = &pipeline.Operation{Name: "PutBucketVersioning", Method: "PUT", Path: "/{Bucket}?versioning", Traits: pipeline.ChecksumRequired}

type PutBucketVersioningInput struct {
	Bucket                  string                   `uri:"Bucket"`
	VersioningConfiguration *VersioningConfiguration `payload:"VersioningConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	MFA                     string                   `header:"x-amz-mfa"` // "SERIAL CODE" of the device, where MFADelete is in use

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketVersioningOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// VersioningConfiguration says whether a bucket keeps versions.
type VersioningConfiguration struct {
	Status BucketVersioningStatus `xml:"Status"`

	// MFADelete is AWS's: deleting a version then takes a code of a device. IBM's
	// models have it. Empty: it is not sent.
	MFADelete MFADelete `xml:"MfaDelete"`
}

// BucketVersioningStatus tells whether what is overwritten is kept.
type BucketVersioningStatus string

const (
	BucketVersioningStatusEnabled   BucketVersioningStatus = "Enabled"
	BucketVersioningStatusSuspended BucketVersioningStatus = "Suspended"
)

// MFADelete is sent to say whether deleting a version takes a device's code.
type MFADelete string

const (
	MFADeleteEnabled  MFADelete = "Enabled"
	MFADeleteDisabled MFADelete = "Disabled"
)

// GetBucketVersioning tells whether a bucket keeps the versions of its objects.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketVersioning(ctx context.Context, in *GetBucketVersioningInput, opts ...Option) (*GetBucketVersioningOutput, error) {
	return invoke[GetBucketVersioningOutput](ctx, c, opGetBucketVersioning, in, opts)
}

var opGetBucketVersioning = &pipeline.Operation{Name: "GetBucketVersioning", Method: "GET", Path: "/{Bucket}?versioning"}

type GetBucketVersioningInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketVersioningOutput struct {
	Status    BucketVersioningStatus `xml:"Status"`    // empty: it has never kept any
	MFADelete MFADeleteStatus        `xml:"MfaDelete"` // empty: never set

	ResponseMetadata entrepot.ResponseMetadata
}

// MFADeleteStatus answers whether deleting a version takes a device's code.
type MFADeleteStatus string

const (
	MFADeleteStatusEnabled  MFADeleteStatus = "Enabled"
	MFADeleteStatusDisabled MFADeleteStatus = "Disabled"
)
