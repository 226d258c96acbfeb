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
// This package goes no further. What follows is, for programs that do: IAM turns
// an API key into a delegated refresh token, where the form of the request for a
// token says response_type=delegated_refresh_token and
// receiver_client_ids=aspera_ats. A POST to ATSEndpoint, /files/upload_setup or
// /files/download_setup, with the key in basic authentication and the delegated
// token in the header X-Aspera-Storage-Credentials, names sources and
// destinations, and is answered with a specification of the transfer. That is for
// ascp, a proprietary program, which moves the bytes. Package transfer moves
// objects over HTTP, in parts side by side.
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
