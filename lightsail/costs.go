package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetCostEstimate returns an estimate of what a resource costs between two times,
// by use and span of time. Of a resource that has been deleted there is no
// estimate.
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetCostEstimate.html
func (c *Client) GetCostEstimate(ctx context.Context, in *GetCostEstimateInput, opts ...Option) (*GetCostEstimateOutput, error) {
	return invoke[GetCostEstimateOutput](ctx, c, opGetCostEstimate, in, opts)
}

var opGetCostEstimate = &pipeline.Operation{Name: "GetCostEstimate", Method: "POST", Path: "/"}

type GetCostEstimateInput struct {
	ResourceName string    `json:"resourceName,required,min1"`
	StartTime    time.Time `json:"startTime,required"`
	EndTime      time.Time `json:"endTime,required"`
}

type GetCostEstimateOutput struct {
	ResourcesBudgetEstimate []ResourceBudgetEstimate `json:"resourcesBudgetEstimate"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ResourceBudgetEstimate is the estimate for a resource.
type ResourceBudgetEstimate struct {
	ResourceName  string         `json:"resourceName"`
	ResourceType  ResourceType   `json:"resourceType"`
	CostEstimates []CostEstimate `json:"costEstimates"`
	StartTime     time.Time      `json:"startTime"`
	EndTime       time.Time      `json:"endTime"`
}

// CostEstimate is the estimate for one use of a resource.
type CostEstimate struct {
	UsageType     string           `json:"usageType"` // what is charged for
	ResultsByTime []EstimateByTime `json:"resultsByTime"`
}

// EstimateByTime is what a use costs in a span of time.
type EstimateByTime struct {
	UsageCost   float64     `json:"usageCost"`   // in Currency
	PricingUnit PricingUnit `json:"pricingUnit"` // what is counted
	Unit        float64     `json:"unit"`        // how many of them
	Currency    Currency    `json:"currency"`
	TimePeriod  TimePeriod  `json:"timePeriod"`
}

// PricingUnit is what a use is counted in.
type PricingUnit string

// Values of PricingUnit.
const (
	PricingUnitGb      PricingUnit = "GB"
	PricingUnitHrs     PricingUnit = "Hrs"
	PricingUnitGBMo    PricingUnit = "GB-Mo"
	PricingUnitBundles PricingUnit = "Bundles"
	PricingUnitQueries PricingUnit = "Queries"
)

// Currency is the currency of a cost.
type Currency string

// Values of Currency.
const (
	CurrencyUsd Currency = "USD"
)

// TimePeriod is a span of time.
type TimePeriod struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// GetActiveNames returns the names of all resources in the client's region that
// have not been deleted.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetActiveNames.html
func (c *Client) GetActiveNames(ctx context.Context, in *GetActiveNamesInput, opts ...Option) (*GetActiveNamesOutput, error) {
	return invoke[GetActiveNamesOutput](ctx, c, opGetActiveNames, in, opts)
}

var opGetActiveNames = &pipeline.Operation{Name: "GetActiveNames", Method: "POST", Path: "/"}

type GetActiveNamesInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetActiveNamesOutput struct {
	ActiveNames   []string `json:"activeNames"`
	NextPageToken string   `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the names of the page.
func (out *GetActiveNamesOutput) Items() []string { return out.ActiveNames }

// NextPage makes next the request for the page after out.
func (out *GetActiveNamesOutput) NextPage(next *GetActiveNamesInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}
