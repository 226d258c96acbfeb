package pipeline

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func stallsAfter(d time.Duration) func(*Options) {
	return func(o *Options) { o.Stall = d }
}

func hang(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func wantStall(t *testing.T, err error) {
	t.Helper()
	wantText(t, err, "no byte moved for 10s")
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("%v is no timeout", err)
	}
}

func TestStalls(t *testing.T) {
	tests := []struct {
		name string
		op   *Operation
		h    http.HandlerFunc
		body io.Reader
		want time.Duration // of two attempts
	}{
		{name: "waiting for the answer", op: opPut, h: hang, body: bytes.NewReader(pattern(1000)), want: 20 * time.Second},
		{name: "waiting for a slow answer", op: &Operation{Name: "Copy", Method: "PUT", Path: "/{Key+}", Traits: SlowAnswer}, h: hang, want: 200 * time.Second},
		{name: "sending", op: opPut, body: bytes.NewReader(make([]byte, 1<<20)), want: 25 * time.Second,
			h: func(_ http.ResponseWriter, r *http.Request) {
				io.CopyN(io.Discard, r.Body, 100<<10)
				time.Sleep(2500 * time.Millisecond)
				io.CopyN(io.Discard, r.Body, 100<<10)
				time.Sleep(time.Minute) // a server that does not read sees no end of the connection
			}},
		{name: "in a document", op: opList, want: 20 * time.Second,
			h: func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, "<List>")
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			}},
		{name: "in the document of an error", op: opPut, want: 20 * time.Second,
			h: func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(500)
				io.WriteString(w, "<Error>")
				w.(http.Flusher).Flush()
				<-r.Context().Done()
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, done := newVirtualRig(tt.h, attempts(2), stallsAfter(10*time.Second))
				defer done()
				r.rt.random = func() float64 { return 0 }
				began := time.Now()
				err := r.do(t.Context(), tt.op, &input{Key: "k", Body: tt.body}, &listOutput{})
				wantAttempts(t, err, 2)
				switch tt.name {
				case "in the document of an error":
					wantText(t, err, "the server answered 500")
				case "waiting for a slow answer":
					wantText(t, err, "no byte moved for 1m40s")
				default:
					wantStall(t, err)
				}
				if took := time.Since(began); took != tt.want {
					t.Errorf("two attempts took %v, want %v", took, tt.want)
				}
				if r.wire.live() != 0 {
					t.Error("attempts hold their contexts")
				}
				time.Sleep(time.Hour) // for the handlers to return
			})
		})
	}
}

func TestStallInABodyIsContinued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(script(stallAfter(10), (&object{data: pattern(100), etag: `"v1"`}).ServeHTTP), stallsAfter(10*time.Second))
		defer done()
		r.rt.random = func() float64 { return 0 }
		began := time.Now()
		got, err := io.ReadAll(r.get(t, opGet))
		if err != nil || !bytes.Equal(got, pattern(100)) || time.Since(began) != 10*time.Second {
			t.Errorf("%d bytes and %v after %v", len(got), err, time.Since(began))
		}
	})
}

func TestStallInABodyThatCannotBeContinued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(stallAfter(10), stallsAfter(10*time.Second))
		defer done()
		_, err := io.ReadAll(r.get(t, &Operation{Name: "Get", Method: "GET", Path: "/{Key+}"}))
		wantStall(t, err)
	})
}

// TestSlowCallersAreNoStall: neither a reader that takes its time nor a
// program that reads an answer once an hour.
func TestSlowCallersAreNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := pattern(300 << 10)
		r, done := newVirtualRig(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				if got, _ := io.ReadAll(r.Body); !bytes.Equal(got, data) {
					w.WriteHeader(400)
				}
				return
			}
			w.Write(data)
		}, attempts(1), stallsAfter(10*time.Second))
		defer done()
		for _, body := range []io.Reader{&slow{bytes.NewReader(data)}, &slowSeeker{bytes.NewReader(data)}} {
			if err := r.do(t.Context(), opPut, &input{Key: "k", ContentLength: int64(len(data)), Body: body}, &output{}); err != nil {
				t.Error(err)
			}
		}
		body := r.get(t, opGet)
		time.Sleep(24 * time.Hour)
		if got, err := io.ReadAll(&slow{body}); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes and %v", len(got), err)
		}
	})
}

type slow struct{ io.Reader }

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(time.Hour)
	return s.Reader.Read(p)
}

type slowSeeker struct{ io.ReadSeeker }

func (s *slowSeeker) Read(p []byte) (int, error) {
	time.Sleep(time.Hour)
	return s.ReadSeeker.Read(p)
}

// TestSlowServersAreNoStall: a byte now and then is enough.
func TestSlowServersAreNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(func(w http.ResponseWriter, r *http.Request) {
			for range 50 {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(9 * time.Second)
			}
			io.WriteString(w, "<List><Name>a</Name></List>")
		}, attempts(1), stallsAfter(10*time.Second))
		defer done()
		if err := r.do(t.Context(), opPost, nil, &listOutput{}); err != nil {
			t.Error(err)
		}
		if got, err := io.ReadAll(r.get(t, opGet)); err != nil || len(got) != 77 {
			t.Errorf("%d bytes and %v", len(got), err)
		}
	})
}

func TestNoGuard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(func(w http.ResponseWriter, r *http.Request) { time.Sleep(100 * time.Hour) }, stallsAfter(-1))
		defer done()
		if err := r.put(t.Context(), bytes.NewReader(pattern(1000))); err != nil {
			t.Error(err)
		}
	})
}
