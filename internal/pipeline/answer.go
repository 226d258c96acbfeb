package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/entrepot-go/entrepot/internal/checksum"
)

// drainLimit is how much of an unread body is read on Close, to keep the
// connection; more is cheaper to throw away with the connection.
const drainLimit = 64 << 10

// answerBody is the body of an answer as the caller reads it: watched for
// stalls, continued when the connection is lost, verified, and never shorter
// than it said.
type answerBody struct {
	ctx  context.Context // the call's
	call *Call

	attempt atomic.Pointer[attempt] // the one that b.body belongs to

	mu     sync.Mutex
	body   io.ReadCloser
	header http.Header // of the first answer
	start  int64       // where the body begins in the whole object
	read   int64       // bytes handed to the caller
	size   int64       // bytes the body has; -1 if the server did not say
	total  string      // size of the whole object as Content-Range gave it
	pinned bool
	err    error // what every further Read returns
	closed bool
}

func newAnswer(ctx context.Context, c *Call, a *attempt, resp *http.Response) *answerBody {
	b := &answerBody{ctx: ctx, call: c, body: resp.Body, header: resp.Header, size: resp.ContentLength}
	b.attempt.Store(a)
	if resp.StatusCode == http.StatusPartialContent {
		if start, _, total, ok := contentRange(resp.Header.Get("Content-Range")); ok {
			b.start, b.total = start, total
		}
	}
	return b
}

func (b *answerBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		if b.err != nil {
			return 0, b.err
		}
		n, err := b.readOnce(p)
		if err == nil || n > 0 {
			return n, nil
		}
		if err == io.EOF {
			b.finish(io.EOF)
			continue
		}
		b.recover(err)
	}
}

// readOnce reads from the attempt at hand. An error that comes with bytes is
// met again by the next read.
func (b *answerBody) readOnce(p []byte) (int, error) {
	b.attempt.Load().guard.resume()
	n, err := b.body.Read(p)
	b.attempt.Load().guard.pause()
	if n > 0 {
		b.read += int64(n)
		if b.call.verify != nil {
			b.call.verify.Write(p[:n])
		}
		if o := b.call.observer; o != nil && o.Received != nil {
			o.Received(int64(n))
		}
	}
	switch {
	case b.size >= 0 && b.read > b.size:
		return 0, fmt.Errorf("the answer has more than the %d bytes it announced", b.size)
	case err == io.EOF && b.size >= 0 && b.read < b.size:
		return n, io.ErrUnexpectedEOF
	}
	return n, err
}

// finish ends the body with err, io.EOF if all of it has been read and is
// what the server's checksum says.
func (b *answerBody) finish(err error) {
	if v := b.call.verify; err == io.EOF && v != nil && !bytes.Equal(v.Sum(nil), b.call.want) {
		err = b.call.final(b.ctx, &checksum.MismatchError{Algorithm: b.call.algorithm})
	}
	b.err = err
	b.body.Close()
	b.attempt.Load().guard.end()
}

// recover continues a body that broke off, or ends it with the reason.
func (b *answerBody) recover(cause error) {
	c := b.call
	if stall := context.Cause(b.attempt.Load().ctx); stall != nil && !errors.Is(stall, context.Canceled) {
		cause = stall
	}
	b.body.Close()
	b.attempt.Load().guard.end()
	if b.ctx.Err() != nil || !c.Operation.Traits.Has(Resumable) || b.size < 0 || !b.pin() {
		b.err = c.final(b.ctx, b.lost(cause))
		return
	}
	c.report(c.unanswered(b.lost(cause)), 0, false)
	first, last := b.start+b.read, b.start+b.size-1
	c.Request.Header.Set("Range", "bytes="+strconv.FormatInt(first, 10)+"-"+strconv.FormatInt(last, 10))
	c.resuming = b
	// A body that made progress has earned a full set of attempts.
	c.Attempts, c.mended = 0, 0
	if _, err := c.run(b.ctx); err != nil {
		b.err = fmt.Errorf("%w (continuing after %d of %d bytes: %w)", err, b.read, b.size, cause)
	}
}

func (b *answerBody) pin() bool {
	if !b.pinned {
		b.pinned = b.call.provider.Pin(b.call, b.header)
	}
	return b.pinned
}

func (b *answerBody) lost(cause error) error {
	if b.size < 0 {
		return fmt.Errorf("the answer broke off after %d bytes: %w", b.read, cause)
	}
	return fmt.Errorf("the answer broke off after %d of %d bytes: %w", b.read, b.size, cause)
}

// continued takes the answer to a request for the rest of the body.
func (b *answerBody) continued(a *attempt, resp *http.Response) error {
	first, last, total, ok := contentRange(resp.Header.Get("Content-Range"))
	switch {
	case resp.StatusCode != http.StatusPartialContent || !ok:
		return &undecodable{fmt.Errorf("the server does not continue the body: it answered %d without the range that was asked for", resp.StatusCode)}
	case first != b.start+b.read || last != b.start+b.size-1 || b.total != "" && total != b.total:
		return &undecodable{fmt.Errorf("the server continues the body with another range: %q", resp.Header.Get("Content-Range"))}
	}
	b.attempt.Store(a)
	b.body = resp.Body
	return nil
}

// Close gives the connection back if little of the body is left, else ends it.
func (b *answerBody) Close() error {
	if !b.mu.TryLock() {
		// Another goroutine reads: this is how it is made to stop.
		b.attempt.Load().guard.cancel(context.Canceled)
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	if b.err == nil {
		b.err = http.ErrBodyReadAfterClose
		if b.size >= 0 && b.size-b.read <= drainLimit {
			b.attempt.Load().guard.resume()
			io.Copy(io.Discard, io.LimitReader(b.body, drainLimit))
		}
		b.body.Close()
		b.attempt.Load().guard.end()
	}
	return nil
}

// contentRange reads a header "bytes FIRST-LAST/TOTAL".
func contentRange(v string) (first, last int64, total string, ok bool) {
	v, found := strings.CutPrefix(v, "bytes ")
	if !found {
		return 0, 0, "", false
	}
	span, total, found := strings.Cut(v, "/")
	if !found {
		return 0, 0, "", false
	}
	from, to, found := strings.Cut(span, "-")
	if !found {
		return 0, 0, "", false
	}
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	return first, last, total, err1 == nil && err2 == nil && first >= 0 && last >= first
}
