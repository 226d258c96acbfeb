package storagetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Lightsail is a server of Amazon Lightsail's object storage: the operations of
// the control API on buckets and their access keys, bundles, tags, metrics, on
// operations and regions, and on the same address the
// buckets themselves, which are reached by S3 with the access keys made for them
// or with the server's own key. What S3 says of such a bucket is what [S3] says;
// only its settings belong to the control API.
//
// Signatures are checked, for the service lightsail and the server's region.
// Members that an operation does not know are refused, where Amazon would take
// no notice of them. Who may read without a key, and what the keys of other
// accounts and of instances are good for ([Lightsail.AddAccountKey],
// [Lightsail.AddInstanceKey]), follows the settings of the buckets, and so do
// versions and CORS. Access logs are reported as they were set, but none are
// written. Changes are done when they answer. What the prices and sizes of bundles are at
// Amazon, and which codes it has for some refusals, is not known for certain.
type Lightsail struct {
	*Server

	s3    *s3Service
	calls map[string]lightsailCall

	state       sync.Mutex // guards what follows
	buckets     map[string]*lightsailBucket
	bundles     []LightsailBundle
	instances   map[string]bool           // by name
	guests      map[string]lightsailGuest // by the id of the key
	operations  []*lightsailOperation     // the oldest first
	pageSize    int
	blockPublic *lightsailBlockPublic
	counter     int // of ids
}

// changesBucket matches the operations of S3 that make, remove or configure
// buckets.
var changesBucket = regexp.MustCompile(`^(Create|Delete|Put|Update)(Bucket|PublicAccessBlock|ObjectLockConfiguration)`)

// NewLightsail starts a Lightsail server without buckets. [WithCredentials] sets
// the key for the control API.
func NewLightsail(opts ...Option) *Lightsail {
	s := newServer(newOptions(opts))
	refused := func(*s3Call) *s3Error {
		return errorAccessDenied("The settings of a Lightsail bucket are changed through the Lightsail API.")
	}
	refusals := handlers{}
	for op := range s3Handlers {
		if changesBucket.MatchString(op) {
			refusals[op] = refused
		}
	}
	l := &Lightsail{
		Server:    s,
		buckets:   map[string]*lightsailBucket{},
		guests:    map[string]lightsailGuest{},
		bundles:   lightsailBundles(),
		instances: map[string]bool{},
		pageSize:  100,
	}
	l.s3 = newS3Service(s, &s3Dialect{operations: refusals, openBuckets: true, judge: l.judge})
	l.calls = map[string]lightsailCall{
		"CreateBucket":               lightsailDefine((*Lightsail).createBucket),
		"CreateBucketAccessKey":      lightsailDefine((*Lightsail).createBucketAccessKey),
		"DeleteBucket":               lightsailDefine((*Lightsail).deleteBucket),
		"DeleteBucketAccessKey":      lightsailDefine((*Lightsail).deleteBucketAccessKey),
		"GetBucketAccessKeys":        lightsailDefine((*Lightsail).getBucketAccessKeys),
		"GetBucketBundles":           lightsailDefine((*Lightsail).getBucketBundles),
		"GetBucketMetricData":        lightsailDefine((*Lightsail).getBucketMetricData),
		"GetBuckets":                 lightsailDefine((*Lightsail).getBuckets),
		"GetOperation":               lightsailDefine((*Lightsail).getOperation),
		"GetOperations":              lightsailDefine((*Lightsail).getOperations),
		"GetOperationsForResource":   lightsailDefine((*Lightsail).getOperationsForResource),
		"GetRegions":                 lightsailDefine((*Lightsail).getRegions),
		"SetResourceAccessForBucket": lightsailDefine((*Lightsail).setResourceAccess),
		"TagResource":                lightsailDefine((*Lightsail).tagResource),
		"UntagResource":              lightsailDefine((*Lightsail).untagResource),
		"UpdateBucket":               lightsailDefine((*Lightsail).updateBucket),
		"UpdateBucketBundle":         lightsailDefine((*Lightsail).updateBucketBundle),
	}
	s.start(l)
	return l
}

// SetPageSize sets how many buckets or operations an answer holds: at least one.
// Default 100.
func (l *Lightsail) SetPageSize(n int) {
	if n < 1 {
		panic(fmt.Sprintf("storagetest: a page of %d", n))
	}
	l.state.Lock()
	defer l.state.Unlock()
	l.pageSize = n
}

// lightsailCall is an operation of the control API.
type lightsailCall struct {
	decode func([]byte) (any, error)
	serve  func(*Lightsail, any) (any, error)
}

func lightsailDefine[In any](serve func(*Lightsail, *In) (any, error)) lightsailCall {
	return lightsailCall{
		decode: func(body []byte) (any, error) {
			in := new(In)
			return in, decodeStrict(body, in)
		},
		serve: func(l *Lightsail, in any) (any, error) { return serve(l, in.(*In)) },
	}
}

const lightsailTarget = "Lightsail_20161128."

// isControl tells the control API's requests from those of S3.
func isControl(r *http.Request) bool { return r.Header.Get("X-Amz-Target") != "" }

func (l *Lightsail) operation(r *http.Request) string {
	if !isControl(r) {
		return l.s3.operation(r)
	}
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), lightsailTarget)
	if _, known := l.calls[name]; !ok || !known {
		return ""
	}
	return name
}

func (l *Lightsail) serve(w http.ResponseWriter, r *http.Request, operation string) {
	if !isControl(r) {
		l.s3.serve(w, r, operation)
		l.noteUse(w, r)
		return
	}
	out, err := l.control(r, operation)
	if err == nil {
		lightsailAnswer(w, http.StatusOK, out)
		return
	}
	var e *lightsailError
	if !errors.As(err, &e) {
		e = &lightsailError{status: http.StatusInternalServerError, name: "ServiceException", message: err.Error()}
	}
	e.answer(w)
}

func (l *Lightsail) control(r *http.Request, operation string) (any, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return nil, lightsailFault("SerializationException", "The body could not be read")
	}
	switch {
	case operation == "" || r.Method != http.MethodPost || r.URL.Path != "/":
		return nil, lightsailFault("UnknownOperationException", "")
	case r.Header.Get("Content-Type") != "application/x-amz-json-1.1":
		return nil, lightsailFault("UnknownOperationException", "The content type must be application/x-amz-json-1.1")
	}
	if err := l.authenticate(r, body); err != nil {
		return nil, err
	}
	call := l.calls[operation]
	in, err := call.decode(body)
	var member *memberError
	switch {
	case errors.As(err, &member) && member.problem == memberMissing:
		return nil, lightsailInvalid("%s is a required member", member.path)
	case err != nil:
		return nil, lightsailFault("SerializationException", err.Error())
	}
	l.state.Lock()
	defer l.state.Unlock()
	out, err := call.serve(l, in)
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(out) // before anybody can change what it refers to
	return json.RawMessage(encoded), err
}

// lightsailError is a failure. The exceptions of the service are told from the
// faults that every AWS service knows by the form of the answer.
type lightsailError struct {
	status  int
	name    string
	message string
	generic bool
}

func (e *lightsailError) Error() string { return e.name + ": " + e.message }

func lightsailFault(name, message string) error {
	return &lightsailError{status: http.StatusBadRequest, name: name, message: message, generic: true}
}

func lightsailInvalid(format string, args ...any) error {
	return &lightsailError{status: http.StatusBadRequest, name: "InvalidInputException", message: fmt.Sprintf(format, args...)}
}

func lightsailNotFound(format string, args ...any) error {
	return &lightsailError{status: http.StatusNotFound, name: "NotFoundException", message: fmt.Sprintf(format, args...)}
}

// lightsailStatus are the statuses of the service's own exceptions.
var lightsailStatus = map[string]int{
	"AccessDeniedException":           http.StatusForbidden,
	"AccountSetupInProgressException": http.StatusPreconditionRequired,
	"InvalidInputException":           http.StatusBadRequest,
	"NotFoundException":               http.StatusNotFound,
	"OperationFailureException":       http.StatusBadRequest,
	"RegionSetupInProgressException":  http.StatusBadRequest,
	"ServiceException":                http.StatusInternalServerError,
	"UnauthenticatedException":        http.StatusUnauthorized,
}

func (e *lightsailError) answer(w http.ResponseWriter) {
	document := map[string]string{}
	if e.generic {
		document["__type"] = "com.amazon.coral.service#" + e.name
		document["Message"] = e.message
	} else {
		w.Header().Set("X-Amzn-ErrorType", e.name+":http://internal.amazon.com/coral/com.amazonaws.lightsail/")
		document["__type"] = e.name
		document["code"] = e.name
		document["docs"] = "https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/CommonErrors.html"
		document["message"] = e.message
		document["tip"] = "Check the request and try again."
	}
	lightsailAnswer(w, e.status, document)
}

func lightsailAnswer(w http.ResponseWriter, status int, document any) {
	body, err := json.Marshal(document)
	if err != nil {
		panic(fmt.Sprintf("storagetest: Lightsail answer: %v", err))
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-amz-json-1.1")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	id := randomHex(16)
	h.Set("X-Amzn-RequestId", strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-"))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone does not want it
}

// fail is how the fault plan refuses a request.
func (l *Lightsail) fail(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	if !isControl(r) {
		l.s3.fail(w, r, status, code, message)
		return
	}
	if code == "" {
		code = lightsailName(status)
	}
	_, own := lightsailStatus[code]
	(&lightsailError{status: status, name: code, message: message, generic: !own}).answer(w)
}

// lightsailName is the error that goes with a status.
func lightsailName(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "UnauthenticatedException"
	case http.StatusForbidden:
		return "AccessDeniedException"
	case http.StatusNotFound:
		return "NotFoundException"
	case http.StatusPreconditionRequired:
		return "AccountSetupInProgressException"
	case http.StatusTooManyRequests:
		return "ThrottlingException"
	case http.StatusServiceUnavailable:
		return "ServiceUnavailableException"
	}
	if status >= 500 {
		return "ServiceException"
	}
	return "InvalidInputException"
}

func (l *Lightsail) expireToken(r *http.Request) { l.s3.expireToken(r) }

// lightsailTime is a timestamp in the protocol's form: seconds, with a fraction.
func lightsailTime(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
