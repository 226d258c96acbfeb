package s3

import (
	"context"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Client makes calls to Amazon S3 or a server like it. It never changes and is
// safe for concurrent use; a program needs one.
type Client struct {
	config Config
	core   *s3dialect.Core
}

// New returns a client. It checks config but looks nothing up: what the
// environment has to tell is read at the first call.
func New(config Config) (*Client, error) {
	// The cache is the client's from the start, so that calls with options,
	// whose Config is a copy of this one, share it.
	config.Credentials = s3dialect.Remember(config.Credentials, config.Clock)
	core, err := s3dialect.NewCore(&flavour, config.settings())
	if err != nil {
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
	return s3dialect.Settings{
		Region:          c.Region,
		Profile:         c.Profile,
		Endpoint:        c.Endpoint,
		Server:          string(c.Server),
		PathStyle:       c.PathStyle,
		VirtualHost:     c.VirtualHost,
		Checksum:        checksum.Algorithm(c.Checksum),
		UnsignedPayload: c.UnsignedPayload,
		Credentials:     c.Credentials,
		Hosts: s3dialect.Hosts{
			DualStack:     c.DualStack,
			FIPS:          c.FIPS,
			Accelerate:    c.Accelerate,
			Global:        c.UseGlobalEndpoint,
			UseArnRegion:  c.UseArnRegion,
			NoMultiRegion: c.DisableMultiRegionAccessPoints,
			NoSessions:    c.DisableExpressSessions,
		},
		Presign: c.presign,

		ResponseChecksum: string(c.ResponseChecksum),

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
}

var flavour = s3dialect.Flavour{
	Name:        "s3",
	PublicError: publicError,
	Complete:    complete,
	Bundle:      bundle,
	Locate:      locate,
	OpenSession: openSession,

	RegionHint:   "AWS_REGION",
	ChecksumHint: "Config.Server to its kind or Config.Checksum to ChecksumNone",
}
