package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketAccelerateConfiguration tells whether transfers to and from a bucket
// are accelerated. The call is inherited from AWS by IBM's model for Python;
// IBM's API reference does not list it, and names no accelerated endpoint.
//
// Errors: [ErrNotImplemented], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketAccelerateConfiguration(ctx context.Context, in *GetBucketAccelerateConfigurationInput, opts ...Option) (*GetBucketAccelerateConfigurationOutput, error) {
	return invoke[GetBucketAccelerateConfigurationOutput](ctx, c, opGetBucketAccelerateConfiguration, in, opts)
}

var opGetBucketAccelerateConfiguration = &pipeline.Operation{Name: "GetBucketAccelerateConfiguration", Method: "GET", Path: "/{Bucket}?accelerate"}

type GetBucketAccelerateConfigurationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketAccelerateConfigurationOutput struct {
	Status BucketAccelerateStatus `xml:"Status"` // empty: never set

	ResponseMetadata entrepot.ResponseMetadata
}

// PutBucketAccelerateConfiguration has transfers to and from a bucket
// accelerated, or no longer. The call is inherited from AWS by IBM's model for
// Python; IBM's API reference does not list it. The fast way into a bucket that
// IBM does document is Aspera: [Client.GetBucketAspera].
//
// Errors: [ErrNotImplemented], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketAccelerateConfiguration(ctx context.Context, in *PutBucketAccelerateConfigurationInput, opts ...Option) (*PutBucketAccelerateConfigurationOutput, error) {
	return invoke[PutBucketAccelerateConfigurationOutput](ctx, c, opPutBucketAccelerateConfiguration, in, opts)
}

var opPutBucketAccelerateConfiguration = &pipeline.Operation{Name: "PutBucketAccelerateConfiguration", Method: "PUT", Path: "/{Bucket}?accelerate", Traits: pipeline.ChecksumBody}

type PutBucketAccelerateConfigurationInput struct {
	Bucket                  string                   `uri:"Bucket"`
	AccelerateConfiguration *AccelerateConfiguration `payload:"AccelerateConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ChecksumAlgorithm       ChecksumAlgorithm        `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner     string                   `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketAccelerateConfigurationOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// AccelerateConfiguration says whether transfers are accelerated.
type AccelerateConfiguration struct {
	Status BucketAccelerateStatus `xml:"Status"`
}

// BucketAccelerateStatus tells whether transfer acceleration is on.
type BucketAccelerateStatus string

const (
	BucketAccelerateStatusEnabled   BucketAccelerateStatus = "Enabled"
	BucketAccelerateStatusSuspended BucketAccelerateStatus = "Suspended"
)
