package codec

import (
	"math"
	"reflect"
	"strconv"
	"unsafe"

	"github.com/entrepot-go/entrepot/internal/jsontoken"
)

// jsonReader reads one document. In its methods, prev is the same place in the
// item before in a list, or nil; see setText.
type jsonReader struct {
	s       jsontoken.Scanner
	guessed int // where the list begins whose length is guessed, or 0
}

// value reads the value that comes into the one at p.
func (r *jsonReader) value(n *node, p, prev unsafe.Pointer) error {
	if n.kind == kindString { // most values are
		if text, ok := r.s.Plain(); ok {
			return n.setText(p, prev, text)
		}
	}
	kind, err := r.s.Peek()
	if err != nil {
		return err
	}
	if kind == jsontoken.Null {
		n.setZero(p)
		return r.s.Null()
	}
	switch n.kind {
	case kindPointer:
		if prev != nil {
			prev = *(*unsafe.Pointer)(prev)
		}
		return r.value(n.elem, n.pointTo(p), prev)
	case kindStruct:
		if kind == jsontoken.Object {
			return r.structure(n.plan, p, prev)
		}
	case kindList:
		if kind == jsontoken.Array {
			return r.list(n, p, prev)
		}
	case kindMap:
		if kind == jsontoken.Object {
			return r.mapping(n, p)
		}
	default:
		return r.scalar(n, kind, p, prev)
	}
	return r.mismatch(n)
}

// mismatch reads over a value that is not what n is, so that a lenient field
// can leave it out.
func (r *jsonReader) mismatch(n *node) error {
	if err := r.s.Skip(); err != nil {
		return err
	}
	switch n.kind {
	case kindString, kindBytes:
		return fail("is not a string")
	case kindBool:
		return fail("is not a boolean")
	case kindTime:
		return fail("is not a time")
	case kindList:
		return fail("is not an array")
	case kindStruct, kindMap:
		return fail("is not an object")
	}
	return fail("is not a number")
}

func (r *jsonReader) scalar(n *node, kind jsontoken.Kind, p, prev unsafe.Pointer) error {
	switch {
	case kind == jsontoken.Bool && n.kind == kindBool:
		v, err := r.s.Bool()
		if err != nil {
			return err
		}
		*(*bool)(p) = v
		return nil

	case kind == jsontoken.String && (n.kind == kindString || n.kind == kindBytes || n.kind == kindTime || n.kind == kindFloat):
		text, err := r.s.String()
		if err != nil {
			return err
		}
		if n.kind == kindFloat && !isFloatName(text) {
			return invalid("number", text)
		}
		return n.setText(p, prev, text)

	case kind == jsontoken.Number && (n.kind == kindInt || n.kind == kindUint || n.kind == kindFloat || n.kind == kindTime):
		text, err := r.s.Number()
		if err != nil {
			return err
		}
		if n.kind == kindInt || n.kind == kindUint {
			text = integral(text)
		}
		return n.setText(p, prev, text)
	}
	return r.mismatch(n)
}

// isFloatName reports whether text is one of the floats that are not numbers.
func isFloatName(text []byte) bool {
	switch string(text) {
	case "NaN", "Infinity", "-Infinity":
		return true
	}
	return false
}

// integral writes a number such as 1.0 or 1e3, which some servers send for
// integers, without point and exponent. It leaves alone what is not integral
// or not exact in a float64.
func integral(text []byte) []byte {
	for _, c := range text {
		if c == '.' || c == 'e' || c == 'E' {
			v, err := strconv.ParseFloat(string(text), 64)
			if err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
				return text
			}
			return strconv.AppendInt(nil, int64(v), 10)
		}
	}
	return text
}

// document reads the value that comes, an object, into the one at p.
func (r *jsonReader) document(plan *plan, p unsafe.Pointer) error {
	if kind, err := r.s.Peek(); err != nil {
		return err
	} else if kind != jsontoken.Object {
		return fail("is not an object")
	}
	return r.structure(plan, p, nil)
}

func (r *jsonReader) structure(plan *plan, p, prev unsafe.Pointer) error {
	if err := r.s.Enter(); err != nil {
		return err
	}
	var seen [maxMembers / 64]uint64
	last := 0
	for {
		i := int(plan.after[last].Load())
		if i >= len(plan.json) || !r.s.Member(plan.json[i].quoted) {
			key, ok, err := r.s.Key()
			if err != nil || !ok {
				return err
			}
			if i = find(plan.json, key); i < 0 {
				if err := r.s.Skip(); err != nil {
					return err
				}
				continue
			}
			plan.after[last].Store(int32(i))
		}
		last = i + 1
		f := &plan.json[i]
		fp := f.in(p)
		if bit := uint64(1) << (i % 64); seen[i/64]&bit == 0 {
			seen[i/64] |= bit
		} else {
			f.node.setZero(fp) // the last one wins, whole
		}
		var before unsafe.Pointer
		if prev != nil {
			before = f.in(prev)
		}
		if err := r.value(f.node, fp, before); err != nil {
			if err = f.tolerate(err, fp); err != nil {
				return err
			}
		}
	}
}

func (r *jsonReader) list(n *node, p, prev unsafe.Pointer) error {
	if err := r.s.Enter(); err != nil {
		return err
	}
	n.setEmpty(p)
	s := (*slice)(p)
	begin := r.s.Offset()
	if prev != nil && (*slice)(prev).len > 0 {
		prev = n.at((*slice)(prev), 0)
	} else {
		prev = nil
	}
	for {
		ok, err := r.s.More()
		if err != nil || !ok {
			return err
		}
		room := 0
		if s.len > 0 {
			if s.len == s.cap {
				room = r.room(s.len, begin)
			}
			prev = n.at(s, s.len-1)
		}
		if err := r.value(n.elem, n.grow(p, room), prev); err != nil {
			return withinItem(err, s.len-1)
		}
	}
}

// room is for how many more items to make room in a list of the answer itself
// that began at an offset and has n items so far: as many as there are if they
// are as long as those. It is guessed for one list of an answer only, since a
// member may come again and again, each time with a few items.
func (r *jsonReader) room(n, begin int) int {
	const sample = 16 // items that tell how long they are on average
	if r.s.Depth() != 2 || r.guessed != 0 && r.guessed != begin {
		return 0
	}
	r.guessed = begin
	room := estimate(r.s.Len()-r.s.Offset(), (r.s.Offset()-begin)/n)
	room += room / 16 // to be short of one item would be to copy them all
	if n < sample {
		return min(room, sample-n)
	}
	return room
}

func (r *jsonReader) mapping(n *node, p unsafe.Pointer) error {
	if err := r.s.Enter(); err != nil {
		return err
	}
	n.setEmpty(p)
	if m, ok := n.stringMap(p); ok {
		return r.stringMap(m)
	}
	m := reflect.NewAt(n.typ, p).Elem()
	value := reflect.New(n.elem.typ)
	for {
		text, ok, err := r.s.Key()
		if err != nil || !ok {
			return err
		}
		key := reflect.New(n.key.typ).Elem()
		key.SetString(string(text))
		value.Elem().SetZero()
		if err := r.value(n.elem, value.UnsafePointer(), nil); err != nil {
			return withinKey(err, key.String())
		}
		m.SetMapIndex(key, value.Elem())
	}
}

func (r *jsonReader) stringMap(m map[string]string) error {
	for {
		text, ok, err := r.s.Key()
		if err != nil || !ok {
			return err
		}
		key := string(text)
		kind, err := r.s.Peek()
		switch {
		case err != nil:
			return err
		case kind == jsontoken.Null:
			m[key] = ""
			if err := r.s.Null(); err != nil {
				return err
			}
			continue
		case kind != jsontoken.String:
			return withinKey(fail("is not a string"), key)
		}
		if text, err = r.s.String(); err != nil {
			return err
		}
		m[key] = string(text)
	}
}
