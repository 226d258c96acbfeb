package codec

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unsafe"
)

// Document says how the body of a call is written.
type Document struct {
	Format Format

	// Root is the element around the members with an xml tag, and Namespace
	// its xmlns, in a request.
	Root, Namespace string

	// Token makes the value of an idempotency token. Default: a random UUID.
	Token func() string
}

// Label is a member that is part of the path.
type Label struct{ Name, Value string }

// Request is a call on its way out, before it has a host.
type Request struct {
	Path   string      // escaped by RFC 3986, begins with "/"; never cleaned
	Query  string      // encoded, without '?'; what the path template has comes first
	Header http.Header // canonical keys
	Labels []Label     // raw values of the path's labels, in the order of the path
	Body   []byte      // document or raw payload; nil: none
	Stream io.Reader   // streaming payload

	labels [2]Label // room for Labels
}

// Encode fills dst with the members of in, a pointer to a tagged struct. The
// path is a template: "/{Bucket}/{Key+}?uploads".
//
// Content-Type is set, unless a member has set it: application/xml for an XML
// document, application/octet-stream for blobs and streams, text/plain for
// strings. That of a JSON document is the protocol's to say.
func Encode(dst *Request, path string, doc Document, in any) error {
	p, base := planOf(in)
	if base == nil {
		return fail("input is nil")
	}
	e := encoder{plan: p, base: base, doc: doc, dst: dst}
	if err := e.target(path); err != nil {
		return err
	}
	if err := e.headers(); err != nil {
		return err
	}
	return e.body()
}

// encoder is one run of Encode.
type encoder struct {
	plan *plan
	base unsafe.Pointer
	doc  Document
	dst  *Request
}

// target writes path and query.
func (e *encoder) target(template string) error {
	var room [256]byte
	b := room[:0]
	e.dst.Labels = e.dst.labels[:0]
	template, query, _ := strings.Cut(template, "?")
	for template != "" {
		i := strings.IndexByte(template, '{')
		if i < 0 {
			b = append(b, template...)
			break
		}
		b = append(b, template[:i]...)
		name, rest, ok := strings.Cut(template[i+1:], "}")
		if !ok {
			panic("codec: unfinished label in a path")
		}
		var err error
		if b, err = e.label(b, name); err != nil {
			return err
		}
		template = rest
	}
	if len(e.dst.Labels) != len(e.plan.path) {
		panic(fmt.Sprintf("codec: the path has %d labels, the input %d", len(e.dst.Labels), len(e.plan.path)))
	}
	size := len(b)
	b = append(b, query...)
	b, err := e.query(b, size)
	if err != nil {
		return err
	}
	text := string(b)
	e.dst.Path, e.dst.Query = text[:size], text[size:]
	return nil
}

func (e *encoder) label(b []byte, name string) ([]byte, error) {
	name, greedy := strings.CutSuffix(name, "+")
	for i := range e.plan.path {
		f := &e.plan.path[i]
		if f.name != name {
			continue
		}
		p := f.in(e.base)
		n := f.node
		for n.kind == kindPointer && n.present(p) {
			n, p = n.elem, *(*unsafe.Pointer)(p)
		}
		if !n.present(p) && (n.kind == kindString || n.kind == kindPointer || n.kind == kindTime || n.kind == kindBytes) {
			return b, &FieldError{Path: f.goName, Problem: isRequired}
		}
		if err := f.checkLength(n, p); err != nil {
			return b, err
		}
		var value string
		if n.kind == kindString {
			value = *(*string)(p)
		} else {
			text, err := n.appendText(nil, p)
			if err != nil {
				return b, within(err, f.goName)
			}
			value = string(text)
		}
		e.dst.Labels = append(e.dst.Labels, Label{f.name, value})
		return appendEscaped(b, value, greedy), nil
	}
	panic("codec: no field for the label " + name)
}

// checkLength refuses a string that is shorter than the field's minimum.
func (f *field) checkLength(n *node, p unsafe.Pointer) error {
	if f.min == 0 || n.kind != kindString {
		return nil
	}
	switch size := len(*(*string)(p)); {
	case size >= f.min:
		return nil
	case size == 0:
		return &FieldError{Path: f.goName, Problem: isRequired}
	}
	return &FieldError{Path: f.goName, Problem: fmt.Sprintf("must have at least %d bytes", f.min)}
}

// check applies the rules of f to its value at p, and reports whether the
// value is to be sent.
func (f *field) check(p unsafe.Pointer) (send bool, err error) {
	n := f.node
	for n.kind == kindPointer && n.present(p) {
		n, p = n.elem, *(*unsafe.Pointer)(p)
	}
	present := n != f.node || n.present(p)
	if f.min > 0 {
		if n.kind == kindPointer {
			return false, &FieldError{Path: f.goName, Problem: isRequired}
		}
		if err := f.checkLength(n, p); err != nil {
			return false, err
		}
	}
	if present || !f.required {
		return present, nil
	}
	switch n.kind {
	case kindPointer, kindTime, kindReader, kindReadCloser:
		return false, &FieldError{Path: f.goName, Problem: isRequired}
	}
	return true, nil
}

// checkText is check for where an empty string would say nothing.
func (f *field) checkText(p unsafe.Pointer) (send bool, err error) {
	send, err = f.check(p)
	if send && f.required && f.node.kind == kindString && *(*string)(p) == "" {
		return false, &FieldError{Path: f.goName, Problem: isRequired}
	}
	return send, err
}

// fillToken is the token to send for an empty member, if the field is one for
// idempotency tokens.
func (e *encoder) fillToken(f *field, p unsafe.Pointer) (token string, ok bool) {
	if !f.token || f.node.present(p) {
		return "", false
	}
	if e.doc.Token != nil {
		return e.doc.Token(), true
	}
	return newUUID(), true
}

// newUUID makes a random UUID, version 4 of RFC 9562.
func newUUID() string {
	var u [16]byte
	rand.Read(u[:])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// query appends the parameters to b, where the query begins at from.
func (e *encoder) query(b []byte, from int) ([]byte, error) {
	for i := range e.plan.query {
		f := &e.plan.query[i]
		p := f.in(e.base)
		if f.leftOut(p) {
			continue
		}
		if token, ok := e.fillToken(f, p); ok {
			b = appendParameter(b, from, f.name, token)
			continue
		}
		send, err := f.checkText(p)
		if err != nil {
			return b, err
		}
		if !send {
			continue
		}
		n := f.node
		switch n.kind {
		case kindList:
			s := (*slice)(p)
			for i := range s.len {
				if b, err = appendParameterOf(b, from, f.name, n.elem, n.at(s, i)); err != nil {
					return b, within(withinItem(err, i), f.goName)
				}
			}
		case kindMap:
			b = e.queryMap(b, from, n, p)
		default:
			if b, err = appendParameterOf(b, from, f.name, n, p); err != nil {
				return b, within(err, f.goName)
			}
		}
	}
	return b, nil
}

// queryMap appends the entries of a map, in the order of their names. A field
// of the same name goes first: then the entry is not sent.
func (e *encoder) queryMap(b []byte, from int, n *node, p unsafe.Pointer) []byte {
	entries := map[string][]string{}
	if n.elem.kind == kindString {
		for name, value := range *(*map[string]string)(p) {
			entries[name] = []string{value}
		}
	} else {
		entries = *(*map[string][]string)(p)
	}
	names := make([]string, 0, len(entries))
	for name := range entries {
		if !e.sends(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range entries[name] {
			b = appendParameter(b, from, name, value)
		}
	}
	return b
}

// sends reports whether a field of its own sends the parameter.
func (e *encoder) sends(name string) bool {
	return slices.ContainsFunc(e.plan.query, func(f field) bool {
		return f.name == name && f.node.kind != kindMap && (f.token || f.node.present(f.in(e.base)))
	})
}

func appendParameterOf(b []byte, from int, name string, n *node, p unsafe.Pointer) ([]byte, error) {
	if n.kind == kindString {
		return appendParameter(b, from, name, *(*string)(p)), nil
	}
	var room [64]byte
	text, err := n.appendText(room[:0], p)
	if err != nil {
		return b, err
	}
	return appendParameter(b, from, name, text), nil
}

func appendParameter[T string | []byte](b []byte, from int, name string, value T) []byte {
	if len(b) > from {
		b = append(b, '&')
	}
	b = appendEscaped(b, name, false)
	b = append(b, '=')
	return appendEscaped(b, value, false)
}

// body writes the payload or the document.
func (e *encoder) body() error {
	if e.plan.payload != nil {
		return e.payload(e.plan.payload)
	}
	w := writer{token: e.doc.Token}
	if e.doc.Format != nil {
		if err := e.doc.Format.write(e, &w); err != nil {
			return err
		}
	}
	e.dst.Body = w.b
	return nil
}

// bare reports whether the type says nothing about where its members travel.
// Such an input still is the document {}.
func (p *plan) bare() bool {
	return len(p.path)+len(p.query)+len(p.header) == 0 && p.prefixed == nil
}

func (e *encoder) payload(f *field) error {
	p := f.in(e.base)
	send, err := f.check(p)
	if err != nil || !send {
		return err
	}
	n := f.node
	for n.kind == kindPointer {
		n, p = n.elem, *(*unsafe.Pointer)(p)
	}
	switch n.kind {
	case kindReader:
		e.dst.Stream = *(*io.Reader)(p)
	case kindReadCloser:
		e.dst.Stream = *(*io.ReadCloser)(p)
	case kindBytes:
		e.dst.Body = *(*[]byte)(p)
	case kindString:
		e.dst.Body = []byte(*(*string)(p))
		e.setContentType("text/plain")
		return nil
	default:
		return e.payloadDocument(f, n, p)
	}
	e.setContentType("application/octet-stream")
	return nil
}

func (e *encoder) payloadDocument(f *field, n *node, p unsafe.Pointer) error {
	w := writer{token: e.doc.Token}
	if err := e.doc.Format.payload(e, &w, n, p); err != nil {
		return within(err, f.goName)
	}
	e.dst.Body = w.b
	return nil
}

func (e *encoder) setContentType(value string) {
	if e.dst.Header["Content-Type"] == nil {
		e.dst.Header["Content-Type"] = []string{value}
	}
}
