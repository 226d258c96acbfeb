package codec

import "unicode/utf8"

const upperHex = "0123456789ABCDEF"

// unreserved reports whether RFC 3986 leaves c as it is everywhere in a URI.
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~'
}

// appendEscaped percent-encodes every byte of text that is not unreserved; a
// slash too, unless slashes says otherwise.
func appendEscaped[T string | []byte](b []byte, text T, slashes bool) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if unreserved(c) || c == '/' && slashes {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// EscapeLabel is how Encode writes the value of a label that is not greedy.
func EscapeLabel(value string) string { return string(appendEscaped(nil, value, false)) }

// unescape undoes percent-encoding. A plus is a space, as in forms: all that
// encode a real plus encode it. Text with a broken escape is left as it is.
func unescape(text string) string {
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '+':
			b = append(b, ' ')
		case '%':
			if len(text)-i < 3 {
				return text
			}
			high, low := unhex(text[i+1]), unhex(text[i+2])
			if high < 0 || low < 0 {
				return text
			}
			b = append(b, byte(high<<4|low))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func unhex(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// appendXMLEscaped writes text so that it comes back the same from text and
// from attributes. Line ends and tabs become references, because a parser may
// normalise them where they stand bare.
func appendXMLEscaped[T string | []byte](b []byte, text T) []byte {
	from := 0
	for i := 0; i < len(text); i++ {
		ref := ""
		switch c := text[i]; c {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&#34;"
		case '\t':
			ref = "&#x9;"
		case '\n':
			ref = "&#xA;"
		case '\r':
			ref = "&#xD;"
		default:
			continue
		}
		b = append(b, text[from:i]...)
		b = append(b, ref...)
		from = i + 1
	}
	return append(b, text[from:]...)
}

// FitsXML reports whether XML 1.0 can carry text, by references or otherwise.
func FitsXML(text string) bool {
	_, found := notXML(text)
	return !found
}

// notXML finds the first character of text that XML 1.0 cannot carry.
func notXML(text string) (r rune, found bool) {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
				return rune(c), true
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
			return r, true
		}
		i += size
	}
	return 0, false
}
