package codec

import (
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/entrepot-go/entrepot"
)

// TestSenselessTags checks that a tag that cannot work is found when the type
// is first used.
func TestSenselessTags(t *testing.T) {
	for name, in := range map[string]any{
		"two tags": &struct {
			A string `uri:"A" query:"a"`
		}{},
		"no name": &struct {
			A string `xml:",flat"`
		}{},
		"unknown option": &struct {
			A string `xml:"A,omitempty"`
		}{},
		"unknown option of an item": &struct {
			A []string `xml:"A,item.http"`
		}{},
		"option with a value in JSON": &struct {
			A []string `json:"A,item=B"`
		}{},
		"min without a number": &struct {
			A string `xml:"A,minx"`
		}{},
		"min of less than nothing": &struct {
			A string `xml:"A,min-1"`
		}{},
		"not exported": &struct {
			a string `uri:"A"`
		}{},
		"struct in a header": &struct {
			A struct{} `header:"a"`
		}{},
		"list in the path": &struct {
			A []string `uri:"A"`
		}{},
		"prefixed headers that are no map": &struct {
			A []string `headers:"a-"`
		}{},
		"status that is no number": &struct {
			A string `status:"-"`
		}{},
		"number as payload": &struct {
			A int `payload:"A"`
		}{},
		"list as attribute": &struct {
			A []string `xml:"a,attr"`
		}{},
		"stream in a document": &struct {
			A io.Reader `json:"a"`
		}{},
		"received header": &struct {
			A string `header:"a,received"`
		}{},
		"lenient list": &struct {
			A []int `json:"a,lenient"`
		}{},
		"channel": &struct {
			A chan int `json:"a"`
		}{},
		"map with numbers for keys": &struct {
			A map[int]string `json:"a"`
		}{},
		"no pointer": struct{}{},
		"no struct":  new(int),
		"nil":        nil,
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "codec: ") {
					t.Errorf("no panic of ours: %v", r)
				}
			}()
			planOf(in)
		})
	}
}

func TestPathAndInputMustAgree(t *testing.T) {
	type input struct {
		Bucket string `uri:"Bucket"`
	}
	for _, path := range []string{"/{Bucket}/{Key+}", "/", "/{Bucket"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("path %s: no panic", path)
				}
			}()
			_ = Encode(new(Request), path, Document{}, &input{Bucket: "b"})
		}()
	}
}

func TestStreamsAndMetadata(t *testing.T) {
	var get getOutput
	var list listOutput
	if !OutputOf(&get).Streams() || OutputOf(&list).Streams() {
		t.Error("Streams is wrong")
	}
	if OutputOf(&get).Metadata() != nil {
		t.Error("a type without metadata has some")
	}
	if OutputOf(&list).Metadata() != &list.ResponseMetadata {
		t.Error("Metadata is not the field")
	}
	if got := OutputOf(&struct {
		First int `json:"first"`
		entrepot.ResponseMetadata
	}{}).Metadata(); got == nil {
		t.Error("embedded metadata is not found")
	}
	if OutputOf((*listOutput)(nil)).Metadata() != nil {
		t.Error("nil has metadata")
	}
}

type tree struct {
	Name string           `json:"name"`
	Leaf *leaf            `json:"leaf"`
	Sub  []tree           `json:"sub"`
	By   map[string]*tree `json:"by"`
}

type leaf struct {
	Trees []tree `json:"trees"`
}

// TestRecursiveTypesConcurrently makes the plan of types that hold each other
// from many goroutines at once.
func TestRecursiveTypesConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			in := tree{Name: "a", Leaf: &leaf{Trees: []tree{{Name: "b"}}}, By: map[string]*tree{"c": {Name: "d"}}}
			var req Request
			if err := Encode(&req, "/", Document{Format: JSON}, &in); err != nil {
				t.Error(err)
			}
			const want = `{"name":"a","leaf":{"trees":[{"name":"b"}]},"by":{"c":{"name":"d"}}}`
			if string(req.Body) != want {
				t.Errorf("got %s, want %s", req.Body, want)
			}
		})
	}
	wg.Wait()
}

func TestCircleIsRefused(t *testing.T) {
	in := tree{Leaf: &leaf{}}
	in.By = map[string]*tree{"me": &in}
	err := Encode(new(Request), "/", Document{Format: JSON}, &in)
	if err == nil || !strings.Contains(err.Error(), "nested too deeply") {
		t.Errorf("error is %v", err)
	}
}
