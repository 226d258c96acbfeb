package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutBucketEncryption says how S3 encrypts objects that are stored without word
// of it from now on. Those that are there stay as they are.
//
// Errors: [ErrMalformedXML]; InvalidArgument for a key beside another algorithm
// than one of KMS's; [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
func (c *Client) PutBucketEncryption(ctx context.Context, in *PutBucketEncryptionInput, opts ...Option) (*PutBucketEncryptionOutput, error) {
	return invoke[PutBucketEncryptionOutput](ctx, c, opPutBucketEncryption, in, opts)
}

var opPutBucketEncryption = &pipeline.Operation{Name: "PutBucketEncryption", Method: "PUT", Path: "/{Bucket}?encryption", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketEncryptionInput struct {
	Bucket                            string                             `uri:"Bucket"`
	ServerSideEncryptionConfiguration *ServerSideEncryptionConfiguration `payload:"ServerSideEncryptionConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                        string                             `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm                 ChecksumAlgorithm                  `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner               string                             `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketEncryptionOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketEncryption tells how S3 encrypts objects that are stored without word
// of it. At AWS every bucket has an answer: SSE-S3, where nothing else was put.
//
// Errors: [ErrServerSideEncryptionConfigurationNotFound] at other servers;
// [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
func (c *Client) GetBucketEncryption(ctx context.Context, in *GetBucketEncryptionInput, opts ...Option) (*GetBucketEncryptionOutput, error) {
	return invoke[GetBucketEncryptionOutput](ctx, c, opGetBucketEncryption, in, opts)
}

var opGetBucketEncryption = &pipeline.Operation{Name: "GetBucketEncryption", Method: "GET", Path: "/{Bucket}?encryption", Host: "control"}

type GetBucketEncryptionInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketEncryptionOutput struct {
	ServerSideEncryptionConfiguration ServerSideEncryptionConfiguration `payload:"ServerSideEncryptionConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketEncryption sets the default encryption of a bucket back to SSE-S3.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html
func (c *Client) DeleteBucketEncryption(ctx context.Context, in *DeleteBucketEncryptionInput, opts ...Option) (*DeleteBucketEncryptionOutput, error) {
	return invoke[DeleteBucketEncryptionOutput](ctx, c, opDeleteBucketEncryption, in, opts)
}

var opDeleteBucketEncryption = &pipeline.Operation{Name: "DeleteBucketEncryption", Method: "DELETE", Path: "/{Bucket}?encryption", Host: "control"}

type DeleteBucketEncryptionInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketEncryptionOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ServerSideEncryptionConfiguration holds the one rule of a bucket.
type ServerSideEncryptionConfiguration struct {
	Rules []ServerSideEncryptionRule `xml:"Rule,required,flat"`
}

// ServerSideEncryptionRule is the default encryption of a bucket.
type ServerSideEncryptionRule struct {
	ApplyServerSideEncryptionByDefault *ServerSideEncryptionByDefault `xml:"ApplyServerSideEncryptionByDefault"`
	BucketKeyEnabled                   *bool                          `xml:"BucketKeyEnabled"` // SSE-KMS uses a key of the bucket's, which saves calls to KMS; default false
	BlockedEncryptionTypes             *BlockedEncryptionTypes        `xml:"BlockedEncryptionTypes"`
}

// ServerSideEncryptionByDefault is an algorithm, with its key.
type ServerSideEncryptionByDefault struct {
	SSEAlgorithm   ServerSideEncryption `xml:"SSEAlgorithm,required"`
	KMSMasterKeyID string               `xml:"KMSMasterKeyID"` // ID, ARN or alias; empty: the account's key for S3
}

// BlockedEncryptionTypes are ways of encryption that a bucket refuses for new
// objects.
type BlockedEncryptionTypes struct {
	EncryptionType []EncryptionType `xml:"EncryptionType,flat"`
}

// EncryptionType is a way of encryption that can be refused.
type EncryptionType string

const (
	EncryptionTypeNone EncryptionType = "NONE"  // nothing is refused
	EncryptionTypeSseC EncryptionType = "SSE-C" // keys of the customer's own
)
