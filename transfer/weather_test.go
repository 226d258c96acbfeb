package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/transfer"
)

// errWeather is what now and then becomes of a call.
var errWeather = errors.New("weather")

// TestManyTransfersInBadWeather makes transfers of all kinds at the same time within
// limits that are too small for them, some of which fail or are given up. Each ends,
// with the right content or an error, and leaves nothing.
func TestManyTransfersInBadWeather(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			m := &transfer.Manager{Requests: 1 + r.IntN(4), Memory: 1 << (8 + r.IntN(12))}
			if r.IntN(4) == 0 {
				m.SendRate, m.ReceiveRate = 20<<20, 20<<20
			}
			b := newBucket()
			b.alone, b.report = r.IntN(2) == 0, true
			b.limits.MinPart = 1
			content := randomBytes(300_000)
			b.put(t, "source", content)
			luck := rand.New(rand.NewPCG(seed, 2)) // guarded by mu
			var mu sync.Mutex
			unlucky := func() bool {
				mu.Lock()
				defer mu.Unlock()
				return luck.IntN(150) == 0
			}
			call := func(ctx context.Context) error {
				if unlucky() {
					return errWeather
				}
				return ctx.Err()
			}
			b.onPut, b.onFinish, b.onStat = call, call, call
			b.onPart = func(ctx context.Context, _ int) error { return call(ctx) }
			b.onOpen = func(ctx context.Context, _ int64) error { return call(ctx) }

			var wg sync.WaitGroup
			for i := range 24 {
				kind, part, given := i%6, int64(1000+r.IntN(60_000)), r.IntN(5) == 0
				wait := time.Duration(r.IntN(20_000)) * time.Microsecond
				wg.Go(func() {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					if given {
						time.AfterFunc(wait, cancel)
					}
					name := fmt.Sprint("new-", i)
					var last int64
					got, err := weather(ctx, m, b, kind, name, content, transfer.WithPartSize(part), transfer.WithProgress(func(e transfer.Event) {
						if kind == feeding { // two transfers
							return
						}
						if e.Bytes < last || e.Bytes > int64(len(content)) {
							t.Errorf("%d: after %d bytes come %d", kind, last, e.Bytes)
						}
						last = e.Bytes
					}))
					switch {
					case err == nil && !bytes.Equal(got, content):
						t.Errorf("%d: %d bytes, or others", kind, len(got))
					case err != nil && !errors.Is(err, errWeather) && !errors.Is(err, context.Canceled):
						t.Errorf("%d: %v", kind, err)
					}
				})
			}
			wg.Wait()
			b.idle(t)
		})
	}
}

// feeding is the kind in which a download feeds an upload.
const feeding = 3

// weather makes a transfer, and returns the content that came of it.
func weather(ctx context.Context, m *transfer.Manager, b *memBucket, kind int, name string, content []byte, opts ...transfer.Option) (got []byte, err error) {
	opts = append(opts, transfer.WithManager(m))
	switch kind {
	case 0:
		_, err = transfer.Upload(ctx, b, name, bytes.NewReader(content), opts...)
	case 1:
		_, err = transfer.Upload(ctx, b, name, io.MultiReader(bytes.NewReader(content)), opts...)
	case 2:
		_, err = transfer.Copy(ctx, b, name, b, "source", opts...)
	case feeding:
		r, w := io.Pipe()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := transfer.DownloadTo(ctx, b, "source", w, opts...)
			w.CloseWithError(err)
		})
		_, err = transfer.Upload(ctx, b, name, r, opts...)
		r.CloseWithError(err)
		wg.Wait()
	case 4:
		w := transfer.NewWriter(ctx, b, name, opts...)
		if _, err = io.Copy(w, bytes.NewReader(content)); err == nil {
			err = w.Close()
		}
		w.Abort()
	default:
		r, err := transfer.NewReader(ctx, b, "source", opts...)
		if err != nil {
			return nil, err
		}
		got, err := io.ReadAll(r)
		return got, errors.Join(err, r.Close())
	}
	return b.content(name), err
}

// TestNothingBeginsAfterAFailure: whoever pays for each part and each object must not
// have more of them begun by a transfer that has failed.
func TestNothingBeginsAfterAFailure(t *testing.T) {
	content := random(1000)
	var begun atomic.Int64
	third := func() error {
		if begun.Add(1) == 3 {
			return errors.New("mem: broken")
		}
		return nil
	}
	for name, run := range map[string]func(ctx context.Context, src, dst *memBucket, opts ...transfer.Option) error{
		"upload": func(ctx context.Context, _, dst *memBucket, opts ...transfer.Option) error {
			dst.onPart = func(context.Context, int) error { return third() }
			_, err := transfer.Upload(ctx, dst, "name", bytes.NewReader(content), opts...)
			return err
		},
		"copy": func(ctx context.Context, src, dst *memBucket, opts ...transfer.Option) error {
			dst.limits.MaxCopy = 100
			dst.onCopy = func(context.Context, int64) error { return third() }
			_, err := transfer.Copy(ctx, dst, "name", src, "name", opts...)
			return err
		},
		"download": func(ctx context.Context, src, _ *memBucket, opts ...transfer.Option) error {
			src.onOpen = func(context.Context, int64) error { return third() }
			_, err := transfer.Download(ctx, src, "name", new(memFile), opts...)
			return err
		},
		"directory": func(ctx context.Context, _, dst *memBucket, opts ...transfer.Option) error {
			dst.onPut = func(context.Context) error { return third() }
			dir := t.TempDir()
			for i := range 10 {
				if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), content[:10], 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := transfer.CopyAll(ctx, transfer.Under(dst, ""), transfer.Dir(dir), opts...)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range 200 {
				begun.Store(0)
				src, dst := newBucket(), newBucket()
				src.put(t, "name", content)
				err := run(t.Context(), src, dst, transfer.WithPartSize(100), transfer.WithConcurrency(1), transfer.WithManager(&transfer.Manager{Requests: 1}))
				if err == nil || begun.Load() != 3 {
					t.Fatalf("%d were begun, want 3; error %v", begun.Load(), err)
				}
			}
		})
	}
}
