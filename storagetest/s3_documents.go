package storagetest

import (
	"bytes"
	"encoding/xml"
	"net/http"
)

// s3Document is a configuration of a bucket that is put, kept and returned as a
// whole: its form and its rules.
type s3Document[T any] struct {
	root string // element

	// of finds where a bucket keeps it.
	of func(*s3Bucket) **T

	// check judges a document of the right form, and may complete it; later it does
	// not change. The service is locked.
	check func(*s3Call, *s3Bucket, *T) *s3Error

	// empty tells documents that are as good as none; nil: none is.
	empty func(*T) bool

	// standard is the answer where there is none; nil: an error of this code.
	standard      func(*s3Call) *T
	code, message string

	status    int  // of the answer to a PUT; 0: 200
	unchecked bool // a PUT may come without a digest of the document
}

// put keeps the document that is the body of the request.
func (d s3Document[T]) put(c *s3Call) *s3Error {
	data, err := c.document(!d.unchecked)
	if err != nil {
		return err
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	doc := new(T)
	if err := unmarshal(data, d.root, doc); err != nil {
		return err
	}
	if err := d.check(c, b, doc); err != nil {
		return err
	}
	if d.empty != nil && d.empty(doc) {
		doc = nil
	}
	*d.of(b) = doc
	status := d.status
	if status == 0 {
		status = http.StatusOK
	}
	c.respond(status, nil)
	return nil
}

// get answers with the document.
func (d s3Document[T]) get(c *s3Call) *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	doc := *d.of(b)
	if doc == nil && d.standard != nil {
		doc = d.standard(c)
	}
	if doc == nil {
		return &s3Error{status: 404, code: d.code, message: d.message, extra: []string{"BucketName", b.name}}
	}
	return c.respondDocument(d.root, doc)
}

// delete drops the document. That there is one is not required.
func (d s3Document[T]) delete(c *s3Call) *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	*d.of(b) = nil
	c.respond(http.StatusNoContent, nil)
	return nil
}

// respondDocument answers with doc as an XML document.
func (c *s3Call) respondDocument(root string, doc any) *s3Error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	start := xml.StartElement{
		Name: xml.Name{Local: root},
		Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: s3Namespace}},
	}
	if err := xml.NewEncoder(&b).EncodeElement(doc, start); err != nil {
		return errorInternal(err)
	}
	c.respond(http.StatusOK, b.Bytes())
	return nil
}
