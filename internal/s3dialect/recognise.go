package s3dialect

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// Recognise implements pipeline.Recogniser. A write under a condition, whose
// answer was lost, meets its own object when it is repeated, and a completed
// upload is no longer there. Whether that is so is read off what is there now;
// in doubt it is not.
func (d *Dialect) Recognise(ctx context.Context, c *pipeline.Call, e *apierror.Error) bool {
	switch e.Code {
	case "NoSuchUpload":
		if c.Operation.Method == http.MethodDelete {
			return c.Doubtful()
		}
		return d.completed(ctx, c, e) // also by an earlier call
	case "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "NoSuchVersion":
	default:
		return false
	}
	h := c.Request.Header
	if !c.Doubtful() || !conditional(h) {
		return false
	}
	switch {
	case c.Operation.Method == http.MethodDelete:
		return d.deleted(ctx, c, e)
	case hasParameter(c.Request.Query, "uploadId"):
		return d.completed(ctx, c, e)
	case h["X-Amz-Copy-Source"] != nil:
		return d.copied(ctx, c)
	}
	return d.stored(ctx, c)
}

// conditional reports whether a write depends on what is there.
func conditional(h http.Header) bool {
	for _, name := range []string{"If-Match", "If-None-Match", "X-Amz-If-Match-Last-Modified-Time", "X-Amz-If-Match-Size"} {
		if h[name] != nil {
			return true
		}
	}
	return false
}

// lookedUp is an object as HeadObject describes it. Its members are named as
// those of the outputs that they go to.
type lookedUp struct {
	Bucket, Key string

	ContentLength int64     `header:"Content-Length"`
	ETag          string    `header:"ETag"`
	VersionId     string    `header:"x-amz-version-id"`
	LastModified  time.Time `header:"Last-Modified"`
	Expiration    string    `header:"x-amz-expiration"`

	ChecksumType      string `header:"x-amz-checksum-type"`
	ChecksumCRC32     string `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string `header:"x-amz-checksum-sha256"`
	ChecksumSHA512    string `header:"x-amz-checksum-sha512"`
	ChecksumMD5       string `header:"x-amz-checksum-md5"`
	ChecksumXXHASH64  string `header:"x-amz-checksum-xxhash64"`
	ChecksumXXHASH3   string `header:"x-amz-checksum-xxhash3"`
	ChecksumXXHASH128 string `header:"x-amz-checksum-xxhash128"`

	ServerSideEncryption string `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	BucketKeyEnabled     bool   `header:"x-amz-server-side-encryption-bucket-key-enabled"`
	SSECustomerAlgorithm string `header:"x-amz-server-side-encryption-customer-algorithm"`
	SSECustomerKeyMD5    string `header:"x-amz-server-side-encryption-customer-key-MD5"`
	RequestCharged       string `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// lookUp is a question about an object, or about an upload to it.
type lookUp struct {
	Bucket    string            `uri:"Bucket"`
	Key       string            `uri:"Key"`
	VersionId string            `query:"versionId"`
	UploadId  string            `query:"uploadId"`
	MaxParts  int32             `query:"max-parts"`
	Header    map[string]string `headers:"x-amz-"`
}

var (
	opLookUp      = &pipeline.Operation{Name: "HeadObject", Method: http.MethodHead, Path: "/{Bucket}/{Key+}"}
	opLookUpParts = &pipeline.Operation{Name: "ListParts", Method: http.MethodGet, Path: "/{Bucket}/{Key+}"}
)

// target is the look-up of the object that the call is about.
func (d *Dialect) target(c *pipeline.Call) *lookUp {
	in := &lookUp{Bucket: c.Label("Bucket"), Key: c.Label("Key"), Header: map[string]string{}}
	in.take(c.Request.Header, "X-Amz-Server-Side-Encryption-Customer-", "Server-Side-Encryption-Customer-")
	in.take(c.Request.Header, "X-Amz-Request-Payer", "Request-Payer")
	in.take(c.Request.Header, "X-Amz-Expected-Bucket-Owner", "Expected-Bucket-Owner")
	return in
}

// source is the look-up of the object that the call copies; nil where it
// cannot be looked up by the name of a bucket.
func (d *Dialect) source(c *pipeline.Call) *lookUp {
	h := c.Request.Header
	place, version, _ := strings.Cut(strings.TrimPrefix(first(h["X-Amz-Copy-Source"]), "/"), "?versionId=")
	bucket, key, ok := strings.Cut(place, "/")
	if !ok || strings.HasPrefix(bucket, "arn") {
		return nil
	}
	in := &lookUp{Bucket: bucket, Key: key, VersionId: version, Header: map[string]string{}}
	for _, s := range []*string{&in.Bucket, &in.Key, &in.VersionId} {
		var err error
		if *s, err = url.PathUnescape(*s); err != nil {
			return nil
		}
	}
	in.take(h, "X-Amz-Copy-Source-Server-Side-Encryption-Customer-", "Server-Side-Encryption-Customer-")
	in.take(h, "X-Amz-Request-Payer", "Request-Payer")
	in.take(h, "X-Amz-Source-Expected-Bucket-Owner", "Expected-Bucket-Owner")
	return in
}

// take adds the headers that begin with one prefix, under names that begin with
// another.
func (in *lookUp) take(h http.Header, from, to string) {
	for name, values := range h {
		if rest, ok := strings.CutPrefix(name, from); ok {
			in.Header[to+rest] = values[0]
		}
	}
}

// head asks for an object as it is now.
func (d *Dialect) head(ctx context.Context, c *pipeline.Call, in *lookUp) (*lookedUp, error) {
	if d.Profile.ChecksumMode {
		in.Header["Checksum-Mode"] = "ENABLED"
	}
	out := &lookedUp{Bucket: in.Bucket, Key: in.Key}
	if err := c.Ask(ctx, opLookUp, in, out); err != nil {
		return nil, err
	}
	return out, nil
}

// stored finds the object of a PutObject.
func (d *Dialect) stored(ctx context.Context, c *pipeline.Call) bool {
	o, err := d.head(ctx, c, d.target(c))
	if err != nil || !o.since(c) || !o.describedBy(c.Request.Header) || !o.holds(c) {
		return false
	}
	project(c.Output, o, nil)
	return true
}

// copied finds the object of a CopyObject.
func (d *Dialect) copied(ctx context.Context, c *pipeline.Call) bool {
	in := d.source(c)
	if in == nil {
		return false
	}
	o, err := d.head(ctx, c, d.target(c))
	if err != nil || !o.since(c) {
		return false
	}
	from, err := d.head(ctx, c, in)
	if err != nil || !o.equals(from) {
		return false
	}
	description := from.ResponseMetadata.Header
	if first(c.Request.Header["X-Amz-Metadata-Directive"]) == "REPLACE" {
		description = c.Request.Header
	}
	if !o.describedBy(description) {
		return false
	}
	project(c.Output, o, nil)
	project(c.Output, &struct{ CopyObjectResult *lookedUp }{o}, nil)
	return true
}

// deleted tells that what was to be deleted is not there. If it was somebody
// else who did it, the outcome is the same.
func (d *Dialect) deleted(ctx context.Context, c *pipeline.Call, e *apierror.Error) bool {
	if e.StatusCode == http.StatusNotFound {
		return true
	}
	in := d.target(c)
	project(in, c.Input, nil) // the version
	_, err := d.head(ctx, c, in)
	code, ok := status(err)
	return ok && code == http.StatusNotFound
}

// completed finds the object of a CompleteMultipartUpload: it is made of just
// these parts, and the upload, which was nobody else's, is over.
func (d *Dialect) completed(ctx context.Context, c *pipeline.Call, e *apierror.Error) bool {
	var m Members
	project(&m, c.Input, nil)
	if len(m.MultipartUpload.Parts) == 0 {
		return false // it is not what the call does
	}
	in := d.target(c)
	o, err := d.head(ctx, c, in)
	if err != nil || m.MpuObjectSize != 0 && m.MpuObjectSize != o.ContentLength || !o.madeOf(&m) {
		return false
	}
	if e.Code != "NoSuchUpload" {
		in.UploadId, in.MaxParts = m.UploadId, 1
		delete(in.Header, "Checksum-Mode")
		err := c.Ask(ctx, opLookUpParts, in, &struct{}{})
		if code, ok := status(err); !ok || code != http.StatusNotFound {
			return false
		}
	}
	project(c.Output, o, nil)
	return true
}

// tolerance is what the clocks of a service's servers may differ, with the
// second that dates are rounded by.
const tolerance = 2 * time.Second

// since reports whether the object was written since the call began, by the
// server's clock.
func (o *lookedUp) since(c *pipeline.Call) bool {
	now, err := http.ParseTime(o.ResponseMetadata.Header.Get("Date"))
	return err == nil && !o.LastModified.Before(now.Add(-c.Elapsed()-tolerance))
}

// describedBy reports whether the object has just the metadata of h, and what
// else of a description is there.
func (o *lookedUp) describedBy(h http.Header) bool {
	own := o.ResponseMetadata.Header
	for _, name := range []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "Cache-Control"} {
		if want := uncoded(h.Get(name)); want != "" && want != own.Get(name) {
			return false
		}
	}
	return maps.Equal(metadata(h), metadata(own))
}

// uncoded is a header's value without the coding that only bodies on their way
// have.
func uncoded(v string) string {
	if !strings.Contains(v, "aws-chunked") {
		return v
	}
	h := http.Header{}
	stripChunked(h, v)
	return h.Get("Content-Encoding")
}

func metadata(h http.Header) map[string]string {
	m := map[string]string{}
	for name, values := range h {
		if strings.HasPrefix(name, "X-Amz-Meta-") {
			m[name] = strings.TrimSpace(values[0])
		}
	}
	return m
}

// holds reports whether the object has the content that the call sends.
func (o *lookedUp) holds(c *pipeline.Call) bool {
	if o.ContentLength != c.Body.Size {
		return false
	}
	if a, want, known := checksum.FromHeader(o.ResponseMetadata.Header); known == entrepot.ChecksumVerified {
		h, err := checksum.New(a)
		if err != nil {
			return false
		}
		got, err := digest(c.Body, h)
		return err == nil && bytes.Equal(got, want)
	}
	want, ok := etagMD5(o.ETag)
	if !ok {
		return false
	}
	got, err := digest(c.Body, md5.New())
	return err == nil && bytes.Equal(got, want)
}

// equals reports whether two objects have the same content.
func (o *lookedUp) equals(other *lookedUp) bool {
	if o.ContentLength != other.ContentLength {
		return false
	}
	for _, a := range checksum.ByCost {
		mine, parts, err := checksum.Decode(a, o.ResponseMetadata.Header.Get(a.Key()))
		theirs, theirParts, theirErr := checksum.Decode(a, other.ResponseMetadata.Header.Get(a.Key()))
		if err == nil && theirErr == nil && parts == 0 && theirParts == 0 {
			return bytes.Equal(mine, theirs)
		}
	}
	mine, ok := etagMD5(o.ETag)
	theirs, also := etagMD5(other.ETag)
	return ok && also && bytes.Equal(mine, theirs)
}

// etagMD5 is the MD5 that an ETag may be: that of the content, unless the
// object was made of parts, or is encrypted with another key than S3's own.
// Such an ETag is no content's MD5, or none that anybody could find.
func etagMD5(etag string) ([]byte, bool) {
	sum, err := hex.DecodeString(strings.Trim(etag, `"`))
	return sum, err == nil && len(sum) == md5.Size
}

// madeOf reports whether the object is what the parts make.
func (o *lookedUp) madeOf(m *Members) bool {
	for _, a := range checksum.ByCost {
		stored := o.ResponseMetadata.Header.Get(a.Key())
		sum, parts, err := checksum.Decode(a, stored)
		switch {
		case err != nil:
			continue
		case parts > 0:
			if want, ok := m.composite(a); ok {
				return stored == want
			}
		case *m.member(a) != "": // what the call says of the whole
			return *m.member(a) == checksum.Encode(sum)
		}
	}
	etag, ok := m.partsETag()
	return ok && o.ETag == etag
}

// composite is the checksum of the checksums that the parts have.
func (m *Members) composite(a checksum.Algorithm) (string, bool) {
	h, err := checksum.New(a)
	if err != nil {
		return "", false
	}
	parts := m.MultipartUpload.Parts
	for i := range parts {
		sum, _, err := checksum.Decode(a, *parts[i].member(a))
		if err != nil {
			return "", false
		}
		h.Write(sum)
	}
	return checksum.Encode(h.Sum(nil)) + "-" + strconv.Itoa(len(parts)), true
}

// partsETag is the ETag of an object made of parts: the MD5 of their MD5s,
// which their own ETags are where the bucket does not encrypt with other keys.
func (m *Members) partsETag() (etag string, ok bool) {
	h := md5.New()
	for _, p := range m.MultipartUpload.Parts {
		sum, ok := etagMD5(p.ETag)
		if !ok {
			return "", false
		}
		h.Write(sum)
	}
	return `"` + hex.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(m.MultipartUpload.Parts)) + `"`, true
}
