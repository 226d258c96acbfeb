package storagetest

import (
	"bytes"
	"crypto/md5"
	"io"
	"os"
	"testing"
)

func TestBlobsAreCutAndJoinedWithoutCopying(t *testing.T) {
	store := newBlobStore(t.TempDir(), 10)
	defer store.close()
	sum := md5.New()
	take := func(s string) *blob {
		w := store.newWriter(int64(len(s)), sum)
		defer w.abort()
		if _, err := io.Copy(w, bytes.NewReader([]byte(s))); err != nil {
			t.Fatal(err)
		}
		b, err := w.finish()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	files := func() int {
		entries, err := os.ReadDir(store.dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	small, large, empty := take("0123456789"), take("abcdefghijklmnopqrstuvwxyz"), take("")
	whole := "0123456789abcdefghijklmnopqrstuvwxyz"
	if want := md5.Sum([]byte(whole)); !bytes.Equal(sum.Sum(nil), want[:]) {
		t.Error("the hash has not seen what was written")
	}
	if small.path != "" || large.path == "" || files() != 1 {
		t.Fatalf("limit of 10 bytes: paths %q, %q", small.path, large.path)
	}
	all := concat([]*blob{small, empty, large})
	part := all.section(5, 10) // "56789abcde"
	nested := concat([]*blob{part, part.section(2, 3)})
	for _, tc := range []struct {
		b    *blob
		want string
	}{{all, whole}, {part, "56789abcde"}, {nested, "56789abcde789"}, {empty, ""}} {
		for off := 0; off <= len(tc.want); off++ {
			for n := 0; off+n <= len(tc.want); n++ {
				var got bytes.Buffer
				if _, err := tc.b.copyTo(&got, int64(off), int64(n)); err != nil || got.String() != tc.want[off:off+n] {
					t.Fatalf("%d bytes from %d of %q: %q, %v", n, off, tc.want, &got, err)
				}
			}
		}
		if _, err := tc.b.copyTo(io.Discard, 1, tc.b.size); err == nil {
			t.Errorf("read beyond the end of %q", tc.want)
		}
	}
	for _, b := range []*blob{small, large, empty, all, part} {
		b.release()
	}
	if files() != 1 {
		t.Error("the file went while a content refers to it")
	}
	for _, p := range nested.parts[1].parts { // the section of a section holds the section
		if p.refs.Load() == 0 {
			t.Error("a part in use is released")
		}
	}
}

func TestAbortedContentLeavesNoFile(t *testing.T) {
	store := newBlobStore(t.TempDir(), 10)
	defer store.close()
	w := store.newWriter(-1)
	if err := w.readFrom(bytes.NewReader(make([]byte, 1000))); err != nil {
		t.Fatal(err)
	}
	w.abort()
	w.abort()
	if entries, err := os.ReadDir(store.dir); err != nil || len(entries) != 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
	store.close()
	if _, err := store.newWriter(-1).Write(make([]byte, 11)); err == nil {
		t.Error("a closed store takes contents")
	}
}
