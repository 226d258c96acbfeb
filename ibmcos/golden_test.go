package ibmcos

import (
	"errors"
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
			in, out := filled(op.In, enums), filled(op.Out, enums)
			choose(in)
			status := http.StatusOK
			switch {
			case op.Op.Method == "DELETE", op.Op.Name == "PutBucketReplicationReattempt":
				status = http.StatusNoContent
			case op.Op.Name == "GetObject":
				status = http.StatusPartialContent
			}
			root := op.Op.Name + "Result"
			if op.Op.Name == "GetBucketLocation" {
				root = "LocationConstraint" // its document is the member itself
			}
			exchange := golden.Exchange{
				Name: op.Op.Name, In: in.Interface(), Out: out.Interface(), Status: status, Root: root,
				Call: func(h *http.Client) (any, error) {
					client, err := New(Config{
						Region:      "us-south",
						Credentials: credentials.Static("AKIDEXAMPLE", "secret", ""),
						HTTPClient:  h,
						Clock:       func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
					})
					if err != nil {
						return nil, err
					}
					call := reflect.ValueOf(client).MethodByName(op.Op.Name)
					results := call.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
					err, _ = results[1].Interface().(error)
					if errors.As(err, new(*DeleteObjectsError)) {
						err = nil // the answer has a failure, as it has everything
					}
					return results[0].Interface(), err
				},
			}
			exchange.Check(t, *update)
		})
	}
}

// filled returns a value with every member filled.
func filled(t reflect.Type, enums map[string][]string) reflect.Value {
	v := reflect.New(t)
	golden.Preset(v, CopySource("source", "a key+", "v/1"))
	golden.Fill(v.Interface(), enums)
	return v
}

// choose leaves one of the members that exclude each other.
func choose(in reflect.Value) {
	for _, name := range []string{"RetentionExpirationDate", "AdditionalRetentionPeriod", "ExtendRetentionFromCurrentTime", "NewRetentionPeriod"} {
		if field := in.Elem().FieldByName(name); field.IsValid() {
			field.SetZero()
		}
	}
}
