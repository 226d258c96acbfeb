package storagetest

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// S3 is a server of Amazon S3 for one account: its general purpose and directory
// buckets, their configurations, objects with versions, locks and annotations,
// multipart uploads, posted forms and a small part of SQL. Policies, ACLs and other
// configurations are judged, kept and returned, but not acted upon: the account may
// do everything with what is its own, nobody else anything, and no log is written,
// no object expires or is replicated. Locks, default retention and encryption, and
// CORS are. New buckets are as Amazon makes them: their owner is enforced, so that
// ACLs are refused, and public access is blocked. What it does not do, such as
// GetObjectTorrent and appending to objects, is answered with NotImplemented.
type S3 struct {
	*Server
	service *s3Service
}

// NewS3 starts an S3 server without buckets. The caller closes it.
func NewS3(opts ...Option) *S3 {
	srv := newServer(newOptions(opts))
	s := &S3{Server: srv, service: newS3Service(srv, &s3Dialect{})}
	srv.start(s.service)
	return s
}

// AccessKey is a key that a server knows.
type AccessKey struct {
	ID     string
	Secret string

	// SessionToken makes the key a temporary one: a request must present it.
	SessionToken string

	// Expires is when the key ceases to be valid; zero: never.
	Expires time.Time

	// Buckets are the buckets the key is good for; nil: every one.
	Buckets []string
}

// AddKey makes another key known, or replaces the one of the same ID.
func (s *S3) AddKey(k AccessKey) { s.service.addKey(k) }

// RemoveKey makes a key unknown.
func (s *S3) RemoveKey(id string) { s.service.removeKey(id) }

// BucketSetup describes a bucket made beforehand.
type BucketSetup struct {
	Name string

	// Region defaults to the server's. A request for a bucket of another region
	// is answered with PermanentRedirect unless it is signed for that region.
	Region string

	// Owner is the owning account; empty: the server's. A bucket of another
	// account denies access.
	Owner string

	// Versioning is Enabled or Suspended; empty: never enabled.
	Versioning string

	// ObjectLock lets objects of the bucket be locked, which enables versioning.
	ObjectLock bool

	// TemplateID is the id of what a bucket of IBM was made after; empty: it is
	// not told. ListBucketsExtended has it.
	TemplateID string

	// AccessPoints are names of access points of the bucket. It is reached by
	// each of them where the host of a request begins with NAME-ACCOUNT.
	AccessPoints []string
}

// AddBucket makes a bucket without a request. It panics if the name is taken. A
// name that ends in a zone's ID and --x-s3 makes a directory bucket.
func (s *S3) AddBucket(b BucketSetup) { s.service.addBucket(b) }

// s3Dialect is where a vendor's S3 differs from Amazon's. The zero dialect is
// Amazon's own.
type s3Dialect struct {
	// anyRegion accepts signatures made for whatever region.
	anyRegion bool

	// longLinks lets a presigned URL hold for longer than a week.
	longLinks bool

	// noTrailers takes aws-chunked bodies with trailing checksums for what
	// they are not, and so finds the digest wrong.
	noTrailers bool

	// quietEncryption leaves out what Amazon says of each object's encryption.
	quietEncryption bool

	// bearer judges a token from an Authorization header; nil: only signatures
	// are accepted.
	bearer func(c *s3Call, token string) *s3Error

	// judge finds out what a request may do that is signed by any key, or (access
	// is nil) by none; nil: every request is signed, and keys are judged by where
	// they are good.
	judge func(c *s3Call) *s3Error

	// route finds the operations of the vendor's own; it may be nil. known is
	// whether the sub-resource is the vendor's: an empty name then stands for a
	// method that it does not have.
	route func(method string, bucket, key bool, q url.Values) (operation string, known bool)

	// operations adds to Amazon's, or replaces some; lacks are those of Amazon's
	// that the vendor does not have.
	operations map[string]func(*s3Call) *s3Error
	lacks      map[string]bool

	// bucketClasses has the storage class be a matter of the bucket: that of
	// objects is always STANDARD, whatever is asked for.
	bucketClasses bool

	// freeConditions takes every condition of HTTP for a write, and any that
	// does not hold for a failed one.
	freeConditions bool

	// bucketName judges the name of a new bucket; nil: by Amazon's rules.
	bucketName func(name string) bool

	// localOnly hides buckets of other regions.
	localOnly bool

	// reservedTags begin the keys of tags that only the vendor sets, beside aws:.
	reservedTags string

	// archives are the classes that a lifecycle rule may move objects to, each
	// with the tier that a restore may name; nil: Amazon's.
	archives map[string]string

	// checkLifecycle adds to the rules for lifecycle configurations.
	checkLifecycle func(*lifecycle) *s3Error

	// acls are the canned ACLs that are accepted; nil: Amazon's.
	acls []string

	// openBuckets makes new buckets take ACLs, and block no public access.
	openBuckets bool

	// greet adds to the headers of every answer.
	greet func(c *s3Call, h http.Header)

	// codes are the vendor's names of errors that Amazon calls otherwise.
	codes map[string]string

	// errorTail ends an error document; nil: with Amazon's host id.
	errorTail func(c *s3Call, x *xmlWriter, status int)

	// receive is called before the content of an object or a part is read; nil:
	// no objection.
	receive func(c *s3Call, b *s3Bucket) *s3Error

	// version is called before a bucket's versioning becomes the one given; nil:
	// no objection.
	version func(b *s3Bucket, status string) *s3Error

	// stored is called before an object comes into being or is replaced (old is
	// then the one to be), and deleted before one goes; nil: no objection.
	stored  func(c *s3Call, b *s3Bucket, old, obj *s3Object) *s3Error
	deleted func(c *s3Call, b *s3Bucket, obj *s3Object) *s3Error

	// describe adds to the headers of GetObject and HeadObject.
	describe func(c *s3Call, obj *s3Object, h http.Header)

	// location replaces Amazon's rules for the location of a new bucket: where
	// it is, and what GetBucketLocation says of it.
	location func(c *s3Call, constraint string) (region, location string, err *s3Error)

	// created is called for a new bucket, describeBucket for the headers of
	// HeadBucket and ListObjects.
	created        func(c *s3Call, b *s3Bucket) *s3Error
	describeBucket func(c *s3Call, b *s3Bucket, h http.Header)
}

// s3Service is the S3 protocol over the buckets of one account. It is the whole
// of S3, and the data side of Lightsail and IBM COS.
type s3Service struct {
	srv      *Server
	dialect  *s3Dialect
	requests atomic.Uint64 // counts, for the request ids
	tokenKey string        // of this run: signs the tokens of lists

	mu           sync.Mutex // guards all below, and the buckets with their contents
	keys         map[string]*s3Key
	buckets      map[string]*s3Bucket
	accessPoints map[string]string // the buckets behind them
	uploads      uint64            // counts, for the upload ids
	versions     uint64            // counts, for the version ids
}

// s3Key is an AccessKey as the service keeps it.
type s3Key struct {
	AccessKey
	expired  bool   // by a fault
	mode     string // of the session that it belongs to; empty: to none
	readOnly bool   // it is good for objects that are there, and lists of them
}

// readOperations are what a key is good for that may only read.
var readOperations = map[string]bool{
	"GetObject": true, "GetObjectAttributes": true, "GetObjectTagging": true, "HeadObject": true,
	"HeadBucket": true, "ListObjectVersions": true, "ListObjects": true, "ListObjectsV2": true,
}

// allows reports whether the key is good for an operation on a bucket.
func (k *s3Key) allows(op, bucket string) bool {
	return (k.Buckets == nil || slices.Contains(k.Buckets, bucket)) && (!k.readOnly || readOperations[op])
}

func newS3Service(srv *Server, d *s3Dialect) *s3Service {
	s := &s3Service{
		srv:      srv,
		dialect:  d,
		tokenKey: randomHex(8),
		keys:     make(map[string]*s3Key),
		buckets:  make(map[string]*s3Bucket),

		accessPoints: make(map[string]string),
	}
	if srv.keyID != "" {
		s.addKey(AccessKey{ID: srv.keyID, Secret: srv.secret})
	}
	return s
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func (s *s3Service) addKey(k AccessKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[k.ID] = &s3Key{AccessKey: k}
}

func (s *s3Service) removeKey(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, id)
}

func (s *s3Service) addBucket(setup BucketSetup) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[setup.Name] != nil {
		panic("storagetest: bucket " + setup.Name + " exists")
	}
	if setup.Region == "" {
		setup.Region = s.srv.region
	}
	if setup.Owner == "" {
		setup.Owner = s.srv.accountID
	}
	b := &s3Bucket{
		name:       setup.Name,
		region:     setup.Region,
		owner:      setup.Owner,
		created:    s.srv.clock(),
		versioning: setup.Versioning,
		templateID: setup.TemplateID,
		versions:   make(map[string][]*s3Object),
		uploads:    make(map[string]*s3Upload),
	}
	s.closeBucket(b)
	if setup.ObjectLock {
		b.versioning, b.lock = "Enabled", &lockConfiguration{ObjectLockEnabled: "Enabled"}
	}
	b.zoneType = "AvailabilityZone" // in case it is a directory bucket
	for _, name := range setup.AccessPoints {
		s.accessPoints[name+"-"+setup.Owner] = setup.Name
	}
	s.buckets[setup.Name] = b
}

// removeBucket drops a bucket with all that is in it, and reports whether it
// was there. Unless force is set, only an empty one goes.
func (s *s3Service) removeBucket(name string, force bool) (existed, removed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil {
		return false, false
	}
	if len(b.versions) > 0 && !force {
		return true, false
	}
	for _, versions := range b.versions {
		for _, o := range versions {
			o.blob.release()
		}
	}
	for _, u := range b.uploads {
		u.release()
	}
	delete(s.buckets, name)
	return true, true
}

// s3Call is one request on its way through the service.
type s3Call struct {
	*s3Service
	w         http.ResponseWriter
	r         *http.Request
	op        string
	target    s3Target
	query     url.Values
	requestID string
	signature *s3Signature // nil: bearer token, or none at all
	access    *s3Key       // nil: bearer token, or what everybody may do
	now       time.Time
	source    *s3Object // of CopyObject, once it is known
	answer    *s3Answer // nil as long as there is none, or when it has been streamed
}

// s3Target is what a request is about, as host and path tell it.
type s3Target struct {
	bucket, key string
	rawPath     string // as received
	region      string // that the host name stands for; empty if for none
	badPath     bool   // not percent-encoded UTF-8
}

// target reads bucket and key off the request, without cleaning the path: keys
// may hold empty segments and dots.
func (s *s3Service) target(r *http.Request) s3Target {
	raw, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(raw, "/") { // absolute form, as sent to a proxy
		if _, rest, ok := strings.Cut(raw, "://"); ok {
			_, raw, _ = strings.Cut(rest, "/")
		}
		raw = "/" + raw
	}
	t := s3Target{rawPath: raw}
	t.bucket, t.region = s.virtualHost(r.Host)
	if bucket := s.behind(t.bucket); bucket != "" {
		t.bucket = bucket
	}
	rest := raw[1:]
	if t.bucket == "" {
		t.bucket, rest, _ = strings.Cut(rest, "/")
		bucket, err := url.PathUnescape(t.bucket)
		t.bucket, t.badPath = bucket, err != nil
	}
	key, err := url.PathUnescape(rest)
	t.key = key
	t.badPath = t.badPath || err != nil
	return t
}

// behind is the bucket behind an access point, if that is what name is.
func (s *s3Service) behind(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accessPoints[name]
}

// virtualHost takes a Host header apart: the bucket that it names, if any, and
// the region, if it is the name of a regional endpoint.
func (s *s3Service) virtualHost(host string) (bucket, region string) {
	host = strings.ToLower(host)
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	for _, domain := range append([]string{"localhost", inMemoryHost}, s.srv.domains...) {
		if b, ok := strings.CutSuffix(host, "."+domain); ok {
			return b, ""
		}
	}
	name := ""
	for _, suffix := range []string{"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "sc2s.sgov.gov", "cloud.adc-e.uk", "csp.hci.ic.gov"} {
		if rest, ok := strings.CutSuffix(host, "."+suffix); ok {
			name = rest
		}
	}
	// BUCKET.s3.REGION, BUCKET.s3.dualstack.REGION, BUCKET.s3-fips.REGION, s3,
	// BUCKET.s3express-ZONE.REGION, ACCESSPOINT-ACCOUNT.s3-accesspoint.REGION
	labels := strings.Split(name, ".")
	for i := len(labels) - 1; i >= 0; i-- {
		if service := strings.TrimSuffix(labels[i], "-fips"); s3Hosts[service] || strings.HasPrefix(service, "s3express-") {
			rest := slices.DeleteFunc(labels[i+1:], func(l string) bool { return l == "dualstack" })
			return strings.Join(labels[:i], "."), strings.Join(rest, ".")
		}
	}
	return "", ""
}

// s3Hosts are the labels of hosts' names that tell S3.
var s3Hosts = map[string]bool{"s3": true, "s3-accelerate": true, "s3-accesspoint": true}

// operation implements emulator.
func (s *s3Service) operation(r *http.Request) string {
	t := s.target(r)
	q, _ := url.ParseQuery(r.URL.RawQuery) // serve reports what is malformed
	if s.dialect.route != nil {
		if op, known := s.dialect.route(r.Method, t.bucket != "", t.key != "", q); known {
			return op
		}
	}
	return s3OperationName(r, t.bucket != "", t.key != "", q)
}

// serve implements emulator.
func (s *s3Service) serve(w http.ResponseWriter, r *http.Request, op string) {
	c := s.newCall(w, r, op)
	err := c.run()
	switch {
	case err != nil:
		c.fail(err)
	case c.answer != nil:
		c.send()
	}
}

// fail implements emulator.
func (s *s3Service) fail(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	c := s.newCall(w, r, "")
	if code == "" {
		code = codeForStatus(status)
	}
	if message == "" {
		message = "The fault plan has it so: " + code
	}
	c.fail(&s3Error{status: status, code: code, message: message})
}

// expireToken implements emulator.
func (s *s3Service) expireToken(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.keys[accessKeyID(r)]; k != nil {
		k.expired = true
	}
}

func (s *s3Service) newCall(w http.ResponseWriter, r *http.Request, op string) *s3Call {
	c := &s3Call{
		s3Service: s, w: w, r: r, op: op,
		now:       s.srv.now(r),
		requestID: fmt.Sprintf("%016X", s.requests.Add(1)),
	}
	h := w.Header()
	h.Set("X-Amz-Request-Id", c.requestID)
	h.Set("X-Amz-Id-2", hostID(c.requestID))
	h.Set("Server", "AmazonS3")
	if s.dialect.greet != nil {
		s.dialect.greet(c, h)
	}
	return c
}

// run judges the request step by step, in the order in which S3 does.
func (c *s3Call) run() *s3Error {
	c.target = c.s3Service.target(c.r)
	var err error
	if c.query, err = parseQuery(c.r.URL.RawQuery); err != nil || c.target.badPath || !validUTF8(c.target.key) {
		return errorInvalidURI()
	}
	if c.r.Method == http.MethodOptions {
		return c.preflight()
	}
	if c.header("Origin") != "" {
		c.allowOrigin()
	}
	if err := c.authenticate(); err != nil {
		return err
	}
	if c.dialect.judge != nil {
		if err := c.dialect.judge(c); err != nil {
			return err
		}
	}
	if err := c.checkDirectory(); err != nil {
		return err
	}
	handler := c.handler()
	if handler == nil {
		if c.op == "" {
			return &s3Error{status: http.StatusMethodNotAllowed, code: "MethodNotAllowed",
				message: "The specified method is not allowed against this resource.",
				extra:   []string{"Method", c.r.Method, "ResourceType", c.resourceType()}}
		}
		return errorNotImplemented(c.op)
	}
	if err := checkKeyLength(c.target.key); err != nil {
		return err
	}
	if err := c.checkVersionID(); err != nil {
		return err
	}
	if c.r.Header.Get("X-Amz-Request-Payer") == "requester" {
		c.w.Header().Set("X-Amz-Request-Charged", "requester")
	}
	return handler(c)
}

func (c *s3Call) resourceType() string {
	switch {
	case c.target.key != "":
		return "OBJECT"
	case c.target.bucket != "":
		return "BUCKET"
	}
	return "SERVICE"
}

// maxKeyLength is the longest key in bytes.
const maxKeyLength = 1024

func checkKeyLength(key string) *s3Error {
	n := len(key)
	if n <= maxKeyLength {
		return nil
	}
	return &s3Error{status: 400, code: "KeyTooLongError", message: "Your key is too long",
		extra: []string{"Size", strconv.Itoa(n), "MaxSizeAllowed", strconv.Itoa(maxKeyLength)}}
}

// header returns a header of the request.
func (c *s3Call) header(name string) string { return c.r.Header.Get(name) }

// handler returns what carries out the operation of the call, or nil. Handlers
// run without the service's lock.
func (c *s3Call) handler() func(*s3Call) *s3Error {
	if h := c.dialect.operations[c.op]; h != nil {
		return h
	}
	if c.dialect.lacks[c.op] {
		return nil
	}
	return s3Handlers[c.op]
}

// s3Handlers carry out the operations; each subject has them in a file of its
// own.
var s3Handlers = union(
	s3ACLHandlers,
	s3AnnotationHandlers,
	s3BucketHandlers,
	s3ConfigurationHandlers,
	s3CORSHandlers,
	s3EncryptionHandlers,
	s3ExpressHandlers,
	s3LifecycleHandlers,
	s3LockHandlers,
	s3MetadataHandlers,
	s3MultipartHandlers,
	s3NotificationHandlers,
	s3ObjectHandlers,
	s3PolicyHandlers,
	s3PostHandlers,
	s3ReplicationHandlers,
	s3SettingsHandlers,
	s3SelectHandlers,
	s3TaggingHandlers,
	s3VersionHandlers,
	s3WebsiteHandlers,
)

type handlers map[string]func(*s3Call) *s3Error

func union(tables ...handlers) handlers {
	all := handlers{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// s3OperationName finds the operation by method and sub-resource. A sub-resource
// that S3 knows decides, whatever else the query holds.
func s3OperationName(r *http.Request, bucket, key bool, q url.Values) string {
	method := r.Method
	switch {
	case !bucket:
		switch {
		case method != http.MethodGet:
		case strings.HasPrefix(r.Host, "s3express-control"), signedService(r) == "s3express":
			return "ListDirectoryBuckets" // elsewhere than at AWS the host does not tell
		default:
			return "ListBuckets"
		}
		return ""
	case key:
		copying := r.Header.Get("X-Amz-Copy-Source") != ""
		switch {
		case q.Has("uploadId"):
			switch method {
			case http.MethodPut:
				if copying {
					return "UploadPartCopy"
				}
				return "UploadPart"
			case http.MethodPost:
				return "CompleteMultipartUpload"
			case http.MethodDelete:
				return "AbortMultipartUpload"
			case http.MethodGet:
				return "ListParts"
			}
			return ""
		case q.Has("uploads"):
			if method == http.MethodPost {
				return "CreateMultipartUpload"
			}
			return ""
		}
		if names, ok := subresource(s3ObjectSubresources, q); ok {
			return names.operation(method, q.Has("annotationName"))
		}
		switch method {
		case http.MethodGet:
			return "GetObject"
		case http.MethodHead:
			return "HeadObject"
		case http.MethodDelete:
			return "DeleteObject"
		case http.MethodPut:
			if copying {
				return "CopyObject"
			}
			return "PutObject"
		}
		return ""
	}
	if names, ok := subresource(s3BucketSubresources, q); ok {
		return names.operation(method, q.Has("id"))
	}
	switch method {
	case http.MethodGet:
		if q.Get("list-type") == "2" {
			return "ListObjectsV2"
		}
		return "ListObjects"
	case http.MethodHead:
		return "HeadBucket"
	case http.MethodPut:
		return "CreateBucket"
	case http.MethodDelete:
		return "DeleteBucket"
	case http.MethodPost:
		if r.Header["X-Amz-Request-Route"] != nil {
			return "WriteGetObjectResponse" // the path only looks like a bucket's
		}
		return "PostObject"
	}
	return ""
}

// byMethod names the operations of one sub-resource. LIST stands for a GET that
// does not say which one it wants.
type byMethod map[string]string

// subresource finds the operations of the sub-resource that a query names. Of
// several it takes the first by name, so that a request always means the same.
func subresource(table map[string]byMethod, q url.Values) (names byMethod, known bool) {
	for _, sub := range slices.Sorted(maps.Keys(q)) {
		if names, known = table[sub]; known {
			return names, true
		}
	}
	return nil, false
}

func named(subject string, methods ...string) byMethod {
	verbs := map[string]string{"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
	m := byMethod{}
	for _, method := range methods {
		if method == "LIST" {
			m[method] = "List" + subject + "s"
			continue
		}
		m[method] = verbs[method] + subject
	}
	return m
}

// operation is the one of the method; one says that the request names one of
// many.
func (m byMethod) operation(method string, one bool) string {
	if list := m["LIST"]; list != "" && method == http.MethodGet && !one {
		return list
	}
	return m[method]
}

// The sub-resources of S3, also those whose operations are not carried out: a
// PUT of a policy must not become a CreateBucket.
var (
	s3BucketSubresources = map[string]byMethod{
		"abac":                    named("BucketAbac", "GET", "PUT"),
		"accelerate":              named("BucketAccelerateConfiguration", "GET", "PUT"),
		"acl":                     named("BucketAcl", "GET", "PUT"),
		"analytics":               named("BucketAnalyticsConfiguration", "GET", "PUT", "DELETE", "LIST"),
		"cors":                    named("BucketCors", "GET", "PUT", "DELETE"),
		"delete":                  {"POST": "DeleteObjects"},
		"encryption":              named("BucketEncryption", "GET", "PUT", "DELETE"),
		"intelligent-tiering":     named("BucketIntelligentTieringConfiguration", "GET", "PUT", "DELETE", "LIST"),
		"inventory":               named("BucketInventoryConfiguration", "GET", "PUT", "DELETE", "LIST"),
		"lifecycle":               {"GET": "GetBucketLifecycleConfiguration", "PUT": "PutBucketLifecycleConfiguration", "DELETE": "DeleteBucketLifecycle"},
		"location":                {"GET": "GetBucketLocation"},
		"logging":                 named("BucketLogging", "GET", "PUT"),
		"metadataAnnotationTable": {"PUT": "UpdateBucketMetadataAnnotationTableConfiguration"},
		"metadataConfiguration":   {"POST": "CreateBucketMetadataConfiguration", "GET": "GetBucketMetadataConfiguration", "DELETE": "DeleteBucketMetadataConfiguration"},
		"metadataInventoryTable":  {"PUT": "UpdateBucketMetadataInventoryTableConfiguration"},
		"metadataJournalTable":    {"PUT": "UpdateBucketMetadataJournalTableConfiguration"},
		"metadataTable":           {"POST": "CreateBucketMetadataTableConfiguration", "GET": "GetBucketMetadataTableConfiguration", "DELETE": "DeleteBucketMetadataTableConfiguration"},
		"metrics":                 named("BucketMetricsConfiguration", "GET", "PUT", "DELETE", "LIST"),
		"notification":            named("BucketNotificationConfiguration", "GET", "PUT"),
		"object-lock":             named("ObjectLockConfiguration", "GET", "PUT"),
		"ownershipControls":       named("BucketOwnershipControls", "GET", "PUT", "DELETE"),
		"policy":                  named("BucketPolicy", "GET", "PUT", "DELETE"),
		"policyStatus":            named("BucketPolicyStatus", "GET"),
		"publicAccessBlock":       named("PublicAccessBlock", "GET", "PUT", "DELETE"),
		"replication":             named("BucketReplication", "GET", "PUT", "DELETE"),
		"requestPayment":          named("BucketRequestPayment", "GET", "PUT"),
		"session":                 {"GET": "CreateSession"},
		"tagging":                 named("BucketTagging", "GET", "PUT", "DELETE"),
		"uploads":                 {"GET": "ListMultipartUploads"},
		"versioning":              named("BucketVersioning", "GET", "PUT"),
		"versions":                {"GET": "ListObjectVersions"},
		"website":                 named("BucketWebsite", "GET", "PUT", "DELETE"),
	}
	s3ObjectSubresources = map[string]byMethod{
		"acl":          named("ObjectAcl", "GET", "PUT"),
		"annotation":   named("ObjectAnnotation", "GET", "PUT", "DELETE", "LIST"),
		"attributes":   named("ObjectAttributes", "GET"),
		"encryption":   {"PUT": "UpdateObjectEncryption"},
		"legal-hold":   named("ObjectLegalHold", "GET", "PUT"),
		"renameObject": {"PUT": "RenameObject"},
		"restore":      {"POST": "RestoreObject"},
		"retention":    named("ObjectRetention", "GET", "PUT"),
		"select":       {"POST": "SelectObjectContent"},
		"tagging":      named("ObjectTagging", "GET", "PUT", "DELETE"),
		"torrent":      named("ObjectTorrent", "GET"),
	}
)
