package strangers

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lightsail"
	"github.com/aws/aws-sdk-go-v2/service/lightsail/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/entrepot-go/entrepot/storagetest"
)

func newLightsail(t *testing.T) (*storagetest.Lightsail, *lightsail.Client) {
	t.Helper()
	srv := storagetest.NewLightsail(storagetest.WithCredentials(keyID, secret))
	t.Cleanup(srv.Close)
	return srv, lightsail.New(lightsail.Options{
		Region: "us-east-1", BaseEndpoint: &srv.URL, Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, ""),
	})
}

func TestAWSSDKMakesLightsailBuckets(t *testing.T) {
	srv, client := newLightsail(t)
	ctx := t.Context()
	made, err := client.CreateBucket(ctx, &lightsail.CreateBucketInput{
		BucketName: ptr("photos"), BundleId: ptr("small_1_0"), EnableObjectVersioning: ptr(true), Tags: []types.Tag{{Key: ptr("a"), Value: ptr("b")}},
	})
	must(t, err)
	if *made.Bucket.Name != "photos" || made.Bucket.CreatedAt == nil || *made.Bucket.State.Code != "OK" || made.Operations[0].OperationType != types.OperationTypeCreateBucket {
		t.Errorf("CreateBucket = %+v", made)
	}
	list, err := client.GetBuckets(ctx, &lightsail.GetBucketsInput{IncludeConnectedResources: ptr(true)})
	must(t, err)
	if len(list.Buckets) != 1 || *list.Buckets[0].Arn != *made.Bucket.Arn || *list.Buckets[0].ObjectVersioning != "Enabled" || *list.Buckets[0].Tags[0].Value != "b" {
		t.Errorf("GetBuckets = %+v", list.Buckets)
	}
	wantEqual(t, "refusals", refusals(srv.Server), nil)

	_, err = client.GetBuckets(ctx, &lightsail.GetBucketsInput{BucketName: ptr("nowhere")})
	if _, ok := errors.AsType[*types.NotFoundException](err); !ok {
		t.Errorf("GetBuckets of none = %v, want NotFoundException", err)
	}
	_, err = client.CreateBucket(ctx, &lightsail.CreateBucketInput{BucketName: ptr("photos"), BundleId: ptr("no_such_bundle")})
	if _, ok := errors.AsType[*types.InvalidInputException](err); !ok {
		t.Errorf("CreateBucket of an unknown bundle = %v, want InvalidInputException", err)
	}
}

func TestAWSSDKReachesALightsailBucketByItsAccessKey(t *testing.T) {
	srv, client := newLightsail(t)
	ctx := t.Context()
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	made, err := client.CreateBucketAccessKey(ctx, &lightsail.CreateBucketAccessKeyInput{BucketName: ptr("photos")})
	must(t, err)
	objects := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &srv.URL, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, ""),
	})
	_, err = objects.PutObject(ctx, &s3.PutObjectInput{Bucket: ptr("photos"), Key: ptr("a/b c"), Body: strings.NewReader("hello")})
	must(t, err)
	got, err := objects.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("photos"), Key: ptr("a/b c")})
	must(t, err)
	body, err := io.ReadAll(got.Body)
	must(t, err)
	wantBytes(t, "object", body, []byte("hello"))
	keys, err := client.GetBucketAccessKeys(ctx, &lightsail.GetBucketAccessKeysInput{BucketName: ptr("photos")})
	must(t, err)
	if len(keys.AccessKeys) != 1 || keys.AccessKeys[0].SecretAccessKey != nil || keys.AccessKeys[0].LastUsed.LastUsedDate == nil {
		t.Errorf("GetBucketAccessKeys = %+v, want the one, without its secret, with the time of its use", keys.AccessKeys)
	}
	_, err = client.DeleteBucket(ctx, &lightsail.DeleteBucketInput{BucketName: ptr("photos")})
	if _, ok := errors.AsType[*types.InvalidInputException](err); !ok {
		t.Errorf("DeleteBucket of one in use = %v, want InvalidInputException", err)
	}
	_, err = client.DeleteBucketAccessKey(ctx, &lightsail.DeleteBucketAccessKeyInput{BucketName: ptr("photos"), AccessKeyId: made.AccessKey.AccessKeyId})
	must(t, err)
	_, err = objects.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("photos"), Key: ptr("a/b c")})
	wantCode(t, "GetObject with a deleted key", err, "InvalidAccessKeyId")
	_, err = client.DeleteBucket(ctx, &lightsail.DeleteBucketInput{BucketName: ptr("photos"), ForceDelete: ptr(true)})
	must(t, err)
}

func TestAWSSDKPagesThroughLightsailBuckets(t *testing.T) {
	srv, client := newLightsail(t)
	srv.SetPageSize(2)
	want := []string{"bucket-a", "bucket-b", "bucket-c", "bucket-d", "bucket-e"}
	for _, name := range want {
		srv.AddBucket(storagetest.LightsailBucket{Name: name})
	}
	var got []string
	in := &lightsail.GetBucketsInput{}
	for {
		page, err := client.GetBuckets(t.Context(), in)
		must(t, err)
		for _, b := range page.Buckets {
			got = append(got, *b.Name)
		}
		if page.NextPageToken == nil {
			break
		}
		in.PageToken = page.NextPageToken
	}
	wantEqual(t, "buckets", got, want)
}

func TestAWSSDKIsRefusedByLightsailWithAWrongSecret(t *testing.T) {
	_, client := newLightsail(t)
	_, err := client.GetBuckets(t.Context(), &lightsail.GetBucketsInput{}, func(o *lightsail.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider(keyID, "wrong", "")
	})
	wantCode(t, "GetBuckets", err, "InvalidSignatureException")
}
