package codec

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// place is where a field travels.
type place uint8

const (
	nowhere place = iota
	inPath
	inQuery
	inHeader
	inHeaders
	inStatus
	inPayload
	inXML
	inJSON
)

// places are the tag keys, in the order of their constants.
var places = [...]string{inPath: "uri", inQuery: "query", inHeader: "header", inHeaders: "headers",
	inStatus: "status", inPayload: "payload", inXML: "xml", inJSON: "json"}

// dress is how a value looks as an XML element, and what is in it.
type dress struct {
	name, ns, nsPrefix string
	alias              string // another element that is the same in answers
	flat               bool
	time               timeFormat

	item, key, value *dress // nil: the defaults
}

// tag is a field's tag, read.
type tag struct {
	place place
	dress

	rules

	attr, text bool
}

// rules are the options that concern the member as a whole.
type rules struct {
	required, token, null, url, lenient, received bool

	min int
}

// parseTag reads the tag of a field; ok is false if it has none of ours.
func parseTag(f reflect.StructField) (t tag, ok bool) {
	var value string
	for p, key := range places {
		if key == "" {
			continue
		}
		v, found := f.Tag.Lookup(key)
		if !found {
			continue
		}
		if ok {
			panic("codec: field " + f.Name + " has two tags")
		}
		t.place, value, ok = place(p), v, true
	}
	if !ok {
		return t, false
	}
	name, options, _ := strings.Cut(value, ",")
	t.name = name
	switch t.place {
	case inHeader:
		t.time = timeHTTP
	case inJSON:
		t.time = timeEpoch
	default:
		t.time = timeISO8601
	}
	if t.place == inJSON && strings.Contains(options, "=") {
		panic("codec: the json tag of field " + f.Name + " has an option that encoding/json/v2 refuses")
	}
	for options != "" {
		var option string
		option, options, _ = strings.Cut(options, ",")
		t.apply(f.Name, option)
	}
	if t.name == "" && !t.text {
		panic("codec: the tag of field " + f.Name + " has no name")
	}
	return t, true
}

func (t *tag) apply(field, option string) {
	name, value, _ := strings.Cut(option, "=")
	switch name {
	case "required":
		t.required = true
	case "attr":
		t.attr = true
	case "text":
		t.text = true
	case "token":
		t.token = true
	case "null":
		t.null = true
	case "url":
		t.url = true
	case "lenient":
		t.lenient = true
	case "received":
		t.received = true
	case "iso8601":
		t.time = timeISO8601
	case "http":
		t.time = timeHTTP
	case "epoch":
		t.time = timeEpoch
	case "epochms":
		t.time = timeEpochMillis
	default:
		if digits, ok := strings.CutPrefix(option, "min"); ok {
			n, err := strconv.ParseUint(digits, 10, 16)
			if err != nil {
				panic("codec: min of field " + field + " is not a number")
			}
			t.min = int(n)
			return
		}
		t.dress.apply(field, name, value)
	}
}

func (d *dress) apply(field, name, value string) {
	outer, rest, nested := strings.Cut(name, ".")
	child := func(p **dress) {
		if *p == nil {
			*p = new(dress)
		}
		if nested {
			(*p).apply(field, rest, value)
		} else {
			(*p).name = value
		}
	}
	switch outer {
	case "item":
		child(&d.item)
	case "key":
		child(&d.key)
	case "value":
		child(&d.value)
	case "flat":
		d.flat = true
	case "alias":
		d.alias = value
	case "ns":
		d.ns = value
	case "nsprefix":
		d.nsPrefix = value
	default:
		panic(fmt.Sprintf("codec: field %s has an unknown option %q", field, name))
	}
}

// inner is how the item, key or value of d looks: d's own wishes, else the
// default name.
func (d *dress) inner(own *dress, name string) dress {
	var in dress
	if own != nil {
		in = *own
	}
	if in.name == "" {
		in.name = name
	}
	in.time = d.time
	return in
}

// open and close are the tags of the element.
func (d *dress) open() string {
	if d.ns == "" {
		return "<" + d.name + ">"
	}
	xmlns := " xmlns"
	if d.nsPrefix != "" {
		xmlns += ":" + d.nsPrefix
	}
	return "<" + d.name + xmlns + `="` + string(appendXMLEscaped(nil, d.ns)) + `">`
}

func (d *dress) close() string { return "</" + d.name + ">" }
