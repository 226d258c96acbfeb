package storagetest

import (
	"bytes"
	"encoding"
	"encoding/xml"
	"io"
	"reflect"
	"strings"
)

// unmarshal reads a document whose root is of that name. As S3 does, it wants
// one that fits the schema, which is the type of v: encoding/xml alone passes
// over elements that it does not know, such as misspelled ones, and takes the
// last of those that may come once.
func unmarshal(data []byte, root string, v any) *s3Error {
	d := xml.NewDecoder(bytes.NewReader(data))
	start, err := nextElement(d)
	if err != nil || start == nil || start.Name.Local != root || start.Name.Space != "" && start.Name.Space != s3Namespace ||
		checkElement(d, schemaOf(reflect.TypeOf(v))) != nil {
		return errorMalformedXML()
	}
	if start, err := nextElement(d); start != nil || err != io.EOF || xml.Unmarshal(data, v) != nil {
		return errorMalformedXML()
	}
	return nil
}

// xmlSchema is what an element may hold: others by their names, or text alone
// if there are none.
type xmlSchema struct {
	elements map[string]*xmlSchema
	open     bool // any others as well
	many     bool // it may come more than once
}

var errSchema = errorMalformedXML()

// checkElement reads up to the end of the element that has begun.
func checkElement(d *xml.Decoder, s *xmlSchema) error {
	seen := make(map[string]bool)
	for {
		start, err := nextElement(d)
		if start == nil {
			return err
		}
		name := start.Name.Local
		child := s.elements[name]
		switch {
		case child == nil && s.open:
			err = d.Skip()
		case child == nil, seen[name] && !child.many:
			return errSchema
		default:
			err = checkElement(d, child)
		}
		if err != nil {
			return err
		}
		seen[name] = true
	}
}

// nextElement finds the next element to begin, or nil if another one ends before.
func nextElement(d *xml.Decoder) (*xml.StartElement, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return &token, nil
		case xml.EndElement:
			return nil, nil
		}
	}
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// schemaOf reads the schema off the type that encoding/xml fills.
func schemaOf(t reflect.Type) *xmlSchema {
	s := &xmlSchema{elements: make(map[string]*xmlSchema)}
	for ; t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice; t = t.Elem() {
		s.many = s.many || t.Kind() == reflect.Slice
	}
	if t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(textUnmarshaler) {
		s.addFields(t)
	}
	return s
}

func (s *xmlSchema) addFields(t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		path, flags, _ := strings.Cut(f.Tag.Get("xml"), ",")
		switch {
		case f.Name == "XMLName", path == "-", strings.Contains(flags, "attr"), strings.Contains(flags, "chardata"):
			continue
		case strings.Contains(flags, "any"):
			s.open = true
			continue
		case f.Anonymous && path == "":
			s.addFields(f.Type)
			continue
		case path == "":
			path = f.Name
		}
		names := strings.Split(path, ">")
		at := s
		for _, name := range names[:len(names)-1] {
			if at.elements[name] == nil {
				at.elements[name] = &xmlSchema{elements: make(map[string]*xmlSchema)}
			}
			at = at.elements[name]
		}
		at.elements[names[len(names)-1]] = schemaOf(f.Type)
	}
}
