package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// isJSON reports whether a struct is written as a JSON document.
func isJSON(t reflect.Type) bool {
	for i := range t.NumField() {
		if key, _ := parseTag(t.Field(i)); key == "json" {
			return true
		}
	}
	return false
}

// object writes the JSON members of a struct, in their order.
func object(b *bytes.Buffer, v reflect.Value) {
	separator := "{"
	for i := range v.NumField() {
		key, parts := parseTag(v.Type().Field(i))
		if key != "json" {
			continue
		}
		fmt.Fprintf(b, "%s%q:", separator, parts[0])
		value(b, v.Field(i), parts)
		separator = ","
	}
	if separator == "{" {
		b.WriteByte('{')
	}
	b.WriteByte('}')
}

// value writes a member as JSON.
func value(b *bytes.Buffer, v reflect.Value, parts []string) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			value(b, v.Index(i), parts)
		}
		b.WriteByte(']')
	case reflect.Map:
		items := make(map[string]reflect.Value, v.Len())
		for it := v.MapRange(); it.Next(); {
			items[it.Key().String()] = it.Value()
		}
		b.WriteByte('{')
		for i, name := range slices.Sorted(maps.Keys(items)) {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(b, "%q:", name)
			value(b, items[name], parts)
		}
		b.WriteByte('}')
	case reflect.Struct:
		t, ok := v.Interface().(time.Time)
		if !ok {
			object(b, v)
			return
		}
		seconds := strconv.FormatInt(t.Unix(), 10)
		switch timeFormat(parts, "epoch") {
		case "epoch":
			b.WriteString(seconds)
		case "epochms":
			b.WriteString(seconds + "000") // the times of Fill are whole minutes
		default:
			fmt.Fprintf(b, "%q", text(v, "json", parts))
		}
	case reflect.String:
		quote(b, v.String(), parts) // also what conceals itself from encoders
	default:
		quote(b, v.Interface(), parts)
	}
}

// quote writes a plain value as JSON.
func quote(b *bytes.Buffer, v any, parts []string) {
	plain, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("golden: %s: %v", parts[0], err))
	}
	b.Write(plain)
}
