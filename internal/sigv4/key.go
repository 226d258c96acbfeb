package sigv4

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// derivedKey is a signing key with what it was derived from.
type derivedKey struct {
	id, secret, date, region, service string
	key                               [sha256.Size]byte
}

// maxKeys bounds the keys a Signer remembers: a program uses few credentials
// and regions at a time, and S3 Express adds one credential per bucket.
const maxKeys = 32

// signingKey returns the key that p asks for. That of Signature Version 4 is
// one of the day for the credential, region and service. Readers take no lock:
// the list is replaced as a whole.
func (sg *Signer) signingKey(p *Params, date []byte) (k key, err error) {
	if p.RegionSet != "" {
		k.private, err = sg.asymmetricKey(p.AccessKeyID, p.SecretAccessKey)
		return k, err
	}
	return key{hmac: sg.dayKey(p, date)}, nil
}

// dayKey returns the HMAC key of a day.
func (sg *Signer) dayKey(p *Params, date []byte) [sha256.Size]byte {
	if k := sg.find(p, date); k != nil {
		return k.key
	}
	sg.mu.Lock()
	defer sg.mu.Unlock()
	if k := sg.find(p, date); k != nil {
		return k.key
	}

	day := string(date)
	key := mac([]byte("AWS4"+p.SecretAccessKey), date)
	key = mac(key[:], []byte(p.Region))
	key = mac(key[:], []byte(p.Service))
	key = mac(key[:], []byte("aws4_request"))

	keys := []derivedKey{{p.AccessKeyID, p.SecretAccessKey, day, p.Region, p.Service, key}}
	if old := sg.keys.Load(); old != nil {
		keys = append(keys, (*old)[:min(len(*old), maxKeys-1)]...)
		keys = slices.DeleteFunc(keys, func(k derivedKey) bool {
			return k.date < day && k.id == p.AccessKeyID && k.region == p.Region && k.service == p.Service
		})
	}
	sg.keys.Store(&keys)
	return key
}

func (sg *Signer) find(p *Params, date []byte) *derivedKey {
	keys := sg.keys.Load()
	if keys == nil {
		return nil
	}
	for i := range *keys {
		k := &(*keys)[i]
		if k.date == string(date) && k.id == p.AccessKeyID && k.secret == p.SecretAccessKey &&
			k.region == p.Region && k.service == p.Service {
			return k
		}
	}
	return nil
}

// mac is HMAC-SHA-256. Messages here are short and each is signed once, so two
// plain hashes over buffers on the stack do; crypto/hmac allocates its state.
func mac(key, message []byte) [sha256.Size]byte {
	var inner [320]byte // a string to sign has some 150 bytes
	var outer [sha256.BlockSize + sha256.Size]byte
	if len(key) > sha256.BlockSize {
		sum := sha256.Sum256(key)
		key = sum[:]
	}
	copy(inner[:], key)
	for i := 0; i < sha256.BlockSize; i += 8 {
		word := binary.NativeEndian.Uint64(inner[i:])
		binary.NativeEndian.PutUint64(inner[i:], word^0x3636363636363636)
		binary.NativeEndian.PutUint64(outer[i:], word^0x5c5c5c5c5c5c5c5c)
	}
	sum := sha256.Sum256(append(inner[:sha256.BlockSize], message...))
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}
