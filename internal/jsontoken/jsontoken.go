// Package jsontoken reads and writes JSON that is wholly in memory, strictly:
// RFC 8259 to the letter, UTF-8 only, with limits on depth and size.
//
// A Scanner is for a caller who knows the shape of what it reads: Peek tells
// what comes, then one of the other methods reads it.
package jsontoken

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of a document.
const (
	MaxDepth = 100
	MaxSize  = 256 << 20
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values.
const (
	Invalid Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null
)

// SyntaxError says where a document is not JSON.
type SyntaxError struct {
	Offset  int // in bytes
	Problem string

	early bool
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("malformed JSON at byte %d: %s", e.Offset, e.Problem)
}

// Unwrap gives io.ErrUnexpectedEOF for a document that ends too early: what is
// there may be a part of what was sent.
func (e *SyntaxError) Unwrap() error {
	if e.early {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// Scanner reads one document after the other. The slices it returns are valid
// until its next method call, and must not be changed: they may be parts of
// the document.
type Scanner struct {
	doc     []byte
	pos     int
	depth   int
	first   bool // no member of the innermost object or array has been read
	scratch []byte
}

// Reset makes the scanner read doc from its beginning. It checks that doc is
// UTF-8.
func (s *Scanner) Reset(doc []byte) error {
	s.doc, s.pos, s.depth, s.first = doc, 0, 0, false
	if len(doc) > MaxSize {
		return &SyntaxError{Offset: MaxSize, Problem: "document is too large"}
	}
	if !utf8.Valid(doc) {
		return &SyntaxError{Problem: "text is not UTF-8"}
	}
	return nil
}

// Depth is the number of open objects and arrays.
func (s *Scanner) Depth() int { return s.depth }

// Offset is the position in the document up to which it has been read.
func (s *Scanner) Offset() int { return s.pos }

// Len is the length of the document.
func (s *Scanner) Len() int { return len(s.doc) }

// Peek tells the kind of the value that comes, without reading it.
func (s *Scanner) Peek() (Kind, error) {
	s.space()
	if s.pos < len(s.doc) {
		switch c := s.doc[s.pos]; c {
		case '{':
			return Object, nil
		case '[':
			return Array, nil
		case '"':
			return String, nil
		case 't', 'f':
			return Bool, nil
		case 'n':
			return Null, nil
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			return Number, nil
		}
	}
	return Invalid, s.fail("value expected")
}

// Enter begins to read an object, by Key, or an array, by More.
func (s *Scanner) Enter() error {
	s.space()
	if c := s.at(s.pos); c != '{' && c != '[' {
		return s.fail("object or array expected")
	}
	if s.depth == MaxDepth {
		return s.fail("values are nested too deeply")
	}
	s.depth++
	s.pos++
	s.first = true
	return nil
}

// Key reads the key of the next member of an object; its value comes next. It
// reports false when the object has ended.
func (s *Scanner) Key() (key []byte, ok bool, err error) {
	if ok, err = s.next('}'); !ok {
		return nil, false, err
	}
	if key, err = s.String(); err != nil {
		return nil, false, err
	}
	s.space()
	if s.at(s.pos) != ':' {
		return nil, false, s.fail("colon expected")
	}
	s.pos++
	return key, true, nil
}

// Member is Key for a caller who knows which member of an object comes next,
// most likely: it gives the key in quotes with its colon. Member reports whether
// just that is there and reads it; if not, nothing has been read.
func (s *Scanner) Member(quoted string) bool {
	s.space()
	i := s.pos
	if !s.first {
		if s.at(i) != ',' {
			return false
		}
		if i++; s.at(i) <= ' ' {
			i = endOfSpace(s.doc, i)
		}
	}
	if rest := s.doc[i:]; len(rest) < len(quoted) || string(rest[:len(quoted)]) != quoted {
		return false
	}
	s.pos = i + len(quoted)
	s.first = false
	return true
}

// More reports whether another item of an array comes.
func (s *Scanner) More() (bool, error) { return s.next(']') }

// next reads what stands between members: a comma or the end.
func (s *Scanner) next(end byte) (bool, error) {
	s.space()
	c := s.at(s.pos)
	if c == end {
		s.pos++
		s.depth--
		s.first = false
		return false, nil
	}
	if s.first {
		s.first = false
		return true, nil
	}
	if c != ',' {
		return false, s.fail("comma or end expected")
	}
	s.pos++
	return true, nil
}

// Plain is String for the most frequent case, a string without escapes. It
// reports whether one comes; if not, nothing has been read.
func (s *Scanner) Plain() (text []byte, ok bool) {
	s.space()
	if s.at(s.pos) != '"' {
		return nil, false
	}
	from := s.pos + 1
	i := endOfPlain(s.doc, from)
	if s.at(i) != '"' {
		return nil, false
	}
	s.pos = i + 1
	return s.doc[from:i], true
}

// String reads a string and returns what it stands for.
func (s *Scanner) String() ([]byte, error) {
	if text, ok := s.Plain(); ok {
		return text, nil
	}
	if s.at(s.pos) != '"' {
		return nil, s.fail("string expected")
	}
	from := s.pos + 1
	i := endOfPlain(s.doc, from)
	if s.at(i) == '\\' {
		return s.escaped(from, i)
	}
	s.pos = i
	if i == len(s.doc) {
		return nil, s.fail("unfinished string")
	}
	return nil, s.fail("control character in a string")
}

// endOfPlain is the index of the first byte of doc, from i on, that does not
// stand for itself in a string, or the length of doc. It looks at eight bytes
// at a time.
func endOfPlain(doc []byte, i int) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; len(doc)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(doc[i:])
		quote, slash := w^('"'*ones), w^('\\'*ones)
		// The high bit of a byte is set where w is a control character, or
		// quote or slash is zero, and perhaps above such a byte, never below.
		found := ((w-0x20*ones)&^w | (quote-ones)&^quote | (slash-ones)&^slash) & high
		if found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(doc) && doc[i] >= 0x20 && doc[i] != '"' && doc[i] != '\\' {
		i++
	}
	return i
}

// escaped is String from its first backslash on, at i.
func (s *Scanner) escaped(from, i int) ([]byte, error) {
	out := append(s.scratch[:0], s.doc[from:i]...)
	for i < len(s.doc) {
		c := s.doc[i]
		switch {
		case c == '"':
			s.pos, s.scratch = i+1, out
			return out, nil
		case c < 0x20:
			s.pos = i
			return nil, s.fail("control character in a string")
		case c != '\\':
			out = append(out, c)
			i++
			continue
		}
		s.pos = i
		i += 2
		switch c := s.at(s.pos + 1); c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := s.hex(i)
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if s.at(i) == '\\' && s.at(i+1) == 'u' {
					low = s.hex(i + 2)
				}
				i += 6
				// Half a pair is no character. Replacing it would make
				// another name of the name it stands in.
				if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
					r = -1
				}
			}
			if r < 0 {
				return nil, s.fail("invalid \\u escape")
			}
			out = utf8.AppendRune(out, r)
		default:
			return nil, s.fail("invalid escape")
		}
	}
	s.pos = len(s.doc)
	return nil, s.fail("unfinished string")
}

// hex reads the four digits at i; -1 if they are not.
func (s *Scanner) hex(i int) (r rune) {
	if len(s.doc)-i < 4 {
		return -1
	}
	for _, c := range s.doc[i : i+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// Number reads a number and returns it as it stands.
func (s *Scanner) Number() ([]byte, error) {
	s.space()
	from, i := s.pos, s.pos
	if s.at(i) == '-' {
		i++
	}
	digits := func() bool {
		start := i
		for c := s.at(i); '0' <= c && c <= '9'; c = s.at(i) {
			i++
		}
		return i > start
	}
	if s.at(i) == '0' {
		i++
	} else if !digits() {
		return nil, s.fail("number expected")
	}
	if s.at(i) == '.' {
		if i++; !digits() {
			return nil, s.fail("invalid number")
		}
	}
	if c := s.at(i); c == 'e' || c == 'E' {
		if i++; s.at(i) == '+' || s.at(i) == '-' {
			i++
		}
		if !digits() {
			return nil, s.fail("invalid number")
		}
	}
	s.pos = i
	return s.doc[from:i], nil
}

// Bool reads true or false.
func (s *Scanner) Bool() (bool, error) {
	s.space()
	switch {
	case s.literal("true"):
		return true, nil
	case s.literal("false"):
		return false, nil
	}
	return false, s.fail("true or false expected")
}

// Null reads null.
func (s *Scanner) Null() error {
	s.space()
	if !s.literal("null") {
		return s.fail("null expected")
	}
	return nil
}

func (s *Scanner) literal(word string) bool {
	rest := s.doc[s.pos:]
	if len(rest) < len(word) && word[:len(rest)] == string(rest) {
		s.pos = len(s.doc) // cut off, which is not the same as wrong
		return false
	}
	if !bytes.HasPrefix(rest, []byte(word)) {
		return false
	}
	s.pos += len(word)
	return true
}

// Skip reads a value of any kind.
func (s *Scanner) Skip() error {
	kind, err := s.Peek()
	if err != nil {
		return err
	}
	switch kind {
	case String:
		_, err = s.String()
	case Number:
		_, err = s.Number()
	case Bool:
		_, err = s.Bool()
	case Null:
		err = s.Null()
	case Object:
		if err = s.Enter(); err != nil {
			return err
		}
		for {
			_, ok, err := s.Key()
			if err != nil || !ok {
				return err
			}
			if err := s.Skip(); err != nil {
				return err
			}
		}
	case Array:
		if err = s.Enter(); err != nil {
			return err
		}
		for {
			ok, err := s.More()
			if err != nil || !ok {
				return err
			}
			if err := s.Skip(); err != nil {
				return err
			}
		}
	}
	return err
}

// Finish checks that nothing but white space follows.
func (s *Scanner) Finish() error {
	if s.space(); s.pos < len(s.doc) {
		return s.fail("text after the end of the document")
	}
	return nil
}

func (s *Scanner) space() {
	if s.pos < len(s.doc) && s.doc[s.pos] <= ' ' {
		s.pos = endOfSpace(s.doc, s.pos)
	}
}

// endOfSpace is the index of the first byte of doc, from i on, that is not white
// space, or the length of doc. Indented documents have a line end and then many
// spaces, so it looks at eight bytes at a time.
func endOfSpace(doc []byte, i int) int {
	const spaces = 0x2020202020202020
	for i < len(doc) {
		switch doc[i] {
		case ' ', '\n', '\t', '\r':
			i++
		default:
			return i
		}
		for len(doc)-i >= 8 {
			n := bits.TrailingZeros64(binary.LittleEndian.Uint64(doc[i:])^spaces) / 8
			i += n
			if n < 8 {
				break
			}
		}
	}
	return i
}

// at is the byte at i, 0 after the end. 0 has no meaning anywhere in JSON.
func (s *Scanner) at(i int) byte {
	if i < len(s.doc) {
		return s.doc[i]
	}
	return 0
}

func (s *Scanner) fail(problem string) error {
	if s.pos >= len(s.doc) {
		return &SyntaxError{Offset: len(s.doc), Problem: "document ends too early", early: true}
	}
	return &SyntaxError{Offset: s.pos, Problem: problem}
}

// AppendString appends text as a JSON string. It reports false, and appends
// nothing, when text is not UTF-8.
func AppendString(dst []byte, text string) ([]byte, bool) {
	if !utf8.ValidString(text) {
		return dst, false
	}
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, text[from:]...)
	return append(dst, '"'), true
}
