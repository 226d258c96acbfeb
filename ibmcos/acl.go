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

// GetObjectAcl returns the access control list of an object or of a version of
// it. An object that anybody can read has a grant for the group AllUsers.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
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
	MirrorDestination   string       `header:"Mirror-Destination"`          // on premises: the mirror to read from
}

type GetObjectAclOutput struct {
	Owner          Owner          `xml:"Owner"`
	Grants         []Grant        `xml:"AccessControlList,item=Grant"`
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// PutObjectAcl makes an object, or one version of it, readable by anybody, or
// by nobody beside those whom IBM Cloud IAM lets read the bucket.
//
// Errors: [ErrAccessDenied] also where the public access block forbids public
// objects; 400 for an ACL that the service does not support; [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutObjectAcl(ctx context.Context, in *PutObjectAclInput, opts ...Option) (*PutObjectAclOutput, error) {
	return invoke[PutObjectAclOutput](ctx, c, opPutObjectAcl, in, opts)
}

var opPutObjectAcl = &pipeline.Operation{Name: "PutObjectAcl", Method: "PUT", Path: "/{Bucket}/{Key+}?acl", Traits: pipeline.ChecksumRequired}

type PutObjectAclInput struct {
	Bucket    string `uri:"Bucket"`
	Key       string `uri:"Key"`
	VersionId string `query:"versionId"` // empty: the current version

	// ACL is private or public-read: the service supports no other. The members
	// below, which spell the ACL out, are for servers on premises; one of the
	// three ways is needed.
	ACL                 ObjectCannedACL      `header:"x-amz-acl"`
	AccessControlPolicy *AccessControlPolicy `payload:"AccessControlPolicy,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	GrantFullControl    string               `header:"x-amz-grant-full-control"`
	GrantRead           string               `header:"x-amz-grant-read"`
	GrantWrite          string               `header:"x-amz-grant-write"`
	GrantReadACP        string               `header:"x-amz-grant-read-acp"`
	GrantWriteACP       string               `header:"x-amz-grant-write-acp"`

	ContentMD5          string       `header:"Content-MD5"`                 // base64; empty: the client adds a checksum of its own
	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutObjectAclOutput struct {
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

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

// Owner is the account or service instance that something belongs to.
type Owner struct {
	DisplayName string `xml:"DisplayName"`
	ID          string `xml:"ID"` // of the account or the service instance
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
