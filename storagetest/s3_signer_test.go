package storagetest_test

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

// signer is a Signature Version 4 of the tests' own, written for plainness: it
// shares nothing with the server or with the module's clients.
type signer struct {
	id, secret, token, region string
	service                   string // empty: s3
	session                   bool   // the token is one of a session
	now                       time.Time
}

const testID, testSecret = "AKIDTEST", "secret/of+the=test"

var testKey = storagetest.WithCredentials(testID, testSecret)

func newSigner() signer {
	return signer{id: testID, secret: testSecret, region: "us-east-1", now: time.Now()}
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}

// percent is written byte by byte in the form of the signature's definition.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// path is that of a key in a bucket, slashes kept.
func path(bucket, key string) string {
	return "/" + bucket + "/" + strings.ReplaceAll(percent(key), "%2F", "/")
}

func (s signer) date() string { return s.now.UTC().Format("20060102T150405Z") }
func (s signer) scope() string {
	return s.date()[:8] + "/" + s.region + "/" + cmp.Or(s.service, "s3") + "/aws4_request"
}
func (s signer) key() []byte {
	return mac(mac(mac(mac([]byte("AWS4"+s.secret), s.date()[:8]), s.region), cmp.Or(s.service, "s3")), "aws4_request")
}

// signature is over the request line, the headers named, and the payload hash.
func (s signer) signature(r *http.Request, rawPath, rawQuery string, names []string, payload string) string {
	pairs := strings.Split(rawQuery, "&")
	for i, p := range pairs {
		if p != "" && !strings.Contains(p, "=") {
			pairs[i] = p + "="
		}
	}
	byName := func(pair string) string { return strings.Replace(pair, "=", "\x00", 1) } // "=" takes no part in the order
	sort.Slice(pairs, func(i, j int) bool { return byName(pairs[i]) < byName(pairs[j]) })
	var headers strings.Builder
	for _, n := range names {
		v := strings.Join(r.Header.Values(n), ",")
		if n == "host" {
			v = r.Host
			if v == "" {
				v = r.URL.Host
			}
		}
		headers.WriteString(n + ":" + strings.TrimSpace(v) + "\n")
	}
	canonical := strings.Join([]string{r.Method, rawPath, strings.Join(pairs, "&"), headers.String(), strings.Join(names, ";"), payload}, "\n")
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", s.date(), s.scope(), hexSHA256([]byte(canonical))}, "\n")
	return hex.EncodeToString(mac(s.key(), toSign))
}

// sign adds the headers of a signature over the payload hash and returns it.
func (s signer) sign(r *http.Request, rawPath string, payload string) string {
	r.Header.Set("X-Amz-Date", s.date())
	r.Header.Set("X-Amz-Content-Sha256", payload)
	switch {
	case s.session:
		r.Header.Set("X-Amz-S3session-Token", s.token)
	case s.token != "":
		r.Header.Set("X-Amz-Security-Token", s.token)
	}
	names := []string{"host"}
	for n := range r.Header {
		if n != "User-Agent" {
			names = append(names, strings.ToLower(n))
		}
	}
	sort.Strings(names)
	sig := s.signature(r, rawPath, r.URL.RawQuery, names, payload)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.id+"/"+s.scope()+", SignedHeaders="+strings.Join(names, ";")+", Signature="+sig)
	return sig
}

// presign returns the query of a presigned GET.
func (s signer) presign(method, host, rawPath string, query url.Values, expires int) string {
	q := url.Values{}
	for k, v := range query {
		q[k] = v
	}
	q.Set("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
	q.Set("X-Amz-Credential", s.id+"/"+s.scope())
	q.Set("X-Amz-Date", s.date())
	q.Set("X-Amz-Expires", fmt.Sprint(expires))
	q.Set("X-Amz-SignedHeaders", "host")
	raw := strings.ReplaceAll(q.Encode(), "+", "%20")
	r := &http.Request{Method: method, Host: host, Header: http.Header{}, URL: &url.URL{}}
	return raw + "&X-Amz-Signature=" + s.signature(r, rawPath, raw, []string{"host"}, "UNSIGNED-PAYLOAD")
}

// call is a request of a test.
type call struct {
	method  string
	path    string // escaped
	query   string
	header  map[string]string // Host stands for the host
	body    string
	payload string // x-amz-content-sha256; empty: the digest of the body
	signer  *signer
	alter   func(*http.Request) // after signing
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// code is that of the error document.
func (a answer) code() string {
	_, rest, _ := strings.Cut(a.body, "<Code>")
	code, _, _ := strings.Cut(rest, "</Code>")
	return code
}

// element is the text of the first element of that name.
func (a answer) element(name string) string {
	_, rest, _ := strings.Cut(a.body, "<"+name+">")
	text, _, _ := strings.Cut(rest, "</"+name+">")
	return text
}

// newRequest makes the request of a call, signed.
func newRequest(t *testing.T, base string, c call) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.RawPath = c.path // as it stands, in whatever form
	if r.URL.Path, err = url.PathUnescape(c.path); err != nil {
		t.Fatal(err)
	}
	r.URL.RawQuery = c.query
	if c.body != "" || c.method == http.MethodPut || c.method == http.MethodPost {
		r.Body = io.NopCloser(strings.NewReader(c.body))
		r.ContentLength = int64(len(c.body))
		if c.body == "" {
			r.Body = http.NoBody
		}
	}
	for n, v := range c.header {
		if n == "Host" {
			r.Host = v
			continue
		}
		r.Header.Set(n, v)
	}
	payload := c.payload
	if payload == "" {
		payload = hexSHA256([]byte(c.body))
	}
	s := newSigner()
	if c.signer != nil {
		s = *c.signer
	}
	s.sign(r, c.path, payload)
	if c.alter != nil {
		c.alter(r)
	}
	return r
}

// roundTrip does a request; redirects are not followed.
func roundTrip(t *testing.T, client *http.Client, r *http.Request) answer {
	t.Helper()
	res, err := client.Transport.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: body: %v", r.Method, r.URL, err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// do makes a call of the server.
func do(t *testing.T, srv *storagetest.Server, c call) answer {
	t.Helper()
	return roundTrip(t, srv.Client(), newRequest(t, srv.URL, c))
}

// want fails the test unless the answer has the status and, with an error, the
// code.
func (a answer) want(t *testing.T, status int, code string) answer {
	t.Helper()
	if a.status != status || a.code() != code {
		t.Fatalf("answer %d %s, want %d %s\n%s", a.status, a.code(), status, code, a.body)
	}
	return a
}

// chunked encodes a body as aws-chunked. With sign the chunks carry signatures
// that begin at seed; trailer is a line "name:value" or empty.
func (s signer) chunked(body string, size int, sign bool, seed, trailer string) string {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	var b bytes.Buffer
	previous := seed
	chunk := func(data string) {
		fmt.Fprintf(&b, "%x", len(data))
		if sign {
			previous = hex.EncodeToString(mac(s.key(), strings.Join([]string{"AWS4-HMAC-SHA256-PAYLOAD", s.date(), s.scope(), previous, empty, hexSHA256([]byte(data))}, "\n")))
			b.WriteString(";chunk-signature=" + previous)
		}
		b.WriteString("\r\n" + data)
		if data != "" {
			b.WriteString("\r\n")
		}
	}
	for len(body) > 0 {
		n := min(size, len(body))
		chunk(body[:n])
		body = body[n:]
	}
	chunk("")
	if trailer != "" {
		b.WriteString(trailer + "\r\n")
		if sign {
			sig := hex.EncodeToString(mac(s.key(), strings.Join([]string{"AWS4-HMAC-SHA256-TRAILER", s.date(), s.scope(), previous, hexSHA256([]byte(trailer + "\n"))}, "\n")))
			b.WriteString("x-amz-trailer-signature:" + sig + "\r\n")
		}
	}
	b.WriteString("\r\n")
	return b.String()
}
