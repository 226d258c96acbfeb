package s3

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateBucket makes a bucket in the region that the client speaks to. Outside
// us-east-1 the input must name that region too.
//
// Errors: [ErrBucketAlreadyOwnedByYou] where the caller has it already (in
// us-east-1 that is a success), [ErrBucketAlreadyExists] where somebody else
// has.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func (c *Client) CreateBucket(ctx context.Context, in *CreateBucketInput, opts ...Option) (*CreateBucketOutput, error) {
	return invoke[CreateBucketOutput](ctx, c, opCreateBucket, in, opts)
}

var opCreateBucket = &pipeline.Operation{Name: "CreateBucket", Method: "PUT", Path: "/{Bucket}", Host: "control"}

type CreateBucketInput struct {
	// Bucket is 3 to 63 lower-case letters, digits, dots and hyphens. Names are
	// shared by all accounts of a partition unless BucketNamespace says otherwise.
	Bucket string `uri:"Bucket"`

	// CreateBucketConfiguration says where. It may be nil in us-east-1 only: the
	// endpoint of a region takes no other region as LocationConstraint, else
	// IllegalLocationConstraintException.
	CreateBucketConfiguration *CreateBucketConfiguration `payload:"CreateBucketConfiguration,ns=http://s3.amazonaws.com/doc/2006-03-01/"`

	// ACL is a canned grant; the Grant members spell grants out instead: lists
	// such as `id="1234", uri="http://acs.amazonaws.com/groups/global/AllUsers"`.
	// Buckets whose owner is enforced (the default) refuse both with
	// AccessControlListNotSupported.
	ACL                        BucketCannedACL `header:"x-amz-acl"`
	GrantFullControl           string          `header:"x-amz-grant-full-control"`
	GrantRead                  string          `header:"x-amz-grant-read"`
	GrantWrite                 string          `header:"x-amz-grant-write"`
	GrantReadACP               string          `header:"x-amz-grant-read-acp"`
	GrantWriteACP              string          `header:"x-amz-grant-write-acp"`
	ObjectOwnership            ObjectOwnership `header:"x-amz-object-ownership"`           // default BucketOwnerEnforced: no ACLs
	ObjectLockEnabledForBucket bool            `header:"x-amz-bucket-object-lock-enabled"` // also turns versioning on
	BucketNamespace            BucketNamespace `header:"x-amz-bucket-namespace"`
}

type CreateBucketOutput struct {
	Location  string `header:"Location"` // "/" and the name, or the URL of the bucket
	BucketArn string `header:"x-amz-bucket-arn"`

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateBucketConfiguration says where a new bucket shall be.
type CreateBucketConfiguration struct {
	LocationConstraint BucketLocationConstraint `xml:"LocationConstraint"` // region; empty means us-east-1
	Location           *LocationInfo            `xml:"Location"`           // with Bucket: for a directory bucket
	Bucket             *BucketInfo              `xml:"Bucket"`
	Tags               []Tag                    `xml:"Tags,item=Tag"` // of the new bucket; up to 50
}

// LocationInfo is the zone that a directory bucket lives in.
type LocationInfo struct {
	Type LocationType `xml:"Type"`
	Name string       `xml:"Name"` // zone ID such as "usw2-az1"
}

// BucketInfo says what kind of directory bucket is made.
type BucketInfo struct {
	DataRedundancy DataRedundancy `xml:"DataRedundancy"`
	Type           BucketType     `xml:"Type"`
}

// BucketNamespace is the set of names that a bucket's name is unique in.
type BucketNamespace string

const (
	BucketNamespaceAccountRegional BucketNamespace = "account-regional"
	BucketNamespaceGlobal          BucketNamespace = "global"
)

// BucketType tells directory buckets from the general-purpose ones, which have
// none.
type BucketType string

const BucketTypeDirectory BucketType = "Directory"

// DataRedundancy is the number of zones that a directory bucket's data are in.
type DataRedundancy string

const (
	DataRedundancySingleAvailabilityZone DataRedundancy = "SingleAvailabilityZone"
	DataRedundancySingleLocalZone        DataRedundancy = "SingleLocalZone"
)

// LocationType is the kind of zone of a directory bucket.
type LocationType string

const (
	LocationTypeAvailabilityZone LocationType = "AvailabilityZone"
	LocationTypeLocalZone        LocationType = "LocalZone"
)

// ObjectOwnership says who owns what others store in a bucket, and whether
// ACLs count.
type ObjectOwnership string

const (
	ObjectOwnershipBucketOwnerPreferred ObjectOwnership = "BucketOwnerPreferred" // the bucket's owner, if stored with bucket-owner-full-control
	ObjectOwnershipObjectWriter         ObjectOwnership = "ObjectWriter"         // whoever stored it
	ObjectOwnershipBucketOwnerEnforced  ObjectOwnership = "BucketOwnerEnforced"  // ACLs are off
)

// BucketCannedACL is a ready-made set of grants for a bucket.
type BucketCannedACL string

const (
	BucketCannedACLPrivate           BucketCannedACL = "private"
	BucketCannedACLPublicRead        BucketCannedACL = "public-read"
	BucketCannedACLPublicReadWrite   BucketCannedACL = "public-read-write"
	BucketCannedACLAuthenticatedRead BucketCannedACL = "authenticated-read"
)

// DeleteBucket removes a bucket. It must be empty: of objects, of versions and
// of delete markers.
//
// Errors: [ErrBucketNotEmpty], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
func (c *Client) DeleteBucket(ctx context.Context, in *DeleteBucketInput, opts ...Option) (*DeleteBucketOutput, error) {
	return invoke[DeleteBucketOutput](ctx, c, opDeleteBucket, in, opts)
}

var opDeleteBucket = &pipeline.Operation{Name: "DeleteBucket", Method: "DELETE", Path: "/{Bucket}", Host: "control"}

type DeleteBucketInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteBucketOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// HeadBucket tells whether a bucket exists and may be used, and where it is.
//
// Errors: [ErrNoSuchBucket]; a bucket of somebody else answers 403. An answer
// to HEAD has no body, so its error has no more than the status to go by.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
func (c *Client) HeadBucket(ctx context.Context, in *HeadBucketInput, opts ...Option) (*HeadBucketOutput, error) {
	return invoke[HeadBucketOutput](ctx, c, opHeadBucket, in, opts)
}

var opHeadBucket = &pipeline.Operation{Name: "HeadBucket", Method: "HEAD", Path: "/{Bucket}"}

type HeadBucketInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type HeadBucketOutput struct {
	BucketArn          string       `header:"x-amz-bucket-arn"`
	BucketLocationType LocationType `header:"x-amz-bucket-location-type"` // directory buckets only
	BucketLocationName string       `header:"x-amz-bucket-location-name"` // directory buckets only: zone ID
	BucketRegion       string       `header:"x-amz-bucket-region"`
	AccessPointAlias   bool         `header:"x-amz-access-point-alias"` // the name in the request is an access point's

	ResponseMetadata entrepot.ResponseMetadata
}

// ListBuckets lists the buckets of the caller's account, by name. Without
// MaxBuckets, S3 answers with all of them in one page where they are no more
// than 10,000.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
func (c *Client) ListBuckets(ctx context.Context, in *ListBucketsInput, opts ...Option) (*ListBucketsOutput, error) {
	return invoke[ListBucketsOutput](ctx, c, opListBuckets, in, opts)
}

var opListBuckets = &pipeline.Operation{Name: "ListBuckets", Method: "GET", Path: "/"}

type ListBucketsInput struct {
	Prefix            string `query:"prefix"`             // only names that begin with it
	ContinuationToken string `query:"continuation-token"` // from the page before
	MaxBuckets        int32  `query:"max-buckets"`        // page size, at most and by default 10,000
	BucketRegion      string `query:"bucket-region"`      // only buckets of this region
}

type ListBucketsOutput struct {
	Buckets           []Bucket `xml:"Buckets,item=Bucket"`
	Prefix            string   `xml:"Prefix"`
	ContinuationToken string   `xml:"ContinuationToken"` // for the next page; empty on the last
	Owner             Owner    `xml:"Owner"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the buckets of the page.
func (out *ListBucketsOutput) Items() []Bucket { return out.Buckets }

// NextPage makes next the request for the page after out.
func (out *ListBucketsOutput) NextPage(next *ListBucketsInput) (token string, more bool) {
	next.ContinuationToken = out.ContinuationToken
	return out.ContinuationToken, out.ContinuationToken != ""
}

// Bucket is an entry of ListBuckets.
type Bucket struct {
	Name         string    `xml:"Name"`
	CreationDate time.Time `xml:"CreationDate"` // also changes with some changes of the bucket, such as its policy
	BucketRegion string    `xml:"BucketRegion"` // only when the request had a parameter
	BucketArn    string    `xml:"BucketArn"`
}

// Owner is the account that an object or bucket belongs to.
type Owner struct {
	DisplayName string `xml:"DisplayName"` // no longer sent by S3 itself
	ID          string `xml:"ID"`
}

// GetBucketLocation tells the region of a bucket. HeadBucket tells it too, to
// more callers.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
func (c *Client) GetBucketLocation(ctx context.Context, in *GetBucketLocationInput, opts ...Option) (*GetBucketLocationOutput, error) {
	return invoke[GetBucketLocationOutput](ctx, c, opGetBucketLocation, in, opts)
}

var opGetBucketLocation = &pipeline.Operation{Name: "GetBucketLocation", Method: "GET", Path: "/{Bucket}?location", Host: "control"}

type GetBucketLocationInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketLocationOutput struct {
	LocationConstraint BucketLocationConstraint `xml:",text"` // empty: us-east-1; EU: eu-west-1

	ResponseMetadata entrepot.ResponseMetadata
}

// BucketLocationConstraint is a region as CreateBucket takes it. us-east-1 has
// no value: it is the absence of one.
type BucketLocationConstraint string

const (
	BucketLocationConstraintAfSouth1     BucketLocationConstraint = "af-south-1"
	BucketLocationConstraintApEast1      BucketLocationConstraint = "ap-east-1"
	BucketLocationConstraintApEast2      BucketLocationConstraint = "ap-east-2"
	BucketLocationConstraintApNortheast1 BucketLocationConstraint = "ap-northeast-1"
	BucketLocationConstraintApNortheast2 BucketLocationConstraint = "ap-northeast-2"
	BucketLocationConstraintApNortheast3 BucketLocationConstraint = "ap-northeast-3"
	BucketLocationConstraintApSouth1     BucketLocationConstraint = "ap-south-1"
	BucketLocationConstraintApSouth2     BucketLocationConstraint = "ap-south-2"
	BucketLocationConstraintApSoutheast1 BucketLocationConstraint = "ap-southeast-1"
	BucketLocationConstraintApSoutheast2 BucketLocationConstraint = "ap-southeast-2"
	BucketLocationConstraintApSoutheast3 BucketLocationConstraint = "ap-southeast-3"
	BucketLocationConstraintApSoutheast4 BucketLocationConstraint = "ap-southeast-4"
	BucketLocationConstraintApSoutheast5 BucketLocationConstraint = "ap-southeast-5"
	BucketLocationConstraintApSoutheast6 BucketLocationConstraint = "ap-southeast-6"
	BucketLocationConstraintApSoutheast7 BucketLocationConstraint = "ap-southeast-7"
	BucketLocationConstraintCaCentral1   BucketLocationConstraint = "ca-central-1"
	BucketLocationConstraintCaWest1      BucketLocationConstraint = "ca-west-1"
	BucketLocationConstraintCnNorth1     BucketLocationConstraint = "cn-north-1"
	BucketLocationConstraintCnNorthwest1 BucketLocationConstraint = "cn-northwest-1"
	BucketLocationConstraintEu           BucketLocationConstraint = "EU" // old name of eu-west-1
	BucketLocationConstraintEuCentral1   BucketLocationConstraint = "eu-central-1"
	BucketLocationConstraintEuCentral2   BucketLocationConstraint = "eu-central-2"
	BucketLocationConstraintEuNorth1     BucketLocationConstraint = "eu-north-1"
	BucketLocationConstraintEuSouth1     BucketLocationConstraint = "eu-south-1"
	BucketLocationConstraintEuSouth2     BucketLocationConstraint = "eu-south-2"
	BucketLocationConstraintEuWest1      BucketLocationConstraint = "eu-west-1"
	BucketLocationConstraintEuWest2      BucketLocationConstraint = "eu-west-2"
	BucketLocationConstraintEuWest3      BucketLocationConstraint = "eu-west-3"
	BucketLocationConstraintIlCentral1   BucketLocationConstraint = "il-central-1"
	BucketLocationConstraintMeCentral1   BucketLocationConstraint = "me-central-1"
	BucketLocationConstraintMeSouth1     BucketLocationConstraint = "me-south-1"
	BucketLocationConstraintMxCentral1   BucketLocationConstraint = "mx-central-1"
	BucketLocationConstraintSaEast1      BucketLocationConstraint = "sa-east-1"
	BucketLocationConstraintUsEast2      BucketLocationConstraint = "us-east-2"
	BucketLocationConstraintUsGovEast1   BucketLocationConstraint = "us-gov-east-1"
	BucketLocationConstraintUsGovWest1   BucketLocationConstraint = "us-gov-west-1"
	BucketLocationConstraintUsWest1      BucketLocationConstraint = "us-west-1"
	BucketLocationConstraintUsWest2      BucketLocationConstraint = "us-west-2"
)
