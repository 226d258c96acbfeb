package transfer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"mime"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Tree is many files or objects at once: a directory, or what in a bucket has a
// prefix.
type Tree struct {
	dir    string
	bucket Bucket
	prefix string
}

// Dir is the tree of the files below a directory.
func Dir(path string) Tree { return Tree{dir: path} }

// Under is the tree of the objects of b whose names begin with prefix. One that
// names a directory ends in a slash; an empty one is for all objects.
func Under(b Bucket, prefix string) Tree { return Tree{bucket: b, prefix: prefix} }

// String says in words what t is.
func (t Tree) String() string {
	if t.bucket == nil {
		return fmt.Sprintf("directory %q", t.dir)
	}
	name := "the bucket"
	if s, ok := t.bucket.(fmt.Stringer); ok { // anything else might tell too much
		name = s.String()
	}
	if t.prefix != "" {
		name = fmt.Sprintf("%q in %s", t.prefix, name)
	}
	return name
}

// CopyAll copies all of src to dst: files to objects, objects to files, or objects to
// objects. What dst has already under a name is replaced; what else it has stays.
//
// Names below the directory or prefix are kept, with slashes for the directories of
// files. No name leads out of the directory: one that cannot be that of a file there
// is an error, and so is one that leads through a symbolic link to elsewhere. Where
// the file system takes names for the same that differ in the case of letters only,
// the second of them is an error. Objects that only stand for a directory are
// skipped, and so are symbolic links in directories, unless [WithFollowLinks] is
// given, and files that are not regular. Directories without files have no objects.
//
// Files get the time of their object, which is that of their source where the vendor
// keeps one; objects get it in [Attrs.ModTime], and the content type that belongs to
// the extension of the name, unless one is given by an option. Objects copied to
// objects keep their properties, as with [Copy], but for the KMS key of one that S3
// copies in one request, of which lists do not tell: it gets that of the destination's
// template, or of its bucket. All other options of [Upload], [DownloadFile] and
// [Copy] that make sense for many are taken as well.
//
// As many objects are moved at a time as requests may be in flight; memory does not
// grow with their number, save that a directory of files is read as a whole, and that
// file systems which ignore case take 8 bytes for each name. Long lists are read in
// several places at a time.
//
// The first failure ends it, unless [WithKeepGoing] is given. What is complete then
// stays; what is not leaves nothing behind.
func CopyAll(ctx context.Context, dst, src Tree, opts ...Option) (Report, error) {
	return newTreeCopy(dst, src, opts).do(ctx, "copy", false)
}

// Sync makes dst the same as src, as CopyAll does, but copies only what differs, and
// with [WithDelete] deletes what src has not.
//
// Two of the same size are the same if their times say so: that of a file has to be
// that of the object, to the second, which it is if CopyAll or Sync has written
// it. An object has to have the time of its source, to the millisecond, where the
// vendor keeps that and lists tell it (B2), and elsewhere to have been written no
// earlier than the source; as S3 lists whole seconds, what had changed in the second
// in which it was copied is copied once more. [WithCompareChecksum] compares the
// content.
//
// Both sides are listed in order, and compared name by name. Nothing is deleted where
// a list has failed.
func Sync(ctx context.Context, dst, src Tree, opts ...Option) (Report, error) {
	return newTreeCopy(dst, src, opts).do(ctx, "sync", true)
}

// CopyAll is [CopyAll] within the limits of m.
func (m *Manager) CopyAll(ctx context.Context, dst, src Tree, opts ...Option) (Report, error) {
	return CopyAll(ctx, dst, src, m.with(opts)...)
}

// Sync is [Sync] within the limits of m.
func (m *Manager) Sync(ctx context.Context, dst, src Tree, opts ...Option) (Report, error) {
	return Sync(ctx, dst, src, m.with(opts)...)
}

// treeCopy is one CopyAll or Sync.
type treeCopy struct {
	*options
	dst, src Tree
	compare  bool // Sync

	local   *localTree // of dst, if that is a directory
	limits  Limits     // of dst, if that is a bucket
	totals  *totals
	room    room // for the objects that are moved at a time
	group   *errgroup.Group
	ctx     context.Context // of all that goes on
	few     []Info          // all objects of the bucket that was divided, if they are few
	fewOf   *Tree
	removes *remover // of dst, if that is a bucket

	mu       sync.Mutex
	report   Report
	failures TreeError
}

func newTreeCopy(dst, src Tree, opts []Option) *treeCopy {
	return &treeCopy{options: newOptions(opts), dst: dst, src: src}
}

// do runs it.
func (c *treeCopy) do(ctx context.Context, verb string, compare bool) (Report, error) {
	c.compare = compare
	err := c.check()
	if err == nil {
		err = c.run(ctx)
	}
	if err != nil {
		err = fmt.Errorf("transfer: %s %v to %v: %w", verb, c.src, c.dst, withContext(ctx, err))
	}
	return c.report, err
}

func (c *treeCopy) check() error {
	switch {
	case c.err != nil:
		return c.err
	case c.upload != "":
		return errors.New(c.upload + " is an option of single uploads")
	case c.version != "":
		return errors.New("WithVersion is an option of single objects")
	case c.src.bucket == nil && c.dst.bucket == nil:
		return fmt.Errorf("neither is a bucket: %w", errors.ErrUnsupported)
	case c.src.bucket == nil && c.src.dir == "", c.dst.bucket == nil && c.dst.dir == "":
		return errors.New("the path of the directory is empty")
	case c.dst.bucket == nil && c.written != "":
		return errors.New(c.written + " is an option for objects, and the destination is a directory")
	case c.src.bucket == nil && c.read != "":
		return errors.New(c.read + " is an option for objects, and the source is a directory")
	case c.src.bucket != nil && c.tree.follow:
		return errors.New("WithFollowLinks is an option for directories, and the source is none")
	case !c.compare && (c.tree.remove || c.tree.byChecksum):
		return errors.New("WithDelete and WithCompareChecksum are options of Sync")
	}
	for _, t := range []Tree{c.src, c.dst} {
		_, lists := t.bucket.(Lister)
		if needed := t == c.src || c.compare; needed && t.bucket != nil && !lists {
			return errNoList
		}
	}
	if _, removes := c.dst.bucket.(Remover); c.tree.remove && c.dst.bucket != nil && !removes {
		return fmt.Errorf("the provider deletes no objects: %w", errors.ErrUnsupported)
	}
	return nil
}

func (c *treeCopy) run(ctx context.Context) (err error) {
	c.totals = newTotals(c.progress)
	if c.checkpoint != "" && !c.tree.dryRun {
		if err := os.MkdirAll(c.checkpoint, 0o700); err != nil {
			return fmt.Errorf("the directory of checkpoints: %w", err)
		}
	}
	if c.dst.bucket != nil {
		if c.limits, err = c.dst.bucket.Limits(ctx); err != nil {
			return err
		}
	} else if c.local, err = openLocal(c.dst.dir, c.tree.dryRun); err != nil {
		return err
	} else {
		defer c.local.close()
	}
	spans, err := c.divide(ctx)
	if err != nil {
		return err
	}
	return c.inGroup(ctx, func(ctx context.Context) error {
		for _, s := range spans {
			c.group.Go(func() error { return c.merge(ctx, s) })
		}
		return nil
	})
}

// inGroup runs f and all work that it starts.
func (c *treeCopy) inGroup(ctx context.Context, f func(context.Context) error) error {
	c.group, c.ctx = errgroup.WithContext(ctx)
	c.room = make(room, c.manager.Requests)
	c.removes = newRemover(c)
	c.group.Go(func() error { return f(c.ctx) })
	if err := c.group.Wait(); err != nil {
		return err
	}
	if err := c.removes.flush(ctx); err != nil {
		return err
	}
	if c.failures.Count > 0 {
		return &c.failures
	}
	return nil
}

// work runs f beside the rest, when there is room for it.
func (c *treeCopy) work(f func() error) {
	if err := c.room.enter(c.ctx); err != nil {
		c.group.Go(func() error { return err })
		return
	}
	c.group.Go(func() (err error) {
		defer func() { c.room.leave(err) }()
		if err := c.ctx.Err(); err != nil {
			return err
		}
		return f()
	})
}

// divide divides the names into parts that are gone over at the same time.
func (c *treeCopy) divide(ctx context.Context) ([]span, error) {
	t := &c.src
	if t.bucket == nil {
		t = &c.dst
		if !c.compare {
			return []span{{}}, nil
		}
	}
	spans, few, err := divide(ctx, t.bucket.(Lister), t.prefix)
	if len(spans) == 1 && few != nil {
		c.few, c.fewOf = few, t
	}
	return spans, err
}

// entries are those of one side in a part of the names.
func (c *treeCopy) entries(ctx context.Context, t *Tree, s span) iter.Seq2[entry, error] {
	switch {
	case t == c.fewOf:
		return strictly(func(yield func(entry, error) bool) {
			for _, info := range c.few {
				if !given(&c.tree, entry{name: info.Name[len(t.prefix):], info: info}, yield) {
					return
				}
			}
		})
	case t.bucket != nil:
		return strictly(objects(ctx, t.bucket.(Lister), t.prefix, &c.tree, s))
	}
	return strictly(walk(ctx, t.dir, &c.tree, s))
}

// merge goes over both sides in a part of the names, in order.
func (c *treeCopy) merge(ctx context.Context, s span) error {
	next, stop := iter.Pull2(c.entries(ctx, &c.src, s))
	defer stop()
	nextOld := func() (entry, error, bool) { return entry{}, nil, false }
	if c.compare && !(c.local != nil && c.local.absent) {
		pull, stopOld := iter.Pull2(c.entries(ctx, &c.dst, s))
		defer stopOld()
		nextOld = pull
	}
	src, srcErr, more := next()
	old, oldErr, moreOld := nextOld()
	var unknown []string // directories of the source that could not be looked into
	for more || moreOld {
		if err := errors.Join(srcErr, oldErr, ctx.Err()); err != nil {
			return err
		}
		takeSrc := more && (!moreOld || src.name <= old.name)
		takeOld := moreOld && (!more || old.name <= src.name)
		var err error
		switch {
		case takeSrc && takeOld:
			same := old // which goes on to the next while this one is copied
			err = c.one(src, &same)
		case takeSrc:
			err = c.one(src, nil)
		case !slices.ContainsFunc(unknown, func(dir string) bool { return strings.HasPrefix(old.name, dir) }):
			err = c.extra(old)
		}
		if err != nil {
			return err
		}
		if takeSrc {
			unknown = slices.DeleteFunc(unknown, func(dir string) bool { return src.name > dir && !strings.HasPrefix(src.name, dir) })
			if src.err != nil { // also a link may be one to a directory
				unknown = append(unknown, strings.TrimSuffix(src.name, "/")+"/")
			}
			src, srcErr, more = next()
		}
		if takeOld {
			old, oldErr, moreOld = nextOld()
		}
	}
	return nil
}

// one copies what the source has, unless the destination has the same.
func (c *treeCopy) one(src entry, old *entry) error {
	o := Outcome{Name: src.name, Size: src.info.Size}
	switch {
	case src.err != nil:
		o.Action, o.Err = ActionFail, src.err
		return c.tell(o)
	case src.skip != "":
		o.Action, o.Reason = ActionSkip, src.skip
		return c.tell(o)
	case c.dst.bucket != nil:
		o.Err = objectName(src.name)
	default:
		o.Err = c.local.may(src.name)
	}
	if o.Err != nil {
		o.Action = ActionFail
		return c.tell(o)
	}
	c.totals.found(src.info.Size)
	c.work(func() error {
		o := o
		o.Reason, o.Err = c.differs(c.ctx, src, old)
		switch {
		case o.Err != nil:
		case o.Reason == "":
			o.Action = ActionKeep
		default:
			o.Action = ActionCopy
			if !c.tree.dryRun {
				o.Err = c.copy(c.ctx, src)
			}
		}
		if o.Err != nil {
			o.Action = ActionFail
		}
		return c.tell(o)
	})
	return nil
}

// extra deletes what only the destination has, if that is wanted.
func (c *treeCopy) extra(old entry) error {
	if !c.tree.remove || old.err != nil || old.skip != "" {
		return nil
	}
	o := Outcome{Name: old.name, Size: old.info.Size, Action: ActionDelete}
	switch {
	case c.tree.dryRun:
	case c.local == nil:
		return c.removes.add(c.ctx, o)
	default:
		var removed bool
		if removed, o.Err = c.local.remove(old.name); o.Err != nil {
			o.Action = ActionFail
		} else if !removed {
			return nil
		}
	}
	return c.tell(o)
}

// tell notes what became of a name. The error ends it all.
func (c *treeCopy) tell(o Outcome) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch o.Action {
	case ActionCopy:
		c.report.Copied++
		c.report.Bytes += o.Size
	case ActionKeep:
		c.report.Kept++
	case ActionDelete:
		c.report.Deleted++
	case ActionSkip:
		c.report.Skipped++
	case ActionFail:
		c.report.Failed++
	}
	if c.tree.report != nil {
		c.tree.report(o)
	}
	c.totals.done(o)
	if o.Err == nil {
		return nil
	}
	failed := ObjectError{Name: o.Name, Err: o.Err}
	if !c.tree.keepGoing || c.ctx != nil && c.ctx.Err() != nil {
		return failed
	}
	c.failures.Count++
	if len(c.failures.Failed) < treeErrors {
		c.failures.Failed = append(c.failures.Failed, failed)
	}
	return nil
}

// copy copies one file or object.
func (c *treeCopy) copy(ctx context.Context, src entry) error {
	o := *c.options // which each transfer changes to its needs
	o.progress = c.totals.of()
	o.explain = func(err error) error { return err } // the name is told by who calls
	if o.checkpoint != "" {
		o.checkpoint = checkpointName(o.checkpoint, c.dst.String(), c.limits.Server, c.src.String(), src.name)
	}
	switch {
	case c.src.bucket == nil:
		return c.uploadFile(ctx, &o, src)
	case c.dst.bucket == nil:
		return c.local.download(ctx, &o, c.src.bucket, src)
	}
	_, err := (&copier{options: &o, dst: c.dst.bucket, name: c.dst.prefix + src.name, src: c.src.bucket, from: src.info}).do(ctx)
	return err
}

func (c *treeCopy) uploadFile(ctx context.Context, o *options, src entry) error {
	f, err := os.Open(filepath.Join(c.src.dir, filepath.FromSlash(src.name)))
	if err != nil {
		return err
	}
	defer f.Close()
	if !o.replace || o.attrs.ModTime.IsZero() {
		o.attrs.ModTime = src.info.ModTime
	}
	if o.attrs.ContentType == "" {
		o.attrs.ContentType = mime.TypeByExtension(path.Ext(src.name))
	}
	_, err = o.uploadTo(ctx, c.dst.bucket, c.dst.prefix+src.name, f)
	return err
}
