package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateRelationalDatabase creates a database server, with one database and
// one master user in it.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateRelationalDatabase.html
func (c *Client) CreateRelationalDatabase(ctx context.Context, in *CreateRelationalDatabaseInput, opts ...Option) (*CreateRelationalDatabaseOutput, error) {
	return invoke[CreateRelationalDatabaseOutput](ctx, c, opCreateRelationalDatabase, in, opts)
}

var opCreateRelationalDatabase = &pipeline.Operation{Name: "CreateRelationalDatabase", Method: "POST", Path: "/"}

type CreateRelationalDatabaseInput struct {
	RelationalDatabaseName        string `json:"relationalDatabaseName,required,min1"`   // 2 to 255 letters, digits and hyphens; no hyphen at its ends
	AvailabilityZone              string `json:"availabilityZone"`                       // as "us-east-2a"; GetRegions lists those for databases if asked to
	RelationalDatabaseBlueprintId string `json:"relationalDatabaseBlueprintId,required"` // the engine, of those that GetRelationalDatabaseBlueprints lists: "mysql_8_0"
	RelationalDatabaseBundleId    string `json:"relationalDatabaseBundleId,required"`    // the plan, of those that GetRelationalDatabaseBundles lists: "micro_2_0"

	// MasterDatabaseName is that of the first database in the server. It begins
	// with a letter, goes on with letters, digits and underscores, has at most
	// 64 of them with MySQL and 63 with PostgreSQL, and is no reserved word of
	// the engine.
	MasterDatabaseName string `json:"masterDatabaseName,required"`

	// MasterUsername begins with a letter, has at most 16 letters and digits
	// with MySQL and 63 with PostgreSQL, and is no reserved word of the engine.
	MasterUsername string `json:"masterUsername,required"`

	// MasterUserPassword may hold printable ASCII characters but no space, "/",
	// double quote or "@": 8 to 41 with MySQL, 8 to 128 with PostgreSQL.
	MasterUserPassword entrepot.Secret `json:"masterUserPassword"`

	// PreferredBackupWindow is when the daily backup is made: "16:00-16:30", in
	// UTC, at least 30 minutes and apart from the window for maintenance.
	// Empty: half an hour that Lightsail chooses.
	PreferredBackupWindow string `json:"preferredBackupWindow"`

	// PreferredMaintenanceWindow is when, once a week, Lightsail may work on
	// the database: "Tue:17:00-Tue:17:30", in UTC, at least 30 minutes. Empty:
	// half an hour that Lightsail chooses.
	PreferredMaintenanceWindow string `json:"preferredMaintenanceWindow"`

	// PubliclyAccessible lets the database be reached from everywhere, not just
	// from Lightsail resources of the account in the same region.
	PubliclyAccessible *bool `json:"publiclyAccessible"`

	Tags []Tag `json:"tags"` // at most 50
}

type CreateRelationalDatabaseOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetRelationalDatabase returns one database.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabase.html
func (c *Client) GetRelationalDatabase(ctx context.Context, in *GetRelationalDatabaseInput, opts ...Option) (*GetRelationalDatabaseOutput, error) {
	return invoke[GetRelationalDatabaseOutput](ctx, c, opGetRelationalDatabase, in, opts)
}

var opGetRelationalDatabase = &pipeline.Operation{Name: "GetRelationalDatabase", Method: "POST", Path: "/"}

type GetRelationalDatabaseInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`
}

type GetRelationalDatabaseOutput struct {
	RelationalDatabase RelationalDatabase `json:"relationalDatabase"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetRelationalDatabases returns all databases in the client's region.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabases.html
func (c *Client) GetRelationalDatabases(ctx context.Context, in *GetRelationalDatabasesInput, opts ...Option) (*GetRelationalDatabasesOutput, error) {
	return invoke[GetRelationalDatabasesOutput](ctx, c, opGetRelationalDatabases, in, opts)
}

var opGetRelationalDatabases = &pipeline.Operation{Name: "GetRelationalDatabases", Method: "POST", Path: "/"}

type GetRelationalDatabasesInput struct {
	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetRelationalDatabasesOutput struct {
	RelationalDatabases []RelationalDatabase `json:"relationalDatabases"`
	NextPageToken       string               `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the databases of the page.
func (out *GetRelationalDatabasesOutput) Items() []RelationalDatabase { return out.RelationalDatabases }

// NextPage makes next the request for the page after out.
func (out *GetRelationalDatabasesOutput) NextPage(next *GetRelationalDatabasesInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// RelationalDatabase is a database server and how it is set up.
type RelationalDatabase struct {
	Name                          string                                  `json:"name"`
	Arn                           string                                  `json:"arn"`
	SupportCode                   string                                  `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt                     time.Time                               `json:"createdAt"`
	Location                      ResourceLocation                        `json:"location"`
	ResourceType                  ResourceType                            `json:"resourceType"`
	Tags                          []Tag                                   `json:"tags"`
	RelationalDatabaseBlueprintId string                                  `json:"relationalDatabaseBlueprintId"` // the engine in its version
	RelationalDatabaseBundleId    string                                  `json:"relationalDatabaseBundleId"`    // the plan
	MasterDatabaseName            string                                  `json:"masterDatabaseName"`            // of the database that the server was created with
	Hardware                      RelationalDatabaseHardware              `json:"hardware"`
	State                         string                                  `json:"state"`                     // such as "available"
	SecondaryAvailabilityZone     string                                  `json:"secondaryAvailabilityZone"` // of the standby, if the plan has high availability
	BackupRetentionEnabled        bool                                    `json:"backupRetentionEnabled"`    // automatic backups are kept
	PendingModifiedValues         PendingModifiedRelationalDatabaseValues `json:"pendingModifiedValues"`
	Engine                        string                                  `json:"engine"`               // "mysql"
	EngineVersion                 string                                  `json:"engineVersion"`        // "8.0.35"
	LatestRestorableTime          time.Time                               `json:"latestRestorableTime"` // the last that CreateRelationalDatabaseFromSnapshot can take
	MasterUsername                string                                  `json:"masterUsername"`
	ParameterApplyStatus          string                                  `json:"parameterApplyStatus"`       // how far changed parameters are in force
	PreferredBackupWindow         string                                  `json:"preferredBackupWindow"`      // daily, in UTC: "16:00-16:30"
	PreferredMaintenanceWindow    string                                  `json:"preferredMaintenanceWindow"` // weekly, in UTC: "Tue:17:00-Tue:17:30"
	PubliclyAccessible            bool                                    `json:"publiclyAccessible"`         // also from outside of Lightsail
	MasterEndpoint                RelationalDatabaseEndpoint              `json:"masterEndpoint"`
	PendingMaintenanceActions     []PendingMaintenanceAction              `json:"pendingMaintenanceActions"`
	CaCertificateIdentifier       string                                  `json:"caCertificateIdentifier"` // the authority that its certificate is from
}

// RelationalDatabaseHardware is what a database runs on.
type RelationalDatabaseHardware struct {
	CpuCount     int32   `json:"cpuCount"` // virtual ones
	DiskSizeInGb int32   `json:"diskSizeInGb"`
	RamSizeInGb  float64 `json:"ramSizeInGb"`
}

// RelationalDatabaseEndpoint is where a database is reached.
type RelationalDatabaseEndpoint struct {
	Port    int32  `json:"port"`
	Address string `json:"address"`
}

// PendingModifiedRelationalDatabaseValues are changes of a database that are
// still to be made. What is not to change is absent.
type PendingModifiedRelationalDatabaseValues struct {
	MasterUserPassword     entrepot.Secret `json:"masterUserPassword"`
	EngineVersion          string          `json:"engineVersion"`
	BackupRetentionEnabled bool            `json:"backupRetentionEnabled"` // automatic backups will be kept; false also where that does not change
}

// PendingMaintenanceAction is work on a database that is due.
type PendingMaintenanceAction struct {
	Action           string    `json:"action"`
	Description      string    `json:"description"`
	CurrentApplyDate time.Time `json:"currentApplyDate"` // when it will be done
}

// UpdateRelationalDatabase changes how a database is set up. What the input
// leaves out stays as it is. Some changes are made at once, others in the
// weekly window for maintenance unless ApplyImmediately is set;
// RelationalDatabase.PendingModifiedValues shows what is still to come.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_UpdateRelationalDatabase.html
func (c *Client) UpdateRelationalDatabase(ctx context.Context, in *UpdateRelationalDatabaseInput, opts ...Option) (*UpdateRelationalDatabaseOutput, error) {
	return invoke[UpdateRelationalDatabaseOutput](ctx, c, opUpdateRelationalDatabase, in, opts)
}

var opUpdateRelationalDatabase = &pipeline.Operation{Name: "UpdateRelationalDatabase", Method: "POST", Path: "/"}

type UpdateRelationalDatabaseInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`

	// MasterUserPassword may hold printable ASCII characters but no space, "/",
	// double quote or "@": 8 to 41 with MySQL, 8 to 128 with PostgreSQL.
	MasterUserPassword entrepot.Secret `json:"masterUserPassword"`

	// RotateMasterUserPassword lets Lightsail make a new password, which
	// [Client.GetRelationalDatabaseMasterUserPassword] returns.
	RotateMasterUserPassword *bool `json:"rotateMasterUserPassword"`

	// PreferredBackupWindow is when the daily backup is made: "16:00-16:30", in
	// UTC, at least 30 minutes and apart from the window for maintenance.
	PreferredBackupWindow string `json:"preferredBackupWindow"`

	// PreferredMaintenanceWindow is when, once a week, Lightsail may work on
	// the database: "Tue:17:00-Tue:17:30", in UTC, at least 30 minutes.
	PreferredMaintenanceWindow string `json:"preferredMaintenanceWindow"`

	// EnableBackupRetention lets automatic backups be kept.
	EnableBackupRetention *bool `json:"enableBackupRetention"`

	// DisableBackupRetention deletes all automatic backups, and lets no more be
	// kept.
	DisableBackupRetention *bool `json:"disableBackupRetention"`

	// PubliclyAccessible lets the database be reached from everywhere, not just
	// from Lightsail resources of the account in the same region.
	PubliclyAccessible *bool `json:"publiclyAccessible"`

	// ApplyImmediately does not wait for the window for maintenance. Some
	// changes cause an outage.
	ApplyImmediately *bool `json:"applyImmediately"`

	// CaCertificateIdentifier is the authority that the certificate is to be
	// from: "rds-ca-rsa2048-g1".
	CaCertificateIdentifier string `json:"caCertificateIdentifier"`

	// RelationalDatabaseBlueprintId upgrades the engine to another major
	// version.
	RelationalDatabaseBlueprintId string `json:"relationalDatabaseBlueprintId"`
}

type UpdateRelationalDatabaseOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetRelationalDatabaseMasterUserPassword returns the password of a
// database's master user: the current one, the one before, or the one that is
// about to come into force.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseMasterUserPassword.html
func (c *Client) GetRelationalDatabaseMasterUserPassword(ctx context.Context, in *GetRelationalDatabaseMasterUserPasswordInput, opts ...Option) (*GetRelationalDatabaseMasterUserPasswordOutput, error) {
	return invoke[GetRelationalDatabaseMasterUserPasswordOutput](ctx, c, opGetRelationalDatabaseMasterUserPassword, in, opts)
}

var opGetRelationalDatabaseMasterUserPassword = &pipeline.Operation{Name: "GetRelationalDatabaseMasterUserPassword", Method: "POST", Path: "/"}

type GetRelationalDatabaseMasterUserPasswordInput struct {
	RelationalDatabaseName string                            `json:"relationalDatabaseName,required,min1"`
	PasswordVersion        RelationalDatabasePasswordVersion `json:"passwordVersion"` // default CURRENT
}

type GetRelationalDatabaseMasterUserPasswordOutput struct {
	MasterUserPassword entrepot.Secret `json:"masterUserPassword"`
	CreatedAt          time.Time       `json:"createdAt"` // when the password was made

	ResponseMetadata entrepot.ResponseMetadata
}

// RelationalDatabasePasswordVersion says which of a master user's passwords
// is meant.
type RelationalDatabasePasswordVersion string

// Values of RelationalDatabasePasswordVersion.
const (
	RelationalDatabasePasswordVersionCurrent  RelationalDatabasePasswordVersion = "CURRENT"
	RelationalDatabasePasswordVersionPrevious RelationalDatabasePasswordVersion = "PREVIOUS"
	RelationalDatabasePasswordVersionPending  RelationalDatabasePasswordVersion = "PENDING"
)

// StartRelationalDatabase starts a database that is stopped. One that runs is
// started anew with [Client.RebootRelationalDatabase].
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_StartRelationalDatabase.html
func (c *Client) StartRelationalDatabase(ctx context.Context, in *StartRelationalDatabaseInput, opts ...Option) (*StartRelationalDatabaseOutput, error) {
	return invoke[StartRelationalDatabaseOutput](ctx, c, opStartRelationalDatabase, in, opts)
}

var opStartRelationalDatabase = &pipeline.Operation{Name: "StartRelationalDatabase", Method: "POST", Path: "/"}

type StartRelationalDatabaseInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`
}

type StartRelationalDatabaseOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// StopRelationalDatabase stops a database that runs. Lightsail starts it by
// itself after seven days.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_StopRelationalDatabase.html
func (c *Client) StopRelationalDatabase(ctx context.Context, in *StopRelationalDatabaseInput, opts ...Option) (*StopRelationalDatabaseOutput, error) {
	return invoke[StopRelationalDatabaseOutput](ctx, c, opStopRelationalDatabase, in, opts)
}

var opStopRelationalDatabase = &pipeline.Operation{Name: "StopRelationalDatabase", Method: "POST", Path: "/"}

type StopRelationalDatabaseInput struct {
	RelationalDatabaseName         string `json:"relationalDatabaseName,required,min1"`
	RelationalDatabaseSnapshotName string `json:"relationalDatabaseSnapshotName"` // of a snapshot to make before; empty: none
}

type StopRelationalDatabaseOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// RebootRelationalDatabase restarts a database, which also puts changed
// parameters in force that wait for that.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_RebootRelationalDatabase.html
func (c *Client) RebootRelationalDatabase(ctx context.Context, in *RebootRelationalDatabaseInput, opts ...Option) (*RebootRelationalDatabaseOutput, error) {
	return invoke[RebootRelationalDatabaseOutput](ctx, c, opRebootRelationalDatabase, in, opts)
}

var opRebootRelationalDatabase = &pipeline.Operation{Name: "RebootRelationalDatabase", Method: "POST", Path: "/"}

type RebootRelationalDatabaseInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`
}

type RebootRelationalDatabaseOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteRelationalDatabase deletes a database. It makes a last snapshot first,
// unless SkipFinalSnapshot is set.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteRelationalDatabase.html
func (c *Client) DeleteRelationalDatabase(ctx context.Context, in *DeleteRelationalDatabaseInput, opts ...Option) (*DeleteRelationalDatabaseOutput, error) {
	return invoke[DeleteRelationalDatabaseOutput](ctx, c, opDeleteRelationalDatabase, in, opts)
}

var opDeleteRelationalDatabase = &pipeline.Operation{Name: "DeleteRelationalDatabase", Method: "POST", Path: "/"}

type DeleteRelationalDatabaseInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`

	// SkipFinalSnapshot makes no last snapshot. It excludes a name for one.
	SkipFinalSnapshot *bool `json:"skipFinalSnapshot"`

	// FinalRelationalDatabaseSnapshotName is that of the last snapshot, required
	// unless SkipFinalSnapshot is set: 2 to 255 letters, digits and hyphens; no
	// hyphen at its ends.
	FinalRelationalDatabaseSnapshotName string `json:"finalRelationalDatabaseSnapshotName"`
}

type DeleteRelationalDatabaseOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}
