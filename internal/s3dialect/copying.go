package s3dialect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/byterange"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/transfer"
)

// copied is what calls that copy tell of what they have made.
type copied struct {
	ETag         string
	LastModified time.Time
	ChecksumType string
	Checksums
}

type objectTag struct{ Key, Value string }

// Fixed is what a template sets of the objects that are written and a copy would
// take from its source instead.
type Fixed struct {
	ContentType, ContentEncoding, ContentLanguage string
	ContentDisposition, CacheControl              string
	Metadata                                      map[string]string
	Expires                                       time.Time
	WebsiteRedirectLocation                       string

	Tagging              string
	ServerSideEncryption string
}

// NewFixed takes it from a template for writes.
func NewFixed(put any) *Fixed {
	f := new(Fixed)
	project(f, put, nil)
	return f
}

// properties reports whether f has some that a copy takes all or none of.
func (f *Fixed) properties() bool {
	return f.ContentType != "" || f.ContentEncoding != "" || f.ContentLanguage != "" || f.ContentDisposition != "" || f.CacheControl != "" ||
		f.Metadata != nil || !f.Expires.IsZero() || f.WebsiteRedirectLocation != ""
}

// carry sets the properties of a source that the template does not set.
func (f *Fixed) carry(m *Members, i transfer.Info) {
	project(m, f, nil)
	carried := new(Members)
	carried.attrs(i.Attrs)
	carried.unnamed(i)
	project(m, carried, nil)
}

// CopyFrom is what calls need that copy from a bucket.
type CopyFrom struct {
	VersionId string // of the only version that the handle reads
	SourceAccess
}

// SourceAccess is what it takes to read the source.
type SourceAccess struct {
	CopySourceSSECustomerAlgorithm string
	CopySourceSSECustomerKey       entrepot.Secret
	CopySourceSSECustomerKeyMD5    string
	ExpectedSourceBucketOwner      string
}

// NewCopyFrom takes it from a template for reads. It is a function since package fmt
// looks behind pointers: there may be keys in it.
func NewCopyFrom(get any) func() *CopyFrom {
	var t struct {
		VersionId, SSECustomerAlgorithm, SSECustomerKeyMD5 string
		SSECustomerKey                                     entrepot.Secret
		ExpectedBucketOwner                                string
	}
	project(&t, get, nil)
	from := &CopyFrom{t.VersionId, SourceAccess{t.SSECustomerAlgorithm, t.SSECustomerKey, t.SSECustomerKeyMD5, t.ExpectedBucketOwner}}
	return func() *CopyFrom { return from }
}

// copying is a copy from one bucket to another of the same service.
type copying struct {
	from transfer.CopySource
	src  *Handle
	to   *Dialect
}

// copying returns the copy from a source, or an error if the service of h cannot copy
// from there.
func (h *Handle) copying(from transfer.CopySource) (*copying, error) {
	src := h.Of(from.Bucket)
	if src == nil {
		return nil, fmt.Errorf("%s: the source is not a bucket of this package: %w", h.Core.flavour.Name, errors.ErrUnsupported)
	}
	to, err := h.Core.dialect()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.Core.flavour.Name, err)
	}
	origin, err := src.Core.dialect()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.Core.flavour.Name, err)
	}
	if !to.copiesFrom(origin) {
		return nil, fmt.Errorf("%s: the source is at another service: %w", h.Core.flavour.Name, errors.ErrUnsupported)
	}
	return &copying{from, src, to}, nil
}

// copiesFrom reports whether the service of d sees the buckets of that of o. Of AWS's
// regions it does within a partition, of IBM's locations it does not.
func (d *Dialect) copiesFrom(o *Dialect) bool {
	switch {
	case d.Base.Host != "" || o.Base.Host != "":
		return d.Base.Host == o.Base.Host
	case d.Profile.EveryOperation:
		return endpoint.PartitionOf(d.Region) == endpoint.PartitionOf(o.Region)
	}
	return d.Region == o.Region
}

// members are those that say what is copied. One version is pinned by its ETag.
func (c *copying) members(in *Members) *Members {
	from := c.src.CopyFrom()
	in.CopySource = CopySource(c.src.Name, c.from.Info.Name, from.VersionId)
	in.CopySourceIfMatch = strong(c.from.Info.ETag)
	in.SourceAccess = from.SourceAccess
	return in
}

// failed is the error of a call that copies.
func (c *copying) failed(ctx context.Context, err error, ifAbsent bool) error {
	code, ok := status(err)
	switch {
	case !ok:
		return err
	case code == http.StatusForbidden, code == http.StatusNotImplemented:
		// Whoever may not copy may be one who may read there and write here.
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	case code == http.StatusPreconditionFailed && ifAbsent:
		// Of the two conditions, the answer does not tell which did not hold.
		_, gone := c.src.Stat(ctx, c.from.Info.Name, c.from.Info.Version)
		if !errors.Is(gone, transfer.ErrObjectChanged) {
			return &existsError{err}
		}
		return fmt.Errorf("%w: %w", transfer.ErrObjectChanged, err)
	case code == http.StatusPreconditionFailed, code == http.StatusNotFound && !isCode(err, "NoSuchBucket", "NoSuchUpload"):
		return fmt.Errorf("%w: %w", transfer.ErrObjectChanged, err)
	}
	return err
}

// CopyObject implements transfer.Copier.
func (h *Handle) CopyObject(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.Info, error) {
	c, err := h.copying(from)
	if err != nil {
		return transfer.Info{}, err
	}
	if (a.IfAbsent || h.Condition) && !c.to.Profile.CopyCondition {
		return transfer.Info{}, fmt.Errorf("%s: CopyObject cannot depend on what is there: %w", h.Core.flavour.Name, errors.ErrUnsupported)
	}
	in := c.members(&Members{Bucket: h.Name, Key: name, IfNoneMatch: ifAbsent(a), ChecksumAlgorithm: string(h.Checksum)})
	switch {
	case from.Replace:
		in.MetadataDirective = "REPLACE"
		in.attrs(a)
	case h.Fixed.properties():
		// What the template says would not count beside those of the source.
		info, err := c.stat(ctx)
		if err != nil {
			return transfer.Info{}, err
		}
		in.MetadataDirective = "REPLACE"
		h.Fixed.carry(in, info)
	}
	if h.Fixed.Tagging != "" {
		in.TaggingDirective = "REPLACE"
	}
	h.encrypt(in, c)
	out, err := h.Copy(ctx, in)
	if err != nil {
		return transfer.Info{}, c.failed(ctx, err, a.IfAbsent)
	}
	out.take(&out.CopyObjectResult)
	return out.info(name, from.Info.Size, "")
}

// take makes what a copy tells of the new object the answer's own members.
func (m *Members) take(c *copied) {
	m.ETag, m.LastModified, m.ChecksumType, m.Checksums = c.ETag, c.LastModified, c.ChecksumType, c.Checksums
}

// unnamed are the properties that package transfer has no name for.
func (m *Members) unnamed(i transfer.Info) {
	if i.Native != nil {
		var p struct {
			Expires                 time.Time
			WebsiteRedirectLocation string
		}
		project(&p, i.Native, nil)
		m.Expires, m.WebsiteRedirectLocation = p.Expires, p.WebsiteRedirectLocation
	}
}

// encrypt carries the key of KMS that the source is encrypted with, where that is
// known and can be used: keys belong to a region.
func (h *Handle) encrypt(m *Members, c *copying) {
	if c.from.Info.Native == nil || h.Fixed.ServerSideEncryption != "" {
		return
	}
	from, err := c.src.Core.dialect()
	if err != nil || c.to.RegionOf(h.Name) != from.RegionOf(c.src.Name) {
		return
	}
	var p struct{ ServerSideEncryption, SSEKMSKeyId string }
	project(&p, c.from.Info.Native, nil)
	if strings.HasPrefix(p.ServerSideEncryption, "aws:kms") {
		m.ServerSideEncryption, m.SSEKMSKeyId = p.ServerSideEncryption, p.SSEKMSKeyId
	}
}

// stat returns all that is known about the source, of which a list tells little.
func (c *copying) stat(ctx context.Context) (transfer.Info, error) {
	return c.src.Stat(ctx, c.from.Info.Name, c.from.Info.Version)
}

// BeginCopy implements transfer.Copier: S3 takes nothing from the source of a copy
// in parts but its content.
func (h *Handle) BeginCopy(ctx context.Context, name string, a transfer.Attrs, from transfer.CopySource) (transfer.MultipartUpload, error) {
	c, err := h.copying(from)
	if err != nil {
		return nil, err
	}
	info, err := c.stat(ctx)
	if err != nil {
		return nil, err
	}
	c.from.Info = info
	m := new(Members)
	if from.Replace {
		m.attrs(a)
	} else {
		h.Fixed.carry(m, info)
	}
	if h.Fixed.Tagging == "" {
		if m.Tagging, err = c.tags(ctx, info); err != nil {
			return nil, err
		}
	}
	h.encrypt(m, c)
	return h.begin(ctx, name, a, m)
}

// tags returns those of the source.
func (c *copying) tags(ctx context.Context, info transfer.Info) (string, error) {
	var counted struct{ TagCount int32 }
	project(&counted, info.Native, nil)
	out, err := c.src.Tags(ctx, &Members{Bucket: c.src.Name, Key: info.Name})
	if code, ok := status(err); ok && counted.TagCount == 0 {
		switch code {
		case http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return "", nil // there are none, or none that the caller may know of
		}
	}
	if err != nil {
		return "", fmt.Errorf("the tags of the source: %w", err)
	}
	all := make(url.Values)
	for _, t := range out.TagSet {
		all.Add(t.Key, t.Value)
	}
	return all.Encode(), nil
}

// CopyPart implements transfer.PartCopier.
func (u *upload) CopyPart(ctx context.Context, number int, from transfer.CopySource, off, n int64) (transfer.Part, error) {
	c, err := u.handle.copying(from)
	if err != nil {
		return transfer.Part{}, err
	}
	in := c.members(u.members())
	in.PartNumber = int32(number)
	in.CopySourceRange = byterange.Header(off, n)
	out, err := u.handle.CopyPart(ctx, in)
	if err != nil {
		u.stray.Store(true)
		return transfer.Part{}, c.failed(ctx, err, false)
	}
	return transfer.Part{Number: number, Size: n, ETag: out.CopyPartResult.ETag, Checksum: out.CopyPartResult.of(u.algorithm)}, nil
}

// Reopen implements transfer.Reopener by ListParts.
func (h *Handle) Reopen(ctx context.Context, name, id string, a transfer.Attrs) (transfer.Unfinished, error) {
	u := &upload{handle: h, name: name, attrs: a, id: id}
	left := transfer.Unfinished{}
	for marker := int32(0); ; {
		in := u.members()
		in.PartNumberMarker = marker
		out, err := h.ListParts(ctx, in)
		if err != nil {
			return transfer.Unfinished{}, err
		}
		if marker == 0 {
			if out.ChecksumAlgorithm != "null" { // versitygw's word for none
				u.algorithm = checksum.Algorithm(out.ChecksumAlgorithm)
			}
			if out.ChecksumType == composite && u.algorithm.Combinable() {
				left.Differs = fmt.Errorf("its %s is to be one of the checksums of its parts", u.algorithm)
			}
			if u.algorithm != "" && !u.algorithm.Supported() {
				left.Differs = u.algorithm.Unsupported()
			}
		}
		for _, p := range out.Parts {
			left.Parts = append(left.Parts, transfer.Part{Number: int(p.PartNumber), Size: p.Size, ETag: p.ETag, Checksum: p.of(u.algorithm)})
		}
		if !out.IsTruncated {
			break
		}
		if out.NextPartNumberMarker <= marker {
			return transfer.Unfinished{}, fmt.Errorf("%s: ListParts: the server repeats the page after part %d", h.Core.flavour.Name, marker)
		}
		marker = out.NextPartNumberMarker
	}
	// A part that the last process was sending may still arrive.
	u.stray.Store(true)
	left.Upload = u
	if left.Differs != nil {
		left.Parts = nil
	}
	return left, nil
}

type listedPart struct {
	PartNumber int32
	ETag       string
	Size       int64
	Checksums
}

// isCode reports whether a service has answered one of these codes.
func isCode(err error, codes ...string) bool {
	var e smithy.APIError
	return errors.As(err, &e) && slices.Contains(codes, e.ErrorCode())
}
