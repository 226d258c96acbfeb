package storagetest

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestB2Locks(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	var ahead atomic.Int64
	u := startB2(t, WithClock(func() time.Time { return now.Add(time.Duration(ahead.Load())) }))
	bucket := u.bucket("locked", jsonObject{"fileLockEnabled": true})
	until := strconv.FormatInt(now.Add(time.Hour).UnixMilli(), 10)
	put := func(headers ...string) jsonObject {
		out := u.put(bucket, "x", "x", headers...)
		return jsonObject{"fileName": "x", "fileId": out["fileId"]}
	}
	governed := put("X-Bz-File-Retention-Mode", "governance", "X-Bz-File-Retention-Retain-Until-Timestamp", until)
	strict := put("X-Bz-File-Retention-Mode", "compliance", "X-Bz-File-Retention-Retain-Until-Timestamp", until)
	held := put("X-Bz-File-Legal-Hold", "on")
	if res := u.get("/file/locked/x"); res.Header.Get("X-Bz-File-Legal-Hold") != "on" {
		t.Errorf("headers of a held file: %v", res.Header)
	}
	plainReader := u.as(u.b.AddKey(B2Key{Capabilities: []string{"readFiles"}}))
	if res := plainReader.get("/file/locked/x"); res.Header.Get("X-Bz-File-Legal-Hold") != "" || !strings.Contains(res.Header.Get("X-Bz-Client-Unauthorized-To-Read"), "X-Bz-File-Legal-Hold") {
		t.Errorf("headers for a key that may not know: %v", res.Header)
	}
	bypass := func(in jsonObject) jsonObject { return changed(in, "bypassGovernance", true) }
	u.fails("401 access_denied", "b2_delete_file_version", governed)
	u.call("b2_delete_file_version", bypass(governed))
	u.fails("401 access_denied", "b2_delete_file_version", bypass(strict))
	u.fails("401 access_denied", "b2_delete_file_version", bypass(held))
	ahead.Store(int64(time.Hour))
	u.call("b2_delete_file_version", strict)
	u.fails("401 access_denied", "b2_delete_file_version", held)

	u.call("b2_update_bucket", jsonObject{"accountId": u.b.accountID, "bucketId": bucket, "defaultRetention": jsonObject{"mode": "governance", "period": jsonObject{"duration": 1, "unit": "days"}}})
	started := u.call("b2_start_large_file", jsonObject{"bucketId": bucket, "fileName": "y", "contentType": "a/b", "legalHold": "off"})
	wantUntil := float64(now.Add(25 * time.Hour).UnixMilli())
	if diff := cmp.Diff(jsonObject{"isClientAuthorizedToRead": true, "value": jsonObject{"mode": "governance", "retainUntilTimestamp": wantUntil}}, started["fileRetention"]); diff != "" || started["legalHold"].(jsonObject)["value"] != "off" {
		t.Errorf("default retention: %s %v", diff, started)
	}
	u.call("b2_delete_file_version", jsonObject{"fileName": "y", "fileId": started["fileId"]})
	u.fails("400 retain_until_timestamp_must_be_in_future", "b2_start_large_file", jsonObject{
		"bucketId": bucket, "fileName": "y", "contentType": "a/b", "fileRetention": jsonObject{"mode": "governance", "retainUntilTimestamp": 1},
	})
	u.fails("400 bucket_missing_file_lock", "b2_start_large_file", jsonObject{"bucketId": u.bucket("unlocked"), "fileName": "y", "contentType": "a/b", "legalHold": "on"})
}

func TestB2ChangesLocks(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	var ahead atomic.Int64
	u := startB2(t, WithClock(func() time.Time { return now.Add(time.Duration(ahead.Load())) }))
	bucket := u.bucket("locked", jsonObject{"fileLockEnabled": true})
	file := func(name string) jsonObject {
		return jsonObject{"fileName": name, "fileId": u.put(bucket, name, "x")["fileId"]}
	}
	const governance, compliance = "governance", "compliance"
	retention := func(f jsonObject, mode any, hours float64) jsonObject {
		var until any
		if mode != nil {
			until = float64(now.UnixMilli()) + hours*3_600_000
		}
		return changed(f, "fileRetention", jsonObject{"mode": mode, "retainUntilTimestamp": until})
	}
	bypass := func(in jsonObject) jsonObject { return changed(in, "bypassGovernance", true) }
	const update = "b2_update_file_retention"

	for _, c := range []struct {
		name     string
		from     any
		to       any
		hours    float64 // from 2
		refused  bool
		bypassed bool // and still refused
	}{
		{name: "set", to: governance, hours: 1},
		{name: "clear nothing"},
		{name: "extend governance", from: governance, to: governance, hours: 3},
		{name: "shorten governance", from: governance, to: governance, hours: 1, refused: true},
		{name: "clear governance", from: governance, refused: true},
		{name: "governance to compliance", from: governance, to: compliance, hours: 2},
		{name: "extend compliance", from: compliance, to: compliance, hours: 3},
		{name: "shorten compliance", from: compliance, to: compliance, hours: 1, refused: true, bypassed: true},
		{name: "compliance to governance", from: compliance, to: governance, hours: 3, refused: true, bypassed: true},
		{name: "clear compliance", from: compliance, refused: true, bypassed: true},
	} {
		f := file("x")
		if c.from != nil {
			u.call(update, retention(f, c.from, 2))
		}
		change := retention(f, c.to, c.hours)
		want := changed(change, "fileRetention", change["fileRetention"])
		if c.refused {
			u.fails("403 access_denied", update, change)
			change = bypass(change)
		}
		if c.bypassed {
			u.fails("403 access_denied", update, change)
			continue
		}
		if diff := cmp.Diff(want, u.call(update, change)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := u.call("b2_get_file_info", jsonObject{"fileId": f["fileId"]})["fileRetention"].(jsonObject)["value"]; !cmp.Equal(got, want["fileRetention"]) {
			t.Errorf("%s, afterwards: %v", c.name, got)
		}
	}
	expired := file("expired")
	u.call(update, retention(expired, compliance, 1))
	ahead.Store(int64(time.Hour))
	u.call(update, retention(expired, nil, 0))

	f := file("y")
	if diff := cmp.Diff(changed(f, "legalHold", "on"), u.call("b2_update_file_legal_hold", changed(f, "legalHold", "on"))); diff != "" {
		t.Errorf("b2_update_file_legal_hold: %s", diff)
	}
	u.fails("401 access_denied", "b2_delete_file_version", bypass(f))
	u.call("b2_update_file_legal_hold", changed(f, "legalHold", "off"))
	u.call("b2_delete_file_version", f)

	f = file("z")
	plain := u.bucket("unlocked")
	unlocked := jsonObject{"fileName": "z", "fileId": u.put(plain, "z", "x")["fileId"]}
	wordy := u.put(plain, "w", "x", "X-Bz-Info-long", strings.Repeat("x", 3000))["fileId"]
	u.call("b2_update_bucket", jsonObject{"accountId": u.b.accountID, "bucketId": plain, "fileLockEnabled": true})
	u.call(update, retention(unlocked, governance, 2))
	u.fails("400 metadata_exceeded", update, retention(jsonObject{"fileName": "w", "fileId": wordy}, governance, 2))
	plain = u.bucket("unlocked-2")
	unlocked = jsonObject{"fileName": "z", "fileId": u.put(plain, "z", "x")["fileId"]}
	marker := jsonObject{"fileName": "z", "fileId": u.call("b2_hide_file", jsonObject{"bucketId": bucket, "fileName": "z"})["fileId"]}
	writer := u.as(u.b.AddKey(B2Key{Capabilities: []string{"writeFileRetentions"}}))
	for _, c := range []struct {
		want string
		user *b2User
		call string
		in   jsonObject
	}{
		{"400 bucket_missing_file_lock", u, update, retention(unlocked, governance, 2)},
		{"400 bucket_missing_file_lock", u, "b2_update_file_legal_hold", changed(unlocked, "legalHold", "on")},
		{"405 method_not_allowed", u, "b2_update_file_legal_hold", changed(marker, "legalHold", "on")},
		{"400 bad_request", u, "b2_update_file_legal_hold", changed(f, "legalHold", "perhaps")},
		{"400 bad_request", u, "b2_update_file_legal_hold", changed(f, "legalHold", jsonObject{"isClientAuthorizedToRead": true, "value": "on"})},
		{"400 bad_request", u, "b2_update_file_legal_hold", changed(changed(f, "legalHold", "on"), "fileName", "other")},
		{"400 bad_request", u, update, retention(f, "forever", 2)},
		{"400 bad_request", u, update, changed(f, "fileRetention", jsonObject{"mode": governance})},
		{"400 bad_request", u, update, changed(f, "fileRetention", jsonObject{"isClientAuthorizedToRead": true, "value": nil})},
		{"400 retain_until_timestamp_must_be_in_future", u, update, retention(f, governance, 1)},
		{"403 access_denied", writer, "b2_update_file_legal_hold", changed(f, "legalHold", "on")},
		{"403 access_denied", writer, update, bypass(retention(f, governance, 2))},
		{"401 bad_auth_token", &b2User{t: t, b: u.b}, update, retention(f, governance, 2)},
	} {
		c.user.fails(c.want, c.call, c.in)
	}
	writer.call(update, retention(f, governance, 2))
}

func TestB2CustomerKeys(t *testing.T) {
	u := startB2(t, WithMinPartSize(1))
	bucket := u.bucket("photos")
	key := func(b byte) []string {
		plain := bytes.Repeat([]byte{b}, 32)
		sum := md5.Sum(plain)
		const prefix = "X-Bz-Server-Side-Encryption-Customer-"
		return []string{prefix + "Algorithm", "AES256", prefix + "Key", base64.StdEncoding.EncodeToString(plain), prefix + "Key-Md5", base64.StdEncoding.EncodeToString(sum[:])}
	}
	out := u.put(bucket, "x", "secret", key(1)...)
	if diff := cmp.Diff(jsonObject{"mode": "SSE-C", "algorithm": "AES256"}, out["serverSideEncryption"]); diff != "" {
		t.Errorf("upload: %s", diff)
	}
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{{"the key", key(1), 200}, {"another key", key(2), 403}, {"no key", nil, 400}} {
		if res := u.get("/file/photos/x", c.headers...); res.StatusCode != c.status {
			t.Errorf("download with %s: %d %s", c.name, res.StatusCode, res.body)
		}
	}
	sse := func(k []string) jsonObject {
		return jsonObject{"mode": "SSE-C", "algorithm": k[1], "customerKey": k[3], "customerKeyMd5": k[5]}
	}
	id := u.call("b2_start_large_file", jsonObject{"bucketId": bucket, "fileName": "y", "contentType": "a/b", "serverSideEncryption": sse(key(1))})["fileId"]
	target := u.call("b2_get_upload_part_url", jsonObject{"fileId": id})
	part := func(k []string) int {
		headers := map[string]string{"X-Bz-Part-Number": "1"}
		for i := 0; i < len(k); i += 2 {
			headers[k[i]] = k[i+1]
		}
		status, _ := u.upload(target, headers, "x")
		return status
	}
	if a, b := part(nil), part(key(1)); a != 400 || b != 200 {
		t.Errorf("parts without and with the key: %d %d", a, b)
	}
	if status := part(key(2)); status != 403 {
		t.Errorf("part with another key: %d", status)
	}
	u.fails("403 access_denied", "b2_copy_file", jsonObject{"sourceFileId": out["fileId"], "fileName": "z"})
	u.fails("403 access_denied", "b2_copy_file", jsonObject{"sourceFileId": out["fileId"], "fileName": "z", "sourceServerSideEncryption": sse(key(2))})
	u.fails("400 bad_request", "b2_copy_file", jsonObject{"sourceFileId": u.put(bucket, "plain", "x")["fileId"], "fileName": "z", "sourceServerSideEncryption": sse(key(1))})
	copied := u.call("b2_copy_file", jsonObject{"sourceFileId": out["fileId"], "fileName": "z", "sourceServerSideEncryption": sse(key(1))})
	if diff := cmp.Diff(jsonObject{"mode": nil, "algorithm": nil}, copied["serverSideEncryption"]); diff != "" {
		t.Errorf("copy: %s", diff)
	}
}

func TestB2ReplicationAndRetentionSettings(t *testing.T) {
	u := startB2(t)
	id := u.bucket("photos", jsonObject{"fileLockEnabled": true})
	with := func(name string, value any) jsonObject {
		return jsonObject{"accountId": u.b.accountID, "bucketId": id, name: value}
	}
	rule := func(name string, priority int) jsonObject {
		return jsonObject{
			"replicationRuleName": name, "destinationBucketId": "d", "fileNamePrefix": "", "priority": priority,
			"includeExistingFiles": true, "isEnabled": true,
		}
	}
	source := func(rules ...jsonObject) jsonObject {
		return jsonObject{
			"asReplicationSource":      jsonObject{"sourceApplicationKeyId": "k", "replicationRules": rules},
			"asReplicationDestination": jsonObject{"sourceToDestinationKeyMapping": jsonObject{"k": "l"}},
		}
	}
	want := source(rule("one", 1))
	got := u.call("b2_update_bucket", with("replicationConfiguration", want))
	encoded, _ := json.Marshal(want)
	var plain any
	_ = json.Unmarshal(encoded, &plain)
	if diff := cmp.Diff(plain, got["replicationConfiguration"].(jsonObject)["value"]); diff != "" {
		t.Errorf("replication: %s", diff)
	}
	got = u.call("b2_update_bucket", with("replicationConfiguration", jsonObject{"asReplicationSource": nil, "asReplicationDestination": nil}))
	if value := got["replicationConfiguration"].(jsonObject)["value"]; value != nil {
		t.Errorf("cleared replication: %v", value)
	}
	u.fails("400 bad_request", "b2_update_bucket", with("replicationConfiguration", source(rule("one", 1), rule("one", 2))))
	u.fails("400 bad_request", "b2_update_bucket", with("replicationConfiguration", source(rule("one", 0))))

	period := jsonObject{"duration": 2.0, "unit": "years"}
	retention := jsonObject{"mode": "compliance", "period": period}
	got = u.call("b2_update_bucket", with("defaultRetention", retention))
	if diff := cmp.Diff(retention, got["fileLockConfiguration"].(jsonObject)["value"].(jsonObject)["defaultRetention"]); diff != "" {
		t.Errorf("retention: %s", diff)
	}
	got = u.call("b2_update_bucket", with("defaultRetention", jsonObject{"mode": nil}))
	if mode := got["fileLockConfiguration"].(jsonObject)["value"].(jsonObject)["defaultRetention"].(jsonObject)["mode"]; mode != nil {
		t.Errorf("cleared retention: %v", mode)
	}
	for _, bad := range []jsonObject{
		{"mode": "forever", "period": period}, {"mode": "governance"}, {"mode": nil, "period": period},
		{"mode": "governance", "period": jsonObject{"duration": 0, "unit": "days"}},
	} {
		u.fails("400 bad_request", "b2_update_bucket", with("defaultRetention", bad))
	}
	u.fails("400 bad_request", "b2_update_bucket", with("defaultServerSideEncryption", jsonObject{"mode": "SSE-C", "algorithm": "AES256"}))
}
