package apidrift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// Service is what is ours about an API: where this module's form of it
// departs from what the general rules make of the vendor's model. Names of
// members are written as in "PutObjectInput.BucketKeyEnabled"; the text says
// why.
type Service struct {
	Name string // the package's
	Page string // address of an operation's reference page; OPERATION stands for its name

	// Rename gives a shape another name in Go.
	Rename map[string]string

	// Constants gives a constant of an enum another name than the rules, where
	// the AWS SDK for Go has one.
	Constants map[string]string

	// Pointers are members that a pointer tells absent from empty for, where
	// the rules would have a value. Values are the reverse.
	Pointers, Values map[string]string

	// Secrets are shapes, and single members, of strings that open something.
	// They are an entrepot.Secret, which does not print. The model marks as
	// sensitive also what is merely private, such as names of keys.
	Secrets []string

	// Left are members of the model that have no field. Extra are fields that
	// the model does not have.
	Left, Extra map[string]string

	// Common are errors of nearly every operation. They are declared, and named
	// in the documentation of the package instead of that of each operation.
	Common []string

	// Correct mends known errors of the model.
	Correct func(*Model)
}

// role is what a structure is used as. It decides what is a pointer, and
// whether a member can be required.
type role uint8

const (
	input    role = iota
	output        //
	sent          // part of a document that is sent, maybe also received
	received      // part of a document that is only received
)

// field is a member in its Go form.
type field struct {
	Name  string // of the Go field
	Type  string // as Go source inside the package
	Key   string // of the tag: uri, query, header, headers, status, payload, xml, json
	Wire  string // name on the wire
	Opts  []string
	Min   int    // least length, 0 for none
	Shape string // what the field holds in the end: lists and maps are looked through

	Deprecated bool
}

func (f *field) tag() string {
	opts := f.Opts
	if f.Min > 0 {
		opts = append(slices.Clip(opts), fmt.Sprintf("min%d", f.Min))
	}
	return fmt.Sprintf("%s:%q", f.Key, strings.Join(append([]string{f.Wire}, opts...), ","))
}

func (s *Service) page(operation string) string {
	return strings.ReplaceAll(s.Page, "OPERATION", operation)
}

// goName is the name of a shape in Go.
func (s *Service) goName(shape string) string {
	if name := s.Rename[shape]; name != "" {
		return name
	}
	return upper(shape)
}

// secret is the type of strings that do not print.
const secret = "entrepot.Secret"

// goType is the type of a value of the shape, as Go source.
func (s *Service) goType(m *Model, name string) string {
	shape := m.Shapes[name]
	switch shape.Type {
	case "string":
		if shape.Enum != nil {
			return s.goName(name)
		}
		if slices.Contains(s.Secrets, name) {
			return secret
		}
		return "string"
	case "character":
		return "string"
	case "boolean":
		return "bool"
	case "integer":
		return "int32"
	case "long":
		return "int64"
	case "float", "double":
		return "float64"
	case "timestamp":
		return "time.Time"
	case "blob":
		return "[]byte"
	case "list":
		return "[]" + s.goType(m, shape.Member.Shape)
	case "map":
		return "map[string]" + s.goType(m, shape.Value.Shape)
	}
	return s.goName(name)
}

// fields are the members of a structure in their Go form.
func (s *Service) fields(m *Model, goName, shapeName string, as role) []field {
	shape := m.Shapes[shapeName]
	if shape == nil {
		return nil
	}
	var list []field
	for _, member := range shape.Members {
		if _, ok := s.Left[goName+"."+upper(member.Name)]; !ok {
			list = append(list, s.field(m, goName, shape, member, as))
		}
	}
	return list
}

func (s *Service) field(m *Model, goName string, parent *Shape, member Member, as role) field {
	f := field{Name: upper(member.Name), Type: s.goType(m, member.Shape), Wire: member.LocationName, Shape: member.Shape, Deprecated: member.Deprecated}
	shape := m.Shapes[member.Shape]
	if f.Wire == "" {
		f.Wire = member.Name
	}
	goes := as == input || as == sent
	required := slices.Contains(parent.Required, member.Name)

	switch member.Location {
	case "uri":
		f.Key = "uri"
	case "querystring":
		f.Key = "query"
	case "header":
		f.Key = "header"
	case "headers":
		f.Key = "headers"
	case "statusCode":
		f.Key = "status"
	default:
		switch {
		case shape.EventStream:
			f.Key = "" // the codec does not decode it
			f.Type = "*" + f.Type
		case parent.Payload == member.Name || member.EventPayload:
			f.Key = "payload"
		case m.Metadata.Protocol == "json":
			f.Key = "json"
		default:
			f.Key = "xml"
		}
		// In a document zero, false and an empty structure mean something.
		if goes && !required && f.Key != "payload" && f.Key != "" && slices.Contains([]string{"boolean", "integer", "long", "float", "double", "structure"}, shape.Type) {
			f.Type = "*" + f.Type
		}
	}
	if f.Key == "payload" {
		switch {
		case member.EventPayload: // of a message, which is in memory
		case shape.Type == "blob" && goes:
			f.Type = "io.Reader"
		case shape.Type == "blob":
			f.Type = "io.ReadCloser"
		case shape.Type == "structure" && goes:
			f.Type = "*" + f.Type
		}
	}
	switch full := goName + "." + f.Name; {
	case slices.Contains(s.Secrets, full):
		f.Type = secret
	case s.Pointers[full] != "":
		f.Type = "*" + strings.TrimPrefix(f.Type, "*")
	case s.Values[full] != "":
		f.Type = strings.TrimPrefix(f.Type, "*")
	}

	// A label is always required, so its tag does not say so.
	if required && goes && f.Key != "uri" {
		f.Opts = append(f.Opts, "required")
		// Elsewhere a required string is never empty.
		if shape.Type == "string" && (f.Key == "xml" || f.Key == "json") {
			f.Min = int(shape.Min)
		}
	}
	if goes && member.IdempotencyToken {
		f.Opts = append(f.Opts, "token")
	}
	if member.text {
		f.Wire = ""
		f.Opts = append(f.Opts, "text")
	}
	if f.Key == "xml" || f.Key == "payload" {
		s.xmlOptions(m, &f, member, shape)
	}
	if format := timeFormat(member, shape, f.Key); format != "" {
		f.Opts = append(f.Opts, format)
	}
	for m.Shapes[f.Shape].Type == "list" || m.Shapes[f.Shape].Type == "map" {
		if m.Shapes[f.Shape].Type == "list" {
			f.Shape = m.Shapes[f.Shape].Member.Shape
		} else {
			f.Shape = m.Shapes[f.Shape].Value.Shape
		}
	}
	return f
}

func (s *Service) xmlOptions(m *Model, f *field, member Member, shape *Shape) {
	flat := member.Flattened || shape.Flattened
	switch shape.Type {
	case "list":
		item := shape.Member.LocationName
		switch {
		case flat && member.LocationName == "" && item != "":
			f.Wire = item
			fallthrough
		case flat:
			f.Opts = append(f.Opts, "flat")
		case item != "" && item != "member":
			f.Opts = append(f.Opts, "item="+item)
		}
	case "map":
		if flat {
			f.Opts = append(f.Opts, "flat")
		}
		if k := shape.Key.LocationName; k != "" && k != "key" {
			f.Opts = append(f.Opts, "key="+k)
		}
		if v := shape.Value.LocationName; v != "" && v != "value" {
			f.Opts = append(f.Opts, "value="+v)
		}
	}
	if member.XMLAttribute {
		f.Opts = append(f.Opts, "attr")
		return
	}
	ns := member.XMLNamespace
	if ns == nil {
		ns = shape.XMLNamespace
	}
	if ns != nil {
		f.Opts = append(f.Opts, "ns="+ns.URI)
		if ns.Prefix != "" {
			f.Opts = append(f.Opts, "nsprefix="+ns.Prefix)
		}
	}
}

// timeFormat is the value of the tag's time option; empty where the default of
// the place is right.
func timeFormat(member Member, shape *Shape, key string) string {
	if shape.Type != "timestamp" {
		return ""
	}
	format := member.TimestampFormat
	if format == "" {
		format = shape.TimestampFormat
	}
	standard := map[string]string{"header": "http", "query": "iso8601", "uri": "iso8601", "xml": "iso8601", "json": "epoch"}[key]
	switch format {
	case "rfc822":
		format = "http"
	case "unixTimestamp":
		format = "epoch"
	}
	if format == standard {
		return ""
	}
	return format
}

// traits are what the model tells of an operation's traits. Known are those
// that it tells of at all.
func (s *Service) traits(m *Model, name string) (want, known pipeline.Trait) {
	op := m.Operations[name]
	set := func(trait pipeline.Trait, on bool) {
		known |= trait
		if on {
			want |= trait
		}
	}
	streams, encodes := false, false
	if in := m.Shapes[op.Input.Shape]; in != nil {
		for _, member := range in.Members {
			streams = streams || member.Name == in.Payload && m.Shapes[member.Shape].Type == "blob"
			encodes = encodes || member.LocationName == "encoding-type"
		}
	}
	algorithm := op.HTTPChecksum.RequestAlgorithmMember != ""
	set(pipeline.ChecksumRequired, op.HTTPChecksumRequired || op.HTTPChecksum.RequestChecksumRequired)
	set(pipeline.ChecksumBody, algorithm && (streams || !op.HTTPChecksum.RequestChecksumRequired))
	set(pipeline.ChecksumAnswer, op.HTTPChecksum.ResponseAlgorithms != nil)
	set(pipeline.URLKeys, encodes)
	set(pipeline.NoSession, op.StaticContextParams["DisableS3ExpressSessionAuth"].Value == true)
	set(pipeline.UnsignedBody, op.UnsignedPayload)
	return want, known
}

// host is which of the service's hosts an operation goes to.
func host(op *OperationFacts) string {
	if op.StaticContextParams["UseS3ExpressControlEndpoint"].Value == true {
		return "control"
	}
	if op.StaticContextParams["UseObjectLambdaEndpoint"].Value == true {
		return "object-lambda"
	}
	return ""
}

// root is the element around the members of an input that make up its body,
// with its namespace; empty where the body is a single member, or none.
func root(op *OperationFacts) (name, namespace string) {
	if ns := op.Input.XMLNamespace; ns != nil {
		namespace = ns.URI
	}
	return op.Input.LocationName, namespace
}

// sentinel is the name of the error value that stands for an error of the
// model.
func sentinel(name string) string {
	return "Err" + strings.TrimSuffix(strings.TrimSuffix(name, "Exception"), "Error")
}

// constant is the name of an enum's constant, spelled as the AWS SDK for Go
// spells it.
func (s *Service) constant(goType, value string) string {
	name := constant(goType, value)
	return cmp.Or(s.Constants[name], name)
}

// constant is that name by the rules: words begin with a capital, and words all in capitals keep only
// that one.
func constant(goType, value string) string {
	var b strings.Builder
	b.WriteString(goType)
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if strings.ToUpper(word) == word {
			word = strings.ToLower(word)
		}
		b.WriteString(upper(word))
	}
	return b.String()
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
