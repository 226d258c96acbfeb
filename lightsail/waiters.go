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
	// It gives up after about half an hour, as AWS's own waiters for databases
	// do: a new database or a snapshot of one takes 10 to 20 minutes. The copy
	// of a large snapshot to another region may take longer still: for it, raise
	// MaxAttempts in a copy of the condition. Who wants to know sooner of what
	// is done in seconds, lowers Delay.
	OperationSucceeded = waiter.Condition[GetOperationInput, GetOperationOutput]{
		Name: "OperationSucceeded",
		Acceptors: []waiter.Acceptor[GetOperationOutput]{
			{State: waiter.Success, Match: func(out *GetOperationOutput) bool {
				return out.Operation.Status == OperationStatusSucceeded || out.Operation.Status == OperationStatusCompleted
			}},
			{State: waiter.Failure, Match: ended, Cause: whyEnded},
		},
		Delay:       10 * time.Second,
		MaxAttempts: 180,
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
