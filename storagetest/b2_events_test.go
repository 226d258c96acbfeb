package storagetest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestB2DeliversEvents(t *testing.T) {
	const secret = "0123456789abcdefghijABCDEFGHIJ01"
	var mu sync.Mutex
	var batches [][]jsonObject
	status := 200
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		if got, want := r.Header.Get("X-Bz-Event-Notification-Signature"), "v1="+hex.EncodeToString(mac.Sum(nil)); got != want {
			t.Errorf("signature %q, want %q", got, want)
		}
		if r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Mine") != "a b" {
			t.Errorf("%s %v", r.Method, r.Header)
		}
		var document struct{ Events []jsonObject }
		if err := json.Unmarshal(body, &document); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if status == 200 {
			batches = append(batches, document.Events)
		}
		w.WriteHeader(status)
	}))
	defer hook.Close()

	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	u := startB2(t, WithMinPartSize(1), WithClock(func() time.Time { return now }))
	bucket := u.bucket("photos", jsonObject{"lifecycleRules": []jsonObject{{"fileNamePrefix": "in/old", "daysFromUploadingToHiding": 1, "daysFromHidingToDeleting": 1}}})
	target := webhook(jsonObject{"url": hook.URL + "/hook", "hmacSha256SigningSecret": secret, "customHeaders": []jsonObject{{"name": "X-Mine", "value": "a b"}}})
	u.call("b2_set_bucket_notification_rules", jsonObject{"bucketId": bucket, "eventNotificationRules": []jsonObject{
		b2Rule(jsonObject{"targetConfiguration": target}),
		b2Rule(jsonObject{"name": "the-rest", "eventTypes": []string{"b2:ObjectDeleted:*", "b2:HideMarkerCreated:Hide", "b2:HideMarkerCreated:LifecycleRule"}, "targetConfiguration": target, "maxEventsPerBatch": 3}),
		b2Rule(jsonObject{"name": "switched-off", "objectNamePrefix": "out/", "isEnabled": false, "targetConfiguration": target}),
	}})
	deliver := func() []string {
		t.Helper()
		batches = nil
		if err := u.b.DeliverEvents(t.Context(), nil); err != nil {
			t.Error(err)
		}
		var got []string
		for _, batch := range batches {
			var row []string
			for _, e := range batch {
				row = append(row, strings.TrimPrefix(e["eventType"].(string), "b2:")+" "+e["objectName"].(string))
			}
			got = append(got, strings.Join(row, ", "))
		}
		return got
	}
	file := u.put(bucket, "in/x", "content")
	u.put(bucket, "out/x", "content")
	if got := deliver(); !slices.Equal(got, []string{"ObjectCreated:Upload in/x"}) {
		t.Errorf("an upload: %q", got)
	}
	event := batches[0][0]
	id, _ := event["eventId"].(string)
	expected := jsonObject{
		"accountId": u.b.accountID, "bucketId": bucket, "bucketName": "photos", "eventTimestamp": float64(now.UnixMilli()), "eventVersion": 1.0,
		"matchedRuleName": "uploads", "objectSize": 7.0, "objectVersionId": file["fileId"],
	}
	for field, want := range expected {
		if event[field] != want {
			t.Errorf("%s of an event: %v, want %v", field, event[field], want)
		}
	}
	if id == "" || deliver() != nil {
		t.Errorf("event id %q; delivered again: %q", id, batches)
	}

	u.call("b2_copy_file", jsonObject{"sourceFileId": file["fileId"], "fileName": "in/copy"})
	large := u.start(bucket, "in/large")
	u.part(large, 1, "a")
	u.part(large, 2, "b")
	u.call("b2_finish_large_file", jsonObject{"fileId": large, "partSha1Array": []string{sha1Of("a"), sha1Of("b")}})
	u.call("b2_cancel_large_file", jsonObject{"fileId": u.start(bucket, "in/cancelled")})
	u.call("b2_hide_file", jsonObject{"bucketId": bucket, "fileName": "in/copy"})
	u.call("b2_delete_file_version", jsonObject{"fileName": "in/x", "fileId": file["fileId"]})
	u.put(bucket, "in/old", "x")
	u.b.Tick(now.Add(25 * time.Hour))
	u.b.Tick(now.Add(50 * time.Hour))
	want := []string{
		"ObjectCreated:Copy in/copy", "ObjectCreated:MultipartUpload in/large",
		"HideMarkerCreated:Hide in/copy, ObjectDeleted:Delete in/x, HideMarkerCreated:LifecycleRule in/old",
		"ObjectCreated:Upload in/old", "ObjectDeleted:LifecycleRule in/old",
	}
	if got := deliver(); !slices.Equal(got, want) {
		t.Errorf("delivered %q, want %q", got, want)
	}
	if deleted := batches[2][1]; deleted["objectSize"] != nil || deleted["objectVersionId"] != file["fileId"] {
		t.Errorf("an event of a deletion: %v", deleted)
	}

	// What is not taken stays.
	u.put(bucket, "in/y", "x")
	status = 503
	if err := u.b.DeliverEvents(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "rule uploads") {
		t.Errorf("a webhook that fails: %v", err)
	}
	status = 200
	if got := deliver(); !slices.Equal(got, []string{"ObjectCreated:Upload in/y"}) {
		t.Errorf("after the failure: %q", got)
	}

	u.call("b2_set_bucket_notification_rules", jsonObject{"bucketId": bucket, "eventNotificationRules": []jsonObject{b2Rule(nil)}})
	u.put(bucket, "in/z", "x")
	if err := u.b.DeliverEvents(t.Context(), nil); err == nil {
		t.Error("an event was sent to another machine")
	}
	called := ""
	elsewhere := &http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		called = r.URL.String()
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})}
	if err := u.b.DeliverEvents(t.Context(), elsewhere); err != nil || called != "https://example.com/hook" {
		t.Errorf("by a client of one's own: %v, called %q", err, called)
	}
}

// A webhook on this machine does not lead elsewhere, and what it did not take goes
// to where the rule of the time of the event said.
func TestB2DeliversWhereItIsTold(t *testing.T) {
	var mu sync.Mutex
	called := map[string]int{}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		called[r.URL.Path]++
		if r.URL.Path == "/leads-on" {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}
	}))
	defer hook.Close()
	u := startB2(t)
	bucket := u.bucket("photos")
	point := func(path string) {
		u.call("b2_set_bucket_notification_rules", jsonObject{"bucketId": bucket, "eventNotificationRules": []jsonObject{
			b2Rule(jsonObject{"targetConfiguration": webhook(jsonObject{"url": hook.URL + path}), "maxEventsPerBatch": 50}),
		}})
		u.put(bucket, "in/x", "x")
	}
	point("/leads-on")
	point("/other")
	if err := u.b.DeliverEvents(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "307") {
		t.Errorf("a webhook that leads elsewhere: %v", err)
	}
	if diff := cmp.Diff(map[string]int{"/leads-on": 1, "/other": 1}, called); diff != "" {
		t.Errorf("called: %s", diff)
	}

	// Events that come while others fail to be delivered are not added without end.
	u.b.state.Lock()
	f := u.b.buckets[bucket].current("in/x")
	for range b2MaxPendingEvents {
		u.b.event("b2:ObjectCreated:Upload", f, time.Now())
	}
	u.b.state.Unlock()
	busy := &http.Client{Transport: roundTripFunc(func(*http.Request) (*http.Response, error) {
		u.b.state.Lock()
		defer u.b.state.Unlock()
		u.b.event("b2:ObjectCreated:Upload", f, time.Now())
		return &http.Response{StatusCode: 503, Body: http.NoBody}, nil
	})}
	_ = u.b.DeliverEvents(t.Context(), busy)
	u.b.state.Lock()
	defer u.b.state.Unlock()
	u.b.event("b2:ObjectCreated:Upload", f, time.Now())
	if n := len(u.b.events); n != b2MaxPendingEvents {
		t.Errorf("%d events wait", n)
	}
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestB2ForgetsOldEvents(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	u.call("b2_set_bucket_notification_rules", jsonObject{"bucketId": bucket, "eventNotificationRules": []jsonObject{b2Rule(nil)}})
	u.b.state.Lock()
	defer u.b.state.Unlock()
	f := &b2File{bucket: u.b.buckets[bucket], name: "in/x", id: "4_z"}
	for range b2MaxPendingEvents + 10 {
		u.b.event("b2:ObjectCreated:Upload", f, time.Now())
	}
	if n := len(u.b.events); n != b2MaxPendingEvents {
		t.Errorf("%d events wait", n)
	}
}
