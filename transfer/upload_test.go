package transfer_test

import (
	"bufio"
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
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/transfer"
)

// random returns n bytes that differ from place to place.
func random(n int) []byte {
	p := make([]byte, n)
	c := rand.NewChaCha8([32]byte{1})
	_, _ = c.Read(p)
	return p
}

// onlyReader hides all but Read.
type onlyReader struct{ io.Reader }

// upload runs Upload in a bubble, which fails when a goroutine is left, and
// checks that nothing else is left either.
func upload(t *testing.T, b *memBucket, r io.Reader, opts ...transfer.Option) (info transfer.Info, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		info, err = transfer.Upload(t.Context(), b, "name", r, append(opts, transfer.WithManager(new(transfer.Manager)))...)
	})
	b.idle(t)
	return info, err
}

// TestUploadReaders sends content of many sizes by readers of many habits in
// parts of many sizes.
func TestUploadReaders(t *testing.T) {
	content := random(300_000)
	readers := map[string]func([]byte) io.Reader{
		"bytes":        func(p []byte) io.Reader { return bytes.NewReader(p) },
		"strings":      func(p []byte) io.Reader { return strings.NewReader(string(p)) },
		"section":      func(p []byte) io.Reader { return io.NewSectionReader(bytes.NewReader(content), 0, int64(len(p))) },
		"buffer":       func(p []byte) io.Reader { return bytes.NewBuffer(p) },
		"only":         func(p []byte) io.Reader { return onlyReader{bytes.NewReader(p)} },
		"bufio":        func(p []byte) io.Reader { return bufio.NewReaderSize(onlyReader{bytes.NewReader(p)}, 16) },
		"half":         func(p []byte) io.Reader { return iotest.HalfReader(bytes.NewReader(p)) },
		"dataerr":      func(p []byte) io.Reader { return iotest.DataErrReader(bytes.NewReader(p)) },
		"onebyte":      func(p []byte) io.Reader { return iotest.OneByteReader(bytes.NewReader(p)) },
		"dataerr half": func(p []byte) io.Reader { return iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(p))) },
		"stutter":      func(p []byte) io.Reader { return &stutterReader{r: bytes.NewReader(p)} },
	}
	const chunk = 64 << 10 // the unit of the buffers
	for name, reader := range readers {
		t.Run(name, func(t *testing.T) {
			for i := range 25 {
				part := 1 + rand.IntN(100_000)
				size := rand.IntN(len(content))
				switch i { // the edges
				case 0:
					size = 0
				case 1:
					size = part
				case 2:
					size = min(len(content), part+1)
				case 3:
					size = min(len(content), 2*part)
				case 4:
					part, size = chunk, 2*chunk
				case 5:
					part, size = 3*chunk, chunk
				case 6:
					part, size = chunk+1, 3*chunk
				}
				part = max(part, size/1000)
				b := newBucket()
				b.limits.UniformParts = i%2 == 0
				info, err := upload(t, b, reader(content[:size]), transfer.WithPartSize(int64(part)))
				if err != nil {
					t.Fatalf("%d bytes in parts of %d: %v", size, part, err)
				}
				if !bytes.Equal(b.content("name"), content[:size]) {
					t.Fatalf("%d bytes in parts of %d came out as %d other ones", size, part, len(b.content("name")))
				}
				if info.Size != int64(size) || info.Name != "name" {
					t.Errorf("Upload = %+v, want the size %d", info, size)
				}
				if one := size <= part; one != (b.calls["Put"] == 1) || one != (b.calls["Begin"] == 0) {
					t.Errorf("%d bytes in parts of %d took %v", size, part, b.calls)
				}
			}
		})
	}
}

// stutterReader returns nothing, and no error, two times out of three.
type stutterReader struct {
	r io.Reader
	n int
}

func (s *stutterReader) Read(p []byte) (int, error) {
	if s.n++; s.n%3 != 0 {
		return 0, nil
	}
	return s.r.Read(p)
}

func TestUploadFromTheCurrentOffset(t *testing.T) {
	content := random(1000)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	appending, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer appending.Close()
	for name, r := range map[string]io.ReadSeeker{
		"file":           file,
		"file to append": appending,
		"bytes":          bytes.NewReader(content),
		"strings":        strings.NewReader(string(content)),
		"section":        io.NewSectionReader(bytes.NewReader(append([]byte("before"), content...)), 6, 1000),
	} {
		for _, off := range []int64{0, 1, 400, 999, 1000} {
			if _, err := r.Seek(off, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			b := newBucket()
			if _, err := upload(t, b, r, transfer.WithPartSize(300)); err != nil {
				t.Fatalf("%s from %d: %v", name, off, err)
			}
			if !bytes.Equal(b.content("name"), content[off:]) {
				t.Errorf("%s from %d: %d bytes, or other ones", name, off, len(b.content("name")))
			}
			if now, _ := r.Seek(0, io.SeekCurrent); now != off {
				t.Errorf("%s: the offset went from %d to %d", name, off, now)
			}
		}
	}
}

func TestUploadPipe(t *testing.T) {
	r, w, err := os.Pipe() // an *os.File, but not one to read in place
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content := random(200_000)
	go func() {
		_, _ = w.Write(content)
		_ = w.Close()
	}()
	b := newBucket()
	if _, err := transfer.Upload(t.Context(), b, "name", r, transfer.WithPartSize(70_000)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.content("name"), content) {
		t.Errorf("%d bytes, or other ones", len(b.content("name")))
	}
}

// TestUploadFileOfWrongSize: files of /proc say that they are empty, those of
// /sys that they are a page long.
func TestUploadFileOfWrongSize(t *testing.T) {
	for _, path := range []string{"/proc/version", "/sys/devices/system/cpu/online"} {
		t.Run(path, func(t *testing.T) {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Skip(err)
			}
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			b := newBucket()
			if _, err := upload(t, b, file); err != nil {
				t.Fatal(err)
			}
			if got := b.content("name"); len(got) == 0 || !bytes.Equal(got, want) {
				t.Errorf("the object is %q, want %q", got, want)
			}
		})
	}
}

func TestUploadDirectory(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if _, err := upload(t, newBucket(), dir); err == nil || !strings.Contains(err.Error(), `upload "name": reading the source: read `) {
		t.Errorf("Upload = %v, want an error that says it cannot be read", err)
	}
}

func TestUploadSourceChanges(t *testing.T) {
	changes := map[string]func(string) error{
		"grows":        func(path string) error { return os.WriteFile(path, random(1001), 0o600) },
		"shrinks":      func(path string) error { return os.Truncate(path, 500) },
		"is rewritten": func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
	}
	for name, change := range changes {
		for _, part := range []int64{100, 2000} {
			t.Run(fmt.Sprint(name, " in parts of ", part), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "file")
				if err := os.WriteFile(path, random(1000), 0o600); err != nil {
					t.Fatal(err)
				}
				file, err := os.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				b := newBucket()
				b.onPut = func(context.Context) error { return change(path) }
				b.onPart = func(_ context.Context, number int) error {
					if number == 3 {
						return change(path)
					}
					return nil
				}
				_, err = upload(t, b, file, transfer.WithPartSize(part), transfer.WithConcurrency(2))
				if !errors.Is(err, transfer.ErrSourceChanged) {
					t.Errorf("Upload = %v, want ErrSourceChanged", err)
				}
				if part == 100 && b.content("name") != nil {
					t.Error("the object was finished")
				}
			})
		}
	}
}

func TestUploadErrors(t *testing.T) {
	broken := errors.New("broken")
	content := random(1000)
	tests := []struct {
		name   string
		bucket func(*memBucket)
		r      io.Reader
		opts   []transfer.Option
		is     error
		text   string
		aborts int
	}{
		{
			name: "put fails",
			bucket: func(b *memBucket) {
				b.onPut = func(context.Context) error { return broken }
			},
			opts: []transfer.Option{transfer.WithPartSize(1000)},
			is:   broken,
			text: `transfer: upload "name": broken`,
		},
		{
			name: "part fails, the others are cancelled",
			bucket: func(b *memBucket) {
				b.onPart = func(ctx context.Context, number int) error {
					if number != 3 {
						return stall(ctx)
					}
					return broken
				}
			},
			is:     broken,
			text:   `transfer: upload "name": part 3: broken`,
			aborts: 1,
		},
		{
			name: "finish fails",
			bucket: func(b *memBucket) {
				b.onFinish = func(context.Context) error { return broken }
			},
			is:     broken,
			aborts: 1,
		},
		{
			name: "reader fails in a later part",
			r:    io.MultiReader(onlyReader{bytes.NewReader(content)}, iotest.ErrReader(broken)),
			bucket: func(b *memBucket) {
				b.onPart = func(ctx context.Context, _ int) error { return stall(ctx) }
			},
			opts:   []transfer.Option{transfer.WithConcurrency(20)},
			is:     broken,
			text:   `upload "name": reading the source: broken`,
			aborts: 1,
		},
		{
			name: "reader fails in the first part",
			r:    io.MultiReader(onlyReader{bytes.NewReader(content[:50])}, iotest.ErrReader(broken)),
			is:   broken,
		},
		{
			name: "reader fails behind the first part",
			r:    io.MultiReader(onlyReader{bytes.NewReader(content[:100])}, iotest.ErrReader(io.ErrUnexpectedEOF)),
			is:   io.ErrUnexpectedEOF,
		},
		{
			name: "reader makes no progress",
			r:    emptyReader{},
			is:   io.ErrNoProgress,
		},
		{
			name: "reader returns an impossible count",
			r:    lyingReader{},
			text: "impossible count",
		},
		{
			name:   "section is longer than what it is of",
			r:      io.NewSectionReader(bytes.NewReader(content), 0, 2000),
			is:     transfer.ErrSourceChanged,
			text:   "but had 2000",
			aborts: 1,
		},
		{
			name:   "object too large, known",
			bucket: func(b *memBucket) { b.limits.MaxObject = 999 },
			text:   "1000 bytes are more than the 999",
		},
		{
			name:   "object too large, unknown",
			bucket: func(b *memBucket) { b.limits.MaxObject = 950 },
			r:      onlyReader{bytes.NewReader(content)},
			text:   "more than 950 bytes",
			aborts: 1,
		},
		{
			name:   "too many parts",
			bucket: func(b *memBucket) { b.limits.MaxParts, b.limits.UniformParts = 9, true },
			r:      onlyReader{bytes.NewReader(content)},
			text:   "WithSize",
			aborts: 1,
		},
		{
			name: "abort fails",
			bucket: func(b *memBucket) {
				b.onFinish = func(context.Context) error { return broken }
				b.onAbort = func(context.Context) error { b.uploads = nil; return fs.ErrPermission }
			},
			is:     fs.ErrPermission,
			text:   "broken; the upload upload-1 is left behind",
			aborts: 1,
		},
		{
			name: "abort stalls for ever",
			bucket: func(b *memBucket) {
				b.onFinish = func(context.Context) error { return broken }
				b.onAbort = func(ctx context.Context) error { b.uploads = nil; return stall(ctx) }
			},
			is:     context.DeadlineExceeded,
			aborts: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBucket()
			if tt.bucket != nil {
				tt.bucket(b)
			}
			r := tt.r
			if r == nil {
				r = bytes.NewReader(content)
			}
			info, err := upload(t, b, r, append([]transfer.Option{transfer.WithPartSize(100)}, tt.opts...)...)
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("Upload = %v, want %v saying %q", err, tt.is, tt.text)
			}
			if info.Size != 0 || b.content("name") != nil {
				t.Error("there is an object all the same")
			}
			if b.calls["Abort"] != tt.aborts {
				t.Errorf("%d aborts, want %d", b.calls["Abort"], tt.aborts)
			}
		})
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }

type lyingReader struct{}

func (lyingReader) Read(p []byte) (int, error) { return len(p) + 1, nil }

// TestUploadCancelled cancels at random points, and checks that an upload
// either succeeds with a whole object or leaves nothing behind.
func TestUploadCancelled(t *testing.T) {
	content := random(5000)
	done, cancelled := 0, 0
	for i := range 300 {
		var r io.Reader = bytes.NewReader(content)
		if i%2 == 0 {
			r = onlyReader{r}
		}
		b := newBucket()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			work := func(ctx context.Context) error {
				select {
				case <-time.After(rand.N(time.Second)):
					return nil
				case <-ctx.Done():
					return errors.New("mem: request cancelled") // which hides why
				}
			}
			b.onPart = func(ctx context.Context, _ int) error { return work(ctx) }
			b.onFinish = work
			time.AfterFunc(rand.N(8*time.Second), cancel)
			m := &transfer.Manager{Memory: 200 << 10, Requests: 1 + rand.IntN(4)}
			_, err := m.Upload(ctx, b, "name", r, transfer.WithPartSize(400), transfer.WithConcurrency(3))
			switch {
			case err == nil && bytes.Equal(b.content("name"), content):
				done++
			case errors.Is(err, context.Canceled) && b.content("name") == nil:
				cancelled++
			default:
				t.Errorf("Upload = %v, with an object of %d bytes", err, len(b.content("name")))
			}
		})
		b.idle(t)
	}
	if done < 10 || cancelled < 10 {
		t.Errorf("%d uploads succeeded and %d were cancelled: the test is too one-sided", done, cancelled)
	}
}

// TestUploadCancelledAtItsBegin: the server has started the upload, but the
// answer that names it is still on its way.
func TestUploadCancelledAtItsBegin(t *testing.T) {
	for name, c := range map[string]struct {
		answer time.Duration
		left   int
		took   time.Duration
	}{
		"soon answered":  {answer: time.Second, took: time.Second},
		"never answered": {answer: time.Hour, left: 1, took: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				b := newBucket()
				b.onBegin = func(ctx context.Context) error {
					cancel()
					select {
					case <-time.After(c.answer):
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				}
				start := time.Now()
				_, err := transfer.Upload(ctx, b, "name", bytes.NewReader(random(10)), transfer.WithPartSize(5))
				if !errors.Is(err, context.Canceled) {
					t.Errorf("Upload = %v, want context.Canceled", err)
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("it took %v, want %v", took, c.took)
				}
				if len(b.uploads) != c.left || b.calls["Part"] != 0 {
					t.Errorf("%d uploads are left behind, want %d; %d parts were sent", len(b.uploads), c.left, b.calls["Part"])
				}
			})
		})
	}
}

func TestUploadCancelledBefore(t *testing.T) {
	cause := errors.New("shutting down")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	b := newBucket()
	_, err := transfer.Upload(ctx, b, "name", onlyReader{bytes.NewReader(random(10))})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
		t.Errorf("Upload = %v, want context.Canceled and the cause", err)
	}
	if b.content("name") != nil {
		t.Error("there is an object")
	}
}

// TestUploadCancelledBetweenParts: by the time the reader notices, no part is in
// flight that could fail.
func TestUploadCancelledBetweenParts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b := newBucket()
	r := io.MultiReader(bytes.NewReader(random(250)), readerFunc(func(p []byte) (int, error) {
		time.Sleep(time.Second)
		cancel()
		return len(p), nil
	}))
	synctest.Test(t, func(t *testing.T) {
		_, err := transfer.Upload(ctx, b, "name", r, transfer.WithPartSize(100), transfer.WithManager(new(transfer.Manager)))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Upload = %v, want context.Canceled", err)
		}
	})
	if b.content("name") != nil {
		t.Error("the object was finished without its last parts")
	}
	b.idle(t)
}

// TestUploadEndlessReaderIsCancelled: one that always has more, but never waits.
func TestUploadEndlessReaderIsCancelled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	b := newBucket()
	b.onPart = func(ctx context.Context, number int) error { return ctx.Err() }
	_, err := transfer.Upload(ctx, b, "name", zeros{}, transfer.WithPartSize(1<<40))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Upload = %v, want context.DeadlineExceeded", err)
	}
	b.idle(t)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return min(len(p), 10), nil }

func TestUploadReaderPanics(t *testing.T) {
	tests := map[string]io.Reader{
		"stream":   io.MultiReader(onlyReader{bytes.NewReader(random(250))}, panicReader{}),
		"in place": panicSource{strings.NewReader(strings.Repeat("x", 1000))},
		"at once":  panicReader{},
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBucket()
			m := &transfer.Manager{}
			synctest.Test(t, func(t *testing.T) {
				defer func() {
					if v := recover(); v != "reader panics" {
						t.Errorf("recovered %v", v)
					}
				}()
				_, err := m.Upload(t.Context(), b, "name", r, transfer.WithPartSize(100))
				t.Errorf("Upload = %v, want a panic", err)
			})
			b.idle(t)
			if b.content("name") != nil {
				t.Error("there is an object")
			}
		})
	}
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("reader panics") }

type panicSource struct{ *strings.Reader }

func (s panicSource) ReadAt(p []byte, off int64) (int, error) {
	if off >= 400 {
		panic("reader panics")
	}
	return s.Reader.ReadAt(p, off)
}

func TestUploadPartsRunInParallel(t *testing.T) {
	tests := []struct{ concurrency, requests, want int }{{3, 64, 3}, {8, 2, 2}, {20, 64, 10}}
	for _, tt := range tests {
		b := newBucket()
		synctest.Test(t, func(t *testing.T) {
			b.onPart = func(context.Context, int) error { time.Sleep(time.Second); return nil }
			m := &transfer.Manager{Requests: tt.requests}
			if _, err := m.Upload(t.Context(), b, "name", bytes.NewReader(random(1000)), transfer.WithPartSize(100), transfer.WithConcurrency(tt.concurrency)); err != nil {
				t.Fatal(err)
			}
		})
		if b.mostFlight != tt.want {
			t.Errorf("concurrency %d, %d requests: %d parts in flight, want %d", tt.concurrency, tt.requests, b.mostFlight, tt.want)
		}
	}
}

// TestUploadRecommendedPartSize: it is followed as far as there are enough
// parts then, and not by streams, whose parts take memory.
func TestUploadRecommendedPartSize(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name  string
		r     io.Reader
		parts int
	}{
		{"in place", bytes.NewReader(make([]byte, 24*mib)), 2},
		{"stream", onlyReader{bytes.NewReader(make([]byte, 24*mib))}, 3},
	}
	for _, tt := range tests {
		b := newBucket()
		b.limits.PartSize = 100 * mib
		if _, err := upload(t, b, tt.r, transfer.WithConcurrency(2)); err != nil {
			t.Fatal(err)
		}
		if b.mostParts != tt.parts {
			t.Errorf("%s: %d parts, want %d", tt.name, b.mostParts, tt.parts)
		}
	}
}

// TestUploadMemory checks that streams wait for memory, that a part larger than
// it is sent all the same, and that all of it is given back.
func TestUploadMemory(t *testing.T) {
	const chunk = 64 << 10
	b := newBucket()
	synctest.Test(t, func(t *testing.T) {
		var buffered, most atomic.Int64
		b.onPart = func(context.Context, int) error { time.Sleep(time.Second); return nil }
		m := &transfer.Manager{Memory: 4 * chunk}
		count := func(n int64) {
			if v := buffered.Add(n); v > most.Load() {
				most.Store(v)
			}
		}
		for range 10 {
			go func() {
				r := &countingReader{n: 20 * chunk, count: count}
				name := fmt.Sprintf("%p", r)
				if _, err := m.Upload(t.Context(), &releasing{b, &buffered}, name, r, transfer.WithPartSize(2*chunk)); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		time.Sleep(time.Hour)
		synctest.Wait()
		// One chunk of each upload is read before it waits.
		if limit := int64(4*chunk + 10*chunk + 10); most.Load() > limit || most.Load() < 4*chunk {
			t.Errorf("%d bytes were buffered, want at most %d", most.Load(), limit)
		}
		if len(b.objects) != 10 {
			t.Errorf("%d objects, want 10", len(b.objects))
		}

		most.Store(0)
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				r := &countingReader{n: 30 * chunk, count: count}
				if _, err := m.Upload(t.Context(), &releasing{b, &buffered}, fmt.Sprint("large", i), r, transfer.WithPartSize(10*chunk)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if limit := int64(10*chunk + 3*chunk); most.Load() > limit || most.Load() < 10*chunk {
			t.Errorf("%d bytes were buffered of parts larger than the memory, want those of one at a time, at most %d", most.Load(), limit)
		}
	})
	b.idle(t)
}

// releasing counts the bytes of a part as no longer buffered when it is sent.
type releasing struct {
	*memBucket
	buffered *atomic.Int64
}

func (r *releasing) Begin(ctx context.Context, name string, a transfer.Attrs) (transfer.MultipartUpload, error) {
	u, err := r.memBucket.Begin(ctx, name, a)
	return &releasingUpload{u, r.buffered}, err
}

type releasingUpload struct {
	transfer.MultipartUpload
	buffered *atomic.Int64
}

func (u *releasingUpload) Part(ctx context.Context, number int, body transfer.Body) (transfer.Part, error) {
	p, err := u.MultipartUpload.Part(ctx, number, body)
	u.buffered.Add(-body.Size())
	return p, err
}

// countingReader yields n bytes.
type countingReader struct {
	n     int
	count func(int64)
}

func (r *countingReader) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := min(r.n, len(p))
	r.n -= n
	r.count(int64(n))
	return n, nil
}
