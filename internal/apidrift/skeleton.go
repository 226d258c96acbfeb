package apidrift

import (
	"bytes"
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strings"
)

// Missing lists the model's operations for which the package in dir has no
// method.
func Missing(m *Model, dir string) ([]string, error) {
	src, err := readSource(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(m.Operations)) {
		if _, ok := src.methods["Client"][name]; !ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// Skeleton returns Go source for operations of the model: method, description,
// input, output, and the types and enums that the package in dir does not have
// yet. What the model cannot tell, the text of comments above all, is marked
// with TODO.
func Skeleton(s *Service, m *Model, dir string, names ...string) ([]byte, error) {
	src, err := readSource(dir)
	if err != nil {
		return nil, err
	}
	const clause = "package p\n\n" // a fragment's first comment would be formatted otherwise
	w := &writer{s: s, m: m, known: src.types}
	w.printf(clause)
	for _, name := range names {
		if m.Operations[name] == nil {
			return nil, fmt.Errorf("apidrift: the model has no operation %s", name)
		}
		w.operation(name)
	}
	out, err := format.Source(w.buf.Bytes())
	if err != nil {
		return nil, fmt.Errorf("apidrift: %w", err) // a fault of ours
	}
	return bytes.TrimPrefix(out, []byte(clause)), nil
}

type writer struct {
	s     *Service
	m     *Model
	known map[string]bool // types that need not be written
	buf   bytes.Buffer
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(&w.buf, format, args...) }

func (w *writer) operation(name string) {
	op := w.m.Operations[name]
	w.printf("// %s TODO.\n//\n", name)
	var list []string
	for _, e := range op.Errors {
		if !slices.Contains(w.s.Common, e) {
			list = append(list, "["+sentinel(e)+"]")
		}
	}
	if len(list) > 0 {
		w.printf("// Errors: %s.\n//\n", strings.Join(list, ", "))
	}
	if op.Deprecated {
		w.printf("// Deprecated: TODO.\n//\n")
	}
	w.printf("// API: %s\n", w.s.page(name))
	w.printf("func (c *Client) %[1]s(ctx context.Context, in *%[1]sInput, opts ...Option) (*%[1]sOutput, error) {\n", name)
	w.printf("\treturn invoke[%[1]sOutput](ctx, c, op%[1]s, in, opts)\n}\n\n", name)
	w.printf("var op%[1]s = &pipeline.Operation{Name: %[1]q, Method: %q, Path: %q", name, op.HTTP.Method, op.HTTP.RequestURI)
	if traits, _ := w.s.traits(w.m, name); traits != 0 {
		w.printf(", Traits: %s", traitNames(traits))
	}
	if root, namespace := root(op); root != "" {
		w.printf(", Root: %q, Namespace: %q", root, namespace)
	}
	if host := host(op); host != "" {
		w.printf(", Host: %q", host)
	}
	w.printf("}\n\n")

	in := w.s.fields(w.m, name+"Input", op.Input.Shape, input)
	out := w.s.fields(w.m, name+"Output", op.Output.Shape, output)
	w.structure(name+"Input", in, "")
	w.structure(name+"Output", out, "\n\tResponseMetadata entrepot.ResponseMetadata\n")
	for _, f := range slices.Concat(in, out) {
		w.shape(f.Shape)
	}
}

func (w *writer) structure(name string, fields []field, last string) {
	if len(fields) == 0 && last == "" {
		w.printf("type %s struct{}\n\n", name)
		return
	}
	w.printf("type %s struct {\n", name)
	for _, f := range fields {
		if f.Deprecated {
			w.printf("\t// Deprecated: TODO.\n")
		}
		if f.Key == "" {
			w.printf("\t%s %s\n", f.Name, f.Type)
			continue
		}
		w.printf("\t%s %s `%s`\n", f.Name, f.Type, f.tag())
	}
	w.printf("%s}\n\n", last)
}

// shape writes a structure or an enum that is not there yet, and what it
// holds.
func (w *writer) shape(shapeName string) {
	shape := w.m.Shapes[shapeName]
	name := w.s.goName(shapeName)
	if w.known[name] || shape.Type != "structure" && shape.Enum == nil {
		return
	}
	w.known[name] = true
	w.printf("// %s TODO.\n", name)
	if shape.Enum != nil {
		w.printf("type %s string\n\nconst (\n", name)
		for _, v := range shape.Enum {
			w.printf("\t%s %s = %q\n", w.s.constant(name, v), name, v)
		}
		w.printf(")\n\n")
		return
	}
	if shape.EventStream {
		w.printf("type %s struct{}\n\n", name)
		for _, member := range shape.Members {
			w.shape(member.Shape)
		}
		return
	}
	as := received
	if w.m.sent[shapeName] {
		as = sent
	}
	fields := w.s.fields(w.m, name, shapeName, as)
	w.structure(name, fields, "")
	for _, f := range fields {
		w.shape(f.Shape)
	}
}
