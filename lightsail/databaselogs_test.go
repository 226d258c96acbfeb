package lightsail

import (
	"context"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/paginator"
)

// TestDatabaseLogPages goes through a log, an entry a page. Beyond either end
// is an empty page with the token that asked for it.
func TestDatabaseLogPages(t *testing.T) {
	log := []string{"first", "second", "third"}
	call := func(_ context.Context, in *GetRelationalDatabaseLogEventsInput, _ ...Option) (*GetRelationalDatabaseLogEventsOutput, error) {
		fromHead := in.StartFromHead != nil && *in.StartFromHead
		at := 0 // a token is the number of entries before it
		if in.PageToken != "" {
			at, _ = strconv.Atoi(in.PageToken)
		} else if !fromHead {
			at = len(log)
		}
		begin, end := max(at-1, 0), at
		if fromHead {
			begin, end = at, min(at+1, len(log))
		}
		out := &GetRelationalDatabaseLogEventsOutput{NextBackwardToken: strconv.Itoa(begin), NextForwardToken: strconv.Itoa(end)}
		for _, message := range log[begin:end] {
			out.ResourceLogEvents = append(out.ResourceLogEvents, LogEvent{Message: message})
		}
		return out, nil
	}
	yes, no := true, false
	for name, test := range map[string]struct {
		fromHead *bool
		want     []string
	}{
		"by default from the newest": {want: []string{"third", "second", "first"}},
		"from the tail":              {fromHead: &no, want: []string{"third", "second", "first"}},
		"from the head":              {fromHead: &yes, want: []string{"first", "second", "third"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for event, err := range paginator.Items(t.Context(), call, &GetRelationalDatabaseLogEventsInput{StartFromHead: test.fromHead}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, event.Message)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}
