package b2

import (
	"context"
	"testing"
	"testing/synctest"
)

// TestLookupThatLandsWithWhatWasRefused joins a flight that was begun for the sake of
// an older value, and found that somebody else had replaced it.
func TestLookupThatLandsWithWhatWasRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, refused, fresh := newAccount(), new(authorization), new(authorization)
		l.value.Store(refused)
		joined := make(chan struct{})
		l.flight.DoChan("", func() (any, error) {
			<-joined
			return refused, nil
		})
		go func() {
			got, err := l.get(t.Context(), refused, func(context.Context) (*authorization, error) { return fresh, nil })
			if err != nil || got != fresh {
				t.Errorf("get = %p, %v, want %p and not %p", got, err, fresh, refused)
			}
		}()
		synctest.Wait()
		close(joined)
		synctest.Wait()
	})
}
