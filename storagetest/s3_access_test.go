package storagetest_test

import (
	"crypto/md5"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/storagetest"
)

// openBucket makes the bucket of the tests one that takes any ACL.
func openBucket(t *testing.T, srv *storagetest.S3) {
	t.Helper()
	do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "ownershipControls"}).want(t, 204, "")
	do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "publicAccessBlock"}).want(t, 204, "")
}

// grants are the grants of an ACL, as "PERMISSION grantee".
func grants(t *testing.T, srv *storagetest.S3, path string) []string {
	t.Helper()
	a := do(t, srv.Server, call{method: "GET", path: path, query: "acl"}).want(t, 200, "")
	var list []string
	for text := range strings.SplitSeq(a.element("AccessControlList"), "</Grant>") {
		if text == "" {
			continue
		}
		g := answer{body: text}
		grantee := g.element("ID")
		if uri := g.element("URI"); uri != "" {
			grantee = uri[strings.LastIndex(uri, "/")+1:]
		}
		list = append(list, g.element("Permission")+" "+grantee)
	}
	return list
}

const (
	owner  = "123456789012"
	friend = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	groups = "http://acs.amazonaws.com/groups/global/"
)

func TestS3ACLs(t *testing.T) {
	srv := newS3(t)
	openBucket(t, srv)
	const full = "FULL_CONTROL " + owner
	for _, tc := range []struct {
		name   string
		header map[string]string
		want   []string
	}{
		{"none", nil, []string{full}},
		{"private", map[string]string{"X-Amz-Acl": "private"}, []string{full}},
		{"public-read", map[string]string{"X-Amz-Acl": "public-read"}, []string{full, "READ AllUsers"}},
		{"public-read-write", map[string]string{"X-Amz-Acl": "public-read-write"}, []string{full, "READ AllUsers", "WRITE AllUsers"}},
		{"authenticated-read", map[string]string{"X-Amz-Acl": "authenticated-read"}, []string{full, "READ AuthenticatedUsers"}},
		{"aws-exec-read", map[string]string{"X-Amz-Acl": "aws-exec-read"}, []string{full, "READ 6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"}},
		{"bucket-owner-full-control", map[string]string{"X-Amz-Acl": "bucket-owner-full-control"}, []string{full}},
		{"spelt out", map[string]string{"X-Amz-Grant-Read": `id="` + friend + `", uri="` + groups + `AllUsers"`, "X-Amz-Grant-Write-Acp": "id=" + owner},
			[]string{"READ " + friend, "READ AllUsers", "WRITE_ACP " + owner}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			do(t, srv.Server, call{method: "PUT", path: "/photos/given", header: tc.header}).want(t, 200, "")
			if diff := cmp.Diff(tc.want, grants(t, srv, "/photos/given")); diff != "" {
				t.Errorf("of a new object (-want +got):\n%s", diff)
			}
			a := do(t, srv.Server, call{method: "POST", path: "/photos/upload", query: "uploads", header: tc.header}).want(t, 200, "")
			upload := "uploadId=" + a.element("UploadId")
			etag := do(t, srv.Server, call{method: "PUT", path: "/photos/upload", query: "partNumber=1&" + upload, body: "x"}).want(t, 200, "").header.Get("Etag")
			body := element(element("1", "PartNumber")+element(etag, "ETag"), "CompleteMultipartUpload", "Part")
			do(t, srv.Server, call{method: "POST", path: "/photos/upload", query: upload, body: body}).want(t, 200, "")
			if diff := cmp.Diff(tc.want, grants(t, srv, "/photos/upload")); diff != "" {
				t.Errorf("of a multipart upload (-want +got):\n%s", diff)
			}
			if tc.header == nil {
				return
			}
			do(t, srv.Server, call{method: "PUT", path: "/photos/changed"}).want(t, 200, "")
			for _, path := range []string{"/photos", "/photos/changed"} {
				do(t, srv.Server, call{method: "PUT", path: path, query: "acl", header: tc.header}).want(t, 200, "")
				if diff := cmp.Diff(tc.want, grants(t, srv, path)); diff != "" {
					t.Errorf("of %s (-want +got):\n%s", path, diff)
				}
			}
		})
	}
	// The document that GET answers can be put.
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "acl", header: map[string]string{"X-Amz-Acl": "log-delivery-write"}}).want(t, 200, "")
	document := do(t, srv.Server, call{method: "GET", path: "/photos", query: "acl"}).want(t, 200, "").body
	putDocument(t, srv, "/photos/given", "acl", document).want(t, 200, "")
	if diff := cmp.Diff([]string{full, "WRITE LogDelivery", "READ_ACP LogDelivery"}, grants(t, srv, "/photos/given")); diff != "" {
		t.Errorf("put again (-want +got):\n%s", diff)
	}
	// Each version has its own.
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "versioning", body: element("Enabled", "VersioningConfiguration", "Status"),
		header: map[string]string{"Content-Md5": digestOf(md5.New(), element("Enabled", "VersioningConfiguration", "Status"))}}).want(t, 200, "")
	first := do(t, srv.Server, call{method: "PUT", path: "/photos/versions"}).header.Get("X-Amz-Version-Id")
	do(t, srv.Server, call{method: "PUT", path: "/photos/versions"}).want(t, 200, "")
	a := do(t, srv.Server, call{method: "PUT", path: "/photos/versions", query: "acl&versionId=" + first, header: map[string]string{"X-Amz-Acl": "public-read"}}).want(t, 200, "")
	if a.header.Get("X-Amz-Version-Id") != first {
		t.Errorf("the ACL is said to be of version %q", a.header.Get("X-Amz-Version-Id"))
	}
	if diff := cmp.Diff([]string{full}, grants(t, srv, "/photos/versions")); diff != "" {
		t.Errorf("of the other version (-want +got):\n%s", diff)
	}
	if a := do(t, srv.Server, call{method: "GET", path: "/photos/versions", query: "acl&versionId=" + first}).want(t, 200, ""); !strings.Contains(a.body, "AllUsers") {
		t.Errorf("of the version: %s", a.body)
	}
	// A copy has the ACL that its request says, not its source's.
	do(t, srv.Server, call{method: "PUT", path: "/photos/copy", header: map[string]string{"X-Amz-Copy-Source": "photos/given"}}).want(t, 200, "")
	if diff := cmp.Diff([]string{full}, grants(t, srv, "/photos/copy")); diff != "" {
		t.Errorf("of a copy (-want +got):\n%s", diff)
	}
}

func TestS3ACLRefusals(t *testing.T) {
	srv := newS3(t)
	openBucket(t, srv)
	do(t, srv.Server, call{method: "PUT", path: "/photos/k"}).want(t, 200, "")
	policy := func(owner, list string) string {
		return element(element(owner, "Owner", "ID")+element(list, "AccessControlList"), "AccessControlPolicy")
	}
	grant := func(kind, name, permission string) string {
		return `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="` + kind + `">` + name + "</Grantee>" + element(permission, "Permission") + "</Grant>"
	}
	user := element(friend, "ID")
	for _, path := range []string{"/photos", "/photos/k"} {
		checkRefusals(t, srv, path, "acl", []refusal{
			{"no owner", "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>", 400, "MalformedACLError"},
			{"no list", element(owner, "AccessControlPolicy", "Owner", "ID"), 400, "MalformedACLError"},
			{"another document", "<Wrong/>", 400, "MalformedACLError"},
			{"another owner", policy(friend, ""), 403, "AccessDenied"},
			{"grantee without a type", policy(owner, element(element(user, "Grantee")+element("READ", "Permission"), "Grant")), 400, "MalformedACLError"},
			{"type without its namespace", policy(owner, `<Grant><Grantee type="CanonicalUser">`+user+"</Grantee><Permission>READ</Permission></Grant>"), 400, "MalformedACLError"},
			{"unknown type", policy(owner, grant("Role", user, "READ")), 400, "MalformedACLError"},
			{"no grantee", policy(owner, element("READ", "Grant", "Permission")), 400, "MalformedACLError"},
			{"unknown permission", policy(owner, grant("CanonicalUser", user, "EXECUTE")), 400, "MalformedACLError"},
			{"user of no such form", policy(owner, grant("CanonicalUser", element("me", "ID"), "READ")), 400, "InvalidArgument"},
			{"unknown group", policy(owner, grant("Group", element(groups+"Friends", "URI"), "READ")), 400, "InvalidArgument"},
			{"mail address", policy(owner, grant("AmazonCustomerByEmail", element("me@example.com", "EmailAddress"), "READ")), 405, "MethodNotAllowed"},
			{"101 grants", policy(owner, strings.Repeat(grant("CanonicalUser", user, "READ"), 101)), 400, "MalformedACLError"},
		})
		putDocument(t, srv, path, "acl", policy(owner, strings.Repeat(grant("CanonicalUser", user, "READ"), 100))).want(t, 200, "")
		putDocument(t, srv, path, "acl", policy(owner, grant("CanonicalUser", user+element("me", "DisplayName"), "READ"))).want(t, 200, "")
		putDocument(t, srv, path, "acl", policy(owner, "")).want(t, 200, "")
		if got := grants(t, srv, path); len(got) != 0 {
			t.Errorf("%s: an empty list grants %q", path, got)
		}
		for name, tc := range map[string]struct {
			header map[string]string
			body   string
			code   string
		}{
			"nothing":                   {nil, "", "MissingSecurityHeader"},
			"header and body":           {map[string]string{"X-Amz-Acl": "private"}, policy(owner, ""), "UnexpectedContent"},
			"unknown canned ACL":        {map[string]string{"X-Amz-Acl": "everybody"}, "", "InvalidArgument"},
			"canned ACL and grants":     {map[string]string{"X-Amz-Acl": "private", "X-Amz-Grant-Read": "id=" + friend}, "", "InvalidRequest"},
			"grant of another form":     {map[string]string{"X-Amz-Grant-Read": friend}, "", "InvalidArgument"},
			"grant of an unknown kind":  {map[string]string{"X-Amz-Grant-Read": "name=me"}, "", "InvalidArgument"},
			"grant to nobody":           {map[string]string{"X-Amz-Grant-Read": "id="}, "", "InvalidArgument"},
			"document without a digest": {nil, policy(owner, ""), "InvalidRequest"},
		} {
			t.Run(name, func(t *testing.T) {
				do(t, srv.Server, call{method: "PUT", path: path, query: "acl", header: tc.header, body: tc.body}).want(t, 400, tc.code)
			})
		}
	}
	private := map[string]string{"X-Amz-Acl": "private"}
	do(t, srv.Server, call{method: "PUT", path: "/none", query: "acl", header: private}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "PUT", path: "/none/k", query: "acl", header: private}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "PUT", path: "/photos/none", query: "acl", header: private}).want(t, 404, "NoSuchKey")
	do(t, srv.Server, call{method: "GET", path: "/photos/none", query: "acl"}).want(t, 404, "NoSuchKey")
	do(t, srv.Server, call{method: "GET", path: "/none/k", query: "acl"}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "GET", path: "/none", query: "acl"}).want(t, 404, "NoSuchBucket")
}

// TestS3Ownership holds what a bucket takes whose owner is enforced, or which
// blocks public access.
func TestS3Ownership(t *testing.T) {
	srv := newS3(t)
	ownership := func(bucket string) string {
		return do(t, srv.Server, call{method: "GET", path: bucket, query: "ownershipControls"}).want(t, 200, "").element("ObjectOwnership")
	}
	controls := func(value string) string { return element(value, "OwnershipControls", "Rule", "ObjectOwnership") }
	if got := ownership("/photos"); got != "BucketOwnerEnforced" {
		t.Errorf("a new bucket has %s", got)
	}
	checkRefusals(t, srv, "/photos", "ownershipControls", []refusal{
		{"no rule", "<OwnershipControls/>", 400, "MalformedXML"},
		{"two rules", element(strings.Repeat(element("ObjectWriter", "Rule", "ObjectOwnership"), 2), "OwnershipControls"), 400, "MalformedXML"},
		{"unknown value", controls("Everybody"), 400, "MalformedXML"},
	})
	put := func(path, query, acl string) answer {
		return do(t, srv.Server, call{method: "PUT", path: path, query: query, header: map[string]string{"X-Amz-Acl": acl}})
	}
	// The owner is enforced.
	put("/photos/k", "", "bucket-owner-full-control").want(t, 200, "")
	put("/photos/k", "", "public-read").want(t, 400, "AccessControlListNotSupported")
	put("/photos/k", "acl", "public-read").want(t, 400, "AccessControlListNotSupported")
	put("/photos", "acl", "private").want(t, 400, "AccessControlListNotSupported")
	do(t, srv.Server, call{method: "POST", path: "/photos/k", query: "uploads", header: map[string]string{"X-Amz-Acl": "private"}}).want(t, 400, "AccessControlListNotSupported")
	// The writer is the owner, but nothing may be public.
	putDocument(t, srv, "/photos", "ownershipControls", controls("ObjectWriter")).want(t, 200, "")
	put("/photos/k", "", "private").want(t, 200, "")
	put("/photos/k", "", "public-read").want(t, 403, "AccessDenied")
	put("/photos/k", "acl", "authenticated-read").want(t, 403, "AccessDenied")
	put("/photos", "acl", "public-read-write").want(t, 403, "AccessDenied")
	putDocument(t, srv, "/photos", "publicAccessBlock", element("false", "PublicAccessBlockConfiguration", "BlockPublicAcls")).want(t, 200, "")
	put("/photos", "acl", "public-read").want(t, 200, "")
	put("/photos/k", "acl", "public-read").want(t, 200, "")
	// Back: the bucket's own ACL must go first; those of objects cease to count.
	putDocument(t, srv, "/photos", "ownershipControls", controls("BucketOwnerEnforced")).want(t, 400, "InvalidBucketAclWithObjectOwnership")
	put("/photos", "acl", "private").want(t, 200, "")
	putDocument(t, srv, "/photos", "ownershipControls", controls("BucketOwnerEnforced")).want(t, 200, "")
	if got := grants(t, srv, "/photos/k"); fmt.Sprint(got) != "[FULL_CONTROL "+owner+"]" {
		t.Errorf("where ACLs do not count: %q", got)
	}
	do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "ownershipControls"}).want(t, 204, "")
	if got := grants(t, srv, "/photos/k"); len(got) != 2 {
		t.Errorf("where they count again: %q", got)
	}

	// At creation.
	for _, tc := range []struct {
		name, ownership, acl string
		status               int
		code                 string
	}{
		{"enforced", "", "private", 200, ""},
		{"enforced, for others", "", "public-read", 400, "InvalidBucketAclWithObjectOwnership"},
		{"preferred", "BucketOwnerPreferred", "log-delivery-write", 200, ""},
		{"writer, public", "ObjectWriter", "public-read", 400, "InvalidBucketAclWithBlockPublicAccessError"},
		{"unknown", "Everybody", "", 400, "InvalidArgument"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			header := map[string]string{}
			for name, v := range map[string]string{"X-Amz-Object-Ownership": tc.ownership, "X-Amz-Acl": tc.acl} {
				if v != "" {
					header[name] = v
				}
			}
			do(t, srv.Server, call{method: "PUT", path: "/made", header: header}).want(t, tc.status, tc.code)
			if tc.status != 200 {
				do(t, srv.Server, call{method: "HEAD", path: "/made"}).want(t, 404, "")
				return
			}
			if got := ownership("/made"); tc.ownership != "" && got != tc.ownership {
				t.Errorf("ownership %s", got)
			}
			if got := grants(t, srv, "/made"); (len(got) == 3) != (tc.acl == "log-delivery-write") {
				t.Errorf("grants %q", got)
			}
			do(t, srv.Server, call{method: "DELETE", path: "/made"}).want(t, 204, "")
		})
	}
}

func TestS3BucketEncryption(t *testing.T) {
	srv := newS3(t, storagetest.WithTLS())
	config := func(rule string) string { return element(rule, "ServerSideEncryptionConfiguration", "Rule") }
	standard := func(algorithm, key string) string {
		text := element(algorithm, "SSEAlgorithm")
		if key != "" {
			text += element(key, "KMSMasterKeyID")
		}
		return element(text, "ApplyServerSideEncryptionByDefault")
	}
	blocked := func(kinds ...string) string {
		var text string
		for _, kind := range kinds {
			text += element(kind, "EncryptionType")
		}
		return element(text, "BlockedEncryptionTypes")
	}
	get := func() answer {
		return do(t, srv.Server, call{method: "GET", path: "/photos", query: "encryption"}).want(t, 200, "")
	}
	if a := get(); a.element("SSEAlgorithm") != "AES256" || a.element("BucketKeyEnabled") != "false" {
		t.Errorf("new bucket: %s", a.body)
	}
	checkRefusals(t, srv, "/photos", "encryption", []refusal{
		{"no rule", "<ServerSideEncryptionConfiguration/>", 400, "MalformedXML"},
		{"two rules", element(strings.Repeat(element(standard("AES256", ""), "Rule"), 2), "ServerSideEncryptionConfiguration"), 400, "MalformedXML"},
		{"empty rule", config(""), 400, "MalformedXML"},
		{"unknown algorithm", config(standard("rot13", "")), 400, "MalformedXML"},
		{"key of KMS for SSE-S3", config(standard("AES256", "key-1")), 400, "InvalidArgument"},
		{"unknown kind blocked", config(blocked("SSE-S3")), 400, "MalformedXML"},
		{"none and one blocked", config(blocked("NONE", "SSE-C")), 400, "MalformedXML"},
	})
	put := func(header map[string]string) (algorithm, key, bucketKey string) {
		t.Helper()
		do(t, srv.Server, call{method: "PUT", path: "/photos/k", body: "x", header: header}).want(t, 200, "")
		const sse = "X-Amz-Server-Side-Encryption"
		h := do(t, srv.Server, call{method: "HEAD", path: "/photos/k"}).header
		return h.Get(sse), h.Get(sse + "-Aws-Kms-Key-Id"), h.Get(sse + "-Bucket-Key-Enabled")
	}
	const account = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
	for _, tc := range []struct {
		name, config              string
		header                    map[string]string
		algorithm, key, bucketKey string
	}{
		{"nothing", "", nil, "AES256", "", ""},
		{"KMS", config(standard("aws:kms", "")), nil, "aws:kms", account, ""},
		{"KMS with keys of its own", config(standard("aws:kms", "key-1") + element("true", "BucketKeyEnabled")), nil, "aws:kms", "key-1", "true"},
		{"two layers", config(standard("aws:kms:dsse", "key-1") + element("true", "BucketKeyEnabled")), nil, "aws:kms:dsse", "key-1", ""},
		{"the request wins", config(standard("aws:kms", "key-1")), map[string]string{"X-Amz-Server-Side-Encryption": "AES256"}, "AES256", "", ""},
		{"the request's key wins", config(standard("aws:kms", "key-1") + element("true", "BucketKeyEnabled")),
			map[string]string{"X-Amz-Server-Side-Encryption": "aws:kms", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "key-2", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "false"}, "aws:kms", "key-2", "false"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.config != "" {
				putDocument(t, srv, "/photos", "encryption", tc.config).want(t, 200, "")
			}
			if a, k, b := put(tc.header); a != tc.algorithm || k != tc.key || b != tc.bucketKey {
				t.Errorf("%q %q %q, want %q %q %q", a, k, b, tc.algorithm, tc.key, tc.bucketKey)
			}
		})
	}
	const customer = "X-Amz-Server-Side-Encryption-Customer-"
	secret := map[string]string{customer + "Algorithm": "AES256", customer + "Key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
		customer + "Key-Md5": digestOf(md5.New(), "01234567890123456789012345678901")}
	putDocument(t, srv, "/photos", "encryption", config(blocked("SSE-C"))).want(t, 200, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/c", header: secret}).want(t, 403, "AccessDenied")
	putDocument(t, srv, "/photos", "encryption", config(blocked("NONE"))).want(t, 200, "")
	do(t, srv.Server, call{method: "PUT", path: "/photos/c", header: secret}).want(t, 200, "")
	for range 2 {
		do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "encryption"}).want(t, 204, "")
	}
	if a := get(); a.element("SSEAlgorithm") != "AES256" {
		t.Errorf("after DELETE: %s", a.body)
	}
}

func TestS3BucketSettings(t *testing.T) {
	srv := newS3(t)
	srv.AddBucket(storagetest.BucketSetup{Name: "dotted.name"})
	srv.AddBucket(storagetest.BucketSetup{Name: "abroad", Region: "eu-west-1"})
	srv.AddBucket(storagetest.BucketSetup{Name: "theirs", Owner: "210987654321"})
	target := func(bucket, more string) string {
		return element(element(bucket, "TargetBucket")+element("", "TargetPrefix")+more, "BucketLoggingStatus", "LoggingEnabled")
	}
	grant := func(permission string) string {
		return target("photos", element(`<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>`+friend+"</ID></Grantee>"+
			element(permission, "Permission"), "TargetGrants", "Grant"))
	}
	checkRefusals(t, srv, "/photos", "logging", []refusal{
		{"no bucket", target("", ""), 400, "MalformedXML"},
		{"no prefix", element("photos", "BucketLoggingStatus", "LoggingEnabled", "TargetBucket"), 400, "MalformedXML"},
		{"bucket that is not there", target("none", ""), 400, "InvalidTargetBucketForLogging"},
		{"bucket of others", target("theirs", ""), 400, "InvalidTargetBucketForLogging"},
		{"bucket of another region", target("abroad", ""), 403, "CrossLocationLoggingProhibited"},
		{"permission for ACLs", grant("READ_ACP"), 400, "MalformedXML"},
		{"unknown permission", grant("EXECUTE"), 400, "MalformedACLError"},
		{"keys of no form", target("photos", "<TargetObjectKeyFormat/>"), 400, "MalformedXML"},
		{"keys of two forms", target("photos", "<TargetObjectKeyFormat><SimplePrefix/><PartitionedPrefix/></TargetObjectKeyFormat>"), 400, "MalformedXML"},
		{"unknown date", target("photos", element("Today", "TargetObjectKeyFormat", "PartitionedPrefix", "PartitionDateSource")), 400, "MalformedXML"},
	})
	putDocument(t, srv, "/photos", "logging", grant("READ")).want(t, 200, "")
	if a := do(t, srv.Server, call{method: "GET", path: "/photos", query: "logging"}); a.element("TargetBucket") != "photos" || a.element("ID") != friend || !strings.Contains(a.body, ` xsi:type="CanonicalUser"`) {
		t.Errorf("logging: %s", a.body)
	}
	putDocument(t, srv, "/photos", "logging", "<BucketLoggingStatus/>").want(t, 200, "")
	if a := do(t, srv.Server, call{method: "GET", path: "/photos", query: "logging"}); strings.Contains(a.body, "LoggingEnabled") {
		t.Errorf("logging that has been ended: %s", a.body)
	}

	for _, tc := range []struct{ sub, root, member, before, value string }{
		{"accelerate", "AccelerateConfiguration", "Status", "", "Suspended"},
		{"requestPayment", "RequestPaymentConfiguration", "Payer", "BucketOwner", "Requester"},
		{"abac", "AbacStatus", "Status", "Disabled", "Enabled"},
	} {
		t.Run(tc.sub, func(t *testing.T) {
			get := call{method: "GET", path: "/photos", query: tc.sub}
			if got := do(t, srv.Server, get).want(t, 200, "").element(tc.member); got != tc.before {
				t.Errorf("before: %q, want %q", got, tc.before)
			}
			checkRefusals(t, srv, "/photos", tc.sub, []refusal{
				{"nothing", "<" + tc.root + "/>", 400, "MalformedXML"},
				{"unknown value", element("enabled", tc.root, tc.member), 400, "MalformedXML"},
				{"another document", "<Wrong/>", 400, "MalformedXML"},
			})
			putDocument(t, srv, "/photos", tc.sub, element(tc.value, tc.root, tc.member)).want(t, 200, "")
			if got := do(t, srv.Server, get).want(t, 200, "").element(tc.member); got != tc.value {
				t.Errorf("after: %q, want %q", got, tc.value)
			}
		})
	}
	putDocument(t, srv, "/dotted.name", "accelerate", element("Enabled", "AccelerateConfiguration", "Status")).want(t, 400, "InvalidRequest")
	for sub, body := range map[string]string{"accelerate": element("Enabled", "AccelerateConfiguration", "Status"), "abac": element("Enabled", "AbacStatus", "Status")} {
		do(t, srv.Server, call{method: "PUT", path: "/photos", query: sub, body: body}).want(t, 200, "") // needs no digest
	}
}
