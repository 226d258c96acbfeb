package golden

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot"
)

// Body is what Fill puts into members that are a body of no structure.
const Body = "hello, world"

// Fill gives every tagged member of the struct that v points to a value of its
// own, down to the last: so a member that gets lost on the way, or is taken for
// another, shows. Enums holds the constants of enum types by the types' names.
// Streams and texts that are a whole body get [Body]; what is in v already stays.
func Fill(v any, enums map[string][]string) {
	f := filler{enums: enums}
	f.structure(reflect.ValueOf(v).Elem())
}

// Preset gives members of the operations of S3 values where not any value will do.
func Preset(v reflect.Value, copySource string) {
	expires := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	key := entrepot.Secret(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	for name, value := range map[string]any{
		"Key":                      "a dir/é+%&'.txt",
		"ContentLength":            int64(len(Body)),
		"Range":                    "bytes=0-11",
		"ContentRange":             "bytes 0-11/4096",
		"CopySource":               copySource,
		"SSECustomerKey":           key,
		"CopySourceSSECustomerKey": key,
		"Expires":                  expires,
		"ExpiresString":            expires.Format(http.TimeFormat),
	} {
		if field := v.Elem().FieldByName(name); field.IsValid() {
			field.Set(reflect.ValueOf(value))
		}
	}
}

type filler struct {
	enums map[string][]string
	n     int // values given
}

var epoch = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func (f *filler) structure(v reflect.Value) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		key, options := parseTag(sf)
		switch field := v.Field(i); {
		case key == "" && !sf.Anonymous, !field.IsZero():
		case key == "payload" && sf.Type.Kind() == reflect.String:
			field.SetString(Body)
		default:
			f.value(field, sf.Name)
			if n := least(options); sf.Type.Kind() == reflect.String && field.Len() < n {
				field.SetString(field.String() + strings.Repeat("-", n-field.Len()))
			}
		}
	}
}

// least is the length that a string must have by the options of its tag.
func least(options []string) int {
	for _, option := range options {
		if digits, ok := strings.CutPrefix(option, "min"); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				return n
			}
		}
	}
	return 0
}

func (f *filler) value(v reflect.Value, name string) {
	f.n++
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(epoch.Add(time.Duration(f.n) * time.Minute)))
		return
	case reflect.TypeFor[io.Reader]():
		v.Set(reflect.ValueOf(strings.NewReader(Body)))
		return
	case reflect.TypeFor[io.ReadCloser]():
		v.Set(reflect.ValueOf(io.NopCloser(strings.NewReader(Body))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text(v.Type(), name))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 0.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.value(v.Index(0), name)
		f.value(v.Index(1), name)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range []string{"first", "second"} {
			item := reflect.New(v.Type().Elem()).Elem()
			f.value(item, name)
			v.SetMapIndex(reflect.ValueOf(key), item)
		}
	case reflect.Struct:
		f.structure(v)
	default:
		panic(fmt.Sprintf("golden: no value for %s %s", name, v.Type()))
	}
}

func (f *filler) text(t reflect.Type, name string) string {
	constants := f.enums[t.Name()]
	if len(constants) == 0 {
		if t == reflect.TypeFor[string]() || t == reflect.TypeFor[entrepot.Secret]() {
			return fmt.Sprintf("%s-%d", strings.ToLower(name), f.n)
		}
		panic(fmt.Sprintf("golden: %s has no constants", t))
	}
	return constants[f.n%len(constants)]
}

// parseTag returns the key of a field's tag, such as "header", and the name
// and options in it.
func parseTag(sf reflect.StructField) (key string, parts []string) {
	for _, key := range []string{"uri", "query", "header", "headers", "status", "payload", "xml", "json"} {
		if value, ok := sf.Tag.Lookup(key); ok {
			return key, strings.Split(value, ",")
		}
	}
	return "", nil
}
