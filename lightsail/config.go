package lightsail

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
)

// Config says where and as whom a client works. The zero value finds region
// and keys as the AWS CLI does, at the first call. What a field leaves open is
// looked up in an environment variable, and then in the profile, where the
// names in small letters stand. A field that is set is never looked up; a bool
// that is false is not set.
type Config struct {
	// Region is the AWS region, "eu-central-1". Default: AWS_REGION,
	// AWS_DEFAULT_REGION, region; then us-east-1 if there is an Endpoint.
	Region string

	// Credentials sign the calls. Default: those of [credentials.Default], or
	// with a Profile those of [credentials.Profile]; STS and single sign-on are
	// then asked by way of HTTPClient. They are cached and renewed ahead of
	// their end.
	Credentials credentials.Provider

	// Profile names a profile of the shared AWS files. Default: AWS_PROFILE,
	// then "default".
	Profile string

	// Endpoint is the URL of another server of the control API; a bare host
	// means HTTPS. Default: AWS_ENDPOINT_URL_LIGHTSAIL, AWS_ENDPOINT_URL,
	// lightsail.endpoint_url of the profile's services, endpoint_url; then AWS
	// itself.
	Endpoint string

	// DualStack uses AWS's hosts that have IPv6 addresses as well; FIPS those
	// with validated cryptography. Neither goes with an Endpoint; with one that
	// is set here, neither is looked up. Default: AWS_USE_DUALSTACK_ENDPOINT,
	// use_dualstack_endpoint; AWS_USE_FIPS_ENDPOINT, use_fips_endpoint.
	DualStack bool
	FIPS      bool

	// HTTPClient makes the requests: its Transport and, for each attempt from
	// the request to the end of the answer, its Timeout are used, its Jar and
	// CheckRedirect are not. Default: one of the client's own; its transport is
	// used too where HTTPClient has none, and trusts the authorities of
	// AWS_CA_BUNDLE or ca_bundle beside the system's. Redirects are never
	// followed.
	HTTPClient *http.Client

	// StallTimeout ends an attempt whose connection has moved no byte for so
	// long. Default 60 s; negative: never.
	StallTimeout time.Duration

	// Retry says how failed attempts are repeated. Its MaxAttempts are by
	// default those of AWS_MAX_ATTEMPTS or max_attempts, or what AWS_RETRY_MODE
	// or retry_mode stands for with AWS's tools: 3 for standard and adaptive, 5
	// for legacy.
	Retry entrepot.Retry

	// Logger gets calls at level Debug and retries at Info. Default: none.
	Logger *slog.Logger

	// Tracer and Meter take spans and measurements; smithy-go has adapters to
	// OpenTelemetry. Only New looks at them. Default: none.
	Tracer tracing.TracerProvider
	Meter  metrics.MeterProvider

	// Clock tells the time that requests are signed with. Default time.Now.
	Clock func() time.Time

	// UserAgent is put in front of the client's own.
	UserAgent string
}

// Option changes the Config for one call. Credentials that it sets are looked up
// for that call alone, unless they are a [credentials.Cache].
type Option func(*Config)
