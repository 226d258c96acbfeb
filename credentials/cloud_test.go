package credentials

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// cloud is a server of everything that credentials are asked for: STS, single
// sign-on, a container's agent, an instance's metadata. Each path answers as a
// test says.
type cloud struct {
	*httptest.Server
	mu      sync.Mutex
	asked   []asked
	answers map[string]http.HandlerFunc // by path
}

// asked is a request that the cloud has got.
type asked struct {
	*http.Request
	form url.Values
	body string
}

func newCloud(t *testing.T) *cloud {
	c := &cloud{answers: make(map[string]http.HandlerFunc)}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	form, _ := url.ParseQuery(string(body))
	c.mu.Lock()
	c.asked = append(c.asked, asked{r, form, string(body)})
	answer := c.answers[r.URL.Path]
	c.mu.Unlock()
	if answer == nil {
		http.NotFound(w, r)
		return
	}
	answer(w, r)
}

func (c *cloud) on(path string, answer http.HandlerFunc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[path] = answer
}

// log returns what has been asked for since the last call.
func (c *cloud) log() []asked {
	c.mu.Lock()
	defer c.mu.Unlock()
	log := c.asked
	c.asked = nil
	return log
}

func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

var (
	later     = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	testClock = func(c *AWSConfig) { c.Clock = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) } }
)

// grant is an answer of STS.
func grant(action, id string) string {
	return "<" + action + `Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><` + action + "Result>" +
		"<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/x/y</Arn></AssumedRoleUser>" +
		"<Credentials><AccessKeyId>" + id + "</AccessKeyId><SecretAccessKey>hush-role-secret</SecretAccessKey>" +
		"<SessionToken>hush-role-token</SessionToken><Expiration>2030-01-02T03:04:05Z</Expiration></Credentials>" +
		"</" + action + "Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></" + action + "Response>"
}

func refusal(code, message string) string {
	return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>` + code + "</Code><Message>" +
		message + "</Message></Error><RequestId>request-id</RequestId></ErrorResponse>"
}

// giveRoles has STS give every role: its keys are named after it.
func (c *cloud) giveRoles() {
	c.on("/", func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		form := c.asked[len(c.asked)-1].form
		c.mu.Unlock()
		_, name, _ := strings.Cut(form.Get("RoleArn"), "role/")
		io.WriteString(w, grant(form.Get("Action"), "AKID-OF-"+name))
	})
}

func keysJSON(id string) string {
	return `{"Code":"Success","LastUpdated":"2026-01-02T00:00:00Z","Type":"AWS-HMAC","AccessKeyId":"` + id +
		`","SecretAccessKey":"hush-secret","Token":"hush-token","Expiration":"2030-01-02T03:04:05Z"}`
}

// giveKeys has the container's agent and the instance metadata give keys.
func (c *cloud) giveKeys() {
	c.on("/container", text(200, keysJSON("AKID-OF-CONTAINER")))
	c.on("/latest/api/token", text(200, "hush-session"))
	c.on("/latest/meta-data/iam/security-credentials/", text(200, "instance-role\n"))
	c.on("/latest/meta-data/iam/security-credentials/instance-role", text(200, keysJSON("AKID-OF-INSTANCE")))
}

// around makes the cloud the surroundings of a Provider, on a machine that does
// not look like an instance.
func (c *cloud) around(t *testing.T) func(*AWSConfig) {
	s := &surroundings{system: t.TempDir(), container: c.URL, instance: c.URL, instance6: c.URL + "/v6", patience: time.Minute}
	return func(config *AWSConfig) { config.around = s }
}

// setEnv sets variables, given as NAME=value.
func setEnv(t *testing.T, variables ...string) {
	t.Helper()
	for _, v := range variables {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			t.Fatalf("%q sets nothing", v)
		}
		t.Setenv(name, value)
	}
}

func writeFile(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkSignature verifies a Signature Version 4 of a request without a query,
// by code of its own.
func checkSignature(t *testing.T, r asked, id, secret, region string) {
	t.Helper()
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		io.WriteString(h, text)
		return h.Sum(nil)
	}
	sum := func(text string) string {
		s := sha256.Sum256([]byte(text))
		return hex.EncodeToString(s[:])
	}
	authorization := r.Header.Get("Authorization")
	_, signed, _ := strings.Cut(authorization, "SignedHeaders=")
	signed, signature, _ := strings.Cut(signed, ", Signature=")
	date := r.Header.Get("X-Amz-Date")
	if len(date) != len("20060102T150405Z") {
		t.Fatalf("X-Amz-Date: %q", date)
	}
	scope := date[:8] + "/" + region + "/sts/aws4_request"
	if want := "AWS4-HMAC-SHA256 Credential=" + id + "/" + scope + ", "; !strings.HasPrefix(authorization, want) {
		t.Fatalf("Authorization %s, want %s…", authorization, want)
	}
	var headers strings.Builder
	for name := range strings.SplitSeq(signed, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		if name == "content-length" {
			value = fmt.Sprint(r.ContentLength)
		}
		headers.WriteString(name + ":" + value + "\n")
	}
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n\n" + headers.String() + "\n" + signed + "\n" + sum(r.body)
	key := mac(mac(mac(mac([]byte("AWS4"+secret), date[:8]), region), "sts"), "aws4_request")
	if want := hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+sum(canonical))); signature != want {
		t.Errorf("signature %s, want %s", signature, want)
	}
	for _, name := range []string{"host", "x-amz-date"} {
		if !strings.Contains(";"+signed+";", ";"+name+";") {
			t.Errorf("%s is not signed: %s", name, signed)
		}
	}
}
