package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/transfer"
)

// copyCase is a way to copy: by the server in one request or in parts, or
// through the client.
type copyCase struct {
	name  string
	size  int
	parts int // of the copy; 0: one request
	alone bool
	opts  []transfer.Option
}

var copyCases = []copyCase{
	{name: "by server", size: 1000},
	{name: "by server, empty", size: 0},
	{name: "by server, in parts", size: 10_001, parts: 11, opts: []transfer.Option{transfer.WithPartSize(1000)}},
	{name: "streamed", size: 1000, alone: true},
	{name: "streamed, empty", size: 0, alone: true},
	{name: "streamed, in parts", size: 10_001, parts: 11, alone: true, opts: []transfer.Option{transfer.WithPartSize(1000)}},
}

// eachCopy runs f with a source, of which the object "from" has content and
// properties, and an empty destination.
func eachCopy(t *testing.T, f func(t *testing.T, c copyCase, dst, src *memBucket, content []byte)) {
	for _, c := range copyCases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dst, src := newBucket(), newBucket()
				dst.limits.MaxCopy = 5000
				dst.alone = c.alone
				src.algorithm, dst.algorithm = "CRC32", "CRC32"
				content := random(c.size)
				if _, err := src.store("from", copyAttrs, content, 0); err != nil {
					t.Fatal(err)
				}
				f(t, c, dst, src, content)
				src.idle(t)
				dst.idle(t)
			})
		})
	}
}

var copyAttrs = transfer.Attrs{
	ContentType: "text/plain", ContentEncoding: "identity", ContentLanguage: "de", ContentDisposition: "attachment", CacheControl: "no-store",
	Metadata: map[string]string{"a": "b"}, ModTime: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
}

func TestCopy(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, content []byte) {
		var last transfer.Event
		info, err := transfer.Copy(t.Context(), dst, "to", src, "from",
			append(c.opts, transfer.WithProgress(func(e transfer.Event) { last = e }))...)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(dst.content("to"), content) {
			t.Error("the copy has another content")
		}
		if info.Name != "to" || info.Size != int64(c.size) || info.Copied == c.alone || info.Parts != c.parts {
			t.Errorf("the copy is %+v", info)
		}
		if c.alone && info.Verified != "CRC32" {
			t.Errorf("it was verified by %q", info.Verified)
		}
		got := dst.objects["to"].info.Attrs
		got.Size = 0
		if !reflect.DeepEqual(got, copyAttrs) {
			t.Errorf("its properties are %+v, and those of the source %+v", got, copyAttrs)
		}
		if last.Bytes != int64(c.size) || last.Total != int64(c.size) || !last.Done || last.Err != nil || last.Parts != max(1, c.parts) {
			t.Errorf("the last event is %+v", last)
		}
	})
}

func TestCopyReplacesProperties(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, _ []byte) {
		if _, err := transfer.Copy(t.Context(), dst, "to", src, "from", append(c.opts, transfer.WithContentType("image/png"))...); err != nil {
			t.Fatal(err)
		}
		got := dst.objects["to"].info.Attrs
		got.Size = 0
		if want := (transfer.Attrs{ContentType: "image/png"}); !reflect.DeepEqual(got, want) {
			t.Errorf("the properties are %+v, want %+v", got, want)
		}
	})
}

func TestCopyIfAbsent(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, content []byte) {
		opts := append(c.opts, transfer.WithIfAbsent())
		if _, err := transfer.Copy(t.Context(), dst, "to", src, "from", opts...); err != nil {
			t.Fatal(err)
		}
		if _, err := transfer.Copy(t.Context(), dst, "to", src, "from", opts...); !errors.Is(err, fs.ErrExist) {
			t.Errorf("the second copy: %v", err)
		}
	})
}

func TestCopyOfAVersion(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, _ []byte) {
		old := src.objects["from"].info.Version
		src.put(t, "from", []byte("another"))
		_, err := transfer.Copy(t.Context(), dst, "to", src, "from", append(c.opts, transfer.WithVersion(old))...)
		if !errors.Is(err, transfer.ErrObjectChanged) || dst.content("to") != nil {
			t.Errorf("the error is %v", err)
		}
	})
}

// TestCopyWhileTheSourceChanges replaces the source when parts of it are there.
func TestCopyWhileTheSourceChanges(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, _ []byte) {
		if c.parts == 0 {
			t.Skip("a source that is read in one request cannot change meanwhile")
		}
		change := func(_ context.Context, off int64) error {
			if off == 3000 {
				src.put(t, "from", random(c.size))
			}
			return nil
		}
		src.onOpen, dst.onCopy = change, change
		_, err := transfer.Copy(t.Context(), dst, "to", src, "from", c.opts...)
		if !errors.Is(err, transfer.ErrObjectChanged) || dst.content("to") != nil {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestCopyErrors(t *testing.T) {
	broken := errors.New("broken")
	fail := func(context.Context) error { return broken }
	for stage, set := range map[string]func(dst, src *memBucket){
		"reading":   func(dst, src *memBucket) { src.onOpen = func(context.Context, int64) error { return broken } },
		"copying":   func(dst, src *memBucket) { dst.onCopy = func(context.Context, int64) error { return broken } },
		"looking":   func(dst, src *memBucket) { src.onStat = fail },
		"putting":   func(dst, src *memBucket) { dst.onPut = fail },
		"beginning": func(dst, src *memBucket) { dst.onBegin = fail },
		"a part":    func(dst, src *memBucket) { dst.onPart = func(context.Context, int) error { return broken } },
		"finishing": func(dst, src *memBucket) { dst.onFinish = fail },
		"a body": func(dst, src *memBucket) {
			src.onBody = func(_ context.Context, _ int64, r io.Reader) io.Reader {
				return io.MultiReader(io.LimitReader(r, 500), readerFunc(func([]byte) (int, error) { return 0, broken }))
			}
		},
	} {
		t.Run(stage, func(t *testing.T) {
			failures := 0
			eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, _ []byte) {
				set(dst, src)
				_, err := transfer.Copy(t.Context(), dst, "to", src, "from", c.opts...)
				if err == nil {
					return // this way does not come by that stage
				}
				failures++
				if !errors.Is(err, broken) || strings.Count(err.Error(), "transfer:") != 1 || dst.content("to") != nil {
					t.Errorf("the error is %v", err)
				}
				if stage == "beginning" { // no vendor answers so and has begun it all the same
					clear(dst.uploads)
				}
			})
			if failures == 0 {
				t.Error("no way to copy has come by that stage")
			}
		})
	}
}

// TestCopyCancelled ends the context after each of the requests in turn.
func TestCopyCancelled(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, _ []byte) {
		for stop := int64(1); ; stop++ {
			ctx, cancel := context.WithCancel(t.Context())
			var requests atomic.Int64
			count := func(ctx context.Context) error {
				if requests.Add(1) == stop {
					cancel()
				}
				return ctx.Err()
			}
			src.onStat = count
			src.onOpen = func(ctx context.Context, _ int64) error { return count(ctx) }
			dst.onCopy = src.onOpen
			dst.onPut = count
			dst.onPart = func(ctx context.Context, _ int) error { return count(ctx) }
			_, err := transfer.Copy(ctx, dst, "to", src, "from", append(c.opts, transfer.WithConcurrency(1))...)
			cancel()
			src.idle(t)
			dst.idle(t)
			if requests.Load() < stop {
				if err != nil {
					t.Errorf("without being cancelled: %v", err)
				}
				return
			}
			if err == nil && stop < requests.Load() || err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled at request %d of %d: %v", stop, requests.Load(), err)
			}
		}
	})
}

// TestCopyFindsDamage has the source say that its content is another.
func TestCopyFindsDamage(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, _ []byte) {
		src.objects["from"].checksum[0].Value = []byte{1, 2, 3, 4}
		_, err := transfer.Copy(t.Context(), dst, "to", src, "from", c.opts...)
		if c.size > 0 && !errors.Is(err, transfer.ErrChecksum) {
			t.Errorf("the error is %v", err)
		}
		if c.alone && dst.content("to") != nil {
			t.Error("a damaged copy was made")
		}
	})
}

func TestCopyOfNothing(t *testing.T) {
	eachCopy(t, func(t *testing.T, c copyCase, dst, src *memBucket, _ []byte) {
		if _, err := transfer.Copy(t.Context(), dst, "to", src, "nothing", c.opts...); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `copy "nothing" to "to"`) {
			t.Errorf("the error is %v", err)
		}
		if _, err := transfer.Copy(t.Context(), nil, "to", src, "from"); err == nil {
			t.Error("copied to no bucket")
		}
		if _, err := transfer.Copy(t.Context(), dst, "to", src, "from", transfer.WithSize(1)); err == nil || !strings.Contains(err.Error(), "WithSize is an option of uploads") {
			t.Errorf("the error is %v", err)
		}
	})
}

// TestCopiesShareMemory streams many large objects at a time.
func TestCopiesShareMemory(t *testing.T) {
	dst, src := newBucket(), newBucket()
	dst.alone = true
	m := &transfer.Manager{Memory: 1 << 20}
	content := random(1 << 20)
	src.put(t, "from", content)
	errs := make(chan error)
	const copies = 50
	for i := range copies {
		go func() {
			_, err := m.Copy(t.Context(), dst, fmt.Sprint("to", i), src, "from", transfer.WithPartSize(200_000))
			errs <- err
		}()
	}
	for range copies {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	for i := range copies {
		if !bytes.Equal(dst.content(fmt.Sprint("to", i)), content) {
			t.Errorf("copy %d has another content", i)
		}
	}
	src.idle(t)
	dst.idle(t)
}
