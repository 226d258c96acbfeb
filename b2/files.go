package b2

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// ListFileNames returns the files of a bucket in the byte order of their
// names: of each name the newest version, if that is not hidden. Unfinished
// large files are not listed.
//
// A page may hold fewer files than asked for, even none, and yet not be the
// last: only an empty NextFileName ends the list, as paginator.Pages and
// paginator.Items know. Pages of more than 1000 files are billed as several
// class C transactions.
//
// It needs the capability listFiles.
//
// Errors: [ErrBadBucketId], [ErrOutOfRange] (MaxFileCount), [ErrUnauthorized]
// (also if Prefix does not begin with the prefix that the key is restricted
// to), [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-list-file-names
func (c *Client) ListFileNames(ctx context.Context, in *ListFileNamesInput, opts ...Option) (*ListFileNamesOutput, error) {
	return invoke[ListFileNamesOutput](ctx, c, opListFileNames, in, opts)
}

var opListFileNames = &pipeline.Operation{Name: "ListFileNames", Method: "POST", Path: "/b2api/v4/b2_list_file_names", Right: "listFiles"}

// ListFileNamesInput selects files of a bucket.
type ListFileNamesInput struct {
	BucketId      string `json:"bucketId,required,min1"`
	StartFileName string `json:"startFileName"` // the first name to list, if it is there
	MaxFileCount  int64  `json:"maxFileCount"`  // of a page, at most 10000; 0: 100
	Prefix        string `json:"prefix"`

	// Delimiter, usually "/", groups the names that have it after the prefix
	// into one entry each, of action [ActionFolder].
	Delimiter string `json:"delimiter"`
}

// ListFileNamesOutput is a page of files.
type ListFileNamesOutput struct {
	Files        []FileVersion `json:"files"`
	NextFileName string        `json:"nextFileName"` // where the next page starts, not always a name that exists; empty: this is the last page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the files of the page.
func (out *ListFileNamesOutput) Items() []FileVersion { return out.Files }

// NextPage makes next the request for the page after out.
func (out *ListFileNamesOutput) NextPage(next *ListFileNamesInput) (token string, more bool) {
	next.StartFileName = out.NextFileName
	return out.NextFileName, out.NextFileName != ""
}

// GetFileInfo describes one version of a file, a hide marker among them.
// [Client.DownloadFileByName] with Head set does so by name.
//
// It needs the capability readFiles and is billed as a class B transaction.
//
// Errors: [ErrNotFound] (also for an unfinished large file), [ErrBadRequest]
// (not the form of a FileId), [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-get-file-info
func (c *Client) GetFileInfo(ctx context.Context, in *GetFileInfoInput, opts ...Option) (*GetFileInfoOutput, error) {
	return invoke[GetFileInfoOutput](ctx, c, opGetFileInfo, in, opts)
}

var opGetFileInfo = &pipeline.Operation{Name: "GetFileInfo", Method: "POST", Path: "/b2api/v4/b2_get_file_info", Right: "readFiles"}

// GetFileInfoInput names a version of a file.
type GetFileInfoInput struct {
	FileId string `json:"fileId,required,min1"`
}

// GetFileInfoOutput describes a version of a file.
type GetFileInfoOutput struct {
	FileVersion

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteFileVersion removes one version of a file for good, be it content, a
// hide marker or an unfinished large file. If it was the newest one, the next
// older becomes the current version.
//
// It needs the capability deleteFiles.
//
// Errors: [ErrFileNotPresent] (also for the second attempt of a call whose
// first answer was lost), [ErrFileLocked] (retention or a legal hold protects
// the version), [ErrBadRequest] (not the form of a FileId), [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-delete-file-version
func (c *Client) DeleteFileVersion(ctx context.Context, in *DeleteFileVersionInput, opts ...Option) (*DeleteFileVersionOutput, error) {
	return invoke[DeleteFileVersionOutput](ctx, c, opDeleteFileVersion, in, opts)
}

var opDeleteFileVersion = &pipeline.Operation{Name: "DeleteFileVersion", Method: "POST", Path: "/b2api/v4/b2_delete_file_version", Right: "deleteFiles"}

// DeleteFileVersionInput names a version of a file.
type DeleteFileVersionInput struct {
	FileName string `json:"fileName,required,min1"` // the name that belongs to FileId
	FileId   string `json:"fileId,required,min1"`

	// BypassGovernance deletes in spite of a retention in governance mode. It
	// needs the capability of the same name.
	BypassGovernance bool `json:"bypassGovernance"`
}

// DeleteFileVersionOutput names what was deleted.
type DeleteFileVersionOutput struct {
	FileId   string `json:"fileId"`
	FileName string `json:"fileName"`

	ResponseMetadata entrepot.ResponseMetadata
}

// FileVersion describes one version of a file: what the API calls a file.
type FileVersion struct {
	AccountId string `json:"accountId"`
	BucketId  string `json:"bucketId"`
	FileName  string `json:"fileName"`
	FileId    string `json:"fileId"` // empty for a folder
	Action    Action `json:"action"`

	ContentLength int64 `json:"contentLength"` // bytes; 0 for all actions but upload

	// ContentSha1 is the SHA-1 of the content in hex. It is [Sha1None] for a
	// large file (whose FileInfo may have [InfoLargeFileSha1]), has the prefix
	// [Sha1Unverified] where the uploader gave none, and is empty for a folder.
	ContentSha1 string `json:"contentSha1"`
	ContentMd5  string `json:"contentMd5"`  // hex; empty for a large file
	ContentType string `json:"contentType"` // empty for a folder

	FileInfo        FileInfo  `json:"fileInfo"`                // keys in lower case
	UploadTimestamp time.Time `json:"uploadTimestamp,epochms"` // 1970 for a folder

	FileRetention        FileVersionRetention `json:"fileRetention"`
	LegalHold            FileVersionLegalHold `json:"legalHold"`
	ServerSideEncryption ServerSideEncryption `json:"serverSideEncryption"` // zero: none
	ReplicationStatus    ReplicationStatus    `json:"replicationStatus"`
}

// Values that take the place of a SHA-1 in hex.
const (
	// Sha1None is the ContentSha1 of a large file.
	Sha1None = "none"
	// Sha1Unverified begins the ContentSha1 of a file whose uploader sent
	// [Sha1DoNotVerify].
	Sha1Unverified = "unverified:"
)

// ContentTypeAuto has the server choose the content type by the file's name.
const ContentTypeAuto = "b2/x-auto"

// Action says what a [FileVersion] is. Actions not listed here may come.
type Action string

// The actions.
const (
	ActionStart  Action = "start"  // an unfinished large file
	ActionUpload Action = "upload" // content
	ActionHide   Action = "hide"   // a marker: files of this name are hidden
	ActionFolder Action = "folder" // names that a list grouped by a delimiter
	ActionCopy   Action = "copy"   // in the answer to a copy only; later it is an upload
)

// ReplicationStatus says how far the replication of a file is. Servers spell
// it in upper or in lower case: compare with [strings.EqualFold].
type ReplicationStatus string

// The states of a replication.
const (
	ReplicationStatusPending   ReplicationStatus = "PENDING"
	ReplicationStatusCompleted ReplicationStatus = "COMPLETED"
	ReplicationStatusFailed    ReplicationStatus = "FAILED"
	ReplicationStatusReplica   ReplicationStatus = "REPLICA" // this is the copy
)
