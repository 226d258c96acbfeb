package ibmcos

import (
	"context"
	"net/http"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Client makes calls to IBM Cloud Object Storage at one location. It never
// changes and is safe for concurrent use.
type Client struct {
	config Config
	core   *s3dialect.Core
}

// New returns a client. It checks config but looks nothing up: what the
// environment has to tell is read at the first call.
func New(config Config) (*Client, error) {
	// The cache is the client's from the start, so that calls with options,
	// whose Config is a copy of this one, share it.
	var core *s3dialect.Core
	connections := func() *http.Client { return core.HTTPClient() }
	config.Credentials = s3dialect.Remember(s3dialect.Lend(config.Credentials, connections, config.Clock), config.Clock)
	var err error
	if core, err = s3dialect.NewCore(&flavour, config.settings()); err != nil {
		return nil, err
	}
	return &Client{config: config, core: core}, nil
}

// CloseIdleConnections closes the connections that no call uses.
func (c *Client) CloseIdleConnections() { c.core.CloseIdleConnections() }

// invoke makes a call. Without options the client's state is used as it is.
func invoke[Out any](ctx context.Context, c *Client, op *pipeline.Operation, in any, opts []Option) (*Out, error) {
	out := new(Out)
	if err := c.do(ctx, op, in, out, opts); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *Client) do(ctx context.Context, op *pipeline.Operation, in, out any, opts []Option) error {
	return s3dialect.Do(ctx, c.core, &c.config, (*Config).settings, op, in, out, opts)
}

func (c *Config) settings() s3dialect.Settings {
	s := s3dialect.Settings{
		Region:      c.Region,
		Profile:     c.Profile,
		Endpoint:    c.Endpoint,
		Server:      "ibm",
		PathStyle:   c.PathStyle,
		Checksum:    checksum.Algorithm(c.Checksum),
		Credentials: c.Credentials,
		Presign:     c.presign,
		Pipeline: pipeline.Options{
			HTTPClient: c.HTTPClient,
			Retry:      c.Retry,
			Logger:     c.Logger,
			Tracer:     c.Tracer,
			Meter:      c.Meter,
			Clock:      c.Clock,
			Stall:      c.StallTimeout,
			UserAgent:  c.UserAgent,
		},
	}
	if c.Network != NetworkPublic {
		s.Hosts.Network = string(c.Network)
	}
	if c.ServiceInstanceId != "" {
		s.Header = instance(c.ServiceInstanceId)
	}
	return s
}

var flavour = s3dialect.Flavour{
	Name:        "ibmcos",
	PublicError: publicError,
	Complete:    complete,
	Check:       check,
	VendorHost:  vendorHost,
	Bearer:      bearer,
	Explain:     explain,

	CheckSettings:  checkSettings,
	PresignForever: true,
	RegionHint:     "Endpoint",
	ChecksumHint:   "Config.Checksum to ChecksumNone",
}

// check finds what is wrong with an input before it is sent.
func check(in any) error {
	if in, ok := in.(interface{ check() error }); ok {
		return in.check()
	}
	return nil
}
