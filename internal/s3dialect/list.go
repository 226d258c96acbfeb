package s3dialect

import (
	"net/url"
	"reflect"
	"strings"

	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// Marker is where the page after this one begins, of a list that goes on after
// a name: the marker that the server gave or else, as S3 leaves it to the
// caller without a delimiter, and some servers do with one too, the last name
// of the page.
func Marker(given, lastKey, lastPrefix string) string {
	if given != "" {
		return given
	}
	return max(lastKey, lastPrefix)
}

// Last returns the last item of a list, and of none the empty one.
func Last[T any](list []T) (last T) {
	if n := len(list); n > 0 {
		last = list[n-1]
	}
	return last
}

// Markers are two markers as one token; without the first there is none.
func Markers(key, second string) string {
	if key == "" {
		return ""
	}
	return key + " " + second
}

// Decoded decodes keys that were asked for url-encoded.
func (d *Dialect) Decoded(c *pipeline.Call) error {
	if !c.State.(*state).keys {
		return nil
	}
	return DecodeNames(c.Output)
}

// DecodeNames decodes the names in a list that came url-encoded: the members
// of out that hold one, and of the items in its lists. A list that is not
// encoded comes from a server that does not know the parameter.
func DecodeNames(out any) error {
	list := reflect.ValueOf(out).Elem()
	if result := list.FieldByName("ListReplicationFailureResult"); result.IsValid() {
		list = result // IBM's list that is a document of its own
	}
	encoding := list.FieldByName("EncodingType")
	if encoding.String() != "url" {
		return nil
	}
	encoding.SetString("") // it will no longer be true
	for _, name := range [...]string{"Prefix", "Delimiter", "StartAfter", "Marker", "NextMarker", "KeyMarker", "NextKeyMarker"} {
		if err := decodeName(list.FieldByName(name)); err != nil {
			return err
		}
	}
	for _, name := range [...]struct{ list, member string }{
		{"Contents", "Key"}, {"Versions", "Key"}, {"DeleteMarkers", "Key"}, {"Uploads", "Key"}, {"CommonPrefixes", "Prefix"},
	} {
		items := list.FieldByName(name.list)
		if name.list == "CommonPrefixes" && !mayBeEncoded(items) {
			continue
		}
		if err := decodeItems(items, name.member); err != nil {
			return err
		}
	}
	return nil
}

// mayBeEncoded reports whether prefixes can be what an encoder has made. IBM and
// older servers of Ceph have been seen to encode all names of a list but these.
// See https://github.com/rclone/rclone/issues/3345 and
// https://github.com/ceph/ceph/pull/30970.
func mayBeEncoded(prefixes reflect.Value) bool {
	if !prefixes.IsValid() {
		return false
	}
	for i := range prefixes.Len() {
		prefix := prefixes.Index(i).FieldByName("Prefix").String()
		if _, err := url.QueryUnescape(prefix); err != nil {
			return false
		}
		for _, c := range []byte(prefix) {
			if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
				return false
			}
		}
	}
	return true
}

func decodeItems(items reflect.Value, member string) error {
	if !items.IsValid() {
		return nil
	}
	field, _ := items.Type().Elem().FieldByName(member)
	for i := range items.Len() {
		if err := decodeName(items.Index(i).Field(field.Index[0])); err != nil {
			return err
		}
	}
	return nil
}

// decodeName decodes a name, if there is such a member. A space comes as a plus
// sign, a plus sign as %2B.
func decodeName(name reflect.Value) error {
	if !name.IsValid() {
		return nil
	}
	plain, err := url.QueryUnescape(name.String())
	if err != nil {
		return err
	}
	name.SetString(plain)
	return nil
}
