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

const b2KeyID = "002strangerkey"

func newB2(t *testing.T) *storagetest.B2 {
	t.Helper()
	srv := storagetest.NewB2(storagetest.WithCredentials(b2KeyID, secret))
	t.Cleanup(srv.Close)
	return srv
}

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

// b2Rows lists the versions of a bucket as our client sees them: action, name.
func b2Rows(t *testing.T, srv *storagetest.B2, name string) (rows []string) {
	t.Helper()
	out, err := ourB2(t, srv).ListFileVersions(t.Context(), &entrepotb2.ListFileVersionsInput{BucketId: b2BucketID(t, srv, name), MaxFileCount: 1000})
	must(t, err)
	for _, f := range out.Files {
		rows = append(rows, string(f.Action)+" "+f.FileName)
	}
	return rows
}

func b2BucketID(t *testing.T, srv *storagetest.B2, name string) string {
	t.Helper()
	out, err := ourB2(t, srv).ListBuckets(t.Context(), &entrepotb2.ListBucketsInput{BucketName: name})
	must(t, err)
	if len(out.Buckets) != 1 {
		t.Fatalf("%d buckets are called %s", len(out.Buckets), name)
	}
	return out.Buckets[0].BucketId
}
