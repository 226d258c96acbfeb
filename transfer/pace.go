package transfer

import (
	"context"
	"io"
	"sync"
	"time"
)

// pace lets so many bytes per second pass. A nil one lets all pass.
type pace struct {
	perSecond float64

	mu   sync.Mutex
	free time.Time // when all that has passed has been paid for
}

// paceSlack is how far the bytes may be ahead of their time: what no one used in
// the meantime is not saved up for longer.
const paceSlack = 50 * time.Millisecond

func newPace(perSecond int64) *pace {
	if perSecond <= 0 {
		return nil
	}
	return &pace{perSecond: float64(perSecond)}
}

// wait waits until n more bytes may pass.
func (p *pace) wait(ctx context.Context, n int) error {
	if p == nil || n <= 0 {
		return nil
	}
	now := time.Now()
	p.mu.Lock()
	if earliest := now.Add(-paceSlack); p.free.Before(earliest) {
		p.free = earliest
	}
	p.free = p.free.Add(time.Duration(float64(n) / p.perSecond * float64(time.Second)))
	wait := p.free.Sub(now)
	p.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// atOnce is how many bytes of n pass at a time: a share of a second, so that
// they flow, and so that waiting for them ends soon.
func (p *pace) atOnce(n int) int {
	if p == nil {
		return n
	}
	return min(n, max(1, int(p.perSecond/20)))
}

// pacedBody is a body of which so many bytes per second come in.
type pacedBody struct {
	io.ReadCloser
	ctx  context.Context
	pace *pace
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:b.pace.atOnce(len(p))])
	if waitErr := b.pace.wait(b.ctx, n); waitErr != nil && err == nil {
		err = waitErr
	}
	return n, err
}
