package storagetest

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var s3ExpressHandlers = handlers{
	"CreateSession":        (*s3Call).createSession,
	"ListDirectoryBuckets": (*s3Call).listDirectoryBuckets,
}

// sessionLife is how long the credentials of a session are good.
const sessionLife = 5 * time.Minute

// directoryNames are those of directory buckets: they end in the ID of a zone.
var directoryNames = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*--([a-z0-9]+-[a-z0-9-]*[a-z0-9])--x-s3$`)

func isDirectory(bucket string) bool { return directoryNames.MatchString(bucket) }

// zone is the one that the name of a directory bucket tells.
func zone(bucket string) string {
	return directoryNames.FindStringSubmatch(bucket)[1]
}

// directoryOperations are those that directory buckets know.
var directoryOperations = map[string]bool{
	"AbortMultipartUpload": true, "CompleteMultipartUpload": true, "CopyObject": true, "CreateBucket": true,
	"CreateMultipartUpload": true, "CreateSession": true, "DeleteBucket": true, "DeleteBucketEncryption": true,
	"DeleteBucketLifecycle": true, "DeleteBucketPolicy": true, "DeleteObject": true, "DeleteObjects": true,
	"GetBucketEncryption": true, "GetBucketLifecycleConfiguration": true, "GetBucketPolicy": true, "GetObject": true,
	"GetObjectAttributes": true, "HeadBucket": true, "HeadObject": true, "ListMultipartUploads": true, "ListObjectsV2": true,
	"ListParts": true, "PutBucketEncryption": true, "PutBucketLifecycleConfiguration": true, "PutBucketPolicy": true,
	"PutObject": true, "RenameObject": true, "UploadPart": true, "UploadPartCopy": true,
}

// ownKeyOperations are those that the credentials of a session are no good for.
var ownKeyOperations = map[string]bool{
	"CreateBucket": true, "CreateSession": true, "DeleteBucket": true, "DeleteBucketEncryption": true,
	"DeleteBucketLifecycle": true, "DeleteBucketPolicy": true, "GetBucketEncryption": true, "GetBucketLifecycleConfiguration": true,
	"GetBucketPolicy": true, "PutBucketEncryption": true, "PutBucketLifecycleConfiguration": true, "PutBucketPolicy": true,
}

// signingService is the one that the request has to be signed for.
func (c *s3Call) signingService() string {
	switch {
	case isDirectory(c.target.bucket), c.op == "ListDirectoryBuckets":
		return "s3express"
	case c.op == "WriteGetObjectResponse":
		return "s3-object-lambda"
	}
	return "s3"
}

// checkDirectory judges what only directory buckets refuse.
func (c *s3Call) checkDirectory() *s3Error {
	if c.access != nil && c.access.mode != "" {
		reads := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
		if ownKeyOperations[c.op] || c.access.mode == "ReadOnly" && !reads {
			return errorAccessDenied("")
		}
	}
	if !isDirectory(c.target.bucket) {
		return nil
	}
	switch {
	case c.op != "" && !directoryOperations[c.op]:
		return &s3Error{status: http.StatusMethodNotAllowed, code: "MethodNotAllowed",
			message: "The specified method is not allowed against this resource.",
			extra:   []string{"Method", c.r.Method, "ResourceType", c.resourceType()}}
	case c.header("Content-Md5") != "":
		return errorInvalidRequest("Content-MD5 is not supported for directory buckets")
	case c.query.Get("delimiter") != "" && c.query.Get("delimiter") != "/":
		return errorInvalidArgument("Directory buckets support only / as delimiter", "delimiter", c.query.Get("delimiter"))
	case c.op == "ListObjectsV2" && c.query.Get("prefix") != "" && !strings.HasSuffix(c.query.Get("prefix"), "/"):
		return errorInvalidArgument("Directory buckets support only prefixes that end in /", "prefix", c.query.Get("prefix"))
	case c.query.Has("start-after"):
		return errorInvalidArgument("Directory buckets do not support start-after", "start-after", c.query.Get("start-after"))
	}
	return nil
}

// createDirectoryBucket makes one in the zone that its name and the document
// tell.
func (c *s3Call) createDirectoryBucket() *s3Error {
	name := c.target.bucket
	if !isDirectory(name) || len(name) > 63 {
		return errorInvalidBucketName(name)
	}
	data, err := c.document(false)
	if err != nil {
		return err
	}
	var config struct {
		Location struct{ Name, Type string }
		Bucket   struct{ DataRedundancy, Type string }
		Tags     []bucketTag `xml:"Tags>Tag"` // got back by another API, of which there is nothing here
	}
	if err := unmarshal(data, "CreateBucketConfiguration", &config); err != nil {
		return err
	}
	if err := checkBucketTags(config.Tags); err != nil {
		return err
	}
	redundancy := map[string]string{"AvailabilityZone": "SingleAvailabilityZone", "LocalZone": "SingleLocalZone"}[config.Location.Type]
	switch {
	case redundancy == "" || config.Bucket.Type != "Directory" || config.Bucket.DataRedundancy != redundancy:
		return errorInvalidRequest("A directory bucket needs a Location and a Bucket of type Directory with the redundancy of the location's type")
	case config.Location.Name != zone(name):
		return errorInvalidBucketName(name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.buckets[name] != nil {
		return &s3Error{status: 409, code: "BucketAlreadyOwnedByYou",
			message: "Your previous request to create the named bucket succeeded and you already own it.",
			extra:   []string{"BucketName", name}}
	}
	b := &s3Bucket{
		name: name, region: c.srv.region, owner: c.srv.accountID, zoneType: config.Location.Type,
		created: c.now, versions: make(map[string][]*s3Object), uploads: make(map[string]*s3Upload),
	}
	c.closeBucket(b)
	c.buckets[name] = b
	c.w.Header().Set("Location", "/"+name)
	c.w.Header().Set("X-Amz-Bucket-Arn", b.arn())
	c.respond(http.StatusOK, nil)
	return nil
}

// arn is the bucket's name as policies have it.
func (b *s3Bucket) arn() string {
	if isDirectory(b.name) {
		return "arn:aws:s3express:" + b.region + ":" + b.owner + ":bucket/" + b.name
	}
	return "arn:aws:s3:::" + b.name
}

// createSession grants credentials that are good for one bucket.
func (c *s3Call) createSession() *s3Error {
	mode := c.header("X-Amz-Create-Session-Mode")
	switch mode {
	case "":
		mode = "ReadWrite"
	case "ReadOnly", "ReadWrite":
	default:
		return errorInvalidArgument("The session mode is not valid", "x-amz-create-session-mode", mode)
	}
	encryption := c.header("X-Amz-Server-Side-Encryption")
	if encryption != "" && encryption != "AES256" && encryption != "aws:kms" {
		return errorInvalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", encryption)
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if !isDirectory(b.name) {
		return errorInvalidRequest("Sessions are for directory buckets only")
	}
	for id, k := range c.keys {
		if k.mode != "" && !c.now.Before(k.Expires) && c.now.Sub(k.Expires) > time.Hour {
			delete(c.keys, id)
		}
	}
	k := &s3Key{mode: mode, AccessKey: AccessKey{
		ID: "ASIA" + strings.ToUpper(randomHex(8)), Secret: randomHex(20), SessionToken: randomHex(32),
		Expires: c.now.Add(sessionLife), Buckets: []string{b.name},
	}}
	c.keys[k.ID] = k
	h := c.w.Header()
	if encryption == "" {
		encryption = "AES256"
	}
	h.Set("X-Amz-Server-Side-Encryption", encryption)
	for _, name := range []string{"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "X-Amz-Server-Side-Encryption-Context", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled"} {
		if v := c.header(name); v != "" && encryption == "aws:kms" {
			h.Set(name, v)
		}
	}
	var x xmlWriter
	x.start("CreateSessionResult", s3Namespace)
	x.start("Credentials", "")
	x.text("SessionToken", k.SessionToken)
	x.text("SecretAccessKey", k.Secret)
	x.text("AccessKeyId", k.ID)
	x.time("Expiration", k.Expires)
	x.end("Credentials")
	x.end("CreateSessionResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

// listDirectoryBuckets lists the account's directory buckets.
func (c *s3Call) listDirectoryBuckets() *s3Error {
	limit := 1000
	if v := c.query.Get("max-directory-buckets"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > limit {
			return errorInvalidArgument("Argument max-directory-buckets must be an integer between 0 and 1000", "max-directory-buckets", v)
		}
		limit = n
	}
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	own := slices.DeleteFunc(c.ownBuckets(), func(b *s3Bucket) bool { return !isDirectory(b.name) || b.name <= after })
	next := ""
	if limit > 0 && len(own) > limit {
		next = own[limit-1].name
	}
	var x xmlWriter
	x.start("ListAllMyDirectoryBucketsResult", s3Namespace)
	x.start("Buckets", "")
	for _, b := range own[:min(len(own), limit)] {
		x.start("Bucket", "")
		x.text("Name", b.name)
		x.time("CreationDate", b.created.Truncate(time.Second))
		x.text("BucketRegion", b.region)
		x.text("BucketArn", b.arn())
		x.end("Bucket")
	}
	x.end("Buckets")
	if next != "" {
		x.text("ContinuationToken", c.makeToken(next))
	}
	x.end("ListAllMyDirectoryBucketsResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}
