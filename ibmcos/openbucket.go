package ibmcos

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/paginator"
)

// opOpenBucket names what is not a call of the API but made of such.
var opOpenBucket = &pipeline.Operation{Name: "OpenBucket"}

// OpenBucket returns the handle of a bucket of the service instance, whatever
// its location. It asks ListBucketsExtended, at the client's own endpoint, where
// the bucket is; the handle's calls then go to the endpoint of that location, in
// the client's network. Options hold for both.
//
// The handle shares connections, credentials and retry budget with c. At an
// endpoint that is not IBM's own, buckets are taken to be there. [Client.Bucket]
// asks nothing: it is for buckets at the client's own location.
//
// Errors: [ErrNoSuchBucket] if the service instance has no such bucket.
func (c *Client) OpenBucket(ctx context.Context, name string, opts ...Option) (*BucketHandle, error) {
	config := c.config
	for _, opt := range opts {
		opt(&config)
	}
	core, err := c.core.With(opOpenBucket, config.settings())
	if err != nil {
		return nil, err
	}
	here, err := core.Settings()
	if err != nil {
		return nil, openError(err)
	}
	config.Credentials = here.Credentials
	if id := here.Header.Get(headerInstance); id != "" {
		config.ServiceInstanceId = id
	}
	self := &Client{config: config, core: core}
	location, err := self.locate(ctx, name)
	if err != nil {
		return nil, err
	}
	config.moveTo(location)
	if core, err = core.With(opOpenBucket, config.settings()); err != nil {
		return nil, err
	}
	return newHandle(&Client{config: config, core: core}, name, Template{}), nil
}

// locate returns the location of a bucket; empty if the server does not tell.
func (c *Client) locate(ctx context.Context, name string) (string, error) {
	if name == "" {
		return "", openError(fmt.Errorf("the bucket has no name"))
	}
	for b, err := range paginator.Items(ctx, c.ListBucketsExtended, &ListBucketsExtendedInput{Prefix: name}) {
		if err != nil {
			return "", err
		}
		if b.Name != name {
			continue
		}
		if b.LocationConstraint == "" {
			return "", nil
		}
		location, _, err := b.LocationConstraint.Split()
		if err != nil {
			return "", openError(fmt.Errorf("the bucket is at %s, which is no location that is known here: set Config.Region, and use Bucket", quoteCode(string(b.LocationConstraint))))
		}
		return location, nil
	}
	return "", publicError(&apierror.Error{
		Service: flavour.Name, Operation: opOpenBucket.Name, Code: "NoSuchBucket",
		Message: fmt.Sprintf("the service instance has no bucket %q", name),
	})
}

func openError(err error) error {
	return publicError(&apierror.Error{Service: flavour.Name, Operation: opOpenBucket.Name, Err: err})
}

// moveTo has the calls go to a location. The endpoint of a city sees the buckets
// of the region that it belongs to and stays what it is; so does one that is
// not IBM's.
func (c *Config) moveTo(location string) {
	network, here, vendor := c.Network, c.Region, true
	if c.Endpoint != "" {
		network, here, vendor = placeOf(hostOf(c.Endpoint))
	}
	if !vendor || location == "" || here == location || strings.HasSuffix(here, "."+location) {
		return
	}
	c.Endpoint, c.Network, c.Region = "", network, location
}

// hostOf is the host of an endpoint as a Config has it.
func hostOf(address string) string {
	base, err := endpoint.Parse(address)
	if err != nil {
		return ""
	}
	return (&url.URL{Host: base.Host}).Hostname()
}
