package storagetest_test

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

// newS3 starts a server with a bucket "photos".
func newS3(t *testing.T, opts ...storagetest.Option) *storagetest.S3 {
	t.Helper()
	srv := storagetest.NewS3(append([]storagetest.Option{testKey}, opts...)...)
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	return srv
}

func TestS3RefusesWhatIsNotProperlySigned(t *testing.T) {
	srv := newS3(t)
	srv.AddKey(storagetest.AccessKey{ID: "TEMP", Secret: "temp", SessionToken: "token"})
	srv.AddKey(storagetest.AccessKey{ID: "OLD", Secret: "old", SessionToken: "token", Expires: time.Now().Add(-time.Minute)})
	with := func(change func(*signer)) *signer {
		s := newSigner()
		change(&s)
		return &s
	}
	put := func(c call) call {
		c.method, c.path, c.body = "PUT", "/photos/a", "content"
		return c
	}
	for _, tc := range []struct {
		name   string
		call   call
		status int
		code   string
	}{
		{"good", put(call{}), 200, ""},
		{"no signature", put(call{alter: func(r *http.Request) { r.Header.Del("Authorization") }}), 403, "AccessDenied"},
		{"signature of version 2", put(call{alter: func(r *http.Request) { r.Header.Set("Authorization", "AWS AKID:sig") }}), 400, "InvalidRequest"},
		{"signature in pieces", put(call{alter: func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request")
		}}), 400, "AuthorizationHeaderMalformed"},
		{"credential in pieces", put(call{alter: func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/x, SignedHeaders=host, Signature=00")
		}}), 400, "AuthorizationHeaderMalformed"},
		{"unknown key", put(call{signer: with(func(s *signer) { s.id = "NOBODY" })}), 403, "InvalidAccessKeyId"},
		{"wrong secret", put(call{signer: with(func(s *signer) { s.secret = "guess" })}), 403, "SignatureDoesNotMatch"},
		{"header changed", put(call{header: map[string]string{"X-Amz-Meta-A": "1"}, alter: func(r *http.Request) { r.Header.Set("X-Amz-Meta-A", "2") }}), 403, "SignatureDoesNotMatch"},
		{"header added", put(call{alter: func(r *http.Request) { r.Header.Set("X-Amz-Meta-A", "2") }}), 403, "AccessDenied"},
		{"query changed", put(call{query: "x-id=1", alter: func(r *http.Request) { r.URL.RawQuery = "x-id=2" }}), 403, "SignatureDoesNotMatch"},
		{"path changed", put(call{alter: func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/photos/b", "" }}), 403, "SignatureDoesNotMatch"},
		{"clock an hour ahead", put(call{signer: with(func(s *signer) { s.now = s.now.Add(time.Hour) })}), 403, "RequestTimeTooSkewed"},
		{"clock 16 minutes behind", put(call{signer: with(func(s *signer) { s.now = s.now.Add(-16 * time.Minute) })}), 403, "RequestTimeTooSkewed"},
		{"clock 14 minutes behind", put(call{signer: with(func(s *signer) { s.now = s.now.Add(-14 * time.Minute) })}), 200, ""},
		{"wrong region", put(call{signer: with(func(s *signer) { s.region = "eu-west-1" })}), 400, "AuthorizationHeaderMalformed"},
		{"no payload hash", put(call{alter: func(r *http.Request) { r.Header.Del("X-Amz-Content-Sha256") }}), 400, "InvalidRequest"},
		{"odd payload hash", put(call{payload: "abc"}), 400, "InvalidArgument"},
		{"other payload", put(call{payload: hexSHA256([]byte("other"))}), 400, "XAmzContentSHA256Mismatch"},
		{"unsigned payload", put(call{payload: "UNSIGNED-PAYLOAD"}), 200, ""},
		{"session", put(call{signer: with(func(s *signer) { s.id, s.secret, s.token = "TEMP", "temp", "token" })}), 200, ""},
		{"session without its token", put(call{signer: with(func(s *signer) { s.id, s.secret = "TEMP", "temp" })}), 400, "InvalidToken"},
		{"session of another", put(call{signer: with(func(s *signer) { s.id, s.secret, s.token = "TEMP", "temp", "no" })}), 400, "InvalidToken"},
		{"session that has ended", put(call{signer: with(func(s *signer) { s.id, s.secret, s.token = "OLD", "old", "token" })}), 400, "ExpiredToken"},
		{"path that is no UTF-8", call{method: "PUT", path: "/photos/%ff", body: "x"}, 400, "InvalidURI"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := do(t, srv.Server, tc.call).want(t, tc.status, tc.code)
			if a.header.Get("X-Amz-Request-Id") == "" || a.header.Get("X-Amz-Id-2") == "" || a.header.Get("Date") == "" {
				t.Errorf("headers without request id, host id or date: %v", a.header)
			}
			if tc.code != "" && (a.element("RequestId") != a.header.Get("X-Amz-Request-Id") || a.element("Resource") == "") {
				t.Errorf("error document lacks what names the request:\n%s", a.body)
			}
		})
	}
}

func TestS3TakesKeysByteForByte(t *testing.T) {
	for _, mode := range []struct {
		name string
		host string
	}{{"path", ""}, {"virtual host", "photos.s3.us-east-1.amazonaws.com"}} {
		t.Run(mode.name, func(t *testing.T) {
			srv := newS3(t)
			keys := []string{"a", "a//b", "//", "a/../b", "..", "./x", "photos/a", "/photos/a", "é ü", "a+b c%20", "\x01\x7f\t\n", "a?b#c&d=e", "dir/", "<&>\"'"}
			for _, key := range keys {
				c := call{method: "PUT", path: path("photos", key), body: "content of " + key}
				if mode.host != "" {
					c.path, c.header = strings.TrimPrefix(c.path, "/photos"), map[string]string{"Host": mode.host}
				}
				do(t, srv.Server, c).want(t, 200, "")
				c.method, c.body = "GET", ""
				if a := do(t, srv.Server, c).want(t, 200, ""); a.body != "content of "+key {
					t.Errorf("key %q: read %q", key, a.body)
				}
			}
			list := do(t, srv.Server, call{method: "GET", path: "/photos", query: "list-type=2&encoding-type=url"}).want(t, 200, "")
			var got []string
			for part := range strings.SplitSeq(list.body, "<Key>") {
				if encoded, _, ok := strings.Cut(part, "</Key>"); ok {
					key, err := url.QueryUnescape(encoded)
					if err != nil {
						t.Fatalf("key %q: %v", encoded, err)
					}
					got = append(got, key)
				}
			}
			if len(got) != len(keys) {
				t.Errorf("list has %q, want %q", got, keys)
			}
			for _, key := range keys {
				if !strings.Contains("\x00"+strings.Join(got, "\x00")+"\x00", "\x00"+key+"\x00") {
					t.Errorf("list %q lacks %q", got, key)
				}
			}
		})
	}
}

func TestS3PresignedURLs(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	srv := newS3(t, storagetest.WithClock(func() time.Time { return now }))
	s := newSigner()
	s.now = now
	do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: "content", signer: &s}).want(t, 200, "")
	host := strings.TrimPrefix(srv.URL, "http://")
	get := func(at time.Time, expires int, query url.Values, change func(string) string) answer {
		s := s
		s.now = at
		raw := s.presign("GET", host, "/photos/a", query, expires)
		if change != nil {
			raw = change(raw)
		}
		r, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/photos/a?"+raw, nil)
		if err != nil {
			t.Fatal(err)
		}
		return roundTrip(t, srv.Client(), r)
	}
	a := get(now.Add(-time.Minute), 61, url.Values{"response-content-type": {"text/x y"}}, nil).want(t, 200, "")
	if a.body != "content" || a.header.Get("Content-Type") != "text/x y" {
		t.Errorf("got %q as %q", a.body, a.header.Get("Content-Type"))
	}
	if a := get(now.Add(-time.Minute), 59, nil, nil).want(t, 403, "AccessDenied"); a.element("Message") != "Request has expired" {
		t.Errorf("message %q", a.element("Message"))
	}
	get(now.Add(time.Hour), 60, nil, nil).want(t, 403, "AccessDenied")
	get(now, 60, nil, func(string) string { return "AWSAccessKeyId=AKID&Signature=c2ln&Expires=9999999999" }).want(t, 400, "InvalidRequest")
	get(now, 604801, nil, nil).want(t, 400, "AuthorizationQueryParametersError")
	get(now, -1, nil, nil).want(t, 400, "AuthorizationQueryParametersError")
	get(now, 60, nil, func(q string) string { return strings.Replace(q, "X-Amz-Expires=60", "X-Amz-Expires=90", 1) }).want(t, 403, "SignatureDoesNotMatch")
	get(now, 60, nil, func(q string) string { return strings.Replace(q, "X-Amz-Date=", "X-Amz-Other=", 1) }).want(t, 400, "AuthorizationQueryParametersError")
}

func TestS3ChunkedBodies(t *testing.T) {
	srv := newS3(t)
	content := strings.Repeat("0123456789abcdef", 2000) // 32,000 bytes
	crc := func(s string) string {
		sum := crc32.ChecksumIEEE([]byte(s))
		return base64.StdEncoding.EncodeToString([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	}
	good := "x-amz-checksum-crc32:" + crc(content)
	for _, tc := range []struct {
		name    string
		payload string
		trailer string
		size    int
		length  int                 // 0: the true one
		damage  func(string) string // of the encoded body
		status  int
		code    string
	}{
		{name: "signed", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", status: 200},
		{name: "signed, one byte altered", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", damage: func(s string) string { return strings.Replace(s, "0123", "0124", 1) }, status: 403, code: "SignatureDoesNotMatch"},
		{name: "signed, chunk left out", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", damage: func(s string) string {
			i := strings.LastIndex(s, "\r\n2000;")
			j := strings.LastIndex(s, "\r\n1d00;")
			return s[:i] + s[j:]
		}, status: 403, code: "SignatureDoesNotMatch"},
		{name: "signed, small chunks", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", size: 4096, status: 403, code: "InvalidChunkSizeError"},
		{name: "signed with trailer", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", trailer: good, status: 200},
		{name: "signed with wrong trailer", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", trailer: "x-amz-checksum-crc32:" + crc("other"), status: 400, code: "BadDigest"},
		{name: "signed with altered trailer", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", trailer: good, damage: func(s string) string { return strings.Replace(s, crc(content), crc("other"), 1) }, status: 403, code: "SignatureDoesNotMatch"},
		{name: "unsigned with trailer", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, status: 200},
		{name: "unsigned with trailer, line ends as in the manual", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, damage: func(s string) string { return strings.Replace(s, good+"\r\n", good+"\n\r\n", 1) }, status: 200},
		{name: "unsigned, one byte altered", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, damage: func(s string) string { return strings.Replace(s, "0123", "0124", 1) }, status: 400, code: "BadDigest"},
		{name: "unsigned, trailer missing", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, damage: func(s string) string { return strings.Replace(s, good+"\r\n", "", 1) }, status: 400, code: "MalformedTrailerError"},
		{name: "unsigned, another trailer", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, damage: func(s string) string { return strings.Replace(s, "crc32:", "crc32c:", 1) }, status: 400, code: "MalformedTrailerError"},
		{name: "no end", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, damage: func(s string) string { return s[:len(s)-2] }, status: 400, code: "IncompleteBody"},
		{name: "decoded length too small", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, length: len(content) - 1, status: 400, code: "IncompleteBody"},
		{name: "decoded length too large", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, length: len(content) + 1, status: 400, code: "IncompleteBody"},
		{name: "no decoded length", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailer: good, length: -1, status: 411, code: "MissingContentLength"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			size, length := tc.size, tc.length
			if size == 0 {
				size = 8192
			}
			if length == 0 {
				length = len(content)
			}
			c := call{method: "PUT", path: "/photos/chunked", payload: tc.payload, header: map[string]string{
				"Content-Encoding": "aws-chunked,gzip", "X-Amz-Decoded-Content-Length": fmt.Sprint(length)}}
			if tc.trailer != "" {
				c.header["X-Amz-Trailer"] = "x-amz-checksum-crc32"
			}
			s := newSigner()
			c.signer = &s
			r := newRequest(t, srv.URL, c)
			_, seed, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			body := s.chunked(content, size, strings.HasPrefix(tc.payload, "STREAMING-AWS4"), seed, tc.trailer)
			if tc.damage != nil {
				damaged := tc.damage(body)
				if damaged == body {
					t.Fatal("the test damages nothing")
				}
				body = damaged
			}
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			roundTrip(t, srv.Client(), r).want(t, tc.status, tc.code)
			if tc.status == 200 {
				a := do(t, srv.Server, call{method: "GET", path: "/photos/chunked", header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}}).want(t, 200, "")
				if a.body != content || a.header.Get("Content-Encoding") != "gzip" {
					t.Errorf("stored %d bytes as %q, want %d as gzip", len(a.body), a.header.Get("Content-Encoding"), len(content))
				}
				if tc.trailer != "" && a.header.Get("X-Amz-Checksum-Crc32") != crc(content) {
					t.Errorf("checksum %q, want %q", a.header.Get("X-Amz-Checksum-Crc32"), crc(content))
				}
			}
		})
	}
}

func TestS3Regions(t *testing.T) {
	srv := newS3(t)
	srv.AddBucket(storagetest.BucketSetup{Name: "far", Region: "eu-west-1"})
	far := newSigner()
	far.region = "eu-west-1"

	a := do(t, srv.Server, call{method: "GET", path: "/far", query: "list-type=2"}).want(t, 301, "PermanentRedirect")
	if got := a.header.Get("X-Amz-Bucket-Region"); got != "eu-west-1" {
		t.Errorf("x-amz-bucket-region %q", got)
	}
	do(t, srv.Server, call{method: "GET", path: "/far", query: "list-type=2", signer: &far}).want(t, 200, "")
	a = do(t, srv.Server, call{method: "GET", path: "/photos", signer: &far}).want(t, 400, "AuthorizationHeaderMalformed")
	if got := a.element("Region"); got != "us-east-1" {
		t.Errorf("expects region %q", got)
	}
	a = do(t, srv.Server, call{method: "HEAD", path: "/far"})
	if a.status != 301 || a.body != "" || a.header.Get("X-Amz-Bucket-Region") != "eu-west-1" {
		t.Errorf("HEAD: %+v", a)
	}
	// A regional host serves its own region only.
	host := map[string]string{"Host": "far.s3.eu-west-1.amazonaws.com"}
	do(t, srv.Server, call{method: "GET", path: "/", header: host, signer: &far}).want(t, 200, "")
	do(t, srv.Server, call{method: "GET", path: "/", header: host}).want(t, 400, "AuthorizationHeaderMalformed")
	host["Host"] = "photos.s3.dualstack.eu-west-1.amazonaws.com"
	do(t, srv.Server, call{method: "GET", path: "/", header: host, signer: &far}).want(t, 301, "PermanentRedirect")
}
