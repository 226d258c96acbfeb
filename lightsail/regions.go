package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetRegions returns the regions that Lightsail is in, whichever of them is asked.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRegions.html
func (c *Client) GetRegions(ctx context.Context, in *GetRegionsInput, opts ...Option) (*GetRegionsOutput, error) {
	return invoke[GetRegionsOutput](ctx, c, opGetRegions, in, opts)
}

var opGetRegions = &pipeline.Operation{Name: "GetRegions", Method: "POST", Path: "/"}

type GetRegionsInput struct {
	// IncludeAvailabilityZones fills Region.AvailabilityZones.
	IncludeAvailabilityZones *bool `json:"includeAvailabilityZones"`
	// IncludeRelationalDatabaseAvailabilityZones fills
	// Region.RelationalDatabaseAvailabilityZones.
	IncludeRelationalDatabaseAvailabilityZones *bool `json:"includeRelationalDatabaseAvailabilityZones"`
}

type GetRegionsOutput struct {
	Regions []Region `json:"regions"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Region is a region that Lightsail is in.
type Region struct {
	Name          RegionName `json:"name"`
	DisplayName   string     `json:"displayName"`   // "Ohio"
	Description   string     `json:"description"`   // whom it is near to
	ContinentCode string     `json:"continentCode"` // "NA"

	AvailabilityZones                   []AvailabilityZone `json:"availabilityZones"`
	RelationalDatabaseAvailabilityZones []AvailabilityZone `json:"relationalDatabaseAvailabilityZones"`
}

// AvailabilityZone is a part of a region that fails by itself.
type AvailabilityZone struct {
	ZoneName string `json:"zoneName"` // "us-east-2a"
	State    string `json:"state"`    // "available"
}

// ResourceLocation is where a resource is.
type ResourceLocation struct {
	AvailabilityZone string     `json:"availabilityZone"` // "us-east-2a"; "all" for buckets
	RegionName       RegionName `json:"regionName"`
}
