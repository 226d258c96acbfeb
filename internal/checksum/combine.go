package checksum

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The NVMe polynomial, low bit first, as https://nvmexpress.org gives it in the
// NVM Command Set Specification.
const polynomialNVME = 0x9a6c9329ac4bc9b5

// Combine returns the checksum of a followed by b from their checksums and the
// length of b in bytes. Only the CRC family can do that.
func Combine(a Algorithm, sumA, sumB []byte, lenB int64) ([]byte, error) {
	var polynomial uint64
	switch a {
	case CRC32:
		polynomial = crc32.IEEE
	case CRC32C:
		polynomial = crc32.Castagnoli
	case CRC64NVME:
		polynomial = polynomialNVME
	default:
		return nil, fmt.Errorf("checksum: %s values cannot be combined", a)
	}
	size := a.Size()
	if len(sumA) != size || len(sumB) != size || lenB < 0 {
		return nil, fmt.Errorf("checksum: cannot combine %d and %d bytes (of a length of %d) as %s", len(sumA), len(sumB), lenB, a)
	}
	var words [2][8]byte
	copy(words[0][8-size:], sumA)
	copy(words[1][8-size:], sumB)
	crc := field{polynomial, 8 * size}.shift(binary.BigEndian.Uint64(words[0][:]), lenB) ^ binary.BigEndian.Uint64(words[1][:])
	return binary.BigEndian.AppendUint64(nil, crc)[8-size:], nil
}

// Combinable reports whether [Combine] knows a.
func (a Algorithm) Combinable() bool { return a == CRC32 || a == CRC32C || a == CRC64NVME }

// field is the arithmetic of polynomials over GF(2) modulo a CRC's polynomial.
// Numbers are reflected, as these CRCs are: the highest of the width bits is
// the coefficient of x⁰.
type field struct {
	polynomial uint64
	width      int
}

// shift multiplies crc by x to the power of 8n: what n bytes do to a checksum
// that came before them. The initial and final inversions of the CRCs cancel
// out between the two halves.
func (f field) shift(crc uint64, n int64) uint64 {
	power := uint64(1) << (f.width - 1 - 8) // x⁸, then its squares
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			crc = f.multiply(power, crc)
		}
		power = f.multiply(power, power)
	}
	return crc
}

func (f field) multiply(a, b uint64) uint64 {
	var product uint64
	for bit := uint64(1) << (f.width - 1); a != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
			a ^= bit
		}
		carry := b & 1
		b >>= 1
		b ^= f.polynomial & -carry
	}
	return product
}
