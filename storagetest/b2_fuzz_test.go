package storagetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Whatever a call is told, it is answered, and a refusal is one of the service's.
func FuzzB2Calls(f *testing.F) {
	b := NewB2(WithInMemory(), WithMinPartSize(1))
	f.Cleanup(b.Close)
	b.Configure(B2Settings{CustomUploadTimestamps: true})
	send := func(method, path, token string, body []byte, headers ...string) (int, jsonObject, error) {
		req, err := http.NewRequest(method, b.URL+path, bytes.NewReader(body))
		if err != nil {
			return 0, nil, nil // net/http does not send such a thing
		}
		req.Header.Set("Authorization", token)
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := b.Client().Do(req)
		if err != nil {
			return 0, nil, err
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			return 0, nil, err
		}
		var out jsonObject
		return res.StatusCode, out, json.Unmarshal(answer, &out)
	}
	req, _ := http.NewRequest("GET", b.URL+"/b2api/v1/b2_authorize_account", nil)
	req.SetBasicAuth(b.keyID, b.secret)
	_, authorized, err := send("GET", "/b2api/v1/b2_authorize_account", req.Header.Get("Authorization"), nil)
	if err != nil {
		f.Fatal(err)
	}
	token := authorized["authorizationToken"].(string)
	must := func(call string, in jsonObject) jsonObject {
		body, _ := json.Marshal(in)
		status, out, err := send("POST", "/b2api/v4/"+call, token, body)
		if err != nil || status != 200 {
			f.Fatalf("%s(%s): %d %v %v", call, body, status, out, err)
		}
		return out
	}
	bucket := must("b2_create_bucket", jsonObject{"accountId": b.accountID, "bucketName": "photos", "bucketType": "allPublic", "fileLockEnabled": true})["bucketId"]
	large := must("b2_start_large_file", jsonObject{"bucketId": bucket, "fileName": "large", "contentType": "a/b"})["fileId"]
	target := must("b2_get_upload_url", jsonObject{"bucketId": bucket})
	upload := strings.TrimPrefix(target["uploadUrl"].(string), b.URL)
	status, file, err := send("POST", upload, target["authorizationToken"].(string), []byte("x"),
		"X-Bz-File-Name", "x", "Content-Type", "a/b", "X-Bz-Content-Sha1", sha1Of("x"))
	if err != nil || status != 200 {
		f.Fatal(status, file, err)
	}

	values := map[string]any{
		"accountId": b.accountID, "bucketId": bucket, "destinationBucketId": bucket, "bucketName": "another", "bucketType": "allPrivate", "fileName": "x",
		"fileId": file["fileId"], "sourceFileId": file["fileId"], "largeFileId": large, "startFileId": large, "startFileName": "large", "legalHold": "on",
		"partNumber": 1, "partSha1Array": []any{nil}, "capabilities": []string{"readFiles"}, "keyName": "key", "fileInfo": jsonObject{"a": nil},
		"fileRetention": jsonObject{"mode": "governance"}, "defaultRetention": jsonObject{"mode": "compliance"}, "range": "bytes=0-0",
		"corsRules": []any{jsonObject{"corsRuleName": "everyone"}}, "lifecycleRules": []any{jsonObject{"fileNamePrefix": ""}},
		"replicationConfiguration": jsonObject{"asReplicationSource": nil}, "eventNotificationRules": []any{jsonObject{"targetConfiguration": nil}},
		"serverSideEncryption": jsonObject{"mode": "SSE-C"}, "defaultServerSideEncryption": jsonObject{"mode": nil}, "customUploadTimestamp": "1",
		"maxFileCount": -1, "maxKeyCount": 1e30, "validDurationInSeconds": 1 << 62, "bypassGovernance": true, "fileNamePrefix": "", "prefix": "\x00",
	}
	for call := range b.calls {
		for version := range 4 {
			f.Add(uint8(version), call, []byte("{}"))
			body, _ := json.Marshal(values)
			f.Add(uint8(version), call, body)
			// The call with each of the values that it knows, and no other.
			known := jsonObject{}
			for name, value := range values {
				one, _ := json.Marshal(jsonObject{name: value})
				if _, out, _ := send("POST", fmt.Sprintf("/b2api/v%d/%s", version+1, call), token, one); !strings.Contains(fmt.Sprint(out["message"]), "unknown field") {
					known[name] = value
				}
			}
			body, _ = json.Marshal(known)
			f.Add(uint8(version), call, body)
		}
	}
	f.Fuzz(func(t *testing.T, version uint8, call string, body []byte) {
		path := fmt.Sprintf("/b2api/v%d/%s", 1+version%4, url.PathEscape(call))
		query := url.Values{}
		var members map[string]json.RawMessage
		_ = json.Unmarshal(body, &members)
		for name, value := range members {
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			query.Set(name, text)
		}
		for _, request := range []struct {
			method, path string
			body         []byte
		}{{"POST", path, body}, {"GET", path + "?" + query.Encode(), nil}} {
			status, out, err := send(request.method, request.path, token, request.body)
			if err != nil || status >= 500 || status != 0 && status != 200 && (out["status"] != float64(status) || out["code"] == "" || out["message"] == nil) {
				t.Errorf("%s %s %q: %d %v %v", request.method, request.path, request.body, status, out, err)
			}
		}
	})
}
