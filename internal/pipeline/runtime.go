package pipeline

import (
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"

	"github.com/entrepot-go/entrepot"
)

// Runtime is what the calls of a client share: connections, retry budgets,
// the measured clock skew, the instruments. Options for one call derive a
// copy whose shared parts stay the same.
type Runtime struct {
	base    http.RoundTripper
	foreign bool          // base is the user's
	timeout time.Duration // of an attempt: the Timeout of the user's http.Client
	budgets *budgets
	skew    *skew
	meter   *instruments
	tracer  tracing.Tracer

	Retry  entrepot.Retry
	Logger *slog.Logger
	Clock  func() time.Time

	// Stall is how long a connection may move no byte before the attempt is
	// given up. Negative: for ever.
	Stall time.Duration

	userAgent []string // as a header's value

	random func() float64 // in [0, 1): the jitter
}

// Options are what a Runtime is made of.
type Options struct {
	Service string // names the instruments
	// HTTPClient is the user's; its Transport and redirect policy are not
	// used as they are. Nil: a client of our own.
	HTTPClient *http.Client
	// Transport is used where HTTPClient has none.
	Transport http.RoundTripper
	Retry     entrepot.Retry
	Logger    *slog.Logger
	Tracer    tracing.TracerProvider
	Meter     metrics.MeterProvider
	Clock     func() time.Time
	Stall     time.Duration
	UserAgent string // the program's, in front of our own
}

// DefaultStall is how long a connection may move no byte.
const DefaultStall = 60 * time.Second

// New returns a Runtime.
func New(o Options) *Runtime {
	r := &Runtime{
		base:    o.Transport,
		budgets: &budgets{},
		skew:    &skew{},
		Logger:  o.Logger,
		random:  rand.Float64,
	}
	if o.HTTPClient != nil {
		r.timeout = o.HTTPClient.Timeout
		if o.HTTPClient.Transport != nil {
			r.base, r.foreign = o.HTTPClient.Transport, true
		}
	}
	if o.Tracer != nil {
		r.tracer = o.Tracer.Tracer(scope)
	}
	if o.Meter != nil {
		r.meter = newInstruments(o.Service, o.Meter.Meter(scope))
	}
	r.Adjust(o)
	return r
}

// version of the module, as servers see it.
const version = "0.1.0"

// ownAgent is what clients call themselves.
const ownAgent = "entrepot/" + version + " (" + runtime.GOOS + "/" + runtime.GOARCH + ")"

// scope names this module to tracers and meters.
const scope = "github.com/entrepot-go/entrepot"

// Derive returns a Runtime with other settings that shares everything else.
func (r *Runtime) Derive(o Options) *Runtime {
	d := *r
	d.Logger = o.Logger
	d.Adjust(o)
	return &d
}

// Adjust takes over the settings that a call may change.
func (r *Runtime) Adjust(o Options) {
	r.Retry = o.Retry
	if r.Retry.MaxAttempts <= 0 {
		r.Retry.MaxAttempts = 5
	}
	if r.Retry.MinWait <= 0 {
		r.Retry.MinWait = 50 * time.Millisecond
	}
	if r.Retry.MaxWait <= 0 {
		r.Retry.MaxWait = 20 * time.Second
	}
	r.Clock = o.Clock
	if r.Clock == nil {
		r.Clock = time.Now
	}
	r.Stall = o.Stall
	if r.Stall == 0 {
		r.Stall = DefaultStall
	}
	r.userAgent = []string{strings.TrimSpace(o.UserAgent + " " + ownAgent)}
}

// HTTPClient returns a client over the same connections for look-ups beside
// the calls, of a token for instance. It follows no redirect.
func (r *Runtime) HTTPClient() *http.Client {
	return &http.Client{Transport: r.base, Timeout: r.timeout, CheckRedirect: noRedirect}
}

// noRedirect keeps an http.Client where it was sent. What a redirect means is
// the provider's to judge: credentials never follow one.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// CloseIdleConnections closes the connections that no call uses.
func (r *Runtime) CloseIdleConnections() {
	if t, ok := r.base.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Now is the time that the server is thought to have.
func (r *Runtime) Now() time.Time { return r.Clock().Add(r.skew.offset()) }
