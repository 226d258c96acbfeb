package realservers

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
)

// scenarios try every operation.
var scenarios = []scenario{
	{run: tryBuckets},
	{run: tryObjects},
	{run: tryMultipart},
	{run: tryLifecycle},
	{setup: ownedByWriter, run: tryAccess},
	{run: trySettings},
	{run: tryConfigurations},
	{run: tryNotifications},
	{run: tryReplication},
	{run: tryMetadataTables},
	{run: tryVersions},
	{run: tryObjectTags},
	{setup: lockable, run: tryLocks},
	{run: tryObjectCalls},
	{run: tryDirectoryBuckets},
	{run: tryAnnotations},
}

// body is what small objects hold.
const body = "hello, world"

// object stores an object that other calls need.
func (p *trials) object(key string) *s3.PutObjectOutput {
	p.t.Helper()
	return put(p.t, p.client, p.bucket, key, []byte(body))
}

func (p *trials) text(in *s3.GetObjectInput) (string, error) {
	in.Bucket = p.bucket
	out, err := p.client.GetObject(p.ctx(), in)
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(out.Body)
	return b.String(), err
}

func tryBuckets(p *trials) {
	name, c, ctx := freshName(), p.client, p.ctx()
	p.try("CreateBucket", func() error {
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: name})
		return err
	})
	p.try("HeadBucket", func() error {
		_, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: name})
		return err
	})
	p.try("GetBucketLocation", func() error {
		out, err := c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: name})
		if err != nil {
			return err
		}
		return p.same(out.LocationConstraint, s3.BucketLocationConstraint(""))
	})
	p.try("ListBuckets", func() error {
		out, err := c.ListBuckets(ctx, &s3.ListBucketsInput{})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(out.Buckets, func(b s3.Bucket) bool { return b.Name == name }) {
			return errIgnored
		}
		return nil
	})
	p.try("DeleteBucket", func() error {
		if _, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: name}); err != nil {
			return err
		}
		if _, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: name}); !e404(err) {
			return errIgnored
		}
		return nil
	})
}

func tryObjects(p *trials) {
	c, ctx, b := p.client, p.ctx(), p.bucket
	p.try("PutObject", func() error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: "a", Body: strings.NewReader(body), ContentType: "text/x", Metadata: map[string]string{"k": "v"}})
		return err
	})
	p.try("HeadObject", func() error {
		out, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: "a"})
		if err != nil {
			return err
		}
		return p.same([]any{out.ContentLength, out.ContentType, out.Metadata["k"]}, []any{int64(len(body)), "text/x", "v"})
	})
	p.try("GetObject", func() error {
		got, err := p.text(&s3.GetObjectInput{Key: "a"})
		if err != nil {
			return err
		}
		return p.same(got, body)
	})
	p.try("CopyObject", func() error {
		if _, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: b, Key: "b", CopySource: s3.CopySource(b, "a", "")}); err != nil {
			return err
		}
		got, err := p.text(&s3.GetObjectInput{Key: "b"})
		if err != nil {
			return err
		}
		return p.same(got, body)
	})
	p.try("ListObjects", func() error {
		var keys []string
		for o, err := range paginator.Items(ctx, c.ListObjects, &s3.ListObjectsInput{Bucket: b, MaxKeys: ptr[int32](1)}) {
			if err != nil {
				return err
			}
			keys = append(keys, o.Key)
		}
		return p.same(keys, []string{"a", "b"})
	})
	p.try("ListObjectsV2", func() error {
		var keys []string
		for o, err := range paginator.Items(ctx, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: b, MaxKeys: ptr[int32](1)}) {
			if err != nil {
				return err
			}
			keys = append(keys, o.Key)
		}
		return p.same(keys, []string{"a", "b"})
	})
	p.try("DeleteObject", func() error {
		if _, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: "a"}); err != nil {
			return err
		}
		if _, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: "a"}); !e404(err) {
			return errIgnored
		}
		return nil
	})
	p.try("DeleteObjects", func() error {
		out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: b, Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "b"}, {Key: "none"}}}})
		if err != nil {
			return err
		}
		return p.same(len(out.Deleted), 2)
	})
}

func tryMultipart(p *trials) {
	c, ctx, b := p.client, p.ctx(), p.bucket
	var id string
	p.try("CreateMultipartUpload", func() error {
		out, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: "k"})
		if err == nil {
			id = out.UploadId
		}
		return err
	})
	large := content(5 << 20)
	var parts []s3.CompletedPart
	p.try("UploadPart", func() error {
		out, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: b, Key: "k", UploadId: id, PartNumber: 1, Body: bytes.NewReader(large)})
		if err == nil {
			parts = append(parts, s3.CompletedPart{PartNumber: 1, ETag: out.ETag, ChecksumCRC64NVME: out.ChecksumCRC64NVME})
		}
		return err
	})
	p.try("ListParts", func() error {
		var sizes []int64
		for part, err := range paginator.Items(ctx, c.ListParts, &s3.ListPartsInput{Bucket: b, Key: "k", UploadId: id}) {
			if err != nil {
				return err
			}
			sizes = append(sizes, part.Size)
		}
		return p.same(sizes, []int64{5 << 20})
	})
	p.try("ListMultipartUploads", func() error {
		out, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: b})
		if err != nil {
			return err
		}
		return p.same(len(out.Uploads), 1)
	})
	p.try("CompleteMultipartUpload", func() error {
		in := &s3.CompleteMultipartUploadInput{Bucket: b, Key: "k", UploadId: id, MultipartUpload: &s3.CompletedMultipartUpload{Parts: parts}}
		if _, err := c.CompleteMultipartUpload(ctx, in); err != nil {
			return err
		}
		got, err := p.text(&s3.GetObjectInput{Key: "k"})
		if err != nil {
			return err
		}
		if got != string(large) {
			return fmt.Errorf("the object is not what its parts were: %w", errIgnored)
		}
		return nil
	})
	p.object("source")
	p.try("UploadPartCopy", func() error {
		made, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: "copy"})
		if err != nil {
			return err
		}
		part, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: b, Key: "copy", UploadId: made.UploadId, PartNumber: 1, CopySource: s3.CopySource(b, "source", ""), CopySourceRange: "bytes=0-4"})
		if err != nil {
			return err
		}
		_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: b, Key: "copy", UploadId: made.UploadId, MultipartUpload: &s3.CompletedMultipartUpload{
			Parts: []s3.CompletedPart{{PartNumber: 1, ETag: part.CopyPartResult.ETag, ChecksumCRC64NVME: part.CopyPartResult.ChecksumCRC64NVME}},
		}})
		if err != nil {
			return err
		}
		got, err := p.text(&s3.GetObjectInput{Key: "copy"})
		if err != nil {
			return err
		}
		return p.same(got, body[:5])
	})
	p.try("AbortMultipartUpload", func() error {
		out, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: "l"})
		if err != nil {
			return err
		}
		if _, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: b, Key: "l", UploadId: out.UploadId}); err != nil {
			return err
		}
		left, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: b})
		if err != nil {
			return err
		}
		return p.same(len(left.Uploads), 0)
	})
}

func tryLifecycle(p *trials) {
	c, ctx, b := p.client, p.ctx(), p.bucket
	rules := []s3.LifecycleRule{{
		ID: "logs", Status: s3.ExpirationStatusEnabled, Filter: &s3.LifecycleRuleFilter{Prefix: ptr("logs/")},
		Expiration: &s3.LifecycleExpiration{Days: ptr[int32](30)},
	}}
	p.document(document{
		name: "BucketLifecycleConfiguration", delete: "DeleteBucketLifecycle",
		put: func() error {
			_, err := c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{Bucket: b, LifecycleConfiguration: &s3.BucketLifecycleConfiguration{Rules: rules}})
			return err
		},
		get: func() (got, want any, err error) {
			out, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: b})
			if err != nil {
				return nil, nil, err
			}
			return out.Rules, rules, nil
		},
		remove: func() error {
			_, err := c.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: b})
			return err
		},
	})
	old := []s3.Rule{{ID: "r", Prefix: "old/", Status: s3.ExpirationStatusEnabled, Expiration: &s3.LifecycleExpiration{Days: ptr[int32](3)}}}
	p.document(document{
		name: "BucketLifecycle",
		put: func() error {
			//lint:ignore SA1019 the old form is what is tried
			_, err := c.PutBucketLifecycle(ctx, &s3.PutBucketLifecycleInput{Bucket: b, LifecycleConfiguration: &s3.LifecycleConfiguration{Rules: old}})
			return err
		},
		get: func() (got, want any, err error) {
			//lint:ignore SA1019 the old form is what is tried
			out, err := c.GetBucketLifecycle(ctx, &s3.GetBucketLifecycleInput{Bucket: b})
			if err != nil {
				return nil, nil, err
			}
			return out.Rules, old, nil
		},
	})
}
