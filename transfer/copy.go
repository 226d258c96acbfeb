package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"
)

// copyPartSize is how large the parts are that a server copies. They cost no
// memory here, and each is one more request.
const copyPartSize = 64 << 20

// Copy makes the object name of dst out of the object srcName of src, and returns
// what is known about the new one. The destination comes first, as in [io.Copy].
//
// Within a provider that can ([Copier]) the server copies, in parts where the
// object is larger than what it copies in one request, and the content does not
// pass through this program. Else it is streamed: read ahead, and sent, within the
// memory of the [Manager], never touching the disk. Which of the two it was
// [Info.Copied] tells.
//
// It is one version of the source that is copied; if it is replaced meanwhile, the
// error is [ErrObjectChanged]. The copy has the properties of the source, those
// that the destination knows: see the table in the package documentation. What the
// handle of the destination states for all that is written, its template, goes before
// them, and [WithAttrs], [WithContentType] and [WithMetadata] replace them all.
//
// What is streamed is compared with the checksum that the source's provider keeps
// before the copy appears, and sent with checksums in turn. Where source and copy
// have one of the same kind, these are compared as well, also of what a server
// has copied: if they differ, the error is [ErrChecksum], and the copy is there.
//
// If Copy fails, or ctx ends, nothing is left behind, as with [Upload].
func Copy(ctx context.Context, dst Bucket, name string, src Bucket, srcName string, opts ...Option) (Info, error) {
	o := newOptions(opts)
	o.explain = func(err error) error { return fmt.Errorf("transfer: copy %q to %q: %w", srcName, name, err) }
	if err := o.forCopy(); err != nil {
		return Info{}, o.explain(err)
	}
	c := &copier{options: o, dst: dst, name: name, src: src, from: Info{Name: srcName, Size: -1, Version: o.version}}
	return c.do(ctx)
}

// Copy is [Copy] within the limits of m.
func (m *Manager) Copy(ctx context.Context, dst Bucket, name string, src Bucket, srcName string, opts ...Option) (Info, error) {
	return Copy(ctx, dst, name, src, srcName, m.with(opts)...)
}

// copier is one copy.
type copier struct {
	*options
	dst  Bucket
	name string
	src  Bucket

	// from names the object. If a list has told of it, the size and the version
	// are known as well; else its size is -1.
	from Info

	limits   Limits
	window   *window
	progress *progress

	// Of a copy that is resumed.
	keeper *keeper
	left   MultipartUpload
	kept   map[int]Part // by number
}

// do copies the object, and reports on it.
func (c *copier) do(ctx context.Context) (Info, error) {
	c.progress = newProgress(c.options, c.name)
	info, err := c.run(c.progress.retries(ctx))
	if err != nil {
		info, err = Info{}, c.explain(withContext(ctx, err))
	}
	c.progress.done(err)
	return info, err
}

func (c *copier) run(ctx context.Context) (info Info, err error) {
	if c.dst == nil || c.src == nil {
		return Info{}, errNoBucket
	}
	if c.limits, err = c.dst.Limits(ctx); err != nil {
		return Info{}, err
	}
	c.window = c.options.window(c.limits)
	if err := c.reopen(ctx); err != nil {
		return Info{}, err
	}
	if server, ok := c.dst.(Copier); ok && (c.left == nil || c.keeper.Copied) {
		info, err = c.byServer(ctx, server)
		if err == nil || !errors.Is(err, errors.ErrUnsupported) {
			return info, err
		}
		if left := (leftBehindError{}); errors.As(err, &left) {
			c.progress.refused(err)
		}
		c.progress.anew()
	}
	return c.stream(ctx)
}

// stat finds out what the source is, unless that is known.
func (c *copier) stat(ctx context.Context) error {
	if c.from.Size >= 0 && c.from.Version != "" {
		return nil
	}
	from, err := c.src.Stat(ctx, c.from.Name, c.from.Version)
	if err != nil {
		return fmt.Errorf("the source: %w", err)
	}
	c.from = from
	return nil
}

// reopen finds the upload that the checkpoint knows.
func (c *copier) reopen(ctx context.Context) (err error) {
	if c.checkpoint == "" {
		return nil
	}
	if _, ok := c.dst.(Reopener); !ok {
		return fmt.Errorf("WithCheckpoint: the provider of the destination does not go on with uploads: %w", errors.ErrUnsupported)
	}
	if err := c.stat(ctx); err != nil {
		return err
	}
	if c.keeper, err = c.options.keeper(what{"copy", c.from.Name, c.name, c.limits.Server}); err != nil {
		return err
	}
	a := c.attrs
	a.Size = c.from.Size
	now := state{Size: c.from.Size, Version: c.from.Version, Attrs: a.digest()}
	c.left, c.kept, err = c.keeper.reopen(ctx, c.dst, a, now, c.progress)
	return err
}

// byServer has the server copy. The error is [errors.ErrUnsupported] if it cannot.
func (c *copier) byServer(ctx context.Context, server Copier) (info Info, err error) {
	if err := c.stat(ctx); err != nil {
		return Info{}, err
	}
	from := CopySource{Bucket: c.src, Info: c.from, Replace: c.replace}
	a := c.attrs
	a.Size = c.from.Size
	if c.left == nil && (c.from.Size <= c.limits.MaxCopy || c.limits.MaxCopy <= 0) {
		info, err = c.inOne(ctx, server, a, from)
		if a.IfAbsent && a.Size > 0 && errors.Is(err, errors.ErrUnsupported) {
			// Where no copy can depend on what is there, the end of an upload may.
			info, err = c.inParts(ctx, server, a, from)
		}
	} else {
		info, err = c.inParts(ctx, server, a, from)
	}
	if err != nil {
		return Info{}, err
	}
	info.Name, info.Size, info.Copied = c.name, c.from.Size, true
	return info, compare(c.from, info)
}

func (c *copier) inOne(ctx context.Context, server Copier, a Attrs, from CopySource) (info Info, err error) {
	s, err := c.manager.slot(ctx, c.window)
	if err != nil {
		return Info{}, err
	}
	defer func() { s.free(0, err) }()
	if info, err = server.CopyObject(s.place.watched(ctx), c.name, a, from); err == nil {
		c.progress.total(a.Size, 1)
		c.progress.part(a.Size)
		c.keeper.forget() // of an earlier state
	}
	return info, err
}

func (c *copier) inParts(ctx context.Context, server Copier, a Attrs, from CopySource) (info Info, err error) {
	want := c.partSize
	if c.left != nil {
		want = c.keeper.PartSize
	}
	if want == 0 {
		want = max(copyPartSize, c.limits.PartSize)
	}
	if c.limits.MaxCopy > 0 {
		want = min(want, c.limits.MaxCopy) // also so that there are two parts at least
	}
	p, err := planKnown(c.limits, want, a.Size)
	if err != nil {
		return Info{}, err
	}
	up := c.left
	if up == nil {
		up, err = begin(ctx, func(ctx context.Context) (MultipartUpload, error) {
			return server.BeginCopy(ctx, c.name, a, from)
		})
		if err != nil {
			return Info{}, err
		}
		if err := c.keeper.begun(up, p.part, true); err != nil {
			return Info{}, abort(ctx, up, err)
		}
	}
	defer func() {
		switch {
		case err == nil:
			c.keeper.forget()
		case c.left == nil && errors.Is(err, errors.ErrUnsupported): // what is streamed instead begins anew
			err = abort(ctx, up, err)
		case c.keeper != nil && !useless(err):
			err = leave(up, err)
		default:
			err = abort(ctx, up, err)
			c.keeper.forget()
		}
	}()
	parts, ok := up.(PartCopier)
	if !ok {
		return Info{}, errors.New("the provider begins copies in parts, and copies none")
	}
	count := int(ceilDiv(a.Size, p.part))
	c.progress.total(a.Size, count)
	done := make([]Part, count)
	g, copying := errgroup.WithContext(ctx)
	room := make(room, c.concurrency)
	for i := range count {
		off := int64(i) * p.part
		n := min(p.part, a.Size-off)
		if kept, ok := c.kept[i+1]; ok && kept.Size == n { // and the source is the same
			done[i] = kept
			c.progress.reused(n)
			continue
		}
		if err := room.enter(copying); err != nil {
			break
		}
		s, err := c.manager.slot(copying, c.window)
		if err != nil {
			break // it is copying that has ended
		}
		g.Go(func() (err error) {
			defer func() { room.leave(err) }()
			defer func() { s.free(0, err) }()
			part, err := parts.CopyPart(s.place.watched(copying), i+1, from, off, n)
			if err != nil {
				return fmt.Errorf("part %d: %w", i+1, err)
			}
			done[i] = part
			done[i].Number, done[i].Size = i+1, n
			c.progress.part(n)
			return nil
		})
	}
	if err := errors.Join(g.Wait(), ctx.Err()); err != nil {
		return Info{}, err
	}
	info, err = up.Finish(ctx, done)
	info.Parts = count
	return info, err
}

// stream copies through this program: a download in order feeds an upload.
func (c *copier) stream(ctx context.Context) (info Info, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begun := make(chan Info, 1)
	d := &downloader{options: c.options, bucket: c.src, name: c.from.Name, part: c.partSize, verdict: newVerdict(),
		begun: func(i Info) { begun <- i }}
	d.options.version = c.from.Version
	if d.part == 0 {
		d.part = defaultPartSize
	}
	d.whole = c.from.Size >= 0 && c.from.Size <= d.part
	limits, _ := c.src.Limits(ctx)
	d.window = d.options.window(limits)

	out, in := io.Pipe()
	var failed error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		failed = d.toWriter(ctx, in)
		d.asking.Wait()
		in.CloseWithError(failed) // which the upload meets when it reads; nil: the end
		close(begun)
	}()
	defer func() { // also when something panics
		cancel()
		_ = out.CloseWithError(context.Canceled)
		<-ended
	}()
	from, ok := <-begun
	if !ok {
		<-ended
		return Info{}, fmt.Errorf("the source: %w", failed)
	}
	c.progress.total(from.Size, 0)
	u := &upload{options: c.options, bucket: c.dst, name: c.name, limits: c.limits, window: c.window, progress: c.progress, keeper: c.keeper, left: c.left, kept: c.kept}
	u.size, u.checkpoint = from.Size, ""
	if !c.replace {
		u.attrs = carried(from, c.attrs.IfAbsent)
	}
	if info, err = u.stream(ctx, out); err != nil {
		return Info{}, err
	}
	if info.Size != from.Size {
		return Info{}, fmt.Errorf("%d bytes were sent of %d: %w", info.Size, from.Size, io.ErrUnexpectedEOF)
	}
	<-ended
	info.Verified = d.info.Verified
	return info, compare(d.info, info)
}

// carried are the properties of a copy that is streamed.
func carried(from Info, ifAbsent bool) Attrs {
	a := from.Attrs
	if a.ModTime.IsZero() {
		a.ModTime = from.ModTime
	}
	a.Size, a.IfAbsent, a.Carried = 0, ifAbsent, true
	return a
}

// compare compares the checksums of source and copy.
func compare(from, to Info) error {
	for _, a := range from.Checksums {
		for _, b := range to.Checksums {
			if a.Algorithm == b.Algorithm && !a.Composite && !b.Composite && len(a.Value) == len(b.Value) && !bytes.Equal(a.Value, b.Value) {
				return fmt.Errorf("%w: %s of the copy is %x, and that of the source %x", ErrChecksum, a.Algorithm, b.Value, a.Value)
			}
		}
	}
	return nil
}
