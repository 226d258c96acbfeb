package s3

import (
	"errors"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
)

// FuzzAnswer gives a client whatever a server may answer to any operation.
func FuzzAnswer(f *testing.F) {
	enums, err := apidrift.Enums(".")
	if err != nil {
		f.Fatal(err)
	}
	inputs := make(map[string]reflect.Type)
	answers := golden.Answers{
		Input: func(operation string) reflect.Value {
			in := filled(inputs[operation], enums)
			return in
		},
		Client: func(rt http.RoundTripper) (any, error) {
			return New(Config{
				Region: "us-west-2", Endpoint: "http://127.0.0.1", Server: ServerAWS, Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: rt},
				Retry: entrepot.Retry{MaxAttempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond},
			})
		},
		Operation: func(err error) string {
			var e *Error
			if !errors.As(err, &e) {
				return ""
			}
			return e.Operation
		},
		Partly: func(err error) bool {
			var e *DeleteObjectsError
			return errors.As(err, &e) && len(e.Errors) > 0
		},
	}
	for _, op := range operations {
		inputs[op.Op.Name] = op.In
		answers.Operations = append(answers.Operations, op.Op.Name)
	}
	answers.Fuzz(f)
}
