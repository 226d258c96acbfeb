package s3dialect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/entrepot-go/entrepot/internal/byterange"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/transfer"
)

// Members are what a transfer gives to calls and takes from their answers,
// under the API's own names: they are projected onto the inputs, and the
// outputs onto them.
type Members struct {
	Bucket, Key, UploadId string
	PartNumber            int32
	Body                  io.Reader
	Range                 string
	IfMatch, IfNoneMatch  string
	MultipartUpload       completed
	MpuObjectSize         int64

	ContentType, ContentEncoding, ContentLanguage string
	ContentDisposition, CacheControl              string
	Metadata                                      map[string]string

	ChecksumAlgorithm, ChecksumType, ChecksumMode string
	Checksums

	// Of copies.
	CopySource, CopySourceRange, CopySourceIfMatch string
	MetadataDirective, Tagging, TaggingDirective   string
	Expires                                        time.Time
	WebsiteRedirectLocation                        string
	ServerSideEncryption, SSEKMSKeyId              string
	SourceAccess

	PartNumberMarker int32
	ObjectAttributes []string

	// Only in answers.
	CopyObjectResult, CopyPartResult copied
	TagSet                           []objectTag
	TagCount                         int32
	Parts                            []listedPart
	ObjectParts                      objectParts
	IsTruncated                      bool
	NextPartNumberMarker             int32

	ContentLength int64
	ContentRange  string
	ETag          string
	VersionId     string
	LastModified  time.Time
	PartsCount    int32
	native        any
}

// Checksums are the members that hold the checksum of a body or an object, by
// the algorithms that are computed here. A dialect may lack some.
type Checksums struct {
	ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME          string
	ChecksumSHA1, ChecksumSHA256, ChecksumSHA512, ChecksumMD5 string
}

type completed struct{ Parts []completedPart }

type completedPart struct {
	PartNumber int32
	ETag       string
	Checksums
}

// member returns the place of an algorithm's checksum, nil if it has none.
func (c *Checksums) member(a checksum.Algorithm) *string {
	switch a {
	case checksum.CRC32:
		return &c.ChecksumCRC32
	case checksum.CRC32C:
		return &c.ChecksumCRC32C
	case checksum.CRC64NVME:
		return &c.ChecksumCRC64NVME
	case checksum.SHA1:
		return &c.ChecksumSHA1
	case checksum.SHA256:
		return &c.ChecksumSHA256
	case checksum.SHA512:
		return &c.ChecksumSHA512
	case checksum.MD5:
		return &c.ChecksumMD5
	}
	return nil
}

// Call makes one typed call with the members of in and returns those of its
// answer.
type Call func(ctx context.Context, in *Members) (*Members, error)

// Bind makes a Call of an operation. What a transfer sets wins over the
// templates, which fill in the rest.
func Bind[In, Out, Opt any](operation func(context.Context, *In, ...Opt) (*Out, error), templates ...any) Call {
	return func(ctx context.Context, m *Members) (*Members, error) {
		in := new(In)
		project(in, m, nil)
		for _, t := range templates {
			project(in, t, never)
		}
		out, err := operation(ctx, in)
		if err != nil {
			return nil, err
		}
		answer := &Members{native: out}
		project(answer, out, nil)
		return answer, nil
	}
}

// never are the members that a template cannot set: they belong to one body
// or one request, and transfers make many.
var never = map[string]bool{
	"Bucket": true, "Key": true, "Body": true, "ContentLength": true, "ContentMD5": true, "Range": true, "PartNumber": true,
	"WriteOffsetBytes": true, "ChecksumAlgorithm": true, "ChecksumMode": true,
	"ChecksumCRC32": true, "ChecksumCRC32C": true, "ChecksumCRC64NVME": true, "ChecksumSHA1": true, "ChecksumSHA256": true,
	"ChecksumSHA512": true, "ChecksumMD5": true, "ChecksumXXHASH64": true, "ChecksumXXHASH3": true, "ChecksumXXHASH128": true,
}

// Handle is a bucket as package transfer uses it.
type Handle struct {
	Core *Core
	Name string
	// Checksum is the algorithm of this handle's uploads; empty: the client's.
	Checksum checksum.Algorithm
	// Conditional says that also the end of a multipart upload can depend on
	// what is there, and Condition that the template wants writes to.
	Conditional, Condition bool

	Put, Get, Head, Create, Part, Complete, Abort Call
	Copy, CopyPart, ListParts, Tags               Call
	Attributes                                    Call // nil: the dialect has none

	// Fixed is what the template sets of the objects it writes, and CopyFrom what it
	// has for calls that copy from here: see [NewFixed] and [NewCopyFrom].
	Fixed    *Fixed
	CopyFrom func() *CopyFrom
	// Of returns the handle behind a bucket, nil if it is none of this package.
	Of func(transfer.Bucket) *Handle
}

// Limits of S3 and of what is like it: part sizes, parts, the object they make.
// API: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	minPart  = 5 << 20
	maxPart  = 5 << 30
	maxParts = 10000
)

// Limits implements transfer.Bucket.
func (h *Handle) Limits(context.Context) (transfer.Limits, error) {
	profile, err := h.Core.Profile()
	if err != nil {
		return transfer.Limits{}, err
	}
	server, err := h.Core.server()
	if err != nil {
		return transfer.Limits{}, err
	}
	return transfer.Limits{
		MinPart:      minPart,
		MaxPart:      maxPart,
		MaxPut:       maxPart,
		MaxObject:    maxParts * maxPart,
		MaxParts:     maxParts,
		MaxCopy:      maxPart,
		MaxRemove:    deleteLimit,
		UniformParts: profile.UniformParts,
		Server:       server,
	}, nil
}

// Stat implements transfer.Bucket.
func (h *Handle) Stat(ctx context.Context, name, version string) (transfer.Info, error) {
	mode, err := h.Core.checksumMode()
	if err != nil {
		return transfer.Info{}, err
	}
	out, err := h.Head(ctx, &Members{Bucket: h.Name, Key: name, IfMatch: strong(version), ChecksumMode: mode})
	if err != nil {
		return transfer.Info{}, changed(err, version)
	}
	return out.info(name, out.ContentLength, version)
}

// objectParts are those of an object, as GetObjectAttributes tells them.
type objectParts struct {
	Parts                []struct{ Size int64 }
	IsTruncated          bool
	NextPartNumberMarker int32
}

// PartSizes implements transfer.PartTeller by GetObjectAttributes.
func (h *Handle) PartSizes(ctx context.Context, name, version string) (sizes []int64, err error) {
	for marker := int32(0); ; {
		out, err := h.Attributes(ctx, &Members{Bucket: h.Name, Key: name, ObjectAttributes: []string{"ETag", "ObjectParts"}, PartNumberMarker: marker})
		if err != nil {
			return nil, changed(err, version)
		}
		if version != "" && strings.Trim(out.ETag, `"`) != strings.Trim(strong(version), `"`) {
			return nil, transfer.ErrObjectChanged
		}
		for _, p := range out.ObjectParts.Parts {
			sizes = append(sizes, p.Size)
		}
		next := out.ObjectParts.NextPartNumberMarker
		switch {
		case !out.ObjectParts.IsTruncated:
			return sizes, nil
		case next <= marker:
			return nil, fmt.Errorf("%s: GetObjectAttributes: the server repeats the page after part %d", h.Core.flavour.Name, marker)
		}
		marker = next
	}
}

// Open implements transfer.Bucket.
func (h *Handle) Open(ctx context.Context, name, version string, off, n int64) (transfer.Info, io.ReadCloser, error) {
	if n == 0 {
		info, err := h.Stat(ctx, name, version)
		return info, http.NoBody, err
	}
	out, err := h.Get(ctx, &Members{Bucket: h.Name, Key: name, IfMatch: strong(version), Range: byterange.Header(off, n)})
	if err != nil {
		if code, ok := status(err); ok && code == http.StatusRequestedRangeNotSatisfiable && off == 0 {
			// No byte of it can be asked for: the object is empty.
			info, err := h.Stat(ctx, name, version)
			if err == nil && info.Size != 0 {
				err = transfer.ErrObjectChanged
			}
			return info, http.NoBody, err
		}
		return transfer.Info{}, nil, changed(err, version)
	}
	body := out.Body.(io.ReadCloser)
	size, err := byterange.Whole(out.ContentRange, out.ContentLength, off, n)
	if err != nil {
		body.Close()
		return transfer.Info{}, nil, fmt.Errorf("%s: GetObject: %w", h.Core.flavour.Name, err)
	}
	info, err := out.info(name, size, version)
	if err != nil {
		body.Close()
		return transfer.Info{}, nil, err
	}
	return info, body, nil
}

// strong is the condition that pins a version. A weak tag cannot be a
// condition; it is compared when the answer is there.
func strong(version string) string {
	if strings.HasPrefix(version, "W/") {
		return ""
	}
	return version
}

// changed tells that what was pinned is no longer there.
func changed(err error, version string) error {
	if version == "" {
		return err
	}
	if code, ok := status(err); ok && (code == http.StatusPreconditionFailed || code == http.StatusNotFound) {
		return fmt.Errorf("%w: %w", transfer.ErrObjectChanged, err)
	}
	return err
}

// status is the HTTP status of an error of any dialect's package.
func status(err error) (int, bool) {
	var e interface {
		error
		HTTPStatusCode() int
	}
	if errors.As(err, &e) {
		return e.HTTPStatusCode(), true
	}
	return 0, false
}

// info is what the members of an answer say about an object.
func (m *Members) info(name string, size int64, version string) (transfer.Info, error) {
	if version != "" && m.ETag != "" && m.ETag != version {
		return transfer.Info{}, transfer.ErrObjectChanged
	}
	info := transfer.Info{
		Name:    name,
		Size:    size,
		ModTime: m.LastModified,
		Version: m.ETag,
		ETag:    m.ETag,
		Parts:   int(m.PartsCount),
		Native:  m.native,
		Attrs: transfer.Attrs{
			ContentType:        m.ContentType,
			ContentEncoding:    m.ContentEncoding,
			ContentLanguage:    m.ContentLanguage,
			ContentDisposition: m.ContentDisposition,
			CacheControl:       m.CacheControl,
			Metadata:           m.Metadata,
		},
	}
	if m.ContentRange == "" {
		info.Checksums = m.Checksums.list(m.ChecksumType)
	}
	return info, nil
}

// list is the checksums in the form of package transfer.
func (c *Checksums) list(kind string) []transfer.Checksum {
	var list []transfer.Checksum
	for _, a := range checksum.ByCost {
		if sum := c.of(a); len(sum.Value) > 0 {
			sum.Composite = sum.Composite || kind == composite
			list = append(list, sum)
		}
	}
	return list
}

// attrs puts the properties of a new object among the members.
func (m *Members) attrs(a transfer.Attrs) {
	m.ContentType = a.ContentType
	m.ContentEncoding = a.ContentEncoding
	m.ContentLanguage = a.ContentLanguage
	m.ContentDisposition = a.ContentDisposition
	m.CacheControl = a.CacheControl
	m.Metadata = a.Metadata
}

// properties sets those of a new object, for which a transfer states a.
func (h *Handle) properties(m *Members, a transfer.Attrs) {
	if a.Carried {
		h.Fixed.carry(m, transfer.Info{Attrs: a})
		return
	}
	m.attrs(a)
}

// ifAbsent is the condition that nothing of that name is there.
func ifAbsent(a transfer.Attrs) string {
	if a.IfAbsent {
		return "*"
	}
	return ""
}

// exists tells that the condition of ifAbsent did not hold.
func exists(err error, a transfer.Attrs) error {
	if code, ok := status(err); ok && a.IfAbsent && code == http.StatusPreconditionFailed {
		return &existsError{err}
	}
	return err
}

// existsError is fs.ErrExist beside what it is anyway.
type existsError struct{ error }

func (e *existsError) Is(target error) bool { return target == fs.ErrExist }
func (e *existsError) Unwrap() error        { return e.error }

// PutObject implements transfer.Bucket's Put.
func (h *Handle) PutObject(ctx context.Context, name string, a transfer.Attrs, body transfer.Body) (transfer.Info, error) {
	in := &Members{Bucket: h.Name, Key: name, Body: section(body), IfNoneMatch: ifAbsent(a), ChecksumAlgorithm: string(h.Checksum)}
	h.properties(in, a)
	out, err := h.Put(ctx, in)
	if err != nil {
		return transfer.Info{}, exists(err, a)
	}
	return out.info(name, body.Size(), "")
}

func section(body transfer.Body) io.Reader { return io.NewSectionReader(body, 0, body.Size()) }

// Begin implements transfer.Bucket.
func (h *Handle) Begin(ctx context.Context, name string, a transfer.Attrs) (transfer.MultipartUpload, error) {
	m := new(Members)
	h.properties(m, a)
	return h.begin(ctx, name, a, m)
}

// begin starts an upload with what m sets already.
func (h *Handle) begin(ctx context.Context, name string, a transfer.Attrs, m *Members) (transfer.MultipartUpload, error) {
	if (a.IfAbsent || h.Condition) && !h.Conditional {
		return nil, fmt.Errorf("%s: an upload in parts cannot depend on what is there: %w", h.Core.flavour.Name, errors.ErrUnsupported)
	}
	algorithm := h.Checksum
	if algorithm == "" {
		var err error
		if algorithm, err = h.Core.partChecksum(h.Name); err != nil {
			return nil, err
		}
	}
	if algorithm != "" && !algorithm.Supported() {
		return nil, fmt.Errorf("%s: an upload in parts: ChecksumAlgorithm: %w", h.Core.flavour.Name, algorithm.Unsupported())
	}
	m.Bucket, m.Key, m.ChecksumAlgorithm = h.Name, name, string(algorithm)
	if algorithm.Combinable() {
		m.ChecksumType = fullObject
	}
	out, err := h.Create(ctx, m)
	if err != nil {
		return nil, err
	}
	if out.UploadId == "" {
		return nil, fmt.Errorf("%s: CreateMultipartUpload: the server gave no UploadId", h.Core.flavour.Name)
	}
	return &upload{handle: h, name: name, attrs: a, id: out.UploadId, algorithm: algorithm}, nil
}

// upload is a multipart upload. One checksum is decided on when it begins;
// its parts carry it, and where it combines, so does the whole.
type upload struct {
	handle    *Handle
	name      string
	attrs     transfer.Attrs
	id        string
	algorithm checksum.Algorithm // empty: none

	// stray says that a part failed: the server may still be at work on it.
	stray atomic.Bool
}

func (u *upload) ID() string { return u.id }

func (u *upload) members() *Members {
	return &Members{Bucket: u.handle.Name, Key: u.name, UploadId: u.id}
}

func (u *upload) Part(ctx context.Context, number int, body transfer.Body) (transfer.Part, error) {
	in := u.members()
	in.PartNumber = int32(number)
	in.Body = section(body)
	in.ChecksumAlgorithm = string(u.algorithm)
	out, err := u.handle.Part(ctx, in)
	if err != nil {
		u.stray.Store(true)
		return transfer.Part{}, err
	}
	return transfer.Part{Number: number, Size: body.Size(), ETag: out.ETag, Checksum: out.Checksums.of(u.algorithm)}, nil
}

func (u *upload) Finish(ctx context.Context, parts []transfer.Part) (transfer.Info, error) {
	in := u.members()
	in.IfNoneMatch = ifAbsent(u.attrs)
	var size int64
	for _, p := range parts {
		size += p.Size
		done := completedPart{PartNumber: int32(p.Number), ETag: p.ETag}
		if value := done.member(u.algorithm); value != nil && len(p.Checksum.Value) > 0 {
			*value = checksum.Encode(p.Checksum.Value)
		}
		in.MultipartUpload.Parts = append(in.MultipartUpload.Parts, done)
	}
	whole, err := u.combined(parts)
	if err != nil {
		return transfer.Info{}, err
	}
	if whole != nil {
		*in.member(u.algorithm) = checksum.Encode(whole)
		in.ChecksumType = fullObject
		in.MpuObjectSize = size
	}
	out, err := u.handle.Complete(ctx, in)
	if err != nil {
		return transfer.Info{}, exists(err, u.attrs)
	}
	// The server has compared the checksum with its own; that it says the same
	// tells that it knows the member at all.
	if stored := out.Checksums.of(u.algorithm); whole != nil && len(stored.Value) > 0 && !bytes.Equal(stored.Value, whole) {
		return transfer.Info{}, fmt.Errorf("%s: CompleteMultipartUpload: the object that was made has another %s than its parts", u.handle.Core.flavour.Name, u.algorithm)
	}
	return out.info(u.name, size, "")
}

// of is the checksum of one algorithm in the form of package transfer.
func (c *Checksums) of(a checksum.Algorithm) transfer.Checksum {
	if value := c.member(a); value != nil && *value != "" {
		if sum, parts, err := checksum.Decode(a, *value); err == nil {
			return transfer.Checksum{Algorithm: string(a), Value: sum, Composite: parts > 0}
		}
	}
	return transfer.Checksum{}
}

// combined is the checksum of the whole, made from those of the parts; nil
// where the server keeps none, or not one that can be combined.
func (u *upload) combined(parts []transfer.Part) ([]byte, error) {
	if !u.algorithm.Combinable() {
		return nil, nil
	}
	var whole []byte
	for i, p := range parts {
		switch {
		case len(p.Checksum.Value) == 0 || p.Checksum.Algorithm != string(u.algorithm):
			return nil, nil
		case i == 0:
			whole = p.Checksum.Value
		default:
			var err error
			if whole, err = checksum.Combine(u.algorithm, whole, p.Checksum.Value, p.Size); err != nil {
				return nil, err
			}
		}
	}
	return whole, nil
}

// Aborts of an upload that may come back: how often, and the first of the
// waits between them, which double.
const (
	abortAttempts = 4
	abortWait     = 50 * time.Millisecond
)

// Abort gives the upload up. A part that is on its way meanwhile may be stored
// after that, and the upload is then there again: S3 asks for further aborts
// until there is none. See API_AbortMultipartUpload.
func (u *upload) Abort(ctx context.Context) error {
	for n := 1; ; n++ {
		_, err := u.handle.Abort(ctx, u.members())
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !u.stray.Load() || n == abortAttempts {
			return err
		}
		timer := time.NewTimer(abortWait << (n - 1))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil // it was aborted once
		}
	}
}

// checksumMode asks for the checksums of an object where the server knows how.
// That of a whole answer comes by itself, see [Dialect.Prepare].
func (c *Core) checksumMode() (string, error) {
	d, err := c.dialect()
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.flavour.Name, err)
	}
	if !d.Profile.ChecksumMode || d.WhenRequired {
		return "", nil
	}
	return "ENABLED", nil
}

// partChecksum is the algorithm that the parts of uploads to a bucket carry.
func (c *Core) partChecksum(bucket string) (checksum.Algorithm, error) {
	d, err := c.dialect()
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.flavour.Name, err)
	}
	return d.algorithm(d.directory(bucket)), nil
}
