package s3_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// TestTransferToDirectoryBucket moves an object in parts, where no ETag is an
// MD5 and the checksum of the whole is a CRC32.
func TestTransferToDirectoryBucket(t *testing.T) {
	srv, c := serve(t)
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	content := strings.Repeat("0123456789abcdef", 700<<10)
	type stream struct{ io.Reader }
	if _, err := transfer.Upload(t.Context(), c.Bucket(express), "dir/k", stream{strings.NewReader(content)}, transfer.WithPartSize(5<<20)); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	info, err := transfer.DownloadTo(t.Context(), c.Bucket(express), "dir/k", &got, transfer.WithVerify())
	if err != nil || got.String() != content {
		t.Errorf("%d bytes, %v", got.Len(), err)
	}
	parts, crc := 0, false
	for _, r := range srv.Requests() {
		if r.Operation == "UploadPart" {
			parts++
		}
	}
	for _, sum := range info.Checksums {
		crc = crc || sum.Algorithm == "CRC32" && !sum.Composite
	}
	if parts != 3 || !crc {
		t.Errorf("%d parts; checksums %v", parts, info.Checksums)
	}
}
