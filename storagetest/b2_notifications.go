package storagetest

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// b2NotificationRule says which events of a bucket are told, and to whom.
type b2NotificationRule struct {
	Name      string               `json:"name" required:"true"`
	Events    []string             `json:"eventTypes" required:"true"`
	Enabled   bool                 `json:"isEnabled" required:"true"`
	Prefix    string               `json:"objectNamePrefix" required:"true"`
	BatchSize *int                 `json:"maxEventsPerBatch,omitempty"`
	Target    b2NotificationTarget `json:"targetConfiguration" required:"true"`
	// Accepted, because a client may send back what it was shown.
	Suspended        bool   `json:"isSuspended"`
	SuspensionReason string `json:"suspensionReason"`
}

type b2NotificationTarget struct {
	Type    string                 `json:"targetType" required:"true"`
	URL     string                 `json:"url" required:"true"`
	Headers []b2NotificationHeader `json:"customHeaders"`
	Secret  *string                `json:"hmacSha256SigningSecret"`
	// The reference has the size of batches in the rule, the service shows it
	// here. It is accepted in both places, and kept here.
	BatchSize *int `json:"maxEventsPerBatch,omitempty"`
}

type b2NotificationHeader struct {
	Name  string `json:"name" required:"true"`
	Value string `json:"value" required:"true"`
}

const (
	b2MaxNotificationRules = 25
	b2MaxEventsPerBatch    = 50
)

// b2EventTypes are the events that there are, by category.
var b2EventTypes = map[string][]string{
	"b2:ObjectCreated":          {"Upload", "MultipartUpload", "Copy", "Replica", "MultipartReplica"},
	"b2:ObjectDeleted":          {"Delete", "LifecycleRule"},
	"b2:HideMarkerCreated":      {"Hide", "LifecycleRule"},
	"b2:MultipartUploadCreated": {"LiveRead"},
}

// b2EventCategory cuts an event type in two: "b2:ObjectCreated", "Upload".
func b2EventCategory(event string) (category, kind string) {
	i := strings.LastIndexByte(event, ':')
	return event[:max(i, 0)], event[i+1:]
}

// b2EventsOverlap reports whether two event types have an event in common.
func b2EventsOverlap(a, b string) bool {
	category, kind := b2EventCategory(a)
	otherCategory, otherKind := b2EventCategory(b)
	return category == otherCategory && (kind == otherKind || kind == "*" || otherKind == "*")
}

type b2SetNotificationRules struct {
	BucketID string               `json:"bucketId" required:"true"`
	Rules    []b2NotificationRule `json:"eventNotificationRules" required:"true"`
}

func (s *b2Session) setNotificationRules(in *b2SetNotificationRules) (any, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	if len(in.Rules) > b2MaxNotificationRules {
		return nil, b2BadRequest("More than %d event notification rules", b2MaxNotificationRules)
	}
	for i := range in.Rules {
		if err := in.Rules[i].check(in.Rules[:i]); err != nil {
			return nil, err
		}
	}
	bucket.notifications = in.Rules
	return s.notificationRules(bucket), nil
}

func (s *b2Session) getNotificationRules(in *b2BucketOnly) (any, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	return s.notificationRules(bucket), nil
}

// notificationRules shows the rules in the order of their names.
func (s *b2Session) notificationRules(bucket *b2Bucket) any {
	rules := slices.SortedFunc(slices.Values(bucket.notifications), func(a, b b2NotificationRule) int { return strings.Compare(a.Name, b.Name) })
	return map[string]any{"bucketId": bucket.id, "eventNotificationRules": orEmptyList(rules)}
}

var (
	b2RuleName   = regexp.MustCompile(`^[A-Za-z0-9-]{6,63}$`)
	b2RuleSecret = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
)

// check holds a rule to its form and compares it with those before it. It brings
// the rule into the form in which it is shown.
func (r *b2NotificationRule) check(before []b2NotificationRule) error {
	if !b2RuleName.MatchString(r.Name) || strings.HasPrefix(r.Name, "b2-") {
		return b2BadRequest("Invalid name of an event notification rule: %q", r.Name)
	}
	if err := r.checkEvents(); err != nil {
		return err
	}
	if r.BatchSize != nil {
		r.Target.BatchSize = r.BatchSize
	}
	if r.Target.BatchSize == nil {
		r.Target.BatchSize = new(1)
	}
	if n := *r.Target.BatchSize; n < 1 || n > b2MaxEventsPerBatch {
		return b2BadRequest("maxEventsPerBatch of rule %s must be from 1 to %d: %d", r.Name, b2MaxEventsPerBatch, n)
	}
	if err := r.Target.check(); err != nil {
		return err
	}
	for _, other := range before {
		if other.Name == r.Name {
			return b2BadRequest("Event notification rule %s comes twice", r.Name)
		}
		if !strings.HasPrefix(r.Prefix, other.Prefix) && !strings.HasPrefix(other.Prefix, r.Prefix) {
			continue
		}
		for _, event := range r.Events {
			if slices.ContainsFunc(other.Events, func(o string) bool { return b2EventsOverlap(o, event) }) {
				return b2BadRequest("Rules %s and %s both name %s, and their prefixes overlap", other.Name, r.Name, event)
			}
		}
	}
	r.BatchSize, r.Suspended, r.SuspensionReason = nil, false, ""
	return nil
}

// checkEvents holds the event types to those there are. The codes are the
// service's; when it uses which of the two for overlaps is a guess.
func (r *b2NotificationRule) checkEvents() error {
	refuse := func(code, format string, args ...any) error {
		return b2Fail(http.StatusBadRequest, code, format, args...)
	}
	if len(r.Events) == 0 {
		return refuse("event_types_empty", "Rule %s has no eventTypes", r.Name)
	}
	for i, event := range r.Events {
		category, kind := b2EventCategory(event)
		if kinds, ok := b2EventTypes[category]; !ok || kind != "*" && !slices.Contains(kinds, kind) {
			return refuse("event_type_invalid", "Rule %s: invalid event type %q", r.Name, event)
		}
		for _, other := range r.Events[:i] {
			switch {
			case other == event:
				return refuse("event_type_overlap", "Rule %s: event type %s comes twice", r.Name, event)
			case b2EventsOverlap(other, event):
				return refuse("event_type_categories", "Rule %s: event types %s and %s are of one category", r.Name, other, event)
			}
		}
	}
	return nil
}

func (t *b2NotificationTarget) check() error {
	if t.Type != "webhook" {
		return b2BadRequest("Invalid targetType: %q", t.Type)
	}
	u, err := url.Parse(t.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return b2BadRequest("The url of a webhook must be an https one: %q", t.URL)
	}
	if len(t.Headers) > 10 {
		return b2BadRequest("More than 10 customHeaders")
	}
	names, size := map[string]bool{}, 0
	for _, header := range t.Headers {
		name := strings.ToLower(header.Name)
		if !b2HeaderName.MatchString(name) || names[name] || strings.HasPrefix(name, "x-bz-") {
			return b2BadRequest("Invalid name in customHeaders: %q", header.Name)
		}
		if strings.ContainsFunc(header.Value, unicode.IsControl) {
			return b2BadRequest("Invalid value of %s in customHeaders: %q", header.Name, header.Value)
		}
		names[name] = true
		size += len(url.QueryEscape(header.Name)) + len(url.QueryEscape(header.Value)) + 3
	}
	if size > 2048 {
		return b2BadRequest("customHeaders take %d bytes, more than 2048", size)
	}
	if t.Secret != nil && !b2RuleSecret.MatchString(*t.Secret) {
		return b2BadRequest("hmacSha256SigningSecret must be 32 letters and digits")
	}
	return nil
}

// isLoopback reports whether a host, without its port, is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
