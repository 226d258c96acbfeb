package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetRelationalDatabaseParameters returns the settings of a database's
// engine, such as "max_connections".
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseParameters.html
func (c *Client) GetRelationalDatabaseParameters(ctx context.Context, in *GetRelationalDatabaseParametersInput, opts ...Option) (*GetRelationalDatabaseParametersOutput, error) {
	return invoke[GetRelationalDatabaseParametersOutput](ctx, c, opGetRelationalDatabaseParameters, in, opts)
}

var opGetRelationalDatabaseParameters = &pipeline.Operation{Name: "GetRelationalDatabaseParameters", Method: "POST", Path: "/"}

type GetRelationalDatabaseParametersInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`
	PageToken              string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetRelationalDatabaseParametersOutput struct {
	Parameters    []RelationalDatabaseParameter `json:"parameters"`
	NextPageToken string                        `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the parameters of the page.
func (out *GetRelationalDatabaseParametersOutput) Items() []RelationalDatabaseParameter {
	return out.Parameters
}

// NextPage makes next the request for the page after out.
func (out *GetRelationalDatabaseParametersOutput) NextPage(next *GetRelationalDatabaseParametersInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// UpdateRelationalDatabaseParameters changes settings of a database's engine.
// It causes no outage: what cannot change while the engine runs waits for
// [Client.RebootRelationalDatabase].
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateRelationalDatabaseParameters.html
func (c *Client) UpdateRelationalDatabaseParameters(ctx context.Context, in *UpdateRelationalDatabaseParametersInput, opts ...Option) (*UpdateRelationalDatabaseParametersOutput, error) {
	return invoke[UpdateRelationalDatabaseParametersOutput](ctx, c, opUpdateRelationalDatabaseParameters, in, opts)
}

var opUpdateRelationalDatabaseParameters = &pipeline.Operation{Name: "UpdateRelationalDatabaseParameters", Method: "POST", Path: "/"}

type UpdateRelationalDatabaseParametersInput struct {
	RelationalDatabaseName string                        `json:"relationalDatabaseName,required,min1"`
	Parameters             []RelationalDatabaseParameter `json:"parameters,required"` // those that are to change
}

type UpdateRelationalDatabaseParametersOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// RelationalDatabaseParameter is a setting of a database's engine. To change
// one, name it and give it a value and an ApplyMethod.
type RelationalDatabaseParameter struct {
	AllowedValues  string `json:"allowedValues"` // a range, or the values
	ApplyMethod    string `json:"applyMethod"`   // when a change comes into force: "immediate" or "pending-reboot"
	ApplyType      string `json:"applyType"`     // whether the engine takes a change while it runs: "dynamic" or "static"
	DataType       string `json:"dataType"`      // of the value
	Description    string `json:"description"`
	IsModifiable   *bool  `json:"isModifiable"`
	ParameterName  string `json:"parameterName"`
	ParameterValue string `json:"parameterValue"`
}
