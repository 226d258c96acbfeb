package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// PutAlarm creates an alarm, which watches one metric of an instance, a load
// balancer or a database, or replaces the whole setting of the one that has the
// name. A new one is INSUFFICIENT_DATA until it has been evaluated; a replaced
// one keeps its state until then.
//
// Errors: [ErrInvalidInput], [ErrOperationFailure], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_PutAlarm.html
func (c *Client) PutAlarm(ctx context.Context, in *PutAlarmInput, opts ...Option) (*PutAlarmOutput, error) {
	return invoke[PutAlarmOutput](ctx, c, opPutAlarm, in, opts)
}

var opPutAlarm = &pipeline.Operation{Name: "PutAlarm", Method: "POST", Path: "/"}

type PutAlarmInput struct {
	AlarmName             string             `json:"alarmName,required,min1"`
	MetricName            MetricName         `json:"metricName,required,min1"`
	MonitoredResourceName string             `json:"monitoredResourceName,required,min1"` // an instance, a load balancer or a database
	ComparisonOperator    ComparisonOperator `json:"comparisonOperator,required,min1"`    // of the measurement with the Threshold
	Threshold             float64            `json:"threshold,required"`

	EvaluationPeriods int32            `json:"evaluationPeriods,required"` // how many periods, of 5 minutes each, are looked at
	DatapointsToAlarm *int32           `json:"datapointsToAlarm"`          // how many of those have to breach the threshold
	TreatMissingData  TreatMissingData `json:"treatMissingData"`           // default missing

	ContactProtocols     []ContactProtocol `json:"contactProtocols"`     // where notifications go; see CreateContactMethod
	NotificationTriggers []AlarmState      `json:"notificationTriggers"` // the states that are notified when they begin
	NotificationEnabled  *bool             `json:"notificationEnabled"`  // default true
	Tags                 []Tag             `json:"tags"`                 // at most 50
}

type PutAlarmOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// MetricName is what an alarm watches. What there is depends on the kind of
// resource.
type MetricName string

// Values of MetricName.
const (
	MetricNameCPUUtilization                 MetricName = "CPUUtilization"
	MetricNameNetworkIn                      MetricName = "NetworkIn"
	MetricNameNetworkOut                     MetricName = "NetworkOut"
	MetricNameStatusCheckFailed              MetricName = "StatusCheckFailed"
	MetricNameStatusCheckFailedInstance      MetricName = "StatusCheckFailed_Instance"
	MetricNameStatusCheckFailedSystem        MetricName = "StatusCheckFailed_System"
	MetricNameClientTLSNegotiationErrorCount MetricName = "ClientTLSNegotiationErrorCount"
	MetricNameHealthyHostCount               MetricName = "HealthyHostCount"
	MetricNameUnhealthyHostCount             MetricName = "UnhealthyHostCount"
	MetricNameHTTPCodeLb4xxCount             MetricName = "HTTPCode_LB_4XX_Count"
	MetricNameHTTPCodeLb5xxCount             MetricName = "HTTPCode_LB_5XX_Count"
	MetricNameHTTPCodeInstance2xxCount       MetricName = "HTTPCode_Instance_2XX_Count"
	MetricNameHTTPCodeInstance3xxCount       MetricName = "HTTPCode_Instance_3XX_Count"
	MetricNameHTTPCodeInstance4xxCount       MetricName = "HTTPCode_Instance_4XX_Count"
	MetricNameHTTPCodeInstance5xxCount       MetricName = "HTTPCode_Instance_5XX_Count"
	MetricNameInstanceResponseTime           MetricName = "InstanceResponseTime"
	MetricNameRejectedConnectionCount        MetricName = "RejectedConnectionCount"
	MetricNameRequestCount                   MetricName = "RequestCount"
	MetricNameDatabaseConnections            MetricName = "DatabaseConnections"
	MetricNameDiskQueueDepth                 MetricName = "DiskQueueDepth"
	MetricNameFreeStorageSpace               MetricName = "FreeStorageSpace"
	MetricNameNetworkReceiveThroughput       MetricName = "NetworkReceiveThroughput"
	MetricNameNetworkTransmitThroughput      MetricName = "NetworkTransmitThroughput"
	MetricNameBurstCapacityTime              MetricName = "BurstCapacityTime"
	MetricNameBurstCapacityPercentage        MetricName = "BurstCapacityPercentage"
)

// ComparisonOperator says how a measurement stands to the threshold when there is
// alarm.
type ComparisonOperator string

// Values of ComparisonOperator.
const (
	ComparisonOperatorGreaterThanOrEqualToThreshold ComparisonOperator = "GreaterThanOrEqualToThreshold"
	ComparisonOperatorGreaterThanThreshold          ComparisonOperator = "GreaterThanThreshold"
	ComparisonOperatorLessThanThreshold             ComparisonOperator = "LessThanThreshold"
	ComparisonOperatorLessThanOrEqualToThreshold    ComparisonOperator = "LessThanOrEqualToThreshold"
)

// TreatMissingData says what a period without a measurement counts as: a breach
// of the threshold, none, nothing that changes the state, or missing as it is.
type TreatMissingData string

// Values of TreatMissingData.
const (
	TreatMissingDataBreaching    TreatMissingData = "breaching"
	TreatMissingDataNotBreaching TreatMissingData = "notBreaching"
	TreatMissingDataIgnore       TreatMissingData = "ignore"
	TreatMissingDataMissing      TreatMissingData = "missing"
)

// ContactProtocol is a way of reaching a person.
type ContactProtocol string

// Values of ContactProtocol.
const (
	ContactProtocolEmail ContactProtocol = "Email"
	ContactProtocolSms   ContactProtocol = "SMS"
)

// AlarmState is what an alarm says.
type AlarmState string

// Values of AlarmState.
const (
	AlarmStateOk               AlarmState = "OK"
	AlarmStateAlarm            AlarmState = "ALARM"
	AlarmStateInsufficientData AlarmState = "INSUFFICIENT_DATA"
)

// GetAlarms returns one alarm, those of a resource, or all in the client's
// region.
//
// Errors: [ErrNotFound] where a name names none; [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetAlarms.html
func (c *Client) GetAlarms(ctx context.Context, in *GetAlarmsInput, opts ...Option) (*GetAlarmsOutput, error) {
	return invoke[GetAlarmsOutput](ctx, c, opGetAlarms, in, opts)
}

var opGetAlarms = &pipeline.Operation{Name: "GetAlarms", Method: "POST", Path: "/"}

type GetAlarmsInput struct {
	AlarmName             string `json:"alarmName"`             // empty: all
	PageToken             string `json:"pageToken"`             // from the page before; the service sets the page's size
	MonitoredResourceName string `json:"monitoredResourceName"` // empty: of all resources
}

type GetAlarmsOutput struct {
	Alarms        []Alarm `json:"alarms"`
	NextPageToken string  `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the alarms of the page.
func (out *GetAlarmsOutput) Items() []Alarm { return out.Alarms }

// NextPage makes next the request for the page after out.
func (out *GetAlarmsOutput) NextPage(next *GetAlarmsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// Alarm is an alarm and its state.
type Alarm struct {
	Name                  string                `json:"name"`
	Arn                   string                `json:"arn"`
	CreatedAt             time.Time             `json:"createdAt"`
	Location              ResourceLocation      `json:"location"`
	ResourceType          ResourceType          `json:"resourceType"`
	SupportCode           string                `json:"supportCode"` // what Lightsail's support asks for
	MonitoredResourceInfo MonitoredResourceInfo `json:"monitoredResourceInfo"`
	ComparisonOperator    ComparisonOperator    `json:"comparisonOperator"`
	EvaluationPeriods     int32                 `json:"evaluationPeriods"` // how many periods are looked at
	Period                int32                 `json:"period"`            // seconds
	Threshold             float64               `json:"threshold"`
	DatapointsToAlarm     int32                 `json:"datapointsToAlarm"` // how many of the periods have to breach the threshold
	TreatMissingData      TreatMissingData      `json:"treatMissingData"`
	Statistic             MetricStatistic       `json:"statistic"` // how the measurements of a period become one number
	MetricName            MetricName            `json:"metricName"`
	State                 AlarmState            `json:"state"`
	Unit                  MetricUnit            `json:"unit"`
	ContactProtocols      []ContactProtocol     `json:"contactProtocols"`
	NotificationTriggers  []AlarmState          `json:"notificationTriggers"`
	NotificationEnabled   bool                  `json:"notificationEnabled"`
	Tags                  []Tag                 `json:"tags"`
}

// MonitoredResourceInfo is what an alarm watches.
type MonitoredResourceInfo struct {
	Arn          string       `json:"arn"`
	Name         string       `json:"name"`
	ResourceType ResourceType `json:"resourceType"`
}

// DeleteAlarm deletes an alarm.
//
// Errors: [ErrOperationFailure], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteAlarm.html
func (c *Client) DeleteAlarm(ctx context.Context, in *DeleteAlarmInput, opts ...Option) (*DeleteAlarmOutput, error) {
	return invoke[DeleteAlarmOutput](ctx, c, opDeleteAlarm, in, opts)
}

var opDeleteAlarm = &pipeline.Operation{Name: "DeleteAlarm", Method: "POST", Path: "/"}

type DeleteAlarmInput struct {
	AlarmName string `json:"alarmName,required,min1"`
}

type DeleteAlarmOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// TestAlarm makes an alarm act as if it had got into a state: the console shows
// it, and notifications that are set for that state are sent.
//
// Errors: [ErrInvalidInput], [ErrOperationFailure], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_TestAlarm.html
func (c *Client) TestAlarm(ctx context.Context, in *TestAlarmInput, opts ...Option) (*TestAlarmOutput, error) {
	return invoke[TestAlarmOutput](ctx, c, opTestAlarm, in, opts)
}

var opTestAlarm = &pipeline.Operation{Name: "TestAlarm", Method: "POST", Path: "/"}

type TestAlarmInput struct {
	AlarmName string     `json:"alarmName,required,min1"`
	State     AlarmState `json:"state,required,min1"`
}

type TestAlarmOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateContactMethod adds an address or telephone number for the notifications
// of alarms in the client's region, which has at most one of each protocol. An
// e-mail address has to be verified by a link in a mail that is sent to it. Text
// messages are not to be had in every region.
//
// Errors: [ErrInvalidInput], [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateContactMethod.html
func (c *Client) CreateContactMethod(ctx context.Context, in *CreateContactMethodInput, opts ...Option) (*CreateContactMethodOutput, error) {
	return invoke[CreateContactMethodOutput](ctx, c, opCreateContactMethod, in, opts)
}

var opCreateContactMethod = &pipeline.Operation{Name: "CreateContactMethod", Method: "POST", Path: "/"}

type CreateContactMethodInput struct {
	Protocol        ContactProtocol `json:"protocol,required,min1"`
	ContactEndpoint string          `json:"contactEndpoint,required,min1"` // the address, or the number in the form "+12065550100"; at most 256 characters
	Tags            []Tag           `json:"tags"`                          // at most 50
}

type CreateContactMethodOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// GetContactMethods returns where notifications of alarms go in the client's
// region.
//
// Errors: [ErrNotFound], [ErrOperationFailure].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetContactMethods.html
func (c *Client) GetContactMethods(ctx context.Context, in *GetContactMethodsInput, opts ...Option) (*GetContactMethodsOutput, error) {
	return invoke[GetContactMethodsOutput](ctx, c, opGetContactMethods, in, opts)
}

var opGetContactMethods = &pipeline.Operation{Name: "GetContactMethods", Method: "POST", Path: "/"}

type GetContactMethodsInput struct {
	Protocols []ContactProtocol `json:"protocols"` // nil: all
}

type GetContactMethodsOutput struct {
	ContactMethods []ContactMethod `json:"contactMethods"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ContactMethod is an address or telephone number that alarms notify.
type ContactMethod struct {
	ContactEndpoint string              `json:"contactEndpoint"`
	Status          ContactMethodStatus `json:"status"`
	Protocol        ContactProtocol     `json:"protocol"`
	Name            string              `json:"name"`
	Arn             string              `json:"arn"`
	CreatedAt       time.Time           `json:"createdAt"`
	Location        ResourceLocation    `json:"location"`
	ResourceType    ResourceType        `json:"resourceType"`
	SupportCode     string              `json:"supportCode"` // what Lightsail's support asks for
	Tags            []Tag               `json:"tags"`
}

// ContactMethodStatus tells whether notifications are sent: an address that is
// not verified gets none.
type ContactMethodStatus string

// Values of ContactMethodStatus.
const (
	ContactMethodStatusPendingVerification ContactMethodStatus = "PendingVerification"
	ContactMethodStatusValid               ContactMethodStatus = "Valid"
	ContactMethodStatusInvalid             ContactMethodStatus = "Invalid"
)

// SendContactMethodVerification sends the mail that verifies an e-mail address
// once more.
//
// Errors: [ErrOperationFailure], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_SendContactMethodVerification.html
func (c *Client) SendContactMethodVerification(ctx context.Context, in *SendContactMethodVerificationInput, opts ...Option) (*SendContactMethodVerificationOutput, error) {
	return invoke[SendContactMethodVerificationOutput](ctx, c, opSendContactMethodVerification, in, opts)
}

var opSendContactMethodVerification = &pipeline.Operation{Name: "SendContactMethodVerification", Method: "POST", Path: "/"}

type SendContactMethodVerificationInput struct {
	Protocol ContactMethodVerificationProtocol `json:"protocol,required,min1"`
}

type SendContactMethodVerificationOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// ContactMethodVerificationProtocol is a way of reaching a person that is
// verified by a message.
type ContactMethodVerificationProtocol string

// Values of ContactMethodVerificationProtocol.
const (
	ContactMethodVerificationProtocolEmail ContactMethodVerificationProtocol = "Email"
)

// DeleteContactMethod takes the contact method of a protocol away: alarms notify
// it no more.
//
// Errors: [ErrOperationFailure], [ErrNotFound].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteContactMethod.html
func (c *Client) DeleteContactMethod(ctx context.Context, in *DeleteContactMethodInput, opts ...Option) (*DeleteContactMethodOutput, error) {
	return invoke[DeleteContactMethodOutput](ctx, c, opDeleteContactMethod, in, opts)
}

var opDeleteContactMethod = &pipeline.Operation{Name: "DeleteContactMethod", Method: "POST", Path: "/"}

type DeleteContactMethodInput struct {
	Protocol ContactProtocol `json:"protocol,required,min1"`
}

type DeleteContactMethodOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}
