package checksum

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot"
)

// sum is the checksum of data by New.
func sum(t testing.TB, a Algorithm, data []byte) []byte {
	t.Helper()
	h, err := New(a)
	if err != nil {
		t.Fatal(err)
	}
	h.Write(data)
	return h.Sum(nil)
}

// The check values of the catalogue of CRCs (https://reveng.sourceforge.io/crc-catalogue)
// and of the standards of the digests, for the text "123456789" and "abc".
func TestKnownAnswers(t *testing.T) {
	for _, tt := range []struct {
		a          Algorithm
		text, want string
	}{
		{CRC32, "123456789", "cbf43926"},
		{CRC32C, "123456789", "e3069283"},
		{CRC64NVME, "123456789", "ae8b14860a799888"},
		{SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{SHA512, "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
		{MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
	} {
		got := sum(t, tt.a, []byte(tt.text))
		if hex.EncodeToString(got) != tt.want {
			t.Errorf("%s of %q: %x, want %s", tt.a, tt.text, got, tt.want)
		}
		if len(got) != tt.a.Size() || len(Encode(got)) != tt.a.EncodedSize() || !tt.a.Supported() {
			t.Errorf("%s: size %d, encoded %d, supported %t", tt.a, tt.a.Size(), tt.a.EncodedSize(), tt.a.Supported())
		}
	}
}

func TestNotComputed(t *testing.T) {
	for _, a := range []Algorithm{"XXHASH3", "XXHASH64", "XXHASH128", "crc32", ""} {
		_, err := New(a)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", string(a))) {
			t.Errorf("New(%q): %v, want an error that names it", a, err)
		}
		if a.Supported() {
			t.Errorf("%q counts as supported", a)
		}
	}
}

func TestHeaderNames(t *testing.T) {
	for _, a := range ByCost {
		want := "x-amz-checksum-" + strings.ToLower(string(a))
		if a.Header() != want || a.Key() != http.CanonicalHeaderKey(want) {
			t.Errorf("%s: header %s, key %s", a, a.Header(), a.Key())
		}
	}
}

var combinable = []Algorithm{CRC32, CRC32C, CRC64NVME}

func TestCombine(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 1<<17)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	for _, a := range combinable {
		if !a.Combinable() {
			t.Errorf("%s does not count as combinable", a)
		}
		for _, lengths := range [][2]int{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {5, 3}, {1000, 255}, {255, 1000}, {65536, 65536}, {1, 131071}} {
			whole := data[:lengths[0]+lengths[1]]
			got, err := Combine(a, sum(t, a, whole[:lengths[0]]), sum(t, a, whole[lengths[0]:]), int64(lengths[1]))
			if want := sum(t, a, whole); err != nil || !bytes.Equal(got, want) {
				t.Errorf("Combine(%s) of %v bytes = %x, %v; want %x", a, lengths, got, err, want)
			}
		}
	}
}

// Lengths that no test can hash: the whole must not depend on where it is cut.
func TestCombineOfHugeParts(t *testing.T) {
	combine := func(a Algorithm, sumA, sumB []byte, lenB int64) []byte {
		t.Helper()
		out, err := Combine(a, sumA, sumB, lenB)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, a := range combinable {
		x, y, z := sum(t, a, []byte("x")), sum(t, a, []byte("y")), sum(t, a, []byte("z"))
		for _, n := range [][2]int64{{5 << 30, 48 << 40}, {1, math.MaxInt64 - 1}, {1<<32 + 1, 1<<33 - 1}} {
			left := combine(a, combine(a, x, y, n[0]), z, n[1])
			right := combine(a, x, combine(a, y, z, n[1]), n[0]+n[1])
			if !bytes.Equal(left, right) {
				t.Errorf("%s with lengths %v: (xy)z = %x, x(yz) = %x", a, n, left, right)
			}
		}
	}
}

func FuzzCombine(f *testing.F) {
	f.Add([]byte("hello, "), []byte("world"))
	f.Add([]byte{}, []byte{0, 0, 0})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		for _, alg := range combinable {
			got, err := Combine(alg, sum(t, alg, a), sum(t, alg, b), int64(len(b)))
			if want := sum(t, alg, append(a[:len(a):len(a)], b...)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("Combine(%s) of %d and %d bytes = %x, %v; want %x", alg, len(a), len(b), got, err, want)
			}
		}
	})
}

func TestCombineRefuses(t *testing.T) {
	four, eight := make([]byte, 4), make([]byte, 8)
	for _, tt := range []struct {
		a    Algorithm
		x, y []byte
		n    int64
	}{
		{SHA256, make([]byte, 32), make([]byte, 32), 1}, {"XXHASH64", eight, eight, 1},
		{CRC32, eight, four, 1}, {CRC64NVME, eight, four, 1}, {CRC32C, four, four, -1}, {CRC32, nil, nil, 1},
	} {
		if got, err := Combine(tt.a, tt.x, tt.y, tt.n); err == nil {
			t.Errorf("Combine(%s, %x, %x, %d) = %x, want an error", tt.a, tt.x, tt.y, tt.n, got)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		a         Algorithm
		value     string
		want      string
		wantParts int
		ok        bool
	}{
		{CRC32, "y/Q5Jg==", "cbf43926", 0, true},
		{CRC32, "y/Q5Jg==-10000", "cbf43926", 10000, true},
		{CRC32, "y/Q5Jg==-0", "", 0, false},
		{CRC32, "y/Q5Jg==--1", "", 0, false},
		{CRC32, "y/Q5Jg==-+1", "", 0, false},
		{CRC32, "y/Q5Jg==-", "", 0, false},
		{CRC32, "y/Q5Jg", "", 0, false},
		{CRC32, "y/Q5Jh==", "", 0, false}, // bits beyond the last byte
		{CRC64NVME, "y/Q5Jg==", "", 0, false},
		{"XXHASH64", "y/Q5Jg==", "", 0, false},
		{"XXHASH64", "", "", 0, false},
		{CRC32, "", "", 0, false},
	} {
		got, parts, err := Decode(tt.a, tt.value)
		if (err == nil) != tt.ok || hex.EncodeToString(got) != tt.want || parts != tt.wantParts {
			t.Errorf("Decode(%s, %q) = %x, %d, %v; want %s, %d, ok %t", tt.a, tt.value, got, parts, err, tt.want, tt.wantParts, tt.ok)
		}
	}
}

func TestFromHeader(t *testing.T) {
	const crc32, crc64 = "y/Q5Jg==", "rosUhgp5mIg="
	for _, tt := range []struct {
		name string
		h    http.Header
		want Algorithm
		not  entrepot.ChecksumStatus
	}{
		{name: "none", not: entrepot.ChecksumAbsent, h: http.Header{"Etag": {`"x"`}}},
		{name: "cheapest", h: http.Header{"X-Amz-Checksum-Crc32": {crc32}, "X-Amz-Checksum-Crc64nvme": {crc64}, "X-Amz-Checksum-Sha1": {"qZk+NkcGgWq6PiVxeFDCbJzQ2J0="}}, want: CRC64NVME},
		{name: "composite cannot be verified", not: entrepot.ChecksumComposite, h: http.Header{"X-Amz-Checksum-Crc64nvme": {crc64 + "-2"}}},
		{name: "next after a composite", h: http.Header{"X-Amz-Checksum-Crc64nvme": {crc64 + "-2"}, "X-Amz-Checksum-Crc32": {crc32}}, want: CRC32},
		{name: "malformed", not: entrepot.ChecksumNotComputed, h: http.Header{"X-Amz-Checksum-Crc32": {"cbf43926"}}},
		{name: "not computed", not: entrepot.ChecksumNotComputed, h: http.Header{"X-Amz-Checksum-Xxhash64": {crc64}}},
		{name: "rarer ones", h: http.Header{"X-Amz-Checksum-Md5": {"kAFQmDzST7DWlj99KOF/cg=="}}, want: MD5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, value, status := FromHeader(tt.h)
			want := tt.not
			if want == "" {
				want = entrepot.ChecksumVerified
			}
			if a != tt.want || status != want {
				t.Fatalf("FromHeader(%v) = %q, %s; want %q, %s", tt.h, a, status, tt.want, want)
			}
			if a != "" && Encode(value) != tt.h.Get(a.Header()) {
				t.Errorf("FromHeader(%v) = %x", tt.h, value)
			}
		})
	}
}

func BenchmarkHash(b *testing.B) {
	data := bytes.Repeat([]byte("entrepot"), 4<<10)
	for _, a := range ByCost {
		b.Run(string(a), func(b *testing.B) {
			h, err := New(a)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				h.Write(data)
			}
		})
	}
}

func BenchmarkCombine(b *testing.B) {
	x, y := sum(b, CRC64NVME, []byte("x")), sum(b, CRC64NVME, []byte("y"))
	for b.Loop() {
		if _, err := Combine(CRC64NVME, x, y, 8<<20); err != nil {
			b.Fatal(err)
		}
	}
}
