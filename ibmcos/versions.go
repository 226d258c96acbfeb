package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// PutBucketVersioning has a bucket keep the versions of its objects, or no
// longer. A bucket that has kept versions cannot go back to a time before: while
// it is suspended, old versions stay and what is written gets the version "null".
// A change may take some minutes to be seen everywhere.
//
// A bucket with a retention policy (Immutable Object Storage) cannot keep
// versions. Object Lock and replication need them, and forbid to suspend it.
//
// Errors: [ErrInvalidBucketState] where something forbids the change,
// [ErrMalformedXML], [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) PutBucketVersioning(ctx context.Context, in *PutBucketVersioningInput, opts ...Option) (*PutBucketVersioningOutput, error) {
	return invoke[PutBucketVersioningOutput](ctx, c, opPutBucketVersioning, in, opts)
}

var opPutBucketVersioning = &pipeline.Operation{Name: "PutBucketVersioning", Method: "PUT", Path: "/{Bucket}?versioning", Traits: pipeline.ChecksumRequired}

type PutBucketVersioningInput struct {
	Bucket                  string                   `uri:"Bucket"`
	VersioningConfiguration *VersioningConfiguration `payload:"VersioningConfiguration,required,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	MFA                     string                   `header:"x-amz-mfa"` // "SERIAL CODE" of the device, where MFADelete is in use

	ContentMD5          string            `header:"Content-MD5"` // base64; empty: the client adds a checksum of its own
	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type PutBucketVersioningOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// VersioningConfiguration says whether a bucket keeps versions.
type VersioningConfiguration struct {
	Status BucketVersioningStatus `xml:"Status"`

	// MFADelete is AWS's: deleting a version then takes a code of a device. IBM's
	// models have it. Empty: it is not sent.
	MFADelete MFADelete `xml:"MfaDelete"`
}

// BucketVersioningStatus tells whether what is overwritten is kept.
type BucketVersioningStatus string

const (
	BucketVersioningStatusEnabled   BucketVersioningStatus = "Enabled"
	BucketVersioningStatusSuspended BucketVersioningStatus = "Suspended"
)

// MFADelete is sent to say whether deleting a version takes a device's code.
type MFADelete string

const (
	MFADeleteEnabled  MFADelete = "Enabled"
	MFADeleteDisabled MFADelete = "Disabled"
)

// GetBucketVersioning tells whether a bucket keeps the versions of its objects.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) GetBucketVersioning(ctx context.Context, in *GetBucketVersioningInput, opts ...Option) (*GetBucketVersioningOutput, error) {
	return invoke[GetBucketVersioningOutput](ctx, c, opGetBucketVersioning, in, opts)
}

var opGetBucketVersioning = &pipeline.Operation{Name: "GetBucketVersioning", Method: "GET", Path: "/{Bucket}?versioning"}

type GetBucketVersioningInput struct {
	Bucket              string `uri:"Bucket"`
	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetBucketVersioningOutput struct {
	Status    BucketVersioningStatus `xml:"Status"`    // empty: it has never kept any
	MFADelete MFADeleteStatus        `xml:"MfaDelete"` // empty: never set

	ResponseMetadata entrepot.ResponseMetadata
}

// MFADeleteStatus answers whether deleting a version takes a device's code.
type MFADeleteStatus string

const (
	MFADeleteStatusEnabled  MFADeleteStatus = "Enabled"
	MFADeleteStatusDisabled MFADeleteStatus = "Disabled"
)

// ListObjectVersions lists the versions and delete markers of all objects, 1000
// to a page, and of one key the newest first. IBM does not promise an order of
// the keys. Package paginator's Items yields the Versions; Pages yields the
// DeleteMarkers and CommonPrefixes too.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListObjectVersions(ctx context.Context, in *ListObjectVersionsInput, opts ...Option) (*ListObjectVersionsOutput, error) {
	return invoke[ListObjectVersionsOutput](ctx, c, opListObjectVersions, in, opts)
}

var opListObjectVersions = &pipeline.Operation{Name: "ListObjectVersions", Method: "GET", Path: "/{Bucket}?versions", Traits: pipeline.URLKeys}

type ListObjectVersionsInput struct {
	Bucket string `uri:"Bucket"`

	Prefix          string `query:"prefix"`            // only keys that begin with it
	Delimiter       string `query:"delimiter"`         // roll keys up to CommonPrefixes at this string, "/" mostly
	KeyMarker       string `query:"key-marker"`        // list keys after this one
	VersionIdMarker string `query:"version-id-marker"` // list also the versions of KeyMarker that are older than this one

	// MaxKeys is the page size, at most and by default 1000: versions, delete
	// markers and common prefixes together. nil: the default; 0: an empty page, a
	// cheap test of access.
	MaxKeys *int32 `query:"max-keys"`
	// EncodingType asks for keys as they stand in URLs. Leave it empty: the client
	// asks by itself where the server can, because XML cannot carry every key, and
	// decodes the answer. When it is set, the answer is left as it came.
	EncodingType EncodingType `query:"encoding-type"`

	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListObjectVersionsOutput struct {
	Versions            []ObjectVersion     `xml:"Version,flat"`
	DeleteMarkers       []DeleteMarkerEntry `xml:"DeleteMarker,flat"`
	CommonPrefixes      []CommonPrefix      `xml:"CommonPrefixes,flat"` // what Delimiter rolled up
	IsTruncated         bool                `xml:"IsTruncated"`         // more follows
	NextKeyMarker       string              `xml:"NextKeyMarker"`
	NextVersionIdMarker string              `xml:"NextVersionIdMarker"`

	Name string `xml:"Name"`

	Prefix          string       `xml:"Prefix"`
	Delimiter       string       `xml:"Delimiter"`
	KeyMarker       string       `xml:"KeyMarker"`
	VersionIdMarker string       `xml:"VersionIdMarker"`
	MaxKeys         int32        `xml:"MaxKeys"`
	EncodingType    EncodingType `xml:"EncodingType"` // url: keys and prefixes are still encoded, as the input asked

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the versions of the page.
func (out *ListObjectVersionsOutput) Items() []ObjectVersion { return out.Versions }

// NextPage makes next the request for the page after out.
func (out *ListObjectVersionsOutput) NextPage(next *ListObjectVersionsInput) (token string, more bool) {
	next.KeyMarker, next.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	return s3dialect.Markers(out.NextKeyMarker, out.NextVersionIdMarker), out.IsTruncated
}

// ObjectVersion is a version in a list.
type ObjectVersion struct {
	Key               string                    `xml:"Key"`
	VersionId         string                    `xml:"VersionId"` // "null": written while versioning was not enabled
	IsLatest          bool                      `xml:"IsLatest"`  // the current version
	LastModified      time.Time                 `xml:"LastModified"`
	ETag              string                    `xml:"ETag"`                   // with its quotes
	ChecksumAlgorithm []ChecksumAlgorithm       `xml:"ChecksumAlgorithm,flat"` // algorithms, not values: HeadObject has those
	ChecksumType      ChecksumType              `xml:"ChecksumType"`
	Size              int64                     `xml:"Size"` // bytes
	StorageClass      ObjectVersionStorageClass `xml:"StorageClass"`
	Owner             Owner                     `xml:"Owner"`
}

// ObjectVersionStorageClass is the storage class in a list of versions.
type ObjectVersionStorageClass string

const ObjectVersionStorageClassStandard ObjectVersionStorageClass = "STANDARD"

// DeleteMarkerEntry is a delete marker in a list of versions.
type DeleteMarkerEntry struct {
	Key          string    `xml:"Key"`
	VersionId    string    `xml:"VersionId"`
	IsLatest     bool      `xml:"IsLatest"` // the object counts as deleted
	LastModified time.Time `xml:"LastModified"`
	Owner        Owner     `xml:"Owner"`
}
