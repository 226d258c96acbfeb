package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateDisk creates an empty block storage disk, which an instance in the
// same Availability Zone can be given with [Client.AttachDisk].
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateDisk.html
func (c *Client) CreateDisk(ctx context.Context, in *CreateDiskInput, opts ...Option) (*CreateDiskOutput, error) {
	return invoke[CreateDiskOutput](ctx, c, opCreateDisk, in, opts)
}

var opCreateDisk = &pipeline.Operation{Name: "CreateDisk", Method: "POST", Path: "/"}

type CreateDiskInput struct {
	DiskName         string         `json:"diskName,required,min1"`         // unique among the region's resources of the account
	AvailabilityZone string         `json:"availabilityZone,required,min1"` // as "us-east-2a"; only instances in it can have the disk
	SizeInGb         int32          `json:"sizeInGb,required"`              // whole gigabytes: 32
	Tags             []Tag          `json:"tags"`                           // at most 50
	AddOns           []AddOnRequest `json:"addOns"`                         // of a disk: daily snapshots
}

type CreateDiskOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetDisk returns one disk.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDisk.html
func (c *Client) GetDisk(ctx context.Context, in *GetDiskInput, opts ...Option) (*GetDiskOutput, error) {
	return invoke[GetDiskOutput](ctx, c, opGetDisk, in, opts)
}

var opGetDisk = &pipeline.Operation{Name: "GetDisk", Method: "POST", Path: "/"}

type GetDiskInput struct {
	DiskName string `json:"diskName,required,min1"`
}

type GetDiskOutput struct {
	Disk Disk `json:"disk"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetDisks returns all disks in the client's region.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDisks.html
func (c *Client) GetDisks(ctx context.Context, in *GetDisksInput, opts ...Option) (*GetDisksOutput, error) {
	return invoke[GetDisksOutput](ctx, c, opGetDisks, in, opts)
}

var opGetDisks = &pipeline.Operation{Name: "GetDisks", Method: "POST", Path: "/"}

type GetDisksInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetDisksOutput struct {
	Disks         []Disk `json:"disks"`
	NextPageToken string `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the disks of the page.
func (out *GetDisksOutput) Items() []Disk { return out.Disks }

// NextPage makes next the request for the page after out.
func (out *GetDisksOutput) NextPage(next *GetDisksInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// AttachDisk gives a disk to an instance, running or stopped, that is in the
// disk's Availability Zone. The disk must be available: it can have one
// instance at a time. Its file system is not touched: a new disk is to be
// formatted and mounted in the instance.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_AttachDisk.html
func (c *Client) AttachDisk(ctx context.Context, in *AttachDiskInput, opts ...Option) (*AttachDiskOutput, error) {
	return invoke[AttachDiskOutput](ctx, c, opAttachDisk, in, opts)
}

var opAttachDisk = &pipeline.Operation{Name: "AttachDisk", Method: "POST", Path: "/"}

type AttachDiskInput struct {
	DiskName     string `json:"diskName,required,min1"`
	InstanceName string `json:"instanceName,required,min1"`
	DiskPath     string `json:"diskPath,required,min1"` // what the instance is to know it by: "/dev/xvdf"

	// AutoMounting mounts the disk by itself. It is for Lightsail for Research
	// only.
	AutoMounting *bool `json:"autoMounting"`
}

type AttachDiskOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DetachDisk takes a disk from its instance. The instance has to be stopped;
// unmount the disk in its operating system before that.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DetachDisk.html
func (c *Client) DetachDisk(ctx context.Context, in *DetachDiskInput, opts ...Option) (*DetachDiskOutput, error) {
	return invoke[DetachDiskOutput](ctx, c, opDetachDisk, in, opts)
}

var opDetachDisk = &pipeline.Operation{Name: "DetachDisk", Method: "POST", Path: "/"}

type DetachDiskInput struct {
	DiskName string `json:"diskName,required,min1"`
}

type DetachDiskOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteDisk deletes a disk and what is on it. The disk must be available,
// that is: detached from its instance. It may be seen for some minutes still.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteDisk.html
func (c *Client) DeleteDisk(ctx context.Context, in *DeleteDiskInput, opts ...Option) (*DeleteDiskOutput, error) {
	return invoke[DeleteDiskOutput](ctx, c, opDeleteDisk, in, opts)
}

var opDeleteDisk = &pipeline.Operation{Name: "DeleteDisk", Method: "POST", Path: "/"}

type DeleteDiskInput struct {
	DiskName string `json:"diskName,required,min1"`

	// ForceDeleteAddOns deletes the disk's add-ons as well.
	ForceDeleteAddOns *bool `json:"forceDeleteAddOns"`
}

type DeleteDiskOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// Disk is a block storage disk, or the system disk of an instance.
type Disk struct {
	Name         string           `json:"name"`
	Arn          string           `json:"arn"`
	SupportCode  string           `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt    time.Time        `json:"createdAt"`
	Location     ResourceLocation `json:"location"`
	ResourceType ResourceType     `json:"resourceType"` // ResourceTypeDisk
	Tags         []Tag            `json:"tags"`
	AddOns       []AddOn          `json:"addOns"`
	SizeInGb     int32            `json:"sizeInGb"`
	IsSystemDisk bool             `json:"isSystemDisk"` // the instance starts from it
	Iops         int32            `json:"iops"`         // input and output operations per second
	Path         string           `json:"path"`         // what the instance knows it by: "/dev/xvdf"
	State        DiskState        `json:"state"`
	AttachedTo   string           `json:"attachedTo"` // the instance that has it
	IsAttached   bool             `json:"isAttached"`

	// AttachmentState told of system disks that they are attached.
	//
	// Deprecated: IsAttached tells it of every disk.
	AttachmentState string `json:"attachmentState"`

	// GbInUse was how much of the disk is used.
	//
	// Deprecated: the service has given it up.
	GbInUse int32 `json:"gbInUse"`

	AutoMountStatus AutoMountStatus `json:"autoMountStatus"` // in Lightsail for Research only
}

// DiskState is whether a disk can be used.
type DiskState string

// Values of DiskState.
const (
	DiskStatePending   DiskState = "pending"
	DiskStateError     DiskState = "error"
	DiskStateAvailable DiskState = "available"
	DiskStateInUse     DiskState = "in-use"
	DiskStateUnknown   DiskState = "unknown"
)

// AutoMountStatus is how far a disk has been mounted by itself, as Lightsail for
// Research does it.
type AutoMountStatus string

// Values of AutoMountStatus.
const (
	AutoMountStatusFailed     AutoMountStatus = "Failed"
	AutoMountStatusPending    AutoMountStatus = "Pending"
	AutoMountStatusMounted    AutoMountStatus = "Mounted"
	AutoMountStatusNotMounted AutoMountStatus = "NotMounted"
)
