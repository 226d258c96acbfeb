package transfer

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// hedge decides when a server is so late that the same is asked for once more, to
// take what comes first. Only downloads do that, and only for one request of
// twenty: if all are late, more of them are no help. Half of these are for the ones
// that are twice as late, so that many a little late leave some for one that never
// comes.
type hedge struct {
	answers, pauses waits

	mu    sync.Mutex
	asked int64
	extra int64
}

const (
	hedgeShare = 20 // requests to one that is made twice

	// Of so many waits the last are kept, and at least some must be known
	// before another can be called late.
	waitsKept, waitsLeast = 128, 32

	// leastLate is what no server is blamed for: it may be the client itself.
	leastLate = time.Millisecond
)

// waits are how long the last answers, or the longest pauses of the last bodies,
// have been waited for.
type waits struct {
	mu    sync.Mutex
	last  [waitsKept]time.Duration
	count int
	late  time.Duration
}

func (w *waits) note(wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last[w.count%waitsKept] = wait
	w.count++
	if w.count >= waitsLeast && w.count%(waitsKept/16) == 0 {
		sorted := w.last
		known := sorted[:min(w.count, waitsKept)]
		slices.Sort(known)
		usual := known[len(known)*95/100]
		w.late = max(usual+usual/4, leastLate)
	}
}

// after is how long to wait before it is late; 0: that is not known.
func (w *waits) after() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.late
}

// count counts a request.
func (h *hedge) count() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked++
}

// allow reports whether one more request may be made, and counts it. Again says that
// it was not when it was asked for first.
func (h *hedge) allow(again bool) bool {
	share := int64(2 * hedgeShare)
	if again {
		share = hedgeShare
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if (h.extra+1)*share > h.asked {
		return false
	}
	h.extra++
	return true
}

// ask opens n bytes of the object from off on, or all there are if n is negative.
// If the answer is late, or if the body comes to a halt, it asks once more.
func (d *downloader) ask(ctx context.Context, version string, off, n int64) (Info, io.ReadCloser, error) {
	b := &steadyBody{d: d, ctx: ctx, version: version, began: time.Now()}
	info, err := b.open(off, n)
	if err != nil {
		return Info{}, nil, err
	}
	if d.manager.receive == nil {
		return info, b, nil
	}
	return info, &pacedBody{b, ctx, d.manager.receive}, nil
}

// steadyBody is a body that is asked for again when it does not come.
//
// Over TLS a read brings 16 KiB at most, so that it only notes when it began. The
// timer goes off once in a while, and looks at the note.
type steadyBody struct {
	d       *downloader
	ctx     context.Context
	version string // what is asked for again; empty: nothing

	now   answer        // what is being read
	twice int           // how much of it has been read before
	pause time.Duration // the longest one in it
	began time.Time     // what since counts from
	end   int64         // of what is asked for
	over  bool

	off    atomic.Int64 // of what is to be read next
	since  atomic.Int64 // when the read under way began; 0: there is none
	armed  atomic.Bool  // the timer will go off
	racing atomic.Bool  // a request for spare is under way, or spare is there

	mu      sync.Mutex
	timer   *time.Timer
	watched int64         // the read that wait and refused are of, by its since
	due     time.Duration // when it is asked for again, from its beginning
	wait    time.Duration // between two times that it is asked whether that is allowed
	refused bool          // it was not
	closed  bool
	cancel  context.CancelFunc // ends the request for spare
	spare   answer             // what is read next, from an offset where now had stopped
}

// answer is that of one request.
type answer struct {
	number int // of those that race
	info   Info
	body   io.ReadCloser
	err    error
	cancel context.CancelFunc // ends the request
}

func (a answer) drop() {
	if a.body != nil {
		_ = a.body.Close()
	}
	if a.cancel != nil {
		a.cancel()
	}
}

func (b *steadyBody) request(ctx context.Context, cancel context.CancelFunc, version string, off, rest int64) answer {
	a := answer{cancel: cancel}
	a.info, a.body, a.err = b.d.bucket.Open(ctx, b.d.name, version, off, rest)
	return a
}

func (b *steadyBody) open(off, n int64) (Info, error) {
	if late := b.d.window.hedge.answers.after(); late > 0 {
		b.now = b.race(late, off, n)
	} else {
		ctx, cancel := context.WithCancel(b.ctx)
		b.now = b.request(ctx, cancel, b.version, off, n)
	}
	info := b.now.info
	if err := b.now.err; err != nil {
		b.now.drop()
		return Info{}, err
	}
	b.d.window.hedge.count()
	b.d.window.hedge.answers.note(time.Since(b.began))
	if b.version == "" {
		b.version = info.Version
	}
	b.off.Store(off)
	if b.end = off + n; n < 0 || b.end > info.Size {
		b.end = max(off, info.Size)
	}
	return info, nil
}

// allow reports whether one more request may be made, unless the server asks for less.
func (b *steadyBody) allow(again bool) bool {
	return !b.d.window.braked() && b.d.window.hedge.allow(again)
}

// race makes a request, and a second one if the first is late. It returns the
// answer that comes first, unless that is a failure.
func (b *steadyBody) race(late time.Duration, off, n int64) answer {
	answers := make(chan answer, 2)
	version := b.version // which changes when the first has come
	var cancels [2]context.CancelFunc
	ask := func(i int) {
		ctx, cancel := context.WithCancel(b.ctx)
		cancels[i] = cancel
		b.d.asking.Go(func() {
			a := b.request(ctx, cancel, version, off, n)
			a.number = i
			answers <- a
		})
	}
	ask(0)
	timer := time.NewTimer(late)
	defer timer.Stop()
	for again := false; ; again = true {
		select {
		case a := <-answers:
			return a
		case <-timer.C:
		}
		if b.allow(again) {
			break
		}
		timer.Reset(late)
		late *= 2
	}
	ask(1)
	a := <-answers
	if a.err != nil {
		a.drop()
		return <-answers
	}
	cancels[1-a.number]()
	b.d.asking.Go(func() { (<-answers).drop() })
	return a
}

// Read reads on in the answer that comes.
func (b *steadyBody) Read(p []byte) (int, error) {
	for {
		if b.over {
			return 0, io.EOF
		}
		began := time.Since(b.began)
		b.since.Store(int64(max(1, began)))
		if !b.armed.Load() {
			b.arm()
		}
		n, err := b.now.body.Read(p)
		b.pause = max(b.pause, time.Since(b.began)-began)
		b.since.Store(0) // first, so that who sees it under way has the offset from before
		if b.twice > 0 {
			known := min(n, b.twice)
			b.twice -= known
			n = copy(p, p[known:n])
		}
		off := b.off.Add(int64(n))
		var spare answer
		if b.racing.Load() {
			spare = b.take()
		}
		switch {
		case spare.body == nil:
		case off >= b.end && !errors.Is(err, context.Canceled): // it did come, and may not have said so yet
			spare.drop()
			b.over = err == nil
		default:
			b.now.drop()
			b.now, b.twice, err = spare, n, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// arm sets the timer for a read that has begun.
func (b *steadyBody) arm() {
	if b.version == "" {
		return
	}
	late := b.d.window.hedge.pauses.after()
	if late == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.armed.Swap(true) || b.closed {
		return
	}
	if b.timer == nil {
		b.timer = time.AfterFunc(late, b.look)
	} else {
		b.timer.Reset(late)
	}
}

// take returns what is to be read instead, if there is such.
func (b *steadyBody) take() (spare answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	spare, b.spare = b.spare, answer{}
	b.racing.Store(b.cancel != nil)
	return spare
}

// look is what the timer does: if the read under way is late, it asks for the rest of
// the body. If that is there before the body moves on, it takes its place.
func (b *steadyBody) look() {
	b.mu.Lock()
	off, ask := b.halted()
	if !ask {
		b.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(b.ctx)
	b.cancel = cancel
	b.d.asking.Add(1)
	b.mu.Unlock()
	defer b.d.asking.Done()

	a := b.request(ctx, cancel, b.version, off, b.end-off)
	b.mu.Lock()
	b.cancel = nil
	if a.err != nil || b.since.Load() == 0 || b.closed || b.off.Load() != off || a.info.Version != b.now.info.Version || a.info.Size != b.now.info.Size {
		b.racing.Store(false)
		// A read that has begun since may have had its timer go off in vain.
		late := b.d.window.hedge.pauses.after()
		if since := b.since.Load(); since != 0 && since != b.watched && !b.closed && !b.armed.Swap(true) {
			b.timer.Reset(late)
		}
		b.mu.Unlock()
		a.drop()
		return
	}
	b.spare = a
	b.now.cancel() // so that the read returns
	b.mu.Unlock()
}

// halted reports whether the rest of the body, from off on, is to be asked for. As
// long as it may yet be, the timer is set.
func (b *steadyBody) halted() (off int64, ask bool) {
	b.armed.Store(false)
	late := b.d.window.hedge.pauses.after()
	since := b.since.Load()
	if since == 0 || b.closed || b.racing.Load() {
		return 0, false // a read that finds no timer sets it
	}
	if since != b.watched {
		b.watched, b.due, b.wait, b.refused = since, late, late, false
	}
	again := func(wait time.Duration) (int64, bool) {
		b.armed.Store(true)
		b.timer.Reset(wait)
		return 0, false
	}
	waited := time.Since(b.began) - time.Duration(since)
	if waited < b.due {
		return again(b.due - waited)
	}
	// From here on a read that ends looks for spare.
	b.racing.Store(true)
	if off = b.off.Load(); b.since.Load() != since || off >= b.end {
		b.racing.Store(false)
		return again(late)
	}
	if !b.allow(b.refused) {
		b.racing.Store(false)
		wait := b.wait
		b.due, b.wait, b.refused = waited+wait, 2*wait, true
		return again(wait)
	}
	return off, true
}

// Close ends all requests.
func (b *steadyBody) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	if b.timer != nil {
		b.timer.Stop()
	}
	if b.cancel != nil {
		b.cancel()
	}
	spare := b.spare
	b.mu.Unlock()
	spare.drop()
	b.now.drop()
	b.d.window.hedge.pauses.note(b.pause)
	return nil
}
