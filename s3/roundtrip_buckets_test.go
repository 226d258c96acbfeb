package s3_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var bucketTrips = trips{
	"CreateBucket": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		out := call(t, c.CreateBucket, &s3.CreateBucketInput{Bucket: "vault"})
		same(t, "CreateBucket", out, &s3.CreateBucketOutput{Location: "/vault"}, cmpopts.IgnoreFields(s3.CreateBucketOutput{}, "BucketArn"))
		call(t, c.HeadBucket, &s3.HeadBucketInput{Bucket: "vault"})

		_, c = serve(t, storagetest.WithRegion("eu-west-1"))
		_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: "vault"})
		if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Code != "IllegalLocationConstraintException" || e.Attempts != 1 {
			t.Errorf("without the region: %v", err)
		}
		call(t, c.CreateBucket, &s3.CreateBucketInput{
			Bucket:                    "vault",
			CreateBucketConfiguration: &s3.CreateBucketConfiguration{LocationConstraint: s3.BucketLocationConstraintEuWest1},
		})
	},
	"DeleteBucket": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		put(t, c, "k", "v")
		if _, err := c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: "photos"}); !errors.Is(err, s3.ErrBucketNotEmpty) {
			t.Errorf("a bucket with an object: %v, want ErrBucketNotEmpty", err)
		}
		call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k"})
		out := call(t, c.DeleteBucket, &s3.DeleteBucketInput{Bucket: "photos"})
		if out.ResponseMetadata.StatusCode != 204 || out.ResponseMetadata.RequestID == "" || out.ResponseMetadata.HostID == "" {
			t.Errorf("metadata %+v", out.ResponseMetadata)
		}
		if _, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "photos"}); !errors.Is(err, s3.ErrNoSuchBucket) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("HeadBucket of a deleted bucket: %v", err)
		}
	},
	"HeadBucket": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		out := call(t, c.HeadBucket, &s3.HeadBucketInput{Bucket: "photos"})
		if out.BucketRegion != "us-east-1" {
			t.Errorf("region %q", out.BucketRegion)
		}
		srv.AddBucket(storagetest.BucketSetup{Name: "theirs", Owner: "210987654321"})
		_, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "theirs"})
		if !errors.Is(err, s3.ErrAccessDenied) || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("somebody else's bucket: %v", err)
		}
	},
	"ListBuckets": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		srv.AddBucket(storagetest.BucketSetup{Name: "archive"})
		srv.AddBucket(storagetest.BucketSetup{Name: "vault"})
		var names []string
		for b, err := range paginator.Items(t.Context(), c.ListBuckets, &s3.ListBucketsInput{MaxBuckets: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			if b.CreationDate.IsZero() {
				t.Errorf("%s has no date", b.Name)
			}
			names = append(names, b.Name)
		}
		same(t, "names", names, []string{"archive", "photos", "vault"})
		out := call(t, c.ListBuckets, &s3.ListBucketsInput{Prefix: "va"})
		if len(out.Buckets) != 1 || out.Prefix != "va" || out.Owner.ID == "" {
			t.Errorf("with a prefix: %+v", out)
		}
	},
	"GetBucketLocation": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		if out := call(t, c.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: "photos"}); out.LocationConstraint != "" {
			t.Errorf("us-east-1 is %q, want empty", out.LocationConstraint)
		}
		srv.AddBucket(storagetest.BucketSetup{Name: "ireland", Region: "eu-west-1"})
		if out := call(t, c.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: "ireland"}); out.LocationConstraint != s3.BucketLocationConstraintEuWest1 {
			t.Errorf("eu-west-1 is %q", out.LocationConstraint)
		}
	},
}
