package b2_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// inBubble runs a test where time is not real and no goroutine may be left.
func inBubble(t *testing.T, test func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle)) {
	synctest.Test(t, func(t *testing.T) {
		srv := storagetest.NewB2(storagetest.WithInMemory(), storagetest.WithTLS(), storagetest.WithMinPartSize(100))
		defer srv.Close()
		config := srv.Config()
		config.Retry = entrepot.Retry{MaxWait: time.Minute}
		client, err := b2.New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer client.CloseIdleConnections()
		if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
			t.Fatal(err)
		}
		test(t, srv, client.Bucket("photos"))
	})
}

func TestStalledUploadGoesToANewURL(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Nth: 1, Stall: storagetest.RequestBody(50_000)})
		began := time.Now()
		put(t, photos, "f", bytes.Repeat([]byte("x"), 300_000))
		if took := time.Since(began); took < 60*time.Second || took > 70*time.Second {
			t.Errorf("a stall of the default length took %v", took)
		}
	})
}

func TestStalledDownloadGoesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		content := bytes.Repeat([]byte("x"), 300_000)
		put(t, photos, "f", content)
		srv.Inject(storagetest.Fault{Operation: "b2_download_file_by_name", Nth: 1, Stall: storagetest.ResponseBody(50_000)})
		info, body, err := photos.Open(t.Context(), "f", "", 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, content) || info.Verified != "SHA1" {
			t.Errorf("read %d bytes of %d, %v", len(got), len(content), err)
		}
	})
}

func TestUploadWaitsAsLongAsItIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Nth: 1, Status: 429, RetryAfter: "7"})
		began := time.Now()
		put(t, photos, "f", []byte("x"))
		if took := time.Since(began); took < 7*time.Second || took > 8*time.Second {
			t.Errorf("it took %v, want 7 s", took)
		}
	})
}

func TestUploadDoesNotWaitForAHostThatIsBusy(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Nth: 1, Times: 2, Status: 503, RetryAfter: "7"})
		began := time.Now()
		put(t, photos, "f", []byte("x"))
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("two hosts without room took %v", took)
		}
		srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Nth: 1, Times: 3, Status: 503, RetryAfter: "7"})
		began = time.Now()
		put(t, photos, "f", []byte("x"))
		if took := time.Since(began); took < 7*time.Second || took > 8*time.Second {
			t.Errorf("three hosts without room took %v, want 7 s", took)
		}
	})
}

func TestUploadEndsWithItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Stall: storagetest.RequestBody(50_000)})
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("tea is ready"))
		defer cancel()
		_, err := photos.Put(ctx, "f", transfer.Attrs{}, bytes.NewReader(make([]byte, 300_000)))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
	inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
		srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Status: 503, RetryAfter: "30"})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := photos.Put(ctx, "f", transfer.Attrs{}, bytes.NewReader([]byte("x")))
		if !errors.Is(err, context.Canceled) || !errors.Is(err, b2.ErrServiceUnavailable) {
			t.Errorf("cancelled between two attempts: %v", err)
		}
	})
}

// TestNothingGoesOnBehindACall ends uploads and copies at various moments. A
// goroutine that is left makes the bubble fail.
func TestNothingGoesOnBehindACall(t *testing.T) {
	for _, operation := range []string{"b2_authorize_account", "b2_get_upload_url", "b2_upload_file", "b2_start_large_file",
		"b2_get_upload_part_url", "b2_upload_part", "b2_finish_large_file", "b2_copy_part", "b2_list_unfinished_large_files", "b2_list_parts"} {
		for _, at := range []storagetest.Point{storagetest.RequestBody(0), storagetest.BeforeResponse()} {
			inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
				b2.SetMaxCopy(b2.ClientOf(photos), 500)
				put(t, photos, "old", make([]byte, 1000))
				if _, err := photos.Begin(t.Context(), "new", transfer.Attrs{}); err != nil { // to be resumed
					t.Fatal(err)
				}
				srv.ExpireTokens()
				srv.Inject(storagetest.Fault{Operation: operation, Stall: at, Times: 1, Nth: 1})
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				var done, after atomic.Int64
				progress := transfer.WithProgress(func(e transfer.Event) {
					after.Store(done.Load())
				})
				_, first := transfer.Upload(ctx, photos, "new", bytes.NewReader(make([]byte, 1000)), transfer.WithPartSize(100), transfer.WithResume(), progress)
				done.Store(1)
				_, second := photos.Copy(ctx, "copy", photos, "old", "")
				_, third := photos.Put(ctx, "small", transfer.Attrs{}, bytes.NewReader([]byte("x")))
				if err := errors.Join(first, second, third); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: %v", operation, err)
				}
				time.Sleep(time.Hour)
				if after.Load() != 0 {
					t.Errorf("%s: an event came after the end", operation)
				}
			})
		}
	}
}
