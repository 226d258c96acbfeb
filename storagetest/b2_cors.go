package storagetest

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type b2CORSRule struct {
	Name              string   `json:"corsRuleName" required:"true"`
	AllowedOrigins    []string `json:"allowedOrigins" required:"true"`
	AllowedOperations []string `json:"allowedOperations" required:"true"`
	AllowedHeaders    []string `json:"allowedHeaders"`
	ExposeHeaders     []string `json:"exposeHeaders"`
	MaxAgeSeconds     *int64   `json:"maxAgeSeconds" required:"true"`
}

var (
	b2CORSName       = regexp.MustCompile(`^[A-Za-z0-9-]{6,50}$`) // newer text may say 63, as of other names
	b2CORSOperations = []string{
		"b2_download_file_by_id", "b2_download_file_by_name", "b2_upload_file", "b2_upload_part",
		"s3_delete", "s3_get", "s3_head", "s3_post", "s3_put",
	}
)

func b2CheckCORS(rules []b2CORSRule) error {
	if len(rules) > 100 {
		return b2BadRequest("More than 100 CORS rules")
	}
	seen := map[string]bool{}
	for _, rule := range rules {
		switch {
		case !b2CORSName.MatchString(rule.Name) || strings.HasPrefix(rule.Name, "b2-"):
			return b2BadRequest("Invalid corsRuleName: %q", rule.Name)
		case seen[rule.Name]:
			return b2BadRequest("CORS rule name %s comes twice", rule.Name)
		case len(rule.AllowedOrigins) == 0:
			return b2BadRequest("CORS rule %s has no allowedOrigins", rule.Name)
		case len(rule.AllowedOperations) == 0:
			return b2BadRequest("CORS rule %s has no allowedOperations", rule.Name)
		case *rule.MaxAgeSeconds < 0 || *rule.MaxAgeSeconds > 86_400:
			return b2BadRequest("CORS rule %s: maxAgeSeconds must be from 0 to 86400", rule.Name)
		}
		for _, operation := range rule.AllowedOperations {
			if !slices.Contains(b2CORSOperations, operation) {
				return b2BadRequest("CORS rule %s: unknown operation %q", rule.Name, operation)
			}
		}
		if err := rule.checkNames(); err != nil {
			return err
		}
		seen[rule.Name] = true
	}
	return nil
}

// checkNames holds the origins and headers of a rule to the forms that they may
// have.
func (rule *b2CORSRule) checkNames() error {
	anyHTTPS := false
	for _, origin := range rule.AllowedOrigins {
		if anyHTTPS && (origin == "https" || strings.HasPrefix(origin, "https:")) {
			return b2BadRequest("CORS rule %s: origin %q comes after https", rule.Name, origin)
		}
		anyHTTPS = anyHTTPS || origin == "https"
		if origin != "*" && origin != "https" && !b2IsOrigin(origin) {
			return b2BadRequest("CORS rule %s: invalid origin %q", rule.Name, origin)
		}
	}
	for _, header := range rule.AllowedHeaders {
		if name := strings.TrimSuffix(header, "*"); header != "*" && !b2HeaderName.MatchString(name) {
			return b2BadRequest("CORS rule %s: invalid allowed header %q", rule.Name, header)
		}
	}
	for _, header := range rule.ExposeHeaders {
		if !b2HeaderName.MatchString(header) {
			return b2BadRequest("CORS rule %s: invalid exposed header %q", rule.Name, header)
		}
	}
	return nil
}

var b2HeaderName = regexp.MustCompile("^[A-Za-z0-9!#$%&'+.^_`|~-]+$") // without "*", the wildcard

// b2Origin is a scheme, a host and a port, of which "*" may stand for a part.
var b2Origin = regexp.MustCompile(`^(https?)://[A-Za-z0-9.*_-]+(?::([0-9]+|\*))?$`)

// b2IsOrigin reports whether s is an origin as rules have them.
func b2IsOrigin(s string) bool {
	m := b2Origin.FindStringSubmatch(s)
	if m == nil || strings.Count(s, "*") > 1 {
		return false
	}
	standard := map[string]string{"https": "443", "http": "80"}
	return m[2] != standard[m[1]] // which browsers leave out
}

// allows reports whether the rule allows a page of the origin to make a call with
// such headers, which are in lower case.
func (rule *b2CORSRule) allows(origin, call string, headers []string) bool {
	return slices.Contains(rule.AllowedOperations, call) &&
		slices.ContainsFunc(rule.AllowedOrigins, func(pattern string) bool {
			return pattern == "https" && strings.HasPrefix(origin, "https:") || matchesWildcard(pattern, origin)
		}) &&
		headersAllowed(rule.AllowedHeaders, headers)
}

// b2Preflight reports whether r is the request by which a browser asks whether a
// page may make another one.
func b2Preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// allowOrigin tells a browser whether the page that r comes from may make the
// call and see the answer: the first rule that matches says so. Only uploads and
// downloads are subject to rules; no page may make other calls.
func (b *B2) allowOrigin(h http.Header, r *http.Request, route b2Route) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	headers := headersAsked(r.Header)
	b.state.Lock()
	defer b.state.Unlock()
	bucket := b.bucketOf(r, route)
	if bucket == nil {
		return false
	}
	i := slices.IndexFunc(bucket.cors, func(rule b2CORSRule) bool { return rule.allows(origin, route.call, headers) })
	if i < 0 {
		return false
	}
	rule := &bucket.cors[i]
	if slices.Contains(rule.AllowedOrigins, "*") {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Vary", "Origin")
	if len(rule.ExposeHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(rule.ExposeHeaders, ", "))
	}
	if b2Preflight(r) {
		h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
		h.Set("Access-Control-Max-Age", strconv.FormatInt(*rule.MaxAgeSeconds, 10))
		if len(headers) > 0 {
			h.Set("Access-Control-Allow-Headers", strings.Join(headers, ", "))
		}
	}
	return true
}

// bucketOf finds the bucket that an upload or a download is about; nil where
// there is none. The state is held.
func (b *B2) bucketOf(r *http.Request, route b2Route) *b2Bucket {
	first, _, _ := strings.Cut(route.rest, "/")
	id := ""
	switch route.call {
	case "b2_download_file_by_name":
		return b.bucketNamed(first)
	case "b2_upload_file":
		return b.buckets[first]
	case "b2_upload_part":
		id = first
	case "b2_download_file_by_id":
		id = r.URL.Query().Get("fileId")
	}
	if f := b.files[id]; f != nil {
		return f.bucket
	}
	return nil
}

// bucketNamed finds a bucket as downloads name it.
func (b *B2) bucketNamed(name string) *b2Bucket {
	for _, bucket := range b.buckets {
		if bucket.name == name {
			return bucket
		}
	}
	return nil
}

// preflight answers the question of a browser, which carries no token.
func (b *B2) preflight(w http.ResponseWriter, r *http.Request, route b2Route) error {
	asked := r.Header.Get("Access-Control-Request-Method")
	if !slices.Contains(route.methods(), asked) || !b.allowOrigin(w.Header(), r, route) {
		return b2Fail(http.StatusForbidden, "access_denied", "No CORS rule of the bucket allows this")
	}
	w.WriteHeader(http.StatusOK)
	return nil
}
