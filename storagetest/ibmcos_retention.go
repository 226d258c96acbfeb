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

func (r *retention) expires() time.Time { return r.created.Add(time.Duration(r.period) * time.Second) }

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

// ibmStored gives a new object its retention, by the bucket's policy and the
// headers of the request.
func ibmStored(c *s3Call, b *s3Bucket, old, o *s3Object) *s3Error {
	if old != nil && old.retention.protects(c.now) {
		return errorProtected()
	}
	period, until, hold := c.header("Retention-Period"), c.header("Retention-Expiration-Date"), c.header("Retention-Legal-Hold-Id")
	p := b.protection
	if p == nil {
		if period != "" || until != "" || hold != "" {
			return errorInvalidRequest("The bucket has no protection configuration")
		}
		return nil
	}
	if c.op == "PutObject" && c.header("Content-Md5") == "" && !c.hasChecksum() && (c.signature == nil || c.signature.payload == unsignedPayload) {
		return errorInvalidRequest("Content-MD5 HTTP header or AWS Signature Version 4 signed payload is required for PUT Object requests with Object Lock parameters")
	}
	r := &retention{created: c.now.Truncate(time.Second), period: p.DefaultRetention.seconds()}
	switch {
	case period != "" && until != "":
		return errorInvalidRequest("Retention-Period and Retention-Expiration-Date exclude each other")
	case period != "":
		n, err := strconv.ParseInt(period, 10, 64)
		if err != nil {
			return errorInvalidArgument("The retention period is not a number", "Retention-Period", period)
		}
		r.period = n
	case until != "":
		t, err := time.Parse(time.RFC3339, until)
		if err != nil {
			t, err = time.Parse(sigV4Date, until)
		}
		if err != nil {
			t, err = http.ParseTime(until) // as IBM's Go SDK sends it
		}
		if err != nil {
			return errorInvalidArgument("The retention expiration date is not a date", "Retention-Expiration-Date", until)
		}
		r.period = int64(t.Sub(r.created) / time.Second)
		if r.period < 0 {
			return errorInvalidArgument("The retention expiration date is in the past", "Retention-Expiration-Date", until)
		}
	}
	if r.period != indefinite && !(r.period == permanent && p.EnablePermanentRetention) &&
		(r.period < p.MinimumRetention.seconds() || r.period > p.MaximumRetention.seconds()) {
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

// hasChecksum reports whether the request states a checksum.
func (c *s3Call) hasChecksum() bool {
	return slices.ContainsFunc(s3Algorithms, func(a *s3Algorithm) bool { return c.header(a.header()) != "" })
}

func ibmDescribe(_ *s3Call, o *s3Object, h http.Header) {
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
