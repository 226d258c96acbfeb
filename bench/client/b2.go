package client

import (
	"fmt"
	"strconv"
	"strings"
)

// What a client of the server's B2 would be told that does not ask.

// Ids of the objects, and of what is uploaded in one piece and in parts.
const (
	SmallID = "4_z000000000000000000000000_f1134a06c69d2a2ff_d20260701_m083000_c004_v0402033_t0052_u01782894600123"
	LargeID = "4_z000000000000000000000000_f2134a06c69d2a300_d20260701_m083000_c004_v0402033_t0052_u01782894600456"
)

// BucketID is the id of a bucket.
func BucketID(bucket string) string { return fmt.Sprintf("%024d", PagesOf(bucket)) }

// UploadURL is where files are sent to.
func UploadURL(endpoint string) string {
	return endpoint + "/b2api/v4/b2_upload_file/" + BucketID(Bucket) + "/c004_v0402033_t0052"
}

// UploadPartURL is where parts are sent to.
func UploadPartURL(endpoint string) string {
	return endpoint + "/b2api/v4/b2_upload_part/" + LargeID + "/0052"
}

// StartOf is the name at which a page of a list begins, if it is not the first
// one.
func StartOf(page int) string { return fmt.Sprintf("%s%06d.jpg", startPrefix, page) }

const startPrefix = "photos/2026/07/page_"

// PageAt is the page that begins at a name; 0 is none.
func PageAt(start string) int {
	number := strings.TrimSuffix(strings.TrimPrefix(start, startPrefix), ".jpg")
	page, _ := strconv.Atoi(number)
	return page
}
