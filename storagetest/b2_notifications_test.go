package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func webhook(more jsonObject) jsonObject {
	target := jsonObject{"targetType": "webhook", "url": "https://example.com/hook"}
	for name, value := range more {
		target[name] = value
	}
	return target
}

func b2Rule(more jsonObject) jsonObject {
	rule := jsonObject{
		"name": "uploads", "eventTypes": []string{"b2:ObjectCreated:*"}, "isEnabled": true, "objectNamePrefix": "in/", "targetConfiguration": webhook(nil),
	}
	for name, value := range more {
		rule[name] = value
	}
	return rule
}

func TestB2KeepsNotificationRules(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	set := func(rules ...jsonObject) jsonObject {
		return jsonObject{"bucketId": bucket, "eventNotificationRules": append([]jsonObject{}, rules...)}
	}
	secret := strings.Repeat("s3cret", 6)[:32]
	got := u.call("b2_set_bucket_notification_rules", set(
		b2Rule(jsonObject{
			"isSuspended": true, "suspensionReason": "tired", "maxEventsPerBatch": 5,
			"targetConfiguration": webhook(jsonObject{"customHeaders": []jsonObject{{"name": "X-Mine", "value": "a b"}}, "hmacSha256SigningSecret": secret, "maxEventsPerBatch": 2}),
		}),
		b2Rule(jsonObject{"name": "another", "eventTypes": []string{"b2:ObjectDeleted:Delete", "b2:HideMarkerCreated:Hide"}, "isEnabled": false}),
	))
	want := jsonObject{"bucketId": bucket, "eventNotificationRules": []any{
		jsonObject{
			"name": "another", "eventTypes": []any{"b2:ObjectDeleted:Delete", "b2:HideMarkerCreated:Hide"}, "isEnabled": false,
			"objectNamePrefix": "in/", "isSuspended": false, "suspensionReason": "",
			"targetConfiguration": jsonObject{"targetType": "webhook", "url": "https://example.com/hook", "customHeaders": nil, "hmacSha256SigningSecret": nil, "maxEventsPerBatch": 1.0},
		},
		jsonObject{
			"name": "uploads", "eventTypes": []any{"b2:ObjectCreated:*"}, "isEnabled": true,
			"objectNamePrefix": "in/", "isSuspended": false, "suspensionReason": "",
			"targetConfiguration": jsonObject{
				"targetType": "webhook", "url": "https://example.com/hook", "customHeaders": []any{jsonObject{"name": "X-Mine", "value": "a b"}},
				"hmacSha256SigningSecret": secret, "maxEventsPerBatch": 5.0,
			},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("b2_set_bucket_notification_rules: %s", diff)
	}
	if diff := cmp.Diff(want, u.call("b2_get_bucket_notification_rules", jsonObject{"bucketId": bucket})); diff != "" {
		t.Errorf("b2_get_bucket_notification_rules: %s", diff)
	}
	u.call("b2_set_bucket_notification_rules", got) // as it was shown
	if diff := cmp.Diff(want, u.call("b2_get_bucket_notification_rules", jsonObject{"bucketId": bucket})); diff != "" {
		t.Errorf("the rules sent back as they were shown: %s", diff)
	}

	events := func(types ...string) jsonObject {
		return b2Rule(jsonObject{"eventTypes": append([]string{}, types...)})
	}
	target := func(name string, value any) jsonObject {
		return b2Rule(jsonObject{"targetConfiguration": webhook(jsonObject{name: value})})
	}
	header := func(name, value string) jsonObject { return jsonObject{"name": name, "value": value} }
	var tooMany []jsonObject
	for i := range 26 {
		tooMany = append(tooMany, b2Rule(jsonObject{"name": fmt.Sprintf("rule-%02d", i), "objectNamePrefix": fmt.Sprintf("%02d/", i)}))
	}
	for _, c := range []struct {
		want  string
		rules []jsonObject
	}{
		{"400 event_types_empty", []jsonObject{events()}},
		{"400 event_type_invalid", []jsonObject{events("b2:ObjectCreated")}},
		{"400 event_type_invalid", []jsonObject{events("b2:*:Upload")}},
		{"400 event_type_invalid", []jsonObject{events("b2:ObjectCreated:Download")}},
		{"400 event_type_invalid", []jsonObject{events("b2:TestEvent")}},
		{"400 event_type_invalid", []jsonObject{events("")}},
		{"400 event_type_overlap", []jsonObject{events("b2:ObjectCreated:Copy", "b2:ObjectCreated:Copy")}},
		{"400 event_type_categories", []jsonObject{events("b2:ObjectCreated:*", "b2:ObjectCreated:Copy")}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"name": "short"})}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"name": "b2-mine"})}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"name": "under_score"})}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"name": nil})}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"isEnabled": nil})}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"objectNamePrefix": nil})}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"maxEventsPerBatch": 51})}},
		{"400 bad_request", []jsonObject{b2Rule(jsonObject{"maxEventsPerBatch": 0})}},
		{"400 bad_request", []jsonObject{b2Rule(nil), b2Rule(jsonObject{"objectNamePrefix": "out/"})}},
		{"400 bad_request", []jsonObject{b2Rule(nil), b2Rule(jsonObject{"name": "narrower", "objectNamePrefix": "in/it", "eventTypes": []string{"b2:ObjectCreated:Copy"}})}},
		{"400 bad_request", tooMany},
		{"400 bad_request", []jsonObject{target("targetType", "pigeon")}},
		{"400 bad_request", []jsonObject{target("url", "http://example.com/")}},
		{"400 bad_request", []jsonObject{target("url", "https:///nowhere")}},
		{"400 bad_request", []jsonObject{target("customHeaders", []jsonObject{header("X-Bz-Own", "x")})}},
		{"400 bad_request", []jsonObject{target("customHeaders", []jsonObject{header("One", "x"), header("one", "y")})}},
		{"400 bad_request", []jsonObject{target("customHeaders", []jsonObject{header("One", strings.Repeat("ü", 340)+"xxx")})}}, // 6 bytes each
		{"400 bad_request", []jsonObject{target("customHeaders", slices.Repeat([]jsonObject{header("One", "x")}, 11))}},
		{"400 bad_request", []jsonObject{target("customHeaders", []jsonObject{header("Not a name", "x")})}},
		{"400 bad_request", []jsonObject{target("customHeaders", []jsonObject{header("One", "x\r\ny")})}},
		{"400 bad_request", []jsonObject{target("hmacSha256SigningSecret", "short")}},
		{"400 bad_request", []jsonObject{target("hmacSha256SigningSecret", strings.Repeat("-", 32))}},
		{"400 bad_request", []jsonObject{target("unknown", "x")}},
	} {
		u.fails(c.want, "b2_set_bucket_notification_rules", set(c.rules...))
	}
	u.call("b2_set_bucket_notification_rules", set(tooMany[:25]...))
	u.call("b2_set_bucket_notification_rules", set(target("customHeaders", []jsonObject{header("One", strings.Repeat("ü", 340)+"xx")})))
	u.call("b2_set_bucket_notification_rules", set(b2Rule(nil), b2Rule(jsonObject{"name": "narrower", "objectNamePrefix": "in/it", "eventTypes": []string{"b2:ObjectDeleted:*"}})))
	if out := u.call("b2_set_bucket_notification_rules", jsonObject{"bucketId": bucket, "eventNotificationRules": []jsonObject{}}); !cmp.Equal(out["eventNotificationRules"], []any{}) {
		t.Errorf("cleared rules: %v", out)
	}
	u.fails("400 bad_bucket_id", "b2_get_bucket_notification_rules", jsonObject{"bucketId": "none"})
	reader := u.as(u.b.AddKey(B2Key{Capabilities: []string{"readBucketNotifications"}}))
	reader.call("b2_get_bucket_notification_rules", jsonObject{"bucketId": bucket})
	reader.fails("401 unauthorized", "b2_set_bucket_notification_rules", set())
}
