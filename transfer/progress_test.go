package transfer_test

import (
	"bytes"
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/transfer"
)

func TestRateAndRemaining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		b.report = true
		b.onPart = func(ctx context.Context, _ int) error { return sleep(ctx, time.Second) }
		content := random(100_000)
		var events []transfer.Event
		_, err := transfer.Upload(t.Context(), b, "name", bytes.NewReader(content),
			transfer.WithManager(&transfer.Manager{Requests: 1}), transfer.WithPartSize(10_000),
			transfer.WithProgress(func(e transfer.Event) { events = append(events, e) }))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := events[0].Remaining(); ok {
			t.Errorf("the first event knows what remains: %+v", events[0])
		}
		retries := 0
		for _, e := range events {
			if e.Retry != nil {
				retries++
				if e.Retry.Error() != "mem: reset" || e.Wait != time.Second || e.Throttled {
					t.Errorf("a retry is reported as %v, wait %v, throttled %v", e.Retry, e.Wait, e.Throttled)
				}
			}
			if e.Bytes != 50_000 || e.Retry != nil {
				continue
			}
			if math.Abs(e.Rate-10_000) > 2000 {
				t.Errorf("after 5 s the rate is %v bytes per second, want about 10000", e.Rate)
			}
			if left, ok := e.Remaining(); !ok || left < 4*time.Second || left > 6*time.Second {
				t.Errorf("after 5 of 10 s there remain %v, %v", left, ok)
			}
		}
		if retries != events[len(events)-1].Retries || retries != 21 {
			t.Errorf("%d retries in events of their own, and in the last one %d; want 21", retries, events[len(events)-1].Retries)
		}
	})
}
