package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateBucketMetadataConfiguration has S3 keep tables about the objects of a
// bucket, which can be queried: a journal of changes, and if wanted an inventory
// of the present objects and one of their annotations. They are in a table
// bucket that AWS keeps for the account, and take minutes to hours to fill;
// [Client.GetBucketMetadataConfiguration] tells how far they are.
//
// Errors: a conflict (409) where the bucket has such tables, of this form or the
// old one; [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketMetadataConfiguration.html
func (c *Client) CreateBucketMetadataConfiguration(ctx context.Context, in *CreateBucketMetadataConfigurationInput, opts ...Option) (*CreateBucketMetadataConfigurationOutput, error) {
	return invoke[CreateBucketMetadataConfigurationOutput](ctx, c, opCreateBucketMetadataConfiguration, in, opts)
}

var opCreateBucketMetadataConfiguration = &pipeline.Operation{Name: "CreateBucketMetadataConfiguration", Method: "POST", Path: "/{Bucket}?metadataConfiguration", Traits: pipeline.ChecksumRequired, Host: "control"}

type CreateBucketMetadataConfigurationInput struct {
	Bucket                string                 `uri:"Bucket"`
	MetadataConfiguration *MetadataConfiguration `payload:"MetadataConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5            string                 `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm     ChecksumAlgorithm      `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner   string                 `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type CreateBucketMetadataConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketMetadataConfiguration returns the tables about a bucket's objects,
// and their states. Tables of the old form, which have a journal only, are
// returned as well.
//
// Errors: [ErrMetadataConfigurationNotFound], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketMetadataConfiguration.html
func (c *Client) GetBucketMetadataConfiguration(ctx context.Context, in *GetBucketMetadataConfigurationInput, opts ...Option) (*GetBucketMetadataConfigurationOutput, error) {
	return invoke[GetBucketMetadataConfigurationOutput](ctx, c, opGetBucketMetadataConfiguration, in, opts)
}

var opGetBucketMetadataConfiguration = &pipeline.Operation{Name: "GetBucketMetadataConfiguration", Method: "GET", Path: "/{Bucket}?metadataConfiguration", Host: "control"}

type GetBucketMetadataConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketMetadataConfigurationOutput struct {
	GetBucketMetadataConfigurationResult GetBucketMetadataConfigurationResult `payload:"GetBucketMetadataConfigurationResult"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketMetadataConfiguration ends the tables about a bucket's objects,
// of this form or the old one. S3 no longer writes to them, but keeps them:
// delete them as tables.
//
// Errors: [ErrMetadataConfigurationNotFound], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketMetadataConfiguration.html
func (c *Client) DeleteBucketMetadataConfiguration(ctx context.Context, in *DeleteBucketMetadataConfigurationInput, opts ...Option) (*DeleteBucketMetadataConfigurationOutput, error) {
	return invoke[DeleteBucketMetadataConfigurationOutput](ctx, c, opDeleteBucketMetadataConfiguration, in, opts)
}

var opDeleteBucketMetadataConfiguration = &pipeline.Operation{Name: "DeleteBucketMetadataConfiguration", Method: "DELETE", Path: "/{Bucket}?metadataConfiguration", Host: "control"}

type DeleteBucketMetadataConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketMetadataConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateBucketMetadataInventoryTableConfiguration begins or ends the inventory
// table of a bucket that has a metadata configuration. To change its encryption,
// end it, delete the table, and begin it again.
//
// Errors: [ErrMetadataConfigurationNotFound], [ErrMethodNotAllowed] for tables
// of the old form, [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateBucketMetadataInventoryTableConfiguration.html
func (c *Client) UpdateBucketMetadataInventoryTableConfiguration(ctx context.Context, in *UpdateBucketMetadataInventoryTableConfigurationInput, opts ...Option) (*UpdateBucketMetadataInventoryTableConfigurationOutput, error) {
	return invoke[UpdateBucketMetadataInventoryTableConfigurationOutput](ctx, c, opUpdateBucketMetadataInventoryTableConfiguration, in, opts)
}

var opUpdateBucketMetadataInventoryTableConfiguration = &pipeline.Operation{Name: "UpdateBucketMetadataInventoryTableConfiguration", Method: "PUT", Path: "/{Bucket}?metadataInventoryTable", Traits: pipeline.ChecksumRequired, Host: "control"}

type UpdateBucketMetadataInventoryTableConfigurationInput struct {
	Bucket                      string                              `uri:"Bucket"`
	InventoryTableConfiguration *InventoryTableConfigurationUpdates `payload:"InventoryTableConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                  string                              `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm           ChecksumAlgorithm                   `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner         string                              `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type UpdateBucketMetadataInventoryTableConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateBucketMetadataJournalTableConfiguration says how long the journal table
// of a bucket keeps its records.
//
// Errors: [ErrMetadataConfigurationNotFound], [ErrMethodNotAllowed] for tables
// of the old form, [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateBucketMetadataJournalTableConfiguration.html
func (c *Client) UpdateBucketMetadataJournalTableConfiguration(ctx context.Context, in *UpdateBucketMetadataJournalTableConfigurationInput, opts ...Option) (*UpdateBucketMetadataJournalTableConfigurationOutput, error) {
	return invoke[UpdateBucketMetadataJournalTableConfigurationOutput](ctx, c, opUpdateBucketMetadataJournalTableConfiguration, in, opts)
}

var opUpdateBucketMetadataJournalTableConfiguration = &pipeline.Operation{Name: "UpdateBucketMetadataJournalTableConfiguration", Method: "PUT", Path: "/{Bucket}?metadataJournalTable", Traits: pipeline.ChecksumRequired, Host: "control"}

type UpdateBucketMetadataJournalTableConfigurationInput struct {
	Bucket                    string                            `uri:"Bucket"`
	JournalTableConfiguration *JournalTableConfigurationUpdates `payload:"JournalTableConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                string                            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm         ChecksumAlgorithm                 `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner       string                            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type UpdateBucketMetadataJournalTableConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateBucketMetadataAnnotationTableConfiguration begins or ends the
// annotation table of a bucket that has a metadata configuration.
//
// Errors: [ErrMetadataConfigurationNotFound], [ErrMethodNotAllowed] for tables
// of the old form, [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateBucketMetadataAnnotationTableConfiguration.html
func (c *Client) UpdateBucketMetadataAnnotationTableConfiguration(ctx context.Context, in *UpdateBucketMetadataAnnotationTableConfigurationInput, opts ...Option) (*UpdateBucketMetadataAnnotationTableConfigurationOutput, error) {
	return invoke[UpdateBucketMetadataAnnotationTableConfigurationOutput](ctx, c, opUpdateBucketMetadataAnnotationTableConfiguration, in, opts)
}

var opUpdateBucketMetadataAnnotationTableConfiguration = &pipeline.Operation{Name: "UpdateBucketMetadataAnnotationTableConfiguration", Method: "PUT", Path: "/{Bucket}?metadataAnnotationTable", Traits: pipeline.ChecksumRequired, Host: "control"}

type UpdateBucketMetadataAnnotationTableConfigurationInput struct {
	Bucket                       string                               `uri:"Bucket"`
	AnnotationTableConfiguration *AnnotationTableConfigurationUpdates `payload:"AnnotationTableConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                   string                               `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm            ChecksumAlgorithm                    `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner          string                               `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type UpdateBucketMetadataAnnotationTableConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// MetadataConfiguration says which tables about a bucket's objects S3 keeps.
type MetadataConfiguration struct {
	JournalTableConfiguration    JournalTableConfiguration     `xml:"JournalTableConfiguration,required"`
	InventoryTableConfiguration  *InventoryTableConfiguration  `xml:"InventoryTableConfiguration"`  // nil: none
	AnnotationTableConfiguration *AnnotationTableConfiguration `xml:"AnnotationTableConfiguration"` // nil: none
}

// JournalTableConfiguration is about the table of changes, near to real time.
type JournalTableConfiguration struct {
	RecordExpiration        RecordExpiration                      `xml:"RecordExpiration,required"`
	EncryptionConfiguration *MetadataTableEncryptionConfiguration `xml:"EncryptionConfiguration"` // nil: as the table bucket is set
}

// RecordExpiration says how long records of a journal are kept.
type RecordExpiration struct {
	Expiration ExpirationState `xml:"Expiration,required"`
	Days       *int32          `xml:"Days"` // 7 to 2147483647; required where Expiration is ENABLED
}

// InventoryTableConfiguration is about the table of the present objects.
type InventoryTableConfiguration struct {
	ConfigurationState      InventoryConfigurationState           `xml:"ConfigurationState,required"`
	EncryptionConfiguration *MetadataTableEncryptionConfiguration `xml:"EncryptionConfiguration"` // nil: as the table bucket is set
}

// AnnotationTableConfiguration is about the table of annotations.
type AnnotationTableConfiguration struct {
	ConfigurationState      AnnotationConfigurationState          `xml:"ConfigurationState,required"`
	EncryptionConfiguration *MetadataTableEncryptionConfiguration `xml:"EncryptionConfiguration"` // nil: as the table bucket is set
	Role                    string                                `xml:"Role"`                    // ARN of the role that S3 assumes to read annotations
}

// InventoryTableConfigurationUpdates is what can be changed of an inventory
// table.
type InventoryTableConfigurationUpdates struct {
	ConfigurationState      InventoryConfigurationState           `xml:"ConfigurationState,required"`
	EncryptionConfiguration *MetadataTableEncryptionConfiguration `xml:"EncryptionConfiguration"` // of a table that begins
}

// JournalTableConfigurationUpdates is what can be changed of a journal table.
type JournalTableConfigurationUpdates struct {
	RecordExpiration RecordExpiration `xml:"RecordExpiration,required"`
}

// AnnotationTableConfigurationUpdates is what can be changed of an annotation
// table.
type AnnotationTableConfigurationUpdates struct {
	ConfigurationState      AnnotationConfigurationState          `xml:"ConfigurationState,required"`
	EncryptionConfiguration *MetadataTableEncryptionConfiguration `xml:"EncryptionConfiguration"` // of a table that begins
	Role                    string                                `xml:"Role"`                    // ARN of the role that S3 assumes to read annotations
}

// MetadataTableEncryptionConfiguration says how a table is encrypted.
type MetadataTableEncryptionConfiguration struct {
	SseAlgorithm TableSseAlgorithm `xml:"SseAlgorithm,required"`
	KmsKeyArn    string            `xml:"KmsKeyArn"` // of a customer managed key; with aws:kms only
}

// GetBucketMetadataConfigurationResult holds what
// [Client.GetBucketMetadataConfiguration] finds.
type GetBucketMetadataConfigurationResult struct {
	MetadataConfigurationResult MetadataConfigurationResult `xml:"MetadataConfigurationResult"`
}

// MetadataConfigurationResult is the state of the tables about a bucket's
// objects. Those that there are not have no TableStatus.
type MetadataConfigurationResult struct {
	DestinationResult                  DestinationResult                  `xml:"DestinationResult"`
	JournalTableConfigurationResult    JournalTableConfigurationResult    `xml:"JournalTableConfigurationResult"`
	InventoryTableConfigurationResult  InventoryTableConfigurationResult  `xml:"InventoryTableConfigurationResult"`
	AnnotationTableConfigurationResult AnnotationTableConfigurationResult `xml:"AnnotationTableConfigurationResult"`
}

// DestinationResult is where tables are.
type DestinationResult struct {
	TableBucketType S3TablesBucketType `xml:"TableBucketType"`
	TableBucketArn  string             `xml:"TableBucketArn"`
	TableNamespace  string             `xml:"TableNamespace"`
}

// JournalTableConfigurationResult is the state of a journal table.
type JournalTableConfigurationResult struct {
	TableStatus      string           `xml:"TableStatus"` // CREATING, ACTIVE or FAILED
	Error            ErrorDetails     `xml:"Error"`       // of FAILED
	TableName        string           `xml:"TableName"`   // journal
	TableArn         string           `xml:"TableArn"`
	RecordExpiration RecordExpiration `xml:"RecordExpiration"`
}

// InventoryTableConfigurationResult is the state of an inventory table.
type InventoryTableConfigurationResult struct {
	ConfigurationState InventoryConfigurationState `xml:"ConfigurationState"`
	TableStatus        string                      `xml:"TableStatus"` // CREATING, BACKFILLING (with the objects of before), ACTIVE or FAILED
	Error              ErrorDetails                `xml:"Error"`       // of FAILED
	TableName          string                      `xml:"TableName"`   // inventory
	TableArn           string                      `xml:"TableArn"`
}

// AnnotationTableConfigurationResult is the state of an annotation table.
type AnnotationTableConfigurationResult struct {
	ConfigurationState AnnotationConfigurationState `xml:"ConfigurationState"`
	TableStatus        string                       `xml:"TableStatus"` // CREATING, BACKFILLING (with the annotations of before), ACTIVE or FAILED
	Error              ErrorDetails                 `xml:"Error"`       // of FAILED
	TableName          string                       `xml:"TableName"`   // annotation
	TableArn           string                       `xml:"TableArn"`
	Role               string                       `xml:"Role"` // ARN
}

// ErrorDetails says why a table could not be created.
type ErrorDetails struct {
	ErrorCode    string `xml:"ErrorCode"` // AccessDeniedCreatingResources, KmsKeyNotFound, …
	ErrorMessage string `xml:"ErrorMessage"`
}

// ExpirationState tells whether records of a journal expire.
type ExpirationState string

const (
	ExpirationStateEnabled  ExpirationState = "ENABLED"
	ExpirationStateDisabled ExpirationState = "DISABLED"
)

// InventoryConfigurationState tells whether there is an inventory table.
type InventoryConfigurationState string

const (
	InventoryConfigurationStateEnabled  InventoryConfigurationState = "ENABLED"
	InventoryConfigurationStateDisabled InventoryConfigurationState = "DISABLED"
)

// AnnotationConfigurationState tells whether there is an annotation table.
type AnnotationConfigurationState string

const (
	AnnotationConfigurationStateEnabled  AnnotationConfigurationState = "ENABLED"
	AnnotationConfigurationStateDisabled AnnotationConfigurationState = "DISABLED"
)

// TableSseAlgorithm is a way of encrypting tables.
type TableSseAlgorithm string

const (
	TableSseAlgorithmAwsKms TableSseAlgorithm = "aws:kms"
	TableSseAlgorithmAes256 TableSseAlgorithm = "AES256"
)

// S3TablesBucketType tells whose a table bucket is.
type S3TablesBucketType string

const (
	S3TablesBucketTypeAws      S3TablesBucketType = "aws"
	S3TablesBucketTypeCustomer S3TablesBucketType = "customer" // of the old form
)

// CreateBucketMetadataTableConfiguration has S3 keep a journal of the changes
// of a bucket's objects, in a table bucket of the caller's own. This is the old
// form, whose records never expire and which has no inventory:
// [Client.CreateBucketMetadataConfiguration] is the new one.
//
// Errors: a conflict (409) where the bucket has such tables, of this form or the
// new one; [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketMetadataTableConfiguration.html
func (c *Client) CreateBucketMetadataTableConfiguration(ctx context.Context, in *CreateBucketMetadataTableConfigurationInput, opts ...Option) (*CreateBucketMetadataTableConfigurationOutput, error) {
	return invoke[CreateBucketMetadataTableConfigurationOutput](ctx, c, opCreateBucketMetadataTableConfiguration, in, opts)
}

var opCreateBucketMetadataTableConfiguration = &pipeline.Operation{Name: "CreateBucketMetadataTableConfiguration", Method: "POST", Path: "/{Bucket}?metadataTable", Traits: pipeline.ChecksumRequired, Host: "control"}

type CreateBucketMetadataTableConfigurationInput struct {
	Bucket                     string                      `uri:"Bucket"`
	MetadataTableConfiguration *MetadataTableConfiguration `payload:"MetadataTableConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                 string                      `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm          ChecksumAlgorithm           `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner        string                      `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type CreateBucketMetadataTableConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketMetadataTableConfiguration returns the metadata table of the old
// form, and its state.
//
// Errors: [ErrMetadataConfigurationNotFound], [ErrMethodNotAllowed] for tables
// of the new form, [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketMetadataTableConfiguration.html
func (c *Client) GetBucketMetadataTableConfiguration(ctx context.Context, in *GetBucketMetadataTableConfigurationInput, opts ...Option) (*GetBucketMetadataTableConfigurationOutput, error) {
	return invoke[GetBucketMetadataTableConfigurationOutput](ctx, c, opGetBucketMetadataTableConfiguration, in, opts)
}

var opGetBucketMetadataTableConfiguration = &pipeline.Operation{Name: "GetBucketMetadataTableConfiguration", Method: "GET", Path: "/{Bucket}?metadataTable", Host: "control"}

type GetBucketMetadataTableConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketMetadataTableConfigurationOutput struct {
	GetBucketMetadataTableConfigurationResult GetBucketMetadataTableConfigurationResult `payload:"GetBucketMetadataTableConfigurationResult"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketMetadataTableConfiguration ends the metadata table of the old
// form. S3 no longer writes to it, but keeps it: delete it as a table.
//
// Errors: [ErrMetadataConfigurationNotFound], [ErrMethodNotAllowed] for tables
// of the new form, [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketMetadataTableConfiguration.html
func (c *Client) DeleteBucketMetadataTableConfiguration(ctx context.Context, in *DeleteBucketMetadataTableConfigurationInput, opts ...Option) (*DeleteBucketMetadataTableConfigurationOutput, error) {
	return invoke[DeleteBucketMetadataTableConfigurationOutput](ctx, c, opDeleteBucketMetadataTableConfiguration, in, opts)
}

var opDeleteBucketMetadataTableConfiguration = &pipeline.Operation{Name: "DeleteBucketMetadataTableConfiguration", Method: "DELETE", Path: "/{Bucket}?metadataTable", Host: "control"}

type DeleteBucketMetadataTableConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketMetadataTableConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// MetadataTableConfiguration says where a metadata table of the old form goes.
type MetadataTableConfiguration struct {
	S3TablesDestination S3TablesDestination `xml:"S3TablesDestination,required"`
}

// S3TablesDestination is a table in a table bucket, in the namespace
// aws_s3_metadata.
type S3TablesDestination struct {
	TableBucketArn string `xml:"TableBucketArn,required"` // in the region of the bucket
	TableName      string `xml:"TableName,required"`      // not taken in that namespace
}

// GetBucketMetadataTableConfigurationResult holds what
// [Client.GetBucketMetadataTableConfiguration] finds.
type GetBucketMetadataTableConfigurationResult struct {
	MetadataTableConfigurationResult MetadataTableConfigurationResult `xml:"MetadataTableConfigurationResult"`
	Status                           string                           `xml:"Status"` // CREATING, ACTIVE or FAILED
	Error                            ErrorDetails                     `xml:"Error"`  // of FAILED
}

// MetadataTableConfigurationResult is where a metadata table of the old form
// is.
type MetadataTableConfigurationResult struct {
	S3TablesDestinationResult S3TablesDestinationResult `xml:"S3TablesDestinationResult"`
}

// S3TablesDestinationResult is a table in a table bucket.
type S3TablesDestinationResult struct {
	TableBucketArn string `xml:"TableBucketArn"`
	TableName      string `xml:"TableName"`
	TableArn       string `xml:"TableArn"`
	TableNamespace string `xml:"TableNamespace"` // aws_s3_metadata
}
