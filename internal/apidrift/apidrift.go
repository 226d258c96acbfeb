// Package apidrift compares a client package with the vendor's model of the
// API and lists what the package lacks or has in another form: operations,
// members, where and under which name they travel, what is required, the
// values of enums, named errors and their codes, what is deprecated, and the
// address of the vendor's page. It also prints an operation that is missing as source to begin from.
//
// A package's own test gives it the operations as values, since a table of
// them in the package itself would put every operation into every program:
//
//	report, err := apidrift.Compare(apidrift.S3, model, ".", []apidrift.Operation{
//		apidrift.Of[PutObjectInput, PutObjectOutput](opPutObject),
//	})
//
// Only what the model tells is compared. How the words of a doc comment fit is
// for readers to see.
package apidrift

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// Operation is an operation as a client package has it.
type Operation struct {
	Op      *pipeline.Operation
	In, Out reflect.Type
	Events  []reflect.Type // of an answer that is an event stream
}

// Of describes the operation that takes an *In and returns an *Out.
func Of[In, Out any](op *pipeline.Operation) Operation {
	return Operation{Op: op, In: reflect.TypeFor[In](), Out: reflect.TypeFor[Out]()}
}

// WithEvents is op with the types of the events that its answer streams, each by
// a value.
func (op Operation) WithEvents(events ...any) Operation {
	for _, e := range events {
		op.Events = append(op.Events, reflect.TypeOf(e))
	}
	return op
}

// Report is the outcome of a comparison.
type Report struct {
	// Missing are the model's operations that the package does not have yet.
	Missing []string

	// Problems are what else differs, each beginning with its place.
	Problems []string
}

// Compare holds the operations of a package against a model. Dir is the folder
// of the package's source.
func Compare(s *Service, m *Model, dir string, ops []Operation) (*Report, error) {
	src, err := readSource(dir)
	if err != nil {
		return nil, err
	}
	c := &comparison{s: s, m: m, src: src, seen: make(map[string]bool), used: make(map[string]bool)}
	have := make(map[string]bool)
	for _, op := range ops {
		have[op.Op.Name] = true
		c.operation(op)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Operations)) {
		if !have[name] {
			c.report.Missing = append(c.report.Missing, name)
			if _, ok := src.methods["Client"][name]; ok {
				c.problem(name, "has a method, but the table of operations leaves it out")
			}
		}
	}
	for _, exceptions := range []map[string]string{s.Pointers, s.Values, s.Left, s.Extra} {
		for _, place := range slices.Sorted(maps.Keys(exceptions)) {
			typ, _, _ := strings.Cut(place, ".")
			if c.seen[typ] && !c.used[place] {
				c.problem(place, "is excepted from the rules, but there is no such member")
			}
		}
	}
	return &c.report, nil
}

type comparison struct {
	s      *Service
	m      *Model
	src    *source
	report Report
	seen   map[string]bool // Go types done
	events []reflect.Type  // of the operation at hand
	used   map[string]bool // members met, and error values found wrong
}

func (c *comparison) problem(place, format string, args ...any) {
	c.report.Problems = append(c.report.Problems, place+": "+fmt.Sprintf(format, args...))
}

func (c *comparison) operation(op Operation) {
	name := op.Op.Name
	facts := c.m.Operations[name]
	if facts == nil {
		c.problem(name, "the model has no such operation")
		return
	}
	if op.Op.Method != facts.HTTP.Method {
		c.problem(name, "method is %s, want %s", op.Op.Method, facts.HTTP.Method)
	}
	if op.Op.Path != facts.HTTP.RequestURI {
		c.problem(name, "path is %s, want %s", op.Op.Path, facts.HTTP.RequestURI)
	}
	if want, namespace := root(facts); op.Op.Root != want || op.Op.Namespace != namespace {
		c.problem(name, "root is %q in namespace %q, want %q in %q", op.Op.Root, op.Op.Namespace, want, namespace)
	}
	if want := host(facts); op.Op.Host != want {
		c.problem(name, "host is %q, want %q", op.Op.Host, want)
	}
	want, known := c.s.traits(c.m, name)
	if got := op.Op.Traits & known; got != want {
		c.problem(name, "traits that the model tells are %s, want %s", traitNames(got), traitNames(want))
	}
	if got, want := op.In.Name()+" "+op.Out.Name(), name+"Input "+name+"Output"; got != want {
		c.problem(name, "types are %s, want %s", got, want)
	}
	c.doc(name, facts)
	if p := c.m.Paginators[name]; p != nil && p.InputToken != nil {
		for _, method := range []string{"NextPage", "Items"} {
			if _, ok := c.src.methods[op.Out.Name()][method]; !ok {
				c.problem(op.Out.Name(), "has no method %s, but the operation pages", method)
			}
		}
	}
	c.events = op.Events
	c.structure(op.In, facts.Input.Shape, input)
	c.structure(op.Out, facts.Output.Shape, output)
}

func (c *comparison) doc(name string, facts *OperationFacts) {
	doc, ok := c.src.methods["Client"][name]
	if !ok {
		c.problem(name, "Client has no such method")
		return
	}
	if page := "API: " + c.s.page(name); !strings.Contains(doc, page+"\n") {
		c.problem(name, "doc comment lacks the line %q", page)
	}
	if facts.Deprecated && !strings.Contains(doc, "\nDeprecated: ") {
		c.problem(name, "doc comment does not say that it is deprecated")
	}
	for _, e := range facts.Errors {
		v := sentinel(e)
		code, declared := c.src.vars[v]
		if slices.Contains(c.s.Common, e) {
			if !declared {
				c.problem(name, "%s, for the error %s, is not declared", v, e)
			}
		} else if !strings.Contains(doc, "["+v+"]") {
			c.problem(name, "doc comment does not name [%s], for the error %s", v, e)
		}
		if declared && code != e && !c.used[v] {
			c.used[v] = true
			c.problem(v, "its code is %q, want %q", code, e)
		}
	}
	for _, link := range errorLink.FindAllStringSubmatch(doc, -1) {
		if _, declared := c.src.vars[link[1]]; !declared {
			c.problem(name, "doc comment names %s, which is not declared", link[0])
		}
	}
}

var errorLink = regexp.MustCompile(`\[(Err\w+)\]`)

// structure compares a Go struct with a shape; none stands for a structure
// without members.
func (c *comparison) structure(t reflect.Type, shape string, as role) {
	if c.seen[t.Name()] {
		return
	}
	c.seen[t.Name()] = true

	got := make(map[string]reflect.StructField)
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous && f.IsExported() {
			got[f.Name] = f
		}
	}
	if as == output {
		if f, ok := got["ResponseMetadata"]; !ok || f.Type.String() != "entrepot.ResponseMetadata" {
			c.problem(t.Name(), "lacks ResponseMetadata")
		}
		delete(got, "ResponseMetadata")
	}
	for _, want := range c.s.fields(c.m, t.Name(), shape, as) {
		place := t.Name() + "." + want.Name
		c.used[place] = true
		f, ok := got[want.Name]
		if !ok {
			c.problem(place, "is missing: %s `%s`", want.Type, want.tag())
			continue
		}
		delete(got, want.Name)
		c.field(place, f, want)
		if want.Deprecated && !strings.Contains(c.src.fields[place], "Deprecated: ") {
			c.problem(place, "comment does not say that it is deprecated")
		}
		c.value(f.Type, want.Shape)
	}
	for _, member := range members(c.m.Shapes[shape]) {
		c.used[t.Name()+"."+upper(member)] = true // also what is left out
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		place := t.Name() + "." + name
		c.used[place] = true
		if _, ok := c.s.Extra[place]; !ok {
			c.problem(place, "the model has no such member")
		}
	}
}

func members(shape *Shape) (names []string) {
	if shape != nil {
		for _, member := range shape.Members {
			names = append(names, member.Name)
		}
	}
	return names
}

// value goes on into what a member holds.
func (c *comparison) value(t reflect.Type, name string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	shape := c.m.Shapes[name]
	switch {
	case shape.EventStream:
		c.stream(t, shape)
	case shape.Type == "structure" && t.Kind() == reflect.Struct:
		as := received
		if c.m.sent[name] {
			as = sent
		}
		c.structure(t, name, as)
	case shape.Enum != nil && !c.seen[t.Name()]:
		c.seen[t.Name()] = true
		c.enum(t.Name(), shape.Enum)
	}
}

// stream compares the events of a stream.
func (c *comparison) stream(t reflect.Type, shape *Shape) {
	left := make(map[string]reflect.Type)
	for _, event := range c.events {
		left[event.Name()] = event
	}
	for _, member := range shape.Members {
		name := c.s.goName(member.Shape)
		event, ok := left[name]
		if !ok {
			c.problem(t.Name(), "lacks the event %s, whose type is %s", member.Name, name)
			continue
		}
		delete(left, name)
		c.structure(event, member.Shape, received)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		c.problem(t.Name(), "the model has no event of type %s", name)
	}
}

func (c *comparison) enum(typ string, values []string) {
	have := maps.Clone(c.src.constants[typ])
	for _, v := range values {
		want := c.s.constant(typ, v)
		switch got, ok := have[v]; {
		case !ok:
			c.problem(typ, "lacks %s = %q", want, v)
		case got != want:
			c.problem(typ, "%q is called %s, want %s", v, got, want)
		}
		delete(have, v)
	}
	for _, v := range slices.Sorted(maps.Keys(have)) {
		c.used[have[v]] = true
		if _, ok := c.s.Extra[have[v]]; !ok {
			c.problem(typ, "the model has no value %q (%s)", v, have[v])
		}
	}
}

func (c *comparison) field(place string, f reflect.StructField, want field) {
	pkg := strings.ReplaceAll(f.Type.String(), "uint8", "byte")
	if got := strings.ReplaceAll(pkg, c.s.Name+".", ""); want.Type != "" && got != want.Type {
		c.problem(place, "type is %s, want %s", got, want.Type)
	}
	key, wire, opts, least := parseTag(f.Tag)
	switch {
	case key == "" && want.Key == "":
	case key == "":
		c.problem(place, "has no tag, want `%s`", want.tag())
	case key != want.Key || !sameName(key, wire, want.Wire) || !slices.Equal(opts, sorted(want.Opts)) || least < want.Min:
		c.problem(place, "tag is `%s`, want `%s`", f.Tag, want.tag())
	case least > 0 && key != "uri" && !slices.Contains(opts, "required"):
		c.problem(place, "tag `%s` has a least length, but the member may be absent", f.Tag)
	}
}

// sameName compares names on the wire. Those of headers have no case.
func sameName(key, a, b string) bool {
	if key == "header" || key == "headers" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// parseTag takes a tag apart. Options that have no
// counterpart in the model are left out.
func parseTag(tag reflect.StructTag) (key, wire string, opts []string, least int) {
	for _, k := range []string{"uri", "query", "header", "headers", "status", "payload", "xml", "json"} {
		value, ok := tag.Lookup(k)
		if !ok {
			continue
		}
		parts := strings.Split(value, ",")
		for _, opt := range parts[1:] {
			digits, isMin := strings.CutPrefix(opt, "min")
			switch {
			case strings.HasPrefix(opt, "item.alias=") || opt == "lenient" || opt == "null" || opt == "url":
			case isMin:
				least, _ = strconv.Atoi(digits)
			default:
				opts = append(opts, opt)
			}
		}
		return k, parts[0], sorted(opts), least
	}
	return "", "", nil, 0
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

var traitList = []struct {
	trait pipeline.Trait
	name  string
}{
	{pipeline.ChecksumRequired, "ChecksumRequired"},
	{pipeline.ChecksumBody, "ChecksumBody"},
	{pipeline.ChecksumAnswer, "ChecksumAnswer"},
	{pipeline.URLKeys, "URLKeys"},
	{pipeline.NoSession, "NoSession"},
	{pipeline.UnsignedBody, "UnsignedBody"},
}

func traitNames(set pipeline.Trait) string {
	var names []string
	for _, t := range traitList {
		if set.Has(t.trait) {
			names = append(names, "pipeline."+t.name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, " | ")
}
