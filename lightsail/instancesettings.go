package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// UpdateInstanceMetadataOptions changes how programs on an instance reach the
// service that tells them about it. The instance may be running or stopped;
// [Client.GetInstance] returns the options as pending until they are applied.
// What the input leaves out stays as it is.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateInstanceMetadataOptions.html
func (c *Client) UpdateInstanceMetadataOptions(ctx context.Context, in *UpdateInstanceMetadataOptionsInput, opts ...Option) (*UpdateInstanceMetadataOptionsOutput, error) {
	return invoke[UpdateInstanceMetadataOptionsOutput](ctx, c, opUpdateInstanceMetadataOptions, in, opts)
}

var opUpdateInstanceMetadataOptions = &pipeline.Operation{Name: "UpdateInstanceMetadataOptions", Method: "POST", Path: "/"}

type UpdateInstanceMetadataOptionsInput struct {
	InstanceName            string           `json:"instanceName,required,min1"`
	HttpTokens              HttpTokens       `json:"httpTokens"`
	HttpEndpoint            HttpEndpoint     `json:"httpEndpoint"`
	HttpPutResponseHopLimit *int32           `json:"httpPutResponseHopLimit"` // how many hops away the answer with the token may go
	HttpProtocolIpv6        HttpProtocolIpv6 `json:"httpProtocolIpv6"`        // in eu-north-1 only
}

type UpdateInstanceMetadataOptionsOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// InstanceMetadataOptions says how programs on an instance reach the service
// that tells them about it.
type InstanceMetadataOptions struct {
	State                   InstanceMetadataState `json:"state"`
	HttpTokens              HttpTokens            `json:"httpTokens"`
	HttpEndpoint            HttpEndpoint          `json:"httpEndpoint"`
	HttpPutResponseHopLimit int32                 `json:"httpPutResponseHopLimit"` // how many hops away the answer with the token may go
	HttpProtocolIpv6        HttpProtocolIpv6      `json:"httpProtocolIpv6"`        // in eu-north-1 only
}

// InstanceMetadataState tells whether the instance works by the options yet.
type InstanceMetadataState string

// Values of InstanceMetadataState.
const (
	InstanceMetadataStatePending InstanceMetadataState = "pending"
	InstanceMetadataStateApplied InstanceMetadataState = "applied"
)

// HttpTokens says whether requests need a token: with HttpTokensRequired only
// version 2 of the protocol is left.
type HttpTokens string

// Values of HttpTokens.
const (
	HttpTokensOptional HttpTokens = "optional"
	HttpTokensRequired HttpTokens = "required"
)

// HttpEndpoint says whether the service is there at all.
type HttpEndpoint string

// Values of HttpEndpoint.
const (
	HttpEndpointDisabled HttpEndpoint = "disabled"
	HttpEndpointEnabled  HttpEndpoint = "enabled"
)

// HttpProtocolIpv6 says whether the service is there over IPv6 as well.
type HttpProtocolIpv6 string

// Values of HttpProtocolIpv6.
const (
	HttpProtocolIpv6Disabled HttpProtocolIpv6 = "disabled"
	HttpProtocolIpv6Enabled  HttpProtocolIpv6 = "enabled"
)

// SetupInstanceHttps gets a certificate for a website's names and installs it on
// the instance. [Client.GetSetupHistory] tells how it went.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_SetupInstanceHttps.html
func (c *Client) SetupInstanceHttps(ctx context.Context, in *SetupInstanceHttpsInput, opts ...Option) (*SetupInstanceHttpsOutput, error) {
	return invoke[SetupInstanceHttpsOutput](ctx, c, opSetupInstanceHttps, in, opts)
}

var opSetupInstanceHttps = &pipeline.Operation{Name: "SetupInstanceHttps", Method: "POST", Path: "/"}

type SetupInstanceHttpsInput struct {
	InstanceName        string              `json:"instanceName,required,min1"`
	EmailAddress        string              `json:"emailAddress,required,min6"` // who hears of the certificate, 6 to 254 characters
	DomainNames         []string            `json:"domainNames,required"`       // 1 to 10; one of them at most 63 characters long
	CertificateProvider CertificateProvider `json:"certificateProvider,required,min1"`
}

type SetupInstanceHttpsOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// CertificateProvider is who issues a certificate.
type CertificateProvider string

// Values of CertificateProvider.
const (
	CertificateProviderLetsEncrypt CertificateProvider = "LetsEncrypt"
)

// GetSetupHistory returns how the last five calls of [Client.SetupInstanceHttps]
// for an instance went.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetSetupHistory.html
func (c *Client) GetSetupHistory(ctx context.Context, in *GetSetupHistoryInput, opts ...Option) (*GetSetupHistoryOutput, error) {
	return invoke[GetSetupHistoryOutput](ctx, c, opGetSetupHistory, in, opts)
}

var opGetSetupHistory = &pipeline.Operation{Name: "GetSetupHistory", Method: "POST", Path: "/"}

type GetSetupHistoryInput struct {
	ResourceName string `json:"resourceName,required,min1"` // the instance
	PageToken    string `json:"pageToken"`                  // from the page before; the service sets the page's size
}

type GetSetupHistoryOutput struct {
	SetupHistory  []SetupHistory `json:"setupHistory"`
	NextPageToken string         `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the runs of the page.
func (out *GetSetupHistoryOutput) Items() []SetupHistory { return out.SetupHistory }

// NextPage makes next the request for the page after out.
func (out *GetSetupHistoryOutput) NextPage(next *GetSetupHistoryInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// SetupHistory is how one call of SetupInstanceHttps went.
type SetupHistory struct {
	OperationId      string                  `json:"operationId"`
	Request          SetupRequest            `json:"request"`
	Resource         SetupHistoryResource    `json:"resource"`
	ExecutionDetails []SetupExecutionDetails `json:"executionDetails"`
	Status           SetupStatus             `json:"status"`
}

// SetupHistoryResource is the instance that was set up.
type SetupHistoryResource struct {
	Name         string           `json:"name"`
	Arn          string           `json:"arn"`
	CreatedAt    time.Time        `json:"createdAt"`
	Location     ResourceLocation `json:"location"`
	ResourceType ResourceType     `json:"resourceType"` // ResourceTypeInstance
}

// SetupExecutionDetails is one command of a setup and what it wrote.
type SetupExecutionDetails struct {
	Command        string      `json:"command"`
	DateTime       time.Time   `json:"dateTime"`
	Name           string      `json:"name"`
	Status         SetupStatus `json:"status"`
	StandardError  string      `json:"standardError"`  // what it wrote to standard error
	StandardOutput string      `json:"standardOutput"` // what it wrote to standard output
	Version        string      `json:"version"`        // of the script
}

// SetupStatus is how far a setup, or a command of it, has come.
type SetupStatus string

// Values of SetupStatus.
const (
	SetupStatusSucceeded  SetupStatus = "succeeded"
	SetupStatusFailed     SetupStatus = "failed"
	SetupStatusInProgress SetupStatus = "inProgress"
)

// SetupRequest is what the call asked for.
type SetupRequest struct {
	InstanceName        string              `json:"instanceName"`
	DomainNames         []string            `json:"domainNames"`
	CertificateProvider CertificateProvider `json:"certificateProvider"`
}
