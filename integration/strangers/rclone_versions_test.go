package strangers

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	entrepotb2 "github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
)

// rcloneVersion is what rclone puts into the name of an old version.
var rcloneVersion = regexp.MustCompile(`^(.*)-v\d{4}-\d\d-\d\d-\d{6}-\d{3}(\.[a-z]+)?$`)

func TestRcloneKeepsVersions(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	r := newRclone(t, srv)
	write := func(name, body string) {
		t.Helper()
		r.feed(strings.NewReader(body), "rcat", "b:photos-1/"+name)
	}
	for _, body := range []string{"first", "second", "third"} {
		write("kept.txt", body)
	}
	write("gone.txt", "gone")
	write("other", "other")
	r.run("deletefile", "b:photos-1/gone.txt")
	wantEqual(t, "versions", b2Rows(t, srv, "photos-1"),
		[]string{"hide gone.txt", "upload gone.txt", "upload kept.txt", "upload kept.txt", "upload kept.txt", "upload other"})
	wantEqual(t, "files", r.run("lsf", "b:photos-1"), "kept.txt\nother\n")

	var old []string
	for _, name := range lines(r.run("lsf", "b:photos-1", "--b2-versions")) {
		if m := rcloneVersion.FindStringSubmatch(name); m != nil {
			old = append(old, m[1]+m[2])
			body := r.run("cat", "b:photos-1/"+name, "--b2-versions")
			if want := map[string][]string{"kept.txt": {"first", "second"}, "gone.txt": {"gone"}}; !slices.Contains(want[m[1]+m[2]], body) {
				t.Errorf("%s is %q", name, body)
			}
		}
	}
	wantEqual(t, "old versions", sorted(old), []string{"gone.txt", "kept.txt", "kept.txt"})

	out, err := ourB2(t, srv).ListFileVersions(t.Context(), &entrepotb2.ListFileVersionsInput{BucketId: b2BucketID(t, srv, "photos-1"), StartFileName: "kept.txt"})
	must(t, err)
	second := out.Files[1].UploadTimestamp.UTC().Format(time.RFC3339Nano)
	wantEqual(t, "what there was", r.run("lsf", "b:photos-1", "--b2-version-at", second), "kept.txt\n")
	wantEqual(t, "what it was", r.run("cat", "b:photos-1/kept.txt", "--b2-version-at", second), "second")
	r.fails("can't modify", "deletefile", "b:photos-1/kept.txt", "--b2-version-at", second)

	r.run("deletefile", "b:photos-1/other", "--b2-hard-delete")
	r.run("backend", "cleanup-hidden", "b:photos-1")
	wantEqual(t, "versions after the clean-up", b2Rows(t, srv, "photos-1"), []string{"upload kept.txt"})
	wantEqual(t, "kept", r.run("cat", "b:photos-1/kept.txt"), "third")
	r.run("purge", "b:photos-1")
	wantEqual(t, "buckets", r.run("lsf", "b:"), "")
}

func TestRcloneCleansUp(t *testing.T) {
	t.Parallel()
	// rclone looks at its own clock for how old an upload is.
	var behind atomic.Int64
	behind.Store(int64(48 * time.Hour))
	srv := storagetest.NewB2(storagetest.WithCredentials(b2KeyID, secret), storagetest.WithClock(func() time.Time {
		return time.Now().Add(-time.Duration(behind.Load()))
	}))
	t.Cleanup(srv.Close)
	r := newRclone(t, srv)
	for _, body := range []string{"first", "second"} {
		r.feed(strings.NewReader(body), "rcat", "b:photos-1/kept")
	}
	begin := func(name string) {
		t.Helper()
		_, err := ourB2(t, srv).StartLargeFile(t.Context(), &entrepotb2.StartLargeFileInput{BucketId: b2BucketID(t, srv, "photos-1"), FileName: name, ContentType: "text/x"})
		must(t, err)
	}
	begin("days old")
	behind.Store(0)
	begin("new")
	wantRows := func(when string, want ...string) {
		t.Helper()
		wantEqual(t, when, b2Rows(t, srv, "photos-1"), want)
	}
	wantRows("at first", "start days old", "upload kept", "upload kept", "start new")
	r.run("backend", "cleanup", "b:photos-1", "-o", "max-age=72h", "--dry-run")
	wantRows("after a dry run", "start days old", "upload kept", "upload kept", "start new")
	r.run("backend", "cleanup", "b:photos-1", "-o", "max-age=36h")
	// It deletes old versions as well, of whatever age.
	wantRows("after a clean-up by age", "upload kept", "start new")
	r.feed(strings.NewReader("third"), "rcat", "b:photos-1/kept")
	begin("newer")
	r.run("cleanup", "b:photos-1")
	wantRows("after a clean-up", "upload kept", "start new", "start newer")
	r.run("backend", "cleanup", "b:photos-1", "-o", "max-age=1ms")
	wantRows("in the end", "upload kept")
}

func TestRcloneSetsLifecycles(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	r := newRclone(t, srv)
	rules := func(args ...string) (rules []map[string]any) {
		t.Helper()
		must(t, json.Unmarshal([]byte(r.run(append([]string{"backend", "lifecycle", "b:photos-1"}, args...)...)), &rules))
		return rules
	}
	r.run("mkdir", "b:photos-1")
	wantEqual(t, "rules", rules(), []map[string]any{})
	rule := map[string]any{"daysFromHidingToDeleting": 1.0, "daysFromUploadingToHiding": 5.0, "daysFromStartingToCancelingUnfinishedLargeFiles": 7.0, "fileNamePrefix": ""}
	set := []string{"-o", "daysFromHidingToDeleting=1", "-o", "daysFromUploadingToHiding=5", "-o", "daysFromStartingToCancelingUnfinishedLargeFiles=7"}
	wantEqual(t, "rules as they are set", rules(set...), []map[string]any{rule})
	wantEqual(t, "rules after that", rules(), []map[string]any{rule})
	r.run("mkdir", "b:videos-1", "--b2-lifecycle", "3")
	out, err := ourB2(t, srv).ListBuckets(t.Context(), &entrepotb2.ListBucketsInput{BucketName: "videos-1"})
	must(t, err)
	wantEqual(t, "rules of a new bucket", out.Buckets[0].LifecycleRules, []entrepotb2.LifecycleRule{{DaysFromHidingToDeleting: 3}})
}
