package ibmcos

import (
	"context"
	"io"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetObjectTorrent returns the torrent file of an object. It is in IBM's models,
// which have it from Amazon's, and not in the reference of the service: expect
// [ErrNotImplemented]. The caller closes the Body.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket], [ErrNotImplemented].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetObjectTorrent(ctx context.Context, in *GetObjectTorrentInput, opts ...Option) (*GetObjectTorrentOutput, error) {
	return invoke[GetObjectTorrentOutput](ctx, c, opGetObjectTorrent, in, opts)
}

var opGetObjectTorrent = &pipeline.Operation{Name: "GetObjectTorrent", Method: "GET", Path: "/{Bucket}/{Key+}?torrent"}

type GetObjectTorrentInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectTorrentOutput struct {
	Body           io.ReadCloser  `payload:"Body"` // bencoded; must be closed
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}
