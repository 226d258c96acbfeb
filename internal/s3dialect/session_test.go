package s3dialect

import (
	"strconv"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
)

// TestSessionsAreBounded closes some rather than grows.
func TestSessionsAreBounded(t *testing.T) {
	var s sessions
	opened := 0
	open := func() *credentials.Cache {
		opened++
		return credentials.Cached(credentials.Static("ID", "secret", "token"))
	}
	for i := range 2 * sessionsLimit {
		s.of(sessionKey{bucket: strconv.Itoa(i)}, open)
	}
	last := sessionKey{bucket: strconv.Itoa(2*sessionsLimit - 1)}
	if again := s.of(last, open); len(s.open) != sessionsLimit || opened != 2*sessionsLimit || again != s.open[last] {
		t.Errorf("%d sessions are remembered of %d", len(s.open), opened)
	}
}
