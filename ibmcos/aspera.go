package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketAspera returns what a transfer by Aspera's protocol (FASP) begins
// with: the service that sets transfers up, and the key that it asks for. IBM's
// model for Python alone has the call. A bucket with a retention policy takes no
// such transfers.
//
// This module goes no further than to what such a transfer is set up with: the
// answer to this call, and a delegated refresh token, by
// [github.com/entrepot-go/entrepot/credentials.IBMDelegatedToken]. They go together
// in a POST to ATSEndpoint, /files/upload_setup or /files/download_setup: the
// AccessKey as basic authentication, the token in the header
// X-Aspera-Storage-Credentials, and the paths of what is to be moved as JSON. The
// answer is the specification by which ascp, a proprietary program, moves it.
// Package transfer needs none of this: it moves objects over HTTP, in parts side
// by side.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketAspera(ctx context.Context, in *GetBucketAsperaInput, opts ...Option) (*GetBucketAsperaOutput, error) {
	return invoke[GetBucketAsperaOutput](ctx, c, opGetBucketAspera, in, opts)
}

var opGetBucketAspera = &pipeline.Operation{Name: "GetBucketAspera", Method: "GET", Path: "/{Bucket}?faspConnectionInfo"}

type GetBucketAsperaInput struct {
	Bucket string `uri:"Bucket"`
}

type GetBucketAsperaOutput struct {
	AccessKey   AccessKey `xml:"AccessKey"`
	ATSEndpoint string    `xml:"ATSEndpoint"` // URL of the service that sets transfers up

	ResponseMetadata entrepot.ResponseMetadata
}

// AccessKey opens Aspera's service for a bucket. It is no key of the bucket.
type AccessKey struct {
	Id     string          `xml:"Id"`
	Secret entrepot.Secret `xml:"Secret"`
}
