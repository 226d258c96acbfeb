package storagetest

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

var provisioningCode = regexp.MustCompile(`^(.+)-(standard|vault|cold|smart|onerate_active)$`)

// ibmLocation reads a provisioning code: location and class in one. A bucket is
// where its endpoint is.
func ibmLocation(c *s3Call, constraint string) (region, location string, err *s3Error) {
	if constraint == "" {
		return c.srv.region, c.srv.region + "-standard", nil
	}
	m := provisioningCode.FindStringSubmatch(constraint)
	if m == nil || m[1] != c.srv.region {
		return "", "", &s3Error{status: 400, code: "InvalidLocationConstraint", message: "The specified location-constraint is not valid"}
	}
	return c.srv.region, constraint, nil
}

// ibmLocationOf is the provisioning code of a bucket.
func ibmLocationOf(b *s3Bucket) string { return cmp.Or(b.location, b.region+"-standard") }

// maxIBMBuckets bounds the buckets of an instance.
const maxIBMBuckets = 1000

// ibmBucketName judges the name of a new bucket.
func ibmBucketName(name string) bool {
	return plainBucketName(name) && !strings.Contains(name, "--") && !strings.HasPrefix(name, "cosv1-") && !strings.HasPrefix(name, "account-")
}

// ibmPublicAccess is the block of public access, of which IBM has half.
var ibmPublicAccess = s3Document[publicAccess]{
	root: publicAccessBlock.root,
	of:   publicAccessBlock.of,
	check: func(_ *s3Call, _ *s3Bucket, p *publicAccess) *s3Error {
		if p.BlockPublicPolicy != nil || p.RestrictPublicBuckets != nil {
			return errorMalformedXML()
		}
		if *p == (publicAccess{}) {
			return errorInvalidRequest("Must specify at least one configuration.")
		}
		for _, setting := range []**bool{&p.BlockPublicAcls, &p.IgnorePublicAcls} {
			if *setting == nil {
				*setting = new(bool)
			}
		}
		return nil
	},
	code:    publicAccessBlock.code,
	message: publicAccessBlock.message,
}

// ibmJudge lets everybody read the objects whose ACL says so, unless the bucket
// ignores that. Whoever has a token or a key may do everything.
func ibmJudge(c *s3Call) *s3Error {
	if c.op == "PostObject" || c.signature != nil || c.header("Authorization") != "" {
		return nil
	}
	if c.op == "GetObject" || c.op == "HeadObject" {
		b, o, err := c.lockObject()
		if err == nil {
			defer c.mu.Unlock()
			ignored := b.publicAccess != nil && *b.publicAccess.IgnorePublicAcls
			if !ignored && o.acl.readable(false) {
				return nil
			}
		}
	}
	return errorAccessDenied("")
}

// listBuckets serves ListBuckets, which has no pages at IBM, and
// ListBucketsExtended, which has.
func (s *IBMCOS) listBuckets(c *s3Call, extended bool) *s3Error {
	limit := maxPage
	var marker, prefix string
	if extended {
		var err *s3Error
		if limit, err = c.limit("max-keys"); err != nil {
			return err
		}
		marker, prefix = c.query.Get("marker"), c.query.Get("prefix")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	buckets := slices.DeleteFunc(c.ownBuckets(), func(b *s3Bucket) bool {
		return b.name <= marker || !strings.HasPrefix(b.name, prefix)
	})
	truncated := extended && limit > 0 && len(buckets) > limit
	if extended {
		buckets = buckets[:min(limit, len(buckets))]
	}
	var x xmlWriter
	x.start("ListAllMyBucketsResult", s3Namespace)
	x.owner("Owner", c.srv.accountID)
	if extended {
		x.bool("IsTruncated", truncated)
		x.int("MaxKeys", int64(limit))
		x.text("Prefix", prefix)
		x.text("Marker", marker)
		if truncated {
			x.text("NextMarker", buckets[len(buckets)-1].name)
		}
	}
	x.start("Buckets", "")
	for _, b := range buckets {
		x.start("Bucket", "")
		x.text("Name", b.name)
		x.time("CreationDate", b.created.Truncate(time.Second))
		if extended {
			x.text("LocationConstraint", ibmLocationOf(b))
			x.optional("CreationTemplateId", b.templateID)
		}
		x.end("Bucket")
	}
	x.end("Buckets")
	x.end("ListAllMyBucketsResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}
