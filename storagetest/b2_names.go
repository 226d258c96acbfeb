package storagetest

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const b2MaxName = 1024

// b2Unescape decodes a file name or file info value as it travels in headers
// and paths: percent-encoded UTF-8 with "+" for a space, in any mixture of
// minimal and full encoding.
func b2Unescape(s string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			out.WriteByte(' ')
		case c == '%':
			if i+2 >= len(s) {
				return "", b2BadRequest("Bad percent-encoding: %q", s)
			}
			v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", b2BadRequest("Bad percent-encoding: %q", s)
			}
			out.WriteByte(byte(v))
			i += 2
		default:
			// The bytes that must be encoded are refused when they come as they
			// are: that is how a wrong encoder is found. "[" and its like reach
			// the real service only from clients that forgot to encode.
			if c <= ' ' || c >= 0x7f || strings.IndexByte("\"#&,<>?[\\]^`{|}", c) >= 0 {
				return "", b2BadRequest("Character %q must be percent-encoded", c)
			}
			out.WriteByte(c)
		}
	}
	if s := out.String(); utf8.ValidString(s) {
		return s, nil
	}
	return "", b2BadRequest("Not UTF-8 after decoding: %q", s)
}

// b2Escape encodes as little as the API allows, with "+" for a space: the form
// that a client is most likely to get wrong when it decodes.
func b2Escape(s string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			out.WriteByte('+')
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("._-/~!$'()*;=:@", c) >= 0:
			out.WriteByte(c)
		default:
			out.WriteByte('%')
			out.WriteByte(hex[c>>4])
			out.WriteByte(hex[c&15])
		}
	}
	return out.String()
}

func b2CheckName(name string) error {
	switch {
	case name == "":
		return b2BadRequest("File names must contain at least one character")
	case len(name) > b2MaxName:
		return b2BadRequest("File names in UTF8 must be no more than %d bytes", b2MaxName)
	case !utf8.ValidString(name):
		return b2BadRequest("File names must be UTF-8")
	}
	for i := 0; i < len(name); i++ {
		if name[i] < 32 || name[i] == 127 {
			return b2BadRequest("File names must not contain control characters or DEL")
		}
	}
	return nil
}

// b2InfoHeaders are the file info keys that a download answers with a header
// of HTTP's own instead of X-Bz-Info-….
var b2InfoHeaders = map[string]string{
	"b2-content-disposition": "Content-Disposition",
	"b2-content-language":    "Content-Language",
	"b2-expires":             "Expires",
	"b2-cache-control":       "Cache-Control",
	"b2-content-encoding":    "Content-Encoding",
}

// b2CheckInfo returns the file info with its keys in lower case, as the
// service keeps them.
func b2CheckInfo(info map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(info))
	for key, value := range info {
		lower := strings.ToLower(key)
		if key == "" {
			return nil, b2BadRequest("Bad file info: empty key")
		}
		for i := 0; i < len(lower); i++ {
			if c := lower[i]; !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-_.`~!#$%^&*'|+", c) >= 0) {
				return nil, b2BadRequest("Bad file info key: %s", key)
			}
		}
		if strings.HasPrefix(lower, "b2-") && b2InfoHeaders[lower] == "" {
			return nil, b2BadRequest("Bad file info key: %s is reserved", key)
		}
		if !utf8.ValidString(value) {
			return nil, b2BadRequest("Bad file info value of %s: not UTF-8", key)
		}
		switch lower {
		case "src_last_modified_millis":
			if _, err := strconv.ParseInt(value, 10, 64); err != nil {
				return nil, b2BadRequest("Bad src_last_modified_millis: %s", value)
			}
		case "large_file_sha1":
			if !b2IsSHA1(value) {
				return nil, b2BadRequest("Bad large_file_sha1: %s", value)
			}
		}
		if _, twice := out[lower]; twice {
			return nil, b2BadRequest("Bad file info: %s comes twice", lower)
		}
		out[lower] = value
	}
	return out, nil
}

// b2HeaderInfo collects the file info of an upload's headers.
func b2HeaderInfo(h http.Header) (map[string]string, error) {
	info := map[string]string{}
	for name, values := range h {
		key, ok := strings.CutPrefix(name, "X-Bz-Info-")
		if !ok {
			continue
		}
		if len(values) != 1 {
			return nil, b2BadRequest("Header %s comes %d times", name, len(values))
		}
		value, err := b2Unescape(values[0])
		if err != nil {
			return nil, err
		}
		info[key] = value
	}
	return b2CheckInfo(info)
}

// b2CheckMetadata holds name and info, as they travel in headers, to the
// limit, which is lower where encryption or Object Lock take their share.
func b2CheckMetadata(name string, info map[string]string, locked bool) error {
	size := len(b2Escape(name))
	for key, value := range info {
		size += len(key) + len(b2Escape(value))
	}
	limit := 7000
	if locked {
		limit = 2048
	}
	if size > limit {
		return b2Fail(http.StatusBadRequest, "metadata_exceeded", "File name and info take %d bytes in headers, more than %d", size, limit)
	}
	return nil
}

func b2IsSHA1(s string) bool {
	if len(s) != 40 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
			return false
		}
	}
	return true
}

// b2ContentType resolves "b2/x-auto" by the extension of the name.
func b2ContentType(name, contentType string) string {
	if contentType != "b2/x-auto" {
		return contentType
	}
	types := map[string]string{
		".css": "text/css", ".gif": "image/gif", ".gz": "application/x-gzip", ".htm": "text/html", ".html": "text/html",
		".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript", ".json": "application/json", ".mp3": "audio/mpeg",
		".mp4": "video/mp4", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml", ".tar": "application/x-tar",
		".txt": "text/plain", ".xml": "application/xml", ".zip": "application/zip",
	}
	if t, ok := types[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

func b2CheckBucketName(name string) error {
	bad := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-')
	}
	switch {
	case len(name) < 6 || len(name) > 63:
		return b2BadRequest("bucketName must be 6 to 63 characters long: %s", name)
	case slices.ContainsFunc([]rune(name), bad):
		return b2BadRequest("Invalid characters in bucketName: must be alphanumeric or '-': %s", name)
	case strings.HasPrefix(strings.ToLower(name), "b2-"):
		return b2BadRequest("bucketName must not start with 'b2-': %s", name)
	}
	return nil
}
