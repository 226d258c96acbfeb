package b2_test

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/internal/buckettest"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

func TestBucketIsWhatTransferWants(t *testing.T) {
	odd := []string{"a ", "~(),;=@:'!*?#&", "ab/c d", strings.Repeat("n", 1024)}
	buckettest.Run(t, buckettest.Traits{Odd: odd}, func(t *testing.T) transfer.Bucket {
		_, client := start(t)
		return client.Bucket("photos")
	})
}

// A file that was finished would be behind what has been uploaded since.
func TestReopenBehindANewerVersion(t *testing.T) {
	_, client := start(t)
	b := client.Bucket("photos")
	a := transfer.Attrs{Size: 200}
	up, err := b.Begin(t.Context(), "f", a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := up.Part(t.Context(), 1, bytes.NewReader(make([]byte, 100))); err != nil {
		t.Fatal(err)
	}
	if left, err := b.Reopen(t.Context(), "f", up.ID(), a); err != nil || left.Differs != nil || len(left.Parts) != 1 {
		t.Fatalf("Reopen = %+v, %v", left, err)
	}
	if _, err := b.Put(t.Context(), "f", transfer.Attrs{Size: 1}, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	left, err := b.Reopen(t.Context(), "f", up.ID(), a)
	if err != nil || left.Differs == nil || !strings.Contains(left.Differs.Error(), "would be finished behind it") || left.Parts != nil {
		t.Errorf("Reopen = %+v, %v", left, err)
	}
	if left.Upload == nil {
		t.Fatal("there is nothing to be aborted")
	}
	if err := left.Upload.Abort(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRemoveTellsWhatFailed(t *testing.T) {
	srv, client := start(t)
	b := client.Bucket("photos")
	for _, name := range []string{"a", "b", "c"} {
		if _, err := b.Put(t.Context(), name, transfer.Attrs{Size: 1}, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	srv.Inject(storagetest.Fault{Operation: "b2_hide_file", Times: 1, Nth: 2, Status: 403, Code: "access_denied"})
	err := b.Remove(t.Context(), []string{"a", "b", "c"}) // any of them may be the second
	some, ok := errors.AsType[*transfer.RemoveError](err)
	if !ok || len(some.Failed) != 1 || !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("error %v", err)
	}
	left := 0
	for info, err := range b.List(t.Context(), transfer.Listing{}) {
		if left++; err != nil || info.Name != some.Failed[0].Name {
			t.Errorf("%s is left, %v", info.Name, err)
		}
	}
	if left != 1 {
		t.Errorf("%d files are left", left)
	}
	if err := b.Remove(t.Context(), make([]string, 101)); err == nil || !strings.Contains(err.Error(), "names: are 101, more than 100") {
		t.Errorf("too many: %v", err)
	}
	if err := client.Bucket("nobodys").Remove(t.Context(), []string{"a"}); !errors.Is(err, b2.ErrBadBucketId) {
		t.Errorf("no such bucket: %v", err)
	}
}

// Tokens end in the middle of lists and copies.
func TestTokensEndMeanwhile(t *testing.T) {
	srv, client := start(t)
	b := client.Bucket("photos")
	content := bytes.Repeat([]byte("0123456789"), 30)
	if _, err := b.Put(t.Context(), "f", transfer.Attrs{Size: 300}, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	for _, operation := range []string{"b2_list_file_names", "b2_copy_file", "b2_copy_part", "b2_finish_large_file", "b2_hide_file"} {
		srv.Inject(storagetest.Fault{Operation: operation, Nth: 1, ExpireToken: true})
	}
	b2.SetMaxCopy(client, 100)
	if info, err := transfer.Copy(t.Context(), b, "g", b, "f"); err != nil || !info.Copied || info.Parts != 3 {
		t.Errorf("Copy = %+v, %v", info, err)
	}
	b2.SetMaxCopy(client, 1000)
	if info, err := transfer.Copy(t.Context(), b, "h", b, "f"); err != nil || !info.Copied || info.Parts > 1 {
		t.Errorf("Copy = %+v, %v", info, err)
	}
	if report, err := transfer.DeleteAll(t.Context(), transfer.Under(b, ""), transfer.WithInclude("**")); err != nil {
		t.Errorf("DeleteAll = %+v, %v", report, err)
	}
	for info := range b.List(t.Context(), transfer.Listing{}) {
		t.Errorf("%s is left", info.Name)
	}
}

func TestBucketMovesInBadWeather(t *testing.T) {
	ops := buckettest.Operations{Get: "b2_download_file_by_id", Part: "b2_upload_part", Finish: "b2_finish_large_file", Copy: "b2_copy_file", CopyPart: "b2_copy_part", Tokens: true}
	buckettest.RunFaults(t, ops, func(t *testing.T) buckettest.Faulty {
		server := storagetest.NewB2(storagetest.WithCredentials(keyID, secret), storagetest.WithMinPartSize(1<<20))
		t.Cleanup(server.Close)
		client := connect(t, server, func(c *b2.Config) { c.StallTimeout = time.Second })
		if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
			t.Fatal(err)
		}
		return buckettest.Faulty{Bucket: client.Bucket("photos"), Server: server.Server}
	})
}
