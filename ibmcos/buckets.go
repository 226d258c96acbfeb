package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// CreateBucket makes a bucket in the location of the client's endpoint.
//
// Errors: [ErrBucketAlreadyOwnedByYou], [ErrBucketAlreadyExists]; the name of
// a deleted bucket is held back for some minutes. InvalidLocationConstraint
// means that this endpoint does not serve the location asked for.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) CreateBucket(ctx context.Context, in *CreateBucketInput, opts ...Option) (*CreateBucketOutput, error) {
	return invoke[CreateBucketOutput](ctx, c, opCreateBucket, in, opts)
}

var opCreateBucket = &pipeline.Operation{Name: "CreateBucket", Method: "PUT", Path: "/{Bucket}"}

type CreateBucketInput struct {
	// Bucket is 3 to 63 lower-case letters, digits, dots and hyphens, shared by
	// all customers of the service.
	Bucket string `uri:"Bucket"`

	// CreateBucketConfiguration says where, and of which class. nil: the location
	// of the endpoint, class standard.
	CreateBucketConfiguration *CreateBucketConfiguration `payload:"CreateBucketConfiguration,ns=http://s3.amazonaws.com/doc/2006-03-01/"`

	// IBMServiceInstanceId is the instance, as GUID or CRN. The service wants it
	// from callers with an IAM token. Empty: the instance of the client's Config.
	IBMServiceInstanceId string `header:"ibm-service-instance-id"`

	IBMSSEKPEncryptionAlgorithm SSEKPEncryptionAlgorithm `header:"ibm-sse-kp-encryption-algorithm"`  // AES256; with the root key below: Key Protect or Hyper Protect Crypto Services
	IBMSSEKPCustomerRootKeyCrn  string                   `header:"ibm-sse-kp-customer-root-key-crn"` // CRN of the root key that wraps the bucket's keys
	ACL                         BucketCannedACL          `header:"x-amz-acl"`
	GrantFullControl            string                   `header:"x-amz-grant-full-control"`
	GrantRead                   string                   `header:"x-amz-grant-read"`
	GrantWrite                  string                   `header:"x-amz-grant-write"`
	GrantReadACP                string                   `header:"x-amz-grant-read-acp"`
	GrantWriteACP               string                   `header:"x-amz-grant-write-acp"`
	ObjectLockEnabledForBucket  bool                     `header:"x-amz-bucket-object-lock-enabled"` // also turns versioning on
}

type CreateBucketOutput struct {
	Location string `header:"Location"` // "/" and the name, or the URL of the bucket

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateBucketConfiguration says where a new bucket shall be, and of which
// class.
type CreateBucketConfiguration struct {
	LocationConstraint BucketLocationConstraint `xml:"LocationConstraint"` // location and class in one code, "us-south-smart"
}

// BucketLocationConstraint is a location and a class: LOCATION-standard,
// -vault, -cold, -smart, or -onerate_active in One Rate instances. IBM adds
// codes that have no constant here; any string is sent as it is. The class
// cannot be changed later.
type BucketLocationConstraint string

const (
	BucketLocationConstraintAuSydOnerateActive   BucketLocationConstraint = "au-syd-onerate_active"
	BucketLocationConstraintCaTorOnerateActive   BucketLocationConstraint = "ca-tor-onerate_active"
	BucketLocationConstraintBrSaoOnerateActive   BucketLocationConstraint = "br-sao-onerate_active"
	BucketLocationConstraintJpOsaOnerateActive   BucketLocationConstraint = "jp-osa-onerate_active"
	BucketLocationConstraintJpTokOnerateActive   BucketLocationConstraint = "jp-tok-onerate_active"
	BucketLocationConstraintUsStandard           BucketLocationConstraint = "us-standard"
	BucketLocationConstraintUsVault              BucketLocationConstraint = "us-vault"
	BucketLocationConstraintUsCold               BucketLocationConstraint = "us-cold"
	BucketLocationConstraintUsFlex               BucketLocationConstraint = "us-flex"
	BucketLocationConstraintUsEastStandard       BucketLocationConstraint = "us-east-standard"
	BucketLocationConstraintUsEastVault          BucketLocationConstraint = "us-east-vault"
	BucketLocationConstraintUsEastCold           BucketLocationConstraint = "us-east-cold"
	BucketLocationConstraintUsEastFlex           BucketLocationConstraint = "us-east-flex"
	BucketLocationConstraintUsEastOnerateActive  BucketLocationConstraint = "us-east-onerate_active"
	BucketLocationConstraintUsSouthStandard      BucketLocationConstraint = "us-south-standard"
	BucketLocationConstraintUsSouthVault         BucketLocationConstraint = "us-south-vault"
	BucketLocationConstraintUsSouthCold          BucketLocationConstraint = "us-south-cold"
	BucketLocationConstraintUsSouthFlex          BucketLocationConstraint = "us-south-flex"
	BucketLocationConstraintUsSouthOnerateActive BucketLocationConstraint = "us-south-onerate_active"
	BucketLocationConstraintEuStandard           BucketLocationConstraint = "eu-standard"
	BucketLocationConstraintEuVault              BucketLocationConstraint = "eu-vault"
	BucketLocationConstraintEuCold               BucketLocationConstraint = "eu-cold"
	BucketLocationConstraintEuFlex               BucketLocationConstraint = "eu-flex"
	BucketLocationConstraintEuGbStandard         BucketLocationConstraint = "eu-gb-standard"
	BucketLocationConstraintEuGbVault            BucketLocationConstraint = "eu-gb-vault"
	BucketLocationConstraintEuGbCold             BucketLocationConstraint = "eu-gb-cold"
	BucketLocationConstraintEuGbFlex             BucketLocationConstraint = "eu-gb-flex"
	BucketLocationConstraintEuGbOnerateActive    BucketLocationConstraint = "eu-gb-onerate_active"
	BucketLocationConstraintEuDeStandard         BucketLocationConstraint = "eu-de-standard"
	BucketLocationConstraintEuDeVault            BucketLocationConstraint = "eu-de-vault"
	BucketLocationConstraintEuDeCold             BucketLocationConstraint = "eu-de-cold"
	BucketLocationConstraintEuDeFlex             BucketLocationConstraint = "eu-de-flex"
	BucketLocationConstraintEuDeOnerateActive    BucketLocationConstraint = "eu-de-onerate_active"
	BucketLocationConstraintApStandard           BucketLocationConstraint = "ap-standard"
	BucketLocationConstraintApVault              BucketLocationConstraint = "ap-vault"
	BucketLocationConstraintApCold               BucketLocationConstraint = "ap-cold"
	BucketLocationConstraintApFlex               BucketLocationConstraint = "ap-flex"
	BucketLocationConstraintAms03Standard        BucketLocationConstraint = "ams03-standard"
	BucketLocationConstraintAms03Vault           BucketLocationConstraint = "ams03-vault"
	BucketLocationConstraintAms03Cold            BucketLocationConstraint = "ams03-cold"
	BucketLocationConstraintAms03Flex            BucketLocationConstraint = "ams03-flex"
	BucketLocationConstraintAms03OnerateActive   BucketLocationConstraint = "ams03-onerate_active"
	BucketLocationConstraintChe01Standard        BucketLocationConstraint = "che01-standard"
	BucketLocationConstraintChe01Vault           BucketLocationConstraint = "che01-vault"
	BucketLocationConstraintChe01Cold            BucketLocationConstraint = "che01-cold"
	BucketLocationConstraintChe01Flex            BucketLocationConstraint = "che01-flex"
	BucketLocationConstraintChe01OnerateActive   BucketLocationConstraint = "che01-onerate_active"
	BucketLocationConstraintMel01Standard        BucketLocationConstraint = "mel01-standard"
	BucketLocationConstraintMel01Vault           BucketLocationConstraint = "mel01-vault"
	BucketLocationConstraintMel01Cold            BucketLocationConstraint = "mel01-cold"
	BucketLocationConstraintMel01Flex            BucketLocationConstraint = "mel01-flex"
	BucketLocationConstraintMil01OnerateActive   BucketLocationConstraint = "mil01-onerate_active"
	BucketLocationConstraintMon01OnerateActive   BucketLocationConstraint = "mon01-onerate_active"
	BucketLocationConstraintOsl01Standard        BucketLocationConstraint = "osl01-standard"
	BucketLocationConstraintOsl01Vault           BucketLocationConstraint = "osl01-vault"
	BucketLocationConstraintOsl01Cold            BucketLocationConstraint = "osl01-cold"
	BucketLocationConstraintOsl01Flex            BucketLocationConstraint = "osl01-flex"
	BucketLocationConstraintPar01OnerateActive   BucketLocationConstraint = "par01-onerate_active"
	BucketLocationConstraintSao01Standard        BucketLocationConstraint = "sao01-standard"
	BucketLocationConstraintSao01Vault           BucketLocationConstraint = "sao01-vault"
	BucketLocationConstraintSao01Cold            BucketLocationConstraint = "sao01-cold"
	BucketLocationConstraintSao01Flex            BucketLocationConstraint = "sao01-flex"
	BucketLocationConstraintSjc04OnerateActive   BucketLocationConstraint = "sjc04-onerate_active"
	BucketLocationConstraintSng01OnerateActive   BucketLocationConstraint = "sng01-onerate_active"
	BucketLocationConstraintTor01Standard        BucketLocationConstraint = "tor01-standard"
	BucketLocationConstraintTor01Vault           BucketLocationConstraint = "tor01-vault"
	BucketLocationConstraintTor01Cold            BucketLocationConstraint = "tor01-cold"
	BucketLocationConstraintTor01Flex            BucketLocationConstraint = "tor01-flex"
	BucketLocationConstraintEu                   BucketLocationConstraint = "EU"
	BucketLocationConstraintUsWest1              BucketLocationConstraint = "us-west-1"
	BucketLocationConstraintUsWest2              BucketLocationConstraint = "us-west-2"
	BucketLocationConstraintApSouth1             BucketLocationConstraint = "ap-south-1"
	BucketLocationConstraintApSoutheast1         BucketLocationConstraint = "ap-southeast-1"
	BucketLocationConstraintApSoutheast2         BucketLocationConstraint = "ap-southeast-2"
	BucketLocationConstraintApNortheast1         BucketLocationConstraint = "ap-northeast-1"
	BucketLocationConstraintSaEast1              BucketLocationConstraint = "sa-east-1"
	BucketLocationConstraintCnNorth1             BucketLocationConstraint = "cn-north-1"
)

// BucketCannedACL is a ready-made set of grants for a bucket.
type BucketCannedACL string

const (
	BucketCannedACLPrivate           BucketCannedACL = "private"
	BucketCannedACLPublicRead        BucketCannedACL = "public-read"
	BucketCannedACLPublicReadWrite   BucketCannedACL = "public-read-write"
	BucketCannedACLAuthenticatedRead BucketCannedACL = "authenticated-read"
)

// SSEKPEncryptionAlgorithm is the algorithm of encryption under a root key.
type SSEKPEncryptionAlgorithm string

const SSEKPEncryptionAlgorithmAes256 SSEKPEncryptionAlgorithm = "AES256"

// DeleteBucket removes a bucket. It must be empty: of objects, of versions and
// of delete markers.
//
// Errors: [ErrBucketNotEmpty], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteBucket(ctx context.Context, in *DeleteBucketInput, opts ...Option) (*DeleteBucketOutput, error) {
	return invoke[DeleteBucketOutput](ctx, c, opDeleteBucket, in, opts)
}

var opDeleteBucket = &pipeline.Operation{Name: "DeleteBucket", Method: "DELETE", Path: "/{Bucket}"}

type DeleteBucketInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// HeadBucket tells whether a bucket exists and may be used. Endpoints of
// other locations than its own do not see it.
//
// Errors: [ErrNoSuchBucket]; a bucket of somebody else answers 403. An answer
// to HEAD has no body, so its error has no more than the status to go by.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) HeadBucket(ctx context.Context, in *HeadBucketInput, opts ...Option) (*HeadBucketOutput, error) {
	return invoke[HeadBucketOutput](ctx, c, opHeadBucket, in, opts)
}

var opHeadBucket = &pipeline.Operation{Name: "HeadBucket", Method: "HEAD", Path: "/{Bucket}"}

type HeadBucketInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type HeadBucketOutput struct {
	IBMSSEKPEnabled            bool   `header:"ibm-sse-kp-enabled"`               // a root key of Key Protect wraps the bucket's keys
	IBMSSEKPCrkId              string `header:"ibm-sse-kp-crk-id"`                // CRN of that root key
	IBMSSEKPCustomerRootKeyCrn string `header:"ibm-sse-kp-customer-root-key-crn"` // the same, where the server calls it so

	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketLocation tells the location and the class of a bucket, as
// [Client.CreateBucket] takes them: in one code, such as "us-south-smart". Any call
// for a bucket has to go to an endpoint of its location;
// [Client.ListBucketsExtended] lists buckets with their codes.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketLocation(ctx context.Context, in *GetBucketLocationInput, opts ...Option) (*GetBucketLocationOutput, error) {
	return invoke[GetBucketLocationOutput](ctx, c, opGetBucketLocation, in, opts)
}

var opGetBucketLocation = &pipeline.Operation{Name: "GetBucketLocation", Method: "GET", Path: "/{Bucket}?location"}

type GetBucketLocationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketLocationOutput struct {
	LocationConstraint BucketLocationConstraint `xml:",text"` // as the service has it

	ResponseMetadata entrepot.ResponseMetadata
}

// ListBuckets lists all buckets of a service instance, in one answer.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListBuckets(ctx context.Context, in *ListBucketsInput, opts ...Option) (*ListBucketsOutput, error) {
	return invoke[ListBucketsOutput](ctx, c, opListBuckets, in, opts)
}

var opListBuckets = &pipeline.Operation{Name: "ListBuckets", Method: "GET", Path: "/"}

type ListBucketsInput struct {
	// IBMServiceInstanceId is the instance, as GUID or CRN. The service wants it
	// from callers with an IAM token. Empty: the instance of the client's Config.
	IBMServiceInstanceId string `header:"ibm-service-instance-id"`
}

type ListBucketsOutput struct {
	Buckets []Bucket `xml:"Buckets,item=Bucket"`
	Owner   Owner    `xml:"Owner"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ListBucketsExtended lists the buckets of a service instance with their
// locations and classes.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListBucketsExtended(ctx context.Context, in *ListBucketsExtendedInput, opts ...Option) (*ListBucketsExtendedOutput, error) {
	return invoke[ListBucketsExtendedOutput](ctx, c, opListBucketsExtended, in, opts)
}

var opListBucketsExtended = &pipeline.Operation{Name: "ListBucketsExtended", Method: "GET", Path: "/?extended"}

type ListBucketsExtendedInput struct {
	Prefix string `query:"prefix"` // only names that begin with it
	Marker string `query:"marker"` // list names after this one

	// MaxKeys is the page size, at most and by default 1000. nil: the default; 0:
	// an empty page, a cheap test of access.
	MaxKeys *int32 `query:"max-keys"`
	// IBMServiceInstanceId is the instance, as GUID or CRN. The service wants it
	// from callers with an IAM token. Empty: the instance of the client's Config.
	IBMServiceInstanceId string `header:"ibm-service-instance-id"`
}

type ListBucketsExtendedOutput struct {
	Buckets     []Bucket `xml:"Buckets,item=Bucket"`
	IsTruncated bool     `xml:"IsTruncated"` // more follows
	NextMarker  string   `xml:"NextMarker"`  // often not sent; go on after the last name then

	Prefix  string `xml:"Prefix"`
	Marker  string `xml:"Marker"`
	MaxKeys int32  `xml:"MaxKeys"`
	Owner   Owner  `xml:"Owner"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the buckets of the page.
func (out *ListBucketsExtendedOutput) Items() []Bucket { return out.Buckets }

// NextPage makes next the request for the page after out.
func (out *ListBucketsExtendedOutput) NextPage(next *ListBucketsExtendedInput) (token string, more bool) {
	next.Marker = s3dialect.Marker(out.NextMarker, s3dialect.Last(out.Buckets).Name, "")
	return next.Marker, out.IsTruncated
}

// Bucket is an entry of a list of buckets.
type Bucket struct {
	Name               string                   `xml:"Name"`
	CreationDate       time.Time                `xml:"CreationDate"`
	CreationTemplateId string                   `xml:"CreationTemplateId"` // on premises only
	LocationConstraint BucketLocationConstraint `xml:"LocationConstraint"` // ListBucketsExtended only
}
