package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/entrepot-go/entrepot/bench/client"
)

// b2 answers as the native API of B2 does, in the versions that the clients
// speak: entrepot 4, blazer 3, rclone 4 to authorize and 1 for all else.
// Documents are indented and sorted, as the service's.
type b2 struct {
	*server
	endpoint string
	small    b2File
	large    b2File
	files    map[bool][]byte // of a page, by whether it is one of version 1
	uploads  atomic.Int64    // URLs given out
}

type b2File struct {
	name, id string
	size     int64
	sha1     func() string
}

const (
	b2Account  = "0a1b2c3d4e5f"
	b2Uploaded = 1782894600123 // when, in milliseconds
	b2JSON     = "application/json;charset=UTF-8"
)

// members are those of a document.
type members = map[string]any

func newB2(s *server, endpoint string) *b2 {
	// The large one is hashed when it is first asked for: that takes seconds.
	sum := func(size int64) func() string {
		return sync.OnceValue(func() string {
			h := sha1.New()
			for off := int64(0); off < size; off += block {
				h.Write(s.content[:min(block, size-off)])
			}
			return hex.EncodeToString(h.Sum(nil))
		})
	}
	return &b2{
		server:   s,
		endpoint: endpoint,
		small:    b2File{client.Small, client.SmallID, client.SmallSize, sum(client.SmallSize)},
		large:    b2File{client.Large, client.LargeID, s.large.size, sum(s.large.size)},
		files:    map[bool][]byte{false: b2Page(false), true: b2Page(true)},
	}
}

// b2Page renders the files of a page of a list.
func b2Page(first bool) []byte {
	var b bytes.Buffer
	b.WriteString("{\n  \"files\": [")
	for i := range client.PageKeys {
		if i > 0 {
			b.WriteByte(',')
		}
		size, hash := 2_000_000+i*977, uint64(i)*0x9e3779b97f4a7c15
		id := fmt.Sprintf("4_z%s_f1%015x_d20260701_m083000_c004_v0402033_t%04d_u%014d", client.BucketID(client.Bucket), hash>>4, i%60, b2Uploaded+i*977)
		b2Document(&b, "    ", first, client.Key(i), id, "upload", int64(size), fmt.Sprintf("%040x", hash), fmt.Sprintf(`"%032x"`, hash))
	}
	b.WriteString("\n  ],\n  \"nextFileName\": ")
	return b.Bytes()
}

// b2Document renders a file. Only version 1 has its size twice.
func b2Document(b *bytes.Buffer, indent string, first bool, name, id, action string, size int64, sum, md5 string) {
	again := ""
	if first {
		again = fmt.Sprintf("\n  \"size\": %d,", size)
	}
	document := fmt.Sprintf(`
{
  "accountId": "%s",
  "action": "%s",
  "bucketId": "%s",
  "contentLength": %d,
  "contentMd5": %s,
  "contentSha1": "%s",
  "contentType": "image/jpeg",
  "fileId": "%s",
  "fileInfo": {
    "src_last_modified_millis": "1782890000000"
  },
  "fileName": "%s",
  "fileRetention": {
    "isClientAuthorizedToRead": true,
    "value": {
      "mode": null,
      "retainUntilTimestamp": null
    }
  },
  "legalHold": {
    "isClientAuthorizedToRead": true,
    "value": null
  },
  "serverSideEncryption": {
    "algorithm": "AES256",
    "mode": "SSE-B2"
  },%s
  "uploadTimestamp": %d
}`, b2Account, action, client.BucketID(client.Bucket), size, md5, sum, id, name, again, b2Uploaded)
	b.WriteString(strings.ReplaceAll(document, "\n", "\n"+indent))
}

func (s *b2) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, ok := strings.CutPrefix(r.URL.Path, "/file/"+client.Bucket+"/"); ok {
		s.download(w, r, name == client.Large)
		return
	}
	version, call, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/b2api/v"), "/")
	call, _, _ = strings.Cut(call, "/") // an upload URL goes on
	switch call {
	case "b2_upload_file", "b2_upload_part":
		s.take(w, r, call == "b2_upload_part")
		return
	case "b2_download_file_by_id":
		s.download(w, r, r.URL.Query().Get("fileId") == client.LargeID)
		return
	}
	var in struct{ BucketID, BucketName, FileName, FileID, StartFileName string }
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			s.fail(w, http.StatusBadRequest, "bad_json")
			return
		}
	}
	switch call {
	case "b2_authorize_account":
		s.answer(w, s.authorization(version))
	case "b2_list_buckets":
		s.answer(w, members{"buckets": []members{{
			"accountId": b2Account, "bucketId": client.BucketID(in.BucketName), "bucketName": in.BucketName, "bucketType": "allPrivate",
			"bucketInfo": members{}, "corsRules": []any{}, "lifecycleRules": []any{}, "options": []string{"s3"}, "revision": 2,
		}}})
	case "b2_create_bucket": // rclone tries before it looks
		s.fail(w, http.StatusBadRequest, "duplicate_bucket_name")
	case "b2_list_file_names":
		s.names(w, version == "1", in.BucketID, in.StartFileName)
	case "b2_get_upload_url":
		s.answer(w, members{"bucketId": in.BucketID, "uploadUrl": client.UploadURL(s.endpoint), "authorizationToken": s.token("upld")})
	case "b2_get_upload_part_url":
		s.answer(w, members{"fileId": in.FileID, "uploadUrl": client.UploadPartURL(s.endpoint), "authorizationToken": s.token("uplg")})
	case "b2_start_large_file":
		s.file(w, in.FileName, client.LargeID, "start", 0, "none", "null")
	case "b2_finish_large_file":
		s.file(w, client.Large, client.LargeID, "upload", s.large.size, "none", "null")
	default:
		s.fail(w, http.StatusNotFound, "not_found")
	}
}

func (s *b2) token(kind string) string {
	return fmt.Sprintf("4_0020a1b2c3d4e5f0000000001_01b2c3d4_%06x_%s_dMnhDWEXAMPLEZb7hSQDASK+Jd1vE=", s.uploads.Add(1), kind)
}

// authorization is the answer to a key that may do all, as each version has it.
func (s *b2) authorization(version string) any {
	capabilities := []string{"listBuckets", "readBuckets", "writeBuckets", "listFiles", "readFiles", "shareFiles", "writeFiles", "deleteFiles"}
	storage := members{
		"apiUrl": s.endpoint, "downloadUrl": s.endpoint, "s3ApiUrl": s.endpoint,
		"recommendedPartSize": 100_000_000, "absoluteMinimumPartSize": 5_000_000,
	}
	out := members{"accountId": b2Account, "authorizationToken": s.token("acct")}
	if version == "3" {
		storage["capabilities"], storage["infoType"] = capabilities, "storageApi"
		storage["bucketId"], storage["bucketName"], storage["namePrefix"] = nil, nil, nil
	} else {
		storage["allowed"] = members{"buckets": nil, "capabilities": capabilities, "namePrefix": nil}
	}
	out["apiInfo"], out["applicationKeyExpirationTimestamp"] = members{"storageApi": storage}, nil
	return out
}

func (s *b2) answer(w http.ResponseWriter, document any) {
	body, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		panic(err) // its documents are all its own
	}
	s.send(w, http.StatusOK, body)
}

func (s *b2) fail(w http.ResponseWriter, status int, code string) {
	s.send(w, status, fmt.Appendf(nil, "{\n  \"code\": %q,\n  \"message\": \"\",\n  \"status\": %d\n}", code, status))
}

func (s *b2) send(w http.ResponseWriter, status int, parts ...[]byte) {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	h := w.Header()
	h["Content-Type"] = []string{b2JSON}
	h["Cache-Control"] = []string{"max-age=0, no-cache, no-store"}
	h["Content-Length"] = []string{strconv.Itoa(size)}
	w.WriteHeader(status)
	for _, part := range parts {
		w.Write(part)
	}
}

// file answers with a document of a file.
func (s *b2) file(w http.ResponseWriter, name, id, action string, size int64, sum, md5 string) {
	var b bytes.Buffer
	b2Document(&b, "", false, name, id, action, size, sum, md5)
	s.send(w, http.StatusOK, b.Bytes()[1:])
}

// names sends a page of a list, which is the last one of its bucket or not.
func (s *b2) names(w http.ResponseWriter, first bool, bucketID, start string) {
	page := 1
	last, _ := strconv.Atoi(strings.TrimLeft(bucketID, "0"))
	if start != "" {
		page = client.PageAt(start)
	}
	if page < 1 || page > last {
		s.fail(w, http.StatusBadRequest, "bad_request")
		return
	}
	next := "null"
	if page < last {
		next = strconv.Quote(client.StartOf(page + 1))
	}
	s.send(w, http.StatusOK, s.files[first], []byte(next+"\n}"))
}

// take reads a file or a part, forgets it, and answers the SHA-1 that came with
// it in a header or behind it.
func (s *b2) take(w http.ResponseWriter, r *http.Request, part bool) {
	const hexSize = 2 * sha1.Size
	size, tail, ok := drain(r.Body, hexSize)
	if !ok {
		return
	}
	sum := r.Header.Get("X-Bz-Content-Sha1")
	switch sum {
	case "hex_digits_at_end":
		sum = string(tail)
		size -= hexSize
	case "do_not_verify":
		sum = "unverified:" + strings.Repeat("0", hexSize)
	}
	if !part {
		// The name is not decoded: that of the small one needs no encoding.
		s.file(w, r.Header.Get("X-Bz-File-Name"), client.SmallID, "upload", size, sum, `"9b2cf535f27731c974343645a3985328"`)
		return
	}
	s.send(w, http.StatusOK, fmt.Appendf(nil, `{
  "b2Checksum": null,
  "contentLength": %d,
  "contentMd5": "9b2cf535f27731c974343645a3985328",
  "contentSha1": "%s",
  "fileId": "%s",
  "partNumber": %s,
  "serverSideEncryption": {
    "algorithm": "AES256",
    "mode": "SSE-B2"
  },
  "uploadTimestamp": %d
}`, size, sum, client.LargeID, r.Header.Get("X-Bz-Part-Number"), b2Uploaded))
}

// download sends a file or a range of it.
func (s *b2) download(w http.ResponseWriter, r *http.Request, large bool) {
	f, h := &s.small, w.Header()
	if large {
		f = &s.large
	}
	first, n, status := int64(0), f.size, http.StatusOK
	if spec := r.Header.Get("Range"); spec != "" {
		if first, n = span(spec, f.size); n <= 0 {
			s.fail(w, http.StatusRequestedRangeNotSatisfiable, "range_not_satisfiable")
			return
		}
		status = http.StatusPartialContent
		h["Content-Range"] = []string{fmt.Sprintf("bytes %d-%d/%d", first, first+n-1, f.size)}
	}
	h["Accept-Ranges"] = []string{"bytes"}
	h["Content-Length"] = []string{strconv.FormatInt(n, 10)}
	h["Content-Type"] = []string{"application/octet-stream"}
	h["X-Bz-File-Id"] = []string{f.id}
	h["X-Bz-File-Name"] = []string{f.name}
	h["X-Bz-Upload-Timestamp"] = []string{strconv.Itoa(b2Uploaded)}
	h["X-Bz-Info-Src_last_modified_millis"] = []string{"1782890000000"}
	h["X-Bz-Server-Side-Encryption"] = []string{"AES256"}
	if large {
		h["X-Bz-Content-Sha1"] = []string{"none"}
		h["X-Bz-Info-Large_file_sha1"] = []string{f.sha1()}
	} else {
		h["X-Bz-Content-Sha1"] = []string{f.sha1()}
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		s.sendContent(w, first, n)
	}
}
