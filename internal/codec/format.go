package codec

import "unsafe"

// Format is the language of a document: [XML] or [JSON]. The zero value is for
// calls without documents.
//
// A format carries the functions that read and write it, so that a program
// whose services all speak one has nothing of the other.
type Format = *language

// The formats.
var (
	XML = &language{
		has:     func(p *plan) bool { return len(p.xml)+len(p.attrs) > 0 || p.text != nil },
		write:   (*encoder).xmlDocument,
		payload: (*encoder).xmlPayload,
		read:    decodeXML,
	}
	JSON = &language{
		has:     func(p *plan) bool { return len(p.json) > 0 },
		write:   (*encoder).jsonDocument,
		payload: (*encoder).jsonPayload,
		read:    decodeJSON,
		bare:    true,
	}
)

type language struct {
	// has reports whether members of a type travel in a document.
	has func(*plan) bool
	// write writes the document of a call, unless it would say nothing.
	write func(*encoder, *writer) error
	// payload writes the document that one member is.
	payload func(*encoder, *writer, *node, unsafe.Pointer) error
	// read reads a document into the struct at base.
	read func(body []byte, p *plan, base unsafe.Pointer) error
	// bare says that an answer which has something to say is a document also where
	// the type of the output has no members.
	bare bool
}

func (e *encoder) xmlDocument(w *writer) error {
	if len(e.plan.xml)+len(e.plan.attrs) == 0 && e.plan.text == nil {
		return nil
	}
	if e.doc.Root == "" {
		panic("codec: an XML document needs a root")
	}
	root := dress{name: e.doc.Root, ns: e.doc.Namespace}
	n := node{kind: kindStruct, plan: e.plan, open: root.open(), close: root.close()}
	if err := w.xml(&n, e.base); err != nil {
		return err
	}
	if len(w.b) == len(n.open)+len(n.close) {
		w.b = nil
		return nil
	}
	e.setContentType("application/xml")
	return nil
}

func (e *encoder) xmlPayload(w *writer, n *node, p unsafe.Pointer) error {
	e.setContentType("application/xml")
	return w.xml(n, p)
}

func (e *encoder) jsonDocument(w *writer) error {
	if len(e.plan.json) == 0 && !e.plan.bare() {
		return nil
	}
	return w.jsonStruct(e.plan, e.base)
}

func (e *encoder) jsonPayload(w *writer, n *node, p unsafe.Pointer) error {
	return w.jsonStruct(n.plan, p)
}
