package strangers

import (
	"bytes"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/IBM/ibm-cos-sdk-go/aws"
	"github.com/IBM/ibm-cos-sdk-go/aws/credentials"
	"github.com/IBM/ibm-cos-sdk-go/service/s3"
	"github.com/IBM/ibm-cos-sdk-go/service/s3/s3iface"

	"github.com/entrepot-go/entrepot/storagetest"
)

// ibmLeftOut are the operations of IBM's SDK that no scenario drives, and why.
var ibmLeftOut = map[string]string{}

// TestIBMSDKExercisesEveryOperation runs scenarios until every operation of
// IBM's SDK has had its way, with either kind of credentials.
func TestIBMSDKExercisesEveryOperation(t *testing.T) {
	api := reflect.TypeFor[s3iface.S3API]()
	var operations []string
	for i := range api.NumMethod() {
		name := api.Method(i).Name
		if _, is := api.MethodByName(name + "Request"); is && ibmLeftOut[name] == "" {
			operations = append(operations, name)
		}
	}
	if len(operations)+len(ibmLeftOut) != 63 {
		t.Errorf("the SDK has %d operations: %q", len(operations), operations)
	}
	eachIBM(t, func(t *testing.T, srv *storagetest.IBMCOS, client *s3.S3) {
		for name, run := range ibmScenarios {
			t.Run(name, func(t *testing.T) {
				srv.AddBucket(storagetest.BucketSetup{Name: name})
				run(t, srv, client, aws.String(name))
			})
		}
		done := make(map[string]bool)
		for _, r := range srv.Requests() {
			if r.Status < 400 && r.Status != 0 {
				done[r.Operation] = true
			}
		}
		wantEqual(t, "operations that were never carried out", slices.DeleteFunc(slices.Clone(operations), func(name string) bool { return done[name] }), []string{})
	})
}

// got returns the output of a call that must succeed.
func got[In, Out any](t *testing.T, call func(*In) (*Out, error), in In) *Out {
	t.Helper()
	out, err := call(&in)
	must(t, err)
	return out
}

// refused wants a call to fail with a code.
func refused[In, Out any](t *testing.T, call func(*In) (*Out, error), in In, code string) {
	t.Helper()
	_, err := call(&in)
	wantIBMCode(t, reflect.TypeFor[In]().Name(), err, code)
}

// ibmScenarios have a bucket of their own each.
var ibmScenarios = map[string]func(t *testing.T, srv *storagetest.IBMCOS, c *s3.S3, bucket *string){
	"buckets":     ibmBuckets,
	"settings":    ibmSettings,
	"objects":     ibmObjects,
	"parts":       ibmParts,
	"versions":    ibmVersions,
	"locks":       ibmLocks,
	"retention":   ibmRetention,
	"archive":     ibmArchive,
	"replication": ibmReplicas,
}

func ibmBuckets(t *testing.T, _ *storagetest.IBMCOS, c *s3.S3, _ *string) {
	name := aws.String("made")
	make := s3.CreateBucketInput{
		Bucket: name, CreateBucketConfiguration: &s3.CreateBucketConfiguration{LocationConstraint: aws.String("us-south-smart")},
		IBMSSEKPEncryptionAlgorithm: aws.String("AES256"), IBMSSEKPCustomerRootKeyCrn: aws.String("crn:v1:bluemix:public:kms:us-south:a/b:c:key:d"),
	}
	wantEqual(t, "Location", *got(t, c.CreateBucket, make).Location, "/made")
	refused(t, c.CreateBucket, make, "BucketAlreadyOwnedByYou")
	make.Bucket, make.CreateBucketConfiguration = aws.String("elsewhere"), &s3.CreateBucketConfiguration{LocationConstraint: aws.String("eu-de-smart")}
	refused(t, c.CreateBucket, make, "InvalidLocationConstraint")
	wantEqual(t, "LocationConstraint", *got(t, c.GetBucketLocation, s3.GetBucketLocationInput{Bucket: name}).LocationConstraint, "us-south-smart")
	// The SDK reads the name of the key from a header that the documentation
	// does not have; the server goes by the documentation.
	head := got(t, c.HeadBucket, s3.HeadBucketInput{Bucket: name})
	wantEqual(t, "IBMSSEKPEnabled", head.IBMSSEKPEnabled, ptr(true))
	wantEqual(t, "IBMSSEKPCrkId", head.IBMSSEKPCrkId, nil)
	wantEqual(t, "IBMSSEKPEnabled of a list", got(t, c.ListObjects, s3.ListObjectsInput{Bucket: name}).IBMSSEKPEnabled, ptr(true))
	var names []string
	for _, b := range got(t, c.ListBuckets, s3.ListBucketsInput{}).Buckets {
		names = append(names, *b.Name)
	}
	if !slices.IsSorted(names) || !slices.Contains(names, "made") || !slices.Contains(names, "buckets") {
		t.Errorf("ListBuckets = %q", names)
	}
	var pages int
	var extended []string
	must(t, c.ListBucketsExtendedPages(&s3.ListBucketsExtendedInput{MaxKeys: aws.Int64(1)}, func(page *s3.ListBucketsExtendedOutput, _ bool) bool {
		pages++
		for _, b := range page.Buckets {
			extended = append(extended, *b.Name)
			if *b.Name == "made" && *b.LocationConstraint != "us-south-smart" {
				t.Errorf("%v", b)
			}
		}
		return true
	}))
	wantEqual(t, "ListBucketsExtended", extended, names)
	wantEqual(t, "pages", pages, len(names))
	got(t, c.DeleteBucket, s3.DeleteBucketInput{Bucket: name})
	must(t, c.WaitUntilBucketNotExists(&s3.HeadBucketInput{Bucket: name}))
	refused(t, c.DeleteBucket, s3.DeleteBucketInput{Bucket: name}, "NoSuchBucket")
}

func ibmSettings(t *testing.T, _ *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	refused(t, c.GetBucketCors, s3.GetBucketCorsInput{Bucket: bucket}, "NoSuchCORSConfiguration")
	cors := []*s3.CORSRule{{AllowedMethods: aws.StringSlice([]string{"GET", "PUT"}), AllowedOrigins: aws.StringSlice([]string{"https://a.test"}), MaxAgeSeconds: aws.Int64(60)}}
	got(t, c.PutBucketCors, s3.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &s3.CORSConfiguration{CORSRules: cors}})
	wantEqual(t, "CORS", got(t, c.GetBucketCors, s3.GetBucketCorsInput{Bucket: bucket}).CORSRules, cors)
	got(t, c.DeleteBucketCors, s3.DeleteBucketCorsInput{Bucket: bucket})
	refused(t, c.GetBucketCors, s3.GetBucketCorsInput{Bucket: bucket}, "NoSuchCORSConfiguration")

	refused(t, c.GetBucketWebsite, s3.GetBucketWebsiteInput{Bucket: bucket}, "NoSuchWebsiteConfiguration")
	site := s3.WebsiteConfiguration{IndexDocument: &s3.IndexDocument{Suffix: aws.String("index.html")}, ErrorDocument: &s3.ErrorDocument{Key: aws.String("404.html")}}
	got(t, c.PutBucketWebsite, s3.PutBucketWebsiteInput{Bucket: bucket, WebsiteConfiguration: &site})
	website := got(t, c.GetBucketWebsite, s3.GetBucketWebsiteInput{Bucket: bucket})
	wantEqual(t, "index", website.IndexDocument, site.IndexDocument)
	wantEqual(t, "error page", website.ErrorDocument, site.ErrorDocument)
	got(t, c.DeleteBucketWebsite, s3.DeleteBucketWebsiteInput{Bucket: bucket})
	refused(t, c.GetBucketWebsite, s3.GetBucketWebsiteInput{Bucket: bucket}, "NoSuchWebsiteConfiguration")

	wantEqual(t, "no logging", got(t, c.GetBucketLogging, s3.GetBucketLoggingInput{Bucket: bucket}).LoggingEnabled, nil)
	log := &s3.LoggingEnabled{TargetBucket: bucket, TargetPrefix: aws.String("log/")}
	got(t, c.PutBucketLogging, s3.PutBucketLoggingInput{Bucket: bucket, BucketLoggingStatus: &s3.BucketLoggingStatus{LoggingEnabled: log}})
	wantEqual(t, "logging", got(t, c.GetBucketLogging, s3.GetBucketLoggingInput{Bucket: bucket}).LoggingEnabled, log)

	refused(t, c.GetPublicAccessBlock, s3.GetPublicAccessBlockInput{Bucket: bucket}, "NoSuchPublicAccessBlockConfiguration")
	block := &s3.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(false)}
	got(t, c.PutPublicAccessBlock, s3.PutPublicAccessBlockInput{Bucket: bucket, PublicAccessBlockConfiguration: block})
	wantEqual(t, "public access", got(t, c.GetPublicAccessBlock, s3.GetPublicAccessBlockInput{Bucket: bucket}).PublicAccessBlockConfiguration, block)
	refused(t, c.PutBucketAcl, s3.PutBucketAclInput{Bucket: bucket, ACL: aws.String("public-read")}, "AccessDenied")
	got(t, c.DeletePublicAccessBlock, s3.DeletePublicAccessBlockInput{Bucket: bucket})

	refused(t, c.PutBucketAcl, s3.PutBucketAclInput{Bucket: bucket, ACL: aws.String("authenticated-read")}, "InvalidArgument")
	got(t, c.PutBucketAcl, s3.PutBucketAclInput{Bucket: bucket, ACL: aws.String("public-read")})
	wantEqual(t, "grants", len(got(t, c.GetBucketAcl, s3.GetBucketAclInput{Bucket: bucket}).Grants), 2)

	refused(t, c.GetBucketLifecycleConfiguration, s3.GetBucketLifecycleConfigurationInput{Bucket: bucket}, "NoSuchLifecycleConfiguration")
	rules := []*s3.LifecycleRule{{
		ID: aws.String("r"), Status: aws.String("Enabled"), Filter: &s3.LifecycleRuleFilter{Prefix: aws.String("tmp/")},
		Expiration: &s3.LifecycleExpiration{Days: aws.Int64(3)}, AbortIncompleteMultipartUpload: &s3.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int64(1)},
	}}
	got(t, c.PutBucketLifecycleConfiguration, s3.PutBucketLifecycleConfigurationInput{Bucket: bucket, LifecycleConfiguration: &s3.LifecycleConfiguration{Rules: rules}})
	wantEqual(t, "lifecycle", got(t, c.GetBucketLifecycleConfiguration, s3.GetBucketLifecycleConfigurationInput{Bucket: bucket}).Rules, rules)
	got(t, c.DeleteBucketLifecycle, s3.DeleteBucketLifecycleInput{Bucket: bucket})
	refused(t, c.GetBucketLifecycleConfiguration, s3.GetBucketLifecycleConfigurationInput{Bucket: bucket}, "NoSuchLifecycleConfiguration")
}

func ibmObjects(t *testing.T, srv *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	key := aws.String("a b+ü%.txt")
	put := got(t, c.PutObject, s3.PutObjectInput{
		Bucket: bucket, Key: key, Body: strings.NewReader("content"), ContentType: aws.String("text/x"), CacheControl: aws.String("no-store"),
		Metadata: map[string]*string{"Colour": aws.String("blue")}, Tagging: aws.String("k=v"), StorageClass: aws.String("GLACIER"), // which says nothing here
	})
	head := got(t, c.HeadObject, s3.HeadObjectInput{Bucket: bucket, Key: key})
	wantEqual(t, "length", *head.ContentLength, 7)
	wantEqual(t, "ETag", head.ETag, put.ETag)
	wantEqual(t, "class", head.StorageClass, nil)
	wantEqual(t, "metadata", *head.Metadata["Colour"], "blue")
	part := got(t, c.GetObject, s3.GetObjectInput{Bucket: bucket, Key: key, Range: aws.String("bytes=3-")})
	data, err := io.ReadAll(part.Body)
	must(t, err)
	wantEqual(t, "range", string(data)+" "+*part.ContentRange, "tent bytes 3-6/7")
	refused(t, c.GetObject, s3.GetObjectInput{Bucket: bucket, Key: key, IfMatch: aws.String(`"x"`)}, "PreconditionFailed")
	wantEqual(t, "tags", *got(t, c.GetObjectTagging, s3.GetObjectTaggingInput{Bucket: bucket, Key: key}).TagSet[0].Value, "v")
	tags := []*s3.Tag{{Key: aws.String("x"), Value: aws.String("y z")}}
	got(t, c.PutObjectTagging, s3.PutObjectTaggingInput{Bucket: bucket, Key: key, Tagging: &s3.Tagging{TagSet: tags}})
	wantEqual(t, "tags", got(t, c.GetObjectTagging, s3.GetObjectTaggingInput{Bucket: bucket, Key: key}).TagSet, tags)
	refused(t, c.PutObjectTagging, s3.PutObjectTaggingInput{Bucket: bucket, Key: key, Tagging: &s3.Tagging{TagSet: []*s3.Tag{{Key: aws.String("ibm:x"), Value: aws.String("")}}}}, "InvalidTag")
	got(t, c.DeleteObjectTagging, s3.DeleteObjectTaggingInput{Bucket: bucket, Key: key})
	wantEqual(t, "tags", len(got(t, c.GetObjectTagging, s3.GetObjectTaggingInput{Bucket: bucket, Key: key}).TagSet), 0)
	got(t, c.PutObjectAcl, s3.PutObjectAclInput{Bucket: bucket, Key: key, ACL: aws.String("public-read")})
	wantEqual(t, "grants", len(got(t, c.GetObjectAcl, s3.GetObjectAclInput{Bucket: bucket, Key: key}).Grants), 2)
	anybody := ibmClient(t, srv, credentials.AnonymousCredentials)
	got(t, anybody.GetObject, s3.GetObjectInput{Bucket: bucket, Key: key}).Body.Close()
	refused(t, anybody.ListObjects, s3.ListObjectsInput{Bucket: bucket}, "AccessDenied")

	copied := got(t, c.CopyObject, s3.CopyObjectInput{Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String(*bucket + "/a%20b%2B%C3%BC%25.txt")})
	wantEqual(t, "ETag of a copy", copied.CopyObjectResult.ETag, put.ETag)
	var keys []string
	must(t, c.ListObjectsPages(&s3.ListObjectsInput{Bucket: bucket, MaxKeys: aws.Int64(1)}, func(page *s3.ListObjectsOutput, _ bool) bool {
		for _, o := range page.Contents {
			keys = append(keys, *o.Key+" "+*o.StorageClass)
		}
		return true
	}))
	wantEqual(t, "ListObjects", keys, []string{*key + " STANDARD", "copy STANDARD"})
	keys = nil
	must(t, c.ListObjectsV2Pages(&s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int64(1)}, func(page *s3.ListObjectsV2Output, _ bool) bool {
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
		return true
	}))
	wantEqual(t, "ListObjectsV2", keys, []string{*key, "copy"})
	got(t, c.DeleteObject, s3.DeleteObjectInput{Bucket: bucket, Key: key})
	refused(t, c.HeadObject, s3.HeadObjectInput{Bucket: bucket, Key: key}, "NotFound")
	deleted := got(t, c.DeleteObjects, s3.DeleteObjectsInput{Bucket: bucket, Delete: &s3.Delete{Objects: []*s3.ObjectIdentifier{{Key: aws.String("copy")}, {Key: aws.String("missing")}}}})
	wantEqual(t, "deleted", len(deleted.Deleted), 2)
}

func ibmParts(t *testing.T, _ *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	key, body := aws.String("large"), content(5*mib)
	got(t, c.PutObject, s3.PutObjectInput{Bucket: bucket, Key: aws.String("source"), Body: bytes.NewReader(body)})
	upload := got(t, c.CreateMultipartUpload, s3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ContentType: aws.String("text/x")}).UploadId
	first := got(t, c.UploadPart, s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: upload, PartNumber: aws.Int64(1), Body: bytes.NewReader(body)})
	second := got(t, c.UploadPartCopy, s3.UploadPartCopyInput{Bucket: bucket, Key: key, UploadId: upload, PartNumber: aws.Int64(2), CopySource: aws.String(*bucket + "/source"), CopySourceRange: aws.String("bytes=0-9")})
	var sizes []int64
	must(t, c.ListPartsPages(&s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: upload, MaxParts: aws.Int64(1)}, func(page *s3.ListPartsOutput, _ bool) bool {
		for _, p := range page.Parts {
			sizes = append(sizes, *p.Size)
		}
		return true
	}))
	wantEqual(t, "parts", sizes, []int64{5 * mib, 10})
	uploads := got(t, c.ListMultipartUploads, s3.ListMultipartUploadsInput{Bucket: bucket})
	wantEqual(t, "upload", uploads.Uploads[0].UploadId, upload)
	parts := []*s3.CompletedPart{{PartNumber: aws.Int64(1), ETag: first.ETag}, {PartNumber: aws.Int64(2), ETag: second.CopyPartResult.ETag}}
	wrong := []*s3.CompletedPart{parts[1], parts[0]}
	complete := s3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: upload, MultipartUpload: &s3.CompletedMultipartUpload{Parts: wrong}}
	refused(t, c.CompleteMultipartUpload, complete, "InvalidPartOrder")
	complete.MultipartUpload = &s3.CompletedMultipartUpload{Parts: parts}
	etag := got(t, c.CompleteMultipartUpload, complete).ETag
	whole := got(t, c.GetObject, s3.GetObjectInput{Bucket: bucket, Key: key})
	data, err := io.ReadAll(whole.Body)
	must(t, err)
	wantBytes(t, "large", data, append(slices.Clone(body), body[:10]...))
	wantEqual(t, "ETag", whole.ETag, etag)
	other := got(t, c.CreateMultipartUpload, s3.CreateMultipartUploadInput{Bucket: bucket, Key: key}).UploadId
	got(t, c.AbortMultipartUpload, s3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: other})
	refused(t, c.ListParts, s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: other}, "NoSuchUpload")
}

func ibmEnable(t *testing.T, c *s3.S3, bucket *string) {
	t.Helper()
	got(t, c.PutBucketVersioning, s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &s3.VersioningConfiguration{Status: aws.String("Enabled")}})
	wantEqual(t, "versioning", *got(t, c.GetBucketVersioning, s3.GetBucketVersioningInput{Bucket: bucket}).Status, "Enabled")
}

func ibmVersions(t *testing.T, _ *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	wantEqual(t, "versioning", got(t, c.GetBucketVersioning, s3.GetBucketVersioningInput{Bucket: bucket}).Status, nil)
	ibmEnable(t, c, bucket)
	key := aws.String("k")
	old := got(t, c.PutObject, s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("old")}).VersionId
	got(t, c.PutObject, s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("new")})
	marker := got(t, c.DeleteObject, s3.DeleteObjectInput{Bucket: bucket, Key: key})
	wantEqual(t, "delete marker", marker.DeleteMarker, ptr(true))
	var versions, markers int
	must(t, c.ListObjectVersionsPages(&s3.ListObjectVersionsInput{Bucket: bucket, MaxKeys: aws.Int64(1)}, func(page *s3.ListObjectVersionsOutput, _ bool) bool {
		versions, markers = versions+len(page.Versions), markers+len(page.DeleteMarkers)
		return true
	}))
	wantEqual(t, "versions and markers", []int{versions, markers}, []int{2, 1})
	out := got(t, c.GetObject, s3.GetObjectInput{Bucket: bucket, Key: key, VersionId: old})
	data, err := io.ReadAll(out.Body)
	must(t, err)
	wantEqual(t, "old version", string(data), "old")
	refused(t, c.PutBucketProtectionConfiguration, s3.PutBucketProtectionConfigurationInput{Bucket: bucket, ProtectionConfiguration: ibmProtection(1, 2, 3)}, "InvalidBucketState")
}

func ibmLocks(t *testing.T, _ *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	refused(t, c.GetObjectLockConfiguration, s3.GetObjectLockConfigurationInput{Bucket: bucket}, "ObjectLockConfigurationNotFoundError")
	lock := &s3.ObjectLockConfiguration{
		ObjectLockEnabled: aws.String("Enabled"),
		Rule:              &s3.ObjectLockRule{DefaultRetention: &s3.DefaultRetention{Mode: aws.String("COMPLIANCE"), Days: aws.Int64(1)}},
	}
	refused(t, c.PutObjectLockConfiguration, s3.PutObjectLockConfigurationInput{Bucket: bucket, ObjectLockConfiguration: lock}, "InvalidBucketState")
	ibmEnable(t, c, bucket)
	got(t, c.PutObjectLockConfiguration, s3.PutObjectLockConfigurationInput{Bucket: bucket, ObjectLockConfiguration: lock})
	wantEqual(t, "lock", got(t, c.GetObjectLockConfiguration, s3.GetObjectLockConfigurationInput{Bucket: bucket}).ObjectLockConfiguration, lock)
	key := aws.String("k")
	version := got(t, c.PutObject, s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("x")}).VersionId
	wantEqual(t, "mode", *got(t, c.GetObjectRetention, s3.GetObjectRetentionInput{Bucket: bucket, Key: key}).Retention.Mode, "COMPLIANCE")
	until := time.Now().UTC().AddDate(0, 0, 9).Truncate(time.Second)
	retention := &s3.ObjectLockRetention{Mode: aws.String("COMPLIANCE"), RetainUntilDate: &until}
	got(t, c.PutObjectRetention, s3.PutObjectRetentionInput{Bucket: bucket, Key: key, Retention: retention})
	wantEqual(t, "retention", got(t, c.GetObjectRetention, s3.GetObjectRetentionInput{Bucket: bucket, Key: key}).Retention.RetainUntilDate.UTC(), until)
	earlier := until.AddDate(0, 0, -1)
	refused(t, c.PutObjectRetention, s3.PutObjectRetentionInput{Bucket: bucket, Key: key, Retention: &s3.ObjectLockRetention{Mode: retention.Mode, RetainUntilDate: &earlier}}, "AccessDenied")
	refused(t, c.DeleteObject, s3.DeleteObjectInput{Bucket: bucket, Key: key, VersionId: version}, "AccessDenied")
	got(t, c.PutObjectLegalHold, s3.PutObjectLegalHoldInput{Bucket: bucket, Key: key, LegalHold: &s3.ObjectLockLegalHold{Status: aws.String("ON")}})
	wantEqual(t, "hold", *got(t, c.GetObjectLegalHold, s3.GetObjectLegalHoldInput{Bucket: bucket, Key: key}).LegalHold.Status, "ON")
	head := got(t, c.HeadObject, s3.HeadObjectInput{Bucket: bucket, Key: key})
	wantEqual(t, "lock of HeadObject", []string{*head.ObjectLockMode, *head.ObjectLockLegalHoldStatus}, []string{"COMPLIANCE", "ON"})
}

func ibmProtection(low, usual, high int64) *s3.ProtectionConfiguration {
	return &s3.ProtectionConfiguration{
		Status:                   aws.String("Retention"),
		MinimumRetention:         &s3.BucketProtectionMinimumRetention{Days: &low},
		DefaultRetention:         &s3.BucketProtectionDefaultRetention{Days: &usual},
		MaximumRetention:         &s3.BucketProtectionMaximumRetention{Days: &high},
		EnablePermanentRetention: aws.Bool(true),
	}
}

func ibmRetention(t *testing.T, _ *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	const day = 86400
	protection := ibmProtection(0, 2, 30)
	got(t, c.PutBucketProtectionConfiguration, s3.PutBucketProtectionConfigurationInput{Bucket: bucket, ProtectionConfiguration: protection})
	wantEqual(t, "protection", got(t, c.GetBucketProtectionConfiguration, s3.GetBucketProtectionConfigurationInput{Bucket: bucket}).ProtectionConfiguration, protection)
	refused(t, c.PutBucketVersioning, s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &s3.VersioningConfiguration{Status: aws.String("Enabled")}}, "InvalidBucketState")
	period := func(key string) int64 {
		t.Helper()
		out := got(t, c.HeadObject, s3.HeadObjectInput{Bucket: bucket, Key: &key})
		if *out.RetentionPeriod >= 0 && out.RetentionExpirationDate == nil {
			t.Errorf("%s: no date", key)
		}
		return *out.RetentionPeriod
	}
	put := func(key string) s3.PutObjectInput {
		return s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader("x")}
	}
	got(t, c.PutObject, put("default"))
	wantEqual(t, "default", period("default"), 2*day)
	one := put("one")
	one.RetentionPeriod, one.RetentionLegalHoldId = aws.Int64(day), aws.String("case-1")
	got(t, c.PutObject, one)
	refused(t, c.PutObject, put("one"), "AccessDenied")
	dated := put("dated")
	dated.RetentionExpirationDate = ptr(time.Now().UTC().Add(48 * time.Hour)) // which the SDK sends as an HTTP date
	got(t, c.PutObject, dated)
	long := put("long")
	long.RetentionPeriod = aws.Int64(31 * day)
	refused(t, c.PutObject, long, "InvalidRequest")

	got(t, c.AddLegalHold, s3.AddLegalHoldInput{Bucket: bucket, Key: aws.String("one"), RetentionLegalHoldId: aws.String("case-2")})
	refused(t, c.AddLegalHold, s3.AddLegalHoldInput{Bucket: bucket, Key: aws.String("one"), RetentionLegalHoldId: aws.String("case-2")}, "InvalidRequest")
	holds := got(t, c.ListLegalHolds, s3.ListLegalHoldsInput{Bucket: bucket, Key: aws.String("one")})
	wantEqual(t, "holds", []string{*holds.LegalHolds[0].ID, *holds.LegalHolds[1].ID}, []string{"case-1", "case-2"})
	wantEqual(t, "period", *holds.RetentionPeriod, day)
	wantEqual(t, "expiry", holds.RetentionPeriodExpirationDate.Sub(*holds.CreateTime), 24*time.Hour)
	got(t, c.CopyObject, s3.CopyObjectInput{Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String(*bucket + "/one"), RetentionDirective: aws.String("COPY")})
	wantEqual(t, "copy", period("copy"), day)
	wantEqual(t, "holds of the copy", len(got(t, c.ListLegalHolds, s3.ListLegalHoldsInput{Bucket: bucket, Key: aws.String("copy")}).LegalHolds), 2)
	got(t, c.DeleteLegalHold, s3.DeleteLegalHoldInput{Bucket: bucket, Key: aws.String("one"), RetentionLegalHoldId: aws.String("case-1")})

	extend := s3.ExtendObjectRetentionInput{Bucket: bucket, Key: aws.String("one"), AdditionalRetentionPeriod: aws.Int64(100)}
	got(t, c.ExtendObjectRetention, extend)
	wantEqual(t, "extended", period("one"), day+100)
	extend.NewRetentionPeriod = aws.Int64(3 * day)
	refused(t, c.ExtendObjectRetention, extend, "InvalidRequest")
	extend.AdditionalRetentionPeriod = nil
	got(t, c.ExtendObjectRetention, extend)
	wantEqual(t, "extended", period("one"), 3*day)
	extend.NewRetentionPeriod, extend.NewRetentionExpirationDate = nil, ptr(time.Now().UTC().Add(5*24*time.Hour))
	got(t, c.ExtendObjectRetention, extend)
	if n := period("one"); n < 5*day-1 || n > 5*day+60 { // from when it was made, and dates have whole seconds
		t.Errorf("extended to %d", n)
	}
	extend.NewRetentionExpirationDate, extend.ExtendRetentionFromCurrentTime = nil, aws.Int64(9*day)
	got(t, c.ExtendObjectRetention, extend)
	if n := period("one"); n < 9*day || n > 9*day+60 {
		t.Errorf("extended to %d", n)
	}

	upload := got(t, c.CreateMultipartUpload, s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("parts")}).UploadId
	part := got(t, c.UploadPart, s3.UploadPartInput{Bucket: bucket, Key: aws.String("parts"), UploadId: upload, PartNumber: aws.Int64(1), Body: strings.NewReader("x")})
	got(t, c.CompleteMultipartUpload, s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: aws.String("parts"), UploadId: upload, RetentionPeriod: aws.Int64(-2),
		MultipartUpload: &s3.CompletedMultipartUpload{Parts: []*s3.CompletedPart{{PartNumber: aws.Int64(1), ETag: part.ETag}}},
	})
	wantEqual(t, "permanent", period("parts"), -2)
	deleted := got(t, c.DeleteObjects, s3.DeleteObjectsInput{Bucket: bucket, Delete: &s3.Delete{Objects: []*s3.ObjectIdentifier{{Key: aws.String("parts")}, {Key: aws.String("missing")}}}})
	if len(deleted.Deleted) != 1 || len(deleted.Errors) != 1 || *deleted.Errors[0].Code != "AccessDenied" {
		t.Errorf("DeleteObjects = %v", deleted)
	}
}

func ibmArchive(t *testing.T, srv *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	rules := []*s3.LifecycleRule{{
		ID: aws.String("archive"), Status: aws.String("Enabled"), Filter: &s3.LifecycleRuleFilter{Prefix: aws.String("")},
		Transitions: []*s3.Transition{{Days: aws.Int64(0), StorageClass: aws.String("ACCELERATED")}},
	}}
	got(t, c.PutBucketLifecycleConfiguration, s3.PutBucketLifecycleConfigurationInput{Bucket: bucket, LifecycleConfiguration: &s3.LifecycleConfiguration{Rules: rules}})
	wantEqual(t, "rules", got(t, c.GetBucketLifecycleConfiguration, s3.GetBucketLifecycleConfigurationInput{Bucket: bucket}).Rules, rules)
	key := aws.String("k")
	got(t, c.PutObject, s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("x")})
	srv.Tick()
	refused(t, c.GetObject, s3.GetObjectInput{Bucket: bucket, Key: key}, "InvalidObjectState")
	head := got(t, c.HeadObject, s3.HeadObjectInput{Bucket: bucket, Key: key})
	if *head.StorageClass != "ACCELERATED" || !strings.HasPrefix(aws.StringValue(head.IBMTransition), `transition="ARCHIVE", date="`) || head.IBMRestoredCopyStorageClass != nil {
		t.Errorf("archived: %v", head)
	}
	// The documentation wants a digest of the request, which the SDK does not
	// send: the server does without.
	restore := s3.RestoreObjectInput{Bucket: bucket, Key: key, RestoreRequest: &s3.RestoreRequest{Days: aws.Int64(2), GlacierJobParameters: &s3.GlacierJobParameters{Tier: aws.String("Bulk")}}}
	refused(t, c.RestoreObject, restore, "InvalidArgument")
	restore.RestoreRequest.GlacierJobParameters.Tier = aws.String("Accelerated")
	got(t, c.RestoreObject, restore)
	head = got(t, c.HeadObject, s3.HeadObjectInput{Bucket: bucket, Key: key})
	if !strings.HasPrefix(aws.StringValue(head.Restore), `ongoing-request="false", expiry-date="`) || aws.StringValue(head.IBMRestoredCopyStorageClass) != "Standard" {
		t.Errorf("restored: %v", head)
	}
	got(t, c.GetObject, s3.GetObjectInput{Bucket: bucket, Key: key}).Body.Close()
}

func ibmReplicas(t *testing.T, srv *storagetest.IBMCOS, c *s3.S3, bucket *string) {
	ibmEnable(t, c, bucket)
	srv.AddBucket(storagetest.BucketSetup{Name: "replicas", Versioning: "Enabled"})
	refused(t, c.GetBucketReplication, s3.GetBucketReplicationInput{Bucket: bucket}, "ReplicationConfigurationNotFoundError")
	rules := []*s3.ReplicationRule{{
		ID: aws.String("r"), Status: aws.String("Enabled"), Priority: aws.Int64(1), Filter: &s3.ReplicationRuleFilter{Prefix: aws.String("")},
		DeleteMarkerReplication: &s3.DeleteMarkerReplication{Status: aws.String("Disabled")}, Destination: &s3.Destination{Bucket: aws.String("replicas")},
	}}
	got(t, c.PutBucketReplication, s3.PutBucketReplicationInput{Bucket: bucket, ReplicationConfiguration: &s3.ReplicationConfiguration{Rules: rules}})
	wantEqual(t, "replication", got(t, c.GetBucketReplication, s3.GetBucketReplicationInput{Bucket: bucket}).ReplicationConfiguration.Rules, rules)
	refused(t, c.PutBucketVersioning, s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &s3.VersioningConfiguration{Status: aws.String("Suspended")}}, "InvalidBucketState")
	for _, key := range []string{"a", "b"} {
		srv.AddReplicationFailure(*bucket, storagetest.ReplicationFailure{Key: key, VersionID: "v", Cause: "Remote bucket not found"})
	}
	page := got(t, c.ListBucketReplicationFailures, s3.ListBucketReplicationFailuresInput{Bucket: bucket, MaxKeys: aws.Int64(1)}).ListReplicationFailureResult
	wantEqual(t, "first page", []string{*page.Contents[0].Key, *page.Contents[0].VersionId, *page.Contents[0].SyncFailureCause}, []string{"a", "v", "Remote bucket not found"})
	page = got(t, c.ListBucketReplicationFailures, s3.ListBucketReplicationFailuresInput{Bucket: bucket, ContinuationToken: page.NextContinuationToken}).ListReplicationFailureResult
	if *page.IsTruncated || *page.KeyCount != 1 || *page.Contents[0].Key != "b" || page.Contents[0].FirstSyncAttempted == nil {
		t.Errorf("second page: %v", page)
	}
	got(t, c.PutBucketReplicationReattempt, s3.PutBucketReplicationReattemptInput{Bucket: bucket})
	got(t, c.DeleteBucketReplication, s3.DeleteBucketReplicationInput{Bucket: bucket})
	refused(t, c.GetBucketReplication, s3.GetBucketReplicationInput{Bucket: bucket}, "ReplicationConfigurationNotFoundError")
}
