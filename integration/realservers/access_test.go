package realservers

import (
	"encoding/json"
	"errors"
	"io/fs"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
)

func TestTagsOfBucketsAreKept(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket := newBucket(t, client)
		read := &s3.GetBucketTaggingInput{Bucket: bucket}
		if _, err := client.GetBucketTagging(ctx, read); !errors.Is(err, s3.ErrNoSuchTagSet) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before: %v, want ErrNoSuchTagSet", err)
		}
		tags := []s3.Tag{{Key: "k", Value: "a b+c"}}
		if _, err := client.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: &s3.Tagging{TagSet: tags}}); err != nil {
			t.Fatal(err)
		}
		out, err := client.GetBucketTagging(ctx, read)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "tags", out.TagSet, tags)
		if _, err := client.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: bucket}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.GetBucketTagging(ctx, read); !errors.Is(err, s3.ErrNoSuchTagSet) {
			t.Errorf("after: %v, want ErrNoSuchTagSet", err)
		}
	})
}

func TestPoliciesAreKept(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket := newBucket(t, client)
		read := &s3.GetBucketPolicyInput{Bucket: bucket}
		if _, err := client.GetBucketPolicy(ctx, read); !errors.Is(err, s3.ErrNoSuchBucketPolicy) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before: %v, want ErrNoSuchBucketPolicy", err)
		}
		policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["s3:DeleteObjectVersion"],"Resource":["arn:aws:s3:::` + bucket + `/*"]}]}`
		if _, err := client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: policy}); err != nil {
			t.Fatal(err)
		}
		out, err := client.GetBucketPolicy(ctx, read)
		if err != nil {
			t.Fatal(err)
		}
		// Servers may write it anew.
		var got, want any
		if err := errors.Join(json.Unmarshal([]byte(out.Policy), &got), json.Unmarshal([]byte(policy), &want)); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "policy", got, want)
		if _, err := client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: bucket}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.GetBucketPolicy(ctx, read); !errors.Is(err, s3.ErrNoSuchBucketPolicy) {
			t.Errorf("after: %v, want ErrNoSuchBucketPolicy", err)
		}
	})
}

func TestCORSRulesAreKept(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket := newBucket(t, client)
		read := &s3.GetBucketCorsInput{Bucket: bucket}
		if _, err := client.GetBucketCors(ctx, read); !errors.Is(err, s3.ErrNoSuchCORSConfiguration) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before: %v, want ErrNoSuchCORSConfiguration", err)
		}
		rules := []s3.CORSRule{{
			AllowedOrigins: []string{"https://example.com"}, AllowedMethods: []string{"GET", "PUT"},
			AllowedHeaders: []string{"content-type"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: ptr[int32](60),
		}}
		if _, err := client.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &s3.CORSConfiguration{CORSRules: rules}}); err != nil {
			t.Fatal(err)
		}
		out, err := client.GetBucketCors(ctx, read)
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "rules", out.CORSRules, rules)
		if _, err := client.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: bucket}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.GetBucketCors(ctx, read); !errors.Is(err, s3.ErrNoSuchCORSConfiguration) {
			t.Errorf("after: %v, want ErrNoSuchCORSConfiguration", err)
		}
	}, corsRules)
}

func TestBucketACLsAreKept(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket := newBucket(t, client)
		_, err := client.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: bucket, OwnershipControls: &s3.OwnershipControls{
			Rules: []s3.OwnershipControlsRule{{ObjectOwnership: s3.ObjectOwnershipBucketOwnerPreferred}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: bucket, ACL: s3.BucketCannedACLPrivate}); err != nil {
			t.Fatal(err)
		}
		before, err := client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
		if err != nil {
			t.Fatal(err)
		}
		if len(before.Grants) != 1 || before.Grants[0].Permission != s3.PermissionFullControl || before.Grants[0].Grantee.ID != before.Owner.ID || before.Owner.ID == "" {
			t.Fatalf("private: owner %+v, grants %+v", before.Owner, before.Grants)
		}
		read := s3.Grant{Grantee: before.Grants[0].Grantee, Permission: s3.PermissionRead}
		_, err = client.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: bucket, AccessControlPolicy: &s3.AccessControlPolicy{Owner: &before.Owner, Grants: []s3.Grant{read}}})
		if err != nil {
			t.Fatal(err)
		}
		after, err := client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
		if err != nil {
			t.Fatal(err)
		}
		// Servers may add what the owner can do anyway.
		wantEqual(t, "a grant", after.Grants[len(after.Grants)-1], read)
	}, bucketACLs)
}
