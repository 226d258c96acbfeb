package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetInstanceAccessDetails returns what it takes to log in to an instance: for
// SSH a key that works for a short time, for RDP the password.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstanceAccessDetails.html
func (c *Client) GetInstanceAccessDetails(ctx context.Context, in *GetInstanceAccessDetailsInput, opts ...Option) (*GetInstanceAccessDetailsOutput, error) {
	return invoke[GetInstanceAccessDetailsOutput](ctx, c, opGetInstanceAccessDetails, in, opts)
}

var opGetInstanceAccessDetails = &pipeline.Operation{Name: "GetInstanceAccessDetails", Method: "POST", Path: "/"}

type GetInstanceAccessDetailsInput struct {
	InstanceName string                 `json:"instanceName,required,min1"`
	Protocol     InstanceAccessProtocol `json:"protocol"` // default ssh
}

type GetInstanceAccessDetailsOutput struct {
	AccessDetails InstanceAccessDetails `json:"accessDetails"`

	ResponseMetadata entrepot.ResponseMetadata
}

// InstanceAccessProtocol is how one logs in to an instance.
type InstanceAccessProtocol string

// Values of InstanceAccessProtocol.
const (
	InstanceAccessProtocolSsh InstanceAccessProtocol = "ssh"
	InstanceAccessProtocolRdp InstanceAccessProtocol = "rdp"
)

// InstanceAccessDetails is what it takes to log in to an instance.
type InstanceAccessDetails struct {
	// CertKey is for SSH the public half, a certificate, which OpenSSH wants in
	// a file beside the one of PrivateKey, with -cert.pub at the end of its
	// name.
	CertKey string `json:"certKey"`

	ExpiresAt     time.Time `json:"expiresAt"` // when PrivateKey ends, for SSH
	IpAddress     string    `json:"ipAddress"`
	Ipv6Addresses []string  `json:"ipv6Addresses"`

	// Password is for RDP the password that the instance was made with. It is
	// empty for up to 15 minutes while the instance is new, and always if its
	// key pair is not the default one; then PasswordData has it.
	Password entrepot.Secret `json:"password"`

	PasswordData PasswordData           `json:"passwordData"` // of a Windows instance
	PrivateKey   entrepot.Secret        `json:"privateKey"`   // for SSH
	Protocol     InstanceAccessProtocol `json:"protocol"`
	InstanceName string                 `json:"instanceName"`
	Username     string                 `json:"username"` // to log in with: "ec2-user"
	HostKeys     []HostKeyAttributes    `json:"hostKeys"` // by which to know the instance
}

// PasswordData is the first password of a Windows instance, encrypted with the
// public key of a key pair. Who created the instance with a pair of their own
// decrypts it with their private key.
type PasswordData struct {
	Ciphertext  string `json:"ciphertext"`  // empty while the instance is new, up to 15 minutes
	KeyPairName string `json:"keyPairName"` // "LightsailDefaultKeyPair" if none was given
}

// HostKeyAttributes is a key, or for RDP the certificate, by which an instance
// proves that it is the one.
type HostKeyAttributes struct {
	Algorithm         string    `json:"algorithm"`   // "ssh-ed25519"; "x509-cert" for RDP
	PublicKey         string    `json:"publicKey"`   // or the certificate
	WitnessedAt       time.Time `json:"witnessedAt"` // when Lightsail recorded it
	FingerprintSHA1   string    `json:"fingerprintSHA1"`
	FingerprintSHA256 string    `json:"fingerprintSHA256"`
	NotValidBefore    time.Time `json:"notValidBefore"` // for RDP only
	NotValidAfter     time.Time `json:"notValidAfter"`  // for RDP only
}

// DeleteKnownHostKeys makes Lightsail's clients in the browser forget the host
// keys, or the certificate, by which they know an instance, so that they connect
// although these have changed. It is right only where the change is known to be
// meant.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteKnownHostKeys.html
func (c *Client) DeleteKnownHostKeys(ctx context.Context, in *DeleteKnownHostKeysInput, opts ...Option) (*DeleteKnownHostKeysOutput, error) {
	return invoke[DeleteKnownHostKeysOutput](ctx, c, opDeleteKnownHostKeys, in, opts)
}

var opDeleteKnownHostKeys = &pipeline.Operation{Name: "DeleteKnownHostKeys", Method: "POST", Path: "/"}

type DeleteKnownHostKeysInput struct {
	InstanceName string `json:"instanceName,required,min1"`
}

type DeleteKnownHostKeysOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// CreateGUISessionAccessDetails makes addresses that open, in a browser, the
// screen of a virtual computer of Lightsail for Research.
// [Client.StartGUISession] starts the session that they show.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateGUISessionAccessDetails.html
func (c *Client) CreateGUISessionAccessDetails(ctx context.Context, in *CreateGUISessionAccessDetailsInput, opts ...Option) (*CreateGUISessionAccessDetailsOutput, error) {
	return invoke[CreateGUISessionAccessDetailsOutput](ctx, c, opCreateGUISessionAccessDetails, in, opts)
}

var opCreateGUISessionAccessDetails = &pipeline.Operation{Name: "CreateGUISessionAccessDetails", Method: "POST", Path: "/"}

type CreateGUISessionAccessDetailsInput struct {
	ResourceName string `json:"resourceName,required,min1"` // the virtual computer
}

type CreateGUISessionAccessDetailsOutput struct {
	ResourceName       string    `json:"resourceName"`
	Status             Status    `json:"status"`
	PercentageComplete int32     `json:"percentageComplete"` // 0 to 100
	FailureReason      string    `json:"failureReason"`      // if Status is one of failure
	Sessions           []Session `json:"sessions"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Status is how far a virtual computer, and the session that shows its screen,
// have come.
type Status string

// Values of Status.
const (
	StatusStartExpired             Status = "startExpired"
	StatusNotStarted               Status = "notStarted"
	StatusStarted                  Status = "started"
	StatusStarting                 Status = "starting"
	StatusStopped                  Status = "stopped"
	StatusStopping                 Status = "stopping"
	StatusSettingUpInstance        Status = "settingUpInstance"
	StatusFailedInstanceCreation   Status = "failedInstanceCreation"
	StatusFailedStartingGUISession Status = "failedStartingGUISession"
	StatusFailedStoppingGUISession Status = "failedStoppingGUISession"
)

// Session is the address of a session that shows a screen.
type Session struct {
	Name      string          `json:"name"`
	Url       entrepot.Secret `json:"url"`       // who has it sees the screen
	IsPrimary bool            `json:"isPrimary"` // it shows the application; the other one the operating system
}

// StartGUISession starts the session in which a virtual computer of Lightsail
// for Research shows its screen. It lasts an hour; another call resumes it.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_StartGUISession.html
func (c *Client) StartGUISession(ctx context.Context, in *StartGUISessionInput, opts ...Option) (*StartGUISessionOutput, error) {
	return invoke[StartGUISessionOutput](ctx, c, opStartGUISession, in, opts)
}

var opStartGUISession = &pipeline.Operation{Name: "StartGUISession", Method: "POST", Path: "/"}

type StartGUISessionInput struct {
	ResourceName string `json:"resourceName,required,min1"` // the virtual computer
}

type StartGUISessionOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}

// StopGUISession ends the session in which a virtual computer of Lightsail for
// Research shows its screen. What has not been saved there is lost.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_StopGUISession.html
func (c *Client) StopGUISession(ctx context.Context, in *StopGUISessionInput, opts ...Option) (*StopGUISessionOutput, error) {
	return invoke[StopGUISessionOutput](ctx, c, opStopGUISession, in, opts)
}

var opStopGUISession = &pipeline.Operation{Name: "StopGUISession", Method: "POST", Path: "/"}

type StopGUISessionInput struct {
	ResourceName string `json:"resourceName,required,min1"` // the virtual computer
}

type StopGUISessionOutput struct {
	Operations []Operation `json:"operations"` // OperationSucceeded waits for them

	ResponseMetadata entrepot.ResponseMetadata
}
