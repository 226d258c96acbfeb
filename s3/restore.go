package s3

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// RestoreObject has an archived object made readable for some Days. It returns
// before that is done; HeadObject tells in Restore how far it has come. Calling
// it for an object that is restored changes for how long.
//
// Errors: [ErrInvalidObjectState] for a storage class that needs no restoring,
// [ErrRestoreAlreadyInProgress], [ErrObjectAlreadyInActiveTier],
// [ErrGlacierExpeditedRetrievalNotAvailable] when there is no room for TierExpedited
// now, [ErrNoSuchKey], [ErrNoSuchVersion], [ErrNoSuchBucket], [ErrMalformedXML].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
func (c *Client) RestoreObject(ctx context.Context, in *RestoreObjectInput, opts ...Option) (*RestoreObjectOutput, error) {
	return invoke[RestoreObjectOutput](ctx, c, opRestoreObject, in, opts)
}

var opRestoreObject = &pipeline.Operation{Name: "RestoreObject", Method: "POST", Path: "/{Bucket}/{Key+}?restore", Traits: pipeline.ChecksumBody}

type RestoreObjectInput struct {
	Bucket         string          `uri:"Bucket"`
	Key            string          `uri:"Key"`
	VersionId      string          `query:"versionId"` // empty: the current version
	RestoreRequest *RestoreRequest `payload:"RestoreRequest,ns=http://s3.amazonaws.com/doc/2006-03-01/"`

	ChecksumAlgorithm   ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"`
	RequestPayer        RequestPayer      `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string            `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type RestoreObjectOutput struct {
	RequestCharged    RequestCharged `header:"x-amz-request-charged"`
	RestoreOutputPath string         `header:"x-amz-restore-output-path"` // of the Type SELECT: where the results will be

	ResponseMetadata entrepot.ResponseMetadata
}

// RestoreRequest says for how long an object shall be restored, and how fast.
type RestoreRequest struct {
	// Days is for how long, at least 1. nil for INTELLIGENT_TIERING, where the
	// object moves for good.
	Days                 *int32                `xml:"Days"`
	GlacierJobParameters *GlacierJobParameters `xml:"GlacierJobParameters"` // nil: TierStandard

	// The rest is for queries of archived objects, which S3 offers no longer to
	// new customers.
	Type             RestoreRequestType `xml:"Type"`
	Tier             Tier               `xml:"Tier"`
	Description      string             `xml:"Description"`
	SelectParameters *SelectParameters  `xml:"SelectParameters"`
	OutputLocation   *OutputLocation    `xml:"OutputLocation"`
}

// GlacierJobParameters says how fast an object shall be restored.
type GlacierJobParameters struct {
	Tier Tier `xml:"Tier,required"`
}

// Tier is a speed of restoring, at its price.
type Tier string

const (
	TierStandard  Tier = "Standard"  // 3 to 5 hours, DEEP_ARCHIVE 12
	TierBulk      Tier = "Bulk"      // 5 to 12 hours, DEEP_ARCHIVE 48
	TierExpedited Tier = "Expedited" // 1 to 5 minutes; not for DEEP_ARCHIVE
)

// RestoreRequestType is what else than restoring an object is asked for.
type RestoreRequestType string

const RestoreRequestTypeSelect RestoreRequestType = "SELECT"

// SelectParameters is a query of an archived object.
type SelectParameters struct {
	InputSerialization  InputSerialization  `xml:"InputSerialization,required"`
	ExpressionType      ExpressionType      `xml:"ExpressionType,required"`
	Expression          string              `xml:"Expression,required"`
	OutputSerialization OutputSerialization `xml:"OutputSerialization,required"`
}

// OutputLocation is where the results of a query go.
type OutputLocation struct {
	S3 *S3Location `xml:"S3"`
}

// S3Location is where the results of a query go, and how they are stored.
type S3Location struct {
	BucketName        string          `xml:"BucketName,required"`
	Prefix            string          `xml:"Prefix,required"` // of the keys
	Encryption        *Encryption     `xml:"Encryption"`
	CannedACL         ObjectCannedACL `xml:"CannedACL"`
	AccessControlList []Grant         `xml:"AccessControlList,item=Grant"`
	Tagging           *Tagging        `xml:"Tagging"`
	UserMetadata      []MetadataEntry `xml:"UserMetadata,item=MetadataEntry"`
	StorageClass      StorageClass    `xml:"StorageClass"`
}

// Encryption is how the results of a query are encrypted.
type Encryption struct {
	EncryptionType ServerSideEncryption `xml:"EncryptionType,required"`
	KMSKeyId       string               `xml:"KMSKeyId"`   // empty: the account's key for S3
	KMSContext     string               `xml:"KMSContext"` // JSON object
}

// MetadataEntry is an entry of the metadata of an object.
type MetadataEntry struct {
	Name  string `xml:"Name"`
	Value string `xml:"Value"`
}
