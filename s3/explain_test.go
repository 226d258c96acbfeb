package s3_test

import (
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

func TestARefusalNamesTheChecksumOptionWhereThatMayBeTheCause(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	srv.Inject(storagetest.Fault{Status: 501, Code: "NotImplemented"})
	client, err := s3.New(srv.Config())
	if err != nil {
		t.Fatal(err)
	}
	const hint = "Config.Checksum"
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("x")})
	if err == nil || !strings.Contains(err.Error(), hint) {
		t.Errorf("PutObject = %v, want an error that names %s", err, hint)
	}
	// A server that does not know the operation is not helped by that option.
	_, err = client.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket:                 "photos",
		LifecycleConfiguration: &s3.BucketLifecycleConfiguration{Rules: []s3.LifecycleRule{{Status: s3.ExpirationStatusEnabled}}},
	})
	if err == nil || strings.Contains(err.Error(), hint) {
		t.Errorf("PutBucketLifecycleConfiguration = %v, want an error without %s", err, hint)
	}
}

// TestWhatOtherServersWouldMistakeIsNotSent to them: they have been seen to
// store an annotation in the place of its object.
func TestWhatOtherServersWouldMistakeIsNotSent(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	put(t, newClient(t, srv.Config()), "k", "content")
	sent := len(srv.Requests())
	for _, server := range []s3.Server{s3.ServerUnknown, s3.ServerMinIO, s3.ServerCeph} {
		config := srv.Config()
		config.Server = server
		c, ctx := newClient(t, config), t.Context()
		for name, call := range map[string]func() error{
			"PutObjectAnnotation": func() error {
				_, err := c.PutObjectAnnotation(ctx, &s3.PutObjectAnnotationInput{Bucket: "photos", Key: "k", AnnotationName: "n", AnnotationPayload: strings.NewReader("note")})
				return err
			},
			"DeleteObjectAnnotation": func() error {
				_, err := c.DeleteObjectAnnotation(ctx, &s3.DeleteObjectAnnotationInput{Bucket: "photos", Key: "k", AnnotationName: "n"})
				return err
			},
			"RenameObject": func() error {
				_, err := c.RenameObject(ctx, &s3.RenameObjectInput{Bucket: "photos", Key: "k", RenameSource: "other"})
				return err
			},
			"UpdateObjectEncryption": func() error {
				_, err := c.UpdateObjectEncryption(ctx, &s3.UpdateObjectEncryptionInput{Bucket: "photos", Key: "k", ObjectEncryption: &s3.ObjectEncryption{}})
				return err
			},
		} {
			if err := call(); err == nil || !strings.Contains(err.Error(), name+": not sent") || !strings.Contains(err.Error(), "Config.Server") {
				t.Errorf("%s at %q: %v", name, server, err)
			}
		}
	}
	if n := len(srv.Requests()); n != sent {
		t.Errorf("%d requests were sent", n-sent)
	}
}
