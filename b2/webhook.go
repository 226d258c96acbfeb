package b2

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/codec"
)

// NotificationSignatureHeader is the header of a notification that has its
// signature.
const NotificationSignatureHeader = "X-Bz-Event-Notification-Signature"

// ErrNotificationSignature says that a notification was not signed with the
// secret that it was held against.
var ErrNotificationSignature = errors.New("b2: the signature of the notification is not valid")

// VerifyNotification reports, as [ErrNotificationSignature], that a request to
// a webhook was not signed with a secret: the HmacSha256SigningSecret of the
// rule. It takes the body as it came, byte for byte, and the value of
// [NotificationSignatureHeader]. That may hold several signatures, as while
// the secret is being replaced; one that fits is enough. Signatures are
// compared in constant time.
//
// Requests can be sent again by who has seen one: [Event.EventId] tells.
func VerifyNotification(body []byte, signature string, secret Secret) error {
	if secret == "" {
		return fmt.Errorf("%w: there is no secret to verify it with", ErrNotificationSignature)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	want := mac.Sum(nil)
	signed := false
	for value := range strings.SplitSeq(signature, ",") {
		text, ok := strings.CutPrefix(strings.TrimSpace(value), "v1=")
		if !ok {
			continue
		}
		signed = true
		if got, err := hex.DecodeString(text); err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	if !signed {
		return fmt.Errorf("%w: it has none of version 1", ErrNotificationSignature)
	}
	return ErrNotificationSignature
}

// ParseNotification reads the body of a request to a webhook, once
// [VerifyNotification] has found its signature valid.
func ParseNotification(body []byte, signature string, secret Secret) (*Notification, error) {
	if err := VerifyNotification(body, signature, secret); err != nil {
		return nil, err
	}
	n := new(Notification)
	if err := codec.Decode(&codec.Response{Body: body}, document, n); err != nil {
		return nil, fmt.Errorf("b2: notification: %w", err)
	}
	return n, nil
}

// Notification is what one request to a webhook tells.
type Notification struct {
	Events []Event `json:"events"` // in no particular order
}

// Event is something that happened to a file.
type Event struct {
	EventId         string    `json:"eventId"` // the same if the event is told of again
	EventType       EventType `json:"eventType"`
	EventVersion    int64     `json:"eventVersion"` // of this form of an event
	EventTimestamp  time.Time `json:"eventTimestamp,epochms"`
	MatchedRuleName string    `json:"matchedRuleName"`
	AccountId       string    `json:"accountId"`
	BucketId        string    `json:"bucketId"`
	BucketName      string    `json:"bucketName"`

	// These describe the file. All are zero in a test, and ObjectSize can be
	// for a deletion.
	ObjectName      string `json:"objectName"`
	ObjectSize      int64  `json:"objectSize"`      // bytes
	ObjectVersionId string `json:"objectVersionId"` // the FileId
}
