package realservers

import (
	"slices"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/s3"
)

func tryVersions(p *trials) {
	c, b := p.client, p.bucket
	p.document(document{
		name: "BucketVersioning",
		put: making(p, c.PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: b, VersioningConfiguration: &s3.VersioningConfiguration{
			Status: s3.BucketVersioningStatusEnabled,
		}}),
		get: reading(p, c.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: b}, s3.BucketVersioningStatusEnabled, func(out *s3.GetBucketVersioningOutput) s3.BucketVersioningStatus {
			return out.Status
		}),
	})
	first := p.object("k").VersionId
	p.object("k")
	if _, err := c.DeleteObject(p.ctx(), &s3.DeleteObjectInput{Bucket: b, Key: "k"}); err != nil {
		p.t.Error(err)
	}
	p.try("ListObjectVersions", looking(p, c.ListObjectVersions, &s3.ListObjectVersionsInput{Bucket: b}, []int{2, 1}, func(out *s3.ListObjectVersionsOutput) []int {
		return []int{len(out.Versions), len(out.DeleteMarkers)}
	}))
	if text, err := p.text(&s3.GetObjectInput{Key: "k", VersionId: first}); err != nil || text != body {
		p.t.Errorf("%s: an old version is %q, %v", p.target.name, text, err)
	}
}

func tryObjectTags(p *trials) {
	c, b := p.client, p.bucket
	p.object("k")
	tags := []s3.Tag{{Key: "k", Value: "v"}, {Key: "l", Value: ""}}
	p.document(document{
		name: "ObjectTagging",
		put:  making(p, c.PutObjectTagging, &s3.PutObjectTaggingInput{Bucket: b, Key: "k", Tagging: &s3.Tagging{TagSet: tags}}),
		get: reading(p, c.GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: b, Key: "k"}, tags, func(out *s3.GetObjectTaggingOutput) []s3.Tag {
			slices.SortFunc(out.TagSet, func(a, b s3.Tag) int { return strings.Compare(a.Key, b.Key) })
			return out.TagSet
		}),
		remove: making(p, c.DeleteObjectTagging, &s3.DeleteObjectTaggingInput{Bucket: b, Key: "k"}),
	})
}

func lockable(in *s3.CreateBucketInput) { in.ObjectLockEnabledForBucket = true }

func tryLocks(p *trials) {
	c, b := p.client, p.bucket
	p.document(document{
		name: "ObjectLockConfiguration",
		put: making(p, c.PutObjectLockConfiguration, &s3.PutObjectLockConfigurationInput{Bucket: b, ObjectLockConfiguration: &s3.ObjectLockConfiguration{
			ObjectLockEnabled: s3.ObjectLockEnabledEnabled,
			Rule:              &s3.ObjectLockRule{DefaultRetention: &s3.DefaultRetention{Mode: s3.ObjectLockRetentionModeGovernance, Days: ptr[int32](1)}},
		}}),
		get: reading(p, c.GetObjectLockConfiguration, &s3.GetObjectLockConfigurationInput{Bucket: b}, int32(1), func(out *s3.GetObjectLockConfigurationOutput) int32 {
			if rule := out.ObjectLockConfiguration.Rule; rule != nil && rule.DefaultRetention != nil && rule.DefaultRetention.Days != nil {
				return *rule.DefaultRetention.Days
			}
			return 0
		}),
	})
	// A bucket with a default retention demands a checksum, which not every
	// profile sends unasked.
	locked, err := c.PutObject(p.ctx(), &s3.PutObjectInput{Bucket: b, Key: "k", Body: strings.NewReader(body), ChecksumAlgorithm: s3.ChecksumAlgorithmSha256})
	if err != nil {
		p.t.Fatal(err)
	}
	until := time.Now().Add(48 * time.Hour).Truncate(time.Second).UTC()
	p.document(document{
		name: "ObjectRetention",
		put: making(p, c.PutObjectRetention, &s3.PutObjectRetentionInput{Bucket: b, Key: "k", Retention: &s3.ObjectLockRetention{
			Mode: s3.ObjectLockRetentionModeGovernance, RetainUntilDate: until,
		}}),
		get: reading(p, c.GetObjectRetention, &s3.GetObjectRetentionInput{Bucket: b, Key: "k"}, until, func(out *s3.GetObjectRetentionOutput) time.Time {
			return out.Retention.RetainUntilDate
		}),
	})
	p.document(document{
		name: "ObjectLegalHold",
		put: making(p, c.PutObjectLegalHold, &s3.PutObjectLegalHoldInput{Bucket: b, Key: "k", LegalHold: &s3.ObjectLockLegalHold{
			Status: s3.ObjectLockLegalHoldStatusOn,
		}}),
		get: reading(p, c.GetObjectLegalHold, &s3.GetObjectLegalHoldInput{Bucket: b, Key: "k"}, s3.ObjectLockLegalHoldStatusOn, func(out *s3.GetObjectLegalHoldOutput) s3.ObjectLockLegalHoldStatus {
			return out.LegalHold.Status
		}),
	})
	// So that the bucket can go.
	_ = making(p, c.PutObjectLegalHold, &s3.PutObjectLegalHoldInput{Bucket: b, Key: "k", LegalHold: &s3.ObjectLockLegalHold{Status: s3.ObjectLockLegalHoldStatusOff}})()
	_ = making(p, c.DeleteObject, &s3.DeleteObjectInput{Bucket: b, Key: "k", VersionId: locked.VersionId, BypassGovernanceRetention: true})()
}
