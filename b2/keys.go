package b2

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// CreateKey makes an application key. The key itself is in the answer, and
// nowhere else ever after.
//
// It needs the capability writeKeys, and is billed as a class C transaction.
// A key with writeKeys that is not restricted can make itself any other.
// It is not repeated after a lost answer, as that would make a second key;
// [Client.ListKeys] shows whether there is one whose secret nobody has.
//
// Errors: [ErrBadRequest] (a capability is unknown, or not one that a key
// restricted to buckets may have), [ErrBadBucketId], [ErrUnauthorized],
// [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-create-key
func (c *Client) CreateKey(ctx context.Context, in *CreateKeyInput, opts ...Option) (*CreateKeyOutput, error) {
	return invokeForAccount[CreateKeyOutput](ctx, c, opCreateKey, in, func(in *CreateKeyInput) *string { return &in.AccountId }, opts)
}

var opCreateKey = &pipeline.Operation{Name: "CreateKey", Method: "POST", Path: "/b2api/v4/b2_create_key", Right: "writeKeys", Traits: pipeline.NoReplay}

// CreateKeyInput describes a new application key.
type CreateKeyInput struct {
	AccountId    string       `json:"accountId,required"` // empty: the account of the key
	Capabilities []Capability `json:"capabilities,required"`
	KeyName      string       `json:"keyName,required,min1"` // 1 to 100 letters, digits and '-'; need not be unique

	// ValidDurationInSeconds is for how long the key can be used, less than
	// 1000 days. 0: until it is deleted.
	ValidDurationInSeconds int64 `json:"validDurationInSeconds"`

	// BucketIds are the buckets that the key is restricted to. Nil: any. A
	// restricted key cannot have the capabilities for keys, nor writeBuckets
	// and deleteBuckets.
	BucketIds []string `json:"bucketIds"`

	// NamePrefix is what the names of all files must begin with that the key
	// is used for. Empty: any name.
	NamePrefix string `json:"namePrefix"`
}

// CreateKeyOutput is the new application key.
type CreateKeyOutput struct {
	Key

	ApplicationKey Secret `json:"applicationKey"` // the key itself, which no other call tells

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteKey ends an application key.
//
// It needs the capability deleteKeys. The master key is not deleted but
// replaced, at Backblaze's web site.
//
// Errors: [ErrBadRequest] (there is no such key; also for the second attempt
// of a call whose first answer was lost), [ErrUnauthorized].
//
// API: https://www.backblaze.com/apidocs/b2-delete-key
func (c *Client) DeleteKey(ctx context.Context, in *DeleteKeyInput, opts ...Option) (*DeleteKeyOutput, error) {
	return invoke[DeleteKeyOutput](ctx, c, opDeleteKey, in, opts)
}

var opDeleteKey = &pipeline.Operation{Name: "DeleteKey", Method: "POST", Path: "/b2api/v4/b2_delete_key", Right: "deleteKeys"}

// DeleteKeyInput names an application key.
type DeleteKeyInput struct {
	ApplicationKeyId string `json:"applicationKeyId,required,min1"`
}

// DeleteKeyOutput is the key as it was.
type DeleteKeyOutput struct {
	Key

	ResponseMetadata entrepot.ResponseMetadata
}

// ListKeys returns the application keys of the account, without the keys
// themselves. The master key is not among them; keys that have expired may be.
//
// It needs the capability listKeys. Pages of more than 1000 keys are billed as
// several class C transactions.
//
// Errors: [ErrUnauthorized], [ErrOutOfRange] (MaxKeyCount),
// [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-list-keys
func (c *Client) ListKeys(ctx context.Context, in *ListKeysInput, opts ...Option) (*ListKeysOutput, error) {
	return invokeForAccount[ListKeysOutput](ctx, c, opListKeys, in, func(in *ListKeysInput) *string { return &in.AccountId }, opts)
}

var opListKeys = &pipeline.Operation{Name: "ListKeys", Method: "POST", Path: "/b2api/v4/b2_list_keys", Right: "listKeys"}

// ListKeysInput selects application keys.
type ListKeysInput struct {
	AccountId             string `json:"accountId,required"` // empty: the account of the key
	MaxKeyCount           int64  `json:"maxKeyCount"`        // of a page, at most 10000; 0: 100
	StartApplicationKeyId string `json:"startApplicationKeyId"`
}

// ListKeysOutput is a page of application keys.
type ListKeysOutput struct {
	Keys                 []Key  `json:"keys"`
	NextApplicationKeyId string `json:"nextApplicationKeyId"` // where the next page starts, not always a key that exists; empty: this is the last page

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the keys of the page.
func (out *ListKeysOutput) Items() []Key { return out.Keys }

// NextPage makes next the request for the page after out.
func (out *ListKeysOutput) NextPage(next *ListKeysInput) (token string, more bool) {
	next.StartApplicationKeyId = out.NextApplicationKeyId
	return out.NextApplicationKeyId, out.NextApplicationKeyId != ""
}

// Key describes an application key.
type Key struct {
	AccountId           string       `json:"accountId"`
	ApplicationKeyId    string       `json:"applicationKeyId"`
	KeyName             string       `json:"keyName"`
	Capabilities        []Capability `json:"capabilities"`
	BucketIds           []string     `json:"bucketIds"`                   // nil: any bucket
	NamePrefix          string       `json:"namePrefix"`                  // empty: any name
	ExpirationTimestamp time.Time    `json:"expirationTimestamp,epochms"` // zero: never
	Options             []string     `json:"options"`                     // such as s3: the key can be used with the S3 gateway
}

// Capability is something that an application key may do. Capabilities not
// listed here may come.
type Capability string

// The capabilities.
const (
	CapabilityListKeys   Capability = "listKeys"
	CapabilityWriteKeys  Capability = "writeKeys"
	CapabilityDeleteKeys Capability = "deleteKeys"

	CapabilityListBuckets        Capability = "listBuckets"
	CapabilityListAllBucketNames Capability = "listAllBucketNames" // of the S3 gateway
	CapabilityReadBuckets        Capability = "readBuckets"        // of the S3 gateway
	CapabilityWriteBuckets       Capability = "writeBuckets"
	CapabilityDeleteBuckets      Capability = "deleteBuckets"

	CapabilityReadBucketEncryption      Capability = "readBucketEncryption"
	CapabilityWriteBucketEncryption     Capability = "writeBucketEncryption"
	CapabilityReadBucketRetentions      Capability = "readBucketRetentions"
	CapabilityWriteBucketRetentions     Capability = "writeBucketRetentions"
	CapabilityReadBucketReplications    Capability = "readBucketReplications"
	CapabilityWriteBucketReplications   Capability = "writeBucketReplications"
	CapabilityReadBucketNotifications   Capability = "readBucketNotifications"
	CapabilityWriteBucketNotifications  Capability = "writeBucketNotifications"
	CapabilityReadBucketLogging         Capability = "readBucketLogging"  // of the S3 gateway
	CapabilityWriteBucketLogging        Capability = "writeBucketLogging" // of the S3 gateway
	CapabilityReadBucketLifecycleRules  Capability = "readBucketLifecycleRules"
	CapabilityWriteBucketLifecycleRules Capability = "writeBucketLifecycleRules"

	CapabilityListFiles   Capability = "listFiles"
	CapabilityReadFiles   Capability = "readFiles"
	CapabilityShareFiles  Capability = "shareFiles"
	CapabilityWriteFiles  Capability = "writeFiles"
	CapabilityDeleteFiles Capability = "deleteFiles"

	CapabilityReadFileRetentions  Capability = "readFileRetentions"
	CapabilityWriteFileRetentions Capability = "writeFileRetentions"
	CapabilityReadFileLegalHolds  Capability = "readFileLegalHolds"
	CapabilityWriteFileLegalHolds Capability = "writeFileLegalHolds"
	CapabilityBypassGovernance    Capability = "bypassGovernance"
)
