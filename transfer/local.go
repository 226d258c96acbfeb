package transfer

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// localTree is a directory that is written to. Nothing leads out of it, neither a
// name nor a symbolic link in it.
type localTree struct {
	root   *os.Root
	absent bool // it is not there, and as nothing is to be done, is not made

	dirs sync.RWMutex // held to delete directories, and for reading to make what they are needed for

	mu    sync.Mutex
	seed  maphash.Seed
	taken map[uint64]string // names by what they are without case; nil where that tells them apart
}

// openLocal opens a directory, which is made unless this is a dry run.
func openLocal(dir string, dryRun bool) (*localTree, error) {
	if !dryRun {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if dryRun && errors.Is(err, fs.ErrNotExist) {
		return &localTree{absent: true}, nil
	}
	if err != nil {
		return nil, err
	}
	l := &localTree{root: root}
	if dryRun {
		return l, nil
	}
	if folds, err := foldsCase(root); err != nil {
		root.Close()
		return nil, err
	} else if folds {
		l.seed, l.taken = maphash.MakeSeed(), make(map[uint64]string)
	}
	return l, nil
}

func (l *localTree) close() {
	if l.root != nil {
		_ = l.root.Close()
	}
}

// foldsCase finds out whether names that differ in case only are one and the same.
func foldsCase(root *os.Root) (bool, error) {
	name := fmt.Sprintf("%s%016x%s", partPrefix, rand.Uint64(), partSuffix)
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	defer root.Remove(name)
	if err := f.Close(); err != nil {
		return false, err
	}
	_, err = root.Lstat(strings.ToUpper(name))
	return err == nil, nil
}

// may returns an error if a name cannot be that of a file here.
func (l *localTree) may(name string) error {
	if _, err := localName(name); err != nil {
		return err
	}
	if l.taken == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := l.fold(name)
	if other, ok := l.taken[sum]; ok && other != name {
		return fmt.Errorf("the file system takes it for the same as %q", other)
	}
	l.taken[sum] = name
	return nil
}

// fold is what names have in common that differ in case only.
func (l *localTree) fold(name string) uint64 {
	return maphash.String(l.seed, strings.ToLower(strings.ToUpper(name)))
}

// disk is that of the files below the directory.
func (l *localTree) disk() disk {
	return disk{l.open, l.root.Rename, l.root.Remove, l.root.Chtimes}
}

// open opens a file. One that is created gets its directory at the same time, lest
// that is deleted in between as an empty one.
func (l *localTree) open(name string, flag int, mode fs.FileMode) (*os.File, error) {
	l.dirs.RLock()
	defer l.dirs.RUnlock()
	if dir := filepath.Dir(name); flag&os.O_CREATE != 0 && dir != "." {
		if err := l.root.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
	}
	return l.root.OpenFile(name, flag, mode)
}

// download downloads an object to the file of its name.
func (l *localTree) download(ctx context.Context, o *options, b Bucket, src entry) error {
	name, err := localName(src.name)
	if err != nil {
		return err
	}
	mode, replaces := fs.FileMode(0o666), false
	switch stat, err := l.root.Lstat(name); {
	case err == nil && stat.IsDir():
		return errors.New("there is a directory of that name")
	case err == nil && stat.Mode().IsRegular():
		mode, replaces = stat.Mode().Perm(), true
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	o.version, o.modTime = src.info.Version, true
	if o.fsync == nil {
		o.fsync = new(false)
	}
	_, err = o.downloadFrom(ctx, b, src.info, func(ctx context.Context, d *downloader) error {
		d.modified = sourceTime(src.info)
		return d.toPlace(ctx, l.disk(), name, mode, replaces)
	})
	return err
}

// remove deletes a file, and the directories that are empty then, and reports whether
// it did. It does not where the file system takes the name for that of another file,
// which has been written, or will be.
func (l *localTree) remove(name string) (bool, error) {
	local, err := localName(name)
	if err != nil {
		return false, err
	}
	if l.taken != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if _, ok := l.taken[l.fold(name)]; ok {
			return false, nil
		}
	}
	if err := l.root.Remove(local); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	l.dirs.Lock()
	defer l.dirs.Unlock()
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if l.root.Remove(filepath.FromSlash(dir)) != nil {
			break // it is not empty
		}
	}
	return true, nil
}
