package lightsail

import (
	"reflect"
	"testing"
)

// TestEveryPageLeadsToTheNext finds an operation with page tokens that package
// paginator cannot follow.
func TestEveryPageLeadsToTheNext(t *testing.T) {
	paged := 0
	for _, op := range operations {
		out := reflect.New(op.Out)
		token := out.Elem().FieldByName("NextPageToken")
		if !token.IsValid() {
			continue
		}
		paged++
		t.Run(op.Op.Name, func(t *testing.T) {
			nextPage, items := out.MethodByName("NextPage"), out.MethodByName("Items")
			if !nextPage.IsValid() || !items.IsValid() {
				t.Fatal("NextPage or Items is missing")
			}
			next := reflect.New(op.In)
			for _, want := range []string{"more", ""} {
				token.SetString(want)
				results := nextPage.Call([]reflect.Value{next})
				sent := next.Elem().FieldByName("PageToken").String()
				if got, more := results[0].String(), results[1].Bool(); got != want || sent != want || more != (want != "") {
					t.Errorf("after token %q: NextPage = %q, %v and sends %q", want, got, more, sent)
				}
			}

			list := reflect.MakeSlice(items.Type().Out(0), 3, 3)
			for i := range op.Out.NumField() {
				if field := out.Elem().Field(i); field.Type() == list.Type() {
					field.Set(list)
				}
			}
			if n := items.Call(nil)[0].Len(); n != list.Len() {
				t.Errorf("%d of %d items", n, list.Len())
			}
		})
	}
	if paged == 0 {
		t.Error("no operation has pages")
	}
}
