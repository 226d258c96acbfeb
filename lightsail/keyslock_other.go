//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package lightsail

// tryLock finds nothing to lock with.
func tryLock(string) (unlock func(), err error) { return func() {}, nil }
