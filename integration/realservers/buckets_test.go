package realservers

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
)

func TestABucketCanBeMadeSeenAndDeleted(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx, name := s.client(t), t.Context(), freshName()
		if _, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: name}); !errors.Is(err, s3.ErrNoSuchBucket) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("HeadBucket before = %v, want ErrNoSuchBucket", err)
		}
		if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: name}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: name}); err != nil {
			t.Errorf("HeadBucket: %v", err)
		}
		i := slices.IndexFunc(allBuckets(t, client, 0), func(b s3.Bucket) bool {
			return b.Name == name && time.Since(b.CreationDate).Abs() < 10*time.Minute
		})
		if i < 0 {
			t.Error("ListBuckets does not have the bucket with the time of its making")
		}
		if _, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: name}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: name}); !errors.Is(err, s3.ErrNoSuchBucket) {
			t.Errorf("DeleteBucket of none = %v, want ErrNoSuchBucket", err)
		}
	})
}

func allBuckets(t *testing.T, client *s3.Client, page int32) []s3.Bucket {
	t.Helper()
	var all []s3.Bucket
	for b, err := range paginator.Items(t.Context(), client.ListBuckets, &s3.ListBucketsInput{MaxBuckets: page}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

func TestBucketsAreListedPageByPage(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		made := sorted(newBucket(t, client), newBucket(t, client), newBucket(t, client))
		var got []string
		for _, b := range allBuckets(t, client, 1) {
			got = append(got, b.Name)
		}
		for _, name := range made {
			if !slices.Contains(got, name) {
				t.Errorf("pages of one bucket do not have %s: %q", name, got)
			}
		}
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("pages of one bucket are %q, want each once and in order", got)
		}
	}, bucketPages)
}

func TestABucketTellsItsLocation(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		out, err := client.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: newBucket(t, client)})
		if err != nil {
			t.Fatal(err)
		}
		// us-east-1 is the absence of a location; some servers name it.
		if got := out.LocationConstraint; got != "" && got != "us-east-1" {
			t.Errorf("LocationConstraint = %q", got)
		}
	})
}

func TestABucketWithObjectsIsNotDeleted(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		put(t, client, bucket, "here", nil)
		_, err := client.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: bucket})
		if !errors.Is(err, s3.ErrBucketNotEmpty) {
			t.Errorf("DeleteBucket = %v, want ErrBucketNotEmpty", err)
		}
		wantContent(t, client, bucket, "here", nil)
	})
}

func TestABucketIsNotMadeTwice(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: bucket})
		// In us-east-1 a second creation by the owner is a success.
		if err != nil && !(errors.Is(err, s3.ErrBucketAlreadyOwnedByYou) && errors.Is(err, fs.ErrExist)) {
			t.Errorf("CreateBucket again = %v, want success or ErrBucketAlreadyOwnedByYou", err)
		}
	})
}

func TestABadBucketNameIsRefused(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		_, err := s.client(t).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: "Not_A_Name"})
		if !errors.Is(err, s3.ErrInvalidBucketName) {
			t.Errorf("CreateBucket = %v, want ErrInvalidBucketName", err)
		}
	}, bucketNames)
}
