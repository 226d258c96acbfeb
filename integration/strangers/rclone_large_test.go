package strangers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	entrepotb2 "github.com/entrepot-go/entrepot/b2"
)

const rclonePart = 5 * mib

// rcloneParts has rclone send what is longer than a part in parts.
var rcloneParts = []string{"--b2-upload-cutoff", "5Mi", "--b2-chunk-size", "5Mi", "--b2-upload-concurrency", "4"}

func TestRcloneWritesLargeFiles(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	r := newRclone(t, srv)
	dir := t.TempDir()
	body := content(64 * mib)
	const parts = (64*mib + rclonePart - 1) / rclonePart
	file, back := filepath.Join(dir, "large"), filepath.Join(dir, "back")
	must(t, os.WriteFile(file, body, 0o600))
	modified := time.UnixMilli(1_500_000_000_123)
	must(t, os.Chtimes(file, modified, modified))
	bucket := ourB2(t, srv).Bucket("photos-1")
	// described returns what our client knows of the file beside its content.
	described := func(name string) string {
		t.Helper()
		wantB2Content(t, srv, "photos-1", name, body)
		info, err := bucket.Stat(t.Context(), name, "")
		must(t, err)
		return fmt.Sprintf("%d %x", info.Attrs.ModTime.UnixMilli(), info.Attrs.SHA1)
	}
	known := fmt.Sprintf("%d %s", modified.UnixMilli(), sha1Hex(body))

	r.run(append([]string{"copyto", file, "b:photos-1/large"}, rcloneParts...)...)
	wantEqual(t, "parts", succeeded(srv, "b2_upload_part"), parts)
	wantEqual(t, "large", described("large"), known)
	r.run("check", dir, "b:photos-1", "--one-way", "--include", "/large")

	srv.ForgetRequests()
	r.run("copyto", "b:photos-1/large", back, "--multi-thread-cutoff", "10Mi", "--multi-thread-streams", "4", "--multi-thread-chunk-size", "8Mi")
	wantEqual(t, "ranges", succeeded(srv, "b2_download_file_by_id") > 4, true)
	got, err := os.ReadFile(back)
	must(t, err)
	wantBytes(t, "by several threads", got, body)

	r.run(append([]string{"copyto", file, "b:photos-1/no sum", "--b2-disable-checksum"}, rcloneParts...)...)
	wantEqual(t, "without a sum", described("no sum"), fmt.Sprintf("%d ", modified.UnixMilli()))

	// Within the server, in one piece and in several.
	srv.ForgetRequests()
	r.run("copyto", "b:photos-1/large", "b:photos-1/copied whole")
	wantEqual(t, "calls of a copy", []int{succeeded(srv, "b2_copy_file"), succeeded(srv, "b2_copy_part")}, []int{1, 0})
	r.run("copyto", "b:photos-1/large", "b:photos-1/copied in parts", "--b2-copy-cutoff", "10Mi")
	wantEqual(t, "calls of a copy in parts", []int{succeeded(srv, "b2_copy_file"), succeeded(srv, "b2_copy_part")}, []int{1, 7})
	r.run("moveto", "b:photos-1/copied in parts", "b:photos-1/moved", "--b2-copy-cutoff", "10Mi")
	wantEqual(t, "uploads", succeeded(srv, "b2_upload_file")+succeeded(srv, "b2_upload_part"), 0)
	wantEqual(t, "copied whole", described("copied whole"), known)
	wantEqual(t, "moved", described("moved"), known)

	// A time of its own makes a copy in parts of the file onto itself.
	r.run("touch", "b:photos-1/large", "--timestamp", "2020-02-02T02:02:02", "--b2-copy-cutoff", "10Mi")
	wantEqual(t, "touched", described("large"), "1580608922000 "+sha1Hex(body))
}

// TestRcloneGivesProperties has rclone send properties of files, in headers and
// in the start of a large file.
func TestRcloneGivesProperties(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	r := newRclone(t, srv)
	here := t.TempDir()
	must(t, os.WriteFile(filepath.Join(here, "small.html"), []byte("<p>"), 0o600))
	must(t, os.WriteFile(filepath.Join(here, "large.html"), content(2*rclonePart), 0o600))
	r.run(append([]string{"copy", here, "b:photos-1",
		"--header-upload", "X-Bz-Info-Color: blue", "--header-upload", "X-Bz-Info-b2-cache-control: max-age=60",
	}, rcloneParts...)...)
	bucket := ourB2(t, srv).Bucket("photos-1")
	for _, name := range []string{"small.html", "large.html"} {
		info, err := bucket.Stat(t.Context(), name, "")
		must(t, err)
		wantEqual(t, name, []string{info.Attrs.ContentType, info.Attrs.CacheControl, info.Attrs.Metadata["color"]},
			[]string{"text/html; charset=utf-8", "max-age=60", "blue"})
	}
}

func TestRcloneStreams(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	r := newRclone(t, srv)
	for _, c := range []struct {
		name        string
		size        int
		files, part int // calls
	}{
		{name: "empty", size: 0, files: 1},
		{name: "small", size: 1000, files: 1},
		{name: "one part", size: rclonePart, files: 1},
		{name: "two parts", size: rclonePart + 1, part: 2},
		{name: "large", size: 64 * mib, part: 13},
	} {
		srv.ForgetRequests()
		body := content(c.size)
		// A small file is read whole before it is sent, unless that is forbidden.
		r.feed(bytes.NewReader(body), append([]string{"rcat", "b:photos-1/" + c.name, "--streaming-upload-cutoff", "100"}, rcloneParts...)...)
		wantEqual(t, c.name+": calls", []int{succeeded(srv, "b2_upload_file"), succeeded(srv, "b2_upload_part")}, []int{c.files, c.part})
		wantB2Content(t, srv, "photos-1", c.name, body)
		wantBytes(t, c.name, []byte(r.run("cat", "b:photos-1/"+c.name)), body)
	}
}

// TestRcloneMeetsTheTestModes holds that rclone gets through where the service
// fails for a test, and fails where nothing can succeed.
func TestRcloneMeetsTheTestModes(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct {
		name string
		want string // the refusal that there has to be
	}{
		{name: "fail_some_uploads", want: "503"},
		{name: "expire_some_account_authorization_tokens", want: "401"},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			srv := newB2(t)
			r := newRclone(t, srv)
			here, back := t.TempDir(), t.TempDir()
			for _, name := range []string{"a", "b", "c", "d"} {
				must(t, os.WriteFile(filepath.Join(here, name), []byte(name), 0o600))
			}
			must(t, os.WriteFile(filepath.Join(here, "large"), content(3*rclonePart), 0o600))
			r.env = append(r.env, "RCLONE_B2_TEST_MODE="+mode.name)
			r.run(append([]string{"copy", here, "b:photos-1"}, rcloneParts...)...)
			wantRefusal(t, srv, mode.want)
			r.run("check", here, "b:photos-1", "--download")
			r.run("copy", "b:photos-1", back)
			wantTree(t, back, here)
			r.run("purge", "b:photos-1")
		})
	}
	t.Run("force_cap_exceeded", func(t *testing.T) {
		t.Parallel()
		srv := newB2(t)
		r := newRclone(t, srv)
		r.feed(strings.NewReader("there"), "rcat", "b:photos-1/there")
		r.env = append(r.env, "RCLONE_B2_TEST_MODE=force_cap_exceeded")
		dir := t.TempDir()
		small, large := filepath.Join(dir, "small"), filepath.Join(dir, "large")
		must(t, os.WriteFile(small, []byte("x"), 0o600))
		must(t, os.WriteFile(large, content(2*rclonePart), 0o600))
		wantEqual(t, "files", r.run("lsf", "b:photos-1"), "there\n")
		for _, args := range [][]string{
			{"copyto", small, "b:photos-1/small"},
			append([]string{"copyto", large, "b:photos-1/large"}, rcloneParts...),
			{"copy", "b:photos-1", t.TempDir()},
			{"copy", "b:photos-1", "b:videos-1"},
		} {
			srv.ForgetRequests()
			r.fails("(403 ", args...)
			wantRefusal(t, srv, "403")
		}
		wantEqual(t, "files after all", b2Rows(t, srv, "photos-1"), []string{"upload there"})
	})
}

// TestRcloneBringsCustomerKeys has rclone encrypt with a key of its own.
func TestRcloneBringsCustomerKeys(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	keyless, r, stranger := newRclone(t, srv), newRclone(t, srv), newRclone(t, srv)
	for key, r := range map[string]*rclone{"k": r, "l": stranger} {
		r.env = append(r.env, "RCLONE_B2_SSE_CUSTOMER_ALGORITHM=AES256", "RCLONE_B2_SSE_CUSTOMER_KEY="+strings.Repeat(key, 32))
	}
	here := t.TempDir()
	must(t, os.WriteFile(filepath.Join(here, "small"), []byte("secret"), 0o600))
	must(t, os.WriteFile(filepath.Join(here, "large"), content(3*rclonePart), 0o600))
	r.run(append([]string{"copy", here, "b:photos-1"}, rcloneParts...)...)
	r.run("check", here, "b:photos-1", "--download")
	r.run("copyto", "b:photos-1/large", "b:photos-1/copy")
	r.run("copyto", "b:photos-1/large", "b:photos-1/copy in parts", "--b2-copy-cutoff", "10Mi")
	for _, name := range []string{"copy", "copy in parts"} {
		wantBytes(t, name, []byte(r.run("cat", "b:photos-1/"+name)), content(3*rclonePart))
	}
	for _, name := range []string{"small", "large", "copy", "copy in parts"} {
		f, err := ourB2(t, srv).ListFileNames(t.Context(), &entrepotb2.ListFileNamesInput{BucketId: b2BucketID(t, srv, "photos-1"), StartFileName: name, MaxFileCount: 1})
		must(t, err)
		wantEqual(t, name, string(f.Files[0].ServerSideEncryption.Mode), "SSE-C")
	}
	// What is refused with a 400 is to rclone a file that there is not.
	keyless.fails("object not found", "copy", "b:photos-1", t.TempDir())
	stranger.fails("(403 access_denied)", "copy", "b:photos-1", t.TempDir())
}
