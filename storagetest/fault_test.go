package storagetest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

// try is do for calls that may fail without an answer, or in the midst of it.
func try(t *testing.T, srv *storagetest.Server, c call) (answer, error) {
	t.Helper()
	res, err := srv.Client().Transport.RoundTrip(newRequest(t, srv.URL, c))
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body)}, err
}

// everywhere runs a test on a port and in memory, with and without TLS: faults
// look the same on all.
func everywhere(t *testing.T, test func(t *testing.T, srv *storagetest.S3)) {
	for name, opts := range map[string][]storagetest.Option{
		"port":            nil,
		"port with TLS":   {storagetest.WithTLS()},
		"memory":          {storagetest.WithInMemory()},
		"memory with TLS": {storagetest.WithInMemory(), storagetest.WithTLS()},
	} {
		t.Run(name, func(t *testing.T) { test(t, newS3(t, opts...)) })
	}
}

var content = strings.Repeat("0123456789", 30_000)

func TestFaultsOfTheConnection(t *testing.T) {
	everywhere(t, func(t *testing.T, srv *storagetest.S3) {
		put := call{method: "PUT", path: "/photos/a", body: content}
		get := call{method: "GET", path: "/photos/a"}
		exists := func() bool { return do(t, srv.Server, call{method: "HEAD", path: "/photos/a"}).status == 200 }

		srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Reset: storagetest.RequestBody(100_000)})
		if _, err := try(t, srv.Server, put); err == nil || exists() {
			t.Errorf("reset within the request: err %v, object there: %v", err, exists())
		}
		srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Reset: storagetest.RequestBody(0)})
		if _, err := try(t, srv.Server, put); err == nil || exists() {
			t.Errorf("reset before the request: err %v, object there: %v", err, exists())
		}
		srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Reset: storagetest.BeforeResponse()})
		if _, err := try(t, srv.Server, put); err == nil || !exists() {
			t.Errorf("reset before the answer: err %v, object there: %v", err, exists())
		}
		srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Reset: storagetest.ResponseBody(1000)})
		a, err := try(t, srv.Server, get)
		if !errors.Is(err, syscall.ECONNRESET) || a.body != content[:1000] {
			t.Errorf("reset within the answer: err %v after %d bytes, want a reset after 1000", err, len(a.body))
		}
		srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Truncate: storagetest.ResponseBody(1000)})
		a, err = try(t, srv.Server, get)
		if !errors.Is(err, io.ErrUnexpectedEOF) || a.body != content[:1000] {
			t.Errorf("truncated answer: err %v after %d bytes, want the end after 1000", err, len(a.body))
		}
		if a := do(t, srv.Server, get).want(t, 200, ""); a.body != content {
			t.Errorf("the plan is through, yet the content differs")
		}

		do(t, srv.Server, get)
		srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, CloseIdle: true})
		do(t, srv.Server, get).want(t, 200, "")
		r := newRequest(t, srv.URL, put) // not one that net/http sends again by itself
		if _, err := srv.Client().Transport.RoundTrip(r); err == nil {
			t.Error("the request on the dead connection was answered")
		}
		do(t, srv.Server, get).want(t, 200, "")
	})
}

func TestFaultsOfTheContent(t *testing.T) {
	everywhere(t, func(t *testing.T, srv *storagetest.S3) {
		put := call{method: "PUT", path: "/photos/a", body: content}
		get := call{method: "GET", path: "/photos/a"}
		srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Corrupt: storagetest.RequestBody(77_777)})
		do(t, srv.Server, put).want(t, 400, "XAmzContentSHA256Mismatch")
		do(t, srv.Server, put).want(t, 200, "")
		srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Corrupt: storagetest.ResponseBody(77_777)})
		a := do(t, srv.Server, get).want(t, 200, "")
		if want := content[:77_777] + string(content[77_777]^1) + content[77_778:]; a.body != want {
			t.Error("the content does not differ in the one bit")
		}
	})
}

func TestFaultsThatRefuse(t *testing.T) {
	srv := newS3(t)
	get := call{method: "GET", path: "/photos", query: "list-type=2"}
	srv.Inject(storagetest.Fault{Operation: "ListObjectsV2", Nth: 2, Times: 2, Status: 503, RetryAfter: "3", Message: "slow down, please"})
	do(t, srv.Server, get).want(t, 200, "")
	for range 2 {
		a := do(t, srv.Server, get).want(t, 503, "SlowDown")
		if a.header.Get("Retry-After") != "3" || a.element("Message") != "slow down, please" {
			t.Errorf("%v %s", a.header, a.body)
		}
	}
	do(t, srv.Server, get).want(t, 200, "")

	srv.Inject(storagetest.Fault{Operation: "PutObject", Match: func(r *http.Request) bool {
		return len(srv.Requests()) > 0 && strings.HasSuffix(r.URL.Path, "/a")
	}, Code: "InternalError"})
	do(t, srv.Server, call{method: "PUT", path: "/photos/b", body: content}).want(t, 200, "")
	for range 3 {
		do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: content}).want(t, 500, "InternalError")
	}
	srv.ForgetFaults()
	do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: content}).want(t, 200, "")

	srv.Inject(storagetest.Fault{Operation: "CopyObject", Times: 1, ErrorIn200: true})
	cp := call{method: "PUT", path: "/photos/copy", header: map[string]string{"X-Amz-Copy-Source": "photos/a"}}
	do(t, srv.Server, cp).want(t, 200, "InternalError")
	do(t, srv.Server, call{method: "GET", path: "/photos/copy"}).want(t, 404, "NoSuchKey")

	srv.Inject(storagetest.Fault{Operation: "ListObjectsV2", Nth: 1, Status: 502, Header: http.Header{"Content-Type": {"text/html"}}, Body: func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte("Code>"), []byte("h1>"))
	}})
	page := do(t, srv.Server, get)
	if page.status != 502 || page.header.Get("Content-Type") != "text/html" || !strings.Contains(page.body, "<h1>") {
		t.Errorf("an answer rewritten: %d %v %s", page.status, page.header, page.body)
	}
	do(t, srv.Server, get).want(t, 200, "")

	srv.Inject(storagetest.Fault{Nth: 1, Skew: time.Hour})
	a := do(t, srv.Server, get).want(t, 403, "RequestTimeTooSkewed")
	if date, err := http.ParseTime(a.header.Get("Date")); err != nil || time.Until(date) < 50*time.Minute {
		t.Errorf("Date %q is not an hour ahead", a.header.Get("Date"))
	}
	srv.Inject(storagetest.Fault{Nth: 1, ExpireToken: true})
	do(t, srv.Server, get).want(t, 400, "ExpiredToken")
	do(t, srv.Server, get).want(t, 400, "ExpiredToken")
	srv.AddKey(storagetest.AccessKey{ID: testID, Secret: testSecret})
	do(t, srv.Server, get).want(t, 200, "")

	log := srv.Requests()
	first, last := log[0], log[len(log)-1]
	if first.Operation != "ListObjectsV2" || first.Status != 200 || first.Fault || !log[1].Fault || log[1].Status != 503 {
		t.Errorf("log begins with %+v, %+v", first, log[1])
	}
	if last.Header.Get("Authorization") != "" || last.Query.Get("list-type") != "2" {
		t.Errorf("log ends with %+v", last)
	}
	srv.ForgetRequests()
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d requests are not forgotten", n)
	}
}

func TestStallEndsByReleaseAndByClose(t *testing.T) {
	everywhere(t, func(t *testing.T, srv *storagetest.S3) {
		do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: content}).want(t, 200, "")
		srv.Inject(storagetest.Fault{Operation: "GetObject", Stall: storagetest.ResponseBody(500)})
		read := func() (*http.Response, error) {
			res, err := srv.Client().Transport.RoundTrip(newRequest(t, srv.URL, call{method: "GET", path: "/photos/a"}))
			if err != nil {
				t.Fatal(err)
			}
			first := make([]byte, 500)
			_, err = io.ReadFull(res.Body, first)
			return res, err
		}
		res, err := read()
		if err != nil {
			t.Fatal(err)
		}
		// Others are not held up.
		do(t, srv.Server, call{method: "PUT", path: "/photos/b", body: "x"}).want(t, 200, "")
		srv.Release()
		if rest, err := io.ReadAll(res.Body); err != nil || string(rest) != content[500:] {
			t.Errorf("after the release: %d bytes, err %v", len(rest), err)
		}
		res.Body.Close()
		if res, err = read(); err != nil {
			t.Fatal(err)
		}
		srv.Close()
		if _, err := io.ReadAll(res.Body); err == nil {
			t.Error("the stalled answer went on after Close")
		}
		res.Body.Close()
	})
}

// Within a bubble nothing takes time, and a goroutine that is left behind fails
// the test.
func TestInMemoryServerInSynctest(t *testing.T) {
	for _, opts := range [][]storagetest.Option{{}, {storagetest.WithTLS()}} {
		synctest.Test(t, func(t *testing.T) {
			srv := newS3(t, append(opts, storagetest.WithInMemory())...)
			do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: content}).want(t, 200, "")
			srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Drip: storagetest.Drip{Bytes: 100_000, Every: time.Hour}})
			start := time.Now()
			s := newSigner()
			a := do(t, srv.Server, call{method: "GET", path: "/photos/a", signer: &s}).want(t, 200, "")
			if took := time.Since(start); took != 3*time.Hour || a.body != content {
				t.Errorf("dripping 300,000 bytes took %v, want 3 h", took)
			}
			srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Stall: storagetest.BeforeResponse()})
			done := make(chan error)
			go func() {
				_, err := try(t, srv.Server, call{method: "GET", path: "/photos/a"})
				done <- err
			}()
			time.Sleep(time.Hour)
			synctest.Wait()
			select {
			case err := <-done:
				t.Fatalf("the stalled request ended: %v", err)
			default:
			}
			srv.Release()
			if err := <-done; err != nil {
				t.Error(err)
			}
			// A deadline that passes ends the wait of a client.
			srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Stall: storagetest.RequestBody(0)})
			client := &http.Client{Transport: srv.Client().Transport, Timeout: time.Minute}
			r := newRequest(t, srv.URL, call{method: "GET", path: "/photos/a"})
			if _, err := client.Do(r); !os.IsTimeout(err) {
				t.Errorf("got %v, want a timeout", err)
			}
		})
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	dir := t.TempDir()
	srv := storagetest.NewS3(testKey, storagetest.WithDir(dir), storagetest.WithMemoryLimit(100))
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: content}).want(t, 200, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/b", body: content}).want(t, 200, "")
	if a := do(t, srv.Server, call{method: "GET", path: "/photos/a", header: map[string]string{"Range": "bytes=299990-"}}); a.body != "0123456789" {
		t.Errorf("read %q from a file", a.body)
	}
	files := func() int {
		n := 0
		kept, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range kept {
			inside, err := os.ReadDir(dir + "/" + d.Name())
			if err != nil {
				t.Fatal(err)
			}
			n += len(inside)
		}
		return n
	}
	if n := files(); n != 2 {
		t.Errorf("%d files for two large objects", n)
	}
	do(t, srv.Server, call{method: "DELETE", path: "/photos/a"}).want(t, 204, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/b", body: "small"}).want(t, 200, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/c", body: content, payload: hexSHA256(nil)}).want(t, 400, "XAmzContentSHA256Mismatch")
	if n := files(); n != 0 {
		t.Errorf("%d files are left of what was deleted, replaced or refused", n)
	}
	do(t, srv.Server, call{method: "PUT", path: "/photos/d", body: content}).want(t, 200, "")
	srv.Close()
	srv.Close()
	if kept, err := os.ReadDir(dir); err != nil || len(kept) != 0 {
		t.Errorf("after Close: %v, %v", kept, err)
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
		}
	}
}

func TestS3WaitsForLeaveToSend(t *testing.T) {
	srv := newS3(t)
	transport := patient(t, srv.Server)
	send := func(bucket string) (answer, bool) {
		r := newRequest(t, srv.URL, call{method: "PUT", path: "/" + bucket + "/a", body: content, header: map[string]string{"Expect": "100-continue"}})
		body := &watched{Reader: bytes.NewReader([]byte(content))}
		r.Body = body
		return roundTrip(t, &http.Client{Transport: transport}, r), body.read
	}
	if a, sent := send("photos"); a.status != 200 || !sent {
		t.Errorf("answer %d, body sent: %v", a.status, sent)
	}
	if a, sent := send("none"); a.status != 404 || sent {
		t.Errorf("answer %d, body sent: %v; want it kept back", a.status, sent)
	}
}

// watched tells whether it has been read.
type watched struct {
	io.Reader
	read bool
}

func (w *watched) Read(p []byte) (int, error) {
	w.read = true
	return w.Reader.Read(p)
}

func (w *watched) Close() error { return nil }
