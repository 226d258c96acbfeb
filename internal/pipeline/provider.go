package pipeline

import (
	"context"
	"net/http"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
)

// Provider is what a service does its own way. Its methods are called from
// many goroutines at once; a Call belongs to one of them at a time.
type Provider interface {
	// Service names the service in errors, logs and spans.
	Service() string

	// Public turns an error into the service's own type.
	Public(e *apierror.Error) error

	// RequestID finds the names a server gave to a request.
	RequestID(header http.Header) (id, host string)

	// Document says how the bodies of an operation are written.
	Document(op *Operation) codec.Document

	// Prepare completes an encoded call before its first attempt: defaults,
	// checks of the input, headers that stay the same in every attempt.
	Prepare(c *Call) error

	// Endpoint says where the next attempt goes.
	Endpoint(ctx context.Context, c *Call) (Endpoint, error)

	// Sign authenticates an attempt. It may wrap the body and set headers; r
	// belongs to this attempt alone.
	Sign(ctx context.Context, c *Call, r *http.Request) error

	// Failure reads the error that an answer carries into e, whose status is
	// set already.
	Failure(c *Call, header http.Header, body []byte, e *apierror.Error)

	// Judge says whether a failed attempt is worth another. It sees every
	// answer of the server that is an error, and may mend its cause.
	Judge(ctx context.Context, c *Call, header http.Header, e *apierror.Error) Verdict

	// Accept sees a good answer before it is decoded, and says by Call.Verify
	// how its body is to be verified.
	Accept(c *Call, r *http.Response) error

	// Decoded sees the output of a good answer.
	Decoded(c *Call) error

	// Pin changes the call so that a further attempt, with a Range, reads the
	// rest of just the body that an answer with this header began. False: it
	// cannot be continued.
	Pin(c *Call, header http.Header) bool
}

// Permitter is a Provider that knows what the caller may do.
type Permitter interface {
	// Permit is asked once, before the first attempt of a call. An error ends the
	// call, of which nothing has been sent.
	Permit(ctx context.Context, c *Call) error
}

// Recogniser is a Provider that can find out what a call has done.
type Recogniser interface {
	// Recognise is asked about a call of the trait SelfConflict that the server
	// refused with e. If just what the call should do is done already, it fills in
	// Call.Output and returns true, and the call has succeeded.
	Recognise(ctx context.Context, c *Call, e *apierror.Error) bool
}

// Continuer is a Provider whose Pin may leave open whether a further attempt
// reads from the same body.
type Continuer interface {
	// Continued sees the header of an answer that continues the body which an
	// answer with the header first began. An error ends the body.
	Continued(c *Call, first, header http.Header) error
}

// Endpoint is where an attempt goes.
type Endpoint struct {
	Scheme string
	Host   string // with port, if not the scheme's own
	Path   string // the whole path, escaped
}

// Verdict is what becomes of a failed attempt.
type Verdict uint8

const (
	Fail     Verdict = iota // the error is final
	Retry                   // again, after a back-off
	Throttle                // again, after a back-off; the server asks for less
	Again                   // again at once: the provider has mended the cause
)
