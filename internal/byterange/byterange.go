// Package byterange writes the header Range and reads Content-Range.
package byterange

import (
	"fmt"
	"strconv"
	"strings"
)

// Header is the Range of n bytes from off on, up to the end if n is negative.
// It is empty where that is all there is.
func Header(off, n int64) string {
	switch {
	case n > 0:
		return "bytes=" + strconv.FormatInt(off, 10) + "-" + strconv.FormatInt(off+n-1, 10)
	case off > 0:
		return "bytes=" + strconv.FormatInt(off, 10) + "-"
	}
	return ""
}

// Parse reads a Content-Range, "bytes FIRST-LAST/TOTAL". TOTAL can be "*".
func Parse(v string) (first, last int64, total string, ok bool) {
	v, found := strings.CutPrefix(v, "bytes ")
	if !found {
		return 0, 0, "", false
	}
	span, total, found := strings.Cut(v, "/")
	if !found {
		return 0, 0, "", false
	}
	from, to, found := strings.Cut(span, "-")
	if !found {
		return 0, 0, "", false
	}
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	return first, last, total, err1 == nil && err2 == nil && first >= 0 && last >= first
}

// Whole returns the size of the object of which n bytes from off on were asked
// for, from the Content-Range of the answer and the length of its body. It is
// an error if the body is another part of the object.
func Whole(contentRange string, length, off, n int64) (int64, error) {
	if contentRange != "" {
		first, _, total, ok := Parse(contentRange)
		size, err := strconv.ParseInt(total, 10, 64)
		if !ok || err != nil || first != off {
			return 0, fmt.Errorf("the server answered the range %s with Content-Range %q", Header(off, n), contentRange)
		}
		return size, nil
	}
	if off > 0 || n > 0 && n < length {
		return 0, fmt.Errorf("the server ignored the range %s", Header(off, n))
	}
	return length, nil
}
