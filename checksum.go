package entrepot

import (
	"encoding/base64"
	"fmt"
)

// ChecksumStatus says what becomes of the checksum of a body that is received.
type ChecksumStatus string

// What can be the matter with the checksum of a body.
const (
	// ChecksumVerified: the body is verified by [ResponseMetadata.Checksum]. If it
	// is not what it should be, reading it ends in a [ChecksumError] instead of
	// io.EOF.
	ChecksumVerified ChecksumStatus = "VERIFIED"

	// ChecksumUnconfirmed: the body is verified in the same way, but by a checksum
	// that the server has computed of what it received, since the uploader gave
	// none. What was damaged on its way to the server is not noticed. B2 has such
	// files (do_not_verify).
	ChecksumUnconfirmed ChecksumStatus = "UNCONFIRMED"

	// ChecksumAbsent: the server sent none. It keeps none of the object, or not in
	// a way that this client asks for.
	ChecksumAbsent ChecksumStatus = "ABSENT"

	// ChecksumPartial: the body is a range of the object, and checksums are of the
	// whole.
	ChecksumPartial ChecksumStatus = "PARTIAL"

	// ChecksumComposite: what the server keeps is a checksum of the checksums of
	// the object's parts, which the body in one piece cannot be held against.
	ChecksumComposite ChecksumStatus = "COMPOSITE"

	// ChecksumNotComputed: the checksum is malformed, or of an algorithm that this
	// module does not compute (the XXHASH family).
	ChecksumNotComputed ChecksumStatus = "NOT_COMPUTED"

	// ChecksumOff: the Config of the client has answers not verified.
	ChecksumOff ChecksumStatus = "OFF"
)

// ChecksumError says that a body that was received is not what its checksum
// promised.
type ChecksumError struct {
	Algorithm string // as S3 spells it: "CRC64NVME"; B2's is "SHA1"
	Want, Got []byte // of the server, and of the body as it came
}

func (e *ChecksumError) Error() string {
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("the body does not match its %s checksum: %s was promised, %s was received", e.Algorithm, encode(e.Want), encode(e.Got))
}
