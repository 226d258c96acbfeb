package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const apiKey = "hush-api-key"

// exchange answers requests in turn with what it is given, and keeps them.
type exchange struct {
	answers  []answer
	requests []*http.Request
	bodies   []string
	times    []time.Time
}

type answer struct {
	status int
	body   string
	header http.Header
	err    error
}

func (e *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	a := e.answers[min(len(e.requests), len(e.answers)-1)]
	e.requests = append(e.requests, r)
	e.bodies = append(e.bodies, string(body))
	e.times = append(e.times, time.Now())
	if a.err != nil {
		return nil, a.err
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

func (e *exchange) provider(opts ...func(*IBMIAMConfig)) Provider {
	set := func(c *IBMIAMConfig) { c.HTTPClient = &http.Client{Transport: e} }
	return IBMIAM(apiKey, append([]func(*IBMIAMConfig){set}, opts...)...)
}

const goodToken = `{"access_token":"hush-jwt","refresh_token":"not_supported","token_type":"Bearer","expires_in":3600,"expiration":1800000000,"scope":"ibm openid"}`

func TestIBMIAM(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name, endpoint, answer string
		wantURL                string
		wantExpires            time.Time
	}{
		{name: "default", answer: goodToken, wantURL: "https://iam.cloud.ibm.com/identity/token", wantExpires: now.Add(time.Hour)},
		{name: "host only", endpoint: "https://private.iam.cloud.ibm.com/", answer: goodToken, wantURL: "https://private.iam.cloud.ibm.com/identity/token", wantExpires: now.Add(time.Hour)},
		{name: "path as given", endpoint: "https://iam.bluemix.net/oidc/token", answer: goodToken, wantURL: "https://iam.bluemix.net/oidc/token", wantExpires: now.Add(time.Hour)},
		{name: "in the clear on loopback", endpoint: "http://127.0.0.1:8080", answer: goodToken, wantURL: "http://127.0.0.1:8080/identity/token", wantExpires: now.Add(time.Hour)},
		{name: "moment of expiry only", answer: `{"access_token":"hush-jwt","expiration":1800000000}`, wantURL: "https://iam.cloud.ibm.com/identity/token", wantExpires: time.Unix(1800000000, 0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &exchange{answers: []answer{{status: 200, body: tt.answer}}}
			got, err := e.provider(func(c *IBMIAMConfig) {
				c.Clock = func() time.Time { return now }
				c.Endpoint = tt.endpoint
			}).Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			same(t, "IBMIAM", got, Credentials{Token: "hush-jwt", Expires: tt.wantExpires, Source: "IBM IAM"})
			r := e.requests[0]
			if r.Method != "POST" || r.URL.String() != tt.wantURL {
				t.Errorf("request %s %s, want POST %s", r.Method, r.URL, tt.wantURL)
			}
			if want := "apikey=hush-api-key&grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&response_type=cloud_iam"; e.bodies[0] != want {
				t.Errorf("body %s, want %s", e.bodies[0], want)
			}
			for name, want := range map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "Authorization": ""} {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestIBMIAMErrors(t *testing.T) {
	refused := answer{status: 400, body: `{"context":{"requestId":"r"},"errorCode":"BXNIM0415E","errorMessage":"Provided API key hush-api-key could not be found."}`}
	for _, tt := range []struct {
		name       string
		answer     answer
		endpoint   string
		want       string
		attempts   int
		permission bool
	}{
		{name: "key not found", answer: refused, attempts: 1, permission: true,
			want: "credentials: IBM IAM answered 400 Bad Request, BXNIM0415E: Provided API key [API key] could not be found."},
		{name: "not allowed", answer: answer{status: 403, body: "<html>"}, attempts: 1, permission: true, want: "credentials: IBM IAM answered 403 Forbidden"},
		{name: "redirect", answer: answer{status: 302, header: http.Header{"Location": {"https://elsewhere/"}}}, attempts: 1,
			want: "credentials: IBM IAM answered 302 Found: redirects are not followed, set the endpoint to the right address"},
		{name: "rate limit", answer: answer{status: 429}, attempts: attempts, want: "credentials: IBM IAM answered 429 Too Many Requests"},
		{name: "outage", answer: answer{status: 503}, attempts: attempts, want: "credentials: IBM IAM answered 503 Service Unavailable"},
		{name: "network", answer: answer{err: errors.New("connection refused")}, attempts: attempts,
			want: `credentials: IBM IAM: Post "https://iam.cloud.ibm.com/identity/token": connection refused`},
		{name: "no JSON", answer: answer{status: 200, body: "hello"}, attempts: 1, want: "credentials: IBM IAM answered 200 OK: the answer holds no token"},
		{name: "no token", answer: answer{status: 200, body: "{}"}, attempts: 1, want: "credentials: IBM IAM answered 200 OK: the answer holds no token"},
		{name: "no expiry", answer: answer{status: 200, body: `{"access_token":"hush"}`}, attempts: 1,
			want: "credentials: IBM IAM answered 200 OK: the answer does not say when the token expires"},
		{name: "in the clear", endpoint: "http://user:hush@iam.cloud.ibm.com", want: "credentials: the IBM IAM endpoint http://user:xxxxx@iam.cloud.ibm.com is not https: an API key is not sent there"},
		{name: "no URL, but a secret", endpoint: "user:hush@iam.cloud.ibm.com", want: `credentials: the IBM IAM endpoint "…@iam.cloud.ibm.com" is not a URL such as https://iam.cloud.ibm.com`},
		{name: "no URL", endpoint: "iam.cloud.ibm.com", want: `credentials: the IBM IAM endpoint "iam.cloud.ibm.com" is not a URL such as https://iam.cloud.ibm.com`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &exchange{answers: []answer{tt.answer}}
				_, err := e.provider(func(c *IBMIAMConfig) { c.Endpoint = tt.endpoint }).Retrieve(t.Context())
				if err == nil || err.Error() != tt.want {
					t.Errorf("error\n%v, want\n%s", err, tt.want)
				}
				checkError(t, err, tt.want)
				if len(e.requests) != tt.attempts {
					t.Errorf("%d attempts, want %d", len(e.requests), tt.attempts)
				}
				if errors.Is(err, fs.ErrPermission) != tt.permission {
					t.Errorf("errors.Is(%v, fs.ErrPermission) = %t", err, !tt.permission)
				}
			})
		})
	}
	if got := fmt.Sprint(IBMIAM("hush", func(c *IBMIAMConfig) { c.Endpoint = "https://user:hush@host/" })); strings.Contains(got, "hush") {
		t.Errorf("it prints %s", got)
	}
	if _, err := IBMIAM("").Retrieve(t.Context()); err == nil {
		t.Error("an empty API key was accepted")
	}
}

// TestZeroConfigs: what an option sets to nil is the default.
func TestZeroConfigs(t *testing.T) {
	p := IBMIAM("", func(c *IBMIAMConfig) { *c = IBMIAMConfig{} })
	c := Cached(p, func(c *CacheConfig) { *c = CacheConfig{} })
	want := "credentials: the IBM API key is empty"
	if _, err := c.Retrieve(t.Context()); err == nil || err.Error() != want {
		t.Errorf("Retrieve = %v, want %s", err, want)
	}
}

func TestIBMIAMRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{answers: []answer{
			{status: 429, header: http.Header{"Retry-After": {"3"}}},
			{err: errors.New("connection reset")},
			{status: 500, header: http.Header{"Retry-After": {"86400"}}},
			{status: 200, body: goodToken},
		}}
		got, err := e.provider().Retrieve(t.Context())
		if err != nil || got.Token != "hush-jwt" {
			t.Fatalf("Retrieve = %v, %v", got, err)
		}
		var waits []time.Duration
		for i := range e.times[1:] {
			waits = append(waits, e.times[i+1].Sub(e.times[i]))
		}
		if waits[0] != 3*time.Second || waits[1] > time.Second || waits[2] != longWait {
			t.Errorf("waits %v, want 3s as asked for, a short random one, and no more than %v", waits, longWait)
		}
	})
}

func TestIBMIAMStopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{answers: []answer{{status: 503, header: http.Header{"Retry-After": {"5"}}}}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := e.provider().Retrieve(ctx)
		var answered *IBMIAMError
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &answered) {
			t.Errorf("error %v, want the last answer and %v", err, context.DeadlineExceeded)
		}
		if len(e.requests) != 1 {
			t.Errorf("%d attempts, want 1", len(e.requests))
		}
	})
}
