package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/entrepot-go/entrepot/internal/observe"
)

// bufferLimit is how much of a body of unknown length is read ahead, so that
// it can be sent with a length and sent again.
const bufferLimit = 1 << 20

// Body is what a call sends: bytes, or a reader of the caller. Each attempt
// gets a view of its own.
type Body struct {
	// Size is the number of bytes.
	Size int64
	// Bytes is the whole body where it is in memory anyway.
	Bytes []byte

	ctx    context.Context // of the call
	own    bool            // Bytes are the call's alone, and never change again
	at     io.ReaderAt     // read from offset, any number of times
	offset int64
	seeker io.ReadSeeker // rewound to offset for each attempt
	once   io.Reader     // can be read one time only
	sent   bool          // once has been handed out
}

// errTooLong is the cause when a body of unknown length is more than one call buffers.
var errTooLong = errors.New("the body's length is not known and it is longer than 1 MiB: set ContentLength, or use transfer.Upload")

// newBody finds out how r can be read. length is what the caller says of its
// size, 0 if nothing.
func newBody(ctx context.Context, r io.Reader, length int64) (*Body, error) {
	b := &Body{ctx: ctx}
	if err := b.classify(r); err != nil {
		return nil, err
	}
	if b.once != nil {
		if length <= 0 {
			if l, ok := r.(interface{ Len() int }); ok {
				length = int64(l.Len())
			} else if err := b.buffer(); err != nil {
				return nil, err
			} else {
				return b, nil
			}
		}
		b.Size = length
		return b, nil
	}
	if length > 0 {
		if length != b.Size {
			return nil, fmt.Errorf("ContentLength is %d but the body has %d bytes", length, b.Size)
		}
	}
	return b, nil
}

func (b *Body) classify(r io.Reader) error {
	switch r := r.(type) {
	case *bytes.Buffer:
		// The call has the buffer to itself until it returns, so its bytes
		// can be looked at as often as needed.
		b.Bytes = r.Bytes()
		b.Size = int64(len(b.Bytes))
		return nil
	case *os.File:
		// A pipe is a ReaderAt that fails, and a file of /proc has size 0
		// whatever it holds.
		if st, err := r.Stat(); err != nil || !st.Mode().IsRegular() || st.Size() == 0 {
			b.once = r
			return nil
		}
	}
	seeker, ok := r.(io.Seeker)
	if !ok {
		b.once = r
		return nil
	}
	offset, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		b.once = r
		return nil
	}
	end, err := seeker.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = seeker.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("finding the body's length: %w", err)
	}
	b.offset = offset
	b.Size = max(end-offset, 0)
	if at, ok := r.(io.ReaderAt); ok {
		b.at = at
	} else {
		b.seeker = r.(io.ReadSeeker)
	}
	return nil
}

// buffer reads a body of unknown length into memory.
func (b *Body) buffer() error {
	data, err := io.ReadAll(io.LimitReader(b.ahead(), bufferLimit+1))
	if err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	if len(data) > bufferLimit {
		return errTooLong
	}
	b.once = nil
	b.Bytes, b.own = data, true
	b.Size = int64(len(data))
	return nil
}

// Load reads the body into memory, so that it can be hashed and sent without
// being read twice.
func (b *Body) Load() error {
	if b.Loaded() {
		return nil
	}
	data := make([]byte, b.Size)
	n, err := b.readAll(data)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		err = tooShort(b.Size - int64(n))
	case err == nil && b.once != nil:
		err = b.expectEnd(b.ahead())
	}
	if err != nil {
		return fmt.Errorf("reading the body: %w", err)
	}
	b.Bytes, b.own = data, true
	b.at, b.seeker, b.once = nil, nil, nil
	return nil
}

// readAll fills data with the whole body.
func (b *Body) readAll(data []byte) (int, error) {
	if b.at != nil {
		n, err := b.at.ReadAt(data, b.offset)
		switch {
		case n == len(data):
			err = nil
		case err == nil:
			err = io.ErrUnexpectedEOF // no reader may do that, and some do
		}
		return n, err
	}
	r, err := b.Open()
	if err != nil {
		return 0, err
	}
	if b.once != nil {
		r = b.ahead()
	}
	return io.ReadFull(r, data)
}

// expectEnd reads on where the body must be over: a reader whose length is
// only what the caller said must have no more, or bytes would be lost.
func (b *Body) expectEnd(r io.Reader) error {
	var more [1]byte
	switch n, err := io.ReadFull(r, more[:]); {
	case n > 0:
		return fmt.Errorf("it is longer than its ContentLength of %d bytes", b.Size)
	case err != io.EOF:
		return err
	}
	return nil
}

// ahead reads, before the first attempt, from a reader that may block for ever:
// no longer than the call lasts.
func (b *Body) ahead() io.Reader { return &ahead{b.ctx, b.once} }

type ahead struct {
	ctx context.Context
	r   io.Reader
}

// Read leaves p to the reader when the call is over: it is a buffer of the
// call's, which nobody looks at then.
func (a *ahead) Read(p []byte) (int, error) {
	if a.ctx.Done() == nil {
		return a.r.Read(p)
	}
	var n int
	var err error
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		n, err = a.r.Read(p)
	}()
	select {
	case <-returned:
		return n, err
	case <-a.ctx.Done():
		return 0, context.Cause(a.ctx)
	}
}

// tooShort is the error of a body that ends before its length.
func tooShort(missing int64) error {
	return fmt.Errorf("it ended %d bytes short of its length: %w", missing, io.ErrUnexpectedEOF)
}

// Loaded reports whether Bytes is the whole body.
func (b *Body) Loaded() bool { return b.at == nil && b.seeker == nil && b.once == nil }

// Replayable reports whether the body can be sent again.
func (b *Body) Replayable() bool { return b == nil || b.once == nil || !b.sent }

// Stream reports whether the body can be read one time only.
func (b *Body) Stream() bool { return b != nil && b.once != nil }

// Open returns a reader over the whole body. Of a body that is not replayable
// there is only one.
func (b *Body) Open() (io.Reader, error) {
	switch {
	case b.at != nil:
		return io.NewSectionReader(b.at, b.offset, b.Size), nil
	case b.seeker != nil:
		if _, err := b.seeker.Seek(b.offset, io.SeekStart); err != nil {
			return nil, fmt.Errorf("rewinding the body: %w", err)
		}
		return b.seeker, nil
	case b.once != nil:
		if b.sent {
			return nil, errors.New("the body cannot be read a second time")
		}
		b.sent = true
		return b.once, nil
	}
	return bytes.NewReader(b.Bytes), nil
}

// packetLimit is the size up to which a body of the call's own goes to the
// transport as it is: with its header it fits into one write.
const packetLimit = 16 << 10

// packet returns the body as the one kind of reader of which net/http knows
// that it cannot block, so that body and header leave in one packet; before
// any other it flushes. Nil: the body is too long, or somebody else's.
func (b *Body) packet() io.ReadCloser {
	if !b.own || b.Size > packetLimit {
		return nil
	}
	return io.NopCloser(bytes.NewReader(b.Bytes))
}

// sending is the view of a body that one attempt hands to the transport. The
// transport may go on reading after it has answered; detach ends that, so that
// nothing of the caller's is touched once the call has returned.
type sending struct {
	ctx      context.Context // the attempt's
	body     *Body
	guard    *guard
	observer *observe.Observer

	// asked is closed when the server asks for the body, which it is to do
	// where this is set; answered says that it has been heard of.
	asked    <-chan struct{}
	answered *atomic.Bool

	gone  atomic.Bool
	taken atomic.Bool // all bytes have been handed out
	mu    sync.Mutex
	r     io.Reader
	left  int64
	n     int64 // bytes read, and reported as sent
	err   error // what the caller's reader failed with
	buf   []byte
	late  <-chan struct{} // closed when a read returns that was not waited for
}

// errDetached meets a transport that reads on after the attempt is over.
var errDetached = errors.New("the attempt that sends this body is over")

func (s *sending) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.err != nil:
		return 0, s.err
	case s.left == 0:
		// Also when the attempt is over: a transport that asks once more after
		// the last byte must not take its good answer for a failure.
		return 0, io.EOF
	case s.gone.Load():
		return 0, errDetached
	case s.n == 0 && !s.wanted():
		return 0, errDetached
	}
	if int64(len(p)) > s.left {
		p = p[:s.left]
	}
	s.guard.rest() // time spent in the caller's reader is not the network's
	n, err := 0, error(nil)
	if o := s.observer; o != nil && o.Pace != nil {
		if n, err = o.Pace(s.ctx, len(p)); err != nil {
			return 0, err
		}
		p, n = p[:n], 0
	}
	if s.body.once != nil {
		n, err = s.readOnce(p)
		if s.late != nil {
			return 0, err
		}
	} else {
		n, err = s.r.Read(p)
	}
	s.left -= int64(n)
	switch {
	case s.left > 0:
		if err == io.EOF {
			err = tooShort(s.left)
		}
	case s.body.once == nil || err == io.EOF:
		err = io.EOF
	default:
		// Without its last bytes the server cannot take the body for whole.
		s.left += int64(n)
		n = 0
	}
	s.guard.work()
	if err != nil && err != io.EOF {
		s.err = err
	}
	s.n += int64(n)
	if s.left == 0 {
		s.taken.Store(true)
	}
	if o := s.observer; o != nil && o.Sent != nil && n > 0 {
		o.Sent(int64(n))
	}
	return n, err
}

// wanted reports whether the body is to be sent. A server that answers without
// asking for it does not want it, but net/http sends it all the same. To fail
// would close the connection before the answer is read; so this waits until it
// is, or until what came first turns out to be no answer yet.
func (s *sending) wanted() bool {
	if s.asked == nil || !s.answered.Load() {
		return true
	}
	select {
	case <-s.asked:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// readOnce reads from a reader that may block for ever, such as a pipe, but no
// longer than the attempt lasts: net/http does not give up a request whose
// body is being read. The reader gets a buffer of its own, as p belongs to the
// transport again when this returns.
func (s *sending) readOnce(p []byte) (int, error) {
	if s.buf == nil {
		s.buf = make([]byte, min(s.left, onceBuffer))
	}
	buf := s.buf[:min(len(p), len(s.buf))]
	type result struct {
		n   int
		err error
	}
	came := make(chan result, 1)
	returned := make(chan struct{})
	left := s.left
	go func() {
		defer close(returned)
		n, err := s.r.Read(buf)
		if int64(n) == left && err == nil {
			if err = s.body.expectEnd(s.r); err == nil {
				err = io.EOF
			}
		}
		came <- result{n, err}
	}()
	select {
	case r := <-came:
		return copy(p, buf[:r.n]), r.err
	case <-s.ctx.Done():
		s.late = returned
		return 0, context.Cause(s.ctx)
	}
}

// onceBuffer is how much is read at a time of a reader that can be read only once.
const onceBuffer = 32 << 10

// Close leaves the caller's reader open.
func (s *sending) Close() error { return nil }

// whole reports whether the transport has got all of the body.
func (s *sending) whole() bool { return s.taken.Load() }

// detach ends the sending: no further read begins, and one in progress is
// waited for, unless ctx is over and the reader is one that may block for ever.
func (s *sending) detach(ctx context.Context) {
	s.gone.Store(true)
	s.guard.cancel(context.Canceled)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.late != nil {
		select {
		case <-s.late:
		case <-ctx.Done():
		}
		return
	}
	if s.n == 0 && s.err == nil {
		s.body.sent = false // untouched, so it can be handed out again
	}
}

// failure is what the caller's reader failed with, if it did.
func (s *sending) failure() error {
	if !s.mu.TryLock() {
		return nil
	}
	defer s.mu.Unlock()
	return s.err
}

// rollback takes back what was reported as sent.
func (s *sending) rollback() {
	if s.observer == nil || s.observer.Sent == nil || !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if s.n > 0 {
		s.observer.Sent(-s.n)
		s.n = 0
	}
}
