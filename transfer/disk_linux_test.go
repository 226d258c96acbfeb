package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/entrepot-go/entrepot/transfer"
)

// elsewhere runs the test that calls it once more, in a process of its own that lives
// by other rules, and reports whether this is that process.
func elsewhere(t *testing.T, rules *syscall.SysProcAttr) bool {
	t.Helper()
	const mark = "ENTREPOT_TEST_ELSEWHERE"
	if os.Getenv(mark) != "" {
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Another user may not look into the directory where the program is.
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(program, content, 0o755), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$", "-test.v")
	c.Dir, c.SysProcAttr = "/", rules
	c.Env = append(os.Environ(), mark+"=1", "TMPDIR=/tmp")
	out, err := c.CombinedOutput()
	switch {
	case c.ProcessState == nil:
		t.Skipf("the process cannot be started here: %v", err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	case bytes.Contains(out, []byte("--- SKIP")):
		t.Skipf("in the process: %s", out)
	}
	return false
}

// smallDisk runs a test where it may mount, and mounts a disk of 1 MiB there. It
// returns an empty path where the test is over.
func smallDisk(t *testing.T) (dir string) {
	t.Helper()
	rules := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if id := os.Getuid(); id != 0 {
		rules.Cloneflags |= syscall.CLONE_NEWUSER
		rules.UidMappings = []syscall.SysProcIDMap{{HostID: id, Size: 1}}
		rules.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	if !elsewhere(t, rules) {
		return ""
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Skipf("nothing can be mounted: %v", err)
	}
	dir = t.TempDir()
	if err := syscall.Mount("disk", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no disk can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// remount changes how the disk is mounted.
func remount(t *testing.T, dir string, flags uintptr, data string) {
	t.Helper()
	if err := syscall.Mount("disk", dir, "tmpfs", syscall.MS_REMOUNT|flags, data); err != nil {
		t.Fatal(err)
	}
}

// says judges an error: what it is, and that it is one sentence that begins so and has
// all of the words.
func says(t *testing.T, err, is error, begin string, words ...string) {
	t.Helper()
	if !errors.Is(err, is) {
		t.Errorf("the error is %v, want %v", err, is)
		return
	}
	text := err.Error()
	if !strings.HasPrefix(text, begin) || strings.ContainsAny(text, "\n") || strings.Count(text, "transfer:") != 1 || strings.Count(text, is.Error()) != 1 ||
		slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
		t.Errorf("the error is %q, want one sentence that begins with %q and has %q", text, begin, append(words, is.Error()))
	}
}

func TestFullDisk(t *testing.T) {
	dir := smallDisk(t)
	if dir == "" {
		return
	}
	b := newBucket()
	big := random(3 << 20)
	b.put(t, "big", big)
	b.put(t, "few", []byte("few"))
	path := filepath.Join(dir, "big")
	parts := transfer.WithPartSize(100 << 10)
	unchanged := func(want ...string) {
		t.Helper()
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, d := range list {
			names = append(names, d.Name())
		}
		if !slices.Equal(names, want) {
			t.Errorf("on the disk is %q, want %q", names, want)
		}
		b.idle(t)
	}

	_, err := transfer.DownloadFile(t.Context(), b, "big", path, parts)
	says(t, err, syscall.ENOSPC, `transfer: download "big": `)
	unchanged()

	writeFile(t, path, "old")
	_, err = transfer.DownloadFile(t.Context(), b, "big", path, parts)
	says(t, err, syscall.ENOSPC, `transfer: download "big": `)
	unchanged("big")
	if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
		t.Errorf("the file that was there is %q, %v", got, err)
	}

	one := &transfer.Manager{Requests: 1} // so that there is room again for the second
	report, err := one.CopyAll(t.Context(), transfer.Dir(dir), transfer.Under(b, ""), parts, transfer.WithKeepGoing())
	if says(t, err, syscall.ENOSPC, "transfer: copy the bucket to directory ", `"big"`); report.Copied != 1 || report.Failed != 1 {
		t.Errorf("the report is %+v", report)
	}
	unchanged("big", "few")

	// A checkpoint for which there is no room leaves no upload behind.
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	checkpoint := transfer.WithCheckpoint(filepath.Join(dir, "checkpoint"))
	_, err = transfer.Upload(t.Context(), b, "new", bytes.NewReader(big), parts, checkpoint)
	says(t, err, syscall.ENOSPC, `transfer: upload "new": keeping the checkpoint: `)
	unchanged("big", "few", "filler")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}

	// With a checkpoint elsewhere, what was fetched is of use once there is room.
	checkpoint = transfer.WithCheckpoint(filepath.Join(t.TempDir(), "checkpoint"))
	_, err = transfer.DownloadFile(t.Context(), b, "big", path, parts, checkpoint, transfer.WithConcurrency(1))
	says(t, err, syscall.ENOSPC, `transfer: download "big": `, "to be resumed")
	remount(t, dir, 0, "size=8m")
	fetched := 0
	b.onOpen = func(_ context.Context, off int64) error { fetched++; return nil }
	if _, err := transfer.DownloadFile(t.Context(), b, "big", path, parts, checkpoint, transfer.WithConcurrency(1)); err != nil || fetched > 26 {
		t.Errorf("gone on with: %v, with %d of 31 ranges", err, fetched)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, big) {
		t.Errorf("the file has %d bytes, %v", len(got), err)
	}
	unchanged("big", "few")

	remount(t, dir, syscall.MS_RDONLY, "")
	_, err = transfer.DownloadFile(t.Context(), b, "few", filepath.Join(dir, "few"))
	says(t, err, syscall.EROFS, `transfer: download "few": `, "few")
	_, err = transfer.Sync(t.Context(), transfer.Dir(dir), transfer.Under(b, ""), transfer.WithDelete())
	says(t, err, syscall.EROFS, "transfer: sync the bucket to directory ")
	unchanged("big", "few")
}

// TestForbidden makes transfers as a user who may not do everything.
func TestForbidden(t *testing.T) {
	var rules *syscall.SysProcAttr
	if os.Getuid() == 0 {
		rules = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if !elsewhere(t, rules) {
		return
	}
	if os.Getuid() == 0 {
		t.Skip("root may do everything")
	}
	dir := files(t, map[string]string{"in/a": "1", "in/locked/b": "2", "in/secret": "3", "in/z": "4", "shut/old": "5"})
	forbid := func(name string, mode fs.FileMode) {
		t.Helper()
		name = filepath.Join(dir, name)
		stat, err := os.Stat(name)
		if err == nil {
			err = os.Chmod(name, mode)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(name, stat.Mode().Perm()) })
	}
	forbid("in/secret", 0)
	forbid("in/locked", 0)
	forbid("shut", 0o555)
	in, shut := transfer.Dir(filepath.Join(dir, "in")), transfer.Dir(filepath.Join(dir, "shut"))

	b := newBucket()
	b.put(t, "from/new", []byte("6"))
	b.put(t, "to/locked/b", []byte("of earlier"))
	b.put(t, "to/secret", []byte("of earlier"))
	b.put(t, "to/gone", nil)
	from, to := transfer.Under(b, "from/"), transfer.Under(b, "to/")

	_, err := transfer.DownloadFile(t.Context(), b, "from/new", filepath.Join(dir, "shut/new"))
	says(t, err, fs.ErrPermission, `transfer: download "from/new": `, filepath.Join(dir, "shut"))
	_, err = transfer.DownloadFile(t.Context(), b, "from/new", filepath.Join(dir, "in/locked/new"))
	says(t, err, fs.ErrPermission, `transfer: download "from/new": `, filepath.Join(dir, "in/locked"))
	_, err = transfer.DownloadFile(t.Context(), b, "from/new", filepath.Join(dir, "in/new"), transfer.WithCheckpoint(filepath.Join(dir, "shut/checkpoint")))
	if err != nil { // one range has no need of it
		t.Error(err)
	}
	_, err = transfer.Upload(t.Context(), b, "upload", strings.NewReader("abcdef"), transfer.WithPartSize(1), transfer.WithCheckpoint(filepath.Join(dir, "shut/checkpoint")))
	says(t, err, fs.ErrPermission, `transfer: upload "upload": keeping the checkpoint: `, filepath.Join(dir, "shut"))
	_, err = transfer.Upload(t.Context(), b, "upload", strings.NewReader("abcdef"), transfer.WithPartSize(1), transfer.WithCheckpoint(filepath.Join(dir, "in/secret")))
	says(t, err, fs.ErrPermission, `transfer: upload "upload": the checkpoint: `, filepath.Join(dir, "in/secret"))
	b.idle(t)
	if err := os.Remove(filepath.Join(dir, "in/new")); err != nil {
		t.Fatal(err)
	}

	_, err = transfer.CopyAll(t.Context(), to, in)
	says(t, err, fs.ErrPermission, "transfer: copy directory ")
	report, err := transfer.Sync(t.Context(), to, in, transfer.WithDelete(), transfer.WithKeepGoing())
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "in/locked") && !strings.Contains(err.Error(), "in/secret") {
		t.Errorf("the error is %v", err)
	}
	if report.Failed != 2 || report.Deleted != 1 {
		t.Errorf("the report is %+v", report)
	}
	// What cannot be looked at is neither replaced nor deleted.
	if got := fmt.Sprint(b.under("to/")); got != "map[a:1 locked/b:of earlier secret:of earlier z:4]" {
		t.Errorf("the bucket has %s", got)
	}

	report, err = transfer.Sync(t.Context(), shut, from, transfer.WithDelete(), transfer.WithKeepGoing())
	says(t, err, fs.ErrPermission, "transfer: sync ")
	if got := fmt.Sprint(tree(t, filepath.Join(dir, "shut"))); got != "map[old:5]" || report.Copied+report.Deleted != 0 {
		t.Errorf("there is %s, by %+v", got, report)
	}
	b.idle(t)
}

// TestVanishedFiles deletes what is being uploaded.
func TestVanishedFiles(t *testing.T) {
	dir := files(t, map[string]string{"a": "1", "b/c": "2", "b/d": "3", "z": "4"})
	b := newBucket()
	b.onPut = func(context.Context) error { return os.RemoveAll(filepath.Join(dir, "b")) }
	m := &transfer.Manager{Requests: 1}
	report, err := m.CopyAll(t.Context(), transfer.Under(b, ""), transfer.Dir(dir), transfer.WithKeepGoing())
	if err != nil {
		says(t, err, syscall.ENOENT, "transfer: copy directory ", filepath.Join(dir, "b"))
	}
	if got := fmt.Sprint(b.under("")); got != "map[a:1 z:4]" || report.Copied != 2 {
		t.Errorf("the bucket has %s, by %+v", got, report)
	}
	b.idle(t)

	// One that is open stays readable, one that is replaced is not mixed with another.
	path := filepath.Join(dir, "a")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if _, err2 := f.Seek(0, io.SeekStart); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	b.onPut = func(context.Context) error { return os.Remove(path) }
	if _, err := transfer.Upload(t.Context(), b, "open", f); err != nil {
		t.Error(err)
	}
	if got := b.content("open"); !bytes.Equal(got, content) {
		t.Errorf("the object is %q", got)
	}
}

// A file that its owner may not write is made so at its end, so that it can be gone on
// with before.
func TestResumeToReadOnlyFile(t *testing.T) {
	var rules *syscall.SysProcAttr
	if os.Getuid() == 0 {
		rules = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if !elsewhere(t, rules) {
		return
	}
	b := newBucket()
	b.put(t, "a", bytes.Repeat([]byte("0123456789"), 100))
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	get := func() error {
		_, err := transfer.DownloadFile(t.Context(), b, "a", path, transfer.WithCheckpoint(filepath.Join(dir, "c")),
			transfer.WithPartSize(100), transfer.WithConcurrency(1), transfer.WithFileMode(0o444))
		return err
	}
	for range 2 { // the second time it replaces such a file
		b.onOpen = failAt300
		if err := get(); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		b.onOpen = nil
		if err := get(); err != nil {
			t.Fatal(err)
		}
		if stat, err := os.Stat(path); err != nil || stat.Mode() != 0o444 {
			t.Fatalf("%v, %v", stat, err)
		}
	}
}
