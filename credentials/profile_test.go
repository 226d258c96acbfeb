package credentials

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const keysOfBase = "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = hush-base\n"

// TestProfilesWithRoles goes the ways by which profiles lead to roles.
func TestProfilesWithRoles(t *testing.T) {
	const config = `
[profile plain]
role_arn = arn:aws:iam::1:role/plain
source_profile = base

[profile full]
role_arn = arn:aws:iam::1:role/full
source_profile = base
role_session_name = nightly
external_id = external
duration_seconds = 3600
mfa_serial = arn:mfa
region = eu-west-3

[profile chain]
role_arn = arn:aws:iam::1:role/third
source_profile = second
[profile second]
role_arn = arn:aws:iam::1:role/second
source_profile = plain

[profile itself]
role_arn = arn:aws:iam::1:role/itself
source_profile = itself
aws_access_key_id = AKIDITSELF
aws_secret_access_key = hush-itself

[profile through]
role_arn = arn:aws:iam::1:role/through
source_profile = both
[profile both]
role_arn = arn:aws:iam::1:role/not-this-one
source_profile = through
aws_access_key_id = AKIDBOTH
aws_secret_access_key = hush-both

[profile from-env]
role_arn = arn:aws:iam::1:role/from-env
credential_source = Environment
[profile from-instance]
role_arn = arn:aws:iam::1:role/from-instance
credential_source = Ec2InstanceMetadata
[profile from-container]
role_arn = arn:aws:iam::1:role/from-container
credential_source = EcsContainer

[profile web]
role_arn = arn:aws:iam::1:role/web
web_identity_token_file = TOKEN
role_session_name = pod
[profile from-web]
role_arn = arn:aws:iam::1:role/from-web
source_profile = web
`
	for _, tt := range []struct {
		profile string
		want    []string // role and who asks for it, in turn
		source  string
		form    map[string]string // of the last request
		region  string
	}{
		{profile: "plain", want: []string{"plain by AKIDBASE"}, source: "profile plain, role arn:aws:iam::1:role/plain"},
		{profile: "full", want: []string{"full by AKIDBASE"}, source: "profile full, role arn:aws:iam::1:role/full", region: "eu-west-3",
			form: map[string]string{"RoleSessionName": "nightly", "ExternalId": "external", "DurationSeconds": "3600", "SerialNumber": "arn:mfa", "TokenCode": "123456"}},
		{profile: "chain", want: []string{"plain by AKIDBASE", "second by AKID-OF-plain", "third by AKID-OF-second"}, source: "profile chain, role arn:aws:iam::1:role/third"},
		{profile: "itself", want: []string{"itself by AKIDITSELF"}, source: "profile itself, role arn:aws:iam::1:role/itself"},
		{profile: "through", want: []string{"through by AKIDBOTH"}, source: "profile through, role arn:aws:iam::1:role/through"},
		{profile: "from-env", want: []string{"from-env by AKIDENV"}, source: "profile from-env, role arn:aws:iam::1:role/from-env"},
		{profile: "from-instance", want: []string{"from-instance by AKID-OF-INSTANCE"}, source: "profile from-instance, role arn:aws:iam::1:role/from-instance"},
		{profile: "from-container", want: []string{"from-container by AKID-OF-CONTAINER"}, source: "profile from-container, role arn:aws:iam::1:role/from-container"},
		{profile: "web", want: []string{"web by "}, source: "profile web, role arn:aws:iam::1:role/web", form: map[string]string{"RoleSessionName": "pod", "WebIdentityToken": "hush-jwt"}},
		{profile: "from-web", want: []string{"web by ", "from-web by AKID-OF-web"}, source: "profile from-web, role arn:aws:iam::1:role/from-web"},
	} {
		t.Run(tt.profile, func(t *testing.T) {
			token := writeFile(t, filepath.Join(t.TempDir(), "token"), "hush-jwt")
			inHome(t, map[string]string{"config": strings.Replace(config, "TOKEN", token, 1), "credentials": keysOfBase})
			c := newCloud(t)
			c.giveRoles()
			c.giveKeys()
			setEnv(t, "AWS_ENDPOINT_URL_STS="+c.URL, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/container", "AWS_ACCESS_KEY_ID=AKIDENV", "AWS_SECRET_ACCESS_KEY=hush-env")
			got, err := Profile(tt.profile, testClock, c.around(t), func(config *AWSConfig) {
				config.MFACode = func(context.Context, string) (string, error) { return "123456", nil }
			}).Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var calls []string
			var last asked
			for _, r := range c.log() {
				if r.URL.Path != "/" {
					continue
				}
				_, role, _ := strings.Cut(r.form.Get("RoleArn"), "role/")
				_, id, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
				id, _, _ = strings.Cut(id, "/")
				calls = append(calls, role+" by "+id)
				last = r
			}
			if diff := cmp.Diff(tt.want, calls); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
			for name, want := range tt.form {
				if got := last.form.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if a := last.Header.Get("Authorization"); tt.region != "" && !strings.Contains(a, "/"+tt.region+"/sts/") {
				t.Errorf("signed %s, want for the profile's region %s", a, tt.region)
			}
			same(t, "Profile", got, Credentials{
				AccessKeyID: "AKID-OF-" + last.form.Get("RoleArn")[len("arn:aws:iam::1:role/"):], SecretAccessKey: "hush-role-secret",
				SessionToken: "hush-role-token", Expires: later, Source: tt.source,
			})
		})
	}
}

// TestBadProfiles: one sentence that names what is wrong and where it stands.
func TestBadProfiles(t *testing.T) {
	const role = "role_arn = arn:aws:iam::1:role/x\n"
	for _, tt := range []struct {
		name, config string
		files        map[string]string // further ones
		want         string            // CONFIG and CREDENTIALS stand for the files
		none         bool
	}{
		{name: "syntax", config: "[default]\naws_secret_access_key hush\n", want: "CONFIG, line 2: neither [section] nor key = value"},
		{name: "syntax of the other file", config: "", files: map[string]string{"credentials": "aws_secret_access_key = hush\n"},
			want: "CREDENTIALS, line 1: a property outside of any section"},
		{name: "nothing", config: "[default]\nregion = eu-west-1\n", none: true, want: `no credentials found: the AWS profile "default" has no keys`},
		{name: "half", config: "[default]\naws_access_key_id = AKID\n", want: `the AWS profile "default" in CONFIG has aws_access_key_id but not aws_secret_access_key`},
		{name: "role without a source", config: "[default]\n" + role, want: `role_arn of the AWS profile "default" (CONFIG, line 2) has no source_profile, credential_source or web_identity_token_file beside it`},
		{name: "two sources", config: "[default]\n" + role + "source_profile = a\ncredential_source = Environment\n",
			want: `credential_source of the AWS profile "default" (CONFIG, line 4) does not go with source_profile of the AWS profile "default" (CONFIG, line 3): a role has one source`},
		{name: "unknown source", config: "[default]\n" + role + "credential_source = Moon\n",
			want: `credential_source of the AWS profile "default" (CONFIG, line 3): "Moon" is none of Environment, Ec2InstanceMetadata, EcsContainer`},
		{name: "no such source", config: "[default]\n" + role + "source_profile = nobody\n",
			want: `source_profile of the AWS profile "default" (CONFIG, line 3): the AWS profile "nobody" is neither in CREDENTIALS nor in CONFIG`},
		{name: "source without keys", config: "[default]\n" + role + "source_profile = empty\n[profile empty]\nregion = x\n",
			want: `role_arn of the AWS profile "default" (CONFIG, line 2) has nobody to assume it: the AWS profile "empty" has no keys`},
		{name: "its own source without keys", config: "[default]\n" + role + "source_profile = default\n",
			want: `role_arn of the AWS profile "default" (CONFIG, line 2) has nobody to assume it: the AWS profile "default" has no keys`},
		{name: "source in an environment without keys", config: "[default]\n" + role + "credential_source = Environment\n",
			want: `role_arn of the AWS profile "default" (CONFIG, line 2) has nobody to assume it: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set`},
		{name: "source at the start of a chain without keys", config: "[default]\n" + role + "source_profile = a\n[profile a]\n" + role + "credential_source = Environment\n",
			want: `role_arn of the AWS profile "a" (CONFIG, line 5) has nobody to assume it: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set`},
		{name: "loop", config: "[default]\n" + role + "source_profile = a\n[profile a]\n" + role + "source_profile = b\n[profile b]\n" + role + "source_profile = a\n",
			want: `source_profile of the AWS profile "b" (CONFIG, line 9) leads back to a profile that is waiting for it: default → a → b → a`},
		{name: "duration", config: "[default]\n" + role + "source_profile = a\nduration_seconds = 1h\n", want: `duration_seconds of the AWS profile "default" (CONFIG, line 4): "1h" is not a number from 900 to 43200`},
		{name: "duration too long", config: "[default]\n" + role + "source_profile = a\nduration_seconds = 86400\n", want: `duration_seconds of the AWS profile "default" (CONFIG, line 4): "86400" is not a number from 900 to 43200`},
		{name: "MFA", config: "[default]\n" + role + "source_profile = base\nmfa_serial = arn:mfa\n", files: map[string]string{"credentials": keysOfBase},
			want: "arn:aws:iam::1:role/x is assumed with a code of the device arn:mfa: set AWSConfig.MFACode to a function that asks for it"},
		{name: "web identity without a role", config: "[default]\nweb_identity_token_file = /x\n", want: `web_identity_token_file of the AWS profile "default" (CONFIG, line 2) goes with a role_arn, which is missing`},
		{name: "region", config: "[default]\n" + role + "source_profile = base\nregion = evil.example/\n", files: map[string]string{"credentials": keysOfBase},
			want: `region of the AWS profile "default" (CONFIG, line 4): "evil.example/" is not the name of a region, such as us-east-1`},
		{name: "endpoint", config: "[default]\n" + role + "source_profile = base\nendpoint_url = ftp://x\n", files: map[string]string{"credentials": keysOfBase},
			want: `endpoint_url of the AWS profile "default" (CONFIG, line 4): "ftp://x" is not a URL such as https://host:port`},
		{name: "flag", config: "[default]\n" + role + "source_profile = base\nuse_fips_endpoint = yes\n", files: map[string]string{"credentials": keysOfBase},
			want: `use_fips_endpoint of the AWS profile "default" (CONFIG, line 4): "yes" is neither true nor false`},
		{name: "SSO without an account", config: "[default]\nsso_session = corp\n", want: `the AWS profile "default" is for single sign-on, but has no sso_account_id`},
		{name: "SSO without a role", config: "[default]\nsso_start_url = https://x\nsso_account_id = 1\n", want: `the AWS profile "default" is for single sign-on, but has no sso_role_name`},
		{name: "SSO without a region", config: "[default]\nsso_start_url = https://x\nsso_account_id = 1\nsso_role_name = r\n", want: `the AWS profile "default" is for single sign-on, but has no sso_region`},
		{name: "SSO without its session", config: "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n",
			want: `sso_session of the AWS profile "default" (CONFIG, line 2): there is no section [sso-session corp] in CONFIG`},
		{name: "session without a region", config: "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n[sso-session corp]\n",
			want: `the section [sso-session corp] of CONFIG has no sso_region`},
		{name: "process", config: "[default]\ncredential_process = 'hush\n", want: `credential_process of the AWS profile "default" (CONFIG, line 2): the command: has a quote that is not closed`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"config": tt.config}
			for name, content := range tt.files {
				files[name] = content
			}
			home := inHome(t, files)
			_, err := Profile("").Retrieve(t.Context())
			want := strings.NewReplacer("CONFIG", filepath.Join(home, ".aws", "config"), "CREDENTIALS", filepath.Join(home, ".aws", "credentials")).Replace(tt.want)
			if !tt.none {
				want = "credentials: " + want
			}
			checkError(t, err, want)
			if err != nil && err.Error() != want {
				t.Errorf("error\n%v, want\n%s", err, want)
			}
			if errors.Is(err, ErrNone) != tt.none {
				t.Errorf("errors.Is(%v, ErrNone) = %t", err, !tt.none)
			}
		})
	}
}

// TestDefaultOrder takes away one source after the other.
func TestDefaultOrder(t *testing.T) {
	home := inHome(t, map[string]string{"credentials": "[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = hush\n"})
	c := newCloud(t)
	c.giveRoles()
	c.giveKeys()
	token := writeFile(t, filepath.Join(home, "token"), "hush-jwt")
	setEnv(t, "AWS_ENDPOINT_URL_STS="+c.URL, "AWS_ACCESS_KEY_ID=AKIDENV", "AWS_SECRET_ACCESS_KEY=hush",
		"AWS_WEB_IDENTITY_TOKEN_FILE="+token, "AWS_ROLE_ARN="+roleARN, "AWS_ROLE_SESSION_NAME=pod",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI="+c.URL+"/container", "AWS_EC2_METADATA_SERVICE_ENDPOINT="+c.URL)
	p := Default(c.around(t))
	for _, tt := range []struct {
		want, source string
		then         []string // is taken away
	}{
		{want: "AKIDENV", source: "environment", then: []string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="}},
		{want: "AKID-OF-backup", source: "role " + roleARN, then: []string{"AWS_WEB_IDENTITY_TOKEN_FILE="}},
		{want: "AKIDFILE", source: "profile default", then: []string{"AWS_SHARED_CREDENTIALS_FILE=" + filepath.Join(home, "none")}},
		{want: "AKID-OF-CONTAINER", source: "container", then: []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI="}},
		{want: "AKID-OF-INSTANCE", source: "instance metadata", then: []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT="}},
	} {
		got, err := p.Retrieve(t.Context())
		if err != nil || got.AccessKeyID != tt.want || got.Source != tt.source {
			t.Errorf("%v, %v; want %s (%s)", got, err, tt.want, tt.source)
		}
		setEnv(t, tt.then...)
	}
	c.log()
	_, err := p.Retrieve(t.Context())
	want := fmt.Sprintf("no credentials found: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, AWS_WEB_IDENTITY_TOKEN_FILE is not set, "+
		`there is no AWS profile "default" in %s or %s, `+
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not set, and this machine does not look like an EC2 instance "+
		"(AWS_EC2_METADATA_SERVICE_ENDPOINT or AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE has its metadata service asked all the same)",
		filepath.Join(home, "none"), filepath.Join(home, ".aws", "config"))
	if err == nil || err.Error() != want || !errors.Is(err, ErrNone) {
		t.Errorf("error\n%v, want\n%s", err, want)
	}
	if log := c.log(); len(log) != 0 {
		t.Errorf("%s was asked, on a machine that is no instance", log[0].URL)
	}

	setEnv(t, "AWS_WEB_IDENTITY_TOKEN_FILE="+token, "AWS_ROLE_ARN=")
	_, err = p.Retrieve(t.Context())
	checkError(t, err, "credentials: the environment has AWS_WEB_IDENTITY_TOKEN_FILE but not AWS_ROLE_ARN")
	setEnv(t, "AWS_WEB_IDENTITY_TOKEN_FILE="+token, "AWS_ROLE_ARN="+roleARN)
	c.on("/", text(403, refusal("AccessDenied", "no")))
	setEnv(t, "AWS_CONTAINER_CREDENTIALS_FULL_URI="+c.URL+"/container")
	_, err = p.Retrieve(t.Context())
	checkError(t, err, "credentials: STS answered 403 Forbidden, AccessDenied: no") // and the container is not asked
}

// TestRoleInACache: a role in a Cache is renewed as anything else.
func TestRoleInACache(t *testing.T) {
	inHome(t, nil)
	c := newCloud(t)
	c.giveRoles()
	now := later.Add(-time.Hour)
	clock := func() time.Time { return now }
	cache := Cached(AssumeRole(Static("AKID", "secret", ""), Role{ARN: roleARN}, func(config *AWSConfig) {
		config.STSEndpoint, config.Clock = c.URL, clock
	}), func(config *CacheConfig) { config.Clock = clock })
	for range 3 {
		if _, err := cache.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.log()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	now = later
	if _, err := cache.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(c.log()); n != 1 {
		t.Errorf("%d requests after the end, want 1", n)
	}
}
