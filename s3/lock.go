package s3

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutObjectLockConfiguration lets the objects of a bucket be locked, which
// cannot be undone, and sets the retention that new objects get. The bucket must
// have versioning enabled.
//
// Errors: [ErrNoSuchBucket], [ErrInvalidBucketState] without versioning,
// [ErrMalformedXML].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html
func (c *Client) PutObjectLockConfiguration(ctx context.Context, in *PutObjectLockConfigurationInput, opts ...Option) (*PutObjectLockConfigurationOutput, error) {
	return invoke[PutObjectLockConfigurationOutput](ctx, c, opPutObjectLockConfiguration, in, opts)
}

var opPutObjectLockConfiguration = &pipeline.Operation{Name: "PutObjectLockConfiguration", Method: "PUT", Path: "/{Bucket}?object-lock", Traits: pipeline.ChecksumRequired}

type PutObjectLockConfigurationInput struct {
	Bucket                  string                   `uri:"Bucket"`
	ObjectLockConfiguration *ObjectLockConfiguration `payload:"ObjectLockConfiguration,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	Token                   string                   `header:"x-amz-bucket-object-lock-token"` // from AWS support, in former times; now not needed

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
// and the retention that new ones get.
//
// Errors: [ErrObjectLockConfigurationNotFound] where they cannot,
// [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
func (c *Client) GetObjectLockConfiguration(ctx context.Context, in *GetObjectLockConfigurationInput, opts ...Option) (*GetObjectLockConfigurationOutput, error) {
	return invoke[GetObjectLockConfigurationOutput](ctx, c, opGetObjectLockConfiguration, in, opts)
}

var opGetObjectLockConfiguration = &pipeline.Operation{Name: "GetObjectLockConfiguration", Method: "GET", Path: "/{Bucket}?object-lock"}

type GetObjectLockConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectLockConfigurationOutput struct {
	ObjectLockConfiguration ObjectLockConfiguration `payload:"ObjectLockConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ObjectLockConfiguration is what a bucket says of locks.
type ObjectLockConfiguration struct {
	ObjectLockEnabled ObjectLockEnabled `xml:"ObjectLockEnabled"`
	Rule              *ObjectLockRule   `xml:"Rule"` // nil: new objects are not locked by themselves
}

// ObjectLockEnabled says that objects can be locked.
type ObjectLockEnabled string

const ObjectLockEnabledEnabled ObjectLockEnabled = "Enabled"

// ObjectLockRule is about new objects.
type ObjectLockRule struct {
	DefaultRetention *DefaultRetention `xml:"DefaultRetention"`
}

// DefaultRetention is the retention of objects that come without one. It has
// either Days or Years.
type DefaultRetention struct {
	Mode  ObjectLockRetentionMode `xml:"Mode"`
	Days  *int32                  `xml:"Days"`  // after creation; at least 1
	Years *int32                  `xml:"Years"` // after creation; at least 1
}

// ObjectLockRetentionMode is how strictly retention holds.
type ObjectLockRetentionMode string

const (
	ObjectLockRetentionModeGovernance ObjectLockRetentionMode = "GOVERNANCE" // can be lifted with a permission
	ObjectLockRetentionModeCompliance ObjectLockRetentionMode = "COMPLIANCE" // cannot be lifted by anybody
)

// PutObjectRetention retains a version until a date, or changes its retention. A
// retention in force can be made longer; to make one of the mode GOVERNANCE
// shorter or to take it off needs BypassGovernanceRetention, and one of the mode
// COMPLIANCE can be neither.
//
// Errors: [ErrAccessDenied] for a change that the retention in force forbids,
// [ErrInvalidRequest] where the bucket has no Object Lock, [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket], [ErrMalformedXML].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html
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
	BypassGovernanceRetention bool                 `header:"x-amz-bypass-governance-retention"` // needs the permission of that name

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	RequestPayer        RequestPayer      `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectRetentionOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectRetention returns the retention of a version.
//
// Errors: [ErrNoSuchObjectLockConfiguration] for a version without,
// [ErrInvalidRequest] where the bucket has no Object Lock, [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html
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
	RetainUntilDate time.Time               `xml:"RetainUntilDate"` // in the future when it is set
}

// PutObjectLegalHold puts a legal hold on a version or takes it off. With one,
// the version cannot be deleted, whatever its retention.
//
// Errors: [ErrInvalidRequest] where the bucket has no Object Lock,
// [ErrNoSuchKey], [ErrNoSuchVersion], [ErrNoSuchBucket], [ErrMalformedXML].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html
func (c *Client) PutObjectLegalHold(ctx context.Context, in *PutObjectLegalHoldInput, opts ...Option) (*PutObjectLegalHoldOutput, error) {
	return invoke[PutObjectLegalHoldOutput](ctx, c, opPutObjectLegalHold, in, opts)
}

var opPutObjectLegalHold = &pipeline.Operation{Name: "PutObjectLegalHold", Method: "PUT", Path: "/{Bucket}/{Key+}?legal-hold", Traits: pipeline.ChecksumRequired}

type PutObjectLegalHoldInput struct {
	Bucket    string               `uri:"Bucket"`
	Key       string               `uri:"Key"`
	VersionId string               `query:"versionId"` // empty: the current version
	LegalHold *ObjectLockLegalHold `payload:"LegalHold,ns=http://s3.amazonaws.com/doc/2006-03-01/"`

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	RequestPayer        RequestPayer      `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectLegalHoldOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectLegalHold tells whether a legal hold is on a version.
//
// Errors: [ErrNoSuchObjectLockConfiguration] for a version that never had one,
// [ErrInvalidRequest] where the bucket has no Object Lock, [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html
func (c *Client) GetObjectLegalHold(ctx context.Context, in *GetObjectLegalHoldInput, opts ...Option) (*GetObjectLegalHoldOutput, error) {
	return invoke[GetObjectLegalHoldOutput](ctx, c, opGetObjectLegalHold, in, opts)
}

var opGetObjectLegalHold = &pipeline.Operation{Name: "GetObjectLegalHold", Method: "GET", Path: "/{Bucket}/{Key+}?legal-hold"}

type GetObjectLegalHoldInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	VersionId           string       `query:"versionId"`                    // empty: the current version
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
