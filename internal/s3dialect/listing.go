package s3dialect

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/transfer"
)

// Page is a page of a list of objects. Both lists are in order.
type Page struct {
	Objects  []transfer.Info
	Prefixes []string
}

// List implements transfer.Lister by ListObjectsV2: from is its input, and of makes
// a Page of an answer.
func List[In, Opt any, Out paginator.Page[In]](ctx context.Context, h *Handle, l transfer.Listing, op *pipeline.Operation,
	list func(context.Context, *In, ...Opt) (Out, error), from *In, template any, of func(Out) Page) iter.Seq2[transfer.Info, error] {
	return func(yield func(transfer.Info, error) bool) {
		d, err := h.Core.dialect()
		if err == nil && d.directory(h.Name) {
			err = fmt.Errorf("%s: ListObjectsV2: directory buckets do not list in order: %w", d.Name, errors.ErrUnsupported)
		}
		if err != nil {
			yield(transfer.Info{}, err)
			return
		}
		full, err := Fill(h.Core, op, Subject{Bucket: h.Name}, from, template)
		if err != nil {
			yield(transfer.Info{}, err)
			return
		}
		for out, err := range paginator.Pages(ctx, list, full) {
			if err != nil {
				yield(transfer.Info{}, err)
				return
			}
			if !of(out).merge(l.After, yield) {
				return
			}
		}
	}
}

// merge yields objects and prefixes in order, without those that a server lists
// which does not know start-after.
func (p Page) merge(after string, yield func(transfer.Info, error) bool) bool {
	for len(p.Objects) > 0 || len(p.Prefixes) > 0 {
		var next transfer.Info
		if len(p.Prefixes) == 0 || len(p.Objects) > 0 && p.Objects[0].Name < p.Prefixes[0] {
			next, p.Objects = p.Objects[0], p.Objects[1:]
		} else {
			next, p.Prefixes = transfer.Info{Name: p.Prefixes[0], IsPrefix: true}, p.Prefixes[1:]
		}
		if next.Name <= after && !(next.IsPrefix && strings.HasPrefix(after, next.Name)) {
			continue
		}
		if !yield(next, nil) {
			return false
		}
	}
	return true
}

// Pending implements transfer.Cleaner by ListMultipartUploads, whose input with a prefix
// is made by from.
func Pending[In, Opt any, Out paginator.Page[In]](ctx context.Context, h *Handle, op *pipeline.Operation,
	list func(context.Context, *In, ...Opt) (Out, error), from func(prefix string) *In, prefix string, template any) iter.Seq2[transfer.PendingUpload, error] {
	return func(yield func(transfer.PendingUpload, error) bool) {
		d, err := h.Core.dialect()
		if err != nil {
			yield(transfer.PendingUpload{}, fmt.Errorf("%s: %w", h.Core.flavour.Name, err))
			return
		}
		asked := prefix
		if d.Profile.UploadsByKey {
			asked = ""
		}
		full, err := Fill(h.Core, op, Subject{Bucket: h.Name}, from(asked), template)
		if err != nil {
			yield(transfer.PendingUpload{}, err)
			return
		}
		for out, err := range paginator.Pages(ctx, list, full) {
			if err != nil {
				yield(transfer.PendingUpload{}, err)
				return
			}
			var page struct {
				Uploads []struct {
					Key, UploadId string
					Initiated     time.Time
				}
			}
			project(&page, out, nil)
			// By the server's clock: that here may be wrong by days.
			now, err := http.ParseTime(responseMetadata(out).Header.Get("Date"))
			if err != nil {
				now = time.Now()
			}
			for _, u := range page.Uploads {
				if !strings.HasPrefix(u.Key, prefix) {
					continue
				}
				if !yield(transfer.PendingUpload{Name: u.Key, ID: u.UploadId, Age: now.Sub(u.Initiated)}, nil) {
					return
				}
			}
		}
	}
}

// AbortPending implements transfer.Cleaner.
func (h *Handle) AbortPending(ctx context.Context, u transfer.PendingUpload) error {
	return (&upload{handle: h, name: u.Name, id: u.ID}).Abort(ctx)
}
