package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketInventoryConfiguration has lists of a bucket's objects written to
// another bucket from time to time, in the place of the inventory of the same Id.
// As the three calls that go with it, it is inherited from AWS by IBM's model for
// Python; IBM's API reference does not list them.
//
// Errors: [ErrNotImplemented], [ErrTooManyConfigurations], [ErrMalformedXML],
// [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketInventoryConfiguration(ctx context.Context, in *PutBucketInventoryConfigurationInput, opts ...Option) (*PutBucketInventoryConfigurationOutput, error) {
	return invoke[PutBucketInventoryConfigurationOutput](ctx, c, opPutBucketInventoryConfiguration, in, opts)
}

var opPutBucketInventoryConfiguration = &pipeline.Operation{Name: "PutBucketInventoryConfiguration", Method: "PUT", Path: "/{Bucket}?inventory"}

type PutBucketInventoryConfigurationInput struct {
	Bucket                 string                  `uri:"Bucket"`
	Id                     string                  `query:"id,required"` // that of the configuration
	InventoryConfiguration *InventoryConfiguration `payload:"InventoryConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ExpectedBucketOwner    string                  `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketInventoryConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketInventoryConfiguration tells how an inventory of a bucket is set up.
// IBM's API reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketInventoryConfiguration(ctx context.Context, in *GetBucketInventoryConfigurationInput, opts ...Option) (*GetBucketInventoryConfigurationOutput, error) {
	return invoke[GetBucketInventoryConfigurationOutput](ctx, c, opGetBucketInventoryConfiguration, in, opts)
}

var opGetBucketInventoryConfiguration = &pipeline.Operation{Name: "GetBucketInventoryConfiguration", Method: "GET", Path: "/{Bucket}?inventory"}

type GetBucketInventoryConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketInventoryConfigurationOutput struct {
	InventoryConfiguration InventoryConfiguration `payload:"InventoryConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketInventoryConfiguration ends an inventory of a bucket. IBM's API
// reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketInventoryConfiguration(ctx context.Context, in *DeleteBucketInventoryConfigurationInput, opts ...Option) (*DeleteBucketInventoryConfigurationOutput, error) {
	return invoke[DeleteBucketInventoryConfigurationOutput](ctx, c, opDeleteBucketInventoryConfiguration, in, opts)
}

var opDeleteBucketInventoryConfiguration = &pipeline.Operation{Name: "DeleteBucketInventoryConfiguration", Method: "DELETE", Path: "/{Bucket}?inventory"}

type DeleteBucketInventoryConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketInventoryConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketInventoryConfigurations lists the inventories of a bucket, in pages
// of the server's choice. IBM's API reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListBucketInventoryConfigurations(ctx context.Context, in *ListBucketInventoryConfigurationsInput, opts ...Option) (*ListBucketInventoryConfigurationsOutput, error) {
	return invoke[ListBucketInventoryConfigurationsOutput](ctx, c, opListBucketInventoryConfigurations, in, opts)
}

var opListBucketInventoryConfigurations = &pipeline.Operation{Name: "ListBucketInventoryConfigurations", Method: "GET", Path: "/{Bucket}?inventory"}

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

// InventoryConfiguration is an inventory of a bucket: which objects are listed
// when, with what about them, and where the lists go.
type InventoryConfiguration struct {
	Id                     string                          `xml:"Id,required"` // a name of the caller's choice
	IsEnabled              bool                            `xml:"IsEnabled,required"`
	Filter                 *InventoryFilter                `xml:"Filter"` // nil: all of the bucket
	IncludedObjectVersions InventoryIncludedObjectVersions `xml:"IncludedObjectVersions,required"`
	OptionalFields         []InventoryOptionalField        `xml:"OptionalFields,item=Field"` // what is told beside bucket and key
	Schedule               InventorySchedule               `xml:"Schedule,required"`
	Destination            InventoryDestination            `xml:"Destination,required"`
}

// InventoryFilter is what the keys that are listed begin with.
type InventoryFilter struct {
	Prefix string `xml:"Prefix,required"`
}

// InventorySchedule is when lists are written.
type InventorySchedule struct {
	Frequency InventoryFrequency `xml:"Frequency,required"`
}

// InventoryDestination is where lists are written.
type InventoryDestination struct {
	S3BucketDestination InventoryS3BucketDestination `xml:"S3BucketDestination,required"`
}

// InventoryS3BucketDestination is the bucket that lists are written to.
type InventoryS3BucketDestination struct {
	Bucket     string               `xml:"Bucket,required"` // as an ARN, in AWS's model
	AccountId  string               `xml:"AccountId"`       // owner of Bucket; empty: anybody
	Format     InventoryFormat      `xml:"Format,required"`
	Prefix     string               `xml:"Prefix"` // of the lists' keys
	Encryption *InventoryEncryption `xml:"Encryption"`
}

// InventoryEncryption is what encrypts the lists. One member is set.
type InventoryEncryption struct {
	SSES3  *SSES3  `xml:"SSE-S3"`
	SSEKMS *SSEKMS `xml:"SSE-KMS"`
}

// SSES3 has the service encrypt with keys of its own.
type SSES3 struct{}

// SSEKMS has a service of AWS keep the key.
type SSEKMS struct {
	KeyId string `xml:"KeyId,required"` // as an ARN, in AWS's model
}

// InventoryFormat is the format of lists.
type InventoryFormat string

const (
	InventoryFormatCsv InventoryFormat = "CSV"
	InventoryFormatOrc InventoryFormat = "ORC"
)

// InventoryFrequency is how often lists are written.
type InventoryFrequency string

const (
	InventoryFrequencyDaily  InventoryFrequency = "Daily"
	InventoryFrequencyWeekly InventoryFrequency = "Weekly"
)

// InventoryIncludedObjectVersions says whether old versions are listed as well.
type InventoryIncludedObjectVersions string

const (
	InventoryIncludedObjectVersionsAll     InventoryIncludedObjectVersions = "All"
	InventoryIncludedObjectVersionsCurrent InventoryIncludedObjectVersions = "Current"
)

// InventoryOptionalField is something that lists tell of objects.
type InventoryOptionalField string

const (
	InventoryOptionalFieldSize                      InventoryOptionalField = "Size"
	InventoryOptionalFieldLastModifiedDate          InventoryOptionalField = "LastModifiedDate"
	InventoryOptionalFieldStorageClass              InventoryOptionalField = "StorageClass"
	InventoryOptionalFieldETag                      InventoryOptionalField = "ETag"
	InventoryOptionalFieldIsMultipartUploaded       InventoryOptionalField = "IsMultipartUploaded"
	InventoryOptionalFieldReplicationStatus         InventoryOptionalField = "ReplicationStatus"
	InventoryOptionalFieldEncryptionStatus          InventoryOptionalField = "EncryptionStatus"
	InventoryOptionalFieldObjectLockRetainUntilDate InventoryOptionalField = "ObjectLockRetainUntilDate"
	InventoryOptionalFieldObjectLockMode            InventoryOptionalField = "ObjectLockMode"
	InventoryOptionalFieldObjectLockLegalHoldStatus InventoryOptionalField = "ObjectLockLegalHoldStatus"
	InventoryOptionalFieldBucketKeyStatus           InventoryOptionalField = "BucketKeyStatus"
)
