package storagetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// B2 is a server of Backblaze B2's native API, all of its calls in versions 1 to
// 4: accounts, keys, buckets, files, large files, downloads and event
// notifications on one address, which plays the realm, the API host, the upload
// pods and the download host at once.
//
// It holds requests to the rules of the service, in the order in which the
// service looks at them: tokens and what they are good for, one upload at a time
// per upload URL, SHA-1 sums, the encoding of names, part rules, limits, Object
// Lock. Fields that a call does not know are refused. Where the service is known
// to bear with a client, the server does not: a name with characters that must be
// encoded and are not is refused, and after an upload that broke off, or failed
// otherwise than with the status 400, its upload URL is no longer accepted, so that
// a client which goes on using it is found out.
//
// The three modes of the header X-Bz-Test-Mode are there, but do not leave to
// chance what they do: with fail_some_uploads every third upload, beginning with
// the first, is answered 503; with expire_some_account_authorization_tokens a
// token expires at its fifth use; with force_cap_exceeded uploads, copies and
// downloads, and the calls that ask for upload URLs, are answered 403.
//
// What takes time at the service happens when it is told to: lifecycle rules by
// [B2.Tick], the delivery of events to webhooks by [B2.DeliverEvents].
//
// Not emulated: encryption (keys are asked for and compared, contents stay as
// they are); replication (its configuration is stored, whatever buckets and keys
// it names, and no file has a status); restricted, snapshot and shared buckets;
// live reads; suspended rules and test events of event notification; rate limits
// and caps other than by test mode; accounts without a verified address or a
// payment history; several clusters; the S3 gateway, the groups and backup
// suites, and the web console. Expired keys go on being listed. CORS rules are
// obeyed for uploads and downloads; those for the S3 gateway are stored.
//
// Limits that Backblaze has changed, or states in some places only, are not
// enforced: the number and the length of keys in a FileInfo, the size of values
// in a bucketInfo, the form of a content type, the number of application keys. Of
// codes that mean the same the server sends one: bad_bucket_id and never
// invalid_bucket_id, bad_request where some versions say invalid_file_name or the
// like, access_denied for a file that is locked. A [Fault] sends the others.
type B2 struct {
	*Server

	calls    map[string]b2Call
	answered atomic.Uint64 // counts, for the request ids

	state       sync.Mutex // guards what follows
	settings    B2Settings
	keys        map[string]*b2Key
	tokens      map[string]*b2Token
	buckets     map[string]*b2Bucket // by id
	files       map[string]*b2File   // every version of every file, by id
	counter     int64                // of ids
	lastUpload  int64                // the latest upload timestamp given out
	events      []b2PendingEvent     // not yet delivered
	testUploads int                  // uploads in test mode fail_some_uploads
}

// B2Settings are the service's own figures, to be changed where a test needs
// others. A zero field stands for the service's value.
type B2Settings struct {
	RecommendedPartSize int64         // bytes; default 100,000,000
	TokenLife           time.Duration // of account and upload tokens; default 24 hours

	// NamesPerPage ends a page of a file listing after so many names have been
	// looked at, however few of them go into the answer: pages are then short,
	// even empty, and still not the last. Default: no such limit.
	NamesPerPage int

	// StrictNames refuses file names that the service refused in former times: with
	// a slash at either end or two in a row, a backslash, a segment of more than 250
	// bytes, "." and "..".
	StrictNames bool

	// BusyAfterDisconnect is for how long after a broken upload its URL is answered
	// as if that upload were still running, with auth_token_limit. After that, and
	// by default at once, the URL is dead.
	BusyAfterDisconnect time.Duration

	// CustomUploadTimestamps allows customUploadTimestamp, which the service
	// enables by account.
	CustomUploadTimestamps bool
}

const (
	b2MaxUpload = 5_000_000_000
	b2MaxLarge  = 10_000_000_000_000
	b2MaxParts  = 10_000
	b2TokenLife = 24 * time.Hour
)

// NewB2 starts a B2 server. Its master key, account id and part size follow from
// [WithCredentials], [WithAccountID] and [WithMinPartSize]; the defaults have the
// form that the service gives them, with a smallest part of 5,000,000 bytes.
func NewB2(opts ...Option) *B2 {
	const account = "0a1b2c3d4e5f"
	defaults := []Option{
		WithAccountID(account),
		WithCredentials("002"+account+"0000000000", "K002storagetest-secret-00000000"),
		WithMinPartSize(5_000_000),
		WithRegion("us-west-002"),
	}
	s := newServer(newOptions(append(defaults, opts...)))
	b := &B2{
		Server:  s,
		keys:    map[string]*b2Key{},
		tokens:  map[string]*b2Token{},
		buckets: map[string]*b2Bucket{},
		files:   map[string]*b2File{},
	}
	b.calls = b.callTable()
	b.keys[s.keyID] = &b2Key{id: s.keyID, secret: s.secret, capabilities: b2Capabilities}
	b.Configure(B2Settings{})
	s.start(b)
	return b
}

// Configure replaces the settings.
func (b *B2) Configure(settings B2Settings) {
	b.state.Lock()
	defer b.state.Unlock()
	if settings.RecommendedPartSize == 0 {
		settings.RecommendedPartSize = 100_000_000
	}
	if settings.TokenLife == 0 {
		settings.TokenLife = b2TokenLife
	}
	b.settings = settings
}

// b2Call is a call of the JSON API.
type b2Call struct {
	capability string
	lacking    func(capability string) error // how the lack of one is answered
	decode     func([]byte) (any, error)
	fromQuery  func(url.Values) []byte
	serve      func(*b2Session, any) (any, error)
	before4    *b2Call // the form of versions 1 to 3, if it is another one
}

// b2Demanding is an input that may need more capabilities than its call does.
type b2Demanding interface{ capabilities() []string }

// b2Define makes a call of a function whose input states, by its type and tags,
// which fields there are and which are required.
func b2Define[In any](capability string, serve func(*b2Session, *In) (any, error)) b2Call {
	return b2Call{
		capability: capability,
		lacking:    b2LacksCapability,
		fromQuery:  func(q url.Values) []byte { return queryObject(q, new(In)) },
		decode: func(body []byte) (any, error) {
			in := new(In)
			return in, decodeStrict(body, in)
		},
		serve: func(s *b2Session, in any) (any, error) { return serve(s, in.(*In)) },
	}
}

// b2DefineLockUpdate makes one of the two calls that change the lock of a file,
// which have a status of their own for a key that may not.
func b2DefineLockUpdate[In any](capability string, serve func(*b2Session, *In) (any, error)) b2Call {
	call := b2Define(capability, serve)
	call.lacking = b2DeniesCapability
	return call
}

func b2DefineTwice(before4, since4 b2Call) b2Call {
	since4.before4 = &before4
	return since4
}

func (b *B2) callTable() map[string]b2Call {
	return map[string]b2Call{
		"b2_cancel_large_file":             b2Define("writeFiles", (*b2Session).cancelLargeFile),
		"b2_copy_file":                     b2Define("writeFiles", (*b2Session).copyFile),
		"b2_copy_part":                     b2Define("writeFiles", (*b2Session).copyPart),
		"b2_create_bucket":                 b2Define("writeBuckets", (*b2Session).createBucket),
		"b2_create_key":                    b2DefineTwice(b2Define("writeKeys", (*b2Session).createBucketKey), b2Define("writeKeys", (*b2Session).createBucketsKey)),
		"b2_delete_bucket":                 b2Define("deleteBuckets", (*b2Session).deleteBucket),
		"b2_delete_file_version":           b2Define("deleteFiles", (*b2Session).deleteFileVersion),
		"b2_delete_key":                    b2Define("deleteKeys", (*b2Session).deleteKey),
		"b2_finish_large_file":             b2Define("writeFiles", (*b2Session).finishLargeFile),
		"b2_get_bucket_notification_rules": b2Define("readBucketNotifications", (*b2Session).getNotificationRules),
		"b2_get_download_authorization":    b2Define("shareFiles", (*b2Session).getDownloadAuthorization),
		"b2_get_file_info":                 b2Define("readFiles", (*b2Session).getFileInfo),
		"b2_get_upload_part_url":           b2Define("writeFiles", (*b2Session).getUploadPartURL),
		"b2_get_upload_url":                b2Define("writeFiles", (*b2Session).getUploadURL),
		"b2_hide_file":                     b2Define("writeFiles", (*b2Session).hideFile),
		"b2_list_buckets":                  b2Define("listBuckets", (*b2Session).listBuckets),
		"b2_list_file_names":               b2Define("listFiles", (*b2Session).listFileNames),
		"b2_list_file_versions":            b2Define("listFiles", (*b2Session).listFileVersions),
		"b2_list_keys":                     b2Define("listKeys", (*b2Session).listKeys),
		"b2_list_parts":                    b2Define("writeFiles", (*b2Session).listParts),
		"b2_list_unfinished_large_files":   b2Define("listFiles", (*b2Session).listUnfinishedLargeFiles),
		"b2_set_bucket_notification_rules": b2Define("writeBucketNotifications", (*b2Session).setNotificationRules),
		"b2_start_large_file":              b2Define("writeFiles", (*b2Session).startLargeFile),
		"b2_update_bucket":                 b2Define("writeBuckets", (*b2Session).updateBucket),
		"b2_update_file_legal_hold":        b2DefineLockUpdate("writeFileLegalHolds", (*b2Session).updateLegalHold),
		"b2_update_file_retention":         b2DefineLockUpdate("writeFileRetentions", (*b2Session).updateRetention),
	}
}

// b2Route is where a request is headed.
type b2Route struct {
	call    string // "b2_list_buckets"; empty: nowhere
	version int
	rest    string // what follows in the path, percent-encoded, without the slash
}

// b2Find reads the path as it was sent, because the encoding of names is the
// API's own.
func b2Find(r *http.Request) b2Route {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if rest, ok := strings.CutPrefix(path, "/file/"); ok {
		return b2Route{call: "b2_download_file_by_name", rest: rest}
	}
	rest, ok := strings.CutPrefix(path, "/b2api/v")
	if !ok {
		return b2Route{}
	}
	number, rest, _ := strings.Cut(rest, "/")
	version := 1 + slices.Index([]string{"1", "2", "3", "4"}, number)
	if version == 0 {
		return b2Route{}
	}
	call, rest, _ := strings.Cut(rest, "/")
	return b2Route{call: call, version: version, rest: rest}
}

// methods are those by which the call is made.
func (route b2Route) methods() []string {
	switch route.call {
	case "b2_upload_file", "b2_upload_part":
		return []string{http.MethodPost}
	case "b2_download_file_by_name":
		return []string{http.MethodGet, http.MethodHead}
	case "b2_download_file_by_id":
		return []string{http.MethodGet, http.MethodHead, http.MethodPost}
	}
	return []string{http.MethodPost, http.MethodGet}
}

func (b *B2) known(route b2Route) bool {
	switch route.call {
	case "b2_upload_file", "b2_upload_part":
		return route.rest != ""
	case "b2_download_file_by_name":
		return true
	case "b2_authorize_account", "b2_download_file_by_id":
		return route.rest == ""
	}
	_, ok := b.calls[route.call]
	return ok && route.rest == ""
}

func (b *B2) operation(r *http.Request) string {
	if route := b2Find(r); b.known(route) {
		return route.call
	}
	return ""
}

func (b *B2) serve(w http.ResponseWriter, r *http.Request, _ string) {
	if err := b.dispatch(w, r, b2Find(r)); err != nil {
		b.refuse(w, r, err)
	}
}

func (b *B2) dispatch(w http.ResponseWriter, r *http.Request, route b2Route) error {
	if !b.known(route) {
		return b2NotFound("There is no " + r.URL.Path)
	}
	if b2Preflight(r) {
		return b.preflight(w, r, route)
	}
	if methods := route.methods(); !slices.Contains(methods, r.Method) {
		return b2Fail(http.StatusMethodNotAllowed, "method_not_allowed", "Only %s is supported", methods[0])
	}
	_ = b.allowOrigin(w.Header(), r, route) // a page that may not see the answer is kept from it by its browser
	switch route.call {
	case "b2_authorize_account":
		return b.authorizeAccount(w, r, route)
	case "b2_upload_file":
		return b.uploadFile(w, r)
	case "b2_upload_part":
		return b.uploadPart(w, r)
	case "b2_download_file_by_name":
		return b.downloadByName(w, r, route)
	case "b2_download_file_by_id":
		return b.downloadByID(w, r)
	}
	return b.jsonCall(w, r, route)
}

// b2ReadJSON reads the body of a JSON call. 10,000 sums of parts fit.
func b2ReadJSON(r *http.Request) ([]byte, error) {
	const limit = 1 << 20
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return nil, b2BadRequest("The body could not be read: %v", err)
	case len(body) > limit:
		return nil, b2BadRequest("The body is larger than %d bytes", limit)
	}
	return body, nil
}

// jsonCall checks in the order of the service, after the method: token, form of
// the request, capability; the call itself checks the rest.
func (b *B2) jsonCall(w http.ResponseWriter, r *http.Request, route b2Route) error {
	session, err := b.session(r, route.version)
	if err != nil {
		return err
	}
	call := b.calls[route.call]
	if route.version < 4 && call.before4 != nil {
		call = *call.before4
	}
	var body []byte
	if r.Method == http.MethodGet {
		body = call.fromQuery(r.URL.Query())
	} else if body, err = b2ReadJSON(r); err != nil {
		return err
	}
	in, err := call.decode(body)
	if err != nil {
		return b2BadJSON(route.call, err)
	}
	needed := []string{call.capability}
	if demanding, ok := in.(b2Demanding); ok {
		needed = append(needed, demanding.capabilities()...)
	}
	if err := session.key.lacks(needed, call.lacking); err != nil {
		return err
	}
	out, err := b.locked(func() (any, error) { return call.serve(session, in) })
	if err != nil {
		return err
	}
	b.answer(w, http.StatusOK, out)
	return nil
}

// locked runs f with the state held. f's result is encoded at once, before
// anybody can change what it refers to.
func (b *B2) locked(f func() (any, error)) (json.RawMessage, error) {
	b.state.Lock()
	defer b.state.Unlock()
	out, err := f()
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

func b2BadJSON(call string, err error) error {
	var member *memberError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &member):
		return b2BadRequest("%s in %s", member, call)
	case errors.As(err, &kind):
		return b2BadRequest("field %s of %s cannot be a %s", kind.Field, call, kind.Value)
	}
	return b2Fail(http.StatusBadRequest, "bad_json", "%s: %v", call, err)
}

// answer sends a JSON document with the headers that the service sends.
func (b *B2) answer(w http.ResponseWriter, status int, document any) {
	body, err := json.Marshal(document)
	if err != nil {
		panic(fmt.Sprintf("storagetest: B2 answer: %v", err))
	}
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Cache-Control", "max-age=0, no-cache, no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Bz-Request-Id", fmt.Sprintf("%016x", b.answered.Add(1)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone does not want it
}

// refuse answers with an error. An upload that has not been read is read first,
// or else the client may meet a broken connection instead of the answer.
func (b *B2) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *b2Error
	if !errors.As(err, &e) {
		e = &b2Error{Status: http.StatusInternalServerError, Code: "internal_error", Message: err.Error()}
	}
	if r.Header.Get("Expect") == "" {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	if e.Status == http.StatusUnauthorized && b2Find(r).call == "b2_authorize_account" {
		w.Header().Set("WWW-Authenticate", `BASIC realm="authorize_account"`)
	}
	b.answer(w, e.Status, e)
}

// fail is how the fault plan refuses a request.
func (b *B2) fail(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	b.dropUploadURL(r)
	if code == "" {
		code = b2CodeOf(status)
	}
	b.answer(w, status, &b2Error{Status: status, Code: code, Message: message})
}

func b2CodeOf(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "bad_auth_token"
	case http.StatusForbidden:
		return "access_denied"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusMethodNotAllowed:
		return "method_not_allowed"
	case http.StatusRequestTimeout:
		return "request_timeout"
	case http.StatusConflict:
		return "conflict"
	case http.StatusRequestedRangeNotSatisfiable:
		return "range_not_satisfiable"
	case http.StatusTooManyRequests:
		return "too_many_requests"
	case http.StatusServiceUnavailable:
		return "service_unavailable"
	}
	if status >= http.StatusInternalServerError {
		return "internal_error"
	}
	return "bad_request"
}

// b2TestMode reports whether the request asks for one of the service's own ways
// of failing.
func b2TestMode(r *http.Request, mode string) bool {
	for _, v := range r.Header.Values("X-Bz-Test-Mode") {
		if v == mode {
			return true
		}
	}
	return false
}

// id makes a number that no other id of this server has.
func (b *B2) id() int64 {
	b.counter++
	return b.counter
}

// uploadTime is the clock in milliseconds, moved on where two uploads would
// have the same.
func (b *B2) uploadTime() int64 { return b.uploadTimeAt(b.clock()) }

func (b *B2) uploadTimeAt(now time.Time) int64 {
	b.lastUpload = max(b.lastUpload+1, now.UnixMilli())
	return b.lastUpload
}
