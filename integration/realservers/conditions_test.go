package realservers

import (
	"bytes"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/s3"
)

const staleETag = `"00000000000000000000000000000000"`

func TestAWriteOnConditionOfAbsenceHappensOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		in := &s3.PutObjectInput{Bucket: bucket, Key: "k", Body: bytes.NewReader([]byte("first")), IfNoneMatch: "*"}
		if _, err := client.PutObject(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		in.Body = bytes.NewReader([]byte("second"))
		if _, err := client.PutObject(t.Context(), in); !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("second write = %v, want ErrPreconditionFailed", err)
		}
		wantContent(t, client, bucket, "k", []byte("first"))
	})
}

func TestAWriteOnConditionOfAnETagReplacesThatObjectOnly(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		first := put(t, client, bucket, "k", []byte("first"))
		in := &s3.PutObjectInput{Bucket: bucket, Key: "k", Body: bytes.NewReader([]byte("second")), IfMatch: first.ETag}
		if _, err := client.PutObject(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		in.Body = bytes.NewReader([]byte("third"))
		if _, err := client.PutObject(t.Context(), in); !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("write with the old ETag = %v, want ErrPreconditionFailed", err)
		}
		wantContent(t, client, bucket, "k", []byte("second"))
		in.Key, in.Body = "absent", bytes.NewReader(nil)
		if _, err := client.PutObject(t.Context(), in); !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("write over nothing = %v, want ErrNoSuchKey or ErrPreconditionFailed", err)
		}
	})
}

func TestReadsKeepTheirConditions(t *testing.T) {
	past, future := time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	tests := []struct {
		name   string
		change func(in *s3.GetObjectInput, etag string)
		want   error
	}{
		{name: "the ETag it has", change: func(in *s3.GetObjectInput, etag string) { in.IfMatch = etag }},
		{name: "another ETag", change: func(in *s3.GetObjectInput, _ string) { in.IfMatch = staleETag }, want: s3.ErrPreconditionFailed},
		{name: "not another ETag", change: func(in *s3.GetObjectInput, _ string) { in.IfNoneMatch = staleETag }},
		{name: "not the ETag it has", change: func(in *s3.GetObjectInput, etag string) { in.IfNoneMatch = etag }, want: s3.ErrNotModified},
		{name: "modified since yesterday", change: func(in *s3.GetObjectInput, _ string) { in.IfModifiedSince = past }},
		{name: "unmodified since yesterday", change: func(in *s3.GetObjectInput, _ string) { in.IfUnmodifiedSince = past }, want: s3.ErrPreconditionFailed},
		{name: "unmodified until tomorrow", change: func(in *s3.GetObjectInput, _ string) { in.IfUnmodifiedSince = future }},
	}
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		etag := put(t, client, bucket, "k", []byte("x")).ETag
		for _, tt := range tests {
			in := &s3.GetObjectInput{Bucket: bucket, Key: "k"}
			tt.change(in, etag)
			out, err := client.GetObject(t.Context(), in)
			if err == nil {
				out.Body.Close()
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("GetObject if %s = %v, want %v", tt.name, err, tt.want)
			}
			head := &s3.HeadObjectInput{
				Bucket: bucket, Key: "k", IfMatch: in.IfMatch, IfNoneMatch: in.IfNoneMatch,
				IfModifiedSince: in.IfModifiedSince, IfUnmodifiedSince: in.IfUnmodifiedSince,
			}
			if _, err := client.HeadObject(t.Context(), head); !errors.Is(err, tt.want) {
				t.Errorf("HeadObject if %s = %v, want %v", tt.name, err, tt.want)
			}
		}
	})
}

func TestADeletionOnConditionOfAnETagSparesOtherObjects(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		etag := put(t, client, bucket, "k", []byte("x")).ETag
		in := &s3.DeleteObjectInput{Bucket: bucket, Key: "k", IfMatch: staleETag}
		if _, err := client.DeleteObject(t.Context(), in); !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("DeleteObject with another ETag = %v, want ErrPreconditionFailed", err)
		}
		wantContent(t, client, bucket, "k", []byte("x"))
		in.IfMatch = etag
		if _, err := client.DeleteObject(t.Context(), in); err != nil {
			t.Error(err)
		}
		wantEqual(t, "left", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), []string{})
	}, deleteIfMatch)
}
