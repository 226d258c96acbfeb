package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/transfer"
)

// bare hides what a bucket can do beside what all buckets can.
type bare struct{ transfer.Bucket }

var _ interface {
	transfer.Lister
	transfer.Remover
	transfer.Copier
	transfer.Reopener
	transfer.Cleaner
} = (*memBucket)(nil)

func (b *memBucket) List(ctx context.Context, l transfer.Listing) iter.Seq2[transfer.Info, error] {
	return func(yield func(transfer.Info, error) bool) {
		b.count("List")()
		b.mu.Lock()
		names := slices.Sorted(maps.Keys(b.objects))
		b.mu.Unlock()
		last := ""
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				yield(transfer.Info{}, fmt.Errorf("mem: %w", err))
				return
			}
			rest, ok := strings.CutPrefix(name, l.Prefix)
			if !ok || name <= l.After {
				continue
			}
			if before, _, found := strings.Cut(rest, l.Delimiter); found && l.Delimiter != "" {
				prefix := l.Prefix + before + l.Delimiter
				if prefix != last && !yield(transfer.Info{Name: prefix, IsPrefix: true}, nil) {
					return
				}
				last = prefix
				continue
			}
			if b.onList != nil {
				if err := b.onList(ctx, name); err != nil {
					yield(transfer.Info{}, err)
					return
				}
			}
			o, err := b.lookup(name, "")
			if err != nil {
				continue // deleted meanwhile
			}
			info := o.info
			info.Attrs = transfer.Attrs{ModTime: info.Attrs.ModTime} // lists tell no more
			if !yield(info, nil) {
				return
			}
		}
	}
}

func (b *memBucket) Remove(ctx context.Context, names []string) error {
	defer b.count("Remove")()
	if most := b.limits.MaxRemove; most > 0 && len(names) > most {
		return fmt.Errorf("mem: %d names, more than %d", len(names), most)
	}
	var failed []transfer.ObjectError
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("mem: %w", err)
		}
		if b.onRemove != nil {
			if err := b.onRemove(ctx, name); err != nil {
				failed = append(failed, transfer.ObjectError{Name: name, Err: err})
				continue
			}
		}
		b.mu.Lock()
		delete(b.objects, name)
		b.mu.Unlock()
	}
	if failed != nil {
		return &transfer.RemoveError{Failed: failed}
	}
	return nil
}

// copied returns n bytes of what is to be copied; all of them if n is negative.
func (b *memBucket) copied(ctx context.Context, from transfer.CopySource, off, n int64) (*memObject, []byte, error) {
	source, ok := from.Bucket.(*memBucket)
	if !ok || source.alone || b.alone {
		return nil, nil, fmt.Errorf("mem: another provider: %w", errors.ErrUnsupported)
	}
	if b.onCopy != nil {
		if err := b.onCopy(ctx, off); err != nil {
			return nil, nil, err
		}
	}
	o, err := source.lookup(from.Info.Name, from.Info.Version)
	if err != nil {
		return nil, nil, err
	}
	content := o.content[off:]
	if n >= 0 {
		content = content[:n]
	}
	return o, content, ctx.Err()
}

// kept are the properties of a copy.
func (o *memObject) kept(a transfer.Attrs, from transfer.CopySource) transfer.Attrs {
	if from.Replace {
		return a
	}
	kept := o.info.Attrs
	kept.IfAbsent, kept.Size = a.IfAbsent, a.Size
	return kept
}

func (b *memBucket) CopyObject(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.Info, error) {
	defer b.count("CopyObject")()
	o, content, err := b.copied(ctx, from, 0, -1)
	if err != nil {
		return transfer.Info{}, err
	}
	if most := b.limits.MaxCopy; most > 0 && int64(len(content)) > most {
		return transfer.Info{}, fmt.Errorf("mem: copy of %d bytes, more than %d", len(content), most)
	}
	return b.store(name, o.kept(a, from), content, 0)
}

func (b *memBucket) BeginCopy(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.MultipartUpload, error) {
	o, _, err := b.copied(ctx, from, 0, 0)
	if err != nil {
		return nil, err
	}
	return b.Begin(ctx, name, o.kept(a, from))
}

func (u *memUpload) CopyPart(ctx context.Context, number int, from transfer.CopySource, off, n int64) (transfer.Part, error) {
	defer u.b.count("CopyPart")()
	_, content, err := u.b.copied(ctx, from, off, n)
	if err != nil {
		return transfer.Part{}, err
	}
	return u.keep(number, content)
}

func (b *memBucket) Reopen(ctx context.Context, name, id string, a transfer.Attrs) (transfer.Unfinished, error) {
	b.count("Reopen")()
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.uploads[id]
	if u == nil || u.name != name {
		return transfer.Unfinished{}, fmt.Errorf("mem: no upload %s: %w", id, fs.ErrNotExist)
	}
	left := transfer.Unfinished{Upload: u, Differs: b.differs}
	if left.Differs != nil {
		return left, ctx.Err()
	}
	for _, number := range slices.Sorted(maps.Keys(u.parts)) {
		left.Parts = append(left.Parts, u.part(number))
	}
	return left, ctx.Err()
}

func (b *memBucket) Pending(ctx context.Context, prefix string) iter.Seq2[transfer.PendingUpload, error] {
	return func(yield func(transfer.PendingUpload, error) bool) {
		b.count("Pending")()
		b.mu.Lock()
		uploads := slices.Collect(maps.Values(b.uploads))
		b.mu.Unlock()
		for _, u := range uploads {
			if err := ctx.Err(); err != nil {
				yield(transfer.PendingUpload{}, fmt.Errorf("mem: %w", err))
				return
			}
			if strings.HasPrefix(u.name, prefix) && !yield(transfer.PendingUpload{Name: u.name, ID: u.id, Age: u.age}, nil) {
				return
			}
		}
	}
}

func (b *memBucket) AbortPending(ctx context.Context, pending transfer.PendingUpload) error {
	return (&memUpload{b: b, id: pending.ID}).Abort(ctx)
}

// TestMemBucketLists holds the lists of the bucket in memory against what the
// interface promises: other tests rely on it.
func TestMemBucketLists(t *testing.T) {
	b := newBucket()
	for _, name := range []string{"a/1", "a/2", "a0", "b", "b/x/y", "c"} {
		b.put(t, name, nil)
	}
	for _, test := range []struct {
		listing transfer.Listing
		want    string
	}{
		{transfer.Listing{}, "a/1 a/2 a0 b b/x/y c"},
		{transfer.Listing{Prefix: "a/"}, "a/1 a/2"},
		{transfer.Listing{After: "a0"}, "b b/x/y c"},
		{transfer.Listing{Delimiter: "/"}, "a/* a0 b b/* c"},
		{transfer.Listing{Prefix: "b/", Delimiter: "/"}, "b/x/*"},
		{transfer.Listing{Delimiter: "/", After: "a/1"}, "a/* a0 b b/* c"},
	} {
		var got []string
		for info, err := range b.List(t.Context(), test.listing) {
			if err != nil {
				t.Fatal(err)
			}
			if info.IsPrefix {
				info.Name += "*"
			}
			got = append(got, info.Name)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%+v: %s, want %s", test.listing, got, test.want)
		}
	}
}
