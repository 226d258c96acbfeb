package credentials

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// refusing is a user's client that must not be used.
func refusing(c *AWSConfig) {
	c.HTTPClient = &http.Client{Transport: &exchange{answers: []answer{{err: errors.New("the user's client was used")}}}}
}

func TestContainer(t *testing.T) {
	inHome(t, nil)
	c := newCloud(t)
	c.giveKeys()
	want := Credentials{AccessKeyID: "AKID-OF-CONTAINER", SecretAccessKey: "hush-secret", SessionToken: "hush-token", Expires: later, Source: "container"}
	file := filepath.Join(t.TempDir(), "token")
	for _, tt := range []struct {
		name      string
		env       []string
		file      string
		authorize string
	}{
		{name: "relative", env: []string{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/container?id=1", "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://evil.example/"}},
		{name: "full", env: []string{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=", "AWS_CONTAINER_CREDENTIALS_FULL_URI=" + c.URL + "/container"}},
		{name: "token", env: []string{"AWS_CONTAINER_AUTHORIZATION_TOKEN=Basic hush"}, authorize: "Basic hush"},
		{name: "token file", env: []string{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + file}, file: "hush-jwt\n", authorize: "hush-jwt"},
		{name: "token file anew", file: "hush-other", authorize: "hush-other"},
	} {
		setEnv(t, tt.env...)
		if tt.file != "" {
			writeFile(t, file, tt.file)
		}
		got, err := Container(c.around(t), refusing).Retrieve(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		same(t, tt.name, got, want)
		if got := c.log()[0].Header.Get("Authorization"); got != tt.authorize {
			t.Errorf("%s: Authorization %q, want %q", tt.name, got, tt.authorize)
		}
	}
}

func TestContainerURL(t *testing.T) {
	const onlyThere = ": that is allowed at loopback addresses and at 169.254.170.2, 169.254.170.23 and fd00:ec2::23 only"
	for _, tt := range []struct{ relative, full, want, err string }{
		{relative: "/v2/credentials/x", want: "http://169.254.170.2/v2/credentials/x"},
		{relative: "@evil.example/", err: "credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash"},
		{relative: ".evil.example/", err: "credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash"},
		{full: "https://anywhere.example/x?y", want: "https://anywhere.example/x?y"},
		{full: "http://169.254.170.2/x", want: "http://169.254.170.2/x"},
		{full: "http://169.254.170.23/v1/credentials", want: "http://169.254.170.23/v1/credentials"},
		{full: "http://[fd00:ec2::23]/v1/credentials", want: "http://[fd00:ec2::23]/v1/credentials"},
		{full: "http://[fd00:ec2:0:0:0:0:0:23]/v1/credentials", want: "http://[fd00:ec2:0:0:0:0:0:23]/v1/credentials"},
		{full: "http://127.9.9.9:1/x", want: "http://127.9.9.9:1/x"},
		{full: "http://[::1]:1/x", want: "http://[::1]:1/x"},
		{full: "http://LOCALHOST/x", want: "http://LOCALHOST/x"},
		{full: "http://169.254.169.254/x", err: "credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is http at 169.254.169.254" + onlyThere},
		{full: "http://localhost.evil.example/x", err: "credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is http at localhost.evil.example" + onlyThere},
		{full: "http://127.0.0.1@evil.example/x", err: "credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is http at evil.example" + onlyThere},
		{full: "ftp://127.0.0.1/x", err: "credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is not an http or https URL"},
		{full: "/hush", err: "credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is not an http or https URL"},
		{full: "http://[hush", err: "credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is not an http or https URL"},
		{err: "no credentials found: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and AWS_CONTAINER_CREDENTIALS_FULL_URI are not set"},
	} {
		inHome(t, nil)
		setEnv(t, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="+tt.relative, "AWS_CONTAINER_CREDENTIALS_FULL_URI="+tt.full)
		var none *AWSConfig
		got, err := none.begin("").containerURL()
		if text := errorText(err); got != tt.want || text != tt.err {
			t.Errorf("relative %q, full %q: %q, %q; want %q, %q", tt.relative, tt.full, got, text, tt.want, tt.err)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestContainerErrors(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		env    []string
		want   string
		asked  int
	}{
		{name: "refused", answer: text(403, `{"code":"AccessDenied","message":"token hush-token is not good"}`), env: []string{"AWS_CONTAINER_AUTHORIZATION_TOKEN=hush-token"}, asked: 1,
			want: "credentials: the container's agent answered 403 Forbidden, AccessDenied: token [secret] is not good"},
		{name: "refused with 200", answer: text(200, `{"Code":"Failed","Message":"token hush-token is not good"}`), env: []string{"AWS_CONTAINER_AUTHORIZATION_TOKEN=hush-token"}, asked: 1,
			want: "credentials: the container's agent answered 200 OK, Failed: token [secret] is not good"},
		{name: "a path that is none", env: []string{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/hush%zz"},
			want: "credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not the path of a URL"},
		{name: "no JSON", answer: text(200, "hush"), asked: 1, want: "credentials: the container's agent answered 200 OK: the answer is not the document that it should be"},
		{name: "a number for a secret", answer: text(200, `{"AccessKeyId":"a","SecretAccessKey":1234}`), asked: 1, want: "credentials: the container's agent answered 200 OK: the answer is not the document that it should be"},
		{name: "no secret", answer: text(200, `{"AccessKeyId":"a"}`), asked: 1, want: "credentials: the container's agent answered 200 OK: the answer lacks a part of the credentials"},
		{name: "another success", answer: text(201, `{"AccessKeyId":"a","SecretAccessKey":"hush"}`), asked: 1, want: "credentials: the container's agent answered 201 Created"},
		{name: "redirect", asked: 1, want: "credentials: the container's agent answered 302 Found: redirects are not followed",
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(302)
			}},
		{name: "token file missing", env: []string{"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + filepath.Join(dir, "none")},
			want: "credentials: open " + filepath.Join(dir, "none") + ": no such file or directory"},
		{name: "token of two lines", env: []string{"AWS_CONTAINER_AUTHORIZATION_TOKEN=hush\r\nX-Other: hush"},
			want: "credentials: AWS_CONTAINER_AUTHORIZATION_TOKEN has more than one line"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inHome(t, nil)
			c := newCloud(t)
			c.on("/container", tt.answer)
			setEnv(t, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/container")
			setEnv(t, tt.env...)
			_, err := Container(c.around(t)).Retrieve(t.Context())
			if errorText(err) != tt.want {
				t.Errorf("error\n%v, want\n%s", err, tt.want)
			}
			if errors.Is(err, ErrNone) || errors.Is(err, os.ErrNotExist) {
				t.Errorf("%v counts as something that is not there", err)
			}
			if n := len(c.log()); n != tt.asked {
				t.Errorf("%d requests, want %d", n, tt.asked)
			}
		})
	}
}

func TestInstanceMetadata(t *testing.T) {
	inHome(t, nil)
	c := newCloud(t)
	c.giveKeys()
	got, err := InstanceMetadata(c.around(t), refusing).Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "InstanceMetadata", got, Credentials{
		AccessKeyID: "AKID-OF-INSTANCE", SecretAccessKey: "hush-secret", SessionToken: "hush-token", Expires: later, Source: "instance metadata",
	})
	var log []string
	for _, r := range c.log() {
		log = append(log, r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds")+r.Header.Get("X-Aws-Ec2-Metadata-Token"))
	}
	if diff := cmp.Diff([]string{
		"PUT /latest/api/token 21600",
		"GET /latest/meta-data/iam/security-credentials/ hush-session",
		"GET /latest/meta-data/iam/security-credentials/instance-role hush-session",
	}, log); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestInstanceEndpoint(t *testing.T) {
	const config = "[profile six]\nec2_metadata_service_endpoint_mode = ipv6\n[profile else]\nec2_metadata_service_endpoint = http://10.0.0.1:80/x/\n[profile bad]\nec2_metadata_service_endpoint_mode = ipv5\n"
	for _, tt := range []struct {
		name       string
		env        []string
		want       string
		configured bool
		err        string
	}{
		{name: "default", want: "http://169.254.169.254"},
		{name: "mode", env: []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6"}, want: "http://[fd00:ec2::254]", configured: true},
		{name: "mode of the profile", env: []string{"AWS_PROFILE=six"}, want: "http://[fd00:ec2::254]", configured: true},
		{name: "the usual mode", env: []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=ipv4", "AWS_PROFILE=six"}, want: "http://169.254.169.254", configured: true},
		{name: "endpoint wins over mode", env: []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6"}, want: "http://127.0.0.1:1", configured: true},
		{name: "endpoint of the profile", env: []string{"AWS_PROFILE=else"}, want: "http://10.0.0.1:80/x", configured: true},
		{name: "not disabled", env: []string{"AWS_EC2_METADATA_DISABLED=false"}, want: "http://169.254.169.254"},
		{name: "disabled", env: []string{"AWS_EC2_METADATA_DISABLED=true", "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1"}, err: "no credentials found: AWS_EC2_METADATA_DISABLED is true"},
		{name: "neither", env: []string{"AWS_EC2_METADATA_DISABLED=perhaps"}, err: `credentials: AWS_EC2_METADATA_DISABLED: "perhaps" is neither true nor false`},
		{name: "bad mode", env: []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=7"}, err: `credentials: AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "7" is none of IPv4, IPv6`},
		{name: "bad endpoint", env: []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=169.254.169.254"}, err: `credentials: AWS_EC2_METADATA_SERVICE_ENDPOINT: "169.254.169.254" is not a URL such as http://169.254.169.254`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inHome(t, map[string]string{"config": config})
			setEnv(t, tt.env...)
			var none *AWSConfig
			got, configured, err := none.begin("").instanceEndpoint()
			if got != tt.want || configured != tt.configured || errorText(err) != tt.err {
				t.Errorf("%q, %t, %v; want %q, %t, %s", got, configured, err, tt.want, tt.configured, tt.err)
			}
		})
	}
}

func TestInstanceMetadataErrors(t *testing.T) {
	const keys = "/latest/meta-data/iam/security-credentials/"
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for _, tt := range []struct {
		name    string
		answers map[string]http.HandlerFunc
		want    string // AT stands for where
		none    bool
		asked   int
	}{
		{name: "no answer", answers: map[string]http.HandlerFunc{"/latest/api/token": hang}, none: true, asked: 1,
			want: "no credentials found: the EC2 instance metadata service at AT did not answer within 50ms (in a container, the instance's hop limit has to be 2)"},
		{name: "version 1 only", answers: map[string]http.HandlerFunc{"/latest/api/token": text(405, "")}, none: true, asked: 1,
			want: "no credentials found: the EC2 instance metadata service answered 405 Method Not Allowed"},
		{name: "switched off", answers: map[string]http.HandlerFunc{"/latest/api/token": text(403, "")}, none: true, asked: 1,
			want: "no credentials found: the EC2 instance metadata service answered 403 Forbidden"},
		{name: "no token", answers: map[string]http.HandlerFunc{"/latest/api/token": text(200, "")}, asked: 1,
			want: "credentials: the EC2 instance metadata service answered 200 OK: the answer is no token"},
		{name: "no role", answers: map[string]http.HandlerFunc{keys: text(404, "")}, none: true, asked: 2, want: "no credentials found: the EC2 instance has no role"},
		{name: "empty list of roles", answers: map[string]http.HandlerFunc{keys: text(200, "\n")}, none: true, asked: 2, want: "no credentials found: the EC2 instance has no role"},
		{name: "role that is gone", answers: map[string]http.HandlerFunc{keys + "instance-role": text(404, "")}, asked: 3,
			want: "credentials: the EC2 instance metadata service answered 404 Not Found"},
		{name: "role that cannot be assumed", asked: 3,
			answers: map[string]http.HandlerFunc{keys + "instance-role": text(200, `{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}`)},
			want:    "credentials: the EC2 instance metadata service answered 200 OK, AssumeRoleUnauthorizedAccess: EC2 cannot assume the role"},
		{name: "cut off", answers: map[string]http.HandlerFunc{keys + "instance-role": text(200, keysJSON("AKID")[:60])}, asked: 3,
			want: "credentials: the EC2 instance metadata service answered 200 OK: the answer is not the document that it should be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inHome(t, nil)
			c := newCloud(t)
			c.giveKeys()
			for path, answer := range tt.answers {
				c.on(path, answer)
			}
			_, err := InstanceMetadata(c.around(t), func(config *AWSConfig) {
				if tt.name == "no answer" {
					config.around.patience = 50e6
				}
			}).Retrieve(t.Context())
			want := strings.Replace(tt.want, "AT", c.Listener.Addr().String(), 1)
			if errorText(err) != want {
				t.Errorf("error\n%v, want\n%s", err, want)
			}
			if errors.Is(err, ErrNone) != tt.none {
				t.Errorf("errors.Is(%v, ErrNone) = %t", err, !tt.none)
			}
			if n := len(c.log()); n != tt.asked {
				t.Errorf("%d requests, want %d", n, tt.asked)
			}
		})
	}
}

// TestInstanceMetadataRecovers: an outage of a moment is no lack of keys.
func TestInstanceMetadataRecovers(t *testing.T) {
	for path, answer := range map[string]string{
		"/latest/api/token": "hush-token",
		"/latest/meta-data/iam/security-credentials/instance-role": keysJSON("AKID"),
	} {
		inHome(t, nil)
		c := newCloud(t)
		c.giveKeys()
		n := 0
		c.on(path, func(w http.ResponseWriter, _ *http.Request) {
			if n++; n == 1 {
				w.WriteHeader(503)
				return
			}
			io.WriteString(w, answer)
		})
		if got, err := InstanceMetadata(c.around(t)).Retrieve(t.Context()); err != nil || got.AccessKeyID == "" || n != 2 {
			t.Errorf("%s: %v, %v after %d requests", path, got, err, n)
		}
	}
}

// TestLikelyInstance tells machines by what their kernel says of them.
func TestLikelyInstance(t *testing.T) {
	for _, tt := range []struct {
		name   string
		system map[string]string
		guess  bool
		want   bool
	}{
		{name: "Nitro", system: map[string]string{"class/dmi/id/sys_vendor": "Amazon EC2\n"}, want: true},
		{name: "Xen by its BIOS", system: map[string]string{"class/dmi/id/bios_version": "4.11.amazon\n", "class/dmi/id/sys_vendor": "Xen\n"}, want: true},
		{name: "Xen by its UUID", system: map[string]string{"hypervisor/uuid": "ec2e1916-9099-7caf-fd21-012345abcdef\n"}, want: true},
		{name: "product UUID", system: map[string]string{"class/dmi/id/product_uuid": "EC2E1916-9099-7CAF-FD21-012345ABCDEF\n"}, want: true},
		{name: "laptop", system: map[string]string{"class/dmi/id/sys_vendor": "LENOVO\n", "class/dmi/id/bios_version": "ec2-like\n", "hypervisor/uuid": "00000000-ec2e\n"}},
		{name: "nothing to be read"},
		{name: "nothing to tell by", guess: true, want: true},
	} {
		inHome(t, nil)
		c := newCloud(t)
		c.giveKeys()
		dir := t.TempDir()
		for name, content := range tt.system {
			writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), content)
		}
		_, err := Default(c.around(t), func(config *AWSConfig) {
			config.around.system, config.around.guess = dir, tt.guess
		}).Retrieve(t.Context())
		if asked := len(c.log()) > 0; asked != tt.want || (err == nil) != tt.want {
			t.Errorf("%s: asked %t, %v; want %t", tt.name, asked, err, tt.want)
		}
	}
}
