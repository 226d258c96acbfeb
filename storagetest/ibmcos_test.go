package storagetest_test

import (
	"crypto/md5"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
)

// ibm drives a server of IBM COS with a token.
type ibm struct {
	*storagetest.IBMCOS
	token string
}

// grant asks the IAM endpoint for a token.
func grant(t *testing.T, srv *storagetest.IBMCOS, form url.Values) (int, map[string]any) {
	t.Helper()
	res, err := srv.Client().PostForm(srv.TokenURL(), form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var v map[string]any
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, v
}

func apiKeyGrant(key string) url.Values {
	return url.Values{"grant_type": {"urn:ibm:params:oauth:grant-type:apikey"}, "response_type": {"cloud_iam"}, "apikey": {key}}
}

func newIBM(t *testing.T, opts ...storagetest.Option) *ibm {
	t.Helper()
	srv := storagetest.NewIBMCOS(append([]storagetest.Option{testKey}, opts...)...)
	t.Cleanup(srv.Close)
	_, v := grant(t, srv, apiKeyGrant(srv.APIKey()))
	token, _ := v["access_token"].(string)
	return &ibm{srv, token}
}

func (s *ibm) do(t *testing.T, method, path, body string, header map[string]string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	for n, v := range header {
		r.Header.Set(n, v)
	}
	return roundTrip(t, s.Client(), r)
}

func TestIBMBuckets(t *testing.T) {
	s := newIBM(t, storagetest.WithServiceInstance("guid-1"))
	instance := map[string]string{"Ibm-Service-Instance-Id": "crn:v1:bluemix:public:cloud-object-storage:global:a/acc:guid-1::"}
	create := func(name, location string, header map[string]string) answer {
		body := ""
		if location != "" {
			body = "<CreateBucketConfiguration><LocationConstraint>" + location + "</LocationConstraint></CreateBucketConfiguration>"
		}
		return s.do(t, "PUT", "/"+name, body, header)
	}
	create("one", "", nil).want(t, 400, "InvalidArgument")
	create("one", "", map[string]string{"Ibm-Service-Instance-Id": "guid-2"}).want(t, 403, "AccessDenied")
	create("one", "eu-de-standard", instance).want(t, 400, "InvalidLocationConstraint")
	create("one", "us-south-floppy", instance).want(t, 400, "InvalidLocationConstraint")
	create("one", "us-south-smart", instance).want(t, 200, "")
	create("one", "us-south-smart", instance).want(t, 409, "BucketAlreadyOwnedByYou")
	create("two", "", map[string]string{"Ibm-Service-Instance-Id": "guid-1", "Ibm-Sse-Kp-Encryption-Algorithm": "AES256", "Ibm-Sse-Kp-Customer-Root-Key-Crn": "crn:key"}).want(t, 200, "")
	if a := s.do(t, "GET", "/one?location", "", nil).want(t, 200, ""); !strings.Contains(a.body, ">us-south-smart<") {
		t.Errorf("location %s", a.body)
	}
	if a := s.do(t, "HEAD", "/two", "", nil); a.header.Get("Ibm-Sse-Kp-Enabled") != "true" || a.header.Get("Ibm-Sse-Kp-Crk-Id") != "crn:key" {
		t.Errorf("HEAD %v", a.header)
	}
	s.do(t, "GET", "/?extended", "", nil).want(t, 400, "InvalidArgument")
	a := s.do(t, "GET", "/?extended&max-keys=1", "", instance).want(t, 200, "")
	if a.element("IsTruncated") != "true" || a.element("NextMarker") != "one" || a.element("LocationConstraint") != "us-south-smart" || a.element("ID") != "guid-1" {
		t.Errorf("first page %s", a.body)
	}
	a = s.do(t, "GET", "/?extended&marker=one", "", instance).want(t, 200, "")
	if a.element("IsTruncated") != "false" || a.element("Name") != "two" || a.element("LocationConstraint") != "us-south-standard" {
		t.Errorf("second page %s", a.body)
	}
	if a := s.do(t, "GET", "/", "", instance).want(t, 200, ""); strings.Count(a.body, "<Bucket>") != 2 {
		t.Errorf("list %s", a.body)
	}
	for _, path := range []string{"/one?notification", "/one?metadataTable", "/one?intelligent-tiering", "/one?encryption", "/one?policy", "/one/a?annotation"} {
		s.do(t, "GET", path, "", nil).want(t, 501, "NotImplemented")
	}
	s.do(t, "DELETE", "/one?policy", "", nil).want(t, 204, "")
	s.do(t, "PUT", "/one/a", "x", map[string]string{"X-Amz-Acl": "public-read-write"}).want(t, 400, "InvalidArgument")
	s.do(t, "PUT", "/one/a", "x", map[string]string{"X-Amz-Acl": "public-read"}).want(t, 200, "")
	if a := s.do(t, "GET", "/one/a?acl", "", nil).want(t, 200, ""); !strings.Contains(a.body, "AllUsers") {
		t.Errorf("ACL %s", a.body)
	}
	s.do(t, "GET", "/one?publicAccessBlock", "", nil).want(t, 404, "NoSuchPublicAccessBlockConfiguration")
}

func TestIBMBucketsHaveNothingOfAmazons(t *testing.T) {
	s := newIBM(t)
	tagged := "<CreateBucketConfiguration><Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags></CreateBucketConfiguration>"
	s.do(t, "PUT", "/one", tagged, s.instance()).want(t, 400, "MalformedXML")
	header := s.instance()
	header["X-Amz-Object-Ownership"] = "BucketOwnerEnforced" // no header that it knows
	a := s.do(t, "PUT", "/one", "", header).want(t, 200, "")
	if arn := a.header.Get("X-Amz-Bucket-Arn"); arn != "" {
		t.Errorf("the new bucket's ARN is %q, but IBM has none", arn)
	}
	s.do(t, "PUT", "/one/a", "x", map[string]string{"X-Amz-Acl": "public-read"}).want(t, 200, "")
}

func TestIBMOperationOfARequestWithTwoSubresources(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "one"})
	for range 50 {
		s.do(t, "GET", "/one?protection&faspConnectionInfo&ibm-replication-failures", "", nil)
	}
	seen := map[string]bool{}
	for _, r := range s.Requests() {
		if r.Method == "GET" {
			seen[r.Operation] = true
		}
	}
	if len(seen) != 1 {
		t.Errorf("the same request was %v", seen)
	}
}

func TestIBMTakesKeysOfAnyRegionAndNoTrailers(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	any := newSigner()
	any.region = "us-standard"
	c := call{method: "PUT", path: "/vault/a", body: "content", signer: &any}
	do(t, s.Server, c).want(t, 200, "")
	c.header = map[string]string{"X-Amz-Checksum-Crc32": checksums("content")["X-Amz-Checksum-Crc32"]}
	do(t, s.Server, c).want(t, 200, "")
	c.payload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	c.header = map[string]string{"X-Amz-Decoded-Content-Length": "7", "X-Amz-Trailer": "x-amz-checksum-crc32"}
	c.body = any.chunked("content", 8192, false, "", "x-amz-checksum-crc32:"+checksums("content")["X-Amz-Checksum-Crc32"])
	do(t, s.Server, c).want(t, 400, "XAmzContentSHA256Mismatch")
}

func TestIBMCallsErrorsItsOwnNames(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	key := strings.Repeat("k", 1025)
	s.do(t, "PUT", "/vault/"+key, "x", nil).want(t, 400, "KeyTooLong")
	list := "<Delete><Object><Key>" + key + "</Key></Object></Delete>"
	if a := s.do(t, "POST", "/vault?delete", list, withMD5(list)); a.status != 200 || !strings.Contains(a.body, "<Code>KeyTooLong</Code>") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// withMD5 are headers with the digest of the body; more are names and values.
func withMD5(body string, more ...string) map[string]string {
	h := map[string]string{"Content-Md5": digestOf(md5.New(), body)}
	for i := 0; i+1 < len(more); i += 2 {
		h[more[i]] = more[i+1]
	}
	return h
}

// put puts a document, or anything else, with its digest, and wants the status
// 200 or the code of an error.
func (s *ibm) put(t *testing.T, path, body string, status int, code string, more ...string) answer {
	t.Helper()
	return s.do(t, "PUT", path, body, withMD5(body, more...)).want(t, status, code)
}
