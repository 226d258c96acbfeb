// Command floor does the work with bare net/http: nothing is signed, no answer
// is decoded. No client can be faster by much.
package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Lightsail, error) {
		return &floor{client.Bare(t), t.Endpoint}, nil
	})
}

type floor struct {
	http     *client.HTTP
	endpoint string
}

// Headers that all clients send.
var (
	target   = []string{client.GetBuckets}
	jsonType = []string{client.LightsailJSON}
)

// Buckets does not look how many there are.
func (f *floor) Buckets(ctx context.Context) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.endpoint+"/", strings.NewReader("{}"))
	if err != nil {
		return 0, err
	}
	r.Header["X-Amz-Target"] = target
	r.Header["Content-Type"] = jsonType
	_, err = f.http.Do(r, client.Discard)
	return client.PageKeys, err
}
