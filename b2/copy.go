package b2

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CopyFile makes a file of another one, or of a range of it, without its
// content passing through the client. The source may be any version with
// content, of the same bucket or of another one of the account, and have no
// more than 5 GB; the parts of a larger file are copied by [Client.CopyPart].
//
// By default the new file has the content type and the FileInfo of the source.
// It does not take over its retention, legal hold and encryption: those are
// given here, or are the defaults of the bucket.
//
// It needs the capability writeFiles for the destination and, if the source is
// in a private bucket, readFiles for that; with a key for one bucket only, both
// are in that. It is billed as a class C transaction.
// The answer can take minutes. Repeated after a lost answer it makes another
// version of the same content.
//
// Errors: [ErrSourceTooLarge], [ErrNotFound] (the source),
// [ErrRangeNotSatisfiable], [ErrAccessDenied] (the key of an SSE-C source is
// missing or wrong), [ErrBucketMissingFileLock], [ErrMetadataExceeded],
// [ErrCapExceeded], [ErrUnauthorized], [ErrRequestTimeout].
//
// API: https://www.backblaze.com/apidocs/b2-copy-file
func (c *Client) CopyFile(ctx context.Context, in *CopyFileInput, opts ...Option) (*CopyFileOutput, error) {
	return invoke[CopyFileOutput](ctx, c, opCopyFile, in, opts)
}

var opCopyFile = &pipeline.Operation{Name: "CopyFile", Method: "POST", Path: "/b2api/v4/b2_copy_file", Traits: pipeline.SlowAnswer, Right: "writeFiles"}

// CopyFileInput names a source and describes the file to be made of it.
type CopyFileInput struct {
	SourceFileId        string `json:"sourceFileId,required,min1"`
	FileName            string `json:"fileName,required,min1"` // UTF-8, 1 to 1024 bytes, no control characters
	DestinationBucketId string `json:"destinationBucketId"`    // empty: the bucket of the source
	Range               string `json:"range"`                  // bytes=FIRST-LAST, both included; empty: all

	MetadataDirective MetadataDirective `json:"metadataDirective"` // empty: MetadataDirectiveCopy

	// ContentType and FileInfo are those of the new file with
	// [MetadataDirectiveReplace]; ContentType is required then, and a nil
	// FileInfo means none. With [MetadataDirectiveCopy] neither may be given.
	ContentType string   `json:"contentType"`
	FileInfo    FileInfo `json:"fileInfo"`

	// FileRetention needs the capability writeFileRetentions, and LegalHold
	// writeFileLegalHolds; the destination needs Object Lock.
	FileRetention *FileRetention `json:"fileRetention"`
	LegalHold     LegalHold      `json:"legalHold"`

	// SourceServerSideEncryption is the key of a source with SSE-C; for others
	// it is nil.
	SourceServerSideEncryption *ServerSideEncryption `json:"sourceServerSideEncryption"`

	// DestinationServerSideEncryption is that of the bucket if it is nil.
	DestinationServerSideEncryption *ServerSideEncryption `json:"destinationServerSideEncryption"`
}

// MetadataDirective says where a copy has its content type and FileInfo from.
type MetadataDirective string

// The directives.
const (
	MetadataDirectiveCopy    MetadataDirective = "COPY"    // from the source
	MetadataDirectiveReplace MetadataDirective = "REPLACE" // from the call
)

// CopyFileOutput describes the new file. Its Action is [ActionCopy] here;
// later calls say [ActionUpload].
type CopyFileOutput struct {
	FileVersion

	ResponseMetadata entrepot.ResponseMetadata
}

// CopyPart makes a part of a large file of another file, or of a range of it,
// without its content passing through the client. Parts that are copied and
// parts that are uploaded may be mixed; a part number that was used before is
// replaced. A range has no more than 5 GB.
//
// It needs the capability writeFiles and, if the source is in a private
// bucket, readFiles for that. It is billed as a class C transaction. The
// answer can take minutes.
//
// Errors: [ErrSourceTooLarge], [ErrNotFound] (the source),
// [ErrRangeNotSatisfiable], [ErrAccessDenied] (the key of an SSE-C source is
// missing or wrong), [ErrBadRequest] (the large file is finished, cancelled or
// unknown), [ErrCapExceeded], [ErrUnauthorized], [ErrRequestTimeout].
//
// API: https://www.backblaze.com/apidocs/b2-copy-part
func (c *Client) CopyPart(ctx context.Context, in *CopyPartInput, opts ...Option) (*CopyPartOutput, error) {
	return invoke[CopyPartOutput](ctx, c, opCopyPart, in, opts)
}

var opCopyPart = &pipeline.Operation{Name: "CopyPart", Method: "POST", Path: "/b2api/v4/b2_copy_part", Traits: pipeline.SlowAnswer, Right: "writeFiles"}

// CopyPartInput names a source and a part to be made of it.
type CopyPartInput struct {
	SourceFileId string `json:"sourceFileId,required,min1"`
	LargeFileId  string `json:"largeFileId,required,min1"` // of StartLargeFile
	PartNumber   int64  `json:"partNumber,required"`       // 1 to 10000
	Range        string `json:"range"`                     // bytes=FIRST-LAST, both included; empty: all

	// SourceServerSideEncryption is the key of a source with SSE-C; for others
	// it is nil.
	SourceServerSideEncryption *ServerSideEncryption `json:"sourceServerSideEncryption"`

	// DestinationServerSideEncryption is the key that the large file was started
	// with if that was SSE-C; else it is nil.
	DestinationServerSideEncryption *ServerSideEncryption `json:"destinationServerSideEncryption"`
}

// CopyPartOutput describes the part.
type CopyPartOutput struct {
	Part

	ResponseMetadata entrepot.ResponseMetadata
}
