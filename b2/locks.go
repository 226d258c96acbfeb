package b2

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// UpdateFileRetention sets, extends or lifts the retention of one version of a
// file in a bucket with Object Lock.
//
// Any retention can be extended, and one in governance mode be turned into
// compliance mode. To shorten or lift one in governance mode takes
// BypassGovernance; one in compliance mode nobody can shorten or lift.
//
// It needs the capability writeFileRetentions.
//
// Errors: [ErrFileLocked] (the rules above forbid it),
// [ErrRetainUntilTimestampMustBeInFuture], [ErrBucketMissingFileLock],
// [ErrMetadataExceeded] (the file's name and FileInfo leave no room: make a copy
// with less), [ErrMethodNotAllowed] (this version cannot have one),
// [ErrBadRequest], [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-update-file-retention
func (c *Client) UpdateFileRetention(ctx context.Context, in *UpdateFileRetentionInput, opts ...Option) (*UpdateFileRetentionOutput, error) {
	return invoke[UpdateFileRetentionOutput](ctx, c, opUpdateFileRetention, in, opts)
}

var opUpdateFileRetention = &pipeline.Operation{Name: "UpdateFileRetention", Method: "POST", Path: "/b2api/v4/b2_update_file_retention", Right: "writeFileRetentions"}

// UpdateFileRetentionInput is the new retention of a version of a file.
type UpdateFileRetentionInput struct {
	FileName      string        `json:"fileName,required,min1"` // the name that belongs to FileId
	FileId        string        `json:"fileId,required,min1"`
	FileRetention FileRetention `json:"fileRetention,required"` // zero: none any more

	// BypassGovernance shortens or lifts a retention in governance mode. It
	// needs the capability of the same name.
	BypassGovernance bool `json:"bypassGovernance"`
}

// UpdateFileRetentionOutput is the retention that the version has now.
type UpdateFileRetentionOutput struct {
	FileId        string        `json:"fileId"`
	FileName      string        `json:"fileName"`
	FileRetention FileRetention `json:"fileRetention"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateFileLegalHold turns the legal hold of one version of a file on or off,
// in a bucket with Object Lock. It does not depend on a retention.
//
// It needs the capability writeFileLegalHolds.
//
// Errors: [ErrBucketMissingFileLock], [ErrMetadataExceeded] (the file's name and
// FileInfo leave no room: make a copy with less), [ErrMethodNotAllowed] (this
// version cannot have one), [ErrBadRequest], [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-update-file-legal-hold
func (c *Client) UpdateFileLegalHold(ctx context.Context, in *UpdateFileLegalHoldInput, opts ...Option) (*UpdateFileLegalHoldOutput, error) {
	return invoke[UpdateFileLegalHoldOutput](ctx, c, opUpdateFileLegalHold, in, opts)
}

var opUpdateFileLegalHold = &pipeline.Operation{Name: "UpdateFileLegalHold", Method: "POST", Path: "/b2api/v4/b2_update_file_legal_hold", Right: "writeFileLegalHolds"}

// UpdateFileLegalHoldInput is the new legal hold of a version of a file.
type UpdateFileLegalHoldInput struct {
	FileName  string    `json:"fileName,required,min1"` // the name that belongs to FileId
	FileId    string    `json:"fileId,required,min1"`
	LegalHold LegalHold `json:"legalHold,required,min1"`
}

// UpdateFileLegalHoldOutput is the legal hold that the version has now.
type UpdateFileLegalHoldOutput struct {
	FileId    string    `json:"fileId"`
	FileName  string    `json:"fileName"`
	LegalHold LegalHold `json:"legalHold"`

	ResponseMetadata entrepot.ResponseMetadata
}

// FileVersionRetention is a file's retention, as far as the key may know it.
type FileVersionRetention struct {
	IsClientAuthorizedToRead bool          `json:"isClientAuthorizedToRead"` // needs readFileRetentions
	Value                    FileRetention `json:"value"`                    // zero: none, or not to be read
}

// FileRetention keeps a file from being deleted up to a time. The zero value
// is none.
type FileRetention struct {
	Mode                 RetentionMode `json:"mode,null"`
	RetainUntilTimestamp time.Time     `json:"retainUntilTimestamp,null,epochms"`
}

// RetentionMode says who can lift a retention.
type RetentionMode string

// The modes of retention.
const (
	RetentionModeGovernance RetentionMode = "governance" // a key with the capability bypassGovernance
	RetentionModeCompliance RetentionMode = "compliance" // nobody; it can only be extended
)

// FileVersionLegalHold is a file's legal hold, as far as the key may know it.
type FileVersionLegalHold struct {
	IsClientAuthorizedToRead bool      `json:"isClientAuthorizedToRead"` // needs readFileLegalHolds
	Value                    LegalHold `json:"value"`                    // empty: never set, or not to be read
}

// LegalHold keeps a file from being deleted while it is on.
type LegalHold string

// The states of a legal hold.
const (
	LegalHoldOn  LegalHold = "on"
	LegalHoldOff LegalHold = "off"
)
