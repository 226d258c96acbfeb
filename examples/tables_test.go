package examples_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/internal/vectors"
)

// packages are what the Go in tables may use.
var packages = []string{
	"context", "errors", "fmt", "io", "io/fs", "log/slog", "net/http", "os", "time",
	"github.com/entrepot-go/entrepot",
	"github.com/entrepot-go/entrepot/credentials",
	"github.com/entrepot-go/entrepot/ibmcos",
	"github.com/entrepot-go/entrepot/lightsail",
	"github.com/entrepot-go/entrepot/paginator",
	"github.com/entrepot-go/entrepot/storagetest",
	"github.com/entrepot-go/entrepot/transfer",
	"github.com/entrepot-go/entrepot/waiter",
}

// row is a row of a table in a page.
type row struct {
	line    int
	section string // the heading above it
	cells   []string
}

// tables are the rows of all tables of a page, without their heads.
func tables(page string) (rows []row) {
	section, body := "", false
	for i, line := range strings.Split(page, "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
			section = strings.TrimLeft(line, "# ")
		case strings.HasPrefix(line, "| ---"):
			body = true
		case !strings.HasPrefix(line, "|"):
			body = false
		case body:
			cells := strings.Split(strings.Trim(line, "| "), " | ")
			rows = append(rows, row{line: i + 1, section: section, cells: cells})
		}
	}
	return rows
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// code is what stands in a cell as code.
func code(cell string) (spans []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		spans = append(spans, m[1])
	}
	return spans
}

const namesBlock = "```go names\n"

// TestTablesInDocumentsCompile compiles the Go in the last column of the tables
// of each page that declares the names they use.
func TestTablesInDocumentsCompile(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(".", "tables-") // inside the module, so that the imports resolve to this checkout
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	compiled := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		_, names, ok := strings.Cut(string(text), namesBlock)
		if !ok {
			continue
		}
		names, _, _ = strings.Cut(names, "```")
		var b bytes.Buffer
		fmt.Fprintln(&b, names)
		fmt.Fprintln(&b, "func use(...any) {}")
		for _, r := range tables(string(text)) {
			for _, span := range code(r.cells[len(r.cells)-1]) {
				compiled++
				if _, err := parser.ParseExpr(span); err == nil {
					span = "use(" + span + ")"
				}
				fmt.Fprintf(&b, "\nfunc _() {\n//line %s:%d\n%s\n}\n", filepath.Base(page), r.line, span)
			}
		}
		var imports strings.Builder
		for _, path := range packages {
			if regexp.MustCompile(`\b` + filepath.Base(path) + `\.`).Match(b.Bytes()) {
				fmt.Fprintf(&imports, "import %q\n", path)
			}
		}
		folder := filepath.Join(dir, strings.TrimSuffix(filepath.Base(page), ".md"))
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "table.go"), []byte("package table\n\n"+imports.String()+"\n"+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if compiled < 200 {
		t.Errorf("only %d pieces of code were found in tables", compiled)
	}
	if out, err := exec.Command("go", "build", "-gcflags=-e", "./"+dir+"/...").CombinedOutput(); err != nil {
		t.Errorf("go build: %v\n%s", err, out)
	}
}

// TestPythonNamesAreMapped holds the page for users of IBM's SDK to a list of
// what that SDK has: each name stands in the first column of a table, under the
// heading of its class, and no other does.
func TestPythonNamesAreMapped(t *testing.T) {
	facts := string(vectors.Facts(t, "ibmcos.md"))
	text, err := os.ReadFile("../docs/from-ibm-cos-sdk.md")
	if err != nil {
		t.Fatal(err)
	}
	mapped := make(map[string][]string)
	for _, r := range tables(string(text)) {
		mapped[r.section] = append(mapped[r.section], code(r.cells[0])...)
	}
	compare := func(section string, want []string) {
		t.Helper()
		common := mapped["Every class"]
		for _, name := range want {
			if !slices.Contains(mapped[section], name) && (!strings.HasPrefix(section, "S3.") || !slices.Contains(common, name)) {
				t.Errorf("%s: %s is not there", section, name)
			}
		}
		for _, name := range mapped[section] {
			if !slices.Contains(want, name) {
				t.Errorf("%s: %s is no name of the SDK's", section, name)
			}
		}
	}

	// | Class (identifiers) | Attributes | Actions | Sub-resources | Collections (item; methods) | Waiters |
	_, resources, _ := strings.Cut(facts, "<!-- begin resources -->")
	resources, _, _ = strings.Cut(resources, "<!-- end resources -->")
	classes := tables(strings.ReplaceAll(resources, "|---", "| ---"))
	word := regexp.MustCompile(`[A-Za-z_0-9]+`)
	for _, r := range classes {
		line := strings.Split(strings.Split(resources, "\n")[r.line-1], "|")
		var want []string
		for _, cell := range line[2:] {
			for _, entry := range regexp.MustCompile(`\([^)]*\)`).FindAllString(cell, -1) {
				_, methods, _ := strings.Cut(entry, ";")
				want = append(want, word.FindAllString(methods, -1)...)
			}
			want = append(want, word.FindAllString(regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(cell, ""), -1)...)
		}
		class, _, _ := strings.Cut(strings.TrimSpace(line[1]), "(")
		compare(class, want)
	}
	if len(classes) != 16 {
		t.Errorf("the list has %d classes: it is written in another way than it was", len(classes))
	}

	between := func(from, to string) []string {
		_, part, _ := strings.Cut(facts, from)
		part, _, _ = strings.Cut(part, to)
		return strings.Split(part, "\n")
	}
	var helpers, arguments, options []string
	for _, line := range between("\nHelper methods of the Python client", "\nTransfer defaults:") {
		if cells := strings.Split(line, "|"); len(cells) > 3 {
			helpers = append(helpers, regexp.MustCompile(`\b[a-z]+_[a-z_]+|copy\b`).FindAllString(cells[1], -1)...)
		}
	}
	compare("The helper methods", helpers)
	for _, line := range between("\nExtraArgs allowed:", "\nRetention arguments") {
		_, list, _ := strings.Cut(line, ":")
		if list == "" { // a line that goes on
			list = line
		}
		arguments = append(arguments, word.FindAllString(list, -1)...)
	}
	compare("ExtraArgs", arguments)
	options = word.FindAllString(between("The public option names:", "\n\n")[0]+" "+strings.Join(between("The public option names:", "\n\n")[1:], " "), -1)
	compare("TransferConfig", append(options, "Callback="))
	if len(helpers) != 10 || len(arguments) < 50 || len(options) != 8 {
		t.Errorf("the list has %d helpers, %d arguments, %d options: it is written in another way than it was", len(helpers), len(arguments), len(options))
	}
}
