package storagetest

import (
	"regexp"
	"strconv"
	"strings"
)

var s3WebsiteHandlers = handlers{
	"PutBucketWebsite":    bucketWebsite.put,
	"GetBucketWebsite":    bucketWebsite.get,
	"DeleteBucketWebsite": bucketWebsite.delete,
}

// website is kept and returned; the website itself is not simulated.
type website struct {
	RedirectAllRequestsTo *websiteHost   `xml:",omitempty"`
	IndexDocument         *websiteIndex  `xml:",omitempty"`
	ErrorDocument         *websiteError  `xml:",omitempty"`
	RoutingRules          *websiteRoutes `xml:",omitempty"`
}

type websiteHost struct {
	HostName string
	Protocol string `xml:",omitempty"`
}

type (
	websiteIndex  struct{ Suffix string }
	websiteError  struct{ Key string }
	websiteRoutes struct {
		Rules []websiteRoute `xml:"RoutingRule"`
	}
)

type websiteRoute struct {
	Condition *websiteCondition `xml:",omitempty"`
	Redirect  *websiteRedirect
}

type websiteCondition struct {
	KeyPrefixEquals             string `xml:",omitempty"`
	HttpErrorCodeReturnedEquals string `xml:",omitempty"`
}

type websiteRedirect struct {
	Protocol             string  `xml:",omitempty"`
	HostName             string  `xml:",omitempty"`
	HttpRedirectCode     string  `xml:",omitempty"`
	ReplaceKeyWith       *string `xml:",omitempty"`
	ReplaceKeyPrefixWith *string `xml:",omitempty"`
}

// maxRoutingRules bounds the routing rules of a website.
const maxRoutingRules = 50

var bucketWebsite = s3Document[website]{
	root:    "WebsiteConfiguration",
	of:      func(b *s3Bucket) **website { return &b.website },
	check:   func(_ *s3Call, _ *s3Bucket, w *website) *s3Error { return w.check() },
	code:    "NoSuchWebsiteConfiguration",
	message: "The specified bucket does not have a website configuration",
}

func (w *website) check() *s3Error {
	if to := w.RedirectAllRequestsTo; to != nil {
		switch {
		case w.IndexDocument != nil || w.ErrorDocument != nil || w.RoutingRules != nil:
			return errorInvalidArgument("RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.", "RedirectAllRequestsTo", "not null")
		case to.HostName == "":
			return errorMalformedXML()
		}
		return checkProtocol(to.Protocol)
	}
	switch index := w.IndexDocument; {
	case index == nil:
		return errorInvalidArgument("A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty", "IndexDocument", "null")
	case index.Suffix == "" || strings.Contains(index.Suffix, "/"):
		return errorInvalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", index.Suffix)
	case w.ErrorDocument != nil && w.ErrorDocument.Key == "":
		return errorMalformedXML()
	case w.RoutingRules == nil:
		return nil
	}
	switch n := len(w.RoutingRules.Rules); {
	case n == 0:
		return errorMalformedXML()
	case n > maxRoutingRules:
		return errorInvalidRequest(strconv.Itoa(n) + " routing rules provided, the number of routing rules in a website configuration is limited to " + strconv.Itoa(maxRoutingRules) + ".")
	}
	for _, r := range w.RoutingRules.Rules {
		if err := r.check(); err != nil {
			return err
		}
	}
	return nil
}

var (
	redirectCodes = regexp.MustCompile(`^3([1-9][0-9]|0[1-9])$`)
	errorCodes    = regexp.MustCompile(`^[45][0-9][0-9]$`)
)

func (r *websiteRoute) check() *s3Error {
	if when := r.Condition; when != nil {
		switch code := when.HttpErrorCodeReturnedEquals; {
		case *when == websiteCondition{}:
			return errorInvalidRequest("Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.")
		case code != "" && !errorCodes.MatchString(code):
			return errorInvalidRequest("The provided HTTP error code (" + code + ") is not valid. Valid codes are 4XX or 5XX.")
		}
	}
	switch to := r.Redirect; {
	case to == nil || *to == websiteRedirect{}:
		return errorMalformedXML()
	case to.ReplaceKeyWith != nil && to.ReplaceKeyPrefixWith != nil:
		return errorInvalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.")
	case to.HttpRedirectCode != "" && !redirectCodes.MatchString(to.HttpRedirectCode):
		return errorInvalidRequest("The provided HTTP redirect code (" + to.HttpRedirectCode + ") is not valid. Valid codes are 3XX except 300.")
	default:
		return checkProtocol(to.Protocol)
	}
}

func checkProtocol(protocol string) *s3Error {
	if protocol != "" && protocol != "http" && protocol != "https" {
		return errorInvalidRequest("Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.")
	}
	return nil
}
