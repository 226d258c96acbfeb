package sigv4

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// scratch is the working memory of one signature. Its buffers are reused, so
// that a signature allocates only what it leaves behind in the request.
type scratch struct {
	buf           []byte // the canonical request, then the string to sign
	arena         []byte // lower-cased names, encoded parameters, date and scope
	timestamp     []byte // 20060102T150405Z
	scope         []byte // date/region/service/aws4_request
	signedHeaders []byte // names joined by semicolons
	headers       []header
	params        []param
}

// header is one line of the canonical headers. Its value is in values, or in
// value where it does not come from the request's header map.
type header struct {
	name   []byte // lower case
	key    string // as in the header map
	values []string
	value  []byte
}

// param is one parameter of the query, encoded.
type param struct{ name, value []byte }

var scratchPool = sync.Pool{New: func() any {
	return &scratch{buf: make([]byte, 0, 2048), arena: make([]byte, 0, 1024)}
}}

// release empties s, so that the pool holds on to neither requests nor
// session tokens, and gives it back.
func (s *scratch) release() {
	const keep = 64 << 10 // a giant request must not stay in memory
	if cap(s.buf)+cap(s.arena) > keep {
		return
	}
	clear(s.headers)
	clear(s.params)
	clear(s.buf[:cap(s.buf)])
	clear(s.arena[:cap(s.arena)])
	*s = scratch{
		buf:           s.buf[:0],
		arena:         s.arena[:0],
		signedHeaders: s.signedHeaders[:0],
		headers:       s.headers[:0],
		params:        s.params[:0],
	}
	scratchPool.Put(s)
}

// keep copies text into the arena. The arena may move while it grows; slices
// handed out before stay valid all the same.
func (s *scratch) keep(text string) []byte {
	at := len(s.arena)
	s.arena = append(s.arena, text...)
	return s.arena[at:len(s.arena):len(s.arena)]
}

// lower is keep in lower case.
func (s *scratch) lower(text string) []byte {
	b := s.keep(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}

func (s *scratch) setScope(p *Params) {
	at := len(s.arena)
	s.arena = appendTimestamp(s.arena, p.Time.UTC())
	s.timestamp = s.arena[at:]
	at = len(s.arena)
	s.arena = append(s.arena, s.timestamp[:len("20060102")]...)
	s.arena = append(s.arena, '/')
	if p.RegionSet == "" {
		s.arena = append(s.arena, p.Region...)
		s.arena = append(s.arena, '/')
	}
	s.arena = append(s.arena, p.Service...)
	s.arena = append(s.arena, "/aws4_request"...)
	s.scope = s.arena[at:]
}

// appendTimestamp is AppendFormat of "20060102T150405Z", at a fifth of its price.
func appendTimestamp(b []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = appendPair(b, year/100)
	b = appendPair(b, year%100)
	b = appendPair(b, int(month))
	b = appendPair(b, day)
	b = append(b, 'T')
	b = appendPair(b, hour)
	b = appendPair(b, minute)
	b = appendPair(b, second)
	return append(b, 'Z')
}

func appendPair(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

func (s *scratch) addHeader(name, value []byte) {
	s.headers = append(s.headers, header{name: name, value: value})
}

// collectHeaders gathers the host and those headers of req that are signed.
func (s *scratch) collectHeaders(req *http.Request, p *Params) {
	token := p.tokenHeader()
	for key, values := range req.Header {
		if len(values) == 0 {
			continue // nothing goes on the wire
		}
		at := len(s.arena)
		name := s.lower(key)
		replaced := p.SessionToken != "" && strings.EqualFold(key, token) ||
			p.PayloadHashHeader && string(name) == "x-amz-content-sha256" ||
			p.RegionSet != "" && string(name) == "x-amz-region-set"
		if replaced || unsigned(name) {
			s.arena = s.arena[:at]
			continue
		}
		s.headers = append(s.headers, header{name: name, key: key, values: values})
	}
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	s.addHeader(s.keep("host"), s.keep(withoutZone(host)))
	if p.SignContentLength {
		s.addHeader(s.keep("content-length"), s.keep(strconv.FormatInt(req.ContentLength, 10)))
	}
}

// unsigned tells the headers that stay out of a signature: those that a
// signature sets itself, those that net/http writes from elsewhere or not at
// all, those that belong to one hop, and those that proxies and tracing
// transports change on the way. Google's S3 endpoint, for one, rewrites
// Accept-Encoding before it checks the signature.
func unsigned(name []byte) bool {
	switch string(name) {
	case "authorization", "x-amz-date",
		"host", "content-length", "user-agent", "transfer-encoding", "trailer",
		"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "upgrade",
		"accept-encoding", "expect", "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
		"x-amzn-trace-id", "traceparent", "tracestate", "baggage":
		return true
	}
	return false
}

// withoutZone drops the zone of an IPv6 address, as net/http does in the Host
// line.
func withoutZone(host string) string {
	if !strings.HasPrefix(host, "[") {
		return host
	}
	end := strings.LastIndexByte(host, ']')
	if end < 0 {
		return host
	}
	zone := strings.LastIndexByte(host[:end], '%')
	if zone < 0 {
		return host
	}
	return host[:zone] + host[end:]
}

// collectQuery gathers the parameters of a raw query. A plus sign is a space:
// that is how servers read it before they check the signature.
func (s *scratch) collectQuery(raw string) {
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		s.params = append(s.params, param{s.encode(name, inQuery), s.encode(value, inQuery)})
	}
}

// addParam adds a parameter that is not encoded yet.
func (s *scratch) addParam(name, value string) {
	s.params = append(s.params, param{s.keep(name), s.encode(value, literally)})
}

func (s *scratch) encode(text string, from source) []byte {
	at := len(s.arena)
	s.arena = appendEncoded(s.arena, text, from)
	return s.arena[at:len(s.arena):len(s.arena)]
}

// sortHeaders brings the headers into canonical order and lists their names.
func (s *scratch) sortHeaders() {
	insertionSort(s.headers, func(a, b *header) bool {
		if c := bytes.Compare(a.name, b.name); c != 0 {
			return c < 0
		}
		return a.key < b.key // net/http writes them in this order
	})
	s.signedHeaders = s.signedHeaders[:0]
	for i, h := range s.headers {
		if i > 0 && bytes.Equal(h.name, s.headers[i-1].name) {
			continue
		}
		if i > 0 {
			s.signedHeaders = append(s.signedHeaders, ';')
		}
		s.signedHeaders = append(s.signedHeaders, h.name...)
	}
}

func (s *scratch) appendQuery(dst []byte) []byte {
	insertionSort(s.params, func(a, b *param) bool {
		if c := bytes.Compare(a.name, b.name); c != 0 {
			return c < 0
		}
		return bytes.Compare(a.value, b.value) < 0
	})
	for i, q := range s.params {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(dst, q.name...)
		dst = append(dst, '=')
		dst = append(dst, q.value...)
	}
	return dst
}

// canonicalRequest writes the canonical request into s.buf.
func (s *scratch) canonicalRequest(req *http.Request, p *Params) error {
	path, err := wirePath(req.URL)
	if err != nil {
		return err
	}
	s.sortHeaders()

	b := s.buf[:0]
	if req.Method == "" {
		b = append(b, http.MethodGet...)
	} else {
		b = append(b, req.Method...)
	}
	b = append(b, '\n')
	if p.NormalizePath {
		b = appendEncoded(b, normalize(path), literalPath)
	} else {
		b = appendEncoded(b, path, inPath)
	}
	b = append(b, '\n')
	b = s.appendQuery(b)
	b = append(b, '\n')
	for i, h := range s.headers {
		if i > 0 && bytes.Equal(h.name, s.headers[i-1].name) {
			b[len(b)-1] = ',' // a further value of the line above
		} else {
			b = append(b, h.name...)
			b = append(b, ':')
		}
		if h.key == "" {
			b = append(b, h.value...)
		}
		for j, v := range h.values {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendTrimmed(b, v)
		}
		b = append(b, '\n')
	}
	b = append(b, '\n')
	b = append(b, s.signedHeaders...)
	b = append(b, '\n')
	b = append(b, p.PayloadHash...)
	s.buf = b
	return nil
}

// stringToSign appends to s.buf, behind the canonical request, and returns
// what it appended.
func (s *scratch) stringToSign(algorithm string) []byte {
	sum := sha256.Sum256(s.buf)
	at := len(s.buf)
	b := append(s.buf, algorithm...)
	b = append(b, '\n')
	b = append(b, s.timestamp...)
	b = append(b, '\n')
	b = append(b, s.scope...)
	b = append(b, '\n')
	b = hex.AppendEncode(b, sum[:])
	s.buf = b
	return b[at:]
}

func (s *scratch) sign(k *key) signature { return k.sign(s.stringToSign(k.algorithm())) }

// wirePath is the path as net/http sends it.
func wirePath(u *url.URL) (string, error) {
	path := u.Opaque
	if path == "" {
		path = u.EscapedPath()
	} else if path[0] != '/' || strings.HasPrefix(path, "//") {
		return "", errors.New("sigv4: cannot sign a URL that is opaque beyond its path")
	}
	if path == "" {
		return "/", nil
	}
	return path, nil
}

// normalize drops empty and "." segments and lets ".." take its parent along.
func normalize(path string) string {
	clean := true
	for rest := path[1:]; clean && rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		clean = segment != "" && segment != "." && segment != ".."
	}
	if clean {
		return path
	}
	var kept []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	out := "/" + strings.Join(kept, "/")
	if strings.HasSuffix(path, "/") && len(kept) > 0 {
		out += "/"
	}
	return out
}

// source says how the text to be encoded is to be read.
type source uint8

const (
	literally   source = iota // every byte stands for itself
	literalPath               // the same, and slashes are kept
	inPath                    // percent-encoded, slashes are kept
	inQuery                   // percent-encoded, a plus sign is a space
)

// appendEncoded percent-encodes all but the unreserved characters of RFC 3986.
// What is encoded already is decoded first, since the server compares what it
// would have encoded itself: "$" and "%24" are the same key.
func appendEncoded(dst []byte, text string, from source) []byte {
	const digits = "0123456789ABCDEF"
	plain := 0 // start of the run that is copied as it is
	for i := 0; i < len(text); i++ {
		c := text[i]
		if unreserved(c) || c == '/' && (from == literalPath || from == inPath) {
			continue
		}
		dst = append(dst, text[plain:i]...)
		switch {
		case c == '+' && from == inQuery:
			c = ' '
		case c == '%' && from >= inPath && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			c = unhex(text[i+1])<<4 | unhex(text[i+2])
			i += 2
		}
		plain = i + 1
		if unreserved(c) || c == '/' && from == inPath {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', digits[c>>4], digits[c&15])
	}
	return append(dst, text[plain:]...)
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// appendTrimmed appends a header value without the blanks around it, each run
// of spaces inside as one.
func appendTrimmed(dst []byte, v string) []byte {
	v = strings.Trim(v, " \t")
	for {
		i := strings.Index(v, "  ")
		if i < 0 {
			return append(dst, v...)
		}
		dst = append(dst, v[:i+1]...)
		v = strings.TrimLeft(v[i:], " ")
	}
}

// insertionSort sorts the few headers and parameters of a request. What
// package slices does for lists of any length takes 40 KB of a program, twice.
func insertionSort[T any](list []T, less func(a, b *T) bool) {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && less(&list[j], &list[j-1]); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}
