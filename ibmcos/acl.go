package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketAcl returns the access control list of a bucket: mostly that all is
// granted to its owner, the service instance. What users and services may do is
// said by policies of IAM, which do not show here.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketAcl(ctx context.Context, in *GetBucketAclInput, opts ...Option) (*GetBucketAclOutput, error) {
	return invoke[GetBucketAclOutput](ctx, c, opGetBucketAcl, in, opts)
}

var opGetBucketAcl = &pipeline.Operation{Name: "GetBucketAcl", Method: "GET", Path: "/{Bucket}?acl"}

type GetBucketAclInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketAclOutput struct {
	Owner  Owner   `xml:"Owner"`
	Grants []Grant `xml:"AccessControlList,item=Grant"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PutBucketAcl replaces the access control list of a bucket. It takes the role
// of a manager. Of the canned ACLs the service takes private and public-read
// alone; a bucket that everybody may read is better made by a policy of IAM.
//
// Errors: [ErrAccessDenied], also for a public ACL where the public access block
// forbids one; [ErrMalformedACL]; [ErrInvalidRequest]; [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketAcl(ctx context.Context, in *PutBucketAclInput, opts ...Option) (*PutBucketAclOutput, error) {
	return invoke[PutBucketAclOutput](ctx, c, opPutBucketAcl, in, opts)
}

var opPutBucketAcl = &pipeline.Operation{Name: "PutBucketAcl", Method: "PUT", Path: "/{Bucket}?acl", Traits: pipeline.ChecksumRequired}

type PutBucketAclInput struct {
	Bucket string `uri:"Bucket"`

	// One way of the three: AccessControlPolicy spells the ACL out, ACL names a
	// ready-made one, and the Grant members list who gets a permission, as in
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

// AccessControlPolicy is an access control list with the owner of what it is
// for, whom it cannot change.
type AccessControlPolicy struct {
	Owner  *Owner  `xml:"Owner"`
	Grants []Grant `xml:"AccessControlList,item=Grant"`
}

// Grant is one line of an access control list: who is permitted what.
type Grant struct {
	Grantee    *Grantee   `xml:"Grantee,ns=http://www.w3.org/2001/XMLSchema-instance,nsprefix=xsi"`
	Permission Permission `xml:"Permission"`
}

// Grantee is who gets a permission. Which member names them depends on Type.
type Grantee struct {
	Type         Type   `xml:"xsi:type,required,attr"`
	ID           string `xml:"ID"`           // CanonicalUser: of an account or a service instance
	URI          string `xml:"URI"`          // Group: http://acs.amazonaws.com/groups/global/AllUsers is everybody
	EmailAddress string `xml:"EmailAddress"` // AmazonCustomerByEmail
	DisplayName  string `xml:"DisplayName"`  // for people to read; not needed
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
