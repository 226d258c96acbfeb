// Package sigv4 signs HTTP requests with AWS Signature Version 4 and 4A: in the
// Authorization header, in the query of a presigned URL, and chunk by chunk
// along a streamed body.
//
// Facts: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// and https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
package sigv4

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Algorithm is the name of the algorithm in requests and forms.
const Algorithm = algorithm

const algorithm = "AWS4-HMAC-SHA256"

// What stands for the payload where it is not the hex SHA-256 of the body.
const (
	// UnsignedPayload leaves the body out of the signature.
	UnsignedPayload = "UNSIGNED-PAYLOAD"
	// StreamingPayload announces chunks that are each signed.
	StreamingPayload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	// StreamingPayloadTrailer announces signed chunks and a signed trailer.
	StreamingPayloadTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	// StreamingUnsignedTrailer announces unsigned chunks and a trailer.
	StreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	// EmptyPayload is the SHA-256 of no bytes at all.
	EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// Canonical names of the headers that a signature adds.
const (
	headerAuthorization = "Authorization"
	headerDate          = "X-Amz-Date"
	headerPayloadHash   = "X-Amz-Content-Sha256"
	headerToken         = "X-Amz-Security-Token"
)

// Params is what a signature is made from, beside the request itself.
type Params struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // empty: none

	Region string // as in the credential scope: us-east-1

	// RegionSet asks for Signature Version 4A and says where it is good: "*",
	// or regions with commas between. Region then does not count.
	RegionSet string

	Service string // as in the credential scope: s3

	// Time is the moment of signing, by the server's clock.
	Time time.Time

	// PayloadHash is the lower-case hex SHA-256 of the body or one of the
	// constants above, which [Asymmetric] turns into those of Signature Version 4A. Empty means [EmptyPayload] in a header signature and
	// [UnsignedPayload] in a presigned one.
	PayloadHash string

	// PayloadHashHeader sends the payload hash in X-Amz-Content-Sha256, which
	// S3 demands; other services need no such header.
	PayloadHashHeader bool

	// NormalizePath drops dot segments and doubled slashes from the path and
	// encodes it a second time, as every service but S3 wants. S3 keys are
	// signed byte for byte.
	NormalizePath bool

	// TokenHeader is the name under which SessionToken travels, in Go's
	// canonical form. Empty means X-Amz-Security-Token.
	TokenHeader string

	// SignContentLength binds the request's ContentLength to the signature.
	SignContentLength bool
}

// Format prints p without its secrets, whatever the verb.
func (p Params) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "{%s %s%s/%s}", p.AccessKeyID, p.Region, p.RegionSet, p.Service)
}

// LogValue is p without its secrets.
func (p Params) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(p)) }

func (p *Params) check(req *http.Request) error {
	switch {
	case p.AccessKeyID == "" || p.SecretAccessKey == "":
		return errors.New("sigv4: the access key or its secret is empty")
	case p.Region == "" && p.RegionSet == "" || p.Service == "":
		return errors.New("sigv4: region or service is empty")
	case req.URL == nil:
		return errors.New("sigv4: the request has no URL")
	}
	return nil
}

func (p *Params) tokenHeader() string {
	if p.TokenHeader == "" {
		return headerToken
	}
	return p.TokenHeader
}

// Signer signs requests. The zero value is ready; it is safe for concurrent
// use and must not be copied. It remembers the signing keys it derived last,
// which are good for a day, a region and a service each.
type Signer struct {
	mu      sync.Mutex // serialises writers of keys
	keys    atomic.Pointer[[]derivedKey]
	private []privateKey // guarded by mu
}

// SignHeader signs req by adding X-Amz-Date, Authorization and, where p asks
// for them, X-Amz-Content-Sha256 and the session token to its headers; headers
// of these names are replaced. Everything else that is signed must be in place
// and stay: the host, the path, the query and all headers, save those that
// proxies and transports touch. The body is not read.
//
// The chain returned continues the signature into the chunks of a streamed
// body.
func (sg *Signer) SignHeader(req *http.Request, p Params) (Chain, error) {
	if err := p.check(req); err != nil {
		return Chain{}, err
	}
	if p.PayloadHash == "" {
		p.PayloadHash = EmptyPayload
	}
	if req.Header == nil {
		req.Header = make(http.Header, 4)
	}

	s := scratchPool.Get().(*scratch)
	defer s.release()
	s.setScope(&p)
	s.collectHeaders(req, &p)
	s.addHeader(s.keep("x-amz-date"), s.timestamp)
	if p.PayloadHashHeader {
		s.addHeader(s.keep("x-amz-content-sha256"), s.keep(p.PayloadHash))
	}
	if p.SessionToken != "" {
		s.addHeader(s.lower(p.tokenHeader()), s.keep(p.SessionToken))
	}
	if p.RegionSet != "" {
		s.addHeader(s.keep("x-amz-region-set"), s.keep(p.RegionSet))
	}
	s.collectQuery(req.URL.RawQuery)
	if err := s.canonicalRequest(req, &p); err != nil {
		return Chain{}, err
	}
	key, err := sg.signingKey(&p, s.scope[:len("20060102")])
	if err != nil {
		return Chain{}, err
	}
	signature := s.sign(&key)

	// One string serves the Authorization value, the date and what the chain
	// keeps; one array backs the values of all headers.
	out := s.buf[:0]
	out = append(out, key.algorithm()...)
	out = append(out, " Credential="...)
	out = append(out, p.AccessKeyID...)
	out = append(out, '/')
	scopeAt := len(out)
	out = append(out, s.scope...)
	out = append(out, ", SignedHeaders="...)
	out = append(out, s.signedHeaders...)
	out = append(out, ", Signature="...)
	out = append(out, signature.bytes()...)
	end := len(out)
	out = append(out, s.timestamp...)
	s.buf = out
	text := string(out)

	values := make([]string, 4)
	set := func(i int, name, value string) {
		values[i] = value
		req.Header[name] = values[i : i+1 : i+1]
	}
	set(0, headerAuthorization, text[:end])
	set(1, headerDate, text[end:])
	if p.PayloadHashHeader {
		set(2, headerPayloadHash, p.PayloadHash)
	}
	if p.SessionToken != "" {
		set(3, p.tokenHeader(), p.SessionToken)
	}
	if p.RegionSet != "" {
		req.Header[headerRegionSet] = []string{p.RegionSet}
	}
	return Chain{
		key:       key,
		signature: signature,
		timestamp: text[end:],
		scope:     text[scopeAt : scopeAt+len(s.scope)],
	}, nil
}

// Presign signs req in its query, for use by anyone until expires has passed
// (one second or more, whole seconds; AWS takes seven days at most). The query is rewritten in
// canonical order with the signature last. All headers of req, save those that
// are never signed, become part of the signature; the copy returned holds what
// has to be sent along, the host apart. Checksums, conditions and the like
// stay headers, because S3 does not look for them in the query.
func (sg *Signer) Presign(req *http.Request, p Params, expires time.Duration) (http.Header, error) {
	if err := p.check(req); err != nil {
		return nil, err
	}
	if expires < time.Second {
		return nil, fmt.Errorf("sigv4: a presigned URL lives one second or longer, not %v", expires)
	}
	if p.PayloadHash == "" {
		p.PayloadHash = UnsignedPayload
	}

	s := scratchPool.Get().(*scratch)
	defer s.release()
	s.setScope(&p)
	s.collectHeaders(req, &p)
	s.sortHeaders()

	s.collectQuery(req.URL.RawQuery)
	s.dropSignature(&p)
	key, err := sg.signingKey(&p, s.scope[:len("20060102")])
	if err != nil {
		return nil, err
	}
	s.addParam("X-Amz-Algorithm", key.algorithm())
	s.addParam("X-Amz-Credential", p.AccessKeyID+"/"+string(s.scope))
	s.addParam(headerDate, string(s.timestamp))
	s.addParam("X-Amz-Expires", strconv.FormatInt(int64(expires/time.Second), 10))
	s.addParam("X-Amz-SignedHeaders", string(s.signedHeaders))
	if p.SessionToken != "" {
		s.addParam(p.tokenHeader(), p.SessionToken)
	}
	if p.RegionSet != "" {
		s.addParam(headerRegionSet, p.RegionSet)
	}
	if err := s.canonicalRequest(req, &p); err != nil {
		return nil, err
	}
	query := string(s.appendQuery(nil))
	signature := s.sign(&key)
	req.URL.RawQuery = query + "&X-Amz-Signature=" + string(signature.bytes())

	send := make(http.Header, len(s.headers))
	for _, h := range s.headers {
		switch {
		case h.key != "":
			send[h.key] = slices.Clone(h.values)
		case string(h.name) != "host":
			send[http.CanonicalHeaderKey(string(h.name))] = []string{string(h.value)}
		}
	}
	return send, nil
}

// Credential is the access key with the scope in which it signs, as requests
// and forms name it.
func (p *Params) Credential() string {
	return p.AccessKeyID + "/" + p.Time.UTC().Format("20060102") + "/" + p.Region + "/" + p.Service + "/aws4_request"
}

// Timestamp is the time of signing, as requests and forms name it.
func (p *Params) Timestamp() string { return p.Time.UTC().Format("20060102T150405Z") }

// SignText signs a text that is no request, such as the policy of a form. Of p
// the credential, the scope and the day count.
func (sg *Signer) SignText(p Params, text string) string {
	key := sg.dayKey(&p, []byte(p.Time.UTC().Format("20060102")))
	sum := mac(key[:], []byte(text))
	return hex.EncodeToString(sum[:])
}

// dropSignature removes the parameters of an earlier signature, so that a
// request may be signed again.
func (s *scratch) dropSignature(p *Params) {
	token := p.tokenHeader()
	s.params = slices.DeleteFunc(s.params, func(q param) bool {
		switch string(q.name) {
		case "X-Amz-Algorithm", "X-Amz-Credential", headerDate, "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature", headerRegionSet:
			return true
		}
		return strings.EqualFold(string(q.name), token)
	})
}
