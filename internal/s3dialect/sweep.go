package s3dialect

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/paginator"
)

// failureLimit is after how many failures a sweep is given up: enough to see
// what is wrong, and not too many to be held.
const failureLimit = 1000

var errFailures = errors.New("the rest was not tried")

// Sweep deletes all that a list yields. Types are looked at by the names of
// their members.
type Sweep struct {
	Core     *Core
	Op       *pipeline.Operation // DeleteObjects
	Subject  Subject             // of the bucket's handle
	Template any                 // as of [At]

	// Key, if it is set, is that of the only object whose versions are to go.
	// It is the list's prefix then.
	Key string
}

// named is an object or a version, in lists and in calls.
type named struct{ Key, VersionId string }

// NeedPrefix refuses an empty prefix, and names the method that takes none.
func (s *Sweep) NeedPrefix(prefix, all string) error {
	if prefix == "" {
		return s.Core.Refuse(s.Op, "prefix", "is empty, and every key begins with that; to delete all of them, call "+all)
	}
	return nil
}

// DeleteListed deletes what list yields, by calls of del, and returns how many objects that
// were. From is the input of the list, and in that of del; what del is to delete
// is filled in. The error of a call that has deleted its objects in part, a
// package's DeleteObjectsError, is given to add with how many it was asked for: add
// adds it to the error of all, and returns how many have failed. Part is nil for
// a call without failures.
//
// A page is deleted when the one after it is there: that begins after the last
// object of the page, and not every server finds the place once that is gone.
func DeleteListed[ListIn any, Page paginator.Page[ListIn], In, Out, Opt, E any, Partial interface {
	*E
	error
}](ctx context.Context, s *Sweep,
	list func(context.Context, *ListIn, ...Opt) (Page, error), from *ListIn,
	del func(context.Context, *In, ...Opt) (Out, error), in *In, opts []Opt,
	add func(sum, part Partial, asked int) (failed int)) (deleted int, err error) {
	full, err := Fill(s.Core, s.Op, s.Subject, in, s.Template)
	if err != nil {
		return 0, err
	}
	if !reflect.ValueOf(full).Elem().FieldByName("Delete").IsZero() {
		return 0, s.Core.Refuse(s.Op, "Delete", "is filled in from the list")
	}
	project(from, full, nil) // where, and who pays
	sum, failures := Partial(new(E)), 0
	flush := func(page []named) error {
		for batch := range slices.Chunk(page, deleteLimit) {
			if failures >= failureLimit {
				return errFailures
			}
			call := *full
			project(&call, &struct{ Delete struct{ Objects []named } }{struct{ Objects []named }{batch}}, nil)
			_, err := del(ctx, &call, opts...)
			var part Partial
			partly := errors.As(err, &part)
			failed := add(sum, part, len(batch))
			if err != nil && !partly {
				return err
			}
			deleted, failures = deleted+len(batch)-failed, failures+failed
		}
		return nil
	}
	err = func() error {
		var page []named
		for p, err := range paginator.Pages(ctx, list, from, opts...) {
			if err != nil {
				return err
			}
			if err := flush(page); err != nil {
				return err
			}
			last := false
			if page, last = s.of(p); last {
				break
			}
		}
		return flush(page)
	}()
	switch {
	case failures == 0:
		return deleted, err
	case err != nil:
		return deleted, fmt.Errorf("%w; %w", sum, err)
	}
	return deleted, sum
}

// of are the objects of a page that are to be deleted, and whether none are behind it.
// Where that is one key's versions, lists go on with longer keys: a page of nothing
// else is the last that is looked at, since not every server keeps the order from one
// entry to the next.
func (s *Sweep) of(page any) (list []named, last bool) {
	var listed struct{ Contents, Versions, DeleteMarkers []named }
	project(&listed, page, nil)
	list = slices.Concat(listed.Contents, listed.Versions, listed.DeleteMarkers)
	if s.Key == "" {
		return list, false
	}
	all := len(list)
	list = slices.DeleteFunc(list, func(n named) bool { return n.Key != s.Key })
	return list, all > 0 && len(list) == 0
}
