package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketCors says what browsers let pages of other origins do with a bucket.
// It replaces all rules that are there. Of several rules that fit a request the
// first one counts. The preflight requests of browsers need no credentials.
//
// Errors: [ErrMalformedXML]; [ErrInvalidRequest] for a method that cannot be
// allowed; [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketCors(ctx context.Context, in *PutBucketCorsInput, opts ...Option) (*PutBucketCorsOutput, error) {
	return invoke[PutBucketCorsOutput](ctx, c, opPutBucketCors, in, opts)
}

var opPutBucketCors = &pipeline.Operation{Name: "PutBucketCors", Method: "PUT", Path: "/{Bucket}?cors", Traits: pipeline.ChecksumRequired}

type PutBucketCorsInput struct {
	Bucket              string             `uri:"Bucket"`
	CORSConfiguration   *CORSConfiguration `payload:"CORSConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5          string             `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm  `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string             `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketCorsOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketCors returns what pages of other origins may do with a bucket.
//
// Errors: [ErrNoSuchCORSConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketCors(ctx context.Context, in *GetBucketCorsInput, opts ...Option) (*GetBucketCorsOutput, error) {
	return invoke[GetBucketCorsOutput](ctx, c, opGetBucketCors, in, opts)
}

var opGetBucketCors = &pipeline.Operation{Name: "GetBucketCors", Method: "GET", Path: "/{Bucket}?cors"}

type GetBucketCorsInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
	MirrorDestination   string `header:"Mirror-Destination"`          // on premises: the mirror to read from
}

type GetBucketCorsOutput struct {
	CORSRules []CORSRule `xml:"CORSRule,flat"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketCors takes all CORS rules off a bucket, if it has any: pages of
// other origins can then do nothing with it.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucketCors(ctx context.Context, in *DeleteBucketCorsInput, opts ...Option) (*DeleteBucketCorsOutput, error) {
	return invoke[DeleteBucketCorsOutput](ctx, c, opDeleteBucketCors, in, opts)
}

var opDeleteBucketCors = &pipeline.Operation{Name: "DeleteBucketCors", Method: "DELETE", Path: "/{Bucket}?cors"}

type DeleteBucketCorsInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketCorsOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// CORSConfiguration is all that a bucket lets pages of other origins do.
type CORSConfiguration struct {
	CORSRules []CORSRule `xml:"CORSRule,required,flat"`
}

// CORSRule allows pages of some origins something. An origin and a header may
// each have one * in it, for any text.
type CORSRule struct {
	ID             string   `xml:"ID"`                          // name of the rule; IBM's model for Python alone has it
	AllowedOrigins []string `xml:"AllowedOrigin,required,flat"` // "https://*.example.com", or "*" for all
	AllowedMethods []string `xml:"AllowedMethod,required,flat"` // GET, PUT, POST, DELETE, HEAD
	AllowedHeaders []string `xml:"AllowedHeader,flat"`          // that requests may carry; "*" for all
	ExposeHeaders  []string `xml:"ExposeHeader,flat"`           // of answers that scripts may read, such as "ETag"
	MaxAgeSeconds  *int32   `xml:"MaxAgeSeconds"`               // how long browsers remember the answer to a preflight request
}
