package b2_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
)

// canned returns a client whose account is authorized and whose calls are
// answered with body, and what it has sent, the authorization left out.
func canned(t *testing.T, body string) (*b2.Client, *[]string) {
	t.Helper()
	sent := new([]string)
	client, err := b2.New(b2.Config{
		Credentials: credentials.Static("id", "key", ""),
		HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			answer := body
			if strings.HasSuffix(r.URL.Path, "b2_authorize_account") {
				answer = authorization
			} else {
				var content []byte
				if r.Body != nil {
					var err error
					if content, err = io.ReadAll(r.Body); err != nil {
						return nil, err
					}
					r.Body.Close()
				}
				*sent = append(*sent, string(content))
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: int64(len(answer)),
				Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, sent
}

// do makes the call whose input in is.
func do(ctx context.Context, client *b2.Client, in any) error {
	name := strings.TrimSuffix(reflect.TypeOf(in).Elem().Name(), "Input")
	out := reflect.ValueOf(client).MethodByName(name).Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(in)})
	err, _ := out[1].Interface().(error)
	return err
}

func repeat[T any](n int, item func(i int) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = item(i)
	}
	return list
}

func cors(i int) b2.CorsRule {
	return b2.CorsRule{CorsRuleName: fmt.Sprintf("rule-%03d", i), AllowedOrigins: []string{"*"}, AllowedOperations: []b2.CorsOperation{b2.CorsOperationS3Get}}
}

func lifecycle(i int) b2.LifecycleRule {
	return b2.LifecycleRule{FileNamePrefix: fmt.Sprintf("%03d/", i), DaysFromHidingToDeleting: 1}
}

func replication(i int) b2.ReplicationRule {
	return b2.ReplicationRule{ReplicationRuleName: fmt.Sprintf("r%d", i), DestinationBucketId: "b", Priority: int64(i + 1)}
}

func replicating(rules ...b2.ReplicationRule) *b2.ReplicationConfiguration {
	return &b2.ReplicationConfiguration{AsReplicationSource: &b2.ReplicationSource{SourceApplicationKeyId: "k", ReplicationRules: rules}}
}

func notifying(i int) b2.EventNotificationRule {
	return b2.EventNotificationRule{
		Name: fmt.Sprintf("rule-%03d", i), EventTypes: []b2.EventType{b2.EventTypeObjectCreatedAny},
		TargetConfiguration: b2.TargetConfiguration{TargetType: b2.TargetTypeWebhook, Url: "https://hooks.example.com/x"},
	}
}

// changed returns a copy of v that change has been applied to.
func changed[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

func with[T any](v T, change func(*T)) *T {
	change(&v)
	return &v
}

var (
	uploadIn = b2.UploadFileInput{UploadUrl: "https://pod.example/x", AuthorizationToken: "t", FileName: "f"}
	startIn  = b2.StartLargeFileInput{BucketId: "b", FileName: "f", ContentType: "a/b"}
	copyIn   = b2.CopyFileInput{SourceFileId: "s", FileName: "f"}
	partIn   = b2.CopyPartInput{SourceFileId: "s", LargeFileId: "l", PartNumber: 1}
	bucketIn = b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}
	updateIn = b2.UpdateBucketInput{BucketId: "b"}
	keyIn    = b2.CreateKeyInput{KeyName: "k", Capabilities: []b2.Capability{b2.CapabilityListFiles}}
	rulesIn  = b2.SetBucketNotificationRulesInput{BucketId: "b"}

	until = time.UnixMilli(1_900_000_000_000)
	sseB2 = &b2.ServerSideEncryption{Mode: b2.EncryptionModeSSEB2, Algorithm: b2.EncryptionAlgorithmAES256}
)

func TestLimitsAreToldBeforeAnythingIsSent(t *testing.T) {
	target := func(change func(*b2.TargetConfiguration)) *b2.SetBucketNotificationRulesInput {
		rule := notifying(0)
		change(&rule.TargetConfiguration)
		return with(rulesIn, func(in *b2.SetBucketNotificationRulesInput) {
			in.EventNotificationRules = []b2.EventNotificationRule{rule}
		})
	}
	rule := func(change func(*b2.EventNotificationRule)) *b2.SetBucketNotificationRulesInput {
		return with(rulesIn, func(in *b2.SetBucketNotificationRulesInput) {
			in.EventNotificationRules = []b2.EventNotificationRule{changed(notifying(0), change)}
		})
	}
	for _, tt := range []struct {
		in   any
		want string // behind "b2: " and the name of the call
	}{
		{with(startIn, func(in *b2.StartLargeFileInput) { in.FileInfo = b2.FileInfo{"a b": ""} }), "FileInfo[\"a b\"]: must have a key of letters, digits and -_.`~!#$%^&*'|+"},
		{with(startIn, func(in *b2.StartLargeFileInput) { in.FileInfo = b2.FileInfo{"": "x"} }), "FileInfo[\"\"]: must have a key of letters, digits and -_.`~!#$%^&*'|+"},
		{with(startIn, func(in *b2.StartLargeFileInput) { in.FileInfo = b2.FileInfo{"ü": "x"} }), "FileInfo[\"ü\"]: must have a key of letters, digits and -_.`~!#$%^&*'|+"},
		{with(uploadIn, func(in *b2.UploadFileInput) { in.FileInfo = b2.FileInfo{"a b": ""} }), `FileInfo["a b"]: is not a name that a header can have`},
		{with(uploadIn, func(in *b2.UploadFileInput) { in.FileInfo = b2.FileInfo{"k": "\xff"} }), `FileInfo["k"]: is not valid UTF-8`},
		{with(uploadIn, func(in *b2.UploadFileInput) { in.FileInfo = b2.FileInfo{"B2-Anything": "x"} }), `FileInfo["B2-Anything"]: begins with b2-, which is reserved`},
		{&b2.DownloadFileByNameInput{BucketName: "photos", FileName: "cat.jpg", Range: "0-99"}, `Range: must be bytes=FIRST-LAST or bytes=FIRST-, not "0-99"`},
		{&b2.ListUnfinishedLargeFilesInput{BucketId: "b", MaxFileCount: -1}, "MaxFileCount: must be 0 or more, not -1"},
		{&b2.DownloadFileByIdInput{FileId: "id", Range: "0-99"}, `Range: must be bytes=FIRST-LAST or bytes=FIRST-, not "0-99"`},
		{with(uploadIn, func(in *b2.UploadFileInput) { in.FileRetentionMode = b2.RetentionModeGovernance }), "FileRetentionMode: goes with FileRetentionRetainUntilTimestamp: both or neither"},
		{with(uploadIn, func(in *b2.UploadFileInput) { in.FileRetentionRetainUntilTimestamp = until }), "FileRetentionMode: goes with FileRetentionRetainUntilTimestamp: both or neither"},
		{with(uploadIn, func(in *b2.UploadFileInput) {
			in.FileLegalHold, in.FileInfo = b2.LegalHoldOff, b2.FileInfo{"k": strings.Repeat("x", 2047)}
		}), "FileInfo: has, with the name, 2049 bytes as it is sent; the limit is 2048"},
		{with(uploadIn, func(in *b2.UploadFileInput) {
			in.ServerSideEncryption, in.ServerSideEncryptionCustomerKey = b2.EncryptionAlgorithmAES256, "x"
		}), "ServerSideEncryption: is SSE-B2, which excludes a customer's key"},
		{with(uploadIn, func(in *b2.UploadFileInput) {
			in.ServerSideEncryptionCustomerAlgorithm = b2.EncryptionAlgorithmAES256
		}), "ServerSideEncryptionCustomerKey is required"},
		{with(uploadIn, func(in *b2.UploadFileInput) {
			in.ServerSideEncryptionCustomerKey, in.ServerSideEncryptionCustomerKeyMd5 = customerKey.Key, customerKey.KeyMd5
		}), "ServerSideEncryptionCustomerAlgorithm is required"},
		{&b2.DownloadFileByIdInput{FileId: "f", ServerSideEncryptionCustomerAlgorithm: "AES256", ServerSideEncryptionCustomerKey: customerKey.Key}, "ServerSideEncryptionCustomerKeyMd5 is required"},
		{&b2.DownloadFileByNameInput{BucketName: "b", FileName: "f", ServerSideEncryptionCustomerAlgorithm: "AES256",
			ServerSideEncryptionCustomerKey: customerKey.Key, ServerSideEncryptionCustomerKeyMd5: templateKey.KeyMd5},
			"ServerSideEncryptionCustomerKeyMd5: is not base64 of the MD5 of the key's 32 bytes"},
		{&b2.UploadPartInput{UploadUrl: "https://pod.example/x", AuthorizationToken: "t", PartNumber: 1, ServerSideEncryptionCustomerAlgorithm: "AES256",
			ServerSideEncryptionCustomerKey: "c2hvcnQ=", ServerSideEncryptionCustomerKeyMd5: "x"}, "ServerSideEncryptionCustomerKey: is not base64 of 32 bytes"},
		{with(uploadIn, func(in *b2.UploadFileInput) {
			in.Body, in.ContentLength = struct{ io.Reader }{strings.NewReader("")}, 5_000_000_001
		}), "Body: has 5000000001 bytes; the limit is 5000000000"},

		{with(startIn, func(in *b2.StartLargeFileInput) { in.FileName = strings.Repeat("x", 1025) }), "FileName: is longer than 1024 bytes"},
		{with(startIn, func(in *b2.StartLargeFileInput) { in.FileInfo = b2.FileInfo{"K": "1", "k": "2"} }), `FileInfo["K"]: is there twice: keys do not differ by case`},
		{with(startIn, func(in *b2.StartLargeFileInput) {
			in.FileRetention = &b2.FileRetention{Mode: b2.RetentionModeCompliance}
		}), "FileRetention: has a Mode with a RetainUntilTimestamp, or neither"},
		{with(startIn, func(in *b2.StartLargeFileInput) { in.ServerSideEncryption = &b2.ServerSideEncryption{} }), "ServerSideEncryption.Mode is required"},
		{with(startIn, func(in *b2.StartLargeFileInput) {
			in.ServerSideEncryption = &b2.ServerSideEncryption{Mode: b2.EncryptionModeSSEB2}
		}), "ServerSideEncryption.Algorithm is required"},
		{with(startIn, func(in *b2.StartLargeFileInput) {
			in.ServerSideEncryption = &b2.ServerSideEncryption{Mode: b2.EncryptionModeSSEC, Algorithm: b2.EncryptionAlgorithmAES256}
		}), "ServerSideEncryption.CustomerKey is required"},
		{with(startIn, func(in *b2.StartLargeFileInput) {
			in.ServerSideEncryption = customerKey.ServerSideEncryption()
			in.ServerSideEncryption.Mode = b2.EncryptionModeSSEB2
		}), "ServerSideEncryption.Mode: is SSE-B2, which takes no customer's key"},
		{with(startIn, func(in *b2.StartLargeFileInput) {
			in.ServerSideEncryption, in.FileInfo = sseB2, b2.FileInfo{"k": strings.Repeat("x", 2047)}
		}), "FileInfo: has, with the name, 2049 bytes as it is sent; the limit is 2048"},

		{with(copyIn, func(in *b2.CopyFileInput) { in.FileName = "a\x7f" }), "FileName: has a control character"},
		{with(copyIn, func(in *b2.CopyFileInput) { in.ContentType = "a/b" }), "ContentType: is only possible with MetadataDirectiveReplace"},
		{with(copyIn, func(in *b2.CopyFileInput) {
			in.MetadataDirective, in.FileInfo = b2.MetadataDirectiveCopy, b2.FileInfo{}
		}), "FileInfo: is only possible with MetadataDirectiveReplace"},
		{with(copyIn, func(in *b2.CopyFileInput) { in.MetadataDirective = b2.MetadataDirectiveReplace }), "ContentType: is required with MetadataDirectiveReplace"},
		{with(copyIn, func(in *b2.CopyFileInput) { in.SourceServerSideEncryption = sseB2 }), "SourceServerSideEncryption.Mode: must be SSE-C: others are left out here"},
		{with(copyIn, func(in *b2.CopyFileInput) {
			in.MetadataDirective, in.ContentType, in.FileInfo = b2.MetadataDirectiveReplace, "a/b", b2.FileInfo{"k": strings.Repeat("x", 2047)}
			in.LegalHold = b2.LegalHoldOn
		}), "FileInfo: has, with the name, 2049 bytes as it is sent; the limit is 2048"},
		{with(partIn, func(in *b2.CopyPartInput) { in.PartNumber = 0 }), "PartNumber: must be 1 to 10000, not 0"},
		{with(partIn, func(in *b2.CopyPartInput) { in.DestinationServerSideEncryption = sseB2 }), "DestinationServerSideEncryption.Mode: must be SSE-C: others are left out here"},
		{&b2.FinishLargeFileInput{FileId: "f", PartSha1Array: []string{strings.Repeat("0", 40)}}, "PartSha1Array: must be those of 2 to 10000 parts, not 1"},
		{&b2.FinishLargeFileInput{FileId: "f", PartSha1Array: []string{strings.Repeat("0", 40), b2.Sha1Unverified + strings.Repeat("0", 40)}}, "PartSha1Array[1]: is not a SHA-1 in hex"},
		{&b2.HideFileInput{BucketId: "b", FileName: "\xff"}, "FileName: is not valid UTF-8, which JSON cannot carry"},
		{&b2.UpdateFileRetentionInput{FileName: "f", FileId: "i", FileRetention: b2.FileRetention{RetainUntilTimestamp: until}}, "FileRetention: has a Mode with a RetainUntilTimestamp, or neither"},
		{&b2.UpdateFileLegalHoldInput{FileName: "f", FileId: "i"}, "LegalHold is required"},

		{&b2.ListFileNamesInput{BucketId: "b", MaxFileCount: 10_001}, "MaxFileCount: must be 0 to 10000, not 10001"},
		{&b2.ListFileVersionsInput{BucketId: "b", MaxFileCount: -1}, "MaxFileCount: must be 0 to 10000, not -1"},
		{&b2.ListFileVersionsInput{BucketId: "b", StartFileId: "i"}, "StartFileName: is required with StartFileId"},
		{&b2.ListKeysInput{MaxKeyCount: 10_001}, "MaxKeyCount: must be 0 to 10000, not 10001"},
		{&b2.ListPartsInput{FileId: "f", MaxPartCount: 1001}, "MaxPartCount: must be 0 to 1000, not 1001"},
		{&b2.ListPartsInput{FileId: "f", StartPartNumber: -1}, "StartPartNumber: must be 0 or more, not -1"},
		{&b2.GetDownloadAuthorizationInput{BucketId: "b"}, "ValidDurationInSeconds: must be 1 to 604800, not 0"},
		{&b2.GetDownloadAuthorizationInput{BucketId: "b", ValidDurationInSeconds: 604_801}, "ValidDurationInSeconds: must be 1 to 604800, not 604801"},

		{with(keyIn, func(in *b2.CreateKeyInput) { in.Capabilities = nil }), "Capabilities is required"},
		{with(keyIn, func(in *b2.CreateKeyInput) { in.KeyName = strings.Repeat("k", 101) }), "KeyName: must have 1 to 100 letters, digits and '-'"},
		{with(keyIn, func(in *b2.CreateKeyInput) { in.KeyName = "my key" }), "KeyName: must have 1 to 100 letters, digits and '-'"},
		{with(keyIn, func(in *b2.CreateKeyInput) { in.ValidDurationInSeconds = 86_400_000 }), "ValidDurationInSeconds: must be 0 to 86399999, not 86400000"},
		{with(keyIn, func(in *b2.CreateKeyInput) { in.BucketIds = []string{} }), "BucketIds: is empty: it is nil for a key without restriction"},

		{with(bucketIn, func(in *b2.CreateBucketInput) { in.BucketName = "short" }), "BucketName: must have 6 to 63 letters, digits and '-'"},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.BucketName = strings.Repeat("x", 64) }), "BucketName: must have 6 to 63 letters, digits and '-'"},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.BucketName = "my_bucket" }), "BucketName: must have 6 to 63 letters, digits and '-'"},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.BucketName = "b2-mine" }), "BucketName: begins with b2-, which is reserved"},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.BucketInfo = make(map[string]string)
			for i := range 11 {
				in.BucketInfo[fmt.Sprint(i)] = ""
			}
		}), "BucketInfo: has 11 entries; the limit is 10"},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.BucketInfo = map[string]string{"a.b": ""} }), `BucketInfo["a.b"]: must have a key of letters, digits, '-' and '_'`},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.CorsRules = repeat(101, cors) }), "CorsRules: has 101 rules; the limit is 100"},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.CorsRules = []b2.CorsRule{cors(0), cors(0)} }), "CorsRules[1].CorsRuleName: is that of another rule"},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.CorsRules = []b2.CorsRule{changed(cors(0), func(r *b2.CorsRule) { r.CorsRuleName = "b2-rule" })}
		}), "CorsRules[0].CorsRuleName: begins with b2-, which is reserved"},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.CorsRules = []b2.CorsRule{changed(cors(0), func(r *b2.CorsRule) { r.AllowedOrigins = nil })}
		}), "CorsRules[0].AllowedOrigins is required"},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.CorsRules = []b2.CorsRule{changed(cors(0), func(r *b2.CorsRule) { r.AllowedOperations = nil })}
		}), "CorsRules[0].AllowedOperations is required"},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.CorsRules = []b2.CorsRule{changed(cors(0), func(r *b2.CorsRule) { r.MaxAgeSeconds = 86_401 })}
		}), "CorsRules[0].MaxAgeSeconds: must be 0 to 86400, not 86401"},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.LifecycleRules = repeat(101, lifecycle) }), "LifecycleRules: has 101 rules; the limit is 100"},
		{with(bucketIn, func(in *b2.CreateBucketInput) { in.LifecycleRules = []b2.LifecycleRule{{FileNamePrefix: "x"}} }), "LifecycleRules[0]: has no time set"},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.LifecycleRules = []b2.LifecycleRule{{DaysFromHidingToDeleting: 1, DaysFromUploadingToHiding: -2}}
		}), "LifecycleRules[0]: has a time of -2 days; the least is 1"},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.LifecycleRules = []b2.LifecycleRule{
				changed(lifecycle(0), func(r *b2.LifecycleRule) { r.FileNamePrefix = "logs/2026" }), lifecycle(1),
				changed(lifecycle(0), func(r *b2.LifecycleRule) { r.FileNamePrefix = "logs/" }),
			}
		}), `LifecycleRules: has prefixes "logs/" and "logs/2026", of which one begins with the other`},
		{with(bucketIn, func(in *b2.CreateBucketInput) {
			in.DefaultServerSideEncryption = customerKey.ServerSideEncryption()
		}), "DefaultServerSideEncryption.Mode: cannot be SSE-C: the service keeps no key"},

		{with(updateIn, func(in *b2.UpdateBucketInput) { in.IfRevisionIs = -1 }), "IfRevisionIs: must be 0 or more, not -1"},
		{with(updateIn, func(in *b2.UpdateBucketInput) {
			in.DefaultRetention = &b2.DefaultRetention{Mode: b2.RetentionModeGovernance}
		}), "DefaultRetention: has a Mode with a Period, or neither"},
		{with(updateIn, func(in *b2.UpdateBucketInput) {
			in.DefaultRetention = &b2.DefaultRetention{Mode: b2.RetentionModeGovernance, Period: &b2.RetentionPeriod{Unit: b2.RetentionUnitDays}}
		}), "DefaultRetention.Period.Duration: must be 1 or more, not 0"},
		{with(updateIn, func(in *b2.UpdateBucketInput) {
			in.DefaultRetention = &b2.DefaultRetention{Mode: b2.RetentionModeGovernance, Period: &b2.RetentionPeriod{Duration: 1}}
		}), "DefaultRetention.Period.Unit is required"},
		{with(updateIn, func(in *b2.UpdateBucketInput) {
			in.ReplicationConfiguration = &b2.ReplicationConfiguration{AsReplicationSource: &b2.ReplicationSource{}}
		}), "ReplicationConfiguration.AsReplicationSource.SourceApplicationKeyId is required"},
		{with(updateIn, func(in *b2.UpdateBucketInput) {
			in.ReplicationConfiguration = replicating(changed(replication(0), func(r *b2.ReplicationRule) { r.ReplicationRuleName = "a b" }))
		}), "ReplicationConfiguration.AsReplicationSource.ReplicationRules[0].ReplicationRuleName: must have 1 to 64 letters, digits, '-' and '_'"},
		{with(updateIn, func(in *b2.UpdateBucketInput) {
			in.ReplicationConfiguration = replicating(changed(replication(0), func(r *b2.ReplicationRule) { r.Priority = 1 << 31 }))
		}), "ReplicationConfiguration.AsReplicationSource.ReplicationRules[0].Priority: must be 1 to 2147483647, not 2147483648"},
		{with(updateIn, func(in *b2.UpdateBucketInput) {
			in.ReplicationConfiguration = replicating(replication(0), changed(replication(1), func(r *b2.ReplicationRule) { r.Priority = 1 }))
		}), "ReplicationConfiguration.AsReplicationSource.ReplicationRules[1].Priority: is that of another rule"},

		{with(rulesIn, func(in *b2.SetBucketNotificationRulesInput) { in.EventNotificationRules = repeat(26, notifying) }), "EventNotificationRules: has 26 rules; the limit is 25"},
		{with(rulesIn, func(in *b2.SetBucketNotificationRulesInput) {
			in.EventNotificationRules = []b2.EventNotificationRule{notifying(1), notifying(1)}
		}), "EventNotificationRules[1].Name: is that of another rule"},
		{rule(func(r *b2.EventNotificationRule) { r.Name = "short" }), "EventNotificationRules[0].Name: must have 6 to 63 letters, digits and '-'"},
		{rule(func(r *b2.EventNotificationRule) { r.EventTypes = nil }), "EventNotificationRules[0].EventTypes is required"},
		{rule(func(r *b2.EventNotificationRule) { r.MaxEventsPerBatch = 51 }), "EventNotificationRules[0].MaxEventsPerBatch: must be 0 to 50, not 51"},
		{target(func(c *b2.TargetConfiguration) { c.TargetType = "" }), "EventNotificationRules[0].TargetConfiguration.TargetType is required"},
		{target(func(c *b2.TargetConfiguration) { c.Url = "" }), "EventNotificationRules[0].TargetConfiguration.Url is required"},
		{target(func(c *b2.TargetConfiguration) { c.Url = "http://hooks.example.com/secret" }), "EventNotificationRules[0].TargetConfiguration.Url: is not an URL of https"},
		{target(func(c *b2.TargetConfiguration) {
			c.CustomHeaders = repeat(11, func(i int) b2.CustomHeader { return b2.CustomHeader{Name: fmt.Sprint("h", i)} })
		}), "EventNotificationRules[0].TargetConfiguration.CustomHeaders: has 11 headers; the limit is 10"},
		{target(func(c *b2.TargetConfiguration) { c.CustomHeaders = []b2.CustomHeader{{Value: "v"}} }), "EventNotificationRules[0].TargetConfiguration.CustomHeaders[0].Name is required"},
		{target(func(c *b2.TargetConfiguration) { c.CustomHeaders = []b2.CustomHeader{{Name: "X-BZ-Mine"}} }), "EventNotificationRules[0].TargetConfiguration.CustomHeaders[0].Name: begins with X-Bz-, which is reserved"},
		{target(func(c *b2.TargetConfiguration) { c.CustomHeaders = []b2.CustomHeader{{Name: "a"}, {Name: "A"}} }), "EventNotificationRules[0].TargetConfiguration.CustomHeaders[1].Name: is there twice: names of headers do not differ by case"},
		{target(func(c *b2.TargetConfiguration) {
			c.CustomHeaders = []b2.CustomHeader{{Name: "a", Value: strings.Repeat("x", 2045)}}
		}), "EventNotificationRules[0].TargetConfiguration.CustomHeaders: have 2049 bytes as they are sent; the limit is 2048"},
		{target(func(c *b2.TargetConfiguration) { c.HmacSha256SigningSecret = "short" }), "EventNotificationRules[0].TargetConfiguration.HmacSha256SigningSecret: must have 32 letters and digits"},
		{target(func(c *b2.TargetConfiguration) { c.HmacSha256SigningSecret = b2.Secret(strings.Repeat("-", 32)) }), "EventNotificationRules[0].TargetConfiguration.HmacSha256SigningSecret: must have 32 letters and digits"},
	} {
		client, sent := canned(t, "{}")
		err := do(t.Context(), client, tt.in)
		name := strings.TrimSuffix(reflect.TypeOf(tt.in).Elem().Name(), "Input")
		var e *b2.Error
		if !errors.As(err, &e) || e.Attempts != 0 || !strings.HasPrefix(err.Error(), "b2: "+name+": ") {
			t.Errorf("%s: error %v, want %s", name, err, tt.want)
		} else if got := strings.TrimPrefix(err.Error(), "b2: "+name+": "); got != tt.want && got != strings.Replace(tt.want, `["K"]`, `["k"]`, 1) {
			t.Errorf("%s: error %s, want %s", name, got, tt.want)
		}
		if len(*sent) != 0 {
			t.Errorf("%s: %q was sent all the same", name, *sent)
		}
	}
}

// TestLimitsReached wants what is just within the limits, and what is for the
// server to judge, to be sent.
func TestLimitsReached(t *testing.T) {
	long := strings.Repeat("x", 63)
	for _, in := range []any{
		with(startIn, func(in *b2.StartLargeFileInput) {
			in.FileName = strings.Repeat("ü", 512)
			in.FileInfo = b2.FileInfo{"k": strings.Repeat(" ", 6999-3*1024)}
		}),
		with(startIn, func(in *b2.StartLargeFileInput) {
			in.FileName = "/a//../.\\b/"
			in.FileInfo = b2.FileInfo{"-_.`~!#$%^&*'|+": "\x00\n", "B2-Cache-Control": "x", strings.Repeat("k", 60): ""}
			for i := range 12 {
				in.FileInfo[fmt.Sprint(i)] = ""
			}
			in.FileRetention, in.ServerSideEncryption = &b2.FileRetention{}, &b2.ServerSideEncryption{Mode: b2.EncryptionModeNone}
		}),
		with(startIn, func(in *b2.StartLargeFileInput) {
			in.ServerSideEncryption, in.FileInfo = customerKey.ServerSideEncryption(), b2.FileInfo{"k": strings.Repeat("x", 2046)}
		}),
		with(startIn, func(in *b2.StartLargeFileInput) {
			in.ServerSideEncryption = &b2.ServerSideEncryption{Mode: "SSE-X"}
		}),
		with(copyIn, func(in *b2.CopyFileInput) {
			in.MetadataDirective, in.ContentType, in.SourceServerSideEncryption = b2.MetadataDirectiveReplace, "a/b", customerKey.ServerSideEncryption()
			in.DestinationServerSideEncryption, in.FileRetention = sseB2, &b2.FileRetention{Mode: b2.RetentionModeCompliance, RetainUntilTimestamp: until}
		}),
		with(copyIn, func(in *b2.CopyFileInput) { in.MetadataDirective, in.ContentType = "MERGE", "a/b" }),
		with(partIn, func(in *b2.CopyPartInput) { in.PartNumber = 10_000 }),
		&b2.FinishLargeFileInput{FileId: "f", PartSha1Array: repeat(10_000, func(int) string { return strings.Repeat("A", 40) })},
		&b2.UpdateFileRetentionInput{FileName: "f", FileId: "i"},
		&b2.DeleteFileVersionInput{FileName: "a\nb", FileId: "i"}, // as old as it may be
		&b2.ListFileNamesInput{BucketId: "b", MaxFileCount: 10_000},
		&b2.ListFileVersionsInput{BucketId: "b", MaxFileCount: 10_000, StartFileName: "f", StartFileId: "i"},
		&b2.ListPartsInput{FileId: "f", MaxPartCount: 1000},
		&b2.ListUnfinishedLargeFilesInput{BucketId: "b", MaxFileCount: 1000},
		&b2.GetDownloadAuthorizationInput{BucketId: "b", ValidDurationInSeconds: 604_800},
		with(keyIn, func(in *b2.CreateKeyInput) {
			in.KeyName, in.ValidDurationInSeconds, in.Capabilities = strings.Repeat("k", 100), 86_399_999, []b2.Capability{"fly"}
		}),
		with(bucketIn, func(in *b2.CreateBucketInput) {
			in.BucketName = "A.b-" + long[4:]
			in.BucketType = "new"
			in.BucketInfo = map[string]string{"Cache-Control": "max-age=3600", "a_b": strings.Repeat("x", 3000)}
			in.CorsRules = repeat(100, cors)
			in.CorsRules[0].CorsRuleName, in.CorsRules[0].MaxAgeSeconds = long, 86_400
			in.LifecycleRules = repeat(100, lifecycle)
			in.DefaultServerSideEncryption = &b2.ServerSideEncryption{Mode: b2.EncryptionModeNone}
			in.ReplicationConfiguration = replicating(changed(replication(0), func(r *b2.ReplicationRule) { r.Priority = 1<<31 - 1 }), replication(1))
		}),
		with(updateIn, func(in *b2.UpdateBucketInput) {
			in.DefaultRetention = &b2.DefaultRetention{Mode: "new", Period: &b2.RetentionPeriod{Duration: 100_000, Unit: "weeks"}}
		}),
		with(rulesIn, func(in *b2.SetBucketNotificationRulesInput) {
			in.EventNotificationRules = repeat(25, notifying)
			r := &in.EventNotificationRules[0]
			r.MaxEventsPerBatch, r.Name, r.EventTypes = 50, long, []b2.EventType{"b2:New:*"}
			r.TargetConfiguration = b2.TargetConfiguration{
				TargetType: "pigeon", Url: "http://127.0.0.1:1/", HmacSha256SigningSecret: "aZ345678901234567890123456789012",
				CustomHeaders: append(repeat(9, func(i int) b2.CustomHeader { return b2.CustomHeader{Name: fmt.Sprint("h", i)} }),
					b2.CustomHeader{Name: "k", Value: strings.Repeat("x", 2048-9*5-4)}),
			}
		}),
	} {
		client, sent := canned(t, "{}")
		if err := do(t.Context(), client, in); err != nil {
			t.Error(err)
		}
		if len(*sent) != 1 {
			t.Errorf("%T: %d requests", in, len(*sent))
		}
	}
}
