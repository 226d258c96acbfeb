package ibmcos

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// CreateMultipartUpload begins an object that will be put together from up to
// 10,000 parts. Parts are kept until the upload is completed or aborted.
// Retention is set when it is completed. Package transfer does the whole of
// it.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) CreateMultipartUpload(ctx context.Context, in *CreateMultipartUploadInput, opts ...Option) (*CreateMultipartUploadOutput, error) {
	return invoke[CreateMultipartUploadOutput](ctx, c, opCreateMultipartUpload, in, opts)
}

var opCreateMultipartUpload = &pipeline.Operation{Name: "CreateMultipartUpload", Method: "POST", Path: "/{Bucket}/{Key+}?uploads", Traits: pipeline.ChecksumCreate}

type CreateMultipartUploadInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"`

	ContentType             string    `header:"Content-Type"`
	ContentEncoding         string    `header:"Content-Encoding"`
	ContentLanguage         string    `header:"Content-Language"`
	ContentDisposition      string    `header:"Content-Disposition"`
	CacheControl            string    `header:"Cache-Control"`
	Expires                 time.Time `header:"Expires"`                         // when caches should drop it; the service keeps the object
	WebsiteRedirectLocation string    `header:"x-amz-website-redirect-location"` // of a website: a path in the bucket, or a URL

	// Metadata holds up to 2 KB of names and values of the caller's own. Names
	// come back in lower case; values outside ASCII do not travel well.
	Metadata map[string]string `headers:"x-amz-meta-"`

	Tagging      string       `header:"x-amz-tagging"`       // tags encoded as a query: "a=1&b=2"; at most 10
	StorageClass StorageClass `header:"x-amz-storage-class"` // the bucket's class always applies

	// The checksum that every part will carry and that the service keeps of the
	// object. COMPOSITE is a checksum of the parts' checksums, FULL_OBJECT one of
	// all bytes.
	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-checksum-algorithm"`
	ChecksumType      ChecksumType      `header:"x-amz-checksum-type"`

	// Data is always encrypted at rest. The SSECustomer members hold a key of the
	// caller's own (SSE-C), which the service forgets after the call and wants
	// again for every read.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret      `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	ObjectLockMode            ObjectLockMode            `header:"x-amz-object-lock-mode"`
	ObjectLockRetainUntilDate time.Time                 `header:"x-amz-object-lock-retain-until-date,iso8601"`
	ObjectLockLegalHoldStatus ObjectLockLegalHoldStatus `header:"x-amz-object-lock-legal-hold"`

	// Only private and public-read are supported; public access to a bucket is set
	// in IBM Cloud IAM.
	ACL              ObjectCannedACL `header:"x-amz-acl"`
	GrantFullControl string          `header:"x-amz-grant-full-control"`
	GrantRead        string          `header:"x-amz-grant-read"`
	GrantReadACP     string          `header:"x-amz-grant-read-acp"`
	GrantWriteACP    string          `header:"x-amz-grant-write-acp"`

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type CreateMultipartUploadOutput struct {
	Bucket      string    `xml:"Bucket"`
	Key         string    `xml:"Key"`
	UploadId    string    `xml:"UploadId"`
	AbortDate   time.Time `header:"x-amz-abort-date"`    // when a lifecycle rule will abort the upload
	AbortRuleId string    `header:"x-amz-abort-rule-id"` // that rule

	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-checksum-algorithm"`
	ChecksumType      ChecksumType      `header:"x-amz-checksum-type"`

	// How the object is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UploadPart stores one part of a multipart upload. A part that has the number
// already is replaced.
//
// Errors: [ErrNoSuchUpload].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) UploadPart(ctx context.Context, in *UploadPartInput, opts ...Option) (*UploadPartOutput, error) {
	return invoke[UploadPartOutput](ctx, c, opUploadPart, in, opts)
}

var opUploadPart = &pipeline.Operation{Name: "UploadPart", Method: "PUT", Path: "/{Bucket}/{Key+}", Traits: pipeline.ChecksumBody}

type UploadPartInput struct {
	Bucket     string `uri:"Bucket"`
	Key        string `uri:"Key"`
	UploadId   string `query:"uploadId,required"`
	PartNumber int32  `query:"partNumber,required"` // 1 to 10,000

	// Body is read from where it stands and never closed. A part has 5 MiB to 5
	// GiB; the last one may be smaller.
	Body io.Reader `payload:"Body"`
	// ContentLength is the length of Body in bytes. It is needed only when Body
	// does not tell it itself (a file, a bytes.Reader, … do).
	ContentLength int64 `header:"Content-Length"`

	// Integrity of the body. At most one checksum value may be set (base64 of the
	// digest); when none is, the client computes ChecksumAlgorithm, or what its
	// Config asks for.
	ContentMD5        string            `header:"Content-MD5"`
	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ChecksumCRC32     string            `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string            `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string            `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string            `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string            `header:"x-amz-checksum-sha256"`

	// The same customer key (SSE-C) that the upload was begun with.
	SSECustomerAlgorithm string          `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string          `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type UploadPartOutput struct {
	ETag string `header:"ETag"` // wanted again by CompleteMultipartUpload

	// Base64, of this part; wanted again by CompleteMultipartUpload.
	ChecksumCRC32     string `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string `header:"x-amz-checksum-sha256"`

	// How the part is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UploadPartCopy makes one part of a multipart upload from an object, or a
// range of one, that the service already has. It may take minutes, and only
// the end of the answer tells how it went; the client waits for it.
//
// Errors: [ErrNoSuchUpload], [ErrNoSuchKey], [ErrPreconditionFailed].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) UploadPartCopy(ctx context.Context, in *UploadPartCopyInput, opts ...Option) (*UploadPartCopyOutput, error) {
	return invoke[UploadPartCopyOutput](ctx, c, opUploadPartCopy, in, opts)
}

var opUploadPartCopy = &pipeline.Operation{Name: "UploadPartCopy", Method: "PUT", Path: "/{Bucket}/{Key+}", Traits: pipeline.ErrorIn200 | pipeline.SlowAnswer}

type UploadPartCopyInput struct {
	Bucket     string `uri:"Bucket"`
	Key        string `uri:"Key"`
	UploadId   string `query:"uploadId,required"`
	PartNumber int32  `query:"partNumber,required"` // 1 to 10,000

	// CopySource names the object to copy, percent-encoded: use the function
	// [CopySource].
	CopySource string `header:"x-amz-copy-source,required"`
	// CopySourceRange is the part of the source to copy, "bytes=0-1023". Empty:
	// all of it. The source must be larger than 5 MiB.
	CopySourceRange string `header:"x-amz-copy-source-range"`

	CopySourceIfMatch              string          `header:"x-amz-copy-source-if-match"`      // ETag; anything else there: 412
	CopySourceIfNoneMatch          string          `header:"x-amz-copy-source-if-none-match"` // ETag; the same there: 412
	CopySourceIfModifiedSince      time.Time       `header:"x-amz-copy-source-if-modified-since"`
	CopySourceIfUnmodifiedSince    time.Time       `header:"x-amz-copy-source-if-unmodified-since"`
	CopySourceSSECustomerAlgorithm string          `header:"x-amz-copy-source-server-side-encryption-customer-algorithm"` // AES256
	CopySourceSSECustomerKey       entrepot.Secret `header:"x-amz-copy-source-server-side-encryption-customer-key"`       // 256-bit key in base64
	CopySourceSSECustomerKeyMD5    string          `header:"x-amz-copy-source-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed
	ExpectedSourceBucketOwner      string          `header:"x-amz-source-expected-bucket-owner"`                          // account ID; another one: 403

	// The same customer key (SSE-C) that the upload was begun with.
	SSECustomerAlgorithm string          `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string          `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type UploadPartCopyOutput struct {
	CopyPartResult      CopyPartResult `payload:"CopyPartResult"`
	CopySourceVersionId string         `header:"x-amz-copy-source-version-id"` // version copied, where the source keeps versions

	// How the part is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// CopyPartResult describes the part that UploadPartCopy has made.
type CopyPartResult struct {
	ETag         string    `xml:"ETag"` // wanted again by CompleteMultipartUpload
	LastModified time.Time `xml:"LastModified"`

	// Base64, of this part.
	ChecksumCRC32     string `xml:"ChecksumCRC32"`
	ChecksumCRC32C    string `xml:"ChecksumCRC32C"`
	ChecksumCRC64NVME string `xml:"ChecksumCRC64NVME"`
	ChecksumSHA1      string `xml:"ChecksumSHA1"`
	ChecksumSHA256    string `xml:"ChecksumSHA256"`
}

// CompleteMultipartUpload makes the object from the parts listed and drops the
// others. It may take minutes; the client waits for it.
//
// Errors: [ErrNoSuchUpload], [ErrInvalidPart] for a part that is missing or
// has another ETag, [ErrInvalidPartOrder], [ErrEntityTooSmall] for a part
// under 5 MB that is not the last.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) CompleteMultipartUpload(ctx context.Context, in *CompleteMultipartUploadInput, opts ...Option) (*CompleteMultipartUploadOutput, error) {
	return invoke[CompleteMultipartUploadOutput](ctx, c, opCompleteMultipartUpload, in, opts)
}

var opCompleteMultipartUpload = &pipeline.Operation{Name: "CompleteMultipartUpload", Method: "POST", Path: "/{Bucket}/{Key+}", Traits: pipeline.ErrorIn200 | pipeline.SlowAnswer | pipeline.SelfConflict}

type CompleteMultipartUploadInput struct {
	Bucket   string `uri:"Bucket"`
	Key      string `uri:"Key"`
	UploadId string `query:"uploadId,required"`

	MultipartUpload *CompletedMultipartUpload `payload:"CompleteMultipartUpload,ns=http://s3.amazonaws.com/doc/2006-03-01/"` // the parts, in ascending order

	// The checksum of the whole object, in base64, to be compared with what the
	// parts add up to. ChecksumType must be the one the upload was begun with.
	ChecksumType      ChecksumType `header:"x-amz-checksum-type"`
	ChecksumCRC32     string       `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string       `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string       `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string       `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string       `header:"x-amz-checksum-sha256"`

	// The customer key (SSE-C) of the upload; needed only where the parts carry
	// composite checksums.
	SSECustomerAlgorithm string          `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string          `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	// Retention in a bucket with a retention policy (Immutable Object Storage,
	// another thing than Object Lock). RetentionPeriod or RetentionExpirationDate,
	// not both; neither: the bucket's default.
	RetentionPeriod         *int64    `header:"Retention-Period"` // seconds; 0 if the bucket's minimum is 0; -1 without end; -2 for ever
	RetentionExpirationDate time.Time `header:"Retention-Expiration-Date,iso8601"`
	RetentionLegalHoldId    string    `header:"Retention-Legal-Hold-ID"` // a first legal hold on the object

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type CompleteMultipartUploadOutput struct {
	Bucket     string `xml:"Bucket"`
	Key        string `xml:"Key"`
	Location   string `xml:"Location"`            // URL of the new object
	ETag       string `xml:"ETag"`                // with its quotes; changes with the content, not always an MD5
	VersionId  string `header:"x-amz-version-id"` // "null" for objects from before versioning
	Expiration string `header:"x-amz-expiration"` // when and by which lifecycle rule: expiry-date="…", rule-id="…"

	// Base64, of the whole object; for COMPOSITE followed by "-" and the number of
	// parts.
	ChecksumType      ChecksumType `xml:"ChecksumType"`
	ChecksumCRC32     string       `xml:"ChecksumCRC32"`
	ChecksumCRC32C    string       `xml:"ChecksumCRC32C"`
	ChecksumCRC64NVME string       `xml:"ChecksumCRC64NVME"`
	ChecksumSHA1      string       `xml:"ChecksumSHA1"`
	ChecksumSHA256    string       `xml:"ChecksumSHA256"`

	// How the object is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	BucketKeyEnabled     bool                 `header:"x-amz-server-side-encryption-bucket-key-enabled"`

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// CompletedMultipartUpload lists the parts of the new object, by ascending
// number. Numbers may have gaps.
type CompletedMultipartUpload struct {
	Parts []CompletedPart `xml:"Part,flat"`
}

// CompletedPart is a part as UploadPart or UploadPartCopy described it.
type CompletedPart struct {
	ETag       string `xml:"ETag"`       // as UploadPart gave it
	PartNumber int32  `xml:"PartNumber"` // 1 to 10,000

	// As UploadPart gave it; needed where the upload was begun with a
	// ChecksumAlgorithm and COMPOSITE.
	ChecksumCRC32     string `xml:"ChecksumCRC32"`
	ChecksumCRC32C    string `xml:"ChecksumCRC32C"`
	ChecksumCRC64NVME string `xml:"ChecksumCRC64NVME"`
	ChecksumSHA1      string `xml:"ChecksumSHA1"`
	ChecksumSHA256    string `xml:"ChecksumSHA256"`
}

// AbortMultipartUpload ends an upload and drops its parts. A part that is on
// its way meanwhile may be stored after it: abort again until ListParts finds
// no such upload.
//
// Errors: [ErrNoSuchUpload].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) AbortMultipartUpload(ctx context.Context, in *AbortMultipartUploadInput, opts ...Option) (*AbortMultipartUploadOutput, error) {
	return invoke[AbortMultipartUploadOutput](ctx, c, opAbortMultipartUpload, in, opts)
}

var opAbortMultipartUpload = &pipeline.Operation{Name: "AbortMultipartUpload", Method: "DELETE", Path: "/{Bucket}/{Key+}", Traits: pipeline.SelfConflict}

type AbortMultipartUploadInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	UploadId            string       `query:"uploadId,required"`
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type AbortMultipartUploadOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ListParts lists the parts that an upload has so far, by number.
//
// Errors: [ErrNoSuchUpload].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListParts(ctx context.Context, in *ListPartsInput, opts ...Option) (*ListPartsOutput, error) {
	return invoke[ListPartsOutput](ctx, c, opListParts, in, opts)
}

var opListParts = &pipeline.Operation{Name: "ListParts", Method: "GET", Path: "/{Bucket}/{Key+}"}

type ListPartsInput struct {
	Bucket   string `uri:"Bucket"`
	Key      string `uri:"Key"`
	UploadId string `query:"uploadId,required"`

	PartNumberMarker int32 `query:"part-number-marker"` // list parts after this number
	MaxParts         int32 `query:"max-parts"`          // page size, at most and by default 1000

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
	MirrorDestination   string       `header:"Mirror-Destination"`          // on premises: the mirror to read from
}

type ListPartsOutput struct {
	Parts                []Part `xml:"Part,flat"`   // by number
	IsTruncated          bool   `xml:"IsTruncated"` // more follows
	NextPartNumberMarker int32  `xml:"NextPartNumberMarker"`

	Bucket      string    `xml:"Bucket"`
	Key         string    `xml:"Key"`
	UploadId    string    `xml:"UploadId"`
	AbortDate   time.Time `header:"x-amz-abort-date"`    // when a lifecycle rule will abort the upload
	AbortRuleId string    `header:"x-amz-abort-rule-id"` // that rule

	PartNumberMarker int32     `xml:"PartNumberMarker"`
	MaxParts         int32     `xml:"MaxParts"`
	Owner            Owner     `xml:"Owner"`
	Initiator        Initiator `xml:"Initiator"`

	StorageClass StorageClass `xml:"StorageClass"` // empty: STANDARD

	ChecksumAlgorithm ChecksumAlgorithm `xml:"ChecksumAlgorithm"`
	ChecksumType      ChecksumType      `xml:"ChecksumType"`

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the parts of the page.
func (out *ListPartsOutput) Items() []Part { return out.Parts }

// NextPage makes next the request for the page after out.
func (out *ListPartsOutput) NextPage(next *ListPartsInput) (token string, more bool) {
	next.PartNumberMarker = out.NextPartNumberMarker
	if out.NextPartNumberMarker > 0 {
		token = strconv.Itoa(int(out.NextPartNumberMarker))
	}
	return token, out.IsTruncated
}

// Part is a part that an upload has.
type Part struct {
	PartNumber   int32     `xml:"PartNumber"`
	LastModified time.Time `xml:"LastModified"`
	ETag         string    `xml:"ETag"`
	Size         int64     `xml:"Size"`

	// Base64, of this part.
	ChecksumCRC32     string `xml:"ChecksumCRC32"`
	ChecksumCRC32C    string `xml:"ChecksumCRC32C"`
	ChecksumCRC64NVME string `xml:"ChecksumCRC64NVME"`
	ChecksumSHA1      string `xml:"ChecksumSHA1"`
	ChecksumSHA256    string `xml:"ChecksumSHA256"`
}

// Initiator is who began a multipart upload.
type Initiator struct {
	ID          string `xml:"ID"`
	DisplayName string `xml:"DisplayName"`
}

// ListMultipartUploads lists the uploads that are neither completed nor
// aborted.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListMultipartUploads(ctx context.Context, in *ListMultipartUploadsInput, opts ...Option) (*ListMultipartUploadsOutput, error) {
	return invoke[ListMultipartUploadsOutput](ctx, c, opListMultipartUploads, in, opts)
}

var opListMultipartUploads = &pipeline.Operation{Name: "ListMultipartUploads", Method: "GET", Path: "/{Bucket}?uploads", Traits: pipeline.URLKeys}

type ListMultipartUploadsInput struct {
	Bucket string `uri:"Bucket"`

	Prefix         string `query:"prefix"`           // only keys that begin with it
	Delimiter      string `query:"delimiter"`        // roll keys up to CommonPrefixes at this string, "/" mostly
	KeyMarker      string `query:"key-marker"`       // list uploads of keys after this one
	UploadIdMarker string `query:"upload-id-marker"` // with KeyMarker: and of that key the uploads after this one
	MaxUploads     int32  `query:"max-uploads"`      // page size, at most and by default 1000

	// EncodingType asks for keys as they stand in URLs. Leave it empty: the client
	// asks by itself where the server can, because XML cannot carry every key, and
	// decodes the answer. When it is set, the answer is left as it came.
	EncodingType EncodingType `query:"encoding-type"`

	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
	MirrorDestination   string `header:"Mirror-Destination"`          // on premises: the mirror to read from
}

type ListMultipartUploadsOutput struct {
	Uploads            []MultipartUpload `xml:"Upload,flat"`
	CommonPrefixes     []CommonPrefix    `xml:"CommonPrefixes,flat"` // what Delimiter rolled up
	IsTruncated        bool              `xml:"IsTruncated"`         // more follows
	NextKeyMarker      string            `xml:"NextKeyMarker"`
	NextUploadIdMarker string            `xml:"NextUploadIdMarker"`

	Bucket string `xml:"Bucket"`

	Prefix         string       `xml:"Prefix"`
	Delimiter      string       `xml:"Delimiter"`
	KeyMarker      string       `xml:"KeyMarker"`
	UploadIdMarker string       `xml:"UploadIdMarker"`
	MaxUploads     int32        `xml:"MaxUploads"`
	EncodingType   EncodingType `xml:"EncodingType"` // url: keys and prefixes are still encoded, as the input asked

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the uploads of the page.
func (out *ListMultipartUploadsOutput) Items() []MultipartUpload { return out.Uploads }

// NextPage makes next the request for the page after out.
func (out *ListMultipartUploadsOutput) NextPage(next *ListMultipartUploadsInput) (token string, more bool) {
	next.KeyMarker, next.UploadIdMarker = out.NextKeyMarker, out.NextUploadIdMarker
	return s3dialect.Markers(out.NextKeyMarker, out.NextUploadIdMarker), out.IsTruncated
}

// MultipartUpload is an upload that is under way.
type MultipartUpload struct {
	UploadId          string            `xml:"UploadId"`
	Key               string            `xml:"Key"`
	Initiated         time.Time         `xml:"Initiated"`
	StorageClass      StorageClass      `xml:"StorageClass"` // the object's, once complete
	Owner             Owner             `xml:"Owner"`
	Initiator         Initiator         `xml:"Initiator"`
	ChecksumAlgorithm ChecksumAlgorithm `xml:"ChecksumAlgorithm"`
	ChecksumType      ChecksumType      `xml:"ChecksumType"`
}
