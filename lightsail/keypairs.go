package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateKeyPair makes a pair of keys for SSH to instances. Lightsail keeps the
// public key; only this call ever tells the private one. The region's default
// pair comes from [Client.DownloadDefaultKeyPair]. The call is not repeated
// after a lost answer: the name would be taken, and the private key lost.
// [Client.GetKeyPair] shows whether the pair is there; if so, delete it and make
// another.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_CreateKeyPair.html
func (c *Client) CreateKeyPair(ctx context.Context, in *CreateKeyPairInput, opts ...Option) (*CreateKeyPairOutput, error) {
	return invoke[CreateKeyPairOutput](ctx, c, opCreateKeyPair, in, opts)
}

var opCreateKeyPair = &pipeline.Operation{Name: "CreateKeyPair", Method: "POST", Path: "/", Traits: pipeline.NoReplay}

type CreateKeyPairInput struct {
	KeyPairName string `json:"keyPairName,required,min1"`
	Tags        []Tag  `json:"tags"` // at most 50
}

type CreateKeyPairOutput struct {
	KeyPair          KeyPair         `json:"keyPair"`
	PublicKeyBase64  string          `json:"publicKeyBase64"`  // of the type ssh-rsa
	PrivateKeyBase64 entrepot.Secret `json:"privateKeyBase64"` // RSA; told only here
	Operation        Operation       `json:"operation"`        // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// KeyPair is what Lightsail knows of a pair of keys for SSH.
type KeyPair struct {
	Name         string           `json:"name"`
	Arn          string           `json:"arn"`
	SupportCode  string           `json:"supportCode"` // what Lightsail's support asks for
	CreatedAt    time.Time        `json:"createdAt"`
	Location     ResourceLocation `json:"location"`
	ResourceType ResourceType     `json:"resourceType"` // ResourceTypeKeyPair
	Tags         []Tag            `json:"tags"`
	Fingerprint  string           `json:"fingerprint"` // of the RSA key
}

// ImportKeyPair gives Lightsail the public key of a pair that the caller has.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_ImportKeyPair.html
func (c *Client) ImportKeyPair(ctx context.Context, in *ImportKeyPairInput, opts ...Option) (*ImportKeyPairOutput, error) {
	return invoke[ImportKeyPairOutput](ctx, c, opImportKeyPair, in, opts)
}

var opImportKeyPair = &pipeline.Operation{Name: "ImportKeyPair", Method: "POST", Path: "/"}

type ImportKeyPairInput struct {
	KeyPairName     string `json:"keyPairName,required,min1"`
	PublicKeyBase64 string `json:"publicKeyBase64,required"` // of the type ssh-rsa
}

type ImportKeyPairOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// GetKeyPair returns what Lightsail knows of a key pair.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetKeyPair.html
func (c *Client) GetKeyPair(ctx context.Context, in *GetKeyPairInput, opts ...Option) (*GetKeyPairOutput, error) {
	return invoke[GetKeyPairOutput](ctx, c, opGetKeyPair, in, opts)
}

var opGetKeyPair = &pipeline.Operation{Name: "GetKeyPair", Method: "POST", Path: "/"}

type GetKeyPairInput struct {
	KeyPairName string `json:"keyPairName,required,min1"`
}

type GetKeyPairOutput struct {
	KeyPair KeyPair `json:"keyPair"`

	ResponseMetadata entrepot.ResponseMetadata
}

// GetKeyPairs returns the account's key pairs in the client's region.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetKeyPairs.html
func (c *Client) GetKeyPairs(ctx context.Context, in *GetKeyPairsInput, opts ...Option) (*GetKeyPairsOutput, error) {
	return invoke[GetKeyPairsOutput](ctx, c, opGetKeyPairs, in, opts)
}

var opGetKeyPairs = &pipeline.Operation{Name: "GetKeyPairs", Method: "POST", Path: "/"}

type GetKeyPairsInput struct {
	PageToken             string `json:"pageToken"`             // from the page before; the service sets the page's size
	IncludeDefaultKeyPair *bool  `json:"includeDefaultKeyPair"` // with the region's default pair
}

type GetKeyPairsOutput struct {
	KeyPairs      []KeyPair `json:"keyPairs"`
	NextPageToken string    `json:"nextPageToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the key pairs of the page.
func (out *GetKeyPairsOutput) Items() []KeyPair { return out.KeyPairs }

// NextPage makes next the request for the page after out.
func (out *GetKeyPairsOutput) NextPage(next *GetKeyPairsInput) (token string, more bool) {
	next.PageToken = out.NextPageToken
	return out.NextPageToken, out.NextPageToken != ""
}

// DeleteKeyPair takes the public key of a pair out of Lightsail, be it created,
// imported or the region's default. There is a default again once an instance is
// created without a key pair, or [Client.DownloadDefaultKeyPair] is called.
//
// Errors: [ErrNotFound], [ErrInvalidInput], [ErrOperationFailure],
// [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DeleteKeyPair.html
func (c *Client) DeleteKeyPair(ctx context.Context, in *DeleteKeyPairInput, opts ...Option) (*DeleteKeyPairOutput, error) {
	return invoke[DeleteKeyPairOutput](ctx, c, opDeleteKeyPair, in, opts)
}

var opDeleteKeyPair = &pipeline.Operation{Name: "DeleteKeyPair", Method: "POST", Path: "/"}

type DeleteKeyPairInput struct {
	KeyPairName string `json:"keyPairName,required,min1"`

	// ExpectedFingerprint is the KeyPair.Fingerprint. It is required for the
	// region's default pair, and for no other.
	ExpectedFingerprint string `json:"expectedFingerprint"`
}

type DeleteKeyPairOutput struct {
	Operation Operation `json:"operation"` // OperationSucceeded waits for it

	ResponseMetadata entrepot.ResponseMetadata
}

// DownloadDefaultKeyPair returns the default key pair of the client's region,
// with its private key. Where there is none, it makes one.
//
// Errors: [ErrNotFound], [ErrOperationFailure], [ErrAccountSetupInProgress].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_DownloadDefaultKeyPair.html
func (c *Client) DownloadDefaultKeyPair(ctx context.Context, in *DownloadDefaultKeyPairInput, opts ...Option) (*DownloadDefaultKeyPairOutput, error) {
	return invoke[DownloadDefaultKeyPairOutput](ctx, c, opDownloadDefaultKeyPair, in, opts)
}

var opDownloadDefaultKeyPair = &pipeline.Operation{Name: "DownloadDefaultKeyPair", Method: "POST", Path: "/"}

type DownloadDefaultKeyPairInput struct{}

type DownloadDefaultKeyPairOutput struct {
	PublicKeyBase64  string          `json:"publicKeyBase64"`  // of the type ssh-rsa
	PrivateKeyBase64 entrepot.Secret `json:"privateKeyBase64"` // RSA
	CreatedAt        time.Time       `json:"createdAt"`        // when the pair was made

	ResponseMetadata entrepot.ResponseMetadata
}
