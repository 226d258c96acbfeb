package ibmcos_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
)

// TestCodes has the codes as IBM's service spells them.
func TestCodes(t *testing.T) {
	for _, test := range []struct {
		status int
		code   string
		want   []error
	}{
		{400, "KeyTooLong", []error{ibmcos.ErrKeyTooLong}},
		{400, "KeyTooLongError", []error{ibmcos.ErrKeyTooLong}},
		{400, "BadDigest", []error{ibmcos.ErrBadDigest}},
		{400, "XAmzContentChecksumMismatch", []error{ibmcos.ErrBadDigest}},
		{400, "MalformedXML", []error{ibmcos.ErrMalformedXML}},
		{404, "NoSuchBucket", []error{ibmcos.ErrNoSuchBucket, fs.ErrNotExist}},
		{404, "NoSuchTagSet", []error{ibmcos.ErrNoSuchTagSet, fs.ErrNotExist}},
		{404, "NoSuchWebsiteConfiguration", []error{ibmcos.ErrNoSuchWebsiteConfiguration, fs.ErrNotExist}},
		{404, "ReplicationConfigurationNotFoundError", []error{ibmcos.ErrReplicationConfigurationNotFound, fs.ErrNotExist}},
		{403, "AccessDenied", []error{ibmcos.ErrAccessDenied, fs.ErrPermission}},
		{409, "InvalidBucketState", []error{ibmcos.ErrInvalidBucketState}},
	} {
		c := canned(t, func(*http.Request, string) answer {
			return answer{status: test.status, body: "<Error><Code>" + test.code + "</Code></Error>"}
		})
		_, err := c.GetBucketTagging(t.Context(), &ibmcos.GetBucketTaggingInput{Bucket: "photos"})
		for _, want := range test.want {
			if !errors.Is(err, want) {
				t.Errorf("%d %s is not %v but %v", test.status, test.code, want, err)
			}
		}
	}
}
