package b2

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// StartLargeFile begins a file that is sent in parts, at least two of them.
// The parts go to upload URLs of [Client.GetUploadPartUrl];
// [Client.FinishLargeFile] makes the file, [Client.CancelLargeFile] gives it
// up. Until then it is billed for the parts it holds.
//
// It needs the capability writeFiles. Repeated after a lost answer it leaves a
// started file behind, which a [LifecycleRule] can clear away.
//
// Errors: [ErrBadBucketId], [ErrMetadataExceeded] (FileName and FileInfo may
// have 7000 bytes, with encryption or in a bucket with Object Lock 2048),
// [ErrBucketMissingFileLock], [ErrCustomTimestampNotAllowed],
// [ErrCustomTimestampInvalid], [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-start-large-file
func (c *Client) StartLargeFile(ctx context.Context, in *StartLargeFileInput, opts ...Option) (*StartLargeFileOutput, error) {
	return invoke[StartLargeFileOutput](ctx, c, opStartLargeFile, in, opts)
}

var opStartLargeFile = &pipeline.Operation{Name: "StartLargeFile", Method: "POST", Path: "/b2api/v4/b2_start_large_file", Right: "writeFiles"}

// StartLargeFileInput describes a large file.
type StartLargeFileInput struct {
	BucketId    string   `json:"bucketId,required,min1"`
	FileName    string   `json:"fileName,required,min1"`    // UTF-8, 1 to 1024 bytes, no control characters
	ContentType string   `json:"contentType,required,min1"` // [ContentTypeAuto]: by the name
	FileInfo    FileInfo `json:"fileInfo"`                  // cannot be changed later

	// FileRetention needs the capability writeFileRetentions, and LegalHold
	// writeFileLegalHolds; the bucket needs Object Lock.
	FileRetention *FileRetention `json:"fileRetention"`
	LegalHold     LegalHold      `json:"legalHold"`

	// ServerSideEncryption is that of the bucket if it is nil. With SSE-C,
	// every part needs the same key.
	ServerSideEncryption *ServerSideEncryption `json:"serverSideEncryption"`

	// CustomUploadTimestamp takes the place of the time of the upload, for
	// accounts that are allowed to set it. It is not in the future.
	CustomUploadTimestamp time.Time `json:"customUploadTimestamp,epochms"`
}

// StartLargeFileOutput describes the started file, of action [ActionStart].
type StartLargeFileOutput struct {
	FileVersion

	ResponseMetadata entrepot.ResponseMetadata
}

// GetUploadPartUrl returns a URL for the parts of a large file, with a token
// of its own. It serves one upload at a time, for at most 24 hours, or until
// an upload to it fails; parallel uploads need a URL each.
//
// It needs the capability writeFiles.
//
// Errors: [ErrBadRequest] (the file is finished, cancelled or unknown),
// [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-get-upload-part-url
func (c *Client) GetUploadPartUrl(ctx context.Context, in *GetUploadPartUrlInput, opts ...Option) (*GetUploadPartUrlOutput, error) {
	return invoke[GetUploadPartUrlOutput](ctx, c, opGetUploadPartUrl, in, opts)
}

var opGetUploadPartUrl = &pipeline.Operation{Name: "GetUploadPartUrl", Method: "POST", Path: "/b2api/v4/b2_get_upload_part_url", Right: "writeFiles"}

// GetUploadPartUrlInput names a large file.
type GetUploadPartUrlInput struct {
	FileId string `json:"fileId,required,min1"`
}

// GetUploadPartUrlOutput is where and how to send parts.
type GetUploadPartUrlOutput struct {
	FileId             string `json:"fileId"`
	UploadUrl          string `json:"uploadUrl"`
	AuthorizationToken Secret `json:"authorizationToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UploadPart sends one part of a large file. A part number that was sent
// before is replaced.
//
// It is one attempt. After a broken connection, [ErrBadAuthToken],
// [ErrExpiredAuthToken], [ErrRequestTimeout] or a status of 500 and above,
// take a new URL from [Client.GetUploadPartUrl] and send the part again. The
// handle of [Client.Bucket] does all this by itself.
//
// Errors: [ErrBadRequest] (the SHA-1 does not match, the part number is out of
// range), [ErrAuthTokenLimit] (the URL serves another upload),
// [ErrStorageCapExceeded], [ErrServiceUnavailable] (this host has no room:
// take another URL).
//
// API: https://www.backblaze.com/apidocs/b2-upload-part
func (c *Client) UploadPart(ctx context.Context, in *UploadPartInput, opts ...Option) (*UploadPartOutput, error) {
	return invoke[UploadPartOutput](ctx, c, opUploadPart, in, opts)
}

var opUploadPart = &pipeline.Operation{Name: "UploadPart", Method: "POST", Path: "/", Host: hostUpload, Traits: pipeline.Once}

// UploadPartInput is one part of a large file.
type UploadPartInput struct {
	UploadUrl          string // of GetUploadPartUrl, byte for byte
	AuthorizationToken Secret `header:"Authorization"`             // the one that came with UploadUrl
	PartNumber         int64  `header:"X-Bz-Part-Number,required"` // 1 to 10000

	// ContentLength is the length of Body, at most 5 GB. It can be left zero
	// where Body tells its length.
	ContentLength int64 `header:"Content-Length"`

	// ContentSha1 is the SHA-1 of Body in hex. Empty: it is computed, of more
	// than 128 KiB while the body is sent, and sent behind it, as
	// [Sha1HexDigitsAtEnd] asks for whatever the size.
	ContentSha1 string `header:"X-Bz-Content-Sha1"`

	// The key that the file was started with, if that was SSE-C.
	ServerSideEncryptionCustomerAlgorithm EncryptionAlgorithm `header:"X-Bz-Server-Side-Encryption-Customer-Algorithm"`
	ServerSideEncryptionCustomerKey       Secret              `header:"X-Bz-Server-Side-Encryption-Customer-Key"`
	ServerSideEncryptionCustomerKeyMd5    string              `header:"X-Bz-Server-Side-Encryption-Customer-Key-Md5"`

	Body io.Reader `payload:"Body"` // at least 5 MB, the last part excepted
}

// UploadPartOutput describes the part that was sent.
type UploadPartOutput struct {
	Part

	ResponseMetadata entrepot.ResponseMetadata
}

// received is what the server says of the content that it got.
func (o *UploadPartOutput) received() (sha1 string, size int64) {
	return o.ContentSha1, o.ContentLength
}

// Part describes a part of a large file.
type Part struct {
	FileId               string               `json:"fileId"` // of the large file
	PartNumber           int64                `json:"partNumber"`
	ContentLength        int64                `json:"contentLength"`
	ContentSha1          string               `json:"contentSha1"` // hex, perhaps behind Sha1Unverified
	ContentMd5           string               `json:"contentMd5"`
	ServerSideEncryption ServerSideEncryption `json:"serverSideEncryption"`
	UploadTimestamp      time.Time            `json:"uploadTimestamp,epochms"`
}

// ListParts returns the parts that an unfinished large file has, in order.
//
// It needs the capability writeFiles, and is billed as a class C transaction.
//
// Errors: [ErrBadRequest] (the file is finished, cancelled or unknown),
// [ErrUnauthorized], [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-list-parts
func (c *Client) ListParts(ctx context.Context, in *ListPartsInput, opts ...Option) (*ListPartsOutput, error) {
	return invoke[ListPartsOutput](ctx, c, opListParts, in, opts)
}

var opListParts = &pipeline.Operation{Name: "ListParts", Method: "POST", Path: "/b2api/v4/b2_list_parts"}

// ListPartsInput selects parts of a large file.
type ListPartsInput struct {
	FileId          string `json:"fileId,required,min1"`
	StartPartNumber int64  `json:"startPartNumber"` // the first number to list, if it is there; 0: 1
	MaxPartCount    int64  `json:"maxPartCount"`    // of a page, at most 1000; 0: 100
}

// ListPartsOutput is a page of parts.
type ListPartsOutput struct {
	Parts          []Part `json:"parts"`
	NextPartNumber int64  `json:"nextPartNumber"` // where the next page starts; 0: this is the last page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the parts of the page.
func (out *ListPartsOutput) Items() []Part { return out.Parts }

// NextPage makes next the request for the page after out.
func (out *ListPartsOutput) NextPage(next *ListPartsInput) (token string, more bool) {
	next.StartPartNumber = out.NextPartNumber
	return strconv.FormatInt(out.NextPartNumber, 10), out.NextPartNumber != 0
}

// ListUnfinishedLargeFiles returns the large files of a bucket that were
// started and neither finished nor cancelled, those that were started first
// at first.
//
// It needs the capability listFiles, and is billed as a class C transaction.
//
// Errors: [ErrBadBucketId], [ErrUnauthorized] (also if NamePrefix does not
// begin with the prefix that the key is restricted to), [ErrOutOfRange]
// (MaxFileCount), [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-list-unfinished-large-files
func (c *Client) ListUnfinishedLargeFiles(ctx context.Context, in *ListUnfinishedLargeFilesInput, opts ...Option) (*ListUnfinishedLargeFilesOutput, error) {
	return invoke[ListUnfinishedLargeFilesOutput](ctx, c, opListUnfinishedLargeFiles, in, opts)
}

var opListUnfinishedLargeFiles = &pipeline.Operation{Name: "ListUnfinishedLargeFiles", Method: "POST", Path: "/b2api/v4/b2_list_unfinished_large_files", Right: "listFiles"}

// ListUnfinishedLargeFilesInput selects large files of a bucket.
type ListUnfinishedLargeFilesInput struct {
	BucketId     string `json:"bucketId,required,min1"`
	NamePrefix   string `json:"namePrefix"`
	StartFileId  string `json:"startFileId"`  // the first file to list
	MaxFileCount int64  `json:"maxFileCount"` // of a page, at most 100; 0: 100
}

// ListUnfinishedLargeFilesOutput is a page of large files.
type ListUnfinishedLargeFilesOutput struct {
	Files      []FileVersion `json:"files"`      // of action [ActionStart]
	NextFileId string        `json:"nextFileId"` // where the next page starts; empty: this is the last page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the files of the page.
func (out *ListUnfinishedLargeFilesOutput) Items() []FileVersion { return out.Files }

// NextPage makes next the request for the page after out.
func (out *ListUnfinishedLargeFilesOutput) NextPage(next *ListUnfinishedLargeFilesInput) (token string, more bool) {
	next.StartFileId = out.NextFileId
	return out.NextFileId, out.NextFileId != ""
}

// FinishLargeFile makes a file of the parts that were sent: at least two,
// numbered from 1 without gaps, each but the last of 5 MB or more, and no more
// than 10 TB together. The FileId stays that of the start.
//
// It needs the capability writeFiles.
//
// A second attempt after a lost answer is refused if the first one was carried
// out. It is then looked whether the file is there, by [Client.GetFileInfo] or,
// with a key that lacks readFiles, by whether [Client.ListParts] still finds an
// upload; the output has only FileId and Action in the latter case.
//
// Errors: [ErrMissingPart], [ErrPartSha1Mismatch], [ErrBadRequest] (a part is
// too small, or there is no such upload), [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-finish-large-file
func (c *Client) FinishLargeFile(ctx context.Context, in *FinishLargeFileInput, opts ...Option) (*FinishLargeFileOutput, error) {
	return invoke[FinishLargeFileOutput](ctx, c, opFinishLargeFile, in, opts)
}

var opFinishLargeFile = &pipeline.Operation{Name: "FinishLargeFile", Method: "POST", Path: "/b2api/v4/b2_finish_large_file", Traits: pipeline.SlowAnswer | pipeline.SelfConflict, Right: "writeFiles"}

// FinishLargeFileInput names a large file and its parts.
type FinishLargeFileInput struct {
	FileId        string   `json:"fileId,required,min1"`
	PartSha1Array []string `json:"partSha1Array,required"` // in hex; the first is that of part 1
}

// FinishLargeFileOutput describes the file.
type FinishLargeFileOutput struct {
	FileVersion

	ResponseMetadata entrepot.ResponseMetadata
}

// CancelLargeFile gives an unfinished large file up and deletes its parts.
//
// It needs the capability writeFiles.
//
// Errors: [ErrBadRequest] (the file is finished, cancelled already or
// unknown), [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-cancel-large-file
func (c *Client) CancelLargeFile(ctx context.Context, in *CancelLargeFileInput, opts ...Option) (*CancelLargeFileOutput, error) {
	return invoke[CancelLargeFileOutput](ctx, c, opCancelLargeFile, in, opts)
}

var opCancelLargeFile = &pipeline.Operation{Name: "CancelLargeFile", Method: "POST", Path: "/b2api/v4/b2_cancel_large_file", Right: "writeFiles"}

// CancelLargeFileInput names a large file.
type CancelLargeFileInput struct {
	FileId string `json:"fileId,required,min1"`
}

// CancelLargeFileOutput names what was given up.
type CancelLargeFileOutput struct {
	FileId    string `json:"fileId"`
	AccountId string `json:"accountId"`
	BucketId  string `json:"bucketId"`
	FileName  string `json:"fileName"`

	ResponseMetadata entrepot.ResponseMetadata
}
