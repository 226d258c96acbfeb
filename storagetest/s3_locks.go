package storagetest

import (
	"net/http"
	"strings"
	"time"
)

var s3LockHandlers = handlers{
	"GetObjectLockConfiguration": lockConfigurations.get,
	"PutObjectLockConfiguration": lockConfigurations.put,
	"GetObjectRetention":         (*s3Call).getObjectRetention,
	"PutObjectRetention":         (*s3Call).putObjectRetention,
	"GetObjectLegalHold":         (*s3Call).getObjectLegalHold,
	"PutObjectLegalHold":         (*s3Call).putObjectLegalHold,
}

// lockConfiguration is the document that lets objects of a bucket be locked.
type lockConfiguration struct {
	ObjectLockEnabled string
	Rule              *struct{ DefaultRetention *defaultRetention } `xml:",omitempty"`
}

// defaultRetention is that of new objects.
type defaultRetention struct {
	Mode  string
	Days  *int `xml:",omitempty"`
	Years *int `xml:",omitempty"`
}

// The longest default retention.
const (
	maxRetentionYears = 100
	maxLockDays       = 36500
)

var lockConfigurations = s3Document[lockConfiguration]{
	root:    "ObjectLockConfiguration",
	of:      func(b *s3Bucket) **lockConfiguration { return &b.lock },
	check:   func(_ *s3Call, b *s3Bucket, doc *lockConfiguration) *s3Error { return doc.check(b) },
	code:    "ObjectLockConfigurationNotFoundError",
	message: "Object Lock configuration does not exist for this bucket",
}

func (doc *lockConfiguration) check(b *s3Bucket) *s3Error {
	if doc.ObjectLockEnabled != "Enabled" {
		return errorMalformedXML()
	}
	if b.versioning != "Enabled" {
		return &s3Error{status: 409, code: "InvalidBucketState",
			message: "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"}
	}
	if doc.Rule == nil {
		return nil
	}
	d := doc.Rule.DefaultRetention
	if d == nil || d.Mode != "GOVERNANCE" && d.Mode != "COMPLIANCE" || (d.Days == nil) == (d.Years == nil) {
		return errorMalformedXML()
	}
	number, most, unit := d.Days, maxLockDays, "Days"
	if d.Years != nil {
		number, most, unit = d.Years, maxRetentionYears, "Years"
	}
	switch {
	case *number < 1:
		return errorInvalidArgument("Default retention period must be a positive integer value.", unit, "")
	case *number > most:
		return errorInvalidArgument("Default retention period is too long.", unit, "")
	}
	return nil
}

// retention is that of new objects, nil if the bucket has none.
func (b *s3Bucket) retention() *defaultRetention {
	if b.lock == nil || b.lock.Rule == nil {
		return nil
	}
	return b.lock.Rule.DefaultRetention
}

func (d *defaultRetention) until(t time.Time) time.Time {
	if d.Years != nil {
		return t.AddDate(*d.Years, 0, 0)
	}
	return t.AddDate(0, 0, *d.Days)
}

// objectLock is what keeps a version from being deleted.
type objectLock struct {
	mode  string // GOVERNANCE or COMPLIANCE; empty: no retention
	until time.Time
	hold  string // ON or OFF; empty: never set
}

func errorNoLockConfiguration() *s3Error {
	return errorInvalidRequest("Bucket is missing Object Lock Configuration")
}

func errorLocked() *s3Error {
	return errorAccessDenied("Access Denied because object protected by object lock.")
}

// bypass reports whether the caller lifts retention of the mode GOVERNANCE.
func (c *s3Call) bypass() bool {
	return strings.EqualFold(c.header("X-Amz-Bypass-Governance-Retention"), "true")
}

// checkBypass refuses to lift retention where there can be none.
func (c *s3Call) checkBypass(b *s3Bucket) *s3Error {
	const name = "x-amz-bypass-governance-retention"
	if v := c.header(name); v != "" && b.lock == nil {
		return errorInvalidArgument(name+" is only applicable to Object Lock enabled buckets.", name, v)
	}
	return nil
}

// retains reports whether the retention is in force.
func (l objectLock) retains(now time.Time) bool { return l.mode != "" && now.Before(l.until) }

// protects reports whether the version must not be deleted.
func (l objectLock) protects(c *s3Call) bool {
	return l.hold == "ON" || l.retains(c.now) && (l.mode == "COMPLIANCE" || !c.bypass())
}

// set tells the lock in the headers of an answer.
func (l objectLock) set(h http.Header) {
	if l.mode != "" {
		h.Set("X-Amz-Object-Lock-Mode", l.mode)
		h.Set("X-Amz-Object-Lock-Retain-Until-Date", documentTime(l.until))
	}
	if l.hold != "" {
		h.Set("X-Amz-Object-Lock-Legal-Hold", l.hold)
	}
}

// newLock reads the lock of a new object off the headers of the request.
func (c *s3Call) newLock() (objectLock, *s3Error) {
	var l objectLock
	mode, until, hold := c.header("X-Amz-Object-Lock-Mode"), c.header("X-Amz-Object-Lock-Retain-Until-Date"), c.header("X-Amz-Object-Lock-Legal-Hold")
	if mode != "" || until != "" {
		if mode == "" || until == "" {
			return l, errorInvalidArgument("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied", "x-amz-object-lock-mode", mode)
		}
		if mode != "GOVERNANCE" && mode != "COMPLIANCE" {
			return l, errorInvalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode)
		}
		t, err := time.Parse(time.RFC3339, until)
		if err != nil {
			return l, errorInvalidArgument("The retain until date must be provided in ISO 8601 format", "x-amz-object-lock-retain-until-date", until)
		}
		if !t.After(c.now) {
			return l, errorRetainUntil(until)
		}
		l.mode, l.until = mode, t
	}
	if hold != "" && hold != "ON" && hold != "OFF" {
		return l, errorInvalidArgument("Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold", hold)
	}
	l.hold = hold
	return l, nil
}

func errorRetainUntil(date string) *s3Error {
	return errorInvalidArgument("The retain until date must be in the future!", "x-amz-object-lock-retain-until-date", date)
}

// lockLockable is lockObject for the operations on the locks of objects.
func (c *s3Call) lockLockable() (*s3Bucket, *s3Object, *s3Error) {
	b, o, err := c.lockObject()
	if err != nil {
		return nil, nil, err
	}
	if b.lock == nil {
		c.mu.Unlock()
		return nil, nil, errorNoLockConfiguration()
	}
	return b, o, nil
}

func errorNoObjectLock() *s3Error {
	return &s3Error{status: 404, code: "NoSuchObjectLockConfiguration", message: "The specified object does not have a ObjectLock configuration"}
}

func (c *s3Call) getObjectRetention() *s3Error {
	_, o, err := c.lockLockable()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if o.lock.mode == "" {
		return errorNoObjectLock()
	}
	var x xmlWriter
	x.start("Retention", s3Namespace)
	x.text("Mode", o.lock.mode)
	x.time("RetainUntilDate", o.lock.until)
	x.end("Retention")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) putObjectRetention() *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var doc struct {
		Mode            string
		RetainUntilDate *time.Time
	}
	if err := unmarshal(data, "Retention", &doc); err != nil {
		return err
	}
	var l objectLock
	switch {
	case doc.Mode == "" && doc.RetainUntilDate == nil: // takes it off
	case doc.RetainUntilDate == nil, doc.Mode != "GOVERNANCE" && doc.Mode != "COMPLIANCE":
		return errorMalformedXML()
	case !doc.RetainUntilDate.After(c.now):
		return errorRetainUntil(documentTime(*doc.RetainUntilDate))
	default:
		l = objectLock{mode: doc.Mode, until: *doc.RetainUntilDate}
	}
	b, o, err := c.lockLockable()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if old := o.lock; old.retains(c.now) {
		// It may become stricter, but not laxer.
		laxer := l.until.Before(old.until) || l.mode != old.mode && old.mode == "COMPLIANCE"
		if laxer && (old.mode == "COMPLIANCE" || !c.bypass()) {
			return errorLocked()
		}
	}
	o = b.change(o)
	o.lock.mode, o.lock.until = l.mode, l.until
	c.respond(http.StatusOK, nil)
	return nil
}

func (c *s3Call) getObjectLegalHold() *s3Error {
	_, o, err := c.lockLockable()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if o.lock.hold == "" {
		return errorNoObjectLock()
	}
	var x xmlWriter
	x.start("LegalHold", s3Namespace)
	x.text("Status", o.lock.hold)
	x.end("LegalHold")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) putObjectLegalHold() *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var doc struct{ Status string }
	if err := unmarshal(data, "LegalHold", &doc); err != nil {
		return err
	}
	if doc.Status != "ON" && doc.Status != "OFF" {
		return errorMalformedXML()
	}
	b, o, err := c.lockLockable()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	b.change(o).lock.hold = doc.Status
	c.respond(http.StatusOK, nil)
	return nil
}
