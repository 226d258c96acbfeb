package storagetest

import (
	"encoding/xml"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
)

var s3ConfigurationHandlers = union(
	s3Configurations{
		root: "AnalyticsConfiguration", list: "ListBucketAnalyticsConfigurationResult",
		new: func() configuration { return new(analyticsConfiguration) },
	}.handlers(),
	s3Configurations{
		root: "InventoryConfiguration", list: "ListInventoryConfigurationsResult",
		new: func() configuration { return new(inventoryConfiguration) },
	}.handlers(),
	s3Configurations{
		root: "MetricsConfiguration", list: "ListMetricsConfigurationsResult",
		new: func() configuration { return new(metricsConfiguration) },
	}.handlers(),
	s3Configurations{
		root: "IntelligentTieringConfiguration", list: "ListBucketIntelligentTieringConfigurationsOutput",
		new: func() configuration { return new(tieringConfiguration) },
	}.handlers(),
)

// s3Configurations is a kind of configuration of which a bucket can have many,
// each under an id of its own.
type s3Configurations struct {
	root string // element of one
	list string // element of a list
	new  func() configuration
}

// configuration is a document of such a kind.
type configuration interface {
	id() string

	// check judges a document that has been read.
	check() *s3Error
}

const (
	// maxConfigurations bounds those of one kind that a bucket has.
	maxConfigurations = 1000

	// configurationPage is the most that a list gives at a time.
	configurationPage = 100
)

func (k s3Configurations) handlers() handlers {
	subject := "Bucket" + k.root
	return handlers{
		"Put" + subject:        k.put,
		"Get" + subject:        k.get,
		"Delete" + subject:     k.delete,
		"List" + subject + "s": k.page,
	}
}

var configurationIDs = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// configurationID is the id that the request names.
func (c *s3Call) configurationID() (string, *s3Error) {
	id := c.query.Get("id")
	if !configurationIDs.MatchString(id) {
		return "", errorInvalidArgument("The configuration id must be 1 to 64 letters, digits, dots, hyphens and underscores", "id", id)
	}
	return id, nil
}

func (k s3Configurations) put(c *s3Call) *s3Error {
	id, err := c.configurationID()
	if err != nil {
		return err
	}
	data, err := c.document(false)
	if err != nil {
		return err
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	doc := k.new()
	if err := unmarshal(data, k.root, doc); err != nil {
		return err
	}
	if doc.id() == "" {
		return errorMalformedXML()
	}
	if doc.id() != id {
		return &s3Error{status: 400, code: "IdMismatch", message: "Document ID does not match the specified configuration ID."}
	}
	if err := doc.check(); err != nil {
		return err
	}
	present := b.configurations[k.root]
	if present[id] == nil && len(present) >= maxConfigurations {
		return &s3Error{status: 400, code: "TooManyConfigurations",
			message: "You are attempting to create a new configuration but have already reached the 1,000-configuration limit."}
	}
	if present == nil {
		present = make(map[string]configuration)
		if b.configurations == nil {
			b.configurations = make(map[string]map[string]configuration)
		}
		b.configurations[k.root] = present
	}
	present[id] = doc
	c.respond(http.StatusOK, nil)
	return nil
}

// find returns the configuration that the request names, with the service
// locked unless there is an error.
func (k s3Configurations) find(c *s3Call) (*s3Bucket, configuration, *s3Error) {
	id, err := c.configurationID()
	if err != nil {
		return nil, nil, err
	}
	b, err := c.lockBucket()
	if err != nil {
		return nil, nil, err
	}
	doc := b.configurations[k.root][id]
	if doc == nil {
		c.mu.Unlock()
		return nil, nil, &s3Error{status: 404, code: "NoSuchConfiguration", message: "The specified configuration does not exist.",
			extra: []string{"BucketName", b.name}}
	}
	return b, doc, nil
}

func (k s3Configurations) get(c *s3Call) *s3Error {
	_, doc, err := k.find(c)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	return c.respondDocument(k.root, doc)
}

func (k s3Configurations) delete(c *s3Call) *s3Error {
	b, doc, err := k.find(c)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	delete(b.configurations[k.root], doc.id())
	c.respond(http.StatusNoContent, nil)
	return nil
}

// page lists the configurations of the kind, by id.
func (k s3Configurations) page(c *s3Call) *s3Error {
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	ids := slices.Sorted(maps.Keys(b.configurations[k.root]))
	if i, found := slices.BinarySearch(ids, after); found {
		ids = ids[i+1:]
	} else {
		ids = ids[i:]
	}
	truncated := len(ids) > configurationPage
	ids = ids[:min(len(ids), configurationPage)]
	var x xmlWriter
	x.start(k.list, s3Namespace)
	for _, id := range ids {
		start := xml.StartElement{Name: xml.Name{Local: k.root}}
		if err := xml.NewEncoder(&x.b).EncodeElement(b.configurations[k.root][id], start); err != nil {
			return errorInternal(err)
		}
	}
	x.bool("IsTruncated", truncated)
	x.optional("ContinuationToken", c.query.Get("continuation-token"))
	if truncated {
		x.text("NextContinuationToken", c.makeToken(ids[len(ids)-1]))
	}
	x.end(k.list)
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// configurationFilter chooses objects by one of its members.
type configurationFilter struct {
	Prefix         *string           `xml:",omitempty"`
	Tag            *bucketTag        `xml:",omitempty"`
	AccessPointArn *string           `xml:",omitempty"` // metrics only
	And            *configurationAnd `xml:",omitempty"`
}

type configurationAnd struct {
	Prefix         *string     `xml:",omitempty"`
	Tags           []bucketTag `xml:"Tag"`
	AccessPointArn *string     `xml:",omitempty"` // metrics only
}

// count is the number of conditions that are set.
func count(set ...bool) int {
	n := 0
	for _, v := range set {
		if v {
			n++
		}
	}
	return n
}

// check judges a filter, nil if there is none, that may choose access points or
// not.
func (f *configurationFilter) check(accessPoints bool) *s3Error {
	if f == nil {
		return nil
	}
	and := f.And
	if and == nil {
		and = &configurationAnd{Prefix: f.Prefix, AccessPointArn: f.AccessPointArn}
		if f.Tag != nil {
			and.Tags = []bucketTag{*f.Tag}
		}
	} else if count(and.Prefix != nil, and.AccessPointArn != nil)+len(and.Tags) < 2 {
		return errorMalformedXML()
	}
	switch {
	case count(f.Prefix != nil, f.Tag != nil, f.AccessPointArn != nil, f.And != nil) != 1,
		and.AccessPointArn != nil && !accessPoints:
		return errorMalformedXML()
	case and.AccessPointArn != nil && !isARN(*and.AccessPointArn, "s3", "accesspoint/"):
		return errorInvalidArgument("The access point ARN is not valid", "AccessPointArn", *and.AccessPointArn)
	}
	return checkTags(and.Tags)
}

var arns = regexp.MustCompile(`^arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):([0-9]{12})?:(.+)$`)

// isARN reports whether s is an ARN of the service whose resource begins with
// the prefix.
func isARN(s, service, prefix string) bool {
	m := arns.FindStringSubmatch(s)
	return m != nil && m[1] == service && len(m[4]) > len(prefix) && m[4][:len(prefix)] == prefix
}

var bucketARNs = regexp.MustCompile(`^arn:aws[a-z-]*:s3:::([a-z0-9.-]{3,63})$`)

var accountIDs = regexp.MustCompile(`^[0-9]{12}$`)

// checkDestination judges the bucket that results go to, and its account,
// which may be empty.
func checkDestination(bucket, account string) *s3Error {
	switch {
	case !bucketARNs.MatchString(bucket):
		return &s3Error{status: 400, code: "InvalidS3DestinationBucket", message: "Invalid bucket ARN."}
	case account != "" && !accountIDs.MatchString(account):
		return errorInvalidArgument("Invalid account id", "AccountId", account)
	}
	return nil
}

type analyticsConfiguration struct {
	Id                   string
	Filter               *configurationFilter `xml:",omitempty"`
	StorageClassAnalysis *struct {
		DataExport *struct {
			OutputSchemaVersion string
			Destination         struct {
				S3BucketDestination struct {
					Format          string
					BucketAccountId string `xml:",omitempty"`
					Bucket          string
					Prefix          string `xml:",omitempty"`
				}
			}
		} `xml:",omitempty"`
	}
}

func (a *analyticsConfiguration) id() string { return a.Id }

func (a *analyticsConfiguration) check() *s3Error {
	if a.StorageClassAnalysis == nil {
		return errorMalformedXML()
	}
	if err := a.Filter.check(false); err != nil {
		return err
	}
	export := a.StorageClassAnalysis.DataExport
	if export == nil {
		return nil
	}
	to := export.Destination.S3BucketDestination
	if export.OutputSchemaVersion != "V_1" || to.Format != "CSV" || to.Bucket == "" {
		return errorMalformedXML()
	}
	return checkDestination(to.Bucket, to.BucketAccountId)
}

type inventoryConfiguration struct {
	Destination struct {
		S3BucketDestination struct {
			AccountId  string `xml:",omitempty"`
			Bucket     string
			Format     string
			Prefix     string `xml:",omitempty"`
			Encryption *struct {
				SSES3  *struct{}               `xml:"SSE-S3,omitempty"`
				SSEKMS *struct{ KeyId string } `xml:"SSE-KMS,omitempty"`
			} `xml:",omitempty"`
		}
	}
	IsEnabled              *bool
	Filter                 *struct{ Prefix *string } `xml:",omitempty"`
	Id                     string
	IncludedObjectVersions string
	OptionalFields         *struct{ Field []string } `xml:",omitempty"`
	Schedule               struct{ Frequency string }
}

var inventoryFields = []string{
	"Size", "LastModifiedDate", "StorageClass", "ETag", "IsMultipartUploaded", "ReplicationStatus", "EncryptionStatus",
	"ObjectLockRetainUntilDate", "ObjectLockMode", "ObjectLockLegalHoldStatus", "IntelligentTieringAccessTier", "BucketKeyStatus",
	"ChecksumAlgorithm", "ObjectAccessControlList", "ObjectOwner", "LifecycleExpirationDate",
}

func (i *inventoryConfiguration) id() string { return i.Id }

func (i *inventoryConfiguration) check() *s3Error {
	to := i.Destination.S3BucketDestination
	switch {
	case i.IsEnabled == nil, to.Bucket == "",
		!slices.Contains([]string{"CSV", "ORC", "Parquet"}, to.Format),
		!slices.Contains([]string{"All", "Current"}, i.IncludedObjectVersions),
		!slices.Contains([]string{"Daily", "Weekly"}, i.Schedule.Frequency),
		i.Filter != nil && i.Filter.Prefix == nil:
		return errorMalformedXML()
	}
	if i.OptionalFields != nil {
		for _, field := range i.OptionalFields.Field {
			if !slices.Contains(inventoryFields, field) {
				return errorMalformedXML()
			}
		}
	}
	if e := to.Encryption; e != nil {
		switch {
		case count(e.SSES3 != nil, e.SSEKMS != nil) != 1:
			return errorMalformedXML()
		case e.SSEKMS != nil && !isARN(e.SSEKMS.KeyId, "kms", "key/"):
			return errorInvalidArgument("Invalid KMS key ARN", "KeyId", e.SSEKMS.KeyId)
		}
	}
	return checkDestination(to.Bucket, to.AccountId)
}

type metricsConfiguration struct {
	Id     string
	Filter *configurationFilter `xml:",omitempty"`
}

func (m *metricsConfiguration) id() string { return m.Id }

func (m *metricsConfiguration) check() *s3Error { return m.Filter.check(true) }

type tieringConfiguration struct {
	Id       string
	Filter   *configurationFilter `xml:",omitempty"`
	Status   string
	Tierings []struct {
		Days       int
		AccessTier string
	} `xml:"Tiering"`
}

// tieringDays are the least days without a read for each archive tier.
var tieringDays = map[string]int{"ARCHIVE_ACCESS": 90, "DEEP_ARCHIVE_ACCESS": 180}

// maxTieringDays is the most for both.
const maxTieringDays = 730

func (t *tieringConfiguration) id() string { return t.Id }

func (t *tieringConfiguration) check() *s3Error {
	if t.Status != "Enabled" && t.Status != "Disabled" || len(t.Tierings) == 0 {
		return errorMalformedXML()
	}
	seen := make(map[string]bool)
	for _, tier := range t.Tierings {
		least := tieringDays[tier.AccessTier]
		switch {
		case least == 0, seen[tier.AccessTier]:
			return errorMalformedXML()
		case tier.Days < least, tier.Days > maxTieringDays:
			return errorInvalidArgument("'Days' is out of the range of the access tier", "Days", strconv.Itoa(tier.Days))
		}
		seen[tier.AccessTier] = true
	}
	return t.Filter.check(false)
}
