package transfer

import (
	"bytes"
	"context"
	"fmt"
	"hash"
	"io"

	"github.com/entrepot-go/entrepot/internal/checksum"
)

var (
	// combinable are the algorithms whose checksums of ranges make up that of
	// the whole, the preferred one first; inOrder those that need all content
	// in order.
	combinable = []checksum.Algorithm{checksum.CRC64NVME, checksum.CRC32C, checksum.CRC32}
	inOrder    = []checksum.Algorithm{checksum.SHA256, checksum.SHA1, checksum.SHA512, checksum.MD5}
)

// choose returns the first of the algorithms of which there is a checksum of
// the whole content.
func choose(sums []Checksum, algorithms ...[]checksum.Algorithm) (Checksum, bool) {
	return first(sums, false, algorithms)
}

// first returns the checksum by the first of the algorithms of which there is one of
// the kind.
func first(sums []Checksum, composite bool, algorithms [][]checksum.Algorithm) (Checksum, bool) {
	for _, list := range algorithms {
		for _, a := range list {
			for _, c := range sums {
				if c.Algorithm == string(a) && c.Composite == composite && len(c.Value) == a.Size() {
					return c, true
				}
			}
		}
	}
	return Checksum{}, false
}

// verdict is the checksum to compare with. It may become known, or known not to
// exist, while content is already coming in.
type verdict struct {
	known chan struct{}

	// Not to be read before known is closed.
	want  Checksum // zero: there is none
	parts []int64  // sizes of the parts of whose checksums want is one, if it is composite
}

func newVerdict() *verdict { return &verdict{known: make(chan struct{})} }

func (v *verdict) set(c Checksum, parts []int64) {
	v.want, v.parts = c, parts
	close(v.known)
}

// digest computes the checksum of what is written to it by all algorithms that
// may turn out to be asked for.
type digest struct {
	v     *verdict
	whole bool // what is written is all of the content, in order
	sums  []sum
	known bool
	size  int64

	warmed byte // see warm
}

type sum struct {
	algorithm checksum.Algorithm
	hash      hash.Hash
}

// newDigest returns the digest of a range, by the combinable algorithms, or of the whole,
// by the others as well.
func newDigest(v *verdict, algorithms ...[]checksum.Algorithm) *digest {
	d := &digest{v: v, whole: len(algorithms) > 1}
	for _, list := range algorithms {
		for _, a := range list {
			if h, err := checksum.New(a); err == nil {
				d.sums = append(d.sums, sum{a, h})
			}
		}
	}
	d.settle()
	return d
}

// settle drops the algorithms that are not wanted, once that is known.
func (d *digest) settle() {
	if d.known {
		return
	}
	select {
	case <-d.v.known:
		d.known = true
	default:
		return
	}
	all := d.sums
	d.sums = nil
	for _, s := range all {
		if string(s.algorithm) != d.v.want.Algorithm {
			continue
		}
		if d.v.want.Composite {
			if !d.whole || d.size > 0 { // it must know the parts from the first byte on
				return
			}
			s.hash = newComposite(s.algorithm, s.hash, d.v.parts)
		}
		d.sums = []sum{s}
	}
}

// composite computes the checksum of the checksums of parts.
type composite struct {
	hash.Hash // of the part at hand
	whole     hash.Hash
	parts     []int64 // sizes of those from the one at hand on, of which nothing is missing
	left      int64   // of the part at hand
}

func newComposite(a checksum.Algorithm, part hash.Hash, parts []int64) *composite {
	whole, _ := checksum.New(a) // as part is
	return &composite{Hash: part, whole: whole, parts: parts}
}

func (c *composite) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && (c.left > 0 || len(c.parts) > 0) {
		if c.left == 0 {
			c.left, c.parts = c.parts[0], c.parts[1:]
		}
		k := min(int64(len(p)), c.left)
		c.Hash.Write(p[:k])
		p, c.left = p[k:], c.left-k
		if c.left == 0 {
			c.whole.Write(c.Hash.Sum(nil))
			c.Hash.Reset()
		}
	}
	return n, nil
}

func (c *composite) Sum(b []byte) []byte { return c.whole.Sum(b) }

func (d *digest) write(p []byte) {
	d.settle()
	for _, s := range d.sums {
		s.hash.Write(p)
	}
	d.size += int64(len(p))
}

// cacheLine is how much of memory a processor fetches at a time.
const cacheLine = 64

// warm fetches p, which was filled a while ago and will be written next, into the
// processor's cache. A hash whose every step needs the one before waits for
// memory line by line; the loads here do not, and are waited for together.
func (d *digest) warm(p []byte) {
	if len(d.sums) == 0 || d.sums[0].algorithm.Combinable() { // a CRC has several lines on the way by itself
		return
	}
	var x byte
	for i := 0; i < len(p); i += cacheLine {
		x ^= p[i]
	}
	d.warmed = x // or the compiler could leave the loads out
}

// verify compares the content that the digests saw one after the other, and
// returns the algorithm by which it did so; none if it could not. The verdict
// must be known.
func (v *verdict) verify(digests []*digest) (string, error) {
	var whole []byte
	for i, d := range digests {
		d.settle()
		if len(d.sums) == 0 {
			return "", nil
		}
		part := d.sums[0].hash.Sum(nil)
		if i == 0 {
			whole = part
			continue
		}
		a := d.sums[0].algorithm
		if !a.Combinable() {
			return "", nil
		}
		var err error
		if whole, err = checksum.Combine(a, whole, part, d.size); err != nil {
			return "", err
		}
	}
	return v.want.Algorithm, v.compare(whole)
}

func (v *verdict) compare(got []byte) error {
	if !bytes.Equal(got, v.want.Value) {
		return fmt.Errorf("%w: %s is %x where the object's is %x", ErrChecksum, v.want.Algorithm, got, v.want.Value)
	}
	return nil
}

// reread compares the size bytes of r.
func (v *verdict) reread(ctx context.Context, r io.ReaderAt, size int64) (string, error) {
	d := newDigest(v, combinable, inOrder)
	c := chunks.Get().(*chunk)
	defer chunks.Put(c)
	in := &stream{r: io.NewSectionReader(r, 0, size)}
	for d.size < size {
		n, err := in.read(ctx, c[:])
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", fmt.Errorf("reading back what was written: %w", err)
		}
		d.write(c[:n])
	}
	return v.verify([]*digest{d})
}
