package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/transfer"
)

// files writes files below a new directory.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// tree reads all files below a directory.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// under is the content of all objects with a prefix.
func (b *memBucket) under(prefix string) map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string]string{}
	for name, o := range b.objects {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			all[rest] = string(o.content)
		}
	}
	return all
}

var someFiles = map[string]string{
	"a": "1", "a.txt": "22", "a0": "", "ab/c": "333", "ab.d/e": "4", "b/c/d/e/f": "5", "b/c/d.e": "6", "b/c-d": "7",
	"with space": "8", "ümläut": "9", "#?%2F+": "10", "b/\u200b": "11", ".hidden/.x": "12", strings.Repeat("long", 50): "13",
}

func TestCopyAllThereAndBack(t *testing.T) {
	for _, alone := range []bool{false, true} {
		src := files(t, someFiles)
		there, elsewhere := newBucket(), newBucket()
		there.alone = alone
		back := filepath.Join(t.TempDir(), "new", "dir")
		for _, step := range []struct{ dst, src transfer.Tree }{
			{transfer.Under(there, "p/"), transfer.Dir(src)},
			{transfer.Under(elsewhere, ""), transfer.Under(there, "p/")},
			{transfer.Dir(back), transfer.Under(elsewhere, "")},
		} {
			var outcomes []string
			report, err := transfer.CopyAll(t.Context(), step.dst, step.src, transfer.WithOutcome(func(o transfer.Outcome) {
				outcomes = append(outcomes, fmt.Sprint(o.Action, " ", o.Name))
			}))
			if err != nil {
				t.Fatal(err)
			}
			if report.Copied != int64(len(someFiles)) || report.Failed+report.Kept+report.Skipped+report.Deleted != 0 || len(outcomes) != len(someFiles) {
				t.Errorf("the report is %+v, and there were %d outcomes", report, len(outcomes))
			}
		}
		if got := there.under("p/"); !maps.Equal(got, someFiles) {
			t.Errorf("the bucket has %q", got)
		}
		if got := tree(t, back); !maps.Equal(got, someFiles) {
			t.Errorf("what came back is %q", got)
		}
		was, err := os.Stat(filepath.Join(src, "a.txt"))
		if err != nil {
			t.Fatal(err)
		}
		is, err := os.Stat(filepath.Join(back, "a.txt"))
		if err != nil {
			t.Fatal(err)
		}
		if !is.ModTime().Truncate(time.Second).Equal(was.ModTime().Truncate(time.Second)) {
			t.Errorf("a file of %v came back as one of %v", was.ModTime(), is.ModTime())
		}
		if ct := there.objects["p/a.txt"].info.Attrs.ContentType; !strings.HasPrefix(ct, "text/plain") {
			t.Errorf("a.txt has the content type %q", ct)
		}
		there.idle(t)
		elsewhere.idle(t)
	}
}

// places are pairs of trees: the second is to become what the first is.
func places(t *testing.T, content map[string]string) map[string]struct {
	src, dst transfer.Tree
	set      func(name, text string) // in src
	get      func() map[string]string
	stray    func(name string) // in dst
} {
	type place = struct {
		src, dst transfer.Tree
		set      func(name, text string)
		get      func() map[string]string
		stray    func(name string)
	}
	all := map[string]place{}
	newDir := func() (transfer.Tree, string) {
		dir := files(t, nil)
		return transfer.Dir(dir), dir
	}
	stamp := time.Now()
	later := func() time.Time { stamp = stamp.Add(time.Hour); return stamp }
	intoDir := func(dir string) func(name, text string) {
		return func(name, text string) {
			path := filepath.Join(dir, filepath.FromSlash(name))
			writeFile(t, path, text)
			if err := os.Chtimes(path, time.Time{}, later()); err != nil {
				t.Fatal(err)
			}
		}
	}
	intoBucket := func(b *memBucket, prefix string) func(name, text string) {
		return func(name, text string) {
			if _, err := b.store(prefix+name, transfer.Attrs{ModTime: later()}, []byte(text), 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	up, down, here, there := newBucket(), newBucket(), newBucket(), newBucket()
	upDir, upPath := newDir()
	downDir, downPath := newDir()
	all["up"] = place{upDir, transfer.Under(up, "x/"), intoDir(upPath), func() map[string]string { return up.under("x/") },
		func(name string) { intoBucket(up, "x/")(name, "stray") }}
	all["down"] = place{transfer.Under(down, "x/"), downDir, intoBucket(down, "x/"), func() map[string]string { return tree(t, downPath) },
		func(name string) { intoDir(downPath)(name, "stray") }}
	all["across"] = place{transfer.Under(here, ""), transfer.Under(there, "y-"), intoBucket(here, ""), func() map[string]string { return there.under("y-") },
		func(name string) { intoBucket(there, "y-")(name, "stray") }}
	for _, p := range all {
		for name, text := range content {
			p.set(name, text)
		}
	}
	return all
}

func TestSync(t *testing.T) {
	for _, how := range []struct {
		name string
		opts []transfer.Option
	}{{"times", nil}, {"checksums", []transfer.Option{transfer.WithCompareChecksum()}}} {
		for name, p := range places(t, someFiles) {
			t.Run(how.name+"/"+name, func(t *testing.T) {
				sync := func(want transfer.Report, opts ...transfer.Option) {
					t.Helper()
					got, err := transfer.Sync(t.Context(), p.dst, p.src, append(how.opts, opts...)...)
					want.Bytes = got.Bytes
					if err != nil || got != want {
						t.Errorf("the report is %+v, %v, want %+v", got, err, want)
					}
				}
				all := int64(len(someFiles))
				if how.name == "checksums" && name != "up" {
					t.Skip("compared only where both sides have the same kind")
				}
				sync(transfer.Report{Copied: all}, transfer.WithDryRun())
				if got := p.get(); len(got) != 0 {
					t.Errorf("a dry run has made %q", got)
				}
				sync(transfer.Report{Copied: all})
				if how.name == "times" {
					sync(transfer.Report{Kept: all})
				}
				p.set("a.txt", "33") // of the same length, but later
				p.set("b/c/d/e/f", "longer")
				p.stray("b/stray")
				p.stray("zzz/y/x")
				p.stray("zzz/y.skip")
				changed := transfer.Report{Copied: 2, Kept: all - 2, Deleted: 2}
				opts := []transfer.Option{transfer.WithDelete(), transfer.WithExclude("*.skip")}
				if how.name == "checksums" {
					return
				}
				sync(changed, append(opts, transfer.WithDryRun())...)
				sync(changed, opts...)
				want := maps.Clone(someFiles)
				want["a.txt"], want["b/c/d/e/f"], want["zzz/y.skip"] = "33", "longer", "stray"
				if got := p.get(); !maps.Equal(got, want) {
					t.Errorf("the destination has %q", got)
				}
				sync(transfer.Report{Kept: all, Deleted: 1}, transfer.WithDelete())
			})
		}
	}
}

func TestSyncByChecksum(t *testing.T) {
	b := newBucket()
	b.algorithm = "CRC64NVME"
	b.statOnly = true
	dir := files(t, map[string]string{"a": "one", "b": "two"})
	run := func(dst, src transfer.Tree) transfer.Report {
		t.Helper()
		report, err := transfer.Sync(t.Context(), dst, src, transfer.WithCompareChecksum())
		if err != nil {
			t.Error(err)
		}
		return report
	}
	bucket := transfer.Under(b, "")
	if r := run(bucket, transfer.Dir(dir)); r.Copied != 2 {
		t.Errorf("%+v", r)
	}
	// Times say nothing here, neither that of the file nor that of the object.
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "a"), later, later); err != nil {
		t.Fatal(err)
	}
	if r := run(bucket, transfer.Dir(dir)); r.Kept != 2 {
		t.Errorf("%+v", r)
	}
	stat, err := os.Stat(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "a"), "eno")
	if err := os.Chtimes(filepath.Join(dir, "a"), time.Time{}, stat.ModTime()); err != nil {
		t.Fatal(err)
	}
	if r := run(bucket, transfer.Dir(dir)); r.Kept != 1 || r.Copied != 1 {
		t.Errorf("%+v", r)
	}
	if r := run(transfer.Dir(dir), bucket); r.Kept != 2 {
		t.Errorf("%+v", r)
	}
	other := newBucket()
	other.algorithm = "CRC64NVME"
	if r := run(transfer.Under(other, ""), bucket); r.Copied != 2 {
		t.Errorf("%+v", r)
	}
	if r := run(transfer.Under(other, ""), bucket); r.Kept != 2 {
		t.Errorf("%+v", r)
	}
	other.algorithm = "SHA1"
	other.put(t, "a", []byte("eno"))
	if r := run(transfer.Under(other, ""), bucket); r.Kept != 1 || r.Copied != 1 {
		t.Errorf("%+v", r)
	}
}

// TestNoNameLeadsOut: objects of which the names lead elsewhere, or through a link.
func TestNoNameLeadsOut(t *testing.T) {
	for _, name := range []string{"../out", "a/../../out", "/out", "..", ".", "a/./b", "a//b", "//", "a/..", "\x00", "link/out", "a/../b", "link2"} {
		top := t.TempDir()
		dir := filepath.Join(top, "target", "dir")
		writeFile(t, filepath.Join(dir, "kept"), "kept")
		writeFile(t, filepath.Join(top, "precious"), "precious")
		if err := os.Symlink("../..", filepath.Join(dir, "link")); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		if err := os.Symlink("../../precious", filepath.Join(dir, "link2")); err != nil {
			t.Fatal(err)
		}
		b := newBucket()
		b.put(t, "p/"+name, []byte("evil"))
		_, err := transfer.CopyAll(t.Context(), transfer.Dir(dir), transfer.Under(b, "p/"))
		if (err == nil) != (name == "link2") {
			t.Errorf("%q: the error is %v", name, err)
		}
		want := map[string]string{"target/dir/kept": "kept", "precious": "precious"}
		if name == "link2" { // the link is replaced, and not followed
			want["target/dir/link2"] = "evil"
		}
		os.Remove(filepath.Join(dir, "link"))
		if name != "link2" {
			os.Remove(filepath.Join(dir, "link2"))
		}
		if got := tree(t, top); !maps.Equal(got, want) {
			t.Errorf("%q: there is %q", name, got)
		}
	}
}

func TestTreeErrors(t *testing.T) {
	broken := errors.New("broken")
	newOne := func() (*memBucket, string) {
		b := newBucket()
		b.onPut = func(context.Context) error { return nil }
		return b, files(t, someFiles)
	}
	t.Run("stop", func(t *testing.T) {
		b, dir := newOne()
		var puts atomic.Int64
		b.onPut = func(context.Context) error {
			if puts.Add(1) == 3 {
				return broken
			}
			return nil
		}
		m := &transfer.Manager{Requests: 1}
		report, err := m.CopyAll(t.Context(), transfer.Under(b, ""), transfer.Dir(dir))
		if !errors.Is(err, broken) || report.Failed == 0 || report.Copied != 2 || strings.Count(err.Error(), "transfer:") != 1 {
			t.Errorf("the report is %+v, %v", report, err)
		}
	})
	t.Run("keep going", func(t *testing.T) {
		b, dir := newOne()
		b.onPut = func(context.Context) error { return broken }
		report, err := transfer.CopyAll(t.Context(), transfer.Under(b, ""), transfer.Dir(dir), transfer.WithKeepGoing())
		var all *transfer.TreeError
		if !errors.As(err, &all) || !errors.Is(err, broken) || all.Count != int64(len(someFiles)) || report.Failed != all.Count {
			t.Errorf("the report is %+v, %v", report, err)
		}
	})
	t.Run("list fails", func(t *testing.T) {
		b, dir := newOne()
		b.put(t, "zzz", nil)
		b.put(t, "aaa", nil)
		b.onList = func(_ context.Context, name string) error {
			if name == "zzz" {
				return broken
			}
			return nil
		}
		empty := t.TempDir()
		for _, src := range []string{dir, empty} {
			_, err := transfer.Sync(t.Context(), transfer.Under(b, ""), transfer.Dir(src), transfer.WithDelete())
			if !errors.Is(err, broken) || b.objects["zzz"] == nil {
				t.Errorf("the error is %v", err)
			}
		}
	})
	t.Run("no source", func(t *testing.T) {
		b, dir := newOne()
		b.put(t, "a", nil)
		_, err := transfer.Sync(t.Context(), transfer.Under(b, ""), transfer.Dir(dir+"/missing"), transfer.WithDelete())
		if !errors.Is(err, fs.ErrNotExist) || b.objects["a"] == nil {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("links", func(t *testing.T) {
		b, dir := newOne()
		if err := os.Symlink("..", filepath.Join(dir, "b", "loop")); err != nil {
			t.Skip(err)
		}
		if err := os.Symlink("a.txt", filepath.Join(dir, "link")); err != nil {
			t.Fatal(err)
		}
		report, err := transfer.CopyAll(t.Context(), transfer.Under(b, ""), transfer.Dir(dir))
		if err != nil || report.Skipped != 2 || b.objects["link"] != nil {
			t.Errorf("%+v, %v", report, err)
		}
		b.put(t, "b/loop/old", nil) // of what cannot be looked into, nothing is deleted
		report, err = transfer.Sync(t.Context(), transfer.Under(b, ""), transfer.Dir(dir), transfer.WithFollowLinks(), transfer.WithKeepGoing(), transfer.WithDelete())
		if err == nil || !strings.Contains(err.Error(), "a link to a directory that it is in") || report.Failed != 1 || report.Copied != 1 || report.Deleted != 0 {
			t.Errorf("%+v, %v", report, err)
		}
		if string(b.content("link")) != "22" || b.objects["b/loop/old"] == nil {
			t.Errorf("the bucket has %q", b.under(""))
		}
	})
	t.Run("remove fails", func(t *testing.T) {
		b, dir := newOne()
		b.limits.MaxRemove = 2
		for i := range 7 {
			b.put(t, fmt.Sprint("old/", i), nil)
		}
		b.onRemove = func(_ context.Context, name string) error {
			if strings.HasSuffix(name, "3") {
				return broken
			}
			return nil
		}
		report, err := transfer.Sync(t.Context(), transfer.Under(b, ""), transfer.Dir(dir), transfer.WithDelete(), transfer.WithKeepGoing())
		if !errors.Is(err, broken) || report.Deleted != 6 || report.Failed != 1 || b.objects["old/3"] == nil || b.objects["old/4"] != nil {
			t.Errorf("%+v, %v", report, err)
		}
	})
	t.Run("options", func(t *testing.T) {
		b, dir := newOne()
		for want, opt := range map[string]transfer.Option{
			"WithSize is an option of single uploads":                transfer.WithSize(1),
			"WithVersion is an option":                               transfer.WithVersion("v"),
			"WithVerify is an option for objects, and the source":    transfer.WithVerify(),
			"WithDelete and WithCompareChecksum are options of Sync": transfer.WithDelete(),
			`"[" is not a pattern of names`:                          transfer.WithInclude("["),
			"part size -1 is not positive":                           transfer.WithPartSize(-1),
		} {
			if _, err := transfer.CopyAll(t.Context(), transfer.Under(b, ""), transfer.Dir(dir), opt); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, want %s", err, want)
			}
		}
		if _, err := transfer.CopyAll(t.Context(), transfer.Dir(dir), transfer.Dir(dir)); !errors.Is(err, errors.ErrUnsupported) {
			t.Error(err)
		}
		if _, err := transfer.CopyAll(t.Context(), transfer.Dir(dir), transfer.Under(bare{b}, "")); !errors.Is(err, errors.ErrUnsupported) {
			t.Error(err)
		}
		if _, err := transfer.Upload(t.Context(), b, "x", strings.NewReader(""), transfer.WithDryRun()); err == nil || !strings.Contains(err.Error(), "WithDryRun is an option of CopyAll and Sync") {
			t.Error(err)
		}
	})
}

// TestLongListsAreDivided goes over many objects, of which the names divide in
// several ways.
func TestLongListsAreDivided(t *testing.T) {
	for _, shape := range []func(i int) string{
		func(i int) string { return fmt.Sprintf("%05d", i) },
		func(i int) string { return fmt.Sprintf("dir/sub/%02d/%05d", i%37, i) },
		func(i int) string { return fmt.Sprintf("%05d/x", i) },
		func(i int) string { return fmt.Sprintf("%d/%d/%d", i%3, i%7, i) },
	} {
		const count = 4000
		src, dst := newBucket(), newBucket()
		for i := range count {
			src.put(t, "p/"+shape(i), []byte{byte(i)})
			if i%2 == 0 {
				dst.put(t, shape(i), []byte{byte(i)})
			}
			if i%10 == 0 {
				dst.put(t, shape(i)+".old", nil)
			}
		}
		seen := map[string]int{}
		report, err := transfer.Sync(t.Context(), transfer.Under(dst, ""), transfer.Under(src, "p/"), transfer.WithDelete(),
			transfer.WithOutcome(func(o transfer.Outcome) { seen[o.Name]++ }))
		if err != nil || report.Copied+report.Kept != count || report.Deleted != count/10 || report.Failed != 0 {
			t.Errorf("%s: %+v, %v", shape(1), report, err)
		}
		for name, n := range seen {
			if n != 1 {
				t.Fatalf("%q was gone over %d times", name, n)
			}
		}
		if got, want := dst.under(""), src.under("p/"); !maps.Equal(got, want) {
			t.Errorf("%s: %d objects, want %d", shape(1), len(got), len(want))
		}
		if lists := src.calls["List"]; lists > 30 {
			t.Errorf("%s: the source was listed %d times", shape(1), lists)
		}
	}
}

// TestTreeCancelled ends the context at random, and checks that nothing half done
// remains.
func TestTreeCancelled(t *testing.T) {
	content := map[string]string{}
	for i := range 50 {
		content[fmt.Sprint(i)] = string(random(rand.IntN(3000)))
	}
	cancelled := 0
	for range 30 {
		src := newBucket()
		for name, text := range content {
			src.put(t, name, []byte(text))
		}
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		var opened atomic.Int64
		stop := rand.Int64N(100)
		src.onOpen = func(context.Context, int64) error {
			if opened.Add(1) == stop {
				cancel()
			}
			return nil
		}
		_, err := transfer.CopyAll(ctx, transfer.Dir(dir), transfer.Under(src, ""), transfer.WithPartSize(1000))
		cancel()
		if err != nil {
			cancelled++
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		for name, text := range tree(t, dir) {
			if !bytes.Equal([]byte(text), []byte(content[name])) {
				t.Errorf("%q has %d bytes, want %d", name, len(text), len(content[name]))
			}
		}
		src.idle(t)
	}
	if cancelled == 0 || cancelled == 30 {
		t.Logf("%d of 30 were cancelled", cancelled)
	}
}

func TestTreeProgress(t *testing.T) {
	b := newBucket()
	b.report = true
	dir := files(t, someFiles)
	var last transfer.Event
	names := map[string]bool{}
	if _, err := transfer.CopyAll(t.Context(), transfer.Under(b, ""), transfer.Dir(dir), transfer.WithProgress(func(e transfer.Event) {
		last = e
		names[e.Name] = true
	})); err != nil {
		t.Fatal(err)
	}
	var bytes int64
	for _, text := range someFiles {
		bytes += int64(len(text))
	}
	if last.All.Bytes != bytes || last.All.TotalBytes != bytes || last.All.TotalObjects != int64(len(someFiles)) || len(names) != len(someFiles) {
		t.Errorf("the last event is %+v", last)
	}
}

func TestPatterns(t *testing.T) {
	content := map[string]string{"a.txt": "", "b.jpg": "", "dir/a.txt": "", "dir/sub/c.txt": "", "dir/sub/d.jpg": "", "node_modules/x/y": ""}
	for _, test := range []struct {
		opts []transfer.Option
		want string
	}{
		{nil, "a.txt b.jpg dir/a.txt dir/sub/c.txt dir/sub/d.jpg node_modules/x/y"},
		{[]transfer.Option{transfer.WithInclude("*.txt")}, "a.txt dir/a.txt dir/sub/c.txt"},
		{[]transfer.Option{transfer.WithInclude("dir/*.txt")}, "dir/a.txt"},
		{[]transfer.Option{transfer.WithInclude("dir/**/*.txt")}, "dir/a.txt dir/sub/c.txt"},
		{[]transfer.Option{transfer.WithInclude("dir/sub")}, "dir/sub/c.txt dir/sub/d.jpg"},
		{[]transfer.Option{transfer.WithExclude("node_modules", "*.{jpg,png}")}, "a.txt dir/a.txt dir/sub/c.txt"},
		{[]transfer.Option{transfer.WithInclude("*.txt"), transfer.WithExclude("sub")}, "a.txt dir/a.txt"},
	} {
		b := newBucket()
		if _, err := transfer.CopyAll(t.Context(), transfer.Under(b, ""), transfer.Dir(files(t, content)), test.opts...); err != nil {
			t.Fatal(err)
		}
		up := slices.Sorted(maps.Keys(b.under("")))
		if got := strings.Join(up, " "); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
		down := t.TempDir()
		all := newBucket()
		for name := range content {
			all.put(t, name, nil)
		}
		if _, err := transfer.CopyAll(t.Context(), transfer.Dir(down), transfer.Under(all, ""), test.opts...); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(tree(t, down))), " "); got != test.want {
			t.Errorf("down: %s, want %s", got, test.want)
		}
	}
}
