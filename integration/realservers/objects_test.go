package realservers

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/s3"
)

func TestAnObjectComesBackWithAllThatWasSaidOfIt(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket, body := newBucket(t, client), content(1000)
		in := &s3.PutObjectInput{
			Bucket: bucket, Key: "doc", Body: bytes.NewReader(body),
			ContentType: "text/markdown; charset=utf-8", ContentEncoding: "zstd", ContentLanguage: "et",
			ContentDisposition: `attachment; filename="a b.md"`, CacheControl: "max-age=60, public",
			Metadata: map[string]string{"colour": "blue green", "Sum": "1+1=2", "empty-not": "-"},
		}
		made, err := client.PutObject(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		sum := md5.Sum(body)
		if want := `"` + hex.EncodeToString(sum[:]) + `"`; made.ETag != want {
			t.Errorf("ETag = %s, want %s", made.ETag, want)
		}
		type said struct {
			Type, Encoding, Language, Disposition, Cache, ETag string
			Length                                             int64
			Metadata                                           map[string]string
		}
		want := said{
			in.ContentType, in.ContentEncoding, in.ContentLanguage, in.ContentDisposition, in.CacheControl, made.ETag,
			1000, map[string]string{"colour": "blue green", "sum": "1+1=2", "empty-not": "-"},
		}
		got, gotBody := get(t, client, &s3.GetObjectInput{Bucket: bucket, Key: "doc"})
		wantBytes(t, "body", gotBody, body)
		wantEqual(t, "GetObject", said{
			got.ContentType, got.ContentEncoding, got.ContentLanguage, got.ContentDisposition, got.CacheControl, got.ETag, got.ContentLength, got.Metadata,
		}, want)
		head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: "doc"})
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "HeadObject", said{
			head.ContentType, head.ContentEncoding, head.ContentLanguage, head.ContentDisposition, head.CacheControl, head.ETag, head.ContentLength, head.Metadata,
		}, want)
		for op, at := range map[string]time.Time{"GetObject": got.LastModified, "HeadObject": head.LastModified} {
			if time.Since(at).Abs() > 10*time.Minute {
				t.Errorf("%s: LastModified = %v", op, at)
			}
		}
	})
}

func TestAnEmptyObjectIsAnObject(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		for key, body := range map[string]*bytes.Reader{"of an empty reader": bytes.NewReader(nil), "of none": nil} {
			in := &s3.PutObjectInput{Bucket: bucket, Key: key}
			if body != nil {
				in.Body = body
			}
			if _, err := client.PutObject(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			wantContent(t, client, bucket, key, nil)
		}
	})
}

func TestAnObjectIsReplacedWhole(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		put(t, client, bucket, "k", content(5000))
		put(t, client, bucket, "k", []byte("short"))
		wantContent(t, client, bucket, "k", []byte("short"))
	})
}

func TestRangesAreThoseOfTheObject(t *testing.T) {
	body := content(10_000)
	tests := []struct {
		name, ask, answer string
		want              []byte
	}{
		{name: "from the middle", ask: "bytes=100-199", answer: "bytes 100-199/10000", want: body[100:200]},
		{name: "open end", ask: "bytes=9990-", answer: "bytes 9990-9999/10000", want: body[9990:]},
		{name: "the last bytes", ask: "bytes=-7", answer: "bytes 9993-9999/10000", want: body[9993:]},
		{name: "beyond the end", ask: "bytes=9999-20000", answer: "bytes 9999-9999/10000", want: body[9999:]},
		{name: "one byte", ask: "bytes=0-0", answer: "bytes 0-0/10000", want: body[:1]},
	}
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		put(t, client, bucket, "k", body)
		for _, tt := range tests {
			out, got := get(t, client, &s3.GetObjectInput{Bucket: bucket, Key: "k", Range: tt.ask})
			wantBytes(t, tt.name, got, tt.want)
			if out.ContentRange != tt.answer || out.ContentLength != int64(len(tt.want)) {
				t.Errorf("%s: ContentRange = %q, ContentLength = %d, want %q, %d", tt.name, out.ContentRange, out.ContentLength, tt.answer, len(tt.want))
			}
		}
		_, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: "k", Range: "bytes=10000-"})
		if !errors.Is(err, s3.ErrInvalidRange) {
			t.Errorf("a range behind the end: %v, want ErrInvalidRange", err)
		}
	})
}

func TestAnswersCanCarryOtherHeaders(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		put(t, client, bucket, "k", []byte("x"))
		out, _ := get(t, client, &s3.GetObjectInput{
			Bucket: bucket, Key: "k",
			ResponseContentType: "text/x-other", ResponseContentDisposition: `inline; filename="é & b.txt"`, ResponseCacheControl: "no-store",
		})
		wantEqual(t, "headers", []string{out.ContentType, out.ContentDisposition, out.CacheControl},
			[]string{"text/x-other", `inline; filename="é & b.txt"`, "no-store"})
	}, answerHeaders)
}

func TestADeletedObjectIsGone(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket := newBucket(t, client)
		put(t, client, bucket, "k", []byte("x"))
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: "k"}); err != nil {
			t.Fatal(err)
		}
		_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: "k"})
		if !errors.Is(err, s3.ErrNoSuchKey) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("GetObject = %v, want ErrNoSuchKey", err)
		}
		_, err = client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: "k"})
		if !errors.Is(err, s3.ErrNoSuchKey) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("HeadObject = %v, want ErrNoSuchKey", err)
		}
		// Deleting what is not there is a success.
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: "k"}); err != nil {
			t.Errorf("DeleteObject again: %v", err)
		}
	})
}

func TestManyObjectsAreDeletedAtOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		keys := []string{"a b", "c&d<e>", "é", `"quoted"'s`, "100%+1"}
		var ids []s3.ObjectIdentifier
		for _, key := range keys {
			put(t, client, bucket, key, []byte(key))
			ids = append(ids, s3.ObjectIdentifier{Key: key})
		}
		put(t, client, bucket, "stays", nil)
		ids = append(ids, s3.ObjectIdentifier{Key: "was never there"})
		out, err := client.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: bucket, Delete: &s3.Delete{Objects: ids}})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Errors) != 0 {
			t.Errorf("Errors = %+v", out.Errors)
		}
		var deleted []string
		for _, d := range out.Deleted {
			deleted = append(deleted, d.Key)
		}
		wantEqual(t, "Deleted", sorted(deleted...), sorted(append([]string{"was never there"}, keys...)...))
		wantEqual(t, "left", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), []string{"stays"})
	})
}

func TestAQuietDeletionSaysNothing(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		put(t, client, bucket, "k", nil)
		out, err := client.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: bucket, Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "k"}}, Quiet: ptr(true)}})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Deleted)+len(out.Errors) != 0 {
			t.Errorf("answer = %+v, want none", out)
		}
		wantEqual(t, "left", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), []string{})
	}, quietDeletion)
}
