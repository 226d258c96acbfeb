package storagetest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var s3TaggingHandlers = handlers{
	"PutObjectTagging":    (*s3Call).putObjectTagging,
	"GetObjectTagging":    (*s3Call).getObjectTagging,
	"DeleteObjectTagging": (*s3Call).deleteObjectTagging,
	"PutBucketTagging":    bucketTagging.put,
	"GetBucketTagging":    bucketTagging.get,
	"DeleteBucketTagging": bucketTagging.delete,
}

// tagging is a set of tags as it travels.
type tagging struct {
	TagSet *tagSet
}

type tagSet struct {
	Tags []bucketTag `xml:"Tag"`
}

// The most tags of a bucket and of an object.
const (
	maxBucketTags = 50
	maxObjectTags = 10
)

var bucketTagging = s3Document[tagging]{
	root: "Tagging",
	of:   func(b *s3Bucket) **tagging { return &b.tagging },
	check: func(c *s3Call, _ *s3Bucket, t *tagging) *s3Error {
		if t.TagSet == nil {
			return errorMalformedXML()
		}
		if err := c.checkReserved(t.TagSet.Tags); err != nil {
			return err
		}
		return checkBucketTags(t.TagSet.Tags)
	},
	empty:   func(t *tagging) bool { return len(t.TagSet.Tags) == 0 },
	code:    "NoSuchTagSet",
	message: "The TagSet does not exist",
	status:  http.StatusNoContent,
}

// checkBucketTags judges the tags that a bucket is to have.
func checkBucketTags(tags []bucketTag) *s3Error {
	if len(tags) > maxBucketTags {
		return &s3Error{status: 400, code: "BadRequest", message: "Bucket tag count cannot be greater than " + strconv.Itoa(maxBucketTags)}
	}
	return checkTags(tags)
}

// checkObjectTags judges the tags that an object is to have.
func checkObjectTags(tags []bucketTag) *s3Error {
	if len(tags) > maxObjectTags {
		return &s3Error{status: 400, code: "BadRequest", message: "Object tags cannot be greater than " + strconv.Itoa(maxObjectTags)}
	}
	return checkTags(tags)
}

// tagsOf reads tags out of a header, where they stand like a query.
func tagsOf(header string) ([]bucketTag, *s3Error) {
	malformed := errorInvalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.", "x-amz-tagging", header)
	var tags []bucketTag
	for name, value := range queryPairs(header) {
		key, keyErr := url.QueryUnescape(name)
		text, textErr := url.QueryUnescape(value)
		if keyErr != nil || textErr != nil || slices.ContainsFunc(tags, func(t bucketTag) bool { return t.Key == key }) {
			return nil, malformed
		}
		tags = append(tags, bucketTag{key, text})
	}
	return tags, checkObjectTags(tags)
}

// checkTags judges what the tags of buckets and objects have in common.
func checkTags(tags []bucketTag) *s3Error {
	seen := make(map[string]bool)
	for _, t := range tags {
		switch {
		case strings.HasPrefix(t.Key, "aws:"):
			return errorSystemTag(t.Key)
		case !validTagText(t.Key, 1, 128):
			return errorInvalidTag("The TagKey you have provided is invalid", "TagKey", t.Key)
		case !validTagText(t.Value, 0, 256):
			return errorInvalidTag("The TagValue you have provided is invalid", "TagKey", t.Key, "TagValue", t.Value)
		case seen[t.Key]:
			return errorInvalidTag("Cannot provide multiple Tags with the same key", "TagKey", t.Key)
		}
		seen[t.Key] = true
	}
	return nil
}

// checkReserved refuses the tags that are the vendor's.
func (c *s3Call) checkReserved(tags []bucketTag) *s3Error {
	for _, t := range tags {
		if reserved := c.dialect.reservedTags; reserved != "" && strings.HasPrefix(t.Key, reserved) {
			return errorSystemTag(t.Key)
		}
	}
	return nil
}

func errorSystemTag(key string) *s3Error {
	return errorInvalidTag("System tags cannot be added/updated by requester", "TagKey", key)
}

// validTagText reports whether a key or value of a tag has so many characters,
// and only such as are allowed.
func validTagText(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r) && !strings.ContainsRune("+-=._:/@", r)
	})
}

func errorInvalidTag(message string, extra ...string) *s3Error {
	return &s3Error{status: 400, code: "InvalidTag", message: message, extra: extra}
}

func (c *s3Call) putObjectTagging() *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	var doc tagging
	if err := unmarshal(data, "Tagging", &doc); err != nil {
		return err
	}
	if doc.TagSet == nil {
		return errorMalformedXML()
	}
	if err := checkObjectTags(doc.TagSet.Tags); err != nil {
		return err
	}
	if err := c.checkReserved(doc.TagSet.Tags); err != nil {
		return err
	}
	return c.setObjectTags(doc.TagSet.Tags, http.StatusOK)
}

func (c *s3Call) deleteObjectTagging() *s3Error {
	return c.setObjectTags(nil, http.StatusNoContent)
}

func (c *s3Call) setObjectTags(tags []bucketTag, status int) *s3Error {
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	b.change(o).tags = tags
	setVersion(c.w.Header(), "X-Amz-Version-Id", b, o)
	c.respond(status, nil)
	return nil
}

func (c *s3Call) getObjectTagging() *s3Error {
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	setVersion(c.w.Header(), "X-Amz-Version-Id", b, o)
	return c.respondDocument("Tagging", tagging{TagSet: &tagSet{Tags: o.tags}})
}
