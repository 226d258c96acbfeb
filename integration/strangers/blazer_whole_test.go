package strangers

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// blazerVariables are what the tests call a value of each of blazer's types.
// What a type that is not here can do has to be left out with a reason.
var blazerVariables = map[string]string{
	"Bucket": "bucket", "Client": "client", "Key": "key", "MethodList": "calls", "Object": "object", "ObjectIterator": "list",
	"Reader": "r", "Writer": "w",
}

// blazerLeftOut are the functions and methods of blazer that no test calls.
var blazerLeftOut = map[string]string{}

// TestBlazerIsExercisedWhole holds that the tests call every function and
// method of blazer, or say why not.
func TestBlazerIsExercisedWhole(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("blazer*_test.go")
	must(t, err)
	called := make(map[string]bool) // such as "client.Bucket" and "b2.Private"
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		must(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					called[x.Name+"."+s.Sel.Name] = true
				}
			}
			return true
		})
	}
	for _, name := range blazerFunctions(t) {
		variable, method, _ := strings.Cut(name, ".")
		if variable != "b2" {
			variable = blazerVariables[variable]
		}
		if is, why := called[variable+"."+method], blazerLeftOut[name]; is == (why != "") {
			t.Errorf("%s: called %t, left out %q", name, is, why)
		}
	}
}

// blazerFunctions reads blazer's source for what it exports: "b2.NewClient",
// "Client.Bucket". Reflection would see no functions.
func blazerFunctions(t *testing.T) (names []string) {
	t.Helper()
	pkg, err := build.Import("github.com/Backblaze/blazer/b2", ".", 0)
	must(t, err)
	for _, file := range pkg.GoFiles {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, file), nil, 0)
		must(t, err)
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() {
				continue
			}
			receiver := "b2"
			if f.Recv != nil {
				kind := f.Recv.List[0].Type
				if p, ok := kind.(*ast.StarExpr); ok {
					kind = p.X
				}
				if receiver = kind.(*ast.Ident).Name; !ast.IsExported(receiver) {
					continue
				}
			}
			names = append(names, receiver+"."+f.Name.Name)
		}
	}
	if len(names) < 50 {
		t.Fatalf("found only %q", names)
	}
	return names
}
