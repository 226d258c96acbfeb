package codec

import (
	"fmt"
	"reflect"
	"slices"
	"time"
	"unsafe"

	"github.com/entrepot-go/entrepot/internal/jsontoken"
)

// maxDepth bounds documents that are sent. A type may hold itself, and a value
// that does so in a circle must not end the program.
const maxDepth = 100

// writer writes one document.
type writer struct {
	b     []byte
	depth int
	token func() string
}

func (w *writer) enter() error {
	if w.depth++; w.depth > maxDepth {
		return fail("is nested too deeply")
	}
	return nil
}

// xml writes the value at p with its element.
func (w *writer) xml(n *node, p unsafe.Pointer) error {
	switch n.kind {
	case kindPointer:
		if target := *(*unsafe.Pointer)(p); target != nil {
			return w.xml(n.elem, target)
		}
		return nil
	case kindStruct:
		return w.xmlStruct(n, p)
	case kindList:
		return w.xmlList(n, p)
	case kindMap:
		return w.xmlMap(n, p)
	}
	w.b = append(w.b, n.open...)
	if err := w.xmlText(n, p); err != nil {
		return err
	}
	w.b = append(w.b, n.close...)
	return nil
}

func (w *writer) xmlText(n *node, p unsafe.Pointer) (err error) {
	n, p = indirect(n, p)
	if n.kind != kindString {
		w.b, err = n.appendText(w.b, p) // none of these needs escaping
		return err
	}
	text := *(*string)(p)
	if r, found := notXML(text); found {
		return fail(fmt.Sprintf("has the character %U, which XML cannot carry", r))
	}
	w.b = appendXMLEscaped(w.b, text)
	return nil
}

// indirect follows pointers that are not nil.
func indirect(n *node, p unsafe.Pointer) (*node, unsafe.Pointer) {
	for n.kind == kindPointer {
		n, p = n.elem, *(*unsafe.Pointer)(p)
	}
	return n, p
}

func (w *writer) xmlStruct(n *node, p unsafe.Pointer) error {
	if err := w.enter(); err != nil {
		return err
	}
	w.b = append(w.b, n.open...)
	for i := range n.plan.attrs {
		f := &n.plan.attrs[i]
		if err := w.xmlAttribute(f, f.in(p)); err != nil {
			return within(err, f.goName)
		}
	}
	if f := n.plan.text; f != nil && f.node.present(f.in(p)) {
		if err := w.xmlText(f.node, f.in(p)); err != nil {
			return within(err, f.goName)
		}
	}
	for i := range n.plan.xml {
		f := &n.plan.xml[i]
		fp := f.in(p)
		if f.token && !f.node.present(fp) {
			w.b = append(w.b, f.node.open...)
			w.b = append(w.b, w.newToken()...)
			w.b = append(w.b, f.node.close...)
			continue
		}
		send, err := f.check(fp)
		if err != nil {
			return err
		}
		if !send {
			continue
		}
		if err := w.xml(f.node, fp); err != nil {
			return within(err, f.goName)
		}
	}
	w.b = append(w.b, n.close...)
	w.depth--
	return nil
}

// xmlAttribute writes an attribute into the start tag that was written last.
func (w *writer) xmlAttribute(f *field, p unsafe.Pointer) error {
	send, err := f.check(p)
	if err != nil || !send {
		return err
	}
	w.b = append(w.b[:len(w.b)-1], ' ')
	w.b = append(w.b, f.name...)
	w.b = append(w.b, '=', '"')
	if err := w.xmlText(f.node, p); err != nil {
		return err
	}
	w.b = append(w.b, '"', '>')
	return nil
}

func (w *writer) xmlList(n *node, p unsafe.Pointer) error {
	s := (*slice)(p)
	if !n.flat {
		w.b = append(w.b, n.open...)
	}
	for i := range s.len {
		if err := w.xml(n.elem, n.at(s, i)); err != nil {
			return withinItem(err, i)
		}
	}
	if !n.flat {
		w.b = append(w.b, n.close...)
	}
	return nil
}

func (w *writer) xmlMap(n *node, p unsafe.Pointer) error {
	entryOpen, entryClose := n.open, n.close
	if !n.flat {
		entryOpen, entryClose = "<entry>", "</entry>"
		w.b = append(w.b, n.open...)
	}
	err := n.eachEntry(p, func(key string, value unsafe.Pointer) error {
		w.b = append(w.b, entryOpen...)
		if err := w.xml(n.key, unsafe.Pointer(&key)); err != nil {
			return err
		}
		if err := w.xml(n.elem, value); err != nil {
			return err
		}
		w.b = append(w.b, entryClose...)
		return nil
	})
	if !n.flat {
		w.b = append(w.b, n.close...)
	}
	return err
}

// eachEntry visits the entries of the map at p in the order of their keys.
func (n *node) eachEntry(p unsafe.Pointer, visit func(key string, value unsafe.Pointer) error) error {
	m := reflect.NewAt(n.typ, p).Elem()
	names := make([]string, 0, m.Len())
	for _, key := range m.MapKeys() {
		names = append(names, key.String())
	}
	slices.Sort(names)
	key, value := reflect.New(n.typ.Key()).Elem(), reflect.New(n.elem.typ)
	for _, name := range names {
		key.SetString(name)
		value.Elem().Set(m.MapIndex(key))
		if err := visit(name, value.UnsafePointer()); err != nil {
			return withinKey(err, name)
		}
	}
	return nil
}

func (w *writer) newToken() string {
	if w.token != nil {
		return w.token()
	}
	return newUUID()
}

// json writes the value at p.
func (w *writer) json(n *node, p unsafe.Pointer) error {
	switch n.kind {
	case kindString:
		return w.jsonString(*(*string)(p))
	case kindBool, kindInt, kindUint:
		w.b, _ = n.appendText(w.b, p)
	case kindFloat:
		from := len(w.b)
		w.b = appendFloat(w.b, n.float(p), int(8*n.size))
		if c := w.b[len(w.b)-1]; c == 'N' || c == 'y' { // NaN, Infinity
			text := string(w.b[from:])
			w.b = append(w.b[:from], '"')
			w.b = append(w.b, text...)
			w.b = append(w.b, '"')
		}
	case kindTime:
		return w.jsonTime(n, *(*time.Time)(p))
	case kindBytes:
		w.b = append(w.b, '"')
		w.b, _ = n.appendText(w.b, p)
		w.b = append(w.b, '"')
	case kindStruct:
		return w.jsonStruct(n.plan, p)
	case kindList:
		return w.jsonList(n, p)
	case kindMap:
		return w.jsonMap(n, p)
	case kindPointer:
		target := *(*unsafe.Pointer)(p)
		if target != nil {
			return w.json(n.elem, target)
		}
		w.b = append(w.b, "null"...)
	}
	return nil
}

func (w *writer) jsonString(text string) error {
	var ok bool
	if w.b, ok = jsontoken.AppendString(w.b, text); !ok {
		return fail("is not valid UTF-8, which JSON cannot carry")
	}
	return nil
}

func (w *writer) jsonTime(n *node, t time.Time) (err error) {
	quoted := n.time == timeISO8601 || n.time == timeHTTP
	if quoted {
		w.b = append(w.b, '"')
	}
	if w.b, err = appendTime(w.b, t, n.time); quoted {
		w.b = append(w.b, '"')
	}
	return err
}

func (w *writer) jsonStruct(plan *plan, p unsafe.Pointer) error {
	if err := w.enter(); err != nil {
		return err
	}
	w.b = append(w.b, '{')
	first := true
	for i := range plan.json {
		f := &plan.json[i]
		if f.received {
			continue
		}
		fp := f.in(p)
		send, err := f.check(fp)
		if err != nil {
			return err
		}
		if !send && !f.null && !f.token {
			continue
		}
		if !first {
			w.b = append(w.b, ',')
		}
		first = false
		w.b = append(w.b, f.quoted...)
		switch {
		case send:
			err = w.json(f.node, fp)
		case f.token:
			err = w.jsonString(w.newToken())
		default:
			w.b = append(w.b, "null"...)
		}
		if err != nil {
			return within(err, f.goName)
		}
	}
	w.b = append(w.b, '}')
	w.depth--
	return nil
}

func (w *writer) jsonList(n *node, p unsafe.Pointer) error {
	s := (*slice)(p)
	w.b = append(w.b, '[')
	for i := range s.len {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		if err := w.json(n.elem, n.at(s, i)); err != nil {
			return withinItem(err, i)
		}
	}
	w.b = append(w.b, ']')
	return nil
}

func (w *writer) jsonMap(n *node, p unsafe.Pointer) error {
	w.b = append(w.b, '{')
	first := true
	err := n.eachEntry(p, func(key string, value unsafe.Pointer) error {
		if !first {
			w.b = append(w.b, ',')
		}
		first = false
		if err := w.jsonString(key); err != nil {
			return err
		}
		w.b = append(w.b, ':')
		return w.json(n.elem, value)
	})
	w.b = append(w.b, '}')
	return err
}
