package s3dialect

import (
	"reflect"
	"sync"
)

// project copies the members of *src to those of *dst that have the same name,
// where dst has no value yet. The types of two packages, or of two calls of
// one, are alike but not the same: strings of other types are converted,
// structs and lists of structs are gone through, pointers are made or followed.
func project(dst, src any, except map[string]bool) {
	projectStruct(reflect.ValueOf(dst).Elem(), reflect.ValueOf(src).Elem(), except)
}

// pairing is two struct types; pair is a field that both have.
type (
	pairing struct{ dst, src reflect.Type }
	pair    struct {
		name     string
		dst, src []int
	}
)

var pairings sync.Map // pairing → []pair

func pairs(p pairing) []pair {
	if v, ok := pairings.Load(p); ok {
		return v.([]pair)
	}
	var list []pair
	for _, f := range reflect.VisibleFields(p.dst) {
		if !f.IsExported() || f.Anonymous || f.Name == "ResponseMetadata" {
			continue
		}
		if g, ok := p.src.FieldByName(f.Name); ok {
			list = append(list, pair{f.Name, f.Index, g.Index})
		}
	}
	pairings.Store(p, list)
	return list
}

func projectStruct(dst, src reflect.Value, except map[string]bool) {
	for _, p := range pairs(pairing{dst.Type(), src.Type()}) {
		to, from := dst.FieldByIndex(p.dst), src.FieldByIndex(p.src)
		if !except[p.name] && to.IsZero() && !from.IsZero() {
			projectValue(to, from)
		}
	}
}

func projectValue(to, from reflect.Value) {
	tt, ft := to.Type(), from.Type()
	switch {
	case ft.AssignableTo(tt):
		to.Set(from)
	case ft.Kind() == reflect.Pointer:
		projectValue(to, from.Elem())
	case tt.Kind() == reflect.Pointer:
		v := reflect.New(tt.Elem())
		projectValue(v.Elem(), from)
		to.Set(v)
	case tt.Kind() == reflect.Struct && ft.Kind() == reflect.Struct:
		projectStruct(to, from, nil)
	case tt.Kind() == reflect.Slice && ft.Kind() == reflect.Slice:
		list := reflect.MakeSlice(tt, from.Len(), from.Len())
		for i := range from.Len() {
			projectValue(list.Index(i), from.Index(i))
		}
		to.Set(list)
	case tt.Kind() == ft.Kind() && ft.ConvertibleTo(tt):
		to.Set(from.Convert(tt))
	}
}
