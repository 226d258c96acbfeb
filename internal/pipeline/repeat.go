package pipeline

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/observe"
)

// Repeat is for a provider that repeats a call of the trait Once by itself,
// each time with another input. After the nth call, which failed with e, it
// waits until the next one is due and returns nil; or it returns the error that
// ends them all. The limits, the quota and the back-off are those that rule the
// attempts of other calls.
func Repeat(ctx context.Context, rt *Runtime, p Provider, op *Operation, e *apierror.Error, n int, v Verdict) error {
	c := &Call{
		Operation: &Operation{Name: op.Name, Method: op.Method},
		Attempts:  n,
		Host:      e.Host,
		rt:        rt,
		provider:  p,
		observer:  observe.From(ctx),
	}
	c.decide(ctx, e, v)
	switch {
	case !c.again:
		return p.Public(e)
	case !c.pause(ctx):
		return c.final(ctx, e)
	}
	return nil
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
