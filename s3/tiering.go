package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketIntelligentTieringConfiguration adds an intelligent tiering
// configuration to a bucket, or replaces the one of that Id. A bucket has up to
// 1000. It moves objects of the storage class INTELLIGENT_TIERING that nobody
// reads to the archive tiers, from which they must be restored.
//
// Errors: [ErrTooManyConfigurations], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html
func (c *Client) PutBucketIntelligentTieringConfiguration(ctx context.Context, in *PutBucketIntelligentTieringConfigurationInput, opts ...Option) (*PutBucketIntelligentTieringConfigurationOutput, error) {
	return invoke[PutBucketIntelligentTieringConfigurationOutput](ctx, c, opPutBucketIntelligentTieringConfiguration, in, opts)
}

var opPutBucketIntelligentTieringConfiguration = &pipeline.Operation{Name: "PutBucketIntelligentTieringConfiguration", Method: "PUT", Path: "/{Bucket}?intelligent-tiering", Host: "control"}

type PutBucketIntelligentTieringConfigurationInput struct {
	Bucket                          string                           `uri:"Bucket"`
	Id                              string                           `query:"id,required"` // the same as in the configuration
	IntelligentTieringConfiguration *IntelligentTieringConfiguration `payload:"IntelligentTieringConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ExpectedBucketOwner             string                           `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketIntelligentTieringConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketIntelligentTieringConfiguration returns one intelligent tiering
// configuration of a bucket.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketIntelligentTieringConfiguration.html
func (c *Client) GetBucketIntelligentTieringConfiguration(ctx context.Context, in *GetBucketIntelligentTieringConfigurationInput, opts ...Option) (*GetBucketIntelligentTieringConfigurationOutput, error) {
	return invoke[GetBucketIntelligentTieringConfigurationOutput](ctx, c, opGetBucketIntelligentTieringConfiguration, in, opts)
}

var opGetBucketIntelligentTieringConfiguration = &pipeline.Operation{Name: "GetBucketIntelligentTieringConfiguration", Method: "GET", Path: "/{Bucket}?intelligent-tiering", Host: "control"}

type GetBucketIntelligentTieringConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketIntelligentTieringConfigurationOutput struct {
	IntelligentTieringConfiguration IntelligentTieringConfiguration `payload:"IntelligentTieringConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketIntelligentTieringConfiguration removes an intelligent tiering
// configuration of a bucket.
//
// Errors: [ErrNoSuchConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketIntelligentTieringConfiguration.html
func (c *Client) DeleteBucketIntelligentTieringConfiguration(ctx context.Context, in *DeleteBucketIntelligentTieringConfigurationInput, opts ...Option) (*DeleteBucketIntelligentTieringConfigurationOutput, error) {
	return invoke[DeleteBucketIntelligentTieringConfigurationOutput](ctx, c, opDeleteBucketIntelligentTieringConfiguration, in, opts)
}

var opDeleteBucketIntelligentTieringConfiguration = &pipeline.Operation{Name: "DeleteBucketIntelligentTieringConfiguration", Method: "DELETE", Path: "/{Bucket}?intelligent-tiering", Host: "control"}

type DeleteBucketIntelligentTieringConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	Id                  string `query:"id,required"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketIntelligentTieringConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketIntelligentTieringConfigurations lists the intelligent tiering
// configurations of a bucket, up to 100 to a page.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketIntelligentTieringConfigurations.html
func (c *Client) ListBucketIntelligentTieringConfigurations(ctx context.Context, in *ListBucketIntelligentTieringConfigurationsInput, opts ...Option) (*ListBucketIntelligentTieringConfigurationsOutput, error) {
	return invoke[ListBucketIntelligentTieringConfigurationsOutput](ctx, c, opListBucketIntelligentTieringConfigurations, in, opts)
}

var opListBucketIntelligentTieringConfigurations = &pipeline.Operation{Name: "ListBucketIntelligentTieringConfigurations", Method: "GET", Path: "/{Bucket}?intelligent-tiering", Host: "control"}

type ListBucketIntelligentTieringConfigurationsInput struct {
	Bucket              string `uri:"Bucket"`
	ContinuationToken   string `query:"continuation-token"`           // from the page before
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListBucketIntelligentTieringConfigurationsOutput struct {
	IntelligentTieringConfigurationList []IntelligentTieringConfiguration `xml:"IntelligentTieringConfiguration,flat"`
	IsTruncated                         bool                              `xml:"IsTruncated"`           // more follows
	ContinuationToken                   string                            `xml:"ContinuationToken"`     // that of the request
	NextContinuationToken               string                            `xml:"NextContinuationToken"` // for the next page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the configurations of the page.
func (out *ListBucketIntelligentTieringConfigurationsOutput) Items() []IntelligentTieringConfiguration {
	return out.IntelligentTieringConfigurationList
}

// NextPage makes next the request for the page after out.
func (out *ListBucketIntelligentTieringConfigurationsOutput) NextPage(next *ListBucketIntelligentTieringConfigurationsInput) (token string, more bool) {
	next.ContinuationToken = out.NextContinuationToken
	return out.NextContinuationToken, out.IsTruncated
}

// IntelligentTieringConfiguration says when which objects move to the archive
// tiers.
type IntelligentTieringConfiguration struct {
	Id       string                    `xml:"Id,required"` // up to 64 letters, digits, dots, hyphens and underscores
	Filter   *IntelligentTieringFilter `xml:"Filter"`      // nil: all objects
	Status   IntelligentTieringStatus  `xml:"Status,required"`
	Tierings []Tiering                 `xml:"Tiering,required,flat"` // each tier at most once
}

// IntelligentTieringFilter chooses objects by one of its members; And joins
// several.
type IntelligentTieringFilter struct {
	Prefix string                         `xml:"Prefix"`
	Tag    *Tag                           `xml:"Tag"`
	And    *IntelligentTieringAndOperator `xml:"And"`
}

// IntelligentTieringAndOperator chooses the objects that fulfil all that is
// set.
type IntelligentTieringAndOperator struct {
	Prefix string `xml:"Prefix"`
	Tags   []Tag  `xml:"Tag,flat"`
}

// Tiering moves objects to a tier after they have not been read for some time.
type Tiering struct {
	// Days without a read: at least 90 for ARCHIVE_ACCESS, 180 for
	// DEEP_ARCHIVE_ACCESS, at most 730.
	Days       int32                        `xml:"Days,required"`
	AccessTier IntelligentTieringAccessTier `xml:"AccessTier,required"`
}

// IntelligentTieringStatus tells whether a configuration is in force.
type IntelligentTieringStatus string

const (
	IntelligentTieringStatusEnabled  IntelligentTieringStatus = "Enabled"
	IntelligentTieringStatusDisabled IntelligentTieringStatus = "Disabled"
)

// IntelligentTieringAccessTier is an archive tier of INTELLIGENT_TIERING.
type IntelligentTieringAccessTier string

const (
	IntelligentTieringAccessTierArchiveAccess     IntelligentTieringAccessTier = "ARCHIVE_ACCESS"
	IntelligentTieringAccessTierDeepArchiveAccess IntelligentTieringAccessTier = "DEEP_ARCHIVE_ACCESS"
)
