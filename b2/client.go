package b2

import (
	"errors"
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
	s := &session{config: config, account: newAccount(), maxCopy: maxPartSize}
	if err := s.complete(); err != nil {
		return nil, fail("New", err)
	}
	o := s.options()
	o.HTTPClient, o.Transport = config.HTTPClient, new(transport.Lazy)
	o.Tracer, o.Meter = config.Tracer, config.Meter
	s.runtime = pipeline.New(o)
	if o.Retry.MaxAttempts <= 0 {
		o.Retry.MaxAttempts = uploadAttempts
	}
	s.uploads = s.runtime.Derive(o)
	return &Client{session: s}, nil
}

// CloseIdleConnections closes the connections that no call is using.
func (c *Client) CloseIdleConnections() { c.session.runtime.CloseIdleConnections() }

// session is what calls of the same settings share.
type session struct {
	config    Config
	runtime   *pipeline.Runtime
	uploads   *pipeline.Runtime // of content that is sent again to other URLs; nil with options of a call
	realm     base
	downloads base // of a client without a key
	account   *lookup[authorization]
	orphans   orphanage
	maxCopy   int64 // bytes that a call copies, of a file or for a part
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
	if endpoint == "" {
		endpoint = defaultEndpoint
	}
	var err error
	if s.realm, err = parseBase(withScheme(endpoint)); err != nil {
		return err
	}
	switch anonymous := credentials.IsAnonymous(c.Credentials); {
	case anonymous && c.DownloadEndpoint == "":
		return errors.New("a client without an application key needs Config.DownloadEndpoint")
	case anonymous:
		s.downloads, err = parseBase(withScheme(c.DownloadEndpoint))
	case c.DownloadEndpoint != "":
		err = errors.New("Config.DownloadEndpoint is for clients without an application key; with one, the API names the host")
	}
	return err
}

// withScheme makes a bare host an URL.
func withScheme(endpoint string) string {
	if strings.Contains(endpoint, "://") {
		return endpoint
	}
	return "https://" + endpoint
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
