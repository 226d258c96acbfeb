package storagetest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lightsailSkew is by how much the clocks may differ: less than for S3.
const lightsailSkew = 5 * time.Minute

// authenticate checks the signature of a request of the control API. The
// canonical request is that of S3, as the path is always "/".
func (l *Lightsail) authenticate(r *http.Request, body []byte) error {
	value, ok := strings.CutPrefix(r.Header.Get("Authorization"), sigV4Algorithm+" ")
	if !ok {
		return lightsailFault("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	sum := sha256.Sum256(body)
	g := &s3Signature{payload: hex.EncodeToString(sum[:]), token: r.Header.Get("X-Amz-Security-Token")}
	for field := range strings.SplitSeq(value, ",") {
		name, v, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch name {
		case "Credential":
			ok = g.setCredential(v)
		case "SignedHeaders":
			g.headers = strings.Split(v, ";")
		case "Signature":
			g.signature = v
		}
	}
	if !ok || len(g.headers) == 0 || g.signature == "" {
		return lightsailFault("IncompleteSignatureException", "The Authorization header lacks Credential, SignedHeaders or Signature")
	}
	call := &s3Call{s3Service: l.s3, r: r, target: s3Target{rawPath: "/"}, now: l.now(r)}
	if err := l.checkScope(call, g); err != nil {
		return err
	}
	l.s3.mu.Lock()
	known := l.s3.keys[g.keyID]
	var key s3Key
	if known != nil {
		key = *known
	}
	l.s3.mu.Unlock()
	switch {
	case known == nil || key.SessionToken != g.token:
		return lightsailFault("UnrecognizedClientException", "The security token included in the request is invalid.")
	case key.expired || !key.Expires.IsZero() && !call.now.Before(key.Expires):
		return lightsailFault("ExpiredTokenException", "The security token included in the request is expired")
	}
	hash := sha256.Sum256([]byte(call.canonicalRequest(g)))
	g.key = signingKey(key.Secret, g)
	toSign := strings.Join([]string{sigV4Algorithm, g.time.Format(sigV4Date), g.scope(), hex.EncodeToString(hash[:])}, "\n")
	if !hmac.Equal([]byte(g.sign(toSign)), []byte(g.signature)) {
		return lightsailFault("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	if key.Buckets != nil {
		return &lightsailError{status: http.StatusForbidden, name: "AccessDeniedException", message: "The key of a bucket is not good for the Lightsail API"}
	}
	return nil
}

// checkScope judges time, region, service and signed headers.
func (l *Lightsail) checkScope(call *s3Call, g *s3Signature) error {
	var err error
	if g.time, err = time.Parse(sigV4Date, call.header("X-Amz-Date")); err != nil || g.time.Format("20060102") != g.date {
		return lightsailFault("IncompleteSignatureException", "Authorization header requires an X-Amz-Date header of the day in its Credential")
	}
	switch skew := call.now.Sub(g.time); {
	case skew > lightsailSkew:
		return lightsailFault("InvalidSignatureException", fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 5 min.)",
			g.time.Format(sigV4Date), call.now.Add(-lightsailSkew).UTC().Format(sigV4Date), call.now.UTC().Format(sigV4Date)))
	case skew < -lightsailSkew:
		return lightsailFault("InvalidSignatureException", fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 5 min.)",
			g.time.Format(sigV4Date), call.now.Add(lightsailSkew).UTC().Format(sigV4Date), call.now.UTC().Format(sigV4Date)))
	case g.service != "lightsail":
		return lightsailFault("InvalidSignatureException", "Credential should be scoped to correct service: 'lightsail'.")
	case g.region != l.region:
		return lightsailFault("InvalidSignatureException", "Credential should be scoped to a valid region.")
	case !slices.Contains(g.headers, "x-amz-date") || !slices.Contains(g.headers, "x-amz-target") || call.checkSignedHeaders(g) != nil:
		return lightsailFault("InvalidSignatureException", "The signature has to cover host and every x-amz- header")
	}
	return nil
}
