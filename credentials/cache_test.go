package credentials

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// source is a Provider whose answers a test sets. Each takes a second.
type source struct {
	mu    sync.Mutex
	calls int
	life  time.Duration // of what it finds; 0: lasts
	err   error
}

func (s *source) set(life time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life, s.err = life, err
}

func (s *source) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *source) Retrieve(ctx context.Context) (Credentials, error) {
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return Credentials{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.err != nil {
		return Credentials{}, s.err
	}
	c := Credentials{AccessKeyID: fmt.Sprint(s.calls), SecretAccessKey: "secret"}
	if s.life != 0 {
		c.Expires = time.Now().Add(s.life)
	}
	return c, nil
}

// wantID retrieves from the cache and wants the credentials of the nth look-up.
func wantID(t *testing.T, c *Cache, id string) {
	t.Helper()
	got, err := c.Retrieve(t.Context())
	if err != nil || got.AccessKeyID != id {
		t.Errorf("Retrieve = %v, %v; want those of look-up %s", got, err, id)
	}
}

func TestCacheRunsOneLookUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		c := Cached(s)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { wantID(t, c, "1") })
		}
		wg.Wait()
		time.Sleep(1000 * time.Hour)
		wantID(t, c, "1")
		if n := s.count(); n != 1 {
			t.Errorf("%d look-ups, want 1", n)
		}
	})
}

func TestCacheRenewsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{life: time.Hour}
		c := Cached(s)
		wantID(t, c, "1")
		time.Sleep(time.Hour - 6*time.Minute - time.Second)
		wantID(t, c, "1")
		synctest.Wait()
		time.Sleep(5 * time.Second)
		if n := s.count(); n != 1 {
			t.Fatalf("%d look-ups more than six minutes ahead, want 1", n)
		}
		time.Sleep(time.Minute) // now less than five minutes ahead
		start := time.Now()
		for range 10 {
			wantID(t, c, "1") // while the renewal is under way
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("callers waited %v for a renewal ahead of need", waited)
		}
		time.Sleep(2 * time.Second)
		wantID(t, c, "2")
		if n := s.count(); n != 2 {
			t.Errorf("%d look-ups, want 2", n)
		}
	})
}

func TestCacheServesStaleUntilTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{life: time.Hour}
		c := Cached(s)
		wantID(t, c, "1")
		broken := errors.New("token service is down")
		s.set(time.Hour, broken)

		time.Sleep(time.Hour - 4*time.Minute)
		for range 60 { // a minute of calls
			wantID(t, c, "1")
			time.Sleep(time.Second)
		}
		if n := s.count(); n < 2 || n > 8 {
			t.Errorf("%d look-ups in a minute of failures, want one each ten seconds or so", n-1)
		}
		time.Sleep(3 * time.Minute)
		if got, err := c.Retrieve(t.Context()); !errors.Is(err, broken) {
			t.Errorf("after the end: %v, %v; want %v", got, err, broken)
		}

		s.set(time.Hour, nil)
		n := s.count()
		wantID(t, c, fmt.Sprint(n+1)) // the failure is forgotten at once
	})
}

func TestCacheForgetsFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		s := &source{err: broken}
		c := Cached(s)
		for range 3 {
			if _, err := c.Retrieve(t.Context()); !errors.Is(err, broken) {
				t.Errorf("error %v, want %v", err, broken)
			}
		}
		s.set(0, nil)
		wantID(t, c, "4")
	})
}

func TestCacheOutlivesTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(source)
		c := Cached(s)
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error)
		go func() {
			_, err := c.Retrieve(ctx)
			gaveUp <- err
		}()
		synctest.Wait() // the first caller has begun the look-up
		var patient sync.WaitGroup
		patient.Go(func() { wantID(t, c, "1") })
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("the caller who gave up got %v", err)
		}
		patient.Wait()
		wantID(t, c, "1")
		if n := s.count(); n != 1 {
			t.Errorf("%d look-ups, want 1", n)
		}
	})
}

func TestCacheLimitsALookUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Cached(ProviderFunc(func(ctx context.Context) (Credentials, error) {
			<-ctx.Done()
			return Credentials{}, ctx.Err()
		}))
		start := time.Now()
		if _, err := c.Retrieve(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want %v", err, context.DeadlineExceeded)
		}
		if waited := time.Since(start); waited != time.Minute {
			t.Errorf("waited %v for a look-up that hangs, want a minute", waited)
		}
	})
}

func TestCacheInvalidate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{life: time.Hour}
		c := Cached(s)
		first, err := c.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Invalidate(first)
		wantID(t, c, "2")
		wantID(t, c, "2")
		c.Invalidate(first) // by a call that set out with them and comes late
		wantID(t, c, "2")
		if n := s.count(); n != 2 {
			t.Errorf("%d look-ups, want 2", n)
		}
	})
}

func TestCacheRenewsOnceForManyRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{life: time.Hour}
		c := Cached(s)
		first, err := c.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond) // before, during and after the renewal
				c.Invalidate(first)
				wantID(t, c, "2")
			})
		}
		wg.Wait()
		if n := s.count(); n != 2 {
			t.Errorf("%d look-ups, want 2", n)
		}
	})
}

// forgetful is a Refresher that counts how often it is told to forget.
type forgetful struct {
	source
	told []string
}

func (f *forgetful) Invalidate(refused Credentials) { f.told = append(f.told, refused.AccessKeyID) }

func TestCacheOfARefresherInvalidatesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &forgetful{source: source{life: time.Hour}}
		c := Cached(f)
		first, err := c.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Invalidate(first)
		wantID(t, c, "2")
		c.Invalidate(first) // no longer remembered: the Refresher has nothing to forget either
		if diff := cmp.Diff([]string{"1"}, f.told); diff != "" {
			t.Errorf("what the Refresher was told to forget (-want +got):\n%s", diff)
		}

		// What has expired is perhaps remembered there for longer.
		f.told = nil
		f.set(-time.Hour, nil)
		c = Cached(f)
		expired, err := c.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Invalidate(expired)
		if diff := cmp.Diff([]string{"3"}, f.told); diff != "" {
			t.Errorf("what the Refresher was told to forget (-want +got):\n%s", diff)
		}
	})
}

// TestCacheGoesByTheWallClock: a monotonic reading, which a sleeping machine
// does not advance, would hide that credentials have expired.
func TestCacheGoesByTheWallClock(t *testing.T) {
	c := Cached(Env())
	now := time.Now()
	e := c.entry(Credentials{Expires: now.Add(time.Hour)}, now)
	for name, moment := range map[string]time.Time{"renew": e.renew, "end": e.end} {
		if moment != moment.Round(0) {
			t.Errorf("%s has a monotonic reading: %v", name, moment)
		}
	}
}

func TestCacheRenewsAtRandom(t *testing.T) {
	c := Cached(Env())
	now := time.Now().Round(0)
	expires := now.Add(time.Hour)
	seen := make(map[time.Duration]bool)
	for range 100 {
		ahead := expires.Sub(c.entry(Credentials{Expires: expires}, now).renew)
		if ahead < 5*time.Minute || ahead > 6*time.Minute {
			t.Fatalf("renewed %v ahead, want five to six minutes", ahead)
		}
		seen[ahead] = true
	}
	if len(seen) < 50 {
		t.Errorf("%d moments in 100 processes, want them spread", len(seen))
	}
}

func TestCacheOfExpiredCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{life: -time.Hour}
		c := Cached(s)
		for range 9 { // given all the same, and not looked up again with every call
			wantID(t, c, "1")
			time.Sleep(time.Second)
		}
		time.Sleep(time.Second)
		wantID(t, c, "2")
		refused, err := c.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Invalidate(refused)
		wantID(t, c, "3") // at once
		if n := s.count(); n != 3 {
			t.Errorf("%d look-ups, want 3", n)
		}
	})
}

// TestCacheOfAProviderThatExits: one that ends its goroutine, as a test's does that
// fails, leaves nobody waiting.
func TestCacheOfAProviderThatExits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exits := true
		c := Cached(ProviderFunc(func(context.Context) (Credentials, error) {
			time.Sleep(time.Second)
			if exits {
				runtime.Goexit()
			}
			return Credentials{AccessKeyID: "1"}, nil
		}))
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if got, err := c.Retrieve(t.Context()); err == nil {
					t.Errorf("Retrieve = %v, want an error", got)
				}
			})
		}
		wg.Wait()
		exits = false
		wantID(t, c, "1")
	})
}

// TestCacheInAStorm has many callers come, give up, and refuse what they got.
func TestCacheInAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var flying, most, calls atomic.Int64
		s := &source{life: 20 * time.Second}
		c := Cached(ProviderFunc(func(ctx context.Context) (Credentials, error) {
			most.Store(max(most.Load(), flying.Add(1)))
			defer flying.Add(-1)
			calls.Add(1)
			return s.Retrieve(ctx)
		}))
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				for j := range 50 {
					ctx, cancel := context.WithCancel(t.Context())
					if (i+j)%3 == 0 {
						time.AfterFunc(time.Duration(i)*10*time.Millisecond, cancel)
					}
					got, err := c.Retrieve(ctx)
					if err != nil && !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
					if err == nil && (got.AccessKeyID == "" || !time.Now().Before(got.Expires)) {
						t.Errorf("after %d of %d calls: %v, which ended at %v", j, i, got, got.Expires)
					}
					cancel()
					if err == nil && (i*j)%37 == 1 {
						c.Invalidate(got)
					}
					time.Sleep(time.Duration(1+i%7) * 100 * time.Millisecond)
				}
			})
		}
		wg.Wait()
		if most.Load() != 1 {
			t.Errorf("%d look-ups at a time, want 1", most.Load())
		}
		if n := calls.Load(); n < 2 || n > 100 { // a look-up takes a second, and all take some minute
			t.Errorf("%d look-ups", n)
		}
	})
}

func TestCacheOfShortLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{life: 4 * time.Minute} // less than the usual time ahead
		c := Cached(s)
		wantID(t, c, "1")
		time.Sleep(3*time.Minute - time.Second)
		wantID(t, c, "1")
		time.Sleep(2 * time.Second)
		if n := s.count(); n != 1 {
			t.Errorf("%d look-ups before three quarters of the life, want 1", n)
		}
		wantID(t, c, "1")
		time.Sleep(2 * time.Second)
		wantID(t, c, "2")
	})
}

func TestCacheClock(t *testing.T) {
	var now atomic.Int64
	calls := 0
	c := Cached(ProviderFunc(func(context.Context) (Credentials, error) {
		calls++
		return Credentials{AccessKeyID: fmt.Sprint(calls), Expires: time.Unix(now.Load()+3600, 0)}, nil
	}), func(c *CacheConfig) {
		c.Clock = func() time.Time { return time.Unix(now.Load(), 0) }
		c.RefreshAhead = 0
	})
	wantID(t, c, "1")
	now.Store(3600 - 11)
	wantID(t, c, "1")
	now.Store(3600 - 10) // too late to be sent with it
	wantID(t, c, "2")
}

func BenchmarkCache(b *testing.B) {
	c := Cached(ProviderFunc(func(context.Context) (Credentials, error) {
		return Credentials{AccessKeyID: "id", Expires: time.Now().Add(time.Hour)}, nil
	}))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Retrieve(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// careless is a Provider that shows its secret to whoever prints it.
type careless struct{ Secret string }

func (c careless) Retrieve(context.Context) (Credentials, error) {
	return Credentials{AccessKeyID: "id", SecretAccessKey: c.Secret}, nil
}

// TestCachePrintsNoSecret: fmt looks into what is unexported, and without the lock.
func TestCachePrintsNoSecret(t *testing.T) {
	for want, p := range map[string]Provider{"credentials.careless, cached": careless{"hush"}, "id (static), cached": Static("id", "hush", "")} {
		c := Cached(p)
		if _, err := c.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
			if got := fmt.Sprintf(verb, c); got != want {
				t.Errorf("%s prints %q, want %q", verb, got, want)
			}
		}
	}
}
