package lightsail

import (
	"fmt"
	"time"

	"github.com/entrepot-go/entrepot/waiter"
)

// Conditions for [waiter.Wait]. They are ours: the vendor's model has none.
var (
	// BucketOK waits with GetBuckets until the bucket of that name is there and
	// well. Its input needs a BucketName.
	BucketOK = waiter.Condition[GetBucketsInput, GetBucketsOutput]{
		Name: "BucketOK",
		Acceptors: []waiter.Acceptor[GetBucketsOutput]{
			{State: waiter.Success, Match: func(out *GetBucketsOutput) bool {
				return len(out.Buckets) == 1 && out.Buckets[0].State.Code == "OK"
			}},
			{State: waiter.Retry, Code: "NotFoundException"},
		},
		Delay:       5 * time.Second,
		MaxAttempts: 20,
	}

	// OperationSucceeded waits with GetOperation until a change is done. If it
	// fails, the wait ends with the error that [Operation.Err] makes of it.
	//
	// It gives up after about five minutes. What may take longer, such as a new
	// database or the copy of a snapshot, wants a copy with more MaxAttempts.
	OperationSucceeded = waiter.Condition[GetOperationInput, GetOperationOutput]{
		Name: "OperationSucceeded",
		Acceptors: []waiter.Acceptor[GetOperationOutput]{
			{State: waiter.Success, Match: func(out *GetOperationOutput) bool {
				return out.Operation.Status == OperationStatusSucceeded || out.Operation.Status == OperationStatusCompleted
			}},
			{State: waiter.Failure, Match: ended, Cause: whyEnded},
		},
		Delay:       5 * time.Second,
		MaxAttempts: 60,
	}
)

func ended(out *GetOperationOutput) bool {
	return out.Operation.IsTerminal || out.Operation.Status == OperationStatusFailed
}

func whyEnded(out *GetOperationOutput) error {
	if err := out.Operation.Err(); err != nil {
		return err
	}
	return fmt.Errorf("operation %s has ended as %q", out.Operation.Id, out.Operation.Status)
}
