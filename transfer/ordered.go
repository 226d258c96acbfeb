package transfer

import (
	"context"
	"io"

	"golang.org/x/sync/errgroup"
)

// DownloadTo writes the content of the object name of b to w, in order, and
// returns what is known about the object.
//
// The first bytes are written as soon as they arrive. Further ranges are
// fetched ahead while there is memory for them: see [Manager.Memory]. Ranges
// larger than a quarter of that are made smaller.
//
// When DownloadTo fails, w was given some of the content; if the error is
// [ErrChecksum], up to all of it.
func DownloadTo(ctx context.Context, b Bucket, name string, w io.Writer, opts ...Option) (Info, error) {
	return download(ctx, b, name, opts, func(ctx context.Context, d *downloader) error {
		if w == nil {
			return errNoWriter
		}
		if d.checkpoint != "" {
			return errNoCheckpoint
		}
		return d.toWriter(ctx, w)
	})
}

// ordered is a download to a writer.
type ordered struct {
	prefetch
	w    io.Writer
	sums *digest
}

// prefetch fetches ranges before they are due.
type prefetch struct {
	*downloader
	group *errgroup.Group

	// The ranges after the one that is due, in order, which are being fetched
	// ahead; they reach up to the offset upTo.
	ahead []*fetched
	held  int64 // memory they hold
	upTo  int64

	placed chan struct{} // closed when the last of them has asked for its place
}

// fetched is a range that is fetched ahead.
type fetched struct {
	buffer
	off      int64
	reserved int64
	done     chan struct{} // closed when the buffer is filled, or err set
	err      error
}

// toWriter downloads in order.
func (d *downloader) toWriter(ctx context.Context, w io.Writer) error {
	if limit := d.manager.ahead.total / 2; d.part > limit {
		d.part = max(limit, min(d.part, mib))
	}
	ctx, cancel := context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(ctx)
	o := &ordered{prefetch: prefetch{downloader: d, group: g}, w: w}
	defer func() { // also when the writer panics
		cancel()
		_ = g.Wait()
		o.discardAll()
	}()

	err := o.run(ctx)
	if err != nil && ctx.Err() == nil {
		return err // else it only says that something else has ended it all
	}
	if first := g.Wait(); first != nil {
		return first
	}
	if err != nil {
		return err
	}
	verified, err := d.verdict.verify([]*digest{o.sums})
	if err != nil {
		return err
	}
	d.finish(verified)
	return nil
}

// run writes one range after the other. The one that is due goes straight from
// its request to the writer, unless it was fetched ahead.
func (o *ordered) run(ctx context.Context) error {
	body, err := o.begin(o.window.aside().watched(ctx))
	if err != nil {
		return err
	}
	size := o.info.Size
	o.progress.total(size, int(max(1, ceilDiv(size, o.part))))
	o.decide(ctx, o.group, combinable, inOrder)
	o.sums = newDigest(o.verdict, combinable, inOrder)
	o.manager.ahead.join()
	defer o.manager.ahead.leave()

	for off := int64(0); ; {
		n := min(o.part, size-off)
		o.upTo = max(o.upTo, off+n)
		var due *fetched
		if off > 0 && len(o.ahead) > 0 {
			due, o.ahead = o.ahead[0], o.ahead[1:]
		}
		o.fetchAhead(ctx, o.part, o.concurrency-1)
		switch {
		case due != nil:
			err = o.deliver(due)
		case off == 0:
			err = o.direct(ctx, body, off, n)
		default:
			if body, err = o.open(o.window.aside().watched(ctx), off, n); err == nil {
				err = o.direct(ctx, body, off, n)
			}
		}
		if err != nil {
			return rangeError(off, n, err)
		}
		o.progress.part(0)
		if off += n; off == size {
			return nil
		}
		// From here on one algorithm is enough.
		select {
		case <-o.verdict.known:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// deliver writes a range that was fetched ahead.
func (o *ordered) deliver(f *fetched) error {
	defer o.discard(f)
	<-f.done
	if f.err != nil {
		return f.err
	}
	for off := int64(0); off < f.size; off += chunkSize {
		o.sums.warm(f.chunk(off))
		if err := o.write(f.chunk(off), off); err != nil {
			return err
		}
	}
	return nil
}

// direct writes a range as it arrives.
func (o *ordered) direct(ctx context.Context, body io.ReadCloser, off, n int64) error {
	defer body.Close()
	if err := o.read(ctx, body, off, n, o.write); err != nil {
		return err
	}
	o.window.succeeded()
	return nil
}

func (o *ordered) write(p []byte, _ int64) error {
	o.sums.write(p)
	n, err := o.w.Write(p)
	o.progress.add(int64(n))
	return writeError(n, len(p), err)
}

// fetchAhead begins to fetch further ranges, until there are so many of that size ahead
// or there is no more memory.
func (p *prefetch) fetchAhead(ctx context.Context, size int64, count int) {
	for len(p.ahead) < count && p.upTo < p.info.Size {
		off, n := p.upTo, min(size, p.info.Size-p.upTo)
		if !p.manager.tryReserve(n, p.held) {
			return
		}
		f := &fetched{off: off, reserved: n, done: make(chan struct{})}
		p.ahead = append(p.ahead, f)
		p.held += n
		p.upTo += n
		before, placed := p.placed, make(chan struct{})
		p.placed = placed
		p.group.Go(func() error {
			f.err = p.fetch(ctx, f, off, n, before, placed)
			close(f.done)
			if f.err != nil {
				return rangeError(off, n, f.err)
			}
			return nil
		})
	}
}

// fetch fetches a range. It takes its place among the requests in flight after the
// range before, which is wanted first.
func (p *prefetch) fetch(ctx context.Context, f *fetched, off, n int64, before <-chan struct{}, placed chan<- struct{}) (err error) {
	if before != nil {
		<-before
	}
	s, err := p.manager.slot(ctx, p.window)
	close(placed)
	if err != nil {
		return err
	}
	defer func() { s.free(n, err) }()
	body, err := p.open(s.place.watched(ctx), off, n)
	if err != nil {
		return err
	}
	defer body.Close()
	in := &stream{r: body}
	if err := in.fill(ctx, &f.buffer, n); err != nil {
		return err
	}
	if f.size < n {
		return short(f.size, n)
	}
	return in.end(ctx)
}

// discard gives back what a range holds. Nothing fills it any more.
func (p *prefetch) discard(f *fetched) {
	f.free()
	p.held -= f.reserved
	p.manager.releaseAhead(f.reserved)
}

// discardAll discards the ranges that are ahead.
func (p *prefetch) discardAll() {
	for _, f := range p.ahead {
		p.discard(f)
	}
	p.ahead = nil
}
