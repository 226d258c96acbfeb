package lightsail

import (
	"context"
	"fmt"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetOperation returns how far a change has come. Changes of buckets are mostly
// done when they answer; [OperationSucceeded] waits for others.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetOperation.html
func (c *Client) GetOperation(ctx context.Context, in *GetOperationInput, opts ...Option) (*GetOperationOutput, error) {
	return invoke[GetOperationOutput](ctx, c, opGetOperation, in, opts)
}

var opGetOperation = &pipeline.Operation{Name: "GetOperation", Method: "POST", Path: "/"}

type GetOperationInput struct {
	OperationId string `json:"operationId,required,min1"` // Operation.Id
}

type GetOperationOutput struct {
	Operation Operation `json:"operation"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetOperations returns the account's changes in the client's region, of all
// resources.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetOperations.html
func (c *Client) GetOperations(ctx context.Context, in *GetOperationsInput, opts ...Option) (*GetOperationsOutput, error) {
	return invoke[GetOperationsOutput](ctx, c, opGetOperations, in, opts)
}

var opGetOperations = &pipeline.Operation{Name: "GetOperations", Method: "POST", Path: "/"}

type GetOperationsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetOperationsOutput struct {
	Operations    []Operation `json:"operations"`
	NextPageToken string      `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the operations of the page.
func (out *GetOperationsOutput) Items() []Operation { return out.Operations }

// NextPage makes next the request for the page after out.
func (out *GetOperationsOutput) NextPage(next *GetOperationsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// GetOperationsForResource returns the changes of one bucket or other resource.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetOperationsForResource.html
func (c *Client) GetOperationsForResource(ctx context.Context, in *GetOperationsForResourceInput, opts ...Option) (*GetOperationsForResourceOutput, error) {
	return invoke[GetOperationsForResourceOutput](ctx, c, opGetOperationsForResource, in, opts)
}

var opGetOperationsForResource = &pipeline.Operation{Name: "GetOperationsForResource", Method: "POST", Path: "/"}

type GetOperationsForResourceInput struct {
	ResourceName string `json:"resourceName,required,min1"`
	PageToken    string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetOperationsForResourceOutput struct {
	Operations    []Operation `json:"operations"`
	NextPageToken string      `json:"nextPageToken"`

	// NextPageCount was the number of pages that are left.
	//
	// Deprecated: whether there is another page, NextPageToken tells.
	NextPageCount string `json:"nextPageCount"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the operations of the page.
func (out *GetOperationsForResourceOutput) Items() []Operation { return out.Operations }

// NextPage makes next the request for the page after out.
func (out *GetOperationsForResourceOutput) NextPage(next *GetOperationsForResourceInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// Operation is a change that Lightsail has made or is making.
type Operation struct {
	Id               string           `json:"id"`
	ResourceName     string           `json:"resourceName"`
	ResourceType     ResourceType     `json:"resourceType"`
	CreatedAt        time.Time        `json:"createdAt"`
	Location         ResourceLocation `json:"location"`
	IsTerminal       bool             `json:"isTerminal"` // nothing more will happen
	OperationDetails string           `json:"operationDetails"`
	OperationType    OperationType    `json:"operationType"`
	Status           OperationStatus  `json:"status"`
	StatusChangedAt  time.Time        `json:"statusChangedAt"`
	ErrorCode        string           `json:"errorCode"`
	ErrorDetails     string           `json:"errorDetails"`
}

// Err returns nil unless the change has failed: then an [*Error] with what
// Lightsail tells of why. Its Operation is the OperationType.
func (o *Operation) Err() error {
	if o.Status != OperationStatusFailed {
		return nil
	}
	e := &apierror.Error{Service: service, Operation: string(o.OperationType), Code: o.ErrorCode, Message: o.ErrorDetails}
	if e.Code == "" {
		e.Err = fmt.Errorf("operation %s on %s has failed", o.Id, o.ResourceName)
	}
	return publicError(e)
}
