package b2

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// ListBuckets returns the buckets of the account in the order of their names,
// all in one answer. Where nothing matches, the list is empty.
//
// A key that is restricted to some buckets must give the BucketId or the
// BucketName of one of them; with several, that is one call each.
//
// It needs the capability listBuckets, is billed as a class C transaction and
// may be repeated at will.
//
// Errors: [ErrUnauthorized] (no such capability, or a restricted key that
// names no bucket of its own), [ErrBadRequest] (BucketTypes is empty, or mixes
// [BucketTypeAll] with others), [ErrBadBucketId], [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-list-buckets
func (c *Client) ListBuckets(ctx context.Context, in *ListBucketsInput, opts ...Option) (*ListBucketsOutput, error) {
	return invokeForAccount[ListBucketsOutput](ctx, c, opListBuckets, in, func(in *ListBucketsInput) *string { return &in.AccountId }, opts)
}

var opListBuckets = &pipeline.Operation{Name: "ListBuckets", Method: "POST", Path: "/b2api/v4/b2_list_buckets", Right: "listBuckets"}

// ListBucketsInput selects buckets.
type ListBucketsInput struct {
	AccountId   string       `json:"accountId,required"` // empty: the account of the key
	BucketId    string       `json:"bucketId"`           // only this one
	BucketName  string       `json:"bucketName"`         // only this one
	BucketTypes []BucketType `json:"bucketTypes"`        // nil: allPublic, allPrivate and snapshot
}

// ListBucketsOutput lists buckets.
type ListBucketsOutput struct {
	Buckets []Bucket `json:"buckets"`

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateBucket makes a bucket. Its name has 6 to 63 letters, digits and
// dashes, does not begin with "b2-", and is unique among the buckets of all
// customers, upper and lower case being the same.
//
// It needs the capability writeBuckets, and others for some members. It is
// billed as a class C transaction.
//
// Errors: [ErrDuplicateBucketName] (also for the second attempt of a call
// whose first answer was lost: [Client.ListBuckets] by name tells whether the
// bucket is one's own), [ErrTooManyBuckets], [ErrBadRequest] (a name or a rule
// is not valid), [ErrUnauthorized], [ErrEmailNotVerified] and
// [ErrNoPaymentHistory] (a first public bucket needs both).
//
// API: https://www.backblaze.com/apidocs/b2-create-bucket
func (c *Client) CreateBucket(ctx context.Context, in *CreateBucketInput, opts ...Option) (*CreateBucketOutput, error) {
	return invokeForAccount[CreateBucketOutput](ctx, c, opCreateBucket, in, func(in *CreateBucketInput) *string { return &in.AccountId }, opts)
}

var opCreateBucket = &pipeline.Operation{Name: "CreateBucket", Method: "POST", Path: "/b2api/v4/b2_create_bucket", Right: "writeBuckets"}

// CreateBucketInput describes a new bucket.
type CreateBucketInput struct {
	AccountId  string            `json:"accountId,required"` // empty: the account of the key
	BucketName string            `json:"bucketName,required,min1"`
	BucketType BucketType        `json:"bucketType,required,min1"` // BucketTypeAllPrivate or BucketTypeAllPublic
	BucketInfo map[string]string `json:"bucketInfo"`               // at most 10 entries; Cache-Control sets the default of downloads
	CorsRules  []CorsRule        `json:"corsRules"`                // at most 100; the first that matches wins

	// FileLockEnabled turns Object Lock on, for good. It needs the capability
	// writeBucketRetentions. False is not sent, as it says no more than that.
	FileLockEnabled bool `json:"fileLockEnabled"`

	LifecycleRules []LifecycleRule `json:"lifecycleRules"` // at most 100, no prefix of which begins with another's

	// ReplicationConfiguration needs the capability writeBucketReplications.
	ReplicationConfiguration *ReplicationConfiguration `json:"replicationConfiguration"`

	// DefaultServerSideEncryption is SSE-B2 or none. It needs the capability
	// writeBucketEncryption.
	DefaultServerSideEncryption *ServerSideEncryption `json:"defaultServerSideEncryption"`
}

// CreateBucketOutput is the new bucket.
type CreateBucketOutput struct {
	Bucket

	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateBucket changes the settings of a bucket. What is left out stays as it
// is; what is there replaces the whole setting. All settings can be cleared:
// lists and BucketInfo by empty values that are not nil, DefaultRetention and
// ReplicationConfiguration by pointers to zero values, the encryption by
// [EncryptionModeNone].
//
// It needs the capability writeBuckets, and others for some members. It is
// billed as a class C transaction.
//
// Errors: [ErrConflict] (IfRevisionIs does not fit, or there is another update
// at the same time: read the bucket, merge and try again; also for the second
// attempt of a call with IfRevisionIs whose first answer was lost),
// [ErrFileLockConflict], [ErrBucketMissingFileLock] (DefaultRetention without
// Object Lock), [ErrSourceReplicationConflict], [ErrRestrictedBucketConflict],
// [ErrBadRequest], [ErrBadBucketId], [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-update-bucket
func (c *Client) UpdateBucket(ctx context.Context, in *UpdateBucketInput, opts ...Option) (*UpdateBucketOutput, error) {
	return invokeForAccount[UpdateBucketOutput](ctx, c, opUpdateBucket, in, func(in *UpdateBucketInput) *string { return &in.AccountId }, opts)
}

var opUpdateBucket = &pipeline.Operation{Name: "UpdateBucket", Method: "POST", Path: "/b2api/v4/b2_update_bucket", Right: "writeBuckets"}

// UpdateBucketInput names a bucket and has its new settings.
type UpdateBucketInput struct {
	AccountId  string            `json:"accountId,required"` // empty: the account of the key
	BucketId   string            `json:"bucketId,required,min1"`
	BucketType BucketType        `json:"bucketType"` // BucketTypeAllPrivate or BucketTypeAllPublic; empty: unchanged
	BucketInfo map[string]string `json:"bucketInfo"` // nil: unchanged; see CreateBucketInput
	CorsRules  []CorsRule        `json:"corsRules"`  // nil: unchanged; at most 100

	// DefaultRetention is that of files whose upload asks for none; those that
	// are there keep theirs. Nil: unchanged; zero: none any more. It needs the
	// capability writeBucketRetentions and a bucket with Object Lock.
	DefaultRetention *DefaultRetention `json:"defaultRetention"`

	// DefaultServerSideEncryption is SSE-B2 or none. Nil: unchanged. It needs
	// the capability writeBucketEncryption.
	DefaultServerSideEncryption *ServerSideEncryption `json:"defaultServerSideEncryption"`

	// FileLockEnabled turns Object Lock on, for good. False: unchanged. It
	// needs the capability writeBucketRetentions.
	FileLockEnabled bool `json:"fileLockEnabled"`

	LifecycleRules []LifecycleRule `json:"lifecycleRules"` // nil: unchanged; at most 100

	// ReplicationConfiguration needs the capability writeBucketReplications.
	// Nil: unchanged; zero: none any more. A half that is nil is cleared.
	ReplicationConfiguration *ReplicationConfiguration `json:"replicationConfiguration"`

	// IfRevisionIs makes the change only if the bucket's Revision is this.
	// 0: whatever it is.
	IfRevisionIs int64 `json:"ifRevisionIs"`
}

// UpdateBucketOutput is the bucket as it is now.
type UpdateBucketOutput struct {
	Bucket

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucket removes a bucket that holds no file version at all: older
// versions, hide markers and unfinished large files count.
//
// It needs the capability deleteBuckets.
//
// Errors: [ErrCannotDeleteNonEmptyBucket], [ErrBadBucketId] (also for the
// second attempt of a call whose first answer was lost), [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-delete-bucket
func (c *Client) DeleteBucket(ctx context.Context, in *DeleteBucketInput, opts ...Option) (*DeleteBucketOutput, error) {
	return invokeForAccount[DeleteBucketOutput](ctx, c, opDeleteBucket, in, func(in *DeleteBucketInput) *string { return &in.AccountId }, opts)
}

var opDeleteBucket = &pipeline.Operation{Name: "DeleteBucket", Method: "POST", Path: "/b2api/v4/b2_delete_bucket", Right: "deleteBuckets"}

// DeleteBucketInput names a bucket.
type DeleteBucketInput struct {
	AccountId string `json:"accountId,required"` // empty: the account of the key
	BucketId  string `json:"bucketId,required,min1"`
}

// DeleteBucketOutput is the bucket as it was.
type DeleteBucketOutput struct {
	Bucket

	ResponseMetadata entrepot.ResponseMetadata
}

// Bucket describes a bucket.
type Bucket struct {
	AccountId      string            `json:"accountId"`
	BucketId       string            `json:"bucketId"`
	BucketName     string            `json:"bucketName"`
	BucketType     BucketType        `json:"bucketType"`
	BucketInfo     map[string]string `json:"bucketInfo"`
	CorsRules      []CorsRule        `json:"corsRules"`
	LifecycleRules []LifecycleRule   `json:"lifecycleRules"`
	Revision       int64             `json:"revision"` // grows by one with each change
	Options        []string          `json:"options"`  // such as s3: the bucket can be used by the S3 gateway

	DefaultServerSideEncryption BucketServerSideEncryption     `json:"defaultServerSideEncryption"`
	FileLockConfiguration       BucketFileLockConfiguration    `json:"fileLockConfiguration"`
	ReplicationConfiguration    BucketReplicationConfiguration `json:"replicationConfiguration"`
}

// BucketType says who may read a bucket's files. Types not listed here may come.
type BucketType string

// The types of buckets.
const (
	BucketTypeAllPublic  BucketType = "allPublic"  // anybody may download
	BucketTypeAllPrivate BucketType = "allPrivate" // downloads need an authorization
	BucketTypeRestricted BucketType = "restricted"
	BucketTypeSnapshot   BucketType = "snapshot"
	BucketTypeShared     BucketType = "shared"
	BucketTypeAll        BucketType = "all" // in ListBuckets, alone: every type
)

// BucketServerSideEncryption is the encryption of files whose upload asks for
// none, as far as the key may know it.
type BucketServerSideEncryption struct {
	IsClientAuthorizedToRead bool                 `json:"isClientAuthorizedToRead"` // needs readBucketEncryption
	Value                    ServerSideEncryption `json:"value"`                    // zero: none, or not to be read
}

// BucketFileLockConfiguration is a bucket's Object Lock, as far as the key may
// know it.
type BucketFileLockConfiguration struct {
	IsClientAuthorizedToRead bool                  `json:"isClientAuthorizedToRead"` // needs readBucketRetentions
	Value                    FileLockConfiguration `json:"value"`
}

// FileLockConfiguration is a bucket's Object Lock.
type FileLockConfiguration struct {
	IsFileLockEnabled bool             `json:"isFileLockEnabled"`
	DefaultRetention  DefaultRetention `json:"defaultRetention"`
}

// DefaultRetention is the retention of files whose upload asks for none. The
// zero value is none.
type DefaultRetention struct {
	Mode   RetentionMode    `json:"mode,null"`
	Period *RetentionPeriod `json:"period,null"` // nil without Mode, and only then
}

// RetentionPeriod is a length of time, counted from a file's upload.
type RetentionPeriod struct {
	Duration int64         `json:"duration,required"` // 1 or more
	Unit     RetentionUnit `json:"unit,required"`
}

// RetentionUnit is the unit of a [RetentionPeriod].
type RetentionUnit string

// The units of retention periods.
const (
	RetentionUnitDays  RetentionUnit = "days"
	RetentionUnitYears RetentionUnit = "years"
)

// BucketReplicationConfiguration is a bucket's replication, as far as the key
// may know it.
type BucketReplicationConfiguration struct {
	IsClientAuthorizedToRead bool                     `json:"isClientAuthorizedToRead"` // needs readBucketReplications
	Value                    ReplicationConfiguration `json:"value"`
}

// ReplicationConfiguration says what a bucket replicates and to where, and
// from where it takes replicas. Either half may be nil.
type ReplicationConfiguration struct {
	AsReplicationSource      *ReplicationSource      `json:"asReplicationSource,null"`
	AsReplicationDestination *ReplicationDestination `json:"asReplicationDestination,null"`
}

// ReplicationSource says what is copied to other buckets.
type ReplicationSource struct {
	SourceApplicationKeyId string            `json:"sourceApplicationKeyId,required"` // reads the files; needs readFiles
	ReplicationRules       []ReplicationRule `json:"replicationRules,required"`
}

// ReplicationRule copies the files of a prefix to one bucket.
type ReplicationRule struct {
	ReplicationRuleName  string `json:"replicationRuleName,required"` // 1 to 64 letters, digits, '-' and '_'; unique
	DestinationBucketId  string `json:"destinationBucketId,required"`
	FileNamePrefix       string `json:"fileNamePrefix,required"` // empty: all files
	Priority             int64  `json:"priority,required"`       // 1 to 2147483647, unique; the highest wins
	IncludeExistingFiles bool   `json:"includeExistingFiles,required"`
	IsEnabled            bool   `json:"isEnabled,required"`
}

// ReplicationDestination says which keys may write replicas.
type ReplicationDestination struct {
	// SourceToDestinationKeyMapping names for each key of a source the key
	// that writes here.
	SourceToDestinationKeyMapping map[string]string `json:"sourceToDestinationKeyMapping,required"`
}

// CorsRule lets browsers use a bucket from other origins.
type CorsRule struct {
	CorsRuleName      string          `json:"corsRuleName,required"`   // at least 6 letters, digits and '-', not beginning with "b2-"; unique
	AllowedOrigins    []string        `json:"allowedOrigins,required"` // such as https://example.com, https://*.example.com, https, *
	AllowedOperations []CorsOperation `json:"allowedOperations,required"`
	AllowedHeaders    []string        `json:"allowedHeaders"` // names, prefixes with *, or * alone
	ExposeHeaders     []string        `json:"exposeHeaders"`
	MaxAgeSeconds     int64           `json:"maxAgeSeconds,required"` // how long a browser may keep the answer, 0 to 86400
}

// CorsOperation is a call that a [CorsRule] allows. Calls not listed here may
// come.
type CorsOperation string

// The calls that a [CorsRule] can allow.
const (
	CorsOperationB2DownloadFileByName CorsOperation = "b2_download_file_by_name"
	CorsOperationB2DownloadFileById   CorsOperation = "b2_download_file_by_id"
	CorsOperationB2UploadFile         CorsOperation = "b2_upload_file"
	CorsOperationB2UploadPart         CorsOperation = "b2_upload_part"
	CorsOperationS3Delete             CorsOperation = "s3_delete"
	CorsOperationS3Get                CorsOperation = "s3_get"
	CorsOperationS3Head               CorsOperation = "s3_head"
	CorsOperationS3Post               CorsOperation = "s3_post"
	CorsOperationS3Put                CorsOperation = "s3_put"
)

// LifecycleRule hides, deletes or cancels files of a prefix after some days, 1
// at least. 0 is never; at least one of the times is set. Rules are applied
// about once a day.
type LifecycleRule struct {
	FileNamePrefix            string `json:"fileNamePrefix,required"` // empty: all files
	DaysFromUploadingToHiding int64  `json:"daysFromUploadingToHiding"`
	DaysFromHidingToDeleting  int64  `json:"daysFromHidingToDeleting"` // counted from when a version ceased to be the current one

	DaysFromStartingToCancelingUnfinishedLargeFiles int64 `json:"daysFromStartingToCancelingUnfinishedLargeFiles"`
}
