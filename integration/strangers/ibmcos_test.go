package strangers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/IBM/ibm-cos-sdk-go/aws"
	"github.com/IBM/ibm-cos-sdk-go/aws/awserr"
	"github.com/IBM/ibm-cos-sdk-go/aws/credentials"
	"github.com/IBM/ibm-cos-sdk-go/aws/credentials/ibmiam"
	"github.com/IBM/ibm-cos-sdk-go/aws/session"
	"github.com/IBM/ibm-cos-sdk-go/service/s3"
	"github.com/IBM/ibm-cos-sdk-go/service/s3/s3manager"

	"github.com/entrepot-go/entrepot/storagetest"
)

// eachIBM runs the test with the two kinds of credentials that IBM knows.
func eachIBM(t *testing.T, test func(t *testing.T, srv *storagetest.IBMCOS, client *s3.S3)) {
	kinds := map[string]func(srv *storagetest.IBMCOS) *credentials.Credentials{
		"an API key": func(srv *storagetest.IBMCOS) *credentials.Credentials {
			return ibmiam.NewStaticCredentials(aws.NewConfig(), srv.TokenURL(), srv.APIKey(), srv.ServiceInstance())
		},
		"an HMAC key": func(*storagetest.IBMCOS) *credentials.Credentials {
			return credentials.NewStaticCredentials(keyID, secret, "")
		},
	}
	for name, make := range kinds {
		t.Run(name, func(t *testing.T) {
			srv := storagetest.NewIBMCOS(storagetest.WithCredentials(keyID, secret))
			defer srv.Close()
			test(t, srv, ibmClient(t, srv, make(srv)))
		})
	}
}

func ibmClient(t *testing.T, srv *storagetest.IBMCOS, keys *credentials.Credentials) *s3.S3 {
	t.Helper()
	config := aws.NewConfig().WithRegion("us-standard").WithEndpoint(srv.URL).WithS3ForcePathStyle(true).WithCredentials(keys)
	s, err := session.NewSession(config)
	must(t, err)
	return s3.New(s)
}

func TestIBMSDKManagesBuckets(t *testing.T) {
	eachIBM(t, func(t *testing.T, srv *storagetest.IBMCOS, client *s3.S3) {
		_, err := client.CreateBucket(&s3.CreateBucketInput{
			Bucket: aws.String("photos"), CreateBucketConfiguration: &s3.CreateBucketConfiguration{LocationConstraint: aws.String("us-south-standard")},
		})
		must(t, err)
		_, err = client.HeadBucket(&s3.HeadBucketInput{Bucket: aws.String("photos")})
		must(t, err)
		list, err := client.ListBucketsExtended(&s3.ListBucketsExtendedInput{})
		must(t, err)
		if len(list.Buckets) != 1 || *list.Buckets[0].Name != "photos" || *list.Buckets[0].LocationConstraint != "us-south-standard" {
			t.Errorf("ListBucketsExtended = %v", list)
		}
		_, err = client.DeleteBucket(&s3.DeleteBucketInput{Bucket: aws.String("photos")})
		must(t, err)
		_, err = client.ListObjects(&s3.ListObjectsInput{Bucket: aws.String("photos")})
		wantIBMCode(t, "ListObjects", err, "NoSuchBucket")
	})
}

func wantIBMCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var e awserr.Error
	if !errors.As(err, &e) || e.Code() != code {
		t.Errorf("%s = %v, want %s", what, err, code)
	}
}

func TestIBMSDKMovesObjects(t *testing.T) {
	eachIBM(t, func(t *testing.T, srv *storagetest.IBMCOS, client *s3.S3) {
		srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
		for i, key := range []string{"100%", "a b+c&d.txt", "é/日本語", "x<y>&z"} {
			body := content(i * 1000)
			_, err := client.PutObject(&s3.PutObjectInput{
				Bucket: aws.String("photos"), Key: &key, Body: bytes.NewReader(body), ContentType: aws.String("text/x"), Metadata: aws.StringMap(map[string]string{"M": "v"}),
			})
			must(t, err)
			got, err := client.GetObject(&s3.GetObjectInput{Bucket: aws.String("photos"), Key: &key})
			must(t, err)
			gotBody, err := io.ReadAll(got.Body)
			must(t, err)
			wantBytes(t, key, gotBody, body)
			if *got.ContentType != "text/x" || *got.Metadata["M"] != "v" {
				t.Errorf("%q: %+v", key, got)
			}
			_, err = client.CopyObject(&s3.CopyObjectInput{Bucket: aws.String("photos"), Key: aws.String(fmt.Sprint("copy", i)), CopySource: aws.String("photos/100%25")})
			must(t, err)
		}
		list, err := client.ListObjects(&s3.ListObjectsInput{Bucket: aws.String("photos"), Prefix: aws.String("x<")})
		must(t, err)
		if len(list.Contents) != 1 || *list.Contents[0].Key != "x<y>&z" {
			t.Errorf("ListObjects = %v", list)
		}
		_, err = client.DeleteObjects(&s3.DeleteObjectsInput{Bucket: aws.String("photos"), Delete: &s3.Delete{Objects: []*s3.ObjectIdentifier{{Key: aws.String("x<y>&z")}}}})
		must(t, err)
		_, err = client.GetObject(&s3.GetObjectInput{Bucket: aws.String("photos"), Key: aws.String("x<y>&z")})
		wantIBMCode(t, "GetObject", err, "NoSuchKey")
	})
}

func TestIBMSDKUploadsInParts(t *testing.T) {
	eachIBM(t, func(t *testing.T, srv *storagetest.IBMCOS, client *s3.S3) {
		srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
		body := content(17 * mib)
		uploader := s3manager.NewUploaderWithClient(client)
		_, err := uploader.Upload(&s3manager.UploadInput{Bucket: aws.String("photos"), Key: aws.String("large"), Body: bytes.NewReader(body)})
		must(t, err)
		got := aws.NewWriteAtBuffer(nil)
		_, err = s3manager.NewDownloaderWithClient(client).Download(got, &s3.GetObjectInput{Bucket: aws.String("photos"), Key: aws.String("large")})
		must(t, err)
		wantBytes(t, "large", got.Bytes(), body)
		uploads, err := client.ListMultipartUploads(&s3.ListMultipartUploadsInput{Bucket: aws.String("photos")})
		must(t, err)
		if len(uploads.Uploads) != 0 {
			t.Errorf("uploads left: %v", uploads)
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestIBMSDKProtectsObjects(t *testing.T) {
	eachIBM(t, func(t *testing.T, srv *storagetest.IBMCOS, client *s3.S3) {
		srv.AddBucket(storagetest.BucketSetup{Name: "records"})
		bucket, key := aws.String("records"), aws.String("k")
		days := func(n int64) *int64 { return &n }
		_, err := client.PutBucketProtectionConfiguration(&s3.PutBucketProtectionConfigurationInput{
			Bucket: bucket,
			ProtectionConfiguration: &s3.ProtectionConfiguration{
				Status:           aws.String("Retention"),
				MinimumRetention: &s3.BucketProtectionMinimumRetention{Days: days(1)},
				DefaultRetention: &s3.BucketProtectionDefaultRetention{Days: days(2)},
				MaximumRetention: &s3.BucketProtectionMaximumRetention{Days: days(30)},
			},
		})
		must(t, err)
		got, err := client.GetBucketProtectionConfiguration(&s3.GetBucketProtectionConfigurationInput{Bucket: bucket})
		must(t, err)
		if p := got.ProtectionConfiguration; *p.Status != "Retention" || *p.DefaultRetention.Days != 2 || *p.MaximumRetention.Days != 30 {
			t.Errorf("ProtectionConfiguration = %v", p)
		}
		_, err = client.PutObject(&s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader([]byte("x"))})
		must(t, err)
		_, err = client.AddLegalHold(&s3.AddLegalHoldInput{Bucket: bucket, Key: key, RetentionLegalHoldId: aws.String("case-1")})
		must(t, err)
		holds, err := client.ListLegalHolds(&s3.ListLegalHoldsInput{Bucket: bucket, Key: key})
		must(t, err)
		if len(holds.LegalHolds) != 1 || *holds.LegalHolds[0].ID != "case-1" || holds.LegalHolds[0].Date == nil || holds.RetentionPeriodExpirationDate == nil {
			t.Errorf("ListLegalHolds = %v", holds)
		}
		if _, err = client.DeleteObject(&s3.DeleteObjectInput{Bucket: bucket, Key: key}); err == nil {
			t.Error("an object under retention was deleted")
		}
		_, err = client.DeleteLegalHold(&s3.DeleteLegalHoldInput{Bucket: bucket, Key: key, RetentionLegalHoldId: aws.String("case-1")})
		must(t, err)
	})
}

func TestIBMSDKIsRefusedWithAWrongAPIKey(t *testing.T) {
	srv := storagetest.NewIBMCOS()
	defer srv.Close()
	client := ibmClient(t, srv, ibmiam.NewStaticCredentials(aws.NewConfig(), srv.TokenURL(), "wrong", srv.ServiceInstance()))
	if _, err := client.ListBuckets(&s3.ListBucketsInput{}); err == nil {
		t.Error("ListBuckets went through with a wrong API key")
	}
}
