package s3

import (
	"context"
	"io"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// WriteGetObjectResponse answers a GetObject, HeadObject or list request that
// came in by an Object Lambda access point. The function that S3 calls for such
// a request finds in its event (getObjectContext) the URL of the original
// object and the route and token that say which request is answered.
//
// What the input has is what the caller gets. An answer that is an error has a
// StatusCode of 400 or more, ErrorCode and ErrorMessage, and no Body.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_WriteGetObjectResponse.html
func (c *Client) WriteGetObjectResponse(ctx context.Context, in *WriteGetObjectResponseInput, opts ...Option) (*WriteGetObjectResponseOutput, error) {
	return invoke[WriteGetObjectResponseOutput](ctx, c, opWriteGetObjectResponse, in, opts)
}

var opWriteGetObjectResponse = &pipeline.Operation{Name: "WriteGetObjectResponse", Method: "POST", Path: "/WriteGetObjectResponse", Traits: pipeline.UnsignedBody, Host: hostObjectLambda}

type WriteGetObjectResponseInput struct {
	// RequestRoute and RequestToken are outputRoute and outputToken of the event.
	RequestRoute string `header:"x-amz-request-route,required"`
	RequestToken string `header:"x-amz-request-token,required"`

	// Body is the object as the caller shall see it. It is not covered by the
	// signature, and no checksum is made of it.
	Body          io.Reader `payload:"Body"`
	ContentLength int64     `header:"Content-Length"` // needed for a reader that does not tell its length

	// StatusCode is that of the answer: 200, 206, 304, or one from 400 on.
	// Default 200.
	StatusCode   int32  `header:"x-amz-fwd-status"`
	ErrorCode    string `header:"x-amz-fwd-error-code"`    // such as NoSuchKey: a letter, then letters, digits, dots, hyphens
	ErrorMessage string `header:"x-amz-fwd-error-message"` // text, for the caller's eyes

	// How the body is to be understood, as the caller's answer has it.
	ContentType        string            `header:"x-amz-fwd-header-Content-Type"`
	ContentEncoding    string            `header:"x-amz-fwd-header-Content-Encoding"`
	ContentLanguage    string            `header:"x-amz-fwd-header-Content-Language"`
	ContentDisposition string            `header:"x-amz-fwd-header-Content-Disposition"`
	ContentRange       string            `header:"x-amz-fwd-header-Content-Range"` // of an answer to a Range
	AcceptRanges       string            `header:"x-amz-fwd-header-accept-ranges"`
	CacheControl       string            `header:"x-amz-fwd-header-Cache-Control"`
	Expires            time.Time         `header:"x-amz-fwd-header-Expires"`
	Metadata           map[string]string `headers:"x-amz-meta-"`
	MissingMeta        int32             `header:"x-amz-fwd-header-x-amz-missing-meta"` // entries that headers cannot carry

	// What is said of the object.
	ETag              string            `header:"x-amz-fwd-header-ETag"`
	LastModified      time.Time         `header:"x-amz-fwd-header-Last-Modified"`
	VersionId         string            `header:"x-amz-fwd-header-x-amz-version-id"`
	DeleteMarker      bool              `header:"x-amz-fwd-header-x-amz-delete-marker"`
	PartsCount        int32             `header:"x-amz-fwd-header-x-amz-mp-parts-count"`
	TagCount          int32             `header:"x-amz-fwd-header-x-amz-tagging-count"`
	StorageClass      StorageClass      `header:"x-amz-fwd-header-x-amz-storage-class"` // empty: STANDARD
	Restore           string            `header:"x-amz-fwd-header-x-amz-restore"`
	Expiration        string            `header:"x-amz-fwd-header-x-amz-expiration"` // expiry-date="…", rule-id="…"
	ReplicationStatus ReplicationStatus `header:"x-amz-fwd-header-x-amz-replication-status"`
	RequestCharged    RequestCharged    `header:"x-amz-fwd-header-x-amz-request-charged"`

	// Checksums are in base64. They are those of the original object, unless
	// the function computes others: S3 hands them on and checks them only
	// against the stored one, so that at most one may be there, and only of an
	// object that the function leaves as it is.
	ChecksumCRC32     string `header:"x-amz-fwd-header-x-amz-checksum-crc32"`
	ChecksumCRC32C    string `header:"x-amz-fwd-header-x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string `header:"x-amz-fwd-header-x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string `header:"x-amz-fwd-header-x-amz-checksum-sha1"`
	ChecksumSHA256    string `header:"x-amz-fwd-header-x-amz-checksum-sha256"`
	ChecksumSHA512    string `header:"x-amz-fwd-header-x-amz-checksum-sha512"`
	ChecksumMD5       string `header:"x-amz-fwd-header-x-amz-checksum-md5"`
	ChecksumXXHASH64  string `header:"x-amz-fwd-header-x-amz-checksum-xxhash64"`
	ChecksumXXHASH3   string `header:"x-amz-fwd-header-x-amz-checksum-xxhash3"`
	ChecksumXXHASH128 string `header:"x-amz-fwd-header-x-amz-checksum-xxhash128"`

	// How the original object is encrypted.
	ServerSideEncryption ServerSideEncryption `header:"x-amz-fwd-header-x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `header:"x-amz-fwd-header-x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `header:"x-amz-fwd-header-x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKeyMD5    string               `header:"x-amz-fwd-header-x-amz-server-side-encryption-customer-key-MD5"`
	BucketKeyEnabled     bool                 `header:"x-amz-fwd-header-x-amz-server-side-encryption-bucket-key-enabled"`

	// How the original object is locked.
	ObjectLockMode            ObjectLockMode            `header:"x-amz-fwd-header-x-amz-object-lock-mode"`
	ObjectLockRetainUntilDate time.Time                 `header:"x-amz-fwd-header-x-amz-object-lock-retain-until-date,iso8601"`
	ObjectLockLegalHoldStatus ObjectLockLegalHoldStatus `header:"x-amz-fwd-header-x-amz-object-lock-legal-hold"`
}

type WriteGetObjectResponseOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}
