package apidrift

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// source is what the comparison needs of a package's source, tests left out.
type source struct {
	methods   map[string]map[string]string // receiver type → method → doc comment
	types     map[string]bool
	vars      map[string]string            // variable → the Code of the literal that it is, if any
	fields    map[string]string            // "Type.Field" → comments
	constants map[string]map[string]string // type → value → name, for strings
}

// Enums returns the values of a package's enums by the names of their types.
func Enums(dir string) (map[string][]string, error) {
	src, err := readSource(dir)
	if err != nil {
		return nil, err
	}
	enums := make(map[string][]string)
	for typ, values := range src.constants {
		enums[typ] = slices.Sorted(maps.Keys(values))
	}
	return enums, nil
}

func readSource(dir string) (*source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("apidrift: %w", err)
	}
	src := &source{
		methods:   make(map[string]map[string]string),
		types:     make(map[string]bool),
		vars:      make(map[string]string),
		fields:    make(map[string]string),
		constants: make(map[string]map[string]string),
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("apidrift: %w", err)
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				src.addMethod(decl)
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					src.addSpec(decl.Tok, spec)
				}
			}
		}
	}
	return src, nil
}

func (src *source) addMethod(decl *ast.FuncDecl) {
	if decl.Recv == nil {
		return
	}
	recv := decl.Recv.List[0].Type
	if star, ok := recv.(*ast.StarExpr); ok {
		recv = star.X
	}
	ident, ok := recv.(*ast.Ident)
	if !ok {
		return
	}
	if src.methods[ident.Name] == nil {
		src.methods[ident.Name] = make(map[string]string)
	}
	src.methods[ident.Name][decl.Name.Name] = decl.Doc.Text()
}

func (src *source) addSpec(tok token.Token, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		src.types[spec.Name.Name] = true
		if st, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				for _, name := range f.Names {
					src.fields[spec.Name.Name+"."+name.Name] = f.Doc.Text() + f.Comment.Text()
				}
			}
		}
	case *ast.ValueSpec:
		if tok == token.VAR {
			for i, name := range spec.Names {
				src.vars[name.Name] = ""
				if i < len(spec.Values) {
					src.vars[name.Name] = literalCode(spec.Values[i])
				}
			}
			return
		}
		typ, ok := spec.Type.(*ast.Ident)
		if !ok {
			return
		}
		for i, name := range spec.Names {
			if i >= len(spec.Values) {
				break
			}
			lit, ok := spec.Values[i].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				continue
			}
			value, err := strconv.Unquote(lit.Value)
			if err != nil {
				continue
			}
			if src.constants[typ.Name] == nil {
				src.constants[typ.Name] = make(map[string]string)
			}
			src.constants[typ.Name][value] = name.Name
		}
	}
}

// literalCode is the field Code of the composite literal that e points to.
func literalCode(e ast.Expr) (code string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if kv, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Code" {
				if lit, ok := kv.Value.(*ast.BasicLit); ok {
					code, _ = strconv.Unquote(lit.Value)
				}
			}
		}
		return true
	})
	return code
}
