package storagetest

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var s3TaggingHandlers = handlers{
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

// maxBucketTags bounds the tags of a bucket.
const maxBucketTags = 50

var bucketTagging = s3Document[tagging]{
	root: "Tagging",
	of:   func(b *s3Bucket) **tagging { return &b.tagging },
	check: func(_ *s3Call, _ *s3Bucket, t *tagging) *s3Error {
		if t.TagSet == nil {
			return errorMalformedXML()
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
	for _, t := range tags {
		if strings.HasPrefix(t.Key, "aws:") {
			return errorInvalidTag("System tags cannot be added/updated by requester", "TagKey", t.Key)
		}
	}
	if len(tags) > maxBucketTags {
		return &s3Error{status: 400, code: "BadRequest", message: "Bucket tag count cannot be greater than " + strconv.Itoa(maxBucketTags)}
	}
	return checkTags(tags)
}

// checkTags judges what the tags of buckets and objects have in common.
func checkTags(tags []bucketTag) *s3Error {
	seen := make(map[string]bool)
	for _, t := range tags {
		switch {
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
