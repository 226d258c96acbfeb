package storagetest

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
)

var s3PolicyHandlers = handlers{
	"PutBucketPolicy":         (*s3Call).putPolicy,
	"GetBucketPolicy":         (*s3Call).getPolicy,
	"DeleteBucketPolicy":      (*s3Call).deletePolicy,
	"GetBucketPolicyStatus":   (*s3Call).getPolicyStatus,
	"PutPublicAccessBlock":    publicAccessBlock.put,
	"GetPublicAccessBlock":    publicAccessBlock.get,
	"DeletePublicAccessBlock": publicAccessBlock.delete,
}

// bucketPolicy is a policy as it was put. That it allows or denies anything is
// not simulated.
type bucketPolicy struct {
	text   string
	public bool
}

// maxPolicy is the longest policy in bytes.
const maxPolicy = 20 << 10

// oneOrMore is a list of strings that may be written as one.
type oneOrMore []string

func (l *oneOrMore) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*l = make(oneOrMore, 1)
		return json.Unmarshal(data, &(*l)[0])
	}
	return json.Unmarshal(data, (*[]string)(l))
}

// principal is everybody ("*"), or lists of names by their kind.
type principal map[string]oneOrMore

func (p *principal) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var name string
		err := json.Unmarshal(data, &name)
		*p = principal{"AWS": {name}}
		return err
	}
	return json.Unmarshal(data, (*map[string]oneOrMore)(p))
}

func (p principal) everybody() bool { return slices.Contains(p["AWS"], "*") }

type policyStatement struct {
	Effect       string
	Principal    principal
	NotPrincipal principal
	Action       oneOrMore
	NotAction    oneOrMore
	Resource     oneOrMore
	NotResource  oneOrMore
	Condition    map[string]map[string]any
}

type policyStatements []policyStatement

func (l *policyStatements) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		*l = make(policyStatements, 1)
		return json.Unmarshal(data, &(*l)[0])
	}
	return json.Unmarshal(data, (*[]policyStatement)(l))
}

// readPolicy judges a policy for a bucket.
func readPolicy(text []byte, bucket string) (*bucketPolicy, *s3Error) {
	malformed := func(message string) (*bucketPolicy, *s3Error) {
		return nil, &s3Error{status: 400, code: "MalformedPolicy", message: message}
	}
	var doc struct {
		Version   string
		Statement policyStatements
	}
	switch {
	case len(text) > maxPolicy:
		return nil, &s3Error{status: 400, code: "PolicyTooLarge", message: "Policy exceeds the maximum allowed document size."}
	case len(text) == 0 || text[0] != '{' || !json.Valid(text):
		return malformed("Policies must be valid JSON and the first byte must be '{'")
	case json.Unmarshal(text, &doc) != nil:
		return malformed("Invalid policy syntax.")
	case doc.Version != "" && doc.Version != "2012-10-17" && doc.Version != "2008-10-17":
		return malformed("The policy must contain a valid version string")
	case len(doc.Statement) == 0:
		return malformed("Missing required field Statement")
	}
	policy := &bucketPolicy{text: string(text)}
	for _, s := range doc.Statement {
		switch {
		case s.Effect != "Allow" && s.Effect != "Deny":
			return malformed("Invalid effect: " + s.Effect)
		case len(s.Principal) == 0 && len(s.NotPrincipal) == 0:
			return malformed("Missing required field Principal")
		case len(s.Action) == 0 && len(s.NotAction) == 0:
			return malformed("Missing required field Action")
		case len(s.Resource) == 0 && len(s.NotResource) == 0:
			return malformed("Missing required field Resource")
		}
		for _, action := range append(s.Action, s.NotAction...) {
			if action != "*" && !strings.HasPrefix(strings.ToLower(action), "s3:") {
				return malformed("Policy has invalid action")
			}
		}
		for _, resource := range append(s.Resource, s.NotResource...) {
			if !namesBucket(resource, bucket) {
				return malformed("Policy has invalid resource")
			}
		}
		// S3 looks into the conditions; here any will do.
		if s.Effect == "Allow" && len(s.Condition) == 0 && (s.Principal.everybody() || len(s.NotPrincipal) > 0) {
			policy.public = true
		}
	}
	return policy, nil
}

// namesBucket reports whether a resource of a policy is the bucket or something
// in it.
func namesBucket(resource, bucket string) bool {
	parts := strings.SplitN(resource, ":", 6) // arn:PARTITION:s3:::BUCKET/KEY
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "s3" {
		return false
	}
	name, _, _ := strings.Cut(parts[5], "/")
	ok, err := path.Match(name, bucket)
	return ok && err == nil
}

func (c *s3Call) putPolicy() *s3Error {
	data, err := c.document(false) // AWS's SDKs send a digest, minio-go does not
	if err != nil {
		return err
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	policy, err := readPolicy(data, b.name)
	if err != nil {
		return err
	}
	if policy.public && b.publicAccess != nil && *b.publicAccess.BlockPublicPolicy {
		return errorAccessDenied("public policies are blocked by the BlockPublicPolicy block public access setting")
	}
	b.policy = policy
	c.respond(http.StatusNoContent, nil)
	return nil
}

// lockPolicy finds the policy of the bucket. It returns with the service locked
// unless there is an error.
func (c *s3Call) lockPolicy() (*bucketPolicy, *s3Error) {
	b, err := c.lockBucket()
	if err != nil {
		return nil, err
	}
	if b.policy == nil {
		c.mu.Unlock()
		return nil, &s3Error{status: 404, code: "NoSuchBucketPolicy", message: "The bucket policy does not exist", extra: []string{"BucketName", b.name}}
	}
	return b.policy, nil
}

func (c *s3Call) getPolicy() *s3Error {
	policy, err := c.lockPolicy()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	c.answer = &s3Answer{status: http.StatusOK, document: []byte(policy.text), contentType: "application/json"}
	return nil
}

func (c *s3Call) getPolicyStatus() *s3Error {
	policy, err := c.lockPolicy()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	var x xmlWriter
	x.start("PolicyStatus", s3Namespace)
	x.bool("IsPublic", policy.public)
	x.end("PolicyStatus")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) deletePolicy() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	b.policy = nil
	c.respond(http.StatusNoContent, nil)
	return nil
}

// publicAccess is what a bucket forbids for everybody. Since access is not
// simulated, only what must not be put has an effect. No member is nil in one
// that is kept.
type publicAccess struct {
	BlockPublicAcls       *bool
	IgnorePublicAcls      *bool
	BlockPublicPolicy     *bool
	RestrictPublicBuckets *bool
}

// blockAll is what new buckets have.
func blockAll() *publicAccess {
	return &publicAccess{BlockPublicAcls: new(true), IgnorePublicAcls: new(true), BlockPublicPolicy: new(true), RestrictPublicBuckets: new(true)}
}

var publicAccessBlock = s3Document[publicAccess]{
	root: "PublicAccessBlockConfiguration",
	of:   func(b *s3Bucket) **publicAccess { return &b.publicAccess },
	check: func(_ *s3Call, _ *s3Bucket, p *publicAccess) *s3Error {
		if *p == (publicAccess{}) {
			return errorInvalidRequest("Must specify at least one configuration.")
		}
		for _, setting := range []**bool{&p.BlockPublicAcls, &p.IgnorePublicAcls, &p.BlockPublicPolicy, &p.RestrictPublicBuckets} {
			if *setting == nil {
				*setting = new(bool)
			}
		}
		return nil
	},
	code:    "NoSuchPublicAccessBlockConfiguration",
	message: "The public access block configuration was not found",
}
