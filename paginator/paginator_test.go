package paginator_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/paginator"
)

// The stand-ins have the shape of a provider's package: a client with
// methods, options, an input with a token, an output with pointer methods.
type (
	option  func(*int)
	listIn  struct{ Prefix, Token string }
	listOut struct {
		Names     []string
		NextToken string
		Truncated bool
	}
	client struct {
		pages map[string]listOut // by the token that asks for them
		fail  map[string]error
		calls []listIn
		opts  int
	}
)

func (o *listOut) NextPage(next *listIn) (string, bool) {
	next.Token = o.NextToken
	return o.NextToken, o.Truncated
}

func (o *listOut) Items() []string { return o.Names }

func (c *client) List(_ context.Context, in *listIn, opts ...option) (*listOut, error) {
	c.calls = append(c.calls, *in)
	c.opts = len(opts)
	if err := c.fail[in.Token]; err != nil {
		return nil, err
	}
	out := c.pages[in.Token]
	return &out, nil
}

// counter lists by number and has no options that could be confused with
// those of client.
type counter struct{}
type countIn struct{ From int }
type countOut struct{ n []int }

func (o countOut) NextPage(next *countIn) (string, bool) {
	next.From += len(o.n)
	return strconv.Itoa(next.From), next.From < 6
}

func (o countOut) Items() []int { return o.n }

func (counter) Count(_ context.Context, in *countIn, _ ...func(*string)) (countOut, error) {
	return countOut{n: []int{in.From, in.From + 1}}, nil
}

func threePages() *client {
	return &client{pages: map[string]listOut{
		"":  {Names: []string{"a", "b"}, NextToken: "2", Truncated: true},
		"2": {NextToken: "3", Truncated: true}, // an empty page is not the end
		"3": {Names: []string{"c"}, NextToken: "left over"},
	}}
}

func TestItems(t *testing.T) {
	c := threePages()
	in := &listIn{Prefix: "p"}
	seq := paginator.Items(t.Context(), c.List, in, func(*int) {})
	in.Prefix = "changed after the call"

	for range 2 { // ranging again starts over
		c.calls = nil
		var got []string
		for name, err := range seq {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, name)
		}
		if diff := cmp.Diff([]string{"a", "b", "c"}, got); diff != "" {
			t.Errorf("Items (-want +got):\n%s", diff)
		}
		wantCalls := []listIn{{"p", ""}, {"p", "2"}, {"p", "3"}}
		if diff := cmp.Diff(wantCalls, c.calls); diff != "" {
			t.Errorf("inputs (-want +got):\n%s", diff)
		}
	}
	if in.Token != "" {
		t.Errorf("the caller's input got the token %q", in.Token)
	}
	if c.opts != 1 {
		t.Errorf("the call got %d options, want 1", c.opts)
	}
}

func TestItemsOfValueOutput(t *testing.T) {
	sum := 0
	for n, err := range paginator.Items(t.Context(), counter{}.Count, &countIn{}) {
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	if sum != 0+1+2+3+4+5 {
		t.Errorf("sum of items = %d, want 15", sum)
	}
}

func TestNilInputIsTheZeroInput(t *testing.T) {
	c := threePages()
	n := 0
	for _, err := range paginator.Pages(t.Context(), c.List, nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d pages, want 3", n)
	}
}

func TestBeginsAtTheTokenOfTheInput(t *testing.T) {
	c := threePages()
	for _, err := range paginator.Pages(t.Context(), c.List, &listIn{Token: "3"}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]listIn{{Token: "3"}}, c.calls); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

func TestBreakStopsAsking(t *testing.T) {
	c := threePages()
	for range paginator.Items(t.Context(), c.List, &listIn{}) {
		break
	}
	for range paginator.Pages(t.Context(), c.List, &listIn{}) {
		break
	}
	if len(c.calls) != 2 {
		t.Errorf("%d calls for two loops left at once, want 2", len(c.calls))
	}
}

func TestErrors(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name  string
		pages map[string]listOut
		fail  map[string]error
		items string // all items before the error
		err   string
	}{
		{
			name:  "call fails on the second page",
			pages: map[string]listOut{"": {Names: []string{"a"}, NextToken: "2", Truncated: true}},
			fail:  map[string]error{"2": broken},
			items: "a",
			err:   "broken",
		},
		{
			name: "same token twice in a row",
			pages: map[string]listOut{
				"":  {Names: []string{"a"}, NextToken: "2", Truncated: true},
				"2": {Names: []string{"b"}, NextToken: "2", Truncated: true},
			},
			items: "ab",
			err:   `page token "2" a second time`,
		},
		{
			name: "tokens in a circle",
			pages: map[string]listOut{
				"":  {Names: []string{"a"}, NextToken: "2", Truncated: true},
				"2": {Names: []string{"b"}, NextToken: "3", Truncated: true},
				"3": {Names: []string{"c"}, NextToken: "2", Truncated: true},
			},
			items: "abc",
			err:   `page token "2" a second time`,
		},
		{
			name:  "more without a token",
			pages: map[string]listOut{"": {Names: []string{"a"}, Truncated: true}},
			items: "a",
			err:   "no token",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &client{pages: tt.pages, fail: tt.fail}
			var items strings.Builder
			var last error
			for name, err := range paginator.Items(t.Context(), c.List, &listIn{}) {
				if last != nil {
					t.Fatalf("Items went on after the error %v", last)
				}
				items.WriteString(name)
				last = err
			}
			if items.String() != tt.items {
				t.Errorf("Items = %q, want %q", items.String(), tt.items)
			}
			if last == nil || !strings.Contains(last.Error(), tt.err) {
				t.Errorf("error = %v, want one with %q", last, tt.err)
			}
			if tt.fail != nil && last != broken {
				t.Errorf("error = %v, want the call's own", last)
			}
		})
	}
}
