package transfer

import (
	"context"
	"sync"
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

	// Retries is how many requests failed and were repeated.
	Retries int

	// Reused is how many of Parts had been sent by an earlier upload: see
	// [WithResume].
	Reused int

	// Refused is set in events of their own. It says why an upload that was left
	// behind, or a part of one, is of no use to this one: see [WithResume].
	Refused error

	// Done marks the last event, and Err is then the error of the transfer.
	Done bool
	Err  error
}

const progressInterval = 100 * time.Millisecond

// progress collects what is reported of one transfer. A nil one collects
// nothing.
type progress struct {
	report func(Event)

	mu    sync.Mutex
	event Event
	moved int64 // goes down when an attempt is repeated
	last  time.Time
}

func newProgress(o *options, name string) *progress {
	if o.progress == nil {
		return nil
	}
	return &progress{report: o.progress, event: Event{Name: name, Total: -1}, last: time.Now()}
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
		p.report(p.event)
	}
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
	p.report(p.event)
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
	p.report(p.event)
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
	p.report(e)
}

func (p *progress) retry(error, time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Retries++
	p.report(p.event)
}

// done sends the last event.
func (p *progress) done(err error) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Done, p.event.Err = true, err
	p.report(p.event)
}

// retries returns a context whose calls report their retries.
func (p *progress) retries(ctx context.Context) context.Context {
	if p == nil {
		return ctx
	}
	return observe.With(ctx, &observe.Observer{Retry: p.retry})
}

// sending returns a context for a call that sends size bytes, and a function
// for when it has succeeded. What the call reported until then may be less
// than size: a bucket need not report at all.
func (p *progress) sending(ctx context.Context, size int64) (_ context.Context, sent func()) {
	if p == nil {
		return ctx, func() {}
	}
	var mu sync.Mutex
	var counted int64
	o := &observe.Observer{Retry: p.retry, Sent: func(n int64) {
		mu.Lock()
		counted += n
		mu.Unlock()
		p.add(n)
	}}
	return observe.With(ctx, o), func() {
		mu.Lock()
		defer mu.Unlock()
		p.part(size - counted)
	}
}
