package storagetest_test

import (
	"crypto/md5"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/storagetest"
)

// putDocument puts a configuration of a bucket, or of an object.
func putDocument(t *testing.T, srv *storagetest.S3, path, sub, body string) answer {
	t.Helper()
	return do(t, srv.Server, call{method: "PUT", path: path, query: sub, body: body, header: map[string]string{"Content-Md5": digestOf(md5.New(), body)}})
}

// refusal is a document that S3 refuses.
type refusal struct {
	name   string
	body   string
	status int
	code   string
}

// checkRefusals puts documents that are refused, and holds that what is there
// stays as it is.
func checkRefusals(t *testing.T, srv *storagetest.S3, path, sub string, refusals []refusal) {
	t.Helper()
	get := call{method: "GET", path: path, query: sub}
	before := do(t, srv.Server, get)
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			putDocument(t, srv, path, sub, r.body).want(t, r.status, r.code)
		})
	}
	if after := do(t, srv.Server, get); after.code() != before.code() || before.code() == "" && after.body != before.body {
		t.Errorf("GET of %s before: %s\nafter: %s", sub, before.body, after.body)
	}
}

// TestS3Documents holds what the configurations of buckets have in common.
func TestS3Documents(t *testing.T) {
	srv := newS3(t)
	for _, d := range []struct {
		sub     string
		absent  string // code of a GET where nothing has been put; empty: there is an answer
		body    string
		status  int  // of the PUT
		deletes bool // whether there is a DELETE
	}{
		{"tagging", "NoSuchTagSet", "<Tagging><TagSet><Tag><Key>k</Key><Value></Value></Tag></TagSet></Tagging>", 204, true},
		{"cors", "NoSuchCORSConfiguration", "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>", 200, true},
		{"website", "NoSuchWebsiteConfiguration", "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>", 200, true},
		{"publicAccessBlock", "", "<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>", 200, true},
		{"ownershipControls", "", "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>", 200, true},
		{"encryption", "", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>", 200, true},
		{"logging", "", "<BucketLoggingStatus><LoggingEnabled><TargetBucket>photos</TargetBucket><TargetPrefix>log/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>", 200, false},
		{"requestPayment", "", "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>", 200, false},
	} {
		t.Run(d.sub, func(t *testing.T) {
			get := call{method: "GET", path: "/photos", query: d.sub}
			status := 200
			if d.absent != "" {
				status = 404
			}
			do(t, srv.Server, get).want(t, status, d.absent)
			putDocument(t, srv, "/none", d.sub, d.body).want(t, 404, "NoSuchBucket")
			putDocument(t, srv, "/photos", d.sub, "<Wrong/>").want(t, 400, "MalformedXML")
			do(t, srv.Server, call{method: "PUT", path: "/photos", query: d.sub, body: d.body}).want(t, 400, "InvalidRequest") // no digest
			putDocument(t, srv, "/photos", d.sub, d.body).want(t, d.status, "")
			do(t, srv.Server, get).want(t, 200, "")
			do(t, srv.Server, call{method: "GET", path: "/none", query: d.sub}).want(t, 404, "NoSuchBucket")
			if !d.deletes {
				do(t, srv.Server, call{method: "DELETE", path: "/photos", query: d.sub}).want(t, 405, "MethodNotAllowed")
				return
			}
			do(t, srv.Server, call{method: "DELETE", path: "/none", query: d.sub}).want(t, 404, "NoSuchBucket")
			for range 2 { // the second has nothing to delete
				do(t, srv.Server, call{method: "DELETE", path: "/photos", query: d.sub}).want(t, 204, "")
			}
		})
	}
}

func TestS3BucketTagging(t *testing.T) {
	tags := func(pairs ...string) string {
		var b strings.Builder
		for i := 0; i < len(pairs); i += 2 {
			b.WriteString("<Tag><Key>" + pairs[i] + "</Key><Value>" + pairs[i+1] + "</Value></Tag>")
		}
		return "<Tagging><TagSet>" + b.String() + "</TagSet></Tagging>"
	}
	var many []string
	for i := range 51 {
		many = append(many, "k"+strings.Repeat("x", i), "")
	}
	srv := newS3(t)
	putDocument(t, srv, "/photos", "tagging", tags(strings.Repeat("ü", 128), strings.Repeat("ü", 256))).want(t, 204, "")
	checkRefusals(t, srv, "/photos", "tagging", []refusal{
		{"no set", "<Tagging/>", 400, "MalformedXML"},
		{"empty key", tags("", "v"), 400, "InvalidTag"},
		{"long key", tags(strings.Repeat("k", 129), ""), 400, "InvalidTag"},
		{"long value", tags("k", strings.Repeat("v", 257)), 400, "InvalidTag"},
		{"comma in a key", tags("a,b", ""), 400, "InvalidTag"},
		{"comma in a value", tags("a", "a,b"), 400, "InvalidTag"},
		{"same key twice", tags("a", "1", "a", "2"), 400, "InvalidTag"},
		{"key of AWS's", tags("aws:a", ""), 400, "InvalidTag"},
		{"51 tags", tags(many...), 400, "BadRequest"},
	})
	putDocument(t, srv, "/photos", "tagging", tags(many[2:]...)).want(t, 204, "")
	body := "<CreateBucketConfiguration><Tags><Tag><Key>a,b</Key><Value/></Tag></Tags></CreateBucketConfiguration>"
	do(t, srv.Server, call{method: "PUT", path: "/other", body: body}).want(t, 400, "InvalidTag")
	do(t, srv.Server, call{method: "HEAD", path: "/other"}).want(t, 404, "")
}

// element writes elements within each other, the last with a text.
func element(text string, names ...string) string {
	for i := len(names) - 1; i >= 0; i-- {
		text = "<" + names[i] + ">" + text + "</" + names[i] + ">"
	}
	return text
}

func TestS3BucketCORS(t *testing.T) {
	rule := func(elements ...string) string {
		return element(strings.Join(elements, ""), "CORSConfiguration", "CORSRule")
	}
	const origin, get = "<AllowedOrigin>*</AllowedOrigin>", "<AllowedMethod>GET</AllowedMethod>"
	srv := newS3(t)
	checkRefusals(t, srv, "/photos", "cors", []refusal{
		{"no rules", "<CORSConfiguration/>", 400, "MalformedXML"},
		{"101 rules", element(strings.Repeat(element(origin+get, "CORSRule"), 101), "CORSConfiguration"), 400, "MalformedXML"},
		{"no origin", rule(get), 400, "MalformedXML"},
		{"no method", rule(origin), 400, "MalformedXML"},
		{"long ID", rule(origin, get, element(strings.Repeat("i", 256), "ID")), 400, "MalformedXML"},
		{"age that is no number", rule(origin, get, element("long", "MaxAgeSeconds")), 400, "MalformedXML"},
		{"unknown method", rule(origin, element("PATCH", "AllowedMethod")), 400, "InvalidRequest"},
		{"origin with two wildcards", rule(element("http://*.*", "AllowedOrigin"), get), 400, "InvalidRequest"},
		{"header with two wildcards", rule(origin, get, element("x-*-*", "AllowedHeader")), 400, "InvalidRequest"},
		{"exposed wildcard", rule(origin, get, element("x-*", "ExposeHeader")), 400, "InvalidRequest"},
	})
	preflight := func(path string, header map[string]string) answer {
		t.Helper()
		return do(t, srv.Server, call{method: "OPTIONS", path: path, header: header, alter: func(r *http.Request) { r.Header.Del("Authorization") }})
	}
	asks := func(origin, method, headers string) map[string]string {
		h := map[string]string{"Origin": origin, "Access-Control-Request-Method": method}
		if headers != "" {
			h["Access-Control-Request-Headers"] = headers
		}
		return h
	}
	preflight("/photos/k", nil).want(t, 400, "BadRequest")
	preflight("/none/k", asks("https://a", "GET", "")).want(t, 403, "AccessForbidden")
	preflight("/photos/k", asks("https://a", "GET", "")).want(t, 403, "AccessForbidden")

	putDocument(t, srv, "/photos", "cors", element(
		element(element("https://*.example.com", "AllowedOrigin")+element("PUT", "AllowedMethod")+element("DELETE", "AllowedMethod")+
			element("X-Amz-*", "AllowedHeader")+element("content-type", "AllowedHeader")+element("ETag", "ExposeHeader")+element("60", "MaxAgeSeconds"), "CORSRule")+
			element(origin+get, "CORSRule"), "CORSConfiguration")).want(t, 200, "")
	const allow = "Access-Control-Allow-"
	for _, tc := range []struct {
		name                    string
		origin, method, headers string
		want                    map[string]string // nil: refused
	}{
		{"origin by wildcard", "https://a.example.com", "PUT", "", map[string]string{allow + "Origin": "https://a.example.com", allow + "Credentials": "true",
			allow + "Methods": "PUT, DELETE", "Access-Control-Max-Age": "60", "Access-Control-Expose-Headers": "ETag"}},
		{"headers in whatever case", "https://a.example.com", "DELETE", "x-amz-ACL, Content-Type", map[string]string{allow + "Origin": "https://a.example.com", allow + "Credentials": "true",
			allow + "Methods": "PUT, DELETE", allow + "Headers": "x-amz-acl, content-type", "Access-Control-Max-Age": "60", "Access-Control-Expose-Headers": "ETag"}},
		{"any origin by the second rule", "https://a.example.com", "GET", "", map[string]string{allow + "Origin": "*", allow + "Methods": "GET"}},
		{"origin that is shorter than its pattern", "https://.com", "PUT", "", nil},
		{"header that is not allowed", "https://a.example.com", "PUT", "x-other", nil},
		{"header where none is allowed", "https://a", "GET", "x-amz-acl", nil},
		{"method that is not allowed", "https://a.example.com", "POST", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := preflight("/photos/k", asks(tc.origin, tc.method, tc.headers))
			if tc.want == nil {
				a.want(t, 403, "AccessForbidden")
				return
			}
			a.want(t, 200, "")
			got := map[string]string{}
			for name := range a.header {
				if strings.HasPrefix(name, "Access-Control-") {
					got[name] = a.header.Get(name)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || a.header.Get("Vary") == "" {
				t.Errorf("headers (-want +got), Vary %q:\n%s", a.header.Get("Vary"), diff)
			}
		})
	}
	// Answers to the requests themselves.
	for _, tc := range []struct{ method, origin, want string }{
		{"PUT", "https://a.example.com", "https://a.example.com"},
		{"GET", "https://elsewhere", "*"},
		{"GET", "", ""},
		{"PUT", "https://elsewhere", ""},
	} {
		header := map[string]string{}
		if tc.origin != "" {
			header["Origin"] = tc.origin
		}
		a := do(t, srv.Server, call{method: tc.method, path: "/photos/k", header: header}).want(t, 200, "")
		if got := a.header.Get("Access-Control-Allow-Origin"); got != tc.want {
			t.Errorf("%s from %q: allowed origin %q, want %q", tc.method, tc.origin, got, tc.want)
		}
	}
	a := do(t, srv.Server, call{method: "GET", path: "/photos/missing", header: map[string]string{"Origin": "https://a"}}).want(t, 404, "NoSuchKey")
	if a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("a page may not read the error")
	}
}

func TestS3BucketWebsite(t *testing.T) {
	const index = "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
	rules := func(text string) string {
		return element(index+element(text, "RoutingRules"), "WebsiteConfiguration")
	}
	rule := func(condition, redirect string) string {
		return rules(element(element(condition, "Condition")+element(redirect, "Redirect"), "RoutingRule"))
	}
	const prefix, host = "<KeyPrefixEquals>a/</KeyPrefixEquals>", "<HostName>h</HostName>"
	plain := element(element(host, "Redirect"), "RoutingRule")
	srv := newS3(t)
	checkRefusals(t, srv, "/photos", "website", []refusal{
		{"nothing", "<WebsiteConfiguration/>", 400, "InvalidArgument"},
		{"redirect and index", element(element(host, "RedirectAllRequestsTo")+index, "WebsiteConfiguration"), 400, "InvalidArgument"},
		{"redirect nowhere", element("", "WebsiteConfiguration", "RedirectAllRequestsTo"), 400, "MalformedXML"},
		{"redirect by ftp", element(host+element("ftp", "Protocol"), "WebsiteConfiguration", "RedirectAllRequestsTo"), 400, "InvalidRequest"},
		{"index without a name", element("", "WebsiteConfiguration", "IndexDocument", "Suffix"), 400, "InvalidArgument"},
		{"index with a slash", element("a/b", "WebsiteConfiguration", "IndexDocument", "Suffix"), 400, "InvalidArgument"},
		{"error document without a name", element(index+element("", "ErrorDocument", "Key"), "WebsiteConfiguration"), 400, "MalformedXML"},
		{"no rules", rules(""), 400, "MalformedXML"},
		{"51 rules", rules(strings.Repeat(plain, 51)), 400, "InvalidRequest"},
		{"empty condition", rule("", host), 400, "InvalidRequest"},
		{"condition on success", rule(element("200", "HttpErrorCodeReturnedEquals"), host), 400, "InvalidRequest"},
		{"no redirect", rules(element(element(prefix, "Condition"), "RoutingRule")), 400, "MalformedXML"},
		{"empty redirect", rule(prefix, ""), 400, "MalformedXML"},
		{"key and prefix", rule(prefix, element("k", "ReplaceKeyWith")+element("", "ReplaceKeyPrefixWith")), 400, "InvalidRequest"},
		{"redirect with 200", rule(prefix, host+element("200", "HttpRedirectCode")), 400, "InvalidRequest"},
		{"redirect with 300", rule(prefix, host+element("300", "HttpRedirectCode")), 400, "InvalidRequest"},
		{"rule with ftp", rule(prefix, element("ftp", "Protocol")), 400, "InvalidRequest"},
	})
	putDocument(t, srv, "/photos", "website", rules(strings.Repeat(plain, 50))).want(t, 200, "")
}

func TestS3BucketPolicy(t *testing.T) {
	statement := func(effect, principal, action, resource, more string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `",` + principal + `"Action":"` + action + `","Resource":"` + resource + `"` + more + `}]}`
	}
	const everybody, photos = `"Principal":"*",`, "arn:aws:s3:::photos/*"
	srv := newS3(t)
	get := call{method: "GET", path: "/photos", query: "policy"}
	do(t, srv.Server, get).want(t, 404, "NoSuchBucketPolicy")
	do(t, srv.Server, call{method: "GET", path: "/photos", query: "policyStatus"}).want(t, 404, "NoSuchBucketPolicy")
	putDocument(t, srv, "/none", "policy", "{}").want(t, 404, "NoSuchBucket")
	checkRefusals(t, srv, "/photos", "policy", []refusal{
		{"nothing", "", 400, "MalformedPolicy"},
		{"no object", "[]", 400, "MalformedPolicy"},
		{"no JSON", `{"Version":`, 400, "MalformedPolicy"},
		{"other types", `{"Statement":"all"}`, 400, "MalformedPolicy"},
		{"other version", `{"Version":"2026-01-01","Statement":[]}`, 400, "MalformedPolicy"},
		{"no statement", "{}", 400, "MalformedPolicy"},
		{"unknown effect", statement("Perhaps", everybody, "s3:GetObject", photos, ""), 400, "MalformedPolicy"},
		{"no principal", statement("Allow", "", "s3:GetObject", photos, ""), 400, "MalformedPolicy"},
		{"no action", `{"Statement":{"Effect":"Deny","Principal":"*","Resource":"` + photos + `"}}`, 400, "MalformedPolicy"},
		{"no resource", `{"Statement":{"Effect":"Deny","Principal":"*","Action":"*"}}`, 400, "MalformedPolicy"},
		{"action of another service", statement("Deny", everybody, "ec2:RunInstances", photos, ""), 400, "MalformedPolicy"},
		{"another bucket", statement("Deny", everybody, "s3:*", "arn:aws:s3:::other/*", ""), 400, "MalformedPolicy"},
		{"resource that is no ARN", statement("Deny", everybody, "s3:*", "photos", ""), 400, "MalformedPolicy"},
		{"more than 20 KB", statement("Deny", everybody, "s3:*", photos, "") + strings.Repeat(" ", 20<<10), 400, "PolicyTooLarge"},
		{"public, where that is blocked", statement("Allow", everybody, "s3:GetObject", photos, ""), 403, "AccessDenied"},
	})
	do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "publicAccessBlock"}).want(t, 204, "")
	const mine = `"Principal":{"AWS":["arn:aws:iam::123456789012:root"]},`
	for _, tc := range []struct {
		name, policy string
		public       string
	}{
		{"everybody", statement("Allow", everybody, "s3:GetObject", photos, ""), "true"},
		{"every account", statement("Allow", `"Principal":{"AWS":"*"},`, "s3:GetObject", photos, ""), "true"},
		{"everybody but one", statement("Allow", `"NotPrincipal":{"AWS":"123456789012"},`, "s3:GetObject", photos, ""), "true"},
		{"everybody under a condition", statement("Allow", everybody, "s3:GetObject", photos, `,"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`), "false"},
		{"an account", statement("Allow", mine, "s3:GetObject", photos, ""), "false"},
		{"nobody", statement("Deny", everybody, "s3:GetObject", photos, ""), "false"},
		{"a service", statement("Allow", `"Principal":{"Service":"logging.s3.amazonaws.com"},`, "s3:PutObject", "arn:aws-cn:s3:::ph*", ""), "false"},
		{"one statement, not in a list", `{"Statement":{"Effect":"Allow","Principal":"*","NotAction":["s3:Put*"],"NotResource":["arn:aws:s3:::photos/private/*"]}}`, "true"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			putDocument(t, srv, "/photos", "policy", tc.policy).want(t, 204, "")
			if a := do(t, srv.Server, get).want(t, 200, ""); a.body != tc.policy || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("policy of type %s:\n%s\nwant\n%s", a.header.Get("Content-Type"), a.body, tc.policy)
			}
			if a := do(t, srv.Server, call{method: "GET", path: "/photos", query: "policyStatus"}).want(t, 200, ""); a.element("IsPublic") != tc.public {
				t.Errorf("IsPublic %s, want %s", a.element("IsPublic"), tc.public)
			}
		})
	}
	for range 2 {
		do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "policy"}).want(t, 204, "")
	}
	do(t, srv.Server, get).want(t, 404, "NoSuchBucketPolicy")
	do(t, srv.Server, call{method: "DELETE", path: "/none", query: "policy"}).want(t, 404, "NoSuchBucket")
}

func TestS3PublicAccessBlock(t *testing.T) {
	srv := newS3(t)
	get := call{method: "GET", path: "/photos", query: "publicAccessBlock"}
	settings := func() (got [4]string) {
		a := do(t, srv.Server, get).want(t, 200, "")
		for i, name := range []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"} {
			got[i] = a.element(name)
		}
		return got
	}
	if got, want := settings(), [4]string{"true", "true", "true", "true"}; got != want {
		t.Errorf("new bucket: %v", got)
	}
	checkRefusals(t, srv, "/photos", "publicAccessBlock", []refusal{
		{"no setting", "<PublicAccessBlockConfiguration/>", 400, "InvalidRequest"},
		{"no boolean", element("maybe", "PublicAccessBlockConfiguration", "BlockPublicAcls"), 400, "MalformedXML"},
	})
	putDocument(t, srv, "/photos", "publicAccessBlock", element("true", "PublicAccessBlockConfiguration", "BlockPublicPolicy")).want(t, 200, "")
	if got, want := settings(), [4]string{"false", "false", "true", "false"}; got != want {
		t.Errorf("what is left out: %v, want %v", got, want)
	}
	do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "publicAccessBlock"}).want(t, 204, "")
	do(t, srv.Server, get).want(t, 404, "NoSuchPublicAccessBlockConfiguration")
}

func TestS3ObjectTagging(t *testing.T) {
	srv := newS3(t)
	const head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`
	tags := func(n int) string {
		return "<TagSet>" + strings.Repeat("<Tag><Key>k</Key><Value>v</Value></Tag>", n) + "</TagSet>"
	}
	get := call{method: "GET", path: "/photos/k", query: "tagging"}
	do(t, srv.Server, get).want(t, 404, "NoSuchKey")
	putDocument(t, srv, "/photos/k", "tagging", "<Tagging>"+tags(1)+"</Tagging>").want(t, 404, "NoSuchKey")
	do(t, srv.Server, call{method: "DELETE", path: "/photos/k", query: "tagging"}).want(t, 404, "NoSuchKey")
	do(t, srv.Server, call{method: "PUT", path: "/photos/k", header: map[string]string{"X-Amz-Tagging": "b=%2B&a+1="}}).want(t, 200, "")
	if a := do(t, srv.Server, get).want(t, 200, ""); a.body != head+"<TagSet><Tag><Key>b</Key><Value>+</Value></Tag><Tag><Key>a 1</Key><Value></Value></Tag></TagSet></Tagging>" {
		t.Errorf("tags of the upload: %s", a.body)
	}
	checkRefusals(t, srv, "/photos/k", "tagging", []refusal{
		{"no set", "<Tagging/>", 400, "MalformedXML"},
		{"another root", "<TagSet/>", 400, "MalformedXML"},
		{"twice the same", "<Tagging>" + tags(2) + "</Tagging>", 400, "InvalidTag"},
		{"too many", "<Tagging>" + tags(11) + "</Tagging>", 400, "BadRequest"},
		{"a tag of the system", "<Tagging><TagSet><Tag><Key>aws:k</Key><Value/></Tag></TagSet></Tagging>", 400, "InvalidTag"},
		{"no key", "<Tagging><TagSet><Tag><Value>v</Value></Tag></TagSet></Tagging>", 400, "InvalidTag"},
		{"a long value", "<Tagging><TagSet><Tag><Key>k</Key><Value>" + strings.Repeat("v", 257) + "</Value></Tag></TagSet></Tagging>", 400, "InvalidTag"},
	})
	for header, code := range map[string]string{"a=1&a=2": "InvalidArgument", "a=%zz": "InvalidArgument", "%zz=1": "InvalidArgument", "=1": "InvalidTag", "a=!": "InvalidTag"} {
		do(t, srv.Server, call{method: "PUT", path: "/photos/x", header: map[string]string{"X-Amz-Tagging": header}}).want(t, 400, code)
	}
	putDocument(t, srv, "/photos/k", "tagging", "<Tagging>"+tags(1)+"</Tagging>").want(t, 200, "")
	if a := do(t, srv.Server, get).want(t, 200, ""); a.body != head+tags(1)+"</Tagging>" {
		t.Errorf("tags put: %s", a.body)
	}
	do(t, srv.Server, call{method: "DELETE", path: "/photos/k", query: "tagging"}).want(t, 204, "")
	if a := do(t, srv.Server, get).want(t, 200, ""); a.body != head+"<TagSet></TagSet></Tagging>" {
		t.Errorf("tags deleted: %s", a.body)
	}
	if a := do(t, srv.Server, call{method: "HEAD", path: "/photos/k"}); a.header["X-Amz-Tagging-Count"] != nil {
		t.Errorf("HEAD: %v", a.header)
	}
}

// TestS3DocumentsFitTheSchema: what encoding/xml would pass over is refused.
func TestS3DocumentsFitTheSchema(t *testing.T) {
	const tag = "<Tag><Key>k</Key><Value>v</Value></Tag>"
	for _, tc := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"as it should be", "<Tagging><TagSet>" + tag + "</TagSet></Tagging>", 204, ""},
		{"with a namespace and white space", "<?xml version='1.0'?>\n<Tagging xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>\n<TagSet>" + tag + "</TagSet></Tagging>\n", 204, ""},
		{"members in another order", "<Tagging><TagSet><Tag><Value>v</Value><Key>k</Key></Tag></TagSet></Tagging>", 204, ""},
		{"another namespace", "<Tagging xmlns='http://example.com/'><TagSet>" + tag + "</TagSet></Tagging>", 400, "MalformedXML"},
		{"an element that there is not", "<Tagging><TagSet>" + tag + "</TagSet><Tags/></Tagging>", 400, "MalformedXML"},
		{"an element of another place", "<Tagging><TagSet>" + tag + "</TagSet><Key>k</Key></Tagging>", 400, "MalformedXML"},
		{"an element spelled otherwise", "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value><value>w</value></Tag></TagSet></Tagging>", 400, "MalformedXML"},
		{"a member twice", "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value><Value>w</Value></Tag></TagSet></Tagging>", 400, "MalformedXML"},
		{"an element within text", "<Tagging><TagSet><Tag><Key>k<b/></Key><Value>v</Value></Tag></TagSet></Tagging>", 400, "MalformedXML"},
		{"a second document", "<Tagging><TagSet>" + tag + "</TagSet></Tagging><Tagging/>", 400, "MalformedXML"},
		{"cut off", "<Tagging><TagSet>" + tag + "</TagSet>", 400, "MalformedXML"},
		{"nothing", "", 400, "MalformedXML"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			putDocument(t, newS3(t), "/photos", "tagging", tc.body).want(t, tc.status, tc.code)
		})
	}
}
