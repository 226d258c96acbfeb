package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateInstances creates one or more instances of the same blueprint and
// bundle. They are there when their operations are done; until then they are
// pending.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateInstances.html
func (c *Client) CreateInstances(ctx context.Context, in *CreateInstancesInput, opts ...Option) (*CreateInstancesOutput, error) {
	return invoke[CreateInstancesOutput](ctx, c, opCreateInstances, in, opts)
}

var opCreateInstances = &pipeline.Operation{Name: "CreateInstances", Method: "POST", Path: "/"}

type CreateInstancesInput struct {
	InstanceNames    []string `json:"instanceNames,required"`    // of the new instances, which are unique in the account and region
	AvailabilityZone string   `json:"availabilityZone,required"` // "us-east-2a"; GetRegions lists them

	// CustomImageName was the name of an image.
	//
	// Deprecated: the service has given it up.
	CustomImageName string `json:"customImageName"`

	BlueprintId   string         `json:"blueprintId,required,min1"` // of those that GetBlueprints lists: "ubuntu_24_04"
	BundleId      string         `json:"bundleId,required,min1"`    // of those that GetBundles lists: "small_3_0"
	UserData      string         `json:"userData"`                  // a script that the instance runs when it first starts
	KeyPairName   string         `json:"keyPairName"`               // empty: the region's default pair
	Tags          []Tag          `json:"tags"`                      // at most 50
	AddOns        []AddOnRequest `json:"addOns"`
	IpAddressType IpAddressType  `json:"ipAddressType"` // default dualstack
}

type CreateInstancesOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetInstance returns one instance.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstance.html
func (c *Client) GetInstance(ctx context.Context, in *GetInstanceInput, opts ...Option) (*GetInstanceOutput, error) {
	return invoke[GetInstanceOutput](ctx, c, opGetInstance, in, opts)
}

var opGetInstance = &pipeline.Operation{Name: "GetInstance", Method: "POST", Path: "/"}

type GetInstanceInput struct {
	InstanceName string `json:"instanceName,required,min1"`
}

type GetInstanceOutput struct {
	Instance Instance `json:"instance"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetInstances returns the account's instances in the client's region.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstances.html
func (c *Client) GetInstances(ctx context.Context, in *GetInstancesInput, opts ...Option) (*GetInstancesOutput, error) {
	return invoke[GetInstancesOutput](ctx, c, opGetInstances, in, opts)
}

var opGetInstances = &pipeline.Operation{Name: "GetInstances", Method: "POST", Path: "/"}

type GetInstancesInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetInstancesOutput struct {
	Instances     []Instance `json:"instances"`
	NextPageToken string     `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the instances of the page.
func (out *GetInstancesOutput) Items() []Instance { return out.Instances }

// NextPage makes next the request for the page after out.
func (out *GetInstancesOutput) NextPage(next *GetInstancesInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// Instance is a virtual private server.
type Instance struct {
	Name             string                  `json:"name"`
	Arn              string                  `json:"arn"`
	SupportCode      string                  `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt        time.Time               `json:"createdAt"`
	Location         ResourceLocation        `json:"location"`
	ResourceType     ResourceType            `json:"resourceType"` // ResourceTypeInstance
	Tags             []Tag                   `json:"tags"`
	BlueprintId      string                  `json:"blueprintId"`   // the image it was made of
	BlueprintName    string                  `json:"blueprintName"` // as people read it
	BundleId         string                  `json:"bundleId"`      // its size and price
	AddOns           []AddOn                 `json:"addOns"`
	IsStaticIp       bool                    `json:"isStaticIp"`       // its public address is a static IP
	PrivateIpAddress string                  `json:"privateIpAddress"` // IPv4
	PublicIpAddress  string                  `json:"publicIpAddress"`  // IPv4
	Ipv6Addresses    []string                `json:"ipv6Addresses"`
	IpAddressType    IpAddressType           `json:"ipAddressType"`
	Hardware         InstanceHardware        `json:"hardware"`
	Networking       InstanceNetworking      `json:"networking"`
	State            InstanceState           `json:"state"`
	Username         string                  `json:"username"`   // for SSH: "ec2-user"
	SshKeyName       string                  `json:"sshKeyName"` // the key pair that logs in
	MetadataOptions  InstanceMetadataOptions `json:"metadataOptions"`
}

// InstanceHardware is what an instance computes with.
type InstanceHardware struct {
	CpuCount    int32   `json:"cpuCount"` // virtual ones
	Disks       []Disk  `json:"disks"`
	RamSizeInGb float64 `json:"ramSizeInGb"` // fractions as well: 0.5
}

// InstanceNetworking is what may go over the network to and from an instance.
type InstanceNetworking struct {
	MonthlyTransfer MonthlyTransfer    `json:"monthlyTransfer"`
	Ports           []InstancePortInfo `json:"ports"`
}

// MonthlyTransfer is how much may go over the network each month.
type MonthlyTransfer struct {
	GbPerMonthAllocated int32 `json:"gbPerMonthAllocated"` // as the bundle says
}

// GetInstanceState returns whether an instance runs.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstanceState.html
func (c *Client) GetInstanceState(ctx context.Context, in *GetInstanceStateInput, opts ...Option) (*GetInstanceStateOutput, error) {
	return invoke[GetInstanceStateOutput](ctx, c, opGetInstanceState, in, opts)
}

var opGetInstanceState = &pipeline.Operation{Name: "GetInstanceState", Method: "POST", Path: "/"}

type GetInstanceStateInput struct {
	InstanceName string `json:"instanceName,required,min1"`
}

type GetInstanceStateOutput struct {
	State InstanceState `json:"state"`

	ResponseMetadata entrepot.ResponseMetadata
}

// InstanceState is whether an instance runs.
type InstanceState struct {
	Code int32  `json:"code"` // 16 if it runs
	Name string `json:"name"` // "running", "pending", "stopped"
}

// StartInstance starts an instance that is stopped. It gets a new public IPv4
// address then, unless it has a static IP.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_StartInstance.html
func (c *Client) StartInstance(ctx context.Context, in *StartInstanceInput, opts ...Option) (*StartInstanceOutput, error) {
	return invoke[StartInstanceOutput](ctx, c, opStartInstance, in, opts)
}

var opStartInstance = &pipeline.Operation{Name: "StartInstance", Method: "POST", Path: "/"}

type StartInstanceInput struct {
	InstanceName string `json:"instanceName,required,min1"`
}

type StartInstanceOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// StopInstance stops an instance that runs. Its public IPv4 address is lost,
// unless it is a static IP.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_StopInstance.html
func (c *Client) StopInstance(ctx context.Context, in *StopInstanceInput, opts ...Option) (*StopInstanceOutput, error) {
	return invoke[StopInstanceOutput](ctx, c, opStopInstance, in, opts)
}

var opStopInstance = &pipeline.Operation{Name: "StopInstance", Method: "POST", Path: "/"}

type StopInstanceInput struct {
	InstanceName string `json:"instanceName,required,min1"`

	// Force stops an instance that has been stuck while stopping. It is for no
	// other.
	Force *bool `json:"force"`
}

type StopInstanceOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// RebootInstance restarts an instance that runs.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_RebootInstance.html
func (c *Client) RebootInstance(ctx context.Context, in *RebootInstanceInput, opts ...Option) (*RebootInstanceOutput, error) {
	return invoke[RebootInstanceOutput](ctx, c, opRebootInstance, in, opts)
}

var opRebootInstance = &pipeline.Operation{Name: "RebootInstance", Method: "POST", Path: "/"}

type RebootInstanceInput struct {
	InstanceName string `json:"instanceName,required,min1"`
}

type RebootInstanceOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteInstance deletes an instance.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteInstance.html
func (c *Client) DeleteInstance(ctx context.Context, in *DeleteInstanceInput, opts ...Option) (*DeleteInstanceOutput, error) {
	return invoke[DeleteInstanceOutput](ctx, c, opDeleteInstance, in, opts)
}

var opDeleteInstance = &pipeline.Operation{Name: "DeleteInstance", Method: "POST", Path: "/"}

type DeleteInstanceInput struct {
	InstanceName      string `json:"instanceName,required,min1"`
	ForceDeleteAddOns *bool  `json:"forceDeleteAddOns"` // with all its add-ons
}

type DeleteInstanceOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetInstanceMetricData returns what was measured of an instance. See
// [InstanceMetricName] for the units and statistics that make sense.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstanceMetricData.html
func (c *Client) GetInstanceMetricData(ctx context.Context, in *GetInstanceMetricDataInput, opts ...Option) (*GetInstanceMetricDataOutput, error) {
	return invoke[GetInstanceMetricDataOutput](ctx, c, opGetInstanceMetricData, in, opts)
}

var opGetInstanceMetricData = &pipeline.Operation{Name: "GetInstanceMetricData", Method: "POST", Path: "/"}

type GetInstanceMetricDataInput struct {
	InstanceName string             `json:"instanceName,required,min1"`
	MetricName   InstanceMetricName `json:"metricName,required,min1"`

	// Period is the seconds that an item stands for, 60 to 86,400. The
	// StatusCheck ones are measured each minute, all others each 5 minutes.
	Period int32 `json:"period,required"`

	StartTime  time.Time         `json:"startTime,required"`
	EndTime    time.Time         `json:"endTime,required"`
	Unit       MetricUnit        `json:"unit,required,min1"`
	Statistics []MetricStatistic `json:"statistics,required"`
}

type GetInstanceMetricDataOutput struct {
	MetricName InstanceMetricName `json:"metricName"`
	MetricData []MetricDatapoint  `json:"metricData"`

	ResponseMetadata entrepot.ResponseMetadata
}

// InstanceMetricName is what is measured of an instance. CPUUtilization and
// BurstCapacityPercentage are in Percent and BurstCapacityTime in Seconds, with
// the statistics Average and Maximum; NetworkIn and NetworkOut are in Bytes, and
// MetadataNoToken and the StatusCheck ones in Count, with the statistic Sum.
type InstanceMetricName string

// Values of InstanceMetricName.
const (
	InstanceMetricNameCPUUtilization            InstanceMetricName = "CPUUtilization"
	InstanceMetricNameNetworkIn                 InstanceMetricName = "NetworkIn"
	InstanceMetricNameNetworkOut                InstanceMetricName = "NetworkOut"
	InstanceMetricNameStatusCheckFailed         InstanceMetricName = "StatusCheckFailed"
	InstanceMetricNameStatusCheckFailedInstance InstanceMetricName = "StatusCheckFailed_Instance"
	InstanceMetricNameStatusCheckFailedSystem   InstanceMetricName = "StatusCheckFailed_System"
	InstanceMetricNameBurstCapacityTime         InstanceMetricName = "BurstCapacityTime"
	InstanceMetricNameBurstCapacityPercentage   InstanceMetricName = "BurstCapacityPercentage"
	InstanceMetricNameMetadataNoToken           InstanceMetricName = "MetadataNoToken"
)
