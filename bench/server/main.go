// Command server is what the clients are measured against: it answers as S3,
// B2, Lightsail and IBM do, keeps nothing, and does as little as it can. What it serves comes out
// of one block of memory, with true checksums.
//
// Its standard output tells the address of its listeners; it ends when its
// standard input does.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/minio/crc64nvme"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	size := flag.Int64("size", 2<<30, "size of the large object")
	roots := flag.String("ca", "", "file to write the certificate of the authority to")
	flag.Parse()
	log.SetFlags(0)
	log.SetPrefix("server: ")

	certificate, err := selfSigned(*roots)
	if err != nil {
		log.Fatal(err)
	}
	s := newServer(*size)
	plain, native, control, late, stalling := listen(), listen(), listen(), listen(), listen()
	// HTTP/1.1 only, as S3.
	secure := tls.NewListener(listen(), &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}})
	for _, l := range []net.Listener{plain, secure} {
		go func() { log.Fatal(http.Serve(l, s)) }()
	}
	endpoint := "http://" + native.Addr().String()
	go func() { log.Fatal(http.Serve(native, newB2(s, endpoint))) }()
	go func() { log.Fatal(http.Serve(control, newLightsail())) }()
	go func() { log.Fatal(http.Serve(late, delayed(s, always(latency)))) }()
	go func() { log.Fatal(http.Serve(stalling, delayed(s, oneOf(stallEvery, stall, latency)))) }()
	fmt.Println("http://" + plain.Addr().String())
	fmt.Println("https://" + secure.Addr().String())
	fmt.Println(endpoint)
	fmt.Println("http://" + control.Addr().String())
	fmt.Println("http://" + late.Addr().String())
	fmt.Println("http://" + stalling.Addr().String())
	io.Copy(io.Discard, os.Stdin) // until the driver has gone, however it went
}

const (
	latency = 20 * time.Millisecond

	stall      = 2 * time.Second
	stallEvery = 100
)

// delayed answers after a while.
func delayed(s http.Handler, wait func() time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(wait())
		s.ServeHTTP(w, r)
	})
}

func always(d time.Duration) func() time.Duration {
	return func() time.Duration { return d }
}

// oneOf is d once in n times, at random, and else usual.
func oneOf(n int, d, usual time.Duration) func() time.Duration {
	return func() time.Duration {
		if mathrand.IntN(n) > 0 {
			return usual
		}
		return d
	}
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return l
}

// selfSigned makes a certificate that is its own authority, and writes the
// latter to a file. The key is gone with the process.
func selfSigned(roots string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "bench"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// block is what objects are made of, over and over: a part of the large one.
const block = client.PartSize

type server struct {
	content []byte // one block
	small   object
	medium  object
	large   object
	deleted []byte // answer of a call that deletes many

	// Lists, by whether they are url-encoded. What says whether there are
	// more pages goes before the entries.
	keys, versions map[bool]page
}

type page struct{ head, entries []byte }

type object struct {
	size       int64
	etag       string
	crc        string   // of the whole
	partCRC    []string // of each part
	lastChange string
}

func newServer(size int64) *server {
	s := &server{content: make([]byte, block), keys: make(map[bool]page), versions: make(map[bool]page), deleted: deleted()}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for i := 0; i < len(s.content); i += 8 {
		binary.LittleEndian.PutUint64(s.content[i:], random.Uint64())
	}
	s.small = s.object(client.SmallSize)
	s.medium = s.object(client.MediumSize)
	s.large = s.object(size)
	for _, encoded := range []bool{false, true} {
		s.keys[encoded], s.versions[encoded] = keyPage(encoded), versionPage(encoded)
	}
	return s
}

func (s *server) object(size int64) object {
	o := object{size: size, lastChange: "Wed, 01 Jul 2026 08:30:00 GMT"}
	whole := crc64nvme.New()
	for off := int64(0); off < size; off += block {
		part := s.content[:min(block, size-off)]
		whole.Write(part)
		h := crc64nvme.New()
		if len(o.partCRC) > 0 && len(part) == block {
			o.partCRC = append(o.partCRC, o.partCRC[0])
			continue
		}
		h.Write(part)
		o.partCRC = append(o.partCRC, base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	o.crc = base64.StdEncoding.EncodeToString(whole.Sum(nil))
	o.etag = fmt.Sprintf(`"9b2cf535f27731c974343645a3985328-%d"`, len(o.partCRC))
	return o
}

// keyPage renders a page of a list as S3 does.
func keyPage(encoded bool) page {
	var head, b bytes.Buffer
	fmt.Fprintf(&head, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
		`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>%s</Name><Prefix></Prefix>`+
		`<KeyCount>%d</KeyCount><MaxKeys>1000</MaxKeys>%s`, client.Bucket, client.PageKeys, encodingType(encoded))
	for i := range client.PageKeys {
		fmt.Fprintf(&b, `<Contents><Key>%s</Key><LastModified>%s</LastModified>`+
			`<ETag>&quot;%032x&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>`+
			`<Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>`,
			client.Key(i), lastModified(i), uint64(i)*0x9e3779b97f4a7c15, 2_000_000+i*977)
	}
	b.WriteString(`</ListBucketResult>`)
	return page{head.Bytes(), b.Bytes()}
}

// versionPage renders a page of versions, one in ten of them a delete marker.
func versionPage(encoded bool) page {
	var head, b bytes.Buffer
	fmt.Fprintf(&head, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
		`<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>%s</Name><Prefix></Prefix><KeyMarker></KeyMarker>`+
		`<VersionIdMarker></VersionIdMarker><MaxKeys>1000</MaxKeys>%s`, client.Bucket, encodingType(encoded))
	for i := range client.PageKeys {
		common := fmt.Sprintf(`<Key>%s</Key><VersionId>%016xKMiWYvdB.QQOEBhdZ</VersionId><IsLatest>%t</IsLatest><LastModified>%s</LastModified>`,
			client.Key(i), uint64(i)*0x9e3779b97f4a7c15, i%3 == 0, lastModified(i))
		if i%10 == 9 {
			b.WriteString(`<DeleteMarker>` + common + `</DeleteMarker>`)
			continue
		}
		fmt.Fprintf(&b, `<Version>%s<ETag>&quot;%032x&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>`+
			`<Size>%d</Size><StorageClass>STANDARD</StorageClass></Version>`, common, uint64(i)*0x9e3779b97f4a7c15, 2_000_000+i*977)
	}
	b.WriteString(`</ListVersionsResult>`)
	return page{head.Bytes(), b.Bytes()}
}

func encodingType(encoded bool) string {
	if encoded {
		return "<EncodingType>url</EncodingType>"
	}
	return ""
}

func lastModified(i int) string {
	return fmt.Sprintf("2026-07-%02dT08:%02d:%02d.000Z", 1+i/40, i%60, i*7%60)
}

// deleted renders what S3 answers when it has deleted all it was to delete.
func deleted() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
	for i := range client.PageKeys {
		fmt.Fprintf(&b, `<Deleted><Key>%s</Key></Deleted>`, client.Key(i))
	}
	b.WriteString(`</DeleteResult>`)
	return b.Bytes()
}

// list sends a page, which is the last one of its bucket or not.
func (s *server) list(w http.ResponseWriter, bucket, query string) {
	encoded := strings.Contains(query, "encoding-type=url")
	p, more := s.versions[encoded], "<IsTruncated>false</IsTruncated>"
	if strings.Contains(query, "list-type=2") {
		p = s.keys[encoded]
		number, last := 1, client.PagesOf(bucket)
		if _, token, ok := strings.Cut(query, "continuation-token="); ok {
			token, _, _ = strings.Cut(token, "&")
			number, _ = strconv.Atoi(token)
		}
		if number < 1 || number > last {
			http.Error(w, "no such page", http.StatusBadRequest)
			return
		}
		if number < last {
			more = fmt.Sprintf("<NextContinuationToken>%d</NextContinuationToken><IsTruncated>true</IsTruncated>", number+1)
		}
	}
	h := w.Header()
	h["Content-Type"] = []string{"application/xml"}
	h["Content-Length"] = []string{strconv.Itoa(len(p.head) + len(more) + len(p.entries))}
	w.Write(p.head)
	io.WriteString(w, more)
	w.Write(p.entries)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["X-Amz-Request-Id"] = []string{"79104EXAMPLEB723"}
	h["X-Amz-Id-2"] = []string{"IOWQ4fDEXAMPLEQM+ey7N9WgVhSnQ6JEXAMPLEZb7hSQDASK+Jd1vEXAMPLEa3Km"}
	h["Server"] = []string{"AmazonS3"}
	bucket, key, _ := strings.Cut(r.URL.Path[1:], "/")
	query := r.URL.RawQuery
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		switch key {
		case "":
			s.list(w, bucket, query)
		case client.Small:
			s.serve(w, r, &s.small)
		case client.Medium:
			s.serve(w, r, &s.medium)
		case client.Large:
			s.serve(w, r, &s.large)
		default:
			http.Error(w, "no such key", http.StatusNotFound)
		}
	case http.MethodPut:
		s.take(w, r)
	case http.MethodPost:
		io.Copy(io.Discard, r.Body)
		h["Content-Type"] = []string{"application/xml"}
		if r.URL.Path == client.TokenPath {
			token(w)
			return
		}
		if key == "" {
			h["Content-Length"] = []string{strconv.Itoa(len(s.deleted))}
			w.Write(s.deleted)
			return
		}
		if strings.Contains(query, "uploads") {
			s.echo(h, r.Header, "X-Amz-Checksum-Algorithm", "X-Amz-Checksum-Type")
			fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
				`<InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>%s</Bucket><Key>%s</Key><UploadId>VXBsb2FkIElE</UploadId></InitiateMultipartUploadResult>`, client.Bucket, key)
			return
		}
		fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
			`<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>%s</Bucket><Key>%s</Key><ETag>&quot;9b2cf535f27731c974343645a3985328-256&quot;</ETag></CompleteMultipartUploadResult>`, client.Bucket, key)
	default:
		http.Error(w, "not here", http.StatusMethodNotAllowed)
	}
}

// token answers as IBM's IAM does.
func token(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access_token":"%s","refresh_token":"not_supported","token_type":"Bearer","expires_in":3600,"expiration":%d,"scope":"ibm openid"}`,
		strings.Repeat("eyJraWQiOiJiZW5jaCJ9", 60), time.Now().Add(time.Hour).Unix())
}

func (s *server) echo(to, from http.Header, names ...string) {
	for _, name := range names {
		if v := from[name]; v != nil {
			to[name] = v
		}
	}
}

// take reads an object or a part, forgets it, and answers the checksum that
// came with it in a header or behind it in a trailer.
func (s *server) take(w http.ResponseWriter, r *http.Request) {
	_, tail, ok := drain(r.Body, 256) // all that is behind the data fits in
	if !ok {
		return
	}
	h := w.Header()
	h["Etag"] = []string{`"9b2cf535f27731c974343645a3985328"`}
	h["X-Amz-Server-Side-Encryption"] = []string{"AES256"}
	h["Content-Length"] = []string{"0"}
	for name, values := range r.Header {
		if algorithm, ok := strings.CutPrefix(name, "X-Amz-Checksum-"); ok && algorithm != "Algorithm" && algorithm != "Type" {
			h[name] = values
		}
	}
	if name := r.Header.Get("X-Amz-Trailer"); name != "" {
		if _, value, ok := bytes.Cut(tail, []byte(name+":")); ok {
			value, _, _ = bytes.Cut(value, []byte("\r\n"))
			h.Set(name, string(value))
		}
	}
}

var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

// drain reads all of a body and returns its size and a copy of its last bytes.
func drain(body io.Reader, keep int) (size int64, tail []byte, ok bool) {
	buffer := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buffer)
	kept := 0
	for {
		n, err := body.Read(buffer[kept:])
		size += int64(n)
		n += kept
		kept = min(n, keep)
		copy(buffer[:kept], buffer[n-kept:n])
		if err == io.EOF {
			return size, bytes.Clone(buffer[:kept]), true
		}
		if err != nil {
			return 0, nil, false
		}
	}
}

// serve sends an object, a range or a part of it.
func (s *server) serve(w http.ResponseWriter, r *http.Request, o *object) {
	h := w.Header()
	h["Etag"] = []string{o.etag}
	h["X-Amz-Server-Side-Encryption"] = []string{"AES256"}
	h["Last-Modified"] = []string{o.lastChange}
	h["Accept-Ranges"] = []string{"bytes"}
	h["Content-Type"] = []string{"application/octet-stream"}
	first, n, crc := int64(0), o.size, o.crc
	status := http.StatusOK
	if spec := r.Header.Get("Range"); spec != "" {
		first, n = span(spec, o.size)
		crc, status = "", http.StatusPartialContent
	} else if _, number, ok := strings.Cut(r.URL.RawQuery, "partNumber="); ok {
		number, _, _ = strings.Cut(number, "&")
		part, _ := strconv.ParseInt(number, 10, 64)
		if part < 1 || part > int64(len(o.partCRC)) {
			http.Error(w, "no such part", http.StatusRequestedRangeNotSatisfiable)
			return
		}
		first = (part - 1) * block
		n, crc, status = min(block, o.size-first), o.partCRC[part-1], http.StatusPartialContent
		h["X-Amz-Mp-Parts-Count"] = []string{strconv.Itoa(len(o.partCRC))}
	}
	if status == http.StatusPartialContent {
		h["Content-Range"] = []string{fmt.Sprintf("bytes %d-%d/%d", first, first+n-1, o.size)}
	}
	if crc != "" && r.Header.Get("X-Amz-Checksum-Mode") != "" {
		h["X-Amz-Checksum-Crc64nvme"] = []string{crc}
		h["X-Amz-Checksum-Type"] = []string{"FULL_OBJECT"}
	}
	h["Content-Length"] = []string{strconv.FormatInt(n, 10)}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	s.sendContent(w, first, n)
}

// span reads the header of a range.
func span(spec string, size int64) (first, n int64) {
	from, to, _ := strings.Cut(strings.TrimPrefix(spec, "bytes="), "-")
	first, _ = strconv.ParseInt(from, 10, 64)
	last, err := strconv.ParseInt(to, 10, 64)
	if err != nil || last >= size {
		last = size - 1
	}
	return first, last + 1 - first
}

// sendContent sends n bytes of an object from one of them on.
func (s *server) sendContent(w io.Writer, first, n int64) {
	for n > 0 {
		at := first % block
		m, err := w.Write(s.content[at:min(at+n, block)])
		if err != nil {
			return
		}
		first += int64(m)
		n -= int64(m)
	}
}
