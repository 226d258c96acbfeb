//go:build !linux

package servers

// extendedAttributes is not found out here: versitygw works without, too.
func extendedAttributes(string) bool { return false }
