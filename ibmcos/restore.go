package ibmcos

import (
	"context"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// RestoreObject has an archived object made readable for some Days. It returns
// before that is done, after up to 12 hours from the class GLACIER and up to 2
// from ACCELERATED: HeadObject tells in Restore how far it has come. Calling it
// for an object that is restored changes for how long, counted from then.
// ResponseMetadata.StatusCode is 202 in the first case, 200 in the second.
//
// Errors: [ErrInvalidObjectState] or [ErrObjectAlreadyInActiveTier] for an
// object that is not archived, [ErrRestoreAlreadyInProgress], [ErrNoSuchKey],
// [ErrNoSuchVersion], [ErrNoSuchBucket], [ErrMalformedXML].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) RestoreObject(ctx context.Context, in *RestoreObjectInput, opts ...Option) (*RestoreObjectOutput, error) {
	return invoke[RestoreObjectOutput](ctx, c, opRestoreObject, in, opts)
}

var opRestoreObject = &pipeline.Operation{Name: "RestoreObject", Method: "POST", Path: "/{Bucket}/{Key+}?restore", Traits: pipeline.ChecksumRequired}

type RestoreObjectInput struct {
	Bucket              string          `uri:"Bucket"`
	Key                 string          `uri:"Key"`
	VersionId           string          `query:"versionId"` // empty: the current version
	RestoreRequest      *RestoreRequest `payload:"RestoreRequest,ns=http://s3.amazonaws.com/doc/2006-03-01/"`
	RequestPayer        RequestPayer    `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string          `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type RestoreObjectOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// RestoreRequest says for how long an object shall be restored.
type RestoreRequest struct {
	Days                 int32                 `xml:"Days,required"`        // at least 1
	GlacierJobParameters *GlacierJobParameters `xml:"GlacierJobParameters"` // nil: the Tier of the object's class
}

// GlacierJobParameters names the way of restoring, which follows from the class
// of the object.
type GlacierJobParameters struct {
	Tier Tier `xml:"Tier"`
}

// Tier is a way of restoring. Each archive class has but one.
type Tier string

const (
	TierAccelerated Tier = "Accelerated" // for ACCELERATED, up to 2 hours
	TierStandard    Tier = "Standard"    // in the models only
	TierBulk        Tier = "Bulk"        // for GLACIER, up to 12 hours
	TierExpedited   Tier = "Expedited"   // in the models only
)
