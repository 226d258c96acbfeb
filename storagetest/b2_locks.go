package storagetest

import (
	"net/http"
	"strconv"
	"time"
)

// b2Encryption is how a file, or by default a bucket's files, would be encrypted.
type b2Encryption struct {
	mode   string // "", SSE-B2, SSE-C
	keyMD5 string // SSE-C
}

func (e b2Encryption) document() any {
	document := map[string]any{"mode": nil, "algorithm": nil}
	if e.mode != "" {
		document["mode"], document["algorithm"] = e.mode, "AES256"
	}
	return document
}

// b2SSE is the encryption that a request asks for or, of a source, tells.
type b2SSE struct {
	Mode      string `json:"mode" required:"true"`
	Algorithm string `json:"algorithm"`
	Key       string `json:"customerKey"`
	KeyMD5    string `json:"customerKeyMd5"`
}

func (s *b2SSE) check() (b2Encryption, error) {
	if s == nil || s.Mode == "none" {
		return b2Encryption{}, nil
	}
	if s.Algorithm != "AES256" {
		return b2Encryption{}, b2BadRequest("Invalid encryption algorithm: %q", s.Algorithm)
	}
	switch s.Mode {
	case "SSE-B2":
		if s.Key != "" || s.KeyMD5 != "" {
			return b2Encryption{}, b2BadRequest("SSE-B2 takes no key")
		}
		return b2Encryption{mode: "SSE-B2"}, nil
	case "SSE-C":
		isKey, isSum := readCustomerKey(s.Key, s.KeyMD5)
		if !isKey {
			return b2Encryption{}, b2BadRequest("The customer key must be 32 bytes in base64")
		}
		if !isSum {
			return b2Encryption{}, b2BadRequest("The MD5 of the customer key does not match the key")
		}
		return b2Encryption{mode: "SSE-C", keyMD5: s.KeyMD5}, nil
	}
	return b2Encryption{}, b2BadRequest("Invalid encryption mode: %q", s.Mode)
}

// b2HeaderSSE reads the encryption from the headers of an upload or a download;
// nil where they ask for none.
func b2HeaderSSE(h http.Header) (*b2SSE, error) {
	const prefix = "X-Bz-Server-Side-Encryption"
	customer := &b2SSE{
		Mode: "SSE-C", Algorithm: h.Get(prefix + "-Customer-Algorithm"),
		Key: h.Get(prefix + "-Customer-Key"), KeyMD5: h.Get(prefix + "-Customer-Key-Md5"),
	}
	asked := customer.Algorithm != "" || customer.Key != "" || customer.KeyMD5 != ""
	switch algorithm := h.Get(prefix); {
	case algorithm != "" && asked:
		return nil, b2BadRequest("SSE-B2 and SSE-C exclude each other")
	case algorithm != "":
		return &b2SSE{Mode: "SSE-B2", Algorithm: algorithm}, nil
	case asked:
		return customer, nil
	}
	return nil, nil
}

// opens checks the key that came with a request to read an encrypted file.
func (e b2Encryption) opens(given b2Encryption) error {
	switch {
	case e.mode != "SSE-C":
		return nil
	case given.mode != "SSE-C":
		return b2BadRequest("The object is encrypted with a customer's key, and the request has none.")
	case given.keyMD5 != e.keyMD5:
		return b2Fail(http.StatusForbidden, "access_denied", "The customer key is not the one that the file was encrypted with")
	}
	return nil
}

// opensSource checks the key that comes with a copy for what is copied. That is
// refused in another way than a download, and only SSE-C takes one.
func (e b2Encryption) opensSource(sse *b2SSE) error {
	given, err := sse.check()
	switch {
	case err != nil:
		return err
	case sse != nil && (given.mode != "SSE-C" || e.mode != "SSE-C"):
		return b2BadRequest("sourceServerSideEncryption is for sources encrypted with SSE-C")
	case e.mode == "SSE-C" && given.keyMD5 != e.keyMD5:
		return b2Fail(http.StatusForbidden, "access_denied", "The source cannot be read with the customer key of the request")
	}
	return nil
}

// b2Retention is until when, and how firmly, a version cannot be deleted.
type b2Retention struct {
	Mode  *string `json:"mode" required:"null"`
	Until *int64  `json:"retainUntilTimestamp" required:"null"`
}

// b2Lock is what protects a file version.
type b2Lock struct {
	retention b2Retention
	hold      string // "", on, off
}

// asked reports whether a request asks for a retention; nulls ask for none.
func (r *b2Retention) asked() bool { return r != nil && (r.Mode != nil || r.Until != nil) }

// check holds a retention to the form that requests have it in.
func (r *b2Retention) check() error {
	switch {
	case (r.Mode == nil) != (r.Until == nil):
		return b2BadRequest("Retention mode and timestamp go together")
	case r.Mode != nil && *r.Mode != "governance" && *r.Mode != "compliance":
		return b2BadRequest("Invalid retention mode: %s", *r.Mode)
	}
	return nil
}

func (r *b2Retention) checkFuture(now time.Time) error {
	if r.Until != nil && *r.Until <= now.UnixMilli() {
		return b2Fail(http.StatusBadRequest, "retain_until_timestamp_must_be_in_future", "The retainUntilTimestamp must be in future")
	}
	return nil
}

// active reports whether the retention still protects.
func (r *b2Retention) active(now time.Time) bool { return r.Mode != nil && *r.Until > now.UnixMilli() }

func b2CheckHold(hold string) error {
	if hold != "on" && hold != "off" {
		return b2BadRequest("Invalid legalHold: %s", hold)
	}
	return nil
}

// b2LockCapabilities are those that it takes to make a file with such a lock.
func b2LockCapabilities(retention *b2Retention, hold *string) []string {
	var needed []string
	if retention.asked() {
		needed = append(needed, "writeFileRetentions")
	}
	if hold != nil {
		needed = append(needed, "writeFileLegalHolds")
	}
	return needed
}

// lock checks the protection that an upload asks for and fills in the bucket's
// default.
func (b *B2) lock(bucket *b2Bucket, retention *b2Retention, hold *string) (b2Lock, error) {
	var out b2Lock
	if retention.asked() {
		if err := retention.check(); err != nil {
			return out, err
		}
	}
	if hold != nil {
		if err := b2CheckHold(*hold); err != nil {
			return out, err
		}
		out.hold = *hold
	}
	switch {
	case !bucket.locked && (retention.asked() || hold != nil):
		return out, b2LockMissing()
	case retention.asked():
		out.retention = *retention
		return out, retention.checkFuture(b.clock())
	case bucket.retention.Mode != nil:
		until := b.clock().AddDate(0, 0, int(bucket.retention.Period.Duration))
		if bucket.retention.Period.Unit == "years" {
			until = b.clock().AddDate(int(bucket.retention.Period.Duration), 0, 0)
		}
		millis := until.UnixMilli()
		out.retention = b2Retention{Mode: bucket.retention.Mode, Until: &millis}
	}
	return out, nil
}

// b2HeaderHold reads the legal hold from the headers of an upload.
func b2HeaderHold(h http.Header) *string { return nullable(h.Get("X-Bz-File-Legal-Hold")) }

// b2HeaderRetention reads the retention from the headers of an upload.
func b2HeaderRetention(h http.Header) (*b2Retention, error) {
	mode, until := h.Get("X-Bz-File-Retention-Mode"), h.Get("X-Bz-File-Retention-Retain-Until-Timestamp")
	if mode == "" && until == "" {
		return nil, nil
	}
	millis, err := strconv.ParseInt(until, 10, 64)
	if mode == "" || err != nil {
		return nil, b2BadRequest("Retention mode and timestamp go together")
	}
	return &b2Retention{Mode: &mode, Until: &millis}, nil
}

// deletable refuses to delete a protected version.
func (l b2Lock) deletable(now time.Time, bypass bool) error {
	denied := func(why string) error { return b2Fail(http.StatusUnauthorized, "access_denied", "%s", why) }
	switch {
	case l.hold == "on":
		return denied("The file is under legal hold")
	case !l.retention.active(now):
		return nil
	case *l.retention.Mode == "governance" && bypass:
		return nil
	}
	return denied("The file is under " + *l.retention.Mode + " retention")
}

// headers are those of a download that tell of the lock, as far as the key may
// know. key is nil for an anonymous reader.
func (l b2Lock) headers(h http.Header, bucket *b2Bucket, key *b2Key) {
	if !bucket.locked {
		return
	}
	hidden := ""
	const mode, until, hold = "X-Bz-File-Retention-Mode", "X-Bz-File-Retention-Retain-Until-Timestamp", "X-Bz-File-Legal-Hold"
	if key == nil || !key.can("readFileRetentions") {
		hidden = mode + "," + until
	} else if l.retention.Mode != nil {
		h.Set(mode, *l.retention.Mode)
		h.Set(until, strconv.FormatInt(*l.retention.Until, 10))
	}
	if key == nil || !key.can("readFileLegalHolds") {
		if hidden != "" {
			hidden += ","
		}
		hidden += hold
	} else if l.hold != "" {
		h.Set(hold, l.hold)
	}
	if hidden != "" {
		h.Set("X-Bz-Client-Unauthorized-To-Read", hidden)
	}
}
