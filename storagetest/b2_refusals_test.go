package storagetest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// What is there and empty is not absent, and what is spelled in another way is
// something else.
func TestB2TakesNothingForAbsent(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	file := u.put(bucket, "x", "x")["fileId"].(string)
	account := u.b.accountID
	for _, c := range []struct {
		name, path, body string
		want             string
		message          string
	}{
		{name: "bucket of no type", path: "v4/b2_create_bucket", body: `{"accountId":"` + account + `","bucketName":"no-type","bucketType":""}`, want: "400 bad_request"},
		{name: "change to no type", path: "v4/b2_update_bucket", body: `{"accountId":"` + account + `","bucketId":"` + bucket + `","bucketType":""}`, want: "400 bad_request"},
		{name: "type that is no header", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b\r\nX: y"}`, want: "400 bad_request", message: "content type"},
		{name: "retention of nothing", path: "v4/b2_update_file_retention", body: `{"fileName":"x","fileId":"` + file + `","fileRetention":{}}`, want: "400 bad_request", message: "fileRetention.mode"},
		{name: "retention without a time", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b","fileRetention":{"mode":null}}`, want: "400 bad_request", message: "fileRetention.retainUntilTimestamp"},
		{name: "retention null", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b","fileRetention":{"mode":null,"retainUntilTimestamp":null}}`, want: "200 <nil>"},
		{name: "time of nothing", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b","customUploadTimestamp":""}`, want: "400 custom_timestamp_not_allowed"},
		{name: "time by the name of null", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b","customUploadTimestamp":"null"}`, want: "400 custom_timestamp_not_allowed"},
		{name: "time null", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b","customUploadTimestamp":null}`, want: "200 <nil>"},
		{name: "legal hold of nothing", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b","legalHold":""}`, want: "400 bad_request", message: "legalHold"},
		{name: "legal hold of nothing on a copy", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","legalHold":""}`, want: "400 bad_request", message: "legalHold"},
		{name: "legal hold null", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","legalHold":null}`, want: "200 <nil>"},
		{name: "copy to the bucket of nothing", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","destinationBucketId":""}`, want: "400 bad_bucket_id"},
		{name: "directive of nothing", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","metadataDirective":""}`, want: "400 bad_request", message: "metadataDirective"},
		{name: "type of nothing for a copy", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","contentType":""}`, want: "400 bad_request", message: "REPLACE"},
		{name: "range of nothing", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","range":""}`, want: "400 bad_request", message: "range"},
		{name: "members of null", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","range":null,"metadataDirective":null,"contentType":null,"fileInfo":null,"destinationBucketId":null}`, want: "200 <nil>"},
		{name: "range to copy without an end", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","range":"bytes=0-"}`, want: "400 bad_request", message: "range"},
		{name: "last bytes to copy", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","range":"bytes=-1"}`, want: "400 bad_request", message: "range"},
		{name: "range to copy", path: "v4/b2_copy_file", body: `{"sourceFileId":"` + file + `","fileName":"y","range":"bytes=0-0"}`, want: "200 <nil>"},
		{name: "no file info but null", path: "v4/b2_start_large_file", body: `{"bucketId":"` + bucket + `","fileName":"x","contentType":"a/b","fileInfo":{"a":null}}`, want: "400 bad_request", message: "fileInfo.a"},
		{name: "no bucket info but null", path: "v4/b2_update_bucket", body: `{"accountId":"` + account + `","bucketId":"` + bucket + `","bucketInfo":{"a":null}}`, want: "400 bad_request", message: "bucketInfo.a"},
		{name: "null in a list", path: "v4/b2_list_buckets", body: `{"accountId":"` + account + `","bucketTypes":[null]}`, want: "400 bad_request", message: "bucketTypes[0]"},
		{name: "rule of null", path: "v4/b2_update_bucket", body: `{"accountId":"` + account + `","bucketId":"` + bucket + `","corsRules":[null]}`, want: "400 bad_request", message: "corsRules[0]"},
		{name: "name not UTF-8", path: "v4/b2_hide_file", body: `{"bucketId":"` + bucket + `","fileName":"` + "x\xff" + `"}`, want: "400 bad_json"},
		{name: "id of nothing to cancel", path: "v4/b2_cancel_large_file", body: `{"fileId":"x"}`, want: "400 bad_request", message: "Invalid fileId: x"},
		{name: "id of nothing to tell of", path: "v4/b2_get_file_info", body: `{"fileId":"x"}`, want: "400 bad_request", message: "Bad fileId: x"},
		{name: "version with a zero", path: "v04/b2_list_buckets", body: `{"accountId":"` + account + `"}`, want: "404 not_found"},
		{name: "version with a sign", path: "v+4/b2_list_buckets", body: `{"accountId":"` + account + `"}`, want: "404 not_found"},
		{name: "version to come", path: "v5/b2_list_buckets", body: `{"accountId":"` + account + `"}`, want: "404 not_found"},
	} {
		req, _ := http.NewRequest("POST", u.b.URL+"/b2api/"+c.path, strings.NewReader(c.body))
		req.Header.Set("Authorization", u.token)
		res := u.do(req)
		message, _ := res.document()["message"].(string)
		if got := fmt.Sprint(res.StatusCode, " ", res.document()["code"]); got != c.want || !strings.Contains(message, c.message) {
			t.Errorf("%s: %s %q, want %s", c.name, got, message, c.want)
		}
	}
	for _, query := range []string{"fileId=" + file + "&fileId=" + file, "fileId=" + file + "&fileId=x"} {
		if res := u.get("/b2api/v4/b2_get_file_info?" + query); res.StatusCode != 400 {
			t.Errorf("b2_get_file_info?%s: %d %s", query, res.StatusCode, res.body)
		}
	}
}
