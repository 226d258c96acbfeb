package lightsail

import (
	"fmt"
	"strings"
)

// notInBucketName finds the characters that no bucket's name has.
func notInBucketName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}

// checkBucketName refuses what is no bucket's name by whichever of the vendor's
// rules. They do not agree on whether a name has up to 54 or 56 characters, and
// on hyphens in a row: that is left to the service.
func checkBucketName(name string) error {
	switch {
	case len(name) < 3 || len(name) > 56:
		return fmt.Errorf("BucketName: %q is not of 3 to 54 characters, but %d", name, len(name))
	case strings.ContainsFunc(name, notInBucketName):
		return fmt.Errorf("BucketName: %q has other characters than lower-case letters, digits and hyphens", name)
	case name[0] == '-' || name[len(name)-1] == '-':
		return fmt.Errorf("BucketName: %q begins or ends with a hyphen", name)
	}
	return nil
}

func (in *CreateBucketInput) check() error { return checkBucketName(in.BucketName) }

func (in *CreateBucketAccessKeyInput) check() error { return checkBucketName(in.BucketName) }

func (in *DeleteBucketInput) check() error { return checkBucketName(in.BucketName) }

func (in *DeleteBucketAccessKeyInput) check() error { return checkBucketName(in.BucketName) }

func (in *GetBucketAccessKeysInput) check() error { return checkBucketName(in.BucketName) }

func (in *GetBucketMetricDataInput) check() error { return checkBucketName(in.BucketName) }

func (in *GetBucketsInput) check() error {
	if in == nil || in.BucketName == "" {
		return nil // all buckets
	}
	return checkBucketName(in.BucketName)
}

func (in *SetResourceAccessForBucketInput) check() error { return checkBucketName(in.BucketName) }

func (in *UpdateBucketInput) check() error { return checkBucketName(in.BucketName) }

func (in *UpdateBucketBundleInput) check() error { return checkBucketName(in.BucketName) }
