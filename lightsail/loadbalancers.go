package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateLoadBalancer creates a load balancer, if asked together with a certificate
// for it. It gets no traffic to spread before
// [Client.AttachInstancesToLoadBalancer]. Wait for its operations with
// [OperationSucceeded].
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateLoadBalancer.html
func (c *Client) CreateLoadBalancer(ctx context.Context, in *CreateLoadBalancerInput, opts ...Option) (*CreateLoadBalancerOutput, error) {
	return invoke[CreateLoadBalancerOutput](ctx, c, opCreateLoadBalancer, in, opts)
}

var opCreateLoadBalancer = &pipeline.Operation{Name: "CreateLoadBalancer", Method: "POST", Path: "/"}

type CreateLoadBalancerInput struct {
	LoadBalancerName string `json:"loadBalancerName,required,min1"`
	InstancePort     int32  `json:"instancePort,required"` // 0 to 65,535, of the instances: where they are sent what the load balancer gets
	HealthCheckPath  string `json:"healthCheckPath"`       // asked of each instance to see whether it is well; default "/"

	// CertificateName is the name of a certificate to be created with the load
	// balancer. It needs a CertificateDomainName.
	CertificateName string `json:"certificateName"`

	CertificateDomainName       string   `json:"certificateDomainName"`       // of the certificate: "example.com"
	CertificateAlternativeNames []string `json:"certificateAlternativeNames"` // more domains of the certificate, at most nine; none with an asterisk

	Tags          []Tag         `json:"tags"`          // at most 50
	IpAddressType IpAddressType `json:"ipAddressType"` // default dualstack
	TlsPolicyName string        `json:"tlsPolicyName"` // of those that GetLoadBalancerTlsPolicies lists
}

type CreateLoadBalancerOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// IpAddressType says which versions of IP a resource is reached by; dualstack is
// both.
type IpAddressType string

// Values of IpAddressType.
const (
	IpAddressTypeDualstack IpAddressType = "dualstack"
	IpAddressTypeIpv4      IpAddressType = "ipv4"
	IpAddressTypeIpv6      IpAddressType = "ipv6"
)

// GetLoadBalancer returns one load balancer.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetLoadBalancer.html
func (c *Client) GetLoadBalancer(ctx context.Context, in *GetLoadBalancerInput, opts ...Option) (*GetLoadBalancerOutput, error) {
	return invoke[GetLoadBalancerOutput](ctx, c, opGetLoadBalancer, in, opts)
}

var opGetLoadBalancer = &pipeline.Operation{Name: "GetLoadBalancer", Method: "POST", Path: "/"}

type GetLoadBalancerInput struct {
	LoadBalancerName string `json:"loadBalancerName,required,min1"`
}

type GetLoadBalancerOutput struct {
	LoadBalancer LoadBalancer `json:"loadBalancer"`

	ResponseMetadata entrepot.ResponseMetadata
}

// LoadBalancer is a load balancer: how it is set up and how its instances are.
type LoadBalancer struct {
	Name                    string                              `json:"name"`
	Arn                     string                              `json:"arn"`
	SupportCode             string                              `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt               time.Time                           `json:"createdAt"`
	Location                ResourceLocation                    `json:"location"`
	ResourceType            ResourceType                        `json:"resourceType"`
	Tags                    []Tag                               `json:"tags"`
	DnsName                 string                              `json:"dnsName"` // what the domain's records point to
	State                   LoadBalancerState                   `json:"state"`
	Protocol                LoadBalancerProtocol                `json:"protocol"`
	PublicPorts             []int32                             `json:"publicPorts"`     // that it listens on: 80 for HTTP, 443 for HTTPS
	HealthCheckPath         string                              `json:"healthCheckPath"` // asked of each instance
	InstancePort            int32                               `json:"instancePort"`    // where the instances get the traffic
	InstanceHealthSummary   []InstanceHealthSummary             `json:"instanceHealthSummary"`
	TlsCertificateSummaries []LoadBalancerTlsCertificateSummary `json:"tlsCertificateSummaries"` // at most two
	ConfigurationOptions    map[string]string                   `json:"configurationOptions"`    // by LoadBalancerAttributeName
	IpAddressType           IpAddressType                       `json:"ipAddressType"`
	HttpsRedirectionEnabled bool                                `json:"httpsRedirectionEnabled"` // HTTP is answered by a redirection to HTTPS
	TlsPolicyName           string                              `json:"tlsPolicyName"`
}

// LoadBalancerState tells how a load balancer is.
type LoadBalancerState string

// Values of LoadBalancerState.
const (
	LoadBalancerStateActive         LoadBalancerState = "active"
	LoadBalancerStateProvisioning   LoadBalancerState = "provisioning"
	LoadBalancerStateActiveImpaired LoadBalancerState = "active_impaired"
	LoadBalancerStateFailed         LoadBalancerState = "failed"
	LoadBalancerStateUnknown        LoadBalancerState = "unknown"
)

// LoadBalancerProtocol tells what a load balancer takes: with an attached
// certificate HTTPS as well.
type LoadBalancerProtocol string

// Values of LoadBalancerProtocol.
const (
	LoadBalancerProtocolHttpHttps LoadBalancerProtocol = "HTTP_HTTPS"
	LoadBalancerProtocolHttp      LoadBalancerProtocol = "HTTP"
)

// InstanceHealthSummary tells how one instance behind a load balancer is.
type InstanceHealthSummary struct {
	InstanceName         string               `json:"instanceName"`
	InstanceHealth       InstanceHealthState  `json:"instanceHealth"`
	InstanceHealthReason InstanceHealthReason `json:"instanceHealthReason"` // unless it is healthy
}

// InstanceHealthState tells whether an instance gets traffic of its load
// balancer.
type InstanceHealthState string

// Values of InstanceHealthState.
const (
	InstanceHealthStateInitial     InstanceHealthState = "initial"
	InstanceHealthStateHealthy     InstanceHealthState = "healthy"
	InstanceHealthStateUnhealthy   InstanceHealthState = "unhealthy"
	InstanceHealthStateUnused      InstanceHealthState = "unused"
	InstanceHealthStateDraining    InstanceHealthState = "draining"
	InstanceHealthStateUnavailable InstanceHealthState = "unavailable"
)

// InstanceHealthReason is why it does not. Those that begin with "Lb." have their
// cause in the load balancer, the others in the instance.
type InstanceHealthReason string

// Values of InstanceHealthReason.
const (
	InstanceHealthReasonLbRegistrationInProgress         InstanceHealthReason = "Lb.RegistrationInProgress"
	InstanceHealthReasonLbInitialHealthChecking          InstanceHealthReason = "Lb.InitialHealthChecking"
	InstanceHealthReasonLbInternalError                  InstanceHealthReason = "Lb.InternalError"
	InstanceHealthReasonInstanceResponseCodeMismatch     InstanceHealthReason = "Instance.ResponseCodeMismatch"
	InstanceHealthReasonInstanceTimeout                  InstanceHealthReason = "Instance.Timeout"
	InstanceHealthReasonInstanceFailedHealthChecks       InstanceHealthReason = "Instance.FailedHealthChecks"
	InstanceHealthReasonInstanceNotRegistered            InstanceHealthReason = "Instance.NotRegistered"
	InstanceHealthReasonInstanceNotInUse                 InstanceHealthReason = "Instance.NotInUse"
	InstanceHealthReasonInstanceDeregistrationInProgress InstanceHealthReason = "Instance.DeregistrationInProgress"
	InstanceHealthReasonInstanceInvalidState             InstanceHealthReason = "Instance.InvalidState"
	InstanceHealthReasonInstanceIpUnusable               InstanceHealthReason = "Instance.IpUnusable"
)

// LoadBalancerTlsCertificateSummary names a certificate of a load balancer.
type LoadBalancerTlsCertificateSummary struct {
	Name       string `json:"name"`
	IsAttached bool   `json:"isAttached"` // it is the one in use
}

// GetLoadBalancers returns the load balancers in the client's region.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetLoadBalancers.html
func (c *Client) GetLoadBalancers(ctx context.Context, in *GetLoadBalancersInput, opts ...Option) (*GetLoadBalancersOutput, error) {
	return invoke[GetLoadBalancersOutput](ctx, c, opGetLoadBalancers, in, opts)
}

var opGetLoadBalancers = &pipeline.Operation{Name: "GetLoadBalancers", Method: "POST", Path: "/"}

type GetLoadBalancersInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetLoadBalancersOutput struct {
	LoadBalancers []LoadBalancer `json:"loadBalancers"`
	NextPageToken string         `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the load balancers of the page.
func (out *GetLoadBalancersOutput) Items() []LoadBalancer { return out.LoadBalancers }

// NextPage makes next the request for the page after out.
func (out *GetLoadBalancersOutput) NextPage(next *GetLoadBalancersInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// UpdateLoadBalancerAttribute changes one attribute of a load balancer.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateLoadBalancerAttribute.html
func (c *Client) UpdateLoadBalancerAttribute(ctx context.Context, in *UpdateLoadBalancerAttributeInput, opts ...Option) (*UpdateLoadBalancerAttributeOutput, error) {
	return invoke[UpdateLoadBalancerAttributeOutput](ctx, c, opUpdateLoadBalancerAttribute, in, opts)
}

var opUpdateLoadBalancerAttribute = &pipeline.Operation{Name: "UpdateLoadBalancerAttribute", Method: "POST", Path: "/"}

type UpdateLoadBalancerAttributeInput struct {
	LoadBalancerName string                    `json:"loadBalancerName,required,min1"`
	AttributeName    LoadBalancerAttributeName `json:"attributeName,required,min1"`

	// AttributeValue is always text, at most 256 characters: for HealthCheckPath
	// a path, for the two that end in Enabled "true" or "false", for the cookie's
	// duration a number of seconds, for TlsPolicyName one of those that
	// [Client.GetLoadBalancerTlsPolicies] lists.
	AttributeValue string `json:"attributeValue,required,min1"`
}

type UpdateLoadBalancerAttributeOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// LoadBalancerAttributeName is what can be changed about a load balancer. Session
// stickiness sends a visitor's requests to the same instance, by a cookie.
type LoadBalancerAttributeName string

// Values of LoadBalancerAttributeName.
const (
	LoadBalancerAttributeNameHealthCheckPath                          LoadBalancerAttributeName = "HealthCheckPath"
	LoadBalancerAttributeNameSessionStickinessEnabled                 LoadBalancerAttributeName = "SessionStickinessEnabled"
	LoadBalancerAttributeNameSessionStickinessLbCookieDurationSeconds LoadBalancerAttributeName = "SessionStickiness_LB_CookieDurationSeconds"
	LoadBalancerAttributeNameHttpsRedirectionEnabled                  LoadBalancerAttributeName = "HttpsRedirectionEnabled"
	LoadBalancerAttributeNameTlsPolicyName                            LoadBalancerAttributeName = "TlsPolicyName"
)

// DeleteLoadBalancer deletes a load balancer together with its certificates. The
// instances stay.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteLoadBalancer.html
func (c *Client) DeleteLoadBalancer(ctx context.Context, in *DeleteLoadBalancerInput, opts ...Option) (*DeleteLoadBalancerOutput, error) {
	return invoke[DeleteLoadBalancerOutput](ctx, c, opDeleteLoadBalancer, in, opts)
}

var opDeleteLoadBalancer = &pipeline.Operation{Name: "DeleteLoadBalancer", Method: "POST", Path: "/"}

type DeleteLoadBalancerInput struct {
	LoadBalancerName string `json:"loadBalancerName,required,min1"`
}

type DeleteLoadBalancerOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// AttachInstancesToLoadBalancer puts instances behind a load balancer. They have
// to be running. Wait for the operations with [OperationSucceeded].
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_AttachInstancesToLoadBalancer.html
func (c *Client) AttachInstancesToLoadBalancer(ctx context.Context, in *AttachInstancesToLoadBalancerInput, opts ...Option) (*AttachInstancesToLoadBalancerOutput, error) {
	return invoke[AttachInstancesToLoadBalancerOutput](ctx, c, opAttachInstancesToLoadBalancer, in, opts)
}

var opAttachInstancesToLoadBalancer = &pipeline.Operation{Name: "AttachInstancesToLoadBalancer", Method: "POST", Path: "/"}

type AttachInstancesToLoadBalancerInput struct {
	LoadBalancerName string   `json:"loadBalancerName,required,min1"`
	InstanceNames    []string `json:"instanceNames,required"`
}

type AttachInstancesToLoadBalancerOutput struct {
	Operations []Operation `json:"operations"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DetachInstancesFromLoadBalancer takes instances from behind a load balancer,
// which then sends them nothing more.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DetachInstancesFromLoadBalancer.html
func (c *Client) DetachInstancesFromLoadBalancer(ctx context.Context, in *DetachInstancesFromLoadBalancerInput, opts ...Option) (*DetachInstancesFromLoadBalancerOutput, error) {
	return invoke[DetachInstancesFromLoadBalancerOutput](ctx, c, opDetachInstancesFromLoadBalancer, in, opts)
}

var opDetachInstancesFromLoadBalancer = &pipeline.Operation{Name: "DetachInstancesFromLoadBalancer", Method: "POST", Path: "/"}

type DetachInstancesFromLoadBalancerInput struct {
	LoadBalancerName string   `json:"loadBalancerName,required,min1"`
	InstanceNames    []string `json:"instanceNames,required"`
}

type DetachInstancesFromLoadBalancerOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetLoadBalancerMetricData returns what was measured of a load balancer.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetLoadBalancerMetricData.html
func (c *Client) GetLoadBalancerMetricData(ctx context.Context, in *GetLoadBalancerMetricDataInput, opts ...Option) (*GetLoadBalancerMetricDataOutput, error) {
	return invoke[GetLoadBalancerMetricDataOutput](ctx, c, opGetLoadBalancerMetricData, in, opts)
}

var opGetLoadBalancerMetricData = &pipeline.Operation{Name: "GetLoadBalancerMetricData", Method: "POST", Path: "/"}

// GetLoadBalancerMetricDataInput says what is asked for. The unit is Count, but
// Seconds of InstanceResponseTime. Of hosts and of the response time, Average,
// Minimum and Maximum make sense; of all else, Sum.
type GetLoadBalancerMetricDataInput struct {
	LoadBalancerName string                 `json:"loadBalancerName,required,min1"`
	MetricName       LoadBalancerMetricName `json:"metricName,required,min1"`
	Period           int32                  `json:"period,required"` // seconds that an item stands for, 60 to 86,400
	StartTime        time.Time              `json:"startTime,required"`
	EndTime          time.Time              `json:"endTime,required"`
	Unit             MetricUnit             `json:"unit,required,min1"`
	Statistics       []MetricStatistic      `json:"statistics,required"`
}

type GetLoadBalancerMetricDataOutput struct {
	MetricName LoadBalancerMetricName `json:"metricName"`
	MetricData []MetricDatapoint      `json:"metricData"`

	ResponseMetadata entrepot.ResponseMetadata
}

// LoadBalancerMetricName is what is measured of a load balancer. HTTPCode_LB
// counts answers that it gave by itself, HTTPCode_Instance those that came from
// the instances.
type LoadBalancerMetricName string

// Values of LoadBalancerMetricName.
const (
	LoadBalancerMetricNameClientTLSNegotiationErrorCount LoadBalancerMetricName = "ClientTLSNegotiationErrorCount"
	LoadBalancerMetricNameHealthyHostCount               LoadBalancerMetricName = "HealthyHostCount"
	LoadBalancerMetricNameUnhealthyHostCount             LoadBalancerMetricName = "UnhealthyHostCount"
	LoadBalancerMetricNameHTTPCodeLb4xxCount             LoadBalancerMetricName = "HTTPCode_LB_4XX_Count"
	LoadBalancerMetricNameHTTPCodeLb5xxCount             LoadBalancerMetricName = "HTTPCode_LB_5XX_Count"
	LoadBalancerMetricNameHTTPCodeInstance2xxCount       LoadBalancerMetricName = "HTTPCode_Instance_2XX_Count"
	LoadBalancerMetricNameHTTPCodeInstance3xxCount       LoadBalancerMetricName = "HTTPCode_Instance_3XX_Count"
	LoadBalancerMetricNameHTTPCodeInstance4xxCount       LoadBalancerMetricName = "HTTPCode_Instance_4XX_Count"
	LoadBalancerMetricNameHTTPCodeInstance5xxCount       LoadBalancerMetricName = "HTTPCode_Instance_5XX_Count"
	LoadBalancerMetricNameInstanceResponseTime           LoadBalancerMetricName = "InstanceResponseTime"
	LoadBalancerMetricNameRejectedConnectionCount        LoadBalancerMetricName = "RejectedConnectionCount"
	LoadBalancerMetricNameRequestCount                   LoadBalancerMetricName = "RequestCount"
)
