package ibmcos

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/waiter"
)

func TestWaiters(t *testing.T) {
	for _, test := range []struct {
		name    string
		wait    func(context.Context, *answers) error
		status  []int // of the answers
		want    int   // status of the error; 0: none
		pending bool  // the condition is not met after all attempts
	}{
		{name: "bucket appears", wait: bucketExists, status: []int{404, 404, 200}},
		{name: "bucket of somebody else exists", wait: bucketExists, status: []int{403}},
		{name: "bucket that has moved exists", wait: bucketExists, status: []int{404, 301}},
		{name: "bucket that never appears", wait: bucketExists, status: []int{404, 404, 404}, want: 404, pending: true},
		{name: "bucket that cannot be asked for", wait: bucketExists, status: []int{400}, want: 400},
		{name: "bucket disappears", wait: bucketNotExists, status: []int{200, 404}},
		{name: "bucket that stays", wait: bucketNotExists, status: []int{200, 200, 200}, pending: true},
		{name: "bucket that cannot be seen", wait: bucketNotExists, status: []int{403}, want: 403},
		{name: "object appears", wait: objectExists, status: []int{404, 200}},
		{name: "object that cannot be seen", wait: objectExists, status: []int{403}, want: 403},
		{name: "object disappears", wait: objectNotExists, status: []int{200, 200, 404}},
		{name: "object that cannot be asked for", wait: objectNotExists, status: []int{500}, want: 500},
	} {
		a := &answers{status: test.status}
		err := test.wait(t.Context(), a)
		var e *Error
		errors.As(err, &e)
		switch {
		case len(a.status) > 0:
			t.Errorf("%s: ends %d answers early", test.name, len(a.status))
		case test.pending != errors.Is(err, waiter.ErrAttempts):
			t.Errorf("%s: error is %v, want ErrAttempts: %t", test.name, err, test.pending)
		case test.want == 0 && !test.pending && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != 0 && (e == nil || e.StatusCode != test.want):
			t.Errorf("%s: error is %v, want one of status %d", test.name, err, test.want)
		}
	}
}

// answers are statuses to answer calls with.
type answers struct{ status []int }

func (a *answers) next() error {
	status := a.status[0]
	a.status = a.status[1:]
	if status == http.StatusOK {
		return nil
	}
	return &Error{StatusCode: status}
}

func bucketExists(ctx context.Context, a *answers) error { return waitBucket(ctx, BucketExists, a) }
func bucketNotExists(ctx context.Context, a *answers) error {
	return waitBucket(ctx, BucketNotExists, a)
}
func objectExists(ctx context.Context, a *answers) error { return waitObject(ctx, ObjectExists, a) }
func objectNotExists(ctx context.Context, a *answers) error {
	return waitObject(ctx, ObjectNotExists, a)
}

func waitBucket(ctx context.Context, cond waiter.Condition[HeadBucketInput, HeadBucketOutput], a *answers) error {
	cond.Delay, cond.MaxAttempts = time.Nanosecond, 3
	call := func(context.Context, *HeadBucketInput, ...Option) (*HeadBucketOutput, error) {
		return &HeadBucketOutput{}, a.next()
	}
	return waiter.Wait(ctx, cond, call, &HeadBucketInput{})
}

func waitObject(ctx context.Context, cond waiter.Condition[HeadObjectInput, HeadObjectOutput], a *answers) error {
	cond.Delay, cond.MaxAttempts = time.Nanosecond, 3
	call := func(context.Context, *HeadObjectInput, ...Option) (*HeadObjectOutput, error) {
		return &HeadObjectOutput{}, a.next()
	}
	return waiter.Wait(ctx, cond, call, &HeadObjectInput{})
}
