package realservers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
)

func ptr[T any](v T) *T { return &v }

// newBucket makes a bucket that goes away, with all that is in it, when the
// test ends.
func newBucket(t *testing.T, client *s3.Client) string {
	t.Helper()
	name := freshName()
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := removeBucket(ctx, client, name); err != nil {
			t.Errorf("removing the bucket: %v", err)
		}
	})
	return name
}

func freshName() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return "it-" + hex.EncodeToString(b[:])
}

func removeBucket(ctx context.Context, client *s3.Client, name string) error {
	for upload, err := range paginator.Items(ctx, client.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: name}) {
		if err != nil {
			return err
		}
		if _, err := client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: name, Key: upload.Key, UploadId: upload.UploadId}); err != nil {
			return err
		}
	}
	// Listed whole before anything goes: a server may list by position.
	var keys []string
	for object, err := range paginator.Items(ctx, client.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: name}) {
		if err != nil {
			return err
		}
		keys = append(keys, object.Key)
	}
	for _, key := range keys {
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: name, Key: key}); err != nil {
			return err
		}
	}
	_, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: name})
	return err
}

// content returns n bytes that look random and are the same in every run.
func content(n int) []byte {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], uint64(n))
	b := make([]byte, n)
	_, _ = mathrand.NewChaCha8(seed).Read(b) // never fails
	return b
}

func put(t *testing.T, client *s3.Client, bucket, key string, body []byte) *s3.PutObjectOutput {
	t.Helper()
	out, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func get(t *testing.T, client *s3.Client, in *s3.GetObjectInput) (*s3.GetObjectOutput, []byte) {
	t.Helper()
	out, err := client.GetObject(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return out, body
}

// wantContent fails the test unless the object holds just these bytes.
func wantContent(t *testing.T, client *s3.Client, bucket, key string, want []byte) {
	t.Helper()
	_, got := get(t, client, &s3.GetObjectInput{Bucket: bucket, Key: key})
	wantBytes(t, key, got, want)
}

func wantBytes(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got %s, want %s", what, describe(got), describe(want))
	}
}

// describe keeps megabytes out of messages.
func describe(b []byte) string {
	if len(b) <= 64 {
		return fmt.Sprintf("%q", b)
	}
	return fmt.Sprintf("%d bytes beginning with %x", len(b), b[:16])
}

func wantEqual[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// listed returns the keys in the order of the listing.
func listed(t *testing.T, client *s3.Client, in *s3.ListObjectsV2Input) []string {
	t.Helper()
	keys := []string{}
	for object, err := range paginator.Items(t.Context(), client.ListObjectsV2, in) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, object.Key)
	}
	return keys
}

func sorted(keys ...string) []string {
	slices.Sort(keys)
	return keys
}
