package b2_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
)

// encodings are the service's published examples: a text, and its shortest and
// its longest encoding. A server takes both, and may answer with either.
var encodings = []struct{ text, short, long string }{
	{" ", "+", "%20"}, {"!", "!", "%21"}, {`"`, "%22", "%22"}, {"#", "%23", "%23"}, {"$", "$", "%24"}, {"%", "%25", "%25"},
	{"&", "%26", "%26"}, {"'", "'", "%27"}, {"(", "(", "%28"}, {")", ")", "%29"}, {"*", "*", "%2A"}, {"+", "%2B", "%2B"},
	{",", "%2C", "%2C"}, {"-", "-", "%2D"}, {".", ".", "%2E"}, {"/", "/", "%2F"}, {"/", "/", "/"}, {"0", "0", "%30"}, {"9", "9", "%39"},
	{":", ":", "%3A"}, {";", ";", "%3B"}, {"<", "%3C", "%3C"}, {"=", "=", "%3D"}, {">", "%3E", "%3E"}, {"?", "%3F", "%3F"},
	{"@", "@", "%40"}, {"A", "A", "%41"}, {"Z", "Z", "%5A"}, {"[", "%5B", "%5B"}, {`\`, "%5C", "%5C"}, {"]", "%5D", "%5D"},
	{"^", "%5E", "%5E"}, {"_", "_", "%5F"}, {"`", "%60", "%60"}, {"a", "a", "%61"}, {"z", "z", "%7A"}, {"{", "%7B", "%7B"},
	{"|", "%7C", "%7C"}, {"}", "%7D", "%7D"}, {"~", "~", "%7E"}, {"\x7f", "%7F", "%7F"},
	{"自由", "%E8%87%AA%E7%94%B1", "%E8%87%AA%E7%94%B1"}, {"\U00010400", "%F0%90%90%80", "%F0%90%90%80"},
	{"a--/--b--+--:--|-- --", "a--/--b--%2B--%3A--%7C--+--", "a--/--b--%2b--%3a--%7c--%20--"}, // of another client; lower case is right as well
}

// decode reads what a server of the service reads, and knows what it refuses:
// characters that must be encoded.
func decode(t *testing.T, where, encoded string) string {
	t.Helper()
	var text []byte
	for i := 0; i < len(encoded); i++ {
		switch c := encoded[i]; {
		case c == '+':
			text = append(text, ' ')
		case c == '%' && i+2 < len(encoded):
			b, err := strconv.ParseUint(encoded[i+1:i+3], 16, 8)
			if err != nil {
				t.Errorf("%s: %q has a broken escape", where, encoded)
			}
			text = append(text, byte(b))
			i += 2
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"#%&,<>?[\\]^`{|}", c) >= 0:
			t.Errorf("%s: %q has a bare %q", where, encoded, c)
		default:
			text = append(text, c)
		}
	}
	return string(text)
}

// TestNamesAreEncoded looks at all places where the service wants its own way
// of percent-encoding.
func TestNamesAreEncoded(t *testing.T) {
	var seen *http.Request
	client := answering(t, func(r *http.Request) *http.Response {
		seen = r
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}
	})
	for _, e := range encodings {
		name := "x" + e.text + "y"
		// What is answered here says nothing of the upload: it fails, later.
		fileName := strings.ReplaceAll(name, "\x7f", "DEL") // not allowed in names
		client.UploadFile(t.Context(), &b2.UploadFileInput{
			UploadUrl: "https://pod.example/up", AuthorizationToken: "t", FileName: fileName, FileInfo: b2.FileInfo{"k": name},
		})
		if got := decode(t, "the header with the name", seen.Header.Get("X-Bz-File-Name")); got != fileName {
			t.Errorf("the header with the name of %q says %q", fileName, got)
		}
		if got := decode(t, "the header of an entry", seen.Header.Get("X-Bz-Info-K")); got != name {
			t.Errorf("the header of the entry %q says %q", name, got)
		}
		out, err := client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: name, B2ContentDisposition: name})
		if err != nil {
			t.Fatal(err)
		}
		out.Body.Close()
		path := strings.TrimPrefix(seen.URL.EscapedPath(), "/file/photos/")
		if got := decode(t, "the path", path); got != name {
			t.Errorf("the path of %q is %q", name, path)
		}
		if strings.Count(path, "/") != strings.Count(name, "/") {
			t.Errorf("the path of %q is %q: slashes stay", name, path)
		}
		if got := decode(t, "the query", strings.TrimPrefix(seen.URL.RawQuery, "b2ContentDisposition=")); got != name {
			t.Errorf("the query with %q is %q", name, seen.URL.RawQuery)
		}
	}
}

func TestNamesAreDecoded(t *testing.T) {
	header := http.Header{}
	client := answering(t, func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: 200, Header: header, Body: http.NoBody, Request: r}
	})
	for _, e := range encodings {
		for _, encoded := range []string{e.short, e.long} {
			header.Set("X-Bz-File-Name", "x"+encoded+"y")
			header.Set("X-Bz-Info-K", "x"+encoded+"y")
			out, err := client.DownloadFileById(t.Context(), &b2.DownloadFileByIdInput{FileId: "f"})
			if err != nil {
				t.Fatal(err)
			}
			out.Body.Close()
			if want := "x" + e.text + "y"; out.FileName != want || out.FileInfo["k"] != want {
				t.Errorf("%s is read as name %q and entry %q, want %q", encoded, out.FileName, out.FileInfo["k"], want)
			}
		}
	}
}

// answering returns a client whose account is authorized and whose calls are
// answered by answer.
func answering(t *testing.T, answer func(*http.Request) *http.Response) *b2.Client {
	t.Helper()
	client, err := b2.New(b2.Config{
		Credentials: credentials.Static("id", "key", ""),
		HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "b2_authorize_account") {
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(authorization)), Request: r}, nil
			}
			return answer(r), nil
		})},
		Retry: entrepot.Retry{MaxAttempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// FuzzDownloadHeaders gives a client whatever headers a server may answer a
// download with.
func FuzzDownloadHeaders(f *testing.F) {
	f.Add("X-Bz-File-Name", "a+b%2fc", "X-Bz-Info-k", "v", 200, "body")
	f.Add("X-Bz-Upload-Timestamp", "1700000000000", "X-Bz-Content-Sha1", "unverified:da39a3ee5e6b4b0d3255bfef95601890afd80709", 200, "")
	f.Add("Content-Range", "bytes 0-3/4", "Content-Length", "4", 206, "abcd")
	f.Add("X-Bz-Client-Unauthorized-To-Read", `"a,b", c`, "X-Bz-File-Retention-Retain-Until-Timestamp", "x", 206, "abcd")
	f.Add("X-Bz-Info-b2-expires", "%", "X-Bz-Info-", "+", 200, "b")
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string, status int, body string) {
		if status != 200 && status != 206 {
			return
		}
		client := answering(t, func(r *http.Request) *http.Response {
			h := http.Header{}
			h.Add(key1, value1)
			h.Add(key2, value2)
			return &http.Response{StatusCode: status, Header: h, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)), Request: r}
		})
		out, err := client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "f"})
		if (out == nil) == (err == nil) {
			t.Fatalf("output %v and error %v", out, err)
		}
		if err != nil {
			return
		}
		defer out.Body.Close()
		if got, err := io.ReadAll(out.Body); err == nil && string(got) != body {
			t.Errorf("body %q is read as %q", body, got)
		}
		if http.CanonicalHeaderKey(key1) == "X-Bz-File-Name" && http.CanonicalHeaderKey(key2) != "X-Bz-File-Name" {
			// A slower reader of the same encoding. What it refuses is left as it is.
			if want, err := url.QueryUnescape(value1); err == nil && out.FileName != want {
				t.Errorf("name %q is read as %q, want %q", value1, out.FileName, want)
			}
		}
		for key := range out.FileInfo {
			if key != strings.ToLower(key) {
				t.Errorf("the entry %q is not in lower case", key)
			}
		}
	})
}
