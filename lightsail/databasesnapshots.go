package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateRelationalDatabaseSnapshot makes a snapshot of a database, from which
// another one can be made with [Client.CreateRelationalDatabaseFromSnapshot].
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateRelationalDatabaseSnapshot.html
func (c *Client) CreateRelationalDatabaseSnapshot(ctx context.Context, in *CreateRelationalDatabaseSnapshotInput, opts ...Option) (*CreateRelationalDatabaseSnapshotOutput, error) {
	return invoke[CreateRelationalDatabaseSnapshotOutput](ctx, c, opCreateRelationalDatabaseSnapshot, in, opts)
}

var opCreateRelationalDatabaseSnapshot = &pipeline.Operation{Name: "CreateRelationalDatabaseSnapshot", Method: "POST", Path: "/"}

type CreateRelationalDatabaseSnapshotInput struct {
	RelationalDatabaseName         string `json:"relationalDatabaseName,required,min1"`
	RelationalDatabaseSnapshotName string `json:"relationalDatabaseSnapshotName,required,min1"` // 2 to 255 letters, digits and hyphens; no hyphen at its ends
	Tags                           []Tag  `json:"tags"`                                         // at most 50
}

type CreateRelationalDatabaseSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateRelationalDatabaseFromSnapshot creates a database with the content of
// a snapshot, named by RelationalDatabaseSnapshotName, or with that of
// another database at a time, chosen by SourceRelationalDatabaseName and
// either RestoreTime or UseLatestRestorableTime. For a time, the source must
// be keeping automatic backups.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateRelationalDatabaseFromSnapshot.html
func (c *Client) CreateRelationalDatabaseFromSnapshot(ctx context.Context, in *CreateRelationalDatabaseFromSnapshotInput, opts ...Option) (*CreateRelationalDatabaseFromSnapshotOutput, error) {
	return invoke[CreateRelationalDatabaseFromSnapshotOutput](ctx, c, opCreateRelationalDatabaseFromSnapshot, in, opts)
}

var opCreateRelationalDatabaseFromSnapshot = &pipeline.Operation{Name: "CreateRelationalDatabaseFromSnapshot", Method: "POST", Path: "/"}

type CreateRelationalDatabaseFromSnapshotInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"` // of the new database
	AvailabilityZone       string `json:"availabilityZone"`                     // as "us-east-2a"; GetRegions lists those for databases if asked to

	// PubliclyAccessible lets the database be reached from everywhere, not just
	// from Lightsail resources of the account in the same region.
	PubliclyAccessible *bool `json:"publiclyAccessible"`

	RelationalDatabaseSnapshotName string `json:"relationalDatabaseSnapshotName"`
	RelationalDatabaseBundleId     string `json:"relationalDatabaseBundleId"` // the plan; none smaller than the source's

	// SourceRelationalDatabaseName is the database that is restored as of a
	// time.
	SourceRelationalDatabaseName string `json:"sourceRelationalDatabaseName"`

	// RestoreTime is before the source's LatestRestorableTime.
	RestoreTime time.Time `json:"restoreTime"`

	// UseLatestRestorableTime takes the source's LatestRestorableTime. It
	// excludes a RestoreTime.
	UseLatestRestorableTime *bool `json:"useLatestRestorableTime"`

	Tags []Tag `json:"tags"` // at most 50
}

type CreateRelationalDatabaseFromSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetRelationalDatabaseSnapshot returns one snapshot of a database.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseSnapshot.html
func (c *Client) GetRelationalDatabaseSnapshot(ctx context.Context, in *GetRelationalDatabaseSnapshotInput, opts ...Option) (*GetRelationalDatabaseSnapshotOutput, error) {
	return invoke[GetRelationalDatabaseSnapshotOutput](ctx, c, opGetRelationalDatabaseSnapshot, in, opts)
}

var opGetRelationalDatabaseSnapshot = &pipeline.Operation{Name: "GetRelationalDatabaseSnapshot", Method: "POST", Path: "/"}

type GetRelationalDatabaseSnapshotInput struct {
	RelationalDatabaseSnapshotName string `json:"relationalDatabaseSnapshotName,required,min1"`
}

type GetRelationalDatabaseSnapshotOutput struct {
	RelationalDatabaseSnapshot RelationalDatabaseSnapshot `json:"relationalDatabaseSnapshot"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetRelationalDatabaseSnapshots returns all snapshots of databases in the
// client's region.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseSnapshots.html
func (c *Client) GetRelationalDatabaseSnapshots(ctx context.Context, in *GetRelationalDatabaseSnapshotsInput, opts ...Option) (*GetRelationalDatabaseSnapshotsOutput, error) {
	return invoke[GetRelationalDatabaseSnapshotsOutput](ctx, c, opGetRelationalDatabaseSnapshots, in, opts)
}

var opGetRelationalDatabaseSnapshots = &pipeline.Operation{Name: "GetRelationalDatabaseSnapshots", Method: "POST", Path: "/"}

type GetRelationalDatabaseSnapshotsInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetRelationalDatabaseSnapshotsOutput struct {
	RelationalDatabaseSnapshots []RelationalDatabaseSnapshot `json:"relationalDatabaseSnapshots"`
	NextPageToken               string                       `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the snapshots of the page.
func (out *GetRelationalDatabaseSnapshotsOutput) Items() []RelationalDatabaseSnapshot {
	return out.RelationalDatabaseSnapshots
}

// NextPage makes next the request for the page after out.
func (out *GetRelationalDatabaseSnapshotsOutput) NextPage(next *GetRelationalDatabaseSnapshotsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// DeleteRelationalDatabaseSnapshot deletes a snapshot of a database.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteRelationalDatabaseSnapshot.html
func (c *Client) DeleteRelationalDatabaseSnapshot(ctx context.Context, in *DeleteRelationalDatabaseSnapshotInput, opts ...Option) (*DeleteRelationalDatabaseSnapshotOutput, error) {
	return invoke[DeleteRelationalDatabaseSnapshotOutput](ctx, c, opDeleteRelationalDatabaseSnapshot, in, opts)
}

var opDeleteRelationalDatabaseSnapshot = &pipeline.Operation{Name: "DeleteRelationalDatabaseSnapshot", Method: "POST", Path: "/"}

type DeleteRelationalDatabaseSnapshotInput struct {
	RelationalDatabaseSnapshotName string `json:"relationalDatabaseSnapshotName,required,min1"`
}

type DeleteRelationalDatabaseSnapshotOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// RelationalDatabaseSnapshot is a snapshot of a database.
type RelationalDatabaseSnapshot struct {
	Name                              string           `json:"name"`
	Arn                               string           `json:"arn"`
	SupportCode                       string           `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt                         time.Time        `json:"createdAt"`
	Location                          ResourceLocation `json:"location"`
	ResourceType                      ResourceType     `json:"resourceType"`
	Tags                              []Tag            `json:"tags"`
	Engine                            string           `json:"engine"` // "mysql"
	EngineVersion                     string           `json:"engineVersion"`
	SizeInGb                          int32            `json:"sizeInGb"` // of the database's disk
	State                             string           `json:"state"`    // such as "available"
	FromRelationalDatabaseName        string           `json:"fromRelationalDatabaseName"`
	FromRelationalDatabaseArn         string           `json:"fromRelationalDatabaseArn"`
	FromRelationalDatabaseBundleId    string           `json:"fromRelationalDatabaseBundleId"`
	FromRelationalDatabaseBlueprintId string           `json:"fromRelationalDatabaseBlueprintId"`
}
