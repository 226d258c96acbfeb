package storagetest

import (
	"net/http"
	"slices"
	"time"
)

// WithRestoreTime sets how long S3 takes to restore an archived object. Default
// 0: it is there when the request has been answered.
func WithRestoreTime(d time.Duration) Option { return func(o *options) { o.restoreTime = d } }

// restoration is the copy of an archived object that can be read for a time.
type restoration struct {
	ready, expires time.Time
}

// status tells whether a copy is on its way, or there. After it has expired it
// is neither.
func (r *restoration) status(now time.Time) (ongoing, there bool) {
	if r == nil || !now.Before(r.expires) {
		return false, false
	}
	ongoing = now.Before(r.ready)
	return ongoing, !ongoing
}

// archived reports whether the object cannot be read as it is.
func (o *s3Object) archived(now time.Time) bool {
	_, there := o.restore.status(now)
	return archived(o.storageClass) && !there
}

// setRestore tells in the headers how far a restore has come.
func (o *s3Object) setRestore(h http.Header, now time.Time) {
	switch ongoing, there := o.restore.status(now); {
	case ongoing:
		h.Set("X-Amz-Restore", `ongoing-request="true"`)
	case there:
		h.Set("X-Amz-Restore", `ongoing-request="false", expiry-date="`+o.restore.expires.Format(http.TimeFormat)+`"`)
	}
}

// writeRestoreStatus tells it in a list.
func (o *s3Object) writeRestoreStatus(x *xmlWriter, now time.Time) {
	ongoing, there := o.restore.status(now)
	x.start("RestoreStatus", "")
	x.bool("IsRestoreInProgress", ongoing)
	if there {
		x.time("RestoreExpiryDate", o.restore.expires)
	}
	x.end("RestoreStatus")
}

var restoreTiers = []string{"Standard", "Bulk", "Expedited"}

func (c *s3Call) restoreObject() *s3Error {
	data, err := c.document(false)
	if err != nil {
		return err
	}
	var request struct {
		Days                 *int
		Type                 string
		Tier                 string
		GlacierJobParameters *struct{ Tier string }
		Description          string

		// Of a query, which is refused whatever they hold.
		SelectParameters, OutputLocation *struct {
			Members []struct{} `xml:",any"`
		}
	}
	if err := unmarshal(data, "RestoreRequest", &request); err != nil {
		return err
	}
	switch {
	case request.Type == "SELECT":
		return errorNotImplemented("a restore of the type SELECT")
	case c.dialect.archives != nil && request.Tier != "", // IBM has it in the parameters only
		request.Type != "", request.SelectParameters != nil, request.OutputLocation != nil, request.Days == nil, request.Tier != "" && request.GlacierJobParameters != nil:
		return errorMalformedXML()
	case *request.Days < 1:
		return errorInvalidArgument("restoration days should be at least 1", "Days", "")
	}
	tier := request.Tier
	if request.GlacierJobParameters != nil {
		tier = request.GlacierJobParameters.Tier
	} else if tier == "" {
		tier = "Standard"
	}
	if c.dialect.archives == nil && !slices.Contains(restoreTiers, tier) {
		return errorMalformedXML()
	}
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	ongoing, there := o.restore.status(c.now)
	switch {
	case !archived(o.storageClass):
		return &s3Error{status: 403, code: "InvalidObjectState", message: "Restore is not allowed for the object's current storage class",
			extra: []string{"StorageClass", o.storageClass}}
	case c.dialect.archives != nil && request.GlacierJobParameters != nil && tier != c.dialect.archives[o.storageClass],
		o.storageClass == "DEEP_ARCHIVE" && tier == "Expedited":
		return errorInvalidArgument("Retrieval option is not supported by this storage class", "Tier", tier)
	case ongoing:
		return &s3Error{status: 409, code: "RestoreAlreadyInProgress", message: "Object restore is already in progress"}
	}
	status, ready := http.StatusAccepted, c.now.Add(c.srv.restoreTime)
	if there { // it stays, for longer or shorter
		status, ready = http.StatusOK, c.now
	}
	b.change(o).restore = &restoration{ready: ready, expires: midnight(ready.AddDate(0, 0, *request.Days))}
	c.respond(status, nil)
	return nil
}
