package b2

import (
	"context"
	"io"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// DownloadFileByName returns the newest version of a file. The caller closes
// the body.
//
// A body whose connection is lost is continued by itself, from the same
// version. A whole body is verified by its SHA-1 while it is read, that of a
// large file only if its uploader gave one ([InfoLargeFileSha1]); the last
// Read then returns an error if it does not match. Ranges cannot be verified.
// ChecksumStatus in ResponseMetadata says what is the case, and whether the
// SHA-1 is the uploader's or, behind [Sha1Unverified], one that the service has
// computed of what it got ([entrepot.ChecksumUnconfirmed]).
//
// In a private bucket it needs the capability readFiles, or a download token
// in AuthorizationToken; with the latter, a body that was to be continued ends
// in transfer.ErrObjectChanged if the name has another version meanwhile. It is
// billed as a class B transaction.
//
// Errors: [ErrNotFound] (the file is not there, hidden or unfinished, or the
// bucket is not there), [ErrRangeNotSatisfiable], [ErrBadRequest] (the file
// needs its encryption key), [ErrAccessDenied] (the encryption key is not the
// file's), [ErrUnauthorized], [ErrDownloadCapExceeded],
// [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-download-file-by-name
func (c *Client) DownloadFileByName(ctx context.Context, in *DownloadFileByNameInput, opts ...Option) (*DownloadFileByNameOutput, error) {
	if in != nil && in.Head {
		return invoke[DownloadFileByNameOutput](ctx, c, opHeadFileByName, in, opts)
	}
	return invoke[DownloadFileByNameOutput](ctx, c, opDownloadFileByName, in, opts)
}

var (
	opDownloadFileByName = &pipeline.Operation{Name: "DownloadFileByName", Method: "GET", Path: pathByName, Host: hostDownload, Traits: pipeline.Resumable | pipeline.ChecksumAnswer}
	opHeadFileByName     = &pipeline.Operation{Name: "DownloadFileByName", Method: "HEAD", Path: pathByName, Host: hostDownload}
)

const pathByName = "/file/{BucketName}/{FileName+}"

// DownloadFileByNameInput selects a file.
type DownloadFileByNameInput struct {
	BucketName string `uri:"BucketName"`
	FileName   string `uri:"FileName"`

	// Head asks for the properties of the file without its content: the
	// cheapest way to see whether it is there.
	Head bool

	// AuthorizationToken is a download token, valid for some names of the
	// bucket. Empty: the client's own.
	AuthorizationToken Secret `header:"Authorization"`

	Range string `header:"Range"` // bytes=FIRST-LAST or bytes=FIRST-; one range, its end may lie behind the file's

	// The key of a file with SSE-C, as at its upload.
	ServerSideEncryptionCustomerAlgorithm EncryptionAlgorithm `header:"X-Bz-Server-Side-Encryption-Customer-Algorithm"`
	ServerSideEncryptionCustomerKey       Secret              `header:"X-Bz-Server-Side-Encryption-Customer-Key"`
	ServerSideEncryptionCustomerKeyMd5    string              `header:"X-Bz-Server-Side-Encryption-Customer-Key-Md5"`

	// These replace headers of the answer.
	B2ContentDisposition string `query:"b2ContentDisposition"`
	B2ContentLanguage    string `query:"b2ContentLanguage"`
	B2Expires            string `query:"b2Expires"`
	B2CacheControl       string `query:"b2CacheControl"`
	B2ContentEncoding    string `query:"b2ContentEncoding"`
	B2ContentType        string `query:"b2ContentType"`
}

// DownloadFileByNameOutput is a file.
type DownloadFileByNameOutput struct {
	Download

	ResponseMetadata entrepot.ResponseMetadata
}

// DownloadFileById returns one version of a file, also if it is hidden. The
// caller closes the body, which is continued and verified as that of
// [Client.DownloadFileByName].
//
// In a private bucket it needs the capability readFiles. It is billed as a
// class B transaction.
//
// Errors: those of [Client.DownloadFileByName]; [ErrBadRequest] also if FileId
// does not have the form of one.
//
// API: https://www.backblaze.com/apidocs/b2-download-file-by-id
func (c *Client) DownloadFileById(ctx context.Context, in *DownloadFileByIdInput, opts ...Option) (*DownloadFileByIdOutput, error) {
	if in != nil && in.Head {
		return invoke[DownloadFileByIdOutput](ctx, c, opHeadFileById, in, opts)
	}
	return invoke[DownloadFileByIdOutput](ctx, c, opDownloadFileById, in, opts)
}

var (
	opDownloadFileById = &pipeline.Operation{Name: "DownloadFileById", Method: "GET", Path: pathByID, Host: hostDownload, Traits: pipeline.Resumable | pipeline.ChecksumAnswer}
	opHeadFileById     = &pipeline.Operation{Name: "DownloadFileById", Method: "HEAD", Path: pathByID, Host: hostDownload}
)

const pathByID = "/b2api/v4/b2_download_file_by_id"

// DownloadFileByIdInput selects a version of a file.
type DownloadFileByIdInput struct {
	FileId string `query:"fileId,required,min1"`

	// Head asks for the properties of the version without its content.
	Head bool

	Range string `header:"Range"` // bytes=FIRST-LAST or bytes=FIRST-; one range, its end may lie behind the file's

	// The key of a file with SSE-C, as at its upload.
	ServerSideEncryptionCustomerAlgorithm EncryptionAlgorithm `header:"X-Bz-Server-Side-Encryption-Customer-Algorithm"`
	ServerSideEncryptionCustomerKey       Secret              `header:"X-Bz-Server-Side-Encryption-Customer-Key"`
	ServerSideEncryptionCustomerKeyMd5    string              `header:"X-Bz-Server-Side-Encryption-Customer-Key-Md5"`

	// These replace headers of the answer.
	B2ContentDisposition string `query:"b2ContentDisposition"`
	B2ContentLanguage    string `query:"b2ContentLanguage"`
	B2Expires            string `query:"b2Expires"`
	B2CacheControl       string `query:"b2CacheControl"`
	B2ContentEncoding    string `query:"b2ContentEncoding"`
	B2ContentType        string `query:"b2ContentType"`
}

// DownloadFileByIdOutput is a version of a file.
type DownloadFileByIdOutput struct {
	Download

	ResponseMetadata entrepot.ResponseMetadata
}

// Download is a version of a file, or a range of one, as it is downloaded.
type Download struct {
	Body io.ReadCloser `payload:"Body"` // empty, but not nil, if Head was set

	ContentLength int64  `header:"Content-Length"` // of the body; with Head, of the file
	ContentType   string `header:"Content-Type"`
	AcceptRanges  string `header:"Accept-Ranges"`
	ContentRange  string `header:"Content-Range"` // bytes FIRST-LAST/TOTAL, if a range was asked for

	FileId   string `header:"X-Bz-File-Id"`
	FileName string `header:"X-Bz-File-Name,url"`

	// ContentSha1 is that of the whole file, also with a range: hex, perhaps
	// behind [Sha1Unverified], or [Sha1None] for a large file.
	ContentSha1     string    `header:"X-Bz-Content-Sha1"`
	UploadTimestamp time.Time `header:"X-Bz-Upload-Timestamp,epochms"`
	FileInfo        FileInfo  `headers:"X-Bz-Info-,url"` // without those entries that are headers of their own

	ContentDisposition string `header:"Content-Disposition"`
	ContentLanguage    string `header:"Content-Language"`
	Expires            string `header:"Expires"` // as the uploader wrote it
	CacheControl       string `header:"Cache-Control"`
	ContentEncoding    string `header:"Content-Encoding"` // the body comes as it is stored

	ServerSideEncryption                  EncryptionAlgorithm `header:"X-Bz-Server-Side-Encryption"` // of SSE-B2
	ServerSideEncryptionCustomerAlgorithm EncryptionAlgorithm `header:"X-Bz-Server-Side-Encryption-Customer-Algorithm"`
	ServerSideEncryptionCustomerKeyMd5    string              `header:"X-Bz-Server-Side-Encryption-Customer-Key-Md5"`

	FileRetentionMode                 RetentionMode `header:"X-Bz-File-Retention-Mode"`
	FileRetentionRetainUntilTimestamp time.Time     `header:"X-Bz-File-Retention-Retain-Until-Timestamp,epochms"`
	FileLegalHold                     LegalHold     `header:"X-Bz-File-Legal-Hold"`

	// ClientUnauthorizedToRead names the headers that the key may not see.
	ClientUnauthorizedToRead []string          `header:"X-Bz-Client-Unauthorized-To-Read"`
	ReplicationStatus        ReplicationStatus `header:"X-Bz-Replication-Status"`
}
