package realservers

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

// loser carries requests out and then loses the first answer to one of a kind.
type loser struct {
	next  http.RoundTripper
	kind  func(*http.Request) bool
	armed atomic.Bool
}

func (l *loser) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err == nil && l.armed.Load() && l.kind(r) && l.armed.CompareAndSwap(true, false) {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return nil, syscall.ECONNRESET
	}
	return resp, err
}

// losing returns a client, and what makes it lose the next answer to a request
// of a method, with a query and a header of these names, if not empty.
func (s *server) losing(t *testing.T) (*s3.Client, func(method, query, header string)) {
	l := &loser{}
	client := s.client(t, func(c *s3.Config) {
		l.next = c.HTTPClient.Transport
		c.HTTPClient = &http.Client{Transport: l}
	})
	return client, func(method, query, header string) {
		l.kind = func(r *http.Request) bool {
			return r.Method == method && (query == "" || r.URL.Query().Has(query)) && (header == "" || r.Header.Get(header) != "")
		}
		l.armed.Store(true)
	}
}

func TestAConditionalCallWhoseAnswerIsLostHasSucceeded(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, lose := s.losing(t)
		bucket := newBucket(t, client)

		for name, body := range map[string][]byte{"small": []byte("v"), "large": bytes.Repeat([]byte("content"), 100_000)} {
			lose("PUT", "", "If-None-Match")
			in := &s3.PutObjectInput{Bucket: bucket, Key: name, Body: bytes.NewReader(body), IfNoneMatch: "*", ContentType: "text/plain", Metadata: map[string]string{"by": "us"}}
			out, err := client.PutObject(t.Context(), in)
			if err != nil || out.ETag == "" || out.ResponseMetadata.StatusCode != http.StatusPreconditionFailed {
				t.Errorf("PutObject, %s: %+v, %v", name, out, err)
			}
			wantContent(t, client, bucket, name, body)
		}
		first := put(t, client, bucket, "k", []byte("first"))
		lose("PUT", "", "If-Match")
		if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: "k", Body: strings.NewReader("second"), IfMatch: first.ETag}); err != nil {
			t.Errorf("PutObject in place of another: %v", err)
		}
		wantContent(t, client, bucket, "k", []byte("second"))

		lose("POST", "uploadId", "")
		data := bytes.Repeat([]byte("0123456789"), 1_200_000)
		if _, err := transfer.Upload(t.Context(), client.Bucket(bucket), "parts", bytes.NewReader(data), transfer.WithIfAbsent(), transfer.WithPartSize(5<<20)); err != nil {
			t.Errorf("Upload in parts: %v", err)
		}
		wantContent(t, client, bucket, "parts", data)

		created, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "aborted"})
		if err != nil {
			t.Fatal(err)
		}
		lose("DELETE", "uploadId", "")
		if _, err := client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: bucket, Key: "aborted", UploadId: created.UploadId}); err != nil {
			t.Errorf("AbortMultipartUpload: %v", err)
		}
	})
}

func TestAConditionalDeletionWhoseAnswerIsLostHasSucceeded(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, lose := s.losing(t)
		bucket := newBucket(t, client)
		etag := put(t, client, bucket, "k", []byte("v")).ETag
		lose("DELETE", "", "If-Match")
		if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: "k", IfMatch: etag}); err != nil {
			t.Error(err)
		}
	}, deleteIfMatch)
}

func TestAnAnswerTellsHowItIsVerified(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		one, two := bytes.Repeat([]byte("a"), 5<<20), []byte("b")
		for _, kind := range []s3.ChecksumType{s3.ChecksumTypeComposite, s3.ChecksumTypeFullObject} {
			created, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k", ChecksumAlgorithm: s3.ChecksumAlgorithmCrc32, ChecksumType: kind})
			if err != nil {
				t.Fatal(err)
			}
			var done s3.CompletedMultipartUpload
			for i, body := range [][]byte{one, two} {
				part, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
					Bucket: bucket, Key: "k", UploadId: created.UploadId, PartNumber: int32(i + 1), Body: bytes.NewReader(body), ChecksumAlgorithm: s3.ChecksumAlgorithmCrc32,
				})
				if err != nil {
					t.Fatal(err)
				}
				done.Parts = append(done.Parts, s3.CompletedPart{PartNumber: int32(i + 1), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32})
			}
			if _, err := client.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: "k", UploadId: created.UploadId, ChecksumType: kind, MultipartUpload: &done}); err != nil {
				t.Fatal(err)
			}
			whole := entrepot.ChecksumVerified
			if kind == s3.ChecksumTypeComposite {
				whole = entrepot.ChecksumComposite
			}
			for _, test := range []struct {
				name string
				in   s3.GetObjectInput
				size int
				want []entrepot.ChecksumStatus
			}{
				{name: "whole", size: len(one) + 1, want: []entrepot.ChecksumStatus{whole}},
				{name: "a part", in: s3.GetObjectInput{PartNumber: 2}, size: 1, want: []entrepot.ChecksumStatus{entrepot.ChecksumVerified, entrepot.ChecksumAbsent}},
				{name: "a range", in: s3.GetObjectInput{Range: "bytes=1-2"}, size: 2, want: []entrepot.ChecksumStatus{entrepot.ChecksumPartial}},
				{name: "a range, with a checksum asked for", in: s3.GetObjectInput{Range: "bytes=1-2", ChecksumMode: s3.ChecksumModeEnabled}, size: 2, want: []entrepot.ChecksumStatus{entrepot.ChecksumPartial}},
			} {
				test.in.Bucket, test.in.Key = bucket, "k"
				out, err := client.GetObject(t.Context(), &test.in)
				if err != nil {
					t.Errorf("%s, %s: %v", kind, test.name, err)
					continue
				}
				got, err := io.ReadAll(out.Body)
				out.Body.Close()
				if err != nil || len(got) != test.size {
					t.Errorf("%s, %s: %d bytes, %v", kind, test.name, len(got), err)
				}
				status, ok := out.ResponseMetadata.ChecksumStatus, false
				for _, want := range test.want {
					ok = ok || status == want
				}
				if !ok {
					t.Errorf("%s, %s: %s, want one of %v; headers %v", kind, test.name, status, test.want, out.ResponseMetadata.Header)
				}
			}
		}
	}, parts, multipartSums)
}
