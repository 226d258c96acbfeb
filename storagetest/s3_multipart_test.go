package storagetest_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
)

// upload creates a multipart upload of the key "big" and returns its id.
func upload(t *testing.T, srv *storagetest.Server, header map[string]string) string {
	t.Helper()
	id := do(t, srv, call{method: "POST", path: "/photos/big", query: "uploads=", header: header}).want(t, 200, "").element("UploadId")
	if id == "" {
		t.Fatal("no upload id")
	}
	return id
}

func uploadPart(t *testing.T, srv *storagetest.Server, id string, number int, body string, header map[string]string) answer {
	t.Helper()
	return do(t, srv, call{method: "PUT", path: "/photos/big", query: "partNumber=" + strconv.Itoa(number) + "&uploadId=" + id, body: body, header: header})
}

// listed is a part as a completion names it.
type listed struct {
	number         int
	etag, checksum string // checksum: an element
}

func complete(t *testing.T, srv *storagetest.Server, id string, header map[string]string, parts ...listed) answer {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
	for _, p := range parts {
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag>%s</Part>", p.number, p.etag, p.checksum)
	}
	b.WriteString("</CompleteMultipartUpload>")
	return do(t, srv, call{method: "POST", path: "/photos/big", query: "uploadId=" + id, body: b.String(), header: header})
}

// threeParts are two of 100 bytes and a short one.
var threeParts = []string{strings.Repeat("a", 100), strings.Repeat("b", 100), "c"}

func TestS3MultipartUpload(t *testing.T) {
	srv := newS3(t, storagetest.WithMinPartSize(100))
	whole := strings.Join(threeParts, "")
	sums := md5.New()
	for _, p := range threeParts {
		sum := md5.Sum([]byte(p))
		sums.Write(sum[:])
	}
	etag := hex.EncodeToString(sums.Sum(nil)) + "-3"
	for _, tc := range []struct {
		name      string
		algorithm string // of the upload
		kind      string
		part      string // header of the parts
		element   string // of the parts in the completion
		want      string // checksum of the object, with its header
	}{
		{name: "no checksum", want: "X-Amz-Checksum-Crc64nvme " + checksums(whole)["X-Amz-Checksum-Crc64nvme"]},
		{name: "CRC64NVME", algorithm: "CRC64NVME", part: "X-Amz-Checksum-Crc64nvme", want: "X-Amz-Checksum-Crc64nvme " + checksums(whole)["X-Amz-Checksum-Crc64nvme"]},
		{name: "CRC32 of the whole", algorithm: "CRC32", kind: "FULL_OBJECT", part: "X-Amz-Checksum-Crc32", want: "X-Amz-Checksum-Crc32 " + checksums(whole)["X-Amz-Checksum-Crc32"]},
		{name: "CRC32C of the whole", algorithm: "CRC32C", kind: "FULL_OBJECT", part: "X-Amz-Checksum-Crc32c", want: "X-Amz-Checksum-Crc32c " + checksums(whole)["X-Amz-Checksum-Crc32c"]},
		{name: "SHA256 of the parts", algorithm: "SHA256", part: "X-Amz-Checksum-Sha256", element: "ChecksumSHA256", want: "X-Amz-Checksum-Sha256 " + compositeSHA256(threeParts)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			header := map[string]string{"Content-Type": "text/x"}
			if tc.algorithm != "" {
				header["X-Amz-Checksum-Algorithm"] = tc.algorithm
			}
			if tc.kind != "" {
				header["X-Amz-Checksum-Type"] = tc.kind
			}
			id := upload(t, srv.Server, header)
			var parts []listed
			for i, body := range threeParts {
				header := map[string]string{}
				if tc.part != "" {
					header[tc.part] = checksums(body)[tc.part]
				}
				a := uploadPart(t, srv.Server, id, 2*i+1, body, header).want(t, 200, "")
				p := listed{number: 2*i + 1, etag: a.header.Get("Etag")}
				if tc.element != "" {
					p.checksum = "<" + tc.element + ">" + a.header.Get(tc.part) + "</" + tc.element + ">"
				}
				parts = append(parts, p)
			}
			name, sum, _ := strings.Cut(tc.want, " ")
			if tc.part != "" {
				complete(t, srv.Server, id, map[string]string{name: strings.Replace(sum, sum[:1], string(sum[0]^1), 1)}, parts...).want(t, 400, "BadDigest")
			}
			a := complete(t, srv.Server, id, map[string]string{name: sum, "X-Amz-Mp-Object-Size": "201"}, parts...).want(t, 200, "")
			if a.element("ETag") != "&quot;"+etag+"&quot;" {
				t.Errorf("ETag %s, want %s", a.element("ETag"), etag)
			}
			a = do(t, srv.Server, call{method: "GET", path: "/photos/big", header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}}).want(t, 200, "")
			if a.body != whole || a.header.Get(name) != sum || a.header.Get("Content-Type") != "text/x" {
				t.Errorf("read %d bytes with %s %q, want %q", len(a.body), name, a.header.Get(name), sum)
			}
			a = do(t, srv.Server, call{method: "GET", path: "/photos/big", query: "partNumber=2"}).want(t, 206, "")
			if a.body != threeParts[1] || a.header.Get("X-Amz-Mp-Parts-Count") != "3" || a.header.Get("Content-Range") != "bytes 100-199/201" {
				t.Errorf("part 2: %q %v", a.body, a.header)
			}
			complete(t, srv.Server, id, nil, parts...).want(t, 404, "NoSuchUpload")
		})
	}
}

func compositeSHA256(parts []string) string {
	all := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		all.Write(sum[:])
	}
	return base64.StdEncoding.EncodeToString(all.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

func TestS3MultipartRules(t *testing.T) {
	srv := newS3(t, storagetest.WithMinPartSize(100))
	for _, header := range []map[string]string{
		{"X-Amz-Checksum-Algorithm": "CRC64NVME", "X-Amz-Checksum-Type": "COMPOSITE"},
		{"X-Amz-Checksum-Algorithm": "SHA256", "X-Amz-Checksum-Type": "FULL_OBJECT"},
		{"X-Amz-Checksum-Type": "FULL_OBJECT"},
		{"X-Amz-Checksum-Algorithm": "MD4"},
	} {
		do(t, srv.Server, call{method: "POST", path: "/photos/big", query: "uploads", header: header}).want(t, 400, "InvalidRequest")
	}
	id := upload(t, srv.Server, nil)
	uploadPart(t, srv.Server, id, 0, "x", nil).want(t, 400, "InvalidArgument")
	uploadPart(t, srv.Server, id, 10001, "x", nil).want(t, 400, "InvalidArgument")
	uploadPart(t, srv.Server, "none", 1, "x", nil).want(t, 404, "NoSuchUpload")
	uploadPart(t, srv.Server, id, 1, "x", map[string]string{"X-Amz-Checksum-Crc32": checksums("x")["X-Amz-Checksum-Crc32"]}).want(t, 400, "InvalidRequest")
	uploadPart(t, srv.Server, id, 1, "first", nil).want(t, 200, "") // replaced by the next
	one := listed{1, uploadPart(t, srv.Server, id, 1, "small", nil).want(t, 200, "").header.Get("Etag"), ""}
	two := listed{2, uploadPart(t, srv.Server, id, 2, strings.Repeat("b", 100), nil).want(t, 200, "").header.Get("Etag"), ""}
	complete(t, srv.Server, id, nil).want(t, 400, "MalformedXML")
	complete(t, srv.Server, id, nil, two, one).want(t, 400, "InvalidPartOrder")
	complete(t, srv.Server, id, nil, one, one).want(t, 400, "InvalidPartOrder")
	complete(t, srv.Server, id, nil, one, listed{3, two.etag, ""}).want(t, 400, "InvalidPart")
	complete(t, srv.Server, id, nil, listed{1, etagOf("first"), ""}).want(t, 400, "InvalidPart")
	complete(t, srv.Server, id, nil, listed{2, two.etag, "<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>"}).want(t, 400, "InvalidPart")
	a := complete(t, srv.Server, id, nil, one, two).want(t, 400, "EntityTooSmall")
	if a.element("ProposedSize") != "5" || a.element("MinSizeAllowed") != "100" || a.element("PartNumber") != "1" {
		t.Errorf("answer %s", a.body)
	}
	complete(t, srv.Server, id, map[string]string{"X-Amz-Mp-Object-Size": "4"}, one).want(t, 400, "InvalidRequest")
	complete(t, srv.Server, id, map[string]string{"X-Amz-Checksum-Type": "COMPOSITE"}, one).want(t, 400, "InvalidRequest")
	complete(t, srv.Server, id, map[string]string{"If-Match": "*"}, one).want(t, 404, "NoSuchKey")
	complete(t, srv.Server, id, map[string]string{"If-None-Match": "*"}, two).want(t, 200, "")
	again := upload(t, srv.Server, nil)
	p := listed{1, uploadPart(t, srv.Server, again, 1, "x", nil).header.Get("Etag"), ""}
	complete(t, srv.Server, again, map[string]string{"If-None-Match": "*"}, p).want(t, 412, "PreconditionFailed")
	do(t, srv.Server, call{method: "DELETE", path: "/photos/big", query: "uploadId=" + again}).want(t, 204, "")
	do(t, srv.Server, call{method: "DELETE", path: "/photos/big", query: "uploadId=" + again}).want(t, 404, "NoSuchUpload")

	composite := upload(t, srv.Server, map[string]string{"X-Amz-Checksum-Algorithm": "SHA256"})
	uploadPart(t, srv.Server, composite, 1, "x", nil).want(t, 400, "InvalidRequest")
	p = listed{1, uploadPart(t, srv.Server, composite, 1, "x", map[string]string{"X-Amz-Checksum-Sha256": checksums("x")["X-Amz-Checksum-Sha256"]}).want(t, 200, "").header.Get("Etag"), ""}
	complete(t, srv.Server, composite, nil, p).want(t, 400, "InvalidRequest")
}

func TestS3UploadPartCopyAndLists(t *testing.T) {
	srv := newS3(t, storagetest.WithMinPartSize(1))
	do(t, srv.Server, call{method: "PUT", path: "/photos/source", body: "0123456789"}).want(t, 200, "")
	id := upload(t, srv.Server, nil)
	cp := func(number int, header map[string]string) answer {
		header["X-Amz-Copy-Source"] = "photos/source"
		return uploadPart(t, srv.Server, id, number, "", header)
	}
	cp(1, map[string]string{"X-Amz-Copy-Source-Range": "bytes=2-4"}).want(t, 200, "")
	cp(2, map[string]string{}).want(t, 200, "")
	cp(3, map[string]string{"X-Amz-Copy-Source-Range": "bytes=2-10"}).want(t, 400, "InvalidArgument")
	cp(3, map[string]string{"X-Amz-Copy-Source-Range": "bytes=2-"}).want(t, 400, "InvalidArgument")
	cp(3, map[string]string{"X-Amz-Copy-Source-If-Match": `"x"`}).want(t, 412, "PreconditionFailed")
	uploadPart(t, srv.Server, id, 7, "xyz", nil).want(t, 200, "")

	a := do(t, srv.Server, call{method: "GET", path: "/photos/big", query: "max-parts=2&uploadId=" + id}).want(t, 200, "")
	if a.element("IsTruncated") != "true" || a.element("NextPartNumberMarker") != "2" || strings.Count(a.body, "<Part>") != 2 || a.element("Size") != "3" {
		t.Errorf("first page %s", a.body)
	}
	a = do(t, srv.Server, call{method: "GET", path: "/photos/big", query: "part-number-marker=2&uploadId=" + id}).want(t, 200, "")
	if a.element("IsTruncated") != "false" || a.element("PartNumber") != "7" || strings.Count(a.body, "<Part>") != 1 {
		t.Errorf("second page %s", a.body)
	}
	complete(t, srv.Server, id, nil, listed{1, etagOf("234"), ""}, listed{2, etagOf("0123456789"), ""}, listed{7, etagOf("xyz"), ""}).want(t, 200, "")
	if a := do(t, srv.Server, call{method: "GET", path: "/photos/big", header: map[string]string{"Range": "bytes=1-4"}}); a.body != "3401" {
		t.Errorf("range across parts: %q", a.body)
	}

	var ids []string
	for _, key := range []string{"x/1", "x/2", "y", "y", "z"} {
		ids = append(ids, do(t, srv.Server, call{method: "POST", path: path("photos", key), query: "uploads"}).want(t, 200, "").element("UploadId"))
	}
	var got []string
	for marker := ""; ; {
		a := do(t, srv.Server, call{method: "GET", path: "/photos", query: "delimiter=%2F&max-uploads=1" + marker + "&uploads"}).want(t, 200, "")
		got = append(got, a.element("CommonPrefixes")+a.element("Key")+a.element("UploadId"))
		if a.element("IsTruncated") == "false" {
			break
		}
		marker = "&key-marker=" + percent(a.element("NextKeyMarker"))
		if id := a.element("NextUploadIdMarker"); id != "" {
			marker += "&upload-id-marker=" + id
		}
		if len(got) > 9 {
			t.Fatal("the list does not end")
		}
	}
	want := []string{"<Prefix>x/</Prefix>", "y" + ids[2], "y" + ids[3], "z" + ids[4]}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("uploads %q, want %q", got, want)
	}
}
