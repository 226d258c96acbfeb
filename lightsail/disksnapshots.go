package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateDiskSnapshot makes a snapshot of a disk, or of the system disk of an
// instance, for example to get at the files of an instance that does not
// answer any more. Name the disk or the instance, not both.
//
// A snapshot may be made of a disk in use. It holds what has been written to
// the disk by then, but not what the operating system still keeps in memory:
// where all must be there, unmount the disk first.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateDiskSnapshot.html
func (c *Client) CreateDiskSnapshot(ctx context.Context, in *CreateDiskSnapshotInput, opts ...Option) (*CreateDiskSnapshotOutput, error) {
	return invoke[CreateDiskSnapshotOutput](ctx, c, opCreateDiskSnapshot, in, opts)
}

var opCreateDiskSnapshot = &pipeline.Operation{Name: "CreateDiskSnapshot", Method: "POST", Path: "/"}

type CreateDiskSnapshotInput struct {
	DiskName         string `json:"diskName"`                       // the disk, unless InstanceName is given
	DiskSnapshotName string `json:"diskSnapshotName,required,min1"` // of the new snapshot
	InstanceName     string `json:"instanceName"`                   // the instance whose system disk is meant
	Tags             []Tag  `json:"tags"`                           // at most 50
}

type CreateDiskSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateDiskFromSnapshot creates a disk with the content of a snapshot: a
// manual one, named by DiskSnapshotName, or an automatic one of a disk,
// chosen by SourceDiskName and either RestoreDate or
// UseLatestRestorableAutoSnapshot.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateDiskFromSnapshot.html
func (c *Client) CreateDiskFromSnapshot(ctx context.Context, in *CreateDiskFromSnapshotInput, opts ...Option) (*CreateDiskFromSnapshotOutput, error) {
	return invoke[CreateDiskFromSnapshotOutput](ctx, c, opCreateDiskFromSnapshot, in, opts)
}

var opCreateDiskFromSnapshot = &pipeline.Operation{Name: "CreateDiskFromSnapshot", Method: "POST", Path: "/"}

type CreateDiskFromSnapshotInput struct {
	DiskName         string         `json:"diskName,required,min1"`         // of the new disk
	DiskSnapshotName string         `json:"diskSnapshotName"`               // a manual snapshot
	AvailabilityZone string         `json:"availabilityZone,required,min1"` // as "us-east-2a"
	SizeInGb         int32          `json:"sizeInGb,required"`              // at least as large as the snapshot
	Tags             []Tag          `json:"tags"`                           // at most 50
	AddOns           []AddOnRequest `json:"addOns"`

	// SourceDiskName is the disk whose automatic snapshot is taken.
	SourceDiskName string `json:"sourceDiskName"`

	// RestoreDate is the day of the automatic snapshot, as "2026-03-01".
	RestoreDate string `json:"restoreDate"`

	// UseLatestRestorableAutoSnapshot takes the newest automatic snapshot. It
	// excludes a RestoreDate.
	UseLatestRestorableAutoSnapshot *bool `json:"useLatestRestorableAutoSnapshot"`
}

type CreateDiskFromSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetDiskSnapshot returns one manual snapshot of a disk.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDiskSnapshot.html
func (c *Client) GetDiskSnapshot(ctx context.Context, in *GetDiskSnapshotInput, opts ...Option) (*GetDiskSnapshotOutput, error) {
	return invoke[GetDiskSnapshotOutput](ctx, c, opGetDiskSnapshot, in, opts)
}

var opGetDiskSnapshot = &pipeline.Operation{Name: "GetDiskSnapshot", Method: "POST", Path: "/"}

type GetDiskSnapshotInput struct {
	DiskSnapshotName string `json:"diskSnapshotName,required,min1"`
}

type GetDiskSnapshotOutput struct {
	DiskSnapshot DiskSnapshot `json:"diskSnapshot"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetDiskSnapshots returns all manual snapshots of disks in the client's
// region.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetDiskSnapshots.html
func (c *Client) GetDiskSnapshots(ctx context.Context, in *GetDiskSnapshotsInput, opts ...Option) (*GetDiskSnapshotsOutput, error) {
	return invoke[GetDiskSnapshotsOutput](ctx, c, opGetDiskSnapshots, in, opts)
}

var opGetDiskSnapshots = &pipeline.Operation{Name: "GetDiskSnapshots", Method: "POST", Path: "/"}

type GetDiskSnapshotsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetDiskSnapshotsOutput struct {
	DiskSnapshots []DiskSnapshot `json:"diskSnapshots"`
	NextPageToken string         `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the snapshots of the page.
func (out *GetDiskSnapshotsOutput) Items() []DiskSnapshot { return out.DiskSnapshots }

// NextPage makes next the request for the page after out.
func (out *GetDiskSnapshotsOutput) NextPage(next *GetDiskSnapshotsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// DeleteDiskSnapshot deletes a snapshot of a disk. Snapshots share what did
// not change between them; deleting one never harms the others.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteDiskSnapshot.html
func (c *Client) DeleteDiskSnapshot(ctx context.Context, in *DeleteDiskSnapshotInput, opts ...Option) (*DeleteDiskSnapshotOutput, error) {
	return invoke[DeleteDiskSnapshotOutput](ctx, c, opDeleteDiskSnapshot, in, opts)
}

var opDeleteDiskSnapshot = &pipeline.Operation{Name: "DeleteDiskSnapshot", Method: "POST", Path: "/"}

type DeleteDiskSnapshotInput struct {
	DiskSnapshotName string `json:"diskSnapshotName,required,min1"`
}

type DeleteDiskSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DiskSnapshot is a manual snapshot of a disk.
type DiskSnapshot struct {
	Name         string            `json:"name"`
	Arn          string            `json:"arn"`
	SupportCode  string            `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt    time.Time         `json:"createdAt"`
	Location     ResourceLocation  `json:"location"`
	ResourceType ResourceType      `json:"resourceType"`
	Tags         []Tag             `json:"tags"`
	SizeInGb     int32             `json:"sizeInGb"` // of the disk that it was made of
	State        DiskSnapshotState `json:"state"`
	Progress     string            `json:"progress"` // how much of it is made

	// FromDiskName and FromDiskArn tell which disk the snapshot was made of,
	// FromInstanceName and FromInstanceArn which instance's system disk.
	FromDiskName       string `json:"fromDiskName"`
	FromDiskArn        string `json:"fromDiskArn"`
	FromInstanceName   string `json:"fromInstanceName"`
	FromInstanceArn    string `json:"fromInstanceArn"`
	IsFromAutoSnapshot bool   `json:"isFromAutoSnapshot"` // it is a copy of an automatic one
}

// DiskSnapshotState is how far a snapshot of a disk has come.
type DiskSnapshotState string

// Values of DiskSnapshotState.
const (
	DiskSnapshotStatePending   DiskSnapshotState = "pending"
	DiskSnapshotStateCompleted DiskSnapshotState = "completed"
	DiskSnapshotStateError     DiskSnapshotState = "error"
	DiskSnapshotStateUnknown   DiskSnapshotState = "unknown"
)
