package storagetest

import (
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
)

// Config returns what s3.New needs to talk to this server, as it would to Amazon:
// with checksums on everything.
func (s *S3) Config() s3.Config {
	return s3.Config{
		Region:      s.region,
		Endpoint:    s.URL,
		Credentials: credentials.Static(s.keyID, s.secret, ""),
		PathStyle:   true,
		Server:      s3.ServerAWS,
		HTTPClient:  s.Client(),
		Clock:       s.clock,
	}
}
