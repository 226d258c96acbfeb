// Package s3dialect is the one house for what the S3 dialects share: where a
// request goes, how its body is protected and signed, what an error means, and
// how a large object is moved. Packages s3 and ibmcos put their types on it.
package s3dialect

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/byterange"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/sigv4"
)

// Dialect is the pipeline's provider for S3 and servers that speak like it.
// It does not change once it is made.
type Dialect struct {
	Name    string // of the service: in errors, and in the credential scope
	Profile Profile

	Base endpoint.Base
	// VendorHost names the host of a region where Base names none. Locate, if
	// set, says by itself where each call goes.
	VendorHost  func(h *Hosts, region string) string
	Locate      func(d *Dialect, c *pipeline.Call) (Place, error)
	Hosts       Hosts
	Region      string
	Regions     *Regions
	PathStyle   bool
	VirtualHost bool

	Credentials credentials.Provider
	Signer      *sigv4.Signer

	// Sessions are opened by OpenSession with the caller's own credentials.
	Sessions    *sessions
	OpenSession func(ctx context.Context, bucket string) (credentials.Credentials, error)
	// Now is the time that the server is thought to have.
	Now func() time.Time

	// Bearer, Explain and ChecksumHint are those of the [Flavour]. Bearers is what is
	// known of the tokens.
	Bearer  func(c *pipeline.Call) error
	Explain func(d *Dialect, c *pipeline.Call, e *apierror.Error)
	Bearers *bearers

	ChecksumHint string

	// Checksum overrules the profile's: an algorithm, or None.
	Checksum checksum.Algorithm
	// WhenRequired has answers verified only where the caller asks for it.
	WhenRequired bool
	// UnsignedPayload leaves bodies out of the signature also over plain HTTP.
	UnsignedPayload bool

	// Presign, if set, has requests signed in their query for so long.
	Presign *Presigned

	// Header is sent with every request that does not set it by itself.
	Header http.Header

	// PublicError makes the error of the package.
	PublicError func(*apierror.Error) error
	// Check, if set, finds what is wrong with an input.
	Check func(in any) error
}

// None is the checksum algorithm of whoever wants none.
const None checksum.Algorithm = "NONE"

// state is what the dialect knows of one call between its hooks.
type state struct {
	payload   payload
	keys      bool               // the list was asked for url-encoded keys
	directory bool               // the bucket is a directory bucket
	place     Place              // of the attempt
	session   *credentials.Cache // that the attempt was signed in; nil: none
	redirects int
	signer    credentials.Credentials // of the attempt
}

// Service implements pipeline.Provider.
func (d *Dialect) Service() string { return d.Name }

// Public implements pipeline.Provider.
func (d *Dialect) Public(e *apierror.Error) error { return d.PublicError(e) }

// RequestID implements pipeline.Provider.
func (d *Dialect) RequestID(h http.Header) (id, host string) {
	return first(h["X-Amz-Request-Id"]), first(h["X-Amz-Id-2"])
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// Document implements pipeline.Provider.
func (d *Dialect) Document(op *pipeline.Operation) codec.Document {
	return codec.Document{Format: codec.XML, Root: op.Root, Namespace: op.Namespace}
}

// Accept has the body verified by the checksum that came with it, if there is
// one that can be held against it.
func (d *Dialect) Accept(c *pipeline.Call, r *http.Response) error {
	if c.Operation.Method == http.MethodGet && c.Operation.Traits.Has(pipeline.ChecksumAnswer) {
		d.verify(c, r)
	}
	// Some servers keep the coding of the upload as one of the object.
	if v := first(r.Header["Content-Encoding"]); strings.Contains(v, "aws-chunked") {
		stripChunked(r.Header, v)
	}
	return nil
}

func (d *Dialect) verify(c *pipeline.Call, r *http.Response) {
	a, sum, status := checksum.FromHeader(r.Header)
	switch {
	case d.WhenRequired && c.Request.Header["X-Amz-Checksum-Mode"] == nil:
		c.Unverified(entrepot.ChecksumOff)
	case r.StatusCode == http.StatusPartialContent && !hasParameter(c.Request.Query, "partNumber") && !isWhole(r.Header):
		c.Unverified(entrepot.ChecksumPartial)
	case status == entrepot.ChecksumVerified:
		c.Verify(a, sum) // of a part: its own
	default:
		c.Unverified(status)
	}
}

// isWhole reports whether a range is all of the object, and the checksum not
// one of its parts'.
func isWhole(h http.Header) bool {
	first, last, total, ok := byterange.Parse(h.Get("Content-Range"))
	return ok && first == 0 && total == strconv.FormatInt(last+1, 10) && h.Get("X-Amz-Checksum-Type") != composite
}

// Types of the checksum of an upload in parts: of the whole, or of the parts'
// checksums.
const (
	fullObject = "FULL_OBJECT"
	composite  = "COMPOSITE"
)

// stripChunked removes aws-chunked from a list of codings.
func stripChunked(h http.Header, v string) {
	var rest []string
	for coding := range strings.SplitSeq(v, ",") {
		if coding = strings.TrimSpace(coding); coding != "aws-chunked" && coding != "" {
			rest = append(rest, coding)
		}
	}
	if len(rest) == 0 {
		h.Del("Content-Encoding")
		return
	}
	h.Set("Content-Encoding", strings.Join(rest, ","))
}

// Pin has a further request read the same version of the object.
func (d *Dialect) Pin(c *pipeline.Call, h http.Header) bool {
	request := c.Request.Header
	switch etag := h.Get("Etag"); {
	case etag != "" && !strings.HasPrefix(etag, "W/"):
		request.Set("If-Match", etag)
	case hasParameter(c.Request.Query, "versionId"):
	default:
		return false
	}
	// A range within a part would count from the part's beginning.
	c.Request.Query = dropParameter(c.Request.Query, "partNumber")
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "X-Amz-Checksum-Mode"} {
		request.Del(name)
	}
	return true
}

func hasParameter(query, name string) bool {
	return dropParameter(query, name) != query
}

func dropParameter(query, name string) string {
	if !strings.Contains(query, name) {
		return query
	}
	var rest []string
	for p := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(p, "="); key != name {
			rest = append(rest, p)
		}
	}
	return strings.Join(rest, "&")
}
