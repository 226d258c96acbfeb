package storagetest

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
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

type jsonObject = map[string]any

// b2User talks to a B2 server with nothing but net/http.
type b2User struct {
	t     *testing.T
	b     *B2
	token string
	mode  string // of X-Bz-Test-Mode
}

func startB2(t *testing.T, opts ...Option) *b2User {
	t.Helper()
	b := NewB2(opts...)
	t.Cleanup(b.Close)
	u := &b2User{t: t, b: b}
	return u.as(b.keyID, b.secret)
}

// as authorizes by a key.
func (u *b2User) as(id, secret string) *b2User {
	u.t.Helper()
	status, out := u.authorize(4, id, secret)
	if status != 200 {
		u.t.Fatalf("authorize: %d %v", status, out)
	}
	return &b2User{t: u.t, b: u.b, token: out["authorizationToken"].(string)}
}

func (u *b2User) authorize(version int, id, secret string) (int, jsonObject) {
	u.t.Helper()
	req, _ := http.NewRequest("GET", fmt.Sprintf("%s/b2api/v%d/b2_authorize_account", u.b.URL, version), nil)
	req.SetBasicAuth(id, secret)
	res := u.do(req)
	return res.StatusCode, res.document()
}

type b2Answer struct {
	*http.Response
	body []byte
}

func (a *b2Answer) document() jsonObject {
	var out jsonObject
	_ = json.Unmarshal(a.body, &out)
	return out
}

func (u *b2User) do(req *http.Request) *b2Answer {
	u.t.Helper()
	if u.mode != "" {
		req.Header.Set("X-Bz-Test-Mode", u.mode)
	}
	res, err := u.b.Client().Do(req)
	if err != nil {
		u.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		u.t.Fatal(err)
	}
	return &b2Answer{res, body}
}

func (u *b2User) try(call string, in any) (int, jsonObject) {
	u.t.Helper()
	version := 4
	if name, v, ok := strings.Cut(call, " v"); ok {
		call, version = name, int(v[0]-'0')
	}
	body, err := json.Marshal(in)
	if err != nil {
		u.t.Fatal(err)
	}
	req, _ := http.NewRequest("POST", fmt.Sprintf("%s/b2api/v%d/%s", u.b.URL, version, call), bytes.NewReader(body))
	req.Header.Set("Authorization", u.token)
	res := u.do(req)
	return res.StatusCode, res.document()
}

func (u *b2User) call(call string, in any) jsonObject {
	u.t.Helper()
	status, out := u.try(call, in)
	if status != 200 {
		u.t.Fatalf("%s(%v) = %d %v", call, in, status, out)
	}
	return out
}

// fails wants a call to be refused with "STATUS code".
func (u *b2User) fails(want, call string, in any) {
	u.t.Helper()
	status, out := u.try(call, in)
	if got := fmt.Sprint(status, " ", out["code"]); got != want || float64(status) != out["status"] {
		u.t.Errorf("%s(%v) = %d %v, want %s", call, in, status, out, want)
	}
}

func (u *b2User) bucket(name string, more ...jsonObject) string {
	u.t.Helper()
	in := jsonObject{"accountId": u.b.accountID, "bucketName": name, "bucketType": "allPrivate"}
	for _, m := range more {
		maps.Copy(in, m)
	}
	return u.call("b2_create_bucket", in)["bucketId"].(string)
}

// upload sends content to an upload URL, with headers set or, if empty, left out.
func (u *b2User) upload(target jsonObject, headers map[string]string, content string) (int, jsonObject) {
	u.t.Helper()
	req, _ := http.NewRequest("POST", target["uploadUrl"].(string), strings.NewReader(content))
	req.Header.Set("Authorization", target["authorizationToken"].(string))
	req.Header.Set("X-Bz-Content-Sha1", sha1Of(content))
	for name, value := range headers {
		if req.Header.Set(name, value); value == "" {
			req.Header.Del(name)
		}
	}
	res := u.do(req)
	return res.StatusCode, res.document()
}

// put uploads a small file.
func (u *b2User) put(bucket, name, content string, more ...string) jsonObject {
	u.t.Helper()
	headers := map[string]string{"X-Bz-File-Name": b2Escape(name), "Content-Type": "text/plain"}
	for i := 0; i < len(more); i += 2 {
		headers[more[i]] = more[i+1]
	}
	status, out := u.upload(u.call("b2_get_upload_url", jsonObject{"bucketId": bucket}), headers, content)
	if status != 200 {
		u.t.Fatalf("upload of %q: %d %v", name, status, out)
	}
	return out
}

func (u *b2User) start(bucket, name string) string {
	u.t.Helper()
	return u.call("b2_start_large_file", jsonObject{"bucketId": bucket, "fileName": name, "contentType": "b2/x-auto"})["fileId"].(string)
}

func (u *b2User) part(id string, number int, content string) jsonObject {
	u.t.Helper()
	status, out := u.upload(u.call("b2_get_upload_part_url", jsonObject{"fileId": id}), map[string]string{"X-Bz-Part-Number": strconv.Itoa(number)}, content)
	if status != 200 {
		u.t.Fatalf("part %d: %d %v", number, status, out)
	}
	return out
}

func (u *b2User) get(path string, headers ...string) *b2Answer {
	u.t.Helper()
	method, path, ok := strings.Cut(path, " ")
	if !ok {
		method, path = "GET", method
	}
	req, err := http.NewRequest(method, u.b.URL+path, nil)
	if err != nil {
		u.t.Fatal(err)
	}
	if u.token != "" {
		req.Header.Set("Authorization", u.token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return u.do(req)
}

func sha1Of(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func changed(in jsonObject, field string, value any) jsonObject {
	in = maps.Clone(in)
	in[field] = value
	return in
}

func column(out jsonObject, list, field string) []string {
	var names []string
	for _, row := range out[list].([]any) {
		names = append(names, fmt.Sprint(row.(jsonObject)[field]))
	}
	return names
}

func TestB2AuthorizesInTheFormOfTheVersion(t *testing.T) {
	u := startB2(t)
	id, name := u.bucket("photos"), "photos"
	key, secret := u.b.AddKey(B2Key{Capabilities: []string{"listFiles"}, BucketIds: []string{id}, NamePrefix: "a/"})
	paths := map[int][]string{
		1: {"accountId", "apiUrl", "downloadUrl", "minimumPartSize", "recommendedPartSize", "absoluteMinimumPartSize", "allowed.bucketId", "allowed.namePrefix", "allowed.capabilities"},
		2: {"accountId", "apiUrl", "downloadUrl", "s3ApiUrl", "recommendedPartSize", "allowed.bucketId", "allowed.bucketName"},
		3: {"apiInfo.storageApi.bucketId", "apiInfo.storageApi.bucketName", "apiInfo.storageApi.infoType", "apiInfo.storageApi.namePrefix", "apiInfo.storageApi.absoluteMinimumPartSize"},
		4: {"apiInfo.storageApi.allowed.buckets", "apiInfo.storageApi.allowed.namePrefix", "apiInfo.storageApi.allowed.capabilities", "apiInfo.storageApi.apiUrl"},
	}
	want := map[string]any{
		"accountId": u.b.accountID, "apiUrl": u.b.URL, "downloadUrl": u.b.URL, "s3ApiUrl": u.b.URL, "minimumPartSize": 1e8, "recommendedPartSize": 1e8,
		"absoluteMinimumPartSize": 5e6, "bucketId": id, "bucketName": name, "namePrefix": "a/", "capabilities": []any{"listFiles"},
		"infoType": "storageApi", "buckets": []any{jsonObject{"id": id, "name": name}},
	}
	for version, list := range paths {
		status, out := u.authorize(version, key, secret)
		if status != 200 {
			t.Fatalf("v%d: %d %v", version, status, out)
		}
		for _, path := range list {
			var at any = out
			steps := strings.Split(path, ".")
			for _, step := range steps {
				inside, _ := at.(jsonObject)
				at = inside[step]
			}
			if diff := cmp.Diff(want[steps[len(steps)-1]], at); diff != "" {
				t.Errorf("v%d %s: %s", version, path, diff)
			}
		}
	}
	if _, out := u.authorize(4, u.b.keyID, u.b.secret); out["apiInfo"].(jsonObject)["storageApi"].(jsonObject)["allowed"].(jsonObject)["buckets"] != nil {
		t.Errorf("the master key is restricted: %v", out)
	}
}

func TestB2RefusesToAuthorize(t *testing.T) {
	u := startB2(t)
	many, manySecret := u.b.AddKey(B2Key{BucketIds: []string{u.bucket("photos-1"), u.bucket("photos-2")}})
	old, oldSecret := u.b.AddKey(B2Key{Expires: time.Now().Add(-time.Second)})
	for _, c := range []struct {
		name       string
		version    int
		id, secret string
		want       string
	}{
		{name: "unknown key", version: 4, id: "nobody", secret: u.b.secret, want: "401 bad_auth_token"},
		{name: "wrong secret", version: 4, id: u.b.keyID, secret: "wrong", want: "401 bad_auth_token"},
		{name: "several buckets before version 4", version: 3, id: many, secret: manySecret, want: "401 unsupported"},
		{name: "several buckets", version: 4, id: many, secret: manySecret, want: "200 <nil>"},
		{name: "expired key", version: 4, id: old, secret: oldSecret, want: "401 unauthorized"},
	} {
		status, out := u.authorize(c.version, c.id, c.secret)
		if got := fmt.Sprint(status, " ", out["code"]); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if res := u.get("/b2api/v4/b2_authorize_account"); res.StatusCode != 401 || res.Header.Get("WWW-Authenticate") != `BASIC realm="authorize_account"` {
		t.Errorf("without Basic: %d %v", res.StatusCode, res.Header)
	}
}

func TestB2TokensExpire(t *testing.T) {
	var now atomic.Int64
	now.Store(time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC).UnixMilli())
	u := startB2(t, WithClock(func() time.Time { return time.UnixMilli(now.Load()) }))
	bucket := u.bucket("photos")
	target := u.call("b2_get_upload_url", jsonObject{"bucketId": bucket})
	list := jsonObject{"accountId": u.b.accountID}

	(&b2User{t: t, b: u.b}).fails("401 bad_auth_token", "b2_list_buckets", list)
	(&b2User{t: t, b: u.b, token: "4_xyz"}).fails("401 bad_auth_token", "b2_list_buckets", list)
	(&b2User{t: t, b: u.b, token: target["authorizationToken"].(string)}).fails("401 bad_auth_token", "b2_list_buckets", list)

	now.Add(24*60*60*1000 - 1)
	u.call("b2_list_buckets", list)
	now.Add(1)
	u.fails("401 expired_auth_token", "b2_list_buckets", list)
	headers := map[string]string{"X-Bz-File-Name": "x", "Content-Type": "text/plain"}
	if status, out := u.upload(target, headers, "x"); status != 401 || out["code"] != "expired_auth_token" {
		t.Errorf("upload a day later: %d %v", status, out)
	}

	u = u.as(u.b.keyID, u.b.secret)
	u.b.Inject(Fault{Operation: "b2_list_buckets", Nth: 1, ExpireToken: true})
	u.fails("401 expired_auth_token", "b2_list_buckets", list)
	u.fails("401 expired_auth_token", "b2_list_buckets", list)

	u = u.as(u.b.keyID, u.b.secret)
	u.b.ExpireTokens()
	u.fails("401 expired_auth_token", "b2_list_buckets", list)

	u.b.Configure(B2Settings{TokenLife: time.Second})
	u = u.as(u.b.keyID, u.b.secret)
	now.Add(1000)
	u.fails("401 expired_auth_token", "b2_list_buckets", list)
}

func TestB2Buckets(t *testing.T) {
	u := startB2(t)
	account := u.b.accountID
	create := func(more jsonObject) jsonObject {
		in := jsonObject{"accountId": account, "bucketName": "a-new-one", "bucketType": "allPrivate"}
		maps.Copy(in, more)
		return in
	}
	days := jsonObject{"fileNamePrefix": "logs/", "daysFromUploadingToHiding": 3, "daysFromHidingToDeleting": nil}
	cors := jsonObject{
		"corsRuleName": "everyone", "allowedOrigins": []string{"*"}, "allowedOperations": []string{"s3_get"},
		"allowedHeaders": nil, "exposeHeaders": []string{"x-bz"}, "maxAgeSeconds": 0,
	}
	got := u.call("b2_create_bucket", create(jsonObject{
		"bucketName": "photos", "bucketInfo": jsonObject{"a": "b"}, "lifecycleRules": []jsonObject{days}, "corsRules": []jsonObject{cors},
		"defaultServerSideEncryption": jsonObject{"mode": "SSE-B2", "algorithm": "AES256"}, "fileLockEnabled": true,
	}))
	id := got["bucketId"].(string)
	want := jsonObject{
		"accountId": account, "bucketId": id, "bucketName": "photos", "bucketType": "allPrivate", "bucketInfo": jsonObject{"a": "b"},
		"corsRules": []any{jsonObject{
			"corsRuleName": "everyone", "allowedOrigins": []any{"*"}, "allowedOperations": []any{"s3_get"},
			"allowedHeaders": nil, "exposeHeaders": []any{"x-bz"}, "maxAgeSeconds": 0.0,
		}},
		"lifecycleRules": []any{jsonObject{
			"fileNamePrefix": "logs/", "daysFromUploadingToHiding": 3.0, "daysFromHidingToDeleting": nil,
			"daysFromStartingToCancelingUnfinishedLargeFiles": nil,
		}},
		"revision": 2.0, "options": []any{"s3"},
		"defaultServerSideEncryption": jsonObject{"isClientAuthorizedToRead": true, "value": jsonObject{"mode": "SSE-B2", "algorithm": "AES256"}},
		"fileLockConfiguration": jsonObject{"isClientAuthorizedToRead": true, "value": jsonObject{
			"isFileLockEnabled": true, "defaultRetention": jsonObject{"mode": nil, "period": nil},
		}},
		"replicationConfiguration": jsonObject{"isClientAuthorizedToRead": true, "value": nil},
	}
	if diff := cmp.Diff(want, got); diff != "" || len(id) != 24 {
		t.Errorf("b2_create_bucket (id %s): %s", id, diff)
	}

	for _, c := range []struct {
		want string
		more jsonObject
	}{
		{"400 duplicate_bucket_name", jsonObject{"bucketName": "PHOTOS"}},
		{"400 bad_request", jsonObject{"bucketName": "short"}},
		{"400 bad_request", jsonObject{"bucketName": "under_score"}},
		{"400 bad_request", jsonObject{"bucketName": "b2-reserved"}},
		{"400 bad_request", jsonObject{"bucketName": strings.Repeat("x", 64)}},
		{"400 bad_request", jsonObject{"bucketType": "public"}},
		{"400 bad_request", jsonObject{"bucketType": nil}},
		{"400 bad_request", jsonObject{"bucketname": "spelt-wrong"}},
		{"400 bad_request", jsonObject{"bucketInfo": jsonObject{"bad key": ""}}},
		{"400 bad_request", jsonObject{"lifecycleRules": []jsonObject{{"fileNamePrefix": ""}}}},
		{"400 bad_request", jsonObject{"lifecycleRules": []jsonObject{days, days}}},
		{"400 bad_request", jsonObject{"lifecycleRules": []jsonObject{{"fileNamePrefix": "", "daysFromHidingToDeleting": 0}}}},
		{"400 bad_request", jsonObject{"corsRules": []jsonObject{{"corsRuleName": "everyone"}}}},
		{"400 bad_request", jsonObject{"corsRules": []jsonObject{cors, cors}}},
		{"400 bad_request", jsonObject{"corsRules": []jsonObject{changed(cors, "corsRuleName", "b2-mine")}}},
		{"400 bad_request", jsonObject{"corsRules": []jsonObject{changed(cors, "allowedOrigins", []string{})}}},
		{"400 bad_request", jsonObject{"corsRules": []jsonObject{changed(cors, "allowedOperations", []string{"s3_list"})}}},
		{"400 bad_request", jsonObject{"corsRules": []jsonObject{changed(cors, "maxAgeSeconds", 86_401)}}},
		{"400 bad_request", jsonObject{"defaultServerSideEncryption": jsonObject{"mode": "SSE-B2"}}},
		{"401 unauthorized", jsonObject{"accountId": "somebody"}},
	} {
		u.fails(c.want, "b2_create_bucket", create(c.more))
	}

	update := jsonObject{"accountId": account, "bucketId": id, "ifRevisionIs": 2, "bucketType": "allPublic", "lifecycleRules": []jsonObject{}}
	got = u.call("b2_update_bucket", update)
	if got["bucketType"] != "allPublic" || got["revision"] != 3.0 || len(got["lifecycleRules"].([]any)) != 0 || got["bucketInfo"].(jsonObject)["a"] != "b" {
		t.Errorf("b2_update_bucket: %v", got)
	}
	u.fails("409 conflict", "b2_update_bucket", update)
	u.fails("400 bad_bucket_id", "b2_update_bucket", jsonObject{"accountId": account, "bucketId": "none"})
	u.fails("400 file_lock_conflict", "b2_update_bucket", jsonObject{"accountId": account, "bucketId": id, "fileLockEnabled": false})

	u.bucket("another")
	list := func(more jsonObject) []string {
		in := jsonObject{"accountId": account}
		maps.Copy(in, more)
		return column(u.call("b2_list_buckets", in), "buckets", "bucketName")
	}
	for _, c := range []struct {
		more jsonObject
		want []string
	}{
		{nil, []string{"another", "photos"}},
		{jsonObject{"bucketId": id}, []string{"photos"}},
		{jsonObject{"bucketName": "Another"}, []string{"another"}},
		{jsonObject{"bucketName": "missing"}, nil},
		{jsonObject{"bucketTypes": []string{"allPublic"}}, []string{"photos"}},
		{jsonObject{"bucketTypes": []string{"all"}}, []string{"another", "photos"}},
	} {
		if got := list(c.more); !slices.Equal(got, c.want) {
			t.Errorf("b2_list_buckets(%v) = %v, want %v", c.more, got, c.want)
		}
	}
	u.fails("400 bad_request", "b2_list_buckets", jsonObject{"accountId": account, "bucketTypes": []string{"all", "allPublic"}})
	u.fails("400 bad_request", "b2_list_buckets", jsonObject{"accountId": account, "bucketTypes": []string{}})
	u.fails("400 bad_request", "b2_list_buckets", jsonObject{})
	u.fails("400 bad_request", "b2_list_buckets", jsonObject{"accountId": 7})

	file := u.put(id, "x", "x")
	u.fails("400 cannot_delete_non_empty_bucket", "b2_delete_bucket", jsonObject{"accountId": account, "bucketId": id})
	u.call("b2_delete_file_version", jsonObject{"fileName": "x", "fileId": file["fileId"]})
	if got := u.call("b2_delete_bucket", jsonObject{"accountId": account, "bucketId": id}); got["revision"] != 4.0 {
		t.Errorf("b2_delete_bucket: %v", got)
	}
	u.fails("400 bad_bucket_id", "b2_delete_bucket", jsonObject{"accountId": account, "bucketId": id})
	u.fails("400 bad_bucket_id", "b2_get_upload_url", jsonObject{"bucketId": id})
}

func TestB2RestrictedKeys(t *testing.T) {
	u := startB2(t)
	mine, other := u.bucket("mine-1"), u.bucket("other-1")
	file := u.put(mine, "out/x", "x")["fileId"]
	limited := u.as(u.b.AddKey(B2Key{BucketIds: []string{mine}, NamePrefix: "in/"}))
	reader := u.as(u.b.AddKey(B2Key{Capabilities: []string{"listFiles", "listBuckets"}}))
	account := jsonObject{"accountId": u.b.accountID}
	for _, c := range []struct {
		user *b2User
		call string
		in   jsonObject
	}{
		{limited, "b2_list_buckets", account},
		{limited, "b2_list_buckets", changed(account, "bucketId", other)},
		{limited, "b2_list_buckets", changed(account, "bucketName", "other-1")},
		{limited, "b2_get_upload_url", jsonObject{"bucketId": other}},
		{limited, "b2_list_file_names", jsonObject{"bucketId": mine}},
		{limited, "b2_list_file_names", jsonObject{"bucketId": mine, "prefix": "out/"}},
		{limited, "b2_list_unfinished_large_files", jsonObject{"bucketId": mine}},
		{limited, "b2_get_file_info", jsonObject{"fileId": file}},
		{limited, "b2_delete_file_version", jsonObject{"fileId": file, "fileName": "out/x"}},
		{limited, "b2_hide_file", jsonObject{"bucketId": mine, "fileName": "out/x"}},
		{limited, "b2_start_large_file", jsonObject{"bucketId": mine, "fileName": "out/x", "contentType": "a/b"}},
		{limited, "b2_create_bucket", changed(changed(account, "bucketName", "brand-new"), "bucketType", "allPrivate")},
		{reader, "b2_get_upload_url", jsonObject{"bucketId": mine}},
		{reader, "b2_get_file_info", jsonObject{"fileId": file}},
		{reader, "b2_delete_file_version", jsonObject{"fileId": file, "fileName": "out/x"}},
		{reader, "b2_delete_bucket", changed(account, "bucketId", other)},
	} {
		c.user.fails("401 unauthorized", c.call, c.in)
	}
	if got := limited.call("b2_list_buckets", changed(account, "bucketName", "mine-1")); len(got["buckets"].([]any)) != 1 {
		t.Errorf("its own bucket by name: %v", got)
	}
	if got := column(limited.call("b2_list_buckets v1", account), "buckets", "bucketName"); !slices.Equal(got, []string{"mine-1"}) {
		t.Errorf("version 1 filters: %v", got)
	}
	limited.call("b2_list_file_names", jsonObject{"bucketId": mine, "prefix": "in/deeper"})
	limited.put(mine, "in/x", "x")
	target := limited.call("b2_get_upload_url", jsonObject{"bucketId": mine})
	if status, _ := limited.upload(target, map[string]string{"X-Bz-File-Name": "out/x", "Content-Type": "a/b"}, "x"); status != 401 {
		t.Errorf("upload outside the prefix: %d", status)
	}
	bucket := reader.call("b2_list_buckets", account)["buckets"].([]any)[0].(jsonObject)
	if diff := cmp.Diff(jsonObject{"isClientAuthorizedToRead": false, "value": nil}, bucket["fileLockConfiguration"]); diff != "" {
		t.Errorf("hidden from the key: %s", diff)
	}
}

func TestB2TestModes(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	headers := map[string]string{"X-Bz-File-Name": "x", "Content-Type": "text/plain"}
	target := func() jsonObject { return u.call("b2_get_upload_url", jsonObject{"bucketId": bucket}) }

	u.mode = "fail_some_uploads"
	var statuses []int
	for range 4 {
		status, _ := u.upload(target(), headers, "x")
		statuses = append(statuses, status)
	}
	if want := []int{503, 200, 200, 503}; !slices.Equal(statuses, want) {
		t.Errorf("%s: %v, want %v", u.mode, statuses, want)
	}

	u.mode = ""
	open := target()
	u.mode = "force_cap_exceeded"
	if status, out := u.upload(open, headers, "x"); status != 403 || out["code"] != "cap_exceeded" {
		t.Errorf("%s, upload: %d %v", u.mode, status, out)
	}
	u.fails("403 storage_cap_exceeded", "b2_get_upload_url", jsonObject{"bucketId": bucket})
	if res := u.get("/file/photos/x"); res.document()["code"] != "download_cap_exceeded" {
		t.Errorf("%s, download: %d %s", u.mode, res.StatusCode, res.body)
	}

	u = u.as(u.b.keyID, u.b.secret)
	u.mode = "expire_some_account_authorization_tokens"
	for range 4 {
		u.call("b2_list_file_names", jsonObject{"bucketId": bucket})
	}
	u.fails("401 expired_auth_token", "b2_list_file_names", jsonObject{"bucketId": bucket})
	u.mode = ""
	u.fails("401 expired_auth_token", "b2_list_file_names", jsonObject{"bucketId": bucket})
}

func TestB2OverTLSAndInMemory(t *testing.T) {
	for name, opts := range map[string][]Option{"TLS": {WithTLS()}, "memory": {WithInMemory()}, "both": {WithTLS(), WithInMemory()}} {
		u := startB2(t, opts...)
		bucket := u.bucket("photos")
		file := u.put(bucket, "x", "content") // goes to an address that the server gave out
		if !strings.HasPrefix(u.call("b2_get_upload_url", jsonObject{"bucketId": bucket})["uploadUrl"].(string), u.b.URL+"/b2api/v4/") {
			t.Errorf("%s: an upload URL elsewhere", name)
		}
		req, _ := http.NewRequest("POST", u.b.URL+"/b2api/v4/b2_download_file_by_id", strings.NewReader(`{"fileId":"`+file["fileId"].(string)+`"}`))
		req.Header.Set("Authorization", u.token)
		if res := u.do(req); string(res.body) != "content" {
			t.Errorf("%s: %d %q", name, res.StatusCode, res.body)
		}
	}
}

func TestB2WrongRequests(t *testing.T) {
	u := startB2(t)
	for _, c := range []struct {
		request string
		status  int
		code    string
	}{
		{"GET /", 404, "not_found"},
		{"GET /b2api/v5/b2_list_buckets", 404, "not_found"},
		{"GET /b2api/v4/b2_no_such_call", 404, "not_found"},
		{"PUT /b2api/v4/b2_list_buckets", 405, "method_not_allowed"},
		{"POST /file/photos/x", 405, "method_not_allowed"},
		{"GET /b2api/v4/b2_upload_file/x/y", 405, "method_not_allowed"},
		{"GET /b2api/v4/b2_list_buckets?accountId=x&other=y", 400, "bad_request"},
	} {
		res := u.get(c.request)
		if out := res.document(); res.StatusCode != c.status || out["code"] != c.code || out["message"] == "" {
			t.Errorf("%s: %d %s", c.request, res.StatusCode, res.body)
		}
	}
	req, _ := http.NewRequest("POST", u.b.URL+"/b2api/v4/b2_list_buckets", strings.NewReader("{"))
	req.Header.Set("Authorization", u.token)
	if res := u.do(req); res.StatusCode != 400 || res.document()["code"] != "bad_json" {
		t.Errorf("half an object: %d %s", res.StatusCode, res.body)
	}
	u.b.Inject(Fault{Operation: "b2_list_buckets", Nth: 1, Status: 429, RetryAfter: "7"})
	res := u.get("/b2api/v4/b2_list_buckets?accountId=" + u.b.accountID)
	if res.StatusCode != 429 || res.document()["code"] != "too_many_requests" || res.Header.Get("Retry-After") != "7" {
		t.Errorf("injected: %d %s", res.StatusCode, res.body)
	}
	for _, r := range u.b.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("a token in the request log: %v", r)
		}
	}
}
