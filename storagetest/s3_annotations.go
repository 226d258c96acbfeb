package storagetest

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var s3AnnotationHandlers = handlers{
	"PutObjectAnnotation":    (*s3Call).putAnnotation,
	"GetObjectAnnotation":    (*s3Call).getAnnotation,
	"DeleteObjectAnnotation": (*s3Call).deleteAnnotation,
	"ListObjectAnnotations":  (*s3Call).listAnnotations,
}

// annotation is a text attached to a version of an object. It does not change.
type annotation struct {
	text     []byte
	etag     string // without quotes
	modified time.Time
	checksum s3Checksum
}

const (
	maxAnnotations    = 1000 // of a version
	maxAnnotationName = 512  // bytes
	maxAnnotation     = 1 << 20
)

// annotationName is the name that the request gives.
func (c *s3Call) annotationName() (string, *s3Error) {
	name := c.query.Get("annotationName")
	lower := strings.ToLower(name)
	switch {
	case len(name) > maxAnnotationName:
		return "", &s3Error{status: 400, code: "AnnotationNameTooLong", message: "The annotation name exceeds 512 bytes."}
	case name == "", !annotationText(name), strings.HasPrefix(lower, "aws"), strings.HasPrefix(lower, "s3"):
		return "", &s3Error{status: 400, code: "InvalidAnnotationName", message: "The annotation name you provided is invalid.",
			extra: []string{"AnnotationName", name}}
	}
	return name, nil
}

// annotationText reports whether all characters are such as names have.
func annotationText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !('0' <= r && r <= '9') && !strings.ContainsRune("_.-", r)
	})
}

// lockAnnotated is lockObject with the condition that the request may put on
// the object.
func (c *s3Call) lockAnnotated() (*s3Bucket, *s3Object, *s3Error) {
	b, o, err := c.lockObject()
	if err != nil {
		return nil, nil, err
	}
	if match := c.header("X-Amz-Object-If-Match"); match != "" && !matchesETag(match, o.etag) {
		c.mu.Unlock()
		return nil, nil, errorPrecondition("x-amz-object-if-match")
	}
	setVersion(c.w.Header(), "X-Amz-Object-Version-Id", b, o)
	return b, o, nil
}

func (c *s3Call) putAnnotation() *s3Error {
	name, err := c.annotationName()
	if err != nil {
		return err
	}
	if err := c.checkBucket(); err != nil {
		return err
	}
	declared, err := c.declaredChecksum()
	if err != nil {
		return err
	}
	algorithm := defaultAlgorithm()
	if declared != nil {
		algorithm = declared.algorithm
	}
	p, err := c.openPayload(declared, algorithm)
	if err != nil {
		return err
	}
	switch {
	case p.size > maxAnnotation:
		return &s3Error{status: 400, code: "EntityTooLarge", message: "Your proposed upload exceeds the maximum allowed size",
			extra: []string{"ProposedSize", strconv.FormatInt(p.size, 10), "MaxSizeAllowed", strconv.Itoa(maxAnnotation)}}
	case p.size == 0:
		return errorInvalidRequest("An annotation must have at least 1 byte")
	}
	text, readErr := io.ReadAll(p)
	if readErr != nil {
		return readErr.(*s3Error) // Read has no other
	}
	if !utf8.Valid(text) {
		return &s3Error{status: http.StatusUnsupportedMediaType, code: "UnsupportedMediaType", message: "The annotation payload is not valid UTF-8 encoded text."}
	}
	_, o, err := c.lockAnnotated()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	switch {
	case o.encryption.customerMD5 != "":
		return errorInvalidRequest("Objects encrypted with a customer provided key cannot have annotations")
	case o.annotations[name] == nil && len(o.annotations) >= maxAnnotations:
		return &s3Error{status: 400, code: "AnnotationLimitExceeded", message: "The request would exceed the maximum number of annotations allowed per object."}
	}
	a := &annotation{text: text, etag: etagFor(p.md5.Sum(nil), o.encryption), modified: c.now.Truncate(time.Second), checksum: p.sum(algorithm)}
	if o.annotations == nil {
		o.annotations = make(map[string]*annotation)
	}
	o.annotations[name] = a
	h := c.w.Header()
	h.Set("Etag", `"`+a.etag+`"`)
	h.Set(algorithm.header(), a.checksum.text())
	h.Set("X-Amz-Checksum-Type", a.checksum.kind())
	h.Set("X-Amz-Server-Side-Encryption", o.encryption.algorithm)
	var x xmlWriter
	x.start("PutObjectAnnotationOutput", s3Namespace)
	x.text("Key", o.key)
	x.text("AnnotationName", name)
	x.end("PutObjectAnnotationOutput")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) getAnnotation() *s3Error {
	name, err := c.annotationName()
	if err != nil {
		return err
	}
	_, o, err := c.lockAnnotated()
	if err != nil {
		return err
	}
	a, encryption := o.annotations[name], o.encryption.algorithm
	c.mu.Unlock()
	if a == nil {
		return &s3Error{status: 404, code: "NoSuchAnnotation", message: "The specified annotation does not exist on this object.",
			extra: []string{"AnnotationName", name}}
	}
	h := c.w.Header()
	switch mode := c.header("X-Amz-Checksum-Mode"); {
	case strings.EqualFold(mode, "ENABLED"):
		h.Set(a.checksum.algorithm.header(), a.checksum.text())
		h.Set("X-Amz-Checksum-Type", a.checksum.kind())
	case mode != "":
		return errorInvalidArgument("Value for x-amz-checksum-mode header is invalid.", "x-amz-checksum-mode", mode)
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(a.text)))
	h.Set("Etag", `"`+a.etag+`"`)
	h.Set("Last-Modified", a.modified.UTC().Format(http.TimeFormat))
	h.Set("X-Amz-Server-Side-Encryption", encryption)
	c.w.WriteHeader(http.StatusOK)
	if _, err := c.w.Write(a.text); err != nil {
		panic(http.ErrAbortHandler) // the headers are gone: only the connection can tell
	}
	return nil
}

func (c *s3Call) deleteAnnotation() *s3Error {
	name, err := c.annotationName()
	if err != nil {
		return err
	}
	_, o, err := c.lockAnnotated()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	delete(o.annotations, name)
	c.respond(http.StatusNoContent, nil)
	return nil
}

func (c *s3Call) listAnnotations() *s3Error {
	limit := maxAnnotations
	if v := c.query.Get("max-annotation-results"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > limit {
			return errorInvalidArgument("Argument max-annotation-results must be an integer between 1 and 1000", "max-annotation-results", v)
		}
		limit = n
	}
	prefix := c.query.Get("annotation-prefix")
	if len(prefix) > maxAnnotationName || !annotationText(prefix) {
		return &s3Error{status: 400, code: "InvalidPrefix", message: "The annotation prefix you provided is invalid.", extra: []string{"Prefix", prefix}}
	}
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	b, o, err := c.lockAnnotated()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(o.annotations)), func(name string) bool {
		return name <= after || !strings.HasPrefix(name, prefix)
	})
	more := len(names) > limit
	names = names[:min(len(names), limit)]
	var x xmlWriter
	x.start("ListObjectAnnotationsOutput", s3Namespace)
	x.start("Annotations", "")
	for _, name := range names {
		a := o.annotations[name]
		x.start("AnnotationEntry", "")
		x.text("AnnotationName", name)
		x.time("LastModified", a.modified)
		x.text("ETag", `"`+a.etag+`"`)
		x.text("ChecksumAlgorithm", a.checksum.algorithm.name)
		x.int("Size", int64(len(a.text)))
		x.end("AnnotationEntry")
	}
	x.end("Annotations")
	x.text("Bucket", b.name)
	x.text("Key", o.key)
	x.optional("AnnotationPrefix", prefix)
	x.int("MaxAnnotationResults", int64(limit))
	x.int("AnnotationCount", int64(len(names)))
	x.optional("ContinuationToken", c.query.Get("continuation-token"))
	if more {
		x.text("NextContinuationToken", c.makeToken(names[len(names)-1]))
	}
	x.end("ListObjectAnnotationsOutput")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// copyAnnotations gives a copy the annotations of its source, unless the request
// says otherwise. With another checksum algorithm, nil for none, they get it
// too.
func (c *s3Call) copyAnnotations(from *s3Object, a *s3Algorithm) (map[string]*annotation, *s3Error) {
	switch v := c.header("X-Amz-Object-Annotation-Directive"); v {
	case "EXCLUDE":
		return nil, nil
	case "", "COPY":
	default:
		return nil, errorInvalidArgument("Unknown annotation directive.", "x-amz-object-annotation-directive", v)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	copied := maps.Clone(from.annotations)
	for name, old := range copied {
		if a != nil && a != old.checksum.algorithm {
			sum := a.new()
			sum.Write(old.text)
			changed := *old
			changed.checksum = s3Checksum{algorithm: a, sum: sum.Sum(nil)}
			copied[name] = &changed
		}
	}
	return copied, nil
}
