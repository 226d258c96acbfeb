package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// lostAnswer has the nth request of an operation carried out, and its answer lost.
func lostAnswer(operation string) storagetest.Fault {
	return storagetest.Fault{Operation: operation, Nth: 1, Reset: storagetest.BeforeResponse()}
}

// failedServer has it not carried out, and leaves the client in doubt.
func failedServer(operation string) storagetest.Fault {
	return storagetest.Fault{Operation: operation, Nth: 1, Status: 500}
}

// requests are the names of the operations that the server has been asked for.
func requests(srv *storagetest.S3) string {
	var names []string
	for _, r := range srv.Requests() {
		names = append(names, r.Operation)
	}
	srv.ForgetRequests()
	return strings.Join(names, " ")
}

// serveKind starts a server that has the abilities of a kind of server.
func serveKind(t *testing.T, kind s3.Server, opts ...storagetest.Option) (*storagetest.S3, *s3.Client) {
	t.Helper()
	srv := storagetest.NewS3(opts...)
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	config := srv.Config()
	config.Server = kind
	return srv, newClient(t, config)
}

// TestConditionalPutWhoseAnswerIsLost meets its own object when it is repeated.
func TestConditionalPutWhoseAnswerIsLost(t *testing.T) {
	small, large := []byte("v"), pattern(1<<20)
	for _, test := range []struct {
		name string
		kind s3.Server
		in   s3.PutObjectInput
		body []byte
	}{
		{name: "checksum in a header", kind: s3.ServerAWS, in: s3.PutObjectInput{IfNoneMatch: "*"}, body: small},
		{name: "checksum in a trailer", kind: s3.ServerAWS, in: s3.PutObjectInput{IfNoneMatch: "*"}, body: large},
		{name: "another algorithm", kind: s3.ServerAWS, in: s3.PutObjectInput{IfNoneMatch: "*", ChecksumAlgorithm: s3.ChecksumAlgorithmSha256}, body: small},
		{name: "no checksum but the ETag", kind: s3.ServerUnknown, in: s3.PutObjectInput{IfNoneMatch: "*"}, body: large},
		{name: "metadata", kind: s3.ServerUnknown, in: s3.PutObjectInput{IfNoneMatch: "*", ContentType: "text/plain", ContentEncoding: "gzip", Metadata: map[string]string{"a": "1", "b": "two words"}}, body: large},
		{name: "a trailer and a coding", kind: s3.ServerAWS, in: s3.PutObjectInput{IfNoneMatch: "*", ContentEncoding: "gzip"}, body: large},
		{name: "a key of the customer's", kind: s3.ServerAWS, in: s3.PutObjectInput{IfNoneMatch: "*", SSECustomerAlgorithm: "AES256", SSECustomerKey: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}, body: small},
		{name: "in place of another", kind: s3.ServerAWS, in: s3.PutObjectInput{IfMatch: "replaced"}, body: small},
		{name: "an empty one", kind: s3.ServerUnknown, in: s3.PutObjectInput{IfNoneMatch: "*"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			opts := []storagetest.Option{}
			if test.in.SSECustomerKey != "" {
				opts = append(opts, storagetest.WithTLS())
			}
			srv, c := serveKind(t, test.kind, opts...)
			in := test.in
			in.Bucket, in.Key = "photos", "k"
			if in.IfMatch != "" {
				in.IfMatch = put(t, c, "k", "something else").ETag
			}
			srv.ForgetRequests()

			srv.Inject(lostAnswer("PutObject"))
			in.Body = bytes.NewReader(test.body)
			got := call(t, c.PutObject, &in)
			if names := requests(srv); names != "PutObject PutObject HeadObject" {
				t.Errorf("the server was asked for %s", names)
			}
			if meta := got.ResponseMetadata; meta.StatusCode != http.StatusPreconditionFailed || meta.Attempts != 2 || meta.RequestID == "" {
				t.Errorf("metadata %+v, want those of the second attempt", meta)
			}

			// The output is what it is where no answer is lost, as far as HeadObject tells.
			in.IfMatch, in.IfNoneMatch, in.Body = "", "", bytes.NewReader(test.body)
			want := call(t, c.PutObject, &in)
			got.ResponseMetadata, want.ResponseMetadata = entrepot.ResponseMetadata{}, entrepot.ResponseMetadata{}
			if test.kind == s3.ServerUnknown { // it is not asked for checksums
				want.ChecksumCRC64NVME, want.ChecksumType = "", ""
			}
			if diff := cmp.Diff(want, got); diff != "" && in.SSECustomerKey == "" { // such an ETag is never the same again
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

// TestConditionalPutThatFails is refused for good, whatever has happened before.
func TestConditionalPutThatFails(t *testing.T) {
	for _, test := range []struct {
		name     string
		kind     s3.Server
		there    s3.PutObjectInput // by somebody else
		age      time.Duration
		in       s3.PutObjectInput
		faults   []storagetest.Fault
		requests string
	}{
		{
			name: "no attempt was lost", kind: s3.ServerAWS, in: s3.PutObjectInput{IfNoneMatch: "*"},
			requests: "PutObject",
		},
		{
			name: "other content", kind: s3.ServerAWS, there: s3.PutObjectInput{Body: strings.NewReader("w")}, in: s3.PutObjectInput{IfNoneMatch: "*"},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "other content by its ETag", kind: s3.ServerUnknown, there: s3.PutObjectInput{Body: strings.NewReader("w")}, in: s3.PutObjectInput{IfNoneMatch: "*"},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "other length", kind: s3.ServerAWS, there: s3.PutObjectInput{Body: strings.NewReader("vv")}, in: s3.PutObjectInput{IfNoneMatch: "*"},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "other metadata", kind: s3.ServerAWS, there: s3.PutObjectInput{Metadata: map[string]string{"by": "them"}},
			in:     s3.PutObjectInput{IfNoneMatch: "*", Metadata: map[string]string{"by": "us"}},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "metadata where there is none of ours", kind: s3.ServerAWS, there: s3.PutObjectInput{Metadata: map[string]string{"by": "them"}}, in: s3.PutObjectInput{IfNoneMatch: "*"},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "other type", kind: s3.ServerAWS, there: s3.PutObjectInput{ContentType: "text/plain"}, in: s3.PutObjectInput{IfNoneMatch: "*", ContentType: "text/html"},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "the same, but older than the call", kind: s3.ServerAWS, age: time.Minute, in: s3.PutObjectInput{IfNoneMatch: "*"},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "an ETag that is no MD5", kind: s3.ServerUnknown, there: s3.PutObjectInput{ServerSideEncryption: s3.ServerSideEncryptionAwsKms}, in: s3.PutObjectInput{IfNoneMatch: "*"},
			faults: []storagetest.Fault{failedServer("PutObject")}, requests: "PutObject PutObject HeadObject",
		},
		{
			name: "the look-up fails", kind: s3.ServerAWS, in: s3.PutObjectInput{IfNoneMatch: "*"},
			faults: []storagetest.Fault{failedServer("PutObject"), {Operation: "HeadObject", Status: 403}}, requests: "PutObject PutObject HeadObject",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, c := serveKind(t, test.kind, storagetest.WithInMemory())
				there, in := test.there, test.in
				there.Bucket, there.Key, in.Bucket, in.Key = "photos", "k", "photos", "k"
				in.Body = strings.NewReader("v")
				if there.Body == nil {
					there.Body = strings.NewReader("v")
				}
				call(t, c.PutObject, &there)
				time.Sleep(test.age)
				srv.ForgetRequests()
				for _, fault := range test.faults {
					srv.Inject(fault)
				}
				if out, err := c.PutObject(t.Context(), &in); !errors.Is(err, s3.ErrPreconditionFailed) {
					t.Errorf("%+v, %v, want PreconditionFailed", out, err)
				}
				if names := requests(srv); names != test.requests {
					t.Errorf("the server was asked for %s, want %s", names, test.requests)
				}
			})
		})
	}
}

// TestTransfersWhoseAnswersAreLost know their own objects, whole and in parts.
func TestTransfersWhoseAnswersAreLost(t *testing.T) {
	for _, kind := range []s3.Server{s3.ServerAWS, s3.ServerUnknown} {
		for operation, n := range map[string]int{"PutObject": 100, "CompleteMultipartUpload": 12 << 20} {
			srv, c := serveKind(t, kind)
			upload := func() (transfer.Info, error) {
				return transfer.Upload(t.Context(), c.Bucket("photos"), "k", bytes.NewReader(pattern(n)), transfer.WithIfAbsent(), transfer.WithPartSize(5<<20))
			}
			srv.Inject(lostAnswer(operation))
			if info, err := upload(); err != nil || info.Size != int64(n) || info.ETag == "" {
				t.Errorf("%s at %q: %+v, %v", operation, kind, info, err)
			}
			if _, err := upload(); !errors.Is(err, fs.ErrExist) {
				t.Errorf("%s at %q: the next upload: %v, want fs.ErrExist", operation, kind, err)
			}
		}
	}
}

// TestConflictIsTriedAgain when another write was in the way.
func TestConflictIsTriedAgain(t *testing.T) {
	srv, c := serveKind(t, s3.ServerAWS)
	for _, body := range [][]byte{[]byte("v"), pattern(1 << 20)} {
		old := put(t, c, "k", "old")
		srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Status: 409, Code: "ConditionalRequestConflict"})
		out := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", IfMatch: old.ETag, Body: bytes.NewReader(body)})
		if n := out.ResponseMetadata.Attempts; n != 2 {
			t.Errorf("%d bytes: %d attempts", len(body), n)
		}
	}
	// The other write may be the call's own, whose answer was lost.
	srv.Inject(lostAnswer("PutObject"))
	srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 2, Status: 409, Code: "ConditionalRequestConflict"})
	in := &s3.PutObjectInput{Bucket: "photos", Key: "new", IfNoneMatch: "*", Body: strings.NewReader("v")}
	if _, err := c.PutObject(t.Context(), in, func(c *s3.Config) { c.Retry.MaxAttempts = 2 }); err != nil {
		t.Errorf("a conflict with itself: %v", err)
	}
	srv.Inject(storagetest.Fault{Operation: "PutObject", Status: 409, Code: "ConditionalRequestConflict"})
	in.Body = strings.NewReader("v")
	if _, err := c.PutObject(t.Context(), in, func(c *s3.Config) { c.Retry.MaxAttempts = 2 }); !errors.Is(err, s3.ErrConditionalRequestConflict) {
		t.Errorf("a conflict to the end: %v", err)
	}
}

// TestCompleteWhoseAnswerIsLost finds the object that its parts have become.
func TestCompleteWhoseAnswerIsLost(t *testing.T) {
	parts := [][]byte{bytes.Repeat([]byte("a"), 128), bytes.Repeat([]byte("b"), 100)}
	refused := storagetest.Fault{Operation: "CompleteMultipartUpload", Nth: 2, Status: 412, Code: "PreconditionFailed"}
	for _, test := range []struct {
		name      string
		kind      s3.Server
		algorithm s3.ChecksumAlgorithm
		sum       s3.ChecksumType
		in        s3.CompleteMultipartUploadInput
		faults    []storagetest.Fault
		requests  string
	}{
		{
			name: "the upload is gone, and the parts' checksums tell", kind: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmSha256, sum: s3.ChecksumTypeComposite,
			faults: []storagetest.Fault{lostAnswer("CompleteMultipartUpload")}, requests: "CompleteMultipartUpload CompleteMultipartUpload HeadObject",
		},
		{
			name: "the upload is gone, and the ETag tells", kind: s3.ServerUnknown,
			faults: []storagetest.Fault{lostAnswer("CompleteMultipartUpload")}, requests: "CompleteMultipartUpload CompleteMultipartUpload HeadObject",
		},
		{
			name: "under a condition", kind: s3.ServerAWS, algorithm: s3.ChecksumAlgorithmCrc64nvme, sum: s3.ChecksumTypeFullObject,
			in:     s3.CompleteMultipartUploadInput{IfNoneMatch: "*", MpuObjectSize: new(int64(228))},
			faults: []storagetest.Fault{lostAnswer("CompleteMultipartUpload"), refused}, requests: "CompleteMultipartUpload CompleteMultipartUpload HeadObject ListParts",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, c := serveKind(t, test.kind, storagetest.WithMinPartSize(64))
			in := test.in
			in.Bucket, in.Key, in.ChecksumType = "photos", "k", test.sum
			in.UploadId, in.MultipartUpload = uploadParts(t, c, "k", test.algorithm, test.sum, parts...)
			srv.ForgetRequests()
			for _, fault := range test.faults {
				srv.Inject(fault)
			}
			out := call(t, c.CompleteMultipartUpload, &in)
			if names := requests(srv); names != test.requests {
				t.Errorf("the server was asked for %s, want %s", names, test.requests)
			}
			head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k"})
			if out.Bucket != "photos" || out.Key != "k" || out.ETag != head.ETag || out.ETag == "" || out.ResponseMetadata.Attempts != 2 {
				t.Errorf("output %+v, want the ETag %s", out, head.ETag)
			}
		})
	}
}

// TestAbortWhoseAnswerIsLost finds nothing to abort any more.
func TestAbortWhoseAnswerIsLost(t *testing.T) {
	srv, c := serveKind(t, s3.ServerAWS)
	in := &s3.AbortMultipartUploadInput{Bucket: "photos", Key: "k"}
	in.UploadId, _ = uploadParts(t, c, "k", "", "")
	srv.Inject(lostAnswer("AbortMultipartUpload"))
	if out := call(t, c.AbortMultipartUpload, in); out.ResponseMetadata.Attempts != 2 {
		t.Errorf("%+v", out)
	}
	if _, err := c.AbortMultipartUpload(t.Context(), in); !errors.Is(err, s3.ErrNoSuchUpload) {
		t.Errorf("once more: %v, want NoSuchUpload", err)
	}
}

// TestCompleteThatFails although an object like it is there.
func TestCompleteThatFails(t *testing.T) {
	parts := [][]byte{bytes.Repeat([]byte("a"), 128), bytes.Repeat([]byte("b"), 100)}
	for _, test := range []struct {
		name     string
		there    [][]byte
		id       string // of the upload, if not its own
		requests string
		want     error
	}{
		{
			name: "of another upload, while ours goes on", there: parts,
			requests: "CompleteMultipartUpload CompleteMultipartUpload HeadObject ListParts", want: s3.ErrPreconditionFailed,
		},
		{
			name: "of other parts", there: [][]byte{parts[1], parts[0]},
			requests: "CompleteMultipartUpload CompleteMultipartUpload HeadObject", want: s3.ErrPreconditionFailed,
		},
		{
			name: "of other parts, where there is no such upload", there: [][]byte{parts[0], parts[0]}, id: "none",
			requests: "CompleteMultipartUpload CompleteMultipartUpload HeadObject", want: s3.ErrNoSuchUpload,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, c := serveKind(t, s3.ServerAWS, storagetest.WithMinPartSize(64))
			algorithm, sum := s3.ChecksumAlgorithmCrc32, s3.ChecksumTypeComposite
			uploadInParts(t, c, "k", algorithm, sum, test.there...)
			in := s3.CompleteMultipartUploadInput{Bucket: "photos", Key: "k", IfNoneMatch: "*", ChecksumType: sum}
			in.UploadId, in.MultipartUpload = uploadParts(t, c, "k", algorithm, sum, parts...)
			if test.id != "" {
				in.UploadId = test.id
			}
			srv.ForgetRequests()
			srv.Inject(failedServer("CompleteMultipartUpload"))
			if out, err := c.CompleteMultipartUpload(t.Context(), &in); !errors.Is(err, test.want) {
				t.Errorf("%+v, %v, want %v", out, err, test.want)
			}
			if names := requests(srv); names != test.requests {
				t.Errorf("the server was asked for %s, want %s", names, test.requests)
			}
		})
	}
}

// TestCopyWhoseAnswerIsLost compares what is there with what was to be copied.
func TestCopyWhoseAnswerIsLost(t *testing.T) {
	for _, test := range []struct {
		name  string
		kind  s3.Server
		in    s3.CopyObjectInput
		fault storagetest.Fault
		there *s3.PutObjectInput
		want  error
	}{
		{name: "by checksum", kind: s3.ServerAWS, fault: lostAnswer("CopyObject")},
		{name: "by ETag", kind: s3.ServerUnknown, fault: lostAnswer("CopyObject")},
		{
			name: "with metadata of its own", kind: s3.ServerAWS, fault: lostAnswer("CopyObject"),
			in: s3.CopyObjectInput{MetadataDirective: s3.MetadataDirectiveReplace, ContentType: "text/html", Metadata: map[string]string{"by": "us"}},
		},
		{
			name: "somebody else's content", kind: s3.ServerAWS, fault: failedServer("CopyObject"),
			there: &s3.PutObjectInput{Body: strings.NewReader("theirs"), ContentType: "text/plain", Metadata: map[string]string{"by": "source"}}, want: s3.ErrPreconditionFailed,
		},
		{
			name: "somebody else's metadata", kind: s3.ServerAWS, fault: failedServer("CopyObject"),
			there: &s3.PutObjectInput{Body: strings.NewReader("source"), Metadata: map[string]string{"by": "them"}}, want: s3.ErrPreconditionFailed,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, c := serveKind(t, test.kind)
			source := "a dir/sou+rce é"
			call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: source, Body: strings.NewReader("source"), ContentType: "text/plain", Metadata: map[string]string{"by": "source"}})
			if test.there != nil {
				test.there.Bucket, test.there.Key = "photos", "k"
				call(t, c.PutObject, test.there)
			}
			in := test.in
			in.Bucket, in.Key, in.CopySource, in.IfNoneMatch = "photos", "k", s3.CopySource("photos", source, ""), "*"
			srv.ForgetRequests()
			srv.Inject(test.fault)
			got, err := c.CopyObject(t.Context(), &in)
			if !errors.Is(err, test.want) {
				t.Fatalf("%+v, %v, want %v", got, err, test.want)
			}
			if names := requests(srv); names != "CopyObject CopyObject HeadObject HeadObject" {
				t.Errorf("the server was asked for %s", names)
			}
			if err != nil {
				return
			}
			in.IfNoneMatch = ""
			want := call(t, c.CopyObject, &in)
			if test.kind == s3.ServerUnknown { // it is not asked for checksums
				want.CopyObjectResult.ChecksumCRC64NVME, want.CopyObjectResult.ChecksumType = "", ""
			}
			got.CopyObjectResult.LastModified = want.CopyObjectResult.LastModified
			if diff := cmp.Diff(want.CopyObjectResult, got.CopyObjectResult); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCopyOfAnEncryptedObject needs the keys of both to compare them.
func TestCopyOfAnEncryptedObject(t *testing.T) {
	srv, c := serveKind(t, s3.ServerAWS, storagetest.WithTLS())
	const one, two = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI="
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "source", Body: strings.NewReader("v"), SSECustomerAlgorithm: "AES256", SSECustomerKey: one})
	srv.Inject(lostAnswer("CopyObject"))
	out := call(t, c.CopyObject, &s3.CopyObjectInput{
		Bucket: "photos", Key: "k", CopySource: s3.CopySource("photos", "source", ""), IfNoneMatch: "*",
		CopySourceSSECustomerAlgorithm: "AES256", CopySourceSSECustomerKey: one, SSECustomerAlgorithm: "AES256", SSECustomerKey: two,
	})
	if out.CopyObjectResult.ETag == "" || out.SSECustomerKeyMD5 == "" || out.ResponseMetadata.Attempts != 2 {
		t.Errorf("%+v", out)
	}
}

// TestConditionalDeleteWhoseAnswerIsLost finds nothing to delete any more.
func TestConditionalDeleteWhoseAnswerIsLost(t *testing.T) {
	refused := storagetest.Fault{Operation: "DeleteObject", Nth: 2, Status: 412, Code: "PreconditionFailed"}
	for _, test := range []struct {
		name     string
		etag     string
		faults   []storagetest.Fault
		requests string
		want     error
	}{
		{name: "it is gone", faults: []storagetest.Fault{lostAnswer("DeleteObject")}, requests: "DeleteObject DeleteObject"},
		{name: "it is gone, to servers that find the condition broken", faults: []storagetest.Fault{lostAnswer("DeleteObject"), refused}, requests: "DeleteObject DeleteObject HeadObject"},
		{name: "another one is there", etag: `"other"`, faults: []storagetest.Fault{failedServer("DeleteObject")}, requests: "DeleteObject DeleteObject HeadObject", want: s3.ErrPreconditionFailed},
		{name: "no attempt was lost", etag: `"other"`, requests: "DeleteObject", want: s3.ErrPreconditionFailed},
	} {
		srv, c := serveKind(t, s3.ServerAWS)
		etag := put(t, c, "k", "v").ETag
		if test.etag != "" {
			etag = test.etag
		}
		srv.ForgetRequests()
		for _, fault := range test.faults {
			srv.Inject(fault)
		}
		if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: "photos", Key: "k", IfMatch: etag}); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if names := requests(srv); names != test.requests {
			t.Errorf("%s: the server was asked for %s, want %s", test.name, names, test.requests)
		}
	}
	srv, c := serveKind(t, s3.ServerAWS)
	srv.Inject(failedServer("DeleteObject"))
	if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: "none", Key: "k", IfMatch: "*"}); !errors.Is(err, s3.ErrNoSuchBucket) {
		t.Errorf("a bucket that is not there: %v", err)
	}
}

// script answers the requests that come one after the other, and keeps them.
type script struct {
	status   []int // 0: the answer is lost
	requests []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	n := len(s.requests)
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	if s.status[n] == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: s.status[n], Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// TestConditionalDeleteOfAVersion looks for that version.
func TestConditionalDeleteOfAVersion(t *testing.T) {
	s := &script{status: []int{0, 412, 404}}
	c := newClient(t, s3.Config{
		Endpoint: "https://storage.example", Region: "us-east-1", PathStyle: true,
		Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: s},
	})
	call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k", VersionId: "v1", IfMatch: "*"})
	want := []string{"DELETE /photos/k?versionId=v1", "DELETE /photos/k?versionId=v1", "HEAD /photos/k?versionId=v1"}
	if diff := cmp.Diff(want, s.requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestCancelledWhileFindingOut tells that nobody knows, and what the server said.
func TestCancelledWhileFindingOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := serveKind(t, s3.ServerAWS, storagetest.WithInMemory())
		srv.Inject(lostAnswer("PutObject"))
		srv.Inject(storagetest.Fault{Operation: "HeadObject", Stall: storagetest.BeforeResponse()})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v"), IfNoneMatch: "*"})
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Error(err)
		}
	})
}
