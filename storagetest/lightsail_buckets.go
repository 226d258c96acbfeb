package storagetest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// LightsailBucket describes a bucket that is made beforehand. Empty fields take
// the values of a fresh bucket.
type LightsailBucket struct {
	Name                     string
	BundleId                 string // as GetBucketBundles lists them; default small_1_0
	Tags                     map[string]string
	ObjectVersioning         string // NeverEnabled, Enabled or Suspended
	GetObject                string // public or private
	AllowPublicOverrides     bool
	BundleFixed              bool // the bundle has been changed this month already
	ReadonlyAccessAccounts   []string
	ResourcesReceivingAccess map[string]string // resource types by name
	AccessLogDestination     string            // a bucket; empty: no access logs
	AccessLogPrefix          string
	CORS                     []LightsailCORSRule
	StateCode                string // OK or Unknown
	StateMessage             string
}

// LightsailCORSRule is a CORS rule of a bucket.
type LightsailCORSRule struct {
	ID             string   `json:"id,omitempty"`
	AllowedMethods []string `json:"allowedMethods"`
	AllowedOrigins []string `json:"allowedOrigins"`
	AllowedHeaders []string `json:"allowedHeaders,omitempty"`
	ExposeHeaders  []string `json:"exposeHeaders,omitempty"`
	MaxAgeSeconds  int      `json:"maxAgeSeconds,omitempty"`
}

type lightsailBucket struct {
	LightsailBucket
	arn, support  string
	created       time.Time
	keys          []*lightsailKey
	bundleChanged time.Time // by UpdateBucketBundle; zero: never
}

// lightsailBlockPublic is what the account's Block Public Access has come to.
type lightsailBlockPublic struct {
	Status   string   `json:"status"`
	Synced   *float64 `json:"lastSyncedAt,omitempty"`
	Message  string   `json:"message,omitempty"`
	Impacted bool     `json:"bpaImpactsLightsail"`
}

// AddBucket makes a bucket, or replaces the settings of the one of that name.
func (l *Lightsail) AddBucket(b LightsailBucket) {
	b.Tags, b.ResourcesReceivingAccess = maps.Clone(b.Tags), maps.Clone(b.ResourcesReceivingAccess) // operations change them
	l.state.Lock()
	defer l.state.Unlock()
	if old := l.buckets[b.Name]; old != nil {
		old.LightsailBucket, old.bundleChanged = b, time.Time{}
		l.configureS3(old)
		return
	}
	l.add(b)
}

// SetAccountLevelBpaSync sets what GetBuckets reports of the account's Block
// Public Access: status is InSync, Failed, NeverSynced or Defaulted; a zero
// synced stands for never. If impactsLightsail, nothing can be read without a
// key, whatever the settings of the buckets.
func (l *Lightsail) SetAccountLevelBpaSync(status string, synced time.Time, message string, impactsLightsail bool) {
	l.state.Lock()
	defer l.state.Unlock()
	l.blockPublic = &lightsailBlockPublic{Status: status, Message: message, Impacted: impactsLightsail}
	if !synced.IsZero() {
		at := lightsailTime(synced)
		l.blockPublic.Synced = &at
	}
}

func (l *Lightsail) add(b LightsailBucket) *lightsailBucket {
	bucket := &lightsailBucket{
		LightsailBucket: b,
		arn:             fmt.Sprintf("arn:aws:lightsail:%s:%s:Bucket/%s", l.region, l.accountID, l.uuid()),
		support:         "621291663362/" + b.Name,
		created:         l.clock(),
	}
	l.buckets[b.Name] = bucket
	l.s3.addBucket(BucketSetup{Name: b.Name})
	l.configureS3(bucket)
	return bucket
}

// configureS3 has the bucket behave by S3 as its settings say.
func (l *Lightsail) configureS3(b *lightsailBucket) {
	var rules *cors
	for _, r := range b.CORS {
		rule := corsRule{ID: r.ID, AllowedOrigins: r.AllowedOrigins, AllowedMethods: r.AllowedMethods, AllowedHeaders: r.AllowedHeaders, ExposeHeaders: r.ExposeHeaders}
		if r.MaxAgeSeconds > 0 {
			rule.MaxAgeSeconds = new(int32(r.MaxAgeSeconds))
		}
		if rules == nil {
			rules = &cors{}
		}
		rules.Rules = append(rules.Rules, rule)
	}
	l.s3.mu.Lock()
	defer l.s3.mu.Unlock()
	bucket := l.s3.buckets[b.Name]
	bucket.versioning, bucket.cors = b.versioning(), rules
	l.admitGuests()
}

// versioning is the state in the terms of S3.
func (b LightsailBucket) versioning() string {
	if b.ObjectVersioning == "NeverEnabled" {
		return ""
	}
	return b.ObjectVersioning
}

// uuid makes an id that is the same in every run.
func (l *Lightsail) uuid() string {
	l.counter++
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", l.counter)
}

type lightsailLocation struct {
	Zone   string `json:"availabilityZone"`
	Region string `json:"regionName"`
}

func (l *Lightsail) location() lightsailLocation {
	return lightsailLocation{Zone: "all", Region: l.region}
}

// document is a bucket as the API shows it.
func (l *Lightsail) document(b *lightsailBucket, connected, cors bool) map[string]any {
	state := map[string]string{"code": orDefault(b.StateCode, "OK")}
	if b.StateMessage != "" {
		state["message"] = b.StateMessage
	}
	logs := map[string]any{"enabled": b.AccessLogDestination != ""}
	if b.AccessLogDestination != "" {
		logs["destination"] = b.AccessLogDestination
	}
	if b.AccessLogPrefix != "" {
		logs["prefix"] = b.AccessLogPrefix
	}
	document := map[string]any{
		"resourceType": "Bucket",
		"accessRules": map[string]any{
			"getObject": orDefault(b.GetObject, "private"), "allowPublicOverrides": b.AllowPublicOverrides,
		},
		"arn":                    b.arn,
		"bundleId":               orDefault(b.BundleId, "small_1_0"),
		"createdAt":              lightsailTime(b.created),
		"url":                    l.URL + "/" + b.Name,
		"location":               l.location(),
		"name":                   b.Name,
		"supportCode":            b.support,
		"tags":                   lightsailTags(b.Tags),
		"objectVersioning":       orDefault(b.ObjectVersioning, "NeverEnabled"),
		"ableToUpdateBundle":     l.ableToUpdateBundle(b),
		"readonlyAccessAccounts": orEmptyList(b.ReadonlyAccessAccounts),
		"state":                  state,
		"accessLogConfig":        logs,
	}
	if connected {
		receiving := []map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(b.ResourcesReceivingAccess)) {
			receiving = append(receiving, map[string]string{"name": name, "resourceType": b.ResourcesReceivingAccess[name]})
		}
		document["resourcesReceivingAccess"] = receiving
	}
	if cors {
		document["cors"] = map[string]any{"rules": orEmptyList(b.CORS)}
	}
	return document
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

var lightsailBucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,52}[a-z0-9]$`)

func lightsailCheckName(name string) error {
	if !lightsailBucketName.MatchString(name) || strings.Contains(name, "--") {
		return lightsailInvalid("The bucket name is not valid: %q", name)
	}
	return nil
}

// find returns a bucket by the name that a request gives.
func (l *Lightsail) find(name string) (*lightsailBucket, error) {
	if err := lightsailCheckName(name); err != nil {
		return nil, err
	}
	if b := l.buckets[name]; b != nil {
		return b, nil
	}
	return nil, lightsailNotFound("The Bucket does not exist: %s", name)
}

type lightsailCreateBucket struct {
	Name             string         `json:"bucketName" required:"true"`
	BundleID         string         `json:"bundleId" required:"true"`
	Tags             []lightsailTag `json:"tags"`
	EnableVersioning bool           `json:"enableObjectVersioning"`
}

func (l *Lightsail) createBucket(in *lightsailCreateBucket) (any, error) {
	if err := lightsailCheckName(in.Name); err != nil {
		return nil, err
	}
	if err := l.checkBundle(in.BundleID); err != nil {
		return nil, err
	}
	tags, err := addLightsailTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	if l.buckets[in.Name] != nil {
		return nil, lightsailInvalid("Some names are already in use: %s", in.Name)
	}
	setup := LightsailBucket{Name: in.Name, BundleId: in.BundleID, Tags: tags}
	if in.EnableVersioning {
		setup.ObjectVersioning = "Enabled"
	}
	b := l.add(setup)
	return map[string]any{
		"bucket":     l.document(b, false, false),
		"operations": l.done("CreateBucket", b.Name, in.BundleID),
	}, nil
}

type lightsailDeleteBucket struct {
	Name  string `json:"bucketName" required:"true"`
	Force bool   `json:"forceDelete"`
}

func (l *Lightsail) deleteBucket(in *lightsailDeleteBucket) (any, error) {
	b, err := l.find(in.Name)
	if err != nil {
		return nil, err
	}
	if !in.Force {
		switch {
		case len(b.keys) > 0:
			return nil, lightsailInvalid("The bucket %s has access keys; delete them or use forceDelete", b.Name)
		case len(b.ResourcesReceivingAccess) > 0:
			return nil, lightsailInvalid("Resources have access to the bucket %s; detach them or use forceDelete", b.Name)
		}
	}
	if _, removed := l.s3.removeBucket(b.Name, in.Force); !removed {
		return nil, lightsailInvalid("The bucket %s is not empty; delete the objects or use forceDelete", b.Name)
	}
	for _, key := range b.keys {
		l.s3.removeKey(key.id)
	}
	delete(l.buckets, b.Name)
	return map[string]any{"operations": l.done("DeleteBucket", b.Name, "")}, nil
}

type lightsailGetBuckets struct {
	Name             *string `json:"bucketName"`
	PageToken        string  `json:"pageToken"`
	IncludeConnected bool    `json:"includeConnectedResources"`
	IncludeCORS      bool    `json:"includeCors"`
}

func (l *Lightsail) getBuckets(in *lightsailGetBuckets) (any, error) {
	out := map[string]any{}
	if l.blockPublic != nil {
		out["accountLevelBpaSync"] = l.blockPublic
	}
	if in.Name != nil {
		b, err := l.find(*in.Name)
		if err != nil {
			return nil, err
		}
		out["buckets"] = []any{l.document(b, in.IncludeConnected, in.IncludeCORS)}
		return out, nil
	}
	if in.IncludeCORS {
		return nil, lightsailInvalid("includeCors needs bucketName")
	}
	names := slices.Sorted(maps.Keys(l.buckets))
	names, next, err := lightsailPage(names, func(name string) string { return name }, in.PageToken, l.pageSize)
	if err != nil {
		return nil, err
	}
	if next != "" {
		out["nextPageToken"] = next
	}
	list := []any{}
	for _, name := range names {
		list = append(list, l.document(l.buckets[name], in.IncludeConnected, false))
	}
	out["buckets"] = list
	return out, nil
}
