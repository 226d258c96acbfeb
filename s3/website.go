package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketWebsite makes a bucket a website, at an endpoint of its own that
// speaks HTTP only. Its objects must be readable by whoever shall see them.
//
// Errors: [ErrMalformedXML]; InvalidArgument for RedirectAllRequestsTo beside
// other members, or neither it nor an IndexDocument; [ErrInvalidRequest] for a
// rule that contradicts itself; [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html
func (c *Client) PutBucketWebsite(ctx context.Context, in *PutBucketWebsiteInput, opts ...Option) (*PutBucketWebsiteOutput, error) {
	return invoke[PutBucketWebsiteOutput](ctx, c, opPutBucketWebsite, in, opts)
}

var opPutBucketWebsite = &pipeline.Operation{Name: "PutBucketWebsite", Method: "PUT", Path: "/{Bucket}?website", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketWebsiteInput struct {
	Bucket               string                `uri:"Bucket"`
	WebsiteConfiguration *WebsiteConfiguration `payload:"WebsiteConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5           string                `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm    ChecksumAlgorithm     `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner  string                `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketWebsiteOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketWebsite returns the website configuration of a bucket.
//
// Errors: [ErrNoSuchWebsiteConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html
func (c *Client) GetBucketWebsite(ctx context.Context, in *GetBucketWebsiteInput, opts ...Option) (*GetBucketWebsiteOutput, error) {
	return invoke[GetBucketWebsiteOutput](ctx, c, opGetBucketWebsite, in, opts)
}

var opGetBucketWebsite = &pipeline.Operation{Name: "GetBucketWebsite", Method: "GET", Path: "/{Bucket}?website", Host: "control"}

type GetBucketWebsiteInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketWebsiteOutput struct {
	RedirectAllRequestsTo RedirectAllRequestsTo `xml:"RedirectAllRequestsTo"` // empty HostName: the bucket's own pages are served
	IndexDocument         IndexDocument         `xml:"IndexDocument"`
	ErrorDocument         ErrorDocument         `xml:"ErrorDocument"` // empty Key: none
	RoutingRules          []RoutingRule         `xml:"RoutingRules,item=RoutingRule"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketWebsite ends the website that a bucket is. Where there is none it
// succeeds as well.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html
func (c *Client) DeleteBucketWebsite(ctx context.Context, in *DeleteBucketWebsiteInput, opts ...Option) (*DeleteBucketWebsiteOutput, error) {
	return invoke[DeleteBucketWebsiteOutput](ctx, c, opDeleteBucketWebsite, in, opts)
}

var opDeleteBucketWebsite = &pipeline.Operation{Name: "DeleteBucketWebsite", Method: "DELETE", Path: "/{Bucket}?website", Host: "control"}

type DeleteBucketWebsiteInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketWebsiteOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// WebsiteConfiguration says how a website answers: by sending everybody
// elsewhere, or else with an IndexDocument.
type WebsiteConfiguration struct {
	RedirectAllRequestsTo *RedirectAllRequestsTo `xml:"RedirectAllRequestsTo"` // the only member then
	IndexDocument         *IndexDocument         `xml:"IndexDocument"`
	ErrorDocument         *ErrorDocument         `xml:"ErrorDocument"`
	RoutingRules          []RoutingRule          `xml:"RoutingRules,item=RoutingRule"` // up to 50; the first that applies counts
}

// RedirectAllRequestsTo is the host that answers in a website's place.
type RedirectAllRequestsTo struct {
	HostName string   `xml:"HostName,required"`
	Protocol Protocol `xml:"Protocol"` // default: that of the request
}

// IndexDocument is the page of a directory: the request for images/ gets the
// object images/ and Suffix.
type IndexDocument struct {
	Suffix string `xml:"Suffix,required"` // "index.html"; without a slash
}

// ErrorDocument is the page that goes with an error of class 4XX.
type ErrorDocument struct {
	Key string `xml:"Key,required,min1"`
}

// RoutingRule redirects requests that meet the Condition; without one, all.
type RoutingRule struct {
	Condition *Condition `xml:"Condition"`
	Redirect  Redirect   `xml:"Redirect,required"`
}

// Condition holds if all does that is set.
type Condition struct {
	KeyPrefixEquals             string `xml:"KeyPrefixEquals"`
	HttpErrorCodeReturnedEquals string `xml:"HttpErrorCodeReturnedEquals"` // "404": what the answer would else be
}

// Redirect says what a redirect changes in the address. At least one member is
// set, and of the last two one at most.
type Redirect struct {
	Protocol         Protocol `xml:"Protocol"`
	HostName         string   `xml:"HostName"`
	HttpRedirectCode string   `xml:"HttpRedirectCode"` // of class 3XX; default "301"
	ReplaceKeyWith   string   `xml:"ReplaceKeyWith"`

	// ReplaceKeyPrefixWith stands in the place of KeyPrefixEquals. nil: the key
	// stays; "": the prefix goes.
	ReplaceKeyPrefixWith *string `xml:"ReplaceKeyPrefixWith"`
}

// Protocol is what a redirect leads to.
type Protocol string

const (
	ProtocolHttp  Protocol = "http"
	ProtocolHttps Protocol = "https"
)
