package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketWebsite has a bucket serve its objects as a website, at
// BUCKET.s3-web.LOCATION.cloud-object-storage.appdomain.cloud (s3-web.private and
// s3-web.direct in IBM's networks). Who may not read an object does not see it
// there either: a public website takes a policy of IAM that lets everybody read.
//
// Errors: [ErrMalformedXML]; InvalidArgument for a redirect of everything beside
// other members, or for neither that nor an IndexDocument; [ErrInvalidRequest] for a
// rule that contradicts itself; [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketWebsite(ctx context.Context, in *PutBucketWebsiteInput, opts ...Option) (*PutBucketWebsiteOutput, error) {
	return invoke[PutBucketWebsiteOutput](ctx, c, opPutBucketWebsite, in, opts)
}

var opPutBucketWebsite = &pipeline.Operation{Name: "PutBucketWebsite", Method: "PUT", Path: "/{Bucket}?website", Traits: pipeline.ChecksumRequired}

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

// GetBucketWebsite tells how a bucket serves its objects as a website.
//
// Errors: [ErrNoSuchWebsiteConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketWebsite(ctx context.Context, in *GetBucketWebsiteInput, opts ...Option) (*GetBucketWebsiteOutput, error) {
	return invoke[GetBucketWebsiteOutput](ctx, c, opGetBucketWebsite, in, opts)
}

var opGetBucketWebsite = &pipeline.Operation{Name: "GetBucketWebsite", Method: "GET", Path: "/{Bucket}?website"}

type GetBucketWebsiteInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketWebsiteOutput struct {
	RedirectAllRequestsTo RedirectAllRequestsTo `xml:"RedirectAllRequestsTo"` // empty HostName: nothing is redirected as a whole
	IndexDocument         IndexDocument         `xml:"IndexDocument"`
	ErrorDocument         ErrorDocument         `xml:"ErrorDocument"` // empty Key: the service's own text
	RoutingRules          []RoutingRule         `xml:"RoutingRules,item=RoutingRule"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketWebsite has a bucket serve no website any more, if it did. The
// objects stay.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketWebsite(ctx context.Context, in *DeleteBucketWebsiteInput, opts ...Option) (*DeleteBucketWebsiteOutput, error) {
	return invoke[DeleteBucketWebsiteOutput](ctx, c, opDeleteBucketWebsite, in, opts)
}

var opDeleteBucketWebsite = &pipeline.Operation{Name: "DeleteBucketWebsite", Method: "DELETE", Path: "/{Bucket}?website"}

type DeleteBucketWebsiteInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketWebsiteOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// WebsiteConfiguration is how a bucket answers as a website. It either redirects
// everything or has an IndexDocument.
type WebsiteConfiguration struct {
	RedirectAllRequestsTo *RedirectAllRequestsTo `xml:"RedirectAllRequestsTo"` // the only member that is set then
	IndexDocument         *IndexDocument         `xml:"IndexDocument"`
	ErrorDocument         *ErrorDocument         `xml:"ErrorDocument"`
	RoutingRules          []RoutingRule          `xml:"RoutingRules,item=RoutingRule"` // of those that apply the first one counts
}

// RedirectAllRequestsTo is where all requests for a website are sent.
type RedirectAllRequestsTo struct {
	HostName string   `xml:"HostName,required"`
	Protocol Protocol `xml:"Protocol"` // default: that of the request
}

// IndexDocument is what is served for a key that ends with a slash: the object
// of that key with Suffix behind it.
type IndexDocument struct {
	Suffix string `xml:"Suffix,required"` // "index.html"; a name without slashes
}

// ErrorDocument is what is served where a request fails with 4XX.
type ErrorDocument struct {
	Key string `xml:"Key,required,min1"` // of the object
}

// RoutingRule redirects some requests, or all where it has no Condition.
type RoutingRule struct {
	Condition *Condition `xml:"Condition"`
	Redirect  Redirect   `xml:"Redirect,required"`
}

// Condition says which requests are redirected: those that all members fit.
type Condition struct {
	KeyPrefixEquals             string `xml:"KeyPrefixEquals"`
	HttpErrorCodeReturnedEquals string `xml:"HttpErrorCodeReturnedEquals"` // the status that would else be the answer, as "404"
}

// Redirect is how the address of a redirect differs from the one asked for. It
// changes something, and the key in one of the two ways at most.
type Redirect struct {
	Protocol         Protocol `xml:"Protocol"`
	HostName         string   `xml:"HostName"`
	HttpRedirectCode string   `xml:"HttpRedirectCode"` // 3XX; default "301"
	ReplaceKeyWith   string   `xml:"ReplaceKeyWith"`

	// ReplaceKeyPrefixWith is put in the place of the condition's KeyPrefixEquals.
	// nil leaves the key alone, "" takes the prefix off it.
	ReplaceKeyPrefixWith *string `xml:"ReplaceKeyPrefixWith"`
}

// Protocol is that of a redirect's address.
type Protocol string

const (
	ProtocolHttp  Protocol = "http"
	ProtocolHttps Protocol = "https"
)
