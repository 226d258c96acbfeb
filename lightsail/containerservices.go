package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateContainerService creates a container service, which runs containers on as
// many nodes as Scale says. It comes into being after the answer: its State of
// PENDING becomes READY, or RUNNING if there is a Deployment; ask
// [Client.GetContainerServices].
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateContainerService.html
func (c *Client) CreateContainerService(ctx context.Context, in *CreateContainerServiceInput, opts ...Option) (*CreateContainerServiceOutput, error) {
	return invoke[CreateContainerServiceOutput](ctx, c, opCreateContainerService, in, opts)
}

var opCreateContainerService = &pipeline.Operation{Name: "CreateContainerService", Method: "POST", Path: "/"}

type CreateContainerServiceInput struct {
	ServiceName string                    `json:"serviceName,required,min1"` // 1 to 63 lower-case letters, digits and hyphens; part of the service's URL
	Power       ContainerServicePowerName `json:"power,required,min1"`       // of each node; see GetContainerServicePowers for the prices
	Scale       int32                     `json:"scale,required"`            // nodes, 1 to 20
	Tags        []Tag                     `json:"tags"`                      // at most 50

	// PublicDomainNames has the domains that the service shall answer at, by the
	// name of the certificate that is good for them. The certificates have to be
	// issued; at most four domains.
	PublicDomainNames map[string][]string `json:"publicDomainNames"`

	Deployment            *ContainerServiceDeploymentRequest `json:"deployment"` // what to run from the start
	PrivateRegistryAccess *PrivateRegistryAccessRequest      `json:"privateRegistryAccess"`
}

type CreateContainerServiceOutput struct {
	ContainerService ContainerService `json:"containerService"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ContainerServicePowerName is the size of each node: memory and virtual CPUs.
type ContainerServicePowerName string

// Values of ContainerServicePowerName.
const (
	ContainerServicePowerNameNano   ContainerServicePowerName = "nano"
	ContainerServicePowerNameMicro  ContainerServicePowerName = "micro"
	ContainerServicePowerNameSmall  ContainerServicePowerName = "small"
	ContainerServicePowerNameMedium ContainerServicePowerName = "medium"
	ContainerServicePowerNameLarge  ContainerServicePowerName = "large"
	ContainerServicePowerNameXlarge ContainerServicePowerName = "xlarge"
)

// ContainerServiceDeploymentRequest is what a new container service shall run.
type ContainerServiceDeploymentRequest struct {
	Containers     map[string]Container `json:"containers"`     // by name: 1 to 53 lower-case letters, digits and hyphens
	PublicEndpoint *EndpointRequest     `json:"publicEndpoint"` // nil: none of them is reached from outside
}

// Container is a container: what runs in it and how it is reached.
type Container struct {
	// Image is "nginx:latest" for one in a public registry,
	// ":SERVICE.LABEL.NUMBER" for one registered with the container service.
	Image string `json:"image"`

	Command     []string                            `json:"command"`     // replaces the image's
	Environment map[string]string                   `json:"environment"` // variables
	Ports       map[string]ContainerServiceProtocol `json:"ports"`       // that it listens on, by number
}

// ContainerServiceProtocol is what a container speaks on a port.
type ContainerServiceProtocol string

// Values of ContainerServiceProtocol.
const (
	ContainerServiceProtocolHttp  ContainerServiceProtocol = "HTTP"
	ContainerServiceProtocolHttps ContainerServiceProtocol = "HTTPS"
	ContainerServiceProtocolTcp   ContainerServiceProtocol = "TCP"
	ContainerServiceProtocolUdp   ContainerServiceProtocol = "UDP"
)

// EndpointRequest says which container gets what comes from outside.
type EndpointRequest struct {
	ContainerName string                             `json:"containerName,required"`
	ContainerPort int32                              `json:"containerPort,required"` // one of its Ports
	HealthCheck   *ContainerServiceHealthCheckConfig `json:"healthCheck"`
}

// ContainerServiceHealthCheckConfig says how a container is asked whether it is
// well.
type ContainerServiceHealthCheckConfig struct {
	HealthyThreshold   *int32 `json:"healthyThreshold"`   // good answers in a row that make it healthy; default 2
	UnhealthyThreshold *int32 `json:"unhealthyThreshold"` // bad ones that make it unhealthy; default 2
	TimeoutSeconds     *int32 `json:"timeoutSeconds"`     // for an answer, 2 to 60; default 2
	IntervalSeconds    *int32 `json:"intervalSeconds"`    // between two questions, 5 to 300; default 5
	Path               string `json:"path"`               // default "/"
	SuccessCodes       string `json:"successCodes"`       // of 200 to 499: "200,202" or "200-299"
}

// PrivateRegistryAccessRequest says whether the service may take images from
// private repositories of Amazon ECR.
type PrivateRegistryAccessRequest struct {
	EcrImagePullerRole *ContainerServiceECRImagePullerRoleRequest `json:"ecrImagePullerRole"`
}

// ContainerServiceECRImagePullerRoleRequest says whether the service shall have a
// role for that.
type ContainerServiceECRImagePullerRoleRequest struct {
	IsActive *bool `json:"isActive"`
}

// ContainerService is a container service, and what runs on it.
type ContainerService struct {
	ContainerServiceName string                      `json:"containerServiceName"` // its name
	Arn                  string                      `json:"arn"`
	CreatedAt            time.Time                   `json:"createdAt"`
	Location             ResourceLocation            `json:"location"`
	ResourceType         ResourceType                `json:"resourceType"`
	Tags                 []Tag                       `json:"tags"`
	Power                ContainerServicePowerName   `json:"power"`
	PowerId              string                      `json:"powerId"` // the id of Power
	State                ContainerServiceState       `json:"state"`
	StateDetail          ContainerServiceStateDetail `json:"stateDetail"` // what it is busy with
	Scale                int32                       `json:"scale"`       // nodes

	CurrentDeployment ContainerServiceDeployment `json:"currentDeployment"` // what runs
	NextDeployment    ContainerServiceDeployment `json:"nextDeployment"`    // what is being started, if anything
	IsDisabled        bool                       `json:"isDisabled"`

	PrincipalArn          string                `json:"principalArn"`      // of the service's own role, for policies of other resources
	PrivateDomainName     string                `json:"privateDomainName"` // for other resources of Lightsail in the same region
	PublicDomainNames     map[string][]string   `json:"publicDomainNames"` // by certificate
	Url                   string                `json:"url"`               // what the public endpoint is reached by
	PrivateRegistryAccess PrivateRegistryAccess `json:"privateRegistryAccess"`
}

// ContainerServiceState tells what a container service does. READY has nothing
// deployed; a DISABLED one does not answer.
type ContainerServiceState string

// Values of ContainerServiceState.
const (
	ContainerServiceStatePending   ContainerServiceState = "PENDING"
	ContainerServiceStateReady     ContainerServiceState = "READY"
	ContainerServiceStateRunning   ContainerServiceState = "RUNNING"
	ContainerServiceStateUpdating  ContainerServiceState = "UPDATING"
	ContainerServiceStateDeleting  ContainerServiceState = "DELETING"
	ContainerServiceStateDisabled  ContainerServiceState = "DISABLED"
	ContainerServiceStateDeploying ContainerServiceState = "DEPLOYING"
)

// ContainerServiceStateDetail tells more about a state, of a service that is
// being created or changed.
type ContainerServiceStateDetail struct {
	Code    ContainerServiceStateDetailCode `json:"code"`
	Message string                          `json:"message"`
}

// ContainerServiceStateDetailCode is what the service is busy with, or what
// hinders it.
type ContainerServiceStateDetailCode string

// Values of ContainerServiceStateDetailCode.
const (
	ContainerServiceStateDetailCodeCreatingSystemResources       ContainerServiceStateDetailCode = "CREATING_SYSTEM_RESOURCES"
	ContainerServiceStateDetailCodeCreatingNetworkInfrastructure ContainerServiceStateDetailCode = "CREATING_NETWORK_INFRASTRUCTURE"
	ContainerServiceStateDetailCodeProvisioningCertificate       ContainerServiceStateDetailCode = "PROVISIONING_CERTIFICATE"
	ContainerServiceStateDetailCodeProvisioningService           ContainerServiceStateDetailCode = "PROVISIONING_SERVICE"
	ContainerServiceStateDetailCodeCreatingDeployment            ContainerServiceStateDetailCode = "CREATING_DEPLOYMENT"
	ContainerServiceStateDetailCodeEvaluatingHealthCheck         ContainerServiceStateDetailCode = "EVALUATING_HEALTH_CHECK"
	ContainerServiceStateDetailCodeActivatingDeployment          ContainerServiceStateDetailCode = "ACTIVATING_DEPLOYMENT"
	ContainerServiceStateDetailCodeCertificateLimitExceeded      ContainerServiceStateDetailCode = "CERTIFICATE_LIMIT_EXCEEDED"
	ContainerServiceStateDetailCodeUnknownError                  ContainerServiceStateDetailCode = "UNKNOWN_ERROR"
)

// ContainerServiceDeployment is a version of what runs on a container service.
type ContainerServiceDeployment struct {
	Version        int32                           `json:"version"` // counted from 1
	State          ContainerServiceDeploymentState `json:"state"`
	Containers     map[string]Container            `json:"containers"` // by name
	PublicEndpoint ContainerServiceEndpoint        `json:"publicEndpoint"`
	CreatedAt      time.Time                       `json:"createdAt"`
}

// ContainerServiceDeploymentState tells whether a deployment runs. INACTIVE is
// one that another has replaced.
type ContainerServiceDeploymentState string

// Values of ContainerServiceDeploymentState.
const (
	ContainerServiceDeploymentStateActivating ContainerServiceDeploymentState = "ACTIVATING"
	ContainerServiceDeploymentStateActive     ContainerServiceDeploymentState = "ACTIVE"
	ContainerServiceDeploymentStateInactive   ContainerServiceDeploymentState = "INACTIVE"
	ContainerServiceDeploymentStateFailed     ContainerServiceDeploymentState = "FAILED"
)

// ContainerServiceEndpoint is the container that gets what comes from outside.
type ContainerServiceEndpoint struct {
	ContainerName string                            `json:"containerName"`
	ContainerPort int32                             `json:"containerPort"`
	HealthCheck   ContainerServiceHealthCheckConfig `json:"healthCheck"`
}

// PrivateRegistryAccess tells whether the service may take images from private
// repositories of Amazon ECR.
type PrivateRegistryAccess struct {
	EcrImagePullerRole ContainerServiceECRImagePullerRole `json:"ecrImagePullerRole"`
}

// ContainerServiceECRImagePullerRole is the role that it does so with.
type ContainerServiceECRImagePullerRole struct {
	IsActive     bool   `json:"isActive"`
	PrincipalArn string `json:"principalArn"` // to be allowed in the repositories' policies
}

// GetContainerServices returns one container service, or all in the client's
// region. There are no pages.
//
// Errors: [ErrNotFound] where ServiceName names none.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerServices.html
func (c *Client) GetContainerServices(ctx context.Context, in *GetContainerServicesInput, opts ...Option) (*GetContainerServicesOutput, error) {
	return invoke[GetContainerServicesOutput](ctx, c, opGetContainerServices, in, opts)
}

var opGetContainerServices = &pipeline.Operation{Name: "GetContainerServices", Method: "POST", Path: "/"}

type GetContainerServicesInput struct {
	ServiceName string `json:"serviceName"` // empty: all
}

type GetContainerServicesOutput struct {
	ContainerServices []ContainerService `json:"containerServices"`

	ResponseMetadata entrepot.ResponseMetadata
}

// UpdateContainerService changes the size of a container service, its domains,
// its access to registries, or whether it answers. What the input leaves out
// stays as it is. What runs is changed by
// [Client.CreateContainerServiceDeployment].
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateContainerService.html
func (c *Client) UpdateContainerService(ctx context.Context, in *UpdateContainerServiceInput, opts ...Option) (*UpdateContainerServiceOutput, error) {
	return invoke[UpdateContainerServiceOutput](ctx, c, opUpdateContainerService, in, opts)
}

var opUpdateContainerService = &pipeline.Operation{Name: "UpdateContainerService", Method: "POST", Path: "/"}

type UpdateContainerServiceInput struct {
	ServiceName           string                        `json:"serviceName,required,min1"`
	Power                 ContainerServicePowerName     `json:"power"`
	Scale                 *int32                        `json:"scale"`             // nodes, 1 to 20
	IsDisabled            *bool                         `json:"isDisabled"`        // true: it does not answer
	PublicDomainNames     map[string][]string           `json:"publicDomainNames"` // by certificate; at most four domains in all
	PrivateRegistryAccess *PrivateRegistryAccessRequest `json:"privateRegistryAccess"`
}

type UpdateContainerServiceOutput struct {
	ContainerService ContainerService `json:"containerService"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteContainerService deletes a container service and all that runs on it.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteContainerService.html
func (c *Client) DeleteContainerService(ctx context.Context, in *DeleteContainerServiceInput, opts ...Option) (*DeleteContainerServiceOutput, error) {
	return invoke[DeleteContainerServiceOutput](ctx, c, opDeleteContainerService, in, opts)
}

var opDeleteContainerService = &pipeline.Operation{Name: "DeleteContainerService", Method: "POST", Path: "/"}

type DeleteContainerServiceInput struct {
	ServiceName string `json:"serviceName,required,min1"`
}

type DeleteContainerServiceOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// GetContainerServicePowers returns the sizes that a node of a container service
// may have.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerServicePowers.html
func (c *Client) GetContainerServicePowers(ctx context.Context, in *GetContainerServicePowersInput, opts ...Option) (*GetContainerServicePowersOutput, error) {
	return invoke[GetContainerServicePowersOutput](ctx, c, opGetContainerServicePowers, in, opts)
}

var opGetContainerServicePowers = &pipeline.Operation{Name: "GetContainerServicePowers", Method: "POST", Path: "/"}

type GetContainerServicePowersInput struct{}

type GetContainerServicePowersOutput struct {
	Powers []ContainerServicePower `json:"powers"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ContainerServicePower is a size of node. The price is for each of them.
type ContainerServicePower struct {
	PowerId     string  `json:"powerId"`
	Price       float64 `json:"price"`    // in US dollars a month
	CpuCount    float64 `json:"cpuCount"` // virtual CPUs
	RamSizeInGb float64 `json:"ramSizeInGb"`
	Name        string  `json:"name"`
	IsActive    bool    `json:"isActive"` // it can be chosen
}

// GetContainerServiceMetricData returns how busy the nodes of a container service
// were, in percent.
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerServiceMetricData.html
func (c *Client) GetContainerServiceMetricData(ctx context.Context, in *GetContainerServiceMetricDataInput, opts ...Option) (*GetContainerServiceMetricDataOutput, error) {
	return invoke[GetContainerServiceMetricDataOutput](ctx, c, opGetContainerServiceMetricData, in, opts)
}

var opGetContainerServiceMetricData = &pipeline.Operation{Name: "GetContainerServiceMetricData", Method: "POST", Path: "/"}

type GetContainerServiceMetricDataInput struct {
	ServiceName string                     `json:"serviceName,required,min1"`
	MetricName  ContainerServiceMetricName `json:"metricName,required,min1"`
	StartTime   time.Time                  `json:"startTime,required"`
	EndTime     time.Time                  `json:"endTime,required"`
	Period      int32                      `json:"period,required"`     // seconds that an item stands for, 60 to 86,400; measured every 300
	Statistics  []MetricStatistic          `json:"statistics,required"` // Minimum, Maximum, Average
}

type GetContainerServiceMetricDataOutput struct {
	MetricName ContainerServiceMetricName `json:"metricName"`
	MetricData []MetricDatapoint          `json:"metricData"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ContainerServiceMetricName is what is measured of a container service.
type ContainerServiceMetricName string

// Values of ContainerServiceMetricName.
const (
	ContainerServiceMetricNameCPUUtilization    ContainerServiceMetricName = "CPUUtilization"
	ContainerServiceMetricNameMemoryUtilization ContainerServiceMetricName = "MemoryUtilization"
)

// GetContainerAPIMetadata returns what Lightsail's plugin for pushing images,
// lightsailctl, is told about its own versions.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerAPIMetadata.html
func (c *Client) GetContainerAPIMetadata(ctx context.Context, in *GetContainerAPIMetadataInput, opts ...Option) (*GetContainerAPIMetadataOutput, error) {
	return invoke[GetContainerAPIMetadataOutput](ctx, c, opGetContainerAPIMetadata, in, opts)
}

var opGetContainerAPIMetadata = &pipeline.Operation{Name: "GetContainerAPIMetadata", Method: "POST", Path: "/"}

type GetContainerAPIMetadataInput struct{}

type GetContainerAPIMetadataOutput struct {
	Metadata []map[string]string `json:"metadata"`

	ResponseMetadata entrepot.ResponseMetadata
}
