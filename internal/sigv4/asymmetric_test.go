package sigv4

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	exampleID     = "AKISORANDOMAASORANDOM"
	exampleSecret = "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom"
)

// TestDerivedKey holds the key of a credential against a published one.
func TestDerivedKey(t *testing.T) {
	k, err := deriveKey(exampleID, exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if want := "7fd3bd010c0d9c292141c2b77bfbde1042c92e6836fff749d1269ec890fca1bd"; hex.EncodeToString(got) != want {
		t.Errorf("the private key is %x, want %s", got, want)
	}
}

// verified verifies a signature over lines as whoever has the public key does.
func verified(t *testing.T, signature string, lines ...string) bool {
	t.Helper()
	k, err := deriveKey(exampleID, exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	der, err := hex.DecodeString(signature)
	if err != nil {
		t.Fatalf("signature %q: %v", signature, err)
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return ecdsa.VerifyASN1(&k.PublicKey, sum[:], der)
}

func hashOf(lines ...string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, "\n"))))
}

func paramsA() Params {
	return Params{
		AccessKeyID: exampleID, SecretAccessKey: exampleSecret, SessionToken: "token",
		Region: "us-west-2", RegionSet: "*", Service: "s3",
		Time: time.Date(2026, 2, 3, 3, 5, 6, 0, time.UTC), PayloadHash: Asymmetric(StreamingPayloadTrailer), PayloadHashHeader: true,
	}
}

// TestAsymmetricHeader verifies the signature of a request, of its chunks and of
// its trailer.
func TestAsymmetricHeader(t *testing.T) {
	req := request(t, "PUT", "https://mine.mrap.accesspoint.s3-global.amazonaws.com/a%20b?versionId=1")
	req.Header.Set("X-Amz-Region-Set", "us-east-1") // is replaced
	var sg Signer
	chain, err := sg.SignHeader(req, paramsA())
	if err != nil {
		t.Fatal(err)
	}
	const payload = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"
	canonical := hashOf("PUT", "/a%20b", "versionId=1",
		"host:mine.mrap.accesspoint.s3-global.amazonaws.com", "x-amz-content-sha256:"+payload,
		"x-amz-date:20260203T030506Z", "x-amz-region-set:*", "x-amz-security-token:token", "",
		"host;x-amz-content-sha256;x-amz-date;x-amz-region-set;x-amz-security-token", payload)
	if !verified(t, chain.Signature(), "AWS4-ECDSA-P256-SHA256", "20260203T030506Z", "20260203/s3/aws4_request", canonical) {
		t.Error("the signature of the request is wrong")
	}
	want := "AWS4-ECDSA-P256-SHA256 Credential=" + exampleID + "/20260203/s3/aws4_request, " +
		"SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-region-set;x-amz-security-token, Signature=" + chain.Signature()
	if got := req.Header.Get("Authorization"); got != want {
		t.Errorf("Authorization: %s, want %s", got, want)
	}
	if got := req.Header.Values("X-Amz-Region-Set"); len(got) != 1 || got[0] != "*" {
		t.Errorf("X-Amz-Region-Set: %q", got)
	}

	for _, data := range []string{"first", "second", ""} {
		before, sum := chain.Signature(), sha256.Sum256([]byte(data))
		sent := string(chain.Chunk(sum))
		if len(sent) != AsymmetricSize || strings.TrimRight(sent, "*") != chain.Signature() {
			t.Errorf("the signature of chunk %q is sent as %q", data, sent)
		}
		if !verified(t, chain.Signature(), "AWS4-ECDSA-P256-SHA256-PAYLOAD", "20260203T030506Z", "20260203/s3/aws4_request",
			before, EmptyPayload, hex.EncodeToString(sum[:])) {
			t.Errorf("the signature of chunk %q is wrong", data)
		}
	}
	before, line := chain.Signature(), "x-amz-checksum-crc32:AAAAAA==\n"
	sent := string(chain.Trailer(sha256.Sum256([]byte(line))))
	if len(sent) != AsymmetricSize || !verified(t, strings.TrimRight(sent, "*"), "AWS4-ECDSA-P256-SHA256-TRAILER", "20260203T030506Z", "20260203/s3/aws4_request", before, hashOf(line)) {
		t.Errorf("the signature of the trailer, %q, is wrong", sent)
	}
}

func TestAsymmetricQuery(t *testing.T) {
	p := paramsA()
	p.PayloadHash, p.PayloadHashHeader = "", false
	req := request(t, "GET", "https://mine.mrap.accesspoint.s3-global.amazonaws.com/k?X-Amz-Region-Set=us-east-1")
	if _, err := new(Signer).Presign(req, p, time.Hour); err != nil {
		t.Fatal(err)
	}
	query, signature, _ := strings.Cut(req.URL.RawQuery, "&X-Amz-Signature=")
	want := "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Credential=" + url.QueryEscape(exampleID+"/20260203/s3/aws4_request") +
		"&X-Amz-Date=20260203T030506Z&X-Amz-Expires=3600&X-Amz-Region-Set=%2A&X-Amz-Security-Token=token&X-Amz-SignedHeaders=host"
	if query != want {
		t.Errorf("query %s, want %s", query, want)
	}
	canonical := hashOf("GET", "/k", want, "host:mine.mrap.accesspoint.s3-global.amazonaws.com", "", "host", UnsignedPayload)
	if !verified(t, signature, "AWS4-ECDSA-P256-SHA256", "20260203T030506Z", "20260203/s3/aws4_request", canonical) {
		t.Error("the signature is wrong")
	}
}

// TestPrivateKeysAreKept derives the key of a credential once, and keeps a
// bounded number.
func TestPrivateKeysAreKept(t *testing.T) {
	var sg Signer
	first, err := sg.asymmetricKey(exampleID, exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := sg.asymmetricKey(exampleID, exampleSecret); again != first {
		t.Error("the key was derived twice")
	}
	if other, _ := sg.asymmetricKey(exampleID, "other"); other.Equal(first) {
		t.Error("another secret has the same key")
	}
	for i := range 2 * maxKeys {
		if _, err := sg.asymmetricKey(fmt.Sprint(i), "secret"); err != nil {
			t.Fatal(err)
		}
	}
	if len(sg.private) != maxKeys {
		t.Errorf("%d keys are kept, want %d", len(sg.private), maxKeys)
	}
}

func BenchmarkSignAsymmetric(b *testing.B) {
	req, p := benchRequest(b)
	p.RegionSet = "*"
	var sg Signer
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sg.SignHeader(req, p); err != nil {
			b.Fatal(err)
		}
	}
}
