package b2_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// tampering changes the bodies of answers to some requests, once each.
type tampering struct {
	http.RoundTripper
	path   string
	change func(*http.Response, []byte) []byte

	mu    sync.Mutex
	times int // how often yet
}

func (m *tampering) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.RoundTripper.RoundTrip(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil || m.times == 0 || !strings.Contains(r.URL.Path, m.path) {
		return resp, err
	}
	m.times--
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	body = m.change(resp, body)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, err
}

func TestUploadURLsThatFailInOtherWays(t *testing.T) {
	answer := func(status int, body string) func(*http.Response, []byte) []byte {
		return func(r *http.Response, _ []byte) []byte {
			r.StatusCode, r.Status = status, fmt.Sprint(status)
			return []byte(body)
		}
	}
	html := "<html><head><title>502 Bad Gateway</title></head></html>"
	for name, c := range map[string]struct {
		times  int
		change func(*http.Response, []byte) []byte
	}{
		"receipt for other content": {1, func(_ *http.Response, b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(`"contentSha1":"`), []byte(`"contentSha1":"00`))
		}},
		"receipt for less content": {1, func(_ *http.Response, b []byte) []byte {
			return bytes.Replace(b, []byte(`"contentLength":1`), []byte(`"contentLength":`), 1)
		}},
		"receipt that makes no sense":   {1, func(*http.Response, []byte) []byte { return []byte("<html>") }},
		"no receipt":                    {1, func(*http.Response, []byte) []byte { return nil }},
		"HTML from a proxy":             {2, answer(502, html)},
		"an empty error":                {2, answer(500, "")},
		"a bare 401":                    {1, answer(401, "")},
		"a gateway's time":              {1, answer(504, html)},
		"an URL in use, as once worded": {3, answer(400, `{"status":400,"code":"bad_request","message":"more than one upload using auth token 4_x"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t)
			wire := &tampering{RoundTripper: srv.Client().Transport, path: "b2_upload", times: c.times, change: c.change}
			client := connect(t, srv, func(config *b2.Config) { config.HTTPClient = &http.Client{Transport: wire} })
			content := bytes.Repeat([]byte("x"), 1000)
			if _, err := client.Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
			if n, m := count(srv, "b2_upload_file"), count(srv, "b2_get_upload_url"); n != c.times+1 || m != c.times+1 {
				t.Errorf("%d uploads to %d URLs, want %d to as many", n, m, c.times+1)
			}
		})
	}
}

func TestUploadThatWasDoneThoughItBrokeOff(t *testing.T) {
	srv, client := start(t)
	srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Nth: 1, Reset: storagetest.BeforeResponse()})
	info := put(t, client.Bucket("photos"), "f", []byte("x"))
	var ids []string
	for file, err := range paginator.Items(t.Context(), client.ListFileVersions, &b2.ListFileVersionsInput{BucketId: bucketID(t, client, "photos")}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, file.FileId)
	}
	if len(ids) != 2 || ids[0] != info.Version { // both attempts have left a version, and it is the newer one that is told
		t.Errorf("versions %q, of which %s was told", ids, info.Version)
	}
}

func TestStormOfRefusals(t *testing.T) {
	srv, client := start(t)
	srv.ForgetRequests()
	srv.Inject(storagetest.Fault{Status: 503})
	photos := client.Bucket("photos")
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := client.ListFileNames(t.Context(), &b2.ListFileNamesInput{BucketId: "b"}); !errors.Is(err, b2.ErrServiceUnavailable) {
				t.Errorf("error %v", err)
			}
			if _, err := photos.Stat(t.Context(), "f", ""); !errors.Is(err, b2.ErrServiceUnavailable) {
				t.Errorf("error %v", err)
			}
		})
	}
	wg.Wait()
	// Each call is made once; retries come out of the quota of the host.
	if n := len(srv.Requests()); n > 200+60 {
		t.Errorf("200 calls made %d requests to a service in trouble", n)
	}
}

func TestListsThatAreCutShort(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	id := bucketID(t, client, "photos")
	for i := range 12 {
		put(t, photos, fmt.Sprintf("%02d", i), []byte("x"))
		if i%3 > 0 {
			if _, err := client.HideFile(t.Context(), &b2.HideFileInput{BucketId: id, FileName: fmt.Sprintf("%02d", i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	srv.Configure(storagetest.B2Settings{NamesPerPage: 2}) // some pages are empty
	srv.Inject(storagetest.Fault{Operation: "b2_list_file_names", Nth: 2, Truncate: storagetest.ResponseBody(20)})
	srv.Inject(storagetest.Fault{Operation: "b2_list_file_names", Nth: 4, Reset: storagetest.ResponseBody(0)})
	srv.Inject(storagetest.Fault{Operation: "b2_list_file_names", Nth: 6, ExpireToken: true})
	var names []string
	for file, err := range paginator.Items(t.Context(), client.ListFileNames, &b2.ListFileNamesInput{BucketId: id}) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, file.FileName)
	}
	if got := strings.Join(names, " "); got != "00 03 06 09" {
		t.Errorf("listed %s", got)
	}
}

func TestErrorsThatAreNoDocuments(t *testing.T) {
	for _, c := range []struct {
		status   int
		body     string
		want     error
		attempts int
	}{
		{500, "", b2.ErrInternalError, 5},
		{502, "<html><h1>502 Bad Gateway</h1></html>", b2.ErrServiceUnavailable, 5},
		{503, `{"status":503,"code":`, b2.ErrServiceUnavailable, 5},
		{400, "<html>", b2.ErrBadRequest, 1},
		{404, "", b2.ErrNotFound, 1},
		{429, "[1,2]", b2.ErrTooManyRequests, 5},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		}))
		client, err := b2.New(b2.Config{Endpoint: srv.URL, Credentials: credentials.Static("id", "key", ""),
			Retry: entrepot.Retry{MinWait: time.Microsecond, MaxWait: time.Millisecond}})
		if err != nil {
			t.Fatal(err)
		}
		var e *b2.Error
		if _, err := client.AuthorizeAccount(t.Context(), nil); !errors.As(err, &e) || !errors.Is(err, c.want) || e.Attempts != c.attempts || strings.Contains(err.Error(), "<") {
			t.Errorf("%d %q: %v", c.status, c.body, err)
		}
		client.CloseIdleConnections()
		srv.Close()
	}
}

func TestNobodyIsMadeToWaitForDays(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		put(t, photos, "f", []byte("x"))
		for _, after := range []string{"288000", "99999999999999999999", "Tue, 01 Jan 2999 00:00:00 GMT"} {
			for operation, call := range map[string]func() error{
				"b2_upload_file": func() error {
					_, err := photos.Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x"))
					return err
				},
				"b2_download_file_by_name": func() error { _, err := photos.Stat(t.Context(), "f", ""); return err },
			} {
				srv.Inject(storagetest.Fault{Operation: operation, Nth: 1, Status: 429, RetryAfter: after})
				began := time.Now()
				if err := call(); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took > 61*time.Second {
					t.Errorf("%s with Retry-After %s took %v", operation, after, took)
				}
			}
		}
	})
}

func TestErrorTellsHowLongToWait(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		for operation, call := range map[string]func() error{
			"b2_upload_file": func() error {
				_, err := photos.Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x"))
				return err
			},
			"b2_list_buckets": func() error { _, err := b2.ClientOf(photos).ListBuckets(t.Context(), nil); return err },
		} {
			for after, want := range map[string]time.Duration{"7": 7 * time.Second, "900": 15 * time.Minute, "": 0} {
				srv.Inject(storagetest.Fault{Operation: operation, Status: 429, RetryAfter: after})
				var e *b2.Error
				if err := call(); !errors.As(err, &e) || e.RetryAfter != want {
					t.Errorf("%s with Retry-After %q: %v after %v", operation, after, err, e.RetryAfter)
				}
				srv.ForgetFaults()
			}
		}
	})
}

func TestDownloadTokenIsGoodForTheRest(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	content := bytes.Repeat([]byte("0123456789"), 50_000)
	for _, changed := range []bool{false, true} {
		put(t, photos, "f", content)
		token, err := client.GetDownloadAuthorization(t.Context(), &b2.GetDownloadAuthorizationInput{BucketId: bucketID(t, client, "photos"), ValidDurationInSeconds: 60})
		if err != nil {
			t.Fatal(err)
		}
		srv.ForgetFaults()
		srv.Inject(storagetest.Fault{Operation: "b2_download_file_by_name", Nth: 1, Reset: storagetest.ResponseBody(200_000)})
		out, err := client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "f", AuthorizationToken: token.AuthorizationToken})
		if err != nil {
			t.Fatal(err)
		}
		if changed {
			put(t, photos, "f", bytes.Repeat([]byte("abcdefghij"), 50_000))
		}
		got, err := io.ReadAll(out.Body)
		out.Body.Close()
		if !changed && (err != nil || !bytes.Equal(got, content)) {
			t.Errorf("read %d bytes of %d, %v", len(got), len(content), err)
		}
		if changed && (!errors.Is(err, transfer.ErrObjectChanged) || !bytes.HasPrefix(content, got)) {
			t.Errorf("of a file that was replaced meanwhile: read %d bytes, %v", len(got), err)
		}
	}
}

func TestSha1ThatNobodyVouchesFor(t *testing.T) {
	_, client := start(t)
	at, err := client.GetUploadUrl(t.Context(), &b2.GetUploadUrlInput{BucketId: bucketID(t, client, "photos")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.UploadFile(t.Context(), &b2.UploadFileInput{UploadUrl: at.UploadUrl, AuthorizationToken: at.AuthorizationToken, FileName: "f",
		ContentSha1: b2.Sha1DoNotVerify, Body: strings.NewReader("content")})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "f"})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if got := out.ResponseMetadata; got.Checksum != "SHA1" || got.ChecksumStatus != entrepot.ChecksumUnconfirmed {
		t.Errorf("checksum %q, %q", got.Checksum, got.ChecksumStatus)
	}
	if content, err := io.ReadAll(out.Body); string(content) != "content" || err != nil {
		t.Errorf("read %q, %v", content, err)
	}
}

// TestDamageIsNoticed downloads content that was damaged on its way, in all the
// forms in which its SHA-1 can be told.
func TestDamageIsNoticed(t *testing.T) {
	srv, client := start(t)
	for _, told := range []string{"upper case", "unverified", "large_file_sha1", "none"} {
		for _, damaged := range []bool{false, true} {
			wire := &tampering{RoundTripper: srv.Client().Transport, path: "/file/", times: 1, change: func(r *http.Response, body []byte) []byte {
				sum := strings.ToUpper(r.Header.Get("X-Bz-Content-Sha1"))
				switch told {
				case "upper case":
					r.Header.Set("X-Bz-Content-Sha1", sum)
				case "unverified":
					r.Header.Set("X-Bz-Content-Sha1", "unverified:"+sum)
				case "large_file_sha1":
					r.Header.Set("X-Bz-Info-Large_file_sha1", sum)
					fallthrough
				case "none":
					r.Header.Set("X-Bz-Content-Sha1", "none")
				}
				if damaged {
					body[3] ^= 1
				}
				return body
			}}
			put(t, client.Bucket("photos"), "f", []byte("content"))
			out, err := connect(t, srv, func(c *b2.Config) { c.HTTPClient = &http.Client{Transport: wire} }).
				DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "f"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.ReadAll(out.Body)
			out.Body.Close()
			var mismatch *entrepot.ChecksumError
			if errors.As(err, &mismatch) != (damaged && told != "none") || err != nil && mismatch == nil {
				t.Errorf("SHA-1 told as %s, damaged %v: %v", told, damaged, err)
			}
			if known := out.ResponseMetadata.Checksum != ""; known != (told != "none") {
				t.Errorf("SHA-1 told as %s: checksum %q, %q", told, out.ResponseMetadata.Checksum, out.ResponseMetadata.ChecksumStatus)
			}
		}
	}
}

func TestDownloadsWithoutAKey(t *testing.T) {
	srv, client := start(t)
	if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "public", BucketType: b2.BucketTypeAllPublic}); err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("0123456789"), 50_000)
	info := put(t, client.Bucket("public"), "f", content)
	put(t, client.Bucket("photos"), "secret", content)
	anonymous := connect(t, srv, func(c *b2.Config) {
		c.Credentials, c.Endpoint, c.DownloadEndpoint = credentials.Anonymous(), "", srv.URL
	})
	srv.ForgetRequests()
	srv.Inject(storagetest.Fault{Operation: "b2_download_file_by_name", Nth: 1, Reset: storagetest.ResponseBody(200_000)})
	srv.Inject(storagetest.Fault{Match: func(r *http.Request) bool {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s carries an authorization", r.URL)
		}
		return false
	}})
	out, err := anonymous.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "public", FileName: "f"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(out.Body)
	out.Body.Close()
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes of %d, %v", len(got), len(content), err)
	}
	var whole bytes.Buffer
	down, err := transfer.DownloadTo(t.Context(), anonymous.Bucket("public"), "f", &whole, transfer.WithPartSize(100_000))
	if err != nil || !bytes.Equal(whole.Bytes(), content) || down.Version != info.Version {
		t.Errorf("downloaded %d bytes of %d, %v", whole.Len(), len(content), err)
	}
	if _, err := anonymous.Bucket("photos").Stat(t.Context(), "secret", ""); !errors.Is(err, b2.ErrUnauthorized) && !strings.Contains(fmt.Sprint(err), "401") {
		t.Errorf("a private file: %v", err)
	}
	srv.ForgetFaults()
	if _, err := anonymous.ListBuckets(t.Context(), nil); !errors.Is(err, credentials.ErrNone) {
		t.Errorf("ListBuckets: %v", err)
	}
	for want, config := range map[string]b2.Config{
		"b2: New: a client without an application key needs Config.DownloadEndpoint":                                   {Credentials: credentials.Anonymous()},
		"b2: New: Config.DownloadEndpoint is for clients without an application key; with one, the API names the host": {DownloadEndpoint: "f002.example"},
		"b2: New: no key or token is sent to http://f002.example: it takes https, or a loopback address":               {Credentials: credentials.Anonymous(), DownloadEndpoint: "http://f002.example"},
	} {
		if _, err := b2.New(config); err == nil || err.Error() != want {
			t.Errorf("New: %v, want %s", err, want)
		}
	}
}
