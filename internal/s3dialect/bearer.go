package s3dialect

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
)

// checkBearer keeps a token, which is as good as a password, from networks
// that can read it.
func checkBearer(r *http.Request) error {
	if private(r.URL.Scheme, r.URL.Host) {
		return nil
	}
	return fmt.Errorf("an IAM token is not sent to %s without TLS: use an https endpoint", r.URL.Host)
}

// refusedToken reports whether an error may mean that the bearer token has
// expired, or is no longer good. Nothing tells that from a lack of rights.
func refusedToken(e *apierror.Error) bool {
	switch e.StatusCode {
	case http.StatusUnauthorized:
		return true
	case http.StatusForbidden:
		return e.Code == "AccessDenied" || e.Code == "InvalidToken" || e.Code == "ExpiredToken"
	}
	return false
}

// renewalRest is how long after a renewal for a refused token another one is
// refused in vain: it is a lack of rights then, and a program that meets with
// many of these must not become one that asks for as many tokens.
const renewalRest = time.Minute

// bearers is what the calls of a client know of its tokens.
type bearers struct {
	sent atomic.Pointer[bearer] // the last one

	mu      sync.Mutex
	refused string    // the last token that was renewed because it was refused
	at      time.Time // when
}

// bearer is the value of a header. Tokens have a thousand bytes or more, and serve for
// many calls.
type bearer struct {
	token  string
	values []string
}

func (b *bearers) authorization(token string) []string {
	sent := b.sent.Load()
	if sent == nil || sent.token != token {
		sent = &bearer{token, []string{"Bearer " + token}}
		b.sent.Store(sent)
	}
	return sent.values
}

// renewed forgets a token that was refused, if that may help: then there will
// be another one.
func (d *Dialect) renewed(used credentials.Credentials) bool {
	cache, ok := d.Credentials.(credentials.Refresher)
	if !ok {
		return false
	}
	b, now := d.Bearers, d.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if used.Token == b.refused {
		return true // another call was refused with it and has seen to that
	}
	if !b.at.IsZero() && now.Sub(b.at).Abs() < renewalRest {
		return false
	}
	b.refused, b.at = used.Token, now
	cache.Invalidate(used)
	return true
}
