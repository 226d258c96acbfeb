package lightsail_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/waiter"
)

// get returns a bucket with all that can be told of it.
func get(t *testing.T, c *lightsail.Client, name string) lightsail.Bucket {
	t.Helper()
	out := call(t, c.GetBuckets, &lightsail.GetBucketsInput{BucketName: name, IncludeConnectedResources: new(true), IncludeCors: new(true)})
	return out.Buckets[0]
}

func updateBucket(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	create(t, c)
	cors := lightsail.BucketCorsConfig{Rules: []lightsail.BucketCorsRule{{
		Id: "r", AllowedMethods: []string{"GET", "PUT"}, AllowedOrigins: []string{"*"}, AllowedHeaders: []string{"x-a"}, ExposeHeaders: []string{"etag"}, MaxAgeSeconds: new(int32(60)),
	}}}
	log := lightsail.BucketAccessLogConfig{Enabled: true, Destination: "photos", Prefix: "logs/"}
	rules := lightsail.AccessRules{GetObject: lightsail.AccessTypePublic, AllowPublicOverrides: new(true)}
	out := call(t, c.UpdateBucket, &lightsail.UpdateBucketInput{
		BucketName: "vault", Versioning: "Suspended", ReadonlyAccessAccounts: []string{"111122223333"}, AccessRules: &rules, AccessLogConfig: &log, Cors: &cors,
	})
	same(t, "operations", out.Operations, done(lightsail.OperationTypeUpdateBucket, ""), noIDs)
	for what, b := range map[string]lightsail.Bucket{"answer": out.Bucket, "bucket": get(t, c, "vault")} {
		same(t, what+": rules", b.AccessRules, rules)
		same(t, what+": log", b.AccessLogConfig, log)
		same(t, what+": CORS", b.Cors, cors)
		same(t, what+": accounts", b.ReadonlyAccessAccounts, []string{"111122223333"})
		if b.ObjectVersioning != "Suspended" {
			t.Errorf("%s: versioning %q", what, b.ObjectVersioning)
		}
	}

	// What is left out stays; false and lists without items are changes.
	call(t, c.UpdateBucket, &lightsail.UpdateBucketInput{
		BucketName: "vault", AccessRules: &lightsail.AccessRules{AllowPublicOverrides: new(false)}, AccessLogConfig: &lightsail.BucketAccessLogConfig{},
		ReadonlyAccessAccounts: []string{}, Cors: &lightsail.BucketCorsConfig{Rules: []lightsail.BucketCorsRule{}},
	})
	b := get(t, c, "vault")
	same(t, "rules", b.AccessRules, lightsail.AccessRules{GetObject: lightsail.AccessTypePublic, AllowPublicOverrides: new(false)})
	if b.AccessLogConfig.Enabled || len(b.ReadonlyAccessAccounts) != 0 || len(b.Cors.Rules) != 0 || b.ObjectVersioning != "Suspended" {
		t.Errorf("after taking away: %+v", b)
	}
	for _, in := range []lightsail.UpdateBucketInput{
		{Versioning: "NeverEnabled"},
		{AccessLogConfig: &lightsail.BucketAccessLogConfig{Enabled: true}},
		{Cors: &lightsail.BucketCorsConfig{Rules: []lightsail.BucketCorsRule{{AllowedMethods: []string{"GET"}}}}},
	} {
		in.BucketName = "vault"
		if _, err := c.UpdateBucket(t.Context(), &in); !errors.Is(err, lightsail.ErrInvalidInput) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if _, err := c.UpdateBucket(t.Context(), &lightsail.UpdateBucketInput{BucketName: "nothing"}); !errors.Is(err, lightsail.ErrNotFound) {
		t.Errorf("no bucket: %v", err)
	}
}

func bundles(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	create(t, c)
	srv.AddBundle(storagetest.LightsailBundle{ID: "old_1_0", Name: "Old", Price: 0.25, StorageGB: 1, TransferGB: 2})
	active := call(t, c.GetBucketBundles, nil).Bundles
	all := call(t, c.GetBucketBundles, &lightsail.GetBucketBundlesInput{IncludeInactive: new(true)}).Bundles
	if len(active) != 3 || len(all) != 4 {
		t.Fatalf("active %+v, all %+v", active, all)
	}
	same(t, "inactive bundle", all[3], lightsail.BucketBundle{BundleId: "old_1_0", Name: "Old", Price: 0.25, StoragePerMonthInGb: 1, TransferPerMonthInGb: 2})
	if !active[0].IsActive || active[0].BundleId != "small_1_0" {
		t.Errorf("active bundle: %+v", active[0])
	}
	out := call(t, c.UpdateBucketBundle, &lightsail.UpdateBucketBundleInput{BucketName: "vault", BundleId: "large_1_0"})
	same(t, "UpdateBucketBundle", out.Operations, done(lightsail.OperationTypeUpdateBucketBundle, "large_1_0"), noIDs)
	if b := get(t, c, "vault"); b.BundleId != "large_1_0" || b.AbleToUpdateBundle {
		t.Errorf("%+v", b)
	}
	if _, err := c.UpdateBucketBundle(t.Context(), &lightsail.UpdateBucketBundleInput{BucketName: "vault", BundleId: "small_1_0"}); !errors.Is(err, lightsail.ErrInvalidInput) {
		t.Errorf("a second change: %v", err)
	}
}

func metricData(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	create(t, c)
	key := call(t, c.CreateBucketAccessKey, &lightsail.CreateBucketAccessKeyInput{BucketName: "vault"}).AccessKey
	objects, err := c.S3(t.Context(), "vault", key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "vault", Key: "k", Body: strings.NewReader("12345")}); err != nil {
		t.Fatal(err)
	}
	in := lightsail.GetBucketMetricDataInput{
		BucketName: "vault", MetricName: lightsail.BucketMetricNameBucketSizeBytes, StartTime: time.Now().Add(-48 * time.Hour), EndTime: time.Now().Add(48 * time.Hour),
		Period: 86400, Statistics: []lightsail.MetricStatistic{lightsail.MetricStatisticMaximum, lightsail.MetricStatisticSampleCount}, Unit: lightsail.MetricUnitBytes,
	}
	out := call(t, c.GetBucketMetricData, &in)
	if out.MetricName != in.MetricName || len(out.MetricData) == 0 {
		t.Fatalf("%+v", out)
	}
	point := out.MetricData[0]
	same(t, "item", point, lightsail.MetricDatapoint{Maximum: 5, SampleCount: 1, Unit: lightsail.MetricUnitBytes})
	if !point.Timestamp.Equal(point.Timestamp.UTC().Truncate(24*time.Hour)) || point.Timestamp.Before(in.StartTime) {
		t.Errorf("measured at %s", point.Timestamp)
	}
	in.Period = 1
	if _, err := c.GetBucketMetricData(t.Context(), &in); !errors.Is(err, lightsail.ErrInvalidInput) {
		t.Errorf("a period of 1 s: %v", err)
	}
}

func resourceAccess(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	create(t, c)
	srv.AddInstance("web-1")
	in := &lightsail.SetResourceAccessForBucketInput{BucketName: "vault", ResourceName: "web-1", Access: lightsail.ResourceBucketAccessAllow}
	out := call(t, c.SetResourceAccessForBucket, in)
	same(t, "SetResourceAccessForBucket", out.Operations, done(lightsail.OperationTypeSetResourceAccessForBucket, "web-1"), noIDs)
	same(t, "who has access", get(t, c, "vault").ResourcesReceivingAccess, []lightsail.ResourceReceivingAccess{{Name: "web-1", ResourceType: "Instance"}})
	in.Access = lightsail.ResourceBucketAccessDeny
	call(t, c.SetResourceAccessForBucket, in)
	same(t, "who has access after deny", get(t, c, "vault").ResourcesReceivingAccess, []lightsail.ResourceReceivingAccess{})
	in.ResourceName = "web-2"
	if _, err := c.SetResourceAccessForBucket(t.Context(), in); !errors.Is(err, lightsail.ErrNotFound) {
		t.Errorf("no instance: %v", err)
	}
}

func tags(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	create(t, c)
	out := call(t, c.TagResource, &lightsail.TagResourceInput{ResourceName: "vault", Tags: []lightsail.Tag{{Key: "k", Value: "v"}, {Key: "only"}}})
	if len(out.Operations) != 1 || out.Operations[0].ResourceName != "vault" {
		t.Errorf("TagResource: %+v", out.Operations)
	}
	b := get(t, c, "vault")
	same(t, "tags", b.Tags, []lightsail.Tag{{Key: "k", Value: "v"}, {Key: "only"}})
	call(t, c.UntagResource, &lightsail.UntagResourceInput{ResourceName: "vault", ResourceArn: b.Arn, TagKeys: []string{"k"}})
	same(t, "tags left", get(t, c, "vault").Tags, []lightsail.Tag{{Key: "only"}})
	_, err := c.TagResource(t.Context(), &lightsail.TagResourceInput{ResourceName: "vault", Tags: []lightsail.Tag{{Key: "aws:k"}}})
	if !errors.Is(err, lightsail.ErrInvalidInput) {
		t.Errorf("a tag of AWS's own: %v", err)
	}
	if _, err := c.UntagResource(t.Context(), &lightsail.UntagResourceInput{ResourceName: "nothing", TagKeys: []string{"k"}}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no resource: %v", err)
	}
}

func operations(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	made := create(t, c).Operations[0]
	call(t, c.TagResource, &lightsail.TagResourceInput{ResourceName: "photos", Tags: []lightsail.Tag{{Key: "k"}}})
	call(t, c.UpdateBucketBundle, &lightsail.UpdateBucketBundleInput{BucketName: "vault", BundleId: "large_1_0"})
	one := call(t, c.GetOperation, &lightsail.GetOperationInput{OperationId: made.Id}).Operation
	same(t, "GetOperation", one, made)
	if !one.CreatedAt.Equal(made.CreatedAt) || !one.StatusChangedAt.Equal(made.StatusChangedAt) {
		t.Errorf("%+v, want %+v", one, made)
	}
	srv.SetPageSize(1)
	names := func(o lightsail.Operation, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return o.ResourceName + " " + string(o.OperationType)
	}
	var all, vault []string
	for o, err := range paginator.Items(t.Context(), c.GetOperations, &lightsail.GetOperationsInput{}) {
		all = append(all, names(o, err))
	}
	for o, err := range paginator.Items(t.Context(), c.GetOperationsForResource, &lightsail.GetOperationsForResourceInput{ResourceName: "vault"}) {
		vault = append(vault, names(o, err))
	}
	same(t, "GetOperations", all, []string{"vault CreateBucket", "photos TagResource", "vault UpdateBucketBundle"})
	same(t, "GetOperationsForResource", vault, []string{"vault CreateBucket", "vault UpdateBucketBundle"})
	if _, err := c.GetOperation(t.Context(), &lightsail.GetOperationInput{OperationId: "nothing"}); !errors.Is(err, lightsail.ErrNotFound) {
		t.Errorf("no operation: %v", err)
	}
}

func regions(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	plain := call(t, c.GetRegions, nil).Regions
	zones := call(t, c.GetRegions, &lightsail.GetRegionsInput{IncludeAvailabilityZones: new(true), IncludeRelationalDatabaseAvailabilityZones: new(true)}).Regions
	if len(plain) < 16 || len(zones) != len(plain) {
		t.Fatalf("%d and %d regions", len(plain), len(zones))
	}
	for i, r := range plain {
		z := zones[i]
		if r.Name == "" || r.DisplayName == "" || r.Description == "" || r.ContinentCode == "" || len(r.AvailabilityZones)+len(r.RelationalDatabaseAvailabilityZones) != 0 {
			t.Errorf("%+v", r)
		}
		if len(z.AvailabilityZones) == 0 || len(z.RelationalDatabaseAvailabilityZones) == 0 || z.AvailabilityZones[0] != (lightsail.AvailabilityZone{ZoneName: string(r.Name) + "a", State: "available"}) {
			t.Errorf("with zones: %+v", z)
		}
	}
}

func TestOperationSucceeded(t *testing.T) {
	srv, c := serve(t)
	made := create(t, c).Operations[0]
	soon := lightsail.OperationSucceeded
	soon.Delay, soon.MaxAttempts = time.Millisecond, 2
	wait := func() error {
		return waiter.Wait(t.Context(), soon, c.GetOperation, &lightsail.GetOperationInput{OperationId: made.Id})
	}
	for _, status := range []string{"Succeeded", "Completed"} {
		srv.SetOperation(made.Id, status, "", "")
		if err := wait(); err != nil {
			t.Errorf("%s: %v", status, err)
		}
	}
	for _, status := range []string{"NotStarted", "Started"} {
		srv.SetOperation(made.Id, status, "", "")
		if err := wait(); !errors.Is(err, waiter.ErrAttempts) {
			t.Errorf("%s: %v", status, err)
		}
	}
	for want, why := range map[string][2]string{
		"waiter: OperationSucceeded: the condition can no longer be met: lightsail: CreateBucket: NotFoundException: it went away": {"NotFoundException", "it went away"},
		"waiter: OperationSucceeded: the condition can no longer be met: lightsail: CreateBucket: " +
			"operation " + made.Id + " on vault has failed": {},
	} {
		srv.SetOperation(made.Id, "Failed", why[0], why[1])
		err := wait()
		var e *lightsail.Error
		if !errors.Is(err, waiter.ErrFailed) || !errors.As(err, &e) || e.Code != why[0] || err.Error() != want || errors.Is(err, lightsail.ErrNotFound) != (why[0] != "") {
			t.Errorf("failed: %v, want %s", err, want)
		}
	}
	srv.SetOperation(made.Id, "Abandoned", "", "")
	if err := wait(); !errors.Is(err, waiter.ErrFailed) || !strings.HasSuffix(err.Error(), `has ended as "Abandoned"`) {
		t.Errorf("a status that is not known: %v", err)
	}
	made.Id = "nothing"
	if err := wait(); !errors.Is(err, lightsail.ErrNotFound) {
		t.Errorf("no operation: %v", err)
	}
}

func TestBucketOK(t *testing.T) {
	srv, c := serve(t)
	soon := lightsail.BucketOK
	soon.Delay, soon.MaxAttempts = time.Millisecond, 2
	wait := func(name string) error {
		return waiter.Wait(t.Context(), soon, c.GetBuckets, &lightsail.GetBucketsInput{BucketName: name})
	}
	if err := wait("photos"); err != nil {
		t.Error(err)
	}
	if err := wait("nothing"); !errors.Is(err, waiter.ErrAttempts) || !errors.Is(err, lightsail.ErrNotFound) {
		t.Errorf("no bucket: %v", err)
	}
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos", StateCode: "Unknown"})
	if err := wait("photos"); !errors.Is(err, waiter.ErrAttempts) {
		t.Errorf("a bucket that is not well: %v", err)
	}
	srv.Inject(storagetest.Fault{Operation: "GetBuckets", Status: 400, Code: "AccessDeniedException"})
	if err := wait("photos"); !errors.Is(err, lightsail.ErrAccessDenied) || errors.Is(err, waiter.ErrAttempts) {
		t.Errorf("refused: %v", err)
	}
}
