package storagetest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// b2MaxPendingEvents bounds the events that wait to be delivered: of more, the
// oldest are forgotten.
const b2MaxPendingEvents = 10_000

// b2PendingEvent is an event and the rule, as it was then, that wants it told.
type b2PendingEvent struct {
	rule  b2NotificationRule
	event b2Event
}

type b2Event struct {
	AccountID  string `json:"accountId"`
	BucketID   string `json:"bucketId"`
	BucketName string `json:"bucketName"`
	ID         string `json:"eventId"`
	Timestamp  int64  `json:"eventTimestamp"`
	Type       string `json:"eventType"`
	Version    int    `json:"eventVersion"`
	Rule       string `json:"matchedRuleName"`
	Name       string `json:"objectName"`
	Size       *int64 `json:"objectSize"` // null for what has been deleted
	FileID     string `json:"objectVersionId"`
}

// event notes for every rule that asks for it what has happened to a file. The
// state is held.
func (b *B2) event(event string, f *b2File, now time.Time) {
	for _, rule := range f.bucket.notifications {
		if !rule.Enabled || !strings.HasPrefix(f.name, rule.Prefix) ||
			!slices.ContainsFunc(rule.Events, func(e string) bool { return b2EventsOverlap(e, event) }) {
			continue
		}
		if len(b.events) == b2MaxPendingEvents {
			b.events = slices.Clone(b.events[1:])
		}
		e := b2Event{
			AccountID: b.accountID, BucketID: f.bucket.id, BucketName: f.bucket.name, ID: randomHex(32), Timestamp: now.UnixMilli(),
			Type: event, Version: 1, Rule: rule.Name, Name: f.name, FileID: f.id,
		}
		if size := f.size(); !strings.HasPrefix(event, "b2:ObjectDeleted:") {
			e.Size = &size
		}
		b.events = append(b.events, b2PendingEvent{rule, e})
	}
}

// DeliverEvents sends the events that rules of event notification ask for, and
// that have happened since the last time, to the webhooks of those rules, signed
// and in batches as the rules have it. What a webhook answers otherwise than with
// the status 200 is kept for the next time, and part of the error.
//
// With a nil client only webhooks on this machine are called, by their loopback
// addresses; to reach others, or webhooks with a certificate of their own, pass a
// client that does. Unlike the service, the server delivers nothing by itself.
func (b *B2) DeliverEvents(ctx context.Context, client *http.Client) error {
	b.state.Lock()
	pending := b.events
	b.events = nil
	b.state.Unlock()

	var failed []b2PendingEvent
	var problems []error
	for len(pending) > 0 {
		var batch, rest []b2PendingEvent
		first := pending[0]
		for _, p := range pending {
			if p.event.BucketID == first.event.BucketID && p.rule.Name == first.rule.Name && len(batch) < *first.rule.Target.BatchSize {
				batch = append(batch, p)
			} else {
				rest = append(rest, p)
			}
		}
		if err := b2Deliver(ctx, client, &first.rule.Target, batch); err != nil {
			failed = append(failed, batch...)
			problems = append(problems, fmt.Errorf("storagetest: events of rule %s: %w", first.rule.Name, err))
		}
		pending = rest
	}
	b.state.Lock()
	b.events = append(failed, b.events...)
	b.state.Unlock()
	return errors.Join(problems...)
}

// b2Deliver sends one batch of events.
func b2Deliver(ctx context.Context, client *http.Client, target *b2NotificationTarget, batch []b2PendingEvent) error {
	if client == nil {
		if u, err := url.Parse(target.URL); err != nil || !isLoopback(u.Hostname()) {
			return fmt.Errorf("%s is not on this machine", target.URL)
		}
		client = http.DefaultClient
	}
	var document struct {
		Events []b2Event `json:"events"`
	}
	for _, p := range batch {
		document.Events = append(document.Events, p.event)
	}
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for _, header := range target.Headers {
		req.Header.Set(header.Name, header.Value)
	}
	req.Header.Set("Content-Type", "application/json")
	if target.Secret != nil {
		mac := hmac.New(sha256.New, []byte(*target.Secret)) // the secret as it is, though it looks like base64
		_, _ = mac.Write(body)                              // never fails
		req.Header.Set("X-Bz-Event-Notification-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)))
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the webhook answers %s", res.Status)
	}
	return nil
}
