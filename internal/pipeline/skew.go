package pipeline

import (
	"net/http"
	"sync/atomic"
	"time"
)

// skewLimit is how far a clock may be off before a bare refusal is blamed on
// it. S3 itself tolerates 15 minutes, presigned requests and others less.
const skewLimit = 5 * time.Minute

// skew is the measured difference between the server's clock and ours.
type skew struct{ nanos atomic.Int64 }

func (s *skew) offset() time.Duration { return time.Duration(s.nanos.Load()) }

// correct measures the skew anew from an answer and reports whether that
// moved the corrected time by more than the limit: then, and only then, the
// clock explains a refusal.
func (s *skew) correct(h http.Header, now time.Time, limit time.Duration) bool {
	// An answer out of a cache tells when it was made, not what time it is.
	if age := h.Get("Age"); age != "" && age != "0" {
		return false
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return false
	}
	measured := date.Sub(now)
	before := s.offset()
	if (measured - before).Abs() <= limit {
		return false
	}
	s.nanos.Store(int64(measured))
	return true
}
