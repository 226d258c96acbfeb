//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package lightsail

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of a file, which ends with the process at the latest.
// It returns nil if somebody else has it.
func tryLock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK): // the latter two: go without
		return func() { _ = f.Close() }, nil
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		return nil, f.Close()
	default:
		_ = f.Close()
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
}
