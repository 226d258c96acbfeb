package b2

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entrepot-go/entrepot/internal/codec"
)

// Bounds that are checked before anything is sent. The server enforces more,
// and may enforce less one day than it did; what is here it cannot take. Where
// its own documents do not agree, it has the last word: so nothing is said of
// the number of entries in a FileInfo, of slashes in names, of the sizes of
// values in a BucketInfo, of pages of unfinished large files, or of words that
// may become more, such as capabilities.
const (
	maxNameSize = 1024
	maxPart     = 10_000

	maxTokenLife = 7 * 24 * time.Hour // of a download token
	maxKeyLife   = 1000*24*3600 - 1   // seconds

	maxPage      = 10_000
	maxPartsPage = 1000

	maxRules             = 100 // of one kind, in a bucket
	maxNotificationRules = 25
	maxBucketInfo        = 10
	maxEventsPerBatch    = 50
	maxCustomHeaders     = 10
	maxCustomHeaderSize  = 2048
	signingSecretSize    = 32

	// A file's name and FileInfo must fit into headers, with less room where
	// others are needed beside them. What is above makes the server fail
	// without telling why.
	maxMetadata       = 7000
	maxMetadataNarrow = 2048
)

// Sizes in bytes that transfers keep to; beyond, the server refuses.
const (
	maxPartSize   = 5_000_000_000
	maxObjectSize = 10_000_000_000_000
)

func refuse(path, format string, args ...any) error {
	return &codec.FieldError{Path: path, Problem: fmt.Sprintf(format, args...)}
}

func require(path string) error { return &codec.FieldError{Path: path, Problem: "is required"} }

// within puts the path of the member that an error was found in before it.
func within(path string, err error) error {
	if e, ok := err.(*codec.FieldError); ok {
		e.Path = path + "." + e.Path
	}
	return err
}

func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// first returns the first error of some checks.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (in *UploadFileInput) check() error {
	key := CustomerKey{in.ServerSideEncryptionCustomerAlgorithm, in.ServerSideEncryptionCustomerKey, in.ServerSideEncryptionCustomerKeyMd5}
	if in.ServerSideEncryption != "" && key.Key != "" {
		return refuse("ServerSideEncryption", "is SSE-B2, which excludes a customer's key")
	}
	if (in.FileRetentionMode == "") != in.FileRetentionRetainUntilTimestamp.IsZero() {
		return refuse("FileRetentionMode", "goes with FileRetentionRetainUntilTimestamp: both or neither")
	}
	// A retention and a legal hold are possible only in buckets with Object Lock.
	narrow := in.ServerSideEncryption != "" || key.Key != "" || in.FileRetentionMode != "" || in.FileLegalHold != ""
	return first(
		checkUpload(in.UploadUrl, in.AuthorizationToken),
		checkName(in.FileName),
		key.checkInHeaders(),
		checkFileInfo(in.FileName, in.FileInfo, narrow),
	)
}

func (in *StartLargeFileInput) check() error {
	locked := in.FileRetention != nil && in.FileRetention.Mode != "" || in.LegalHold != ""
	return first(
		checkName(in.FileName),
		in.FileRetention.check(),
		in.ServerSideEncryption.check("ServerSideEncryption"),
		checkFileInfo(in.FileName, in.FileInfo, in.ServerSideEncryption.isOn() || locked),
	)
}

func (in *UploadPartInput) check() error {
	key := CustomerKey{in.ServerSideEncryptionCustomerAlgorithm, in.ServerSideEncryptionCustomerKey, in.ServerSideEncryptionCustomerKeyMd5}
	return first(
		checkUpload(in.UploadUrl, in.AuthorizationToken),
		checkRange("PartNumber", in.PartNumber, 1, maxPart),
		key.checkInHeaders(),
	)
}

func (in *CopyFileInput) check() error {
	switch in.MetadataDirective {
	case MetadataDirectiveReplace:
		if in.ContentType == "" {
			return refuse("ContentType", "is required with MetadataDirectiveReplace")
		}
	case "", MetadataDirectiveCopy:
		switch {
		case in.ContentType != "":
			return refuse("ContentType", "is only possible with MetadataDirectiveReplace")
		case in.FileInfo != nil:
			return refuse("FileInfo", "is only possible with MetadataDirectiveReplace")
		}
	}
	locked := in.FileRetention != nil && in.FileRetention.Mode != "" || in.LegalHold != ""
	return first(
		checkName(in.FileName),
		in.FileRetention.check(),
		in.SourceServerSideEncryption.checkCustomer("SourceServerSideEncryption"),
		in.DestinationServerSideEncryption.check("DestinationServerSideEncryption"),
		checkFileInfo(in.FileName, in.FileInfo, in.DestinationServerSideEncryption.isOn() || locked),
	)
}

func (in *CopyPartInput) check() error {
	return first(
		checkRange("PartNumber", in.PartNumber, 1, maxPart),
		in.SourceServerSideEncryption.checkCustomer("SourceServerSideEncryption"),
		in.DestinationServerSideEncryption.checkCustomer("DestinationServerSideEncryption"),
	)
}

func (in *FinishLargeFileInput) check() error {
	if n := len(in.PartSha1Array); n < 2 || n > maxPart {
		return refuse("PartSha1Array", "must be those of 2 to %d parts, not %d", maxPart, n)
	}
	for i, sum := range in.PartSha1Array {
		if !isSha1(sum) {
			return refuse(item("PartSha1Array", i), "is not a SHA-1 in hex")
		}
	}
	return nil
}

func (in *DownloadFileByNameInput) check() error {
	key := CustomerKey{in.ServerSideEncryptionCustomerAlgorithm, in.ServerSideEncryptionCustomerKey, in.ServerSideEncryptionCustomerKeyMd5}
	return first(checkSpan(in.Range), key.checkInHeaders())
}

func (in *DownloadFileByIdInput) check() error {
	key := CustomerKey{in.ServerSideEncryptionCustomerAlgorithm, in.ServerSideEncryptionCustomerKey, in.ServerSideEncryptionCustomerKeyMd5}
	return first(checkSpan(in.Range), key.checkInHeaders())
}

func (in *HideFileInput) check() error { return checkName(in.FileName) }

func (in *UpdateFileRetentionInput) check() error { return in.FileRetention.check() }

func (in *ListFileNamesInput) check() error {
	return checkRange("MaxFileCount", in.MaxFileCount, 0, maxPage)
}

func (in *ListFileVersionsInput) check() error {
	if in.StartFileId != "" && in.StartFileName == "" {
		return refuse("StartFileName", "is required with StartFileId")
	}
	return checkRange("MaxFileCount", in.MaxFileCount, 0, maxPage)
}

func (in *ListUnfinishedLargeFilesInput) check() error {
	return checkLeast("MaxFileCount", in.MaxFileCount, 0)
}

func (in *ListKeysInput) check() error {
	return checkRange("MaxKeyCount", in.MaxKeyCount, 0, maxPage)
}

func (in *ListPartsInput) check() error {
	return first(
		checkLeast("StartPartNumber", in.StartPartNumber, 0),
		checkRange("MaxPartCount", in.MaxPartCount, 0, maxPartsPage),
	)
}

func (in *GetDownloadAuthorizationInput) check() error {
	return checkRange("ValidDurationInSeconds", in.ValidDurationInSeconds, 1, int64(maxTokenLife/time.Second))
}

func (in *CreateKeyInput) check() error {
	switch {
	case len(in.Capabilities) == 0:
		return require("Capabilities")
	case len(in.KeyName) > 100 || !consistsOf(in.KeyName, "-"):
		return refuse("KeyName", "must have 1 to 100 letters, digits and '-'")
	case in.BucketIds != nil && len(in.BucketIds) == 0:
		// Nobody means a key for no bucket; one for all would be a surprise.
		return refuse("BucketIds", "is empty: it is nil for a key without restriction")
	}
	return checkRange("ValidDurationInSeconds", in.ValidDurationInSeconds, 0, maxKeyLife) // 0: no end
}

func (in *CreateBucketInput) check() error {
	return first(
		checkBucketName(in.BucketName),
		checkBucketInfo(in.BucketInfo),
		checkCorsRules(in.CorsRules),
		checkLifecycleRules(in.LifecycleRules),
		in.ReplicationConfiguration.check(),
		in.DefaultServerSideEncryption.checkDefault(),
	)
}

func (in *UpdateBucketInput) check() error {
	return first(
		checkBucketInfo(in.BucketInfo),
		checkCorsRules(in.CorsRules),
		in.DefaultRetention.check(),
		in.DefaultServerSideEncryption.checkDefault(),
		checkLifecycleRules(in.LifecycleRules),
		in.ReplicationConfiguration.check(),
		checkLeast("IfRevisionIs", in.IfRevisionIs, 0),
	)
}

func (in *SetBucketNotificationRulesInput) check() error {
	const path = "EventNotificationRules"
	if n := len(in.EventNotificationRules); n > maxNotificationRules {
		return refuse(path, "has %d rules; the limit is %d", n, maxNotificationRules)
	}
	names := make(map[string]bool)
	for i := range in.EventNotificationRules {
		r := &in.EventNotificationRules[i]
		if err := r.check(); err != nil {
			return within(item(path, i), err)
		}
		if names[r.Name] {
			return refuse(item(path, i)+".Name", "is that of another rule")
		}
		names[r.Name] = true
	}
	return nil
}

// check leaves to the server which types of events there are, and which
// exclude each other: it has codes of its own to say so.
func (r *EventNotificationRule) check() error {
	err := first(
		checkRuleName("Name", r.Name),
		checkRange("MaxEventsPerBatch", r.MaxEventsPerBatch, 0, maxEventsPerBatch), // 0: 1
	)
	if err == nil && len(r.EventTypes) == 0 {
		err = require("EventTypes")
	}
	if err == nil {
		err = within("TargetConfiguration", r.TargetConfiguration.check())
	}
	return err
}

func (c *TargetConfiguration) check() error {
	switch {
	case c.TargetType == "":
		return require("TargetType")
	case c.Url == "":
		return require("Url")
	case !isWebhook(c.Url):
		return refuse("Url", "is not an URL of https") // it may hold a secret
	case len(c.CustomHeaders) > maxCustomHeaders:
		return refuse("CustomHeaders", "has %d headers; the limit is %d", len(c.CustomHeaders), maxCustomHeaders)
	}
	size := 0
	names := make(map[string]bool)
	for i, h := range c.CustomHeaders {
		name := strings.ToLower(h.Name)
		switch path := item("CustomHeaders", i) + ".Name"; {
		case name == "":
			return require(path)
		case strings.HasPrefix(name, "x-bz-"):
			return refuse(path, "begins with X-Bz-, which is reserved")
		case names[name]:
			return refuse(path, "is there twice: names of headers do not differ by case")
		}
		names[name] = true
		size += encodedSize(h.Name) + encodedSize(h.Value) + 3
	}
	if size > maxCustomHeaderSize {
		return refuse("CustomHeaders", "have %d bytes as they are sent; the limit is %d", size, maxCustomHeaderSize)
	}
	if s := string(c.HmacSha256SigningSecret); s != "" && (len(s) != signingSecretSize || !consistsOf(s, "")) {
		return refuse("HmacSha256SigningSecret", "must have %d letters and digits", signingSecretSize)
	}
	return nil
}

// isWebhook allows loopback addresses as well: no service can reach those, but
// a server for tests can.
func isWebhook(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()))
}

func checkUpload(url string, token Secret) error {
	switch {
	case url == "":
		return require("UploadUrl")
	case token == "":
		return require("AuthorizationToken")
	}
	return nil
}

func checkRange(path string, n, least, most int64) error {
	if n < least || n > most {
		return refuse(path, "must be %d to %d, not %d", least, most, n)
	}
	return nil
}

func checkLeast(path string, n, least int64) error {
	if n < least {
		return refuse(path, "must be %d or more, not %d", least, n)
	}
	return nil
}

// checkSpan checks a Range. One in another unit is, by the rules of HTTP, no
// range at all: the answer would be the whole file.
func checkSpan(span string) error {
	if span != "" && !strings.HasPrefix(span, "bytes=") {
		return refuse("Range", "must be bytes=FIRST-LAST or bytes=FIRST-, not %q", span)
	}
	return nil
}

func checkName(name string) error {
	switch {
	case name == "":
		return require("FileName")
	case len(name) > maxNameSize:
		return refuse("FileName", "is longer than %d bytes", maxNameSize)
	case !utf8.ValidString(name):
		return refuse("FileName", "is not valid UTF-8")
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return refuse("FileName", "has a control character")
	}
	return nil
}

// checkFileInfo checks a FileInfo, and that it has room beside a name. The
// room is narrow where headers for encryption or Object Lock need theirs.
func checkFileInfo(name string, info FileInfo, narrow bool) error {
	limit := maxMetadata
	if narrow {
		limit = maxMetadataNarrow
	}
	size := encodedSize(name)
	for key, value := range info {
		problem := infoProblem(key, info)
		if problem == "" && !utf8.ValidString(value) {
			problem = "is not valid UTF-8"
		}
		if problem != "" {
			return refuse("FileInfo["+strconv.Quote(key)+"]", "%s", problem)
		}
		size += len(key) + encodedSize(value)
	}
	if size > limit {
		return refuse("FileInfo", "has, with the name, %d bytes as it is sent; the limit is %d", size, limit)
	}
	return nil
}

// infoProblem says what is wrong with a key of info, if anything is.
func infoProblem(key string, info FileInfo) string {
	lower := strings.ToLower(key)
	switch {
	case !consistsOf(key, "-_.`~!#$%^&*'|+"):
		return "must have a key of letters, digits and -_.`~!#$%^&*'|+"
	case lower != key && isTwice(lower, info):
		return "is there twice: keys do not differ by case"
	case !strings.HasPrefix(lower, "b2-"):
		return ""
	}
	switch lower {
	case InfoContentDisposition, InfoContentLanguage, InfoExpires, InfoCacheControl, InfoContentEncoding:
		return ""
	}
	return "begins with b2-, which is reserved"
}

func isTwice(lower string, info FileInfo) bool {
	n := 0
	for key := range info {
		if strings.ToLower(key) == lower {
			n++
		}
	}
	return n > 1
}

// consistsOf reports whether s, which is not empty, has only letters and
// digits of ASCII and some signs.
func consistsOf(s, signs string) bool {
	for i := range len(s) {
		if !isPlain(s[i], signs) {
			return false
		}
	}
	return s != ""
}

func isPlain(c byte, signs string) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(signs, c) >= 0
}

// encodedSize is the size of s in a header at least: with all those characters
// left alone that may be.
func encodedSize(s string) int {
	n := len(s)
	for i := range len(s) {
		if !isPlain(s[i], "._-/~!$'()*;=:@ ") {
			n += 2
		}
	}
	return n
}

func isSha1(text string) bool { return len(text) == hexSize && parseSha1(text) != nil }

// checkBucketName allows dots: buckets that were made by the S3 gateway have
// them. Names used to have up to 50 characters.
func checkBucketName(name string) error {
	switch {
	case name == "": // the codec says so
	case len(name) < 6 || len(name) > 63 || !consistsOf(name, "-."):
		return refuse("BucketName", "must have 6 to 63 letters, digits and '-'")
	case strings.HasPrefix(name, "b2-"):
		return refuse("BucketName", "begins with b2-, which is reserved")
	}
	return nil
}

// checkRuleName is for names of rules, which look like those of buckets. Of CORS
// rules an older document says 50 characters.
func checkRuleName(path, name string) error {
	switch {
	case len(name) < 6 || len(name) > 63 || !consistsOf(name, "-"):
		return refuse(path, "must have 6 to 63 letters, digits and '-'")
	case strings.HasPrefix(name, "b2-"):
		return refuse(path, "begins with b2-, which is reserved")
	}
	return nil
}

func checkBucketInfo(info map[string]string) error {
	if len(info) > maxBucketInfo {
		return refuse("BucketInfo", "has %d entries; the limit is %d", len(info), maxBucketInfo)
	}
	for key := range info {
		if !consistsOf(key, "-_") {
			return refuse("BucketInfo["+strconv.Quote(key)+"]", "must have a key of letters, digits, '-' and '_'")
		}
	}
	return nil
}

func checkCorsRules(rules []CorsRule) error {
	const path = "CorsRules"
	if len(rules) > maxRules {
		return refuse(path, "has %d rules; the limit is %d", len(rules), maxRules)
	}
	names := make(map[string]bool)
	for i := range rules {
		r, at := &rules[i], item(path, i)
		err := first(
			checkRuleName("CorsRuleName", r.CorsRuleName),
			checkRange("MaxAgeSeconds", r.MaxAgeSeconds, 0, 24*3600),
		)
		switch {
		case err != nil:
			return within(at, err)
		case names[r.CorsRuleName]:
			return refuse(at+".CorsRuleName", "is that of another rule")
		case len(r.AllowedOrigins) == 0:
			return require(at + ".AllowedOrigins")
		case len(r.AllowedOperations) == 0:
			return require(at + ".AllowedOperations")
		}
		names[r.CorsRuleName] = true
	}
	return nil
}

func checkLifecycleRules(rules []LifecycleRule) error {
	const path = "LifecycleRules"
	if len(rules) > maxRules {
		return refuse(path, "has %d rules; the limit is %d", len(rules), maxRules)
	}
	prefixes := make([]string, len(rules))
	for i := range rules {
		r := &rules[i]
		days := []int64{r.DaysFromUploadingToHiding, r.DaysFromHidingToDeleting, r.DaysFromStartingToCancelingUnfinishedLargeFiles}
		switch least, most := slices.Min(days), slices.Max(days); {
		case least < 0:
			return refuse(item(path, i), "has a time of %d days; the least is 1", least)
		case most == 0:
			return refuse(item(path, i), "has no time set")
		}
		prefixes[i] = r.FileNamePrefix
	}
	slices.Sort(prefixes) // those that begin with another follow it
	for i := 1; i < len(prefixes); i++ {
		if strings.HasPrefix(prefixes[i], prefixes[i-1]) {
			return refuse(path, "has prefixes %q and %q, of which one begins with the other", prefixes[i-1], prefixes[i])
		}
	}
	return nil
}

func (c *ReplicationConfiguration) check() error {
	if c == nil || c.AsReplicationSource == nil {
		return nil
	}
	const path = "ReplicationConfiguration.AsReplicationSource"
	if c.AsReplicationSource.SourceApplicationKeyId == "" {
		return require(path + ".SourceApplicationKeyId")
	}
	names, priorities := make(map[string]bool), make(map[int64]bool)
	for i := range c.AsReplicationSource.ReplicationRules {
		r, at := &c.AsReplicationSource.ReplicationRules[i], item(path+".ReplicationRules", i)
		switch {
		case len(r.ReplicationRuleName) > 64 || !consistsOf(r.ReplicationRuleName, "-_"):
			return refuse(at+".ReplicationRuleName", "must have 1 to 64 letters, digits, '-' and '_'")
		case names[r.ReplicationRuleName]:
			return refuse(at+".ReplicationRuleName", "is that of another rule")
		case r.DestinationBucketId == "":
			return require(at + ".DestinationBucketId")
		case priorities[r.Priority]:
			return refuse(at+".Priority", "is that of another rule")
		}
		if err := checkRange("Priority", r.Priority, 1, 1<<31-1); err != nil {
			return within(at, err)
		}
		names[r.ReplicationRuleName], priorities[r.Priority] = true, true
	}
	return nil
}

func (r *DefaultRetention) check() error {
	switch {
	case r == nil:
		return nil
	case (r.Mode == "") != (r.Period == nil):
		return refuse("DefaultRetention", "has a Mode with a Period, or neither")
	case r.Period == nil:
		return nil
	case r.Period.Unit == "":
		return require("DefaultRetention.Period.Unit")
	}
	return checkLeast("DefaultRetention.Period.Duration", r.Period.Duration, 1)
}

func (r *FileRetention) check() error {
	if r != nil && (r.Mode == "") != r.RetainUntilTimestamp.IsZero() {
		return refuse("FileRetention", "has a Mode with a RetainUntilTimestamp, or neither")
	}
	return nil
}

// isOn reports whether there is an encryption other than none.
func (e *ServerSideEncryption) isOn() bool { return e != nil && e.Mode != EncryptionModeNone }

func (e *ServerSideEncryption) check(path string) error {
	switch {
	case e == nil:
		return nil
	case e.Mode == "":
		return require(path + ".Mode")
	case e.Mode != EncryptionModeSSEC && (e.CustomerKey != "" || e.CustomerKeyMd5 != ""):
		return refuse(path+".Mode", "is %s, which takes no customer's key", e.Mode)
	case e.Mode == EncryptionModeSSEB2 && e.Algorithm == "":
		return require(path + ".Algorithm")
	case e.Mode == EncryptionModeSSEC && e.CustomerKey == "":
		return require(path + ".CustomerKey")
	case e.Mode == EncryptionModeSSEC:
		return CustomerKey{e.Algorithm, e.CustomerKey, e.CustomerKeyMd5}.check(path+".", path+".Customer")
	}
	return nil
}

// checkCustomer is check where only SSE-C has anything to say.
func (e *ServerSideEncryption) checkCustomer(path string) error {
	if e != nil && e.Mode != EncryptionModeSSEC {
		return refuse(path+".Mode", "must be SSE-C: others are left out here")
	}
	return e.check(path)
}

// checkDefault is check for the default of a bucket.
func (e *ServerSideEncryption) checkDefault() error {
	const path = "DefaultServerSideEncryption"
	if e != nil && e.Mode == EncryptionModeSSEC {
		return refuse(path+".Mode", "cannot be SSE-C: the service keeps no key")
	}
	return e.check(path)
}

// check wants all of a customer's key, or nothing of it. Its members are told
// by what their names begin with: that of the algorithm, and those of the key
// and its MD5.
func (k CustomerKey) check(algorithm, customer string) error {
	if k == (CustomerKey{}) {
		return nil
	}
	switch "" {
	case string(k.Algorithm):
		return require(algorithm + "Algorithm")
	case string(k.Key):
		return require(customer + "Key")
	case k.KeyMd5:
		return require(customer + "KeyMd5")
	}
	raw, err := base64.StdEncoding.DecodeString(string(k.Key))
	if err != nil || len(raw) != 32 {
		return refuse(customer+"Key", "is not base64 of 32 bytes")
	}
	sum := md5.Sum(raw)
	if k.KeyMd5 != base64.StdEncoding.EncodeToString(sum[:]) {
		return refuse(customer+"KeyMd5", "is not base64 of the MD5 of the key's 32 bytes")
	}
	return nil
}

// checkInHeaders is check for members that travel in headers.
func (k CustomerKey) checkInHeaders() error {
	const members = "ServerSideEncryptionCustomer"
	return k.check(members, members)
}
