package s3

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// ListObjectsV2 lists the current objects of a bucket in ascending order of
// their keys' bytes (directory buckets: in no order), 1000 to a page.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
func (c *Client) ListObjectsV2(ctx context.Context, in *ListObjectsV2Input, opts ...Option) (*ListObjectsV2Output, error) {
	return invoke[ListObjectsV2Output](ctx, c, opListObjectsV2, in, opts)
}

var opListObjectsV2 = &pipeline.Operation{Name: "ListObjectsV2", Method: "GET", Path: "/{Bucket}?list-type=2", Traits: pipeline.URLKeys}

type ListObjectsV2Input struct {
	Bucket string `uri:"Bucket"`

	Prefix            string `query:"prefix"`             // only keys that begin with it
	Delimiter         string `query:"delimiter"`          // roll keys up to CommonPrefixes at this string, "/" mostly
	StartAfter        string `query:"start-after"`        // list keys after this one; ignored with a ContinuationToken
	ContinuationToken string `query:"continuation-token"` // from the page before

	// MaxKeys is the page size, at most and by default 1000. nil: the default; 0:
	// an empty page, a cheap test of access.
	MaxKeys *int32 `query:"max-keys"`
	// EncodingType asks for keys as they stand in URLs. Leave it empty: the client
	// asks by itself where the server can, because XML cannot carry every key, and
	// decodes the answer. When it is set, the answer is left as it came.
	EncodingType EncodingType `query:"encoding-type"`

	FetchOwner               bool                       `query:"fetch-owner"`                       // fill Object.Owner
	OptionalObjectAttributes []OptionalObjectAttributes `header:"x-amz-optional-object-attributes"` // more to fill in each Object

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListObjectsV2Output struct {
	Contents              []Object       `xml:"Contents,flat"`
	CommonPrefixes        []CommonPrefix `xml:"CommonPrefixes,flat"` // what Delimiter rolled up
	IsTruncated           bool           `xml:"IsTruncated"`         // more follows
	NextContinuationToken string         `xml:"NextContinuationToken"`

	Name string `xml:"Name"`

	KeyCount          int32        `xml:"KeyCount"` // Contents and CommonPrefixes together
	Prefix            string       `xml:"Prefix"`
	Delimiter         string       `xml:"Delimiter"`
	StartAfter        string       `xml:"StartAfter"`
	ContinuationToken string       `xml:"ContinuationToken"`
	MaxKeys           int32        `xml:"MaxKeys"`
	EncodingType      EncodingType `xml:"EncodingType"` // url: keys and prefixes are still encoded, as the input asked

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the objects of the page.
func (out *ListObjectsV2Output) Items() []Object { return out.Contents }

// NextPage makes next the request for the page after out.
func (out *ListObjectsV2Output) NextPage(next *ListObjectsV2Input) (token string, more bool) {
	next.ContinuationToken = out.NextContinuationToken
	return out.NextContinuationToken, out.IsTruncated
}

// Object is an entry of a list of objects.
type Object struct {
	Key               string              `xml:"Key"`
	LastModified      time.Time           `xml:"LastModified"`
	ETag              string              `xml:"ETag"`                   // with its quotes
	ChecksumAlgorithm []ChecksumAlgorithm `xml:"ChecksumAlgorithm,flat"` // algorithms, not values: HeadObject has those
	ChecksumType      ChecksumType        `xml:"ChecksumType"`
	Size              int64               `xml:"Size"` // bytes
	StorageClass      ObjectStorageClass  `xml:"StorageClass"`
	Owner             Owner               `xml:"Owner"`         // ListObjectsV2: only with FetchOwner
	RestoreStatus     RestoreStatus       `xml:"RestoreStatus"` // only when OptionalObjectAttributes asks for it
}

// CommonPrefix stands for all keys that begin with it, up to and including the
// delimiter.
type CommonPrefix struct {
	Prefix string `xml:"Prefix"`
}

// RestoreStatus tells how far an archived object's restore has come.
type RestoreStatus struct {
	IsRestoreInProgress bool      `xml:"IsRestoreInProgress"`
	RestoreExpiryDate   time.Time `xml:"RestoreExpiryDate"` // when the restored copy goes away
}

// ObjectStorageClass is the storage class in a list of objects; its values are
// those of [StorageClass].
type ObjectStorageClass string

const (
	ObjectStorageClassStandard             ObjectStorageClass = "STANDARD"
	ObjectStorageClassReducedRedundancy    ObjectStorageClass = "REDUCED_REDUNDANCY"
	ObjectStorageClassGlacier              ObjectStorageClass = "GLACIER"
	ObjectStorageClassStandardIa           ObjectStorageClass = "STANDARD_IA"
	ObjectStorageClassOnezoneIa            ObjectStorageClass = "ONEZONE_IA"
	ObjectStorageClassIntelligentTiering   ObjectStorageClass = "INTELLIGENT_TIERING"
	ObjectStorageClassDeepArchive          ObjectStorageClass = "DEEP_ARCHIVE"
	ObjectStorageClassOutposts             ObjectStorageClass = "OUTPOSTS"
	ObjectStorageClassGlacierIr            ObjectStorageClass = "GLACIER_IR"
	ObjectStorageClassSnow                 ObjectStorageClass = "SNOW"
	ObjectStorageClassExpressOnezone       ObjectStorageClass = "EXPRESS_ONEZONE"
	ObjectStorageClassFsxOpenzfs           ObjectStorageClass = "FSX_OPENZFS"
	ObjectStorageClassFsxOntap             ObjectStorageClass = "FSX_ONTAP"
	ObjectStorageClassAwsBackupWarm        ObjectStorageClass = "AWS_BACKUP_WARM"
	ObjectStorageClassAwsBackupLowCostWarm ObjectStorageClass = "AWS_BACKUP_LOW_COST_WARM"
)

// OptionalObjectAttributes is something that lists tell of objects only when
// asked.
type OptionalObjectAttributes string

const OptionalObjectAttributesRestoreStatus OptionalObjectAttributes = "RestoreStatus"

// ListObjects is the first form of ListObjectsV2, for servers that know no
// other.
//
// Errors: [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
func (c *Client) ListObjects(ctx context.Context, in *ListObjectsInput, opts ...Option) (*ListObjectsOutput, error) {
	return invoke[ListObjectsOutput](ctx, c, opListObjects, in, opts)
}

var opListObjects = &pipeline.Operation{Name: "ListObjects", Method: "GET", Path: "/{Bucket}", Traits: pipeline.URLKeys}

type ListObjectsInput struct {
	Bucket string `uri:"Bucket"`

	Prefix    string `query:"prefix"`    // only keys that begin with it
	Delimiter string `query:"delimiter"` // roll keys up to CommonPrefixes at this string, "/" mostly
	Marker    string `query:"marker"`    // list keys after this one

	// MaxKeys is the page size, at most and by default 1000. nil: the default; 0:
	// an empty page, a cheap test of access.
	MaxKeys *int32 `query:"max-keys"`
	// EncodingType asks for keys as they stand in URLs. Leave it empty: the client
	// asks by itself where the server can, because XML cannot carry every key, and
	// decodes the answer. When it is set, the answer is left as it came.
	EncodingType EncodingType `query:"encoding-type"`

	OptionalObjectAttributes []OptionalObjectAttributes `header:"x-amz-optional-object-attributes"` // more to fill in each Object

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type ListObjectsOutput struct {
	Contents       []Object       `xml:"Contents,flat"`
	CommonPrefixes []CommonPrefix `xml:"CommonPrefixes,flat"` // what Delimiter rolled up
	IsTruncated    bool           `xml:"IsTruncated"`         // more follows
	NextMarker     string         `xml:"NextMarker"`          // only with a Delimiter; else go on after the last key

	Name string `xml:"Name"`

	Prefix       string       `xml:"Prefix"`
	Delimiter    string       `xml:"Delimiter"`
	Marker       string       `xml:"Marker"`
	MaxKeys      int32        `xml:"MaxKeys"`
	EncodingType EncodingType `xml:"EncodingType"` // url: keys and prefixes are still encoded, as the input asked

	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the objects of the page.
func (out *ListObjectsOutput) Items() []Object { return out.Contents }

// NextPage makes next the request for the page after out.
func (out *ListObjectsOutput) NextPage(next *ListObjectsInput) (token string, more bool) {
	next.Marker = s3dialect.Marker(out.NextMarker, s3dialect.Last(out.Contents).Key, s3dialect.Last(out.CommonPrefixes).Prefix)
	return next.Marker, out.IsTruncated
}
