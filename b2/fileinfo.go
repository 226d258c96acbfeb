package b2

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FileInfo are properties of a file, chosen by its uploader: any text, by keys
// of letters, digits and some signs. The service does not tell upper from
// lower case in keys, and answers with lower case.
//
// Entries with a meaning of their own have methods, which read and write the
// map itself. Those that write make a map where there is none, so that they
// can be used on an input as it is; given a zero value, they remove the entry:
//
//	in := &b2.UploadFileInput{FileName: "report.pdf"}
//	in.FileInfo.SetSrcLastModified(stat.ModTime())
//
// In the answer to a download, the entries that become headers are fields of
// [Download] instead.
type FileInfo map[string]string

// Entries of a FileInfo that have a meaning of their own. Other keys that
// begin with "b2-" are not allowed.
const (
	InfoSrcLastModifiedMillis = "src_last_modified_millis" // when the source was modified, milliseconds since 1970
	InfoLargeFileSha1         = "large_file_sha1"          // SHA-1 of a large file in hex; can be given at its start only

	InfoSseCKeyId = "sse_c_key_id" // a name for the key of SSE-C, by convention; never the key

	// These become headers of downloads.
	InfoContentDisposition = "b2-content-disposition"
	InfoContentLanguage    = "b2-content-language"
	InfoExpires            = "b2-expires"
	InfoCacheControl       = "b2-cache-control"
	InfoContentEncoding    = "b2-content-encoding"
)

// Get returns the entry of a key, however its letters are written; empty if
// there is none.
func (i FileInfo) Get(key string) string {
	if value, ok := i[key]; ok {
		return value
	}
	for k, value := range i {
		if strings.EqualFold(k, key) {
			return value
		}
	}
	return ""
}

// Set makes an entry, in place of any whose key has the same letters.
func (i *FileInfo) Set(key, value string) {
	i.Delete(key)
	if *i == nil {
		*i = make(FileInfo)
	}
	(*i)[strings.ToLower(key)] = value
}

// Delete removes the entry of a key, however its letters are written.
func (i *FileInfo) Delete(key string) {
	for k := range *i {
		if strings.EqualFold(k, key) {
			delete(*i, k)
		}
	}
}

// change is Set, or Delete if there is no value.
func (i *FileInfo) change(key, value string) {
	if value == "" {
		i.Delete(key)
	} else {
		i.Set(key, value)
	}
}

// SrcLastModified returns when the source was modified
// ([InfoSrcLastModifiedMillis]); the zero time if that is not there, or not a
// number.
func (i FileInfo) SrcLastModified() time.Time {
	ms, err := strconv.ParseInt(i.Get(InfoSrcLastModifiedMillis), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// SetSrcLastModified sets when the source was modified, to the millisecond.
func (i *FileInfo) SetSrcLastModified(t time.Time) {
	value := ""
	if !t.IsZero() {
		value = strconv.FormatInt(t.UnixMilli(), 10)
	}
	i.change(InfoSrcLastModifiedMillis, value)
}

// LargeFileSha1 returns the SHA-1 of a large file in hex, in lower case
// ([InfoLargeFileSha1]). It is what the uploader said, not what the service
// computed.
func (i FileInfo) LargeFileSha1() string { return strings.ToLower(i.Get(InfoLargeFileSha1)) }

// SetLargeFileSha1 sets the SHA-1 of a large file in hex. It goes with
// [Client.StartLargeFile], and cannot be added later.
func (i *FileInfo) SetLargeFileSha1(sum string) { i.change(InfoLargeFileSha1, strings.ToLower(sum)) }

// ContentDisposition returns the Content-Disposition of downloads.
func (i FileInfo) ContentDisposition() string { return i.Get(InfoContentDisposition) }

// SetContentDisposition sets the Content-Disposition of downloads, as in
// RFC 6266 but without parameters that end in '*'.
func (i *FileInfo) SetContentDisposition(value string) { i.change(InfoContentDisposition, value) }

// ContentLanguage returns the Content-Language of downloads.
func (i FileInfo) ContentLanguage() string { return i.Get(InfoContentLanguage) }

// SetContentLanguage sets the Content-Language of downloads.
func (i *FileInfo) SetContentLanguage(value string) { i.change(InfoContentLanguage, value) }

// Expires returns the Expires of downloads; the zero time if that is not
// there, or not a date of HTTP.
func (i FileInfo) Expires() time.Time {
	t, err := http.ParseTime(i.Get(InfoExpires))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// SetExpires sets the Expires of downloads, to the second.
func (i *FileInfo) SetExpires(t time.Time) {
	value := ""
	if !t.IsZero() {
		value = t.UTC().Format(http.TimeFormat)
	}
	i.change(InfoExpires, value)
}

// CacheControl returns the Cache-Control of downloads.
func (i FileInfo) CacheControl() string { return i.Get(InfoCacheControl) }

// SetCacheControl sets the Cache-Control of downloads.
func (i *FileInfo) SetCacheControl(value string) { i.change(InfoCacheControl, value) }

// ContentEncoding returns the Content-Encoding of downloads.
func (i FileInfo) ContentEncoding() string { return i.Get(InfoContentEncoding) }

// SetContentEncoding sets the Content-Encoding of downloads: that of the
// content as it is uploaded, which nobody encodes on its way.
func (i *FileInfo) SetContentEncoding(value string) { i.change(InfoContentEncoding, value) }

// SseCKeyId returns the name of the key of SSE-C ([InfoSseCKeyId]).
func (i FileInfo) SseCKeyId() string { return i.Get(InfoSseCKeyId) }

// SetSseCKeyId sets a name for the key of SSE-C. Everybody who may see the
// file's properties can read it.
func (i *FileInfo) SetSseCKeyId(name string) { i.change(InfoSseCKeyId, name) }
