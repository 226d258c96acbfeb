package s3dialect

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

const (
	// sessionsLimit bounds the sessions that are remembered.
	sessionsLimit = 1000

	// sessionAhead is how long before its end a session is renewed. It lives
	// five minutes.
	sessionAhead = time.Minute

	// headerSession carries the token of a session, and names it in the query.
	headerSession = "X-Amz-S3session-Token"
)

// sessions are those that directory buckets have granted, by bucket and by who
// asked.
type sessions struct {
	mu   sync.Mutex
	open map[sessionKey]*credentials.Cache
}

type sessionKey struct {
	host, bucket      string
	id, secret, token string // of whoever asked
}

// of returns the session for k, which is opened when it is first used.
func (s *sessions) of(k sessionKey, open func() *credentials.Cache) *credentials.Cache {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.open[k]; found != nil {
		return found
	}
	if s.open == nil {
		s.open = make(map[sessionKey]*credentials.Cache)
	}
	if len(s.open) >= sessionsLimit {
		for other := range s.open {
			delete(s.open, other) // whichever: if it is in use, it is opened again
			break
		}
	}
	made := open()
	s.open[k] = made
	return made
}

// session returns the credentials of a session of the bucket, for whoever has
// keys.
func (d *Dialect) session(ctx context.Context, st *state, bucket string, keys credentials.Credentials) (credentials.Credentials, error) {
	k := sessionKey{st.place.Host, bucket, keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken}
	st.session = d.Sessions.of(k, func() *credentials.Cache {
		open := credentials.ProviderFunc(func(ctx context.Context) (credentials.Credentials, error) {
			return d.OpenSession(ctx, bucket)
		})
		return credentials.Cached(open, func(c *credentials.CacheConfig) {
			c.RefreshAhead, c.Clock = sessionAhead, d.Now
		})
	})
	return st.session.Retrieve(ctx)
}

// refusedSession reports whether an error says that the server does not know
// the session any more. One of HEAD has no code to say it.
func refusedSession(c *pipeline.Call, e *apierror.Error) bool {
	switch e.Code {
	case "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId":
		return true
	}
	return c.Operation.Method == http.MethodHead && e.StatusCode == http.StatusBadRequest
}
