package realservers

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
)

// algorithms are the checksums that servers keep, computed here by the
// standard library alone.
var algorithms = []struct {
	name s3.ChecksumAlgorithm
	new  func() hash.Hash
	of   func(*s3.HeadObjectOutput) string
}{
	{s3.ChecksumAlgorithmCrc32, func() hash.Hash { return crc32.NewIEEE() }, func(o *s3.HeadObjectOutput) string { return o.ChecksumCRC32 }},
	{s3.ChecksumAlgorithmCrc32c, func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }, func(o *s3.HeadObjectOutput) string { return o.ChecksumCRC32C }},
	{s3.ChecksumAlgorithmCrc64nvme, func() hash.Hash { return nvme{crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5))} }, func(o *s3.HeadObjectOutput) string { return o.ChecksumCRC64NVME }},
	{s3.ChecksumAlgorithmSha1, sha1.New, func(o *s3.HeadObjectOutput) string { return o.ChecksumSHA1 }},
	{s3.ChecksumAlgorithmSha256, sha256.New, func(o *s3.HeadObjectOutput) string { return o.ChecksumSHA256 }},
}

// nvme is CRC-64/NVME, whose bytes are big-endian in S3 as those of hash/crc64.
type nvme struct{ hash.Hash64 }

func checksum(h hash.Hash, body []byte) string {
	h.Write(body)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// ways are those in which a body and its checksum can travel.
var ways = []struct {
	name    string
	size    int
	once    bool // the body can be read only once
	change  func(*s3.Config)
	trailer bool
	signed  string // what x-amz-content-sha256 says, or begins with
}{
	{name: "in a header, the body signed whole", size: 1000, change: unknown},
	{name: "in a header, the body signed in chunks", size: 300_000, change: unknown, signed: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
	{name: "in a header, the body unsigned", size: 300_000, change: func(c *s3.Config) { unknown(c); c.UnsignedPayload = true }, signed: "UNSIGNED-PAYLOAD"},
	{name: "in a trailer, the body signed in chunks", size: 300_000, change: aws, trailer: true, signed: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"},
	{name: "in a trailer, the body unsigned", size: 300_000, change: func(c *s3.Config) { aws(c); c.UnsignedPayload = true }, trailer: true, signed: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
	{name: "in a trailer, the body a stream", size: 300_000, once: true, change: aws, trailer: true},
}

func aws(c *s3.Config)     { c.Server = s3.ServerAWS }
func unknown(c *s3.Config) { c.Server = s3.ServerUnknown }

func TestEveryChecksumArrivesInEveryWay(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, s *server) {
				spy := &spy{}
				client := s.client(t, way.change, spy.watch)
				bucket, body := newBucket(t, client), content(way.size)
				for _, a := range algorithms {
					in := &s3.PutObjectInput{Bucket: bucket, Key: string(a.name), Body: bytes.NewReader(body), ChecksumAlgorithm: a.name}
					if way.once {
						in.Body, in.ContentLength = io.LimitReader(bytes.NewReader(body), 1<<40), int64(len(body))
					}
					if _, err := client.PutObject(t.Context(), in); err != nil {
						t.Errorf("%s: %v", a.name, err)
						continue
					}
					if got := spy.header("X-Amz-Trailer") != ""; got != way.trailer {
						t.Errorf("%s: sent with a trailer: %t, want %t", a.name, got, way.trailer)
					}
					if got := spy.header("X-Amz-Content-Sha256"); way.signed != "" && !s.secure() && got != way.signed {
						t.Errorf("%s: x-amz-content-sha256 = %s, want %s", a.name, got, way.signed)
					}
					wantContent(t, client, bucket, string(a.name), body)
					head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: string(a.name), ChecksumMode: s3.ChecksumModeEnabled})
					if err != nil {
						t.Fatal(err)
					}
					if got, want := a.of(head), checksum(a.new(), body); got != want {
						t.Errorf("%s: the server has %q, want %s", a.name, got, want)
					}
					if strings.Contains(head.ContentEncoding, "aws-chunked") {
						t.Errorf("%s: ContentEncoding = %q: the framing became part of the object", a.name, head.ContentEncoding)
					}
				}
			})
		})
	}
}

func TestBodiesTravelWithoutChecksumsToo(t *testing.T) {
	for _, way := range ways {
		if way.trailer {
			continue // without a checksum it is one of the others
		}
		t.Run(strings.TrimPrefix(way.name, "in a header, "), func(t *testing.T) {
			eachServer(t, func(t *testing.T, s *server) {
				client := s.client(t, way.change)
				bucket, body := newBucket(t, client), content(way.size)
				put(t, client, bucket, "k", body)
				wantContent(t, client, bucket, "k", body)
			})
		})
	}
}

func TestAChecksumThatIsWrongIsRefused(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		for _, size := range []int{5, 300_000} {
			in := &s3.PutObjectInput{Bucket: bucket, Key: "k", Body: bytes.NewReader(content(size)), ChecksumCRC32C: "AAAAAA=="}
			if _, err := client.PutObject(t.Context(), in); !errors.Is(err, s3.ErrBadDigest) {
				t.Errorf("PutObject of %d bytes = %v, want ErrBadDigest", size, err)
			}
		}
		in := &s3.PutObjectInput{Bucket: bucket, Key: "k", Body: strings.NewReader("hello"), ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA=="}
		if _, err := client.PutObject(t.Context(), in); !errors.Is(err, s3.ErrBadDigest) {
			t.Errorf("PutObject with a wrong Content-MD5 = %v, want ErrBadDigest", err)
		}
		wantEqual(t, "stored", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), []string{})
	}, bodyChecksums)
}

func TestAReadIsVerifiedByTheStoredChecksum(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		for _, a := range algorithms {
			in := &s3.PutObjectInput{Bucket: bucket, Key: "k", Body: bytes.NewReader(content(5000)), ChecksumAlgorithm: a.name}
			if _, err := client.PutObject(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			out, _ := get(t, client, &s3.GetObjectInput{Bucket: bucket, Key: "k", ChecksumMode: s3.ChecksumModeEnabled})
			if out.ResponseMetadata.Checksum != string(a.name) {
				t.Errorf("verified by %q, want %s", out.ResponseMetadata.Checksum, a.name)
			}
		}
	})
}

func TestAMultipartObjectHasTheChecksumThatWasAskedFor(t *testing.T) {
	tests := []struct {
		algorithm int // in algorithms
		kind      s3.ChecksumType
	}{
		{0, s3.ChecksumTypeFullObject}, {1, s3.ChecksumTypeFullObject}, {2, s3.ChecksumTypeFullObject},
		{0, s3.ChecksumTypeComposite}, {1, s3.ChecksumTypeComposite}, {3, s3.ChecksumTypeComposite}, {4, s3.ChecksumTypeComposite},
	}
	for _, tt := range tests {
		a := algorithms[tt.algorithm]
		t.Run(fmt.Sprint(a.name, " ", tt.kind), func(t *testing.T) {
			eachServer(t, func(t *testing.T, s *server) {
				client := s.client(t, func(c *s3.Config) { c.Checksum = a.name })
				bucket, body := newBucket(t, client), content(5*mib+1000)
				m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: "k", ChecksumAlgorithm: a.name, ChecksumType: tt.kind})
				m.send(t, 1, body[:5*mib])
				m.send(t, 2, body[5*mib:])
				if _, err := m.complete(t, m.parts); err != nil {
					t.Fatal(err)
				}
				want := checksum(a.new(), body)
				if tt.kind == s3.ChecksumTypeComposite {
					want = composite(a.new, body[:5*mib], body[5*mib:])
				}
				head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: "k", ChecksumMode: s3.ChecksumModeEnabled})
				if err != nil {
					t.Fatal(err)
				}
				if got := a.of(head); got != want || head.ChecksumType != tt.kind {
					t.Errorf("checksum = %q (%s), want %s (%s)", got, head.ChecksumType, want, tt.kind)
				}
				wantContent(t, client, bucket, "k", body)
			}, multipartSums)
		})
	}
}

// composite is the checksum of the parts' checksums.
func composite(newHash func() hash.Hash, parts ...[]byte) string {
	whole := newHash()
	for _, p := range parts {
		h := newHash()
		h.Write(p)
		whole.Write(h.Sum(nil))
	}
	return fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(whole.Sum(nil)), len(parts))
}

func TestTheChecksumsOfThisFileAreThePublishedOnes(t *testing.T) {
	// The check values of "123456789" in the catalogue of CRCs.
	want := map[s3.ChecksumAlgorithm]uint64{
		s3.ChecksumAlgorithmCrc32: 0xcbf43926, s3.ChecksumAlgorithmCrc32c: 0xe3069283, s3.ChecksumAlgorithmCrc64nvme: 0xae8b14860a799888,
	}
	for _, a := range algorithms {
		if w, ok := want[a.name]; ok {
			h := a.new()
			h.Write([]byte("123456789"))
			sum := append(make([]byte, 8-h.Size()), h.Sum(nil)...)
			if got := binary.BigEndian.Uint64(sum); got != w {
				t.Errorf("%s = %#x, want %#x", a.name, got, w)
			}
		}
	}
}
