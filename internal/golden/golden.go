// Package golden helps the providers' tests to hold what crosses the wire
// against files: requests and answers as plain HTTP text, every member filled.
//
// It reads the tags of structs with code of its own, so that a mistake of
// internal/codec shows.
package golden

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
)

// Exchange is a call of which both sides are held against files.
type Exchange struct {
	Name   string // of the operation, and of its files
	In     any    // the input, filled
	Out    any    // the output that the answer stands for, filled
	Status int    // of the answer
	Root   string // element around the answer's XML members; none for JSON

	// Call makes the call with a client that uses h.
	Call func(h *http.Client) (out any, err error)
}

// Check makes the call, answers it with testdata/responses/Name.http, and
// compares the request with testdata/requests/Name.http and what the caller
// gets with Out. If update is set, the files are written first.
func (e *Exchange) Check(t *testing.T, update bool) {
	answer := file(t, filepath.Join("testdata", "responses", e.Name+".http"), Response(e.Status, e.Root, e.Out), update)
	var request []byte
	h := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		if request != nil {
			t.Errorf("%s: more than one request", e.Name)
		}
		var err error
		if request, err = Request(r); err != nil {
			return nil, err
		}
		return http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), r)
	})}
	got, err := e.Call(h)
	if err != nil {
		t.Fatalf("%s: %v", e.Name, err)
	}
	file(t, filepath.Join("testdata", "requests", e.Name+".http"), request, update)

	if meta := metadata(got); meta == nil || meta.StatusCode != e.Status || meta.Attempts != 1 {
		t.Errorf("%s: metadata is %+v, want status %d after 1 attempt", e.Name, meta, e.Status)
	} else {
		*meta = entrepot.ResponseMetadata{}
	}
	content, err := read(got)
	if want, _ := read(e.Out); err != nil || content != want {
		t.Errorf("%s: the stream has %q and ends in error %v, want %q", e.Name, content, err, want)
	}
	if diff := cmp.Diff(e.Out, got); diff != "" {
		t.Errorf("%s: output (-want +got):\n%s", e.Name, diff)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func metadata(out any) *entrepot.ResponseMetadata {
	v := reflect.ValueOf(out).Elem().FieldByName("ResponseMetadata")
	if !v.IsValid() {
		return nil
	}
	return v.Addr().Interface().(*entrepot.ResponseMetadata)
}

// read takes the stream out of an output that has one, and returns what was
// in it.
func read(out any) (string, error) {
	v := reflect.ValueOf(out).Elem()
	for i := range v.NumField() {
		stream, ok := v.Field(i).Interface().(io.ReadCloser)
		if !ok || v.Field(i).IsNil() {
			continue
		}
		v.Field(i).SetZero()
		data, err := io.ReadAll(stream)
		if err == nil {
			err = stream.Close()
		}
		return string(data), err
	}
	return "", nil
}

// file compares got with the file of that name and returns what is in it.
func file(t *testing.T, name string, got []byte, update bool) []byte {
	t.Helper()
	if update {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
	return want
}

// Request writes a request as text. The User-Agent, which names versions, is
// left out, and XML has an element to a line.
func Request(r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\n", r.Method, r.URL.RequestURI())
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	fmt.Fprintf(&b, "Host: %s\n", host)
	if r.ContentLength != 0 {
		fmt.Fprintf(&b, "Content-Length: %d\n", r.ContentLength)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			if name != "User-Agent" && name != "Accept-Encoding" { // the pipeline's own
				fmt.Fprintf(&b, "%s: %s\n", name, value)
			}
		}
	}
	b.WriteByte('\n')
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		b.Write(lines(body))
	}
	return b.Bytes(), nil
}

// lines puts XML elements and JSON members on lines of their own, so that a
// difference shows.
func lines(body []byte) []byte {
	switch {
	case bytes.HasPrefix(body, []byte("<")):
		return append(bytes.ReplaceAll(body, []byte("><"), []byte(">\n<")), '\n')
	case bytes.HasPrefix(body, []byte("{")):
		var b bytes.Buffer
		if json.Indent(&b, body, "", "\t") == nil {
			b.WriteByte('\n')
			return b.Bytes()
		}
	}
	return body
}

// Response writes out, the output of an operation, as the answer that a server
// would give: with the status, and for XML members the root element of the
// document. An output with JSON members has no others.
func Response(status int, root string, out any) []byte {
	header := make(http.Header)
	var body, document bytes.Buffer
	v := reflect.ValueOf(out).Elem()
	if isJSON(v.Type()) {
		object(&body, v)
	}
	for i := range v.NumField() {
		field := v.Field(i)
		key, parts := parseTag(v.Type().Field(i))
		if key == "" || !field.IsValid() {
			continue
		}
		switch name := parts[0]; key {
		case "header":
			if header.Get(name) == "" { // two members may show one header
				header.Set(name, list(field, parts))
			}
		case "headers":
			for it := field.MapRange(); it.Next(); {
				header.Set(name+it.Key().String(), it.Value().String())
			}
		case "payload":
			if field.Kind() == reflect.Struct {
				element(&body, name, field, parts)
			} else {
				body.WriteString(Body)
			}
		case "xml":
			if slices.Contains(parts, "text") {
				xml.EscapeText(&document, []byte(text(field, key, parts)))
			} else {
				element(&document, name, field, parts)
			}
		}
	}
	if document.Len() > 0 {
		fmt.Fprintf(&body, "<%s>%s</%s>", root, document.Bytes(), root)
	}

	content := lines(body.Bytes())
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", status, http.StatusText(status))
	if header.Get("Content-Length") == "" {
		fmt.Fprintf(&b, "Content-Length: %d\n", len(content))
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, header.Get(name))
	}
	b.WriteByte('\n')
	b.Write(content)
	return b.Bytes()
}

// list is the text of a header: of a list, its items with commas between them.
func list(v reflect.Value, parts []string) string {
	if v.Kind() != reflect.Slice {
		return text(v, "header", parts)
	}
	var items []string
	for i := range v.Len() {
		items = append(items, text(v.Index(i), "header", parts))
	}
	return strings.Join(items, ", ")
}

// element writes a member as XML.
func element(b *bytes.Buffer, name string, v reflect.Value, parts []string) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Slice:
		item := option(parts, "item", "member")
		if slices.Contains(parts, "flat") {
			item = name
		} else {
			fmt.Fprintf(b, "<%s>", name)
			defer fmt.Fprintf(b, "</%s>", name)
		}
		for i := range v.Len() {
			element(b, item, v.Index(i), []string{item})
		}
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		fmt.Fprintf(b, "<%s", name)
		if prefix := option(parts, "nsprefix", ""); prefix != "" {
			fmt.Fprintf(b, " xmlns:%s=%q", prefix, option(parts, "ns", ""))
		}
		var children []int
		for i := range v.NumField() {
			key, parts := parseTag(v.Type().Field(i))
			switch {
			case key != "xml":
			case slices.Contains(parts, "attr"):
				fmt.Fprintf(b, " %s=%q", parts[0], text(v.Field(i), key, parts))
			default:
				children = append(children, i)
			}
		}
		b.WriteByte('>')
		for _, i := range children {
			_, parts := parseTag(v.Type().Field(i))
			element(b, parts[0], v.Field(i), parts)
		}
		fmt.Fprintf(b, "</%s>", name)
	default:
		fmt.Fprintf(b, "<%s>", name)
		xml.EscapeText(b, []byte(text(v, "xml", parts)))
		fmt.Fprintf(b, "</%s>", name)
	}
}

// option is the value of an option in a tag.
func option(parts []string, name, standard string) string {
	for _, part := range parts[1:] {
		if value, ok := strings.CutPrefix(part, name+"="); ok {
			return value
		}
	}
	return standard
}

// timeFormat is how a tag wants times written.
func timeFormat(parts []string, standard string) string {
	for _, part := range parts[1:] {
		switch part {
		case "iso8601", "http", "epoch", "epochms":
			return part
		}
	}
	return standard
}

func text(v reflect.Value, key string, parts []string) string {
	if t, ok := v.Interface().(time.Time); ok {
		standard := "iso8601"
		if key == "header" {
			standard = "http"
		}
		if timeFormat(parts, standard) == "http" {
			return t.Format(http.TimeFormat)
		}
		return t.Format(time.RFC3339)
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	}
	return v.String()
}
