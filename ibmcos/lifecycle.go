package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketLifecycleConfiguration replaces the lifecycle rules of a bucket, up
// to 1000: what is archived when, and what expires. Objects that expire go at the
// next midnight UTC.
//
// One rule of a bucket can archive: it has one Transition, to GLACIER or
// ACCELERATED, and the empty prefix, LifecycleRuleFilter{Prefix: new("")}, as it
// is for the whole bucket. It takes objects that are written from then on. Rules
// that delete take those that are there as well.
//
// Errors: [ErrMalformedXML], also for a storage class that IBM's service does not
// archive to; InvalidArgument for days and dates that cannot be; [ErrInvalidRequest]
// for a rule that does nothing, or archives other than so; [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketLifecycleConfiguration(ctx context.Context, in *PutBucketLifecycleConfigurationInput, opts ...Option) (*PutBucketLifecycleConfigurationOutput, error) {
	return invoke[PutBucketLifecycleConfigurationOutput](ctx, c, opPutBucketLifecycleConfiguration, in, opts)
}

var opPutBucketLifecycleConfiguration = &pipeline.Operation{Name: "PutBucketLifecycleConfiguration", Method: "PUT", Path: "/{Bucket}?lifecycle", Traits: pipeline.ChecksumRequired}

type PutBucketLifecycleConfigurationInput struct {
	Bucket                 string                        `uri:"Bucket"`
	LifecycleConfiguration *BucketLifecycleConfiguration `payload:"LifecycleConfiguration,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ChecksumAlgorithm      ChecksumAlgorithm             `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner    string                        `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketLifecycleConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketLifecycleConfiguration tells what is archived and deleted in a
// bucket, and when.
//
// Errors: [ErrNoSuchLifecycleConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketLifecycleConfiguration(ctx context.Context, in *GetBucketLifecycleConfigurationInput, opts ...Option) (*GetBucketLifecycleConfigurationOutput, error) {
	return invoke[GetBucketLifecycleConfigurationOutput](ctx, c, opGetBucketLifecycleConfiguration, in, opts)
}

var opGetBucketLifecycleConfiguration = &pipeline.Operation{Name: "GetBucketLifecycleConfiguration", Method: "GET", Path: "/{Bucket}?lifecycle"}

type GetBucketLifecycleConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketLifecycleConfigurationOutput struct {
	Rules []LifecycleRule `xml:"Rule,flat"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketLifecycle takes all lifecycle rules off a bucket, if it has any.
// Objects that have been archived stay so.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketLifecycle(ctx context.Context, in *DeleteBucketLifecycleInput, opts ...Option) (*DeleteBucketLifecycleOutput, error) {
	return invoke[DeleteBucketLifecycleOutput](ctx, c, opDeleteBucketLifecycle, in, opts)
}

var opDeleteBucketLifecycle = &pipeline.Operation{Name: "DeleteBucketLifecycle", Method: "DELETE", Path: "/{Bucket}?lifecycle"}

type DeleteBucketLifecycleInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketLifecycleOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// BucketLifecycleConfiguration is all the rules of a bucket.
type BucketLifecycleConfiguration struct {
	Rules []LifecycleRule `xml:"Rule,required,flat"`
}

// LifecycleRule is what becomes of some objects with time. It has an action: it
// archives, expires or aborts.
type LifecycleRule struct {
	Expiration *LifecycleExpiration `xml:"Expiration"`
	ID         string               `xml:"ID"` // up to 255 characters; empty: the service makes one up

	// Prefix was the way to choose objects before there was Filter.
	//
	// Deprecated: use Filter, which IBM's models want in every rule, so that it is
	// always sent: the service may refuse both in one rule.
	Prefix string `xml:"Prefix"`
	// Filter chooses the objects that the rule is for. Without a member it is all
	// of the bucket's.
	Filter LifecycleRuleFilter `xml:"Filter,required"`

	Status                         ExpirationStatus                `xml:"Status,required"`
	Transitions                    []Transition                    `xml:"Transition,flat"` // one at most
	NoncurrentVersionExpiration    *NoncurrentVersionExpiration    `xml:"NoncurrentVersionExpiration"`
	AbortIncompleteMultipartUpload *AbortIncompleteMultipartUpload `xml:"AbortIncompleteMultipartUpload"`

	// NoncurrentVersionTransitions is in IBM's model for Go alone. The service
	// does not archive old versions.
	NoncurrentVersionTransitions []NoncurrentVersionTransition `xml:"NoncurrentVersionTransition,flat"`
}

// LifecycleRuleFilter chooses objects. At most one member is set: And, where it
// takes more than one condition.
type LifecycleRuleFilter struct {
	Prefix                *string                   `xml:"Prefix"` // of the key; "" for every key, as a rule that archives has it
	Tag                   *Tag                      `xml:"Tag"`
	ObjectSizeGreaterThan *int64                    `xml:"ObjectSizeGreaterThan"` // in bytes
	ObjectSizeLessThan    *int64                    `xml:"ObjectSizeLessThan"`    // in bytes
	And                   *LifecycleRuleAndOperator `xml:"And"`
}

// LifecycleRuleAndOperator chooses the objects that meet all conditions set.
type LifecycleRuleAndOperator struct {
	Prefix                string `xml:"Prefix"`
	Tags                  []Tag  `xml:"Tag,flat"`
	ObjectSizeGreaterThan *int64 `xml:"ObjectSizeGreaterThan"` // in bytes
	ObjectSizeLessThan    *int64 `xml:"ObjectSizeLessThan"`    // in bytes
}

// LifecycleExpiration deletes current objects, those that are there already as
// well. Where the bucket keeps versions they get a delete marker instead. One
// member is set.
type LifecycleExpiration struct {
	Date                      time.Time `xml:"Date"`                      // midnight, UTC
	Days                      *int32    `xml:"Days"`                      // from creation on, 1 or more
	ExpiredObjectDeleteMarker *bool     `xml:"ExpiredObjectDeleteMarker"` // true: only delete markers go, whose object has no version left
}

// Transition archives objects. Either Date or Days is set. An archived object
// has to be restored before it can be read.
type Transition struct {
	Date         time.Time              `xml:"Date"` // midnight, UTC
	Days         *int32                 `xml:"Days"` // from creation on; 0 is as soon as can be
	StorageClass TransitionStorageClass `xml:"StorageClass"`
}

// NoncurrentVersionTransition would archive versions that are no longer current,
// which the service does not do.
type NoncurrentVersionTransition struct {
	NoncurrentDays          *int32                 `xml:"NoncurrentDays"`
	StorageClass            TransitionStorageClass `xml:"StorageClass"`
	NewerNoncurrentVersions *int32                 `xml:"NewerNoncurrentVersions"`
}

// NoncurrentVersionExpiration deletes versions that others have taken the place
// of.
type NoncurrentVersionExpiration struct {
	NoncurrentDays          *int32 `xml:"NoncurrentDays"`          // since then, 1 or more
	NewerNoncurrentVersions *int32 `xml:"NewerNoncurrentVersions"` // of AWS's model: so many stay; IBM documents NoncurrentDays alone
}

// AbortIncompleteMultipartUpload aborts uploads in parts that nobody finishes.
// Without such a rule their parts are kept, and paid for, without end.
type AbortIncompleteMultipartUpload struct {
	DaysAfterInitiation *int32 `xml:"DaysAfterInitiation"` // 1 or more
}

// ExpirationStatus tells whether a lifecycle rule is carried out.
type ExpirationStatus string

const (
	ExpirationStatusEnabled  ExpirationStatus = "Enabled"
	ExpirationStatusDisabled ExpirationStatus = "Disabled"
)

// TransitionStorageClass is what objects are archived as. IBM's service knows
// GLACIER and ACCELERATED; the others are of AWS's model.
type TransitionStorageClass string

const (
	TransitionStorageClassAccelerated        TransitionStorageClass = "ACCELERATED" // restored within 2 hours
	TransitionStorageClassGlacier            TransitionStorageClass = "GLACIER"     // restored within 12 hours
	TransitionStorageClassStandardIa         TransitionStorageClass = "STANDARD_IA"
	TransitionStorageClassOnezoneIa          TransitionStorageClass = "ONEZONE_IA"
	TransitionStorageClassIntelligentTiering TransitionStorageClass = "INTELLIGENT_TIERING"
	TransitionStorageClassDeepArchive        TransitionStorageClass = "DEEP_ARCHIVE"
	TransitionStorageClassGlacierIr          TransitionStorageClass = "GLACIER_IR"
)
