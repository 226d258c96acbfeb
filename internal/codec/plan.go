package codec

import (
	"fmt"
	"io"
	"net/textproto"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/jsontoken"
)

// kind is what a value is to the codec.
type kind uint8

const (
	kindString kind = iota + 1
	kindBool
	kindInt
	kindUint
	kindFloat
	kindTime
	kindBytes
	kindStruct
	kindList
	kindMap
	kindPointer
	kindReader
	kindReadCloser
)

// node describes a value: its Go type, and its looks in a document. The node
// of a field has the nodes of what is in it below it.
type node struct {
	kind   kind
	scalar bool // it, or what it points to, is written as one text
	typ    reflect.Type
	size   uintptr // of the Go value
	time   timeFormat

	name        string // XML: element name
	alias       string // XML: another one for it in answers
	open, close string // XML: tags
	flat        bool   // XML: list or map without an element of its own
	strings     bool   // it is a map[string]string, perhaps of another name

	key  *node // of a map
	elem *node // item of a list, value of a map, target of a pointer
	plan *plan // of a struct
}

// field is a member of a struct.
type field struct {
	rules
	name   string // on the wire; of a header, the canonical form
	goName string
	offset uintptr
	node   *node
	quoted string // JSON: the name, quoted, with its colon
	local  string // XML attributes: the name without its prefix
	twin   int    // headers: the next field of the same header, or -1

	optional bool // no rule says anything about a value that is absent
}

// in is where the field is in the struct at base.
func (f *field) in(base unsafe.Pointer) unsafe.Pointer { return unsafe.Add(base, f.offset) }

// leftOut reports that the value at p is not to be sent, without looking at the
// rules where there are none: an input has dozens of fields of which a call
// sets a few.
func (f *field) leftOut(p unsafe.Pointer) bool { return f.optional && !f.node.present(p) }

// maxMembers is how many members of JSON a type can have.
const maxMembers = 256

// plan is what the tags of a struct type say.
type plan struct {
	path, query, header []field
	xml, attrs, json    []field

	prefixed, payload, status, text *field // at most one of each

	// after is what followed a member in the last document: after[i+1] the
	// index of what came after member i, after[0] of what came first. It is
	// only a guess, shared by all who decode the type.
	after []atomic.Int32

	headerIndex map[string]int // header → index of its first field

	metadata uintptr // offset plus one
}

// plans holds the plan of every type that has been used: reflect.Type → *plan.
var plans sync.Map

// planOf returns the plan of the struct that v points to, and where it is.
func planOf(v any) (*plan, unsafe.Pointer) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.Type().Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("codec: %T is not a pointer to a struct", v))
	}
	return planFor(rv.Type().Elem()), rv.UnsafePointer()
}

func planFor(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	c := compiler{plans: map[reflect.Type]*plan{}}
	p := c.structure(t)
	// Types that hold each other are published together, when all are done.
	for t, p := range c.plans {
		plans.LoadOrStore(t, p)
	}
	return p
}

// compiler makes the plans of a type and of the types in it.
type compiler struct {
	plans map[reflect.Type]*plan // begun, perhaps not done: types may be recursive
}

func (c *compiler) structure(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	if p, ok := c.plans[t]; ok {
		return p
	}
	p := new(plan)
	c.plans[t] = p
	c.fields(p, t, 0)
	p.indexHeaders()
	p.after = make([]atomic.Int32, 1+max(len(p.xml), len(p.json)))
	return p
}

func (c *compiler) fields(p *plan, t reflect.Type, base uintptr) {
	for i := range t.NumField() {
		sf := t.Field(i)
		offset := base + sf.Offset
		tag, ok := parseTag(sf)
		switch {
		case sf.Type == reflect.TypeFor[entrepot.ResponseMetadata]():
			p.metadata = offset + 1
			continue
		case !ok && sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			c.fields(p, sf.Type, offset)
			continue
		case !ok:
			continue
		case !sf.IsExported():
			panic(fmt.Sprintf("codec: field %s of %s has a tag but is not exported", sf.Name, t))
		}
		f := field{rules: tag.rules, name: tag.name, goName: sf.Name, offset: offset, twin: -1}
		f.node = c.value(sf.Type, &tag.dress)
		f.optional = !f.required && f.min == 0 && !f.token
		if !tag.fits(f.node) {
			panic(fmt.Sprintf("codec: field %s of %s cannot travel as %s", f.goName, t, places[tag.place]))
		}
		p.add(f, &tag)
	}
}

func (p *plan) add(f field, tag *tag) {
	switch tag.place {
	case inPath:
		p.path = append(p.path, f)
	case inQuery:
		p.query = append(p.query, f)
	case inHeader:
		f.name = textproto.CanonicalMIMEHeaderKey(f.name)
		p.header = append(p.header, f)
	case inHeaders:
		f.name = textproto.CanonicalMIMEHeaderKey(f.name)
		p.prefixed = &f
	case inStatus:
		p.status = &f
	case inPayload:
		p.payload = &f
	case inXML:
		switch {
		case tag.attr:
			f.local = f.name[strings.IndexByte(f.name, ':')+1:]
			p.attrs = append(p.attrs, f)
		case tag.text:
			p.text = &f
		default:
			p.xml = append(p.xml, f)
		}
	case inJSON:
		quoted, _ := jsontoken.AppendString(nil, f.name)
		f.quoted = string(quoted) + ":"
		if len(p.json) == maxMembers {
			panic("codec: a type has too many members")
		}
		p.json = append(p.json, f)
	}
}

// indexHeaders makes the way from a header to its fields. Two fields may show
// one header: S3's Expires is a time and, for what is none, a text.
func (p *plan) indexHeaders() {
	if len(p.header) == 0 {
		return
	}
	p.headerIndex = make(map[string]int, len(p.header))
	for i := range p.header {
		f := &p.header[i]
		if first, ok := p.headerIndex[f.name]; ok {
			f.twin = first
		}
		p.headerIndex[f.name] = i
	}
}

// fits reports whether a value like n can travel as t says.
func (t *tag) fits(n *node) bool {
	n = n.target()
	if t.lenient && !n.scalar {
		return false // what is half read cannot be left out
	}
	if t.received && t.place != inJSON {
		return false
	}
	stream := n.kind == kindReader || n.kind == kindReadCloser
	switch t.place {
	case inPath:
		return n.scalar
	case inQuery:
		return n.scalar || n.kind == kindList && n.elem.scalar ||
			n.strings || n.typ == reflect.TypeFor[map[string][]string]()
	case inHeader:
		return n.scalar || n.kind == kindList && n.elem.scalar
	case inHeaders:
		return n.strings
	case inStatus:
		return n.kind == kindInt
	case inPayload:
		return stream || n.kind == kindStruct || n.kind == kindBytes || n.kind == kindString
	case inXML:
		return !stream && (n.scalar || !t.attr && !t.text)
	}
	return !stream
}

func (c *compiler) value(t reflect.Type, d *dress) *node {
	n := &node{typ: t, size: t.Size(), time: d.time, name: d.name, flat: d.flat, open: d.open(), close: d.close()}
	switch t {
	case reflect.TypeFor[time.Time]():
		n.kind, n.scalar = kindTime, true
		return n
	case reflect.TypeFor[io.Reader]():
		n.kind = kindReader
		return n
	case reflect.TypeFor[io.ReadCloser]():
		n.kind = kindReadCloser
		return n
	}
	switch t.Kind() {
	case reflect.String:
		n.kind = kindString
	case reflect.Bool:
		n.kind = kindBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n.kind = kindInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n.kind = kindUint
	case reflect.Float32, reflect.Float64:
		n.kind = kindFloat
	case reflect.Struct:
		n.kind = kindStruct
		n.plan = c.structure(t)
	case reflect.Pointer:
		n.kind = kindPointer
		n.elem = c.value(t.Elem(), d)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			n.kind = kindBytes
			break
		}
		n.kind = kindList
		name := "member"
		if d.flat {
			name = d.name
		}
		item := d.inner(d.item, name)
		if d.flat && item.ns == "" {
			item.ns, item.nsPrefix = d.ns, d.nsPrefix
		}
		n.elem = c.value(t.Elem(), &item)
		n.elem.alias = item.alias
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			panic(fmt.Sprintf("codec: %s has keys that are not strings", t))
		}
		n.kind = kindMap
		n.strings = t.Key() == reflect.TypeFor[string]() && t.Elem() == reflect.TypeFor[string]()
		key, value := d.inner(d.key, "key"), d.inner(d.value, "value")
		n.key = c.value(t.Key(), &key)
		n.elem = c.value(t.Elem(), &value)
	default:
		panic(fmt.Sprintf("codec: values of type %s cannot travel", t))
	}
	n.scalar = n.target().kind <= kindBytes
	return n
}

// target is what a pointer points to, or the value itself.
func (n *node) target() *node {
	for n.kind == kindPointer {
		n = n.elem
	}
	return n
}

// slice is what a Go slice is in memory.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// at is where item i of the list is.
func (n *node) at(s *slice, i int) unsafe.Pointer {
	return unsafe.Add(s.data, uintptr(i)*n.elem.size)
}

// present reports whether the value at p is sent, where it may be left out.
func (n *node) present(p unsafe.Pointer) bool {
	switch n.kind {
	case kindString:
		return *(*string)(p) != ""
	case kindBool:
		return *(*bool)(p)
	case kindInt, kindUint:
		return n.bits(p) != 0
	case kindFloat:
		return n.float(p) != 0
	case kindTime:
		return !(*time.Time)(p).IsZero()
	case kindBytes, kindList:
		return (*slice)(p).data != nil
	case kindMap, kindPointer:
		return *(*unsafe.Pointer)(p) != nil
	case kindReader:
		return *(*io.Reader)(p) != nil
	case kindReadCloser:
		return *(*io.ReadCloser)(p) != nil
	}
	return true // a struct
}

// bits is the integer at p, sign-extended.
func (n *node) bits(p unsafe.Pointer) int64 {
	switch n.size {
	case 1:
		return int64(*(*int8)(p))
	case 2:
		return int64(*(*int16)(p))
	case 4:
		return int64(*(*int32)(p))
	}
	return *(*int64)(p)
}

// unsigned is the integer at p of a type that has no sign.
func (n *node) unsigned(p unsafe.Pointer) uint64 {
	return uint64(n.bits(p)) & (1<<(8*n.size) - 1) // the shift of 64 gives 0-1: all bits
}

func (n *node) setBits(p unsafe.Pointer, v int64) {
	switch n.size {
	case 1:
		*(*int8)(p) = int8(v)
	case 2:
		*(*int16)(p) = int16(v)
	case 4:
		*(*int32)(p) = int32(v)
	default:
		*(*int64)(p) = v
	}
}

func (n *node) float(p unsafe.Pointer) float64 {
	if n.size == 4 {
		return float64(*(*float32)(p))
	}
	return *(*float64)(p)
}

func (n *node) setFloat(p unsafe.Pointer, v float64) {
	if n.size == 4 {
		*(*float32)(p) = float32(v)
	} else {
		*(*float64)(p) = v
	}
}

// grow lengthens the list at p by one zero item, with room for at least room
// more, and returns where the item is.
func (n *node) grow(p unsafe.Pointer, room int) unsafe.Pointer {
	s := (*slice)(p)
	if s.len == s.cap {
		reflect.NewAt(n.typ, p).Elem().Grow(1 + room)
	}
	s.len++
	return n.at(s, s.len-1)
}

// setEmpty makes the nil list or map at p an empty one.
func (n *node) setEmpty(p unsafe.Pointer) {
	if m, ok := n.stringMap(p); ok {
		if m == nil {
			*(*map[string]string)(p) = map[string]string{}
		}
		return
	}
	if n.kind == kindList {
		if s := (*slice)(p); s.data == nil {
			s.data = unsafe.Pointer(&nothing)
		}
		return
	}
	if v := reflect.NewAt(n.typ, p).Elem(); v.IsNil() {
		v.Set(reflect.MakeMap(n.typ))
	}
}

// nothing is what all empty lists that are not nil point to, as what Go makes
// itself does: there is nothing in it to share.
var nothing struct{}

// stringMap is the map at p, if it is one of strings to strings.
func (n *node) stringMap(p unsafe.Pointer) (m map[string]string, ok bool) {
	if !n.strings {
		return nil, false
	}
	return *(*map[string]string)(p), true
}

// setZero clears the value at p.
func (n *node) setZero(p unsafe.Pointer) { reflect.NewAt(n.typ, p).Elem().SetZero() }

// pointTo makes the pointer at p point to a new zero value, and returns that.
func (n *node) pointTo(p unsafe.Pointer) unsafe.Pointer {
	target := reflect.New(n.elem.typ).UnsafePointer()
	*(*unsafe.Pointer)(p) = target
	return target
}
