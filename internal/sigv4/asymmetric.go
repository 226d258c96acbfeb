package sigv4

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// algorithmA names Signature Version 4A: a signature by ECDSA instead of an
// HMAC, whose key depends on no region, so that it can be good for several.
const algorithmA = "AWS4-ECDSA-P256-SHA256"

// headerRegionSet says which regions a signature is good for.
const headerRegionSet = "X-Amz-Region-Set"

// maxSignature is the size as text of the longest signature: two numbers of 33
// bytes in DER.
const maxSignature = 2 * 72

// padding fills up the signature of a chunk to maxSignature, so that the length
// of a body is known before it is signed.
const padding = '*'

// Asymmetric is what stands for the payload under Signature Version 4A where
// hash does under Signature Version 4.
func Asymmetric(hash string) string {
	switch hash {
	case StreamingPayload:
		return "STREAMING-" + algorithmA + "-PAYLOAD"
	case StreamingPayloadTrailer:
		return "STREAMING-" + algorithmA + "-PAYLOAD-TRAILER"
	}
	return hash
}

// privateKey is a key of a credential for Signature Version 4A.
type privateKey struct {
	id, secret string
	key        *ecdsa.PrivateKey
}

// asymmetricKey returns the private key of a credential. It stays the same for
// good; deriving it takes as long as a signature does.
func (sg *Signer) asymmetricKey(id, secret string) (*ecdsa.PrivateKey, error) {
	sg.mu.Lock()
	defer sg.mu.Unlock()
	for i := range sg.private {
		if k := &sg.private[i]; k.id == id && k.secret == secret {
			return k.key, nil
		}
	}
	key, err := deriveKey(id, secret)
	if err != nil {
		return nil, err
	}
	if len(sg.private) == maxKeys {
		sg.private = sg.private[:copy(sg.private, sg.private[1:])] // the oldest goes
	}
	sg.private = append(sg.private, privateKey{id, secret, key})
	return key, nil
}

// highest is n−2, where n is the order of P-256: the highest number from which
// a private key is made, by adding one.
var highest, _ = hex.DecodeString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f")

// deriveKey finds the private key of a credential: the first number in range
// that its secret yields.
func deriveKey(id, secret string) (*ecdsa.PrivateKey, error) {
	for counter := 1; counter < 255; counter++ {
		info := binary.BigEndian.AppendUint32(nil, 1)
		info = append(info, algorithmA...)
		info = append(info, 0)
		info = append(info, id...)
		info = append(info, byte(counter))
		info = binary.BigEndian.AppendUint32(info, 8*sha256.Size)
		candidate := mac([]byte("AWS4A"+secret), info)
		if bytes.Compare(candidate[:], highest) > 0 {
			continue
		}
		for i := len(candidate) - 1; ; i-- { // does not overflow
			if candidate[i]++; candidate[i] != 0 {
				break
			}
		}
		return ecdsa.ParseRawPrivateKey(elliptic.P256(), candidate[:])
	}
	return nil, errors.New("sigv4: the credential yields no key") // one in 2^8128
}

// key is what signs: the HMAC key of a day, or a private key.
type key struct {
	hmac    [sha256.Size]byte
	private *ecdsa.PrivateKey // nil: hmac
}

func (k *key) algorithm() string {
	if k.private != nil {
		return algorithmA
	}
	return algorithm
}

// signature is one as text. It is as long as the array for chunks of
// Signature Version 4A only, and then ends in padding.
type signature struct {
	text [maxSignature]byte
	size int
}

// sign signs a string to sign.
func (k *key) sign(text []byte) (s signature) {
	if k.private == nil {
		sum := mac(k.hmac[:], text)
		s.size = hex.Encode(s.text[:], sum[:])
		return s
	}
	sum := sha256.Sum256(text)
	// Without a source of randomness the signature is deterministic (RFC 6979).
	der, err := k.private.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		panic("sigv4: " + err.Error()) // not for a key and a hash that fit
	}
	s.size = hex.Encode(s.text[:], der)
	for i := s.size; i < len(s.text); i++ {
		s.text[i] = padding
	}
	return s
}

func (s *signature) bytes() []byte { return s.text[:s.size] }
