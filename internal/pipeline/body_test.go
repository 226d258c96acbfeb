package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

// source is a reader of the caller's that knows whether it was closed, or
// touched when it must not be.
type source struct {
	io.Reader
	closed  atomic.Bool
	over    atomic.Bool // the call has returned
	touched atomic.Bool // since then
}

func (s *source) Read(p []byte) (int, error) {
	if s.over.Load() {
		s.touched.Store(true)
	}
	return s.Reader.Read(p)
}

func (s *source) Close() error {
	s.closed.Store(true)
	return nil
}

func (s *source) check(t *testing.T) {
	t.Helper()
	if s.closed.Load() {
		t.Error("the caller's reader was closed")
	}
	if s.touched.Load() {
		t.Error("the caller's reader was read after the call had returned")
	}
}

// seekOnly is a seeker that is no io.ReaderAt.
type seekOnly struct{ io.ReadSeeker }

// keep answers 500 to the first n requests and keeps the bodies of all.
func keep(bodies *[][]byte, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		*bodies = append(*bodies, b)
		if len(*bodies) <= n {
			w.WriteHeader(500)
		}
	}
}

func TestBodiesAreSentAgain(t *testing.T) {
	data := pattern(300 << 10)
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	atOffset := bytes.NewReader(data)
	skip := func(s io.Seeker, n int64) { s.Seek(n, io.SeekStart) }
	skip(atOffset, 1000)
	skip(opened, 77)
	seeker := seekOnly{bytes.NewReader(data)}
	skip(seeker, 500)
	tests := []struct {
		name string
		body io.Reader
		want []byte
	}{
		{"bytes from the current offset", atOffset, data[1000:]},
		{"file from the current offset", opened, data[77:]},
		{"seeker, rewound to where it stood", seeker, data[500:]},
		{"section", io.NewSectionReader(bytes.NewReader(data), 10, 2000), data[10:2010]},
		{"buffer", bytes.NewBuffer(data[:5000]), data[:5000]},
		{"small stream of unknown length", iotest.OneByteReader(bytes.NewReader(data[:5000])), data[:5000]},
		{"nothing left", strings.NewReader(""), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var bodies [][]byte
			r := newRig(t, keep(&bodies, 2))
			if err := r.put(t.Context(), tt.body); err != nil {
				t.Fatal(err)
			}
			if len(bodies) != 3 {
				t.Fatalf("%d requests", len(bodies))
			}
			for i, b := range bodies {
				if !bytes.Equal(b, tt.want) {
					t.Errorf("request %d has %d bytes, want %d, or other ones", i+1, len(b), len(tt.want))
				}
			}
		})
	}
}

func TestReaderAtIsNotMoved(t *testing.T) {
	r := newRig(t, status(200))
	body := bytes.NewReader(pattern(1000))
	body.Seek(300, io.SeekStart)
	if err := r.put(t.Context(), body); err != nil {
		t.Fatal(err)
	}
	if at, _ := body.Seek(0, io.SeekCurrent); at != 300 {
		t.Errorf("the reader stands at %d, not where the caller left it", at)
	}
}

func TestStreamIsNotSentAgain(t *testing.T) {
	data := pattern(200 << 10)
	r := newRig(t, status(500))
	body := &source{Reader: bytes.NewReader(data)}
	err := r.do(t.Context(), opPut, &input{Key: "k", ContentLength: int64(len(data)), Body: body}, &output{})
	body.over.Store(true)
	wantAttempts(t, err, 1)
	wantText(t, err, "stub: Put: the server answered 500", "no further attempt: the body can be read only once")
	body.check(t)
}

func TestUntouchedStreamIsSentAgain(t *testing.T) {
	data := pattern(200 << 10)
	var got []byte
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) { got, _ = io.ReadAll(r.Body) })
	refused := 2
	next := r.rt.base
	r.rt.base = roundTripper(func(req *http.Request) (*http.Response, error) {
		if refused--; refused >= 0 {
			return nil, syscall.ECONNREFUSED
		}
		return next.RoundTrip(req)
	})
	body := &source{Reader: bytes.NewReader(data)}
	if err := r.do(t.Context(), opPut, &input{Key: "k", ContentLength: int64(len(data)), Body: body}, &output{}); err != nil {
		t.Fatal(err)
	}
	body.over.Store(true)
	if !bytes.Equal(got, data) {
		t.Errorf("%d bytes arrived, want %d", len(got), len(data))
	}
	body.check(t)
}

func TestBodyOfTheWrongLength(t *testing.T) {
	data := pattern(200 << 10)
	tests := []struct {
		name   string
		body   io.Reader
		length int64
		want   string
	}{
		{"stream too short", io.MultiReader(bytes.NewReader(data)), int64(len(data)) + 3, "stub: Put: reading the body: it ended 3 bytes short of its length: unexpected EOF"},
		{"stream too long", io.MultiReader(bytes.NewReader(data)), int64(len(data)) - 1, "stub: Put: reading the body: it is longer than its ContentLength of 204799 bytes"},
		{"stream much too long", io.MultiReader(bytes.NewReader(data)), 100, "stub: Put: reading the body: it is longer than its ContentLength of 100 bytes"},
		{"seeker too short", bytes.NewReader(data), int64(len(data)) + 1, "stub: Put: ContentLength is 204801 but the body has 204800 bytes"},
		{"seeker too long", bytes.NewReader(data), 10, "stub: Put: ContentLength is 10 but the body has 204800 bytes"},
		{"file that shrinks", &shrinking{bytes.NewReader(data)}, 0, "stub: Put: reading the body: it ended 1000 bytes short of its length: unexpected EOF"},
		{"stream of unknown length beyond the buffer", io.MultiReader(bytes.NewReader(make([]byte, bufferLimit+1))), 0, "set ContentLength, or use transfer.Upload"},
		{"negative length", io.MultiReader(bytes.NewReader(data)), -1, "ContentLength"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stored atomic.Int64
			r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
				if n, err := io.Copy(io.Discard, r.Body); err == nil && n == r.ContentLength {
					stored.Add(1)
				}
			})
			body := &source{Reader: tt.body}
			in := &input{Key: "k", ContentLength: tt.length, Body: body}
			if _, ok := tt.body.(io.Seeker); ok {
				in.Body = tt.body
			}
			err := r.do(t.Context(), opPut, in, &output{})
			body.over.Store(true)
			wantText(t, err, tt.want)
			if n := r.wire.requests.Load(); n > 1 {
				t.Errorf("%d attempts", n)
			}
			if stored.Load() != 0 {
				t.Error("the server has taken a wrong body for whole")
			}
			body.check(t)
		})
	}
}

// shrinking is a file that has lost its last 1000 bytes since it was measured.
type shrinking struct{ *bytes.Reader }

func (s *shrinking) ReadAt(p []byte, off int64) (int, error) {
	end := s.Size() - 1000
	if off >= end {
		return 0, io.EOF
	}
	return s.Reader.ReadAt(p[:min(int64(len(p)), end-off)], off)
}

func TestReaderThatFails(t *testing.T) {
	broken := errors.New("the disk is on fire")
	data := pattern(100 << 10)
	for name, body := range map[string]io.Reader{
		"midway":          io.MultiReader(bytes.NewReader(data[:70<<10]), iotest.ErrReader(broken)),
		"at once":         iotest.ErrReader(broken),
		"behind the end":  io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken)),
		"with last bytes": iotest.DataErrReader(io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken))),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, status(200))
			s := &source{Reader: body}
			err := r.do(t.Context(), opPut, &input{Key: "k", ContentLength: int64(len(data)), Body: s}, &output{})
			s.over.Store(true)
			if !errors.Is(err, broken) {
				t.Errorf("%v is not the reader's error", err)
			}
			wantText(t, err, "stub: Put: reading the body: the disk is on fire (host")
			wantAttempts(t, err, 1)
			s.check(t)
		})
	}
}

func TestSizesOnTheWire(t *testing.T) {
	tests := []struct {
		name string
		op   *Operation
		body io.Reader
		want string // Content-Length as it was sent
	}{
		{"PUT without a body", opPut, nil, "0"},
		{"PUT of nothing", opPut, strings.NewReader(""), "0"},
		{"PUT of an empty stream", opPut, io.MultiReader(), "0"},
		{"POST without a body", &Operation{Name: "Post", Method: "POST", Path: "/{Key+}"}, nil, "0"},
		{"DELETE", &Operation{Name: "Delete", Method: "DELETE", Path: "/{Key+}"}, nil, ""},
		{"GET", &Operation{Name: "Get", Method: "GET", Path: "/{Key+}"}, nil, ""},
		{"PUT of five bytes", opPut, strings.NewReader("hello"), "5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			var encoding []string
			r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Get("Content-Length")
				encoding = r.TransferEncoding
			})
			if err := r.do(t.Context(), tt.op, &input{Key: "k", Body: tt.body}, &output{}); err != nil {
				t.Fatal(err)
			}
			if got != tt.want || encoding != nil {
				t.Errorf("Content-Length %q, Transfer-Encoding %q, want %q and none", got, encoding, tt.want)
			}
		})
	}
}

// blocking is a reader that gives some bytes and then none until it is let go.
type blocking struct {
	first   io.Reader
	reached chan struct{}
	let     chan struct{}
	inside  atomic.Bool
}

func newBlocking(first []byte) *blocking {
	return &blocking{first: bytes.NewReader(first), reached: make(chan struct{}, 1), let: make(chan struct{})}
}

func (b *blocking) Read(p []byte) (int, error) {
	if n, _ := b.first.Read(p); n > 0 {
		return n, nil
	}
	b.inside.Store(true)
	defer b.inside.Store(false)
	select {
	case b.reached <- struct{}{}:
	default:
	}
	<-b.let
	return 0, io.EOF
}

func TestCancelledWhileTheReaderBlocks(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	body := newBlocking(pattern(100 << 10))
	defer close(body.let)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-body.reached
		cancel()
	}()
	err := r.do(ctx, opPut, &input{Key: "k", ContentLength: 1 << 20, Body: body}, &output{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not the cancellation", err)
	}
}

// TestCancelledWhileReadingAhead cancels a call that reads a body before it
// sends anything, to hash it or to find out its length.
func TestCancelledWhileReadingAhead(t *testing.T) {
	for name, read := range map[string]func(ctx context.Context, r io.Reader) error{
		"of known length": func(ctx context.Context, r io.Reader) error {
			b, err := newBody(ctx, r, 200<<10)
			if err != nil {
				return err
			}
			return b.Load()
		},
		"of unknown length": func(ctx context.Context, r io.Reader) error {
			_, err := newBody(ctx, r, 0)
			return err
		},
	} {
		body := newBlocking(pattern(100 << 10))
		defer close(body.let)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-body.reached
			cancel()
		}()
		if err := read(ctx, body); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v is not the cancellation", name, err)
		}
	}
}

// TestCancelledWhileWaitingForTheReader cancels a call that the server has
// answered already and that only waits for the caller's reader to return.
func TestCancelledWhileWaitingForTheReader(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.WriteHeader(403)
	})
	body := newBlocking(pattern(100 << 10))
	defer close(body.let)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	failed := make(chan error, 1)
	go func() {
		failed <- r.do(ctx, opPut, &input{Key: "k", ContentLength: 1 << 20, Body: body}, &output{})
	}()
	<-body.reached
	select {
	case err := <-failed:
		t.Fatalf("the call returned while the caller's reader was in use: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not the cancellation", err)
	}
}

// TestSeekerIsLeftAlone answers while the body is being sent, again and
// again, and looks whether the transport still reads when the call is over or
// the next attempt rewinds.
func TestSeekerIsLeftAlone(t *testing.T) {
	for range 20 {
		r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, 100<<10)
			w.WriteHeader(500)
		}, attempts(3))
		body := &exclusive{seekOnly: seekOnly{bytes.NewReader(make([]byte, 8<<20))}}
		r.put(t.Context(), body)
		body.over.Store(true)
		if body.shared.Load() {
			t.Fatal("the transport read while the body was rewound, or after the call")
		}
	}
}

type exclusive struct {
	seekOnly
	busy   atomic.Bool
	over   atomic.Bool
	shared atomic.Bool
}

func (e *exclusive) use() func() {
	if !e.busy.CompareAndSwap(false, true) || e.over.Load() {
		e.shared.Store(true)
	}
	return func() { e.busy.Store(false) }
}

func (e *exclusive) Read(p []byte) (int, error) {
	defer e.use()()
	return e.seekOnly.Read(p)
}

func (e *exclusive) Seek(offset int64, whence int) (int64, error) {
	defer e.use()()
	return e.seekOnly.Seek(offset, whence)
}

func TestLoad(t *testing.T) {
	data := pattern(1000)
	for name, r := range map[string]io.Reader{
		"reader at": bytes.NewReader(data),
		"seeker":    seekOnly{bytes.NewReader(data)},
		"stream":    io.MultiReader(bytes.NewReader(data)),
	} {
		b, err := newBody(t.Context(), r, int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if b.Loaded() || b.Stream() != (name == "stream") {
			t.Errorf("%s: loaded %v, stream %v", name, b.Loaded(), b.Stream())
		}
		if err := b.Load(); err != nil || !b.Loaded() || b.Stream() || !bytes.Equal(b.Bytes, data) {
			t.Errorf("%s: %v, %d bytes", name, err, len(b.Bytes))
		}
		for range 2 {
			again, err := b.Open()
			if got, _ := io.ReadAll(again); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: a loaded body cannot be read again", name)
			}
		}
	}
	for name, length := range map[string]int64{"it ended 5 bytes short": 1005, "it is longer": 995} {
		b, err := newBody(t.Context(), io.MultiReader(bytes.NewReader(data)), length)
		if err != nil {
			t.Fatal(err)
		}
		wantText(t, b.Load(), "reading the body: "+name)
	}
}

// TestLastReadAfterTheAnswer is the transport that asks for more when the
// server has answered all it was sent: its connection must stay good.
func TestLastReadAfterTheAnswer(t *testing.T) {
	idle := &guard{cancel: func(error) {}}
	s := &sending{body: &Body{Bytes: []byte("hello")}, guard: idle, r: strings.NewReader("hello"), left: 5}
	if n, err := io.ReadFull(s, make([]byte, 5)); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	s.detach(t.Context())
	if _, err := s.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the read behind the last byte says %v", err)
	}
	s = &sending{body: &Body{Bytes: []byte("hello")}, guard: idle, r: strings.NewReader("hello"), left: 5}
	s.detach(t.Context())
	if _, err := s.Read(make([]byte, 1)); err != errDetached {
		t.Errorf("a read of a body that is over says %v", err)
	}
}

// TestWholeWhileTheTransportAsksForMore: the answer may overtake the read in
// which the transport learns that there is no more to send.
func TestWholeWhileTheTransportAsksForMore(t *testing.T) {
	s := &sending{body: &Body{Bytes: []byte("data"), Size: 4}, guard: &guard{}, r: strings.NewReader("data"), left: 4}
	p := make([]byte, 4)
	if _, err := io.ReadFull(s, p[:3]); err != nil {
		t.Fatal(err)
	}
	if s.whole() {
		t.Error("whole = true with a byte left")
	}
	if _, err := io.ReadFull(s, p[3:]); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock() // as that read holds it
	defer s.mu.Unlock()
	if !s.whole() {
		t.Error("whole = false although the transport has all bytes")
	}
}
