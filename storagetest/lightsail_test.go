package storagetest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// awsUser signs requests by itself, for services whose path is "/" or plain.
type awsUser struct {
	t                      *testing.T
	l                      *Lightsail
	id, secret             string
	region, service, token string
	now                    func() time.Time
}

func startLightsail(t *testing.T, opts ...Option) *awsUser {
	t.Helper()
	l := NewLightsail(opts...)
	t.Cleanup(l.Close)
	return &awsUser{t: t, l: l, id: l.keyID, secret: l.secret, region: l.region, service: "lightsail", now: time.Now}
}

func (u *awsUser) sign(req *http.Request, body string) {
	hash := sha256.Sum256([]byte(body))
	payload := hex.EncodeToString(hash[:])
	at := u.now().UTC()
	stamp, day := at.Format("20060102T150405Z"), at.Format("20060102")
	req.Header.Set("X-Amz-Date", stamp)
	req.Header.Set("X-Amz-Content-Sha256", payload)
	if u.token != "" {
		req.Header.Set("X-Amz-Security-Token", u.token)
	}
	lines := map[string]string{"host": req.URL.Host}
	for name := range req.Header {
		lines[strings.ToLower(name)] = req.Header.Get(name)
	}
	signed := slices.Sorted(maps.Keys(lines))
	canonical := req.Method + "\n" + req.URL.Path + "\n" + req.URL.RawQuery + "\n" // as the tests write it: sorted, with values
	for _, name := range signed {
		canonical += name + ":" + lines[name] + "\n"
	}
	canonical += "\n" + strings.Join(signed, ";") + "\n" + payload
	sum := sha256.Sum256([]byte(canonical))
	scope := day + "/" + u.region + "/" + u.service + "/aws4_request"
	key := []byte("AWS4" + u.secret)
	for _, word := range append(strings.Split(scope, "/"), "AWS4-HMAC-SHA256\n"+stamp+"\n"+scope+"\n"+hex.EncodeToString(sum[:])) {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(word))
		key = h.Sum(nil)
	}
	req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%x", u.id, scope, strings.Join(signed, ";"), key))
}

func (u *awsUser) send(req *http.Request) (int, http.Header, []byte) {
	u.t.Helper()
	res, err := u.l.Client().Do(req)
	if err != nil {
		u.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		u.t.Fatal(err)
	}
	return res.StatusCode, res.Header, body
}

func (u *awsUser) request(operation string, in any) (*http.Request, string) {
	u.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		u.t.Fatal(err)
	}
	req, _ := http.NewRequest("POST", u.l.URL+"/", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "Lightsail_20161128."+operation)
	return req, string(body)
}

func (u *awsUser) try(operation string, in any) (int, jsonObject) {
	u.t.Helper()
	req, body := u.request(operation, in)
	u.sign(req, body)
	return u.answer(req)
}

func (u *awsUser) answer(req *http.Request) (int, jsonObject) {
	u.t.Helper()
	status, header, body := u.send(req)
	var out jsonObject
	if err := json.Unmarshal(body, &out); err != nil || header.Get("X-Amzn-RequestId") == "" || header.Get("Content-Type") != "application/x-amz-json-1.1" {
		u.t.Fatalf("%v %v %q", err, header, body)
	}
	return status, out
}

func (u *awsUser) call(operation string, in any) jsonObject {
	u.t.Helper()
	status, out := u.try(operation, in)
	if status != 200 {
		u.t.Fatalf("%s(%v) = %d %v", operation, in, status, out)
	}
	return out
}

func (u *awsUser) fails(want, operation string, in any) {
	u.t.Helper()
	status, out := u.try(operation, in)
	if got := errorName(status, out); got != want {
		u.t.Errorf("%s(%v) = %d %v, want %s", operation, in, status, out, want)
	}
}

func errorName(status int, out jsonObject) string {
	name, _ := out["__type"].(string)
	return fmt.Sprint(status, " ", name[strings.LastIndexByte(name, '#')+1:])
}

// s3 sends an S3 request by the user's key.
func (u *awsUser) s3(method, path, body string) (int, string) {
	u.t.Helper()
	signer := *u
	signer.service = "s3"
	req, _ := http.NewRequest(method, u.l.URL+path, strings.NewReader(body))
	signer.sign(req, body)
	status, _, out := u.send(req)
	return status, string(out)
}

func TestLightsailBuckets(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 11, 12, 345e6, time.UTC)
	u := startLightsail(t, WithClock(func() time.Time { return now }), WithRegion("eu-west-1"))
	u.now = func() time.Time { return now }
	out := u.call("CreateBucket", jsonObject{
		"bucketName": "photos", "bundleId": "medium_1_0", "tags": []jsonObject{{"key": "b", "value": "c"}, {"key": "a"}}, "enableObjectVersioning": true,
	})
	location := jsonObject{"availabilityZone": "all", "regionName": "eu-west-1"}
	const seconds = 1767607872.345
	bucket := jsonObject{
		"resourceType": "Bucket", "accessRules": jsonObject{"getObject": "private", "allowPublicOverrides": false},
		"arn": "arn:aws:lightsail:eu-west-1:123456789012:Bucket/00000000-0000-4000-8000-000000000001", "bundleId": "medium_1_0", "createdAt": seconds,
		"url": u.l.URL + "/photos", "location": location, "name": "photos", "supportCode": "621291663362/photos",
		"tags": []any{jsonObject{"key": "a"}, jsonObject{"key": "b", "value": "c"}}, "objectVersioning": "Enabled", "ableToUpdateBundle": true,
		"readonlyAccessAccounts": []any{}, "state": jsonObject{"code": "OK"}, "accessLogConfig": jsonObject{"enabled": false},
	}
	if diff := cmp.Diff(jsonObject{"bucket": bucket, "operations": []any{jsonObject{
		"id": "00000000-0000-4000-8000-000000000002", "resourceName": "photos", "resourceType": "Bucket", "createdAt": seconds, "location": location,
		"isTerminal": true, "operationDetails": "medium_1_0", "operationType": "CreateBucket", "status": "Succeeded", "statusChangedAt": seconds,
		"errorCode": "", "errorDetails": "",
	}}}, out); diff != "" {
		t.Errorf("CreateBucket: %s", diff)
	}
	if diff := cmp.Diff(jsonObject{"buckets": []any{bucket}}, u.call("GetBuckets", jsonObject{})); diff != "" {
		t.Errorf("GetBuckets: %s", diff)
	}
	for _, in := range []jsonObject{
		{"bucketName": "photos", "bundleId": "small_1_0"},
		{"bucketName": "Photos", "bundleId": "small_1_0"},
		{"bucketName": "pho--tos", "bundleId": "small_1_0"},
		{"bucketName": "ph", "bundleId": "small_1_0"},
		{"bucketName": strings.Repeat("x", 55), "bundleId": "small_1_0"},
		{"bucketName": "pictures", "bundleId": "tiny"},
		{"bucketName": "pictures", "bundleId": "small_1_0", "tags": []jsonObject{{"key": "aws:x"}}},
		{"bucketName": "pictures"},
	} {
		u.fails("400 InvalidInputException", "CreateBucket", in)
	}
	u.fails("400 SerializationException", "CreateBucket", jsonObject{"bucketName": "pictures", "bundleId": "small_1_0", "Tags": nil})
	u.fails("400 SerializationException", "CreateBucket", jsonObject{"bucketName": 7, "bundleId": "small_1_0"})

	u.l.AddBucket(LightsailBucket{
		Name: "all-set", BundleId: "large_1_0", ObjectVersioning: "Suspended", GetObject: "public", AllowPublicOverrides: true, BundleFixed: true,
		ReadonlyAccessAccounts: []string{"111122223333"}, ResourcesReceivingAccess: map[string]string{"web-1": "Instance"},
		AccessLogDestination: "photos", AccessLogPrefix: "log/",
		CORS:      []LightsailCORSRule{{ID: "one", AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}, AllowedHeaders: []string{"a"}, ExposeHeaders: []string{"b"}, MaxAgeSeconds: 9}},
		StateCode: "Unknown", StateMessage: "not known",
	})
	u.l.SetAccountLevelBpaSync("Failed", now, "SYNC_ON_HOLD", true)
	out = u.call("GetBuckets", jsonObject{"bucketName": "all-set", "includeConnectedResources": true, "includeCors": true})
	if diff := cmp.Diff(jsonObject{
		"accountLevelBpaSync": jsonObject{"status": "Failed", "lastSyncedAt": seconds, "message": "SYNC_ON_HOLD", "bpaImpactsLightsail": true},
		"buckets": []any{jsonObject{
			"resourceType": "Bucket", "accessRules": jsonObject{"getObject": "public", "allowPublicOverrides": true},
			"arn": "arn:aws:lightsail:eu-west-1:123456789012:Bucket/00000000-0000-4000-8000-000000000003", "bundleId": "large_1_0", "createdAt": seconds,
			"url": u.l.URL + "/all-set", "location": location, "name": "all-set", "supportCode": "621291663362/all-set", "tags": []any{},
			"objectVersioning": "Suspended", "ableToUpdateBundle": false, "readonlyAccessAccounts": []any{"111122223333"},
			"resourcesReceivingAccess": []any{jsonObject{"name": "web-1", "resourceType": "Instance"}},
			"state":                    jsonObject{"code": "Unknown", "message": "not known"},
			"accessLogConfig":          jsonObject{"enabled": true, "destination": "photos", "prefix": "log/"},
			"cors": jsonObject{"rules": []any{jsonObject{
				"id": "one", "allowedMethods": []any{"GET"}, "allowedOrigins": []any{"*"}, "allowedHeaders": []any{"a"}, "exposeHeaders": []any{"b"}, "maxAgeSeconds": 9.0,
			}}},
		}},
	}, out); diff != "" {
		t.Errorf("GetBuckets of all-set: %s", diff)
	}

	u.l.AddBucket(LightsailBucket{Name: "third"})
	u.l.SetPageSize(2)
	first := u.call("GetBuckets", jsonObject{})
	second := u.call("GetBuckets", jsonObject{"pageToken": first["nextPageToken"]})
	if a, b := column(first, "buckets", "name"), column(second, "buckets", "name"); !slices.Equal(append(a, b...), []string{"all-set", "photos", "third"}) || second["nextPageToken"] != nil {
		t.Errorf("pages: %v %v %v", a, b, second["nextPageToken"])
	}
	u.fails("400 InvalidInputException", "GetBuckets", jsonObject{"pageToken": "?"})
	u.fails("400 InvalidInputException", "GetBuckets", jsonObject{"includeCors": true})
	u.fails("400 InvalidInputException", "GetBuckets", jsonObject{"bucketName": "-"})
	u.fails("404 NotFoundException", "GetBuckets", jsonObject{"bucketName": "missing"})
	u.fails("400 InvalidInputException", "DeleteBucket", jsonObject{"bucketName": "all-set"})
	u.call("DeleteBucket", jsonObject{"bucketName": "all-set", "forceDelete": true})
	u.fails("404 NotFoundException", "DeleteBucket", jsonObject{"bucketName": "all-set"})
}

func TestLightsailAccessKeys(t *testing.T) {
	u := startLightsail(t)
	for _, name := range []string{"photos", "others"} {
		u.call("CreateBucket", jsonObject{"bucketName": name, "bundleId": "small_1_0"})
	}
	photos := jsonObject{"bucketName": "photos"}
	made := u.call("CreateBucketAccessKey", photos)["accessKey"].(jsonObject)
	keys := func() []any { return u.call("GetBucketAccessKeys", photos)["accessKeys"].([]any) }
	unused := jsonObject{"region": "N/A", "serviceName": "N/A"}
	if diff := cmp.Diff([]any{jsonObject{
		"accessKeyId": made["accessKeyId"], "status": "Active", "createdAt": made["createdAt"], "lastUsed": unused,
	}}, keys()); diff != "" || len(made["accessKeyId"].(string)) != 20 || made["secretAccessKey"] == "" {
		t.Errorf("keys: %v %s", made, diff)
	}
	holder := *u
	holder.id, holder.secret = made["accessKeyId"].(string), made["secretAccessKey"].(string)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"PUT", "/others/x", "x", 403, "AccessDenied"},
		{"PUT", "/photos/x", "x", 200, ""},
		{"GET", "/photos/x", "", 200, "x"},
		{"DELETE", "/photos", "", 403, "AccessDenied"},
		{"PUT", "/brand-new", "", 403, "AccessDenied"},
		{"PUT", "/photos?tagging=", "", 403, "through the Lightsail API"},
	} {
		if status, body := holder.s3(c.method, c.path, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, body)
		}
	}
	used := keys()[0].(jsonObject)["lastUsed"].(jsonObject)
	if used["serviceName"] != "s3" || used["region"] != u.region || used["lastUsedDate"] == nil {
		t.Errorf("lastUsed: %v", used)
	}
	holder.fails("403 AccessDeniedException", "GetBuckets", jsonObject{})

	second := u.call("CreateBucketAccessKey", photos)["accessKey"].(jsonObject)
	u.fails("400 InvalidInputException", "CreateBucketAccessKey", photos)
	u.call("DeleteBucketAccessKey", jsonObject{"bucketName": "photos", "accessKeyId": second["accessKeyId"]})
	u.fails("404 NotFoundException", "DeleteBucketAccessKey", jsonObject{"bucketName": "photos", "accessKeyId": second["accessKeyId"]})
	u.fails("404 NotFoundException", "CreateBucketAccessKey", jsonObject{"bucketName": "missing"})
	u.fails("404 NotFoundException", "GetBucketAccessKeys", jsonObject{"bucketName": "missing"})

	u.fails("400 InvalidInputException", "DeleteBucket", photos) // has a key
	u.call("DeleteBucketAccessKey", jsonObject{"bucketName": "photos", "accessKeyId": holder.id})
	if status, body := holder.s3("GET", "/photos/x", ""); status != 403 || !strings.Contains(body, "InvalidAccessKeyId") {
		t.Errorf("key deleted: %d %s", status, body)
	}
	u.fails("400 InvalidInputException", "DeleteBucket", photos) // holds an object
	if status, body := u.s3("GET", "/photos/x", ""); status != 200 || body != "x" {
		t.Errorf("the account's own key: %d %s", status, body)
	}
	u.call("CreateBucketAccessKey", photos)
	u.call("DeleteBucket", jsonObject{"bucketName": "photos", "forceDelete": true})
	if status, body := u.s3("GET", "/photos/x", ""); status != 404 || !strings.Contains(body, "NoSuchBucket") {
		t.Errorf("bucket deleted: %d %s", status, body)
	}
}

// TestLightsailVersions has a bucket keep the versions that its settings say.
func TestLightsailVersions(t *testing.T) {
	u := startLightsail(t)
	u.call("CreateBucket", jsonObject{"bucketName": "photos", "bundleId": "small_1_0", "enableObjectVersioning": true})
	u.l.AddBucket(LightsailBucket{Name: "paused", ObjectVersioning: "Suspended"})
	u.l.AddBucket(LightsailBucket{Name: "plain", ObjectVersioning: "NeverEnabled"})
	for bucket, want := range map[string]string{"photos": "<Status>Enabled<", "paused": "<Status>Suspended<", "plain": ""} {
		if status, body := u.s3("GET", "/"+bucket+"?versioning=", ""); status != 200 || !strings.Contains(body, want) || want == "" && strings.Contains(body, "Status") {
			t.Errorf("versioning of %s: %d %s", bucket, status, body)
		}
	}
	for range 2 {
		u.s3("PUT", "/photos/x", "x")
	}
	u.l.AddBucket(LightsailBucket{Name: "photos", ObjectVersioning: "Suspended"})
	u.s3("DELETE", "/photos/x", "")
	_, body := u.s3("GET", "/photos?versions=", "")
	if versions, markers := strings.Count(body, "<Version>"), strings.Count(body, "<DeleteMarker>"); versions != 2 || markers != 1 {
		t.Errorf("%d versions and %d delete markers: %s", versions, markers, body)
	}
	u.fails("400 InvalidInputException", "DeleteBucket", jsonObject{"bucketName": "photos"}) // holds versions
	if status, body := u.s3("PUT", "/photos?versioning=", ""); status != 403 {
		t.Errorf("versioning set by S3: %d %s", status, body)
	}
}

func TestLightsailChecksSignatures(t *testing.T) {
	u := startLightsail(t)
	for _, c := range []struct {
		name   string
		change func(*awsUser)
		want   string
	}{
		{"as it should be", func(*awsUser) {}, "200 "},
		{"unknown key", func(u *awsUser) { u.id = "AKIANOBODY" }, "400 UnrecognizedClientException"},
		{"wrong secret", func(u *awsUser) { u.secret = "wrong" }, "400 InvalidSignatureException"},
		{"token for a key without", func(u *awsUser) { u.token = "token" }, "400 UnrecognizedClientException"},
		{"another service", func(u *awsUser) { u.service = "s3" }, "400 InvalidSignatureException"},
		{"another region", func(u *awsUser) { u.region = "eu-west-3" }, "400 InvalidSignatureException"},
		{"slow clock", func(u *awsUser) { u.now = func() time.Time { return time.Now().Add(-6 * time.Minute) } }, "400 InvalidSignatureException"},
		{"fast clock", func(u *awsUser) { u.now = func() time.Time { return time.Now().Add(6 * time.Minute) } }, "400 InvalidSignatureException"},
	} {
		user := *u
		c.change(&user)
		status, out := user.try("GetBuckets", jsonObject{})
		if got := errorName(status, out); got != c.want {
			t.Errorf("%s: %d %v, want %s", c.name, status, out, c.want)
		}
	}
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   string
	}{
		{"no signature", func(r *http.Request) { r.Header.Del("Authorization") }, "400 MissingAuthenticationTokenException"},
		{"half a signature", func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e") }, "400 IncompleteSignatureException"},
		{"a header not signed", func(r *http.Request) { r.Header.Set("X-Amz-Extra", "x") }, "400 InvalidSignatureException"},
		{"another body", func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{  }`)); r.ContentLength = 4 }, "400 InvalidSignatureException"},
		{"another operation", func(r *http.Request) { r.Header.Set("X-Amz-Target", "Lightsail_20161128.DeleteBucket") }, "400 InvalidSignatureException"},
		{"no such operation", func(r *http.Request) { r.Header.Set("X-Amz-Target", "Lightsail_20161128.FlyToTheMoon") }, "400 UnknownOperationException"},
		{"another content type", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, "400 UnknownOperationException"},
		{"another path", func(r *http.Request) { r.URL.Path = "/ls/api/2016-11-28/GetBuckets" }, "400 UnknownOperationException"},
	} {
		req, body := u.request("GetBuckets", jsonObject{})
		u.sign(req, body)
		c.change(req)
		status, out := u.answer(req)
		if got := errorName(status, out); got != c.want {
			t.Errorf("%s: %d %v, want %s", c.name, status, out, c.want)
		}
	}
}

func TestLightsailFaults(t *testing.T) {
	u := startLightsail(t)
	for _, c := range []struct {
		fault Fault
		want  string
	}{
		{Fault{Code: "RegionSetupInProgressException", Status: 400}, "400 RegionSetupInProgressException"},
		{Fault{Status: 401}, "401 UnauthenticatedException"},
		{Fault{Status: 403}, "403 AccessDeniedException"},
		{Fault{Status: 404}, "404 NotFoundException"},
		{Fault{Status: 428}, "428 AccountSetupInProgressException"},
		{Fault{Status: 429}, "429 ThrottlingException"},
		{Fault{Status: 500}, "500 ServiceException"},
		{Fault{Status: 503}, "503 ServiceUnavailableException"},
		{Fault{Skew: time.Hour}, "400 InvalidSignatureException"},
	} {
		c.fault.Operation, c.fault.Nth = "GetBuckets", 1
		u.l.Inject(c.fault)
		u.fails(c.want, "GetBuckets", jsonObject{})
		u.call("GetBuckets", jsonObject{})
	}
	u.l.Inject(Fault{Operation: "GetObject", Nth: 1, Status: 503})
	if status, body := u.s3("GET", "/photos/x", ""); status != 503 || !strings.HasPrefix(body, "<?xml") {
		t.Errorf("fault of S3: %d %s", status, body)
	}
	u.l.Inject(Fault{Operation: "GetBuckets", Nth: 1, ExpireToken: true})
	u.fails("400 ExpiredTokenException", "GetBuckets", jsonObject{})
}
