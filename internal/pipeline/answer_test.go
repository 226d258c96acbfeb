package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/observe"
)

// object serves data, in ranges where asked. Each answer breaks off after the
// next number of bytes in breaks; after the last of them none does.
type object struct {
	data   []byte
	etag   string
	breaks []int
	ranges []string // as they were asked for
	// answer, if set, takes the place of the answer to a request for a range.
	answer http.HandlerFunc
}

func (o *object) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := r.Header.Get("Range")
	o.ranges = append(o.ranges, asked)
	first, last := 0, len(o.data)-1
	if asked != "" {
		if len(o.ranges) > 1 && o.answer != nil {
			o.answer(w, r)
			return
		}
		if m := r.Header.Get("If-Match"); m != "" && m != o.etag {
			document(412, "<Error><Code>PreconditionFailed</Code></Error>")(w, r)
			return
		}
		fmt.Sscanf(asked, "bytes=%d-%d", &first, &last)
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, len(o.data)))
	}
	w.Header().Set("Etag", o.etag)
	w.Header().Set("Content-Length", strconv.Itoa(last-first+1))
	if asked != "" {
		w.WriteHeader(206)
	}
	if len(o.breaks) > 0 {
		n := o.breaks[0]
		o.breaks = o.breaks[1:]
		w.Write(o.data[first : first+n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	w.Write(o.data[first : last+1])
}

func TestBodyIsContinued(t *testing.T) {
	data := pattern(200 << 10)
	o := &object{data: data, etag: `"v1"`, breaks: []int{1000, 0, 50000, 3}}
	r := newRig(t, o.ServeHTTP)
	var received, retries atomic.Int64
	ctx := observe.With(t.Context(), &observe.Observer{
		Received: func(n int64) { received.Add(n) },
		Retry:    func(error, time.Duration, bool) { retries.Add(1) },
	})
	sum := crc32.ChecksumIEEE(data)
	r.accept = func(c *Call, _ *http.Response) error {
		c.Verify(checksum.CRC32, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
		return nil
	}
	var out streamOutput
	if err := r.do(ctx, opGet, nil, &out); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(out.Body)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%d bytes and error %v, want %d", len(got), err, len(data))
	}
	out.Body.Close()
	want := []string{"", "bytes=1000-204799", "bytes=1000-204799", "bytes=51000-204799", "bytes=51003-204799"}
	if fmt.Sprint(o.ranges) != fmt.Sprint(want) {
		t.Errorf("the requests were for %q, want %q", o.ranges, want)
	}
	if received.Load() != int64(len(data)) || retries.Load() != 4 || r.pinned.Load() != 1 {
		t.Errorf("%d bytes received, %d retries, pinned %d times", received.Load(), retries.Load(), r.pinned.Load())
	}
	if r.wire.live() != 0 {
		t.Error("attempts hold their contexts")
	}
}

func TestRangeIsContinued(t *testing.T) {
	data := pattern(10000)
	o := &object{data: data, etag: `"v1"`, breaks: []int{100}}
	r := newRig(t, o.ServeHTTP)
	var out streamOutput
	if err := r.do(t.Context(), opGet, &input{Key: "k", Range: "bytes=2000-4999"}, &out); err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if got, err := io.ReadAll(out.Body); err != nil || !bytes.Equal(got, data[2000:5000]) {
		t.Fatalf("%d bytes and error %v", len(got), err)
	}
	if o.ranges[1] != "bytes=2100-4999" {
		t.Errorf("continued with %q", o.ranges[1])
	}
}

func TestBodyIsNotContinued(t *testing.T) {
	data := pattern(10000)
	partial := func(contentRange string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", contentRange)
			w.WriteHeader(206)
			w.Write(data[100:])
		}
	}
	tests := []struct {
		name     string
		op       *Operation
		etag     string
		breaks   []int
		answer   http.HandlerFunc
		requests int
		want     string
	}{
		{name: "not resumable", op: &Operation{Name: "Get", Method: "GET", Path: "/{Key+}"}, etag: `"v1"`, breaks: []int{100}, requests: 1,
			want: "stub: Get: the answer broke off after 100 of 10000 bytes: unexpected EOF"},
		{name: "nothing to pin it by", op: opGet, breaks: []int{100}, requests: 1, want: "broke off after 100 of 10000 bytes"},
		{name: "the whole again", op: opGet, etag: `"v1"`, breaks: []int{100}, answer: document(200, "all of it"), requests: 2,
			want: "stub: Get: the server does not continue the body: it answered 200 to a request for a range; the answer broke off after 100 of 10000 bytes"},
		{name: "another range", op: opGet, etag: `"v1"`, breaks: []int{100}, answer: partial("bytes 101-9999/10000"), requests: 2, want: "another range than was asked for"},
		{name: "a shorter range", op: opGet, etag: `"v1"`, breaks: []int{100}, answer: partial("bytes 100-9000/10000"), requests: 2, want: "another range than was asked for"},
		{name: "no range", op: opGet, etag: `"v1"`, breaks: []int{100}, answer: partial(""), requests: 2, want: "another range than was asked for"},
		{name: "object changed", op: opGet, etag: `"v1"`, breaks: []int{100}, answer: document(412, "<Error><Code>PreconditionFailed</Code></Error>"), requests: 2,
			want: "stub: Get: PreconditionFailed; the answer broke off after 100 of 10000 bytes"},
		{name: "no progress", op: opGet, etag: `"v1"`, breaks: []int{100, 0, 0, 0, 0, 0, 0, 0, 0}, requests: 3, want: "broke off after 100 of 10000 bytes"},
		{name: "never a byte", op: opGet, etag: `"v1"`, breaks: []int{0, 0, 0, 0, 0, 0, 0}, requests: 3, want: "broke off after 0 of 10000 bytes"},
		{name: "server gone", op: opGet, etag: `"v1"`, breaks: []int{100}, answer: status(500), requests: 3, want: "the server answered 500; the answer broke off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := &object{data: data, etag: tt.etag, breaks: tt.breaks, answer: tt.answer}
			r := newRig(t, o.ServeHTTP, attempts(3))
			body := r.get(t, tt.op)
			got, err := io.ReadAll(body)
			wantText(t, err, tt.want)
			if e := (*stubError)(nil); !errors.As(err, &e) {
				t.Errorf("%T is not the service's error", err)
			}
			if !bytes.HasPrefix(data, got) || len(o.ranges) != tt.requests {
				t.Errorf("%d bytes after %d requests, want %d requests", len(got), len(o.ranges), tt.requests)
			}
			if _, again := body.Read(make([]byte, 1)); again != err {
				t.Errorf("the next read says %v, not %v again", again, err)
			}
			if r.wire.live() != 0 {
				t.Error("attempts hold their contexts")
			}
		})
	}
}

func TestChangedTotalIsNotContinued(t *testing.T) {
	o := &object{data: pattern(10000), etag: `"v1"`, breaks: []int{10}}
	o.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Range", "bytes 110-999/20000")
		w.WriteHeader(206)
		w.Write(o.data[110:1000])
	}
	r := newRig(t, o.ServeHTTP)
	var out streamOutput
	if err := r.do(t.Context(), opGet, &input{Key: "k", Range: "bytes=100-999"}, &out); err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	_, err := io.ReadAll(out.Body)
	wantText(t, err, "another range than was asked for")
}

// TestPartWithoutARangeIsNotContinued: where it begins is not known, so the
// rest could come from anywhere.
func TestPartWithoutARangeIsNotContinued(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(206)
		io.WriteString(w, "some")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	_, err := io.ReadAll(r.get(t, opGet))
	wantText(t, err, "broke off after 4 of 100 bytes")
	if n := r.wire.requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestContinuingObeysQuotaAndLimit(t *testing.T) {
	o := &object{data: pattern(10000), etag: `"v1"`, breaks: []int{100}}
	r := newRig(t, o.ServeHTTP, attempts(1))
	_, err := io.ReadAll(r.get(t, opGet))
	wantText(t, err, "broke off after 100 of 10000 bytes")

	o = &object{data: pattern(10000), etag: `"v1"`, breaks: []int{100}}
	r = newRig(t, o.ServeHTTP)
	body := r.get(t, opGet)
	*r.rt.budgets.of(r.host) = 0
	_, err = io.ReadAll(body)
	wantText(t, err, "broke off after 100 of 10000 bytes", "retry quota")
}

func TestAnswerWithoutLength(t *testing.T) {
	data := pattern(100 << 10)
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		w.Write(data)
	})
	if got, err := io.ReadAll(r.get(t, opGet)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes and error %v", len(got), err)
	}
	r = newRig(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(data)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	_, err := io.ReadAll(r.get(t, opGet))
	wantText(t, err, "stub: Get: the answer broke off after 102400 bytes: unexpected EOF")
}

func TestMismatch(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
			if chunked {
				w.(http.Flusher).Flush()
			}
			io.WriteString(w, "hellO")
		})
		r.accept = func(c *Call, _ *http.Response) error {
			c.Verify(checksum.CRC32, []byte{1, 2, 3, 4})
			return nil
		}
		var mismatch *entrepot.ChecksumError
		got, err := io.ReadAll(r.get(t, opGet))
		if !errors.As(err, &mismatch) {
			t.Errorf("ReadAll: %q and %v", got, err)
		}
		wantText(t, err, "stub: Get: the body does not match its CRC32 checksum")
		if !chunked {
			// Who knows the length and asks for no more must learn of it as well.
			if n, err := io.ReadFull(r.get(t, opGet), make([]byte, 5)); !errors.As(err, &mismatch) {
				t.Errorf("ReadFull: %d bytes and %v", n, err)
			}
		}
	}
}

func TestMismatchOfADocumentIsRetried(t *testing.T) {
	const good = "<List><Name>a</Name></List>"
	r := newRig(t, script(document(200, "<List><Name>b</Name></List>"), document(200, good)))
	r.accept = func(c *Call, _ *http.Response) error {
		sum := crc32.ChecksumIEEE([]byte(good))
		c.Verify(checksum.CRC32, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
		return nil
	}
	var out listOutput
	if err := r.do(t.Context(), opList, nil, &out); err != nil || out.Names[0] != "a" || out.ResponseMetadata.Checksum != "CRC32" {
		t.Errorf("%v, %+v", err, out)
	}
}

func TestClose(t *testing.T) {
	data := pattern(1 << 20)
	for _, tt := range []struct {
		name  string
		size  int
		read  int64
		conns int64 // that two calls take
	}{
		{"all read", 1 << 20, 1 << 20, 1},
		{"nothing read of a little", 50 << 10, 0, 1},
		{"a little left", 1 << 20, 1<<20 - 60<<10, 1},
		{"much left", 1 << 20, 1000, 2},
		{"empty", 0, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(tt.size))
				w.Write(data[:tt.size])
			})
			for range 2 {
				body := r.get(t, opGet)
				if _, err := io.CopyN(io.Discard, body, tt.read); err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if err := body.Close(); err != nil {
						t.Fatal(err)
					}
				}
				if n, err := body.Read(make([]byte, 1)); n != 0 || err == nil {
					t.Errorf("a read after Close gives %d bytes and %v", n, err)
				}
				if r.wire.live() != 0 || r.wire.open.Load() != 0 {
					t.Error("the answer is held on to")
				}
			}
			if n := r.wire.conns.Load(); n != tt.conns {
				t.Errorf("two calls took %d connections, want %d", n, tt.conns)
			}
		})
	}
}

// TestCloseDoesNotWait for the rest of a body that does not come.
func TestCloseDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(stallAfter(10))
		defer done()
		body := r.get(t, opGet)
		io.ReadFull(body, make([]byte, 10))
		began := time.Now()
		body.Close()
		if took := time.Since(began); took != drainTime {
			t.Errorf("Close took %v", took)
		}
	})
}

// stallAfter announces 100 bytes, sends n and then nothing.
func stallAfter(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		w.Header().Set("Content-Length", "100")
		w.Write(pattern(100)[:n])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

func TestCloseWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(stallAfter(10))
		defer done()
		body := r.get(t, opGet)
		read := make(chan error)
		go func() {
			_, err := io.ReadAll(body)
			read <- err
		}()
		synctest.Wait()
		began := time.Now()
		body.Close()
		if err := <-read; err != http.ErrBodyReadAfterClose {
			t.Errorf("the read says %v", err)
		}
		if n := r.wire.requests.Load(); n != 1 || time.Since(began) > drainTime {
			t.Errorf("%d requests, and Close took %v", n, time.Since(began))
		}
		if r.wire.live() != 0 || r.wire.open.Load() != 0 {
			t.Error("the answer is held on to")
		}
	})
}

func TestCloseWhileContinuing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(script(
			(&object{data: pattern(100), etag: `"v1"`, breaks: []int{10}}).ServeHTTP,
			func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		defer done()
		body := r.get(t, opGet)
		read := make(chan error)
		go func() {
			_, err := io.ReadAll(body)
			read <- err
		}()
		time.Sleep(10 * time.Second) // the second request hangs
		if n := r.wire.requests.Load(); n != 2 {
			t.Fatalf("%d requests", n)
		}
		began := time.Now()
		body.Close()
		if err := <-read; err != http.ErrBodyReadAfterClose || time.Since(began) > drainTime {
			t.Errorf("the read says %v, and Close took %v", err, time.Since(began))
		}
		if r.wire.live() != 0 {
			t.Error("an attempt holds its context")
		}
	})
}

func TestCancelledWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(stallAfter(10))
		defer done()
		ctx, cancel := context.WithCancel(t.Context())
		var out streamOutput
		if err := r.do(ctx, opGet, nil, &out); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, cancel)
		_, err := io.ReadAll(out.Body)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not the cancellation", err)
		}
		if n := r.wire.requests.Load(); n != 1 || r.wire.live() != 0 {
			t.Errorf("%d requests, %d contexts held", n, r.wire.live())
		}
	})
}

// TestBodiesOfOtherTransports has one whose body gives its error only
// once, together with bytes, or its last bytes without io.EOF.
func TestBodiesOfOtherTransports(t *testing.T) {
	answer := func(body io.ReadCloser, length int64) *rig {
		return newRigOn(&wire{}, "stub.test", attempts(1), transportOf(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, ContentLength: length}, nil
		}))
	}
	broken := errors.New("broken")
	r := answer(io.NopCloser(&forgetful{data: "hello", err: broken}), 10)
	if got, err := io.ReadAll(r.get(t, opGet)); string(got) != "hello" || !errors.Is(err, broken) {
		t.Errorf("%q and %v", got, err)
	}
	r = answer(io.NopCloser(strings.NewReader("hello")), 5)
	if got, err := io.ReadAll(r.get(t, opGet)); string(got) != "hello" || err != nil {
		t.Errorf("%q and %v", got, err)
	}
	r = answer(io.NopCloser(strings.NewReader("hello, world")), 5)
	_, err := io.ReadAll(r.get(t, opGet))
	wantText(t, err, "the answer has more than the 5 bytes it announced")
	_, err = io.ReadFull(r.get(t, opGet), make([]byte, 5))
	if err == nil {
		t.Error("a body that is too long is cut silently")
	}
	r = answer(nil, 0)
	if err := r.do(t.Context(), opPut, nil, &output{}); err != nil {
		t.Errorf("an answer without a body: %v", err)
	}
	r = newRigOn(&wire{}, "stub.test", attempts(1), transportOf(func(*http.Request) (*http.Response, error) { return nil, nil }))
	wantText(t, r.do(t.Context(), opPut, nil, &output{}), "neither an answer nor an error")
}

type forgetful struct {
	data string
	err  error
}

func (f *forgetful) Read(p []byte) (int, error) {
	n := copy(p, f.data)
	f.data = f.data[n:]
	err := f.err
	f.err = io.EOF
	return n, err
}
