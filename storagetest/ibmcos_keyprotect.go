package storagetest

import (
	"net/http"
	"strings"
)

// ibmCreated counts the buckets, and gives a new one its root key in Key Protect.
// Tags are not among what IBM's buckets are created with. The service is locked.
func ibmCreated(c *s3Call, b *s3Bucket) *s3Error {
	if b.tagging != nil {
		return errorMalformedXML()
	}
	if len(c.ownBuckets()) >= maxIBMBuckets {
		return &s3Error{status: 400, code: "TooManyBuckets", message: "You have attempted to create more buckets than allowed"}
	}
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

// ibmDescribeBucket tells the root key, and leaves out what only Amazon's buckets
// have.
func ibmDescribeBucket(_ *s3Call, b *s3Bucket, h http.Header) {
	for _, name := range []string{"X-Amz-Bucket-Arn", "X-Amz-Bucket-Region", "X-Amz-Access-Point-Alias"} {
		h.Del(name)
	}
	if b.rootKey != "" {
		h.Set("Ibm-Sse-Kp-Enabled", "true")
		h.Set("Ibm-Sse-Kp-Crk-Id", b.rootKey)
	}
}
