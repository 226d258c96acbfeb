package storagetest

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

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
		if name := b2InfoHeaders[lower]; name != "" {
			if err := b2CheckHeaderValue(lower, name, value); err != nil {
				return nil, err
			}
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

// b2HeaderInfo collects the file info of an upload's headers, for b2CheckInfo.
func b2HeaderInfo(h http.Header) (map[string]string, error) {
	info := map[string]string{}
	for name, values := range h {
		key, ok := strings.CutPrefix(name, "X-Bz-Info-")
		if !ok {
			continue
		}
		value, err := b2Unescape(values[0])
		if err != nil {
			return nil, err
		}
		info[key] = value
	}
	return info, nil
}

// b2HeaderForms are the grammars of the headers that a client may set for
// downloads. That of Expires is a date.
var b2HeaderForms = sync.OnceValue(func() map[string]*regexp.Regexp {
	const (
		token     = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
		parameter = "[A-Za-z0-9!#$%&'+.^_`|~-]+" // without "*": the service does not take RFC 5987's
		value     = "(" + token + `|"([^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*")`
		language  = "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
	)
	list := func(item string) *regexp.Regexp {
		return regexp.MustCompile("^" + item + "( *, *" + item + ")*$")
	}
	parameters := "( *; *" + parameter + " *= *" + value + ")*"
	return map[string]*regexp.Regexp{
		"Content-Disposition": regexp.MustCompile("^" + token + parameters + "$"),
		"Content-Type":        regexp.MustCompile("^" + token + "/" + token + parameters + "$"),
		"Content-Language":    list(language),
		"Content-Encoding":    list(token),
		"Cache-Control":       list(token + "(=" + value + ")?"),
	}
})

// b2CheckHeaderValue holds a value for the header name to its grammar. field is
// where the value comes from.
func b2CheckHeaderValue(field, name, value string) error {
	if name == "Expires" {
		if _, err := http.ParseTime(value); err != nil {
			return b2BadRequest("%s is not a date: %q", field, value)
		}
		return nil
	}
	if !b2HeaderForms()[name].MatchString(value) {
		return b2BadRequest("%s is not a value for %s: %q", field, name, value)
	}
	return nil
}

// b2CheckMetadata holds name and info, as they travel in headers, to the
// limit, which is lower where encryption or Object Lock take their share.
func b2CheckMetadata(name string, info map[string]string, less bool) error {
	if size, limit := b2MetadataSize(name, info), b2MetadataLimit(less); size > limit {
		return b2Fail(http.StatusBadRequest, "metadata_exceeded", "File name and info take %d bytes in headers, more than %d", size, limit)
	}
	return nil
}

func b2MetadataSize(name string, info map[string]string) int {
	size := len(b2Escape(name))
	for key, value := range info {
		size += len(key) + len(b2Escape(value))
	}
	return size
}

func b2MetadataLimit(less bool) int {
	if less {
		return 2048
	}
	return 7000
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
