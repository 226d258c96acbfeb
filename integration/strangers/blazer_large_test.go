package strangers

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"testing"
	"time"

	"github.com/Backblaze/blazer/b2"

	"github.com/entrepot-go/entrepot/storagetest"
)

const blazerPart = 5_000_000

// TestBlazerWritesLargeFiles sends 64 MiB in parts, in each of the ways that a
// writer has.
func TestBlazerWritesLargeFiles(t *testing.T) {
	body := content(64 * mib)
	sum := sha1.Sum(body)
	const parts = (64*mib + blazerPart - 1) / blazerPart
	eachBlazer(t, func(ctx context.Context, t *testing.T, srv *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(ctx, t, client)
		write := func(name string, source io.Reader, set func(*b2.Writer)) {
			t.Helper()
			srv.ForgetRequests()
			w := bucket.Object(name).NewWriter(ctx, b2.WithAttrsOption(&b2.Attrs{SHA1: hex.EncodeToString(sum[:]), LastModified: time.UnixMilli(1_600_000_000_001)}))
			w.ChunkSize, w.ConcurrentUploads = blazerPart, 4
			set(w)
			_, err := w.ReadFrom(source)
			must(t, err)
			must(t, w.Close())
			wantEqual(t, name+": parts", succeeded(srv, "b2_upload_part"), parts)
			wantB2Content(t, srv, "photos-1", name, body)
		}
		write("seekable", bytes.NewReader(body), func(*b2.Writer) {})
		write("stream", struct{ io.Reader }{bytes.NewReader(body)}, func(*b2.Writer) {})
		write("by files", struct{ io.Reader }{bytes.NewReader(body)}, func(w *b2.Writer) { w.UseFileBuffer, w.FileBufferDir = true, t.TempDir() })

		object := bucket.Object("seekable")
		r := object.NewReader(ctx)
		r.ChunkSize, r.ConcurrentDownloads = 7_000_000, 4
		got, err := io.ReadAll(r)
		must(t, err)
		wantBytes(t, "what blazer reads", got, body)
		if err, verified := r.Verify(); err != nil || !verified {
			t.Errorf("Verify = %v, %t", err, verified)
		}
		must(t, r.Close())
		attrs, err := object.Attrs(ctx)
		must(t, err)
		wantEqual(t, "attributes", []any{attrs.Size, attrs.SHA1, attrs.LastModified.UnixMilli()}, []any{int64(len(body)), hex.EncodeToString(sum[:]), int64(1_600_000_000_001)})
		info, err := ourB2(t, srv).Bucket("photos-1").Stat(ctx, "seekable", "")
		must(t, err)
		wantEqual(t, "our client's view", []any{info.Attrs.ModTime.UnixMilli(), info.Attrs.SHA1}, []any{int64(1_600_000_000_001), sum[:]})
	})
}

func TestBlazerResumesLargeFiles(t *testing.T) {
	eachBlazer(t, func(ctx context.Context, t *testing.T, srv *storagetest.B2, client *b2.Client) {
		bucket := blazerBucket(ctx, t, client)
		body := content(4 * blazerPart)
		begin := func(name string) {
			t.Helper()
			srv.ForgetRequests()
			short, cancel := context.WithCancel(ctx)
			defer cancel()
			w := bucket.Object(name).NewWriter(short)
			w.ChunkSize = blazerPart
			_, err := w.Write(body[:2*blazerPart+1])
			must(t, err)
			awaitCalls(ctx, t, srv, "b2_upload_part", 2)
			cancel()
			if err := w.Close(); err == nil {
				t.Fatal("a writer whose context has ended was closed without an error")
			}
		}
		begin("resumed")
		begin("canceled")
		wantEqual(t, "files", blazerList(ctx, t, bucket), []string(nil))
		wantEqual(t, "unfinished", blazerList(ctx, t, bucket, b2.ListUnfinished(), b2.ListPageSize(1)), []string{"resumed", "canceled"})

		// What differs from the parts that are there is no continuation of them.
		canceled := false
		w := bucket.Object("canceled").NewWriter(ctx, b2.WithCancelOnError(func() context.Context { return ctx }, func(err error) { canceled = err == nil }))
		w.ChunkSize, w.Resume = blazerPart, true
		_, err := w.Write(content(blazerPart + 1))
		if err == nil {
			err = w.Close()
		}
		if err == nil || !canceled {
			t.Errorf("an upload with other content was resumed: %v, canceled %t", err, canceled)
		}

		srv.ForgetRequests()
		w = bucket.Object("resumed").NewWriter(ctx)
		w.ChunkSize, w.Resume = blazerPart, true
		_, err = w.ReadFrom(bytes.NewReader(body))
		must(t, err)
		must(t, w.Close())
		wantEqual(t, "parts sent", succeeded(srv, "b2_upload_part"), 2)
		wantB2Content(t, srv, "photos-1", "resumed", body)
		wantEqual(t, "unfinished after all", blazerList(ctx, t, bucket, b2.ListUnfinished()), []string(nil))

		begin("left")
		list := bucket.List(ctx, b2.ListUnfinished())
		for list.Next() {
			object := list.Object()
			attrs, err := object.Attrs(ctx)
			must(t, err)
			wantEqual(t, "name", attrs.Name, "left")
			if err := object.Delete(ctx); err == nil {
				t.Error("blazer deleted an unfinished file")
			}
			must(t, object.Cancel(ctx))
		}
		must(t, list.Err())
		wantEqual(t, "unfinished in the end", blazerList(ctx, t, bucket, b2.ListUnfinished()), []string(nil))
	})
}

// awaitCalls waits until the server has answered a call well so many times.
func awaitCalls(ctx context.Context, t *testing.T, srv *storagetest.B2, operation string, want int) {
	t.Helper()
	for succeeded(srv, operation) < want {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%s did not come to %d answers", operation, want)
		}
	}
}
