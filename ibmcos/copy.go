package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// CopySource returns the value that the CopySource members of inputs want: the
// place of an object, percent-encoded byte for byte. An empty versionId means
// the current version.
func CopySource(bucket, key, versionId string) string {
	return s3dialect.CopySource(bucket, key, versionId)
}

// CopyObject makes an object of up to 5 GB from another one of the same
// location, within the service. It may take minutes, and only the end of the
// answer tells how it went; the client waits for it. [Client.UploadPartCopy]
// copies larger ones, part by part.
//
// Errors: [ErrNoSuchKey] and [ErrNoSuchBucket] also for the source;
// [ErrInvalidObjectState] or [ErrObjectNotInActiveTier] for a source that is
// archived; [ErrAccessDenied] also where retention or a legal hold keeps the
// object that would be replaced; [ErrPreconditionFailed]; [ErrInvalidRequest]
// for a retention outside the bucket's limits.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) CopyObject(ctx context.Context, in *CopyObjectInput, opts ...Option) (*CopyObjectOutput, error) {
	return invoke[CopyObjectOutput](ctx, c, opCopyObject, in, opts)
}

var opCopyObject = &pipeline.Operation{Name: "CopyObject", Method: "PUT", Path: "/{Bucket}/{Key+}", Traits: pipeline.ErrorIn200 | pipeline.SlowAnswer}

type CopyObjectInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"`

	// CopySource names the object to copy, percent-encoded: use the function
	// [CopySource].
	CopySource string `header:"x-amz-copy-source,required"`

	CopySourceIfMatch              string          `header:"x-amz-copy-source-if-match"`      // ETag; anything else there: 412
	CopySourceIfNoneMatch          string          `header:"x-amz-copy-source-if-none-match"` // ETag; the same there: 412
	CopySourceIfModifiedSince      time.Time       `header:"x-amz-copy-source-if-modified-since"`
	CopySourceIfUnmodifiedSince    time.Time       `header:"x-amz-copy-source-if-unmodified-since"`
	CopySourceSSECustomerAlgorithm string          `header:"x-amz-copy-source-server-side-encryption-customer-algorithm"` // AES256
	CopySourceSSECustomerKey       entrepot.Secret `header:"x-amz-copy-source-server-side-encryption-customer-key"`       // 256-bit key in base64
	CopySourceSSECustomerKeyMD5    string          `header:"x-amz-copy-source-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed
	ExpectedSourceBucketOwner      string          `header:"x-amz-source-expected-bucket-owner"`                          // account ID; another one: 403

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

	MetadataDirective MetadataDirective `header:"x-amz-metadata-directive"` // REPLACE: take the members above; default COPY
	Tagging           string            `header:"x-amz-tagging"`            // tags encoded as a query: "a=1&b=2"; at most 10
	TaggingDirective  TaggingDirective  `header:"x-amz-tagging-directive"`  // REPLACE: take Tagging; default COPY
	StorageClass      StorageClass      `header:"x-amz-storage-class"`      // the bucket's class always applies

	// ChecksumAlgorithm is the checksum that the service computes of the new
	// object. Empty: the one that the source has, or CRC64NVME.
	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-checksum-algorithm"`

	// Data is always encrypted at rest. The SSECustomer members hold a key of the
	// caller's own (SSE-C), which the service forgets after the call and wants
	// again for every read.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret      `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	// Retention in a bucket with a retention policy, as in [PutObjectInput].
	RetentionDirective      RetentionDirective `header:"Retention-Directive"`               // COPY: as the source has it; REPLACE: take the members below
	RetentionPeriod         *int64             `header:"Retention-Period"`                  // seconds; 0 if the bucket's minimum is 0; -1 without end; -2 for ever
	RetentionExpirationDate time.Time          `header:"Retention-Expiration-Date,iso8601"` // in the place of RetentionPeriod
	RetentionLegalHoldId    string             `header:"Retention-Legal-Hold-ID"`           // a first legal hold on the new object

	// Object Lock: retention (mode and date go together) and legal hold. The
	// bucket must have it enabled.
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

type CopyObjectOutput struct {
	CopyObjectResult    CopyObjectResult `payload:"CopyObjectResult"`
	CopySourceVersionId string           `header:"x-amz-copy-source-version-id"` // version copied, where the source keeps versions

	VersionId  string `header:"x-amz-version-id"` // of the new object
	Expiration string `header:"x-amz-expiration"` // when and by which lifecycle rule: expiry-date="…", rule-id="…"

	// How the object is encrypted at rest.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// CopyObjectResult describes the object that CopyObject has made.
type CopyObjectResult struct {
	ETag         string       `xml:"ETag"` // with its quotes
	LastModified time.Time    `xml:"LastModified"`
	ChecksumType ChecksumType `xml:"ChecksumType"`

	// Base64, of the new object.
	ChecksumCRC32     string `xml:"ChecksumCRC32"`
	ChecksumCRC32C    string `xml:"ChecksumCRC32C"`
	ChecksumCRC64NVME string `xml:"ChecksumCRC64NVME"`
	ChecksumSHA1      string `xml:"ChecksumSHA1"`
	ChecksumSHA256    string `xml:"ChecksumSHA256"`
}

// MetadataDirective says where a copy takes its metadata from.
type MetadataDirective string

const (
	MetadataDirectiveCopy    MetadataDirective = "COPY"
	MetadataDirectiveReplace MetadataDirective = "REPLACE"
)

// TaggingDirective says where a copy takes its tags from.
type TaggingDirective string

const (
	TaggingDirectiveCopy    TaggingDirective = "COPY"
	TaggingDirectiveReplace TaggingDirective = "REPLACE"
)

// RetentionDirective says where a copy takes its retention from.
type RetentionDirective string

const (
	RetentionDirectiveCopy    RetentionDirective = "COPY"
	RetentionDirectiveReplace RetentionDirective = "REPLACE"
)
