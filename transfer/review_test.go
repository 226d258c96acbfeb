package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/internal/observe"
	"github.com/entrepot-go/entrepot/transfer"
)

func TestReviewLargeParts(t *testing.T) {
	const mib = 1 << 20
	src, dst := newBucket(), newBucket()
	content := random(9 * mib)
	src.put(t, "name", content)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		m := &transfer.Manager{Memory: 4 * mib}
		r, w := io.Pipe()
		go func() {
			_, err := m.DownloadTo(ctx, src, "name", w, transfer.WithPartSize(mib))
			_ = w.CloseWithError(err)
		}()
		synctest.Wait()
		if _, err := m.Upload(ctx, dst, "copy", r, transfer.WithPartSize(3*mib)); err != nil {
			t.Error(err)
		}
		r.Close()
		synctest.Wait()
	})
}

type retryingBegin struct{ *memBucket }

func (b retryingBegin) Begin(ctx context.Context, name string, a transfer.Attrs) (transfer.MultipartUpload, error) {
	observe.From(ctx).Retry(errors.New("mem: reset"), time.Second, false)
	return b.memBucket.Begin(ctx, name, a)
}

func TestReviewBeginRetries(t *testing.T) {
	var last transfer.Event
	_, err := transfer.Upload(t.Context(), retryingBegin{newBucket()}, "name", bytes.NewReader(random(100)), transfer.WithPartSize(10), transfer.WithProgress(func(e transfer.Event) { last = e }))
	if err != nil || last.Retries != 1 {
		t.Error(err, last)
	}
}

func TestReviewMode0(t *testing.T) {
	b := newBucket()
	b.put(t, "name", random(100))
	path := filepath.Join(t.TempDir(), "f")
	os.WriteFile(path, nil, 0o600)
	os.Chmod(path, 0)
	if _, err := transfer.DownloadFile(t.Context(), b, "name", path); err != nil {
		t.Error(err)
	}
	if s, _ := os.Stat(path); s.Mode() != fs.FileMode(0) {
		t.Error(s.Mode())
	}
}
