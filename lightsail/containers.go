package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateContainerServiceDeployment starts a new version of what runs on a
// container service. When its containers are well, it takes the place of the one
// before; until then [Client.GetContainerServices] shows it as NextDeployment.
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateContainerServiceDeployment.html
func (c *Client) CreateContainerServiceDeployment(ctx context.Context, in *CreateContainerServiceDeploymentInput, opts ...Option) (*CreateContainerServiceDeploymentOutput, error) {
	return invoke[CreateContainerServiceDeploymentOutput](ctx, c, opCreateContainerServiceDeployment, in, opts)
}

var opCreateContainerServiceDeployment = &pipeline.Operation{Name: "CreateContainerServiceDeployment", Method: "POST", Path: "/"}

type CreateContainerServiceDeploymentInput struct {
	ServiceName    string               `json:"serviceName,required,min1"`
	Containers     map[string]Container `json:"containers"`     // by name: 1 to 53 lower-case letters, digits and hyphens
	PublicEndpoint *EndpointRequest     `json:"publicEndpoint"` // nil: none of them is reached from outside
}

type CreateContainerServiceDeploymentOutput struct {
	ContainerService ContainerService `json:"containerService"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetContainerServiceDeployments returns the versions of what has run on a
// container service. Only so many are kept; the oldest go first.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerServiceDeployments.html
func (c *Client) GetContainerServiceDeployments(ctx context.Context, in *GetContainerServiceDeploymentsInput, opts ...Option) (*GetContainerServiceDeploymentsOutput, error) {
	return invoke[GetContainerServiceDeploymentsOutput](ctx, c, opGetContainerServiceDeployments, in, opts)
}

var opGetContainerServiceDeployments = &pipeline.Operation{Name: "GetContainerServiceDeployments", Method: "POST", Path: "/"}

type GetContainerServiceDeploymentsInput struct {
	ServiceName string `json:"serviceName,required,min1"`
}

type GetContainerServiceDeploymentsOutput struct {
	Deployments []ContainerServiceDeployment `json:"deployments"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetContainerLog returns what a container has written to its log. Lightsail
// keeps a log for a limited time.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerLog.html
func (c *Client) GetContainerLog(ctx context.Context, in *GetContainerLogInput, opts ...Option) (*GetContainerLogOutput, error) {
	return invoke[GetContainerLogOutput](ctx, c, opGetContainerLog, in, opts)
}

var opGetContainerLog = &pipeline.Operation{Name: "GetContainerLog", Method: "POST", Path: "/"}

type GetContainerLogInput struct {
	ServiceName   string    `json:"serviceName,required,min1"`
	ContainerName string    `json:"containerName,required"` // also of one that has run earlier
	StartTime     time.Time `json:"startTime"`
	EndTime       time.Time `json:"endTime"`
	FilterPattern string    `json:"filterPattern"` // words that an event must have; empty: all events
	PageToken     string    `json:"pageToken"`     // from the page before; the service sets the page's size
}

type GetContainerLogOutput struct {
	LogEvents     []ContainerServiceLogEvent `json:"logEvents"`
	NextPageToken string                     `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the events of the page.
func (out *GetContainerLogOutput) Items() []ContainerServiceLogEvent { return out.LogEvents }

// NextPage makes next the request for the page after out.
func (out *GetContainerLogOutput) NextPage(next *GetContainerLogInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// ContainerServiceLogEvent is a line of a log.
type ContainerServiceLogEvent struct {
	CreatedAt time.Time `json:"createdAt"`
	Message   string    `json:"message"`
}

// CreateContainerServiceRegistryLogin returns a user and a password for pushing
// images to the account's registry in the client's region, as with docker login.
// They are good for 12 hours. An image that has been pushed is made known to a
// container service by [Client.RegisterContainerImage].
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateContainerServiceRegistryLogin.html
func (c *Client) CreateContainerServiceRegistryLogin(ctx context.Context, in *CreateContainerServiceRegistryLoginInput, opts ...Option) (*CreateContainerServiceRegistryLoginOutput, error) {
	return invoke[CreateContainerServiceRegistryLoginOutput](ctx, c, opCreateContainerServiceRegistryLogin, in, opts)
}

var opCreateContainerServiceRegistryLogin = &pipeline.Operation{Name: "CreateContainerServiceRegistryLogin", Method: "POST", Path: "/"}

type CreateContainerServiceRegistryLoginInput struct{}

type CreateContainerServiceRegistryLoginOutput struct {
	RegistryLogin ContainerServiceRegistryLogin `json:"registryLogin"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ContainerServiceRegistryLogin is a login to a registry of images.
type ContainerServiceRegistryLogin struct {
	Username  string          `json:"username"`
	Password  entrepot.Secret `json:"password"`
	ExpiresAt time.Time       `json:"expiresAt"`
	Registry  string          `json:"registry"` // the host to log in to and push to
}

// RegisterContainerImage makes an image that has been pushed known to a container
// service. Each registration under a label gets the next number.
//
// Errors: [ErrInvalidInput], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_RegisterContainerImage.html
func (c *Client) RegisterContainerImage(ctx context.Context, in *RegisterContainerImageInput, opts ...Option) (*RegisterContainerImageOutput, error) {
	return invoke[RegisterContainerImageOutput](ctx, c, opRegisterContainerImage, in, opts)
}

var opRegisterContainerImage = &pipeline.Operation{Name: "RegisterContainerImage", Method: "POST", Path: "/"}

type RegisterContainerImageInput struct {
	ServiceName string `json:"serviceName,required,min1"`
	Label       string `json:"label,required,min1"` // 1 to 53 lower-case letters, digits and hyphens; part of the image's name
	Digest      string `json:"digest,required"`     // of the pushed image: "sha256:…"
}

type RegisterContainerImageOutput struct {
	ContainerImage ContainerImage `json:"containerImage"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ContainerImage is an image that a container service can run.
type ContainerImage struct {
	Image     string    `json:"image"` // its name for Container.Image: ":SERVICE.LABEL.NUMBER"
	Digest    string    `json:"digest"`
	CreatedAt time.Time `json:"createdAt"`
}

// GetContainerImages returns the images that are registered with a container
// service.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContainerImages.html
func (c *Client) GetContainerImages(ctx context.Context, in *GetContainerImagesInput, opts ...Option) (*GetContainerImagesOutput, error) {
	return invoke[GetContainerImagesOutput](ctx, c, opGetContainerImages, in, opts)
}

var opGetContainerImages = &pipeline.Operation{Name: "GetContainerImages", Method: "POST", Path: "/"}

type GetContainerImagesInput struct {
	ServiceName string `json:"serviceName,required,min1"`
}

type GetContainerImagesOutput struct {
	ContainerImages []ContainerImage `json:"containerImages"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteContainerImage deletes an image that is registered with a container
// service.
//
// Errors: [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteContainerImage.html
func (c *Client) DeleteContainerImage(ctx context.Context, in *DeleteContainerImageInput, opts ...Option) (*DeleteContainerImageOutput, error) {
	return invoke[DeleteContainerImageOutput](ctx, c, opDeleteContainerImage, in, opts)
}

var opDeleteContainerImage = &pipeline.Operation{Name: "DeleteContainerImage", Method: "POST", Path: "/"}

type DeleteContainerImageInput struct {
	ServiceName string `json:"serviceName,required,min1"`
	Image       string `json:"image,required"` // as GetContainerImages shows it, with the colon
}

type DeleteContainerImageOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}
