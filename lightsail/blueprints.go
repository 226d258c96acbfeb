package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBlueprints returns the images that instances can be made of: an operating
// system, with or without an application.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetBlueprints.html
func (c *Client) GetBlueprints(ctx context.Context, in *GetBlueprintsInput, opts ...Option) (*GetBlueprintsOutput, error) {
	return invoke[GetBlueprintsOutput](ctx, c, opGetBlueprints, in, opts)
}

var opGetBlueprints = &pipeline.Operation{Name: "GetBlueprints", Method: "POST", Path: "/"}

type GetBlueprintsInput struct {
	IncludeInactive *bool       `json:"includeInactive"` // with those that cannot be chosen for new instances
	PageToken       string      `json:"pageToken"`       // from the page before; the service sets the page's size
	AppCategory     AppCategory `json:"appCategory"`     // empty: of all
}

type GetBlueprintsOutput struct {
	Blueprints    []Blueprint `json:"blueprints"`
	NextPageToken string      `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the blueprints of the page.
func (out *GetBlueprintsOutput) Items() []Blueprint { return out.Blueprints }

// NextPage makes next the request for the page after out.
func (out *GetBlueprintsOutput) NextPage(next *GetBlueprintsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// AppCategory is a kind of application; AppCategoryLfR is Lightsail for
// Research.
type AppCategory string

// Values of AppCategory.
const (
	AppCategoryLfR AppCategory = "LfR"
)

// Blueprint is an image that instances are made of.
type Blueprint struct {
	BlueprintId string           `json:"blueprintId"` // "ubuntu_24_04"
	Name        string           `json:"name"`
	Group       string           `json:"group"` // of the versions of one image: "amazon-linux"
	Type        BlueprintType    `json:"type"`
	Description string           `json:"description"`
	IsActive    bool             `json:"isActive"`    // it can be chosen for new instances
	MinPower    int32            `json:"minPower"`    // least Bundle.Power that it runs on; 0: any
	Version     string           `json:"version"`     // of the operating system or application: "24.04"
	VersionCode string           `json:"versionCode"` // "1"
	ProductUrl  string           `json:"productUrl"`
	LicenseUrl  string           `json:"licenseUrl"`
	Platform    InstancePlatform `json:"platform"`
	AppCategory AppCategory      `json:"appCategory"` // in Lightsail for Research
}

// BlueprintType says whether an image is an operating system alone or has an
// application as well.
type BlueprintType string

// Values of BlueprintType.
const (
	BlueprintTypeOs  BlueprintType = "os"
	BlueprintTypeApp BlueprintType = "app"
)

// InstancePlatform is a family of operating systems.
type InstancePlatform string

// Values of InstancePlatform.
const (
	InstancePlatformLinuxUnix InstancePlatform = "LINUX_UNIX"
	InstancePlatformWindows   InstancePlatform = "WINDOWS"
)

// GetBundles returns the sizes that instances can have, with their prices. Those
// of buckets come from [Client.GetBucketBundles].
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetBundles.html
func (c *Client) GetBundles(ctx context.Context, in *GetBundlesInput, opts ...Option) (*GetBundlesOutput, error) {
	return invoke[GetBundlesOutput](ctx, c, opGetBundles, in, opts)
}

var opGetBundles = &pipeline.Operation{Name: "GetBundles", Method: "POST", Path: "/"}

type GetBundlesInput struct {
	IncludeInactive *bool       `json:"includeInactive"` // with those that cannot be chosen for new instances
	PageToken       string      `json:"pageToken"`       // from the page before; the service sets the page's size
	AppCategory     AppCategory `json:"appCategory"`     // empty: of all
}

type GetBundlesOutput struct {
	Bundles       []Bundle `json:"bundles"`
	NextPageToken string   `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the bundles of the page.
func (out *GetBundlesOutput) Items() []Bundle { return out.Bundles }

// NextPage makes next the request for the page after out.
func (out *GetBundlesOutput) NextPage(next *GetBundlesInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// Bundle is a size of instances, and its price.
type Bundle struct {
	Price                  float64            `json:"price"`    // US dollars a month
	CpuCount               int32              `json:"cpuCount"` // virtual ones
	DiskSizeInGb           int32              `json:"diskSizeInGb"`
	BundleId               string             `json:"bundleId"`     // "small_3_0"
	InstanceType           string             `json:"instanceType"` // "small"
	IsActive               bool               `json:"isActive"`     // it can be chosen for new instances
	Name                   string             `json:"name"`
	Power                  int32              `json:"power"` // to compare with Blueprint.MinPower
	RamSizeInGb            float64            `json:"ramSizeInGb"`
	TransferPerMonthInGb   int32              `json:"transferPerMonthInGb"`
	SupportedPlatforms     []InstancePlatform `json:"supportedPlatforms"`     // of blueprints that it runs
	SupportedAppCategories []AppCategory      `json:"supportedAppCategories"` // of blueprints that it runs
	PublicIpv4AddressCount int32              `json:"publicIpv4AddressCount"` // 0: it has IPv6 alone
}
