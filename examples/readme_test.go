package examples_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestREADMECounts holds the numbers in the README's table to the code.
func TestREADMECounts(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"s3", "b2", "lightsail", "ibmcos"}
	first := regexp.MustCompile(`\d+`)
	rows := make(map[string]map[string]int)
	for _, r := range tables(string(text)) {
		if len(r.cells) != 1+len(columns) {
			continue
		}
		rows[r.cells[0]] = make(map[string]int)
		for i, cell := range r.cells[1:] {
			n, _ := strconv.Atoi(first.FindString(cell)) // none is zero
			rows[r.cells[0]][columns[i]] = n
		}
	}
	for _, pkg := range columns {
		operations, lists, waiters := count(t, filepath.Join("..", pkg))
		for name, n := range map[string]int{
			"operations of the vendor's API":          operations,
			"lists that go by pages, for `paginator`": lists,
			"waiters": waiters,
		} {
			if got, ok := rows[name]; !ok || got[pkg] != n {
				t.Errorf("README says of %s in the row %q %d, the code has %d", pkg, name, got[pkg], n)
			}
		}
	}
}

// count returns how many calls of the API a package has: methods of Client that
// take a NameInput and return a NameOutput. Of their outputs some are paginated.
func count(t *testing.T, dir string) (operations, lists, waiters int) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				switch {
				case n.Recv == nil:
				case n.Name.Name == "NextPage":
					lists++
				case isCall(n):
					operations++
				}
			case *ast.CompositeLit:
				if of, ok := n.Type.(*ast.IndexListExpr); ok && name(of.X) == "waiter.Condition" {
					waiters++
				}
			}
			return true
		})
	}
	return operations, lists, waiters
}

func isCall(f *ast.FuncDecl) bool {
	params, results := f.Type.Params.List, f.Type.Results
	return name(f.Recv.List[0].Type) == "Client" && len(params) == 3 && results != nil && len(results.List) == 2 &&
		name(params[1].Type) == f.Name.Name+"Input" && name(results.List[0].Type) == f.Name.Name+"Output"
}

// name is how a type is called, without the star of a pointer.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return name(e.X)
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return name(e.X) + "." + e.Sel.Name
	}
	return ""
}
