package s3

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Presign signs the request of any operation of this package instead of
// making it, for whoever has no credentials:
//
//	req, err := s3.Presign(ctx, client.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "cat.jpg"}, 15*time.Minute)
//
// It may be used for one second to seven days. What the operation sends in
// its body is not part of it, and no checksum is added: members that travel in
// headers, also checksums, come back in [entrepot.PresignedRequest.Header].
//
// Whoever uses it may reach the server under another name than this client, a
// public one or that of a proxy. The signature covers the host, so an option
// says it:
//
//	func(c *s3.Config) { c.Endpoint = "https://files.example.com" }
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func Presign[In, Out any](ctx context.Context, call func(context.Context, *In, ...Option) (Out, error), in *In, expires time.Duration, opts ...Option) (*entrepot.PresignedRequest, error) {
	return s3dialect.Presign(&flavour, expires, func(p *s3dialect.Presigned) error {
		_, err := call(ctx, in, presigning(opts, p)...)
		return err
	})
}

// presigning adds to the options of a call that it is only to be presigned.
func presigning(opts []Option, p *s3dialect.Presigned) []Option {
	return append(opts[:len(opts):len(opts)], func(c *Config) { c.presign = p })
}
