package servers

import (
	"os/exec"
	"syscall"
)

// endWithParent has the process killed when the test process ends without
// having done so, as after a panic or a timeout.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
