package realservers

import (
	"testing"

	"github.com/entrepot-go/entrepot/internal/buckettest"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

// TestABucketIsWhatTransferWants holds a handle at each server to what those at the
// emulators are held to.
func TestABucketIsWhatTransferWants(t *testing.T) {
	lacks := map[string]map[string]string{
		"moto": {
			"copying what has changed": "the condition is ignored",
			"clearing away":            "all uploads were begun in 2010",
		},
	}
	eachServer(t, func(t *testing.T, s *server) {
		_, files := s.target.lacks[nestedKeys]
		traits := buckettest.Traits{Files: files, Conditional: s.target == emulator, Lacks: lacks[s.target.name]}
		buckettest.Run(t, traits, func(t *testing.T) transfer.Bucket {
			client := s.client(t, func(c *s3.Config) {
				if s.target.kind == s3.ServerAWS && s.target != emulator {
					c.Server = s3.ServerUnknown // copies at AWS can depend on what is there, and tell the checksums of parts
				}
			})
			return client.Bucket(newBucket(t, client))
		})
	})
}
