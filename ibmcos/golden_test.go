package ibmcos

import (
	"encoding/base64"
	"errors"
	"flag"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
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
			for _, v := range []reflect.Value{in, out} {
				presets(v)
				golden.Fill(v.Interface(), enums)
			}
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

// choose leaves one of the members that exclude each other.
func choose(in reflect.Value) {
	for _, name := range []string{"RetentionExpirationDate", "AdditionalRetentionPeriod", "ExtendRetentionFromCurrentTime", "NewRetentionPeriod"} {
		if field := in.Elem().FieldByName(name); field.IsValid() {
			field.SetZero()
		}
	}
}

// presets gives members values where not any value will do.
func presets(v reflect.Value) {
	expires := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	for name, value := range map[string]any{
		"Key":                      "a dir/é+%&'.txt",
		"ContentLength":            int64(len(golden.Body)),
		"Range":                    "bytes=0-11",
		"ContentRange":             "bytes 0-11/4096",
		"CopySource":               CopySource("source", "a key+", "v/1"),
		"SSECustomerKey":           entrepot.Secret(key),
		"CopySourceSSECustomerKey": entrepot.Secret(key),
		"Expires":                  expires,
		"ExpiresString":            expires.Format(http.TimeFormat),
	} {
		if field := v.Elem().FieldByName(name); field.IsValid() {
			field.Set(reflect.ValueOf(value))
		}
	}
}
