package ibmcos

import (
	"context"
	"time"

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

// PutObjectRetention retains a version until a date, or changes its retention,
// in a bucket with Object Lock. (A retention policy, Immutable Object Storage,
// is another thing: see [Client.ExtendObjectRetention].) A retention in force
// can be made longer; to make one of the mode GOVERNANCE shorter or to take it
// off needs BypassGovernanceRetention, and one of the mode COMPLIANCE can be
// neither.
//
// Errors: [ErrAccessDenied] for a change that the retention in force forbids,
// [ErrInvalidRequest] where the bucket has no Object Lock, [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket], [ErrMalformedXML].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutObjectRetention(ctx context.Context, in *PutObjectRetentionInput, opts ...Option) (*PutObjectRetentionOutput, error) {
	return invoke[PutObjectRetentionOutput](ctx, c, opPutObjectRetention, in, opts)
}

var opPutObjectRetention = &pipeline.Operation{Name: "PutObjectRetention", Method: "PUT", Path: "/{Bucket}/{Key+}?retention", Traits: pipeline.ChecksumRequired}

type PutObjectRetentionInput struct {
	Bucket    string `uri:"Bucket"`
	Key       string `uri:"Key"`
	VersionId string `query:"versionId"` // empty: the current version

	// Retention with neither Mode nor date takes the retention off.
	Retention                 *ObjectLockRetention `payload:"Retention,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	BypassGovernanceRetention bool                 `header:"x-amz-bypass-governance-retention"` // needs the right to do so

	ContentMD5          string       `header:"Content-MD5"`                 // base64; empty: the client adds a checksum of its own
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectRetentionOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectRetention returns the retention that Object Lock has of a version.
//
// Errors: [ErrNoSuchObjectLockConfiguration] for a version without,
// [ErrInvalidRequest] where the bucket has no Object Lock, [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetObjectRetention(ctx context.Context, in *GetObjectRetentionInput, opts ...Option) (*GetObjectRetentionOutput, error) {
	return invoke[GetObjectRetentionOutput](ctx, c, opGetObjectRetention, in, opts)
}

var opGetObjectRetention = &pipeline.Operation{Name: "GetObjectRetention", Method: "GET", Path: "/{Bucket}/{Key+}?retention"}

type GetObjectRetentionInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	VersionId           string       `query:"versionId"`                    // empty: the current version
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectRetentionOutput struct {
	Retention ObjectLockRetention `payload:"Retention"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ObjectLockRetention keeps a version from being deleted until a date. Mode and
// date go together.
type ObjectLockRetention struct {
	Mode            ObjectLockRetentionMode `xml:"Mode"`
	RetainUntilDate time.Time               `xml:"RetainUntilDate"` // in the future when it is set, at most 100 years
}

// PutObjectLegalHold puts the legal hold of Object Lock on a version or takes it
// off. With it, the version cannot be deleted, whatever its retention. (For the
// named legal holds of a bucket with a retention policy, see
// [Client.AddLegalHold].)
//
// Errors: [ErrInvalidRequest] where the bucket has no Object Lock,
// [ErrNoSuchKey], [ErrNoSuchVersion], [ErrNoSuchBucket], [ErrMalformedXML].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutObjectLegalHold(ctx context.Context, in *PutObjectLegalHoldInput, opts ...Option) (*PutObjectLegalHoldOutput, error) {
	return invoke[PutObjectLegalHoldOutput](ctx, c, opPutObjectLegalHold, in, opts)
}

var opPutObjectLegalHold = &pipeline.Operation{Name: "PutObjectLegalHold", Method: "PUT", Path: "/{Bucket}/{Key+}?legal-hold", Traits: pipeline.ChecksumRequired}

type PutObjectLegalHoldInput struct {
	Bucket    string               `uri:"Bucket"`
	Key       string               `uri:"Key"`
	VersionId string               `query:"versionId"` // empty: the current version
	LegalHold *ObjectLockLegalHold `payload:"LegalHold,ns=http://s3.amazonaws.com/doc/2006-03-01/"`

	ContentMD5          string       `header:"Content-MD5"`                 // base64; empty: the client adds a checksum of its own
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectLegalHoldOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectLegalHold tells whether the legal hold of Object Lock is on a version.
//
// Errors: [ErrNoSuchObjectLockConfiguration] for a version that never had one,
// [ErrInvalidRequest] where the bucket has no Object Lock, [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetObjectLegalHold(ctx context.Context, in *GetObjectLegalHoldInput, opts ...Option) (*GetObjectLegalHoldOutput, error) {
	return invoke[GetObjectLegalHoldOutput](ctx, c, opGetObjectLegalHold, in, opts)
}

var opGetObjectLegalHold = &pipeline.Operation{Name: "GetObjectLegalHold", Method: "GET", Path: "/{Bucket}/{Key+}?legal-hold"}

type GetObjectLegalHoldInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	VersionId           string       `query:"versionId"`                    // empty: the current version
	ContentMD5          string       `header:"Content-MD5"`                 // in IBM's models, though there is no body; leave it empty
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectLegalHoldOutput struct {
	LegalHold ObjectLockLegalHold `payload:"LegalHold"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ObjectLockLegalHold keeps a version from being deleted until it is taken off.
type ObjectLockLegalHold struct {
	Status ObjectLockLegalHoldStatus `xml:"Status"`
}
