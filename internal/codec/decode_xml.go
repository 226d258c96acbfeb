package codec

import (
	"reflect"
	"unsafe"

	"github.com/entrepot-go/entrepot/internal/xmltoken"
)

// xmlReader reads one document. In its methods, prev is the same place in the
// item before in a list, or nil; see setText.
type xmlReader struct {
	s        xmltoken.Scanner
	itemSize int // of the last item of a list, in bytes of the document
	strings  pool
}

// pool makes lists of one string, of which long answers have many: one for
// each item, such as an object's checksum algorithms. They are cut from a
// common array. None can grow into the next.
type pool []string

func (s *pool) one() []string {
	if len(*s) == 0 {
		*s = make([]string, 16)
	}
	one := (*s)[:1:1]
	*s = (*s)[1:]
	return one
}

// value reads the element that is open into the value at p.
func (r *xmlReader) value(n *node, p, prev unsafe.Pointer) error {
	if n.scalar {
		text, err := r.s.Content()
		if err != nil {
			return err
		}
		return n.setText(p, prev, text)
	}
	switch n.kind {
	case kindStruct:
		return r.structure(n.plan, p, prev)
	case kindList:
		if n.flat {
			return r.item(n, p, prev)
		}
		return r.list(n, p)
	case kindMap:
		return r.mapping(n, p)
	}
	target := *(*unsafe.Pointer)(p) // of a pointer
	if target == nil {
		target = n.pointTo(p)
	}
	if prev != nil {
		prev = *(*unsafe.Pointer)(prev)
	}
	return r.value(n.elem, target, prev)
}

func (r *xmlReader) structure(plan *plan, p, prev unsafe.Pointer) error {
	if len(plan.attrs) > 0 {
		if err := r.attributes(plan, p); err != nil {
			return err
		}
	}
	if f := plan.text; f != nil {
		text, err := r.s.Content()
		if err != nil {
			return err
		}
		return f.tolerate(f.node.setText(f.in(p), nil, text), f.in(p))
	}
	// Servers keep to an order of their own. What came after a member last time
	// is the guess for this time.
	last := 0
	for {
		i := int(plan.after[last].Load())
		if i >= len(plan.xml) || !r.s.Enter(plan.xml[i].name) {
			ok, err := r.s.Child()
			if err != nil || !ok {
				return err
			}
			if i = find(plan.xml, r.s.Name()); i < 0 {
				if err := r.s.Skip(); err != nil {
					return err
				}
				continue
			}
			plan.after[last].Store(int32(i))
		}
		last = i + 1
		f := &plan.xml[i]
		var before unsafe.Pointer
		if prev != nil {
			before = f.in(prev)
		}
		if err := r.value(f.node, f.in(p), before); err != nil {
			if err = f.tolerate(err, f.in(p)); err != nil {
				return err
			}
		}
	}
}

// find is the index of the field called name, or -1.
func find(fields []field, name []byte) int {
	for i := range fields {
		if fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// tolerate turns the error of reading the field at p into the one to report:
// none, where the field is lenient and its value is at fault, not the document
// around it.
func (f *field) tolerate(err error, p unsafe.Pointer) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*FieldError); ok && e.Err == nil && f.lenient {
		f.node.setZero(p)
		return nil
	}
	return within(err, f.goName)
}

func (r *xmlReader) attributes(plan *plan, p unsafe.Pointer) error {
	for _, a := range r.s.Attributes() {
		for i := range plan.attrs {
			f := &plan.attrs[i]
			if f.local == string(a.Name) {
				if err := f.tolerate(f.node.setText(f.in(p), nil, a.Value), f.in(p)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// item reads the open element as one more item of the list at p. The item
// before it in the list is the one it may share strings with; for the first
// item, that is the one in the list at prev.
func (r *xmlReader) item(n *node, p, prev unsafe.Pointer) error {
	s := (*slice)(p)
	start := r.s.Offset()
	switch {
	case s.len > 0:
		prev = n.at(s, s.len-1)
	case prev != nil && (*slice)(prev).len > 0:
		prev = n.at((*slice)(prev), 0)
	default:
		prev = nil
	}
	var item unsafe.Pointer
	switch {
	case s.cap == 0 && n.elem.kind == kindString && prev != nil:
		*(*[]string)(p) = r.strings.one()
		item = s.data
	case s.len == 1 && s.cap == 1:
		item = n.grow(p, r.estimate(n))
	default:
		item = n.grow(p, 0)
	}
	if err := r.value(n.elem, item, prev); err != nil {
		return withinItem(err, s.len-1)
	}
	r.itemSize = r.s.Offset() - start
	return nil
}

// estimate guesses how many more items come in the list of an answer, from the
// size of its first one. It does not guess at lists inside of items.
func (r *xmlReader) estimate(n *node) int {
	depth := r.s.Depth()
	if !n.flat {
		depth--
	}
	if depth != 2 {
		return 0
	}
	return estimate(r.s.Len()-r.s.Offset(), r.itemSize)
}

// estimate guesses how many items of a size are in the rest of an answer.
func estimate(rest, size int) int {
	const most = 4096
	if size <= 0 {
		return 0
	}
	return min(rest/size, most)
}

func (r *xmlReader) list(n *node, p unsafe.Pointer) error {
	n.setEmpty(p)
	for {
		ok, err := r.s.Child()
		if err != nil || !ok {
			return err
		}
		if name := r.s.Name(); string(name) != n.elem.name && (n.elem.alias == "" || string(name) != n.elem.alias) {
			err = r.s.Skip()
		} else {
			err = r.item(n, p, nil)
		}
		if err != nil {
			return err
		}
	}
}

// mapping reads the open element as the map at p, or, if the map is flat, as
// one entry of it.
func (r *xmlReader) mapping(n *node, p unsafe.Pointer) error {
	n.setEmpty(p)
	if n.flat {
		return r.entry(n, p)
	}
	for {
		ok, err := r.s.Child()
		if err != nil || !ok {
			return err
		}
		if string(r.s.Name()) != "entry" {
			err = r.s.Skip()
		} else {
			err = r.entry(n, p)
		}
		if err != nil {
			return err
		}
	}
}

func (r *xmlReader) entry(n *node, p unsafe.Pointer) error {
	key := reflect.New(n.key.typ)
	value := reflect.New(n.elem.typ)
	for {
		ok, err := r.s.Child()
		if err != nil {
			return err
		}
		if !ok {
			reflect.NewAt(n.typ, p).Elem().SetMapIndex(key.Elem(), value.Elem())
			return nil
		}
		switch string(r.s.Name()) {
		case n.key.name:
			err = r.value(n.key, key.UnsafePointer(), nil)
		case n.elem.name:
			err = r.value(n.elem, value.UnsafePointer(), nil)
		default:
			err = r.s.Skip()
		}
		if err != nil {
			return withinKey(err, key.Elem().String())
		}
	}
}
