package codec

import (
	"bytes"
	"net/http"
	"strings"
	"unsafe"
)

// headers writes the members that travel as headers.
func (e *encoder) headers() error {
	if e.dst.Header == nil {
		e.dst.Header = make(http.Header, 8)
	}
	h := headerWriter{header: e.dst.Header}
	for i := range e.plan.header {
		f := &e.plan.header[i]
		p := f.in(e.base)
		if f.leftOut(p) {
			continue
		}
		if token, ok := e.fillToken(f, p); ok {
			h.set(f.name, token)
			continue
		}
		send, err := f.checkText(p)
		if err != nil {
			return err
		}
		if !send {
			continue
		}
		value, err := f.headerValue(p)
		if err == nil {
			err = checkHeader(value)
		}
		if err != nil {
			return within(err, f.goName)
		}
		h.set(f.name, value)
	}
	if f := e.plan.prefixed; f != nil {
		return e.prefixed(f, &h)
	}
	return nil
}

// headerWriter sets headers whose values share one array.
type headerWriter struct {
	header http.Header
	values []string
}

func (h *headerWriter) set(key, value string) {
	if len(h.values) == cap(h.values) {
		h.values = make([]string, 0, 8)
	}
	n := len(h.values)
	h.values = append(h.values, value)
	h.header[key] = h.values[n : n+1 : n+1]
}

func (f *field) headerValue(p unsafe.Pointer) (string, error) {
	n := f.node
	if n.kind == kindString {
		value := *(*string)(p)
		if f.url {
			return string(appendEscaped(nil, value, true)), nil
		}
		return value, nil
	}
	var room [64]byte
	b, err := room[:0], error(nil)
	if n.kind != kindList {
		b, err = n.appendText(b, p)
		return string(b), err
	}
	s := (*slice)(p)
	for i := range s.len {
		if i > 0 {
			b = append(b, ',') // and no space, which MinIO and versitygw take for a part of the item
		}
		from := len(b)
		if b, err = n.elem.appendText(b, n.at(s, i)); err != nil {
			return "", withinItem(err, i)
		}
		if n.elem.target().kind == kindString {
			b = quoteFrom(b, from)
		}
	}
	return string(b), nil
}

// quoteFrom puts b[from:] in quotes if it could be taken for several items.
func quoteFrom(b []byte, from int) []byte {
	item := b[from:]
	if len(item) > 0 && !bytes.ContainsAny(item, `,"`) && bytes.Equal(item, bytes.TrimSpace(item)) {
		return b
	}
	text := string(item)
	b = append(b[:from], '"')
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, text[i])
	}
	return append(b, '"')
}

// checkHeader refuses what a header cannot carry, a line end above all.
func checkHeader(value string) error {
	for i := range len(value) {
		if c := value[i]; c < 0x20 && c != '\t' || c == 0x7f {
			return fail("has a control character, which a header cannot carry")
		}
	}
	return nil
}

func (e *encoder) prefixed(f *field, h *headerWriter) error {
	for name, value := range *(*map[string]string)(f.in(e.base)) {
		if !isToken(name) {
			return within(withinKey(fail("is not a name that a header can have"), name), f.goName)
		}
		key := canonical(f.name, name)
		if _, named := e.plan.headerIndex[key]; named && e.dst.Header[key] != nil {
			continue // a member of its own goes before
		}
		if e.dst.Header[key] != nil {
			return within(withinKey(fail("is there twice: names of headers do not differ by case"), name), f.goName)
		}
		if f.url {
			value = string(appendEscaped(nil, value, true))
		}
		if err := checkHeader(value); err != nil {
			return within(withinKey(err, name), f.goName)
		}
		h.set(key, value)
	}
	return nil
}

// canonical is prefix, which is canonical and ends in a hyphen or is empty,
// followed by name, a token, in canonical form.
func canonical(prefix, name string) string {
	var room [64]byte
	b := append(room[:0], prefix...)
	for i := range len(name) {
		c := name[i]
		if len(b) == 0 || b[len(b)-1] == '-' {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
		} else if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return string(b)
}

// isToken reports whether RFC 9110 allows name as one of a header.
func isToken(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !(unreserved(c) || strings.IndexByte("!#$%&'*+^`|", c) >= 0) {
			return false
		}
	}
	return name != ""
}

// decodeHeaders reads the members that travel as headers. An answer has fewer
// headers than an output has fields, so it goes by the answer's.
func (p *plan) decodeHeaders(base unsafe.Pointer, header http.Header) error {
	if len(p.header) == 0 && p.prefixed == nil {
		return nil
	}
	for key, values := range header {
		if len(values) == 0 {
			continue
		}
		i, ok := p.headerIndex[key]
		if !ok {
			p.decodePrefixed(base, key, values)
			continue
		}
		for ; i >= 0; i = p.header[i].twin {
			f := &p.header[i]
			if err := f.tolerate(f.decodeHeader(base, values), f.in(base)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *field) decodeHeader(base unsafe.Pointer, values []string) error {
	p := f.in(base)
	value := values[0]
	if f.node.kind == kindList {
		for _, item := range splitHeader(strings.Join(values, ","), f.node.elem.target().kind == kindTime && f.node.elem.target().time == timeHTTP) {
			i := (*slice)(p).len
			if err := f.node.elem.setText(f.node.grow(p, 0), nil, []byte(item)); err != nil {
				return withinItem(err, i)
			}
		}
		return nil
	}
	if f.url {
		value = unescape(value)
	}
	if f.node.kind == kindString {
		*(*string)(p) = value // no copy
		return nil
	}
	return f.node.setText(p, nil, []byte(value))
}

func (p *plan) decodePrefixed(base unsafe.Pointer, key string, values []string) {
	f := p.prefixed
	if f == nil || len(key) <= len(f.name) || !strings.EqualFold(key[:len(f.name)], f.name) {
		return
	}
	m := (*map[string]string)(f.in(base))
	if *m == nil {
		*m = make(map[string]string)
	}
	value := strings.Join(values, ",")
	if f.url {
		value = unescape(value)
	}
	(*m)[strings.ToLower(key[len(f.name):])] = value
}

// splitHeader splits a list at its commas, except those in quotes. A date has
// a comma of its own.
func splitHeader(value string, dates bool) []string {
	var items []string
	for value = strings.TrimLeft(value, " \t"); value != ""; value = strings.TrimLeft(value, " \t") {
		if value[0] == '"' {
			item, rest, ok := unquote(value)
			if ok {
				items = append(items, item)
				value = rest
				continue
			}
		}
		end := strings.IndexByte(value, ',')
		if dates && end >= 0 {
			if next := strings.IndexByte(value[end+1:], ','); next >= 0 {
				end += 1 + next
			} else {
				end = -1
			}
		}
		if end < 0 {
			return append(items, strings.TrimRight(value, " \t"))
		}
		items = append(items, strings.TrimRight(value[:end], " \t"))
		value = value[end+1:]
	}
	return items
}

// unquote reads the quoted item at the beginning of value, and its comma.
func unquote(value string) (item, rest string, ok bool) {
	var b []byte
	for i := 1; i < len(value); i++ {
		switch c := value[i]; c {
		case '\\':
			if i++; i < len(value) {
				b = append(b, value[i])
			}
		case '"':
			rest = strings.TrimLeft(value[i+1:], " \t")
			if rest == "" {
				return string(b), "", true
			}
			return string(b), rest[1:], rest[0] == ','
		default:
			b = append(b, c)
		}
	}
	return "", "", false
}
