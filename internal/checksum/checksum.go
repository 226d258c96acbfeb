// Package checksum computes, names, combines and verifies the checksums that
// object stores keep beside an object.
//
// A checksum travels as base64 of its big-endian bytes in a header named after
// its algorithm. That of a multipart object is either of the whole object or
// composite: a checksum of the parts' checksums, followed by "-" and their
// number.
//
// Facts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
package checksum

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"

	"github.com/minio/crc64nvme"

	"github.com/entrepot-go/entrepot"
)

// Algorithm names a checksum algorithm as S3 spells it.
type Algorithm string

const (
	CRC32     Algorithm = "CRC32"
	CRC32C    Algorithm = "CRC32C"
	CRC64NVME Algorithm = "CRC64NVME"
	SHA1      Algorithm = "SHA1"
	SHA256    Algorithm = "SHA256"
	SHA512    Algorithm = "SHA512"
	MD5       Algorithm = "MD5"
)

// ByCost lists the algorithms, the cheapest first. The CRCs run near the speed
// of memory; SHA-512 and MD5 have no instruction of their own to help them.
var ByCost = [...]Algorithm{CRC64NVME, CRC32C, CRC32, SHA256, SHA1, SHA512, MD5}

// Supported reports whether the algorithm is one that [New] computes.
func (a Algorithm) Supported() bool { return a.Size() != 0 }

// Size is the length of a checksum in bytes, 0 for an algorithm that is not
// computed here.
func (a Algorithm) Size() int {
	switch a {
	case CRC32, CRC32C:
		return crc32.Size
	case CRC64NVME:
		return crc64nvme.Size
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	case SHA512:
		return sha512.Size
	case MD5:
		return md5.Size
	}
	return 0
}

// Header is the name of the header (or trailer) that carries the checksum, in
// lower case: x-amz-checksum-crc64nvme.
func (a Algorithm) Header() string {
	switch a { // spelled out for those in daily use: no allocation per request
	case CRC32:
		return "x-amz-checksum-crc32"
	case CRC32C:
		return "x-amz-checksum-crc32c"
	case CRC64NVME:
		return "x-amz-checksum-crc64nvme"
	case SHA1:
		return "x-amz-checksum-sha1"
	case SHA256:
		return "x-amz-checksum-sha256"
	}
	return "x-amz-checksum-" + strings.ToLower(string(a))
}

// Key is Header in the canonical form of http.Header.
func (a Algorithm) Key() string {
	switch a {
	case CRC32:
		return "X-Amz-Checksum-Crc32"
	case CRC32C:
		return "X-Amz-Checksum-Crc32c"
	case CRC64NVME:
		return "X-Amz-Checksum-Crc64nvme"
	case SHA1:
		return "X-Amz-Checksum-Sha1"
	case SHA256:
		return "X-Amz-Checksum-Sha256"
	}
	return http.CanonicalHeaderKey(a.Header())
}

// New returns a hash that computes a. Its Sum has the order of bytes that goes
// on the wire. The XXHASH family, which S3 knows as well, is not computed.
func New(a Algorithm) (hash.Hash, error) {
	switch a {
	case CRC32:
		return crc32.NewIEEE(), nil
	case CRC32C:
		return crc32.New(crc32.MakeTable(crc32.Castagnoli)), nil
	case CRC64NVME:
		return crc64nvme.New(), nil
	case SHA1:
		return sha1.New(), nil
	case SHA256:
		return sha256.New(), nil
	case SHA512:
		return sha512.New(), nil
	case MD5:
		return md5.New(), nil
	}
	return nil, a.Unsupported()
}

// Unsupported is the error of an algorithm that is not computed.
func (a Algorithm) Unsupported() error {
	return fmt.Errorf("%s is not computed by this module; compute it yourself, or use %s", strconv.Quote(string(a)), CRC64NVME)
}

// Encode is the form of a checksum in a header.
func Encode(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

// EncodedSize is the length of what [Encode] makes of a checksum of a.
func (a Algorithm) EncodedSize() int { return base64.StdEncoding.EncodedLen(a.Size()) }

// Decode reads a checksum from its header. parts is 0 for the checksum of a
// whole object, and the number of parts of a composite one.
func Decode(a Algorithm, value string) (sum []byte, parts int, err error) {
	text, count, composite := strings.Cut(value, "-") // not a base64 letter
	sum, err = base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(sum) != a.Size() || len(sum) == 0 {
		return nil, 0, fmt.Errorf("checksum: %q is no %s", value, a)
	}
	if composite {
		parts, err = strconv.Atoi(count)
		if err != nil || parts < 1 || strconv.Itoa(parts) != count {
			return nil, 0, fmt.Errorf("checksum: %q has no valid number of parts", value)
		}
	}
	return sum, parts, nil
}

// FromHeader picks, from the headers of an answer, the checksum of its body
// that costs least to verify. Composite checksums and such as are malformed or
// unknown are passed over, because a body cannot be held against them; where
// nothing else is there, the status says so.
func FromHeader(h http.Header) (a Algorithm, sum []byte, status entrepot.ChecksumStatus) {
	status = entrepot.ChecksumAbsent
	for _, a := range ByCost {
		values := h[a.Key()]
		if len(values) == 0 {
			continue
		}
		sum, parts, err := Decode(a, values[0])
		switch {
		case err != nil:
			status = entrepot.ChecksumNotComputed
		case parts > 0:
			status = entrepot.ChecksumComposite
		default:
			return a, sum, entrepot.ChecksumVerified
		}
	}
	if status == entrepot.ChecksumAbsent {
		for _, name := range notComputed {
			if len(h[name]) > 0 {
				return "", nil, entrepot.ChecksumNotComputed
			}
		}
	}
	return "", nil, status
}

// notComputed are the headers of the algorithms that S3 knows and this module
// does not compute.
var notComputed = [...]string{"X-Amz-Checksum-Xxhash64", "X-Amz-Checksum-Xxhash3", "X-Amz-Checksum-Xxhash128"}
