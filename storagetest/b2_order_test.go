package storagetest

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// Of two things that are wrong with a request, the one that the service looks at
// first is what it answers: each row has one more than it is refused for.
func TestB2ChecksInOrder(t *testing.T) {
	u := startB2(t)
	mine, other := u.bucket("mine-1"), u.bucket("other-1")
	file := u.put(mine, "in/x", "x")
	limited := u.as(u.b.AddKey(B2Key{BucketIds: []string{mine}, NamePrefix: "in/"}))
	reader := u.as(u.b.AddKey(B2Key{Capabilities: []string{"readFiles"}}))
	nobody, stranger := &b2User{t: t, b: u.b}, &b2User{t: t, b: u.b, token: "4_x"}
	account := u.b.accountID
	for _, c := range []struct {
		step    string
		user    *b2User
		request string // method and call
		body    string
		capped  bool
		want    string
		message string // a part of it
	}{
		{step: "method before token", user: nobody, request: "PUT b2_list_buckets", want: "405 method_not_allowed"},
		{step: "no token before body", user: nobody, request: "POST b2_list_buckets", body: "{", want: "401 bad_auth_token", message: "missing"},
		{step: "token before body", user: stranger, request: "POST b2_list_buckets", body: "{", want: "401 bad_auth_token", message: "Invalid"},
		{step: "body before capability", user: reader, request: "POST b2_list_buckets", body: "{", want: "400 bad_json"},
		{step: "unknown field before capability", user: reader, request: "POST b2_list_buckets", body: `{"accountId":"` + account + `","more":1}`, want: "400 bad_request"},
		{step: "required field before capability", user: reader, request: "POST b2_list_buckets", body: "{}", want: "400 bad_request"},
		{step: "type before capability", user: reader, request: "POST b2_list_buckets", body: `{"accountId":7}`, want: "400 bad_request"},
		{step: "capability before account", user: reader, request: "POST b2_list_buckets", body: `{"accountId":"x"}`, want: "401 unauthorized", message: "capability"},
		{
			step: "capability for a setting before account", user: u.as(u.b.AddKey(B2Key{Capabilities: []string{"writeBuckets"}})), request: "POST b2_create_bucket",
			body: `{"accountId":"x","bucketName":"brand-new","bucketType":"allPrivate","fileLockEnabled":true}`, want: "401 unauthorized", message: "writeBucketRetentions",
		},
		{step: "account before bucket", user: u, request: "POST b2_update_bucket", body: `{"accountId":"x","bucketId":"none"}`, want: "401 unauthorized", message: "account"},
		{step: "bucket before restriction", user: limited, request: "POST b2_list_file_names", body: `{"bucketId":"none","prefix":"out/"}`, want: "400 bad_bucket_id"},
		{step: "bucket restriction before value", user: limited, request: "POST b2_list_file_names", body: `{"bucketId":"` + other + `","maxFileCount":10001}`, want: "401 unauthorized"},
		{step: "prefix before value", user: limited, request: "POST b2_list_file_names", body: `{"bucketId":"` + mine + `","maxFileCount":10001}`, want: "401 unauthorized"},
		{step: "start outside the prefix", user: limited, request: "POST b2_list_file_names", body: `{"bucketId":"` + mine + `","prefix":"in/","startFileName":"on"}`, want: "401 unauthorized"},
		{step: "start within the prefix", user: limited, request: "POST b2_list_file_versions", body: `{"bucketId":"` + mine + `","prefix":"in/","startFileName":"in/","maxFileCount":-1}`, want: "400 out_of_range"},
		{step: "restriction before value", user: limited, request: "POST b2_list_buckets", body: `{"accountId":"` + account + `","bucketTypes":[]}`, want: "401 unauthorized"},
		{step: "prefix before name", user: limited, request: "POST b2_start_large_file", body: `{"bucketId":"` + mine + `","fileName":"\u0001","contentType":"a/b"}`, want: "401 unauthorized"},
		{step: "bucket before cursor", user: u, request: "POST b2_list_file_versions", body: `{"bucketId":"none","startFileId":"4_z_u1"}`, want: "400 bad_bucket_id"},
		{step: "bucket before source", user: u, request: "POST b2_copy_file", body: `{"sourceFileId":"4_z","fileName":"y","destinationBucketId":"none"}`, want: "400 bad_bucket_id"},
		{step: "token before file id", user: stranger, request: "GET b2_download_file_by_id?fileId=x", want: "401 bad_auth_token"},
		{step: "token before body of a download", user: stranger, request: "POST b2_download_file_by_id", body: "{", want: "401 bad_auth_token"},
		{step: "value", user: u, request: "POST b2_start_large_file", body: `{"bucketId":"` + mine + `","fileName":"x","contentType":""}`, want: "400 bad_request"},
		{step: "value before state", user: u, request: "POST b2_hide_file", body: `{"bucketId":"` + mine + `","fileName":"\u0001"}`, want: "400 bad_request"},
		{step: "value before revision", user: u, request: "POST b2_update_bucket", body: `{"accountId":"` + account + `","bucketId":"` + mine + `","ifRevisionIs":9,"bucketType":"x"}`, want: "400 bad_request"},
		{
			step: "value before lock", user: u, request: "POST b2_start_large_file", body: `{"bucketId":"` + mine + `","fileName":"x","contentType":"a/b","legalHold":"x"}`,
			want: "400 bad_request",
		},
		{step: "state before cap", user: u, request: "POST b2_get_upload_part_url", body: `{"fileId":"` + file["fileId"].(string) + `"}`, capped: true, want: "400 bad_request"},
		{step: "range before cap", user: u, request: "POST b2_copy_file", body: `{"sourceFileId":"` + file["fileId"].(string) + `","fileName":"y","range":"bytes=9-9"}`, capped: true, want: "416 range_not_satisfiable"},
		{step: "cap", user: u, request: "POST b2_copy_file", body: `{"sourceFileId":"` + file["fileId"].(string) + `","fileName":"y"}`, capped: true, want: "403 cap_exceeded"},
	} {
		method, call, _ := strings.Cut(c.request, " ")
		req, _ := http.NewRequest(method, u.b.URL+"/b2api/v4/"+call, strings.NewReader(c.body))
		if c.user.token != "" {
			req.Header.Set("Authorization", c.user.token)
		}
		if c.capped {
			req.Header.Set("X-Bz-Test-Mode", "force_cap_exceeded")
		}
		res := u.do(req)
		out := res.document()
		if got := fmt.Sprint(res.StatusCode, " ", out["code"]); got != c.want || !strings.Contains(out["message"].(string), c.message) {
			t.Errorf("%s: %s %v, want %s", c.step, got, out["message"], c.want)
		}
	}

	for token, want := range map[string]int{stranger.token: 401, u.token: 400} {
		req, _ := http.NewRequest("GET", u.b.URL, nil)
		req.URL.Opaque = "/file/mine-1/a&b"
		req.Header.Set("Authorization", token)
		if res := u.do(req); res.StatusCode != want {
			t.Errorf("a name with a wrong encoding: %d %s, want %d", res.StatusCode, res.body, want)
		}
	}

	// Uploads are held to the same order.
	writer := u.as(u.b.AddKey(B2Key{Capabilities: []string{"writeFiles"}}))
	u.mode = "force_cap_exceeded"
	for _, c := range []struct {
		step    string
		user    *b2User
		headers map[string]string
		want    string
	}{
		{"token before headers", limited, map[string]string{"Authorization": "4_x", "X-Bz-File-Name": ""}, "401 bad_auth_token"},
		{"headers before encoding", limited, map[string]string{"X-Bz-File-Name": "%", "Content-Type": ""}, "400 bad_request"},
		{"encoding before capability", writer, map[string]string{"X-Bz-File-Name": "%", "X-Bz-File-Legal-Hold": "on"}, "400 bad_request"},
		{"capability before info", writer, map[string]string{"X-Bz-Info-b2-own": "x", "X-Bz-File-Legal-Hold": "on"}, "401 unauthorized"},
		{"capability before value", writer, map[string]string{"X-Bz-File-Legal-Hold": "x"}, "401 unauthorized"},
		{"prefix before name", limited, map[string]string{"X-Bz-File-Name": "%01"}, "401 unauthorized"},
		{"value before lock", limited, map[string]string{"X-Bz-File-Legal-Hold": "x"}, "400 bad_request"},
		{"lock before cap", limited, map[string]string{"X-Bz-File-Legal-Hold": "on"}, "400 bucket_missing_file_lock"},
		{"form of the sum before cap", limited, map[string]string{"X-Bz-Content-Sha1": "x"}, "400 bad_request"},
		{"cap before sum", limited, map[string]string{"X-Bz-Content-Sha1": sha1Of("else")}, "403 cap_exceeded"},
	} {
		headers := map[string]string{"X-Bz-File-Name": "in/x", "Content-Type": "text/plain"}
		maps.Copy(headers, c.headers)
		status, out := u.upload(c.user.call("b2_get_upload_url", jsonObject{"bucketId": mine}), headers, "x")
		if got := fmt.Sprint(status, " ", out["code"]); got != c.want {
			t.Errorf("upload, %s: %s %v, want %s", c.step, got, out["message"], c.want)
		}
	}
}
