package s3_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/entrepot-go/entrepot"
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

// uploadParts begins an upload and sends its parts, by the operations
// themselves, and returns what completes it.
func uploadParts(t *testing.T, c *s3.Client, key string, algorithm s3.ChecksumAlgorithm, kind s3.ChecksumType, parts ...[]byte) (id string, done *s3.CompletedMultipartUpload) {
	t.Helper()
	created := call(t, c.CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: key, ChecksumAlgorithm: algorithm, ChecksumType: kind})
	done = &s3.CompletedMultipartUpload{}
	for i, content := range parts {
		part := call(t, c.UploadPart, &s3.UploadPartInput{
			Bucket: "photos", Key: key, UploadId: created.UploadId, PartNumber: int32(i + 1), Body: bytes.NewReader(content), ChecksumAlgorithm: algorithm,
		})
		done.Parts = append(done.Parts, s3.CompletedPart{
			PartNumber: int32(i + 1), ETag: part.ETag,
			ChecksumCRC32: part.ChecksumCRC32, ChecksumCRC32C: part.ChecksumCRC32C, ChecksumCRC64NVME: part.ChecksumCRC64NVME,
			ChecksumSHA1: part.ChecksumSHA1, ChecksumSHA256: part.ChecksumSHA256, ChecksumSHA512: part.ChecksumSHA512, ChecksumMD5: part.ChecksumMD5,
		})
	}
	return created.UploadId, done
}

// uploadInParts makes an object of several parts.
func uploadInParts(t *testing.T, c *s3.Client, key string, algorithm s3.ChecksumAlgorithm, kind s3.ChecksumType, parts ...[]byte) {
	t.Helper()
	id, done := uploadParts(t, c, key, algorithm, kind, parts...)
	call(t, c.CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{Bucket: "photos", Key: key, UploadId: id, ChecksumType: kind, MultipartUpload: done})
}

// TestHowContentIsVerified reads whole objects, ranges and parts of them, and
// looks at what the answers say of their checksums.
func TestHowContentIsVerified(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithMinPartSize(64))
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	c := newClient(t, srv.Config())
	one, two := bytes.Repeat([]byte("a"), 128), bytes.Repeat([]byte("b"), 100)
	both := slices.Concat(one, two)
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "plain", Body: bytes.NewReader(both), ChecksumAlgorithm: s3.ChecksumAlgorithmSha512})
	uploadInParts(t, c, "composite", s3.ChecksumAlgorithmSha256, s3.ChecksumTypeComposite, one, two)
	uploadInParts(t, c, "full", s3.ChecksumAlgorithmCrc32c, s3.ChecksumTypeFullObject, one, two)

	for _, test := range []struct {
		name      string
		in        s3.GetObjectInput
		want      []byte
		status    entrepot.ChecksumStatus
		algorithm string
	}{
		{name: "a whole object", in: s3.GetObjectInput{Key: "plain"}, want: both, status: entrepot.ChecksumVerified, algorithm: "SHA512"},
		{name: "an object of parts with one checksum", in: s3.GetObjectInput{Key: "full"}, want: both, status: entrepot.ChecksumVerified, algorithm: "CRC32C"},
		{name: "an object of parts with a checksum of theirs", in: s3.GetObjectInput{Key: "composite"}, want: both, status: entrepot.ChecksumComposite},
		{name: "one of those parts", in: s3.GetObjectInput{Key: "composite", PartNumber: 2}, want: two, status: entrepot.ChecksumVerified, algorithm: "SHA256"},
		{name: "the only part", in: s3.GetObjectInput{Key: "plain", PartNumber: 1}, want: both, status: entrepot.ChecksumVerified, algorithm: "SHA512"},
		{name: "a range", in: s3.GetObjectInput{Key: "plain", Range: "bytes=1-3"}, want: both[1:4], status: entrepot.ChecksumPartial},
		{name: "a range, and a checksum asked for", in: s3.GetObjectInput{Key: "full", Range: "bytes=1-3", ChecksumMode: s3.ChecksumModeEnabled}, want: both[1:4], status: entrepot.ChecksumPartial},
	} {
		test.in.Bucket = "photos"
		for _, lost := range []bool{false, true} {
			if lost { // on the way, and continued
				srv.Inject(storagetest.Fault{Nth: 1, Reset: storagetest.ResponseBody(int64(len(test.want) / 2))})
			}
			out := call(t, c.GetObject, &test.in)
			got, err := io.ReadAll(out.Body)
			out.Body.Close()
			if err != nil || !bytes.Equal(got, test.want) {
				t.Errorf("%s (lost: %t): %d bytes, %v; want %d", test.name, lost, len(got), err, len(test.want))
			}
			if meta := out.ResponseMetadata; meta.ChecksumStatus != test.status || meta.Checksum != test.algorithm {
				t.Errorf("%s (lost: %t): %s by %q, want %s by %q", test.name, lost, meta.ChecksumStatus, meta.Checksum, test.status, test.algorithm)
			}
		}
	}
	if got := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "plain"}).ResponseMetadata.ChecksumStatus; got != "" {
		t.Errorf("HeadObject, which has no body: %s", got)
	}
}

// TestWrongContent is an error that tells all of it, also where the body was
// lost on the way and continued; and it is not asked for again.
func TestWrongContent(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithMinPartSize(64))
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	c := newClient(t, srv.Config())
	content := bytes.Repeat([]byte("0123456789abcdef"), 64)
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "plain", Body: bytes.NewReader(content)})
	uploadInParts(t, c, "parts", s3.ChecksumAlgorithmSha1, s3.ChecksumTypeComposite, content, content)

	for _, test := range []struct {
		name      string
		in        s3.GetObjectInput
		faults    []storagetest.Fault
		algorithm string
		requests  int
	}{
		{name: "whole", in: s3.GetObjectInput{Key: "plain"}, faults: []storagetest.Fault{{Nth: 1, Corrupt: storagetest.ResponseBody(10)}}, algorithm: "CRC64NVME", requests: 1},
		{name: "a part", in: s3.GetObjectInput{Key: "parts", PartNumber: 2}, faults: []storagetest.Fault{{Nth: 1, Corrupt: storagetest.ResponseBody(10)}}, algorithm: "SHA1", requests: 1},
		{
			name: "continued", in: s3.GetObjectInput{Key: "plain"}, algorithm: "CRC64NVME", requests: 2,
			faults: []storagetest.Fault{{Nth: 1, Reset: storagetest.ResponseBody(500)}, {Nth: 2, Corrupt: storagetest.ResponseBody(10)}},
		},
	} {
		test.in.Bucket = "photos"
		srv.ForgetFaults()
		srv.ForgetRequests()
		for _, fault := range test.faults {
			srv.Inject(fault)
		}
		out := call(t, c.GetObject, &test.in)
		got, err := io.ReadAll(out.Body)
		out.Body.Close()
		var wrong *entrepot.ChecksumError
		if !errors.As(err, &wrong) || wrong.Algorithm != test.algorithm || len(wrong.Want) == 0 || bytes.Equal(wrong.Want, wrong.Got) {
			t.Errorf("%s: %v with %+v, want a ChecksumError of %s", test.name, err, wrong, test.algorithm)
		}
		if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Operation != "GetObject" {
			t.Errorf("%s: %v is no *s3.Error of GetObject", test.name, err)
		}
		if n := len(srv.Requests()); n != test.requests || len(got) >= len(content) {
			t.Errorf("%s: %d requests and %d bytes, want %d and less than %d", test.name, n, len(got), test.requests, len(content))
		}
	}
}
