package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
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
		{name: "of an older configuration", endpoint: "https://iam.cloud.ibm.com/oidc/token", answer: goodToken, wantURL: "https://iam.cloud.ibm.com/oidc/token", wantExpires: now.Add(time.Hour)},
		{name: "in the clear on loopback", endpoint: "http://127.0.0.1:8080", answer: goodToken, wantURL: "http://127.0.0.1:8080/identity/token", wantExpires: now.Add(time.Hour)},
		{name: "a life that is not believed", answer: `{"access_token":"hush-jwt","expires_in":9223372036854775807}`, wantURL: "https://iam.cloud.ibm.com/identity/token", wantExpires: now.Add(24 * time.Hour)},
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
			want: "credentials: IBM IAM answered 400 Bad Request, BXNIM0415E: Provided API key [API key] could not be found. (request r)"},
		{name: "not allowed", answer: answer{status: 403, body: "<html>"}, attempts: 1, permission: true, want: "credentials: IBM IAM answered 403 Forbidden"},
		{name: "redirect", answer: answer{status: 302, header: http.Header{"Location": {"https://elsewhere/"}}}, attempts: 1,
			want: "credentials: IBM IAM answered 302 Found: redirects are not followed, set the endpoint to the right address"},
		{name: "rate limit", answer: answer{status: 429}, attempts: attempts, want: "credentials: IBM IAM answered 429 Too Many Requests"},
		{name: "outage", answer: answer{status: 503}, attempts: attempts, want: "credentials: IBM IAM answered 503 Service Unavailable"},
		{name: "network", answer: answer{err: errors.New("connection refused")}, attempts: attempts,
			want: "credentials: IBM IAM at iam.cloud.ibm.com: connection refused"},
		{name: "no JSON", answer: answer{status: 200, body: "hello"}, attempts: 1, want: "credentials: IBM IAM answered 200 OK: the answer holds no token"},
		{name: "no token", answer: answer{status: 200, body: "{}"}, attempts: 1, want: "credentials: IBM IAM answered 200 OK: the answer holds no token"},
		{name: "a token that is no text", answer: answer{status: 200, body: `{"access_token":7,"expires_in":3600}`}, attempts: 1, want: "credentials: IBM IAM answered 200 OK: the answer holds no token"},
		{name: "a token that would end the header", answer: answer{status: 200, body: `{"access_token":"hush\r\nX: y","expires_in":3600}`}, attempts: 1, want: "credentials: IBM IAM answered 200 OK: the answer holds no token"},
		{name: "expired before it is there", answer: answer{status: 200, body: `{"access_token":"hush","expires_in":-1}`}, attempts: 1,
			want: "credentials: IBM IAM answered 200 OK: the answer does not say when the token expires"},
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

// TestIBMIAMClientID: a program with a client id of its own is told by it.
func TestIBMIAMClientID(t *testing.T) {
	e := &exchange{answers: []answer{{status: 200, body: goodToken}, {status: 403, body: `{"errorMessage":"client hush-client is not known"}`}}}
	p := e.provider(func(c *IBMIAMConfig) { c.ClientID, c.ClientSecret = "backup", "hush-client" })
	if _, err := p.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	if id, secret, ok := e.requests[0].BasicAuth(); !ok || id != "backup" || secret != "hush-client" {
		t.Errorf("client id %q and secret %q", id, secret)
	}
	_, err := p.Retrieve(t.Context())
	checkError(t, err, "client [API key] is not known")
	for _, half := range []func(*IBMIAMConfig){func(c *IBMIAMConfig) { c.ClientID = "backup" }, func(c *IBMIAMConfig) { c.ClientSecret = "hush" }} {
		_, err := e.provider(half).Retrieve(t.Context())
		checkError(t, err, "credentials: IBM IAM takes a client id with its secret, and one of them is missing")
	}
	if len(e.requests) != 2 {
		t.Errorf("%d requests, want none with half a pair", len(e.requests))
	}
}

// tokenOf is an answer of IAM with the nth token, and its life in seconds.
func tokenOf(n, life int) answer {
	return answer{status: 200, body: fmt.Sprintf(`{"access_token":"hush-%d","expires_in":%d}`, n, life)}
}

// TestIBMIAMInACache is what a client has: one request for all callers, renewal
// ahead of the end, and nobody fails while a token still lives.
func TestIBMIAMInACache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := answer{status: 400, body: `{"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found."}`}
		e := &exchange{answers: []answer{tokenOf(1, 3600), tokenOf(2, 600), refused, refused, tokenOf(5, 3600)}}
		c := Cached(e.provider(func(c *IBMIAMConfig) { c.HTTPClient.Transport = slow{e} }))
		// many has 100 callers get the token want, and waits for what they began.
		many := func(want string) {
			t.Helper()
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() {
					if got, err := c.Retrieve(t.Context()); err != nil || got.Token != want {
						t.Errorf("token %q, %v; want %q", got.Token, err, want)
					}
				})
			}
			wg.Wait()
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		for i, step := range []struct {
			wait     time.Duration
			token    string
			requests int
		}{
			{token: "hush-1", requests: 1},
			{wait: 53 * time.Minute, token: "hush-1", requests: 1},
			{wait: 2 * time.Minute, token: "hush-1", requests: 2}, // less than five minutes ahead of its end: the next is fetched meanwhile
			{token: "hush-2", requests: 2},
			{wait: 430 * time.Second, token: "hush-2", requests: 2}, // of ten minutes
			{wait: 30 * time.Second, token: "hush-2", requests: 3},  // in its last quarter; the renewal is refused, the token lives
			{token: "hush-2", requests: 3},                          // nobody asks again at once
			{wait: 11 * time.Second, token: "hush-2", requests: 4},
			{wait: time.Minute, token: "hush-2", requests: 5},
			{token: "hush-5", requests: 5},
		} {
			time.Sleep(step.wait)
			many(step.token)
			if n := len(e.requests); n != step.requests {
				t.Errorf("step %d: %d requests, want %d", i, n, step.requests)
			}
		}
	})
}

// slow takes a second for each answer.
type slow struct{ *exchange }

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(time.Second)
	return s.exchange.RoundTrip(r)
}

// TestIBMIAMRests: many calls with a key that is not good do not become as many
// requests.
func TestIBMIAMRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{answers: []answer{{status: 400, body: `{"errorCode":"BXNIM0415E","errorMessage":"no"}`}, tokenOf(2, 3600)}}
		c := Cached(e.provider())
		for range 100 {
			_, err := c.Retrieve(t.Context())
			checkError(t, err, "BXNIM0415E")
			time.Sleep(time.Millisecond)
		}
		if n := len(e.requests); n != 1 {
			t.Errorf("%d requests in a tenth of a second, want 1", n)
		}
		time.Sleep(refusalRest)
		if got, err := c.Retrieve(t.Context()); err != nil || got.Token != "hush-2" {
			t.Errorf("after a rest: %v, %v", got, err)
		}
	})
}

func TestIBMDelegatedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{answers: []answer{
			{status: 200, body: `{"delegated_refresh_token":"hush-1","expires_in":3600}`}, {status: 200, body: `{"delegated_refresh_token":"hush-2"}`},
			{status: 403, body: `{"errorMessage":"hush-api-key"}`},
		}}
		token := IBMDelegatedToken(apiKey, func(c *IBMIAMConfig) { c.HTTPClient = &http.Client{Transport: e} })
		want := func(want string) {
			t.Helper()
			got, err := token(t.Context())
			if err != nil || string(got) != want {
				t.Errorf("token %q, %v; want %q", string(got), err, want)
			}
			if text := fmt.Sprintf("%v %+v %#v", got, got, got); strings.Contains(text, "hush") {
				t.Errorf("it prints as %s", text)
			}
			synctest.Wait()
		}
		want("hush-1")
		if want := "apikey=hush-api-key&grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&receiver_client_ids=aspera_ats&response_type=delegated_refresh_token"; e.bodies[0] != want {
			t.Errorf("body %s, want %s", e.bodies[0], want)
		}
		time.Sleep(5 * 24 * time.Hour)
		want("hush-1")
		time.Sleep(24 * time.Hour)
		want("hush-2")
		time.Sleep(7 * 24 * time.Hour)
		_, err := token(t.Context())
		checkError(t, err, "credentials: IBM IAM answered 403 Forbidden: [API key]")
	})
}

// FuzzIBMToken: whatever IAM answers, a token fits into a header and ends within
// a day or at the moment told, and there is none beside a problem.
func FuzzIBMToken(f *testing.F) {
	for _, seed := range []string{goodToken, `{}`, `[]`, `{"access_token":"x","expires_in":1e99}`, `{"access_token":"a b","expires_in":1}`, `{"access_token":"x","expiration":-5}`, `{"access_token":null}`, "\xff"} {
		f.Add([]byte(seed))
	}
	now := time.Unix(1700000000, 0)
	f.Fuzz(func(t *testing.T, body []byte) {
		c, problem := readIBMToken(body, "access_token", 0, now)
		if problem != "" {
			if c != (Credentials{}) {
				t.Fatalf("%s, but %#v", problem, c)
			}
			return
		}
		if c.Token == "" || strings.ContainsAny(c.Token, " \r\n\x00") {
			t.Fatalf("the token %q", c.Token)
		}
		var plain struct {
			Token      string  `json:"access_token"`
			ExpiresIn  float64 `json:"expires_in"`
			Expiration float64 `json:"expiration"`
		}
		if err := json.Unmarshal(body, &plain); err != nil {
			return // the scanner takes names as they are, json also in other case
		}
		if plain.ExpiresIn > 0 && (c.Expires.Before(now) || c.Expires.After(now.Add(24*time.Hour))) {
			t.Fatalf("%s ends %v", body, c.Expires)
		}
	})
}
