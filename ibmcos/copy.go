package ibmcos

import "github.com/entrepot-go/entrepot/internal/s3dialect"

// CopySource returns the value that the CopySource members of inputs want: the
// place of an object, percent-encoded byte for byte. An empty versionId means
// the current version.
func CopySource(bucket, key, versionId string) string {
	return s3dialect.CopySource(bucket, key, versionId)
}
