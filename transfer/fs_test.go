package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/entrepot-go/entrepot/transfer"
)

func TestFS(t *testing.T) {
	b := newBucket()
	names := []string{"a.txt", "dir/b.txt", "dir/sub/c.txt", "dir-2/d", "both", "marked/"}
	for _, name := range names {
		b.put(t, name, []byte("content of "+name))
	}
	for _, name := range []string{"both/hidden", "/root", "x//y", "../up", "dir/../z", "dir/./w", "bad\xff"} { // which are not seen
		b.put(t, name, nil)
	}
	for i := range 1500 {
		b.put(t, fmt.Sprintf("many/%04d", i), nil)
	}
	fsys := transfer.FS(t.Context(), b, transfer.WithManager(&transfer.Manager{}))
	if err := fstest.TestFS(fsys, "a.txt", "dir/b.txt", "dir/sub/c.txt", "dir-2/d", "both", "marked", "many/0000", "many/1499"); err != nil {
		t.Error(err)
	}
	sub, err := fs.Sub(fsys, "dir")
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(sub, "b.txt", "sub/c.txt"); err != nil {
		t.Error(err)
	}
	entries, err := fs.ReadDir(fsys, ".")
	var got []string
	for _, e := range entries {
		got = append(got, fs.FormatDirEntry(e))
	}
	if want := []string{"- a.txt", "- both", "d dir/", "d dir-2/", "d many/", "d marked/", "d x/"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	b.idle(t)
}

// A directory is listed as far as it is read.
func TestFSReadsDirectoriesByPages(t *testing.T) {
	b := newBucket()
	for i := range 100 {
		b.put(t, fmt.Sprintf("d/%02d", i), nil)
	}
	listed := 0
	b.onList = func(_ context.Context, _ string) error { listed++; return nil }
	f, err := transfer.FS(t.Context(), b).Open("d")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := f.(fs.ReadDirFile).ReadDir(3)
	if err != nil || len(entries) != 3 || listed > 4 {
		t.Errorf("%d entries of %d that were listed, %v", len(entries), listed, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	b.onList = func(_ context.Context, name string) error {
		if name == "d/05" {
			return errBroken
		}
		return nil
	}
	if entries, err := fs.ReadDir(transfer.FS(t.Context(), b), "d"); !errors.Is(err, errBroken) || len(entries) != 5 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestFSErrors(t *testing.T) {
	b := newBucket()
	b.put(t, "f", []byte("x"))
	b.put(t, "d/g", nil)
	fsys := transfer.FS(t.Context(), b)
	read := func(fsys fs.FS, name string) error { _, err := fs.ReadFile(fsys, name); return err }
	open := func(fsys fs.FS, name string) error { _, err := fsys.Open(name); return err }
	stat := func(fsys fs.FS, name string) error { _, err := fs.Stat(fsys, name); return err }
	list := func(fsys fs.FS, name string) error { _, err := fs.ReadDir(fsys, name); return err }
	for _, c := range []struct {
		name string
		err  error
		is   error
		want string
	}{
		{"no such file", open(fsys, "none"), fs.ErrNotExist, "open none: "},
		{"no such file to read", read(fsys, "none"), fs.ErrNotExist, "open none: "},
		{"no such file to look at", stat(fsys, "none"), fs.ErrNotExist, "stat none: "},
		{"no such directory", list(fsys, "none"), fs.ErrNotExist, "open none: "},
		{"a file is no directory", list(fsys, "f"), fs.ErrNotExist, "open f: "},
		{"a directory is no file", read(fsys, "."), nil, "read .: it is a directory"},
		{"no path", open(fsys, "/f"), fs.ErrInvalid, "open /f: "},
		{"no path to look at", stat(fsys, "../f"), fs.ErrInvalid, "stat ../f: "},
		{"a bucket that does not list", list(transfer.FS(t.Context(), bare{b}), "."), errors.ErrUnsupported, "open .: "},
		{"a file of it", open(transfer.FS(t.Context(), bare{b}), "f"), nil, ""},
		{"no bucket", open(transfer.FS(t.Context(), nil), "f"), nil, "open f: the bucket is nil"},
		{"an option of uploads", open(transfer.FS(t.Context(), b, transfer.WithSize(1)), "f"), nil, `open f: transfer: read "f": WithSize is an option of uploads`},
	} {
		if c.want == "" {
			if c.err != nil {
				t.Errorf("%s: %v", c.name, c.err)
			}
			continue
		}
		var e *fs.PathError
		if !errors.As(c.err, &e) || c.is != nil && !errors.Is(c.err, c.is) || !strings.HasPrefix(c.err.Error(), c.want) {
			t.Errorf("%s: %v, want %s…", c.name, c.err, c.want)
		}
	}
}

func TestFSIsServed(t *testing.T) {
	b := newBucket()
	content := randomBytes(3 << 20)
	b.put(t, "dir/film.bin", content)
	b.put(t, "index.html", []byte("<h1>hello</h1>"))
	server := httptest.NewServer(http.FileServer(http.FS(transfer.FS(t.Context(), b))))
	defer server.Close()
	for _, c := range []struct {
		path, span, want string
		status           int
	}{
		{path: "/", want: "<h1>hello</h1>", status: 200},
		{path: "/dir/", want: "<a href=\"film.bin\">film.bin</a>", status: 200},
		{path: "/dir/film.bin", span: "bytes=2000000-2000999", want: string(content[2_000_000:2_001_000]), status: 206},
		{path: "/dir/film.bin", want: string(content), status: 200},
		{path: "/none", status: 404},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.span != "" {
			r.Header.Set("Range", c.span)
		}
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !bytes.Contains(got, []byte(c.want)) {
			t.Errorf("%s %s: %s, %d bytes, %v", c.path, c.span, resp.Status, len(got), err)
		}
	}
}
