package transfer

import (
	"context"
	"errors"
	"io"
)

// Writer makes an object of what is written to it. Its Close completes the object; until
// then there is none.
//
//	w := transfer.NewWriter(ctx, photos, "log.gz")
//	defer w.Abort() // which does nothing once it is closed
//	…
//	err := w.Close()
//
// It may be used by one goroutine at a time, Abort by any.
type Writer struct {
	in     *io.PipeWriter
	cancel context.CancelFunc
	ended  chan struct{}

	// Once it has ended.
	info Info
	err  error
}

var errAborted = errors.New("the Writer was aborted")

// NewWriter returns a Writer of the object name of b. What it is given is uploaded as
// by [Upload] from a reader of unknown length: it is held a part at a time, within the
// memory of the [Manager], and an object of one part takes one request. Errors, also of
// the options, are those of Write and Close.
//
// A Writer has to be closed or aborted, or its context to end.
func NewWriter(ctx context.Context, b Bucket, name string, opts ...Option) *Writer {
	ctx, cancel := context.WithCancel(ctx)
	out, in := io.Pipe()
	w := &Writer{in: in, cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer cancel()
		defer close(w.ended)
		stop := context.AfterFunc(ctx, func() { _ = out.CloseWithError(context.Cause(ctx)) }) // which a read of the pipe would not see
		defer stop()
		w.info, w.err = Upload(ctx, b, name, out, opts...)
		err := w.err
		if err == nil {
			err = io.ErrClosedPipe
		}
		_ = out.CloseWithError(err)
	}()
	return w
}

// NewWriter is [NewWriter] within the limits of m.
func (m *Manager) NewWriter(ctx context.Context, b Bucket, name string, opts ...Option) *Writer {
	return NewWriter(ctx, b, name, m.with(opts)...)
}

// Write adds to the content. If the upload has failed, it returns why.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.in.Write(p)
	return n, w.failed(err)
}

// failed returns the error of the upload in the place of that of the pipe to it.
func (w *Writer) failed(err error) error {
	if err == nil {
		return nil
	}
	select {
	case <-w.ended:
		if w.err != nil {
			return w.err
		}
	default:
	}
	return err
}

// ReadFrom adds what r yields.
func (w *Writer) ReadFrom(r io.Reader) (n int64, err error) {
	b := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(b)
	in := &stream{r: r}
	for {
		k, err := in.read(context.Background(), b[:])
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		m, err := w.Write(b[:k])
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
}

// Close completes the object, and waits for that. Called again it returns the same.
func (w *Writer) Close() error {
	_ = w.in.Close()
	<-w.ended
	return w.err
}

// Abort gives the object up, and leaves nothing behind, for which it may take up to 35 s;
// if that fails, its error says so. It does nothing where the object is complete already;
// a Close that is under way ends early.
func (w *Writer) Abort() error {
	w.cancel()
	_ = w.in.CloseWithError(errAborted)
	<-w.ended
	if left := (leftBehindError{}); errors.As(w.err, &left) {
		return w.err
	}
	return nil
}

// Info returns what is known about the object, once Close has returned without error.
func (w *Writer) Info() Info {
	select {
	case <-w.ended:
		return w.info
	default:
		return Info{}
	}
}
