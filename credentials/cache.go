package credentials

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	lookupTimeout = time.Minute      // of a look-up as a whole
	lookupPause   = 10 * time.Second // after one ahead of need has failed, or found what has expired
	lastMoments   = 10 * time.Second // in which credentials no longer count as good
)

// CacheConfig adjusts a [Cache].
type CacheConfig struct {
	// RefreshAhead is how long before their end credentials are renewed. The
	// renewal begins up to a fifth earlier at random, so that many processes
	// do not come at once, and at most a quarter of the credentials' life
	// before its end. Default 5 minutes.
	RefreshAhead time.Duration

	// Clock tells the time. Default [time.Now].
	Clock func() time.Time
}

// Cache is a [Provider] that remembers what another one found. It is safe for
// concurrent use.
//
// However many callers ask, one look-up runs at a time. It has a context of its
// own, limited to a minute: a caller who gives up ends only his own waiting.
// Credentials near their end are renewed in the background while they still
// serve; if that fails, they serve until they expire. A failure is told to
// those who wait for it and then forgotten: the next call looks again. Credentials
// that have expired when they are found serve for ten seconds, or until a server
// refuses them.
type Cache struct {
	provider Provider
	config   CacheConfig

	current atomic.Pointer[entry]

	mu     sync.Mutex
	flight *flight   // nil: no look-up is under way
	pause  time.Time // until then, no look-up ahead of need
}

// entry is what a look-up found. Times that are zero are never reached.
type entry struct {
	credentials Credentials
	renew       time.Time // from here on, look ahead of need
	end         time.Time // from here on, do not use
}

// flight is a look-up under way. Its result is there once done is closed; it is
// a function for the reason that static has one.
type flight struct {
	done   chan struct{}
	result func() (Credentials, error)
}

// Cached returns a Cache of what p finds.
func Cached(p Provider, opts ...func(*CacheConfig)) *Cache {
	config := CacheConfig{RefreshAhead: 5 * time.Minute}
	for _, option := range opts {
		option(&config)
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	return &Cache{provider: p, config: config}
}

// Format prints what finds the credentials, and of a Provider that does not say how it
// prints no more than its type: fmt would look into it, and into c without its lock.
func (c *Cache) Format(f fmt.State, _ rune) {
	switch p := c.provider.(type) {
	case fmt.Formatter, fmt.Stringer:
		fmt.Fprintf(f, "%v, cached", p)
	default:
		fmt.Fprintf(f, "%T, cached", p)
	}
}

// Retrieve returns the credentials remembered or, if there are none that still
// serve, waits for a look-up or for the end of ctx.
func (c *Cache) Retrieve(ctx context.Context) (Credentials, error) {
	for {
		e := c.current.Load()
		if e != nil {
			if e.end.IsZero() {
				return e.credentials, nil
			}
			now := c.config.Clock()
			if now.Before(e.renew) {
				return e.credentials, nil
			}
			if now.Before(e.end) {
				c.lookAhead(e, now)
				return e.credentials, nil
			}
		}
		f := c.lookUp(e)
		if f == nil {
			continue
		}
		select {
		case <-f.done:
			return f.result()
		case <-ctx.Done():
			return Credentials{}, ctx.Err()
		}
	}
}

// Invalidate forgets the credentials refused, so that the next call looks
// again; a [Refresher] behind the cache is told, too. It is for credentials
// that a server refused although their time is not up. If others are remembered
// by now, nothing happens.
func (c *Cache) Invalidate(refused Credentials) {
	if c.forget(&refused) {
		if r, ok := c.provider.(Refresher); ok {
			r.Invalidate(refused)
		}
	}
}

// forget reports whether nothing newer than refused is remembered.
func (c *Cache) forget(refused *Credentials) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.current.Load(); e != nil && !e.credentials.same(refused) {
		return false
	}
	c.current.Store(nil)
	c.pause = time.Time{}
	return true
}

// lookAhead begins a look-up that nobody waits for.
func (c *Cache) lookAhead(e *entry, now time.Time) {
	c.mu.Lock()
	paused := now.Before(c.pause)
	c.mu.Unlock()
	if !paused {
		c.lookUp(e)
	}
}

// lookUp returns the look-up under way, or begins one in place of seen. It
// returns nil if there is something newer than seen already.
func (c *Cache) lookUp(seen *entry) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flight != nil {
		return c.flight
	}
	if c.current.Load() != seen {
		return nil
	}
	c.flight = &flight{done: make(chan struct{})}
	go c.fly(c.flight)
	return c.flight
}

func (c *Cache) fly(f *flight) {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	found, err := Credentials{}, errors.New("credentials: the provider has ended its goroutine")
	// Deferred, so that such a provider leaves nobody waiting.
	defer func() { c.land(f, found, err) }()
	found, err = c.provider.Retrieve(ctx)
}

// land ends a look-up.
func (c *Cache) land(f *flight, found Credentials, err error) {
	now := c.config.Clock()
	f.result = func() (Credentials, error) { return found, err }

	c.mu.Lock()
	if err == nil {
		c.current.Store(c.entry(found, now))
	} else {
		c.pause = now.Add(lookupPause)
	}
	c.flight = nil
	c.mu.Unlock()
	close(f.done)
}

// entry says how long credentials found at now serve. Such as have expired do for a
// short while, lest every call looks them up again: it may be our clock that is
// wrong, and the server will tell.
func (c *Cache) entry(found Credentials, now time.Time) *entry {
	if found.Expires.IsZero() {
		return &entry{credentials: found}
	}
	// The monotonic clock stands still while a machine sleeps, but credentials
	// age: from here on only the wall clock counts.
	expires := found.Expires.Round(0)
	life := expires.Sub(now)
	if life <= 0 {
		rest := now.Round(0).Add(lookupPause)
		return &entry{credentials: found, renew: rest, end: rest}
	}
	ahead := c.config.RefreshAhead
	if ahead > 0 {
		ahead += rand.N(ahead/5 + 1)
	}
	lost := min(lastMoments, life/10) // at the end of their life
	return &entry{
		credentials: found,
		renew:       expires.Add(-max(lost, min(ahead, life/4))),
		end:         expires.Add(-lost),
	}
}
