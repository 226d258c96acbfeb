package s3dialect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/checksum"
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
	UnsignedPayload           bool
	Credentials               credentials.Provider
	VendorHost                func(region string) (string, error)
	Header                    http.Header // sent with every request
	Presign                   *Presigned
	Pipeline                  pipeline.Options
}

// Flavour is what one dialect's package has of its own, whatever the Config.
type Flavour struct {
	Name        string
	PublicError func(*apierror.Error) error
	DecodeKeys  func(out any) error
	// Complete fills in what the environment knows and s leaves open. It is
	// called at the first call and, while it fails, again at the next.
	Complete func(s *Settings) error
	// RegionVariable names where the environment has the region.
	RegionVariable string
}

// Core is the client of a dialect: settings, completed when the first call
// needs them, and what its calls share.
type Core struct {
	flavour  *Flavour
	settings Settings
	runtime  *pipeline.Runtime
	signer   *sigv4.Signer
	regions  *Regions

	mu    sync.Mutex
	ready atomic.Pointer[Dialect]
}

// NewCore checks s and returns a client.
func NewCore(f *Flavour, s Settings) (*Core, error) {
	s.Pipeline.Service = f.Name
	s.Pipeline.Transport = &transport.Lazy{}
	c := &Core{
		flavour:  f,
		settings: s,
		runtime:  pipeline.New(s.Pipeline),
		signer:   &sigv4.Signer{},
		regions:  &Regions{},
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return c, nil
}

// check finds what no look-up could make good.
func (s *Settings) check() error {
	if _, err := endpoint.Parse(s.Endpoint); err != nil {
		return fmt.Errorf("Config: %w", err)
	}
	if s.Region != "" && !endpoint.IsRegion(s.Region) {
		return fmt.Errorf("Config: Region %q is not the name of a region, such as us-east-1", s.Region)
	}
	if _, known := ProfileOf(s.Server, ""); !known {
		return fmt.Errorf("Config: Server %q is not known", s.Server)
	}
	if a := s.Checksum; a != "" && a != None && !a.Supported() {
		return fmt.Errorf("Config: Checksum: %w", a.Unsupported())
	}
	return nil
}

// With returns a Core for one call of op with other settings. It shares what
// their difference leaves alone.
func (c *Core) With(op *pipeline.Operation, s Settings) (*Core, error) {
	if err := s.check(); err != nil {
		return nil, c.failed(op, err)
	}
	d := &Core{flavour: c.flavour, settings: s, runtime: c.runtime.Derive(s.Pipeline), signer: c.signer, regions: c.regions}
	old := &c.settings
	if s.Endpoint != old.Endpoint || s.Region != old.Region {
		d.regions = &Regions{}
	}
	base, err := c.dialect()
	if err != nil {
		return d, nil // the new settings may be complete where the old were not
	}
	if s.Profile == old.Profile && credentials.Same(s.Credentials, old.Credentials) {
		d.settings.Credentials = base.Credentials
	}
	return d, nil
}

// Do makes one call.
func (c *Core) Do(ctx context.Context, op *pipeline.Operation, in, out any) error {
	d, err := c.dialect()
	if err != nil {
		return c.failed(op, err)
	}
	return pipeline.Do(ctx, c.runtime, d, op, in, out)
}

// failed is the error of a call for which the settings do not suffice.
func (c *Core) failed(op *pipeline.Operation, err error) error {
	return c.flavour.PublicError(&apierror.Error{Service: c.flavour.Name, Operation: op.Name, Err: err})
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

// dialect completes the settings when they are first needed.
func (c *Core) dialect() (*Dialect, error) {
	if d := c.ready.Load(); d != nil {
		return d, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.ready.Load(); d != nil {
		return d, nil
	}
	s := c.settings
	if c.flavour.Complete != nil {
		if err := c.flavour.Complete(&s); err != nil {
			return nil, err
		}
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	base, err := endpoint.Parse(s.Endpoint)
	if err != nil {
		return nil, err
	}
	if s.Region == "" && base.Host != "" {
		s.Region = "us-east-1"
	}
	if s.Region == "" {
		return nil, errors.New("no region: set Config.Region or " + c.flavour.RegionVariable)
	}
	profile, _ := ProfileOf(s.Server, base.Host)
	cached, ok := s.Credentials.(*credentials.Cache)
	if !ok && !credentials.IsAnonymous(s.Credentials) {
		cached = credentials.Cached(s.Credentials)
	}
	d := &Dialect{
		Name:            c.flavour.Name,
		Profile:         profile,
		Base:            base,
		VendorHost:      s.VendorHost,
		Region:          s.Region,
		Regions:         c.regions,
		PathStyle:       s.PathStyle,
		VirtualHost:     s.VirtualHost,
		Credentials:     s.Credentials,
		Signer:          c.signer,
		Checksum:        s.Checksum,
		UnsignedPayload: s.UnsignedPayload,
		Presign:         s.Presign,
		Header:          s.Header,
		PublicError:     c.flavour.PublicError,
		DecodeKeys:      c.flavour.DecodeKeys,
	}
	if cached != nil {
		d.Credentials = cached
	}
	c.ready.Store(d)
	return d, nil
}

// Presign signs the request of a call in its query instead of making it: what
// [Settings.Presign] asks for is filled in.
func (c *Core) Presign(ctx context.Context, op *pipeline.Operation, in any) error {
	d, err := c.dialect()
	if err != nil {
		return c.failed(op, err)
	}
	r, err := pipeline.Build(ctx, c.runtime, d, op, in)
	if err != nil {
		return err
	}
	d.Presign.Method, d.Presign.URL = r.Method, r.URL.String()
	return nil
}
