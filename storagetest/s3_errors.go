package storagetest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// s3Error is an error as S3 answers it. It implements error, so that it passes
// through readers.
type s3Error struct {
	status  int
	code    string
	message string
	extra   []string    // names and texts of further elements, in turn
	header  http.Header // further headers
}

// Error implements error.
func (e *s3Error) Error() string { return e.code + ": " + e.message }

// hostID makes up the second identifier of a request from the first.
func hostID(requestID string) string {
	sum := sha256.Sum256([]byte(requestID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// fail answers with e.
func (c *s3Call) fail(e *s3Error) {
	h := c.w.Header()
	for name, values := range e.header {
		h[name] = values
	}
	h.Del("Content-Range")
	if e.status == http.StatusRequestedRangeNotSatisfiable {
		if v := e.header.Get("Content-Range"); v != "" {
			h.Set("Content-Range", v)
		}
	}
	h.Del("Etag")
	if e.status == http.StatusNotModified {
		if v := e.header.Get("Etag"); v != "" {
			h.Set("Etag", v)
		}
		c.respond(e.status, nil)
		c.send()
		return
	}
	var x xmlWriter
	x.start("Error", "")
	x.text("Code", c.errorCode(e))
	x.text("Message", e.message)
	for i := 0; i+1 < len(e.extra); i += 2 {
		x.text(e.extra[i], e.extra[i+1])
	}
	path := c.target.rawPath
	if path == "" {
		path = c.r.URL.EscapedPath()
	}
	x.text("Resource", path)
	x.text("RequestId", c.requestID)
	if c.dialect.errorTail != nil {
		c.dialect.errorTail(c, &x, e.status)
	} else {
		x.text("HostId", hostID(c.requestID))
	}
	x.end("Error")
	c.respond(e.status, x.bytes())
	c.send()
}

// errorCode is the vendor's name of an error.
func (c *s3Call) errorCode(e *s3Error) string { return cmp.Or(c.dialect.codes[e.code], e.code) }

// s3Answer is an answer on its way: handlers hold the service's lock, so it is
// sent after they have returned. A client that reads slowly, or a fault that
// stalls, then holds up nobody else.
type s3Answer struct {
	status      int
	document    []byte // nil: no body
	contentType string // of the document; empty: XML
}

// respond sets the answer of the call.
func (c *s3Call) respond(status int, document []byte) {
	c.answer = &s3Answer{status: status, document: document}
}

// send sends the answer.
func (c *s3Call) send() {
	h := c.w.Header()
	if c.answer.document != nil {
		h.Set("Content-Type", cmp.Or(c.answer.contentType, "application/xml"))
	}
	if c.answer.status != http.StatusNoContent && c.answer.status != http.StatusNotModified && c.r.Method != http.MethodHead {
		h.Set("Content-Length", strconv.Itoa(len(c.answer.document)))
	}
	c.w.WriteHeader(c.answer.status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(c.answer.document) // a client that has gone away is its own affair
	}
}

// codeForStatus is S3's usual code for a status.
func codeForStatus(status int) string {
	switch status {
	case 400:
		return "InvalidRequest"
	case 401, 403:
		return "AccessDenied"
	case 404:
		return "NoSuchKey"
	case 405:
		return "MethodNotAllowed"
	case 409:
		return "OperationAborted"
	case 412:
		return "PreconditionFailed"
	case 416:
		return "InvalidRange"
	case 429, 503:
		return "SlowDown"
	case 501:
		return "NotImplemented"
	}
	return "InternalError"
}

func errorInvalidURI() *s3Error {
	return &s3Error{status: 400, code: "InvalidURI", message: "Couldn't parse the specified URI."}
}

func errorInvalidArgument(message, name, value string) *s3Error {
	return &s3Error{status: 400, code: "InvalidArgument", message: message,
		extra: []string{"ArgumentName", name, "ArgumentValue", value}}
}

func errorInvalidRequest(message string) *s3Error {
	return &s3Error{status: 400, code: "InvalidRequest", message: message}
}

func errorMalformedXML() *s3Error {
	return &s3Error{status: 400, code: "MalformedXML",
		message: "The XML you provided was not well-formed or did not validate against our published schema"}
}

func errorAccessDenied(message string) *s3Error {
	if message == "" {
		message = "Access Denied"
	}
	return &s3Error{status: 403, code: "AccessDenied", message: message}
}

// errorNotImplemented is the answer for an operation, or for a header that
// stands for one.
func errorNotImplemented(what string) *s3Error {
	return &s3Error{status: 501, code: "NotImplemented",
		message: "A header or operation you provided implies functionality that is not implemented: " + what}
}

func errorNoSuchBucket(name string) *s3Error {
	return &s3Error{status: 404, code: "NoSuchBucket", message: "The specified bucket does not exist",
		extra: []string{"BucketName", name}}
}

func errorNoSuchKey(key string) *s3Error {
	return &s3Error{status: 404, code: "NoSuchKey", message: "The specified key does not exist.",
		extra: []string{"Key", key}}
}

func errorNoSuchUpload(id string) *s3Error {
	return &s3Error{status: 404, code: "NoSuchUpload",
		message: "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
		extra:   []string{"UploadId", id}}
}

func errorPrecondition(condition string) *s3Error {
	return &s3Error{status: 412, code: "PreconditionFailed",
		message: "At least one of the pre-conditions you specified did not hold",
		extra:   []string{"Condition", condition}}
}

func errorIncompleteBody() *s3Error {
	return &s3Error{status: 400, code: "IncompleteBody",
		message: "You did not provide the number of bytes specified by the Content-Length HTTP header"}
}

func errorInternal(err error) *s3Error {
	return &s3Error{status: 500, code: "InternalError",
		message: "We encountered an internal error. Please try again. (" + err.Error() + ")"}
}

func validUTF8(s string) bool { return utf8.ValidString(s) }

// parseQuery reads a query the way S3 does: a semicolon is no separator.
func parseQuery(raw string) (url.Values, error) {
	q := make(url.Values)
	for name, value := range queryPairs(raw) {
		n, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, err
		}
		q[n] = append(q[n], v)
	}
	return q, nil
}
