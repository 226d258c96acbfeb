package transfer

import "sync"

// totals sum up the progress of many objects. Nil: nobody wants to know.
type totals struct {
	report func(Event)

	mu  sync.Mutex
	all Totals
}

func newTotals(report func(Event)) *totals {
	if report == nil {
		return nil
	}
	return &totals{report: report}
}

// found counts an object that is to be dealt with.
func (t *totals) found(size int64) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.TotalObjects++
	t.all.TotalBytes += size
}

// of returns what is told of the progress of one object.
func (t *totals) of() func(Event) {
	if t == nil {
		return nil
	}
	counted := int64(0)
	return func(e Event) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.all.Bytes += e.Bytes - counted
		counted = e.Bytes
		e.All = t.all
		t.report(e)
	}
}

// done counts an object that has been dealt with.
func (t *totals) done(o Outcome) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch o.Action {
	case ActionKeep:
		t.all.Objects++
		t.all.Bytes += o.Size
	case ActionCopy:
		t.all.Objects++
	case ActionFail:
		t.all.Objects++
		t.all.Failed++
	}
}
