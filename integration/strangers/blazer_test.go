package strangers

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/Backblaze/blazer/b2"

	"github.com/entrepot-go/entrepot/storagetest"
)

// blazerSettings has the server misbehave in the ways that the service offers
// for tests of clients. The third of them, a cap that is exceeded, lets nothing
// succeed and has a test of its own.
var blazerSettings = []struct {
	name string
	opts []b2.ClientOption
}{
	{name: "all well"},
	{name: "uploads fail", opts: []b2.ClientOption{b2.FailSomeUploads()}},
	{name: "tokens expire", opts: []b2.ClientOption{b2.ExpireSomeAuthTokens()}},
}

func eachBlazer(t *testing.T, test func(ctx context.Context, t *testing.T, srv *storagetest.B2, client *b2.Client)) {
	t.Parallel()
	for _, setting := range blazerSettings {
		t.Run(setting.name, func(t *testing.T) {
			t.Parallel()
			ctx := blazerContext(t)
			srv := newB2(t)
			test(ctx, t, srv, newBlazer(ctx, t, srv, setting.opts...))
		})
	}
}

// blazerContext has a deadline, since blazer repeats without end.
func blazerContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func newBlazer(ctx context.Context, t *testing.T, srv *storagetest.B2, opts ...b2.ClientOption) *b2.Client {
	t.Helper()
	return newBlazerWithKey(ctx, t, srv, b2KeyID, secret, opts...)
}

func newBlazerWithKey(ctx context.Context, t *testing.T, srv *storagetest.B2, id, key string, opts ...b2.ClientOption) *b2.Client {
	t.Helper()
	transport := &http.Transport{} // its connections end with the test
	t.Cleanup(transport.CloseIdleConnections)
	client, err := b2.NewClient(ctx, id, key, append([]b2.ClientOption{b2.APIBase(srv.URL), b2.Transport(transport)}, opts...)...)
	must(t, err)
	return client
}

func blazerBucket(ctx context.Context, t *testing.T, client *b2.Client) *b2.Bucket {
	t.Helper()
	bucket, err := client.NewBucket(ctx, "photos-1", &b2.BucketAttrs{
		Type: b2.Private, Info: map[string]string{"a": "b"}, LifecycleRules: []b2.LifecycleRule{{Prefix: "x", DaysHiddenUntilDeleted: 3}},
	})
	must(t, err)
	return bucket
}

func blazerWrite(ctx context.Context, t *testing.T, object *b2.Object, body []byte) {
	t.Helper()
	w := object.NewWriter(ctx, b2.WithAttrsOption(&b2.Attrs{ContentType: "text/x", Info: map[string]string{"k": "v ü+&"}}))
	w.ChunkSize, w.ConcurrentUploads = 5_000_000, 3
	_, err := io.Copy(w, bytes.NewReader(body))
	must(t, err)
	must(t, w.Close())
}

func blazerRead(ctx context.Context, object *b2.Object) ([]byte, error) {
	r := object.NewReader(ctx)
	defer r.Close()
	r.ChunkSize, r.ConcurrentDownloads = 4_000_000, 3
	return io.ReadAll(r)
}

func blazerList(ctx context.Context, t *testing.T, bucket *b2.Bucket, opts ...b2.ListOption) (names []string) {
	t.Helper()
	list := bucket.List(ctx, opts...)
	for list.Next() {
		object := list.Object()
		names = append(names, object.Name())
	}
	must(t, list.Err())
	return names
}

func TestBlazerMovesFiles(t *testing.T) {
	eachBlazer(t, func(ctx context.Context, t *testing.T, srv *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(ctx, t, client)
		files := map[string][]byte{
			"a b+c&d.txt": content(1000), "dir/ü.bin": content(2000), "dir/sub/x%y": content(3), "empty": {}, "large": content(12_345_678),
		}
		for name, body := range files {
			blazerWrite(ctx, t, bucket.Object(name), body)
		}
		for name, body := range files {
			object := bucket.Object(name)
			got, err := blazerRead(ctx, object)
			must(t, err)
			wantBytes(t, name, got, body)
			wantB2Content(t, srv, "photos-1", name, body)
			attrs, err := object.Attrs(ctx)
			must(t, err)
			if attrs.Size != int64(len(body)) || attrs.ContentType != "text/x" {
				t.Errorf("%s: attrs = %+v", name, attrs)
			}
			wantEqual(t, name+": info", attrs.Info, map[string]string{"k": "v ü+&"})
		}
		wantEqual(t, "at the top", blazerList(ctx, t, bucket, b2.ListDelimiter("/")), []string{"a b+c&d.txt", "dir/", "empty", "large"})
		wantEqual(t, "by pages", blazerList(ctx, t, bucket, b2.ListPageSize(2)), []string{"a b+c&d.txt", "dir/sub/x%y", "dir/ü.bin", "empty", "large"})
		wantEqual(t, "below a prefix", blazerList(ctx, t, bucket, b2.ListPrefix("dir/s")), []string{"dir/sub/x%y"})
	})
}

func TestBlazerHidesAndDeletesFiles(t *testing.T) {
	eachBlazer(t, func(ctx context.Context, t *testing.T, _ *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(ctx, t, client)
		for _, name := range []string{"hidden", "hidden", "there"} {
			blazerWrite(ctx, t, bucket.Object(name), []byte("x"))
		}
		object := bucket.Object("hidden")
		must(t, object.Hide(ctx))
		wantEqual(t, "visible", blazerList(ctx, t, bucket), []string{"there"})
		if _, err := blazerRead(ctx, bucket.Object("hidden")); !b2.IsNotExist(err) {
			t.Errorf("reading a hidden file = %v, want one that does not exist", err)
		}
		must(t, bucket.Reveal(ctx, "hidden"))
		must(t, bucket.Reveal(ctx, "hidden")) // it is not hidden any more
		wantEqual(t, "visible again", blazerList(ctx, t, bucket), []string{"hidden", "there"})
		if err := bucket.Reveal(ctx, "missing"); !b2.IsNotExist(err) {
			t.Errorf("revealing what there is not = %v, want one that does not exist", err)
		}
		must(t, bucket.Object("hidden").Hide(ctx))

		versions := map[string][]b2.ObjectState{}
		ids := map[string]bool{}
		list := bucket.List(ctx, b2.ListHidden(), b2.ListPageSize(1))
		for list.Next() {
			object := list.Object()
			attrs, err := object.Attrs(ctx)
			must(t, err)
			versions[attrs.Name] = append(versions[attrs.Name], attrs.Status)
			ids[object.ID()] = true
			must(t, object.Delete(ctx))
		}
		must(t, list.Err())
		wantEqual(t, "versions", versions, map[string][]b2.ObjectState{"hidden": {b2.Hider, b2.Uploaded, b2.Uploaded}, "there": {b2.Uploaded}})
		if len(ids) != 4 {
			t.Errorf("%d ids of 4 versions", len(ids))
		}
		must(t, bucket.Delete(ctx))
	})
}

func TestBlazerIsRefusedWithAWrongKey(t *testing.T) {
	t.Parallel()
	srv := newB2(t)
	if _, err := b2.NewClient(blazerContext(t), b2KeyID, "wrong", b2.APIBase(srv.URL)); err == nil {
		t.Error("NewClient took a wrong key")
	}
	wantEqual(t, "refusals", refusals(srv.Server), []string{"b2_authorize_account 401"})
}

// TestBlazerMeetsTheTestModes holds that the modes do what their names say: the
// tests above would pass without.
func TestBlazerMeetsTheTestModes(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct {
		name   string
		option b2.ClientOption
		want   string // the refusal that there has to be
	}{
		{name: "fail_some_uploads", option: b2.FailSomeUploads(), want: "b2_upload_file 503"},
		{name: "expire_some_account_authorization_tokens", option: b2.ExpireSomeAuthTokens(), want: "401"},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			ctx, srv := blazerContext(t), newB2(t)
			bucket := blazerBucket(ctx, t, newBlazer(ctx, t, srv, mode.option))
			for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
				blazerWrite(ctx, t, bucket.Object(name), []byte(name))
				_, err := bucket.Attrs(ctx)
				must(t, err)
			}
			wantEqual(t, "files", blazerList(ctx, t, bucket), []string{"a", "b", "c", "d", "e", "f"})
			wantRefusal(t, srv, mode.want)
		})
	}
	t.Run("force_cap_exceeded", func(t *testing.T) {
		t.Parallel()
		ctx, srv := blazerContext(t), newB2(t)
		blazerWrite(ctx, t, blazerBucket(ctx, t, newBlazer(ctx, t, srv)).Object("there"), []byte("x"))
		client := newBlazer(ctx, t, srv, b2.ForceCapExceeded())
		bucket, err := client.Bucket(ctx, "photos-1")
		must(t, err)
		wantEqual(t, "files", blazerList(ctx, t, bucket), []string{"there"})
		srv.ForgetRequests()
		for _, size := range []int{1, 5_000_001} {
			// A writer that gets no URL for its first part waits for itself.
			short, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			w := bucket.Object("new").NewWriter(short)
			w.ChunkSize = 5_000_000
			_, err := w.Write(content(size))
			if err == nil {
				err = w.Close()
			}
			if err == nil {
				t.Errorf("a file of %d bytes was written beyond the cap", size)
			}
		}
		if _, err := blazerRead(ctx, bucket.Object("there")); err == nil {
			t.Error("a file was read beyond the cap")
		}
		wantRefusal(t, srv, "403")
		wantEqual(t, "files after all", blazerList(ctx, t, bucket), []string{"there"})
	})
}
