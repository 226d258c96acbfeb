package strangers

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	entrepotb2 "github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/integration/servers"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// rcloneDeadline is what a command of rclone's may take before it is ended.
const rcloneDeadline = 2 * time.Minute

// rclone runs rclone against a server, which it knows as the remote b.
type rclone struct {
	*servers.Rclone
	t    *testing.T
	srv  *storagetest.B2
	env  []string
	logs string // directory of the logs, one for each command
	runs int
}

func newRclone(t *testing.T, srv *storagetest.B2) *rclone {
	t.Helper()
	return newRcloneWithKey(t, srv, b2KeyID, secret)
}

func newRcloneWithKey(t *testing.T, srv *storagetest.B2, id, key string) *rclone {
	t.Helper()
	return &rclone{Rclone: servers.NewRclone(t), t: t, srv: srv, logs: t.ArtifactDir(), env: []string{
		"RCLONE_CONFIG_B_TYPE=b2", "RCLONE_CONFIG_B_ENDPOINT=" + srv.URL, "RCLONE_CONFIG_B_ACCOUNT=" + id, "RCLONE_CONFIG_B_KEY=" + key,
	}}
}

// try runs a command, and returns what it printed and where its log is.
func (r *rclone) try(stdin io.Reader, args ...string) (out, log string, err error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), rcloneDeadline)
	defer cancel()
	r.runs++
	log = filepath.Join(r.logs, fmt.Sprintf("%s-%02d.log", args[0], r.runs))
	cmd := r.Command(ctx, r.env, append(args, "-vv", "--log-file", log)...)
	var printed, complaints bytes.Buffer // what comes ahead of the log
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &printed, &complaints
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%w\n%s", errors.Join(ctx.Err(), err), &complaints)
	}
	return printed.String(), log, err
}

// run runs a command that has to succeed.
func (r *rclone) run(args ...string) string {
	r.t.Helper()
	return r.feed(nil, args...)
}

// feed runs a command that has to succeed and reads its standard input.
func (r *rclone) feed(stdin io.Reader, args ...string) string {
	r.t.Helper()
	out, log, err := r.try(stdin, args...)
	if err != nil {
		r.t.Fatalf("rclone %q: %v\n%s%s", args, err, out, tail(log))
	}
	return out
}

// fails runs a command that has to fail, with want in its log, and not by its
// deadline.
func (r *rclone) fails(want string, args ...string) {
	r.t.Helper()
	out, log, err := r.try(nil, append(args, "--retries", "1", "--low-level-retries", "2")...)
	text, _ := os.ReadFile(log)
	if err == nil || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(string(text), want) {
		r.t.Errorf("rclone %q: %v, want a failure with %q\n%s%s", args, err, want, out, tail(log))
	}
}

// tail is the end of a log.
func tail(log string) string {
	text, err := os.ReadFile(log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// lines are the lines of an output.
func lines(out string) []string {
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n")
}

// rcloneRow is an entry of lsjson.
type rcloneRow struct {
	Path, MimeType string // control characters in Path are symbols, as rclone prints them
	Size           int64
	ModTime        time.Time
	Hashes         map[string]string
}

func (r *rclone) list(remote string, args ...string) (rows []rcloneRow) {
	r.t.Helper()
	out := r.run(append([]string{"lsjson", "-R", "--files-only", "--hash", remote}, args...)...)
	must(r.t, json.Unmarshal([]byte(out), &rows))
	return rows
}

// oddFiles are names of files, and what B2 has for them: what it does not take
// rclone writes in other characters.
var oddFiles = map[string]string{
	"a b.txt": "a b.txt", "a+b & c.txt": "a+b & c.txt", "100%.txt": "100%.txt", "%41": "%41", "é/日本語.txt": "é/日本語.txt",
	".hidden": ".hidden", "..two": "..two", "sub/deep/down.bin": "sub/deep/down.bin", "sub/empty": "sub/empty",
	`"q"'s'`: `"q"'s'`, "x<y>;z=1": "x<y>;z=1", "#q?x": "#q?x", "[b]{c}^`|": "[b]{c}^`|", "~tilde ": "~tilde ",
	`back\slash`: "back＼slash", "control\x01": "control␁",
}

// writeTree makes the odd files, and returns what is in them.
func writeTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	tree := map[string][]byte{}
	size, at := 0, time.UnixMilli(1_500_000_000_123)
	for name := range oddFiles {
		size, at = size+1013, at.Add(1234567*time.Millisecond)
		tree[name] = content(size)
		if name == "sub/empty" {
			tree[name] = nil
		}
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, tree[name], 0o600))
		must(t, os.Chtimes(path, at, at))
	}
	return tree
}

// wantTree compares two directories byte by byte, times included.
func wantTree(t *testing.T, got, want string) {
	t.Helper()
	wantEqual(t, got, readTree(t, got), readTree(t, want))
}

type treeFile struct {
	Sum     string
	ModTime int64 // ms
}

func readTree(t *testing.T, dir string) map[string]treeFile {
	t.Helper()
	tree := map[string]treeFile{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		tree[name] = treeFile{Sum: sha1Hex(body), ModTime: info.ModTime().UnixMilli()}
		return err
	}))
	return tree
}

func sha1Hex(body []byte) string {
	sum := sha1.Sum(body)
	return hex.EncodeToString(sum[:])
}

func TestRcloneCopiesTrees(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	srv.Configure(storagetest.B2Settings{NamesPerPage: 2}) // pages that are short, or empty, and not the last
	r := newRclone(t, srv)
	here, back := t.TempDir(), t.TempDir()
	tree := writeTree(t, here)

	r.run("copy", here, "b:photos-1/base")
	r.run("check", here, "b:photos-1/base")
	r.run("check", here, "b:photos-1/base", "--download")
	r.run("copy", "b:photos-1/base", back)
	wantTree(t, back, here)

	// Our client sees what rclone wrote.
	bucket := ourB2(t, srv).Bucket("photos-1")
	for name, body := range tree {
		there := "base/" + oddFiles[name]
		wantB2Content(t, srv, "photos-1", there, body)
		info, err := bucket.Stat(t.Context(), there, "")
		must(t, err)
		stat, err := os.Stat(filepath.Join(here, name))
		must(t, err)
		wantEqual(t, there+": time", info.Attrs.ModTime.UnixMilli(), stat.ModTime().UnixMilli())
	}
	rows := map[string]rcloneRow{}
	for _, row := range r.list("b:photos-1/base") {
		rows[strings.ReplaceAll(row.Path, "␁", "\x01")] = row
	}
	for name, body := range tree {
		row := rows[name]
		wantEqual(t, name+": size and hash", []any{row.Size, row.Hashes["sha1"]}, []any{int64(len(body)), sha1Hex(body)})
	}
	wantEqual(t, "files", len(rows), len(tree))
	wantEqual(t, "folders", r.run("lsf", "b:photos-1/base", "--dirs-only"), "sub/\né/\n")
	wantEqual(t, "buckets", r.run("lsf", "b:"), "photos-1/\n")

	srv.ForgetRequests()
	r.run("copy", here, "b:photos-1/base")
	wantEqual(t, "uploads of what is there", succeeded(srv, "b2_upload_file"), 0)

	// A file that was touched, one that was changed, one that is gone.
	must(t, os.Chtimes(filepath.Join(here, "a b.txt"), time.Time{}, time.UnixMilli(1_600_000_000_456)))
	must(t, os.WriteFile(filepath.Join(here, "%41"), []byte("changed"), 0o600))
	must(t, os.Remove(filepath.Join(here, "#q?x")))
	r.run("sync", here, "b:photos-1/base")
	wantEqual(t, "uploads, copies, deletions", []int{succeeded(srv, "b2_upload_file"), succeeded(srv, "b2_copy_file"), succeeded(srv, "b2_hide_file")}, []int{1, 1, 1})
	r.run("check", here, "b:photos-1/base", "--download")
	r.run("sync", "b:photos-1/base", back)
	wantTree(t, back, here)

	wantEqual(t, "a piece", r.run("cat", "b:photos-1/base/100%.txt", "--offset", "5", "--count", "7"), string(tree["100%.txt"][5:12]))
	wantEqual(t, "the end", r.run("cat", "b:photos-1/base/100%.txt", "--tail", "3"), string(tree["100%.txt"][len(tree["100%.txt"])-3:]))
	wantEqual(t, "by name", r.run("cat", "b:photos-1/base/sub/deep/down.bin", "--b2-download-url", srv.URL), string(tree["sub/deep/down.bin"]))
	wantEqual(t, "sum", strings.Fields(r.run("sha1sum", "b:photos-1/base/%41"))[0], sha1Hex([]byte("changed")))

	// Trees move within the server.
	srv.ForgetRequests()
	r.run("copy", "b:photos-1/base/sub", "b:videos-1/copied")
	r.run("move", "b:photos-1/base/é", "b:videos-1/moved")
	r.run("copyto", "b:photos-1/base/%41", "b:photos-1/base/%42")
	r.run("moveto", "b:photos-1/base/%42", "b:photos-1/base/a b+c%")
	wantEqual(t, "transfers through rclone", []int{succeeded(srv, "b2_upload_file"), succeeded(srv, "b2_download_file_by_id")}, []int{0, 0})
	wantEqual(t, "what came of it", r.run("lsf", "-R", "--files-only", "b:videos-1"), "copied/deep/down.bin\ncopied/empty\nmoved/日本語.txt\n")
	wantB2Content(t, srv, "videos-1", "copied/deep/down.bin", tree["sub/deep/down.bin"])
	wantB2Content(t, srv, "photos-1", "base/a b+c%", []byte("changed"))
	wantEqual(t, "size", strings.Contains(r.run("size", "b:videos-1"), "Total objects: 3"), true)

	r.run("mkdir", "b:empty-1")
	r.run("rmdir", "b:empty-1")
	r.fails("cannot_delete_non_empty_bucket", "rmdir", "b:videos-1")
	r.run("delete", "b:videos-1")
	r.fails("cannot_delete_non_empty_bucket", "rmdir", "b:videos-1") // its files are hidden
	r.run("purge", "b:videos-1")
	wantEqual(t, "buckets in the end", r.run("lsf", "b:"), "photos-1/\n")
}

// TestRcloneReadsOurs has rclone read what our client wrote.
func TestRcloneReadsOurs(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	r := newRclone(t, srv)
	client := ourB2(t, srv)
	_, err := client.CreateBucket(t.Context(), &entrepotb2.CreateBucketInput{BucketName: "photos-1", BucketType: entrepotb2.BucketTypeAllPrivate})
	must(t, err)
	bucket := client.Bucket("photos-1")
	here, back := t.TempDir(), t.TempDir()
	tree := writeTree(t, here)
	tree["large"] = content(12_345_678)
	must(t, os.WriteFile(filepath.Join(here, "large"), tree["large"], 0o600))
	for name, body := range tree {
		there := oddFiles[name]
		if name == "large" {
			there = name
		}
		stat, err := os.Stat(filepath.Join(here, name))
		must(t, err)
		sum := sha1.Sum(body)
		_, err = transfer.Upload(t.Context(), bucket, there, bytes.NewReader(body), transfer.WithPartSize(5_000_000),
			transfer.WithAttrs(transfer.Attrs{ContentType: "text/x", ModTime: stat.ModTime(), SHA1: sum[:]}))
		must(t, err)
	}
	r.run("check", here, "b:photos-1")
	r.run("check", here, "b:photos-1", "--download")
	r.run("copy", "b:photos-1", back)
	wantTree(t, back, here)
	for _, row := range r.list("b:photos-1") {
		name := strings.ReplaceAll(row.Path, "␁", "\x01")
		wantEqual(t, name, []any{row.MimeType, row.Hashes["sha1"]}, []any{"text/x", sha1Hex(tree[name])})
	}
	srv.ForgetRequests()
	r.run("sync", here, "b:photos-1")
	wantEqual(t, "uploads of what is there", succeeded(srv, "b2_upload_file"), 0)
}
