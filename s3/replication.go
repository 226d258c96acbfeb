package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketReplication replaces the replication rules of a bucket, up to 1000.
// They copy objects that are written from now on to other buckets; the bucket
// and its destinations must have versioning enabled.
//
// Errors: [ErrInvalidRequest] without versioning, [ErrMalformedXML],
// [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html
func (c *Client) PutBucketReplication(ctx context.Context, in *PutBucketReplicationInput, opts ...Option) (*PutBucketReplicationOutput, error) {
	return invoke[PutBucketReplicationOutput](ctx, c, opPutBucketReplication, in, opts)
}

var opPutBucketReplication = &pipeline.Operation{Name: "PutBucketReplication", Method: "PUT", Path: "/{Bucket}?replication", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketReplicationInput struct {
	Bucket                   string                    `uri:"Bucket"`
	ReplicationConfiguration *ReplicationConfiguration `payload:"ReplicationConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	Token                    string                    `header:"x-amz-bucket-object-lock-token"` // given by AWS support, for a bucket with Object Lock
	ContentMD5               string                    `header:"Content-MD5"`                    // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm        ChecksumAlgorithm         `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner      string                    `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketReplicationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketReplication returns the replication rules of a bucket. A change may
// take a while to show.
//
// Errors: [ErrReplicationConfigurationNotFound], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html
func (c *Client) GetBucketReplication(ctx context.Context, in *GetBucketReplicationInput, opts ...Option) (*GetBucketReplicationOutput, error) {
	return invoke[GetBucketReplicationOutput](ctx, c, opGetBucketReplication, in, opts)
}

var opGetBucketReplication = &pipeline.Operation{Name: "GetBucketReplication", Method: "GET", Path: "/{Bucket}?replication", Host: "control"}

type GetBucketReplicationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketReplicationOutput struct {
	ReplicationConfiguration ReplicationConfiguration `payload:"ReplicationConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketReplication removes the replication rules of a bucket. Where
// there are none it succeeds as well. Replicas stay.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketReplication.html
func (c *Client) DeleteBucketReplication(ctx context.Context, in *DeleteBucketReplicationInput, opts ...Option) (*DeleteBucketReplicationOutput, error) {
	return invoke[DeleteBucketReplicationOutput](ctx, c, opDeleteBucketReplication, in, opts)
}

var opDeleteBucketReplication = &pipeline.Operation{Name: "DeleteBucketReplication", Method: "DELETE", Path: "/{Bucket}?replication", Host: "control"}

type DeleteBucketReplicationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketReplicationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ReplicationConfiguration holds the replication rules of a bucket.
type ReplicationConfiguration struct {
	Role  string            `xml:"Role,required"` // ARN of the role that S3 assumes to replicate
	Rules []ReplicationRule `xml:"Rule,required,flat"`
}

// ReplicationRule says which objects are replicated where. A rule has a Filter
// or, in the old form, a Prefix.
type ReplicationRule struct {
	ID       string `xml:"ID"`       // up to 255 characters; S3 makes one up when empty
	Priority *int32 `xml:"Priority"` // of two rules for the same destination the higher one counts; required with Filter

	// Prefix is the old form of Filter. A rule has one or the other. nil: absent;
	// "": the whole bucket.
	//
	// Deprecated: use Filter.
	Prefix *string `xml:"Prefix"`
	// Filter says which objects the rule is for. An empty Filter is the whole
	// bucket.
	Filter *ReplicationRuleFilter `xml:"Filter"`

	Status                    ReplicationRuleStatus      `xml:"Status,required"`
	SourceSelectionCriteria   *SourceSelectionCriteria   `xml:"SourceSelectionCriteria"`
	ExistingObjectReplication *ExistingObjectReplication `xml:"ExistingObjectReplication"` // no longer supported: S3 Batch Replication copies what is there already
	Destination               Destination                `xml:"Destination,required"`
	DeleteMarkerReplication   *DeleteMarkerReplication   `xml:"DeleteMarkerReplication"` // required with Filter
}

// ReplicationRuleFilter chooses objects by one of its members; And joins
// several.
type ReplicationRuleFilter struct {
	Prefix *string                     `xml:"Prefix"` // nil: absent; "": every key
	Tag    *Tag                        `xml:"Tag"`
	And    *ReplicationRuleAndOperator `xml:"And"`
}

// ReplicationRuleAndOperator chooses the objects that fulfil all that is set.
type ReplicationRuleAndOperator struct {
	Prefix string `xml:"Prefix"`
	Tags   []Tag  `xml:"Tag,flat"`
}

// SourceSelectionCriteria adds objects that are not replicated by default.
type SourceSelectionCriteria struct {
	SseKmsEncryptedObjects *SseKmsEncryptedObjects `xml:"SseKmsEncryptedObjects"` // goes with Destination.EncryptionConfiguration
	ReplicaModifications   *ReplicaModifications   `xml:"ReplicaModifications"`
}

// SseKmsEncryptedObjects says whether objects encrypted with a key of KMS are
// replicated.
type SseKmsEncryptedObjects struct {
	Status SseKmsEncryptedObjectsStatus `xml:"Status,required"`
}

// ReplicaModifications says whether changes of replicas' metadata travel back,
// for replication in both directions.
type ReplicaModifications struct {
	Status ReplicaModificationsStatus `xml:"Status,required"`
}

// ExistingObjectReplication says whether objects from before the rule are
// replicated.
type ExistingObjectReplication struct {
	Status ExistingObjectReplicationStatus `xml:"Status,required"`
}

// DeleteMarkerReplication says whether delete markers are replicated. Rules
// that choose by tags cannot.
type DeleteMarkerReplication struct {
	Status DeleteMarkerReplicationStatus `xml:"Status"`
}

// Destination is where replicas go, and what they become there.
type Destination struct {
	Bucket                   string                    `xml:"Bucket,required"`          // ARN
	Account                  string                    `xml:"Account"`                  // owner of Bucket; required with AccessControlTranslation
	StorageClass             StorageClass              `xml:"StorageClass"`             // default that of the object
	AccessControlTranslation *AccessControlTranslation `xml:"AccessControlTranslation"` // nil: the object's owner owns the replica
	EncryptionConfiguration  *EncryptionConfiguration  `xml:"EncryptionConfiguration"`  // required with SseKmsEncryptedObjects
	ReplicationTime          *ReplicationTime          `xml:"ReplicationTime"`          // needs Metrics
	Metrics                  *Metrics                  `xml:"Metrics"`
}

// AccessControlTranslation changes the owner of replicas.
type AccessControlTranslation struct {
	Owner OwnerOverride `xml:"Owner,required"`
}

// EncryptionConfiguration says how replicas are encrypted.
type EncryptionConfiguration struct {
	ReplicaKmsKeyID string `xml:"ReplicaKmsKeyID"` // ARN of a symmetric key in the destination's region
}

// ReplicationTime is S3 Replication Time Control: nearly all objects within 15
// minutes.
type ReplicationTime struct {
	Status ReplicationTimeStatus `xml:"Status,required"`
	Time   ReplicationTimeValue  `xml:"Time,required"`
}

// ReplicationTimeValue is a time.
type ReplicationTimeValue struct {
	Minutes *int32 `xml:"Minutes"` // 15 is the only value
}

// Metrics has the progress of replication counted, and its failures notified.
type Metrics struct {
	Status         MetricsStatus         `xml:"Status,required"`
	EventThreshold *ReplicationTimeValue `xml:"EventThreshold"` // when s3:Replication:OperationMissedThreshold is sent
}

// ReplicationRuleStatus tells whether a rule is in force.
type ReplicationRuleStatus string

const (
	ReplicationRuleStatusEnabled  ReplicationRuleStatus = "Enabled"
	ReplicationRuleStatusDisabled ReplicationRuleStatus = "Disabled"
)

// SseKmsEncryptedObjectsStatus tells whether objects encrypted with a key of
// KMS are replicated.
type SseKmsEncryptedObjectsStatus string

const (
	SseKmsEncryptedObjectsStatusEnabled  SseKmsEncryptedObjectsStatus = "Enabled"
	SseKmsEncryptedObjectsStatusDisabled SseKmsEncryptedObjectsStatus = "Disabled"
)

// ReplicaModificationsStatus tells whether changes of replicas are replicated.
type ReplicaModificationsStatus string

const (
	ReplicaModificationsStatusEnabled  ReplicaModificationsStatus = "Enabled"
	ReplicaModificationsStatusDisabled ReplicaModificationsStatus = "Disabled"
)

// ExistingObjectReplicationStatus tells whether objects from before the rule
// are replicated.
type ExistingObjectReplicationStatus string

const (
	ExistingObjectReplicationStatusEnabled  ExistingObjectReplicationStatus = "Enabled"
	ExistingObjectReplicationStatusDisabled ExistingObjectReplicationStatus = "Disabled"
)

// DeleteMarkerReplicationStatus tells whether delete markers are replicated.
type DeleteMarkerReplicationStatus string

const (
	DeleteMarkerReplicationStatusEnabled  DeleteMarkerReplicationStatus = "Enabled"
	DeleteMarkerReplicationStatusDisabled DeleteMarkerReplicationStatus = "Disabled"
)

// OwnerOverride is who owns replicas instead of the object's owner.
type OwnerOverride string

const OwnerOverrideDestination OwnerOverride = "Destination" // the owner of the destination bucket

// ReplicationTimeStatus tells whether Replication Time Control is on.
type ReplicationTimeStatus string

const (
	ReplicationTimeStatusEnabled  ReplicationTimeStatus = "Enabled"
	ReplicationTimeStatusDisabled ReplicationTimeStatus = "Disabled"
)

// MetricsStatus tells whether replication is counted.
type MetricsStatus string

const (
	MetricsStatusEnabled  MetricsStatus = "Enabled"
	MetricsStatusDisabled MetricsStatus = "Disabled"
)
