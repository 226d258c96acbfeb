package strangers

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"github.com/Backblaze/blazer/b2"

	"github.com/entrepot-go/entrepot/storagetest"
)

// blazerSettings has the server misbehave in the ways that the service offers
// for tests of clients.
var blazerSettings = []struct {
	name string
	opts []b2.ClientOption
}{
	{name: "all well"},
	{name: "uploads fail", opts: []b2.ClientOption{b2.FailSomeUploads()}},
	{name: "tokens expire", opts: []b2.ClientOption{b2.ExpireSomeAuthTokens()}},
}

func eachBlazer(t *testing.T, test func(t *testing.T, srv *storagetest.B2, client *b2.Client)) {
	for _, setting := range blazerSettings {
		t.Run(setting.name, func(t *testing.T) {
			srv := storagetest.NewB2(storagetest.WithCredentials("002strangerkey", secret))
			defer srv.Close()
			client, err := b2.NewClient(t.Context(), "002strangerkey", secret, append(setting.opts, b2.APIBase(srv.URL))...)
			must(t, err)
			test(t, srv, client)
		})
	}
}

func blazerBucket(t *testing.T, client *b2.Client) *b2.Bucket {
	t.Helper()
	bucket, err := client.NewBucket(t.Context(), "photos-1", &b2.BucketAttrs{
		Type: b2.Private, Info: map[string]string{"a": "b"}, LifecycleRules: []b2.LifecycleRule{{Prefix: "x", DaysHiddenUntilDeleted: 3}},
	})
	must(t, err)
	return bucket
}

func TestBlazerManagesBuckets(t *testing.T) {
	eachBlazer(t, func(t *testing.T, _ *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(t, client)
		attrs, err := bucket.Attrs(t.Context())
		must(t, err)
		wantEqual(t, "info", attrs.Info, map[string]string{"a": "b"})
		if attrs.Type != b2.Private || len(attrs.LifecycleRules) != 1 || attrs.LifecycleRules[0].DaysHiddenUntilDeleted != 3 {
			t.Errorf("attrs = %+v", attrs)
		}
		must(t, bucket.Update(t.Context(), &b2.BucketAttrs{Info: map[string]string{"c": "d"}}))
		attrs, err = bucket.Attrs(t.Context())
		must(t, err)
		wantEqual(t, "info after the update", attrs.Info, map[string]string{"c": "d"})
		buckets, err := client.ListBuckets(t.Context())
		must(t, err)
		if len(buckets) != 1 || buckets[0].Name() != "photos-1" {
			t.Errorf("buckets = %v", buckets)
		}
		must(t, bucket.Delete(t.Context()))
	})
}

func TestBlazerMovesFiles(t *testing.T) {
	eachBlazer(t, func(t *testing.T, _ *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(t, client)
		files := map[string][]byte{
			"a b+c&d.txt": content(1000), "dir/ü.bin": content(2000), "dir/sub/x%y": content(3), "empty": {}, "large": content(12_345_678),
		}
		for name, body := range files {
			blazerWrite(t, bucket.Object(name), body)
		}
		for name, body := range files {
			object := bucket.Object(name)
			r := object.NewReader(t.Context())
			r.ChunkSize, r.ConcurrentDownloads = 4_000_000, 3
			got, err := io.ReadAll(r)
			must(t, err)
			must(t, r.Close())
			wantBytes(t, name, got, body)
			attrs, err := object.Attrs(t.Context())
			must(t, err)
			if attrs.Size != int64(len(body)) || attrs.ContentType != "text/x" {
				t.Errorf("%s: attrs = %+v", name, attrs)
			}
			wantEqual(t, name+": info", attrs.Info, map[string]string{"k": "v ü+&"})
		}
		wantEqual(t, "at the top", blazerList(t, bucket, b2.ListDelimiter("/")), []string{"a b+c&d.txt", "dir/", "empty", "large"})
		wantEqual(t, "by pages", blazerList(t, bucket, b2.ListPageSize(2)), []string{"a b+c&d.txt", "dir/sub/x%y", "dir/ü.bin", "empty", "large"})
	})
}

func blazerWrite(t *testing.T, object *b2.Object, body []byte) {
	t.Helper()
	w := object.NewWriter(t.Context(), b2.WithAttrsOption(&b2.Attrs{ContentType: "text/x", Info: map[string]string{"k": "v ü+&"}}))
	w.ChunkSize, w.ConcurrentUploads = 5_000_000, 3
	_, err := io.Copy(w, bytes.NewReader(body))
	must(t, err)
	must(t, w.Close())
}

func blazerList(t *testing.T, bucket *b2.Bucket, opts ...b2.ListOption) (names []string) {
	t.Helper()
	list := bucket.List(t.Context(), opts...)
	for list.Next() {
		names = append(names, list.Object().Name())
	}
	must(t, list.Err())
	return names
}

func TestBlazerHidesAndDeletesFiles(t *testing.T) {
	eachBlazer(t, func(t *testing.T, _ *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(t, client)
		for _, name := range []string{"hidden", "there"} {
			blazerWrite(t, bucket.Object(name), []byte("x"))
		}
		must(t, bucket.Object("hidden").Hide(t.Context()))
		wantEqual(t, "visible", blazerList(t, bucket), []string{"there"})
		if err := blazerRead(t.Context(), bucket.Object("hidden")); !b2.IsNotExist(err) {
			t.Errorf("reading a hidden file = %v, want one that does not exist", err)
		}
		_, err := bucket.AuthToken(t.Context(), "dir", time.Hour)
		must(t, err)
		list := bucket.List(t.Context(), b2.ListHidden())
		versions := 0
		for list.Next() {
			versions++
			must(t, list.Object().Delete(t.Context()))
		}
		must(t, list.Err())
		if versions != 3 {
			t.Errorf("%d versions, want two files and a hide marker", versions)
		}
		must(t, bucket.Delete(t.Context()))
	})
}

func blazerRead(ctx context.Context, object *b2.Object) error {
	r := object.NewReader(ctx)
	defer r.Close()
	_, err := io.ReadAll(r)
	return err
}

func TestBlazerIsRefusedWithAWrongKey(t *testing.T) {
	srv := storagetest.NewB2(storagetest.WithCredentials("002strangerkey", secret))
	defer srv.Close()
	if _, err := b2.NewClient(t.Context(), "002strangerkey", "wrong", b2.APIBase(srv.URL)); err == nil {
		t.Error("NewClient took a wrong key")
	}
}
