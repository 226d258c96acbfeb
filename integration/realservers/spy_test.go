package realservers

import (
	"net/http"
	"strings"
	"sync"

	"github.com/entrepot-go/entrepot/s3"
)

// spy keeps the headers of the last request that had a body.
type spy struct {
	next http.RoundTripper

	mu   sync.Mutex
	last http.Header
}

// watch puts the spy between a client and the network.
func (s *spy) watch(c *s3.Config) {
	s.next = c.HTTPClient.Transport
	c.HTTPClient = &http.Client{Transport: s}
}

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut {
		s.mu.Lock()
		s.last = r.Header.Clone()
		s.mu.Unlock()
	}
	return s.next.RoundTrip(r)
}

func (s *spy) header(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.Get(name)
}

func (s *server) secure() bool { return strings.HasPrefix(s.URL, "https:") }
