package strangers

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Backblaze/blazer/b2"

	entrepotb2 "github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
)

func TestBlazerManagesBuckets(t *testing.T) {
	eachBlazer(t, func(ctx context.Context, t *testing.T, srv *storagetest.B2, client *b2.Client) {
		if _, err := client.Bucket(ctx, "photos-1"); !b2.IsNotExist(err) {
			t.Errorf("a bucket before it is made = %v, want one that does not exist", err)
		}
		bucket := blazerBucket(ctx, t, client)
		attrs, err := bucket.Attrs(ctx)
		must(t, err)
		wantEqual(t, "attributes", attrs, &b2.BucketAttrs{
			Type: b2.Private, Info: map[string]string{"a": "b"}, LifecycleRules: []b2.LifecycleRule{{Prefix: "x", DaysHiddenUntilDeleted: 3}},
		})
		wantEqual(t, "addresses", []string{bucket.Name(), bucket.BaseURL(), bucket.S3URL()}, []string{"photos-1", srv.URL, srv.URL})

		must(t, bucket.Update(ctx, &b2.BucketAttrs{
			Type: b2.Public, Info: map[string]string{"c": "d"}, LifecycleRules: []b2.LifecycleRule{{DaysNewUntilHidden: 5, DaysHiddenUntilDeleted: 1}},
		}))
		attrs, err = bucket.Attrs(ctx)
		must(t, err)
		wantEqual(t, "attributes after the update", attrs, &b2.BucketAttrs{
			Type: b2.Public, Info: map[string]string{"c": "d"}, LifecycleRules: []b2.LifecycleRule{{DaysNewUntilHidden: 5, DaysHiddenUntilDeleted: 1}},
		})
		stale, err := client.Bucket(ctx, "photos-1")
		must(t, err)
		must(t, bucket.Update(ctx, &b2.BucketAttrs{
			DefaultServerSideEncryption: b2.DefaultServerSideEncryption(),
			FileLockEnabled:             true,
			DefaultRetention:            &b2.Retention{Mode: "governance", Period: &b2.RetentionPeriod{Duration: 7, Unit: "days"}},
		}))
		if err := stale.Update(ctx, &b2.BucketAttrs{Info: map[string]string{"e": "f"}}); !b2.IsUpdateConflict(err) {
			t.Errorf("update of what was changed meanwhile = %v, want a conflict", err)
		}
		// blazer tells nobody of the rest.
		got, err := ourB2(t, srv).ListBuckets(ctx, &entrepotb2.ListBucketsInput{BucketName: "photos-1"})
		must(t, err)
		wantEqual(t, "encryption", string(got.Buckets[0].DefaultServerSideEncryption.Value.Mode), "SSE-B2")
		lock := got.Buckets[0].FileLockConfiguration.Value
		wantEqual(t, "lock", []any{lock.IsFileLockEnabled, string(lock.DefaultRetention.Mode), lock.DefaultRetention.Period.Duration, string(lock.DefaultRetention.Period.Unit)},
			[]any{true, "governance", int64(7), "days"})

		// blazer forgets the name of a CORS rule, which the API requires.
		err = bucket.Update(ctx, &b2.BucketAttrs{CORSRules: []b2.CORSRule{{
			Name: "downloads", AllowedOrigins: []string{"https"}, AllowedOperations: []string{"b2_download_file_by_id"}, MaxAgeSeconds: 60,
		}}})
		if err == nil || !strings.Contains(err.Error(), "corsRuleName") {
			t.Errorf("a CORS rule without a name: %v", err)
		}

		plain, err := client.NewBucket(ctx, "videos-1", nil)
		must(t, err)
		again, err := client.NewBucket(ctx, "videos-1", &b2.BucketAttrs{Type: b2.Public})
		must(t, err)
		attrs, err = again.Attrs(ctx)
		must(t, err)
		wantEqual(t, "type of a bucket that was there", attrs.Type, b2.Private)
		wantEqual(t, "buckets", blazerBuckets(ctx, t, client), []string{"photos-1", "videos-1"})
		wantEqual(t, "public buckets", blazerBuckets(ctx, t, client, b2.Public), []string{"photos-1"})
		if _, err := client.ListBuckets(ctx, "unheardOf"); err == nil {
			t.Error("buckets of an unheard-of type were listed")
		}

		blazerWrite(ctx, t, plain.Object("k"), []byte("x"))
		if err := plain.Delete(ctx); err == nil || b2.IsNotExist(err) {
			t.Errorf("deleting a bucket with a file = %v", err)
		}
		object := plain.Object("k")
		must(t, object.Delete(ctx))
		must(t, plain.Delete(ctx))
		if err := plain.Delete(ctx); !b2.IsNotExist(err) {
			t.Errorf("deleting a bucket twice = %v, want one that does not exist", err)
		}
		list := plain.List(ctx)
		if list.Next() || !b2.IsNotExist(list.Err()) {
			t.Errorf("listing a bucket that is gone = %v, want one that does not exist", list.Err())
		}
	})
}

func blazerBuckets(ctx context.Context, t *testing.T, client *b2.Client, types ...string) (names []string) {
	t.Helper()
	buckets, err := client.ListBuckets(ctx, types...)
	must(t, err)
	for _, bucket := range buckets {
		names = append(names, bucket.Name())
	}
	return names
}

func TestBlazerDescribesFiles(t *testing.T) {
	eachBlazer(t, func(ctx context.Context, t *testing.T, srv *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(ctx, t, client)
		modified := time.UnixMilli(1_234_567_890_123)
		object := bucket.Object("described")
		w := object.NewWriter(ctx, b2.WithAttrsOption(&b2.Attrs{LastModified: modified, Info: map[string]string{"Color": "blue"}}))
		_, err := w.Write([]byte("content"))
		must(t, err)
		must(t, w.Close())
		attrs, err := bucket.Object("described").Attrs(ctx)
		must(t, err)
		if attrs.UploadTimestamp.Before(time.Now().Add(-time.Hour)) {
			t.Errorf("uploaded at %v", attrs.UploadTimestamp)
		}
		attrs.UploadTimestamp = time.Time{}
		wantEqual(t, "attributes", attrs, &b2.Attrs{
			Name: "described", Size: 7, ContentType: "application/octet-stream", Status: b2.Uploaded,
			SHA1: "040f06fd774092478d450774f5ba30c5da78acc8", LastModified: modified, Info: map[string]string{"color": "blue"},
		})
		info, err := ourB2(t, srv).Bucket("photos-1").Stat(ctx, "described", "")
		must(t, err)
		wantEqual(t, "our client's view", []any{info.Attrs.ModTime.UTC(), info.Version, info.Attrs.Metadata["color"]}, []any{modified.UTC(), object.ID(), "blue"})

		r := object.NewRangeReader(ctx, 2, 3)
		var part bytes.Buffer
		_, err = part.ReadFrom(r)
		must(t, err)
		if err, verified := r.Verify(); err != nil || verified {
			t.Errorf("Verify of a part = %v, %t", err, verified)
		}
		must(t, r.Close())
		wantEqual(t, "range", part.String(), "nte")
		r = object.NewRangeReader(ctx, 4, -1)
		part.Reset()
		_, err = part.ReadFrom(r)
		must(t, err)
		must(t, r.Close())
		wantEqual(t, "rest", part.String(), "ent")
		r = object.NewReader(ctx)
		var chunk [3]byte
		_, err = r.Read(chunk[:])
		must(t, err)
		wantEqual(t, "beginning", string(chunk[:]), "con")
		_, err = part.ReadFrom(r)
		must(t, err)
		if err, verified := r.Verify(); err != nil || !verified {
			t.Errorf("Verify of all = %v, %t", err, verified)
		}
		must(t, r.Close())
	})
}

func TestBlazerLinks(t *testing.T) {
	t.Parallel()
	ctx, srv := blazerContext(t), newB2(t)
	client := newBlazer(ctx, t, srv)
	bucket := blazerBucket(ctx, t, client)
	object := bucket.Object("dir/ü.txt")
	blazerWrite(ctx, t, object, []byte("linked"))
	token, err := bucket.AuthToken(ctx, "dir/", time.Hour)
	must(t, err)
	get := func(address, token string, want int) (header map[string][]string, body string) {
		t.Helper()
		status, header, body := fetch(t, srv, address, token)
		if status != want {
			t.Errorf("GET %s: %d %s, want %d", address, status, body, want)
		}
		return header, body
	}
	_, body := get(object.URL(), token, 200)
	wantEqual(t, "by header", body, "linked")
	_, body = get(object.URL()+"?Authorization="+url.QueryEscape(token), "", 200)
	wantEqual(t, "by query", body, "linked")
	get(object.URL(), "", 401)
	get(bucket.BaseURL()+"/file/photos-1/elsewhere", token, 401)

	link, err := object.AuthURL(ctx, time.Minute, "")
	must(t, err)
	_, body = get(link.String(), "", 200)
	wantEqual(t, "by link", body, "linked")
	const disposition = `attachment; filename="a b.txt"`
	link, err = object.AuthURL(ctx, time.Minute, disposition)
	must(t, err)
	header, _ := get(link.String(), "", 200)
	wantEqual(t, "disposition", header["Content-Disposition"], []string{disposition})
	get(strings.Replace(link.String(), "attachment", "inline", 1), "", 401)

	must(t, bucket.Update(ctx, &b2.BucketAttrs{Type: b2.Public}))
	_, body = get(object.URL(), "", 200)
	wantEqual(t, "of a public bucket", body, "linked")
}

func TestBlazerUsesRestrictedKeys(t *testing.T) {
	t.Parallel()
	ctx, srv := blazerContext(t), newB2(t)
	master := newBlazer(ctx, t, srv)
	bucket := blazerBucket(ctx, t, master)
	other, err := master.NewBucket(ctx, "videos-1", nil)
	must(t, err)
	for _, name := range []string{"in/a", "out/b"} {
		blazerWrite(ctx, t, bucket.Object(name), []byte(name))
	}
	blazerWrite(ctx, t, other.Object("c"), []byte("c"))
	id, secret := srv.AddKey(storagetest.B2Key{
		BucketIds: []string{b2BucketID(t, srv, "photos-1")}, NamePrefix: "in/", Capabilities: []string{"listBuckets", "listFiles", "readFiles"},
	})
	client := newBlazerWithKey(ctx, t, srv, id, secret)
	wantEqual(t, "buckets", blazerBuckets(ctx, t, client), []string{"photos-1"})
	if _, err := client.Bucket(ctx, "videos-1"); !b2.IsNotExist(err) {
		t.Errorf("another bucket = %v, want one that does not exist", err)
	}
	bucket, err = client.Bucket(ctx, "photos-1")
	must(t, err)
	wantEqual(t, "files", blazerList(ctx, t, bucket), []string{"in/a"})
	got, err := blazerRead(ctx, bucket.Object("in/a"))
	must(t, err)
	wantEqual(t, "content", string(got), "in/a")
	if _, err := blazerRead(ctx, bucket.Object("out/b")); err == nil {
		t.Error("a file was read outside the prefix")
	}
	w := bucket.Object("in/new").NewWriter(ctx)
	_, err = w.Write([]byte("x"))
	must(t, err)
	if err := w.Close(); err == nil {
		t.Error("a file was written without the capability")
	}

	// Version 3 has no form for a key of several buckets.
	id, secret = srv.AddKey(storagetest.B2Key{BucketIds: []string{b2BucketID(t, srv, "photos-1"), b2BucketID(t, srv, "videos-1")}})
	srv.ForgetRequests()
	if _, err := b2.NewClient(ctx, id, secret, b2.APIBase(srv.URL)); err == nil {
		t.Error("a key of several buckets was taken")
	}
	wantEqual(t, "refusals", refusals(srv.Server), []string{"b2_authorize_account 401"})
}

// TestBlazerMakesKeys meets no test mode: blazer does not renew its token when it
// deletes a key.
func TestBlazerMakesKeys(t *testing.T) {
	t.Parallel()
	ctx, srv := blazerContext(t), newB2(t)
	client := newBlazer(ctx, t, srv)
	bucket := blazerBucket(ctx, t, client)
	until := time.Now().Add(time.Hour)
	key, err := client.CreateKey(ctx, "of-all", b2.Capabilities("listBuckets", "writeFiles"), b2.Deadline(until))
	must(t, err)
	wantEqual(t, "key", []any{key.Name(), key.Capabilities()}, []any{"of-all", []string{"listBuckets", "writeFiles"}})
	if late := until.Sub(key.Expires()); late < -time.Minute || late > time.Minute {
		t.Errorf("the key expires at %v, want %v", key.Expires(), until)
	}
	if _, err := client.CreateKey(ctx, "of-a-prefix", b2.Capabilities("readFiles"), b2.Prefix("in/")); err == nil {
		t.Error("a key with a prefix was made without a bucket")
	}
	inside, err := bucket.CreateKey(ctx, "of-one", b2.Capabilities("listBuckets", "listFiles", "readFiles", "writeFiles"), b2.Prefix("in/"), b2.Lifetime(time.Hour))
	must(t, err)

	restricted := newBlazerWithKey(ctx, t, srv, inside.ID(), inside.Secret())
	bucket, err = restricted.Bucket(ctx, "photos-1")
	must(t, err)
	blazerWrite(ctx, t, bucket.Object("in/k"), []byte("x"))
	wantEqual(t, "files", blazerList(ctx, t, bucket), []string{"in/k"})
	// An upload that is refused so is one that blazer never gives up.
	short, cancel := context.WithTimeout(ctx, time.Second/2)
	defer cancel()
	w := bucket.Object("out/k").NewWriter(short)
	_, err = w.Write([]byte("x"))
	must(t, err)
	if err := w.Close(); err == nil {
		t.Error("a file was written outside the prefix")
	}
	wantEqual(t, "refused uploads", count(srv, "b2_upload_file", 401) > 0, true)

	wantEqual(t, "keys", blazerKeys(ctx, t, client), map[string]string{key.ID(): "of-all", inside.ID(): "of-one"})
	for _, key := range []*b2.Key{key, inside} {
		must(t, key.Delete(ctx))
	}
	wantEqual(t, "keys in the end", blazerKeys(ctx, t, client), map[string]string{})
	if err := key.Delete(ctx); err == nil {
		t.Error("a key was deleted twice")
	}
}

// blazerKeys lists keys one by one.
func blazerKeys(ctx context.Context, t *testing.T, client *b2.Client) map[string]string {
	t.Helper()
	names := map[string]string{}
	for cursor := ""; ; {
		keys, next, err := client.ListKeys(ctx, 1, cursor)
		for _, key := range keys {
			names[key.ID()] = key.Name() + key.Secret() // which a list does not tell
		}
		if err == io.EOF {
			return names
		}
		must(t, err)
		cursor = next
	}
}

func TestBlazerTakesOptions(t *testing.T) {
	t.Parallel()
	ctx, srv := blazerContext(t), newB2(t)
	client := newBlazer(ctx, t, srv, b2.UserAgent("judge/1"), b2.DefaultWriterOptions(b2.WithAttrsOption(&b2.Attrs{ContentType: "text/default"})))
	bucket := blazerBucket(ctx, t, client)
	object := bucket.Object("k")
	w := object.NewWriter(ctx)
	_, err := w.Write([]byte("x"))
	must(t, err)
	must(t, w.Close())
	attrs, err := bucket.Object("k").Attrs(ctx)
	must(t, err)
	wantEqual(t, "content type", attrs.ContentType, "text/default")
	for _, r := range srv.Requests() {
		if agent := r.Header.Get("User-Agent"); !strings.HasPrefix(agent, "judge/1 blazer/") {
			t.Errorf("%s: User-Agent %q", r.Operation, agent)
		}
	}
	var lock sync.Mutex
	wantEqual(t, "files", blazerList(ctx, t, bucket, b2.ListLocker(&lock)), []string{"k"})

	calls := client.Status().RPCs[0] // of all time
	made := calls.CountByMethod()
	wantEqual(t, "uploads", made["b2_upload_file"], 1)
	page := httptest.NewRecorder()
	client.ServeHTTP(page, httptest.NewRequest("GET", "/", nil))
	if !strings.Contains(page.Body.String(), "b2_upload_file") {
		t.Errorf("the page of blazer's state: %d %s", page.Code, page.Body)
	}
}
