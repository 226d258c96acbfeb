package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketLogging has the requests for a bucket logged as objects of another
// one; without LoggingEnabled, no longer. IBM's model for Go alone has the call,
// and IBM's API reference does not list it: the service's own way to follow
// requests is activity tracking, which its Resource Configuration API sets up.
//
// Errors: [ErrNotImplemented], [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketLogging(ctx context.Context, in *PutBucketLoggingInput, opts ...Option) (*PutBucketLoggingOutput, error) {
	return invoke[PutBucketLoggingOutput](ctx, c, opPutBucketLogging, in, opts)
}

var opPutBucketLogging = &pipeline.Operation{Name: "PutBucketLogging", Method: "PUT", Path: "/{Bucket}?logging", Traits: pipeline.ChecksumRequired | pipeline.ChecksumMD5}

type PutBucketLoggingInput struct {
	Bucket              string               `uri:"Bucket"`
	BucketLoggingStatus *BucketLoggingStatus `payload:"BucketLoggingStatus,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5          string               `header:"Content-MD5"`                 // base64; empty: the client adds a checksum of its own
	ExpectedBucketOwner string               `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketLoggingOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketLogging tells where the requests for a bucket are logged. IBM's model
// for Go alone has the call; see [Client.PutBucketLogging].
//
// Errors: [ErrNotImplemented], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketLogging(ctx context.Context, in *GetBucketLoggingInput, opts ...Option) (*GetBucketLoggingOutput, error) {
	return invoke[GetBucketLoggingOutput](ctx, c, opGetBucketLogging, in, opts)
}

var opGetBucketLogging = &pipeline.Operation{Name: "GetBucketLogging", Method: "GET", Path: "/{Bucket}?logging"}

type GetBucketLoggingInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketLoggingOutput struct {
	LoggingEnabled LoggingEnabled `xml:"LoggingEnabled"` // empty TargetBucket: nowhere

	ResponseMetadata entrepot.ResponseMetadata
}

// BucketLoggingStatus says whether requests are logged.
type BucketLoggingStatus struct {
	LoggingEnabled *LoggingEnabled `xml:"LoggingEnabled"` // nil: no
}

// LoggingEnabled is where requests are logged.
type LoggingEnabled struct {
	TargetBucket string        `xml:"TargetBucket,required"`
	TargetGrants []TargetGrant `xml:"TargetGrants,item=Grant"`
	TargetPrefix string        `xml:"TargetPrefix,required"` // of the log's keys, perhaps empty
}

// TargetGrant is who is permitted what with the objects of a log.
type TargetGrant struct {
	Grantee    *Grantee             `xml:"Grantee,ns=http://www.w3.org/2001/XMLSchema-instance,nsprefix=xsi"`
	Permission BucketLogsPermission `xml:"Permission"`
}

// BucketLogsPermission is what a TargetGrant permits.
type BucketLogsPermission string

const (
	BucketLogsPermissionFullControl BucketLogsPermission = "FULL_CONTROL"
	BucketLogsPermissionRead        BucketLogsPermission = "READ"
	BucketLogsPermissionWrite       BucketLogsPermission = "WRITE"
)
