package golden

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// Places says for each member of the input type t that travels in a header or
// in the query where that is: "x-amz-acl", "?versionId", and "x-amz-meta-" for
// all headers that begin so. All others are "".
func Places(t reflect.Type) map[string]string {
	places := make(map[string]string)
	for i := range t.NumField() {
		key, parts := parseTag(t.Field(i))
		switch key {
		case "header", "headers":
			places[t.Field(i).Name] = strings.ToLower(parts[0])
		case "query":
			places[t.Field(i).Name] = "?" + parts[0]
		default:
			places[t.Field(i).Name] = ""
		}
	}
	return places
}

// At returns what a request has at one of the [Places], empty if nothing.
func At(r *http.Request, place string) string {
	if name, ok := strings.CutPrefix(place, "?"); ok {
		return r.URL.Query().Get(name)
	}
	if strings.HasSuffix(place, "-") {
		var all []string
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			if strings.HasPrefix(strings.ToLower(name), place) {
				all = append(all, name+": "+r.Header.Get(name))
			}
		}
		return strings.Join(all, ", ")
	}
	return r.Header.Get(place)
}
