package observe

import "testing"

func TestFrom(t *testing.T) {
	if From(t.Context()) != nil {
		t.Error("there is an observer where none was put")
	}
	outer, inner := &Observer{}, &Observer{}
	ctx := With(With(t.Context(), outer), inner)
	if From(ctx) != inner {
		t.Error("the observer is not the one that was put there last")
	}
}
