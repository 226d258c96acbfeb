package s3

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// RenameSource returns the value that RenameObjectInput.RenameSource wants: a
// key, percent-encoded byte for byte.
func RenameSource(key string) string { return s3dialect.EscapeKey(key) }

// RenameObject gives an object of a directory bucket another key, at once and
// whatever its size. An object that has that key is replaced unless a condition
// forbids it. Keys that end in a slash cannot be renamed.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket], [ErrPreconditionFailed],
// [ErrNotImplemented] for a bucket of another kind,
// [ErrIdempotencyParameterMismatch].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_RenameObject.html
func (c *Client) RenameObject(ctx context.Context, in *RenameObjectInput, opts ...Option) (*RenameObjectOutput, error) {
	return invoke[RenameObjectOutput](ctx, c, opRenameObject, in, opts)
}

var opRenameObject = &pipeline.Operation{Name: "RenameObject", Method: "PUT", Path: "/{Bucket}/{Key+}?renameObject", Traits: pipeline.Mistakable}

type RenameObjectInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"` // the new key

	// RenameSource is the old key, percent-encoded: use the function
	// [RenameSource].
	RenameSource string `header:"x-amz-rename-source,required"`

	SourceIfMatch           string    `header:"x-amz-rename-source-if-match"`      // ETag; anything else there: 412
	SourceIfNoneMatch       string    `header:"x-amz-rename-source-if-none-match"` // ETag; the same there: 412
	SourceIfModifiedSince   time.Time `header:"x-amz-rename-source-if-modified-since"`
	SourceIfUnmodifiedSince time.Time `header:"x-amz-rename-source-if-unmodified-since"`

	// Conditions on the object that has the new key.
	DestinationIfMatch           string    `header:"If-Match"`            // ETag; anything else there: 412
	DestinationIfNoneMatch       string    `header:"If-None-Match"`       // "*": only if nothing is there yet, else 412
	DestinationIfModifiedSince   time.Time `header:"If-Modified-Since"`   // not changed since, or not there: 412
	DestinationIfUnmodifiedSince time.Time `header:"If-Unmodified-Since"` // changed since, or not there: 412

	// ClientToken tells a request that is sent again from a new one: up to 64
	// printable ASCII characters. Empty: one is made for the call and its retries.
	ClientToken string `header:"x-amz-client-token,token"`
}

type RenameObjectOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}
