package storagetest

import (
	"encoding/base64"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var s3BucketHandlers = handlers{
	"CreateBucket":      (*s3Call).createBucket,
	"DeleteBucket":      (*s3Call).deleteBucket,
	"HeadBucket":        (*s3Call).headBucket,
	"ListBuckets":       (*s3Call).listBuckets,
	"GetBucketLocation": (*s3Call).getBucketLocation,
}

// s3Bucket is a bucket with its contents, all guarded by the service's lock.
type s3Bucket struct {
	name, region, owner string
	location            string // as GetBucketLocation has it, where it is not the region
	created             time.Time
	zoneType            string // of a directory bucket

	versioning string                 // Enabled or Suspended; empty: never enabled
	versions   map[string][]*s3Object // of each key, the newest first
	keys       []string               // of versions, sorted
	uploads    map[string]*s3Upload

	lock        *lockConfiguration // nil: objects cannot be locked
	lifecycle   *lifecycle
	defaultSize string // of lifecycle transitions

	tagging      *tagging
	cors         *cors
	website      *website
	policy       *bucketPolicy
	publicAccess *publicAccess
	ownership    *ownershipControls
	acl          acl
	encryption   *defaultEncryption
	logging      *logging
	acceleration *status
	payment      *payment
	abac         *status

	configurations map[string]map[string]configuration // by their element, by their id
	notification   *notification
	replication    *replication
	metadata       *metadata

	renames map[string]rename // of a directory bucket, by their tokens

	protection *protection          // IBM: retention policy
	rootKey    string               // IBM: CRN of the key it is encrypted with
	templateID string               // IBM
	failures   []ReplicationFailure // IBM
	aspera     *AccessKey           // IBM: for high-speed transfers
}

// findBucket returns the bucket of a name, or nil.
func (s *s3Service) findBucket(name string) *s3Bucket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buckets[name]
}

// lockBucket finds the bucket of the request, and returns it with the service
// locked: the caller unlocks unless it gets an error.
func (c *s3Call) lockBucket() (*s3Bucket, *s3Error) {
	c.mu.Lock()
	b, err := c.bucketFor(c.target.bucket, c.header("X-Amz-Expected-Bucket-Owner"))
	if err != nil {
		c.mu.Unlock()
		return nil, err
	}
	return b, nil
}

// bucketFor finds a bucket and judges whether the caller may use it. The service
// is locked.
func (c *s3Call) bucketFor(name, expectedOwner string) (*s3Bucket, *s3Error) {
	b := c.buckets[name]
	switch {
	case b == nil && !plausibleBucketName(name):
		return nil, errorInvalidBucketName(name)
	case b == nil, c.dialect.localOnly && b.region != c.srv.region:
		return nil, errorNoSuchBucket(name)
	case b.owner != c.srv.accountID,
		expectedOwner != "" && expectedOwner != b.owner,
		c.access != nil && !c.access.allows(c.op, name):
		return nil, errorAccessDenied("")
	}
	return b, nil
}

// checkBucket is lockBucket for operations that read a body before they act: it
// finds out beforehand what would be wrong.
func (c *s3Call) checkBucket() *s3Error {
	_, err := c.lockBucket()
	if err == nil {
		c.mu.Unlock()
	}
	return err
}

func errorInvalidBucketName(name string) *s3Error {
	return &s3Error{status: 400, code: "InvalidBucketName", message: "The specified bucket is not valid.",
		extra: []string{"BucketName", name}}
}

var bucketNames = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// plausibleBucketName accepts also what was allowed in former times.
func plausibleBucketName(name string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9._-]{3,255}$`).MatchString(name)
}

// plainBucketName judges what the vendors agree on.
func plainBucketName(name string) bool {
	return bucketNames.MatchString(name) && net.ParseIP(name) == nil &&
		!strings.Contains(name, "..") && !strings.Contains(name, ".-") && !strings.Contains(name, "-.")
}

func validBucketName(name string) bool {
	if !plainBucketName(name) {
		return false
	}
	for _, prefix := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"} {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	return true
}

type bucketTag struct{ Key, Value string }

func (c *s3Call) createBucket() *s3Error {
	name := c.target.bucket
	if strings.HasSuffix(name, "--x-s3") {
		return c.createDirectoryBucket()
	}
	valid := validBucketName
	if c.dialect.bucketName != nil {
		valid = c.dialect.bucketName
	}
	if !valid(name) {
		return errorInvalidBucketName(name)
	}
	acl, err := c.headerACL()
	if err != nil {
		return err
	}
	data, err := c.document(false)
	if err != nil {
		return err
	}
	var config struct {
		LocationConstraint string
		Tags               []bucketTag `xml:"Tags>Tag"`
	}
	if len(data) > 0 {
		if err := unmarshal(data, "CreateBucketConfiguration", &config); err != nil {
			return err
		}
	}
	locate := (*s3Call).amazonLocation
	if c.dialect.location != nil {
		locate = c.dialect.location
	}
	if err := checkBucketTags(config.Tags); err != nil {
		return err
	}
	region, location, err := locate(c, config.LocationConstraint)
	if err != nil {
		return err
	}
	var lock bool
	switch v := c.header("X-Amz-Bucket-Object-Lock-Enabled"); strings.ToLower(v) {
	case "", "false":
	case "true":
		lock = true
	default:
		if c.dialect.bearer != nil { // IBM takes it for false
			break
		}
		return errorInvalidArgument("Invalid value for x-amz-bucket-object-lock-enabled", "x-amz-bucket-object-lock-enabled", v)
	}
	ownership := c.header("X-Amz-Object-Ownership")
	if ownership != "" && !slices.Contains(ownerships, ownership) {
		return errorInvalidArgument("Invalid x-amz-object-ownership header: "+ownership, "x-amz-object-ownership", ownership)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if b := c.buckets[name]; b != nil {
		if b.owner != c.srv.accountID {
			return &s3Error{status: 409, code: "BucketAlreadyExists",
				message: "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
				extra:   []string{"BucketName", name}}
		}
		// In us-east-1 alone, making a bucket again is a success, from times
		// when there was no other region.
		if c.dialect.location != nil || region != "us-east-1" || b.region != region {
			return &s3Error{status: 409, code: "BucketAlreadyOwnedByYou",
				message: "Your previous request to create the named bucket succeeded and you already own it.",
				extra:   []string{"BucketName", name}}
		}
	} else {
		b := &s3Bucket{
			name: name, region: region, location: location, owner: c.srv.accountID,
			created: c.now, versions: make(map[string][]*s3Object), uploads: make(map[string]*s3Upload),
		}
		if lock {
			b.versioning, b.lock = "Enabled", &lockConfiguration{ObjectLockEnabled: "Enabled"}
		}
		if len(config.Tags) > 0 {
			b.tagging = &tagging{TagSet: &tagSet{Tags: config.Tags}}
		}
		if err := c.setAccess(b, ownership, acl); err != nil {
			return err
		}
		if c.dialect.created != nil {
			if err := c.dialect.created(c, b); err != nil {
				return err
			}
		}
		c.buckets[name] = b
	}
	h := c.w.Header()
	h.Set("Location", "/"+name)
	if c.dialect.location == nil { // Amazon's
		h.Set("X-Amz-Bucket-Arn", "arn:aws:s3:::"+name)
	}
	c.respond(http.StatusOK, nil)
	return nil
}

// amazonLocation finds the region of a new bucket. Only the endpoint of
// us-east-1 makes buckets elsewhere.
func (c *s3Call) amazonLocation(constraint string) (region, location string, err *s3Error) {
	endpoint := c.target.region
	if endpoint == "" {
		endpoint = c.srv.region
	}
	valid := regexp.MustCompile(`^([a-z]{2,4}(-[a-z]+)+-[0-9]+|EU)$`).MatchString(constraint)
	switch {
	case constraint == "us-east-1", constraint != "" && !valid:
		return "", "", &s3Error{status: 400, code: "InvalidLocationConstraint",
			message: "The specified location-constraint is not valid",
			extra:   []string{"LocationConstraint", constraint}}
	case constraint == "" && endpoint == "us-east-1":
		return endpoint, "", nil
	case constraint == "EU":
		constraint, location = "eu-west-1", "EU"
	case constraint == "":
		constraint = "unspecified"
	}
	if endpoint != "us-east-1" && constraint != endpoint {
		return "", "", &s3Error{status: 400, code: "IllegalLocationConstraintException",
			message: "The " + constraint + " location constraint is incompatible for the region specific endpoint this request was sent to."}
	}
	return constraint, location, nil
}

func (c *s3Call) deleteBucket() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if len(b.versions) > 0 {
		message := "The bucket you tried to delete is not empty"
		if b.versioning != "" {
			message += ". You must delete all versions in the bucket."
		}
		return &s3Error{status: 409, code: "BucketNotEmpty", message: message, extra: []string{"BucketName", b.name}}
	}
	for _, u := range b.uploads {
		u.release()
	}
	delete(c.buckets, b.name)
	c.respond(http.StatusNoContent, nil)
	return nil
}

func (c *s3Call) headBucket() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	h := c.w.Header()
	h.Set("X-Amz-Bucket-Region", b.region)
	h.Set("X-Amz-Bucket-Arn", b.arn())
	if isDirectory(b.name) {
		h.Set("X-Amz-Bucket-Location-Type", b.zoneType)
		h.Set("X-Amz-Bucket-Location-Name", zone(b.name))
	}
	h.Set("X-Amz-Access-Point-Alias", "false")
	c.describeBucket(b)
	c.respond(http.StatusOK, nil)
	return nil
}

// describeBucket adds what the vendor says of a bucket.
func (c *s3Call) describeBucket(b *s3Bucket) {
	if c.dialect.describeBucket != nil {
		c.dialect.describeBucket(c, b, c.w.Header())
	}
}

func (c *s3Call) getBucketLocation() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	location := b.region
	if b.location != "" {
		location = b.location
	}
	c.mu.Unlock()
	if location == "us-east-1" {
		location = ""
	}
	var x xmlWriter
	x.start("LocationConstraint", s3Namespace)
	x.escape(location)
	x.end("LocationConstraint")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// ownBuckets are the account's buckets that the caller may see, by name. The
// service is locked.
func (c *s3Call) ownBuckets() []*s3Bucket {
	var own []*s3Bucket
	for _, b := range c.buckets {
		if b.owner == c.srv.accountID {
			own = append(own, b)
		}
	}
	slices.SortFunc(own, func(a, b *s3Bucket) int { return strings.Compare(a.name, b.name) })
	return own
}

func (c *s3Call) listBuckets() *s3Error {
	if c.access != nil && c.access.Buckets != nil {
		return errorAccessDenied("")
	}
	limit := 10_000
	paged := c.query.Has("max-buckets")
	if paged {
		n, err := strconv.Atoi(c.query.Get("max-buckets"))
		if err != nil || n < 1 || n > limit {
			return errorInvalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", c.query.Get("max-buckets"))
		}
		limit = n
	}
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	prefix, region := c.query.Get("prefix"), c.query.Get("bucket-region")
	var x xmlWriter
	x.start("ListAllMyBucketsResult", s3Namespace)
	x.owner("Owner", c.srv.accountID)
	x.start("Buckets", "")
	c.mu.Lock()
	var last, next string
	for _, b := range c.ownBuckets() {
		if isDirectory(b.name) || b.name <= after || !strings.HasPrefix(b.name, prefix) || region != "" && b.region != region {
			continue
		}
		if limit == 0 {
			next = last
			break
		}
		limit--
		last = b.name
		x.start("Bucket", "")
		x.text("Name", b.name)
		x.time("CreationDate", b.created.Truncate(time.Second))
		if paged || region != "" {
			x.text("BucketRegion", b.region)
		}
		x.text("BucketArn", "arn:aws:s3:::"+b.name)
		x.end("Bucket")
	}
	c.mu.Unlock()
	x.end("Buckets")
	if next != "" {
		x.text("ContinuationToken", c.makeToken(next))
	}
	x.optional("Prefix", prefix)
	x.end("ListAllMyBucketsResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// makeToken wraps the place where a list goes on in an opaque token: signed, so
// that a client that makes its own is found out.
func (s *s3Service) makeToken(place string) string {
	mac := hmacSHA256([]byte(s.tokenKey), place)
	return base64.StdEncoding.EncodeToString(append(mac[:8], place...))
}

// token reads the place out of the token in a query parameter.
func (c *s3Call) token(parameter string) (string, *s3Error) {
	if !c.query.Has(parameter) {
		return "", nil
	}
	v := c.query.Get(parameter)
	b, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(b) < 8 || c.makeToken(string(b[8:])) != v {
		return "", errorInvalidArgument("The continuation token provided is incorrect", parameter, v)
	}
	return string(b[8:]), nil
}
