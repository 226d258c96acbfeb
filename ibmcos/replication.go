package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketReplication replaces the replication rules of a bucket, up to 1000:
// what is written from then on is copied to other buckets. All these buckets have
// to keep versions, and the bucket itself cannot suspend them as long as it is
// replicated. A policy of IAM has to let it write to the others.
//
// ACLs are not copied, nor are archived objects, objects with a key of the
// customer's own (SSE-C), and what lifecycle rules delete. What fails is tried
// again for 30 days: see [Client.ListBucketReplicationFailures].
//
// Errors: [ErrInvalidRequest] where a bucket keeps no versions, [ErrMalformedXML],
// [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketReplication(ctx context.Context, in *PutBucketReplicationInput, opts ...Option) (*PutBucketReplicationOutput, error) {
	return invoke[PutBucketReplicationOutput](ctx, c, opPutBucketReplication, in, opts)
}

var opPutBucketReplication = &pipeline.Operation{Name: "PutBucketReplication", Method: "PUT", Path: "/{Bucket}?replication", Traits: pipeline.ChecksumRequired}

type PutBucketReplicationInput struct {
	Bucket                   string                    `uri:"Bucket"`
	ReplicationConfiguration *ReplicationConfiguration `payload:"ReplicationConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	Token                    string                    `header:"x-amz-bucket-object-lock-token"` // of AWS's model; IBM gives out none
	ContentMD5               string                    `header:"Content-MD5"`                    // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm        ChecksumAlgorithm         `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner      string                    `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketReplicationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketReplication tells what of a bucket is copied where.
//
// Errors: [ErrReplicationConfigurationNotFound], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketReplication(ctx context.Context, in *GetBucketReplicationInput, opts ...Option) (*GetBucketReplicationOutput, error) {
	return invoke[GetBucketReplicationOutput](ctx, c, opGetBucketReplication, in, opts)
}

var opGetBucketReplication = &pipeline.Operation{Name: "GetBucketReplication", Method: "GET", Path: "/{Bucket}?replication"}

type GetBucketReplicationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketReplicationOutput struct {
	ReplicationConfiguration ReplicationConfiguration `payload:"ReplicationConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketReplication ends the replication of a bucket, if there was any.
// What has been copied stays where it is.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketReplication(ctx context.Context, in *DeleteBucketReplicationInput, opts ...Option) (*DeleteBucketReplicationOutput, error) {
	return invoke[DeleteBucketReplicationOutput](ctx, c, opDeleteBucketReplication, in, opts)
}

var opDeleteBucketReplication = &pipeline.Operation{Name: "DeleteBucketReplication", Method: "DELETE", Path: "/{Bucket}?replication"}

type DeleteBucketReplicationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketReplicationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ReplicationConfiguration is all the replication rules of a bucket.
type ReplicationConfiguration struct {
	Role  string            `xml:"Role"` // of AWS's model; IBM makes no use of it
	Rules []ReplicationRule `xml:"Rule,required,flat"`
}

// ReplicationRule is which objects are copied, and where to.
type ReplicationRule struct {
	ID       string `xml:"ID"`                // up to 255 characters; empty: the service makes one up
	Priority int32  `xml:"Priority,required"` // where several rules are for one object and destination, the highest counts

	// Prefix was the way to choose objects before there was Filter.
	//
	// Deprecated: use Filter, which IBM's models want in every rule, so that it is
	// always sent: the service may refuse both in one rule.
	Prefix string `xml:"Prefix"`
	// Filter chooses the objects that the rule is for. Without a member it is all
	// of the bucket's.
	Filter ReplicationRuleFilter `xml:"Filter,required"`

	Status                  ReplicationRuleStatus   `xml:"Status,required"`
	Destination             Destination             `xml:"Destination,required"`
	DeleteMarkerReplication DeleteMarkerReplication `xml:"DeleteMarkerReplication,required"`
}

// ReplicationRuleFilter chooses objects. At most one member is set: And, where it
// takes more than one condition.
type ReplicationRuleFilter struct {
	Prefix *string                     `xml:"Prefix"` // of the key; "" for every key
	Tag    *Tag                        `xml:"Tag"`
	And    *ReplicationRuleAndOperator `xml:"And"`
}

// ReplicationRuleAndOperator chooses the objects that meet all conditions set.
type ReplicationRuleAndOperator struct {
	Prefix string `xml:"Prefix"`
	Tags   []Tag  `xml:"Tag,flat"`
}

// DeleteMarkerReplication says whether a deletion, which leaves a delete marker,
// is copied as well.
type DeleteMarkerReplication struct {
	Status DeleteMarkerReplicationStatus `xml:"Status,required"`
}

// Destination is where copies go.
type Destination struct {
	// Bucket is the CRN of the bucket, such as
	// "crn:v1:bluemix:public:cloud-object-storage:global:a/ACCOUNT:INSTANCE:bucket:NAME".
	// IBM's samples also give the name alone, of a bucket of the same account.
	Bucket string `xml:"Bucket,required"`

	StorageClass StorageClass `xml:"StorageClass"` // of AWS's model; with IBM the class is the bucket's
}

// ReplicationRuleStatus tells whether a replication rule is carried out.
type ReplicationRuleStatus string

const (
	ReplicationRuleStatusEnabled  ReplicationRuleStatus = "Enabled"
	ReplicationRuleStatusDisabled ReplicationRuleStatus = "Disabled"
)

// DeleteMarkerReplicationStatus tells whether delete markers are copied.
type DeleteMarkerReplicationStatus string

const (
	DeleteMarkerReplicationStatusEnabled  DeleteMarkerReplicationStatus = "Enabled"
	DeleteMarkerReplicationStatusDisabled DeleteMarkerReplicationStatus = "Disabled"
)

// ListBucketReplicationFailures lists what could not be copied and is left for
// later, 1000 to a page, sorted by the time of the first attempt. What has failed
// of late, and is still tried again every hour, is not among it.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListBucketReplicationFailures(ctx context.Context, in *ListBucketReplicationFailuresInput, opts ...Option) (*ListBucketReplicationFailuresOutput, error) {
	return invoke[ListBucketReplicationFailuresOutput](ctx, c, opListBucketReplicationFailures, in, opts)
}

var opListBucketReplicationFailures = &pipeline.Operation{Name: "ListBucketReplicationFailures", Method: "GET", Path: "/{Bucket}?ibm-replication-failures", Traits: pipeline.ChecksumRequired | pipeline.ChecksumMD5 | pipeline.URLKeys}

type ListBucketReplicationFailuresInput struct {
	Bucket string `uri:"Bucket"`

	// FirstSyncAttemptedBefore leaves out what was tried for the first time after
	// this time, in milliseconds since 1970.
	FirstSyncAttemptedBefore string `query:"first-sync-attempted-before"`
	ContinuationToken        string `query:"continuation-token"` // from the page before

	// MaxKeys is the page size, at most and by default 1000. nil: the default; 0:
	// an empty page, a cheap test of access.
	MaxKeys *int32 `query:"max-keys"`
	// EncodingType asks for keys as they stand in URLs. Leave it empty: the client
	// asks by itself where the server can, because XML cannot carry every key, and
	// decodes the answer. When it is set, the answer is left as it came.
	EncodingType EncodingType `query:"encoding-type"`
}

type ListBucketReplicationFailuresOutput struct {
	ListReplicationFailureResult ListReplicationFailureResult `payload:"ListReplicationFailureResult,ns=http://s3.amazonaws.com/doc/2006-03-01/"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the failures of the page.
func (out *ListBucketReplicationFailuresOutput) Items() []ObjectSyncAttempted {
	return out.ListReplicationFailureResult.Contents
}

// NextPage makes next the request for the page after out.
func (out *ListBucketReplicationFailuresOutput) NextPage(next *ListBucketReplicationFailuresInput) (token string, more bool) {
	result := &out.ListReplicationFailureResult
	next.ContinuationToken = result.NextContinuationToken
	return result.NextContinuationToken, result.IsTruncated
}

// ListReplicationFailureResult is a page of what could not be copied.
type ListReplicationFailureResult struct {
	Contents              []ObjectSyncAttempted `xml:"Contents,flat"`
	IsTruncated           bool                  `xml:"IsTruncated"` // more follows
	NextContinuationToken string                `xml:"NextContinuationToken"`

	Name string `xml:"Name"` // of the bucket

	KeyCount                 int32        `xml:"KeyCount"` // number of Contents
	FirstSyncAttemptedBefore string       `xml:"FirstSyncAttemptedBefore"`
	ContinuationToken        string       `xml:"ContinuationToken"`
	MaxKeys                  int32        `xml:"MaxKeys"`
	EncodingType             EncodingType `xml:"EncodingType"` // url: keys are still encoded, as the input asked
}

// ObjectSyncAttempted is something that could not be copied.
type ObjectSyncAttempted struct {
	Key                string    `xml:"Key"`
	VersionId          string    `xml:"VersionId"`
	SyncType           string    `xml:"SyncType"` // what was to be copied of it
	FirstSyncAttempted time.Time `xml:"FirstSyncAttempted"`
	LastSyncAttempted  time.Time `xml:"LastSyncAttempted"`

	// SyncFailureCause is a text for people to read: the destination keeps no
	// versions, is not there, may not be written to or lacks Object Lock, a root
	// key is not active, and the like.
	SyncFailureCause string `xml:"SyncFailureCause"`
}

// PutBucketReplicationReattempt has what [Client.ListBucketReplicationFailures]
// lists tried once more, at the next midnight GMT. A header of the answer, in
// ResponseMetadata, tells when. To ask again on the same day changes nothing.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketReplicationReattempt(ctx context.Context, in *PutBucketReplicationReattemptInput, opts ...Option) (*PutBucketReplicationReattemptOutput, error) {
	return invoke[PutBucketReplicationReattemptOutput](ctx, c, opPutBucketReplicationReattempt, in, opts)
}

var opPutBucketReplicationReattempt = &pipeline.Operation{Name: "PutBucketReplicationReattempt", Method: "PUT", Path: "/{Bucket}?ibm-replication-reattempt", Traits: pipeline.ChecksumRequired | pipeline.ChecksumMD5}

type PutBucketReplicationReattemptInput struct {
	Bucket string `uri:"Bucket"`
}

type PutBucketReplicationReattemptOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}
