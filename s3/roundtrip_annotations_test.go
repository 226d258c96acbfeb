package s3_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var annotationTrips = trips{
	"PutObjectAnnotation":    annotations,
	"GetObjectAnnotation":    annotations,
	"DeleteObjectAnnotation": annotations,
	"ListObjectAnnotations":  annotationPages,
}

// annotate attaches a text to a version of "k" in the bucket "kept".
func annotate(t *testing.T, c *s3.Client, version, name, text string) *s3.PutObjectAnnotationOutput {
	t.Helper()
	return call(t, c.PutObjectAnnotation, &s3.PutObjectAnnotationInput{
		Bucket: "kept", Key: "k", VersionId: version, AnnotationName: name, AnnotationPayload: strings.NewReader(text),
	})
}

// annotated reads it back.
func annotated(t *testing.T, c *s3.Client, key, version, name string) (*s3.GetObjectAnnotationOutput, string, error) {
	t.Helper()
	out, err := c.GetObjectAnnotation(t.Context(), &s3.GetObjectAnnotationInput{Bucket: "kept", Key: key, VersionId: version, AnnotationName: name})
	if err != nil {
		return nil, "", err
	}
	defer out.AnnotationPayload.Close()
	text, err := io.ReadAll(out.AnnotationPayload)
	if err != nil {
		t.Fatal(err)
	}
	return out, string(text), nil
}

func annotations(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	srv.AddBucket(storagetest.BucketSetup{Name: "kept", Versioning: "Enabled"})
	_, err := c.PutObjectAnnotation(t.Context(), &s3.PutObjectAnnotationInput{
		Bucket: "kept", Key: "k", AnnotationName: "n", AnnotationPayload: strings.NewReader("text"),
	})
	if !errors.Is(err, s3.ErrNoSuchKey) {
		t.Errorf("of an object that is not there: %v", err)
	}
	first := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "kept", Key: "k", Body: strings.NewReader("one")})
	second := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "kept", Key: "k", Body: strings.NewReader("two")})

	const text = `{"labels": ["Müller"]}`
	put := annotate(t, c, first.VersionId, "Größe_1.a-b", text)
	sum := put.ChecksumCRC64NVME // as the client computed it and the server verified it
	same(t, "PutObjectAnnotation", put, &s3.PutObjectAnnotationOutput{
		Key: "k", AnnotationName: "Größe_1.a-b", ObjectVersionId: first.VersionId, ETag: etag(text),
		ChecksumType: s3.ChecksumTypeFullObject, ChecksumCRC64NVME: sum, ServerSideEncryption: s3.ServerSideEncryptionAes256,
	})
	if sum == "" {
		t.Error("no checksum")
	}
	out, got, err := annotated(t, c, "k", first.VersionId, "Größe_1.a-b")
	if err != nil || got != text {
		t.Fatalf("read %q, %v", got, err)
	}
	same(t, "GetObjectAnnotation", out, &s3.GetObjectAnnotationOutput{
		ContentLength: int64(len(text)), ObjectVersionId: first.VersionId, ETag: etag(text),
		ChecksumType: s3.ChecksumTypeFullObject, ChecksumCRC64NVME: sum, ServerSideEncryption: s3.ServerSideEncryptionAes256,
	}, cmpopts.IgnoreFields(s3.GetObjectAnnotationOutput{}, "AnnotationPayload"))
	if out.LastModified.IsZero() {
		t.Error("no LastModified")
	}
	if _, _, err := annotated(t, c, "k", "", "Größe_1.a-b"); !errors.Is(err, s3.ErrNoSuchAnnotation) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of the other version: %v", err)
	}

	annotate(t, c, first.VersionId, "Größe_1.a-b", "changed")
	if _, got, err := annotated(t, c, "k", first.VersionId, "Größe_1.a-b"); got != "changed" {
		t.Errorf("replaced: %q, %v", got, err)
	}
	if head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "kept", Key: "k", VersionId: first.VersionId}); head.ETag != first.ETag {
		t.Errorf("ETag of the object %s, was %s", head.ETag, first.ETag)
	}

	// Only the ETag of the object is a condition.
	put2 := &s3.PutObjectAnnotationInput{
		Bucket: "kept", Key: "k", AnnotationName: "two", AnnotationPayload: strings.NewReader("2"), ObjectIfMatch: first.ETag, ChecksumAlgorithm: s3.ChecksumAlgorithmSha256,
	}
	if _, err := c.PutObjectAnnotation(t.Context(), put2); !errors.Is(err, s3.ErrPreconditionFailed) {
		t.Errorf("put with the ETag of another version: %v", err)
	}
	put2.ObjectIfMatch, put2.AnnotationPayload = second.ETag, strings.NewReader("2")
	if out := call(t, c.PutObjectAnnotation, put2); out.ChecksumSHA256 == "" || out.ObjectVersionId != second.VersionId {
		t.Errorf("put with the ETag: %+v", out)
	}

	call(t, c.CopyObject, &s3.CopyObjectInput{Bucket: "kept", Key: "copy", CopySource: s3.CopySource("kept", "k", "")})
	if _, got, err := annotated(t, c, "copy", "", "two"); got != "2" {
		t.Errorf("of a copy: %q, %v", got, err)
	}
	call(t, c.CopyObject, &s3.CopyObjectInput{Bucket: "kept", Key: "bare", CopySource: s3.CopySource("kept", "k", ""), AnnotationDirective: s3.AnnotationDirectiveExclude})
	if _, _, err := annotated(t, c, "bare", "", "two"); !errors.Is(err, s3.ErrNoSuchAnnotation) {
		t.Errorf("of a copy without them: %v", err)
	}

	remove := &s3.DeleteObjectAnnotationInput{Bucket: "kept", Key: "k", AnnotationName: "two", ObjectIfMatch: first.ETag}
	if _, err := c.DeleteObjectAnnotation(t.Context(), remove); !errors.Is(err, s3.ErrPreconditionFailed) {
		t.Errorf("delete with the ETag of another version: %v", err)
	}
	remove.ObjectIfMatch = second.ETag
	for range 2 {
		if out := call(t, c.DeleteObjectAnnotation, remove); out.ObjectVersionId != second.VersionId {
			t.Errorf("version of the deletion: %q", out.ObjectVersionId)
		}
	}
	if _, _, err := annotated(t, c, "k", "", "two"); !errors.Is(err, s3.ErrNoSuchAnnotation) {
		t.Errorf("after the deletion: %v", err)
	}
	if _, got, err := annotated(t, c, "copy", "", "two"); got != "2" {
		t.Errorf("of the copy, after that of the source is deleted: %q, %v", got, err)
	}
}

func annotationPages(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	srv.AddBucket(storagetest.BucketSetup{Name: "kept"})
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "kept", Key: "k", Body: strings.NewReader("one")})
	var want []s3.AnnotationEntry
	for i := range 3 {
		name, text := fmt.Sprintf("n-%d", i), strings.Repeat("x", i+1)
		annotate(t, c, "", name, text)
		want = append(want, s3.AnnotationEntry{
			AnnotationName: name, Size: int64(i + 1), ETag: etag(text), ChecksumAlgorithm: []s3.ChecksumAlgorithm{s3.ChecksumAlgorithmCrc64nvme},
		})
	}
	annotate(t, c, "", "other", "x")

	in := &s3.ListObjectAnnotationsInput{Bucket: "kept", Key: "k", AnnotationPrefix: "n-", MaxAnnotationResults: 2}
	var got []s3.AnnotationEntry
	for entry, err := range paginator.Items(t.Context(), c.ListObjectAnnotations, in) {
		if err != nil {
			t.Fatal(err)
		}
		if entry.LastModified.IsZero() {
			t.Errorf("%s has no date", entry.AnnotationName)
		}
		got = append(got, entry)
	}
	same(t, "annotations", got, want)

	page := call(t, c.ListObjectAnnotations, in)
	same(t, "first page", page, &s3.ListObjectAnnotationsOutput{
		Annotations: want[:2], Bucket: "kept", Key: "k", AnnotationPrefix: "n-", MaxAnnotationResults: 2, AnnotationCount: 2,
	}, cmpopts.IgnoreFields(s3.ListObjectAnnotationsOutput{}, "NextContinuationToken"))
	in.AnnotationPrefix = "n/"
	if _, err := c.ListObjectAnnotations(t.Context(), in); !errors.Is(err, s3.ErrInvalidPrefix) {
		t.Errorf("a prefix that no name can have: %v", err)
	}
}

// TestAnnotationsAreVerified has the text of an annotation change, or end, on
// its way.
func TestAnnotationsAreVerified(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault storagetest.Fault
		is    func(error) bool
	}{
		{"a flipped bit", storagetest.Fault{Nth: 1, Corrupt: storagetest.ResponseBody(2)}, func(err error) bool {
			var wrong *entrepot.ChecksumError
			return errors.As(err, &wrong) && wrong.Algorithm == "CRC64NVME"
		}},
		{"cut short", storagetest.Fault{Nth: 1, Truncate: storagetest.ResponseBody(2)}, func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv, c := serve(t)
			put(t, c, "k", "object")
			call(t, c.PutObjectAnnotation, &s3.PutObjectAnnotationInput{Bucket: "photos", Key: "k", AnnotationName: "n", AnnotationPayload: strings.NewReader("text")})
			srv.Inject(tc.fault)
			out := call(t, c.GetObjectAnnotation, &s3.GetObjectAnnotationInput{Bucket: "photos", Key: "k", AnnotationName: "n"})
			defer out.AnnotationPayload.Close()
			if text, err := io.ReadAll(out.AnnotationPayload); !tc.is(err) {
				t.Errorf("read %q, %v", text, err)
			}
		})
	}
}
