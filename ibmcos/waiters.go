package ibmcos

import (
	"net/http"
	"time"

	"github.com/entrepot-go/entrepot/waiter"
)

// Conditions for [waiter.Wait].
var (
	// BucketExists waits with HeadBucket until there is a bucket, also one
	// that the caller may not use.
	BucketExists = waiter.Condition[HeadBucketInput, HeadBucketOutput]{
		Name: "BucketExists",
		Acceptors: []waiter.Acceptor[HeadBucketOutput]{
			{State: waiter.Success},
			{State: waiter.Success, Status: http.StatusMovedPermanently},
			{State: waiter.Success, Status: http.StatusForbidden},
			{State: waiter.Retry, Status: http.StatusNotFound},
		},
		Delay:       5 * time.Second,
		MaxAttempts: 20,
	}

	// BucketNotExists waits with HeadBucket until there is no such bucket.
	BucketNotExists = waiter.Condition[HeadBucketInput, HeadBucketOutput]{
		Name: "BucketNotExists",
		Acceptors: []waiter.Acceptor[HeadBucketOutput]{
			{State: waiter.Success, Status: http.StatusNotFound},
		},
		Delay:       5 * time.Second,
		MaxAttempts: 20,
	}

	// ObjectExists waits with HeadObject until there is an object. Where the
	// caller may not list the bucket, a missing object answers 403, which ends
	// the wait.
	ObjectExists = waiter.Condition[HeadObjectInput, HeadObjectOutput]{
		Name: "ObjectExists",
		Acceptors: []waiter.Acceptor[HeadObjectOutput]{
			{State: waiter.Success},
			{State: waiter.Retry, Status: http.StatusNotFound},
		},
		Delay:       5 * time.Second,
		MaxAttempts: 20,
	}

	// ObjectNotExists waits with HeadObject until there is no such object.
	ObjectNotExists = waiter.Condition[HeadObjectInput, HeadObjectOutput]{
		Name: "ObjectNotExists",
		Acceptors: []waiter.Acceptor[HeadObjectOutput]{
			{State: waiter.Success, Status: http.StatusNotFound},
		},
		Delay:       5 * time.Second,
		MaxAttempts: 20,
	}
)
