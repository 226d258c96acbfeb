package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PeerVpc connects Lightsail's network in the client's region with the account's
// default VPC there, so that both reach each other by private addresses.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_PeerVpc.html
func (c *Client) PeerVpc(ctx context.Context, in *PeerVpcInput, opts ...Option) (*PeerVpcOutput, error) {
	return invoke[PeerVpcOutput](ctx, c, opPeerVpc, in, opts)
}

var opPeerVpc = &pipeline.Operation{Name: "PeerVpc", Method: "POST", Path: "/"}

type PeerVpcInput struct{}

type PeerVpcOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// UnpeerVpc ends the connection that [Client.PeerVpc] has made.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UnpeerVpc.html
func (c *Client) UnpeerVpc(ctx context.Context, in *UnpeerVpcInput, opts ...Option) (*UnpeerVpcOutput, error) {
	return invoke[UnpeerVpcOutput](ctx, c, opUnpeerVpc, in, opts)
}

var opUnpeerVpc = &pipeline.Operation{Name: "UnpeerVpc", Method: "POST", Path: "/"}

type UnpeerVpcInput struct{}

type UnpeerVpcOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// IsVpcPeered tells whether Lightsail's network in the client's region is
// connected with the account's default VPC.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_IsVpcPeered.html
func (c *Client) IsVpcPeered(ctx context.Context, in *IsVpcPeeredInput, opts ...Option) (*IsVpcPeeredOutput, error) {
	return invoke[IsVpcPeeredOutput](ctx, c, opIsVpcPeered, in, opts)
}

var opIsVpcPeered = &pipeline.Operation{Name: "IsVpcPeered", Method: "POST", Path: "/"}

type IsVpcPeeredInput struct{}

type IsVpcPeeredOutput struct {
	IsPeered bool `json:"isPeered"`

	ResponseMetadata entrepot.ResponseMetadata
}
