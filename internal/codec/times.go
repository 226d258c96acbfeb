package codec

import (
	"math"
	"strconv"
	"time"
)

// timeFormat is how a time is written.
type timeFormat uint8

const (
	timeISO8601 timeFormat = iota + 1
	timeHTTP
	timeEpoch
	timeEpochMillis
)

// The first and the last second that all of the formats can write: of the
// years 1 and 9999.
const (
	minUnix = -62135596800
	maxUnix = 253402300799
)

// appendTime writes t. Fractions are cut to milliseconds, which is what the
// services keep.
func appendTime(b []byte, t time.Time, format timeFormat) ([]byte, error) {
	t = t.UTC()
	if sec := t.Unix(); sec < minUnix || sec > maxUnix {
		return b, fail("time is out of range: year " + strconv.Itoa(t.Year()))
	}
	switch format {
	case timeHTTP:
		return t.AppendFormat(b, "Mon, 02 Jan 2006 15:04:05 GMT"), nil
	case timeEpochMillis:
		return strconv.AppendInt(b, t.UnixMilli(), 10), nil
	case timeEpoch:
		ms := t.UnixMilli()
		if ms < 0 && ms > -1000 {
			b = append(b, '-') // the whole seconds are 0, which has no sign
		}
		b = strconv.AppendInt(b, ms/1000, 10)
		return appendMillis(b, int(max(ms%1000, -(ms%1000)))), nil
	}
	b = t.AppendFormat(b, "2006-01-02T15:04:05")
	b = appendMillis(b, t.Nanosecond()/1e6)
	return append(b, 'Z'), nil
}

// appendMillis writes a fraction of a second, if it is one.
func appendMillis(b []byte, ms int) []byte {
	if ms == 0 {
		return b
	}
	b = append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// ParseTime reads a time that stands outside of the documents that this package
// reads.
func ParseTime(text string) (t time.Time, ok bool) { return parseTime([]byte(text), timeISO8601) }

// parseTime reads a time in any of the formats: servers do not always keep to
// the one in their manual. The format only decides what a bare number means: as
// an HTTP date nothing, for Expires is often 0 or -1.
func parseTime(text []byte, format timeFormat) (t time.Time, ok bool) {
	switch {
	case len(text) == 0:
		return t, false
	case len(text) >= 10 && text[4] == '-' && text[7] == '-':
		return parseISO8601(text)
	case text[0] == '-' || text[0] == '+' || text[0] == '.' || isDigit(text[0]) && isNumber(text):
		if format == timeHTTP {
			return t, false
		}
		return parseEpoch(text, format == timeEpochMillis)
	}
	return parseHTTPDate(text)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNumber(text []byte) bool {
	for _, c := range text {
		if !isDigit(c) && c != '.' && c != 'e' && c != 'E' && c != '-' && c != '+' {
			return false
		}
	}
	return true
}

// number reads n digits at the beginning of text.
func number(text []byte, n int) (v int, ok bool) {
	if len(text) < n {
		return 0, false
	}
	for _, c := range text[:n] {
		if !isDigit(c) {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	return v, true
}

// parseISO8601 reads 2006-01-02T15:04:05.999Z and its kin: offsets instead of
// Z, a space instead of T, no zone (UTC), no time (midnight). A list has one
// such time per key, so this is done by hand.
func parseISO8601(text []byte) (t time.Time, ok bool) {
	year, ok1 := number(text, 4)
	month, ok2 := number(text[5:], 2)
	day, ok3 := number(text[8:], 2)
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || year < 1 {
		return t, false
	}
	sec := daysSinceEpoch(year, month, day) * 86400
	rest := text[10:]
	if len(rest) == 0 {
		return time.Unix(sec, 0).UTC(), true
	}
	if len(rest) < 9 || rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ' || rest[3] != ':' || rest[6] != ':' {
		return t, false
	}
	h, ok1 := number(rest[1:], 2)
	m, ok2 := number(rest[4:], 2)
	s, ok3 := number(rest[7:], 2)
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || s > 59 {
		return t, false
	}
	sec += int64(h*3600 + m*60 + s)
	rest = rest[9:]
	nsec := 0
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		var n int
		if nsec, n, ok = fraction(rest[1:]); !ok {
			return t, false
		}
		rest = rest[1+n:]
	}
	offset, ok := zone(rest)
	sec -= int64(offset)
	if !ok || sec < minUnix || sec > maxUnix {
		return t, false
	}
	return time.Unix(sec, int64(nsec)).UTC(), true
}

// fraction reads the digits after a decimal point as nanoseconds.
func fraction(text []byte) (nsec, n int, ok bool) {
	unit := 100_000_000
	for n < len(text) && isDigit(text[n]) {
		nsec += int(text[n]-'0') * unit
		unit /= 10
		n++
	}
	return nsec, n, n > 0
}

// zone reads an offset from UTC in seconds: nothing, Z, UTC, GMT, +01:00, +0100.
func zone(text []byte) (offset int, ok bool) {
	switch string(text) {
	case "", "Z", "z", "UTC", "GMT", "UT":
		return 0, true
	}
	if len(text) != 5 && len(text) != 6 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	minutes := text[3:]
	if len(text) == 6 {
		if text[3] != ':' {
			return 0, false
		}
		minutes = text[4:]
	}
	h, ok1 := number(text[1:], 2)
	m, ok2 := number(minutes, 2)
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	offset = h*3600 + m*60
	if text[0] == '-' {
		offset = -offset
	}
	return offset, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSinceEpoch counts the days from 1970-01-01. It begins the year in March,
// so that the leap day is its last.
func daysSinceEpoch(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return int64(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468)
}

// parseEpoch reads a number of seconds or milliseconds since 1970. It may have
// a fraction or an exponent, as AWS JSON writes it.
func parseEpoch(text []byte, millis bool) (t time.Time, ok bool) {
	digits, negative := text, text[0] == '-'
	if negative {
		digits = text[1:]
	}
	var whole int64
	n := 0
	for n < len(digits) && n < 15 && isDigit(digits[n]) {
		whole = whole*10 + int64(digits[n]-'0')
		n++
	}
	nsec := 0
	rest := digits[n:]
	if n > 0 && len(rest) > 0 && rest[0] == '.' {
		var size int
		if nsec, size, ok = fraction(rest[1:]); ok {
			rest = rest[1+size:]
		}
	}
	if n == 0 || len(rest) > 0 {
		return parseEpochFloat(text, millis)
	}
	sec, ns := whole, int64(nsec)
	if millis {
		sec, ns = whole/1000, whole%1000*1e6+ns/1000
	}
	if negative {
		sec, ns = -sec, -ns
	}
	return fromUnix(sec, ns)
}

// parseEpochFloat is parseEpoch for what is not plain digits. A float64 keeps
// today's seconds to the microsecond.
func parseEpochFloat(text []byte, millis bool) (t time.Time, ok bool) {
	v, ok := parseFloat(text, 64)
	if millis {
		v /= 1000
	}
	if !ok || !(math.Abs(v) < 1e12) {
		return t, false
	}
	sec, frac := math.Modf(v)
	return fromUnix(int64(sec), int64(math.Round(frac*1e6))*1000)
}

func fromUnix(sec, nsec int64) (t time.Time, ok bool) {
	t = time.Unix(sec, nsec).UTC()
	if unix := t.Unix(); unix < minUnix || unix > maxUnix {
		return time.Time{}, false
	}
	return t, true
}

// httpDates are the forms of a date that RFC 9110 asks to understand, and
// those that servers invent. The zone is cut off before.
var httpDates = [...]string{
	"Mon, 2 Jan 2006 15:04:05",  // RFC 1123
	"2 Jan 2006 15:04:05",       // RFC 822, four digits of year
	"Mon, 2 Jan 06 15:04:05",    // RFC 822
	"Monday, 2-Jan-06 15:04:05", // RFC 850
	"Mon, 2-Jan-2006 15:04:05",  // Netscape
	"Mon Jan _2 15:04:05 2006",  // asctime
	"Mon, 2 Jan 2006 15:04",     // RFC 822: seconds may be missing
}

// parseHTTPDate reads Mon, 02 Jan 2006 15:04:05 GMT and its kin.
func parseHTTPDate(text []byte) (t time.Time, ok bool) {
	if t, ok := parseIMFDate(text); ok {
		return t, true
	}
	if len(text) > 64 {
		return t, false
	}
	date, offset := string(text), 0
	for i := len(text) - 1; i > 0; i-- {
		if text[i] != ' ' {
			continue
		}
		if seconds, ok := zone(text[i+1:]); ok {
			date, offset = string(text[:i]), seconds
		}
		break
	}
	for _, layout := range httpDates {
		if t, err := time.Parse(layout, date); err == nil {
			return fromUnix(t.Unix()-int64(offset), int64(t.Nanosecond()))
		}
	}
	return t, false
}

// parseIMFDate reads the one form that servers are meant to send.
func parseIMFDate(text []byte) (t time.Time, ok bool) {
	if len(text) != 29 || string(text[25:]) != " GMT" || text[3] != ',' || text[4] != ' ' || text[7] != ' ' ||
		text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' {
		return t, false
	}
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	month := 0
	for i := 0; i < len(months); i += 3 {
		if string(text[8:11]) == months[i:i+3] {
			month = i/3 + 1
		}
	}
	day, ok1 := number(text[5:], 2)
	year, ok2 := number(text[12:], 4)
	h, ok3 := number(text[17:], 2)
	m, ok4 := number(text[20:], 2)
	s, ok5 := number(text[23:], 2)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || month == 0 || day < 1 || day > daysIn(year, month) ||
		year < 1 || h > 23 || m > 59 || s > 59 {
		return t, false
	}
	return time.Unix(daysSinceEpoch(year, month, day)*86400+int64(h*3600+m*60+s), 0).UTC(), true
}
