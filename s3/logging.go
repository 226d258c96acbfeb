package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketLogging has S3 write a log of the requests for a bucket, as objects of
// a bucket in this account and region, which must let S3's logging service
// in. A status without LoggingEnabled ends the logging.
//
// Errors: InvalidTargetBucketForLogging, [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html
func (c *Client) PutBucketLogging(ctx context.Context, in *PutBucketLoggingInput, opts ...Option) (*PutBucketLoggingOutput, error) {
	return invoke[PutBucketLoggingOutput](ctx, c, opPutBucketLogging, in, opts)
}

var opPutBucketLogging = &pipeline.Operation{Name: "PutBucketLogging", Method: "PUT", Path: "/{Bucket}?logging", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketLoggingInput struct {
	Bucket              string               `uri:"Bucket"`
	BucketLoggingStatus *BucketLoggingStatus `payload:"BucketLoggingStatus,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5          string               `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm    `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string               `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketLoggingOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketLogging tells where the log of the requests for a bucket goes.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html
func (c *Client) GetBucketLogging(ctx context.Context, in *GetBucketLoggingInput, opts ...Option) (*GetBucketLoggingOutput, error) {
	return invoke[GetBucketLoggingOutput](ctx, c, opGetBucketLogging, in, opts)
}

var opGetBucketLogging = &pipeline.Operation{Name: "GetBucketLogging", Method: "GET", Path: "/{Bucket}?logging", Host: "control"}

type GetBucketLoggingInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketLoggingOutput struct {
	LoggingEnabled LoggingEnabled `xml:"LoggingEnabled"` // empty TargetBucket: there is no log

	ResponseMetadata entrepot.ResponseMetadata
}

// BucketLoggingStatus says whether, and where, requests are logged.
type BucketLoggingStatus struct {
	LoggingEnabled *LoggingEnabled `xml:"LoggingEnabled"` // nil: they are not
}

// LoggingEnabled is where a log goes.
type LoggingEnabled struct {
	TargetBucket          string                 `xml:"TargetBucket,required"`
	TargetPrefix          string                 `xml:"TargetPrefix,required"`   // of the keys; may be empty
	TargetGrants          []TargetGrant          `xml:"TargetGrants,item=Grant"` // not where the target's owner is enforced
	TargetObjectKeyFormat *TargetObjectKeyFormat `xml:"TargetObjectKeyFormat"`   // nil: SimplePrefix
}

// TargetGrant is a permission for the objects of a log, and who has it.
type TargetGrant struct {
	Grantee    *Grantee             `xml:"Grantee,ns=http://www.w3.org/2001/XMLSchema-instance,nsprefix=xsi"`
	Permission BucketLogsPermission `xml:"Permission"`
}

// BucketLogsPermission is what a TargetGrant allows.
type BucketLogsPermission string

const (
	BucketLogsPermissionFullControl BucketLogsPermission = "FULL_CONTROL"
	BucketLogsPermissionRead        BucketLogsPermission = "READ"
	BucketLogsPermissionWrite       BucketLogsPermission = "WRITE"
)

// TargetObjectKeyFormat is how the keys of a log go on after the TargetPrefix.
// One member is set.
type TargetObjectKeyFormat struct {
	SimplePrefix      *SimplePrefix      `xml:"SimplePrefix"`      // with the time
	PartitionedPrefix *PartitionedPrefix `xml:"PartitionedPrefix"` // with account, region, bucket and date as directories, then the time
}

// SimplePrefix has no settings.
type SimplePrefix struct{}

// PartitionedPrefix is a key with directories for dates.
type PartitionedPrefix struct {
	PartitionDateSource PartitionDateSource `xml:"PartitionDateSource"`
}

// PartitionDateSource is which date goes into the keys of a log.
type PartitionDateSource string

const (
	PartitionDateSourceEventTime    PartitionDateSource = "EventTime"    // of the requests; only the day
	PartitionDateSourceDeliveryTime PartitionDateSource = "DeliveryTime" // of the log
)
