package ibmcos_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

// setUp gives the test an empty home, and this environment alone.
func setUp(t *testing.T, variables map[string]string) (home string) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		for _, prefix := range []string{"AWS_", "IBM_", "COS_", "TRUSTED_PROFILE_", "IAM_", "CR_TOKEN_"} {
			if strings.HasPrefix(name, prefix) {
				t.Setenv(name, "")
			}
		}
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for name, value := range variables {
		t.Setenv(name, value)
	}
	return home
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEnvironment has a Config without credentials find them, and the service
// instance with them.
func TestEnvironment(t *testing.T) {
	srv, _ := serve(t, storagetest.WithCredentials("ID", "secret"))
	crToken := filepath.Join(t.TempDir(), "cr-token")
	write(t, crToken, srv.CRToken()+"\n")
	key, iam, instance := srv.APIKey(), srv.TokenURL(), srv.ServiceInstance()
	file := fmt.Sprintf(`{"apikey":%q,"iam_auth_endpoint":%q,"resource_instance_id":"crn:v1:bluemix:public:cloud-object-storage:global:a/1:%s::"}`, key, iam, instance)
	hmacFile := `{"apikey":"wrong","cos_hmac_keys":{"access_key_id":"ID","secret_access_key":"secret"}}`
	shared := fmt.Sprintf("ibm_api_key_id = %s\nibm_auth_endpoint = %s\nibm_service_instance_id = %s\n", key, iam, instance)

	for _, test := range []struct {
		name      string
		variables map[string]string
		files     map[string]string // in the home directory
		profile   string
		tokens    bool   // by IAM
		want      string // of the error
	}{
		{name: "API key", tokens: true, variables: map[string]string{"IBM_API_KEY_ID": key, "IBM_AUTH_ENDPOINT": iam, "IBM_SERVICE_INSTANCE_ID": instance}},
		{name: "API key at the path of older configurations", tokens: true, variables: map[string]string{"IBM_API_KEY_ID": key, "IBM_AUTH_ENDPOINT": srv.URL + "/oidc/token", "IBM_SERVICE_INSTANCE_ID": instance}},
		{name: "profile of a container", tokens: true, variables: map[string]string{
			"TRUSTED_PROFILE_ID": srv.TrustedProfileID(), "CR_TOKEN_FILE_PATH": crToken, "IBM_AUTH_ENDPOINT": iam, "IBM_SERVICE_INSTANCE_ID": instance}},
		{name: "profile of a container by name", tokens: true, variables: map[string]string{
			"TRUSTED_PROFILE_NAME": srv.TrustedProfileName(), "IAM_ACCOUNT_ID": srv.Account(), "CR_TOKEN_FILE_PATH": crToken, "IBM_AUTH_ENDPOINT": iam, "IBM_SERVICE_INSTANCE_ID": instance}},
		{name: "assumed profile", tokens: true, variables: map[string]string{
			"TRUSTED_PROFILE_ID": srv.TrustedProfileID(), "IBM_SERVICE_ID_API_KEY": key, "IBM_AUTH_ENDPOINT": iam, "IBM_SERVICE_INSTANCE_ID": instance}},
		{name: "file", tokens: true, variables: map[string]string{"IBM_SERVICE_INSTANCE_ID": "another"}, files: map[string]string{".bluemix/cos_credentials": file}},
		{name: "file elsewhere", tokens: true, variables: map[string]string{"COS_CREDENTIALS_FILE": "~/service.json"}, files: map[string]string{"service.json": file, ".bluemix/cos_credentials": "broken"}},
		{name: "file with HMAC keys", files: map[string]string{".bluemix/cos_credentials": hmacFile}},
		{name: "shared files", tokens: true, files: map[string]string{".aws/credentials": "[default]\n" + shared}},
		{name: "shared config", tokens: true, variables: map[string]string{"AWS_PROFILE": "ibm"}, files: map[string]string{".aws/config": "[profile ibm]\n" + shared}},
		{name: "HMAC", variables: map[string]string{"COS_HMAC_ACCESS_KEY_ID": "ID", "COS_HMAC_SECRET_ACCESS_KEY": "secret"}},
		{name: "as the AWS tools", variables: map[string]string{"AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret"}},
		{name: "AWS keys in the shared files", files: map[string]string{".aws/credentials": "[default]\naws_access_key_id = ID\naws_secret_access_key = secret\n"}},

		{name: "the API key goes first", want: "BXNIM0415E",
			variables: map[string]string{"IBM_API_KEY_ID": "wrong", "IBM_AUTH_ENDPOINT": iam, "COS_HMAC_ACCESS_KEY_ID": "ID", "COS_HMAC_SECRET_ACCESS_KEY": "secret"},
			files:     map[string]string{".bluemix/cos_credentials": file, ".aws/credentials": "[default]\n" + shared}},
		{name: "the file goes before shared files and keys of AWS", tokens: true, variables: map[string]string{"AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong"},
			files: map[string]string{".bluemix/cos_credentials": file, ".aws/credentials": "[default]\nibm_api_key_id = wrong\n"}},
		{name: "shared files go before HMAC", tokens: true, variables: map[string]string{"COS_HMAC_ACCESS_KEY_ID": "wrong", "COS_HMAC_SECRET_ACCESS_KEY": "wrong"},
			files: map[string]string{".aws/credentials": "[default]\n" + shared}},
		{name: "an explicit profile", profile: "ibm", tokens: true,
			variables: map[string]string{"IBM_API_KEY_ID": "wrong", "IBM_SERVICE_INSTANCE_ID": "another", "AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong"},
			files:     map[string]string{".bluemix/cos_credentials": "broken", ".aws/credentials": "[ibm]\n" + shared}},
		{name: "an explicit profile of AWS keys", profile: "hmac", variables: map[string]string{"IBM_API_KEY_ID": "wrong"},
			files: map[string]string{".aws/credentials": "[hmac]\naws_access_key_id = ID\naws_secret_access_key = secret\n"}},

		{name: "an explicit profile without the instance", profile: "ibm", want: "an IAM token does not say of which service instance",
			variables: map[string]string{"IBM_SERVICE_INSTANCE_ID": instance},
			files:     map[string]string{".aws/credentials": "[ibm]\nibm_api_key_id = " + key + "\nibm_auth_endpoint = " + iam}},
		{name: "an explicit profile that is not there", profile: "ibm", want: `the AWS profile "ibm" is neither in `},
		{name: "API key and profile", want: "the environment has IBM_API_KEY_ID and TRUSTED_PROFILE_ID: an API key and a trusted profile do not go together",
			variables: map[string]string{"IBM_API_KEY_ID": key, "TRUSTED_PROFILE_ID": "Profile-1"}},
		{name: "profile by two names", want: "the environment has TRUSTED_PROFILE_ID and TRUSTED_PROFILE_NAME: a trusted profile is named by one of them",
			variables: map[string]string{"TRUSTED_PROFILE_NAME": "a", "TRUSTED_PROFILE_ID": "Profile-1"}},
		{name: "profile by two ways", want: "the environment has CR_TOKEN_FILE_PATH and IBM_SERVICE_ID_API_KEY: a trusted profile is taken on by one of them",
			variables: map[string]string{"CR_TOKEN_FILE_PATH": crToken, "IBM_SERVICE_ID_API_KEY": key, "TRUSTED_PROFILE_ID": "Profile-1"}},
		{name: "profile without its account", want: "the environment has TRUSTED_PROFILE_NAME but not IAM_ACCOUNT_ID, the account that has the profile",
			variables: map[string]string{"TRUSTED_PROFILE_NAME": "a"}},
		{name: "service id without a profile", want: "the environment has IBM_SERVICE_ID_API_KEY, but neither TRUSTED_PROFILE_ID nor TRUSTED_PROFILE_NAME to say which profile it assumes",
			variables: map[string]string{"IBM_SERVICE_ID_API_KEY": key}},
		{name: "container without a token", want: "no-such-file", variables: map[string]string{"TRUSTED_PROFILE_ID": "Profile-1", "CR_TOKEN_FILE_PATH": "no-such-file", "AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret"}},
		{name: "broken file", want: "cos_credentials are not a JSON object", files: map[string]string{".bluemix/cos_credentials": "apikey: x"},
			variables: map[string]string{"AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret"}},
		{name: "file that is not there", want: "(COS_CREDENTIALS_FILE) does not exist",
			variables: map[string]string{"COS_CREDENTIALS_FILE": "no-such-file", "AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret"}},
		{name: "half a pair", want: "the environment has COS_HMAC_ACCESS_KEY_ID but not COS_HMAC_SECRET_ACCESS_KEY",
			variables: map[string]string{"COS_HMAC_ACCESS_KEY_ID": "ID", "AWS_ACCESS_KEY_ID": "ID", "AWS_SECRET_ACCESS_KEY": "secret"}},
		{name: "the other half", want: "the environment has COS_HMAC_SECRET_ACCESS_KEY but not COS_HMAC_ACCESS_KEY_ID", variables: map[string]string{"COS_HMAC_SECRET_ACCESS_KEY": "secret"}},
		{name: "nothing", want: "of IBM's own, there are neither IBM_API_KEY_ID nor TRUSTED_PROFILE_ID nor TRUSTED_PROFILE_NAME, no file of COS_CREDENTIALS_FILE or ~/.bluemix/cos_credentials, no ibm_api_key_id in the AWS profile, and no COS_HMAC_ACCESS_KEY_ID",
			variables: map[string]string{"AWS_EC2_METADATA_DISABLED": "true"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			home := setUp(t, test.variables)
			for name, content := range test.files {
				write(t, filepath.Join(home, filepath.FromSlash(name)), content)
			}
			before := tokens(srv)
			c := newClient(t, ibmcos.Config{Endpoint: srv.URL, Profile: test.profile})
			out, err := c.ListBuckets(t.Context(), nil)
			if test.want != "" {
				if err == nil || !strings.HasPrefix(err.Error(), "ibmcos: ListBuckets: ") || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want %s", err, test.want)
				}
				if test.name == "nothing" && !errors.Is(err, credentials.ErrNone) {
					t.Errorf("%v is not ErrNone", err)
				}
			} else if err != nil || len(out.Buckets) != 1 || (tokens(srv) > before) != test.tokens {
				t.Errorf("%+v, %v; %d tokens", out, err, tokens(srv)-before)
			}
		})
	}
	if _, err := newClient(t, ibmcos.Config{}).ListBuckets(t.Context(), nil); err == nil || err.Error() != "ibmcos: ListBuckets: no region: set Config.Region or Endpoint" {
		t.Errorf("neither Region nor Endpoint: %v", err)
	}
}

// TestInstanceBesideCredentials: credentials that are given still take the
// service instance from the environment.
func TestInstanceBesideCredentials(t *testing.T) {
	srv, _ := serve(t)
	setUp(t, map[string]string{"IBM_SERVICE_INSTANCE_ID": srv.ServiceInstance()})
	config := srv.Config()
	config.ServiceInstanceId = ""
	call(t, newClient(t, config).ListBuckets, nil)
	config.ServiceInstanceId = "another"
	if _, err := newClient(t, config).ListBuckets(t.Context(), nil); !errors.Is(err, ibmcos.ErrAccessDenied) {
		t.Errorf("the instance of the Config has to win: %v", err)
	}
}

// TestTrustedProfiles of every kind work with a client that is given them.
func TestTrustedProfiles(t *testing.T) {
	srv, _ := serve(t)
	crToken := filepath.Join(t.TempDir(), "cr-token")
	write(t, crToken, srv.CRToken())
	at := func(c *credentials.IBMIAMConfig) {
		c.Endpoint, c.CRTokenFile, c.MetadataEndpoint = srv.TokenURL(), crToken, srv.MetadataURL()
	}
	service := credentials.IBMIAM(srv.APIKey(), at)
	byID, byCRN := credentials.IBMProfile{ID: srv.TrustedProfileID()}, credentials.IBMProfile{CRN: srv.TrustedProfileCRN()}
	byName := credentials.IBMProfile{Name: srv.TrustedProfileName(), AccountID: srv.Account()}
	for name, p := range map[string]credentials.Provider{
		"container by id": credentials.IBMContainer(byID, at), "container by CRN": credentials.IBMContainer(byCRN, at), "container by name": credentials.IBMContainer(byName, at),
		"VPC by id": credentials.IBMVPCInstance(byID, at), "VPC by CRN": credentials.IBMVPCInstance(byCRN, at), "VPC": credentials.IBMVPCInstance(credentials.IBMProfile{}, at),
		"assumed by id": credentials.IBMAssume(service, byID, at), "assumed by CRN": credentials.IBMAssume(service, byCRN, at), "assumed by name": credentials.IBMAssume(service, byName, at),
	} {
		t.Run(name, func(t *testing.T) {
			config := srv.Config()
			config.Credentials = p
			c := newClient(t, config)
			put(t, c, "k", name)
			if got := get(t, c, "k"); got != name {
				t.Errorf("read %q", got)
			}
		})
	}
	config := srv.Config()
	config.Credentials = credentials.IBMContainer(credentials.IBMProfile{ID: "Profile-unknown"}, at)
	if _, err := newClient(t, config).ListBuckets(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "credentials: IBM IAM answered 4") {
		t.Errorf("a profile that is not linked: %v", err)
	}

	token, err := credentials.IBMDelegatedToken(srv.APIKey(), at)(t.Context())
	if err != nil || token == "" {
		t.Errorf("delegated token: %v", err)
	}
}

// TestTokenCallsUseTheClient: its connections and its clock, also for
// credentials that an option sets.
func TestTokenCallsUseTheClient(t *testing.T) {
	setUp(t, nil)
	for name, give := range map[string]func(*ibmcos.Config) ibmcos.Option{
		"Config": func(c *ibmcos.Config) ibmcos.Option {
			c.Credentials = credentials.IBMIAM("key")
			return func(*ibmcos.Config) {}
		},
		"Option": func(c *ibmcos.Config) ibmcos.Option {
			c.Credentials = credentials.Static("ID", "secret", "")
			return func(c *ibmcos.Config) { c.Credentials = credentials.IBMIAM("key") }
		},
		"environment": func(*ibmcos.Config) ibmcos.Option {
			t.Setenv("IBM_API_KEY_ID", "key")
			return func(*ibmcos.Config) {}
		},
	} {
		var hosts []string
		now := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		config := ibmcos.Config{Region: "us-south", Network: ibmcos.NetworkPublic, Clock: func() time.Time { return now }}
		config.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			if strings.HasSuffix(r.URL.Path, "/token") {
				return reply(r, 200, `{"access_token":"token","expires_in":3600}`), nil
			}
			return reply(r, 200, ""), nil
		})}
		opt := give(&config)
		c := newClient(t, config)
		head := func() {
			t.Helper()
			if _, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"}, opt); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		head()
		want := "iam.cloud.ibm.com photos.s3.us-south.cloud-object-storage.appdomain.cloud"
		if got := strings.Join(hosts, " "); got != want {
			t.Errorf("%s: requests to %s, want %s", name, got, want)
		}
		if name == "Option" {
			continue // its token is for one call
		}
		head()
		now = now.Add(2 * time.Hour) // by the client's clock the token has expired
		head()
		if n := len(hosts); n != 5 {
			t.Errorf("%s: requests to %s, want two for tokens", name, hosts)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func reply(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// TestPrivateIAM: who is on a private network reaches the token service there,
// too, unless it is told another address.
func TestPrivateIAM(t *testing.T) {
	for _, test := range []struct {
		network   ibmcos.Network
		variables map[string]string
		want      string
	}{
		{"", nil, "https://iam.cloud.ibm.com/identity/token"},
		{ibmcos.NetworkPublic, nil, "https://iam.cloud.ibm.com/identity/token"},
		{ibmcos.NetworkPrivate, nil, "https://private.iam.cloud.ibm.com/identity/token"},
		{ibmcos.NetworkDirect, nil, "https://private.iam.cloud.ibm.com/identity/token"},
		{ibmcos.NetworkDirect, map[string]string{"IBM_AUTH_ENDPOINT": "https://iam.test.cloud.ibm.com"}, "https://iam.test.cloud.ibm.com/identity/token"},
	} {
		variables := map[string]string{"IBM_API_KEY_ID": "key"}
		maps.Copy(variables, test.variables)
		setUp(t, variables)
		var asked *url.URL
		c := newClient(t, ibmcos.Config{Region: "us-south", Network: test.network, HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			asked = r.URL
			return reply(r, 400, `{"errorMessage":"enough"}`), nil
		})}})
		_, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"})
		if err == nil || !strings.Contains(err.Error(), "enough") || asked.String() != test.want {
			t.Errorf("%q: %v by %v, want %s", test.network, err, asked, test.want)
		}
	}
}
