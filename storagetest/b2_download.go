package storagetest

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// b2Reader is who wants to read a file: the holder of a token, or nobody known.
type b2Reader struct {
	token *b2Token // nil: anonymous
}

// reader checks the token of a download, where there is one.
func (b *B2) reader(r *http.Request, kinds ...b2TokenKind) (b2Reader, error) {
	b.state.Lock()
	defer b.state.Unlock()
	text := b2TokenText(r)
	if text == "" {
		return b2Reader{}, nil
	}
	t, err := b.token(text, b.now(r), kinds...)
	if err != nil {
		return b2Reader{}, err
	}
	return b2Reader{t}, b.useInTestMode(r, t)
}

// mayRead checks the reader against the bucket and the name of a file, whether or
// not there is one.
func (d b2Reader) mayRead(bucket *b2Bucket, name string) error {
	t := d.token
	switch {
	case t == nil && bucket != nil && bucket.kind == "allPublic":
		return nil
	case t == nil:
		return b2Unauthorized("Not authorized")
	case t.kind == b2Download:
		if bucket != t.bucket || !strings.HasPrefix(name, t.prefix) {
			return b2Unauthorized("The download authorization is for other files")
		}
		return nil
	case bucket != nil && bucket.kind != "allPublic" && !t.key.can("readFiles"):
		return b2LacksCapability("readFiles")
	case bucket != nil && !t.key.reaches(bucket):
		return b2Unauthorized("The key is restricted to other buckets")
	}
	return t.key.within(name)
}

// key is what the reader's token was made with, nil for an anonymous one.
func (d b2Reader) key() *b2Key {
	if d.token == nil {
		return nil
	}
	return d.token.key
}

// downloadByName answers b2_download_file_by_name.
func (b *B2) downloadByName(w http.ResponseWriter, r *http.Request, route b2Route) error {
	reader, err := b.reader(r, b2Account, b2Download)
	if err != nil {
		return err
	}
	bucketName, escaped, _ := strings.Cut(route.rest, "/")
	name, err := b2Unescape(escaped)
	if err != nil {
		return err
	}
	return b.download(w, r, reader, func() (*b2File, error) {
		bucket := b.bucketNamed(bucketName)
		if err := reader.mayRead(bucket, name); err != nil {
			return nil, err
		}
		if bucket == nil {
			return nil, b2NotFound("Bucket " + bucketName + " does not exist")
		}
		f := bucket.current(name)
		if f == nil {
			return nil, b2NotFound("File with such name does not exist.")
		}
		return f, nil
	})
}

type b2DownloadByID struct {
	FileID string `json:"fileId" required:"true"`
}

// downloadByID answers b2_download_file_by_id.
func (b *B2) downloadByID(w http.ResponseWriter, r *http.Request) error {
	reader, err := b.reader(r, b2Account)
	if err != nil {
		return err
	}
	in := &b2DownloadByID{FileID: r.URL.Query().Get("fileId")}
	if r.Method == http.MethodPost {
		body, err := b2ReadJSON(r)
		if err != nil {
			return err
		}
		if err := decodeStrict(body, in); err != nil {
			return b2BadJSON("b2_download_file_by_id", err)
		}
	}
	if !b2IsFileID(in.FileID) {
		return b2BadRequest("Bad fileId: %s", in.FileID)
	}
	return b.download(w, r, reader, func() (*b2File, error) {
		f := b.files[in.FileID]
		if f == nil {
			if reader.token == nil {
				return nil, b2Unauthorized("Not authorized")
			}
			return nil, b2NotFound("File with such id does not exist.")
		}
		if err := reader.mayRead(f.bucket, f.name); err != nil {
			return nil, err
		}
		if f.action != b2ActionUpload {
			return nil, b2NotFound("File with such id does not exist.")
		}
		return f, nil
	})
}

// b2Overrides are the query parameters that set a header of the answer.
var b2Overrides = map[string]string{
	"b2ContentDisposition": "Content-Disposition",
	"b2ContentLanguage":    "Content-Language",
	"b2Expires":            "Expires",
	"b2CacheControl":       "Cache-Control",
	"b2ContentEncoding":    "Content-Encoding",
	"b2ContentType":        "Content-Type",
}

// download sends the file that find comes up with.
func (b *B2) download(w http.ResponseWriter, r *http.Request, reader b2Reader, find func() (*b2File, error)) error {
	content, span, err := func() (*blob, b2Span, error) {
		b.state.Lock()
		defer b.state.Unlock()
		f, err := find()
		if err != nil {
			return nil, b2Span{}, err
		}
		span, err := b.downloadHeaders(w.Header(), r, f, reader)
		if err != nil {
			return nil, b2Span{}, err
		}
		return f.content.retain(), span, nil
	}()
	if err != nil {
		return err
	}
	defer content.release()
	w.WriteHeader(span.status)
	if r.Method != http.MethodHead {
		_, _ = content.copyTo(w, span.offset, span.length) // a client that is gone does not want it
	}
	return nil
}

// b2Span is the piece of a file to send.
type b2Span struct {
	status         int
	offset, length int64
}

// downloadHeaders checks the rest of a download and fills in the headers of its
// answer, or none of them.
func (b *B2) downloadHeaders(h http.Header, r *http.Request, f *b2File, reader b2Reader) (b2Span, error) {
	overrides, err := b2DownloadOverrides(r.URL.Query(), reader)
	if err != nil {
		return b2Span{}, err
	}
	given, err := b2HeaderSSE(r.Header)
	if err != nil {
		return b2Span{}, err
	}
	encryption, err := given.check()
	if err != nil {
		return b2Span{}, err
	}
	if err := f.encryption.opens(encryption); err != nil {
		return b2Span{}, err
	}
	if err := f.headersFit(overrides); err != nil {
		return b2Span{}, err
	}
	if err := b2CapExceeded(r, "download_cap_exceeded"); err != nil {
		return b2Span{}, err
	}
	span, err := b2RangeOf(r.Header.Values("Range"), f.size())
	if err != nil {
		return b2Span{}, err
	}
	if span.status == http.StatusPartialContent {
		h.Set("Content-Range", "bytes "+strconv.FormatInt(span.offset, 10)+"-"+strconv.FormatInt(span.offset+span.length-1, 10)+
			"/"+strconv.FormatInt(f.size(), 10))
	}
	h.Set("Content-Length", strconv.FormatInt(span.length, 10))
	h.Set("Content-Type", f.contentType)
	h.Set("Accept-Ranges", "bytes")
	h.Set("X-Bz-File-Id", f.id)
	h.Set("X-Bz-File-Name", b2Escape(f.name))
	h.Set("X-Bz-Content-Sha1", f.sha1)
	h.Set("X-Bz-Upload-Timestamp", strconv.FormatInt(f.uploaded, 10))
	if value := f.bucket.info["Cache-Control"]; value != "" {
		h.Set("Cache-Control", value)
	}
	for key, value := range f.info {
		if name := b2InfoHeaders[key]; name != "" {
			h.Set(name, value)
			continue
		}
		h["X-Bz-Info-"+key] = []string{b2Escape(value)} // as it is: Set would write some of it in upper case
	}
	maps.Copy(h, overrides)
	switch f.encryption.mode {
	case "SSE-B2":
		h.Set("X-Bz-Server-Side-Encryption", "AES256")
	case "SSE-C":
		h.Set("X-Bz-Server-Side-Encryption-Customer-Algorithm", "AES256")
		h.Set("X-Bz-Server-Side-Encryption-Customer-Key-Md5", f.encryption.keyMD5)
	}
	f.lock.headers(h, f.bucket, reader.key())
	return span, nil
}

// b2DownloadOverrides returns the headers that the query sets. A download
// authorization may have fixed them beforehand.
func b2DownloadOverrides(query url.Values, reader b2Reader) (http.Header, error) {
	headers := http.Header{}
	for parameter, name := range b2Overrides {
		value := query.Get(parameter)
		if reader.token != nil && reader.token.kind == b2Download && value != reader.token.overrides.Get(parameter) {
			return nil, b2Unauthorized("%s is not what the download authorization was made for", parameter)
		}
		if value == "" {
			continue
		}
		if reader.token == nil {
			return nil, b2Unauthorized("%s needs an authorization", parameter)
		}
		if err := b2CheckHeaderValue(parameter, name, value); err != nil {
			return nil, err
		}
		headers.Set(name, value)
	}
	return headers, nil
}

// headersFit refuses a download whose metadata are too large with what the query
// adds to them: what is stored has been held to the limit before.
func (f *b2File) headersFit(overrides http.Header) error {
	info := map[string]string{}
	maps.Copy(info, f.info)
	for name := range overrides {
		info["b2-"+strings.ToLower(name)] = overrides.Get(name)
	}
	less := f.encryption.mode != "" || f.lock.retention.Mode != nil || f.lock.hold != ""
	if size, limit := b2MetadataSize(f.name, info), b2MetadataLimit(less); size > limit {
		return b2BadRequest("The headers of the answer would take %d bytes, more than %d", size, limit)
	}
	return nil
}

// b2RangeOf reads a Range header of one range. Of several, and of what is no
// range of bytes, the service takes no notice.
func b2RangeOf(header []string, size int64) (b2Span, error) {
	whole := b2Span{status: http.StatusOK, length: size}
	if len(header) != 1 {
		return whole, nil
	}
	first, last, ok := parseRange(header[0], size)
	switch {
	case !ok:
		return whole, nil
	case first >= size:
		return b2Span{}, b2Fail(http.StatusRequestedRangeNotSatisfiable, "range_not_satisfiable",
			"The range %s is not within the %d bytes of the file", header[0], size)
	}
	return b2Span{http.StatusPartialContent, first, last - first + 1}, nil
}
