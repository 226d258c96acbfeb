package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutPublicAccessBlock sets what no ACL can make public in a bucket. It takes
// the role of a manager. Access by policies of IAM it leaves alone: IBM's service
// knows the two members that are about ACLs, and not AWS's two about policies.
//
// Errors: [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutPublicAccessBlock(ctx context.Context, in *PutPublicAccessBlockInput, opts ...Option) (*PutPublicAccessBlockOutput, error) {
	return invoke[PutPublicAccessBlockOutput](ctx, c, opPutPublicAccessBlock, in, opts)
}

var opPutPublicAccessBlock = &pipeline.Operation{Name: "PutPublicAccessBlock", Method: "PUT", Path: "/{Bucket}?publicAccessBlock", Traits: pipeline.ChecksumRequired}

type PutPublicAccessBlockInput struct {
	Bucket                         string                          `uri:"Bucket"`
	PublicAccessBlockConfiguration *PublicAccessBlockConfiguration `payload:"PublicAccessBlockConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ContentMD5                     string                          `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm              ChecksumAlgorithm               `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner            string                          `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutPublicAccessBlockOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetPublicAccessBlock tells what no ACL can make public in a bucket.
//
// Errors: [ErrNoSuchPublicAccessBlockConfiguration], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetPublicAccessBlock(ctx context.Context, in *GetPublicAccessBlockInput, opts ...Option) (*GetPublicAccessBlockOutput, error) {
	return invoke[GetPublicAccessBlockOutput](ctx, c, opGetPublicAccessBlock, in, opts)
}

var opGetPublicAccessBlock = &pipeline.Operation{Name: "GetPublicAccessBlock", Method: "GET", Path: "/{Bucket}?publicAccessBlock"}

type GetPublicAccessBlockInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetPublicAccessBlockOutput struct {
	PublicAccessBlockConfiguration PublicAccessBlockConfiguration `payload:"PublicAccessBlockConfiguration"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeletePublicAccessBlock lifts the public access block of a bucket, if it has
// one: what ACLs make public is public again.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeletePublicAccessBlock(ctx context.Context, in *DeletePublicAccessBlockInput, opts ...Option) (*DeletePublicAccessBlockOutput, error) {
	return invoke[DeletePublicAccessBlockOutput](ctx, c, opDeletePublicAccessBlock, in, opts)
}

var opDeletePublicAccessBlock = &pipeline.Operation{Name: "DeletePublicAccessBlock", Method: "DELETE", Path: "/{Bucket}?publicAccessBlock"}

type DeletePublicAccessBlockInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeletePublicAccessBlockOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// PublicAccessBlockConfiguration is what a bucket does about ACLs for everybody.
// A member that is not sent is false.
type PublicAccessBlockConfiguration struct {
	BlockPublicAcls  *bool `xml:"BlockPublicAcls"`  // no public ACL can be set; those that are set stay
	IgnorePublicAcls *bool `xml:"IgnorePublicAcls"` // public ACLs, whenever they were set, open nothing
}
