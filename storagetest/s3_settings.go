package storagetest

import (
	"slices"
	"strings"
)

var s3SettingsHandlers = handlers{
	"PutBucketLogging":                 bucketLogging.put,
	"GetBucketLogging":                 bucketLogging.get,
	"PutBucketAccelerateConfiguration": bucketAcceleration.put,
	"GetBucketAccelerateConfiguration": bucketAcceleration.get,
	"PutBucketRequestPayment":          bucketPayment.put,
	"GetBucketRequestPayment":          bucketPayment.get,
	"PutBucketAbac":                    bucketAttributes.put,
	"GetBucketAbac":                    bucketAttributes.get,
}

// logging is where a log would go; none is written.
type logging struct {
	LoggingEnabled *loggingTarget `xml:",omitempty"`
}

type loggingTarget struct {
	TargetBucket          string
	TargetPrefix          *string
	TargetGrants          *loggingGrants `xml:",omitempty"`
	TargetObjectKeyFormat *loggingKeys   `xml:",omitempty"`
}

type loggingGrants struct {
	Grants acl `xml:"Grant"`
}

type loggingKeys struct {
	SimplePrefix      *struct{}           `xml:",omitempty"`
	PartitionedPrefix *loggingPartitioned `xml:",omitempty"`
}

type loggingPartitioned struct {
	PartitionDateSource string `xml:",omitempty"`
}

var bucketLogging = s3Document[logging]{
	root:     "BucketLoggingStatus",
	of:       func(b *s3Bucket) **logging { return &b.logging },
	standard: func(*s3Call) *logging { return &logging{} },
	check: func(c *s3Call, b *s3Bucket, doc *logging) *s3Error {
		if doc.LoggingEnabled == nil {
			return nil
		}
		return doc.LoggingEnabled.check(c, b)
	},
}

func (l *loggingTarget) check(c *s3Call, b *s3Bucket) *s3Error {
	if l.TargetBucket == "" || l.TargetPrefix == nil {
		return errorMalformedXML()
	}
	if grants := l.TargetGrants; grants != nil {
		if err := c.checkGrants(grants.Grants); err != nil {
			return err
		}
		if slices.ContainsFunc(grants.Grants, func(g aclGrant) bool { return strings.HasSuffix(g.Permission, "_ACP") }) {
			return errorMalformedXML()
		}
	}
	if keys := l.TargetObjectKeyFormat; keys != nil {
		if (keys.SimplePrefix == nil) == (keys.PartitionedPrefix == nil) {
			return errorMalformedXML()
		}
		if p := keys.PartitionedPrefix; p != nil && !slices.Contains([]string{"", "EventTime", "DeliveryTime"}, p.PartitionDateSource) {
			return errorMalformedXML()
		}
	}
	invalid := func(message string) *s3Error {
		return &s3Error{status: 400, code: "InvalidTargetBucketForLogging", message: message, extra: []string{"TargetBucket", l.TargetBucket}}
	}
	switch target := c.buckets[l.TargetBucket]; {
	case target == nil:
		return invalid("The target bucket for logging does not exist")
	case target.owner != b.owner:
		return invalid("The owner for the bucket to be logged and the target bucket must be the same.")
	case target.region != b.region:
		return &s3Error{status: 403, code: "CrossLocationLoggingProhibited", message: "Cross S3 location logging not allowed."}
	}
	return nil
}

// status is a document that turns something on or off.
type status struct {
	Status string `xml:",omitempty"`
}

var bucketAcceleration = s3Document[status]{
	root:      "AccelerateConfiguration",
	of:        func(b *s3Bucket) **status { return &b.acceleration },
	standard:  func(*s3Call) *status { return &status{} },
	unchecked: true,
	check: func(_ *s3Call, b *s3Bucket, doc *status) *s3Error {
		switch {
		case strings.Contains(b.name, "."):
			return errorInvalidRequest("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names")
		case doc.Status != "Enabled" && doc.Status != "Suspended":
			return errorMalformedXML()
		}
		return nil
	},
}

type payment struct{ Payer string }

var bucketPayment = s3Document[payment]{
	root:     "RequestPaymentConfiguration",
	of:       func(b *s3Bucket) **payment { return &b.payment },
	standard: func(*s3Call) *payment { return &payment{Payer: "BucketOwner"} },
	check: func(_ *s3Call, _ *s3Bucket, doc *payment) *s3Error {
		if doc.Payer != "Requester" && doc.Payer != "BucketOwner" {
			return errorMalformedXML()
		}
		return nil
	},
}

// bucketAttributes says whether tags count in policies. Since policies are not
// simulated, it has no effect.
var bucketAttributes = s3Document[status]{
	root:      "AbacStatus",
	of:        func(b *s3Bucket) **status { return &b.abac },
	standard:  func(*s3Call) *status { return &status{Status: "Disabled"} },
	unchecked: true,
	check: func(_ *s3Call, _ *s3Bucket, doc *status) *s3Error {
		if doc.Status != "Enabled" && doc.Status != "Disabled" {
			return errorMalformedXML()
		}
		return nil
	},
}
