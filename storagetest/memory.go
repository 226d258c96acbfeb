package storagetest

import (
	"context"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// streamSize is how much one direction of a connection in memory holds before
// its writer waits.
const streamSize = 64 << 10

// memListener is a listener whose connections are pairs of buffers. All waiting
// is on condition variables and channels, which testing/synctest understands.
type memListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemListener() *memListener {
	return &memListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept implements [net.Listener].
func (l *memListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (l *memListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements [net.Listener].
func (l *memListener) Addr() net.Addr { return memAddr{} }

func (l *memListener) dial(ctx context.Context) (net.Conn, error) {
	up, down := newStream(), newStream()
	client := &memConn{in: down, out: up}
	select {
	case l.conns <- &memConn{in: up, out: down}:
		return client, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "memory", Addr: memAddr{}, Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type memAddr struct{}

func (memAddr) Network() string { return "memory" }
func (memAddr) String() string  { return inMemoryHost }

// memConn is one end of a connection in memory.
type memConn struct{ in, out *stream }

func (c *memConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *memConn) Write(p []byte) (int, error) { return c.out.write(p) }
func (c *memConn) LocalAddr() net.Addr         { return memAddr{} }
func (c *memConn) RemoteAddr() net.Addr        { return memAddr{} }

func (c *memConn) Close() error {
	c.in.closeReader(false)
	c.out.closeWriter(io.EOF)
	return nil
}

// reset closes the connection so that the other end meets ECONNRESET.
func (c *memConn) reset() {
	c.in.closeReader(true)
	c.out.closeWriter(opError("read", syscall.ECONNRESET))
}

func (c *memConn) SetDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reader, t)
	c.out.setDeadline(&c.out.writer, t)
	return nil
}

func (c *memConn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reader, t)
	return nil
}

func (c *memConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writer, t)
	return nil
}

func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "memory", Addr: memAddr{}, Err: err}
}

// stream is one direction of a connection.
type stream struct {
	mu             sync.Mutex
	changed        *sync.Cond
	buf            []byte
	reader, writer end
	readErr        error // set when the writer is gone: what a read past the buffer meets
	writeErr       error // set when the reader is gone
}

// end is the state of one side of a stream.
type end struct {
	closed   bool
	expired  bool
	timer    *time.Timer
	deadline int // counts the deadlines set, so that a late timer knows it is outdated
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.reader.closed:
			return 0, opError("read", net.ErrClosed)
		case s.reader.expired:
			return 0, opError("read", os.ErrDeadlineExceeded)
		case len(s.buf) > 0:
			n := copy(p, s.buf)
			s.buf = s.buf[:copy(s.buf, s.buf[n:])]
			s.changed.Broadcast()
			return n, nil
		case s.readErr != nil:
			return 0, s.readErr
		case len(p) == 0:
			return 0, nil
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) (written int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.writer.closed:
			return written, opError("write", net.ErrClosed)
		case s.writer.expired:
			return written, opError("write", os.ErrDeadlineExceeded)
		case s.writeErr != nil:
			return written, s.writeErr
		case len(p) == 0:
			return written, nil
		case len(s.buf) < streamSize:
			n := min(len(p), streamSize-len(s.buf))
			s.buf = append(s.buf, p[:n]...)
			p, written = p[n:], written+n
			s.changed.Broadcast()
			continue
		}
		s.changed.Wait()
	}
}

// closeReader ends the reading side. A writer then meets EPIPE, or ECONNRESET.
func (s *stream) closeReader(reset bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader.closed {
		return
	}
	s.reader.close()
	s.buf = nil
	s.writeErr = opError("write", syscall.EPIPE)
	if reset {
		s.writeErr = opError("write", syscall.ECONNRESET)
	}
	s.changed.Broadcast()
}

// closeWriter ends the writing side. A reader meets err after what is buffered.
func (s *stream) closeWriter(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writer.closed {
		return
	}
	s.writer.close()
	s.readErr = err
	s.changed.Broadcast()
}

func (e *end) close() {
	e.closed = true
	if e.timer != nil {
		e.timer.Stop()
	}
}

func (s *stream) setDeadline(e *end, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.timer != nil {
		e.timer.Stop()
		e.timer = nil
	}
	e.deadline++
	e.expired = false
	if e.closed || t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		e.expired = true
		s.changed.Broadcast()
		return
	}
	current := e.deadline
	e.timer = time.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if e.deadline == current {
			e.expired = true
			s.changed.Broadcast()
		}
	})
}
