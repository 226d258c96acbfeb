package pipeline

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestRedirectsAreNotFollowed(t *testing.T) {
	var strangers atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, op := range []*Operation{opGet, opHead, opPut} {
			r := newRig(t, status(code, "Location", other.URL+"/stolen"), func(o *Options) { o.HTTPClient = &http.Client{} })
			var err error
			if op == opGet {
				err = r.do(t.Context(), op, nil, &streamOutput{})
			} else {
				err = r.do(t.Context(), op, &input{Key: "k", Body: nil}, &output{})
			}
			wantAttempts(t, err, 1)
			wantText(t, err, "the server answered "+strconv.Itoa(code))

			resp, err := r.rt.HTTPClient().Get("http://" + r.host + "/token")
			if err != nil || resp.StatusCode != code {
				t.Fatalf("the client for look-ups: %v", err)
			}
			resp.Body.Close()
		}
	}
	if strangers.Load() != 0 {
		t.Errorf("another host saw %d requests", strangers.Load())
	}
}

func TestHeadOfALargeObject(t *testing.T) {
	r := newRig(t, status(200, "Content-Length", "5497558138880", "Etag", `"v1"`))
	var out output
	if err := r.do(t.Context(), opHead, nil, &out); err != nil || out.ETag != `"v1"` {
		t.Errorf("%v, %+v", err, out)
	}
	r = newRig(t, status(404, "Content-Length", "5497558138880"))
	wantAttempts(t, r.do(t.Context(), opHead, nil, &out), 1)
}

func TestAnswersWithoutContent(t *testing.T) {
	for _, code := range []int{200, 204} {
		r := newRig(t, status(code, "X-Request-Id", "R1"))
		for range 3 {
			var out output
			if err := r.do(t.Context(), opPut, nil, &out); err != nil {
				t.Fatal(err)
			}
			if m := out.ResponseMetadata; m.StatusCode != code || m.RequestID != "R1" || m.Attempts != 1 || m.Header.Get("X-Request-Id") != "R1" {
				t.Errorf("the metadata is %+v", m)
			}
			if got, err := io.ReadAll(r.get(t, opGet)); len(got) != 0 || err != nil {
				t.Errorf("a stream of nothing gives %q and %v", got, err)
			}
		}
		if r.wire.conns.Load() != 1 || r.wire.live() > 3 {
			t.Errorf("%d connections, %d contexts held", r.wire.conns.Load(), r.wire.live())
		}
	}
}

func TestChunkedDocumentAndInformation(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "<List><Name>a</Name>")
		w.(http.Flusher).Flush()
		io.WriteString(w, "<Name>b</Name></List>")
	})
	var out listOutput
	if err := r.do(t.Context(), opList, nil, &out); err != nil || len(out.Names) != 2 {
		t.Errorf("%v, %+v", err, out)
	}
}

// TestErrorBeforeTheBodyIsSent answers at once, while megabytes are still to
// come that nobody reads.
func TestErrorBeforeTheBodyIsSent(t *testing.T) {
	quit := make(chan struct{})
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.Header().Set("Content-Length", "45")
		w.WriteHeader(403)
		io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>     ")
		w.(http.Flusher).Flush()
		<-quit // the body is never read
	})
	t.Cleanup(func() { close(quit) })
	for name, body := range map[string]io.Reader{
		"bytes":  bytes.NewReader(make([]byte, 32<<20)),
		"seeker": seekOnly{bytes.NewReader(make([]byte, 32<<20))},
		"stream": io.MultiReader(bytes.NewReader(make([]byte, 32<<20))),
	} {
		s := &source{Reader: body}
		in := &input{Key: "k", ContentLength: 32 << 20, Body: body}
		if name == "stream" {
			in.Body = s
		}
		err := r.do(t.Context(), opPut, in, &output{})
		s.over.Store(true)
		wantText(t, err, "stub: Put: AccessDenied (status 403")
		wantAttempts(t, err, 1)
		s.check(t)
	}
	if r.wire.live() != 0 {
		t.Error("attempts hold their contexts")
	}
}

// TestSuccessBeforeTheBodyIsSent cannot be one.
func TestSuccessBeforeTheBodyIsSent(t *testing.T) {
	quit := make(chan struct{})
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-quit
	}, attempts(2))
	t.Cleanup(func() { close(quit) })
	err := r.put(t.Context(), bytes.NewReader(make([]byte, 32<<20)))
	wantText(t, err, "stub: Put: the server answered before it had the whole body")
	wantAttempts(t, err, 2)
}

func TestExpectContinue(t *testing.T) {
	data := pattern(3 << 20)
	for _, tt := range []struct {
		name     string
		first    http.HandlerFunc
		requests int64
		fails    bool
	}{
		{name: "refused", first: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, requests: 1, fails: true},
		{name: "expectation failed", first: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(417) }, requests: 2},
		{name: "busy", first: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, requests: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []byte
			var expect []string
			r := newRig(t, script(tt.first, func(w http.ResponseWriter, r *http.Request) {
				expect = r.Header["Expect"]
				got, _ = io.ReadAll(r.Body)
			}))
			r.wire.ExpectContinueTimeout = time.Minute
			body := &source{Reader: bytes.NewReader(data)}
			err := r.do(t.Context(), opPut, &input{Key: "k", Expect: "100-continue", ContentLength: int64(len(data)), Body: body}, &output{})
			body.over.Store(true)
			if (err != nil) != tt.fails || r.wire.requests.Load() != tt.requests {
				t.Errorf("%v after %d requests", err, r.wire.requests.Load())
			}
			if !tt.fails && !bytes.Equal(got, data) {
				t.Errorf("%d bytes arrived: a stream that was not asked for is whole still", len(got))
			}
			if tt.name == "expectation failed" && expect != nil {
				t.Errorf("Expect: %q was sent again", expect)
			}
			body.check(t)
		})
	}
}

func TestTimeoutOfTheUsersClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(stallAfter(10), attempts(2), func(o *Options) { o.HTTPClient = &http.Client{Timeout: 5 * time.Second} })
		defer done()
		r.rt.random = func() float64 { return 0 }
		began := time.Now()
		body := r.get(t, &Operation{Name: "Get", Method: "GET", Path: "/{Key+}"})
		_, err := io.ReadAll(body)
		wantText(t, err, "stub: Get: the answer broke off after 10 of 100 bytes: not done within the HTTPClient's Timeout of 5s")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v is no timeout", err)
		}
		if r.wire.live() != 0 {
			t.Error("attempts hold their contexts")
		}
	})
}

// TestObjectsComeAsStored: a transport of the user's asks for compression, and
// undoes it, unless it is told not to.
func TestObjectsComeAsStored(t *testing.T) {
	var stored bytes.Buffer
	z := gzip.NewWriter(&stored)
	z.Write(pattern(1000))
	z.Close()
	var asked string
	r := newRig(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Accept-Encoding")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(stored.Bytes())
	}, func(o *Options) { o.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} })
	got, err := io.ReadAll(r.get(t, opGet))
	if err != nil || !bytes.Equal(got, stored.Bytes()) || asked != "identity" {
		t.Errorf("%d bytes of %d and %v, asked for %q", len(got), stored.Len(), err, asked)
	}
}

func TestHTTP2(t *testing.T) {
	data := pattern(300 << 10)
	server := httptest.NewUnstartedServer(script(
		func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, // before the body is read
		reset,
		func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor != 2 {
				t.Errorf("%s", r.Proto)
			}
			got, _ := io.ReadAll(r.Body)
			if !bytes.Equal(got, data) {
				w.WriteHeader(400)
			}
		},
		(&object{data: data, etag: `"v1"`, breaks: []int{1000}}).ServeHTTP,
		(&object{data: data, etag: `"v1"`}).ServeHTTP,
	))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	r := newRigOn(&wire{}, server.Listener.Addr().String(), func(o *Options) { o.HTTPClient = server.Client() })
	r.scheme = "https"
	r.rt.random = func() float64 { return 0 }
	if err := r.put(t.Context(), seekOnly{bytes.NewReader(data)}); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r.get(t, opGet)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes and %v", len(got), err)
	}
}

func TestKeysTravelAsTheyAre(t *testing.T) {
	for _, key := range []string{"a//b", "/lead", "../up", "a b+c%d", "ümlaut", "q?x#y", "tab\tnl\n"} {
		var got string
		r := newRig(t, func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Path })
		if err := r.do(t.Context(), opPut, &input{Key: key}, &output{}); err != nil {
			t.Errorf("%q: %v", key, err)
		}
		if got != "/"+key {
			t.Errorf("%q arrived as %q", key, got)
		}
	}
}

func TestBuild(t *testing.T) {
	r := newRigOn(&wire{}, "stub.test")
	req, err := Build(t.Context(), r.rt, r, opGet, &input{Key: "a b", Token: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if got := req.Method + " " + req.URL.String(); got != "GET http://stub.test/a%20b?token=x" || req.Header.Get("Authorization") == "" {
		t.Errorf("%s %v", got, req.Header)
	}
	r.sign = func(*Call, *http.Request) error { return errors.New("no keys") }
	_, err = Build(t.Context(), r.rt, r, opGet, &input{Key: "k"})
	wantText(t, err, "stub: Get: no keys")
	_, err = Build(t.Context(), r.rt, r, opGet, &input{})
	wantText(t, err, "stub: Get: Key")
	if strings.Contains(err.Error(), "host") {
		t.Errorf("%q names a host that was not asked for", err)
	}
}

func TestSigningFails(t *testing.T) {
	r := newRig(t, status(200))
	r.sign = func(*Call, *http.Request) error { return errors.New("no keys found") }
	err := r.put(t.Context(), strings.NewReader("x"))
	wantText(t, err, "stub: Put: no keys found")
	wantAttempts(t, err, 1)
	if r.wire.requests.Load() != 0 {
		t.Error("an unsigned request was sent")
	}
}

// TestUnwantedBodyIsNotSent to a server that refuses it and keeps the
// connection, as if it waited for the body all the same.
func TestUnwantedBodyIsNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var sent atomic.Int64
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 40\r\n\r\n<Error><Code>AccessDenied</Code></Error>")
		n, _ := io.Copy(io.Discard, in)
		sent.Add(n)
	}()
	r := newRigOn(&wire{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}, l.Addr().String())
	body := &source{Reader: bytes.NewReader(pattern(3 << 20))}
	err = r.do(t.Context(), opPut, &input{Key: "k", Expect: "100-continue", ContentLength: 3 << 20, Body: body}, &output{})
	body.over.Store(true)
	wantText(t, err, "stub: Put: AccessDenied (status 403")
	body.check(t)
	if sent.Load() != 0 {
		t.Errorf("%d bytes were sent", sent.Load())
	}
}

// TestBodyThatIsAskedForLate is sent, although the server was heard of before:
// with information, and after the transport had given up waiting.
func TestBodyThatIsAskedForLate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	body := &source{Reader: bytes.NewReader(pattern(3 << 20))}
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.WriteString(c, "HTTP/1.1 103 Early Hints\r\n\r\n")
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)) // the transport waits no longer than 1 ms
		in.Peek(1)
		c.SetReadDeadline(time.Time{})
		io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		if n, _ := io.Copy(io.Discard, r.Body); n == 3<<20 {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}()
	r := newRigOn(&wire{Transport: &http.Transport{ExpectContinueTimeout: time.Millisecond}}, l.Addr().String())
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := r.do(ctx, opPut, &input{Key: "k", Expect: "100-continue", ContentLength: 3 << 20, Body: body}, &output{}); err != nil {
		t.Error(err)
	}
	body.over.Store(true)
	body.check(t)
}
