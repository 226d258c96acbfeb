package storagetest

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
)

var s3SelectHandlers = handlers{
	"SelectObjectContent": (*s3Call).selectObjectContent,
}

// selectRequest is the document of a SelectObjectContent.
type selectRequest struct {
	Expression      string
	ExpressionType  string
	RequestProgress struct{ Enabled bool }
	Input           struct {
		CSV             *selectCSV
		JSON            *struct{ Type string }
		Parquet         *struct{}
		CompressionType string
	} `xml:"InputSerialization"`
	Output struct {
		CSV  *selectCSV
		JSON *struct{ RecordDelimiter string }
	} `xml:"OutputSerialization"`
	ScanRange *struct{ Start, End *int64 }
}

// selectCSV is a form of CSV, in or out.
type selectCSV struct {
	FileHeaderInfo             string // in
	Comments                   string // in
	AllowQuotedRecordDelimiter bool   // in
	QuoteFields                string // out
	FieldDelimiter             string
	RecordDelimiter            string
	QuoteCharacter             string
	QuoteEscapeCharacter       string
}

func errorSelect(code, message string) *s3Error {
	return &s3Error{status: 400, code: code, message: message}
}

// fill puts the defaults where nothing is said, and judges what is.
func (f *selectCSV) fill() *s3Error {
	for _, d := range []struct {
		value    *string
		standard string
		most     int
		name     string
	}{
		{&f.FieldDelimiter, ",", 1, "FieldDelimiter"}, {&f.RecordDelimiter, "\n", 2, "RecordDelimiter"},
		{&f.QuoteCharacter, `"`, 1, "QuoteCharacter"}, {&f.QuoteEscapeCharacter, `"`, 1, "QuoteEscapeCharacter"}, {&f.Comments, "#", 1, "Comments"},
	} {
		if *d.value == "" {
			*d.value = d.standard
		}
		if len(*d.value) > d.most {
			return errorSelect("InvalidRequestParameter", "The value of a parameter in "+d.name+" element is invalid. Check the service API documentation and try again.")
		}
	}
	switch f.FileHeaderInfo {
	case "", "NONE", "USE", "IGNORE":
	default:
		return errorSelect("InvalidFileHeaderInfo", "The FileHeaderInfo is invalid. Only NONE, USE, and IGNORE are supported.")
	}
	switch f.QuoteFields {
	case "", "ASNEEDED", "ALWAYS":
	default:
		return errorSelect("InvalidQuoteFields", "The QuoteFields is invalid. Only ALWAYS and ASNEEDED are supported.")
	}
	return nil
}

// check judges the request, save its expression.
func (q *selectRequest) check() *s3Error {
	switch {
	case q.Expression == "":
		return errorSelect("MissingRequiredParameter", "The SelectRequest entity is missing a required parameter. Check the service documentation and try again.")
	case q.ExpressionType != "SQL":
		return errorSelect("InvalidExpressionType", "The ExpressionType is invalid. Only SQL expressions are supported.")
	case q.Input.Parquet != nil:
		return errorNotImplemented("Parquet")
	case (q.Input.CSV == nil) == (q.Input.JSON == nil):
		return errorSelect("InvalidDataSource", "Invalid data source type. Only CSV, JSON, and Parquet are supported.")
	case (q.Output.CSV == nil) == (q.Output.JSON == nil):
		return errorSelect("InvalidRequestParameter", "The value of a parameter in OutputSerialization element is invalid. Check the service API documentation and try again.")
	case q.Input.JSON != nil && q.Input.JSON.Type != "LINES" && q.Input.JSON.Type != "DOCUMENT":
		return errorSelect("InvalidJsonType", "The JsonType is invalid. Only DOCUMENT and LINES are supported.")
	}
	for _, f := range []*selectCSV{q.Input.CSV, q.Output.CSV} {
		if f != nil {
			if err := f.fill(); err != nil {
				return err
			}
		}
	}
	compressed := false
	switch q.Input.CompressionType {
	case "", "NONE":
	case "GZIP", "BZIP2":
		compressed = true
	default:
		return errorSelect("InvalidCompressionFormat", "The file is not in a supported compression format. Only GZIP and BZIP2 are supported.")
	}
	if r := q.ScanRange; r != nil {
		switch {
		case compressed || q.Input.JSON != nil && q.Input.JSON.Type == "DOCUMENT" || q.Input.CSV != nil && q.Input.CSV.AllowQuotedRecordDelimiter:
			return errorSelect("UnsupportedScanRangeInput", "Scan range queries are not supported on this type of object.")
		case r.Start == nil && r.End == nil, r.Start != nil && *r.Start < 0, r.End != nil && *r.End < 0, r.Start != nil && r.End != nil && *r.Start > *r.End:
			return errorSelect("InvalidScanRange", "The provided scan range is invalid.")
		}
	}
	return nil
}

// selectObjectContent runs a small part of SQL over CSV and JSON.
func (c *s3Call) selectObjectContent() *s3Error {
	data, err := c.document(false)
	if err != nil {
		return err
	}
	var q selectRequest
	if err := unmarshal(data, "SelectObjectContentRequest", &q); err != nil {
		return err
	}
	if err := q.check(); err != nil {
		return err
	}
	statement, err := parseSelect(q.Expression)
	if err != nil {
		return err
	}
	content, err := c.selectSource()
	if err != nil {
		return err
	}
	plain, err := q.decompress(content)
	if err != nil {
		return err
	}
	run := &selectRun{q: &q, s: statement, first: 0, last: int64(len(plain)) - 1}
	run.setRange()
	failure := run.scan(plain)
	if failure != nil && run.out.Len() == 0 {
		return failure // nothing has been sent yet
	}
	c.w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
	c.w.WriteHeader(200)
	e := selectEvents{w: c.w}
	e.event("Cont", "", nil)
	const piece = 64 << 10
	records := run.out.Bytes()
	for len(records) > 0 {
		n := min(len(records), piece)
		e.event("Records", "application/octet-stream", records[:n])
		records = records[n:]
	}
	if failure != nil {
		e.message([]string{":message-type", "error", ":error-code", failure.code, ":error-message", failure.message}, nil)
		return nil
	}
	counts := func(root string) []byte {
		var x xmlWriter
		x.start(root, "")
		x.int("BytesScanned", int64(len(content)))
		x.int("BytesProcessed", int64(len(plain)))
		x.int("BytesReturned", int64(run.out.Len()))
		x.end(root)
		return x.bytes()
	}
	if q.RequestProgress.Enabled {
		e.event("Progress", "text/xml", counts("Progress"))
	}
	e.event("Stats", "text/xml", counts("Stats"))
	e.event("End", "", nil)
	return nil
}

// selectSource reads the object.
func (c *s3Call) selectSource() ([]byte, *s3Error) {
	_, o, err := c.lockObject()
	if err != nil {
		return nil, err
	}
	o.blob.retain()
	c.mu.Unlock()
	defer o.blob.release()
	if err := c.checkCustomerKey("X-Amz-", o.encryption); err != nil {
		return nil, err
	}
	if archived(o.storageClass) {
		return nil, &s3Error{status: 403, code: "InvalidObjectState", message: "The operation is not valid for the object's storage class",
			extra: []string{"StorageClass", o.storageClass}}
	}
	var b bytes.Buffer
	if _, err := o.blob.copyTo(&b, 0, o.blob.size); err != nil {
		return nil, errorInternal(err)
	}
	return b.Bytes(), nil
}

func (q *selectRequest) decompress(content []byte) ([]byte, *s3Error) {
	var r io.Reader
	var err error
	switch q.Input.CompressionType {
	case "GZIP":
		r, err = gzip.NewReader(bytes.NewReader(content))
	case "BZIP2":
		r = bzip2.NewReader(bytes.NewReader(content))
	default:
		return content, nil
	}
	if err == nil {
		content, err = io.ReadAll(r)
	}
	if err != nil {
		return nil, errorSelect("InvalidCompressionFormat", q.Input.CompressionType+" is not applicable to the queried object. Please correct the request and try again.")
	}
	return content, nil
}

// selectEvents writes messages of an event stream.
type selectEvents struct{ w io.Writer }

func (e selectEvents) event(kind, contentType string, payload []byte) {
	headers := []string{":message-type", "event", ":event-type", kind}
	if contentType != "" {
		headers = append(headers, ":content-type", contentType)
	}
	e.message(headers, payload)
}

// message writes a message: its length and that of its headers, their CRC, the
// headers (all are strings, type 7), the payload, and the CRC of it all.
func (e selectEvents) message(headers []string, payload []byte) {
	var h []byte
	for i, text := range headers {
		if i%2 == 0 {
			h = append(h, byte(len(text)))
		} else {
			h = append(h, 7)
			h = binary.BigEndian.AppendUint16(h, uint16(len(text)))
		}
		h = append(h, text...)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(16+len(h)+len(payload)))
	b = binary.BigEndian.AppendUint32(b, uint32(len(h)))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(append(b, h...), payload...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	_, _ = e.w.Write(b) // a client that has gone away is its own affair
}

// selectRecord is a record of the object: its fields by name or place. Of JSON
// the values are as written there.
type selectRecord struct {
	names  []string
	values []string
	json   bool
}

// selectRun is a statement on its way through an object.
type selectRun struct {
	q           *selectRequest
	s           *selectStatement
	first, last int64 // records that begin here are scanned
	found       int64
	out         bytes.Buffer
	header      []string
}

func (r *selectRun) setRange() {
	s := r.q.ScanRange
	switch {
	case s == nil:
	case s.Start == nil: // the last bytes
		r.first = max(r.last+1-*s.End, 0)
	default:
		r.first = *s.Start
		if s.End != nil {
			r.last = min(r.last, *s.End)
		}
	}
}

// errLimit ends a scan that has found enough.
var errLimit = errors.New("enough")

func (r *selectRun) scan(data []byte) *s3Error {
	if r.s.limit == 0 {
		return nil
	}
	var err error
	switch {
	case r.q.Input.CSV != nil:
		err = r.scanCSV(string(data))
	case r.q.Input.JSON.Type == "LINES":
		err = r.scanLines(data)
	default:
		err = r.scanDocument(data)
	}
	if known := (*s3Error)(nil); errors.As(err, &known) {
		return known
	}
	return nil
}

func (r *selectRun) scanLines(data []byte) error {
	at := int64(0)
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		if at >= r.first && at <= r.last && len(bytes.TrimSpace(line)) > 0 {
			if err := r.scanDocument(line); err != nil {
				return err
			}
		}
		at += int64(len(line)) + 1
		data = rest
	}
	return nil
}

// scanDocument takes each of the values that follow each other in data; of a
// list, S3Object[*] means its items.
func (r *selectRun) scanDocument(data []byte) error {
	values := json.NewDecoder(bytes.NewReader(data))
	for {
		var value json.RawMessage
		if err := values.Decode(&value); err == io.EOF {
			return nil
		} else if err != nil {
			return errorSelect("JSONParsingError", "Error parsing JSON file. Please check the file and try again.")
		}
		list := []json.RawMessage{value}
		if value[0] == '[' && r.s.items {
			if err := json.Unmarshal(value, &list); err != nil {
				return errorInternal(err)
			}
		}
		for _, item := range list {
			record, err := jsonRecord(item)
			if err != nil {
				return err
			}
			if err := r.take(record); err != nil {
				return err
			}
		}
	}
}

// jsonRecord takes an object apart, in its order; another value is the field _1.
func jsonRecord(value json.RawMessage) (*selectRecord, error) {
	record := &selectRecord{json: true}
	if value[0] != '{' {
		record.names, record.values = []string{"_1"}, []string{string(value)}
		return record, nil
	}
	d := json.NewDecoder(bytes.NewReader(value))
	_, err := d.Token()
	for err == nil && d.More() {
		var name json.Token
		var field json.RawMessage
		if name, err = d.Token(); err == nil {
			err = d.Decode(&field)
		}
		if err == nil {
			record.names = append(record.names, name.(string))
			record.values = append(record.values, string(field))
		}
	}
	if err != nil {
		return nil, errorInternal(err)
	}
	return record, nil
}

func (r *selectRun) scanCSV(data string) error {
	f := r.q.Input.CSV
	headers := f.FileHeaderInfo == "USE" || f.FileHeaderInfo == "IGNORE"
	for at := 0; at < len(data); {
		begin := at
		fields, next := f.record(data[at:])
		at += next
		switch {
		case strings.HasPrefix(data[begin:], f.Comments) || len(fields) == 1 && fields[0] == "":
		case headers:
			headers = false
			if f.FileHeaderInfo == "USE" {
				r.header = fields
			}
		case int64(begin) < r.first || int64(begin) > r.last:
		default:
			record := &selectRecord{values: fields}
			for i := range fields {
				name := "_" + strconv.Itoa(i+1)
				if i < len(r.header) {
					name = r.header[i]
				}
				record.names = append(record.names, name)
			}
			if err := r.take(record); err != nil {
				return err
			}
		}
	}
	return nil
}

// record reads the first record of data and says where the next one begins.
func (f *selectCSV) record(data string) (fields []string, next int) {
	var field strings.Builder
	quoted := false
	for i := 0; i < len(data); i++ {
		rest := data[i:]
		switch {
		case quoted && f.QuoteEscapeCharacter != f.QuoteCharacter && strings.HasPrefix(rest, f.QuoteEscapeCharacter+f.QuoteCharacter),
			quoted && strings.HasPrefix(rest, f.QuoteCharacter+f.QuoteCharacter) && f.QuoteEscapeCharacter == f.QuoteCharacter:
			field.WriteString(f.QuoteCharacter)
			i++
		case quoted && strings.HasPrefix(rest, f.QuoteCharacter):
			quoted = false
		case strings.HasPrefix(rest, f.RecordDelimiter) && (!quoted || !f.AllowQuotedRecordDelimiter):
			return append(fields, field.String()), i + len(f.RecordDelimiter)
		case !quoted && field.Len() == 0 && strings.HasPrefix(rest, f.QuoteCharacter):
			quoted = true
		case !quoted && strings.HasPrefix(rest, f.FieldDelimiter):
			fields = append(fields, field.String())
			field.Reset()
		default:
			field.WriteByte(data[i])
		}
	}
	return append(fields, field.String()), len(data)
}

// take puts out what the statement wants of a record.
func (r *selectRun) take(record *selectRecord) error {
	if w := r.s.where; w != nil {
		value, there, err := record.field(w.column, r.header)
		if err != nil {
			return err
		}
		if !there || !w.holds(value, record.json) {
			return nil
		}
	}
	picked := record
	if r.s.columns != nil {
		picked = &selectRecord{json: record.json}
		for _, column := range r.s.columns {
			value, there, err := record.field(column, r.header)
			if err != nil {
				return err
			}
			if there || r.q.Output.CSV != nil {
				picked.names, picked.values = append(picked.names, column.name), append(picked.values, value)
			}
		}
	}
	if r.q.Output.CSV != nil {
		r.writeCSV(picked)
	} else {
		r.writeJSON(picked)
	}
	if r.found++; r.found == r.s.limit {
		return errLimit
	}
	return nil
}

// field finds a column by its name, without regard to case unless it is
// quoted, or by its place.
func (s *selectRecord) field(c selectColumn, header []string) (value string, there bool, err error) {
	for i, name := range s.names {
		if name == c.name || !c.quoted && strings.EqualFold(name, c.name) {
			return s.values[i], true, nil
		}
	}
	if place, ok := strings.CutPrefix(c.name, "_"); ok && !s.json {
		if n, err := strconv.Atoi(place); err == nil && n > 0 {
			if n > len(s.values) {
				return "", false, nil
			}
			return s.values[n-1], true, nil
		}
	}
	if !s.json && header != nil {
		for _, name := range header {
			if name == c.name || !c.quoted && strings.EqualFold(name, c.name) {
				return "", false, nil // a short record
			}
		}
		return "", false, errorSelect("MissingHeaders", "Some headers in the query are missing from the file. Check the file and try again.")
	}
	return "", false, nil
}

// selectText is a value without the quotes of JSON.
func selectText(value string, isJSON bool) string {
	var s string
	if isJSON && json.Unmarshal([]byte(value), &s) == nil {
		return s
	}
	return value
}

func (r *selectRun) writeCSV(record *selectRecord) {
	f := r.q.Output.CSV
	for i, value := range record.values {
		if i > 0 {
			r.out.WriteString(f.FieldDelimiter)
		}
		value = selectText(value, record.json)
		if f.QuoteFields == "ALWAYS" || strings.Contains(value, f.FieldDelimiter) || strings.Contains(value, f.RecordDelimiter) || strings.Contains(value, f.QuoteCharacter) {
			value = f.QuoteCharacter + strings.ReplaceAll(value, f.QuoteCharacter, f.QuoteEscapeCharacter+f.QuoteCharacter) + f.QuoteCharacter
		}
		r.out.WriteString(value)
	}
	r.out.WriteString(f.RecordDelimiter)
}

func (r *selectRun) writeJSON(record *selectRecord) {
	r.out.WriteByte('{')
	for i, value := range record.values {
		if i > 0 {
			r.out.WriteByte(',')
		}
		name, _ := json.Marshal(record.names[i]) // strings never fail
		r.out.Write(name)
		r.out.WriteByte(':')
		if !record.json {
			quoted, _ := json.Marshal(value)
			value = string(quoted)
		}
		_ = json.Compact(&r.out, []byte(value)) // has been parsed
	}
	r.out.WriteByte('}')
	delimiter := r.q.Output.JSON.RecordDelimiter
	if delimiter == "" {
		delimiter = "\n"
	}
	r.out.WriteString(delimiter)
}
