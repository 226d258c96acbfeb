package strangers

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	entrepotb2 "github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// ourB2 is our own client beside a stranger's.
func ourB2(t *testing.T, srv *storagetest.B2) *entrepotb2.Client {
	t.Helper()
	client, err := entrepotb2.New(srv.Config())
	must(t, err)
	return client
}

// wantB2Content has our client read what a stranger wrote.
func wantB2Content(t *testing.T, srv *storagetest.B2, bucket, name string, want []byte) {
	t.Helper()
	var got bytes.Buffer
	_, err := transfer.DownloadTo(t.Context(), ourB2(t, srv).Bucket(bucket), name, &got)
	if err != nil {
		t.Errorf("our client on %s: %v", name, err)
		return
	}
	wantBytes(t, "our client on "+name, got.Bytes(), want)
}

// wantRefusal holds that the server refused something so: "401", or
// "b2_upload_file 503".
func wantRefusal(t *testing.T, srv *storagetest.B2, want string) {
	t.Helper()
	got := refusals(srv.Server)
	if !slices.ContainsFunc(got, func(r string) bool { return strings.HasSuffix(r, want) }) {
		t.Errorf("refusals %q, want one that is %s", got, want)
	}
}

// succeeded is how often a call was made with success.
func succeeded(srv *storagetest.B2, operation string) int {
	return count(srv, operation, 200) + count(srv, operation, 206)
}

// count is how often a call was answered with a status.
func count(srv *storagetest.B2, operation string, status int) (n int) {
	for _, r := range srv.Requests() {
		if r.Operation == operation && r.Status == status {
			n++
		}
	}
	return n
}

// fetch is a plain GET, as a browser sends it.
func fetch(t *testing.T, srv *storagetest.B2, address, token string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	must(t, err)
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	resp, err := srv.Client().Do(r)
	must(t, err)
	defer resp.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(resp.Body)
	must(t, err)
	return resp.StatusCode, resp.Header, text.String()
}
