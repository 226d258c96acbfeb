package sigv4

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

func trustedMAC(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	io.WriteString(h, text)
	return h.Sum(nil)
}

func TestMAC(t *testing.T) {
	for _, keySize := range []int{0, 1, 32, 63, 64, 65, 200} {
		for _, size := range []int{0, 1, 100, 447, 448, 449, 5000} {
			key, message := bytes.Repeat([]byte{'k'}, keySize), bytes.Repeat([]byte{'m'}, size)
			got := mac(key, message)
			if want := trustedMAC(key, string(message)); !bytes.Equal(got[:], want) {
				t.Errorf("mac of %d bytes with a key of %d: %x, want %x", size, keySize, got, want)
			}
		}
	}
}

func TestSigningKeyCache(t *testing.T) {
	var sg Signer
	base := params()
	sign := func(change func(*Params)) string {
		t.Helper()
		p := base
		change(&p)
		cached, err := sg.SignHeader(request(t, "GET", "https://h/"), p)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := new(Signer).SignHeader(request(t, "GET", "https://h/"), p)
		if err != nil {
			t.Fatal(err)
		}
		if cached.Signature() != fresh.Signature() {
			t.Errorf("%v: the signature by a key from the cache differs", p)
		}
		return cached.Signature()
	}
	changes := []func(*Params){
		func(*Params) {},
		func(p *Params) { p.SecretAccessKey = "other" },
		func(p *Params) { p.Region = "us-east-1" },
		func(p *Params) { p.Service = "s3express" },
		func(p *Params) { p.Time = p.Time.AddDate(0, 0, 1) },
		func(p *Params) { p.Time = p.Time.AddDate(0, 0, -1) },
	}
	seen := map[string]bool{}
	for range 2 {
		for _, change := range changes {
			seen[sign(change)] = true
		}
	}
	if len(seen) != len(changes) {
		t.Errorf("%d different signatures, want %d", len(seen), len(changes))
	}
	for i := range 2 * maxKeys {
		sign(func(p *Params) { p.Region = fmt.Sprint("region-", i) })
	}
	if n := len(*sg.keys.Load()); n != maxKeys {
		t.Errorf("%d keys are remembered, want %d", n, maxKeys)
	}
}

func TestSignerIsSafeForConcurrentUse(t *testing.T) {
	var sg Signer
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				p := params()
				p.Region = fmt.Sprint(i, j%7)
				req := &http.Request{URL: request(t, "GET", "https://h/").URL, Header: http.Header{"X-Amz-Meta-N": {p.Region}}}
				got, err := sg.SignHeader(req, p)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header = http.Header{"X-Amz-Meta-N": {p.Region}}
				want, err := new(Signer).SignHeader(req, p)
				if err != nil || got.Signature() != want.Signature() {
					t.Errorf("signatures differ under concurrency: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// benchRequest looks like a PutObject with a few headers.
func benchRequest(b testing.TB) (*http.Request, Params) {
	req := request(b, "PUT", "https://photos.s3.eu-central-1.amazonaws.com/2026/02/03/cat%20on%20mat.jpg?x-id=PutObject")
	req.Header = http.Header{
		"Content-Type":                 {"image/jpeg"},
		"User-Agent":                   {"entrepot/1"},
		"X-Amz-Checksum-Crc64nvme":     {"AAAAAAAAAAA="},
		"X-Amz-Sdk-Checksum-Algorithm": {"CRC64NVME"},
	}
	p := params()
	p.Time = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	return req, p
}

func TestSignHeaderAllocations(t *testing.T) {
	req, p := benchRequest(t)
	var sg Signer
	// The least of many runs: the pool may lose its scratch at any time, and
	// does so on purpose under the race detector.
	least := 1e9
	for range 50 {
		least = min(least, testing.AllocsPerRun(1, func() {
			if _, err := sg.SignHeader(req, p); err != nil {
				t.Fatal(err)
			}
		}))
	}
	if least > 6 {
		t.Errorf("SignHeader allocates %.0f times, want 6 or fewer", least)
	}
}

func BenchmarkSignHeader(b *testing.B) {
	req, p := benchRequest(b)
	var sg Signer
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sg.SignHeader(req, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPresign(b *testing.B) {
	req, p := benchRequest(b)
	p.PayloadHash = ""
	var sg Signer
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sg.Presign(req, p, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChunk(b *testing.B) {
	req, p := benchRequest(b)
	chain, err := new(Signer).SignHeader(req, p)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		chain.Chunk([sha256.Size]byte{})
	}
}

// TestSignText holds the signature of a form against the vendor's example:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
func TestSignText(t *testing.T) {
	policy := "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",\r\n" +
		"  \"conditions\": [\r\n" +
		"    {\"bucket\": \"sigv4examplebucket\"},\r\n" +
		"    [\"starts-with\", \"$key\", \"user/user1/\"],\r\n" +
		"    {\"acl\": \"public-read\"},\r\n" +
		"    {\"success_action_redirect\": \"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},\r\n" +
		"    [\"starts-with\", \"$Content-Type\", \"image/\"],\r\n" +
		"    {\"x-amz-meta-uuid\": \"14365123651274\"},\r\n" +
		"    {\"x-amz-server-side-encryption\": \"AES256\"},\r\n" +
		"    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],\r\n" +
		"\r\n" +
		"    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},\r\n" +
		"    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},\r\n" +
		"    {\"x-amz-date\": \"20151229T000000Z\" }\r\n" +
		"  ]\r\n" +
		"}"
	p := Params{
		AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		Region: "us-east-1", Service: "s3", Time: time.Date(2015, 12, 29, 0, 0, 0, 0, time.UTC),
	}
	var sg Signer
	if got, want := sg.SignText(p, base64.StdEncoding.EncodeToString([]byte(policy))), "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
	if got, want := p.Credential()+" "+p.Timestamp(), "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request 20151229T000000Z"; got != want {
		t.Errorf("credential and time are %s, want %s", got, want)
	}
}
