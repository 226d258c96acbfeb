package storagetest

import (
	"slices"
	"strings"
)

var s3NotificationHandlers = handlers{
	"PutBucketNotificationConfiguration": bucketNotification.put,
	"GetBucketNotificationConfiguration": bucketNotification.get,
}

// notification is the document, in the form of old and new alike: the old one
// has at most one target of each kind, and no filters. Events are not sent.
type notification struct {
	Topics                   []notificationTarget `xml:"TopicConfiguration"`
	Queues                   []notificationTarget `xml:"QueueConfiguration"`
	Functions                []notificationTarget `xml:"CloudFunctionConfiguration"`
	EventBridgeConfiguration *struct{}            `xml:",omitempty"`
}

// notificationTarget has one of the three ARNs, as the element that it is says.
type notificationTarget struct {
	Id             string
	Topic          string   `xml:",omitempty"`
	Queue          string   `xml:",omitempty"`
	CloudFunction  string   `xml:",omitempty"`
	InvocationRole string   `xml:",omitempty"`
	Events         []string `xml:"Event"`
	Filter         *struct {
		S3Key *struct {
			FilterRules []notificationRule `xml:"FilterRule"`
		} `xml:",omitempty"`
	} `xml:",omitempty"`
}

type notificationRule struct{ Name, Value string }

// maxNotifications bounds the targets of a bucket.
const maxNotifications = 100

var notificationEvents = []string{
	"s3:ReducedRedundancyLostObject",
	"s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy", "s3:ObjectCreated:CompleteMultipartUpload",
	"s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated",
	"s3:ObjectRestore:*", "s3:ObjectRestore:Post", "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete",
	"s3:Replication:*", "s3:Replication:OperationFailedReplication", "s3:Replication:OperationNotTracked",
	"s3:Replication:OperationMissedThreshold", "s3:Replication:OperationReplicatedAfterThreshold",
	"s3:LifecycleTransition", "s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated",
	"s3:IntelligentTiering", "s3:ObjectAcl:Put",
	"s3:ObjectTagging:*", "s3:ObjectTagging:Put", "s3:ObjectTagging:Delete",
	"s3:ObjectAnnotation:*", "s3:ObjectAnnotation:Put", "s3:ObjectAnnotation:Delete",
}

var bucketNotification = s3Document[notification]{
	root:      "NotificationConfiguration",
	of:        func(b *s3Bucket) **notification { return &b.notification },
	check:     func(_ *s3Call, _ *s3Bucket, n *notification) *s3Error { return n.check() },
	standard:  func(*s3Call) *notification { return new(notification) },
	unchecked: true,
}

func (n *notification) check() *s3Error {
	var all []*notificationTarget
	for _, kind := range []struct {
		targets []notificationTarget
		service string
	}{{n.Topics, "sns"}, {n.Queues, "sqs"}, {n.Functions, "lambda"}} {
		for i := range kind.targets {
			t := &kind.targets[i]
			if err := t.check(kind.service); err != nil {
				return err
			}
			all = append(all, t)
		}
	}
	if len(all) > maxNotifications {
		return errorInvalidArgument("A bucket can have up to 100 notification configurations", "NotificationConfiguration", "")
	}
	for i, t := range all {
		for _, other := range all[:i] {
			switch {
			case t.Id == other.Id:
				return errorInvalidArgument("Same ID used for multiple configurations. IDs must be unique", "Id", t.Id)
			case t.overlaps(other):
				return errorInvalidArgument("Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.", "Id", t.Id)
			}
		}
	}
	return nil
}

// check judges a target of a service, gives it an id if it has none, and writes
// the names of its rules as S3 does.
func (t *notificationTarget) check(service string) *s3Error {
	name, arn := "Topic", t.Topic
	switch service {
	case "sqs":
		name, arn = "Queue", t.Queue
	case "lambda":
		name, arn = "CloudFunction", t.CloudFunction
	}
	switch {
	case arn == "", len(t.Events) == 0, len(t.Topic)+len(t.Queue)+len(t.CloudFunction) != len(arn):
		return errorMalformedXML()
	case !isARN(arn, service, ""):
		return errorInvalidArgument("The ARN could not be parsed", name, arn)
	case service == "sqs" && strings.HasSuffix(arn, ".fifo"):
		return errorInvalidArgument("FIFO queues are not supported", name, arn)
	case t.InvocationRole != "" && !isARN(t.InvocationRole, "iam", "role/"):
		return errorInvalidArgument("The ARN could not be parsed", "InvocationRole", t.InvocationRole)
	case len(t.Id) > 255:
		return errorInvalidArgument("ID length should not exceed allowed limit of 255", "Id", t.Id)
	}
	for _, event := range t.Events {
		if !slices.Contains(notificationEvents, event) {
			return errorInvalidArgument("The event is not supported for notifications", "Event", event)
		}
	}
	if t.Id == "" {
		t.Id = randomHex(18)
	}
	return t.checkRules()
}

func (t *notificationTarget) checkRules() *s3Error {
	if t.Filter == nil || t.Filter.S3Key == nil {
		return nil
	}
	rules := t.Filter.S3Key.FilterRules
	seen := make(map[string]bool)
	for i := range rules {
		r := &rules[i]
		switch strings.ToLower(r.Name) {
		case "prefix":
			r.Name = "Prefix"
		case "suffix":
			r.Name = "Suffix"
		default:
			return errorInvalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", r.Name)
		}
		switch {
		case seen[r.Name]:
			return errorInvalidArgument("Cannot specify more than one "+strings.ToLower(r.Name)+" rule in a filter.", "FilterRule.Name", r.Name)
		case r.Value == "":
			return errorInvalidArgument("filter value cannot be empty", r.Name, r.Value)
		case len(r.Value) > maxKeyLength:
			return errorInvalidArgument("Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation", "FilterRule.Value", r.Value)
		}
		seen[r.Name] = true
	}
	return nil
}

// rule is the value of a rule, empty if there is none.
func (t *notificationTarget) rule(name string) string {
	if t.Filter == nil || t.Filter.S3Key == nil {
		return ""
	}
	for _, r := range t.Filter.S3Key.FilterRules {
		if r.Name == name {
			return r.Value
		}
	}
	return ""
}

// overlaps reports whether one event of one object would be sent to both.
func (t *notificationTarget) overlaps(o *notificationTarget) bool {
	shared := slices.ContainsFunc(t.Events, func(a string) bool {
		return slices.ContainsFunc(o.Events, func(b string) bool { return sameEvent(a, b) || sameEvent(b, a) })
	})
	p, q, r, s := t.rule("Prefix"), o.rule("Prefix"), t.rule("Suffix"), o.rule("Suffix")
	return shared &&
		(strings.HasPrefix(p, q) || strings.HasPrefix(q, p)) &&
		(strings.HasSuffix(r, s) || strings.HasSuffix(s, r))
}

// sameEvent reports whether event is what wanted says, which may stand for
// several.
func sameEvent(wanted, event string) bool {
	group, all := strings.CutSuffix(wanted, "*")
	return event == wanted || all && strings.HasPrefix(event, group)
}
