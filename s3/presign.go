package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// PresignedRequest is a request that anybody can make until it expires.
type PresignedRequest struct {
	Method string
	URL    string

	// Header holds what has to be sent along, exactly as it is: the signature
	// covers it. It is empty for most requests.
	Header http.Header

	// Expires is when the server begins to refuse the request: the time that
	// was asked for, or the end of the credentials if that is earlier.
	Expires time.Time
}

// Presign signs the request of any operation of this package instead of
// making it, for whoever has no credentials:
//
//	req, err := s3.Presign(ctx, client.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "cat.jpg"}, 15*time.Minute)
//
// It may be used for one second to seven days. What the operation sends in
// its body is not part of it, and no checksum is added: members that travel in
// headers, also checksums, come back in [PresignedRequest.Header].
//
// Whoever uses it may reach the server under another name than this client, a
// public one or that of a proxy. The signature covers the host, so an option
// says it:
//
//	func(c *s3.Config) { c.Endpoint = "https://files.example.com" }
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func Presign[In, Out any](ctx context.Context, call func(context.Context, *In, ...Option) (Out, error), in *In, expires time.Duration, opts ...Option) (*PresignedRequest, error) {
	if expires < time.Second || expires > 7*24*time.Hour {
		return nil, fmt.Errorf("s3: Presign: a presigned request lives one second to seven days, not %v", expires)
	}
	p := s3dialect.PresignQuery(expires)
	all := append(opts[:len(opts):len(opts)], func(c *Config) { c.presign = p })
	_, err := call(ctx, in, all...)
	if !errors.Is(err, errPresigned) {
		if err == nil {
			err = errors.New("s3: Presign: the function is no operation of this package")
		}
		return nil, err
	}
	return &PresignedRequest{Method: p.Method, URL: p.URL, Header: p.Header, Expires: p.Until}, nil
}
