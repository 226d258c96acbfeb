package storagetest

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// as is the user with another key, for S3.
func (u *awsUser) as(k AccessKey) *awsUser {
	other := *u
	other.id, other.secret, other.token = k.ID, k.Secret, k.SessionToken
	return &other
}

// want sends an S3 request, without a signature if the user has no key, and
// judges the status of the answer. Headers are in pairs.
func (u *awsUser) want(status int, method, path string, headers ...string) string {
	u.t.Helper()
	signer := *u
	signer.service = "s3"
	req, _ := http.NewRequest(method, u.l.URL+path, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if u.id != "" {
		signer.sign(req, "")
	}
	got, header, body := u.send(req)
	if got != status {
		u.t.Errorf("%s %s by %q is answered by %d %s, want %d", method, path, u.id, got, body, status)
	}
	return string(body) + header.Get("X-Amz-Version-Id")
}

func (u *awsUser) update(bucket string, settings jsonObject) {
	u.t.Helper()
	settings["bucketName"] = bucket
	u.call("UpdateBucket", settings)
}

// TestLightsailPublicObjects is about what can be read without a key.
func TestLightsailPublicObjects(t *testing.T) {
	u := startLightsail(t)
	for _, name := range []string{"photos", "others"} {
		u.call("CreateBucket", jsonObject{"bucketName": name, "bundleId": "small_1_0"})
	}
	u.want(200, "PUT", "/photos/plain")
	u.want(200, "PUT", "/photos/shown", "X-Amz-Acl", "public-read")
	u.want(200, "PUT", "/photos/members", "X-Amz-Acl", "authenticated-read")
	made := u.call("CreateBucketAccessKey", jsonObject{"bucketName": "others"})["accessKey"].(jsonObject)
	member := u.as(AccessKey{ID: made["accessKeyId"].(string), Secret: made["secretAccessKey"].(string)})
	nobody := u.as(AccessKey{})

	rules := func(getObject string, overrides bool) func() {
		return func() {
			u.update("photos", jsonObject{"accessRules": jsonObject{"getObject": getObject, "allowPublicOverrides": overrides}})
		}
	}
	for _, test := range []struct {
		name                                         string
		change                                       func()
		plain, shown, members, memberPlain, memberOf int // statuses
	}{
		{"private", func() {}, 403, 403, 403, 403, 403},
		{"with overrides", rules("private", true), 403, 200, 403, 403, 200},
		{"public", rules("public", false), 200, 200, 200, 200, 200},
		{"blocked", func() { u.l.SetAccountLevelBpaSync("InSync", u.now(), "", true) }, 403, 403, 403, 403, 403},
		{"known of, but not impacted", func() { u.l.SetAccountLevelBpaSync("InSync", u.now(), "", false) }, 200, 200, 200, 200, 200},
		{"private with overrides", rules("private", true), 403, 200, 403, 403, 200},
		{"blocked again", func() { u.l.SetAccountLevelBpaSync("Defaulted", u.now(), "SYNC_ON_HOLD", true) }, 403, 403, 403, 403, 403},
		{"unblocked, without overrides", func() {
			u.l.SetAccountLevelBpaSync("InSync", u.now(), "", false)
			rules("private", false)()
		}, 403, 403, 403, 403, 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.change()
			for _, method := range []string{"GET", "HEAD"} {
				nobody.want(test.plain, method, "/photos/plain")
				nobody.want(test.shown, method, "/photos/shown")
				nobody.want(test.members, method, "/photos/members")
				member.want(test.memberPlain, method, "/photos/plain")
				member.want(test.memberOf, method, "/photos/members")
				u.want(200, method, "/photos/plain")
			}
		})
	}

	rules("public", true)()
	for _, path := range []string{"/photos/missing", "/photos", "/photos?list-type=2", "/photos?versions=", "/photos/plain?acl=", "/photos/plain?tagging=", "/missing/x", "/"} {
		nobody.want(403, "GET", path)
	}
	nobody.want(403, "PUT", "/photos/mine")
	nobody.want(403, "DELETE", "/photos/plain")
	nobody.want(403, "POST", "/photos/mine?uploads=")
	nobody.want(400, "GET", "/photos/plain?response-content-type=text%2Fhtml")
	member.want(403, "DELETE", "/photos/plain")
	member.want(403, "GET", "/photos?list-type=2")
	u.want(200, "GET", "/photos/plain?response-content-type=text%2Fhtml")

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("key", "posted")
	part, _ := w.CreateFormFile("file", "x")
	fmt.Fprint(part, "x")
	w.Close()
	req, _ := http.NewRequest("POST", u.l.URL+"/photos", &form)
	req.Header.Set("Content-Type", w.FormDataContentType())
	if status, _, body := u.send(req); status != 403 {
		t.Errorf("a form of nobody's: %d %s", status, body)
	}
	u.want(404, "HEAD", "/photos/posted")

	u.update("photos", jsonObject{"versioning": "Enabled", "accessRules": jsonObject{"getObject": "private"}})
	hidden := u.want(200, "PUT", "/photos/v")
	shown := u.want(200, "PUT", "/photos/v", "X-Amz-Acl", "public-read")
	u.want(204, "DELETE", "/photos/v")
	nobody.want(403, "GET", "/photos/v?versionId="+hidden)
	nobody.want(200, "GET", "/photos/v?versionId="+shown)
	nobody.want(403, "GET", "/photos/v")
}

// TestLightsailAccountKeys read the buckets that name their account.
func TestLightsailAccountKeys(t *testing.T) {
	u := startLightsail(t)
	u.l.AddBucket(LightsailBucket{Name: "photos", ReadonlyAccessAccounts: []string{"111122223333"}})
	u.l.AddAccountKey("111122223333", AccessKey{ID: "AKIAFRIEND", Secret: "s"})
	u.l.AddAccountKey("444455556666", AccessKey{ID: "AKIASTRANGER", Secret: "s"})
	u.l.AddBucket(LightsailBucket{Name: "others"})
	friend, stranger := u.as(AccessKey{ID: "AKIAFRIEND", Secret: "s"}), u.as(AccessKey{ID: "AKIASTRANGER", Secret: "s"})
	u.want(200, "PUT", "/photos/x")
	u.want(200, "PUT", "/others/x")
	for _, path := range []string{"/photos/x", "/photos/x?tagging=", "/photos?list-type=2", "/photos", "/photos?versions="} {
		friend.want(200, "GET", path)
		stranger.want(403, "GET", path)
	}
	for _, test := range []struct{ method, path string }{
		{"PUT", "/photos/y"}, {"DELETE", "/photos/x"}, {"POST", "/photos/y?uploads="},
		{"GET", "/others/x"}, {"GET", "/others?list-type=2"}, {"GET", "/"}, {"GET", "/photos?cors="},
	} {
		friend.want(403, test.method, test.path)
	}
	friend.want(403, "PUT", "/photos/x?acl=", "X-Amz-Acl", "public-read")
	friend.want(403, "PUT", "/photos/copy", "X-Amz-Copy-Source", "photos/x")
	friend.fails("403 AccessDeniedException", "GetBuckets", jsonObject{})

	u.update("photos", jsonObject{"readonlyAccessAccounts": []any{"444455556666"}})
	u.update("others", jsonObject{"readonlyAccessAccounts": []any{"111122223333"}})
	friend.want(403, "GET", "/photos/x")
	friend.want(200, "GET", "/others/x")
	stranger.want(200, "GET", "/photos/x")
	u.update("photos", jsonObject{"readonlyAccessAccounts": []any{}})
	stranger.want(403, "GET", "/photos/x")
	u.call("DeleteBucket", jsonObject{"bucketName": "others", "forceDelete": true})
	u.call("CreateBucket", jsonObject{"bucketName": "others", "bundleId": "small_1_0"})
	u.want(200, "PUT", "/others/x")
	friend.want(403, "GET", "/others/x") // which is another bucket now
}

// TestLightsailInstanceKeys are good for the buckets that their instance has
// access to.
func TestLightsailInstanceKeys(t *testing.T) {
	u := startLightsail(t)
	u.l.AddBucket(LightsailBucket{Name: "photos"})
	u.l.AddBucket(LightsailBucket{Name: "others"})
	u.want(200, "PUT", "/others/x")
	u.l.AddInstance("web-1")
	key := AccessKey{ID: "ASIAWEB1", Secret: "s", SessionToken: "token"}
	u.l.AddInstanceKey("web-1", key)
	web := u.as(key)
	access := func(access string) {
		u.call("SetResourceAccessForBucket", jsonObject{"resourceName": "web-1", "bucketName": "photos", "access": access})
	}
	web.want(403, "PUT", "/photos/x")
	access("allow")
	web.want(200, "PUT", "/photos/x")
	web.want(200, "GET", "/photos/x")
	web.want(200, "GET", "/photos?list-type=2")
	web.want(204, "DELETE", "/photos/x")
	web.want(403, "GET", "/others/x")
	web.want(403, "PUT", "/photos/copy", "X-Amz-Copy-Source", "others/x")
	web.want(403, "GET", "/")
	u.as(AccessKey{ID: key.ID, Secret: key.Secret}).want(400, "GET", "/photos?list-type=2")
	web.fails("403 AccessDeniedException", "GetBuckets", jsonObject{})
	access("deny")
	web.want(403, "GET", "/photos?list-type=2")
}

// TestLightsailSettingsByS3 are versions and CORS as they take effect.
func TestLightsailSettingsByS3(t *testing.T) {
	u := startLightsail(t)
	u.l.AddBucket(LightsailBucket{Name: "photos"})
	count := func() int { return strings.Count(u.want(200, "GET", "/photos?versions="), "<Version>") }
	u.want(200, "PUT", "/photos/x")
	u.want(200, "PUT", "/photos/x")
	if n := count(); n != 1 {
		t.Errorf("never enabled: %d versions", n)
	}
	u.update("photos", jsonObject{"versioning": "Enabled"})
	u.want(200, "PUT", "/photos/x")
	u.want(200, "PUT", "/photos/x")
	if n := count(); n != 3 {
		t.Errorf("enabled: %d versions, want 3", n)
	}
	u.update("photos", jsonObject{"versioning": "Suspended"})
	u.want(200, "PUT", "/photos/x")
	u.want(200, "PUT", "/photos/x")
	if n := count(); n != 3 { // the one without an id has been replaced
		t.Errorf("suspended: %d versions, want 3", n)
	}

	u.update("photos", jsonObject{"cors": jsonObject{"rules": []any{jsonObject{
		"allowedMethods": []any{"GET", "PUT"}, "allowedOrigins": []any{"https://*.example.com"}, "allowedHeaders": []any{"x-amz-meta-*"},
		"exposeHeaders": []any{"ETag"}, "maxAgeSeconds": 600,
	}}}})
	ask := func(method, origin, wanted, headers string) (int, http.Header) {
		req, _ := http.NewRequest(method, u.l.URL+"/photos/x", nil)
		req.Header.Set("Origin", origin)
		if wanted != "" {
			req.Header.Set("Access-Control-Request-Method", wanted)
			req.Header.Set("Access-Control-Request-Headers", headers)
		}
		status, h, _ := u.send(req)
		return status, h
	}
	status, h := ask("OPTIONS", "https://www.example.com", "PUT", "X-Amz-Meta-Camera")
	for name, want := range map[string]string{
		"Origin": "https://www.example.com", "Methods": "GET, PUT", "Headers": "x-amz-meta-camera",
	} {
		if got := h.Get("Access-Control-Allow-" + name); status != 200 || got != want {
			t.Errorf("preflight: %d, Allow-%s is %q, want %q", status, name, got, want)
		}
	}
	if h.Get("Access-Control-Max-Age") != "600" {
		t.Errorf("preflight: %v", h)
	}
	for _, refused := range [][3]string{
		{"https://example.org", "PUT", ""}, {"https://www.example.com", "DELETE", ""}, {"https://www.example.com", "PUT", "Content-Language"},
	} {
		if status, _ := ask("OPTIONS", refused[0], refused[1], refused[2]); status != 403 {
			t.Errorf("preflight %q: %d", refused, status)
		}
	}
	u.update("photos", jsonObject{"accessRules": jsonObject{"getObject": "public"}})
	if status, h := ask("GET", "https://www.example.com", "", ""); status != 200 || h.Get("Access-Control-Allow-Origin") != "https://www.example.com" || h.Get("Access-Control-Expose-Headers") != "ETag" {
		t.Errorf("a page reads a public object: %d %v", status, h)
	}
}
