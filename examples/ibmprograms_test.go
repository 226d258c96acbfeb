package examples_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestIBMProgramsInDocumentsRun runs the programs for IBM Cloud Object Storage
// as they stand, against an emulator to which a proxy takes what they send to
// IBM's hosts. Each finds the files it reads, and a bucket "photos" unless it
// makes that itself.
func TestIBMProgramsInDocumentsRun(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("programs trust the emulator by SSL_CERT_FILE, which this system does not look at")
	}
	content := bytes.Repeat([]byte("content "), 2<<20) // two parts
	upload := func(t *testing.T, c *ibmcos.Client, key string) {
		if _, err := c.Bucket("photos").Object(key).Put(t.Context(), &ibmcos.PutObjectInput{Body: bytes.NewReader(content)}); err != nil {
			t.Fatal(err)
		}
	}
	head := func(t *testing.T, c *ibmcos.Client, key string) *ibmcos.HeadObjectOutput {
		out, err := c.Bucket("photos").Object(key).Head(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	size := strconv.Itoa(len(content))
	tests := []struct {
		page   string
		number int // among the IBM programs of the page
		before func(t *testing.T, c *ibmcos.Client)
		output string // a regular expression
		after  func(t *testing.T, c *ibmcos.Client, dir string)
	}{
		{page: "README.md", number: 0,
			before: func(t *testing.T, c *ibmcos.Client) {
				newBucket(t, c)
				upload(t, c, "backup.tar")
			},
			output: "^$",
			after: func(t *testing.T, c *ibmcos.Client, dir string) {
				wantFile(t, filepath.Join(dir, "backup.tar"), content)
			}},
		{page: "docs/from-ibm-cos-sdk.md", number: 0,
			before: func(t *testing.T, c *ibmcos.Client) {},
			output: "^2026/cat.jpg " + size + "\n" + size + " image/jpeg\n$",
			after: func(t *testing.T, c *ibmcos.Client, dir string) {
				wantFile(t, filepath.Join(dir, "copy.jpg"), content)
			}},
		{page: "docs/from-ibm-cos-sdk.md", number: 1,
			before: newBucket,
			output: "^case-7 20[^\n]*\n7862400\n$", // 91 days
			after: func(t *testing.T, c *ibmcos.Client, _ string) {
				if out := head(t, c, "contract.pdf"); out.RetentionPeriod != 91*86400 || out.RetentionLegalHoldCount != 0 {
					t.Errorf("retention of %d s and %d holds, want 91 days and none", out.RetentionPeriod, out.RetentionLegalHoldCount)
				}
			}},
		{page: "docs/from-ibm-cos-sdk.md", number: 2,
			before: newBucket,
			output: "^4\nhttps://photos.s3.us-south.cloud-object-storage.appdomain.cloud/cat.jpg\\?[^\n]*X-Amz-Signature=[0-9a-f]{64}[^\n]*\n$",
			after: func(t *testing.T, c *ibmcos.Client, _ string) {
				if out := head(t, c, "big"); out.ContentLength != int64(len(content)) {
					t.Errorf("big has %d bytes, want %s", out.ContentLength, size)
				}
			}},
	}
	covered := make(map[string]int)
	for _, test := range tests {
		covered[test.page]++
		t.Run(test.page+" "+strconv.Itoa(test.number), func(t *testing.T) {
			program := build(t, ibmPrograms(t, test.page)[test.number])
			srv := storagetest.NewIBMCOS(storagetest.WithTLS(), storagetest.WithDomain("s3.us-south.cloud-object-storage.appdomain.cloud"), storagetest.WithCredentials("ID", "secret"))
			defer srv.Close()
			config := srv.Config()
			c, err := ibmcos.New(config)
			if err != nil {
				t.Fatal(err)
			}
			test.before(t, c)

			dir := t.TempDir()
			authority := filepath.Join(dir, "authority.pem")
			for path, data := range map[string][]byte{
				authority: srv.Authority(), filepath.Join(dir, "cat.jpg"): content, filepath.Join(dir, "contract.pdf"): content, filepath.Join(dir, "stdin"): content,
			} {
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			stdin, err := os.Open(filepath.Join(dir, "stdin"))
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			run := exec.CommandContext(t.Context(), program)
			run.Dir, run.Stdin = dir, stdin
			run.Env = []string{
				"HOME=" + dir, "TMPDIR=" + dir, "HTTPS_PROXY=" + proxyTo(t, srv.Server), "SSL_CERT_FILE=" + authority,
				"IBM_API_KEY_ID=" + srv.APIKey(), "IBM_SERVICE_INSTANCE_ID=" + srv.ServiceInstance(),
				"COS_HMAC_ACCESS_KEY_ID=ID", "COS_HMAC_SECRET_ACCESS_KEY=secret",
			}
			var stderr bytes.Buffer
			run.Stderr = &stderr
			out, err := run.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, &stderr)
			}
			if !regexp.MustCompile(test.output).Match(out) {
				t.Errorf("it prints %q, want %s", out, test.output)
			}
			test.after(t, c, dir)
		})
	}
	for page, n := range covered {
		if all := len(ibmPrograms(t, page)); n != all {
			t.Errorf("%d of the %d IBM programs of %s were run", n, all, page)
		}
	}
}

// ibmPrograms are the programs of a page that use package ibmcos.
func ibmPrograms(t *testing.T, page string) (programs []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", page))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range goPrograms(string(text)) {
		if strings.Contains(p, "entrepot/ibmcos\"") {
			programs = append(programs, p)
		}
	}
	return programs
}

// build compiles a program inside the module, so that its imports resolve to
// this checkout.
func build(t *testing.T, source string) (binary string) {
	t.Helper()
	dir, err := os.MkdirTemp(".", "program-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", binary, "./"+dir).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

func newBucket(t *testing.T, c *ibmcos.Client) {
	t.Helper()
	if _, err := c.Bucket("photos").Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes that are not the %d of the object", path, len(got), len(want))
	}
}

// proxyTo starts a proxy that takes every connection to srv, and returns its
// address.
func proxyTo(t *testing.T, srv *storagetest.Server) string {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "not over TLS: "+r.URL.String(), http.StatusForbidden)
			return
		}
		target, err := srv.DialContext(r.Context(), "tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer target.Close()
		client, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer client.Close()
		if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
			return
		}
		go func() { // until either side has closed
			defer target.Close()
			_, _ = io.Copy(target, buffered)
		}()
		_, _ = io.Copy(client, target)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}
