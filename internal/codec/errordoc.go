package codec

import (
	"strings"

	"github.com/entrepot-go/entrepot/internal/jsontoken"
	"github.com/entrepot-go/entrepot/internal/xmltoken"
)

// ErrorFields is what an error document says.
type ErrorFields struct {
	Code, Message     string
	RequestID, HostID string

	// Details holds the remaining flat members by their name on the wire:
	// BucketName, Region, Endpoint, … It is nil if there are none.
	Details map[string]string
}

func (f *ErrorFields) set(name, value string) {
	switch name {
	case "RequestId", "RequestID", "requestId":
		f.RequestID = value
	case "HostId", "HostID":
		f.HostID = value
	case "Message", "message", "errorMessage":
		f.Message = value
	default:
		if f.Details == nil {
			f.Details = make(map[string]string)
		}
		f.Details[name] = value
	}
}

// DecodeXMLError reads <Error>…</Error>, or the same inside <ErrorResponse>. It
// reports false when body is anything else.
func DecodeXMLError(body []byte) (fields ErrorFields, ok bool) {
	var s xmltoken.Scanner
	if s.Reset(body) != nil {
		return fields, false
	}
	if ok, err := s.Child(); err != nil || !ok {
		return fields, false
	}
	switch string(s.Name()) {
	case "Error":
		ok = fields.readXML(&s)
	case "ErrorResponse":
		ok = fields.readXMLResponse(&s)
	}
	return fields, ok && s.Finish() == nil
}

// readXML reads the members of the open <Error>.
func (f *ErrorFields) readXML(s *xmltoken.Scanner) bool {
	for {
		ok, err := s.Child()
		if err != nil || !ok {
			return err == nil
		}
		name := string(s.Name())
		text, err := s.Content()
		if err != nil {
			return false
		}
		switch name {
		case "Code":
			f.Code = string(text)
		default:
			f.set(name, string(text))
		}
	}
}

func (f *ErrorFields) readXMLResponse(s *xmltoken.Scanner) (found bool) {
	for {
		ok, err := s.Child()
		if err != nil || !ok {
			return found && err == nil
		}
		if name := string(s.Name()); name == "Error" {
			if found = f.readXML(s); !found {
				return false
			}
			continue
		} else if text, err := s.Content(); err != nil {
			return false
		} else {
			f.set(name, string(text))
		}
	}
}

// XMLRoot is the local name of the root element of body; empty if body does
// not begin like XML. It reads no further than that element's start tag.
func XMLRoot(body []byte) string { return xmltoken.Root(body) }

// DecodeJSONError reads the error documents of AWS JSON: a code as "__type",
// which goes before, or "code", and a message. It reports false when body is
// anything else.
func DecodeJSONError(body []byte) (fields ErrorFields, ok bool) {
	var s jsontoken.Scanner
	if s.Reset(body) != nil {
		return fields, false
	}
	if kind, err := s.Peek(); err != nil || kind != jsontoken.Object || s.Enter() != nil {
		return fields, false
	}
	typed := false
	for {
		key, more, err := s.Key()
		if err != nil {
			return fields, false
		}
		if !more {
			return fields, s.Finish() == nil && (fields.Code != "" || fields.Message != "")
		}
		name := string(key)
		kind, err := s.Peek()
		if err != nil {
			return fields, false
		}
		var text []byte
		switch kind {
		case jsontoken.String:
			text, err = s.String()
		case jsontoken.Number:
			text, err = s.Number()
		default:
			if s.Skip() != nil {
				return fields, false
			}
			continue
		}
		if err != nil {
			return fields, false
		}
		switch name {
		case "__type":
			fields.Code, typed = ErrorCode(string(text)), true
		case "code", "Code", "errorCode":
			if !typed {
				fields.Code = ErrorCode(string(text))
			}
		default:
			fields.set(name, string(text))
		}
	}
}

// ErrorCode is the bare code in what AWS writes into __type, code and the header
// X-Amzn-Errortype: "namespace#Code:http://…".
func ErrorCode(text string) string {
	text, _, _ = strings.Cut(text, ":")
	if _, code, ok := strings.Cut(text, "#"); ok {
		text = code
	}
	return strings.TrimSpace(text)
}
