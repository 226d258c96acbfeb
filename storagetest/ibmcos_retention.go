package storagetest

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// protection is a bucket's retention policy.
type protection struct {
	XMLName                  xml.Name `xml:"ProtectionConfiguration"`
	Xmlns                    string   `xml:"xmlns,attr,omitempty"`
	Status                   string
	MinimumRetention         *retentionDays `xml:",omitempty"`
	DefaultRetention         *retentionDays `xml:",omitempty"`
	MaximumRetention         *retentionDays `xml:",omitempty"`
	EnablePermanentRetention bool           `xml:",omitempty"`
}

type retentionDays struct{ Days int64 }

func (d *retentionDays) seconds() int64 { return d.Days * 86400 }

// maxRetentionDays is the highest number that IBM's documentation admits.
const maxRetentionDays = 365243

func ibmGetProtection(c *s3Call) *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	answer := protection{Status: "Disabled"}
	if b.protection != nil {
		answer = *b.protection
	}
	answer.XMLName, answer.Xmlns = xml.Name{Local: "ProtectionConfiguration"}, s3Namespace
	document, marshalErr := xml.Marshal(answer)
	if marshalErr != nil {
		return errorInternal(marshalErr)
	}
	c.respond(http.StatusOK, append([]byte(xml.Header), document...))
	return nil
}

func errorBucketState(message string) *s3Error {
	return &s3Error{status: 409, code: "InvalidBucketState", message: message}
}

// ibmVersion keeps versioning from buckets with a retention policy, and on for
// those that are replicated.
func ibmVersion(b *s3Bucket, status string) *s3Error {
	switch {
	case b.protection != nil:
		return errorBucketState("Versioning cannot be set on a bucket with a retention policy")
	case b.replication != nil && status != "Enabled":
		return errorBucketState("Versioning cannot be suspended while a replication configuration is present on the bucket")
	}
	return nil
}

// ibmPutProtection sets the policy, or changes it. Nothing removes it, nor takes
// back that objects may be kept for ever.
func ibmPutProtection(c *s3Call) *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var p protection
	if err := unmarshal(data, "ProtectionConfiguration", &p); err != nil {
		return err
	}
	if p.Status != "Retention" || p.MinimumRetention == nil || p.DefaultRetention == nil || p.MaximumRetention == nil {
		return errorMalformedXML()
	}
	low, usual, high := p.MinimumRetention.Days, p.DefaultRetention.Days, p.MaximumRetention.Days
	if low < 0 || low > usual || usual > high || high > maxRetentionDays {
		return errorInvalidRequest("The retention periods must satisfy 0 <= minimum <= default <= maximum")
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if b.versioning != "" { // as it also is where objects can be locked
		return errorBucketState("A retention policy cannot be set on a bucket with versioning or Object Lock")
	}
	if old := b.protection; old != nil && old.EnablePermanentRetention && !p.EnablePermanentRetention {
		return errorInvalidRequest("Permanent retention cannot be disabled once it is enabled")
	}
	b.protection = &p
	c.respond(http.StatusOK, nil)
	return nil
}

// retention is what keeps an object from being deleted or replaced.
type retention struct {
	created time.Time
	period  int64 // in seconds; −1 indefinite, −2 permanent
	holds   []legalHold
}

const (
	indefinite = -1
	permanent  = -2
)

// expires is when a period that is not negative ends, which may be a thousand
// years ahead: further than a time.Duration reaches.
func (r *retention) expires() time.Time { return time.Unix(r.created.Unix()+r.period, 0) }

// secondsSince is the time from one date to another that may be as far.
func secondsSince(from, to time.Time) int64 { return to.Unix() - from.Unix() }

func (r *retention) protects(now time.Time) bool {
	return r != nil && (len(r.holds) > 0 || r.period < 0 || now.Before(r.expires()))
}

func errorProtected() *s3Error {
	return errorAccessDenied("The object is protected by a retention policy or a legal hold")
}

func ibmDeleted(c *s3Call, _ *s3Bucket, o *s3Object) *s3Error {
	if o.retention.protects(c.now) {
		return errorProtected()
	}
	return nil
}

// ibmReceive demands a digest of what is uploaded into a bucket with a retention
// policy. A signature that covers the body is one.
func ibmReceive(c *s3Call, b *s3Bucket) *s3Error {
	signed := c.signature != nil && c.signature.payload != unsignedPayload
	if b.protection == nil || signed || c.header("Content-Md5") != "" || c.hasChecksum() {
		return nil
	}
	return errorInvalidRequest("Content-MD5 HTTP header, a checksum or a signed payload is required for a bucket with a retention policy")
}

// ibmStored gives a new object its retention: that of the source of a copy, if
// so requested, or by the bucket's policy and the headers of the request.
func ibmStored(c *s3Call, b *s3Bucket, old, o *s3Object) *s3Error {
	if old != nil && old.retention.protects(c.now) {
		return errorProtected()
	}
	var copied bool
	switch v := c.header("Retention-Directive"); v {
	case "", "REPLACE":
	case "COPY":
		copied = c.source != nil
	default:
		return errorInvalidArgument("Unknown directive.", "retention-directive", v)
	}
	hold := c.header("Retention-Legal-Hold-Id")
	given := c.header("Retention-Period") != "" || c.header("Retention-Expiration-Date") != ""
	p := b.protection
	switch {
	case p == nil && (given || hold != ""):
		return errorInvalidRequest("The bucket has no protection configuration")
	case p == nil:
		return nil
	case copied && (given || hold != ""):
		return errorInvalidRequest("The retention of a copy is either that of its source or given")
	}
	r := &retention{created: c.now.Truncate(time.Second)}
	if copied && c.source.retention != nil {
		r.period = c.source.retention.period
		for _, h := range c.source.retention.holds {
			r.holds = append(r.holds, legalHold{h.id, c.now})
		}
	} else {
		var err *s3Error
		if r.period, err = c.retentionPeriod(p, r.created); err != nil {
			return err
		}
	}
	if !p.allows(r.period) {
		return errorInvalidRequest("The retention period is outside of what the bucket's protection configuration allows")
	}
	if hold != "" {
		if !holdID.MatchString(hold) {
			return errorInvalidArgument("The legal hold id is not valid", "Retention-Legal-Hold-Id", hold)
		}
		r.holds = append(r.holds, legalHold{hold, c.now})
	}
	o.retention = r
	return nil
}

// allows judges the period of a new object.
func (p *protection) allows(period int64) bool {
	switch period {
	case indefinite:
		return true
	case permanent:
		return p.EnablePermanentRetention
	}
	return p.MinimumRetention.seconds() <= period && period <= p.MaximumRetention.seconds()
}

// retentionPeriod reads the period of a new object off the headers.
func (c *s3Call) retentionPeriod(p *protection, created time.Time) (int64, *s3Error) {
	const name, date = "Retention-Period", "Retention-Expiration-Date"
	switch {
	case c.header(name) != "" && c.header(date) != "":
		return 0, errorInvalidRequest("Retention-Period and Retention-Expiration-Date exclude each other")
	case c.header(name) != "":
		return c.seconds(name)
	case c.header(date) != "":
		until, err := c.retentionDate(date)
		if err == nil && until.Before(created) {
			err = errorInvalidArgument("The retention expiration date is in the past", date, c.header(date))
		}
		return secondsSince(created, until), err
	}
	return p.DefaultRetention.seconds(), nil
}

// seconds reads a header that holds a period.
func (c *s3Call) seconds(name string) (int64, *s3Error) {
	n, err := strconv.ParseInt(c.header(name), 10, 64)
	if err != nil || n < permanent || n > maxRetentionDays*86400 {
		return 0, errorInvalidArgument("The retention period is not a number of seconds", name, c.header(name))
	}
	return n, nil
}

// retentionDate reads a header that holds a date.
func (c *s3Call) retentionDate(name string) (time.Time, *s3Error) {
	v := c.header(name)
	for _, form := range []string{time.RFC3339, sigV4Date, http.TimeFormat} { // the last is what IBM's Go SDK sends
		if t, err := time.Parse(form, v); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errorInvalidArgument("The retention expiration date is not a date", name, v)
}

// ibmExtendRetention makes the retention of an object longer, in one of four
// ways. Up to the bucket's longest period, counted from now, may be left of it.
func ibmExtendRetention(c *s3Call) *s3Error {
	const more, fromNow, date, whole = "Additional-Retention-Period", "Extend-Retention-From-Current-Time", "New-Retention-Expiration-Date", "New-Retention-Period"
	if count(c.header(more) != "", c.header(fromNow) != "", c.header(date) != "", c.header(whole) != "") != 1 {
		return errorInvalidRequest("Exactly one of " + more + ", " + fromNow + ", " + date + " and " + whole + " must be given")
	}
	b, o, err := c.lockRetained(http.StatusBadRequest)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	r := o.retention
	var period int64
	switch {
	case c.header(more) != "":
		if period, err = c.seconds(more); err == nil && (period <= 0 || r.period < 0) {
			err = errorInvalidArgument("There is nothing that the period could be added to, or it is not positive", more, c.header(more))
		}
		period += r.period
	case c.header(fromNow) != "":
		if period, err = c.seconds(fromNow); err == nil && period < 0 {
			err = errorInvalidArgument("The period must not be negative", fromNow, c.header(fromNow))
		}
		period += secondsSince(r.created, c.now)
	case c.header(date) != "":
		var until time.Time
		until, err = c.retentionDate(date)
		period = secondsSince(r.created, until)
		if err == nil && period < 0 {
			err = errorInvalidArgument("The retention expiration date is in the past", date, c.header(date))
		}
	default:
		period, err = c.seconds(whole)
	}
	if err != nil {
		return err
	}
	longest := b.protection.MaximumRetention.seconds() + secondsSince(r.created, c.now)
	switch {
	case r.period == permanent && period != permanent, r.period >= 0 && period >= 0 && period < r.period:
		return errorInvalidRequest("The retention of an object cannot be shortened")
	case period == permanent && !b.protection.EnablePermanentRetention, period > longest:
		return errorInvalidRequest("The retention period is outside of what the bucket's protection configuration allows")
	}
	r.period = period
	c.respond(http.StatusOK, nil)
	return nil
}

// hasChecksum reports whether the request states a checksum.
func (c *s3Call) hasChecksum() bool {
	return slices.ContainsFunc(s3Algorithms, func(a *s3Algorithm) bool { return c.header(a.header()) != "" })
}

func ibmDescribe(c *s3Call, o *s3Object, h http.Header) {
	setTransition(h, c.buckets[c.target.bucket].lifecycle, o, c.now)
	r := o.retention
	if r == nil {
		return
	}
	h.Set("Retention-Period", strconv.FormatInt(r.period, 10))
	if r.period >= 0 {
		// Said to be ISO 8601; but IBM's Go SDK reads no other form than this.
		h.Set("Retention-Expiration-Date", r.expires().UTC().Format(http.TimeFormat))
	}
	h.Set("Retention-Legal-Hold-Count", strconv.Itoa(len(r.holds)))
}
