package b2

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/transfer"
)

// The service's hosts, beside the one of the JSON calls.
const (
	hostRealm    = "realm"
	hostDownload = "download"
	hostUpload   = "upload" // the one of the upload URL that the input has
)

// accountIDSize is the length of an account's id; keys have longer ones.
const accountIDSize = 12

const requestIDHeader = "X-Bz-Request-Id"

var document = codec.Document{Format: codec.JSON}

// invoke makes one call.
func invoke[Out any](ctx context.Context, c *Client, op *pipeline.Operation, in any, opts []Option) (*Out, error) {
	s, err := c.with(opts)
	if err != nil {
		return nil, fail(op.Name, err)
	}
	out := new(Out)
	if err := pipeline.Do(ctx, s.runtime, &call{session: s}, op, in, out); err != nil {
		return nil, err
	}
	return out, nil
}

// invokeForAccount makes a call whose input names an account: that of the key,
// unless the caller did.
func invokeForAccount[Out, In any](ctx context.Context, c *Client, op *pipeline.Operation, in *In, account func(*In) *string, opts []Option) (*Out, error) {
	s, err := c.with(opts)
	if err != nil {
		return nil, fail(op.Name, err)
	}
	var filled In
	if in != nil {
		filled = *in
	}
	if id := account(&filled); *id == "" {
		a, err := s.authorization(ctx, nil)
		if err != nil {
			return nil, err
		}
		*id = a.AccountId
	}
	out := new(Out)
	if err := pipeline.Do(ctx, s.runtime, &call{session: s}, op, &filled, out); err != nil {
		return nil, err
	}
	return out, nil
}

// fail is the error of a call that something of ours ended.
func fail(operation string, err error) error {
	return &Error{Service: service, Operation: operation, Err: err}
}

// noSuch is an error that is fs.ErrNotExist, whose own text speaks of files only,
// and what the server would have answered: like.
func noSuch(what, name string, like error) error { return &missing{what, name, like} }

type missing struct {
	what, name string
	like       error
}

func (m *missing) Error() string   { return fmt.Sprintf("there is no %s %q", m.what, m.name) }
func (m *missing) Unwrap() []error { return []error{fs.ErrNotExist, m.like} }

// current is the authorization that a call would use now, nil if it would get
// one first.
func (s *session) current() *authorization {
	if a := s.account.value.Load(); a != nil && s.age(a) <= renewAge {
		return a
	}
	return nil
}

func (s *session) age(a *authorization) time.Duration { return s.config.Clock().Sub(a.made) }

// authorization returns the account's authorization, another one than refused
// if that is not nil.
//
// However many calls need one, one request for it is on its way at a time, with
// the retries and the back-off of any other; its failure is the failure of all
// calls that waited for it. There is no ceiling on how often beyond that: a call
// asks once because of a token that was refused, or again if the new one has been
// of use, and the service has a mode for tests in which tokens expire soon.
func (s *session) authorization(ctx context.Context, refused *authorization) (*authorization, error) {
	old := s.account.value.Load()
	switch {
	case old == nil || old == refused:
		return s.account.get(ctx, refused, s.authorize)
	case s.age(old) <= renewAge:
		return old, nil
	case s.age(old) >= maxAge:
		return s.account.get(ctx, old, s.authorize)
	}
	now := s.config.Clock()
	if until := old.postponed.Load(); until != nil && now.Before(*until) {
		return old, nil
	}
	patient, cancel := context.WithTimeout(ctx, renewWait)
	defer cancel()
	a, err := s.account.get(patient, old, s.authorize)
	if err != nil && ctx.Err() == nil {
		until := now.Add(renewPause)
		old.postponed.Store(&until)
		return old, nil
	}
	return a, err
}

func (s *session) authorize(ctx context.Context) (*authorization, error) {
	out := new(AuthorizeAccountOutput)
	if err := pipeline.Do(ctx, s.runtime, &call{session: s}, opAuthorizeAccount, (*AuthorizeAccountInput)(nil), out); err != nil {
		return nil, err
	}
	return newAuthorization(out, s.config.Clock())
}

// call is what the pipeline asks of B2, for one call.
type call struct {
	*session

	target  *url.URL       // the upload URL
	token   string         // the caller's own; empty: the account's
	keyID   string         // of the application key, when the account is authorized
	used    *authorization // in the last attempt
	stale   *authorization // refused
	sum     *summing       // of the body that is sent
	pinned  bool           // downloads go on by id
	unknown int            // attempts that were sent and may have been carried out, though no good answer came
}

// Service implements pipeline.Provider.
func (p *call) Service() string { return service }

// Public implements pipeline.Provider.
func (p *call) Public(e *apierror.Error) error { return (*Error)(e) }

// RequestID implements pipeline.Provider.
func (p *call) RequestID(h http.Header) (id, host string) { return h.Get(requestIDHeader), "" }

// Document implements pipeline.Provider.
func (p *call) Document(*pipeline.Operation) codec.Document { return document }

// Prepare implements pipeline.Provider.
func (p *call) Prepare(c *pipeline.Call) error {
	if in, ok := c.Input.(interface{ check() error }); ok {
		if err := in.check(); err != nil {
			return err
		}
	}
	h := c.Request.Header
	p.token = h.Get("Authorization")
	if p.config.TestMode != "" {
		h["X-Bz-Test-Mode"] = []string{string(p.config.TestMode)}
	}
	if in, ok := c.Input.(uploading); ok {
		return p.prepareUpload(c, in)
	}
	switch {
	case c.Operation.Method != http.MethodPost:
		c.Body = nil // an empty input is a document, too
	case c.Body != nil:
		h["Content-Type"] = jsonType
	}
	return nil
}

var jsonType = []string{"application/json"}

// Endpoint implements pipeline.Provider.
func (p *call) Endpoint(ctx context.Context, c *pipeline.Call) (pipeline.Endpoint, error) {
	var where base
	switch c.Operation.Host {
	case hostUpload:
		return pipeline.Endpoint{Scheme: p.target.Scheme, Host: p.target.Host, Path: p.target.EscapedPath()}, nil
	case hostRealm:
		where = p.realm
	case hostDownload:
		a, host, err := p.downloadHost(ctx, p.stale)
		if err != nil {
			return pipeline.Endpoint{}, internal(err)
		}
		p.used, where = a, host
	default:
		a, err := p.authorization(ctx, p.stale)
		if err != nil {
			return pipeline.Endpoint{}, internal(err)
		}
		p.used, where = a, a.api
	}
	path := c.Request.Path
	if p.pinned {
		path = pathByID
	}
	return pipeline.Endpoint{Scheme: where.scheme, Host: where.host, Path: where.path + path}, nil
}

// downloadHost returns the host of downloads, and the authorization that they are
// made with: another one than refused, or none without an application key.
func (s *session) downloadHost(ctx context.Context, refused *authorization) (*authorization, base, error) {
	if credentials.IsAnonymous(s.config.Credentials) {
		return nil, s.downloads, nil
	}
	a, err := s.authorization(ctx, refused)
	if err != nil {
		return nil, base{}, err
	}
	return a, a.download, nil
}

// internal is the error of a call made on behalf of another, in the form in
// which the pipeline passes it on as it is.
func internal(err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		own := apierror.Error(*e)
		return &own
	}
	return err // nil, too
}

// Sign implements pipeline.Provider.
func (p *call) Sign(ctx context.Context, c *pipeline.Call, r *http.Request) error {
	p.unknown++
	switch c.Operation.Host {
	case hostRealm:
		key, err := p.config.Credentials.Retrieve(ctx)
		if err != nil {
			return err
		}
		if key.AccessKeyID == "" {
			return fmt.Errorf("%w: without an application key there are only downloads", credentials.ErrNone)
		}
		p.keyID = key.AccessKeyID
		r.SetBasicAuth(key.AccessKeyID, key.SecretAccessKey)
	case hostUpload:
		p.sumBody(r)
	default:
		token := p.token
		if token == "" && p.used != nil {
			token = string(p.used.AuthorizationToken)
		}
		if token != "" {
			r.Header["Authorization"] = []string{token}
		}
	}
	return nil
}

// Failure implements pipeline.Provider.
func (p *call) Failure(c *pipeline.Call, _ http.Header, body []byte, e *apierror.Error) {
	readFailure(body, e)
	if c.Operation.Host == hostRealm && e.StatusCode == http.StatusUnauthorized && e.Message == "" {
		e.Message = "the application key or its id is wrong, or the key has expired"
		if len(p.keyID) == accountIDSize {
			e.Message += "; the id has the form of an account's id, which is that of a key only for master keys of old"
		}
	}
	conceal(e, p.token)
	if p.used != nil {
		conceal(e, string(p.used.AuthorizationToken))
	}
	p.explain(e)
}

// Judge implements pipeline.Provider.
func (p *call) Judge(_ context.Context, c *pipeline.Call, _ http.Header, e *apierror.Error) pipeline.Verdict {
	if pipeline.Refused(e) {
		p.unknown--
	}
	if !tokenRefused(e) || p.used == nil || p.token != "" { // what the caller brought is the caller's to renew
		return verdict(e)
	}
	// Once per call, or again if the new one has been of use to others since: a
	// token that never was good for anything is not the cause.
	renew := p.stale == nil || p.used.served.Load()
	if e.Code == "" {
		// An answer to a HEAD does not tell whether it is the token or a right
		// that is missing. While a token is known to have been refused when it
		// was new, it is the latter: many such calls take one new token a minute.
		if p.stale != nil {
			p.used.blameless.Store(true)
		}
		renew = renew && !p.blameless()
	}
	if renew {
		p.stale = p.used
		return pipeline.Again
	}
	return verdict(e)
}

// blameless reports whether an answer that gives no reason cannot mean the token.
func (p *call) blameless() bool {
	return p.used.blameless.Load() && p.age(p.used) < newAge
}

// verdict says whether the status of an answer is worth another attempt.
func verdict(e *apierror.Error) pipeline.Verdict {
	switch {
	case e.StatusCode == http.StatusTooManyRequests, e.StatusCode == http.StatusServiceUnavailable:
		return pipeline.Throttle
	case e.StatusCode == http.StatusRequestTimeout, e.StatusCode >= 500:
		return pipeline.Retry
	}
	return pipeline.Fail
}

// tokenRefused reports whether a new token may help. The answer to a HEAD does
// not say why it is a 401.
func tokenRefused(e *apierror.Error) bool {
	if e.StatusCode != http.StatusUnauthorized {
		return false
	}
	switch e.Code {
	case "bad_auth_token", "expired_auth_token", "missing_auth_token", "":
		return true
	}
	return false
}

// Accept implements pipeline.Provider.
func (p *call) Accept(c *pipeline.Call, r *http.Response) error {
	if p.used != nil && !p.used.served.Load() {
		p.used.served.Store(true)
	}
	if c.Operation.Traits.Has(pipeline.ChecksumAnswer) {
		switch sum := wholeSha1(r.Header); {
		case !isWhole(r):
			c.Unverified(entrepot.ChecksumPartial)
		case sum == nil:
			c.Unverified(entrepot.ChecksumAbsent)
		default:
			c.Verify(checksum.SHA1, sum)
			if strings.HasPrefix(r.Header.Get(sha1Header), Sha1Unverified) {
				c.Unconfirmed()
			}
		}
	}
	return nil
}

// Decoded implements pipeline.Provider: what the server got must be what was sent.
func (p *call) Decoded(c *pipeline.Call) error {
	p.unknown--
	if p.sum == nil {
		return nil
	}
	return p.sum.compare(c.Output.(receipt))
}

// isWhole reports whether an answer has all of a file.
func isWhole(r *http.Response) bool {
	if r.StatusCode != http.StatusPartialContent {
		return true
	}
	size := r.Header.Get("Content-Range")
	size = size[strings.LastIndexByte(size, '/')+1:]
	return r.ContentLength > 0 && size == fmt.Sprint(r.ContentLength)
}

// wholeSha1 is the SHA-1 of a whole file as far as a download tells it: the
// service's own, or that of the uploader of a large file.
func wholeSha1(h http.Header) []byte {
	if sum := parseSha1(h.Get(sha1Header)); sum != nil {
		return sum
	}
	return parseSha1(h.Get("X-Bz-Info-" + InfoLargeFileSha1))
}

// parseSha1 reads a ContentSha1; nil if it does not hold one.
func parseSha1(text string) []byte {
	sum, err := hex.DecodeString(strings.TrimPrefix(text, Sha1Unverified))
	if err != nil || len(sum) != sha1.Size {
		return nil
	}
	return sum
}

const fileIDHeader = "X-Bz-File-Id"

// Pin implements pipeline.Provider: the rest of a file that was asked for by
// name is read by id. A download token is good for names only; whether it is
// still the same file is then seen in the answer.
func (p *call) Pin(c *pipeline.Call, h http.Header) bool {
	id := h.Get(fileIDHeader)
	if id == "" {
		return false
	}
	if c.Operation.Path == pathByID || p.token != "" {
		return true
	}
	p.pinned = true
	query := "fileId=" + url.QueryEscape(id)
	if c.Request.Query != "" {
		query += "&" + c.Request.Query
	}
	c.Request.Query = query
	return true
}

// Continued implements pipeline.Continuer.
func (p *call) Continued(_ *pipeline.Call, first, h http.Header) error {
	if is, was := h.Get(fileIDHeader), first.Get(fileIDHeader); is != was {
		return fmt.Errorf("%w: it was file %s and is %s", transfer.ErrObjectChanged, was, is)
	}
	return nil
}
