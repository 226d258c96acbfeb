package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// DownloadFile downloads the object name of b to the file path, which appears
// or is replaced when all of the content has been written, verified and synced
// to disk. Until then it is in a file of another name in the same directory,
// .entrepot-*.part, which is removed if the download fails; a process that is
// killed leaves it behind.
//
// A file that is replaced gives its permissions to the new one. A symbolic link
// to a file is followed; one that leads nowhere is replaced. The directory must
// exist: that it does not is [fs.ErrNotExist], too, as an [*fs.PathError].
func DownloadFile(ctx context.Context, b Bucket, name, path string, opts ...Option) (Info, error) {
	return download(ctx, b, name, opts, func(ctx context.Context, d *downloader) error {
		return d.toFile(ctx, path)
	})
}

func (d *downloader) toFile(ctx context.Context, path string) error {
	if path == "" {
		return errors.New("the path of the file is empty")
	}
	mode, replaces := fs.FileMode(0o666), false
	switch stat, err := os.Stat(path); {
	case err == nil && !stat.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	case err == nil:
		mode, replaces = stat.Mode().Perm(), true
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if d.fsync == nil {
		d.fsync = new(true)
	}
	if err := d.toPlace(ctx, anywhere, path, mode, replaces); err != nil {
		return err
	}
	if !*d.fsync {
		return nil
	}
	// So that the name survives a crash as well. Not every system can sync a
	// directory, and the file is there, so a failure to do so is none.
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

// Files that are being downloaded have names that begin and end so.
const partPrefix, partSuffix = ".entrepot-", ".part"

// disk is where files are written: anywhere, or below a directory.
type disk struct {
	open    func(name string, flag int, mode fs.FileMode) (*os.File, error)
	rename  func(from, to string) error
	remove  func(name string) error
	chtimes func(name string, access, modified time.Time) error
}

// anywhere writes to paths as they are.
var anywhere = disk{os.OpenFile, os.Rename, os.Remove, os.Chtimes}

// toPlace downloads to a file beside path, and then gives it that name. It is synced
// if d.fsync says so. Exact says that its permissions are to be those of mode,
// whatever the umask.
func (d *downloader) toPlace(ctx context.Context, in disk, path string, mode fs.FileMode, exact bool) (err error) {
	if d.mode != 0 {
		mode, exact = d.mode, true
	}
	f, name, err := d.beside(ctx, in, path, mode)
	if err != nil {
		return err
	}
	defer func() {
		switch {
		case err == nil:
			d.keeper.forget()
			return
		case !useless(err) && d.keeper.keepRanges() == nil:
			_ = f.Close() // a second time perhaps
			err = fmt.Errorf("%w; what was fetched is left in %s, to be resumed", err, name)
			return
		}
		d.keeper.forget()
		_ = f.Close()
		if rest := in.remove(name); rest != nil {
			err = fmt.Errorf("%w; what was written is left behind: %w", err, rest)
		}
	}()
	if err := d.toWriterAt(ctx, f); err != nil {
		return err
	}
	if exact { // what the umask has taken away comes back, and the owner's right to write goes
		if err := f.Chmod(mode); err != nil {
			return err
		}
	}
	if modified := cmp.Or(d.modified, sourceTime(d.info)); d.modTime && !modified.IsZero() {
		if err := in.chtimes(name, time.Time{}, modified); err != nil {
			return err
		}
	}
	if *d.fsync {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err // what was cancelled replaces nothing
	}
	return in.rename(name, path)
}

// beside opens the file that is to be renamed to path: that which the checkpoint
// knows, or a new one.
func (d *downloader) beside(ctx context.Context, in disk, path string, mode fs.FileMode) (f *os.File, name string, err error) {
	mode |= 0o200 // until it is whole, so that it can be gone on with
	limits, err := d.bucket.Limits(ctx)
	if err != nil && d.checkpoint != "" {
		return nil, "", err
	}
	if d.keeper, err = d.options.keeper(what{"download", d.name, path, limits.Server}); err != nil {
		return nil, "", err
	}
	if d.keeper == nil {
		return in.createBeside(path, mode)
	}
	if f, err = d.resume(ctx, in); err == nil && f == nil {
		f, d.keeper.Aside, err = in.createBeside(path, mode)
	}
	if err == nil && *d.fsync {
		d.keeper.sync = f.Sync
	}
	return f, d.keeper.Aside, err
}

// resume opens the file that the checkpoint knows. It is nil if there is none of use;
// such a one is deleted.
func (d *downloader) resume(ctx context.Context, in disk) (*os.File, error) {
	k := d.keeper
	if k.Aside == "" {
		return nil, nil
	}
	f, stale, err := d.recall(ctx, in)
	if err == nil && stale == nil {
		return f, nil
	}
	if f != nil {
		_ = f.Close()
	}
	if err != nil {
		return nil, err
	}
	d.progress.refused(stale)
	if err := in.remove(k.Aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	k.state, k.PartSize, k.Aside, k.Done = state{}, 0, "", nil
	return nil, nil
}

// recall opens the file that the checkpoint knows, and finds out whether the object is
// still the one of which it has ranges. Stale says why it cannot be gone on with.
func (d *downloader) recall(ctx context.Context, in disk) (f *os.File, stale, err error) {
	k := d.keeper
	if d.version != "" && d.version != k.Version {
		return nil, fmt.Errorf("the checkpoint is of version %q, not %q", k.Version, d.version), nil
	}
	f, err = in.open(k.Aside, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err, nil
	}
	if err != nil {
		return nil, nil, err
	}
	// Not the version that the checkpoint has: it may still be there, and no longer be
	// what the name stands for.
	info, err := d.bucket.Stat(ctx, d.name, d.version)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrObjectChanged) {
		return f, err, nil
	}
	if err != nil {
		return f, nil, err
	}
	if info.Version != k.Version || info.Size != k.Size {
		return f, fmt.Errorf("%w: the checkpoint is of version %q of %d bytes, now it is %q of %d", ErrObjectChanged, k.Version, k.Size, info.Version, info.Size), nil
	}
	stat, err := f.Stat()
	if err != nil {
		return f, nil, err
	}
	if !stat.Mode().IsRegular() || stat.Size() < k.reaches(rangesOf(info.Size, k.PartSize)) {
		return f, fmt.Errorf("%s does not hold what the checkpoint says", k.Aside), nil
	}
	d.info, d.pin, d.part, d.stat = info, info.Version, k.PartSize, &info
	return f, nil, nil
}

// createBeside creates a file in the directory of path, to be renamed to it.
func (in disk) createBeside(path string, mode fs.FileMode) (*os.File, string, error) {
	for {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf("%s%016x%s", partPrefix, rand.Uint64(), partSuffix))
		f, err := in.open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return f, name, err
	}
}

// sourceTime is when the content was last modified, as far as is known.
func sourceTime(i Info) time.Time {
	if !i.Attrs.ModTime.IsZero() {
		return i.Attrs.ModTime
	}
	return i.ModTime
}
