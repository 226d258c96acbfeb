package storagetest

import "slices"

// LightsailBundle is a plan that buckets are paid by.
type LightsailBundle struct {
	ID         string  `json:"bundleId"`
	Name       string  `json:"name"`
	Price      float64 `json:"price"` // of a month, in US dollars
	StorageGB  int     `json:"storagePerMonthInGb"`
	TransferGB int     `json:"transferPerMonthInGb"`
	Active     bool    `json:"isActive"` // it can be chosen
}

func lightsailBundles() []LightsailBundle {
	return []LightsailBundle{
		{ID: "small_1_0", Name: "Object Storage 5 GB", Price: 1, StorageGB: 5, TransferGB: 25, Active: true},
		{ID: "medium_1_0", Name: "Object Storage 100 GB", Price: 3, StorageGB: 100, TransferGB: 250, Active: true},
		{ID: "large_1_0", Name: "Object Storage 250 GB", Price: 5, StorageGB: 250, TransferGB: 500, Active: true},
	}
}

// AddBundle adds a bundle to small_1_0, medium_1_0 and large_1_0, or replaces the
// one of that id.
func (l *Lightsail) AddBundle(b LightsailBundle) {
	l.state.Lock()
	defer l.state.Unlock()
	l.bundles = slices.DeleteFunc(l.bundles, func(old LightsailBundle) bool { return old.ID == b.ID })
	l.bundles = append(l.bundles, b)
}

// checkBundle refuses a bundle that cannot be chosen.
func (l *Lightsail) checkBundle(id string) error {
	at := slices.IndexFunc(l.bundles, func(b LightsailBundle) bool { return b.ID == id })
	switch {
	case at < 0:
		return lightsailInvalid("The bundle does not exist: %s", id)
	case !l.bundles[at].Active:
		return lightsailInvalid("The bundle is not active: %s", id)
	}
	return nil
}

type lightsailGetBundles struct {
	IncludeInactive bool `json:"includeInactive"`
}

func (l *Lightsail) getBucketBundles(in *lightsailGetBundles) (any, error) {
	list := []LightsailBundle{}
	for _, b := range l.bundles {
		if b.Active || in.IncludeInactive {
			list = append(list, b)
		}
	}
	return map[string]any{"bundles": list}, nil
}

type lightsailUpdateBundle struct {
	Name     string `json:"bucketName" required:"true"`
	BundleID string `json:"bundleId" required:"true"`
}

func (l *Lightsail) updateBucketBundle(in *lightsailUpdateBundle) (any, error) {
	b, err := l.find(in.Name)
	if err != nil {
		return nil, err
	}
	if err := l.checkBundle(in.BundleID); err != nil {
		return nil, err
	}
	if !l.ableToUpdateBundle(b) {
		return nil, lightsailInvalid("The bundle of the bucket %s has been changed in this billing cycle already", b.Name)
	}
	b.BundleId, b.bundleChanged = in.BundleID, l.clock()
	return map[string]any{"operations": l.done("UpdateBucketBundle", b.Name, in.BundleID)}, nil
}

// ableToUpdateBundle tells whether the bundle has not been changed yet in the
// billing cycle, which is the month.
func (l *Lightsail) ableToUpdateBundle(b *lightsailBucket) bool {
	const month = "2006-01"
	return !b.BundleFixed && (b.bundleChanged.IsZero() || b.bundleChanged.UTC().Format(month) != l.clock().UTC().Format(month))
}
