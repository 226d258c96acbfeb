package s3dialect

import (
	"context"
	"io/fs"
	"maps"
	"net/http"
	"strings"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/awserror"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// Classes says which error codes mean what in the terms of io/fs. Codes that
// are not here are judged by their status.
var Classes = map[string]error{
	"NoSuchKey": fs.ErrNotExist, "NoSuchBucket": fs.ErrNotExist, "NoSuchUpload": fs.ErrNotExist,
	"NoSuchVersion": fs.ErrNotExist, "NotFound": fs.ErrNotExist,
	"AccessDenied": fs.ErrPermission, "InvalidAccessKeyId": fs.ErrPermission, "SignatureDoesNotMatch": fs.ErrPermission,
	"AllAccessDisabled": fs.ErrPermission, "AccountProblem": fs.ErrPermission,
	"BucketAlreadyExists": fs.ErrExist, "BucketAlreadyOwnedByYou": fs.ErrExist,
	// A skewed clock and the like are no matter of rights, whatever the status.
	"RequestTimeTooSkewed": nil, "InvalidObjectState": nil,
}

// Failure reads an error document, or makes up for one that a HEAD cannot have.
func (d *Dialect) Failure(c *pipeline.Call, h http.Header, body []byte, e *apierror.Error) {
	d.read(c, h, body, e)
	if d.Explain != nil {
		d.Explain(d, c, e)
	}
}

func (d *Dialect) read(c *pipeline.Call, h http.Header, body []byte, e *apierror.Error) {
	if doc, ok := codec.DecodeXMLError(body); ok {
		e.Code, e.Message, e.Details = doc.Code, doc.Message, doc.Details
		maps.DeleteFunc(e.Details, func(name, _ string) bool { return echoes(name) })
		if e.RequestID == "" {
			e.RequestID = doc.RequestID
		}
		if e.HostID == "" {
			e.HostID = doc.HostID
		}
	}
	if e.Code != "" {
		d.explain(c, e)
		return
	}
	switch e.StatusCode {
	case http.StatusOK:
		e.Message = "the answer is an error that does not say which"
	case http.StatusNotFound:
		e.Code, e.Message = "NoSuchKey", "there is no such key"
		if c.Label("Key") == "" {
			e.Code, e.Message = "NoSuchBucket", "there is no such bucket"
		}
	case http.StatusForbidden:
		e.Code, e.Message = "AccessDenied", "access denied"
		if c.Label("Key") != "" && c.Operation.Method == http.MethodHead {
			// S3 hides the absence of a key from whoever may not list.
			e.Message += " (or there is no such key, and no right to list the bucket)"
		}
	case http.StatusPreconditionFailed:
		e.Code, e.Message = "PreconditionFailed", "a condition of the request does not hold"
	case http.StatusNotModified:
		e.Code, e.Message = "NotModified", "the object has not changed"
	case http.StatusMovedPermanently:
		e.Code, e.Message = "PermanentRedirect", "the bucket is in another region or at another endpoint"
	case http.StatusRequestedRangeNotSatisfiable:
		e.Code, e.Message = "InvalidRange", "the range is not within the object"
	default:
		e.Code, e.Message = strings.ReplaceAll(http.StatusText(e.StatusCode), " ", ""), plain(h, body)
	}
}

// plain is what an answer that is no error document says, where it is text:
// it comes from something before the server, or from no server of S3 at all.
func plain(h http.Header, body []byte) string {
	if !strings.HasPrefix(h.Get("Content-Type"), "text/plain") && h["Content-Type"] != nil {
		return ""
	}
	const most = 200
	return strings.ToValidUTF8(string(body[:min(len(body), most)]), "")
}

// echoes reports whether an element of an error document repeats what
// authenticated the request: the session token (Token-0), or the text that was
// signed, with the token among its headers.
func echoes(element string) bool {
	switch element {
	case "CanonicalRequest", "CanonicalRequestBytes", "StringToSign", "StringToSignBytes", "SignatureProvided":
		return true
	}
	return strings.HasPrefix(element, "Token")
}

// explain adds what to do to messages that do not say it.
func (d *Dialect) explain(c *pipeline.Call, e *apierror.Error) {
	request := c.Request.Header
	if e.StatusCode != http.StatusNotImplemented && e.StatusCode != http.StatusBadRequest || d.knowsChecksums() {
		return
	}
	// Where the API demands a checksum, a server without that operation is more
	// likely than one without checksums.
	optional := c.Operation.Traits.Has(pipeline.ChecksumBody) && request["X-Amz-Sdk-Checksum-Algorithm"] != nil
	if c.State.(*state).payload.trailer || optional {
		switch e.Code {
		case "NotImplemented", "XAmzContentSHA256Mismatch", "InvalidArgument", "InvalidRequest":
			e.Message = strings.TrimSuffix(e.Message, ".") + "; if the server does not know such checksums, set " + d.ChecksumHint
		}
	}
}

// knowsChecksums reports whether the server is one that knows checksums, and is
// taken for what it is.
func (d *Dialect) knowsChecksums() bool {
	if d.Base.Host == "" {
		return true // the vendor's own
	}
	own := servers[serverOf(d.Base.Host)]
	return own.ChecksumHeaders && own == d.Profile
}

// Judge implements pipeline.Provider.
func (d *Dialect) Judge(_ context.Context, c *pipeline.Call, h http.Header, e *apierror.Error) pipeline.Verdict {
	st := c.State.(*state)
	if d.moved(c, st, h, e) {
		return pipeline.Again
	}
	if st.session != nil && refusedSession(c, e) {
		if c.Refreshed {
			return pipeline.Fail
		}
		c.Refreshed = true
		st.session.Invalidate(st.signer)
		return pipeline.Again
	}
	if st.signer.Token != "" && !c.Refreshed && refusedToken(e) && d.renewed(st.signer) {
		c.Refreshed = true
		return pipeline.Again
	}
	if c.Operation.Method == http.MethodHead && e.StatusCode == http.StatusBadRequest && d.mayHaveExpired(&st.signer) {
		expired := *e
		expired.Code = "ExpiredToken"
		e = &expired
	}
	return awserror.Judge(c, h, e, d.Credentials, st.signer)
}

// mayHaveExpired reports whether keys are temporary and not known to be still
// good. HEAD refuses such with a bare 400, but others as well, so that keys
// whose time is not up are not renewed for it.
func (d *Dialect) mayHaveExpired(keys *credentials.Credentials) bool {
	return keys.SessionToken != "" && (keys.Expires.IsZero() || !d.Now().Before(keys.Expires))
}

// moved learns the region of a bucket from an answer that says it is another
// one. Requests to the vendor's own hosts then go there; at an endpoint of the
// user's they stay, and are signed for that region.
func (d *Dialect) moved(c *pipeline.Call, st *state, h http.Header, e *apierror.Error) bool {
	bucket := c.Label("Bucket")
	if bucket == "" || st.place.Fixed || st.redirects > 1 || c.Operation.Name == "CreateBucket" {
		return false
	}
	switch {
	case e.StatusCode == http.StatusMovedPermanently, e.StatusCode == http.StatusTemporaryRedirect,
		e.Code == "PermanentRedirect", e.Code == "AuthorizationHeaderMalformed", e.Code == "IllegalLocationConstraintException",
		// An error of HEAD has no code to go by, but the header has the region
		// that is right.
		c.Operation.Method == http.MethodHead && (e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusForbidden):
	default:
		return false
	}
	region := h.Get("X-Amz-Bucket-Region")
	if region == "" {
		region = e.Details["Region"]
	}
	// Another call may have learned it meanwhile: what counts is where this
	// attempt went.
	if !endpoint.IsRegion(region) || region == st.place.Region || endpoint.PartitionOf(region) != endpoint.PartitionOf(st.place.Region) {
		return false
	}
	d.Regions.learn(bucket, region)
	st.redirects++
	return true
}
