package lightsail

import (
	"context"
	"fmt"
	"sync"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/sigv4"
	"github.com/entrepot-go/entrepot/internal/transport"
)

// Client makes calls to Lightsail in one region. It never changes and is safe
// for concurrent use.
type Client struct {
	config  Config
	runtime *pipeline.Runtime
	signer  *sigv4.Signer

	mu    sync.Mutex
	ready *target // nil until the first call has found what config leaves open
}

// New returns a client. It checks config but looks nothing up: what the
// environment has to tell is read at the first call.
func New(config Config) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", service, err)
	}
	if _, ok := config.Credentials.(*credentials.Cache); !ok && config.Credentials != nil {
		// The cache is the client's from the start, so that calls with
		// options, whose Config is a copy of this one, share it.
		config.Credentials = credentials.Cached(config.Credentials)
	}
	o := config.pipeline()
	o.Service, o.HTTPClient, o.Transport = service, config.HTTPClient, &transport.Lazy{Bundle: config.bundle}
	o.Tracer, o.Meter = config.Tracer, config.Meter
	return &Client{config: config, runtime: pipeline.New(o), signer: &sigv4.Signer{}}, nil
}

// CloseIdleConnections closes the connections that no call uses.
func (c *Client) CloseIdleConnections() { c.runtime.CloseIdleConnections() }

// invoke makes a call. Without options the client's state is used as it is.
func invoke[Out any](ctx context.Context, c *Client, op *pipeline.Operation, in any, opts []Option) (*Out, error) {
	out := new(Out)
	if err := c.do(ctx, op, in, out, opts); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *Client) do(ctx context.Context, op *pipeline.Operation, in, out any, opts []Option) error {
	if len(opts) > 0 {
		derived, err := c.with(opts)
		if err != nil {
			return publicError(&apierror.Error{Service: service, Operation: op.Name, Err: err})
		}
		c = derived
	}
	t, err := c.target()
	if err != nil {
		return publicError(&apierror.Error{Service: service, Operation: op.Name, Err: err})
	}
	return pipeline.Do(ctx, t.runtime, t, op, in, out)
}

// with returns a client for one call with options. It shares connections,
// clock skew and retry quota, and the credentials unless they are others.
func (c *Client) with(opts []Option) (*Client, error) {
	config := c.config
	for _, opt := range opts {
		opt(&config)
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Profile == c.config.Profile && credentials.Same(config.Credentials, c.config.Credentials) {
		if t, err := c.target(); err == nil {
			config.Credentials = t.credentials
		}
	}
	return &Client{config: config, runtime: c.runtime.Derive(config.pipeline()), signer: c.signer}, nil
}

// target finds what the configuration leaves open, once.
func (c *Client) target() (*target, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ready == nil {
		t, err := newTarget(&c.config, c.signer, c.runtime)
		if err != nil {
			return nil, err
		}
		c.ready = t
	}
	return c.ready, nil
}

// check finds what no look-up could make good.
func (c *Config) check() error {
	if c.Endpoint != "" && (c.DualStack || c.FIPS) {
		return apierror.Setting("DualStack and FIPS choose among AWS's own hosts; they do not go with an Endpoint")
	}
	if c.Region != "" && !endpoint.IsRegion(c.Region) {
		return apierror.Setting("Region %q is not the name of a region, such as us-east-1", c.Region)
	}
	if credentials.IsAnonymous(c.Credentials) {
		return apierror.Setting("Credentials cannot be anonymous: all of Lightsail's calls are signed")
	}
	_, err := endpoint.Parse(c.Endpoint)
	return err
}

// bundle is the file of authorities that AWS's tools trust.
func (c *Config) bundle() (file, origin string, err error) {
	s, err := awsconfig.New(c.Profile).Bundle()
	return s.Value, s.Origin, err
}

func (c *Config) pipeline() pipeline.Options {
	return pipeline.Options{
		Retry:     c.Retry,
		Logger:    c.Logger,
		Clock:     c.Clock,
		Stall:     c.StallTimeout,
		UserAgent: c.UserAgent,
	}
}
