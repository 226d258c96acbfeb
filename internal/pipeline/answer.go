package pipeline

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/entrepot-go/entrepot/internal/byterange"
)

// drainLimit is how much of an unread body is read on Close, to keep the
// connection; more is cheaper to throw away with the connection.
const drainLimit = 64 << 10

// drainTime is how long that may take; what the server has not sent by then
// is not worth waiting for.
const drainTime = 50 * time.Millisecond

// answerBody is the body of an answer as the caller reads it: watched for
// stalls, continued when the connection is lost, verified, and never shorter
// than it said.
type answerBody struct {
	ctx  context.Context // the call's
	call *Call
	stop stopper

	mu      sync.Mutex
	attempt *attempt // the one that body belongs to
	body    io.ReadCloser
	pending error              // came with bytes, and is met by the next read
	release context.CancelFunc // of the context in which the body is continued

	header http.Header // of the first answer
	fixed  bool        // cannot be continued: where it begins is not known
	pinned bool
	start  int64  // where the body begins in the whole object
	size   int64  // bytes the body has; -1 if the server did not say
	total  string // size of the whole object as Content-Range gave it
	read   int64  // bytes received
	mark   int64  // of them, when the body broke off last
	err    error  // what every further Read returns
}

func newAnswer(c *Call, a *attempt, resp *http.Response) *answerBody {
	b := &answerBody{ctx: c.ctx, call: c, attempt: a, body: resp.Body, header: resp.Header, size: resp.ContentLength}
	b.stop.set(a.guard.cancel)
	if resp.StatusCode == http.StatusPartialContent {
		first, last, total, ok := byterange.Parse(resp.Header.Get("Content-Range"))
		if ok && (b.size < 0 || b.size == last-first+1) {
			b.start, b.size, b.total = first, last-first+1, total
		} else {
			b.fixed = true
		}
	}
	return b
}

func (b *answerBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.err == nil {
		n, err := b.next(p)
		if b.size >= 0 && b.read > b.size {
			b.end(b.call.final(b.ctx, fmt.Errorf("the answer has more than the %d bytes it announced", b.size)))
			break
		}
		if err == io.EOF && b.read < b.size {
			err = io.ErrUnexpectedEOF
		}
		if err == io.EOF || b.read == b.size {
			b.finish(err)
			if b.err != io.EOF {
				break // the last bytes are kept back: io.ReadFull and the like would not see the error beside them
			}
		} else if n > 0 {
			b.pending = err
		} else if err != nil {
			b.recover(err)
			continue
		}
		if n > 0 || b.err == nil {
			return n, nil
		}
	}
	return 0, b.err
}

// next reads from the attempt at hand.
func (b *answerBody) next(p []byte) (int, error) {
	if err := b.pending; err != nil {
		b.pending = nil
		return 0, err
	}
	b.attempt.guard.resume()
	n, err := b.body.Read(p)
	b.attempt.guard.pause()
	if n > 0 {
		b.read += int64(n)
		if b.call.verify != nil {
			b.call.verify.Write(p[:n])
		}
		if o := b.call.observer; o != nil && o.Received != nil {
			o.Received(int64(n))
		}
	}
	return n, err
}

// finish ends a body all of which has come, with io.EOF if that is just what
// the server announced. Last is what came with the last bytes.
func (b *answerBody) finish(last error) {
	if last == nil {
		// Not every transport says with the last byte that it is the last.
		var more [1]byte
		b.attempt.guard.resume()
		n, _ := b.body.Read(more[:])
		b.attempt.guard.pause()
		if n > 0 {
			b.end(b.call.final(b.ctx, fmt.Errorf("the answer has more than the %d bytes it announced", b.size)))
			return
		}
	}
	if b.call.verify != nil {
		if err := b.call.mismatch(); err != nil {
			b.end(b.call.final(b.ctx, err))
			return
		}
	}
	b.end(io.EOF)
}

// end lets every further Read return err, and lets go of the connection.
func (b *answerBody) end(err error) {
	b.err = err
	b.body.Close()
	b.attempt.guard.end()
	if b.release != nil {
		b.release()
	}
}

// recover continues a body that broke off, or ends it with the reason. Each
// time that it breaks off counts as a failed attempt.
func (b *answerBody) recover(cause error) {
	c := b.call
	cause = b.attempt.cause(cause)
	b.body.Close()
	b.attempt.guard.end()
	lost := fmt.Errorf("the answer broke off after %d bytes: %w", b.read, cause)
	if b.size >= 0 {
		lost = fmt.Errorf("the answer broke off after %d of %d bytes: %w", b.read, b.size, cause)
	}
	if b.ctx.Err() != nil || !b.pin() {
		b.end(c.final(b.ctx, lost))
		return
	}
	if b.read > b.mark {
		// A body that made progress has earned a full set of attempts.
		b.mark, c.Attempts, c.mended = b.read, 1, 0
	}
	if b.release != nil {
		b.release()
	}
	ctx, cancel := context.WithCancelCause(b.ctx)
	b.release = func() { cancel(context.Canceled) }
	b.stop.set(cancel)
	err := b.resume(ctx, lost)
	switch {
	case err == nil:
		return
	case b.stop.stopped():
		err = http.ErrBodyReadAfterClose
	}
	b.end(err)
}

// resume has the rest of the body asked for, when it is due.
func (b *answerBody) resume(ctx context.Context, lost error) error {
	c := b.call
	c.decide(ctx, c.unanswered(lost), Retry)
	if !c.again {
		return c.provider.Public(c.failure)
	}
	first, last := b.start+b.read, b.start+b.size-1
	c.Request.Header.Set("Range", "bytes="+strconv.FormatInt(first, 10)+"-"+strconv.FormatInt(last, 10))
	c.resuming = b
	if _, err := c.run(ctx); err != nil {
		if ctx.Err() != nil {
			return err
		}
		c.note(lost)
		return c.provider.Public(c.failure)
	}
	return nil
}

// pin makes the call ask for the rest of just this body, if there is a way.
func (b *answerBody) pin() bool {
	c := b.call
	if !c.Operation.Traits.Has(Resumable) || b.fixed || b.size < 0 {
		return false
	}
	// The transport of the attempt that is over may still read its header.
	c.Request.Header = c.Request.Header.Clone()
	if !b.pinned {
		b.pinned = c.provider.Pin(c, b.header)
	}
	return b.pinned
}

// discontinued is an answer that does not go on where the body broke off. The
// server would give it again.
type discontinued struct{ reason error }

func (d *discontinued) Error() string {
	return "the server does not continue the body: " + d.reason.Error()
}
func (d *discontinued) Unwrap() error { return d.reason }

// continued takes the answer to a request for the rest of the body.
func (b *answerBody) continued(a *attempt, resp *http.Response) error {
	if resp.StatusCode != http.StatusPartialContent {
		return &discontinued{fmt.Errorf("it answered %d to a request for a range", resp.StatusCode)}
	}
	v := resp.Header.Get("Content-Range")
	first, last, total, ok := byterange.Parse(v)
	if !ok || first != b.start+b.read || last != b.start+b.size-1 || b.total != "" && total != b.total {
		return &discontinued{fmt.Errorf("it sends another range than was asked for, %q", v)}
	}
	if p, ok := b.call.provider.(Continuer); ok {
		if err := p.Continued(b.call, b.header, resp.Header); err != nil {
			return &discontinued{err}
		}
	}
	b.attempt, b.body, b.total = a, resp.Body, total
	return nil
}

// Close gives the connection back if little of the body is left, else ends it.
// A Read that another goroutine is in is made to return.
func (b *answerBody) Close() error {
	if !b.mu.TryLock() {
		b.stop.now()
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	if b.err == nil {
		b.drain()
		b.end(http.ErrBodyReadAfterClose)
	}
	return nil
}

func (b *answerBody) drain() {
	if b.pending != nil || b.size < 0 || b.size-b.read > drainLimit {
		return
	}
	late := time.AfterFunc(drainTime, b.stop.now)
	defer late.Stop()
	io.Copy(io.Discard, io.LimitReader(b.body, drainLimit))
}

// stopper ends what a Read waits for: the attempt that brings the body, or the
// making of the next one.
type stopper struct {
	mu     sync.Mutex
	done   bool
	cancel context.CancelCauseFunc
}

func (s *stopper) set(cancel context.CancelCauseFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel = cancel
	if s.done {
		cancel(context.Canceled)
	}
}

func (s *stopper) now() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = true
	s.cancel(context.Canceled)
}

func (s *stopper) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}
