package waiter_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/entrepot-go/entrepot/waiter"
)

// machine stands for a provider's client, with an operation that answers a
// state.
type machine struct{ calls int }

type GetStateInput struct{}

type GetStateOutput struct{ State string }

func (m *machine) GetState(context.Context, *GetStateInput, ...func()) (*GetStateOutput, error) {
	m.calls++
	if m.calls < 3 {
		return &GetStateOutput{State: "starting"}, nil
	}
	return &GetStateOutput{State: "running"}, nil
}

var running = waiter.Condition[GetStateInput, GetStateOutput]{
	Name: "Running",
	Acceptors: []waiter.Acceptor[GetStateOutput]{
		{State: waiter.Success, Match: func(o *GetStateOutput) bool { return o.State == "running" }},
		{State: waiter.Failure, Match: func(o *GetStateOutput) bool { return o.State == "terminated" }},
	},
	Delay:       time.Second,
	MaxAttempts: 40,
}

func ExampleWait() {
	m := &machine{}
	patient := running
	patient.Delay = time.Millisecond
	if err := waiter.Wait(context.Background(), patient, m.GetState, &GetStateInput{}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("running after", m.calls, "calls")

	m.calls = 0
	patient.MaxAttempts = 2
	err := waiter.Wait(context.Background(), patient, m.GetState, &GetStateInput{})
	fmt.Println(errors.Is(err, waiter.ErrAttempts), err)
	// Output:
	// running after 3 calls
	// true waiter: Running: no attempts left
}
