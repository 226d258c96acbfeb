package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketBundles returns the plans that a bucket can be paid by.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetBucketBundles.html
func (c *Client) GetBucketBundles(ctx context.Context, in *GetBucketBundlesInput, opts ...Option) (*GetBucketBundlesOutput, error) {
	return invoke[GetBucketBundlesOutput](ctx, c, opGetBucketBundles, in, opts)
}

var opGetBucketBundles = &pipeline.Operation{Name: "GetBucketBundles", Method: "POST", Path: "/"}

type GetBucketBundlesInput struct {
	IncludeInactive *bool `json:"includeInactive"` // also those that can no longer be chosen
}

type GetBucketBundlesOutput struct {
	Bundles []BucketBundle `json:"bundles"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateBucketBundle has a bucket paid by another plan. That can be done once in
// a month of billing: [Bucket.AbleToUpdateBundle] tells whether it still can.
//
// Errors: [ErrNotFound]; [ErrInvalidInput] also where the plan was changed this
// month already.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateBucketBundle.html
func (c *Client) UpdateBucketBundle(ctx context.Context, in *UpdateBucketBundleInput, opts ...Option) (*UpdateBucketBundleOutput, error) {
	return invoke[UpdateBucketBundleOutput](ctx, c, opUpdateBucketBundle, in, opts)
}

var opUpdateBucketBundle = &pipeline.Operation{Name: "UpdateBucketBundle", Method: "POST", Path: "/"}

type UpdateBucketBundleInput struct {
	BucketName string `json:"bucketName,required,min3"`
	BundleId   string `json:"bundleId,required,min1"` // of an active plan
}

type UpdateBucketBundleOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// BucketBundle is a plan that a bucket is paid by.
type BucketBundle struct {
	BundleId             string  `json:"bundleId"`
	Name                 string  `json:"name"`
	Price                float64 `json:"price"`                // of a month, in US dollars
	StoragePerMonthInGb  int32   `json:"storagePerMonthInGb"`  // that the price includes
	TransferPerMonthInGb int32   `json:"transferPerMonthInGb"` // that the price includes
	IsActive             bool    `json:"isActive"`             // it can be chosen
}
