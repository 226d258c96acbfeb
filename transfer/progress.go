package transfer

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/entrepot-go/entrepot/internal/observe"
)

// Event is how far a transfer has come. Events are sent ten times a second
// while bytes are moving, after each part and each retry, and at the end.
type Event struct {
	// Name is the name of the object.
	Name string

	// Bytes is how many bytes of the object have been moved. It never goes
	// down: bytes that are sent once more count once.
	Bytes int64

	// Total is the size of the object, -1 while it is not known.
	Total int64

	// Parts is how many parts, or ranges of a download, are complete.
	Parts int

	// TotalParts is how many there are, 0 while it is not known.
	TotalParts int

	// Rate is how many bytes per second have been moved of late.
	Rate float64

	// Retries is how many requests failed and were repeated.
	Retries int

	// Retry is set in events of their own. It says why a request failed that is
	// repeated after Wait; Throttled, that the server has asked for less.
	Retry     error
	Wait      time.Duration
	Throttled bool

	// Reused is how many of Parts had been moved earlier: see [WithCheckpoint] and
	// [WithResume].
	Reused int

	// Refused is set in events of their own. It says why what was left behind, or a
	// part of it, is of no use: see [WithCheckpoint] and [WithResume].
	Refused error

	// All is what has come of the whole, if this is one object of many.
	All Totals

	// Done marks the last event, and Err is then the error of the transfer.
	Done bool
	Err  error
}

// Totals is how far the transfer of many objects has come.
type Totals struct {
	// Objects is how many have been dealt with: copied, found to be the same, or
	// failed. Bytes is how many of their bytes are there.
	Objects, Bytes int64

	// TotalObjects and TotalBytes are those that have been found so far.
	TotalObjects, TotalBytes int64

	// Failed is how many of Objects have failed.
	Failed int64
}

// Remaining is how long the rest will take if the rate stays what it is, and
// whether that can be told.
func (e Event) Remaining() (time.Duration, bool) {
	if e.Total < 0 || e.Rate <= 0 {
		return 0, false
	}
	seconds := float64(e.Total-e.Bytes) / e.Rate
	if seconds > math.MaxInt64/float64(time.Second) {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

const progressInterval = 100 * time.Millisecond

// rateWindow is the time over which rates are averaged.
const rateWindow = 3 * time.Second

// progress collects what is reported of one transfer. A nil one collects
// nothing.
type progress struct {
	report func(Event)

	mu    sync.Mutex
	event Event
	moved int64 // goes down when an attempt is repeated
	last  time.Time

	rated      time.Time // when the rate was worked out last
	ratedBytes int64     // and how many bytes had been moved then
}

func newProgress(o *options, name string) *progress {
	if o.progress == nil {
		return nil
	}
	return &progress{report: o.progress, event: Event{Name: name, Total: -1}, last: time.Now(), rated: time.Now()}
}

// total tells the size of the whole, and the number of parts or 0.
func (p *progress) total(size int64, parts int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Total, p.event.TotalParts = size, parts
}

// add counts n bytes, which are negative if they are taken back.
func (p *progress) add(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count(n)
	if now := time.Now(); now.Sub(p.last) >= progressInterval {
		p.last = now
		p.send(p.event)
	}
}

// send reports an event.
func (p *progress) send(e Event) {
	if now := time.Now(); now.Sub(p.rated) >= progressInterval {
		took := now.Sub(p.rated)
		rate := float64(p.event.Bytes-p.ratedBytes) / took.Seconds()
		if p.event.Rate == 0 {
			p.event.Rate = rate
		} else {
			p.event.Rate += (rate - p.event.Rate) * (1 - math.Exp(-float64(took)/float64(rateWindow)))
		}
		p.rated, p.ratedBytes = now, p.event.Bytes
	}
	e.Rate = p.event.Rate
	p.report(e)
}

func (p *progress) count(n int64) {
	p.moved += n
	p.event.Bytes = max(p.event.Bytes, p.moved)
	if p.event.Total >= 0 {
		p.event.Bytes = min(p.event.Bytes, p.event.Total)
	}
}

// part counts a complete part of which n bytes have not been counted yet.
func (p *progress) part(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count(n)
	p.event.Parts++
	p.send(p.event)
}

// reused counts a part of n bytes that need not be sent.
func (p *progress) reused(n int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count(n)
	p.event.Parts++
	p.event.Reused++
	p.send(p.event)
}

// anew forgets what has been moved: all of it will be, in another way.
func (p *progress) anew() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.moved, p.event.Parts, p.event.Reused = 0, 0, 0
}

// refused reports what cannot be used, and why.
func (p *progress) refused(why error) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.event
	e.Refused = why
	p.send(e)
}

func (p *progress) retry(err error, wait time.Duration, throttled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Retries++
	e := p.event
	e.Retry, e.Wait, e.Throttled = err, wait, throttled
	p.send(e)
}

// done sends the last event.
func (p *progress) done(err error) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Done, p.event.Err = true, err
	p.send(p.event)
}

// retries returns a context whose calls report their retries.
func (p *progress) retries(ctx context.Context) context.Context {
	if p == nil {
		return ctx
	}
	return observe.With(ctx, &observe.Observer{Retry: p.retry})
}

// watched returns a context for the call of the place.
func (p place) watched(ctx context.Context) context.Context {
	return observe.With(ctx, p.observer(ctx))
}

// observer tells the window of throttling, and of retries whoever is told by ctx.
func (p place) observer(ctx context.Context) *observe.Observer {
	outer := observe.From(ctx)
	return &observe.Observer{Retry: func(err error, wait time.Duration, throttled bool) {
		if throttled {
			p.throttled()
		}
		if outer != nil && outer.Retry != nil {
			outer.Retry(err, wait, throttled)
		}
	}}
}

// sending returns a context for a call that takes up the slot and sends size
// bytes, and a function for when it has succeeded. What the call reported until
// then may be less than size: a bucket need not report at all.
func (s *slot) sending(ctx context.Context, p *progress, size int64) (_ context.Context, sent func()) {
	var counted, paid atomic.Int64
	o := s.place.observer(ctx)
	if p != nil {
		o.Sent = func(n int64) {
			counted.Add(n)
			p.add(n)
		}
	}
	send := s.m.send
	if send != nil {
		o.Pace = func(ctx context.Context, n int) (int, error) {
			n = send.atOnce(n)
			paid.Add(int64(n))
			return n, send.wait(ctx, n)
		}
	}
	return observe.With(ctx, o), func() {
		p.part(size - counted.Load())
		_ = send.wait(ctx, int(max(0, size-paid.Load()))) // it has been sent
	}
}
