package s3_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

const (
	catsCSV   = "name,age,note\nTom,7,\"likes \"\"fish\"\", and milk\"\n# a comment\nKitty,3,\nTom,12,old\n"
	catsLines = `{"name": "Tom", "age": 7, "toys": ["ball", "mouse"]}` + "\n" + `{"name": "Kitty", "age": 3}` + "\n"

	// The text "a,b\nc,d\n" as bzip2, which the standard library does not write.
	bzip2CSV = "QlpoOTFBWSZTWZFbnakAAAJRAAAQAAQ8ACAAMMAIabKIIyeLuSKcKEhIrc7UgA=="
)

var selectTrips = trips{
	"SelectObjectContent": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		put(t, c, "cats", catsCSV)
		in := selectInput("SELECT s.name, s.age FROM S3Object s WHERE s.name = 'Tom' LIMIT 5")
		in.Key = "cats"
		in.InputSerialization.CSV.FileHeaderInfo = s3.FileHeaderInfoUse
		in.RequestProgress = &s3.RequestProgress{Enabled: new(true)}
		var events []s3.SelectObjectContentEvent
		for e, err := range call(t, c.SelectObjectContent, in).Payload.Events() {
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, e)
		}
		size := int64(len(catsCSV))
		want := []s3.SelectObjectContentEvent{
			s3.ContinuationEvent{}, s3.RecordsEvent{Payload: []byte("Tom,7\nTom,12\n")},
			s3.ProgressEvent{Details: s3.Progress{BytesScanned: size, BytesProcessed: size, BytesReturned: 13}},
			s3.StatsEvent{Details: s3.Stats{BytesScanned: size, BytesProcessed: size, BytesReturned: 13}}, s3.EndEvent{},
		}
		if diff := cmp.Diff(want, events); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	},
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSelect runs expressions over objects of all kinds.
func TestSelect(t *testing.T) {
	_, c := serve(t)
	unzipped, err := base64.StdEncoding.DecodeString(bzip2CSV)
	if err != nil {
		t.Fatal(err)
	}
	csv := func(f s3.CSVInput) s3.InputSerialization { return s3.InputSerialization{CSV: &f} }
	lines := s3.InputSerialization{JSON: &s3.JSONInput{Type: s3.JSONTypeLines}}
	document := s3.InputSerialization{JSON: &s3.JSONInput{Type: s3.JSONTypeDocument}}
	asCSV, asJSON := s3.OutputSerialization{CSV: &s3.CSVOutput{}}, s3.OutputSerialization{JSON: &s3.JSONOutput{}}
	named := csv(s3.CSVInput{FileHeaderInfo: s3.FileHeaderInfoUse})
	for _, test := range []struct {
		name       string
		object     string
		expression string
		in         s3.InputSerialization
		out        s3.OutputSerialization
		part       *s3.ScanRange
		want       string
		code       string // of the error
	}{
		{name: "everything", object: "a,b\nc,d\n", expression: "SELECT * FROM S3Object", in: csv(s3.CSVInput{}), out: asCSV, want: "a,b\nc,d\n"},
		{name: "no delimiter at the end", object: "a,b\nc,d", expression: "select * from s3object;", in: csv(s3.CSVInput{}), out: asCSV, want: "a,b\nc,d\n"},
		{name: "columns by place", object: "a,b\nc\n", expression: "SELECT s._2, _1 FROM S3Object AS s", in: csv(s3.CSVInput{}), out: asCSV, want: "b,a\n,c\n"},
		{name: "columns by name", object: catsCSV, expression: `SELECT NAME, "note" FROM S3Object`, in: named, out: asCSV, want: "Tom,\"likes \"\"fish\"\", and milk\"\nKitty,\nTom,old\n"},
		{name: "a quoted name has its case", object: catsCSV, expression: `SELECT "NAME" FROM S3Object`, in: named, out: asCSV, code: "MissingHeaders"},
		{name: "names that are ignored", object: catsCSV, expression: "SELECT _1 FROM S3Object LIMIT 1", in: csv(s3.CSVInput{FileHeaderInfo: s3.FileHeaderInfoIgnore}), out: asCSV, want: "Tom\n"},
		{name: "a number", object: catsCSV, expression: "SELECT s.name FROM S3Object s WHERE s.age = 3.0", in: named, out: asCSV, want: "Kitty\n"},
		{name: "a text with quotes", object: "it's,1\n", expression: "SELECT _2 FROM S3Object WHERE _1 = 'it''s'", in: csv(s3.CSVInput{}), out: asCSV, want: "1\n"},
		{name: "nothing fits", object: catsCSV, expression: "SELECT * FROM S3Object WHERE name = 'Rex'", in: named, out: asCSV},
		{name: "no records are wanted", object: catsCSV, expression: "SELECT * FROM S3Object LIMIT 0", in: named, out: asCSV},
		{
			name: "other delimiters", object: "%x;'a;''b'|%y;c|", expression: "SELECT * FROM S3Object",
			in:   csv(s3.CSVInput{FieldDelimiter: ";", RecordDelimiter: "|", QuoteCharacter: "'", QuoteEscapeCharacter: "'"}),
			out:  s3.OutputSerialization{CSV: &s3.CSVOutput{FieldDelimiter: "\t", RecordDelimiter: "\r\n", QuoteCharacter: "'", QuoteEscapeCharacter: "\\", QuoteFields: s3.QuoteFieldsAlways}},
			want: "'%x'\t'a;\\'b'\r\n'%y'\t'c'\r\n",
		},
		{name: "quoted delimiters", object: "\"a\nb\",c\n", expression: "SELECT _2 FROM S3Object", in: csv(s3.CSVInput{AllowQuotedRecordDelimiter: new(true)}), out: asCSV, want: "c\n"},
		{name: "CSV as JSON", object: catsCSV, expression: "SELECT * FROM S3Object LIMIT 1", in: named, out: asJSON, want: `{"name":"Tom","age":"7","note":"likes \"fish\", and milk"}` + "\n"},
		{name: "gzip", object: zipped(t, "a,b\n"), expression: "SELECT * FROM S3Object", in: s3.InputSerialization{CSV: &s3.CSVInput{}, CompressionType: s3.CompressionTypeGzip}, out: asCSV, want: "a,b\n"},
		{name: "bzip2 that is none", object: "BZh9", expression: "SELECT * FROM S3Object", in: s3.InputSerialization{CSV: &s3.CSVInput{}, CompressionType: s3.CompressionTypeBzip2}, out: asCSV, code: "InvalidCompressionFormat"},
		{name: "bzip2", object: string(unzipped), expression: "SELECT _2 FROM S3Object", in: s3.InputSerialization{CSV: &s3.CSVInput{}, CompressionType: s3.CompressionTypeBzip2}, out: asCSV, want: "b\nd\n"},

		{name: "lines", object: catsLines, expression: "SELECT * FROM S3Object s WHERE s.name = 'Tom'", in: lines, out: asJSON, want: `{"name":"Tom","age":7,"toys":["ball","mouse"]}` + "\n"},
		{name: "lines by number", object: catsLines, expression: "SELECT s.name FROM S3Object s WHERE s.age = 3", in: lines, out: asCSV, want: "Kitty\n"},
		{name: "a number is no text", object: catsLines, expression: "SELECT s.name FROM S3Object s WHERE s.age = '3'", in: lines, out: asCSV},
		{name: "an absent member", object: catsLines, expression: "SELECT s.toys, s.age FROM S3Object s", in: lines, out: s3.OutputSerialization{JSON: &s3.JSONOutput{RecordDelimiter: "|"}}, want: `{"toys":["ball","mouse"],"age":7}|{"age":3}|`},
		{name: "a document", object: "[\n{\"a\": 1},\n{\"a\": -2}]", expression: "SELECT a FROM S3Object[*] s WHERE s.a = -2", in: document, out: asJSON, want: "{\"a\":-2}\n"},
		{name: "a value that is no object", object: "[1, 2]", expression: "SELECT * FROM S3Object[*]", in: document, out: asJSON, want: "{\"_1\":1}\n{\"_1\":2}\n"},
		{name: "lines that are no JSON", object: "{\"a\": 1}\n{\"a\":\n", expression: "SELECT * FROM S3Object", in: lines, out: asJSON, want: "{\"a\":1}\n", code: "JSONParsingError"},
		{name: "no JSON at all", object: "a,b\n", expression: "SELECT * FROM S3Object", in: lines, out: asJSON, code: "JSONParsingError"},

		{name: "from a byte", object: "a\nbb\nc\n", expression: "SELECT * FROM S3Object", in: csv(s3.CSVInput{}), out: asCSV, part: &s3.ScanRange{Start: new(int64(1))}, want: "bb\nc\n"},
		{name: "to a byte", object: "a\nbb\nc\n", expression: "SELECT * FROM S3Object", in: csv(s3.CSVInput{}), out: asCSV, part: &s3.ScanRange{Start: new(int64(0)), End: new(int64(2))}, want: "a\nbb\n"},
		{name: "the last bytes", object: "1\n22\n3\n", expression: "SELECT * FROM S3Object", in: lines, out: asCSV, part: &s3.ScanRange{End: new(int64(2))}, want: "3\n"},
		{name: "a part that ends before it begins", object: "a\n", expression: "SELECT * FROM S3Object", in: csv(s3.CSVInput{}), out: asCSV, part: &s3.ScanRange{Start: new(int64(2)), End: new(int64(1))}, code: "InvalidScanRange"},
		{name: "a part of a document", object: "1", expression: "SELECT * FROM S3Object", in: document, out: asCSV, part: &s3.ScanRange{Start: new(int64(1))}, code: "UnsupportedScanRangeInput"},

		{name: "Parquet", object: "PAR1", expression: "SELECT * FROM S3Object", in: s3.InputSerialization{Parquet: &s3.ParquetInput{}}, out: asCSV, code: "NotImplemented"},
		{name: "no input", object: "a", expression: "SELECT * FROM S3Object", out: asCSV, code: "InvalidDataSource"},
		{name: "two outputs", object: "a", expression: "SELECT * FROM S3Object", in: lines, out: s3.OutputSerialization{CSV: asCSV.CSV, JSON: asJSON.JSON}, code: "InvalidRequestParameter"},
		{name: "a kind of JSON", object: "a", expression: "SELECT * FROM S3Object", in: s3.InputSerialization{JSON: &s3.JSONInput{Type: "OTHER"}}, out: asCSV, code: "InvalidJsonType"},
		{name: "a kind of header", object: "a", expression: "SELECT * FROM S3Object", in: csv(s3.CSVInput{FileHeaderInfo: "OTHER"}), out: asCSV, code: "InvalidFileHeaderInfo"},
		{name: "a kind of compression", object: "a", expression: "SELECT * FROM S3Object", in: s3.InputSerialization{CSV: &s3.CSVInput{}, CompressionType: "ZSTD"}, out: asCSV, code: "InvalidCompressionFormat"},
		{name: "a long delimiter", object: "a", expression: "SELECT * FROM S3Object", in: csv(s3.CSVInput{FieldDelimiter: "--"}), out: asCSV, code: "InvalidRequestParameter"},
		{name: "kinds of quotes", object: "a", expression: "SELECT * FROM S3Object", in: lines, out: s3.OutputSerialization{CSV: &s3.CSVOutput{QuoteFields: "OTHER"}}, code: "InvalidQuoteFields"},

		{name: "no expression", object: "a", expression: "", in: lines, out: asCSV, code: "MissingRequiredParameter"},
		{name: "no SQL", object: "a", expression: "hello", in: lines, out: asCSV, code: "ParseUnexpectedToken"},
		{name: "another statement", object: "a", expression: "DELETE FROM S3Object", in: lines, out: asCSV, code: "UnsupportedSqlOperation"},
		{name: "a function", object: "a", expression: "SELECT COUNT(*) FROM S3Object", in: lines, out: asCSV, code: "UnsupportedSqlOperation"},
		{name: "another comparison", object: "a", expression: "SELECT * FROM S3Object WHERE a < 1", in: lines, out: asCSV, code: "UnsupportedSqlOperation"},
		{name: "two conditions", object: "a", expression: "SELECT * FROM S3Object WHERE a = 1 AND b = 2", in: lines, out: asCSV, code: "UnsupportedSqlOperation"},
		{name: "a column on the right", object: "a", expression: "SELECT * FROM S3Object WHERE a = b", in: lines, out: asCSV, code: "UnsupportedSqlOperation"},
		{name: "a path", object: "a", expression: "SELECT a.b.c FROM S3Object", in: lines, out: asCSV, code: "UnsupportedSqlOperation"},
		{name: "no table", object: "a", expression: "SELECT *", in: lines, out: asCSV, code: "ParseSelectMissingFrom"},
		{name: "another table", object: "a", expression: "SELECT * FROM photos", in: lines, out: asCSV, code: "ParseUnexpectedToken"},
		{name: "no alias", object: "a", expression: "SELECT * FROM S3Object AS 1", in: lines, out: asCSV, code: "ParseExpectedIdentForAlias"},
		{name: "half a limit", object: "a", expression: "SELECT * FROM S3Object LIMIT 1.5", in: lines, out: asCSV, code: "ParseUnexpectedToken"},
		{name: "something behind", object: "a", expression: "SELECT * FROM S3Object LIMIT 1 2", in: lines, out: asCSV, code: "ParseUnexpectedToken"},
		{name: "a text without end", object: "a", expression: "SELECT * FROM S3Object WHERE a = 'b", in: lines, out: asCSV, code: "LexerInvalidLiteral"},
		{name: "a character", object: "a", expression: "SELECT ? FROM S3Object", in: lines, out: asCSV, code: "LexerInvalidChar"},
	} {
		t.Run(test.name, func(t *testing.T) {
			put(t, c, "k", test.object)
			out, err := c.SelectObjectContent(t.Context(), &s3.SelectObjectContentInput{
				Bucket: "photos", Key: "k", Expression: test.expression, ExpressionType: s3.ExpressionTypeSql,
				InputSerialization: test.in, OutputSerialization: test.out, ScanRange: test.part,
			})
			var records []byte
			if err == nil {
				records, err = io.ReadAll(out.Payload)
			}
			if string(records) != test.want {
				t.Errorf("records are %q, want %q", records, test.want)
			}
			known := (*s3.Error)(nil)
			if test.code == "" && err != nil || test.code != "" && (!errors.As(err, &known) || known.Code != test.code) {
				t.Errorf("error is %v, want code %q", err, test.code)
			}
		})
	}
	if _, err := c.SelectObjectContent(t.Context(), selectInput("SELECT * FROM S3Object")); err != nil {
		t.Error(err)
	}
	in := selectInput("SELECT * FROM S3Object")
	in.Key = "none"
	if _, err := c.SelectObjectContent(t.Context(), in); !errors.Is(err, s3.ErrNoSuchKey) {
		t.Errorf("a key that is not there: %v", err)
	}

	// Many records come in pieces.
	put(t, c, "k", strings.Repeat("0123456789,abcdef\n", 20_000))
	out := call(t, c.SelectObjectContent, selectInput("SELECT _2 FROM S3Object"))
	pieces, size := 0, 0
	for e, err := range out.Payload.Events() {
		if err != nil {
			t.Fatal(err)
		}
		if r, ok := e.(s3.RecordsEvent); ok {
			pieces, size = pieces+1, size+len(r.Payload)
		}
	}
	if pieces < 2 || size != 7*20_000 {
		t.Errorf("%d bytes in %d pieces", size, pieces)
	}
}
