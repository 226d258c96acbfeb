package transfer

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/checksum"
)

// notInPlace is the error of an option for what can be read again.
func notInPlace(option string) error {
	return errors.New(option + " needs a source that can be read again, and is read in place: a file, or a reader with ReadAt, Seek and Size")
}

// mayResume returns an error if the upload is to be resumed and cannot be.
func (u *upload) mayResume(r io.Reader) error {
	option := ""
	if u.checkpoint != "" {
		option = "WithCheckpoint"
		if _, ok := u.bucket.(Reopener); !ok {
			return fmt.Errorf("WithCheckpoint: this provider does not go on with uploads: %w", errors.ErrUnsupported)
		}
	}
	if u.resume {
		option = "WithResume"
		if _, ok := u.bucket.(Resumer); !ok {
			return fmt.Errorf("WithResume: this provider does not find what was left behind (WithCheckpoint needs no finding): %w", errors.ErrUnsupported)
		}
	}
	if option == "" {
		return nil
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
	return notInPlace(option)
}

// reopen finds the upload of r that the checkpoint knows, if it is to be resumed by
// one. S is r, or nil where that is read as a stream.
func (u *upload) reopen(ctx context.Context, r io.Reader, s *source) (err error) {
	if u.checkpoint == "" {
		return nil
	}
	if s == nil {
		s = &source{} // an empty file, say
	}
	from := ""
	if f, ok := r.(*os.File); ok {
		from = f.Name()
	}
	now := state{Size: s.size, Offset: s.off, Attrs: u.attrs.digest()}
	if s.file != nil {
		now.Modified = s.stat.ModTime().UTC().Format(time.RFC3339Nano)
	}
	if u.keeper, err = u.options.keeper(what{"upload", from, u.name, u.limits.Server}); err != nil {
		return err
	}
	a := u.attrs
	a.Size = s.size
	u.left, u.kept, err = u.keeper.reopen(ctx, u.bucket, a, now, u.progress)
	return err
}

// unfinished finds the upload to go on with, nil if there is none, and keeps
// its parts in mind. Count is how many parts the object will have.
func (u *upload) unfinished(ctx context.Context, a Attrs, count int) (MultipartUpload, error) {
	if u.left != nil || !u.resume {
		return u.left, nil
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
		if left.Differs == nil {
			left.Differs = tooMany(left.Parts, count)
		}
		if left.Differs != nil {
			u.progress.refused(fmt.Errorf("upload %s: %w", left.Upload.ID(), left.Differs))
			continue
		}
		u.kept = byNumber(left.Parts)
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
	want, ok := kept.sum()
	if !ok && u.keeper.knows() {
		u.progress.reused(body.Size())
		return true, nil
	}
	h, err := checksum.New(checksum.Algorithm(want.Algorithm))
	if err != nil || !ok {
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
	if got := h.Sum(nil); !bytes.Equal(got, want.Value) {
		return refuse("its %s is %x, and that of the source %x", want.Algorithm, want.Value, got)
	}
	u.progress.reused(body.Size())
	return true, nil
}

// sum returns the checksum of a part. Where the vendor tells none, it is the MD5 that
// most have for an ETag.
func (p Part) sum() (Checksum, bool) {
	if a := checksum.Algorithm(p.Checksum.Algorithm); !p.Checksum.Composite && a.Size() > 0 && len(p.Checksum.Value) == a.Size() {
		return p.Checksum, true
	}
	return tagged(p.ETag)
}

// tagged returns the MD5 that an entity tag is, if it has the form of one. It need not
// be: of what is encrypted with a key of KMS it is something else, equal to nothing.
func tagged(etag string) (Checksum, bool) {
	md5, err := hex.DecodeString(strings.Trim(etag, `"`))
	return Checksum{Algorithm: string(checksum.MD5), Value: md5}, err == nil && len(md5) == checksum.MD5.Size()
}
