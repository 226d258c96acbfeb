package pipeline

import (
	"net/http"
	"sync/atomic"
	"time"
)

// skew is the measured difference between the server's clock and ours.
type skew struct{ nanos atomic.Int64 }

func (s *skew) offset() time.Duration { return time.Duration(s.nanos.Load()) }

// correct measures the skew anew from an answer and reports whether the
// request, which reckoned with used, was off by more than the limit: then, and
// only then, the clock explains a refusal. What another call has measured
// meanwhile does not matter: this request did not know of it.
func (s *skew) correct(h http.Header, now time.Time, used, limit time.Duration) bool {
	// An answer out of a cache tells when it was made, not what time it is.
	if age := h.Get("Age"); age != "" && age != "0" {
		return false
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return false
	}
	measured := date.Sub(now)
	if (measured - used).Abs() <= limit {
		return false
	}
	s.nanos.Store(int64(measured))
	return true
}
