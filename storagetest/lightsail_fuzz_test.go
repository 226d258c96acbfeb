package storagetest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzLightsailCalls has whatever is asked of the control API, or of S3 where no
// operation is named, answered: by an output or by a refusal of the service.
func FuzzLightsailCalls(f *testing.F) {
	const anonymous = "nobody"
	l := NewLightsail(WithInMemory())
	f.Cleanup(l.Close)
	l.AddInstance("web-1")
	l.AddAccountKey("111122223333", AccessKey{ID: "AKIDOFANOTHERACCOUNT", Secret: "secret"})
	l.AddInstanceKey("web-1", AccessKey{ID: "ASIAOFANINSTANCE", Secret: "secret", SessionToken: "token"})
	asOwner := func(t *testing.T) *awsUser {
		return &awsUser{t: t, l: l, id: l.keyID, secret: l.secret, region: l.region, service: "lightsail", now: time.Now}
	}
	prepare := func(t *testing.T) { // for operations that take away, or use up
		l.AddBucket(LightsailBucket{Name: "logs"})
		l.AddBucket(LightsailBucket{Name: "photos", ReadonlyAccessAccounts: []string{"111122223333"}, ResourcesReceivingAccess: map[string]string{"web-1": "Instance"}})
		if objects, _ := l.s3.usage("photos"); objects == 0 {
			asOwner(t).s3("PUT", "/photos/k", "content")
		}
	}
	day := time.Now().Unix() / daySeconds * daySeconds
	values := jsonObject{
		"bucketName": "photos", "bundleId": "small_1_0", "enableObjectVersioning": true, "forceDelete": true, "pageToken": "cGhvdG9z", "includeCors": true,
		"includeConnectedResources": true, "includeInactive": true, "includeAvailabilityZones": true, "operationId": "00000000-0000-4000-8000-000000000001",
		"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "resourceName": "photos", "access": "allow", "tagKeys": []string{"a"}, "tags": []any{jsonObject{"key": "a"}},
		"accessRules": jsonObject{"getObject": "public", "allowPublicOverrides": nil}, "versioning": "Suspended", "readonlyAccessAccounts": []string{"111122223333"},
		"accessLogConfig": jsonObject{"enabled": true, "destination": "logs", "prefix": "p/"},
		"cors":            jsonObject{"rules": []any{jsonObject{"allowedMethods": []string{"GET"}, "allowedOrigins": []string{"*"}, "maxAgeSeconds": -1}}},
		"metricName":      "BucketSizeBytes", "startTime": day, "endTime": day + 2*daySeconds, "period": 86400, "statistics": []string{"Maximum"}, "unit": "Bytes",
	}
	for name, call := range l.calls {
		known := jsonObject{}
		for member, value := range values { // one by one, as unknown members are refused
			one, _ := json.Marshal(jsonObject{member: value})
			if _, err := call.decode(one); err == nil || strings.Contains(err.Error(), "required") {
				known[member] = value
			}
		}
		all, _ := json.Marshal(known)
		for _, body := range []string{string(all), strings.Replace(string(all), `"resourceName":"photos"`, `"resourceName":"web-1"`, 1), "{}", "null", `{"bucketName":null}`, `{"bucketName":["photos"]}`} {
			f.Add("POST", "/", name, "", []byte(body))
		}
	}
	for _, authorization := range []string{"AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00", "Basic eDp5", "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lightsail/aws4_request,SignedHeaders=;,Signature=0"} {
		f.Add("POST", "/", "GetBuckets", authorization, []byte("{}"))
		f.Add("GET", "/photos/k?versionId=x", "", authorization, []byte(""))
	}
	f.Add("GET", "/photos/k", "", "", []byte(""))
	f.Add("GET", "/photos/k?response-expires=0", "", anonymous, []byte(""))
	f.Add("HEAD", "/photos/k?versionId=x", "", anonymous, []byte(""))
	f.Add("PUT", "/photos/k?acl", "", "", []byte("<AccessControlPolicy/>"))
	f.Add("PUT", "/photos?cors", "", "", []byte("<CORSConfiguration/>"))
	f.Add("GET", "/", "GetBuckets", "", []byte("{}"))
	f.Add("POST", "/ls/api/2016-11-28/GetBuckets", "GetBuckets", "", []byte("{}"))

	f.Fuzz(func(t *testing.T, method, path, operation, authorization string, body []byte) {
		prepare(t)
		u := asOwner(t)
		req, err := http.NewRequest(method, l.URL+path, bytes.NewReader(body))
		if err != nil || req.URL.Host != strings.TrimPrefix(l.URL, "http://") {
			return // nobody sends such a thing, or not here
		}
		if operation == "" {
			u.service = "s3"
		} else {
			req.Header.Set("Content-Type", "application/x-amz-json-1.1")
			req.Header.Set("X-Amz-Target", lightsailTarget+operation)
		}
		u.sign(req, string(body))
		switch authorization {
		case "":
		case anonymous:
			req.Header.Del("Authorization")
		default:
			req.Header.Set("Authorization", authorization)
		}
		res, err := l.Client().Do(req)
		if err != nil {
			if strings.Contains(err.Error(), "net/http: invalid") { // it was not sent
				return
			}
			t.Fatalf("%s %s %q: %v", method, path, operation, err)
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode == http.StatusInternalServerError {
			t.Errorf("%s %s %q %q: %d %q %v", method, path, operation, body, res.StatusCode, answer, err)
		}
		if operation == "" || method == http.MethodHead {
			return
		}
		var out jsonObject
		if err := json.Unmarshal(answer, &out); err != nil || res.StatusCode >= 500 || (res.StatusCode == 200) != (errorName(0, out) == "0 ") {
			t.Errorf("%s %s %q %q: %d %q %v", method, path, operation, body, res.StatusCode, answer, err)
		}
	})
}
