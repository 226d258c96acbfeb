package b2_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// fetch gets a link as anybody does who knows nothing of B2.
func fetch(t *testing.T, srv *storagetest.B2, link string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", link, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(content)
}

func TestPrivateLink(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	srv, client := start(t, func(c *b2.Config) { c.Clock = func() time.Time { return now } })
	const name = "a+b/ü &, #1%20?.txt"
	put(t, client.Bucket("photos"), name, []byte("content"))
	put(t, client.Bucket("photos"), "other", []byte("secret"))

	link, err := client.DownloadURL(t.Context(), &b2.DownloadURLInput{BucketName: "photos", FileName: name, ValidFor: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if !link.Expires.Equal(now.Add(time.Hour)) {
		t.Errorf("it expires at %v", link.Expires)
	}
	if resp, content := fetch(t, srv, link.URL); resp.StatusCode != 200 || content != "content" {
		t.Errorf("GET of the link: %d %q", resp.StatusCode, content)
	}
	u, err := url.Parse(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	bare := *u
	bare.RawQuery = ""
	if resp, _ := fetch(t, srv, bare.String()); resp.StatusCode != 401 {
		t.Errorf("GET without the token: %d", resp.StatusCode)
	}
	other := *u
	other.Path, other.RawPath = "/file/photos/other", ""
	if resp, _ := fetch(t, srv, other.String()); resp.StatusCode != 401 {
		t.Errorf("GET of another file with the token: %d", resp.StatusCode)
	}

	link, err = client.DownloadURL(t.Context(), &b2.DownloadURLInput{
		BucketName: "photos", BucketId: bucketID(t, client, "photos"), FileName: name, ValidFor: 7 * 24 * time.Hour,
		B2ContentType: "text/x-other", B2ContentDisposition: `attachment; filename="a + b.txt"`, B2CacheControl: "no-store",
		B2ContentLanguage: "de", B2Expires: "Thu, 01 Jan 2026 00:00:00 GMT", B2ContentEncoding: "identity",
	})
	if err != nil {
		t.Fatal(err)
	}
	resp, content := fetch(t, srv, link.URL)
	if resp.StatusCode != 200 || content != "content" {
		t.Errorf("GET of a link with other headers: %d %q", resp.StatusCode, content)
	}
	for header, want := range map[string]string{
		"Content-Type": "text/x-other", "Content-Disposition": `attachment; filename="a + b.txt"`, "Cache-Control": "no-store",
		"Content-Language": "de", "Expires": "Thu, 01 Jan 2026 00:00:00 GMT", "Content-Encoding": "identity",
	} {
		if got := resp.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
}

func TestPublicLink(t *testing.T) {
	srv, client := start(t)
	if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "open-to-all", BucketType: b2.BucketTypeAllPublic}); err != nil {
		t.Fatal(err)
	}
	put(t, client.Bucket("open-to-all"), "a/ü.txt", []byte("content"))
	srv.ForgetRequests()
	link, err := client.DownloadURL(t.Context(), &b2.DownloadURLInput{BucketName: "open-to-all", FileName: "a/ü.txt"})
	if err != nil {
		t.Fatal(err)
	}
	if want := srv.URL + "/file/open-to-all/a/%C3%BC.txt"; link.URL != want || !link.Expires.IsZero() {
		t.Errorf("%+v, want %s", link, want)
	}
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("it took %d requests", n)
	}
	if resp, content := fetch(t, srv, link.URL); resp.StatusCode != 200 || content != "content" {
		t.Errorf("GET of the link: %d %q", resp.StatusCode, content)
	}
	anonymous := connect(t, srv, func(c *b2.Config) {
		c.Credentials, c.Endpoint, c.DownloadEndpoint = credentials.Anonymous(), "", "https://files.example"
	})
	link, err = anonymous.DownloadURL(t.Context(), &b2.DownloadURLInput{BucketName: "open-to-all", FileName: "a/ü.txt"})
	if want := "https://files.example/file/open-to-all/a/%C3%BC.txt"; err != nil || link.URL != want {
		t.Errorf("without a key: %+v, %v", link, err)
	}
}

func TestLinkErrors(t *testing.T) {
	var log bytes.Buffer
	srv, client := start(t, func(c *b2.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	good := b2.DownloadURLInput{BucketName: "photos", FileName: "f", ValidFor: time.Hour}
	for want, change := range map[string]func(*b2.DownloadURLInput){
		"b2: DownloadURL: BucketName is required":                                                          func(in *b2.DownloadURLInput) { in.BucketName = "" },
		"b2: DownloadURL: FileName is required":                                                            func(in *b2.DownloadURLInput) { in.FileName = "" },
		"b2: DownloadURL: FileName: has a control character":                                               func(in *b2.DownloadURLInput) { in.FileName = "a\nb" },
		"b2: DownloadURL: ValidFor: must be whole seconds, one second to seven days, not 168h0m1s":         func(in *b2.DownloadURLInput) { in.ValidFor = 7*24*time.Hour + time.Second },
		"b2: DownloadURL: ValidFor: must be whole seconds, one second to seven days, not 1.5s":             func(in *b2.DownloadURLInput) { in.ValidFor = 1500 * time.Millisecond },
		"b2: DownloadURL: ValidFor: must be whole seconds, one second to seven days, not -1s":              func(in *b2.DownloadURLInput) { in.ValidFor = -time.Second },
		"b2: DownloadURL: ValidFor: is required where headers of the answer are replaced":                  func(in *b2.DownloadURLInput) { in.ValidFor, in.B2ContentType = 0, "a/b" },
		`b2: ListBuckets: there is no bucket "nowhere-at-all"`:                                             func(in *b2.DownloadURLInput) { in.BucketName = "nowhere-at-all" },
		"b2: GetDownloadAuthorization: bad_bucket_id: Bucket ffffffffffffffffffffffff does not exist (sta": func(in *b2.DownloadURLInput) { in.BucketId = "ffffffffffffffffffffffff" },
	} {
		in := good
		change(&in)
		link, err := client.DownloadURL(t.Context(), &in)
		var e *b2.Error
		if link != nil || !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, %v, want %s", link, err, want)
		}
	}
	if _, err := client.DownloadURL(t.Context(), nil); err == nil {
		t.Error("no error without an input")
	}
	id, key := srv.AddKey(storagetest.B2Key{Capabilities: []string{"listBuckets", "readFiles"}})
	_, err := client.DownloadURL(t.Context(), &good, func(c *b2.Config) { c.Credentials = credentials.Static(id, key, "") })
	if !errors.Is(err, b2.ErrUnauthorized) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("with a key that may not share: %v", err)
	}

	if _, err := client.DownloadURL(t.Context(), &good); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.Contains(text, "GetDownloadAuthorization") || strings.Contains(text, "_dnld") {
		t.Errorf("the log has too little, or the token:\n%s", text)
	}
}

// TestTestMode wants the header in every request, and never otherwise.
func TestTestMode(t *testing.T) {
	for _, mode := range []b2.TestMode{"", b2.TestModeFailSomeUploads} {
		srv, _ := start(t)
		var mu sync.Mutex
		var seen []string
		client := connect(t, srv, func(c *b2.Config) {
			c.TestMode = mode
			next := c.HTTPClient.Transport
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				mu.Lock()
				seen = append(seen, r.URL.Path)
				mu.Unlock()
				if got := r.Header["X-Bz-Test-Mode"]; len(got) > 1 || (len(got) == 1) != (mode != "") || strings.Join(got, "") != string(mode) {
					t.Errorf("%s: test mode %q, want %q", r.URL.Path, got, mode)
				}
				r.Header.Del("X-Bz-Test-Mode") // this is about the client
				return next.RoundTrip(r)
			})}
		})
		photos := client.Bucket("photos")
		put(t, photos, "small", []byte("x"))
		if _, err := large(t.Context(), photos, "big", bytes.Repeat([]byte("a"), 100), []byte("b")); err != nil {
			t.Fatal(err)
		}
		if _, err := photos.Stat(t.Context(), "small", ""); err != nil {
			t.Fatal(err)
		}
		if len(seen) < 8 {
			t.Errorf("only %d requests: %q", len(seen), seen)
		}
	}
}

// TestTestModesOfAServer lives through what the service offers to try.
func TestTestModesOfAServer(t *testing.T) {
	srv, _ := start(t)
	in := func(mode b2.TestMode) *b2.Client {
		return connect(t, srv, func(c *b2.Config) { c.TestMode = mode })
	}
	photos := in(b2.TestModeFailSomeUploads).Bucket("photos")
	for range 4 {
		put(t, photos, "f", []byte("x"))
	}
	if n := count(srv, "b2_upload_file"); n < 5 {
		t.Errorf("%d attempts for 4 uploads: none was made to fail", n)
	}
	client := in(b2.TestModeExpireSomeAccountAuthorizationTokens)
	srv.ForgetRequests()
	for range 12 {
		if _, err := client.ListBuckets(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(srv, "b2_authorize_account"); n < 2 {
		t.Errorf("%d authorizations: no token was made to expire", n)
	}
	_, err := in(b2.TestModeForceCapExceeded).Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x"))
	if !errors.Is(err, b2.ErrCapExceeded) || errors.Is(err, fs.ErrPermission) {
		t.Errorf("caps: %v", err)
	}
}

func TestLinkThatHasExpired(t *testing.T) {
	var ahead atomic.Int64
	srv := storagetest.NewB2(storagetest.WithCredentials(keyID, secret), storagetest.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	defer srv.Close()
	client := connect(t, srv)
	if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		t.Fatal(err)
	}
	put(t, client.Bucket("photos"), "f", []byte("x"))
	link, err := client.DownloadURL(t.Context(), &b2.DownloadURLInput{BucketName: "photos", FileName: "f", ValidFor: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for want, passed := range map[int]time.Duration{200: 59 * time.Minute, 401: 61 * time.Minute} {
		ahead.Store(int64(passed))
		if resp, _ := fetch(t, srv, link.URL); resp.StatusCode != want {
			t.Errorf("GET after %v: %d, want %d", passed, resp.StatusCode, want)
		}
	}
}
