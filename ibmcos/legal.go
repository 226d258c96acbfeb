package ibmcos

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// AddLegalHold puts a legal hold on an object of a bucket with a retention
// policy. The object cannot be changed or deleted while it has one, and may
// have up to 100. (S3's Object Lock has legal holds of another kind, without
// names.)
//
// Errors: [ErrNoSuchKey]; 409 when the object has that hold already, also from
// an earlier attempt of the same call whose answer was lost; 400 when it has no
// retention.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) AddLegalHold(ctx context.Context, in *AddLegalHoldInput, opts ...Option) (*AddLegalHoldOutput, error) {
	return invoke[AddLegalHoldOutput](ctx, c, opAddLegalHold, in, opts)
}

var opAddLegalHold = &pipeline.Operation{Name: "AddLegalHold", Method: "POST", Path: "/{Bucket}/{Key+}?legalHold"}

type AddLegalHoldInput struct {
	Bucket               string `uri:"Bucket"`
	Key                  string `uri:"Key"`
	RetentionLegalHoldId string `query:"add,required"` // up to 64 letters, digits and ! _ . * ( ) - '
}

type AddLegalHoldOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteLegalHold takes a legal hold off an object. Once the last is off, the
// object is kept only for as long as its retention lasts. To take off one that
// is not there is no error.
//
// Errors: [ErrNoSuchKey]; 400 when the object has no retention.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) DeleteLegalHold(ctx context.Context, in *DeleteLegalHoldInput, opts ...Option) (*DeleteLegalHoldOutput, error) {
	return invoke[DeleteLegalHoldOutput](ctx, c, opDeleteLegalHold, in, opts)
}

var opDeleteLegalHold = &pipeline.Operation{Name: "DeleteLegalHold", Method: "POST", Path: "/{Bucket}/{Key+}?legalHold"}

type DeleteLegalHoldInput struct {
	Bucket               string `uri:"Bucket"`
	Key                  string `uri:"Key"`
	RetentionLegalHoldId string `query:"remove,required"` // as it was put on
}

type DeleteLegalHoldOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// ListLegalHolds tells the legal holds on an object and how long retention
// keeps it.
//
// Errors: [ErrNoSuchKey]; also a 404 when the object has no retention.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ListLegalHolds(ctx context.Context, in *ListLegalHoldsInput, opts ...Option) (*ListLegalHoldsOutput, error) {
	return invoke[ListLegalHoldsOutput](ctx, c, opListLegalHolds, in, opts)
}

var opListLegalHolds = &pipeline.Operation{Name: "ListLegalHolds", Method: "GET", Path: "/{Bucket}/{Key+}?legalHold"}

type ListLegalHoldsInput struct {
	Bucket            string `uri:"Bucket"`
	Key               string `uri:"Key"`
	MirrorDestination string `header:"Mirror-Destination"` // on premises: the mirror to read from
}

type ListLegalHoldsOutput struct {
	// LegalHolds and LegalHoldSet are the holds: a server sends one of the two.
	// Holds returns whichever it was.
	LegalHolds   []LegalHold `xml:"LegalHolds,item.alias=LegalHold"` // the items are called member, or LegalHold
	LegalHoldSet []LegalHold `xml:"LegalHoldSet,item=LegalHold"`

	CreateTime                    time.Time `xml:"CreateTime"`      // of the object
	RetentionPeriod               int64     `xml:"RetentionPeriod"` // seconds; -1 without end; -2 for ever
	RetentionPeriodExpirationDate time.Time `xml:"RetentionPeriodExpirationDate"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Holds returns the legal holds, in whichever form they came.
func (out *ListLegalHoldsOutput) Holds() []LegalHold {
	if out.LegalHoldSet != nil {
		return out.LegalHoldSet
	}
	return out.LegalHolds
}

// LegalHold is a legal hold on an object.
type LegalHold struct {
	Date time.Time `xml:"Date"` // when it was put on
	ID   string    `xml:"ID"`
}
