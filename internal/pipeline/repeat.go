package pipeline

import (
	"context"
	"net/http"
	"time"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/observe"
)

// Repeat is for a provider that repeats a call of the trait Once by itself,
// each time with another input. It reports whether the nth call, which failed
// with e, may be followed by another, and waits until that one is due: by the
// limits, the quota and the back-off that rule the attempts of other calls. A
// reason not to go on is added to e. H is the header of the answer, if there was one.
func Repeat(ctx context.Context, rt *Runtime, p Provider, op *Operation, e *apierror.Error, n int, v Verdict, h http.Header) bool {
	c := &Call{
		Operation: &Operation{Name: op.Name, Method: op.Method},
		Attempts:  n,
		Host:      e.Host,
		rt:        rt,
		provider:  p,
		observer:  observe.From(ctx),
	}
	c.decide(ctx, e, v, h)
	return c.again && c.pause(ctx)
}

// pause waits until the next attempt is due, and reports whether it still is.
func (c *Call) pause(ctx context.Context) bool {
	timer := time.NewTimer(c.wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
