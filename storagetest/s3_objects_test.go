package storagetest_test

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/minio/crc64nvme"

	"github.com/entrepot-go/entrepot/storagetest"
)

func digestOf(h hash.Hash, s string) string {
	h.Write([]byte(s))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func etagOf(s string) string {
	sum := md5.Sum([]byte(s))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// checksums are those of the tests' own making, by header.
func checksums(s string) map[string]string {
	return map[string]string{
		"X-Amz-Checksum-Crc32":     digestOf(crc32.NewIEEE(), s),
		"X-Amz-Checksum-Crc32c":    digestOf(crc32.New(crc32.MakeTable(crc32.Castagnoli)), s),
		"X-Amz-Checksum-Crc64nvme": digestOf(crc64nvme.New(), s),
		"X-Amz-Checksum-Sha1":      digestOf(sha1.New(), s),
		"X-Amz-Checksum-Sha256":    digestOf(sha256.New(), s),
	}
}

func TestS3VerifiesDigests(t *testing.T) {
	srv := newS3(t)
	put := func(header map[string]string) answer {
		return do(t, srv.Server, call{method: "PUT", path: "/photos/sum", body: "content", header: header})
	}
	for name, sum := range checksums("content") {
		a := put(map[string]string{name: sum}).want(t, 200, "")
		if got := a.header.Get(name); got != sum {
			t.Errorf("PUT answers %s %q, want %q", name, got, sum)
		}
		a = do(t, srv.Server, call{method: "GET", path: "/photos/sum", header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}}).want(t, 200, "")
		if got := a.header.Get(name); got != sum || a.header.Get("X-Amz-Checksum-Type") != "FULL_OBJECT" {
			t.Errorf("GET answers %s %q of type %q, want %q", name, got, a.header.Get("X-Amz-Checksum-Type"), sum)
		}
		if a := do(t, srv.Server, call{method: "GET", path: "/photos/sum"}); a.header.Get(name) != "" {
			t.Errorf("GET answers %s unasked", name)
		}
	}
	// Without any, S3 computes one by itself.
	if a := put(nil).want(t, 200, ""); a.header.Get("X-Amz-Checksum-Crc64nvme") != checksums("content")["X-Amz-Checksum-Crc64nvme"] {
		t.Errorf("PUT without checksum answers %v", a.header)
	}
	for name, sum := range checksums("other") {
		put(map[string]string{name: sum}).want(t, 400, "BadDigest")
		put(map[string]string{name: "AAA="}).want(t, 400, "InvalidRequest")
	}
	put(map[string]string{"Content-Md5": digestOf(md5.New(), "content")}).want(t, 200, "")
	put(map[string]string{"Content-Md5": digestOf(md5.New(), "other")}).want(t, 400, "BadDigest")
	put(map[string]string{"Content-Md5": "abc"}).want(t, 400, "InvalidDigest")
	put(map[string]string{"X-Amz-Sdk-Checksum-Algorithm": "CRC32"}).want(t, 400, "InvalidRequest")
	put(map[string]string{"X-Amz-Checksum-Xxhash64": "AAAAAAAAAAA="}).want(t, 501, "NotImplemented")
	put(map[string]string{"X-Amz-Server-Side-Encryption": "aws:kms", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "yes"}).want(t, 400, "InvalidArgument")
	both := checksums("content")
	delete(both, "X-Amz-Checksum-Sha1")
	put(both).want(t, 400, "InvalidRequest")
}

func TestS3BodyLength(t *testing.T) {
	srv := newS3(t)
	c := call{method: "PUT", path: "/photos/a", body: "content", payload: "UNSIGNED-PAYLOAD"}
	r := newRequest(t, srv.URL, c)
	r.ContentLength = -1
	roundTrip(t, srv.Client(), r).want(t, 411, "MissingContentLength")
	c.header = map[string]string{"Expect": "100-continue"}
	r = newRequest(t, srv.URL, c)
	r.ContentLength = 5<<30 + 1
	roundTrip(t, &http.Client{Transport: patient(t, srv.Server)}, r).want(t, 400, "EntityTooLarge")
}

// patient is a transport that waits for leave to send when it asks for it.
func patient(t *testing.T, srv *storagetest.Server) *http.Transport {
	transport := srv.Client().Transport.(*http.Transport).Clone()
	transport.ExpectContinueTimeout = time.Minute // not to be waited for
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func TestS3ReturnsWhatAnObjectWasGiven(t *testing.T) {
	srv := newS3(t, storagetest.WithTLS())
	srv.AddBucket(storagetest.BucketSetup{Name: "locked", ObjectLock: true})
	kept := map[string]string{
		"Content-Type": "text/x", "Content-Disposition": "attachment", "Content-Language": "de", "Content-Encoding": "br",
		"Cache-Control": "no-store", "Expires": "Thu, 01 Jan 2026 00:00:00 GMT", "X-Amz-Meta-One": "1", "X-Amz-Meta-Two": "zwei",
		"X-Amz-Storage-Class": "STANDARD_IA", "X-Amz-Website-Redirect-Location": "/elsewhere",
		"X-Amz-Server-Side-Encryption": "aws:kms", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "key-1", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "true",
		"X-Amz-Object-Lock-Mode": "GOVERNANCE", "X-Amz-Object-Lock-Retain-Until-Date": "2099-01-01T00:00:00.000Z", "X-Amz-Object-Lock-Legal-Hold": "ON",
	}
	sent := map[string]string{"X-Amz-Tagging": "a=1&b=2", "X-Amz-Acl": "bucket-owner-full-control", "X-Amz-Request-Payer": "requester",
		"X-Amz-Expected-Bucket-Owner": "123456789012", "Content-Md5": digestOf(md5.New(), "content")}
	for n, v := range kept {
		sent[n] = v
	}
	a := do(t, srv.Server, call{method: "PUT", path: "/locked/a", body: "content", header: sent}).want(t, 200, "")
	if a.header.Get("X-Amz-Request-Charged") != "requester" || a.header.Get("Etag") == etagOf("content") {
		t.Errorf("PUT answers %v: want the charge, and an ETag that is not the MD5 of what KMS encrypts", a.header)
	}
	for _, method := range []string{"GET", "HEAD"} {
		a := do(t, srv.Server, call{method: method, path: "/locked/a"}).want(t, 200, "")
		got := map[string]string{}
		for n := range kept {
			got[n] = a.header.Get(n)
		}
		if diff := cmp.Diff(kept, got); diff != "" {
			t.Errorf("%s: (-sent +got)\n%s", method, diff)
		}
		if a.header.Get("X-Amz-Tagging-Count") != "2" || a.header.Get("Content-Length") != "7" || a.header.Get("Accept-Ranges") != "bytes" {
			t.Errorf("%s: %v", method, a.header)
		}
	}
	// What makes no sense is refused.
	for name, tc := range map[string]struct {
		header map[string]string
		status int
		code   string
	}{
		"lock in a bucket without":    {map[string]string{"X-Amz-Object-Lock-Legal-Hold": "ON", "Content-Md5": digestOf(md5.New(), "content")}, 400, "InvalidRequest"},
		"lock without digest":         {map[string]string{"X-Amz-Object-Lock-Legal-Hold": "ON"}, 400, "InvalidRequest"},
		"another owner":               {map[string]string{"X-Amz-Expected-Bucket-Owner": "999999999999"}, 403, "AccessDenied"},
		"storage class":               {map[string]string{"X-Amz-Storage-Class": "FLOPPY"}, 400, "InvalidStorageClass"},
		"ACL":                         {map[string]string{"X-Amz-Acl": "everybody"}, 400, "InvalidArgument"},
		"encryption":                  {map[string]string{"X-Amz-Server-Side-Encryption": "rot13"}, 400, "InvalidArgument"},
		"eleven tags":                 {map[string]string{"X-Amz-Tagging": "a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k="}, 400, "BadRequest"},
		"redirect":                    {map[string]string{"X-Amz-Website-Redirect-Location": "elsewhere"}, 400, "InvalidRedirectLocation"},
		"metadata of more than 2 KiB": {map[string]string{"X-Amz-Meta-A": strings.Repeat("x", 2048)}, 400, "MetadataTooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: "content", header: tc.header}).want(t, tc.status, tc.code)
		})
	}
	do(t, srv.Server, call{method: "PUT", path: "/photos/" + strings.Repeat("k", 1025)}).want(t, 400, "KeyTooLongError")
	do(t, srv.Server, call{method: "PUT", path: "/photos/" + strings.Repeat("k", 1024)}).want(t, 200, "")
	do(t, srv.Server, call{method: "POST", path: "/locked/a"}).want(t, 405, "MethodNotAllowed")
}

func TestS3CustomerKeys(t *testing.T) {
	key := func(c byte) map[string]string {
		k := strings.Repeat(string(c), 32)
		const prefix = "X-Amz-Server-Side-Encryption-Customer-"
		return map[string]string{prefix + "Algorithm": "AES256", prefix + "Key": base64.StdEncoding.EncodeToString([]byte(k)), prefix + "Key-Md5": digestOf(md5.New(), k)}
	}
	plain := newS3(t)
	do(t, plain.Server, call{method: "PUT", path: "/photos/a", body: "x", header: key('a')}).want(t, 400, "InvalidRequest")

	srv := newS3(t, storagetest.WithTLS())
	a := do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: "x", header: key('a')}).want(t, 200, "")
	if a.header.Get("Etag") == etagOf("x") || a.header.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm") != "AES256" {
		t.Errorf("PUT answers %v", a.header)
	}
	do(t, srv.Server, call{method: "GET", path: "/photos/a", header: key('a')}).want(t, 200, "")
	do(t, srv.Server, call{method: "GET", path: "/photos/a"}).want(t, 400, "InvalidRequest")
	do(t, srv.Server, call{method: "GET", path: "/photos/a", header: key('b')}).want(t, 403, "AccessDenied")
	bad := key('a')
	bad["X-Amz-Server-Side-Encryption-Customer-Key-Md5"] = digestOf(md5.New(), "b")
	do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: "x", header: bad}).want(t, 400, "InvalidArgument")
	for _, r := range srv.Requests() {
		if text := fmt.Sprint(r); strings.Contains(text, key('a')["X-Amz-Server-Side-Encryption-Customer-Key"]) || strings.Contains(text, "Signature=") {
			t.Fatalf("the request log holds secrets: %s", text)
		}
	}
}

func TestS3RangesAndConditions(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	srv := newS3(t, storagetest.WithClock(func() time.Time { return now }))
	s := newSigner()
	s.now = now
	do(t, srv.Server, call{method: "PUT", path: "/photos/a", body: "0123456789", signer: &s}).want(t, 200, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/empty", signer: &s}).want(t, 200, "")
	stamp := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	etag := etagOf("0123456789")
	for _, tc := range []struct {
		name, key string
		header    map[string]string
		query     string
		status    int
		body      string
		rang      string // Content-Range
	}{
		{name: "all", status: 200, body: "0123456789"},
		{name: "middle", header: map[string]string{"Range": "bytes=2-4"}, status: 206, body: "234", rang: "bytes 2-4/10"},
		{name: "rest", header: map[string]string{"Range": "bytes=7-"}, status: 206, body: "789", rang: "bytes 7-9/10"},
		{name: "beyond the end", header: map[string]string{"Range": "bytes=7-99"}, status: 206, body: "789", rang: "bytes 7-9/10"},
		{name: "suffix", header: map[string]string{"Range": "bytes=-3"}, status: 206, body: "789", rang: "bytes 7-9/10"},
		{name: "longer suffix", header: map[string]string{"Range": "bytes=-30"}, status: 206, body: "0123456789", rang: "bytes 0-9/10"},
		{name: "behind the end", header: map[string]string{"Range": "bytes=10-"}, status: 416, rang: "bytes */10"},
		{name: "no suffix", header: map[string]string{"Range": "bytes=-0"}, status: 416, rang: "bytes */10"},
		{name: "of nothing", key: "empty", header: map[string]string{"Range": "bytes=0-"}, status: 416, rang: "bytes */0"},
		{name: "several", header: map[string]string{"Range": "bytes=1-2,4-5"}, status: 200, body: "0123456789"},
		{name: "backwards", header: map[string]string{"Range": "bytes=4-2"}, status: 200, body: "0123456789"},
		{name: "part 1", query: "partNumber=1", status: 206, body: "0123456789", rang: "bytes 0-9/10"},
		{name: "part 2", query: "partNumber=2", status: 416},
		{name: "If-Match", header: map[string]string{"If-Match": etag}, status: 200, body: "0123456789"},
		{name: "If-Match fails", header: map[string]string{"If-Match": `"x"`}, status: 412},
		{name: "If-None-Match", header: map[string]string{"If-None-Match": `"x"`}, status: 200, body: "0123456789"},
		{name: "If-None-Match fails", header: map[string]string{"If-None-Match": etag}, status: 304},
		{name: "If-Modified-Since", header: map[string]string{"If-Modified-Since": stamp(-time.Hour)}, status: 200, body: "0123456789"},
		{name: "If-Modified-Since fails", header: map[string]string{"If-Modified-Since": stamp(0)}, status: 304},
		{name: "If-Unmodified-Since", header: map[string]string{"If-Unmodified-Since": stamp(0)}, status: 200, body: "0123456789"},
		{name: "If-Unmodified-Since fails", header: map[string]string{"If-Unmodified-Since": stamp(-time.Hour)}, status: 412},
		{name: "If-Match beats If-Unmodified-Since", header: map[string]string{"If-Match": etag, "If-Unmodified-Since": stamp(-time.Hour)}, status: 200, body: "0123456789"},
		{name: "If-None-Match beats If-Modified-Since", header: map[string]string{"If-None-Match": `"x"`, "If-Modified-Since": stamp(0)}, status: 200, body: "0123456789"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			key := tc.key
			if key == "" {
				key = "a"
			}
			c := call{method: "GET", path: "/photos/" + key, query: tc.query, header: tc.header, signer: &s}
			a := do(t, srv.Server, c)
			if a.status != tc.status || a.header.Get("Content-Range") != tc.rang || a.status < 300 && a.body != tc.body {
				t.Errorf("got %d %q %q, want %d %q %q", a.status, a.body, a.header.Get("Content-Range"), tc.status, tc.body, tc.rang)
			}
			if a.status == 304 && a.header.Get("Etag") != etag {
				t.Errorf("304 with ETag %q", a.header.Get("Etag"))
			}
			c.method = "HEAD"
			if h := do(t, srv.Server, c); h.status != tc.status || h.body != "" || h.status < 300 && h.header.Get("Content-Length") != fmt.Sprint(len(tc.body)) {
				t.Errorf("HEAD: %d, length %s, body %q", h.status, h.header.Get("Content-Length"), h.body)
			}
		})
	}
}

func TestS3ConditionalWrites(t *testing.T) {
	srv := newS3(t)
	put := func(key string, header map[string]string) answer {
		return do(t, srv.Server, call{method: "PUT", path: "/photos/" + key, body: "content", header: header})
	}
	put("a", map[string]string{"If-None-Match": "*"}).want(t, 200, "")
	put("a", map[string]string{"If-None-Match": "*"}).want(t, 412, "PreconditionFailed")
	put("a", map[string]string{"If-None-Match": `"x"`}).want(t, 501, "NotImplemented")
	put("a", map[string]string{"If-Match": etagOf("content")}).want(t, 200, "")
	put("a", map[string]string{"If-Match": etagOf("other")}).want(t, 412, "PreconditionFailed")
	put("b", map[string]string{"If-Match": etagOf("content")}).want(t, 404, "NoSuchKey")

	remove := func(key string, header map[string]string) answer {
		return do(t, srv.Server, call{method: "DELETE", path: "/photos/" + key, header: header})
	}
	remove("a", map[string]string{"If-Match": etagOf("other")}).want(t, 412, "PreconditionFailed")
	remove("a", map[string]string{"X-Amz-If-Match-Size": "8"}).want(t, 412, "PreconditionFailed")
	remove("a", map[string]string{"If-Match": etagOf("content"), "X-Amz-If-Match-Size": "7"}).want(t, 204, "")
	remove("a", map[string]string{"If-Match": etagOf("content")}).want(t, 404, "NoSuchKey")
	remove("a", nil).want(t, 204, "")
}

func TestS3DeleteObjects(t *testing.T) {
	srv := newS3(t)
	for _, key := range []string{"a", "b", "c&<"} {
		do(t, srv.Server, call{method: "PUT", path: path("photos", key), body: key}).want(t, 200, "")
	}
	remove := func(body string, md bool) answer {
		c := call{method: "POST", path: "/photos", query: "delete", body: body}
		if md {
			c.header = map[string]string{"Content-Md5": digestOf(md5.New(), body)}
		}
		return do(t, srv.Server, c)
	}
	remove("<Delete><Object><Key>a</Key></Object></Delete>", false).want(t, 400, "InvalidRequest")
	remove("<Delete>", true).want(t, 400, "MalformedXML")
	remove("<Remove><Object><Key>a</Key></Object></Remove>", true).want(t, 400, "MalformedXML")
	remove("<Delete>"+strings.Repeat("<Object><Key>a</Key></Object>", 1001)+"</Delete>", true).want(t, 400, "MalformedXML")
	a := remove("<Delete><Object><Key>a</Key></Object><Object><Key>none</Key></Object><Object><Key>c&amp;&lt;</Key></Object>"+
		"<Object><Key>b</Key><ETag>x</ETag></Object></Delete>", true)
	const want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
		`<Deleted><Key>a</Key></Deleted><Deleted><Key>none</Key></Deleted><Deleted><Key>c&amp;&lt;</Key></Deleted>` +
		`<Error><Key>b</Key><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error></DeleteResult>`
	if diff := cmp.Diff(want, a.body); diff != "" || a.status != 200 {
		t.Errorf("status %d (-want +got)\n%s", a.status, diff)
	}
	if a := remove("<Delete><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>", true); strings.Contains(a.body, "<Deleted>") || a.status != 200 {
		t.Errorf("quiet answer %d: %s", a.status, a.body)
	}
}

func TestS3CopyObject(t *testing.T) {
	srv := newS3(t)
	srv.AddBucket(storagetest.BucketSetup{Name: "foreign", Owner: "1"})
	do(t, srv.Server, call{method: "PUT", path: path("photos", "a b+"), body: "content", header: map[string]string{
		"Content-Type": "text/x", "X-Amz-Meta-One": "1", "X-Amz-Tagging": "a=1", "X-Amz-Website-Redirect-Location": "/x"}}).want(t, 200, "")
	cp := func(to string, header map[string]string) answer {
		if header["X-Amz-Copy-Source"] == "" {
			header["X-Amz-Copy-Source"] = "/photos/a%20b%2B"
		}
		return do(t, srv.Server, call{method: "PUT", path: path("photos", to), header: header})
	}
	a := cp("copy", map[string]string{}).want(t, 200, "")
	if a.element("ETag") != strings.ReplaceAll(etagOf("content"), `"`, "&quot;") || a.element("ChecksumType") != "FULL_OBJECT" {
		t.Errorf("answer %s", a.body)
	}
	a = do(t, srv.Server, call{method: "GET", path: "/photos/copy"}).want(t, 200, "")
	if a.body != "content" || a.header.Get("X-Amz-Meta-One") != "1" || a.header.Get("Content-Type") != "text/x" ||
		a.header.Get("X-Amz-Tagging-Count") != "1" || a.header.Get("X-Amz-Website-Redirect-Location") != "" {
		t.Errorf("copy is %q with %v", a.body, a.header)
	}
	cp("copy", map[string]string{"X-Amz-Metadata-Directive": "REPLACE", "X-Amz-Tagging-Directive": "REPLACE", "X-Amz-Meta-Two": "2", "X-Amz-Checksum-Algorithm": "SHA256"}).want(t, 200, "")
	a = do(t, srv.Server, call{method: "HEAD", path: "/photos/copy", header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}})
	if a.header.Get("X-Amz-Meta-One") != "" || a.header.Get("X-Amz-Meta-Two") != "2" || a.header.Get("X-Amz-Tagging-Count") != "" ||
		a.header.Get("X-Amz-Checksum-Sha256") != digestOf(sha256.New(), "content") {
		t.Errorf("copy with its own has %v", a.header)
	}
	cp("a b+", map[string]string{}).want(t, 400, "InvalidRequest")
	cp("a b+", map[string]string{"X-Amz-Metadata-Directive": "REPLACE"}).want(t, 200, "")
	cp("c", map[string]string{"X-Amz-Copy-Source": "photos/none"}).want(t, 404, "NoSuchKey")
	cp("c", map[string]string{"X-Amz-Copy-Source": "none/none"}).want(t, 404, "NoSuchBucket")
	cp("c", map[string]string{"X-Amz-Copy-Source": "foreign/a"}).want(t, 403, "AccessDenied")
	cp("c", map[string]string{"X-Amz-Copy-Source": "photos"}).want(t, 400, "InvalidArgument")
	cp("c", map[string]string{"X-Amz-Copy-Source-If-Match": `"x"`}).want(t, 412, "PreconditionFailed")
	cp("c", map[string]string{"X-Amz-Copy-Source-If-None-Match": etagOf("content")}).want(t, 412, "PreconditionFailed")
	cp("copy", map[string]string{"If-None-Match": "*"}).want(t, 412, "PreconditionFailed")
}
