package s3dialect

import (
	"context"
	"errors"
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

// DeleteListed deletes what list yields, by calls of del, and returns how many objects that
// were. From is the input of the list, and in that of del; what del is to delete
// is filled in. Collect is told of each call how many objects it was given and how
// it ended, and returns how many have failed, or an error that ends all.
//
// A page is deleted when the one after it is there: that begins after the last
// object of the page, and not every server finds the place once that is gone.
func DeleteListed[ListIn any, Page paginator.Page[ListIn], In, Out, Opt any](ctx context.Context, s *Sweep,
	list func(context.Context, *ListIn, ...Opt) (Page, error), from *ListIn,
	del func(context.Context, *In, ...Opt) (Out, error), in *In, opts []Opt,
	collect func(asked int, err error) (failed int, fatal error)) (deleted int, err error) {
	full, err := Fill(s.Core, s.Op, s.Subject, in, s.Template)
	if err != nil {
		return 0, err
	}
	if !reflect.ValueOf(full).Elem().FieldByName("Delete").IsZero() {
		return 0, s.Core.Refuse(s.Op, "Delete", "is filled in from the list")
	}
	project(from, full, nil) // where, and who pays
	failures := 0
	flush := func(page []named) error {
		for batch := range slices.Chunk(page, deleteLimit) {
			if failures >= failureLimit {
				return errFailures
			}
			call := *full
			project(&call, &struct{ Delete struct{ Objects []named } }{struct{ Objects []named }{batch}}, nil)
			_, err := del(ctx, &call, opts...)
			failed, err := collect(len(batch), err)
			if err != nil {
				return err
			}
			deleted, failures = deleted+len(batch)-failed, failures+failed
		}
		return nil
	}
	var page []named
	for p, err := range paginator.Pages(ctx, list, from, opts...) {
		if err != nil {
			return deleted, err
		}
		if err := flush(page); err != nil {
			return deleted, err
		}
		last := false
		if page, last = s.of(p); last {
			break
		}
	}
	err = flush(page)
	return deleted, err
}

// of are the objects of a page that are to be deleted, and whether none are
// behind it: lists are in order, and longer keys come after the key itself.
func (s *Sweep) of(page any) (list []named, last bool) {
	var listed struct{ Contents, Versions, DeleteMarkers []named }
	project(&listed, page, nil)
	list = slices.Concat(listed.Contents, listed.Versions, listed.DeleteMarkers)
	if s.Key == "" {
		return list, false
	}
	all := len(list)
	list = slices.DeleteFunc(list, func(n named) bool { return n.Key != s.Key })
	return list, len(list) < all
}
