// Package paginator ranges over the results of any listing operation of any
// provider, page by page or item by item.
//
// It is given the operation as a method value, and finds all types from it:
//
//	for obj, err := range paginator.Items(ctx, client.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos"}) {
//		if err != nil {
//			return err
//		}
//		total += obj.Size
//	}
//
// An error comes last and ends the sequence. Each page is asked for when the
// loop gets to it; leaving the loop needs no clean-up. Ranging over a sequence
// again lists anew. The input is copied and never changed: a token in it is
// where the listing begins.
package paginator

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
)

// Page is the output of an operation that may have more to tell.
type Page[In any] interface {
	// NextPage writes into next, a copy of the input that led to this page,
	// what asks for the page after it. It returns the token it wrote, several
	// joined into one where the operation has several, and whether the server
	// says that there is more.
	NextPage(next *In) (token string, more bool)
}

// ItemPage is a [Page] that has one list of results.
type ItemPage[In, Item any] interface {
	Page[In]
	Items() []Item
}

// Pages returns the pages that call answers, beginning with in. It ends with
// an error when a call fails, when a token comes a second time, or when the
// server says that there is more without telling how to get it.
//
// The sequence may be ranged over several times, also concurrently.
func Pages[In, Opt any, Out Page[In]](ctx context.Context, call func(context.Context, *In, ...Opt) (Out, error), in *In, opts ...Opt) iter.Seq2[Out, error] {
	var first In
	if in != nil {
		first = *in // the caller may change its own before ranging
	}
	return func(yield func(Out, error) bool) {
		var none Out
		next := first
		seen := tokens{seed: maphash.MakeSeed()}
		for {
			out, err := call(ctx, &next, opts...)
			if err != nil {
				yield(none, err)
				return
			}
			if !yield(out, nil) {
				return
			}
			token, more := out.NextPage(&next)
			if !more {
				return
			}
			if err := seen.add(token); err != nil {
				yield(none, err)
				return
			}
		}
	}
}

// Items returns the items of all pages that call answers, beginning with in:
// for each operation its main list, as the documentation of its output says.
// What [Pages] says holds here too.
func Items[In, Opt any, Out ItemPage[In, Item], Item any](ctx context.Context, call func(context.Context, *In, ...Opt) (Out, error), in *In, opts ...Opt) iter.Seq2[Item, error] {
	pages := Pages(ctx, call, in, opts...)
	return func(yield func(Item, error) bool) {
		for page, err := range pages {
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range page.Items() {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// tokens remembers by hash which tokens a listing has gone through: keys of a
// kilobyte can be tokens, and a listing may have a hundred thousand of them.
type tokens struct {
	seed maphash.Seed
	seen map[uint64]struct{}
}

func (t *tokens) add(token string) error {
	if token == "" {
		return errors.New("paginator: the server says that there are more pages but gave no token for the next one")
	}
	h := maphash.String(t.seed, token)
	if _, ok := t.seen[h]; ok {
		return fmt.Errorf("paginator: the server gave the page token %q a second time", token)
	}
	if t.seen == nil {
		t.seen = make(map[uint64]struct{})
	}
	t.seen[h] = struct{}{}
	return nil
}
