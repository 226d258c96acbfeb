package realservers

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

const mib = 1 << 20

// multipart is an upload that a test takes through its steps.
type multipart struct {
	client      *s3.Client
	bucket, key string
	id          string
	parts       []s3.CompletedPart
}

func begin(t *testing.T, client *s3.Client, in *s3.CreateMultipartUploadInput) *multipart {
	t.Helper()
	out, err := client.CreateMultipartUpload(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if out.UploadId == "" || out.Key != in.Key {
		t.Fatalf("CreateMultipartUpload = %+v, want an upload of %q", out, in.Key)
	}
	return &multipart{client: client, bucket: in.Bucket, key: in.Key, id: out.UploadId}
}

func (m *multipart) send(t *testing.T, number int32, body []byte) {
	t.Helper()
	out, err := m.client.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: m.bucket, Key: m.key, UploadId: m.id, PartNumber: number, Body: bytes.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	m.parts = append(m.parts, s3.CompletedPart{
		PartNumber: number, ETag: out.ETag,
		ChecksumCRC32: out.ChecksumCRC32, ChecksumCRC32C: out.ChecksumCRC32C, ChecksumCRC64NVME: out.ChecksumCRC64NVME,
		ChecksumSHA1: out.ChecksumSHA1, ChecksumSHA256: out.ChecksumSHA256,
	})
}

func (m *multipart) complete(t *testing.T, parts []s3.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
	t.Helper()
	return m.client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: m.bucket, Key: m.key, UploadId: m.id, MultipartUpload: &s3.CompletedMultipartUpload{Parts: parts},
	})
}

func TestAnObjectIsPutTogetherFromParts(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket, body := newBucket(t, client), content(2*5*mib+12345)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "big one é", ContentType: "text/x", Metadata: map[string]string{"m": "1"}})
		m.send(t, 1, body[:5*mib])
		m.send(t, 2, body[5*mib:10*mib])
		m.send(t, 3, body[10*mib:])
		out, err := m.complete(t, m.parts)
		if err != nil {
			t.Fatal(err)
		}
		got, gotBody := get(t, client, &s3.GetObjectInput{Bucket: bucket, Key: "big one é"})
		wantBytes(t, "object", gotBody, body)
		if got.ETag != out.ETag || got.ContentType != "text/x" || got.Metadata["m"] != "1" {
			t.Errorf("object has ETag %s (completed as %s), ContentType %q, metadata %v", got.ETag, out.ETag, got.ContentType, got.Metadata)
		}
	})
}

func TestASinglePartOfAnObjectCanBeRead(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket, body := newBucket(t, client), content(2*5*mib+12345)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k"})
		m.send(t, 1, body[:5*mib])
		m.send(t, 2, body[5*mib:10*mib])
		m.send(t, 3, body[10*mib:])
		if _, err := m.complete(t, m.parts); err != nil {
			t.Fatal(err)
		}
		part, partBody := get(t, client, &s3.GetObjectInput{Bucket: bucket, Key: "k", PartNumber: 2})
		wantBytes(t, "part 2", partBody, body[5*mib:10*mib])
		if part.PartsCount != 3 {
			t.Errorf("PartsCount = %d, want 3", part.PartsCount)
		}
	}, parts)
}

func TestAPartIsReplacedByOneOfTheSameNumber(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: newBucket(t, client), Key: "k"})
		m.send(t, 1, []byte("wrong"))
		m.send(t, 1, []byte("right"))
		if _, err := m.complete(t, m.parts[1:]); err != nil {
			t.Fatal(err)
		}
		wantContent(t, client, m.bucket, "k", []byte("right"))
	})
}

func TestACompletionMustNameThePartsAsTheyAre(t *testing.T) {
	tests := []struct {
		name  string
		parts func(sent []s3.CompletedPart) []s3.CompletedPart
		want  []error // one of them
	}{
		{
			name:  "another ETag",
			parts: func(sent []s3.CompletedPart) []s3.CompletedPart { sent[0].ETag = staleETag; return sent },
			want:  []error{s3.ErrInvalidPart},
		},
		{
			name:  "a part that was never sent",
			parts: func(sent []s3.CompletedPart) []s3.CompletedPart { sent[1].PartNumber = 7; return sent },
			want:  []error{s3.ErrInvalidPart},
		},
		{
			name:  "wrong order",
			parts: func(sent []s3.CompletedPart) []s3.CompletedPart { return []s3.CompletedPart{sent[1], sent[0]} },
			want:  []error{s3.ErrInvalidPartOrder},
		},
		{
			name:  "no parts",
			parts: func([]s3.CompletedPart) []s3.CompletedPart { return nil },
			want:  []error{s3.ErrMalformedXML, s3.ErrInvalidRequest}, // at AWS and at MinIO
		},
	}
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k"})
		m.send(t, 1, content(5*mib))
		m.send(t, 2, content(5*mib)) // in the wrong order it is not the last
		for _, tt := range tests {
			parts := tt.parts(append([]s3.CompletedPart(nil), m.parts...))
			_, err := m.complete(t, parts)
			if !slices.ContainsFunc(tt.want, func(want error) bool { return errors.Is(err, want) }) {
				t.Errorf("CompleteMultipartUpload with %s = %v, want one of %v", tt.name, err, tt.want)
			}
		}
		if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: "k"}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("HeadObject = %v, want none yet", err)
		}
		if _, err := m.complete(t, m.parts); err != nil {
			t.Errorf("after all refusals: %v", err)
		}
	}, partOrder)
}

func TestAPartBeforeTheLastMustNotBeSmall(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: newBucket(t, client), Key: "k"})
		m.send(t, 1, content(5*mib-1))
		m.send(t, 2, []byte("end"))
		if _, err := m.complete(t, m.parts); !errors.Is(err, s3.ErrEntityTooSmall) {
			t.Errorf("CompleteMultipartUpload = %v, want ErrEntityTooSmall", err)
		}
	})
}

func TestAnAbortedUploadIsGone(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket := newBucket(t, client)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k"})
		m.send(t, 1, []byte("x"))
		if _, err := client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: "k", UploadId: m.id}); err != nil {
			t.Fatal(err)
		}
		_, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: "k", UploadId: m.id, PartNumber: 2, Body: bytes.NewReader([]byte("y"))})
		if !errors.Is(err, s3.ErrNoSuchUpload) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("UploadPart = %v, want ErrNoSuchUpload", err)
		}
		if _, err := client.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: "k", UploadId: m.id}); !errors.Is(err, s3.ErrNoSuchUpload) {
			t.Errorf("ListParts = %v, want ErrNoSuchUpload", err)
		}
		if _, err := m.complete(t, m.parts); !errors.Is(err, s3.ErrNoSuchUpload) {
			t.Errorf("CompleteMultipartUpload = %v, want ErrNoSuchUpload", err)
		}
		wantEqual(t, "uploads", uploads(t, client, bucket, "k"), nil)
	}, endedUploads)
}

// uploads returns the ids of the uploads of a key.
func uploads(t *testing.T, client *s3.Client, bucket, key string) (ids []string) {
	t.Helper()
	// MinIO lists the uploads of one key only.
	for u, err := range paginator.Items(t.Context(), client.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: bucket, Prefix: key}) {
		if err != nil {
			t.Fatal(err)
		}
		if u.Key == key {
			ids = append(ids, u.UploadId)
		}
	}
	return ids
}

func TestPartsAreListedPageByPage(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: newBucket(t, client), Key: "k"})
		for _, n := range []int32{3, 1, 7, 2, 10} {
			m.send(t, n, content(int(n)*100))
		}
		want := []string{"1 of 100", "2 of 200", "3 of 300", "7 of 700", "10 of 1000"}
		for _, size := range []int32{1, 2, 5, 1000} {
			var got []string
			for p, err := range paginator.Items(t.Context(), client.ListParts, &s3.ListPartsInput{Bucket: m.bucket, Key: "k", UploadId: m.id, MaxParts: size}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprintf("%d of %d", p.PartNumber, p.Size))
				if p.ETag == "" || p.LastModified.IsZero() {
					t.Errorf("part %+v has no ETag or no time", p)
				}
			}
			wantEqual(t, fmt.Sprintf("parts, %d to a page", size), got, want)
		}
	}, partPages)
}

func TestUploadsAreListedPageByPage(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		var want []string
		for _, key := range []string{"a", "a", "b é+", "c"} {
			m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
			want = append(want, key+" "+m.id)
		}
		for _, size := range []int32{1, 3, 1000} {
			var got []string
			for u, err := range paginator.Items(t.Context(), client.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: bucket, MaxUploads: size}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, u.Key+" "+u.UploadId)
			}
			wantEqual(t, fmt.Sprintf("uploads, %d to a page", size), sorted(got...), sorted(want...))
		}
	}, uploadPages)
}

func TestAPartCanBeCopiedFromAnObject(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket, body := newBucket(t, client), content(6*mib)
		// The source has another checksum than the upload: versitygw takes that of
		// the source for one of the range, and the object is then found corrupt.
		in := &s3.PutObjectInput{Bucket: bucket, Key: "source é", Body: bytes.NewReader(body), ChecksumAlgorithm: s3.ChecksumAlgorithmSha1}
		if _, err := client.PutObject(ctx, in); err != nil {
			t.Fatal(err)
		}
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k"})
		for i, r := range []string{"", "bytes=100-1099"} {
			out, err := client.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: bucket, Key: "k", UploadId: m.id, PartNumber: int32(i + 1),
				CopySource: s3.CopySource(bucket, "source é", ""), CopySourceRange: r,
			})
			if err != nil {
				t.Fatal(err)
			}
			r := out.CopyPartResult
			m.parts = append(m.parts, s3.CompletedPart{PartNumber: int32(i + 1), ETag: r.ETag, ChecksumCRC64NVME: r.ChecksumCRC64NVME, ChecksumCRC32: r.ChecksumCRC32})
		}
		if _, err := m.complete(t, m.parts); err != nil {
			t.Fatal(err)
		}
		wantContent(t, client, bucket, "k", append(append([]byte(nil), body...), body[100:1100]...))
	})
}

func TestACompletionOnConditionOfAbsenceSparesTheObject(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		put(t, client, bucket, "k", []byte("first"))
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k"})
		m.send(t, 1, []byte("second"))
		_, err := client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
			Bucket: bucket, Key: "k", UploadId: m.id, IfNoneMatch: "*", MultipartUpload: &s3.CompletedMultipartUpload{Parts: m.parts},
		})
		if !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("CompleteMultipartUpload = %v, want ErrPreconditionFailed", err)
		}
		wantContent(t, client, bucket, "k", []byte("first"))
	})
}

// TestVerifyByTheChecksumsOfParts downloads an object of unequal parts of which the
// server keeps but a checksum of the checksums of these.
func TestVerifyByTheChecksumsOfParts(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t, aws) // only from AWS-like servers are checksums asked for
		bucket, body := newBucket(t, client), content(13*mib+12345)
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k", ChecksumAlgorithm: s3.ChecksumAlgorithmSha256, ChecksumType: s3.ChecksumTypeComposite})
		for i, part := range [][]byte{body[:5*mib], body[5*mib : 11*mib], body[11*mib:]} {
			out, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
				Bucket: bucket, Key: "k", UploadId: m.id, PartNumber: int32(i + 1), Body: bytes.NewReader(part), ChecksumAlgorithm: s3.ChecksumAlgorithmSha256,
			})
			if err != nil {
				t.Fatal(err)
			}
			m.parts = append(m.parts, s3.CompletedPart{PartNumber: int32(i + 1), ETag: out.ETag, ChecksumSHA256: out.ChecksumSHA256})
		}
		if _, err := m.complete(t, m.parts); err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		info, err := transfer.DownloadTo(t.Context(), client.Bucket(bucket), "k", &got, transfer.WithVerify(), transfer.WithPartSize(4*mib))
		if tells := s.target.name == "MinIO" || s.target == emulator; !tells {
			if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "the sizes of its parts are not told") {
				t.Errorf("a server that does not tell sizes: verified by %q, %v", info.Verified, err)
			}
			return
		}
		if err != nil || info.Verified != "SHA256" {
			t.Errorf("verified by %q, %v", info.Verified, err)
		}
		wantBytes(t, "object", got.Bytes(), body)
	})
}
