package storagetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What has been seen of the real service, in answers recorded from it.
func TestB2AsRecorded(t *testing.T) {
	var ahead atomic.Int64
	now := time.Date(2026, 1, 5, 10, 11, 12, 345_000_000, time.UTC)
	u := startB2(t, WithMinPartSize(5), WithClock(func() time.Time { return now.Add(time.Duration(ahead.Load())) }))
	account := u.b.accountID
	created := u.call("b2_create_bucket", jsonObject{"accountId": account, "bucketName": "demo-bucket", "bucketType": "allPrivate"})
	bucket := created["bucketId"].(string)
	readable := func(value any) jsonObject { return jsonObject{"isClientAuthorizedToRead": true, "value": value} }
	if diff := cmp.Diff(jsonObject{
		"accountId": account, "bucketId": bucket, "bucketInfo": jsonObject{}, "bucketName": "demo-bucket", "bucketType": "allPrivate", "corsRules": []any{},
		"defaultServerSideEncryption": readable(jsonObject{"algorithm": nil, "mode": nil}),
		"fileLockConfiguration":       readable(jsonObject{"defaultRetention": jsonObject{"mode": nil, "period": nil}, "isFileLockEnabled": false}),
		"lifecycleRules":              []any{}, "options": []any{"s3"}, "replicationConfiguration": readable(nil), "revision": 2.0,
	}, created); diff != "" {
		t.Errorf("b2_create_bucket: %s", diff)
	}

	source := u.put(bucket, "dir/abcd.txt", "0123456789")
	marker := u.call("b2_hide_file", jsonObject{"bucketId": bucket, "fileName": "dir/abcd.txt"})
	if diff := cmp.Diff(jsonObject{
		"accountId": account, "action": "hide", "bucketId": bucket, "contentLength": 0.0, "contentMd5": "d41d8cd98f00b204e9800998ecf8427e",
		"contentSha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "contentType": "application/x-bz-hide-marker", "fileId": marker["fileId"],
		"fileInfo": jsonObject{}, "fileName": "dir/abcd.txt", "uploadTimestamp": marker["uploadTimestamp"],
	}, marker); diff != "" {
		t.Errorf("b2_hide_file: %s", diff)
	}
	if diff := cmp.Diff(marker, u.call("b2_get_file_info", jsonObject{"fileId": marker["fileId"]})); diff != "" {
		t.Errorf("b2_get_file_info of a hide marker: %s", diff)
	}
	folder := u.call("b2_list_file_versions", jsonObject{"bucketId": bucket, "delimiter": "/"})["files"].([]any)[0]
	if diff := cmp.Diff(jsonObject{
		"accountId": account, "action": "folder", "bucketId": bucket, "contentLength": 0.0, "contentMd5": nil, "contentSha1": nil,
		"contentType": nil, "fileId": nil, "fileInfo": jsonObject{}, "fileName": "dir/", "uploadTimestamp": 0.0,
	}, folder); diff != "" {
		t.Errorf("a folder: %s", diff)
	}

	started := u.call("b2_start_large_file", jsonObject{"bucketId": bucket, "fileName": "large", "contentType": "text/plain"})
	large := started["fileId"].(string)
	ahead.Store(int64(time.Minute))
	copied := u.call("b2_copy_part", jsonObject{"sourceFileId": source["fileId"], "largeFileId": large, "partNumber": 1})
	part := u.part(large, 2, "abc")
	if diff := cmp.Diff(jsonObject{
		"fileId": large, "partNumber": 2.0, "contentLength": 3.0, "contentSha1": sha1Of("abc"), "contentMd5": "900150983cd24fb0d6963f7d28e17f72",
		"serverSideEncryption": jsonObject{"mode": nil, "algorithm": nil}, "uploadTimestamp": float64(now.Add(time.Minute).UnixMilli()), "b2Checksum": nil,
	}, part); diff != "" {
		t.Errorf("b2_upload_part: %s", diff)
	}
	listed := u.call("b2_list_parts", jsonObject{"fileId": large})["parts"].([]any)
	whole := float64(now.Add(time.Minute).UnixMilli() / 1000 * 1000)
	if diff := cmp.Diff([]any{changed(copied, "uploadTimestamp", whole), changed(part, "uploadTimestamp", whole)}, listed); diff != "" {
		t.Errorf("b2_list_parts: %s", diff)
	}
	finished := u.call("b2_finish_large_file", jsonObject{"fileId": large, "partSha1Array": []string{sha1Of("0123456789"), sha1Of("abc")}})
	if finished["uploadTimestamp"] != started["uploadTimestamp"] || finished["fileId"] != large {
		t.Errorf("b2_finish_large_file: %v after %v", finished, started)
	}

	if status, out := u.try("b2_update_bucket", jsonObject{"accountId": account, "bucketId": bucket, "ifRevisionIs": 1}); status != 409 || out["message"] != "simultaneous updates to bucket" {
		t.Errorf("b2_update_bucket of another revision: %d %v", status, out)
	}
	empty := u.bucket("empty-bucket")
	before := u.call("b2_list_buckets", jsonObject{"accountId": account, "bucketId": empty})["buckets"].([]any)[0].(jsonObject)
	if diff := cmp.Diff(changed(before, "revision", 3.0), u.call("b2_delete_bucket", jsonObject{"accountId": account, "bucketId": empty})); diff != "" {
		t.Errorf("b2_delete_bucket: %s", diff)
	}
}

func TestB2LargeFileRules(t *testing.T) {
	u := startB2(t, WithMinPartSize(1))
	bucket := u.bucket("photos")
	id := u.start(bucket, "large")

	// A body with as many sums as there may be is read, and the sums are compared.
	sums := slices.Repeat([]string{sha1Of("x")}, 10_000)
	u.part(id, 1, "x")
	u.part(id, 2, "x")
	u.fails("400 missing_part", "b2_finish_large_file", jsonObject{"fileId": id, "partSha1Array": sums})
	u.fails("400 part_sha1_mismatch", "b2_finish_large_file", jsonObject{"fileId": id, "partSha1Array": []string{sha1Of("x"), sha1Of("y")}})
	u.fails("400 missing_part", "b2_finish_large_file", jsonObject{"fileId": u.start(bucket, "none"), "partSha1Array": []string{sha1Of("x")}})
	u.fails("400 bad_request", "b2_finish_large_file", jsonObject{"fileId": u.start(bucket, "none"), "partSha1Array": []string{}})

	// The last part may not be empty, and the whole not larger than 10 TB.
	u.part(id, 2, "")
	u.fails("400 bad_request", "b2_finish_large_file", jsonObject{"fileId": id, "partSha1Array": []string{sha1Of("x"), sha1Of("")}})
	u.part(id, 2, "x")
	u.b.state.Lock()
	whole := u.b.files[id].parts[1].content
	huge := &blob{size: b2MaxLarge}
	huge.refs.Store(1)
	u.b.files[id].parts[1].content = huge
	u.b.state.Unlock()
	u.fails("400 bad_request", "b2_finish_large_file", jsonObject{"fileId": id, "partSha1Array": []string{sha1Of("x"), sha1Of("x")}})
	u.b.state.Lock()
	u.b.files[id].parts[1].content = whole
	u.b.state.Unlock()
	u.call("b2_finish_large_file", jsonObject{"fileId": id, "partSha1Array": []string{sha1Of("x"), sha1Of("x")}})

	// So with what is copied.
	source := u.put(bucket, "source", "x")["fileId"].(string)
	u.b.state.Lock()
	f := u.b.files[source]
	whole, f.content = f.content, &blob{size: b2MaxUpload + 1}
	u.b.state.Unlock()
	u.fails("400 source_too_large", "b2_copy_file", jsonObject{"sourceFileId": source, "fileName": "copy"})
	u.fails("400 source_too_large", "b2_copy_part", jsonObject{"sourceFileId": source, "largeFileId": u.start(bucket, "copy"), "partNumber": 1})
	u.b.state.Lock()
	f.content = whole
	u.b.state.Unlock()

	// Which large files are under way is told in the order of their start.
	unfinished := u.bucket("unfinished")
	var ids []string
	for i := range 102 {
		ids = append(ids, u.start(unfinished, fmt.Sprintf("%03d", 999-i)))
	}
	page := u.call("b2_list_unfinished_large_files", jsonObject{"bucketId": unfinished})
	if got := column(page, "files", "fileId"); !slices.Equal(got, ids[:100]) || page["nextFileId"] != ids[100] {
		t.Errorf("the first page: %d rows, then %v", len(got), page["nextFileId"])
	}
	u.call("b2_cancel_large_file", jsonObject{"fileId": ids[100]})
	page = u.call("b2_list_unfinished_large_files", jsonObject{"bucketId": unfinished, "startFileId": ids[100]})
	if got := column(page, "files", "fileId"); !slices.Equal(got, ids[101:]) || page["nextFileId"] != nil {
		t.Errorf("the second page: %v", page)
	}
	u.fails("400 bad_request", "b2_list_unfinished_large_files", jsonObject{"bucketId": unfinished, "startFileId": "x"})
}

func TestB2BucketRules(t *testing.T) {
	u := startB2(t)
	account := u.b.accountID
	id := u.bucket("photos")
	update := func(more jsonObject) jsonObject {
		in := jsonObject{"accountId": account, "bucketId": id}
		maps.Copy(in, more)
		return in
	}
	period := jsonObject{"mode": "governance", "period": jsonObject{"duration": 1, "unit": "days"}}
	replication := jsonObject{"asReplicationSource": jsonObject{"sourceApplicationKeyId": "k", "replicationRules": []jsonObject{}}, "asReplicationDestination": nil}
	var rules []jsonObject
	for i := range 101 {
		rules = append(rules, jsonObject{"fileNamePrefix": fmt.Sprintf("%03d", i), "daysFromHidingToDeleting": 1})
	}
	keys := jsonObject{}
	for i := range 11 {
		keys[strconv.Itoa(i)] = ""
	}
	for _, c := range []struct {
		want string
		more jsonObject
	}{
		{"400 bucket_missing_file_lock", jsonObject{"defaultRetention": period}},
		{"400 bad_request", jsonObject{"defaultRetention": jsonObject{"mode": "governance", "period": jsonObject{"duration": 36_501, "unit": "days"}}}},
		{"400 bad_request", jsonObject{"defaultRetention": jsonObject{"mode": "governance", "period": jsonObject{"duration": 1 << 62, "unit": "years"}}}},
		{"400 bad_request", jsonObject{"lifecycleRules": rules}},
		{"400 bad_request", jsonObject{"bucketInfo": keys}},
		{"400 bad_request", jsonObject{"bucketType": "snapshot"}},
		{"400 bad_request", jsonObject{"bucketName": "renamed"}},
		{"200 <nil>", jsonObject{"replicationConfiguration": replication}},
		{"400 source_replication_conflict", jsonObject{"fileLockEnabled": true}},
		{"200 <nil>", jsonObject{"replicationConfiguration": jsonObject{"asReplicationSource": nil, "asReplicationDestination": nil}}},
		{"200 <nil>", jsonObject{"fileLockEnabled": true, "defaultRetention": period}},
		{"400 file_lock_conflict", jsonObject{"fileLockEnabled": false}},
		{"200 <nil>", jsonObject{"lifecycleRules": rules[:100]}},
		{"400 bad_request", jsonObject{"lifecycleRules": []jsonObject{{"fileNamePrefix": "a", "daysFromHidingToDeleting": 1}, {"fileNamePrefix": "ab", "daysFromHidingToDeleting": 1}}}},
		{"200 <nil>", jsonObject{"lifecycleRules": []jsonObject{{"fileNamePrefix": "", "daysFromHidingToDeleting": 1}}}},
	} {
		status, out := u.try("b2_update_bucket", update(c.more))
		if got := fmt.Sprint(status, " ", out["code"]); got != c.want {
			t.Errorf("b2_update_bucket(%v): %s %v, want %s", c.more, got, out["message"], c.want)
		}
	}

	// The default retention is that of new files, of copies too.
	copied := u.call("b2_copy_file", jsonObject{"sourceFileId": u.put(id, "x", "x")["fileId"], "fileName": "copy"})
	if got := copied["fileRetention"].(jsonObject)["value"].(jsonObject)["mode"]; got != "governance" {
		t.Errorf("retention of a copy: %v", got)
	}
	u.fails("401 access_denied", "b2_delete_file_version", jsonObject{"fileName": "copy", "fileId": copied["fileId"]})
	u.fails("400 cannot_delete_non_empty_bucket", "b2_delete_bucket", jsonObject{"accountId": account, "bucketId": id})

	// Each of the settings wants its own capability.
	weak := u.as(u.b.AddKey(B2Key{Capabilities: []string{"writeBuckets", "listBuckets"}}))
	for _, more := range []jsonObject{
		{"fileLockEnabled": true}, {"defaultRetention": period}, {"replicationConfiguration": replication},
		{"defaultServerSideEncryption": jsonObject{"mode": "none"}},
	} {
		weak.fails("401 unauthorized", "b2_update_bucket", update(more))
	}
	shown := weak.call("b2_update_bucket", update(jsonObject{"bucketType": "allPublic"}))
	for _, member := range []string{"defaultServerSideEncryption", "fileLockConfiguration", "replicationConfiguration"} {
		if diff := cmp.Diff(jsonObject{"isClientAuthorizedToRead": false, "value": nil}, shown[member]); diff != "" {
			t.Errorf("%s for a key that may not read it: %s", member, diff)
		}
	}

	for i := range 99 {
		u.bucket(fmt.Sprintf("bucket-%02d", i))
	}
	u.fails("400 too_many_buckets", "b2_create_bucket", jsonObject{"accountId": account, "bucketName": "one-more", "bucketType": "allPrivate"})
	u.fails("400 bad_request", "b2_list_buckets", jsonObject{"accountId": account, "bucketTypes": []any{1}})
	u.fails("400 bad_request", "b2_list_buckets", jsonObject{"accountId": account, "bucketTypes": []string{"allPublic", "unheardOf"}})
	if got := u.call("b2_list_buckets", jsonObject{"accountId": account, "bucketTypes": []string{"restricted", "shared", "snapshot"}}); len(got["buckets"].([]any)) != 0 {
		t.Errorf("buckets of other types: %v", got)
	}
}

// Version 1 leaves out what a key must not see, where later ones refuse.
func TestB2VersionOneFilters(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	for _, name := range []string{"in/a", "in/b", "out/c"} {
		u.put(bucket, name, "x")
		u.start(bucket, name)
	}
	limited := u.as(u.b.AddKey(B2Key{BucketIds: []string{bucket}, NamePrefix: "in/"}))
	for call, want := range map[string][]string{
		"b2_list_file_names": {"in/a", "in/b"}, "b2_list_file_versions": {"in/a", "in/a", "in/b", "in/b"}, "b2_list_unfinished_large_files": {"in/a", "in/b"},
	} {
		limited.fails("401 unauthorized", call+" v2", jsonObject{"bucketId": bucket})
		out := limited.call(call+" v1", jsonObject{"bucketId": bucket})
		if got := column(out, "files", "fileName"); !slices.Equal(got, want) {
			t.Errorf("%s of version 1: %q, want %q", call, got, want)
		}
		if row := out["files"].([]any)[0].(jsonObject); row["bucketId"] != nil || row["size"] == nil {
			t.Errorf("a row of %s of version 1: %v", call, row)
		}
	}
	if out := limited.call("b2_list_file_names v1", jsonObject{"bucketId": bucket, "prefix": "out/"}); len(out["files"].([]any)) != 0 {
		t.Errorf("names that the key must not see: %v", out)
	}
	if out := limited.call("b2_hide_file v1", jsonObject{"bucketId": bucket, "fileName": "in/a"}); out["bucketId"] != nil {
		t.Errorf("b2_hide_file of version 1: %v", out)
	}
}

// Names are in the order of their bytes, the delimiter is any text, and a page
// may begin where nothing is any more.
func TestB2ListsWithLongDelimiters(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	for _, name := range []string{"a--b--c", "a--b-c", "a-b", "b", "\U00010400", "\uff61"} {
		u.put(bucket, name, "x")
	}
	for _, c := range []struct {
		in   jsonObject
		want []string
	}{
		{jsonObject{"delimiter": "--"}, []string{"a--", "a-b", "b", "\uff61", "\U00010400"}},
		{jsonObject{"delimiter": "--", "prefix": "a-"}, []string{"a--b--", "a--b-c", "a-b"}},
		{jsonObject{"delimiter": "--", "prefix": "a--"}, []string{"a--b--", "a--b-c"}},
		{jsonObject{"delimiter": "--", "startFileName": "a--b-"}, []string{"a--", "a-b", "b", "\uff61", "\U00010400"}},
		{jsonObject{"startFileName": "a--b--c "}, []string{"a--b-c", "a-b", "b", "\uff61", "\U00010400"}},
	} {
		in := maps.Clone(c.in)
		in["bucketId"] = bucket
		for _, call := range []string{"b2_list_file_names", "b2_list_file_versions"} {
			if got := column(u.call(call, in), "files", "fileName"); !slices.Equal(got, c.want) {
				t.Errorf("%s(%v) = %q, want %q", call, c.in, got, c.want)
			}
		}
	}
	u.fails("400 invalid_file_id", "b2_list_file_versions", jsonObject{"bucketId": bucket, "startFileName": "not there", "startFileId": "x_u1"})
	one := u.call("b2_list_file_names", jsonObject{"bucketId": bucket, "delimiter": "--", "maxFileCount": 1})
	if one["nextFileName"] != "a-b" {
		t.Errorf("after a folder: %v", one["nextFileName"])
	}
}

// A call by GET takes the same as by POST.
func TestB2CallsByGET(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	file := u.put(bucket, "x", "x")
	query := "accountId=" + u.b.accountID
	for _, c := range []struct {
		request string
		status  int
	}{
		{"b2_list_buckets?" + query + "&bucketTypes=" + `%5B%22allPrivate%22%5D`, 200},
		{"b2_update_bucket?" + query + "&bucketId=" + bucket + "&ifRevisionIs=2&bucketInfo=" + `%7B%22a%22%3A%22b%22%7D`, 200},
		{"b2_update_bucket?" + query + "&bucketId=" + bucket + "&ifRevisionIs=two", 400},
		{"b2_get_file_info?fileId=" + file["fileId"].(string), 200},
		{"b2_delete_file_version?bypassGovernance=perhaps&fileName=x&fileId=" + file["fileId"].(string), 400},
		{"b2_delete_file_version?bypassGovernance=true&fileName=x&fileId=" + file["fileId"].(string), 200},
	} {
		if res := u.get("/b2api/v4/" + c.request); res.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.request, res.StatusCode, res.body)
		}
	}
	req, _ := http.NewRequest("POST", u.b.URL+"/b2api/v4/b2_authorize_account", strings.NewReader("{}"))
	req.SetBasicAuth(u.b.keyID, u.b.secret)
	if res := u.do(req); res.StatusCode != 200 {
		t.Errorf("b2_authorize_account by POST: %d %s", res.StatusCode, res.body)
	}
	var plain jsonObject
	if err := json.Unmarshal(u.get("/b2api/v4/b2_list_buckets?"+query).body, &plain); err != nil || len(plain["buckets"].([]any)) != 1 {
		t.Errorf("b2_list_buckets: %v %v", plain, err)
	}
}
