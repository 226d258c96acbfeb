package storagetest

import (
	"math"
	"slices"
	"time"
)

type lightsailGetMetric struct {
	Name       string   `json:"bucketName" required:"true"`
	Metric     string   `json:"metricName" required:"true"`
	Start      float64  `json:"startTime" required:"true"`
	End        float64  `json:"endTime" required:"true"`
	Period     int      `json:"period" required:"true"`
	Statistics []string `json:"statistics" required:"true"`
	Unit       string   `json:"unit" required:"true"`
}

var (
	lightsailStatistics  = []string{"Minimum", "Maximum", "Sum", "Average", "SampleCount"}
	lightsailMetricUnits = []string{
		"Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes",
		"Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Percent", "Count",
		"Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second",
		"Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
	}
)

// getBucketMetricData answers as if the bucket had been as it is now since the
// midnight before it was made: one measurement for each midnight, by UTC.
func (l *Lightsail) getBucketMetricData(in *lightsailGetMetric) (any, error) {
	b, err := l.find(in.Name)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Metric != "BucketSizeBytes" && in.Metric != "NumberOfObjects":
		return nil, lightsailInvalid("The metric does not exist: %q", in.Metric)
	case !slices.Contains(lightsailMetricUnits, in.Unit):
		return nil, lightsailInvalid("The unit does not exist: %q", in.Unit)
	case in.Period < 60 || in.Period > 86400:
		return nil, lightsailInvalid("The period is 60 to 86400 seconds, not %d", in.Period)
	case in.End <= in.Start:
		return nil, lightsailInvalid("endTime is not after startTime")
	case len(in.Statistics) == 0:
		return nil, lightsailInvalid("statistics is empty")
	}
	for _, statistic := range in.Statistics {
		if !slices.Contains(lightsailStatistics, statistic) {
			return nil, lightsailInvalid("The statistic does not exist: %q", statistic)
		}
	}
	objects, bytes := l.s3.usage(b.Name)
	value, unit := float64(bytes), "Bytes"
	if in.Metric == "NumberOfObjects" {
		value, unit = float64(objects), "Count"
	}
	data := []map[string]any{}
	if value > 0 && in.Unit == unit { // what was measured in another unit is not there
		for _, midnight := range midnights(max(in.Start, midnightBefore(b.created)), min(in.End, lightsailTime(l.clock()))) {
			data = append(data, datapoint(midnight, value, unit, in.Statistics))
		}
	}
	return map[string]any{"metricName": in.Metric, "metricData": data}, nil
}

const daySeconds = 24 * 60 * 60

// midnightBefore is the beginning of a day, by UTC, in seconds.
func midnightBefore(t time.Time) float64 {
	return math.Floor(float64(t.Unix())/daySeconds) * daySeconds
}

// midnights are those from start until before end.
func midnights(start, end float64) (list []float64) {
	for at := math.Ceil(start/daySeconds) * daySeconds; at < end; at += daySeconds {
		list = append(list, at)
	}
	return list
}

// datapoint is one measurement by the statistics that were asked for.
func datapoint(at, value float64, unit string, statistics []string) map[string]any {
	point := map[string]any{"timestamp": at, "unit": unit}
	for _, statistic := range statistics {
		switch statistic {
		case "Minimum":
			point["minimum"] = value
		case "Maximum":
			point["maximum"] = value
		case "Sum":
			point["sum"] = value
		case "Average":
			point["average"] = value
		case "SampleCount":
			point["sampleCount"] = 1.0
		}
	}
	return point
}

// usage is how many objects, with old versions, a bucket holds, and how many
// bytes these and the parts of unfinished uploads have.
func (s *s3Service) usage(bucket string) (objects, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	for _, versions := range b.versions {
		for _, o := range versions {
			if !o.deleteMarker {
				objects++
				bytes += o.blob.size
			}
		}
	}
	for _, u := range b.uploads {
		for _, p := range u.parts {
			bytes += p.blob.size
		}
	}
	return objects, bytes
}
