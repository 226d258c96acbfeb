package lightsail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/s3"
)

// S3 returns a client for the objects of a bucket, as whoever holds key: one
// that [Client.CreateBucketAccessKey] has just made, with its secret. It asks
// GetBuckets where the bucket is.
//
// Otherwise the S3 client is configured as c is: HTTPClient, retries, clock,
// loggers, DualStack and FIPS. Options change that.
func (c *Client) S3(ctx context.Context, bucket string, key AccessKey, opts ...s3.Option) (*s3.Client, error) {
	if key.SecretAccessKey == "" {
		return nil, callError("S3", errors.New("the access key has no secret: only CreateBucketAccessKey tells it"))
	}
	config, err := c.place(ctx, bucket)
	if err != nil {
		return nil, callError("S3", err)
	}
	config.Credentials = credentials.Static(key.AccessKeyId, string(key.SecretAccessKey), "")
	return newS3(config, opts)
}

// callError makes an error of the operation of err, unless it is the error of a
// call that was made for it.
func callError(operation string, err error) error {
	if e, ok := err.(*Error); ok {
		return e
	}
	return publicError(&apierror.Error{Service: service, Operation: operation, Err: err})
}

func newS3(config s3.Config, opts []s3.Option) (*s3.Client, error) {
	for _, opt := range opts {
		opt(&config)
	}
	return s3.New(config)
}

// place asks GetBuckets where the objects of a bucket are. What it returns has
// no credentials.
func (c *Client) place(ctx context.Context, bucket string) (s3.Config, error) {
	out, err := c.GetBuckets(ctx, &GetBucketsInput{BucketName: bucket})
	if err != nil {
		return s3.Config{}, err
	}
	if len(out.Buckets) != 1 || out.Buckets[0].Name != bucket {
		return s3.Config{}, fmt.Errorf("GetBuckets did not return the bucket %q", bucket)
	}
	t, err := c.target()
	if err != nil {
		return s3.Config{}, err
	}
	b := out.Buckets[0]
	config := s3.Config{
		Region:       cmp.Or(string(b.Location.RegionName), t.region), // GetBuckets knows those of its region alone
		HTTPClient:   c.config.HTTPClient,
		StallTimeout: c.config.StallTimeout,
		Retry:        c.config.Retry,
		Logger:       c.config.Logger,
		Tracer:       c.config.Tracer,
		Meter:        c.config.Meter,
		Clock:        c.config.Clock,
		UserAgent:    c.config.UserAgent,
		Server:       s3.ServerAWS,
	}
	if t.vendor {
		config.DualStack, config.FIPS = c.config.DualStack, c.config.FIPS
		return config, nil
	}
	// Of a server other than AWS only the bucket's URL tells where its objects
	// are. At AWS the region does: a URL out of an answer is not needed to
	// choose the host that requests go to.
	if config.Endpoint, config.PathStyle, err = endpointOf(b); err != nil {
		return s3.Config{}, err
	}
	return config, nil
}

// Bucket returns the handle of a bucket for package transfer, as whoever holds
// key. See [Client.S3]; [Client.OpenBucket] makes and remembers keys itself.
func (c *Client) Bucket(ctx context.Context, name string, key AccessKey, opts ...s3.Option) (*s3.BucketHandle, error) {
	client, err := c.S3(ctx, name, key, opts...)
	if err != nil {
		return nil, err
	}
	return client.Bucket(name), nil
}

// endpointOf makes an endpoint of a bucket's URL, which has the bucket's name
// in its host or in its path.
func endpointOf(b Bucket) (endpoint string, pathStyle bool, err error) {
	u, err := url.Parse(b.Url)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", false, fmt.Errorf("the bucket has no usable URL: %q", b.Url)
	}
	if host, ok := strings.CutPrefix(u.Host, b.Name+"."); ok {
		return u.Scheme + "://" + host, false, nil
	}
	return u.Scheme + "://" + u.Host, true, nil
}
