package lightsail

import (
	"flag"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden makes every operation with every member filled.
func TestGolden(t *testing.T) {
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range operations {
		t.Run(op.Op.Name, func(t *testing.T) {
			in, out := reflect.New(op.In), reflect.New(op.Out)
			golden.Fill(in.Interface(), enums)
			golden.Fill(out.Interface(), enums)
			exchange := golden.Exchange{
				Name: op.Op.Name, In: in.Interface(), Out: out.Interface(), Status: http.StatusOK,
				Call: func(h *http.Client) (any, error) {
					client, err := New(Config{
						Region:      "us-west-2",
						Credentials: credentials.Static("AKIDEXAMPLE", "secret", "session"),
						HTTPClient:  h,
						Clock:       func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
					})
					if err != nil {
						return nil, err
					}
					call := reflect.ValueOf(client).MethodByName(op.Op.Name)
					results := call.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
					err, _ = results[1].Interface().(error)
					return results[0].Interface(), err
				},
			}
			exchange.Check(t, *update)
		})
	}
}
