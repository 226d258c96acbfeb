package transfer_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/transfer"
)

// What a link led to may be a directory: when it leads nowhere, as to a disk that is
// not there today, nothing says that the copies of what was in it are to go.
func TestSyncDeletesNothingBehindLinksThatLeadNowhere(t *testing.T) {
	dir := files(t, map[string]string{"a": "1", "link-2": "2"})
	for link, target := range map[string]string{"link": "nowhere", "link-1": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	b := newBucket()
	for _, name := range []string{"link/x", "link/y/z", "link-1/x", "link0", "other"} {
		b.put(t, name, []byte("precious"))
	}
	report, err := transfer.Sync(t.Context(), transfer.Under(b, ""), transfer.Dir(dir), transfer.WithFollowLinks(), transfer.WithKeepGoing(), transfer.WithDelete())
	if err == nil || report.Failed != 2 || report.Deleted != 2 {
		t.Errorf("%+v, %v", report, err)
	}
	if got, want := slices.Sorted(maps.Keys(b.under(""))), []string{"a", "link-1/x", "link-2", "link/x", "link/y/z"}; !slices.Equal(got, want) {
		t.Errorf("the bucket has %q, want %q", got, want)
	}
}

// A directory that has become empty may be needed the next moment.
func TestSyncDeletesNoDirectoryThatIsWrittenTo(t *testing.T) {
	for range 20 {
		b, dir := newBucket(), t.TempDir()
		for i := range 100 {
			b.put(t, fmt.Sprintf("%d/new", i), []byte("new"))
			writeFile(t, filepath.Join(dir, fmt.Sprint(i), "old"), "old")
		}
		report, err := transfer.Sync(t.Context(), transfer.Dir(dir), transfer.Under(b, ""), transfer.WithDelete())
		if err != nil || report.Copied != 100 || report.Deleted != 100 {
			t.Fatalf("%+v, %v", report, err)
		}
	}
}

// Where the file system ignores case, the old name is the file that was just written.
func TestSyncDeletesNoOtherNameOfWhatWasCopied(t *testing.T) {
	dir := files(t, map[string]string{"dir/a.txt": "new", "dir/b.txt": "old"})
	l, err := transfer.OpenFoldingTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.May("DIR/A.txt"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"dir/a.txt": false, "dir/b.txt": true} {
		if removed, err := l.Remove(name); removed != want || err != nil {
			t.Errorf("%s: %v, %v", name, removed, err)
		}
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"dir/a.txt": "new"}) {
		t.Errorf("there is %q", got)
	}
}

func TestDeletionsTakeNoOptionsInVain(t *testing.T) {
	b := newBucket()
	b.put(t, "a", nil)
	b.put(t, "keep/b", nil)
	names := slices.Values([]string{"a", "keep/b"})
	for want, opt := range map[string]transfer.Option{
		"WithExclude":         transfer.WithExclude("keep"),
		"WithInclude":         transfer.WithInclude("a"),
		"WithFollowLinks":     transfer.WithFollowLinks(),
		"WithCompareChecksum": transfer.WithCompareChecksum(),
		"WithDelete":          transfer.WithDelete(),
		"WithCheckpoint":      transfer.WithCheckpoint(t.TempDir()),
	} {
		_, err := transfer.Delete(t.Context(), b, names, opt, transfer.WithKeepGoing())
		_, err2 := transfer.CleanupUploads(t.Context(), b, "", 0, opt, transfer.WithKeepGoing())
		var err3 error
		if !strings.HasSuffix(want, "clude") {
			_, err3 = transfer.DeleteAll(t.Context(), transfer.Under(b, "a"), opt)
		} else {
			err3 = errors.New(want)
		}
		for _, err := range []error{err, err2, err3} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error is %v", want, err)
			}
		}
	}
	if len(b.under("")) != 2 {
		t.Errorf("the bucket has %q", b.under(""))
	}
}
