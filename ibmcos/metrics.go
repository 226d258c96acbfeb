package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketMetricsConfiguration has requests to a bucket counted, in the place of
// the metrics of the same Id. As the three calls that go with it, it is inherited
// from AWS by IBM's model for Python, and IBM's API reference does not list them:
// the service's own metrics are set up by its Resource Configuration API.
//
// Errors: [ErrNotImplemented], [ErrTooManyConfigurations], [ErrMalformedXML],
// [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketMetricsConfiguration(ctx context.Context, in *PutBucketMetricsConfigurationInput, opts ...Option) (*PutBucketMetricsConfigurationOutput, error) {
	return invoke[PutBucketMetricsConfigurationOutput](ctx, c, opPutBucketMetricsConfiguration, in, opts)
}

var opPutBucketMetricsConfiguration = &pipeline.Operation{Name: "PutBucketMetricsConfiguration", Method: "PUT", Path: "/{Bucket}?metrics"}

type PutBucketMetricsConfigurationInput struct {
	Bucket               string                `uri:"Bucket"`
	Id                   string                `query:"id,required"` // that of the configuration
	MetricsConfiguration *MetricsConfiguration `payload:"MetricsConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ExpectedBucketOwner  string                `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketMetricsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketMetricsConfiguration tells which requests to a bucket are counted
// under an Id. IBM's API reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketMetricsConfiguration(ctx context.Context, in *GetBucketMetricsConfigurationInput, opts ...Option) (*GetBucketMetricsConfigurationOutput, error) {
	return invoke[GetBucketMetricsConfigurationOutput](ctx, c, opGetBucketMetricsConfiguration, in, opts)
}

var opGetBucketMetricsConfiguration = &pipeline.Operation{Name: "GetBucketMetricsConfiguration", Method: "GET", Path: "/{Bucket}?metrics"}

type GetBucketMetricsConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketMetricsConfigurationOutput struct {
	MetricsConfiguration MetricsConfiguration `payload:"MetricsConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketMetricsConfiguration has requests to a bucket no longer counted
// under an Id. IBM's API reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketMetricsConfiguration(ctx context.Context, in *DeleteBucketMetricsConfigurationInput, opts ...Option) (*DeleteBucketMetricsConfigurationOutput, error) {
	return invoke[DeleteBucketMetricsConfigurationOutput](ctx, c, opDeleteBucketMetricsConfiguration, in, opts)
}

var opDeleteBucketMetricsConfiguration = &pipeline.Operation{Name: "DeleteBucketMetricsConfiguration", Method: "DELETE", Path: "/{Bucket}?metrics"}

type DeleteBucketMetricsConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketMetricsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketMetricsConfigurations lists which requests to a bucket are counted,
// in pages of the server's choice. IBM's API reference does not list the call.
//
// Errors: [ErrNotImplemented], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListBucketMetricsConfigurations(ctx context.Context, in *ListBucketMetricsConfigurationsInput, opts ...Option) (*ListBucketMetricsConfigurationsOutput, error) {
	return invoke[ListBucketMetricsConfigurationsOutput](ctx, c, opListBucketMetricsConfigurations, in, opts)
}

var opListBucketMetricsConfigurations = &pipeline.Operation{Name: "ListBucketMetricsConfigurations", Method: "GET", Path: "/{Bucket}?metrics"}

type ListBucketMetricsConfigurationsInput struct {
	Bucket              string `uri:"Bucket"`
	ContinuationToken   string `query:"continuation-token"`           // from the page before
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListBucketMetricsConfigurationsOutput struct {
	MetricsConfigurationList []MetricsConfiguration `xml:"MetricsConfiguration,flat"`
	IsTruncated              bool                   `xml:"IsTruncated"`           // more follows
	ContinuationToken        string                 `xml:"ContinuationToken"`     // that of the request
	NextContinuationToken    string                 `xml:"NextContinuationToken"` // for the next page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the configurations of the page.
func (out *ListBucketMetricsConfigurationsOutput) Items() []MetricsConfiguration {
	return out.MetricsConfigurationList
}

// NextPage makes next the request for the page after out.
func (out *ListBucketMetricsConfigurationsOutput) NextPage(next *ListBucketMetricsConfigurationsInput) (token string, more bool) {
	next.ContinuationToken = out.NextContinuationToken
	return out.NextContinuationToken, out.IsTruncated
}

// MetricsConfiguration is which requests to a bucket are counted, and as what.
type MetricsConfiguration struct {
	Id     string         `xml:"Id,required"` // a name of the caller's choice
	Filter *MetricsFilter `xml:"Filter"`      // nil: all
}

// MetricsFilter chooses requests by the objects that they are for. One member is
// set: And, where it takes more than one condition.
type MetricsFilter struct {
	Prefix string              `xml:"Prefix"`
	Tag    *Tag                `xml:"Tag"`
	And    *MetricsAndOperator `xml:"And"`
}

// MetricsAndOperator chooses the requests for objects that meet all conditions
// set.
type MetricsAndOperator struct {
	Prefix string `xml:"Prefix"`
	Tags   []Tag  `xml:"Tag,flat"`
}
