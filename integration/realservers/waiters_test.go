package realservers

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/waiter"
)

// impatient is a condition asked often enough for a test.
func impatient[In, Out any](c waiter.Condition[In, Out]) waiter.Condition[In, Out] {
	c.Delay = 10 * time.Millisecond
	return c
}

// then makes a call that runs after once it has been made for the first time.
func then[In, Out any](call func(context.Context, *In, ...s3.Option) (*Out, error), after func() error) func(context.Context, *In, ...s3.Option) (*Out, error) {
	done := false
	return func(ctx context.Context, in *In, opts ...s3.Option) (*Out, error) {
		out, err := call(ctx, in, opts...)
		if !done {
			done = true
			if failed := after(); failed != nil {
				return nil, failed
			}
		}
		return out, err
	}
}

func TestWaitersSeeWhatHappens(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx, bucket := s.client(t), t.Context(), freshName()
		create := func() error { _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}); return err }
		drop := func() error { _, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}); return err }
		write := func() error {
			_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: "k"})
			return err
		}
		remove := func() error {
			_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: "k"})
			return err
		}
		theBucket, theObject := &s3.HeadBucketInput{Bucket: bucket}, &s3.HeadObjectInput{Bucket: bucket, Key: "k"}

		if err := waiter.Wait(ctx, impatient(s3.BucketExists), then(client.HeadBucket, create), theBucket); err != nil {
			t.Fatal(err)
		}
		if err := waiter.Wait(ctx, impatient(s3.ObjectExists), then(client.HeadObject, write), theObject); err != nil {
			t.Error(err)
		}
		if err := waiter.Wait(ctx, impatient(s3.ObjectNotExists), then(client.HeadObject, remove), theObject); err != nil {
			t.Error(err)
		}
		if err := waiter.Wait(ctx, impatient(s3.BucketNotExists), then(client.HeadBucket, drop), theBucket); err != nil {
			t.Error(err)
		}
		never := impatient(s3.BucketExists)
		never.MaxAttempts = 3
		if err := waiter.Wait(ctx, never, client.HeadBucket, theBucket); !errors.Is(err, waiter.ErrAttempts) {
			t.Errorf("waiting for a bucket that never comes = %v, want ErrAttempts", err)
		}
	})
}
