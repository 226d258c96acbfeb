package byterange

import "testing"

func TestHeader(t *testing.T) {
	for _, tt := range []struct {
		off, n int64
		want   string
	}{
		{0, -1, ""},
		{0, 1, "bytes=0-0"},
		{3, 4, "bytes=3-6"},
		{3, -1, "bytes=3-"},
	} {
		if got := Header(tt.off, tt.n); got != tt.want {
			t.Errorf("Header(%d, %d) = %q, want %q", tt.off, tt.n, got, tt.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		header      string
		first, last int64
		total       string
		ok          bool
	}{
		{header: "bytes 0-4/10", last: 4, total: "10", ok: true},
		{header: "bytes 5-9/*", first: 5, last: 9, total: "*", ok: true},
		{header: "bytes */10"},
		{header: "bytes 9-5/10"},
		{header: "bytes -1-5/10"},
		{header: "bytes a-b/10"},
		{header: "bytes 0-4"},
		{header: "bytes 4/10"},
		{header: "octets 0-4/10"},
		{header: ""},
	} {
		first, last, total, ok := Parse(tt.header)
		if ok != tt.ok || ok && (first != tt.first || last != tt.last || total != tt.total) {
			t.Errorf("Parse(%q) = %d, %d, %q, %t", tt.header, first, last, total, ok)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, tt := range []struct {
		contentRange   string
		length, off, n int64
		want           int64 // 0: an error
	}{
		{"", 10, 0, -1, 10},
		{"", 10, 0, 10, 10},
		{"", 10, 0, 20, 10},
		{"", 10, 0, 4, 0},
		{"", 10, 3, -1, 0},
		{"bytes 3-6/10", 4, 3, 4, 10},
		{"bytes 3-9/10", 7, 3, -1, 10},
		{"bytes 2-6/10", 5, 3, 4, 0},
		{"bytes 3-6/*", 4, 3, 4, 0},
		{"3-6/10", 4, 3, 4, 0},
	} {
		got, err := Whole(tt.contentRange, tt.length, tt.off, tt.n)
		if got != tt.want || (err == nil) != (tt.want > 0) {
			t.Errorf("Whole(%q, %d, %d, %d) = %d, %v, want %d", tt.contentRange, tt.length, tt.off, tt.n, got, err, tt.want)
		}
	}
}
