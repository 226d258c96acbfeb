package b2_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/storagetest"
)

const (
	keyID  = "0020a1b2c3d4e5f0000000000"
	secret = "K002not-a-real-key-00000000000"
)

// start returns a server with one bucket, "photos", and a client of it that
// does not wait long between attempts.
func start(t *testing.T, opts ...b2.Option) (*storagetest.B2, *b2.Client) {
	t.Helper()
	srv := storagetest.NewB2(storagetest.WithCredentials(keyID, secret), storagetest.WithMinPartSize(100))
	t.Cleanup(srv.Close)
	client := connect(t, srv, opts...)
	if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		t.Fatal(err)
	}
	return srv, client
}

func connect(t *testing.T, srv *storagetest.B2, opts ...b2.Option) *b2.Client {
	t.Helper()
	config := b2.Config{
		Endpoint:    srv.URL,
		Credentials: credentials.Static(keyID, secret, ""),
		HTTPClient:  srv.Client(),
		Retry:       entrepot.Retry{MinWait: time.Microsecond, MaxWait: time.Millisecond},
	}
	for _, opt := range opts {
		opt(&config)
	}
	client, err := b2.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// count returns how many requests of an operation the server has seen.
func count(srv *storagetest.B2, operation string) (n int) {
	for _, r := range srv.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

func bucketID(t *testing.T, client *b2.Client, name string) string {
	t.Helper()
	out, err := client.ListBuckets(t.Context(), &b2.ListBucketsInput{BucketName: name})
	if err != nil || len(out.Buckets) != 1 {
		t.Fatalf("ListBuckets(%q) = %v, %v", name, out, err)
	}
	return out.Buckets[0].BucketId
}

// unfinished counts the large files that are not finished.
func unfinished(t *testing.T, client *b2.Client) int {
	t.Helper()
	files, err := collectItems(t, client.ListUnfinishedLargeFiles, &b2.ListUnfinishedLargeFilesInput{BucketId: bucketID(t, client, "photos")})
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func TestErrors(t *testing.T) {
	_, client := start(t)
	ctx := t.Context()
	_, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "PHOTOS", BucketType: b2.BucketTypeAllPrivate})
	if !errors.Is(err, b2.ErrDuplicateBucketName) || !errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("CreateBucket of a name that is taken: %v", err)
	}
	id := bucketID(t, client, "photos")
	_, err = client.DeleteFileVersion(ctx, &b2.DeleteFileVersionInput{FileName: "x", FileId: "4_z" + id + "_f1000000000000000_d20260101_m000000_c002_v0000000_t0000_u01767225600000"})
	if !errors.Is(err, b2.ErrFileNotPresent) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("DeleteFileVersion of a file that is not there: %v", err)
	}
	for _, head := range []bool{false, true} {
		_, err = client.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "missing", Head: head})
		var e *b2.Error
		if !errors.Is(err, b2.ErrNotFound) || !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &e) ||
			e.Operation != "DownloadFileByName" || e.StatusCode != 404 || e.Attempts != 1 {
			t.Errorf("DownloadFileByName of a file that is not there, head %v: %v", head, err)
		}
	}
	_, err = client.GetUploadUrl(ctx, &b2.GetUploadUrlInput{BucketId: "ffffffffffffffffffffffff"})
	if !errors.Is(err, b2.ErrBadBucketId) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("GetUploadUrl of a bucket that is not there: %v", err)
	}
	_, err = client.ListBuckets(ctx, &b2.ListBucketsInput{BucketTypes: []b2.BucketType{}})
	if !errors.Is(err, b2.ErrBadRequest) {
		t.Errorf("ListBuckets of no type: %v", err)
	}
}

func TestInputIsCheckedBeforeAnythingIsSent(t *testing.T) {
	srv, client := start(t)
	srv.ForgetRequests()
	at := b2.UploadFileInput{UploadUrl: srv.URL + "/x", AuthorizationToken: "t", FileName: "f"}
	file := func(change func(*b2.UploadFileInput)) error {
		in := at
		change(&in)
		_, err := client.UploadFile(t.Context(), &in)
		return err
	}
	for want, err := range map[string]error{
		"b2: UploadFile: UploadUrl is required":                                                                           file(func(in *b2.UploadFileInput) { in.UploadUrl = "" }),
		"b2: UploadFile: AuthorizationToken is required":                                                                  file(func(in *b2.UploadFileInput) { in.AuthorizationToken = "" }),
		"b2: UploadFile: FileName is required":                                                                            file(func(in *b2.UploadFileInput) { in.FileName = "" }),
		"b2: UploadFile: FileName: is longer than 1024 bytes":                                                             file(func(in *b2.UploadFileInput) { in.FileName = strings.Repeat("ü", 513) }),
		"b2: UploadFile: FileName: is not valid UTF-8":                                                                    file(func(in *b2.UploadFileInput) { in.FileName = "\xff" }),
		"b2: UploadFile: FileName: has a control character":                                                               file(func(in *b2.UploadFileInput) { in.FileName = "a\nb" }),
		"b2: UploadFile: ContentSha1: is not a SHA-1 in hex":                                                              file(func(in *b2.UploadFileInput) { in.ContentSha1 = "abc" }),
		"b2: UploadFile: UploadUrl: no key or token is sent to http://pod.example: it takes https, or a loopback address": file(func(in *b2.UploadFileInput) { in.UploadUrl = "http://pod.example/x" }),
		"b2: UploadFile: FileInfo: has, with the name, 7002 bytes as it is sent; the limit is 7000": file(func(in *b2.UploadFileInput) {
			in.FileInfo = map[string]string{"k": strings.Repeat("x", 7000)}
		}),
		"b2: UploadFile: FileInfo: has, with the name, 2051 bytes as it is sent; the limit is 2048": file(func(in *b2.UploadFileInput) {
			in.ServerSideEncryption, in.FileInfo = b2.EncryptionAlgorithmAES256, map[string]string{"k": strings.Repeat("+", 683)}
		}),
		"b2: UploadPart: PartNumber: must be 1 to 10000, not 10001": func() error {
			_, err := client.UploadPart(t.Context(), &b2.UploadPartInput{UploadUrl: at.UploadUrl, AuthorizationToken: "t", PartNumber: 10001})
			return err
		}(),
		"b2: UploadPart: ContentSha1: is not a SHA-1 in hex": func() error {
			_, err := client.UploadPart(t.Context(), &b2.UploadPartInput{UploadUrl: at.UploadUrl, AuthorizationToken: "t", PartNumber: 1, ContentSha1: b2.Sha1Unverified + strings.Repeat("0", 40)})
			return err
		}(),
		"b2: DownloadFileById: FileId is required": func() error {
			_, err := client.DownloadFileById(t.Context(), nil)
			return err
		}(),
		"b2: CreateBucket: BucketName is required": func() error {
			_, err := client.CreateBucket(t.Context(), nil)
			return err
		}(),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
	}
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAuthorizesOnceForAll(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv)
	srv.ForgetRequests()
	list := func() {
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if _, err := client.ListBuckets(t.Context(), nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	list()
	if n := count(srv, "b2_authorize_account"); n != 1 {
		t.Errorf("16 first calls authorized %d times", n)
	}
	srv.ForgetRequests()
	srv.ExpireTokens()
	list()
	if n := count(srv, "b2_authorize_account"); n != 1 {
		t.Errorf("16 calls with an expired token authorized %d times", n)
	}
}

func TestTokenThatStaysBadIsRenewedOnce(t *testing.T) {
	srv, client := start(t)
	srv.ForgetRequests()
	srv.Inject(storagetest.Fault{Operation: "b2_list_buckets", Status: 401, Code: "expired_auth_token"})
	_, err := client.ListBuckets(t.Context(), nil)
	if !errors.Is(err, b2.ErrExpiredAuthToken) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v", err)
	}
	if n, m := count(srv, "b2_list_buckets"), count(srv, "b2_authorize_account"); n != 2 || m != 1 {
		t.Errorf("%d attempts and %d authorizations, want 2 and 1", n, m)
	}
	srv.ForgetFaults()
	srv.ForgetRequests()
	srv.Inject(storagetest.Fault{Operation: "b2_list_buckets", Status: 401, Code: "unauthorized"})
	if _, err := client.ListBuckets(t.Context(), nil); !errors.Is(err, b2.ErrUnauthorized) {
		t.Errorf("error %v", err)
	}
	if n, m := count(srv, "b2_list_buckets"), count(srv, "b2_authorize_account"); n != 1 || m != 0 {
		t.Errorf("a missing right: %d attempts and %d authorizations, want 1 and 0", n, m)
	}
}

func TestTokenIsRenewedAheadOfItsEnd(t *testing.T) {
	now := time.Now()
	var mu sync.Mutex
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	srv, client := start(t, func(c *b2.Config) { c.Clock = clock })
	srv.ForgetRequests()
	mu.Lock()
	now = now.Add(23*time.Hour + time.Minute)
	mu.Unlock()
	for range 2 {
		if _, err := client.ListBuckets(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(srv, "b2_authorize_account"); n != 1 {
		t.Errorf("authorized %d times, want 1", n)
	}
}

func TestOldTokenServesWhileThereIsNoOther(t *testing.T) {
	now := time.Now()
	srv, client := start(t, func(c *b2.Config) { c.Clock = func() time.Time { return now } })
	now = now.Add(23*time.Hour + time.Minute)
	srv.ForgetRequests()
	srv.Inject(storagetest.Fault{Operation: "b2_authorize_account", Status: 503})
	if _, err := client.ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("with an hour to go: %v", err)
	}
	now = now.Add(time.Hour)
	if _, err := client.ListBuckets(t.Context(), nil); !errors.Is(err, b2.ErrServiceUnavailable) {
		t.Errorf("after the end of the token: %v", err)
	}
	if n := count(srv, "b2_list_buckets"); n != 1 {
		t.Errorf("%d lists of buckets, want 1", n)
	}
}

func TestWrongKey(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv, func(c *b2.Config) { c.Credentials = credentials.Static(keyID, "K002wrong", "") })
	srv.ForgetRequests()
	_, err := client.ListBuckets(t.Context(), nil)
	var e *b2.Error
	if !errors.As(err, &e) || e.Operation != "AuthorizeAccount" || e.StatusCode != 401 || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(err.Error(), "application key") {
		t.Errorf("the error does not say what is wrong: %v", err)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", err, e, e), "K002") {
		t.Errorf("the key is in the error: %+v", e)
	}
	if n := len(srv.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestFailedAuthorizationIsNotRemembered(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv)
	srv.Inject(storagetest.Fault{Operation: "b2_authorize_account", Status: 503, Nth: 1, Times: 5})
	if _, err := client.ListBuckets(t.Context(), nil); !errors.Is(err, b2.ErrServiceUnavailable) {
		t.Errorf("error %v", err)
	}
	if _, err := client.ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("after the service is back: %v", err)
	}
}

// TestDeadlineWhileTheAuthorizationIsRepeated has a first call end before the
// attempts do: what keeps failing is told all the same.
func TestDeadlineWhileTheAuthorizationIsRepeated(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv, func(c *b2.Config) {
		c.Retry = entrepot.Retry{MaxAttempts: 1000, MinWait: time.Microsecond, MaxWait: time.Millisecond}
	})
	for name, call := range map[string]func(context.Context) error{
		"a call":   func(ctx context.Context) error { _, err := client.ListBuckets(ctx, nil); return err },
		"a handle": func(ctx context.Context) error { return client.Bucket("photos").DeleteAll(ctx, "f") },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		var attempts atomic.Int64
		srv.Inject(storagetest.Fault{Operation: "b2_authorize_account", Status: 503, Message: "no room today", Match: func(*http.Request) bool {
			if attempts.Add(1) == 5 {
				cancel()
			}
			return true
		}})
		err := call(ctx)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, b2.ErrServiceUnavailable) || !strings.Contains(fmt.Sprint(err), "no room today") {
			t.Errorf("%s: error %v, want that of the context and what went before", name, err)
		}
		cancel()
		srv.ForgetFaults()
		if _, err := client.ListBuckets(t.Context(), nil); err != nil {
			t.Errorf("%s: after the service is back: %v", name, err)
		}
		client = connect(t, srv, func(c *b2.Config) {
			c.Retry = entrepot.Retry{MaxAttempts: 1000, MinWait: time.Microsecond, MaxWait: time.Millisecond}
		})
	}
}

func TestCancelledCallDoesNotTakeTheAuthorizationWithIt(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv)
	srv.ForgetRequests()
	reached, release := make(chan struct{}), make(chan struct{})
	srv.Inject(storagetest.Fault{Operation: "b2_authorize_account", Match: func(*http.Request) bool {
		close(reached)
		<-release
		return false
	}})
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := client.ListBuckets(ctx, nil)
		first <- err
	}()
	<-reached
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled call: %v", err)
	}
	close(release)
	if _, err := client.ListBuckets(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if n := count(srv, "b2_authorize_account"); n != 1 {
		t.Errorf("authorized %d times, want 1", n)
	}
}

func TestOptionsShareTheAuthorization(t *testing.T) {
	srv, client := start(t)
	srv.ForgetRequests()
	once := func(c *b2.Config) { c.Retry.MaxAttempts = 1 }
	if _, err := client.ListBuckets(t.Context(), nil, once); err != nil {
		t.Fatal(err)
	}
	if n := count(srv, "b2_authorize_account"); n != 0 {
		t.Errorf("a call with other retries authorized %d times", n)
	}
	srv.Inject(storagetest.Fault{Operation: "b2_list_buckets", Status: 503})
	if _, err := client.ListBuckets(t.Context(), nil, once); err == nil {
		t.Error("no error")
	}
	if n := count(srv, "b2_list_buckets"); n != 2 {
		t.Errorf("%d attempts in all, want 2", n)
	}
	srv.ForgetFaults()
	id, key := srv.AddKey(storagetest.B2Key{Capabilities: []string{"listFiles"}})
	other := func(c *b2.Config) { c.Credentials = credentials.Static(id, key, "") }
	if _, err := client.ListBuckets(t.Context(), nil, other); !errors.Is(err, b2.ErrUnauthorized) {
		t.Errorf("a call with another key: %v", err)
	}
	if _, err := client.ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("the client's own key after that: %v", err)
	}
}

func TestUploadFileIsOneAttempt(t *testing.T) {
	srv, client := start(t)
	at, err := client.GetUploadUrl(t.Context(), &b2.GetUploadUrlInput{BucketId: bucketID(t, client, "photos")})
	if err != nil {
		t.Fatal(err)
	}
	srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Status: 503})
	_, err = client.UploadFile(t.Context(), &b2.UploadFileInput{
		UploadUrl: at.UploadUrl, AuthorizationToken: at.AuthorizationToken, FileName: "f", Body: strings.NewReader("x"),
	})
	var e *b2.Error
	if !errors.As(err, &e) || e.Attempts != 1 || !errors.Is(err, b2.ErrServiceUnavailable) {
		t.Errorf("error %v", err)
	}
	if n := count(srv, "b2_upload_file"); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestUploadsOfEveryKindOfBody(t *testing.T) {
	for _, n := range []int{1, 20_000} { // hashed before it is sent, and meanwhile
		t.Run(fmt.Sprint(n), func(t *testing.T) { testUploadsOfEveryKindOfBody(t, bytes.Repeat([]byte("0123456789"), n)) })
	}
}

func testUploadsOfEveryKindOfBody(t *testing.T, content []byte) {
	_, client := start(t)
	id := bucketID(t, client, "photos")
	for name, in := range map[string]b2.UploadFileInput{
		"a file in memory":           {Body: bytes.NewReader(content)},
		"a stream with a length":     {Body: struct{ io.Reader }{bytes.NewReader(content)}, ContentLength: int64(len(content))},
		"a short stream without one": {Body: struct{ io.Reader }{bytes.NewReader(content)}},
		"a SHA-1 behind the content": {Body: bytes.NewReader(content), ContentSha1: b2.Sha1HexDigitsAtEnd},
		"no SHA-1":                   {Body: bytes.NewReader(content), ContentSha1: b2.Sha1DoNotVerify},
		"a SHA-1 known beforehand":   {Body: bytes.NewReader(content), ContentSha1: "6b1a5fbf1d1e52b2e0e6bb1e5a1a4d8b1ad2a3ba"},
		"what is left of a used reader": {Body: func() io.Reader {
			r := bytes.NewReader(append([]byte("skip"), content...))
			r.Seek(4, io.SeekStart)
			return r
		}()},
		"nothing":                        {},
		"nothing, with its SHA-1 at end": {Body: strings.NewReader(""), ContentSha1: b2.Sha1HexDigitsAtEnd},
	} {
		at, err := client.GetUploadUrl(t.Context(), &b2.GetUploadUrlInput{BucketId: id})
		if err != nil {
			t.Fatal(err)
		}
		in.UploadUrl, in.AuthorizationToken, in.FileName = at.UploadUrl, at.AuthorizationToken, name+".txt"
		want := content
		if strings.HasPrefix(name, "nothing") {
			want = nil
		}
		out, err := client.UploadFile(t.Context(), &in)
		if in.ContentSha1 != "" && len(in.ContentSha1) == 40 {
			if !errors.Is(err, b2.ErrBadRequest) { // it is not this content's
				t.Errorf("%s that is wrong: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := client.DownloadFileById(t.Context(), &b2.DownloadFileByIdInput{FileId: out.FileId})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		stored, err := io.ReadAll(got.Body)
		got.Body.Close()
		if err != nil || !bytes.Equal(stored, want) {
			t.Errorf("%s: stored %d bytes of %d, %v", name, len(stored), len(want), err)
		}
		if !strings.HasPrefix(out.ContentType, "text/plain") {
			t.Errorf("%s: content type %q, want the one that the server finds for the name", name, out.ContentType)
		}
		if (in.ContentSha1 == b2.Sha1DoNotVerify) != strings.HasPrefix(out.ContentSha1, b2.Sha1Unverified) {
			t.Errorf("%s: ContentSha1 %s", name, out.ContentSha1)
		}
	}
}

func TestTheSHA1OfSmallContentGoesAhead(t *testing.T) {
	const limit = 128 << 10
	for _, test := range []struct {
		name, claim string
		size        int
		ahead       bool
	}{
		{name: "nothing", size: 0, ahead: true},
		{name: "small", size: limit, ahead: true},
		{name: "small, as the caller wants it", size: limit, claim: b2.Sha1HexDigitsAtEnd},
		{name: "larger", size: limit + 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			content := bytes.Repeat([]byte("x"), test.size)
			sum := fmt.Sprintf("%x", sha1.Sum(content))
			var header, got string
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				header = r.Header.Get("X-Bz-Content-Sha1")
				body, _ := io.ReadAll(r.Body)
				got = string(body)
				fmt.Fprintf(w, `{"contentLength":%d,"contentSha1":"%s"}`, test.size, sum)
			}))
			defer srv.Close()
			client, err := b2.New(b2.Config{HTTPClient: srv.Client()})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.UploadFile(t.Context(), &b2.UploadFileInput{
				UploadUrl: srv.URL, AuthorizationToken: "t", FileName: "f", ContentSha1: test.claim, Body: bytes.NewReader(content),
			})
			if err != nil {
				t.Fatal(err)
			}
			wantHeader, want := b2.Sha1HexDigitsAtEnd, string(content)+sum
			if test.ahead {
				wantHeader, want = sum, string(content)
			}
			if header != wantHeader || got != want {
				t.Errorf("sent %d bytes with the SHA-1 %s, want %d with %s", len(got), header, len(want), wantHeader)
			}
		})
	}
}

func TestUploadWhoseReceiptIsAboutOtherBytes(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"contentLength":3,"contentSha1":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}`)
	}))
	defer srv.Close()
	client, err := b2.New(b2.Config{HTTPClient: srv.Client()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.UploadFile(t.Context(), &b2.UploadFileInput{UploadUrl: srv.URL, AuthorizationToken: "t", FileName: "f", Body: strings.NewReader("abc")})
	const want = `the server received content with SHA-1 "da39a3ee5e6b4b0d3255bfef95601890afd80709", not a9993e364706816aba3e25717850c26c9cd0d89d`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestDownloadGoesOnAfterALostConnection(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	content := bytes.Repeat([]byte("0123456789"), 50_000)
	put(t, photos, "cat.jpg", content)
	srv.ForgetRequests()
	srv.Inject(storagetest.Fault{Operation: "b2_download_file_by_name", Nth: 1, Reset: storagetest.ResponseBody(200_000)})
	out, err := client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "cat.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	put(t, photos, "cat.jpg", []byte("another cat")) // must not get mixed in
	got, err := io.ReadAll(out.Body)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes of %d, %v", len(got), len(content), err)
	}
	srv.Close() // an answer is counted when all of it has been sent
	if n := count(srv, "b2_download_file_by_id"); n != 1 {
		t.Errorf("%d requests for the rest, want 1", n)
	}
}

func TestDownloadOfDamagedContent(t *testing.T) {
	srv, client := start(t)
	put(t, client.Bucket("photos"), "cat.jpg", []byte("a cat"))
	srv.Inject(storagetest.Fault{Operation: "b2_download_file_by_name", Corrupt: storagetest.ResponseBody(1)})
	out, err := client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "cat.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if _, err := io.ReadAll(out.Body); err == nil || !strings.Contains(err.Error(), "SHA1") {
		t.Errorf("reading damaged content: %v", err)
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	var leaked []string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("Authorization"))
	}))
	defer thief.Close()
	srv := httptest.NewServer(nil)
	defer srv.Close()
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "b2_authorize_account") {
			fmt.Fprintf(w, `{"accountId":"a","authorizationToken":"t","apiInfo":{"storageApi":{"apiUrl":%q,"downloadUrl":%q}}}`, srv.URL, srv.URL)
			return
		}
		http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
	})
	client, err := b2.New(b2.Config{Endpoint: srv.URL, Credentials: credentials.Static("id", "key", ""), HTTPClient: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	var e *b2.Error
	if _, err := client.ListBuckets(t.Context(), nil); !errors.As(err, &e) || e.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("ListBuckets: %v", err)
	}
	_, err = client.UploadFile(t.Context(), &b2.UploadFileInput{UploadUrl: srv.URL, AuthorizationToken: "t", FileName: "f", Body: strings.NewReader("x")})
	if !errors.As(err, &e) || e.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("UploadFile: %v", err)
	}
	if len(leaked) != 0 {
		t.Errorf("the other host got %q", leaked)
	}
}

func TestKeysAndTokensStayOnSafeWays(t *testing.T) {
	for endpoint, want := range map[string]string{
		"http://api.example.com":          "b2: New: no key or token is sent to http://api.example.com: it takes https, or a loopback address",
		"https://user:pw@api.example.com": "b2: New: the address of host api.example.com must not hold a user",
	} {
		if _, err := b2.New(b2.Config{Endpoint: endpoint}); err == nil || err.Error() != want {
			t.Errorf("New with endpoint %s: %v, want %s", endpoint, err, want)
		}
	}
	for _, endpoint := range []string{"", "api.example.com", "https://api.example.com/", "http://localhost:1", "http://[::1]:1", "http://127.0.0.2:1"} {
		if _, err := b2.New(b2.Config{Endpoint: endpoint}); err != nil {
			t.Errorf("New with endpoint %q: %v", endpoint, err)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"accountId":"a","authorizationToken":"4_t0k3n","apiInfo":{"storageApi":{"apiUrl":"http://api.example.com","downloadUrl":"https://f.example.com"}}}`)
	}))
	defer srv.Close()
	client, err := b2.New(b2.Config{Endpoint: srv.URL, Credentials: credentials.Static("id", "key", "")})
	if err != nil {
		t.Fatal(err)
	}
	const want = "b2: AuthorizeAccount: no key or token is sent to http://api.example.com: it takes https, or a loopback address"
	if _, err := client.ListBuckets(t.Context(), nil); err == nil || err.Error() != want {
		t.Errorf("ListBuckets: %v, want %s", err, want)
	}
}

func TestKeyFromTheEnvironment(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv, func(c *b2.Config) { c.Credentials = nil })
	t.Setenv("B2_APPLICATION_KEY_ID", "")
	t.Setenv("B2_APPLICATION_KEY", "")
	if _, err := client.ListBuckets(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "B2_APPLICATION_KEY_ID") {
		t.Errorf("without a key: %v", err)
	}
	t.Setenv("B2_APPLICATION_KEY_ID", keyID)
	t.Setenv("B2_APPLICATION_KEY", secret)
	if _, err := client.ListBuckets(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	_, client := start(t)
	auth, err := client.AuthorizeAccount(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := client.GetUploadUrl(t.Context(), &b2.GetUploadUrlInput{BucketId: bucketID(t, client, "photos")})
	if err != nil {
		t.Fatal(err)
	}
	upload := &b2.UploadFileInput{AuthorizationToken: at.AuthorizationToken, ServerSideEncryptionCustomerKey: "c3VwZXJzZWNyZXQ="}
	handle := client.Bucket("photos").With(b2.Template{Upload: *upload})
	if got, want := fmt.Sprint(handle), `bucket "photos"`; got != want {
		t.Errorf("a handle prints as %s, want %s", got, want)
	}
	for _, v := range []any{auth, at, upload, handle, client, b2.Template{Upload: *upload}} {
		asJSON, err := json.Marshal(map[string]any{"v": v})
		if _, reader := v.(*b2.UploadFileInput); err != nil && !reader {
			t.Error(err)
		}
		for _, text := range []string{fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s %q %x", v, v, v, v, v, v), string(asJSON)} {
			for _, s := range []b2.Secret{auth.AuthorizationToken, at.AuthorizationToken, upload.ServerSideEncryptionCustomerKey} {
				if strings.Contains(text, string(s)) || strings.Contains(text, fmt.Sprintf("%x", string(s))) {
					t.Errorf("a secret is in %s", text)
				}
			}
		}
	}
}

func TestConnectionThatDiedBehindTheAuthorization(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv, func(c *b2.Config) { c.Retry.MaxAttempts = 1 }) // what follows at once is free
	srv.Client().CloseIdleConnections()
	srv.Inject(storagetest.Fault{Operation: "b2_authorize_account", Nth: 1, CloseIdle: true})
	_, err := client.GetFileInfo(t.Context(), &b2.GetFileInfoInput{FileId: "none"})
	if !errors.Is(err, b2.ErrBadRequest) { // it was asked and answered
		t.Error(err)
	}
}
