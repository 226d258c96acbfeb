package lightsail

import "time"

// Operation is a change that Lightsail has made or is making.
type Operation struct {
	Id               string           `json:"id"`
	ResourceName     string           `json:"resourceName"`
	ResourceType     ResourceType     `json:"resourceType"`
	CreatedAt        time.Time        `json:"createdAt"`
	Location         ResourceLocation `json:"location"`
	IsTerminal       bool             `json:"isTerminal"` // nothing more will happen
	OperationDetails string           `json:"operationDetails"`
	OperationType    OperationType    `json:"operationType"`
	Status           OperationStatus  `json:"status"`
	StatusChangedAt  time.Time        `json:"statusChangedAt"`
	ErrorCode        string           `json:"errorCode"`
	ErrorDetails     string           `json:"errorDetails"`
}

// ResourceLocation is where a resource is.
type ResourceLocation struct {
	AvailabilityZone string     `json:"availabilityZone"` // "us-east-2a"; "all" for buckets
	RegionName       RegionName `json:"regionName"`
}

// Tag is a name that is put on a resource, with or without a value.
type Tag struct {
	Key   string `json:"key"`   // at most 128 characters
	Value string `json:"value"` // at most 256
}
