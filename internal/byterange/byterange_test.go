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
	first, last, total, ok := Parse("bytes 3-6/10")
	if first != 3 || last != 6 || total != "10" || !ok {
		t.Errorf("Parse = %d, %d, %q, %t", first, last, total, ok)
	}
	if _, _, total, ok := Parse("bytes 0-0/*"); total != "*" || !ok {
		t.Errorf("Parse of an unknown total = %q, %t", total, ok)
	}
	for _, v := range []string{"", "3-6/10", "bytes 3-6", "bytes 3/10", "bytes */10", "bytes 6-3/10", "bytes -3-6/10", "bytes a-b/10", "items 3-6/10"} {
		if _, _, _, ok := Parse(v); ok {
			t.Errorf("Parse(%q) found a range", v)
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
