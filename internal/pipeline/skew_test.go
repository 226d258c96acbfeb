package pipeline

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/internal/apierror"
)

// skewed serves calls that are signed with the right time; its own clock is
// off from the client's by the value of ahead.
func skewed(t *testing.T, ahead *atomic.Int64, header ...string) *rig {
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		now := time.Now().Add(time.Duration(ahead.Load()))
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		if signed, err := http.ParseTime(r.Header.Get("X-Signed")); err != nil || now.Sub(signed).Abs() > time.Minute {
			w.WriteHeader(403)
		}
	})
	r.sign = func(c *Call, req *http.Request) error {
		req.Header.Set("X-Signed", c.Now().UTC().Format(http.TimeFormat))
		return nil
	}
	r.judge = func(c *Call, h http.Header, e *apierror.Error) Verdict {
		if e.StatusCode == 403 && c.CorrectSkew(h, 5*time.Second) {
			return Again
		}
		return Fail
	}
	return r
}

func TestSkewIsMeasuredAnew(t *testing.T) {
	var ahead atomic.Int64
	r := skewed(t, &ahead)
	for _, skew := range []time.Duration{time.Hour, 0, -20 * time.Minute} {
		ahead.Store(int64(skew))
		for i, want := range []int{2, 1, 1} {
			if skew == 0 && i == 0 {
				want = 2 // the clock was set right, and the correction is wrong
			}
			var out output
			if err := r.do(t.Context(), opPut, nil, &out); err != nil {
				t.Fatalf("skew %v: %v", skew, err)
			}
			if out.ResponseMetadata.Attempts != want {
				t.Errorf("skew %v, call %d: %d attempts, want %d", skew, i+1, out.ResponseMetadata.Attempts, want)
			}
		}
		if got := time.Until(r.rt.Now()); (got - skew).Abs() > 3*time.Second {
			t.Errorf("skew %v is measured as %v", skew, got)
		}
	}
}

// TestSkewMetByManyAtOnce: those that did not measure it go on as well.
func TestSkewMetByManyAtOnce(t *testing.T) {
	var ahead atomic.Int64
	ahead.Store(int64(time.Hour))
	r := skewed(t, &ahead)
	var start, done sync.WaitGroup
	start.Add(32)
	sign := r.sign
	var n atomic.Int64
	r.sign = func(c *Call, req *http.Request) error {
		err := sign(c, req)
		if n.Add(1) <= 32 {
			start.Done()
			start.Wait() // all sign before the first is answered
		}
		return err
	}
	for range 32 {
		done.Go(func() {
			if err := r.do(t.Context(), opPut, nil, &output{}); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
}

func TestSkewThatExplainsNothing(t *testing.T) {
	var ahead atomic.Int64
	ahead.Store(int64(time.Hour))
	r := skewed(t, &ahead, "Age", "3600")
	wantAttempts(t, r.do(t.Context(), opPut, nil, &output{}), 1)
	if r.rt.skew.offset() != 0 {
		t.Error("an answer out of a cache was measured")
	}

	ahead.Store(0)
	r = skewed(t, &ahead)
	r.sign = func(*Call, *http.Request) error { return nil } // refused for another reason
	wantAttempts(t, r.do(t.Context(), opPut, nil, &output{}), 1)

	s := &skew{}
	for _, h := range []http.Header{{}, {"Date": {"yesterday"}}} {
		if s.correct(h, time.Now(), 0, 0) {
			t.Errorf("%v was measured", h)
		}
	}
}

func TestDerivedRuntimesShare(t *testing.T) {
	var ahead atomic.Int64
	ahead.Store(int64(time.Hour))
	r := skewed(t, &ahead)
	d := r.rt.Derive(Options{UserAgent: "program/1"})
	d.Retry.MaxAttempts = 7
	if err := Do(t.Context(), d, r, opPut, &input{Key: "k"}, &output{}); err != nil {
		t.Fatal(err)
	}
	if r.rt.skew.offset() == 0 {
		t.Error("the skew that a derived runtime measured is its own")
	}
	d.budgets.take(r.host)
	if got := *r.rt.budgets.of(r.host); got >= budgetReserve {
		t.Errorf("the quota is %v: a derived runtime has its own", got)
	}
	if r.rt.Retry.MaxAttempts == 7 || r.rt.userAgent[0] == d.userAgent[0] {
		t.Error("a setting of the derived runtime is the other's")
	}
}
