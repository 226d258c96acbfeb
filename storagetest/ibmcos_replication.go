package storagetest

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ibmReplication is the replication of IBM's S3: the destination is a bucket's
// CRN or, within the account, its name, and there is no role. Nothing is
// replicated.
var ibmReplication = s3Document[replication]{
	root:    "ReplicationConfiguration",
	of:      bucketReplication.of,
	code:    bucketReplication.code,
	message: bucketReplication.message,
	check: func(c *s3Call, b *s3Bucket, r *replication) *s3Error {
		switch n := len(r.Rules); {
		case b.versioning != "Enabled":
			return errorInvalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
		case n == 0:
			return errorMalformedXML()
		case n > maxRules:
			return errorInvalidRequest("The number of replication rules must not exceed the allowed limit of " + strconv.Itoa(maxRules))
		}
		return r.checkRules(func(rule *replicationRule) *s3Error {
			if err := rule.check(); err != nil {
				return err
			}
			return c.checkIBMDestination(b, rule.Destination.Bucket)
		})
	},
}

// checkIBMDestination judges where a bucket is to be replicated to. The service
// is locked.
func (c *s3Call) checkIBMDestination(b *s3Bucket, name string) *s3Error {
	if strings.HasPrefix(name, "crn:") {
		_, bucket, ok := strings.Cut(name, ":bucket:")
		if !ok || bucket == "" {
			return errorInvalidArgument("Invalid bucket CRN", "Bucket", name)
		}
		// That of another instance is beyond what this server knows.
		if !strings.Contains(name, ":"+c.srv.serviceInstance+":bucket:") {
			return nil
		}
		name = bucket
	}
	return c.checkReplica(b, name)
}

// ReplicationFailure is a version that was not replicated, for
// [IBMCOS.AddReplicationFailure].
type ReplicationFailure struct {
	Key       string
	VersionID string
	SyncType  string // what was to be replicated; empty: "content"
	Cause     string // free text

	// When it was tried for the first and the last time; zero: now.
	FirstAttempt, LastAttempt time.Time
}

// AddReplicationFailure makes ListBucketReplicationFailures tell of a version. It
// panics if there is no such bucket.
func (s *IBMCOS) AddReplicationFailure(bucket string, f ReplicationFailure) {
	s.service.mu.Lock()
	defer s.service.mu.Unlock()
	b := s.service.buckets[bucket]
	if b == nil {
		panic("storagetest: no bucket " + bucket)
	}
	if f.SyncType == "" {
		f.SyncType = "content"
	}
	if f.LastAttempt.IsZero() {
		f.LastAttempt = s.clock()
	}
	if f.FirstAttempt.IsZero() {
		f.FirstAttempt = f.LastAttempt
	}
	b.failures = append(b.failures, f)
	slices.SortFunc(b.failures, func(x, y ReplicationFailure) int { return strings.Compare(x.place(), y.place()) })
}

// place orders the failures of a bucket: the newest first.
func (f ReplicationFailure) place() string {
	return fmt.Sprintf("%020d %s\x00%s", math.MaxInt64-f.FirstAttempt.UnixMilli(), f.Key, f.VersionID)
}

// lockReplicated is lockBucket for what needs a bucket that is replicated. Some of
// IBM's SDKs send a digest of the empty body, and some do not.
func (c *s3Call) lockReplicated() (*s3Bucket, *s3Error) {
	if _, err := c.document(false); err != nil {
		return nil, err
	}
	b, err := c.lockBucket()
	if err == nil && b.replication == nil {
		c.mu.Unlock()
		err = &s3Error{status: 404, code: bucketReplication.code, message: bucketReplication.message}
	}
	return b, err
}

// ibmReplicationFailures lists what was not replicated, from a time on into the
// past.
func ibmReplicationFailures(c *s3Call) *s3Error {
	l, err := c.newListing("max-keys")
	if err != nil {
		return err
	}
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	before := c.query.Get("first-sync-attempted-before")
	newest := int64(math.MaxInt64)
	if before != "" {
		var parseErr error
		if newest, parseErr = strconv.ParseInt(before, 10, 64); parseErr != nil {
			return errorInvalidArgument("The time must be in milliseconds since 1970", "first-sync-attempted-before", before)
		}
	}
	b, err := c.lockReplicated()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	var page []ReplicationFailure
	truncated := false
	for _, f := range b.failures {
		if f.place() <= after || f.FirstAttempt.UnixMilli() > newest {
			continue
		}
		if truncated = len(page) == l.limit; truncated {
			break
		}
		page = append(page, f)
	}
	truncated = truncated && l.limit > 0
	const root = "ListReplicationFailureResult"
	var x xmlWriter
	x.start(root, s3Namespace)
	x.text("Name", b.name)
	x.optional("FirstSyncAttemptedBefore", before)
	x.int("MaxKeys", int64(l.limit))
	x.bool("IsTruncated", truncated)
	x.optional("EncodingType", l.encoding)
	x.int("KeyCount", int64(len(page)))
	x.optional("ContinuationToken", c.query.Get("continuation-token"))
	if truncated {
		x.text("NextContinuationToken", c.makeToken(page[len(page)-1].place()))
	}
	for _, f := range page {
		x.start("Contents", "")
		x.text("Key", l.encode(f.Key))
		x.text("VersionId", f.VersionID)
		x.text("SyncType", f.SyncType)
		x.time("FirstSyncAttempted", f.FirstAttempt)
		x.time("LastSyncAttempted", f.LastAttempt)
		x.optional("SyncFailureCause", f.Cause)
		x.end("Contents")
	}
	x.end(root)
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// ibmReplicationReattempt schedules another attempt for the next midnight; to ask
// again the same day changes nothing. IBM says that a header tells the time, but
// not which: the name is made up.
func ibmReplicationReattempt(c *s3Call) *s3Error {
	if _, err := c.lockReplicated(); err != nil {
		return err
	}
	defer c.mu.Unlock()
	c.w.Header().Set("Ibm-Replication-Reattempt-Scheduled", midnight(c.now.Add(time.Nanosecond)).Format(http.TimeFormat))
	c.respond(http.StatusNoContent, nil)
	return nil
}
