package storagetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// A memberError says which member of a JSON request is wrong, and how.
type memberError struct {
	path    string
	problem memberProblem
}

type memberProblem string

const (
	memberUnknown  memberProblem = "unknown field"
	memberRepeated memberProblem = "repeated field"
	memberMissing  memberProblem = "required field is missing:"
	memberNull     memberProblem = "null is no value of"
)

func (e *memberError) Error() string { return string(e.problem) + " " + e.path }

// decodeStrict reads one JSON object into the struct that into points to.
// Unlike encoding/json alone it wants members spelled exactly as the json tags
// are, refuses members that the struct does not have or that come twice, and
// wants those tagged `required:"true"` to be there and not null, those tagged
// `required:"null"` to be there. Nor can null be an element of a list or a map,
// which encoding/json would take for an empty one, and text has to be UTF-8, where
// encoding/json would replace what is not.
func decodeStrict(body []byte, into any) error {
	if !json.Valid(body) || !utf8.Valid(body) {
		return fmt.Errorf("the body is not JSON")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) { // null would pass for an object without members
		return fmt.Errorf("the body is not a JSON object")
	}
	if err := checkMembers(body, reflect.TypeOf(into), ""); err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func checkMembers(raw json.RawMessage, t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case isNull(raw):
		return nil
	case t.Kind() == reflect.Struct:
		return checkObject(raw, path, func(name string) (reflect.Type, bool) {
			f, ok := fieldByTag(t, name)
			return f.Type, ok
		}, requiredMembers(t), true)
	case t.Kind() == reflect.Map:
		return checkObject(raw, path, func(string) (reflect.Type, bool) { return t.Elem(), true }, nil, false)
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return nil // not an array: json.Unmarshal says so with the place
		}
		for i, item := range items {
			at := fmt.Sprintf("%s[%d]", path, i)
			if isNull(item) {
				return &memberError{at, memberNull}
			}
			if err := checkMembers(item, t.Elem(), at); err != nil {
				return err
			}
		}
	}
	return nil
}

func isNull(raw json.RawMessage) bool { return string(bytes.TrimSpace(raw)) == "null" }

func checkObject(raw json.RawMessage, path string, member func(string) (reflect.Type, bool), required map[string]requirement, mayBeNull bool) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil // not an object: json.Unmarshal says so with the place
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name := token.(string)
		at := strings.TrimPrefix(path+"."+name, ".")
		t, ok := member(name)
		if !ok {
			return &memberError{at, memberUnknown}
		}
		if _, again := seen[name]; again {
			return &memberError{at, memberRepeated}
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if seen[name] = !isNull(value); !seen[name] && !mayBeNull {
			return &memberError{at, memberNull}
		}
		if err := checkMembers(value, t, at); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(required)) {
		if given, there := seen[name]; !there || !given && required[name] == requiredValue {
			return &memberError{strings.TrimPrefix(path+"."+name, "."), memberMissing}
		}
	}
	return nil
}

func fieldByTag(t reflect.Type, name string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(t) {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name && tag != "" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// requirement is how a member is required.
type requirement string

const (
	requiredValue  requirement = "true" // there, and not null
	requiredMember requirement = "null" // there
)

func requiredMembers(t reflect.Type) map[string]requirement {
	members := map[string]requirement{}
	for _, f := range reflect.VisibleFields(t) {
		if how := requirement(f.Tag.Get("required")); how == requiredValue || how == requiredMember {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			members[tag] = how
		}
	}
	return members
}

// queryObject turns a query string into the JSON object that decodeStrict
// reads, so that a call made by GET is held to the same rules as by POST.
func queryObject(query url.Values, into any) []byte {
	t := reflect.TypeOf(into).Elem()
	object := []byte{'{'}
	for name, values := range query {
		f, ok := fieldByTag(t, name)
		for _, text := range values { // more than one is a member that comes twice
			value := json.RawMessage(text)
			if !ok || !json.Valid(value) || baseKind(f.Type) == reflect.String {
				value, _ = json.Marshal(text)
			}
			if len(object) > 1 {
				object = append(object, ',')
			}
			key, _ := json.Marshal(name)
			object = append(append(append(object, key...), ':'), value...)
		}
	}
	return append(object, '}')
}

func baseKind(t reflect.Type) reflect.Kind {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind()
}
