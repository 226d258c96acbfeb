package storagetest

import (
	"slices"
	"strconv"
	"strings"
)

var s3ReplicationHandlers = handlers{
	"PutBucketReplication":    bucketReplication.put,
	"GetBucketReplication":    bucketReplication.get,
	"DeleteBucketReplication": bucketReplication.delete,
}

// replication is the document. Nothing is replicated.
type replication struct {
	Role  string            `xml:",omitempty"` // IBM has none
	Rules []replicationRule `xml:"Rule"`
}

type replicationRule struct {
	ID                        string
	Priority                  *int               `xml:",omitempty"`
	Prefix                    *string            `xml:",omitempty"`
	Filter                    *replicationFilter `xml:",omitempty"`
	Status                    string
	SourceSelectionCriteria   *replicationSource `xml:",omitempty"`
	ExistingObjectReplication *onOff             `xml:",omitempty"`
	Destination               replicationDestination
	DeleteMarkerReplication   *onOff `xml:",omitempty"`
}

type replicationFilter struct {
	Prefix *string         `xml:",omitempty"`
	Tag    *bucketTag      `xml:",omitempty"`
	And    *replicationAnd `xml:",omitempty"`
}

type replicationAnd struct {
	Prefix *string     `xml:",omitempty"`
	Tags   []bucketTag `xml:"Tag"`
}

type replicationSource struct {
	SseKmsEncryptedObjects *onOff `xml:",omitempty"`
	ReplicaModifications   *onOff `xml:",omitempty"`
}

type replicationDestination struct {
	Bucket                   string
	Account                  string                            `xml:",omitempty"`
	StorageClass             string                            `xml:",omitempty"`
	AccessControlTranslation *struct{ Owner string }           `xml:",omitempty"`
	EncryptionConfiguration  *struct{ ReplicaKmsKeyID string } `xml:",omitempty"`
	ReplicationTime          *replicationTime                  `xml:",omitempty"`
	Metrics                  *replicationMetrics               `xml:",omitempty"`
}

type replicationTime struct {
	Status string
	Time   replicationMinutes
}

type replicationMetrics struct {
	Status         string
	EventThreshold *replicationMinutes `xml:",omitempty"`
}

type replicationMinutes struct {
	Minutes *int `xml:",omitempty"`
}

// valid reports whether it is the only time there is.
func (m *replicationMinutes) valid() bool { return m.Minutes != nil && *m.Minutes == 15 }

// onOff is an element that is nothing but a status.
type onOff struct{ Status string }

func validStatus(s string) bool { return s == "Enabled" || s == "Disabled" }

func (o *onOff) valid() bool { return o == nil || validStatus(o.Status) }

func (o *onOff) enabled() bool { return o != nil && o.Status == "Enabled" }

var bucketReplication = s3Document[replication]{
	root: "ReplicationConfiguration",
	of:   func(b *s3Bucket) **replication { return &b.replication },
	check: func(c *s3Call, b *s3Bucket, r *replication) *s3Error {
		if b.versioning != "Enabled" {
			return &s3Error{status: 400, code: "InvalidRequest", message: "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
				extra: []string{"BucketName", b.name}}
		}
		return r.check(c, b)
	},
	code:    "ReplicationConfigurationNotFoundError",
	message: "The replication configuration was not found",
}

func (r *replication) check(c *s3Call, b *s3Bucket) *s3Error {
	switch n := len(r.Rules); {
	case r.Role == "", n == 0:
		return errorMalformedXML()
	case n > maxRules:
		return errorInvalidRequest("The number of replication rules must not exceed the allowed limit of " + strconv.Itoa(maxRules))
	case !isARN(r.Role, "iam", "role/"):
		return errorInvalidArgument("Invalid Role specified in replication configuration", "Role", r.Role)
	}
	return r.checkRules(func(rule *replicationRule) *s3Error {
		if err := rule.check(); err != nil {
			return err
		}
		return rule.checkBuckets(c, b)
	})
}

// checkRules judges each rule, and gives it an id if it has none.
func (r *replication) checkRules(check func(*replicationRule) *s3Error) *s3Error {
	seen := make(map[string]bool)
	for i := range r.Rules {
		rule := &r.Rules[i]
		if rule.ID == "" {
			rule.ID = randomHex(18)
		}
		switch {
		case len(rule.ID) > 255:
			return errorInvalidArgument("ID length should not exceed allowed limit of 255", "ID", rule.ID)
		case seen[rule.ID]:
			return errorInvalidArgument("Rule Id must be unique", "ID", rule.ID)
		}
		seen[rule.ID] = true
		if err := check(rule); err != nil {
			return err
		}
	}
	return nil
}

// check judges what a rule says by itself. A rule of the old form has a prefix
// and no priority, one of the new form has a filter.
func (r *replicationRule) check() *s3Error {
	const schema = " for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information."
	d := &r.Destination
	switch {
	case !validStatus(r.Status), !r.DeleteMarkerReplication.valid(), d.Bucket == "", (r.Prefix == nil) == (r.Filter == nil),
		d.StorageClass != "" && !slices.Contains(storageClasses, d.StorageClass):
		return errorMalformedXML()
	case r.ExistingObjectReplication != nil:
		return errorInvalidRequest("ExistingObjectReplication is no longer supported")
	case r.Filter != nil && r.Priority == nil:
		return errorInvalidRequest("Priority must be specified" + schema)
	case r.Filter != nil && r.DeleteMarkerReplication == nil:
		return errorInvalidRequest("DeleteMarkerReplication must be specified" + schema)
	case r.Filter == nil && r.Priority != nil:
		return errorInvalidRequest("Priority cannot be used" + schema)
	case r.Filter == nil && r.DeleteMarkerReplication != nil:
		return errorInvalidRequest("DeleteMarkerReplication cannot be used" + schema)
	case r.Priority != nil && *r.Priority < 0:
		return errorInvalidArgument("Priority must be a non-negative integer", "Priority", strconv.Itoa(*r.Priority))
	}
	if f := r.Filter; f != nil {
		var tags []bucketTag
		switch {
		case count(f.Prefix != nil, f.Tag != nil, f.And != nil) > 1:
			return errorMalformedXML()
		case f.Tag != nil:
			tags = []bucketTag{*f.Tag}
		case f.And != nil:
			tags = f.And.Tags
			if len(tags)+count(f.And.Prefix != nil) < 2 {
				return errorMalformedXML()
			}
		}
		if len(tags) > 0 && r.DeleteMarkerReplication.enabled() {
			return errorInvalidRequest("Delete marker replication is not supported if any Tag filter is specified. Please refer to S3 Developer Guide for more information.")
		}
		if err := checkTags(tags); err != nil {
			return err
		}
	}
	return r.checkReplicas()
}

// checkReplicas judges what is to become of replicas.
func (r *replicationRule) checkReplicas() *s3Error {
	d, source := &r.Destination, r.SourceSelectionCriteria
	if source == nil {
		source = &replicationSource{}
	}
	encrypted := d.EncryptionConfiguration
	switch {
	case !source.SseKmsEncryptedObjects.valid(), !source.ReplicaModifications.valid(),
		d.AccessControlTranslation != nil && d.AccessControlTranslation.Owner != "Destination",
		d.Metrics != nil && !validStatus(d.Metrics.Status),
		d.ReplicationTime != nil && !validStatus(d.ReplicationTime.Status):
		return errorMalformedXML()
	case d.Account != "" && !accountIDs.MatchString(d.Account):
		return errorInvalidArgument("Invalid account id", "Account", d.Account)
	case d.AccessControlTranslation != nil && d.Account == "":
		return errorInvalidRequest("Account must be specified for AccessControlTranslation")
	case encrypted != nil && !source.SseKmsEncryptedObjects.enabled():
		return errorInvalidRequest("SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present")
	case encrypted == nil && source.SseKmsEncryptedObjects.enabled():
		return errorInvalidRequest("EncryptionConfiguration must be specified if SseKmsEncryptedObjects tag is present")
	case encrypted != nil && !isARN(encrypted.ReplicaKmsKeyID, "kms", ""):
		return errorInvalidArgument("Invalid KMS key ARN", "ReplicaKmsKeyID", encrypted.ReplicaKmsKeyID)
	case d.Metrics != nil && d.Metrics.EventThreshold != nil && !d.Metrics.EventThreshold.valid():
		return errorInvalidArgument("EventThreshold must be 15 minutes", "Minutes", "")
	case d.ReplicationTime != nil && !d.ReplicationTime.Time.valid():
		return errorInvalidArgument("Replication time must be 15 minutes", "Minutes", "")
	case d.ReplicationTime != nil && d.ReplicationTime.Status == "Enabled" && (d.Metrics == nil || d.Metrics.Status != "Enabled" || d.Metrics.EventThreshold == nil):
		return errorInvalidRequest("Replication Time Control requires Metrics with an EventThreshold")
	}
	return nil
}

// checkBuckets judges the destination of a rule for a bucket. The service is
// locked.
func (r *replicationRule) checkBuckets(c *s3Call, b *s3Bucket) *s3Error {
	arn := r.Destination.Bucket
	if !bucketARNs.MatchString(arn) {
		return errorInvalidArgument("Invalid bucket ARN", "Bucket", arn)
	}
	name := arn[strings.LastIndexByte(arn, ':')+1:]
	if err := c.checkReplica(b, name); err != nil {
		return err
	}
	if r.Destination.Account != "" && r.Destination.Account != c.buckets[name].owner {
		return errorInvalidRequest("Destination bucket is not owned by the specified account.")
	}
	return nil
}

// checkReplica judges the bucket that another is to be replicated to.
func (c *s3Call) checkReplica(b *s3Bucket, name string) *s3Error {
	switch to := c.buckets[name]; {
	case name == b.name:
		return errorInvalidRequest("Destination bucket cannot be the same as the source bucket.")
	case to == nil:
		return errorInvalidRequest("Destination bucket must exist.")
	case to.versioning != "Enabled":
		return errorInvalidRequest("Destination bucket must have versioning enabled.")
	}
	return nil
}
