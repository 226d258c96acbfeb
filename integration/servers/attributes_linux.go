package servers

import "syscall"

// extendedAttributes reports whether files in dir can have them.
func extendedAttributes(dir string) bool {
	return syscall.Setxattr(dir, "user.entrepot", []byte("probe"), 0) == nil
}
