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

// guard cancels an attempt whose connection has stalled. It runs while the
// transport has the word, and rests while the caller has it: in the caller's
// reader, or between two reads of an answer.
type guard struct {
	after  time.Duration // 0: off
	cancel context.CancelCauseFunc
	stop   context.CancelFunc // of the attempt's time limit, if it has one

	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// pause stops the watch; resume starts it anew.
func (g *guard) pause() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	if g.timer != nil {
		g.timer.Stop()
	}
	g.mu.Unlock()
}

func (g *guard) resume() {
	if g.after <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.over:
	case g.timer == nil:
		g.timer = time.AfterFunc(g.after, g.expire)
	default:
		g.timer.Reset(g.after)
	}
}

func (g *guard) expire() { g.cancel(stalled{g.after}) }

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
