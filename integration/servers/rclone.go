package servers

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// SkipRclone is the environment variable that keeps rclone from being built and
// run, where minutes matter.
const SkipRclone = "ENTREPOT_INTEGRATION_SKIP_RCLONE"

var rclone = program{name: "rclone", pkg: "github.com/rclone/rclone", version: "v1.75.1"}

// buildingRclone has one test at a time look whether there is one: several use
// it at once.
var buildingRclone sync.Mutex

// Rclone is a client and no server: a program that a test runs for each thing
// that it wants done, with a home and a configuration of its own.
type Rclone struct {
	path string
	home string
}

// NewRclone builds rclone, if that was not done before, or skips the test if
// [SkipRclone] is set.
func NewRclone(t testing.TB) *Rclone {
	t.Helper()
	if os.Getenv(SkipRclone) != "" {
		t.Skipf("%s is set", SkipRclone)
	}
	buildingRclone.Lock()
	defer buildingRclone.Unlock()
	return &Rclone{path: rclone.build(t), home: t.TempDir()}
}

// Command makes a command of rclone's that ends when ctx does. Remotes and
// options are those of env alone, such as RCLONE_CONFIG_B_TYPE=b2.
func (r *Rclone) Command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.path, args...)
	cmd.Dir = r.home
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "TMPDIR=" + r.home,
		"RCLONE_CONFIG=" + filepath.Join(r.home, "rclone.conf"), "RCLONE_CACHE_DIR=" + filepath.Join(r.home, "cache"),
	}, env...)
	cmd.WaitDelay = 5 * time.Second // a pipe that stays open holds nobody up
	endWithParent(cmd)
	return cmd
}
