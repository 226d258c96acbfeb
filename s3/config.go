package s3

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Config says where and as whom a client works. The zero value finds region,
// keys and endpoint as the AWS CLI does, at the first call.
//
// What a field leaves open is looked up in an environment variable, and then in
// the profile, where the names in small letters stand; "s3.x" is x beneath
// "s3 =". A field that is set is never looked up. A bool that is false is not
// set: to go against a variable that says true, set the variable to false. A
// value that makes no sense is an error of the call, which names the variable,
// or the file and line.
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

	// Endpoint is the URL of a server other than AWS, "http://127.0.0.1:9000";
	// a bare host means HTTPS. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL,
	// s3.endpoint_url of the profile's services, endpoint_url, unless
	// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or ignore_configured_endpoint_urls
	// says true; then AWS itself.
	Endpoint string

	// Server tells what the server at Endpoint can do. Default: told by the
	// endpoint's host, else ServerUnknown, which asks for nothing that older
	// servers refuse.
	Server Server

	// PathStyle puts the bucket into the path in any case. Without it, it goes
	// into the host's name where the server is known to take that, and where
	// the name and TLS allow it. Default: true if s3.addressing_style is path.
	PathStyle bool

	// VirtualHost puts the bucket into the host's name also at servers that
	// are not known to take it. Default: true if s3.addressing_style is
	// virtual.
	VirtualHost bool

	// DualStack uses AWS's hosts that have IPv6 addresses as well; FIPS those
	// with validated cryptography. Neither goes with an Endpoint; with one that
	// is set here, neither is looked up. Default: AWS_USE_DUALSTACK_ENDPOINT,
	// use_dualstack_endpoint, s3.use_dualstack_endpoint; AWS_USE_FIPS_ENDPOINT,
	// use_fips_endpoint.
	DualStack bool
	FIPS      bool

	// Accelerate uses the hosts of Transfer Acceleration, which take objects in
	// at the edge of AWS's network. The bucket must have it enabled and a name
	// without dots. Neither FIPS nor an Endpoint goes with it.
	// Default: s3.use_accelerate_endpoint.
	Accelerate bool

	// UseGlobalEndpoint reaches us-east-1 by its old host, which names no
	// region, as the region "aws-global" does. Default: true if
	// AWS_S3_US_EAST_1_REGIONAL_ENDPOINT or s3_us_east_1_regional_endpoint is
	// legacy.
	UseGlobalEndpoint bool

	// UseArnRegion has the ARN of an access point say where a request goes and
	// what it is signed for; false refuses ARNs of other regions than Region.
	// Default: AWS_S3_USE_ARN_REGION, s3_use_arn_region, s3.use_arn_region;
	// then true.
	UseArnRegion *bool

	// DisableMultiRegionAccessPoints refuses the ARNs of multi-region access
	// points, whose requests can end up in any region. Default:
	// AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS,
	// s3_disable_multiregion_access_points.
	DisableMultiRegionAccessPoints bool

	// DisableExpressSessions signs each request to a directory bucket with the
	// caller's own credentials instead of those of a session, which S3 verifies
	// more slowly. Default: AWS_S3_DISABLE_EXPRESS_SESSION_AUTH,
	// s3_disable_express_session_auth.
	DisableExpressSessions bool

	// Checksum is computed for every body that is sent, and ChecksumNone for
	// none. Default: CRC64NVME at AWS (CRC32 in directory buckets) and IBM,
	// unless AWS_REQUEST_CHECKSUM_CALCULATION or request_checksum_calculation
	// says when_required; none elsewhere.
	Checksum ChecksumAlgorithm

	// ResponseChecksum says when the content of an object is asked for together
	// with its checksum and verified by it; the ChecksumStatus in the output's
	// ResponseMetadata tells what came of it. Default: always where the server
	// keeps checksums, unless AWS_RESPONSE_CHECKSUM_VALIDATION or
	// response_checksum_validation says when_required.
	ResponseChecksum ResponseChecksum

	// UnsignedPayload leaves bodies out of the signature also over plain HTTP,
	// which saves their SHA-256. Over TLS that is always so. Default: true if
	// s3.payload_signing_enabled is false.
	UnsignedPayload bool

	// HTTPClient makes the requests: its Transport and, for each attempt from
	// the request to the end of the answer, its Timeout are used, its Jar and
	// CheckRedirect are not. Default: one of the client's own, tuned for object
	// storage; its transport is used too where HTTPClient has none. That trusts
	// the authorities of AWS_CA_BUNDLE or ca_bundle beside the system's; a
	// Transport of the user's has to see to that itself, as the Logger is told.
	// Redirects are never followed.
	HTTPClient *http.Client

	// StallTimeout ends an attempt whose connection has moved no byte for so
	// long, ten times as long where S3 copies or assembles an object. Default
	// 60 s; negative: never.
	StallTimeout time.Duration

	// Retry says how failed attempts are repeated. Its MaxAttempts are by
	// default those of AWS_MAX_ATTEMPTS or max_attempts, or what AWS_RETRY_MODE
	// or retry_mode stands for with AWS's tools: 3 for standard and adaptive, 5
	// for legacy. Otherwise the modes do not differ here: waits, quota and what
	// is worth another attempt are always this module's own.
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

	presign *s3dialect.Presigned // set by Presign for its one call
}

// Option changes the Config for one call. Credentials that it sets are looked up
// for that call alone, unless they are a [credentials.Cache].
type Option func(*Config)

// Server is a kind of S3 server.
type Server string

// Servers whose abilities are known.
const (
	ServerUnknown Server = ""
	ServerAWS     Server = "aws"
	ServerMinIO   Server = "minio"
	ServerCeph    Server = "ceph"
	ServerR2      Server = "r2"  // Cloudflare R2
	ServerGCS     Server = "gcs" // Google Cloud Storage, XML API
	ServerB2      Server = "b2"  // Backblaze B2's S3 endpoint
	ServerIBM     Server = "ibm" // IBM Cloud Object Storage
)

// ResponseChecksum is when the content of objects is verified.
type ResponseChecksum string

const (
	ResponseChecksumWhenSupported ResponseChecksum = s3dialect.WhenSupported
	ResponseChecksumWhenRequired  ResponseChecksum = s3dialect.WhenRequired // only where the input sets ChecksumMode
)

// ChecksumNone as [Config.Checksum] has no checksum computed where the API
// does not demand one.
const ChecksumNone = ChecksumAlgorithm(s3dialect.None)
