package ibmcos_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
)

// answer is what a server says.
type answer struct {
	status int
	header http.Header
	body   string
}

// canned makes a client whose requests get the answers of say, for those that the
// server of package storagetest does not give.
func canned(t testing.TB, say func(r *http.Request, body string) answer) *ibmcos.Client {
	return newClient(t, ibmcos.Config{
		Region: "us-south", Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: sayer(say)},
	})
}

type sayer func(r *http.Request, body string) answer

func (s sayer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		defer r.Body.Close()
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	a := s(r, string(body))
	if a.header == nil {
		a.header = http.Header{}
	}
	return &http.Response{
		StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}
