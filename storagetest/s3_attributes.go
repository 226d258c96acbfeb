package storagetest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// s3Attributes are what an object has beside its content, as given when it is
// put or its upload created.
type s3Attributes struct {
	header       http.Header // sent back as they came, with GetObject and HeadObject
	tags         []bucketTag
	storageClass string
	lock         objectLock
	encryption   s3Encryption
	acl          acl // guarded by the service's lock
}

// s3Encryption is how an object claims to be encrypted. Nothing is encrypted in
// truth, but a customer's key is required again.
type s3Encryption struct {
	algorithm   string // of the server's own encryption
	kmsKey      string
	context     string
	bucketKey   string
	customerMD5 string // of the customer's key
	opaque      bool   // in a directory bucket, where no ETag is an MD5
}

// plainETag reports whether the ETag of a content under this encryption is its MD5.
func (e s3Encryption) plainETag() bool {
	return !e.opaque && e.customerMD5 == "" && (e.algorithm == "" || e.algorithm == "AES256")
}

// maxMetadata bounds the user metadata of an object: names and values together.
const maxMetadata = 2 << 10

var keptHeaders = []string{"Cache-Control", "Content-Disposition", "Content-Language", "Content-Type", "Expires"}

var storageClasses = []string{"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"}

// archived reports whether an object of the class must be restored to be read.
func archived(class string) bool {
	return class == "GLACIER" || class == "DEEP_ARCHIVE" || class == "ACCELERATED" // the last is IBM's
}

// attributes reads them off the headers of the request.
func (c *s3Call) attributes() (s3Attributes, *s3Error) {
	a := s3Attributes{header: http.Header{}}
	b, err := c.lockBucket()
	if err != nil {
		return a, err
	}
	encryption := b.encryption.rule()
	a.acl, err = c.objectACL(b)
	c.mu.Unlock()
	if err != nil {
		return a, err
	}
	if err := a.readMetadata(c); err != nil {
		return a, err
	}
	if a.tags, err = tagsOf(c.header("X-Amz-Tagging")); err != nil {
		return a, err
	}
	if err := c.checkReserved(a.tags); err != nil {
		return a, err
	}
	a.storageClass = "STANDARD"
	if v := c.header("X-Amz-Storage-Class"); v != "" && !c.dialect.bucketClasses {
		if !slices.Contains(storageClasses, v) {
			return a, &s3Error{status: 400, code: "InvalidStorageClass", message: "The storage class you specified is not valid",
				extra: []string{"StorageClassRequested", v}}
		}
		a.storageClass = v
	}
	if v := c.header("X-Amz-Website-Redirect-Location"); v != "" {
		if !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://") {
			return a, &s3Error{status: 400, code: "InvalidRedirectLocation",
				message: "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."}
		}
		a.header.Set("X-Amz-Website-Redirect-Location", v)
	}
	if a.lock, err = c.newLock(); err != nil {
		return a, err
	}
	a.encryption, err = c.newEncryption(encryption)
	return a, err
}

func (a *s3Attributes) readMetadata(c *s3Call) *s3Error {
	for _, name := range keptHeaders {
		if v := c.header(name); v != "" {
			a.header.Set(name, v)
		}
	}
	if a.header.Get("Content-Type") == "" {
		a.header.Set("Content-Type", "binary/octet-stream")
	}
	// aws-chunked is how the body travels, not how it is encoded.
	var codings []string
	for _, field := range c.r.Header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(field, ",") {
			if coding = strings.TrimSpace(coding); coding != "" && coding != "aws-chunked" {
				codings = append(codings, coding)
			}
		}
	}
	if len(codings) > 0 {
		a.header.Set("Content-Encoding", strings.Join(codings, ","))
	}
	size := 0
	for name, values := range c.r.Header {
		suffix, ok := strings.CutPrefix(name, "X-Amz-Meta-")
		if !ok {
			continue
		}
		value := strings.Join(values, ",")
		size += len(suffix) + len(value)
		a.header.Set(name, value)
	}
	if size > maxMetadata {
		return &s3Error{status: 400, code: "MetadataTooLarge", message: "Your metadata headers exceed the maximum allowed metadata size",
			extra: []string{"Size", strconv.Itoa(size), "MaxSizeAllowed", strconv.Itoa(maxMetadata)}}
	}
	return nil
}

// newEncryption reads how a new object is to be encrypted. What the request does
// not say is as the bucket has it.
func (c *s3Call) newEncryption(rule *encryptionRule) (s3Encryption, *s3Error) {
	const prefix = "X-Amz-Server-Side-Encryption"
	e := s3Encryption{opaque: isDirectory(c.target.bucket)}
	var err *s3Error
	if e.customerMD5, err = c.customerKey("X-Amz-"); err != nil {
		return e, err
	}
	requested := c.header(prefix)
	bucketKey := c.header(prefix + "-Bucket-Key-Enabled")
	switch {
	case bucketKey != "" && !strings.EqualFold(bucketKey, "true") && !strings.EqualFold(bucketKey, "false"):
		return e, errorInvalidArgument("The value specified in the x-amz-server-side-encryption-bucket-key-enabled header is not valid", "x-amz-server-side-encryption-bucket-key-enabled", bucketKey)
	case e.customerMD5 != "" && requested != "":
		return e, errorInvalidArgument("Server Side Encryption with Customer provided key is incompatible with the encryption method specified", "x-amz-server-side-encryption", requested)
	case e.customerMD5 != "" && rule.blocks("SSE-C"):
		return e, errorAccessDenied("The bucket blocks server-side encryption with customer-provided keys (SSE-C)")
	case e.customerMD5 != "":
		return e, nil
	case requested == "":
		e.algorithm, e.kmsKey = rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm, rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID
	default:
		e.algorithm = requested
	}
	switch e.algorithm {
	case "AES256":
		if c.header(prefix+"-Aws-Kms-Key-Id") != "" {
			return e, errorInvalidArgument("Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms", "x-amz-server-side-encryption", requested)
		}
	case "aws:kms", "aws:kms:dsse":
		if key := c.header(prefix + "-Aws-Kms-Key-Id"); key != "" {
			e.kmsKey = key
		}
		if e.kmsKey == "" {
			e.kmsKey = "arn:aws:kms:" + c.srv.region + ":" + c.srv.accountID + ":key/00000000-0000-0000-0000-000000000000"
		}
		e.context = c.header(prefix + "-Context")
		e.bucketKey = strings.ToLower(bucketKey)
		if e.bucketKey == "" && e.algorithm == "aws:kms" && *rule.BucketKeyEnabled {
			e.bucketKey = "true"
		}
	default:
		return e, errorInvalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", requested)
	}
	return e, nil
}

// customerKey checks the three headers of a customer's key and returns the MD5
// of the key, empty if there is none. The prefix tells those for the source of
// a copy from the others.
func (c *s3Call) customerKey(prefix string) (string, *s3Error) {
	prefix += "Server-Side-Encryption-Customer-"
	algorithm, key, sum := c.header(prefix+"Algorithm"), c.header(prefix+"Key"), c.header(prefix+"Key-Md5")
	if algorithm == "" && key == "" && sum == "" {
		return "", nil
	}
	if !c.srv.tls {
		return "", errorInvalidRequest("Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.")
	}
	if algorithm == "" {
		return "", errorInvalidArgument("Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.", "x-amz-server-side-encryption", "null")
	}
	if algorithm != "AES256" {
		return "", &s3Error{status: 400, code: "InvalidEncryptionAlgorithmError", message: "The Encryption request you specified is not valid. Supported value: AES256.",
			extra: []string{"ArgumentName", "x-amz-server-side-encryption", "ArgumentValue", algorithm}}
	}
	isKey, isSum := readCustomerKey(key, sum)
	if !isKey {
		return "", errorInvalidArgument("The secret key was invalid for the specified algorithm.", "x-amz-server-side-encryption", "null")
	}
	if !isSum {
		return "", errorInvalidArgument("The calculated MD5 hash of the key did not match the hash that was provided.", "x-amz-server-side-encryption", "null")
	}
	return sum, nil
}

// checkCustomerKey demands the key an object was encrypted with.
func (c *s3Call) checkCustomerKey(prefix string, e s3Encryption) *s3Error {
	given, err := c.customerKey(prefix)
	switch {
	case err != nil:
		return err
	case given == e.customerMD5:
		return nil
	case given == "":
		return errorInvalidRequest("The object is encrypted with a customer's key, and the request has none.")
	case e.customerMD5 == "":
		return errorInvalidRequest("The encryption parameters are not applicable to this object.")
	}
	return errorAccessDenied("")
}

// describeEncryption adds to the headers of an answer. Only answers to writes
// repeat the context.
func (c *s3Call) describeEncryption(h http.Header, e s3Encryption, context bool) {
	const prefix = "X-Amz-Server-Side-Encryption"
	set := func(name, value string) {
		if value != "" {
			h.Set(name, value)
		}
	}
	if e.customerMD5 != "" {
		h.Set(prefix+"-Customer-Algorithm", "AES256")
		h.Set(prefix+"-Customer-Key-Md5", e.customerMD5)
		return
	}
	if c.dialect.quietEncryption {
		return
	}
	set(prefix, e.algorithm)
	set(prefix+"-Aws-Kms-Key-Id", e.kmsKey)
	set(prefix+"-Bucket-Key-Enabled", e.bucketKey)
	if context {
		set(prefix+"-Context", e.context)
	}
}
