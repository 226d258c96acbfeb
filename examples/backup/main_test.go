package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

const id, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

// start starts a server with a bucket, and says in the environment who is calling.
func start(t *testing.T) (*storagetest.S3, *s3.Client) {
	t.Helper()
	for name, value := range map[string]string{"HOME": t.TempDir(), "AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"} {
		t.Setenv(name, value)
	}
	server := storagetest.NewS3(storagetest.WithCredentials(id, secret))
	t.Cleanup(server.Close)
	server.AddBucket(storagetest.BucketSetup{Name: "backups"})
	client, err := s3.New(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// directory has some files and a link, one of them large.
func directory(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, size := range map[string]int{"a.txt": 10, "sub/b.txt": 0, "sub/large.bin": 9 << 20} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, bytes.Repeat([]byte("x"), size), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a.txt", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBacksUpADirectory(t *testing.T) {
	server, client := start(t)
	var said bytes.Buffer
	if err := run(t.Context(), []string{"-endpoint", server.URL, directory(t), "s3://backups/a.tar.gz"}, &said); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(said.String(), "3 files in ") {
		t.Errorf("said %q", &said)
	}
	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "backups", Key: "a.tar.gz"})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	zipped, err := gzip.NewReader(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for archive := tar.NewReader(zipped); ; {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprintf("%s%s %d", header.Name, header.Linkname, header.Size))
	}
	if want := "[a.txt 10 linka.txt 0 sub 0 sub/b.txt 0 sub/large.bin 9437184]"; fmt.Sprint(names) != want {
		t.Errorf("%v, want %s", names, want)
	}
}

func TestBackupsThatFail(t *testing.T) {
	server, client := start(t)
	dir := directory(t)
	for _, c := range []struct {
		args  []string
		fault *storagetest.Fault
		want  error
		text  string
	}{
		{args: []string{filepath.Join(dir, "none"), "s3://backups/x"}, want: fs.ErrNotExist},
		{args: []string{dir, "s3://none/x"}, want: s3.ErrNoSuchBucket},
		{args: []string{dir, "s3://backups/"}, text: "does not say how the archive is called"},
		{args: []string{dir, dir}, want: flag.ErrHelp},
		{args: []string{dir, "s3://backups/x"}, fault: &storagetest.Fault{Operation: "PutObject", Status: 403, Code: "AccessDenied"}, want: fs.ErrPermission},
		{args: []string{dir, "s3://backups/y"}, fault: &storagetest.Fault{Operation: "GetObject", Corrupt: storagetest.ResponseBody(100)}, text: "reading it back"}, // whether gzip, tar or the checksum finds it
	} {
		if c.fault != nil {
			server.Inject(*c.fault)
		}
		err := run(t.Context(), append([]string{"-endpoint", server.URL}, c.args...), io.Discard)
		server.ForgetFaults()
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%q: %v, want %v %s", c.args, err, c.want, c.text)
		}
	}
	if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: "backups", Key: "x"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a backup that failed: %v", err)
	}
}
