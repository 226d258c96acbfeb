package s3dialect

import "strings"

// CopySource is the value of the header x-amz-copy-source: bucket and key,
// percent-encoded byte for byte, and the version if it is not the current one.
// The bucket may be the ARN of an access point, whose keys begin after
// "/object/".
func CopySource(bucket, key, versionID string) string {
	b := make([]byte, 0, len(bucket)+len(key)+len(versionID)+len("/object/?versionId="))
	b = escape(b, bucket, "/:")
	if strings.HasPrefix(bucket, "arn:") {
		b = append(b, "/object"...)
	}
	b = append(b, '/')
	b = escape(b, key, "/")
	if versionID != "" {
		b = append(b, "?versionId="...)
		b = escape(b, versionID, "")
	}
	return string(b)
}

// EscapeKey is a key as headers name it.
func EscapeKey(key string) string { return string(escape(nil, key, "/")) }

// escape percent-encodes what RFC 3986 does not leave unreserved, save the
// bytes in keep.
func escape(b []byte, s, keep string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte("-._~", c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}
