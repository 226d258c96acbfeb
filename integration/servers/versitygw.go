package servers

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

var versitygw = program{name: "versitygw", pkg: "github.com/versity/versitygw/cmd/versitygw", version: "v1.8.0"}

// StartVersitygw starts a versitygw that keeps objects in files. It knows
// buckets by path and as subdomains of localhost. Where the file system of the
// temporary directory has no extended attributes, metadata go beside the files.
func StartVersitygw(t testing.TB) *S3 {
	t.Helper()
	path := versitygw.build(t)
	addr := start(t, path, versitygwCommand(""), answers(http.DefaultClient, "http", "/"))
	return &S3{URL: "http://" + addr, AccessKey: accessKey, SecretKey: secretKey}
}

// StartVersitygwTLS starts one that speaks HTTPS.
func StartVersitygwTLS(t testing.TB) *S3 {
	t.Helper()
	path := versitygw.build(t)
	dir := t.TempDir() // read once, at the start
	authority, err := certify(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	srv := &S3{AccessKey: accessKey, SecretKey: secretKey, Authority: authority}
	srv.URL = "https://" + start(t, path, versitygwCommand(dir), answers(srv.Client(), "https", "/"))
	return srv
}

func versitygwCommand(certs string) command {
	return func(addr, dir string) (args, env []string, err error) {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range []string{"root", "versions", "iam", "sidecar"} {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				return nil, nil, err
			}
		}
		args = []string{"--quiet", "--port", addr, "--iam-dir", filepath.Join(dir, "iam"), "--virtual-domain", "localhost:" + port}
		if certs != "" {
			args = append(args, "--cert", filepath.Join(certs, "cert.pem"), "--key", filepath.Join(certs, "key.pem"))
		}
		args = append(args, "posix", "--versioning-dir", filepath.Join(dir, "versions"))
		if !extendedAttributes(dir) {
			args = append(args, "--sidecar", filepath.Join(dir, "sidecar"))
		}
		args = append(args, filepath.Join(dir, "root"))
		return args, []string{"ROOT_ACCESS_KEY=" + accessKey, "ROOT_SECRET_KEY=" + secretKey}, nil
	}
}
