package transfer

import (
	"fmt"
	"math"
)

const mib = 1 << 20

// plan decides how large parts are.
type plan struct {
	limits  Limits
	part    int64 // the size of the first part
	maxPart int64
	hint    int64 // parts need not grow before that many bytes
}

// planKnown plans an object of size bytes in parts of about want bytes, or
// tells why it cannot be written. All parts but the last have the size
// plan.part; an object of one part can be put in one request.
func planKnown(l Limits, want, size int64) (plan, error) {
	if l.MaxObject > 0 && size > l.MaxObject {
		return plan{}, fmt.Errorf("%d bytes are more than the %d that the provider allows for an object", size, l.MaxObject)
	}
	p := newPlan(l, want)
	if l.MaxParts > 0 {
		p.raise(size, int64(l.MaxParts))
		if ceilDiv(size, p.part) > int64(l.MaxParts) {
			return plan{}, fmt.Errorf("%d bytes are more than %d parts of %d bytes, the most that the provider allows", size, l.MaxParts, p.part)
		}
	}
	return p, nil
}

// planStream plans an object of unknown length in parts of about want bytes,
// with hint bytes expected, or -1.
func planStream(l Limits, want, hint int64) plan {
	p := newPlan(l, want)
	if l.MaxParts > 0 && hint > 0 {
		p.hint = hint
		parts := int64(l.MaxParts)
		if !l.UniformParts {
			// Some parts are left for a stream that is longer than hinted.
			parts = max(1, parts-parts/20)
		}
		p.raise(hint, parts)
	}
	return p
}

func newPlan(l Limits, want int64) plan {
	p := plan{limits: l, maxPart: math.MaxInt64}
	if l.MaxPart > 0 {
		p.maxPart = l.MaxPart
	}
	if l.MaxPut > 0 {
		p.maxPart = min(p.maxPart, l.MaxPut) // what is one part is put in one request
	}
	p.part = min(max(want, l.MinPart), p.maxPart)
	return p
}

// raise makes the parts large enough for size bytes to fit into so many.
func (p *plan) raise(size, parts int64) {
	if need := ceilDiv(size, parts); need > p.part {
		p.part = min(roundUp(need), p.maxPart)
	}
}

// next returns the size of part number of a stream of which sent bytes went
// into the parts before.
//
// Parts keep their size for the first twentieth of their number; after that a
// part is as large as if that twentieth had held all so far. With S3's limits,
// 8 MiB parts pass 64 MiB after 32 GiB and reach 33 TiB in all. To grow later
// would cost reach, to grow earlier memory.
func (p *plan) next(number int, sent int64) (int64, error) {
	l := p.limits
	if l.MaxParts > 0 && number > l.MaxParts {
		return 0, fmt.Errorf("more than %d bytes do not fit into the %d parts that the provider allows: tell the expected size by WithSize", sent, l.MaxParts)
	}
	if l.MaxObject > 0 && sent >= l.MaxObject {
		return 0, fmt.Errorf("more than %d bytes: the provider allows no larger object", l.MaxObject)
	}
	n := p.part
	if l.MaxParts > 0 && !l.UniformParts && sent > p.hint {
		if grown := ceilDiv(sent, max(1, int64(l.MaxParts)/20)); grown > n {
			n = min(roundUp(grown), p.maxPart)
		}
	}
	if l.MaxObject > 0 {
		n = min(n, l.MaxObject-sent)
	}
	return n, nil
}

func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// roundUp rounds up to whole MiB.
func roundUp(n int64) int64 {
	if n > math.MaxInt64-mib {
		return n
	}
	return ceilDiv(n, mib) * mib
}
