package lightsail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/awserror"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/sigv4"
)

const (
	service = "lightsail"
	// version is the prefix of an operation's name on the wire.
	version = "Lightsail_20161128."
)

// target is where and as whom a client works: the pipeline's provider for
// AWS JSON 1.1.
type target struct {
	base        endpoint.Base
	vendor      bool // the base is AWS's own
	region      string
	credentials credentials.Provider
	signer      *sigv4.Signer
	runtime     *pipeline.Runtime
}

// newTarget fills in what the AWS CLI would find in the environment and in the
// shared files. What the Config has is never looked up.
func newTarget(config *Config, signer *sigv4.Signer, runtime *pipeline.Runtime) (*target, error) {
	c := *config
	if err := c.complete(); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	t := &target{region: c.Region, credentials: c.Credentials, signer: signer, runtime: runtime.Derive(c.pipeline())}
	var err error
	if t.base, err = endpoint.Parse(c.Endpoint); err != nil {
		return nil, err
	}
	if t.region == "" && t.base.Host != "" {
		t.region = "us-east-1"
	}
	if t.region == "" {
		return nil, errors.New("no region: set Config.Region or AWS_REGION")
	}
	if t.base.Host == "" {
		t.vendor = true
		t.base.Host = endpoint.AWS(service, t.region, c.DualStack, c.FIPS)
	}
	if t.credentials == nil {
		t.credentials = credentials.DefaultFor(c.Profile, func(o *credentials.AWSConfig) {
			o.HTTPClient, o.Clock = runtime.HTTPClient(), c.Clock
			if t.vendor { // the regions of other servers mean nothing to STS
				o.Region = t.region
			}
		})
	}
	if _, ok := t.credentials.(*credentials.Cache); !ok {
		t.credentials = credentials.Cached(t.credentials)
	}
	return t, nil
}

// complete looks up what c leaves open of where and how calls are made.
func (c *Config) complete() error {
	env := awsconfig.New(c.Profile)
	place := awsconfig.Place{Endpoint: c.Endpoint, Region: c.Region, DualStack: c.DualStack, FIPS: c.FIPS}
	if err := place.Complete(env, service); err != nil {
		return err
	}
	c.Endpoint, c.Region, c.DualStack, c.FIPS = place.Endpoint, place.Region, place.DualStack, place.FIPS
	if c.Retry.MaxAttempts == 0 {
		var err error
		if c.Retry.MaxAttempts, err = env.Attempts(); err != nil {
			return err
		}
	}
	return nil
}

func (t *target) Service() string { return service }

func (t *target) Public(e *apierror.Error) error { return publicError(e) }

func (t *target) RequestID(h http.Header) (id, host string) { return h.Get("X-Amzn-Requestid"), "" }

func (t *target) Document(*pipeline.Operation) codec.Document {
	return codec.Document{Format: codec.JSON}
}

func (t *target) Prepare(c *pipeline.Call) error {
	if in, ok := c.Input.(interface{ check() error }); ok {
		if err := in.check(); err != nil {
			return err
		}
	}
	h := c.Request.Header
	h["Content-Type"] = []string{"application/x-amz-json-1.1"}
	h["X-Amz-Target"] = []string{version + c.Operation.Name}
	return nil
}

func (t *target) Endpoint(context.Context, *pipeline.Call) (pipeline.Endpoint, error) {
	return pipeline.Endpoint{Scheme: t.base.Scheme, Host: t.base.Host, Path: t.base.Prefix + "/"}, nil
}

func (t *target) Sign(ctx context.Context, c *pipeline.Call, r *http.Request) error {
	keys, err := t.credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	c.State = keys // of the attempt
	sum := sha256.Sum256(c.Body.Bytes)
	if keys.SessionToken == "" {
		delete(r.Header, "X-Amz-Security-Token") // of keys that an earlier attempt was signed with
	}
	_, err = t.signer.SignHeader(r, sigv4.Params{
		AccessKeyID:     keys.AccessKeyID,
		SecretAccessKey: keys.SecretAccessKey,
		SessionToken:    keys.SessionToken,
		Region:          t.region,
		Service:         service,
		Time:            c.Now(),
		PayloadHash:     hex.EncodeToString(sum[:]),
		NormalizePath:   true,
	})
	return err
}

func (t *target) Failure(_ *pipeline.Call, h http.Header, body []byte, e *apierror.Error) {
	if doc, ok := codec.DecodeJSONError(body); ok {
		e.Code, e.Message, e.Details = doc.Code, doc.Message, doc.Details
	}
	if name := codec.ErrorCode(h.Get("X-Amzn-Errortype")); name != "" {
		e.Code = name
	}
}

func (t *target) Judge(_ context.Context, c *pipeline.Call, h http.Header, e *apierror.Error) pipeline.Verdict {
	used, _ := c.State.(credentials.Credentials)
	return awserror.Judge(c, h, e, t.credentials, used)
}

func (t *target) Accept(*pipeline.Call, *http.Response) error { return nil }

func (t *target) Decoded(*pipeline.Call) error { return nil }

// Pin implements pipeline.Provider: no answer here is continued.
func (t *target) Pin(*pipeline.Call, http.Header) bool { return false }
