package storagetest

import (
	"slices"
	"strings"
)

// lightsailGuest is whose a key is that is not a bucket's own: an account's or
// an instance's.
type lightsailGuest struct{ account, instance string }

// AddAccountKey has S3 know a key of another account. It is good for reading the
// objects, and lists of them, of the buckets that have the account among their
// ReadonlyAccessAccounts. Buckets of k is not looked at.
func (l *Lightsail) AddAccountKey(account string, k AccessKey) {
	l.addGuest(k, lightsailGuest{account: account})
}

// AddInstanceKey has S3 know a key of an instance, as the metadata service of
// the instance tells it: a temporary one, which k should have a SessionToken
// for. It is good for the buckets that SetResourceAccessForBucket gives the
// instance access to, as a key of their own would be. Buckets of k is not looked
// at.
func (l *Lightsail) AddInstanceKey(instance string, k AccessKey) {
	l.addGuest(k, lightsailGuest{instance: instance})
}

func (l *Lightsail) addGuest(k AccessKey, g lightsailGuest) {
	l.state.Lock()
	defer l.state.Unlock()
	l.guests[k.ID] = g
	l.s3.mu.Lock()
	defer l.s3.mu.Unlock()
	l.s3.keys[k.ID] = &s3Key{AccessKey: k, readOnly: g.account != ""}
	l.admitGuests()
}

// admitGuests makes the keys of guests good for the buckets whose settings say
// so. Both the state and the S3 service are locked.
func (l *Lightsail) admitGuests() {
	for id, g := range l.guests {
		buckets := []string{} // not nil: that would be every bucket
		for name, b := range l.buckets {
			_, receives := b.ResourcesReceivingAccess[g.instance]
			if receives || g.account != "" && slices.Contains(b.ReadonlyAccessAccounts, g.account) {
				buckets = append(buckets, name)
			}
		}
		l.s3.keys[id].Buckets = buckets
	}
}

// judge lets objects be read by everybody where the settings allow it. What else
// a key is not good for is refused where the bucket is looked up.
func (l *Lightsail) judge(c *s3Call) *s3Error {
	switch {
	case c.op == "PostObject": // the form is judged
	case c.access != nil && c.access.allows(c.op, c.target.bucket):
	case l.public(c):
		if c.access == nil && strings.Contains("&"+c.r.URL.RawQuery, "&response-") {
			return errorInvalidRequest("Request specific response headers cannot be used for anonymous GET requests.")
		}
		c.access = nil
	case c.access == nil:
		return errorAccessDenied("")
	}
	return nil
}

// public reports whether everybody may do what is asked: read one object that is
// there. Of one that is not there, only who may list the bucket is told so.
func (l *Lightsail) public(c *s3Call) bool {
	if c.op != "GetObject" && c.op != "HeadObject" {
		return false
	}
	l.state.Lock()
	defer l.state.Unlock()
	b := l.buckets[c.target.bucket]
	if b == nil || l.blockPublic != nil && l.blockPublic.Impacted {
		return false
	}
	l.s3.mu.Lock()
	defer l.s3.mu.Unlock()
	bucket, id := l.s3.buckets[b.Name], c.query.Get("versionId")
	o := bucket.current(c.target.key)
	if id != "" {
		o = bucket.version(c.target.key, id)
	}
	return o != nil && (b.GetObject == "public" || b.AllowPublicOverrides && o.acl.readable(c.access != nil))
}

// readable reports whether everybody may read what has the list, or everybody who
// has an account.
func (list acl) readable(signed bool) bool {
	return slices.ContainsFunc(list, func(g aclGrant) bool {
		return (g.Permission == "READ" || g.Permission == "FULL_CONTROL") &&
			(g.Grantee.URI == allUsers || signed && g.Grantee.URI == authenticatedUsers)
	})
}
