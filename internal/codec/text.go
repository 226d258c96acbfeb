package codec

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"time"
	"unsafe"
)

// appendText writes the scalar at p as text.
func (n *node) appendText(b []byte, p unsafe.Pointer) ([]byte, error) {
	switch n.kind {
	case kindString:
		return append(b, *(*string)(p)...), nil
	case kindBool:
		return strconv.AppendBool(b, *(*bool)(p)), nil
	case kindInt:
		return strconv.AppendInt(b, n.bits(p), 10), nil
	case kindUint:
		return strconv.AppendUint(b, n.unsigned(p), 10), nil
	case kindFloat:
		return appendFloat(b, n.float(p), int(8*n.size)), nil
	case kindTime:
		return appendTime(b, *(*time.Time)(p), n.time)
	case kindBytes:
		return base64.StdEncoding.AppendEncode(b, *(*[]byte)(p)), nil
	}
	return n.elem.appendText(b, *(*unsafe.Pointer)(p)) // a pointer
}

// setText reads text into the scalar at p. prev, if not nil, is the same
// member of the item before in a list: a string that is equal is not made anew,
// which saves the storage classes, owners and types of long lists.
func (n *node) setText(p, prev unsafe.Pointer, text []byte) error {
	if n.kind == kindString {
		if prev != nil {
			if before := *(*string)(prev); before == string(text) {
				*(*string)(p) = before
				return nil
			}
		}
		*(*string)(p) = string(text)
		return nil
	}
	if n.kind == kindPointer && n.elem.kind == kindString {
		return n.elem.setText(n.pointTo(p), nil, text)
	}
	text = trim(text)
	if len(text) == 0 {
		if n.kind == kindBytes {
			*(*[]byte)(p) = []byte{}
		}
		return nil
	}
	switch n.kind {
	case kindBool:
		v, ok := parseBool(text)
		if !ok {
			return invalid("boolean", text)
		}
		*(*bool)(p) = v
	case kindInt:
		v, ok := parseInt(text, int(8*n.size))
		if !ok {
			return invalid("number", text)
		}
		n.setBits(p, v)
	case kindUint:
		v, err := strconv.ParseUint(string(text), 10, int(8*n.size))
		if err != nil {
			return invalid("number", text)
		}
		n.setBits(p, int64(v))
	case kindFloat:
		v, ok := parseFloat(text, int(8*n.size))
		if !ok {
			return invalid("number", text)
		}
		n.setFloat(p, v)
	case kindTime:
		v, ok := parseTime(text, n.time)
		if !ok {
			return invalid("time", text)
		}
		*(*time.Time)(p) = v
	case kindBytes:
		v, err := base64.StdEncoding.AppendDecode(nil, text)
		if err != nil {
			return invalid("base64", text)
		}
		*(*[]byte)(p) = v
	case kindPointer:
		return n.elem.setText(n.pointTo(p), nil, text)
	}
	return nil
}

// trim cuts white space, which pretty-printers put around values. Most text
// has none.
func trim(text []byte) []byte {
	if n := len(text); n > 0 && (text[0] <= ' ' || text[n-1] <= ' ') {
		return bytes.TrimSpace(text)
	}
	return text
}

// parseBool takes what XML Schema and careless servers write.
func parseBool(text []byte) (v, ok bool) {
	switch string(text) {
	case "true", "True", "TRUE", "1":
		return true, true
	case "false", "False", "FALSE", "0":
		return false, true
	}
	return false, false
}

func parseInt(text []byte, bits int) (v int64, ok bool) {
	if len(text) <= 18 { // cannot overflow
		digits := text
		if text[0] == '-' {
			digits = text[1:]
		}
		for _, c := range digits {
			if !isDigit(c) {
				return 0, false
			}
			v = v*10 + int64(c-'0')
		}
		if text[0] == '-' {
			v = -v
		}
		return v, len(digits) > 0 && v>>(bits-1) == v>>63
	}
	v, err := strconv.ParseInt(string(text), 10, bits)
	return v, err == nil && text[0] != '+'
}

// appendFloat writes the shortest text that reads back as v.
func appendFloat(b []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, "NaN"...)
	case math.IsInf(v, 1):
		return append(b, "Infinity"...)
	case math.IsInf(v, -1):
		return append(b, "-Infinity"...)
	}
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, v, format, -1, bits)
}

func parseFloat(text []byte, bits int) (v float64, ok bool) {
	switch string(text) {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if !isNumber(text) { // ParseFloat takes hexadecimal and other names, too
		return 0, false
	}
	v, err := strconv.ParseFloat(string(text), bits)
	return v, err == nil
}
