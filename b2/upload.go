package b2

import (
	"context"
	"io"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetUploadUrl returns a URL for files of a bucket, with a token of its own.
// It serves one upload at a time, for at most 24 hours, or until an upload to
// it fails; parallel uploads need a URL each.
//
// It needs the capability writeFiles.
//
// Errors: [ErrBadBucketId], [ErrStorageCapExceeded], [ErrUnauthorized],
// [ErrServiceUnavailable].
//
// API: https://www.backblaze.com/apidocs/b2-get-upload-url
func (c *Client) GetUploadUrl(ctx context.Context, in *GetUploadUrlInput, opts ...Option) (*GetUploadUrlOutput, error) {
	return invoke[GetUploadUrlOutput](ctx, c, opGetUploadUrl, in, opts)
}

var opGetUploadUrl = &pipeline.Operation{Name: "GetUploadUrl", Method: "POST", Path: "/b2api/v4/b2_get_upload_url", Right: "writeFiles"}

// GetUploadUrlInput names a bucket.
type GetUploadUrlInput struct {
	BucketId string `json:"bucketId,required,min1"`
}

// GetUploadUrlOutput is where and how to send files.
type GetUploadUrlOutput struct {
	BucketId           string `json:"bucketId"`
	UploadUrl          string `json:"uploadUrl"`
	AuthorizationToken Secret `json:"authorizationToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UploadFile sends a file. If there is one of that name, this becomes its
// newest version.
//
// It is one attempt. After a broken connection, [ErrBadAuthToken],
// [ErrExpiredAuthToken], [ErrRequestTimeout] or a status of 500 and above,
// take a new URL from [Client.GetUploadUrl] and send the file again. The
// handle of [Client.Bucket] does all this by itself.
//
// The answer's SHA-1 is compared with that of the bytes that were sent.
//
// Errors: [ErrBadRequest] (the SHA-1 does not match, a name or an entry of
// FileInfo is not valid), [ErrMetadataExceeded] (FileName and FileInfo may
// have 7000 bytes as they are sent, with encryption or in a bucket with Object
// Lock 2048), [ErrAuthTokenLimit] (the URL serves another upload),
// [ErrStorageCapExceeded], [ErrBucketMissingFileLock],
// [ErrCustomTimestampNotAllowed], [ErrCustomTimestampInvalid],
// [ErrServiceUnavailable] (this host has no room: take another URL).
//
// API: https://www.backblaze.com/apidocs/b2-upload-file
func (c *Client) UploadFile(ctx context.Context, in *UploadFileInput, opts ...Option) (*UploadFileOutput, error) {
	return invoke[UploadFileOutput](ctx, c, opUploadFile, in, opts)
}

var opUploadFile = &pipeline.Operation{Name: "UploadFile", Method: "POST", Path: "/", Host: hostUpload, Traits: pipeline.Once}

// UploadFileInput is a file.
type UploadFileInput struct {
	UploadUrl          string // of GetUploadUrl, byte for byte
	AuthorizationToken Secret `header:"Authorization"` // the one that came with UploadUrl

	FileName    string `header:"X-Bz-File-Name,required,min1,url"` // UTF-8, 1 to 1024 bytes, no control characters
	ContentType string `header:"Content-Type"`                     // empty: [ContentTypeAuto]

	// ContentLength is the length of Body, at most 5 GB. It can be left zero
	// where Body tells its length.
	ContentLength int64 `header:"Content-Length"`

	// ContentSha1 is the SHA-1 of Body in hex, which the server compares. Empty:
	// it is computed, of more than 128 KiB while the body is sent, and sent
	// behind it, as [Sha1HexDigitsAtEnd] asks for whatever the size.
	ContentSha1 string `header:"X-Bz-Content-Sha1"`

	// FileInfo are properties of the file. With FileName they have at most 7000
	// bytes as they are sent, with encryption or in a bucket with Object Lock
	// 2048.
	FileInfo FileInfo `headers:"X-Bz-Info-,url"`

	// CustomUploadTimestamp takes the place of the time of the upload, for
	// accounts that are allowed to set it. It is not in the future.
	CustomUploadTimestamp time.Time `header:"X-Bz-Custom-Upload-Timestamp,epochms"`

	// FileLegalHold needs the capability writeFileLegalHolds, the next two,
	// which belong together, writeFileRetentions; the bucket needs Object Lock.
	FileLegalHold                     LegalHold     `header:"X-Bz-File-Legal-Hold"`
	FileRetentionMode                 RetentionMode `header:"X-Bz-File-Retention-Mode"`
	FileRetentionRetainUntilTimestamp time.Time     `header:"X-Bz-File-Retention-Retain-Until-Timestamp,epochms"`

	// ServerSideEncryption asks for SSE-B2. Empty: the default of the bucket.
	ServerSideEncryption EncryptionAlgorithm `header:"X-Bz-Server-Side-Encryption"`

	// These three ask for SSE-C instead: the cipher, the key as base64 of its
	// 32 bytes, and base64 of the MD5 of these bytes.
	ServerSideEncryptionCustomerAlgorithm EncryptionAlgorithm `header:"X-Bz-Server-Side-Encryption-Customer-Algorithm"`
	ServerSideEncryptionCustomerKey       Secret              `header:"X-Bz-Server-Side-Encryption-Customer-Key"`
	ServerSideEncryptionCustomerKeyMd5    string              `header:"X-Bz-Server-Side-Encryption-Customer-Key-Md5"`

	// Body is the content. It is read once, and not closed. Nil: the file is
	// empty.
	Body io.Reader `payload:"Body"`
}

// Values that take the place of a SHA-1 in hex in uploads.
const (
	// Sha1HexDigitsAtEnd says that the SHA-1 follows the content.
	Sha1HexDigitsAtEnd = "hex_digits_at_end"
	// Sha1DoNotVerify says that no SHA-1 is sent. That of the answer is still
	// compared with the bytes that were sent.
	Sha1DoNotVerify = "do_not_verify"
)

// UploadFileOutput describes the file.
type UploadFileOutput struct {
	FileVersion

	ResponseMetadata entrepot.ResponseMetadata
}

// received is what the server says of the content that it got.
func (o *UploadFileOutput) received() (sha1 string, size int64) {
	return o.ContentSha1, o.ContentLength
}
