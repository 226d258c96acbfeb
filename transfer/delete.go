package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Delete deletes the objects of these names, as many at a time as the provider
// takes, and several such requests at a time. A name without object is no error. Where
// the bucket keeps versions they stay, and the objects are no longer found.
//
// The first failure ends it, unless [WithKeepGoing] is given: the error is then a
// [*TreeError] that lists all. [WithDryRun] and [WithOutcome] are taken as well.
func Delete(ctx context.Context, b Bucket, names iter.Seq[string], opts ...Option) (Report, error) {
	c := newTreeCopy(Under(b, ""), Tree{}, opts)
	if err := c.tree.noPatterns(); err != nil {
		return c.deleteFails(ctx, err)
	}
	return c.deleteAll(ctx, func(yield func(entry, error) bool) {
		for name := range names {
			if !yield(entry{name: name}, nil) {
				return
			}
		}
	})
}

// DeleteAll deletes the objects of a tree, as Delete does. [WithInclude] and
// [WithExclude] choose among them.
//
// A tree of all objects of a bucket is refused, since an empty prefix may be a variable
// that was not set: WithInclude("**") says that it is meant.
func DeleteAll(ctx context.Context, t Tree, opts ...Option) (Report, error) {
	c := newTreeCopy(t, Tree{}, opts)
	lister, ok := t.bucket.(Lister)
	switch {
	case t.bucket == nil:
		return c.deleteFails(ctx, fmt.Errorf("it is no bucket: %w", errors.ErrUnsupported))
	case !ok:
		return c.deleteFails(ctx, errNoList)
	case t.prefix == "" && len(c.tree.include) == 0:
		return c.deleteFails(ctx, errors.New(`the prefix is empty, which is that of all objects: WithInclude("**") says that it is meant`))
	}
	return c.deleteAll(ctx, objects(ctx, lister, t.prefix, &c.tree, span{}))
}

func (c *treeCopy) deleteFails(ctx context.Context, err error) (Report, error) {
	return c.report, fmt.Errorf("transfer: delete %v: %w", c.dst, withContext(ctx, err))
}

// deleteAll deletes the entries.
func (c *treeCopy) deleteAll(ctx context.Context, entries iter.Seq2[entry, error]) (Report, error) {
	err := c.checkDelete()
	if err == nil {
		c.tree.remove = true
		c.limits, err = c.dst.bucket.Limits(ctx)
	}
	if err == nil {
		err = c.inGroup(ctx, func(ctx context.Context) error {
			for e, err := range entries {
				if err == nil {
					err = ctx.Err()
				}
				if err == nil {
					err = c.extra(entry{name: e.name, info: e.info})
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return c.deleteFails(ctx, err)
	}
	return c.report, nil
}

func (c *treeCopy) checkDelete() error {
	if c.dst.bucket == nil {
		return errNoBucket
	}
	if _, ok := c.dst.bucket.(Remover); !ok {
		return fmt.Errorf("the provider deletes no objects: %w", errors.ErrUnsupported)
	}
	return c.onlyDeletes()
}

// onlyDeletes checks the options of what only deletes.
func (o *options) onlyDeletes() error {
	for name, set := range map[string]bool{
		o.read: o.read != "", o.written: o.written != "", o.upload: o.upload != "",
		"WithCheckpoint": o.checkpoint != "", "WithFollowLinks": o.tree.follow,
		"WithDelete": o.tree.remove, "WithCompareChecksum": o.tree.byChecksum,
	} {
		if set {
			return errors.New(name + " is no option of deletions")
		}
	}
	return o.err
}

// noPatterns refuses patterns, where they would choose nothing.
func (t *treeOptions) noPatterns() error {
	if len(t.include)+len(t.exclude) > 0 {
		return errors.New("WithInclude and WithExclude are options of DeleteAll, CopyAll and Sync")
	}
	return nil
}

// CleanupUploads aborts the uploads in parts of objects whose names begin with prefix
// that were begun longer ago than olderThan, by the server's clock, and neither
// finished nor aborted since: what programs leave behind that are killed, and what is
// billed. It takes no notice of who began them: choose a time that no upload takes.
//
// [WithDryRun], [WithKeepGoing] and [WithOutcome] are taken; Outcome.Name is the name
// of the object.
func CleanupUploads(ctx context.Context, b Bucket, prefix string, olderThan time.Duration, opts ...Option) (Report, error) {
	c := newTreeCopy(Under(b, prefix), Tree{}, opts)
	err := c.cleanup(ctx, olderThan)
	if err != nil {
		err = fmt.Errorf("transfer: clean up uploads to %v: %w", c.dst, withContext(ctx, err))
	}
	return c.report, err
}

func (c *treeCopy) cleanup(ctx context.Context, olderThan time.Duration) error {
	b, ok := c.dst.bucket.(Cleaner)
	switch {
	case c.dst.bucket == nil:
		return errNoBucket
	case !ok:
		return fmt.Errorf("the provider does not find uploads that were left behind: %w", errors.ErrUnsupported)
	case olderThan < 0:
		return fmt.Errorf("the time is negative: %v", olderThan)
	}
	if err := cmp.Or(c.tree.noPatterns(), c.onlyDeletes()); err != nil {
		return err
	}
	return c.inGroup(ctx, func(ctx context.Context) error {
		for u, err := range b.Pending(ctx, c.dst.prefix) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			o := Outcome{Name: u.Name, Action: ActionDelete, Reason: fmt.Sprintf("the upload %s was begun %v ago", u.ID, u.Age.Round(time.Second))}
			if u.Age < olderThan {
				continue
			}
			c.work(func() error {
				if !c.tree.dryRun {
					o.Err = b.AbortPending(ctx, u)
				}
				if o.Err != nil {
					o.Action = ActionFail
				}
				return c.tell(o)
			})
		}
		return nil
	})
}
