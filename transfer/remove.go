package transfer

import (
	"context"
	"errors"
	"sync"
)

// remover deletes objects of a tree, as many at a time as the provider takes.
type remover struct {
	c    *treeCopy
	most int

	mu    sync.Mutex
	batch []Outcome
}

func newRemover(c *treeCopy) *remover {
	return &remover{c: c, most: max(1, c.limits.MaxRemove)}
}

// add has one more object deleted, sooner or later.
func (r *remover) add(ctx context.Context, o Outcome) error {
	r.mu.Lock()
	r.batch = append(r.batch, o)
	if len(r.batch) < r.most {
		r.mu.Unlock()
		return nil
	}
	batch := r.batch
	r.batch = nil
	r.mu.Unlock()
	r.c.work(func() error { return r.run(ctx, batch) })
	return nil
}

// flush deletes what is left.
func (r *remover) flush(ctx context.Context) error {
	batch := r.batch
	r.batch = nil
	if len(batch) == 0 {
		return nil
	}
	return r.run(ctx, batch)
}

func (r *remover) run(ctx context.Context, batch []Outcome) error {
	names := make([]string, len(batch))
	for i, o := range batch {
		names[i] = r.c.dst.prefix + o.Name
	}
	err := r.c.dst.bucket.(Remover).Remove(ctx, names)
	failed := make(map[string]error)
	var some *RemoveError
	if errors.As(err, &some) {
		for _, f := range some.Failed {
			failed[f.Name] = f.Err
		}
		err = nil
	}
	for i, o := range batch {
		if o.Err = err; err == nil {
			o.Err = failed[names[i]]
		}
		if o.Err != nil {
			o.Action = ActionFail
		}
		if err := r.c.tell(o); err != nil {
			return err
		}
	}
	return nil
}
