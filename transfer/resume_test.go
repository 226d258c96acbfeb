package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/transfer"
)

// resumable is a memBucket that finds its uploads again.
type resumable struct {
	*memBucket
	err    error // of looking
	differ map[string]error
}

func (b *resumable) Unfinished(ctx context.Context, name string, a transfer.Attrs) iter.Seq2[transfer.Unfinished, error] {
	return func(yield func(transfer.Unfinished, error) bool) {
		if b.err != nil {
			yield(transfer.Unfinished{}, b.err)
			return
		}
		b.mu.Lock()
		ids := slices.Sorted(maps.Keys(b.uploads))
		slices.Reverse(ids)
		var found []transfer.Unfinished
		for _, id := range ids {
			u := b.uploads[id]
			if u.name != name {
				continue
			}
			left := transfer.Unfinished{Upload: u, Differs: b.differ[id]}
			for _, number := range slices.Sorted(maps.Keys(u.parts)) {
				sum := sha1.Sum(u.parts[number])
				left.Parts = append(left.Parts, transfer.Part{
					Number: number, Size: int64(len(u.parts[number])), ETag: fmt.Sprint(number), Checksum: transfer.Checksum{Algorithm: "SHA1", Value: sum[:]},
				})
			}
			found = append(found, left)
		}
		b.mu.Unlock()
		for _, left := range found {
			if !yield(left, nil) {
				return
			}
		}
	}
}

func TestResume(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100)
	changed := bytes.Clone(content)
	changed[250]++
	for _, c := range []struct {
		name    string
		second  []byte
		opts    []transfer.Option
		change  func(*resumable)
		sent    int      // parts, by the second upload
		refused []string // what is told of it
		left    int      // uploads
	}{
		{name: "the same content", second: content, sent: 7},
		{name: "a part that differs", second: changed, sent: 8, refused: []string{"part 3 of upload upload-1: its SHA1 is "}},
		{name: "parts of another size", second: content, opts: []transfer.Option{transfer.WithPartSize(50)}, sent: 20,
			refused: []string{"part 1 of upload upload-1: it has 100 bytes, not 50", "part 2 of", "part 3 of"}},
		{name: "less content than there are parts", second: content[:200], sent: 2, refused: []string{"upload upload-1: it has a part 3, and there will be only 2"}, left: 1},
		{name: "an upload that differs", second: content, change: func(b *resumable) {
			b.differ = map[string]error{"upload-1": errors.New("mem: the color is red")}
		}, sent: 10, refused: []string{"upload upload-1: mem: the color is red"}, left: 1},
		{name: "no right to look", second: content, change: func(b *resumable) { b.err = fmt.Errorf("mem: %w", fs.ErrPermission) },
			sent: 10, refused: []string{"mem: permission denied"}, left: 1},
		{name: "the newest of several", second: content, change: func(b *resumable) {
			if _, err := b.Begin(context.Background(), "big", transfer.Attrs{Size: 1000}); err != nil {
				t.Fatal(err)
			}
		}, sent: 10, left: 1},
		{name: "an upload of another object", second: content, change: func(b *resumable) { b.uploads["upload-1"].name = "bigger" }, sent: 10, left: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &resumable{memBucket: newBucket()}
			opts := append([]transfer.Option{transfer.WithResume(), transfer.WithPartSize(100), transfer.WithConcurrency(1)}, c.opts...)
			broken := errors.New("mem: broken")
			b.onPart = func(_ context.Context, number int) error {
				if number >= 4 { // another may be on its way when the first fails
					return broken
				}
				return nil
			}
			_, err := transfer.Upload(t.Context(), b, "big", bytes.NewReader(content), append(opts, transfer.WithPartSize(100))...)
			if !errors.Is(err, broken) || !strings.Contains(err.Error(), "upload-1 is left behind, to be resumed") {
				t.Fatalf("error %v", err)
			}
			if len(b.uploads) != 1 || b.calls["Abort"] != 0 {
				t.Fatalf("%d uploads are left, %d were aborted", len(b.uploads), b.calls["Abort"])
			}
			if c.change != nil {
				c.change(b)
			}
			b.onPart = nil
			b.calls["Part"] = 0
			var refused []string
			var last transfer.Event
			info, err := transfer.Upload(t.Context(), b, "big", bytes.NewReader(c.second), append(opts, transfer.WithProgress(func(e transfer.Event) {
				if e.Refused != nil {
					refused = append(refused, e.Refused.Error())
				}
				if e.Bytes < last.Bytes {
					t.Errorf("from %d bytes to %d", last.Bytes, e.Bytes)
				}
				last = e
			}))...)
			if err != nil || info.Size != int64(len(c.second)) || !bytes.Equal(b.content("big"), c.second) {
				t.Fatalf("Upload = %+v, %v", info, err)
			}
			if b.calls["Part"] != c.sent {
				t.Errorf("%d parts were sent, want %d", b.calls["Part"], c.sent)
			}
			if !slices.EqualFunc(refused, c.refused, strings.HasPrefix) {
				t.Errorf("refused %q, want %q", refused, c.refused)
			}
			if !last.Done || last.Bytes != info.Size || last.Parts != last.TotalParts || last.Reused != last.TotalParts-c.sent || last.Refused != nil {
				t.Errorf("the last event: %+v", last)
			}
			if len(b.uploads) != c.left {
				t.Errorf("%d uploads are left, want %d", len(b.uploads), c.left)
			}
		})
	}
}

func TestResumeThatCannotBe(t *testing.T) {
	if _, err := transfer.Upload(t.Context(), newBucket(), "f", strings.NewReader("x"), transfer.WithResume()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a bucket that finds nothing: %v", err)
	}
	b := &resumable{memBucket: newBucket()}
	_, err := transfer.Upload(t.Context(), b, "f", io.MultiReader(strings.NewReader("x")), transfer.WithResume())
	if err == nil || !strings.Contains(err.Error(), "WithResume needs a source") || b.calls["Put"]+b.calls["Begin"] > 0 {
		t.Errorf("a stream: %v", err)
	}
	for _, b.err = range []error{fs.ErrPermission, errors.ErrUnsupported} {
		broken := errors.New("mem: broken")
		b.onPart = func(context.Context, int) error { return broken }
		if _, err := transfer.Upload(t.Context(), b, "f", strings.NewReader("123"), transfer.WithResume(), transfer.WithPartSize(1)); !errors.Is(err, broken) || len(b.uploads) > 0 {
			t.Errorf("where it cannot be resumed, %d uploads are left; %v", len(b.uploads), err)
		}
	}
	b.err = errors.New("mem: no list")
	if _, err := transfer.Upload(t.Context(), b, "f", strings.NewReader("123"), transfer.WithResume(), transfer.WithPartSize(1)); !errors.Is(err, b.err) {
		t.Errorf("a list that fails: %v", err)
	}
	empty, err := os.Create(filepath.Join(t.TempDir(), "empty"))
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	for _, r := range []io.Reader{empty, strings.NewReader(""), strings.NewReader("x")} {
		if _, err := transfer.Upload(t.Context(), b, "f", r, transfer.WithResume()); err != nil {
			t.Errorf("a source of one request at most: %v", err)
		}
	}
	b.idle(t)
}
