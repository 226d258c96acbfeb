package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketMetricsConfiguration has CloudWatch count the requests to a bucket,
// or to some of its objects, under a name; or it replaces the configuration of
// that Id as a whole. A bucket has up to 1000.
//
// Errors: [ErrTooManyConfigurations], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html
func (c *Client) PutBucketMetricsConfiguration(ctx context.Context, in *PutBucketMetricsConfigurationInput, opts ...Option) (*PutBucketMetricsConfigurationOutput, error) {
	return invoke[PutBucketMetricsConfigurationOutput](ctx, c, opPutBucketMetricsConfiguration, in, opts)
}

var opPutBucketMetricsConfiguration = &pipeline.Operation{Name: "PutBucketMetricsConfiguration", Method: "PUT", Path: "/{Bucket}?metrics", Host: "control"}

type PutBucketMetricsConfigurationInput struct {
	Bucket               string                `uri:"Bucket"`
	Id                   string                `query:"id,required"` // the same as in the configuration
	MetricsConfiguration *MetricsConfiguration `payload:"MetricsConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ExpectedBucketOwner  string                `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketMetricsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketMetricsConfiguration returns one metrics configuration of a bucket.
// The metrics themselves are in CloudWatch.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketMetricsConfiguration.html
func (c *Client) GetBucketMetricsConfiguration(ctx context.Context, in *GetBucketMetricsConfigurationInput, opts ...Option) (*GetBucketMetricsConfigurationOutput, error) {
	return invoke[GetBucketMetricsConfigurationOutput](ctx, c, opGetBucketMetricsConfiguration, in, opts)
}

var opGetBucketMetricsConfiguration = &pipeline.Operation{Name: "GetBucketMetricsConfiguration", Method: "GET", Path: "/{Bucket}?metrics", Host: "control"}

type GetBucketMetricsConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketMetricsConfigurationOutput struct {
	MetricsConfiguration MetricsConfiguration `payload:"MetricsConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketMetricsConfiguration ends the counting of one metrics
// configuration of a bucket.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketMetricsConfiguration.html
func (c *Client) DeleteBucketMetricsConfiguration(ctx context.Context, in *DeleteBucketMetricsConfigurationInput, opts ...Option) (*DeleteBucketMetricsConfigurationOutput, error) {
	return invoke[DeleteBucketMetricsConfigurationOutput](ctx, c, opDeleteBucketMetricsConfiguration, in, opts)
}

var opDeleteBucketMetricsConfiguration = &pipeline.Operation{Name: "DeleteBucketMetricsConfiguration", Method: "DELETE", Path: "/{Bucket}?metrics", Host: "control"}

type DeleteBucketMetricsConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketMetricsConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketMetricsConfigurations lists the metrics configurations of a bucket,
// up to 100 to a page.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketMetricsConfigurations.html
func (c *Client) ListBucketMetricsConfigurations(ctx context.Context, in *ListBucketMetricsConfigurationsInput, opts ...Option) (*ListBucketMetricsConfigurationsOutput, error) {
	return invoke[ListBucketMetricsConfigurationsOutput](ctx, c, opListBucketMetricsConfigurations, in, opts)
}

var opListBucketMetricsConfigurations = &pipeline.Operation{Name: "ListBucketMetricsConfigurations", Method: "GET", Path: "/{Bucket}?metrics", Host: "control"}

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

// MetricsConfiguration says which requests CloudWatch counts, under which name.
type MetricsConfiguration struct {
	Id     string         `xml:"Id,required"` // up to 64 letters, digits, dots, hyphens and underscores
	Filter *MetricsFilter `xml:"Filter"`      // nil: all objects
}

// MetricsFilter chooses the objects whose requests count, by one of its
// members; And joins several.
type MetricsFilter struct {
	Prefix         string              `xml:"Prefix"`
	Tag            *Tag                `xml:"Tag"`
	AccessPointArn string              `xml:"AccessPointArn"`
	And            *MetricsAndOperator `xml:"And"`
}

// MetricsAndOperator chooses the requests that fulfil all that is set.
type MetricsAndOperator struct {
	Prefix         string `xml:"Prefix"`
	Tags           []Tag  `xml:"Tag,flat"`
	AccessPointArn string `xml:"AccessPointArn"`
}
