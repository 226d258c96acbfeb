package storagetest

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

var s3LifecycleHandlers = handlers{
	"GetBucketLifecycleConfiguration": (*s3Call).getLifecycle,
	"PutBucketLifecycleConfiguration": (*s3Call).putLifecycle,
	"DeleteBucketLifecycle":           (*s3Call).deleteLifecycle,
}

// lifecycle is the document, in the form of old and new alike: the old one has
// the prefix in the rule, the new one in a filter.
type lifecycle struct {
	XMLName xml.Name        `xml:"LifecycleConfiguration"`
	Xmlns   string          `xml:"xmlns,attr,omitempty"`
	Rules   []lifecycleRule `xml:"Rule"`
	since   time.Time       // when it was put
}

type lifecycleRule struct {
	ID                             string
	Prefix                         *string          `xml:",omitempty"`
	Filter                         *lifecycleFilter `xml:",omitempty"`
	Status                         string
	Expiration                     *lifecycleExpiration   `xml:",omitempty"`
	Transitions                    []lifecycleTransition  `xml:"Transition"`
	NoncurrentVersionTransitions   []noncurrentTransition `xml:"NoncurrentVersionTransition"`
	NoncurrentVersionExpiration    *noncurrentExpiration  `xml:",omitempty"`
	AbortIncompleteMultipartUpload *abortIncomplete       `xml:",omitempty"`
}

type lifecycleFilter struct {
	Prefix                *string       `xml:",omitempty"`
	Tag                   *bucketTag    `xml:",omitempty"`
	ObjectSizeGreaterThan *int64        `xml:",omitempty"`
	ObjectSizeLessThan    *int64        `xml:",omitempty"`
	And                   *lifecycleAnd `xml:",omitempty"`
}

type lifecycleAnd struct {
	Prefix                *string     `xml:",omitempty"`
	Tags                  []bucketTag `xml:"Tag"`
	ObjectSizeGreaterThan *int64      `xml:",omitempty"`
	ObjectSizeLessThan    *int64      `xml:",omitempty"`
}

type lifecycleExpiration struct {
	Date                      *time.Time `xml:",omitempty"`
	Days                      *int       `xml:",omitempty"`
	ExpiredObjectDeleteMarker *bool      `xml:",omitempty"`
}

type lifecycleTransition struct {
	Date         *time.Time `xml:",omitempty"`
	Days         *int       `xml:",omitempty"`
	StorageClass string
}

type noncurrentTransition struct {
	NoncurrentDays          *int   `xml:",omitempty"`
	StorageClass            string `xml:",omitempty"`
	NewerNoncurrentVersions *int   `xml:",omitempty"`
}

type noncurrentExpiration struct {
	NoncurrentDays          *int `xml:",omitempty"`
	NewerNoncurrentVersions *int `xml:",omitempty"`
}

type abortIncomplete struct{ DaysAfterInitiation int }

// maxRules bounds the rules of a bucket.
const maxRules = 1000

var transitionClasses = []string{"GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"}

// validate judges a rule, and gives it an id if it has none. The old form has no
// filter, the new one must have one or the prefix.
func (r *lifecycleRule) validate(classes []string) *s3Error {
	switch {
	case r.Status != "Enabled" && r.Status != "Disabled",
		r.Prefix == nil && r.Filter == nil, r.Prefix != nil && r.Filter != nil:
		return errorMalformedXML()
	case len(r.ID) > 255:
		return errorInvalidArgument("ID length should not exceed allowed limit of 255", "ID", r.ID)
	case r.Expiration == nil && len(r.Transitions) == 0 && len(r.NoncurrentVersionTransitions) == 0 &&
		r.NoncurrentVersionExpiration == nil && r.AbortIncompleteMultipartUpload == nil:
		return errorInvalidRequest("At least one action needs to be specified in a rule")
	}
	if f := r.Filter; f != nil {
		n := 0
		for _, given := range []bool{f.Prefix != nil, f.Tag != nil, f.ObjectSizeGreaterThan != nil, f.ObjectSizeLessThan != nil, f.And != nil} {
			if given {
				n++
			}
		}
		if n > 1 {
			return errorMalformedXML()
		}
	}
	if e := r.Expiration; e != nil {
		n := 0
		for _, given := range []bool{e.Date != nil, e.Days != nil, e.ExpiredObjectDeleteMarker != nil} {
			if given {
				n++
			}
		}
		switch {
		case n != 1:
			return errorMalformedXML()
		case e.Days != nil && *e.Days < 1:
			return errorInvalidArgument("'Days' for Expiration action must be a positive integer", "Days", "")
		case e.Date != nil && !e.Date.Equal(e.Date.UTC().Truncate(24*time.Hour)):
			return errorInvalidArgument("'Date' must be at midnight GMT", "Date", e.Date.Format(time.RFC3339))
		}
	}
	for _, t := range r.Transitions {
		switch {
		case (t.Days == nil) == (t.Date == nil), !slices.Contains(classes, t.StorageClass):
			return errorMalformedXML()
		case t.Days != nil && *t.Days < 0:
			return errorInvalidArgument("'Days' in Transition action must be nonnegative", "Days", "")
		case t.Days != nil && *t.Days < 30 && strings.HasSuffix(t.StorageClass, "_IA"):
			return errorInvalidArgument("'Days' in Transition action must be greater than or equal to 30 for storageClass '"+t.StorageClass+"'", "Days", "")
		}
	}
	for _, t := range r.NoncurrentVersionTransitions {
		if !slices.Contains(classes, t.StorageClass) {
			return errorMalformedXML()
		}
	}
	if a := r.AbortIncompleteMultipartUpload; a != nil && a.DaysAfterInitiation < 1 {
		return errorInvalidArgument("'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer", "DaysAfterInitiation", "")
	}
	if r.ID == "" {
		r.ID = randomHex(18)
	}
	return nil
}

func (c *s3Call) putLifecycle() *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var config lifecycle
	if err := unmarshal(data, "LifecycleConfiguration", &config); err != nil {
		return err
	}
	if n := len(config.Rules); n == 0 || n > maxRules {
		return errorMalformedXML()
	}
	classes := transitionClasses
	if c.dialect.archives != nil {
		classes = slices.Collect(maps.Keys(c.dialect.archives))
	}
	seen := make(map[string]bool)
	for i := range config.Rules {
		r := &config.Rules[i]
		if err := r.validate(classes); err != nil {
			return err
		}
		if seen[r.ID] {
			return errorInvalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", r.ID)
		}
		seen[r.ID] = true
	}
	if c.dialect.checkLifecycle != nil {
		if err := c.dialect.checkLifecycle(&config); err != nil {
			return err
		}
	}
	const sizes = "X-Amz-Transition-Default-Minimum-Object-Size"
	size := c.header(sizes)
	switch size {
	case "":
		size = "all_storage_classes_128K"
	case "varies_by_storage_class", "all_storage_classes_128K":
	default:
		return errorInvalidArgument("Invalid value for x-amz-transition-default-minimum-object-size", strings.ToLower(sizes), size)
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	config.since = c.now
	b.lifecycle, b.defaultSize = &config, size
	if c.dialect.archives == nil { // IBM knows no such sizes
		c.w.Header().Set(sizes, size)
	}
	c.respond(http.StatusOK, nil)
	return nil
}

func (c *s3Call) getLifecycle() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if b.lifecycle == nil {
		return &s3Error{status: 404, code: "NoSuchLifecycleConfiguration", message: "The lifecycle configuration does not exist",
			extra: []string{"BucketName", b.name}}
	}
	answer := *b.lifecycle
	answer.XMLName, answer.Xmlns = xml.Name{Local: "LifecycleConfiguration"}, s3Namespace
	document, marshalErr := xml.Marshal(answer)
	if marshalErr != nil {
		return errorInternal(marshalErr)
	}
	if c.dialect.archives == nil {
		c.w.Header().Set("X-Amz-Transition-Default-Minimum-Object-Size", b.defaultSize)
	}
	c.respond(http.StatusOK, append([]byte(xml.Header), document...))
	return nil
}

func (c *s3Call) deleteLifecycle() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	b.lifecycle = nil
	c.respond(http.StatusNoContent, nil)
	return nil
}

// matches reports whether the rule is for the object of this key; size −1 leaves
// sizes out, and tags may be nil.
func (r *lifecycleRule) matches(key string, size int64, tags []bucketTag) bool {
	var and lifecycleAnd
	switch f := r.Filter; {
	case r.Prefix != nil:
		and.Prefix = r.Prefix
	case f.And != nil:
		and = *f.And
	default:
		and = lifecycleAnd{Prefix: f.Prefix, ObjectSizeGreaterThan: f.ObjectSizeGreaterThan, ObjectSizeLessThan: f.ObjectSizeLessThan}
		if f.Tag != nil {
			and.Tags = []bucketTag{*f.Tag}
		}
	}
	switch {
	case r.Status != "Enabled",
		and.Prefix != nil && !strings.HasPrefix(key, *and.Prefix),
		and.ObjectSizeGreaterThan != nil && size >= 0 && size <= *and.ObjectSizeGreaterThan,
		and.ObjectSizeLessThan != nil && size >= 0 && size >= *and.ObjectSizeLessThan:
		return false
	}
	return !slices.ContainsFunc(and.Tags, func(t bucketTag) bool { return !slices.Contains(tags, t) })
}

// midnight is the first midnight in UTC not before t: when S3 acts.
func midnight(t time.Time) time.Time {
	t = t.UTC()
	if day := t.Truncate(24 * time.Hour); !day.Equal(t) {
		return day.Add(24 * time.Hour)
	}
	return t
}

// expires tells when the rule ends the life of an object.
func (r *lifecycleRule) expires(o *s3Object) (at time.Time, ok bool) {
	e := r.Expiration
	switch {
	case e == nil || !r.matches(o.key, o.blob.size, o.tags):
	case e.Days != nil:
		return midnight(o.modified.AddDate(0, 0, *e.Days)), true
	case e.Date != nil:
		return e.Date.UTC(), true
	}
	return at, false
}

// aborts tells when the rule ends an upload.
func (r *lifecycleRule) aborts(u *s3Upload) (at time.Time, ok bool) {
	if r.AbortIncompleteMultipartUpload == nil || !r.matches(u.key, -1, nil) {
		return at, false
	}
	return midnight(u.initiated.AddDate(0, 0, r.AbortIncompleteMultipartUpload.DaysAfterInitiation)), true
}

// setExpiration tells when the object will expire, if a rule says so.
func (c *s3Call) setExpiration(h http.Header, b *s3Bucket, o *s3Object) {
	if b.lifecycle == nil {
		return
	}
	for i := range b.lifecycle.Rules {
		r := &b.lifecycle.Rules[i]
		at, ok := r.expires(o)
		if !ok {
			continue
		}
		h.Set("X-Amz-Expiration", `expiry-date="`+at.Format(http.TimeFormat)+`", rule-id="`+url.QueryEscape(r.ID)+`"`)
		return
	}
}

// setAbort tells when an upload will be aborted, if a rule says so.
func (c *s3Call) setAbort(h http.Header, b *s3Bucket, u *s3Upload) {
	if b.lifecycle == nil {
		return
	}
	for i := range b.lifecycle.Rules {
		r := &b.lifecycle.Rules[i]
		at, ok := r.aborts(u)
		if !ok {
			continue
		}
		h.Set("X-Amz-Abort-Date", at.Format(http.TimeFormat))
		h.Set("X-Amz-Abort-Rule-Id", r.ID)
		return
	}
}
