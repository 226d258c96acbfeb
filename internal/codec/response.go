package codec

import (
	"bytes"
	"io"
	"net/http"
	"unsafe"

	"github.com/entrepot-go/entrepot"
)

// Response is an answer as it came.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	Stream io.ReadCloser // the body, for an output that streams it
}

// Decode fills out, a pointer to a tagged struct, from src. Of doc only the
// format counts: servers differ in the names of their root elements.
//
// A body that belongs there and is empty is an error: an answer that was cut
// off must not look like an empty list. A payload may be empty: then the member
// keeps its zero value. Nothing in out refers to src.Body afterwards.
func Decode(src *Response, doc Document, out any) error {
	return OutputOf(out).Decode(src, doc)
}

// Output is a pointer to a tagged struct, with what its tags say looked up.
type Output struct {
	plan *plan
	base unsafe.Pointer
}

// OutputOf returns the Output of a pointer to a tagged struct.
func OutputOf(out any) Output {
	p, base := planOf(out)
	return Output{p, base}
}

// Decode is [Decode] into o.
func (o Output) Decode(src *Response, doc Document) error {
	p, base := o.plan, o.base
	if base == nil {
		return fail("output is nil")
	}
	if f := p.status; f != nil {
		f.node.setBits(f.in(base), int64(src.Status))
	}
	if err := p.decodeHeaders(base, src.Header); err != nil {
		return err
	}
	if f := p.payload; f != nil {
		if err := f.decodePayload(src, doc, base); err != nil {
			return within(err, f.goName)
		}
		return nil
	}
	if f := doc.Format; f != nil && (f.has(p) || f.bare && len(src.Body) > 0) {
		return f.read(src.Body, p, base)
	}
	return nil
}

// Streams reports whether the payload of o is a stream.
func (o Output) Streams() bool {
	p := o.plan
	return p.payload != nil && (p.payload.node.kind == kindReader || p.payload.node.kind == kindReadCloser)
}

// Metadata returns where o keeps what is known about its answer; nil if its
// type has no place for it.
func (o Output) Metadata() *entrepot.ResponseMetadata {
	if o.plan.metadata == 0 || o.base == nil {
		return nil
	}
	return (*entrepot.ResponseMetadata)(unsafe.Add(o.base, o.plan.metadata-1))
}

func (f *field) decodePayload(src *Response, doc Document, base unsafe.Pointer) error {
	p := f.in(base)
	switch f.node.kind {
	case kindReader:
		*(*io.Reader)(p) = src.stream()
		return nil
	case kindReadCloser:
		*(*io.ReadCloser)(p) = src.stream()
		return nil
	}
	if len(src.Body) == 0 && f.node.kind != kindStruct { // a struct that is a value has to be there
		return nil
	}
	n := f.node
	for n.kind == kindPointer {
		n, p = n.elem, n.pointTo(p)
	}
	switch n.kind {
	case kindString:
		*(*string)(p) = string(src.Body)
	case kindBytes:
		*(*[]byte)(p) = bytes.Clone(src.Body)
	default:
		return doc.Format.read(src.Body, n.plan, p)
	}
	return nil
}

func (src *Response) stream() io.ReadCloser {
	if src.Stream != nil {
		return src.Stream
	}
	return io.NopCloser(bytes.NewReader(bytes.Clone(src.Body)))
}

// webPage is what proxies answer, and networks that want a login first.
const webPage = "the answer is a web page, not a document of the service"

func decodeXML(body []byte, p *plan, base unsafe.Pointer) error {
	if len(body) == 0 {
		return &FieldError{Problem: "the answer is empty, where an XML document belongs", Err: io.ErrUnexpectedEOF}
	}
	var r xmlReader
	if err := r.s.Reset(body); err != nil {
		return asFieldError(err)
	}
	if _, err := r.s.Child(); err != nil {
		return asFieldError(err)
	}
	if bytes.EqualFold(r.s.Name(), []byte("html")) {
		// Read as a list, it would be an empty one.
		return fail(webPage)
	}
	if err := r.structure(p, base, nil); err != nil {
		return asFieldError(err)
	}
	if err := r.s.Finish(); err != nil {
		return asFieldError(err)
	}
	return nil
}

func decodeJSON(body []byte, p *plan, base unsafe.Pointer) error {
	if len(body) == 0 {
		return &FieldError{Problem: "the answer is empty, where a JSON document belongs", Err: io.ErrUnexpectedEOF}
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("<")) {
		return fail(webPage)
	}
	var r jsonReader
	if err := r.s.Reset(body); err != nil {
		return asFieldError(err)
	}
	if err := r.document(p, base); err != nil {
		return asFieldError(err)
	}
	if err := r.s.Finish(); err != nil {
		return asFieldError(err)
	}
	return nil
}
