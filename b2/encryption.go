package b2

import (
	"crypto/md5"
	"encoding/base64"
)

// ServerSideEncryption says how a file is encrypted at rest. In answers the
// customer's key is never there.
type ServerSideEncryption struct {
	Mode           EncryptionMode      `json:"mode"`
	Algorithm      EncryptionAlgorithm `json:"algorithm"`      // EncryptionAlgorithmAES256 with every mode but none
	CustomerKey    Secret              `json:"customerKey"`    // SSE-C: base64 of the 32 bytes of the key
	CustomerKeyMd5 string              `json:"customerKeyMd5"` // SSE-C: base64 of the MD5 of these bytes
}

// EncryptionMode says who keeps the key of an encrypted file.
type EncryptionMode string

// The modes of encryption.
const (
	EncryptionModeSSEB2 EncryptionMode = "SSE-B2" // Backblaze
	EncryptionModeSSEC  EncryptionMode = "SSE-C"  // the customer, who sends it with each call
	EncryptionModeNone  EncryptionMode = "none"   // a bucket's default only; for a file, leave it out
)

// EncryptionAlgorithm is a cipher.
type EncryptionAlgorithm string

// EncryptionAlgorithmAES256 is the one cipher there is.
const EncryptionAlgorithmAES256 EncryptionAlgorithm = "AES256"

// CustomerKey is a customer's key for SSE-C in the forms in which calls take
// it. Calls whose members travel in headers have one for each field here:
//
//	key := b2.NewCustomerKey(raw)
//	in.ServerSideEncryptionCustomerAlgorithm = key.Algorithm
//	in.ServerSideEncryptionCustomerKey = key.Key
//	in.ServerSideEncryptionCustomerKeyMd5 = key.KeyMd5
//
// For the others there is [CustomerKey.ServerSideEncryption], for the handle of a
// bucket [CustomerKey.Template].
type CustomerKey struct {
	Algorithm EncryptionAlgorithm
	Key       Secret
	KeyMd5    string
}

// NewCustomerKey makes a CustomerKey of the 32 bytes of a key. Who loses them
// loses what is encrypted with them: Backblaze keeps no copy. A name for the
// key, with which it can be found again, is at home in
// [FileInfo.SetSseCKeyId].
func NewCustomerKey(raw [32]byte) CustomerKey {
	sum := md5.Sum(raw[:])
	return CustomerKey{
		Algorithm: EncryptionAlgorithmAES256,
		Key:       Secret(base64.StdEncoding.EncodeToString(raw[:])),
		KeyMd5:    base64.StdEncoding.EncodeToString(sum[:]),
	}
}

// ServerSideEncryption returns the key in the form in which calls in JSON take
// it.
func (k CustomerKey) ServerSideEncryption() *ServerSideEncryption {
	return &ServerSideEncryption{Mode: EncryptionModeSSEC, Algorithm: k.Algorithm, CustomerKey: k.Key, CustomerKeyMd5: k.KeyMd5}
}

// Template returns a template for [BucketHandle.With] that writes and reads with
// the key. What else is wanted can be set in it.
func (k CustomerKey) Template() Template {
	return Template{
		Upload: UploadFileInput{
			ServerSideEncryptionCustomerAlgorithm: k.Algorithm,
			ServerSideEncryptionCustomerKey:       k.Key,
			ServerSideEncryptionCustomerKeyMd5:    k.KeyMd5,
		},
		Download: DownloadFileByNameInput{
			ServerSideEncryptionCustomerAlgorithm: k.Algorithm,
			ServerSideEncryptionCustomerKey:       k.Key,
			ServerSideEncryptionCustomerKeyMd5:    k.KeyMd5,
		},
	}
}
