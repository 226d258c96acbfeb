package s3_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
)

// TestAnswerThatIsNone gives an empty 200, and one that holds an error, to the
// operations that S3 begins to answer before it knows how they end, to a list,
// and to one whose whole answer is a single member.
func TestAnswerThatIsNone(t *testing.T) {
	source := s3.CopySource("photos", "old", "")
	for name, run := range map[string]func(context.Context, *s3.Client) error{
		"CopyObject": func(ctx context.Context, c *s3.Client) error {
			_, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: "photos", Key: "new", CopySource: source})
			return err
		},
		"UploadPartCopy": func(ctx context.Context, c *s3.Client) error {
			_, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: "photos", Key: "new", UploadId: "u", PartNumber: 1, CopySource: source})
			return err
		},
		"CompleteMultipartUpload": func(ctx context.Context, c *s3.Client) error {
			_, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: "photos", Key: "new", UploadId: "u"})
			return err
		},
		"DeleteObjects": func(ctx context.Context, c *s3.Client) error {
			quiet := true // or it would miss the object in the answer
			_, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Quiet: &quiet, Objects: []s3.ObjectIdentifier{{Key: "old"}}}})
			return err
		},
		"ListObjectsV2": func(ctx context.Context, c *s3.Client) error {
			_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: "photos"})
			return err
		},
		"GetPublicAccessBlock": func(ctx context.Context, c *s3.Client) error {
			_, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: "photos"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := &answers{status: http.StatusOK}
			err := run(t.Context(), canned(t, a))
			if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Attempts != 5 || len(a.sent) != 5 {
				t.Errorf("an empty answer: %v after %d requests, want 5 attempts", err, len(a.sent))
			}
			a = &answers{status: http.StatusOK, body: "<Error><Code>InvalidRequest</Code></Error>"}
			if err := run(t.Context(), canned(t, a)); !errors.Is(err, s3.ErrInvalidRequest) || len(a.sent) != 1 {
				t.Errorf("an error in a 200: %v after %d requests, want %v", err, len(a.sent), s3.ErrInvalidRequest)
			}
		})
	}
}
