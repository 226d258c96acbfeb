package s3

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"sync/atomic"

	"github.com/aws/smithy-go/eventstream"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// SelectObjectContent runs an SQL expression over an object in CSV, JSON or
// Parquet and streams what it yields. The caller reads the Payload to its end
// or closes it. (AWS offers it to accounts that have used it before July 2024;
// other servers have it too.)
//
// Errors: [ErrNoSuchKey], [ErrNoSuchBucket]; codes that begin with Parse, Lexer,
// Unsupported or Invalid say what is wrong with the expression. What goes wrong
// while the object is scanned comes from the Payload.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html
func (c *Client) SelectObjectContent(ctx context.Context, in *SelectObjectContentInput, opts ...Option) (*SelectObjectContentOutput, error) {
	return selectObjectContent(ctx, c, in, opts) // the codec knows no event streams
}

var opSelectObjectContent = &pipeline.Operation{
	Name: "SelectObjectContent", Method: "POST", Path: "/{Bucket}/{Key+}?select&select-type=2",
	Root: "SelectObjectContentRequest", Namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
}

type SelectObjectContentInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"`

	Expression     string         `xml:"Expression,required"`     // at most 256 KiB: "SELECT s.name FROM S3Object s WHERE s.id = '7'"
	ExpressionType ExpressionType `xml:"ExpressionType,required"` // SQL

	InputSerialization  InputSerialization  `xml:"InputSerialization,required"`
	OutputSerialization OutputSerialization `xml:"OutputSerialization,required"`

	RequestProgress *RequestProgress `xml:"RequestProgress"` // nil: no ProgressEvent comes
	ScanRange       *ScanRange       `xml:"ScanRange"`       // nil: the whole object

	// The customer key (SSE-C) that the object was stored with.
	SSECustomerAlgorithm string          `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string          `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	ExpectedBucketOwner string `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type SelectObjectContentOutput struct {
	Payload *SelectObjectContentEventStream // must be read to its end, or closed

	ResponseMetadata entrepot.ResponseMetadata
}

// ExpressionType is the language of an expression.
type ExpressionType string

const ExpressionTypeSql ExpressionType = "SQL"

// InputSerialization says how the object is written: one of CSV, JSON and
// Parquet is set.
type InputSerialization struct {
	CSV     *CSVInput     `xml:"CSV"`
	JSON    *JSONInput    `xml:"JSON"`
	Parquet *ParquetInput `xml:"Parquet"`

	CompressionType CompressionType `xml:"CompressionType"` // of the whole object; empty: NONE, as for Parquet always
}

// CSVInput says how an object in CSV is written. Empty members stand for the
// defaults.
type CSVInput struct {
	FileHeaderInfo       FileHeaderInfo `xml:"FileHeaderInfo"`       // default NONE: columns are _1, _2, …
	FieldDelimiter       string         `xml:"FieldDelimiter"`       // one character; default ","
	RecordDelimiter      string         `xml:"RecordDelimiter"`      // one or two characters; default "\n"
	QuoteCharacter       string         `xml:"QuoteCharacter"`       // default `"`
	QuoteEscapeCharacter string         `xml:"QuoteEscapeCharacter"` // makes a quote character within quotes an ordinary one; default `"`
	Comments             string         `xml:"Comments"`             // a record that begins so is left out; default "#"

	// AllowQuotedRecordDelimiter has record delimiters within quotes belong to
	// the field. nil: false, which is faster.
	AllowQuotedRecordDelimiter *bool `xml:"AllowQuotedRecordDelimiter"`
}

// FileHeaderInfo says what the first record of CSV is.
type FileHeaderInfo string

const (
	FileHeaderInfoUse    FileHeaderInfo = "USE"    // the names of the columns
	FileHeaderInfoIgnore FileHeaderInfo = "IGNORE" // names, but columns are _1, _2, …
	FileHeaderInfoNone   FileHeaderInfo = "NONE"   // data
)

// CompressionType is how an object in CSV or JSON is compressed.
type CompressionType string

const (
	CompressionTypeNone  CompressionType = "NONE"
	CompressionTypeGzip  CompressionType = "GZIP"
	CompressionTypeBzip2 CompressionType = "BZIP2"
)

// JSONInput says how an object in JSON is written.
type JSONInput struct {
	Type JSONType `xml:"Type"`
}

// JSONType says what an object in JSON consists of.
type JSONType string

const (
	JSONTypeDocument JSONType = "DOCUMENT" // one value, which may span lines
	JSONTypeLines    JSONType = "LINES"    // one value a line
)

// ParquetInput stands for an object in Parquet.
type ParquetInput struct{}

// OutputSerialization says how the records come: one of CSV and JSON is set.
type OutputSerialization struct {
	CSV  *CSVOutput  `xml:"CSV"`
	JSON *JSONOutput `xml:"JSON"`
}

// CSVOutput says how records come in CSV. Empty members stand for the defaults,
// which are those of [CSVInput].
type CSVOutput struct {
	QuoteFields          QuoteFields `xml:"QuoteFields"` // default ASNEEDED
	FieldDelimiter       string      `xml:"FieldDelimiter"`
	RecordDelimiter      string      `xml:"RecordDelimiter"`
	QuoteCharacter       string      `xml:"QuoteCharacter"`
	QuoteEscapeCharacter string      `xml:"QuoteEscapeCharacter"`
}

// QuoteFields says which fields of CSV are quoted.
type QuoteFields string

const (
	QuoteFieldsAlways   QuoteFields = "ALWAYS"
	QuoteFieldsAsneeded QuoteFields = "ASNEEDED"
)

// JSONOutput says how records come in JSON.
type JSONOutput struct {
	RecordDelimiter string `xml:"RecordDelimiter"` // default "\n"
}

// RequestProgress asks for ProgressEvents.
type RequestProgress struct {
	Enabled *bool `xml:"Enabled"` // nil: false
}

// ScanRange is a part of an object that is not compressed: the records that
// begin there are scanned, also to their end behind it.
type ScanRange struct {
	Start *int64 `xml:"Start"` // the first byte, from 0; nil: End counts bytes from the end of the object
	End   *int64 `xml:"End"`   // the last byte; nil: the last of the object
}

// SelectObjectContentEvent is what comes in the answer of SelectObjectContent:
// a [RecordsEvent], [StatsEvent], [ProgressEvent], [ContinuationEvent] or
// [EndEvent].
type SelectObjectContentEvent interface{ selectObjectContentEvent() }

// RecordsEvent is a piece of the records. Records may be divided between pieces
// at any byte.
type RecordsEvent struct {
	Payload []byte `payload:"Payload"`
}

// StatsEvent comes once, when the object has been scanned.
type StatsEvent struct {
	Details Stats `payload:"Details"`
}

// ProgressEvent comes from time to time if it has been asked for.
type ProgressEvent struct {
	Details Progress `payload:"Details"`
}

// ContinuationEvent says that the server is still at it.
type ContinuationEvent struct{}

// EndEvent is the last event: everything has come.
type EndEvent struct{}

// Stats says how much of an object has been scanned in all.
type Stats struct {
	BytesScanned   int64 `xml:"BytesScanned"`   // as stored
	BytesProcessed int64 `xml:"BytesProcessed"` // decompressed
	BytesReturned  int64 `xml:"BytesReturned"`  // of records
}

// Progress says how much of an object has been scanned so far.
type Progress struct {
	BytesScanned   int64 `xml:"BytesScanned"`   // as stored
	BytesProcessed int64 `xml:"BytesProcessed"` // decompressed
	BytesReturned  int64 `xml:"BytesReturned"`  // of records
}

func (RecordsEvent) selectObjectContentEvent()      {}
func (StatsEvent) selectObjectContentEvent()        {}
func (ProgressEvent) selectObjectContentEvent()     {}
func (ContinuationEvent) selectObjectContentEvent() {}
func (EndEvent) selectObjectContentEvent()          {}

// SelectObjectContentEventStream is the answer of SelectObjectContent as it
// comes. Either Events yields all of it, or Read the records alone:
//
//	_, err = io.Copy(os.Stdout, out.Payload)
//
// Both end without an error only after the server has said that this is all.
// It may be read once, and by one goroutine; Close works from any.
type SelectObjectContentEventStream struct {
	body   io.ReadCloser
	in     *bufio.Reader
	meta   *entrepot.ResponseMetadata
	closed atomic.Bool

	records []byte // not read yet
	buffer  []byte // that records are in
	err     error  // how it has ended
}

// maxEvent is the largest message of an event stream: 16 MiB of payload and
// 128 KiB of headers, with what is around them.
const maxEvent = 16<<20 + 128<<10 + 16

// Events yields the events, of which the last is an [EndEvent]. Breaking out
// closes the stream. An error ends it: an [*Error] that has a Code if it is
// the server's. A second range goes on where the first one ended.
func (s *SelectObjectContentEventStream) Events() iter.Seq2[SelectObjectContentEvent, error] {
	return func(yield func(SelectObjectContentEvent, error) bool) {
		for {
			event, err := s.next()
			if err == io.EOF {
				return
			}
			if !yield(event, err) {
				s.Close()
				return
			}
			if err != nil {
				return
			}
		}
	}
}

// Read reads the records without the events between them.
func (s *SelectObjectContentEventStream) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(s.records) == 0 {
		m, kind, err := s.message(s.buffer[:0])
		if err != nil {
			return 0, err
		}
		switch kind {
		case "Records":
			s.records, s.buffer = m.Payload, m.Payload
		case "End":
			s.end(io.EOF)
		}
	}
	n := copy(p, s.records)
	s.records = s.records[n:]
	return n, nil
}

// Close ends the stream and lets go of the connection.
func (s *SelectObjectContentEventStream) Close() error {
	s.closed.Store(true)
	return s.body.Close()
}

// next returns the next event, and io.EOF after the last.
func (s *SelectObjectContentEventStream) next() (SelectObjectContentEvent, error) {
	for {
		m, kind, err := s.message(nil)
		if err != nil {
			return nil, err
		}
		switch kind {
		case "Records":
			return RecordsEvent{Payload: m.Payload}, nil
		case "Stats":
			var event StatsEvent
			if err := s.document(&m, &event); err != nil {
				return nil, err
			}
			return event, nil
		case "Progress":
			var event ProgressEvent
			if err := s.document(&m, &event); err != nil {
				return nil, err
			}
			return event, nil
		case "Cont":
			return ContinuationEvent{}, nil
		case "End":
			s.end(io.EOF)
			return EndEvent{}, nil
		}
		// One of a later version of the API.
	}
}

// document decodes the payload of an event.
func (s *SelectObjectContentEventStream) document(m *eventstream.Message, event any) error {
	if err := codec.Decode(&codec.Response{Body: m.Payload}, codec.Document{Format: codec.XML}, event); err != nil {
		return s.end(s.failure(err))
	}
	return nil
}

// message reads the next message, its payload into buf, and says what event it
// is.
func (s *SelectObjectContentEventStream) message(buf []byte) (m eventstream.Message, event string, err error) {
	if s.err != nil {
		return m, "", s.err
	}
	if s.closed.Load() {
		return m, "", s.end(http.ErrBodyReadAfterClose)
	}
	// The decoder believes any length.
	limited := io.LimitedReader{R: s.in, N: maxEvent}
	m, err = eventstream.NewDecoder().Decode(&limited, buf)
	switch known := (*Error)(nil); {
	case errors.As(err, &known) || errors.Is(err, http.ErrBodyReadAfterClose): // of the connection
		return m, "", s.end(err)
	case err != nil && limited.N == 0:
		return m, "", s.end(s.failure(fmt.Errorf("the event stream has a message of more than %d bytes", maxEvent)))
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return m, "", s.end(s.failure(fmt.Errorf("the event stream breaks off before its end: %w", io.ErrUnexpectedEOF)))
	case err != nil:
		return m, "", s.end(s.failure(fmt.Errorf("the event stream is damaged: %w", err)))
	}
	switch kind := header(&m, ":message-type"); kind {
	case "event":
		return m, header(&m, ":event-type"), nil
	case "error":
		return m, "", s.end(s.refusal(header(&m, ":error-code"), header(&m, ":error-message")))
	case "exception":
		return m, "", s.end(s.refusal(header(&m, ":exception-type"), string(m.Payload)))
	default:
		return m, "", s.end(s.failure(fmt.Errorf("the event stream has a message of unknown type %q", kind)))
	}
}

// header is the value of a message's header, if it is text.
func header(m *eventstream.Message, name string) string {
	text, _ := m.Headers.Get(name).(eventstream.StringValue)
	return string(text)
}

// end lets everything that follows fail with err.
func (s *SelectObjectContentEventStream) end(err error) error {
	s.err = err
	if err == io.EOF {
		// A body that has been read to its end leaves the connection to others.
		var rest [1]byte
		_, _ = s.in.Read(rest[:])
	}
	s.body.Close()
	return err
}

// refusal is an error of the server's.
func (s *SelectObjectContentEventStream) refusal(code, message string) error {
	e := s.answered()
	e.Code, e.Message = code, message
	return publicError(e)
}

// failure is an error of ours.
func (s *SelectObjectContentEventStream) failure(err error) error {
	e := s.answered()
	e.StatusCode, e.Err = 0, err
	return publicError(e)
}

func (s *SelectObjectContentEventStream) answered() *apierror.Error {
	return &apierror.Error{
		Service: flavour.Name, Operation: opSelectObjectContent.Name, StatusCode: s.meta.StatusCode,
		RequestID: s.meta.RequestID, HostID: s.meta.HostID, Attempts: s.meta.Attempts,
	}
}

// selectObjectContent is SelectObjectContent: a call for a body, which is then
// read as a stream of events.
func selectObjectContent(ctx context.Context, c *Client, in *SelectObjectContentInput, opts []Option) (*SelectObjectContentOutput, error) {
	type answer struct {
		Body io.ReadCloser `payload:"Payload"`

		ResponseMetadata entrepot.ResponseMetadata
	}
	got, err := invoke[answer](ctx, c, opSelectObjectContent, in, opts)
	if err != nil {
		return nil, err
	}
	out := &SelectObjectContentOutput{ResponseMetadata: got.ResponseMetadata}
	out.Payload = &SelectObjectContentEventStream{body: got.Body, in: bufio.NewReaderSize(got.Body, 32<<10), meta: &out.ResponseMetadata}
	return out, nil
}
