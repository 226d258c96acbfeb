package xmltoken

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// checkCharacters looks at every character once, so that nothing later has to.
func (s *Scanner) checkCharacters() error {
	const low, high = 0x2020202020202020, 0x8080808080808080
	doc := s.doc
	for i := 0; i < len(doc); {
		// Eight characters at a time, as long as all are printable ASCII. The
		// lowest flag is exact: a borrow only travels upwards.
		for len(doc)-i >= 8 {
			w := binary.LittleEndian.Uint64(doc[i:])
			odd := (w | (w - low)) & high
			if odd != 0 {
				i += bits.TrailingZeros64(odd) / 8
				break
			}
			i += 8
		}
		if i >= len(doc) {
			return nil
		}
		switch c := doc[i]; {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(doc[i:])
			if r == utf8.RuneError && size == 1 {
				return &SyntaxError{Offset: i, Problem: "text is not UTF-8"}
			}
			if r == 0xFFFE || r == 0xFFFF {
				return &SyntaxError{Offset: i, Problem: "character that XML does not allow"}
			}
			i += size
		case c >= 0x20 || c == '\t' || c == '\n':
			i++
		case c == '\r':
			s.cr = true
			i++
		default:
			return &SyntaxError{Offset: i, Problem: "control character"}
		}
	}
	return nil
}

// endOfPlain is the index of the first '<' or '&' in doc from i on, or the
// length of doc. Text is mostly short, so that looking for both at once, eight
// bytes at a time, beats two calls of bytes.IndexByte.
func endOfPlain(doc []byte, i int) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; len(doc)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(doc[i:])
		lt, amp := w^('<'*ones), w^('&'*ones)
		// The high bit of a byte is set where lt or amp is zero, and perhaps
		// above such a byte, never below.
		if found := ((lt-ones)&^lt | (amp-ones)&^amp) & high; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(doc) && doc[i] != '<' && doc[i] != '&' {
		i++
	}
	return i
}

// characters reads text up to the next tag. Outside the root element it may
// only be white space, which is not reported.
func (s *Scanner) characters() (report bool, err error) {
	n := bytes.IndexByte(s.doc[s.pos:], '<')
	if n < 0 {
		n = len(s.doc) - s.pos
	}
	raw := s.doc[s.pos : s.pos+n]
	if s.depth == 0 {
		for i, c := range raw {
			if !isSpace(c) {
				return false, s.fail(s.pos+i, "text outside the root element")
			}
		}
		s.pos += n
		return false, nil
	}
	if s.cdend {
		if i := bytes.Index(raw, []byte("]]>")); i >= 0 {
			return false, s.fail(s.pos+i, "]]> in text")
		}
	}
	s.text = raw
	if i := s.special(raw); i >= 0 {
		s.scratch, err = s.unescape(s.scratch[:0], raw, i, s.pos)
		if err != nil {
			return false, err
		}
		s.text = s.scratch
	}
	s.pos += n
	return true, nil
}

// special is the index of the first byte that does not stand for itself.
func (s *Scanner) special(raw []byte) int {
	if !s.cr {
		return bytes.IndexByte(raw, '&')
	}
	return bytes.IndexAny(raw, "&\r")
}

// unescape appends raw, which stands at offset in the document, to dst:
// references replaced, line ends normalised. Before first there is nothing to
// replace.
func (s *Scanner) unescape(dst, raw []byte, first, offset int) ([]byte, error) {
	dst = append(dst, raw[:first]...)
	for i := first; i < len(raw); {
		switch raw[i] {
		case '&':
			r, size, ok := reference(raw[i:])
			if !ok {
				return dst, s.fail(offset+i, "unknown or unfinished reference")
			}
			dst = utf8.AppendRune(dst, r)
			i += size
		case '\r':
			dst = append(dst, '\n')
			if i++; i < len(raw) && raw[i] == '\n' {
				i++
			}
		default:
			n := s.special(raw[i:])
			if n < 0 {
				n = len(raw) - i
			}
			dst = append(dst, raw[i:i+n]...)
			i += n
		}
	}
	return dst, nil
}

// reference reads the entity or numeric reference at the beginning of raw.
//
// References to control characters other than NUL are taken, though only XML
// 1.1 allows them: S3 sends them for keys that XML 1.0 cannot carry, and a list
// is worth more than a point of grammar.
func reference(raw []byte) (r rune, size int, ok bool) {
	end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
	if end < 0 {
		return 0, 0, false
	}
	name := raw[1:end]
	switch string(name) {
	case "amp":
		return '&', end + 1, true
	case "lt":
		return '<', end + 1, true
	case "gt":
		return '>', end + 1, true
	case "quot":
		return '"', end + 1, true
	case "apos":
		return '\'', end + 1, true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, 0, false
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	if len(digits) == 0 {
		return 0, 0, false
	}
	for _, c := range digits {
		d := digit(c)
		if d < 0 || d >= base {
			return 0, 0, false
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, 0, false
		}
	}
	if r == 0 || r == 0xFFFE || r == 0xFFFF || !utf8.ValidRune(r) {
		return 0, 0, false
	}
	return r, end + 1, true
}

func digit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// startTag reads a start tag, at whose '<' the scanner stands.
func (s *Scanner) startTag() error {
	if s.depth == 0 && s.rooted {
		return s.fail(s.pos, "second root element")
	}
	if s.depth == MaxDepth {
		return s.fail(s.pos, "elements are nested too deeply")
	}
	n, to, err := s.scanName(s.pos + 1)
	if err != nil {
		return err
	}
	s.begun, s.rooted = true, true
	s.name, s.open[s.depth] = n, n
	s.depth++
	s.attrs = s.attrs[:0]
	if s.byteAt(to) == '>' {
		s.pos = to + 1
		return nil
	}
	s.scratch = s.scratch[:0] // the values of all attributes share it
	for i := to; ; {
		next := s.skipSpace(i)
		switch s.byteAt(next) {
		case '>':
			s.pos = next + 1
			return nil
		case '/':
			if s.byteAt(next+1) != '>' {
				return s.fail(next+1, "/ inside a tag")
			}
			s.pos, s.pending = next+2, true
			return nil
		}
		if next == i {
			return s.fail(i, "white space missing before an attribute")
		}
		a, to, err := s.attribute(next)
		if err != nil {
			return err
		}
		if i = to; isNamespace(a.full) {
			continue
		}
		if len(s.attrs) == MaxAttributes {
			return s.fail(next, "too many attributes")
		}
		for _, other := range s.attrs {
			if string(other.full) == string(a.full) {
				return s.fail(next, "attribute given twice")
			}
		}
		s.attrs = append(s.attrs, a)
	}
}

func isNamespace(name []byte) bool {
	return string(name) == "xmlns" || bytes.HasPrefix(name, []byte("xmlns:"))
}

// attribute reads name="value" at i and returns where it ends.
func (s *Scanner) attribute(i int) (a Attribute, to int, err error) {
	n, i, err := s.scanName(i)
	if err != nil {
		return a, 0, err
	}
	a.full, a.Name = s.doc[n.from:n.to], s.doc[n.local:n.to]
	i = s.skipSpace(i)
	if s.byteAt(i) != '=' {
		return a, 0, s.fail(i, "attribute without a value")
	}
	i = s.skipSpace(i + 1)
	quote := s.byteAt(i)
	if quote != '"' && quote != '\'' {
		return a, 0, s.fail(i, "attribute without quotes")
	}
	i++
	size := bytes.IndexByte(s.doc[i:], quote)
	if size < 0 {
		return a, 0, s.early("document ends inside an attribute")
	}
	a.Value = s.doc[i : i+size]
	if lt := bytes.IndexByte(a.Value, '<'); lt >= 0 {
		return a, 0, s.fail(i+lt, "< in an attribute")
	}
	if first := s.special(a.Value); first >= 0 {
		from := len(s.scratch)
		s.scratch, err = s.unescape(s.scratch, a.Value, first, i)
		if err != nil {
			return a, 0, err
		}
		a.Value = s.scratch[from:len(s.scratch):len(s.scratch)]
	}
	return a, i + size + 1, nil
}

// endTag reads an end tag, at whose '<' the scanner stands.
func (s *Scanner) endTag() error {
	if s.depth == 0 {
		return s.fail(s.pos, "end tag without a start tag")
	}
	open := s.open[s.depth-1]
	want := s.doc[open.from:open.to]
	i := s.pos + 2
	if !bytes.HasPrefix(s.doc[i:], want) {
		return s.fail(i, "end tag does not match <"+string(want)+">")
	}
	i = s.skipSpace(i + len(want))
	if s.byteAt(i) != '>' {
		return s.fail(i, "end tag does not match <"+string(want)+">")
	}
	s.pos = i + 1
	s.pop()
	return nil
}

// markup reads what begins with "<!": a comment, or a CDATA section, whose
// text is to be reported.
func (s *Scanner) markup() (report bool, err error) {
	rest := s.doc[s.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		n := bytes.Index(rest[4:], []byte("--"))
		if n < 0 {
			return false, s.early("document ends inside a comment")
		}
		if n += 6; s.byteAt(s.pos+n) != '>' {
			return false, s.fail(s.pos+n, "-- inside a comment")
		}
		s.begun = true
		s.pos += n + 1
		return false, nil

	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		if s.depth == 0 {
			return false, s.fail(s.pos, "text outside the root element")
		}
		n := bytes.Index(rest, []byte("]]>"))
		if n < 0 {
			return false, s.early("document ends inside a CDATA section")
		}
		s.text = rest[9:n]
		if i := bytes.IndexByte(s.text, '\r'); i >= 0 {
			s.scratch = appendLines(s.scratch[:0], s.text)
			s.text = s.scratch
		}
		s.pos += n + 3
		return true, nil

	case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
		return false, s.fail(s.pos, "document type declarations are not accepted")
	}
	return false, s.fail(s.pos+2, "declaration inside the document")
}

// appendLines appends text with its line ends normalised.
func appendLines(dst, text []byte) []byte {
	for i, c := range text {
		switch {
		case c != '\r':
			dst = append(dst, c)
		case i+1 == len(text) || text[i+1] != '\n':
			dst = append(dst, '\n')
		}
	}
	return dst
}

// instruction reads a processing instruction. Only the XML declaration has a
// meaning here: it may name no encoding but UTF-8. White space before it is
// forgiven.
func (s *Scanner) instruction() error {
	_, from, err := s.scanName(s.pos + 2)
	if err != nil {
		return err
	}
	n := bytes.Index(s.doc[from:], []byte("?>"))
	if n < 0 {
		return s.early("document ends inside a processing instruction")
	}
	if n > 0 && !isSpace(s.doc[from]) {
		return s.fail(from, "invalid name")
	}
	if target := s.doc[s.pos+2 : from]; bytes.EqualFold(target, []byte("xml")) {
		if s.begun || string(target) != "xml" {
			return s.fail(s.pos, "XML declaration inside the document")
		}
		if err := s.declaration(from, from+n); err != nil {
			return err
		}
	}
	s.begun = true
	s.pos = from + n + 2
	return nil
}

func (s *Scanner) declaration(from, to int) error {
	version := false
	for i := s.skipSpace(from); i < to; {
		a, end, err := s.attribute(i)
		if err != nil {
			return err
		}
		if end > to {
			return s.fail(i, "unfinished XML declaration")
		}
		switch string(a.full) {
		case "version":
			if string(a.Value) != "1.0" {
				return s.fail(i, "XML version is not 1.0")
			}
			version = true
		case "encoding":
			if !bytes.EqualFold(a.Value, []byte("utf-8")) {
				return s.fail(i, "encoding is not UTF-8")
			}
		case "standalone":
		default:
			return s.fail(i, "unknown part of the XML declaration")
		}
		i = s.skipSpace(end)
	}
	if !version {
		return s.fail(from, "XML declaration without a version")
	}
	return nil
}

func (s *Scanner) skipSpace(i int) int {
	for i < len(s.doc) && isSpace(s.doc[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// scanName reads the name at i and returns where it ends.
func (s *Scanner) scanName(i int) (n name, to int, err error) {
	from, local := i, i
	for i < len(s.doc) {
		c := s.doc[i]
		if c < utf8.RuneSelf {
			class := nameClass[c]
			if class == 0 || class == follow && i == local {
				break
			}
			if i++; class == colon {
				if i-1 == local || local != from {
					return n, 0, s.fail(i-1, "misplaced colon in a name")
				}
				local = i
			}
			continue
		}
		r, size := utf8.DecodeRune(s.doc[i:])
		if !isNameRune(r, i == local) {
			break
		}
		i += size
	}
	if i == local {
		return n, 0, s.fail(i, "invalid name")
	}
	return name{int32(from), int32(local), int32(i)}, i, nil
}

// The roles of an ASCII character in a name.
const (
	begin  = 1 // may begin one
	follow = 2 // may stand elsewhere in one
	colon  = 3 // ends the prefix
)

var nameClass = [utf8.RuneSelf]uint8{
	'-': follow, '.': follow, ':': colon, '_': begin,
	'0': follow, '1': follow, '2': follow, '3': follow, '4': follow, '5': follow, '6': follow, '7': follow, '8': follow, '9': follow,
	'A': begin, 'B': begin, 'C': begin, 'D': begin, 'E': begin, 'F': begin, 'G': begin, 'H': begin, 'I': begin, 'J': begin, 'K': begin, 'L': begin, 'M': begin,
	'N': begin, 'O': begin, 'P': begin, 'Q': begin, 'R': begin, 'S': begin, 'T': begin, 'U': begin, 'V': begin, 'W': begin, 'X': begin, 'Y': begin, 'Z': begin,
	'a': begin, 'b': begin, 'c': begin, 'd': begin, 'e': begin, 'f': begin, 'g': begin, 'h': begin, 'i': begin, 'j': begin, 'k': begin, 'l': begin, 'm': begin,
	'n': begin, 'o': begin, 'p': begin, 'q': begin, 'r': begin, 's': begin, 't': begin, 'u': begin, 'v': begin, 'w': begin, 'x': begin, 'y': begin, 'z': begin,
}

// isNameRune reports whether a character beyond ASCII may stand in a name:
// productions 4 and 4a of XML 1.0, fifth edition.
func isNameRune(r rune, first bool) bool {
	switch {
	case r == 0xB7, 0x300 <= r && r <= 0x36F, 0x203F <= r && r <= 0x2040:
		return !first
	case 0xC0 <= r && r <= 0xD6, 0xD8 <= r && r <= 0xF6, 0xF8 <= r && r <= 0x2FF,
		0x370 <= r && r <= 0x37D, 0x37F <= r && r <= 0x1FFF, 0x200C <= r && r <= 0x200D,
		0x2070 <= r && r <= 0x218F, 0x2C00 <= r && r <= 0x2FEF, 0x3001 <= r && r <= 0xD7FF,
		0xF900 <= r && r <= 0xFDCF, 0xFDF0 <= r && r <= 0xFFFD, 0x10000 <= r && r <= 0xEFFFF:
		return true
	}
	return false
}
