package strangers

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/entrepot-go/entrepot/storagetest"
)

// awsScenarios are what an SDK does with objects and buckets. Each makes the
// buckets that it needs.
var awsScenarios = []struct {
	name string
	run  func(t *testing.T, srv *storagetest.S3, c *s3.Client)
}{
	{"buckets come and go", awsBuckets},
	{"objects are described, listed and deleted", awsObjects},
	{"ranges and parts are got", awsParts},
	{"parts are copied and uploads aborted", awsUploads},
	{"versions are kept behind delete markers", awsVersions},
	{"locks hold", awsLocks},
	{"customers bring their keys", awsCustomerKeys},
	{"conditions are judged", awsConditions},
	{"tables are queried", awsSelect},
	{"archives are restored", awsArchives},
	{"directory buckets have sessions", awsDirectories},
	{"configurations are listed in pages", awsPages},
	{"forms are posted", awsForms},
	{"what is not implemented is refused", awsRefusals},
}

func awsPut(t *testing.T, c *s3.Client, bucket, key, body string) *s3.PutObjectOutput {
	t.Helper()
	out, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)})
	must(t, err)
	return out
}

// awsText reads an object.
func awsText(t *testing.T, c *s3.Client, in *s3.GetObjectInput) string {
	t.Helper()
	out, err := c.GetObject(t.Context(), in)
	must(t, err)
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	must(t, err)
	return string(text)
}

func awsBuckets(t *testing.T, _ *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("made-by-sdk")
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: b, ObjectOwnership: types.ObjectOwnershipObjectWriter, ACL: types.BucketCannedACLPrivate,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{Tags: []types.Tag{{Key: ptr("k"), Value: ptr("v")}}},
	})
	must(t, err)
	must(t, awsMake(c.HeadBucket, s3.HeadBucketInput{Bucket: b})(ctx))
	list, err := c.ListBuckets(ctx, &s3.ListBucketsInput{Prefix: b})
	must(t, err)
	if len(list.Buckets) != 1 || *list.Buckets[0].Name != *b {
		t.Errorf("buckets %+v", list.Buckets)
	}
	must(t, awsMake(c.GetBucketLocation, s3.GetBucketLocationInput{Bucket: b})(ctx))
	tags, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: b})
	must(t, err)
	wantEqual(t, "tags", tags.TagSet, []types.Tag{{Key: ptr("k"), Value: ptr("v")}})
	must(t, awsMake(c.DeleteBucket, s3.DeleteBucketInput{Bucket: b})(ctx))
	_, err = c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: b})
	wantCode(t, "HeadBucket", err, "NotFound")
}

func awsObjects(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("objects")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	expires := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	must(t, awsMake(c.PutObject, s3.PutObjectInput{
		Bucket: b, Key: ptr("a/1"), Body: strings.NewReader("content"), CacheControl: ptr("no-cache"), ContentDisposition: ptr("inline"), ContentEncoding: ptr("x-own"),
		ContentLanguage: ptr("de"), ContentType: ptr("text/x"), Expires: &expires, Metadata: map[string]string{"m": "v"}, StorageClass: types.StorageClassStandardIa,
		Tagging: ptr("k=v&l="), ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: ptr("key-1"), BucketKeyEnabled: ptr(true),
		WebsiteRedirectLocation: ptr("/elsewhere"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})(ctx))
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: ptr("a/1"), ChecksumMode: types.ChecksumModeEnabled})
	must(t, err)
	wantEqual(t, "HeadObject", []any{
		*head.ContentLength, *head.CacheControl, *head.ContentDisposition, *head.ContentEncoding, *head.ContentLanguage, *head.ContentType, *head.ExpiresString,
		head.Metadata, head.StorageClass, *head.TagCount, head.ServerSideEncryption, *head.BucketKeyEnabled, *head.WebsiteRedirectLocation, head.ChecksumType,
	}, []any{
		int64(7), "no-cache", "inline", "x-own", "de", "text/x", expires.Format(http.TimeFormat),
		map[string]string{"m": "v"}, types.StorageClassStandardIa, int32(2), types.ServerSideEncryptionAwsKms, true, "/elsewhere", types.ChecksumTypeFullObject,
	})
	attributes, err := c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: b, Key: ptr("a/1"), ObjectAttributes: []types.ObjectAttributes{
		types.ObjectAttributesEtag, types.ObjectAttributesChecksum, types.ObjectAttributesObjectSize, types.ObjectAttributesStorageClass,
	}})
	must(t, err)
	wantEqual(t, "attributes", []any{*attributes.ObjectSize, attributes.Checksum.ChecksumSHA256, attributes.StorageClass, `"` + *attributes.ETag + `"`},
		[]any{int64(7), head.ChecksumSHA256, types.StorageClassStandardIa, *head.ETag})
	must(t, awsMake(c.CopyObject, s3.CopyObjectInput{
		Bucket: b, Key: ptr("a/2"), CopySource: ptr("objects/a/1"), MetadataDirective: types.MetadataDirectiveReplace, ContentType: ptr("text/y"), TaggingDirective: types.TaggingDirectiveReplace,
	})(ctx))
	copied, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: ptr("a/2")})
	must(t, err)
	wantEqual(t, "copy", []any{*copied.ContentType, copied.Metadata, copied.TagCount, copied.StorageClass}, []any{"text/y", map[string]string(nil), (*int32)(nil), types.StorageClass("")})
	awsPut(t, c, *b, "b", "x")
	old, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: b, Delimiter: ptr("/"), MaxKeys: ptr[int32](1)})
	must(t, err)
	wantEqual(t, "first page", []any{len(old.Contents), *old.CommonPrefixes[0].Prefix, *old.IsTruncated, *old.NextMarker}, []any{0, "a/", true, "a/"})
	list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: b, StartAfter: ptr("a/1"), FetchOwner: ptr(true)})
	must(t, err)
	wantEqual(t, "list", []any{*list.KeyCount, *list.Contents[0].Key, list.Contents[0].Owner != nil, list.Contents[1].ChecksumAlgorithm},
		[]any{int32(2), "a/2", true, []types.ChecksumAlgorithm{types.ChecksumAlgorithmCrc32}})
	must(t, awsMake(c.DeleteObject, s3.DeleteObjectInput{Bucket: b, Key: ptr("b")})(ctx))
	deleted, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: &types.Delete{Quiet: ptr(true), Objects: []types.ObjectIdentifier{{Key: ptr("a/1")}, {Key: ptr("a/2")}, {Key: ptr("none")}}}})
	must(t, err)
	wantEqual(t, "deleted, quietly", []int{len(deleted.Deleted), len(deleted.Errors)}, []int{0, 0})
}

func awsParts(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b, body := t.Context(), ptr("parts"), content(6*mib)
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	made, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: ptr("k"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject})
	must(t, err)
	var parts []types.CompletedPart
	for i, piece := range [][]byte{body[:5*mib], body[5*mib:]} {
		out, err := c.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: b, Key: ptr("k"), UploadId: made.UploadId, PartNumber: ptr(int32(i + 1)), Body: bytes.NewReader(piece), ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
		})
		must(t, err)
		parts = append(parts, types.CompletedPart{PartNumber: ptr(int32(i + 1)), ETag: out.ETag, ChecksumCRC64NVME: out.ChecksumCRC64NVME})
	}
	complete := s3.CompleteMultipartUploadInput{Bucket: b, Key: ptr("k"), UploadId: made.UploadId, MpuObjectSize: ptr[int64](1), MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{parts[1], parts[0]}}}
	wantCode(t, "parts out of order", awsMake(c.CompleteMultipartUpload, complete)(ctx), "InvalidPartOrder")
	complete.MultipartUpload.Parts = parts
	wantCode(t, "of another size", awsMake(c.CompleteMultipartUpload, complete)(ctx), "InvalidRequest")
	complete.MpuObjectSize = ptr(int64(len(body)))
	must(t, awsMake(c.CompleteMultipartUpload, complete)(ctx))
	wantBytes(t, "part 2", []byte(awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("k"), PartNumber: ptr[int32](2), ChecksumMode: types.ChecksumModeEnabled})), body[5*mib:])
	wantBytes(t, "range", []byte(awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("k"), Range: ptr("bytes=10-19")})), body[10:20])
	wantBytes(t, "end", []byte(awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("k"), Range: ptr("bytes=-10")})), body[len(body)-10:])
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: ptr("k"), PartNumber: ptr[int32](1)})
	must(t, err)
	wantEqual(t, "part 1", []any{*head.PartsCount, *head.ContentLength}, []any{int32(2), int64(5 * mib)})
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: ptr("k"), PartNumber: ptr[int32](3)})
	wantCode(t, "part 3", err, "InvalidPartNumber")
}

func awsUploads(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b, body := t.Context(), ptr("uploads"), content(6*mib)
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	awsPut(t, c, *b, "source", string(body))
	made, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: ptr("copy")})
	must(t, err)
	copied, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
		Bucket: b, Key: ptr("copy"), UploadId: made.UploadId, PartNumber: ptr[int32](7), CopySource: ptr("uploads/source"), CopySourceRange: ptr("bytes=1-5242880"),
	})
	must(t, err)
	listed, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: b, Key: ptr("copy"), UploadId: made.UploadId})
	must(t, err)
	wantEqual(t, "parts", []any{len(listed.Parts), *listed.Parts[0].PartNumber, *listed.Parts[0].ETag}, []any{1, int32(7), *copied.CopyPartResult.ETag})
	must(t, awsMake(c.CompleteMultipartUpload, s3.CompleteMultipartUploadInput{Bucket: b, Key: ptr("copy"), UploadId: made.UploadId, MultipartUpload: &types.CompletedMultipartUpload{
		Parts: []types.CompletedPart{{PartNumber: ptr[int32](7), ETag: copied.CopyPartResult.ETag}},
	}})(ctx))
	wantBytes(t, "copy", []byte(awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("copy")})), body[1:5*mib+1])
	for _, key := range []string{"a", "b"} {
		must(t, awsMake(c.CreateMultipartUpload, s3.CreateMultipartUploadInput{Bucket: b, Key: &key})(ctx))
	}
	uploads, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: b, MaxUploads: ptr[int32](1)})
	must(t, err)
	uploads, err = c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: b, KeyMarker: uploads.NextKeyMarker, UploadIdMarker: uploads.NextUploadIdMarker})
	must(t, err)
	wantEqual(t, "second page", []any{len(uploads.Uploads), *uploads.Uploads[0].Key}, []any{1, "b"})
	abort := awsMake(c.AbortMultipartUpload, s3.AbortMultipartUploadInput{Bucket: b, Key: ptr("b"), UploadId: uploads.Uploads[0].UploadId})
	must(t, abort(ctx))
	wantCode(t, "second abort", abort(ctx), "NoSuchUpload")
}

func awsVersions(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("versions")
	srv.AddBucket(storagetest.BucketSetup{Name: *b, Versioning: "Enabled"})
	first := awsPut(t, c, *b, "k", "first").VersionId
	second := awsPut(t, c, *b, "k", "second").VersionId
	wantEqual(t, "old version", awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("k"), VersionId: first}), "first")
	marker, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: ptr("k")})
	must(t, err)
	wantEqual(t, "marker", *marker.DeleteMarker, true)
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: ptr("k")})
	wantCode(t, "deleted object", err, "NoSuchKey")
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: ptr("k"), VersionId: marker.VersionId})
	wantCode(t, "delete marker", err, "MethodNotAllowed")
	var ids []string
	pages := s3.NewListObjectVersionsPaginator(c, &s3.ListObjectVersionsInput{Bucket: b, MaxKeys: ptr[int32](1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		must(t, err)
		for _, m := range page.DeleteMarkers {
			ids = append(ids, *m.VersionId)
		}
		for _, v := range page.Versions {
			ids = append(ids, *v.VersionId)
		}
	}
	wantEqual(t, "versions", ids, []string{*marker.VersionId, *second, *first})
	must(t, awsMake(c.DeleteObject, s3.DeleteObjectInput{Bucket: b, Key: ptr("k"), VersionId: marker.VersionId})(ctx))
	wantEqual(t, "object that is back", awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("k")}), "second")
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: ptr("k"), VersionId: ptr("none")})
	wantCode(t, "id of no form", err, "InvalidArgument")
}

func awsLocks(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b, k := t.Context(), ptr("locks"), ptr("k")
	srv.AddBucket(storagetest.BucketSetup{Name: *b, ObjectLock: true})
	lock := &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled, Rule: &types.ObjectLockRule{
		DefaultRetention: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeGovernance, Days: ptr[int32](1)},
	}}
	must(t, awsMake(c.PutObjectLockConfiguration, s3.PutObjectLockConfigurationInput{Bucket: b, ObjectLockConfiguration: lock})(ctx))
	got, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: b})
	must(t, err)
	wantEqual(t, "configuration", got.ObjectLockConfiguration, lock)
	version := awsPut(t, c, *b, *k, "content").VersionId
	until := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	must(t, awsMake(c.PutObjectRetention, s3.PutObjectRetentionInput{Bucket: b, Key: k, Retention: &types.ObjectLockRetention{Mode: types.ObjectLockRetentionModeGovernance, RetainUntilDate: &until}})(ctx))
	retention, err := c.GetObjectRetention(ctx, &s3.GetObjectRetentionInput{Bucket: b, Key: k})
	must(t, err)
	wantEqual(t, "retention", retention.Retention, &types.ObjectLockRetention{Mode: types.ObjectLockRetentionModeGovernance, RetainUntilDate: &until})
	hold := func(status types.ObjectLockLegalHoldStatus) {
		must(t, awsMake(c.PutObjectLegalHold, s3.PutObjectLegalHoldInput{Bucket: b, Key: k, LegalHold: &types.ObjectLockLegalHold{Status: status}})(ctx))
		got, err := c.GetObjectLegalHold(ctx, &s3.GetObjectLegalHoldInput{Bucket: b, Key: k})
		must(t, err)
		wantEqual(t, "legal hold", got.LegalHold.Status, status)
	}
	hold(types.ObjectLockLegalHoldStatusOn)
	remove := s3.DeleteObjectInput{Bucket: b, Key: k, VersionId: version, BypassGovernanceRetention: ptr(true)}
	wantCode(t, "delete on hold", awsMake(c.DeleteObject, remove)(ctx), "AccessDenied")
	hold(types.ObjectLockLegalHoldStatusOff)
	remove.BypassGovernanceRetention = nil
	wantCode(t, "delete of what is retained", awsMake(c.DeleteObject, remove)(ctx), "AccessDenied")
	remove.BypassGovernanceRetention = ptr(true)
	must(t, awsMake(c.DeleteObject, remove)(ctx))
}

func awsCustomerKeys(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("keys")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	sum := func(key string) *string {
		digest := md5.Sum([]byte(key))
		return ptr(base64.StdEncoding.EncodeToString(digest[:]))
	}
	put := func(key string) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{
			Bucket: b, Key: ptr("k"), Body: strings.NewReader("secret"), SSECustomerAlgorithm: ptr("AES256"), SSECustomerKey: ptr(base64.StdEncoding.EncodeToString([]byte(key))), SSECustomerKeyMD5: sum(key),
		})
		return err
	}
	if srv.URL[:5] == "http:" {
		wantCode(t, "key in the clear", put(strings.Repeat("k", 32)), "InvalidRequest")
		return
	}
	must(t, put(strings.Repeat("k", 32)))
	wantCode(t, "short key", put("k"), "InvalidArgument")
	get := func(key string) *s3.GetObjectInput {
		return &s3.GetObjectInput{Bucket: b, Key: ptr("k"), SSECustomerAlgorithm: ptr("AES256"), SSECustomerKey: ptr(base64.StdEncoding.EncodeToString([]byte(key))), SSECustomerKeyMD5: sum(key)}
	}
	wantEqual(t, "object", awsText(t, c, get(strings.Repeat("k", 32))), "secret")
	_, err := c.GetObject(ctx, get(strings.Repeat("l", 32)))
	wantCode(t, "another key", err, "AccessDenied")
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: ptr("k")})
	wantCode(t, "no key", err, "InvalidRequest")
}

func awsConditions(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b, k := t.Context(), ptr("conditions"), ptr("k")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	tag := awsPut(t, c, *b, *k, "one").ETag
	other := ptr(`"0123456789abcdef0123456789abcdef"`)
	wantCode(t, "put of what there is", awsMake(c.PutObject, s3.PutObjectInput{Bucket: b, Key: k, IfNoneMatch: ptr("*")})(ctx), "PreconditionFailed")
	wantCode(t, "put over another", awsMake(c.PutObject, s3.PutObjectInput{Bucket: b, Key: k, IfMatch: other})(ctx), "PreconditionFailed")
	wantCode(t, "put over none", awsMake(c.PutObject, s3.PutObjectInput{Bucket: b, Key: ptr("none"), IfMatch: other})(ctx), "NoSuchKey")
	wantCode(t, "copy of another", awsMake(c.CopyObject, s3.CopyObjectInput{Bucket: b, Key: ptr("l"), CopySource: ptr("conditions/k"), CopySourceIfMatch: other})(ctx), "PreconditionFailed")
	wantCode(t, "delete of another", awsMake(c.DeleteObject, s3.DeleteObjectInput{Bucket: b, Key: k, IfMatch: other})(ctx), "PreconditionFailed")
	_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: k, IfNoneMatch: tag})
	wantCode(t, "get of the same", err, "NotModified")
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: k, IfModifiedSince: ptr(time.Now().Add(-time.Hour)), IfUnmodifiedSince: ptr(time.Now().Add(-time.Hour))})
	wantCode(t, "get of what was changed", err, "PreconditionFailed")
	must(t, awsMake(c.PutObject, s3.PutObjectInput{Bucket: b, Key: k, IfMatch: tag})(ctx))
}

func awsSelect(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("tables")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	awsPut(t, c, *b, "csv", "a,b\n1,2\n3,4\n")
	awsPut(t, c, *b, "json", `{"a":1,"b":"x"}`+"\n"+`{"a":3,"b":"y"}`+"\n")
	for _, tc := range []struct {
		key, query, want string
		in               types.InputSerialization
		out              types.OutputSerialization
	}{
		{"csv", "SELECT s.b FROM S3Object s WHERE s.a = '3'", "4\n", types.InputSerialization{CSV: &types.CSVInput{FileHeaderInfo: types.FileHeaderInfoUse}}, types.OutputSerialization{CSV: &types.CSVOutput{}}},
		{"csv", "SELECT * FROM S3Object LIMIT 1", "a;b\n", types.InputSerialization{CSV: &types.CSVInput{}}, types.OutputSerialization{CSV: &types.CSVOutput{FieldDelimiter: ptr(";")}}},
		{"json", "SELECT * FROM S3Object s WHERE s.b = 'y'", `{"a":3,"b":"y"}` + "\n", types.InputSerialization{JSON: &types.JSONInput{Type: types.JSONTypeLines}}, types.OutputSerialization{JSON: &types.JSONOutput{}}},
	} {
		out, err := c.SelectObjectContent(ctx, &s3.SelectObjectContentInput{
			Bucket: b, Key: &tc.key, Expression: &tc.query, ExpressionType: types.ExpressionTypeSql, InputSerialization: &tc.in, OutputSerialization: &tc.out,
		})
		must(t, err)
		var records strings.Builder
		var scanned int64
		ended := false
		for event := range out.GetStream().Events() {
			switch e := event.(type) {
			case *types.SelectObjectContentEventStreamMemberRecords:
				records.Write(e.Value.Payload)
			case *types.SelectObjectContentEventStreamMemberStats:
				scanned = *e.Value.Details.BytesScanned
			case *types.SelectObjectContentEventStreamMemberEnd:
				ended = true
			}
		}
		must(t, out.GetStream().Err())
		must(t, out.GetStream().Close())
		if records.String() != tc.want || scanned == 0 || !ended {
			t.Errorf("%s: %q, %d bytes scanned, ended %t, want %q", tc.query, records.String(), scanned, ended, tc.want)
		}
	}
}

func awsArchives(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b, k := t.Context(), ptr("archives"), ptr("cold")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	must(t, awsMake(c.PutObject, s3.PutObjectInput{Bucket: b, Key: k, Body: strings.NewReader("ice"), StorageClass: types.StorageClassGlacier})(ctx))
	_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: k})
	wantCode(t, "archived object", err, "InvalidObjectState")
	must(t, awsMake(c.RestoreObject, s3.RestoreObjectInput{Bucket: b, Key: k, RestoreRequest: &types.RestoreRequest{
		Days: ptr[int32](2), GlacierJobParameters: &types.GlacierJobParameters{Tier: types.TierBulk},
	}})(ctx))
	wantEqual(t, "restored object", awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: k}), "ice")
	awsPut(t, c, *b, "warm", "x")
	const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	must(t, awsMake(c.UpdateObjectEncryption, s3.UpdateObjectEncryptionInput{Bucket: b, Key: ptr("warm"), ObjectEncryption: &types.ObjectEncryptionMemberSSEKMS{
		Value: types.SSEKMSEncryption{KMSKeyArn: ptr(key), BucketKeyEnabled: ptr(true)},
	}})(ctx))
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: ptr("warm")})
	must(t, err)
	wantEqual(t, "encryption", []any{head.ServerSideEncryption, *head.SSEKMSKeyId}, []any{types.ServerSideEncryptionAwsKms, key})
}

func awsDirectories(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("scenario--use1-az4--x-s3")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	awsPut(t, c, *b, "dir/k", "content") // in a session that the SDK opens
	must(t, awsMake(c.RenameObject, s3.RenameObjectInput{Bucket: b, Key: ptr("dir/l"), RenameSource: ptr("dir/k")})(ctx))
	wantEqual(t, "renamed object", awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("dir/l")}), "content")
	// At an endpoint that is not AWS's, the SDK wants a session for this, too.
	own := func(o *s3.Options) { o.DisableS3ExpressSessionAuth = ptr(true) }
	list, err := c.ListDirectoryBuckets(ctx, &s3.ListDirectoryBucketsInput{}, own)
	must(t, err)
	if len(list.Buckets) != 1 || *list.Buckets[0].Name != *b {
		t.Errorf("directory buckets %+v", list.Buckets)
	}
}

// awsPages makes more configurations than a list gives at a time.
func awsPages(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("pages")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	for i := range 101 {
		id := fmt.Sprintf("m%03d", i)
		must(t, awsMake(c.PutBucketMetricsConfiguration, s3.PutBucketMetricsConfigurationInput{Bucket: b, Id: &id, MetricsConfiguration: &types.MetricsConfiguration{Id: &id}})(ctx))
	}
	first, err := c.ListBucketMetricsConfigurations(ctx, &s3.ListBucketMetricsConfigurationsInput{Bucket: b})
	must(t, err)
	wantEqual(t, "first page", []any{len(first.MetricsConfigurationList), *first.IsTruncated}, []any{100, true})
	second, err := c.ListBucketMetricsConfigurations(ctx, &s3.ListBucketMetricsConfigurationsInput{Bucket: b, ContinuationToken: first.NextContinuationToken})
	must(t, err)
	wantEqual(t, "second page", []any{*second.MetricsConfigurationList[0].Id, *second.IsTruncated}, []any{"m100", false})
}

func awsForms(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	b := ptr("forms")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	post, err := s3.NewPresignClient(c).PresignPostObject(t.Context(), &s3.PutObjectInput{Bucket: b, Key: ptr("a key+é")}, func(o *s3.PresignPostOptions) {
		o.Conditions = []any{[]any{"content-length-range", 1, 10}}
	})
	must(t, err)
	for _, tc := range []struct {
		file   string
		status int
	}{{"hello", http.StatusNoContent}, {"more than ten bytes", http.StatusBadRequest}} {
		if status, answer := postForm(t, srv, post.URL, post.Values, tc.file); status != tc.status {
			t.Errorf("POST of %q: %d %s, want %d", tc.file, status, answer, tc.status)
		}
	}
	wantEqual(t, "posted object", awsText(t, c, &s3.GetObjectInput{Bucket: b, Key: ptr("a key+é")}), "hello")
}

// postForm posts a file as a browser does.
func postForm(t *testing.T, srv *storagetest.S3, address string, fields map[string]string, file string) (status int, answer []byte) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range fields {
		must(t, w.WriteField(name, value))
	}
	part, err := w.CreateFormFile("file", "f")
	must(t, err)
	_, err = part.Write([]byte(file))
	must(t, err)
	must(t, w.Close())
	return send(t, srv, http.MethodPost, address, http.Header{"Content-Type": {w.FormDataContentType()}}, form.Bytes())
}

func awsRefusals(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	ctx, b := t.Context(), ptr("refusals")
	srv.AddBucket(storagetest.BucketSetup{Name: *b})
	awsPut(t, c, *b, "k", "content")
	_, err := c.GetObjectTorrent(ctx, &s3.GetObjectTorrentInput{Bucket: b, Key: ptr("k")})
	wantCode(t, "GetObjectTorrent", err, "NotImplemented")
	// The SDK sends it to a host of its own, which there is not.
	_, err = c.WriteGetObjectResponse(ctx, &s3.WriteGetObjectResponseInput{RequestRoute: ptr("route"), RequestToken: ptr("token"), Body: strings.NewReader("x")})
	if err == nil {
		t.Error("WriteGetObjectResponse: no error")
	}
}
