package ibmcos_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
)

var bucketTrips = trips{
	"CreateBucket": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		call(t, c.CreateBucket, &ibmcos.CreateBucketInput{
			Bucket:                    "vault",
			CreateBucketConfiguration: &ibmcos.CreateBucketConfiguration{LocationConstraint: ibmcos.BucketLocationConstraintUsSouthVault},

			IBMSSEKPEncryptionAlgorithm: "AES256", IBMSSEKPCustomerRootKeyCrn: "crn:v1:bluemix:public:kms:us-south:a/1:2:key:3",
		})
		out := call(t, c.HeadBucket, &ibmcos.HeadBucketInput{Bucket: "vault"})
		same(t, "HeadBucket", out, &ibmcos.HeadBucketOutput{IBMSSEKPEnabled: true, IBMSSEKPCrkId: "crn:v1:bluemix:public:kms:us-south:a/1:2:key:3"})
		_, err := c.CreateBucket(t.Context(), &ibmcos.CreateBucketInput{
			Bucket:                    "elsewhere",
			CreateBucketConfiguration: &ibmcos.CreateBucketConfiguration{LocationConstraint: ibmcos.BucketLocationConstraintEuDeStandard},
		})
		if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.Code != "InvalidLocationConstraint" {
			t.Errorf("another location: %v", err)
		}
	},
	"DeleteBucket": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		put(t, c, "k", "v")
		if _, err := c.DeleteBucket(t.Context(), &ibmcos.DeleteBucketInput{Bucket: "photos"}); !errors.Is(err, ibmcos.ErrBucketNotEmpty) {
			t.Errorf("a bucket with an object: %v", err)
		}
		call(t, c.DeleteObject, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "k"})
		call(t, c.DeleteBucket, &ibmcos.DeleteBucketInput{Bucket: "photos"})
		if _, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after DeleteBucket: %v", err)
		}
	},
	"HeadBucket": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		out := call(t, c.HeadBucket, &ibmcos.HeadBucketInput{Bucket: "photos"})
		same(t, "HeadBucket", out, &ibmcos.HeadBucketOutput{})
		if out.ResponseMetadata.RequestID == "" {
			t.Errorf("metadata %+v", out.ResponseMetadata)
		}
		if _, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "none"}); !errors.Is(err, ibmcos.ErrNoSuchBucket) {
			t.Errorf("no bucket: %v", err)
		}
	},
	"ListBuckets": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		srv.AddBucket(storagetest.BucketSetup{Name: "vault"})
		out := call(t, c.ListBuckets, nil)
		same(t, "ListBuckets", out.Buckets, []ibmcos.Bucket{{Name: "photos"}, {Name: "vault"}})
	},
	"ListBucketsExtended": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		for _, name := range []string{"a", "b", "c"} {
			call(t, c.CreateBucket, &ibmcos.CreateBucketInput{
				Bucket:                    "vault-" + name,
				CreateBucketConfiguration: &ibmcos.CreateBucketConfiguration{LocationConstraint: ibmcos.BucketLocationConstraintUsSouthCold},
			})
		}
		var got []ibmcos.Bucket
		for b, err := range paginator.Items(t.Context(), c.ListBucketsExtended, &ibmcos.ListBucketsExtendedInput{Prefix: "vault-", MaxKeys: new(int32(2))}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b)
		}
		cold := ibmcos.BucketLocationConstraintUsSouthCold
		same(t, "buckets", got, []ibmcos.Bucket{
			{Name: "vault-a", LocationConstraint: cold}, {Name: "vault-b", LocationConstraint: cold}, {Name: "vault-c", LocationConstraint: cold},
		})
	},
	"GetBucketLocation": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		call(t, c.CreateBucket, &ibmcos.CreateBucketInput{
			Bucket:                    "smart",
			CreateBucketConfiguration: &ibmcos.CreateBucketConfiguration{LocationConstraint: "us-south-smart"}, // a code without a constant
		})
		call(t, c.CreateBucket, &ibmcos.CreateBucketInput{Bucket: "standard"})
		for bucket, want := range map[string]ibmcos.BucketLocationConstraint{"standard": ibmcos.BucketLocationConstraintUsSouthStandard, "smart": "us-south-smart"} {
			same(t, "location of "+bucket, call(t, c.GetBucketLocation, &ibmcos.GetBucketLocationInput{Bucket: bucket}).LocationConstraint, want)
		}
		absent(t, c.GetBucketLocation, &ibmcos.GetBucketLocationInput{Bucket: "none"}, ibmcos.ErrNoSuchBucket)
	},
	"PutBucketVersioning": bucketVersioning,
	"GetBucketVersioning": bucketVersioning,
}

func bucketVersioning(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketVersioningInput{Bucket: "photos"}
	same(t, "of a new bucket", call(t, c.GetBucketVersioning, get), &ibmcos.GetBucketVersioningOutput{})
	for _, status := range []ibmcos.BucketVersioningStatus{ibmcos.BucketVersioningStatusEnabled, ibmcos.BucketVersioningStatusSuspended} {
		call(t, c.PutBucketVersioning, &ibmcos.PutBucketVersioningInput{Bucket: "photos", VersioningConfiguration: &ibmcos.VersioningConfiguration{Status: status}})
		same(t, "as put", call(t, c.GetBucketVersioning, get), &ibmcos.GetBucketVersioningOutput{Status: status})
	}
}
