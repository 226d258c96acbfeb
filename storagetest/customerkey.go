package storagetest

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
)

// readCustomerKey reports whether key is one for SSE-C, 32 bytes in base64, and
// whether sum is its MD5, in base64 too.
func readCustomerKey(key, sum string) (isKey, isSum bool) {
	plain, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(plain) != 32 {
		return false, false
	}
	want := md5.Sum(plain)
	given, err := base64.StdEncoding.DecodeString(sum)
	return true, err == nil && bytes.Equal(given, want[:])
}
