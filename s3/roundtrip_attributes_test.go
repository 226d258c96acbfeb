package s3_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var attributeTrips = trips{
	"GetObjectAttributes": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		keepVersions(t, c)
		version := put(t, c, "k", "hello, world").VersionId
		put(t, c, "k", "")
		out := call(t, c.GetObjectAttributes, &s3.GetObjectAttributesInput{
			Bucket: "photos", Key: "k", VersionId: version,
			ObjectAttributes: []s3.ObjectAttributes{s3.ObjectAttributesETag, s3.ObjectAttributesChecksum, s3.ObjectAttributesObjectSize, s3.ObjectAttributesStorageClass, s3.ObjectAttributesObjectParts},
		})
		same(t, "GetObjectAttributes", out, &s3.GetObjectAttributesOutput{
			ETag: strings.Trim(etag("hello, world"), `"`), ObjectSize: 12, StorageClass: s3.StorageClassStandard, VersionId: version,
			Checksum: s3.Checksum{ChecksumType: s3.ChecksumTypeFullObject, ChecksumCRC64NVME: "imGzfIgXKM8="},
		})
		if out.LastModified.IsZero() {
			t.Error("no LastModified")
		}
		if _, err := c.GetObjectAttributes(t.Context(), &s3.GetObjectAttributesInput{Bucket: "photos", Key: "none", ObjectAttributes: []s3.ObjectAttributes{s3.ObjectAttributesETag}}); !errors.Is(err, s3.ErrNoSuchKey) {
			t.Errorf("no object: %v", err)
		}
	},
	"RenameObject": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		const bucket = "photos--use1-az4--x-s3"
		srv.AddBucket(storagetest.BucketSetup{Name: bucket})
		store := func(key, content string) {
			t.Helper()
			call(t, c.PutObject, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader(content)})
		}
		store("ü+ %/&", "content")
		store("there", "other")
		in := &s3.RenameObjectInput{Bucket: bucket, Key: "there", RenameSource: s3.RenameSource("ü+ %/&"), DestinationIfNoneMatch: "*"}
		if _, err := c.RenameObject(t.Context(), in); !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("replaced in spite of DestinationIfNoneMatch: %v", err)
		}
		in.DestinationIfNoneMatch = ""
		// The answer is lost, and the retry finds the work done.
		srv.Inject(storagetest.Fault{Operation: "RenameObject", Nth: 1, Reset: storagetest.BeforeResponse()})
		call(t, c.RenameObject, in)
		out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: bucket, Key: "there"})
		content, err := io.ReadAll(out.Body)
		out.Body.Close()
		if err != nil || string(content) != "content" {
			t.Errorf("renamed: %q, %v", content, err)
		}
		if _, err := c.RenameObject(t.Context(), in); !errors.Is(err, s3.ErrNoSuchKey) {
			t.Errorf("renamed again: %v", err)
		}
		put(t, c, "k", "")
		if _, err := c.RenameObject(t.Context(), &s3.RenameObjectInput{Bucket: "photos", Key: "new", RenameSource: "k"}); !errors.Is(err, s3.ErrNotImplemented) {
			t.Errorf("in a bucket of another kind: %v", err)
		}
	},
	// The emulator makes no torrents.
	"GetObjectTorrent": func(t *testing.T, srv *storagetest.S3, _ *s3.Client) {
		const torrent = "d8:announce27:http://tracker.example.com/e"
		server := &answers{status: 200, body: torrent, header: http.Header{"X-Amz-Request-Charged": {"requester"}}}
		c := canned(t, server)
		out := call(t, c.GetObjectTorrent, &s3.GetObjectTorrentInput{Bucket: "photos", Key: "k"})
		content, err := io.ReadAll(out.Body)
		out.Body.Close()
		if err != nil || string(content) != torrent || out.RequestCharged != s3.RequestChargedRequester {
			t.Errorf("GetObjectTorrent: %q, %v, %+v", content, err, out)
		}
		if r := server.sent[0]; r.Method != "GET" || r.URL.Path != "/k" || r.URL.RawQuery != "torrent" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
	},
	"UpdateObjectEncryption": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		keepVersions(t, c)
		version := put(t, c, "k", "x").VersionId
		put(t, c, "k", "y")
		const arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
		call(t, c.UpdateObjectEncryption, &s3.UpdateObjectEncryptionInput{
			Bucket: "photos", Key: "k", VersionId: version,
			ObjectEncryption: &s3.ObjectEncryption{SSEKMS: &s3.SSEKMSEncryption{KMSKeyArn: arn, BucketKeyEnabled: new(true)}},
		})
		head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k", VersionId: version})
		if head.ServerSideEncryption != s3.ServerSideEncryptionAwsKms || head.SSEKMSKeyId != arn || !head.BucketKeyEnabled || head.ETag != etag("x") {
			t.Errorf("HeadObject: %+v", head)
		}
		if head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k"}); head.ServerSideEncryption != s3.ServerSideEncryptionAes256 {
			t.Errorf("HeadObject of the other version: %+v", head)
		}
	},
}

// TestObjectParts walks the parts of an object by pages, and reads each of
// them.
func TestObjectParts(t *testing.T) {
	_, c := serve(t, storagetest.WithMinPartSize(1))
	contents := []string{"one", "two, longer", "three"}
	id := call(t, c.CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: "k", ChecksumAlgorithm: s3.ChecksumAlgorithmSha256}).UploadId
	var completed []s3.CompletedPart
	var want []s3.ObjectPart
	for i, content := range contents {
		part := call(t, c.UploadPart, &s3.UploadPartInput{
			Bucket: "photos", Key: "k", UploadId: id, PartNumber: int32(i + 1), Body: strings.NewReader(content), ChecksumAlgorithm: s3.ChecksumAlgorithmSha256,
		})
		completed = append(completed, s3.CompletedPart{PartNumber: int32(i + 1), ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256})
		want = append(want, s3.ObjectPart{PartNumber: int32(i + 1), Size: int64(len(content)), ChecksumSHA256: part.ChecksumSHA256})
	}
	call(t, c.CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{
		Bucket: "photos", Key: "k", UploadId: id, MultipartUpload: &s3.CompletedMultipartUpload{Parts: completed},
	})
	in := &s3.GetObjectAttributesInput{Bucket: "photos", Key: "k", MaxParts: 2, ObjectAttributes: []s3.ObjectAttributes{s3.ObjectAttributesObjectParts}}
	var got []s3.ObjectPart
	for part, err := range paginator.Items(t.Context(), c.GetObjectAttributes, in) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, part)
	}
	same(t, "parts", got, want)

	whole := strings.Join(contents, "")
	for i, content := range contents {
		number := int32(i + 1)
		off := strings.Index(whole, content)
		contentRange := fmt.Sprintf("bytes %d-%d/%d", off, off+len(content)-1, len(whole))
		out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k", PartNumber: number})
		body, err := io.ReadAll(out.Body)
		out.Body.Close()
		if err != nil || string(body) != content || out.PartsCount != 3 || out.ContentRange != contentRange || out.ContentLength != int64(len(content)) {
			t.Errorf("part %d: %q, %v, %+v", number, body, err, out)
		}
		head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k", PartNumber: number, ChecksumMode: s3.ChecksumModeEnabled})
		if head.PartsCount != 3 || head.ContentLength != int64(len(content)) || head.ContentRange != contentRange || head.ChecksumSHA256 != want[i].ChecksumSHA256 {
			t.Errorf("HEAD of part %d: %+v", number, head)
		}
	}
	for name, test := range map[string]struct {
		in   s3.GetObjectInput
		code string
	}{
		"a part behind the last": {s3.GetObjectInput{PartNumber: 4}, "InvalidPartNumber"},
		"a range and a part":     {s3.GetObjectInput{PartNumber: 1, Range: "bytes=0-1"}, "InvalidRequest"},
		"a part that cannot be":  {s3.GetObjectInput{PartNumber: 10_001}, "InvalidArgument"},
	} {
		test.in.Bucket, test.in.Key = "photos", "k"
		_, err := c.GetObject(t.Context(), &test.in)
		var e *s3.Error
		if !errors.As(err, &e) || e.Code != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
}
