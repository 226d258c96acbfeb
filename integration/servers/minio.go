package servers

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// SkipMinIO is the environment variable that keeps MinIO from being built and
// run, where minutes matter.
const SkipMinIO = "ENTREPOT_INTEGRATION_SKIP_MINIO"

var minio = program{name: "minio", pkg: "github.com/minio/minio", version: "v0.0.0-20260212201848-7aac2a2c5b7c"}

// StartMinIO starts a MinIO, or skips the test if [SkipMinIO] is set.
func StartMinIO(t testing.TB) *S3 {
	t.Helper()
	if os.Getenv(SkipMinIO) != "" {
		t.Skipf("%s is set", SkipMinIO)
	}
	path := minio.build(t)
	line := func(addr, dir string) (args, env []string, err error) {
		args = []string{"server", "--quiet", "--address", addr, filepath.Join(dir, "data")}
		env = []string{
			"MINIO_ROOT_USER=" + accessKey, "MINIO_ROOT_PASSWORD=" + secretKey, "MINIO_DOMAIN=localhost",
			"MINIO_UPDATE=off", "MINIO_CALLHOME_ENABLE=off", "MINIO_BROWSER=off", "CI=true",
		}
		return args, env, nil
	}
	addr := start(t, path, line, answers(http.DefaultClient, "http", "/minio/health/ready"))
	return &S3{URL: "http://" + addr, AccessKey: accessKey, SecretKey: secretKey}
}
