package realservers

import (
	"context"
	"slices"
	"strings"

	"github.com/entrepot-go/entrepot/s3"
)

// An operation is a method of the client.
type operation[In, Out any] = func(context.Context, *In, ...s3.Option) (*Out, error)

// making returns what makes a call of which only the error is of interest.
func making[In, Out any](p *trials, call operation[In, Out], in *In) func() error {
	return func() error {
		_, err := call(p.ctx(), in)
		return err
	}
}

// reading returns what makes a call and picks from its answer what is to be
// like want.
func reading[In, Out, T any](p *trials, call operation[In, Out], in *In, want T, pick func(*Out) T) func() (any, any, error) {
	return func() (any, any, error) {
		out, err := call(p.ctx(), in)
		if err != nil {
			return nil, nil, err
		}
		return pick(out), want, nil
	}
}

// looking is reading for operations that are no part of a document.
func looking[In, Out, T any](p *trials, call operation[In, Out], in *In, want T, pick func(*Out) T) func() error {
	read := reading(p, call, in, want, pick)
	return func() error {
		got, want, err := read()
		if err != nil {
			return err
		}
		return p.same(got, want)
	}
}

const publicPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}]}`

func tryAccess(p *trials) {
	c, b := p.client, p.bucket
	// First, because AWS blocks public access unless told otherwise.
	block := s3.PublicAccessBlockConfiguration{BlockPublicAcls: ptr(true), IgnorePublicAcls: ptr(true), BlockPublicPolicy: ptr(false), RestrictPublicBuckets: ptr(false)}
	p.document(document{
		name: "PublicAccessBlock",
		put:  making(p, c.PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: b, PublicAccessBlockConfiguration: &block}),
		get: reading(p, c.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: b}, block, func(out *s3.GetPublicAccessBlockOutput) s3.PublicAccessBlockConfiguration {
			return out.PublicAccessBlockConfiguration
		}),
		remove: making(p, c.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: b}),
	})
	p.document(document{
		name: "BucketAcl",
		put:  making(p, c.PutBucketAcl, &s3.PutBucketAclInput{Bucket: b, ACL: s3.BucketCannedACLPublicRead}),
		get: reading(p, c.GetBucketAcl, &s3.GetBucketAclInput{Bucket: b}, true, func(out *s3.GetBucketAclOutput) bool {
			return grantsRead(out.Grants)
		}),
	})
	p.object("k")
	p.document(document{
		name: "ObjectAcl",
		put:  making(p, c.PutObjectAcl, &s3.PutObjectAclInput{Bucket: b, Key: "k", ACL: s3.ObjectCannedACLPublicRead}),
		get: reading(p, c.GetObjectAcl, &s3.GetObjectAclInput{Bucket: b, Key: "k"}, true, func(out *s3.GetObjectAclOutput) bool {
			return grantsRead(out.Grants)
		}),
	})
	rules := []s3.OwnershipControlsRule{{ObjectOwnership: s3.ObjectOwnershipBucketOwnerPreferred}}
	p.document(document{
		name: "BucketOwnershipControls",
		put:  making(p, c.PutBucketOwnershipControls, &s3.PutBucketOwnershipControlsInput{Bucket: b, OwnershipControls: &s3.OwnershipControls{Rules: rules}}),
		get: reading(p, c.GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: b}, rules, func(out *s3.GetBucketOwnershipControlsOutput) []s3.OwnershipControlsRule {
			return out.OwnershipControls.Rules
		}),
		remove: making(p, c.DeleteBucketOwnershipControls, &s3.DeleteBucketOwnershipControlsInput{Bucket: b}),
	})
	policy := strings.Replace(publicPolicy, "BUCKET", b, 1)
	p.document(document{
		name: "BucketPolicy",
		put:  making(p, c.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: b, Policy: policy}),
		get: reading(p, c.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: b}, true, func(out *s3.GetBucketPolicyOutput) bool {
			return strings.Contains(out.Policy, "s3:GetObject") // servers may write it anew
		}),
		remove: making(p, c.DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: b}),
	})
	_ = making(p, c.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: b, Policy: policy})() // tried before
	p.try("GetBucketPolicyStatus", looking(p, c.GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: b}, true, func(out *s3.GetBucketPolicyStatusOutput) bool {
		return out.PolicyStatus.IsPublic
	}))
}

// grantsRead reports whether anybody may read.
func grantsRead(grants []s3.Grant) bool {
	return slices.ContainsFunc(grants, func(g s3.Grant) bool {
		return g.Permission == s3.PermissionRead && g.Grantee != nil && g.Grantee.Type == s3.TypeGroup // versitygw has an ID where S3 has a URI
	})
}

// ownedByWriter lets a bucket have ACLs.
func ownedByWriter(in *s3.CreateBucketInput) { in.ObjectOwnership = s3.ObjectOwnershipObjectWriter }

func trySettings(p *trials) {
	c, b := p.client, p.bucket
	tags := []s3.Tag{{Key: "k", Value: "v"}, {Key: "l", Value: ""}}
	p.document(document{
		name: "BucketTagging",
		put:  making(p, c.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: b, Tagging: &s3.Tagging{TagSet: tags}}),
		get: reading(p, c.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: b}, tags, func(out *s3.GetBucketTaggingOutput) []s3.Tag {
			slices.SortFunc(out.TagSet, func(a, b s3.Tag) int { return strings.Compare(a.Key, b.Key) })
			return out.TagSet
		}),
		remove: making(p, c.DeleteBucketTagging, &s3.DeleteBucketTaggingInput{Bucket: b}),
	})
	cors := []s3.CORSRule{{
		ID: "web", AllowedOrigins: []string{"https://a.example", "https://*.b.example"}, AllowedMethods: []string{"GET", "PUT"},
		AllowedHeaders: []string{"*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: ptr[int32](600),
	}}
	p.document(document{
		name: "BucketCors",
		put:  making(p, c.PutBucketCors, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: &s3.CORSConfiguration{CORSRules: cors}}),
		get: reading(p, c.GetBucketCors, &s3.GetBucketCorsInput{Bucket: b}, cors, func(out *s3.GetBucketCorsOutput) []s3.CORSRule {
			return out.CORSRules
		}),
		remove: making(p, c.DeleteBucketCors, &s3.DeleteBucketCorsInput{Bucket: b}),
	})
	routes := []s3.RoutingRule{{Condition: &s3.Condition{KeyPrefixEquals: "old/"}, Redirect: s3.Redirect{ReplaceKeyPrefixWith: ptr("new/")}}}
	p.document(document{
		name: "BucketWebsite",
		put: making(p, c.PutBucketWebsite, &s3.PutBucketWebsiteInput{Bucket: b, WebsiteConfiguration: &s3.WebsiteConfiguration{
			IndexDocument: &s3.IndexDocument{Suffix: "index.html"}, ErrorDocument: &s3.ErrorDocument{Key: "error.html"}, RoutingRules: routes,
		}}),
		get: reading(p, c.GetBucketWebsite, &s3.GetBucketWebsiteInput{Bucket: b}, []any{"index.html", "error.html", routes}, func(out *s3.GetBucketWebsiteOutput) []any {
			return []any{out.IndexDocument.Suffix, out.ErrorDocument.Key, out.RoutingRules}
		}),
		remove: making(p, c.DeleteBucketWebsite, &s3.DeleteBucketWebsiteInput{Bucket: b}),
	})
	encryption := []s3.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &s3.ServerSideEncryptionByDefault{SSEAlgorithm: s3.ServerSideEncryptionAes256}}}
	p.document(document{
		name: "BucketEncryption",
		put:  making(p, c.PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: b, ServerSideEncryptionConfiguration: &s3.ServerSideEncryptionConfiguration{Rules: encryption}}),
		get: reading(p, c.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: b}, s3.ServerSideEncryptionAes256, func(out *s3.GetBucketEncryptionOutput) s3.ServerSideEncryption {
			for _, r := range out.ServerSideEncryptionConfiguration.Rules {
				return r.ApplyServerSideEncryptionByDefault.SSEAlgorithm
			}
			return ""
		}),
	})
	// AWS, and so the emulator, encrypts in any case.
	p.try("DeleteBucketEncryption", making(p, c.DeleteBucketEncryption, &s3.DeleteBucketEncryptionInput{Bucket: b}))
	logging := s3.LoggingEnabled{TargetBucket: b, TargetPrefix: "log/"}
	p.document(document{
		name: "BucketLogging",
		put:  making(p, c.PutBucketLogging, &s3.PutBucketLoggingInput{Bucket: b, BucketLoggingStatus: &s3.BucketLoggingStatus{LoggingEnabled: &logging}}),
		get: reading(p, c.GetBucketLogging, &s3.GetBucketLoggingInput{Bucket: b}, []string{b, "log/"}, func(out *s3.GetBucketLoggingOutput) []string {
			return []string{out.LoggingEnabled.TargetBucket, out.LoggingEnabled.TargetPrefix}
		}),
	})
	p.document(document{
		name: "BucketAccelerateConfiguration",
		put:  making(p, c.PutBucketAccelerateConfiguration, &s3.PutBucketAccelerateConfigurationInput{Bucket: b, AccelerateConfiguration: &s3.AccelerateConfiguration{Status: s3.BucketAccelerateStatusEnabled}}),
		get: reading(p, c.GetBucketAccelerateConfiguration, &s3.GetBucketAccelerateConfigurationInput{Bucket: b}, s3.BucketAccelerateStatusEnabled, func(out *s3.GetBucketAccelerateConfigurationOutput) s3.BucketAccelerateStatus {
			return out.Status
		}),
	})
	p.document(document{
		name: "BucketRequestPayment",
		put:  making(p, c.PutBucketRequestPayment, &s3.PutBucketRequestPaymentInput{Bucket: b, RequestPaymentConfiguration: &s3.RequestPaymentConfiguration{Payer: s3.PayerRequester}}),
		get: reading(p, c.GetBucketRequestPayment, &s3.GetBucketRequestPaymentInput{Bucket: b}, s3.PayerRequester, func(out *s3.GetBucketRequestPaymentOutput) s3.Payer {
			return out.Payer
		}),
	})
	p.document(document{
		name: "BucketAbac",
		put:  making(p, c.PutBucketAbac, &s3.PutBucketAbacInput{Bucket: b, AbacStatus: &s3.AbacStatus{Status: s3.BucketAbacStatusEnabled}}),
		get: reading(p, c.GetBucketAbac, &s3.GetBucketAbacInput{Bucket: b}, s3.BucketAbacStatusEnabled, func(out *s3.GetBucketAbacOutput) s3.BucketAbacStatus {
			return out.AbacStatus.Status
		}),
	})
}
