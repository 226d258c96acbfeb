package servers

import "testing"

var rclone = program{name: "rclone", pkg: "github.com/rclone/rclone", version: "v1.75.1"}

// Rclone returns the path of an rclone. It is a client: whoever runs it says in
// its environment where its configuration is.
func Rclone(t testing.TB) string {
	t.Helper()
	return rclone.build(t)
}
