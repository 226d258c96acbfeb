package lightsail

import (
	"reflect"
	"testing"

	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
)

// TestPaging asks every output that has a token for the request of the next
// page. The model tells of some such operations only.
func TestPaging(t *testing.T) {
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	for _, op := range operations {
		from, sent := op.In.FieldByName("PageToken")
		to, received := op.Out.FieldByName("NextPageToken")
		if !sent || !received {
			continue
		}
		pages++
		t.Run(op.Op.Name, func(t *testing.T) {
			in, out := reflect.New(op.In), reflect.New(op.Out)
			items, next := out.MethodByName("Items"), out.MethodByName("NextPage")
			if !items.IsValid() || !next.IsValid() {
				t.Fatal("the output has no methods Items and NextPage")
			}
			if got := next.Call([]reflect.Value{in}); got[0].String() != "" || got[1].Bool() {
				t.Errorf("the last page is followed by %q, %v", got[0], got[1])
			}
			golden.Fill(out.Interface(), enums)
			want := out.Elem().FieldByIndex(to.Index).String()
			got := next.Call([]reflect.Value{in})
			if asked := in.Elem().FieldByIndex(from.Index).String(); got[0].String() != want || !got[1].Bool() || asked != want {
				t.Errorf("page %q is followed by %q, %v, and asked for by %q", want, got[0], got[1], asked)
			}
			if items.Call(nil)[0].Len() == 0 {
				t.Error("a full page has no items")
			}
		})
	}
	if pages < 10 {
		t.Errorf("%d operations have pages", pages)
	}
}
