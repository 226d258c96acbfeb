package pipeline

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/internal/sigv4"
)

// The benchmarks make the calls of a small object with everything a call of S3
// has: typed input and output, a signature, retries, the guard. The bare ones
// are the same requests by net/http alone.

const smallObject = 1 << 10

func benchServer(b *testing.B) (*http.Transport, string) {
	data := pattern(smallObject)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Etag", `"x"`)
			return
		}
		w.Header().Set("Etag", `"x"`)
		w.Write(data)
	}))
	t := &http.Transport{DisableCompression: true}
	b.Cleanup(func() {
		t.CloseIdleConnections()
		s.Close()
	})
	return t, strings.TrimPrefix(s.URL, "http://")
}

func benchRig(b *testing.B) *rig {
	t, host := benchServer(b)
	signer := &sigv4.Signer{}
	r := newRigOn(&wire{}, host, func(o *Options) { o.Transport = t })
	r.sign = func(c *Call, req *http.Request) error {
		_, err := signer.SignHeader(req, sigv4.Params{
			AccessKeyID: "AKID", SecretAccessKey: "SECRET", Region: "us-east-1", Service: "s3",
			Time: c.Now(), PayloadHash: sigv4.UnsignedPayload, PayloadHashHeader: true,
		})
		return err
	}
	return r
}

func BenchmarkPut(b *testing.B) {
	r := benchRig(b)
	data := pattern(smallObject)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.do(b.Context(), opPut, &input{Key: "photos/cat.jpg", Body: bytes.NewReader(data)}, new(output)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPutBare(b *testing.B) {
	t, host := benchServer(b)
	client := &http.Client{Transport: t}
	data := pattern(smallObject)
	b.ReportAllocs()
	for b.Loop() {
		req, _ := http.NewRequestWithContext(b.Context(), http.MethodPut, "http://"+host+"/photos/cat.jpg", bytes.NewReader(data))
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

func BenchmarkGet(b *testing.B) {
	r := benchRig(b)
	b.ReportAllocs()
	for b.Loop() {
		var out streamOutput
		if err := r.do(b.Context(), opGet, &input{Key: "photos/cat.jpg"}, &out); err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, out.Body); n != smallObject || err != nil {
			b.Fatal(n, err)
		}
		out.Body.Close()
	}
}

func BenchmarkGetBare(b *testing.B) {
	t, host := benchServer(b)
	client := &http.Client{Transport: t}
	b.ReportAllocs()
	for b.Loop() {
		req, _ := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+host+"/photos/cat.jpg", nil)
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

// BenchmarkGuard is what every read of a body costs on top.
func BenchmarkGuard(b *testing.B) {
	g := guard{after: DefaultStall, cancel: func(error) {}}
	for b.Loop() {
		g.resume()
		g.pause()
	}
	g.end()
}
