package s3dialect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// The operations of a small dialect.
type (
	putInput struct {
		Bucket            string    `uri:"Bucket"`
		Key               string    `uri:"Key"`
		Body              io.Reader `payload:"Body"`
		ContentLength     int64     `header:"Content-Length"`
		ContentEncoding   string    `header:"Content-Encoding"`
		ContentMD5        string    `header:"Content-MD5"`
		ChecksumAlgorithm string    `header:"x-amz-sdk-checksum-algorithm"`
		ChecksumCRC32     string    `header:"x-amz-checksum-crc32"`
		SSECustomerKey    string    `header:"x-amz-server-side-encryption-customer-key"`
		SSECustomerKeyMD5 string    `header:"x-amz-server-side-encryption-customer-key-MD5"`
	}
	getInput struct {
		Bucket string `uri:"Bucket"`
		Key    string `uri:"Key"`
		Range  string `header:"Range"`

		PartNumber   int32  `query:"partNumber"`
		ChecksumMode string `header:"x-amz-checksum-mode"`
	}
	getOutput struct {
		Body             io.ReadCloser `payload:"Body"`
		ContentEncoding  string        `header:"Content-Encoding"`
		ResponseMetadata entrepot.ResponseMetadata
	}
	listInput struct {
		Bucket       string `uri:"Bucket"`
		Prefix       string `query:"prefix"`
		EncodingType string `query:"encoding-type"`
	}
	listOutput struct {
		EncodingType   string       `xml:"EncodingType"`
		Contents       []listObject `xml:"Contents,flat"`
		CommonPrefixes []listPrefix `xml:"CommonPrefixes,flat"`
	}
	listObject struct {
		Key string `xml:"Key"`
	}
	listPrefix struct {
		Prefix string `xml:"Prefix"`
	}
	deleteInput struct {
		Bucket            string `uri:"Bucket"`
		Name              string `xml:"Name"`
		ChecksumAlgorithm string `header:"x-amz-sdk-checksum-algorithm"`
	}
	bucketInput struct {
		Bucket string `uri:"Bucket"`
	}
	none struct{}
)

var (
	opPut    = &pipeline.Operation{Name: "PutObject", Method: "PUT", Path: "/{Bucket}/{Key+}", Traits: pipeline.ChecksumBody}
	opGet    = &pipeline.Operation{Name: "GetObject", Method: "GET", Path: "/{Bucket}/{Key+}", Traits: pipeline.ChecksumAnswer | pipeline.Resumable}
	opHead   = &pipeline.Operation{Name: "HeadObject", Method: "HEAD", Path: "/{Bucket}/{Key+}"}
	opList   = &pipeline.Operation{Name: "ListObjectsV2", Method: "GET", Path: "/{Bucket}?list-type=2", Traits: pipeline.URLKeys}
	opDelete = &pipeline.Operation{Name: "DeleteObjects", Method: "POST", Path: "/{Bucket}?delete", Root: "Delete", Traits: pipeline.ChecksumRequired}
	opCreate = &pipeline.Operation{Name: "CreateMultipartUpload", Method: "POST", Path: "/{Bucket}/{Key+}?uploads", Traits: pipeline.ChecksumCreate}
	opBucket = &pipeline.Operation{Name: "HeadBucket", Method: "HEAD", Path: "/{Bucket}"}
	opNew    = &pipeline.Operation{Name: "CreateBucket", Method: "PUT", Path: "/{Bucket}"}
)

// wire is a transport that notes requests, and answers as it is told.
type wire struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	answer   func(r *http.Request) *http.Response // nil: 200 without a body
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, r)
	w.bodies = append(w.bodies, string(body))
	if w.answer != nil {
		return w.answer(r), nil
	}
	return respond(r, 200, "", nil), nil
}

func respond(r *http.Request, status int, body string, header map[string]string) *http.Response {
	h := make(http.Header)
	for name, value := range header {
		h.Set(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}
}

// newCore makes a client whose requests go to w.
func newCore(t *testing.T, s Settings, w *wire) *Core {
	t.Helper()
	if s.Credentials == nil {
		s.Credentials = credentials.Static("AKID", "secret", "")
	}
	s.Pipeline.HTTPClient = &http.Client{Transport: w}
	s.Pipeline.Clock = func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	s.Pipeline.Retry = entrepot.Retry{MinWait: time.Microsecond, MaxWait: time.Microsecond}
	c, err := NewCore(&Flavour{
		Name:        "s3",
		PublicError: func(e *apierror.Error) error { return e },
		Complete:    func(*Settings) error { return nil },
		VendorHost:  func(_ *Hosts, region string) string { return endpoint.AWS("s3", region, false, false) },
		RegionHint:  "AWS_REGION",

		ChecksumHint: "Config.X",
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAddresses(t *testing.T) {
	var all []byte
	for b := range 256 {
		all = append(all, byte(b))
	}
	for _, test := range []struct {
		name        string
		settings    Settings
		bucket, key string
		want        string // the URL as it goes on the wire
	}{
		{name: "AWS", settings: Settings{Region: "eu-west-1"}, bucket: "photos", key: "cat.jpg", want: "https://photos.s3.eu-west-1.amazonaws.com/cat.jpg"},
		{name: "China", settings: Settings{Region: "cn-north-1"}, bucket: "photos", key: "k", want: "https://photos.s3.cn-north-1.amazonaws.com.cn/k"},
		{name: "path style", settings: Settings{Region: "us-east-1", PathStyle: true}, bucket: "photos", key: "k", want: "https://s3.us-east-1.amazonaws.com/photos/k"},
		{name: "dots do not go with TLS", settings: Settings{Region: "us-east-1"}, bucket: "my.photos", key: "k", want: "https://s3.us-east-1.amazonaws.com/my.photos/k"},
		{name: "dots go without TLS", settings: Settings{Endpoint: "http://s3.us-east-1.amazonaws.com"}, bucket: "my.photos", key: "k", want: "http://my.photos.s3.us-east-1.amazonaws.com/k"},
		{name: "capitals are in no host's name", settings: Settings{Region: "us-east-1"}, bucket: "Photos", key: "k", want: "https://s3.us-east-1.amazonaws.com/Photos/k"},
		{name: "nor is an underscore", settings: Settings{Region: "us-east-1"}, bucket: "my_photos", key: "k", want: "https://s3.us-east-1.amazonaws.com/my_photos/k"},
		{name: "nor a hyphen beside a dot", settings: Settings{Endpoint: "http://s3.us-east-1.amazonaws.com"}, bucket: "a-.b", key: "k", want: "http://s3.us-east-1.amazonaws.com/a-.b/k"},
		{name: "two letters are too few", settings: Settings{Region: "us-east-1"}, bucket: "ab", key: "k", want: "https://s3.us-east-1.amazonaws.com/ab/k"},
		{name: "bucket like an address", settings: Settings{Endpoint: "http://s3.us-east-1.amazonaws.com"}, bucket: "192.168.5.4", key: "k", want: "http://s3.us-east-1.amazonaws.com/192.168.5.4/k"},
		{name: "unknown server", settings: Settings{Endpoint: "https://storage.example"}, bucket: "photos", key: "k", want: "https://storage.example/photos/k"},
		{name: "unknown server that takes it", settings: Settings{Endpoint: "https://storage.example:8443", VirtualHost: true}, bucket: "photos", key: "k", want: "https://photos.storage.example:8443/k"},
		{name: "loopback", settings: Settings{Endpoint: "http://127.0.0.1:9000", Server: "aws"}, bucket: "photos", key: "k", want: "http://127.0.0.1:9000/photos/k"},
		{name: "IPv6", settings: Settings{Endpoint: "http://[::1]:9000", Server: "aws"}, bucket: "photos", key: "k", want: "http://[::1]:9000/photos/k"},
		{name: "IPv6 without a port", settings: Settings{Endpoint: "http://[fe80::1]", Server: "aws"}, bucket: "photos", key: "k", want: "http://[fe80::1]/photos/k"},
		{name: "localhost", settings: Settings{Endpoint: "http://localhost:9000", Server: "aws"}, bucket: "photos", key: "k", want: "http://localhost:9000/photos/k"},
		{name: "localhost that takes it", settings: Settings{Endpoint: "http://localhost:9000", VirtualHost: true}, bucket: "photos", key: "k", want: "http://photos.localhost:9000/k"},
		{name: "prefix", settings: Settings{Endpoint: "https://gateway.example/s3%2F1/"}, bucket: "photos", key: "k", want: "https://gateway.example/s3%2F1/photos/k"},
		{name: "prefix and a host of the bucket's", settings: Settings{Endpoint: "https://gateway.example/s3", VirtualHost: true}, bucket: "photos", key: "k", want: "https://photos.gateway.example/s3/k"},
		{name: "Backblaze", settings: Settings{Endpoint: "s3.us-west-004.backblazeb2.com"}, bucket: "photos", key: "k", want: "https://photos.s3.us-west-004.backblazeb2.com/k"},
		{name: "R2", settings: Settings{Endpoint: "https://account.r2.cloudflarestorage.com"}, bucket: "photos", key: "k", want: "https://account.r2.cloudflarestorage.com/photos/k"},

		{name: "key that repeats the bucket", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: "photos/photos", want: "https://photos.s3.us-east-1.amazonaws.com/photos/photos"},
		{name: "key that begins with the path of the bucket", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: "/photos", want: "https://photos.s3.us-east-1.amazonaws.com//photos"},
		{name: "the same with the bucket in the path", settings: Settings{Region: "us-east-1", PathStyle: true}, bucket: "photos", key: "/photos/", want: "https://s3.us-east-1.amazonaws.com/photos//photos/"},
		{name: "nothing is cleaned", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: "/a//b/./../c/", want: "https://photos.s3.us-east-1.amazonaws.com//a//b/./../c/"},
		{name: "slashes only", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: "//", want: "https://photos.s3.us-east-1.amazonaws.com///"},
		{name: "dots only", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: "..", want: "https://photos.s3.us-east-1.amazonaws.com/.."},
		{name: "plus, space, percent", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: "a+b c%2Fd", want: "https://photos.s3.us-east-1.amazonaws.com/a%2Bb%20c%252Fd"},
		{name: "what would end a path", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: "a?b=c#d;e", want: "https://photos.s3.us-east-1.amazonaws.com/a%3Fb%3Dc%23d%3Be"},
		{name: "every byte", settings: Settings{Region: "us-east-1"}, bucket: "photos", key: string(all), want: "https://photos.s3.us-east-1.amazonaws.com/" + string(escape(nil, string(all), "/"))},
	} {
		w := &wire{}
		c := newCore(t, test.settings, w)
		if err := c.Do(t.Context(), opHead, &getInput{Bucket: test.bucket, Key: test.key}, &none{}); err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		r := w.requests[0]
		if got := r.URL.Scheme + "://" + r.URL.Host + r.URL.RequestURI(); got != test.want {
			t.Errorf("%s: %q is at %s, want %s", test.name, test.key, got, test.want)
		}
	}
	w := &wire{}
	if err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opBucket, &bucketInput{Bucket: "photos"}, &none{}); err != nil {
		t.Fatal(err)
	}
	if got := w.requests[0].URL.String(); got != "https://photos.s3.us-east-1.amazonaws.com/" {
		t.Errorf("the bucket itself is at %s", got)
	}
}

func TestProfiles(t *testing.T) {
	for host, want := range map[string]string{
		"":                                           "aws",
		"s3.eu-west-1.amazonaws.com":                 "aws",
		"S3.CN-NORTH-1.AMAZONAWS.COM.CN":             "aws",
		"s3.eusc-de-east-1.amazonaws.eu":             "aws",
		"s3.us-west-004.backblazeb2.com":             "b2",
		"account.r2.cloudflarestorage.com":           "r2",
		"storage.googleapis.com":                     "gcs",
		"storage.googleapis.com:443":                 "gcs",
		"s3.eu.cloud-object-storage.appdomain.cloud": "ibm",
		"s3.eu-geo.objectstorage.softlayer.net":      "ibm",
		"127.0.0.1:9000":                             "",
		"amazonaws.com.evil.example":                 "",
		"evilamazonaws.com":                          "",
		"evilstorage.googleapis.com":                 "",
		"minio.example":                              "",
	} {
		if got := serverOf(host); got != want {
			t.Errorf("serverOf(%q) = %q, want %q", host, got, want)
		}
		if p, known := ProfileOf("", host); !known || p != servers[want] {
			t.Errorf("ProfileOf(%q) = %+v, %t", host, p, known)
		}
	}
	if p, known := ProfileOf("minio", "s3.eu-west-1.amazonaws.com"); !known || p != servers["minio"] {
		t.Errorf("a server that is named: %+v, %t", p, known)
	}
	if _, known := ProfileOf("min.io", ""); known {
		t.Error("min.io is known")
	}
}

// TestBodies holds against a table how a body travels: by what it is, by what
// the server can do, and by whether there is TLS.
func TestBodies(t *testing.T) {
	const (
		crc64   = "x-amz-checksum-crc64nvme"
		trailer = "trailer " + crc64
		md5     = "content-md5"
		sha256  = "SHA256" // of the body, in the signature
	)
	large := strings.Repeat("x", smallBody+1)
	for _, test := range []struct {
		name      string
		server    string
		http      bool
		body      string // small, large, once, empty, document; see below
		algorithm string // asked for in the call
		config    checksum.Algorithm
		unsigned  bool   // UnsignedPayload
		own       bool   // a checksum of the caller's
		payload   string // x-amz-content-sha256
		sums      string // integrity headers, the trailer
		err       string
	}{
		{name: "AWS, small", server: "aws", body: "small", payload: "UNSIGNED-PAYLOAD", sums: crc64},
		{name: "AWS, empty", server: "aws", body: "empty", payload: "UNSIGNED-PAYLOAD", sums: crc64},
		{name: "AWS, large", server: "aws", body: "large", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", sums: trailer},
		{name: "AWS, read once", server: "aws", body: "once", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", sums: trailer},
		{name: "AWS, large, SHA-256", server: "aws", body: "large", algorithm: "SHA256", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", sums: "trailer x-amz-checksum-sha256"},
		{name: "AWS, small, SHA-1", server: "aws", body: "small", algorithm: "SHA1", payload: "UNSIGNED-PAYLOAD", sums: "x-amz-checksum-sha1"},
		{name: "AWS, large, none", server: "aws", body: "large", config: None, payload: "UNSIGNED-PAYLOAD"},
		{name: "AWS, none but asked for", server: "aws", body: "small", config: None, algorithm: "CRC32", payload: "UNSIGNED-PAYLOAD", sums: "x-amz-checksum-crc32"},
		{name: "AWS, large, configured", server: "aws", body: "large", config: checksum.CRC32C, payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", sums: "trailer x-amz-checksum-crc32c"},
		{name: "AWS, the caller's own", server: "aws", body: "large", own: true, payload: "UNSIGNED-PAYLOAD", sums: "x-amz-checksum-crc32"},
		{name: "AWS, document", server: "aws", body: "document", payload: sha256, sums: crc64},
		{name: "AWS, document, none", server: "aws", body: "document", config: None, payload: sha256, sums: md5},
		{name: "AWS, document, asked for", server: "aws", body: "document", config: None, algorithm: "SHA256", payload: sha256, sums: "x-amz-checksum-sha256"},

		{name: "AWS by HTTP, small", server: "aws", http: true, body: "small", payload: sha256, sums: crc64},
		{name: "AWS by HTTP, large", server: "aws", http: true, body: "large", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", sums: trailer},
		{name: "AWS by HTTP, read once", server: "aws", http: true, body: "once", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", sums: trailer},
		{name: "AWS by HTTP, large, none", server: "aws", http: true, body: "large", config: None, payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
		{name: "AWS by HTTP, large, unsigned", server: "aws", http: true, body: "large", unsigned: true, payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", sums: trailer},
		{name: "AWS by HTTP, large, unsigned, none", server: "aws", http: true, body: "large", unsigned: true, config: None, payload: "UNSIGNED-PAYLOAD"},
		{name: "AWS by HTTP, document", server: "aws", http: true, body: "document", payload: sha256, sums: crc64},

		{name: "unknown, small", body: "small", payload: "UNSIGNED-PAYLOAD"},
		{name: "unknown, large", body: "large", payload: "UNSIGNED-PAYLOAD"},
		{name: "unknown, read once", body: "once", payload: "UNSIGNED-PAYLOAD"},
		{name: "unknown, large, asked for", body: "large", algorithm: "CRC32", payload: "UNSIGNED-PAYLOAD", sums: "x-amz-checksum-crc32"},
		{name: "unknown, large, configured", body: "large", config: checksum.SHA256, payload: "UNSIGNED-PAYLOAD", sums: "x-amz-checksum-sha256"},
		{name: "unknown, read once, asked for", body: "once", algorithm: "CRC32", err: "s3: PutObject: ChecksumAlgorithm: this server takes no checksum behind the body"},
		{name: "unknown, document", body: "document", payload: sha256, sums: md5},
		{name: "unknown, document, asked for", body: "document", algorithm: "CRC32", payload: sha256, sums: "x-amz-checksum-crc32"},
		{name: "unknown by HTTP, small", http: true, body: "small", payload: sha256},
		{name: "unknown by HTTP, large", http: true, body: "large", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
		{name: "unknown by HTTP, read once", http: true, body: "once", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},

		{name: "MinIO, large", server: "minio", body: "large", payload: "UNSIGNED-PAYLOAD"},
		{name: "MinIO, document", server: "minio", body: "document", payload: sha256, sums: md5},
		{name: "IBM by HTTP, large", server: "ibm", http: true, body: "large", payload: sha256, sums: crc64},
		{name: "IBM by HTTP, read once", server: "ibm", http: true, body: "once", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
		{name: "IBM, read once", server: "ibm", body: "once", payload: "UNSIGNED-PAYLOAD"},
		{name: "IBM, document", server: "ibm", body: "document", payload: sha256, sums: crc64},
		{name: "IBM, document, without checksums", server: "ibm", body: "document", config: None, payload: sha256, sums: md5},
		{name: "R2, large, asked for", server: "r2", body: "large", algorithm: "CRC64NVME", payload: "UNSIGNED-PAYLOAD", sums: crc64},
		{name: "B2, document", server: "b2", body: "document", payload: sha256, sums: md5},
		{name: "Google, small", server: "gcs", body: "small", payload: "UNSIGNED-PAYLOAD"},
		{name: "Ceph by HTTP, large", server: "ceph", http: true, body: "large", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},

		{name: "not computed", server: "aws", body: "small", algorithm: "XXHASH3", err: `s3: PutObject: ChecksumAlgorithm: "XXHASH3" is not computed by this module`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Settings{Region: "us-east-1", Server: test.server, Endpoint: "https://storage.example", Checksum: test.config, UnsignedPayload: test.unsigned}
			if test.http {
				s.Endpoint = "http://storage.example"
			}
			w := &wire{}
			c := newCore(t, s, w)
			var err error
			content := map[string]string{"small": "small", "large": large, "once": large}[test.body]
			if test.body == "document" {
				err = c.Do(t.Context(), opDelete, &deleteInput{Bucket: "photos", Name: "k", ChecksumAlgorithm: test.algorithm}, &none{})
			} else {
				in := &putInput{Bucket: "photos", Key: "k", ChecksumAlgorithm: test.algorithm, ContentEncoding: "gzip"}
				switch test.body {
				case "empty":
				case "once":
					in.Body, in.ContentLength = io.MultiReader(strings.NewReader(content)), int64(len(content))
				default:
					in.Body = strings.NewReader(content)
				}
				if test.own {
					in.ChecksumCRC32 = "AAAAAA=="
				}
				err = c.Do(t.Context(), opPut, in, &none{})
			}
			if test.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.err) || len(w.requests) != 0 {
					t.Errorf("error %v after %d requests, want %s", err, len(w.requests), test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r, body := w.requests[0], w.bodies[0]
			payload := r.Header.Get("X-Amz-Content-Sha256")
			if len(payload) == 64 {
				payload = sha256
			}
			if payload != test.payload {
				t.Errorf("payload %s, want %s", payload, test.payload)
			}
			var sums []string
			for name := range r.Header {
				switch name = strings.ToLower(name); {
				case name == "x-amz-trailer":
					sums = append(sums, "trailer "+r.Header.Get(name))
				case name == "content-md5", strings.HasPrefix(name, "x-amz-checksum-"):
					sums = append(sums, name)
				}
			}
			if got := strings.Join(sums, ", "); got != test.sums {
				t.Errorf("integrity by %q, want %q", got, test.sums)
			}
			if r.ContentLength != int64(len(body)) {
				t.Errorf("ContentLength %d, the body has %d bytes", r.ContentLength, len(body))
			}
			chunked := strings.HasPrefix(payload, "STREAMING-")
			coding := map[bool]string{true: "aws-chunked,gzip", false: "gzip"}[chunked]
			if test.body == "document" {
				coding = ""
			}
			if got := r.Header.Get("Content-Encoding"); got != coding {
				t.Errorf("Content-Encoding %q, want %q", got, coding)
			}
			if length := r.Header.Get("X-Amz-Decoded-Content-Length"); chunked != (length == strconv.Itoa(len(content))) {
				t.Errorf("X-Amz-Decoded-Content-Length %q of %d bytes", length, len(content))
			}
			if !chunked && test.body != "document" && body != content {
				t.Errorf("%d bytes were sent, want %d", len(body), len(content))
			}
		})
	}
}

// TestCreateNamesTheChecksumOfItsParts has one decision serve a whole upload.
func TestCreateNamesTheChecksumOfItsParts(t *testing.T) {
	for _, test := range []struct {
		server   string
		checksum checksum.Algorithm
		want     string
	}{
		{server: "aws", want: "CRC64NVME"}, {server: "aws", checksum: None}, {server: "aws", checksum: checksum.SHA1, want: "SHA1"},
		{server: "ibm", want: "CRC64NVME"}, {server: ""}, {server: "", checksum: checksum.CRC32, want: "CRC32"},
	} {
		w := &wire{}
		c := newCore(t, Settings{Region: "us-east-1", Server: test.server, Endpoint: "https://storage.example", Checksum: test.checksum}, w)
		if err := c.Do(t.Context(), opCreate, &getInput{Bucket: "photos", Key: "k"}, &none{}); err != nil {
			t.Fatal(err)
		}
		if got := w.requests[0].Header.Get("X-Amz-Checksum-Algorithm"); got != test.want {
			t.Errorf("%q with %q: %q, want %q", test.server, test.checksum, got, test.want)
		}
	}
}

// TestReads asks for what the server knows only.
func TestReads(t *testing.T) {
	for _, test := range []struct {
		server   string
		checksum checksum.Algorithm
		when     string
		rng      string
		want     string
	}{
		{server: "aws", want: "ENABLED"}, {server: "aws", when: WhenSupported, want: "ENABLED"},
		{server: "aws", when: WhenRequired}, {server: "minio", when: WhenRequired}, {server: "aws", rng: "bytes=0-1"},
		{server: "aws", checksum: None, want: "ENABLED"}, // that is for what is sent
		{server: "minio", want: "ENABLED"}, {server: ""}, {server: "b2"}, {server: "gcs"}, {server: "r2"}, {server: "ibm", want: "ENABLED"}, {server: "ceph"},
	} {
		w := &wire{}
		c := newCore(t, Settings{Region: "us-east-1", Server: test.server, Endpoint: "https://storage.example", Checksum: test.checksum, ResponseChecksum: test.when}, w)
		if err := c.Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k", Range: test.rng}, &getOutput{}); err != nil {
			t.Fatal(err)
		}
		if got := w.requests[0].Header.Get("X-Amz-Checksum-Mode"); got != test.want {
			t.Errorf("%q with %q and range %q: %q, want %q", test.server, test.checksum, test.rng, got, test.want)
		}
	}
}

// TestAnswersAreVerified by whatever checksum comes with them, or it is said
// why they are not.
func TestAnswersAreVerified(t *testing.T) {
	const right, wrong = "y/Q5Jg==", "AAAAAA=="
	for _, test := range []struct {
		name   string
		in     getInput
		when   string // ResponseChecksum
		status int
		header map[string]string
		want   string                  // algorithm
		not    entrepot.ChecksumStatus // why there is none
		fails  bool
	}{
		{name: "a part", in: getInput{PartNumber: 2}, status: 206, header: map[string]string{"X-Amz-Checksum-Crc32": right, "Content-Range": "bytes 9-17/20"}, want: "CRC32"},
		{name: "another part", in: getInput{PartNumber: 2}, status: 206, header: map[string]string{"X-Amz-Checksum-Crc32": wrong, "Content-Range": "bytes 9-17/20"}, want: "CRC32", fails: true},
		{name: "a part without a checksum", in: getInput{PartNumber: 2}, status: 206, header: map[string]string{"Content-Range": "bytes 9-17/20"}, not: entrepot.ChecksumAbsent},
		{name: "a range that is all there is", status: 206, header: map[string]string{"X-Amz-Checksum-Crc32": right, "Content-Range": "bytes 0-8/9"}, want: "CRC32"},
		{name: "a checksum of parts without their number, with a range", status: 206, header: map[string]string{"X-Amz-Checksum-Crc32": wrong, "X-Amz-Checksum-Type": "COMPOSITE", "Content-Range": "bytes 0-8/9"}, not: entrepot.ChecksumPartial},
		{name: "an algorithm that is not computed", status: 200, header: map[string]string{"X-Amz-Checksum-Xxhash3": "AAAAAAAAAAA="}, not: entrepot.ChecksumNotComputed},
		{name: "malformed", status: 200, header: map[string]string{"X-Amz-Checksum-Crc32": "cbf43926"}, not: entrepot.ChecksumNotComputed},
		{name: "sent unasked for, and not wanted", when: WhenRequired, status: 200, header: map[string]string{"X-Amz-Checksum-Crc32": wrong}, not: entrepot.ChecksumOff},
		{name: "asked for by the caller", when: WhenRequired, in: getInput{ChecksumMode: "ENABLED"}, status: 200, header: map[string]string{"X-Amz-Checksum-Crc32": right}, want: "CRC32"},

		{name: "right", status: 200, header: map[string]string{"X-Amz-Checksum-Crc32": "y/Q5Jg=="}, want: "CRC32"},
		{name: "wrong", status: 200, header: map[string]string{"X-Amz-Checksum-Crc32": "AAAAAA=="}, want: "CRC32", fails: true},
		{name: "the cheapest", status: 200, header: map[string]string{"X-Amz-Checksum-Crc64nvme": "rosUhgp5mIg=", "X-Amz-Checksum-Sha1": "AAAA"}, want: "CRC64NVME"},
		{name: "none", status: 200, not: entrepot.ChecksumAbsent},
		{name: "composite", status: 200, header: map[string]string{"X-Amz-Checksum-Crc32": "AAAAAA==-2"}, not: entrepot.ChecksumComposite},
		{name: "of the whole, with a range", status: 206, header: map[string]string{"X-Amz-Checksum-Crc32": "AAAAAA==", "Content-Range": "bytes 0-8/20"}, not: entrepot.ChecksumPartial},
	} {
		w := &wire{answer: func(r *http.Request) *http.Response { return respond(r, test.status, "123456789", test.header) }}
		test.in.Bucket, test.in.Key = "photos", "k"
		var out getOutput
		if err := newCore(t, Settings{Region: "us-east-1", ResponseChecksum: test.when}, w).Do(t.Context(), opGet, &test.in, &out); err != nil {
			t.Fatal(err)
		}
		status := test.not
		if status == "" {
			status = entrepot.ChecksumVerified
		}
		if got := out.ResponseMetadata.ChecksumStatus; got != status {
			t.Errorf("%s: status %s, want %s", test.name, got, status)
		}
		_, err := io.ReadAll(out.Body)
		out.Body.Close()
		mismatch := (*entrepot.ChecksumError)(nil)
		if errors.As(err, &mismatch) != test.fails || !test.fails && err != nil || out.ResponseMetadata.Checksum != test.want {
			t.Errorf("%s: %v, verified by %q, want %q", test.name, err, out.ResponseMetadata.Checksum, test.want)
		}
	}
}

func TestStoredCoding(t *testing.T) {
	for stored, want := range map[string]string{
		"": "", "gzip": "gzip", "aws-chunked": "", "aws-chunked,gzip": "gzip", "gzip, aws-chunked": "gzip", "gzip, br": "gzip, br",
	} {
		w := &wire{answer: func(r *http.Request) *http.Response {
			return respond(r, 200, "", map[string]string{"Content-Encoding": stored})
		}}
		var out getOutput
		if err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k"}, &out); err != nil {
			t.Fatal(err)
		}
		out.Body.Close()
		if out.ContentEncoding != want {
			t.Errorf("stored as %q: %q, want %q", stored, out.ContentEncoding, want)
		}
	}
}

func TestListsOfKeys(t *testing.T) {
	for _, test := range []struct {
		name string
		in   listInput
		sent string // query
		want []listPrefix
	}{
		{name: "asked for, and decoded", in: listInput{Bucket: "photos"}, sent: "list-type=2&encoding-type=url", want: []listPrefix{{"a b+c\x01"}, {"%"}}},
		{name: "with another parameter", in: listInput{Bucket: "photos", Prefix: "a b"}, sent: "list-type=2&prefix=a%20b&encoding-type=url", want: []listPrefix{{"a b+c\x01"}, {"%"}}},
		{name: "left alone", in: listInput{Bucket: "photos", EncodingType: "url"}, sent: "list-type=2&encoding-type=url", want: []listPrefix{{"a+b%2Bc%01"}, {"%25"}}},
	} {
		w := &wire{answer: func(r *http.Request) *http.Response {
			return respond(r, 200, "<List><EncodingType>url</EncodingType><CommonPrefixes><Prefix>a+b%2Bc%01</Prefix></CommonPrefixes><CommonPrefixes><Prefix>%25</Prefix></CommonPrefixes></List>", nil)
		}}
		var out listOutput
		if err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opList, &test.in, &out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, out.CommonPrefixes); diff != "" || w.requests[0].URL.RawQuery != test.sent {
			t.Errorf("%s: query %s, keys (-want +got):\n%s", test.name, w.requests[0].URL.RawQuery, diff)
		}
	}
	w := &wire{answer: func(r *http.Request) *http.Response {
		return respond(r, 200, "<List><EncodingType>url</EncodingType><Contents><Key>%zz</Key></Contents></List>", nil)
	}}
	err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opList, &listInput{Bucket: "photos"}, &listOutput{})
	if err == nil || !strings.Contains(err.Error(), `invalid URL escape "%zz"`) {
		t.Errorf("a key that is not encoded: %v", err)
	}
}

// TestPrefixesThatAreNotEncoded are of servers that encode the keys alone.
func TestPrefixesThatAreNotEncoded(t *testing.T) {
	for _, test := range []struct{ sent, want []listPrefix }{
		{sent: []listPrefix{{"a+b/"}, {"c%2Fd/"}}, want: []listPrefix{{"a b/"}, {"c/d/"}}},
		{sent: []listPrefix{{"a+b/"}, {"é/"}}},
		{sent: []listPrefix{{"a+b/"}, {"c d/"}}},
		{sent: []listPrefix{{"a+b/"}, {"100%/"}}},
		{sent: []listPrefix{{"a+b/"}, {"<c>/"}}},
	} {
		if test.want == nil {
			test.want = slices.Clone(test.sent)
		}
		out := &listOutput{EncodingType: "url", Contents: []listObject{{"k+%25"}}, CommonPrefixes: slices.Clone(test.sent)}
		if err := DecodeNames(out); err != nil {
			t.Errorf("%v: %v", test.sent, err)
		}
		if diff := cmp.Diff(&listOutput{Contents: []listObject{{"k %"}}, CommonPrefixes: test.want}, out); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.sent, diff)
		}
	}
}

func TestCustomerKey(t *testing.T) {
	const key, sum = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "KYvwGXoFFJ42a2u2GDWhwQ=="
	for _, test := range []struct{ key, md5, want string }{
		{key: "", want: ""}, {key: key, want: sum}, {key: key, md5: "the caller's", want: "the caller's"},
	} {
		w := &wire{}
		if err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opPut, &putInput{Bucket: "photos", Key: "k", SSECustomerKey: test.key, SSECustomerKeyMD5: test.md5}, &none{}); err != nil {
			t.Fatal(err)
		}
		if got := w.requests[0].Header.Get("X-Amz-Server-Side-Encryption-Customer-Key-Md5"); got != test.want {
			t.Errorf("key %q: MD5 %q, want %q", test.key, got, test.want)
		}
	}
}

func TestCustomerKeyNeedsTLS(t *testing.T) {
	const key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	for endpoint, want := range map[string]string{
		"http://files.example:9000": "s3: PutObject: SSECustomerKey: is not sent to files.example:9000 without TLS: use an https endpoint",
		"http://10.0.0.1:9000":      "s3: PutObject: SSECustomerKey: is not sent to 10.0.0.1:9000 without TLS: use an https endpoint",
		"http://127.0.0.1:9000":     "", "http://[::1]:9000": "", "http://localhost:9000": "", "https://files.example": "",
	} {
		w := &wire{}
		err := newCore(t, Settings{Region: "us-east-1", Endpoint: endpoint}, w).Do(t.Context(), opPut, &putInput{Bucket: "photos", Key: "k", SSECustomerKey: key}, &none{})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want || len(w.requests) == 0 == (want == "") {
			t.Errorf("%s: %q, want %q; %d requests", endpoint, got, want, len(w.requests))
		}
	}
}

const moved = `<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message><Endpoint>evil.example</Endpoint><Region>REGION</Region></Error>`

// TestRedirects follows a bucket to its region once, never to a host that an
// answer names, and remembers.
func TestRedirects(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings Settings
		status   int
		header   map[string]string
		body     string
		hosts    []string // asked, of three calls
		fails    bool
	}{
		{
			name: "header", settings: Settings{Region: "us-east-1"}, status: 301, header: map[string]string{"X-Amz-Bucket-Region": "eu-west-1"},
			hosts: []string{"photos.s3.us-east-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com"},
		},
		{
			name: "document", settings: Settings{Region: "us-east-1"}, status: 301, body: strings.Replace(moved, "REGION", "eu-west-1", 1),
			hosts: []string{"photos.s3.us-east-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com"},
		},
		{
			name: "wrong signature's region", settings: Settings{Region: "us-east-1"}, status: 400,
			body:  `<Error><Code>AuthorizationHeaderMalformed</Code><Message>wrong</Message><Region>eu-west-1</Region></Error>`,
			hosts: []string{"photos.s3.us-east-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com", "photos.s3.eu-west-1.amazonaws.com"},
		},
		{
			name: "endpoint of the user's stays", settings: Settings{Endpoint: "https://storage.example"}, status: 301, header: map[string]string{"X-Amz-Bucket-Region": "eu-west-1"},
			hosts: []string{"storage.example", "storage.example", "storage.example", "storage.example"},
		},
		{
			name: "same region", settings: Settings{Region: "us-east-1"}, status: 301, header: map[string]string{"X-Amz-Bucket-Region": "us-east-1"}, fails: true,
			hosts: []string{"photos.s3.us-east-1.amazonaws.com", "photos.s3.us-east-1.amazonaws.com", "photos.s3.us-east-1.amazonaws.com"},
		},
		{
			name: "no region", settings: Settings{Region: "us-east-1"}, status: 307, header: map[string]string{"Location": "https://evil.example/"}, fails: true,
			hosts: []string{"photos.s3.us-east-1.amazonaws.com", "photos.s3.us-east-1.amazonaws.com", "photos.s3.us-east-1.amazonaws.com"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &wire{}
			w.answer = func(r *http.Request) *http.Response {
				if strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/s3/") {
					return respond(r, 200, "", nil)
				}
				return respond(r, test.status, test.body, test.header)
			}
			c := newCore(t, test.settings, w)
			for range 3 {
				err := c.Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k"}, &none{})
				if (err != nil) != test.fails {
					t.Errorf("error %v", err)
				}
			}
			var hosts []string
			for _, r := range w.requests {
				hosts = append(hosts, r.URL.Host)
			}
			if diff := cmp.Diff(test.hosts, hosts); diff != "" {
				t.Errorf("hosts (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMaliciousRegions never become part of a host's name.
func TestMaliciousRegions(t *testing.T) {
	for _, region := range []string{
		"evil.example/", "evil.example", "x@evil", "x.evil.example#", "-x", "x-", "US-EAST-1", "a b", "a\nb", "", strings.Repeat("a", 33), "a/../b", "%2F", "é",
	} {
		for _, in := range []string{"header", "document"} {
			w := &wire{answer: func(r *http.Request) *http.Response {
				if in == "header" {
					resp := respond(r, 301, "", nil)
					resp.Header["X-Amz-Bucket-Region"] = []string{region}
					return resp
				}
				return respond(r, 301, strings.Replace(moved, "REGION", region, 1), nil)
			}}
			err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k"}, &none{})
			if err == nil {
				t.Errorf("%q in a %s: no error", region, in)
			}
			for _, r := range w.requests {
				if r.URL.Host != "photos.s3.us-east-1.amazonaws.com" {
					t.Errorf("%q in a %s: the request goes to %s", region, in, r.URL.Host)
				}
			}
		}
	}
}

// TestRedirectsEnd though each region says that it is another.
func TestRedirectsEnd(t *testing.T) {
	w := &wire{answer: func(r *http.Request) *http.Response {
		region := "eu-west-1"
		if strings.Contains(r.URL.Host, region) {
			region = "us-east-1"
		}
		return respond(r, 301, "", map[string]string{"X-Amz-Bucket-Region": region})
	}}
	err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k"}, &none{})
	if err == nil || !strings.Contains(err.Error(), "PermanentRedirect") || len(w.requests) > 4 {
		t.Errorf("%v after %d requests", err, len(w.requests))
	}
	w = &wire{answer: func(r *http.Request) *http.Response {
		return respond(r, 400, `<Error><Code>IllegalLocationConstraintException</Code><Region>eu-west-1</Region></Error>`, nil)
	}}
	if err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opNew, &bucketInput{Bucket: "photos"}, &none{}); err == nil || len(w.requests) != 1 {
		t.Errorf("a new bucket: %v after %d requests, want one: it would be made elsewhere", err, len(w.requests))
	}
}

// TestRegionsAreBounded forgets rather than grows.
func TestRegionsAreBounded(t *testing.T) {
	var r Regions
	for i := range regionsLimit + 10 {
		r.learn("bucket-"+strconv.Itoa(i), "eu-west-1")
	}
	if len(r.buckets) > regionsLimit || r.of("bucket-"+strconv.Itoa(regionsLimit+9)) != "eu-west-1" {
		t.Errorf("%d buckets are remembered", len(r.buckets))
	}
}

func TestErrors(t *testing.T) {
	const document = `<?xml version="1.0"?><Error><Code>CODE</Code><Message>It failed.</Message><RequestId>R1</RequestId><HostId>H1</HostId><Detail>d</Detail></Error>`
	head, get := opHead, opGet
	bucket := opBucket
	for _, test := range []struct {
		name   string
		op     *pipeline.Operation
		status int
		body   string
		header map[string]string
		code   string
		class  error
		text   string // part of the message
	}{
		{name: "document", op: get, status: 404, body: strings.Replace(document, "CODE", "NoSuchKey", 1), code: "NoSuchKey", class: fs.ErrNotExist, text: "It failed."},
		{name: "no bucket", op: get, status: 404, body: strings.Replace(document, "CODE", "NoSuchBucket", 1), code: "NoSuchBucket", class: fs.ErrNotExist},
		{name: "HEAD 404 of an object", op: head, status: 404, code: "NoSuchKey", class: fs.ErrNotExist},
		{name: "HEAD 404 of a bucket", op: bucket, status: 404, code: "NoSuchBucket", class: fs.ErrNotExist},
		{name: "HEAD 403 of an object", op: head, status: 403, code: "AccessDenied", class: fs.ErrPermission, text: "no right to list the bucket"},
		{name: "HEAD 403 of a bucket", op: bucket, status: 403, code: "AccessDenied", class: fs.ErrPermission, text: "access denied"},
		{name: "HEAD 304", op: head, status: 304, code: "NotModified"},
		{name: "HEAD 412", op: head, status: 412, code: "PreconditionFailed"},
		{name: "HEAD 416", op: head, status: 416, code: "InvalidRange"},
		{name: "HEAD 400", op: head, status: 400, code: "BadRequest"},
		{name: "skewed clock is no matter of rights", op: get, status: 403, body: strings.Replace(document, "CODE", "RequestTimeTooSkewed", 1), code: "RequestTimeTooSkewed"},
		{name: "archived object neither", op: get, status: 403, body: strings.Replace(document, "CODE", "InvalidObjectState", 1), code: "InvalidObjectState"},
		{name: "unknown code with a telling status", op: get, status: 404, body: strings.Replace(document, "CODE", "NoSuchThing", 1), code: "NoSuchThing", class: fs.ErrNotExist},
		{name: "bucket that is taken", op: opNew, status: 409, body: strings.Replace(document, "CODE", "BucketAlreadyExists", 1), code: "BucketAlreadyExists", class: fs.ErrExist},
		{name: "text of a proxy", op: get, status: 407, body: "no entry\n", header: map[string]string{"Content-Type": "text/plain; charset=utf-8"}, code: "ProxyAuthenticationRequired", text: "no entry"},
		{name: "page of a proxy", op: get, status: 407, body: "<html>no entry</html>", header: map[string]string{"Content-Type": "text/html"}, code: "ProxyAuthenticationRequired"},
		{name: "document cut off", op: get, status: 409, body: document[:40], code: "Conflict"},
		{name: "in a 200", op: get, status: 200, body: strings.Replace(document, "CODE", "InvalidRequest", 1), code: "InvalidRequest", text: "It failed."},
		{name: "in a 200 without a code", op: get, status: 200, body: "<Error/>", text: "does not say which"},
		{name: "in a 200, cut off", op: get, status: 200, body: document[:60], text: "does not say which"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &wire{answer: func(r *http.Request) *http.Response {
				resp := respond(r, test.status, test.body, test.header)
				if r.Method == http.MethodHead {
					resp.Body = http.NoBody
				}
				return resp
			}}
			var in any = &getInput{Bucket: "photos", Key: "k"}
			if test.op == opBucket || test.op == opNew {
				in = &bucketInput{Bucket: "photos"}
			}
			err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), test.op, in, &none{})
			var e *apierror.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Code != test.code || e.StatusCode != test.status || !strings.Contains(e.Message, test.text) || len(w.requests) != 1 {
				t.Errorf("%+v after %d requests", e, len(w.requests))
			}
			for _, class := range []error{fs.ErrNotExist, fs.ErrPermission, fs.ErrExist} {
				if got := e.Matches(class, Classes); got != (class == test.class) {
					t.Errorf("counts as %v: %t", class, got)
				}
			}
			if strings.Contains(test.body, "<HostId>") && test.status != 409 && (e.RequestID != "R1" || e.HostID != "H1" || e.Details["Detail"] != "d") {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestErrorsKeepNoSecret though AWS repeats what authenticated the request.
func TestErrorsKeepNoSecret(t *testing.T) {
	w := &wire{answer: func(r *http.Request) *http.Response {
		return respond(r, 403, `<Error><Code>InvalidToken</Code><Message>no</Message><Token-0>hidden</Token-0><StringToSign>hidden</StringToSign>`+
			`<CanonicalRequest>hidden</CanonicalRequest><CanonicalRequestBytes>hidden</CanonicalRequestBytes><StringToSignBytes>hidden</StringToSignBytes>`+
			`<SignatureProvided>hidden</SignatureProvided><AWSAccessKeyId>AKID</AWSAccessKeyId></Error>`, nil)
	}}
	err := newCore(t, Settings{Region: "us-east-1"}, w).Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k"}, &none{})
	e, ok := apierror.From(err)
	if !ok {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"AWSAccessKeyId": "AKID"}, e.Details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

// TestHint tells what to do where a server does not know checksums, and does
// not where it is known that it does.
func TestHint(t *testing.T) {
	const example, ibm, aws = "storage.example", "s3.eu-de.cloud-object-storage.appdomain.cloud", "s3.eu-west-1.amazonaws.com"
	large := strings.Repeat("x", smallBody+1)
	for _, test := range []struct {
		name, host, server, code string
		status                   int
		checksum                 checksum.Algorithm
		want                     bool
	}{
		{name: "R2 as AWS", host: example, server: "aws", code: "NotImplemented", status: 501, want: true},
		{name: "R2 by its host, as AWS", host: "account.r2.cloudflarestorage.com", server: "aws", code: "NotImplemented", status: 501, want: true},
		{name: "R2, and a checksum that the caller wants", host: "account.r2.cloudflarestorage.com", checksum: checksum.CRC32, code: "NotImplemented", status: 501, want: true},
		{name: "IBM as AWS", host: ibm, server: "aws", code: "XAmzContentSHA256Mismatch", status: 400, want: true},
		{name: "IBM's system on premises", host: example, server: "ibm", code: "InvalidRequest", status: 400, want: true},
		{name: "IBM itself", host: ibm, code: "InvalidRequest", status: 400},
		{name: "AWS itself", host: aws, code: "InvalidRequest", status: 400},
		{name: "another error", host: example, server: "aws", code: "NoSuchBucket", status: 404},
		{name: "no checksum", host: example, server: "aws", code: "NotImplemented", status: 501, checksum: None},
	} {
		w := &wire{answer: func(r *http.Request) *http.Response {
			return respond(r, test.status, "<Error><Code>"+test.code+"</Code><Message>No.</Message></Error>", nil)
		}}
		c := newCore(t, Settings{Endpoint: "https://" + test.host, Server: test.server, Checksum: test.checksum}, w)
		err := c.Do(t.Context(), opPut, &putInput{Bucket: "photos", Key: "k", Body: strings.NewReader(large)}, &none{})
		if got := strings.Contains(err.Error(), "; if the server does not know such checksums, set Config.X"); got != test.want {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestExpiredKeys asks for others, once.
func TestExpiredKeys(t *testing.T) {
	for _, test := range []struct {
		name  string
		good  int // the look-up that finds good keys
		fails bool
		want  int // look-ups
	}{{name: "renewed", good: 2, want: 2}, {name: "always expired", good: 99, fails: true, want: 2}} {
		lookups := 0
		provider := credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
			lookups++
			return credentials.Credentials{AccessKeyID: "KEY" + strconv.Itoa(lookups), SecretAccessKey: "s", SessionToken: "t"}, nil
		})
		w := &wire{answer: func(r *http.Request) *http.Response {
			if strings.Contains(r.Header.Get("Authorization"), "KEY"+strconv.Itoa(test.good)+"/") {
				return respond(r, 200, "", nil)
			}
			return respond(r, 400, "<Error><Code>ExpiredToken</Code></Error>", nil)
		}}
		err := newCore(t, Settings{Region: "us-east-1", Credentials: provider}, w).Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k"}, &none{})
		if (err != nil) != test.fails || lookups != test.want || len(w.requests) != test.want {
			t.Errorf("%s: %v after %d look-ups and %d requests", test.name, err, lookups, len(w.requests))
		}
	}
}

// TestTokenThatIsGone does not travel with keys that have none.
func TestTokenThatIsGone(t *testing.T) {
	tokens := []string{"expired", ""}
	provider := credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
		token := tokens[0]
		tokens = tokens[1:]
		return credentials.Credentials{AccessKeyID: "KEY", SecretAccessKey: "s", SessionToken: token}, nil
	})
	w := &wire{answer: func(r *http.Request) *http.Response {
		if r.Header["X-Amz-Security-Token"] != nil || strings.Contains(r.Header.Get("Authorization"), "x-amz-security-token") {
			return respond(r, 400, "<Error><Code>ExpiredToken</Code></Error>", nil)
		}
		return respond(r, 200, "", nil)
	}}
	if err := newCore(t, Settings{Region: "us-east-1", Credentials: provider}, w).Do(t.Context(), opGet, &getInput{Bucket: "photos", Key: "k"}, &none{}); err != nil {
		t.Error(err)
	}
}

// TestUnsignedRequests have neither a signature nor frames for one.
func TestUnsignedRequests(t *testing.T) {
	large := strings.Repeat("x", smallBody+1)
	token := credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
		return credentials.Credentials{Token: "token"}, nil
	})
	for name, provider := range map[string]credentials.Provider{"anonymous": credentials.Anonymous(), "token": token} {
		for _, server := range []string{"aws", "ibm", ""} {
			for _, once := range []bool{false, true} {
				w := &wire{}
				n := 0
				w.answer = func(r *http.Request) *http.Response {
					if n++; n == 1 && !once {
						return respond(r, 503, "", nil) // the second attempt is as the first
					}
					return respond(r, 200, "", nil)
				}
				in := &putInput{Bucket: "photos", Key: "k", Body: io.Reader(bytes.NewReader([]byte(large))), ContentLength: int64(len(large)), ContentEncoding: "gzip"}
				if once {
					in.Body = io.MultiReader(in.Body)
				}
				c := newCore(t, Settings{Endpoint: "http://127.0.0.1:9000", Server: server, Credentials: provider}, w)
				if err := c.Do(t.Context(), opPut, in, &none{}); err != nil {
					t.Fatalf("%s, %s: %v", name, server, err)
				}
				for i, r := range w.requests {
					payload, coding := r.Header.Get("X-Amz-Content-Sha256"), r.Header.Get("Content-Encoding")
					if server == "aws" {
						if payload != "STREAMING-UNSIGNED-PAYLOAD-TRAILER" || coding != "aws-chunked,gzip" || !strings.Contains(w.bodies[i], "\r\n0\r\nx-amz-checksum-crc64nvme:") {
							t.Errorf("%s, aws: payload %s, coding %s", name, payload, coding)
						}
					} else if payload != "" || coding != "gzip" || w.bodies[i] != large || r.Header["X-Amz-Decoded-Content-Length"] != nil {
						t.Errorf("%s, %q, once %t: payload %s, coding %s, %d bytes", name, server, once, payload, coding, len(w.bodies[i]))
					}
					if strings.Contains(r.Header.Get("Authorization"), "AWS4") {
						t.Errorf("%s: signed", name)
					}
				}
			}
		}
	}
}
