package storagetest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/storagetest"
)

const attributesHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<GetObjectAttributesResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`

func TestS3GetObjectAttributes(t *testing.T) {
	srv := newS3(t, storagetest.WithMinPartSize(100))
	do(t, srv.Server, call{method: "PUT", path: "/photos/small", body: "content", header: map[string]string{"X-Amz-Storage-Class": "STANDARD_IA"}}).want(t, 200, "")
	make := func(key, algorithm string) string {
		header := map[string]string{}
		if algorithm != "" {
			header["X-Amz-Checksum-Algorithm"] = algorithm
		}
		id := upload(t, srv.Server, header)
		var parts []listed
		for i, body := range threeParts {
			header := map[string]string{}
			if algorithm != "" {
				header["X-Amz-Checksum-Crc32"] = checksums(body)["X-Amz-Checksum-Crc32"]
			}
			a := uploadPart(t, srv.Server, id, i+1, body, header).want(t, 200, "")
			p := listed{number: i + 1, etag: a.header.Get("Etag")}
			if algorithm != "" {
				p.checksum = "<ChecksumCRC32>" + header["X-Amz-Checksum-Crc32"] + "</ChecksumCRC32>"
			}
			parts = append(parts, p)
		}
		a := complete(t, srv.Server, id, nil, parts...).want(t, 200, "")
		return strings.Trim(strings.ReplaceAll(a.element("ETag"), "&quot;", `"`), `"`)
	}
	get := func(key, attributes string, header map[string]string) answer {
		h := map[string]string{"X-Amz-Object-Attributes": attributes}
		for name, v := range header {
			h[name] = v
		}
		return do(t, srv.Server, call{method: "GET", path: "/photos/" + key, query: "attributes", header: h})
	}
	part := func(i int) string {
		body := threeParts[i-1]
		return fmt.Sprintf("<Part><PartNumber>%d</PartNumber><Size>%d</Size><ChecksumCRC32>%s</ChecksumCRC32></Part>", i, len(body), checksums(body)["X-Amz-Checksum-Crc32"])
	}
	check := func(name string, a answer, want string) {
		t.Helper()
		if diff := cmp.Diff(attributesHead+want+"</GetObjectAttributesResponse>", a.want(t, 200, "").body); diff != "" || a.header.Get("Last-Modified") == "" {
			t.Errorf("%s: Last-Modified %q (-want +got)\n%s", name, a.header.Get("Last-Modified"), diff)
		}
	}
	check("of a small object", get("small", "ObjectSize, ETag,StorageClass,Checksum,ObjectParts", nil), "<ETag>"+strings.Trim(etagOf("content"), `"`)+"</ETag>"+
		"<Checksum><ChecksumCRC64NVME>"+checksums("content")["X-Amz-Checksum-Crc64nvme"]+"</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType></Checksum>"+
		"<StorageClass>STANDARD_IA</StorageClass><ObjectSize>7</ObjectSize>")
	etag := make("big", "")
	check("of parts without checksums", get("big", "ObjectParts,ETag", nil), "<ETag>"+etag+"</ETag><ObjectParts><PartsCount>3</PartsCount></ObjectParts>")
	make("big", "CRC32")
	list := func(truncated bool, most, next, marker int, parts string) string {
		return fmt.Sprintf("<ObjectParts><IsTruncated>%t</IsTruncated><MaxParts>%d</MaxParts><NextPartNumberMarker>%d</NextPartNumberMarker><PartNumberMarker>%d</PartNumberMarker>%s<PartsCount>3</PartsCount></ObjectParts>",
			truncated, most, next, marker, parts)
	}
	for _, tc := range []struct {
		name           string
		maximum, after string
		want           string
	}{
		{name: "all parts", want: list(false, 1000, 3, 0, part(1)+part(2)+part(3))},
		{name: "the first two", maximum: "2", want: list(true, 2, 2, 0, part(1)+part(2))},
		{name: "the rest", maximum: "2", after: "2", want: list(false, 2, 3, 2, part(3))},
		{name: "none behind the last", after: "7", want: list(false, 1000, 3, 7, "")},
		{name: "more than there can be", maximum: "5000", want: list(false, 1000, 3, 0, part(1)+part(2)+part(3))},
		{name: "what is no number", maximum: "many", after: "-1", want: list(false, 1000, 3, 0, part(1)+part(2)+part(3))},
	} {
		header := map[string]string{}
		if tc.maximum != "" {
			header["X-Amz-Max-Parts"] = tc.maximum
		}
		if tc.after != "" {
			header["X-Amz-Part-Number-Marker"] = tc.after
		}
		check(tc.name, get("big", "ObjectParts", header), tc.want)
	}
	get("small", "Colour", nil).want(t, 400, "InvalidArgument")
	get("small", ",", nil).want(t, 400, "InvalidRequest")
	do(t, srv.Server, call{method: "GET", path: "/photos/small", query: "attributes"}).want(t, 400, "InvalidRequest")
	get("none", "ETag", nil).want(t, 404, "NoSuchKey")
	putVersioning(t, srv.Server, "<Status>Enabled</Status>").want(t, 200, "")
	id := putVersion(t, srv.Server, "v", "x")
	if a := get("v", "ObjectSize", nil).want(t, 200, ""); a.header.Get("X-Amz-Version-Id") != id {
		t.Errorf("version of the attributes: %v", a.header)
	}
}

func TestS3RestoreObject(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	srv := newS3(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithRestoreTime(3*time.Hour))
	request := func(method, key, query, body string, header map[string]string) answer {
		t.Helper()
		s := newSigner()
		s.now = now
		return do(t, srv.Server, call{method: method, path: "/photos/" + key, query: query, body: body, header: header, signer: &s})
	}
	for _, class := range []string{"STANDARD", "GLACIER", "DEEP_ARCHIVE"} {
		request("PUT", class, "", "content", map[string]string{"X-Amz-Storage-Class": class}).want(t, 200, "")
	}
	for _, tc := range []struct {
		name, key, body string
		status          int
		code            string
	}{
		{"another root", "GLACIER", "<Restore/>", 400, "MalformedXML"},
		{"no document", "GLACIER", "", 400, "MalformedXML"},
		{"no days", "GLACIER", "<RestoreRequest/>", 400, "MalformedXML"},
		{"not a day", "GLACIER", "<RestoreRequest><Days>0</Days></RestoreRequest>", 400, "InvalidArgument"},
		{"an unknown tier", "GLACIER", "<RestoreRequest><Days>1</Days><Tier>Fast</Tier></RestoreRequest>", 400, "MalformedXML"},
		{"an unknown tier of a job", "GLACIER", "<RestoreRequest><Days>1</Days><GlacierJobParameters><Tier>Fast</Tier></GlacierJobParameters></RestoreRequest>", 400, "MalformedXML"},
		{"a job without tier", "GLACIER", "<RestoreRequest><Days>1</Days><GlacierJobParameters/></RestoreRequest>", 400, "MalformedXML"},
		{"two tiers", "GLACIER", "<RestoreRequest><Days>1</Days><Tier>Bulk</Tier><GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters></RestoreRequest>", 400, "MalformedXML"},
		{"a query", "GLACIER", "<RestoreRequest><Type>SELECT</Type><SelectParameters><Expression>x</Expression></SelectParameters><OutputLocation><S3/></OutputLocation></RestoreRequest>", 501, "NotImplemented"},
		{"parameters without a query", "GLACIER", "<RestoreRequest><Days>1</Days><SelectParameters/></RestoreRequest>", 400, "MalformedXML"},
		{"another type", "GLACIER", "<RestoreRequest><Days>1</Days><Type>MOVE</Type></RestoreRequest>", 400, "MalformedXML"},
		{"what is not archived", "STANDARD", "<RestoreRequest><Days>1</Days></RestoreRequest>", 403, "InvalidObjectState"},
		{"the deep archive at once", "DEEP_ARCHIVE", "<RestoreRequest><Days>1</Days><Tier>Expedited</Tier></RestoreRequest>", 400, "InvalidArgument"},
		{"nothing", "none", "<RestoreRequest><Days>1</Days></RestoreRequest>", 404, "NoSuchKey"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			request("POST", tc.key, "restore", tc.body, nil).want(t, tc.status, tc.code)
		})
	}
	restored := func() string {
		return request("HEAD", "GLACIER", "", "", nil).want(t, 200, "").header.Get("X-Amz-Restore")
	}
	status := func() string {
		a := request("GET", "", "prefix=GLACIER", "", map[string]string{"X-Amz-Optional-Object-Attributes": "RestoreStatus"}).want(t, 200, "")
		return a.element("RestoreStatus")
	}
	archived := func() {
		t.Helper()
		request("GET", "GLACIER", "", "", nil).want(t, 403, "InvalidObjectState")
		request("PUT", "copy", "", "", map[string]string{"X-Amz-Copy-Source": "photos/GLACIER"}).want(t, 403, "ObjectNotInActiveTierError")
	}
	archived()
	if got := restored(); got != "" {
		t.Errorf("before: %q", got)
	}
	const twoDays = "<RestoreRequest><Days>2</Days><Description>why</Description><GlacierJobParameters><Tier>Standard</Tier></GlacierJobParameters></RestoreRequest>"
	request("POST", "GLACIER", "restore", twoDays, nil).want(t, 202, "")
	archived()
	if got := restored(); got != `ongoing-request="true"` || status() != "<IsRestoreInProgress>true</IsRestoreInProgress>" {
		t.Errorf("on its way: %q, %s", got, status())
	}
	request("POST", "GLACIER", "restore", twoDays, nil).want(t, 409, "RestoreAlreadyInProgress")

	now = now.Add(3 * time.Hour)
	if got := restored(); got != `ongoing-request="false", expiry-date="Mon, 04 May 2026 00:00:00 GMT"` ||
		status() != "<IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2026-05-04T00:00:00.000Z</RestoreExpiryDate>" {
		t.Errorf("there: %q, %s", got, status())
	}
	if a := request("GET", "GLACIER", "", "", nil).want(t, 200, ""); a.body != "content" || a.header.Get("X-Amz-Storage-Class") != "GLACIER" {
		t.Errorf("restored: %q, %v", a.body, a.header)
	}
	request("PUT", "copy", "", "", map[string]string{"X-Amz-Copy-Source": "photos/GLACIER"}).want(t, 200, "")
	request("POST", "GLACIER", "restore", strings.Replace(twoDays, "2", "9", 1), nil).want(t, 200, "") // for longer
	if got := restored(); got != `ongoing-request="false", expiry-date="Mon, 11 May 2026 00:00:00 GMT"` {
		t.Errorf("for longer: %q", got)
	}
	now = time.Date(2026, 5, 11, 0, 0, 0, 0, time.UTC)
	archived()
	if got := restored(); got != "" || status() != "<IsRestoreInProgress>false</IsRestoreInProgress>" {
		t.Errorf("after: %q, %s", got, status())
	}
	request("POST", "GLACIER", "restore", twoDays, nil).want(t, 202, "")
}

func TestS3RenameObject(t *testing.T) {
	srv := newS3(t)
	const bucket = "photos--use1-az4--x-s3"
	srv.AddBucket(storagetest.BucketSetup{Name: bucket})
	signer := newSigner()
	signer.service = "s3express"
	put := func(key, content string) (etag string) {
		t.Helper()
		return do(t, srv.Server, call{method: "PUT", path: path(bucket, key), body: content, header: map[string]string{"X-Amz-Meta-Was": key}, signer: &signer}).want(t, 200, "").header.Get("Etag")
	}
	get := func(key string) answer {
		return do(t, srv.Server, call{method: "GET", path: path(bucket, key), signer: &signer})
	}
	rename := func(from, to string, header ...string) answer {
		t.Helper()
		c := call{method: "PUT", path: path(bucket, to), query: "renameObject", header: map[string]string{"X-Amz-Rename-Source": from}, signer: &signer}
		for i := 0; i < len(header); i += 2 {
			c.header[header[i]] = header[i+1]
		}
		return do(t, srv.Server, c)
	}
	etag := put("a b+", "content")
	rename("a%20b%2B", "dir/c").want(t, 200, "")
	get("a b+").want(t, 404, "NoSuchKey")
	if a := get("dir/c").want(t, 200, ""); a.body != "content" || a.header.Get("X-Amz-Meta-Was") != "a b+" {
		t.Errorf("renamed: %q, %v", a.body, a.header)
	}
	rename("/dir/c", "dir/c").want(t, 200, "") // onto itself
	other := put("there", "other")
	past, future := "Thu, 01 Jan 2004 00:00:00 GMT", "Thu, 01 Jan 2099 00:00:00 GMT"
	for _, tc := range []struct {
		name     string
		from, to string
		header   []string
		status   int
		code     string
	}{
		{name: "nothing", from: "none", to: "new", status: 404, code: "NoSuchKey"},
		{name: "no source", from: "/", to: "new", status: 400, code: "InvalidArgument"},
		{name: "a source that is not encoded", from: "%zz", to: "new", status: 400, code: "InvalidArgument"},
		{name: "a directory", from: "dir/", to: "new", status: 400, code: "InvalidRequest"},
		{name: "to a directory", from: "dir/c", to: "new/", status: 400, code: "InvalidRequest"},
		{name: "with a long token", from: "dir/c", to: "new", header: []string{"X-Amz-Client-Token", strings.Repeat("t", 65)}, status: 400, code: "InvalidArgument"},
		{name: "if nothing is there", from: "dir/c", to: "there", header: []string{"If-None-Match", "*"}, status: 412, code: "PreconditionFailed"},
		{name: "if something else is there", from: "dir/c", to: "there", header: []string{"If-Match", `"x"`}, status: 412, code: "PreconditionFailed"},
		{name: "if something is there", from: "dir/c", to: "new", header: []string{"If-Match", other}, status: 412, code: "PreconditionFailed"},
		{name: "if what is there has changed", from: "dir/c", to: "there", header: []string{"If-Modified-Since", future}, status: 412, code: "PreconditionFailed"},
		{name: "if what is there has not changed", from: "dir/c", to: "there", header: []string{"If-Unmodified-Since", past}, status: 412, code: "PreconditionFailed"},
		{name: "another source", from: "dir/c", to: "new", header: []string{"X-Amz-Rename-Source-If-Match", `"x"`}, status: 412, code: "PreconditionFailed"},
		{name: "the same source", from: "dir/c", to: "new", header: []string{"X-Amz-Rename-Source-If-None-Match", etag}, status: 412, code: "PreconditionFailed"},
		{name: "a source that has changed", from: "dir/c", to: "new", header: []string{"X-Amz-Rename-Source-If-Modified-Since", future}, status: 412, code: "PreconditionFailed"},
		{name: "a source that has not changed", from: "dir/c", to: "new", header: []string{"X-Amz-Rename-Source-If-Unmodified-Since", past}, status: 412, code: "PreconditionFailed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rename(tc.from, tc.to, tc.header...).want(t, tc.status, tc.code)
		})
	}
	if c, there := get("dir/c").body, get("there").body; c != "content" || there != "other" {
		t.Errorf("after what was refused: %q and %q", c, there)
	}
	// Sent again with its token, a request is not carried out again.
	token := []string{"X-Amz-Client-Token", "token", "If-Match", other, "X-Amz-Rename-Source-If-Match", etag}
	rename("dir/c", "there", token...).want(t, 200, "")
	rename("dir/c", "there", token...).want(t, 200, "")
	rename("dir/c", "elsewhere", token...).want(t, 400, "IdempotencyParameterMismatch")
	rename("dir/c", "there", token[:4]...).want(t, 400, "IdempotencyParameterMismatch")
	rename("dir/c", "there").want(t, 404, "NoSuchKey")
	if got := get("there").body; got != "content" {
		t.Errorf("what was there is %q", got)
	}
	if a := do(t, srv.Server, call{method: "GET", path: "/" + bucket, query: "list-type=2", signer: &signer}); strings.Count(a.body, "<Key>") != 1 {
		t.Errorf("objects: %s", a.body)
	}
	do(t, srv.Server, call{method: "PUT", path: "/photos/b", query: "renameObject", header: map[string]string{"X-Amz-Rename-Source": "a"}}).want(t, 501, "NotImplemented")
	do(t, srv.Server, call{method: "PUT", path: "/none/b", query: "renameObject", header: map[string]string{"X-Amz-Rename-Source": "a"}}).want(t, 404, "NoSuchBucket")
}

func TestS3UpdateObjectEncryption(t *testing.T) {
	srv := newS3(t)
	const arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
	document := func(inner string) string { return "<ObjectEncryption>" + inner + "</ObjectEncryption>" }
	kms := document("<SSE-KMS><KMSKeyArn>" + arn + "</KMSKeyArn><BucketKeyEnabled>true</BucketKeyEnabled></SSE-KMS>")
	putDocument(t, srv, "/photos/k", "encryption", kms).want(t, 404, "NoSuchKey")
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", body: "x"}).want(t, 200, "")
	for body, code := range map[string]string{
		"<Wrong/>":   "MalformedXML",
		document(""): "MalformedXML",
		document("<SSE-KMS><KMSKeyArn>alias/mine</KMSKeyArn></SSE-KMS>"): "InvalidArgument",
	} {
		putDocument(t, srv, "/photos/k", "encryption", body).want(t, 400, code)
	}
	head := func() map[string]string {
		h := do(t, srv.Server, call{method: "HEAD", path: "/photos/k"}).want(t, 200, "").header
		return map[string]string{
			"kind": h.Get("X-Amz-Server-Side-Encryption"), "key": h.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"),
			"bucket key": h.Get("X-Amz-Server-Side-Encryption-Bucket-Key-Enabled"), "ETag": h.Get("Etag"),
		}
	}
	want := map[string]string{"kind": "AES256", "key": "", "bucket key": "", "ETag": etagOf("x")}
	if diff := cmp.Diff(want, head()); diff != "" {
		t.Errorf("before (-want +got)\n%s", diff)
	}
	putDocument(t, srv, "/photos/k", "encryption", kms).want(t, 200, "")
	want["kind"], want["key"], want["bucket key"] = "aws:kms", arn, "true"
	if diff := cmp.Diff(want, head()); diff != "" {
		t.Errorf("after (-want +got)\n%s", diff)
	}
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", body: "x", header: map[string]string{"X-Amz-Server-Side-Encryption": "aws:kms:dsse"}}).want(t, 200, "")
	putDocument(t, srv, "/photos/k", "encryption", kms).want(t, 400, "InvalidRequest")
}
