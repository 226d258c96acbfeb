package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketAnalyticsConfiguration adds a storage class analysis to a bucket, or
// replaces the one of that Id. A bucket has up to 1000. The analysis watches how
// often objects are read, and shows first results after a day or two.
//
// Errors: [ErrTooManyConfigurations], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAnalyticsConfiguration.html
func (c *Client) PutBucketAnalyticsConfiguration(ctx context.Context, in *PutBucketAnalyticsConfigurationInput, opts ...Option) (*PutBucketAnalyticsConfigurationOutput, error) {
	return invoke[PutBucketAnalyticsConfigurationOutput](ctx, c, opPutBucketAnalyticsConfiguration, in, opts)
}

var opPutBucketAnalyticsConfiguration = &pipeline.Operation{Name: "PutBucketAnalyticsConfiguration", Method: "PUT", Path: "/{Bucket}?analytics", Host: "control"}

type PutBucketAnalyticsConfigurationInput struct {
	Bucket                 string                  `uri:"Bucket"`
	Id                     string                  `query:"id,required"` // the same as in the configuration
	AnalyticsConfiguration *AnalyticsConfiguration `payload:"AnalyticsConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ExpectedBucketOwner    string                  `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketAnalyticsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketAnalyticsConfiguration returns one storage class analysis of a
// bucket: how it is set up, not what it has found.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAnalyticsConfiguration.html
func (c *Client) GetBucketAnalyticsConfiguration(ctx context.Context, in *GetBucketAnalyticsConfigurationInput, opts ...Option) (*GetBucketAnalyticsConfigurationOutput, error) {
	return invoke[GetBucketAnalyticsConfigurationOutput](ctx, c, opGetBucketAnalyticsConfiguration, in, opts)
}

var opGetBucketAnalyticsConfiguration = &pipeline.Operation{Name: "GetBucketAnalyticsConfiguration", Method: "GET", Path: "/{Bucket}?analytics", Host: "control"}

type GetBucketAnalyticsConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketAnalyticsConfigurationOutput struct {
	AnalyticsConfiguration AnalyticsConfiguration `payload:"AnalyticsConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketAnalyticsConfiguration ends a storage class analysis of a bucket.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketAnalyticsConfiguration.html
func (c *Client) DeleteBucketAnalyticsConfiguration(ctx context.Context, in *DeleteBucketAnalyticsConfigurationInput, opts ...Option) (*DeleteBucketAnalyticsConfigurationOutput, error) {
	return invoke[DeleteBucketAnalyticsConfigurationOutput](ctx, c, opDeleteBucketAnalyticsConfiguration, in, opts)
}

var opDeleteBucketAnalyticsConfiguration = &pipeline.Operation{Name: "DeleteBucketAnalyticsConfiguration", Method: "DELETE", Path: "/{Bucket}?analytics", Host: "control"}

type DeleteBucketAnalyticsConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketAnalyticsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketAnalyticsConfigurations lists the storage class analyses of a
// bucket, up to 100 to a page.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketAnalyticsConfigurations.html
func (c *Client) ListBucketAnalyticsConfigurations(ctx context.Context, in *ListBucketAnalyticsConfigurationsInput, opts ...Option) (*ListBucketAnalyticsConfigurationsOutput, error) {
	return invoke[ListBucketAnalyticsConfigurationsOutput](ctx, c, opListBucketAnalyticsConfigurations, in, opts)
}

var opListBucketAnalyticsConfigurations = &pipeline.Operation{Name: "ListBucketAnalyticsConfigurations", Method: "GET", Path: "/{Bucket}?analytics", Host: "control"}

type ListBucketAnalyticsConfigurationsInput struct {
	Bucket              string `uri:"Bucket"`
	ContinuationToken   string `query:"continuation-token"`           // from the page before
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListBucketAnalyticsConfigurationsOutput struct {
	AnalyticsConfigurationList []AnalyticsConfiguration `xml:"AnalyticsConfiguration,flat"`
	IsTruncated                bool                     `xml:"IsTruncated"`           // more follows
	ContinuationToken          string                   `xml:"ContinuationToken"`     // that of the request
	NextContinuationToken      string                   `xml:"NextContinuationToken"` // for the next page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the configurations of the page.
func (out *ListBucketAnalyticsConfigurationsOutput) Items() []AnalyticsConfiguration {
	return out.AnalyticsConfigurationList
}

// NextPage makes next the request for the page after out.
func (out *ListBucketAnalyticsConfigurationsOutput) NextPage(next *ListBucketAnalyticsConfigurationsInput) (token string, more bool) {
	next.ContinuationToken = out.NextContinuationToken
	return out.NextContinuationToken, out.IsTruncated
}

// AnalyticsConfiguration is a storage class analysis.
type AnalyticsConfiguration struct {
	Id                   string               `xml:"Id,required"` // up to 64 letters, digits, dots, hyphens and underscores
	Filter               *AnalyticsFilter     `xml:"Filter"`      // nil: all objects
	StorageClassAnalysis StorageClassAnalysis `xml:"StorageClassAnalysis,required"`
}

// AnalyticsFilter chooses the objects that are analyzed, by one of its members;
// And joins several.
type AnalyticsFilter struct {
	Prefix string                `xml:"Prefix"`
	Tag    *Tag                  `xml:"Tag"`
	And    *AnalyticsAndOperator `xml:"And"`
}

// AnalyticsAndOperator chooses the objects that fulfil all that is set.
type AnalyticsAndOperator struct {
	Prefix string `xml:"Prefix"`
	Tags   []Tag  `xml:"Tag,flat"`
}

// StorageClassAnalysis says what becomes of the results of an analysis.
type StorageClassAnalysis struct {
	DataExport *StorageClassAnalysisDataExport `xml:"DataExport"` // nil: they are shown in the console only
}

// StorageClassAnalysisDataExport has the results written to a bucket every day.
type StorageClassAnalysisDataExport struct {
	OutputSchemaVersion StorageClassAnalysisSchemaVersion `xml:"OutputSchemaVersion,required"`
	Destination         AnalyticsExportDestination        `xml:"Destination,required"`
}

// AnalyticsExportDestination is where results of an analysis go.
type AnalyticsExportDestination struct {
	S3BucketDestination AnalyticsS3BucketDestination `xml:"S3BucketDestination,required"`
}

// AnalyticsS3BucketDestination is a bucket that results of an analysis go to.
// Its policy must let S3 write them.
type AnalyticsS3BucketDestination struct {
	Bucket          string                      `xml:"Bucket,required"` // ARN
	BucketAccountId string                      `xml:"BucketAccountId"` // owner of Bucket; empty: S3 does not check it
	Format          AnalyticsS3ExportFileFormat `xml:"Format,required"`
	Prefix          string                      `xml:"Prefix"` // of the keys of the results
}

// StorageClassAnalysisSchemaVersion is a version of the form of exported
// results.
type StorageClassAnalysisSchemaVersion string

const StorageClassAnalysisSchemaVersionV1 StorageClassAnalysisSchemaVersion = "V_1"

// AnalyticsS3ExportFileFormat is a format of exported results.
type AnalyticsS3ExportFileFormat string

const AnalyticsS3ExportFileFormatCsv AnalyticsS3ExportFileFormat = "CSV"
