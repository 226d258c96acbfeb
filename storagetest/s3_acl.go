package storagetest

import (
	"encoding/xml"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

var s3ACLHandlers = handlers{
	"GetBucketAcl":                  (*s3Call).getBucketACL,
	"PutBucketAcl":                  (*s3Call).putBucketACL,
	"GetObjectAcl":                  (*s3Call).getObjectACL,
	"PutObjectAcl":                  (*s3Call).putObjectACL,
	"PutBucketOwnershipControls":    bucketOwnership.put,
	"GetBucketOwnershipControls":    bucketOwnership.get,
	"DeleteBucketOwnershipControls": bucketOwnership.delete,
}

// acl is an access control list. It is kept and returned; that it allows or
// denies anything is not simulated. nil: all is granted to the owner.
type acl []aclGrant

type aclGrant struct {
	Grantee    *aclGrantee
	Permission string
}

type aclGrantee struct {
	Type         string `xml:"http://www.w3.org/2001/XMLSchema-instance type,attr"`
	ID           string `xml:",omitempty"`
	URI          string `xml:",omitempty"`
	EmailAddress string `xml:",omitempty"`
	DisplayName  string `xml:",omitempty"` // S3 takes it, and answers without it
}

// MarshalXML gives the type the prefix that clients expect: encoding/xml would
// make one up.
func (g *aclGrantee) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	start.Attr = []xml.Attr{
		{Name: xml.Name{Local: "xmlns:xsi"}, Value: "http://www.w3.org/2001/XMLSchema-instance"},
		{Name: xml.Name{Local: "xsi:type"}, Value: g.Type},
	}
	return e.EncodeElement(struct {
		ID  string `xml:",omitempty"`
		URI string `xml:",omitempty"`
	}{g.ID, g.URI}, start)
}

type accessControlPolicy struct {
	Owner             struct{ ID, DisplayName string }
	AccessControlList struct {
		XMLName xml.Name
		Grants  acl `xml:"Grant"`
	}
}

const (
	groups             = "http://acs.amazonaws.com/groups/"
	allUsers           = groups + "global/AllUsers"
	authenticatedUsers = groups + "global/AuthenticatedUsers"
	logDelivery        = groups + "s3/LogDelivery"

	// amazonEC2 is the account that aws-exec-read is for.
	amazonEC2 = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"
)

// maxGrants bounds the grants of an ACL.
const maxGrants = 100

var (
	permissions      = []string{"FULL_CONTROL", "WRITE", "WRITE_ACP", "READ", "READ_ACP"}
	canonicalUserIDs = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func userGrant(id, permission string) aclGrant {
	return aclGrant{&aclGrantee{Type: "CanonicalUser", ID: id}, permission}
}

func groupGrant(uri, permission string) aclGrant {
	return aclGrant{&aclGrantee{Type: "Group", URI: uri}, permission}
}

// cannedACLs are the grants that canned ACLs add to those of the owner. The
// owners of bucket and object are one.
var cannedACLs = map[string]acl{
	"private":                   nil,
	"public-read":               {groupGrant(allUsers, "READ")},
	"public-read-write":         {groupGrant(allUsers, "READ"), groupGrant(allUsers, "WRITE")},
	"authenticated-read":        {groupGrant(authenticatedUsers, "READ")},
	"aws-exec-read":             {userGrant(amazonEC2, "READ")},
	"bucket-owner-read":         nil,
	"bucket-owner-full-control": nil,
	"log-delivery-write":        {groupGrant(logDelivery, "WRITE"), groupGrant(logDelivery, "READ_ACP")},
}

// grantHeaders are the headers that spell grants out, with what they grant.
var grantHeaders = []struct{ name, permission string }{
	{"x-amz-grant-full-control", "FULL_CONTROL"},
	{"x-amz-grant-read", "READ"},
	{"x-amz-grant-read-acp", "READ_ACP"},
	{"x-amz-grant-write", "WRITE"},
	{"x-amz-grant-write-acp", "WRITE_ACP"},
}

// headerACL reads the ACL that the headers of the request ask for; nil: none.
func (c *s3Call) headerACL() (acl, *s3Error) {
	var list acl
	canned := c.header("X-Amz-Acl")
	if canned == "" && c.dialect.acls != nil && c.r.Header["X-Amz-Acl"] != nil {
		canned = "private" // an empty one revokes
	}
	if canned != "" {
		grants, known := cannedACLs[canned]
		if c.dialect.acls != nil {
			known = slices.Contains(c.dialect.acls, canned)
		}
		if !known {
			return nil, errorInvalidArgument("The canned ACL is not valid", "x-amz-acl", canned)
		}
		list = append(acl{userGrant(c.srv.accountID, "FULL_CONTROL")}, grants...)
	}
	for _, h := range grantHeaders {
		grantees := c.header(h.name)
		if grantees == "" {
			continue
		}
		if canned != "" {
			return nil, errorInvalidRequest("Specifying both Canned ACLs and Header Grants is not allowed")
		}
		for text := range strings.SplitSeq(grantees, ",") {
			kind, value, _ := strings.Cut(strings.TrimSpace(text), "=")
			value = strings.Trim(value, `"`)
			grantee := &aclGrantee{}
			switch kind {
			case "id":
				grantee.Type, grantee.ID = "CanonicalUser", value
			case "uri":
				grantee.Type, grantee.URI = "Group", value
			case "emailAddress":
				grantee.Type, grantee.EmailAddress = "AmazonCustomerByEmail", value
			}
			if grantee.Type == "" || value == "" {
				return nil, errorInvalidArgument("Argument format not recognized", h.name, grantees)
			}
			list = append(list, aclGrant{grantee, h.permission})
		}
	}
	return list, c.checkGrants(list)
}

func errorMalformedACL() *s3Error {
	return &s3Error{status: 400, code: "MalformedACLError", message: "The XML you provided was not well-formed or did not validate against our published schema"}
}

// checkGrants judges grants by themselves.
func (c *s3Call) checkGrants(list acl) *s3Error {
	if len(list) > maxGrants {
		return errorMalformedACL()
	}
	for _, g := range list {
		if g.Grantee == nil || !slices.Contains(permissions, g.Permission) {
			return errorMalformedACL()
		}
		switch to := g.Grantee; to.Type {
		case "CanonicalUser":
			if to.ID != c.srv.accountID && !canonicalUserIDs.MatchString(to.ID) {
				return errorInvalidArgument("Invalid id", "CanonicalUser/ID", to.ID)
			}
		case "Group":
			if !slices.Contains([]string{allUsers, authenticatedUsers, logDelivery}, to.URI) {
				return errorInvalidArgument("Invalid group uri", "Group/URI", to.URI)
			}
		case "AmazonCustomerByEmail": // ended in October 2025
			return &s3Error{status: 405, code: "MethodNotAllowed", message: "The specified method is not allowed against this resource."}
		default:
			return errorMalformedACL()
		}
	}
	return nil
}

// grants reports whether the list grants anything to a grantee of which is says
// yes.
func (list acl) grants(is func(*aclGrantee) bool) bool {
	return slices.ContainsFunc(list, func(g aclGrant) bool { return is(g.Grantee) })
}

func (list acl) public() bool {
	return list.grants(func(to *aclGrantee) bool { return to.URI == allUsers || to.URI == authenticatedUsers })
}

// others reports whether the list grants anything to others than the owner.
func (list acl) others(owner string) bool {
	return list.grants(func(to *aclGrantee) bool { return to.ID != owner })
}

// enforced reports whether ACLs do not count in the bucket.
func (b *s3Bucket) enforced() bool {
	return b.ownership != nil && b.ownership.Rules[0].ObjectOwnership == "BucketOwnerEnforced"
}

// checkACL judges whether the bucket allows an ACL. The service is locked.
func (b *s3Bucket) checkACL(list acl) *s3Error {
	switch {
	case list == nil:
		return nil
	case b.enforced():
		return &s3Error{status: 400, code: "AccessControlListNotSupported", message: "The bucket does not allow ACLs"}
	case list.public() && b.publicAccess != nil && *b.publicAccess.BlockPublicAcls:
		return errorAccessDenied("public access control lists (ACLs) are blocked by the BlockPublicAcls block public access setting")
	}
	return nil
}

// objectACL reads the ACL that a new object is given, and judges whether the
// bucket allows it. The service is locked.
func (c *s3Call) objectACL(b *s3Bucket) (acl, *s3Error) {
	list, err := c.headerACL()
	if err != nil || c.header("X-Amz-Acl") == "bucket-owner-full-control" {
		return nil, err // all to the owner is what there is without ACLs
	}
	return list, b.checkACL(list)
}

// setAccess gives a new bucket its ownership, its ACL, and the block of public
// access, as buckets have them since April 2023.
func (c *s3Call) setAccess(b *s3Bucket, ownership string, list acl) *s3Error {
	c.closeBucket(b)
	b.acl = list
	if b.ownership != nil && ownership != "" {
		b.ownership.Rules[0].ObjectOwnership = ownership
	}
	switch {
	case c.dialect.openBuckets:
	case b.enforced() && list.others(b.owner):
		return errorACLWithOwnership()
	case list.public():
		return &s3Error{status: 400, code: "InvalidBucketAclWithBlockPublicAccessError", message: "Bucket cannot have public ACLs set with BlockPublicAccess enabled"}
	}
	return nil
}

// closeBucket sets what new buckets have, unless the dialect leaves them open.
func (s *s3Service) closeBucket(b *s3Bucket) {
	if !s.dialect.openBuckets {
		b.ownership = &ownershipControls{Rules: []ownershipRule{{ObjectOwnership: "BucketOwnerEnforced"}}}
		b.publicAccess = blockAll()
	}
}

func errorACLWithOwnership() *s3Error {
	return &s3Error{status: 400, code: "InvalidBucketAclWithObjectOwnership", message: "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"}
}

type ownershipControls struct {
	Rules []ownershipRule `xml:"Rule"`
}

type ownershipRule struct{ ObjectOwnership string }

var ownerships = []string{"BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"}

var bucketOwnership = s3Document[ownershipControls]{
	root: "OwnershipControls",
	of:   func(b *s3Bucket) **ownershipControls { return &b.ownership },
	check: func(_ *s3Call, b *s3Bucket, doc *ownershipControls) *s3Error {
		if len(doc.Rules) != 1 || !slices.Contains(ownerships, doc.Rules[0].ObjectOwnership) {
			return errorMalformedXML()
		}
		if doc.Rules[0].ObjectOwnership == "BucketOwnerEnforced" && b.acl.others(b.owner) {
			return errorACLWithOwnership()
		}
		return nil
	},
	code:    "OwnershipControlsNotFoundError",
	message: "The bucket ownership controls were not found",
}

// newACL reads the ACL that the request puts, from its headers or its body.
func (c *s3Call) newACL() (acl, *s3Error) {
	list, err := c.headerACL()
	if err != nil {
		return nil, err
	}
	data, err := c.document(list == nil && c.r.ContentLength != 0)
	switch {
	case err != nil:
		return nil, err
	case list != nil && len(data) > 0:
		return nil, &s3Error{status: 400, code: "UnexpectedContent", message: "This request does not support content"}
	case list != nil:
		return list, nil
	case len(data) == 0:
		return nil, &s3Error{status: 400, code: "MissingSecurityHeader", message: "Your request was missing a required header",
			extra: []string{"MissingHeaderName", "x-amz-acl"}}
	}
	var doc accessControlPolicy
	if unmarshal(data, "AccessControlPolicy", &doc) != nil || doc.Owner.ID == "" || doc.AccessControlList.XMLName.Local == "" {
		return nil, errorMalformedACL()
	}
	if doc.Owner.ID != c.srv.accountID {
		return nil, errorAccessDenied("") // the owner stays
	}
	list = append(acl{}, doc.AccessControlList.Grants...) // not nil: it may grant nothing
	return list, c.checkGrants(list)
}

func (c *s3Call) putBucketACL() *s3Error {
	list, err := c.newACL()
	if err != nil {
		return err
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if err := b.checkACL(list); err != nil {
		return err
	}
	b.acl = list
	c.respond(http.StatusOK, nil)
	return nil
}

func (c *s3Call) putObjectACL() *s3Error {
	list, err := c.newACL()
	if err != nil {
		return err
	}
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if err := b.checkACL(list); err != nil {
		return err
	}
	o.acl = list
	setVersion(c.w.Header(), "X-Amz-Version-Id", b, o)
	c.respond(http.StatusOK, nil)
	return nil
}

func (c *s3Call) getBucketACL() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	return c.respondACL(b, b.acl)
}

func (c *s3Call) getObjectACL() *s3Error {
	b, o, err := c.lockObject()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	setVersion(c.w.Header(), "X-Amz-Version-Id", b, o)
	return c.respondACL(b, o.acl)
}

// respondACL answers with an ACL, or, where it does not count, with what does.
func (c *s3Call) respondACL(b *s3Bucket, list acl) *s3Error {
	if list == nil || b.enforced() {
		list = acl{userGrant(b.owner, "FULL_CONTROL")}
	}
	var doc accessControlPolicy
	doc.Owner.ID, doc.Owner.DisplayName = b.owner, "storagetest"
	doc.AccessControlList.Grants = list
	return c.respondDocument("AccessControlPolicy", doc)
}
