package storagetest

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// tryPut uploads one small file and reports "STATUS code".
func (u *b2User) tryPut(bucket, escapedName, content string, headers map[string]string) (string, jsonObject) {
	u.t.Helper()
	all := map[string]string{"X-Bz-File-Name": escapedName, "Content-Type": "text/plain"}
	maps.Copy(all, headers)
	status, out := u.upload(u.call("b2_get_upload_url", jsonObject{"bucketId": bucket}), all, content)
	return fmt.Sprint(status, " ", out["code"]), out
}

func TestB2StrictNames(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	for _, strict := range []bool{false, true} {
		u.b.Configure(B2Settings{StrictNames: strict})
		for name, message := range map[string]string{
			"%2Fa": "must not start with '/'", "a/": "must not end with '/'", "a//b": "must not contain '//'", "a%5Cb": `must not contain '\'`,
			".": "must not be '.'", "..": "must not be '.'", "a/" + strings.Repeat("s", 251) + "/b": "no more than 250 bytes", "a/" + strings.Repeat("s", 250): "",
			"a/../b": "", "ü": "",
		} {
			want := "200 <nil>"
			if strict && message != "" {
				want = "400 bad_request"
			} else {
				message = ""
			}
			got, out := u.tryPut(bucket, fullyEscapedUnless(name), "x", nil)
			if text, _ := out["message"].(string); got != want || !strings.Contains(text, message) {
				t.Errorf("strict %v: %s: %s %v", strict, name, got, out["message"])
			}
		}
		for name, message := range map[string]string{
			"%7F": "must not contain DEL", "a%1Fb": "less than 32", strings.Repeat("n", 1025): "no more than 1024 bytes",
		} {
			if got, out := u.tryPut(bucket, name, "x", nil); got != "400 bad_request" || !strings.Contains(out["message"].(string), message) {
				t.Errorf("strict %v: %.10s: %s %v", strict, name, got, out["message"])
			}
		}
	}
}

// fullyEscapedUnless leaves alone what is encoded already.
func fullyEscapedUnless(name string) string {
	if strings.Contains(name, "%") {
		return name
	}
	return fullyEscaped(name)
}

func TestB2UploadHeaders(t *testing.T) {
	u := startB2(t)
	plain := u.bucket("photos")
	locked := u.bucket("locked", jsonObject{"fileLockEnabled": true})
	future := strconv.FormatInt(time.Now().Add(time.Hour).UnixMilli(), 10)
	const mode, until, hold = "X-Bz-File-Retention-Mode", "X-Bz-File-Retention-Retain-Until-Timestamp", "X-Bz-File-Legal-Hold"
	const sse, customer = "X-Bz-Server-Side-Encryption", "X-Bz-Server-Side-Encryption-Customer-"
	key := bytes.Repeat([]byte{7}, 32)
	keyMD5 := md5.Sum(key)
	encoded, sum := base64.StdEncoding.EncodeToString(key), base64.StdEncoding.EncodeToString(keyMD5[:])
	short := base64.StdEncoding.EncodeToString(key[:31])
	shortMD5 := md5.Sum(key[:31])
	full := func(more map[string]string) map[string]string {
		all := map[string]string{customer + "Algorithm": "AES256", customer + "Key": encoded, customer + "Key-Md5": sum}
		maps.Copy(all, more)
		return all
	}
	retain := strings.Repeat("v", 7000-len("n")-len("long"))
	for _, c := range []struct {
		name    string
		bucket  string
		headers map[string]string
		want    string
	}{
		{"retention", locked, map[string]string{mode: "governance", until: future}, "200 <nil>"},
		{"retention without a time", locked, map[string]string{mode: "governance"}, "400 bad_request"},
		{"retention without a mode", locked, map[string]string{until: future}, "400 bad_request"},
		{"unknown retention", locked, map[string]string{mode: "forever", until: future}, "400 bad_request"},
		{"retention in the past", locked, map[string]string{mode: "governance", until: "1"}, "400 retain_until_timestamp_must_be_in_future"},
		{"retention without lock", plain, map[string]string{mode: "governance", until: future}, "400 bucket_missing_file_lock"},
		{"hold", locked, map[string]string{hold: "on"}, "200 <nil>"},
		{"no hold", locked, map[string]string{hold: "off"}, "200 <nil>"},
		{"unknown hold", locked, map[string]string{hold: "maybe"}, "400 bad_request"},
		{"SSE-B2", plain, map[string]string{sse: "AES256"}, "200 <nil>"},
		{"SSE-B2 by another algorithm", plain, map[string]string{sse: "none"}, "400 bad_request"},
		{"SSE-C", plain, full(nil), "200 <nil>"},
		{"SSE-C without algorithm", plain, full(map[string]string{customer + "Algorithm": ""}), "400 bad_request"},
		{"SSE-C without key", plain, full(map[string]string{customer + "Key": ""}), "400 bad_request"},
		{"SSE-C without MD5", plain, full(map[string]string{customer + "Key-Md5": ""}), "400 bad_request"},
		{"SSE-C with the MD5 of another key", plain, full(map[string]string{customer + "Key-Md5": base64.StdEncoding.EncodeToString(shortMD5[:])}), "400 bad_request"},
		{"SSE-C with a short key", plain, full(map[string]string{customer + "Key": short, customer + "Key-Md5": base64.StdEncoding.EncodeToString(shortMD5[:])}), "400 bad_request"},
		{"both encryptions", plain, full(map[string]string{sse: "AES256"}), "400 bad_request"},
		{"as much info as there may be", plain, map[string]string{"X-Bz-Info-long": retain}, "200 <nil>"},
		{"a byte more", plain, map[string]string{"X-Bz-Info-long": retain + "v"}, "400 metadata_exceeded"},
		{"info that is longer in its encoding", plain, map[string]string{"X-Bz-Info-long": strings.Repeat("%C3%BC", 1200)}, "400 metadata_exceeded"},
		{"as much as there may be with a lock", locked, map[string]string{"X-Bz-Info-long": retain[:2048-len("n")-len("long")]}, "200 <nil>"},
		{"a byte more with a lock", locked, map[string]string{"X-Bz-Info-long": retain[:2048-len("n")-len("long")+1]}, "400 metadata_exceeded"},
		{"a byte more with SSE-C", plain, full(map[string]string{"X-Bz-Info-long": retain[:2048-len("n")-len("long")+1]}), "400 metadata_exceeded"},
		{"disposition", plain, map[string]string{"X-Bz-Info-b2-content-disposition": "attachment;%20filename=%22a%20b.txt%22"}, "200 <nil>"},
		{"disposition with RFC 5987", plain, map[string]string{"X-Bz-Info-b2-content-disposition": "attachment;%20filename*=UTF-8''x"}, "400 bad_request"},
		{"no disposition", plain, map[string]string{"X-Bz-Info-b2-content-disposition": "%22"}, "400 bad_request"},
		{"a line end in a disposition", plain, map[string]string{"X-Bz-Info-b2-content-disposition": "attachment;%20filename=%22a%0Ab%22"}, "400 bad_request"},
		{"language", plain, map[string]string{"X-Bz-Info-b2-content-language": "de-AT%2C%20en"}, "200 <nil>"},
		{"no language", plain, map[string]string{"X-Bz-Info-b2-content-language": "de_AT"}, "400 bad_request"},
		{"expiry", plain, map[string]string{"X-Bz-Info-b2-expires": "Thu%2C%2001%20Dec%202033%2016:00:00%20GMT"}, "200 <nil>"},
		{"no expiry", plain, map[string]string{"X-Bz-Info-b2-expires": "tomorrow"}, "400 bad_request"},
		{"caching", plain, map[string]string{"X-Bz-Info-b2-cache-control": "max-age=7%2C%20private%2C%20x=%22y%22"}, "200 <nil>"},
		{"no caching", plain, map[string]string{"X-Bz-Info-b2-cache-control": "max%20age"}, "400 bad_request"},
		{"encoding", plain, map[string]string{"X-Bz-Info-b2-content-encoding": "gzip"}, "200 <nil>"},
		{"a key with a sign in it", plain, map[string]string{"X-Bz-Info-a~b": "x"}, "200 <nil>"},
	} {
		if got, out := u.tryPut(c.bucket, "n", "x", c.headers); got != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, got, out["message"], c.want)
		}
	}
	writer := u.as(u.b.AddKey(B2Key{Capabilities: []string{"writeFiles"}}))
	for _, headers := range []map[string]string{{hold: "on"}, {mode: "governance", until: future}} {
		if got, out := writer.tryPut(locked, "n", "x", headers); got != "401 unauthorized" {
			t.Errorf("a lock by a key that may not: %s %v", got, out)
		}
	}
	u.call("b2_copy_file", jsonObject{ // the sum that ends the upload is not the file's
		"sourceFileId": u.put(plain, "n", "x"+sha1Of("x"), "X-Bz-Content-Sha1", "hex_digits_at_end")["fileId"], "fileName": "m", "range": "bytes=0-0",
	})
	if got, _ := u.tryPut(plain, "n", "x"+strings.Repeat("g", 40), map[string]string{"X-Bz-Content-Sha1": "hex_digits_at_end"}); got != "400 bad_request" {
		t.Errorf("no digits at the end: %s", got)
	}
}

func TestB2OverridesAndHeaderLimit(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	u.put(bucket, "n", "x", "X-Bz-Info-long", strings.Repeat("v", 6900), "X-Bz-Info-b2-content-language", "de")
	for _, c := range []struct {
		query  url.Values
		status int
	}{
		{url.Values{"b2ContentDisposition": {`attachment; filename="x"`}, "b2ContentLanguage": {"en"}}, 200},
		{url.Values{"b2ContentDisposition": {`attachment; filename="` + strings.Repeat("x", 100) + `"`}}, 400},
		{url.Values{"b2ContentType": {"no type"}}, 400},
		{url.Values{"b2Expires": {"tomorrow"}}, 400},
	} {
		res := u.get("/file/photos/n?" + c.query.Encode())
		if res.StatusCode != c.status || c.status == 200 && (res.Header.Get("Content-Disposition") != `attachment; filename="x"` || res.Header.Get("Content-Language") != "en") {
			t.Errorf("%v: %d %v %s", c.query, res.StatusCode, res.Header, res.body)
		}
	}
	u.fails("400 bad_request", "b2_get_download_authorization", jsonObject{
		"bucketId": bucket, "fileNamePrefix": "", "validDurationInSeconds": 60, "b2ContentDisposition": "attachment; filename*=UTF-8''x",
	})
	u.fails("400 bad_request", "b2_get_download_authorization", jsonObject{"bucketId": bucket, "fileNamePrefix": "", "validDurationInSeconds": 0})
}

// The pod may notice late that a client has gone away.
func TestB2UploadURLLingersAfterADisconnect(t *testing.T) {
	var ahead atomic.Int64
	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	u := startB2(t, WithClock(func() time.Time { return now.Add(time.Duration(ahead.Load())) }))
	u.b.Configure(B2Settings{BusyAfterDisconnect: time.Minute})
	target := u.call("b2_get_upload_url", jsonObject{"bucketId": u.bucket("photos")})
	headers := map[string]string{"X-Bz-File-Name": "x", "Content-Type": "text/plain"}
	u.b.Inject(Fault{Operation: "b2_upload_file", Nth: 1, Reset: RequestBody(5)})
	req, _ := http.NewRequest("POST", target["uploadUrl"].(string), strings.NewReader("0123456789"))
	req.Header.Set("Authorization", target["authorizationToken"].(string))
	req.Header.Set("X-Bz-Content-Sha1", "do_not_verify")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	if res, err := u.b.Client().Do(req); err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		t.Fatalf("the upload did not break: %d", res.StatusCode)
	}
	for _, c := range []struct {
		later time.Duration
		want  string
	}{{0, "400 auth_token_limit"}, {time.Minute - 1, "400 auth_token_limit"}, {time.Minute, "401 bad_auth_token"}} {
		ahead.Store(int64(c.later))
		status, out := u.upload(target, headers, "x")
		if got := fmt.Sprint(status, " ", out["code"]); got != c.want {
			t.Errorf("%v after the disconnect: %s, want %s", c.later, got, c.want)
		}
	}
}
