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
	rule  *b2NotificationRule // never changed: new rules take the place of all
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
	for i := range f.bucket.notifications {
		rule := &f.bucket.notifications[i]
		if !rule.Enabled || !strings.HasPrefix(f.name, rule.Prefix) ||
			!slices.ContainsFunc(rule.Events, func(e string) bool { return b2EventsOverlap(e, event) }) {
			continue
		}
		e := b2Event{
			AccountID: b.accountID, BucketID: f.bucket.id, BucketName: f.bucket.name, ID: randomHex(32), Timestamp: now.UnixMilli(),
			Type: event, Version: 1, Rule: rule.Name, Name: f.name, FileID: f.id,
		}
		if size := f.size(); !strings.HasPrefix(event, "b2:ObjectDeleted:") {
			e.Size = &size
		}
		b.keepEvents(b2PendingEvent{rule, e})
	}
}

// keepEvents adds to the events that wait. The state is held.
func (b *B2) keepEvents(events ...b2PendingEvent) {
	b.events = append(b.events, events...)
	b.events = b.events[max(0, len(b.events)-b2MaxPendingEvents):]
}

// DeliverEvents sends the events that rules of event notification ask for, and
// that have happened since the last time, to the webhooks of those rules, signed
// and in batches as the rules have it. What a webhook answers otherwise than with
// the status 200 is kept for the next time, and part of the error.
//
// With a nil client only webhooks on this machine are called, by their loopback
// addresses, and redirects are not followed; to reach others, or webhooks with a
// certificate of their own, pass a client that does. Unlike the service, the server delivers nothing by itself.
func (b *B2) DeliverEvents(ctx context.Context, client *http.Client) error {
	b.state.Lock()
	pending := b.events
	b.events = nil
	b.state.Unlock()

	reaches := func(host string) bool { return true }
	if client == nil {
		reaches = isLoopback
		client = &http.Client{
			Transport:     &http.Transport{}, // no proxy
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		defer client.CloseIdleConnections()
	}
	var failed []b2PendingEvent
	var problems []error
	for _, batch := range b2Batches(pending) {
		rule := batch[0].rule
		err := fmt.Errorf("%s is not on this machine", rule.Target.URL)
		if u, _ := url.Parse(rule.Target.URL); reaches(u.Hostname()) { // parsed when the rule was set
			err = b2Deliver(ctx, client, &rule.Target, batch)
		}
		if err != nil {
			failed = append(failed, batch...)
			problems = append(problems, fmt.Errorf("storagetest: events of rule %s: %w", rule.Name, err))
		}
	}
	b.state.Lock()
	later := b.events
	b.events = failed
	b.keepEvents(later...)
	b.state.Unlock()
	return errors.Join(problems...)
}

// b2Batches puts together what the same rule wants told, as many events as it
// takes at once, in the order of the first event of each batch.
func b2Batches(events []b2PendingEvent) [][]b2PendingEvent {
	var batches [][]b2PendingEvent
	filling := map[*b2NotificationRule]int{} // the batch that is not full
	for _, e := range events {
		at, ok := filling[e.rule]
		if !ok || len(batches[at]) == *e.rule.Target.BatchSize {
			at = len(batches)
			filling[e.rule], batches = at, append(batches, nil)
		}
		batches[at] = append(batches[at], e)
	}
	return batches
}

// b2Deliver sends one batch of events.
func b2Deliver(ctx context.Context, client *http.Client, target *b2NotificationTarget, batch []b2PendingEvent) error {
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
