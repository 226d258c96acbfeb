package s3_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestOptionsShare makes many calls with options, which look up nothing and
// connect to nothing anew.
func TestOptionsShare(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	var lookups, dials atomic.Int32
	transport := srv.Client().Transport.(*http.Transport).Clone()
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return dial(ctx, network, address)
	}
	config := srv.Config()
	config.HTTPClient = &http.Client{Transport: transport}
	keys := config.Credentials
	config.Credentials = credentials.ProviderFunc(func(ctx context.Context) (credentials.Credentials, error) {
		lookups.Add(1)
		return keys.Retrieve(ctx)
	})
	c := newClient(t, config)
	for range 10 {
		_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v")},
			func(c *s3.Config) { c.Checksum = s3.ChecksumNone }, func(c *s3.Config) { c.Retry.MaxAttempts = 1 })
		if err != nil {
			t.Fatal(err)
		}
	}
	put(t, c, "k", "v")
	if lookups.Load() != 1 || dials.Load() != 1 {
		t.Errorf("%d look-ups and %d connections, want one of each", lookups.Load(), dials.Load())
	}
	if log := srv.Requests(); log[0].Header.Get("X-Amz-Checksum-Crc64nvme") != "" || log[10].Header.Get("X-Amz-Checksum-Crc64nvme") == "" {
		t.Error("the option took no effect, or outlived its call")
	}
}

// TestOptionOfOtherKeys makes one call as somebody else.
func TestOptionOfOtherKeys(t *testing.T) {
	srv, c := serve(t)
	srv.AddKey(storagetest.AccessKey{ID: "OTHER", Secret: "other", SessionToken: "token"})
	as := func(id, secret, token string) s3.Option {
		return func(c *s3.Config) { c.Credentials = credentials.Static(id, secret, token) }
	}
	for _, test := range []struct {
		name string
		opt  s3.Option
		want error
	}{
		{"another key", as("OTHER", "other", "token"), nil},
		{"without its token", as("OTHER", "other", ""), fs.ErrInvalid},
		{"unknown key", as("NOBODY", "other", ""), s3.ErrInvalidAccessKeyId},
		{"wrong secret", as("OTHER", "wrong", "token"), s3.ErrSignatureDoesNotMatch},
		{"no key", func(c *s3.Config) { c.Credentials = credentials.Anonymous() }, s3.ErrAccessDenied},
	} {
		_, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "photos"}, test.opt)
		_, listErr := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: "photos"}, test.opt)
		if (err != nil) != (test.want != nil) || test.want != nil && test.want != fs.ErrInvalid && !errors.Is(listErr, test.want) {
			t.Errorf("%s: HEAD %v, GET %v, want %v", test.name, err, listErr, test.want)
		}
		put(t, c, "k", "v") // the client's own keys are as before
	}
}

// TestBadConfig has New, or the call with the option, say what is wrong.
func TestBadConfig(t *testing.T) {
	_, c := serve(t)
	for _, test := range []struct {
		name   string
		change s3.Option
		want   string
	}{
		{"scheme", func(c *s3.Config) { c.Endpoint = "ftp://host" }, `Config: Endpoint "ftp://host" is not a URL such as https://host:port`},
		{"password", func(c *s3.Config) { c.Endpoint = "https://user:secret@host" }, `Config: Endpoint "…@host" may have a scheme, a host, a port and a path, but nothing else`},
		{"query", func(c *s3.Config) { c.Endpoint = "https://host?token=secret" }, `Config: Endpoint "https://host?…" may have`},
		{"region", func(c *s3.Config) { c.Region = "evil.example/" }, `Config: Region "evil.example/" is not the name of a region, such as us-east-1`},
		{"response checksum", func(c *s3.Config) { c.ResponseChecksum = "never" }, `Config: ResponseChecksum "never" is neither when_supported nor when_required`},
		{"server", func(c *s3.Config) { c.Server = "mini" }, `Config: Server "mini" is not known`},
		{"checksum", func(c *s3.Config) { c.Checksum = s3.ChecksumAlgorithmXxhash3 }, `Config: Checksum: "XXHASH3" is not computed by this module; compute it yourself, or use CRC64NVME`},
		{"FIPS", func(c *s3.Config) { c.FIPS = true; c.Endpoint = "https://host" }, "Config: DualStack, FIPS and Accelerate choose among AWS's own hosts; they do not go with an Endpoint"},
	} {
		var config s3.Config
		test.change(&config)
		if _, err := s3.New(config); err == nil || !strings.HasPrefix(err.Error(), "s3: "+test.want) {
			t.Errorf("New with a bad %s: %v, want s3: %s", test.name, err, test.want)
		}
		_, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "photos"}, test.change)
		if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Attempts != 0 || !strings.HasPrefix(err.Error(), "s3: HeadBucket: "+test.want) {
			t.Errorf("an option with a bad %s: %v, want s3: HeadBucket: %s", test.name, err, test.want)
		}
	}
}

// cleanEnvironment takes away what the machine has set, and returns the place
// of the AWS files.
func cleanEnvironment(t *testing.T) (dir string) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true") // the machine may be an instance
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	dir = filepath.Join(home, ".aws")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestEnvironment has a zero Config find everything.
func TestEnvironment(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithRegion("eu-central-1"))
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	srv.AddKey(storagetest.AccessKey{ID: "ID", Secret: "secret", SessionToken: "token"})
	srv.AddKey(storagetest.AccessKey{ID: "WORK", Secret: "work"})

	usual, _ := serve(t)
	variables := map[string]string{
		"AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
		"AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL_S3": srv.URL,
	}
	for _, test := range []struct {
		name        string
		variables   map[string]string
		config      string // of the file of that name
		credentials string
		with        s3.Config
		want        string // of the error
	}{
		{name: "variables", variables: variables},
		{
			name: "default profile", variables: map[string]string{"AWS_ENDPOINT_URL": srv.URL},
			config: "[default]\nregion = eu-central-1\n", credentials: "[default]\naws_access_key_id = WORK\naws_secret_access_key = work\n",
		},
		{
			name: "profile of the environment", variables: map[string]string{"AWS_PROFILE": "work"},
			config:      "[profile work]\nregion = eu-central-1\nendpoint_url = " + srv.URL + "\n",
			credentials: "[work]\naws_access_key_id = WORK\naws_secret_access_key = work\n",
		},
		{
			name: "profile of the Config", variables: variables, with: s3.Config{Profile: "work"},
			credentials: "[work]\naws_access_key_id = WORK\naws_secret_access_key = work\n",
		},
		{name: "no region is needed with an endpoint", variables: map[string]string{
			"AWS_ACCESS_KEY_ID": "STORAGETESTKEYID", "AWS_SECRET_ACCESS_KEY": "storagetest-secret", "AWS_ENDPOINT_URL": usual.URL,
		}},
		{name: "no region", variables: map[string]string{"AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret"},
			want: "s3: ListBuckets: no region: set Config.Region or AWS_REGION"},
		{name: "region that is none", variables: map[string]string{"AWS_REGION": "evil.example/"},
			want: `s3: ListBuckets: AWS_REGION: "evil.example/" is not the name of a region, such as us-east-1`},
		{name: "endpoint that is none", variables: map[string]string{"AWS_ENDPOINT_URL": "nowhere:here:"}, want: `s3: ListBuckets: AWS_ENDPOINT_URL: "nowhere:here:" is not a URL`},
		{name: "no keys", variables: map[string]string{"AWS_REGION": "us-east-1"},
			want: "s3: ListBuckets: no credentials found: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, AWS_WEB_IDENTITY_TOKEN_FILE is not set, there is no AWS profile"},
		{name: "half a key", variables: map[string]string{"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "ID"},
			want: "s3: ListBuckets: credentials: the environment has AWS_ACCESS_KEY_ID but not AWS_SECRET_ACCESS_KEY"},
		{name: "no such profile", variables: variables, with: s3.Config{Profile: "none"}, want: `s3: ListBuckets: the AWS profile "none" is neither in`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := cleanEnvironment(t)
			for name, value := range test.variables {
				t.Setenv(name, value)
			}
			writeFile(t, filepath.Join(dir, "config"), test.config)
			writeFile(t, filepath.Join(dir, "credentials"), test.credentials)
			c := newClient(t, test.with)
			out, err := c.ListBuckets(t.Context(), nil)
			if test.want != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.want) {
					t.Errorf("error %v, want %s", err, test.want)
				}
				return
			}
			if err != nil || len(out.Buckets) != 1 {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

// TestChecksumOfEnvironment obeys AWS_REQUEST_CHECKSUM_CALCULATION, unless the
// Config says something.
func TestChecksumOfEnvironment(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	for _, test := range []struct {
		variable string
		file     string
		checksum s3.ChecksumAlgorithm
		want     string
	}{
		{want: "crc64nvme"},
		{variable: "when_supported", want: "crc64nvme"},
		{variable: "when_required"},
		{variable: "WHEN_REQUIRED"},
		{file: "[default]\nrequest_checksum_calculation = when_required\n"},
		{file: "[default]\nrequest_checksum_calculation = when_required\n", variable: "when_supported", want: "crc64nvme"},
		{variable: "when_required", checksum: s3.ChecksumAlgorithmSha256, want: "sha256"},
		{variable: "when_supported", checksum: s3.ChecksumNone},
	} {
		dir := cleanEnvironment(t)
		t.Setenv("AWS_REQUEST_CHECKSUM_CALCULATION", test.variable)
		writeFile(t, filepath.Join(dir, "config"), test.file)
		config := srv.Config()
		config.Checksum = test.checksum
		c := newClient(t, config)
		srv.ForgetRequests()
		put(t, c, "k", "v")
		var got []string
		for name := range srv.Requests()[0].Header {
			if algorithm, ok := strings.CutPrefix(name, "X-Amz-Checksum-"); ok {
				got = append(got, strings.ToLower(algorithm))
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v: checksums %v", test, got)
		}
	}
}

// TestResponseChecksumFromTheEnvironment has the content of an object verified
// or not, as the Config says, the environment, or the profile.
func TestResponseChecksumFromTheEnvironment(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	for _, test := range []struct {
		variable string
		file     string
		config   s3.ResponseChecksum
		want     entrepot.ChecksumStatus
	}{
		{want: entrepot.ChecksumVerified},
		{variable: "when_supported", want: entrepot.ChecksumVerified},
		{variable: "WHEN_REQUIRED", want: entrepot.ChecksumOff},
		{file: "[default]\nresponse_checksum_validation = when_required\n", want: entrepot.ChecksumOff},
		{file: "[default]\nresponse_checksum_validation = when_required\n", variable: "when_supported", want: entrepot.ChecksumVerified},
		{variable: "when_required", config: s3.ResponseChecksumWhenSupported, want: entrepot.ChecksumVerified},
		{variable: "when_supported", config: s3.ResponseChecksumWhenRequired, want: entrepot.ChecksumOff},
	} {
		dir := cleanEnvironment(t)
		t.Setenv("AWS_RESPONSE_CHECKSUM_VALIDATION", test.variable)
		writeFile(t, filepath.Join(dir, "config"), test.file)
		config := srv.Config()
		config.ResponseChecksum = test.config
		c := newClient(t, config)
		put(t, c, "k", "v")
		for name, opts := range map[string][]s3.Option{"as it is": nil, "with an option": {func(c *s3.Config) { c.Retry.MaxAttempts = 1 }}} {
			out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k"}, opts...)
			if err != nil {
				t.Fatal(err)
			}
			out.Body.Close()
			if got := out.ResponseMetadata.ChecksumStatus; got != test.want {
				t.Errorf("%+v, %s: status %s", test, name, got)
			}
		}
		out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k", ChecksumMode: s3.ChecksumModeEnabled})
		if err != nil {
			t.Fatal(err)
		}
		out.Body.Close()
		if got := out.ResponseMetadata.ChecksumStatus; got != entrepot.ChecksumVerified {
			t.Errorf("%+v, asked for by the call: status %s", test, got)
		}
	}
}

// TestFailedLookUpIsNotRemembered mends what was wrong between two calls.
func TestFailedLookUpIsNotRemembered(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	cleanEnvironment(t)
	t.Setenv("AWS_ENDPOINT_URL", "ftp://host")
	c := newClient(t, s3.Config{})
	list := func(wantErr bool) {
		t.Helper()
		if _, err := c.ListBuckets(t.Context(), nil); (err != nil) != wantErr {
			t.Errorf("error %v, want one: %t", err, wantErr)
		}
	}
	list(true) // the endpoint
	t.Setenv("AWS_ENDPOINT_URL", srv.URL)
	list(true) // no keys
	t.Setenv("AWS_ACCESS_KEY_ID", "STORAGETESTKEYID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "storagetest-secret")
	list(false)
	t.Setenv("AWS_ENDPOINT_URL", "ftp://host")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	list(false) // what was found is
	if _, err := c.ListBuckets(t.Context(), nil, func(c *s3.Config) { c.UserAgent = "test" }); err != nil {
		t.Errorf("an option looks up anew: %v", err)
	}
}

// TestCancelledLookUp ends the waiting of one caller, not the look-up.
func TestCancelledLookUp(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	config := srv.Config()
	keys := config.Credentials
	begun, release := make(chan struct{}), make(chan struct{})
	var lookups atomic.Int32
	config.Credentials = credentials.ProviderFunc(func(ctx context.Context) (credentials.Credentials, error) {
		if lookups.Add(1) == 1 {
			close(begun)
		}
		select {
		case <-release:
			return keys.Retrieve(ctx)
		case <-ctx.Done():
			return credentials.Credentials{}, ctx.Err()
		}
	})
	c := newClient(t, config)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := c.ListBuckets(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
	<-begun
	for range 10 {
		wg.Go(func() {
			if _, err := c.ListBuckets(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	cancel()
	close(release)
	wg.Wait()
	if lookups.Load() != 1 {
		t.Errorf("%d look-ups, want 1", lookups.Load())
	}
}

// TestRegions finds buckets of other regions, and remembers where they are.
func TestRegions(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "ireland", Region: "eu-west-1"})
	srv.AddBucket(storagetest.BucketSetup{Name: "tokyo", Region: "ap-northeast-1"})
	c := newClient(t, srv.Config())
	head := func(bucket string) (int, error) {
		out, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: bucket})
		if err != nil {
			return 0, err
		}
		return out.ResponseMetadata.Attempts, nil
	}
	// All of them set out before any of them has learned.
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := head("ireland"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, test := range []struct {
		bucket string
		want   int
	}{{"ireland", 1}, {"tokyo", 2}, {"tokyo", 1}} {
		if got, err := head(test.bucket); got != test.want {
			t.Errorf("%s: %d attempts, %v, want %d", test.bucket, got, err, test.want)
		}
	}
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "tokyo", Key: "k", Body: strings.NewReader("v")}, func(c *s3.Config) { c.Retry.MaxAttempts = 1 })
	if err != nil {
		t.Errorf("with an option: %v", err)
	}
}

// TestAttemptsOfTheEnvironment hold for calls with options as well.
func TestAttemptsOfTheEnvironment(t *testing.T) {
	cleanEnvironment(t)
	t.Setenv("AWS_MAX_ATTEMPTS", "2")
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.Inject(storagetest.Fault{Status: 503, Code: "SlowDown"})
	config := srv.Config()
	config.Retry.MinWait, config.Retry.MaxWait = 1, 1
	own := config
	own.Retry.MaxAttempts = 3
	agent := func(c *s3.Config) { c.UserAgent = "x" }
	for _, tt := range []struct {
		name   string
		client *s3.Client
		opts   []s3.Option
		want   int
	}{
		{name: "of the variable", client: newClient(t, config), want: 2},
		{name: "with another option", client: newClient(t, config), opts: []s3.Option{agent}, want: 2},
		{name: "of an option", client: newClient(t, config), opts: []s3.Option{func(c *s3.Config) { c.Retry.MaxAttempts = 1 }}, want: 1},
		{name: "of the Config", client: newClient(t, own), want: 3},
		{name: "taken back by an option", client: newClient(t, own), opts: []s3.Option{func(c *s3.Config) { c.Retry.MaxAttempts = 0 }}, want: 2},
	} {
		for range 2 {
			_, err := tt.client.ListBuckets(t.Context(), nil, tt.opts...)
			if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Attempts != tt.want {
				t.Errorf("%s: %v, want %d attempts", tt.name, err, tt.want)
			}
		}
	}
}

// TestBundleOfTheProfile trusts the authorities that the profile names, but
// leaves a transport of the user's alone, and says so once.
func TestBundleOfTheProfile(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithTLS())
	defer srv.Close()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(srv.URL, "https://"), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	dir := cleanEnvironment(t)
	file := filepath.Join(dir, "authorities.pem")
	writeFile(t, file, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: conn.ConnectionState().PeerCertificates[0].Raw})))
	writeFile(t, filepath.Join(dir, "config"), "[profile trusting]\nca_bundle = "+file+"\n[profile broken]\nca_bundle = "+file+".none\n[profile none]\n")

	config := srv.Config()
	config.HTTPClient = nil
	config.Retry.MaxAttempts = 1
	for profile, want := range map[string]string{
		"trusting": "",
		"none":     "certificate signed by unknown authority",
		"broken":   `ca_bundle of the AWS profile "broken" (` + filepath.Join(dir, "config") + ", line 4): open " + file + ".none: no such file",
	} {
		config.Profile = profile
		_, err := newClient(t, config).ListBuckets(t.Context(), nil)
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", profile, err, want)
		}
	}

	var log strings.Builder
	config = srv.Config()
	config.Profile, config.Checksum = "trusting", s3.ChecksumAlgorithmCrc32
	config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c := newClient(t, config)
	for range 3 {
		for _, checksum := range []s3.ChecksumAlgorithm{s3.ChecksumAlgorithmCrc32, ""} { // the second is looked up anew
			if _, err := c.ListBuckets(t.Context(), nil, func(c *s3.Config) { c.Checksum = checksum }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "is not used: HTTPClient has a Transport of its own") {
		t.Errorf("log %s, want one warning", got)
	}
}

// sts answers for the service of that name, and fails all other requests.
type sts struct{ asked []string }

func (s *sts) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, r.URL.Host)
	answer := &http.Response{StatusCode: 403, Header: http.Header{}, Body: http.NoBody, Request: r}
	if strings.HasPrefix(r.URL.Host, "sts.") {
		answer.StatusCode = 200
		answer.Body = io.NopCloser(strings.NewReader("<R><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>" +
			"<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></R>"))
	}
	return answer, nil
}

// TestRoleOfAProfile asks for it by the client's own means, in its region.
func TestRoleOfAProfile(t *testing.T) {
	dir := cleanEnvironment(t)
	writeFile(t, filepath.Join(dir, "config"), "[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = keys\n"+
		"[profile keys]\naws_access_key_id = K\naws_secret_access_key = s\n")
	for _, tt := range []struct {
		endpoint string
		want     []string
	}{
		{"", []string{"sts.eu-central-1.amazonaws.com", "s3.eu-central-1.amazonaws.com", "s3.eu-central-1.amazonaws.com"}},
		{"https://minio.example", []string{"sts.amazonaws.com", "minio.example", "minio.example"}},
	} {
		s := &sts{}
		c := newClient(t, s3.Config{Profile: "role", Region: "eu-central-1", Endpoint: tt.endpoint, HTTPClient: &http.Client{Transport: s}})
		for range 2 {
			if _, err := c.ListBuckets(t.Context(), nil); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("ListBuckets: %v", err)
			}
		}
		if !slices.Equal(s.asked, tt.want) {
			t.Errorf("endpoint %q: asked %q, want %q", tt.endpoint, s.asked, tt.want)
		}
	}
}

// expired refuses the first key, to all who use it at once.
type expired struct{ arrived sync.WaitGroup }

func (e *expired) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: http.NoBody}
	if strings.Contains(r.Header.Get("Authorization"), "Credential=KEY1/") {
		e.arrived.Done()
		e.arrived.Wait()
		answer.StatusCode = 400
		answer.Body = io.NopCloser(strings.NewReader("<Error><Code>ExpiredToken</Code></Error>"))
	}
	return answer, nil
}

// TestExpiredKeysAreRenewedOnce for all calls that they fail.
func TestExpiredKeysAreRenewedOnce(t *testing.T) {
	cleanEnvironment(t)
	const calls = 20
	e := &expired{}
	e.arrived.Add(calls)
	var lookups atomic.Int32
	c := newClient(t, s3.Config{Region: "us-east-1", HTTPClient: &http.Client{Transport: e},
		Credentials: credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
			return credentials.Credentials{AccessKeyID: fmt.Sprint("KEY", lookups.Add(1)), SecretAccessKey: "s", SessionToken: "t"}, nil
		})})
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() {
			if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: "photos", Key: "k"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := lookups.Load(); n != 2 {
		t.Errorf("%d look-ups, want 2", n)
	}
}

// bareRefusal refuses the first key as S3 refuses a HEAD: without a reason.
type bareRefusal struct{ asked int }

func (b *bareRefusal) RoundTrip(r *http.Request) (*http.Response, error) {
	b.asked++
	answer := &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: http.NoBody}
	if strings.Contains(r.Header.Get("Authorization"), "Credential=KEY1/") {
		answer.StatusCode = 400
	}
	return answer, nil
}

// TestHeadRenewsKeysThatMayHaveExpired, although its refusal has no code.
func TestHeadRenewsKeysThatMayHaveExpired(t *testing.T) {
	cleanEnvironment(t)
	for _, tt := range []struct {
		name  string
		keys  credentials.Credentials
		asked int
		fails bool
	}{
		{name: "temporary, without an end", keys: credentials.Credentials{SessionToken: "t"}, asked: 2},
		{name: "temporary, and good for another hour", keys: credentials.Credentials{SessionToken: "t", Expires: time.Now().Add(time.Hour)}, asked: 1, fails: true},
		{name: "lasting", asked: 1, fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := &bareRefusal{}
			lookups := 0
			c := newClient(t, s3.Config{Region: "us-east-1", HTTPClient: &http.Client{Transport: b},
				Credentials: credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
					lookups++
					keys := tt.keys
					keys.AccessKeyID, keys.SecretAccessKey = fmt.Sprint("KEY", lookups), "s"
					return keys, nil
				})})
			_, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: "photos", Key: "k"})
			if b.asked != tt.asked || (err != nil) != tt.fails {
				t.Errorf("%d requests, %v; want %d, and an error: %t", b.asked, err, tt.asked, tt.fails)
			}
		})
	}
}
