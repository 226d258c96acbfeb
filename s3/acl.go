package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketAcl returns the access control list of a bucket. Where the owner is
// enforced (the default) ACLs do not count, and the answer grants all to the
// owner alone.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html
func (c *Client) GetBucketAcl(ctx context.Context, in *GetBucketAclInput, opts ...Option) (*GetBucketAclOutput, error) {
	return invoke[GetBucketAclOutput](ctx, c, opGetBucketAcl, in, opts)
}

var opGetBucketAcl = &pipeline.Operation{Name: "GetBucketAcl", Method: "GET", Path: "/{Bucket}?acl", Host: "control"}

type GetBucketAclInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketAclOutput struct {
	Owner  Owner   `xml:"Owner"`
	Grants []Grant `xml:"AccessControlList,item=Grant"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PutBucketAcl replaces the access control list of a bucket.
//
// Errors: [ErrAccessControlListNotSupported] where the owner is enforced (the
// default); [ErrAccessDenied] also for a public ACL where the public access block
// forbids one; [ErrMalformedACL]; [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
func (c *Client) PutBucketAcl(ctx context.Context, in *PutBucketAclInput, opts ...Option) (*PutBucketAclOutput, error) {
	return invoke[PutBucketAclOutput](ctx, c, opPutBucketAcl, in, opts)
}

var opPutBucketAcl = &pipeline.Operation{Name: "PutBucketAcl", Method: "PUT", Path: "/{Bucket}?acl", Traits: pipeline.ChecksumRequired, Host: "control"}

type PutBucketAclInput struct {
	Bucket string `uri:"Bucket"`

	// One of the three: an AccessControlPolicy that spells the ACL out, a canned
	// ACL, or the Grant members: lists such as
	// `id="1234", uri="http://acs.amazonaws.com/groups/global/AllUsers"`.
	AccessControlPolicy *AccessControlPolicy `payload:"AccessControlPolicy,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ACL                 BucketCannedACL      `header:"x-amz-acl"`
	GrantFullControl    string               `header:"x-amz-grant-full-control"`
	GrantRead           string               `header:"x-amz-grant-read"`
	GrantWrite          string               `header:"x-amz-grant-write"`
	GrantReadACP        string               `header:"x-amz-grant-read-acp"`
	GrantWriteACP       string               `header:"x-amz-grant-write-acp"`

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketAclOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetObjectAcl returns the access control list of an object or of a version of
// it. Where the owner is enforced (the default) ACLs do not count, and the
// answer grants all to the owner alone.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html
func (c *Client) GetObjectAcl(ctx context.Context, in *GetObjectAclInput, opts ...Option) (*GetObjectAclOutput, error) {
	return invoke[GetObjectAclOutput](ctx, c, opGetObjectAcl, in, opts)
}

var opGetObjectAcl = &pipeline.Operation{Name: "GetObjectAcl", Method: "GET", Path: "/{Bucket}/{Key+}?acl"}

type GetObjectAclInput struct {
	Bucket              string       `uri:"Bucket"`
	Key                 string       `uri:"Key"`
	VersionId           string       `query:"versionId"`                    // empty: the current version
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectAclOutput struct {
	Owner          Owner          `xml:"Owner"`
	Grants         []Grant        `xml:"AccessControlList,item=Grant"`
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PutObjectAcl replaces the access control list of an object or of a version of
// it.
//
// Errors: [ErrAccessControlListNotSupported] where the owner is enforced (the
// default); [ErrAccessDenied] also for a public ACL where the public access block
// forbids one; [ErrMalformedACL]; [ErrNoSuchKey], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
func (c *Client) PutObjectAcl(ctx context.Context, in *PutObjectAclInput, opts ...Option) (*PutObjectAclOutput, error) {
	return invoke[PutObjectAclOutput](ctx, c, opPutObjectAcl, in, opts)
}

var opPutObjectAcl = &pipeline.Operation{Name: "PutObjectAcl", Method: "PUT", Path: "/{Bucket}/{Key+}?acl", Traits: pipeline.ChecksumRequired}

type PutObjectAclInput struct {
	Bucket    string `uri:"Bucket"`
	Key       string `uri:"Key"`
	VersionId string `query:"versionId"` // empty: the current version

	// One of the three: an AccessControlPolicy that spells the ACL out, a canned
	// ACL, or the Grant members: lists such as
	// `id="1234", uri="http://acs.amazonaws.com/groups/global/AllUsers"`.
	AccessControlPolicy *AccessControlPolicy `payload:"AccessControlPolicy,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	ACL                 ObjectCannedACL      `header:"x-amz-acl"`
	GrantFullControl    string               `header:"x-amz-grant-full-control"`
	GrantRead           string               `header:"x-amz-grant-read"`
	GrantWrite          string               `header:"x-amz-grant-write"`
	GrantReadACP        string               `header:"x-amz-grant-read-acp"`
	GrantWriteACP       string               `header:"x-amz-grant-write-acp"`

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	RequestPayer        RequestPayer      `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectAclOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// AccessControlPolicy is an ACL, with the owner of what it is for: the owner is
// named, and cannot be changed.
type AccessControlPolicy struct {
	Owner  *Owner  `xml:"Owner"`
	Grants []Grant `xml:"AccessControlList,item=Grant"` // up to 100
}

// Grant is a permission and who has it.
type Grant struct {
	Grantee    *Grantee   `xml:"Grantee,ns=http://www.w3.org/2001/XMLSchema-instance,nsprefix=xsi"`
	Permission Permission `xml:"Permission"`
}

// Grantee is whom a grant is for. Type says which other member names it.
type Grantee struct {
	Type         Type   `xml:"xsi:type,required,attr"`
	ID           string `xml:"ID"`           // CanonicalUser: canonical user ID of an account
	URI          string `xml:"URI"`          // Group: http://acs.amazonaws.com/groups/global/AllUsers, …/AuthenticatedUsers, …/s3/LogDelivery
	EmailAddress string `xml:"EmailAddress"` // AmazonCustomerByEmail: no longer taken by S3 itself
	DisplayName  string `xml:"DisplayName"`  // no longer sent by S3 itself
}

// Type is a kind of grantee.
type Type string

const (
	TypeCanonicalUser         Type = "CanonicalUser"
	TypeAmazonCustomerByEmail Type = "AmazonCustomerByEmail"
	TypeGroup                 Type = "Group"
)

// Permission is what a grant allows.
type Permission string

const (
	PermissionFullControl Permission = "FULL_CONTROL"
	PermissionWrite       Permission = "WRITE" // of a bucket: to make objects
	PermissionWriteAcp    Permission = "WRITE_ACP"
	PermissionRead        Permission = "READ" // of a bucket: to list it
	PermissionReadAcp     Permission = "READ_ACP"
)
