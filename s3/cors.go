package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketCors replaces the rules by which browsers let pages of other origins
// use a bucket, 1 to 100. The document has at most 64 KB. The first rule that
// matches a request decides.
//
// Errors: [ErrMalformedXML]; [ErrInvalidRequest] for a method that cannot be
// allowed, or a second * in an origin or a header; [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
func (c *Client) PutBucketCors(ctx context.Context, in *PutBucketCorsInput, opts ...Option) (*PutBucketCorsOutput, error) {
	return invoke[PutBucketCorsOutput](ctx, c, opPutBucketCors, in, opts)
}

var opPutBucketCors = &pipeline.Operation{Name: "PutBucketCors", Method: "PUT", Path: "/{Bucket}?cors", Traits: pipeline.ChecksumRequired, Host: "control"}

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

// GetBucketCors returns the CORS rules of a bucket.
//
// Errors: [ErrNoSuchCORSConfiguration], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html
func (c *Client) GetBucketCors(ctx context.Context, in *GetBucketCorsInput, opts ...Option) (*GetBucketCorsOutput, error) {
	return invoke[GetBucketCorsOutput](ctx, c, opGetBucketCors, in, opts)
}

var opGetBucketCors = &pipeline.Operation{Name: "GetBucketCors", Method: "GET", Path: "/{Bucket}?cors", Host: "control"}

type GetBucketCorsInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketCorsOutput struct {
	CORSRules []CORSRule `xml:"CORSRule,flat"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketCors removes the CORS rules of a bucket. Where there are none it
// succeeds as well.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html
func (c *Client) DeleteBucketCors(ctx context.Context, in *DeleteBucketCorsInput, opts ...Option) (*DeleteBucketCorsOutput, error) {
	return invoke[DeleteBucketCorsOutput](ctx, c, opDeleteBucketCors, in, opts)
}

var opDeleteBucketCors = &pipeline.Operation{Name: "DeleteBucketCors", Method: "DELETE", Path: "/{Bucket}?cors", Host: "control"}

type DeleteBucketCorsInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketCorsOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// CORSConfiguration holds the CORS rules of a bucket.
type CORSConfiguration struct {
	CORSRules []CORSRule `xml:"CORSRule,required,flat"`
}

// CORSRule allows what pages of some origins may do. A * stands for any text; an
// origin or a header has one at most.
type CORSRule struct {
	ID             string   `xml:"ID"`                          // up to 255 characters
	AllowedOrigins []string `xml:"AllowedOrigin,required,flat"` // "https://*.example.com", or "*" for all
	AllowedMethods []string `xml:"AllowedMethod,required,flat"` // GET, PUT, POST, DELETE, HEAD
	AllowedHeaders []string `xml:"AllowedHeader,flat"`          // that a preflight request may ask for
	ExposeHeaders  []string `xml:"ExposeHeader,flat"`           // of the answer that scripts may read
	MaxAgeSeconds  *int32   `xml:"MaxAgeSeconds"`               // how long browsers may keep the answer to a preflight request
}
