package servers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is a Go program at a certain version.
type program struct {
	name    string
	pkg     string // of its main function
	version string
}

// testReserve is how much of a test binary's time is kept for the tests
// themselves when a program has to be built first.
const testReserve = 2 * time.Minute

// build returns the path of the program, building it if that was not done
// before. What a build compiled stays in Go's own cache, so that one that ran
// out of time goes on where it was.
func (p program) build(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(cache, "entrepot-integration", "bin")
	path := filepath.Join(bin, p.name+"@"+p.version)
	if _, err := os.Stat(path); err == nil {
		return path
	} else if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	ctx := t.Context()
	if d, ok := deadline(t); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, d.Add(-testReserve))
		defer cancel()
	}
	t.Logf("building %s %s: this takes minutes, once", p.name, p.version)
	if err := p.install(ctx, bin, path); err != nil {
		if ctx.Err() != nil {
			t.Fatalf("building %s took too long: run the tests again, which goes on from here, or with a longer -timeout", p.name)
		}
		t.Fatal(err)
	}
	return path
}

func deadline(t testing.TB) (time.Time, bool) {
	d, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return time.Time{}, false
	}
	return d.Deadline()
}

// install has the go command build the program into a directory of its own,
// and moves it to path when it is whole: several processes may do so at once.
func (p program) install(ctx context.Context, bin, path string) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(bin, p.name+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, "go", "install", p.pkg+"@"+p.version)
	// This module's workspace and flags are no business of the program.
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOWORK=off", "GOFLAGS=")
	endWithParent(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go install %s@%s: %w\n%s", p.pkg, p.version, err, lastLines(string(out)))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(entries) != 1 {
		return fmt.Errorf("go install %s@%s made %d programs, want one", p.pkg, p.version, len(entries))
	}
	return os.Rename(filepath.Join(dir, entries[0].Name()), path)
}

// lastLines shortens the output of a program to what tells why it ended.
func lastLines(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}
