package storagetest

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// As many days as a number can say are not none.
func TestB2WaitsLong(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	u := startB2(t, WithClock(func() time.Time { return now }))
	for i, days := range []int64{106_752, 213_504, 1<<63 - 1} { // 106,752 days are more than a time.Duration holds
		bucket := u.bucket(fmt.Sprintf("photos-%d", i), jsonObject{"lifecycleRules": []jsonObject{{
			"fileNamePrefix": "", "daysFromUploadingToHiding": days, "daysFromHidingToDeleting": days, "daysFromStartingToCancelingUnfinishedLargeFiles": days,
		}}})
		u.put(bucket, "x", "one")
		u.put(bucket, "x", "two")
		u.start(bucket, "y")
		u.b.Tick(now.Add(100_000 * 24 * time.Hour))
		if got := column(u.call("b2_list_file_versions", jsonObject{"bucketId": bucket}), "files", "action"); !slices.Equal(got, []string{"upload", "upload", "start"}) {
			t.Errorf("after 100,000 of %d days: %q", days, got)
		}
	}
}

func TestB2AppliesLifecycleRules(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	u := startB2(t, WithClock(func() time.Time { return now }))
	bucket := u.bucket("photos", jsonObject{"fileLockEnabled": true, "lifecycleRules": []jsonObject{
		{"fileNamePrefix": "a/", "daysFromUploadingToHiding": 2, "daysFromHidingToDeleting": 3},
		{"fileNamePrefix": "b/", "daysFromHidingToDeleting": 1},
		{"fileNamePrefix": "c/", "daysFromStartingToCancelingUnfinishedLargeFiles": 1},
	}})
	u.put(bucket, "a/x", "one")
	u.put(bucket, "a/x", "two")
	u.put(bucket, "b/x", "one")
	u.put(bucket, "b/x", "two")
	u.put(bucket, "b/held", "one", "X-Bz-File-Legal-Hold", "on")
	u.put(bucket, "b/held", "two")
	u.call("b2_hide_file", jsonObject{"bucketId": bucket, "fileName": "b/x"})
	u.start(bucket, "b/x")
	u.start(bucket, "c/x")
	u.put(bucket, "c/x", "one")
	u.put(bucket, "d", "one")
	rows := func() []string {
		var rows []string
		for _, row := range u.call("b2_list_file_versions", jsonObject{"bucketId": bucket})["files"].([]any) {
			rows = append(rows, row.(jsonObject)["action"].(string)+" "+row.(jsonObject)["fileName"].(string))
		}
		return rows
	}
	before := rows()
	day := func(n float64) time.Time { return now.Add(time.Duration(n*24) * time.Hour).Add(time.Second) }
	for _, c := range []struct {
		at   time.Time
		want []string
	}{
		{day(0.9), before},
		{day(1), []string{"upload a/x", "upload a/x", "upload b/held", "upload b/held", "start b/x", "upload c/x", "upload d"}},
		{day(2), []string{"hide a/x", "upload a/x", "upload a/x", "upload b/held", "upload b/held", "start b/x", "upload c/x", "upload d"}},
		{day(2.9), []string{"hide a/x", "upload a/x", "upload a/x", "upload b/held", "upload b/held", "start b/x", "upload c/x", "upload d"}},
		// The older one was superseded on the first day, the newer one hidden on the second.
		{day(4), []string{"hide a/x", "upload a/x", "upload b/held", "upload b/held", "start b/x", "upload c/x", "upload d"}},
		{day(5.1), []string{"upload b/held", "upload b/held", "start b/x", "upload c/x", "upload d"}},
		{day(1000), []string{"upload b/held", "upload b/held", "start b/x", "upload c/x", "upload d"}},
	} {
		u.b.Tick(c.at)
		if got := rows(); !slices.Equal(got, c.want) {
			t.Errorf("after %v: %q, want %q", c.at.Sub(now), got, c.want)
		}
	}
}
