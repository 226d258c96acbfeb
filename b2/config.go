package b2

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
)

// Config says as whom a client works. The zero value finds the application key
// as Backblaze's own tools do, at the first call.
type Config struct {
	// Credentials are the application key: its id as AccessKeyID, the key
	// itself as SecretAccessKey. Default: the variables B2_APPLICATION_KEY_ID
	// and B2_APPLICATION_KEY of the environment. With [credentials.Anonymous]
	// the client can download from public buckets, and with a download token
	// also from others, and nothing else.
	Credentials credentials.Provider

	// Endpoint is the URL of the server that authorizes accounts and names all
	// others; a bare host means HTTPS. Default: https://api.backblazeb2.com.
	Endpoint string

	// DownloadEndpoint is the URL of the host that a client without an
	// application key downloads from, such as https://f002.backblazeb2.com: it
	// is that of the account's cluster, or a domain in front of it. Other
	// clients are told theirs and refuse it.
	DownloadEndpoint string

	// HTTPClient makes the requests: its Transport and, for each attempt from
	// the request to the end of the answer, its Timeout are used, its Jar and
	// CheckRedirect are not. Default: one of the client's own, tuned for object
	// storage, that uses the proxy which HTTPS_PROXY and NO_PROXY name; its
	// transport is used too where HTTPClient has none. Redirects are never
	// followed.
	HTTPClient *http.Client

	// StallTimeout ends an attempt whose connection has moved no byte for so
	// long, ten times as long where B2 assembles a file. Default 60 s;
	// negative: never.
	StallTimeout time.Duration

	// Retry says how failed attempts are repeated. As Backblaze asks, MinWait
	// defaults to 1 s, and MaxWait to 60 s.
	//
	// In the handles of [Client.Bucket] it also rules how often content is
	// sent again to another upload URL. The first two of these attempts do not
	// wait, as that is another host, and MaxAttempts defaults to 8, as hosts
	// without room are nothing unusual.
	Retry entrepot.Retry

	// Logger gets calls at level Debug and retries at Info: the operation, the
	// host, how many attempts it took and how long, the error. Names of files are
	// there only as far as errors have them, keys and tokens never. Default: none.
	Logger *slog.Logger

	// Tracer and Meter take spans and measurements; smithy-go has adapters to
	// OpenTelemetry. Only New looks at them. Default: none.
	Tracer tracing.TracerProvider
	Meter  metrics.MeterProvider

	// Clock tells the age of tokens. Default time.Now.
	Clock func() time.Time

	// TestMode has the service make artificial failures, in all calls, so that a
	// program can be tried against them. Default: none.
	TestMode TestMode

	// UserAgent is put in front of the client's own. Backblaze asks for
	// "product/version".
	UserAgent string
}

// TestMode is a kind of artificial failures.
type TestMode string

// The kinds of artificial failures.
const (
	TestModeFailSomeUploads                      TestMode = "fail_some_uploads"
	TestModeExpireSomeAccountAuthorizationTokens TestMode = "expire_some_account_authorization_tokens"
	TestModeForceCapExceeded                     TestMode = "force_cap_exceeded" // calls fail with [ErrCapExceeded]
)

// Option changes the Config for one call. A call with other Credentials or
// another Endpoint authorizes an account of its own each time; where there are
// many, use another client.
type Option func(*Config)

const (
	service         = "b2"
	defaultEndpoint = "https://api.backblazeb2.com"

	minWait = time.Second
	maxWait = time.Minute

	uploadAttempts = 8
)

// environment is where the application key comes from if Config has none.
type environment struct{}

func (environment) Retrieve(context.Context) (credentials.Credentials, error) {
	id, key := os.Getenv("B2_APPLICATION_KEY_ID"), os.Getenv("B2_APPLICATION_KEY")
	if id == "" || key == "" {
		return credentials.Credentials{}, fmt.Errorf("%w: set Config.Credentials, or B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY", credentials.ErrNone)
	}
	return credentials.Credentials{AccessKeyID: id, SecretAccessKey: key, Source: "environment"}, nil
}
