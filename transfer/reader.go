package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

const (
	// firstRange is what a Reader asks for when it is made, and strayRange what it
	// asks for where it is moved to: nobody knows yet how far it will be read. Each
	// range after that is twice as large, up to the size of parts, and then several
	// are fetched ahead.
	firstRange, strayRange = mib, 64 << 10

	// shortSkip is how far it reads on rather than to ask anew.
	shortSkip = 64 << 10

	// backSize is how many of the last bytes it remembers, for those who look what
	// they have before they read it.
	backSize = 4 << 10

	// idleCursors is how many places are remembered at which ReadAt has stopped.
	idleCursors = 4
)

// Reader reads one version of an object, from wherever it is wanted. It is an
// [io.ReadSeekCloser], an [io.ReaderAt] and an [io.WriterTo].
//
// Read, Seek and WriteTo share a position and are made one at a time; ReadAt may be
// called by several goroutines meanwhile, and Close by any.
type Reader struct {
	d       *downloader
	ctx     context.Context
	cancel  context.CancelFunc
	asks    sync.WaitGroup // ReadAt calls
	verdict errgroup.Group

	mu    sync.Mutex
	off   int64
	main  *cursor       // nil: nowhere
	back  []byte        // the last bytes before main: backSize, or a few more
	sums  *digest       // of the bytes from the beginning on, as far as they were read in order
	asked chan struct{} // closed when it is known what to compare with, or that nothing is
	ended error         // of the comparison at the end

	idle   sync.Mutex
	idles  []*cursor // of ReadAt, the one used last at the end
	closed bool
}

var errReaderClosed = fmt.Errorf("transfer: the Reader: %w", fs.ErrClosed)

// NewReader opens the object name of b. It makes one request, which also brings the
// first bytes: an object of up to 1 MiB takes no more. That there is none is an error
// here, [fs.ErrNotExist].
//
// What is read in order is fetched ahead, the more the longer it goes on, within what
// the [Manager] allows; after a Seek to elsewhere that begins anew with 64 KiB. Moves of
// a few bytes, to and fro, cost nothing. A connection that is lost is no error, and the
// content is of one version: if the object is replaced, the error is [ErrObjectChanged].
// If all of it is read from the beginning on, it is compared with the checksum that the
// vendor keeps, as by [DownloadTo]; the error in the place of [io.EOF] is then
// [ErrChecksum].
//
// ReadAt asks for at least 64 KiB, reads on where a ReadAt before has ended, and fetches
// nothing ahead. Close ends all requests. The context is that of all reading.
func NewReader(ctx context.Context, b Bucket, name string, opts ...Option) (*Reader, error) {
	o := newOptions(opts)
	o.explain = func(err error) error { return fmt.Errorf("transfer: read %q: %w", name, err) }
	if err := o.forReader(b); err != nil {
		return nil, o.explain(err)
	}
	return o.newReader(ctx, b, name)
}

// NewReader is [NewReader] within the limits of m.
func (m *Manager) NewReader(ctx context.Context, b Bucket, name string, opts ...Option) (*Reader, error) {
	return NewReader(ctx, b, name, m.with(opts)...)
}

// forReader checks the options of a Reader.
func (o *options) forReader(b Bucket) error {
	switch {
	case b == nil:
		return errNoBucket
	case o.checkpoint != "":
		return errNoCheckpoint
	}
	return o.forDownload()
}

func (o *options) newReader(ctx context.Context, b Bucket, name string) (*Reader, error) {
	limits, _ := b.Limits(ctx) // who may read need not be one who may upload
	part := o.partSize
	if part == 0 {
		part = defaultPartSize
	}
	d := &downloader{options: o, bucket: b, name: name, part: min(part, firstRange), window: o.window(limits), progress: newProgress(o, name), verdict: newVerdict()}
	r := &Reader{d: d}
	r.ctx, r.cancel = context.WithCancel(d.progress.retries(ctx))
	body, err := d.begin(d.window.aside().watched(r.ctx))
	if err != nil {
		r.cancel()
		d.asking.Wait()
		err = o.explain(withContext(ctx, err))
		d.progress.done(err)
		return nil, err
	}
	d.progress.total(d.info.Size, 0)
	r.main = r.cursor(0, d.part, true)
	r.main.took(body, min(d.part, d.info.Size))
	d.part = max(d.part, part) // of ranges from now on
	return r, nil
}

// Size is the size of the object.
func (r *Reader) Size() int64 { return r.d.info.Size }

// Info is what is known about the object. Info.Verified is set when all of it has been
// read from the beginning on, and the checksum was right.
func (r *Reader) Info() Info {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.d.info
}

// Read reads from the position on.
func (r *Reader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.read(p)
	return n, r.explain(err)
}

// explain makes the error that is returned.
func (r *Reader) explain(err error) error {
	if err == nil || err == io.EOF || err == errReaderClosed {
		return err
	}
	if r.isClosed() {
		return errReaderClosed // whatever that did to who was reading
	}
	return r.d.explain(withContext(r.ctx, err))
}

func (r *Reader) isClosed() bool {
	r.idle.Lock()
	defer r.idle.Unlock()
	return r.closed
}

func (r *Reader) read(p []byte) (int, error) {
	switch {
	case r.isClosed():
		return 0, errReaderClosed
	case len(p) == 0:
		return 0, nil
	case r.off >= r.Size():
		if r.off > r.Size() {
			return 0, io.EOF
		}
		return 0, r.end()
	}
	if r.main != nil {
		if behind := r.main.at - r.off; behind > 0 && behind <= int64(len(r.back)) {
			n := copy(p, r.back[int64(len(r.back))-behind:])
			r.off += int64(n)
			return n, nil
		}
	}
	if r.main != nil && r.main.at != r.off {
		r.back = r.back[:0] // they will no longer be those before it
	}
	if r.main == nil || !r.main.moveTo(r.off) {
		r.leave()
		r.main = r.cursor(r.off, strayRange, true)
	}
	n, err := r.main.read(p)
	r.take(p[:n])
	if err != nil {
		r.leave() // the next Read begins anew
	}
	return n, err
}

// leave gives up the place where it reads.
func (r *Reader) leave() {
	if r.main != nil {
		r.main.close()
	}
	r.main, r.back = nil, r.back[:0]
}

// take notes what has been read.
func (r *Reader) take(p []byte) {
	r.decide()
	if known := r.sums.size - r.off; known >= 0 && known < int64(len(p)) { // some of them: it was moved back
		if r.sums.size >= firstRange {
			<-r.asked // one algorithm is enough from here on
		}
		r.sums.write(p[known:])
		r.d.progress.add(int64(len(p)) - known)
	}
	r.off += int64(len(p))
	if len(p) >= backSize {
		r.back, p = r.back[:0], p[len(p)-backSize:]
	}
	r.back = append(r.back, p...)
	if len(r.back) > 2*backSize { // not each time: reads may be of a byte each
		r.back = slices.Delete(r.back, 0, len(r.back)-backSize)
	}
}

// decide finds out what to compare with.
func (r *Reader) decide() {
	if r.sums != nil {
		return
	}
	r.d.decide(r.ctx, &r.verdict, combinable, inOrder)
	r.sums = newDigest(r.d.verdict, combinable, inOrder)
	r.asked = make(chan struct{})
	go func() {
		_ = r.verdict.Wait() // its error is that of the end
		close(r.asked)
	}()
}

// end compares what was read, if that is all of the object.
func (r *Reader) end() error {
	if r.Size() == 0 {
		r.decide()
	}
	if r.sums == nil || r.sums.size != r.Size() {
		return io.EOF // all of it may still be read
	}
	if r.ended == nil {
		err := r.verdict.Wait()
		if err == nil {
			r.d.info.Verified, err = r.d.verdict.verify([]*digest{r.sums})
		}
		if err == nil {
			err = io.EOF
		}
		r.ended = err
	}
	return r.ended
}

// WriteTo writes all from the position on.
func (r *Reader) WriteTo(w io.Writer) (written int64, err error) {
	b := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(b)
	for {
		n, err := r.Read(b[:])
		if n > 0 {
			m, failed := w.Write(b[:n])
			written += int64(m)
			if failed := writeError(m, n, failed); failed != nil {
				return written, r.d.explain(failed)
			}
		}
		if err == io.EOF {
			return written, nil
		}
		if err != nil {
			return written, err
		}
	}
}

// Seek moves the position, which may be behind the end. It makes no request.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.off
	case io.SeekEnd:
		offset += r.Size()
	default:
		return 0, r.d.explain(fmt.Errorf("whence %d is none that there is", whence))
	}
	if offset < 0 {
		return 0, r.d.explain(errors.New("seek to before the beginning"))
	}
	r.off = offset
	return offset, nil
}

// ReadAt reads from off on.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.readAt(p, off)
	return n, r.explain(err)
}

func (r *Reader) readAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	want := min(int64(len(p)), max(0, r.Size()-off))
	c, err := r.borrow(off, want)
	if err != nil {
		return 0, err
	}
	defer func() { r.giveBack(c, err) }()
	if !c.moveTo(off) { // not within borrow: it may read, for which nobody else should wait
		c.close()
		c = r.cursor(off, max(want, strayRange), false)
	}
	for int64(n) < want {
		k, err := c.read(p[n:want])
		n += k
		if err != nil {
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// borrow returns a place to read want bytes at off, or shortly before it: one where a
// ReadAt before has stopped, or a new one.
func (r *Reader) borrow(off, want int64) (*cursor, error) {
	r.idle.Lock()
	defer r.idle.Unlock()
	if r.closed {
		return nil, errReaderClosed
	}
	r.asks.Add(1)
	for i, c := range slices.Backward(r.idles) {
		if off == c.at || c.at < off && off < c.end && off-c.at <= shortSkip {
			r.idles = slices.Delete(r.idles, i, i+1)
			return c, nil
		}
	}
	return r.cursor(off, max(want, strayRange), false), nil
}

// giveBack keeps the place for the next ReadAt, unless reading there has failed.
func (r *Reader) giveBack(c *cursor, err error) {
	defer r.asks.Done()
	r.idle.Lock()
	keep := !r.closed && (err == nil || err == io.EOF) && c.at < r.Size()
	var drop *cursor
	if keep {
		r.idles = append(r.idles, c)
		if len(r.idles) > idleCursors {
			drop, r.idles = r.idles[0], r.idles[1:]
		}
	}
	r.idle.Unlock()
	if !keep {
		drop = c
	}
	if drop != nil {
		drop.close()
	}
}

// Close ends all requests, and all reading. It waits for nothing but their end.
func (r *Reader) Close() error {
	r.idle.Lock()
	if r.closed {
		r.idle.Unlock()
		return errReaderClosed
	}
	r.closed = true
	idles := r.idles
	r.idles = nil
	r.idle.Unlock()
	r.cancel()
	r.mu.Lock() // who is reading has heard of it
	defer r.mu.Unlock()
	r.leave()
	for _, c := range idles {
		c.close()
	}
	r.asks.Wait()
	if r.asked != nil {
		<-r.asked
	}
	r.d.asking.Wait()
	r.d.progress.done(nil)
	return nil
}

// cursor reads on from one place.
type cursor struct {
	prefetch
	ctx    context.Context
	cancel context.CancelFunc

	at    int64 // of the next byte
	size  int64 // of the next range
	eager bool  // it fetches ahead
	runs  int   // ranges of full size that were read

	end  int64     // of the range that is read now
	body io.Closer // of it; nil: it is in due, or there is none
	in   *stream
	due  *fetched
}

// cursor returns one that is at an offset, and asks for so many bytes at first.
func (r *Reader) cursor(off, size int64, eager bool) *cursor {
	c := &cursor{at: off, end: off, size: size, eager: eager}
	ctx, cancel := context.WithCancel(r.ctx)
	c.cancel = cancel
	c.group, c.ctx = errgroup.WithContext(ctx)
	c.prefetch.downloader = r.d
	if eager {
		r.d.manager.ahead.join()
	}
	return c
}

// took takes the body of a range that is open already.
func (c *cursor) took(body io.ReadCloser, end int64) {
	c.body, c.in, c.end = body, &stream{r: body}, end
	c.upTo = end
	c.size = min(2*c.size, c.part)
}

// moveTo moves on to an offset if that is near, and reports whether it is there.
func (c *cursor) moveTo(off int64) bool {
	if off <= c.at {
		return off == c.at
	}
	for off >= c.end && len(c.ahead) > 0 && c.ahead[0].filled() && (c.due == nil || c.due.filled()) {
		c.skipRange()
	}
	switch {
	case off >= c.end || c.due == nil && off-c.at > shortSkip:
		return false
	case c.due != nil:
		c.at = off
		return true
	}
	b := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(b)
	for c.at < off {
		n, err := c.in.read(c.ctx, b[:off-c.at])
		c.at += int64(n)
		if err != nil {
			return false
		}
	}
	return true
}

// skipRange goes to the first range that was fetched ahead.
func (c *cursor) skipRange() {
	c.leave()
	c.due, c.ahead = c.ahead[0], c.ahead[1:]
	c.at, c.end = c.due.off, c.due.off+c.due.reserved
}

// leave gives back the range that is read now.
func (c *cursor) leave() {
	if c.due != nil {
		c.discard(c.due)
		c.due = nil
	}
	if c.body != nil {
		_ = c.body.Close()
		c.body = nil
	}
}

// filled reports whether a range is there, or never will be.
func (f *fetched) filled() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// read reads at least a byte. It is not called at the end of the object.
func (c *cursor) read(p []byte) (n int, err error) {
	defer func() {
		if err != nil {
			if cause := context.Cause(c.ctx); cause != nil {
				err = cause // of a range further on, which has ended all
			}
		}
	}()
	if c.at == c.end {
		if err := c.advance(); err != nil {
			return 0, err
		}
	}
	p = p[:min(int64(len(p)), c.end-c.at)]
	if c.due != nil {
		<-c.due.done
		if err := c.due.err; err != nil {
			return 0, rangeError(c.due.off, c.due.reserved, err)
		}
		n = copy(p, c.due.chunk(c.at-c.due.off))
		c.at += int64(n)
		return n, nil
	}
	n, err = c.in.read(c.ctx, p)
	c.at += int64(n)
	if err == io.EOF {
		err = fmt.Errorf("the body ends before byte %d: %w", c.end, io.ErrUnexpectedEOF)
	}
	if err == nil && c.at == c.end {
		if err = c.in.end(c.ctx); err == nil {
			c.window.succeeded()
		}
		c.leave()
	}
	return n, bodyError(err)
}

// advance goes on to the next range.
func (c *cursor) advance() error {
	if len(c.ahead) > 0 {
		c.skipRange()
	} else {
		c.leave()
		n := min(c.size, c.info.Size-c.at)
		body, err := c.open(c.window.aside().watched(c.ctx), c.at, n)
		if err != nil {
			return rangeError(c.at, n, err)
		}
		c.took(body, c.at+n)
	}
	if c.eager && c.size == c.part {
		c.runs++
		c.fetchAhead(c.ctx, c.part, min(c.runs, c.concurrency-1))
	}
	return nil
}

// close ends what is under way.
func (c *cursor) close() {
	c.cancel()
	if c.body != nil {
		_ = c.body.Close()
		c.body = nil
	}
	_ = c.group.Wait()
	c.leave()
	c.discardAll()
	if c.eager {
		c.manager.ahead.leave()
	}
}
