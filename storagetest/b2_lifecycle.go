package storagetest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

type b2LifecycleRule struct {
	Prefix             string `json:"fileNamePrefix" required:"true"`
	UploadingToHiding  *int64 `json:"daysFromUploadingToHiding"`
	HidingToDeleting   *int64 `json:"daysFromHidingToDeleting"`
	StartingToCanceled *int64 `json:"daysFromStartingToCancelingUnfinishedLargeFiles"`
}

func b2CheckLifecycle(rules []b2LifecycleRule) error {
	if len(rules) > 100 {
		return b2BadRequest("More than 100 lifecycle rules")
	}
	for i, rule := range rules {
		set := false
		for _, days := range []*int64{rule.UploadingToHiding, rule.HidingToDeleting, rule.StartingToCanceled} {
			if days != nil && *days < 1 {
				return b2BadRequest("Lifecycle rule for %q: days must be positive", rule.Prefix)
			}
			set = set || days != nil
		}
		if !set {
			return b2BadRequest("Lifecycle rule for %q does nothing", rule.Prefix)
		}
		for _, other := range rules[:i] {
			if strings.HasPrefix(rule.Prefix, other.Prefix) || strings.HasPrefix(other.Prefix, rule.Prefix) {
				return b2BadRequest("Lifecycle rules for %q and %q overlap", other.Prefix, rule.Prefix)
			}
		}
	}
	return nil
}

// Tick applies the lifecycle rules of all buckets, as the service does about once
// a day: it hides files, deletes versions that have long been hidden or
// superseded and are not locked, and cancels large files, in this order. A hide
// marker goes once its time has come and nothing is left below it. now need not
// be the time of the server's clock.
func (b *B2) Tick(now time.Time) {
	b.state.Lock()
	defer b.state.Unlock()
	for _, bucket := range slices.SortedFunc(maps.Values(b.buckets), func(a, b *b2Bucket) int { return cmp.Compare(a.id, b.id) }) {
		for _, name := range slices.Clone(bucket.names) {
			i := slices.IndexFunc(bucket.lifecycle, func(rule b2LifecycleRule) bool { return strings.HasPrefix(name, rule.Prefix) })
			if i < 0 {
				continue
			}
			rule := &bucket.lifecycle[i] // the only one: prefixes do not overlap
			b.hideByRule(rule, bucket, name, now)
			b.deleteByRule(rule, bucket.history[name], now)
			b.cancelByRule(rule, bucket.history[name], now)
		}
	}
}

// b2Due reports whether so many days have passed; never, where there is no rule.
func b2Due(days *int64, since int64, now time.Time) bool {
	passed := now.UnixMilli() - since
	return days != nil && passed >= 0 && passed/(24*time.Hour).Milliseconds() >= *days // no product: it may be too large
}

func (b *B2) hideByRule(rule *b2LifecycleRule, bucket *b2Bucket, name string, now time.Time) {
	if f := bucket.current(name); f != nil && b2Due(rule.UploadingToHiding, f.uploaded, now) {
		b.event("b2:HideMarkerCreated:LifecycleRule", b.hide(bucket, name, b.uploadTimeAt(now)), now)
	}
}

func (b *B2) deleteByRule(rule *b2LifecycleRule, versions []*b2File, now time.Time) {
	complete := slices.DeleteFunc(slices.Clone(versions), func(f *b2File) bool { return f.action == b2ActionStart })
	left := len(complete)
	for i := 1; i < len(complete); i++ {
		f := complete[i]
		// It has not been the current one since the one above it came.
		if b2Due(rule.HidingToDeleting, complete[i-1].uploaded, now) && f.lock.deletable(now, false) == nil {
			b.remove(f)
			left--
			if f.action == b2ActionUpload {
				b.event("b2:ObjectDeleted:LifecycleRule", f, now)
			}
		}
	}
	if left == 1 && complete[0].action == b2ActionHide && b2Due(rule.HidingToDeleting, complete[0].uploaded, now) {
		b.remove(complete[0])
	}
}

func (b *B2) cancelByRule(rule *b2LifecycleRule, versions []*b2File, now time.Time) {
	for _, f := range slices.Clone(versions) {
		if f.action == b2ActionStart && b2Due(rule.StartingToCanceled, f.uploaded, now) {
			b.remove(f)
		}
	}
}
