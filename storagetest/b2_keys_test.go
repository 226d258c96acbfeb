package storagetest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// b2JSONCalls are the calls that take a JSON object.
var b2JSONCalls = []string{
	"b2_cancel_large_file", "b2_copy_file", "b2_copy_part", "b2_create_bucket", "b2_create_key", "b2_delete_bucket",
	"b2_delete_file_version", "b2_delete_key", "b2_finish_large_file", "b2_get_bucket_notification_rules",
	"b2_get_download_authorization", "b2_get_file_info", "b2_get_upload_part_url", "b2_get_upload_url", "b2_hide_file",
	"b2_list_buckets", "b2_list_file_names", "b2_list_file_versions", "b2_list_keys", "b2_list_parts",
	"b2_list_unfinished_large_files", "b2_set_bucket_notification_rules", "b2_start_large_file", "b2_update_bucket",
	"b2_update_file_legal_hold", "b2_update_file_retention",
}

// With the two uploads, the two downloads and b2_authorize_account, which other
// tests make, these are the 31 calls there are.
func TestB2KnowsEveryCallInEveryVersion(t *testing.T) {
	u := startB2(t)
	for _, call := range b2JSONCalls {
		for version := 1; version <= 4; version++ {
			for _, method := range []string{"GET", "POST"} {
				req, _ := http.NewRequest(method, fmt.Sprintf("%s/b2api/v%d/%s", u.b.URL, version, call), strings.NewReader("{}"))
				req.Header.Set("Authorization", u.token)
				if res := u.do(req); res.StatusCode != 400 || !strings.HasPrefix(res.document()["message"].(string), "required field is missing") {
					t.Errorf("%s of version %d by %s: %d %s", call, version, method, res.StatusCode, res.body)
				}
			}
		}
	}
	for _, body := range []string{"null", "[]", `"x"`, "7", "", "{} {}"} {
		req, _ := http.NewRequest("POST", u.b.URL+"/b2api/v4/b2_list_buckets", strings.NewReader(body))
		req.Header.Set("Authorization", u.token)
		if res := u.do(req); res.StatusCode != 400 || res.document()["code"] != "bad_json" {
			t.Errorf("body %q: %d %s", body, res.StatusCode, res.body)
		}
	}
}

func TestB2CreatesKeys(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	var ahead atomic.Int64
	u := startB2(t, WithClock(func() time.Time { return now.Add(time.Duration(ahead.Load())) }))
	one, two := u.bucket("photos-1"), u.bucket("photos-2")
	base := jsonObject{"accountId": u.b.accountID, "keyName": "my-key", "capabilities": []string{"listBuckets", "readFiles"}}
	create := func(call, field string, value any) jsonObject { return u.call(call, changed(base, field, value)) }

	key := u.call("b2_create_key", changed(changed(changed(base, "validDurationInSeconds", 60), "namePrefix", "in/"), "bucketIds", []string{one, two}))
	want := jsonObject{
		"accountId": u.b.accountID, "applicationKeyId": key["applicationKeyId"], "applicationKey": key["applicationKey"], "keyName": "my-key",
		"capabilities": []any{"listBuckets", "readFiles"}, "bucketIds": []any{one, two}, "namePrefix": "in/",
		"expirationTimestamp": float64(now.Add(time.Minute).UnixMilli()), "options": []any{"s3"},
	}
	if diff := cmp.Diff(want, key); diff != "" {
		t.Errorf("b2_create_key: %s", diff)
	}
	for field, form := range map[string]string{"applicationKeyId": `^[0-9]{3}[0-9a-f]{22}$`, "applicationKey": `^K[0-9]{3}.{27}$`} {
		if !regexp.MustCompile(form).MatchString(key[field].(string)) {
			t.Errorf("%s %v is not of the form %s", field, key[field], form)
		}
	}
	endless := u.call("b2_create_key v3", base)
	if _, hasList := endless["bucketIds"]; hasList || endless["bucketId"] != nil || endless["namePrefix"] != nil || endless["expirationTimestamp"] != nil {
		t.Errorf("b2_create_key of version 3: %v", endless)
	}
	single := create("b2_create_key v3", "bucketId", one)
	if single["bucketId"] != one {
		t.Errorf("b2_create_key of version 3 for a bucket: %v", single)
	}
	listOfOne := create("b2_create_key", "bucketIds", []string{one})

	for _, c := range []struct {
		name    string
		key     jsonObject
		version int
		want    string
	}{
		{"unrestricted", endless, 1, "200 <nil>"},
		{"for one bucket, by version 3", single, 1, "200 <nil>"},
		{"for one bucket, by version 3", single, 4, "200 <nil>"},
		{"for a list of one bucket", listOfOne, 4, "200 <nil>"},
		{"for a list of one bucket", listOfOne, 3, "401 unsupported"},
		{"for two buckets", key, 4, "200 <nil>"},
		{"for two buckets", key, 1, "401 unsupported"},
	} {
		status, out := u.authorize(c.version, c.key["applicationKeyId"].(string), c.key["applicationKey"].(string))
		if got := fmt.Sprint(status, " ", out["code"]); got != c.want {
			t.Errorf("authorizing by version %d with a key %s: %s, want %s", c.version, c.name, got, c.want)
		}
	}

	restricted := u.as(key["applicationKeyId"].(string), key["applicationKey"].(string))
	restricted.call("b2_list_buckets", jsonObject{"accountId": u.b.accountID, "bucketId": two})
	restricted.fails("401 unauthorized", "b2_list_buckets", jsonObject{"accountId": u.b.accountID})
	ahead.Store(int64(time.Minute))
	restricted.fails("401 expired_auth_token", "b2_list_buckets", jsonObject{"accountId": u.b.accountID, "bucketId": two})

	for _, c := range []struct {
		want, call, field string
		value             any
	}{
		{"400 bad_request", "b2_create_key", "capabilities", []string{}},
		{"400 bad_request", "b2_create_key", "capabilities", []string{"flyToTheMoon"}},
		{"400 bad_request", "b2_create_key", "keyName", ""},
		{"400 bad_request", "b2_create_key", "keyName", "under_score"},
		{"400 bad_request", "b2_create_key", "keyName", strings.Repeat("n", 101)},
		{"400 bad_request", "b2_create_key", "validDurationInSeconds", 0},
		{"400 bad_request", "b2_create_key", "validDurationInSeconds", 86_400_000},
		{"400 bad_request", "b2_create_key", "bucketIds", []string{}},
		{"400 bad_bucket_id", "b2_create_key", "bucketIds", []string{one, "none"}},
		{"400 bad_request", "b2_create_key", "bucketId", one},
		{"400 bad_request", "b2_create_key v3", "bucketIds", []string{one}},
		{"401 unauthorized", "b2_create_key", "accountId", "somebody"},
	} {
		u.fails(c.want, c.call, changed(base, c.field, c.value))
	}
	for _, capability := range []string{"listKeys", "writeKeys", "deleteKeys", "writeBuckets", "deleteBuckets"} {
		u.fails("400 bad_request", "b2_create_key", changed(changed(base, "bucketIds", []string{one}), "capabilities", []string{capability}))
	}
	create("b2_create_key", "validDurationInSeconds", 86_399_999)
	create("b2_create_key", "bucketIds", nil)
	u.as(u.b.AddKey(B2Key{Capabilities: []string{"listKeys"}})).fails("401 unauthorized", "b2_create_key", base)
}

func TestB2ListsAndDeletesKeys(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	create := func(call, name string, more jsonObject) (*b2User, string) {
		in := jsonObject{"accountId": u.b.accountID, "keyName": name, "capabilities": []string{"listBuckets", "writeFiles", "shareFiles", "readFiles"}}
		for field, value := range more {
			in[field] = value
		}
		out := u.call(call, in)
		return u.as(out["applicationKeyId"].(string), out["applicationKey"].(string)), out["applicationKeyId"].(string)
	}
	user, first := create("b2_create_key", "first", nil)
	_, second := create("b2_create_key v3", "second", jsonObject{"bucketId": bucket})
	_, third := create("b2_create_key", "third", jsonObject{"bucketIds": []string{bucket}})
	_, fourth := create("b2_create_key", "fourth", nil)

	list := func(call string, more jsonObject) jsonObject {
		in := jsonObject{"accountId": u.b.accountID}
		for field, value := range more {
			in[field] = value
		}
		return u.call(call, in)
	}
	for _, c := range []struct {
		call string
		more jsonObject
		want []string
		next any
	}{
		{"b2_list_keys", nil, []string{"first", "second", "third", "fourth"}, nil},
		{"b2_list_keys", jsonObject{"maxKeyCount": 0}, []string{"first", "second", "third", "fourth"}, nil},
		{"b2_list_keys", jsonObject{"maxKeyCount": 2}, []string{"first", "second"}, third},
		{"b2_list_keys", jsonObject{"maxKeyCount": 2, "startApplicationKeyId": third}, []string{"third", "fourth"}, nil},
		{"b2_list_keys v3", nil, []string{"first", "second", "fourth"}, nil},
		{"b2_list_keys v1", jsonObject{"maxKeyCount": 2}, []string{"first", "second"}, fourth},
	} {
		out := list(c.call, c.more)
		if got := column(out, "keys", "keyName"); !slices.Equal(got, c.want) || out["nextApplicationKeyId"] != c.next {
			t.Errorf("%s(%v) = %v then %v, want %v then %v", c.call, c.more, got, out["nextApplicationKeyId"], c.want, c.next)
		}
	}
	row := list("b2_list_keys", jsonObject{"startApplicationKeyId": second})["keys"].([]any)[0].(jsonObject)
	if _, shown := row["applicationKey"]; shown || !cmp.Equal(row["bucketIds"], []any{bucket}) {
		t.Errorf("a row of version 4: %v", row)
	}
	row = list("b2_list_keys v2", jsonObject{"startApplicationKeyId": second})["keys"].([]any)[0].(jsonObject)
	if _, listed := row["bucketIds"]; listed || row["bucketId"] != bucket {
		t.Errorf("a row of version 2: %v", row)
	}
	u.fails("400 out_of_range", "b2_list_keys", jsonObject{"accountId": u.b.accountID, "maxKeyCount": 10_001})

	u.put(bucket, "x", "x")
	target := user.call("b2_get_upload_url", jsonObject{"bucketId": bucket})
	sharing := user.call("b2_get_download_authorization", jsonObject{"bucketId": bucket, "fileNamePrefix": "", "validDurationInSeconds": 60})
	u.fails("400 bad_request", "b2_delete_key v3", jsonObject{"applicationKeyId": third})
	u.call("b2_delete_key", jsonObject{"applicationKeyId": third})
	u.call("b2_delete_key v1", jsonObject{"applicationKeyId": second})
	if out := u.call("b2_delete_key", jsonObject{"applicationKeyId": first}); out["keyName"] != "first" || out["applicationKey"] != nil || out["applicationKeyId"] != first {
		t.Errorf("b2_delete_key: %v", out)
	}
	u.fails("400 bad_request", "b2_delete_key", jsonObject{"applicationKeyId": first})
	u.fails("400 bad_request", "b2_delete_key", jsonObject{"applicationKeyId": u.b.keyID})
	user.fails("401 bad_auth_token", "b2_list_buckets", jsonObject{"accountId": u.b.accountID})
	if status, out := u.upload(target, map[string]string{"X-Bz-File-Name": "x", "Content-Type": "a/b"}, "x"); status != 401 || out["code"] != "bad_auth_token" {
		t.Errorf("upload with the token of a deleted key: %d %v", status, out)
	}
	if res := (&b2User{t: t, b: u.b, token: sharing["authorizationToken"].(string)}).get("/file/photos/x"); res.StatusCode != 401 {
		t.Errorf("download with the token of a deleted key: %d %s", res.StatusCode, res.body)
	}
}
