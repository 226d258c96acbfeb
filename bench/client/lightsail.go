package client

// What a request to Lightsail says in its headers.
const (
	GetBuckets    = "Lightsail_20161128.GetBuckets" // the target
	LightsailJSON = "application/x-amz-json-1.1"
)
