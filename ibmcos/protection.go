package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketProtectionConfiguration gives a bucket a retention policy (Immutable
// Object Storage), or changes the one it has: objects can neither be deleted nor
// overwritten before their time is up. Once there, a policy cannot be removed,
// and the bucket itself cannot be deleted before it is empty. It takes the role
// of a manager.
//
// A bucket that keeps versions cannot have a policy: Object Lock is for those
// ([Client.PutObjectLockConfiguration]). A transfer by Aspera cannot go to a bucket
// that has one.
//
// Errors: [ErrInvalidRequest] for days that do not satisfy 0 ≤ minimum ≤ default
// ≤ maximum; [ErrMalformedXML], also for a policy without one of the three;
// [ErrInvalidBucketState]; [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketProtectionConfiguration(ctx context.Context, in *PutBucketProtectionConfigurationInput, opts ...Option) (*PutBucketProtectionConfigurationOutput, error) {
	return invoke[PutBucketProtectionConfigurationOutput](ctx, c, opPutBucketProtectionConfiguration, in, opts)
}

var opPutBucketProtectionConfiguration = &pipeline.Operation{Name: "PutBucketProtectionConfiguration", Method: "PUT", Path: "/{Bucket}?protection", Traits: pipeline.ChecksumRequired}

type PutBucketProtectionConfigurationInput struct {
	Bucket                  string                   `uri:"Bucket"`
	ProtectionConfiguration *ProtectionConfiguration `payload:"ProtectionConfiguration,required"`
}

type PutBucketProtectionConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketProtectionConfiguration returns the retention policy of a bucket
// (Immutable Object Storage).
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketProtectionConfiguration(ctx context.Context, in *GetBucketProtectionConfigurationInput, opts ...Option) (*GetBucketProtectionConfigurationOutput, error) {
	return invoke[GetBucketProtectionConfigurationOutput](ctx, c, opGetBucketProtectionConfiguration, in, opts)
}

var opGetBucketProtectionConfiguration = &pipeline.Operation{Name: "GetBucketProtectionConfiguration", Method: "GET", Path: "/{Bucket}?protection"}

type GetBucketProtectionConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketProtectionConfigurationOutput struct {
	ProtectionConfiguration      ProtectionConfiguration      `payload:"ProtectionConfiguration"` // Status is Retention only where the bucket has a policy
	IbmProtectionManagementState IbmProtectionManagementState `header:"x-ibm-protection-management-state"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ProtectionConfiguration is the retention policy of a bucket. All but the last
// member are set in one that is put.
type ProtectionConfiguration struct {
	Status BucketProtectionStatus `xml:"Status"` // Retention

	// How long an object is kept: at least, where it asks for nothing, at most.
	// The limit is 36135 days by one page of IBM's, and 365243 by others.
	MinimumRetention *BucketProtectionMinimumRetention `xml:"MinimumRetention"`
	DefaultRetention *BucketProtectionDefaultRetention `xml:"DefaultRetention"`
	MaximumRetention *BucketProtectionMaximumRetention `xml:"MaximumRetention"`

	EnablePermanentRetention *bool `xml:"EnablePermanentRetention"` // true: objects may be kept for ever, by a RetentionPeriod of -2; there is no way back
}

// BucketProtectionMinimumRetention is the shortest retention of an object.
type BucketProtectionMinimumRetention struct {
	Days int32 `xml:"Days,required"`
}

// BucketProtectionDefaultRetention is the retention of an object that asks for
// none.
type BucketProtectionDefaultRetention struct {
	Days int32 `xml:"Days,required"`
}

// BucketProtectionMaximumRetention is the longest retention of an object.
type BucketProtectionMaximumRetention struct {
	Days int32 `xml:"Days,required"`
}

// BucketProtectionStatus tells that a bucket has a retention policy.
type BucketProtectionStatus string

const BucketProtectionStatusRetention BucketProtectionStatus = "Retention"

// IbmProtectionManagementState tells whether the policy is in force.
type IbmProtectionManagementState string

const IbmProtectionManagementStateActive IbmProtectionManagementState = "active"
