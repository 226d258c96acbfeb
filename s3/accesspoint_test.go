package s3_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

const multiRegion = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"

// asymmetric is a published credential; its private key for SigV4A is known.
func asymmetric(t *testing.T) (credentials.Provider, *ecdsa.PublicKey) {
	t.Helper()
	raw, err := hex.DecodeString("7fd3bd010c0d9c292141c2b77bfbde1042c92e6836fff749d1269ec890fca1bd")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return credentials.Static("AKISORANDOMAASORANDOM", "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom", ""), &key.PublicKey
}

// verify verifies a signature over the lines of a string to sign.
func verify(t *testing.T, key *ecdsa.PublicKey, what, signature string, lines ...string) {
	t.Helper()
	der, err := hex.DecodeString(signature)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	if err != nil || !ecdsa.VerifyASN1(key, sum[:], der) {
		t.Errorf("the signature of %s, %q, is wrong", what, signature)
	}
}

func hashOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// TestMultiRegionChunks verifies each signature of a body that is signed while
// it is sent.
func TestMultiRegionChunks(t *testing.T) {
	provider, key := asymmetric(t)
	content := strings.Repeat("0123456789abcdef", 20<<10)
	n := &recorder{}
	var body []byte
	n.before = func(r *http.Request) { body, _ = io.ReadAll(r.Body) }
	c := n.client(t, s3.Config{
		Region: "us-east-1", Endpoint: "http://gateway.example", Server: s3.ServerAWS, Credentials: provider,
		Clock: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
	})
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: multiRegion, Key: "k", Body: strings.NewReader(content), ChecksumAlgorithm: s3.ChecksumAlgorithmCrc32})
	r := n.requests[0]
	if r.URL.Host != "mfzwi23gnjvgw.mrap.gateway.example" || r.ContentLength != int64(len(body)) ||
		r.Header.Get("X-Amz-Content-Sha256") != "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER" {
		t.Fatalf("%d bytes to %s as %s, announced %d", len(body), r.URL.Host, r.Header.Get("X-Amz-Content-Sha256"), r.ContentLength)
	}
	const stamp, scope = "20260301T120000Z", "20260301/s3/aws4_request"
	_, previous, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	in := bufio.NewReader(strings.NewReader(string(body)))
	line := func() string {
		text, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(text, "\r\n")
	}
	var got strings.Builder
	for size := int64(-1); size != 0; {
		digits, padded, _ := strings.Cut(line(), ";chunk-signature=")
		size, _ = strconv.ParseInt(digits, 16, 64)
		data := make([]byte, size)
		if _, err := io.ReadFull(in, data); err != nil {
			t.Fatal(err)
		}
		signature := strings.TrimRight(padded, "*")
		verify(t, key, fmt.Sprintf("the chunk at %d", got.Len()), signature, "AWS4-ECDSA-P256-SHA256-PAYLOAD", stamp, scope, previous, hashOf(""), hashOf(string(data)))
		previous = signature
		got.Write(data)
		if size > 0 {
			line()
		}
	}
	trailer := line()
	signature := strings.TrimRight(strings.TrimPrefix(line(), "x-amz-trailer-signature:"), "*")
	verify(t, key, "the trailer", signature, "AWS4-ECDSA-P256-SHA256-TRAILER", stamp, scope, previous, hashOf(trailer+"\n"))
	if got.String() != content || !strings.HasPrefix(trailer, "x-amz-checksum-crc32:") {
		t.Errorf("%d bytes with the trailer %q", got.Len(), trailer)
	}
}

// TestPresignMultiRegion verifies the signature in a query.
func TestPresignMultiRegion(t *testing.T) {
	provider, key := asymmetric(t)
	c := (&recorder{}).client(t, s3.Config{Region: "us-east-1", Credentials: provider, Clock: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }})
	p, err := s3.Presign(t.Context(), c.GetObject, &s3.GetObjectInput{Bucket: multiRegion, Key: "a b"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	address, query, _ := strings.Cut(p.URL, "?")
	query, signature, _ := strings.Cut(query, "&X-Amz-Signature=")
	if address != "https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/a%20b" || !strings.Contains(query, "X-Amz-Region-Set=%2A&") {
		t.Errorf("presigned %s", p.URL)
	}
	canonical := strings.Join([]string{"GET", "/a%20b", query, "host:mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com", "", "host", "UNSIGNED-PAYLOAD"}, "\n")
	verify(t, key, "the query", signature, "AWS4-ECDSA-P256-SHA256", "20260301T120000Z", "20260301/s3/aws4_request", hashOf(canonical))
}

// TestAccessPoint reaches the bucket behind an access point by its ARN.
func TestAccessPoint(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithAccountID("123456789012"), storagetest.WithInMemory()) // whose host has names under it
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos", AccessPoints: []string{"mine"}})
	config := srv.Config()
	config.PathStyle = false
	c := newClient(t, config)
	const arn = "arn:aws:s3:us-east-1:123456789012:accesspoint/mine"
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: arn, Key: "mine/k", Body: strings.NewReader("content")})
	if got := get(t, newClient(t, srv.Config()), "mine/k"); got != "content" {
		t.Errorf("the bucket has %q", got)
	}
}

// TestAddressRefusals names what the published cases do not have.
func TestAddressRefusals(t *testing.T) {
	const arn = "arn:aws:s3:us-west-2:123456789012:accesspoint/mine"
	alias := "test-accessp-o0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3"
	for _, test := range []struct {
		name, bucket string
		config       s3.Config
		want         string
	}{
		{"address for a host", arn, s3.Config{Endpoint: "http://127.0.0.1:9000"}, "Bucket: an access point goes into the host's name, and the Endpoint 127.0.0.1:9000 is an address"},
		{"localhost", arn, s3.Config{Endpoint: "http://localhost:9000"}, "Bucket: an access point goes into the host's name"},
		{"multi-region with FIPS", multiRegion, s3.Config{FIPS: true}, "Config: FIPS: a multi-region access point has no FIPS hosts"},
		{"multi-region that is a path", "arn:aws:s3::123456789012:accesspoint/evil.example#", s3.Config{}, "Bucket: "},
		{"host in the account", "arn:aws:s3:us-west-2:evil.example#:accesspoint/mine", s3.Config{}, "Bucket: "},
		{"host in the region", "arn:aws:s3:evil.example:123456789012:accesspoint/mine", s3.Config{}, "Bucket: "},
		{"gap in front of the name", "arn:aws:s3:us-west-2:123456789012:accesspoint//mine", s3.Config{}, "Bucket: "},
		{"object behind the name", arn + "/object/k", s3.Config{}, "Bucket: "},
		{"other service", "arn:aws:sqs:us-west-2:123456789012:mine", s3.Config{}, "Bucket: "},
		{"bucket by ARN", "arn:aws:s3:::photos", s3.Config{}, "Bucket: "},
		{"Outposts with FIPS", alias, s3.Config{FIPS: true}, "Config: FIPS: S3 on Outposts"},
		{"Outposts accelerated", alias, s3.Config{Accelerate: true}, "Config: Accelerate: S3 on Outposts"},
		{"alias without an ID", "short--op-s3", s3.Config{}, "Bucket: "},
		{"alias of unknown hardware", strings.Replace(alias, "-o0", "-x0", 1), s3.Config{}, "Bucket: "},
		{"alias that is a path", "a#" + alias, s3.Config{}, "Bucket: "},
		{"alias without a host", "161743052723-e00000136899934034jeahy1t8gpzpbwjj8kb7beta0--op-s3", s3.Config{}, "Bucket: "},
		{"region with dots", "photos", s3.Config{Region: "evil.example"}, "Config: Region "},
		{"directory bucket without a zone", "--x-s3", s3.Config{}, "Bucket: "},
		{"directory bucket without a name", "--usw2-az1--x-s3", s3.Config{}, "Bucket: "},
		{"directory bucket that is a path", "a#--usw2-az1--x-s3", s3.Config{}, "Bucket: "},
	} {
		if test.config.Region == "" {
			test.config.Region = "us-west-2"
		}
		test.config.Server = s3.ServerAWS
		n := &recorder{}
		_, err := n.client(t, test.config).GetObject(t.Context(), &s3.GetObjectInput{Bucket: test.bucket, Key: "k"})
		if err == nil || !strings.HasPrefix(err.Error(), "s3: GetObject: "+test.want) || len(n.requests) > 0 {
			t.Errorf("%s: %v after %d requests", test.name, err, len(n.requests))
		}
	}
}
