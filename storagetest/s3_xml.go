package storagetest

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// s3Namespace is the namespace of S3's documents, errors excepted.
const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// xmlWriter writes documents element by element: encoding/xml would refuse the
// control characters that S3 lets into keys, and lists are long.
type xmlWriter struct{ b bytes.Buffer }

// start opens an element. The first one is the root.
func (x *xmlWriter) start(name, namespace string) {
	if x.b.Len() == 0 {
		x.b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	}
	x.b.WriteByte('<')
	x.b.WriteString(name)
	if namespace != "" {
		x.b.WriteString(` xmlns="`)
		x.b.WriteString(namespace)
		x.b.WriteByte('"')
	}
	x.b.WriteByte('>')
}

func (x *xmlWriter) end(name string) {
	x.b.WriteString("</")
	x.b.WriteString(name)
	x.b.WriteByte('>')
}

// text writes an element that holds text, also an empty one.
func (x *xmlWriter) text(name, value string) {
	x.start(name, "")
	x.escape(value)
	x.end(name)
}

// optional writes the element unless the text is empty.
func (x *xmlWriter) optional(name, value string) {
	if value != "" {
		x.text(name, value)
	}
}

func (x *xmlWriter) int(name string, v int64)      { x.text(name, strconv.FormatInt(v, 10)) }
func (x *xmlWriter) bool(name string, v bool)      { x.text(name, strconv.FormatBool(v)) }
func (x *xmlWriter) time(name string, t time.Time) { x.text(name, documentTime(t)) }

// documentTime is a time as documents have it.
func documentTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// owner writes an account as an element of that name.
func (x *xmlWriter) owner(name, id string) {
	x.start(name, "")
	x.text("ID", id)
	x.text("DisplayName", "storagetest")
	x.end(name)
}

// escape writes s. Control characters become numeric references, even those that
// XML 1.0 does not admit in any form: so does S3, and a client that wants to
// read such keys asks for encoding-type=url.
func (x *xmlWriter) escape(s string) {
	last := 0
	for i := range len(s) {
		var ref string
		switch ch := s[i]; {
		case ch == '&':
			ref = "&amp;"
		case ch == '<':
			ref = "&lt;"
		case ch == '>':
			ref = "&gt;"
		case ch == '"':
			ref = "&quot;"
		case ch < 0x20 || ch == 0x7f:
			ref = "&#x" + strconv.FormatUint(uint64(ch), 16) + ";"
		default:
			continue
		}
		x.b.WriteString(s[last:i])
		x.b.WriteString(ref)
		last = i + 1
	}
	x.b.WriteString(s[last:])
}

func (x *xmlWriter) bytes() []byte { return x.b.Bytes() }

// listEncode is the encoding that encoding-type=url asks for: that of an HTML
// form, save that slashes stay.
func listEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		ch := s[i]
		switch {
		case ch == ' ':
			b.WriteByte('+')
		case 'a' <= ch && ch <= 'z', 'A' <= ch && ch <= 'Z', '0' <= ch && ch <= '9', strings.IndexByte("-_.*/", ch) >= 0:
			b.WriteByte(ch)
		default:
			const hexDigits = "0123456789ABCDEF"
			b.WriteString(string([]byte{'%', hexDigits[ch>>4], hexDigits[ch&15]}))
		}
	}
	return b.String()
}
