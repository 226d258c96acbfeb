package storagetest_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
)

func TestS3Annotations(t *testing.T) {
	srv := newS3(t)
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", body: "object"}).want(t, 200, "")
	annotation := func(method, name, body string, header map[string]string) answer {
		t.Helper()
		return do(t, srv.Server, call{method: method, path: "/photos/k", query: "annotation&annotationName=" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20"), body: body, header: header})
	}
	for _, name := range []string{"", "a b", "a/b", "aws-x", "AWS", "S3x", "s3", "a\u00a0b", "²"} {
		for _, method := range []string{"PUT", "GET", "DELETE"} {
			annotation(method, name, "text", nil).want(t, 400, "InvalidAnnotationName")
		}
	}
	long := strings.Repeat("ü", 256)
	annotation("PUT", long, "text", nil).want(t, 200, "")
	annotation("PUT", long+"a", "text", nil).want(t, 400, "AnnotationNameTooLong")
	for name, tc := range map[string]struct {
		body   string
		header map[string]string
		status int
		code   string
	}{
		"empty":               {"", nil, 400, "InvalidRequest"},
		"more than 1 MiB":     {strings.Repeat("x", 1<<20+1), nil, 400, "EntityTooLarge"},
		"not UTF-8":           {"\xff", nil, 415, "UnsupportedMediaType"},
		"another checksum":    {"text", map[string]string{"X-Amz-Checksum-Sha256": digestOf(sha256.New(), "other")}, 400, "BadDigest"},
		"malformed checksum":  {"text", map[string]string{"X-Amz-Checksum-Sha256": "x"}, 400, "InvalidRequest"},
		"malformed digest":    {"text", map[string]string{"Content-Md5": "x"}, 400, "InvalidDigest"},
		"announced, not sent": {"text", map[string]string{"X-Amz-Sdk-Checksum-Algorithm": "CRC32"}, 400, "InvalidRequest"},
		"another object":      {"text", map[string]string{"X-Amz-Object-If-Match": etagOf("other")}, 412, "PreconditionFailed"},
	} {
		t.Run(name, func(t *testing.T) {
			annotation("PUT", "refused", tc.body, tc.header).want(t, tc.status, tc.code)
			annotation("GET", "refused", "", nil).want(t, 404, "NoSuchAnnotation")
		})
	}
	annotation("PUT", "most", strings.Repeat("x", 1<<20), map[string]string{"X-Amz-Object-If-Match": etagOf("object")}).want(t, 200, "")
	if a := annotation("GET", "most", "", nil).want(t, 200, ""); len(a.body) != 1<<20 || a.header.Get("X-Amz-Object-Version-Id") != "" || a.header.Get("X-Amz-Checksum-Crc64nvme") != "" {
		t.Errorf("%d bytes, %v", len(a.body), a.header)
	}
	annotation("GET", "most", "", map[string]string{"X-Amz-Checksum-Mode": "on"}).want(t, 400, "InvalidArgument")
	annotation("DELETE", "most", "", map[string]string{"X-Amz-Object-If-Match": etagOf("other")}).want(t, 412, "PreconditionFailed")
	for _, path := range []string{"/photos/none", "/none/k"} {
		code := map[string]string{"/photos/none": "NoSuchKey", "/none/k": "NoSuchBucket"}[path]
		for _, method := range []string{"PUT", "GET", "DELETE"} {
			do(t, srv.Server, call{method: method, path: path, query: "annotation&annotationName=n", body: "text"}).want(t, 404, code)
		}
		do(t, srv.Server, call{method: "GET", path: path, query: "annotation"}).want(t, 404, code)
	}
	for _, query := range []string{"max-annotation-results=0", "max-annotation-results=1001", "max-annotation-results=x", "continuation-token=x"} {
		do(t, srv.Server, call{method: "GET", path: "/photos/k", query: "annotation&" + query}).want(t, 400, "InvalidArgument")
	}
	do(t, srv.Server, call{method: "GET", path: "/photos/k", query: "annotation&annotation-prefix=a%2Fb"}).want(t, 400, "InvalidPrefix")

	// A new object begins without.
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", body: "object"}).want(t, 200, "")
	annotation("GET", "most", "", nil).want(t, 404, "NoSuchAnnotation")
	for i := range 1000 {
		annotation("PUT", fmt.Sprintf("n%d", i), "text", nil).want(t, 200, "")
	}
	annotation("PUT", "more", "text", nil).want(t, 400, "AnnotationLimitExceeded")
	annotation("PUT", "n7", "other", nil).want(t, 200, "")
	annotation("DELETE", "n8", "", nil).want(t, 204, "")
	annotation("PUT", "more", "text", nil).want(t, 200, "")
}

func TestS3CopiesAnnotations(t *testing.T) {
	srv := newS3(t, storagetest.WithTLS())
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", body: "object"}).want(t, 200, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", query: "annotation&annotationName=n", body: "text"}).want(t, 200, "")
	get := func(key string) answer {
		return do(t, srv.Server, call{method: "GET", path: "/photos/" + key, query: "annotation&annotationName=n", header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}})
	}
	for _, tc := range []struct {
		name   string
		header map[string]string
		sum    string // header with a checksum of the copy's annotation; empty: there is none
	}{
		{"by default", nil, "X-Amz-Checksum-Crc64nvme"},
		{"when asked for", map[string]string{"X-Amz-Object-Annotation-Directive": "COPY"}, "X-Amz-Checksum-Crc64nvme"},
		{"with another checksum", map[string]string{"X-Amz-Checksum-Algorithm": "SHA256"}, "X-Amz-Checksum-Sha256"},
		{"not if excluded", map[string]string{"X-Amz-Object-Annotation-Directive": "EXCLUDE"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			header := map[string]string{"X-Amz-Copy-Source": "/photos/k"}
			for name, value := range tc.header {
				header[name] = value
			}
			do(t, srv.Server, call{method: "PUT", path: "/photos/copy", header: header}).want(t, 200, "")
			if tc.sum == "" {
				get("copy").want(t, 404, "NoSuchAnnotation")
				return
			}
			if a := get("copy").want(t, 200, ""); a.body != "text" || a.header.Get(tc.sum) != checksums("text")[tc.sum] {
				t.Errorf("annotation of the copy: %q, %v", a.body, a.header)
			}
		})
	}
	header := map[string]string{"X-Amz-Copy-Source": "/photos/k", "X-Amz-Object-Annotation-Directive": "MOVE"}
	do(t, srv.Server, call{method: "PUT", path: "/photos/copy", header: header}).want(t, 400, "InvalidArgument")
	if a := get("k").want(t, 200, ""); a.header.Get("X-Amz-Checksum-Crc64nvme") == "" {
		t.Errorf("the annotation of the source has changed: %v", a.header)
	}

	key := strings.Repeat("k", 32)
	customer := map[string]string{
		"X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256",
		"X-Amz-Server-Side-Encryption-Customer-Key":       base64.StdEncoding.EncodeToString([]byte(key)),
		"X-Amz-Server-Side-Encryption-Customer-Key-Md5":   digestOf(md5.New(), key),
	}
	do(t, srv.Server, call{method: "PUT", path: "/photos/secret", body: "object", header: customer}).want(t, 200, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/secret", query: "annotation&annotationName=n", body: "text"}).want(t, 400, "InvalidRequest")
}
