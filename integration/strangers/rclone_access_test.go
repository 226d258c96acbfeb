package strangers

import (
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
)

func TestRcloneLinks(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	r := newRclone(t, srv)
	const name = "dir/a b+ü%.txt"
	r.feed(strings.NewReader("linked"), "rcat", "b:photos-1/"+name)
	link := strings.TrimSpace(r.run("link", "b:photos-1/"+name, "--b2-download-auth-duration", "1m"))
	status, _, body := fetch(t, srv, link, "")
	wantEqual(t, "link", []any{status, body}, []any{200, "linked"})
	address, token, ok := strings.Cut(link, "?Authorization=")
	if !ok || token == "" {
		t.Fatalf("the link to a private file is %s", link)
	}
	for _, wrong := range []string{address, strings.Replace(link, "%25.txt", "%25.tx", 1), link + "x"} {
		if status, _, body := fetch(t, srv, wrong, ""); status != 401 {
			t.Errorf("GET %s: %d %s, want 401", wrong, status, body)
		}
	}
	srv.ExpireTokens()
	if status, _, body := fetch(t, srv, link, ""); status != 401 || !strings.Contains(body, "expired_auth_token") {
		t.Errorf("a link that has expired: %d %s", status, body)
	}
	folder := strings.TrimSpace(r.run("link", "b:photos-1/dir"))
	status, _, body = fetch(t, srv, strings.Replace(folder, "/dir?", "/dir/a+b%2B%C3%BC%25.txt?", 1), "")
	wantEqual(t, "link to a folder", []any{status, body}, []any{200, "linked"})
	r.fails("object not found", "link", "b:photos-1/missing")
	r.fails("between 1 sec and 1 week", "link", "b:photos-1/"+name, "--b2-download-auth-duration", "8d")
}

func TestRcloneUsesRestrictedKeys(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	master := newRclone(t, srv)
	for _, name := range []string{"photos-1/in/a", "photos-1/out/b", "videos-1/c", "secret-1/d"} {
		master.feed(strings.NewReader(name), "rcat", "b:"+name)
	}
	photos, videos := b2BucketID(t, srv, "photos-1"), b2BucketID(t, srv, "videos-1")

	// A key for some names of one bucket, which may not write.
	r := newRestrictedRclone(t, srv, storagetest.B2Key{
		BucketIds: []string{photos}, NamePrefix: "in/", Capabilities: []string{"listBuckets", "listFiles", "readFiles"},
	})
	wantEqual(t, "files", r.run("lsf", "b:photos-1/in"), "a\n")
	wantEqual(t, "content", r.run("cat", "b:photos-1/in/a"), "photos-1/in/a")
	wantEqual(t, "buckets", r.run("lsf", "b:"), "photos-1/\n")
	wantEqual(t, "what version 1 lets it see", r.run("lsf", "b:photos-1"), "in/\n")
	r.fails("unauthorized", "touch", "b:photos-1/in/new")
	r.fails("you must use bucket(s)", "lsf", "b:videos-1")
	r.fails("shareFiles", "link", "b:photos-1/in/a")

	// A key for two buckets, which only version 4 knows.
	r = newRestrictedRclone(t, srv, storagetest.B2Key{BucketIds: []string{photos, videos}})
	wantEqual(t, "buckets of two", r.run("lsf", "b:"), "photos-1/\nvideos-1/\n")
	r.run("copy", "b:photos-1/out", "b:videos-1/out")
	wantEqual(t, "copied", r.run("lsf", "-R", "--files-only", "b:videos-1"), "c\nout/b\n")
	r.fails("you must use bucket(s)", "lsf", "b:secret-1")

	r = newRcloneWithKey(t, srv, b2KeyID, "wrong")
	srv.ForgetRequests()
	r.fails("failed to authorize account", "lsf", "b:")
	wantEqual(t, "refusals of a wrong key", refusals(srv.Server)[0], "b2_authorize_account 401")
}

func newRestrictedRclone(t *testing.T, srv *storagetest.B2, key storagetest.B2Key) *rclone {
	t.Helper()
	id, secret := srv.AddKey(key)
	return newRcloneWithKey(t, srv, id, secret)
}
