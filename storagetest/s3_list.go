package storagetest

import (
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// maxPage is the most that any list of S3 gives at a time.
const maxPage = 1000

// listing is what the lists have in common.
type listing struct {
	prefix, delimiter string
	limit             int
	encode            func(string) string
	encoding          string
}

// limit reads the parameter that bounds a page.
func (c *s3Call) limit(parameter string) (int, *s3Error) {
	v := c.query.Get(parameter)
	if v == "" {
		return maxPage, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil || n < 0 {
		return 0, errorInvalidArgument("Argument "+parameter+" must be an integer between 0 and 2147483647", parameter, v)
	}
	return int(min(n, maxPage)), nil
}

func (c *s3Call) newListing(limitParameter string) (*listing, *s3Error) {
	limit, err := c.limit(limitParameter)
	if err != nil {
		return nil, err
	}
	l := &listing{
		prefix: c.query.Get("prefix"), delimiter: c.query.Get("delimiter"),
		limit: limit, encode: func(s string) string { return s },
	}
	switch l.encoding = c.query.Get("encoding-type"); l.encoding {
	case "":
	case "url":
		l.encode = listEncode
	default:
		return nil, errorInvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", l.encoding)
	}
	return l, nil
}

// entry is an object or a common prefix in a page.
type entry struct {
	object *s3Object
	prefix string
}

func (e entry) place() string {
	if e.object != nil {
		return e.object.key
	}
	return e.prefix
}

// common returns the common prefix that stands for the key, or nothing.
func (l *listing) common(key string) string {
	if l.delimiter == "" {
		return ""
	}
	head, _, found := strings.Cut(key[len(l.prefix):], l.delimiter)
	if !found {
		return ""
	}
	return l.prefix + head + l.delimiter
}

// page selects what follows the place after: a key, or a common prefix that has
// been listed. The service is locked.
func (l *listing) page(b *s3Bucket, after string) (entries []entry, truncated bool) {
	if l.limit == 0 {
		return nil, false
	}
	listed := after
	for _, key := range b.keys[sort.SearchStrings(b.keys, max(l.prefix, after)):] {
		if !strings.HasPrefix(key, l.prefix) {
			break
		}
		o := b.current(key)
		if o == nil || key == after {
			continue
		}
		e := entry{object: o}
		if prefix := l.common(key); prefix != "" {
			if prefix == listed {
				continue
			}
			listed = prefix
			e = entry{prefix: prefix}
		}
		if len(entries) == l.limit {
			return entries, true
		}
		entries = append(entries, e)
	}
	return entries, false
}

// writeEntries writes the Contents and CommonPrefixes of a page.
func (c *s3Call) writeEntries(x *xmlWriter, l *listing, b *s3Bucket, entries []entry, owner bool) {
	for _, e := range entries {
		o := e.object
		if o == nil {
			continue
		}
		x.start("Contents", "")
		x.text("Key", l.encode(o.key))
		c.writeProperties(x, o)
		if owner {
			x.owner("Owner", b.owner)
		}
		x.end("Contents")
	}
	l.writePrefixes(x, entries)
}

// writeProperties writes what the lists say of an object.
func (c *s3Call) writeProperties(x *xmlWriter, o *s3Object) {
	x.time("LastModified", o.modified)
	x.text("ETag", `"`+o.etag+`"`)
	if o.checksum.algorithm != nil {
		x.text("ChecksumAlgorithm", o.checksum.algorithm.name)
		x.text("ChecksumType", o.checksum.kind())
	}
	x.int("Size", o.blob.size)
	x.text("StorageClass", o.storageClass)
	if archived(o.storageClass) && strings.Contains(c.header("X-Amz-Optional-Object-Attributes"), "RestoreStatus") {
		o.writeRestoreStatus(x, c.now)
	}
}

func (l *listing) writePrefixes(x *xmlWriter, entries []entry) {
	for _, e := range entries {
		if e.object == nil {
			x.start("CommonPrefixes", "")
			x.text("Prefix", l.encode(e.prefix))
			x.end("CommonPrefixes")
		}
	}
}

func (c *s3Call) listObjectsV2() *s3Error {
	l, err := c.newListing("max-keys")
	if err != nil {
		return err
	}
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	startAfter := c.query.Get("start-after")
	if after == "" {
		after = startAfter
	}
	var owner bool
	switch v := c.query.Get("fetch-owner"); v {
	case "", "false":
	case "true":
		owner = true
	default:
		return errorInvalidArgument("Invalid value for fetch-owner", "fetch-owner", v)
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	entries, truncated := l.page(b, after)
	var x xmlWriter
	x.start("ListBucketResult", s3Namespace)
	x.text("Name", b.name)
	x.text("Prefix", l.encode(l.prefix))
	x.optional("Delimiter", l.encode(l.delimiter))
	x.optional("StartAfter", l.encode(startAfter))
	x.optional("ContinuationToken", c.query.Get("continuation-token"))
	if truncated {
		x.text("NextContinuationToken", c.makeToken(entries[len(entries)-1].place()))
	}
	x.int("KeyCount", int64(len(entries)))
	x.int("MaxKeys", int64(l.limit))
	x.optional("EncodingType", l.encoding)
	x.bool("IsTruncated", truncated)
	c.writeEntries(&x, l, b, entries, owner)
	x.end("ListBucketResult")
	c.mu.Unlock()
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) listObjects() *s3Error {
	if v := c.query.Get("list-type"); v != "" && v != "1" { // the second form is an operation of its own
		return errorInvalidArgument("Invalid List Type specified in Request", "list-type", v)
	}
	l, err := c.newListing("max-keys")
	if err != nil {
		return err
	}
	marker := c.query.Get("marker")
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	c.describeBucket(b)
	entries, truncated := l.page(b, marker)
	var x xmlWriter
	x.start("ListBucketResult", s3Namespace)
	x.text("Name", b.name)
	x.text("Prefix", l.encode(l.prefix))
	x.text("Marker", l.encode(marker))
	if truncated && l.delimiter != "" { // without a delimiter the last key serves
		x.text("NextMarker", l.encode(entries[len(entries)-1].place()))
	}
	x.int("MaxKeys", int64(l.limit))
	x.optional("Delimiter", l.encode(l.delimiter))
	x.optional("EncodingType", l.encoding)
	x.bool("IsTruncated", truncated)
	c.writeEntries(&x, l, b, entries, true)
	x.end("ListBucketResult")
	c.mu.Unlock()
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) listMultipartUploads() *s3Error {
	l, err := c.newListing("max-uploads")
	if err != nil {
		return err
	}
	keyMarker, idMarker := c.query.Get("key-marker"), c.query.Get("upload-id-marker")
	if keyMarker == "" {
		idMarker = "" // S3 ignores it then
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	uploads := make([]*s3Upload, 0, len(b.uploads))
	for _, u := range b.uploads {
		uploads = append(uploads, u)
	}
	slices.SortFunc(uploads, func(a, b *s3Upload) int {
		if n := strings.Compare(a.key, b.key); n != 0 {
			return n
		}
		return strings.Compare(a.id, b.id) // ids rise with time
	})
	var chosen []*s3Upload
	var prefixes []string
	var nextKey, nextID string
	truncated := false
	for _, u := range uploads {
		switch {
		case !strings.HasPrefix(u.key, l.prefix),
			keyMarker != "" && u.key < keyMarker,
			keyMarker != "" && u.key == keyMarker && (idMarker == "" || u.id <= idMarker):
			continue
		}
		common := l.common(u.key)
		if common != "" && (common == keyMarker || slices.Contains(prefixes, common)) {
			continue
		}
		if len(chosen)+len(prefixes) == l.limit {
			truncated = l.limit > 0
			break
		}
		if common != "" {
			prefixes = append(prefixes, common)
			nextKey, nextID = common, ""
			continue
		}
		chosen = append(chosen, u)
		nextKey, nextID = u.key, u.id
	}
	var x xmlWriter
	x.start("ListMultipartUploadsResult", s3Namespace)
	x.text("Bucket", b.name)
	x.text("KeyMarker", l.encode(keyMarker))
	x.text("UploadIdMarker", idMarker)
	if truncated {
		x.text("NextKeyMarker", l.encode(nextKey))
		x.text("NextUploadIdMarker", nextID)
	}
	x.text("Prefix", l.encode(l.prefix))
	x.optional("Delimiter", l.encode(l.delimiter))
	x.optional("EncodingType", l.encoding)
	x.int("MaxUploads", int64(l.limit))
	x.bool("IsTruncated", truncated)
	for _, u := range chosen {
		x.start("Upload", "")
		x.text("Key", l.encode(u.key))
		x.text("UploadId", u.id)
		x.owner("Initiator", b.owner)
		x.owner("Owner", b.owner)
		x.text("StorageClass", u.attributes.storageClass)
		x.time("Initiated", u.initiated)
		if u.algorithm != nil {
			x.text("ChecksumAlgorithm", u.algorithm.name)
			x.text("ChecksumType", u.kind())
		}
		x.end("Upload")
	}
	for _, p := range prefixes {
		x.start("CommonPrefixes", "")
		x.text("Prefix", l.encode(p))
		x.end("CommonPrefixes")
	}
	x.end("ListMultipartUploadsResult")
	c.mu.Unlock()
	c.respond(http.StatusOK, x.bytes())
	return nil
}
