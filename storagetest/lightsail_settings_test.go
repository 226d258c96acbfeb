package storagetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// startLightsailAt starts a server whose time stands still until pass is called.
func startLightsailAt(t *testing.T, at time.Time) (u *awsUser, pass func(time.Duration)) {
	var now atomic.Int64
	now.Store(at.Unix())
	clock := func() time.Time { return time.Unix(now.Load(), 0) }
	u = startLightsail(t, WithClock(clock))
	u.now = clock
	return u, func(d time.Duration) { now.Add(int64(d / time.Second)) }
}

// bucket is a bucket as GetBuckets shows it with everything.
func (u *awsUser) bucket(name string) jsonObject {
	u.t.Helper()
	out := u.call("GetBuckets", jsonObject{"bucketName": name, "includeCors": true, "includeConnectedResources": true})
	return out["buckets"].([]any)[0].(jsonObject)
}

// wantOperation judges what a change answers with.
func wantOperation(t *testing.T, out jsonObject, kind, resource, details string) {
	t.Helper()
	list := out["operations"].([]any)
	o := list[0].(jsonObject)
	if len(list) != 1 || o["operationType"] != kind || o["resourceName"] != resource || o["operationDetails"] != details || o["status"] != "Succeeded" || o["isTerminal"] != true {
		t.Errorf("operations: %v, want one %s of %s", list, kind, resource)
	}
}

func TestLightsailUpdateBucket(t *testing.T) {
	u := startLightsail(t)
	for _, name := range []string{"photos", "logs"} {
		u.call("CreateBucket", jsonObject{"bucketName": name, "bundleId": "small_1_0"})
	}
	rule := jsonObject{"id": "one", "allowedMethods": []any{"GET"}, "allowedOrigins": []any{"https://example.com"}, "allowedHeaders": []any{"a"}, "exposeHeaders": []any{"b"}, "maxAgeSeconds": 9.0}
	out := u.call("UpdateBucket", jsonObject{
		"bucketName": "photos", "accessRules": jsonObject{"getObject": "public", "allowPublicOverrides": true}, "versioning": "Enabled",
		"readonlyAccessAccounts": []any{"111122223333"}, "accessLogConfig": jsonObject{"enabled": true, "destination": "logs", "prefix": "photos/"},
		"cors": jsonObject{"rules": []any{rule}},
	})
	wantOperation(t, out, "UpdateBucket", "photos", "")
	all := jsonObject{
		"accessRules": jsonObject{"getObject": "public", "allowPublicOverrides": true}, "objectVersioning": "Enabled",
		"readonlyAccessAccounts": []any{"111122223333"}, "accessLogConfig": jsonObject{"enabled": true, "destination": "logs", "prefix": "photos/"},
		"cors": jsonObject{"rules": []any{rule}},
	}
	settings := func(bucket jsonObject) jsonObject {
		some := jsonObject{}
		for name := range all {
			some[name] = bucket[name]
		}
		return some
	}
	if diff := cmp.Diff(all, settings(out["bucket"].(jsonObject))); diff != "" {
		t.Errorf("answer: %s", diff)
	}
	for _, in := range []jsonObject{
		{"accessRules": jsonObject{"getObject": "secret"}},
		{"versioning": "NeverEnabled"},
		{"readonlyAccessAccounts": []any{"me"}},
		{"readonlyAccessAccounts": slices.Repeat([]any{"111122223333"}, 11)},
		{"accessLogConfig": jsonObject{"destination": "logs"}},
		{"accessLogConfig": jsonObject{"enabled": true}},
		{"accessLogConfig": jsonObject{"enabled": true, "destination": "nowhere"}},
		{"accessLogConfig": jsonObject{"enabled": true, "destination": "logs", "prefix": "a b"}},
		{"accessLogConfig": jsonObject{"enabled": false, "destination": "logs"}},
		{"cors": jsonObject{"rules": slices.Repeat([]any{rule}, 21)}},
		{"cors": jsonObject{"rules": []any{jsonObject{"allowedMethods": []any{"PATCH"}, "allowedOrigins": []any{"*"}}}}},
		{"cors": jsonObject{"rules": []any{jsonObject{"allowedMethods": []any{"GET"}, "allowedOrigins": []any{}}}}},
		{"cors": jsonObject{"rules": []any{jsonObject{"allowedMethods": []any{"GET"}}}}},
		{"cors": jsonObject{"rules": []any{jsonObject{"allowedMethods": []any{"GET"}, "allowedOrigins": []any{"*"}, "id": strings.Repeat("x", 256)}}}},
		{"cors": jsonObject{"rules": []any{jsonObject{"allowedMethods": []any{"GET"}, "allowedOrigins": []any{strings.Repeat("x", 64<<10)}}}}},
		{"accessRules": jsonObject{"getObject": "private"}, "versioning": "no"}, // none of it
	} {
		in["bucketName"] = "photos"
		u.fails("400 InvalidInputException", "UpdateBucket", in)
	}
	u.fails("404 NotFoundException", "UpdateBucket", jsonObject{"bucketName": "missing"})
	if diff := cmp.Diff(all, settings(u.bucket("photos"))); diff != "" {
		t.Errorf("after refusals: %s", diff)
	}

	preflight := func() int {
		req, _ := http.NewRequest("OPTIONS", u.l.URL+"/photos/x", nil)
		req.Header.Set("Origin", "https://example.com")
		req.Header.Set("Access-Control-Request-Method", "GET")
		status, _, _ := u.send(req)
		return status
	}
	if status := preflight(); status != 200 {
		t.Errorf("a page of an allowed origin: %d", status)
	}
	if _, body := u.s3("GET", "/photos?versioning=", ""); !strings.Contains(body, "<Status>Enabled<") {
		t.Errorf("versioning by S3: %s", body)
	}
	out = u.call("UpdateBucket", jsonObject{"bucketName": "photos", "accessRules": jsonObject{"allowPublicOverrides": false}, "versioning": "Suspended"})
	if diff := cmp.Diff(jsonObject{"getObject": "public", "allowPublicOverrides": false}, out["bucket"].(jsonObject)["accessRules"]); diff != "" || out["bucket"].(jsonObject)["cors"] != nil {
		t.Errorf("a change of one rule: %v", out)
	}
	u.call("UpdateBucket", jsonObject{
		"bucketName": "photos", "readonlyAccessAccounts": []any{}, "accessLogConfig": jsonObject{"enabled": false}, "cors": jsonObject{"rules": []any{}},
	})
	if diff := cmp.Diff(jsonObject{
		"accessRules": jsonObject{"getObject": "public", "allowPublicOverrides": false}, "objectVersioning": "Suspended",
		"readonlyAccessAccounts": []any{}, "accessLogConfig": jsonObject{"enabled": false}, "cors": jsonObject{"rules": []any{}},
	}, settings(u.bucket("photos"))); diff != "" {
		t.Errorf("everything taken away: %s", diff)
	}
	if status := preflight(); status != 403 {
		t.Errorf("a page of another origin: %d", status)
	}
}

func TestLightsailBundles(t *testing.T) {
	u, pass := startLightsailAt(t, time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC))
	u.l.AddBundle(LightsailBundle{ID: "old_1_0", Name: "Old", Price: 2.5, StorageGB: 1, TransferGB: 2})
	if diff := cmp.Diff([]string{"small_1_0", "medium_1_0", "large_1_0"}, column(u.call("GetBucketBundles", jsonObject{}), "bundles", "bundleId")); diff != "" {
		t.Errorf("active bundles: %s", diff)
	}
	list := u.call("GetBucketBundles", jsonObject{"includeInactive": true})["bundles"].([]any)
	if diff := cmp.Diff(jsonObject{"bundleId": "old_1_0", "name": "Old", "price": 2.5, "storagePerMonthInGb": 1.0, "transferPerMonthInGb": 2.0, "isActive": false}, list[len(list)-1]); diff != "" || len(list) != 4 {
		t.Errorf("all bundles: %s", diff)
	}

	u.fails("400 InvalidInputException", "CreateBucket", jsonObject{"bucketName": "photos", "bundleId": "old_1_0"})
	u.call("CreateBucket", jsonObject{"bucketName": "photos", "bundleId": "small_1_0"})
	change := func(bundle string) jsonObject { return jsonObject{"bucketName": "photos", "bundleId": bundle} }
	u.fails("400 InvalidInputException", "UpdateBucketBundle", change("old_1_0"))
	u.fails("400 InvalidInputException", "UpdateBucketBundle", change("none"))
	u.fails("404 NotFoundException", "UpdateBucketBundle", jsonObject{"bucketName": "missing", "bundleId": "small_1_0"})
	wantOperation(t, u.call("UpdateBucketBundle", change("medium_1_0")), "UpdateBucketBundle", "photos", "medium_1_0")
	if b := u.bucket("photos"); b["bundleId"] != "medium_1_0" || b["ableToUpdateBundle"] != false {
		t.Errorf("changed: %v", b)
	}
	u.fails("400 InvalidInputException", "UpdateBucketBundle", change("large_1_0"))
	pass(24 * time.Hour) // into the next month
	if b := u.bucket("photos"); b["ableToUpdateBundle"] != true {
		t.Errorf("the month after: %v", b)
	}
	u.call("UpdateBucketBundle", change("large_1_0"))
}

func TestLightsailResourceAccess(t *testing.T) {
	u := startLightsail(t)
	u.l.AddBucket(LightsailBucket{Name: "photos"})
	u.l.AddInstance("web-1")
	in := func(resource, access string) jsonObject {
		return jsonObject{"resourceName": resource, "bucketName": "photos", "access": access}
	}
	wantOperation(t, u.call("SetResourceAccessForBucket", in("web-1", "allow")), "SetResourceAccessForBucket", "photos", "web-1")
	u.call("SetResourceAccessForBucket", in("web-1", "allow"))
	if diff := cmp.Diff([]any{jsonObject{"name": "web-1", "resourceType": "Instance"}}, u.bucket("photos")["resourcesReceivingAccess"]); diff != "" {
		t.Errorf("allowed: %s", diff)
	}
	u.fails("400 InvalidInputException", "SetResourceAccessForBucket", in("web-1", "maybe"))
	u.fails("400 InvalidInputException", "SetResourceAccessForBucket", in("-", "allow"))
	u.fails("404 NotFoundException", "SetResourceAccessForBucket", in("web-2", "allow"))
	u.fails("404 NotFoundException", "SetResourceAccessForBucket", jsonObject{"resourceName": "web-1", "bucketName": "missing", "access": "allow"})
	u.fails("400 InvalidInputException", "DeleteBucket", jsonObject{"bucketName": "photos"})
	u.call("SetResourceAccessForBucket", in("web-1", "deny"))
	u.call("DeleteBucket", jsonObject{"bucketName": "photos"})
}

func TestLightsailTags(t *testing.T) {
	u := startLightsail(t)
	given := map[string]string{"a": "1"}
	u.l.AddBucket(LightsailBucket{Name: "photos", Tags: given})
	tag := func(tags ...any) jsonObject { return jsonObject{"resourceName": "photos", "tags": tags} }
	wantOperation(t, u.call("TagResource", tag(jsonObject{"key": "a", "value": "2"}, jsonObject{"key": "b"}, jsonObject{"key": "ключ"})), "TagResource", "photos", "")
	if diff := cmp.Diff([]any{jsonObject{"key": "a", "value": "2"}, jsonObject{"key": "b"}, jsonObject{"key": "ключ"}}, u.bucket("photos")["tags"]); diff != "" {
		t.Errorf("tags: %s", diff)
	}
	arn := u.bucket("photos")["arn"]
	wantOperation(t, u.call("UntagResource", jsonObject{"resourceName": "photos", "resourceArn": arn, "tagKeys": []any{"a", "ключ", "none"}}), "UntagResource", "photos", "")
	if diff := cmp.Diff([]any{jsonObject{"key": "b"}}, u.bucket("photos")["tags"]); diff != "" || given["a"] != "1" {
		t.Errorf("tags left: %s; the caller's own: %v", diff, given)
	}
	u.fails("400 InvalidInputException", "TagResource", tag(jsonObject{"key": "aws:x"}))
	u.fails("400 InvalidInputException", "TagResource", tag(jsonObject{"key": strings.Repeat("x", 129)}))
	u.fails("400 InvalidInputException", "TagResource", tag(jsonObject{"key": "x", "value": strings.Repeat("x", 257)}))
	u.fails("404 NotFoundException", "TagResource", jsonObject{"resourceName": "missing", "tags": []any{}})
	u.fails("404 NotFoundException", "UntagResource", jsonObject{"resourceName": "photos", "resourceArn": "arn:aws:lightsail:eu-west-1:1:Bucket/x", "tagKeys": []any{"b"}})
	u.fails("400 InvalidInputException", "UntagResource", jsonObject{"resourceName": "!", "tagKeys": []any{"b"}})
	u.fails("400 InvalidInputException", "UntagResource", jsonObject{"resourceName": "photos"})
	var many []any
	for i := range 49 {
		many = append(many, jsonObject{"key": fmt.Sprint(i), "value": strings.Repeat("é", 256)})
	}
	u.call("TagResource", tag(many...))
	u.fails("400 InvalidInputException", "TagResource", tag(jsonObject{"key": "one more"}))
	if tags := u.bucket("photos")["tags"].([]any); len(tags) != 50 {
		t.Errorf("%d tags, want 50", len(tags))
	}
}

func TestLightsailOperations(t *testing.T) {
	u := startLightsail(t)
	u.call("CreateBucket", jsonObject{"bucketName": "photos", "bundleId": "small_1_0"})
	made := u.call("CreateBucket", jsonObject{"bucketName": "others", "bundleId": "small_1_0"})["operations"].([]any)[0].(jsonObject)
	u.call("DeleteBucket", jsonObject{"bucketName": "photos"})
	u.l.AddBucket(LightsailBucket{Name: "quiet"})
	if diff := cmp.Diff(jsonObject{"operation": made}, u.call("GetOperation", jsonObject{"operationId": made["id"]})); diff != "" {
		t.Errorf("GetOperation: %s", diff)
	}
	u.l.SetPageSize(2)
	first := u.call("GetOperations", jsonObject{})
	second := u.call("GetOperations", jsonObject{"pageToken": first["nextPageToken"]})
	if got := append(column(first, "operations", "operationType"), column(second, "operations", "operationType")...); !slices.Equal(got, []string{"CreateBucket", "CreateBucket", "DeleteBucket"}) || second["nextPageToken"] != nil {
		t.Errorf("GetOperations: %v, then %v", first, second)
	}
	u.l.SetPageSize(1)
	first = u.call("GetOperationsForResource", jsonObject{"resourceName": "photos"})
	second = u.call("GetOperationsForResource", jsonObject{"resourceName": "photos", "pageToken": first["nextPageToken"]})
	if got := append(column(first, "operations", "operationType"), column(second, "operations", "operationType")...); !slices.Equal(got, []string{"CreateBucket", "DeleteBucket"}) || second["nextPageToken"] != nil {
		t.Errorf("GetOperationsForResource: %v, then %v", first, second)
	}
	if diff := cmp.Diff(jsonObject{"operations": []any{}}, u.call("GetOperationsForResource", jsonObject{"resourceName": "quiet"})); diff != "" {
		t.Errorf("of a bucket without operations: %s", diff)
	}
	u.fails("404 NotFoundException", "GetOperationsForResource", jsonObject{"resourceName": "missing"})
	u.fails("400 InvalidInputException", "GetOperationsForResource", jsonObject{"resourceName": "x"})
	u.fails("404 NotFoundException", "GetOperation", jsonObject{"operationId": "missing"})
	u.fails("400 InvalidInputException", "GetOperation", jsonObject{"operationId": ""})
	u.fails("400 InvalidInputException", "GetOperation", jsonObject{})
	u.fails("400 InvalidInputException", "GetOperations", jsonObject{"pageToken": "?"})

	for _, status := range []string{"Started", "Failed"} {
		u.l.SetOperation(made["id"].(string), status, "Why", "because")
		got := u.call("GetOperation", jsonObject{"operationId": made["id"]})["operation"].(jsonObject)
		if got["status"] != status || got["isTerminal"] != (status == "Failed") || got["errorCode"] != "Why" || got["errorDetails"] != "because" {
			t.Errorf("set to %s: %v", status, got)
		}
	}
}

func TestLightsailMetrics(t *testing.T) {
	u, pass := startLightsailAt(t, time.Date(2026, 5, 10, 18, 0, 0, 0, time.UTC))
	u.call("CreateBucket", jsonObject{"bucketName": "photos", "bundleId": "small_1_0", "enableObjectVersioning": true})
	midnight := float64(time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC).Unix())
	ask := func(metric, unit string, statistics ...any) jsonObject {
		return jsonObject{
			"bucketName": "photos", "metricName": metric, "unit": unit, "statistics": statistics,
			"startTime": midnight - 3*86400, "endTime": midnight + 2*86400, "period": 86400,
		}
	}
	empty := jsonObject{"metricName": "NumberOfObjects", "metricData": []any{}}
	if diff := cmp.Diff(empty, u.call("GetBucketMetricData", ask("NumberOfObjects", "Count", "Average"))); diff != "" {
		t.Errorf("empty bucket: %s", diff)
	}
	u.s3("PUT", "/photos/x", "12345")
	u.s3("PUT", "/photos/x", "123")
	u.s3("DELETE", "/photos/x", "")
	if diff := cmp.Diff(jsonObject{"metricName": "NumberOfObjects", "metricData": []any{
		jsonObject{"timestamp": midnight, "unit": "Count", "average": 2.0},
	}}, u.call("GetBucketMetricData", ask("NumberOfObjects", "Count", "Average"))); diff != "" {
		t.Errorf("objects: %s", diff)
	}
	sized := jsonObject{"unit": "Bytes", "maximum": 8.0, "minimum": 8.0, "sum": 8.0, "average": 8.0, "sampleCount": 1.0}
	at := func(t float64) jsonObject {
		point := jsonObject{"timestamp": t}
		for name, value := range sized {
			point[name] = value
		}
		return point
	}
	pass(24 * time.Hour)
	every := []any{"Minimum", "Maximum", "Sum", "Average", "SampleCount"}
	if diff := cmp.Diff([]any{at(midnight), at(midnight + 86400)}, u.call("GetBucketMetricData", ask("BucketSizeBytes", "Bytes", every...))["metricData"]); diff != "" {
		t.Errorf("size, the day after: %s", diff)
	}
	if data := u.call("GetBucketMetricData", ask("BucketSizeBytes", "Count", "Maximum"))["metricData"].([]any); len(data) != 0 {
		t.Errorf("in a unit that it is not measured in: %v", data)
	}
	for member, value := range map[string]any{
		"metricName": "Speed", "unit": "Miles", "period": 59, "endTime": midnight - 4*86400, "statistics": []any{}, "bucketName": "Photos", "startTime": nil,
	} {
		in := ask("BucketSizeBytes", "Bytes", "Maximum")
		in[member] = value
		u.fails("400 InvalidInputException", "GetBucketMetricData", in)
	}
	u.fails("400 InvalidInputException", "GetBucketMetricData", ask("BucketSizeBytes", "Bytes", "Median"))
	in := ask("BucketSizeBytes", "Bytes", "Maximum")
	in["bucketName"] = "missing"
	u.fails("404 NotFoundException", "GetBucketMetricData", in)
}

func TestLightsailRegions(t *testing.T) {
	u := startLightsail(t)
	find := func(out jsonObject, name string) jsonObject {
		regions := out["regions"].([]any)
		at := slices.Index(column(out, "regions", "name"), name)
		if len(regions) != 20 || at < 0 {
			t.Fatalf("regions: %v", out)
		}
		return regions[at].(jsonObject)
	}
	ohio := jsonObject{
		"name": "us-east-2", "displayName": "Ohio", "continentCode": "NA", "description": "For users in the eastern United States",
		"availabilityZones": []any{}, "relationalDatabaseAvailabilityZones": []any{},
	}
	if diff := cmp.Diff(ohio, find(u.call("GetRegions", jsonObject{}), "us-east-2")); diff != "" {
		t.Errorf("GetRegions: %s", diff)
	}
	zones := []any{}
	for _, letter := range []string{"a", "b", "c"} {
		zones = append(zones, jsonObject{"zoneName": "us-east-2" + letter, "state": "available"})
	}
	ohio["availabilityZones"] = zones
	if diff := cmp.Diff(ohio, find(u.call("GetRegions", jsonObject{"includeAvailabilityZones": true}), "us-east-2")); diff != "" {
		t.Errorf("with zones: %s", diff)
	}
	ohio["relationalDatabaseAvailabilityZones"] = zones
	if diff := cmp.Diff(ohio, find(u.call("GetRegions", jsonObject{"includeAvailabilityZones": true, "includeRelationalDatabaseAvailabilityZones": true}), "us-east-2")); diff != "" {
		t.Errorf("with all zones: %s", diff)
	}
}
