package s3_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// TestVerifyByTheChecksumsOfParts downloads objects of which the server keeps but a
// checksum of the checksums of their parts, whose sizes differ.
func TestVerifyByTheChecksumsOfParts(t *testing.T) {
	srv, c := serve(t, storagetest.WithMinPartSize(64))
	parts := [][]byte{pattern(100_000), pattern(70_001), pattern(300_000), pattern(5)}
	content := slices.Concat(parts...)
	b := c.Bucket("photos")
	file := filepath.Join(t.TempDir(), "file")
	downloads := map[string]func(opts ...transfer.Option) (transfer.Info, []byte, error){
		"DownloadTo": func(opts ...transfer.Option) (transfer.Info, []byte, error) {
			var w bytes.Buffer
			info, err := transfer.DownloadTo(t.Context(), b, "k", &w, opts...)
			return info, w.Bytes(), err
		},
		"DownloadFile": func(opts ...transfer.Option) (transfer.Info, []byte, error) {
			info, err := transfer.DownloadFile(t.Context(), b, "k", file, opts...)
			if err != nil {
				return info, nil, err
			}
			got, err := os.ReadFile(file)
			return info, got, err
		},
		"Reader": func(opts ...transfer.Option) (transfer.Info, []byte, error) {
			r, err := transfer.NewReader(t.Context(), b, "k", opts...)
			if err != nil {
				return transfer.Info{}, nil, err
			}
			defer r.Close()
			got, err := io.ReadAll(r)
			return r.Info(), got, err
		},
	}
	var damaged atomic.Bool // what is answered
	srv.Inject(storagetest.Fault{Operation: "GetObject", Body: func(body []byte) []byte {
		if !damaged.Load() {
			return body
		}
		changed := bytes.Clone(body)
		changed[len(changed)-1] ^= 1
		return changed
	}})
	for _, algorithm := range []s3.ChecksumAlgorithm{s3.ChecksumAlgorithmSha256, s3.ChecksumAlgorithmCrc32, s3.ChecksumAlgorithmCrc32c, s3.ChecksumAlgorithmSha1} {
		uploadInParts(t, c, "k", algorithm, s3.ChecksumTypeComposite, parts...)
		for name, download := range downloads {
			for _, size := range []int64{90_000, 1 << 20} {
				info, got, err := download(transfer.WithVerify(), transfer.WithPartSize(size))
				if err != nil || !bytes.Equal(got, content) || info.Verified != string(algorithm) {
					t.Errorf("%s by %s in ranges of %d: %d bytes, verified by %q, %v", name, algorithm, size, len(got), info.Verified, err)
				}
				if info, got, err := download(transfer.WithPartSize(size)); err != nil || !bytes.Equal(got, content) || info.Verified != "" {
					t.Errorf("%s by %s, not asked to verify: %d bytes, verified by %q, %v", name, algorithm, len(got), info.Verified, err)
				}
				damaged.Store(true)
				if info, _, err := download(transfer.WithVerify(), transfer.WithPartSize(size)); !errors.Is(err, transfer.ErrChecksum) {
					t.Errorf("%s by %s of other content: %+v, %v", name, algorithm, info, err)
				}
				damaged.Store(false)
			}
		}
		var w onlyWriterAt
		if _, err := transfer.Download(t.Context(), b, "k", &w, transfer.WithVerify(), transfer.WithPartSize(90_000)); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("what cannot be read back: %v", err)
		}
	}
	srv.Inject(storagetest.Fault{Operation: "GetObjectAttributes", Nth: 1, Body: func(body []byte) []byte {
		return bytes.Replace(body, []byte("<Size>100000<"), []byte("<Size>-7</Size></Part><Part><Size>100000<"), 1)
	}})
	if _, _, err := downloads["DownloadTo"](transfer.WithVerify()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a part of less than nothing: %v", err)
	}
	srv.Inject(storagetest.Fault{Operation: "GetObjectAttributes", Status: http.StatusForbidden, Code: "AccessDenied"})
	if _, _, err := downloads["DownloadTo"](transfer.WithVerify()); err == nil || !strings.Contains(err.Error(), "the parts of which the SHA1 is known: s3: GetObjectAttributes: AccessDenied") {
		t.Errorf("what may not be asked for: %v", err)
	}
}

// onlyWriterAt takes content that cannot be read back.
type onlyWriterAt struct{}

func (onlyWriterAt) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// TestSizesOfManyParts asks for more parts than a page has.
func TestSizesOfManyParts(t *testing.T) {
	srv, c := serve(t, storagetest.WithMinPartSize(1))
	parts := make([][]byte, 1003)
	for i := range parts {
		parts[i] = pattern(1 + i%3)
	}
	uploadInParts(t, c, "k", s3.ChecksumAlgorithmCrc32, s3.ChecksumTypeComposite, parts...)
	b := c.Bucket("photos")
	info, err := b.Stat(t.Context(), "k", "")
	if err != nil {
		t.Fatal(err)
	}
	sizes, err := b.PartSizes(t.Context(), "k", info.Version)
	if err != nil || len(sizes) != len(parts) {
		t.Fatalf("%d sizes, %v", len(sizes), err)
	}
	for i, n := range sizes {
		if n != int64(len(parts[i])) {
			t.Fatalf("part %d has %d bytes, not %d", i+1, n, len(parts[i]))
		}
	}
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("new")})
	if _, err := b.PartSizes(t.Context(), "k", info.Version); !errors.Is(err, transfer.ErrObjectChanged) {
		t.Errorf("of an object that was replaced: %v", err)
	}
	srv.Inject(storagetest.Fault{Operation: "GetObjectAttributes", Body: func(body []byte) []byte {
		return []byte(strings.Replace(string(body), "</GetObjectAttributesResponse>", "<ObjectParts><IsTruncated>true</IsTruncated></ObjectParts></GetObjectAttributesResponse>", 1))
	}})
	if _, err := b.PartSizes(t.Context(), "k", ""); err == nil || !strings.Contains(err.Error(), "repeats the page after part 0") {
		t.Errorf("a page without end: %v", err)
	}
}
