package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketAnalyticsConfiguration sets up a storage class analysis of a bucket,
// in the place of that of the same Id. As the three calls that go with it, it is
// inherited from AWS by IBM's model for Python; IBM's API reference does not list
// them.
//
// Errors: [ErrNotImplemented], [ErrTooManyConfigurations], [ErrMalformedXML],
// [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketAnalyticsConfiguration(ctx context.Context, in *PutBucketAnalyticsConfigurationInput, opts ...Option) (*PutBucketAnalyticsConfigurationOutput, error) {
	return invoke[PutBucketAnalyticsConfigurationOutput](ctx, c, opPutBucketAnalyticsConfiguration, in, opts)
}

var opPutBucketAnalyticsConfiguration = &pipeline.Operation{Name: "PutBucketAnalyticsConfiguration", Method: "PUT", Path: "/{Bucket}?analytics"}

type PutBucketAnalyticsConfigurationInput struct {
	Bucket                 string                  `uri:"Bucket"`
	Id                     string                  `query:"id,required"` // that of the configuration
	AnalyticsConfiguration *AnalyticsConfiguration `payload:"AnalyticsConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ExpectedBucketOwner    string                  `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketAnalyticsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketAnalyticsConfiguration tells how a storage class analysis of a bucket
// is set up. IBM's API reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketAnalyticsConfiguration(ctx context.Context, in *GetBucketAnalyticsConfigurationInput, opts ...Option) (*GetBucketAnalyticsConfigurationOutput, error) {
	return invoke[GetBucketAnalyticsConfigurationOutput](ctx, c, opGetBucketAnalyticsConfiguration, in, opts)
}

var opGetBucketAnalyticsConfiguration = &pipeline.Operation{Name: "GetBucketAnalyticsConfiguration", Method: "GET", Path: "/{Bucket}?analytics"}

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
// IBM's API reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketAnalyticsConfiguration(ctx context.Context, in *DeleteBucketAnalyticsConfigurationInput, opts ...Option) (*DeleteBucketAnalyticsConfigurationOutput, error) {
	return invoke[DeleteBucketAnalyticsConfigurationOutput](ctx, c, opDeleteBucketAnalyticsConfiguration, in, opts)
}

var opDeleteBucketAnalyticsConfiguration = &pipeline.Operation{Name: "DeleteBucketAnalyticsConfiguration", Method: "DELETE", Path: "/{Bucket}?analytics"}

type DeleteBucketAnalyticsConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketAnalyticsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketAnalyticsConfigurations lists the storage class analyses of a
// bucket, in pages of the server's choice. IBM's API reference does not list the
// call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListBucketAnalyticsConfigurations(ctx context.Context, in *ListBucketAnalyticsConfigurationsInput, opts ...Option) (*ListBucketAnalyticsConfigurationsOutput, error) {
	return invoke[ListBucketAnalyticsConfigurationsOutput](ctx, c, opListBucketAnalyticsConfigurations, in, opts)
}

var opListBucketAnalyticsConfigurations = &pipeline.Operation{Name: "ListBucketAnalyticsConfigurations", Method: "GET", Path: "/{Bucket}?analytics"}

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

// AnalyticsConfiguration is a storage class analysis of a bucket: of who reads
// what how often.
type AnalyticsConfiguration struct {
	Id                   string               `xml:"Id,required"` // a name of the caller's choice
	Filter               *AnalyticsFilter     `xml:"Filter"`      // nil: all of the bucket
	StorageClassAnalysis StorageClassAnalysis `xml:"StorageClassAnalysis,required"`
}

// AnalyticsFilter chooses objects for an analysis. One member is set: And, where
// it takes more than one condition.
type AnalyticsFilter struct {
	Prefix string                `xml:"Prefix"`
	Tag    *Tag                  `xml:"Tag"`
	And    *AnalyticsAndOperator `xml:"And"`
}

// AnalyticsAndOperator chooses the objects that meet all conditions set.
type AnalyticsAndOperator struct {
	Prefix string `xml:"Prefix"`
	Tags   []Tag  `xml:"Tag,flat"`
}

// StorageClassAnalysis is what is done with the results of an analysis.
type StorageClassAnalysis struct {
	DataExport *StorageClassAnalysisDataExport `xml:"DataExport"` // nil: they are not written anywhere
}

// StorageClassAnalysisDataExport has results written, in which form and where.
type StorageClassAnalysisDataExport struct {
	OutputSchemaVersion StorageClassAnalysisSchemaVersion `xml:"OutputSchemaVersion,required"`
	Destination         AnalyticsExportDestination        `xml:"Destination,required"`
}

// AnalyticsExportDestination is where the results are written.
type AnalyticsExportDestination struct {
	S3BucketDestination AnalyticsS3BucketDestination `xml:"S3BucketDestination,required"`
}

// AnalyticsS3BucketDestination is the bucket that the results are written to.
type AnalyticsS3BucketDestination struct {
	Bucket          string                      `xml:"Bucket,required"` // as an ARN, in AWS's model
	BucketAccountId string                      `xml:"BucketAccountId"` // owner of Bucket; empty: anybody
	Format          AnalyticsS3ExportFileFormat `xml:"Format,required"`
	Prefix          string                      `xml:"Prefix"` // of the results' keys
}

// StorageClassAnalysisSchemaVersion is the form of results.
type StorageClassAnalysisSchemaVersion string

const StorageClassAnalysisSchemaVersionV1 StorageClassAnalysisSchemaVersion = "V_1"

// AnalyticsS3ExportFileFormat is the format of files with results.
type AnalyticsS3ExportFileFormat string

const AnalyticsS3ExportFileFormatCsv AnalyticsS3ExportFileFormat = "CSV"
