package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// TagResource puts tags on a bucket or another resource, beside those that it
// has. One whose key is there already gets the new value. A resource has at most
// 50 tags.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_TagResource.html
func (c *Client) TagResource(ctx context.Context, in *TagResourceInput, opts ...Option) (*TagResourceOutput, error) {
	return invoke[TagResourceOutput](ctx, c, opTagResource, in, opts)
}

var opTagResource = &pipeline.Operation{Name: "TagResource", Method: "POST", Path: "/"}

type TagResourceInput struct {
	ResourceName string `json:"resourceName,required,min1"`
	ResourceArn  string `json:"resourceArn"` // of the same resource
	Tags         []Tag  `json:"tags,required"`
}

type TagResourceOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UntagResource takes tags off a bucket or another resource, whatever their
// values are.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UntagResource.html
func (c *Client) UntagResource(ctx context.Context, in *UntagResourceInput, opts ...Option) (*UntagResourceOutput, error) {
	return invoke[UntagResourceOutput](ctx, c, opUntagResource, in, opts)
}

var opUntagResource = &pipeline.Operation{Name: "UntagResource", Method: "POST", Path: "/"}

type UntagResourceInput struct {
	ResourceName string   `json:"resourceName,required,min1"`
	ResourceArn  string   `json:"resourceArn"` // of the same resource
	TagKeys      []string `json:"tagKeys,required"`
}

type UntagResourceOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Tag is a name that is put on a resource, with or without a value.
type Tag struct {
	Key   string `json:"key"`   // at most 128 characters; none begins with "aws:"
	Value string `json:"value"` // at most 256
}
