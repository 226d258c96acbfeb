package transfer

import (
	"fmt"
	"hash/maphash"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWalkIsInOrder walks random directories, whole and in parts, and holds what it
// yields against all names sorted by their bytes, as lists of objects are.
func TestWalkIsInOrder(t *testing.T) {
	parts := []string{"a", "a.b", "a0", "a-", "b", "b b", "A", "z", "ä", "a!"}
	for range 30 {
		dir := t.TempDir()
		names := map[string]bool{}
		for range 40 {
			var path []string
			for range 1 + rand.IntN(4) {
				path = append(path, parts[rand.IntN(len(parts))])
			}
			name := strings.Join(path, "/")
			local := filepath.Join(dir, filepath.FromSlash(name))
			if os.MkdirAll(filepath.Dir(local), 0o777) != nil || os.WriteFile(local, nil, 0o666) != nil {
				continue // there is a file where a directory would have to be, or the opposite
			}
			names[name] = true
		}
		want := slices.Sorted(maps.Keys(names))
		spans := []span{{}}
		if len(want) > 0 {
			at := []string{want[rand.IntN(len(want))], want[rand.IntN(len(want))] + "x", parts[rand.IntN(len(parts))] + "/"}
			slices.Sort(at)
			spans = append(spans, span{"", at[0]}, span{at[0], at[1]}, span{at[1], at[2]}, span{after: at[2]})
		}
		list := func(s span) (got []string) {
			for e, err := range strictly(walk(t.Context(), dir, new(treeOptions), s)) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, e.name)
			}
			return got
		}
		if got := list(spans[0]); !slices.Equal(got, want) {
			t.Fatalf("the walk yields %q, want %q", got, want)
		}
		var together []string
		for _, s := range spans[1:] {
			together = append(together, list(s)...)
		}
		if !slices.Equal(together, want) && len(want) > 0 {
			t.Fatalf("in parts %q, the walk yields %q, want %q", spans[1:], together, want)
		}
	}
}

func TestWhatIsNotInOrderIsAnError(t *testing.T) {
	for _, names := range []string{"a c b", "a a"} {
		var err error
		for _, err = range strictly(func(yield func(entry, error) bool) {
			for _, name := range strings.Fields(names) {
				if !yield(entry{name: name}, nil) {
					return
				}
			}
		}) {
		}
		if err == nil {
			t.Errorf("%s passes as a list in order", names)
		}
	}
}

// TestNamesThatAreOneWithoutCase: on a file system that ignores case, of which there
// may be none here.
func TestNamesThatAreOneWithoutCase(t *testing.T) {
	l := &localTree{taken: make(map[uint64]string)}
	l.seed = maphash.MakeSeed()
	if err := l.may("a/README"); err != nil {
		t.Error(err)
	}
	if err := l.may("a/readme"); err == nil || !strings.Contains(err.Error(), `the same as "a/README"`) {
		t.Errorf("the error is %v", err)
	}
	for _, name := range []string{"a/README", "b/readme", "a/readme2"} {
		if err := l.may(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLocalName(t *testing.T) {
	for i := range 256 {
		for _, form := range []string{"%c", "a%cb", "../%c", "%c/..", "a/%c/../../..", "%c/"} {
			name := fmt.Sprintf(form, rune(i))
			local, err := localName(name)
			if err == nil && (!filepath.IsLocal(local) || filepath.ToSlash(local) != name) {
				t.Errorf("%q is taken as %q", name, local)
			}
		}
	}
}

func FuzzLocalName(f *testing.F) {
	for _, name := range []string{"a", "a/b", "../a", "/a", "a//b", "C:\\x", "con", "a/..", "...", "."} {
		f.Add(name)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, name string) {
		local, err := localName(name)
		if err != nil {
			return
		}
		if path := filepath.Join(dir, local); !strings.HasPrefix(path, dir+string(filepath.Separator)) || path != filepath.Clean(path) {
			t.Errorf("%q leads to %q", name, path)
		}
	})
}
