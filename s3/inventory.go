package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketInventoryConfiguration adds an inventory to a bucket, or replaces
// the one of that Id. A bucket has up to 1000. An inventory is a list of the
// bucket's objects that S3 writes to another bucket every day or week; the first
// comes within two days.
//
// Errors: [ErrTooManyConfigurations], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html
func (c *Client) PutBucketInventoryConfiguration(ctx context.Context, in *PutBucketInventoryConfigurationInput, opts ...Option) (*PutBucketInventoryConfigurationOutput, error) {
	return invoke[PutBucketInventoryConfigurationOutput](ctx, c, opPutBucketInventoryConfiguration, in, opts)
}

var opPutBucketInventoryConfiguration = &pipeline.Operation{Name: "PutBucketInventoryConfiguration", Method: "PUT", Path: "/{Bucket}?inventory", Host: "control"}

type PutBucketInventoryConfigurationInput struct {
	Bucket                 string                  `uri:"Bucket"`
	Id                     string                  `query:"id,required"` // the same as in the configuration
	InventoryConfiguration *InventoryConfiguration `payload:"InventoryConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ExpectedBucketOwner    string                  `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketInventoryConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketInventoryConfiguration returns one inventory of a bucket: how it is
// set up, not the list.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketInventoryConfiguration.html
func (c *Client) GetBucketInventoryConfiguration(ctx context.Context, in *GetBucketInventoryConfigurationInput, opts ...Option) (*GetBucketInventoryConfigurationOutput, error) {
	return invoke[GetBucketInventoryConfigurationOutput](ctx, c, opGetBucketInventoryConfiguration, in, opts)
}

var opGetBucketInventoryConfiguration = &pipeline.Operation{Name: "GetBucketInventoryConfiguration", Method: "GET", Path: "/{Bucket}?inventory", Host: "control"}

type GetBucketInventoryConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketInventoryConfigurationOutput struct {
	InventoryConfiguration InventoryConfiguration `payload:"InventoryConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketInventoryConfiguration ends an inventory of a bucket. Lists that
// have been written stay.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketInventoryConfiguration.html
func (c *Client) DeleteBucketInventoryConfiguration(ctx context.Context, in *DeleteBucketInventoryConfigurationInput, opts ...Option) (*DeleteBucketInventoryConfigurationOutput, error) {
	return invoke[DeleteBucketInventoryConfigurationOutput](ctx, c, opDeleteBucketInventoryConfiguration, in, opts)
}

var opDeleteBucketInventoryConfiguration = &pipeline.Operation{Name: "DeleteBucketInventoryConfiguration", Method: "DELETE", Path: "/{Bucket}?inventory", Host: "control"}

type DeleteBucketInventoryConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketInventoryConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketInventoryConfigurations lists the inventories of a bucket, up to
// 100 to a page.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketInventoryConfigurations.html
func (c *Client) ListBucketInventoryConfigurations(ctx context.Context, in *ListBucketInventoryConfigurationsInput, opts ...Option) (*ListBucketInventoryConfigurationsOutput, error) {
	return invoke[ListBucketInventoryConfigurationsOutput](ctx, c, opListBucketInventoryConfigurations, in, opts)
}

var opListBucketInventoryConfigurations = &pipeline.Operation{Name: "ListBucketInventoryConfigurations", Method: "GET", Path: "/{Bucket}?inventory", Host: "control"}

type ListBucketInventoryConfigurationsInput struct {
	Bucket              string `uri:"Bucket"`
	ContinuationToken   string `query:"continuation-token"`           // from the page before
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListBucketInventoryConfigurationsOutput struct {
	InventoryConfigurationList []InventoryConfiguration `xml:"InventoryConfiguration,flat"`
	IsTruncated                bool                     `xml:"IsTruncated"`           // more follows
	ContinuationToken          string                   `xml:"ContinuationToken"`     // that of the request
	NextContinuationToken      string                   `xml:"NextContinuationToken"` // for the next page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the configurations of the page.
func (out *ListBucketInventoryConfigurationsOutput) Items() []InventoryConfiguration {
	return out.InventoryConfigurationList
}

// NextPage makes next the request for the page after out.
func (out *ListBucketInventoryConfigurationsOutput) NextPage(next *ListBucketInventoryConfigurationsInput) (token string, more bool) {
	next.ContinuationToken = out.NextContinuationToken
	return out.NextContinuationToken, out.IsTruncated
}

// InventoryConfiguration says what an inventory lists, how often, and where it
// goes.
type InventoryConfiguration struct {
	Id                     string                          `xml:"Id,required"` // up to 64 letters, digits, dots, hyphens and underscores
	IsEnabled              bool                            `xml:"IsEnabled,required"`
	Filter                 *InventoryFilter                `xml:"Filter"` // nil: all objects
	IncludedObjectVersions InventoryIncludedObjectVersions `xml:"IncludedObjectVersions,required"`
	OptionalFields         []InventoryOptionalField        `xml:"OptionalFields,item=Field"` // beside bucket and key
	Schedule               InventorySchedule               `xml:"Schedule,required"`
	Destination            InventoryDestination            `xml:"Destination,required"`
}

// InventoryFilter chooses the objects that are listed.
type InventoryFilter struct {
	Prefix string `xml:"Prefix,required"`
}

// InventorySchedule says how often an inventory is written.
type InventorySchedule struct {
	Frequency InventoryFrequency `xml:"Frequency,required"`
}

// InventoryDestination is where an inventory goes.
type InventoryDestination struct {
	S3BucketDestination InventoryS3BucketDestination `xml:"S3BucketDestination,required"`
}

// InventoryS3BucketDestination is a bucket that an inventory goes to. It is in
// the region of the bucket that is listed, and its policy must let S3 write.
type InventoryS3BucketDestination struct {
	Bucket     string               `xml:"Bucket,required"` // ARN
	AccountId  string               `xml:"AccountId"`       // owner of Bucket; empty: S3 does not check it
	Format     InventoryFormat      `xml:"Format,required"`
	Prefix     string               `xml:"Prefix"` // of the keys of the lists
	Encryption *InventoryEncryption `xml:"Encryption"`
}

// InventoryEncryption says how lists are encrypted: by one of the two.
type InventoryEncryption struct {
	SSES3  *SSES3  `xml:"SSE-S3"`
	SSEKMS *SSEKMS `xml:"SSE-KMS"`
}

// SSES3 asks for encryption with keys of S3's own.
type SSES3 struct{}

// SSEKMS asks for encryption with a key of KMS.
type SSEKMS struct {
	KeyId string `xml:"KeyId,required"` // ARN of a symmetric key
}

// InventoryFormat is the format of the files of an inventory.
type InventoryFormat string

const (
	InventoryFormatCsv     InventoryFormat = "CSV"     // compressed by gzip
	InventoryFormatOrc     InventoryFormat = "ORC"     // compressed by zlib
	InventoryFormatParquet InventoryFormat = "Parquet" // compressed by Snappy
)

// InventoryFrequency is how often an inventory is written.
type InventoryFrequency string

const (
	InventoryFrequencyDaily  InventoryFrequency = "Daily"
	InventoryFrequencyWeekly InventoryFrequency = "Weekly" // on Sundays, UTC
)

// InventoryIncludedObjectVersions says which versions an inventory lists.
type InventoryIncludedObjectVersions string

const (
	InventoryIncludedObjectVersionsAll     InventoryIncludedObjectVersions = "All" // adds the fields VersionId, IsLatest and IsDeleteMarker
	InventoryIncludedObjectVersionsCurrent InventoryIncludedObjectVersions = "Current"
)

// InventoryOptionalField is a column of an inventory.
type InventoryOptionalField string

const (
	InventoryOptionalFieldSize                         InventoryOptionalField = "Size"
	InventoryOptionalFieldLastModifiedDate             InventoryOptionalField = "LastModifiedDate"
	InventoryOptionalFieldStorageClass                 InventoryOptionalField = "StorageClass"
	InventoryOptionalFieldETag                         InventoryOptionalField = "ETag"
	InventoryOptionalFieldIsMultipartUploaded          InventoryOptionalField = "IsMultipartUploaded"
	InventoryOptionalFieldReplicationStatus            InventoryOptionalField = "ReplicationStatus"
	InventoryOptionalFieldEncryptionStatus             InventoryOptionalField = "EncryptionStatus"
	InventoryOptionalFieldObjectLockRetainUntilDate    InventoryOptionalField = "ObjectLockRetainUntilDate"
	InventoryOptionalFieldObjectLockMode               InventoryOptionalField = "ObjectLockMode"
	InventoryOptionalFieldObjectLockLegalHoldStatus    InventoryOptionalField = "ObjectLockLegalHoldStatus"
	InventoryOptionalFieldIntelligentTieringAccessTier InventoryOptionalField = "IntelligentTieringAccessTier"
	InventoryOptionalFieldBucketKeyStatus              InventoryOptionalField = "BucketKeyStatus"
	InventoryOptionalFieldChecksumAlgorithm            InventoryOptionalField = "ChecksumAlgorithm"
	InventoryOptionalFieldObjectAccessControlList      InventoryOptionalField = "ObjectAccessControlList"
	InventoryOptionalFieldObjectOwner                  InventoryOptionalField = "ObjectOwner"
	InventoryOptionalFieldLifecycleExpirationDate      InventoryOptionalField = "LifecycleExpirationDate"
)
