package b2

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// HideFile puts a marker on top of the versions of a file: downloads by name
// do not find it any more, and [Client.ListFileNames] leaves it out. The
// versions stay, and are billed. Deleting the marker with
// [Client.DeleteFileVersion] shows the file again.
//
// It needs the capability writeFiles. A file under retention or a legal hold
// can be hidden.
//
// Errors: [ErrNoSuchFile], [ErrAlreadyHidden] (also for the second attempt of
// a call whose first answer was lost), [ErrBadBucketId], [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-hide-file
func (c *Client) HideFile(ctx context.Context, in *HideFileInput, opts ...Option) (*HideFileOutput, error) {
	return invoke[HideFileOutput](ctx, c, opHideFile, in, opts)
}

var opHideFile = &pipeline.Operation{Name: "HideFile", Method: "POST", Path: "/b2api/v4/b2_hide_file", Right: "writeFiles"}

// HideFileInput names a file.
type HideFileInput struct {
	BucketId string `json:"bucketId,required,min1"`
	FileName string `json:"fileName,required,min1"`
}

// HideFileOutput describes the marker, of action [ActionHide].
type HideFileOutput struct {
	FileVersion

	ResponseMetadata entrepot.ResponseMetadata
}

// ListFileVersions returns the versions of the files of a bucket: in the byte
// order of their names, and of each name the newest first. Hide markers and
// unfinished large files are among them.
//
// A page may hold fewer versions than asked for, even none, and yet not be the
// last: only an empty NextFileName ends the list, as paginator.Pages and
// paginator.Items know. Pages of more than 1000 versions are billed as several
// class C transactions.
//
// It needs the capability listFiles.
//
// Errors: [ErrBadBucketId], [ErrOutOfRange] (MaxFileCount), [ErrInvalidFileId]
// (StartFileId), [ErrUnauthorized] (also if Prefix does not begin with the
// prefix that the key is restricted to), [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-list-file-versions
func (c *Client) ListFileVersions(ctx context.Context, in *ListFileVersionsInput, opts ...Option) (*ListFileVersionsOutput, error) {
	return invoke[ListFileVersionsOutput](ctx, c, opListFileVersions, in, opts)
}

var opListFileVersions = &pipeline.Operation{Name: "ListFileVersions", Method: "POST", Path: "/b2api/v4/b2_list_file_versions", Right: "listFiles"}

// ListFileVersionsInput selects versions of the files of a bucket.
type ListFileVersionsInput struct {
	BucketId      string `json:"bucketId,required,min1"`
	StartFileName string `json:"startFileName"` // the first name to list, if it is there

	// StartFileId is the first version of StartFileName to list, or the next
	// older if that is gone. Empty: the newest.
	StartFileId string `json:"startFileId"`

	MaxFileCount int64  `json:"maxFileCount"` // of a page, at most 10000; 0: 100
	Prefix       string `json:"prefix"`

	// Delimiter, usually "/", groups the names that have it after the prefix
	// into one entry each, of action [ActionFolder].
	Delimiter string `json:"delimiter"`
}

// ListFileVersionsOutput is a page of versions.
type ListFileVersionsOutput struct {
	Files []FileVersion `json:"files"`

	// NextFileName and NextFileId are where the next page starts, not always a
	// version that exists. Empty: this is the last page.
	NextFileName string `json:"nextFileName"`
	NextFileId   string `json:"nextFileId"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the versions of the page.
func (out *ListFileVersionsOutput) Items() []FileVersion { return out.Files }

// NextPage makes next the request for the page after out.
func (out *ListFileVersionsOutput) NextPage(next *ListFileVersionsInput) (token string, more bool) {
	next.StartFileName, next.StartFileId = out.NextFileName, out.NextFileId
	return out.NextFileName + "\x00" + out.NextFileId, out.NextFileName != "" // no name has a zero byte
}
