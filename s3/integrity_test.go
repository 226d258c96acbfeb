package s3_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// computed are the algorithms that the client computes.
var computed = []s3.ChecksumAlgorithm{
	s3.ChecksumAlgorithmCrc64nvme, s3.ChecksumAlgorithmCrc32c, s3.ChecksumAlgorithmCrc32,
	s3.ChecksumAlgorithmSha1, s3.ChecksumAlgorithmSha256, s3.ChecksumAlgorithmSha512, s3.ChecksumAlgorithmMd5,
}

// integrity is what protects the body of a request: the names of its headers
// and of its trailer.
func integrity(h http.Header) string {
	var names []string
	for name := range h {
		switch name = strings.ToLower(name); {
		case name == "x-amz-trailer":
			names = append(names, "trailer "+h.Get(name))
		case name == "content-md5", strings.HasPrefix(name, "x-amz-checksum-"):
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// TestIntegrityOnTheWire sends bodies of all kinds to all kinds of servers, with
// every algorithm. The server verifies what comes.
func TestIntegrityOnTheWire(t *testing.T) {
	servers := []s3.Server{s3.ServerAWS, s3.ServerUnknown, s3.ServerMinIO, s3.ServerCeph, s3.ServerR2, s3.ServerGCS, s3.ServerB2, s3.ServerIBM}
	content := map[string][]byte{"empty": nil, "small": pattern(100), "large": pattern(200 << 10), "read once": pattern(200 << 10)}
	for _, secure := range []bool{false, true} {
		var opts []storagetest.Option
		if secure {
			opts = append(opts, storagetest.WithTLS())
		}
		srv := storagetest.NewS3(opts...)
		defer srv.Close()
		srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
		for _, server := range servers {
			config := srv.Config()
			config.Server = server
			c := newClient(t, config)
			upload := call(t, c.CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: "parts"}).UploadId
			for _, setting := range append([]s3.ChecksumAlgorithm{"", s3.ChecksumNone}, computed...) {
				for _, asked := range []bool{false, true} {
					algorithm := setting
					option := func(c *s3.Config) { c.Checksum = setting }
					if asked { // by the call instead of the Config
						if setting == "" || setting == s3.ChecksumNone {
							continue
						}
						option = func(*s3.Config) {}
					} else {
						algorithm = ""
					}
					// What the client is to compute, as the documentation has it.
					effective := setting
					switch {
					case setting == s3.ChecksumNone:
						effective = ""
					case setting == "" && (server == s3.ServerAWS || server == s3.ServerIBM):
						effective = s3.ChecksumAlgorithmCrc64nvme
					}
					sum := strings.ToLower(string(effective))
					header := ""
					if sum != "" {
						header = "x-amz-checksum-" + sum
					}

					for kind, data := range content {
						name := fmt.Sprintf("%s at %q (TLS: %t), %s, asked: %t", kind, server, secure, setting, asked)
						body := func() (r io.Reader, length int64) {
							if kind == "read once" {
								return io.MultiReader(bytes.NewReader(data)), int64(len(data))
							}
							return bytes.NewReader(data), 0
						}
						want := header
						if setting == "" && server == s3.ServerIBM && kind == "read once" {
							want = "" // it takes none behind the body, and the caller has not asked
						}
						if sum != "" && server == s3.ServerAWS && (kind == "large" || kind == "read once") {
							want = "trailer " + header
						}
						refused := setting != "" && sum != "" && server != s3.ServerAWS && kind == "read once"

						srv.ForgetRequests()
						r, length := body()
						out, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: r, ContentLength: length, ChecksumAlgorithm: algorithm}, option)
						if refused {
							if err == nil || len(srv.Requests()) != 0 || !strings.Contains(err.Error(), "takes no checksum behind the body") {
								t.Errorf("PutObject, %s: %v after %d requests", name, err, len(srv.Requests()))
							}
							continue
						}
						if err != nil {
							t.Errorf("PutObject, %s: %v", name, err)
							continue
						}
						if got := integrity(srv.Requests()[0].Header); got != want {
							t.Errorf("PutObject, %s: by %q, want %q", name, got, want)
						}
						if stored := out.ResponseMetadata.Header.Get(header); header != "" && stored == "" {
							t.Errorf("PutObject, %s: the server keeps no %s", name, header)
						}

						if effective != "" && effective != s3.ChecksumAlgorithmCrc64nvme {
							continue // the upload takes one kind of checksum
						}
						srv.ForgetRequests()
						r, length = body()
						if _, err := c.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: "photos", Key: "parts", UploadId: upload, PartNumber: 1, Body: r, ContentLength: length, ChecksumAlgorithm: algorithm}, option); err != nil {
							t.Errorf("UploadPart, %s: %v", name, err)
						} else if got := integrity(srv.Requests()[0].Header); got != want {
							t.Errorf("UploadPart, %s: by %q, want %q", name, got, want)
						}
					}

					// Documents that need an integrity header.
					want := header
					if sum == "" || server != s3.ServerAWS && server != s3.ServerIBM && !asked {
						want = "content-md5"
					}
					srv.ForgetRequests()
					if _, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{
						Bucket: "photos", ChecksumAlgorithm: algorithm, Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "none"}}},
					}, option); err != nil {
						t.Errorf("DeleteObjects at %q, %s, asked: %t: %v", server, setting, asked, err)
					} else if got := integrity(srv.Requests()[0].Header); got != want {
						t.Errorf("DeleteObjects at %q, %s, asked: %t: by %q, want %q", server, setting, asked, got, want)
					}
				}
			}
		}
	}
}

// TestIntegrityByTheCaller leaves the caller's own values alone, and what he asks
// for beside them is still done.
func TestIntegrityByTheCaller(t *testing.T) {
	srv, c := serveKind(t, s3.ServerAWS)
	const crc32, md5 = "wudcqw==", "nh4oPOKfqf1ZPMPRbDDZ7w==" // of "v" they are others
	for _, test := range []struct {
		name string
		in   s3.PutObjectInput
		want string
		code error
	}{
		{name: "a value that is wrong", in: s3.PutObjectInput{ChecksumCRC32: crc32}, want: "x-amz-checksum-crc32", code: s3.ErrBadDigest},
		{name: "an MD5 that is wrong", in: s3.PutObjectInput{ContentMD5: md5}, want: "content-md5", code: s3.ErrBadDigest},
		{name: "an MD5, and an algorithm", in: s3.PutObjectInput{ContentMD5: "nj4Zt+GCfM8hA3XgtD5KBw==", ChecksumAlgorithm: s3.ChecksumAlgorithmSha256}, want: "content-md5, x-amz-checksum-sha256"},
	} {
		in := test.in
		in.Bucket, in.Key, in.Body = "photos", "k", strings.NewReader("v")
		srv.ForgetRequests()
		_, err := c.PutObject(t.Context(), &in)
		if got := integrity(srv.Requests()[0].Header); got != test.want {
			t.Errorf("%s: by %q, want %q", test.name, got, test.want)
		}
		if test.code != nil && !errors.Is(err, test.code) {
			t.Errorf("%s: %v, want %v", test.name, err, test.code)
		}
	}
}

// TestAlgorithmsThatAreNotComputed are refused before anything is sent, unless the
// caller has the value.
func TestAlgorithmsThatAreNotComputed(t *testing.T) {
	srv, c := serveKind(t, s3.ServerAWS)
	for _, algorithm := range []s3.ChecksumAlgorithm{s3.ChecksumAlgorithmXxhash64, s3.ChecksumAlgorithmXxhash3, s3.ChecksumAlgorithmXxhash128} {
		bucket := c.Bucket("photos").With(s3.Template{Put: s3.PutObjectInput{ChecksumAlgorithm: algorithm}})
		_, put := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v"), ChecksumAlgorithm: algorithm})
		_, config := c.ListBuckets(t.Context(), nil, func(c *s3.Config) { c.Checksum = algorithm })
		_, one := transfer.Upload(t.Context(), bucket, "k", strings.NewReader("v"))
		_, many := transfer.Upload(t.Context(), bucket, "k", bytes.NewReader(pattern(12<<20)))
		for name, err := range map[string]error{"PutObject": put, "Config": config, "upload": one, "upload in parts": many} {
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q is not computed by this module", string(algorithm))) {
				t.Errorf("%s with %s: %v", name, algorithm, err)
			}
		}
	}
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d requests were made", n)
	}
	srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Status: 501}) // the emulator knows none of the family
	c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v"), ChecksumXXHASH3: "AAAAAAAAAAA="})
	if got := integrity(srv.Requests()[0].Header); got != "x-amz-checksum-xxhash3" {
		t.Errorf("a value of the caller's: by %q", got)
	}
}

// TestTypeOfAnUploadsChecksum refuses what S3 refuses, before anything is sent,
// and nothing that it takes.
func TestTypeOfAnUploadsChecksum(t *testing.T) {
	for _, test := range []struct {
		server    s3.Server
		algorithm s3.ChecksumAlgorithm
		kind      s3.ChecksumType
		err       string
	}{
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmCrc32, kind: s3.ChecksumTypeFullObject},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmCrc32, kind: s3.ChecksumTypeComposite},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmCrc32c, kind: s3.ChecksumTypeFullObject},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmSha256, kind: s3.ChecksumTypeComposite},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmCrc64nvme, kind: s3.ChecksumTypeFullObject},
		{server: s3.ServerAWS, kind: s3.ChecksumTypeFullObject},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmSha256},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmSha1, kind: s3.ChecksumTypeFullObject, err: "FULL_OBJECT does not go with SHA1"},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmSha256, kind: s3.ChecksumTypeFullObject, err: "FULL_OBJECT does not go with SHA256"},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmSha512, kind: s3.ChecksumTypeFullObject, err: "FULL_OBJECT does not go with SHA512"},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmMd5, kind: s3.ChecksumTypeFullObject, err: "FULL_OBJECT does not go with MD5"},
		{server: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmCrc64nvme, kind: s3.ChecksumTypeComposite, err: "COMPOSITE does not go with CRC64NVME"},
		{server: s3.ServerAWS, kind: s3.ChecksumTypeComposite, err: "COMPOSITE does not go with CRC64NVME"},
		{server: s3.ServerUnknown, kind: s3.ChecksumTypeComposite, err: "needs a ChecksumAlgorithm"},
	} {
		srv, c := serveKind(t, test.server)
		in := &s3.CreateMultipartUploadInput{Bucket: "photos", Key: "k", ChecksumAlgorithm: test.algorithm, ChecksumType: test.kind}
		_, err := c.CreateMultipartUpload(t.Context(), in)
		if test.err == "" {
			if err != nil {
				t.Errorf("%s, %s at %q: %v", test.algorithm, test.kind, test.server, err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), "s3: CreateMultipartUpload: ChecksumType: "+test.err) || len(srv.Requests()) != 0 {
			t.Errorf("%s, %s at %q: %v after %d requests, want %s", test.algorithm, test.kind, test.server, err, len(srv.Requests()), test.err)
		}
	}
}

// TestUploadsByAlgorithm makes objects of parts with every algorithm and type, by
// the operations, and reads them back.
func TestUploadsByAlgorithm(t *testing.T) {
	_, c := serveKind(t, s3.ServerAWS, storagetest.WithMinPartSize(64))
	one, two := pattern(128), pattern(100)
	for _, algorithm := range computed {
		for _, kind := range []s3.ChecksumType{s3.ChecksumTypeFullObject, s3.ChecksumTypeComposite} {
			combines := strings.HasPrefix(string(algorithm), "CRC")
			if kind == s3.ChecksumTypeFullObject && !combines || kind == s3.ChecksumTypeComposite && algorithm == s3.ChecksumAlgorithmCrc64nvme {
				continue
			}
			uploadInParts(t, c, "k", algorithm, kind, one, two)
			head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k", ChecksumMode: s3.ChecksumModeEnabled})
			value := head.ResponseMetadata.Header.Get("X-Amz-Checksum-" + string(algorithm))
			if head.ChecksumType != kind || value == "" || strings.HasSuffix(value, "-2") != (kind == s3.ChecksumTypeComposite) {
				t.Errorf("%s %s: the object has %s %q", algorithm, kind, head.ChecksumType, value)
			}
			if got := get(t, c, "k"); got != string(one)+string(two) {
				t.Errorf("%s %s: read %d bytes", algorithm, kind, len(got))
			}
		}
	}
}

// TestTransfersObeyTheSetting in every call that they make.
func TestTransfersObeyTheSetting(t *testing.T) {
	for _, test := range []struct {
		name     string
		variable string // AWS_REQUEST_CHECKSUM_CALCULATION
		config   s3.ChecksumAlgorithm
		template s3.ChecksumAlgorithm
		want     s3.ChecksumAlgorithm
	}{
		{name: "by default", want: s3.ChecksumAlgorithmCrc64nvme},
		{name: "none by the Config", config: s3.ChecksumNone},
		{name: "only where required, by the environment", variable: "when_required"},
		{name: "another by the Config", config: s3.ChecksumAlgorithmSha256, want: s3.ChecksumAlgorithmSha256},
		{name: "another by the template", config: s3.ChecksumNone, template: s3.ChecksumAlgorithmCrc32c, want: s3.ChecksumAlgorithmCrc32c},
	} {
		t.Run(test.name, func(t *testing.T) {
			cleanEnvironment(t)
			t.Setenv("AWS_REQUEST_CHECKSUM_CALCULATION", test.variable)
			srv := storagetest.NewS3()
			defer srv.Close()
			srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
			config := srv.Config()
			config.Checksum = test.config
			bucket := newClient(t, config).Bucket("photos").With(s3.Template{Put: s3.PutObjectInput{ChecksumAlgorithm: test.template}})
			small, large := pattern(100), pattern(12<<20)
			for _, body := range []io.Reader{
				bytes.NewReader(small), io.MultiReader(bytes.NewReader(small)), bytes.NewReader(large), io.MultiReader(bytes.NewReader(large)),
			} {
				if _, err := transfer.Upload(t.Context(), bucket, "k", body, transfer.WithPartSize(5<<20)); err != nil {
					t.Fatal(err)
				}
			}
			sum := strings.ToLower(string(test.want))
			bodies := 0
			for _, r := range srv.Requests() {
				got := integrity(r.Header)
				if test.want == "" && (got != "" || r.Header.Get("X-Amz-Sdk-Checksum-Algorithm") != "") {
					t.Errorf("%s by %q and %s", r.Operation, got, r.Header.Get("X-Amz-Sdk-Checksum-Algorithm"))
				}
				if r.Operation == "PutObject" || r.Operation == "UploadPart" {
					bodies++
					if test.want != "" && strings.TrimPrefix(got, "trailer ") != "x-amz-checksum-"+sum {
						t.Errorf("%s by %q, want %s", r.Operation, got, sum)
					}
				}
			}
			if bodies != 8 {
				t.Errorf("%d bodies were sent, want 8", bodies)
			}
		})
	}
}

// TestBodiesThatAreWrong end in one clear error, and nothing is stored.
func TestBodiesThatAreWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	shrunken := func(data []byte) io.Reader {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return &shrinking{f, path, int64(len(data)) / 2}
	}
	full := &fs.PathError{Op: "read", Path: "disk", Err: syscall.EIO}
	for _, server := range []s3.Server{s3.ServerAWS, s3.ServerUnknown} {
		for _, size := range []int{100, 300 << 10} {
			data := pattern(size)
			for _, test := range []struct {
				name   string
				body   io.Reader
				length int64
				text   string
				is     error
			}{
				{name: "shorter than its ContentLength", body: io.MultiReader(bytes.NewReader(data)), length: int64(size) + 7, text: "it ended 7 bytes short of its length", is: io.ErrUnexpectedEOF},
				{name: "longer than its ContentLength", body: io.MultiReader(bytes.NewReader(data)), length: int64(size) - 7, text: "it is longer than its ContentLength of"},
				{name: "of another length than ContentLength", body: bytes.NewReader(data), length: int64(size) + 7, text: "ContentLength is"},
				{name: "a reader that fails", body: io.MultiReader(bytes.NewReader(data[:size/2]), failing{full}), length: int64(size), text: "reading the body: read disk: input/output error", is: syscall.EIO},
				{name: "a file that fails", body: &failingAt{bytes.NewReader(data), int64(size) / 2, full}, text: "reading the body: read disk: input/output error", is: syscall.EIO},
				{name: "a file that shrinks", body: shrunken(data), text: "short of its length", is: io.ErrUnexpectedEOF},
			} {
				srv, c := serveKind(t, server)
				_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: test.body, ContentLength: test.length})
				name := fmt.Sprintf("%s, %d bytes at %q", test.name, size, server)
				if err == nil || !strings.HasPrefix(err.Error(), "s3: PutObject: ") || strings.Count(err.Error(), test.text) != 1 || test.is != nil && !errors.Is(err, test.is) {
					t.Errorf("%s: %v, want %q once", name, err, test.text)
				}
				if n := len(srv.Requests()); n > 1 {
					t.Errorf("%s: %d requests", name, n)
				}
				if _, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: "photos", Key: "k"}); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: something is stored: %v", name, err)
				}
			}
		}
	}
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// failingAt fails from an offset on, like a disk with a bad sector.
type failingAt struct {
	*bytes.Reader
	from int64
	err  error
}

func (f *failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		n, _ := f.Reader.ReadAt(p[:max(0, f.from-off)], off)
		return n, f.err
	}
	return f.Reader.ReadAt(p, off)
}

// shrinking is a file that is cut when its length is known.
type shrinking struct {
	*os.File
	path string
	to   int64
}

func (s *shrinking) Seek(off int64, whence int) (int64, error) {
	n, err := s.File.Seek(off, whence)
	if whence == io.SeekStart {
		os.Truncate(s.path, s.to)
	}
	return n, err
}
