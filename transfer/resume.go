package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/entrepot-go/entrepot/internal/checksum"
)

var errNotInPlace = errors.New("WithResume needs a source that can be read again, and is read in place: a file, or a reader with ReadAt, Seek and Size")

// mayResume returns an error if the upload is to be resumed and cannot be.
func (u *upload) mayResume(r io.Reader) error {
	if !u.resume {
		return nil
	}
	if _, ok := u.bucket.(Resumer); !ok {
		return fmt.Errorf("WithResume: this provider does not find what was left behind: %w", errors.ErrUnsupported)
	}
	switch r := r.(type) {
	case *os.File:
		if stat, err := r.Stat(); err == nil && stat.Mode().IsRegular() {
			return nil // an empty one is read as a stream
		}
	case interface {
		io.ReaderAt
		io.Seeker
		Size() int64
	}:
		return nil
	}
	return errNotInPlace
}

// unfinished finds the upload to go on with, nil if there is none, and keeps
// its parts in mind. Count is how many parts the object will have.
func (u *upload) unfinished(ctx context.Context, a Attrs, count int) (MultipartUpload, error) {
	if !u.resume {
		return nil, nil
	}
	for left, err := range u.bucket.(Resumer).Unfinished(ctx, u.name, a) {
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
			u.progress.refused(err)
			u.resume = false // what would be left behind could not be resumed either
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if left.Differs == nil && len(left.Parts) > 0 && left.Parts[len(left.Parts)-1].Number > count {
			// A part that is there and not wanted stands in the way of finishing.
			left.Differs = fmt.Errorf("it has a part %d, and there will be only %d", left.Parts[len(left.Parts)-1].Number, count)
		}
		if left.Differs != nil {
			u.progress.refused(fmt.Errorf("upload %s: %w", left.Upload.ID(), left.Differs))
			continue
		}
		u.kept = make(map[int]Part, len(left.Parts))
		for _, p := range left.Parts {
			u.kept[p.Number] = p
		}
		return left.Upload, nil
	}
	return nil, nil
}

// same reports whether a part that was sent earlier has the content of body.
func (u *upload) same(ctx context.Context, up MultipartUpload, kept Part, body Body) (bool, error) {
	refuse := func(format string, args ...any) (bool, error) {
		u.progress.refused(fmt.Errorf("part %d of upload %s: %w", kept.Number, up.ID(), fmt.Errorf(format, args...)))
		return false, nil
	}
	if kept.Size != body.Size() {
		return refuse("it has %d bytes, not %d", kept.Size, body.Size())
	}
	h, err := checksum.New(checksum.Algorithm(kept.Checksum.Algorithm))
	if err != nil || len(kept.Checksum.Value) == 0 || kept.Checksum.Composite {
		return refuse("the provider tells no checksum of it")
	}
	content := io.NewSectionReader(body, 0, body.Size())
	buf := make([]byte, 128<<10)
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := content.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, fmt.Errorf("part %d: %w", kept.Number, err)
		}
	}
	if got := h.Sum(nil); !bytes.Equal(got, kept.Checksum.Value) {
		return refuse("its %s is %x, and that of the source %x", kept.Checksum.Algorithm, kept.Checksum.Value, got)
	}
	u.progress.reused(body.Size())
	return true, nil
}
