package s3

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketLifecycleConfiguration replaces the lifecycle rules of a bucket, up
// to 1000. They take effect within hours or a day, and are read back late as
// well.
//
// Errors: [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
func (c *Client) PutBucketLifecycleConfiguration(ctx context.Context, in *PutBucketLifecycleConfigurationInput, opts ...Option) (*PutBucketLifecycleConfigurationOutput, error) {
	return invoke[PutBucketLifecycleConfigurationOutput](ctx, c, opPutBucketLifecycleConfiguration, in, opts)
}

var opPutBucketLifecycleConfiguration = &pipeline.Operation{Name: "PutBucketLifecycleConfiguration", Method: "PUT", Path: "/{Bucket}?lifecycle", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketLifecycleConfigurationInput struct {
	Bucket                             string                             `uri:"Bucket"`
	LifecycleConfiguration             *BucketLifecycleConfiguration      `payload:"LifecycleConfiguration,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	TransitionDefaultMinimumObjectSize TransitionDefaultMinimumObjectSize `header:"x-amz-transition-default-minimum-object-size"` // default all_storage_classes_128K
	ChecksumAlgorithm                  ChecksumAlgorithm                  `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner                string                             `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketLifecycleConfigurationOutput struct {
	TransitionDefaultMinimumObjectSize TransitionDefaultMinimumObjectSize `header:"x-amz-transition-default-minimum-object-size"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketLifecycleConfiguration returns the lifecycle rules of a bucket.
//
// Errors: [ErrNoSuchLifecycleConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
func (c *Client) GetBucketLifecycleConfiguration(ctx context.Context, in *GetBucketLifecycleConfigurationInput, opts ...Option) (*GetBucketLifecycleConfigurationOutput, error) {
	return invoke[GetBucketLifecycleConfigurationOutput](ctx, c, opGetBucketLifecycleConfiguration, in, opts)
}

var opGetBucketLifecycleConfiguration = &pipeline.Operation{Name: "GetBucketLifecycleConfiguration", Method: "GET", Path: "/{Bucket}?lifecycle", Host: "control"}

type GetBucketLifecycleConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketLifecycleConfigurationOutput struct {
	Rules                              []LifecycleRule                    `xml:"Rule,flat"`
	TransitionDefaultMinimumObjectSize TransitionDefaultMinimumObjectSize `header:"x-amz-transition-default-minimum-object-size"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketLifecycle removes all lifecycle rules of a bucket. Where there
// are none it succeeds as well.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html
func (c *Client) DeleteBucketLifecycle(ctx context.Context, in *DeleteBucketLifecycleInput, opts ...Option) (*DeleteBucketLifecycleOutput, error) {
	return invoke[DeleteBucketLifecycleOutput](ctx, c, opDeleteBucketLifecycle, in, opts)
}

var opDeleteBucketLifecycle = &pipeline.Operation{Name: "DeleteBucketLifecycle", Method: "DELETE", Path: "/{Bucket}?lifecycle", Host: "control"}

type DeleteBucketLifecycleInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketLifecycleOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// BucketLifecycleConfiguration holds the rules of a bucket.
type BucketLifecycleConfiguration struct {
	Rules []LifecycleRule `xml:"Rule,required,flat"`
}

// LifecycleRule says what happens to some objects as they grow old. At least
// one action must be set.
type LifecycleRule struct {
	Expiration *LifecycleExpiration `xml:"Expiration"`
	ID         string               `xml:"ID"` // up to 255 characters; S3 makes one up when empty

	// Prefix is the old form of Filter. A rule has one or the other. nil: absent;
	// "": the whole bucket.
	//
	// Deprecated: use Filter.
	Prefix *string `xml:"Prefix"`
	// Filter says which objects the rule is for. An empty Filter is the whole
	// bucket.
	Filter *LifecycleRuleFilter `xml:"Filter"`

	Status                         ExpirationStatus                `xml:"Status,required"`
	Transitions                    []Transition                    `xml:"Transition,flat"`
	NoncurrentVersionTransitions   []NoncurrentVersionTransition   `xml:"NoncurrentVersionTransition,flat"`
	NoncurrentVersionExpiration    *NoncurrentVersionExpiration    `xml:"NoncurrentVersionExpiration"`
	AbortIncompleteMultipartUpload *AbortIncompleteMultipartUpload `xml:"AbortIncompleteMultipartUpload"`
}

// LifecycleRuleFilter chooses objects by one of its members; And joins
// several.
type LifecycleRuleFilter struct {
	Prefix                *string                   `xml:"Prefix"` // nil: absent; "": every key
	Tag                   *Tag                      `xml:"Tag"`
	ObjectSizeGreaterThan *int64                    `xml:"ObjectSizeGreaterThan"` // bytes
	ObjectSizeLessThan    *int64                    `xml:"ObjectSizeLessThan"`    // bytes
	And                   *LifecycleRuleAndOperator `xml:"And"`
}

// LifecycleRuleAndOperator chooses the objects that fulfil all that is set.
type LifecycleRuleAndOperator struct {
	Prefix                string `xml:"Prefix"`
	Tags                  []Tag  `xml:"Tag,flat"`
	ObjectSizeGreaterThan *int64 `xml:"ObjectSizeGreaterThan"` // bytes
	ObjectSizeLessThan    *int64 `xml:"ObjectSizeLessThan"`    // bytes
}

// LifecycleExpiration deletes objects; in a bucket with versioning it puts a
// delete marker on them.
type LifecycleExpiration struct {
	// Date is a midnight in UTC. One of the three members is set.
	Date time.Time `xml:"Date"`

	Days                      *int32 `xml:"Days"`                      // after creation; at least 1
	ExpiredObjectDeleteMarker *bool  `xml:"ExpiredObjectDeleteMarker"` // remove delete markers that no version stands behind
}

// Transition moves objects to another storage class.
type Transition struct {
	Date         time.Time              `xml:"Date"` // midnight in UTC; this or Days
	Days         *int32                 `xml:"Days"` // after creation; 0 is allowed for most classes
	StorageClass TransitionStorageClass `xml:"StorageClass"`
}

// NoncurrentVersionTransition moves versions that are no longer current to
// another storage class.
type NoncurrentVersionTransition struct {
	NoncurrentDays          *int32                 `xml:"NoncurrentDays"` // after the version was replaced
	StorageClass            TransitionStorageClass `xml:"StorageClass"`
	NewerNoncurrentVersions *int32                 `xml:"NewerNoncurrentVersions"` // keep so many as they are, 1 to 100
}

// NoncurrentVersionExpiration deletes versions that are no longer current.
type NoncurrentVersionExpiration struct {
	NoncurrentDays          *int32 `xml:"NoncurrentDays"`          // after the version was replaced; at least 1
	NewerNoncurrentVersions *int32 `xml:"NewerNoncurrentVersions"` // keep so many, 1 to 100
}

// AbortIncompleteMultipartUpload aborts uploads that were never completed.
type AbortIncompleteMultipartUpload struct {
	DaysAfterInitiation *int32 `xml:"DaysAfterInitiation"` // at least 1
}

// ExpirationStatus tells whether a lifecycle rule is in force.
type ExpirationStatus string

const (
	ExpirationStatusEnabled  ExpirationStatus = "Enabled"
	ExpirationStatusDisabled ExpirationStatus = "Disabled"
)

// TransitionStorageClass is a storage class that a lifecycle rule can move
// objects to.
type TransitionStorageClass string

const (
	TransitionStorageClassGlacier            TransitionStorageClass = "GLACIER"
	TransitionStorageClassStandardIa         TransitionStorageClass = "STANDARD_IA"
	TransitionStorageClassOnezoneIa          TransitionStorageClass = "ONEZONE_IA"
	TransitionStorageClassIntelligentTiering TransitionStorageClass = "INTELLIGENT_TIERING"
	TransitionStorageClassDeepArchive        TransitionStorageClass = "DEEP_ARCHIVE"
	TransitionStorageClassGlacierIr          TransitionStorageClass = "GLACIER_IR"
)

// TransitionDefaultMinimumObjectSize is the size below which lifecycle rules
// do not move objects.
type TransitionDefaultMinimumObjectSize string

const (
	TransitionDefaultMinimumObjectSizeVariesByStorageClass  TransitionDefaultMinimumObjectSize = "varies_by_storage_class"  // none for GLACIER and DEEP_ARCHIVE, 128 KB for the others
	TransitionDefaultMinimumObjectSizeAllStorageClasses128k TransitionDefaultMinimumObjectSize = "all_storage_classes_128K" // 128 KB for every class
)

// PutBucketLifecycle replaces the lifecycle rules of a bucket, in the form
// they had before filters.
//
// Errors: [ErrMalformedXML], [ErrNoSuchBucket].
//
// Deprecated: S3 keeps it for old programs; use
// [Client.PutBucketLifecycleConfiguration].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycle.html
func (c *Client) PutBucketLifecycle(ctx context.Context, in *PutBucketLifecycleInput, opts ...Option) (*PutBucketLifecycleOutput, error) {
	return invoke[PutBucketLifecycleOutput](ctx, c, opPutBucketLifecycle, in, opts)
}

var opPutBucketLifecycle = &pipeline.Operation{Name: "PutBucketLifecycle", Method: "PUT", Path: "/{Bucket}?lifecycle", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketLifecycleInput struct {
	Bucket                 string                  `uri:"Bucket"`
	LifecycleConfiguration *LifecycleConfiguration `payload:"LifecycleConfiguration,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5             string                  `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm      ChecksumAlgorithm       `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner    string                  `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketLifecycleOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketLifecycle returns lifecycle rules in the form they had before
// filters. It fails for rules that this form cannot express.
//
// Errors: [ErrNoSuchLifecycleConfiguration], [ErrNoSuchBucket].
//
// Deprecated: S3 keeps it for old programs; use
// [Client.GetBucketLifecycleConfiguration].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycle.html
func (c *Client) GetBucketLifecycle(ctx context.Context, in *GetBucketLifecycleInput, opts ...Option) (*GetBucketLifecycleOutput, error) {
	return invoke[GetBucketLifecycleOutput](ctx, c, opGetBucketLifecycle, in, opts)
}

var opGetBucketLifecycle = &pipeline.Operation{Name: "GetBucketLifecycle", Method: "GET", Path: "/{Bucket}?lifecycle", Host: "control"}

type GetBucketLifecycleInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketLifecycleOutput struct {
	Rules []Rule `xml:"Rule,flat"`

	ResponseMetadata entrepot.ResponseMetadata
}

// LifecycleConfiguration holds rules in the old form, which
// [Client.PutBucketLifecycle] takes.
type LifecycleConfiguration struct {
	Rules []Rule `xml:"Rule,required,flat"`
}

// Rule is a lifecycle rule of the old form: chosen by prefix alone, with one
// transition.
type Rule struct {
	Expiration                     *LifecycleExpiration            `xml:"Expiration"`
	ID                             string                          `xml:"ID"`              // up to 255 characters; S3 makes one up when empty
	Prefix                         string                          `xml:"Prefix,required"` // keys that begin with it; empty: all
	Status                         ExpirationStatus                `xml:"Status,required"`
	Transition                     *Transition                     `xml:"Transition"`
	NoncurrentVersionTransition    *NoncurrentVersionTransition    `xml:"NoncurrentVersionTransition"`
	NoncurrentVersionExpiration    *NoncurrentVersionExpiration    `xml:"NoncurrentVersionExpiration"`
	AbortIncompleteMultipartUpload *AbortIncompleteMultipartUpload `xml:"AbortIncompleteMultipartUpload"`
}
