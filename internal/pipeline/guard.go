package pipeline

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// stalled is the cause when a connection moved no byte for too long.
type stalled struct{ after time.Duration }

func (s stalled) Error() string { return fmt.Sprintf("no byte moved for %v", s.after) }

// Timeout makes a stall a timeout to whoever asks in net.Error's way.
func (s stalled) Timeout() bool   { return true }
func (s stalled) Temporary() bool { return true }

// timedOut is the cause when an attempt took longer than the user's
// http.Client allows.
type timedOut struct{ after time.Duration }

func (t timedOut) Error() string {
	return fmt.Sprintf("not done within the HTTPClient's Timeout of %v", t.after)
}

// Timeout is as in net.Error.
func (t timedOut) Timeout() bool   { return true }
func (t timedOut) Temporary() bool { return true }

// Unwrap makes it what the same limit is in an error of http.Client.
func (t timedOut) Unwrap() error { return context.DeadlineExceeded }

// guard cancels an attempt whose connection has stalled. It runs while the
// transport has the word, and rests while the caller has it: in the caller's
// reader, or between two reads of an answer.
//
// The word goes back and forth with every read, so that only a note is made of
// it. The timer, which costs far more to set, goes off once in a while, and
// looks at the note.
type guard struct {
	after  time.Duration // 0: off
	cancel context.CancelCauseFunc
	stop   context.CancelFunc // of the attempt's time limit, if it has one

	mu    sync.Mutex
	began time.Time     // what due counts from
	due   time.Duration // when the connection has stalled; 0: the guard rests
	timer *time.Timer
	armed bool // the timer will go off
	heard bool // the answer has begun
	over  bool
}

// pause stops the watch; resume starts it anew.
func (g *guard) pause() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	g.due = 0
	g.mu.Unlock()
}

func (g *guard) resume() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	g.run()
	g.mu.Unlock()
}

// rest and work are pause and resume for the reading of what is sent. From the
// answer on they do nothing: a transport that then still sends says nothing
// about the answer.
func (g *guard) rest() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	if !g.heard {
		g.due = 0
	}
	g.mu.Unlock()
}

func (g *guard) work() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	if !g.heard {
		g.run()
	}
	g.mu.Unlock()
}

// answered ends the part of the attempt in which something is sent.
func (g *guard) answered() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	g.heard = true
	g.due = 0
	g.mu.Unlock()
}

// run notes that the connection has just been alive.
func (g *guard) run() {
	if g.over {
		return
	}
	if g.timer == nil {
		g.began, g.due, g.armed = time.Now(), g.after, true
		g.timer = time.AfterFunc(g.after, g.look)
		return
	}
	g.due = time.Since(g.began) + g.after
	if !g.armed {
		g.armed = true
		g.timer.Reset(g.after)
	}
}

// look is what the timer does.
func (g *guard) look() {
	if g.expired() {
		g.cancel(stalled{g.after})
	}
}

// expired reports whether the connection has stalled. While it may still, the
// timer is set for when it will have.
func (g *guard) expired() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed = false
	if g.over || g.due == 0 {
		return false
	}
	left := g.due - time.Since(g.began)
	if left <= 0 {
		return true
	}
	g.armed = true
	g.timer.Reset(left)
	return false
}

// end stops the watch for good and frees the attempt's context.
func (g *guard) end() {
	g.mu.Lock()
	g.over = true
	if g.timer != nil {
		g.timer.Stop()
	}
	g.mu.Unlock()
	g.cancel(context.Canceled)
	if g.stop != nil {
		g.stop()
	}
}
