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
	// IBM's endpoints: cross-region (us, eu, ap), regional (us-south, eu-de, …),
	// a single site (ams03, …), or the end of a cross-region network in one city
	// (dal.us, fra.eu, …). What is not known to this module is taken as well. It
	// is not a provisioning code, which has a storage class at its end; see
	// [BucketLocationConstraint.Split]. A bucket is seen only from its own
	// location; [Client.OpenBucket] looks that up. Needed unless there is an
	// Endpoint, where it is what requests are signed for and may be anything.
	Region string

	// Network is the one by which IBM's endpoints are reached. Default:
	// [NetworkPublic]. With another one, credentials that the client finds by
	// itself ask [credentials.IBMPrivateIAM] for tokens, unless they come with
	// another address; what is set in Credentials asks where it is told to.
	Network Network

	// Endpoint is the URL of another endpoint, of a system on premises or of a
	// test server; a bare host means HTTPS. It does not go with a Network. No
	// variable and no file that names endpoints of AWS is looked at.
	Endpoint string

	// Credentials are bearer tokens of IBM's identity service, cached and renewed
	// ahead of their end: by [credentials.IBMIAM] and its kin. Or they are an
	// HMAC key pair, [credentials.Static], which signs requests. Those of package
	// credentials use the client's connections and Clock for their requests,
	// unless they have others or are in a [credentials.Cache] already.
	//
	// Default, the first of these that there is:
	//
	//  1. IBM_API_KEY_ID, at IBM_AUTH_ENDPOINT, for IBM_SERVICE_INSTANCE_ID;
	//  2. the trusted profile TRUSTED_PROFILE_ID, or TRUSTED_PROFILE_NAME of
	//     IAM_ACCOUNT_ID, as [credentials.IBMAssume] with IBM_SERVICE_ID_API_KEY,
	//     or else as [credentials.IBMContainer] with CR_TOKEN_FILE_PATH; the
	//     other two variables as in 1;
	//  3. service credentials in the file of COS_CREDENTIALS_FILE, or else in
	//     ~/.bluemix/cos_credentials: HMAC keys, or else an API key;
	//  4. ibm_api_key_id, ibm_auth_endpoint and ibm_service_instance_id in the
	//     profile AWS_PROFILE of the shared AWS files;
	//  5. COS_HMAC_ACCESS_KEY_ID and COS_HMAC_SECRET_ACCESS_KEY;
	//  6. what AWS's tools would find, [credentials.Default].
	//
	// IBM's SDKs differ from each other. As in the one for Go, all that is IBM's
	// goes before anything of AWS's (for Python, AWS_ACCESS_KEY_ID goes before 3
	// and 4); as in the one for Python, there is 3. An API key together with a
	// trusted profile, half a pair of keys, a file that is no such file: what is
	// broken is an error, and is not passed over for the next.
	Credentials credentials.Provider

	// Profile names a profile of the shared AWS files, for 4 and 6 of
	// Credentials. The environment and the file of 3 are not looked at then.
	// Default: AWS_PROFILE, then "default".
	Profile string

	// ServiceInstanceId is the GUID or the CRN of the service instance. With
	// tokens, CreateBucket, ListBuckets and ListBucketsExtended need it, and fail
	// without it before anything is sent; with HMAC keys nothing does. Default:
	// that which stands where the Credentials were found, then
	// IBM_SERVICE_INSTANCE_ID.
	ServiceInstanceId string

	// PathStyle puts the bucket into the path in any case. Without it, it goes
	// into the host's name where that name and TLS allow it.
	PathStyle bool

	// Checksum is computed for every body that is sent, and [ChecksumNone] for
	// none but what the API demands, which then is an MD5: systems on premises
	// may not know the others. It goes in a header, so that bodies are read
	// twice. Default: CRC64NVME, which the service keeps of every object; none
	// for a body of more than 128 KiB that can be read only once.
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

	// Clock tells the time that requests are signed with and tokens end by.
	// Default time.Now.
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
