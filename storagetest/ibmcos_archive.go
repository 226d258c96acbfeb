package storagetest

import (
	"net/http"
	"slices"
	"time"
)

// ibmArchives are the classes that a rule may archive to, with their tiers.
var ibmArchives = map[string]string{"GLACIER": "Bulk", "ACCELERATED": "Accelerated"}

// ibmLifecycle judges what IBM's S3 demands beyond Amazon's: one rule at most
// archives, and it archives all.
func ibmLifecycle(l *lifecycle) *s3Error {
	archiving := 0
	for _, r := range l.Rules {
		archiving += len(r.Transitions)
		prefix := r.Prefix
		if r.Filter != nil {
			prefix = r.Filter.Prefix
		}
		others := r.Filter != nil && (r.Filter.Tag != nil || r.Filter.And != nil || r.Filter.ObjectSizeGreaterThan != nil || r.Filter.ObjectSizeLessThan != nil)
		switch {
		case archiving > 1:
			return errorInvalidRequest("A bucket can have one transition only")
		case len(r.NoncurrentVersionTransitions) > 0:
			return errorMalformedXML()
		case len(r.Transitions) > 0 && (others || prefix != nil && *prefix != ""):
			return errorInvalidRequest("A rule with a transition cannot have a filter")
		}
	}
	return nil
}

// transition is what the configuration has become of an object: its class, and
// when. Objects from before the configuration stay.
func (l *lifecycle) transition(o *s3Object) (class string, at time.Time) {
	if l == nil || o.modified.Before(l.since.Truncate(time.Second)) {
		return "", at
	}
	for _, r := range l.Rules {
		if r.Status != "Enabled" || len(r.Transitions) == 0 {
			continue
		}
		t := r.Transitions[0]
		if t.Date != nil {
			return t.StorageClass, t.Date.UTC()
		}
		return t.StorageClass, o.modified.AddDate(0, 0, *t.Days)
	}
	return "", at
}

// setTransition tells when the object is to be archived, or was.
func setTransition(h http.Header, l *lifecycle, o *s3Object, now time.Time) {
	at := o.archiveTime
	if at.IsZero() {
		_, at = l.transition(o)
	}
	if at.IsZero() {
		return
	}
	date := at.UTC().Format(http.TimeFormat)
	h.Set("X-Ibm-Archive-Transition-Time", date)
	h.Set("X-Ibm-Transition", `transition="ARCHIVE", date="`+date+`"`)
	if _, there := o.restore.status(now); there {
		h.Set("X-Ibm-Restored-Copy-Storage-Class", "Standard")
	}
}

// Tick carries out the lifecycle rules of all buckets, as IBM does at midnight
// in UTC: it archives, expires and aborts what is due by the server's clock.
// Nothing is done otherwise. What a retention or a lock protects stays.
func (s *IBMCOS) Tick() {
	c := &s3Call{s3Service: s.service, r: &http.Request{}, now: s.clock()}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.buckets {
		if b.lifecycle == nil {
			continue
		}
		for i := range b.lifecycle.Rules {
			if r := &b.lifecycle.Rules[i]; r.Status == "Enabled" {
				c.expire(b, r)
			}
		}
		for _, versions := range b.versions {
			for _, o := range slices.Clone(versions) {
				if class, at := b.lifecycle.transition(o); class != "" && o.archiveTime.IsZero() && !o.deleteMarker && !at.After(c.now) {
					o = b.change(o)
					o.storageClass, o.archiveTime = class, c.now
				}
			}
		}
	}
}

// expire carries out one rule. The service is locked.
func (c *s3Call) expire(b *s3Bucket, r *lifecycleRule) {
	for _, key := range slices.Clone(b.keys) {
		versions := slices.Clone(b.versions[key])
		for i, o := range versions[1:] {
			n := r.NoncurrentVersionExpiration
			if n == nil || n.NoncurrentDays == nil || n.NewerNoncurrentVersions != nil && i < *n.NewerNoncurrentVersions || !r.concerns(o) {
				continue
			}
			if at := midnight(versions[i].modified.AddDate(0, 0, *n.NoncurrentDays)); !at.After(c.now) && (o.deleteMarker || c.checkRemoval(b, o) == nil) {
				b.remove(o)
			}
		}
		if len(b.versions[key]) == 0 {
			continue
		}
		o := b.versions[key][0]
		if o.deleteMarker {
			if e := r.Expiration; e != nil && e.ExpiredObjectDeleteMarker != nil && *e.ExpiredObjectDeleteMarker && len(b.versions[key]) == 1 && r.concerns(o) {
				b.remove(o)
			}
			continue
		}
		if at, ok := r.expires(o); ok && !at.After(c.now) {
			_, _ = c.remove(b, key, "", deleteCondition{}) // what is protected stays
		}
	}
	for id, u := range b.uploads {
		if at, ok := r.aborts(u); ok && !at.After(c.now) {
			u.release()
			delete(b.uploads, id)
		}
	}
}

// concerns reports whether the rule is for a version or a delete marker.
func (r *lifecycleRule) concerns(o *s3Object) bool {
	size := int64(-1)
	if !o.deleteMarker {
		size = o.blob.size
	}
	return r.matches(o.key, size, o.tags)
}
