package transfer

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// matchesOrIn reports whether a pattern matches a name, or a directory that it is
// in.
func matchesOrIn(pattern, name string) bool {
	base := !strings.Contains(pattern, "/")
	for end := 0; end < len(name); {
		next := strings.IndexByte(name[end:], '/')
		upTo := name
		if next >= 0 {
			upTo = name[:end+next]
		}
		subject := upTo
		if base {
			subject = upTo[end:]
		}
		if doublestar.MatchUnvalidated(pattern, subject) {
			return true
		}
		end = len(upTo) + 1
	}
	return false
}

// localName returns the path of a file for the name of an object, or tells why it can
// be none. What it returns is below whatever directory it is joined to: it has no
// "..", no empty or absolute parts, and on Windows none of the names of devices.
func localName(name string) (string, error) {
	switch {
	case name == "":
		return "", errors.New("a file needs a name")
	case strings.HasPrefix(name, "/"):
		return "", errors.New("a name that begins with a slash leads out of the directory: a prefix that names a directory ends in one")
	case path.Clean(name) != name || name == ".":
		return "", errors.New("a name with empty parts, . or .. is not that of a file")
	case strings.ContainsRune(name, 0):
		return "", errors.New("a name with a zero byte is not that of a file")
	}
	local, err := filepath.Localize(name)
	if err != nil {
		return "", fmt.Errorf("it cannot be the name of a file on %s", runtime.GOOS)
	}
	return local, nil
}

// objectName tells why the name of a file cannot be that of an object.
func objectName(name string) error {
	if !utf8.ValidString(name) {
		return errors.New("the name is not UTF-8, as those of objects are")
	}
	return nil
}
