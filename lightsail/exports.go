package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CopySnapshot copies a snapshot of an instance or a disk into the client's
// region, from another region or from the same. The copy is a manual
// snapshot, whichever kind the source is: a manual one, named by
// SourceSnapshotName, or an automatic one, chosen by SourceResourceName and
// either RestoreDate or UseLatestRestorableAutoSnapshot.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CopySnapshot.html
func (c *Client) CopySnapshot(ctx context.Context, in *CopySnapshotInput, opts ...Option) (*CopySnapshotOutput, error) {
	return invoke[CopySnapshotOutput](ctx, c, opCopySnapshot, in, opts)
}

var opCopySnapshot = &pipeline.Operation{Name: "CopySnapshot", Method: "POST", Path: "/"}

type CopySnapshotInput struct {
	SourceSnapshotName string `json:"sourceSnapshotName"` // a manual snapshot

	// SourceResourceName is the instance or the disk whose automatic snapshot
	// is copied.
	SourceResourceName string `json:"sourceResourceName"`

	// RestoreDate is the day of the automatic snapshot, as "2026-03-01".
	RestoreDate string `json:"restoreDate"`

	// UseLatestRestorableAutoSnapshot takes the newest automatic snapshot. It
	// excludes a RestoreDate.
	UseLatestRestorableAutoSnapshot *bool `json:"useLatestRestorableAutoSnapshot"`

	TargetSnapshotName string     `json:"targetSnapshotName,required,min1"` // of the copy
	SourceRegion       RegionName `json:"sourceRegion,required,min1"`       // where the source is; may be the client's own
}

type CopySnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// ExportSnapshot takes a snapshot that was made by hand over to Amazon EC2, in
// the same region: one of an instance becomes a machine image and a
// snapshot of its system disk in Amazon EBS, one of a disk becomes a snapshot
// in EBS. Amazon EC2 bills what is kept there.
//
// The export is told of by [Client.GetExportSnapshotRecords]; an instance can
// then be made of it with [Client.CreateCloudFormationStack]. The call is not
// repeated after a lost answer, as nothing keeps the service from exporting the
// snapshot twice.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_ExportSnapshot.html
func (c *Client) ExportSnapshot(ctx context.Context, in *ExportSnapshotInput, opts ...Option) (*ExportSnapshotOutput, error) {
	return invoke[ExportSnapshotOutput](ctx, c, opExportSnapshot, in, opts)
}

var opExportSnapshot = &pipeline.Operation{Name: "ExportSnapshot", Method: "POST", Path: "/", Traits: pipeline.NoReplay}

type ExportSnapshotInput struct {
	SourceSnapshotName string `json:"sourceSnapshotName,required,min1"` // a manual snapshot of an instance or a disk
}

type ExportSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetExportSnapshotRecords returns the exports of snapshots to Amazon EC2.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetExportSnapshotRecords.html
func (c *Client) GetExportSnapshotRecords(ctx context.Context, in *GetExportSnapshotRecordsInput, opts ...Option) (*GetExportSnapshotRecordsOutput, error) {
	return invoke[GetExportSnapshotRecordsOutput](ctx, c, opGetExportSnapshotRecords, in, opts)
}

var opGetExportSnapshotRecords = &pipeline.Operation{Name: "GetExportSnapshotRecords", Method: "POST", Path: "/"}

type GetExportSnapshotRecordsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetExportSnapshotRecordsOutput struct {
	ExportSnapshotRecords []ExportSnapshotRecord `json:"exportSnapshotRecords"`
	NextPageToken         string                 `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the records of the page.
func (out *GetExportSnapshotRecordsOutput) Items() []ExportSnapshotRecord {
	return out.ExportSnapshotRecords
}

// NextPage makes next the request for the page after out.
func (out *GetExportSnapshotRecordsOutput) NextPage(next *GetExportSnapshotRecordsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// ExportSnapshotRecord tells of the export of a snapshot to Amazon EC2.
type ExportSnapshotRecord struct {
	Name            string                         `json:"name"` // what InstanceEntry.SourceName takes
	Arn             string                         `json:"arn"`
	CreatedAt       time.Time                      `json:"createdAt"`
	Location        ResourceLocation               `json:"location"`
	ResourceType    ResourceType                   `json:"resourceType"`
	State           RecordState                    `json:"state"`
	SourceInfo      ExportSnapshotRecordSourceInfo `json:"sourceInfo"`
	DestinationInfo DestinationInfo                `json:"destinationInfo"` // in Amazon EC2
}

// RecordState is how far an export, or the stack made of one, has come.
type RecordState string

// Values of RecordState.
const (
	RecordStateStarted   RecordState = "Started"
	RecordStateSucceeded RecordState = "Succeeded"
	RecordStateFailed    RecordState = "Failed"
)

// DestinationInfo tells what has been made outside of Lightsail.
type DestinationInfo struct {
	Id      string `json:"id"`      // of what was made
	Service string `json:"service"` // where it was made
}

// ExportSnapshotRecordSourceInfo tells which snapshot has been exported.
type ExportSnapshotRecordSourceInfo struct {
	ResourceType ExportSnapshotRecordSourceType `json:"resourceType"`
	CreatedAt    time.Time                      `json:"createdAt"` // when the snapshot was made
	Name         string                         `json:"name"`
	Arn          string                         `json:"arn"`

	// FromResourceName and FromResourceArn tell what the snapshot was made of.
	FromResourceName     string               `json:"fromResourceName"`
	FromResourceArn      string               `json:"fromResourceArn"`
	InstanceSnapshotInfo InstanceSnapshotInfo `json:"instanceSnapshotInfo"` // of an InstanceSnapshot
	DiskSnapshotInfo     DiskSnapshotInfo     `json:"diskSnapshotInfo"`     // of a DiskSnapshot
}

// ExportSnapshotRecordSourceType is the kind of an exported snapshot.
type ExportSnapshotRecordSourceType string

// Values of ExportSnapshotRecordSourceType.
const (
	ExportSnapshotRecordSourceTypeInstanceSnapshot ExportSnapshotRecordSourceType = "InstanceSnapshot"
	ExportSnapshotRecordSourceTypeDiskSnapshot     ExportSnapshotRecordSourceType = "DiskSnapshot"
)

// InstanceSnapshotInfo tells of an exported snapshot of an instance.
type InstanceSnapshotInfo struct {
	FromBundleId    string     `json:"fromBundleId"`    // the plan of the instance
	FromBlueprintId string     `json:"fromBlueprintId"` // what the instance was made from: "wordpress"
	FromDiskInfo    []DiskInfo `json:"fromDiskInfo"`
}

// DiskInfo is a disk of an instance that an exported snapshot was made of.
type DiskInfo struct {
	Name         string `json:"name"`
	Path         string `json:"path"` // "/dev/xvda"
	SizeInGb     int32  `json:"sizeInGb"`
	IsSystemDisk bool   `json:"isSystemDisk"`
}

// DiskSnapshotInfo tells of an exported snapshot of a disk.
type DiskSnapshotInfo struct {
	SizeInGb int32 `json:"sizeInGb"`
}

// CreateCloudFormationStack makes an instance in Amazon EC2 of an exported
// snapshot, by way of a stack in AWS CloudFormation.
// [Client.GetCloudFormationStackRecords] tells what became of it. Let one be
// finished before the same export is used again. The call is not repeated after
// a lost answer, as a second stack would be a second instance that is paid for.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateCloudFormationStack.html
func (c *Client) CreateCloudFormationStack(ctx context.Context, in *CreateCloudFormationStackInput, opts ...Option) (*CreateCloudFormationStackOutput, error) {
	return invoke[CreateCloudFormationStackOutput](ctx, c, opCreateCloudFormationStack, in, opts)
}

var opCreateCloudFormationStack = &pipeline.Operation{Name: "CreateCloudFormationStack", Method: "POST", Path: "/", Traits: pipeline.NoReplay}

type CreateCloudFormationStackInput struct {
	Instances []InstanceEntry `json:"instances,required"` // exactly one; the service refuses more
}

type CreateCloudFormationStackOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// InstanceEntry says which instance to make in Amazon EC2.
type InstanceEntry struct {
	SourceName   string `json:"sourceName,required,min1"`   // ExportSnapshotRecord.Name
	InstanceType string `json:"instanceType,required,min1"` // of Amazon EC2: "t2.micro"

	// PortInfoSource is DEFAULT for the ports of the blueprint of the source,
	// INSTANCE for those of the instance that the snapshot was made of, NONE
	// for those of the default security group of Amazon EC2, or CLOSED for
	// none. INSTANCE leaves out what the source allowed by the names of lists
	// of addresses, such as the connection from the browser.
	PortInfoSource PortInfoSourceType `json:"portInfoSource,required,min1"`

	// UserData is a script that the instance runs when it starts for the first
	// time.
	UserData string `json:"userData"`

	AvailabilityZone string `json:"availabilityZone,required"` // of Amazon EC2: "us-east-2a"
}

// PortInfoSourceType says which ports an instance in Amazon EC2 has open.
type PortInfoSourceType string

// Values of PortInfoSourceType.
const (
	PortInfoSourceTypeDefault  PortInfoSourceType = "DEFAULT"
	PortInfoSourceTypeInstance PortInfoSourceType = "INSTANCE"
	PortInfoSourceTypeNone     PortInfoSourceType = "NONE"
	PortInfoSourceTypeClosed   PortInfoSourceType = "CLOSED"
)

// GetCloudFormationStackRecords returns the records of what
// [Client.CreateCloudFormationStack] has made.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetCloudFormationStackRecords.html
func (c *Client) GetCloudFormationStackRecords(ctx context.Context, in *GetCloudFormationStackRecordsInput, opts ...Option) (*GetCloudFormationStackRecordsOutput, error) {
	return invoke[GetCloudFormationStackRecordsOutput](ctx, c, opGetCloudFormationStackRecords, in, opts)
}

var opGetCloudFormationStackRecords = &pipeline.Operation{Name: "GetCloudFormationStackRecords", Method: "POST", Path: "/"}

type GetCloudFormationStackRecordsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetCloudFormationStackRecordsOutput struct {
	CloudFormationStackRecords []CloudFormationStackRecord `json:"cloudFormationStackRecords"`
	NextPageToken              string                      `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the records of the page.
func (out *GetCloudFormationStackRecordsOutput) Items() []CloudFormationStackRecord {
	return out.CloudFormationStackRecords
}

// NextPage makes next the request for the page after out.
func (out *GetCloudFormationStackRecordsOutput) NextPage(next *GetCloudFormationStackRecordsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// CloudFormationStackRecord tells of a stack made of an export.
type CloudFormationStackRecord struct {
	Name            string                                `json:"name"`
	Arn             string                                `json:"arn"`
	CreatedAt       time.Time                             `json:"createdAt"`
	Location        ResourceLocation                      `json:"location"`
	ResourceType    ResourceType                          `json:"resourceType"`
	State           RecordState                           `json:"state"`
	SourceInfo      []CloudFormationStackRecordSourceInfo `json:"sourceInfo"`
	DestinationInfo DestinationInfo                       `json:"destinationInfo"`
}

// CloudFormationStackRecordSourceInfo tells which export a stack was made of.
type CloudFormationStackRecordSourceInfo struct {
	ResourceType CloudFormationStackRecordSourceType `json:"resourceType"`
	Name         string                              `json:"name"`
	Arn          string                              `json:"arn"`
}

// CloudFormationStackRecordSourceType is the kind of thing that a stack was
// made of.
type CloudFormationStackRecordSourceType string

// Values of CloudFormationStackRecordSourceType.
const (
	CloudFormationStackRecordSourceTypeExportSnapshotRecord CloudFormationStackRecordSourceType = "ExportSnapshotRecord"
)
