package storagetest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

var s3VersionHandlers = handlers{
	"GetBucketVersioning": (*s3Call).getBucketVersioning,
	"PutBucketVersioning": (*s3Call).putBucketVersioning,
	"ListObjectVersions":  (*s3Call).listObjectVersions,
}

// nullVersion is the id of what was written while versioning was not enabled.
const nullVersion = "null"

var versionIDForm = regexp.MustCompile(`^([A-Za-z0-9_-]{32}|null)$`)

// newVersionID makes an id that tells how many versions were made before it: a
// list that goes on after a version finds its place also when that one is gone.
func newVersionID(sequence uint64) string {
	id := binary.BigEndian.AppendUint64(nil, sequence)
	id = append(id, make([]byte, 16)...)
	_, _ = rand.Read(id[8:]) // never fails
	return base64.URLEncoding.EncodeToString(id)
}

func errorInvalidVersion(id string) *s3Error {
	return errorInvalidArgument("Invalid version id specified", "versionId", id)
}

// checkVersionID judges the version id of the request, if it has one.
func (c *s3Call) checkVersionID() *s3Error {
	id := c.query.Get("versionId")
	switch {
	case !c.query.Has("versionId"):
		return nil
	case slices.Contains([]string{"PutObject", "CopyObject", "CreateMultipartUpload"}, c.op):
		return errorInvalidArgument("This operation does not accept a version-id.", "versionId", id)
	case id == "":
		return errorInvalidArgument("Version id cannot be the empty string", "versionId", id)
	case !versionIDForm.MatchString(id):
		return errorInvalidVersion(id)
	}
	return nil
}

// current returns the object of a key, nil if there is none or a delete marker
// hides it.
func (b *s3Bucket) current(key string) *s3Object {
	if versions := b.versions[key]; len(versions) > 0 && !versions[0].deleteMarker {
		return versions[0]
	}
	return nil
}

// version returns a version of a key, which may be a delete marker, or nil.
func (b *s3Bucket) version(key, id string) *s3Object {
	versions := b.versions[key]
	if i := slices.IndexFunc(versions, func(o *s3Object) bool { return o.version == id }); i >= 0 {
		return versions[i]
	}
	return nil
}

// replaced returns what a write to the key would not leave as a version, nil if
// there is no such thing.
func (b *s3Bucket) replaced(key string) *s3Object {
	if b.versioning == "Enabled" {
		return nil
	}
	return b.version(key, nullVersion)
}

// put makes o the newest version of its key. It takes over the reference to the
// content.
func (s *s3Service) put(b *s3Bucket, o *s3Object) {
	s.versions++
	o.sequence = s.versions
	if b.versioning == "Enabled" {
		o.version = newVersionID(o.sequence)
	} else {
		o.version = nullVersion
		if old := b.replaced(o.key); old != nil {
			b.remove(old)
		}
	}
	if len(b.versions[o.key]) == 0 {
		i := sort.SearchStrings(b.keys, o.key)
		b.keys = slices.Insert(b.keys, i, o.key)
	}
	b.versions[o.key] = slices.Insert(b.versions[o.key], 0, o)
}

// change puts a copy of a version in its place, for the caller to change.
func (b *s3Bucket) change(o *s3Object) *s3Object {
	changed := *o
	versions := b.versions[o.key]
	versions[slices.Index(versions, o)] = &changed
	return &changed
}

// remove drops a version, which is one of the bucket's.
func (b *s3Bucket) remove(o *s3Object) {
	o.blob.release()
	versions := b.versions[o.key]
	if len(versions) > 1 {
		i := slices.Index(versions, o)
		b.versions[o.key] = slices.Delete(versions, i, i+1)
		return
	}
	delete(b.versions, o.key)
	i := sort.SearchStrings(b.keys, o.key)
	b.keys = slices.Delete(b.keys, i, i+1)
}

// find returns the version of a key that a request is about: with an empty id
// the current one. A delete marker is an error.
func (c *s3Call) find(b *s3Bucket, key, id string) (*s3Object, *s3Error) {
	var o *s3Object
	if id != "" {
		o = b.version(key, id)
	} else if versions := b.versions[key]; len(versions) > 0 {
		o = versions[0]
	}
	switch {
	case o == nil && id == "":
		return nil, errorNoSuchKey(key)
	case o == nil:
		return nil, &s3Error{status: 404, code: "NoSuchVersion", message: "The specified version does not exist.",
			extra: []string{"Key", key, "VersionId", id}}
	case !o.deleteMarker:
		return o, nil
	}
	header := http.Header{"X-Amz-Delete-Marker": {"true"}, "X-Amz-Version-Id": {o.version}}
	if id == "" {
		err := errorNoSuchKey(key)
		err.header = header
		return nil, err
	}
	header.Set("Allow", http.MethodDelete)
	header.Set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
	return nil, &s3Error{status: http.StatusMethodNotAllowed, code: "MethodNotAllowed",
		message: "The specified method is not allowed against this resource.",
		extra:   []string{"Method", c.r.Method, "ResourceType", "DeleteMarker"}, header: header}
}

// lockObject finds the version that the request is about, and returns with the
// service locked unless there is an error.
func (c *s3Call) lockObject() (*s3Bucket, *s3Object, *s3Error) {
	b, err := c.lockBucket()
	if err != nil {
		return nil, nil, err
	}
	o, err := c.find(b, c.target.key, c.query.Get("versionId"))
	if err != nil {
		c.mu.Unlock()
		return nil, nil, err
	}
	return b, o, nil
}

// setVersion tells which version an answer is about, where there are versions.
func setVersion(h http.Header, name string, b *s3Bucket, o *s3Object) {
	if b.versioning != "" {
		h.Set(name, o.version)
	}
}

// setNewVersion tells the version that a write has made. While versioning is
// suspended S3 does not say.
func setNewVersion(h http.Header, o *s3Object) {
	if o.version != nullVersion {
		h.Set("X-Amz-Version-Id", o.version)
	}
}

// deleteCondition is what a deletion may demand of the object; zero fields
// demand nothing.
type deleteCondition struct {
	etag     string
	modified time.Time
	size     string
}

func (d deleteCondition) judge(key string, o *s3Object) *s3Error {
	switch {
	case d == deleteCondition{}:
		return nil
	case o == nil || o.deleteMarker:
		return errorNoSuchKey(key)
	case d.etag != "" && !matchesETag(d.etag, o.etag):
		return errorPrecondition("If-Match")
	case !d.modified.IsZero() && !d.modified.Equal(o.modified):
		return errorPrecondition("x-amz-if-match-last-modified-time")
	case d.size != "" && d.size != strconv.FormatInt(o.blob.size, 10):
		return errorPrecondition("x-amz-if-match-size")
	}
	return nil
}

// remove deletes a version for good. Without an id it deletes the object, which
// in a bucket with versioning is to put a delete marker on top. It returns what
// it has removed or made; nil if there was nothing to do. The service is locked.
func (c *s3Call) remove(b *s3Bucket, key, id string, match deleteCondition) (*s3Object, *s3Error) {
	target := b.current(key)
	if id != "" {
		target = b.version(key, id)
	}
	if err := match.judge(key, target); err != nil {
		return nil, err
	}
	marker := id == "" && b.versioning != ""
	gone := target
	if marker {
		gone = b.replaced(key)
	}
	if gone != nil && !gone.deleteMarker {
		if err := c.checkRemoval(b, gone); err != nil {
			return nil, err
		}
	}
	if marker {
		o := &s3Object{key: key, deleteMarker: true, modified: c.now.Truncate(time.Second)}
		c.put(b, o)
		return o, nil
	}
	if gone != nil {
		b.remove(gone)
	}
	return gone, nil
}

// checkRemoval judges whether a version may go for good.
func (c *s3Call) checkRemoval(b *s3Bucket, o *s3Object) *s3Error {
	if o.lock.protects(c) {
		return errorLocked()
	}
	if c.dialect.deleted != nil {
		return c.dialect.deleted(c, b, o)
	}
	return nil
}

func (c *s3Call) getBucketVersioning() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	var x xmlWriter
	x.start("VersioningConfiguration", s3Namespace)
	x.optional("Status", b.versioning)
	x.end("VersioningConfiguration")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) putBucketVersioning() *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var config struct {
		Status    string
		MfaDelete string
	}
	if err := unmarshal(data, "VersioningConfiguration", &config); err != nil {
		return err
	}
	switch config.MfaDelete {
	case "", "Disabled":
	case "Enabled":
		if c.header("X-Amz-Mfa") == "" {
			return errorAccessDenied("Mfa Authentication must be used for this request")
		}
		return errorNotImplemented("MfaDelete")
	default:
		return errorMalformedXML()
	}
	switch config.Status {
	case "Enabled", "Suspended":
	case "":
		return &s3Error{status: 400, code: "IllegalVersioningConfigurationException", message: "The Versioning element must be specified"}
	default:
		return errorMalformedXML()
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if b.lock != nil && config.Status != "Enabled" {
		return &s3Error{status: 409, code: "InvalidBucketState",
			message: "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."}
	}
	if c.dialect.version != nil {
		if err := c.dialect.version(b, config.Status); err != nil {
			return err
		}
	}
	b.versioning = config.Status
	c.respond(http.StatusOK, nil)
	return nil
}

// versionPage selects the versions and common prefixes that follow a version,
// or with an empty id a key or a prefix. The service is locked.
func (l *listing) versionPage(b *s3Bucket, key, id string) (entries []entry, truncated bool) {
	if l.limit == 0 {
		return nil, false
	}
	listed := key
	for _, k := range b.keys[sort.SearchStrings(b.keys, max(l.prefix, key)):] {
		if !strings.HasPrefix(k, l.prefix) {
			break
		}
		var found []entry
		switch prefix := l.common(k); {
		case prefix == "":
			versions := b.versions[k]
			if k == key {
				versions = versionsAfter(versions, id)
			}
			for _, o := range versions {
				found = append(found, entry{object: o})
			}
		case prefix != listed:
			listed = prefix
			found = []entry{{prefix: prefix}}
		}
		if room := l.limit - len(entries); len(found) > room {
			return append(entries, found[:room]...), true
		}
		entries = append(entries, found...)
	}
	return entries, false
}

// versionsAfter cuts off what a list of versions has shown already: up to the
// version of that id, or with an empty id all.
func versionsAfter(versions []*s3Object, id string) []*s3Object {
	if id == "" {
		return nil
	}
	if i := slices.IndexFunc(versions, func(o *s3Object) bool { return o.version == id }); i >= 0 {
		return versions[i+1:]
	}
	if id == nullVersion {
		return versions // it is gone, and its place unknown: rather twice than never
	}
	raw, _ := base64.URLEncoding.DecodeString(id) // the form has been checked
	place := binary.BigEndian.Uint64(raw)
	for i, o := range versions {
		if o.sequence < place {
			return versions[i:]
		}
	}
	return nil
}

func (c *s3Call) listObjectVersions() *s3Error {
	l, err := c.newListing("max-keys")
	if err != nil {
		return err
	}
	keyMarker, idMarker := c.query.Get("key-marker"), c.query.Get("version-id-marker")
	if c.query.Has("version-id-marker") {
		switch {
		case keyMarker == "":
			return errorInvalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", idMarker)
		case idMarker == "":
			return errorInvalidArgument("A version-id marker cannot be empty.", "version-id-marker", idMarker)
		case !versionIDForm.MatchString(idMarker):
			return errorInvalidVersion(idMarker)
		}
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	entries, truncated := l.versionPage(b, keyMarker, idMarker)
	var x xmlWriter
	x.start("ListVersionsResult", s3Namespace)
	x.text("Name", b.name)
	x.text("Prefix", l.encode(l.prefix))
	x.text("KeyMarker", l.encode(keyMarker))
	x.text("VersionIdMarker", idMarker)
	if truncated {
		next := entries[len(entries)-1]
		x.text("NextKeyMarker", l.encode(next.place()))
		if next.object != nil {
			x.text("NextVersionIdMarker", next.object.version)
		}
	}
	x.int("MaxKeys", int64(l.limit))
	x.optional("Delimiter", l.encode(l.delimiter))
	x.optional("EncodingType", l.encoding)
	x.bool("IsTruncated", truncated)
	for _, e := range entries {
		if o := e.object; o != nil {
			c.writeVersion(&x, l, b, o)
		}
	}
	l.writePrefixes(&x, entries)
	x.end("ListVersionsResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) writeVersion(x *xmlWriter, l *listing, b *s3Bucket, o *s3Object) {
	name := "Version"
	if o.deleteMarker {
		name = "DeleteMarker"
	}
	x.start(name, "")
	x.text("Key", l.encode(o.key))
	x.text("VersionId", o.version)
	x.bool("IsLatest", b.versions[o.key][0] == o)
	if o.deleteMarker {
		x.time("LastModified", o.modified)
	} else {
		c.writeProperties(x, o)
	}
	x.owner("Owner", b.owner)
	x.end(name)
}
