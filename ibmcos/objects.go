package ibmcos

import (
	"context"
	"io"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutObject stores an object of up to 5 GB, whole or not at all. An object
// that has the key is replaced, or in a bucket with versioning gets a new
// current version. Package transfer stores larger ones.
//
// Errors: [ErrNoSuchBucket]; [ErrAccessDenied] also for an object that
// retention or a legal hold keeps; with IfMatch or IfNoneMatch
// [ErrPreconditionFailed]; [ErrInvalidRequest] for a retention outside the
// bucket's limits.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutObject(ctx context.Context, in *PutObjectInput, opts ...Option) (*PutObjectOutput, error) {
	return invoke[PutObjectOutput](ctx, c, opPutObject, in, opts)
}

var opPutObject = &pipeline.Operation{Name: "PutObject", Method: "PUT", Path: "/{Bucket}/{Key+}", Traits: pipeline.ChecksumBody | pipeline.SelfConflict}

type PutObjectInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"`

	// Body is read from where it stands and never closed. nil stores an empty
	// object.
	Body io.Reader `payload:"Body"`
	// ContentLength is the length of Body in bytes. It is needed only when Body
	// does not tell it itself (a file, a bytes.Reader, … do).
	ContentLength int64 `header:"Content-Length"`

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

	IfMatch     string `header:"If-Match"`      // ETag; anything else there: 412
	IfNoneMatch string `header:"If-None-Match"` // "*": only if nothing is there yet, else 412

	// Integrity of the body. At most one checksum value may be set (base64 of the
	// digest); when none is, the client computes ChecksumAlgorithm, or what its
	// Config asks for. Buckets with a retention policy take no object without.
	ContentMD5        string            `header:"Content-MD5"`
	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ChecksumCRC32     string            `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string            `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string            `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string            `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string            `header:"x-amz-checksum-sha256"`

	// Data is always encrypted at rest. The SSECustomer members hold a key of the
	// caller's own (SSE-C), which the service forgets after the call and wants
	// again for every read.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret      `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	// Retention in a bucket with a retention policy (Immutable Object Storage,
	// another thing than Object Lock). RetentionPeriod or RetentionExpirationDate,
	// not both; neither: the bucket's default.
	RetentionPeriod           *int64                    `header:"Retention-Period"` // seconds; 0 if the bucket's minimum is 0; -1 without end; -2 for ever
	RetentionExpirationDate   time.Time                 `header:"Retention-Expiration-Date,iso8601"`
	RetentionLegalHoldId      string                    `header:"Retention-Legal-Hold-ID"` // a first legal hold on the object
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

type PutObjectOutput struct {
	ETag       string `header:"ETag"`             // with its quotes; changes with the content, not always an MD5
	VersionId  string `header:"x-amz-version-id"` // empty: the bucket keeps no versions
	Expiration string `header:"x-amz-expiration"` // when and by which lifecycle rule: expiry-date="…", rule-id="…"

	// Base64; only those that the object was stored with.
	ChecksumType      ChecksumType `header:"x-amz-checksum-type"`
	ChecksumCRC32     string       `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string       `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string       `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string       `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string       `header:"x-amz-checksum-sha256"`

	// How the object is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetObject reads an object, one range or part of it, or one version. The
// caller closes the Body. A connection lost on the way is resumed behind the
// Body, within the client's retry rules.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket], [ErrInvalidObjectState] for an
// archived object that has not been restored, [ErrPreconditionFailed],
// [ErrNotModified] (304), [ErrInvalidRange].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetObject(ctx context.Context, in *GetObjectInput, opts ...Option) (*GetObjectOutput, error) {
	return invoke[GetObjectOutput](ctx, c, opGetObject, in, opts)
}

var opGetObject = &pipeline.Operation{Name: "GetObject", Method: "GET", Path: "/{Bucket}/{Key+}", Traits: pipeline.ChecksumAnswer | pipeline.Resumable}

type GetObjectInput struct {
	Bucket     string `uri:"Bucket"`
	Key        string `uri:"Key"`
	VersionId  string `query:"versionId"`  // empty: the current version
	PartNumber int32  `query:"partNumber"` // only this part of a multipart object; not with Range

	Range string `header:"Range"` // "bytes=0-1023"; one range only

	IfMatch           string    `header:"If-Match"`            // ETag; anything else there: 412
	IfNoneMatch       string    `header:"If-None-Match"`       // ETag; the same there: 304
	IfModifiedSince   time.Time `header:"If-Modified-Since"`   // not changed since: 304
	IfUnmodifiedSince time.Time `header:"If-Unmodified-Since"` // changed since: 412; IfMatch, when given and true, wins

	// Headers that the answer should carry instead of the stored ones.
	ResponseContentType        string    `query:"response-content-type"`
	ResponseContentEncoding    string    `query:"response-content-encoding"`
	ResponseContentLanguage    string    `query:"response-content-language"`
	ResponseContentDisposition string    `query:"response-content-disposition"`
	ResponseCacheControl       string    `query:"response-cache-control"`
	ResponseExpires            time.Time `query:"response-expires,http"`

	ChecksumMode ChecksumMode `header:"x-amz-checksum-mode"` // asks for the checksum the object was stored with

	// The customer key (SSE-C) that the object was stored with.
	SSECustomerAlgorithm string          `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string          `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
	MirrorDestination   string       `header:"Mirror-Destination"`          // on premises: the mirror to read from
}

type GetObjectOutput struct {
	// Body must be closed. Its bytes are verified against the checksum the server
	// sent, if any, and a body cut short ends in an error, not in io.EOF.
	Body io.ReadCloser `payload:"Body"`

	ContentLength int64  `header:"Content-Length"`       // bytes in this answer: less than the object for a range or part
	ContentRange  string `header:"Content-Range"`        // "bytes 0-1023/4096"
	AcceptRanges  string `header:"accept-ranges"`        // "bytes"
	PartsCount    int32  `header:"x-amz-mp-parts-count"` // only when PartNumber was asked for

	ETag                        string            `header:"ETag"`             // with its quotes; changes with the content, not always an MD5
	VersionId                   string            `header:"x-amz-version-id"` // "null" for objects from before versioning
	LastModified                time.Time         `header:"Last-Modified"`
	IBMTransition               string            `header:"x-ibm-transition"`                  // of an archived object: transition="ARCHIVE", date="…"
	IBMRestoredCopyStorageClass StorageClass      `header:"x-ibm-restored-copy-storage-class"` // of an archived object that has been restored for a while
	Expiration                  string            `header:"x-amz-expiration"`                  // when and by which lifecycle rule: expiry-date="…", rule-id="…"
	DeleteMarker                bool              `header:"x-amz-delete-marker"`               // the version is a delete marker (the answer is then a 404 or 405)
	Restore                     string            `header:"x-amz-restore"`                     // ongoing-request="false", expiry-date="…"
	ReplicationStatus           ReplicationStatus `header:"x-amz-replication-status"`          // empty: no replication rule applies

	ContentType        string `header:"Content-Type"`
	ContentEncoding    string `header:"Content-Encoding"`
	ContentLanguage    string `header:"Content-Language"`
	ContentDisposition string `header:"Content-Disposition"`
	CacheControl       string `header:"Cache-Control"`

	// Expires is zero when the stored header is not a date; ExpiresString is the
	// header as it came.
	Expires                 time.Time         `header:"Expires,lenient"`
	ExpiresString           string            `header:"Expires"`
	WebsiteRedirectLocation string            `header:"x-amz-website-redirect-location"`
	Metadata                map[string]string `headers:"x-amz-meta-"`        // names in lower case
	MissingMeta             int32             `header:"x-amz-missing-meta"`  // number of Metadata entries that do not fit in headers
	TagCount                int32             `header:"x-amz-tagging-count"` // 0 also where the caller may not read tags
	StorageClass            StorageClass      `header:"x-amz-storage-class"` // empty: STANDARD

	// Base64, of the whole object; only where ChecksumMode asked for it.
	ChecksumType      ChecksumType `header:"x-amz-checksum-type"`
	ChecksumCRC32     string       `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string       `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string       `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string       `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string       `header:"x-amz-checksum-sha256"`

	// How the object is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64

	RetentionPeriod           int64                     `header:"Retention-Period"` // seconds; -1 without end; -2 for ever
	RetentionExpirationDate   time.Time                 `header:"Retention-Expiration-Date,iso8601"`
	RetentionLegalHoldCount   int32                     `header:"Retention-Legal-Hold-Count"`
	ObjectLockMode            ObjectLockMode            `header:"x-amz-object-lock-mode"`
	ObjectLockRetainUntilDate time.Time                 `header:"x-amz-object-lock-retain-until-date,iso8601"`
	ObjectLockLegalHoldStatus ObjectLockLegalHoldStatus `header:"x-amz-object-lock-legal-hold"`

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// HeadObject returns what GetObject would, without the content.
//
// Errors: [ErrNoSuchKey], also where the bucket is missing (an answer to HEAD
// has no body to tell them apart), [ErrPreconditionFailed], [ErrNotModified]
// (304).
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) HeadObject(ctx context.Context, in *HeadObjectInput, opts ...Option) (*HeadObjectOutput, error) {
	return invoke[HeadObjectOutput](ctx, c, opHeadObject, in, opts)
}

var opHeadObject = &pipeline.Operation{Name: "HeadObject", Method: "HEAD", Path: "/{Bucket}/{Key+}"}

type HeadObjectInput struct {
	Bucket     string `uri:"Bucket"`
	Key        string `uri:"Key"`
	VersionId  string `query:"versionId"`  // empty: the current version
	PartNumber int32  `query:"partNumber"` // only this part of a multipart object; the answer has PartsCount

	Range string `header:"Range"` // as in GetObject; the answer tells the length of that range

	IfMatch           string    `header:"If-Match"`            // ETag; anything else there: 412
	IfNoneMatch       string    `header:"If-None-Match"`       // ETag; the same there: 304
	IfModifiedSince   time.Time `header:"If-Modified-Since"`   // not changed since: 304
	IfUnmodifiedSince time.Time `header:"If-Unmodified-Since"` // changed since: 412; IfMatch, when given and true, wins

	ChecksumMode ChecksumMode `header:"x-amz-checksum-mode"` // asks for the checksum the object was stored with

	// The customer key (SSE-C) that the object was stored with.
	SSECustomerAlgorithm string          `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string          `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
	MirrorDestination   string       `header:"Mirror-Destination"`          // on premises: the mirror to read from
}

type HeadObjectOutput struct {
	ContentLength int64  `header:"Content-Length"`       // bytes in this answer: less than the object for a range or part
	AcceptRanges  string `header:"accept-ranges"`        // "bytes"
	PartsCount    int32  `header:"x-amz-mp-parts-count"` // only when PartNumber was asked for

	ETag                        string            `header:"ETag"`             // with its quotes; changes with the content, not always an MD5
	VersionId                   string            `header:"x-amz-version-id"` // "null" for objects from before versioning
	LastModified                time.Time         `header:"Last-Modified"`
	IBMTransition               string            `header:"x-ibm-transition"`                  // of an archived object: transition="ARCHIVE", date="…"
	IBMRestoredCopyStorageClass StorageClass      `header:"x-ibm-restored-copy-storage-class"` // of an archived object that has been restored for a while
	Expiration                  string            `header:"x-amz-expiration"`                  // when and by which lifecycle rule: expiry-date="…", rule-id="…"
	DeleteMarker                bool              `header:"x-amz-delete-marker"`               // the version is a delete marker (the answer is then a 404 or 405)
	Restore                     string            `header:"x-amz-restore"`                     // ongoing-request="false", expiry-date="…"
	ReplicationStatus           ReplicationStatus `header:"x-amz-replication-status"`          // empty: no replication rule applies

	ContentType        string `header:"Content-Type"`
	ContentEncoding    string `header:"Content-Encoding"`
	ContentLanguage    string `header:"Content-Language"`
	ContentDisposition string `header:"Content-Disposition"`
	CacheControl       string `header:"Cache-Control"`

	// Expires is zero when the stored header is not a date; ExpiresString is the
	// header as it came.
	Expires                 time.Time         `header:"Expires,lenient"`
	ExpiresString           string            `header:"Expires"`
	WebsiteRedirectLocation string            `header:"x-amz-website-redirect-location"`
	Metadata                map[string]string `headers:"x-amz-meta-"`        // names in lower case
	MissingMeta             int32             `header:"x-amz-missing-meta"`  // number of Metadata entries that do not fit in headers
	StorageClass            StorageClass      `header:"x-amz-storage-class"` // empty: STANDARD

	// Base64, of the whole object; only where ChecksumMode asked for it.
	ChecksumType      ChecksumType `header:"x-amz-checksum-type"`
	ChecksumCRC32     string       `header:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string       `header:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string       `header:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string       `header:"x-amz-checksum-sha1"`
	ChecksumSHA256    string       `header:"x-amz-checksum-sha256"`

	// How the object is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64

	RetentionPeriod           int64                     `header:"Retention-Period"` // seconds; -1 without end; -2 for ever
	RetentionExpirationDate   time.Time                 `header:"Retention-Expiration-Date,iso8601"`
	RetentionLegalHoldCount   int32                     `header:"Retention-Legal-Hold-Count"`
	ObjectLockMode            ObjectLockMode            `header:"x-amz-object-lock-mode"`
	ObjectLockRetainUntilDate time.Time                 `header:"x-amz-object-lock-retain-until-date,iso8601"`
	ObjectLockLegalHoldStatus ObjectLockLegalHoldStatus `header:"x-amz-object-lock-legal-hold"`

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}
