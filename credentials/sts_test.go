package credentials

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const roleARN = "arn:aws:iam::123456789012:role/backup"

func TestAssumeRole(t *testing.T) {
	inHome(t, nil)
	c := newCloud(t)
	c.giveRoles()
	source := Static("AKIDSOURCE", "hush-source", "source-token")
	for _, tt := range []struct {
		name string
		role Role
		want map[string]string // beside Action, Version and RoleArn
	}{
		{name: "no more than its name", role: Role{}, want: map[string]string{"RoleSessionName": "entrepot-1767323045000"}},
		{name: "everything", role: Role{
			SessionName: "nightly", Duration: 2 * time.Hour, ExternalID: "external", MFASerial: "arn:mfa", Policy: `{"Version":"2012-10-17"}`,
			PolicyARNs: []string{"arn:a", "arn:b"}, Tags: map[string]string{"team": "x", "cost": ""}, TransitiveTagKeys: []string{"team"}, SourceIdentity: "me",
		}, want: map[string]string{
			"RoleSessionName": "nightly", "DurationSeconds": "7200", "ExternalId": "external", "SerialNumber": "arn:mfa", "TokenCode": "123456",
			"Policy": `{"Version":"2012-10-17"}`, "PolicyArns.member.1.arn": "arn:a", "PolicyArns.member.2.arn": "arn:b",
			"Tags.member.1.Key": "cost", "Tags.member.1.Value": "", "Tags.member.2.Key": "team", "Tags.member.2.Value": "x",
			"TransitiveTagKeys.member.1": "team", "SourceIdentity": "me",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.role.ARN = roleARN
			got, err := AssumeRole(source, tt.role, testClock, func(config *AWSConfig) {
				config.STSEndpoint, config.Region = c.URL, "eu-central-1"
				config.MFACode = func(_ context.Context, serial string) (string, error) {
					if serial != "arn:mfa" {
						t.Errorf("asked for the code of %q", serial)
					}
					return "123456", nil
				}
			}).Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			same(t, "AssumeRole", got, Credentials{
				AccessKeyID: "AKID-OF-backup", SecretAccessKey: "hush-role-secret", SessionToken: "hush-role-token",
				Expires: later, Source: "role " + roleARN,
			})
			log := c.log()
			if len(log) != 1 || log[0].Method != "POST" || log[0].URL.Path != "/" {
				t.Fatalf("requests %v, want one POST of /", log)
			}
			form := map[string]string{}
			for name := range log[0].form {
				form[name] = log[0].form.Get(name)
			}
			tt.want["Action"], tt.want["Version"], tt.want["RoleArn"] = "AssumeRole", "2011-06-15", roleARN
			if diff := cmp.Diff(tt.want, form); diff != "" {
				t.Errorf("form (-want +got):\n%s", diff)
			}
			if got := log[0].Header.Get("X-Amz-Security-Token"); got != "source-token" {
				t.Errorf("session token %q, want the source's", got)
			}
			checkSignature(t, log[0], "AKIDSOURCE", "hush-source", "eu-central-1")
		})
	}
}

func TestAssumeRoleOfTheDefault(t *testing.T) {
	inHome(t, nil)
	c := newCloud(t)
	c.giveRoles()
	setEnv(t, "AWS_ACCESS_KEY_ID=AKIDENV", "AWS_SECRET_ACCESS_KEY=secret", "AWS_ENDPOINT_URL_STS="+c.URL)
	if _, err := AssumeRole(nil, Role{ARN: roleARN}).Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkSignature(t, c.log()[0], "AKIDENV", "secret", "us-east-1")
}

// TestSTSErrors: one clear sentence, and a further attempt only where it helps.
func TestSTSErrors(t *testing.T) {
	mfa := func(answer string, err error) func(*AWSConfig) {
		return func(c *AWSConfig) {
			c.MFACode = func(context.Context, string) (string, error) { return answer, err }
		}
	}
	broken := ProviderFunc(func(context.Context) (Credentials, error) { return Credentials{}, errors.New("the vault is sealed") })
	good := answer{status: 200, body: grant("AssumeRole", "AKID")}
	for _, tt := range []struct {
		name       string
		source     Provider
		role       Role
		option     func(*AWSConfig)
		answer     answer
		attempts   int
		permission bool
		want       string
	}{
		{name: "no trust", answer: answer{status: 403, body: refusal("AccessDenied", "User x is not authorized")}, attempts: 1, permission: true,
			want: "credentials: STS answered 403 Forbidden, AccessDenied: User x is not authorized (request request-id)"},
		{name: "secrets are not repeated", role: Role{ExternalID: "hush-id"}, answer: answer{status: 400, body: refusal("ValidationError", "hush-id is too short")}, attempts: 1,
			want: "credentials: STS answered 400 Bad Request, ValidationError: [secret] is too short (request request-id)"},
		{name: "what should have been signed is not repeated", answer: answer{status: 403, body: refusal("SignatureDoesNotMatch", "The canonical string should have been x-amz-security-token:hush-token")}, attempts: 1, permission: true,
			want: "credentials: STS answered 403 Forbidden, SignatureDoesNotMatch: The canonical string should have been x-amz-security-token:[secret] (request request-id)"},
		{name: "throttled", answer: answer{status: 400, body: refusal("Throttling", "Rate exceeded")}, attempts: attempts,
			want: "credentials: STS answered 400 Bad Request, Throttling: Rate exceeded (request request-id)"},
		{name: "outage", answer: answer{status: 503, body: "<html>"}, attempts: attempts, want: "credentials: STS answered 503 Service Unavailable"},
		{name: "network", answer: answer{err: errors.New("connection refused")}, attempts: attempts,
			want: "credentials: STS at sts.eu-west-1.amazonaws.com: connection refused"},
		{name: "redirect", answer: answer{status: 307, header: http.Header{"Location": {"https://elsewhere/"}}}, attempts: 1,
			want: "credentials: STS answered 307 Temporary Redirect: redirects are not followed"},
		{name: "no XML", answer: answer{status: 200, body: "hush"}, attempts: 1, want: "credentials: STS answered 200 OK: the answer is not the document that it should be"},
		{name: "cut off", answer: answer{status: 200, body: good.body[:len(good.body)-40]}, attempts: 1,
			want: "credentials: STS answered 200 OK: the answer is not the document that it should be"},
		{name: "no secret", answer: answer{status: 200, body: strings.Replace(good.body, "hush-role-secret", "", 1)}, attempts: 1,
			want: "credentials: STS answered 200 OK: the answer lacks a part of the credentials"},
		{name: "no expiry", answer: answer{status: 200, body: strings.Replace(good.body, "2030-01-02T03:04:05Z", "", 1)}, attempts: 1,
			want: "credentials: STS answered 200 OK: the answer lacks a part of the credentials"},
		{name: "no ARN", role: Role{ARN: "-"}, want: "credentials: the role to assume has no ARN"},
		{name: "too short", role: Role{Duration: time.Minute}, want: "credentials: a session of a role lives 15m0s to 12h0m0s, not 1m0s"},
		{name: "too long", role: Role{Duration: 24 * time.Hour}, want: "credentials: a session of a role lives 15m0s to 12h0m0s, not 24h0m0s"},
		{name: "nobody to ask for a code", role: Role{MFASerial: "arn:mfa"},
			want: "credentials: " + roleARN + " is assumed with a code of the device arn:mfa: set AWSConfig.MFACode to a function that asks for it"},
		{name: "no code", role: Role{MFASerial: "arn:mfa"}, option: mfa("", errors.New("nobody is here")), want: "credentials: the code of the device arn:mfa: nobody is here"},
		{name: "wrong code", role: Role{MFASerial: "arn:mfa"}, option: mfa("hush12", nil), attempts: 1, permission: true,
			answer: answer{status: 403, body: refusal("AccessDenied", "code hush12 is wrong")},
			want:   "credentials: STS answered 403 Forbidden, AccessDenied: code [secret] is wrong (request request-id)"},
		{name: "no source", source: broken, want: "the vault is sealed"},
		{name: "anonymous", source: Anonymous(), want: "credentials: " + roleARN + " cannot be assumed by no key (anonymous): sigv4: the access key or its secret is empty"},
		{name: "bad region", option: func(c *AWSConfig) { c.Region = "evil.example/" }, want: `credentials: AWSConfig.Region: "evil.example/" is not the name of a region, such as us-east-1`},
		{name: "bad endpoint", option: func(c *AWSConfig) { c.STSEndpoint = "ftp://hush@host" }, want: `credentials: AWSConfig.STSEndpoint: "…@host" is not a URL such as https://host:port`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inHome(t, nil)
			synctest.Test(t, func(t *testing.T) {
				e := &exchange{answers: []answer{tt.answer}}
				switch tt.role.ARN {
				case "":
					tt.role.ARN = roleARN
				case "-":
					tt.role.ARN = ""
				}
				if tt.source == nil {
					tt.source = Static("AKID", "hush-secret", "hush-token")
				}
				if tt.option == nil {
					tt.option = func(*AWSConfig) {}
				}
				_, err := AssumeRole(tt.source, tt.role, func(c *AWSConfig) {
					c.Region, c.HTTPClient = "eu-west-1", &http.Client{Transport: e}
				}, tt.option).Retrieve(t.Context())
				checkError(t, err, tt.want)
				if err != nil && err.Error() != tt.want {
					t.Errorf("error\n%v, want\n%s", err, tt.want)
				}
				if len(e.requests) != tt.attempts {
					t.Errorf("%d attempts, want %d", len(e.requests), tt.attempts)
				}
				if errors.Is(err, fs.ErrPermission) != tt.permission {
					t.Errorf("errors.Is(%v, fs.ErrPermission) = %t", err, !tt.permission)
				}
			})
		})
	}
}

func TestSTSRecovers(t *testing.T) {
	inHome(t, nil)
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{answers: []answer{
			{status: 500}, {err: errors.New("connection reset")}, {status: 200, body: grant("AssumeRole", "AKID")},
		}}
		got, err := AssumeRole(Static("AKID", "secret", ""), Role{ARN: roleARN}, func(c *AWSConfig) { c.HTTPClient = &http.Client{Transport: e} }).Retrieve(t.Context())
		if err != nil || got.AccessKeyID != "AKID" || len(e.requests) != 3 {
			t.Errorf("%v, %v after %d attempts", got, err, len(e.requests))
		}
		if e.bodies[0] == "" || e.bodies[0] != e.bodies[2] {
			t.Errorf("bodies %q differ", e.bodies)
		}
	})
}

// TestSTSTellsTheSource: a source that remembers forgets keys which STS says have
// expired, and no others.
func TestSTSTellsTheSource(t *testing.T) {
	inHome(t, nil)
	for _, tt := range []struct {
		code     string
		lookedUp int
	}{{"ExpiredToken", 2}, {"ExpiredTokenException", 2}, {"AccessDenied", 1}} {
		e := &exchange{answers: []answer{{status: 403, body: refusal(tt.code, "no")}, {status: 200, body: grant("AssumeRole", "AKID")}}}
		lookedUp := 0
		source := Cached(ProviderFunc(func(context.Context) (Credentials, error) {
			lookedUp++
			return Credentials{AccessKeyID: "AKID", SecretAccessKey: "hush"}, nil
		}))
		role := AssumeRole(source, Role{ARN: roleARN}, func(c *AWSConfig) { c.HTTPClient = &http.Client{Transport: e} })
		if _, err := role.Retrieve(t.Context()); err == nil {
			t.Errorf("%s is no error", tt.code)
		}
		if _, err := role.Retrieve(t.Context()); err != nil {
			t.Errorf("after %s: %v", tt.code, err)
		}
		if lookedUp != tt.lookedUp {
			t.Errorf("%s: the source was looked up %d times, want %d", tt.code, lookedUp, tt.lookedUp)
		}
	}
}

// TestSTSOfAnotherTime: a clock that is off is corrected by that of the service,
// once, and only where it explains the refusal.
func TestSTSOfAnotherTime(t *testing.T) {
	inHome(t, nil)
	refused := func(date time.Time) answer {
		return answer{status: 403, header: http.Header{"Date": {date.UTC().Format(http.TimeFormat)}}, body: refusal("SignatureDoesNotMatch", "Signature expired")}
	}
	good := answer{status: 200, body: grant("AssumeRole", "AKID")}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ahead := now.Add(20 * time.Minute)
	for _, tt := range []struct {
		name    string
		answers []answer
		dates   []string // that requests are signed with
		fails   bool
	}{
		{name: "behind", answers: []answer{refused(ahead), good}, dates: []string{"20260102T030405Z", "20260102T032405Z"}},
		{name: "still refused", answers: []answer{refused(ahead)}, dates: []string{"20260102T030405Z", "20260102T032405Z"}, fails: true},
		{name: "right", answers: []answer{refused(now.Add(time.Minute))}, dates: []string{"20260102T030405Z"}, fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &exchange{answers: tt.answers}
				_, err := AssumeRole(Static("AKID", "secret", ""), Role{ARN: roleARN}, func(c *AWSConfig) {
					c.HTTPClient, c.Clock = &http.Client{Transport: e}, func() time.Time { return now }
				}).Retrieve(t.Context())
				if (err != nil) != tt.fails {
					t.Error(err)
				}
				var dates []string
				for _, r := range e.requests {
					dates = append(dates, r.Header.Get("X-Amz-Date"))
				}
				if diff := cmp.Diff(tt.dates, dates); diff != "" {
					t.Errorf("signed at (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestSTSEndpoint(t *testing.T) {
	const config = `
[default]
[profile frankfurt]
region = eu-central-1
[profile local]
services = mine
[services mine]
sts =
  endpoint_url = http://127.0.0.1:9000/sts
`
	for _, tt := range []struct {
		name   string
		env    []string
		option func(*AWSConfig)
		want   string
		region string // signed for
	}{
		{name: "global", want: "https://sts.amazonaws.com/", region: "us-east-1"},
		{name: "AWS_REGION", env: []string{"AWS_REGION=ap-south-1"}, want: "https://sts.ap-south-1.amazonaws.com/", region: "ap-south-1"},
		{name: "global by name", env: []string{"AWS_REGION=aws-global"}, want: "https://sts.amazonaws.com/", region: "us-east-1"},
		{name: "of the profile", env: []string{"AWS_PROFILE=frankfurt"}, want: "https://sts.eu-central-1.amazonaws.com/", region: "eu-central-1"},
		{name: "given", env: []string{"AWS_REGION=ap-south-1"}, option: func(c *AWSConfig) { c.Region = "us-west-2" }, want: "https://sts.us-west-2.amazonaws.com/", region: "us-west-2"},
		{name: "China", env: []string{"AWS_REGION=cn-north-1"}, want: "https://sts.cn-north-1.amazonaws.com.cn/", region: "cn-north-1"},
		{name: "GovCloud", env: []string{"AWS_REGION=us-gov-west-1"}, want: "https://sts.us-gov-west-1.amazonaws.com/", region: "us-gov-west-1"},
		{name: "isolated", env: []string{"AWS_REGION=us-iso-east-1"}, want: "https://sts.us-iso-east-1.c2s.ic.gov/", region: "us-iso-east-1"},
		{name: "FIPS", env: []string{"AWS_REGION=us-west-2", "AWS_USE_FIPS_ENDPOINT=true"}, want: "https://sts-fips.us-west-2.amazonaws.com/", region: "us-west-2"},
		{name: "dual-stack without a region", env: []string{"AWS_USE_DUALSTACK_ENDPOINT=true"}, want: "https://sts.us-east-1.api.aws/", region: "us-east-1"},
		{name: "AWS_ENDPOINT_URL_STS", env: []string{"AWS_ENDPOINT_URL_STS=http://127.0.0.1:1", "AWS_ENDPOINT_URL=http://127.0.0.1:2", "AWS_REGION=eu-west-1"}, want: "http://127.0.0.1:1/", region: "eu-west-1"},
		{name: "AWS_ENDPOINT_URL", env: []string{"AWS_ENDPOINT_URL=http://127.0.0.1:2"}, want: "http://127.0.0.1:2/", region: "us-east-1"},
		{name: "endpoint of the profile", env: []string{"AWS_PROFILE=local"}, want: "http://127.0.0.1:9000/sts/", region: "us-east-1"},
		{name: "endpoint given", env: []string{"AWS_ENDPOINT_URL_STS=http://127.0.0.1:1"}, option: func(c *AWSConfig) { c.STSEndpoint = "sts.example" }, want: "https://sts.example/", region: "us-east-1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inHome(t, map[string]string{"config": config})
			setEnv(t, tt.env...)
			e := &exchange{answers: []answer{{status: 200, body: grant("AssumeRole", "AKID")}}}
			opts := []func(*AWSConfig){func(c *AWSConfig) { c.HTTPClient = &http.Client{Transport: e} }}
			if tt.option != nil {
				opts = append(opts, tt.option)
			}
			if _, err := AssumeRole(Static("AKID", "secret", ""), Role{ARN: roleARN}, opts...).Retrieve(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := e.requests[0].URL.String(); got != tt.want {
				t.Errorf("asked %s, want %s", got, tt.want)
			}
			if got := e.requests[0].Header.Get("Authorization"); !strings.Contains(got, "/"+tt.region+"/sts/aws4_request") {
				t.Errorf("signed %s, want for %s", got, tt.region)
			}
		})
	}
}

func TestWebIdentity(t *testing.T) {
	inHome(t, nil)
	c := newCloud(t)
	c.giveRoles()
	file := writeFile(t, filepath.Join(t.TempDir(), "token"), "hush-first\n")
	p := WebIdentity(Role{ARN: roleARN, SessionName: "pod"}, file, func(config *AWSConfig) { config.STSEndpoint = c.URL })
	for _, token := range []string{"hush-first", "hush-second"} {
		writeFile(t, file, token+"\n") // others renew it
		got, err := p.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "WebIdentity", got, Credentials{
			AccessKeyID: "AKID-OF-backup", SecretAccessKey: "hush-role-secret", SessionToken: "hush-role-token",
			Expires: later, Source: "role " + roleARN,
		})
		request := c.log()[0]
		want := map[string][]string{
			"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {roleARN}, "RoleSessionName": {"pod"}, "WebIdentityToken": {token},
		}
		if diff := cmp.Diff(want, map[string][]string(request.form)); diff != "" {
			t.Errorf("form (-want +got):\n%s", diff)
		}
		if a := request.Header.Get("Authorization"); a != "" {
			t.Errorf("signed: %s", a)
		}
	}
}

func TestWebIdentityErrors(t *testing.T) {
	inHome(t, nil)
	dir := t.TempDir()
	for _, tt := range []struct {
		name, content string
		answer        answer
		attempts      int
		want          string
	}{
		{name: "missing", want: "credentials: open " + filepath.Join(dir, "missing") + ": no such file or directory"},
		{name: "empty", content: " \n", want: "credentials: the token file " + filepath.Join(dir, "empty") + " is empty"},
		{name: "lines", content: "hush\nhush\n", want: "credentials: the token file " + filepath.Join(dir, "lines") + " has more than one line"},
		{name: "expired", content: "hush", attempts: 1, answer: answer{status: 400, body: refusal("ExpiredTokenException", "Token hush expired")},
			want: "credentials: STS answered 400 Bad Request, ExpiredTokenException: Token [secret] expired (request request-id)"},
		{name: "provider out of reach", content: "hush", attempts: attempts, answer: answer{status: 400, body: refusal("IDPCommunicationError", "timeout")},
			want: "credentials: STS answered 400 Bad Request, IDPCommunicationError: timeout (request request-id)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, tt.name)
			if tt.content != "" {
				writeFile(t, file, tt.content)
			}
			synctest.Test(t, func(t *testing.T) {
				e := &exchange{answers: []answer{tt.answer}}
				_, err := WebIdentity(Role{ARN: roleARN}, file, func(c *AWSConfig) { c.HTTPClient = &http.Client{Transport: e} }).Retrieve(t.Context())
				checkError(t, err, tt.want)
				if errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%v counts as fs.ErrNotExist, which is for objects", err)
				}
				if len(e.requests) != tt.attempts {
					t.Errorf("%d attempts, want %d", len(e.requests), tt.attempts)
				}
			})
		})
	}
}
