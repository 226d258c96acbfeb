package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/checksum"
)

// downloader is one download.
type downloader struct {
	*options
	bucket   Bucket
	name     string
	part     int64 // size of the ranges
	window   *window
	asking   sync.WaitGroup // requests that nobody may be waiting for any more
	whole    bool           // the object is known to fit into one range
	modified time.Time      // of the object, where a list has told it
	begun    func(Info)     // told of what the first answer says; may be nil
	progress *progress
	verdict  *verdict
	keeper   *keeper

	info Info   // from the first answer
	pin  string // version of the answers that follow
	stat *Info  // from Stat, if that was asked
}

var (
	errNoBucket = errors.New("the bucket is nil")
	errNoReader = errors.New("the reader is nil")
	errNoWriter = errors.New("the writer is nil")

	errNoCheckpoint = errors.New("WithCheckpoint is an option of Upload, Copy and DownloadFile")
)

// download runs a download by run, of which it makes the error and result.
func download(ctx context.Context, b Bucket, name string, opts []Option, run func(context.Context, *downloader) error) (Info, error) {
	o := newOptions(opts)
	o.explain = func(err error) error { return fmt.Errorf("transfer: download %q: %w", name, err) }
	if err := o.forDownload(); err != nil {
		return Info{}, o.explain(err)
	}
	return o.downloadFrom(ctx, b, Info{Name: name, Size: -1}, run)
}

// downloadFrom downloads the object that from names, and reports on it. If a list has
// told of the object, from has its size and version; else the size is -1.
func (o *options) downloadFrom(ctx context.Context, b Bucket, from Info, run func(context.Context, *downloader) error) (Info, error) {
	d := &downloader{options: o, bucket: b, name: from.Name, part: o.partSize, progress: newProgress(o, from.Name), verdict: newVerdict()}
	if d.part == 0 {
		d.part = defaultPartSize
	}
	d.whole = from.Size >= 0 && from.Size <= d.part
	err := errNoBucket
	if b != nil {
		limits, _ := b.Limits(ctx) // who may download need not be one who may upload
		d.window = o.window(limits)
		err = run(d.progress.retries(ctx), d)
		d.asking.Wait()
	}
	if err != nil {
		d.info, err = Info{}, o.explain(withContext(ctx, err))
	}
	d.progress.done(err)
	return d.info, err
}

// begin asks for the first range, and so for what the object is.
func (d *downloader) begin(ctx context.Context) (io.ReadCloser, error) {
	n := d.part
	if d.whole {
		n = -1 // without a range, vendors tell the checksum
	}
	info, body, err := d.ask(ctx, d.version, 0, n)
	if err != nil {
		return nil, err
	}
	if d.whole && info.Size > d.part {
		_ = body.Close()
		return nil, fmt.Errorf("%w: it has %d bytes", ErrObjectChanged, info.Size)
	}
	d.pin = info.Version
	if d.pin == "" {
		d.pin = d.version
	}
	if d.pin == "" && info.Size > d.part {
		// Ranges of what has no name for its version might be of several, so
		// all is asked for at once.
		_ = body.Close()
		d.part = math.MaxInt64
		if info, body, err = d.ask(ctx, "", 0, -1); err != nil {
			return nil, err
		}
	}
	d.info = info
	if d.begun != nil {
		d.begun(info)
	}
	return body, nil
}

// open asks for another range of the same version.
func (d *downloader) open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	info, body, err := d.ask(ctx, d.pin, off, n)
	if err != nil {
		return nil, d.gone(err)
	}
	if err := d.same(info); err != nil {
		_ = body.Close()
		return nil, err
	}
	return body, nil
}

// gone returns err so that an object which is no longer there is a changed one.
func (d *downloader) gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrObjectChanged) {
		return fmt.Errorf("%w: %w", ErrObjectChanged, err)
	}
	return err
}

// same returns an error unless info is of the version being downloaded.
func (d *downloader) same(info Info) error {
	if info.Version != d.info.Version || info.Size != d.info.Size {
		return fmt.Errorf("%w: %d bytes of version %q are now %d bytes of version %q", ErrObjectChanged, d.info.Size, d.info.Version, info.Size, info.Version)
	}
	return nil
}

// decide finds the checksum to compare with, by one of the algorithms. If the
// first answer did not tell it, Stat does, beside the ranges; but only for an
// object of several ranges, else it would double the requests for small ones.
func (d *downloader) decide(ctx context.Context, g *errgroup.Group, algorithms ...[]checksum.Algorithm) {
	c, ok := choose(d.info.Checksums, algorithms...)
	if ok || !d.verify && (d.info.Size <= d.part || d.stat != nil) {
		d.verdict.set(c, nil)
		return
	}
	ask := func() error {
		info, err := d.bucket.Stat(ctx, d.name, d.pin)
		if err != nil {
			return d.gone(err)
		}
		if err := d.same(info); err != nil {
			return err
		}
		c, ok := choose(info.Checksums, algorithms...)
		var parts []int64
		if !ok && d.verify {
			if c, parts, err = d.composite(ctx, info, algorithms); err != nil {
				return err
			}
		}
		d.stat = &info
		d.verdict.set(c, parts)
		return nil
	}
	if d.verify { // of a composite checksum the parts have to be known before the first byte
		err := ask()
		ask = func() error { return err }
	}
	g.Go(ask)
}

// composite returns a checksum of the checksums of parts, with the sizes of these, if
// there is one that can be computed again: by who sees all content in order.
func (d *downloader) composite(ctx context.Context, info Info, algorithms [][]checksum.Algorithm) (Checksum, []int64, error) {
	c, ok := first(info.Checksums, true, algorithms)
	teller, tells := d.bucket.(PartTeller)
	if !ok || !tells || len(algorithms) < 2 {
		return Checksum{}, nil, fmt.Errorf("there is no checksum of the whole object to verify it by: %w", errors.ErrUnsupported)
	}
	parts, err := teller.PartSizes(ctx, d.name, d.pin)
	if err != nil {
		return Checksum{}, nil, fmt.Errorf("the parts of which the %s is known: %w", c.Algorithm, d.gone(err))
	}
	if len(parts) == 0 {
		return Checksum{}, nil, fmt.Errorf("there is no checksum of the whole object to verify it by, and the sizes of its parts are not told: %w", errors.ErrUnsupported)
	}
	total := int64(0)
	for _, n := range parts {
		total += n
	}
	if total != info.Size || slices.Min(parts) <= 0 {
		return Checksum{}, nil, fmt.Errorf("the %d parts of which the %s is known have %d bytes, and the object %d: %w", len(parts), c.Algorithm, total, info.Size, errors.ErrUnsupported)
	}
	return c, parts, nil
}

// finish makes the result. It is called when all is written and nothing runs
// any more.
func (d *downloader) finish(verified string) {
	if d.stat != nil {
		d.info = *d.stat // which tells more than the answer to a range
	}
	d.info.Verified = verified
}

// pieceSize is how much of a body is read at once. Reads of 64 KiB take some
// 15 % more of the processor.
const pieceSize = 128 << 10

var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// read passes n bytes of body to write, in pieces, and checks that there are
// neither fewer nor more.
func (d *downloader) read(ctx context.Context, body io.Reader, off, n int64, write func(p []byte, off int64) error) error {
	b := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(b)
	in := &stream{r: body}
	for done := int64(0); done < n; {
		k, err := in.read(ctx, b[:min(n-done, pieceSize)])
		if err == io.EOF {
			return short(done, n)
		}
		if err != nil {
			return bodyError(err)
		}
		if err := write(b[:k], off+done); err != nil {
			return err
		}
		done += int64(k)
	}
	return bodyError(in.end(ctx))
}

// bodyError makes ErrChecksum of what a provider says that compares a body by
// itself, so that callers need not know who found the difference.
func bodyError(err error) error {
	var mismatch *entrepot.ChecksumError
	if errors.As(err, &mismatch) && !errors.Is(err, ErrChecksum) {
		return fmt.Errorf("%w: %w", ErrChecksum, err)
	}
	return err
}

func short(got, want int64) error {
	return fmt.Errorf("the body ends after %d of %d bytes: %w", got, want, io.ErrUnexpectedEOF)
}

// writeError is the error of a write of want bytes to what the caller gave.
func writeError(n, want int, err error) error {
	if err == nil && n != want {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}

// end reads the end of a body, where a bucket may have to tell that what it
// has delivered is wrong.
func (s *stream) end(ctx context.Context) error {
	more, err := s.more(ctx)
	if more {
		return errors.New("the body is longer than announced")
	}
	return err
}

func rangeError(off, n int64, err error) error {
	if n == 0 {
		return err
	}
	return fmt.Errorf("bytes %d-%d: %w", off, off+n-1, err)
}
