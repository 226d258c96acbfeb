package storagetest

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var s3MultipartHandlers = handlers{
	"CreateMultipartUpload":   (*s3Call).createMultipartUpload,
	"UploadPart":              (*s3Call).uploadPart,
	"UploadPartCopy":          (*s3Call).uploadPartCopy,
	"CompleteMultipartUpload": (*s3Call).completeMultipartUpload,
	"AbortMultipartUpload":    (*s3Call).abortMultipartUpload,
	"ListParts":               (*s3Call).listParts,
	"ListMultipartUploads":    (*s3Call).listMultipartUploads,
}

// maxParts is the highest part number.
const maxParts = 10_000

// s3Upload is a multipart upload in progress, guarded by the service's lock.
type s3Upload struct {
	id, key    string
	initiated  time.Time
	attributes s3Attributes

	algorithm *s3Algorithm // nil: none was asked for, and the default is kept
	composite bool

	parts map[int]s3Part
}

// s3Part is a part of an upload, or of an object made by one.
type s3Part struct {
	number   int
	blob     *blob
	etag     string
	md5      []byte
	modified time.Time
	checksum s3Checksum
}

func (u *s3Upload) release() {
	for _, p := range u.parts {
		p.blob.release()
	}
}

// effective is the algorithm whose checksums are kept.
func (u *s3Upload) effective() *s3Algorithm {
	if u.algorithm == nil {
		return defaultAlgorithm()
	}
	return u.algorithm
}

func (u *s3Upload) kind() string {
	if u.composite {
		return "COMPOSITE"
	}
	return "FULL_OBJECT"
}

func (c *s3Call) createMultipartUpload() *s3Error {
	if err := c.checkBucket(); err != nil {
		return err
	}
	attributes, err := c.attributes()
	if err != nil {
		return err
	}
	u := &s3Upload{key: c.target.key, initiated: c.now.Truncate(time.Second), attributes: attributes, parts: make(map[int]s3Part)}
	if v := c.header("X-Amz-Checksum-Algorithm"); v != "" {
		if u.algorithm, err = algorithmNamed(v); err != nil {
			return err
		}
	}
	switch v := c.header("X-Amz-Checksum-Type"); {
	case v == "":
		u.composite = u.algorithm != nil && !u.algorithm.fullOnly
	case u.algorithm == nil:
		return errorInvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	case v == "COMPOSITE" && u.algorithm.fullOnly, v == "FULL_OBJECT" && u.algorithm.poly == 0:
		return errorInvalidRequest(fmt.Sprintf("The %s checksum type cannot be used with the %s checksum algorithm.", v, strings.ToLower(u.algorithm.name)))
	case v == "COMPOSITE":
		u.composite = true
	case v != "FULL_OBJECT":
		return errorInvalidRequest("Value for x-amz-checksum-type header is invalid.")
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	if b.lock == nil && attributes.lock != (objectLock{}) {
		c.mu.Unlock()
		return errorNoLockConfiguration()
	}
	c.uploads++
	u.id = fmt.Sprintf("%08x%s", c.uploads, randomHex(12)) // rises with time
	b.uploads[u.id] = u
	c.setAbort(c.w.Header(), b, u)
	c.mu.Unlock()

	h := c.w.Header()
	c.describeEncryption(h, attributes.encryption, true)
	if u.algorithm != nil {
		h.Set("X-Amz-Checksum-Algorithm", u.algorithm.name)
		h.Set("X-Amz-Checksum-Type", u.kind())
	}
	var x xmlWriter
	x.start("InitiateMultipartUploadResult", s3Namespace)
	x.text("Bucket", c.target.bucket)
	x.text("Key", u.key)
	x.text("UploadId", u.id)
	x.end("InitiateMultipartUploadResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// lockUpload finds the upload of the request, and returns with the service
// locked unless there is an error.
func (c *s3Call) lockUpload() (*s3Bucket, *s3Upload, *s3Error) {
	b, err := c.lockBucket()
	if err != nil {
		return nil, nil, err
	}
	id := c.query.Get("uploadId")
	u := b.uploads[id]
	if u == nil || u.key != c.target.key {
		c.mu.Unlock()
		return nil, nil, errorNoSuchUpload(id)
	}
	return b, u, nil
}

// partUpload finds the upload that a part is for; what it says of attributes and
// algorithm does not change.
func (c *s3Call) partUpload() (u *s3Upload, number int, err *s3Error) {
	number, parseErr := strconv.Atoi(c.query.Get("partNumber"))
	if parseErr != nil || number < 1 || number > maxParts {
		return nil, 0, errorInvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", c.query.Get("partNumber"))
	}
	b, u, err := c.lockUpload()
	if err != nil {
		return nil, 0, err
	}
	if c.op == "UploadPart" {
		err = c.checkReceive(b)
	}
	c.mu.Unlock()
	if err != nil {
		return nil, 0, err
	}
	given, err := c.customerKey("X-Amz-")
	switch {
	case err != nil:
		return nil, 0, err
	case given != u.attributes.encryption.customerMD5:
		return nil, 0, errorInvalidRequest("The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.")
	}
	return u, number, nil
}

// addPart makes p a part of its upload, in place of one of the same number. The
// upload takes over the reference.
func (c *s3Call) addPart(p s3Part) *s3Error {
	_, u, err := c.lockUpload() // it may have ended in the meantime
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	u.parts[p.number].blob.release()
	u.parts[p.number] = p
	return nil
}

func (c *s3Call) uploadPart() *s3Error {
	u, number, err := c.partUpload()
	if err != nil {
		return err
	}
	declared, err := c.declaredChecksum()
	if err != nil {
		return err
	}
	if declared != nil && declared.algorithm != u.effective() || declared == nil && u.composite {
		name := func(a *s3Algorithm) string {
			if a == nil {
				return "null"
			}
			return strings.ToLower(a.name)
		}
		actual := "null"
		if declared != nil {
			actual = name(declared.algorithm)
		}
		return errorInvalidRequest(fmt.Sprintf("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", name(u.algorithm), actual))
	}
	p, err := c.openPayload(declared, u.effective())
	if err != nil {
		return err
	}
	content, err := p.store()
	if err != nil {
		return err
	}
	part := c.newPart(u, number, content, p.md5.Sum(nil), p.sum(u.effective()))
	if err := c.addPart(part); err != nil {
		content.release()
		return err
	}
	h := c.w.Header()
	h.Set("Etag", `"`+part.etag+`"`)
	c.describeEncryption(h, u.attributes.encryption, false)
	h.Set(part.checksum.algorithm.header(), part.checksum.text())
	c.respond(http.StatusOK, nil)
	return nil
}

func (c *s3Call) newPart(u *s3Upload, number int, content *blob, sum []byte, checksum s3Checksum) s3Part {
	return s3Part{number: number, blob: content, etag: etagFor(sum, u.attributes.encryption), md5: sum,
		modified: c.now.Truncate(time.Second), checksum: checksum}
}

func (c *s3Call) uploadPartCopy() *s3Error {
	u, number, err := c.partUpload()
	if err != nil {
		return err
	}
	source, err := c.copySource()
	if err != nil {
		return err
	}
	defer source.blob.release()
	content := source.blob.retain()
	if spec := c.header("X-Amz-Copy-Source-Range"); spec != "" {
		content.release()
		off, n, err := copyRange(spec, source.blob.size)
		if err != nil {
			return err
		}
		content = source.blob.section(off, n)
	}
	if content.size > maxPut {
		content.release()
		return errorInvalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: " + strconv.Itoa(maxCopy))
	}
	sum, checksum, err := digest(content, u.effective())
	if err != nil {
		content.release()
		return err
	}
	part := c.newPart(u, number, content, sum, checksum)
	if err := c.addPart(part); err != nil {
		content.release()
		return err
	}
	c.describeEncryption(c.w.Header(), u.attributes.encryption, false)
	var x xmlWriter
	x.start("CopyPartResult", s3Namespace)
	x.time("LastModified", part.modified)
	x.text("ETag", `"`+part.etag+`"`)
	x.text(checksum.algorithm.element(), checksum.text())
	x.end("CopyPartResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// copyRange reads the range of a source, which unlike that of a GetObject must
// be complete and lie within the object.
func copyRange(spec string, size int64) (off, n int64, err *s3Error) {
	var first, last int64
	rest, isBytes := strings.CutPrefix(spec, "bytes=")
	from, to, isRange := strings.Cut(rest, "-")
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	if !isBytes || !isRange || err1 != nil || err2 != nil || first < 0 || last < first {
		return 0, 0, errorInvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", spec)
	}
	if last >= size {
		return 0, 0, errorInvalidArgument(fmt.Sprintf("Range specified is not valid for source object of size: %d", size), "x-amz-copy-source-range", spec)
	}
	return first, last - first + 1, nil
}

// completion is the document of a CompleteMultipartUpload.
type completion struct {
	Parts []struct {
		PartNumber int
		ETag       string
		Checksums  []struct {
			XMLName xml.Name
			Value   string `xml:",chardata"`
		} `xml:",any"`
	} `xml:"Part"`
}

func (c *s3Call) completeMultipartUpload() *s3Error {
	// A checksum in the headers is that of the object here; only one in a
	// trailer can be the body's.
	var ofBody *declaration
	object, given, err := c.objectChecksum()
	if err != nil {
		return err
	}
	if object == nil {
		if ofBody, err = c.declaredChecksum(); err != nil {
			return err
		}
	}
	data, err := c.readDocument(ofBody)
	if err != nil {
		return err
	}
	var list completion
	if err := unmarshal(data, "CompleteMultipartUpload", &list); err != nil {
		return err
	}
	if n := len(list.Parts); n == 0 || n > maxParts {
		return errorMalformedXML()
	}
	b, u, err := c.lockUpload()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	parts, err := c.chooseParts(u, list)
	if err != nil {
		return err
	}
	blobs := make([]*blob, len(parts))
	sums := md5.New()
	for i, p := range parts {
		blobs[i] = p.blob
		sums.Write(p.md5)
	}
	content := concat(blobs)
	defer content.release() // the bucket holds a reference of its own
	o := &s3Object{
		s3Attributes: u.attributes, key: u.key, blob: content, parts: parts, partChecksums: u.algorithm != nil,
		etag:     etagFor(sums.Sum(nil), u.attributes.encryption) + "-" + strconv.Itoa(len(parts)),
		modified: c.now.Truncate(time.Second), checksum: u.checksum(parts),
	}
	if v := c.header("X-Amz-Mp-Object-Size"); v != "" && v != strconv.FormatInt(content.size, 10) {
		return errorInvalidRequest(fmt.Sprintf("The provided 'x-amz-mp-object-size' header value %s does not match what was computed: %d", v, content.size))
	}
	if v := c.header("X-Amz-Checksum-Type"); v != "" && v != u.kind() {
		return errorInvalidRequest(fmt.Sprintf("The upload was created using the %s checksum mode. The complete request must use the same checksum mode.", u.kind()))
	}
	if object != nil {
		switch {
		case object != u.effective():
			return errorInvalidRequest(fmt.Sprintf("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", strings.ToLower(u.effective().name), strings.ToLower(object.name)))
		case given != o.checksum.text() && given != base64.StdEncoding.EncodeToString(o.checksum.sum):
			return errorBadChecksum(object)
		}
	}
	if err := c.commitLocked(b, o); err != nil {
		return err
	}
	delete(b.uploads, u.id)
	u.release()

	h := c.w.Header()
	setNewVersion(h, o)
	c.describeEncryption(h, o.encryption, false)
	c.setExpiration(h, b, o)
	scheme := "http://"
	if c.srv.tls {
		scheme = "https://"
	}
	var x xmlWriter
	x.start("CompleteMultipartUploadResult", s3Namespace)
	x.text("Location", scheme+c.r.Host+c.target.rawPath)
	x.text("Bucket", b.name)
	x.text("Key", o.key)
	x.text("ETag", `"`+o.etag+`"`)
	x.text(o.checksum.algorithm.element(), o.checksum.text())
	x.text("ChecksumType", o.checksum.kind())
	x.end("CompleteMultipartUploadResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// objectChecksum reads the checksum of the whole object that the request states.
func (c *s3Call) objectChecksum() (*s3Algorithm, string, *s3Error) {
	for name := range c.r.Header {
		suffix, ok := strings.CutPrefix(name, "X-Amz-Checksum-")
		if !ok || suffix == "Type" || suffix == "Algorithm" {
			continue
		}
		a, err := algorithmNamed(suffix)
		return a, c.header(name), err
	}
	return nil, "", nil
}

// chooseParts finds the parts that the list names, and judges them.
func (c *s3Call) chooseParts(u *s3Upload, list completion) ([]s3Part, *s3Error) {
	parts := make([]s3Part, 0, len(list.Parts))
	for i := range list.Parts[1:] {
		if list.Parts[i+1].PartNumber <= list.Parts[i].PartNumber {
			return nil, &s3Error{status: 400, code: "InvalidPartOrder",
				message: "The list of parts was not in ascending order. Parts must be ordered by part number.",
				extra:   []string{"UploadId", u.id}}
		}
	}
	for i, entry := range list.Parts {
		p, ok := u.parts[entry.PartNumber]
		invalid := &s3Error{status: 400, code: "InvalidPart",
			message: "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
			extra:   []string{"UploadId", u.id, "PartNumber", strconv.Itoa(entry.PartNumber), "ETag", strings.Trim(entry.ETag, `"`)}}
		if !ok || strings.Trim(entry.ETag, `"`) != p.etag || isDirectory(c.target.bucket) && entry.PartNumber != i+1 {
			return nil, invalid
		}
		given := ""
		for _, sum := range entry.Checksums {
			if sum.XMLName.Local != u.effective().element() || sum.Value != p.checksum.text() {
				return nil, invalid
			}
			given = sum.Value
		}
		if given == "" && u.composite {
			name := strings.ToLower(u.algorithm.name)
			return nil, errorInvalidRequest(fmt.Sprintf("The upload was created using a %s checksum. The complete request must include the checksum for each part. It was missing for part %d in the request.", name, entry.PartNumber))
		}
		parts = append(parts, p)
	}
	for _, p := range parts[:len(parts)-1] {
		if p.blob.size < c.srv.minPartSize {
			return nil, &s3Error{status: 400, code: "EntityTooSmall", message: "Your proposed upload is smaller than the minimum allowed size",
				extra: []string{"ProposedSize", strconv.FormatInt(p.blob.size, 10), "MinSizeAllowed", strconv.FormatInt(c.srv.minPartSize, 10),
					"PartNumber", strconv.Itoa(p.number), "ETag", p.etag}}
		}
	}
	return parts, nil
}

// checksum is that of the object which these parts make.
func (u *s3Upload) checksum(parts []s3Part) s3Checksum {
	a := u.effective()
	if u.composite {
		h := a.new()
		for _, p := range parts {
			h.Write(p.checksum.sum)
		}
		return s3Checksum{algorithm: a, sum: h.Sum(nil), parts: len(parts)}
	}
	sum := parts[0].checksum.sum
	for _, p := range parts[1:] {
		sum = a.crcAppend(sum, p.checksum.sum, p.blob.size)
	}
	return s3Checksum{algorithm: a, sum: sum}
}

func (c *s3Call) abortMultipartUpload() *s3Error {
	b, u, err := c.lockUpload()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if v := c.header("X-Amz-If-Match-Initiated-Time"); v != "" {
		t, parseErr := http.ParseTime(v)
		if parseErr != nil {
			return errorInvalidArgument("Invalid date", "x-amz-if-match-initiated-time", v)
		}
		if !t.Equal(u.initiated) {
			return errorPrecondition("x-amz-if-match-initiated-time")
		}
	}
	delete(b.uploads, u.id)
	u.release()
	c.respond(http.StatusNoContent, nil)
	return nil
}

func (c *s3Call) listParts() *s3Error {
	limit, err := c.limit("max-parts")
	if err != nil {
		return err
	}
	marker := 0
	if v := c.query.Get("part-number-marker"); v != "" {
		n, parseErr := strconv.ParseInt(v, 10, 32)
		if parseErr != nil || n < 0 {
			return errorInvalidArgument("Argument part-number-marker must be an integer between 0 and 2147483647", "part-number-marker", v)
		}
		marker = int(n)
	}
	b, u, err := c.lockUpload()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	numbers := make([]int, 0, len(u.parts))
	for n := range u.parts {
		if n > marker {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	truncated := len(numbers) > limit && limit > 0
	numbers = numbers[:min(limit, len(numbers))]

	c.setAbort(c.w.Header(), b, u)
	var x xmlWriter
	x.start("ListPartsResult", s3Namespace)
	x.text("Bucket", b.name)
	x.text("Key", u.key)
	x.text("UploadId", u.id)
	x.owner("Initiator", b.owner)
	x.owner("Owner", b.owner)
	x.text("StorageClass", u.attributes.storageClass)
	x.int("PartNumberMarker", int64(marker))
	if len(numbers) > 0 {
		x.int("NextPartNumberMarker", int64(numbers[len(numbers)-1]))
	}
	x.int("MaxParts", int64(limit))
	x.bool("IsTruncated", truncated)
	if u.algorithm != nil {
		x.text("ChecksumAlgorithm", u.algorithm.name)
		x.text("ChecksumType", u.kind())
	}
	for _, n := range numbers {
		p := u.parts[n]
		x.start("Part", "")
		x.int("PartNumber", int64(n))
		x.time("LastModified", p.modified)
		x.text("ETag", `"`+p.etag+`"`)
		x.int("Size", p.blob.size)
		x.text(p.checksum.algorithm.element(), p.checksum.text())
		x.end("Part")
	}
	x.end("ListPartsResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}
