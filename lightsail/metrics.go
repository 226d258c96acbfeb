package lightsail

import (
	"context"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetBucketMetricData returns how large a bucket was, or how many objects it
// had, day by day. Both are taken once a day; old versions of objects count,
// and so do, for the size, the parts of unfinished uploads. Of days on which
// the bucket was empty there is nothing.
//
// Errors: [ErrNotFound], [ErrInvalidInput].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetBucketMetricData.html
func (c *Client) GetBucketMetricData(ctx context.Context, in *GetBucketMetricDataInput, opts ...Option) (*GetBucketMetricDataOutput, error) {
	return invoke[GetBucketMetricDataOutput](ctx, c, opGetBucketMetricData, in, opts)
}

var opGetBucketMetricData = &pipeline.Operation{Name: "GetBucketMetricData", Method: "POST", Path: "/"}

// GetBucketMetricDataInput says what is asked for. Of BucketSizeBytes, the unit
// is Bytes and the statistic Maximum; of NumberOfObjects, Count and Average.
type GetBucketMetricDataInput struct {
	BucketName string            `json:"bucketName,required,min3"`
	MetricName BucketMetricName  `json:"metricName,required,min1"`
	StartTime  time.Time         `json:"startTime,required"`
	EndTime    time.Time         `json:"endTime,required"`
	Period     int32             `json:"period,required"` // seconds that an item stands for, 60 to 86,400; only a whole day makes sense
	Statistics []MetricStatistic `json:"statistics,required"`
	Unit       MetricUnit        `json:"unit,required,min1"`
}

type GetBucketMetricDataOutput struct {
	MetricName BucketMetricName  `json:"metricName"`
	MetricData []MetricDatapoint `json:"metricData"`

	ResponseMetadata entrepot.ResponseMetadata
}

// MetricDatapoint is what was measured at one time. Of the statistics, those are
// set that were asked for.
type MetricDatapoint struct {
	Average     float64    `json:"average"`
	Maximum     float64    `json:"maximum"`
	Minimum     float64    `json:"minimum"`
	SampleCount float64    `json:"sampleCount"` // measurements that the others are of
	Sum         float64    `json:"sum"`
	Timestamp   time.Time  `json:"timestamp"`
	Unit        MetricUnit `json:"unit"`
}
