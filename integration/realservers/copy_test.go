package realservers

import (
	"bytes"
	"errors"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
)

func TestACopyTakesMetadataAlong(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		from, to, body := newBucket(t, client), newBucket(t, client), content(3000)
		in := &s3.PutObjectInput{Bucket: from, Key: "a key+é", Body: bytes.NewReader(body), ContentType: "text/a", Metadata: map[string]string{"m": "1"}}
		if _, err := client.PutObject(ctx, in); err != nil {
			t.Fatal(err)
		}
		source := s3.CopySource(from, "a key+é", "")
		out, err := client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: to, Key: "copy", CopySource: source})
		if err != nil {
			t.Fatal(err)
		}
		got, gotBody := get(t, client, &s3.GetObjectInput{Bucket: to, Key: "copy"})
		wantBytes(t, "copy", gotBody, body)
		if got.ContentType != "text/a" || got.Metadata["m"] != "1" {
			t.Errorf("copy has ContentType %q and metadata %v", got.ContentType, got.Metadata)
		}
		if out.CopyObjectResult.ETag != got.ETag || out.CopyObjectResult.LastModified.IsZero() {
			t.Errorf("CopyObjectResult = %+v, want ETag %s and a time", out.CopyObjectResult, got.ETag)
		}
		// REPLACE takes what the call says, also onto the object itself.
		_, err = client.CopyObject(ctx, &s3.CopyObjectInput{
			Bucket: from, Key: "a key+é", CopySource: source, MetadataDirective: s3.MetadataDirectiveReplace,
			ContentType: "text/b", Metadata: map[string]string{"n": "2"},
		})
		if err != nil {
			t.Fatal(err)
		}
		got, gotBody = get(t, client, &s3.GetObjectInput{Bucket: from, Key: "a key+é"})
		wantBytes(t, "object copied onto itself", gotBody, body)
		wantEqual(t, "metadata after REPLACE", got.Metadata, map[string]string{"n": "2"})
		if got.ContentType != "text/b" {
			t.Errorf("ContentType after REPLACE = %q", got.ContentType)
		}
	})
}

func TestACopyOfNothingIsAnError(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		_, err := client.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: bucket, Key: "copy", CopySource: s3.CopySource(bucket, "none", "")})
		if !errors.Is(err, s3.ErrNoSuchKey) {
			t.Errorf("CopyObject = %v, want ErrNoSuchKey", err)
		}
	})
}

func TestACopyOnConditionOfAnETagIsOfThatObjectOnly(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		etag := put(t, client, bucket, "k", []byte("x")).ETag
		in := &s3.CopyObjectInput{Bucket: bucket, Key: "copy", CopySource: s3.CopySource(bucket, "k", ""), CopySourceIfMatch: staleETag}
		if _, err := client.CopyObject(t.Context(), in); !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("copy if another ETag = %v, want ErrPreconditionFailed", err)
		}
		in.CopySourceIfMatch = etag
		if _, err := client.CopyObject(t.Context(), in); err != nil {
			t.Error(err)
		}
	}, copyIfMatch)
}

func TestACopyOnConditionOfAnotherETagIsNotOfTheKnownObject(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		etag := put(t, client, bucket, "k", []byte("x")).ETag
		in := &s3.CopyObjectInput{Bucket: bucket, Key: "copy", CopySource: s3.CopySource(bucket, "k", ""), CopySourceIfNoneMatch: etag}
		if _, err := client.CopyObject(t.Context(), in); !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("copy if not this ETag = %v, want ErrPreconditionFailed", err)
		}
		in.CopySourceIfNoneMatch = staleETag
		if _, err := client.CopyObject(t.Context(), in); err != nil {
			t.Error(err)
		}
	}, copyIfNoneMatch)
}
