package strangers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

// awsCLI runs the AWS CLI against a server, as the holder of a key.
type awsCLI struct {
	path, endpoint, keyID, secret, dir string
}

// newAWSCLI finds the AWS CLI, or skips the test if none is installed: it is a
// Python program that these tests do not install.
func newAWSCLI(t *testing.T, endpoint, keyID, secret string) awsCLI {
	t.Helper()
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("aws is not on PATH (pip install awscli)")
	}
	cli := awsCLI{path: path, endpoint: endpoint, keyID: keyID, secret: secret, dir: t.TempDir()}
	if out, err := cli.run(t, "--version"); err != nil {
		t.Skipf("aws does not run: %v\n%.200s", err, out)
	}
	return cli
}

// run returns what the CLI wrote, or an error that has what it complained of.
func (c awsCLI) run(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.WaitDelay = 5 * time.Second
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	none := filepath.Join(c.dir, "none")
	cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID="+c.keyID, "AWS_SECRET_ACCESS_KEY="+c.secret, "AWS_DEFAULT_REGION=us-east-1", "AWS_ENDPOINT_URL="+c.endpoint,
		"AWS_CONFIG_FILE="+none, "AWS_SHARED_CREDENTIALS_FILE="+none, "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1")
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, errors.New(strings.TrimSpace(complaint.String()) + ": " + err.Error())
	}
	return out.Bytes(), nil
}

// lightsail runs a command of Lightsail and reads what it answers into out.
func (c awsCLI) lightsail(t *testing.T, out any, args ...string) {
	t.Helper()
	text, err := c.run(t, append([]string{"lightsail", "--output", "json"}, args...)...)
	if err != nil {
		t.Fatalf("aws lightsail %s: %v", strings.Join(args, " "), err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("aws lightsail %s: %v\n%s", strings.Join(args, " "), err, text)
	}
}

// refused runs a command that the service must refuse for that reason.
func (c awsCLI) refused(t *testing.T, code string, args ...string) {
	t.Helper()
	_, err := c.run(t, append([]string{"lightsail"}, args...)...)
	if err == nil || !strings.Contains(err.Error(), "("+code+")") {
		t.Errorf("aws lightsail %s: %v, want %s", strings.Join(args, " "), err, code)
	}
}

type (
	cliOperations struct {
		Operations []struct{ OperationType, Status string }
	}
	cliBucket struct {
		Name, Arn, BundleID, ObjectVersioning, URL string
		AbleToUpdateBundle                         bool
		State                                      struct{ Code string }
		AccessRules                                struct {
			GetObject            string
			AllowPublicOverrides bool
		}
		Tags                     []struct{ Key, Value string }
		ReadonlyAccessAccounts   []string
		ResourcesReceivingAccess []struct{ Name, ResourceType string }
		AccessLogConfig          struct {
			Enabled             bool
			Destination, Prefix string
		}
		Cors struct {
			Rules []struct {
				AllowedMethods, AllowedOrigins []string
				MaxAgeSeconds                  int
			}
		}
	}
)

func wantDone(t *testing.T, got cliOperations, operation string) {
	t.Helper()
	if len(got.Operations) != 1 || got.Operations[0].OperationType != operation || got.Operations[0].Status != "Succeeded" {
		t.Errorf("operations %+v, want %s", got.Operations, operation)
	}
}

// TestAWSCLIGoesFromALightsailBucketToItsObjects by all commands that buckets
// have.
func TestAWSCLIGoesFromALightsailBucketToItsObjects(t *testing.T) {
	t.Parallel()
	srv := storagetest.NewLightsail(storagetest.WithCredentials(keyID, secret))
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.LightsailBucket{Name: "logs"})
	srv.AddInstance("web-1")
	cli := newAWSCLI(t, srv.URL, keyID, secret)

	var bundles struct {
		Bundles []struct {
			BundleID string
			Price    float64
			IsActive bool
		}
	}
	cli.lightsail(t, &bundles, "get-bucket-bundles")
	if len(bundles.Bundles) < 2 || !bundles.Bundles[0].IsActive || bundles.Bundles[0].Price <= 0 {
		t.Fatalf("get-bucket-bundles: %+v", bundles)
	}
	var made struct {
		Bucket cliBucket
		cliOperations
	}
	cli.lightsail(t, &made, "create-bucket", "--bucket-name", "photos", "--bundle-id", bundles.Bundles[0].BundleID, "--enable-object-versioning", "--tags", "key=a,value=b", "key=c")
	if b := made.Bucket; b.Name != "photos" || b.BundleID != bundles.Bundles[0].BundleID || b.ObjectVersioning != "Enabled" || b.State.Code != "OK" || len(b.Tags) != 2 {
		t.Errorf("create-bucket: %+v", b)
	}
	wantDone(t, made.cliOperations, "CreateBucket")

	var updated struct {
		Bucket cliBucket
		cliOperations
	}
	cli.lightsail(t, &updated, "update-bucket", "--bucket-name", "photos", "--versioning", "Suspended", "--readonly-access-accounts", "111122223333",
		"--access-rules", "getObject=public,allowPublicOverrides=true", "--access-log-config", "enabled=true,destination=logs,prefix=photos/",
		"--cors", `{"rules":[{"allowedMethods":["GET"],"allowedOrigins":["*"],"maxAgeSeconds":60}]}`)
	wantDone(t, updated.cliOperations, "UpdateBucket")
	var access, bundle cliOperations
	cli.lightsail(t, &access, "set-resource-access-for-bucket", "--resource-name", "web-1", "--bucket-name", "photos", "--access", "allow")
	wantDone(t, access, "SetResourceAccessForBucket")
	cli.lightsail(t, &bundle, "update-bucket-bundle", "--bucket-name", "photos", "--bundle-id", bundles.Bundles[1].BundleID)
	wantDone(t, bundle, "UpdateBucketBundle")
	cli.refused(t, "InvalidInputException", "update-bucket-bundle", "--bucket-name", "photos", "--bundle-id", bundles.Bundles[0].BundleID)

	var list struct{ Buckets []cliBucket }
	cli.lightsail(t, &list, "get-buckets", "--bucket-name", "photos", "--include-connected-resources", "--include-cors")
	if len(list.Buckets) != 1 {
		t.Fatalf("get-buckets: %+v", list)
	}
	got := list.Buckets[0]
	if got.Arn != made.Bucket.Arn || got.BundleID != bundles.Bundles[1].BundleID || got.AbleToUpdateBundle || got.ObjectVersioning != "Suspended" ||
		got.AccessRules.GetObject != "public" || !got.AccessRules.AllowPublicOverrides || got.AccessLogConfig.Prefix != "photos/" || got.AccessLogConfig.Destination != "logs" ||
		len(got.ReadonlyAccessAccounts) != 1 || len(got.ResourcesReceivingAccess) != 1 || got.ResourcesReceivingAccess[0].Name != "web-1" ||
		len(got.Cors.Rules) != 1 || got.Cors.Rules[0].MaxAgeSeconds != 60 {
		t.Errorf("get-buckets: %+v", got)
	}

	var key struct {
		AccessKey struct{ AccessKeyID, SecretAccessKey string }
		cliOperations
	}
	cli.lightsail(t, &key, "create-bucket-access-key", "--bucket-name", "photos")
	wantDone(t, key.cliOperations, "CreateBucketAccessKey")
	cli.lightsail(t, &struct{}{}, "create-bucket-access-key", "--bucket-name", "photos")
	cli.refused(t, "InvalidInputException", "create-bucket-access-key", "--bucket-name", "photos")

	objects := cli
	objects.keyID, objects.secret = key.AccessKey.AccessKeyID, key.AccessKey.SecretAccessKey
	body := content(9 * mib) // more than one part
	file, back := filepath.Join(cli.dir, "file"), filepath.Join(cli.dir, "back")
	must(t, os.WriteFile(file, body, 0o600))
	for _, args := range [][]string{{file, "s3://photos/a b/ü"}, {"s3://photos/a b/ü", back}} {
		_, err := objects.run(t, "s3", "cp", "--only-show-errors", args[0], args[1])
		must(t, err)
	}
	read, err := os.ReadFile(back)
	must(t, err)
	wantBytes(t, "the object that came back", read, body)
	if _, err := objects.run(t, "s3", "ls", "s3://logs"); err == nil || !strings.Contains(err.Error(), "(AccessDenied)") {
		t.Errorf("another bucket with the key: %v", err)
	}

	var keys struct {
		AccessKeys []struct {
			AccessKeyID, SecretAccessKey, Status string
			LastUsed                             struct{ ServiceName string }
		}
	}
	cli.lightsail(t, &keys, "get-bucket-access-keys", "--bucket-name", "photos")
	if len(keys.AccessKeys) != 2 {
		t.Fatalf("get-bucket-access-keys: %+v", keys)
	}
	for _, k := range keys.AccessKeys {
		want := "N/A"
		if k.AccessKeyID == objects.keyID {
			want = "s3"
		}
		if k.SecretAccessKey != "" || k.Status != "Active" || k.LastUsed.ServiceName != want {
			t.Errorf("get-bucket-access-keys: %+v", k)
		}
	}
	var metric struct {
		MetricName string
		MetricData []struct{ Average float64 }
	}
	day := 24 * time.Hour
	cli.lightsail(t, &metric, "get-bucket-metric-data", "--bucket-name", "photos", "--metric-name", "NumberOfObjects", "--unit", "Count", "--statistics", "Average", "--period", "86400",
		"--start-time", time.Now().Add(-2*day).UTC().Format(time.RFC3339), "--end-time", time.Now().Add(2*day).UTC().Format(time.RFC3339))
	if metric.MetricName != "NumberOfObjects" || len(metric.MetricData) == 0 || metric.MetricData[0].Average != 1 {
		t.Errorf("get-bucket-metric-data: %+v", metric)
	}

	cli.refused(t, "InvalidInputException", "delete-bucket", "--bucket-name", "photos")
	var unlocked, gone cliOperations
	cli.lightsail(t, &unlocked, "delete-bucket-access-key", "--bucket-name", "photos", "--access-key-id", objects.keyID)
	wantDone(t, unlocked, "DeleteBucketAccessKey")
	cli.lightsail(t, &gone, "delete-bucket", "--bucket-name", "photos", "--force-delete")
	wantDone(t, gone, "DeleteBucket")
	cli.refused(t, "NotFoundException", "get-buckets", "--bucket-name", "photos")
}

// TestAWSCLIAsksForLightsailTagsOperationsAndRegions by the commands that are
// not about buckets alone.
func TestAWSCLIAsksForLightsailTagsOperationsAndRegions(t *testing.T) {
	t.Parallel()
	srv := storagetest.NewLightsail(storagetest.WithCredentials(keyID, secret))
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	srv.AddBundle(storagetest.LightsailBundle{ID: "old_1_0", Name: "Old", Price: 2, StorageGB: 10, TransferGB: 20})
	cli := newAWSCLI(t, srv.URL, keyID, secret)

	var tagged, untagged cliOperations
	cli.lightsail(t, &tagged, "tag-resource", "--resource-name", "photos", "--tags", "key=a,value=b", "key=c,value=", "key=ü,value=ä ö")
	wantDone(t, tagged, "TagResource")
	cli.lightsail(t, &untagged, "untag-resource", "--resource-name", "photos", "--tag-keys", "a", "nothing")
	wantDone(t, untagged, "UntagResource")
	cli.refused(t, "NotFoundException", "tag-resource", "--resource-name", "nowhere", "--tags", "key=a")
	cli.refused(t, "InvalidInputException", "tag-resource", "--resource-name", "photos", "--tags", "key=aws:a")
	var list struct{ Buckets []cliBucket }
	cli.lightsail(t, &list, "get-buckets", "--bucket-name", "photos")
	if got := list.Buckets[0].Tags; len(got) != 2 || got[0].Key != "c" || got[1].Key != "ü" || got[1].Value != "ä ö" {
		t.Errorf("tags: %+v", got)
	}

	type operations struct {
		Operations []struct {
			ID, ResourceName, ResourceType, OperationType, Status string
			IsTerminal                                            bool
			CreatedAt                                             any
			Location                                              struct{ RegionName string }
		}
	}
	var all, of operations
	srv.SetPageSize(1) // the CLI pages by itself
	cli.lightsail(t, &all, "get-operations")
	cli.lightsail(t, &of, "get-operations-for-resource", "--resource-name", "photos")
	if len(all.Operations) != 2 || len(of.Operations) != 1 {
		t.Fatalf("operations: %+v, and of the first page for one bucket: %+v", all, of)
	}
	for i, want := range []string{"TagResource", "UntagResource"} {
		if o := all.Operations[i]; o.OperationType != want || o.ResourceName != "photos" || o.ResourceType != "Bucket" || !o.IsTerminal || o.CreatedAt == nil || o.Location.RegionName != "us-east-1" {
			t.Errorf("get-operations: %+v", o)
		}
	}
	srv.SetOperation(all.Operations[1].ID, "Failed", "Busy", "not now")
	var one struct {
		Operation struct {
			Status, ErrorCode, ErrorDetails string
			IsTerminal                      bool
		}
	}
	cli.lightsail(t, &one, "get-operation", "--operation-id", all.Operations[1].ID)
	if o := one.Operation; o.Status != "Failed" || o.ErrorCode != "Busy" || o.ErrorDetails != "not now" || !o.IsTerminal {
		t.Errorf("get-operation: %+v", o)
	}
	cli.refused(t, "NotFoundException", "get-operation", "--operation-id", "nothing")
	cli.refused(t, "NotFoundException", "get-operations-for-resource", "--resource-name", "nowhere")

	var regions struct {
		Regions []struct {
			Name, DisplayName, ContinentCode string
			AvailabilityZones                []struct{ ZoneName, State string }
		}
	}
	cli.lightsail(t, &regions, "get-regions", "--include-availability-zones")
	if len(regions.Regions) < 16 {
		t.Errorf("get-regions: %+v", regions)
	}
	for _, r := range regions.Regions {
		if r.Name == "" || r.DisplayName == "" || r.ContinentCode == "" || len(r.AvailabilityZones) == 0 || r.AvailabilityZones[0].ZoneName != r.Name+"a" {
			t.Errorf("get-regions: %+v", r)
		}
	}
	var bundles struct{ Bundles []struct{ BundleID string } }
	cli.lightsail(t, &bundles, "get-bucket-bundles", "--include-inactive")
	active := len(bundles.Bundles) - 1
	if bundles.Bundles[active].BundleID != "old_1_0" {
		t.Errorf("get-bucket-bundles: %+v", bundles)
	}
	cli.lightsail(t, &bundles, "get-bucket-bundles")
	if len(bundles.Bundles) != active {
		t.Errorf("get-bucket-bundles, of those that can be chosen: %+v", bundles)
	}
	cli.refused(t, "InvalidInputException", "create-bucket", "--bucket-name", "others", "--bundle-id", "old_1_0")

	size := []string{"get-bucket-metric-data", "--bucket-name", "photos", "--metric-name", "BucketSizeBytes", "--unit", "Bytes", "--period", "86400",
		"--start-time", "2026-01-01", "--end-time", "2026-01-03", "--statistics"}
	var metric struct{ MetricData []any }
	cli.lightsail(t, &metric, append(size, "Maximum", "Average")...)
	if metric.MetricData == nil || len(metric.MetricData) != 0 {
		t.Errorf("get-bucket-metric-data of an empty bucket: %+v", metric)
	}
	cli.refused(t, "InvalidInputException", append(size, "Median")...)
	cli.refused(t, "UnknownOperationException", "get-disks")
	stranger := cli
	stranger.secret = "wrong"
	stranger.refused(t, "InvalidSignatureException", "get-regions")
}
