package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// PresignPost signs a form with which whoever has no credentials, such as the
// user of a web page, can upload an object of limited size and under limited
// names. Nothing is sent. It takes HMAC keys; with an IAM token the error is
// [ErrNeedsHMAC].
//
// The form is a POST of multipart/form-data to URL with the Fields in their
// order and the file as the last field, named "file":
//
//	<form method="post" enctype="multipart/form-data" action="{{.URL}}">
//	  {{range .Fields}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
//	  {{end}}<input type="file" name="file"> <input type="submit">
//	</form>
//
// The server refuses a form that has expired, fields that break a condition and
// fields for which there is none (AccessDenied), and a file of the wrong size
// (EntityTooSmall, EntityTooLarge).
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-object-operations
func (c *Client) PresignPost(ctx context.Context, in *PresignPostInput, opts ...Option) (*entrepot.PresignedPost, error) {
	return s3dialect.PresignPost(&flavour, in, func(p *s3dialect.Presigned, op *pipeline.Operation, target any) error {
		return c.do(ctx, op, target, nil, presigning(opts, p))
	})
}

// PresignPostInput says what an upload by form may and must be. Values given
// here are those of the object: they become fields of the form, and the form
// cannot be used with others.
type PresignPostInput struct {
	Bucket string

	// Key is the key of the object. Where it has "${filename}" in it, the name
	// of the user's file is put there, and all of the key may be changed behind
	// what stands before.
	Key string

	// KeyPrefix in the place of Key is KeyPrefix + "${filename}".
	KeyPrefix string

	// ExpiresIn is how long the form may be used: one second or longer.
	ExpiresIn time.Duration

	// MinSize and MaxSize bound the size of the file in bytes. MaxSize 0: as
	// much as the service takes, 5 GB.
	MinSize, MaxSize int64

	// SuccessActionStatus is the status of the server's answer: 200, 201 with
	// an XML document that names the object, or 204. 0: 204.
	SuccessActionStatus int `field:"success_action_status"`

	// SuccessActionRedirect is where the answer sends the browser (303), with
	// bucket, key and etag added to the query. It goes before
	// SuccessActionStatus.
	SuccessActionRedirect string `field:"success_action_redirect"`

	// What PutObject has under the same names.
	ACL                     ObjectCannedACL   `field:"acl"`
	ContentType             string            `field:"Content-Type"` // see also Conditions, for a type that the user chooses
	ContentDisposition      string            `field:"Content-Disposition"`
	ContentEncoding         string            `field:"Content-Encoding"`
	CacheControl            string            `field:"Cache-Control"`
	Expires                 time.Time         `field:"Expires"` // the object's header, not the form's end
	WebsiteRedirectLocation string            `field:"x-amz-website-redirect-location"`
	Metadata                map[string]string `field:"x-amz-meta-"`
	Tagging                 []Tag             `field:"tagging"` // at most 10

	ServerSideEncryption ServerSideEncryption `field:"x-amz-server-side-encryption"`
	SSEKMSKeyId          string               `field:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSECustomerAlgorithm string               `field:"x-amz-server-side-encryption-customer-algorithm"`
	SSECustomerKey       entrepot.Secret      `field:"x-amz-server-side-encryption-customer-key"`     // whoever sees the form sees the key
	SSECustomerKeyMD5    string               `field:"x-amz-server-side-encryption-customer-key-MD5"` // empty: computed

	// The checksum of the file, in base64, where that is known beforehand, and
	// its algorithm.
	ChecksumAlgorithm ChecksumAlgorithm `field:"x-amz-checksum-algorithm"`
	ChecksumCRC32     string            `field:"x-amz-checksum-crc32"`
	ChecksumCRC32C    string            `field:"x-amz-checksum-crc32c"`
	ChecksumCRC64NVME string            `field:"x-amz-checksum-crc64nvme"`
	ChecksumSHA1      string            `field:"x-amz-checksum-sha1"`
	ChecksumSHA256    string            `field:"x-amz-checksum-sha256"`

	// Fields are further fields that the form must have as they are.
	Fields []entrepot.PostField

	// Conditions are for fields that the user of the form adds, each needs one.
	Conditions []entrepot.PostCondition
}
