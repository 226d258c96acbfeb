package codec

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type everywhere struct {
	Bucket   string            `uri:"Bucket"`
	Key      string            `uri:"Key"`
	Version  string            `query:"versionId"`
	MaxKeys  *int32            `query:"max-keys"`
	Parts    []int64           `query:"part"`
	Since    time.Time         `query:"since"`
	Extra    map[string]string `query:"extra"`
	ACL      enum              `header:"x-amz-acl"`
	Until    time.Time         `header:"x-until,iso8601"`
	Attrs    []enum            `header:"x-attrs"`
	Sum      []byte            `header:"x-sum"`
	Bypass   bool              `header:"x-bypass"`
	Ratio    float64           `header:"x-ratio"`
	FileName string            `header:"X-Bz-File-Name,url"`
	Metadata map[string]string `headers:"x-amz-meta-"`
	Ignored  string
}

func encode(t *testing.T, path string, doc Document, in any) Request {
	t.Helper()
	var req Request
	if err := Encode(&req, path, doc, in); err != nil {
		t.Fatalf("Encode(%+v): %v", in, err)
	}
	return req
}

func ptr[T any](v T) *T { return &v }

func TestEncodePlaces(t *testing.T) {
	in := everywhere{
		Bucket: "photos", Key: "/a b//../ü+%.jpg", Version: "v 1+/", MaxKeys: ptr(int32(0)), Parts: []int64{1, 2},
		Since: time.Unix(1398796238, 0), Extra: map[string]string{"z": "1", "a": "2", "versionId": "lost"}, ACL: "private",
		Until: time.Unix(1398796238, 0), Attrs: []enum{"a", "b,c", `d"\`, "", " e"}, Sum: []byte("hi"), Bypass: true, Ratio: math.Inf(-1),
		FileName: "a/b c+ü", Metadata: map[string]string{"camera": "x100", "MIXED-case": ""}, Ignored: "x",
	}
	req := encode(t, "/{Bucket}/{Key+}?uploads&x=y", Document{}, &in)
	if want := "/photos//a%20b//../%C3%BC%2B%25.jpg"; req.Path != want {
		t.Errorf("path is %s, want %s", req.Path, want)
	}
	if want := "uploads&x=y&versionId=v%201%2B%2F&max-keys=0&part=1&part=2&since=2014-04-29T18%3A30%3A38Z&a=2&z=1"; req.Query != want {
		t.Errorf("query is %s\nwant %s", req.Query, want)
	}
	if diff := cmp.Diff([]Label{{"Bucket", "photos"}, {"Key", in.Key}}, req.Labels); diff != "" {
		t.Error(diff)
	}
	want := http.Header{
		"X-Amz-Acl": {"private"}, "X-Until": {"2014-04-29T18:30:38Z"}, "X-Attrs": {`a,"b,c","d\"\\",""," e"`}, "X-Sum": {"aGk="},
		"X-Bypass": {"true"}, "X-Ratio": {"-Infinity"}, "X-Bz-File-Name": {"a/b%20c%2B%C3%BC"},
		"X-Amz-Meta-Camera": {"x100"}, "X-Amz-Meta-Mixed-Case": {""},
	}
	if diff := cmp.Diff(want, req.Header); diff != "" {
		t.Errorf("headers (-want +got)\n%s", diff)
	}
	if req.Body != nil || req.Stream != nil {
		t.Error("a call without a document has a body")
	}
}

func TestEncodeLeavesOutWhatIsAbsent(t *testing.T) {
	req := encode(t, "/{Bucket}/{Key+}", Document{Format: XML}, &everywhere{Bucket: "b", Key: "k"})
	if req.Query != "" || len(req.Header) != 0 || req.Body != nil {
		t.Errorf("something is sent: %q %v %q", req.Query, req.Header, req.Body)
	}
}

// TestEncodeKeys sends every byte in a key, alone and beside others.
func TestEncodeKeys(t *testing.T) {
	type input struct {
		Bucket string `uri:"Bucket"`
		Key    string `uri:"Key"`
	}
	keys := []string{"/", "//", "/b", ".", "..", "a/../b", "a//b/", "/b/b", " ", "~"}
	for c := range 256 {
		keys = append(keys, string([]byte{byte(c)}), string([]byte{'a', byte(c), 'b'}))
	}
	for _, key := range keys {
		req := encode(t, "/{Bucket}/{Key+}", Document{}, &input{"b", key})
		got, err := url.PathUnescape(req.Path)
		if err != nil || got != "/b/"+key {
			t.Errorf("key %q travels as %s", key, req.Path)
		}
		if !regexp.MustCompile(`^/b/([A-Za-z0-9._~/-]|%[0-9A-F]{2})*$`).MatchString(req.Path) {
			t.Errorf("key %q: path %s has what must be escaped", key, req.Path)
		}
		if got := EscapeLabel(key); strings.ReplaceAll(got, "%2F", "/") != strings.TrimPrefix(req.Path, "/b/") {
			t.Errorf("EscapeLabel(%q) = %s", key, got)
		}
	}
}

type rulesInput struct {
	Name   string            `query:"name,required"`
	Source string            `header:"x-source,required"`
	When   time.Time         `header:"x-when,required"`
	Meta   map[string]string `headers:"x-meta-"`
	Body   *rulesBody        `payload:"Body,required"`
}

type rulesBody struct {
	Empty string      `xml:"Empty,required"`
	Title *string     `xml:"Title,min2"`
	List  []rulesItem `xml:"List"`
}

type rulesItem struct {
	Value *string `xml:"Value,required"`
	Code  string  `xml:"Code,min3"`
}

func TestEncodeErrors(t *testing.T) {
	good := func() *rulesInput {
		return &rulesInput{Name: "n", Source: "s", When: time.Unix(1, 0), Body: &rulesBody{Title: ptr("ok"), List: []rulesItem{{Value: ptr(""), Code: "abc"}}}}
	}
	req := encode(t, "/", Document{Format: XML}, good())
	if want := `<Body><Empty></Empty><Title>ok</Title><List><member><Value></Value><Code>abc</Code></member></List></Body>`; string(req.Body) != want {
		t.Errorf("body is %s, want %s", req.Body, want)
	}
	for want, spoil := range map[string]func(in *rulesInput){
		"Name is required":                                                func(in *rulesInput) { in.Name = "" },
		"Source is required":                                              func(in *rulesInput) { in.Source = "" },
		"When is required":                                                func(in *rulesInput) { in.When = time.Time{} },
		"When: time is out of range: year 12000":                          func(in *rulesInput) { in.When = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"Body is required":                                                func(in *rulesInput) { in.Body = nil },
		"Body.Title is required":                                          func(in *rulesInput) { in.Body.Title = nil },
		"Body.Title: must have at least 2 bytes":                          func(in *rulesInput) { in.Body.Title = ptr("x") },
		"Body.List[0].Value is required":                                  func(in *rulesInput) { in.Body.List[0].Value = nil },
		"Body.List[1].Code is required":                                   func(in *rulesInput) { in.Body.List = append(in.Body.List, rulesItem{Value: ptr("")}) },
		"Body.List[0].Code: must have at least 3 bytes":                   func(in *rulesInput) { in.Body.List[0].Code = "ab" },
		"Body.Empty: has the character U+0001, which XML cannot carry":    func(in *rulesInput) { in.Body.Empty = "a\x01" },
		"Body.Empty: has the character U+FFFD, which XML cannot carry":    func(in *rulesInput) { in.Body.Empty = "a\xff" },
		"Body.Empty: has the character U+FFFF, which XML cannot carry":    func(in *rulesInput) { in.Body.Empty = "a\uffff" },
		"Source: has a control character, which a header cannot carry":    func(in *rulesInput) { in.Source = "a\r\nx-evil: 1" },
		`Meta["a b"]: is not a name that a header can have`:               func(in *rulesInput) { in.Meta = map[string]string{"a b": ""} },
		`Meta[""]: is not a name that a header can have`:                  func(in *rulesInput) { in.Meta = map[string]string{"": ""} },
		`Meta["a"]: has a control character, which a header cannot carry`: func(in *rulesInput) { in.Meta = map[string]string{"a": "\n"} },
	} {
		in := good()
		spoil(in)
		err := Encode(new(Request), "/", Document{Format: XML}, in)
		var field *FieldError
		if !errors.As(err, &field) || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
	in := good()
	in.Meta = map[string]string{"a": "", "A": ""}
	if err := Encode(new(Request), "/", Document{Format: XML}, in); err == nil || !strings.Contains(err.Error(), "is there twice") {
		t.Errorf("names that differ by case: %v", err)
	}
	if err := Encode(new(Request), "/", Document{}, (*rulesInput)(nil)); err == nil || err.Error() != "input is nil" {
		t.Errorf("nil input: %v", err)
	}
}

func TestLabelErrors(t *testing.T) {
	type input struct {
		Bucket string  `uri:"Bucket,min3"`
		Key    *string `uri:"Key"`
	}
	for want, in := range map[string]input{
		"Bucket is required":                 {Key: ptr("k")},
		"Bucket: must have at least 3 bytes": {Bucket: "ab", Key: ptr("k")},
		"Key is required":                    {Bucket: "abc", Key: ptr("")},
	} {
		if err := Encode(new(Request), "/{Bucket}/{Key+}", Document{}, &in); err == nil || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
	in := input{Bucket: "abc"}
	if err := Encode(new(Request), "/{Bucket}/{Key+}", Document{}, &in); err == nil || err.Error() != "Key is required" {
		t.Errorf("nil key: %v", err)
	}
}

func TestPayloads(t *testing.T) {
	stream := strings.NewReader("x")
	for _, test := range []struct {
		name        string
		in          any
		body        string
		contentType string
		stream      io.Reader
	}{
		{name: "stream", in: &struct {
			Body io.Reader `payload:"Body"`
		}{stream}, stream: stream, contentType: "application/octet-stream"},
		{name: "no stream", in: &struct {
			Body io.Reader `payload:"Body"`
		}{}},
		{name: "bytes", in: &struct {
			Body []byte `payload:"Body"`
		}{[]byte("raw")}, body: "raw", contentType: "application/octet-stream"},
		{name: "text", in: &struct {
			Body enum `payload:"Body"`
		}{"policy"}, body: "policy", contentType: "text/plain"},
		{name: "the member's own content type", in: &struct {
			Body []byte `payload:"Body"`
			Type string `header:"content-type"`
		}{[]byte("raw"), "image/png"}, body: "raw", contentType: "image/png"},
		{name: "document", in: &struct {
			Body *commonPrefix `payload:"Root,ns=http://s3/"`
		}{&commonPrefix{"p"}}, body: `<Root xmlns="http://s3/"><Prefix>p</Prefix></Root>`, contentType: "application/xml"},
		{name: "empty document", in: &struct {
			Body *commonPrefix `payload:"Root"`
		}{&commonPrefix{}}, body: `<Root></Root>`, contentType: "application/xml"},
		{name: "struct that is no pointer", in: &struct {
			Body commonPrefix `payload:"Root"`
		}{}, body: `<Root></Root>`, contentType: "application/xml"},
		{name: "no document", in: &struct {
			Body *commonPrefix `payload:"Root"`
		}{}},
		{name: "members", in: &commonPrefix{"p"}, body: `<Request xmlns="u"><Prefix>p</Prefix></Request>`, contentType: "application/xml"},
		{name: "no members", in: &commonPrefix{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := encode(t, "/", Document{Format: XML, Root: "Request", Namespace: "u"}, test.in)
			if string(req.Body) != test.body || req.Stream != test.stream || req.Header.Get("Content-Type") != test.contentType {
				t.Errorf("got %q %v %q", req.Body, req.Stream, req.Header.Get("Content-Type"))
			}
		})
	}
}

type grants struct {
	Grant []grant `xml:"AccessControlList,item=Grant"`
}

type grant struct {
	Grantee *grantee `xml:"Grantee,ns=http://www.w3.org/2001/XMLSchema-instance,nsprefix=xsi"`
}

type grantee struct {
	ID   string `xml:"ID"`
	Type enum   `xml:"xsi:type,attr,required"`
}

func TestAttributesTravelBothWays(t *testing.T) {
	in := grants{Grant: []grant{{&grantee{ID: "me", Type: "Canonical\t\"User\"<&\r\n"}}}}
	req := encode(t, "/", Document{Format: XML, Root: "ACL"}, &in)
	want := `<ACL><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
		`xsi:type="Canonical&#x9;&#34;User&#34;&lt;&amp;&#xD;&#xA;"><ID>me</ID></Grantee></Grant></AccessControlList></ACL>`
	if string(req.Body) != want {
		t.Errorf("body is %s\nwant %s", req.Body, want)
	}
	var out grants
	if err := Decode(&Response{Body: req.Body}, Document{Format: XML}, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
}

type nulls struct {
	Mode  enum       `json:"mode,null"`
	Until time.Time  `json:"until,null,epochms"`
	Rule  *nullsRule `json:"rule,null"`
	Tags  []string   `json:"tags"`
	Big   int64      `json:"big"`
	Raw   []byte     `json:"raw"`
	Nums  []*int8    `json:"nums"`
	U     uint16     `json:"u"`
}

type nullsRule struct {
	Days *int32 `json:"days"`
}

func TestEncodeJSON(t *testing.T) {
	for want, in := range map[string]nulls{
		`{"mode":null,"until":null,"rule":null}`: {},
		`{"mode":"on","until":1767607872123,"rule":{"days":0},"tags":[],"big":9223372036854775807,"raw":"aGk=","nums":[null,-5],"u":65535}`: {
			Mode: "on", Until: time.UnixMilli(1767607872123), Rule: &nullsRule{ptr(int32(0))}, Tags: []string{}, Big: math.MaxInt64,
			Raw: []byte("hi"), Nums: []*int8{nil, ptr(int8(-5))}, U: math.MaxUint16},
	} {
		req := encode(t, "/", Document{Format: JSON}, &in)
		if string(req.Body) != want {
			t.Errorf("got %s\nwant %s", req.Body, want)
		}
		var out nulls
		if err := Decode(&Response{Body: req.Body}, Document{Format: JSON}, &out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in, out); diff != "" {
			t.Errorf("read back (-sent +got)\n%s", diff)
		}
	}
	err := Encode(new(Request), "/", Document{Format: JSON}, &nulls{Tags: []string{"", "\xff"}})
	if err == nil || err.Error() != "Tags[1]: is not valid UTF-8, which JSON cannot carry" {
		t.Errorf("error is %v", err)
	}
}

func TestJSONBodyOfCallsWithoutMembers(t *testing.T) {
	if req := encode(t, "/", Document{Format: JSON}, &struct{}{}); string(req.Body) != "{}" {
		t.Errorf("body is %q, want {}", req.Body)
	}
	type download struct {
		Name string `uri:"name"`
	}
	if req := encode(t, "/{name}", Document{Format: JSON}, &download{"x"}); req.Body != nil {
		t.Errorf("body is %q, want none", req.Body)
	}
	if req := encode(t, "/", Document{}, &struct{}{}); req.Body != nil {
		t.Errorf("body is %q, want none", req.Body)
	}
}

func TestTokens(t *testing.T) {
	type input struct {
		InQuery  string `query:"token,token"`
		InHeader string `header:"x-token,token"`
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 10 {
		req := encode(t, "/", Document{}, &input{})
		for _, token := range []string{strings.TrimPrefix(req.Query, "token="), req.Header.Get("x-token")} {
			if !uuid.MatchString(token) || seen[token] {
				t.Errorf("token %q is no new UUID", token)
			}
			seen[token] = true
		}
	}
	doc := Document{Format: XML, Root: "R", Token: func() string { return "T" }}
	if req := encode(t, "/", doc, &struct {
		Token string `xml:"Token,token"`
	}{}); string(req.Body) != "<R><Token>T</Token></R>" {
		t.Errorf("body is %s", req.Body)
	}
	doc.Format = JSON
	if req := encode(t, "/", doc, &struct {
		Token string `json:"token,token"`
	}{}); string(req.Body) != `{"token":"T"}` {
		t.Errorf("body is %s", req.Body)
	}
	if req := encode(t, "/", doc, &input{InQuery: "mine", InHeader: "too"}); req.Query != "token=mine" || req.Header.Get("x-token") != "too" {
		t.Errorf("a token that is set is replaced: %s %v", req.Query, req.Header)
	}
}

func TestNamedHeaderGoesBeforePrefixed(t *testing.T) {
	in := struct {
		Millis string            `header:"X-Bz-Info-src_last_modified_millis"`
		Info   map[string]string `headers:"X-Bz-Info-,url"`
	}{Millis: "1", Info: map[string]string{"src_last_modified_millis": "2", "a": "ü b"}}
	req := encode(t, "/", Document{}, &in)
	want := http.Header{"X-Bz-Info-Src_last_modified_millis": {"1"}, "X-Bz-Info-A": {"%C3%BC%20b"}}
	if diff := cmp.Diff(want, req.Header); diff != "" {
		t.Error(diff)
	}
	in.Millis = ""
	req = encode(t, "/", Document{}, &in)
	if got := req.Header.Get("X-Bz-Info-src_last_modified_millis"); got != "2" {
		t.Errorf("header is %q, want the map's", got)
	}
}

// FuzzHeaders writes texts as headers and reads them back.
func FuzzHeaders(f *testing.F) {
	f.Add("a", `b,"c\`, "Name")
	f.Add("", " x ", "x-y_Z")
	f.Fuzz(func(t *testing.T, a, b, name string) {
		in := struct {
			List []string          `header:"x-list"`
			Name string            `header:"x-name,url"`
			Meta map[string]string `headers:"x-meta-,url"`
		}{List: []string{a, b}, Name: a, Meta: map[string]string{name: b}}
		out := in
		out.List, out.Name, out.Meta = nil, "", nil
		var req Request
		if err := Encode(&req, "/", Document{}, &in); err != nil {
			return
		}
		for _, values := range req.Header {
			if strings.ContainsAny(values[0], "\r\n\x00") {
				t.Fatalf("%q is sent", values[0])
			}
		}
		if want := textproto.CanonicalMIMEHeaderKey("x-meta-" + name); req.Header[want] == nil {
			t.Fatalf("no header %s in %v", want, req.Header)
		}
		if err := Decode(&Response{Header: req.Header}, Document{}, &out); err != nil {
			t.Fatal(err)
		}
		in.Meta = map[string]string{strings.ToLower(name): b}
		if !slices.Equal(in.List, out.List) || in.Name != out.Name || in.Meta[strings.ToLower(name)] != out.Meta[strings.ToLower(name)] {
			t.Fatalf("sent %+v, read %+v", in, out)
		}
	})
}

// FuzzURI writes texts into path and query and reads them with net/url.
func FuzzURI(f *testing.F) {
	f.Add("photos", "/a//../b +%", "x&y=z")
	f.Fuzz(func(t *testing.T, bucket, key, value string) {
		in := struct {
			Bucket string            `uri:"Bucket"`
			Key    string            `uri:"Key"`
			Value  string            `query:"value"`
			Map    map[string]string `query:"map"`
		}{bucket, key, value, map[string]string{key: bucket}}
		var req Request
		if err := Encode(&req, "/{Bucket}/{Key+}?list", Document{}, &in); err != nil {
			return
		}
		u, err := url.Parse("http://h" + req.Path + "?" + req.Query)
		if err != nil {
			t.Fatal(err)
		}
		if want := "/" + bucket + "/" + key; u.Path != want || u.EscapedPath() != req.Path {
			t.Fatalf("path %s is read as %q, want %q", req.Path, u.Path, want)
		}
		q, err := url.ParseQuery(req.Query)
		if err != nil || !q.Has("list") || q.Get("value") != value && key != "value" && key != "list" {
			t.Fatalf("query %s is read as %v, %v", req.Query, q, err)
		}
		if key != "value" && key != "list" && q.Get(key) != bucket {
			t.Fatalf("query %s has no %q=%q", req.Query, key, bucket)
		}
		if got := unescape(string(appendEscaped(nil, value, true))); got != value {
			t.Fatalf("%q is unescaped as %q", value, got)
		}
	})
}

func ExampleFieldError() {
	in := putInput{Bucket: "photos"}
	fmt.Println(Encode(new(Request), "/{Bucket}/{Key+}", Document{}, &in))
	// Output: Key is required
}

func TestReceivedMembersAreNotSent(t *testing.T) {
	type document struct {
		Name  string `json:"name,required"`
		State string `json:"state,required,received"`
	}
	if req := encode(t, "/", Document{Format: JSON}, &document{Name: "a", State: "b"}); string(req.Body) != `{"name":"a"}` {
		t.Errorf("sent %s", req.Body)
	}
	var out document
	if err := Decode(&Response{Body: []byte(`{"name":"a","state":"b"}`)}, Document{Format: JSON}, &out); err != nil || out.State != "b" {
		t.Errorf("read %+v, %v", out, err)
	}
}

func TestMapsOfAnotherName(t *testing.T) {
	type labels map[string]string
	type output struct {
		Headers labels `headers:"X-Info-"`
		Body    labels `json:"body"`
	}
	in := output{Headers: labels{"a": "1"}, Body: labels{"b": "2"}}
	req := encode(t, "/", Document{Format: JSON}, &in)
	if req.Header.Get("X-Info-A") != "1" || string(req.Body) != `{"body":{"b":"2"}}` {
		t.Errorf("sent %v and %s", req.Header, req.Body)
	}
	var out output
	if err := Decode(&Response{Header: req.Header, Body: req.Body}, Document{Format: JSON}, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("read back (-sent +got)\n%s", diff)
	}
}
