package ibmcos_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

// count is the number of requests of an operation.
func count(srv *storagetest.IBMCOS, operation string) int {
	n := 0
	for _, r := range srv.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

// tokens counts the tokens that were asked for.
func tokens(srv *storagetest.IBMCOS) int { return count(srv, "IAMToken") }

// TestTokenIsShared has 50 callers at once ask for one token.
func TestTokenIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := serve(t, storagetest.WithInMemory(), storagetest.WithTLS())
		list := func() {
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					if _, err := c.ListBuckets(t.Context(), nil); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		list()
		if n := tokens(srv); n != 1 {
			t.Errorf("%d tokens for 50 callers, want 1", n)
		}
		for range 5 {
			_, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"}, func(c *ibmcos.Config) { c.Retry.MaxAttempts = 1 })
			if err != nil {
				t.Error(err)
			}
		}
		if n := tokens(srv); n != 1 {
			t.Errorf("%d tokens after calls with options, want 1", n)
		}
		time.Sleep(time.Hour) // the token has expired
		list()
		if n := tokens(srv); n != 2 {
			t.Errorf("%d tokens after the first has expired, want 2", n)
		}
		if n := count(srv, "ListBuckets"); n != 100 {
			t.Errorf("%d requests for 100 calls: some were refused", n)
		}
	})
}

// TestTokenIsRenewedAhead uses a token while the next one is fetched.
func TestTokenIsRenewedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := serve(t, storagetest.WithInMemory(), storagetest.WithTLS())
		// head makes a call, and returns how many tokens have been asked for
		// when everything in the background is done.
		head := func() int {
			t.Helper()
			if _, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"}); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			return tokens(srv)
		}
		for _, step := range []struct {
			wait  time.Duration
			fault storagetest.Fault
			want  int
		}{
			{want: 1},
			{wait: 50 * time.Minute, want: 1},
			{wait: 6 * time.Minute, fault: storagetest.Fault{Operation: "IAMToken", Status: 400}, want: 2}, // the old one serves on
			{wait: 5 * time.Second, want: 2}, // too soon after a failure
			{wait: 10 * time.Second, want: 3},
			{wait: 10 * time.Minute, want: 3}, // the first is over by now
		} {
			time.Sleep(step.wait)
			srv.ForgetFaults()
			if step.fault.Operation != "" {
				srv.Inject(step.fault)
			}
			if got := head(); got != step.want {
				t.Errorf("after another %v: %d tokens asked for, want %d", step.wait, got, step.want)
			}
		}
		if n := count(srv, "HeadBucket"); n != 6 {
			t.Errorf("%d requests for 6 calls: some were refused", n)
		}
	})
}

// TestRevokedToken is a token that the server no longer takes: it is renewed
// once, and then what is refused is refused.
func TestRevokedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := serve(t, storagetest.WithInMemory(), storagetest.WithTLS())
		put(t, c, "k", "content")
		head := func() error {
			_, err := c.HeadObject(t.Context(), &ibmcos.HeadObjectInput{Bucket: "photos", Key: "k"})
			return err
		}
		const noRight = "no right"
		for i, step := range []struct {
			what   string // happens
			wait   time.Duration
			denied bool
			tokens int
		}{
			{tokens: 1},
			{what: "revoked", tokens: 2},
			{what: noRight, denied: true, tokens: 2}, // so soon after, the token is not to blame
			{tokens: 2},
			{what: noRight, wait: time.Minute, denied: true, tokens: 3}, // it might have been
			{what: noRight, denied: true, tokens: 3},
			{tokens: 3},
		} {
			time.Sleep(step.wait)
			srv.ForgetFaults()
			switch step.what {
			case "revoked":
				srv.Inject(storagetest.Fault{Operation: "HeadObject", Nth: 1, ExpireToken: true})
			case noRight:
				srv.Inject(storagetest.Fault{Operation: "HeadObject", Status: 403, Code: "AccessDenied"})
			}
			if err := head(); errors.Is(err, ibmcos.ErrAccessDenied) != step.denied || !step.denied && err != nil {
				t.Errorf("step %d: %v", i, err)
			}
			if n := tokens(srv); n != step.tokens {
				t.Errorf("step %d: %d tokens, want %d", i, n, step.tokens)
			}
		}
	})
}

// TestRevokedTokenOfManyCalls is renewed once for all of them.
func TestRevokedTokenOfManyCalls(t *testing.T) {
	srv, c := serve(t)
	put(t, c, "k", "content")
	srv.Inject(storagetest.Fault{Operation: "HeadObject", Nth: 1, ExpireToken: true})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := c.HeadObject(t.Context(), &ibmcos.HeadObjectInput{Bucket: "photos", Key: "k"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := tokens(srv); n != 2 {
		t.Errorf("%d tokens, want 2", n)
	}
}

// TestIAMFailures are told as what they are.
func TestIAMFailures(t *testing.T) {
	srv, _ := serve(t)
	with := func(p credentials.Provider) error {
		config := srv.Config()
		config.Credentials = p
		_, err := newClient(t, config).ListBuckets(t.Context(), nil)
		return err
	}
	iam := func(key, endpoint string) credentials.Provider {
		return credentials.IBMIAM(key, func(c *credentials.IBMIAMConfig) { c.Endpoint, c.HTTPClient = endpoint, srv.Client() })
	}
	for _, test := range []struct {
		name string
		err  error
		want string
		is   error
	}{
		{"wrong key", with(iam("wrong-key", srv.TokenURL())), "ibmcos: ListBuckets: credentials: IBM IAM answered 400 Bad Request, BXNIM0415E: Provided API key could not be found.", fs.ErrPermission},
		{"no key", with(iam("", srv.TokenURL())), "ibmcos: ListBuckets: credentials: the IBM API key is empty", nil},
		{"plain HTTP", with(iam("key", "http://iam.example")), "ibmcos: ListBuckets: credentials: the IBM IAM endpoint http://iam.example is not https: an API key is not sent there", nil},
	} {
		if test.err == nil || !strings.HasPrefix(test.err.Error(), test.want) || test.is != nil && !errors.Is(test.err, test.is) {
			t.Errorf("%s: %v, want %s", test.name, test.err, test.want)
		}
		if e := (*ibmcos.Error)(nil); !errors.As(test.err, &e) {
			t.Errorf("%s: the error is a %T", test.name, test.err)
		}
	}
}

// spy is a transport that answers everything, and notes what it saw.
type spy struct{ seen []*http.Request }

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	s.seen = append(s.seen, r)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// TestTokenStaysOffPlainNetworks sends a bearer token over TLS only.
func TestTokenStaysOffPlainNetworks(t *testing.T) {
	token := credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
		return credentials.Credentials{Token: "token"}, nil
	})
	for endpoint, want := range map[string]string{
		"http://cos.example":     "ibmcos: HeadBucket: an IAM token is not sent to photos.cos.example without TLS: use an https endpoint",
		"http://10.0.0.1:8080":   "ibmcos: HeadBucket: an IAM token is not sent to 10.0.0.1:8080 without TLS: use an https endpoint",
		"https://cos.example":    "",
		"http://127.0.0.1:9000":  "",
		"http://[::1]:9000":      "",
		"http://localhost:12345": "",
	} {
		s := &spy{}
		c := newClient(t, ibmcos.Config{Endpoint: endpoint, Credentials: token, HTTPClient: &http.Client{Transport: s}})
		_, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"})
		if want == "" && (err != nil || s.seen[0].Header.Get("Authorization") != "Bearer token") {
			t.Errorf("%s: %v", endpoint, err)
		}
		if want != "" && (err == nil || !strings.HasPrefix(err.Error(), want) || len(s.seen) != 0) {
			t.Errorf("%s: %v, want %s", endpoint, err, want)
		}
	}
}

// TestServiceInstance goes where it is set, and a call's own wins.
func TestServiceInstance(t *testing.T) {
	srv, c := serve(t)
	call(t, c.ListBuckets, nil)
	if _, err := c.ListBuckets(t.Context(), &ibmcos.ListBucketsInput{IBMServiceInstanceId: "another"}); !errors.Is(err, ibmcos.ErrAccessDenied) {
		t.Errorf("another instance: %v", err)
	}
	crn := "crn:v1:bluemix:public:cloud-object-storage:global:a/1:" + srv.ServiceInstance() + "::"
	call(t, c.ListBuckets, &ibmcos.ListBucketsInput{IBMServiceInstanceId: crn})
	sent := len(srv.Requests())
	none := func(c *ibmcos.Config) { c.ServiceInstanceId = "" }
	for name, call := range map[string]func() error{
		"CreateBucket": func() error {
			_, err := c.CreateBucket(t.Context(), &ibmcos.CreateBucketInput{Bucket: "other"}, none)
			return err
		},
		"ListBuckets": func() error {
			_, err := c.ListBuckets(t.Context(), nil, none)
			return err
		},
		"ListBucketsExtended": func() error {
			_, err := c.ListBucketsExtended(t.Context(), nil, none)
			return err
		},
	} {
		want := "ibmcos: " + name + ": an IAM token does not say of which service instance: set Config.ServiceInstanceId or IBM_SERVICE_INSTANCE_ID"
		if err := call(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("no instance: %v, want %s", err, want)
		}
	}
	if n := len(srv.Requests()); n != sent {
		t.Errorf("%d requests were sent", n-sent)
	}
	if _, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"}, none); err != nil {
		t.Errorf("a call that needs no instance: %v", err)
	}
}

// TestSecrets looks for keys in what is printed.
func TestSecrets(t *testing.T) {
	srv, c := serve(t, storagetest.WithAPIKey("anAPIKeyThatNobodyMaySee"))
	call(t, c.ListBuckets, nil)
	config := srv.Config()
	_, err := newClient(t, config).GetObject(t.Context(), &ibmcos.GetObjectInput{Bucket: "none", Key: "k"})
	keys, tokenErr := config.Credentials.Retrieve(t.Context())
	if err == nil || tokenErr != nil {
		t.Fatal(err, tokenErr)
	}
	for _, v := range []any{config, &config, c, *c, err, keys, config.Credentials} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, srv.APIKey()) || strings.Contains(text, keys.Token) || strings.Contains(text, "Bearer") {
				t.Errorf("%s of a %T prints a secret: %s", verb, v, text)
			}
		}
	}
}

// countedBody counts what is read of it.
type countedBody struct {
	*strings.Reader
	read int
}

func (b *countedBody) ReadAt(p []byte, off int64) (int, error) {
	n, err := b.Reader.ReadAt(p, off)
	b.read += n
	return n, err
}

// TestNothingIsHashedForATokensSake: a body is read once to be sent, and once before
// where its checksum is to be in the header.
func TestNothingIsHashedForATokensSake(t *testing.T) {
	_, c := serve(t)
	for checksum, passes := range map[ibmcos.ChecksumAlgorithm]int{"": 2, ibmcos.ChecksumNone: 1} {
		body := &countedBody{Reader: strings.NewReader(strings.Repeat("x", 1<<20))}
		_, err := c.PutObject(t.Context(), &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", Body: body}, func(c *ibmcos.Config) { c.Checksum = checksum })
		if want := passes << 20; err != nil || body.read != want {
			t.Errorf("checksum %q: %d bytes were read, want %d; error %v", checksum, body.read, want, err)
		}
	}
}
