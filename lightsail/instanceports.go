package lightsail

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetInstancePortStates returns the ports that the firewall of an instance has
// open, and to whom.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstancePortStates.html
func (c *Client) GetInstancePortStates(ctx context.Context, in *GetInstancePortStatesInput, opts ...Option) (*GetInstancePortStatesOutput, error) {
	return invoke[GetInstancePortStatesOutput](ctx, c, opGetInstancePortStates, in, opts)
}

var opGetInstancePortStates = &pipeline.Operation{Name: "GetInstancePortStates", Method: "POST", Path: "/"}

type GetInstancePortStatesInput struct {
	InstanceName string `json:"instanceName,required,min1"`
}

type GetInstancePortStatesOutput struct {
	PortStates []InstancePortState `json:"portStates"`

	ResponseMetadata entrepot.ResponseMetadata
}

// InstancePortState is a range of ports that is open.
type InstancePortState struct {
	FromPort        int32           `json:"fromPort"` // 0 to 65,535; of ICMP the type of message, and ToPort its code
	ToPort          int32           `json:"toPort"`   // the last one
	Protocol        NetworkProtocol `json:"protocol"`
	State           PortState       `json:"state"`           // always open
	Cidrs           []string        `json:"cidrs"`           // IPv4 addresses and ranges that may connect: "192.0.2.0/24"
	Ipv6Cidrs       []string        `json:"ipv6Cidrs"`       // the same for IPv6
	CidrListAliases []string        `json:"cidrListAliases"` // "lightsail-connect": Lightsail's clients in the browser
}

// PortState tells whether a port is open. Those that Lightsail lists are.
type PortState string

// Values of PortState.
const (
	PortStateOpen   PortState = "open"
	PortStateClosed PortState = "closed"
)

// OpenInstancePublicPorts opens ports of an instance, beside those that are
// open.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_OpenInstancePublicPorts.html
func (c *Client) OpenInstancePublicPorts(ctx context.Context, in *OpenInstancePublicPortsInput, opts ...Option) (*OpenInstancePublicPortsOutput, error) {
	return invoke[OpenInstancePublicPortsOutput](ctx, c, opOpenInstancePublicPorts, in, opts)
}

var opOpenInstancePublicPorts = &pipeline.Operation{Name: "OpenInstancePublicPorts", Method: "POST", Path: "/"}

type OpenInstancePublicPortsInput struct {
	PortInfo     PortInfo `json:"portInfo,required"`
	InstanceName string   `json:"instanceName,required,min1"`
}

type OpenInstancePublicPortsOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// PortInfo is a range of ports and who may connect to it. Of ICMP, FromPort is
// the type of message and ToPort its code: 8 and -1 are a ping.
type PortInfo struct {
	FromPort        *int32          `json:"fromPort"` // 0 to 65,535, or what ICMP has
	ToPort          *int32          `json:"toPort"`   // the last one
	Protocol        NetworkProtocol `json:"protocol"`
	Cidrs           []string        `json:"cidrs"`           // IPv4 addresses and ranges that may connect: "192.0.2.0/24"
	Ipv6Cidrs       []string        `json:"ipv6Cidrs"`       // the same for IPv6
	CidrListAliases []string        `json:"cidrListAliases"` // "lightsail-connect": Lightsail's clients in the browser
}

// NetworkProtocol is what goes through a port.
type NetworkProtocol string

// Values of NetworkProtocol.
const (
	NetworkProtocolTcp    NetworkProtocol = "tcp"
	NetworkProtocolAll    NetworkProtocol = "all"
	NetworkProtocolUdp    NetworkProtocol = "udp"
	NetworkProtocolIcmp   NetworkProtocol = "icmp"
	NetworkProtocolIcmpv6 NetworkProtocol = "icmpv6"
)

// CloseInstancePublicPorts closes ports of an instance.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CloseInstancePublicPorts.html
func (c *Client) CloseInstancePublicPorts(ctx context.Context, in *CloseInstancePublicPortsInput, opts ...Option) (*CloseInstancePublicPortsOutput, error) {
	return invoke[CloseInstancePublicPortsOutput](ctx, c, opCloseInstancePublicPorts, in, opts)
}

var opCloseInstancePublicPorts = &pipeline.Operation{Name: "CloseInstancePublicPorts", Method: "POST", Path: "/"}

type CloseInstancePublicPortsInput struct {
	PortInfo     PortInfo `json:"portInfo,required"`
	InstanceName string   `json:"instanceName,required,min1"`
}

type CloseInstancePublicPortsOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// PutInstancePublicPorts opens the given ports of an instance and closes all
// others.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_PutInstancePublicPorts.html
func (c *Client) PutInstancePublicPorts(ctx context.Context, in *PutInstancePublicPortsInput, opts ...Option) (*PutInstancePublicPortsOutput, error) {
	return invoke[PutInstancePublicPortsOutput](ctx, c, opPutInstancePublicPorts, in, opts)
}

var opPutInstancePublicPorts = &pipeline.Operation{Name: "PutInstancePublicPorts", Method: "POST", Path: "/"}

type PutInstancePublicPortsInput struct {
	PortInfos    []PortInfo `json:"portInfos,required"` // all that shall be open
	InstanceName string     `json:"instanceName,required,min1"`
}

type PutInstancePublicPortsOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// InstancePortInfo is a range of ports and who may connect to it.
type InstancePortInfo struct {
	FromPort        int32           `json:"fromPort"` // 0 to 65,535; of ICMP the type of message, and ToPort its code
	ToPort          int32           `json:"toPort"`   // the last one
	Protocol        NetworkProtocol `json:"protocol"`
	AccessFrom      string          `json:"accessFrom"` // "Anywhere (0.0.0.0/0)" or "Custom"
	AccessType      PortAccessType  `json:"accessType"`
	CommonName      string          `json:"commonName"` // what the port is mostly for: "SSH"
	AccessDirection AccessDirection `json:"accessDirection"`
	Cidrs           []string        `json:"cidrs"`           // IPv4 addresses and ranges that may connect: "192.0.2.0/24"
	Ipv6Cidrs       []string        `json:"ipv6Cidrs"`       // the same for IPv6
	CidrListAliases []string        `json:"cidrListAliases"` // "lightsail-connect": Lightsail's clients in the browser
}

// PortAccessType says whether a port can be reached from the internet.
type PortAccessType string

// Values of PortAccessType.
const (
	PortAccessTypePublic  PortAccessType = "Public"
	PortAccessTypePrivate PortAccessType = "Private"
)

// AccessDirection says which way connections through a port are made.
type AccessDirection string

// Values of AccessDirection.
const (
	AccessDirectionInbound  AccessDirection = "inbound"
	AccessDirectionOutbound AccessDirection = "outbound"
)
