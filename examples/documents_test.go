// Package examples_test holds the documents of the repository to their word.
package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestProgramsInDocumentsRun builds every Go program of the README and of the
// pages in docs, and runs the one that is a test.
func TestProgramsInDocumentsRun(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var programs []string
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, goPrograms(string(text))...)
	}
	if len(programs) < 8 {
		t.Fatalf("found %d programs, want one for each provider, a test, and those of the pages", len(programs))
	}
	// Inside the module, so that the imports resolve to this checkout.
	dir, err := os.MkdirTemp(".", "documents-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for i, p := range programs {
		name := "main.go"
		if strings.Contains(p, "testing.T") {
			name = "main_test.go"
		}
		path := filepath.Join(dir, fmt.Sprintf("program%d", i+1), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(p), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, verb := range []string{"vet", "test"} { // test does not build programs that have none
		if out, err := exec.Command("go", verb, "./"+dir+"/...").CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", verb, err, out)
		}
	}
}

var goProgram = regexp.MustCompile("(?s)```go\n(package .*?)```")

// goPrograms are the Go programs of a page.
func goPrograms(page string) (programs []string) {
	for _, m := range goProgram.FindAllStringSubmatch(page, -1) {
		programs = append(programs, m[1])
	}
	return programs
}
