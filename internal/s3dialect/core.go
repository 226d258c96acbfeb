package s3dialect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/sigv4"
	"github.com/entrepot-go/entrepot/internal/transport"
)

// Settings is what the Config of a dialect's package comes down to.
type Settings struct {
	Region, Profile, Endpoint string
	Server                    string
	PathStyle, VirtualHost    bool
	Checksum                  checksum.Algorithm
	ResponseChecksum          string // when answers are verified: WhenSupported or WhenRequired
	UnsignedPayload           bool
	Credentials               credentials.Provider
	Hosts                     Hosts
	Header                    http.Header // sent with every request
	Presign                   *Presigned
	Pipeline                  pipeline.Options
	Client                    *http.Client // for look-ups beside the calls; set for Complete
}

// Hosts are choices that only the vendor itself has to offer.
type Hosts struct {
	Network string // IBM's: private or direct; empty: the public one

	DualStack, FIPS, Accelerate bool
	Global                      bool  // us-east-1 by the host that names no region
	UseArnRegion                *bool // nil: true
	NoMultiRegion               bool  // multi-region access points are refused
	NoSessions                  bool  // directory buckets without sessions
}

// VendorOnly reports whether h asks for hosts that no other server has.
func (h *Hosts) VendorOnly() bool { return h.DualStack || h.FIPS || h.Accelerate }

func (h *Hosts) equal(o *Hosts) bool {
	a, b := *h, *o
	if (a.UseArnRegion == nil) != (b.UseArnRegion == nil) || a.UseArnRegion != nil && *a.UseArnRegion != *b.UseArnRegion {
		return false
	}
	a.UseArnRegion, b.UseArnRegion = nil, nil
	return a == b
}

// Flavour is what one dialect's package has of its own, whatever the Config.
type Flavour struct {
	Name        string
	PublicError func(*apierror.Error) error
	// Complete fills in what the environment knows and s leaves open. It is
	// called at the first call and, while it fails, again at the next.
	Complete func(s *Settings) error
	// Check, if set, finds what is wrong with an input, beside what its tags say.
	Check func(in any) error
	// Bundle returns the file of authorities to trust beside the system's, and
	// what names it. Nil: AWS_CA_BUNDLE.
	Bundle func(profile string) (file, origin string, err error)
	// VendorHost or Locate says where the calls go; see [Dialect].
	VendorHost func(h *Hosts, region string) string
	Locate     func(d *Dialect, c *pipeline.Call) (Place, error)
	// CheckSettings finds what is wrong with settings beyond what is wrong for
	// every dialect. Nil: nothing.
	CheckSettings func(s *Settings) error
	// Bearer says what keeps a call from being made with a token. Nil: nothing.
	Bearer func(c *pipeline.Call) error
	// Explain adds what to do to the message of an error. Nil: nothing.
	Explain func(d *Dialect, c *pipeline.Call, e *apierror.Error)
	// OpenSession makes the call, by do, that opens a session of a directory
	// bucket.
	OpenSession func(ctx context.Context, do Doer, bucket string) (credentials.Credentials, error)
	// PresignForever says that the service sets no limit to how long what is
	// presigned can be used, as AWS does.
	PresignForever bool
	// RegionHint names what, beside Config.Region, can settle the region, and
	// ChecksumHint what to set for a server that does not know checksums.
	RegionHint, ChecksumHint string
}

// refuse is the error of a call that is not made because of its input.
func (f *Flavour) refuse(op *pipeline.Operation, err error) error {
	return f.PublicError(&apierror.Error{Service: f.Name, Operation: op.Name, Err: err})
}

// fieldError says what is wrong with a member of an input.
func fieldError(path, format string, args ...any) error {
	return &codec.FieldError{Path: path, Problem: fmt.Sprintf(format, args...)}
}

// Doer makes a call.
type Doer func(ctx context.Context, op *pipeline.Operation, in, out any) error

// Core is the client of a dialect: settings, completed when the first call
// needs them, and what its calls share.
type Core struct {
	flavour  *Flavour
	settings Settings
	runtime  *pipeline.Runtime
	signer   *sigv4.Signer
	regions  *Regions
	sessions *sessions
	bearers  *bearers
	known    bool       // nothing is left to look up
	notes    *sync.Once // what is to be told once

	mu    sync.Mutex
	ready atomic.Pointer[complete]
}

// complete is a Core that has found what its settings leave open.
type complete struct {
	settings Settings
	dialect  Dialect
	runtime  *pipeline.Runtime
}

// NewCore checks s and returns a client.
func NewCore(f *Flavour, s Settings) (*Core, error) {
	s.Pipeline.Service = f.Name
	own := &transport.Lazy{}
	if f.Bundle != nil {
		profile := s.Profile
		own.Bundle = func() (file, origin string, err error) { return f.Bundle(profile) }
	}
	s.Pipeline.Transport = own
	c := &Core{
		flavour:  f,
		settings: s,
		runtime:  pipeline.New(s.Pipeline),
		signer:   &sigv4.Signer{},
		regions:  &Regions{},
		notes:    &sync.Once{},
		sessions: &sessions{},
		bearers:  &bearers{},
	}
	if err := f.check(&s); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return c, nil
}

// When answers are verified, spelled as in AWS's configuration.
const (
	WhenSupported = "when_supported" // where the server keeps a checksum
	WhenRequired  = "when_required"  // where the caller sets ChecksumMode
)

// check finds what no look-up could make good.
func (f *Flavour) check(s *Settings) error {
	if f.CheckSettings != nil {
		if err := f.CheckSettings(s); err != nil {
			return err
		}
	}
	return s.check()
}

func (s *Settings) check() error {
	if _, err := endpoint.Parse(s.Endpoint); err != nil {
		return err
	}
	if s.Endpoint != "" && s.Hosts.VendorOnly() {
		return apierror.Setting("DualStack, FIPS and Accelerate choose among AWS's own hosts; they do not go with an Endpoint")
	}
	if s.Region != "" && !endpoint.IsRegion(strings.ReplaceAll(s.Region, ".", "-")) {
		return apierror.Setting("Region %q is not the name of a region, such as us-east-1", s.Region)
	}
	if _, known := ProfileOf(s.Server, ""); !known {
		return apierror.Setting("Server %q is not known", s.Server)
	}
	if a := s.Checksum; a != "" && a != None && !a.Supported() {
		return apierror.Setting("Checksum: %w", a.Unsupported())
	}
	switch s.ResponseChecksum {
	case "", WhenSupported, WhenRequired:
	default:
		return apierror.Setting("ResponseChecksum %q is neither %s nor %s", s.ResponseChecksum, WhenSupported, WhenRequired)
	}
	return nil
}

// With returns a Core for one call of op with other settings. It shares what
// their difference leaves alone.
func (c *Core) With(op *pipeline.Operation, s Settings) (*Core, error) {
	if err := c.flavour.check(&s); err != nil {
		return nil, c.failed(op, err)
	}
	d := &Core{
		flavour: c.flavour, settings: s, runtime: c.runtime, signer: c.signer,
		regions: c.regions, sessions: c.sessions, bearers: c.bearers, notes: c.notes,
	}
	if s.Endpoint != c.settings.Endpoint || s.Region != c.settings.Region {
		d.regions = &Regions{}
	}
	base, err := c.completed()
	if err != nil {
		return d, nil // the new settings may be complete where the old ones are not
	}
	found := &base.settings
	switch {
	case d.settings.askLike(&c.settings):
		d.known = true
		d.settings.take(found)
	case s.Profile == c.settings.Profile && credentials.Same(s.Credentials, c.settings.Credentials):
		d.settings.Credentials = found.Credentials
	}
	return d, nil
}

// askLike reports whether what has been found for o serves s: both go to the
// same place as the same, and s leaves nothing open that o does not.
func (s *Settings) askLike(o *Settings) bool {
	return s.Profile == o.Profile && s.Endpoint == o.Endpoint && s.Hosts.equal(&o.Hosts) && s.Region == o.Region &&
		credentials.Same(s.Credentials, o.Credentials) &&
		(s.styled() || !o.styled()) &&
		(s.Checksum != "" || o.Checksum == "") &&
		(s.ResponseChecksum != "" || o.ResponseChecksum == "") &&
		(s.UnsignedPayload || !o.UnsignedPayload) &&
		(s.Header != nil || o.Header == nil) &&
		(s.Pipeline.Retry.MaxAttempts != 0 || o.Pipeline.Retry.MaxAttempts == 0)
}

// take takes from found what s leaves open.
func (s *Settings) take(found *Settings) {
	s.Endpoint, s.Region, s.Hosts, s.Credentials = found.Endpoint, found.Region, found.Hosts, found.Credentials
	if !s.styled() {
		s.PathStyle, s.VirtualHost = found.PathStyle, found.VirtualHost
	}
	if s.Checksum == "" {
		s.Checksum = found.Checksum
	}
	if s.ResponseChecksum == "" {
		s.ResponseChecksum = found.ResponseChecksum
	}
	s.UnsignedPayload = s.UnsignedPayload || found.UnsignedPayload
	if s.Header == nil {
		s.Header = found.Header
	}
	if s.Pipeline.Retry.MaxAttempts == 0 {
		s.Pipeline.Retry.MaxAttempts = found.Pipeline.Retry.MaxAttempts
	}
}

// styled reports whether s says where buckets' names go.
func (s *Settings) styled() bool { return s.PathStyle || s.VirtualHost }

// Do makes a call with the options of a package: each changes a copy of its
// config, which comes down to other settings. Without any, the state of core is
// used as it is.
func Do[Config any, Option ~func(*Config)](ctx context.Context, core *Core, config *Config, settings func(*Config) Settings, op *pipeline.Operation, in, out any, opts []Option) error {
	if len(opts) > 0 {
		var err error
		if core, err = core.With(op, adjusted(config, settings, opts)); err != nil {
			return err
		}
	}
	return core.Do(ctx, op, in, out)
}

func adjusted[Config any, Option ~func(*Config)](config *Config, settings func(*Config) Settings, opts []Option) Settings {
	changed := *config
	for _, opt := range opts {
		opt(&changed)
	}
	return settings(&changed)
}

// Presigns reports whether a call with these options is only to be presigned.
func Presigns[Config any, Option ~func(*Config)](config *Config, settings func(*Config) Settings, opts []Option) bool {
	return len(opts) > 0 && adjusted(config, settings, opts).Presign != nil
}

// Do makes one call, or presigns it where the settings ask for that: then the
// error is [ErrPresigned].
func (c *Core) Do(ctx context.Context, op *pipeline.Operation, in, out any) error {
	if p := c.settings.Presign; p != nil {
		return p.build(c, ctx, op, in)
	}
	done, err := c.completed()
	if err != nil {
		return c.failed(op, err)
	}
	return pipeline.Do(ctx, done.runtime, &done.dialect, op, in, out)
}

// failed is the error of a call for which the settings do not suffice.
func (c *Core) failed(op *pipeline.Operation, err error) error {
	return c.flavour.refuse(op, err)
}

// CloseIdleConnections closes the connections that no call uses.
func (c *Core) CloseIdleConnections() { c.runtime.CloseIdleConnections() }

// Profile returns what the server can do.
func (c *Core) Profile() (Profile, error) {
	d, err := c.dialect()
	if err != nil {
		return Profile{}, fmt.Errorf("%s: %w", c.flavour.Name, err)
	}
	return d.Profile, nil
}

// server names where c's calls go.
func (c *Core) server() (string, error) {
	d, err := c.dialect()
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.flavour.Name, err)
	}
	if d.Base.Host != "" {
		return d.Base.Host, nil
	}
	return d.Name + "." + d.Region, nil
}

// dialect returns the provider of c's calls.
func (c *Core) dialect() (*Dialect, error) {
	done, err := c.completed()
	if err != nil {
		return nil, err
	}
	return &done.dialect, nil
}

// completed looks up what the settings leave open when it is first needed. A
// failure is not remembered.
func (c *Core) completed() (*complete, error) {
	if done := c.ready.Load(); done != nil {
		return done, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if done := c.ready.Load(); done != nil {
		return done, nil
	}
	done := &complete{settings: c.settings}
	s := &done.settings
	if !c.known {
		s.Client = c.runtime.HTTPClient()
		if err := c.flavour.Complete(s); err != nil {
			return nil, err
		}
		if err := c.flavour.check(s); err != nil {
			return nil, err
		}
		s.Credentials = Remember(Lend(s.Credentials, c.HTTPClient, s.Pipeline.Clock), s.Pipeline.Clock)
		c.notes.Do(func() { c.note(s) })
	}
	done.runtime = c.runtime.Derive(s.Pipeline)
	base, err := endpoint.Parse(s.Endpoint)
	if err != nil {
		return nil, err
	}
	profile, _ := ProfileOf(s.Server, base.Host)
	done.dialect = Dialect{
		Name:            c.flavour.Name,
		Profile:         profile,
		Base:            base,
		VendorHost:      c.flavour.VendorHost,
		Locate:          c.flavour.Locate,
		Hosts:           s.Hosts,
		Region:          s.Region,
		Regions:         c.regions,
		PathStyle:       s.PathStyle,
		VirtualHost:     s.VirtualHost,
		Credentials:     s.Credentials,
		Signer:          c.signer,
		Sessions:        c.sessions,
		OpenSession:     c.openSession,
		Bearer:          c.flavour.Bearer,
		Explain:         c.flavour.Explain,
		ChecksumHint:    c.flavour.ChecksumHint,
		Bearers:         c.bearers,
		Now:             done.runtime.Now,
		Checksum:        s.Checksum,
		WhenRequired:    s.ResponseChecksum == WhenRequired,
		UnsignedPayload: s.UnsignedPayload,
		Presign:         s.Presign,
		Header:          s.Header,
		PublicError:     c.flavour.PublicError,
		Check:           c.flavour.Check,
	}
	switch {
	case s.Region != "":
	case base.Host == "":
		return nil, errors.New("no region: set Config.Region or " + c.flavour.RegionHint)
	default:
		done.dialect.Region = "us-east-1" // which servers that know no regions take
	}
	c.ready.Store(done)
	return done, nil
}

// note tells what of the settings has no effect.
func (c *Core) note(s *Settings) {
	o := &s.Pipeline
	if o.Logger == nil || o.HTTPClient == nil || o.HTTPClient.Transport == nil || c.flavour.Bundle == nil {
		return
	}
	if file, origin, err := c.flavour.Bundle(s.Profile); err == nil && file != "" {
		o.Logger.Warn(origin + " is not used: HTTPClient has a Transport of its own, which has to trust these authorities itself")
	}
}

// openSession opens a session of a directory bucket.
func (c *Core) openSession(ctx context.Context, bucket string) (credentials.Credentials, error) {
	done, err := c.completed()
	if err != nil {
		return credentials.Credentials{}, err
	}
	d := done.dialect
	d.Presign = nil // the call is made, also where another is only presigned
	d.PublicError = func(e *apierror.Error) error { return &onBehalf{c.flavour.PublicError(e), e} }
	do := func(ctx context.Context, op *pipeline.Operation, in, out any) error {
		return pipeline.Do(ctx, done.runtime, &d, op, in, out)
	}
	return c.flavour.OpenSession(ctx, do, bucket)
}

// onBehalf is the error of a call that was made for the sake of another: that
// of the package, and the one that becomes the other call's own.
type onBehalf struct {
	error
	own *apierror.Error
}

func (o *onBehalf) Unwrap() []error { return []error{o.error, o.own} }

// Remember returns p, or a cache of it where it does not remember by itself
// what it has found.
func Remember(p credentials.Provider, clock func() time.Time) credentials.Provider {
	if _, ok := p.(*credentials.Cache); ok || p == nil || credentials.IsAnonymous(p) {
		return p
	}
	return credentials.Cached(p, func(c *credentials.CacheConfig) { c.Clock = clock })
}

// Lend has p ask by a client's connections and clock, where it has been given
// none of its own and can do so.
func Lend(p credentials.Provider, client func() *http.Client, clock func() time.Time) credentials.Provider {
	if b, ok := p.(interface {
		By(client func() *http.Client, clock func() time.Time) credentials.Provider
	}); ok {
		return b.By(client, clock)
	}
	return p
}

// HTTPClient returns a client over the connections of c's calls.
func (c *Core) HTTPClient() *http.Client { return c.runtime.HTTPClient() }

// Settings returns what c works with, nothing left open.
func (c *Core) Settings() (Settings, error) {
	done, err := c.completed()
	if err != nil {
		return Settings{}, err
	}
	return done.settings, nil
}
