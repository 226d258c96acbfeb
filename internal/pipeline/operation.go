package pipeline

// Operation is the static description of one API call. What is special about
// a call is data here, so that the methods of the clients all look the same.
type Operation struct {
	Name   string // the API's own name
	Method string // HTTP method
	Path   string // as in the vendor's model: "/{Bucket}/{Key+}?uploads"

	Root      string // XML root element of a body made of xml-tagged members
	Namespace string // its xmlns

	Traits Trait
	Host   string // which of the service's hosts, where it has several; empty: the main one
	Right  string // what the service wants the caller to hold, in its own words, for a [Permitter]
}

// Trait is a set of properties of an operation.
type Trait uint32

const (
	// ErrorIn200 says that a 200 may carry an <Error> document.
	ErrorIn200 Trait = 1 << iota
	// ChecksumRequired says that the service wants an integrity header for the body.
	ChecksumRequired
	// ChecksumMD5 says that it has to be Content-MD5, unless the caller sets another.
	ChecksumMD5
	// ChecksumBody says that the body takes a checksum header or trailer.
	ChecksumBody
	// ChecksumAnswer says that the answer can carry a checksum to verify its body by.
	ChecksumAnswer
	// ChecksumCreate says that the call starts an upload that is told which
	// checksum its parts will carry.
	ChecksumCreate
	// Resumable says that an answer's body, once lost, can be continued by Range.
	Resumable
	// SlowAnswer says that the service may take minutes before the first byte of its answer.
	SlowAnswer
	// Once says that the call is one attempt, whatever happens.
	Once
	// Anonymous says that the call is never signed.
	Anonymous
	// URLKeys says that the list can ask for encoding-type=url.
	URLKeys
	// SelfConflict says that the call can be refused because of what it has done
	// itself, by an attempt whose answer was lost. A [Recogniser] is then asked.
	SelfConflict
	// NoSession says that the caller's own credentials sign the call also where
	// others are signed with those of a session.
	NoSession
	// Mistakable says that a server which does not know the operation takes it for
	// one that replaces or deletes the object.
	Mistakable
	// UnsignedBody says that the signature never covers the body.
	UnsignedBody
	// NoReplay says that an attempt is the last one if it is not known whether
	// the service has carried it out.
	NoReplay
)

// Has reports whether all traits of want are set.
func (t Trait) Has(want Trait) bool { return t&want == want }
