package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/observe"
)

func TestWhatIsRetried(t *testing.T) {
	const good = "<List><Name>a</Name></List>"
	errorDocument := func(code string) string { return "<Error><Code>" + code + "</Code></Error>" }
	tests := []struct {
		name   string
		op     *Operation
		answer http.HandlerFunc // of every attempt
		want   int              // attempts, of at most 3
		text   string
	}{
		{name: "server error", op: opList, answer: status(500), want: 3, text: "the server answered 500"},
		{name: "busy", op: opList, answer: document(503, errorDocument("SlowDown")), want: 3, text: "SlowDown"},
		{name: "client error", op: opList, answer: document(400, errorDocument("Bad")), want: 1, text: "Bad"},
		{name: "connection reset", op: opList, answer: reset, want: 3, text: "EOF"},
		{name: "error in a 200 whose code says so", op: opPost, answer: document(200, "\n \n"+errorDocument("InternalError")), want: 3, text: "InternalError"},
		{name: "error in a 200 that is final", op: opPost, answer: document(200, errorDocument("Bad")), want: 1, text: "Bad"},
		{name: "error in the 200 of any document", op: opList, answer: document(200, errorDocument("InternalError")), want: 3, text: "InternalError"},
		{name: "200 without the body that could hold the error", op: opPost, answer: status(200), want: 3, text: "the answer has no body"},
		{name: "document cut off", op: opList, answer: truncate(good, 10), want: 3, text: "unexpected EOF"},
		{name: "chunked document cut off", op: opList, answer: truncateChunked(good, 10), want: 3, text: "unexpected EOF"},
		{name: "document cut off where the connection ends it", op: opList, answer: truncateSilently(good, 10), want: 3, text: "document ends too early"},
		{name: "answer to a POST cut off where the connection ends it", op: opPost, answer: truncateSilently(good, 10), want: 3, text: "document ends too early"},
		{name: "garbage for a GET", op: opList, answer: document(200, "<List><Name>a</Name><Count>x</Count></List>"), want: 3, text: `Count: invalid number "x"`},
		{name: "garbage for a POST, whose work is done", op: opPost, answer: document(200, "<List><Count>x</Count></List>"), want: 1, text: `Count: invalid number "x"`},
		{name: "redirect", op: opList, answer: status(307, "Location", "http://other.test/"), want: 1, text: "the server answered 307"},
		{name: "document beyond all bounds", op: opList, answer: status(200, "Content-Length", "68719476736"), want: 1, text: "longer than 67108864 bytes"},
		{name: "not to be done twice, perhaps done", op: opNew, answer: status(500), want: 1, text: "may have been carried out"},
		{name: "not to be done twice, lost", op: opNew, answer: reset, want: 1, text: "may have been carried out"},
		{name: "not to be done twice, not done", op: opNew, answer: status(503), want: 3, text: "the server answered 503"},
		{name: "not to be done twice, refused", op: opNew, answer: document(400, errorDocument("Bad")), want: 1, text: "Bad"},
		{name: "one attempt only", op: &Operation{Name: "Once", Method: "GET", Path: "/{Key+}", Traits: Once}, answer: status(500), want: 1, text: "500"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.answer, attempts(3))
			err := r.do(t.Context(), tt.op, nil, &listOutput{})
			wantText(t, err, "stub: "+tt.op.Name+": ", tt.text)
			wantAttempts(t, err, tt.want)
			if n := int(r.wire.requests.Load()); n != tt.want {
				t.Errorf("%d requests, want %d", n, tt.want)
			}
			if n := r.wire.live(); n != 0 {
				t.Errorf("%d attempts still hold their context", n)
			}
		})
	}
}

func truncate(text string, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "27")
		io.WriteString(w, text[:n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

func truncateChunked(text string, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, text[:n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

func truncateSilently(text string, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, _, _ := w.(http.Hijacker).Hijack()
		io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+text[:n])
		c.Close()
	}
}

func TestAnAttemptThatFailedLeavesNothingInTheOutput(t *testing.T) {
	r := newRig(t, script(
		document(200, "<List><Name>a</Name><Name>b</Name><Count>x</Count></List>"),
		document(200, "<List><Name>a</Name><Count>1</Count></List>")))
	var out listOutput
	if err := r.do(t.Context(), opList, nil, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Names) != 1 || out.Count != 1 || out.ResponseMetadata.Attempts != 2 {
		t.Errorf("the output is %+v", out)
	}
}

func TestTransportErrors(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"connection refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, 3},
		{"no such host", &net.DNSError{Err: "no such host", IsNotFound: true}, 1},
		{"name server away", &net.DNSError{Err: "server misbehaving", IsTemporary: true}, 3},
		{"certificate of a stranger", &tls.CertificateVerificationError{Err: errors.New("unknown authority")}, 1},
		{"plain HTTP at a TLS port", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, 1},
		{"URL in the error", &url.Error{Op: "Get", URL: "http://h/k?X-Amz-Signature=secret", Err: io.ErrUnexpectedEOF}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			r := newRigOn(&wire{}, "stub.test", attempts(3), transportOf(func(*http.Request) (*http.Response, error) {
				n++
				return nil, tt.err
			}))
			r.rt.random = func() float64 { return 0 }
			err := r.do(t.Context(), opGet, &input{Key: "k"}, &streamOutput{})
			wantAttempts(t, err, tt.want)
			wantText(t, err, "stub: Get: ", "host stub.test")
			if n != tt.want || strings.Contains(err.Error(), "secret") {
				t.Errorf("%d attempts, want %d; the error is %q", n, tt.want, err)
			}
		})
	}
}

func transportOf(f roundTripper) func(*Options) {
	return func(o *Options) { o.HTTPClient = &http.Client{Transport: f} }
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestClassifyOverrules(t *testing.T) {
	r := newRig(t, document(400, "<Error><Code>Odd</Code></Error>"), attempts(3))
	r.rt.Retry.Classify = func(err error, retry bool) bool {
		e := (*stubError)(nil)
		return errors.As(err, &e) && e.Code == "Odd" && !retry
	}
	wantAttempts(t, r.do(t.Context(), opList, nil, &listOutput{}), 3)

	r = newRig(t, status(500), attempts(3))
	r.rt.Retry.Classify = func(error, bool) bool { return false }
	wantAttempts(t, r.do(t.Context(), opList, nil, &listOutput{}), 1)
}

func TestAgainIsFreeButBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(status(409), attempts(1))
		defer done()
		r.judge = func(*Call, http.Header, *apierror.Error) Verdict { return Again }
		began := time.Now()
		wantAttempts(t, r.do(t.Context(), opList, nil, &listOutput{}), 1+maxMended)
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %v", took)
		}
		if n := *r.rt.budgets.of(r.host); n != budgetReserve {
			t.Errorf("the quota is %v", n)
		}
	})
}

// TestBackoff proves the waits with virtual time: full jitter under a bound
// that doubles up to MaxWait.
func TestBackoff(t *testing.T) {
	for _, random := range []float64{0, 0.25, 0.999} {
		synctest.Test(t, func(t *testing.T) {
			var at []time.Time
			r, done := newVirtualRig(func(w http.ResponseWriter, _ *http.Request) {
				at = append(at, time.Now())
				w.WriteHeader(500)
			}, attempts(7), func(o *Options) {
				o.Retry.MinWait, o.Retry.MaxWait = 100*time.Millisecond, time.Second
			})
			defer done()
			r.rt.random = func() float64 { return random }
			wantAttempts(t, r.do(t.Context(), opList, nil, &listOutput{}), 7)
			for i, bound := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
				want := time.Duration(random * float64(bound*time.Millisecond))
				if got := at[i+1].Sub(at[i]); got != want {
					t.Errorf("random %v: wait %d is %v, want %v", random, i+1, got, want)
				}
			}
		})
	}
}

func TestBackoffNeverOverflows(t *testing.T) {
	r := newRigOn(&wire{}, "stub.test", func(o *Options) {
		o.Retry.MinWait, o.Retry.MaxWait = time.Hour, 1000*time.Hour
	})
	c := &Call{rt: r.rt}
	r.rt.random = func() float64 { return 0.5 }
	for n := 12; n < 200; n++ {
		if wait := c.backoff(n, 0); wait != 500*time.Hour {
			t.Fatalf("wait %d is %v", n, wait)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name, header string
		random       float64
		want         time.Duration
	}{
		{name: "seconds", header: "7", want: 7 * time.Second},
		{name: "date", header: "Sun, 01 Mar 2026 12:00:09 GMT", want: 9 * time.Second},
		{name: "date gone by", header: "Sun, 01 Mar 2026 11:00:00 GMT", want: 0},
		{name: "the server's hint wins over a shorter wait", header: "3", random: 0.5, want: 3 * time.Second},
		{name: "the schedule wins over a shorter hint", header: "1", random: 0.5, want: 2 * time.Second},
		{name: "no longer than MaxWait", header: "3600", want: 20 * time.Second},
		{name: "a number beyond all numbers", header: "99999999999999999999", want: 0},
		{name: "negative", header: "-5", want: 0},
		{name: "nonsense", header: "soon", want: 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRigOn(&wire{}, "stub.test", func(o *Options) {
				o.Retry.MinWait = 4 * time.Second
				o.Clock = func() time.Time { return now }
			})
			r.rt.random = func() float64 { return tt.random }
			asked := retryAfter(http.Header{"Retry-After": {tt.header}}, r.rt.Clock())
			if got := (&Call{rt: r.rt}).backoff(1, asked); got != tt.want {
				t.Errorf("Retry-After %q: %v, want %v", tt.header, got, tt.want)
			}
		})
	}
}

func TestQuota(t *testing.T) {
	failing := true
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		if failing {
			document(503, "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>")(w, &http.Request{Body: http.NoBody})
		}
	}, attempts(2))
	call := func() error { return r.do(t.Context(), opPut, &input{Key: "k"}, &output{}) }
	for range budgetReserve {
		wantAttempts(t, call(), 2)
	}
	err := call()
	wantAttempts(t, err, 1)
	wantText(t, err, "stub: Put: SlowDown: Reduce your request rate.; no further attempt: this client's retry quota for the host is used up (status 503")

	// Half a token for every success.
	failing = false
	for range 4 {
		if err := call(); err != nil {
			t.Fatal(err)
		}
	}
	failing = true
	for _, want := range []int{2, 2, 1} {
		wantAttempts(t, call(), want)
	}
}

func TestQuotaIsOfTheHost(t *testing.T) {
	b := &budgets{}
	for b.take("a") {
	}
	if !b.take("b") {
		t.Error("one host uses up another's quota")
	}
	for range 10 * budgetCap {
		b.refill("a")
	}
	if got := *b.of("a"); got != budgetCap {
		t.Errorf("successes fill the bucket up to %v, want %v", got, budgetCap)
	}
	for i := range 10 * maxBudgets {
		b.refill(string(rune('a' + i)))
	}
	if n := len(b.hosts); n > maxBudgets {
		t.Errorf("%d hosts are remembered", n)
	}
}

// TestBackoffAppliesWhateverTheQuota is against a client that, out of quota,
// fails at once and is then called again at once.
func TestBackoffAppliesWhateverTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(status(503), attempts(4))
		defer done()
		r.rt.random = func() float64 { return 0.5 }
		*r.rt.budgets.of(r.host) = 2
		began := time.Now()
		wantAttempts(t, r.do(t.Context(), opPut, &input{Key: "k"}, &output{}), 3)
		if took := time.Since(began); took != 25*time.Millisecond+50*time.Millisecond {
			t.Errorf("two retries took %v", took)
		}
	})
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(document(503, "<Error><Code>SlowDown</Code></Error>"))
		defer done()
		r.rt.random = func() float64 { return 1 }
		why := errors.New("the user pressed the button")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
		began := time.Now()
		err := r.do(ctx, opList, nil, &listOutput{})
		if took := time.Since(began); took != 20*time.Millisecond {
			t.Errorf("the cancelled call returned after %v", took)
		}
		if !errors.Is(err, context.Canceled) || !errors.Is(err, why) {
			t.Errorf("%v is not the cancellation", err)
		}
		wantText(t, err, "stub: List: context canceled: the user pressed the button; the last attempt failed: SlowDown (status 503) (host stub.test)")
		i := (*interrupted)(nil)
		if !errors.As(err, &i) {
			t.Fatalf("%v does not hold the last attempt's error", err)
		}
		if e := (*stubError)(nil); !errors.As(i.last, &e) || e.Code != "SlowDown" {
			t.Errorf("the last attempt's error is %v", i.last)
		}
	})
}

func TestCancelledDuringAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(script(status(500), func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		defer done()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := r.do(ctx, opList, nil, &listOutput{})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is not the deadline", err)
		}
		wantText(t, err, "the last attempt failed: the server answered 500", "2 attempts")
		if r.wire.live() != 0 {
			t.Error("an attempt holds its context")
		}
	})
}

func TestCancelledBeforehand(t *testing.T) {
	r := newRig(t, status(200))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := r.do(ctx, opPut, &input{Key: "k", Body: strings.NewReader("x")}, &output{})
	if !errors.Is(err, context.Canceled) || r.wire.requests.Load() != 0 {
		t.Errorf("%v after %d requests", err, r.wire.requests.Load())
	}
	wantAttempts(t, err, 0)
}

func TestDeadlineTooNear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, done := newVirtualRig(document(503, "<Error><Code>SlowDown</Code></Error>"))
		defer done()
		r.rt.random = func() float64 { return 1 }
		ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := r.do(ctx, opList, nil, &listOutput{}) // 50 ms, then 100 ms
		if took := time.Since(began); took != 50*time.Millisecond {
			t.Errorf("the call waited %v for what would be too late", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is not the deadline", err)
		}
		wantAttempts(t, err, 2)
		wantText(t, err, "stub: List: SlowDown; the next attempt would begin too late: context deadline exceeded (status 503")
		if *r.rt.budgets.of(r.host) != budgetReserve-1 {
			t.Error("the attempt that was not made is paid for")
		}
	})
}

// deadServer accepts connections and answers a request on each of them, then
// drops the connection when the next comes.
func deadServer(t *testing.T) (addr string, dropped func() int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex
	n := 0
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				r, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				io.Copy(io.Discard, r.Body)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				if _, err := in.ReadByte(); err == nil {
					mu.Lock()
					n++
					mu.Unlock()
					c.(*net.TCPConn).SetLinger(0)
				}
			}()
		}
	}()
	return l.Addr().String(), func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

func TestDeadConnectionIsFree(t *testing.T) {
	addr, dropped := deadServer(t)
	w := &wire{Transport: &http.Transport{}}
	defer w.CloseIdleConnections()
	r := newRigOn(w, addr)
	r.rt.random = func() float64 { return 1e6 } // a back-off would time the test out
	r.rt.Retry.MaxWait = time.Hour
	var waits []time.Duration
	ctx := observe.With(t.Context(), &observe.Observer{Retry: func(_ error, wait time.Duration, _ bool) { waits = append(waits, wait) }})
	for range 3 {
		if err := r.do(ctx, opPut, &input{Key: "k", Body: bytes.NewReader([]byte("hello"))}, &output{}); err != nil {
			t.Fatal(err)
		}
	}
	if dropped() == 0 || len(waits) == 0 {
		t.Fatalf("no connection was lost: the test proves nothing")
	}
	for _, wait := range waits {
		if wait != 0 {
			t.Errorf("a dead connection made the call wait for %v", wait)
		}
	}
	if got := *r.rt.budgets.of(addr); got <= budgetReserve {
		t.Errorf("the quota is %v: a dead connection cost something", got)
	}
}

func TestDeadConnectionIsFreeOnce(t *testing.T) {
	c := &Call{Operation: opGet, provider: &stub{}, rt: New(Options{})}
	c.rt.random = func() float64 { return 1 }
	a := &attempt{ctx: t.Context()}
	a.reused.Store(true)
	for i, want := range []time.Duration{0, 50 * time.Millisecond} {
		c.Attempts++
		c.again, c.wait = false, 0
		c.broken(t.Context(), a, io.EOF)
		if !c.again || c.wait != want {
			t.Errorf("loss %d: again %v after %v, want after %v", i+1, c.again, c.wait, want)
		}
	}

	// Once a byte of an answer came it was no dead connection.
	c = &Call{Operation: opGet, provider: &stub{}, rt: c.rt, Attempts: 1}
	a.answered.Store(true)
	if c.broken(t.Context(), a, io.EOF); c.wait == 0 {
		t.Error("a connection that was lost while answering is taken for a dead one")
	}
}

func TestManyFailuresOneConnection(t *testing.T) {
	r := newRig(t, status(404))
	for range 50 {
		wantAttempts(t, r.do(t.Context(), opHead, &input{Key: "missing"}, &output{}), 1)
	}
	if n := r.wire.conns.Load(); n != 1 {
		t.Errorf("50 failing HEADs took %d connections", n)
	}
}

func TestManyCallsAtOnce(t *testing.T) {
	data := pattern(100 << 10)
	r := newRig(t, script(status(200), status(500), reset, func(w http.ResponseWriter, r *http.Request) {
		got, _ := io.ReadAll(r.Body)
		if !bytes.Equal(got, data) {
			w.WriteHeader(400)
		}
	}))
	var g sync.WaitGroup
	for range 32 {
		g.Go(func() {
			if err := r.put(t.Context(), bytes.NewReader(data)); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if r.wire.live() != 0 {
		t.Error("attempts hold their contexts")
	}
}

func TestRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRigOn(&wire{}, "stub.test", attempts(3))
		r.rt.random = func() float64 { return 1 }
		e := func() *apierror.Error { return &apierror.Error{Service: "stub", StatusCode: 503, Host: "stub.test"} }
		once := &Operation{Name: "Upload", Method: "POST", Traits: Once}
		began := time.Now()
		if err := Repeat(t.Context(), r.rt, r, once, e(), 1, Throttle); err != nil || time.Since(began) != 50*time.Millisecond {
			t.Errorf("the first failure is followed by %v, after %v", err, time.Since(began))
		}
		err := Repeat(t.Context(), r.rt, r, once, e(), 3, Throttle)
		wantText(t, err, "stub: the server answered 503")
		err = Repeat(t.Context(), r.rt, r, once, e(), 1, Fail)
		wantText(t, err, "stub: the server answered 503")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		err = Repeat(ctx, r.rt, r, once, e(), 1, Throttle)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled call ends in %v", err)
		}
		wantText(t, err, "stub: Upload: context canceled; the last attempt failed: the server answered 503")
	})
}

func TestServerThatLogs(t *testing.T) {
	// The retry loop beneath logs to stderr if it is let.
	var b bytes.Buffer
	log.SetOutput(&b)
	defer log.SetOutput(log.Default().Writer())
	r := newRig(t, status(500), attempts(3))
	r.do(t.Context(), opList, &input{Key: "k", Token: "secret"}, &listOutput{})
	if b.Len() > 0 {
		t.Errorf("a log was written: %s", &b)
	}
}
