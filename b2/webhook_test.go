package b2_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/b2"
)

const (
	webhookSecret = "abcdefghijklmnopqrstuvwxyz012345"

	webhookBody = `{"events":[{"accountId":"0a1b2c3d4e5f","bucketId":"a0b1c2d3e4f5061728394a5b","bucketName":"photos","eventId":"e1",
 "eventTimestamp":1700000000123,"eventType":"b2:ObjectCreated:Upload","eventVersion":1,"matchedRuleName":"uploads","objectName":"a/ü.jpg",
 "objectSize":10,"objectVersionId":"4_z1"},
 {"eventId":"e2","eventType":"b2:TestEvent","objectName":null,"objectSize":null,"objectVersionId":null,"more":{"to":["come"]}}]}`
)

// sign is the signature as openssl dgst -sha256 -hmac makes it.
func sign(body, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

func TestVerifyNotification(t *testing.T) {
	// RFC 4231, test case 2.
	if err := b2.VerifyNotification([]byte("what do ya want for nothing?"), "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "Jefe"); err != nil {
		t.Errorf("a published signature: %v", err)
	}
	good, other := sign(webhookBody, webhookSecret), sign(webhookBody, strings.ToUpper(webhookSecret))
	for _, tt := range []struct {
		name, body, signature, secret string
		want                          string // in the error; empty: none
	}{
		{name: "as signed", signature: good},
		{name: "while the secret is replaced", signature: other + "," + good},
		{name: "with spaces", signature: " " + good + " , " + other},
		{name: "beside one of a later version", signature: "v2=abc," + good},
		{name: "with another secret", signature: other, want: "not valid"},
		{name: "of another body", body: webhookBody + " ", signature: good, want: "not valid"},
		{name: "cut short", signature: good[:len(good)-2], want: "not valid"},
		{name: "not hex", signature: "v1=" + strings.Repeat("x", 64), want: "not valid"},
		{name: "without a version", signature: good[3:], want: "none of version 1"},
		{name: "missing", signature: "", want: "none of version 1"},
		{name: "with an empty secret", signature: sign(webhookBody, ""), secret: "-", want: "no secret"},
	} {
		body, secret := webhookBody, webhookSecret
		if tt.body != "" {
			body = tt.body
		}
		if tt.secret != "" {
			secret = ""
		}
		err := b2.VerifyNotification([]byte(body), tt.signature, b2.Secret(secret))
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if !errors.Is(err, b2.ErrNotificationSignature) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
		if n, err := b2.ParseNotification([]byte(body), tt.signature, b2.Secret(secret)); n != nil || !errors.Is(err, b2.ErrNotificationSignature) {
			t.Errorf("%s: it was read all the same: %v, %v", tt.name, n, err)
		}
	}
}

func TestParseNotification(t *testing.T) {
	got, err := b2.ParseNotification([]byte(webhookBody), sign(webhookBody, webhookSecret), webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	want := &b2.Notification{Events: []b2.Event{
		{
			AccountId: "0a1b2c3d4e5f", BucketId: "a0b1c2d3e4f5061728394a5b", BucketName: "photos", EventId: "e1",
			EventTimestamp: time.UnixMilli(1700000000123).UTC(), EventType: b2.EventTypeObjectCreatedUpload, EventVersion: 1,
			MatchedRuleName: "uploads", ObjectName: "a/ü.jpg", ObjectSize: 10, ObjectVersionId: "4_z1",
		},
		{EventId: "e2", EventType: b2.EventTypeTestEvent},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, body := range []string{``, `[]`, `{"events":[{"objectSize":"ten"}]}`} {
		if n, err := b2.ParseNotification([]byte(body), sign(body, webhookSecret), webhookSecret); err == nil || n != nil {
			t.Errorf("%s is read as %v", body, n)
		}
	}
}

func FuzzParseNotification(f *testing.F) {
	f.Add([]byte(webhookBody))
	f.Add([]byte(`{"events":[{"eventTimestamp":-1.5e3}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := b2.ParseNotification(body, sign(string(body), webhookSecret), webhookSecret)
		switch {
		case (n == nil) == (err == nil):
			t.Errorf("%v and error %v", n, err)
		case err == nil && !json.Valid(body):
			t.Errorf("read %q, which is not JSON, as %v", body, n)
		}
	})
}

// TestNotificationsOfAServer has a server tell of events, which it signs by code
// of its own.
func TestNotificationsOfAServer(t *testing.T) {
	srv, client := start(t)
	var got []string
	failed := 0
	webhook := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		n, err := b2.ParseNotification(body, r.Header.Get(b2.NotificationSignatureHeader), webhookSecret)
		if err != nil {
			t.Errorf("%s: %v", r.Header, err)
			failed++
			return
		}
		if r.Header.Get("X-Team") != "storage" {
			t.Errorf("header %v", r.Header)
		}
		for _, e := range n.Events {
			got = append(got, fmt.Sprintf("%s %s %s %d", e.EventType, e.BucketName, e.ObjectName, e.ObjectSize))
			if e.EventId == "" || e.EventTimestamp.IsZero() || e.MatchedRuleName != "all-of-it" || e.ObjectVersionId == "" || e.AccountId != "0a1b2c3d4e5f" {
				t.Errorf("event %+v", e)
			}
		}
	}))
	defer webhook.Close()
	id := bucketID(t, client, "photos")
	_, err := client.SetBucketNotificationRules(t.Context(), &b2.SetBucketNotificationRulesInput{BucketId: id, EventNotificationRules: []b2.EventNotificationRule{{
		Name: "all-of-it", EventTypes: []b2.EventType{b2.EventTypeObjectCreatedAny, b2.EventTypeHideMarkerCreatedHide, b2.EventTypeObjectDeletedAny},
		IsEnabled: true, MaxEventsPerBatch: 10,
		TargetConfiguration: b2.TargetConfiguration{
			TargetType: b2.TargetTypeWebhook, Url: webhook.URL, HmacSha256SigningSecret: webhookSecret,
			CustomHeaders: []b2.CustomHeader{{Name: "X-Team", Value: "storage"}},
		},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	info := put(t, client.Bucket("photos"), "ü & co", []byte("four"))
	if _, err := client.HideFile(t.Context(), &b2.HideFileInput{BucketId: id, FileName: "ü & co"}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeleteFileVersion(t.Context(), &b2.DeleteFileVersionInput{FileName: "ü & co", FileId: info.Version}); err != nil {
		t.Fatal(err)
	}
	if err := srv.DeliverEvents(t.Context(), webhook.Client()); err != nil {
		t.Fatal(err)
	}
	want := []string{"b2:ObjectCreated:Upload photos ü & co 4", "b2:HideMarkerCreated:Hide photos ü & co 0", "b2:ObjectDeleted:Delete photos ü & co 0"}
	if diff := cmp.Diff(want, got); diff != "" || failed != 0 {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
