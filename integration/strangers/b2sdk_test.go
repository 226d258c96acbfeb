package strangers

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestB2sdk has Backblaze's own client judge the emulator, where it is
// installed: it is a Python package that these tests do not install.
func TestB2sdk(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "python3", "-c", "import b2sdk.v2").CombinedOutput(); err != nil {
		t.Skipf("b2sdk is not there for python3 (pip install b2sdk): %v\n%.200s", err, out)
	}
	srv := newB2(t)
	dir, body := t.TempDir(), content(12_345_678)
	must(t, os.WriteFile(filepath.Join(dir, "large"), body, 0o600))
	cmd := exec.CommandContext(ctx, "python3", "testdata/judge_b2sdk.py", srv.URL, b2KeyID, secret, dir)
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("b2sdk: %v (%v)\n%s", err, ctx.Err(), out)
	}
	wantEqual(t, "what is kept", b2Rows(t, srv, "photos-1"), []string{"upload kept/a b+ü%.txt", "upload kept/copy", "upload kept/large"})
	wantB2Content(t, srv, "photos-1", "kept/a b+ü%.txt", []byte("small"))
	for _, name := range []string{"kept/copy", "kept/large"} {
		wantB2Content(t, srv, "photos-1", name, body)
	}
}
