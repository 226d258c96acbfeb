package b2

import (
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/transport"
)

// Client makes calls to one B2 account. It is safe for concurrent use and never
// changes.
type Client struct{ session *session }

// New returns a client. It does not touch the network: the account is
// authorized at the first call.
func New(config Config) (*Client, error) {
	s := &session{config: config, account: newAccount()}
	if err := s.complete(); err != nil {
		return nil, fail("New", err)
	}
	o := s.options()
	o.HTTPClient, o.Transport = config.HTTPClient, new(transport.Lazy)
	o.Tracer, o.Meter = config.Tracer, config.Meter
	s.runtime = pipeline.New(o)
	return &Client{session: s}, nil
}

// CloseIdleConnections closes the connections that no call is using.
func (c *Client) CloseIdleConnections() { c.session.runtime.CloseIdleConnections() }

// session is what calls of the same settings share.
type session struct {
	config  Config
	runtime *pipeline.Runtime
	realm   base
	account *lookup[authorization]
}

// complete fills in defaults and checks the settings.
func (s *session) complete() error {
	c := &s.config
	if c.Credentials == nil {
		c.Credentials = environment{}
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	endpoint := c.Endpoint
	switch {
	case endpoint == "":
		endpoint = defaultEndpoint
	case !strings.Contains(endpoint, "://"):
		endpoint = "https://" + endpoint
	}
	var err error
	s.realm, err = parseBase(endpoint)
	return err
}

func (s *session) options() pipeline.Options {
	c := &s.config
	retry := c.Retry
	if retry.MinWait <= 0 {
		retry.MinWait = minWait
	}
	if retry.MaxWait <= 0 {
		retry.MaxWait = maxWait
	}
	return pipeline.Options{
		Service: service, Retry: retry, Logger: c.Logger, Clock: c.Clock,
		Stall: c.StallTimeout, UserAgent: c.UserAgent,
	}
}

// with returns the session of a call with options. It shares the authorization
// of the client unless the call is made as somebody else.
func (c *Client) with(opts []Option) (*session, error) {
	if len(opts) == 0 {
		return c.session, nil
	}
	s := &session{config: c.session.config, account: c.session.account}
	for _, opt := range opts {
		opt(&s.config)
	}
	if err := s.complete(); err != nil {
		return nil, err
	}
	if s.realm != c.session.realm || !credentials.Same(s.config.Credentials, c.session.config.Credentials) {
		s.account = newAccount()
	}
	s.runtime = c.session.runtime.Derive(s.options())
	return s, nil
}
