package storagetest

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

var s3ObjectHandlers = handlers{
	"PutObject":     (*s3Call).putObject,
	"GetObject":     (*s3Call).getObject,
	"HeadObject":    (*s3Call).getObject,
	"DeleteObject":  (*s3Call).deleteObject,
	"DeleteObjects": (*s3Call).deleteObjects,
	"CopyObject":    (*s3Call).copyObject,
	"ListObjects":   (*s3Call).listObjects,
	"ListObjectsV2": (*s3Call).listObjectsV2,

	"GetObjectAttributes":    (*s3Call).getObjectAttributes,
	"RenameObject":           (*s3Call).renameObject,
	"RestoreObject":          (*s3Call).restoreObject,
	"UpdateObjectEncryption": (*s3Call).updateObjectEncryption,
}

// s3Object is a version of an object as it is stored, or a delete marker. It does
// not change; a write makes another. (IBM's retention, the ACL and the annotations
// are exceptions, and have the service's lock.)
type s3Object struct {
	s3Attributes
	key          string
	version      string // [nullVersion] where the bucket does not keep versions
	sequence     uint64 // rises with each version made
	deleteMarker bool   // there is no content then

	blob     *blob
	etag     string // without quotes
	modified time.Time
	checksum s3Checksum
	parts    []s3Part // of a multipart upload

	partChecksums bool         // the upload chose the checksum of its parts
	restore       *restoration // of an archived object; nil: none was asked for

	annotations map[string]*annotation // by name
	retention   *retention             // IBM
	archiveTime time.Time              // IBM: when it was archived
}

// etagFor is the ETag of a content with this MD5: another one where S3 would
// have encrypted it, since there it is not the MD5.
func etagFor(sum []byte, e s3Encryption) string {
	if !e.plainETag() {
		salted := md5.Sum(append(slices.Clone(sum), e.customerMD5+e.kmsKey...))
		sum = salted[:]
	}
	return hex.EncodeToString(sum)
}

func (c *s3Call) putObject() *s3Error {
	if c.header("X-Amz-Write-Offset-Bytes") != "" {
		return errorNotImplemented("x-amz-write-offset-bytes")
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	locked := b.retention() != nil
	err = c.checkReceive(b)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	attributes, err := c.attributes()
	if err != nil {
		return err
	}
	locked = locked || attributes.lock != objectLock{}
	declared, err := c.declaredChecksum()
	if err != nil {
		return err
	}
	algorithm := defaultAlgorithm()
	if declared != nil {
		algorithm = declared.algorithm
	}
	if locked && declared == nil && c.header("Content-Md5") == "" {
		return errorInvalidRequest("Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
	}
	p, err := c.openPayload(declared, algorithm)
	if err != nil {
		return err
	}
	content, err := p.store()
	if err != nil {
		return err
	}
	o := &s3Object{
		s3Attributes: attributes, key: c.target.key, blob: content,
		etag: etagFor(p.md5.Sum(nil), attributes.encryption), modified: c.now.Truncate(time.Second),
		checksum: p.sum(algorithm),
	}
	defer content.release() // the bucket holds a reference of its own
	b, err = c.commit(o)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Etag", `"`+o.etag+`"`)
	setNewVersion(h, o)
	c.describeEncryption(h, o.encryption, true)
	h.Set(algorithm.header(), o.checksum.text())
	h.Set("X-Amz-Checksum-Type", o.checksum.kind())
	c.setExpiration(h, b, o)
	c.respond(http.StatusOK, nil)
	return nil
}

// checkReceive asks the vendor whether content may come. The service is locked.
func (c *s3Call) checkReceive(b *s3Bucket) *s3Error {
	if c.dialect.receive == nil {
		return nil
	}
	return c.dialect.receive(c, b)
}

// commit makes o the object of its key, if the conditions of the request hold at
// that moment.
func (c *s3Call) commit(o *s3Object) (*s3Bucket, *s3Error) {
	b, err := c.lockBucket()
	if err != nil {
		return nil, err
	}
	defer c.mu.Unlock()
	return b, c.commitLocked(b, o)
}

// commitLocked is commit with the service locked.
func (c *s3Call) commitLocked(b *s3Bucket, o *s3Object) *s3Error {
	if b.lock == nil && o.lock != (objectLock{}) {
		return errorNoLockConfiguration()
	}
	if d := b.retention(); d != nil && o.lock.mode == "" {
		o.lock.mode, o.lock.until = d.Mode, d.until(o.modified)
	}
	if err := c.checkWrite(b.current(o.key)); err != nil {
		return err
	}
	if c.dialect.stored != nil {
		if err := c.dialect.stored(c, b, b.replaced(o.key), o); err != nil {
			return err
		}
	}
	o.blob.retain()
	c.put(b, o)
	return nil
}

// checkWrite judges the conditions of a write, given the object that is there.
func (c *s3Call) checkWrite(old *s3Object) *s3Error {
	match, none := c.header("If-Match"), c.header("If-None-Match")
	if c.dialect.freeConditions {
		condition := "If-Match"
		failed := match != "" && old == nil
		if old != nil {
			var status int
			status, condition = c.conditions("").verdict(old)
			failed = status != http.StatusOK
		}
		if failed {
			return errorPrecondition(condition)
		}
		return nil
	}
	switch {
	case match != "" && none != "":
		return errorNotImplemented("If-Match together with If-None-Match")
	case none != "" && none != "*":
		return errorNotImplemented("If-None-Match with an ETag")
	case none == "*" && old != nil:
		return errorPrecondition("If-None-Match")
	case match != "" && old == nil:
		return errorNoSuchKey(c.target.key)
	case match != "" && !matchesETag(match, old.etag):
		return errorPrecondition("If-Match")
	}
	return nil
}

// matchesETag reports whether a list of entity tags names this one.
func matchesETag(list, etag string) bool {
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || strings.Trim(tag, `"`) == etag {
			return true
		}
	}
	return false
}

// conditions are those of a read, or of the source of a copy.
type conditions struct {
	match, noneMatch, modifiedSince, unmodifiedSince string
}

func (c *s3Call) conditions(prefix string) conditions {
	return conditions{
		match: c.header(prefix + "If-Match"), noneMatch: c.header(prefix + "If-None-Match"),
		modifiedSince: c.header(prefix + "If-Modified-Since"), unmodifiedSince: c.header(prefix + "If-Unmodified-Since"),
	}
}

// verdict is a status: 200, 304 or 412, and with 412 the condition that fails.
// An ETag that is given beats the date of the same sense.
func (d conditions) verdict(o *s3Object) (int, string) {
	since := func(v string) (time.Time, bool) {
		t, err := http.ParseTime(v)
		return t, err == nil // S3 ignores dates that it cannot read
	}
	if d.match != "" {
		if !matchesETag(d.match, o.etag) {
			return http.StatusPreconditionFailed, "If-Match"
		}
	} else if t, ok := since(d.unmodifiedSince); ok && o.modified.After(t) {
		return http.StatusPreconditionFailed, "If-Unmodified-Since"
	}
	if d.noneMatch != "" {
		if matchesETag(d.noneMatch, o.etag) {
			return http.StatusNotModified, "If-None-Match"
		}
	} else if t, ok := since(d.modifiedSince); ok && !o.modified.After(t) {
		return http.StatusNotModified, "If-Modified-Since"
	}
	return http.StatusOK, ""
}

// getObject serves GetObject and HeadObject.
func (c *s3Call) getObject() *s3Error {
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	o.blob.retain()
	defer o.blob.release()
	if c.dialect.describe != nil {
		c.dialect.describe(c, o, c.w.Header())
	}
	setVersion(c.w.Header(), "X-Amz-Version-Id", b, o)
	c.setExpiration(c.w.Header(), b, o)
	c.mu.Unlock()
	if err := c.checkCustomerKey("X-Amz-", o.encryption); err != nil {
		return err
	}
	switch status, condition := c.conditions("").verdict(o); status {
	case http.StatusPreconditionFailed:
		return errorPrecondition(condition)
	case http.StatusNotModified:
		c.w.Header().Set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
		return &s3Error{status: status, header: http.Header{"Etag": {`"` + o.etag + `"`}}}
	}
	if o.archived(c.now) && c.r.Method == http.MethodGet {
		return errorArchived(o)
	}
	off, n, status, err := c.selectRange(o)
	if err != nil {
		return err
	}
	h := c.w.Header()
	for name, values := range o.header {
		h[name] = values
	}
	h.Set("Etag", `"`+o.etag+`"`)
	h.Set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(n, 10))
	c.describeEncryption(h, o.encryption, false)
	if o.storageClass != "STANDARD" {
		h.Set("X-Amz-Storage-Class", o.storageClass)
	}
	if len(o.tags) > 0 {
		h.Set("X-Amz-Tagging-Count", strconv.Itoa(len(o.tags)))
	}
	o.lock.set(h)
	o.setRestore(h, c.now)
	if status == http.StatusPartialContent {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", off, off+n-1, o.blob.size))
	}
	if err := c.setChecksum(h, o, status); err != nil {
		return err
	}
	for _, name := range []string{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"} {
		if v := c.query.Get("response-" + strings.ToLower(name)); v != "" {
			h.Set(name, v)
		}
	}
	c.w.WriteHeader(status)
	if c.r.Method == http.MethodHead {
		return nil
	}
	if _, err := o.blob.copyTo(c.w, off, n); err != nil {
		panic(http.ErrAbortHandler) // the headers are gone: only the connection can tell
	}
	return nil
}

func errorArchived(o *s3Object) *s3Error {
	return &s3Error{status: 403, code: "InvalidObjectState", message: "The operation is not valid for the object's storage class",
		extra: []string{"StorageClass", o.storageClass}}
}

// setChecksum adds the checksum of what is asked for: the object, or one part.
func (c *s3Call) setChecksum(h http.Header, o *s3Object, status int) *s3Error {
	switch v := c.header("X-Amz-Checksum-Mode"); {
	case v == "":
		return nil
	case !strings.EqualFold(v, "ENABLED"):
		return errorInvalidArgument("Value for x-amz-checksum-mode header is invalid.", "x-amz-checksum-mode", v)
	}
	sum := o.checksum
	if status == http.StatusPartialContent {
		number, err := strconv.Atoi(c.query.Get("partNumber"))
		if err != nil {
			return nil // of a range S3 keeps none
		}
		if len(o.parts) > 0 {
			sum = o.parts[number-1].checksum
		}
	}
	if sum.algorithm != nil {
		h.Set(sum.algorithm.header(), sum.text())
		h.Set("X-Amz-Checksum-Type", o.checksum.kind())
	}
	return nil
}

// selectRange finds the part of the content that is asked for, by Range or by
// part number.
func (c *s3Call) selectRange(o *s3Object) (off, n int64, status int, err *s3Error) {
	size := o.blob.size
	spec := c.header("Range")
	if c.query.Has("partNumber") {
		if spec != "" {
			return 0, 0, 0, errorInvalidRequest("Cannot specify both Range header and partNumber query parameter")
		}
		number, parseErr := strconv.Atoi(c.query.Get("partNumber"))
		if parseErr != nil || number < 1 || number > maxParts {
			return 0, 0, 0, errorInvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", c.query.Get("partNumber"))
		}
		if number > max(len(o.parts), 1) {
			return 0, 0, 0, &s3Error{status: 416, code: "InvalidPartNumber", message: "The requested partnumber is not satisfiable",
				extra: []string{"PartNumberRequested", strconv.Itoa(number), "ActualPartCount", strconv.Itoa(max(len(o.parts), 1))}}
		}
		if len(o.parts) == 0 {
			if size == 0 {
				return 0, 0, http.StatusOK, nil
			}
			return 0, size, http.StatusPartialContent, nil
		}
		c.w.Header().Set("X-Amz-Mp-Parts-Count", strconv.Itoa(len(o.parts)))
		for _, p := range o.parts[:number-1] {
			off += p.blob.size
		}
		return off, o.parts[number-1].blob.size, http.StatusPartialContent, nil
	}
	first, last, ok := parseRange(spec, size)
	if !ok {
		return 0, size, http.StatusOK, nil
	}
	if first >= size || last < first {
		return 0, 0, 0, &s3Error{status: 416, code: "InvalidRange", message: "The requested range is not satisfiable",
			extra:  []string{"RangeRequested", spec, "ActualObjectSize", strconv.FormatInt(size, 10)},
			header: http.Header{"Content-Range": {fmt.Sprintf("bytes */%d", size)}}}
	}
	return first, last - first + 1, http.StatusPartialContent, nil
}

// parseRange reads a Range header of one range. What is malformed, or asks for
// several, is ignored, as S3 does.
func parseRange(spec string, size int64) (first, last int64, ok bool) {
	spec, isBytes := strings.CutPrefix(spec, "bytes=")
	from, to, isRange := strings.Cut(spec, "-")
	if !isBytes || !isRange || strings.Contains(spec, ",") {
		return 0, 0, false
	}
	number := func(s string) int64 {
		n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 63)
		if err != nil && !errors.Is(err, strconv.ErrRange) { // beyond the range is beyond every end
			return -1
		}
		return int64(n)
	}
	if from == "" {
		n := number(to)
		if n == 0 {
			return size, size - 1, true // satisfies nobody
		}
		return max(size-n, 0), size - 1, n > 0
	}
	first, last = number(from), size-1
	if to != "" {
		end := number(to)
		if end < first {
			return 0, 0, false
		}
		last = min(end, last)
	}
	return first, last, first >= 0
}

func (c *s3Call) deleteObject() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if err := c.checkBypass(b); err != nil {
		return err
	}
	match := deleteCondition{etag: c.header("If-Match"), size: c.header("X-Amz-If-Match-Size")}
	if v := c.header("X-Amz-If-Match-Last-Modified-Time"); v != "" {
		t, parseErr := http.ParseTime(v)
		if parseErr != nil {
			return errorInvalidArgument("Invalid date", "x-amz-if-match-last-modified-time", v)
		}
		match.modified = t
	}
	id := c.query.Get("versionId")
	o, err := c.remove(b, c.target.key, id, match)
	if err != nil {
		return err
	}
	h := c.w.Header()
	if id != "" {
		h.Set("X-Amz-Version-Id", id) // also of a version that was not there
	}
	if o != nil && o.deleteMarker {
		h.Set("X-Amz-Version-Id", o.version)
		h.Set("X-Amz-Delete-Marker", "true")
	}
	c.respond(http.StatusNoContent, nil)
	return nil
}

func (c *s3Call) deleteObjects() *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var request struct {
		Objects []struct {
			Key              *string
			VersionId        string
			ETag             string
			LastModifiedTime string
			Size             string
		} `xml:"Object"`
		Quiet bool
	}
	if err := unmarshal(data, "Delete", &request); err != nil {
		return err
	}
	if n := len(request.Objects); n == 0 || n > maxPage {
		return errorMalformedXML()
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if err := c.checkBypass(b); err != nil {
		return err
	}
	var x xmlWriter
	x.start("DeleteResult", s3Namespace)
	for _, entry := range request.Objects {
		if entry.Key == nil || *entry.Key == "" {
			return &s3Error{status: 400, code: "UserKeyMustBeSpecified", message: "The bucket POST must contain the specified field name. If it is specified, check the order of the fields."}
		}
		key := *entry.Key
		match := deleteCondition{etag: entry.ETag, size: entry.Size}
		var err *s3Error
		switch {
		case entry.VersionId != "" && !versionIDForm.MatchString(entry.VersionId):
			err = &s3Error{code: "NoSuchVersion", message: "The specified version does not exist."}
		case len(key) > maxKeyLength:
			err = &s3Error{code: "KeyTooLongError", message: "Your key is too long"}
		case entry.LastModifiedTime != "":
			t, parseErr := time.Parse(time.RFC3339, entry.LastModifiedTime)
			if parseErr != nil {
				t, parseErr = http.ParseTime(entry.LastModifiedTime)
			}
			if parseErr != nil {
				return errorMalformedXML()
			}
			match.modified = t.Truncate(time.Second)
		}
		var o *s3Object
		if err == nil {
			o, err = c.remove(b, key, entry.VersionId, match)
		}
		switch {
		case err != nil:
			x.start("Error", "")
			x.text("Key", key)
			x.optional("VersionId", entry.VersionId)
			x.text("Code", c.errorCode(err))
			x.text("Message", err.message)
			x.end("Error")
		case !request.Quiet:
			x.start("Deleted", "")
			x.text("Key", key)
			x.optional("VersionId", entry.VersionId)
			if o != nil && o.deleteMarker {
				x.bool("DeleteMarker", true)
				x.text("DeleteMarkerVersionId", o.version)
			}
			x.end("Deleted")
		}
	}
	x.end("DeleteResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// splitCopySource takes the header apart that names the source of a copy.
func splitCopySource(source string) (bucket, key, version string, err *s3Error) {
	path, version, versioned := strings.Cut(source, "?versionId=")
	path, pathErr := url.PathUnescape(path)
	version, versionErr := url.PathUnescape(version)
	bucket, key, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case pathErr != nil || versionErr != nil || !ok || bucket == "" || key == "":
		return "", "", "", errorInvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", source)
	case versioned && !versionIDForm.MatchString(version):
		return "", "", "", errorInvalidVersion(version)
	}
	return bucket, key, version, nil
}

// copySource finds the object that a copy reads, and judges the conditions on
// it. The caller releases its blob.
func (c *s3Call) copySource() (*s3Object, *s3Error) {
	bucket, key, version, err := splitCopySource(c.header("X-Amz-Copy-Source"))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := c.bucketFor(bucket, c.header("X-Amz-Source-Expected-Bucket-Owner"))
	if err != nil {
		return nil, err
	}
	o, err := c.find(b, key, version)
	if err != nil {
		if err.status == http.StatusMethodNotAllowed {
			return nil, errorInvalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
		}
		err.header = nil // it is not the object of the request that is hidden
		return nil, err
	}
	if o.archived(c.now) && c.dialect.archives != nil {
		return nil, errorArchived(o)
	}
	if o.archived(c.now) {
		return nil, &s3Error{status: 403, code: "ObjectNotInActiveTierError", message: "The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier."}
	}
	if err := c.checkCustomerKey("X-Amz-Copy-Source-", o.encryption); err != nil {
		return nil, err
	}
	if status, condition := c.conditions("X-Amz-Copy-Source-").verdict(o); status != http.StatusOK {
		return nil, errorPrecondition("x-amz-copy-source-" + condition)
	}
	setVersion(c.w.Header(), "X-Amz-Copy-Source-Version-Id", b, o)
	o.blob.retain()
	return o, nil
}

// maxCopy is the largest object that CopyObject copies.
const maxCopy = 5 << 30

func directive(c *s3Call, name string) (replace bool, err *s3Error) {
	switch v := c.header(name); v {
	case "", "COPY":
		return false, nil
	case "REPLACE":
		return true, nil
	default:
		return false, errorInvalidArgument("Unknown directive.", strings.ToLower(name), v)
	}
}

func (c *s3Call) copyObject() *s3Error {
	if err := c.checkBucket(); err != nil {
		return err
	}
	attributes, err := c.attributes()
	if err != nil {
		return err
	}
	replaceMetadata, err := directive(c, "X-Amz-Metadata-Directive")
	if err != nil {
		return err
	}
	replaceTags, err := directive(c, "X-Amz-Tagging-Directive")
	if err != nil {
		return err
	}
	var algorithm *s3Algorithm
	if v := c.header("X-Amz-Checksum-Algorithm"); v != "" {
		if algorithm, err = algorithmNamed(v); err != nil {
			return err
		}
	}
	source, err := c.copySource()
	if err != nil {
		return err
	}
	defer source.blob.release()
	c.source = source
	if source.blob.size > maxCopy {
		return errorInvalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: " + strconv.Itoa(maxCopy))
	}
	if c.sameAsSource() && !replaceMetadata && c.header("X-Amz-Storage-Class") == "" && c.header("X-Amz-Website-Redirect-Location") == "" &&
		c.header("X-Amz-Server-Side-Encryption") == "" && attributes.encryption.customerMD5 == source.encryption.customerMD5 && algorithm == nil {
		return errorInvalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	if !replaceMetadata {
		const redirect = "X-Amz-Website-Redirect-Location" // is never copied
		own := attributes.header.Get(redirect)
		attributes.header = source.header.Clone()
		attributes.header.Del(redirect)
		if own != "" {
			attributes.header.Set(redirect, own)
		}
	}
	if !replaceTags {
		attributes.tags = source.tags
	}
	annotations, err := c.copyAnnotations(source, algorithm)
	if err != nil {
		return err
	}
	if algorithm == nil {
		algorithm = source.checksum.algorithm
	}
	if algorithm == nil {
		algorithm = defaultAlgorithm()
	}
	sum, checksum, err := digest(source.blob, algorithm)
	if err != nil {
		return err
	}
	o := &s3Object{
		s3Attributes: attributes, key: c.target.key, blob: source.blob,
		etag: etagFor(sum, attributes.encryption), modified: c.now.Truncate(time.Second), checksum: checksum,
		annotations: annotations,
	}
	b, err := c.commit(o)
	if err != nil {
		return err
	}
	h := c.w.Header()
	setNewVersion(h, o)
	c.describeEncryption(h, o.encryption, true)
	c.setExpiration(h, b, o)
	var x xmlWriter
	x.start("CopyObjectResult", s3Namespace)
	x.time("LastModified", o.modified)
	x.text("ETag", `"`+o.etag+`"`)
	x.text("ChecksumType", checksum.kind())
	x.text(algorithm.element(), checksum.text())
	x.end("CopyObjectResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// sameAsSource reports whether a copy would go onto itself. With a version it
// never does: that is how an old one is brought back.
func (c *s3Call) sameAsSource() bool {
	bucket, key, version, _ := splitCopySource(c.header("X-Amz-Copy-Source"))
	return bucket == c.target.bucket && key == c.target.key && version == ""
}

// digest computes the MD5 and another checksum of a content.
func digest(content *blob, a *s3Algorithm) ([]byte, s3Checksum, *s3Error) {
	sum, other := md5.New(), a.new()
	if _, err := content.copyTo(io.MultiWriter(sum, other), 0, content.size); err != nil {
		return nil, s3Checksum{}, errorInternal(err)
	}
	return sum.Sum(nil), s3Checksum{algorithm: a, sum: other.Sum(nil)}, nil
}
