package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateInstanceSnapshot takes a snapshot of an instance and the disks attached
// to it. New instances can be made of it.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateInstanceSnapshot.html
func (c *Client) CreateInstanceSnapshot(ctx context.Context, in *CreateInstanceSnapshotInput, opts ...Option) (*CreateInstanceSnapshotOutput, error) {
	return invoke[CreateInstanceSnapshotOutput](ctx, c, opCreateInstanceSnapshot, in, opts)
}

var opCreateInstanceSnapshot = &pipeline.Operation{Name: "CreateInstanceSnapshot", Method: "POST", Path: "/"}

type CreateInstanceSnapshotInput struct {
	InstanceSnapshotName string `json:"instanceSnapshotName,required,min1"` // how the new one is to be called
	InstanceName         string `json:"instanceName,required,min1"`
	Tags                 []Tag  `json:"tags"` // at most 50
}

type CreateInstanceSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteInstanceSnapshot deletes a snapshot of an instance.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteInstanceSnapshot.html
func (c *Client) DeleteInstanceSnapshot(ctx context.Context, in *DeleteInstanceSnapshotInput, opts ...Option) (*DeleteInstanceSnapshotOutput, error) {
	return invoke[DeleteInstanceSnapshotOutput](ctx, c, opDeleteInstanceSnapshot, in, opts)
}

var opDeleteInstanceSnapshot = &pipeline.Operation{Name: "DeleteInstanceSnapshot", Method: "POST", Path: "/"}

type DeleteInstanceSnapshotInput struct {
	InstanceSnapshotName string `json:"instanceSnapshotName,required,min1"`
}

type DeleteInstanceSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetInstanceSnapshot returns one snapshot of an instance.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstanceSnapshot.html
func (c *Client) GetInstanceSnapshot(ctx context.Context, in *GetInstanceSnapshotInput, opts ...Option) (*GetInstanceSnapshotOutput, error) {
	return invoke[GetInstanceSnapshotOutput](ctx, c, opGetInstanceSnapshot, in, opts)
}

var opGetInstanceSnapshot = &pipeline.Operation{Name: "GetInstanceSnapshot", Method: "POST", Path: "/"}

type GetInstanceSnapshotInput struct {
	InstanceSnapshotName string `json:"instanceSnapshotName,required,min1"`
}

type GetInstanceSnapshotOutput struct {
	InstanceSnapshot InstanceSnapshot `json:"instanceSnapshot"`

	ResponseMetadata entrepot.ResponseMetadata
}

// InstanceSnapshot is a copy of an instance and its disks at one time.
type InstanceSnapshot struct {
	Name               string                `json:"name"`
	Arn                string                `json:"arn"`
	SupportCode        string                `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt          time.Time             `json:"createdAt"`
	Location           ResourceLocation      `json:"location"`
	ResourceType       ResourceType          `json:"resourceType"` // ResourceTypeInstanceSnapshot
	Tags               []Tag                 `json:"tags"`
	State              InstanceSnapshotState `json:"state"`
	Progress           string                `json:"progress"` // empty: only snapshots of disks tell it
	FromAttachedDisks  []Disk                `json:"fromAttachedDisks"`
	FromInstanceName   string                `json:"fromInstanceName"`
	FromInstanceArn    string                `json:"fromInstanceArn"`
	FromBlueprintId    string                `json:"fromBlueprintId"`
	FromBundleId       string                `json:"fromBundleId"`
	IsFromAutoSnapshot bool                  `json:"isFromAutoSnapshot"` // it was made of an automatic one
	SizeInGb           int32                 `json:"sizeInGb"`           // of the SSD
}

// InstanceSnapshotState is how far a snapshot has come.
type InstanceSnapshotState string

// Values of InstanceSnapshotState.
const (
	InstanceSnapshotStatePending   InstanceSnapshotState = "pending"
	InstanceSnapshotStateError     InstanceSnapshotState = "error"
	InstanceSnapshotStateAvailable InstanceSnapshotState = "available"
)

// GetInstanceSnapshots returns the account's snapshots of instances in the
// client's region.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstanceSnapshots.html
func (c *Client) GetInstanceSnapshots(ctx context.Context, in *GetInstanceSnapshotsInput, opts ...Option) (*GetInstanceSnapshotsOutput, error) {
	return invoke[GetInstanceSnapshotsOutput](ctx, c, opGetInstanceSnapshots, in, opts)
}

var opGetInstanceSnapshots = &pipeline.Operation{Name: "GetInstanceSnapshots", Method: "POST", Path: "/"}

type GetInstanceSnapshotsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetInstanceSnapshotsOutput struct {
	InstanceSnapshots []InstanceSnapshot `json:"instanceSnapshots"`
	NextPageToken     string             `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the instance snapshots of the page.
func (out *GetInstanceSnapshotsOutput) Items() []InstanceSnapshot { return out.InstanceSnapshots }

// NextPage makes next the request for the page after out.
func (out *GetInstanceSnapshotsOutput) NextPage(next *GetInstanceSnapshotsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// CreateInstancesFromSnapshot creates one or more instances of a snapshot: one
// that was taken by hand, named by InstanceSnapshotName, or an automatic one,
// named by SourceInstanceName and either RestoreDate or
// UseLatestRestorableAutoSnapshot.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateInstancesFromSnapshot.html
func (c *Client) CreateInstancesFromSnapshot(ctx context.Context, in *CreateInstancesFromSnapshotInput, opts ...Option) (*CreateInstancesFromSnapshotOutput, error) {
	return invoke[CreateInstancesFromSnapshotOutput](ctx, c, opCreateInstancesFromSnapshot, in, opts)
}

var opCreateInstancesFromSnapshot = &pipeline.Operation{Name: "CreateInstancesFromSnapshot", Method: "POST", Path: "/"}

type CreateInstancesFromSnapshotInput struct {
	InstanceNames        []string             `json:"instanceNames,required"`    // of the new instances, which are unique in the account and region
	AttachedDiskMapping  map[string][]DiskMap `json:"attachedDiskMapping"`       // how the disks that are made of those in the snapshot are called
	AvailabilityZone     string               `json:"availabilityZone,required"` // "us-east-2a"; GetRegions lists them
	InstanceSnapshotName string               `json:"instanceSnapshotName"`      // not with the three last members
	BundleId             string               `json:"bundleId,required,min1"`    // of those that GetBundles lists: "small_3_0"; none smaller than that of the snapshot
	UserData             string               `json:"userData"`                  // a script that the instance runs when it first starts
	KeyPairName          string               `json:"keyPairName"`               // empty: the region's default pair
	Tags                 []Tag                `json:"tags"`                      // at most 50
	AddOns               []AddOnRequest       `json:"addOns"`
	IpAddressType        IpAddressType        `json:"ipAddressType"` // default dualstack

	// SourceInstanceName is the instance that the automatic snapshot is of.
	SourceInstanceName string `json:"sourceInstanceName"`

	// RestoreDate is the day of the automatic snapshot, as GetAutoSnapshots
	// tells it: "2026-03-01".
	RestoreDate string `json:"restoreDate"`

	// UseLatestRestorableAutoSnapshot takes the last automatic snapshot, in
	// place of RestoreDate.
	UseLatestRestorableAutoSnapshot *bool `json:"useLatestRestorableAutoSnapshot"`
}

type CreateInstancesFromSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DiskMap names the disk that is made of a disk in the snapshot.
type DiskMap struct {
	OriginalDiskPath string `json:"originalDiskPath"` // where the instance had it: "/dev/sdh"
	NewDiskName      string `json:"newDiskName"`      // "my-new-disk"
}
