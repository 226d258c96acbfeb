package storagetest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var objectAttributes = []string{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}

func (c *s3Call) getObjectAttributes() *s3Error {
	var wanted []string
	for _, field := range c.r.Header.Values("X-Amz-Object-Attributes") {
		for name := range strings.SplitSeq(field, ",") {
			switch name = strings.TrimSpace(name); {
			case name == "":
			case !slices.Contains(objectAttributes, name):
				return errorInvalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", name)
			default:
				wanted = append(wanted, name)
			}
		}
	}
	if len(wanted) == 0 {
		return errorInvalidRequest("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	}
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if err := c.checkCustomerKey("X-Amz-", o.encryption); err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
	setVersion(h, "X-Amz-Version-Id", b, o)
	var x xmlWriter
	x.start("GetObjectAttributesResponse", s3Namespace)
	for _, name := range objectAttributes {
		if !slices.Contains(wanted, name) {
			continue
		}
		switch name {
		case "ETag":
			x.text("ETag", o.etag) // here alone without quotes
		case "Checksum":
			x.start("Checksum", "")
			x.text(o.checksum.algorithm.element(), o.checksum.text())
			x.text("ChecksumType", o.checksum.kind())
			x.end("Checksum")
		case "ObjectParts":
			c.writeObjectParts(&x, o)
		case "StorageClass":
			x.text("StorageClass", o.storageClass)
		case "ObjectSize":
			x.int("ObjectSize", o.blob.size)
		}
	}
	x.end("GetObjectAttributesResponse")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// writeObjectParts writes the parts of a multipart object: one by one if its
// upload chose a checksum, else their number.
func (c *s3Call) writeObjectParts(x *xmlWriter, o *s3Object) {
	if len(o.parts) == 0 {
		return
	}
	x.start("ObjectParts", "")
	if o.partChecksums {
		limit, marker := c.headerNumber("X-Amz-Max-Parts", maxPage), c.headerNumber("X-Amz-Part-Number-Marker", 0)
		limit = min(limit, maxPage)
		first := min(marker, len(o.parts))
		last := min(first+limit, len(o.parts))
		x.bool("IsTruncated", last < len(o.parts) && limit > 0)
		x.int("MaxParts", int64(limit))
		x.int("NextPartNumberMarker", int64(last))
		x.int("PartNumberMarker", int64(marker))
		for i, p := range o.parts[first:last] {
			x.start("Part", "")
			x.int("PartNumber", int64(first+i+1))
			x.int("Size", p.blob.size)
			x.text(p.checksum.algorithm.element(), p.checksum.text())
			x.end("Part")
		}
	}
	x.int("PartsCount", int64(len(o.parts)))
	x.end("ObjectParts")
}

// headerNumber reads a header that counts. What is no number counts as absent:
// so it does at S3.
func (c *s3Call) headerNumber(name string, absent int) int {
	n, err := strconv.ParseUint(c.header(name), 10, 31)
	if err != nil {
		return absent
	}
	return int(n)
}

// updateObjectEncryption changes how an object claims to be encrypted.
func (c *s3Call) updateObjectEncryption() *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var doc struct {
		KMS *struct {
			KMSKeyArn        string
			BucketKeyEnabled bool
		} `xml:"SSE-KMS"`
	}
	if err := unmarshal(data, "ObjectEncryption", &doc); err != nil {
		return err
	}
	if doc.KMS == nil {
		return errorMalformedXML()
	}
	if !strings.HasPrefix(doc.KMS.KMSKeyArn, "arn:aws:kms:") || !strings.Contains(doc.KMS.KMSKeyArn, ":key/") {
		return errorInvalidArgument("Invalid KMS key ARN", "KMSKeyArn", doc.KMS.KMSKeyArn)
	}
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if o.encryption.customerMD5 != "" || o.encryption.algorithm == "aws:kms:dsse" {
		return errorInvalidRequest("The encryption type of the object cannot be updated.")
	}
	e := s3Encryption{algorithm: "aws:kms", kmsKey: doc.KMS.KMSKeyArn}
	if doc.KMS.BucketKeyEnabled {
		e.bucketKey = "true"
	}
	b.change(o).encryption = e
	c.respond(http.StatusOK, nil)
	return nil
}
