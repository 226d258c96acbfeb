package transfer_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/transfer"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{9}).Read(b) // never fails
	return b
}

// reader opens an object with a Manager of its own.
func reader(t *testing.T, b transfer.Bucket, name string, opts ...transfer.Option) *transfer.Reader {
	t.Helper()
	r, err := transfer.NewReader(t.Context(), b, name, append([]transfer.Option{transfer.WithManager(&transfer.Manager{})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReaderIsWhatReadersAre(t *testing.T) {
	sizes := []int{0, 1, 100, 70_000, 1<<20 + 1}
	if !raceEnabled { // it reads byte by byte, some millions of times
		sizes = append(sizes, 1<<20, 1_700_000)
	}
	for _, size := range sizes {
		b := newBucket()
		b.algorithm, b.statOnly = checksum.CRC64NVME, true
		content := randomBytes(size)
		b.put(t, "f", content)
		r := reader(t, b, "f", transfer.WithPartSize(300_000))
		if err := iotest.TestReader(r, content); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		b.idle(t)
	}
}

func TestReaderInOrder(t *testing.T) {
	content := randomBytes(20 << 20)
	for _, algorithm := range []checksum.Algorithm{checksum.CRC64NVME, checksum.SHA1} {
		b := newBucket()
		b.algorithm, b.statOnly = algorithm, true
		b.put(t, "f", content)
		// From some place on, answers come only when three are asked for at a time.
		var asked atomic.Int32
		three := make(chan struct{})
		b.onOpen = func(ctx context.Context, off int64) error {
			if off < 12<<20 {
				return nil
			}
			if asked.Add(1) == 3 {
				close(three)
			}
			select {
			case <-three:
				return nil
			case <-time.After(10 * time.Second):
				return errBroken
			case <-ctx.Done():
				return stall(ctx)
			}
		}
		var last transfer.Event
		r := reader(t, b, "f", transfer.WithPartSize(2<<20), transfer.WithProgress(func(e transfer.Event) { last = e }))
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		if info := r.Info(); info.Verified != string(algorithm) || info.Size != r.Size() || info.Size != int64(len(content)) {
			t.Errorf("%+v", info)
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("at the end: %d, %v", n, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if !last.Done || last.Err != nil || last.Bytes != int64(len(content)) {
			t.Errorf("the last event: %+v", last)
		}
		// 1 MiB, then 2, and then no more than 2 each.
		if n := b.calls["Open"]; n > 12 {
			t.Errorf("%d requests", n)
		}
		b.idle(t)
	}
}

// All that was read from the beginning on is compared, also by those who have looked
// at some of it before.
func TestReaderComparesAfterSeeks(t *testing.T) {
	content := randomBytes(3 << 20)
	for name, before := range map[string]func(r *transfer.Reader) error{
		"back from the middle of what comes next": func(r *transfer.Reader) error {
			_, err := io.ReadFull(r, make([]byte, 10_001))
			return err
		},
		"back from the end": func(r *transfer.Reader) error {
			_, err := r.Seek(-1000, io.SeekEnd)
			return errors.Join(err, drain(r))
		},
		"once more": func(r *transfer.Reader) error { return drain(r) },
	} {
		for _, damaged := range []bool{false, true} {
			b := newBucket()
			b.algorithm, b.statOnly = checksum.CRC32C, true
			b.put(t, "f", content)
			r := reader(t, b, "f", transfer.WithPartSize(1<<20))
			if err := before(r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if damaged && name != "once more" { // where it is known to be right already
				b.onBody = func(_ context.Context, off int64, r io.Reader) io.Reader {
					all, _ := io.ReadAll(r)
					if at := 2<<20 - off; at >= 0 && at < int64(len(all)) {
						all[at] ^= 1
					}
					return bytes.NewReader(all)
				}
			}
			if _, err := r.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			err := drain(r)
			switch {
			case b.onBody == nil && (err != nil || r.Info().Verified == ""):
				t.Errorf("%s: %v, verified %q", name, err, r.Info().Verified)
			case b.onBody != nil && !errors.Is(err, transfer.ErrChecksum):
				t.Errorf("%s: %v of damaged content", name, err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			b.idle(t)
		}
	}
}

func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func TestReaderWritesTo(t *testing.T) {
	b := newBucket()
	b.algorithm = checksum.CRC32
	content := randomBytes(5 << 20)
	b.put(t, "f", content)
	r := reader(t, b, "f", transfer.WithPartSize(1<<20))
	defer r.Close()
	if _, err := r.Seek(1000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	n, err := io.Copy(&got, r)
	if err != nil || n != int64(got.Len()) || !bytes.Equal(got.Bytes(), content[1000:]) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if r.Info().Verified != "" {
		t.Error("a part of an object was verified")
	}
	_, _ = r.Seek(0, io.SeekStart)
	if _, err := r.WriteTo(iotest.TruncateWriter(brokenWriter{}, 0)); err != nil {
		t.Error(err)
	}
	_, _ = r.Seek(0, io.SeekStart)
	if _, err := r.WriteTo(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("a writer that is broken: %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// Small objects take one request, and so does whatever is near to what was read.
func TestReaderAsksForLittle(t *testing.T) {
	b := newBucket()
	b.put(t, "small", []byte("some lines\nof text\n"))
	r := reader(t, b, "small")
	scanner := bufio.NewScanner(r)
	var lines []string
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	if err := scanner.Err(); err != nil || fmt.Sprint(lines) != "[some lines of text]" {
		t.Errorf("%q, %v", lines, err)
	}
	r.Close()
	if b.calls["Open"] != 1 || b.calls["Stat"] != 0 {
		t.Errorf("calls for a small object: %v", b.calls)
	}

	content := randomBytes(8 << 20)
	b.put(t, "f", content)
	clear(b.calls)
	r = reader(t, b, "f")
	head := make([]byte, 512)
	for range 3 { // as those who look at what they have
		if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head, content[:512]) {
			t.Fatal(err)
		}
		_, _ = r.Seek(0, io.SeekEnd)
		_, _ = r.Seek(0, io.SeekStart)
	}
	_, _ = r.Seek(40_000, io.SeekStart)
	if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head, content[40_000:40_512]) {
		t.Fatal(err)
	}
	if b.calls["Open"] != 1 {
		t.Errorf("%d requests", b.calls["Open"])
	}
	r.Close()

	// Here and there: each is one request, of no more than 64 KiB.
	clear(b.calls)
	asked := int64(0)
	b.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader {
		asked += int64(r.(*bytes.Reader).Len())
		return r
	}
	r = reader(t, b, "f")
	for i := range 20 {
		off := int64(7-i%7) * 1_000_000
		if _, err := r.Seek(off, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head, content[off:off+512]) {
			t.Fatalf("at %d: %v", off, err)
		}
	}
	r.Close()
	if b.calls["Open"] != 21 || asked > 1<<20+20*64<<10 {
		t.Errorf("%d requests for %d bytes", b.calls["Open"], asked)
	}
	b.idle(t)
}

func TestReadAt(t *testing.T) {
	b := newBucket()
	content := randomBytes(4 << 20)
	b.put(t, "f", content)
	r := reader(t, b, "f")
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for range 20 {
				off, n := random.IntN(len(content)), 1+random.IntN(200_000)
				p := make([]byte, n)
				k, err := r.ReadAt(p, int64(off))
				want := content[off:min(off+n, len(content))]
				if !bytes.Equal(p[:k], want) || (err == io.EOF) != (k < n) || err != nil && err != io.EOF {
					t.Errorf("ReadAt(%d, %d) = %d, %v", n, off, k, err)
				}
			}
		})
	}
	wg.Wait()
	for _, off := range []int64{-1, int64(len(content)), int64(len(content)) + 10} {
		if n, err := r.ReadAt(make([]byte, 1), off); n != 0 || err == nil || (off >= 0) != (err == io.EOF) {
			t.Errorf("ReadAt(%d) = %d, %v", off, n, err)
		}
	}
	r.Close()
	// Bit by bit in order is not a request for each bit.
	clear(b.calls)
	r = reader(t, b, "f")
	for off := 0; off < len(content); off += 4096 {
		p := make([]byte, 4096)
		if _, err := r.ReadAt(p, int64(off)); err != nil || !bytes.Equal(p, content[off:off+4096]) {
			t.Fatal(err)
		}
	}
	r.Close()
	if n := b.calls["Open"]; n > 10 {
		t.Errorf("%d requests", n)
	}
	b.idle(t)
}

func TestReaderOfAnArchive(t *testing.T) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	big := randomBytes(3 << 20)
	for name, content := range map[string][]byte{"a.txt": []byte("hello"), "big.bin": big} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b := newBucket()
	b.put(t, "a.zip", archive.Bytes())
	r := reader(t, b, "a.zip")
	defer r.Close()
	z, err := zip.NewReader(r, r.Size())
	if err != nil {
		t.Fatal(err)
	}
	got, err := fs.ReadFile(z, "big.bin")
	if err != nil || !bytes.Equal(got, big) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if n := b.calls["Open"]; n > 12 {
		t.Errorf("%d requests", n)
	}
}

// TestReaderWanders reads, seeks and reads at places, at random, while requests fail.
func TestReaderWanders(t *testing.T) {
	content := randomBytes(3 << 20)
	for seed := range 30 {
		random, dice := rand.New(rand.NewPCG(2, uint64(seed))), rand.New(rand.NewPCG(3, uint64(seed)))
		var mu sync.Mutex
		chance := func(n int) bool {
			mu.Lock()
			defer mu.Unlock()
			return dice.IntN(n) == 0
		}
		b := newBucket()
		b.algorithm, b.statOnly = checksum.CRC32C, true
		b.put(t, "f", content)
		r := reader(t, b, "f", transfer.WithPartSize(int64(1+random.IntN(500_000))), transfer.WithManager(&transfer.Manager{Memory: 1 << 20}))
		b.onOpen = func(context.Context, int64) error {
			if chance(10) {
				return errBroken
			}
			return nil
		}
		b.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader {
			if chance(10) {
				return io.MultiReader(io.LimitReader(r, 1000), iotest.ErrReader(errBroken))
			}
			return r
		}
		off := int64(0)
		for range 200 {
			p := make([]byte, 1+random.IntN(100_000))
			switch random.IntN(4) {
			case 0:
				off = random.Int64N(int64(len(content)) + 1000)
				if at, err := r.Seek(off, io.SeekStart); err != nil || at != off {
					t.Fatal(at, err)
				}
			case 1:
				at := random.Int64N(int64(len(content)))
				n, err := r.ReadAt(p, at)
				if !bytes.Equal(p[:n], content[at:at+int64(n)]) || err != nil && err != io.EOF && !errors.Is(err, errBroken) {
					t.Fatalf("ReadAt(%d, %d) = %d, %v", len(p), at, n, err)
				}
			default:
				n, err := r.Read(p)
				if n > 0 && !bytes.Equal(p[:n], content[off:off+int64(n)]) {
					t.Fatalf("Read at %d has other bytes", off)
				}
				off += int64(n)
				if err == io.EOF && off < int64(len(content)) || err != nil && err != io.EOF && !errors.Is(err, errBroken) {
					t.Fatalf("Read at %d = %d, %v", off, n, err)
				}
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		b.idle(t)
	}
}

func TestReaderFinds(t *testing.T) {
	content := randomBytes(5 << 20)
	start := func() (*memBucket, *transfer.Reader) {
		b := newBucket()
		b.algorithm, b.statOnly = checksum.CRC32C, true
		b.put(t, "f", content)
		return b, reader(t, b, "f", transfer.WithPartSize(1<<20))
	}
	t.Run("an object that was replaced", func(t *testing.T) {
		b, r := start()
		b.put(t, "f", content[:100])
		if _, err := io.ReadAll(r); !errors.Is(err, transfer.ErrObjectChanged) || !strings.HasPrefix(err.Error(), `transfer: read "f": `) {
			t.Error(err)
		}
		if _, err := r.ReadAt(make([]byte, 10), 3<<20); !errors.Is(err, transfer.ErrObjectChanged) {
			t.Error(err)
		}
		r.Close()
		b.idle(t)
	})
	t.Run("content that is damaged", func(t *testing.T) {
		b, r := start()
		b.onBody = func(_ context.Context, off int64, r io.Reader) io.Reader {
			if off < 2<<20 {
				return r
			}
			all, _ := io.ReadAll(r)
			all[0] ^= 1
			return bytes.NewReader(all)
		}
		if n, err := io.Copy(io.Discard, r); !errors.Is(err, transfer.ErrChecksum) || n != int64(len(content)) {
			t.Errorf("%d bytes, %v", n, err)
		}
		r.Close()
		b.idle(t)
	})
	t.Run("a body that is too short", func(t *testing.T) {
		b, r := start()
		b.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader { return io.LimitReader(r, 1000) }
		if _, err := io.ReadAll(r); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
		r.Close()
		b.idle(t)
	})
	t.Run("no checksum where Stat fails", func(t *testing.T) {
		b, r := start()
		b.onStat = func(context.Context) error { return errBroken }
		if _, err := io.ReadAll(r); !errors.Is(err, errBroken) {
			t.Error(err)
		}
		r.Close()
		b.idle(t)
	})
	t.Run("that it was closed", func(t *testing.T) {
		b, r := start()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		_, reading := r.Read(make([]byte, 1))
		_, at := r.ReadAt(make([]byte, 1), 0)
		for _, err := range []error{reading, at, r.Close()} {
			if !errors.Is(err, fs.ErrClosed) {
				t.Error(err)
			}
		}
		b.idle(t)
	})
	t.Run("that it was closed while it was read", func(t *testing.T) {
		b, r := start()
		reading := make(chan struct{}, 100)
		b.onOpen = func(ctx context.Context, _ int64) error {
			reading <- struct{}{}
			return stall(ctx)
		}
		errs := make(chan error, 2)
		go func() { _, err := io.Copy(io.Discard, r); errs <- err }()
		go func() { _, err := r.ReadAt(make([]byte, 10), 4<<20); errs <- err }()
		<-reading
		<-reading
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		for range 2 {
			if err := <-errs; !errors.Is(err, fs.ErrClosed) {
				t.Error(err)
			}
		}
		b.idle(t)
	})
	t.Run("that it was closed while it skipped", func(t *testing.T) {
		b, r := start()
		skipping := make(chan struct{})
		b.onBody = func(ctx context.Context, _ int64, r io.Reader) io.Reader {
			return io.MultiReader(io.LimitReader(r, 4096), readerFunc(func([]byte) (int, error) {
				close(skipping)
				return 0, stall(ctx)
			}))
		}
		if _, err := r.ReadAt(make([]byte, 4096), 2<<20); err != nil {
			t.Fatal(err)
		}
		errs := make(chan error, 1)
		go func() { _, err := r.ReadAt(make([]byte, 10), 2<<20+40_000); errs <- err }()
		<-skipping
		if n, err := r.Read(make([]byte, 10)); n != 10 || err != nil { // which has nothing to wait for
			t.Errorf("%d bytes, %v", n, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := <-errs; !errors.Is(err, fs.ErrClosed) {
			t.Error(err)
		}
		b.idle(t)
	})
	t.Run("that its context has ended", func(t *testing.T) {
		b := newBucket()
		b.put(t, "f", content)
		ctx, cancel := context.WithCancel(t.Context())
		r, err := transfer.NewReader(ctx, b, "f")
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := io.ReadAll(r); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		r.Close()
		b.idle(t)
	})
	t.Run("what cannot be", func(t *testing.T) {
		b := newBucket()
		for want, open := range map[string]func() (*transfer.Reader, error){
			`transfer: read "none": mem: "none": file does not exist`: func() (*transfer.Reader, error) { return transfer.NewReader(t.Context(), b, "none") },
			`transfer: read "f": the bucket is nil`:                   func() (*transfer.Reader, error) { return transfer.NewReader(t.Context(), nil, "f") },
			`transfer: read "f": WithSize is an option of uploads`:    func() (*transfer.Reader, error) { return transfer.NewReader(t.Context(), b, "f", transfer.WithSize(1)) },
			`transfer: read "f": WithCheckpoint is an option of Upload, Copy and DownloadFile`: func() (*transfer.Reader, error) {
				return transfer.NewReader(t.Context(), b, "f", transfer.WithCheckpoint("c"))
			},
		} {
			if _, err := open(); err == nil || err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		b.put(t, "f", nil)
		r := reader(t, b, "f")
		defer r.Close()
		for _, seek := range []func() (int64, error){
			func() (int64, error) { return r.Seek(-1, io.SeekStart) },
			func() (int64, error) { return r.Seek(0, 7) },
		} {
			if _, err := seek(); err == nil {
				t.Error("a seek to nowhere succeeded")
			}
		}
	})
}
