package servers

import (
	"net"
	"net/http"
	"os/exec"
	"testing"
)

// StartMoto starts a moto_server, or skips the test if none is installed: it
// is a Python program that these tests do not install.
func StartMoto(t testing.TB) *S3 {
	t.Helper()
	path, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("moto_server is not on PATH (pip install 'moto[server]')")
	}
	line := func(addr, _ string) (args, env []string, err error) {
		host, port, err := net.SplitHostPort(addr)
		return []string{"-H", host, "-p", port}, nil, err
	}
	addr := start(t, path, line, answers(http.DefaultClient, "http", "/"))
	return &S3{URL: "http://" + addr, AccessKey: accessKey, SecretKey: secretKey}
}
