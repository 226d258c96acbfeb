package b2_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// TestTemplatesOfCopies copies for package transfer, with what either handle adds.
func TestTemplatesOfCopies(t *testing.T) {
	lock := b2.Template{Upload: b2.UploadFileInput{
		FileRetentionMode: b2.RetentionModeGovernance, FileRetentionRetainUntilTimestamp: time.UnixMilli(4_000_000_000_000), FileLegalHold: b2.LegalHoldOn,
		ServerSideEncryption: b2.EncryptionAlgorithmAES256,
	}}
	content := bytes.Repeat([]byte("0123456789"), 50)
	listed := func(b *b2.BucketHandle) (transfer.Info, error) {
		next, stop := iter.Pull2(b.List(t.Context(), transfer.Listing{}))
		defer stop()
		info, err, _ := next()
		return info, err
	}
	looked := func(b *b2.BucketHandle) (transfer.Info, error) { return b.Stat(t.Context(), "old", "") }
	versioned := func(b *b2.BucketHandle) (transfer.Info, error) {
		info, err := looked(b)
		return transfer.Info{Name: info.Name, Version: info.Version, Size: info.Size}, err
	}
	for _, c := range []struct {
		name     string
		from, to b2.Template
		find     func(*b2.BucketHandle) (transfer.Info, error)
	}{
		{"under lock and encrypted", b2.Template{}, lock, looked},
		{"from a list, under lock", b2.Template{}, lock, listed},
		{"from a customer's key to another", keyTemplate("k"), keyTemplate("l"), looked},
		{"from a list, from a customer's key to another", keyTemplate("k"), keyTemplate("l"), listed},
		{"of a version, from a customer's key to none", keyTemplate("k"), b2.Template{}, versioned},
		{"from none, by a handle with a key", b2.Template{Download: keyOf(keyTemplate("k"))}, b2.Template{}, listed},
	} {
		for _, replace := range []bool{false, true} {
			for _, parts := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, replaced %t, in parts %t", c.name, replace, parts), func(t *testing.T) {
					_, client := start(t)
					if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "locked", BucketType: b2.BucketTypeAllPrivate, FileLockEnabled: true}); err != nil {
						t.Fatal(err)
					}
					source, target := client.Bucket("photos").With(c.from), client.Bucket("locked").With(c.to)
					a := transfer.Attrs{ContentType: "a/b", Metadata: map[string]string{"color": "red"}, ModTime: time.UnixMilli(1_700_000_000_123), Size: 500}
					if _, err := source.Put(t.Context(), "old", a, bytes.NewReader(content)); err != nil {
						t.Fatal(err)
					}
					info, err := c.find(source)
					if err != nil {
						t.Fatal(err)
					}
					from := transfer.CopySource{Bucket: source, Info: info, Replace: replace}
					if replace {
						a = transfer.Attrs{ContentType: "a/c", CacheControl: "no-cache", Size: 500}
					}
					if parts {
						info, err = inTwo(t.Context(), target, a, from)
					} else {
						info, err = target.CopyObject(t.Context(), "new", a, from)
					}
					if err != nil {
						t.Fatal(err)
					}
					var got bytes.Buffer
					reader := target.With(b2.Template{Download: keyOf(c.to)})
					if down, err := transfer.DownloadTo(t.Context(), reader, "new", &got); err != nil || !bytes.Equal(got.Bytes(), content) || down.Verified != "SHA1" {
						t.Errorf("downloaded %d bytes, verified by %q, %v", got.Len(), down.Verified, err)
					}
					file, err := client.GetFileInfo(t.Context(), &b2.GetFileInfoInput{FileId: info.Version})
					if err != nil {
						t.Fatal(err)
					}
					u := c.to.Upload
					if r := file.FileRetention.Value; r.Mode != u.FileRetentionMode || file.LegalHold.Value != u.FileLegalHold {
						t.Errorf("retention %+v, legal hold %q", r, file.LegalHold.Value)
					}
					if got := file.ServerSideEncryption.Algorithm; got != u.ServerSideEncryption+u.ServerSideEncryptionCustomerAlgorithm {
						t.Errorf("encryption %+v", file.ServerSideEncryption)
					}
					if file.ContentType != a.ContentType || file.FileInfo[b2.InfoCacheControl] != a.CacheControl || file.FileInfo["color"] != a.Metadata["color"] || !file.FileInfo.SrcLastModified().Equal(a.ModTime) {
						t.Errorf("%s, FileInfo %v, want %+v", file.ContentType, file.FileInfo, a)
					}
				})
			}
		}
	}
}

// inTwo copies 500 bytes in two parts.
func inTwo(ctx context.Context, to *b2.BucketHandle, a transfer.Attrs, from transfer.CopySource) (transfer.Info, error) {
	up, err := to.BeginCopy(ctx, "new", a, from)
	if err != nil {
		return transfer.Info{}, err
	}
	var parts [2]transfer.Part
	for i := range parts {
		if parts[i], err = up.(transfer.PartCopier).CopyPart(ctx, i+1, from, int64(i)*250, 250); err != nil {
			return transfer.Info{}, errors.Join(err, up.Abort(ctx))
		}
	}
	return up.Finish(ctx, parts[:])
}

// TestLongListsInBadWeather meets failures between two pages.
func TestLongListsInBadWeather(t *testing.T) {
	srv, client := start(t)
	b := client.Bucket("photos")
	var want []string
	for i := range 1100 {
		name := fmt.Sprintf("%04d", i)
		put(t, b, name, nil)
		want = append(want, name)
	}
	list := func(ctx context.Context, each func(n int)) (names []string, err error) {
		for info, err := range b.List(ctx, transfer.Listing{}) {
			if err != nil {
				return names, err
			}
			names = append(names, info.Name)
			each(len(names))
		}
		return names, nil
	}
	for name, c := range map[string]struct {
		fault storagetest.Fault
		want  error // nil: it goes on
	}{
		"the token expires":    {storagetest.Fault{ExpireToken: true}, nil},
		"the service is busy":  {storagetest.Fault{Times: 2, Status: 503}, nil},
		"there are too many":   {storagetest.Fault{Times: 2, Status: 429, Code: "too_many_requests"}, nil},
		"an answer is lost":    {storagetest.Fault{Reset: storagetest.BeforeResponse()}, nil},
		"an answer is cut":     {storagetest.Fault{Truncate: storagetest.ResponseBody(100)}, nil},
		"a cap is exceeded":    {storagetest.Fault{Status: 403, Code: "transaction_cap_exceeded"}, b2.ErrTransactionCapExceeded},
		"the bucket goes away": {storagetest.Fault{Status: 400, Code: "bad_bucket_id"}, b2.ErrBadBucketId},
	} {
		c.fault.Operation, c.fault.Nth = "b2_list_file_names", 2
		srv.ForgetFaults()
		srv.Inject(c.fault)
		names, err := list(t.Context(), func(int) {})
		there := want
		if c.want != nil {
			there = want[:1000]
		}
		if !errors.Is(err, c.want) || !slices.Equal(names, there) {
			t.Errorf("%s: %d names, %v; want %d, %v", name, len(names), err, len(there), c.want)
		}
	}
	srv.ForgetFaults()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	names, err := list(ctx, func(n int) {
		if n == 500 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(names) < 500 || len(names) > 1000 {
		t.Errorf("cancelled: %d names, %v", len(names), err)
	}
}
