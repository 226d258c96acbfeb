package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// entry is a file or an object of a tree.
type entry struct {
	// name is that below the directory or prefix, with slashes; that of a
	// directory that cannot be looked into ends in one.
	name string

	// info has the size and the times; of an object what the list told.
	info Info

	// skip is why it is nothing that can be copied.
	skip string

	// err is why nothing is known about it.
	err error
}

// span is a part of the names in order: those after "after", up to and with "upTo";
// empty: from the first, or to the last.
type span struct{ after, upTo string }

// holds reports whether a name is in s.
func (s span) holds(name string) bool {
	return name > s.after && (s.upTo == "" || name <= s.upTo)
}

// touches reports whether a name that begins with prefix may be in s.
func (s span) touches(prefix string) bool {
	return (prefix >= s.after || strings.HasPrefix(s.after, prefix)) && (s.upTo == "" || prefix <= s.upTo)
}

// walker goes over the files below a directory, in the order of the bytes of their
// names.
type walker struct {
	*treeOptions
	span span
	root string
	ctx  context.Context
	give func(entry) bool
}

// walk yields the files in a part of a directory. What is no regular file is yielded
// with the reason why it is skipped, what cannot be looked at with the error.
func walk(ctx context.Context, root string, t *treeOptions, s span) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		w := &walker{treeOptions: t, span: s, root: root, ctx: ctx, give: func(e entry) bool { return yield(e, nil) }}
		stat, err := os.Stat(root)
		if err == nil && !stat.IsDir() {
			err = fmt.Errorf("%s is not a directory", root)
		}
		if err == nil {
			_, err = w.dir("", []os.FileInfo{stat})
		}
		if err != nil {
			yield(entry{}, err)
		}
	}
}

// dir goes over a directory of which the name is empty, or ends in a slash. Parents
// are the directories that it is in, and itself. The error is that of the root only.
func (w *walker) dir(name string, parents []os.FileInfo) (more bool, err error) {
	if err := w.ctx.Err(); err != nil {
		return false, err
	}
	list, err := os.ReadDir(filepath.Join(w.root, filepath.FromSlash(name)))
	if err != nil {
		if name == "" {
			return false, err
		}
		return w.give(entry{name: name, err: err}), nil
	}
	type child struct {
		name string // that of a directory ends in a slash, which makes the order
		stat os.FileInfo
		err  error
		skip string
	}
	children := make([]child, 0, len(list))
	for _, d := range list {
		c := child{name: name + d.Name()}
		switch {
		case d.Type()&fs.ModeSymlink != 0 && !w.follow:
			c.skip = "it is a symbolic link"
		case d.Type()&fs.ModeSymlink != 0:
			c.stat, c.err = os.Stat(filepath.Join(w.root, filepath.FromSlash(c.name)))
		default:
			if c.stat, c.err = d.Info(); errors.Is(c.err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
		}
		if c.err == nil && c.skip == "" && c.stat.IsDir() {
			c.name += "/"
		}
		children = append(children, c)
	}
	slices.SortFunc(children, func(a, b child) int { return cmp.Compare(a.name, b.name) })
	for _, c := range children {
		bare, isDir := strings.CutSuffix(c.name, "/")
		if isDir {
			if w.prunes(bare) || !w.span.touches(c.name) {
				continue
			}
			if slices.ContainsFunc(parents, func(p os.FileInfo) bool { return os.SameFile(p, c.stat) }) {
				if !w.give(entry{name: c.name, err: errors.New("it is a link to a directory that it is in")}) {
					return false, nil
				}
				continue
			}
			if more, err := w.dir(c.name, append(parents[:len(parents):len(parents)], c.stat)); err != nil || !more {
				return false, err
			}
			continue
		}
		if !w.span.holds(c.name) || !w.wants(c.name) {
			continue
		}
		e := entry{name: c.name, err: c.err, skip: c.skip}
		if c.err == nil && c.skip == "" {
			e.info = Info{Size: c.stat.Size(), ModTime: c.stat.ModTime()}
			if !c.stat.Mode().IsRegular() {
				e.skip = "it is not a regular file"
			}
		}
		if isPart(c.name) {
			continue // of a download under way, or killed
		}
		if !w.give(e) {
			return false, nil
		}
	}
	return true, nil
}

// isPart reports whether a name is that of a file that is being downloaded.
func isPart(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	return strings.HasPrefix(base, partPrefix) && strings.HasSuffix(base, partSuffix)
}
