package credentials

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"time"
)

// Credentials authenticate requests: either a key id and its secret, by which
// requests are signed, or a bearer token. The zero value is for requests that
// are sent without authentication.
type Credentials struct {
	// AccessKeyID names the key. It is no secret. For Backblaze B2 it is the
	// application key's keyID.
	AccessKeyID string

	// SecretAccessKey is the secret that belongs to the key id. For Backblaze
	// B2 it is the application key itself.
	SecretAccessKey string

	// SessionToken goes with temporary keys; empty for lasting ones.
	SessionToken string

	// Token is a bearer token, as IBM IAM issues them. Where it is set, the
	// keys are not used.
	Token string

	// Expires is the moment from which on they are refused. Zero: never, or
	// not known.
	Expires time.Time

	// Source says where they came from, for messages: "environment".
	Source string
}

// String names the key and its source, without anything secret.
func (c Credentials) String() string {
	name := c.AccessKeyID
	switch {
	case c.Token != "":
		name = "bearer token"
	case name == "":
		name = "no key"
	}
	if c.Source == "" {
		return name
	}
	return name + " (" + c.Source + ")"
}

// GoString is String: %#v prints no secret either.
func (c Credentials) GoString() string { return c.String() }

// Format prints String, whatever the verb.
func (c Credentials) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue is String, for log/slog.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is String, which encoders such as encoding/json use, so that a
// struct written to a log as JSON shows no secret. To store credentials, store
// their fields.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Provider finds credentials. Its method is called from many goroutines at
// once, by a [Cache] one call at a time. An error that says there is nothing to
// be found, as opposed to something broken, wraps [ErrNone].
type Provider interface {
	Retrieve(ctx context.Context) (Credentials, error)
}

// Refresher is a Provider that remembers what it found and can be told to
// forget it. A client does so when a server says that a token has expired.
//
// Invalidate names the credentials that were refused: what is newer than these
// stays, so that many calls refused at once renew once.
type Refresher interface {
	Provider
	Invalidate(refused Credentials)
}

// same reports whether c and o authenticate alike.
func (c *Credentials) same(o *Credentials) bool {
	return c.AccessKeyID == o.AccessKeyID && c.SecretAccessKey == o.SecretAccessKey &&
		c.SessionToken == o.SessionToken && c.Token == o.Token
}

// ProviderFunc makes a Provider of a function.
type ProviderFunc func(ctx context.Context) (Credentials, error)

// Retrieve calls f.
func (f ProviderFunc) Retrieve(ctx context.Context) (Credentials, error) { return f(ctx) }

// ErrNone says that there are no credentials where they were looked for.
var ErrNone = errors.New("no credentials found")

// none is an ErrNone with its reason.
type none string

func (reason none) Error() string { return ErrNone.Error() + ": " + string(reason) }
func (none) Is(target error) bool { return target == ErrNone }

// Static returns a Provider of the keys given. sessionToken is empty for
// lasting keys. For Backblaze B2, pass an application key's keyID and the key
// itself.
func Static(accessKeyID, secretAccessKey, sessionToken string) Provider {
	c := Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Source: "static"}
	return &static{func() Credentials { return c }}
}

// static holds its keys in a function: fmt prints what it reaches through
// unexported fields without asking it how, and a function shows nothing.
type static struct{ keys func() Credentials }

func (s *static) Retrieve(context.Context) (Credentials, error) {
	c := s.keys()
	if c.AccessKeyID == "" || c.SecretAccessKey == "" {
		return Credentials{}, errors.New("credentials: the static access key id or its secret is empty")
	}
	return c, nil
}

// Format prints what the keys print as.
func (s *static) Format(f fmt.State, verb rune) { s.keys().Format(f, verb) }

// Anonymous returns the Provider for requests without authentication, as public
// buckets allow them.
func Anonymous() Provider { return anonymous{} }

type anonymous struct{}

func (anonymous) Retrieve(context.Context) (Credentials, error) {
	return Credentials{Source: "anonymous"}, nil
}

// IsAnonymous reports whether p is [Anonymous].
func IsAnonymous(p Provider) bool {
	_, ok := p.(anonymous)
	return ok
}

// GivesTokens reports whether p is known to give bearer tokens and never keys, without
// asking it.
func GivesTokens(p Provider) bool {
	if c, ok := p.(*Cache); ok {
		p = c.provider
	}
	_, ok := p.(interface{ givesTokens() })
	return ok
}

// Same reports whether a and b are known to be one provider.
func Same(a, b Provider) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && a == b
}
