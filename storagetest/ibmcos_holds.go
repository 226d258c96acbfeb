package storagetest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"
)

type legalHold struct {
	id   string
	date time.Time
}

var holdID = regexp.MustCompile(`^[A-Za-z0-9!_.*()'-]{1,64}$`)

// maxHolds bounds the legal holds on an object.
const maxHolds = 100

// lockRetained finds the object of the request, which must have a retention, or
// else the status is the one given. It returns with the service locked unless
// there is an error.
func (c *s3Call) lockRetained(status int) (*s3Bucket, *s3Object, *s3Error) {
	b, err := c.lockBucket()
	if err != nil {
		return nil, nil, err
	}
	o := b.current(c.target.key)
	switch {
	case o == nil:
		err = errorNoSuchKey(c.target.key)
	case o.retention == nil:
		err = &s3Error{status: status, code: codeForStatus(status), message: "The object has no retention"}
	default:
		return b, o, nil
	}
	c.mu.Unlock()
	return nil, nil, err
}

func ibmAddLegalHold(c *s3Call) *s3Error {
	id := c.query.Get("add")
	if !holdID.MatchString(id) {
		return errorInvalidArgument("The legal hold id is not valid", "add", id)
	}
	_, o, err := c.lockRetained(http.StatusBadRequest)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	r := o.retention
	switch {
	case slices.ContainsFunc(r.holds, func(h legalHold) bool { return h.id == id }):
		return &s3Error{status: 409, code: "InvalidRequest", message: "The legal hold is already present"}
	case len(r.holds) == maxHolds:
		return errorInvalidRequest(fmt.Sprintf("An object cannot have more than %d legal holds", maxHolds))
	}
	r.holds = append(r.holds, legalHold{id, c.now})
	c.respond(http.StatusOK, nil)
	return nil
}

func ibmDeleteLegalHold(c *s3Call) *s3Error {
	_, o, err := c.lockRetained(http.StatusBadRequest)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	id := c.query.Get("remove")
	o.retention.holds = slices.DeleteFunc(o.retention.holds, func(h legalHold) bool { return h.id == id })
	c.respond(http.StatusOK, nil)
	return nil
}

func ibmListLegalHolds(c *s3Call) *s3Error {
	_, o, err := c.lockRetained(http.StatusNotFound)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	r := o.retention
	date, set, item := (*xmlWriter).time, "LegalHolds", "member"
	if c.srv.legalHoldSet {
		date, set, item = (*xmlWriter).httpTime, "LegalHoldSet", "LegalHold"
	}
	var x xmlWriter
	x.start("RetentionState", s3Namespace)
	date(&x, "CreateTime", r.created)
	x.int("RetentionPeriod", r.period)
	if r.period >= 0 {
		date(&x, "RetentionPeriodExpirationDate", r.expires())
	}
	x.start(set, "")
	for _, h := range r.holds {
		x.start(item, "")
		date(&x, "Date", h.date)
		x.text("ID", h.id)
		x.end(item)
	}
	x.end(set)
	x.end("RetentionState")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (x *xmlWriter) httpTime(name string, t time.Time) {
	x.text(name, t.UTC().Format(http.TimeFormat))
}

// WithLegalHoldSet makes IBM's ListLegalHolds answer as its documentation has it,
// with LegalHold elements in a LegalHoldSet and HTTP dates, not as the models of
// IBM's SDKs have it.
func WithLegalHoldSet() Option { return func(o *options) { o.legalHoldSet = true } }
