package transfer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/transfer"
)

var errBroken = errors.New("mem: broken")

// refusals collects what events refuse, and checks that bytes never go down.
type refusals struct {
	all  []string
	last transfer.Event
}

func (r *refusals) option(t *testing.T) transfer.Option {
	r.all, r.last = nil, transfer.Event{}
	return transfer.WithProgress(func(e transfer.Event) {
		if e.Refused != nil {
			r.all = append(r.all, e.Refused.Error())
		}
		if e.Bytes < r.last.Bytes {
			t.Errorf("from %d bytes to %d", r.last.Bytes, e.Bytes)
		}
		r.last = e
	})
}

// failFrom fails from a number on.
func failFrom(number int) func(context.Context, int) error {
	return func(_ context.Context, n int) error {
		if n >= number {
			return errBroken
		}
		return nil
	}
}

func TestCheckpointOfUpload(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100)
	for _, c := range []struct {
		name    string
		opts    []transfer.Option // of the second upload
		change  func(t *testing.T, b *memBucket, file string)
		sent    int      // parts, by the second upload
		refused []string // what is told of it
	}{
		{name: "the same file", sent: 7},
		{name: "with another size of parts", opts: []transfer.Option{transfer.WithPartSize(50)}, sent: 7},
		{name: "a file that was touched", change: func(t *testing.T, _ *memBucket, file string) {
			if err := os.Chtimes(file, time.Time{}, time.Unix(1_600_000_000, 0)); err != nil {
				t.Fatal(err)
			}
		}, sent: 10, refused: []string{"upload upload-1: the source has changed: 1000 bytes, modified "}},
		{name: "a file that has grown", change: func(t *testing.T, _ *memBucket, file string) {
			writeFile(t, file, string(append(bytes.Clone(content), "more"...)))
		}, sent: 11, refused: []string{"upload upload-1: the source has changed: 1000 bytes, modified "}},
		{name: "a file that fits into one request", change: func(t *testing.T, _ *memBucket, file string) {
			writeFile(t, file, string(content[:50]))
		}, refused: []string{"upload upload-1: the source has changed: 1000 bytes, modified "}},
		{name: "a file that is empty", change: func(t *testing.T, _ *memBucket, file string) {
			writeFile(t, file, "")
		}, refused: []string{"upload upload-1: the source has changed: 1000 bytes, modified "}},
		{name: "other properties", opts: []transfer.Option{transfer.WithContentType("text/plain")},
			sent: 10, refused: []string{"upload upload-1: it was to have other properties"}},
		{name: "an upload that is gone", change: func(_ *testing.T, b *memBucket, _ string) { clear(b.uploads) },
			sent: 10, refused: []string{"mem: no upload upload-1: file does not exist"}},
		{name: "an upload that differs", change: func(_ *testing.T, b *memBucket, _ string) { b.differs = errors.New("mem: it is red") },
			sent: 10, refused: []string{"upload upload-1: mem: it is red"}},
		{name: "a part that is not what it was", change: func(_ *testing.T, b *memBucket, _ string) { b.uploads["upload-1"].parts[2][0]++ },
			sent: 8, refused: []string{"part 2 of upload upload-1: its CRC32 is "}},
		{name: "an MD5 for an ETag", change: func(_ *testing.T, b *memBucket, _ string) { b.partSums = md5Only },
			sent: 7},
		{name: "another MD5 for an ETag", change: func(_ *testing.T, b *memBucket, _ string) {
			b.partSums = md5Only
			b.uploads["upload-1"].parts[2][0]++
		}, sent: 8, refused: []string{"part 2 of upload upload-1: its MD5 is "}},
		{name: "no checksum at all", change: func(_ *testing.T, b *memBucket, _ string) { b.partSums = noSums }, sent: 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBucket()
			dir := t.TempDir()
			file, point := filepath.Join(dir, "file"), filepath.Join(dir, "checkpoint")
			writeFile(t, file, string(content))
			upload := func(opts ...transfer.Option) (transfer.Info, error) {
				f, err := os.Open(file)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				return transfer.Upload(t.Context(), b, "big", f, append([]transfer.Option{transfer.WithCheckpoint(point), transfer.WithConcurrency(1)}, opts...)...)
			}
			b.onPart = failFrom(4)
			if _, err := upload(transfer.WithPartSize(100)); !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "upload-1 is left behind, to be resumed") {
				t.Fatalf("error %v", err)
			}
			if stat, err := os.Stat(point); err != nil || stat.Mode().Perm() != 0o600 {
				t.Fatalf("the checkpoint: %v, %v", stat, err)
			}
			if c.change != nil {
				c.change(t, b, file)
			}
			b.onPart = nil
			b.calls["Part"] = 0
			var events refusals
			info, err := upload(append([]transfer.Option{transfer.WithPartSize(100), events.option(t)}, c.opts...)...)
			want, _ := os.ReadFile(file)
			if err != nil || info.Size != int64(len(want)) || !bytes.Equal(b.content("big"), want) {
				t.Fatalf("Upload = %+v, %v", info, err)
			}
			if b.calls["Part"] != c.sent {
				t.Errorf("%d parts were sent, want %d", b.calls["Part"], c.sent)
			}
			if !slices.EqualFunc(events.all, c.refused, strings.HasPrefix) {
				t.Errorf("refused %q, want %q", events.all, c.refused)
			}
			if e := events.last; !e.Done || e.Bytes != info.Size || e.Parts != e.TotalParts {
				t.Errorf("the last event: %+v", e)
			}
			if _, err := os.Stat(point); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the checkpoint is still there: %v", err)
			}
			b.idle(t)
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// A source that is no file could have changed without a trace, so only checksums
// count.
func TestCheckpointOfOtherSources(t *testing.T) {
	for _, c := range []struct {
		name string
		sums func(*transfer.Part, []byte)
		sent int
	}{{"with checksums", nil, 7}, {"without", noSums, 10}} {
		b := newBucket()
		b.partSums = c.sums
		opts := []transfer.Option{transfer.WithCheckpoint(filepath.Join(t.TempDir(), "c")), transfer.WithPartSize(100), transfer.WithConcurrency(1)}
		content := bytes.Repeat([]byte("0123456789"), 100)
		b.onPart = failFrom(4)
		if _, err := transfer.Upload(t.Context(), b, "big", bytes.NewReader(content), opts...); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		b.onPart = nil
		b.calls["Part"] = 0
		if _, err := transfer.Upload(t.Context(), b, "big", bytes.NewReader(content), opts...); err != nil || b.calls["Part"] != c.sent {
			t.Errorf("%s: %d parts were sent, want %d; %v", c.name, b.calls["Part"], c.sent, err)
		}
		b.idle(t)
	}
}

// A source that changes under way makes what was sent useless.
func TestCheckpointOfChangingSource(t *testing.T) {
	b := newBucket()
	file, point := filepath.Join(t.TempDir(), "file"), filepath.Join(t.TempDir(), "checkpoint")
	writeFile(t, file, string(make([]byte, 1000)))
	b.onPart = func(_ context.Context, number int) error {
		if number == 5 {
			return os.Truncate(file, 100)
		}
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = transfer.Upload(t.Context(), b, "big", f, transfer.WithCheckpoint(point), transfer.WithPartSize(100), transfer.WithConcurrency(1))
	if !errors.Is(err, transfer.ErrSourceChanged) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(point); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the checkpoint is still there: %v", err)
	}
	b.idle(t)
}

func TestCheckpointOfCopy(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100)
	for _, streamed := range []bool{false, true} {
		for _, c := range []struct {
			name    string
			opts    []transfer.Option
			change  func(t *testing.T, src, dst *memBucket)
			moved   int
			refused []string
		}{
			{name: "the same", moved: 7},
			{name: "another version", change: func(t *testing.T, src, _ *memBucket) { src.put(t, "a", content) },
				moved: 10, refused: []string{`upload upload-1: the source has changed: 1000 bytes, version "v1" then, 1000 bytes, version "v2" now`}},
			{name: "one that is copied in one request", change: func(t *testing.T, src, _ *memBucket) { src.put(t, "a", content[:50]) },
				refused: []string{`upload upload-1: the source has changed: 1000 bytes, version "v1" then, 50 bytes, version "v2" now`}},
			{name: "other properties", opts: []transfer.Option{transfer.WithMetadata(map[string]string{"a": "b"})},
				moved: 10, refused: []string{"upload upload-1: it was to have other properties"}},
			{name: "an upload that is gone", change: func(_ *testing.T, _, dst *memBucket) { clear(dst.uploads) },
				moved: 10, refused: []string{"mem: no upload upload-1: file does not exist"}},
			{name: "no checksum of parts", change: func(_ *testing.T, _, dst *memBucket) { dst.partSums = noSums }, moved: 7},
		} {
			t.Run(fmt.Sprintf("%s, streamed %t", c.name, streamed), func(t *testing.T) {
				src, dst := newBucket(), newBucket()
				src.put(t, "a", content)
				dst.limits.MaxCopy, dst.alone = 100, streamed
				opts := []transfer.Option{transfer.WithCheckpoint(filepath.Join(t.TempDir(), "c")), transfer.WithPartSize(100), transfer.WithConcurrency(1)}
				dst.onPart = failFrom(4)
				dst.onCopy = func(_ context.Context, off int64) error {
					if off >= 300 {
						return errBroken
					}
					return nil
				}
				if _, err := transfer.Copy(t.Context(), dst, "b", src, "a", opts...); !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "upload-1 is left behind, to be resumed") {
					t.Fatalf("error %v", err)
				}
				dst.onPart, dst.onCopy = nil, nil
				clear(dst.calls)
				if c.change != nil {
					c.change(t, src, dst)
				}
				var events refusals
				info, err := transfer.Copy(t.Context(), dst, "b", src, "a", append(append(opts, c.opts...), events.option(t))...)
				if err != nil || !bytes.Equal(dst.content("b"), src.content("a")) || info.Copied == streamed {
					t.Fatalf("Copy = %+v, %v", info, err)
				}
				if moved := dst.calls["Part"] + dst.calls["CopyPart"]; moved != c.moved {
					t.Errorf("%d parts were moved, want %d", moved, c.moved)
				}
				if !slices.EqualFunc(events.all, c.refused, strings.HasPrefix) {
					t.Errorf("refused %q, want %q", events.all, c.refused)
				}
				dst.idle(t)
				src.idle(t)
			})
		}
	}
}

func TestCheckpointOfDownload(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100)
	partial := func(t *testing.T, dir string) string {
		found, err := filepath.Glob(filepath.Join(dir, ".entrepot-*.part"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%q, %v", found, err)
		}
		return found[0]
	}
	for _, c := range []struct {
		name    string
		opts    []transfer.Option
		change  func(t *testing.T, b *memBucket, dir string)
		opened  int
		refused []string
		err     error // then another download succeeds
	}{
		{name: "the same", opened: 7},
		{name: "the same version asked for", opts: []transfer.Option{transfer.WithVersion("v1")}, opened: 7},
		{name: "another size of parts", opts: []transfer.Option{transfer.WithPartSize(50)}, opened: 7},
		{name: "to be verified", opts: []transfer.Option{transfer.WithVerify()}, opened: 7},
		{name: "an object that was replaced", change: func(t *testing.T, b *memBucket, _ string) { b.put(t, "a", content[:500]) },
			opened: 5, refused: []string{`the object was changed or deleted: the checkpoint is of version "v1" of 1000 bytes`}},
		{name: "a file that is gone", change: func(t *testing.T, _ *memBucket, dir string) { os.Remove(partial(t, dir)) },
			opened: 10, refused: []string{"open "}},
		{name: "a file that was cut", change: func(t *testing.T, _ *memBucket, dir string) { os.Truncate(partial(t, dir), 150) },
			opened: 10, refused: []string{"/"}},
		{name: "a file that was written to", change: func(t *testing.T, _ *memBucket, dir string) {
			f, err := os.OpenFile(partial(t, dir), os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			f.WriteAt([]byte("x"), 123)
		}, opened: 7, err: transfer.ErrChecksum},
		{name: "a server that does not answer", change: func(_ *testing.T, b *memBucket, _ string) {
			b.onStat = func(context.Context) error { b.onStat = nil; return errBroken }
		}, err: errBroken, opened: 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBucket()
			b.algorithm, b.statOnly = checksum.CRC32C, true
			b.put(t, "a", content)
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			opts := []transfer.Option{transfer.WithCheckpoint(filepath.Join(dir, "c.json")), transfer.WithPartSize(100), transfer.WithConcurrency(1)}
			b.onOpen = func(_ context.Context, off int64) error {
				if off >= 300 {
					return errBroken
				}
				return nil
			}
			_, err := transfer.DownloadFile(t.Context(), b, "a", path, opts...)
			if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "is left in "+partial(t, dir)+", to be resumed") {
				t.Fatalf("error %v", err)
			}
			b.onOpen = nil
			clear(b.calls)
			if c.change != nil {
				c.change(t, b, dir)
			}
			var events refusals
			info, err := transfer.DownloadFile(t.Context(), b, "a", path, append(append(opts, c.opts...), events.option(t))...)
			if b.calls["Open"] != c.opened {
				t.Errorf("%d ranges were fetched, want %d", b.calls["Open"], c.opened)
			}
			if c.err != nil {
				if !errors.Is(err, c.err) {
					t.Fatalf("error %v, want %v", err, c.err)
				}
				info, err = transfer.DownloadFile(t.Context(), b, "a", path, append(opts, events.option(t))...)
			}
			got, _ := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, b.content("a")) || info.Verified != "CRC32C" {
				t.Fatalf("DownloadFile = %+v, %v", info, err)
			}
			if !slices.EqualFunc(events.all, c.refused, strings.HasPrefix) {
				t.Errorf("refused %q, want %q", events.all, c.refused)
			}
			if e := events.last; !e.Done || e.Bytes != info.Size || e.Parts != e.TotalParts {
				t.Errorf("the last event: %+v", e)
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("left behind: %v", entries)
			}
			b.idle(t)
		})
	}
}

// Of a download that goes on for long, the checkpoint follows it, so that a process
// that is killed has lost little.
func TestCheckpointFollowsDownload(t *testing.T) {
	defer transfer.SetCheckpointInterval(transfer.SetCheckpointInterval(0))
	b := newBucket()
	b.put(t, "a", bytes.Repeat([]byte("0123456789"), 100))
	dir := t.TempDir()
	point := filepath.Join(dir, "c.json")
	var seen []string
	b.onOpen = func(_ context.Context, off int64) error {
		content, err := os.ReadFile(point)
		if off == 0 {
			return nil
		}
		var kept struct {
			Done [][2]int
			Size int
		}
		if err != nil || json.Unmarshal(content, &kept) != nil || kept.Size != 1000 {
			t.Errorf("%s, %v", content, err)
		}
		seen = append(seen, fmt.Sprint(kept.Done))
		return nil
	}
	_, err := transfer.DownloadFile(t.Context(), b, "a", filepath.Join(dir, "f"), transfer.WithCheckpoint(point), transfer.WithPartSize(300), transfer.WithConcurrency(1))
	if want := []string{"[[0 0]]", "[[0 1]]", "[[0 2]]"}; err != nil || !slices.Equal(seen, want) {
		t.Errorf("ranges that were kept: %q, want %q; %v", seen, want, err)
	}
	b.idle(t)
}

func TestCheckpointOfTrees(t *testing.T) {
	b, dir := newBucket(), t.TempDir()
	points := filepath.Join(t.TempDir(), "new", "points")
	for _, name := range []string{"a", "b"} {
		writeFile(t, filepath.Join(dir, name), string(bytes.Repeat([]byte(name), 1000)))
	}
	opts := []transfer.Option{transfer.WithCheckpoint(points), transfer.WithPartSize(100), transfer.WithConcurrency(1), transfer.WithKeepGoing()}
	b.onPart = failFrom(4)
	report, err := transfer.CopyAll(t.Context(), transfer.Under(b, "x/"), transfer.Dir(dir), opts...)
	if kept, _ := os.ReadDir(points); !errors.Is(err, errBroken) || report.Failed != 2 || len(kept) != 2 {
		t.Fatalf("%+v, %v, checkpoints %v", report, err, kept)
	}
	b.onPart = nil
	clear(b.calls)
	if _, err := transfer.CopyAll(t.Context(), transfer.Under(b, "x/"), transfer.Dir(dir), opts...); err != nil || b.calls["Part"] != 14 {
		t.Errorf("%d parts were sent; %v", b.calls["Part"], err)
	}
	if kept, _ := os.ReadDir(points); len(kept) > 0 {
		t.Errorf("checkpoints are left: %v", kept)
	}
	b.idle(t)

	b.onOpen = func(_ context.Context, off int64) error {
		if off >= 300 {
			return errBroken
		}
		return nil
	}
	back := t.TempDir()
	if _, err := transfer.CopyAll(t.Context(), transfer.Dir(back), transfer.Under(b, "x/"), opts...); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	b.onOpen = nil
	clear(b.calls)
	if _, err := transfer.CopyAll(t.Context(), transfer.Dir(back), transfer.Under(b, "x/"), opts...); err != nil || b.calls["Open"] != 14 {
		t.Errorf("%d ranges were fetched; %v", b.calls["Open"], err)
	}
	for _, name := range []string{"a", "b"} {
		if got, _ := os.ReadFile(filepath.Join(back, name)); !bytes.Equal(got, bytes.Repeat([]byte(name), 1000)) {
			t.Errorf("%s has %d bytes", name, len(got))
		}
	}
}

func TestCheckpointThatCannotBe(t *testing.T) {
	b := newBucket()
	b.put(t, "a", []byte("content"))
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, "content")
	for _, c := range []struct {
		name, checkpoint string
		run              func(transfer.Option) error
		want             string
	}{
		{name: "a stream", want: "WithCheckpoint needs a source that can be read again", run: func(o transfer.Option) error {
			_, err := transfer.Upload(t.Context(), b, "a", bytes.NewBufferString("x"), o)
			return err
		}},
		{name: "a bucket that does not go on", want: "this provider does not go on with uploads: unsupported operation", run: func(o transfer.Option) error {
			_, err := transfer.Upload(t.Context(), bare{b}, "a", strings.NewReader("x"), o)
			return err
		}},
		{name: "a copy to such a bucket", want: "does not go on with uploads: unsupported operation", run: func(o transfer.Option) error {
			_, err := transfer.Copy(t.Context(), bare{b}, "a", b, "a", o)
			return err
		}},
		{name: "a download to a writer", want: "WithCheckpoint is an option of Upload, Copy and DownloadFile", run: func(o transfer.Option) error {
			_, err := transfer.DownloadTo(t.Context(), b, "a", new(bytes.Buffer), o)
			return err
		}},
		{name: "garbage", checkpoint: "garbage", want: "is not a checkpoint; delete it to begin afresh: invalid character"},
		{name: "another format", checkpoint: `{"format": 2}`, want: "is not a checkpoint of format 1"},
		{name: "no size of parts", checkpoint: `{"format": 1}`, want: "parts have 0 bytes"},
		{name: "another file", checkpoint: `{"format":1, "partSize":1, "verb":"download", "from":"a", "to":"FILE", "aside":"/etc/passwd"}`, want: "is not the name of a file that is being downloaded"},
		{name: "ranges without order", checkpoint: `{"format":1, "partSize":1, "verb":"download", "from":"a", "to":"FILE", "aside":"DIR/.entrepot-1.part", "done":[[2,3],[1,1]]}`, want: "ranges are not in order"},
		{name: "another transfer", checkpoint: `{"format":1, "partSize":1, "verb":"upload", "from":"x", "to":"y"}`, want: `is of another transfer, the upload of "x" to "y"; delete it to begin afresh`},
		{name: "no name", want: "the path of the checkpoint is empty", run: func(transfer.Option) error {
			_, err := transfer.DownloadFile(t.Context(), b, "a", file, transfer.WithCheckpoint(""))
			return err
		}},
		{name: "a directory that is not there", want: "keeping the checkpoint: ", run: func(transfer.Option) error {
			_, err := transfer.Upload(t.Context(), b, "a", strings.NewReader("content"), transfer.WithPartSize(1),
				transfer.WithCheckpoint(filepath.Join(t.TempDir(), "no", "c")))
			return err
		}},
		{name: "a directory that is not there, for a download", want: "keeping the checkpoint: ", run: func(transfer.Option) error {
			_, err := transfer.DownloadFile(t.Context(), b, "a", file, transfer.WithPartSize(1),
				transfer.WithCheckpoint(filepath.Join(t.TempDir(), "no", "c")))
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			point := filepath.Join(t.TempDir(), "c")
			if c.checkpoint != "" {
				writeFile(t, point, strings.NewReplacer("FILE", file, "DIR", filepath.Dir(file)).Replace(c.checkpoint))
			}
			run := c.run
			if run == nil {
				run = func(o transfer.Option) error {
					_, err := transfer.DownloadFile(t.Context(), b, "a", file, o)
					return err
				}
			}
			if err := run(transfer.WithCheckpoint(point)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if c.checkpoint != "" {
				if _, err := os.Stat(point); err != nil {
					t.Errorf("the file is gone: %v", err)
				}
			}
			b.idle(t)
		})
	}
}

// Whatever is in the file, a download ends with the right bytes or an error, and
// deletes nothing but what downloads have made.
func FuzzCheckpoint(f *testing.F) {
	f.Add(`{"format":1,"verb":"download","from":"a","to":"f","size":1000,"version":"v1","partSize":100,"aside":".entrepot-1.part","done":[[0,2],[5,5]]}`)
	f.Add(`{"format":1,"verb":"download","from":"a","to":"f","size":1000,"version":"v1","partSize":100,"aside":".entrepot-1.part","done":[[0,9]]}`)
	f.Add(`{"format":1,"verb":"download","from":"a","to":"f","partSize":9223372036854775807,"aside":".entrepot-1.part","done":[[0,0]]}`)
	f.Add(`{"format":1,"verb":"download","from":"a","to":"f","aside":"../x"}`)
	f.Add(`{"format":1,"verb":"download","from":"a","to":"f","partSize":1000,"done":[[0,0]]}`)
	f.Fuzz(func(t *testing.T, point string) {
		t.Chdir(t.TempDir())
		b := newBucket()
		b.algorithm = checksum.CRC32
		content := bytes.Repeat([]byte("0123456789"), 100)
		b.put(t, "a", content)
		writeFile(t, "c", point)
		writeFile(t, "other", "")
		writeFile(t, ".entrepot-1.part", string(content[:600]))
		_, err := transfer.DownloadFile(t.Context(), b, "a", "f", transfer.WithCheckpoint("c"), transfer.WithPartSize(100), transfer.WithFsync(false))
		got, reading := os.ReadFile("f")
		if err == nil && !bytes.Equal(got, content) {
			t.Errorf("wrong bytes without error: %q, %v", got, reading)
		}
		if _, err := os.Stat("other"); err != nil {
			t.Error(err)
		}
		b.idle(t)
	})
}

// TestCheckpointOfACopyThatIsStreamedAfterAll: what the server began to copy, and may not,
// is not left behind for what is streamed instead.
func TestCheckpointOfACopyThatIsStreamedAfterAll(t *testing.T) {
	content := random(1000)
	for name, resumed := range map[string]bool{"at once": false, "when resumed": true} {
		t.Run(name, func(t *testing.T) {
			src, dst := newBucket(), newBucket()
			src.put(t, "a", content)
			dst.limits.MaxCopy = 100
			path := filepath.Join(t.TempDir(), "c")
			opts := []transfer.Option{transfer.WithCheckpoint(path), transfer.WithPartSize(100), transfer.WithConcurrency(1)}
			failure := errors.New("mem: broken")
			dst.onCopy = func(_ context.Context, off int64) error {
				if off >= 300 {
					return failure
				}
				return nil
			}
			if resumed {
				if _, err := transfer.Copy(t.Context(), dst, "b", src, "a", opts...); !errors.Is(err, failure) {
					t.Fatalf("error %v", err)
				}
			}
			failure = fmt.Errorf("mem: forbidden: %w", errors.ErrUnsupported)
			var last transfer.Event
			opts = append(opts, transfer.WithProgress(func(e transfer.Event) { last = e }))
			info, err := transfer.Copy(t.Context(), dst, "b", src, "a", opts...)
			if last.Bytes != 1000 || last.Total != 1000 || last.Parts != 10 || last.Reused != 0 != resumed {
				t.Errorf("the last event is %+v", last)
			}
			if err != nil || info.Copied || info.Size != int64(len(content)) || !bytes.Equal(dst.content("b"), content) {
				t.Errorf("Copy = %+v, %v", info, err)
			}
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the checkpoint: %v", err)
			}
			dst.idle(t)
			if len(dst.uploads) != 0 {
				t.Errorf("%d uploads are left", len(dst.uploads))
			}
		})
	}
}
