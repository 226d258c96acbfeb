package s3

import (
	"context"
	"io"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetObjectTorrent returns the torrent file of an object, for downloads by
// BitTorrent. S3 no longer offers it in regions launched after May 2016. The
// object must be smaller than 5 GB and not encrypted with a customer's key. The
// caller closes the Body.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket], [ErrMethodNotAllowed].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTorrent.html
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
