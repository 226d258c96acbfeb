package storagetest

import (
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
			x.text("LocationConstraint", b.location)
		}
		x.end("Bucket")
	}
	x.end("Buckets")
	x.end("ListAllMyBucketsResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}
