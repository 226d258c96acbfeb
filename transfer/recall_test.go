package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// In B2 a version can be read by its id after it has been replaced or hidden, and
// whatever bucket it is in. A download that goes on must not take it for the object.
func TestResumedDownloadIsOfTheObject(t *testing.T) {
	native := storagetest.NewB2()
	t.Cleanup(native.Close)
	c, err := b2.New(native.Config())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	for _, name := range []string{"box-of-things", "box-of-others"} {
		if _, err := c.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: name, BucketType: b2.BucketTypeAllPrivate}); err != nil {
			t.Fatal(err)
		}
	}
	things, others := c.Bucket("box-of-things"), c.Bucket("box-of-others")
	before, after := noise(6<<20), bytes.Repeat([]byte("new!"), 6<<18)
	put := func(b transfer.Bucket, content []byte) {
		t.Helper()
		if _, err := transfer.Upload(t.Context(), b, "f", bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	put(others, after)
	for _, tt := range []struct {
		name    string
		bucket  transfer.Bucket
		change  func()
		want    []byte
		wantErr error
	}{
		{"replaced", things, func() { put(things, after) }, after, nil},
		{"hidden", things, func() {
			if err := things.Hide(t.Context(), "f"); err != nil {
				t.Fatal(err)
			}
		}, nil, fs.ErrNotExist},
		{"of another bucket", others, func() {}, after, nil},
		{"unchanged", things, func() {}, before, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			put(things, before)
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			opts := []transfer.Option{transfer.WithCheckpoint(filepath.Join(dir, "c")), transfer.WithPartSize(1 << 20), transfer.WithConcurrency(1)}
			native.Inject(storagetest.Fault{Operation: "b2_download_file_by_id", Nth: 3, Times: 100, Status: 403})
			_, err := transfer.DownloadFile(t.Context(), things, "f", path, opts...)
			native.ForgetFaults()
			if err == nil {
				t.Fatal("the first download was not cut off")
			}
			tt.change()
			_, err = transfer.DownloadFile(t.Context(), tt.bucket, "f", path, opts...)
			if !errors.Is(err, tt.wantErr) {
				t.Errorf("error %v, want %v", err, tt.wantErr)
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, tt.want) {
				t.Errorf("got %d bytes, begin %.8q; want %d, %.8q", len(got), got, len(tt.want), tt.want)
			}
			left, _ := filepath.Glob(filepath.Join(dir, ".entrepot-*"))
			if len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// The ranges of a checkpoint that is of no use must not be those of the new download.
func TestStaleCheckpointOfOtherRanges(t *testing.T) {
	b := newBucket()
	b.put(t, "x/a", bytes.Repeat([]byte("0123456789"), 100))
	dir := t.TempDir()
	b.onOpen = failAt300
	opts := []transfer.Option{transfer.WithCheckpoint(t.TempDir()), transfer.WithConcurrency(1)}
	_, err := transfer.CopyAll(t.Context(), transfer.Dir(dir), transfer.Under(b, "x/"), append(opts, transfer.WithPartSize(100))...)
	if !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	b.onOpen = nil
	left, _ := filepath.Glob(filepath.Join(dir, ".entrepot-*.part"))
	if len(left) != 1 {
		t.Fatalf("left to be resumed: %q", left)
	}
	if err := os.Truncate(left[0], 10); err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.CopyAll(t.Context(), transfer.Dir(dir), transfer.Under(b, "x/"), opts...); err != nil {
		t.Error(err)
	}
}

type unlimited struct {
	*memBucket
	err error
}

func (b *unlimited) Limits(ctx context.Context) (transfer.Limits, error) {
	if b.err != nil {
		return transfer.Limits{}, b.err
	}
	return b.memBucket.Limits(ctx)
}

// A server that does not answer is not a checkpoint of another server.
func TestCheckpointWhileLimitsFail(t *testing.T) {
	b := &unlimited{memBucket: newBucket()}
	b.put(t, "a", bytes.Repeat([]byte("0123456789"), 100))
	dir := t.TempDir()
	b.onOpen = failAt300
	get := func() error {
		_, err := transfer.DownloadFile(t.Context(), b, "a", filepath.Join(dir, "f"), transfer.WithCheckpoint(filepath.Join(dir, "c")), transfer.WithPartSize(100), transfer.WithConcurrency(1))
		return err
	}
	if err := get(); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	b.onOpen = nil
	b.err = errors.New("no network")
	if err := get(); !errors.Is(err, b.err) {
		t.Errorf("got %v, want %v", err, b.err)
	}
	b.err = nil
	if err := get(); err != nil {
		t.Error(err)
	}
}

func failAt300(_ context.Context, off int64) error {
	if off >= 300 {
		return errBroken
	}
	return nil
}
