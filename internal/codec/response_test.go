package codec

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func decode(t *testing.T, src *Response, format Format, out any) {
	t.Helper()
	if err := Decode(src, Document{Format: format}, out); err != nil {
		t.Fatalf("Decode(%s): %v", src.Body, err)
	}
}

func TestDecodeList(t *testing.T) {
	var out listOutput
	decode(t, &Response{Status: 200, Header: http.Header{"X-Amz-Request-Charged": {"requester"}}, Body: listPage(70)}, XML, &out)
	if len(out.Contents) != 70 || out.KeyCount != 70 || !out.IsTruncated || out.Name != "photos" || out.RequestCharged != "requester" {
		t.Fatalf("got %+v", out)
	}
	want := object{ChecksumAlgorithm: []enum{"CRC64NVME"}, ChecksumType: "FULL_OBJECT", ETag: fmt.Sprintf(`"%032x"`, 69*7919),
		Key: "2026/11/21/photos/holiday-000069.jpg", LastModified: time.Date(2026, 11, 21, 9, 1, 9, 0, time.UTC), Size: 69 * 104729, StorageClass: "STANDARD"}
	if diff := cmp.Diff(want, out.Contents[69]); diff != "" {
		t.Error(diff)
	}
}

// TestItemsShareNothingThatCanChange changes one item of a list: the others,
// whose strings and arrays may come from common ones, must stay.
func TestItemsShareNothingThatCanChange(t *testing.T) {
	var out, again listOutput
	decode(t, &Response{Body: listPage(40)}, XML, &out)
	decode(t, &Response{Body: listPage(40)}, XML, &again)
	for i := range out.Contents {
		if i%2 == 0 {
			a := out.Contents[i].ChecksumAlgorithm
			out.Contents[i].ChecksumAlgorithm = append(a, "more")
			a[0] = "changed"
		}
	}
	for i := range out.Contents {
		if i%2 == 1 {
			if diff := cmp.Diff(again.Contents[i], out.Contents[i]); diff != "" {
				t.Fatalf("item %d (-want +got)\n%s", i, diff)
			}
		}
	}
}

func TestDecodedRefersToNoBody(t *testing.T) {
	type output struct {
		Text string   `xml:"Text"`
		Raw  []byte   `xml:"Raw"`
		List []string `xml:"List"`
	}
	src := Response{Body: []byte(`<a><Text>text</Text><Raw>cmF3</Raw><List><member>x</member><member>x</member></List></a>`)}
	var out output
	decode(t, &src, XML, &out)
	blob := struct {
		Body []byte `payload:"Body"`
	}{}
	decode(t, &src, XML, &blob)
	before := string(src.Body)
	for i := range src.Body {
		src.Body[i] = '#'
	}
	if diff := cmp.Diff(output{"text", []byte("raw"), []string{"x", "x"}}, out); diff != "" {
		t.Error(diff)
	}
	if string(blob.Body) != before {
		t.Errorf("payload is %q", blob.Body)
	}
}

func TestDecodeErrors(t *testing.T) {
	type output struct {
		Contents []object          `xml:"Contents,flat"`
		Flag     *bool             `xml:"Flag"`
		Ratio    float64           `xml:"Ratio"`
		Raw      []byte            `xml:"Raw"`
		Small    int8              `xml:"Small"`
		Count    uint8             `xml:"Count"`
		Map      map[string]object `xml:"Map"`
	}
	ok := strings.Repeat(`<Contents><Key>k</Key></Contents>`, 3)
	for doc, want := range map[string]string{
		`<a>` + ok + `<Contents><Size>x</Size></Contents></a>`:                                                                                      `Contents[3].Size: invalid number "x"`,
		`<a>` + ok + `<Contents><Size>9223372036854775808</Size></Contents></a>`:                                                                    `Contents[3].Size: invalid number "9223372036854775808"`,
		`<a>` + ok + `<Contents><LastModified>soon</LastModified></Contents></a>`:                                                                   `Contents[3].LastModified: invalid time "soon"`,
		`<a><Contents><Owner><ID>1</ID><ID/></Owner><RestoreStatus><IsRestoreInProgress>maybe</IsRestoreInProgress></RestoreStatus></Contents></a>`: `Contents[0].RestoreStatus.IsRestoreInProgress: invalid boolean "maybe"`,
		`<a><Flag>yes</Flag></a>`:     `Flag: invalid boolean "yes"`,
		`<a><Ratio>0x1p4</Ratio></a>`: `Ratio: invalid number "0x1p4"`,
		`<a><Ratio>inf</Ratio></a>`:   `Ratio: invalid number "inf"`,
		`<a><Raw>!</Raw></a>`:         `Raw: invalid base64 "!"`,
		`<a><Small>128</Small></a>`:   `Small: invalid number "128"`,
		`<a><Small>-</Small></a>`:     `Small: invalid number "-"`,
		`<a><Small>+5</Small></a>`:    `Small: invalid number "+5"`,
		`<a><Count>-1</Count></a>`:    `Count: invalid number "-1"`,
		`<a><Count>256</Count></a>`:   `Count: invalid number "256"`,
		`<a><Map><entry><key>x</key><value><Size>q</Size></value></entry></Map></a>`: `Map["x"].Size: invalid number "q"`,
		`<a><Flag>` + strings.Repeat("x", 100) + `</Flag></a>`:                       `Flag: invalid boolean "` + strings.Repeat("x", 64) + `"…`,
		`<a>` + ok + `<Contents><Key>k</Kez>`:                                        `Contents[3].Key: malformed XML at byte 120: end tag does not match <Key>`,
		`<a>` + ok:                                                                   `malformed XML at byte 102: document ends inside <a>`,
		`<html><body/></html>`:                                                       `the answer is a web page, not a document of the service`,
		``:                                                                           `the answer is empty, where an XML document belongs`,
		`{}`:                                                                         `malformed XML at byte 0: text outside the root element`,
		"<a>\x01</a>":                                                                `malformed XML at byte 3: control character`,
		`<a></a>junk`:                                                                `malformed XML at byte 7: text outside the root element`,
	} {
		var out output
		err := Decode(&Response{Body: []byte(doc)}, Document{Format: XML}, &out)
		var field *FieldError
		if !errors.As(err, &field) || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", doc, err, want)
		}
	}
	err := Decode(&Response{Body: []byte("<a><Contents>")}, Document{Format: XML}, &output{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a document that is cut off is not told from a wrong one: %v", err)
	}
	if err := Decode(&Response{}, Document{}, (*output)(nil)); err == nil || err.Error() != "output is nil" {
		t.Errorf("nil output: %v", err)
	}
}

func TestDecodeJSONErrors(t *testing.T) {
	type output struct {
		Files []fileVersion     `json:"files"`
		Flag  bool              `json:"flag"`
		Big   int64             `json:"big"`
		Ratio float64           `json:"ratio"`
		Raw   []byte            `json:"raw"`
		Map   map[string]enum   `json:"map"`
		Plain map[string]string `json:"plain"`
	}
	for doc, want := range map[string]string{
		`{"files":[{},{"contentLength":"12"}]}`: `Files[1].ContentLength: is not a number`,
		`{"files":[{"uploadTimestamp":true}]}`:  `Files[0].UploadTimestamp: is not a time`,
		`{"files":[{"uploadTimestamp":"x"}]}`:   `Files[0].UploadTimestamp: invalid time "x"`,
		`{"files":[{"fileName":12}]}`:           `Files[0].FileName: is not a string`,
		`{"files":[{"fileInfo":{"a":{}}}]}`:     `Files[0].FileInfo["a"]: is not a string`,
		`{"files":{}}`:                          `Files: is not an array`,
		`{"files":[1]}`:                         `Files[0]: is not an object`,
		`{"flag":1}`:                            `Flag: is not a boolean`,
		`{"big":9223372036854775808}`:           `Big: invalid number "9223372036854775808"`,
		`{"big":1.5}`:                           `Big: invalid number "1.5"`,
		`{"ratio":"x"}`:                         `Ratio: invalid number "x"`,
		`{"raw":"!"}`:                           `Raw: invalid base64 "!"`,
		`{"raw":[1]}`:                           `Raw: is not a string`,
		`{"map":[]}`:                            `Map: is not an object`,
		`{"map":{"a":1}}`:                       `Map["a"]: is not a string`,
		`[]`:                                    `is not an object`,
		``:                                      `the answer is empty, where a JSON document belongs`,
		`{"files":[{"action":"up`:               `Files[0].Action: malformed JSON at byte 23: document ends too early`,
		" \r\n<html>":                           `the answer is a web page, not a document of the service`,
		`{"big":1}x`:                            `malformed JSON at byte 9: text after the end of the document`,
		"{\"x\":\"\xff\"}":                      `malformed JSON at byte 0: text is not UTF-8`,
	} {
		var out output
		err := Decode(&Response{Body: []byte(doc)}, Document{Format: JSON}, &out)
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", doc, err, want)
		}
	}
	err := Decode(&Response{Body: []byte(`{"files":[{"action":"up`)}, Document{Format: JSON}, &output{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a document that is cut off is not told from a wrong one: %v", err)
	}
}

// TestAnswersWithoutMembers: what stands before a service may answer in its
// place, and must not be taken for success.
func TestAnswersWithoutMembers(t *testing.T) {
	for body, taken := range map[string]bool{"": true, "{}": true, `{"new":[1]}`: true, "0": false, "<html>log in</html>": false, "{": false} {
		err := Decode(&Response{Body: []byte(body)}, Document{Format: JSON}, new(struct{}))
		if (err == nil) != taken {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestDecodeJSONIsTolerant(t *testing.T) {
	type inner struct {
		A string `json:"a"`
		B string `json:"b"`
	}
	type output struct {
		Name  string            `json:"name"`
		Count int32             `json:"count"`
		Ptr   *string           `json:"ptr"`
		In    inner             `json:"in"`
		List  []inner           `json:"list"`
		Map   map[string]string `json:"map"`
		When  time.Time         `json:"when"`
		Odd   int32             `json:"odd,lenient"`
	}
	const doc = ` {"unknown": {"deep": [1, {"x": null}]}, "name": "first", "name": "last", "count": 1.2e1, "ptr": "x", "ptr": null,
		"in": {"a": "1"}, "in": {"b": "2"}, "list": [{"a": "1"}], "list": [{"b": "2"}, null], "map": {"x": "1", "n": null}, "map": {"y": "2", "n": null},
		"when": "2026-11-06T12:30:05Z", "odd": {"not": "a number"}, "Name": "case matters"} `
	var out output
	decode(t, &Response{Body: []byte(doc)}, JSON, &out)
	want := output{Name: "last", Count: 12, In: inner{B: "2"}, List: []inner{{B: "2"}, {}}, Map: map[string]string{"y": "2", "n": ""},
		When: time.Date(2026, 11, 6, 12, 30, 5, 0, time.UTC)}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestRepeatedListsStaySmall checks that a list that comes again and again does
// not take room each time for all that may follow.
func TestRepeatedListsStaySmall(t *testing.T) {
	type output struct {
		Files []fileVersion `json:"files"`
	}
	doc := []byte("{" + strings.Repeat(`"files":[{},{}],`, 1000) + `"x":0}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	decode(t, &Response{Body: doc}, JSON, new(output))
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("decoding %d bytes took %d bytes", len(doc), got)
	}
}

func TestDecodeXMLIsTolerant(t *testing.T) {
	type output struct {
		Size   *int64    `xml:"Size"`
		When   time.Time `xml:"When"`
		Done   bool      `xml:"Done"`
		Text   *string   `xml:"Text"`
		Odd    int       `xml:"Odd,lenient"`
		OddPtr *int      `xml:"OddPtr,lenient"`
		After  string    `xml:"After"`
	}
	var out output
	decode(t, &Response{Body: []byte(`<?xml version="1.0"?>
		<s:R xmlns:s="u"> <Unknown a="1"><Size>7</Size></Unknown> <Size/> <s:When> 2026-11-06T12:30:05Z
		</s:When> <Done>True</Done><Text></Text><Odd>x</Odd><OddPtr>x</OddPtr> text <After><!-- c -->a<b/>b</After></s:R>`)}, XML, &out)
	want := output{When: time.Date(2026, 11, 6, 12, 30, 5, 0, time.UTC), Done: true, Text: ptr(""), After: "ab"}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestDecodeInAnyOrder gives members in changing order, which the decoder's
// guesses at the next member must survive.
func TestDecodeInAnyOrder(t *testing.T) {
	for _, doc := range []string{
		`<a><Contents><Key>k</Key><Size>1</Size><ETag>e</ETag></Contents><Contents><ETag>e</ETag><X/><Key>k</Key><Size>1</Size></Contents></a>`,
		`<a><Contents><Size>1</Size><ETag>e</ETag><Key>k</Key></Contents><Name>n</Name><Contents><Size>1</Size><Key>k</Key><ETag>e</ETag></Contents></a>`,
	} {
		for range 3 {
			var out listOutput
			decode(t, &Response{Body: []byte(doc)}, XML, &out)
			want := []object{{Key: "k", Size: 1, ETag: "e"}, {Key: "k", Size: 1, ETag: "e"}}
			if diff := cmp.Diff(want, out.Contents); diff != "" {
				t.Errorf("%s (-want +got)\n%s", doc, diff)
			}
		}
	}
	for _, doc := range []string{
		`{"files":[{"fileName":"k","contentLength":1,"action":"e"},{"action":"e","X":{"action":0},"fileName":"k","contentLength":1}],"nextFileName":"n"}`,
		`{"nextFileName":"n","files":[{"contentLength":1,"action":"e","fileName":"k"},{"contentLength":1, "file\u004eame":"k", "action" : "e"}]}`,
	} {
		for range 3 {
			var out fileNames
			decode(t, &Response{Body: []byte(doc)}, JSON, &out)
			want := fileNames{Files: []fileVersion{{FileName: "k", ContentLength: 1, Action: "e"}, {FileName: "k", ContentLength: 1, Action: "e"}}, NextFileName: "n"}
			if diff := cmp.Diff(want, out); diff != "" {
				t.Errorf("%s (-want +got)\n%s", doc, diff)
			}
		}
	}
}

// TestDecodeLongLists of which the first items tell little about how many there
// are.
func TestDecodeLongLists(t *testing.T) {
	type output struct {
		Names  []string   `json:"names"`
		Lists  [][]string `json:"lists"`
		Nobody []string   `json:"nobody"`
	}
	long := strings.Repeat("x", 5000)
	for _, n := range []int{0, 1, 2, 15, 16, 17, 100, 12_345} {
		want := output{Names: make([]string, n), Lists: make([][]string, n), Nobody: []string{}}
		for i := range n {
			want.Lists[i] = []string{}
			switch {
			case i < 20:
				want.Names[i] = long[:n%5000]
			case i%3 == 0:
				want.Lists[i] = []string{"a", "b", strconv.Itoa(i)}
			default:
				want.Names[i] = strconv.Itoa(i)
			}
		}
		doc, err := json.Marshal(map[string]any{"names": want.Names, "lists": want.Lists, "nobody": want.Nobody})
		if err != nil {
			t.Fatal(err)
		}
		var got output
		decode(t, &Response{Body: doc}, JSON, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d items (-want +got)\n%s", n, diff)
		}
		if len(got.Lists) > 1 { // empty lists have nothing in common
			got.Lists[0] = append(got.Lists[0], "mine")
			if diff := cmp.Diff(want.Lists[1:], got.Lists[1:]); diff != "" {
				t.Errorf("appending to one of %d lists changes another (-want +got)\n%s", n, diff)
			}
		}
	}
}

func TestDecodeUnwrapped(t *testing.T) {
	type location struct {
		LocationConstraint enum `xml:",text"`
	}
	for doc, want := range map[string]enum{
		`<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>`: "eu-west-1",
		`<LocationConstraint/>`: "",
	} {
		var out location
		decode(t, &Response{Body: []byte(doc)}, XML, &out)
		if out.LocationConstraint != want {
			t.Errorf("%s is %q", doc, out.LocationConstraint)
		}
	}
	if req := encode(t, "/", Document{Format: XML, Root: "L"}, &location{"a&b"}); string(req.Body) != "<L>a&amp;b</L>" {
		t.Errorf("body is %s", req.Body)
	}
}

func TestDecodeHeaders(t *testing.T) {
	type output struct {
		Status  int               `status:"-"`
		ETag    string            `header:"ETag"`
		Length  *int64            `header:"Content-Length"`
		Expires time.Time         `header:"Expires,lenient"`
		Raw     string            `header:"Expires"`
		Attrs   []enum            `header:"x-attrs"`
		Dates   []time.Time       `header:"x-dates"`
		Name    string            `header:"X-Bz-File-Name,url"`
		Info    map[string]string `headers:"X-Bz-Info-,url"`
		Millis  time.Time         `header:"X-Bz-Info-src_last_modified_millis,epochms"`
		Bytes   []byte            `header:"x-bytes"`
		Empty   int               `header:"x-empty"`
	}
	header := http.Header{}
	for key, value := range map[string]string{
		"etag": `"x"`, "content-length": "0", "expires": "never", "x-attrs": ` a , "b,\"c" ,d`, "X-Bz-File-Name": "a+b%2Fc%C3%BC%zz",
		"X-Bz-Info-Author": "J+%C3%A4", "X-Bz-Info-src_last_modified_millis": "1767607872123", "x-bytes": "aGk=", "x-empty": "",
		"x-dates": "Mon, 16 Dec 2019 23:48:18 GMT,Mon, 16 Dec 2019 23:48:19 GMT", "X-Bz-Info-": "no name", "Other": "x",
	} {
		header.Set(key, value)
	}
	header.Add("x-attrs", "e")
	header["X-None"] = nil
	var out output
	decode(t, &Response{Status: 206, Header: header}, nil, &out)
	want := output{Status: 206, ETag: `"x"`, Length: ptr(int64(0)), Raw: "never", Attrs: []enum{"a", `b,"c`, "d", "e"},
		Dates: []time.Time{time.Unix(1576540098, 0).UTC(), time.Unix(1576540099, 0).UTC()}, Name: "a+b%2Fc%C3%BC%zz",
		Info: map[string]string{"author": "J ä"}, Millis: time.UnixMilli(1767607872123).UTC(), Bytes: []byte("hi")}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	err := Decode(&Response{Header: http.Header{"Content-Length": {"x"}}}, Document{}, new(output))
	if err == nil || err.Error() != `Length: invalid number "x"` {
		t.Errorf("error is %v", err)
	}
	err = Decode(&Response{Header: http.Header{"X-Dates": {"Mon, 16 Dec 2019 23:48:18 GMT, x, y"}}}, Document{}, new(output))
	if err == nil || err.Error() != `Dates[1]: invalid time "x, y"` {
		t.Errorf("error is %v", err)
	}
}

func TestDecodePayloads(t *testing.T) {
	stream := io.NopCloser(strings.NewReader("streamed"))
	var get getOutput
	decode(t, &Response{Header: http.Header{"Etag": {"e"}}, Stream: stream}, XML, &get)
	if get.Body != stream || get.ETag != "e" {
		t.Errorf("got %+v", get)
	}
	get = getOutput{}
	decode(t, &Response{Body: []byte("whole")}, XML, &get)
	if b, err := io.ReadAll(get.Body); err != nil || string(b) != "whole" {
		t.Errorf("body is %q, %v", b, err)
	}
	var doc struct {
		Result *commonPrefix `payload:"CopyResult"`
	}
	decode(t, &Response{}, XML, &doc)
	if doc.Result != nil {
		t.Error("an empty payload is a document")
	}
	decode(t, &Response{Body: []byte("<Anything><Prefix>p</Prefix></Anything>")}, XML, &doc)
	if doc.Result == nil || doc.Result.Prefix != "p" {
		t.Errorf("payload is %+v", doc.Result)
	}
	err := Decode(&Response{Body: []byte("<Anything><Prefix>p")}, Document{Format: XML}, &doc)
	if err == nil || !strings.HasPrefix(err.Error(), "Result.Prefix: malformed XML") {
		t.Errorf("error is %v", err)
	}
	var value struct {
		Result commonPrefix `payload:"CopyResult"`
	}
	err = Decode(&Response{}, Document{Format: XML}, &value)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("no document for a value: %v, want %v", err, io.ErrUnexpectedEOF)
	}
	var text struct {
		Policy *enum `payload:"Policy"`
	}
	decode(t, &Response{Body: []byte(`{"a":1}`)}, XML, &text)
	if text.Policy == nil || *text.Policy != `{"a":1}` {
		t.Errorf("payload is %v", text.Policy)
	}
	var inJSON struct {
		Result *tree `payload:"Result"`
	}
	decode(t, &Response{Body: []byte(`{"name":"n"}`)}, JSON, &inJSON)
	if inJSON.Result == nil || inJSON.Result.Name != "n" {
		t.Errorf("payload is %+v", inJSON.Result)
	}
}

func TestErrorDocuments(t *testing.T) {
	for _, test := range []struct {
		name, doc string
		want      *ErrorFields
	}{
		{name: "S3", doc: `<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no &lt;key&gt;</Message><Key>a</Key><RequestId>R</RequestId><HostId>H</HostId></Error>`,
			want: &ErrorFields{Code: "NoSuchKey", Message: "no <key>", RequestID: "R", HostID: "H", Details: map[string]string{"Key": "a"}}},
		{name: "STS", doc: `<ErrorResponse xmlns="u"><Error><Type>Sender</Type><Code>C</Code><Message>M</Message></Error><RequestId>R</RequestId></ErrorResponse>`,
			want: &ErrorFields{Code: "C", Message: "M", RequestID: "R", Details: map[string]string{"Type": "Sender"}}},
		{name: "empty", doc: "<Error/>", want: &ErrorFields{}},
		{name: "a page", doc: "<html><Error/></html>"},
		{name: "cut off", doc: "<Error><Code>x</Code>"},
		{name: "cut off in a response", doc: "<ErrorResponse><Error><Code>x</Code></Error>"},
		{name: "a response without an error", doc: "<ErrorResponse><RequestId>R</RequestId></ErrorResponse>"},
		{name: "nothing", doc: ""},
		{name: "text", doc: "Service Unavailable"},
		{name: "junk behind", doc: "<Error/>x"},
	} {
		got, ok := DecodeXMLError([]byte(test.doc))
		if ok != (test.want != nil) {
			t.Errorf("%s: taken for an error: %v", test.name, ok)
		} else if ok {
			if diff := cmp.Diff(*test.want, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", test.name, diff)
			}
		}
	}
	for _, test := range []struct {
		name, doc string
		want      *ErrorFields
	}{
		{name: "code", doc: `{"status": "", "code": "bad", "message": "no"}`, want: &ErrorFields{Code: "bad", Message: "no", Details: map[string]string{"status": ""}}},
		{name: "type before code", doc: `{"__type":"A","code":"B"}`, want: &ErrorFields{Code: "A"}},
		{name: "type behind code", doc: `{"code":"B","__type":"A"}`, want: &ErrorFields{Code: "A"}},
		{name: "AWS", doc: `{"__type":"com.amazonaws.lightsail#NotFoundException","message":"M","docs":"d","tip":{"x":1},"n":null,"requestId":"R"}`,
			want: &ErrorFields{Code: "NotFoundException", Message: "M", RequestID: "R", Details: map[string]string{"docs": "d"}}},
		{name: "upper-case message", doc: `{"__type":"X","Message":"M"}`, want: &ErrorFields{Code: "X", Message: "M"}},
		{name: "no error", doc: `{"files":[]}`},
		{name: "cut off", doc: `{"code":"x"`},
		{name: "array", doc: `[]`},
		{name: "a page", doc: `<html>`},
		{name: "nothing", doc: ``},
	} {
		got, ok := DecodeJSONError([]byte(test.doc))
		if ok != (test.want != nil) {
			t.Errorf("%s: taken for an error: %v", test.name, ok)
		} else if ok {
			if diff := cmp.Diff(*test.want, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", test.name, diff)
			}
		}
	}
	if got := XMLRoot([]byte("<?xml version='1.0'?><Error><")); got != "Error" {
		t.Errorf("XMLRoot = %q", got)
	}
}

// FuzzErrorDocuments checks that the readers of errors only ever answer.
func FuzzErrorDocuments(f *testing.F) {
	f.Add([]byte(`<ErrorResponse><Error><Code>C</Code></Error></ErrorResponse>`))
	f.Add([]byte(`{"__type":"a#b:c","message":"m"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, ok := DecodeXMLError(body); ok && !strings.HasPrefix(XMLRoot(body), "Error") {
			t.Errorf("%q is an error, with the root %q", body, XMLRoot(body))
		}
		if fields, ok := DecodeJSONError(body); ok && (!json.Valid(body) || fields.Code == "" && fields.Message == "") {
			t.Errorf("%q is an error without code and message", body)
		}
	})
}

// FuzzDecodeXML compares with encoding/xml: what we accept it must accept, and
// read the same from it.
func FuzzDecodeXML(f *testing.F) {
	f.Add([]byte(`<R attr="1"><Name>n&amp;</Name><Item><Key>k</Key><Tag>1</Tag><Tag>2</Tag></Item><Item/><Wrap><W>x</W><W/></Wrap></R>`))
	f.Add([]byte("<R><Name>a<b>c</b>d</Name><Name>last</Name><Item><Key>k\r\n</Key></Item><!-- --><Item><Key><![CDATA[<]]></Key></Item></R>"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var got struct {
			Name  string `xml:"Name"`
			Attr  string `xml:"attr,attr"`
			Items []struct {
				Key string   `xml:"Key"`
				Tag []string `xml:"Tag,flat"`
			} `xml:"Item,flat"`
			Wraps []string `xml:"Wrap,item=W"`
		}
		if Decode(&Response{Body: doc}, Document{Format: XML}, &got) != nil {
			return
		}
		var want struct {
			Name  string `xml:"Name"`
			Attr  string `xml:"attr,attr"`
			Items []struct {
				Key string   `xml:"Key"`
				Tag []string `xml:"Tag"`
			} `xml:"Item"`
			Wraps []string `xml:"Wrap>W"`
		}
		if err := xml.Unmarshal(doc, &want); err != nil {
			if strings.Contains(err.Error(), "illegal character code") || strings.Contains(err.Error(), "name") {
				return // see xmltoken
			}
			t.Fatalf("%q is accepted, but encoding/xml says: %v", doc, err)
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Fatalf("%q\nis read as            %q\nand by encoding/xml as %q", doc, got, want)
		}
	})
}

// FuzzDecodeJSON compares with encoding/json on Lightsail's and B2's shapes.
func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"name":"a\u00e9","n":-12,"list":[{"k":"1","v":true}],"map":{"x":"y"},"f":1.5,"raw":"aGk="}`))
	f.Add([]byte(`{"name":null,"list":[],"map":null,"list":[{"k":"2"}],"n":12e0}`))
	type item struct {
		K string `json:"k"`
		V bool   `json:"v"`
	}
	type shape struct {
		Name string            `json:"name"`
		N    int64             `json:"n"`
		List []item            `json:"list"`
		Map  map[string]string `json:"map"`
		F    float64           `json:"f"`
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var got shape
		if Decode(&Response{Body: doc}, Document{Format: JSON}, &got) != nil {
			return
		}
		// encoding/json ignores case, merges duplicates and knows no NaN, and
		// integers only without an exponent; so it decodes the members one by one.
		var members map[string]json.RawMessage
		if err := json.Unmarshal(doc, &members); err != nil {
			t.Fatalf("%q is accepted, but encoding/json says: %v", doc, err)
		}
		var name string
		if err := json.Unmarshal(orNull(members["name"]), &name); err != nil || name != got.Name {
			t.Fatalf("%q: name is %q, by encoding/json %q, %v", doc, got.Name, name, err)
		}
		var n int64
		if err := json.Unmarshal(orNull(members["n"]), &n); err == nil && n != got.N {
			t.Fatalf("%q: n is %d, by encoding/json %d", doc, got.N, n)
		}
		var fl float64
		if err := json.Unmarshal(orNull(members["f"]), &fl); err == nil && fl != got.F {
			t.Fatalf("%q: f is %v, by encoding/json %v", doc, got.F, fl)
		}
		var m map[string]string
		if err := json.Unmarshal(orNull(members["map"]), &m); err != nil || fmt.Sprint(m) != fmt.Sprint(got.Map) {
			t.Fatalf("%q: map is %v, by encoding/json %v, %v", doc, got.Map, m, err)
		}
		var list []map[string]any
		if err := json.Unmarshal(orNull(members["list"]), &list); err != nil || len(list) != len(got.List) {
			t.Fatalf("%q: list is %v, by encoding/json %v, %v", doc, got.List, list, err)
		}
		for i, entry := range list {
			k, _ := entry["k"].(string)
			v, _ := entry["v"].(bool)
			if (item{k, v}) != got.List[i] {
				t.Fatalf("%q: item %d is %v, by encoding/json %v", doc, i, got.List[i], entry)
			}
		}
	})
}

func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}

// FuzzRoundTrip sends texts in documents and reads them back.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a\r\n\t<&>\"'", "\x85\u2028 ")
	f.Add("", "\ud7ff\ufffd")
	f.Fuzz(func(t *testing.T, a, b string) {
		type item struct {
			Attr string `xml:"attr,attr"`
			Text string `xml:"Text,required"`
		}
		type both struct {
			Items []item            `xml:"Item,flat"`
			Map   map[string]string `xml:"Map"`
		}
		in := both{Items: []item{{Attr: a, Text: b}, {Text: a}}, Map: map[string]string{a: b}}
		var req Request
		err := Encode(&req, "/", Document{Format: XML, Root: "R"}, &in)
		_, bad := notXML(a + " " + b)
		if (err != nil) != bad {
			t.Fatalf("%q %q: error is %v", a, b, err)
		}
		if err == nil {
			var out both
			if err := Decode(&Response{Body: req.Body}, Document{Format: XML}, &out); err != nil {
				t.Fatalf("%s: %v", req.Body, err)
			}
			if diff := cmp.Diff(in, out); diff != "" {
				t.Fatalf("%s (-sent +read)\n%s", req.Body, diff)
			}
			if err := xml.NewDecoder(bytes.NewReader(req.Body)).Decode(new(struct{})); err != nil {
				t.Fatalf("encoding/xml cannot read %s: %v", req.Body, err)
			}
		}

		type inJSON struct {
			List []string          `json:"list"`
			Map  map[string]string `json:"map"`
		}
		list := inJSON{List: []string{a, b}, Map: map[string]string{a: b}}
		req = Request{}
		if err := Encode(&req, "/", Document{Format: JSON}, &list); (err != nil) == (utf8.ValidString(a) && utf8.ValidString(b)) {
			t.Fatalf("%q %q: error is %v", a, b, err)
		} else if err == nil {
			var out inJSON
			if err := Decode(&Response{Body: req.Body}, Document{Format: JSON}, &out); err != nil {
				t.Fatalf("%s: %v", req.Body, err)
			}
			if !slices.Equal(list.List, out.List) || out.Map[a] != b || !json.Valid(req.Body) {
				t.Fatalf("sent %+v, read %+v", list, out)
			}
		}
	})
}
