package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
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

func (d *downloader) toFile(ctx context.Context, path string) (err error) {
	f, path, err := createBeside(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // a second time perhaps
			if rest := os.Remove(f.Name()); rest != nil {
				err = fmt.Errorf("%w; what was written is left behind: %w", err, rest)
			}
		}
	}()
	if err := d.toWriterAt(ctx, f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err // what was cancelled replaces nothing
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	// So that the name survives a crash as well. Not every system can sync a
	// directory, and the file is there, so a failure to do so is none.
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

// createBeside creates a file in the directory of path, to be renamed to the
// path it returns.
func createBeside(path string) (*os.File, string, error) {
	if path == "" {
		return nil, "", errors.New("the path of the file is empty")
	}
	mode, replaces := fs.FileMode(0o666), false
	switch stat, err := os.Stat(path); {
	case err == nil && !stat.Mode().IsRegular():
		return nil, "", fmt.Errorf("%s is not a regular file", path)
	case err == nil:
		mode, replaces = stat.Mode().Perm(), true
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, "", err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, "", err
	}
	for {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".entrepot-%016x.part", rand.Uint64()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		if replaces { // what the umask has taken away comes back
			if err := f.Chmod(mode); err != nil {
				_ = f.Close()
				_ = os.Remove(name)
				return nil, "", err
			}
		}
		return f, path, nil
	}
}
