package realservers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

// stream hides all but Read, as a pipe does.
type stream struct{ io.Reader }

// memory is an io.WriterAt.
type memory []byte

func (m memory) WriteAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > int64(len(m)) {
		return 0, io.ErrShortWrite
	}
	return copy(m[off:], p), nil
}

func upload(t *testing.T, b transfer.Bucket, name string, r io.Reader, opts ...transfer.Option) transfer.Info {
	t.Helper()
	info, err := transfer.Upload(t.Context(), b, name, r, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// wantDownloads fails the test unless the object comes back by all three ways.
func wantDownloads(t *testing.T, b transfer.Bucket, name string, want []byte, opts ...transfer.Option) {
	t.Helper()
	got := make(memory, len(want))
	info, err := transfer.Download(t.Context(), b, name, got, opts...)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size != int64(len(want)) {
		t.Errorf("Download: Size = %d, want %d", info.Size, len(want))
	}
	wantBytes(t, "Download", got, want)

	sum := sha256.New()
	if _, err := transfer.DownloadTo(t.Context(), b, name, sum, opts...); err != nil {
		t.Fatal(err)
	}
	if wantSum := sha256.Sum256(want); !bytes.Equal(sum.Sum(nil), wantSum[:]) {
		t.Error("DownloadTo: other content")
	}

	path := filepath.Join(t.TempDir(), "file")
	if _, err := transfer.DownloadFile(t.Context(), b, name, path, opts...); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, "DownloadFile", file, want)
}

func TestTransfersOfEverySizeComeBackWhole(t *testing.T) {
	const part = 5 * mib
	tests := []struct {
		size  int
		parts int // 0: a single PUT
	}{
		{size: 0}, {size: 1}, {size: part - 1}, {size: part},
		{size: part + 1, parts: 2}, {size: 2 * part, parts: 2}, {size: 2*part + 1, parts: 3}, {size: 40 * mib, parts: 8},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.size, " bytes"), func(t *testing.T) {
			body := content(tt.size)
			eachServer(t, func(t *testing.T, s *server) {
				client := s.client(t)
				bucket := client.Bucket(newBucket(t, client))
				made := upload(t, bucket, "in place", bytes.NewReader(body), transfer.WithPartSize(part), transfer.WithContentType("text/x"), transfer.WithMetadata(map[string]string{"m": "1"}))
				if made.Size != int64(tt.size) || made.Parts != tt.parts && tt.parts > 0 {
					t.Errorf("Upload: Size = %d, Parts = %d, want %d, %d", made.Size, made.Parts, tt.size, tt.parts)
				}
				wantDownloads(t, bucket, "in place", body, transfer.WithPartSize(part))
				info, err := bucket.Stat(t.Context(), "in place", "")
				if err != nil {
					t.Fatal(err)
				}
				if info.Attrs.ContentType != "text/x" || info.Attrs.Metadata["m"] != "1" {
					t.Errorf("Attrs = %+v", info.Attrs)
				}
				upload(t, bucket, "a stream", stream{bytes.NewReader(body)}, transfer.WithPartSize(part))
				wantContent(t, client, bucket.Name(), "a stream", body)
			})
		})
	}
}

func TestADownloadIsVerifiedByTheWholeObjectsChecksum(t *testing.T) {
	body := content(12 * mib)
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t, func(c *s3.Config) { c.Checksum = s3.ChecksumAlgorithmCrc64nvme })
		bucket := client.Bucket(newBucket(t, client))
		upload(t, bucket, "k", bytes.NewReader(body), transfer.WithPartSize(5*mib))
		got := make(memory, len(body))
		info, err := transfer.Download(t.Context(), bucket, "k", got, transfer.WithPartSize(4*mib), transfer.WithVerify())
		if err != nil {
			t.Fatal(err)
		}
		if info.Verified != "CRC64NVME" {
			t.Errorf("Verified = %q, want CRC64NVME", info.Verified)
		}
		wantBytes(t, "content", got, body)
	}, multipartSums)
}

func TestAFileGoesUpFromWhereItStands(t *testing.T) {
	body := content(11 * mib)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := client.Bucket(newBucket(t, client))
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.Seek(1000, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		upload(t, bucket, "k", f, transfer.WithPartSize(5*mib))
		wantContent(t, client, bucket.Name(), "k", body[1000:])
	})
}

func TestAnUploadOnConditionOfAbsenceSparesTheObject(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := client.Bucket(newBucket(t, client))
		for _, size := range []int{100, 6 * mib} {
			key := fmt.Sprint(size)
			upload(t, bucket, key, bytes.NewReader(content(size)), transfer.WithIfAbsent(), transfer.WithPartSize(5*mib))
			_, err := transfer.Upload(t.Context(), bucket, key, bytes.NewReader(make([]byte, size)), transfer.WithIfAbsent(), transfer.WithPartSize(5*mib))
			if !errors.Is(err, fs.ErrExist) {
				t.Errorf("second upload of %d bytes = %v, want fs.ErrExist", size, err)
			}
			wantContent(t, client, bucket.Name(), key, content(size))
			wantEqual(t, "uploads left behind", uploads(t, client, bucket.Name(), key), nil)
		}
	})
}

// cancelling ends a context after so many bytes.
type cancelling struct {
	io.Reader
	left   int
	cancel func()
}

func (c *cancelling) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.left -= n; c.left <= 0 {
		c.cancel()
	}
	return n, err
}

func TestACancelledUploadLeavesNothingBehind(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		other := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k"}) // to see that uploads are seen
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		source := &cancelling{Reader: bytes.NewReader(content(40 * mib)), left: 22 * mib, cancel: cancel}
		_, err := transfer.Upload(ctx, client.Bucket(bucket), "k", source, transfer.WithPartSize(5*mib), transfer.WithConcurrency(2))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Upload = %v, want context.Canceled", err)
		}
		wantEqual(t, "uploads", uploads(t, client, bucket, "k"), []string{other.id})
		if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: "k"}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("HeadObject = %v, want no object", err)
		}
	})
}

func TestASourceThatFailsLeavesNothingBehind(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		broken := errors.New("the source is broken")
		source := io.MultiReader(bytes.NewReader(content(12*mib)), readerFunc(func([]byte) (int, error) { return 0, broken }))
		_, err := transfer.Upload(t.Context(), client.Bucket(bucket), "k", source, transfer.WithPartSize(5*mib))
		if !errors.Is(err, broken) {
			t.Errorf("Upload = %v, want the source's error", err)
		}
		wantEqual(t, "uploads", uploads(t, client, bucket, "k"), nil)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestADownloadDoesNotMixTwoObjects(t *testing.T) {
	old, other := content(20*mib), make([]byte, 20*mib)
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := client.Bucket(newBucket(t, client))
		upload(t, bucket, "k", bytes.NewReader(old))
		replaced := false
		w := writerFunc(func(p []byte) (int, error) {
			if !replaced {
				replaced = true
				upload(t, bucket, "k", bytes.NewReader(other))
			}
			return len(p), nil
		})
		_, err := transfer.DownloadTo(t.Context(), bucket, "k", w, transfer.WithPartSize(5*mib), transfer.WithConcurrency(1))
		if !errors.Is(err, transfer.ErrObjectChanged) {
			t.Errorf("DownloadTo = %v, want ErrObjectChanged", err)
		}
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestAMissingObjectIsNotDownloaded(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		path := filepath.Join(t.TempDir(), "file")
		_, err := transfer.DownloadFile(t.Context(), client.Bucket(newBucket(t, client)), "none", path)
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("DownloadFile = %v, want fs.ErrNotExist", err)
		}
		if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 0 {
			t.Errorf("left in the directory: %v, %v", entries, err)
		}
	})
}
