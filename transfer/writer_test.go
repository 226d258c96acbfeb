package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/entrepot-go/entrepot/transfer"
)

func TestWriter(t *testing.T) {
	for _, size := range []int{0, 1, 99, 100, 101, 1000, 12_345} {
		b := newBucket()
		content := randomBytes(size)
		w := transfer.NewWriter(t.Context(), b, "f", transfer.WithPartSize(100), transfer.WithContentType("a/b"))
		for rest := content; len(rest) > 0; {
			n, err := w.Write(rest[:min(len(rest), 77)])
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if b.content("f") != nil {
			t.Error("the object is there before it is complete")
		}
		for range 2 {
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
		if info := w.Info(); !bytes.Equal(b.content("f"), content) || info.Size != int64(size) || info.Attrs.ContentType != "a/b" {
			t.Errorf("%d bytes: %+v", size, info)
		}
		if _, err := w.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("a write after the end: %v", err)
		}
		b.idle(t)
	}
}

func TestWriterReadsFrom(t *testing.T) {
	b := newBucket()
	content := randomBytes(1 << 20)
	w := transfer.NewWriter(t.Context(), b, "f")
	n, err := io.Copy(w, iotest.HalfReader(bytes.NewReader(content)))
	if err != nil || n != int64(len(content)) {
		t.Error(n, err)
	}
	if _, err := io.Copy(w, iotest.ErrReader(errBroken)); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if err := w.Close(); err != nil || !bytes.Equal(b.content("f"), content) {
		t.Error(err)
	}
}

func TestWriterLeavesNothing(t *testing.T) {
	part := bytes.Repeat([]byte("x"), 250) // two and a half
	t.Run("when it is aborted", func(t *testing.T) {
		b := newBucket()
		w := transfer.NewWriter(t.Context(), b, "f", transfer.WithPartSize(100))
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
		if err := w.Close(); !errors.Is(err, context.Canceled) {
			t.Errorf("Close after Abort: %v", err)
		}
		if _, err := w.Write(part); err == nil {
			t.Error("a write after Abort succeeded")
		}
		if b.content("f") != nil {
			t.Error("the object is there")
		}
		b.idle(t)
	})
	t.Run("when its context ends", func(t *testing.T) {
		b := newBucket()
		ctx, cancel := context.WithCancel(t.Context())
		w := transfer.NewWriter(ctx, b, "f", transfer.WithPartSize(100))
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := w.Close(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		b.idle(t)
	})
	t.Run("when a part fails", func(t *testing.T) {
		b := newBucket()
		b.onPart = func(context.Context, int) error { return errBroken }
		w := transfer.NewWriter(t.Context(), b, "f", transfer.WithPartSize(100))
		_, err := io.Copy(w, endless{})
		if !errors.Is(err, errBroken) || !strings.HasPrefix(err.Error(), `transfer: upload "f": part `) {
			t.Errorf("writing: %v", err)
		}
		if err := w.Close(); !errors.Is(err, errBroken) {
			t.Errorf("closing: %v", err)
		}
		b.idle(t)
	})
	t.Run("unless that fails", func(t *testing.T) {
		b := newBucket()
		b.onAbort = func(context.Context) error { return errBroken }
		w := transfer.NewWriter(t.Context(), b, "f", transfer.WithPartSize(100))
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Abort(); !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "upload-1 is left behind") {
			t.Error(err)
		}
	})
	t.Run("where there is something", func(t *testing.T) {
		b := newBucket()
		b.put(t, "f", []byte("old"))
		w := transfer.NewWriter(t.Context(), b, "f", transfer.WithIfAbsent())
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); !errors.Is(err, fs.ErrExist) {
			t.Error(err)
		}
		if w.Info().Size != 0 {
			t.Error(w.Info())
		}
	})
	t.Run("of wrong options", func(t *testing.T) {
		w := transfer.NewWriter(t.Context(), newBucket(), "f", transfer.WithVersion("1"))
		if err := w.Close(); err == nil || !strings.Contains(err.Error(), "WithVersion is an option of downloads") {
			t.Error(err)
		}
	})
}

// endless yields without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// Close may wait for an answer that does not come. Who gives the object up then must
// not have to wait for it too.
func TestWriterIsAbortedWhileItCloses(t *testing.T) {
	b := newBucket()
	putting := make(chan struct{})
	b.onPut = func(ctx context.Context) error {
		close(putting)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Second):
			return nil
		}
	}
	w := transfer.NewWriter(t.Context(), b, "f")
	closed := make(chan error)
	go func() { closed <- w.Close() }()
	<-putting
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if err := <-closed; !errors.Is(err, context.Canceled) {
		t.Errorf("Close while it is aborted: %v", err)
	}
	if b.objects["f"] != nil {
		t.Error("the object is there")
	}
	b.idle(t)
}
