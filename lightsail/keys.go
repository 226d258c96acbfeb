package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateBucketAccessKey creates a key that may read and write the objects of
// one bucket. A bucket has at most two; only this call ever tells the secret.
// It is not repeated after a lost answer, as that would make a second key;
// [Client.GetBucketAccessKeys] shows whether there is one whose secret nobody
// has.
//
// Errors: [ErrNotFound]; [ErrInvalidInput] where there are two already.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateBucketAccessKey.html
func (c *Client) CreateBucketAccessKey(ctx context.Context, in *CreateBucketAccessKeyInput, opts ...Option) (*CreateBucketAccessKeyOutput, error) {
	return invoke[CreateBucketAccessKeyOutput](ctx, c, opCreateBucketAccessKey, in, opts)
}

var opCreateBucketAccessKey = &pipeline.Operation{Name: "CreateBucketAccessKey", Method: "POST", Path: "/", Traits: pipeline.NoReplay}

type CreateBucketAccessKeyInput struct {
	BucketName string `json:"bucketName,required,min3"`
}

type CreateBucketAccessKeyOutput struct {
	AccessKey  AccessKey   `json:"accessKey"` // with its secret
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetBucketAccessKeys returns the access keys of a bucket, without secrets.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetBucketAccessKeys.html
func (c *Client) GetBucketAccessKeys(ctx context.Context, in *GetBucketAccessKeysInput, opts ...Option) (*GetBucketAccessKeysOutput, error) {
	return invoke[GetBucketAccessKeysOutput](ctx, c, opGetBucketAccessKeys, in, opts)
}

var opGetBucketAccessKeys = &pipeline.Operation{Name: "GetBucketAccessKeys", Method: "POST", Path: "/"}

type GetBucketAccessKeysInput struct {
	BucketName string `json:"bucketName,required,min3"`
}

type GetBucketAccessKeysOutput struct {
	AccessKeys []AccessKey `json:"accessKeys"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteBucketAccessKey deletes an access key of a bucket. Whoever uses it is
// refused from then on.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteBucketAccessKey.html
func (c *Client) DeleteBucketAccessKey(ctx context.Context, in *DeleteBucketAccessKeyInput, opts ...Option) (*DeleteBucketAccessKeyOutput, error) {
	return invoke[DeleteBucketAccessKeyOutput](ctx, c, opDeleteBucketAccessKey, in, opts)
}

var opDeleteBucketAccessKey = &pipeline.Operation{Name: "DeleteBucketAccessKey", Method: "POST", Path: "/"}

type DeleteBucketAccessKeyInput struct {
	BucketName  string `json:"bucketName,required,min3"`
	AccessKeyId string `json:"accessKeyId,required,min1"`
}

type DeleteBucketAccessKeyOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// AccessKey is a key to the objects of one bucket.
type AccessKey struct {
	AccessKeyId     string            `json:"accessKeyId"`
	SecretAccessKey entrepot.Secret   `json:"secretAccessKey"` // only when it has just been created
	Status          StatusType        `json:"status"`
	CreatedAt       time.Time         `json:"createdAt"`
	LastUsed        AccessKeyLastUsed `json:"lastUsed"`
}

// AccessKeyLastUsed tells when and where a key was last used. Of a key that
// never was, the date is zero and the rest "N/A".
type AccessKeyLastUsed struct {
	LastUsedDate time.Time `json:"lastUsedDate"`
	Region       string    `json:"region"`
	ServiceName  string    `json:"serviceName"`
}
