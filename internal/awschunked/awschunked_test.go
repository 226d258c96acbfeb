package awschunked

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/sigv4"
	"github.com/entrepot-go/entrepot/internal/vectors"
)

const (
	testSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	testStamp  = "20130524T000000Z"
	testScope  = "20130524/us-east-1/s3/aws4_request"
)

// seed is the chain of a signed request, as a client gets it.
func seed(t testing.TB) sigv4.Chain {
	t.Helper()
	when, err := time.Parse("20060102T150405Z", testStamp)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPut, "http://127.0.0.1/bucket/key", nil)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := new(sigv4.Signer).SignHeader(req, sigv4.Params{
		AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: testSecret,
		Region: "us-east-1", Service: "s3", Time: when,
		PayloadHash: sigv4.StreamingPayload, PayloadHashHeader: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return chain
}

// decode is what a strict server does, written from the documentation alone.
// It returns the data and the trailer "name:value".
func decode(encoded []byte, e Encoding, previous string) (data []byte, trailer string, err error) {
	key := []byte("AWS4" + testSecret)
	hash := func(b []byte) string {
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:])
	}
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		io.WriteString(h, text)
		return h.Sum(nil)
	}
	for part := range strings.SplitSeq(testScope, "/") {
		key = mac(key, part)
	}
	in := bufio.NewReader(bytes.NewReader(encoded))
	line := func() (string, error) {
		s, err := in.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("line %q: %w", s, err)
		}
		s, ok := strings.CutSuffix(s, "\r\n")
		if !ok {
			return "", fmt.Errorf("line %q does not end in CRLF", s)
		}
		return s, nil
	}
	for last := int64(-1); last != 0; {
		head, err := line()
		if err != nil {
			return nil, "", err
		}
		digits, signature, signed := strings.Cut(head, ";chunk-signature=")
		size, err := strconv.ParseInt(digits, 16, 64)
		if err != nil || signed != e.Signed || strconv.FormatInt(size, 16) != digits {
			return nil, "", fmt.Errorf("bad chunk line %q", head)
		}
		if size > 0 && last >= 0 && last < 8<<10 {
			return nil, "", fmt.Errorf("a chunk of %d bytes is not the last", last)
		}
		last = size
		chunk := make([]byte, size)
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, "", err
		}
		if e.Signed {
			want := hex.EncodeToString(mac(key, strings.Join([]string{"AWS4-HMAC-SHA256-PAYLOAD", testStamp, testScope, previous, hash(nil), hash(chunk)}, "\n")))
			if signature != want {
				return nil, "", fmt.Errorf("chunk at %d: signature %q, want %q", len(data), signature, want)
			}
			previous = want
		}
		data = append(data, chunk...)
		if size > 0 {
			if end, err := line(); err != nil || end != "" {
				return nil, "", fmt.Errorf("chunk of %d ends in %q, %v", size, end, err)
			}
		}
	}
	if e.Trailer != "" {
		if trailer, err = line(); err != nil {
			return nil, "", err
		}
		if e.Signed {
			want := hex.EncodeToString(mac(key, strings.Join([]string{"AWS4-HMAC-SHA256-TRAILER", testStamp, testScope, previous, hash([]byte(trailer + "\n"))}, "\n")))
			got, err := line()
			if err != nil || got != "x-amz-trailer-signature:"+want {
				return nil, "", fmt.Errorf("trailer signature %q, %v; want %q", got, err, want)
			}
		}
	}
	if end, err := line(); err != nil || end != "" {
		return nil, "", fmt.Errorf("the body ends in %q, %v", end, err)
	}
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		return nil, "", fmt.Errorf("%d bytes after the end", len(rest))
	}
	return data, trailer, nil
}

var encodings = []Encoding{
	{Trailer: checksum.CRC64NVME},
	{Trailer: checksum.SHA256},
	{Signed: true},
	{Signed: true, Trailer: checksum.CRC32},
}

func check(t *testing.T, e Encoding, data []byte, body io.Reader, readSize int) {
	t.Helper()
	e.Length = int64(len(data))
	chain := seed(t)
	r, err := e.NewReader(body, chain)
	if err != nil {
		t.Fatal(err)
	}
	var encoded bytes.Buffer
	// struct{ io.Writer } keeps Buffer from reading with sizes of its own.
	if _, err := io.CopyBuffer(struct{ io.Writer }{&encoded}, r, make([]byte, readSize)); err != nil {
		t.Fatalf("%+v, reads of %d: %v", e, readSize, err)
	}
	if got, want := int64(encoded.Len()), e.EncodedLength(); got != want {
		t.Errorf("%+v: %d bytes, EncodedLength says %d", e, got, want)
	}
	got, trailer, err := decode(encoded.Bytes(), e, chain.Signature())
	if err != nil {
		t.Fatalf("%+v, reads of %d: %v", e, readSize, err)
	}
	if !bytes.Equal(got, data) {
		t.Errorf("%+v, reads of %d: decoded data differ", e, readSize)
	}
	if e.Trailer != "" {
		h, err := checksum.New(e.Trailer)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(data)
		if want := e.Trailer.Header() + ":" + checksum.Encode(h.Sum(nil)); trailer != want {
			t.Errorf("%+v: trailer %q, want %q", e, trailer, want)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 3*unsignedChunk)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	sizes := []int64{0, 1, 1000, 8 << 10, signedChunk - 1, signedChunk, signedChunk + 1, 2 * signedChunk, 2*signedChunk + 5,
		unsignedChunk - 1, unsignedChunk, unsignedChunk + 1, 2 * unsignedChunk}
	readers := map[string]func(io.Reader) io.Reader{
		"whole":         func(r io.Reader) io.Reader { return r },
		"half reads":    iotest.HalfReader,
		"data with EOF": iotest.DataErrReader,
	}
	for _, e := range encodings {
		for _, size := range sizes {
			if e.Signed && size > 3*signedChunk {
				continue
			}
			for name, wrap := range readers {
				for _, readSize := range []int{7, 512, 4 << 10, 32<<10 - 1, 32 << 10, 100_000, 1 << 20} {
					if readSize < 32<<10-1 && size > 100_000 || readSize == 7 && size > 8<<10 {
						continue // slow, and no other case
					}
					t.Run(fmt.Sprintf("%s/%d/%s/%d", e.PayloadHash(), size, name, readSize), func(t *testing.T) {
						check(t, e, data[:size], wrap(bytes.NewReader(data[:size])), readSize)
					})
				}
			}
		}
		t.Run("byte by byte", func(t *testing.T) {
			check(t, e, data[:20_000], iotest.OneByteReader(bytes.NewReader(data[:20_000])), 1)
		})
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(int64(0), uint64(1), uint8(0))
	f.Add(signedChunk*3, uint64(2), uint8(2))
	f.Add(unsignedChunk+9, uint64(3), uint8(1))
	f.Fuzz(func(t *testing.T, size int64, seed uint64, mode uint8) {
		size = min(max(size, 0), 3*unsignedChunk)
		random := rand.New(rand.NewPCG(seed, 0))
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		e := encodings[int(mode)%len(encodings)]
		body := &ragged{bytes.NewReader(data), random}
		check(t, e, data, body, 1+random.IntN(80_000))
	})
}

// ragged gives any number of bytes per read, none included.
type ragged struct {
	r      io.Reader
	random *rand.Rand
}

func (r *ragged) Read(p []byte) (int, error) {
	return r.r.Read(p[:r.random.IntN(len(p)+1)])
}

// A chunk that fits what net/http reads with must be framed in place, or the
// signed path pays for a copy of every byte.
func TestSignedChunkFillsACopyBuffer(t *testing.T) {
	e := Encoding{Signed: true, Length: 4 * signedChunk}
	if got := e.frame(signedChunk); got != signedFrame {
		t.Fatalf("a full chunk takes %d bytes on the wire, want %d", got, signedFrame)
	}
	r, err := e.NewReader(bytes.NewReader(make([]byte, e.Length)), seed(t))
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, signedFrame)
	if _, err := r.Read(p[:100]); err != nil { // net/http first fills up its buffer of headers
		t.Fatal(err)
	}
	if _, err := r.Read(p); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if n, err := r.Read(p); n != signedFrame || err != nil || len(r.pending) != 0 {
			t.Errorf("Read = %d, %v with %d bytes left over; want one whole chunk", n, err, len(r.pending))
		}
	}
}

func TestWrongLength(t *testing.T) {
	for _, e := range encodings {
		for _, tt := range []struct {
			name           string
			declared, have int64
			want           string
		}{
			{"empty body", 5, 0, "the body ended after 0 of the 5 bytes declared"},
			{"short body", 100_000, 99_999, "the body ended after 99999 of the 100000 bytes declared"},
			{"short by a chunk", 2 * signedChunk, signedChunk, "the body ended after 32679 of the 65358 bytes declared"},
			{"long body", 5, 6, "the body is longer than the 5 bytes declared"},
			{"none declared", 0, 1, "the body is longer than the 0 bytes declared"},
		} {
			t.Run(e.PayloadHash()+"/"+tt.name, func(t *testing.T) {
				e.Length = tt.declared
				r, err := e.NewReader(bytes.NewReader(make([]byte, tt.have)), seed(t))
				if err != nil {
					t.Fatal(err)
				}
				encoded, err := io.ReadAll(r)
				var wrong *LengthError
				if !errors.As(err, &wrong) || err.Error() != tt.want {
					t.Fatalf("error %v, want %q", err, tt.want)
				}
				if _, _, err := decode(encoded, e, ""); err == nil {
					t.Error("what was sent is a complete body all the same")
				}
				if n, again := r.Read(make([]byte, 10)); n != 0 || again != err {
					t.Errorf("Read after the error = %d, %v; want 0, %v", n, again, err)
				}
			})
		}
	}
}

func TestErrorOfTheBody(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, e := range encodings {
		for _, at := range []int64{0, 10, 50_000, unsignedChunk} {
			e.Length = unsignedChunk
			body := io.MultiReader(bytes.NewReader(make([]byte, at)), iotest.ErrReader(broken))
			r, err := e.NewReader(body, seed(t))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != broken {
				t.Errorf("%+v broken at %d: %v, want %v", e, at, err, broken)
			}
		}
	}
}

func TestNewReaderRefuses(t *testing.T) {
	for _, e := range []Encoding{{Length: -1}, {Trailer: "XXHASH3"}} {
		if _, err := e.NewReader(strings.NewReader(""), sigv4.Chain{}); err == nil {
			t.Errorf("%+v was accepted", e)
		}
	}
}

func TestSetHeader(t *testing.T) {
	for _, tt := range []struct {
		e         Encoding
		own, want http.Header
	}{
		{
			e:    Encoding{Length: 66560, Signed: true},
			own:  http.Header{},
			want: http.Header{"Content-Encoding": {"aws-chunked"}, "X-Amz-Decoded-Content-Length": {"66560"}},
		},
		{
			e:   Encoding{Trailer: checksum.CRC64NVME},
			own: http.Header{"Content-Encoding": {"gzip"}},
			want: http.Header{"Content-Encoding": {"aws-chunked,gzip"}, "X-Amz-Decoded-Content-Length": {"0"},
				"X-Amz-Trailer": {"x-amz-checksum-crc64nvme"}},
		},
	} {
		got := tt.own.Clone()
		tt.e.SetHeader(got)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v.SetHeader(%v): (-want +got)\n%s", tt.e, tt.own, diff)
		}
	}
}

// S3's example has chunks of 64 KiB, so its lengths are checked here and its
// signatures in package sigv4.
func TestPublishedLength(t *testing.T) {
	var file struct {
		Cases map[string]struct {
			Chunks []struct{ Size int64 }
		}
	}
	if err := json.Unmarshal(vectors.Load(t, "sigv4-s3.json"), &file); err != nil {
		t.Fatal(err)
	}
	e := Encoding{Signed: true}
	total := int64(len(crlf))
	for _, c := range file.Cases["chunked-put-seed"].Chunks {
		if c.Size == 0 {
			total += e.lineLength(0)
			continue
		}
		total += e.frame(c.Size)
	}
	if total != 66824 {
		t.Errorf("the example takes %d bytes encoded, want 66824", total)
	}
}

func BenchmarkReader(b *testing.B) {
	data := bytes.Repeat([]byte("not all zero, or else all pages are one"), 8<<20/39)
	buffer := make([]byte, 32<<10)
	for _, e := range encodings {
		e.Length = int64(len(data))
		b.Run(e.PayloadHash()+" "+string(e.Trailer), func(b *testing.B) {
			chain := seed(b)
			b.SetBytes(e.Length)
			b.ReportAllocs()
			for b.Loop() {
				r, err := e.NewReader(bytes.NewReader(data), chain)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, buffer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{bytes.NewReader(data)}, buffer)
		}
	})
	b.Run("floor and SHA-256", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		h := sha256.New()
		for b.Loop() {
			io.CopyBuffer(h, struct{ io.Reader }{bytes.NewReader(data)}, buffer)
		}
	})
	b.Run("floor and CRC64NVME", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		h, _ := checksum.New(checksum.CRC64NVME)
		for b.Loop() {
			io.CopyBuffer(h, struct{ io.Reader }{bytes.NewReader(data)}, buffer)
		}
	})
}
