package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketRequestPayment tells who pays for requests for a bucket and what is
// read from it.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html
func (c *Client) GetBucketRequestPayment(ctx context.Context, in *GetBucketRequestPaymentInput, opts ...Option) (*GetBucketRequestPaymentOutput, error) {
	return invoke[GetBucketRequestPaymentOutput](ctx, c, opGetBucketRequestPayment, in, opts)
}

var opGetBucketRequestPayment = &pipeline.Operation{Name: "GetBucketRequestPayment", Method: "GET", Path: "/{Bucket}?requestPayment", Host: "control"}

type GetBucketRequestPaymentInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketRequestPaymentOutput struct {
	Payer Payer `xml:"Payer"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PutBucketRequestPayment says who pays for requests for a bucket and what is
// read from it. Where the requester does, every request of others has to say
// RequestPayer, or is refused.
//
// Errors: [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html
func (c *Client) PutBucketRequestPayment(ctx context.Context, in *PutBucketRequestPaymentInput, opts ...Option) (*PutBucketRequestPaymentOutput, error) {
	return invoke[PutBucketRequestPaymentOutput](ctx, c, opPutBucketRequestPayment, in, opts)
}

var opPutBucketRequestPayment = &pipeline.Operation{Name: "PutBucketRequestPayment", Method: "PUT", Path: "/{Bucket}?requestPayment", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketRequestPaymentInput struct {
	Bucket                      string                       `uri:"Bucket"`
	RequestPaymentConfiguration *RequestPaymentConfiguration `payload:"RequestPaymentConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                  string                       `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm           ChecksumAlgorithm            `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner         string                       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketRequestPaymentOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// RequestPaymentConfiguration says who pays.
type RequestPaymentConfiguration struct {
	Payer Payer `xml:"Payer,required"`
}

// Payer is who pays for requests; storage is always the owner's to pay.
type Payer string

const (
	PayerRequester   Payer = "Requester"
	PayerBucketOwner Payer = "BucketOwner" // the default
)
