package transfer

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// busy has clients requests to a server made without end until stop, of which
// each takes what took says for so many in flight, and returns how many there
// were at the end.
func busy(t *testing.T, w *window, clients int, took func(flying int) time.Duration, throttled func(flying int) bool, stop time.Duration) (limit float64, done int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), stop)
	defer cancel()
	var group sync.WaitGroup
	var mu sync.Mutex
	flying := 0
	for range clients {
		group.Go(func() {
			for {
				p, err := w.enter(ctx)
				if err != nil {
					return
				}
				mu.Lock()
				flying++
				wait := took(flying)
				refuse := throttled != nil && throttled(flying)
				mu.Unlock()
				if refuse {
					p.throttled()
				}
				time.Sleep(wait)
				mu.Lock()
				flying--
				done++
				mu.Unlock()
				p.leave(0)
			}
		})
	}
	group.Wait()
	if w.flying != 0 || w.waiting.Len() != 0 {
		t.Errorf("%d requests in flight, %d waiting, when all have ended", w.flying, w.waiting.Len())
	}
	return w.limit, done
}

func TestWindowClimbsWhereMoreGetsMoreDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(64)
		limit, done := busy(t, w, 200, func(int) time.Duration { return 20 * time.Millisecond }, nil, 10*time.Second)
		if limit != 64 {
			t.Errorf("the limit is %v after 10 s at a server with latency only, want 64", limit)
		}
		if ideal := 64 * 500; done < ideal*95/100 {
			t.Errorf("%d requests were made, of %d that could have been", done, ideal)
		}
	})
}

func TestWindowStaysWhereMoreIsOfNoUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(64)
		most := 0.0
		// A server that has no more to give than ten requests at a time take.
		limit, _ := busy(t, w, 200, func(n int) time.Duration {
			most = max(most, float64(n))
			return 10 * time.Millisecond * time.Duration(max(10, n))
		}, nil, time.Minute)
		if limit < 8 || limit > 20 || most > 32 {
			t.Errorf("the limit is %v and was up to %v, where ten requests at a time are all that is of use", limit, most)
		}
	})
}

func TestWindowIsNoneOfOneThatIsNotFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(64)
		limit, _ := busy(t, w, 5, func(int) time.Duration { return 20 * time.Millisecond }, nil, 10*time.Second)
		if limit != firstWindow {
			t.Errorf("the limit is %v, although no request ever had to wait", limit)
		}
	})
}

func TestWindowGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(64)
		refused := 0
		_, done := busy(t, w, 200, func(int) time.Duration { return 20 * time.Millisecond }, func(n int) bool {
			if n > 20 {
				refused++
			}
			return n > 20
		}, time.Minute)
		if share := float64(refused) / float64(done); share > 0.05 {
			t.Errorf("the server refused %d of %d requests", refused, done)
		}
		if ideal := 20 * 50 * 60; done < ideal/2 {
			t.Errorf("%d requests were made, of %d that could have been", done, ideal)
		}
	})
}

func TestWindowIsHalvedOnceForAllInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(64)
		w.widen(32)
		places := make([]place, 32)
		for i := range places {
			places[i], _ = w.enter(t.Context())
		}
		for _, p := range places {
			p.throttled()
		}
		if w.limit != 16 || !w.braked() {
			t.Errorf("the limit is %v after 32 requests in flight were throttled, want 16", w.limit)
		}
		w.widen(64) // does not undo it
		for _, p := range places {
			p.leave(0)
		}
		for range 2000 {
			p, err := w.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p.leave(0)
		}
		if w.limit != 32 || w.braked() {
			t.Errorf("the limit is %v after 2000 good requests, want 32 again", w.limit)
		}
		for range 100 {
			p, _ := w.enter(t.Context())
			p.throttled()
			p.leave(-1)
		}
		if w.limit != 1 {
			t.Errorf("the limit is %v after 100 requests of which each was throttled, want 1", w.limit)
		}
	})
}

func TestWindowForgetsWhoStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(1)
		first, err := w.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() {
			_, err := w.enter(ctx)
			gone <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		first.leave(0)
		second, err := w.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		second.leave(0)
	})
}

func TestWindowTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow(1)
		p, _ := w.enter(t.Context())
		var order []int
		var group sync.WaitGroup
		for i := range 10 {
			group.Go(func() {
				p, _ := w.enter(t.Context())
				order = append(order, i)
				p.leave(0)
			})
			synctest.Wait() // until it waits
		}
		p.leave(0)
		group.Wait()
		for i, n := range order {
			if n != i {
				t.Fatalf("the turns were %v", order)
			}
		}
	})
}

func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1 << 20)
		began := time.Now()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 16 {
					if err := p.wait(t.Context(), 64<<10); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if took := time.Since(began); math.Abs(took.Seconds()-4) > 0.1 {
			t.Errorf("4 MiB took %v at 1 MiB per second", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.wait(ctx, 10<<20); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestHedgeIsBounded(t *testing.T) {
	var h hedge
	if h.answers.after() != 0 {
		t.Error("what is late is known before anything came")
	}
	atOnce, allowed := 0, 0
	for i := range 10_000 {
		h.count()
		h.answers.note(time.Duration(10+i%10) * time.Millisecond)
		for h.allow(false) {
			atOnce++
			allowed++
		}
		for i%100 == 99 && h.allow(true) {
			allowed++
		}
	}
	if atOnce > 250 || allowed != 500 {
		t.Errorf("%d requests were asked for twice, %d of them as soon as they were late, of 10000", allowed, atOnce)
	}
	if late := h.answers.after(); late < 19*time.Millisecond || late > 25*time.Millisecond {
		t.Errorf("%v is late, where answers take 10 to 19 ms", late)
	}
}
