package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
)

// SignatureSize is the length as text of the signature of a chunk.
const SignatureSize = 2 * sha256.Size

// AsymmetricSize is SignatureSize under Signature Version 4A.
const AsymmetricSize = maxSignature

// Chain goes on from the signature of a request to those of its body's chunks:
// each covers the one before. A copy of a chain continues on its own. The zero
// value signs nothing of worth.
type Chain struct {
	key       key
	signature signature
	timestamp string
	scope     string
}

// Signature is the latest signature, in hex: at first that of the request.
func (c *Chain) Signature() string { return string(c.signature.bytes()) }

// Chunk signs the next chunk, of which sum is the SHA-256. The chunk of no
// bytes at the end is signed as well. The signature is returned as it is sent:
// always of the same size. It is good until the next one is made.
func (c *Chain) Chunk(sum [sha256.Size]byte) []byte {
	return c.next("-PAYLOAD\n", EmptyPayload+"\n", sum)
}

// Trailer signs the trailer, of which sum is the SHA-256, one line
// "name:value\n" for each of its headers. It comes after the empty chunk.
func (c *Chain) Trailer(sum [sha256.Size]byte) []byte {
	return c.next("-TRAILER\n", "", sum)
}

func (c *Chain) next(kind, fixed string, sum [sha256.Size]byte) []byte {
	var array [512]byte
	b := append(array[:0], c.key.algorithm()...)
	b = append(b, kind...)
	b = append(b, c.timestamp...)
	b = append(b, '\n')
	b = append(b, c.scope...)
	b = append(b, '\n')
	b = append(b, c.signature.bytes()...)
	b = append(b, '\n')
	b = append(b, fixed...)
	b = hex.AppendEncode(b, sum[:])
	c.signature = c.key.sign(b)
	if c.key.private != nil {
		return c.signature.text[:]
	}
	return c.signature.bytes()
}

// Format prints c without its key, whatever the verb.
func (c Chain) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "{%s %s}", c.timestamp, c.scope)
}

// LogValue is c without its key.
func (c Chain) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }
