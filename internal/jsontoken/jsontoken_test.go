package jsontoken

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read reads the value that comes as encoding/json would, numbers as text. It
// takes "a" for the member that comes next, which it often is not.
func read(s *Scanner) (any, error) {
	kind, err := s.Peek()
	if err != nil {
		return nil, err
	}
	switch kind {
	case Object:
		if err := s.Enter(); err != nil {
			return nil, err
		}
		out := map[string]any{}
		for {
			key := "a"
			if !s.Member(`"a":`) {
				text, ok, err := s.Key()
				if err != nil || !ok {
					return out, err
				}
				key = string(text)
			}
			if out[key], err = read(s); err != nil {
				return nil, err
			}
		}
	case Array:
		if err := s.Enter(); err != nil {
			return nil, err
		}
		out := []any{}
		for {
			ok, err := s.More()
			if err != nil || !ok {
				return out, err
			}
			item, err := read(s)
			if err != nil {
				return nil, err
			}
			out = append(out, item)
		}
	case String:
		text, err := s.String()
		return string(text), err
	case Number:
		text, err := s.Number()
		return json.Number(text), err
	case Bool:
		return s.Bool()
	}
	return nil, s.Null()
}

func readAll(doc []byte) (any, error) {
	var s Scanner
	if err := s.Reset(doc); err != nil {
		return nil, err
	}
	v, err := read(&s)
	if err != nil {
		return nil, err
	}
	return v, s.Finish()
}

func skipAll(doc []byte) error {
	var s Scanner
	if err := s.Reset(doc); err != nil {
		return err
	}
	if err := s.Skip(); err != nil {
		return err
	}
	return s.Finish()
}

func TestScanner(t *testing.T) {
	for doc, want := range map[string]any{
		` {"a": [1, -0.5e+3 , true,false,null], "b":{}} `: map[string]any{"a": []any{json.Number("1"), json.Number("-0.5e+3"), true, false, nil}, "b": map[string]any{}},
		`"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00é"`:           "\"\\/\b\f\n\r\tA😀é",
		`"a long text with nothing special in it at all"`: "a long text with nothing special in it at all",
		`{ "a" : 1 , "b":{"a":[]},
			"a":2}`: map[string]any{"a": json.Number("2"), "b": map[string]any{"a": []any{}}},
		`{"a":1,"a":2}`: map[string]any{"a": json.Number("2")},
		`[]`:            []any{},
		`0`:             json.Number("0"),
	} {
		got, err := readAll([]byte(doc))
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", doc, diff)
		}
		if err := skipAll([]byte(doc)); err != nil {
			t.Errorf("Skip(%s): %v", doc, err)
		}
	}
}

// White space of every length, so that its end is found wherever it is among
// the eight bytes that are looked at together.
func TestWhiteSpace(t *testing.T) {
	for n := range 40 {
		for _, end := range []string{"", "\n", "\t\r", "\n  \n"} {
			space := "\n" + strings.Repeat(" ", n) + end
			doc := strings.ReplaceAll("~[~1~,~{~\"a  b\"~:~true~}~]~", "~", space)
			got, err := readAll([]byte(doc))
			if err != nil {
				t.Fatalf("%q: %v", doc, err)
			}
			want := []any{json.Number("1"), map[string]any{"a  b": true}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%q (-want +got)\n%s", doc, diff)
			}
			if _, err := readAll([]byte(doc + "\v")); err == nil {
				t.Fatalf("%q: a vertical tab behind it was taken for white space", doc)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		doc   string
		early bool
	}{
		{doc: "", early: true}, {doc: `{"a":1`, early: true}, {doc: `{"a"`, early: true}, {doc: `["x`, early: true}, {doc: `"\u00`, early: false},
		{doc: `[tru`, early: true}, {doc: `[nul`, early: true}, {doc: "[", early: true}, {doc: `"abc\`, early: false},
		{doc: `{"a":1,}`}, {doc: `[1,]`}, {doc: `{"a":1 "a":2}`}, {doc: `{,"a":1}`}, {doc: `{"a":1,,"a":2}`}, {doc: `{"a":1,"a":`, early: true}, {doc: `{"a":1,`, early: true}, {doc: `[1 2]`}, {doc: `{a:1}`}, {doc: `{"a" 1}`}, {doc: `'a'`}, {doc: `[01]`}, {doc: `[1.]`}, {doc: `[.5]`},
		{doc: `[+1]`}, {doc: `[1e]`}, {doc: `[-]`}, {doc: `[NaN]`}, {doc: `truex`}, {doc: `{} {}`}, {doc: `]`}, {doc: "\"a\x01\""}, {doc: "\"a\\n\x01\""}, {doc: "\"\xff\""},
		{doc: `"\ud800"`}, {doc: `"\ud800\u0041"`}, {doc: `"\udc00"`}, {doc: `"\x"`}, {doc: `"\u00zz"`}, {doc: "\ufeff{}"}, {doc: "{\u00a0}"},
		{doc: strings.Repeat("[", MaxDepth+1)}, {doc: `[}`}, {doc: `{]`},
	} {
		_, err := readAll([]byte(test.doc))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: error is %v, want a SyntaxError", test.doc, err)
			continue
		}
		if got := errors.Is(err, io.ErrUnexpectedEOF); got != test.early {
			t.Errorf("%q: %v: taken for cut off: %v, want %v", test.doc, err, got, test.early)
		}
		if skipAll([]byte(test.doc)) == nil {
			t.Errorf("Skip(%q): no error", test.doc)
		}
	}
	if err := new(Scanner).Reset(make([]byte, MaxSize+1)); err == nil {
		t.Error("a document beyond MaxSize is accepted")
	}
}

func TestAppendString(t *testing.T) {
	for text, want := range map[string]string{
		"plain": `"plain"`, "": `""`, "a\"b\\c/": `"a\"b\\c/"`, "\n\r\t\x00\x1f\x7f": `"\n\r\t\u0000\u001f` + "\x7f\"", "é😀\u2028": "\"é😀\u2028\"",
	} {
		if got, ok := AppendString(nil, text); !ok || string(got) != want {
			t.Errorf("AppendString(%q) = %s %v, want %s", text, got, ok, want)
		}
	}
	if got, ok := AppendString([]byte("x"), "\xff"); ok || string(got) != "x" {
		t.Errorf("AppendString of what is not UTF-8 = %q %v", got, ok)
	}
}

// FuzzScanner compares with encoding/json: what we accept it must accept, and
// find the same in it.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`{"files":[{"fileName":"a\u00e9","size":12,"info":{},"x":null}],"next":null}`, `[1.5e-7,-0,"\ud83d\ude00"]`, `"\\\"" `, `{"a":{"a":[[]]}}`, ` true`,
		`{"__type":"NotFoundException","message":"no"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := readAll(doc)
		if skipErr := skipAll(doc); (skipErr == nil) != (err == nil) {
			t.Fatalf("%q: read says %v, Skip says %v", doc, err, skipErr)
		}
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(doc))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is accepted, but encoding/json says: %v", doc, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-encoding/json +ours)\n%s", doc, diff)
		}
	})
}

// FuzzAppendString checks that what is written is read back by encoding/json.
func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\x00é")
	f.Fuzz(func(t *testing.T, text string) {
		b, ok := AppendString(nil, text)
		if !ok {
			return
		}
		var got string
		if err := json.Unmarshal(b, &got); err != nil || got != text {
			t.Fatalf("%q is written as %s and read as %q, %v", text, b, got, err)
		}
	})
}
