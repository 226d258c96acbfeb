package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateBucket creates a bucket in the client's region. Its name is then taken
// among all buckets of Amazon S3 as well.
//
// Errors: [ErrInvalidInput] also where the name is taken.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateBucket.html
func (c *Client) CreateBucket(ctx context.Context, in *CreateBucketInput, opts ...Option) (*CreateBucketOutput, error) {
	return invoke[CreateBucketOutput](ctx, c, opCreateBucket, in, opts)
}

var opCreateBucket = &pipeline.Operation{Name: "CreateBucket", Method: "POST", Path: "/"}

type CreateBucketInput struct {
	BucketName string `json:"bucketName,required,min3"` // 3 to 54 lower-case letters, digits and hyphens; none at its ends, nor two in a row
	BundleId   string `json:"bundleId,required,min1"`   // the plan that is paid for, of those that GetBucketBundles lists: "small_1_0"
	Tags       []Tag  `json:"tags"`                     // at most 50

	// EnableObjectVersioning keeps old versions of objects from the start.
	EnableObjectVersioning *bool `json:"enableObjectVersioning"`
}

type CreateBucketOutput struct {
	Bucket     Bucket      `json:"bucket"`
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateBucket changes how a bucket is set up: who may read its objects, whether
// it keeps old versions, where the log of accesses goes, which pages of other
// origins may use it. What the input leaves out stays as it is.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateBucket.html
func (c *Client) UpdateBucket(ctx context.Context, in *UpdateBucketInput, opts ...Option) (*UpdateBucketOutput, error) {
	return invoke[UpdateBucketOutput](ctx, c, opUpdateBucket, in, opts)
}

var opUpdateBucket = &pipeline.Operation{Name: "UpdateBucket", Method: "POST", Path: "/"}

type UpdateBucketInput struct {
	BucketName string `json:"bucketName,required,min3"`

	AccessRules *AccessRules `json:"accessRules"`

	// Versioning is "Enabled" or "Suspended". A bucket that has kept versions
	// once is at most suspended, which keeps those that there are.
	Versioning string `json:"versioning"`

	// ReadonlyAccessAccounts replaces the list of other AWS accounts, at most
	// 10, that may read the objects. One that is empty but not nil is sent: no
	// account is left.
	ReadonlyAccessAccounts []string `json:"readonlyAccessAccounts"`

	AccessLogConfig *BucketAccessLogConfig `json:"accessLogConfig"`

	// Cors replaces all rules for pages of other origins: at most 20, in all
	// 64 KB.
	Cors *BucketCorsConfig `json:"cors"`
}

type UpdateBucketOutput struct {
	Bucket     Bucket      `json:"bucket"` // its Cors is there if the call has set it
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucket deletes a bucket. One that has objects or access keys, or that
// a distribution or an instance uses, is deleted only by force.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteBucket.html
func (c *Client) DeleteBucket(ctx context.Context, in *DeleteBucketInput, opts ...Option) (*DeleteBucketOutput, error) {
	return invoke[DeleteBucketOutput](ctx, c, opDeleteBucket, in, opts)
}

var opDeleteBucket = &pipeline.Operation{Name: "DeleteBucket", Method: "POST", Path: "/"}

type DeleteBucketInput struct {
	BucketName  string `json:"bucketName,required,min3"`
	ForceDelete *bool  `json:"forceDelete"` // with all its objects, their versions and its access keys
}

type DeleteBucketOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetBuckets returns one bucket, or all buckets in the client's region.
//
// Errors: [ErrNotFound] where BucketName names none.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetBuckets.html
func (c *Client) GetBuckets(ctx context.Context, in *GetBucketsInput, opts ...Option) (*GetBucketsOutput, error) {
	return invoke[GetBucketsOutput](ctx, c, opGetBuckets, in, opts)
}

var opGetBuckets = &pipeline.Operation{Name: "GetBuckets", Method: "POST", Path: "/"}

type GetBucketsInput struct {
	BucketName string `json:"bucketName"` // empty: all
	PageToken  string `json:"pageToken"`  // from the page before; the service sets the page's size

	// IncludeConnectedResources fills Bucket.ResourcesReceivingAccess.
	IncludeConnectedResources *bool `json:"includeConnectedResources"`
	// IncludeCors fills Bucket.Cors. It needs a BucketName.
	IncludeCors *bool `json:"includeCors"`
}

type GetBucketsOutput struct {
	Buckets       []Bucket `json:"buckets"`
	NextPageToken string   `json:"nextPageToken"`

	// AccountLevelBpaSync tells whether the account's block on public access
	// overrides what the buckets allow.
	AccountLevelBpaSync AccountLevelBpaSync `json:"accountLevelBpaSync"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the buckets of the page.
func (out *GetBucketsOutput) Items() []Bucket { return out.Buckets }

// NextPage makes next the request for the page after out.
func (out *GetBucketsOutput) NextPage(next *GetBucketsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// Bucket is a bucket and how it is set up.
type Bucket struct {
	Name         string           `json:"name"`
	Arn          string           `json:"arn"`
	Url          string           `json:"url"` // of its objects: "https://NAME.s3.REGION.amazonaws.com"
	Location     ResourceLocation `json:"location"`
	ResourceType string           `json:"resourceType"` // "Bucket"
	SupportCode  string           `json:"supportCode"`  // what Lightsail's support asks for
	CreatedAt    time.Time        `json:"createdAt"`
	Tags         []Tag            `json:"tags"`
	State        BucketState      `json:"state"`

	BundleId           string `json:"bundleId"`
	AbleToUpdateBundle bool   `json:"ableToUpdateBundle"` // once in a month of billing

	ObjectVersioning string                `json:"objectVersioning"` // "NeverEnabled", "Enabled" or "Suspended"
	AccessLogConfig  BucketAccessLogConfig `json:"accessLogConfig"`
	Cors             BucketCorsConfig      `json:"cors"`

	AccessRules              AccessRules               `json:"accessRules"`
	ReadonlyAccessAccounts   []string                  `json:"readonlyAccessAccounts"` // other AWS accounts, at most 10
	ResourcesReceivingAccess []ResourceReceivingAccess `json:"resourcesReceivingAccess"`
}

// BucketState tells whether a bucket is well.
type BucketState struct {
	Code    string `json:"code"` // "OK" or "Unknown"
	Message string `json:"message"`
}

// AccessRules says who may read the objects of a bucket.
type AccessRules struct {
	GetObject AccessType `json:"getObject"`
	// AllowPublicOverrides lets single objects be public in a private bucket.
	AllowPublicOverrides *bool `json:"allowPublicOverrides"`
}

// BucketAccessLogConfig says where the log of accesses to a bucket goes: into
// objects, in the format of S3's server access logs. To end the log, send an
// Enabled of false alone.
type BucketAccessLogConfig struct {
	Enabled     bool   `json:"enabled,required"`
	Destination string `json:"destination"` // a bucket of this account and region; needed if Enabled
	Prefix      string `json:"prefix"`      // of the log objects' keys, at most 100 bytes
}

// BucketCorsConfig says which pages of other origins may use a bucket.
type BucketCorsConfig struct {
	Rules []BucketCorsRule `json:"rules"` // at most 20; an empty list takes all away
}

// BucketCorsRule allows origins some methods.
type BucketCorsRule struct {
	Id             string   `json:"id"`                      // at most 255 characters
	AllowedMethods []string `json:"allowedMethods,required"` // of DELETE, GET, HEAD, POST, PUT; at least one
	AllowedOrigins []string `json:"allowedOrigins,required"` // at least one; may hold one asterisk
	AllowedHeaders []string `json:"allowedHeaders"`
	ExposeHeaders  []string `json:"exposeHeaders"`
	MaxAgeSeconds  *int32   `json:"maxAgeSeconds"` // how long browsers may keep the answer
}

// SetResourceAccessForBucket gives an instance access to a bucket without keys,
// or takes it away. The instance has to be in the bucket's region; it may be
// running or stopped. [Client.GetBuckets] lists who has access.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_SetResourceAccessForBucket.html
func (c *Client) SetResourceAccessForBucket(ctx context.Context, in *SetResourceAccessForBucketInput, opts ...Option) (*SetResourceAccessForBucketOutput, error) {
	return invoke[SetResourceAccessForBucketOutput](ctx, c, opSetResourceAccessForBucket, in, opts)
}

var opSetResourceAccessForBucket = &pipeline.Operation{Name: "SetResourceAccessForBucket", Method: "POST", Path: "/"}

type SetResourceAccessForBucketInput struct {
	ResourceName string               `json:"resourceName,required,min1"` // the instance
	BucketName   string               `json:"bucketName,required,min3"`
	Access       ResourceBucketAccess `json:"access,required,min1"`
}

type SetResourceAccessForBucketOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ResourceReceivingAccess is an instance that may use a bucket without keys.
type ResourceReceivingAccess struct {
	Name         string `json:"name"`
	ResourceType string `json:"resourceType"`
}

// AccountLevelBpaSync tells how the account's block on public access in S3
// applies to Lightsail's buckets. It is taken over about hourly.
type AccountLevelBpaSync struct {
	Status              AccountLevelBpaSyncStatus `json:"status"`
	LastSyncedAt        time.Time                 `json:"lastSyncedAt"`
	Message             BPAStatusMessage          `json:"message"` // unless Status is InSync
	BpaImpactsLightsail bool                      `json:"bpaImpactsLightsail"`
}
