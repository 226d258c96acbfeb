package storagetest

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// IBMCOS is a server of IBM Cloud Object Storage: the S3 operations in IBM's
// dialect, IBM's own for buckets, retention policies and legal holds, and the
// IAM endpoint that turns an API key into tokens, at /identity/token. Requests
// come with a token or signed by an HMAC key.
//
// IBM takes tokens over TLS only; this server takes them also without, being on
// loopback.
type IBMCOS struct {
	*Server
	service *s3Service
	iam     *ibmIAM
}

// WithAPIKey sets the API key that IBM's IAM endpoint knows.
func WithAPIKey(key string) Option { return func(o *options) { o.apiKey = key } }

// WithServiceInstance sets the id of IBM's service instance, a GUID: the owner
// of the buckets. Requests may name it alone or within its CRN.
func WithServiceInstance(id string) Option { return func(o *options) { o.serviceInstance = id } }

// WithTokenLifetime sets how long a token of IBM's IAM endpoint is valid. Default
// one hour.
func WithTokenLifetime(d time.Duration) Option { return func(o *options) { o.tokenLifetime = d } }

// Defaults of an IBMCOS.
const (
	defaultAPIKey          = "storagetest-api-key"
	defaultServiceInstance = "5f1d2c3b-0000-4000-8000-storagetest0"
	defaultIBMRegion       = "us-south"
)

// NewIBMCOS starts a server of IBM Cloud Object Storage without buckets, in the
// region us-south unless [WithRegion] says otherwise. The caller closes it.
func NewIBMCOS(opts ...Option) *IBMCOS {
	o := newOptions(append([]Option{WithRegion(defaultIBMRegion)}, opts...))
	if o.apiKey == "" {
		o.apiKey = defaultAPIKey
	}
	if o.serviceInstance == "" {
		o.serviceInstance = defaultServiceInstance
	}
	if o.tokenLifetime == 0 {
		o.tokenLifetime = time.Hour
	}
	o.accountID = o.serviceInstance
	srv := newServer(o)
	s := &IBMCOS{Server: srv, iam: newIBMIAM(srv)}
	s.service = newS3Service(srv, s.dialect())
	srv.start(s)
	return s
}

// APIKey is the key that the IAM endpoint knows.
func (s *IBMCOS) APIKey() string { return s.apiKey }

// ServiceInstance is the id of the service instance.
func (s *IBMCOS) ServiceInstance() string { return s.serviceInstance }

// TokenURL is the address of the IAM endpoint.
func (s *IBMCOS) TokenURL() string { return s.URL + iamPath }

// AddBucket makes a bucket without a request. It panics if the name is taken.
func (s *IBMCOS) AddBucket(b BucketSetup) { s.service.addBucket(b) }

// operation implements emulator.
func (s *IBMCOS) operation(r *http.Request) string {
	if isIAM(r) {
		return "IAMToken"
	}
	return s.service.operation(r)
}

// serve implements emulator.
func (s *IBMCOS) serve(w http.ResponseWriter, r *http.Request, operation string) {
	if isIAM(r) {
		s.iam.serve(w, r)
		return
	}
	s.service.serve(w, r, operation)
}

// fail implements emulator.
func (s *IBMCOS) fail(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	if isIAM(r) {
		s.iam.fail(w, status, code, message)
		return
	}
	s.service.fail(w, r, status, code, message)
}

// expireToken implements emulator.
func (s *IBMCOS) expireToken(r *http.Request) {
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		s.iam.revoke(strings.TrimSpace(token))
		return
	}
	s.service.expireToken(r)
}

// dialect is IBM's S3.
func (s *IBMCOS) dialect() *s3Dialect {
	return &s3Dialect{
		anyRegion:         true,
		noTrailers:        true,
		quietEncryption:   true,
		acls:              []string{"private", "public-read"},
		openBuckets:       true,
		transitionClasses: []string{"GLACIER", "ACCELERATED"},
		bearer:            s.bearer,
		route:             ibmRoute,
		lacks:             amazonOnly,
		greet: func(c *s3Call, h http.Header) {
			h.Set("Server", "Cleversafe")
			h.Set("X-Clv-Request-Id", c.requestID)
			h.Set("X-Clv-S3-Version", "2.5")
			h.Del("X-Amz-Id-2")
		},
		errorTail: func(_ *s3Call, x *xmlWriter, status int) { x.int("httpStatusCode", int64(status)) },
		location:  ibmLocation,
		created:   ibmCreated,
		describeBucket: func(_ *s3Call, b *s3Bucket, h http.Header) {
			for _, name := range []string{"X-Amz-Bucket-Arn", "X-Amz-Bucket-Region", "X-Amz-Access-Point-Alias"} {
				h.Del(name)
			}
			if b.rootKey != "" {
				h.Set("Ibm-Sse-Kp-Enabled", "true")
				h.Set("Ibm-Sse-Kp-Crk-Id", b.rootKey)
			}
		},
		stored:   ibmStored,
		deleted:  ibmDeleted,
		describe: ibmDescribe,
		operations: map[string]func(*s3Call) *s3Error{
			"ListBuckets":                      func(c *s3Call) *s3Error { return s.listBuckets(c, false) },
			"ListBucketsExtended":              func(c *s3Call) *s3Error { return s.listBuckets(c, true) },
			"GetBucketProtectionConfiguration": ibmGetProtection,
			"PutBucketProtectionConfiguration": ibmPutProtection,
			"AddLegalHold":                     ibmAddLegalHold,
			"DeleteLegalHold":                  ibmDeleteLegalHold,
			"ListLegalHolds":                   ibmListLegalHolds,
		},
	}
}

// amazonOnly are the operations that IBM's S3 does not have.
var amazonOnly = func() map[string]bool {
	only := map[string]bool{"ListDirectoryBuckets": true}
	for _, sub := range []string{
		"abac", "annotation", "attributes", "encryption", "intelligent-tiering", "metadataAnnotationTable", "metadataConfiguration",
		"metadataInventoryTable", "metadataJournalTable", "metadataTable", "notification", "ownershipControls", "policy", "policyStatus",
		"renameObject", "requestPayment", "select", "session",
	} {
		for _, operations := range []byMethod{s3BucketSubresources[sub], s3ObjectSubresources[sub]} {
			for _, name := range operations {
				only[name] = true
			}
		}
	}
	delete(only, "DeleteBucketPolicy") // which IBM has without the other two
	return only
}()

// ibmRoute names the operations that are IBM's alone, also those that are not
// carried out.
func ibmRoute(method string, bucket, key bool, q url.Values) string {
	switch {
	case !bucket && method == http.MethodGet && q.Has("extended"):
		return "ListBucketsExtended"
	case key && q.Has("legalHold"):
		switch {
		case method == http.MethodGet:
			return "ListLegalHolds"
		case method == http.MethodPost && q.Has("add"):
			return "AddLegalHold"
		case method == http.MethodPost && q.Has("remove"):
			return "DeleteLegalHold"
		}
	case key && q.Has("extendRetention") && method == http.MethodPost:
		return "ExtendObjectRetention"
	case bucket && !key && q.Has("protection"):
		switch method {
		case http.MethodGet:
			return "GetBucketProtectionConfiguration"
		case http.MethodPut:
			return "PutBucketProtectionConfiguration"
		}
	case bucket && !key && method == http.MethodGet && q.Has("faspConnectionInfo"):
		return "GetBucketAspera"
	case bucket && !key && method == http.MethodGet && q.Has("ibm-replication-failures"):
		return "ListBucketReplicationFailures"
	case bucket && !key && method == http.MethodPut && q.Has("ibm-replication-reattempt"):
		return "PutBucketReplicationReattempt"
	}
	return ""
}

// bearer judges a token, and the service instance where the operation needs to
// know it.
func (s *IBMCOS) bearer(c *s3Call, token string) *s3Error {
	if !s.iam.valid(token, c.now) {
		return errorAccessDenied("")
	}
	switch c.op {
	case "CreateBucket", "ListBuckets", "ListBucketsExtended":
		instance := c.header("Ibm-Service-Instance-Id")
		if instance == "" {
			return errorInvalidArgument("Missing header ibm-service-instance-id", "ibm-service-instance-id", "")
		}
		// The id alone, or crn:…:a/ACCOUNT:ID::
		if instance != s.serviceInstance && !(strings.HasPrefix(instance, "crn:") && strings.Contains(instance, ":"+s.serviceInstance+":")) {
			return errorAccessDenied("")
		}
	}
	return nil
}

var provisioningCode = regexp.MustCompile(`^(.+)-(standard|vault|cold|smart|onerate_active)$`)

// ibmLocation reads a provisioning code: location and class in one. A bucket is
// where its endpoint is.
func ibmLocation(c *s3Call, constraint string) (region, location string, err *s3Error) {
	if constraint == "" {
		return c.srv.region, c.srv.region + "-standard", nil
	}
	m := provisioningCode.FindStringSubmatch(constraint)
	if m == nil || m[1] != c.srv.region {
		return "", "", &s3Error{status: 400, code: "InvalidLocationConstraint", message: "The specified location-constraint is not valid"}
	}
	return c.srv.region, constraint, nil
}

func ibmCreated(c *s3Call, b *s3Bucket) *s3Error {
	algorithm, key := c.header("Ibm-Sse-Kp-Encryption-Algorithm"), c.header("Ibm-Sse-Kp-Customer-Root-Key-Crn")
	switch {
	case algorithm == "" && key == "":
		return nil
	case algorithm != "AES256":
		return errorInvalidArgument("The encryption algorithm is not supported", "ibm-sse-kp-encryption-algorithm", algorithm)
	case !strings.HasPrefix(key, "crn:"):
		return errorInvalidRequest("The Key CRN could not be found")
	}
	b.rootKey = key
	return nil
}

// listBuckets serves ListBuckets, which has no pages at IBM, and
// ListBucketsExtended, which has.
func (s *IBMCOS) listBuckets(c *s3Call, extended bool) *s3Error {
	limit := maxPage
	var marker, prefix string
	if extended {
		var err *s3Error
		if limit, err = c.limit("max-keys"); err != nil {
			return err
		}
		marker, prefix = c.query.Get("marker"), c.query.Get("prefix")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	buckets := slices.DeleteFunc(c.ownBuckets(), func(b *s3Bucket) bool {
		return b.name <= marker || !strings.HasPrefix(b.name, prefix)
	})
	truncated := extended && limit > 0 && len(buckets) > limit
	if extended {
		buckets = buckets[:min(limit, len(buckets))]
	}
	var x xmlWriter
	x.start("ListAllMyBucketsResult", s3Namespace)
	x.owner("Owner", c.srv.accountID)
	if extended {
		x.bool("IsTruncated", truncated)
		x.int("MaxKeys", int64(limit))
		x.text("Prefix", prefix)
		x.text("Marker", marker)
		if truncated {
			x.text("NextMarker", buckets[len(buckets)-1].name)
		}
	}
	x.start("Buckets", "")
	for _, b := range buckets {
		x.start("Bucket", "")
		x.text("Name", b.name)
		x.time("CreationDate", b.created.Truncate(time.Second))
		if extended {
			x.text("LocationConstraint", b.location)
		}
		x.end("Bucket")
	}
	x.end("Buckets")
	x.end("ListAllMyBucketsResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// protection is a bucket's retention policy.
type protection struct {
	XMLName                  xml.Name `xml:"ProtectionConfiguration"`
	Xmlns                    string   `xml:"xmlns,attr,omitempty"`
	Status                   string
	MinimumRetention         *retentionDays `xml:",omitempty"`
	DefaultRetention         *retentionDays `xml:",omitempty"`
	MaximumRetention         *retentionDays `xml:",omitempty"`
	EnablePermanentRetention bool           `xml:",omitempty"`
}

type retentionDays struct{ Days int64 }

func (d *retentionDays) seconds() int64 { return d.Days * 86400 }

// maxRetentionDays is the highest number that IBM's documentation admits.
const maxRetentionDays = 365243

func ibmGetProtection(c *s3Call) *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	answer := protection{Status: "Disabled"}
	if b.protection != nil {
		answer = *b.protection
	}
	answer.XMLName, answer.Xmlns = xml.Name{Local: "ProtectionConfiguration"}, s3Namespace
	document, marshalErr := xml.Marshal(answer)
	if marshalErr != nil {
		return errorInternal(marshalErr)
	}
	c.respond(http.StatusOK, append([]byte(xml.Header), document...))
	return nil
}

func ibmPutProtection(c *s3Call) *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var p protection
	if err := unmarshal(data, "ProtectionConfiguration", &p); err != nil {
		return err
	}
	if p.Status != "Retention" || p.MinimumRetention == nil || p.DefaultRetention == nil || p.MaximumRetention == nil {
		return errorMalformedXML()
	}
	low, usual, high := p.MinimumRetention.Days, p.DefaultRetention.Days, p.MaximumRetention.Days
	if low < 0 || low > usual || usual > high || high > maxRetentionDays {
		return errorInvalidRequest("The retention periods must satisfy 0 <= minimum <= default <= maximum")
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	b.protection = &p
	c.respond(http.StatusOK, nil)
	return nil
}

// retention is what keeps an object from being deleted or replaced.
type retention struct {
	created time.Time
	period  int64 // in seconds; −1 indefinite, −2 permanent
	holds   []legalHold
}

type legalHold struct {
	id   string
	date time.Time
}

const (
	indefinite = -1
	permanent  = -2
)

func (r *retention) expires() time.Time { return r.created.Add(time.Duration(r.period) * time.Second) }

func (r *retention) protects(now time.Time) bool {
	return r != nil && (len(r.holds) > 0 || r.period < 0 || now.Before(r.expires()))
}

func errorProtected() *s3Error {
	return errorAccessDenied("The object is protected by a retention policy or a legal hold")
}

func ibmDeleted(c *s3Call, _ *s3Bucket, o *s3Object) *s3Error {
	if o.retention.protects(c.now) {
		return errorProtected()
	}
	return nil
}

// ibmStored gives a new object its retention, by the bucket's policy and the
// headers of the request.
func ibmStored(c *s3Call, b *s3Bucket, old, o *s3Object) *s3Error {
	if old != nil && old.retention.protects(c.now) {
		return errorProtected()
	}
	period, until, hold := c.header("Retention-Period"), c.header("Retention-Expiration-Date"), c.header("Retention-Legal-Hold-Id")
	p := b.protection
	if p == nil {
		if period != "" || until != "" || hold != "" {
			return errorInvalidRequest("The bucket has no protection configuration")
		}
		return nil
	}
	if c.op == "PutObject" && c.header("Content-Md5") == "" && !c.hasChecksum() && (c.signature == nil || c.signature.payload == unsignedPayload) {
		return errorInvalidRequest("Content-MD5 HTTP header or AWS Signature Version 4 signed payload is required for PUT Object requests with Object Lock parameters")
	}
	r := &retention{created: c.now.Truncate(time.Second), period: p.DefaultRetention.seconds()}
	switch {
	case period != "" && until != "":
		return errorInvalidRequest("Retention-Period and Retention-Expiration-Date exclude each other")
	case period != "":
		n, err := strconv.ParseInt(period, 10, 64)
		if err != nil {
			return errorInvalidArgument("The retention period is not a number", "Retention-Period", period)
		}
		r.period = n
	case until != "":
		t, err := time.Parse(time.RFC3339, until)
		if err != nil {
			t, err = time.Parse(sigV4Date, until)
		}
		if err != nil {
			t, err = http.ParseTime(until) // as IBM's Go SDK sends it
		}
		if err != nil {
			return errorInvalidArgument("The retention expiration date is not a date", "Retention-Expiration-Date", until)
		}
		r.period = int64(t.Sub(r.created) / time.Second)
		if r.period < 0 {
			return errorInvalidArgument("The retention expiration date is in the past", "Retention-Expiration-Date", until)
		}
	}
	if r.period != indefinite && !(r.period == permanent && p.EnablePermanentRetention) &&
		(r.period < p.MinimumRetention.seconds() || r.period > p.MaximumRetention.seconds()) {
		return errorInvalidRequest("The retention period is outside of what the bucket's protection configuration allows")
	}
	if hold != "" {
		if !holdID.MatchString(hold) {
			return errorInvalidArgument("The legal hold id is not valid", "Retention-Legal-Hold-Id", hold)
		}
		r.holds = append(r.holds, legalHold{hold, c.now})
	}
	o.retention = r
	return nil
}

// hasChecksum reports whether the request states a checksum.
func (c *s3Call) hasChecksum() bool {
	return slices.ContainsFunc(s3Algorithms, func(a *s3Algorithm) bool { return c.header(a.header()) != "" })
}

func ibmDescribe(_ *s3Call, o *s3Object, h http.Header) {
	r := o.retention
	if r == nil {
		return
	}
	h.Set("Retention-Period", strconv.FormatInt(r.period, 10))
	if r.period >= 0 {
		// Said to be ISO 8601; but IBM's Go SDK reads no other form than this.
		h.Set("Retention-Expiration-Date", r.expires().UTC().Format(http.TimeFormat))
	}
	h.Set("Retention-Legal-Hold-Count", strconv.Itoa(len(r.holds)))
}

var holdID = regexp.MustCompile(`^[A-Za-z0-9!_.*()'-]{1,64}$`)

// maxHolds bounds the legal holds on an object.
const maxHolds = 100

// lockRetained finds the object of the request, which must have a retention, or
// else the status is the one given. It returns with the service locked unless
// there is an error.
func (c *s3Call) lockRetained(status int) (*s3Object, *s3Error) {
	b, err := c.lockBucket()
	if err != nil {
		return nil, err
	}
	o := b.current(c.target.key)
	switch {
	case o == nil:
		err = errorNoSuchKey(c.target.key)
	case o.retention == nil:
		err = &s3Error{status: status, code: codeForStatus(status), message: "The object has no retention"}
	default:
		return o, nil
	}
	c.mu.Unlock()
	return nil, err
}

func ibmAddLegalHold(c *s3Call) *s3Error {
	id := c.query.Get("add")
	if !holdID.MatchString(id) {
		return errorInvalidArgument("The legal hold id is not valid", "add", id)
	}
	o, err := c.lockRetained(http.StatusBadRequest)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	r := o.retention
	switch {
	case slices.ContainsFunc(r.holds, func(h legalHold) bool { return h.id == id }):
		return &s3Error{status: 409, code: "InvalidRequest", message: "The legal hold is already present"}
	case len(r.holds) == maxHolds:
		return errorInvalidRequest(fmt.Sprintf("An object cannot have more than %d legal holds", maxHolds))
	}
	r.holds = append(r.holds, legalHold{id, c.now})
	c.respond(http.StatusOK, nil)
	return nil
}

func ibmDeleteLegalHold(c *s3Call) *s3Error {
	o, err := c.lockRetained(http.StatusBadRequest)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	id := c.query.Get("remove")
	o.retention.holds = slices.DeleteFunc(o.retention.holds, func(h legalHold) bool { return h.id == id })
	c.respond(http.StatusOK, nil)
	return nil
}

func ibmListLegalHolds(c *s3Call) *s3Error {
	o, err := c.lockRetained(http.StatusNotFound)
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	r := o.retention
	var x xmlWriter
	x.start("RetentionState", s3Namespace)
	x.time("CreateTime", r.created)
	x.int("RetentionPeriod", r.period)
	if r.period >= 0 {
		x.time("RetentionPeriodExpirationDate", r.expires())
	}
	x.start("LegalHolds", "")
	for _, h := range r.holds {
		x.start("member", "")
		x.time("Date", h.date)
		x.text("ID", h.id)
		x.end("member")
	}
	x.end("LegalHolds")
	x.end("RetentionState")
	c.respond(http.StatusOK, x.bytes())
	return nil
}
