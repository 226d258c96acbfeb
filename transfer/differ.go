package transfer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/entrepot-go/entrepot/internal/checksum"
)

// differs returns why an object or file is to be copied; empty: it is the same on
// both sides.
func (c *treeCopy) differs(ctx context.Context, src entry, old *entry) (string, error) {
	switch {
	case !c.compare:
		return "all are copied", nil
	case old == nil:
		return "it is new", nil
	case old.err != nil:
		return "", old.err
	case old.skip != "":
		return "the destination has something else of that name: " + old.skip, nil
	case src.info.Size != old.info.Size:
		return fmt.Sprintf("it has %d bytes, and in the destination %d", src.info.Size, old.info.Size), nil
	case c.tree.byChecksum:
		return c.differ(ctx, src, old)
	}
	return c.later(src.info, old.info), nil
}

// later compares times.
func (c *treeCopy) later(src, old Info) string {
	from, to := sourceTime(src), sourceTime(old)
	switch {
	case from.IsZero():
		return "nobody knows when it was modified"
	case c.dst.bucket == nil:
		// Vendors tell times in lists and elsewhere to other precisions.
		if from.Sub(to).Abs() < time.Second {
			return ""
		}
	case !old.Attrs.ModTime.IsZero():
		if from.UnixMilli() == to.UnixMilli() {
			return ""
		}
	case !from.After(to):
		return ""
	}
	return fmt.Sprintf("it is of %v, and in the destination of %v", from.UTC(), to.UTC())
}

// differ compares checksums.
func (c *treeCopy) differ(ctx context.Context, src entry, old *entry) (string, error) {
	from, err := c.checksums(ctx, &c.src, src)
	if err != nil {
		return "", err
	}
	to, err := c.checksums(ctx, &c.dst, *old)
	if err != nil {
		return "", err
	}
	switch { // those of a file are not known before it is read
	case c.src.bucket == nil:
		from, err = c.sumFile(ctx, filepath.Join(c.src.dir, filepath.FromSlash(src.name)), to)
	case c.dst.bucket == nil:
		to, err = c.sumFile(ctx, filepath.Join(c.dst.dir, filepath.FromSlash(old.name)), from)
	}
	if err != nil {
		return "", err
	}
	for _, a := range from {
		for _, b := range to {
			switch {
			case a.Algorithm != b.Algorithm || a.Composite || b.Composite || len(a.Value) != len(b.Value):
			case bytes.Equal(a.Value, b.Value):
				return "", nil
			default:
				return "its " + a.Algorithm + " is another", nil
			}
		}
	}
	return "there are no checksums that can be compared", nil
}

// checksums are those that the vendor keeps of an object.
func (c *treeCopy) checksums(ctx context.Context, t *Tree, e entry) ([]Checksum, error) {
	if t.bucket == nil {
		return nil, nil
	}
	if _, ok := choose(e.info.Checksums, combinable, inOrder); ok {
		return e.info.Checksums, nil
	}
	info, err := t.bucket.Stat(ctx, e.info.Name, e.info.Version)
	if _, ok := choose(info.Checksums, combinable, inOrder); !ok && err == nil {
		if md5, ok := tagged(info.ETag); ok {
			return append(info.Checksums, md5), nil
		}
	}
	return info.Checksums, err
}

// sumFile computes a checksum of a file by the algorithm of one that an object has.
func (c *treeCopy) sumFile(ctx context.Context, path string, like []Checksum) ([]Checksum, error) {
	want, ok := choose(like, combinable, inOrder)
	if !ok {
		return nil, nil
	}
	h, err := checksum.New(checksum.Algorithm(want.Algorithm))
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(b)
	in := &stream{r: f}
	for {
		n, err := in.read(ctx, b[:])
		if err == io.EOF {
			return []Checksum{{Algorithm: want.Algorithm, Value: h.Sum(nil)}}, nil
		}
		if err != nil {
			return nil, err
		}
		h.Write(b[:n])
	}
}
