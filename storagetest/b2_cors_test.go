package storagetest

import (
	"net/http"
	"strings"
	"testing"
)

func TestB2CORS(t *testing.T) {
	u := startB2(t)
	rule := func(name string, origins, operations []string, more jsonObject) jsonObject {
		rule := jsonObject{"corsRuleName": name, "allowedOrigins": origins, "allowedOperations": operations, "maxAgeSeconds": 60}
		for field, value := range more {
			rule[field] = value
		}
		return rule
	}
	bucket := u.bucket("photos", jsonObject{"bucketType": "allPublic", "corsRules": []jsonObject{
		rule("first-rule", []string{"https://*.example.com"}, []string{"b2_download_file_by_name"}, jsonObject{"allowedHeaders": []string{"range", "X-Bz-*"}, "exposeHeaders": []string{"x-bz-content-sha1"}}),
		rule("second-rule", []string{"https"}, []string{"b2_download_file_by_name", "b2_download_file_by_id"}, nil),
		rule("third-rule", []string{"*"}, []string{"b2_upload_file", "b2_upload_part"}, jsonObject{"allowedHeaders": []string{"*"}}),
	}})
	id := u.put(bucket, "x", "content")["fileId"].(string)
	nobody := &b2User{t: t, b: u.b}
	upload := strings.TrimPrefix(u.call("b2_get_upload_url", jsonObject{"bucketId": bucket})["uploadUrl"].(string), u.b.URL)
	part := strings.TrimPrefix(u.call("b2_get_upload_part_url", jsonObject{"fileId": u.start(bucket, "y")})["uploadUrl"].(string), u.b.URL)
	for _, c := range []struct {
		name, path, origin, headers string
		status                      int // of the preflight
		allowed                     string
		allowedHeaders              string
		exposed                     string
	}{
		{"first rule", "/file/photos/x", "https://www.example.com", "Range, x-bz-info", 200, "https://www.example.com", "range, x-bz-info", "x-bz-content-sha1"},
		{"second rule, for want of headers", "/file/photos/x", "https://www.example.org", "", 200, "https://www.example.org", "", ""},
		{"a header that is not allowed", "/file/photos/x", "https://www.example.com", "authorization", 403, "", "", ""},
		{"another scheme", "/file/photos/x", "http://www.example.com", "", 403, "", "", ""},
		{"another bucket", "/file/missing/x", "https://www.example.com", "", 403, "", "", ""},
		{"by id", "/b2api/v4/b2_download_file_by_id?fileId=" + id, "https://www.example.com", "", 200, "https://www.example.com", "", ""},
		{"upload", upload, "http://localhost:8080", "x-bz-file-name", 200, "*", "x-bz-file-name", ""},
		{"part", part, "http://localhost:8080", "x-bz-part-number", 200, "*", "x-bz-part-number", ""},
		{"another call", "/b2api/v4/b2_list_buckets", "https://www.example.com", "", 403, "", "", ""},
	} {
		method := "GET"
		if strings.Contains(c.path, "b2_upload") {
			method = "POST"
		}
		headers := []string{"Origin", c.origin, "Access-Control-Request-Method", method}
		if c.headers != "" {
			headers = append(headers, "Access-Control-Request-Headers", c.headers)
		}
		res := nobody.get("OPTIONS "+c.path, headers...)
		h := res.Header
		if res.StatusCode != c.status || h.Get("Access-Control-Allow-Origin") != c.allowed || h.Get("Access-Control-Allow-Headers") != c.allowedHeaders ||
			h.Get("Access-Control-Expose-Headers") != c.exposed || c.status == 200 && (h.Get("Access-Control-Max-Age") != "60" || h.Get("Access-Control-Allow-Methods") != method) {
			t.Errorf("%s: %d %v %s", c.name, res.StatusCode, h, res.body)
		}
	}
	for path, method := range map[string]string{"/file/photos/x": "POST", upload: "PUT", part: "GET", "/b2api/v4/b2_download_file_by_id?fileId=" + id: "DELETE"} {
		if res := nobody.get("OPTIONS "+path, "Origin", "https://www.example.com", "Access-Control-Request-Method", method); res.StatusCode != 403 {
			t.Errorf("leave for %s %s: %d %v", method, path, res.StatusCode, res.Header)
		}
	}
	res := nobody.get("/file/photos/x", "Origin", "https://www.example.com")
	if res.StatusCode != 200 || res.Header.Get("Access-Control-Allow-Origin") != "https://www.example.com" || res.Header.Get("Access-Control-Expose-Headers") != "x-bz-content-sha1" || string(res.body) != "content" {
		t.Errorf("a download by a page: %d %v", res.StatusCode, res.Header)
	}
	if res := nobody.get("/file/photos/x", "Origin", "http://www.example.com"); res.StatusCode != 200 || res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a download by a page that may not: %d %v", res.StatusCode, res.Header)
	}
	if res := nobody.get("OPTIONS /file/photos/x"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("OPTIONS that no browser sends: %d", res.StatusCode)
	}

	for name, want := range map[string]int{"small": 400, "letter": 200, strings.Repeat("n", 50): 200, strings.Repeat("n", 51): 400, "b2-rule": 400, "under_score": 400} {
		in := jsonObject{"accountId": u.b.accountID, "bucketId": bucket, "corsRules": []jsonObject{rule(name, []string{"*"}, []string{"s3_get"}, nil)}}
		if status, out := u.try("b2_update_bucket", in); status != want {
			t.Errorf("a rule named %s: %d %v, want %d", name, status, out, want)
		}
	}
	for _, c := range []struct {
		field string
		value []string
		bad   bool
	}{
		{"allowedOrigins", []string{"https://example.com:8443", "http://localhost:3000", "https"}, false},
		{"allowedOrigins", []string{"https", "http://example.com"}, false},
		{"allowedOrigins", []string{"https", "https://example.com"}, true},
		{"allowedOrigins", []string{"https", "https"}, true},
		{"allowedOrigins", []string{"example.com"}, true},
		{"allowedOrigins", []string{"https://example.com/"}, true},
		{"allowedOrigins", []string{"https://example.com:443"}, true},
		{"allowedOrigins", []string{"http://example.com:80"}, true},
		{"allowedOrigins", []string{"https://*.example.*"}, true},
		{"allowedOrigins", []string{"ftp://example.com"}, true},
		{"allowedHeaders", []string{"*", "x-*", "authorization"}, false},
		{"allowedHeaders", []string{"*-x"}, true},
		{"allowedHeaders", []string{""}, true},
		{"exposeHeaders", []string{"x-bz"}, false},
		{"exposeHeaders", []string{"x-*"}, true},
	} {
		in := jsonObject{"accountId": u.b.accountID, "bucketId": bucket, "corsRules": []jsonObject{
			rule("first-rule", []string{"*"}, []string{"s3_get"}, jsonObject{c.field: c.value}),
		}}
		if status, out := u.try("b2_update_bucket", in); (status == 400) != c.bad {
			t.Errorf("%s %q: %d %v", c.field, c.value, status, out)
		}
	}
}
