package storagetest

import (
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

// checkName holds a file name to the rules of the service, in strict mode to its
// old ones.
func (b *B2) checkName(name string) error {
	switch {
	case name == "":
		return b2BadRequest("File names must contain at least one character")
	case len(name) > b2MaxName:
		return b2BadRequest("File names must be no more than %d bytes", b2MaxName)
	case !utf8.ValidString(name):
		return b2BadRequest("File names must be UTF-8")
	case strings.Contains(name, "\x7f"):
		return b2BadRequest("File names must not contain DEL")
	case strings.ContainsFunc(name, func(r rune) bool { return r < 32 }):
		return b2BadRequest("File names must not contain characters with codes less than 32")
	case b.settings.StrictNames:
		return b2CheckStrictName(name)
	}
	return nil
}

func b2CheckStrictName(name string) error {
	switch {
	case strings.HasPrefix(name, "/"):
		return b2BadRequest("File names must not start with '/'")
	case strings.HasSuffix(name, "/"):
		return b2BadRequest("File names must not end with '/'")
	case strings.Contains(name, "//"):
		return b2BadRequest("File names must not contain '//'")
	case strings.Contains(name, "\\"):
		return b2BadRequest("File names must not contain '\\'")
	case name == "." || name == "..":
		return b2BadRequest("File names must not be '.' or '..'")
	}
	for segment := range strings.SplitSeq(name, "/") {
		if len(segment) > 250 {
			return b2BadRequest("File names segments (between '/') must be no more than 250 bytes")
		}
	}
	return nil
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
