package ibmcos

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

// Config says where and as whom a client works.
type Config struct {
	// Region is the location of the buckets, as it stands in the names of
	// IBM's endpoints: "us-south", "eu", "ams03". A bucket is seen only from its
	// own location. Needed unless there is an Endpoint.
	Region string

	// Endpoint is the URL of another endpoint, such as one of a private
	// network, "https://s3.direct.us-south.cloud-object-storage.appdomain.cloud";
	// a bare host means HTTPS.
	Endpoint string

	// Credentials are an IAM API key, [credentials.IBMIAM], whose tokens are
	// cached and renewed ahead of their end, or an HMAC key pair,
	// [credentials.Static]. Default, from the environment: IBM_API_KEY_ID with
	// IBM_AUTH_ENDPOINT, then COS_HMAC_ACCESS_KEY_ID and
	// COS_HMAC_SECRET_ACCESS_KEY, then what the AWS tools would find.
	Credentials credentials.Provider

	// ServiceInstanceId is the GUID or the CRN of the service instance. Calls
	// that create or list buckets need it with an IAM API key. Default:
	// IBM_SERVICE_INSTANCE_ID.
	ServiceInstanceId string

	// PathStyle puts the bucket into the path in any case. Without it, it goes
	// into the host's name where that name and TLS allow it.
	PathStyle bool

	// Checksum is computed for every body that is sent, and [ChecksumNone] for
	// none but what the API demands, which then is an MD5: systems on premises
	// may not know the others. It goes in a header, so that bodies are read
	// twice. Default: CRC64NVME, which the service keeps of every object; none
	// for a body that can be read only once.
	Checksum ChecksumAlgorithm

	// HTTPClient makes the requests: its Transport and, for each attempt from
	// the request to the end of the answer, its Timeout are used, its Jar and
	// CheckRedirect are not. Default: one of the client's own, tuned for object
	// storage; its transport is used too where HTTPClient has none. Redirects
	// are never followed.
	HTTPClient *http.Client

	// StallTimeout ends an attempt whose connection has moved no byte for so
	// long, ten times as long where the service copies or assembles an object.
	// Default 60 s; negative: never.
	StallTimeout time.Duration

	// Retry says how failed attempts are repeated.
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

// ChecksumNone as [Config.Checksum] has no checksum computed where the API
// does not demand one.
const ChecksumNone = ChecksumAlgorithm(s3dialect.None)

// Option changes the Config for one call. Credentials that it sets are looked up
// for that call alone, unless they are a [credentials.Cache].
type Option func(*Config)
