package s3

import (
	"context"
	"io"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutObjectAnnotation attaches a named text to an object, or to one version of
// it, and replaces the one of that name. The object itself does not change, nor
// does its ETag. A version has up to 1000 annotations; objects encrypted with a
// customer's key (SSE-C) and those of directory buckets have none.
//
// Errors: [ErrInvalidAnnotationName], [ErrAnnotationNameTooLong],
// [ErrAnnotationLimitExceeded], [ErrUnsupportedMediaType] where the text is not
// UTF-8, [ErrInvalidRequest]; with ObjectIfMatch [ErrPreconditionFailed];
// [ErrNoSuchKey], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAnnotation.html
func (c *Client) PutObjectAnnotation(ctx context.Context, in *PutObjectAnnotationInput, opts ...Option) (*PutObjectAnnotationOutput, error) {
	return invoke[PutObjectAnnotationOutput](ctx, c, opPutObjectAnnotation, in, opts)
}

var opPutObjectAnnotation = &pipeline.Operation{Name: "PutObjectAnnotation", Method: "PUT", Path: "/{Bucket}/{Key+}?annotation", Traits: pipeline.ChecksumBody | pipeline.Mistakable}

type PutObjectAnnotationInput struct {
	Bucket    string `uri:"Bucket"`
	Key       string `uri:"Key"`
	VersionId string `query:"versionId"` // empty: the current version

	// AnnotationName has 1 to 512 bytes: letters of any language, digits, "_", "."
	// and "-". It must not begin with aws or s3, in whatever case.
	AnnotationName string `query:"annotationName,required"`

	// AnnotationPayload is text in UTF-8 of 1 byte to 1 MiB. It is read from where
	// it stands and never closed.
	AnnotationPayload io.Reader `payload:"AnnotationPayload,required"`

	ObjectIfMatch string `header:"x-amz-object-if-match"` // ETag of the object; another one: 412

	// Integrity of the text. At most one checksum value may be set (base64 of the
	// digest); when none is, the client computes ChecksumAlgorithm, or what its
	// Config asks for. It need not be the object's.
	ContentMD5        string            `header:"Content-MD5"`
	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ChecksumCRC32     string            `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string            `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string            `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string            `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string            `header:"x-amz-checksum-sha256"`
	ChecksumSHA512    string            `header:"x-amz-checksum-sha512"`
	ChecksumMD5       string            `header:"x-amz-checksum-md5"`
	ChecksumXXHASH64  string            `header:"x-amz-checksum-xxhash64"`
	ChecksumXXHASH3   string            `header:"x-amz-checksum-xxhash3"`
	ChecksumXXHASH128 string            `header:"x-amz-checksum-xxhash128"`

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectAnnotationOutput struct {
	Key             string `xml:"Key"`
	AnnotationName  string `xml:"AnnotationName"`
	ObjectVersionId string `header:"x-amz-object-version-id"`
	ETag            string `header:"ETag"` // of the annotation, with its quotes

	// Base64; only that which the annotation was stored with.
	ChecksumType      ChecksumType `header:"x-amz-checksum-type"`
	ChecksumCRC32     string       `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string       `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string       `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string       `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string       `header:"x-amz-checksum-sha256"`
	ChecksumSHA512    string       `header:"x-amz-checksum-sha512"`
	ChecksumMD5       string       `header:"x-amz-checksum-md5"`
	ChecksumXXHASH64  string       `header:"x-amz-checksum-xxhash64"`
	ChecksumXXHASH3   string       `header:"x-amz-checksum-xxhash3"`
	ChecksumXXHASH128 string       `header:"x-amz-checksum-xxhash128"`

	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"` // that of the object
	RequestCharged       RequestCharged       `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectAnnotation reads an annotation of an object or of a version of it,
// of an archived object as well. The caller closes the AnnotationPayload.
//
// Errors: [ErrNoSuchAnnotation], [ErrNoSuchKey], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAnnotation.html
func (c *Client) GetObjectAnnotation(ctx context.Context, in *GetObjectAnnotationInput, opts ...Option) (*GetObjectAnnotationOutput, error) {
	return invoke[GetObjectAnnotationOutput](ctx, c, opGetObjectAnnotation, in, opts)
}

var opGetObjectAnnotation = &pipeline.Operation{Name: "GetObjectAnnotation", Method: "GET", Path: "/{Bucket}/{Key+}?annotation", Traits: pipeline.ChecksumAnswer}

type GetObjectAnnotationInput struct {
	Bucket         string `uri:"Bucket"`
	Key            string `uri:"Key"`
	VersionId      string `query:"versionId"` // empty: the current version
	AnnotationName string `query:"annotationName,required"`

	// ChecksumMode asks for the checksum the annotation was stored with. At AWS
	// the client asks by itself, and verifies the AnnotationPayload by it.
	ChecksumMode ChecksumMode `header:"x-amz-checksum-mode"`

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectAnnotationOutput struct {
	// AnnotationPayload must be closed. Its bytes are verified against the checksum
	// the server sent, if any, and a body cut short ends in an error, not in
	// io.EOF.
	AnnotationPayload io.ReadCloser `payload:"AnnotationPayload"`

	ContentLength     int64             `header:"Content-Length"` // bytes
	ObjectVersionId   string            `header:"x-amz-object-version-id"`
	ETag              string            `header:"ETag"`                     // of the annotation, with its quotes
	LastModified      time.Time         `header:"Last-Modified"`            // of the annotation
	ReplicationStatus ReplicationStatus `header:"x-amz-replication-status"` // of the annotation; empty: no replication rule applies

	// Base64; only where ChecksumMode asked for it.
	ChecksumType      ChecksumType `header:"x-amz-checksum-type"`
	ChecksumCRC32     string       `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string       `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string       `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string       `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string       `header:"x-amz-checksum-sha256"`
	ChecksumSHA512    string       `header:"x-amz-checksum-sha512"`
	ChecksumMD5       string       `header:"x-amz-checksum-md5"`
	ChecksumXXHASH64  string       `header:"x-amz-checksum-xxhash64"`
	ChecksumXXHASH3   string       `header:"x-amz-checksum-xxhash3"`
	ChecksumXXHASH128 string       `header:"x-amz-checksum-xxhash128"`

	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"` // that of the object
	RequestCharged       RequestCharged       `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteObjectAnnotation removes an annotation of an object or of a version of
// it, for good: annotations have no versions of their own. Where there is
// none of that name it succeeds as well.
//
// Errors: [ErrPreconditionFailed] with ObjectIfMatch, [ErrNoSuchKey],
// [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectAnnotation.html
func (c *Client) DeleteObjectAnnotation(ctx context.Context, in *DeleteObjectAnnotationInput, opts ...Option) (*DeleteObjectAnnotationOutput, error) {
	return invoke[DeleteObjectAnnotationOutput](ctx, c, opDeleteObjectAnnotation, in, opts)
}

var opDeleteObjectAnnotation = &pipeline.Operation{Name: "DeleteObjectAnnotation", Method: "DELETE", Path: "/{Bucket}/{Key+}?annotation", Traits: pipeline.Mistakable}

type DeleteObjectAnnotationInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	VersionId           string       `query:"versionId"` // empty: the current version
	AnnotationName      string       `query:"annotationName,required"`
	ObjectIfMatch       string       `header:"x-amz-object-if-match"`       // ETag of the object; another one: 412
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteObjectAnnotationOutput struct {
	ObjectVersionId string         `header:"x-amz-object-version-id"`
	RequestCharged  RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ListObjectAnnotations lists the annotations of an object or of a version of
// it, by name.
//
// Errors: [ErrInvalidPrefix], [ErrNoSuchKey], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectAnnotations.html
func (c *Client) ListObjectAnnotations(ctx context.Context, in *ListObjectAnnotationsInput, opts ...Option) (*ListObjectAnnotationsOutput, error) {
	return invoke[ListObjectAnnotationsOutput](ctx, c, opListObjectAnnotations, in, opts)
}

var opListObjectAnnotations = &pipeline.Operation{Name: "ListObjectAnnotations", Method: "GET", Path: "/{Bucket}/{Key+}?annotation"}

type ListObjectAnnotationsInput struct {
	Bucket               string       `uri:"Bucket"`
	Key                  string       `uri:"Key"`
	VersionId            string       `query:"versionId"`                    // empty: the current version
	AnnotationPrefix     string       `query:"annotation-prefix"`            // only names that begin with it
	MaxAnnotationResults int32        `query:"max-annotation-results"`       // page size, at most and by default 1000
	ContinuationToken    string       `query:"continuation-token"`           // from the page before
	RequestPayer         RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner  string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListObjectAnnotationsOutput struct {
	Annotations           []AnnotationEntry `xml:"Annotations,item=AnnotationEntry"`
	Bucket                string            `xml:"Bucket"`
	Key                   string            `xml:"Key"`
	ObjectVersionId       string            `header:"x-amz-object-version-id"`
	AnnotationPrefix      string            `xml:"AnnotationPrefix"`
	MaxAnnotationResults  int32             `xml:"MaxAnnotationResults"`
	AnnotationCount       int32             `xml:"AnnotationCount"`       // in this page
	ContinuationToken     string            `xml:"ContinuationToken"`     // that of the request
	NextContinuationToken string            `xml:"NextContinuationToken"` // for the next page; empty on the last
	RequestCharged        RequestCharged    `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the annotations of the page.
func (out *ListObjectAnnotationsOutput) Items() []AnnotationEntry { return out.Annotations }

// NextPage makes next the request for the page after out.
func (out *ListObjectAnnotationsOutput) NextPage(next *ListObjectAnnotationsInput) (token string, more bool) {
	next.ContinuationToken = out.NextContinuationToken
	return out.NextContinuationToken, out.NextContinuationToken != ""
}

// AnnotationEntry is an entry of ListObjectAnnotations.
type AnnotationEntry struct {
	AnnotationName    string              `xml:"AnnotationName"`
	Size              int64               `xml:"Size"` // bytes
	LastModified      time.Time           `xml:"LastModified"`
	ETag              string              `xml:"ETag"`                   // with its quotes
	ChecksumAlgorithm []ChecksumAlgorithm `xml:"ChecksumAlgorithm,flat"` // algorithms, not values: GetObjectAnnotation has those
	ReplicationStatus ReplicationStatus   `xml:"ReplicationStatus"`      // empty: no replication rule applies
}
