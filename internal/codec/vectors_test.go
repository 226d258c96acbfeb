package codec

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/internal/vectors"
)

// The published protocol cases bring their own models. The tests translate a
// model into Go types with our tags, by the rules that people use to write
// those types, and run the cases through the codec.

// leftOut are the cases that are not the codec's, with the reason.
var leftOut = map[string]string{
	"SDKAppliedContentEncoding_restXml":                       "no operation of ours compresses its request",
	"SDKAppendedGzipAfterProvidedEncoding_restXml":            "no operation of ours compresses its request",
	"SDKAppliedContentEncoding_awsJson1_1":                    "no operation of ours compresses its request",
	"SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1": "no operation of ours compresses its request",
	"PutAndGetInlineDocumentsInput":                           "no operation of ours has a member without a schema",
	"AwsJson11HostWithPath":                                   "the path before the operation's is the endpoint's",
}

type suite struct {
	Metadata struct{ Protocol string }
	Shapes   map[string]*shape
	Cases    []vectorCase
}

type vectorCase struct {
	ID    string
	Given struct {
		HTTP   struct{ Method, RequestURI string }
		Input  *shapeRef
		Output *shapeRef
	}
	Params     map[string]any
	Serialized struct {
		URI           string
		Headers       map[string]string
		Body          *string
		ForbidHeaders []string
	}

	Response struct {
		StatusCode int `json:"status_code"`
		Headers    map[string]string
		Body       string
	}
	Result                  map[string]any
	Error                   map[string]any
	ErrorCode, ErrorMessage string
}

type shape struct {
	Type            string
	Members         members
	Required        []string
	Payload         string
	Member          *shapeRef
	Key, Value      *shapeRef
	LocationName    string
	TimestampFormat string
	XMLNamespace    *namespace
}

type shapeRef struct {
	Shape            string
	Location         string
	LocationName     string
	Flattened        bool
	XMLAttribute     bool
	XMLNamespace     *namespace
	IdempotencyToken bool
	TimestampFormat  string
}

// members are those of a structure, in the order of the model: it is the order
// in which they are sent.
type members struct {
	names []string
	refs  map[string]*shapeRef
}

func (m *members) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &m.refs); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		m.names = append(m.names, name.(string))
		if err := d.Decode(new(json.RawMessage)); err != nil {
			return err
		}
	}
	return nil
}

// namespace is a URI, or an object with a prefix.
type namespace struct{ Prefix, URI string }

func (n *namespace) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &n.URI)
	}
	type plain namespace
	return json.Unmarshal(b, (*plain)(n))
}

// model translates the shapes of a suite.
type model struct {
	shapes map[string]*shape
	json   bool
	answer bool           // an output is translated: it has no path and no query
	open   map[string]int // structures being translated; types cannot be recursive here
}

const unrolled = 5 // how often a recursive structure is nested in itself

func goName(member string) string { return strings.ToUpper(member[:1]) + member[1:] }

// structure is the Go type of a structure. Members that would go too deep are
// left out of it.
func (m *model) structure(name string) reflect.Type {
	s := m.shapes[name]
	m.open[name]++
	defer func() { m.open[name]-- }()
	var fields []reflect.StructField
	for _, member := range s.Members.names {
		ref := s.Members.refs[member]
		if m.open[ref.Shape] >= unrolled || m.open[m.itemOf(ref.Shape)] >= unrolled {
			continue
		}
		t := m.member(ref)
		if member == s.Payload && m.shapes[ref.Shape].Type == "blob" {
			t = reflect.TypeFor[[]byte]()
		}
		fields = append(fields, reflect.StructField{
			Name: goName(member), Type: t, Tag: reflect.StructTag(m.tag(s, member, ref)),
		})
	}
	return reflect.StructOf(fields)
}

// itemOf is the shape that a list or map holds, in the end.
func (m *model) itemOf(name string) string {
	for {
		switch s := m.shapes[name]; s.Type {
		case "list":
			name = s.Member.Shape
		case "map":
			name = s.Value.Shape
		default:
			return name
		}
	}
}

// member is the type of a member: what can be absent is a pointer.
func (m *model) member(ref *shapeRef) reflect.Type {
	t := m.value(ref.Shape)
	switch {
	case ref.Location == "statusCode":
		return reflect.TypeFor[int]()
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		return t
	}
	return reflect.PointerTo(t)
}

func (m *model) value(name string) reflect.Type {
	s := m.shapes[name]
	switch s.Type {
	case "structure":
		return m.structure(name)
	case "list":
		return reflect.SliceOf(m.value(s.Member.Shape))
	case "map":
		return reflect.MapOf(reflect.TypeFor[string](), m.value(s.Value.Shape))
	case "string":
		return reflect.TypeFor[string]()
	case "boolean":
		return reflect.TypeFor[bool]()
	case "integer":
		return reflect.TypeFor[int32]()
	case "long":
		return reflect.TypeFor[int64]()
	case "float":
		return reflect.TypeFor[float32]()
	case "double":
		return reflect.TypeFor[float64]()
	case "timestamp":
		return reflect.TypeFor[time.Time]()
	case "blob":
		return reflect.TypeFor[[]byte]()
	}
	panic("no such type: " + s.Type)
}

func (m *model) tag(s *shape, member string, ref *shapeRef) string {
	name := ref.LocationName
	if name == "" {
		name = member
	}
	target := m.shapes[ref.Shape]
	key := map[string]string{"uri": "uri", "querystring": "query", "header": "header", "headers": "headers"}[ref.Location]
	if m.answer && (key == "uri" || key == "query") {
		key = ""
	}
	var options string
	switch {
	case ref.Location == "statusCode":
		return `status:"-"`
	case member == s.Payload:
		key = "payload"
		if name == member && target.Type == "structure" {
			if name = target.LocationName; name == "" {
				name = ref.Shape
			}
		}
		options = dressing("", firstOf(ref.XMLNamespace, target.XMLNamespace))
	case key == "" && m.json:
		key = "json"
	case key == "":
		key = "xml"
		options = m.xmlOptions("", ref)
		if ref.XMLAttribute {
			options += ",attr"
		}
	}
	options += m.timeOption(ref)
	if slices.Contains(s.Required, member) {
		options += ",required"
	}
	if ref.IdempotencyToken {
		options += ",token"
	}
	return fmt.Sprintf("%s:%q", key, name+options)
}

func (m *model) timeOption(ref *shapeRef) string {
	for {
		s := m.shapes[ref.Shape]
		switch s.Type {
		case "list":
			ref = s.Member
			continue
		case "map":
			ref = s.Value
			continue
		}
		format := ref.TimestampFormat
		if format == "" {
			format = s.TimestampFormat
		}
		switch format {
		case "iso8601":
			return ",iso8601"
		case "rfc822":
			return ",http"
		case "unixTimestamp":
			return ",epoch"
		}
		return ""
	}
}

// xmlOptions are those for the looks of a member, and, with a prefix, of what
// is in it.
func (m *model) xmlOptions(prefix string, ref *shapeRef) string {
	s := m.shapes[ref.Shape]
	options := dressing(prefix, firstOf(ref.XMLNamespace, s.XMLNamespace))
	if ref.Flattened {
		options += ",flat"
	}
	inner := func(what string, ref *shapeRef, named bool) {
		if named && ref.LocationName != "" {
			options += "," + prefix + what + "=" + ref.LocationName
		}
		options += m.xmlOptions(prefix+what+".", ref)
	}
	switch s.Type {
	case "list":
		inner("item", s.Member, !ref.Flattened)
	case "map":
		inner("key", s.Key, true)
		inner("value", s.Value, true)
	}
	return options
}

func firstOf(namespaces ...*namespace) *namespace {
	for _, n := range namespaces {
		if n != nil {
			return n
		}
	}
	return nil
}

func dressing(prefix string, n *namespace) string {
	if n == nil {
		return ""
	}
	options := "," + prefix + "ns=" + n.URI
	if n.Prefix != "" {
		options += "," + prefix + "nsprefix=" + n.Prefix
	}
	return options
}

// fill sets v from a value of the cases' JSON.
func fill(v reflect.Value, from any) {
	if from == nil {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		sec, frac := math.Modf(from.(float64))
		v.Set(reflect.ValueOf(time.Unix(int64(sec), int64(frac*1e9)).UTC()))
		return
	case []byte:
		v.SetBytes([]byte(from.(string)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), from)
	case reflect.Struct:
		for member, value := range from.(map[string]any) {
			fill(v.FieldByName(goName(member)), value)
		}
	case reflect.Slice:
		items := from.([]any)
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, item := range items {
			fill(v.Index(i), item)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for key, value := range from.(map[string]any) {
			item := reflect.New(v.Type().Elem()).Elem()
			fill(item, value)
			v.SetMapIndex(reflect.ValueOf(key), item)
		}
	case reflect.Float32, reflect.Float64:
		if name, ok := from.(string); ok {
			f, _ := parseFloat([]byte(name), 64)
			v.SetFloat(f)
			return
		}
		v.SetFloat(from.(float64))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(from.(float64)))
	case reflect.Bool:
		v.SetBool(from.(bool))
	default:
		v.SetString(from.(string))
	}
}

// plain is v as the cases' JSON has it; nil for what is absent.
func plain(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case time.Time:
		return float64(x.UnixMicro()) / 1e6
	case []byte:
		if x == nil {
			return nil
		}
		return string(x)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			if value := plain(v.Field(i)); value != nil {
				out[v.Type().Field(i).Name] = value
			}
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		out := []any{}
		for i := range v.Len() {
			out = append(out, plain(v.Index(i)))
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		out := map[string]any{}
		for _, key := range v.MapKeys() {
			out[key.String()] = plain(v.MapIndex(key))
		}
		return out
	case reflect.Float32, reflect.Float64:
		if text := string(appendFloat(nil, v.Float(), 64)); isFloatName([]byte(text)) {
			return text
		}
		if v.Kind() == reflect.Float32 {
			return math.Round(v.Float()*1e4) / 1e4
		}
		return v.Float()
	case reflect.Int, reflect.Int32, reflect.Int64:
		return float64(v.Int())
	case reflect.Bool:
		return v.Bool()
	}
	return v.String()
}

// expected is a result of the cases with Go's field names. An empty map of
// headers is none.
func expected(v any, top bool) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if m, ok := value.(map[string]any); ok && top && len(m) == 0 && key == "fooMap" {
				continue
			}
			out[key] = expected(value, false)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, expected(item, false))
		}
		return out
	}
	return v
}

// renamed gives the members of a result the names of Go's fields, by the type.
func renamed(v any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if t.Kind() == reflect.Map {
				out[key] = renamed(value, t.Elem())
			} else if f, ok := t.FieldByName(goName(key)); ok {
				out[goName(key)] = renamed(value, f.Type)
			} else {
				out[goName(key)] = value
			}
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, renamed(item, t.Elem()))
		}
		return out
	}
	return v
}

// eachVector runs a file of cases.
func eachVector(t *testing.T, file string, run func(t *testing.T, s *suite, c *vectorCase, m *model)) {
	var suites []suite
	if err := json.Unmarshal(vectors.Load(t, file), &suites); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range suites {
		s := &suites[i]
		for j := range s.Cases {
			c := &s.Cases[j]
			n++
			if reason := leftOut[c.ID]; reason != "" {
				t.Logf("%s left out: %s", c.ID, reason)
				continue
			}
			t.Run(c.ID, func(t *testing.T) {
				run(t, s, c, &model{shapes: s.Shapes, json: s.Metadata.Protocol == "json", open: map[string]int{}})
			})
		}
	}
	if n < 50 {
		t.Errorf("%s has %d cases, fewer than expected", file, n)
	}
}

func (m *model) format() Format {
	if m.json {
		return JSON
	}
	return XML
}

func testInputVectors(t *testing.T, file string) {
	eachVector(t, file, func(t *testing.T, s *suite, c *vectorCase, m *model) {
		doc := Document{Format: m.format(), Token: func() string { return "00000000-0000-4000-8000-000000000000" }}
		in := reflect.New(reflect.TypeFor[struct{}]())
		if ref := c.Given.Input; ref != nil {
			sh := s.Shapes[ref.Shape]
			if doc.Root = sh.LocationName; doc.Root == "" {
				if doc.Root = ref.LocationName; doc.Root == "" {
					doc.Root = ref.Shape
				}
			}
			if n := firstOf(ref.XMLNamespace, sh.XMLNamespace); n != nil {
				doc.Namespace = n.URI
			}
			in = reflect.New(m.structure(ref.Shape))
			fill(in.Elem(), c.Params)
		}
		var req Request
		if err := Encode(&req, c.Given.HTTP.RequestURI, doc, in.Interface()); err != nil {
			t.Fatalf("Encode(%+v): %v", c.Params, err)
		}
		uri := req.Path
		if req.Query != "" {
			uri += "?" + req.Query
		}
		if uri != c.Serialized.URI {
			t.Errorf("uri\n got %s\nwant %s", uri, c.Serialized.URI)
		}
		for key, want := range c.Serialized.Headers {
			if m.json && (key == "Content-Type" || key == "X-Amz-Target") {
				continue // the protocol's
			}
			// A space behind the comma of a list means nothing (RFC 9110, 5.6.1), and
			// is left out for the servers that do not know.
			compact := strings.NewReplacer(", ", ",")
			if got, ok := req.Header[http.CanonicalHeaderKey(key)]; !ok || compact.Replace(got[0]) != compact.Replace(want) {
				t.Errorf("header %s is %q, want %q", key, got, want)
			}
		}
		for _, key := range c.Serialized.ForbidHeaders {
			if got, ok := req.Header[http.CanonicalHeaderKey(key)]; ok {
				t.Errorf("header %s is %q, want none", key, got)
			}
		}
		if want := c.Serialized.Body; want != nil {
			compareBodies(t, c, req.Body, []byte(*want))
		}
	})
}

func compareBodies(t *testing.T, c *vectorCase, got, want []byte) {
	t.Helper()
	switch {
	case len(want) > 0 && want[0] == '{':
		if diff := cmp.Diff(parsedJSON(t, want), parsedJSON(t, got)); diff != "" {
			t.Errorf("body %s (-want +got)\n%s", got, diff)
		}
	case bytes.HasPrefix(bytes.TrimSpace(want), []byte("<")):
		unordered := strings.Contains(c.ID, "Map")
		if diff := cmp.Diff(parsedXML(t, want, unordered), parsedXML(t, got, unordered)); diff != "" {
			t.Errorf("body %s (-want +got)\n%s", got, diff)
		}
	case string(got) != string(want):
		t.Errorf("body is %q, want %q", got, want)
	}
}

func parsedJSON(t *testing.T, b []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return v
}

// element is an XML element for comparison.
type element struct {
	Name     string
	Attrs    []string
	Text     string
	Children []element
}

func parsedXML(t *testing.T, b []byte, unordered bool) element {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(b))
	stack := []element{{}}
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return stack[0].Children[0]
		}
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		top := &stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := element{Name: token.Name.Local}
			for _, a := range token.Attr {
				e.Attrs = append(e.Attrs, a.Name.Space+":"+a.Name.Local+"="+a.Value)
			}
			slices.Sort(e.Attrs)
			stack = append(stack, e)
		case xml.CharData:
			top.Text += string(token)
		case xml.EndElement:
			e := *top
			if len(e.Children) > 0 {
				e.Text = strings.TrimSpace(e.Text)
			}
			if unordered {
				slices.SortFunc(e.Children, func(a, b element) int {
					return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
				})
			}
			stack = stack[:len(stack)-1]
			parent := &stack[len(stack)-1]
			parent.Children = append(parent.Children, e)
			parent.Text = ""
		}
	}
}

func testOutputVectors(t *testing.T, file string) {
	eachVector(t, file, func(t *testing.T, s *suite, c *vectorCase, m *model) {
		src := Response{Status: c.Response.StatusCode, Header: http.Header{}, Body: []byte(c.Response.Body)}
		for key, value := range c.Response.Headers {
			src.Header.Set(key, value)
		}
		if c.ErrorCode != "" {
			checkErrorVector(t, c, m, &src)
			return
		}
		out := reflect.New(reflect.TypeFor[struct{}]())
		if ref := c.Given.Output; ref != nil {
			m.answer = true
			out = reflect.New(m.structure(ref.Shape))
		}
		if err := Decode(&src, Document{Format: m.format()}, out.Interface()); err != nil {
			t.Fatalf("Decode(%s): %v", src.Body, err)
		}
		want := renamed(expected(c.Result, true), out.Type())
		if diff := cmp.Diff(want, plain(out.Elem())); diff != "" {
			t.Errorf("Decode(%s) (-want +got)\n%s", src.Body, diff)
		}
	})
}

// checkErrorVector checks what of an error the codec gives: code, message and
// flat members. Members in headers and in structures of their own, which
// ComplexError has, are not part of our errors.
func checkErrorVector(t *testing.T, c *vectorCase, m *model, src *Response) {
	var got ErrorFields
	ok := false
	switch {
	case len(src.Body) == 0:
		got.Code, ok = ErrorCode(src.Header.Get("X-Amzn-Errortype")), true
	case m.json:
		got, ok = DecodeJSONError(src.Body)
	default:
		got, ok = DecodeXMLError(src.Body)
	}
	if !ok {
		t.Fatalf("%s is not taken for an error", src.Body)
	}
	if got.Code != c.ErrorCode || got.Message != c.ErrorMessage && c.ErrorMessage != "" {
		t.Errorf("error is %q %q, want %q %q", got.Code, got.Message, c.ErrorCode, c.ErrorMessage)
	}
	for member, want := range c.Error {
		text, flat := want.(string)
		if flat && member != "Message" && member != "Header" && got.Details[member] != text {
			t.Errorf("error member %s is %q, want %q", member, got.Details[member], text)
		}
	}
	if !m.json && got.RequestID != "foo-id" {
		t.Errorf("request id is %q", got.RequestID)
	}
}

func TestRESTXMLInputVectors(t *testing.T)  { testInputVectors(t, "rest-xml-input.json") }
func TestRESTXMLOutputVectors(t *testing.T) { testOutputVectors(t, "rest-xml-output.json") }
func TestJSONInputVectors(t *testing.T)     { testInputVectors(t, "json-input.json") }
func TestJSONOutputVectors(t *testing.T)    { testOutputVectors(t, "json-output.json") }
