package s3_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
)

// message is a message of an event stream: headers of text, names and values
// in turn, and a payload.
func message(payload string, headers ...string) string {
	var h []byte
	for i := 0; i < len(headers); i += 2 {
		h = append(h, byte(len(headers[i])))
		h = append(h, headers[i]...)
		h = append(h, 7)
		h = binary.BigEndian.AppendUint16(h, uint16(len(headers[i+1])))
		h = append(h, headers[i+1]...)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(12+len(h)+len(payload)+4))
	b = binary.BigEndian.AppendUint32(b, uint32(len(h)))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(b, h...)
	b = append(b, payload...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)))
}

func event(kind, payload string) string {
	return message(payload, ":message-type", "event", ":event-type", kind, ":content-type", "application/octet-stream")
}

const (
	statsDocument    = `<Stats><BytesScanned>10</BytesScanned><BytesProcessed>20</BytesProcessed><BytesReturned>3</BytesReturned></Stats>`
	progressDocument = `<Progress xmlns=""><BytesScanned>1</BytesScanned><BytesProcessed>2</BytesProcessed><BytesReturned>3</BytesReturned></Progress>`
)

// selecting is a call of SelectObjectContent that gets an answer.
func selecting(t testing.TB, answer string) *s3.SelectObjectContentOutput {
	t.Helper()
	c := canned(t, &answers{status: 200, body: answer, header: http.Header{"X-Amz-Request-Id": {"R1"}}})
	return call(t, c.SelectObjectContent, selectInput("SELECT * FROM S3Object"))
}

func selectInput(expression string) *s3.SelectObjectContentInput {
	return &s3.SelectObjectContentInput{
		Bucket: "photos", Key: "k", Expression: expression, ExpressionType: s3.ExpressionTypeSql,
		InputSerialization:  s3.InputSerialization{CSV: &s3.CSVInput{}},
		OutputSerialization: s3.OutputSerialization{CSV: &s3.CSVOutput{}},
	}
}

// TestSelectEvents reads answers of every kind in both ways.
func TestSelectEvents(t *testing.T) {
	whole := event("Cont", "") + event("Records", "a,b\n") + event("Progress", progressDocument) + event("Later", "?") + event("Records", "") + event("Records", "c,d\n") +
		event("Stats", statsDocument) + event("End", "")
	events := []s3.SelectObjectContentEvent{
		s3.ContinuationEvent{}, s3.RecordsEvent{Payload: []byte("a,b\n")}, s3.ProgressEvent{Details: s3.Progress{BytesScanned: 1, BytesProcessed: 2, BytesReturned: 3}},
		s3.RecordsEvent{}, s3.RecordsEvent{Payload: []byte("c,d\n")}, s3.StatsEvent{Details: s3.Stats{BytesScanned: 10, BytesProcessed: 20, BytesReturned: 3}}, s3.EndEvent{},
	}
	damaged := func(at int) string {
		b := []byte(event("Records", "a,b\n") + event("Records", "c,d\n"))
		b[len(event("Records", "a,b\n"))+at] ^= 1
		return string(b)
	}
	first := []s3.SelectObjectContentEvent{s3.RecordsEvent{Payload: []byte("a,b\n")}}
	endless := binary.BigEndian.AppendUint32(nil, 0xfffffff0)
	endless = append(endless, 0, 0, 0, 0)
	endless = binary.BigEndian.AppendUint32(endless, crc32.ChecksumIEEE(endless))
	backwards := binary.BigEndian.AppendUint32(nil, 17)
	backwards = append(backwards, 0, 0, 0, 5)
	backwards = binary.BigEndian.AppendUint32(backwards, crc32.ChecksumIEEE(backwards))

	for _, test := range []struct {
		name    string
		answer  string
		events  []s3.SelectObjectContentEvent
		records string
		err     string
		is      error
	}{
		{name: "whole", answer: whole, events: events, records: "a,b\nc,d\n"},
		{name: "something behind the end", answer: whole + "x", events: events, records: "a,b\nc,d\n"},
		{name: "empty", answer: "", err: "s3: SelectObjectContent: the event stream breaks off before its end: unexpected EOF (request R1)", is: io.ErrUnexpectedEOF},
		{name: "no end", answer: event("Records", "a,b\n"), events: first, records: "a,b\n", err: "s3: SelectObjectContent: the event stream breaks off before its end", is: io.ErrUnexpectedEOF},
		{name: "broken off", answer: event("Records", "a,b\n") + event("Records", "c,d\n")[:40], events: first, records: "a,b\n", err: "s3: SelectObjectContent: the event stream breaks off before its end", is: io.ErrUnexpectedEOF},
		{name: "a length that is damaged", answer: damaged(3), events: first, records: "a,b\n", err: "s3: SelectObjectContent: the event stream is damaged: message checksum mismatch"},
		{name: "a header that is damaged", answer: damaged(20), events: first, records: "a,b\n", err: "s3: SelectObjectContent: the event stream is damaged: message checksum mismatch"},
		{name: "records that are damaged", answer: damaged(len(event("Records", "c,d\n")) - 6), events: first, records: "a,b\n", err: "s3: SelectObjectContent: the event stream is damaged: message checksum mismatch"},
		{name: "a message without end", answer: string(endless) + strings.Repeat("x", 17<<20), err: "s3: SelectObjectContent: the event stream has a message of more than 16908304 bytes"},
		{name: "headers that are longer than the message", answer: string(backwards) + strings.Repeat("\x01a\x00", 6<<20), err: "s3: SelectObjectContent: the event stream "},
		{
			name: "an error", answer: event("Records", "a,b\n") + message("", ":message-type", "error", ":error-code", "CSVParsingError", ":error-message", "Not CSV."),
			events: first, records: "a,b\n", err: "s3: SelectObjectContent: CSVParsingError: Not CSV. (status 200, request R1)",
		}, {
			name: "an error that has a sentinel", answer: message("", ":message-type", "error", ":error-code", "SlowDown", ":error-message", "Slow."),
			err: "s3: SelectObjectContent: SlowDown: Slow.", is: s3.ErrSlowDown,
		}, {
			name: "an exception", answer: message("what it is", ":message-type", "exception", ":exception-type", "Some"),
			err: "s3: SelectObjectContent: Some: what it is",
		},
		{name: "a message of unknown type", answer: message("", ":message-type", "news"), err: `s3: SelectObjectContent: the event stream has a message of unknown type "news"`},
		{name: "no XML", answer: event("Stats", "{}"), err: "s3: SelectObjectContent: Details: ", records: ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			check := func(how string, err error) {
				t.Helper()
				known := (*s3.Error)(nil)
				if test.err == "" && err != nil || test.err != "" && (!errors.As(err, &known) || !strings.HasPrefix(err.Error(), test.err)) || test.is != nil && !errors.Is(err, test.is) {
					t.Errorf("%s: error is %v, want %s", how, err, test.err)
				}
			}
			out := selecting(t, test.answer)
			var got []s3.SelectObjectContentEvent
			var err error
			for e, failure := range out.Payload.Events() {
				if err != nil {
					t.Error("events behind an error")
				}
				if err = failure; err == nil {
					got = append(got, e)
				}
			}
			check("Events", err)
			if diff := cmp.Diff(test.events, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			for range out.Payload.Events() { // the end stays
				if err == nil {
					t.Error("an event behind the end")
				}
				break
			}
			if test.name == "no XML" {
				return // Read looks at records only
			}
			records, err := io.ReadAll(selecting(t, test.answer).Payload)
			check("Read", err)
			if string(records) != test.records {
				t.Errorf("records are %q, want %q", records, test.records)
			}
		})
	}
}

// closing counts how often an answer's body is closed.
type closing struct {
	io.Reader
	closed int
}

func (c *closing) Close() error { c.closed++; return nil }

type bodies func(r *http.Request) io.ReadCloser

func (b bodies) RoundTrip(r *http.Request) (*http.Response, error) {
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: b(r), ContentLength: -1, Request: r}, nil
}

// TestSelectCloses wants the connection let go of, however reading ends.
func TestSelectCloses(t *testing.T) {
	whole := event("Records", "a") + event("Records", "b") + event("End", "")
	for name, read := range map[string]func(t *testing.T, s *s3.SelectObjectContentEventStream){
		"all events": func(t *testing.T, s *s3.SelectObjectContentEventStream) {
			for _, err := range s.Events() {
				if err != nil {
					t.Error(err)
				}
			}
		},
		"some events": func(t *testing.T, s *s3.SelectObjectContentEventStream) {
			for range s.Events() {
				break
			}
			if _, err := s.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) {
				t.Errorf("Read after a break: %v", err)
			}
		},
		"all records": func(t *testing.T, s *s3.SelectObjectContentEventStream) {
			if _, err := io.ReadAll(s); err != nil {
				t.Error(err)
			}
		},
		"nothing": func(t *testing.T, s *s3.SelectObjectContentEventStream) {
			if err := errors.Join(s.Close(), s.Close()); err != nil {
				t.Error(err)
			}
			for _, err := range s.Events() {
				if !errors.Is(err, http.ErrBodyReadAfterClose) {
					t.Errorf("Events after Close: %v", err)
				}
			}
		},
		"records, then events": func(t *testing.T, s *s3.SelectObjectContentEventStream) {
			if _, err := io.ReadFull(s, make([]byte, 1)); err != nil {
				t.Error(err)
			}
			var left []string
			for e, err := range s.Events() {
				left = append(left, fmt.Sprintf("%s %v", e, err))
			}
			if diff := cmp.Diff([]string{"{b} <nil>", "{} <nil>"}, left); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var body *closing
			c := newClient(t, s3.Config{
				Region: "us-east-1", Credentials: credentials.Static("ID", "secret", ""),
				HTTPClient: &http.Client{Transport: bodies(func(*http.Request) io.ReadCloser {
					body = &closing{Reader: strings.NewReader(whole)}
					return body
				})},
			})
			out := call(t, c.SelectObjectContent, selectInput("SELECT * FROM S3Object"))
			read(t, out.Payload)
			if body.closed == 0 {
				t.Error("the body has not been closed")
			}
		})
	}
}

// TestSelectCloseEndsReads closes a stream that another goroutine waits for.
func TestSelectCloseEndsReads(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	c := newClient(t, s3.Config{
		Region: "us-east-1", Credentials: credentials.Static("ID", "secret", ""),
		HTTPClient: &http.Client{Transport: bodies(func(r2 *http.Request) io.ReadCloser {
			stop := r2.Context().Done()
			go func() { <-stop; r.CloseWithError(errors.New("cancelled")) }()
			return r
		})},
	})
	out := call(t, c.SelectObjectContent, selectInput("SELECT * FROM S3Object"))
	ended := make(chan error, 1)
	reading := make(chan struct{})
	go func() {
		var err error
		for _, failure := range out.Payload.Events() {
			if err = failure; err == nil {
				close(reading)
			}
		}
		ended <- err
	}()
	io.WriteString(w, event("Records", "a"))
	<-reading
	if err := out.Payload.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("the events end without an error")
	}
}

// FuzzSelect has foreign bytes read as an event stream: no failure but an error.
func FuzzSelect(f *testing.F) {
	f.Add([]byte(event("Records", "a") + event("Stats", statsDocument) + event("End", "")))
	f.Add([]byte(message("", ":message-type", "error", ":error-code", "C", ":error-message", "m")))
	f.Add([]byte{0, 0, 0, 17, 0, 0, 0, 5})
	f.Fuzz(func(t *testing.T, answer []byte) {
		records, readErr := io.ReadAll(selecting(t, string(answer)).Payload)
		var joined []byte
		var last s3.SelectObjectContentEvent
		for e, err := range selecting(t, string(answer)).Payload.Events() {
			if err != nil {
				return // also of documents, which Read does not look at
			}
			if r, ok := e.(s3.RecordsEvent); ok {
				joined = append(joined, r.Payload...)
			}
			last = e
		}
		if last != (s3.EndEvent{}) || readErr != nil || !bytes.Equal(records, joined) {
			t.Errorf("Events end in %v with %q, Read in %v with %q", last, joined, readErr, records)
		}
	})
}
