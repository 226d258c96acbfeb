package realservers

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
)

func wantDenied(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, s3.ErrAccessDenied) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%s = %v, want ErrAccessDenied", what, err)
	}
}

func TestAnErrorTellsWhatTheServerSaid(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		_, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: freshName(), Key: "k"})
		var e *s3.Error
		if !errors.As(err, &e) || !errors.Is(err, s3.ErrNoSuchBucket) || !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("GetObject = %v, want ErrNoSuchBucket", err)
		}
		if e.Code != "NoSuchBucket" || e.StatusCode != 404 || e.Operation != "GetObject" || e.Attempts != 1 || !strings.Contains(s.URL, e.Host) {
			t.Errorf("error = %+v", e)
		}
		if e.Message == "" {
			t.Error("error has no message")
		}
	})
}

func TestEveryCallOnAMissingBucketSaysSo(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx, none := s.client(t), t.Context(), freshName()
		for name, call := range map[string]func() error{
			"PutObject": func() error { _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: none, Key: "k"}); return err },
			"HeadObject": func() error {
				_, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: none, Key: "k"})
				return err
			},
			"ListObjectsV2": func() error { _, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: none}); return err },
			"ListMultipartUploads": func() error {
				_, err := client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: none})
				return err
			},
			"CreateMultipartUpload": func() error {
				_, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: none, Key: "k"})
				return err
			},
		} {
			if err := call(); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s = %v, want fs.ErrNotExist", name, err)
			}
		}
	})
}

func TestAWrongKeyIsRefused(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		_, err := s.client(t, func(c *s3.Config) {
			c.Credentials = credentials.Static(s.AccessKey, "not the secret", "")
		}).ListBuckets(t.Context(), &s3.ListBucketsInput{})
		if !errors.Is(err, s3.ErrSignatureDoesNotMatch) || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("with a wrong secret: %v, want ErrSignatureDoesNotMatch", err)
		}
		_, err = s.client(t, func(c *s3.Config) {
			c.Credentials = credentials.Static("nobody", s.SecretKey, "")
		}).ListBuckets(t.Context(), &s3.ListBucketsInput{})
		if !errors.Is(err, s3.ErrInvalidAccessKeyId) || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("with an unknown key: %v, want ErrInvalidAccessKeyId", err)
		}
		if err != nil && strings.Contains(err.Error(), s.SecretKey) {
			t.Errorf("the error tells the secret: %v", err)
		}
	}, authentication)
}

func TestAClockThatIsOffIsCorrected(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		for _, off := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
			client := s.client(t, func(c *s3.Config) { c.Clock = func() time.Time { return time.Now().Add(off) } })
			bucket := newBucket(t, client)
			put(t, client, bucket, "k", content(300_000))
			wantContent(t, client, bucket, "k", content(300_000))
		}
	}, authentication)
}

func TestAServerThatIsNotThereIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	client, err := s3.New(s3.Config{Endpoint: "http://" + addr, PathStyle: true, Credentials: credentials.Static("k", "s", "")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "bucket"})
	var e *s3.Error
	if !errors.As(err, &e) || e.Host != addr || e.Attempts < 2 || e.Code != "" || !strings.Contains(err.Error(), "HeadBucket") {
		t.Errorf("HeadBucket = %v, want an error that names the call and %s", err, addr)
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.client(t).ListBuckets(ctx, &s3.ListBucketsInput{}); !errors.Is(err, context.Canceled) {
			t.Errorf("ListBuckets = %v, want context.Canceled", err)
		}
	})
}
