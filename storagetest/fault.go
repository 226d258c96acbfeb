package storagetest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is one thing that goes wrong, and when. The fields of the first group
// choose the requests; those of the others say what happens to them, and may be
// combined. Where several faults choose the same request all of them happen;
// of several refusals the one injected first.
type Fault struct {
	// Operation is the operation to fail, as the vendor's reference spells it:
	// "PutObject", "b2_upload_part". Empty: any.
	Operation string

	// Match, if set, chooses among the requests of the operation. It must not
	// read the body, and may be called by several requests at a time.
	Match func(*http.Request) bool

	// Nth is the first request to fail among those chosen, counted from 1 and
	// from the moment of injection. 0 is the first, too, but see Times.
	Nth int

	// Times is the number of requests to fail in a row. 0 means one when Nth
	// is set, and else every one.
	Times int

	// Status refuses the request with this status instead of serving it. Code
	// and Message fill the vendor's error document; empty ones follow from the
	// status. Code alone implies the status 500.
	Status  int
	Code    string
	Message string

	// RetryAfter is the value of that header in the refusal.
	RetryAfter string

	// Header is put into the answer, refusal or not, in place of what the server
	// would say: a sum that is not that of the body, a Content-Type of HTML. A name
	// without values leaves a header out.
	Header http.Header

	// Body, if set, is given the whole body of the answer, refusal or not, and
	// returns the one to send instead: none, a page of HTML, a document with other
	// values. Content-Length follows it, unless Header says otherwise. It may be
	// called by several requests at a time; for HEAD it is not.
	Body func([]byte) []byte

	// ErrorIn200 refuses with the status 200 and the error document as the body,
	// as S3 does when a long operation fails after the status has been sent.
	// Code defaults to InternalError.
	ErrorIn200 bool

	// ExpireToken makes the token or session that comes with the request an
	// expired one, for this request and those that follow.
	ExpireToken bool

	// Skew sets the server's clock for this request, in its Date header and in
	// judging signatures, off by so much.
	Skew time.Duration

	// Reset cuts the connection at this point, with a TCP reset.
	Reset Point

	// Delay passes before anything is done with the request.
	Delay time.Duration

	// Stall halts the exchange at this point until [Server.Release], the end
	// of the request's context, or Close.
	Stall Point

	// Truncate ends the answer at this point of its body by closing the
	// connection in an orderly way.
	Truncate Point

	// Corrupt flips the lowest bit of the byte of a body that this point names,
	// on its way to the server or to the client.
	Corrupt Point

	// Drip slows the body of the answer down.
	Drip Drip

	// CloseIdle makes the connection a dead one after the answer: it still looks
	// alive to the client, but the next request on it meets a reset.
	CloseIdle bool
}

// Drip is a rate: so many bytes after each interval.
type Drip struct {
	Bytes int
	Every time.Duration
}

// Point is a moment of an exchange. The zero Point is never reached.
type Point struct {
	place place
	n     int64
}

type place uint8

const (
	nowhere place = iota
	inRequest
	beforeResponse
	inResponse
)

// RequestBody is the point at which the server has read n bytes of the body of
// the request; 0 is before anything is done with the request. In a
// [Fault.Corrupt] it is the byte with the index n. A point beyond the end of
// the body is not reached.
func RequestBody(n int64) Point { return Point{inRequest, n} }

// BeforeResponse is the point at which the request has been carried out, and
// nothing of the answer sent: the client cannot know what happened.
func BeforeResponse() Point { return Point{beforeResponse, 0} }

// ResponseBody is the point at which the headers and n bytes of the body of the
// answer have been sent. In a [Fault.Corrupt] it is the byte with the index n.
func ResponseBody(n int64) Point { return Point{inResponse, n} }

// plannedFault is a fault with its count.
type plannedFault struct {
	Fault
	seen int
}

// Inject adds a fault to the plan.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &plannedFault{Fault: f})
}

// ForgetFaults empties the fault plan.
func (s *Server) ForgetFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Release lets go every exchange that a fault has stalled so far.
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.release)
	s.release = make(chan struct{})
}

// faultsFor counts r and returns the faults that are due for it.
func (s *Server) faultsFor(operation string, r *http.Request) []*Fault {
	s.mu.Lock()
	planned := slices.Clone(s.faults)
	s.mu.Unlock()
	planned = slices.DeleteFunc(planned, func(f *plannedFault) bool { // unlocked, since Match may ask the server
		return f.Operation != "" && f.Operation != operation || f.Match != nil && !f.Match(r)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*Fault
	for _, f := range planned {
		f.seen++
		first, times := max(f.Nth, 1), f.Times
		if times == 0 && f.Nth > 0 {
			times = 1
		}
		if f.seen >= first && (times == 0 || f.seen < first+times) {
			due = append(due, &f.Fault)
		}
	}
	return due
}

// exchange is a request and its answer on their way through the fault plan. It
// is the ResponseWriter that an emulator writes to.
type exchange struct {
	http.ResponseWriter
	server  *Server
	conn    *serverConn
	request *http.Request
	body    io.ReadCloser // of the request

	cuts      []cut // resets, stalls and truncations not yet reached
	corrupt   []Point
	refusal   *Fault
	header    http.Header // to put into the answer
	rewrites  []func([]byte) []byte
	held      *bytes.Buffer // the body of the answer, kept back to be rewritten
	delay     time.Duration
	drip      Drip
	skew      time.Duration
	expire    bool
	closeIdle bool
	reset     bool // the connection, once the emulator has returned

	entry          *Request // of the log
	status         int
	received, sent int64
}

// cut is what happens at a point.
type cut struct {
	at   Point
	kind cutKind
}

type cutKind uint8

const (
	cutReset cutKind = iota
	cutStall
	cutTruncate
)

// plan takes over the faults that are due, and reports whether there are any.
func (x *exchange) plan(faults []*Fault) bool {
	for _, f := range faults {
		if x.refusal == nil && (f.Status != 0 || f.Code != "" || f.ErrorIn200) {
			x.refusal = f
		}
		for kind, at := range []Point{cutReset: f.Reset, cutStall: f.Stall, cutTruncate: f.Truncate} {
			if at.place != nowhere {
				x.cuts = append(x.cuts, cut{at, cutKind(kind)})
			}
		}
		if f.Corrupt.place != nowhere {
			x.corrupt = append(x.corrupt, f.Corrupt)
		}
		if f.Drip.Bytes > 0 {
			x.drip = f.Drip
		}
		for name, values := range f.Header {
			if x.header == nil {
				x.header = http.Header{}
			}
			x.header[http.CanonicalHeaderKey(name)] = values
		}
		if f.Body != nil && x.request.Method != http.MethodHead {
			x.rewrites, x.held = append(x.rewrites, f.Body), new(bytes.Buffer)
		}
		x.delay += f.Delay
		x.skew += f.Skew
		x.expire = x.expire || f.ExpireToken
		x.closeIdle = x.closeIdle || f.CloseIdle
	}
	return len(faults) > 0
}

// log brings the entry of the log up to date, counting n bytes that are about
// to be sent: a client that has them finds them in the log.
func (x *exchange) log(n int) {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	x.entry.Status, x.entry.Received, x.entry.Sent = x.status, x.received, x.sent+int64(n)
}

// refuse answers with the error that the plan asks for.
func (x *exchange) refuse(e emulator) {
	f := x.refusal
	status, code := f.Status, f.Code
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if f.ErrorIn200 {
		status = http.StatusOK
		if code == "" {
			code = "InternalError"
		}
	}
	if f.RetryAfter != "" {
		x.Header().Set("Retry-After", f.RetryAfter)
	}
	e.fail(x, x.request, status, code, f.Message)
}

// finish ends an exchange that was served to the end.
func (x *exchange) finish() {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	if x.held != nil {
		x.sendHeld()
	}
	if x.request.Header.Get("Expect") == "" {
		// A client that is still sending when the connection closes may miss
		// the answer; a client that waits for leave to send is not given it.
		_, _ = io.Copy(io.Discard, x.body)
	}
	if x.closeIdle {
		x.conn.dead.Store(true)
	}
}

// sendHeld sends the answer that was held back for its body to be rewritten.
func (x *exchange) sendHeld() {
	body, status := x.held.Bytes(), x.status
	for _, rewrite := range x.rewrites {
		body = rewrite(body)
	}
	x.held, x.status = nil, 0
	if status != http.StatusNoContent && status != http.StatusNotModified {
		x.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	x.WriteHeader(status)
	_, _ = x.Write(body) // a client that is gone does not want it
}

// until returns how many of n bytes may pass at the position pos of a body
// before the next cut.
func (x *exchange) until(where place, pos int64, n int) int {
	for _, c := range x.cuts {
		if c.at.place == where && c.at.n > pos && c.at.n < pos+int64(n) {
			n = int(c.at.n - pos)
		}
	}
	return n
}

// reach does what is planned for the point p. It does not return if that is the
// end of the connection.
func (x *exchange) reach(p Point) {
	rest := x.cuts[:0]
	var now []cut
	for _, c := range x.cuts {
		if c.at == p {
			now = append(now, c)
		} else {
			rest = append(rest, c)
		}
	}
	x.cuts = rest
	if len(now) == 0 {
		return
	}
	// Taken before the flush: whoever has seen the bytes up to here may release
	// the stall, even if it is yet to begin.
	x.server.mu.Lock()
	release := x.server.release
	x.server.mu.Unlock()
	if p.place == inResponse {
		_ = http.NewResponseController(x.ResponseWriter).Flush()
	}
	for _, c := range now {
		if c.kind == cutStall {
			x.stall(release)
		}
	}
	for _, c := range now {
		switch c.kind {
		case cutReset:
			x.reset = true
			panic(http.ErrAbortHandler)
		case cutTruncate:
			panic(http.ErrAbortHandler)
		}
	}
}

func (x *exchange) stall(release <-chan struct{}) {
	select {
	case <-release:
	case <-x.server.closed:
		panic(http.ErrAbortHandler)
	case <-x.request.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

// flip applies the planned corruptions to b, which stands at the position pos.
func (x *exchange) flip(where place, pos int64, b []byte) {
	for _, p := range x.corrupt {
		if p.place == where && p.n >= pos && p.n < pos+int64(len(b)) {
			b[p.n-pos] ^= 1
		}
	}
}

// requestBody is the body of a request, subject to the plan.
type requestBody struct{ x *exchange }

func (b *requestBody) Read(p []byte) (int, error) {
	x := b.x
	if len(x.cuts) > 0 {
		p = p[:x.until(inRequest, x.received, len(p))]
	}
	n, err := x.body.Read(p)
	x.flip(inRequest, x.received, p[:n])
	x.received += int64(n)
	if n > 0 && len(x.cuts) > 0 {
		x.reach(RequestBody(x.received))
	}
	return n, err
}

func (b *requestBody) Close() error { return b.x.body.Close() }

// WriteHeader implements [http.ResponseWriter].
func (x *exchange) WriteHeader(status int) {
	if status >= 200 {
		if x.status != 0 {
			return
		}
		if x.held != nil {
			x.status = status
			return
		}
		x.reach(BeforeResponse())
		for name, values := range x.header {
			if x.Header().Del(name); len(values) > 0 {
				x.Header()[name] = values
			}
		}
		x.status = status
		x.log(0)
	}
	x.ResponseWriter.WriteHeader(status)
	if status >= 200 && len(x.cuts) > 0 {
		x.reach(ResponseBody(0))
	}
}

// Write implements [http.ResponseWriter].
func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	if x.held != nil {
		return x.held.Write(p)
	}
	if !x.meddles() {
		x.log(len(p))
		n, err := x.ResponseWriter.Write(p)
		x.sent += int64(n)
		return n, err
	}
	var written int
	for len(p) > 0 {
		n := x.until(inResponse, x.sent, len(p))
		if x.drip.Bytes > 0 {
			n = min(n, x.drip.Bytes)
			if err := x.pause(x.drip.Every); err != nil {
				return written, err
			}
		}
		piece := append([]byte(nil), p[:n]...) // the writer's bytes are not ours to flip
		x.flip(inResponse, x.sent, piece)
		x.log(n)
		m, err := x.ResponseWriter.Write(piece)
		written += m
		x.sent += int64(m)
		if err != nil {
			return written, err
		}
		if x.drip.Bytes > 0 {
			_ = http.NewResponseController(x.ResponseWriter).Flush()
		}
		x.reach(ResponseBody(x.sent))
		p = p[n:]
	}
	return written, nil
}

// ReadFrom lets large files go out by sendfile when nothing is to be done to them.
func (x *exchange) ReadFrom(r io.Reader) (int64, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	if x.meddles() {
		return io.Copy(struct{ io.Writer }{x}, r)
	}
	n, err := io.Copy(x.ResponseWriter, r)
	x.sent += n
	return n, err
}

// Unwrap serves [http.ResponseController].
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// meddles reports whether the plan has something left for the answer's body.
func (x *exchange) meddles() bool {
	return len(x.cuts) > 0 || len(x.corrupt) > 0 || x.drip.Bytes > 0 || x.held != nil
}

// pause waits, but not for a client that is gone.
func (x *exchange) pause(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-x.server.closed:
		panic(http.ErrAbortHandler)
	case <-x.request.Context().Done():
		return x.request.Context().Err()
	}
}
