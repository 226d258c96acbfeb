package transfer

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	kib = 1 << 10
	gib = 1 << 30
	tib = 1 << 40
)

var (
	s3Limits  = Limits{MinPart: 5 * mib, MaxPart: 5 * gib, MaxPut: 5 * gib, MaxObject: 10_000 * 5 * gib, MaxParts: 10_000}
	b2Limits  = Limits{MinPart: 5_000_000, MaxPart: 5_000_000_000, MaxPut: 5_000_000_000, MaxObject: 10_000_000_000_000, MaxParts: 10_000, PartSize: 100_000_000}
	oddLimits = Limits{MinPart: 3, MaxPart: 1000, MaxPut: 700, MaxParts: 7}
)

// TestPlanKnown checks for sizes over the whole range, and around all edges,
// that the parts keep the limits.
func TestPlanKnown(t *testing.T) {
	for _, l := range []Limits{s3Limits, b2Limits, oddLimits, {}} {
		most := l.MaxObject
		if most == 0 {
			most = 5 * tib
		}
		if l.MaxParts == 7 {
			most = 7 * 700
		}
		sizes := []int64{0, 1, l.MinPart, 8 * mib, 8*mib + 1, 10_000 * 8 * mib, 10_000*8*mib + 1, l.MaxPut, l.MaxPut + 1, most - 1, most}
		for range 100_000 {
			sizes = append(sizes, rand.Int64N(most)>>rand.IntN(40))
		}
		for _, size := range sizes {
			if size > most {
				continue
			}
			want := int64(8 * mib)
			if rand.IntN(2) == 0 {
				want = rand.Int64N(10 * gib)
			}
			p, err := planKnown(l, want, size)
			if err != nil {
				t.Fatalf("planKnown(%+v, %d, %d): %v", l, want, size, err)
			}
			parts := ceilDiv(size, p.part)
			switch {
			case p.part < l.MinPart, l.MaxPart > 0 && p.part > l.MaxPart, l.MaxPut > 0 && p.part > l.MaxPut, p.part <= 0:
				t.Fatalf("planKnown(%+v, %d, %d): parts of %d bytes", l, want, size, p.part)
			case l.MaxParts > 0 && parts > int64(l.MaxParts):
				t.Fatalf("planKnown(%+v, %d, %d): %d parts", l, want, size, parts)
			}
			if _, err := planKnown(l, want, most+1); l.MaxParts > 0 && err == nil {
				t.Fatalf("planKnown(%+v, %d, %d) gave no error", l, want, most+1)
			}
		}
	}
}

func TestPlanKnownKeepsTheWantedSize(t *testing.T) {
	tests := []struct{ want, size, part int64 }{
		{8 * mib, 100 * mib, 8 * mib},
		{1, 100 * mib, 5 * mib},
		{64 * mib, 100 * mib, 64 * mib},
		{8 * mib, 10_000 * 8 * mib, 8 * mib},
		{8 * mib, 10_000*8*mib + 1, 9 * mib},
		{8 * gib, 100 * gib, 5 * gib},
		{8 * mib, 10_000 * 5 * gib, 5 * gib},
	}
	for _, tt := range tests {
		p, err := planKnown(s3Limits, tt.want, tt.size)
		if err != nil || p.part != tt.part {
			t.Errorf("planKnown(s3, %d, %d) = %d, %v, want %d", tt.want, tt.size, p.part, err, tt.part)
		}
	}
}

// stream takes parts from p until it is full or has size bytes, and checks each.
func streamParts(t *testing.T, p plan, size int64) (sent int64, parts int, err error) {
	t.Helper()
	last := int64(0)
	for number := 1; sent < size; number++ {
		n, err := p.next(number, sent)
		if err != nil {
			return sent, parts, err
		}
		l := p.limits
		room := l.MaxObject == 0 || sent+n < l.MaxObject
		if n <= 0 || l.MaxPart > 0 && n > l.MaxPart || room && n < max(last, l.MinPart) || room && l.UniformParts && n != p.part {
			t.Fatalf("part %d after %d bytes has %d, the one before %d", number, sent, n, last)
		}
		last = n
		sent += min(n, size-sent)
		parts = number
	}
	return sent, parts, nil
}

func TestPlanStream(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		want   int64
		hint   int64
		size   int64
		full   bool // the stream is longer than can be sent
	}{
		{name: "33 TiB without a hint", limits: s3Limits, want: 8 * mib, hint: -1, size: 33 * tib},
		{name: "too long without a hint", limits: s3Limits, want: 8 * mib, hint: -1, size: 34 * tib, full: true},
		{name: "all of B2", limits: b2Limits, want: 8 * mib, hint: -1, size: b2Limits.MaxObject},
		{name: "largest object with a hint", limits: s3Limits, want: 8 * mib, hint: s3Limits.MaxObject, size: s3Limits.MaxObject},
		{name: "one byte more", limits: s3Limits, want: 8 * mib, hint: s3Limits.MaxObject, size: s3Limits.MaxObject + 1, full: true},
		{name: "twice the hint", limits: s3Limits, want: 8 * mib, hint: 1 * tib, size: 2 * tib},
		{name: "a tenth of the hint", limits: s3Limits, want: 8 * mib, hint: 1 * tib, size: tib / 10},
		{name: "uniform", limits: uniform(s3Limits), want: 8 * mib, hint: -1, size: 10_000 * 8 * mib},
		{name: "uniform, too long", limits: uniform(s3Limits), want: 8 * mib, hint: -1, size: 10_000*8*mib + 1, full: true},
		{name: "uniform with a hint", limits: uniform(s3Limits), want: 8 * mib, hint: 20 * tib, size: 20 * tib},
		{name: "no limits", want: 8 * mib, hint: -1, size: tib},
		{name: "few parts", limits: Limits{MaxParts: 5}, want: kib, hint: -1, size: 7 * mib},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := planStream(tt.limits, tt.want, tt.hint)
			sent, parts, err := streamParts(t, p, tt.size)
			if tt.full != (err != nil) {
				t.Errorf("%d bytes in %d parts: %v", sent, parts, err)
			}
			if err != nil && !strings.Contains(err.Error(), "WithSize") && !strings.Contains(err.Error(), "no larger object") {
				t.Errorf("error = %q, want one that says what to do", err)
			}
		})
	}
}

func uniform(l Limits) Limits {
	l.UniformParts = true
	return l
}

// TestPlanStreamStaysSmall checks that parts are not larger than they need be:
// they are what takes memory.
func TestPlanStreamStaysSmall(t *testing.T) {
	p := planStream(s3Limits, 8*mib, -1)
	tests := []struct{ number, sent, most int64 }{
		{2, 8 * mib, 8 * mib},
		{500, 499 * 8 * mib, 8 * mib},
		{2000, 32 * gib, 66 * mib},
	}
	for _, tt := range tests {
		n, err := p.next(int(tt.number), tt.sent)
		if err != nil || n > tt.most {
			t.Errorf("part %d after %d bytes = %d, %v, want at most %d", tt.number, tt.sent, n, err, tt.most)
		}
	}
	if p := planStream(s3Limits, 8*mib, 100*gib); p.part > 12*mib {
		t.Errorf("parts of %d bytes for 100 GiB", p.part)
	}
}

func TestSpans(t *testing.T) {
	for range 10_000 {
		d := &downloader{part: 1 + rand.Int64N(100*mib), info: Info{Size: rand.Int64N(50*tib) >> rand.IntN(46)}}
		s := d.ranges()
		if s.count > maxRanges+1 {
			t.Fatalf("%d ranges for %d bytes", s.count, d.info.Size)
		}
		var end int64
		for i := range s.count {
			off, n := s.at(i)
			if off != end || n <= 0 && d.info.Size > 0 {
				t.Fatalf("size %d, part %d: range %d begins at %d, has %d bytes, the one before ends at %d", d.info.Size, d.part, i, off, n, end)
			}
			end = off + n
		}
		if end != d.info.Size {
			t.Fatalf("size %d, part %d: ranges end at %d", d.info.Size, d.part, end)
		}
	}
}
