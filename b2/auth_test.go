package b2_test

import (
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
	"github.com/entrepot-go/entrepot/transfer"
)

func TestManyCallsDuringAnOutageOfTheLogin(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, _ *b2.BucketHandle) {
		client, err := b2.New(srv.Config())
		if err != nil {
			t.Fatal(err)
		}
		defer client.CloseIdleConnections()
		srv.ForgetRequests()
		srv.Inject(storagetest.Fault{Operation: "b2_authorize_account", Status: 503, RetryAfter: "1"})
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				if _, err := client.ListBuckets(t.Context(), nil); !errors.Is(err, b2.ErrServiceUnavailable) {
					t.Errorf("error %v", err)
				}
			})
		}
		wg.Wait()
		if n := count(srv, "b2_authorize_account"); n != 5 {
			t.Errorf("64 calls asked %d times for an authorization, want 5", n)
		}
	})
}

func TestRenewalIsNotWaitedForWhileTheTokenServes(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		put(t, photos, "f", []byte("x"))
		time.Sleep(23*time.Hour + time.Minute)
		srv.ForgetRequests()
		srv.Inject(storagetest.Fault{Operation: "b2_authorize_account", Stall: storagetest.RequestBody(0)})
		stat := func() {
			if _, err := photos.Stat(t.Context(), "f", ""); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		for range 100 {
			stat()
		}
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("100 calls with a token that is still good took %v", took)
		}
		if n := count(srv, "b2_authorize_account"); n > 1 {
			t.Errorf("asked %d times for an authorization", n)
		}
		srv.ForgetFaults()
		srv.Release()
		time.Sleep(2 * time.Minute)
		srv.ForgetRequests()
		stat()
		stat()
		time.Sleep(2 * time.Hour) // the old one is over now
		stat()
		if n := count(srv, "b2_authorize_account"); n > 1 {
			t.Errorf("after the outage: asked %d times for an authorization, want 1 at most", n)
		}
	})
}

// TestAuthorizationNamesTheHosts moves the account to another cluster.
func TestAuthorizationNamesTheHosts(t *testing.T) {
	hosts := make([]*httptest.Server, 2)
	var mu sync.Mutex
	var seen []string
	current := 0
	for i := range hosts {
		hosts[i] = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, fmt.Sprint(i, " ", r.Header.Get("Authorization")))
			if r.Header.Get("Authorization") != fmt.Sprint("token", i) || i != current {
				w.WriteHeader(401)
				io.WriteString(w, `{"status":401,"code":"expired_auth_token","message":""}`)
				return
			}
			io.WriteString(w, `{"files":[]}`)
		}))
		defer hosts[i].Close()
	}
	realm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, `{"accountId":"a","authorizationToken":"token%d","apiInfo":{"storageApi":{"apiUrl":%q,"downloadUrl":%[2]q}}}`, current, hosts[current].URL)
	}))
	defer realm.Close()
	client, err := b2.New(b2.Config{Endpoint: realm.URL, Credentials: credentials.Static("id", "key", "")})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	for current = range hosts {
		if _, err := client.ListFileNames(t.Context(), &b2.ListFileNamesInput{BucketId: "b"}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Join(seen, ", "), "0 token0, 0 token0, 1 token1"; got != want {
		t.Errorf("requests (host and token): %s, want %s", got, want)
	}
}

// TestNothingFollowsARedirect has every kind of call redirected, with all that
// may be repeated elsewhere.
func TestNothingFollowsARedirect(t *testing.T) {
	var mu sync.Mutex
	var leaked []string
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		leaked = append(leaked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
	}))
	defer thief.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		redirected := "" // what the path of the redirected request has
		srv := httptest.NewServer(nil)
		srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if strings.Contains(r.URL.Path, redirected) {
				http.Redirect(w, r, thief.URL+r.URL.Path, status)
				return
			}
			fmt.Fprintf(w, `{"accountId":"a","authorizationToken":"t","uploadUrl":%q,"apiInfo":{"storageApi":{"apiUrl":%q,"downloadUrl":%[2]q}},"fileId":"f",
				"buckets":[{"bucketId":"b","bucketName":"photos"}]}`, srv.URL+"/b2_upload", srv.URL)
		})
		for path, call := range map[string]func(*b2.Client) error{
			"b2_authorize_account": func(c *b2.Client) error { _, err := c.AuthorizeAccount(t.Context(), nil); return err },
			"b2_list_file_names": func(c *b2.Client) error {
				_, err := c.ListFileNames(t.Context(), &b2.ListFileNamesInput{BucketId: "b"})
				return err
			},
			"/file/": func(c *b2.Client) error {
				_, err := c.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "f"})
				return err
			},
			"b2_download_file_by_id": func(c *b2.Client) error {
				_, err := c.DownloadFileById(t.Context(), &b2.DownloadFileByIdInput{FileId: "f", Head: true})
				return err
			},
			"b2_upload": func(c *b2.Client) error {
				_, err := c.Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x"))
				return err
			},
		} {
			redirected = path
			if path == "b2_upload" {
				redirected = "/b2_upload"
			}
			client, err := b2.New(b2.Config{
				Endpoint: srv.URL, Credentials: credentials.Static("id", "key", ""), HTTPClient: &http.Client{},
				Retry: entrepot.Retry{MinWait: time.Microsecond, MaxWait: time.Millisecond},
			})
			if err != nil {
				t.Fatal(err)
			}
			var e *b2.Error
			if err := call(client); !errors.As(err, &e) || e.StatusCode != status || e.Attempts != 1 {
				t.Errorf("%s with %d: %v", path, status, err)
			}
		}
		srv.Close()
	}
	if len(leaked) != 0 {
		t.Errorf("the other host got %q", leaked)
	}
}

func TestLongUploadOutlivesTokens(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	var mu sync.Mutex
	requests := 0
	srv.Inject(storagetest.Fault{Operation: "b2_upload_part", Match: func(*http.Request) bool {
		mu.Lock()
		requests++
		expire := requests%20 == 0
		mu.Unlock()
		if expire {
			srv.ExpireTokens()
		}
		return false
	}})
	content := strings.Repeat("0123456789", 5000)
	if _, err := transfer.Upload(t.Context(), photos, "big", strings.NewReader(content), transfer.WithPartSize(1000), transfer.WithConcurrency(4)); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	srv.Inject(storagetest.Fault{Operation: "b2_download_file_by_id", Nth: 3, ExpireToken: true})
	if _, err := transfer.DownloadTo(t.Context(), photos, "big", &got, transfer.WithPartSize(5000)); err != nil || got.String() != content {
		t.Errorf("downloaded %d bytes of %d, %v", got.Len(), len(content), err)
	}
	if n := count(srv, "b2_authorize_account"); n < 3 {
		t.Errorf("authorized only %d times: the tokens did not expire", n)
	}
}

func TestTestModesOfTheService(t *testing.T) {
	for _, mode := range []b2.TestMode{b2.TestModeFailSomeUploads, b2.TestModeExpireSomeAccountAuthorizationTokens} {
		srv, _ := start(t)
		client := connect(t, srv, func(c *b2.Config) { c.TestMode = mode })
		photos := client.Bucket("photos")
		content := strings.Repeat("0123456789", 300)
		if _, err := transfer.Upload(t.Context(), photos, "big", strings.NewReader(content), transfer.WithPartSize(100), transfer.WithConcurrency(1)); err != nil {
			t.Fatalf("%s: %v", mode, err)
		}
		for range 20 {
			if _, err := photos.Stat(t.Context(), "big", ""); err != nil {
				t.Fatalf("%s: %v", mode, err)
			}
		}
	}
	srv, _ := start(t)
	client := connect(t, srv, func(c *b2.Config) { c.TestMode = b2.TestModeForceCapExceeded })
	srv.ForgetRequests()
	if _, err := client.Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x")); !errors.Is(err, b2.ErrCapExceeded) {
		t.Errorf("error %v", err)
	}
	if n := len(srv.Requests()); n > 4 {
		t.Errorf("%d requests for a cap that is exceeded", n)
	}
}

func TestAccountIDInPlaceOfAKeyID(t *testing.T) {
	srv, _ := start(t)
	client := connect(t, srv, func(c *b2.Config) { c.Credentials = credentials.Static("0a1b2c3d4e5f", secret, "") })
	_, err := client.AuthorizeAccount(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "the form of an account's id") {
		t.Errorf("error %v", err)
	}
}

func TestRefusalsWithoutAReasonTakeOneNewToken(t *testing.T) {
	srv, master := start(t)
	put(t, master.Bucket("photos"), "f", []byte("x"))
	var ahead atomic.Int64
	client := as(t, srv, storagetest.B2Key{Capabilities: []string{"listFiles", "listBuckets"}}, func(c *b2.Config) {
		c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	photos := client.Bucket("photos")
	stat := func(n int) {
		for range n {
			_, err := photos.Stat(t.Context(), "f", "")
			if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "the application key has the capabilities listFiles") {
				t.Errorf("error %v", err)
			}
			if _, err := photos.ID(t.Context()); err != nil { // the token is good for something
				t.Error(err)
			}
		}
	}
	srv.ForgetRequests()
	stat(20)
	if n := count(srv, "b2_authorize_account"); n != 2 {
		t.Errorf("20 refusals took %d authorizations, want 2", n)
	}
	ahead.Store(int64(2 * time.Minute))
	stat(20)
	if n := count(srv, "b2_authorize_account"); n != 3 {
		t.Errorf("2 minutes later: %d authorizations in all, want 3", n)
	}
}
