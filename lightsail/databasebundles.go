package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetRelationalDatabaseBlueprints returns the engines, by version, that a
// database can be made of.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseBlueprints.html
func (c *Client) GetRelationalDatabaseBlueprints(ctx context.Context, in *GetRelationalDatabaseBlueprintsInput, opts ...Option) (*GetRelationalDatabaseBlueprintsOutput, error) {
	return invoke[GetRelationalDatabaseBlueprintsOutput](ctx, c, opGetRelationalDatabaseBlueprints, in, opts)
}

var opGetRelationalDatabaseBlueprints = &pipeline.Operation{Name: "GetRelationalDatabaseBlueprints", Method: "POST", Path: "/"}

type GetRelationalDatabaseBlueprintsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetRelationalDatabaseBlueprintsOutput struct {
	Blueprints    []RelationalDatabaseBlueprint `json:"blueprints"`
	NextPageToken string                        `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the blueprints of the page.
func (out *GetRelationalDatabaseBlueprintsOutput) Items() []RelationalDatabaseBlueprint {
	return out.Blueprints
}

// NextPage makes next the request for the page after out.
func (out *GetRelationalDatabaseBlueprintsOutput) NextPage(next *GetRelationalDatabaseBlueprintsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// RelationalDatabaseBlueprint is an engine in one version.
type RelationalDatabaseBlueprint struct {
	BlueprintId              string                   `json:"blueprintId"` // what CreateRelationalDatabase takes: "mysql_8_0"
	Engine                   RelationalDatabaseEngine `json:"engine"`
	EngineVersion            string                   `json:"engineVersion"`
	EngineDescription        string                   `json:"engineDescription"`
	EngineVersionDescription string                   `json:"engineVersionDescription"`
	IsEngineDefault          bool                     `json:"isEngineDefault"` // the default among the versions of its engine
}

// RelationalDatabaseEngine is the kind of a database. There may be others
// than those listed here.
type RelationalDatabaseEngine string

// Values of RelationalDatabaseEngine.
const (
	RelationalDatabaseEngineMysql RelationalDatabaseEngine = "mysql"
)

// GetRelationalDatabaseBundles returns the plans that a database can be had
// by.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseBundles.html
func (c *Client) GetRelationalDatabaseBundles(ctx context.Context, in *GetRelationalDatabaseBundlesInput, opts ...Option) (*GetRelationalDatabaseBundlesOutput, error) {
	return invoke[GetRelationalDatabaseBundlesOutput](ctx, c, opGetRelationalDatabaseBundles, in, opts)
}

var opGetRelationalDatabaseBundles = &pipeline.Operation{Name: "GetRelationalDatabaseBundles", Method: "POST", Path: "/"}

type GetRelationalDatabaseBundlesInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size

	// IncludeInactive lists also plans that cannot be chosen any more.
	IncludeInactive *bool `json:"includeInactive"`
}

type GetRelationalDatabaseBundlesOutput struct {
	Bundles       []RelationalDatabaseBundle `json:"bundles"`
	NextPageToken string                     `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the bundles of the page.
func (out *GetRelationalDatabaseBundlesOutput) Items() []RelationalDatabaseBundle { return out.Bundles }

// NextPage makes next the request for the page after out.
func (out *GetRelationalDatabaseBundlesOutput) NextPage(next *GetRelationalDatabaseBundlesInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// RelationalDatabaseBundle is a plan: what a database runs on, for what
// price.
type RelationalDatabaseBundle struct {
	BundleId             string  `json:"bundleId"` // what CreateRelationalDatabase takes: "micro_2_0"
	Name                 string  `json:"name"`
	Price                float64 `json:"price"` // US dollars a month
	RamSizeInGb          float64 `json:"ramSizeInGb"`
	DiskSizeInGb         int32   `json:"diskSizeInGb"`
	TransferPerMonthInGb int32   `json:"transferPerMonthInGb"`
	CpuCount             int32   `json:"cpuCount"`    // virtual ones
	IsEncrypted          bool    `json:"isEncrypted"` // keeps its data encrypted
	IsActive             bool    `json:"isActive"`    // can be chosen
}
