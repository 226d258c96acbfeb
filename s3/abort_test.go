package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

// A server that was cut off in the midst of a part may store it after the
// upload has been aborted, which then has to be done again.
func TestAnUploadThatMayComeBackIsAbortedUntilItIsGone(t *testing.T) {
	tests := []struct {
		name string
		cut  bool // a part is cancelled on its way
		back int  // how often the upload is there again
		want int  // aborts
	}{
		{name: "no part was cut off", want: 1},
		{name: "a part was cut off", cut: true, back: 1, want: 2},
		{name: "it comes back twice", cut: true, back: 2, want: 3},
		{name: "the server always says that it is gone now", cut: true, back: 100, want: 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var aborts atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.Method {
				case http.MethodPost:
					_, _ = io.WriteString(w, `<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>`)
				case http.MethodPut:
					// The end of the connection is noticed only behind the body.
					_, _ = io.Copy(io.Discard, r.Body)
					cancel()
					<-r.Context().Done()
				case http.MethodDelete:
					if int(aborts.Add(1)) <= max(tt.back, 1) {
						w.WriteHeader(http.StatusNoContent)
						return
					}
					w.WriteHeader(http.StatusNotFound)
					_, _ = io.WriteString(w, `<Error><Code>NoSuchUpload</Code></Error>`)
				}
			}))
			defer srv.Close()
			client, err := s3.New(s3.Config{Endpoint: srv.URL, PathStyle: true, Credentials: credentials.Static("id", "secret", "")})
			if err != nil {
				t.Fatal(err)
			}
			defer client.CloseIdleConnections()
			up, err := client.Bucket("photos").Begin(ctx, "k", transfer.Attrs{Size: -1})
			if err != nil {
				t.Fatal(err)
			}
			if tt.cut {
				if _, err := up.Part(ctx, 1, strings.NewReader("part")); !errors.Is(err, context.Canceled) {
					t.Fatalf("Part = %v, want context.Canceled", err)
				}
			}
			if err := up.Abort(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := int(aborts.Load()); got != tt.want {
				t.Errorf("%d aborts, want %d", got, tt.want)
			}
		})
	}
}
