// Package vectors finds published test vectors and API facts for tests.
//
// The files are not part of the module: tests that use them look for them and
// skip with a message where they are not at hand.
package vectors

import (
	"os"
	"path/filepath"
	"testing"
)

// Load returns a file of test vectors. It looks in the folder that
// ENTREPOT_VECTORS names, then in ../shared/vectors beside the module, and
// skips the test when neither has the file.
func Load(t testing.TB, name string) []byte {
	t.Helper()
	return load(t, "ENTREPOT_VECTORS", "vectors", name)
}

// Facts returns a file of API facts. It looks in the folder that
// ENTREPOT_MODELS names, then in ../shared/api beside the module, and skips
// the test when neither has the file.
func Facts(t testing.TB, name string) []byte {
	t.Helper()
	return load(t, "ENTREPOT_MODELS", "api", name)
}

func load(t testing.TB, variable, folder, name string) []byte {
	t.Helper()
	var dirs []string
	if dir := os.Getenv(variable); dir != "" {
		dirs = append(dirs, dir)
	}
	if root := moduleRoot(t); root != "" {
		dirs = append(dirs, filepath.Join(root, "..", "shared", folder), filepath.Join(root, "..", "..", "shared", folder)) // the latter from a module within the module
	}
	for _, dir := range dirs {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return data
		}
	}
	t.Skipf("%s is not at hand; set %s to the folder that holds it", name, variable)
	return nil
}

// moduleRoot walks up from the test's folder to the one that holds go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
