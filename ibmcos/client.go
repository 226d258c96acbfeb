package ibmcos

import (
	"context"
	"net/http"
	"os"

	"github.com/entrepot-go/entrepot/credentials"
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
	config.Credentials = s3dialect.Remember(config.Credentials)
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
	s := s3dialect.Settings{
		Region:      c.Region,
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
	if c.ServiceInstanceId != "" {
		s.Header = instance(c.ServiceInstanceId)
	}
	return s
}

// instance is the header that names the service instance.
func instance(id string) http.Header { return http.Header{"Ibm-Service-Instance-Id": {id}} }

func vendorHost(region string) string {
	return "s3." + region + ".cloud-object-storage.appdomain.cloud"
}

var flavour = s3dialect.Flavour{
	Name:        "ibmcos",
	PublicError: publicError,
	Complete:    complete,
	Check:       check,
	VendorHost:  vendorHost,

	PresignForever: true,
	RegionHint:     "Endpoint",
}

// complete fills in what IBM's tools would find in the environment. What the
// Config has is never looked up.
func complete(s *s3dialect.Settings) error {
	if s.Credentials == nil {
		s.Credentials = fromEnvironment(s.Pipeline.HTTPClient)
	}
	if id := os.Getenv("IBM_SERVICE_INSTANCE_ID"); s.Header == nil && id != "" {
		s.Header = instance(id)
	}
	return nil
}

func fromEnvironment(client *http.Client) credentials.Provider {
	if key := os.Getenv("IBM_API_KEY_ID"); key != "" {
		return credentials.IBMIAM(key, func(c *credentials.IBMIAMConfig) {
			if endpoint := os.Getenv("IBM_AUTH_ENDPOINT"); endpoint != "" {
				c.Endpoint = endpoint
			}
			if client != nil {
				c.HTTPClient = client
			}
		})
	}
	id, secret := os.Getenv("COS_HMAC_ACCESS_KEY_ID"), os.Getenv("COS_HMAC_SECRET_ACCESS_KEY")
	if id != "" && secret != "" {
		return credentials.Static(id, secret, "")
	}
	return credentials.Default(func(c *credentials.AWSConfig) { c.HTTPClient = client })
}

// check finds what is wrong with an input before it is sent.
func check(in any) error {
	if in, ok := in.(interface{ check() error }); ok {
		return in.check()
	}
	return nil
}
