package storagetest_test

import (
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/storagetest"
)

// putVersioning sets the versioning of the bucket photos.
func putVersioning(t *testing.T, srv *storagetest.Server, config string) answer {
	t.Helper()
	body := "<VersioningConfiguration>" + config + "</VersioningConfiguration>"
	return do(t, srv, call{method: "PUT", path: "/photos", query: "versioning", body: body, header: map[string]string{"Content-Md5": digestOf(md5.New(), body)}})
}

// putVersion stores an object in the bucket photos and returns its version id.
func putVersion(t *testing.T, srv *storagetest.Server, key, content string) string {
	t.Helper()
	return do(t, srv, call{method: "PUT", path: path("photos", key), body: content}).want(t, 200, "").header.Get("X-Amz-Version-Id")
}

// deleteVersion deletes an object of the bucket photos, or with a query one
// version of it.
func deleteVersion(t *testing.T, srv *storagetest.Server, key, version string) answer {
	t.Helper()
	c := call{method: "DELETE", path: path("photos", key)}
	if version != "" {
		c.query = "versionId=" + version
	}
	return do(t, srv, c).want(t, 204, "")
}

// versionList is the answer of a ListObjectVersions, with versions and delete
// markers in the order in which they came.
type versionList struct {
	NextKeyMarker, NextVersionIdMarker string
	IsTruncated                        bool
	Entries                            []struct {
		XMLName            xml.Name
		Key, VersionId     string
		IsLatest           bool
		Prefix             string
		ETag, ChecksumType string
		Size               int
	} `xml:",any"`
}

func doListVersions(t *testing.T, srv *storagetest.Server, query string) answer {
	t.Helper()
	parameters := strings.Split("versions&"+query, "&")
	slices.Sort(parameters)
	return do(t, srv, call{method: "GET", path: "/photos", query: strings.Trim(strings.Join(parameters, "&"), "&")})
}

func listVersions(t *testing.T, srv *storagetest.Server, query string) versionList {
	t.Helper()
	a := doListVersions(t, srv, query).want(t, 200, "")
	var list versionList
	if err := xml.Unmarshal([]byte(a.body), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// brief is one word for each entry of a list: KEY=ID, with a star if it is the
// latest and a dash before a delete marker; or a common prefix.
func (l versionList) brief() []string {
	var words []string
	for _, e := range l.Entries {
		word := e.Key + "=" + e.VersionId
		if e.IsLatest {
			word += "*"
		}
		switch e.XMLName.Local {
		case "Version":
		case "DeleteMarker":
			word = "-" + word
		case "CommonPrefixes":
			word = e.Prefix
		default:
			continue
		}
		words = append(words, word)
	}
	return words
}

func wantVersions(t *testing.T, srv *storagetest.Server, query string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, listVersions(t, srv, query).brief()); diff != "" {
		t.Errorf("versions with %q (-want +got)\n%s", query, diff)
	}
}

func TestS3BucketVersioning(t *testing.T) {
	srv := newS3(t)
	srv.AddBucket(storagetest.BucketSetup{Name: "locked", ObjectLock: true})
	srv.AddBucket(storagetest.BucketSetup{Name: "paused", Versioning: "Suspended"})
	status := func(bucket string) string {
		return do(t, srv.Server, call{method: "GET", path: "/" + bucket, query: "versioning"}).want(t, 200, "").element("Status")
	}
	if got := []string{status("photos"), status("locked"), status("paused")}; fmt.Sprint(got) != "[ Enabled Suspended]" {
		t.Errorf("versioning of fresh buckets: %q", got)
	}
	for _, tc := range []struct {
		name, config, mfa string
		status            int
		code              string
	}{
		{name: "no status", status: 400, code: "IllegalVersioningConfigurationException"},
		{name: "a status that is none", config: "<Status>On</Status>", status: 400, code: "MalformedXML"},
		{name: "never again without", config: "<Status>Disabled</Status>", status: 400, code: "MalformedXML"},
		{name: "MFA delete without the device", config: "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>", status: 403, code: "AccessDenied"},
		{name: "MFA delete", config: "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>", mfa: "device 123456", status: 501, code: "NotImplemented"},
		{name: "MFA delete that is neither", config: "<Status>Enabled</Status><MfaDelete>Maybe</MfaDelete>", status: 400, code: "MalformedXML"},
		{name: "enabled", config: "<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>", status: 200},
		{name: "suspended", config: "<Status>Suspended</Status>", status: 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := "<VersioningConfiguration>" + tc.config + "</VersioningConfiguration>"
			header := map[string]string{"Content-Md5": digestOf(md5.New(), body)}
			if tc.mfa != "" {
				header["X-Amz-Mfa"] = tc.mfa
			}
			do(t, srv.Server, call{method: "PUT", path: "/photos", query: "versioning", body: body, header: header}).want(t, tc.status, tc.code)
		})
	}
	if got := status("photos"); got != "Suspended" {
		t.Errorf("versioning of photos: %q", got)
	}
	body := "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
	header := map[string]string{"Content-Md5": digestOf(md5.New(), body)}
	do(t, srv.Server, call{method: "PUT", path: "/locked", query: "versioning", body: body, header: header}).want(t, 409, "InvalidBucketState")
	do(t, srv.Server, call{method: "PUT", path: "/none", query: "versioning", body: body, header: header}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "versioning", body: "<Versioning/>", header: map[string]string{"Content-Md5": digestOf(md5.New(), "<Versioning/>")}}).want(t, 400, "MalformedXML")
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "versioning", body: body}).want(t, 400, "InvalidRequest") // no checksum
	do(t, srv.Server, call{method: "GET", path: "/none", query: "versioning"}).want(t, 404, "NoSuchBucket")
}

// TestS3Versions takes one key through all states of a bucket.
func TestS3Versions(t *testing.T) {
	srv := newS3(t)
	if id := putVersion(t, srv.Server, "k", "before"); id != "" {
		t.Errorf("without versioning a version %q", id)
	}
	if a := do(t, srv.Server, call{method: "GET", path: "/photos/k", query: "versionId=null"}).want(t, 200, ""); a.header["X-Amz-Version-Id"] != nil {
		t.Errorf("without versioning: %v", a.header)
	}
	putVersioning(t, srv.Server, "<Status>Enabled</Status>").want(t, 200, "")
	one, two := putVersion(t, srv.Server, "k", "one"), putVersion(t, srv.Server, "k", "two")
	if one == "" || one == two {
		t.Fatalf("versions %q and %q", one, two)
	}
	wantVersions(t, srv.Server, "", "k="+two+"*", "k="+one, "k=null")
	for id, want := range map[string]string{"null": "before", one: "one", two: "two"} {
		a := do(t, srv.Server, call{method: "GET", path: "/photos/k", query: "versionId=" + id}).want(t, 200, "")
		if a.body != want || a.header.Get("X-Amz-Version-Id") != id || a.header["X-Amz-Delete-Marker"] != nil {
			t.Errorf("version %s: %q, %v", id, a.body, a.header)
		}
		if h := do(t, srv.Server, call{method: "HEAD", path: "/photos/k", query: "versionId=" + id}).want(t, 200, ""); h.header.Get("Etag") != etagOf(want) {
			t.Errorf("HEAD of version %s: %v", id, h.header)
		}
	}
	if a := do(t, srv.Server, call{method: "GET", path: "/photos/k"}).want(t, 200, ""); a.body != "two" || a.header.Get("X-Amz-Version-Id") != two {
		t.Errorf("the current version is %q, %v", a.body, a.header)
	}

	// A delete marker hides them.
	marker := deleteVersion(t, srv.Server, "k", "").header
	hide := marker.Get("X-Amz-Version-Id")
	if marker.Get("X-Amz-Delete-Marker") != "true" || hide == "" || hide == two {
		t.Errorf("the deletion answers %v", marker)
	}
	a := do(t, srv.Server, call{method: "GET", path: "/photos/k"}).want(t, 404, "NoSuchKey")
	if a.header.Get("X-Amz-Delete-Marker") != "true" || a.header.Get("X-Amz-Version-Id") != hide {
		t.Errorf("GET of what is hidden: %v", a.header)
	}
	a = do(t, srv.Server, call{method: "GET", path: "/photos/k", query: "versionId=" + hide}).want(t, 405, "MethodNotAllowed")
	if a.header.Get("X-Amz-Delete-Marker") != "true" || a.header.Get("Allow") != "DELETE" || a.header.Get("Last-Modified") == "" || a.element("ResourceType") != "DeleteMarker" {
		t.Errorf("GET of the delete marker: %v %s", a.header, a.body)
	}
	for query, status := range map[string]int{"": 404, "versionId=" + hide: 405, "versionId=" + one: 200} {
		if h := do(t, srv.Server, call{method: "HEAD", path: "/photos/k", query: query}); h.status != status || (h.header.Get("X-Amz-Delete-Marker") == "true") != (status > 299) {
			t.Errorf("HEAD %q: %d %v", query, h.status, h.header)
		}
	}
	if l := do(t, srv.Server, call{method: "GET", path: "/photos", query: "list-type=2"}); l.element("KeyCount") != "0" {
		t.Errorf("list of what is hidden: %s", l.body)
	}
	do(t, srv.Server, call{method: "DELETE", path: "/photos"}).want(t, 409, "BucketNotEmpty")
	wantVersions(t, srv.Server, "", "-k="+hide+"*", "k="+two, "k="+one, "k=null")

	// Suspended, a deletion takes the null version along.
	putVersioning(t, srv.Server, "<Status>Suspended</Status>").want(t, 200, "")
	if h := deleteVersion(t, srv.Server, "k", "").header; h.Get("X-Amz-Version-Id") != "null" || h.Get("X-Amz-Delete-Marker") != "true" {
		t.Errorf("suspended, the deletion answers %v", h)
	}
	wantVersions(t, srv.Server, "", "-k=null*", "-k="+hide, "k="+two, "k="+one)
	if id := putVersion(t, srv.Server, "k", "after"); id != "" {
		t.Errorf("suspended, a version %q", id)
	}
	if h := do(t, srv.Server, call{method: "HEAD", path: "/photos/k"}).want(t, 200, ""); h.header.Get("X-Amz-Version-Id") != "null" {
		t.Errorf("HEAD of the null version: %v", h.header)
	}
	putVersion(t, srv.Server, "k", "again")
	wantVersions(t, srv.Server, "", "k=null*", "-k="+hide, "k="+two, "k="+one)

	// For good.
	if h := deleteVersion(t, srv.Server, "k", "null").header; h.Get("X-Amz-Version-Id") != "null" || h["X-Amz-Delete-Marker"] != nil {
		t.Errorf("deletion of the null version: %v", h)
	}
	if h := deleteVersion(t, srv.Server, "k", hide).header; h.Get("X-Amz-Version-Id") != hide || h.Get("X-Amz-Delete-Marker") != "true" {
		t.Errorf("deletion of the delete marker: %v", h)
	}
	if a := do(t, srv.Server, call{method: "GET", path: "/photos/k"}).want(t, 200, ""); a.body != "two" {
		t.Errorf("without the marker: %q", a.body)
	}
	deleteVersion(t, srv.Server, "k", two)
	wantVersions(t, srv.Server, "", "k="+one+"*")
	if h := deleteVersion(t, srv.Server, "k", two).header; h.Get("X-Amz-Version-Id") != two {
		t.Errorf("deletion of a version that is gone: %v", h)
	}
	deleteVersion(t, srv.Server, "k", one)
	wantVersions(t, srv.Server, "")
	do(t, srv.Server, call{method: "DELETE", path: "/photos"}).want(t, 204, "")
}

func TestS3VersionErrors(t *testing.T) {
	srv := newS3(t)
	putVersioning(t, srv.Server, "<Status>Enabled</Status>").want(t, 200, "")
	id := putVersion(t, srv.Server, "k", "x")
	other := putVersion(t, srv.Server, "other", "x")
	gone := deleteVersion(t, srv.Server, "gone", "").header.Get("X-Amz-Version-Id")
	for _, tc := range []struct {
		name          string
		method, query string
		header        map[string]string
		status        int
		code          string
	}{
		{name: "GET of no version id", method: "GET", query: "versionId=abc", status: 400, code: "InvalidArgument"},
		{name: "GET of an empty version id", method: "GET", query: "versionId=", status: 400, code: "InvalidArgument"},
		{name: "GET of another key's version", method: "GET", query: "versionId=" + other, status: 404, code: "NoSuchVersion"},
		{name: "GET of a null version that is not there", method: "GET", query: "versionId=null", status: 404, code: "NoSuchVersion"},
		{name: "DELETE of no version id", method: "DELETE", query: "versionId=abc", status: 400, code: "InvalidArgument"},
		{name: "DELETE of another key's version", method: "DELETE", query: "versionId=" + other, status: 204},
		{name: "DELETE of a version on a condition", method: "DELETE", query: "versionId=" + id, header: map[string]string{"If-Match": `"x"`}, status: 412, code: "PreconditionFailed"},
		{name: "DELETE of no version on a condition", method: "DELETE", query: "versionId=" + other, header: map[string]string{"If-Match": "*"}, status: 404, code: "NoSuchKey"},
		{name: "DELETE on a condition", method: "DELETE", header: map[string]string{"If-Match": `"x"`}, status: 412, code: "PreconditionFailed"},
		{name: "PUT of a version", method: "PUT", query: "versionId=" + id, status: 400, code: "InvalidArgument"},
		{name: "PUT on the condition of nothing there", method: "PUT", header: map[string]string{"If-None-Match": "*"}, status: 412, code: "PreconditionFailed"},
		{name: "copy of no version id", method: "PUT", header: map[string]string{"X-Amz-Copy-Source": "photos/k?versionId=abc"}, status: 400, code: "InvalidArgument"},
		{name: "copy of another key's version", method: "PUT", header: map[string]string{"X-Amz-Copy-Source": "photos/k?versionId=" + other}, status: 404, code: "NoSuchVersion"},
		{name: "copy of what is hidden", method: "PUT", header: map[string]string{"X-Amz-Copy-Source": "photos/gone"}, status: 404, code: "NoSuchKey"},
		{name: "copy of a delete marker", method: "PUT", header: map[string]string{"X-Amz-Copy-Source": "photos/gone?versionId=" + gone}, status: 400, code: "InvalidRequest"},
		{name: "copy onto itself", method: "PUT", header: map[string]string{"X-Amz-Copy-Source": "photos/k"}, status: 400, code: "InvalidRequest"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := do(t, srv.Server, call{method: tc.method, path: "/photos/k", query: tc.query, header: tc.header}).want(t, tc.status, tc.code)
			if a.header["X-Amz-Delete-Marker"] != nil {
				t.Errorf("the answer calls k a delete marker: %v", a.header)
			}
		})
	}
	// Nothing of that has changed anything.
	wantVersions(t, srv.Server, "", "-gone="+gone+"*", "k="+id+"*", "other="+other+"*")
	// Where a delete marker is on top, nothing is there.
	do(t, srv.Server, call{method: "PUT", path: "/photos/gone", header: map[string]string{"If-Match": "*"}}).want(t, 404, "NoSuchKey")
	do(t, srv.Server, call{method: "DELETE", path: "/photos/gone", header: map[string]string{"If-Match": "*"}}).want(t, 404, "NoSuchKey")
	do(t, srv.Server, call{method: "PUT", path: "/photos/gone", header: map[string]string{"If-None-Match": "*"}}).want(t, 200, "")
	if h := do(t, srv.Server, call{method: "DELETE", path: "/photos/k", header: map[string]string{"If-Match": etagOf("x")}}).want(t, 204, ""); h.header.Get("X-Amz-Delete-Marker") != "true" {
		t.Errorf("a deletion whose condition holds: %v", h.header)
	}
}

func TestS3CopyVersions(t *testing.T) {
	srv := newS3(t, storagetest.WithMinPartSize(1))
	putVersioning(t, srv.Server, "<Status>Enabled</Status>").want(t, 200, "")
	old := putVersion(t, srv.Server, "a?b +", "old")
	putVersion(t, srv.Server, "a?b +", "new")
	source := map[string]string{"X-Amz-Copy-Source": "photos/a%3Fb%20%2B?versionId=" + old}
	a := do(t, srv.Server, call{method: "PUT", path: path("photos", "a?b +"), header: source}).want(t, 200, "")
	if a.header.Get("X-Amz-Copy-Source-Version-Id") != old || a.header.Get("X-Amz-Version-Id") == old || a.header.Get("X-Amz-Version-Id") == "" {
		t.Errorf("bringing an old version back answers %v", a.header)
	}
	if a := do(t, srv.Server, call{method: "GET", path: path("photos", "a?b +")}).want(t, 200, ""); a.body != "old" {
		t.Errorf("it is now %q", a.body)
	}
	id := upload(t, srv.Server, nil)
	part := do(t, srv.Server, call{method: "PUT", path: "/photos/big", query: "partNumber=1&uploadId=" + id, header: source}).want(t, 200, "")
	if part.header.Get("X-Amz-Copy-Source-Version-Id") != old {
		t.Errorf("UploadPartCopy answers %v", part.header)
	}
	done := complete(t, srv.Server, id, nil, listed{number: 1, etag: part.element("ETag")}).want(t, 200, "").header.Get("X-Amz-Version-Id")
	if a := do(t, srv.Server, call{method: "GET", path: "/photos/big", query: "versionId=" + done}).want(t, 200, ""); a.body != "old" {
		t.Errorf("the upload is %q", a.body)
	}
	// From a bucket without versions there is none to name.
	srv.AddBucket(storagetest.BucketSetup{Name: "plain"})
	do(t, srv.Server, call{method: "PUT", path: "/plain/k", body: "x"}).want(t, 200, "")
	a = do(t, srv.Server, call{method: "PUT", path: "/photos/k", header: map[string]string{"X-Amz-Copy-Source": "plain/k?versionId=null"}}).want(t, 200, "")
	if a.header["X-Amz-Copy-Source-Version-Id"] != nil {
		t.Errorf("copy from a bucket without versions: %v", a.header)
	}
}

func TestS3DeleteVersions(t *testing.T) {
	srv := newS3(t)
	putVersioning(t, srv.Server, "<Status>Enabled</Status>").want(t, 200, "")
	one, two := putVersion(t, srv.Server, "a", "1"), putVersion(t, srv.Server, "a", "2")
	marker := deleteVersion(t, srv.Server, "b", "").header.Get("X-Amz-Version-Id")
	body := "<Delete><Object><Key>a</Key><VersionId>" + one + "</VersionId></Object>" +
		"<Object><Key>a</Key><VersionId>abc</VersionId></Object>" +
		"<Object><Key>a</Key></Object>" +
		"<Object><Key>b</Key><VersionId>" + marker + "</VersionId></Object>" +
		"<Object><Key>b</Key><VersionId>" + marker + "</VersionId></Object>" +
		"<Object><Key>a</Key><VersionId>" + two + "</VersionId><ETag>x</ETag></Object></Delete>"
	a := do(t, srv.Server, call{method: "POST", path: "/photos", query: "delete", body: body, header: map[string]string{"Content-Md5": digestOf(md5.New(), body)}}).want(t, 200, "NoSuchVersion")
	made := a.element("DeleteMarkerVersionId")
	const head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`
	want := head + "<Deleted><Key>a</Key><VersionId>" + one + "</VersionId></Deleted>" +
		"<Error><Key>a</Key><VersionId>abc</VersionId><Code>NoSuchVersion</Code><Message>The specified version does not exist.</Message></Error>" +
		"<Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>" + made + "</DeleteMarkerVersionId></Deleted>" +
		"<Deleted><Key>b</Key><VersionId>" + marker + "</VersionId><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>" + marker + "</DeleteMarkerVersionId></Deleted>" +
		"<Deleted><Key>b</Key><VersionId>" + marker + "</VersionId></Deleted>" +
		"<Error><Key>a</Key><VersionId>" + two + "</VersionId><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error></DeleteResult>"
	if diff := cmp.Diff(want, a.body); diff != "" || made == "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	wantVersions(t, srv.Server, "", "-a="+made+"*", "a="+two)
}

func TestS3ListObjectVersions(t *testing.T) {
	srv := newS3(t)
	putVersion(t, srv.Server, "d/1", "x") // null
	putVersioning(t, srv.Server, "<Status>Enabled</Status>").want(t, 200, "")
	put := func(key string) string { return putVersion(t, srv.Server, key, key) }
	hide := func(key string) string { return deleteVersion(t, srv.Server, key, "").header.Get("X-Amz-Version-Id") }
	a1, a2, a3 := put("a"), hide("a"), put("a")
	d1, d2, d3 := put("d/1"), put("d/2"), hide("d/2")
	e, f1, f2 := put("e"), put("f g"), hide("f g")

	all := []string{"a=" + a3 + "*", "-a=" + a2, "a=" + a1, "d/1=" + d1 + "*", "d/1=null", "-d/2=" + d3 + "*", "d/2=" + d2, "e=" + e + "*", "-f g=" + f2 + "*", "f g=" + f1}
	wantVersions(t, srv.Server, "", all...)
	wantVersions(t, srv.Server, "prefix=d%2F", all[3:7]...)
	wantVersions(t, srv.Server, "delimiter=%2F", all[0], all[1], all[2], all[7], all[8], all[9], "d/")
	wantVersions(t, srv.Server, "delimiter=%2F&prefix=d%2F", all[3:7]...)
	wantVersions(t, srv.Server, "key-marker=d%2F1", all[5:]...)
	wantVersions(t, srv.Server, "key-marker=a&version-id-marker="+a2, all[2:]...)
	wantVersions(t, srv.Server, "key-marker=d%2F1&version-id-marker=null", all[5:]...)
	wantVersions(t, srv.Server, "key-marker=d%2F&delimiter=%2F", all[7:]...)
	wantVersions(t, srv.Server, "encoding-type=url&prefix=f", strings.ReplaceAll(all[8], " ", "+"), strings.ReplaceAll(all[9], " ", "+"))
	wantVersions(t, srv.Server, "max-keys=0")

	// By pages of every size.
	for size := 1; size <= len(all); size++ {
		for query, want := range map[string][]string{"": all, "delimiter=%2F&": {all[0], all[1], all[2], "d/", all[7], all[8], all[9]}} {
			var got []string
			for next := ""; ; {
				list := listVersions(t, srv.Server, fmt.Sprintf("%smax-keys=%d%s", query, size, next))
				page := list.brief()
				if size == 1 || query == "" { // else a prefix comes last in its page
					got = append(got, page...)
				} else {
					got = append(got, inOrder(page, want)...)
				}
				if !list.IsTruncated {
					break
				}
				next = "&key-marker=" + strings.ReplaceAll(url.QueryEscape(list.NextKeyMarker), "+", "%20")
				if list.NextVersionIdMarker != "" {
					next += "&version-id-marker=" + list.NextVersionIdMarker
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by pages of %d (-want +got)\n%s", query, size, diff)
			}
		}
	}

	// A list goes on where it was though what it has shown is gone.
	deleteVersion(t, srv.Server, "a", a3)
	deleteVersion(t, srv.Server, "a", a2)
	wantVersions(t, srv.Server, "key-marker=a&version-id-marker="+a3, append([]string{"a=" + a1 + "*"}, all[3:]...)...)
	wantVersions(t, srv.Server, "key-marker=a&version-id-marker="+a2, append([]string{"a=" + a1 + "*"}, all[3:]...)...)
	deleteVersion(t, srv.Server, "d/1", "null")
	wantVersions(t, srv.Server, "prefix=d%2F1&key-marker=d%2F1&version-id-marker=null", all[3])
	deleteVersion(t, srv.Server, "d/2", d2)
	wantVersions(t, srv.Server, "prefix=d%2F2&key-marker=d%2F2&version-id-marker="+d2)

	for _, query := range []string{"version-id-marker=" + a1, "key-marker=a&version-id-marker=", "key-marker=a&version-id-marker=abc", "max-keys=many", "encoding-type=rot13"} {
		doListVersions(t, srv.Server, query).want(t, 400, "InvalidArgument")
	}
	do(t, srv.Server, call{method: "GET", path: "/none", query: "versions"}).want(t, 404, "NoSuchBucket")
}

// inOrder returns the words of a page in the order of the list.
func inOrder(page, list []string) []string {
	var words []string
	for _, w := range list {
		for _, p := range page {
			if p == w {
				words = append(words, w)
			}
		}
	}
	return words
}

func TestS3VersionListDocument(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 30, 15, 5, time.UTC)
	srv := newS3(t, storagetest.WithClock(func() time.Time { return now }))
	s := newSigner()
	s.now = now
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", body: "x", signer: &s}).want(t, 200, "")
	body := "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "versioning", body: body, signer: &s, header: map[string]string{"Content-Md5": digestOf(md5.New(), body)}}).want(t, 200, "")
	do(t, srv.Server, call{method: "DELETE", path: "/photos/a", signer: &s}).want(t, 204, "")
	a := do(t, srv.Server, call{method: "GET", path: "/photos", query: "versions", signer: &s}).want(t, 200, "")
	const owner = `<Owner><ID>123456789012</ID><DisplayName>storagetest</DisplayName></Owner>`
	const want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name><Prefix></Prefix>` +
		`<KeyMarker></KeyMarker><VersionIdMarker></VersionIdMarker><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>` +
		`<DeleteMarker><Key>a</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><LastModified>2026-05-01T12:30:15.000Z</LastModified>` + owner + `</DeleteMarker>` +
		`<Version><Key>k</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><LastModified>2026-05-01T12:30:15.000Z</LastModified>` +
		`<ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>` +
		`<Size>1</Size><StorageClass>STANDARD</StorageClass>` + owner + `</Version></ListVersionsResult>`
	if diff := cmp.Diff(want, a.body); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
