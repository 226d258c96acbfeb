package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
)

// SignatureSize is the length of a signature as text.
const SignatureSize = 2 * sha256.Size

// Chain goes on from the signature of a request to those of its body's chunks:
// each covers the one before. A copy of a chain continues on its own. The zero
// value signs nothing of worth.
type Chain struct {
	key       [sha256.Size]byte
	signature [SignatureSize]byte
	timestamp string
	scope     string
}

// Signature is the latest signature, in hex: at first that of the request.
func (c *Chain) Signature() string { return string(c.signature[:]) }

// Chunk signs the next chunk, of which sum is the SHA-256. The chunk of no
// bytes at the end is signed as well.
func (c *Chain) Chunk(sum [sha256.Size]byte) [SignatureSize]byte {
	return c.next(algorithm+"-PAYLOAD\n", EmptyPayload+"\n", sum)
}

// Trailer signs the trailer, of which sum is the SHA-256, one line
// "name:value\n" for each of its headers. It comes after the empty chunk.
func (c *Chain) Trailer(sum [sha256.Size]byte) [SignatureSize]byte {
	return c.next(algorithm+"-TRAILER\n", "", sum)
}

func (c *Chain) next(kind, fixed string, sum [sha256.Size]byte) [SignatureSize]byte {
	var array [384]byte
	b := append(array[:0], kind...)
	b = append(b, c.timestamp...)
	b = append(b, '\n')
	b = append(b, c.scope...)
	b = append(b, '\n')
	b = append(b, c.signature[:]...)
	b = append(b, '\n')
	b = append(b, fixed...)
	b = hex.AppendEncode(b, sum[:])
	signed := mac(c.key[:], b)
	hex.Encode(c.signature[:], signed[:])
	return c.signature
}

// Format prints c without its key, whatever the verb.
func (c Chain) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "{%s %s}", c.timestamp, c.scope)
}

// LogValue is c without its key.
func (c Chain) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }
