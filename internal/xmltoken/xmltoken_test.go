package xmltoken

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// events reads doc with Next and writes what it finds in one notation.
func events(doc []byte) ([]string, error) {
	var s Scanner
	if err := s.Reset(doc); err != nil {
		return nil, err
	}
	var out []string
	text := ""
	flush := func() {
		if text != "" {
			out = append(out, fmt.Sprintf("%q", text))
			text = ""
		}
	}
	for {
		kind, err := s.Next()
		if err != nil {
			return nil, err
		}
		if kind == Text {
			text += string(s.Text())
			continue
		}
		flush()
		switch kind {
		case EOF:
			return out, nil
		case Start:
			e := "<" + string(s.Name())
			for _, a := range s.Attributes() {
				e += fmt.Sprintf(" %s=%q", a.Name, a.Value)
			}
			out = append(out, e)
		case End:
			out = append(out, "/"+string(s.Name()))
		}
	}
}

// reference reads doc with encoding/xml, in the same notation.
func referenceEvents(doc []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	var out []string
	text, depth := "", 0
	flush := func() {
		if text != "" {
			out = append(out, fmt.Sprintf("%q", text))
			text = ""
		}
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
			flush()
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			flush()
			depth++
			e := "<" + token.Name.Local
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
					e += fmt.Sprintf(" %s=%q", a.Name.Local, a.Value)
				}
			}
			out = append(out, e)
		case xml.EndElement:
			flush()
			depth--
			out = append(out, "/"+token.Name.Local)
		case xml.CharData:
			if depth > 0 {
				text += string(token)
			}
		}
	}
}

func TestNext(t *testing.T) {
	for _, test := range []struct {
		name, doc string
		want      []string
	}{
		{name: "elements and text", doc: `<a><b>x</b> y</a>`, want: []string{"<a", "<b", `"x"`, "/b", `" y"`, "/a"}},
		{name: "an element that closes itself", doc: `<a><b/><b /></a>`, want: []string{"<a", "<b", "/b", "<b", "/b", "/a"}},
		{name: "prefixes are cut off", doc: `<p:a xmlns:p="u"><p:b q:c="1"/></p:a>`, want: []string{"<a", `<b c="1"`, "/b", "/a"}},
		{name: "declarations of namespaces are no attributes", doc: `<a xmlns="u" xmlns:x='v' y="1"/>`, want: []string{`<a y="1"`, "/a"}},
		{name: "entities", doc: `<a b="&quot;&#65;">&lt;&gt;&amp;&apos;&quot;</a>`, want: []string{`<a b="\"A"`, `"<>&'\""`, "/a"}},
		{name: "numeric references", doc: `<a>&#xe9;&#x1F600;&#13;&#10;&#1;</a>`, want: []string{"<a", `"é😀\r\n\x01"`, "/a"}},
		{name: "CDATA", doc: `<a>x<![CDATA[<&]]]>]]>y</a>`, want: nil},
		{name: "CDATA with brackets", doc: `<a>x<![CDATA[<&]]y>]]>z</a>`, want: []string{"<a", `"x<&]]y>z"`, "/a"}},
		{name: "line ends are normalised", doc: "<a>1\r\n2\r3<![CDATA[\r\n\r]]></a>", want: []string{"<a", `"1\n2\n3\n\n"`, "/a"}},
		{name: "comments and instructions", doc: "<?xml version = '1.0' encoding='utf-8' standalone='yes'?><!--x--><?p q?><a><!-- - --><?r?>1</a><!---->\n", want: []string{"<a", `"1"`, "/a"}},
		{name: "byte order mark", doc: "\ufeff<a/>", want: []string{"<a", "/a"}},
		{name: "white space before the declaration", doc: "\n <?xml version='1.0'?><a/>", want: []string{"<a", "/a"}},
		{name: "white space inside tags", doc: "<a\n b = '1'\t></a >", want: []string{`<a b="1"`, "/a"}},
		{name: "names beyond ASCII", doc: "<é><本·/></é>", want: []string{"<é", "<本·", "/本·", "/é"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := events([]byte(test.doc))
			if test.want == nil {
				if err == nil {
					t.Fatalf("%s: no error", test.doc)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", test.doc, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", test.doc, diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, doc, problem string
		early              bool
	}{
		{name: "nothing", doc: " ", problem: "no element", early: true},
		{name: "cut off in an element", doc: "<a><b>x</b>", problem: "ends inside <a>", early: true},
		{name: "cut off in a start tag", doc: "<a><b", problem: "ends too early", early: true},
		{name: "cut off in an end tag", doc: "<a></a", problem: "ends too early", early: true},
		{name: "cut off in an attribute", doc: `<a b="1`, problem: "inside an attribute", early: true},
		{name: "cut off in a comment", doc: "<a><!-- ", problem: "inside a comment", early: true},
		{name: "cut off in CDATA", doc: "<a><![CDATA[x", problem: "inside a CDATA section", early: true},
		{name: "cut off in an instruction", doc: "<a><?x", problem: "inside a processing instruction", early: true},
		{name: "DOCTYPE", doc: `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, problem: "document type declarations are not accepted"},
		{name: "another declaration", doc: `<a><!ELEMENT b></a>`, problem: "declaration inside"},
		{name: "unknown entity", doc: "<a>&nbsp;</a>", problem: "reference"},
		{name: "bare ampersand", doc: "<a>x & y</a>", problem: "reference"},
		{name: "reference to NUL", doc: "<a>&#0;</a>", problem: "reference"},
		{name: "reference to a surrogate", doc: "<a>&#xD800;</a>", problem: "reference"},
		{name: "reference beyond Unicode", doc: "<a>&#x110000;</a>", problem: "reference"},
		{name: "reference with a sign", doc: "<a>&#+5;</a>", problem: "reference"},
		{name: "wrong end tag", doc: "<a><b></a></b>", problem: "does not match <b>"},
		{name: "end tag that only begins right", doc: "<a></ab>", problem: "does not match <a>"},
		{name: "end tag alone", doc: "</a>", problem: "without a start tag"},
		{name: "two roots", doc: "<a/><b/>", problem: "second root"},
		{name: "text outside", doc: "<a/>x", problem: "outside the root"},
		{name: "CDATA outside", doc: "<![CDATA[x]]><a/>", problem: "outside the root"},
		{name: "]]> in text", doc: "<a>x]]>y</a>", problem: "]]> in text"},
		{name: "-- in a comment", doc: "<a><!-- x -- y --></a>", problem: "-- inside"},
		{name: "< in an attribute", doc: `<a b="<"/>`, problem: "< in an attribute"},
		{name: "attribute without quotes", doc: `<a b=1/>`, problem: "without quotes"},
		{name: "attribute without a value", doc: `<a b/>`, problem: "without a value"},
		{name: "attribute twice", doc: `<a b="1" b="2"/>`, problem: "given twice"},
		{name: "attributes without space", doc: `<a b="1"c="2"/>`, problem: "white space missing"},
		{name: "slash inside a tag", doc: `<a / b="1">`, problem: "/ inside a tag"},
		{name: "bad name", doc: "<1/>", problem: "invalid name"},
		{name: "two colons", doc: "<a:b:c/>", problem: "colon"},
		{name: "colon first", doc: "<:a/>", problem: "colon"},
		{name: "colon last", doc: "<a:/>", problem: "invalid name"},
		{name: "late declaration", doc: "<a><?xml version='1.0'?></a>", problem: "XML declaration inside"},
		{name: "another version", doc: "<?xml version='1.1'?><a/>", problem: "version"},
		{name: "another encoding", doc: "<?xml version='1.0' encoding='latin1'?><a/>", problem: "encoding"},
		{name: "no version", doc: "<?xml encoding='utf-8'?><a/>", problem: "without a version"},
		{name: "not UTF-8", doc: "<a>\xff</a>", problem: "not UTF-8"},
		{name: "control character", doc: "<a>text\x02</a>", problem: "control character"},
		{name: "U+FFFF", doc: "<a>\uffff</a>", problem: "not allow"},
		{name: "too deep", doc: strings.Repeat("<a>", MaxDepth+1), problem: "too deeply"},
		{name: "too many attributes", doc: "<a " + manyAttributes(MaxAttributes+1) + "/>", problem: "too many attributes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := events([]byte(test.doc))
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || !strings.Contains(syntax.Problem, test.problem) {
				t.Fatalf("%s: error is %v, want one about %q", test.doc, err, test.problem)
			}
			if got := errors.Is(err, io.ErrUnexpectedEOF); got != test.early {
				t.Errorf("%s: taken for cut off: %v, want %v", test.doc, got, test.early)
			}
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d='' ", i)
	}
	return b.String()
}

func TestTooLarge(t *testing.T) {
	var s Scanner
	if err := s.Reset(make([]byte, MaxSize+1)); err == nil {
		t.Error("a document beyond MaxSize is accepted")
	}
}

func TestEveryPrefixIsCutOff(t *testing.T) {
	doc := `<?xml version="1.0"?><!--c--><a b="1">x&amp;<c/><![CDATA[y]]></a>`
	for i := range len(doc) {
		if _, err := events([]byte(doc[:i])); err == nil {
			t.Errorf("%q is accepted", doc[:i])
		}
	}
}

func TestChildContentSkip(t *testing.T) {
	var s Scanner
	if err := s.Reset([]byte(`<r><a>1&lt;<i>no</i><![CDATA[2]]></a> <b><c><d/></c></b><e/><f>plain</f><g>&quot;q&quot;</g></r>`)); err != nil {
		t.Fatal(err)
	}
	child := func(want string) {
		t.Helper()
		if ok, err := s.Child(); err != nil || !ok || string(s.Name()) != want {
			t.Fatalf("Child: %q %v %v, want %q", s.Name(), ok, err, want)
		}
	}
	content := func(want string) {
		t.Helper()
		if got, err := s.Content(); err != nil || string(got) != want {
			t.Fatalf("Content: %q %v, want %q", got, err, want)
		}
	}
	child("r")
	if s.Enter("b") {
		t.Fatal("Enter took the wrong element")
	}
	child("a")
	content("1<2")
	if !s.Enter("b") {
		t.Fatal("Enter did not take the element that comes")
	}
	if err := s.Skip(); err != nil {
		t.Fatal(err)
	}
	if s.Enter("e") {
		t.Fatal("Enter took an element that closes itself")
	}
	child("e")
	content("")
	child("f")
	content("plain")
	child("g")
	content(`"q"`)
	if ok, err := s.Child(); ok || err != nil || string(s.Name()) != "r" {
		t.Fatalf("Child at the end: %v %v", ok, err)
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
}

// TestPlainContent takes the short way through Content, which a CDATA section
// anywhere in the document closes.
func TestPlainContent(t *testing.T) {
	for content, want := range map[string]string{
		"": "", "x": "x", "a longer text, more than a word": "a longer text, more than a word", "&quot;q&quot;": `"q"`,
		"12345678&amp;": "12345678&", "a<i>b</i>c": "ac", "<!-- c -->a": "a", "a<b/>": "a", " \n": " \n",
	} {
		var s Scanner
		if err := s.Reset([]byte("<r><a>" + content + "</a><b/></r>")); err != nil {
			t.Fatal(err)
		}
		if ok, err := s.Child(); !ok || err != nil || !s.Enter("a") {
			t.Fatalf("%q: no element, %v", content, err)
		}
		if got, err := s.Content(); err != nil || string(got) != want {
			t.Errorf("%q: Content is %q, %v", content, got, err)
		}
		if s.Depth() != 1 {
			t.Errorf("%q: depth is %d after it", content, s.Depth())
		}
		if ok, err := s.Child(); !ok || err != nil || string(s.Name()) != "b" {
			t.Errorf("%q: %q follows, %v", content, s.Name(), err)
		}
	}
	for _, doc := range []string{"<a>x", "<a>x&", "<a>x&amp;", "<a>x&nbsp;</a>", "<a>x</b>", "<a>x</", "<a>x</a", "<a>12345678</a "} {
		var s Scanner
		if err := s.Reset([]byte(doc)); err != nil {
			t.Fatal(err)
		}
		if ok, err := s.Child(); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if got, err := s.Content(); err == nil {
			t.Errorf("%s: Content is %q, want an error", doc, got)
		}
	}
}

func TestRoot(t *testing.T) {
	for doc, want := range map[string]string{
		"<?xml version='1.0'?>\n<!-- x --><s:Error xmlns:s='u'><Code>": "Error",
		"<a": "", "": "", "{}": "", "<!DOCTYPE html><html>": "",
	} {
		if got := Root([]byte(doc)); got != want {
			t.Errorf("Root(%q) = %q, want %q", doc, got, want)
		}
	}
}

// FuzzScanner compares with encoding/xml: what we accept it must accept, and
// find the same in it.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`<?xml version="1.0" encoding="UTF-8"?><a xmlns="u"><b c="1">x &amp; y</b><d/></a>`,
		"<a>1\r\n2\r<![CDATA[<\r\n>]]>&#xD;&#x1F600;</a>", `<p:a xmlns:p="q" p:b='"'><!-- c --></p:a>`,
		"<é>\u00e9</é>", "<a>]]></a>", "<a b='&lt;&#10;'/>", "\ufeff<a/>", "<a><?b c?></a>", "<a>x]]</a>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		got, err := events(doc)
		if err != nil {
			return
		}
		want, err := referenceEvents(bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf")))
		if err != nil {
			switch {
			case strings.Contains(err.Error(), "illegal character code") && bytes.Contains(doc, []byte("&#")):
				return // a reference to a control character, which we take
			case strings.Contains(err.Error(), "name") && bytes.ContainsFunc(doc, func(r rune) bool { return r > 127 }):
				return // encoding/xml has the names of an older edition
			}
			t.Fatalf("%q is accepted, but encoding/xml says: %v", doc, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-encoding/xml +ours)\n%s", doc, diff)
		}
		if len(got) > 0 && "<"+Root(doc) != strings.SplitN(got[0], " ", 2)[0] {
			t.Fatalf("Root(%q) = %q", doc, Root(doc))
		}
	})
}
