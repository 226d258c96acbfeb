package realservers

import (
	"io"
	"slices"
	"strings"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
)

// tryObjectCalls tries what few servers but S3 itself know.
func tryObjectCalls(p *trials) {
	c, b := p.client, p.bucket
	p.object("k")
	p.try("GetObjectAttributes", looking(p, c.GetObjectAttributes, &s3.GetObjectAttributesInput{Bucket: b, Key: "k", ObjectAttributes: []s3.ObjectAttributes{s3.ObjectAttributesObjectSize}},
		int64(len(body)), func(out *s3.GetObjectAttributesOutput) int64 { return out.ObjectSize }))
	p.try("GetObjectTorrent", func() error {
		out, err := c.GetObjectTorrent(p.ctx(), &s3.GetObjectTorrentInput{Bucket: b, Key: "k"})
		if err != nil {
			return err
		}
		defer out.Body.Close()
		text, err := io.ReadAll(out.Body)
		if err == nil && !strings.HasPrefix(string(text), "d") { // a bencoded dictionary
			return errIgnored
		}
		return err
	})
	const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	p.try("UpdateObjectEncryption", func() error {
		in := &s3.UpdateObjectEncryptionInput{Bucket: b, Key: "k", ObjectEncryption: &s3.ObjectEncryption{SSEKMS: &s3.SSEKMSEncryption{KMSKeyArn: key}}}
		if _, err := p.asAWS().UpdateObjectEncryption(p.ctx(), in); err != nil {
			return err
		}
		out, err := c.HeadObject(p.ctx(), &s3.HeadObjectInput{Bucket: b, Key: "k"})
		if err != nil {
			return err
		}
		return p.same(out.SSEKMSKeyId, key)
	})
	if text, err := p.text(&s3.GetObjectInput{Key: "k"}); err != nil || text != body {
		p.found["UpdateObjectEncryption"] = harmsObject
	}
	p.try("RestoreObject", func() error {
		_, err := c.PutObject(p.ctx(), &s3.PutObjectInput{Bucket: b, Key: "cold", Body: strings.NewReader(body), StorageClass: s3.StorageClassGlacier})
		key := "cold"
		if err != nil {
			key = "k" // the server has no such class
		}
		_, err = c.RestoreObject(p.ctx(), &s3.RestoreObjectInput{Bucket: b, Key: key, RestoreRequest: &s3.RestoreRequest{Days: ptr[int32](1)}})
		return err
	})
	p.try("SelectObjectContent", func() error {
		put(p.t, c, b, "table", []byte("a,b\n1,2\n3,4\n"))
		out, err := c.SelectObjectContent(p.ctx(), &s3.SelectObjectContentInput{
			Bucket: b, Key: "table", Expression: "SELECT s.b FROM S3Object s", ExpressionType: s3.ExpressionTypeSql,
			InputSerialization:  s3.InputSerialization{CSV: &s3.CSVInput{FileHeaderInfo: s3.FileHeaderInfoUse}},
			OutputSerialization: s3.OutputSerialization{CSV: &s3.CSVOutput{}},
		})
		if err != nil {
			return err
		}
		defer out.Payload.Close()
		var records strings.Builder
		for event, err := range out.Payload.Events() {
			if err != nil {
				return err
			}
			if r, ok := event.(s3.RecordsEvent); ok {
				records.Write(r.Payload)
			}
		}
		return p.same(records.String(), "2\n4\n")
	})
	p.try("WriteGetObjectResponse", making(p, c.WriteGetObjectResponse, &s3.WriteGetObjectResponseInput{RequestRoute: "route", RequestToken: "token", Body: strings.NewReader(body)}))
}

// tryDirectoryBuckets tries what only directory buckets have, in one if the
// server makes such.
func tryDirectoryBuckets(p *trials) {
	c, b := p.client, p.bucket
	name := freshName() + "--use1-az4--x-s3"
	_, err := c.CreateBucket(p.ctx(), &s3.CreateBucketInput{Bucket: name, CreateBucketConfiguration: &s3.CreateBucketConfiguration{
		Location: &s3.LocationInfo{Name: "use1-az4", Type: s3.LocationTypeAvailabilityZone},
		Bucket:   &s3.BucketInfo{DataRedundancy: s3.DataRedundancySingleAvailabilityZone, Type: s3.BucketTypeDirectory},
	}})
	if err == nil {
		b = name
		ordinary := p.bucket
		defer func() {
			p.bucket = name
			p.cleanUp()
			p.bucket = ordinary
		}()
	}
	p.try("CreateSession", func() error {
		out, err := c.CreateSession(p.ctx(), &s3.CreateSessionInput{Bucket: b})
		if err == nil && out.Credentials.AccessKeyId == "" {
			return errIgnored
		}
		return err
	})
	p.try("ListDirectoryBuckets", func() error {
		var names []string
		for bucket, err := range paginator.Items(p.ctx(), c.ListDirectoryBuckets, &s3.ListDirectoryBucketsInput{}) {
			if err != nil {
				return err
			}
			names = append(names, bucket.Name)
		}
		if !slices.Contains(names, name) || slices.Contains(names, p.bucket) {
			return errIgnored
		}
		return nil
	})
	if p.target.kind != s3.ServerAWS {
		c, b = p.asAWS(), p.bucket // which opens no sessions
	}
	if _, err := c.PutObject(p.ctx(), &s3.PutObjectInput{Bucket: b, Key: "k", Body: strings.NewReader(body)}); err != nil {
		p.t.Fatal(err)
	}
	p.try("RenameObject", func() error {
		if _, err := c.RenameObject(p.ctx(), &s3.RenameObjectInput{Bucket: b, Key: "new", RenameSource: s3.RenameSource("k")}); err != nil {
			return err
		}
		out, err := c.HeadObject(p.ctx(), &s3.HeadObjectInput{Bucket: b, Key: "new"})
		if err != nil || out.ContentLength != int64(len(body)) {
			return errIgnored
		}
		return nil
	})
}

// asAWS is a client that holds the server for AWS: what others mistake is sent.
func (p *trials) asAWS() *s3.Client {
	s := &server{S3: p.target.get(p.t), target: p.target}
	return s.client(p.t, func(c *s3.Config) { c.Server = s3.ServerAWS })
}

func tryAnnotations(p *trials) {
	c, b := p.asAWS(), p.bucket
	p.object("k")
	p.document(document{
		name: "ObjectAnnotation",
		put:  making(p, c.PutObjectAnnotation, &s3.PutObjectAnnotationInput{Bucket: b, Key: "k", AnnotationName: "one", AnnotationPayload: strings.NewReader("note")}),
		get: func() (got, want any, err error) {
			out, err := c.GetObjectAnnotation(p.ctx(), &s3.GetObjectAnnotationInput{Bucket: b, Key: "k", AnnotationName: "one"})
			if err != nil {
				return nil, nil, err
			}
			defer out.AnnotationPayload.Close()
			text, err := io.ReadAll(out.AnnotationPayload)
			return string(text), "note", err
		},
		list: listing(p, c.ListObjectAnnotations, &s3.ListObjectAnnotationsInput{Bucket: b, Key: "k"}, func(a s3.AnnotationEntry) string { return a.AnnotationName }),
	})
	if text, err := p.text(&s3.GetObjectInput{Key: "k"}); err != nil || text != body {
		p.found["PutObjectAnnotation"], p.found["GetObjectAnnotation"] = harmsObject, ignored
	}
	p.try("DeleteObjectAnnotation", making(p, c.DeleteObjectAnnotation, &s3.DeleteObjectAnnotationInput{Bucket: b, Key: "k", AnnotationName: "one"}))
	if _, err := c.HeadObject(p.ctx(), &s3.HeadObjectInput{Bucket: b, Key: "k"}); e404(err) {
		p.found["DeleteObjectAnnotation"] = deletesObject
	}
}

func tryNotifications(p *trials) {
	c, b := p.client, p.bucket
	topics := []s3.TopicConfiguration{{Id: "one", TopicArn: "arn:aws:sns:us-east-1:123456789012:topic", Events: []s3.Event{"s3:ObjectCreated:*"}}}
	p.document(document{
		name: "BucketNotificationConfiguration",
		put: making(p, c.PutBucketNotificationConfiguration, &s3.PutBucketNotificationConfigurationInput{
			Bucket: b, SkipDestinationValidation: true, NotificationConfiguration: &s3.NotificationConfiguration{TopicConfigurations: topics},
		}),
		get: reading(p, c.GetBucketNotificationConfiguration, &s3.GetBucketNotificationConfigurationInput{Bucket: b}, topics, func(out *s3.GetBucketNotificationConfigurationOutput) []s3.TopicConfiguration {
			return out.TopicConfigurations
		}),
	})
	//lint:ignore SA1019 the old form is what is tried
	old := &s3.NotificationConfigurationDeprecated{TopicConfiguration: &s3.TopicConfigurationDeprecated{Id: "one", Topic: "arn:aws:sns:us-east-1:123456789012:topic", Events: []s3.Event{"s3:ObjectCreated:*"}}}
	p.document(document{
		name: "BucketNotification",
		//lint:ignore SA1019 the old form is what is tried
		put: making(p, c.PutBucketNotification, &s3.PutBucketNotificationInput{Bucket: b, NotificationConfiguration: old}),
		//lint:ignore SA1019 the old form is what is tried
		get: reading(p, c.GetBucketNotification, &s3.GetBucketNotificationInput{Bucket: b}, "arn:aws:sns:us-east-1:123456789012:topic", func(out *s3.GetBucketNotificationOutput) string {
			return out.TopicConfiguration.Topic
		}),
	})
}

func tryReplication(p *trials) {
	c, b := p.client, p.bucket
	to := newBucket(p.t, c)
	for _, bucket := range []string{b, to} { // both must keep versions
		_ = making(p, c.PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &s3.VersioningConfiguration{Status: s3.BucketVersioningStatusEnabled}})()
	}
	p.document(document{
		name: "BucketReplication",
		put: making(p, c.PutBucketReplication, &s3.PutBucketReplicationInput{Bucket: b, ReplicationConfiguration: &s3.ReplicationConfiguration{
			Role: "arn:aws:iam::123456789012:role/replication",
			Rules: []s3.ReplicationRule{{
				ID: "one", Priority: ptr[int32](1), Status: s3.ReplicationRuleStatusEnabled, Filter: &s3.ReplicationRuleFilter{Prefix: ptr("a/")},
				DeleteMarkerReplication: &s3.DeleteMarkerReplication{Status: s3.DeleteMarkerReplicationStatusDisabled}, Destination: s3.Destination{Bucket: "arn:aws:s3:::" + to},
			}},
		}}),
		get: reading(p, c.GetBucketReplication, &s3.GetBucketReplicationInput{Bucket: b}, []string{"one"}, func(out *s3.GetBucketReplicationOutput) (ids []string) {
			for _, r := range out.ReplicationConfiguration.Rules {
				ids = append(ids, r.ID)
			}
			return ids
		}),
		remove: making(p, c.DeleteBucketReplication, &s3.DeleteBucketReplicationInput{Bucket: b}),
	})
}

func tryMetadataTables(p *trials) {
	c, b := p.client, p.bucket
	p.try("CreateBucketMetadataConfiguration", making(p, c.CreateBucketMetadataConfiguration, &s3.CreateBucketMetadataConfigurationInput{
		Bucket: b, MetadataConfiguration: &s3.MetadataConfiguration{JournalTableConfiguration: s3.JournalTableConfiguration{RecordExpiration: s3.RecordExpiration{Expiration: s3.ExpirationStateDisabled}}},
	}))
	p.try("GetBucketMetadataConfiguration", func() error {
		out, err := c.GetBucketMetadataConfiguration(p.ctx(), &s3.GetBucketMetadataConfigurationInput{Bucket: b})
		if err == nil && out.GetBucketMetadataConfigurationResult.MetadataConfigurationResult.DestinationResult.TableBucketArn == "" {
			return errIgnored
		}
		return err
	})
	p.try("UpdateBucketMetadataInventoryTableConfiguration", making(p, c.UpdateBucketMetadataInventoryTableConfiguration, &s3.UpdateBucketMetadataInventoryTableConfigurationInput{
		Bucket: b, InventoryTableConfiguration: &s3.InventoryTableConfigurationUpdates{ConfigurationState: s3.InventoryConfigurationStateEnabled},
	}))
	p.try("UpdateBucketMetadataJournalTableConfiguration", making(p, c.UpdateBucketMetadataJournalTableConfiguration, &s3.UpdateBucketMetadataJournalTableConfigurationInput{
		Bucket: b, JournalTableConfiguration: &s3.JournalTableConfigurationUpdates{RecordExpiration: s3.RecordExpiration{Expiration: s3.ExpirationStateEnabled, Days: ptr[int32](30)}},
	}))
	p.try("UpdateBucketMetadataAnnotationTableConfiguration", making(p, c.UpdateBucketMetadataAnnotationTableConfiguration, &s3.UpdateBucketMetadataAnnotationTableConfigurationInput{
		Bucket: b, AnnotationTableConfiguration: &s3.AnnotationTableConfigurationUpdates{ConfigurationState: s3.AnnotationConfigurationStateDisabled},
	}))
	if p.found["GetBucketMetadataConfiguration"] != works {
		for operation, v := range p.found { // a PUT may have been one of the bucket
			if v == works && strings.HasPrefix(operation, "UpdateBucketMetadata") {
				p.found[operation] = ignored
			}
		}
	}
	p.try("DeleteBucketMetadataConfiguration", making(p, c.DeleteBucketMetadataConfiguration, &s3.DeleteBucketMetadataConfigurationInput{Bucket: b}))
	p.try("CreateBucketMetadataTableConfiguration", making(p, c.CreateBucketMetadataTableConfiguration, &s3.CreateBucketMetadataTableConfigurationInput{
		Bucket: b, MetadataTableConfiguration: &s3.MetadataTableConfiguration{S3TablesDestination: s3.S3TablesDestination{
			TableBucketArn: "arn:aws:s3tables:us-east-1:123456789012:bucket/tables", TableName: "objects",
		}},
	}))
	p.try("GetBucketMetadataTableConfiguration", func() error {
		out, err := c.GetBucketMetadataTableConfiguration(p.ctx(), &s3.GetBucketMetadataTableConfigurationInput{Bucket: b})
		if err == nil && out.GetBucketMetadataTableConfigurationResult.Status == "" {
			return errIgnored
		}
		return err
	})
	p.try("DeleteBucketMetadataTableConfiguration", making(p, c.DeleteBucketMetadataTableConfiguration, &s3.DeleteBucketMetadataTableConfigurationInput{Bucket: b}))
}
