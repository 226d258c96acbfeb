package s3_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/waiter"
)

// express is a directory bucket.
const express = "photos--use1-az4--x-s3"

var expressTrips = trips{
	"CreateSession": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		srv.AddBucket(storagetest.BucketSetup{Name: express})
		before := time.Now()
		out := call(t, c.CreateSession, &s3.CreateSessionInput{Bucket: express, SessionMode: s3.SessionModeReadOnly})
		same(t, "CreateSession", out, &s3.CreateSessionOutput{ServerSideEncryption: s3.ServerSideEncryptionAes256}, cmpopts.IgnoreTypes(s3.SessionCredentials{}))
		if e := out.Credentials.Expiration; e.Before(before.Add(4*time.Minute)) || e.After(time.Now().Add(5*time.Minute)) {
			t.Errorf("the session ends at %v, and began at %v", e, before)
		}
		for bucket, want := range map[string]error{"absent--use1-az4--x-s3": s3.ErrNoSuchBucket, "photos": nil} {
			_, err := c.CreateSession(t.Context(), &s3.CreateSessionInput{Bucket: bucket})
			if err == nil || want != nil && !errors.Is(err, want) {
				t.Errorf("a session of %s: %v", bucket, err)
			}
		}
	},
	"ListDirectoryBuckets": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		var want []string
		for i := range 3 {
			name := fmt.Sprintf("bucket-%d--use1-az4--x-s3", i)
			call(t, c.CreateBucket, &s3.CreateBucketInput{Bucket: name, CreateBucketConfiguration: &s3.CreateBucketConfiguration{
				Location: &s3.LocationInfo{Type: s3.LocationTypeAvailabilityZone, Name: "use1-az4"},
				Bucket:   &s3.BucketInfo{Type: s3.BucketTypeDirectory, DataRedundancy: s3.DataRedundancySingleAvailabilityZone},
			}})
			want = append(want, name)
		}
		var got []string
		for b, err := range paginator.Items(t.Context(), c.ListDirectoryBuckets, &s3.ListDirectoryBucketsInput{MaxDirectoryBuckets: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("directory buckets (-want +got):\n%s", diff)
		}
		if all := call(t, c.ListBuckets, nil); len(all.Buckets) != 1 || all.Buckets[0].Name != "photos" {
			t.Errorf("ListBuckets has %v", all.Buckets)
		}
		call(t, c.DeleteBucket, &s3.DeleteBucketInput{Bucket: want[0]})
	},
	"WriteGetObjectResponse": func(t *testing.T, _ *storagetest.S3, _ *s3.Client) {
		n := &recorder{}
		var body, payload string
		n.answer = func(r *http.Request) *http.Response {
			payload = r.Header.Get("X-Amz-Content-Sha256")
			return answer(r, 200, "", "X-Amz-Request-Id", "R1")
		}
		c := n.client(t, s3.Config{Region: "eu-west-1"})
		read := &watched{Reader: strings.NewReader("plain text"), read: &body}
		out := call(t, c.WriteGetObjectResponse, &s3.WriteGetObjectResponseInput{
			RequestRoute: "io-cell1", RequestToken: "token", Body: read, ContentLength: 10, ContentType: "text/plain", StatusCode: 206,
		})
		r := n.requests[0]
		if got := r.Method + " " + r.URL.String(); got != "POST https://io-cell1.s3-object-lambda.eu-west-1.amazonaws.com/WriteGetObjectResponse" {
			t.Error(got)
		}
		if body != "plain text" || r.ContentLength != 10 || payload != "UNSIGNED-PAYLOAD" || out.ResponseMetadata.RequestID != "R1" {
			t.Errorf("body %q of %d bytes, payload %s, answer %+v", body, r.ContentLength, payload, out)
		}
		if r.Header.Get("X-Amz-Fwd-Status") != "206" || r.Header.Get("X-Amz-Fwd-Header-Content-Type") != "text/plain" || r.Header.Get("X-Amz-Request-Token") != "token" {
			t.Errorf("headers %v", r.Header)
		}

		call(t, c.WriteGetObjectResponse, &s3.WriteGetObjectResponseInput{RequestRoute: "r", RequestToken: "t", StatusCode: 404, ErrorCode: "NoSuchKey", ErrorMessage: "not here"})
		if r := n.requests[1]; r.Header.Get("X-Amz-Fwd-Error-Code") != "NoSuchKey" || r.Header.Get("X-Amz-Fwd-Error-Message") != "not here" || r.ContentLength != 0 {
			t.Errorf("an error of %d bytes: %v", r.ContentLength, r.Header)
		}
		for _, route := range []string{"evil.example/", "a b", "@", ".", "a#b"} {
			_, err := c.WriteGetObjectResponse(t.Context(), &s3.WriteGetObjectResponseInput{RequestRoute: route, RequestToken: "t"})
			if err == nil || !strings.HasPrefix(err.Error(), "s3: WriteGetObjectResponse: RequestRoute: ") {
				t.Errorf("route %q: %v", route, err)
			}
		}
		if len(n.requests) != 2 {
			t.Errorf("%d requests, want 2", len(n.requests))
		}
	},
}

// watched notes what is read of it. It can be read once.
type watched struct {
	io.Reader
	read *string
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	*w.read += string(p[:n])
	return n, err
}

// TestDirectoryBucket uses a directory bucket as any other: sessions come by
// themselves, one for all calls.
func TestDirectoryBucket(t *testing.T) {
	for _, own := range []bool{false, true} {
		srv, _ := serve(t)
		srv.AddBucket(storagetest.BucketSetup{Name: express})
		cfg := srv.Config()
		cfg.DisableExpressSessions = own
		seen := &passing{next: cfg.HTTPClient.Transport}
		cfg.HTTPClient = &http.Client{Transport: seen}
		c := newClient(t, cfg)
		out := call(t, c.PutObject, &s3.PutObjectInput{Bucket: express, Key: "dir/a", Body: strings.NewReader("content")})
		if out.ChecksumCRC32 == "" || out.ChecksumCRC64NVME != "" {
			t.Errorf("checksums CRC32 %q, CRC64NVME %q", out.ChecksumCRC32, out.ChecksumCRC64NVME)
		}
		got := call(t, c.GetObject, &s3.GetObjectInput{Bucket: express, Key: "dir/a"})
		content, err := io.ReadAll(got.Body)
		got.Body.Close()
		if err != nil || string(content) != "content" {
			t.Errorf("content %q, %v", content, err)
		}
		call(t, c.CopyObject, &s3.CopyObjectInput{Bucket: express, Key: "dir/b", CopySource: s3.CopySource(express, "dir/a", "")})
		head := call(t, c.HeadBucket, &s3.HeadBucketInput{Bucket: express})
		if head.BucketLocationType != s3.LocationTypeAvailabilityZone || head.BucketLocationName != "use1-az4" {
			t.Errorf("HeadBucket: %+v", head)
		}
		list := call(t, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: express, Prefix: "dir/", Delimiter: "/"})
		if len(list.Contents) != 2 {
			t.Errorf("listed %v", list.Contents)
		}
		call(t, c.DeleteObjects, &s3.DeleteObjectsInput{Bucket: express, Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "dir/a"}}}})
		sessions := 0
		for _, r := range seen.requests {
			if r.URL.RawQuery == "session" {
				sessions++
			}
			want := "sigv4-s3express"
			if cfg.DisableExpressSessions || r.URL.RawQuery == "session" || r.Header.Get("X-Amz-Copy-Source") != "" {
				want = "sigv4"
			}
			if got := signatureOf(r); got.Scheme != want || got.Service != "s3express" {
				t.Errorf("%s %s is signed by %+v, want %s", r.Method, r.URL, got, want)
			}
		}
		if want := map[bool]int{false: 1, true: 0}[cfg.DisableExpressSessions]; sessions != want {
			t.Errorf("%d sessions, want %d", sessions, want)
		}
	}
}

// passing notes requests and passes them on.
type passing struct {
	next     http.RoundTripper
	requests []*http.Request
}

func (p *passing) RoundTrip(r *http.Request) (*http.Response, error) {
	p.requests = append(p.requests, r)
	return p.next.RoundTrip(r)
}

// TestDirectoryBucketRefuses what such buckets do not know.
func TestDirectoryBucketRefuses(t *testing.T) {
	srv, c := serve(t)
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	for name, err := range map[string]error{
		"another delimiter": errorOf(c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: express, Delimiter: "-"})),
		"part of a name":    errorOf(c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: express, Prefix: "a"})),
		"old list":          errorOf(c.ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: express})),
	} {
		if e := (*s3.Error)(nil); !errors.As(err, &e) || e.StatusCode < 400 || e.StatusCode >= 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// TestSessionRenewal opens another session ahead of the end of one, and when
// the server has given one up.
func TestSessionRenewal(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	advance := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	n := &recorder{expires: now.Add(5 * time.Minute)}
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	c := n.client(t, s3.Config{Region: "us-east-1", Clock: clock})
	get := func() string {
		t.Helper()
		out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: express, Key: "k"})
		io.Copy(io.Discard, out.Body)
		out.Body.Close()
		n.mu.Lock()
		defer n.mu.Unlock()
		for i := len(n.requests) - 1; ; i-- {
			if r := n.requests[i]; r.URL.RawQuery != "session" {
				return r.Header.Get("X-Amz-S3session-Token")
			}
		}
	}
	first := get()
	if again := get(); first != "token1" || again != first {
		t.Fatalf("tokens %q, then %q", first, again)
	}

	n.mu.Lock()
	n.expires = now.Add(time.Hour)
	n.mu.Unlock()
	advance(5 * time.Minute) // the end
	if renewed := get(); renewed != "token2" {
		t.Errorf("after the end: %q", renewed)
	}

	// The server gives up each session that it is asked to accept once.
	for _, code := range []string{"ExpiredToken", "InvalidToken", "InvalidAccessKeyId"} {
		old := get()
		n.answer = func(r *http.Request) *http.Response {
			if r.Header.Get("X-Amz-S3session-Token") == old {
				return answer(r, 400, "<Error><Code>"+code+"</Code></Error>")
			}
			return nil
		}
		if renewed := get(); renewed == old {
			t.Errorf("%s: signed with %q again", code, old)
		}
	}
	before := n.sessions
	n.answer = func(r *http.Request) *http.Response {
		if r.URL.RawQuery == "session" {
			return nil
		}
		return answer(r, 400, "<Error><Code>ExpiredToken</Code></Error>")
	}
	_, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: express, Key: "k"})
	if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Code != "ExpiredToken" || e.Attempts != 2 || n.sessions != before+1 {
		t.Errorf("where every session is refused: %v, with %d more of them", err, n.sessions-before)
	}
}

// TestSessionsAreShared opens one session however many calls wait for it, and
// one for each who calls.
func TestSessionsAreShared(t *testing.T) {
	n := &recorder{}
	c := n.client(t, s3.Config{Region: "us-east-1"})
	head := func(bucket string, opts ...s3.Option) {
		if _, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: "k"}, opts...); err != nil {
			t.Error(err)
		}
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { head(express) })
	}
	wg.Wait()
	if n.sessions != 1 {
		t.Errorf("%d sessions for 20 calls at once", n.sessions)
	}
	head("other--use1-az4--x-s3")
	other := func(c *s3.Config) { c.Credentials = credentials.Static("OTHER", "secret", "") }
	head(express, other)
	head(express, other)
	head(express, func(c *s3.Config) { c.Retry.MaxAttempts = 1 })
	if n.sessions != 3 {
		t.Errorf("%d sessions for three pairs of bucket and caller", n.sessions)
	}
}

// TestSessionFails tells why there is none.
func TestSessionFails(t *testing.T) {
	n := &recorder{answer: func(r *http.Request) *http.Response {
		return answer(r, 403, "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>")
	}}
	c := n.client(t, s3.Config{Region: "us-east-1"})
	_, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: express, Key: "k"})
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "CreateSession") || len(n.requests) != 1 {
		t.Errorf("%v after %d requests", err, len(n.requests))
	}
}

// TestPresignInSession presigns with the credentials of a session, for as long
// as that lives.
func TestPresignInSession(t *testing.T) {
	srv, c := serve(t)
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: express, Key: "k", Body: strings.NewReader("content")})
	p, err := s3.Presign(t.Context(), c.GetObject, &s3.GetObjectInput{Bucket: express, Key: "k"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.URL, "X-Amz-S3session-Token=") || strings.Contains(p.URL, "Security-Token") || p.Expires.After(time.Now().Add(5*time.Minute)) {
		t.Errorf("%s until %v", p.URL, p.Expires)
	}
	r, err := http.NewRequestWithContext(t.Context(), p.Method, p.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if content, err := io.ReadAll(resp.Body); err != nil || string(content) != "content" {
		t.Errorf("%s: %q, %v", resp.Status, content, err)
	}
}

// TestSessionsEndByTheServersClock renews a session that the server has let
// expire while the client's clock stands still.
func TestSessionsEndByTheServersClock(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	srv, _ := serve(t, storagetest.WithClock(func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}))
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	config, began := srv.Config(), now
	config.Clock = func() time.Time { return began }
	c := newClient(t, config)
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: express, Key: "k", Body: strings.NewReader("content")})
	for range 2 {
		mu.Lock()
		now = now.Add(6 * time.Minute)
		mu.Unlock()
		call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: express, Key: "k"}) // whose error would tell no code
		call(t, c.PutObject, &s3.PutObjectInput{Bucket: express, Key: "k", Body: strings.NewReader("content")})
	}
	sessions := 0
	for _, r := range srv.Requests() {
		if r.Operation == "CreateSession" {
			sessions++
		}
	}
	if sessions != 3 {
		t.Errorf("%d sessions, want 3", sessions)
	}
}

// TestSessionThatIsRefused shows what CreateSession is refused with as the
// error of the call that needs the session: conditions go by its status.
func TestSessionThatIsRefused(t *testing.T) {
	srv, c := serve(t)
	_, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: express, Key: "k"})
	var e *s3.Error
	if !errors.As(err, &e) || e.Operation != "CreateSession" || e.Code != "NoSuchBucket" || e.StatusCode != http.StatusNotFound || e.RequestID == "" {
		t.Errorf("HeadObject in a bucket that is not there: %v", err)
	}
	if err := waiter.Wait(t.Context(), s3.BucketNotExists, c.HeadBucket, &s3.HeadBucketInput{Bucket: express}); err != nil {
		t.Error(err)
	}
	var told []error
	_, err = c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "absent--use1-az4--x-s3"}, func(c *s3.Config) {
		c.Retry.Classify = func(err error, retry bool) bool { told = append(told, err); return retry }
	})
	if !errors.Is(err, s3.ErrNoSuchBucket) || len(told) != 1 || !errors.As(told[0], &e) {
		t.Errorf("Classify was asked about %v", told)
	}
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	if err := waiter.Wait(t.Context(), s3.BucketExists, c.HeadBucket, &s3.HeadBucketInput{Bucket: express}); err != nil {
		t.Error(err)
	}
}
