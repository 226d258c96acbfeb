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
type guard struct {
	after  time.Duration // 0: off
	cancel context.CancelCauseFunc
	stop   context.CancelFunc // of the attempt's time limit, if it has one

	mu    sync.Mutex
	timer *time.Timer
	heard bool // the answer has begun
	over  bool
}

// pause stops the watch; resume starts it anew.
func (g *guard) pause() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	g.stopTimer()
	g.mu.Unlock()
}

func (g *guard) resume() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	g.startTimer()
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
		g.stopTimer()
	}
	g.mu.Unlock()
}

func (g *guard) work() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	if !g.heard {
		g.startTimer()
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
	g.stopTimer()
	g.mu.Unlock()
}

func (g *guard) startTimer() {
	switch {
	case g.over:
	case g.timer == nil:
		g.timer = time.AfterFunc(g.after, g.expire)
	default:
		g.timer.Reset(g.after)
	}
}

func (g *guard) stopTimer() {
	if g.timer != nil {
		g.timer.Stop()
	}
}

func (g *guard) expire() { g.cancel(stalled{g.after}) }

// end stops the watch for good and frees the attempt's context.
func (g *guard) end() {
	g.mu.Lock()
	g.over = true
	g.stopTimer()
	g.mu.Unlock()
	g.cancel(context.Canceled)
	if g.stop != nil {
		g.stop()
	}
}
