package ibmcos_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
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

// TestRevokedToken is a token that the server no longer takes.
func TestRevokedToken(t *testing.T) {
	srv, c := serve(t)
	srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, ExpireToken: true})
	_, err := c.GetObject(t.Context(), &ibmcos.GetObjectInput{Bucket: "photos", Key: "k"})
	if !errors.Is(err, ibmcos.ErrAccessDenied) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v, want ErrAccessDenied", err)
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
	none := func(c *ibmcos.Config) { c.ServiceInstanceId = "" }
	_, err := c.ListBuckets(t.Context(), nil, none)
	if err == nil || !strings.Contains(err.Error(), "Missing header ibm-service-instance-id") {
		t.Errorf("no instance: %v", err)
	}
}

// TestEnvironment has a Config without credentials find them.
func TestEnvironment(t *testing.T) {
	srv, _ := serve(t, storagetest.WithCredentials("ID", "secret"))
	for _, test := range []struct {
		name      string
		variables map[string]string
		want      string // of the error
	}{
		{name: "API key", variables: map[string]string{"IBM_API_KEY_ID": srv.APIKey(), "IBM_AUTH_ENDPOINT": srv.TokenURL(), "IBM_SERVICE_INSTANCE_ID": srv.ServiceInstance()}},
		{name: "HMAC", variables: map[string]string{"COS_HMAC_ACCESS_KEY_ID": "ID", "COS_HMAC_SECRET_ACCESS_KEY": "secret"}},
		{name: "as the AWS tools", variables: map[string]string{"AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret"}},
		{name: "the API key goes before HMAC", variables: map[string]string{
			"IBM_API_KEY_ID": "wrong", "IBM_AUTH_ENDPOINT": srv.TokenURL(), "COS_HMAC_ACCESS_KEY_ID": "ID", "COS_HMAC_SECRET_ACCESS_KEY": "secret",
		}, want: "BXNIM0415E"},
		{name: "nothing", want: "ibmcos: ListBuckets: no credentials found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, variable := range os.Environ() {
				name, _, _ := strings.Cut(variable, "=")
				if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "IBM_") || strings.HasPrefix(name, "COS_") {
					t.Setenv(name, "")
				}
			}
			t.Setenv("HOME", t.TempDir())
			for name, value := range test.variables {
				t.Setenv(name, value)
			}
			c := newClient(t, ibmcos.Config{Endpoint: srv.URL})
			out, err := c.ListBuckets(t.Context(), nil)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want %s", err, test.want)
				}
			} else if err != nil || len(out.Buckets) != 1 {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
	if _, err := newClient(t, ibmcos.Config{}).ListBuckets(t.Context(), nil); err == nil || err.Error() != "ibmcos: ListBuckets: no region: set Config.Region or Endpoint" {
		t.Errorf("neither Region nor Endpoint: %v", err)
	}
}

// TestAddresses sends requests to IBM's hosts.
func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		config ibmcos.Config
		bucket string
		want   string
	}{
		{ibmcos.Config{Region: "us-south"}, "photos", "https://photos.s3.us-south.cloud-object-storage.appdomain.cloud/"},
		{ibmcos.Config{Region: "eu"}, "my.photos", "https://s3.eu.cloud-object-storage.appdomain.cloud/my.photos"},
		{ibmcos.Config{Region: "ams03", PathStyle: true}, "photos", "https://s3.ams03.cloud-object-storage.appdomain.cloud/photos"},
		{ibmcos.Config{Endpoint: "s3.direct.us-south.cloud-object-storage.appdomain.cloud"}, "photos", "https://photos.s3.direct.us-south.cloud-object-storage.appdomain.cloud/"},
	} {
		s := &spy{}
		test.config.Credentials, test.config.HTTPClient = credentials.Static("ID", "secret", ""), &http.Client{Transport: s}
		call(t, newClient(t, test.config).HeadBucket, &ibmcos.HeadBucketInput{Bucket: test.bucket})
		if got := s.seen[0].URL.String(); got != test.want {
			t.Errorf("%s goes to %s, want %s", test.bucket, got, test.want)
		}
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
