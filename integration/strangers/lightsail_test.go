package strangers

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lightsail"
	"github.com/aws/aws-sdk-go-v2/service/lightsail/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/entrepot-go/entrepot/storagetest"
)

func newLightsail(t *testing.T) (*storagetest.Lightsail, *lightsail.Client) {
	t.Helper()
	srv := storagetest.NewLightsail(storagetest.WithCredentials(keyID, secret))
	t.Cleanup(srv.Close)
	return srv, lightsail.New(lightsail.Options{
		Region: "us-east-1", BaseEndpoint: &srv.URL, Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, ""),
	})
}

func TestAWSSDKMakesLightsailBuckets(t *testing.T) {
	srv, client := newLightsail(t)
	ctx := t.Context()
	made, err := client.CreateBucket(ctx, &lightsail.CreateBucketInput{
		BucketName: ptr("photos"), BundleId: ptr("small_1_0"), EnableObjectVersioning: ptr(true), Tags: []types.Tag{{Key: ptr("a"), Value: ptr("b")}},
	})
	must(t, err)
	if *made.Bucket.Name != "photos" || made.Bucket.CreatedAt == nil || *made.Bucket.State.Code != "OK" || made.Operations[0].OperationType != types.OperationTypeCreateBucket {
		t.Errorf("CreateBucket = %+v", made)
	}
	list, err := client.GetBuckets(ctx, &lightsail.GetBucketsInput{IncludeConnectedResources: ptr(true)})
	must(t, err)
	if len(list.Buckets) != 1 || *list.Buckets[0].Arn != *made.Bucket.Arn || *list.Buckets[0].ObjectVersioning != "Enabled" || *list.Buckets[0].Tags[0].Value != "b" {
		t.Errorf("GetBuckets = %+v", list.Buckets)
	}
	wantEqual(t, "refusals", refusals(srv.Server), nil)

	_, err = client.GetBuckets(ctx, &lightsail.GetBucketsInput{BucketName: ptr("nowhere")})
	if _, ok := errors.AsType[*types.NotFoundException](err); !ok {
		t.Errorf("GetBuckets of none = %v, want NotFoundException", err)
	}
	_, err = client.CreateBucket(ctx, &lightsail.CreateBucketInput{BucketName: ptr("photos"), BundleId: ptr("no_such_bundle")})
	if _, ok := errors.AsType[*types.InvalidInputException](err); !ok {
		t.Errorf("CreateBucket of an unknown bundle = %v, want InvalidInputException", err)
	}
}

func TestAWSSDKReachesALightsailBucketByItsAccessKey(t *testing.T) {
	srv, client := newLightsail(t)
	ctx := t.Context()
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	made, err := client.CreateBucketAccessKey(ctx, &lightsail.CreateBucketAccessKeyInput{BucketName: ptr("photos")})
	must(t, err)
	objects := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &srv.URL, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, ""),
	})
	_, err = objects.PutObject(ctx, &s3.PutObjectInput{Bucket: ptr("photos"), Key: ptr("a/b c"), Body: strings.NewReader("hello")})
	must(t, err)
	got, err := objects.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("photos"), Key: ptr("a/b c")})
	must(t, err)
	body, err := io.ReadAll(got.Body)
	must(t, err)
	wantBytes(t, "object", body, []byte("hello"))
	keys, err := client.GetBucketAccessKeys(ctx, &lightsail.GetBucketAccessKeysInput{BucketName: ptr("photos")})
	must(t, err)
	if len(keys.AccessKeys) != 1 || keys.AccessKeys[0].SecretAccessKey != nil || keys.AccessKeys[0].LastUsed.LastUsedDate == nil {
		t.Errorf("GetBucketAccessKeys = %+v, want the one, without its secret, with the time of its use", keys.AccessKeys)
	}
	_, err = client.DeleteBucket(ctx, &lightsail.DeleteBucketInput{BucketName: ptr("photos")})
	if _, ok := errors.AsType[*types.InvalidInputException](err); !ok {
		t.Errorf("DeleteBucket of one in use = %v, want InvalidInputException", err)
	}
	_, err = client.DeleteBucketAccessKey(ctx, &lightsail.DeleteBucketAccessKeyInput{BucketName: ptr("photos"), AccessKeyId: made.AccessKey.AccessKeyId})
	must(t, err)
	_, err = objects.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("photos"), Key: ptr("a/b c")})
	wantCode(t, "GetObject with a deleted key", err, "InvalidAccessKeyId")
	_, err = client.DeleteBucket(ctx, &lightsail.DeleteBucketInput{BucketName: ptr("photos"), ForceDelete: ptr(true)})
	must(t, err)
}

func TestAWSSDKChangesLightsailBuckets(t *testing.T) {
	srv, client := newLightsail(t)
	ctx := t.Context()
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	srv.AddBucket(storagetest.LightsailBucket{Name: "logs"})
	srv.AddInstance("web-1")
	updated, err := client.UpdateBucket(ctx, &lightsail.UpdateBucketInput{
		BucketName: ptr("photos"), Versioning: ptr("Enabled"), ReadonlyAccessAccounts: []string{"111122223333"},
		AccessRules:     &types.AccessRules{GetObject: types.AccessTypePublic, AllowPublicOverrides: ptr(true)},
		AccessLogConfig: &types.BucketAccessLogConfig{Enabled: ptr(true), Destination: ptr("logs"), Prefix: ptr("photos/")},
		Cors:            &types.BucketCorsConfig{Rules: []types.BucketCorsRule{{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}, MaxAgeSeconds: ptr[int32](60)}}},
	})
	must(t, err)
	b := updated.Bucket
	if b.AccessRules.GetObject != types.AccessTypePublic || !*b.AccessRules.AllowPublicOverrides || *b.ObjectVersioning != "Enabled" || *b.AccessLogConfig.Destination != "logs" ||
		len(b.ReadonlyAccessAccounts) != 1 || *b.Cors.Rules[0].MaxAgeSeconds != 60 || updated.Operations[0].OperationType != types.OperationTypeUpdateBucket {
		t.Errorf("UpdateBucket = %+v", b)
	}
	_, err = client.SetResourceAccessForBucket(ctx, &lightsail.SetResourceAccessForBucketInput{BucketName: ptr("photos"), ResourceName: ptr("web-1"), Access: types.ResourceBucketAccessAllow})
	must(t, err)
	_, err = client.TagResource(ctx, &lightsail.TagResourceInput{ResourceName: ptr("photos"), Tags: []types.Tag{{Key: ptr("a"), Value: ptr("b")}, {Key: ptr("c")}}})
	must(t, err)
	_, err = client.UntagResource(ctx, &lightsail.UntagResourceInput{ResourceName: ptr("photos"), ResourceArn: b.Arn, TagKeys: []string{"a"}})
	must(t, err)

	bundles, err := client.GetBucketBundles(ctx, &lightsail.GetBucketBundlesInput{IncludeInactive: ptr(true)})
	must(t, err)
	last := bundles.Bundles[len(bundles.Bundles)-1]
	if *last.Price <= 0 || *last.StoragePerMonthInGb <= 0 || *last.TransferPerMonthInGb <= 0 || !*last.IsActive || *last.Name == "" {
		t.Errorf("GetBucketBundles: %+v", last)
	}
	change := &lightsail.UpdateBucketBundleInput{BucketName: ptr("photos"), BundleId: last.BundleId}
	_, err = client.UpdateBucketBundle(ctx, change)
	must(t, err)
	list, err := client.GetBuckets(ctx, &lightsail.GetBucketsInput{BucketName: ptr("photos"), IncludeConnectedResources: ptr(true), IncludeCors: ptr(true)})
	must(t, err)
	got := list.Buckets[0]
	if *got.BundleId != *last.BundleId || *got.AbleToUpdateBundle || *got.ResourcesReceivingAccess[0].Name != "web-1" || len(got.Tags) != 1 || *got.Tags[0].Key != "c" || len(got.Cors.Rules) != 1 {
		t.Errorf("GetBuckets = %+v", got)
	}
	wantEqual(t, "refusals", refusals(srv.Server), nil)

	_, err = client.UpdateBucketBundle(ctx, change)
	if _, ok := errors.AsType[*types.InvalidInputException](err); !ok {
		t.Errorf("a second UpdateBucketBundle = %v, want InvalidInputException", err)
	}
	_, err = client.TagResource(ctx, &lightsail.TagResourceInput{ResourceName: ptr("nowhere"), Tags: []types.Tag{}})
	if _, ok := errors.AsType[*types.NotFoundException](err); !ok {
		t.Errorf("TagResource of none = %v, want NotFoundException", err)
	}
}

func TestAWSSDKAsksForLightsailOperationsRegionsAndMetrics(t *testing.T) {
	srv, client := newLightsail(t)
	ctx := t.Context()
	srv.SetPageSize(1)
	var made *lightsail.CreateBucketOutput
	for _, name := range []string{"photos", "others"} {
		var err error
		made, err = client.CreateBucket(ctx, &lightsail.CreateBucketInput{BucketName: &name, BundleId: ptr("small_1_0")})
		must(t, err)
	}
	one, err := client.GetOperation(ctx, &lightsail.GetOperationInput{OperationId: made.Operations[0].Id})
	must(t, err)
	if *one.Operation.ResourceName != "others" || one.Operation.Status != types.OperationStatusSucceeded || !*one.Operation.IsTerminal || !one.Operation.CreatedAt.Equal(*made.Operations[0].CreatedAt) {
		t.Errorf("GetOperation = %+v", one.Operation)
	}
	var names []string
	for in := (&lightsail.GetOperationsInput{}); ; {
		page, err := client.GetOperations(ctx, in)
		must(t, err)
		for _, o := range page.Operations {
			names = append(names, *o.ResourceName)
		}
		if page.NextPageToken == nil {
			break
		}
		in.PageToken = page.NextPageToken
	}
	wantEqual(t, "GetOperations", names, []string{"photos", "others"})
	of, err := client.GetOperationsForResource(ctx, &lightsail.GetOperationsForResourceInput{ResourceName: ptr("photos")})
	must(t, err)
	if len(of.Operations) != 1 || of.NextPageToken != nil {
		t.Errorf("GetOperationsForResource = %+v", of)
	}

	regions, err := client.GetRegions(ctx, &lightsail.GetRegionsInput{IncludeAvailabilityZones: ptr(true)})
	must(t, err)
	if r := regions.Regions[0]; r.Name != types.RegionNameUsEast1 || *r.AvailabilityZones[0].ZoneName != "us-east-1a" || *r.ContinentCode != "NA" || len(r.RelationalDatabaseAvailabilityZones) != 0 {
		t.Errorf("GetRegions: %+v", r)
	}

	objects := s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &srv.URL, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, "")})
	_, err = objects.PutObject(ctx, &s3.PutObjectInput{Bucket: ptr("photos"), Key: ptr("a"), Body: strings.NewReader("hello")})
	must(t, err)
	metric, err := client.GetBucketMetricData(ctx, &lightsail.GetBucketMetricDataInput{
		BucketName: ptr("photos"), MetricName: types.BucketMetricNameBucketSizeBytes, Unit: types.MetricUnitBytes, Period: ptr[int32](86400),
		StartTime: ptr(time.Now().Add(-48 * time.Hour)), EndTime: ptr(time.Now().Add(48 * time.Hour)), Statistics: []types.MetricStatistic{types.MetricStatisticMaximum},
	})
	must(t, err)
	if len(metric.MetricData) == 0 || *metric.MetricData[0].Maximum != 5 || metric.MetricData[0].Average != nil || metric.MetricData[0].Timestamp == nil || metric.MetricName != types.BucketMetricNameBucketSizeBytes {
		t.Errorf("GetBucketMetricData = %+v", metric)
	}
	wantEqual(t, "refusals", refusals(srv.Server), nil)
	_, err = client.GetOperation(ctx, &lightsail.GetOperationInput{OperationId: ptr("nothing")})
	if _, ok := errors.AsType[*types.NotFoundException](err); !ok {
		t.Errorf("GetOperation of none = %v, want NotFoundException", err)
	}
	_, err = client.GetDisks(ctx, &lightsail.GetDisksInput{})
	wantCode(t, "GetDisks, which the emulator does not have", err, "UnknownOperationException")
}

func TestAWSSDKPagesThroughLightsailBuckets(t *testing.T) {
	srv, client := newLightsail(t)
	srv.SetPageSize(2)
	want := []string{"bucket-a", "bucket-b", "bucket-c", "bucket-d", "bucket-e"}
	for _, name := range want {
		srv.AddBucket(storagetest.LightsailBucket{Name: name})
	}
	var got []string
	in := &lightsail.GetBucketsInput{}
	for {
		page, err := client.GetBuckets(t.Context(), in)
		must(t, err)
		for _, b := range page.Buckets {
			got = append(got, *b.Name)
		}
		if page.NextPageToken == nil {
			break
		}
		in.PageToken = page.NextPageToken
	}
	wantEqual(t, "buckets", got, want)
}

func TestAWSSDKIsRefusedByLightsailWithAWrongSecret(t *testing.T) {
	_, client := newLightsail(t)
	_, err := client.GetBuckets(t.Context(), &lightsail.GetBucketsInput{}, func(o *lightsail.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider(keyID, "wrong", "")
	})
	wantCode(t, "GetBuckets", err, "InvalidSignatureException")
}

// TestAWSSDKLivesByLightsailsAccessRules as nobody, as another account and as an
// instance.
func TestAWSSDKLivesByLightsailsAccessRules(t *testing.T) {
	srv, client := newLightsail(t)
	ctx := t.Context()
	const account, instance = "111122223333", "web-1"
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	srv.AddInstance(instance)
	srv.AddAccountKey(account, storagetest.AccessKey{ID: "AKIAFRIEND", Secret: "friend"})
	srv.AddInstanceKey(instance, storagetest.AccessKey{ID: "ASIAWEB1", Secret: "web", SessionToken: "token"})
	as := func(provider aws.CredentialsProvider) *s3.Client {
		return s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &srv.URL, UsePathStyle: true, Credentials: provider})
	}
	owner := as(credentials.NewStaticCredentialsProvider(keyID, secret, ""))
	nobody := as(aws.AnonymousCredentials{})
	friend := as(credentials.NewStaticCredentialsProvider("AKIAFRIEND", "friend", ""))
	web := as(credentials.NewStaticCredentialsProvider("ASIAWEB1", "web", "token"))
	put := func(c *s3.Client, key string, acl s3types.ObjectCannedACL) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: ptr("photos"), Key: &key, ACL: acl, Body: strings.NewReader("hello")})
		return err
	}
	get := func(c *s3.Client, key string) error {
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("photos"), Key: &key})
		if err != nil {
			return err
		}
		defer out.Body.Close()
		body, err := io.ReadAll(out.Body)
		wantBytes(t, key, body, []byte("hello"))
		return err
	}
	list := func(c *s3.Client) error {
		_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: ptr("photos")})
		return err
	}
	refused := func(what string, err error) {
		t.Helper()
		wantCode(t, what, err, "AccessDenied")
	}
	update := func(in *lightsail.UpdateBucketInput) {
		t.Helper()
		in.BucketName = ptr("photos")
		_, err := client.UpdateBucket(ctx, in)
		must(t, err)
	}
	access := func(access types.ResourceBucketAccess) {
		t.Helper()
		_, err := client.SetResourceAccessForBucket(ctx, &lightsail.SetResourceAccessForBucketInput{BucketName: ptr("photos"), ResourceName: ptr(instance), Access: access})
		must(t, err)
	}
	must(t, put(owner, "plain", ""))
	must(t, put(owner, "shown", s3types.ObjectCannedACLPublicRead))

	for _, c := range []*s3.Client{nobody, friend, web} {
		refused("a private object", get(c, "plain"))
		refused("one that only its ACL shows", get(c, "shown"))
		refused("the list", list(c))
	}
	update(&lightsail.UpdateBucketInput{AccessRules: &types.AccessRules{AllowPublicOverrides: ptr(true)}})
	must(t, get(nobody, "shown"))
	refused("with overrides, a private object", get(nobody, "plain"))
	update(&lightsail.UpdateBucketInput{AccessRules: &types.AccessRules{GetObject: types.AccessTypePublic, AllowPublicOverrides: ptr(false)}})
	must(t, get(nobody, "plain"))
	refused("the list of a public bucket", list(nobody))
	refused("writing to a public bucket", put(nobody, "x", ""))
	srv.SetAccountLevelBpaSync("InSync", time.Now(), "", true)
	refused("a public bucket of an account that blocks it", get(nobody, "plain"))
	sync, err := client.GetBuckets(ctx, &lightsail.GetBucketsInput{})
	must(t, err)
	if s := sync.AccountLevelBpaSync; s == nil || s.Status != types.AccountLevelBpaSyncStatusInSync || !*s.BpaImpactsLightsail || s.LastSyncedAt == nil {
		t.Errorf("accountLevelBpaSync = %+v", s)
	}
	update(&lightsail.UpdateBucketInput{AccessRules: &types.AccessRules{GetObject: types.AccessTypePrivate}, ReadonlyAccessAccounts: []string{account}})
	must(t, get(friend, "plain"))
	must(t, list(friend))
	refused("writing by another account", put(friend, "x", ""))
	refused("an instance without access", get(web, "plain"))
	access(types.ResourceBucketAccessAllow)
	must(t, put(web, "x", ""))
	must(t, get(web, "x"))
	access(types.ResourceBucketAccessDeny)
	refused("an instance that has lost access", get(web, "x"))
	update(&lightsail.UpdateBucketInput{ReadonlyAccessAccounts: []string{}})
	refused("an account that has lost access", get(friend, "plain"))
	must(t, get(owner, "x"))
}
