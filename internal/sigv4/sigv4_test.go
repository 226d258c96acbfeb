package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/internal/vectors"
)

func parseTime(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse("20060102T150405Z", text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// trace repeats what SignHeader does up to the string to sign.
func trace(t *testing.T, req *http.Request, p Params) (canonical, toSign string) {
	t.Helper()
	s := new(scratch)
	s.setScope(&p)
	s.collectHeaders(req, &p)
	s.addHeader([]byte("x-amz-date"), s.timestamp)
	if p.PayloadHashHeader {
		s.addHeader([]byte("x-amz-content-sha256"), []byte(p.PayloadHash))
	}
	if p.SessionToken != "" {
		s.addHeader([]byte(strings.ToLower(p.tokenHeader())), []byte(p.SessionToken))
	}
	s.collectQuery(req.URL.RawQuery)
	if err := s.canonicalRequest(req, &p); err != nil {
		t.Fatal(err)
	}
	canonical = string(s.buf)
	return canonical, string(s.stringToSign(algorithm))
}

// parseRaw splits a request of the published cases by hand: its target holds
// blanks and UTF-8 that no HTTP parser takes.
func parseRaw(t *testing.T, raw string) (req *http.Request, body string) {
	t.Helper()
	head, body, _ := strings.Cut(raw, "\n\n")
	lines := strings.Split(head, "\n")
	first, last := strings.IndexByte(lines[0], ' '), strings.LastIndexByte(lines[0], ' ')
	if first < 0 || first == last {
		t.Fatalf("no request line: %q", lines[0])
	}
	path, query, _ := strings.Cut(lines[0][first+1:last], "?")
	req = &http.Request{Method: lines[0][:first], Header: http.Header{}}
	req.URL = &url.URL{Scheme: "https", Opaque: path, RawQuery: query}
	if strings.HasPrefix(path, "//") {
		req.URL.Opaque, req.URL.Path = "", path
	}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("no header line: %q", line)
		}
		req.Header.Add(name, value)
	}
	req.URL.Host = req.Header.Get("Host")
	return req, body
}

func TestPublishedCases(t *testing.T) {
	var cases map[string]struct{ Req, Creq, Sts, Authz, Sreq string }
	if err := json.Unmarshal(vectors.Load(t, "sigv4.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 17 {
		t.Fatalf("%d cases, want 17 or more", len(cases))
	}
	var signer Signer
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		t.Run(name, func(t *testing.T) {
			req, body := parseRaw(t, c.Req)
			sum := sha256.Sum256([]byte(body))
			p := Params{
				AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
				Region: "us-east-1", Service: "service", Time: parseTime(t, "20150830T123600Z"),
				PayloadHash: hex.EncodeToString(sum[:]), NormalizePath: true,
			}
			canonical, toSign := trace(t, req, p)
			if diff := cmp.Diff(c.Creq, canonical); diff != "" {
				t.Errorf("canonical request (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.Sts, toSign); diff != "" {
				t.Errorf("string to sign (-want +got):\n%s", diff)
			}
			if _, err := signer.SignHeader(req, p); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.Authz, req.Header.Get("Authorization")); diff != "" {
				t.Errorf("Authorization (-want +got):\n%s", diff)
			}
			want, _ := parseRaw(t, c.Sreq)
			want.Header.Set("Authorization", strings.TrimSpace(want.Header.Get("Authorization")))
			if diff := cmp.Diff(want.Header, req.Header); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

type s3Cases struct {
	Credentials struct{ AccessKeyID, SecretAccessKey, Region, Service, Time string }
	Cases       map[string]struct {
		CanonicalRequest, StringToSign, Signature string
		Chunks                                    []struct {
			Size         int
			StringToSign string
			Signature    string
		}
	}
}

// requestOf rebuilds the request that a canonical request was made of, and the
// hash of its payload.
func requestOf(t *testing.T, canonical string) (*http.Request, string) {
	t.Helper()
	lines := strings.Split(canonical, "\n")
	path, err := url.PathUnescape(lines[1])
	if err != nil {
		t.Fatal(err)
	}
	req := &http.Request{Method: lines[0], Header: http.Header{}, URL: &url.URL{Scheme: "https", Path: path, RawQuery: lines[2]}}
	for _, line := range lines[3 : len(lines)-3] {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case !ok:
			t.Fatalf("no header line: %q", line)
		case name == "host":
			req.Host = value
		case name == "content-length":
			fmt.Sscan(value, &req.ContentLength)
		default:
			req.Header.Set(name, value)
		}
	}
	return req, lines[len(lines)-1]
}

func TestPublishedS3Cases(t *testing.T) {
	var file s3Cases
	if err := json.Unmarshal(vectors.Load(t, "sigv4-s3.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 6 {
		t.Fatalf("%d cases, want 6 or more", len(file.Cases))
	}
	var signer Signer
	for _, name := range slices.Sorted(maps.Keys(file.Cases)) {
		c := file.Cases[name]
		t.Run(name, func(t *testing.T) {
			req, hash := requestOf(t, c.CanonicalRequest)
			p := Params{
				AccessKeyID: file.Credentials.AccessKeyID, SecretAccessKey: file.Credentials.SecretAccessKey,
				Region: file.Credentials.Region, Service: file.Credentials.Service, Time: parseTime(t, file.Credentials.Time),
				PayloadHash: hash, PayloadHashHeader: true, SignContentLength: req.ContentLength > 0,
			}
			if name == "presigned-get" {
				want := req.URL.RawQuery
				req.URL.RawQuery = ""
				send, err := signer.Presign(req, p, 86400*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				if got := req.URL.RawQuery; got != want+"&X-Amz-Signature="+c.Signature {
					t.Errorf("query %s, want %s and signature %s", got, want, c.Signature)
				}
				if len(send) != 0 {
					t.Errorf("headers to send: %v, want none", send)
				}
				return
			}
			canonical, toSign := trace(t, req, p)
			if diff := cmp.Diff(c.CanonicalRequest, canonical); diff != "" {
				t.Errorf("canonical request (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.StringToSign, toSign); diff != "" {
				t.Errorf("string to sign (-want +got):\n%s", diff)
			}
			chain, err := signer.SignHeader(req, p)
			if err != nil {
				t.Fatal(err)
			}
			if got := chain.Signature(); got != c.Signature {
				t.Errorf("signature %s, want %s", got, c.Signature)
			}
			if !strings.HasSuffix(req.Header.Get("Authorization"), ", Signature="+c.Signature) {
				t.Errorf("Authorization: %s", req.Header.Get("Authorization"))
			}
			for i, chunk := range c.Chunks {
				sum := sha256.Sum256([]byte(strings.Repeat("a", chunk.Size)))
				if got := chain.Chunk(sum); string(got) != chunk.Signature {
					t.Errorf("chunk %d: signature %s, want %s", i, got, chunk.Signature)
				}
			}
		})
	}
}

func params() Params {
	return Params{
		AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret", Region: "eu-central-1", Service: "s3",
		Time:        time.Date(2026, 2, 3, 4, 5, 6, 7, time.FixedZone("", 3600)),
		PayloadHash: UnsignedPayload, PayloadHashHeader: true,
	}
}

func request(t testing.TB, method, target string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// The trailer has no published example, so the documented string to sign is
// spelled out here and signed by crypto/hmac.
func TestTrailerSignature(t *testing.T) {
	req := request(t, "PUT", "https://b.s3.amazonaws.com/k")
	chain, err := new(Signer).SignHeader(req, params())
	if err != nil {
		t.Fatal(err)
	}
	before := chain.Signature()
	line := []byte("x-amz-checksum-crc32c:sOO8/Q==\n")
	got := chain.Trailer(sha256.Sum256(line))

	key := []byte("AWS4secret")
	for _, part := range []string{"20260203", "eu-central-1", "s3", "aws4_request"} {
		key = trustedMAC(key, part)
	}
	sum := sha256.Sum256(line)
	want := hex.EncodeToString(trustedMAC(key, "AWS4-HMAC-SHA256-TRAILER\n20260203T030506Z\n20260203/eu-central-1/s3/aws4_request\n"+before+"\n"+hex.EncodeToString(sum[:])))
	if string(got) != want || chain.Signature() != want {
		t.Errorf("Trailer = %s, then Signature() = %s; want %s", got, chain.Signature(), want)
	}
}

func TestCanonicalPath(t *testing.T) {
	for _, tt := range []struct {
		name      string
		url       url.URL
		normalize bool
		want      string
	}{
		{name: "empty", want: "/"},
		{name: "S3 keeps dots and slashes", url: url.URL{Path: "//a/../b/./c//"}, want: "//a/../b/./c//"},
		{name: "S3 encodes once", url: url.URL{Path: "/a b+c%d/ü"}, want: "/a%20b%2Bc%25d/%C3%BC"},
		{name: "the path on the wire wins", url: url.URL{Path: "/a/b", RawPath: "/a%2Fb"}, want: "/a/b"},
		{name: "encoded more than needed", url: url.URL{Path: "/~a$b", RawPath: "/%7ea$b"}, want: "/~a%24b"},
		{name: "control characters", url: url.URL{Path: "/\x00\x1f\x7f"}, want: "/%00%1F%7F"},
		{name: "opaque path", url: url.URL{Opaque: "/a b%zz"}, want: "/a%20b%25zz"},
		{name: "others encode twice", url: url.URL{Path: "/a b"}, normalize: true, want: "/a%2520b"},
		{name: "others drop dots", url: url.URL{Path: "/a/./b/../../c//d/"}, normalize: true, want: "/c/d/"},
		{name: "others stay below the root", url: url.URL{Path: "/../../a"}, normalize: true, want: "/a"},
		{name: "others end in nothing", url: url.URL{Path: "/.."}, normalize: true, want: "/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := params()
			p.NormalizePath = tt.normalize
			canonical, _ := trace(t, &http.Request{URL: &tt.url, Host: "h"}, p)
			if got := strings.Split(canonical, "\n")[1]; got != tt.want {
				t.Errorf("canonical path of %#v: %s, want %s", tt.url, got, tt.want)
			}
		})
	}
}

func TestCanonicalQuery(t *testing.T) {
	for _, tt := range []struct{ name, raw, want string }{
		{"none", "", ""},
		{"subresource", "lifecycle", "lifecycle="},
		{"plus is a space", "prefix=a+b%2Bc", "prefix=a%20b%2Bc"},
		{"by encoded name, then value", "b=2&a=z&a%20=1&a-=1&A=0&a=y", "A=0&a=y&a=z&a%20=1&a-=1&b=2"},
		{"empty pairs are none", "&a=1&&", "a=1"},
		{"a value holds equal signs", "a=b=c", "a=b%3Dc"},
		{"raw bytes", "ሴ=a/b:c", "%E1%88%B4=a%2Fb%3Ac"},
		{"escapes in lower case", "a=%e1%88%b4%41", "a=%E1%88%B4A"},
		{"broken escapes stand for themselves", "a=%&b=%4&c=%zz", "a=%25&b=%254&c=%25zz"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			canonical, _ := trace(t, &http.Request{URL: &url.URL{RawQuery: tt.raw}, Host: "h"}, params())
			if got := strings.Split(canonical, "\n")[2]; got != tt.want {
				t.Errorf("canonical query of %s: %s, want %s", tt.raw, got, tt.want)
			}
		})
	}
}

func TestCanonicalHeaders(t *testing.T) {
	req := request(t, "PUT", "https://[fe80::1%25en0]:9000/k")
	req.ContentLength = 10
	req.Header = http.Header{
		"Content-Type":         {"text/plain"},
		"Content-Md5":          {"x"},
		"Range":                {"bytes=0-9"},
		"If-None-Match":        {"*"},
		"X-Amz-Meta-A":         {"  two  words   and\ttab \t"},
		"x-amz-meta-a":         {"by another", "spelling"},
		"X-Amz-Meta-A_b":       {"_ sorts before letters"},
		"X-Amz-Meta-Aa":        {""},
		"X-Amz-Nothing":        {},
		"Authorization":        {"old"},
		"X-Amz-Date":           {"old"},
		"X-Amz-Content-Sha256": {"old"},
		"X-Amz-Security-Token": {"old"},
		"User-Agent":           {"x"}, "Accept-Encoding": {"x"}, "Expect": {"x"}, "Content-Length": {"10"},
		"Connection": {"x"}, "Keep-Alive": {"x"}, "Proxy-Authorization": {"x"}, "Te": {"x"}, "Trailer": {"x"},
		"Transfer-Encoding": {"x"}, "Upgrade": {"x"}, "Via": {"x"}, "X-Forwarded-For": {"x"},
		"X-Amzn-Trace-Id": {"x"}, "Traceparent": {"x"}, "Tracestate": {"x"},
	}
	p := params()
	p.SessionToken = "TOKEN"
	canonical, _ := trace(t, req, p)
	want := strings.Join([]string{"PUT", "/k", "",
		"content-md5:x",
		"content-type:text/plain",
		"host:[fe80::1]:9000",
		"if-none-match:*",
		"range:bytes=0-9",
		"x-amz-content-sha256:UNSIGNED-PAYLOAD",
		"x-amz-date:20260203T030506Z",
		"x-amz-meta-a:two words and\ttab,by another,spelling",
		"x-amz-meta-a_b:_ sorts before letters",
		"x-amz-meta-aa:",
		"x-amz-security-token:TOKEN",
		"",
		"content-md5;content-type;host;if-none-match;range;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-meta-a_b;x-amz-meta-aa;x-amz-security-token",
		"UNSIGNED-PAYLOAD"}, "\n")
	if diff := cmp.Diff(want, canonical); diff != "" {
		t.Errorf("canonical request (-want +got):\n%s", diff)
	}

	if _, err := new(Signer).SignHeader(req, p); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"X-Amz-Date": "20260203T030506Z", "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD", "X-Amz-Security-Token": "TOKEN",
		"User-Agent": "x",
	} {
		if got := req.Header.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q after signing, want %q", name, got, want)
		}
	}
	if got := req.Header.Get("Authorization"); !strings.HasPrefix(got, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260203/eu-central-1/s3/aws4_request, SignedHeaders=content-md5;") {
		t.Errorf("Authorization: %s", got)
	}
}

func TestTokenUnderAnotherName(t *testing.T) {
	p := params()
	p.SessionToken, p.TokenHeader = "TOKEN", "X-Amz-S3session-Token"
	req := request(t, "GET", "https://b.s3.amazonaws.com/k")
	if _, err := new(Signer).SignHeader(req, p); err != nil {
		t.Fatal(err)
	}
	if got := req.Header.Get("x-amz-s3session-token"); got != "TOKEN" {
		t.Errorf("x-amz-s3session-token: %q", got)
	}
	if got := req.Header.Get("Authorization"); !strings.Contains(got, ";x-amz-s3session-token,") {
		t.Errorf("the token is not signed: %s", got)
	}
	if got := req.Header.Get("X-Amz-Security-Token"); got != "" {
		t.Errorf("X-Amz-Security-Token: %q as well", got)
	}
}

func TestPresign(t *testing.T) {
	p := params()
	p.PayloadHash, p.PayloadHashHeader, p.SessionToken, p.SignContentLength = "", false, "TO/KEN", true
	req := request(t, "PUT", "https://b.s3.amazonaws.com/k?versionId=1&X-Amz-Signature=old&X-Amz-Date=old")
	req.ContentLength = 5
	req.Header.Set("Content-Type", "text/plain")
	req.Header.Set("X-Amz-Checksum-Crc32", "AAAAAA==")
	req.Header.Set("User-Agent", "entrepot")
	send, err := new(Signer).Presign(req, p, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	wantSend := http.Header{"Content-Length": {"5"}, "Content-Type": {"text/plain"}, "X-Amz-Checksum-Crc32": {"AAAAAA=="}}
	if diff := cmp.Diff(wantSend, send); diff != "" {
		t.Errorf("headers to send (-want +got):\n%s", diff)
	}
	query, signature, _ := strings.Cut(req.URL.RawQuery, "&X-Amz-Signature=")
	wantQuery := "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260203%2Feu-central-1%2Fs3%2Faws4_request" +
		"&X-Amz-Date=20260203T030506Z&X-Amz-Expires=3600&X-Amz-Security-Token=TO%2FKEN" +
		"&X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-crc32&versionId=1"
	if query != wantQuery || len(signature) != SignatureSize {
		t.Errorf("query %s with signature %q, want %s", query, signature, wantQuery)
	}

	again, err := new(Signer).Presign(req, p, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got := req.URL.RawQuery; got != query+"&X-Amz-Signature="+signature || !cmp.Equal(send, again) {
		t.Errorf("signed again: %s with %v, want the same as before", got, again)
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*http.Request, *Params)
		expires time.Duration
		want    string
	}{
		{"no key", func(_ *http.Request, p *Params) { p.AccessKeyID = "" }, time.Hour, "access key"},
		{"no secret", func(_ *http.Request, p *Params) { p.SecretAccessKey = "" }, time.Hour, "access key"},
		{"no region", func(_ *http.Request, p *Params) { p.Region = "" }, time.Hour, "region"},
		{"opaque URL", func(r *http.Request, _ *Params) { r.URL.Opaque = "//other/path" }, time.Hour, "opaque"},
		{"no URL", func(r *http.Request, _ *Params) { r.URL = nil }, time.Hour, "no URL"},
		{"expires at once", func(*http.Request, *Params) {}, 0, "one second"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, p := request(t, "GET", "https://b.s3.amazonaws.com/k"), params()
			tt.change(req, &p)
			if _, err := new(Signer).Presign(req, p, tt.expires); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Presign: %v, want an error that says %q", err, tt.want)
			}
			if tt.expires != time.Hour {
				return
			}
			if _, err := new(Signer).SignHeader(req, p); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("SignHeader: %v, want an error that says %q", err, tt.want)
			}
			if len(req.Header) != 0 {
				t.Errorf("a request that was refused has headers %v", req.Header)
			}
		})
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	p := params()
	p.SecretAccessKey, p.SessionToken = "hush-hush", "hush-token"
	chain, err := new(Signer).SignHeader(request(t, "GET", "https://h/"), p)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "params", p, "chain", chain)
	key := fmt.Sprint(chain.key)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&log, verb+verb+"\n", p, chain)
		fmt.Fprintf(&log, verb+"\n", struct {
			P Params
			C Chain
		}{p, chain})
	}
	for _, secret := range []string{"hush", hex.EncodeToString([]byte("hush")), key, strings.Trim(key, "[]"), hex.EncodeToString(chain.key.hmac[:])} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q shows in:\n%s", secret, log.String())
		}
	}
}
func TestTimestampIsThatOfTheFormat(t *testing.T) {
	for _, when := range []time.Time{
		{},
		time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(9999, 10, 9, 8, 7, 6, 0, time.UTC),
	} {
		want := when.Format("20060102T150405Z")
		if got := string(appendTimestamp(nil, when)); got != want {
			t.Errorf("appendTimestamp(%v) = %q, want %q", when, got, want)
		}
	}
}
