// Package xmltoken reads an XML document that is wholly in memory, strictly
// and without a copy of what needs none.
//
// It takes what services send: elements, attributes, text, CDATA sections,
// comments, processing instructions, the five predefined entities and numeric
// references, in UTF-8. Namespaces are legal and ignored: a name is its part
// after the prefix. A document type declaration is refused, because it is the
// door to entity expansion and to outside files. Depth, size and the number of
// attributes have limits.
//
// Next is the plain pull interface. Child, Content and Skip are for a caller
// who knows the shape of what it reads.
package xmltoken

import (
	"bytes"
	"fmt"
	"io"
)

// Limits of a document. They are far above what the services send and keep a
// hostile answer from exhausting stack or memory.
const (
	MaxDepth      = 100
	MaxAttributes = 64
	MaxSize       = 256 << 20
)

// Kind is what Next has found.
type Kind uint8

// The kinds of tokens. An element that closes itself is a Start and an End.
const (
	EOF Kind = iota
	Start
	End
	Text
)

// Attribute is an attribute of an element. Name is without its prefix.
// Declarations of namespaces are not among the attributes.
type Attribute struct {
	Name, Value []byte

	full []byte // with the prefix
}

// SyntaxError says where a document is not well-formed.
type SyntaxError struct {
	Offset  int // in bytes
	Problem string

	early bool
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("malformed XML at byte %d: %s", e.Offset, e.Problem)
}

// Unwrap gives io.ErrUnexpectedEOF for a document that ends too early: what is
// there may be a part of what was sent.
func (e *SyntaxError) Unwrap() error {
	if e.early {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// name is where in the document a name stands, and where its local part begins.
type name struct{ from, local, to int32 }

// Scanner reads one document after the other. The slices it returns are valid
// until its next method call, and must not be changed: they may be parts of
// the document.
type Scanner struct {
	doc []byte
	pos int

	name  name // of the element last started or ended
	text  []byte
	attrs []Attribute

	open  [MaxDepth]name // the open elements
	depth int

	rooted  bool // the root element has been seen
	begun   bool // something that is not white space has been seen
	pending bool // the End of an element that closed itself is due
	cr      bool // the document has carriage returns, which are to be normalised
	cdend   bool // "]]>" occurs: in text it is an error

	scratch []byte // text and attribute values with references replaced
	content []byte // text that comes in pieces
}

// Reset makes the scanner read doc from its beginning. It checks that doc is
// UTF-8 and has only characters that XML allows.
func (s *Scanner) Reset(doc []byte) error {
	s.doc, s.pos, s.depth = doc, 0, 0
	s.name, s.text, s.attrs = name{}, nil, s.attrs[:0]
	s.rooted, s.begun, s.pending, s.cr = false, false, false, false
	if len(doc) > MaxSize {
		return &SyntaxError{Offset: MaxSize, Problem: "document is too large"}
	}
	if err := s.checkCharacters(); err != nil {
		return err
	}
	s.cdend = bytes.Contains(doc, []byte("]]>"))
	s.skipMark()
	return nil
}

// Root is the local name of the root element of doc, or empty if doc does not
// begin like XML. It looks at nothing behind that element's start tag.
func Root(doc []byte) string {
	s := Scanner{doc: doc}
	s.skipMark()
	if ok, err := s.Child(); err != nil || !ok {
		return ""
	}
	return string(s.Name())
}

// skipMark skips a byte order mark.
func (s *Scanner) skipMark() {
	if bytes.HasPrefix(s.doc, []byte("\xef\xbb\xbf")) {
		s.pos = 3
	}
}

// Depth is the number of open elements.
func (s *Scanner) Depth() int { return s.depth }

// Offset is the position in the document up to which it has been read.
func (s *Scanner) Offset() int { return s.pos }

// Len is the length of the document.
func (s *Scanner) Len() int { return len(s.doc) }

// Name is the local name of the element that was started or ended last.
func (s *Scanner) Name() []byte { return s.doc[s.name.local:s.name.to] }

// Attributes are those of the element that was started last.
func (s *Scanner) Attributes() []Attribute { return s.attrs }

// Text is the text that Next has found.
func (s *Scanner) Text() []byte { return s.text }

// Next reads the next token.
func (s *Scanner) Next() (Kind, error) {
	if s.pending {
		s.pending = false
		s.pop()
		return End, nil
	}
	for {
		if s.pos >= len(s.doc) {
			return EOF, s.end()
		}
		if s.doc[s.pos] != '<' {
			report, err := s.characters()
			if err != nil {
				return EOF, err
			}
			if report {
				return Text, nil
			}
			continue
		}
		switch s.byteAt(s.pos + 1) {
		case '/':
			return End, s.endTag()
		case '?':
			if err := s.instruction(); err != nil {
				return EOF, err
			}
		case '!':
			report, err := s.markup()
			if err != nil {
				return EOF, err
			}
			if report {
				return Text, nil
			}
		default:
			return Start, s.startTag()
		}
	}
}

// Child goes on to the next child of the element that is open, over any text,
// and reports false when the element has ended instead.
func (s *Scanner) Child() (bool, error) {
	for {
		kind, err := s.Next()
		if err != nil {
			return false, err
		}
		switch kind {
		case Start:
			return true, nil
		case End, EOF:
			return false, nil
		}
	}
}

// Enter is Child for a caller who guesses which element comes. It starts that
// element if it is called name, with neither prefix nor attributes; else it
// reports false and leaves all to Child.
func (s *Scanner) Enter(name string) bool {
	if s.pending || s.depth == 0 || s.depth == MaxDepth {
		return false
	}
	from := s.skipSpace(s.pos) + 1
	to := from + len(name)
	if to >= len(s.doc) || s.doc[to] != '>' || s.doc[from-1] != '<' || string(s.doc[from:to]) != name {
		return false
	}
	s.name.from, s.name.local, s.name.to = int32(from), int32(from), int32(to)
	s.open[s.depth] = s.name
	s.depth++
	s.attrs = s.attrs[:0]
	s.pos = to + 1
	return true
}

// Content reads the open element to its end and returns its text. Elements in
// it are skipped.
func (s *Scanner) Content() ([]byte, error) {
	if text, ok := s.plainContent(); ok {
		return text, nil
	}
	s.content = s.content[:0]
	for {
		kind, err := s.Next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case Text:
			s.content = append(s.content, s.text...)
		case Start:
			if err := s.Skip(); err != nil {
				return nil, err
			}
		case End:
			return s.content, nil
		}
	}
}

// plainContent is Content for what nearly all elements are: one piece of text.
// It reads nothing when the element is anything else.
func (s *Scanner) plainContent() ([]byte, bool) {
	if s.pending || s.cdend || s.cr {
		return nil, false
	}
	end := endOfPlain(s.doc, s.pos)
	first := end - s.pos
	if s.byteAt(end) == '&' {
		n := bytes.IndexByte(s.doc[end:], '<')
		if n < 0 {
			return nil, false
		}
		end += n
	}
	open := s.open[s.depth-1]
	size := int(open.to - open.from)
	after := end + size + 3 // "</" and ">"
	if after > len(s.doc) || s.doc[after-1] != '>' || s.doc[end+1] != '/' ||
		string(s.doc[end+2:after-1]) != string(s.doc[open.from:open.to]) {
		return nil, false
	}
	text := s.doc[s.pos:end]
	if first < len(text) {
		var err error
		if text, err = s.unescape(s.scratch[:0], text, first, s.pos); err != nil {
			return nil, false // Next finds the same, and reports it
		}
		s.scratch = text
	}
	s.pos = after
	s.pop()
	return text, true
}

// Skip reads the open element to its end.
func (s *Scanner) Skip() error {
	for depth := s.depth; s.depth >= depth; {
		if _, err := s.Next(); err != nil {
			return err
		}
	}
	return nil
}

// Finish reads to the end of the document, in which nothing but comments and
// white space may follow the root element.
func (s *Scanner) Finish() error {
	for {
		kind, err := s.Next()
		if err != nil || kind == EOF {
			return err
		}
	}
}

// pop closes the element that is open.
func (s *Scanner) pop() {
	s.depth--
	s.name = s.open[s.depth]
}

func (s *Scanner) end() error {
	switch {
	case s.depth > 0:
		open := s.open[s.depth-1]
		return s.early("document ends inside <" + string(s.doc[open.from:open.to]) + ">")
	case !s.rooted:
		return s.early("document has no element")
	}
	return nil
}

// byteAt is the byte at i, 0 after the end. A document has no byte 0: it is
// not a character of XML.
func (s *Scanner) byteAt(i int) byte {
	if i < len(s.doc) {
		return s.doc[i]
	}
	return 0
}

func (s *Scanner) fail(offset int, problem string) error {
	if offset >= len(s.doc) {
		return &SyntaxError{Offset: len(s.doc), Problem: "document ends too early", early: true}
	}
	return &SyntaxError{Offset: offset, Problem: problem}
}

func (s *Scanner) early(problem string) error {
	return &SyntaxError{Offset: len(s.doc), Problem: problem, early: true}
}
