package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"time"
)

// FS returns the objects of b as a file system for reading: an [fs.ReadDirFS],
// [fs.StatFS], [fs.ReadFileFS] and [fs.SubFS], of which the files are an [io.Seeker], an
// [io.ReaderAt] and an [io.WriterTo]. It is what [net/http.FS] takes.
//
// Names are divided by slashes, and directories are what several names begin with, or an
// object whose name ends in a slash. An object wins over a directory of its name. Names
// that no file has are not seen: those that begin with a slash, or have two together, or
// . or .. between them, or are no UTF-8. Files are opened by [NewReader], so that each
// takes one request; a directory takes a list, of which [fs.ReadDirFile] reads as much as
// it is asked for. For lists the bucket has to be a [Lister].
//
// The context is that of all that is done with the file system; opts are those of
// Readers.
func FS(ctx context.Context, b Bucket, opts ...Option) fs.FS {
	return &bucketFS{ctx: ctx, bucket: b, opts: opts}
}

type bucketFS struct {
	ctx    context.Context
	bucket Bucket
	opts   []Option
	dir    string // with a slash at the end, or empty
}

var _ interface {
	fs.ReadDirFS
	fs.StatFS
	fs.ReadFileFS
	fs.SubFS
} = (*bucketFS)(nil)

// pathError says which file an error is of.
func pathError(op, name string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// key is the name of an object, or of a directory without the slash.
func (f *bucketFS) key(op, name string) (string, error) {
	switch {
	case f.bucket == nil:
		return "", pathError(op, name, errNoBucket)
	case !fs.ValidPath(name):
		return "", pathError(op, name, fs.ErrInvalid)
	}
	return f.dir + name, nil
}

// prefix is what names in a directory begin with.
func (f *bucketFS) prefix(name string) string {
	if name == "." {
		return f.dir
	}
	return f.dir + name + "/"
}

// Open opens a file or a directory.
func (f *bucketFS) Open(name string) (fs.File, error) {
	key, err := f.key("open", name)
	if err != nil {
		return nil, err
	}
	if name != "." {
		r, err := NewReader(f.ctx, f.bucket, key, f.opts...)
		if err == nil {
			return &file{Reader: r, path: name}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, pathError("open", name, err)
		}
	}
	d, err := f.openDir(name)
	return d, pathError("open", name, err)
}

// Stat tells of a file or a directory.
func (f *bucketFS) Stat(name string) (fs.FileInfo, error) {
	key, err := f.key("stat", name)
	if err != nil {
		return nil, err
	}
	if name != "." {
		info, err := f.bucket.Stat(f.ctx, key, "")
		if err == nil {
			return fileInfo{path.Base(name), info}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, pathError("stat", name, err)
		}
	}
	d, err := f.openDir(name)
	if err != nil {
		return nil, pathError("stat", name, err)
	}
	defer d.Close()
	return d.Stat()
}

// ReadFile reads a whole file.
func (f *bucketFS) ReadFile(name string) ([]byte, error) {
	key, err := f.key("open", name)
	if err != nil {
		return nil, err
	}
	if name == "." {
		return nil, pathError("read", name, errIsDirectory)
	}
	var content bytes.Buffer
	if _, err := DownloadTo(f.ctx, f.bucket, key, &content, f.opts...); err != nil {
		return nil, pathError("open", name, err)
	}
	return content.Bytes(), nil
}

// ReadDir reads a whole directory.
func (f *bucketFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := f.key("open", name); err != nil {
		return nil, err
	}
	d, err := f.openDir(name)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	// Lists are in the order of names with the slashes behind those of directories.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// Sub is the file system of a directory.
func (f *bucketFS) Sub(name string) (fs.FS, error) {
	if _, err := f.key("sub", name); err != nil {
		return nil, err
	}
	sub := *f
	sub.dir = f.prefix(name)
	return &sub, nil
}

var errIsDirectory = errors.New("it is a directory")

// openDir opens a directory, and makes sure that there is one.
func (f *bucketFS) openDir(name string) (*directory, error) {
	l, ok := f.bucket.(Lister)
	if !ok {
		return nil, errNoList
	}
	d := &directory{path: name, prefix: f.prefix(name)}
	d.next, d.stop = iter.Pull2(l.List(f.ctx, Listing{Prefix: d.prefix, Delimiter: "/"}))
	if name == "." {
		return d, nil // which is there also when it is empty
	}
	d.first, d.err, d.peeked = d.next()
	switch {
	case d.err != nil:
		d.stop()
		return nil, d.err
	case !d.peeked:
		d.stop()
		return nil, fs.ErrNotExist
	}
	return d, nil
}

// directory is an open one.
type directory struct {
	path, prefix string
	next         func() (Info, error, bool)
	stop         func()

	// What was looked at to see whether there is something.
	first  Info
	peeked bool

	err   error
	files []string // those of which a directory of the same name may still come
}

func (d *directory) Stat() (fs.FileInfo, error) {
	return fileInfo{path.Base(d.path), Info{IsPrefix: true}}, nil
}

func (d *directory) Read([]byte) (int, error) {
	return 0, pathError("read", d.path, errIsDirectory)
}

func (d *directory) Close() error {
	d.stop()
	return nil
}

// ReadDir reads up to n entries more, all of them if n is not positive.
func (d *directory) ReadDir(n int) (entries []fs.DirEntry, err error) {
	for n <= 0 || len(entries) < n {
		info, ok := d.take()
		if !ok {
			break
		}
		if e, ok := d.entry(info); ok {
			entries = append(entries, e)
		}
	}
	switch {
	case d.err != nil:
		return entries, pathError("readdir", d.path, d.err)
	case n > 0 && len(entries) == 0:
		return nil, io.EOF
	}
	return entries, nil
}

// take takes the next of the list.
func (d *directory) take() (Info, bool) {
	if d.peeked {
		d.peeked = false
		return d.first, true
	}
	if d.err != nil {
		return Info{}, false
	}
	info, err, ok := d.next()
	d.err = err
	return info, ok && err == nil
}

// entry makes one of an object or a prefix, unless no file has such a name.
func (d *directory) entry(info Info) (fs.DirEntry, bool) {
	name, ok := strings.CutPrefix(info.Name, d.prefix)
	if info.IsPrefix {
		name = strings.TrimSuffix(name, "/")
	}
	if !ok || !fs.ValidPath(name) || name == "." || strings.Contains(name, "/") {
		return nil, false
	}
	d.files = slices.DeleteFunc(d.files, func(f string) bool { return !strings.HasPrefix(name, f) })
	if !info.IsPrefix {
		d.files = append(d.files, name)
	} else if slices.Contains(d.files, name) {
		return nil, false // what is not a directory is there already
	}
	return fs.FileInfoToDirEntry(fileInfo{name, info}), true
}

// file is an open one.
type file struct {
	*Reader
	path string
}

func (f *file) Stat() (fs.FileInfo, error) { return fileInfo{path.Base(f.path), f.Info()}, nil }

func (f *file) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	return n, pathError("read", f.path, err)
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.Reader.ReadAt(p, off)
	return n, pathError("read", f.path, err)
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	n, err := f.Reader.Seek(offset, whence)
	return n, pathError("seek", f.path, err)
}

func (f *file) WriteTo(w io.Writer) (int64, error) {
	n, err := f.Reader.WriteTo(w)
	return n, pathError("read", f.path, err)
}

func (f *file) Close() error { return pathError("close", f.path, f.Reader.Close()) }

// fileInfo is what is known about a file or a directory. Sys returns the Info.
type fileInfo struct {
	name string
	info Info
}

func (i fileInfo) Name() string { return i.name }
func (i fileInfo) Size() int64  { return i.info.Size }
func (i fileInfo) IsDir() bool  { return i.info.IsPrefix }
func (i fileInfo) Sys() any     { return i.info }

// ModTime is that of the source where the vendor keeps it, as for files that are
// downloaded.
func (i fileInfo) ModTime() time.Time { return sourceTime(i.info) }

func (i fileInfo) Mode() fs.FileMode {
	if i.info.IsPrefix {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

func (i fileInfo) String() string { return fs.FormatFileInfo(i) }
