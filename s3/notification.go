package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketNotificationConfiguration replaces all event notifications of a
// bucket; an empty configuration ends them. S3 sends each destination a test
// message first, so those must exist already and admit S3.
//
// Errors: InvalidArgument where a destination does not admit S3, or where two
// configurations would notify of the same event; [ErrMalformedXML],
// [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
func (c *Client) PutBucketNotificationConfiguration(ctx context.Context, in *PutBucketNotificationConfigurationInput, opts ...Option) (*PutBucketNotificationConfigurationOutput, error) {
	return invoke[PutBucketNotificationConfigurationOutput](ctx, c, opPutBucketNotificationConfiguration, in, opts)
}

var opPutBucketNotificationConfiguration = &pipeline.Operation{Name: "PutBucketNotificationConfiguration", Method: "PUT", Path: "/{Bucket}?notification", Host: "control"}

type PutBucketNotificationConfigurationInput struct {
	Bucket                    string                     `uri:"Bucket"`
	NotificationConfiguration *NotificationConfiguration `payload:"NotificationConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	SkipDestinationValidation bool                       `header:"x-amz-skip-destination-validation"` // send no test messages to queues, topics and functions
	ExpectedBucketOwner       string                     `header:"x-amz-expected-bucket-owner"`       // account ID; another one: 403
}

type PutBucketNotificationConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketNotificationConfiguration returns the event notifications of a
// bucket. Where there are none, the answer is empty.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html
func (c *Client) GetBucketNotificationConfiguration(ctx context.Context, in *GetBucketNotificationConfigurationInput, opts ...Option) (*GetBucketNotificationConfigurationOutput, error) {
	return invoke[GetBucketNotificationConfigurationOutput](ctx, c, opGetBucketNotificationConfiguration, in, opts)
}

var opGetBucketNotificationConfiguration = &pipeline.Operation{Name: "GetBucketNotificationConfiguration", Method: "GET", Path: "/{Bucket}?notification", Host: "control"}

type GetBucketNotificationConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketNotificationConfigurationOutput struct {
	TopicConfigurations          []TopicConfiguration          `xml:"TopicConfiguration,flat"`
	QueueConfigurations          []QueueConfiguration          `xml:"QueueConfiguration,flat"`
	LambdaFunctionConfigurations []LambdaFunctionConfiguration `xml:"CloudFunctionConfiguration,flat"`
	EventBridgeConfiguration     *EventBridgeConfiguration     `xml:"EventBridgeConfiguration"` // nil: no events to EventBridge

	ResponseMetadata entrepot.ResponseMetadata
}

// NotificationConfiguration says who is told of which events in a bucket. It
// has up to 100 configurations of topics, queues and functions.
type NotificationConfiguration struct {
	TopicConfigurations          []TopicConfiguration          `xml:"TopicConfiguration,flat"`
	QueueConfigurations          []QueueConfiguration          `xml:"QueueConfiguration,flat"`
	LambdaFunctionConfigurations []LambdaFunctionConfiguration `xml:"CloudFunctionConfiguration,flat"`
	EventBridgeConfiguration     *EventBridgeConfiguration     `xml:"EventBridgeConfiguration"` // not nil: every event goes to EventBridge
}

// TopicConfiguration publishes events to a topic of SNS.
type TopicConfiguration struct {
	Id       string                           `xml:"Id"` // S3 makes one up when empty
	TopicArn string                           `xml:"Topic,required"`
	Events   []Event                          `xml:"Event,required,flat"`
	Filter   *NotificationConfigurationFilter `xml:"Filter"` // nil: all keys
}

// QueueConfiguration sends events to a queue of SQS. It must not be a FIFO
// queue.
type QueueConfiguration struct {
	Id       string                           `xml:"Id"` // S3 makes one up when empty
	QueueArn string                           `xml:"Queue,required"`
	Events   []Event                          `xml:"Event,required,flat"`
	Filter   *NotificationConfigurationFilter `xml:"Filter"` // nil: all keys
}

// LambdaFunctionConfiguration invokes a function of Lambda with events.
type LambdaFunctionConfiguration struct {
	Id                string                           `xml:"Id"` // S3 makes one up when empty
	LambdaFunctionArn string                           `xml:"CloudFunction,required"`
	Events            []Event                          `xml:"Event,required,flat"`
	Filter            *NotificationConfigurationFilter `xml:"Filter"` // nil: all keys
}

// EventBridgeConfiguration sends all events of a bucket to EventBridge. It has
// no members: its presence is what counts.
type EventBridgeConfiguration struct{}

// NotificationConfigurationFilter chooses the objects whose events count.
type NotificationConfigurationFilter struct {
	Key *S3KeyFilter `xml:"S3Key"`
}

// S3KeyFilter chooses objects by their keys: at most one prefix and one suffix.
type S3KeyFilter struct {
	FilterRules []FilterRule `xml:"FilterRule,flat"`
}

// FilterRule is what a key must begin or end with.
type FilterRule struct {
	Name  FilterRuleName `xml:"Name"`  // S3 returns it with a capital: Prefix, Suffix
	Value string         `xml:"Value"` // up to 1024 characters
}

// FilterRuleName tells prefixes from suffixes.
type FilterRuleName string

const (
	FilterRuleNamePrefix FilterRuleName = "prefix"
	FilterRuleNameSuffix FilterRuleName = "suffix"
)

// Event is a kind of event in a bucket. Those that end in an asterisk stand for
// all that begin like them.
type Event string

const (
	EventS3ObjectCreated                                Event = "s3:ObjectCreated:*"
	EventS3ObjectCreatedPut                             Event = "s3:ObjectCreated:Put"
	EventS3ObjectCreatedPost                            Event = "s3:ObjectCreated:Post"
	EventS3ObjectCreatedCopy                            Event = "s3:ObjectCreated:Copy"
	EventS3ObjectCreatedCompleteMultipartUpload         Event = "s3:ObjectCreated:CompleteMultipartUpload"
	EventS3ObjectRemoved                                Event = "s3:ObjectRemoved:*"
	EventS3ObjectRemovedDelete                          Event = "s3:ObjectRemoved:Delete"
	EventS3ObjectRemovedDeleteMarkerCreated             Event = "s3:ObjectRemoved:DeleteMarkerCreated"
	EventS3ObjectRestore                                Event = "s3:ObjectRestore:*"
	EventS3ObjectRestorePost                            Event = "s3:ObjectRestore:Post" // restore begun
	EventS3ObjectRestoreCompleted                       Event = "s3:ObjectRestore:Completed"
	EventS3ObjectRestoreDelete                          Event = "s3:ObjectRestore:Delete" // restored copy expired
	EventS3ObjectAclPut                                 Event = "s3:ObjectAcl:Put"
	EventS3ObjectTagging                                Event = "s3:ObjectTagging:*"
	EventS3ObjectTaggingPut                             Event = "s3:ObjectTagging:Put"
	EventS3ObjectTaggingDelete                          Event = "s3:ObjectTagging:Delete"
	EventS3ObjectAnnotation                             Event = "s3:ObjectAnnotation:*"
	EventS3ObjectAnnotationPut                          Event = "s3:ObjectAnnotation:Put"
	EventS3ObjectAnnotationDelete                       Event = "s3:ObjectAnnotation:Delete"
	EventS3ReducedRedundancyLostObject                  Event = "s3:ReducedRedundancyLostObject"
	EventS3Replication                                  Event = "s3:Replication:*"
	EventS3ReplicationOperationFailedReplication        Event = "s3:Replication:OperationFailedReplication"
	EventS3ReplicationOperationNotTracked               Event = "s3:Replication:OperationNotTracked"               // no longer by replication metrics
	EventS3ReplicationOperationMissedThreshold          Event = "s3:Replication:OperationMissedThreshold"          // took more than 15 minutes
	EventS3ReplicationOperationReplicatedAfterThreshold Event = "s3:Replication:OperationReplicatedAfterThreshold" // done after more than 15 minutes
	EventS3LifecycleTransition                          Event = "s3:LifecycleTransition"
	EventS3LifecycleExpiration                          Event = "s3:LifecycleExpiration:*"
	EventS3LifecycleExpirationDelete                    Event = "s3:LifecycleExpiration:Delete"
	EventS3LifecycleExpirationDeleteMarkerCreated       Event = "s3:LifecycleExpiration:DeleteMarkerCreated"
	EventS3IntelligentTiering                           Event = "s3:IntelligentTiering" // moved to an archive tier
)

// PutBucketNotification replaces all event notifications of a bucket, in the
// form that has one topic, one queue and one function at most, and no filters.
//
// Errors: as [Client.PutBucketNotificationConfiguration].
//
// Deprecated: S3 keeps it for old programs; use
// [Client.PutBucketNotificationConfiguration].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotification.html
func (c *Client) PutBucketNotification(ctx context.Context, in *PutBucketNotificationInput, opts ...Option) (*PutBucketNotificationOutput, error) {
	return invoke[PutBucketNotificationOutput](ctx, c, opPutBucketNotification, in, opts)
}

var opPutBucketNotification = &pipeline.Operation{Name: "PutBucketNotification", Method: "PUT", Path: "/{Bucket}?notification", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketNotificationInput struct {
	Bucket                    string                               `uri:"Bucket"`
	NotificationConfiguration *NotificationConfigurationDeprecated `payload:"NotificationConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                string                               `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm         ChecksumAlgorithm                    `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner       string                               `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketNotificationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketNotification returns the event notifications of a bucket, as far as
// the old form can express them: of several queues, topics or functions the
// last, and no filters.
//
// Errors: [ErrNoSuchBucket].
//
// Deprecated: S3 keeps it for old programs; use
// [Client.GetBucketNotificationConfiguration].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotification.html
func (c *Client) GetBucketNotification(ctx context.Context, in *GetBucketNotificationInput, opts ...Option) (*GetBucketNotificationOutput, error) {
	return invoke[GetBucketNotificationOutput](ctx, c, opGetBucketNotification, in, opts)
}

var opGetBucketNotification = &pipeline.Operation{Name: "GetBucketNotification", Method: "GET", Path: "/{Bucket}?notification", Host: "control"}

type GetBucketNotificationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketNotificationOutput struct {
	TopicConfiguration         TopicConfigurationDeprecated `xml:"TopicConfiguration"`
	QueueConfiguration         QueueConfigurationDeprecated `xml:"QueueConfiguration"`
	CloudFunctionConfiguration CloudFunctionConfiguration   `xml:"CloudFunctionConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// NotificationConfigurationDeprecated is a configuration in the old form, which
// [Client.PutBucketNotification] takes.
type NotificationConfigurationDeprecated struct {
	TopicConfiguration         *TopicConfigurationDeprecated `xml:"TopicConfiguration"`
	QueueConfiguration         *QueueConfigurationDeprecated `xml:"QueueConfiguration"`
	CloudFunctionConfiguration *CloudFunctionConfiguration   `xml:"CloudFunctionConfiguration"`
}

// TopicConfigurationDeprecated is a TopicConfiguration of the old form.
type TopicConfigurationDeprecated struct {
	Id     string  `xml:"Id"` // S3 makes one up when empty
	Events []Event `xml:"Event,flat"`
	Topic  string  `xml:"Topic"` // ARN
}

// QueueConfigurationDeprecated is a QueueConfiguration of the old form.
type QueueConfigurationDeprecated struct {
	Id     string  `xml:"Id"` // S3 makes one up when empty
	Events []Event `xml:"Event,flat"`
	Queue  string  `xml:"Queue"` // ARN
}

// CloudFunctionConfiguration is a LambdaFunctionConfiguration of the old form.
type CloudFunctionConfiguration struct {
	Id             string  `xml:"Id"` // S3 makes one up when empty
	Events         []Event `xml:"Event,flat"`
	CloudFunction  string  `xml:"CloudFunction"`  // ARN
	InvocationRole string  `xml:"InvocationRole"` // ARN of the role that S3 assumes to invoke it
}
