package transfer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
)

const (
	// fewObjects is what one list of a bucket costs no more than a request or
	// two for, so that it is not divided.
	fewObjects = 1000

	// mostSpans is into how many parts of names a long list is divided. Each is
	// listed on its own, beside the others.
	mostSpans = 16

	// deepestSpans is how many directories down the names are looked at that
	// divide it.
	deepestSpans = 8
)

// divide divides the names of the objects with a prefix into parts to be listed at
// the same time. If there are few, there is but one part, and few are all of them.
// Names divide where a delimiter tells directories from each other, which costs a
// request for each directory that all names have in common.
func divide(ctx context.Context, l Lister, prefix string) (spans []span, few []Info, err error) {
	for info, err := range l.List(ctx, Listing{Prefix: prefix}) {
		if err != nil {
			return nil, nil, err
		}
		if few = append(few, info); len(few) > fewObjects {
			break
		}
	}
	if len(few) <= fewObjects {
		return []span{{}}, few, nil
	}
	below := prefix
	for range deepestSpans {
		var names []string
		prefixes := 0
		for info, err := range l.List(ctx, Listing{Prefix: below, Delimiter: "/"}) {
			if err != nil {
				return nil, nil, err
			}
			names = append(names, info.Name)
			if info.IsPrefix {
				prefixes++
			}
			if len(names) == fewObjects {
				break
			}
		}
		if len(names) == 1 && prefixes == 1 {
			below = names[0]
			continue
		}
		if prefixes > 1 {
			return spansOf(prefix, names), nil, nil
		}
		break
	}
	return []span{{}}, nil, nil
}

// spansOf divides all names at some of those given, which have a prefix that the
// spans are without.
func spansOf(prefix string, names []string) []span {
	var spans []span
	after := ""
	count := min(mostSpans, len(names))
	for i := 1; i < count; i++ {
		upTo := strings.TrimPrefix(names[i*len(names)/count], prefix)
		if upTo <= after { // not in order, which the list itself will say
			continue
		}
		spans = append(spans, span{after, upTo})
		after = upTo
	}
	return append(spans, span{after: after})
}

// objects yields the objects in a part of those with a prefix.
func objects(ctx context.Context, l Lister, prefix string, t *treeOptions, s span) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		listing := Listing{Prefix: prefix}
		if s.after != "" {
			listing.After = prefix + s.after
		}
		for info, err := range l.List(ctx, listing) {
			if err != nil {
				yield(entry{}, err)
				return
			}
			e := entry{name: strings.TrimPrefix(info.Name, prefix), info: info}
			if s.upTo != "" && e.name > s.upTo {
				return
			}
			if !given(t, e, yield) {
				return
			}
		}
	}
}

// given yields an object if it is to be gone over, and reports whether to go on.
func given(t *treeOptions, e entry, yield func(entry, error) bool) bool {
	if e.name == "" || strings.HasSuffix(e.name, "/") && e.info.Size == 0 {
		e.skip = "it only stands for a directory"
	}
	return !t.wants(e.name) || yield(e, nil)
}

// strictly yields what seq does, and an error where that is not in order: what goes
// over two lists at a time would take for missing what comes late.
func strictly(seq iter.Seq2[entry, error]) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		last, first := "", true
		for e, err := range seq {
			if err == nil && !first && e.name <= last {
				err = fmt.Errorf("the list is not in order: %q comes behind %q", e.name, last)
			}
			if !yield(e, err) || err != nil {
				return
			}
			last, first = e.name, false
		}
	}
}

var errNoList = fmt.Errorf("the provider lists no objects: %w", errors.ErrUnsupported)
