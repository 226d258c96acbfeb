package s3_test

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var multipartTrips = trips{
	"CreateMultipartUpload": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		out := call(t, c.CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: "k", ContentType: "image/png"})
		if out.UploadId == "" {
			t.Error("no UploadId")
		}
		same(t, "CreateMultipartUpload", out, &s3.CreateMultipartUploadOutput{
			Bucket: "photos", Key: "k", ChecksumAlgorithm: s3.ChecksumAlgorithmCrc64nvme, ChecksumType: s3.ChecksumTypeFullObject, ServerSideEncryption: s3.ServerSideEncryptionAes256,
		}, cmpopts.IgnoreFields(s3.CreateMultipartUploadOutput{}, "UploadId"))
	},
	"UploadPart": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "k")
		out := call(t, c.UploadPart, &s3.UploadPartInput{Bucket: "photos", Key: "k", UploadId: id, PartNumber: 1, Body: strings.NewReader("hello, world")})
		same(t, "UploadPart", out, &s3.UploadPartOutput{ETag: etag("hello, world"), ChecksumCRC64NVME: "imGzfIgXKM8=", ServerSideEncryption: s3.ServerSideEncryptionAes256})
		_, err := c.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: "photos", Key: "k", UploadId: "none", PartNumber: 1, Body: strings.NewReader("x")})
		if !errors.Is(err, s3.ErrNoSuchUpload) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no upload: %v", err)
		}
	},
	"UploadPartCopy": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		content := strings.Repeat("0123456789", 600<<10)
		put(t, c, "source", content)
		id := begin(t, c, "k")
		out := call(t, c.UploadPartCopy, &s3.UploadPartCopyInput{
			Bucket: "photos", Key: "k", UploadId: id, PartNumber: 1, CopySource: s3.CopySource("photos", "source", ""), CopySourceRange: "bytes=10-5242889",
		})
		part := s3.CompletedPart{PartNumber: 1, ETag: out.CopyPartResult.ETag, ChecksumCRC64NVME: out.CopyPartResult.ChecksumCRC64NVME}
		if part.ETag != etag(content[10:5242890]) || out.CopyPartResult.LastModified.IsZero() || part.ChecksumCRC64NVME == "" {
			t.Errorf("UploadPartCopy: %+v", out)
		}
		call(t, c.CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{
			Bucket: "photos", Key: "k", UploadId: id, MultipartUpload: &s3.CompletedMultipartUpload{Parts: []s3.CompletedPart{part}},
		})
		if got := get(t, c, "k"); got != content[10:5242890] {
			t.Errorf("content of %d bytes is another", len(got))
		}
	},
	"CompleteMultipartUpload": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "k")
		content := strings.Repeat("0123456789", 600<<10)
		var parts []s3.CompletedPart
		for i, text := range []string{content, "the end"} {
			out := call(t, c.UploadPart, &s3.UploadPartInput{Bucket: "photos", Key: "k", UploadId: id, PartNumber: int32(i + 1), Body: strings.NewReader(text)})
			parts = append(parts, s3.CompletedPart{PartNumber: int32(i + 1), ETag: out.ETag, ChecksumCRC64NVME: out.ChecksumCRC64NVME})
		}
		complete := func(parts ...s3.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
			return c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
				Bucket: "photos", Key: "k", UploadId: id, MpuObjectSize: new(int64(len(content) + 7)), MultipartUpload: &s3.CompletedMultipartUpload{Parts: parts},
			})
		}
		if _, err := complete(parts[1], parts[0]); !errors.Is(err, s3.ErrInvalidPartOrder) {
			t.Errorf("wrong order: %v", err)
		}
		if _, err := complete(s3.CompletedPart{PartNumber: 1, ETag: `"x"`}, parts[1]); !errors.Is(err, s3.ErrInvalidPart) {
			t.Errorf("wrong part: %v", err)
		}
		out, err := complete(parts...)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.ETag, `-2"`) || out.Bucket != "photos" || out.Key != "k" || out.Location == "" || out.ChecksumType != s3.ChecksumTypeFullObject || out.ChecksumCRC64NVME == "" {
			t.Errorf("CompleteMultipartUpload: %+v", out)
		}
		if got := get(t, c, "k"); got != content+"the end" {
			t.Errorf("content of %d bytes is another", len(got))
		}
		second := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k", PartNumber: 2})
		defer second.Body.Close()
		if text, err := io.ReadAll(second.Body); err != nil || string(text) != "the end" || second.PartsCount != 2 {
			t.Errorf("part 2 of %d: %q, %v", second.PartsCount, text, err)
		}
	},
	"AbortMultipartUpload": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "k")
		call(t, c.AbortMultipartUpload, &s3.AbortMultipartUploadInput{Bucket: "photos", Key: "k", UploadId: id})
		if n := uploads(t, c); n != 0 {
			t.Errorf("%d uploads are left", n)
		}
		_, err := c.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: "photos", Key: "k", UploadId: id})
		if !errors.Is(err, s3.ErrNoSuchUpload) {
			t.Errorf("aborted twice: %v", err)
		}
	},
	"ListParts": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "a key+\x03")
		for n := range int32(3) {
			call(t, c.UploadPart, &s3.UploadPartInput{Bucket: "photos", Key: "a key+\x03", UploadId: id, PartNumber: n*2 + 1, Body: strings.NewReader(strings.Repeat("x", int(n)+1))})
		}
		var got []s3.Part
		for p, err := range paginator.Items(t.Context(), c.ListParts, &s3.ListPartsInput{Bucket: "photos", Key: "a key+\x03", UploadId: id, MaxParts: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p)
		}
		same(t, "parts", got, []s3.Part{
			{PartNumber: 1, ETag: etag("x"), Size: 1}, {PartNumber: 3, ETag: etag("xx"), Size: 2}, {PartNumber: 5, ETag: etag("xxx"), Size: 3},
		}, cmpopts.IgnoreFields(s3.Part{}, "ChecksumCRC64NVME"))
		if got[0].ChecksumCRC64NVME == "" || got[0].LastModified.IsZero() {
			t.Errorf("%+v", got[0])
		}
	},
	"ListMultipartUploads": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		var want []string
		for _, key := range []string{"a", "b c+\x04", "b c+\x04"} {
			want = append(want, key+" "+begin(t, c, key))
		}
		slices.Sort(want[1:])
		var got []string
		for u, err := range paginator.Items(t.Context(), c.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: "photos", MaxUploads: 1}) {
			if err != nil {
				t.Fatal(err)
			}
			if u.Initiated.IsZero() || u.Initiator.ID == "" || u.ChecksumAlgorithm != s3.ChecksumAlgorithmCrc64nvme {
				t.Errorf("%+v", u)
			}
			got = append(got, u.Key+" "+u.UploadId)
		}
		slices.Sort(got[1:])
		same(t, "uploads", got, want)
	},
}
