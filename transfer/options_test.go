package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/transfer"
)

// TestAttributesReachTheBucket, in one request and in parts, read in place and
// as a stream.
func TestAttributesReachTheBucket(t *testing.T) {
	all := transfer.Attrs{
		ContentType:        "text/plain",
		ContentEncoding:    "gzip",
		ContentLanguage:    "fr",
		ContentDisposition: "attachment",
		CacheControl:       "no-cache",
		Metadata:           map[string]string{"a": "1"},
		ModTime:            time.Unix(1, 0),
		SHA1:               []byte("sha"),
		Size:               77, // is not used
	}
	metadata := map[string]string{"a": "1"}
	tests := []struct {
		name string
		opts []transfer.Option
		want transfer.Attrs
	}{
		{name: "nothing"},
		{
			name: "content type",
			opts: []transfer.Option{transfer.WithContentType("text/plain")},
			want: transfer.Attrs{ContentType: "text/plain"},
		},
		{
			name: "metadata adds up",
			opts: []transfer.Option{transfer.WithMetadata(metadata), transfer.WithMetadata(map[string]string{"b": "2"})},
			want: transfer.Attrs{Metadata: map[string]string{"a": "1", "b": "2"}},
		},
		{
			name: "if absent",
			opts: []transfer.Option{transfer.WithIfAbsent()},
			want: transfer.Attrs{IfAbsent: true},
		},
		{
			name: "all",
			opts: []transfer.Option{transfer.WithContentType("a"), transfer.WithAttrs(all)},
			want: all,
		},
		{
			name: "one after all",
			opts: []transfer.Option{transfer.WithAttrs(transfer.Attrs{ContentType: "a", CacheControl: "b"}), transfer.WithContentType("c")},
			want: transfer.Attrs{ContentType: "c", CacheControl: "b"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, part := range []int64{10, 100} {
				for _, inPlace := range []bool{true, false} {
					b := newBucket()
					var r io.Reader = bytes.NewReader(random(100))
					want := tt.want
					want.Size = 100
					if !inPlace {
						r = onlyReader{r}
						if part == 10 {
							want.Size = -1
						}
					}
					info, err := upload(t, b, r, append([]transfer.Option{transfer.WithPartSize(part)}, tt.opts...)...)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(want, info.Attrs); diff != "" {
						t.Errorf("in place %v, parts of %d: attributes (-want +got):\n%s", inPlace, part, diff)
					}
				}
			}
		})
	}
	if len(metadata) != 1 {
		t.Errorf("the caller's metadata became %v", metadata)
	}
}

func TestIfAbsentFails(t *testing.T) {
	b := newBucket()
	b.put(t, "name", nil)
	for _, part := range []int64{10, 100} {
		_, err := upload(t, b, bytes.NewReader(random(100)), transfer.WithPartSize(part), transfer.WithIfAbsent())
		if !errors.Is(err, fs.ErrExist) {
			t.Errorf("Upload in parts of %d = %v, want fs.ErrExist", part, err)
		}
	}
}

func TestPartSizeAndSizeReachTheBucket(t *testing.T) {
	content := random(1000)
	tests := []struct {
		name  string
		r     io.Reader
		opts  []transfer.Option
		parts int
	}{
		{"part size", bytes.NewReader(content), []transfer.Option{transfer.WithPartSize(400)}, 3},
		{"part size below the vendor's", bytes.NewReader(content), []transfer.Option{transfer.WithPartSize(10)}, 5},
		{"part size above the vendor's", bytes.NewReader(content), []transfer.Option{transfer.WithPartSize(5000)}, 2},
		{"size of a stream", onlyReader{bytes.NewReader(content)}, []transfer.Option{transfer.WithPartSize(200), transfer.WithSize(2400)}, 2},
		{"length of a buffer", bytes.NewBuffer(bytes.Repeat(content, 2)), []transfer.Option{transfer.WithPartSize(200)}, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBucket()
			b.limits = transfer.Limits{MinPart: 200, MaxPart: 500, MaxPut: 500, MaxParts: 8, UniformParts: true}
			if _, err := upload(t, b, tt.r, tt.opts...); err != nil {
				t.Fatal(err)
			}
			if b.mostParts != tt.parts {
				t.Errorf("%d parts, want %d", b.mostParts, tt.parts)
			}
		})
	}
}

func TestDownloadPartSizeReachesTheBucket(t *testing.T) {
	eachKind(t, func() *memBucket {
		b := newBucket()
		b.put(t, "name", random(1000))
		return b
	}, func(t *testing.T, _ string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
		if _, _, err := get(transfer.WithPartSize(300)); err != nil {
			t.Fatal(err)
		}
		if b.calls["Open"] != 4 {
			t.Errorf("%d ranges, want 4", b.calls["Open"])
		}
	})
}

func TestVersionReachesTheBucket(t *testing.T) {
	eachKind(t, func() *memBucket {
		b := newBucket()
		b.statOnly, b.algorithm = true, "CRC32"
		b.put(t, "name", random(1000))
		return b
	}, func(t *testing.T, _ string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
		if _, _, err := get(transfer.WithPartSize(300), transfer.WithVersion("v1")); err != nil {
			t.Error(err)
		}
		if _, _, err := get(transfer.WithPartSize(300), transfer.WithVersion("v0")); !errors.Is(err, transfer.ErrObjectChanged) {
			t.Errorf("error = %v, want ErrObjectChanged", err)
		}
	})
}

func TestDownloadConcurrency(t *testing.T) {
	eachKind(t, func() *memBucket {
		b := newBucket()
		b.algorithm = "CRC32" // told by Open: no Stat beside
		b.put(t, "name", random(1000))
		b.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader {
			return io.MultiReader(readerFunc(func([]byte) (int, error) { time.Sleep(time.Second); return 0, io.EOF }), r)
		}
		return b
	}, func(t *testing.T, _ string, b *memBucket, get func(...transfer.Option) (transfer.Info, []byte, error)) {
		for _, n := range []int{1, 2, 5} {
			b.mostFlight = 0
			if _, _, err := get(transfer.WithPartSize(10), transfer.WithConcurrency(n)); err != nil {
				t.Fatal(err)
			}
			if b.mostFlight != n {
				t.Errorf("concurrency %d: %d requests in flight", n, b.mostFlight)
			}
		}
	})
}

func TestWrongOptions(t *testing.T) {
	tests := []struct {
		text           string
		opt            transfer.Option
		upload, downld bool // is an error there
	}{
		{"part size 0 is not positive", transfer.WithPartSize(0), true, true},
		{"concurrency -1 is not positive", transfer.WithConcurrency(-1), true, true},
		{"size -1 is negative", transfer.WithSize(-1), true, false},
		{"WithVersion is an option of downloads", transfer.WithVersion("v"), true, false},
		{"WithVerify is an option of downloads", transfer.WithVerify(), true, false},
		{"WithContentType is an option of uploads", transfer.WithContentType("a"), false, true},
		{"WithMetadata is an option of uploads", transfer.WithMetadata(nil), false, true},
		{"WithAttrs is an option of uploads", transfer.WithAttrs(transfer.Attrs{}), false, true},
		{"WithIfAbsent is an option of uploads", transfer.WithIfAbsent(), false, true},
		{"WithSize is an option of uploads", transfer.WithSize(1), false, true},
	}
	for _, tt := range tests {
		b := newBucket()
		check := func(call string, err error) {
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%s = %v, want %q", call, err, tt.text)
			}
		}
		if tt.upload {
			_, err := transfer.Upload(t.Context(), b, "name", strings.NewReader("x"), tt.opt)
			check("Upload", err)
		}
		if tt.downld {
			var f memFile
			_, err := transfer.Download(t.Context(), b, "name", &f, tt.opt)
			check("Download", err)
			_, err = transfer.DownloadTo(t.Context(), b, "name", io.Discard, tt.opt)
			check("DownloadTo", err)
			_, err = transfer.DownloadFile(t.Context(), b, "name", t.TempDir()+"/file", tt.opt)
			check("DownloadFile", err)
		}
		if len(b.calls) > 0 {
			t.Errorf("%s: requests were made all the same: %v", tt.text, b.calls)
		}
	}
}

// TestManagerIsFair: small transfers that come after a large one do not wait
// for all of it.
func TestManagerIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		b.onPart = func(context.Context, int) error { time.Sleep(time.Second); return nil }
		b.onPut = func(context.Context) error { time.Sleep(time.Second); return nil }
		m := &transfer.Manager{Requests: 2}
		var large atomic.Bool
		go func() {
			if _, err := m.Upload(t.Context(), b, "large", bytes.NewReader(random(1000)), transfer.WithPartSize(10)); err != nil {
				t.Error(err)
			}
			large.Store(true)
		}()
		synctest.Wait()
		start := time.Now()
		for range 3 {
			if _, err := m.Upload(t.Context(), b, "small", strings.NewReader("x")); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d > 20*time.Second || large.Load() {
			t.Errorf("three small uploads took %v beside a large one of 50 s", d)
		}
		time.Sleep(time.Hour)
		if !large.Load() {
			t.Error("the large upload did not end")
		}
	})
}

func TestProgress(t *testing.T) {
	content := random(1000)
	type download = func(b transfer.Bucket, opts ...transfer.Option) error
	up := func(r func() io.Reader) download {
		return func(b transfer.Bucket, opts ...transfer.Option) error {
			_, err := transfer.Upload(context.Background(), b, "name", r(), opts...)
			return err
		}
	}
	tests := []struct {
		name     string
		run      download
		part     int64
		parts    int
		report   bool // the bucket tells of bytes and retries
		fail     bool
		total    int64 // in the first event
		retries  int
		finished int64
	}{
		{name: "put", run: up(func() io.Reader { return bytes.NewReader(content) }), part: 1000, parts: 1, total: 1000},
		{name: "put, reported", run: up(func() io.Reader { return bytes.NewReader(content) }), part: 1000, parts: 1, total: 1000, report: true, retries: 2},
		{name: "parts", run: up(func() io.Reader { return bytes.NewReader(content) }), part: 90, parts: 12, total: 1000},
		{name: "parts, reported", run: up(func() io.Reader { return bytes.NewReader(content) }), part: 90, parts: 12, total: 1000, report: true, retries: 25},
		{name: "stream", run: up(func() io.Reader { return onlyReader{bytes.NewReader(content)} }), part: 90, parts: 12, total: -1, report: true, retries: 25},
		{name: "upload fails", run: up(func() io.Reader { return bytes.NewReader(content) }), part: 90, parts: 12, total: 1000, fail: true},
		{name: "download", part: 90, parts: 12, total: 1000, run: func(b transfer.Bucket, opts ...transfer.Option) error {
			_, err := transfer.Download(context.Background(), b, "name", new(memFile), opts...)
			return err
		}},
		{name: "download to", part: 90, parts: 12, total: 1000, run: func(b transfer.Bucket, opts ...transfer.Option) error {
			_, err := transfer.DownloadTo(context.Background(), b, "name", io.Discard, opts...)
			return err
		}},
		{name: "download fails", part: 90, parts: 12, total: 1000, fail: true, run: func(b transfer.Bucket, opts ...transfer.Option) error {
			_, err := transfer.DownloadTo(context.Background(), b, "name", io.Discard, opts...)
			return err
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBucket()
			b.report = tt.report
			b.put(t, "name", content)
			if tt.fail {
				b.onPart = func(_ context.Context, number int) error {
					if number == 8 {
						return errors.New("broken")
					}
					return nil
				}
				b.onOpen = func(_ context.Context, off int64) error {
					if off > 500 {
						return errors.New("broken")
					}
					return nil
				}
			}
			var events []transfer.Event
			err := tt.run(b, transfer.WithPartSize(tt.part), transfer.WithProgress(func(e transfer.Event) { events = append(events, e) }))
			if tt.fail != (err != nil) {
				t.Fatal(err)
			}
			last := transfer.Event{Total: tt.total}
			for i, e := range events {
				switch {
				case e.Name != "name", e.Bytes < last.Bytes, e.Parts < last.Parts, e.Retries < last.Retries, e.Bytes > 1000:
					t.Errorf("event %d is %+v after %+v", i, e, last)
				case e.Done != (i == len(events)-1):
					t.Errorf("event %d of %d: Done = %v", i, len(events), e.Done)
				case i == 0 && e.Total != tt.total && !tt.fail:
					t.Errorf("the first event is %+v, want the total %d", e, tt.total)
				}
				last = e
			}
			want := transfer.Event{Name: "name", Bytes: 1000, Total: 1000, Parts: tt.parts, TotalParts: tt.parts, Retries: tt.retries, Done: true}
			if tt.fail {
				if last.Err != err || last.Bytes >= 1000 {
					t.Errorf("the last event is %+v, want the error %v", last, err)
				}
			} else if last != want {
				t.Errorf("the last event is %+v, want %+v", last, want)
			}
		})
	}
}

// TestProgressWhileBytesMove: events come ten times a second although no part
// is complete.
func TestProgressWhileBytesMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		b.put(t, "name", random(100))
		b.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader {
			return readerFunc(func(p []byte) (int, error) {
				time.Sleep(50 * time.Millisecond)
				return r.Read(p[:1])
			})
		}
		events := 0
		_, err := transfer.DownloadTo(t.Context(), b, "name", io.Discard, transfer.WithManager(new(transfer.Manager)), transfer.WithProgress(func(transfer.Event) { events++ }))
		if err != nil {
			t.Fatal(err)
		}
		if want := 50 + 2; events != want { // 5 s, the part and the end
			t.Errorf("%d events, want %d", events, want)
		}
	})
}
