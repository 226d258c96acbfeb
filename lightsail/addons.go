package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// EnableAddOn switches an add-on of an instance or a disk on, or changes how one
// works that is on already.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_EnableAddOn.html
func (c *Client) EnableAddOn(ctx context.Context, in *EnableAddOnInput, opts ...Option) (*EnableAddOnOutput, error) {
	return invoke[EnableAddOnOutput](ctx, c, opEnableAddOn, in, opts)
}

var opEnableAddOn = &pipeline.Operation{Name: "EnableAddOn", Method: "POST", Path: "/"}

type EnableAddOnInput struct {
	ResourceName string       `json:"resourceName,required,min1"` // the instance or disk
	AddOnRequest AddOnRequest `json:"addOnRequest,required"`
}

type EnableAddOnOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// AddOnRequest is an add-on and how it shall work. Of the two settings, the one
// of its AddOnType counts.
type AddOnRequest struct {
	AddOnType                 AddOnType                  `json:"addOnType,required,min1"`
	AutoSnapshotAddOnRequest  *AutoSnapshotAddOnRequest  `json:"autoSnapshotAddOnRequest"`
	StopInstanceOnIdleRequest *StopInstanceOnIdleRequest `json:"stopInstanceOnIdleRequest"`
}

// AddOnType is a kind of add-on: daily snapshots, or a stop of the instance when
// it has been idle.
type AddOnType string

// Values of AddOnType.
const (
	AddOnTypeAutoSnapshot       AddOnType = "AutoSnapshot"
	AddOnTypeStopInstanceOnIdle AddOnType = "StopInstanceOnIdle"
)

// AutoSnapshotAddOnRequest says when the daily snapshot is taken.
type AutoSnapshotAddOnRequest struct {
	SnapshotTimeOfDay string `json:"snapshotTimeOfDay"` // a full hour of UTC: "06:00"; the snapshot is taken within 45 minutes from then
}

// StopInstanceOnIdleRequest says when an instance counts as idle. It is for
// Lightsail for Research only.
type StopInstanceOnIdleRequest struct {
	Threshold string `json:"threshold"` // use of the CPU, in percent, that still counts as idle
	Duration  string `json:"duration"`  // for how long: minutes
}

// AddOn is an add-on of an instance or a disk, and how it works.
type AddOn struct {
	Name                  string `json:"name"` // "AutoSnapshot"
	Status                string `json:"status"`
	SnapshotTimeOfDay     string `json:"snapshotTimeOfDay"`     // of the daily snapshot: a full hour of UTC, "06:00"
	NextSnapshotTimeOfDay string `json:"nextSnapshotTimeOfDay"` // from the next day on, where it has been changed
	Threshold             string `json:"threshold"`             // of StopInstanceOnIdle: use of the CPU, in percent, that still counts as idle
	Duration              string `json:"duration"`              // of StopInstanceOnIdle: for how long, in minutes
}

// DisableAddOn switches an add-on of an instance or a disk off.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DisableAddOn.html
func (c *Client) DisableAddOn(ctx context.Context, in *DisableAddOnInput, opts ...Option) (*DisableAddOnOutput, error) {
	return invoke[DisableAddOnOutput](ctx, c, opDisableAddOn, in, opts)
}

var opDisableAddOn = &pipeline.Operation{Name: "DisableAddOn", Method: "POST", Path: "/"}

type DisableAddOnInput struct {
	AddOnType    AddOnType `json:"addOnType,required,min1"`
	ResourceName string    `json:"resourceName,required,min1"` // the instance or disk
}

type DisableAddOnOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetAutoSnapshots returns the automatic snapshots of an instance or a disk.
// Each is known by its date.
//
// Errors: [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetAutoSnapshots.html
func (c *Client) GetAutoSnapshots(ctx context.Context, in *GetAutoSnapshotsInput, opts ...Option) (*GetAutoSnapshotsOutput, error) {
	return invoke[GetAutoSnapshotsOutput](ctx, c, opGetAutoSnapshots, in, opts)
}

var opGetAutoSnapshots = &pipeline.Operation{Name: "GetAutoSnapshots", Method: "POST", Path: "/"}

type GetAutoSnapshotsInput struct {
	ResourceName string `json:"resourceName,required,min1"` // the instance or disk
}

type GetAutoSnapshotsOutput struct {
	ResourceName  string                `json:"resourceName"`
	ResourceType  ResourceType          `json:"resourceType"` // ResourceTypeInstance or ResourceTypeDisk
	AutoSnapshots []AutoSnapshotDetails `json:"autoSnapshots"`

	ResponseMetadata entrepot.ResponseMetadata
}

// AutoSnapshotDetails is an automatic snapshot.
type AutoSnapshotDetails struct {
	Date              string             `json:"date"` // the day it is of: "2026-03-01"
	CreatedAt         time.Time          `json:"createdAt"`
	Status            AutoSnapshotStatus `json:"status"`
	FromAttachedDisks []AttachedDisk     `json:"fromAttachedDisks"` // of an instance
}

// AutoSnapshotStatus is how far an automatic snapshot has come.
type AutoSnapshotStatus string

// Values of AutoSnapshotStatus.
const (
	AutoSnapshotStatusSuccess    AutoSnapshotStatus = "Success"
	AutoSnapshotStatusFailed     AutoSnapshotStatus = "Failed"
	AutoSnapshotStatusInProgress AutoSnapshotStatus = "InProgress"
	AutoSnapshotStatusNotFound   AutoSnapshotStatus = "NotFound"
)

// AttachedDisk is a disk that was attached to an instance when the snapshot was
// taken.
type AttachedDisk struct {
	Path     string `json:"path"` // "/dev/xvdf"
	SizeInGb int32  `json:"sizeInGb"`
}

// DeleteAutoSnapshot deletes the automatic snapshot that was taken of an
// instance or a disk on one day.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteAutoSnapshot.html
func (c *Client) DeleteAutoSnapshot(ctx context.Context, in *DeleteAutoSnapshotInput, opts ...Option) (*DeleteAutoSnapshotOutput, error) {
	return invoke[DeleteAutoSnapshotOutput](ctx, c, opDeleteAutoSnapshot, in, opts)
}

var opDeleteAutoSnapshot = &pipeline.Operation{Name: "DeleteAutoSnapshot", Method: "POST", Path: "/"}

type DeleteAutoSnapshotInput struct {
	ResourceName string `json:"resourceName,required,min1"` // the instance or disk
	Date         string `json:"date,required,min1"`         // AutoSnapshotDetails.Date: "2026-03-01"
}

type DeleteAutoSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}
