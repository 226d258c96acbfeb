package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"
)

// beginTimeout is how much longer than its context the call may take that starts
// an upload in parts.
const beginTimeout = 5 * time.Second

// abortTimeout is how long giving up an upload may take after its context has
// ended.
const abortTimeout = 30 * time.Second

// Upload writes what r yields to the object name of b, and returns what is
// known about the new object. It does not close r.
//
// See the package documentation for how r is read. A file that changes its size
// or is written to while it is read in place is an error, [ErrSourceChanged].
//
// If Upload fails or ctx ends, the parts that were sent are deleted, for which
// it takes up to 35 s more; if that fails too, the error says so and names the
// upload that is left behind. With [WithResume] they are kept, if they can be of
// use.
func Upload(ctx context.Context, b Bucket, name string, r io.Reader, opts ...Option) (Info, error) {
	o := newOptions(opts)
	o.explain = func(err error) error { return fmt.Errorf("transfer: upload %q: %w", name, err) }
	if err := o.forUpload(); err != nil {
		return Info{}, o.explain(err)
	}
	return o.uploadTo(ctx, b, name, r)
}

// uploadTo uploads what r yields, and reports on it.
func (o *options) uploadTo(ctx context.Context, b Bucket, name string, r io.Reader) (Info, error) {
	u := &upload{options: o, bucket: b, name: name, progress: newProgress(o, name)}
	info, err := u.run(u.progress.retries(ctx), r)
	if err != nil {
		info, err = Info{}, o.explain(withContext(ctx, err))
	}
	u.progress.done(err)
	return info, err
}

type upload struct {
	*options
	bucket   Bucket
	name     string
	limits   Limits
	window   *window
	progress *progress

	// Of an upload that is resumed.
	keeper *keeper
	left   MultipartUpload // what the checkpoint knows
	kept   map[int]Part    // parts by number
}

func (u *upload) run(ctx context.Context, r io.Reader) (info Info, err error) {
	switch {
	case u.bucket == nil:
		return Info{}, errNoBucket
	case r == nil:
		return Info{}, errNoReader
	}
	if u.limits, err = u.bucket.Limits(ctx); err != nil {
		return Info{}, err
	}
	u.window = u.options.window(u.limits)
	if err := u.mayResume(r); err != nil {
		return Info{}, err
	}
	s, ok := inPlace(r)
	if err := u.reopen(ctx, r, s); err != nil {
		return Info{}, err
	}
	if ok {
		defer s.rethrow()
		return u.source(ctx, s)
	}
	return u.stream(ctx, r)
}

// source uploads what can be read in place.
func (u *upload) source(ctx context.Context, s *source) (Info, error) {
	want := u.partSize
	if u.left != nil {
		want = u.keeper.PartSize
	}
	if want == 0 {
		// The recommended size, unless it leaves less parts than may be in
		// flight.
		even := ceilDiv(s.size, int64(min(u.concurrency, firstWindow)))
		want = max(defaultPartSize, min(even, u.limits.PartSize))
	}
	p, err := planKnown(u.limits, want, s.size)
	if err != nil {
		return Info{}, err
	}
	if s.size <= p.part {
		info, err := u.put(ctx, s.section(0, s.size))
		if err == nil {
			err = s.unchanged()
		}
		return info, err
	}

	count := int(ceilDiv(s.size, p.part))
	u.progress.total(s.size, count)
	next := func(_ context.Context, _ int, sent int64) (piece, error) {
		if sent == s.size {
			return piece{}, nil
		}
		return piece{body: s.section(sent, min(p.part, s.size-sent))}, nil
	}
	return u.multipart(ctx, s.size, count, p.part, next, s.unchanged)
}

// stream uploads what can only be read once, through buffers.
func (u *upload) stream(ctx context.Context, r io.Reader) (Info, error) {
	want, hint := u.partSize, u.size
	if u.left != nil {
		want = u.keeper.PartSize
	}
	if want == 0 {
		want = defaultPartSize
	}
	if l, ok := r.(interface{ Len() int }); ok && hint < 0 {
		hint = int64(l.Len()) // such as that of a bytes.Buffer
	}
	p := planStream(u.limits, want, hint)
	in := &stream{r: sourceReader{r}}

	n, err := p.next(1, 0)
	if err != nil {
		return Info{}, err
	}
	first, err := u.fill(ctx, in, n)
	if err != nil {
		return Info{}, err
	}
	defer func() { first.release() }() // unless the first part has taken it

	// An upload in parts needs two of them at least, so none is begun before
	// there is a byte of the second.
	if more, err := in.more(ctx); err != nil {
		return Info{}, err
	} else if !more {
		return u.put(ctx, first.body)
	}
	if u.resume {
		return Info{}, notInPlace("WithResume")
	}
	if u.checkpoint != "" {
		return Info{}, notInPlace("WithCheckpoint")
	}
	next := func(ctx context.Context, number int, sent int64) (piece, error) {
		if number == 1 {
			taken := first
			first = piece{}
			return taken, nil
		}
		if more, err := in.more(ctx); err != nil {
			return piece{}, err
		} else if !more {
			u.progress.total(sent, number-1)
			return piece{}, nil
		}
		n, err := p.next(number, sent)
		if err != nil {
			return piece{}, err
		}
		return u.fill(ctx, in, n)
	}
	return u.multipart(ctx, -1, 0, p.part, next, func() error { return nil })
}

// sourceReader says of errors that they are the caller's reader's.
type sourceReader struct{ r io.Reader }

func (s sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("reading the source: %w", err)
	}
	return n, err
}

// piece is the body of a part with what it holds. The zero piece has none.
type piece struct {
	body Body
	free func()
}

func (p piece) release() {
	if p.free != nil {
		p.free()
	}
}

// fill reads a part of up to n bytes.
func (u *upload) fill(ctx context.Context, in *stream, n int64) (piece, error) {
	b := new(buffer)
	var reserved int64
	p := piece{body: b, free: func() {
		b.free()
		u.manager.release(reserved)
	}}
	filled := false
	defer func() { // also when the reader panics
		if !filled {
			p.release()
		}
	}()

	// What fits into one chunk is not worth waiting for memory.
	if err := in.fill(ctx, b, min(n, chunkSize)); err != nil {
		return piece{}, err
	}
	if more, err := in.more(ctx); err != nil {
		return piece{}, err
	} else if more && b.size < n {
		if reserved, err = u.manager.reserve(ctx, n); err != nil {
			return piece{}, err
		}
		if err := in.fill(ctx, b, n); err != nil {
			return piece{}, err
		}
		if rest := reserved - b.size; rest > 0 {
			u.manager.release(rest)
			reserved -= rest
		}
	}
	filled = true
	return p, nil
}

// put uploads an object in one request.
func (u *upload) put(ctx context.Context, body Body) (info Info, err error) {
	u.progress.total(body.Size(), 1)
	a := u.attrs
	a.Size = body.Size()
	slot, err := u.manager.slot(ctx, u.window)
	if err != nil {
		return Info{}, err
	}
	defer func() { slot.free(a.Size, err) }()
	ctx, sent := slot.sending(ctx, u.progress, a.Size)
	if info, err = u.bucket.Put(ctx, u.name, a, body); err != nil {
		return Info{}, err
	}
	sent()
	u.keeper.forget()
	info.Name, info.Size = u.name, a.Size // not all vendors answer them
	return info, nil
}

// multipart uploads an object in parts, those that next returns until it
// returns one without a body. Next gets the number of the part and the bytes in
// the parts before it; it is called by this goroutine. Size is that of the
// whole and count the number of parts, -1 and 0 if they are not known; the first part
// has the size part. Check has the last word when all is sent.
func (u *upload) multipart(ctx context.Context, size int64, count int, part int64, next func(ctx context.Context, number int, sent int64) (piece, error), check func() error) (info Info, err error) {
	a := u.attrs
	a.Size = size
	up, err := u.unfinished(ctx, a, count)
	if up == nil && err == nil {
		up, err = begin(ctx, func(ctx context.Context) (MultipartUpload, error) {
			return u.bucket.Begin(ctx, u.name, a)
		})
	}
	if err == nil && up != u.left {
		if err = u.keeper.begun(up, part, false); err != nil {
			err = abort(ctx, up, err)
		}
	}
	if err != nil {
		return Info{}, err
	}
	finished := false
	defer func() { // also when the reader panics
		switch {
		case finished:
			u.keeper.forget()
		case u.resume || u.keeper != nil && !useless(err):
			err = leave(up, err)
		default:
			err = abort(ctx, up, err)
			u.keeper.forget()
		}
	}()
	parts, err := u.parts(ctx, up, next)
	if err == nil {
		err = check()
	}
	if err != nil {
		return Info{}, err
	}
	info, err = up.Finish(ctx, parts)
	finished = err == nil
	info.Name, info.Size, info.Parts = u.name, 0, len(parts)
	for _, p := range parts {
		info.Size += p.Size
	}
	return info, err
}

// begin starts an upload in parts by start. It waits for the answer also when ctx
// ends meanwhile: without the name that is in it, what the server has started could
// not be aborted.
func begin(ctx context.Context, start func(context.Context) (MultipartUpload, error)) (MultipartUpload, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	starting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(beginTimeout):
			cancel()
		case <-starting.Done():
		}
	})
	defer stop()
	return start(starting)
}

// parts sends the parts. It returns when nothing is in flight any more.
func (u *upload) parts(ctx context.Context, up MultipartUpload, next func(context.Context, int, int64) (piece, error)) ([]Part, error) {
	running, cancel := context.WithCancel(ctx)
	g, running := errgroup.WithContext(running)
	room := make(room, u.concurrency)
	defer func() { // when the reader panics; else there is nothing to wait for
		cancel()
		_ = g.Wait()
	}()

	var sent int64
	var parts []*Part
	var sourceErr error
	for number := 1; ; number++ {
		p, err := next(running, number, sent)
		if err != nil && running.Err() == nil {
			sourceErr = err
			cancel()
		}
		if err != nil || p.body == nil {
			break
		}
		// Only parts that have their place get a goroutine: a thousand uploads
		// that wait are a thousand, not as many times the parts.
		if err := room.enter(running); err != nil {
			p.release()
			break
		}
		var s *slot
		if _, kept := u.kept[number]; !kept {
			if s, err = u.manager.slot(running, u.window); err != nil {
				p.release()
				break // it is running that has ended
			}
		}
		part := new(Part)
		parts = append(parts, part)
		sent += p.body.Size()
		g.Go(func() (err error) {
			defer func() { room.leave(err) }()
			defer p.release()
			return u.part(running, s, up, number, p.body, part)
		})
	}
	err := g.Wait()
	switch {
	case sourceErr != nil:
		return nil, sourceErr
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err() // next stopped, and no part was in flight to fail
	}
	done := make([]Part, len(parts))
	for i, p := range parts {
		done[i] = *p
	}
	return done, nil
}

// part sends a part, unless it was kept of an earlier upload: such a one has no
// slot yet.
func (u *upload) part(ctx context.Context, s *slot, up MultipartUpload, number int, body Body, part *Part) (err error) {
	if s == nil {
		kept := u.kept[number]
		if same, err := u.same(ctx, up, kept, body); err != nil || same {
			*part = kept
			return err
		}
		if s, err = u.manager.slot(ctx, u.window); err != nil {
			return err
		}
	}
	defer func() { s.free(body.Size(), err) }()
	ctx, sent := s.sending(ctx, u.progress, body.Size())
	p, err := up.Part(ctx, number, body)
	if err != nil {
		return fmt.Errorf("part %d: %w", number, err)
	}
	*part = p
	part.Number, part.Size = number, body.Size()
	sent()
	return nil
}

// leave returns the error to report of an upload that failed with cause and can be
// resumed.
func leave(up MultipartUpload, cause error) error {
	return fmt.Errorf("%w; the upload %s is left behind, to be resumed", cause, up.ID())
}

// abort gives up an upload that failed with cause, and returns the error to
// report.
func abort(ctx context.Context, up MultipartUpload, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	if err := up.Abort(ctx); err != nil {
		return leftBehindError{fmt.Errorf("%w; the upload %s is left behind, as aborting it failed: %w", cause, up.ID(), err)}
	}
	return cause
}

// leftBehindError is the error of what has failed and could not be undone.
type leftBehindError struct{ error }

func (e leftBehindError) Unwrap() error { return e.error }

// withContext returns err so that it wraps the error of ctx, if ctx has ended:
// what a transport says of a cancelled request need not do so.
func withContext(ctx context.Context, err error) error {
	for _, ended := range []error{ctx.Err(), context.Cause(ctx)} {
		if ended != nil && !errors.Is(err, ended) {
			err = fmt.Errorf("%w: %w", ended, err)
		}
	}
	return err
}
