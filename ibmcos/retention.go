package ibmcos

import (
	"context"
	"fmt"
	"reflect"
	"strings"
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
	members := []string{"AdditionalRetentionPeriod", "ExtendRetentionFromCurrentTime", "NewRetentionExpirationDate", "NewRetentionPeriod"}
	if n := set(in, members); n != 1 {
		return &codec.FieldError{Problem: fmt.Sprintf("exactly one of %s says how long the object is retained; here are %d", strings.Join(members, ", "), n)}
	}
	return nil
}

func (in *PutObjectInput) check() error               { return checkRetention(in) }
func (in *CopyObjectInput) check() error              { return checkRetention(in) }
func (in *CompleteMultipartUploadInput) check() error { return checkRetention(in) }

func checkRetention(in any) error {
	if set(in, []string{"RetentionPeriod", "RetentionExpirationDate"}) > 1 {
		return &codec.FieldError{Path: "RetentionExpirationDate", Problem: "goes in the place of RetentionPeriod, not with it"}
	}
	return nil
}

// set counts the members of an input that are set.
func set(in any, members []string) int {
	n := 0
	for _, name := range members {
		if !reflect.ValueOf(in).Elem().FieldByName(name).IsZero() {
			n++
		}
	}
	return n
}
