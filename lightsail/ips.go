package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// AllocateStaticIp takes a public IPv4 address for the account, in the client's
// region. It stays the account's until [Client.ReleaseStaticIp], and is billed
// while no instance has it.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_AllocateStaticIp.html
func (c *Client) AllocateStaticIp(ctx context.Context, in *AllocateStaticIpInput, opts ...Option) (*AllocateStaticIpOutput, error) {
	return invoke[AllocateStaticIpOutput](ctx, c, opAllocateStaticIp, in, opts)
}

var opAllocateStaticIp = &pipeline.Operation{Name: "AllocateStaticIp", Method: "POST", Path: "/"}

type AllocateStaticIpInput struct {
	StaticIpName string `json:"staticIpName,required,min1"` // how the new one is to be called
}

type AllocateStaticIpOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// AttachStaticIp makes a static IP the public address of an instance, in place
// of the one it has.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_AttachStaticIp.html
func (c *Client) AttachStaticIp(ctx context.Context, in *AttachStaticIpInput, opts ...Option) (*AttachStaticIpOutput, error) {
	return invoke[AttachStaticIpOutput](ctx, c, opAttachStaticIp, in, opts)
}

var opAttachStaticIp = &pipeline.Operation{Name: "AttachStaticIp", Method: "POST", Path: "/"}

type AttachStaticIpInput struct {
	StaticIpName string `json:"staticIpName,required,min1"`
	InstanceName string `json:"instanceName,required,min1"`
}

type AttachStaticIpOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DetachStaticIp takes a static IP off its instance, which gets another public
// address. The account keeps the static IP.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DetachStaticIp.html
func (c *Client) DetachStaticIp(ctx context.Context, in *DetachStaticIpInput, opts ...Option) (*DetachStaticIpOutput, error) {
	return invoke[DetachStaticIpOutput](ctx, c, opDetachStaticIp, in, opts)
}

var opDetachStaticIp = &pipeline.Operation{Name: "DetachStaticIp", Method: "POST", Path: "/"}

type DetachStaticIpInput struct {
	StaticIpName string `json:"staticIpName,required,min1"`
}

type DetachStaticIpOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// ReleaseStaticIp gives a static IP back: the account has it no longer.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_ReleaseStaticIp.html
func (c *Client) ReleaseStaticIp(ctx context.Context, in *ReleaseStaticIpInput, opts ...Option) (*ReleaseStaticIpOutput, error) {
	return invoke[ReleaseStaticIpOutput](ctx, c, opReleaseStaticIp, in, opts)
}

var opReleaseStaticIp = &pipeline.Operation{Name: "ReleaseStaticIp", Method: "POST", Path: "/"}

type ReleaseStaticIpInput struct {
	StaticIpName string `json:"staticIpName,required,min1"`
}

type ReleaseStaticIpOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetStaticIp returns one static IP.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetStaticIp.html
func (c *Client) GetStaticIp(ctx context.Context, in *GetStaticIpInput, opts ...Option) (*GetStaticIpOutput, error) {
	return invoke[GetStaticIpOutput](ctx, c, opGetStaticIp, in, opts)
}

var opGetStaticIp = &pipeline.Operation{Name: "GetStaticIp", Method: "POST", Path: "/"}

type GetStaticIpInput struct {
	StaticIpName string `json:"staticIpName,required,min1"`
}

type GetStaticIpOutput struct {
	StaticIp StaticIp `json:"staticIp"`

	ResponseMetadata entrepot.ResponseMetadata
}

// StaticIp is a public IPv4 address of the account's own.
type StaticIp struct {
	Name         string           `json:"name"`
	Arn          string           `json:"arn"`
	SupportCode  string           `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt    time.Time        `json:"createdAt"`
	Location     ResourceLocation `json:"location"`
	ResourceType ResourceType     `json:"resourceType"` // ResourceTypeStaticIp
	IpAddress    string           `json:"ipAddress"`    // IPv4
	AttachedTo   string           `json:"attachedTo"`   // the instance that has it
	IsAttached   bool             `json:"isAttached"`
}

// GetStaticIps returns the account's static IPs in the client's region.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetStaticIps.html
func (c *Client) GetStaticIps(ctx context.Context, in *GetStaticIpsInput, opts ...Option) (*GetStaticIpsOutput, error) {
	return invoke[GetStaticIpsOutput](ctx, c, opGetStaticIps, in, opts)
}

var opGetStaticIps = &pipeline.Operation{Name: "GetStaticIps", Method: "POST", Path: "/"}

type GetStaticIpsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetStaticIpsOutput struct {
	StaticIps     []StaticIp `json:"staticIps"`
	NextPageToken string     `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the static IPs of the page.
func (out *GetStaticIpsOutput) Items() []StaticIp { return out.StaticIps }

// NextPage makes next the request for the page after out.
func (out *GetStaticIpsOutput) NextPage(next *GetStaticIpsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// SetIpAddressType sets by which versions of IP a resource is reached: an
// instance, a load balancer or a distribution.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_SetIpAddressType.html
func (c *Client) SetIpAddressType(ctx context.Context, in *SetIpAddressTypeInput, opts ...Option) (*SetIpAddressTypeOutput, error) {
	return invoke[SetIpAddressTypeOutput](ctx, c, opSetIpAddressType, in, opts)
}

var opSetIpAddressType = &pipeline.Operation{Name: "SetIpAddressType", Method: "POST", Path: "/"}

type SetIpAddressTypeInput struct {
	ResourceType  ResourceType  `json:"resourceType,required,min1"` // ResourceTypeInstance, ResourceTypeLoadBalancer or ResourceTypeDistribution
	ResourceName  string        `json:"resourceName,required,min1"`
	IpAddressType IpAddressType `json:"ipAddressType,required,min1"`

	// AcceptBundleUpdate agrees that the instance gets another bundle, with its
	// price from now on. It is needed to change to or from IPv6 alone.
	AcceptBundleUpdate *bool `json:"acceptBundleUpdate"`
}

type SetIpAddressTypeOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}
