package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateDomain creates a DNS zone for a domain that is registered already, here
// or elsewhere. Calls on domains are answered in us-east-1 alone, whatever region
// one's other resources are in.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateDomain.html
func (c *Client) CreateDomain(ctx context.Context, in *CreateDomainInput, opts ...Option) (*CreateDomainOutput, error) {
	return invoke[CreateDomainOutput](ctx, c, opCreateDomain, in, opts)
}

var opCreateDomain = &pipeline.Operation{Name: "CreateDomain", Method: "POST", Path: "/"}

type CreateDomainInput struct {
	DomainName string `json:"domainName,required"` // "example.com"
	Tags       []Tag  `json:"tags"`                // at most 50
}

type CreateDomainOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// GetDomain returns one domain with its records. It is answered in us-east-1
// alone.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDomain.html
func (c *Client) GetDomain(ctx context.Context, in *GetDomainInput, opts ...Option) (*GetDomainOutput, error) {
	return invoke[GetDomainOutput](ctx, c, opGetDomain, in, opts)
}

var opGetDomain = &pipeline.Operation{Name: "GetDomain", Method: "POST", Path: "/"}

type GetDomainInput struct {
	DomainName string `json:"domainName,required"`
}

type GetDomainOutput struct {
	Domain Domain `json:"domain"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Domain is a DNS zone in Lightsail.
type Domain struct {
	Name                           string                         `json:"name"` // "example.com"
	Arn                            string                         `json:"arn"`
	SupportCode                    string                         `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt                      time.Time                      `json:"createdAt"`
	Location                       ResourceLocation               `json:"location"`
	ResourceType                   ResourceType                   `json:"resourceType"`
	Tags                           []Tag                          `json:"tags"`
	DomainEntries                  []DomainEntry                  `json:"domainEntries"`                  // its records
	RegisteredDomainDelegationInfo RegisteredDomainDelegationInfo `json:"registeredDomainDelegationInfo"` // of a domain registered with Route 53: whether it is Lightsail's to answer for yet
}

// DomainEntry is a record of a DNS zone.
type DomainEntry struct {
	Id     string `json:"id"`     // given by the service
	Name   string `json:"name"`   // in full: "www.example.com"
	Target string `json:"target"` // the address, name or text that the record gives

	// IsAlias makes the record stand for another resource of Lightsail, such as a
	// load balancer, a distribution or a container service, whose DNS name is the
	// Target.
	IsAlias *bool `json:"isAlias"`

	Type string `json:"type"` // "A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV" or "TXT"

	// Options were settings of the record.
	//
	// Deprecated: the service has given them up.
	Options map[string]string `json:"options"`
}

// RegisteredDomainDelegationInfo tells how a domain registered with Route 53 is
// handed to Lightsail's name servers.
type RegisteredDomainDelegationInfo struct {
	NameServersUpdateState     NameServersUpdateState     `json:"nameServersUpdateState"`
	R53HostedZoneDeletionState R53HostedZoneDeletionState `json:"r53HostedZoneDeletionState"` // of the zone that Route 53 had for it
}

// NameServersUpdateState tells whether a registered domain names Lightsail's name
// servers.
type NameServersUpdateState struct {
	Code    NameServersUpdateStateCode `json:"code"`
	Message string                     `json:"message"`
}

// NameServersUpdateStateCode is the state in one word.
type NameServersUpdateStateCode string

// Values of NameServersUpdateStateCode.
const (
	NameServersUpdateStateCodeSucceeded NameServersUpdateStateCode = "SUCCEEDED"
	NameServersUpdateStateCodePending   NameServersUpdateStateCode = "PENDING"
	NameServersUpdateStateCodeFailed    NameServersUpdateStateCode = "FAILED"
	NameServersUpdateStateCodeStarted   NameServersUpdateStateCode = "STARTED"
)

// R53HostedZoneDeletionState tells whether a zone in Route 53 that is not needed
// any more is deleted.
type R53HostedZoneDeletionState struct {
	Code    R53HostedZoneDeletionStateCode `json:"code"`
	Message string                         `json:"message"`
}

// R53HostedZoneDeletionStateCode is the state in one word.
type R53HostedZoneDeletionStateCode string

// Values of R53HostedZoneDeletionStateCode.
const (
	R53HostedZoneDeletionStateCodeSucceeded R53HostedZoneDeletionStateCode = "SUCCEEDED"
	R53HostedZoneDeletionStateCodePending   R53HostedZoneDeletionStateCode = "PENDING"
	R53HostedZoneDeletionStateCodeFailed    R53HostedZoneDeletionStateCode = "FAILED"
	R53HostedZoneDeletionStateCodeStarted   R53HostedZoneDeletionStateCode = "STARTED"
)

// GetDomains returns all domains with their records. It is answered in us-east-1
// alone.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDomains.html
func (c *Client) GetDomains(ctx context.Context, in *GetDomainsInput, opts ...Option) (*GetDomainsOutput, error) {
	return invoke[GetDomainsOutput](ctx, c, opGetDomains, in, opts)
}

var opGetDomains = &pipeline.Operation{Name: "GetDomains", Method: "POST", Path: "/"}

type GetDomainsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetDomainsOutput struct {
	Domains       []Domain `json:"domains"`
	NextPageToken string   `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the domains of the page.
func (out *GetDomainsOutput) Items() []Domain { return out.Domains }

// NextPage makes next the request for the page after out.
func (out *GetDomainsOutput) NextPage(next *GetDomainsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// DeleteDomain deletes a domain's zone with all its records. The registration of
// the domain stays. It is answered in us-east-1 alone.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteDomain.html
func (c *Client) DeleteDomain(ctx context.Context, in *DeleteDomainInput, opts ...Option) (*DeleteDomainOutput, error) {
	return invoke[DeleteDomainOutput](ctx, c, opDeleteDomain, in, opts)
}

var opDeleteDomain = &pipeline.Operation{Name: "DeleteDomain", Method: "POST", Path: "/"}

type DeleteDomainInput struct {
	DomainName string `json:"domainName,required"`
}

type DeleteDomainOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateDomainEntry puts a record into a domain's zone. It is answered in
// us-east-1 alone.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateDomainEntry.html
func (c *Client) CreateDomainEntry(ctx context.Context, in *CreateDomainEntryInput, opts ...Option) (*CreateDomainEntryOutput, error) {
	return invoke[CreateDomainEntryOutput](ctx, c, opCreateDomainEntry, in, opts)
}

var opCreateDomainEntry = &pipeline.Operation{Name: "CreateDomainEntry", Method: "POST", Path: "/"}

type CreateDomainEntryInput struct {
	DomainName  string      `json:"domainName,required"`
	DomainEntry DomainEntry `json:"domainEntry,required"`
}

type CreateDomainEntryOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateDomainEntry changes a record of a domain's zone, the one with the Id of
// the DomainEntry. It is answered in us-east-1 alone.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateDomainEntry.html
func (c *Client) UpdateDomainEntry(ctx context.Context, in *UpdateDomainEntryInput, opts ...Option) (*UpdateDomainEntryOutput, error) {
	return invoke[UpdateDomainEntryOutput](ctx, c, opUpdateDomainEntry, in, opts)
}

var opUpdateDomainEntry = &pipeline.Operation{Name: "UpdateDomainEntry", Method: "POST", Path: "/"}

type UpdateDomainEntryInput struct {
	DomainName  string      `json:"domainName,required"`
	DomainEntry DomainEntry `json:"domainEntry,required"` // as it shall be; with its Id
}

type UpdateDomainEntryOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteDomainEntry takes a record out of a domain's zone. It is answered in
// us-east-1 alone.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteDomainEntry.html
func (c *Client) DeleteDomainEntry(ctx context.Context, in *DeleteDomainEntryInput, opts ...Option) (*DeleteDomainEntryOutput, error) {
	return invoke[DeleteDomainEntryOutput](ctx, c, opDeleteDomainEntry, in, opts)
}

var opDeleteDomainEntry = &pipeline.Operation{Name: "DeleteDomainEntry", Method: "POST", Path: "/"}

type DeleteDomainEntryInput struct {
	DomainName  string      `json:"domainName,required"`
	DomainEntry DomainEntry `json:"domainEntry,required"` // as GetDomain shows it
}

type DeleteDomainEntryOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}
