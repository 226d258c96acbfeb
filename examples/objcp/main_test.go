package main

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/storagetest"
)

const id, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

// service is a server with a bucket.
type service struct {
	*storagetest.Server
	address string // of the bucket
}

// start starts servers of all four APIs, and says in the environment who is calling.
func start(t *testing.T) []service {
	t.Helper()
	for name, value := range map[string]string{
		"HOME": t.TempDir(), "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "",
		"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1",
	} {
		t.Setenv(name, value)
	}
	amazon := storagetest.NewS3(storagetest.WithCredentials(id, secret))
	t.Cleanup(amazon.Close)
	amazon.AddBucket(storagetest.BucketSetup{Name: "box-of-things"})

	native := storagetest.NewB2(storagetest.WithMinPartSize(5 << 20))
	t.Cleanup(native.Close)
	config := native.Config()
	keys, err := config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("B2_APPLICATION_KEY_ID", keys.AccessKeyID)
	t.Setenv("B2_APPLICATION_KEY", keys.SecretAccessKey)
	backblaze, err := b2.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backblaze.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "box-of-things", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		t.Fatal(err)
	}

	ibm := storagetest.NewIBMCOS()
	t.Cleanup(ibm.Close)
	ibm.AddBucket(storagetest.BucketSetup{Name: "box-of-things"})
	t.Setenv("IBM_API_KEY_ID", ibm.APIKey())
	t.Setenv("IBM_AUTH_ENDPOINT", ibm.TokenURL())
	t.Setenv("IBM_SERVICE_INSTANCE_ID", ibm.Config().ServiceInstanceId)

	sail := storagetest.NewLightsail(storagetest.WithCredentials(id, secret))
	t.Cleanup(sail.Close)
	control, err := lightsail.New(sail.Config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := control.CreateBucket(t.Context(), &lightsail.CreateBucketInput{BucketName: "box-of-things", BundleId: "small_1_0"}); err != nil {
		t.Fatal(err)
	}
	return []service{
		{amazon.Server, "s3://box-of-things/"}, {native.Server, "b2://box-of-things/"}, {ibm.Server, "ibm://box-of-things/"}, {sail.Server, "lightsail://box-of-things/"},
	}
}

// objcp runs the program. From and to may be nil: the other end is a path.
func objcp(t *testing.T, from, to *service, stdin string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	if from != nil {
		args = append([]string{"-from-endpoint", from.URL}, args...)
	}
	if to != nil {
		args = append([]string{"-to-endpoint", to.URL}, args...)
	}
	var out, messages bytes.Buffer
	err = run(t.Context(), args, strings.NewReader(stdin), &out, &messages)
	return out.String(), messages.String(), err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, content, 0o644))
	before := time.Now().Add(-time.Hour) // what is uploaded within the second could still change in it
	must(t, os.Chtimes(path, before, before))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return content
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b) // never fails
	return b
}

// TestCopiesAround sends a file and a directory from one provider to the next, and
// back to the disk.
func TestCopiesAround(t *testing.T) {
	all := start(t)
	dir := t.TempDir()
	large := random(12 << 20)
	write(t, filepath.Join(dir, "large.bin"), large)
	write(t, filepath.Join(dir, "tree", "a.txt"), []byte("a"))
	write(t, filepath.Join(dir, "tree", "b", "c d.txt"), []byte("c"))

	_, _, err := objcp(t, nil, &all[0], "", filepath.Join(dir, "large.bin"), all[0].address)
	must(t, err)
	_, _, err = objcp(t, nil, &all[0], "", "-r", filepath.Join(dir, "tree"), all[0].address+"tree/")
	must(t, err)
	for i := 1; i < len(all); i++ {
		from, to := &all[i-1], &all[i]
		_, _, err := objcp(t, from, to, "", from.address+"large.bin", to.address)
		must(t, err)
		_, said, err := objcp(t, from, to, "", "-sync", from.address+"tree/", to.address+"tree/")
		must(t, err)
		if !strings.Contains(said, "2 copied (2 bytes), 0 the same") {
			t.Errorf("%s to %s: %s", from.address, to.address, said)
		}
		_, said, err = objcp(t, from, to, "", "-q", "-sync", from.address+"tree/", to.address+"tree/")
		must(t, err)
		if !strings.Contains(said, "0 copied (0 bytes), 2 the same") {
			t.Errorf("%s to %s once more: %s", from.address, to.address, said)
		}
	}
	last := &all[len(all)-1]
	_, _, err = objcp(t, last, nil, "", last.address+"large.bin", filepath.Join(dir, "back")+string(filepath.Separator)+"large.bin")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("to a directory that is not there: %v", err)
	}
	_, said, err := objcp(t, last, nil, "", last.address+"large.bin", dir+string(filepath.Separator)+"back.bin")
	must(t, err)
	if !bytes.Equal(read(t, filepath.Join(dir, "back.bin")), large) || !strings.Contains(said, "verified by its CRC64NVME") {
		t.Errorf("what came back differs, or was not verified: %s", said)
	}
	_, _, err = objcp(t, last, nil, "", "-r", last.address+"tree/", filepath.Join(dir, "tree2"))
	must(t, err)
	if got := read(t, filepath.Join(dir, "tree2", "b", "c d.txt")); string(got) != "c" {
		t.Errorf("c d.txt has %q", got)
	}
	cache, err := os.UserCacheDir()
	must(t, err)
	if left, _ := os.ReadDir(filepath.Join(cache, "objcp")); len(left) > 0 {
		t.Errorf("checkpoints are left: %v", left)
	}
}

func TestStreams(t *testing.T) {
	all := start(t)
	_, _, err := objcp(t, nil, &all[0], "from a pipe", "-", all[0].address+"stream")
	must(t, err)
	out, _, err := objcp(t, &all[0], nil, "", all[0].address+"stream", "-")
	if err != nil || out != "from a pipe" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestGoesOn copies a file of which the end is refused, and once more.
func TestGoesOn(t *testing.T) {
	all := start(t)
	dir := t.TempDir()
	large := random(40 << 20)
	write(t, filepath.Join(dir, "large.bin"), large)
	all[0].Inject(storagetest.Fault{Operation: "CompleteMultipartUpload", Times: 100, Status: 403, Code: "AccessDenied"})
	_, _, err := objcp(t, nil, &all[0], "", filepath.Join(dir, "large.bin"), all[0].address)
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "left behind, to be resumed") {
		t.Fatal(err)
	}
	all[0].ForgetFaults()
	all[0].ForgetRequests()
	_, said, err := objcp(t, nil, &all[0], "", filepath.Join(dir, "large.bin"), all[0].address)
	must(t, err)
	parts := 0
	for _, r := range all[0].Requests() {
		if r.Operation == "UploadPart" {
			parts++
		}
	}
	if parts > 0 {
		t.Errorf("%d parts were sent again: %s", parts, said)
	}
	_, _, err = objcp(t, &all[0], nil, "", "-q", all[0].address+"large.bin", filepath.Join(dir, "back.bin"))
	must(t, err)
	if !bytes.Equal(read(t, filepath.Join(dir, "back.bin")), large) {
		t.Error("what came back differs")
	}
}

func TestDeletesAndDryRuns(t *testing.T) {
	all := start(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), []byte("a"))
	write(t, filepath.Join(dir, "b.log"), []byte("b"))
	s := &all[0]
	_, _, err := objcp(t, nil, s, "", "-r", dir, s.address)
	must(t, err)
	must(t, os.Remove(filepath.Join(dir, "a.txt")))
	out, said, err := objcp(t, nil, s, "", "-sync", "-delete", "-dry-run", dir, s.address)
	if err != nil || out != "delete a.txt\n" || !strings.Contains(said, "1 deleted") {
		t.Errorf("a dry run: %q, %q, %v", out, said, err)
	}
	_, said, err = objcp(t, nil, s, "", "-sync", "-delete", "-exclude", "*.txt", dir, s.address)
	if err != nil || !strings.Contains(said, "0 deleted") {
		t.Errorf("what is excluded: %q, %v", said, err)
	}
	_, said, err = objcp(t, nil, s, "", "-sync", "-delete", "-checksum", dir, s.address)
	if err != nil || !strings.Contains(said, "1 the same, 1 deleted") {
		t.Errorf("%q, %v", said, err)
	}
}

func TestWhatCannotBe(t *testing.T) {
	all := start(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), nil)
	s := &all[0]
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{dir, s.address}, "is a directory or a prefix: -r copies it"},
		{[]string{"-", s.address}, "standard input has no name"},
		{[]string{"-r", "-", s.address}, "-r and -sync are for directories"},
		{[]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, "neither is a bucket"},
		{[]string{"-delete", filepath.Join(dir, "a"), s.address}, "are for -r and -sync"},
		{[]string{filepath.Join(dir, "none"), s.address}, "no such file"},
		{[]string{"s3:///x", dir}, "names no bucket"},
		{[]string{s.address + "none", filepath.Join(dir, "b")}, "NoSuchKey"},
		{[]string{"-include", "[", "-r", dir, s.address}, "is not a pattern"},
		{[]string{"-r", dir, "s3://none/"}, "NoSuchBucket"},
	} {
		_, _, err := objcp(t, s, s, "", c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("objcp %q: %v, want %q in it", c.args, err, c.want)
		}
	}
	if _, said, err := objcp(t, nil, nil, "", "one"); !errors.Is(err, flag.ErrHelp) || !strings.Contains(said, "lightsail://BUCKET/NAME") {
		t.Errorf("one argument: %v, %s", err, said)
	}
}
