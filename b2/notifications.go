package b2

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketNotificationRules returns the rules by which a bucket tells of
// events.
//
// It needs the capability readBucketNotifications.
//
// Errors: [ErrBadBucketId], [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-get-bucket-notification-rules
func (c *Client) GetBucketNotificationRules(ctx context.Context, in *GetBucketNotificationRulesInput, opts ...Option) (*GetBucketNotificationRulesOutput, error) {
	out, err := invoke[GetBucketNotificationRulesOutput](ctx, c, opGetBucketNotificationRules, in, opts)
	if err == nil {
		liftBatchSizes(out.EventNotificationRules)
	}
	return out, err
}

var opGetBucketNotificationRules = &pipeline.Operation{Name: "GetBucketNotificationRules", Method: "POST", Path: "/b2api/v4/b2_get_bucket_notification_rules", Right: "readBucketNotifications"}

// GetBucketNotificationRulesInput names a bucket.
type GetBucketNotificationRulesInput struct {
	BucketId string `json:"bucketId,required,min1"`
}

// GetBucketNotificationRulesOutput has the rules of a bucket.
type GetBucketNotificationRulesOutput struct {
	BucketId               string                  `json:"bucketId"`
	EventNotificationRules []EventNotificationRule `json:"eventNotificationRules"`

	ResponseMetadata entrepot.ResponseMetadata
}

// SetBucketNotificationRules replaces all rules by which a bucket tells of
// events. What [Client.GetBucketNotificationRules] returned can be changed and
// given back.
//
// It needs the capability writeBucketNotifications.
//
// Errors: [ErrEventTypesEmpty], [ErrEventTypeInvalid], [ErrEventTypeOverlap],
// [ErrEventTypeCategories], [ErrBadRequest] (also if two rules want the same
// event of the same files), [ErrBadBucketId], [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-set-bucket-notification-rules
func (c *Client) SetBucketNotificationRules(ctx context.Context, in *SetBucketNotificationRulesInput, opts ...Option) (*SetBucketNotificationRulesOutput, error) {
	out, err := invoke[SetBucketNotificationRulesOutput](ctx, c, opSetBucketNotificationRules, in, opts)
	if err == nil {
		liftBatchSizes(out.EventNotificationRules)
	}
	return out, err
}

var opSetBucketNotificationRules = &pipeline.Operation{Name: "SetBucketNotificationRules", Method: "POST", Path: "/b2api/v4/b2_set_bucket_notification_rules", Right: "writeBucketNotifications"}

// SetBucketNotificationRulesInput has the new rules of a bucket.
type SetBucketNotificationRulesInput struct {
	BucketId               string                  `json:"bucketId,required,min1"`
	EventNotificationRules []EventNotificationRule `json:"eventNotificationRules,required"` // at most 25; none: no notifications
}

// SetBucketNotificationRulesOutput has the rules as they are now.
type SetBucketNotificationRulesOutput struct {
	BucketId               string                  `json:"bucketId"`
	EventNotificationRules []EventNotificationRule `json:"eventNotificationRules"`

	ResponseMetadata entrepot.ResponseMetadata
}

// EventNotificationRule has the service tell of events by requests to a
// webhook.
type EventNotificationRule struct {
	Name             string      `json:"name,required"`       // 6 to 63 letters, digits and '-', not beginning with "b2-"; unique
	EventTypes       []EventType `json:"eventTypes,required"` // a wildcard not beside types that it covers
	IsEnabled        bool        `json:"isEnabled,required"`
	ObjectNamePrefix string      `json:"objectNamePrefix,required"` // empty: all files. Rules for the same event must not overlap

	// MaxEventsPerBatch is how many events one request may tell of, 1 to 50.
	// 0: 1.
	MaxEventsPerBatch int64 `json:"maxEventsPerBatch"`

	TargetConfiguration TargetConfiguration `json:"targetConfiguration,required"`

	// These two are the service's: it suspends a rule whose target fails. They
	// are not sent.
	IsSuspended      bool   `json:"isSuspended,received"`
	SuspensionReason string `json:"suspensionReason,received"`
}

// TargetConfiguration says where notifications go.
type TargetConfiguration struct {
	TargetType    TargetType     `json:"targetType,required"`
	Url           string         `json:"url,required"`       // https
	CustomHeaders []CustomHeader `json:"customHeaders,null"` // at most 10, of 2048 bytes together

	// HmacSha256SigningSecret, 32 letters and digits, is what notifications are
	// signed with (see [VerifyNotification]). Empty: they are not.
	HmacSha256SigningSecret Secret `json:"hmacSha256SigningSecret,null"`

	// MaxEventsPerBatch is where some servers answer with that of the rule,
	// where it is found as well. It is not sent.
	MaxEventsPerBatch int64 `json:"maxEventsPerBatch,received"`
}

// TargetType is a kind of target of notifications. Kinds not listed here may
// come.
type TargetType string

// TargetTypeWebhook is a URL to which notifications are posted.
const TargetTypeWebhook TargetType = "webhook"

// CustomHeader is a header of the requests to a webhook.
type CustomHeader struct {
	Name  string `json:"name,required"` // not beginning with X-Bz-; unique
	Value string `json:"value,required"`
}

// EventType is a kind of event. Kinds not listed here may come.
type EventType string

// The kinds of events. Those that end in '*' stand for all of their group, and
// are for rules only.
const (
	EventTypeObjectCreatedAny              EventType = "b2:ObjectCreated:*"
	EventTypeObjectCreatedUpload           EventType = "b2:ObjectCreated:Upload"
	EventTypeObjectCreatedMultipartUpload  EventType = "b2:ObjectCreated:MultipartUpload"
	EventTypeObjectCreatedCopy             EventType = "b2:ObjectCreated:Copy"
	EventTypeObjectCreatedReplica          EventType = "b2:ObjectCreated:Replica"
	EventTypeObjectCreatedMultipartReplica EventType = "b2:ObjectCreated:MultipartReplica"

	EventTypeObjectDeletedAny           EventType = "b2:ObjectDeleted:*"
	EventTypeObjectDeletedDelete        EventType = "b2:ObjectDeleted:Delete"
	EventTypeObjectDeletedLifecycleRule EventType = "b2:ObjectDeleted:LifecycleRule"

	EventTypeHideMarkerCreatedAny           EventType = "b2:HideMarkerCreated:*"
	EventTypeHideMarkerCreatedHide          EventType = "b2:HideMarkerCreated:Hide"
	EventTypeHideMarkerCreatedLifecycleRule EventType = "b2:HideMarkerCreated:LifecycleRule"

	EventTypeMultipartUploadCreatedAny      EventType = "b2:MultipartUploadCreated:*"
	EventTypeMultipartUploadCreatedLiveRead EventType = "b2:MultipartUploadCreated:LiveRead"

	EventTypeTestEvent EventType = "b2:TestEvent" // sent by a button of the web site; not for rules
)

// liftBatchSizes puts MaxEventsPerBatch where it is documented to be, also
// where the answer has it elsewhere.
func liftBatchSizes(rules []EventNotificationRule) {
	for i := range rules {
		if r := &rules[i]; r.MaxEventsPerBatch == 0 {
			r.MaxEventsPerBatch = r.TargetConfiguration.MaxEventsPerBatch
		}
	}
}
