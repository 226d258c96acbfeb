package lightsail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// serve starts a server with the bucket "photos" and makes a client of it.
func serve(t testing.TB, opts ...storagetest.Option) (*storagetest.Lightsail, *lightsail.Client) {
	t.Helper()
	srv := storagetest.NewLightsail(opts...)
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	return srv, newClient(t, srv.Config())
}

func newClient(t testing.TB, c lightsail.Config) *lightsail.Client {
	t.Helper()
	c.Retry.MinWait, c.Retry.MaxWait = time.Microsecond, time.Millisecond
	client, err := lightsail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// call makes a call that must succeed.
func call[In, Out any](t testing.TB, operation func(context.Context, *In, ...lightsail.Option) (*Out, error), in *In) *Out {
	t.Helper()
	out, err := operation(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// same compares answers without what differs from run to run.
func same(t *testing.T, what string, got, want any, ignore ...cmp.Option) {
	t.Helper()
	ignore = append(ignore, cmpopts.IgnoreTypes(entrepot.ResponseMetadata{}, time.Time{}))
	if diff := cmp.Diff(want, got, ignore...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

var noIDs = cmpopts.IgnoreFields(lightsail.Operation{}, "Id")

func done(operation lightsail.OperationType, details string) []lightsail.Operation {
	return []lightsail.Operation{{
		ResourceName: "vault", ResourceType: lightsail.ResourceTypeBucket, IsTerminal: true, OperationType: operation, OperationDetails: details,
		Status: lightsail.OperationStatusSucceeded, Location: lightsail.ResourceLocation{AvailabilityZone: "all", RegionName: lightsail.RegionNameUsEast1},
	}}
}

func create(t *testing.T, c *lightsail.Client) *lightsail.CreateBucketOutput {
	t.Helper()
	return call(t, c.CreateBucket, &lightsail.CreateBucketInput{
		BucketName: "vault", BundleId: "medium_1_0", Tags: []lightsail.Tag{{Key: "k", Value: ""}}, EnableObjectVersioning: new(true),
	})
}

// roundTrips has a test of every operation, by its name.
var roundTrips = map[string]func(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client){
	"CreateBucket": func(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
		out := create(t, c)
		if out.Operations[0].Id == "" || out.Operations[0].CreatedAt.IsZero() || out.Bucket.CreatedAt.IsZero() || out.Bucket.Arn == "" || out.Bucket.SupportCode == "" || out.ResponseMetadata.RequestID == "" {
			t.Errorf("%+v", out)
		}
		same(t, "CreateBucket", out, &lightsail.CreateBucketOutput{
			Bucket: lightsail.Bucket{
				Name: "vault", Url: srv.URL + "/vault", BundleId: "medium_1_0", ResourceType: "Bucket", AbleToUpdateBundle: true,
				Location:         lightsail.ResourceLocation{AvailabilityZone: "all", RegionName: lightsail.RegionNameUsEast1},
				Tags:             []lightsail.Tag{{Key: "k"}},
				State:            lightsail.BucketState{Code: "OK"},
				ObjectVersioning: "Enabled", ReadonlyAccessAccounts: []string{},
				AccessRules: lightsail.AccessRules{GetObject: lightsail.AccessTypePrivate, AllowPublicOverrides: new(false)},
			},
			Operations: done(lightsail.OperationTypeCreateBucket, "medium_1_0"),
		}, noIDs, cmpopts.IgnoreFields(lightsail.Bucket{}, "Arn", "SupportCode"))
		_, err := c.CreateBucket(t.Context(), &lightsail.CreateBucketInput{BucketName: "vault", BundleId: "small_1_0"})
		if !errors.Is(err, lightsail.ErrInvalidInput) {
			t.Errorf("a name that is taken: %v", err)
		}
	},
	"DeleteBucket": func(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
		create(t, c)
		call(t, c.CreateBucketAccessKey, &lightsail.CreateBucketAccessKeyInput{BucketName: "vault"})
		if _, err := c.DeleteBucket(t.Context(), &lightsail.DeleteBucketInput{BucketName: "vault"}); !errors.Is(err, lightsail.ErrInvalidInput) {
			t.Errorf("a bucket with a key: %v", err)
		}
		out := call(t, c.DeleteBucket, &lightsail.DeleteBucketInput{BucketName: "vault", ForceDelete: new(true)})
		same(t, "DeleteBucket", out.Operations, done(lightsail.OperationTypeDeleteBucket, ""), noIDs)
		_, err := c.GetBuckets(t.Context(), &lightsail.GetBucketsInput{BucketName: "vault"})
		if !errors.Is(err, lightsail.ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after DeleteBucket: %v", err)
		}
	},
	"GetBuckets": func(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
		srv.AddBucket(storagetest.LightsailBucket{
			Name: "archive", BundleId: "large_1_0", Tags: map[string]string{"k": "v"}, ObjectVersioning: "Suspended", GetObject: "public", AllowPublicOverrides: true,
			BundleFixed: true, ReadonlyAccessAccounts: []string{"111122223333"}, ResourcesReceivingAccess: map[string]string{"web": "Instance"},
			AccessLogDestination: "photos", AccessLogPrefix: "logs/", StateCode: "Unknown", StateMessage: "busy",
			CORS: []storagetest.LightsailCORSRule{{ID: "r", AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}, MaxAgeSeconds: 60}},
		})
		srv.SetAccountLevelBpaSync("Defaulted", time.Time{}, "SYNC_ON_HOLD", true)
		srv.SetPageSize(1)
		var names []string
		for b, err := range paginator.Items(t.Context(), c.GetBuckets, &lightsail.GetBucketsInput{}) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, b.Name)
		}
		same(t, "names", names, []string{"archive", "photos"})
		out := call(t, c.GetBuckets, &lightsail.GetBucketsInput{BucketName: "archive", IncludeConnectedResources: new(true), IncludeCors: new(true)})
		same(t, "GetBuckets", out, &lightsail.GetBucketsOutput{
			Buckets: []lightsail.Bucket{{
				Name: "archive", Url: srv.URL + "/archive", BundleId: "large_1_0", ResourceType: "Bucket", ObjectVersioning: "Suspended",
				Location: lightsail.ResourceLocation{AvailabilityZone: "all", RegionName: lightsail.RegionNameUsEast1},
				Tags:     []lightsail.Tag{{Key: "k", Value: "v"}}, State: lightsail.BucketState{Code: "Unknown", Message: "busy"},
				AccessRules:              lightsail.AccessRules{GetObject: lightsail.AccessTypePublic, AllowPublicOverrides: new(true)},
				ReadonlyAccessAccounts:   []string{"111122223333"},
				ResourcesReceivingAccess: []lightsail.ResourceReceivingAccess{{Name: "web", ResourceType: "Instance"}},
				AccessLogConfig:          lightsail.BucketAccessLogConfig{Enabled: true, Destination: "photos", Prefix: "logs/"},
				Cors: lightsail.BucketCorsConfig{Rules: []lightsail.BucketCorsRule{{
					Id: "r", AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}, MaxAgeSeconds: new(int32(60)),
				}}},
			}},
			AccountLevelBpaSync: lightsail.AccountLevelBpaSync{
				Status: lightsail.AccountLevelBpaSyncStatusDefaulted, Message: lightsail.BPAStatusMessageSyncOnHold, BpaImpactsLightsail: true,
			},
		}, cmpopts.IgnoreFields(lightsail.Bucket{}, "Arn", "SupportCode"))
		_, err := c.GetBuckets(t.Context(), &lightsail.GetBucketsInput{PageToken: "!"})
		if !errors.Is(err, lightsail.ErrInvalidInput) {
			t.Errorf("a bad token: %v", err)
		}
	},
	"CreateBucketAccessKey":      accessKeys,
	"GetBucketAccessKeys":        accessKeys,
	"DeleteBucketAccessKey":      accessKeys,
	"UpdateBucket":               updateBucket,
	"GetBucketBundles":           bundles,
	"UpdateBucketBundle":         bundles,
	"GetBucketMetricData":        metricData,
	"SetResourceAccessForBucket": resourceAccess,
	"TagResource":                tags,
	"UntagResource":              tags,
	"GetOperation":               operations,
	"GetOperations":              operations,
	"GetOperationsForResource":   operations,
	"GetRegions":                 regions,
}

func accessKeys(t *testing.T, srv *storagetest.Lightsail, c *lightsail.Client) {
	create(t, c)
	made := call(t, c.CreateBucketAccessKey, &lightsail.CreateBucketAccessKeyInput{BucketName: "vault"})
	key := made.AccessKey
	if key.AccessKeyId == "" || key.SecretAccessKey == "" || key.CreatedAt.IsZero() || key.Status != lightsail.StatusTypeActive {
		t.Errorf("key %#v %+v", key, key.LastUsed)
	}
	second := call(t, c.CreateBucketAccessKey, &lightsail.CreateBucketAccessKeyInput{BucketName: "vault"}).AccessKey
	if _, err := c.CreateBucketAccessKey(t.Context(), &lightsail.CreateBucketAccessKeyInput{BucketName: "vault"}); !errors.Is(err, lightsail.ErrInvalidInput) {
		t.Errorf("a third key: %v", err)
	}
	ids := func() (ids []string) {
		for _, k := range call(t, c.GetBucketAccessKeys, &lightsail.GetBucketAccessKeysInput{BucketName: "vault"}).AccessKeys {
			if k.SecretAccessKey != "" {
				t.Error("a secret is told once more")
			}
			ids = append(ids, k.AccessKeyId)
		}
		return ids
	}
	same(t, "keys", ids(), []string{key.AccessKeyId, second.AccessKeyId}, cmpopts.SortSlices(strings.Compare))
	out := call(t, c.DeleteBucketAccessKey, &lightsail.DeleteBucketAccessKeyInput{BucketName: "vault", AccessKeyId: key.AccessKeyId})
	if len(out.Operations) != 1 || out.Operations[0].OperationType != lightsail.OperationTypeDeleteBucketAccessKey {
		t.Errorf("%+v", out)
	}
	same(t, "keys left", ids(), []string{second.AccessKeyId})
	if _, err := c.GetBucketAccessKeys(t.Context(), &lightsail.GetBucketAccessKeysInput{BucketName: "nothing"}); !errors.Is(err, lightsail.ErrNotFound) {
		t.Errorf("no bucket: %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	for name, test := range roundTrips {
		t.Run(name, func(t *testing.T) {
			srv, c := serve(t)
			test(t, srv, c)
		})
	}
}

// TestEveryOperationHasARoundTrip finds an operation that was added without one,
// unless the emulator does not have it: then the client tells so.
func TestEveryOperationHasARoundTrip(t *testing.T) {
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	_, c := serve(t)
	tested := maps.Clone(roundTrips)
	client := reflect.ValueOf(c)
	for i := range client.NumMethod() {
		name, m := client.Type().Method(i).Name, client.Method(i)
		if !m.Type().IsVariadic() || m.Type().NumIn() != 3 || m.Type().In(2) != reflect.TypeFor[[]lightsail.Option]() {
			continue
		}
		if _, ok := tested[name]; ok {
			delete(tested, name)
			continue
		}
		in := reflect.New(m.Type().In(1).Elem())
		golden.Fill(in.Interface(), enums)
		err, _ := m.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})[1].Interface().(error)
		var e *lightsail.Error
		if !errors.As(err, &e) || e.Code != "UnknownOperationException" || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s has no round trip: %v", name, err)
		}
	}
	for name := range tested {
		t.Errorf("%s is no operation", name)
	}
}

// TestObjects goes the way from a bucket to its objects.
func TestObjects(t *testing.T) {
	for name, opts := range map[string][]storagetest.Option{"http": nil, "https": {storagetest.WithTLS()}} {
		_, c := serve(t, opts...)
		create(t, c)
		key := call(t, c.CreateBucketAccessKey, &lightsail.CreateBucketAccessKeyInput{BucketName: "vault"}).AccessKey
		bucket, err := c.Bucket(t.Context(), "vault", key)
		if err != nil {
			t.Fatal(err)
		}
		content := strings.Repeat("0123456789abcdef", 768<<10) // 12 MiB
		if _, err := transfer.Upload(t.Context(), bucket, "k", strings.NewReader(content), transfer.WithPartSize(5<<20)); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		info, err := transfer.DownloadTo(t.Context(), bucket, "k", &b, transfer.WithVerify())
		if err != nil || b.String() != content || info.Verified != "CRC64NVME" {
			t.Errorf("%s: %d bytes, %+v, %v", name, b.Len(), info, err)
		}
		objects, err := c.S3(t.Context(), "vault", key, func(c *s3.Config) { c.Retry.MaxAttempts = 1 })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: "photos"}); !errors.Is(err, s3.ErrAccessDenied) {
			t.Errorf("%s: another bucket: %v", name, err)
		}
		used := call(t, c.GetBucketAccessKeys, &lightsail.GetBucketAccessKeysInput{BucketName: "vault"}).AccessKeys[0].LastUsed
		if used.ServiceName != "s3" || used.LastUsedDate.IsZero() {
			t.Errorf("%s: last used %+v", name, used)
		}

		if _, err := c.S3(t.Context(), "nothing", key); !errors.Is(err, lightsail.ErrNotFound) {
			t.Errorf("no bucket: %v", err)
		}
		key.SecretAccessKey = ""
		if _, err := c.S3(t.Context(), "vault", key); err == nil || err.Error() != "lightsail: S3: the access key has no secret: only CreateBucketAccessKey tells it" {
			t.Errorf("no secret: %v", err)
		}
	}
}

// TestRetries repeats what may be repeated.
func TestRetries(t *testing.T) {
	srv, c := serve(t)
	for _, test := range []struct {
		name     string
		fault    storagetest.Fault
		attempts int
		want     error
	}{
		{"throttled", storagetest.Fault{Nth: 1, Times: 2, Status: 400, Code: "ThrottlingException"}, 3, nil},
		{"failure of the service", storagetest.Fault{Nth: 1, Status: 500, Code: "ServiceException"}, 2, nil},
		{"reset", storagetest.Fault{Nth: 1, Reset: storagetest.BeforeResponse()}, 2, nil},
		{"truncated", storagetest.Fault{Nth: 1, Truncate: storagetest.ResponseBody(5)}, 2, nil},
		{"refused", storagetest.Fault{Nth: 1, Status: 400, Code: "AccessDeniedException"}, 1, lightsail.ErrAccessDenied},
		{"skewed clock", storagetest.Fault{Skew: time.Hour}, 2, nil},
	} {
		srv.ForgetFaults()
		srv.ForgetRequests()
		c.CloseIdleConnections()
		srv.Inject(test.fault)
		_, err := c.GetBuckets(t.Context(), nil)
		if !errors.Is(err, test.want) || len(srv.Requests()) != test.attempts {
			t.Errorf("%s: %v after %d requests, want %v after %d", test.name, err, len(srv.Requests()), test.want, test.attempts)
		}
		if test.name == "skewed clock" {
			return // the measured skew is another one now
		}
	}
}

// TestOptions changes the Config for one call.
func TestOptions(t *testing.T) {
	srv := storagetest.NewLightsail()
	defer srv.Close()
	config := srv.Config()
	keys := config.Credentials
	var lookups atomic.Int32
	config.Credentials = credentials.ProviderFunc(func(ctx context.Context) (credentials.Credentials, error) {
		lookups.Add(1)
		return keys.Retrieve(ctx)
	})
	c := newClient(t, config)
	for range 5 {
		if _, err := c.GetBuckets(t.Context(), nil, func(c *lightsail.Config) { c.Retry.MaxAttempts = 1 }); err != nil {
			t.Fatal(err)
		}
	}
	if n := lookups.Load(); n != 1 {
		t.Errorf("%d look-ups, want 1", n)
	}
	for _, test := range []struct {
		option lightsail.Option
		want   string
	}{
		{func(c *lightsail.Config) { c.Endpoint = "ftp://host" }, `Config: Endpoint "ftp://host" is not a URL`},
		{func(c *lightsail.Config) { c.Region = "evil.example/" }, `Config: Region "evil.example/" is not the name of a region`},
		{func(c *lightsail.Config) { c.FIPS = true }, "Config: DualStack and FIPS choose among AWS's own hosts"},
		{func(c *lightsail.Config) { c.Credentials = credentials.Anonymous() }, "Config: Credentials cannot be anonymous"},
	} {
		_, err := c.GetBuckets(t.Context(), nil, test.option)
		if e := (*lightsail.Error)(nil); !errors.As(err, &e) || !strings.HasPrefix(err.Error(), "lightsail: GetBuckets: "+test.want) {
			t.Errorf("option: %v, want lightsail: GetBuckets: %s", err, test.want)
		}
		config := srv.Config()
		test.option(&config)
		if _, err := lightsail.New(config); err == nil || !strings.HasPrefix(err.Error(), "lightsail: "+test.want) {
			t.Errorf("New: %v, want lightsail: %s", err, test.want)
		}
	}
	wrong := func(c *lightsail.Config) { c.Credentials = credentials.Static("ID", "secret", "") }
	if _, err := c.GetBuckets(t.Context(), nil, wrong); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("another key: %v", err)
	}
}

// TestEnvironment has a zero Config find everything.
func TestEnvironment(t *testing.T) {
	srv := storagetest.NewLightsail(storagetest.WithCredentials("ID", "secret"))
	defer srv.Close()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_ACCESS_KEY_ID", "ID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	c := newClient(t, lightsail.Config{})
	if _, err := c.GetBuckets(t.Context(), nil); err == nil || err.Error() != "lightsail: GetBuckets: no region: set Config.Region or AWS_REGION" {
		t.Errorf("no region: %v", err)
	}
	t.Setenv("AWS_ENDPOINT_URL_LIGHTSAIL", srv.URL)
	if _, err := c.GetBuckets(t.Context(), nil); err != nil {
		t.Errorf("the failure was remembered: %v", err)
	}
}

// hosts notes which hosts are asked, and fails every request.
type hosts struct{ asked []string }

func (h *hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked = append(h.asked, r.URL.Host)
	return &http.Response{StatusCode: 503, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// TestSettingsOfTheEnvironment choose the host and how often it is asked.
func TestSettingsOfTheEnvironment(t *testing.T) {
	once := func(c *lightsail.Config) { c.Retry.MaxAttempts = 1 }
	for _, tt := range []struct {
		variables map[string]string
		opts      []lightsail.Option
		want      []string
		err       string
	}{
		{variables: map[string]string{"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_MAX_ATTEMPTS": "2"},
			want: []string{"lightsail-fips.us-west-2.api.aws", "lightsail-fips.us-west-2.api.aws"}},
		{variables: map[string]string{"AWS_RETRY_MODE": "standard"}, want: []string{"lightsail.us-west-2.amazonaws.com", "lightsail.us-west-2.amazonaws.com", "lightsail.us-west-2.amazonaws.com"}},
		{variables: map[string]string{"AWS_RETRY_MODE": "standard"}, opts: []lightsail.Option{once}, want: []string{"lightsail.us-west-2.amazonaws.com"}},
		{variables: map[string]string{"AWS_USE_FIPS_ENDPOINT": "maybe"}, err: `lightsail: GetBuckets: AWS_USE_FIPS_ENDPOINT: "maybe" is neither true nor false`},
		{variables: map[string]string{"AWS_MAX_ATTEMPTS": "many"}, err: `lightsail: GetBuckets: AWS_MAX_ATTEMPTS: "many" is not a number from 1 to 1000`},
	} {
		for _, variable := range os.Environ() {
			if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
				t.Setenv(name, "")
			}
		}
		t.Setenv("HOME", t.TempDir())
		t.Setenv("AWS_REGION", "us-west-2")
		for name, value := range tt.variables {
			t.Setenv(name, value)
		}
		h := &hosts{}
		c := newClient(t, lightsail.Config{Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: h},
			Retry: entrepot.Retry{MinWait: 1, MaxWait: 1}})
		_, err := c.GetBuckets(t.Context(), nil, tt.opts...)
		if err == nil || tt.err != "" && err.Error() != tt.err || !slices.Equal(h.asked, tt.want) {
			t.Errorf("%v: %v, asked %q; want %q, %s", tt.variables, err, h.asked, tt.want, tt.err)
		}
	}
}

// TestBadInput has one sentence for what a caller got wrong.
func TestBadInput(t *testing.T) {
	srv, c := serve(t)
	_, noBundle := c.CreateBucket(t.Context(), &lightsail.CreateBucketInput{BucketName: "vault"})
	_, noName := c.GetBucketAccessKeys(t.Context(), nil)
	_, short := c.DeleteBucket(t.Context(), &lightsail.DeleteBucketInput{BucketName: "ab"})
	_, long := c.UpdateBucket(t.Context(), &lightsail.UpdateBucketInput{BucketName: strings.Repeat("x", 57)})
	_, dot := c.GetBuckets(t.Context(), &lightsail.GetBucketsInput{BucketName: "a.b"})
	_, upper := c.CreateBucketAccessKey(t.Context(), &lightsail.CreateBucketAccessKeyInput{BucketName: "Vault"})
	_, hyphen := c.UpdateBucketBundle(t.Context(), &lightsail.UpdateBucketBundleInput{BucketName: "vault-", BundleId: "small_1_0"})
	_, noResource := c.TagResource(t.Context(), &lightsail.TagResourceInput{})
	_, noTimes := c.GetBucketMetricData(t.Context(), &lightsail.GetBucketMetricDataInput{BucketName: "vault", MetricName: "BucketSizeBytes", Unit: "Bytes"})
	for want, err := range map[string]error{
		"lightsail: CreateBucket: BundleId is required":                                                                            noBundle,
		"lightsail: GetBucketAccessKeys: BucketName is required":                                                                   noName,
		"lightsail: DeleteBucket: BucketName":                                                                                      short,
		"lightsail: UpdateBucket: BucketName: \"xxx":                                                                               long,
		"lightsail: GetBuckets: BucketName: \"a.b\" has other characters than lower-case letters, digits and hyphens":              dot,
		"lightsail: CreateBucketAccessKey: BucketName: \"Vault\" has other characters than lower-case letters, digits and hyphens": upper,
		"lightsail: UpdateBucketBundle: BucketName: \"vault-\" begins or ends with a hyphen":                                       hyphen,
		"lightsail: TagResource: ResourceName is required":                                                                         noResource,
		"lightsail: GetBucketMetricData: StartTime is required":                                                                    noTimes,
	} {
		if e := (*lightsail.Error)(nil); !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if sent := srv.Requests(); len(sent) != 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
}

// TestSecrets looks for the secret of an access key in what is printed.
func TestSecrets(t *testing.T) {
	var log bytes.Buffer
	srv := storagetest.NewLightsail(storagetest.WithCredentials("ID", "aSecretThatNobodyMaySee"))
	defer srv.Close()
	config := srv.Config()
	config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c := newClient(t, config)
	create(t, c)
	out := call(t, c.CreateBucketAccessKey, &lightsail.CreateBucketAccessKeyInput{BucketName: "vault"})
	_, err := c.GetBuckets(t.Context(), nil, func(c *lightsail.Config) { c.Credentials = credentials.Static("ID", "another", "") })
	if err == nil {
		t.Fatal("another secret was taken")
	}
	config.Logger.Info("everything", "key", out.AccessKey, "output", out, "config", config, "error", err)
	for _, v := range []any{out, *out, out.AccessKey, &out.AccessKey, config, c, err} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&log, verb, v)
		}
	}
	slog.New(slog.NewJSONHandler(&log, nil)).Info("everything", "key", out.AccessKey, "output", out)
	for _, secret := range []string{string(out.AccessKey.SecretAccessKey), "aSecretThatNobodyMaySee", "aws4_request"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is printed", secret)
		}
	}
	if !strings.Contains(log.String(), "InvalidSignatureException") {
		t.Error("the test sees too little")
	}
}
