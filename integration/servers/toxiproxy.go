package servers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
)

var toxiproxy = program{name: "toxiproxy", pkg: "github.com/Shopify/toxiproxy/v2/cmd/server", version: "v2.5.0"}

// Proxy stands between a client and a server, and does to their connections
// what it is told.
type Proxy struct {
	URL string // where clients find the server

	api string
}

// Toxic is something the proxy does to connections; Attributes are those of
// toxiproxy's manual.
type Toxic struct {
	Type       string         `json:"type"`
	Stream     string         `json:"stream"` // upstream or downstream
	Attributes map[string]int `json:"attributes"`
}

// StartToxiproxy starts a toxiproxy in front of the server at target.
func StartToxiproxy(t testing.TB, target string) *Proxy {
	t.Helper()
	path := toxiproxy.build(t)
	line := func(addr, _ string) (args, env []string, err error) {
		u, err := url.Parse("http://" + addr)
		if err != nil {
			return nil, nil, err
		}
		return []string{"-host", u.Hostname(), "-port", u.Port()}, nil, nil
	}
	api := "http://" + start(t, path, line, answers(http.DefaultClient, "http", "/version"))
	upstream, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Listen string }
	call(t, http.MethodPost, api+"/proxies", map[string]any{"name": "s3", "listen": "127.0.0.1:0", "upstream": upstream.Host, "enabled": true}, &made)
	return &Proxy{URL: upstream.Scheme + "://" + made.Listen, api: api}
}

// Poison adds a toxic, until the function that it returns is called. While a
// connection is stuck because nobody reads from it, the proxy does neither.
func (p *Proxy) Poison(t testing.TB, toxic Toxic) (cure func()) {
	t.Helper()
	var made struct{ Name string }
	call(t, http.MethodPost, p.api+"/proxies/s3/toxics", toxic, &made)
	return func() { call(t, http.MethodDelete, p.api+"/proxies/s3/toxics/"+made.Name, nil, nil) }
}

// call speaks to the proxy's own API. It fails the test by Errorf, since it
// may run on any goroutine.
func call(t testing.TB, method, address string, in, out any) {
	t.Helper()
	if err := exchange(t.Context(), method, address, in, out); err != nil {
		t.Errorf("toxiproxy: %s %s: %v", method, address, err)
	}
}

func exchange(ctx context.Context, method, address string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", resp.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
