package storagetest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
)

// instance is the header that names the service instance.
func (s *ibm) instance() map[string]string {
	return map[string]string{"Ibm-Service-Instance-Id": s.ServiceInstance()}
}

func TestIBMBucketNames(t *testing.T) {
	s := newIBM(t)
	for name, code := range map[string]string{
		"a-b.c0": "", "sthree-a": "", "ab": "InvalidBucketName", "a--b": "InvalidBucketName", "a..b": "InvalidBucketName",
		"cosv1-a": "InvalidBucketName", "account-a": "InvalidBucketName", "10.0.0.1": "InvalidBucketName", "A-b": "InvalidBucketName", "-ab": "InvalidBucketName",
	} {
		status := 200
		if code != "" {
			status = 400
		}
		s.do(t, "PUT", "/"+name, "", s.instance()).want(t, status, code)
	}
}

func TestIBMBucketsElsewhere(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "far", Region: "eu-de", TemplateID: "made-after"})
	s.AddBucket(storagetest.BucketSetup{Name: "near"})
	for _, method := range []string{"GET", "DELETE"} {
		s.do(t, method, "/far", "", nil).want(t, 404, "NoSuchBucket")
	}
	s.do(t, "PUT", "/far/a", "x", nil).want(t, 404, "NoSuchBucket")
	s.do(t, "PUT", "/near/a", "", map[string]string{"X-Amz-Copy-Source": "/far/a"}).want(t, 404, "NoSuchBucket")
	a := s.do(t, "GET", "/?extended", "", s.instance()).want(t, 200, "")
	for _, want := range []string{"<LocationConstraint>eu-de-standard<", "<LocationConstraint>us-south-standard<", "<CreationTemplateId>made-after<"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %s in %s", want, a.body)
		}
	}
	if a := s.do(t, "GET", "/?extended&prefix=n", "", s.instance()).want(t, 200, ""); strings.Contains(a.body, "far") || !strings.Contains(a.body, "near") {
		t.Errorf("prefix: %s", a.body)
	}
}

func TestIBMInstancesAreFull(t *testing.T) {
	s := newIBM(t)
	for i := range 1000 {
		s.AddBucket(storagetest.BucketSetup{Name: fmt.Sprint("b", i)})
	}
	s.do(t, "PUT", "/one-more", "", s.instance()).want(t, 400, "TooManyBuckets")
	s.do(t, "DELETE", "/b0", "", nil).want(t, 204, "")
	s.do(t, "PUT", "/one-more", "", s.instance()).want(t, 200, "")
}

func TestIBMKeyProtect(t *testing.T) {
	s := newIBM(t)
	create := func(name string, header ...string) answer {
		t.Helper()
		h := s.instance()
		for i := 0; i+1 < len(header); i += 2 {
			h[header[i]] = header[i+1]
		}
		return s.do(t, "PUT", "/"+name, "", h)
	}
	const algorithm, key = "Ibm-Sse-Kp-Encryption-Algorithm", "Ibm-Sse-Kp-Customer-Root-Key-Crn"
	create("keyed", algorithm, "AES128", key, "crn:v1:k").want(t, 400, "InvalidArgument")
	create("keyed", key, "crn:v1:k").want(t, 400, "InvalidArgument")
	create("keyed", algorithm, "AES256").want(t, 400, "InvalidRequest")
	create("keyed", algorithm, "AES256", key, "key").want(t, 400, "InvalidRequest")
	create("keyed", algorithm, "AES256", key, "crn:v1:k").want(t, 200, "")
	s.AddBucket(storagetest.BucketSetup{Name: "plain"})
	a := s.do(t, "PUT", "/keyed/a", "x", nil).want(t, 200, "")
	if a.header.Get("Etag") != `"9dd4e461268c8034f5c8564e155c67a6"` { // the MD5 of x
		t.Errorf("ETag %s", a.header.Get("Etag"))
	}
	for _, tc := range []struct {
		method, bucket, enabled, key string
	}{{"HEAD", "keyed", "true", "crn:v1:k"}, {"GET", "keyed", "true", "crn:v1:k"}, {"HEAD", "plain", "", ""}, {"GET", "plain", "", ""}} {
		a := s.do(t, tc.method, "/"+tc.bucket, "", nil)
		if a.status != 200 || a.header.Get("Ibm-Sse-Kp-Enabled") != tc.enabled || a.header.Get("Ibm-Sse-Kp-Crk-Id") != tc.key {
			t.Errorf("%s %s: %d %v", tc.method, tc.bucket, a.status, a.header)
		}
	}
}

func TestIBMAspera(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "fast"})
	a := s.do(t, "GET", "/fast?faspConnectionInfo", "", nil).want(t, 200, "")
	if !strings.Contains(a.body, "<FASPConnectionInfo ") || a.element("Id") == "" || a.element("Secret") == "" || !strings.HasPrefix(a.element("ATSEndpoint"), "https://") {
		t.Errorf("%s", a.body)
	}
	if again := s.do(t, "GET", "/fast?faspConnectionInfo", "", nil).want(t, 200, ""); again.body != a.body {
		t.Errorf("it changes: %s", again.body)
	}
	s.put(t, "/fast?protection", protectionDays(0, 1, 2, ""), 200, "")
	s.do(t, "GET", "/fast?faspConnectionInfo", "", nil).want(t, 400, "InvalidRequest")
	s.do(t, "PUT", "/fast?faspConnectionInfo", "", nil).want(t, 405, "MethodNotAllowed")
}

func TestIBMAccess(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "photos"})
	block := func(members string) string {
		return "<PublicAccessBlockConfiguration>" + members + "</PublicAccessBlockConfiguration>"
	}
	s.put(t, "/photos?publicAccessBlock", block("<BlockPublicPolicy>true</BlockPublicPolicy>"), 400, "MalformedXML")
	s.put(t, "/photos?publicAccessBlock", block("<BlockPublicAcls>true</BlockPublicAcls><RestrictPublicBuckets>false</RestrictPublicBuckets>"), 400, "MalformedXML")
	s.put(t, "/photos?publicAccessBlock", block(""), 400, "InvalidRequest")
	s.put(t, "/photos?publicAccessBlock", block("<BlockPublicAcls>true</BlockPublicAcls>"), 200, "")
	if a := s.do(t, "GET", "/photos?publicAccessBlock", "", nil).want(t, 200, ""); !strings.HasSuffix(a.body, "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls></PublicAccessBlockConfiguration>") {
		t.Errorf("%s", a.body)
	}
	s.do(t, "PUT", "/photos/a", "x", map[string]string{"X-Amz-Acl": "public-read"}).want(t, 403, "AccessDenied")
	s.do(t, "DELETE", "/photos?publicAccessBlock", "", nil).want(t, 204, "")
	s.do(t, "PUT", "/photos/a", "x", map[string]string{"X-Amz-Acl": "public-read"}).want(t, 200, "")
	for _, acl := range []string{"authenticated-read", "bucket-owner-full-control", "log-delivery-write"} {
		s.do(t, "PUT", "/photos/a?acl", "", map[string]string{"X-Amz-Acl": acl}).want(t, 400, "InvalidArgument")
	}
	s.do(t, "PUT", "/photos/a?acl", "", map[string]string{"X-Amz-Acl": ""}).want(t, 200, "") // revokes
	if a := s.do(t, "GET", "/photos/a?acl", "", nil).want(t, 200, ""); strings.Contains(a.body, "AllUsers") {
		t.Errorf("%s", a.body)
	}
}

func TestIBMPublicObjects(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "photos"})
	s.do(t, "PUT", "/photos/open", "content", map[string]string{"X-Amz-Acl": "public-read"}).want(t, 200, "")
	s.do(t, "PUT", "/photos/closed", "x", nil).want(t, 200, "")
	anybody := func(method, path string) answer {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return roundTrip(t, s.Client(), r)
	}
	if a := anybody("GET", "/photos/open").want(t, 200, ""); a.body != "content" {
		t.Errorf("%q", a.body)
	}
	for _, path := range []string{"/photos/closed", "/photos/missing", "/photos", "/photos/open?acl", "/elsewhere/open", "/"} {
		anybody("GET", path).want(t, 403, "AccessDenied")
	}
	anybody("DELETE", "/photos/open").want(t, 403, "AccessDenied")
	block := "<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls></PublicAccessBlockConfiguration>"
	s.put(t, "/photos?publicAccessBlock", block, 200, "")
	anybody("GET", "/photos/open").want(t, 403, "AccessDenied")
}

func TestIBMTags(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "photos"})
	tags := func(key string) string {
		return "<Tagging><TagSet><Tag><Key>" + key + "</Key><Value>v</Value></Tag></TagSet></Tagging>"
	}
	s.put(t, "/photos/a", "x", 400, "InvalidTag", "X-Amz-Tagging", "ibm:k=v")
	s.put(t, "/photos/a", "x", 200, "", "X-Amz-Tagging", "k=v")
	for _, path := range []string{"/photos/a?tagging", "/photos?tagging"} {
		s.put(t, path, tags("ibm:k"), 400, "InvalidTag")
		s.do(t, "PUT", path, tags("k"), nil).want(t, 400, "InvalidRequest") // no digest
	}
	s.put(t, "/photos/a?tagging", tags("k"), 200, "")
	s.put(t, "/photos/a", "x", 400, "BadRequest", "X-Amz-Tagging", "a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=")
}

func TestIBMConditionalWrites(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "photos"})
	s.do(t, "PUT", "/photos/a", "x", map[string]string{"If-Match": "*"}).want(t, 412, "PreconditionFailed")
	a := s.do(t, "PUT", "/photos/a", "x", map[string]string{"If-None-Match": "*"}).want(t, 200, "")
	etag, past, future := a.header.Get("Etag"), "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
	for _, tc := range []struct {
		name, value string
		status      int
	}{
		{"If-None-Match", "*", 412}, {"If-None-Match", etag, 412}, {"If-None-Match", `"other"`, 200},
		{"If-Match", etag, 200}, {"If-Match", `"other"`, 412},
		{"If-Unmodified-Since", past, 412}, {"If-Unmodified-Since", future, 200},
		{"If-Modified-Since", future, 412}, {"If-Modified-Since", past, 200},
	} {
		code := ""
		if tc.status == 412 {
			code = "PreconditionFailed"
		}
		s.do(t, "PUT", "/photos/a", "x", map[string]string{tc.name: tc.value}).want(t, tc.status, code)
	}
}

func TestIBMObjectLock(t *testing.T) {
	s := newIBM(t)
	header := s.instance()
	header["X-Amz-Bucket-Object-Lock-Enabled"] = "yes" // silently nothing
	s.do(t, "PUT", "/open", "", header).want(t, 200, "")
	s.do(t, "GET", "/open?object-lock", "", nil).want(t, 404, "ObjectLockConfigurationNotFoundError")
	header["X-Amz-Bucket-Object-Lock-Enabled"] = "true"
	s.do(t, "PUT", "/locked", "", header).want(t, 200, "")
	if a := s.do(t, "GET", "/locked?versioning", "", nil).want(t, 200, ""); a.element("Status") != "Enabled" {
		t.Errorf("versioning %s", a.body)
	}
	lock := []string{"X-Amz-Object-Lock-Mode", "GOVERNANCE", "X-Amz-Object-Lock-Retain-Until-Date", "2100-01-01T00:00:00Z"}
	s.do(t, "PUT", "/locked/a", "x", map[string]string{lock[0]: lock[1], lock[2]: lock[3]}).want(t, 400, "InvalidRequest")
	version := s.put(t, "/locked/a", "x", 200, "", lock...).header.Get("X-Amz-Version-Id")
	s.do(t, "DELETE", "/locked/a?versionId="+version, "", nil).want(t, 403, "AccessDenied")
	s.do(t, "DELETE", "/locked/a?versionId="+version, "", map[string]string{"X-Amz-Bypass-Governance-Retention": "true"}).want(t, http.StatusNoContent, "")
}
