// Package places opens buckets by addresses such as s3://bucket/name.
package places

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

// Help says what addresses look like, and where keys and the like come from.
const Help = `Addresses are
  s3://BUCKET/NAME         Amazon S3, and servers that speak its protocol
  b2://BUCKET/NAME         Backblaze B2, by its native API
  ibm://BUCKET/NAME        IBM Cloud Object Storage
  lightsail://BUCKET/NAME  a bucket of Amazon Lightsail
Keys, regions and endpoints are found where the vendors' own tools look for them.
`

// Config says what is not found in the environment.
type Config struct {
	Profile  string // of the shared AWS files
	Endpoint string // of the service
}

// Place is a bucket, and a name or a prefix in it.
type Place struct {
	Bucket transfer.Bucket
	Name   string
}

// Is reports whether an address is one of a bucket, and not the path of a file.
func Is(address string) bool {
	scheme, _, found := strings.Cut(address, "://")
	return found && slices.Contains([]string{"s3", "b2", "ibm", "lightsail"}, scheme)
}

// Open opens the bucket of an address. Name is what follows the bucket, and may be
// empty.
func Open(ctx context.Context, address string, c Config) (Place, error) {
	scheme, rest, _ := strings.Cut(address, "://")
	bucket, name, _ := strings.Cut(rest, "/")
	if bucket == "" {
		return Place{}, fmt.Errorf("%s names no bucket", address)
	}
	b, err := open(ctx, scheme, bucket, c)
	if err != nil {
		return Place{}, fmt.Errorf("opening %s://%s: %w", scheme, bucket, err)
	}
	return Place{Bucket: b, Name: name}, nil
}

func open(ctx context.Context, scheme, bucket string, c Config) (transfer.Bucket, error) {
	switch scheme {
	case "s3":
		client, err := s3.New(s3.Config{Profile: c.Profile, Endpoint: c.Endpoint})
		if err != nil {
			return nil, err
		}
		return client.Bucket(bucket), nil
	case "b2":
		if c.Profile != "" {
			return nil, fmt.Errorf("B2 knows no profiles")
		}
		client, err := b2.New(b2.Config{Endpoint: c.Endpoint})
		if err != nil {
			return nil, err
		}
		return client.Bucket(bucket), nil
	case "ibm":
		client, err := ibmcos.New(ibmcos.Config{Profile: c.Profile, Endpoint: c.Endpoint, Region: os.Getenv("IBM_COS_REGION")})
		if err != nil {
			return nil, err
		}
		return client.OpenBucket(ctx, bucket) // wherever it is
	case "lightsail":
		client, err := lightsail.New(lightsail.Config{Profile: c.Profile, Endpoint: c.Endpoint})
		if err != nil {
			return nil, err
		}
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil, err
		}
		// A bucket has two keys at most, so the one that is made is kept.
		return client.OpenBucket(ctx, bucket, lightsail.KeysIn(filepath.Join(dir, "entrepot", "lightsail")))
	}
	return nil, fmt.Errorf("there is no kind of address %q", scheme)
}
