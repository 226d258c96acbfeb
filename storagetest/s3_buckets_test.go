package storagetest_test

import (
	"crypto/md5"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/storagetest"
)

func TestS3Buckets(t *testing.T) {
	srv := newS3(t)
	srv.AddBucket(storagetest.BucketSetup{Name: "taken", Owner: "1"})
	create := func(name, location string) answer {
		body := ""
		if location != "" {
			body = "<CreateBucketConfiguration><LocationConstraint>" + location + "</LocationConstraint></CreateBucketConfiguration>"
		}
		return do(t, srv.Server, call{method: "PUT", path: "/" + name, body: body})
	}
	for _, name := range []string{"ab", "Upper", "under_score", "a..b", "192.168.0.1", "-dash", "dash-", "xn--x", "x-s3alias", strings.Repeat("a", 64)} {
		create(name, "").want(t, 400, "InvalidBucketName")
	}
	create("one", "").want(t, 200, "")
	create("one", "").want(t, 200, "") // so it is in us-east-1
	create("two", "eu-central-1").want(t, 200, "")
	create("two", "eu-central-1").want(t, 409, "BucketAlreadyOwnedByYou")
	create("taken", "").want(t, 409, "BucketAlreadyExists")
	create("three", "us-east-1").want(t, 400, "InvalidLocationConstraint")
	create("three", "the moon").want(t, 400, "InvalidLocationConstraint")
	do(t, srv.Server, call{method: "PUT", path: "/three", body: "<Wrong/>"}).want(t, 400, "MalformedXML")

	a := do(t, srv.Server, call{method: "GET", path: "/one", query: "location"}).want(t, 200, "")
	if want := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></LocationConstraint>"; a.body != want {
		t.Errorf("location of one: %s", a.body)
	}
	far := newSigner()
	far.region = "eu-central-1"
	if a := do(t, srv.Server, call{method: "GET", path: "/two", query: "location", signer: &far}).want(t, 200, ""); !strings.Contains(a.body, ">eu-central-1<") {
		t.Errorf("location of two: %s", a.body)
	}
	if a := do(t, srv.Server, call{method: "HEAD", path: "/one"}); a.status != 200 || a.header.Get("X-Amz-Bucket-Region") != "us-east-1" {
		t.Errorf("HEAD: %+v", a)
	}
	for name, status := range map[string]int{"none": 404, "taken": 403} {
		if a := do(t, srv.Server, call{method: "HEAD", path: "/" + name}); a.status != status || a.body != "" {
			t.Errorf("HEAD of %s: %+v", name, a)
		}
	}
	do(t, srv.Server, call{method: "GET", path: "/none"}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "GET", path: "/none/key"}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "PUT", path: "/none/key"}).want(t, 404, "NoSuchBucket")

	var names []string
	for token := ""; ; {
		a := do(t, srv.Server, call{method: "GET", path: "/", query: token + "max-buckets=1"}).want(t, 200, "")
		names = append(names, a.element("Name"))
		next := a.element("ContinuationToken")
		if next == "" {
			break
		}
		token = "continuation-token=" + url.QueryEscape(next) + "&"
	}
	if diff := cmp.Diff([]string{"one", "photos", "two"}, names); diff != "" {
		t.Errorf("buckets (-want +got)\n%s", diff)
	}
	if a := do(t, srv.Server, call{method: "GET", path: "/", query: "bucket-region=eu-central-1&prefix=t"}); strings.Count(a.body, "<Bucket>") != 1 || a.element("BucketRegion") != "eu-central-1" {
		t.Errorf("buckets of a region: %s", a.body)
	}
	do(t, srv.Server, call{method: "GET", path: "/", query: "max-buckets=0"}).want(t, 400, "InvalidArgument")

	do(t, srv.Server, call{method: "PUT", path: "/one/key", body: "x"}).want(t, 200, "")
	do(t, srv.Server, call{method: "DELETE", path: "/one"}).want(t, 409, "BucketNotEmpty")
	do(t, srv.Server, call{method: "DELETE", path: "/one/key"}).want(t, 204, "")
	do(t, srv.Server, call{method: "DELETE", path: "/one"}).want(t, 204, "")
	do(t, srv.Server, call{method: "DELETE", path: "/one"}).want(t, 404, "NoSuchBucket")
}

func TestS3BucketsOutsideOfVirginia(t *testing.T) {
	srv := storagetest.NewS3(testKey, storagetest.WithRegion("eu-west-1"))
	defer srv.Close()
	s := newSigner()
	s.region = "eu-west-1"
	create := func(location string) answer {
		body := ""
		if location != "" {
			body = "<CreateBucketConfiguration><LocationConstraint>" + location + "</LocationConstraint></CreateBucketConfiguration>"
		}
		return do(t, srv.Server, call{method: "PUT", path: "/one", body: body, signer: &s})
	}
	create("").want(t, 400, "IllegalLocationConstraintException")
	create("eu-central-1").want(t, 400, "IllegalLocationConstraintException")
	create("eu-west-1").want(t, 200, "")
	create("eu-west-1").want(t, 409, "BucketAlreadyOwnedByYou")
}

func TestS3ListObjects(t *testing.T) {
	srv := newS3(t)
	for _, key := range []string{"a", "b/1", "b/2", "b/c/3", "d", "e/1", "f"} {
		do(t, srv.Server, call{method: "PUT", path: path("photos", key), body: key}).want(t, 200, "")
	}
	// list walks all pages and returns keys and prefixes in order of arrival.
	list := func(query string, v2 bool) []string {
		t.Helper()
		var got []string
		for next := ""; ; {
			q := query + next
			if v2 {
				q += "&list-type=2"
			}
			a := do(t, srv.Server, call{method: "GET", path: "/photos", query: q}).want(t, 200, "")
			body := a.body
			last := ""
			for {
				i, j := strings.Index(body, "<Key>"), strings.Index(body, "<CommonPrefixes><Prefix>")
				if i < 0 && j < 0 {
					break
				}
				if i >= 0 && (j < 0 || i < j) {
					last, body, _ = strings.Cut(body[i+5:], "<")
				} else {
					last, body, _ = strings.Cut(body[j+24:], "<")
				}
				got = append(got, last)
			}
			if a.element("IsTruncated") == "false" {
				return got
			}
			switch {
			case v2:
				next = "&continuation-token=" + url.QueryEscape(a.element("NextContinuationToken"))
			case strings.Contains(query, "delimiter"):
				next = "&marker=" + url.QueryEscape(a.element("NextMarker"))
			default:
				next = "&marker=" + url.QueryEscape(last)
			}
			if len(got) > 20 {
				t.Fatalf("the list with %q does not end", query)
			}
		}
	}
	for _, tc := range []struct {
		query string
		v2    bool // where V1 does not know the parameter
		want  string
	}{
		{query: "prefix=", want: "a b/1 b/2 b/c/3 d e/1 f"},
		{query: "prefix=b%2F", want: "b/1 b/2 b/c/3"},
		{query: "delimiter=%2F&prefix=b%2F", want: "b/1 b/2 b/c/"},
		{query: "delimiter=%2F&max-keys=1", want: "a b/ d e/ f"},
		{query: "max-keys=2", want: "a b/1 b/2 b/c/3 d e/1 f"},
		{query: "max-keys=0", want: ""},
		{query: "start-after=b%2F2", v2: true, want: "b/c/3 d e/1 f"},
		{query: "start-after=b%2F&delimiter=%2F", v2: true, want: "d f e/"},
		{query: "prefix=zzz", want: ""},
		{query: "delimiter=c", want: "a b/1 b/2 d e/1 f b/c"}, // within a page prefixes come last
	} {
		for _, v2 := range []bool{true, false} {
			if tc.v2 && !v2 {
				continue
			}
			got, want := list(tc.query, v2), strings.Fields(tc.want)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("list %q (v2 %v): %q, want %q", tc.query, v2, got, want)
			}
		}
	}
	do(t, srv.Server, call{method: "GET", path: "/photos", query: "list-type=2&continuation-token=abc"}).want(t, 400, "InvalidArgument")
	do(t, srv.Server, call{method: "GET", path: "/photos", query: "max-keys=-1"}).want(t, 400, "InvalidArgument")
	do(t, srv.Server, call{method: "GET", path: "/photos", query: "list-type=3"}).want(t, 400, "InvalidArgument")
	do(t, srv.Server, call{method: "GET", path: "/photos", query: "max-keys=many"}).want(t, 400, "InvalidArgument")
	do(t, srv.Server, call{method: "GET", path: "/photos", query: "encoding-type=rot13"}).want(t, 400, "InvalidArgument")
	if a := do(t, srv.Server, call{method: "GET", path: "/photos", query: "max-keys=5000"}); a.element("MaxKeys") != "1000" {
		t.Errorf("max-keys=5000 answers MaxKeys %s", a.element("MaxKeys"))
	}
}

func TestS3ListDocument(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 30, 15, 5, time.UTC)
	srv := newS3(t, storagetest.WithClock(func() time.Time { return now }))
	s := newSigner()
	s.now = now
	for _, key := range []string{"p/<&>\x01", "p/x y/z"} {
		do(t, srv.Server, call{method: "PUT", path: path("photos", key), body: "x", signer: &s}).want(t, 200, "")
	}
	const head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name>`
	const rest = `<LastModified>2026-05-01T12:30:15.000Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag>` +
		`<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>1</Size><StorageClass>STANDARD</StorageClass>`
	const owner = `<Owner><ID>123456789012</ID><DisplayName>storagetest</DisplayName></Owner>`
	for _, tc := range []struct{ query, want string }{
		{"delimiter=%2F&list-type=2&prefix=p%2F", head + `<Prefix>p/</Prefix><Delimiter>/</Delimiter><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>` +
			`<Contents><Key>p/&lt;&amp;&gt;&#x1;</Key>` + rest + `</Contents><CommonPrefixes><Prefix>p/x y/</Prefix></CommonPrefixes></ListBucketResult>`},
		{"delimiter=%2F&encoding-type=url&fetch-owner=true&list-type=2&prefix=p%2F", head + `<Prefix>p/</Prefix><Delimiter>/</Delimiter><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys>` +
			`<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>p/%3C%26%3E%01</Key>` + rest + owner + `</Contents><CommonPrefixes><Prefix>p/x+y/</Prefix></CommonPrefixes></ListBucketResult>`},
		{"marker=p%2Fa", head + `<Prefix></Prefix><Marker>p/a</Marker><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>` +
			`<Contents><Key>p/x y/z</Key>` + rest + owner + `</Contents></ListBucketResult>`},
	} {
		a := do(t, srv.Server, call{method: "GET", path: "/photos", query: tc.query, signer: &s}).want(t, 200, "")
		if diff := cmp.Diff(tc.want, a.body); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tc.query, diff)
		}
	}
}

func TestS3Lifecycle(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	srv := newS3(t, storagetest.WithClock(func() time.Time { return now }))
	s := newSigner()
	s.now = now
	put := func(rules string) answer {
		body := `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` + rules + `</LifecycleConfiguration>`
		return do(t, srv.Server, call{method: "PUT", path: "/photos", query: "lifecycle", body: body, signer: &s,
			header: map[string]string{"Content-Md5": digestOf(md5.New(), body), "X-Amz-Transition-Default-Minimum-Object-Size": "varies_by_storage_class"}})
	}
	get := call{method: "GET", path: "/photos", query: "lifecycle", signer: &s}
	do(t, srv.Server, get).want(t, 404, "NoSuchLifecycleConfiguration")
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "lifecycle", body: "<LifecycleConfiguration/>", signer: &s}).want(t, 400, "InvalidRequest")
	for rules, code := range map[string]string{
		"": "MalformedXML",
		"<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>":                                                                     "MalformedXML",
		"<Rule><Status>On</Status><Prefix/><Expiration><Days>1</Days></Expiration></Rule>":                                                                 "MalformedXML",
		"<Rule><Status>Enabled</Status><Prefix/></Rule>":                                                                                                   "InvalidRequest",
		"<Rule><Status>Enabled</Status><Prefix/><Expiration><Days>0</Days></Expiration></Rule>":                                                            "InvalidArgument",
		"<Rule><Status>Enabled</Status><Prefix/><Expiration><Date>2027-01-01T05:00:00Z</Date></Expiration></Rule>":                                         "InvalidArgument",
		"<Rule><Status>Enabled</Status><Prefix/><Transition><Days>1</Days><StorageClass>FLOPPY</StorageClass></Transition></Rule>":                         "MalformedXML",
		"<Rule><Status>Enabled</Status><Filter><Prefix/><ObjectSizeLessThan>1</ObjectSizeLessThan></Filter><Expiration><Days>1</Days></Expiration></Rule>": "MalformedXML",
	} {
		put(rules).want(t, 400, code)
	}
	const rules = `<Rule><ID>new</ID><Filter><And><Prefix>logs/</Prefix><Tag><Key>k</Key><Value></Value></Tag></And></Filter><Status>Enabled</Status>` +
		`<Expiration><Days>3</Days></Expiration><Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>` +
		`<Rule><ID>old</ID><Prefix></Prefix><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>`
	put(rules).want(t, 200, "")
	a := do(t, srv.Server, get).want(t, 200, "")
	want := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` + rules + `</LifecycleConfiguration>`
	if diff := cmp.Diff(want, a.body); diff != "" {
		t.Errorf("configuration (-put +got)\n%s", diff)
	}
	if got := a.header.Get("X-Amz-Transition-Default-Minimum-Object-Size"); got != "varies_by_storage_class" {
		t.Errorf("minimum size %q", got)
	}
	a = do(t, srv.Server, call{method: "PUT", path: "/photos/logs/1", body: "x", signer: &s, header: map[string]string{"X-Amz-Tagging": "k="}}).want(t, 200, "")
	if got := a.header.Get("X-Amz-Expiration"); got != `expiry-date="Tue, 05 May 2026 00:00:00 GMT", rule-id="new"` {
		t.Errorf("expiration %q", got)
	}
	if a := do(t, srv.Server, call{method: "PUT", path: "/photos/logs/2", body: "x", signer: &s}); a.header.Get("X-Amz-Expiration") != "" {
		t.Errorf("expiration of an object without the tag: %q", a.header.Get("X-Amz-Expiration"))
	}
	a = do(t, srv.Server, call{method: "POST", path: "/photos/x", query: "uploads", signer: &s}).want(t, 200, "")
	if a.header.Get("X-Amz-Abort-Date") != "Mon, 04 May 2026 00:00:00 GMT" || a.header.Get("X-Amz-Abort-Rule-Id") != "old" {
		t.Errorf("abort %v", a.header)
	}
	do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "lifecycle", signer: &s}).want(t, 204, "")
	do(t, srv.Server, get).want(t, 404, "NoSuchLifecycleConfiguration")
}
