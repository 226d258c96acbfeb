package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutObjectLockConfiguration makes it possible to lock objects of a bucket, and
// says for how long new ones are locked by themselves. It cannot be turned off
// again. The bucket has to keep versions, and must not have a retention policy:
// Object Lock and Immutable Object Storage ([Client.PutBucketProtectionConfiguration])
// are two things, of which a bucket has one at most.
//
// Errors: [ErrInvalidBucketState] where the bucket does not allow it,
// [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutObjectLockConfiguration(ctx context.Context, in *PutObjectLockConfigurationInput, opts ...Option) (*PutObjectLockConfigurationOutput, error) {
	return invoke[PutObjectLockConfigurationOutput](ctx, c, opPutObjectLockConfiguration, in, opts)
}

var opPutObjectLockConfiguration = &pipeline.Operation{Name: "PutObjectLockConfiguration", Method: "PUT", Path: "/{Bucket}?object-lock", Traits: pipeline.ChecksumRequired}

type PutObjectLockConfigurationInput struct {
	Bucket                  string                   `uri:"Bucket"`
	ObjectLockConfiguration *ObjectLockConfiguration `payload:"ObjectLockConfiguration,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	Token                   string                   `header:"x-amz-bucket-object-lock-token"` // of AWS's model; IBM gives out none

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	RequestPayer        RequestPayer      `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectLockConfigurationOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectLockConfiguration tells whether objects of a bucket can be locked,
// and for how long new ones are.
//
// Errors: [ErrObjectLockConfigurationNotFound] where they cannot be,
// [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetObjectLockConfiguration(ctx context.Context, in *GetObjectLockConfigurationInput, opts ...Option) (*GetObjectLockConfigurationOutput, error) {
	return invoke[GetObjectLockConfigurationOutput](ctx, c, opGetObjectLockConfiguration, in, opts)
}

var opGetObjectLockConfiguration = &pipeline.Operation{Name: "GetObjectLockConfiguration", Method: "GET", Path: "/{Bucket}?object-lock"}

type GetObjectLockConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectLockConfigurationOutput struct {
	ObjectLockConfiguration      ObjectLockConfiguration      `payload:"ObjectLockConfiguration"`
	IbmProtectionManagementState IbmProtectionManagementState `header:"x-ibm-protection-management-state"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ObjectLockConfiguration says whether, and how, objects of a bucket are locked.
type ObjectLockConfiguration struct {
	ObjectLockEnabled ObjectLockEnabled `xml:"ObjectLockEnabled"`
	Rule              *ObjectLockRule   `xml:"Rule"` // nil: new objects are locked only where their request says so
}

// ObjectLockEnabled has only one value: there is no way back.
type ObjectLockEnabled string

const ObjectLockEnabledEnabled ObjectLockEnabled = "Enabled"

// ObjectLockRule says what becomes of new objects.
type ObjectLockRule struct {
	DefaultRetention *DefaultRetention `xml:"DefaultRetention"`
}

// DefaultRetention is how long an object is locked whose request does not say.
// Either Days or Years is set.
type DefaultRetention struct {
	Mode  ObjectLockRetentionMode `xml:"Mode"`
	Days  *int32                  `xml:"Days"`  // from creation on; 1 to 36500
	Years *int32                  `xml:"Years"` // from creation on; 1 to 100
}

// ObjectLockRetentionMode says whether there is a way around a lock.
type ObjectLockRetentionMode string

const (
	ObjectLockRetentionModeGovernance ObjectLockRetentionMode = "GOVERNANCE" // with a right and BypassGovernanceRetention; since January 2026
	ObjectLockRetentionModeCompliance ObjectLockRetentionMode = "COMPLIANCE" // none, for nobody
)
