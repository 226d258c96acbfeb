package client

// What clients of IBM Cloud Object Storage are given beside an HMAC key, and
// where the server turns the API key into a token.
const (
	APIKey          = "bench-api-key"
	ServiceInstance = "5f1d2c3b-0000-4000-8000-00000000be9c"
	TokenPath       = "/identity/token"
)
