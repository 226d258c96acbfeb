package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketAccelerateConfiguration tells whether the accelerated endpoint of a
// bucket works.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html
func (c *Client) GetBucketAccelerateConfiguration(ctx context.Context, in *GetBucketAccelerateConfigurationInput, opts ...Option) (*GetBucketAccelerateConfigurationOutput, error) {
	return invoke[GetBucketAccelerateConfigurationOutput](ctx, c, opGetBucketAccelerateConfiguration, in, opts)
}

var opGetBucketAccelerateConfiguration = &pipeline.Operation{Name: "GetBucketAccelerateConfiguration", Method: "GET", Path: "/{Bucket}?accelerate", Host: "control"}

type GetBucketAccelerateConfigurationInput struct {
	Bucket              string       `uri:"Bucket"`
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketAccelerateConfigurationOutput struct {
	Status         BucketAccelerateStatus `xml:"Status"` // empty: never set
	RequestCharged RequestCharged         `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PutBucketAccelerateConfiguration turns the accelerated endpoint of a bucket on
// or off, within half an hour. Clients use it by [Config].Accelerate.
//
// Errors: [ErrInvalidRequest] for a bucket with a dot in its name,
// [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html
func (c *Client) PutBucketAccelerateConfiguration(ctx context.Context, in *PutBucketAccelerateConfigurationInput, opts ...Option) (*PutBucketAccelerateConfigurationOutput, error) {
	return invoke[PutBucketAccelerateConfigurationOutput](ctx, c, opPutBucketAccelerateConfiguration, in, opts)
}

var opPutBucketAccelerateConfiguration = &pipeline.Operation{Name: "PutBucketAccelerateConfiguration", Method: "PUT", Path: "/{Bucket}?accelerate", Traits: pipeline.ChecksumBody, Host: "control"}

type PutBucketAccelerateConfigurationInput struct {
	Bucket                  string                   `uri:"Bucket"`
	AccelerateConfiguration *AccelerateConfiguration `payload:"AccelerateConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ChecksumAlgorithm       ChecksumAlgorithm        `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner     string                   `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketAccelerateConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// AccelerateConfiguration turns transfer acceleration on or off.
type AccelerateConfiguration struct {
	Status BucketAccelerateStatus `xml:"Status"`
}

// BucketAccelerateStatus tells whether transfer acceleration is on.
type BucketAccelerateStatus string

const (
	BucketAccelerateStatusEnabled   BucketAccelerateStatus = "Enabled"
	BucketAccelerateStatusSuspended BucketAccelerateStatus = "Suspended"
)
