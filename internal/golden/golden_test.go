package golden

import (
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type colour string

type inner struct {
	When  time.Time `xml:"When,http"`
	Count *int64    `xml:"Count"`
}

type output struct {
	Label   string            `header:"x-label"`
	Twin    string            `header:"X-Label"`
	Preset  int32             `header:"x-preset"`
	Hues    []colour          `header:"x-hues"`
	Since   time.Time         `header:"x-since"`
	Meta    map[string]string `headers:"x-meta-"`
	Items   []inner           `xml:"Items,item=Item"`
	Flat    []string          `xml:"Entry,flat"`
	On      bool              `xml:"On"`
	Ignored string
}

func TestFill(t *testing.T) {
	got := output{Preset: 99}
	Fill(&got, map[string][]string{"colour": {"red", "green"}})
	at := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Minute) }
	one, two := int64(14), int64(18)
	want := output{
		Label: "label-1", Twin: "twin-2", Preset: 99, Hues: []colour{"red", "green"}, Since: at(6),
		Meta:  map[string]string{"first": "meta-8", "second": "meta-9"},
		Items: []inner{{When: at(12), Count: &one}, {When: at(16), Count: &two}},
		Flat:  []string{"flat-20", "flat-21"}, On: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Fill (-want +got):\n%s", diff)
	}
}

func TestResponse(t *testing.T) {
	count := int64(7)
	out := &output{
		Label: "a", Twin: "b", Hues: []colour{"red", "green"}, Since: epoch, Meta: map[string]string{"k": "v"},
		Items: []inner{{When: epoch, Count: &count}}, Flat: []string{"x", "<"}, On: true,
	}
	want := `HTTP/1.1 200 OK
Content-Length: 158
X-Hues: red, green
X-Label: a
X-Meta-K: v
X-Preset: 0
X-Since: Sun, 01 Mar 2026 10:00:00 GMT

<Root>
<Items>
<Item>
<When>Sun, 01 Mar 2026 10:00:00 GMT</When>
<Count>7</Count>
</Item>
</Items>
<Entry>x</Entry>
<Entry>&lt;</Entry>
<On>true</On>
</Root>
`
	if diff := cmp.Diff(want, string(Response(http.StatusOK, "Root", out))); diff != "" {
		t.Errorf("Response (-want +got):\n%s", diff)
	}
}

type answer struct {
	Name  string            `json:"name"`
	Since time.Time         `json:"since"`
	Exact time.Time         `json:"exact,epochms"`
	Day   time.Time         `json:"day,iso8601"`
	Count *int64            `json:"count"`
	On    bool              `json:"on"`
	Inner []nested          `json:"inner"`
	Tags  map[string]string `json:"tags"`

	Ignored string
}

type nested struct {
	Hue colour `json:"hue"`
}

func TestResponseJSON(t *testing.T) {
	count := int64(0)
	out := &answer{
		Name: "a\"b", Since: epoch, Exact: epoch, Day: epoch, Count: &count, On: true,
		Inner: []nested{{"red"}, {"green"}}, Tags: map[string]string{"k": "v", "a": "b"},
	}
	want := `HTTP/1.1 200 OK
Content-Length: 230

{
	"name": "a\"b",
	"since": 1772359200,
	"exact": 1772359200000,
	"day": "2026-03-01T10:00:00Z",
	"count": 0,
	"on": true,
	"inner": [
		{
			"hue": "red"
		},
		{
			"hue": "green"
		}
	],
	"tags": {
		"a": "b",
		"k": "v"
	}
}
`
	if diff := cmp.Diff(want, string(Response(http.StatusOK, "", out))); diff != "" {
		t.Errorf("Response (-want +got):\n%s", diff)
	}
}

func TestRequest(t *testing.T) {
	r, err := http.NewRequest("PUT", "https://host/a%2Fb?c", io.NopCloser(strings.NewReader("<a><b/></a>")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "test/1.0")
	r.Header["X-Twice"] = []string{"1", "2"}
	got, err := Request(r)
	want := "PUT /a%2Fb?c HTTP/1.1\nHost: host\nX-Twice: 1\nX-Twice: 2\n\n<a>\n<b/>\n</a>\n"
	if err != nil || string(got) != want {
		t.Errorf("Request = %q, %v, want %q", got, err, want)
	}
}

func TestPlaces(t *testing.T) {
	type input struct {
		Bucket  string            `uri:"Bucket"`
		ACL     string            `header:"X-Amz-Acl"`
		Version string            `query:"versionId"`
		Meta    map[string]string `headers:"X-Amz-Meta-"`
	}
	places := Places(reflect.TypeFor[input]())
	if diff := cmp.Diff(map[string]string{"Bucket": "", "ACL": "x-amz-acl", "Version": "?versionId", "Meta": "x-amz-meta-"}, places); diff != "" {
		t.Errorf("Places (-want +got):\n%s", diff)
	}
	r, err := http.NewRequest("GET", "https://host/?versionId=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("x-amz-acl", "private")
	if At(r, places["Meta"]) != "" {
		t.Error("there is metadata before it is set")
	}
	r.Header.Set("x-amz-meta-k", "v")
	for member, want := range map[string]string{"ACL": "private", "Version": "1", "Meta": "X-Amz-Meta-K: v"} {
		if got := At(r, places[member]); got != want {
			t.Errorf("%s is %q, want %q", member, got, want)
		}
	}
}
