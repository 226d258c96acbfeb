package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/transfer"
)

// memFile is an io.WriterAt, and by its embedding type perhaps more.
type memFile struct {
	mu      sync.Mutex
	content []byte
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if need := int(off) + len(p); need > len(f.content) {
		f.content = append(f.content, make([]byte, need-len(f.content))...)
	}
	return copy(f.content[off:], p), nil
}

type readableFile struct{ memFile }

func (f *readableFile) ReadAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return bytes.NewReader(f.content).ReadAt(p, off)
}

// kinds are the ways to download, each with the content that arrived.
var kinds = map[string]func(ctx context.Context, t *testing.T, m *transfer.Manager, b transfer.Bucket, opts ...transfer.Option) (transfer.Info, []byte, error){
	"Download": func(ctx context.Context, t *testing.T, m *transfer.Manager, b transfer.Bucket, opts ...transfer.Option) (transfer.Info, []byte, error) {
		var f memFile
		info, err := m.Download(ctx, b, "name", &f, opts...)
		return info, f.content, err
	},
	"DownloadTo": func(ctx context.Context, t *testing.T, m *transfer.Manager, b transfer.Bucket, opts ...transfer.Option) (transfer.Info, []byte, error) {
		var w bytes.Buffer
		info, err := m.DownloadTo(ctx, b, "name", &w, opts...)
		return info, w.Bytes(), err
	},
	"DownloadFile": func(ctx context.Context, t *testing.T, m *transfer.Manager, b transfer.Bucket, opts ...transfer.Option) (transfer.Info, []byte, error) {
		dir := t.TempDir()
		path := filepath.Join(dir, "file")
		info, err := m.DownloadFile(ctx, b, "name", path, opts...)
		if err != nil {
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("DownloadFile failed and left %v", left)
			}
			return info, nil, err
		}
		content, readErr := os.ReadFile(path)
		if readErr != nil {
			t.Error(readErr)
		}
		return info, content, err
	},
}

// eachKind runs f for each way to download, in a bubble that fails when a
// goroutine is left.
func eachKind(t *testing.T, b func() *memBucket, f func(t *testing.T, kind string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error))) {
	t.Helper()
	for kind, run := range kinds {
		t.Run(kind, func(t *testing.T) {
			b := b()
			synctest.Test(t, func(t *testing.T) {
				f(t, kind, b, func(opts ...transfer.Option) (transfer.Info, []byte, error) {
					return run(t.Context(), t, new(transfer.Manager), b, opts...)
				})
			})
			b.idle(t)
		})
	}
}

func TestDownload(t *testing.T) {
	content := random(150_000)
	habits := []func(io.Reader) io.Reader{
		func(r io.Reader) io.Reader { return r },
		iotest.DataErrReader,
		iotest.HalfReader,
		iotest.OneByteReader,
		func(r io.Reader) io.Reader { return &stutterReader{r: r} },
	}
	eachKind(t, newBucket, func(t *testing.T, _ string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
		for i := range 60 {
			size, part := rand.IntN(len(content)), 1+rand.IntN(80_000)
			switch i {
			case 0:
				size = 0
			case 1:
				size = part
			case 2:
				size = min(len(content), part+1)
			case 3:
				size = min(len(content), 2*part)
			}
			part = max(part, size/1000)
			b.algorithm = []checksum.Algorithm{"", checksum.CRC64NVME, checksum.CRC32, checksum.CRC32C, checksum.SHA1, checksum.SHA256, checksum.MD5}[i%7]
			b.statOnly = i%3 == 0
			b.composite = i%11 == 0
			habit := habits[i%len(habits)]
			b.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader { return habit(r) }
			b.put(t, "name", content[:size])
			info, got, err := get(transfer.WithPartSize(int64(part)), transfer.WithConcurrency(1+rand.IntN(6)))
			if err != nil {
				t.Fatalf("%d bytes in ranges of %d: %v", size, part, err)
			}
			if !bytes.Equal(got, content[:size]) {
				t.Fatalf("%d bytes in ranges of %d came out as %d other ones", size, part, len(got))
			}
			if info.Size != int64(size) || info.Name != "name" || info.Version == "" {
				t.Errorf("info = %+v", info)
			}
		}
	})
}

// TestDownloadVerifies: which checksums are compared, at what price, and that
// a flipped bit is found by them.
func TestDownloadVerifies(t *testing.T) {
	const many, one = 100, 1000
	tests := []struct {
		algorithm checksum.Algorithm
		composite bool
		statOnly  bool
		part      int64
		verify    bool
		want      map[string]bool // kinds that verify; nil: all
		stats     int
		fails     bool // WithVerify says that it cannot be done
	}{
		{algorithm: checksum.CRC64NVME, part: many},
		{algorithm: checksum.CRC64NVME, part: many, statOnly: true, stats: 1},
		{algorithm: checksum.CRC32, part: many, statOnly: true, stats: 1},
		{algorithm: checksum.CRC32C, part: many, statOnly: true, stats: 1},
		{algorithm: checksum.CRC32C, part: one},
		{algorithm: checksum.CRC32C, part: one, statOnly: true, want: map[string]bool{}},
		{algorithm: checksum.CRC32C, part: one, statOnly: true, verify: true, stats: 1},
		{algorithm: checksum.SHA256, part: one},
		{algorithm: checksum.SHA256, part: one, statOnly: true, verify: true, stats: 1},
		{algorithm: checksum.SHA256, part: many, statOnly: true, want: map[string]bool{"DownloadTo": true}, stats: 1},
		{algorithm: checksum.SHA1, part: many, statOnly: true, want: map[string]bool{"DownloadTo": true, "DownloadFile": true}, verify: true, stats: 1},
		{algorithm: checksum.MD5, part: many, statOnly: true, want: map[string]bool{"DownloadTo": true, "DownloadFile": true}, verify: true, stats: 1},
		{algorithm: checksum.CRC32, composite: true, part: many, statOnly: true, want: map[string]bool{}, stats: 1},
		{algorithm: checksum.CRC32, composite: true, part: many, verify: true, fails: true},
		{part: many, statOnly: true, want: map[string]bool{}, stats: 1},
		{part: one, want: map[string]bool{}},
		{part: one, verify: true, fails: true},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s/composite=%v/stat=%v/part=%d/verify=%v", tt.algorithm, tt.composite, tt.statOnly, tt.part, tt.verify), func(t *testing.T) {
			eachKind(t, func() *memBucket {
				b := newBucket()
				b.algorithm, b.composite, b.statOnly = tt.algorithm, tt.composite, tt.statOnly
				b.put(t, "name", random(1000))
				return b
			}, func(t *testing.T, kind string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
				opts := []transfer.Option{transfer.WithPartSize(tt.part)}
				if tt.verify {
					opts = append(opts, transfer.WithVerify())
				}
				verifies := !tt.fails && (tt.want == nil || tt.want[kind])
				info, _, err := get(opts...)
				switch {
				case tt.fails || tt.verify && !verifies:
					if !errors.Is(err, errors.ErrUnsupported) {
						t.Errorf("error = %v, want ErrUnsupported", err)
					}
					return
				case err != nil:
					t.Fatal(err)
				case verifies && info.Verified != string(tt.algorithm), !verifies && info.Verified != "":
					t.Errorf("Verified = %q, want it: %v", info.Verified, verifies)
				case b.calls["Stat"] != tt.stats:
					t.Errorf("%d calls of Stat, want %d", b.calls["Stat"], tt.stats)
				case tt.stats > 0 && info.Native != "stat":
					t.Errorf("Native = %v, want what Stat said", info.Native)
				}

				at := rand.Int64N(1000)
				b.onBody = flip(at)
				_, _, err = get(opts...)
				if verifies != errors.Is(err, transfer.ErrChecksum) {
					t.Errorf("bit of byte %d flipped: error = %v, want ErrChecksum: %v", at, err, verifies)
				}
			})
		})
	}
}

// flip changes one bit of the byte at.
func flip(at int64) func(context.Context, int64, io.Reader) io.Reader {
	return func(_ context.Context, off int64, r io.Reader) io.Reader {
		p, _ := io.ReadAll(r)
		p = bytes.Clone(p)
		if at >= off && at < off+int64(len(p)) {
			p[at-off] ^= 4
		}
		return bytes.NewReader(p)
	}
}

func TestDownloadErrors(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name   string
		bucket func(*memBucket)
		is     error
		text   string
	}{
		{
			name:   "no such object",
			bucket: func(b *memBucket) { delete(b.objects, "name") },
			is:     fs.ErrNotExist,
			text:   `transfer: download "name": mem: "name"`,
		},
		{
			name: "a range fails, the others are cancelled",
			bucket: func(b *memBucket) {
				b.onOpen = func(ctx context.Context, off int64) error {
					switch off {
					case 0:
						return nil
					case 300:
						return broken
					}
					return stall(ctx)
				}
			},
			is:   broken,
			text: `transfer: download "name": bytes 300-399: broken`,
		},
		{
			name: "a body fails",
			bucket: func(b *memBucket) {
				b.onBody = func(ctx context.Context, off int64, r io.Reader) io.Reader {
					if off == 200 {
						return io.MultiReader(io.LimitReader(r, 50), iotest.ErrReader(broken))
					}
					return r
				}
			},
			is: broken,
		},
		{
			name: "a body fails at its end",
			bucket: func(b *memBucket) {
				b.onBody = func(ctx context.Context, off int64, r io.Reader) io.Reader {
					if off == 200 {
						return io.MultiReader(r, iotest.ErrReader(broken))
					}
					return r
				}
			},
			is: broken,
		},
		{
			name: "first body is short",
			bucket: func(b *memBucket) {
				b.onBody = func(_ context.Context, off int64, r io.Reader) io.Reader { return io.LimitReader(r, 60) }
			},
			is:   io.ErrUnexpectedEOF,
			text: "after 60 of 100 bytes",
		},
		{
			name: "later body is short",
			bucket: func(b *memBucket) {
				b.onBody = func(_ context.Context, off int64, r io.Reader) io.Reader {
					if off == 900 {
						return io.LimitReader(r, 99)
					}
					return r
				}
			},
			is:   io.ErrUnexpectedEOF,
			text: "bytes 900-999: the body ends after 99 of 100 bytes",
		},
		{
			name: "body is too long",
			bucket: func(b *memBucket) {
				b.onBody = func(_ context.Context, off int64, r io.Reader) io.Reader {
					if off == 500 {
						return io.MultiReader(r, strings.NewReader("x"))
					}
					return r
				}
			},
			text: "longer than announced",
		},
		{
			name: "object is replaced",
			bucket: func(b *memBucket) {
				b.onOpen = func(_ context.Context, off int64) error {
					if off == 400 {
						_, err := b.store("name", transfer.Attrs{}, random(2000), 0)
						return err
					}
					return nil
				}
			},
			is: transfer.ErrObjectChanged,
		},
		{
			name: "object is deleted",
			bucket: func(b *memBucket) {
				b.onOpen = func(_ context.Context, off int64) error {
					if off == 400 {
						return fs.ErrNotExist
					}
					return nil
				}
			},
			is:   transfer.ErrObjectChanged,
			text: "changed or deleted",
		},
		{
			name: "bucket ignores the version",
			bucket: func(b *memBucket) {
				b.onOpen = func(_ context.Context, off int64) error {
					if off == 400 { // the same version with another content
						b.mu.Lock()
						defer b.mu.Unlock()
						o := *b.objects["name"]
						o.info.Size, o.content = 2000, random(2000)
						b.objects["name"] = &o
					}
					return nil
				}
			},
			is:   transfer.ErrObjectChanged,
			text: "now 2000 bytes",
		},
		{
			name: "stat fails",
			bucket: func(b *memBucket) {
				b.onStat = func(context.Context) error { return broken }
			},
			is: broken,
		},
		{
			name: "object is deleted before stat",
			bucket: func(b *memBucket) {
				b.onStat = func(context.Context) error { return fs.ErrNotExist }
			},
			is: transfer.ErrObjectChanged,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachKind(t, func() *memBucket {
				b := newBucket()
				b.statOnly = true
				b.algorithm = checksum.CRC64NVME
				b.put(t, "name", random(1000))
				tt.bucket(b)
				return b
			}, func(t *testing.T, kind string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
				info, _, err := get(transfer.WithPartSize(100))
				if err == nil || tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("error = %v, want %v saying %q", err, tt.is, tt.text)
				}
				if info.Size != 0 {
					t.Errorf("info = %+v in spite of the error", info)
				}
			})
		})
	}
}

// TestDownloadCancelled cancels at random points.
// TestDownloadOfUnversioned: where nothing tells two versions of an object
// apart, its ranges may not be asked for one by one.
func TestDownloadOfUnversioned(t *testing.T) {
	old := random(1000)
	eachKind(t, func() *memBucket {
		b := newBucket()
		b.put(t, "name", old)
		b.objects["name"].info.Version = ""
		replacement := *b.objects["name"]
		replacement.content = make([]byte, 1000)
		b.onOpen = func(_ context.Context, off int64) error {
			if off > 0 {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.objects["name"] = &replacement
			}
			return nil
		}
		return b
	}, func(t *testing.T, kind string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
		if _, got, err := get(transfer.WithPartSize(100)); err != nil || !bytes.Equal(got, old) {
			t.Errorf("%s: %d bytes that differ, %v", kind, len(got), err)
		}
	})
}

func TestDownloadCancelled(t *testing.T) {
	content := random(5000)
	for kind, run := range kinds {
		done, cancelled := 0, 0
		for range 100 {
			b := newBucket()
			b.statOnly, b.algorithm = true, checksum.CRC32
			b.put(t, "name", content)
			work := func(ctx context.Context) error {
				select {
				case <-time.After(rand.N(time.Second)):
					return nil
				case <-ctx.Done():
					return errors.New("mem: request cancelled") // which hides why
				}
			}
			b.onOpen = func(ctx context.Context, _ int64) error { return work(ctx) }
			b.onStat = work
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				time.AfterFunc(rand.N(6*time.Second), cancel)
				m := &transfer.Manager{Requests: 1 + rand.IntN(4)}
				_, got, err := run(ctx, t, m, b, transfer.WithPartSize(400), transfer.WithConcurrency(3))
				switch {
				case err == nil && bytes.Equal(got, content):
					done++
				case errors.Is(err, context.Canceled):
					cancelled++
				default:
					t.Errorf("%s = %v, with %d bytes", kind, err, len(got))
				}
			})
			b.idle(t)
		}
		if done < 5 || cancelled < 5 {
			t.Errorf("%s: %d succeeded and %d were cancelled: the test is too one-sided", kind, done, cancelled)
		}
	}
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error)            { return len(p) - 1, nil }
func (shortWriter) WriteAt(p []byte, _ int64) (int, error) { return len(p) - 1, nil }

func TestDownloadWriteFails(t *testing.T) {
	b := newBucket()
	b.put(t, "name", random(1000))
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	file, err := os.OpenFile(filepath.Join(t.TempDir(), "file"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tests := []struct {
		name string
		run  func(ctx context.Context) error
		is   error
		text string
	}{
		{
			name: "short write",
			run: func(ctx context.Context) error {
				_, err := transfer.DownloadTo(ctx, b, "name", shortWriter{}, transfer.WithPartSize(100))
				return err
			},
			is: io.ErrShortWrite,
		},
		{
			name: "short write at",
			run: func(ctx context.Context) error {
				_, err := transfer.Download(ctx, b, "name", shortWriter{}, transfer.WithPartSize(100))
				return err
			},
			is: io.ErrShortWrite,
		},
		{
			name: "disk full",
			run: func(ctx context.Context) error {
				_, err := transfer.DownloadTo(ctx, b, "name", full)
				return err
			},
			is:   syscall.ENOSPC,
			text: `transfer: download "name": bytes 0-999: writing: write /dev/full: no space left on device`,
		},
		{
			name: "disk full at",
			run: func(ctx context.Context) error {
				_, err := transfer.Download(ctx, b, "name", full)
				return err
			},
			is: syscall.ENOSPC,
		},
		{
			name: "file to append to",
			run: func(ctx context.Context) error {
				_, err := transfer.Download(ctx, b, "name", file)
				return err
			},
			text: "O_APPEND",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.run(t.Context())
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error = %v, want %v saying %q", err, tt.is, tt.text)
			}
			b.idle(t)
		})
	}
}

func TestDownloadToWriterPanics(t *testing.T) {
	b := newBucket()
	b.put(t, "name", random(1000))
	m := &transfer.Manager{Memory: 1 << 20}
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if v := recover(); v != "writer panics" {
				t.Errorf("recovered %v", v)
			}
		}()
		_, err := m.DownloadTo(t.Context(), b, "name", &panicWriter{after: 250}, transfer.WithPartSize(100))
		t.Errorf("DownloadTo = %v, want a panic", err)
	})
	b.idle(t)
	// All memory was given back, else this waits for ever.
	if _, err := m.Upload(t.Context(), b, "other", zeroReader(1<<20+1), transfer.WithPartSize(1<<20)); err != nil {
		t.Error(err)
	}
}

func zeroReader(n int64) io.Reader { return io.LimitReader(fastZeros{}, n) }

type fastZeros struct{}

func (fastZeros) Read(p []byte) (int, error) { return len(p), nil }

type panicWriter struct{ after int }

func (w *panicWriter) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		panic("writer panics")
	}
	return len(p), nil
}

// TestDownloadToStreams: the first bytes are written although no range is
// complete, and what is fetched ahead stays within its limits.
func TestDownloadToStreams(t *testing.T) {
	b := newBucket()
	b.put(t, "name", random(1000))
	synctest.Test(t, func(t *testing.T) {
		b.onBody = func(ctx context.Context, off int64, r io.Reader) io.Reader {
			if off > 0 {
				return r
			}
			return io.MultiReader(io.LimitReader(r, 10), readerFunc(func([]byte) (int, error) { return 0, stall(ctx) }))
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var w lockedBuffer
		failed := make(chan error, 1)
		go func() {
			_, err := transfer.DownloadTo(ctx, b, "name", &w, transfer.WithPartSize(100), transfer.WithConcurrency(4), transfer.WithManager(new(transfer.Manager)))
			failed <- err
		}()
		synctest.Wait()
		if n := w.len(); n != 10 {
			t.Errorf("%d bytes written while the first range stalls, want 10", n)
		}
		if n := b.calls["Open"]; n != 4 {
			t.Errorf("%d ranges asked for, want the first and 3 ahead", n)
		}
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("DownloadTo = %v, want context.Canceled", err)
		}
	})
	b.idle(t)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Len()
}

// TestDownloadsFeedUploads pipes downloads into uploads of the same manager,
// whose limits are far too small for all. None may hold what another waits for.
func TestDownloadsFeedUploads(t *testing.T) {
	const mib = 1 << 20
	for _, part := range []int64{mib, 3 * mib, 100 * mib} { // of 4 MiB of memory
		t.Run(fmt.Sprint(part/mib, " MiB parts"), func(t *testing.T) { testDownloadsFeedUploads(t, part) })
	}
}

func testDownloadsFeedUploads(t *testing.T, part int64) {
	const mib = 1 << 20
	src, dst := newBucket(), newBucket()
	content := random(3*mib + 5)
	src.put(t, "name", content)
	synctest.Test(t, func(t *testing.T) {
		m := &transfer.Manager{Requests: 2, Memory: 4 * mib}
		dst.onPart = func(context.Context, int) error { time.Sleep(time.Second); return nil }
		var wg sync.WaitGroup
		var pipes [10]*io.PipeReader
		for i := range pipes {
			r, w := io.Pipe()
			pipes[i] = r
			wg.Go(func() {
				_, err := m.DownloadTo(t.Context(), src, "name", w, transfer.WithPartSize(mib))
				_ = w.CloseWithError(err)
			})
		}
		synctest.Wait() // they have taken all that they can get
		for i, r := range pipes {
			wg.Go(func() {
				if _, err := m.Upload(t.Context(), dst, fmt.Sprint(i), r, transfer.WithPartSize(part)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	for i := range 10 {
		if !bytes.Equal(dst.content(fmt.Sprint(i)), content) {
			t.Errorf("object %d differs", i)
		}
	}
	src.idle(t)
	dst.idle(t)
}

// TestDownloadToLooksAheadFairly: a download that comes later gets its share of
// the memory, although the first took all that there is for looking ahead.
func TestDownloadToLooksAheadFairly(t *testing.T) {
	const part, ranges = 64 << 10, 60
	synctest.Test(t, func(t *testing.T) {
		m := &transfer.Manager{Memory: 16 * part}
		var asked [2]atomic.Int64
		var done [2]chan struct{}
		start := func(i int) {
			b := newBucket()
			b.put(t, "name", make([]byte, ranges*part))
			b.onOpen = func(context.Context, int64) error {
				asked[i].Add(1)
				time.Sleep(time.Second)
				return nil
			}
			done[i] = make(chan struct{})
			go func() {
				defer close(done[i])
				if _, err := m.DownloadTo(t.Context(), b, "name", io.Discard, transfer.WithPartSize(part), transfer.WithConcurrency(20)); err != nil {
					t.Error(err)
				}
			}()
		}
		alone := func() {
			t.Helper()
			asked[0].Store(0)
			start(0)
			time.Sleep(1100 * time.Millisecond) // the first answer is there
			synctest.Wait()
			if n := asked[0].Load(); n != 1+8 {
				t.Errorf("%d ranges asked for, want 8 ahead: half of the memory", n)
			}
		}
		alone()
		start(1)
		<-done[0]
		if n := asked[1].Load(); n < ranges/2 {
			t.Errorf("when the first was done, %d ranges of the second were asked for", n)
		}
		<-done[1]
		alone()
		<-done[0]
	})
}

func TestDownloadFile(t *testing.T) {
	b := newBucket()
	b.put(t, "name", random(1000))
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, mode := range map[string]fs.FileMode{"private": 0o600, "linked": 0o600, "closed": 0} {
		if err := os.WriteFile(at(name), []byte("old"), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("linked", at("link")); err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.DownloadFile(t.Context(), b, "name", at("closed")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"new", "private", "link"} {
		if _, err := transfer.DownloadFile(t.Context(), b, "name", at(name), transfer.WithPartSize(100)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(at(name))
		if err != nil || !bytes.Equal(got, b.content("name")) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	plain, err := os.Create(at("plain"))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	usual, err := plain.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"new": usual.Mode(), "private": 0o600, "linked": 0o600, "closed": 0} {
		if got, err := os.Stat(at(name)); err != nil || got.Mode() != want {
			t.Errorf("%s: mode %v, %v, want %v", name, got.Mode(), err, want)
		}
	}
	if stat, err := os.Lstat(at("link")); err != nil || stat.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link became %v, %v", stat.Mode(), err)
	}

	b.calls = make(map[string]int)
	for path, text := range map[string]string{
		dir:                   "not a regular file",
		"/dev/null":           "not a regular file",
		at("nowhere/file"):    "no such file",
		at("plain") + "/file": "not a directory",
		"":                    "empty",
	} {
		_, err := transfer.DownloadFile(t.Context(), b, "name", path)
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("DownloadFile to %q = %v, want %q", path, err, text)
		}
	}
	if len(b.calls) > 0 {
		t.Errorf("requests for files that cannot be written: %v", b.calls)
	}
	left, err := filepath.Glob(at(".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestDownloadFileKeepsTheOldOne until the new one is complete.
func TestDownloadFileKeepsTheOldOne(t *testing.T) {
	b := newBucket()
	b.algorithm = checksum.CRC32
	b.put(t, "name", random(1000))
	b.onBody = flip(500)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := transfer.DownloadFile(t.Context(), b, "name", path, transfer.WithPartSize(100))
	if !errors.Is(err, transfer.ErrChecksum) || !strings.Contains(err.Error(), "CRC32 is ") {
		t.Errorf("DownloadFile = %v, want ErrChecksum", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the file has %d bytes now", len(got))
	}
}

// TestDownloadVerifyReadsBack: of a checksum that does not combine, and a
// destination that can be read.
func TestDownloadVerifyReadsBack(t *testing.T) {
	b := newBucket()
	b.algorithm, b.statOnly = checksum.SHA1, true
	b.put(t, "name", random(200_000))
	var f readableFile
	info, err := transfer.Download(t.Context(), b, "name", &f, transfer.WithPartSize(30_000), transfer.WithVerify())
	if err != nil || info.Verified != "SHA1" {
		t.Errorf("Download = %+v, %v", info, err)
	}
	b.onBody = flip(77_777)
	if _, err := transfer.Download(t.Context(), b, "name", &f, transfer.WithPartSize(30_000), transfer.WithVerify()); !errors.Is(err, transfer.ErrChecksum) {
		t.Errorf("Download = %v, want ErrChecksum", err)
	}
}

// TestDownloadOfMismatch is about buckets that compare a body by themselves.
func TestDownloadOfMismatch(t *testing.T) {
	mismatch := &entrepot.ChecksumError{Algorithm: "SHA1", Want: []byte{1}, Got: []byte{2}}
	eachKind(t, func() *memBucket {
		b := newBucket()
		b.put(t, "name", random(1000))
		b.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader {
			return io.MultiReader(r, iotest.ErrReader(fmt.Errorf("mem: %w", mismatch)))
		}
		return b
	}, func(t *testing.T, _ string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
		_, _, err := get(transfer.WithPartSize(1000))
		if got := (*entrepot.ChecksumError)(nil); !errors.Is(err, transfer.ErrChecksum) || !errors.As(err, &got) || got != mismatch {
			t.Errorf("error = %v, want ErrChecksum and what the bucket said", err)
		}
	})
}

func TestTransferOfNothing(t *testing.T) {
	b := newBucket()
	b.put(t, "name", random(10))
	for want, call := range map[string]func() (transfer.Info, error){
		`transfer: upload "name": the reader is nil`: func() (transfer.Info, error) {
			return transfer.Upload(t.Context(), b, "name", nil)
		},
		`transfer: upload "name": the bucket is nil`: func() (transfer.Info, error) {
			return transfer.Upload(t.Context(), nil, "name", strings.NewReader("content"))
		},
		`transfer: download "name": the writer is nil`: func() (transfer.Info, error) {
			_, err := transfer.Download(t.Context(), b, "name", nil)
			info, other := transfer.DownloadTo(t.Context(), b, "name", nil)
			if fmt.Sprint(err) != fmt.Sprint(other) {
				t.Errorf("Download: %v, DownloadTo: %v", err, other)
			}
			return info, other
		},
		`transfer: download "name": the bucket is nil`: func() (transfer.Info, error) {
			return transfer.DownloadFile(t.Context(), nil, "name", filepath.Join(t.TempDir(), "file"))
		},
	} {
		if _, err := call(); fmt.Sprint(err) != want {
			t.Errorf("error = %v, want %s", err, want)
		}
	}
	if n := b.calls["Open"] + b.calls["Put"]; n != 0 {
		t.Errorf("%d calls were made", n)
	}
}
