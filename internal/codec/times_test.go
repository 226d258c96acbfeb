package codec

import (
	"net/http"
	"regexp"
	"testing"
	"time"
)

var formats = map[string]timeFormat{"iso8601": timeISO8601, "http": timeHTTP, "epoch": timeEpoch, "epochms": timeEpochMillis}

func TestAppendTime(t *testing.T) {
	for _, test := range []struct {
		name, format string
		time         time.Time
		want         string // empty: an error
	}{
		{name: "whole second", format: "iso8601", time: time.Date(2026, 11, 21, 9, 5, 3, 0, time.UTC), want: "2026-11-21T09:05:03Z"},
		{name: "milliseconds", format: "iso8601", time: time.Date(2026, 11, 21, 9, 5, 3, 120_999_999, time.UTC), want: "2026-11-21T09:05:03.12Z"},
		{name: "less than a millisecond", format: "iso8601", time: time.Date(2026, 11, 21, 9, 5, 3, 999_999, time.UTC), want: "2026-11-21T09:05:03Z"},
		{name: "another zone", format: "iso8601", time: time.Date(2026, 11, 21, 9, 5, 3, 0, time.FixedZone("", 3600)), want: "2026-11-21T08:05:03Z"},
		{name: "http", format: "http", time: time.Date(2026, 11, 1, 9, 5, 3, 5e8, time.UTC), want: "Sun, 01 Nov 2026 09:05:03 GMT"},
		{name: "epoch", format: "epoch", time: time.Unix(1398796238, 0), want: "1398796238"},
		{name: "epoch with a fraction", format: "epoch", time: time.Unix(1398796238, 50_000_000), want: "1398796238.05"},
		{name: "epoch just before 1970", format: "epoch", time: time.UnixMilli(-250), want: "-0.25"},
		{name: "epoch before 1970", format: "epoch", time: time.UnixMilli(-1250), want: "-1.25"},
		{name: "epoch of 1970", format: "epoch", time: time.Unix(0, 0), want: "0"},
		{name: "epochms", format: "epochms", time: time.UnixMilli(1767607872123), want: "1767607872123"},
		{name: "year 1", format: "iso8601", time: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), want: "0001-01-01T00:00:01Z"},
		{name: "year 9999", format: "http", time: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), want: "Fri, 31 Dec 9999 23:59:59 GMT"},
		{name: "year 10000", format: "iso8601", time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{name: "year 0", format: "epoch", time: time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC)},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := appendTime(nil, test.time, formats[test.format])
			if string(got) != test.want || (err != nil) != (test.want == "") {
				t.Errorf("appendTime(%v, %s) = %q, %v; want %q", test.time, test.format, got, err, test.want)
			}
		})
	}
}

func TestParseTime(t *testing.T) {
	noon := time.Date(2026, 11, 6, 12, 30, 5, 0, time.UTC)
	for _, test := range []struct {
		text, format string
		want         time.Time // zero: refused
	}{
		{text: "2026-11-06T12:30:05Z", want: noon},
		{text: "2026-11-06T12:30:05.000Z", want: noon},
		{text: "2026-11-06T12:30:05.123456789Z", want: noon.Add(123456789)},
		{text: "2026-11-06T12:30:05.1234567891Z", want: noon.Add(123456789)},
		{text: "2026-11-06T13:30:05+01:00", want: noon},
		{text: "2026-11-06T07:00:05-0530", want: noon},
		{text: "2026-11-06 12:30:05", want: noon},
		{text: "2026-11-06", want: time.Date(2026, 11, 6, 0, 0, 0, 0, time.UTC)},
		{text: "2024-02-29T00:00:00Z", want: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{text: "2000-02-29T00:00:00Z", want: time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC)},
		{text: "0001-01-01T00:00:01Z", want: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC)},
		{text: "9999-12-31T23:59:59Z", want: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{text: "2026-02-29T00:00:00Z"}, {text: "1900-02-29T00:00:00Z"}, {text: "2026-13-01T00:00:00Z"}, {text: "2026-00-01T00:00:00Z"},
		{text: "2026-04-31T00:00:00Z"}, {text: "2026-11-06T24:00:00Z"}, {text: "2026-11-06T12:60:00Z"}, {text: "2026-11-06T12:30"},
		{text: "2026-11-06T12:30:05.Z"}, {text: "2026-11-06T12:30:05X"}, {text: "2026-11-06T12:30:05+1:00"}, {text: "2026-11-06T12:30:05+24:00"},
		{text: "0000-01-01T00:00:00Z"}, {text: "0001-01-01T00:00:00+01:00"}, {text: "9999-12-31T23:59:59-01:00"}, {text: "2026-1-06T12:30:05Z"},

		{text: "Fri, 06 Nov 2026 12:30:05 GMT", want: noon},
		{text: "Fri, 6 Nov 2026 12:30:05 GMT", want: noon},
		{text: "Fri, 06 Nov 2026 12:30:05.25 GMT", want: noon.Add(250 * time.Millisecond)},
		{text: "Fri, 06 Nov 2026 12:30:05 UTC", want: noon},
		{text: "Fri, 06 Nov 2026 12:30:05 +0000", want: noon},
		{text: "Fri, 06 Nov 2026 13:30:05 +0100", want: noon},
		{text: "Fri, 06 Nov 2026 12:30:05", want: noon},
		{text: "06 Nov 2026 12:30:05 GMT", want: noon},
		{text: "Fri, 06 Nov 26 12:30:05 GMT", want: noon},
		{text: "Friday, 06-Nov-26 12:30:05 GMT", want: noon},
		{text: "Fri, 06-Nov-2026 12:30:05 GMT", want: noon},
		{text: "Fri Nov  6 12:30:05 2026", want: noon},
		{text: "Fri, 06 Nov 2026 12:30:05 EST"}, {text: "Fri, 06 Foo 2026 12:30:05 GMT"}, {text: "Fri, 31 Nov 2026 12:30:05 GMT"},
		{text: "Fri, 06 Nov 2026 25:30:05 GMT"}, {text: "tomorrow"}, {text: ""}, {text: "never"},

		{text: "1398796238", want: time.Unix(1398796238, 0)},
		{text: "1398796238.5", want: time.Unix(1398796238, 5e8)},
		{text: "1.398796238123E9", want: time.Unix(1398796238, 123_000_000)},
		{text: "-1.25", want: time.UnixMilli(-1250)},
		{text: "0", want: time.Unix(0, 0)},
		{text: "1767607872123", format: "epochms", want: time.UnixMilli(1767607872123)},
		{text: "1767607872123.5", format: "epochms", want: time.UnixMicro(1767607872123500)},
		{text: "1.767607872123e12", format: "epochms", want: time.UnixMilli(1767607872123)},
		{text: "0", format: "http"}, {text: "-1", format: "http"}, {text: "1398796238", format: "http"},
		{text: "253402300800"}, {text: "999999999999999999"}, {text: "1e300"}, {text: "--5"}, {text: "1.2.3"}, {text: "-"},
	} {
		if test.format == "" {
			test.format = "epoch"
		}
		got, ok := parseTime([]byte(test.text), formats[test.format])
		if ok == test.want.IsZero() || !got.Equal(test.want) {
			t.Errorf("parseTime(%q) = %v, %v; want %v", test.text, got, ok, test.want)
		}
	}
}

// strictRFC3339 is the form that parseISO8601 must take; time.Parse takes more.
var strictRFC3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// FuzzTime writes any time in every format and reads it back, and compares
// the reading of text with the standard library's.
func FuzzTime(f *testing.F) {
	f.Add(int64(1398796238), int64(999_999_999), "2026-11-06T13:30:05.5+01:00")
	f.Add(int64(-62135596800), int64(0), "Fri, 06 Nov 2026 12:30:05 GMT")
	f.Add(int64(253402300799), int64(1), "Friday, 06-Nov-26 12:30:05 GMT")
	f.Fuzz(func(t *testing.T, sec, nsec int64, text string) {
		moment := time.Unix(sec, nsec)
		for name, format := range formats {
			b, err := appendTime(nil, moment, format)
			if err != nil {
				if unix := moment.Unix(); unix >= minUnix && unix <= maxUnix {
					t.Fatalf("appendTime(%v, %s): %v", moment, name, err)
				}
				continue
			}
			want := time.UnixMilli(moment.UnixMilli())
			if format == timeHTTP {
				want = time.Unix(moment.Unix(), 0)
			}
			if got, ok := parseTime(b, format); !ok || !got.Equal(want) {
				t.Fatalf("%v is written as %s (%s) and read as %v", moment, b, name, got)
			}
		}
		got, ok := parseTime([]byte(text), timeEpoch)
		if want, err := time.Parse(time.RFC3339Nano, text); err == nil && want.Unix() >= minUnix && want.Unix() <= maxUnix {
			if ok && !got.Equal(want) || !ok && strictRFC3339.MatchString(text) {
				t.Fatalf("%q is read as %v %v, by time.Parse as %v", text, got, ok, want)
			}
		}
		if want, err := http.ParseTime(text); err == nil && ok && !got.Equal(want) {
			t.Fatalf("%q is read as %v, by http.ParseTime as %v", text, got, want)
		}
	})
}
