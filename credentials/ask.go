package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/transport"
)

const (
	attempts   = 4
	firstWait  = 250 * time.Millisecond // bound of the first random wait; it doubles
	longWait   = 10 * time.Second       // the most a Retry-After is waited for
	answerTime = 15 * time.Second       // of one attempt
	answerSize = 1 << 20

	final = -1 // as a wait: no further attempt helps
)

// Transports of those who are given no HTTPClient. Services that run beside the
// program are asked past all proxies: a proxy would ask its own.
var (
	throughProxies = &transport.Lazy{}
	pastProxies    = &transport.Lazy{Direct: true}
)

// withoutRedirects returns a copy of c that follows no redirects: what
// authenticates a request must not travel to a host that an answer chooses.
func withoutRedirects(c *http.Client) *http.Client {
	own := *c
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// repeat attempts until one succeeds, or fails with a negative wait, or enough
// have failed. Otherwise wait is the least time to be left before the next.
func repeat(ctx context.Context, attempt func(context.Context) (c Credentials, wait time.Duration, err error)) (Credentials, error) {
	for n := 1; ; n++ {
		bounded, cancel := context.WithTimeout(ctx, answerTime)
		c, wait, err := attempt(bounded)
		cancel()
		if err == nil || wait < 0 || ctx.Err() != nil || n == attempts {
			return c, err
		}
		timer := time.NewTimer(max(wait, rand.N(firstWait<<(n-1))))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return Credentials{}, fmt.Errorf("%w (%w before another attempt)", err, ctx.Err())
		}
	}
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, longWait)
}

// A ServiceError is an answer without credentials: of a service of AWS, of the
// agent beside a container, or of an instance's metadata service.
type ServiceError struct {
	Service    string // "STS"
	StatusCode int    // of the answer
	Code       string // "AccessDenied"; empty if the answer had none
	Message    string
	RequestID  string
}

// Error is one sentence with what the service said.
func (e *ServiceError) Error() string {
	text := "credentials: " + e.Service + " answered " + strings.TrimSpace(strconv.Itoa(e.StatusCode)+" "+http.StatusText(e.StatusCode))
	if e.Code != "" {
		text += ", " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// Is makes a refusal for lack of rights count as [fs.ErrPermission].
func (e *ServiceError) Is(target error) bool {
	return target == fs.ErrPermission && (e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden)
}

// hide takes secrets out of what the service said.
func (e *ServiceError) hide(secrets []string) {
	for _, secret := range secrets {
		if secret != "" {
			for _, text := range [...]*string{&e.Code, &e.Message, &e.RequestID} {
				*text = strings.ReplaceAll(*text, secret, "[secret]")
			}
		}
	}
}

// service is one that has credentials to give.
type service struct {
	name    string // in errors
	client  *http.Client
	creates bool      // 201 is an answer as well
	date    time.Time // of the last answer, by the service's clock
}

// send sends r once and reads the answer. A negative wait says that an error is
// final.
func (s *service) send(r *http.Request) (resp *http.Response, body []byte, wait time.Duration, err error) {
	resp, err = s.client.Do(r)
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(resp.Body, answerSize))
		resp.Body.Close()
	}
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // its text has the whole URL
		}
		if bundle := (*transport.BundleError)(nil); errors.As(err, &bundle) {
			wait = final
		}
		return nil, nil, wait, fmt.Errorf("credentials: %s at %s: %w", s.name, r.URL.Host, err)
	}
	return resp, body, 0, nil
}

// ask sends r once and returns the body of its answer. A negative wait says
// that an error is final. Nothing in hidden shows in an error.
func (s *service) ask(r *http.Request, hidden ...string) (body []byte, wait time.Duration, err error) {
	resp, body, wait, err := s.send(r)
	if err != nil {
		return nil, wait, err
	}
	s.date, _ = http.ParseTime(resp.Header.Get("Date"))
	if resp.StatusCode == http.StatusOK || s.creates && resp.StatusCode == http.StatusCreated {
		return body, 0, nil
	}

	refusal := &ServiceError{Service: s.name, StatusCode: resp.StatusCode}
	if fields, ok := codec.DecodeXMLError(body); ok {
		refusal.Code, refusal.Message, refusal.RequestID = fields.Code, fields.Message, fields.RequestID
	} else {
		d := readDocument(body)
		// OAuth's, of AWS's services, of agents, of IBM's metadata service.
		refusal.Code = codec.ErrorCode(d.first("error", "__type", "code", "Code", "errors.code"))
		refusal.Message = d.first("error_description", "message", "Message", "errors.message")
		refusal.RequestID = d.first("requestId", "RequestId", "trace")
	}
	if name := codec.ErrorCode(resp.Header.Get("X-Amzn-Errortype")); name != "" {
		refusal.Code = name
	}
	refusal.hide(hidden)
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		refusal.Message = "redirects are not followed"
	}
	if !again(refusal) {
		return nil, final, refusal
	}
	return nil, retryAfter(resp.Header), refusal
}

// again reports whether what was refused may be granted a moment later.
func again(e *ServiceError) bool {
	switch e.Code {
	case "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "IDPCommunicationError":
		return true
	}
	return e.StatusCode == http.StatusTooManyRequests || e.StatusCode >= 500
}

// unfit is the error of an answer that is not what it should be. It says
// nothing of the content, which may hold secrets.
func (s *service) unfit(problem string) error {
	return &ServiceError{Service: s.name, StatusCode: http.StatusOK, Message: problem}
}

func (s *service) noDocument() error {
	return s.unfit("the answer is not the document that it should be")
}

func (s *service) lacking() error { return s.unfit("the answer lacks a part of the credentials") }
