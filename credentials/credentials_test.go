package credentials

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	testSecret = "hush-secret"
	testToken  = "hush-token"
	testBearer = "hush-bearer"
)

// inHome gives the test a home directory with these shared files and an
// environment without AWS settings.
func inHome(t *testing.T, files map[string]string) (home string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	for name, text := range files {
		path := filepath.Join(home, ".aws", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// same compares all fields; cmp.Diff alone would go by Format.
func same(t *testing.T, call string, got, want Credentials) {
	t.Helper()
	if got != want {
		type bare Credentials
		t.Errorf("%s (-want +got):\n%s", call, cmp.Diff(bare(want), bare(got)))
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	c := Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: testSecret, SessionToken: testToken, Source: "test"}
	bearer := Credentials{Token: testBearer, Source: "test"}
	static := Static("AKIDEXAMPLE", testSecret, testToken)
	cache := Cached(static)
	if _, err := cache.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	iam := IBMIAM(testSecret, func(c *IBMIAMConfig) { c.ClientID, c.ClientSecret = "id", testSecret })
	assumed := IBMAssume(iam, IBMProfile{ID: "Profile-1"}, func(c *IBMIAMConfig) { c.ClientSecret = testSecret })
	linked := IBMContainer(IBMProfile{Name: "backup"})
	service := &IBMServiceCredentials{APIKey: testSecret, HMACAccessKeyID: "AKIDEXAMPLE", HMACSecretAccessKey: testSecret}
	var iamConfig IBMIAMConfig
	iamConfig.ClientSecret = testSecret
	role := AssumeRole(static, Role{ARN: roleARN, ExternalID: testSecret})
	process := Process("keys --password " + testSecret)
	foreign := FromAWS(sdkKeys{sdkCredentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: testSecret}})
	type nested struct {
		C Credentials
		P *Credentials
		L []Credentials
		M map[string]Credentials
		S Provider
		A any
	}
	whole := nested{c, &bearer, []Credentials{c, bearer}, map[string]Credentials{"k": c}, static, c}
	values := map[string]any{
		"value": c, "pointer": &c, "bearer": bearer, "nested": whole, "nested pointer": &whole,
		"error": fmt.Errorf("with %v and %s: %w", c, static, errors.New("broken")), "static": static, "cache": cache,
		"nested cache": struct{ P Provider }{cache}, "IBM": iam, "nested IBM": struct{ P Provider }{iam},
		"hidden provider": struct{ p Provider }{static}, "hidden IBM": struct{ p Provider }{iam},
		"role": role, "nested role": struct{ P Provider }{role}, "process": process, "hidden process": struct{ p Provider }{process},
		"foreign": foreign, "hidden foreign": struct{ p Provider }{foreign}, "cache of a role": Cached(role),
		"assumed": assumed, "nested assumed": struct{ P Provider }{assumed}, "hidden assumed": struct{ p Provider }{assumed}, "cache of a profile": Cached(assumed),
		"service credentials": service, "service credentials by value": *service, "IAM config": iamConfig, "by its own client": iam.(borrower).By(nil, nil),
	}
	hidden := []string{"hush", hex.EncodeToString([]byte("hush")), strings.Trim(fmt.Sprint([]byte("hush")), "[]")}
	check := func(how, text string) {
		t.Helper()
		for _, secret := range hidden {
			if strings.Contains(strings.ToLower(text), secret) {
				t.Errorf("%s shows a secret: %s", how, text)
			}
		}
	}
	for p, want := range map[Provider]string{
		Default(): "default credentials", Profile("x"): `profile "x"`, role: "role " + roleARN, WebIdentity(Role{ARN: "arn"}, "file"): "role arn",
		Container(): "container credentials", InstanceMetadata(): "instance metadata", process: "credential process", foreign: "credentials of the AWS SDK",
		iam: "IBM IAM (https://iam.cloud.ibm.com)", assumed: "IBM trusted profile Profile-1", linked: "IBM trusted profile backup, by a compute resource token",
		IBMVPCInstance(IBMProfile{}):                        "IBM trusted profile (the default), of a VPC instance",
		SSO(SSOAccount{AccountID: "1", RoleName: "reader"}): "single sign-on to 1 as reader",
	} {
		if got := fmt.Sprint(p); got != want {
			t.Errorf("printed as %q, want %q", got, want)
		}
	}
	for name, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3v"} {
			check(name+" by "+verb, fmt.Sprintf(verb, value))
		}
		var text, structured strings.Builder
		slog.New(slog.NewTextHandler(&text, nil)).Info("m", "k", value)
		slog.New(slog.NewJSONHandler(&structured, nil)).Info("m", "k", value)
		check(name+" by slog as text", text.String())
		check(name+" by slog as JSON", structured.String())
		if encoded, err := json.Marshal(value); err == nil {
			check(name+" by JSON", string(encoded))
		}
	}
	for _, text := range []string{c.String(), c.GoString(), fmt.Sprint(c), fmt.Sprintf("%#v", c), c.LogValue().String()} {
		if text != "AKIDEXAMPLE (test)" {
			t.Errorf("printed as %q, want key id and source", text)
		}
	}
	if got := bearer.String(); got != "bearer token (test)" {
		t.Errorf("a token is printed as %q", got)
	}
	if got := (Credentials{}).String(); got != "no key" {
		t.Errorf("no credentials are printed as %q", got)
	}
}

func TestStatic(t *testing.T) {
	got, err := Static("id", "secret", "token").Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "Static", got, Credentials{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "token", Source: "static"})
	for _, p := range []Provider{Static("", "secret", ""), Static("id", "", "")} {
		if _, err := p.Retrieve(t.Context()); err == nil {
			t.Errorf("%v: half a pair of keys was accepted", p)
		}
	}
}

func TestAnonymous(t *testing.T) {
	got, err := Anonymous().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "Anonymous", got, Credentials{Source: "anonymous"})
	if !IsAnonymous(Anonymous()) || IsAnonymous(Static("", "", "")) || IsAnonymous(nil) {
		t.Error("IsAnonymous does not tell Anonymous from others")
	}
}

func TestSame(t *testing.T) {
	one, function := Static("id", "secret", ""), ProviderFunc(Env().Retrieve)
	cache := Cached(one)
	for _, tt := range []struct {
		name string
		a, b Provider
		want bool
	}{
		{"none", nil, nil, true},
		{"none and one", nil, one, false},
		{"one", one, one, true},
		{"equal keys of another call", one, Static("id", "secret", ""), false},
		{"environment", Env(), Env(), true},
		{"profile", Profile("a"), Profile("a"), true},
		{"profiles", Profile("a"), Profile("b"), false},
		{"default", Default(), Default(), true},
		{"cache", cache, cache, true},
		{"kinds", Env(), Default(), false},
		{"container", Container(), Container(), true},
		{"instance", InstanceMetadata(), InstanceMetadata(), true},
		{"profile with options", Profile("a", testClock), Profile("a", testClock), false},
		{"functions cannot be compared", function, function, false},
	} {
		if got := Same(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: Same = %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestDefaultFor(t *testing.T) {
	if got := DefaultFor(""); got != Default() {
		t.Errorf("without a profile: %#v", got)
	}
	if got := DefaultFor("backup"); got != Profile("backup") {
		t.Errorf("with a profile: %#v", got)
	}
}

func TestEnv(t *testing.T) {
	for _, tt := range []struct {
		name              string
		id, secret, token string
		want              Credentials
		err               string
	}{
		{name: "all", id: "id", secret: "secret", token: "token", want: Credentials{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "token", Source: "environment"}},
		{name: "lasting keys", id: "id", secret: "secret", want: Credentials{AccessKeyID: "id", SecretAccessKey: "secret", Source: "environment"}},
		{name: "no secret", id: "id", err: "has AWS_ACCESS_KEY_ID but not AWS_SECRET_ACCESS_KEY"},
		{name: "no id", secret: testSecret, err: "has AWS_SECRET_ACCESS_KEY but not AWS_ACCESS_KEY_ID"},
		{name: "nothing", token: "token", err: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("AWS_ACCESS_KEY_ID", tt.id)
			t.Setenv("AWS_SECRET_ACCESS_KEY", tt.secret)
			t.Setenv("AWS_SESSION_TOKEN", tt.token)
			got, err := Env().Retrieve(t.Context())
			checkError(t, err, tt.err)
			same(t, "Env", got, tt.want)
			if wantNone := tt.id == "" && tt.secret == ""; errors.Is(err, ErrNone) != wantNone {
				t.Errorf("errors.Is(%v, ErrNone) = %t", err, !wantNone)
			}
		})
	}
}

// checkError wants an error that holds text, or none where text is empty.
func checkError(t *testing.T, err error, text string) {
	t.Helper()
	switch {
	case text == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case text != "" && (err == nil || !strings.Contains(err.Error(), text)):
		t.Errorf("error %v, want one that says %q", err, text)
	case err != nil && strings.Contains(err.Error(), "hush"):
		t.Errorf("error %v shows a secret", err)
	}
}

func TestProfile(t *testing.T) {
	const credentialsFile = `
[default]
aws_access_key_id = default-id
aws_secret_access_key = default-secret
[temporary]
aws_access_key_id = temporary-id
aws_secret_access_key = temporary-secret
aws_session_token = temporary-token
[half]
aws_access_key_id = half-id
[other-half]
aws_secret_access_key = hush
[both]
aws_access_key_id = both-id
aws_secret_access_key = both-secret
`
	const configFile = `
[default]
region = eu-central-1
[profile both]
aws_access_key_id = config-id
aws_secret_access_key = config-secret
aws_session_token = config-token
[profile config-only]
aws_access_key_id = config-id
aws_secret_access_key = config-secret
[profile keyless]
region = us-east-1
[config-section-without-the-word]
aws_access_key_id = a
aws_secret_access_key = b
`
	for _, tt := range []struct {
		name string
		env  string // AWS_PROFILE
		want Credentials
		err  string
		none bool
	}{
		{name: "", want: Credentials{AccessKeyID: "default-id", SecretAccessKey: "default-secret", Source: "profile default"}},
		{name: "", env: "temporary", want: Credentials{AccessKeyID: "temporary-id", SecretAccessKey: "temporary-secret", SessionToken: "temporary-token", Source: "profile temporary"}},
		{name: "default", env: "temporary", want: Credentials{AccessKeyID: "default-id", SecretAccessKey: "default-secret", Source: "profile default"}},
		{name: "both", want: Credentials{AccessKeyID: "both-id", SecretAccessKey: "both-secret", Source: "profile both"}},
		{name: "config-only", want: Credentials{AccessKeyID: "config-id", SecretAccessKey: "config-secret", Source: "profile config-only"}},
		{name: "half", err: "has aws_access_key_id but not aws_secret_access_key"},
		{name: "other-half", err: "has aws_secret_access_key but not aws_access_key_id"},
		{name: "keyless", err: `"keyless" has no keys`, none: true},
		{name: "missing", err: `"missing" is neither in`},
		{name: "", env: "missing", err: `"missing" is neither in`},
		{name: "config-section-without-the-word", err: "is neither in"},
	} {
		t.Run(tt.name+"/"+tt.env, func(t *testing.T) {
			inHome(t, map[string]string{"credentials": credentialsFile, "config": configFile})
			t.Setenv("AWS_PROFILE", tt.env)
			got, err := Profile(tt.name).Retrieve(t.Context())
			checkError(t, err, tt.err)
			same(t, "Profile", got, tt.want)
			if errors.Is(err, ErrNone) != tt.none {
				t.Errorf("errors.Is(%v, ErrNone) = %t", err, !tt.none)
			}
		})
	}
}

func TestDefault(t *testing.T) {
	keys := map[string]string{"credentials": "[default]\naws_access_key_id = file-id\naws_secret_access_key = file-secret\n"}
	broken := map[string]string{"credentials": "[default]\naws_secret_access_key hush\n"}
	for _, tt := range []struct {
		name  string
		files map[string]string
		env   map[string]string
		want  Credentials
		err   string
	}{
		{name: "environment first", files: keys, env: map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"},
			want: Credentials{AccessKeyID: "id", SecretAccessKey: "secret", Source: "environment"}},
		{name: "broken files do not matter then", files: broken, env: map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"},
			want: Credentials{AccessKeyID: "id", SecretAccessKey: "secret", Source: "environment"}},
		{name: "files", files: keys, want: Credentials{AccessKeyID: "file-id", SecretAccessKey: "file-secret", Source: "profile default"}},
		{name: "half a pair is not passed over", files: keys, env: map[string]string{"AWS_ACCESS_KEY_ID": "id"}, err: "AWS_SECRET_ACCESS_KEY"},
		{name: "a broken file", files: broken, err: "credentials, line 2: neither [section] nor key = value"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inHome(t, tt.files)
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			got, err := Default().Retrieve(t.Context())
			checkError(t, err, tt.err)
			same(t, "Default", got, tt.want)
		})
	}
}
