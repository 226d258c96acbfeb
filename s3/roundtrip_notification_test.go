package s3_test

import (
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var notificationTrips = trips{
	"PutBucketNotificationConfiguration": notification,
	"GetBucketNotificationConfiguration": notification,
	"PutBucketNotification":              oldNotification,
	"GetBucketNotification":              oldNotification,
}

func notification(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetBucketNotificationConfigurationInput{Bucket: "photos"}
	same(t, "before", call(t, c.GetBucketNotificationConfiguration, get), &s3.GetBucketNotificationConfigurationOutput{})

	config := &s3.NotificationConfiguration{
		TopicConfigurations: []s3.TopicConfiguration{{
			Id: "topic", TopicArn: "arn:aws:sns:us-east-1:123456789012:created", Events: []s3.Event{s3.EventS3ObjectCreated, s3.EventS3ObjectAclPut},
		}},
		QueueConfigurations: []s3.QueueConfiguration{
			{
				Id: "one", QueueArn: "arn:aws:sqs:us-east-1:123456789012:one", Events: []s3.Event{s3.EventS3ObjectRemovedDelete},
				Filter: &s3.NotificationConfigurationFilter{Key: &s3.S3KeyFilter{FilterRules: []s3.FilterRule{{Name: "Prefix", Value: "a/"}, {Name: "Suffix", Value: ".jpg"}}}},
			},
			{
				Id: "two", QueueArn: "arn:aws:sqs:us-east-1:123456789012:two", Events: []s3.Event{s3.EventS3ObjectRemoved},
				Filter: &s3.NotificationConfigurationFilter{Key: &s3.S3KeyFilter{FilterRules: []s3.FilterRule{{Name: "Prefix", Value: "b/"}}}},
			},
		},
		LambdaFunctionConfigurations: []s3.LambdaFunctionConfiguration{{
			Id: "function", LambdaFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:resize", Events: []s3.Event{s3.EventS3ObjectTagging},
		}},
		EventBridgeConfiguration: &s3.EventBridgeConfiguration{},
	}
	call(t, c.PutBucketNotificationConfiguration, &s3.PutBucketNotificationConfigurationInput{
		Bucket: "photos", NotificationConfiguration: config, SkipDestinationValidation: true,
	})
	same(t, "configuration", call(t, c.GetBucketNotificationConfiguration, get), &s3.GetBucketNotificationConfigurationOutput{
		TopicConfigurations:          config.TopicConfigurations,
		QueueConfigurations:          config.QueueConfigurations,
		LambdaFunctionConfigurations: config.LambdaFunctionConfigurations,
		EventBridgeConfiguration:     config.EventBridgeConfiguration,
	})

	config.QueueConfigurations[0].Filter.Key.FilterRules = []s3.FilterRule{{Name: s3.FilterRuleNameSuffix, Value: ".jpg"}}
	config.QueueConfigurations[0].Id = ""
	call(t, c.PutBucketNotificationConfiguration, &s3.PutBucketNotificationConfigurationInput{
		Bucket: "photos", NotificationConfiguration: &s3.NotificationConfiguration{QueueConfigurations: config.QueueConfigurations[:1]},
	})
	out := call(t, c.GetBucketNotificationConfiguration, get)
	if q := out.QueueConfigurations; len(q) != 1 || q[0].Id == "" || q[0].Filter.Key.FilterRules[0].Name != "Suffix" || out.EventBridgeConfiguration != nil {
		t.Errorf("replaced by one queue: %+v", out)
	}

	call(t, c.PutBucketNotificationConfiguration, &s3.PutBucketNotificationConfigurationInput{
		Bucket: "photos", NotificationConfiguration: &s3.NotificationConfiguration{},
	})
	same(t, "ended", call(t, c.GetBucketNotificationConfiguration, get), &s3.GetBucketNotificationConfigurationOutput{})
}

func oldNotification(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	config := &s3.NotificationConfigurationDeprecated{
		TopicConfiguration: &s3.TopicConfigurationDeprecated{
			Id: "topic", Topic: "arn:aws:sns:us-east-1:123456789012:lost", Events: []s3.Event{s3.EventS3ReducedRedundancyLostObject},
		},
		QueueConfiguration: &s3.QueueConfigurationDeprecated{
			Id: "queue", Queue: "arn:aws:sqs:us-east-1:123456789012:one", Events: []s3.Event{s3.EventS3ObjectCreatedPut, s3.EventS3ObjectCreatedPost},
		},
		CloudFunctionConfiguration: &s3.CloudFunctionConfiguration{
			Id: "function", CloudFunction: "arn:aws:lambda:us-east-1:123456789012:function:resize", Events: []s3.Event{s3.EventS3ObjectCreatedCopy},
			InvocationRole: "arn:aws:iam::123456789012:role/invoker",
		},
	}
	call(t, c.PutBucketNotification, &s3.PutBucketNotificationInput{Bucket: "photos", NotificationConfiguration: config})
	same(t, "configuration", call(t, c.GetBucketNotification, &s3.GetBucketNotificationInput{Bucket: "photos"}), &s3.GetBucketNotificationOutput{
		TopicConfiguration: *config.TopicConfiguration, QueueConfiguration: *config.QueueConfiguration, CloudFunctionConfiguration: *config.CloudFunctionConfiguration,
	})
	out := call(t, c.GetBucketNotificationConfiguration, &s3.GetBucketNotificationConfigurationInput{Bucket: "photos"})
	if q := out.QueueConfigurations; len(q) != 1 || len(q[0].Events) != 2 {
		t.Errorf("in the new form: %+v", out)
	}
}
