package credentials

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// The names of the files of sign-ins: SHA-1 of corp, and of the start URL.
const (
	corpFile = "sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
	urlFile  = "sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json"
)

const ssoConfig = `
[profile new]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = reader
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://my-sso-portal.awsapps.com/start
[profile old]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = reader
`

const roleCredentials = `{"roleCredentials":{"accessKeyId":"AKIDSSO","secretAccessKey":"hush-secret","sessionToken":"hush-token","expiration":1893553445000}}`

// now of testClock is 2026-01-02T03:04:05Z.
const freshToken = `{"startUrl":"https://my-sso-portal.awsapps.com/start","region":"eu-west-1","accessToken":"hush-access","expiresAt":"2026-01-02T11:04:05Z"}`

func expiring(at string) string {
	return `{"startUrl": "https://x", "accessToken": "hush-access", "expiresAt": "` + at + `",
	"clientId": "hush-client", "clientSecret": "hush-client-secret", "refreshToken": "hush-refresh", "unknown": [1, {"a": "b\n"}]}`
}

// silent is a transport by which one path does not answer.
type silent struct {
	path string
	http.RoundTripper
}

func (s silent) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == s.path {
		<-r.Context().Done()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return s.RoundTripper.RoundTrip(r)
}

// TestSSOWithoutRefresh: that a token cannot be refreshed ahead of its end leaves time
// to use it.
func TestSSOWithoutRefresh(t *testing.T) {
	inHome(t, map[string]string{"config": ssoConfig, corpFile: expiring("2026-01-02T03:09:00Z")})
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Transport: silent{"/token", answering{200, "", []byte(roleCredentials)}}}
		c := Cached(Profile("new", testClock, func(c *AWSConfig) { c.HTTPClient = client }))
		if got, err := c.Retrieve(t.Context()); err != nil || got.AccessKeyID != "AKIDSSO" {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func TestSSO(t *testing.T) {
	for _, tt := range []struct {
		name, profile string
		files         map[string]string
		answers       map[string]http.HandlerFunc
		want          []string // path and query of requests with the token they use
		err           string
	}{
		{name: "session", profile: "new", files: map[string]string{corpFile: freshToken},
			want: []string{"/federation/credentials?account_id=123456789012&role_name=reader hush-access"}},
		{name: "start URL", profile: "old", files: map[string]string{urlFile: freshToken},
			want: []string{"/federation/credentials?account_id=123456789012&role_name=reader hush-access"}},
		{name: "zone of old tools", profile: "old", files: map[string]string{urlFile: strings.Replace(freshToken, "05Z", "05UTC", 1)},
			want: []string{"/federation/credentials?account_id=123456789012&role_name=reader hush-access"}},
		{name: "never signed in", profile: "new", err: `credentials: nobody has signed in to the SSO session "corp": run aws sso login --sso-session corp`},
		{name: "never signed in to an old one", profile: "old", err: "credentials: nobody has signed in to https://my-sso-portal.awsapps.com/start: run aws sso login --profile old"},
		{name: "expired", profile: "old", files: map[string]string{urlFile: expiring("2026-01-02T03:04:05Z")},
			err: "credentials: the sign-in to https://my-sso-portal.awsapps.com/start has expired: run aws sso login --profile old"},
		{name: "expired for good", profile: "new", files: map[string]string{corpFile: strings.Replace(freshToken, "T11", "T02", 1)},
			err: `credentials: the sign-in to the SSO session "corp" has expired: run aws sso login --sso-session corp`},
		{name: "refreshed", profile: "new", files: map[string]string{corpFile: expiring("2026-01-02T03:00:00Z")},
			want: []string{"/token ", "/federation/credentials?account_id=123456789012&role_name=reader hush-refreshed"}},
		{name: "refreshed ahead", profile: "new", files: map[string]string{corpFile: expiring("2026-01-02T03:09:00Z")},
			want: []string{"/token ", "/federation/credentials?account_id=123456789012&role_name=reader hush-refreshed"}},
		{name: "refused ahead", profile: "new", files: map[string]string{corpFile: expiring("2026-01-02T03:09:00Z")},
			answers: map[string]http.HandlerFunc{"/token": text(400, `{"error":"invalid_grant","error_description":"hush-refresh is no good"}`)},
			want:    []string{"/token ", "/federation/credentials?account_id=123456789012&role_name=reader hush-access"}},
		{name: "refused too late", profile: "new", files: map[string]string{corpFile: expiring("2026-01-02T03:00:00Z")},
			answers: map[string]http.HandlerFunc{"/token": text(400, `{"error":"invalid_grant"}`)}, want: []string{"/token "},
			err: `credentials: the sign-in to the SSO session "corp" has expired: run aws sso login --sso-session corp`},
		{name: "no token in the answer", profile: "new", files: map[string]string{corpFile: expiring("2026-01-02T03:00:00Z")},
			answers: map[string]http.HandlerFunc{"/token": text(200, `{"expiresIn":3600}`)}, want: []string{"/token "},
			err: `credentials: the sign-in to the SSO session "corp" has expired: run aws sso login --sso-session corp`},
		{name: "no longer valid", profile: "new", files: map[string]string{corpFile: freshToken},
			answers: map[string]http.HandlerFunc{"/federation/credentials": text(401, `{"message":"Session token not found or invalid"}`)},
			want:    []string{"/federation/credentials?account_id=123456789012&role_name=reader hush-access"},
			err:     `credentials: the sign-in to the SSO session "corp" is no longer valid: run aws sso login --sso-session corp`},
		{name: "not this role", profile: "new", files: map[string]string{corpFile: freshToken},
			answers: map[string]http.HandlerFunc{"/federation/credentials": func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Amzn-ErrorType", "ForbiddenException:http://internal.amazon.com/")
				text(403, `{"message":"No access for hush-access"}`)(w, r)
			}},
			want: []string{"/federation/credentials?account_id=123456789012&role_name=reader hush-access"},
			err:  "credentials: IAM Identity Center answered 403 Forbidden, ForbiddenException: No access for [secret]"},
		{name: "half an answer", profile: "new", files: map[string]string{corpFile: freshToken},
			answers: map[string]http.HandlerFunc{"/federation/credentials": text(200, `{"roleCredentials":{"accessKeyId":"hush"}}`)},
			want:    []string{"/federation/credentials?account_id=123456789012&role_name=reader hush-access"},
			err:     "credentials: IAM Identity Center answered 200 OK: the answer lacks a part of the credentials"},
		{name: "file without a token", profile: "new", files: map[string]string{corpFile: `{"accessToken":1}`}, err: "credentials: HOME/.aws/" + corpFile + " holds no token of a sign-in: run aws sso login --sso-session corp"},
		{name: "file without an end", profile: "new", files: map[string]string{corpFile: `{"accessToken":"hush"}`}, err: "credentials: HOME/.aws/" + corpFile + " does not say when its token expires: run aws sso login --sso-session corp"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"config": ssoConfig}
			for name, content := range tt.files {
				files[name] = content
			}
			home := inHome(t, files)
			c := newCloud(t)
			c.on("/federation/credentials", text(200, roleCredentials))
			c.on("/token", text(200, `{"accessToken":"hush-refreshed","expiresIn":3600,"tokenType":"Bearer","refreshToken":"hush-next"}`))
			for path, answer := range tt.answers {
				c.on(path, answer)
			}
			setEnv(t, "AWS_ENDPOINT_URL_SSO="+c.URL, "AWS_ENDPOINT_URL_SSO_OIDC="+c.URL)
			got, err := Profile(tt.profile, testClock).Retrieve(t.Context())
			if tt.err = strings.Replace(tt.err, "HOME", home, 1); errorText(err) != tt.err || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("error\n%v, want\n%s", err, tt.err)
			}
			want := Credentials{AccessKeyID: "AKIDSSO", SecretAccessKey: "hush-secret", SessionToken: "hush-token", Expires: later, Source: "profile " + tt.profile}
			if tt.err != "" {
				want = Credentials{}
			} else {
				got.Expires = got.Expires.UTC()
			}
			same(t, "Profile", got, want)
			var log []string
			for _, r := range c.log() {
				log = append(log, r.URL.RequestURI()+" "+r.Header.Get("X-Amz-Sso_bearer_token"))
			}
			if diff := cmp.Diff(tt.want, log); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSSORefresh sends what the service wants, and leaves the file as other
// tools want it.
func TestSSORefresh(t *testing.T) {
	home := inHome(t, map[string]string{corpFile: expiring("2026-01-02T03:00:00Z")})
	c := newCloud(t)
	c.on("/federation/credentials", text(200, roleCredentials))
	c.on("/token", text(200, `{"accessToken":"hush-refreshed","expiresIn":3600,"refreshToken":"hush-next"}`))
	setEnv(t, "AWS_ENDPOINT_URL_SSO="+c.URL, "AWS_ENDPOINT_URL_SSO_OIDC="+c.URL)
	p := SSO(SSOAccount{AccountID: "1", RoleName: "reader", Region: "eu-west-1", Session: "corp"}, testClock)
	if _, err := p.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	request := c.log()[0]
	if want := `{"clientId":"hush-client","clientSecret":"hush-client-secret","grantType":"refresh_token","refreshToken":"hush-refresh"}`; request.Method != "POST" || request.body != want {
		t.Errorf("%s %s, want POST %s", request.Method, request.body, want)
	}
	path := filepath.Join(home, ".aws", filepath.FromSlash(corpFile))
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"startUrl": "https://x", "accessToken": "hush-refreshed", "expiresAt": "2026-01-02T04:04:05Z", ` +
		`"clientId": "hush-client", "clientSecret": "hush-client-secret", "refreshToken": "hush-next", "unknown": [1, {"a": "b\n"}]}`
	if string(got) != want {
		t.Errorf("file\n%s, want\n%s", got, want)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want a file that only its owner reads", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v; want no other file", entries, err)
	}
	if _, err := p.Retrieve(t.Context()); err != nil { // by the token in the file
		t.Fatal(err)
	}
	if log := c.log(); len(log) != 1 || log[0].Header.Get("X-Amz-Sso_bearer_token") != "hush-refreshed" {
		t.Errorf("requests %v, want one with the token refreshed", log)
	}
}

func TestSSOEndpoints(t *testing.T) {
	inHome(t, map[string]string{urlFile: freshToken, corpFile: expiring("2026-01-02T03:00:00Z")})
	e := &exchange{answers: []answer{{status: 200, body: `{"accessToken":"hush","expiresIn":60}`}, {status: 200, body: roleCredentials}}}
	client := func(c *AWSConfig) { c.HTTPClient = &http.Client{Transport: e} }
	account := SSOAccount{AccountID: "1", RoleName: "r", Region: "cn-north-1", Session: "corp"}
	if _, err := SSO(account, testClock, client).Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range e.requests {
		got = append(got, r.URL.String())
	}
	if diff := cmp.Diff([]string{
		"https://oidc.cn-north-1.amazonaws.com.cn/token",
		"https://portal.sso.cn-north-1.amazonaws.com.cn/federation/credentials?account_id=1&role_name=r",
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestBadSSOAccount(t *testing.T) {
	inHome(t, nil)
	for _, tt := range []struct {
		account SSOAccount
		want    string
	}{
		{SSOAccount{RoleName: "r", Region: "eu-west-1", Session: "s"}, "credentials: single sign-on needs an account, a role, and a session or start URL"},
		{SSOAccount{AccountID: "1", RoleName: "r", Region: "eu-west-1"}, "credentials: single sign-on needs an account, a role, and a session or start URL"},
		{SSOAccount{AccountID: "1", RoleName: "r", Region: "evil/", Session: "s"}, `credentials: the region of single sign-on, "evil/", is not the name of a region, such as us-east-1`},
		{SSOAccount{AccountID: "1", RoleName: "r", Region: "eu-west-1", StartURL: "https://x"}, "credentials: nobody has signed in to https://x: run aws sso login"},
	} {
		if _, err := SSO(tt.account).Retrieve(t.Context()); errorText(err) != tt.want {
			t.Errorf("%+v: %v, want %s", tt.account, err, tt.want)
		}
	}
}

// TestSSOWithoutAHome has nowhere to look for tokens.
func TestSSOWithoutAHome(t *testing.T) {
	inHome(t, nil)
	setEnv(t, "HOME=", "USERPROFILE=", "home=")
	_, err := SSO(SSOAccount{AccountID: "1", RoleName: "r", Region: "eu-west-1", Session: "s"}).Retrieve(t.Context())
	checkError(t, err, "credentials: single sign-on: there is no home directory with tokens")
}

// TestSSOOfAReadOnlyHome: the token serves though it cannot be written down.
func TestSSOOfAReadOnlyHome(t *testing.T) {
	home := inHome(t, map[string]string{corpFile: expiring("2026-01-02T03:00:00Z")})
	dir := filepath.Join(home, ".aws", "sso", "cache")
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	e := &exchange{answers: []answer{{status: 200, body: `{"accessToken":"hush","expiresIn":60}`}, {status: 200, body: roleCredentials}}}
	got, err := SSO(SSOAccount{AccountID: "1", RoleName: "r", Region: "eu-west-1", Session: "corp"}, testClock,
		func(c *AWSConfig) { c.HTTPClient = &http.Client{Transport: e} }).Retrieve(t.Context())
	if err != nil || got.AccessKeyID != "AKIDSSO" || !got.Expires.Equal(later) {
		t.Errorf("%v, %v", got, err)
	}
}
