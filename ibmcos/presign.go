package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Presign signs the request of any operation of this package instead of
// making it, for whoever has no credentials:
//
//	req, err := ibmcos.Presign(ctx, client.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: "cat.jpg"}, 15*time.Minute)
//
// That takes HMAC keys; with an IAM token the error is [ErrNeedsHMAC]. A client
// with an API key presigns with an option:
//
//	func(c *ibmcos.Config) { c.Credentials = credentials.Static(accessKeyID, secretAccessKey, "") }
//
// The request may be used for one second or longer: IBM sets no limit, as Amazon
// does, but deleting the service credential ends it. What the operation sends in
// its body is not part of it, and no checksum is added: members that travel in
// headers, also checksums, come back in [entrepot.PresignedRequest.Header].
//
// Whoever uses it may reach the service under another name than this client,
// which works in a private network perhaps. The signature covers the host, so an
// option says it:
//
//	func(c *ibmcos.Config) { c.Endpoint = "https://s3.us-south.cloud-object-storage.appdomain.cloud" }
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-presign-url
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
