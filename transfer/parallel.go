package transfer

import (
	"context"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"
)

// maxRanges bounds what is remembered of the ranges of one download.
const maxRanges = 10_000

// Download writes the content of the object name of b to w, each byte at its
// offset in the object, and returns what is known about the object. Several
// ranges are written at a time.
//
// When Download fails, w holds some of the content; if the error is
// [ErrChecksum], up to all of it.
func Download(ctx context.Context, b Bucket, name string, w io.WriterAt, opts ...Option) (Info, error) {
	return download(ctx, b, name, opts, func(ctx context.Context, d *downloader) error {
		if w == nil {
			return errNoWriter
		}
		if d.checkpoint != "" {
			return errNoCheckpoint
		}
		return d.toWriterAt(ctx, w)
	})
}

// parallel is a download to places.
type parallel struct {
	*downloader
	w       io.WriterAt
	spans   spans
	digests []*digest // of the ranges
}

// toWriterAt downloads several ranges at a time.
func (d *downloader) toWriterAt(ctx context.Context, w io.WriterAt) error {
	p := &parallel{downloader: d, w: w}
	if err := p.run(ctx); err != nil {
		return err
	}
	verified, err := d.verdict.verify(p.digests)
	if file, ok := w.(io.ReaderAt); ok && err == nil && verified == "" && d.verdict.want.Algorithm != "" {
		verified, err = d.verdict.reread(ctx, file, d.info.Size)
	}
	if err != nil {
		return err
	}
	d.finish(verified)
	return nil
}

// run writes all ranges, and returns when nothing is in flight any more.
func (p *parallel) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)

	var first *slot
	var body io.ReadCloser
	var err error
	if p.stat == nil { // else it is resumed
		// The first range keeps its place among the requests in flight from here
		// until it has been written.
		if first, err = p.manager.slot(ctx, p.window); err != nil {
			return err
		}
		if body, err = p.begin(first.place.watched(ctx)); err != nil {
			first.free(0, err)
			return err
		}
	}

	p.spans = p.ranges()
	p.digests = make([]*digest, p.spans.count)
	p.progress.total(p.info.Size, p.spans.count)
	if err := p.keeper.ranges(p.downloader, p.spans.count); err != nil {
		if first != nil {
			_ = body.Close()
			first.free(0, err)
		}
		return err
	}
	if _, readable := p.w.(io.ReaderAt); p.spans.count == 1 || p.verify && readable {
		p.decide(ctx, g, combinable, inOrder)
	} else {
		p.decide(ctx, g, combinable)
	}
	room := make(room, p.concurrency)
	for i := range p.spans.count {
		if err = room.enter(ctx); err != nil {
			break
		}
		if p.keeper.has(i) {
			g.Go(func() (err error) {
				defer func() { room.leave(err) }()
				return p.recall(ctx, i)
			})
			continue
		}
		s := first
		if i > 0 || s == nil {
			if s, err = p.manager.slot(ctx, p.window); err != nil {
				break // it is ctx that has ended
			}
		}
		g.Go(func() (err error) {
			defer func() { room.leave(err) }()
			return p.fetch(ctx, s, i, body)
		})
	}
	if failed := g.Wait(); failed != nil {
		return failed
	}
	return err
}

// fetch writes the range number i. Body is that of the first one.
func (p *parallel) fetch(ctx context.Context, s *slot, i int, body io.ReadCloser) (err error) {
	off, n := p.spans.at(i)
	defer func() { s.free(n, err) }()
	if i > 0 || body == nil {
		if body, err = p.open(s.place.watched(ctx), off, n); err != nil {
			return rangeError(off, n, err)
		}
	}
	return p.write(ctx, i, body)
}

// write writes the range number i, and closes its body.
func (p *parallel) write(ctx context.Context, i int, body io.ReadCloser) error {
	defer body.Close()
	sums := newDigest(p.verdict, combinable)
	if p.spans.count == 1 {
		sums = newDigest(p.verdict, combinable, inOrder)
	}
	p.digests[i] = sums
	off, n := p.spans.at(i)
	err := p.read(ctx, body, off, n, func(b []byte, off int64) error {
		sums.write(b)
		n, err := p.w.WriteAt(b, off)
		p.progress.add(int64(n))
		return writeError(n, len(b), err)
	})
	if err != nil {
		return rangeError(off, n, err)
	}
	p.progress.part(0)
	return p.keeper.fetched(i)
}

// recall takes the range number i as it was written earlier.
func (p *parallel) recall(ctx context.Context, i int) error {
	sums := newDigest(p.verdict, combinable)
	p.digests[i] = sums
	off, n := p.spans.at(i)
	if len(sums.sums) > 0 {
		written := io.NewSectionReader(p.w.(io.ReaderAt), off, n) // checkpoints are for files
		err := p.read(ctx, written, off, n, func(b []byte, _ int64) error {
			sums.write(b)
			return nil
		})
		if err != nil {
			return fmt.Errorf("reading what was fetched: %w", rangeError(off, n, err))
		}
	}
	p.progress.reused(n)
	return nil
}

// spans are the ranges in which an object is fetched: a first one, and then as
// many of equal size as it takes.
type spans struct {
	size, first, step int64
	count             int
}

func (d *downloader) ranges() spans { return rangesOf(d.info.Size, d.part) }

// rangesOf returns the ranges of so many bytes each of an object of a size.
func rangesOf(size, part int64) spans {
	s := spans{size: size, first: min(part, size), step: part, count: 1}
	if rest := s.size - s.first; rest > 0 {
		if ceilDiv(rest, s.step) > maxRanges {
			s.step = roundUp(ceilDiv(rest, maxRanges))
		}
		s.count += int(ceilDiv(rest, s.step))
	}
	return s
}

// at returns the range number i, of which 0 is the first.
func (s spans) at(i int) (off, n int64) {
	if i == 0 {
		return 0, s.first
	}
	off = s.first + int64(i-1)*s.step
	return off, min(s.step, s.size-off)
}
