package s3_test

import (
	"bytes"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// TestUploadInPartsByAlgorithm has every algorithm that is computed carried by
// the parts of an upload and named again when it is completed.
func TestUploadInPartsByAlgorithm(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithMinPartSize(64))
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	content := bytes.Repeat([]byte("0123456789abcdef"), 16)
	for _, algorithm := range []s3.ChecksumAlgorithm{
		s3.ChecksumAlgorithmCrc64nvme, s3.ChecksumAlgorithmCrc32c, s3.ChecksumAlgorithmCrc32,
		s3.ChecksumAlgorithmSha1, s3.ChecksumAlgorithmSha256, s3.ChecksumAlgorithmSha512, s3.ChecksumAlgorithmMd5,
	} {
		t.Run(string(algorithm), func(t *testing.T) {
			config := srv.Config()
			config.Checksum = algorithm
			client, err := s3.New(config)
			if err != nil {
				t.Fatal(err)
			}
			b := client.Bucket("photos")
			u, err := b.Begin(t.Context(), "k", transfer.Attrs{})
			if err != nil {
				t.Fatal(err)
			}
			var parts []transfer.Part
			for n := range 2 {
				part, err := u.Part(t.Context(), n+1, bytes.NewReader(content[n*128:(n+1)*128]))
				if err != nil {
					t.Fatal(err)
				}
				if part.Checksum.Algorithm != string(algorithm) {
					t.Errorf("part %d carries %q", n+1, part.Checksum.Algorithm)
				}
				parts = append(parts, part)
			}
			if _, err := u.Finish(t.Context(), parts); err != nil {
				t.Fatal(err)
			}
			info, err := b.Stat(t.Context(), "k", "")
			if err != nil {
				t.Fatal(err)
			}
			if len(info.Checksums) != 1 || info.Checksums[0].Algorithm != string(algorithm) {
				t.Errorf("the object has %v", info.Checksums)
			}
		})
	}
}
