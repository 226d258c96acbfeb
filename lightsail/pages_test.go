package lightsail

import (
	"reflect"
	"testing"
)

// TestPages makes the request for the second page of every operation that takes
// a page token, also of those that the model does not list as paginated.
func TestPages(t *testing.T) {
	paged := 0
	for _, op := range operations {
		if _, ok := op.In.FieldByName("PageToken"); !ok {
			continue
		}
		paged++
		t.Run(op.Op.Name, func(t *testing.T) {
			page := reflect.New(op.Out)
			items, nextPage := page.MethodByName("Items"), page.MethodByName("NextPage")
			if !items.IsValid() || !nextPage.IsValid() {
				t.Fatalf("%s lacks Items or NextPage", op.Out.Name())
			}
			next := func() (sent, token string, more bool) {
				request := reflect.New(op.In)
				results := nextPage.Call([]reflect.Value{request})
				return request.Elem().FieldByName("PageToken").String(), results[0].String(), results[1].Bool()
			}
			if sent, token, more := next(); sent != "" || token != "" || more {
				t.Errorf("after the last page: NextPage = %q, %v and sends %q", token, more, sent)
			}

			// Logs of databases are read backwards unless told otherwise.
			for _, name := range []string{"NextPageToken", "NextBackwardToken"} {
				if f := page.Elem().FieldByName(name); f.IsValid() {
					f.SetString("second")
				}
			}
			if sent, token, more := next(); sent != "second" || token != "second" || !more {
				t.Errorf("after the first page: NextPage = %q, %v and sends %q", token, more, sent)
			}

			lists := 0
			for i := range op.Out.NumField() {
				if f := page.Elem().Field(i); f.Kind() == reflect.Slice {
					lists++
					f.Set(reflect.MakeSlice(f.Type(), 3, 3))
				}
			}
			if n := items.Call(nil)[0].Len(); lists != 1 || n != 3 {
				t.Errorf("Items has %d items of the 3 in each of %d lists", n, lists)
			}
		})
	}
	if paged == 0 {
		t.Error("no operation has pages")
	}
}
