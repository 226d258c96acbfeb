package credentials

import (
	"strconv"
	"time"

	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/jsontoken"
)

// document is a JSON object that holds credentials: its strings and numbers by
// their names, those of an object within it, or of the first in a list, as
// "outer.inner". They are few, so that this is done by hand; the codec's way would
// add all of that to programs that have nothing else in JSON.
type document struct {
	members map[string]member
	bad     bool // it, or what has been read from it, is not what it should be
}

type member struct {
	kind jsontoken.Kind
	text string
}

func readDocument(data []byte) document {
	var s jsontoken.Scanner
	d := document{members: make(map[string]member)}
	d.bad = s.Reset(data) != nil || !d.collect(&s, "") || s.Finish() != nil
	return d
}

func (d *document) collect(s *jsontoken.Scanner, outer string) bool {
	if kind, err := s.Peek(); err != nil || kind != jsontoken.Object || s.Enter() != nil {
		return false
	}
	for {
		key, ok, err := s.Key()
		if err != nil || !ok {
			return err == nil
		}
		name := outer + string(key)
		kind, err := s.Peek()
		if err != nil {
			return false
		}
		var text []byte
		switch kind {
		case jsontoken.String:
			text, err = s.String()
		case jsontoken.Number:
			text, err = s.Number()
		case jsontoken.Object:
			if !d.collect(s, name+".") {
				return false
			}
			continue
		case jsontoken.Array:
			if !d.collectFirst(s, name+".") {
				return false
			}
			continue
		default:
			err = s.Skip()
		}
		if err != nil {
			return false
		}
		d.members[name] = member{kind, string(text)}
	}
}

// collectFirst collects the first item of a list, if it is an object.
func (d *document) collectFirst(s *jsontoken.Scanner, outer string) bool {
	if s.Enter() != nil {
		return false
	}
	for first := true; ; first = false {
		more, err := s.More()
		if err != nil || !more {
			return err == nil
		}
		if kind, err := s.Peek(); err == nil && kind == jsontoken.Object && first {
			if !d.collect(s, outer) {
				return false
			}
			continue
		}
		if s.Skip() != nil {
			return false
		}
	}
}

// get is a member's text; empty if it is absent or null.
func (d *document) get(name string, kind jsontoken.Kind) string {
	m, ok := d.members[name]
	if !ok || m.kind == jsontoken.Null {
		return ""
	}
	d.bad = d.bad || m.kind != kind
	return m.text
}

// first is the text of the first of some members that has one.
func (d *document) first(names ...string) string {
	for _, name := range names {
		if text := d.members[name].text; text != "" && !d.bad {
			return text
		}
	}
	return ""
}

func (d *document) string(name string) string { return d.get(name, jsontoken.String) }

func (d *document) number(name string) int64 {
	text := d.get(name, jsontoken.Number)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	d.bad = d.bad || err != nil
	return n
}

func (d *document) time(name string) time.Time {
	text := d.string(name)
	if text == "" {
		return time.Time{}
	}
	t, ok := codec.ParseTime(text)
	d.bad = d.bad || !ok
	return t
}
