package transport

import (
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func get(t *testing.T, rt http.RoundTripper, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(r)
	if err == nil {
		t.Cleanup(func() { resp.Body.Close() })
	}
	return resp, err
}

func tlsServer(t *testing.T) (url, bundle string) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Proto", r.Proto)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	s.Config.ErrorLog = nil
	bundle = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(bundle, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL, bundle
}

func TestBundle(t *testing.T) {
	url, bundle := tlsServer(t)

	t.Setenv("AWS_CA_BUNDLE", bundle)
	l := &Lazy{}
	l.CloseIdleConnections() // before the first request, and without harm to it
	resp, err := get(t, l, url)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Proto"); got != "HTTP/1.1" {
		t.Errorf("the protocol is %s", got)
	}
	l.CloseIdleConnections()

	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	for name, want := range map[string]string{empty: "empty.pem holds no certificate", "/does/not/exist": "AWS_CA_BUNDLE: open /does/not/exist"} {
		t.Setenv("AWS_CA_BUNDLE", name)
		l := &Lazy{}
		_, err := get(t, l, url)
		var bad *BundleError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the error reads as if an object did not exist", name)
		}
		if _, err := get(t, l, plain.URL); err != nil {
			t.Errorf("%s: a server without TLS: %v", name, err)
		}
		l.CloseIdleConnections()
	}
}

// TestBundleOfACaller goes before the environment's.
func TestBundleOfACaller(t *testing.T) {
	url, bundle := tlsServer(t)
	t.Setenv("AWS_CA_BUNDLE", "/does/not/exist")
	named := func(file string) *Lazy {
		return &Lazy{Bundle: func() (string, string, error) { return file, "ca_bundle of x", nil }}
	}
	if _, err := get(t, named(bundle), url); err != nil {
		t.Error(err)
	}
	if _, err := get(t, named("/none"), url); err == nil || !strings.HasPrefix(err.Error(), "ca_bundle of x: open /none") {
		t.Errorf("error %v, want one that names the setting", err)
	}
	broken := errors.New("broken")
	if _, err := get(t, &Lazy{Bundle: func() (string, string, error) { return "", "", broken }}, url); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestDirect(t *testing.T) {
	proxied, direct := &Lazy{}, &Lazy{Direct: true}
	proxied.init()
	direct.init()
	if proxied.proxies == nil || direct.proxies != nil {
		t.Error("a transport does not use proxies as it should")
	}
}

// TestBundleWaitsForTLS: what speaks in the clear does not pay for it.
func TestBundleWaitsForTLS(t *testing.T) {
	secure, bundle := tlsServer(t)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	read := 0
	l := &Lazy{Bundle: func() (string, string, error) { read++; return bundle, "x", nil }}
	defer l.CloseIdleConnections()
	for _, tt := range []struct {
		url  string
		want int
	}{{plain.URL, 0}, {secure, 1}, {plain.URL, 1}, {secure, 1}} {
		if _, err := get(t, l, tt.url); err != nil {
			t.Error(err)
		}
		if read != tt.want {
			t.Errorf("after %s the bundle has been read %d times, want %d", tt.url, read, tt.want)
		}
	}

	l = &Lazy{Bundle: func() (string, string, error) { return "/none", "x", nil }}
	l.init()
	l.proxies = func(*http.Request) (*url.URL, error) { return url.Parse("https://proxy.example") }
	if _, err := get(t, l, plain.URL); !errors.As(err, new(*BundleError)) {
		t.Errorf("by way of a proxy with TLS: %v, want a *BundleError", err)
	}
}

func TestStrangersAreNotTrusted(t *testing.T) {
	url, _ := tlsServer(t)
	t.Setenv("AWS_CA_BUNDLE", "")
	if _, err := get(t, &Lazy{}, url); err == nil {
		t.Error("a certificate of nobody's was accepted")
	}
}

func TestBodiesComeAsStored(t *testing.T) {
	var stored bytes.Buffer
	z := gzip.NewWriter(&stored)
	z.Write([]byte("text"))
	z.Close()
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header["Accept-Encoding"]
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(stored.Bytes())
	}))
	defer s.Close()
	tr := New()
	defer tr.CloseIdleConnections()
	resp, err := get(t, tr, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(resp.Body); !bytes.Equal(got, stored.Bytes()) || asked != nil {
		t.Errorf("%d bytes of %d, asked for %q", len(got), stored.Len(), asked)
	}
}
