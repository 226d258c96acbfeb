package storagetest

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestB2KeepsWhatIsUploaded(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos", jsonObject{"bucketInfo": jsonObject{"Cache-Control": "max-age=7"}})
	content := "what is in the file"
	for _, name := range []string{
		"plain.txt", "a b+c&d,e%f.txt", "/leading", "trailing/", "a//b", "..", ".", "dir/../x", "\\", "ü/自由/\U00010400", "!$'()*;=:@~<>[]^`{|}#?\"",
	} {
		out := u.put(bucket, name, content,
			"X-Bz-Info-Colour", "blue%2Fgr%C3%BCn+x", "X-Bz-Info-b2-content-language", "de",
			"X-Bz-Info-src_last_modified_millis", "1767600000000")
		want := jsonObject{
			"accountId": u.b.accountID, "action": "upload", "bucketId": bucket, "contentLength": float64(len(content)),
			"contentSha1": sha1Of(content), "contentMd5": fmt.Sprintf("%x", md5.Sum([]byte(content))), "contentType": "text/plain",
			"fileId": out["fileId"], "fileName": name, "uploadTimestamp": out["uploadTimestamp"],
			"fileInfo":             jsonObject{"colour": "blue/grün x", "b2-content-language": "de", "src_last_modified_millis": "1767600000000"},
			"fileRetention":        jsonObject{"isClientAuthorizedToRead": true, "value": jsonObject{"mode": nil, "retainUntilTimestamp": nil}},
			"legalHold":            jsonObject{"isClientAuthorizedToRead": true, "value": nil},
			"serverSideEncryption": jsonObject{"mode": nil, "algorithm": nil},
		}
		if diff := cmp.Diff(want, out); diff != "" {
			t.Errorf("upload of %q: %s", name, diff)
		}
		if diff := cmp.Diff(want, u.call("b2_get_file_info", jsonObject{"fileId": out["fileId"]})); diff != "" {
			t.Errorf("b2_get_file_info of %q: %s", name, diff)
		}
		for _, path := range []string{
			"GET /file/photos/" + b2Escape(name), "HEAD /file/photos/" + b2Escape(name), "GET /file/photos/" + fullyEscaped(name),
			"GET /b2api/v4/b2_download_file_by_id?fileId=" + out["fileId"].(string),
		} {
			res := u.get(path)
			if res.StatusCode != 200 {
				t.Errorf("%s: %d %s", path, res.StatusCode, res.body)
				continue
			}
			if wantBody := content; path[0] == 'G' && string(res.body) != wantBody {
				t.Errorf("%s: %q", path, res.body)
			}
			got := map[string]string{}
			for key := range res.Header {
				got[strings.ToLower(key)] = res.Header.Get(key)
			}
			delete(got, "date")
			if diff := cmp.Diff(map[string]string{
				"accept-ranges": "bytes", "cache-control": "max-age=7", "content-language": "de", "content-length": strconv.Itoa(len(content)),
				"content-type": "text/plain", "x-bz-content-sha1": sha1Of(content), "x-bz-file-id": out["fileId"].(string),
				"x-bz-file-name": b2Escape(name), "x-bz-info-colour": "blue/gr%C3%BCn+x", "x-bz-info-src_last_modified_millis": "1767600000000",
				"x-bz-upload-timestamp": strconv.FormatInt(int64(out["uploadTimestamp"].(float64)), 10),
			}, got); diff != "" {
				t.Errorf("%s: %s", path, diff)
			}
		}
	}
}

func fullyEscaped(name string) string {
	var out strings.Builder
	for i := range len(name) {
		fmt.Fprintf(&out, "%%%02x", name[i])
	}
	return out.String()
}

func TestB2ChecksUploads(t *testing.T) {
	u := startB2(t)
	target := u.call("b2_get_upload_url", jsonObject{"bucketId": u.bucket("photos")})
	const content = "content"
	sum := sha1Of(content)
	long := strings.Repeat("v", 3000)
	for _, c := range []struct {
		name    string
		content string
		headers map[string]string
		want    string
		sha1    string
	}{
		{name: "sum in the header", content: content, want: "200 <nil>", sha1: sum},
		{name: "sum at the end", content: content + sum, headers: map[string]string{"X-Bz-Content-Sha1": "hex_digits_at_end"}, want: "200 <nil>", sha1: sum},
		{name: "sum not verified", content: content, headers: map[string]string{"X-Bz-Content-Sha1": "do_not_verify"}, want: "200 <nil>", sha1: "unverified:" + sum},
		{name: "upper case sum", content: content, headers: map[string]string{"X-Bz-Content-Sha1": strings.ToUpper(sum)}, want: "200 <nil>", sha1: sum},
		{name: "empty", want: "200 <nil>", sha1: sha1Of("")},
		{name: "resolved type", content: content, headers: map[string]string{"Content-Type": "b2/x-auto"}, want: "200 <nil>", sha1: sum},
		{name: "wrong sum", content: content, headers: map[string]string{"X-Bz-Content-Sha1": sha1Of("else")}, want: "400 bad_request"},
		{name: "wrong sum at the end", content: content + sha1Of("else"), headers: map[string]string{"X-Bz-Content-Sha1": "hex_digits_at_end"}, want: "400 bad_request"},
		{name: "no room for the sum", content: "x", headers: map[string]string{"X-Bz-Content-Sha1": "hex_digits_at_end"}, want: "400 bad_request"},
		{name: "no sum", content: content, headers: map[string]string{"X-Bz-Content-Sha1": ""}, want: "400 bad_request"},
		{name: "no sum but words", content: content, headers: map[string]string{"X-Bz-Content-Sha1": "none"}, want: "400 bad_request"},
		{name: "no name", content: content, headers: map[string]string{"X-Bz-File-Name": ""}, want: "400 bad_request"},
		{name: "control character in name", content: content, headers: map[string]string{"X-Bz-File-Name": "a%0Ab"}, want: "400 bad_request"},
		{name: "name not UTF-8", content: content, headers: map[string]string{"X-Bz-File-Name": "a%FF"}, want: "400 bad_request"},
		{name: "name not encoded", content: content, headers: map[string]string{"X-Bz-File-Name": "a&b"}, want: "400 bad_request"},
		{name: "broken encoding", content: content, headers: map[string]string{"X-Bz-File-Name": "a%2"}, want: "400 bad_request"},
		{name: "long name", content: content, headers: map[string]string{"X-Bz-File-Name": strings.Repeat("n", 1025)}, want: "400 bad_request"},
		{name: "no type", content: content, headers: map[string]string{"Content-Type": ""}, want: "400 bad_request"},
		{name: "reserved info", content: content, headers: map[string]string{"X-Bz-Info-b2-own": "x"}, want: "400 bad_request"},
		{name: "bad time", content: content, headers: map[string]string{"X-Bz-Info-src_last_modified_millis": "yesterday"}, want: "400 bad_request"},
		{name: "info not encoded", content: content, headers: map[string]string{"X-Bz-Info-k": "a,b"}, want: "400 bad_request"},
		{name: "too much info", content: content, headers: map[string]string{"X-Bz-Info-a": long, "X-Bz-Info-b": long, "X-Bz-Info-c": long}, want: "400 metadata_exceeded"},
		{name: "much info and encryption", content: content, headers: map[string]string{"X-Bz-Info-a": long, "X-Bz-Server-Side-Encryption": "AES256"}, want: "400 metadata_exceeded"},
		{name: "lock without lock", content: content, headers: map[string]string{"X-Bz-File-Legal-Hold": "on"}, want: "400 bucket_missing_file_lock"},
		{name: "own timestamp", content: content, headers: map[string]string{"X-Bz-Custom-Upload-Timestamp": "1767600000000"}, want: "400 custom_timestamp_not_allowed"},
		{name: "token of nobody", content: content, headers: map[string]string{"Authorization": "4_x"}, want: "401 bad_auth_token"},
		{name: "account token", content: content, headers: map[string]string{"Authorization": u.token}, want: "401 bad_auth_token"},
	} {
		headers := map[string]string{"X-Bz-File-Name": "name.json", "Content-Type": "text/plain"}
		maps.Copy(headers, c.headers)
		status, out := u.upload(target, headers, c.content)
		if got := fmt.Sprint(status, " ", out["code"]); got != c.want {
			t.Errorf("%s: %d %v, want %s", c.name, status, out, c.want)
		}
		if c.sha1 != "" && out["contentSha1"] != c.sha1 {
			t.Errorf("%s: SHA-1 %v, want %s", c.name, out["contentSha1"], c.sha1)
		}
		if c.name == "resolved type" && out["contentType"] != "application/json" {
			t.Errorf("%s: %v", c.name, out["contentType"])
		}
	}
	req, _ := http.NewRequest("POST", target["uploadUrl"].(string), io.MultiReader(strings.NewReader(content)))
	for name, value := range map[string]string{
		"Authorization": target["authorizationToken"].(string), "X-Bz-File-Name": "n", "Content-Type": "t", "X-Bz-Content-Sha1": sum,
	} {
		req.Header.Set(name, value)
	}
	if res := u.do(req); res.StatusCode != 400 {
		t.Errorf("chunked upload: %d %s", res.StatusCode, res.body)
	}

	for _, name := range []string{"X-Bz-File-Name", "X-Bz-Content-Sha1", "X-Bz-Info-A", "X-Bz-File-Legal-Hold"} {
		twice, _ := http.NewRequest("POST", target["uploadUrl"].(string), strings.NewReader(content))
		twice.Header = req.Header.Clone()
		twice.Header.Set(name, "x")
		twice.Header.Add(name, "x")
		if res := u.do(twice); res.StatusCode != 400 || !strings.Contains(string(res.body), name+" comes 2 times") {
			t.Errorf("%s twice: %d %s", name, res.StatusCode, res.body)
		}
	}

	// A length that is not told is not the length 0, which net/http's client tells.
	conn, err := u.b.DialContext(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nX-Bz-File-Name: n\r\nContent-Type: t\r\nX-Bz-Content-Sha1: %s\r\n\r\n",
		req.URL.Path, target["authorizationToken"], sha1Of(""))
	res, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil || res.StatusCode != 400 {
		t.Errorf("upload without a length: %v %v", res, err)
	}
}

func TestB2UploadURLServesOneUploadAtATime(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	target := u.call("b2_get_upload_url", jsonObject{"bucketId": bucket})
	headers := map[string]string{"X-Bz-File-Name": "name", "Content-Type": "text/plain"}

	entered := make(chan struct{})
	read, write := io.Pipe()
	req, _ := http.NewRequest("POST", target["uploadUrl"].(string), read)
	req.ContentLength = 10
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Authorization", target["authorizationToken"].(string))
	req.Header.Set("X-Bz-Content-Sha1", sha1Of("0123456789"))
	first := make(chan int)
	u.b.Inject(Fault{Match: func(r *http.Request) bool {
		if r.ContentLength == 10 {
			close(entered)
		}
		return false
	}})
	go func() {
		res, err := u.b.Client().Do(req)
		if err != nil {
			t.Error(err)
			first <- 0
			return
		}
		res.Body.Close()
		first <- res.StatusCode
	}()
	_, _ = write.Write([]byte("01234"))
	<-entered
	u.b.ForgetFaults()
	for {
		// The first upload has reached the server; it takes the URL any moment.
		u.b.state.Lock()
		busy := u.b.tokens[target["authorizationToken"].(string)].busy
		u.b.state.Unlock()
		if busy {
			break
		}
		runtime.Gosched()
	}
	status, out := u.upload(target, headers, "x")
	if message, _ := out["message"].(string); status != 400 || out["code"] != "auth_token_limit" || !strings.HasPrefix(message, "more than one upload using auth token ") {
		t.Errorf("second upload at the same time: %d %v", status, out)
	}
	_, _ = write.Write([]byte("56789"))
	if status := <-first; status != 200 {
		t.Errorf("first upload: %d", status)
	}
	if status, out := u.upload(target, headers, "x"); status != 200 {
		t.Errorf("an upload after the first one: %d %v", status, out)
	}
	other := u.call("b2_get_upload_url", jsonObject{"bucketId": bucket})
	other["authorizationToken"] = target["authorizationToken"]
	if status, out := u.upload(other, headers, "x"); status != 401 {
		t.Errorf("token of one URL at another: %d %v", status, out)
	}
}

func TestB2UploadURLEndsWithAFailure(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	headers := map[string]string{"X-Bz-File-Name": "name", "Content-Type": "text/plain"}
	content := strings.Repeat("x", 100_000)
	for _, c := range []struct {
		name   string
		fault  Fault
		status int // 0: the connection breaks
		kept   int // versions of the file that come of it
	}{
		{name: "busy pod", fault: Fault{Status: 503, RetryAfter: "1"}, status: 503},
		{name: "time-out", fault: Fault{Status: 408}, status: 408},
		{name: "broken in the middle", fault: Fault{Reset: RequestBody(50_000)}},
		{name: "broken before anything", fault: Fault{Reset: RequestBody(0)}},
		{name: "broken before an answer that is rewritten", fault: Fault{Reset: BeforeResponse(), Body: func(b []byte) []byte { return b }}, kept: 1},
		{name: "broken in the answer", fault: Fault{Truncate: ResponseBody(10)}, kept: 1},
		{name: "broken before the answer", fault: Fault{Reset: BeforeResponse()}, kept: 1},
	} {
		versions := func() int {
			return len(u.call("b2_list_file_versions", jsonObject{"bucketId": bucket})["files"].([]any))
		}
		before := versions()
		target := u.call("b2_get_upload_url", jsonObject{"bucketId": bucket})
		c.fault.Operation, c.fault.Nth = "b2_upload_file", 1
		u.b.Inject(c.fault)
		req, _ := http.NewRequest("POST", target["uploadUrl"].(string), strings.NewReader(content))
		req.Header.Set("Authorization", target["authorizationToken"].(string))
		req.Header.Set("X-Bz-Content-Sha1", sha1Of(content))
		for name, value := range headers {
			req.Header.Set(name, value)
		}
		res, err := u.b.Client().Do(req)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
		}
		switch {
		case c.status == 0 && err == nil:
			t.Errorf("%s: %d instead of a broken connection", c.name, res.StatusCode)
		case c.status != 0 && (err != nil || res.StatusCode != c.status):
			t.Errorf("%s: %v %v", c.name, res, err)
		}
		if res != nil {
			res.Body.Close()
		}
		if status, _ := u.upload(target, headers, content); status != 401 {
			t.Errorf("%s: the URL still answers %d", c.name, status)
		}
		if got := versions() - before; got != c.kept {
			t.Errorf("%s: %d versions, want %d", c.name, got, c.kept)
		}
		u.b.ForgetFaults()
	}
}

func TestB2CustomTimestamps(t *testing.T) {
	u := startB2(t)
	u.b.Configure(B2Settings{CustomUploadTimestamps: true})
	bucket := u.bucket("photos")
	u.put(bucket, "x", "newer")
	out := u.put(bucket, "x", "older", "X-Bz-Custom-Upload-Timestamp", "1500000000000")
	if out["uploadTimestamp"] != 1.5e12 {
		t.Errorf("upload: %v", out)
	}
	// Of versions of the same time, the last to arrive is the newest, and a list goes
	// on below one that is gone.
	var same []string
	for range 3 {
		same = append(same, u.put(bucket, "x", "same", "X-Bz-Custom-Upload-Timestamp", "1500000000000")["fileId"].(string))
	}
	u.call("b2_delete_file_version", jsonObject{"fileName": "x", "fileId": same[1]})
	rest := u.call("b2_list_file_versions", jsonObject{"bucketId": bucket, "startFileName": "x", "startFileId": same[1]})
	if got, want := column(rest, "files", "fileId"), []string{same[0], out["fileId"].(string)}; !slices.Equal(got, want) {
		t.Errorf("below a version that is gone: %q, want %q", got, want)
	}
	if res := u.get("/file/photos/x"); string(res.body) != "newer" {
		t.Errorf("the newest by timestamp: %q", res.body)
	}
	start := jsonObject{"bucketId": bucket, "fileName": "y", "contentType": "a/b", "customUploadTimestamp": 1500000000000}
	if out := u.call("b2_start_large_file", start); out["uploadTimestamp"] != 1.5e12 {
		t.Errorf("b2_start_large_file: %v", out)
	}
	start["customUploadTimestamp"] = time.Now().Add(time.Hour).UnixMilli()
	u.fails("400 custom_timestamp_invalid", "b2_start_large_file", start)
}
