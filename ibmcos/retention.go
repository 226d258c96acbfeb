package ibmcos

import (
	"context"
	"fmt"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// ExtendObjectRetention makes the retention longer that an object has in a bucket
// with a retention policy (Immutable Object Storage). It cannot make it shorter;
// only one without end (RetentionPeriod -1) can be given an end. The new end is
// within the bucket's maximum, counted from now. Exactly one of the four members
// says how much longer. An attempt whose answer was lost is not repeated, since
// what is added twice cannot be taken back: HeadObject tells whether it counts.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket]; 400 for a retention that would be
// shorter or beyond the bucket's maximum, and for an object without retention.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
func (c *Client) ExtendObjectRetention(ctx context.Context, in *ExtendObjectRetentionInput, opts ...Option) (*ExtendObjectRetentionOutput, error) {
	return invoke[ExtendObjectRetentionOutput](ctx, c, opExtendObjectRetention, in, opts)
}

var opExtendObjectRetention = &pipeline.Operation{Name: "ExtendObjectRetention", Method: "POST", Path: "/{Bucket}/{Key+}?extendRetention", Traits: pipeline.NoReplay}

type ExtendObjectRetentionInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"`

	AdditionalRetentionPeriod int64 `header:"Additional-Retention-Period"` // seconds more than now

	// ExtendRetentionFromCurrentTime is for how many seconds from now the object
	// shall be retained. 0: until now, which can end a retention without end.
	ExtendRetentionFromCurrentTime *int64 `header:"Extend-Retention-From-Current-Time"`

	NewRetentionExpirationDate time.Time `header:"New-Retention-Expiration-Date,iso8601"`

	// NewRetentionPeriod is for how many seconds from its creation the object
	// shall be retained. 0 can end a retention without end.
	NewRetentionPeriod *int64 `header:"New-Retention-Period"`
}

type ExtendObjectRetentionOutput struct {
	ResponseMetadata entrepot.ResponseMetadata
}

// check tells what the service would refuse without saying which member it is.
func (in *ExtendObjectRetentionInput) check() error {
	n := 0
	for _, set := range []bool{in.AdditionalRetentionPeriod != 0, in.ExtendRetentionFromCurrentTime != nil, !in.NewRetentionExpirationDate.IsZero(), in.NewRetentionPeriod != nil} {
		if set {
			n++
		}
	}
	if n != 1 {
		return &codec.FieldError{Problem: fmt.Sprintf("exactly one of AdditionalRetentionPeriod, ExtendRetentionFromCurrentTime, NewRetentionExpirationDate and NewRetentionPeriod says how long the object is retained; here are %d", n)}
	}
	return nil
}

func (in *PutObjectInput) check() error {
	return checkRetention(in.RetentionPeriod, in.RetentionExpirationDate)
}

func (in *CopyObjectInput) check() error {
	return checkRetention(in.RetentionPeriod, in.RetentionExpirationDate)
}

func (in *CompleteMultipartUploadInput) check() error {
	return checkRetention(in.RetentionPeriod, in.RetentionExpirationDate)
}

func checkRetention(period *int64, end time.Time) error {
	if period != nil && !end.IsZero() {
		return &codec.FieldError{Path: "RetentionExpirationDate", Problem: "goes in the place of RetentionPeriod, not with it"}
	}
	return nil
}
