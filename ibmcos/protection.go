package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

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
	ProtectionConfiguration      ProtectionConfiguration      `payload:"ProtectionConfiguration"` // empty where the bucket has no policy
	IbmProtectionManagementState IbmProtectionManagementState `header:"x-ibm-protection-management-state"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ProtectionConfiguration is the retention policy of a bucket.
type ProtectionConfiguration struct {
	Status BucketProtectionStatus `xml:"Status"`

	// How long an object is kept: at least, where it asks for nothing, at most.
	MinimumRetention *BucketProtectionMinimumRetention `xml:"MinimumRetention"`
	DefaultRetention *BucketProtectionDefaultRetention `xml:"DefaultRetention"`
	MaximumRetention *BucketProtectionMaximumRetention `xml:"MaximumRetention"`

	EnablePermanentRetention *bool `xml:"EnablePermanentRetention"` // objects may be kept for ever (RetentionPeriod -2)
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
