package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetRelationalDatabaseEvents returns what has happened to a database lately.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseEvents.html
func (c *Client) GetRelationalDatabaseEvents(ctx context.Context, in *GetRelationalDatabaseEventsInput, opts ...Option) (*GetRelationalDatabaseEventsOutput, error) {
	return invoke[GetRelationalDatabaseEventsOutput](ctx, c, opGetRelationalDatabaseEvents, in, opts)
}

var opGetRelationalDatabaseEvents = &pipeline.Operation{Name: "GetRelationalDatabaseEvents", Method: "POST", Path: "/"}

type GetRelationalDatabaseEventsInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`

	// DurationInMinutes is how far to look back: 1 to 20,160, which is 14 days.
	// Default 60.
	DurationInMinutes *int32 `json:"durationInMinutes"`

	PageToken string `json:"pageToken"` // from the page before; the service sets the page's size
}

type GetRelationalDatabaseEventsOutput struct {
	RelationalDatabaseEvents []RelationalDatabaseEvent `json:"relationalDatabaseEvents"`
	NextPageToken            string                    `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the events of the page.
func (out *GetRelationalDatabaseEventsOutput) Items() []RelationalDatabaseEvent {
	return out.RelationalDatabaseEvents
}

// NextPage makes next the request for the page after out.
func (out *GetRelationalDatabaseEventsOutput) NextPage(next *GetRelationalDatabaseEventsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// RelationalDatabaseEvent is something that has happened to a database.
type RelationalDatabaseEvent struct {
	Resource        string    `json:"resource"` // the database
	CreatedAt       time.Time `json:"createdAt"`
	Message         string    `json:"message"`
	EventCategories []string  `json:"eventCategories"`
}

// GetRelationalDatabaseLogStreams returns the names of the logs that a
// database keeps.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseLogStreams.html
func (c *Client) GetRelationalDatabaseLogStreams(ctx context.Context, in *GetRelationalDatabaseLogStreamsInput, opts ...Option) (*GetRelationalDatabaseLogStreamsOutput, error) {
	return invoke[GetRelationalDatabaseLogStreamsOutput](ctx, c, opGetRelationalDatabaseLogStreams, in, opts)
}

var opGetRelationalDatabaseLogStreams = &pipeline.Operation{Name: "GetRelationalDatabaseLogStreams", Method: "POST", Path: "/"}

type GetRelationalDatabaseLogStreamsInput struct {
	RelationalDatabaseName string `json:"relationalDatabaseName,required,min1"`
}

type GetRelationalDatabaseLogStreamsOutput struct {
	LogStreams []string `json:"logStreams"` // for GetRelationalDatabaseLogEvents

	ResponseMetadata entrepot.ResponseMetadata
}

// GetRelationalDatabaseLogEvents returns entries of a log of a database: the
// newest, unless StartFromHead is set.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseLogEvents.html
func (c *Client) GetRelationalDatabaseLogEvents(ctx context.Context, in *GetRelationalDatabaseLogEventsInput, opts ...Option) (*GetRelationalDatabaseLogEventsOutput, error) {
	return invoke[GetRelationalDatabaseLogEventsOutput](ctx, c, opGetRelationalDatabaseLogEvents, in, opts)
}

var opGetRelationalDatabaseLogEvents = &pipeline.Operation{Name: "GetRelationalDatabaseLogEvents", Method: "POST", Path: "/"}

type GetRelationalDatabaseLogEventsInput struct {
	RelationalDatabaseName string    `json:"relationalDatabaseName,required,min1"`
	LogStreamName          string    `json:"logStreamName,required"` // of those that GetRelationalDatabaseLogStreams lists
	StartTime              time.Time `json:"startTime"`
	EndTime                time.Time `json:"endTime"`

	// StartFromHead begins with the oldest entry instead of the newest. With
	// PostgreSQL it cannot be set.
	StartFromHead *bool `json:"startFromHead"`

	// PageToken is either token of the page before; the service sets the page's
	// size.
	PageToken string `json:"pageToken"`
}

type GetRelationalDatabaseLogEventsOutput struct {
	ResourceLogEvents []LogEvent `json:"resourceLogEvents"`
	NextBackwardToken string     `json:"nextBackwardToken"` // asks for older entries
	NextForwardToken  string     `json:"nextForwardToken"`  // asks for newer entries

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the entries of the page.
func (out *GetRelationalDatabaseLogEventsOutput) Items() []LogEvent { return out.ResourceLogEvents }

// NextPage makes next the request for the page after out: that of newer entries
// if StartFromHead is set, else that of older ones.
func (out *GetRelationalDatabaseLogEventsOutput) NextPage(next *GetRelationalDatabaseLogEventsInput) (token string, more bool) {
	token = out.NextBackwardToken
	if next.StartFromHead != nil && *next.StartFromHead {
		token = out.NextForwardToken
	}
	// A log may still grow: its end, as in CloudWatch Logs, answers the token
	// that asked for it.
	more = token != "" && token != next.PageToken
	next.PageToken = token
	return token, more
}

// LogEvent is an entry of a log.
type LogEvent struct {
	CreatedAt time.Time `json:"createdAt"`
	Message   string    `json:"message"`
}

// GetRelationalDatabaseMetricData returns what was measured of a database,
// over time.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetRelationalDatabaseMetricData.html
func (c *Client) GetRelationalDatabaseMetricData(ctx context.Context, in *GetRelationalDatabaseMetricDataInput, opts ...Option) (*GetRelationalDatabaseMetricDataOutput, error) {
	return invoke[GetRelationalDatabaseMetricDataOutput](ctx, c, opGetRelationalDatabaseMetricData, in, opts)
}

var opGetRelationalDatabaseMetricData = &pipeline.Operation{Name: "GetRelationalDatabaseMetricData", Method: "POST", Path: "/"}

// GetRelationalDatabaseMetricDataInput says what is asked for. The unit of
// CPUUtilization is Percent; of DatabaseConnections and DiskQueueDepth,
// Count; of FreeStorageSpace, Bytes; of both throughputs, Bytes/Second.
type GetRelationalDatabaseMetricDataInput struct {
	RelationalDatabaseName string                       `json:"relationalDatabaseName,required,min1"`
	MetricName             RelationalDatabaseMetricName `json:"metricName,required,min1"`
	Period                 int32                        `json:"period,required"` // seconds that an item stands for, 60 to 86,400
	StartTime              time.Time                    `json:"startTime,required"`
	EndTime                time.Time                    `json:"endTime,required"`
	Unit                   MetricUnit                   `json:"unit,required,min1"`
	Statistics             []MetricStatistic            `json:"statistics,required"`
}

type GetRelationalDatabaseMetricDataOutput struct {
	MetricName RelationalDatabaseMetricName `json:"metricName"`
	MetricData []MetricDatapoint            `json:"metricData"`

	ResponseMetadata entrepot.ResponseMetadata
}

// RelationalDatabaseMetricName is what is measured of a database.
type RelationalDatabaseMetricName string

// Values of RelationalDatabaseMetricName.
const (
	RelationalDatabaseMetricNameCPUUtilization            RelationalDatabaseMetricName = "CPUUtilization"
	RelationalDatabaseMetricNameDatabaseConnections       RelationalDatabaseMetricName = "DatabaseConnections"
	RelationalDatabaseMetricNameDiskQueueDepth            RelationalDatabaseMetricName = "DiskQueueDepth"
	RelationalDatabaseMetricNameFreeStorageSpace          RelationalDatabaseMetricName = "FreeStorageSpace"
	RelationalDatabaseMetricNameNetworkReceiveThroughput  RelationalDatabaseMetricName = "NetworkReceiveThroughput"
	RelationalDatabaseMetricNameNetworkTransmitThroughput RelationalDatabaseMetricName = "NetworkTransmitThroughput"
)
