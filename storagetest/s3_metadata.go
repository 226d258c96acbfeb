package storagetest

import (
	"crypto/md5"
	"fmt"
	"math"
	"net/http"
	"strconv"
)

var s3MetadataHandlers = handlers{
	"CreateBucketMetadataConfiguration":                (*s3Call).createMetadata,
	"GetBucketMetadataConfiguration":                   (*s3Call).getMetadata,
	"DeleteBucketMetadataConfiguration":                (*s3Call).deleteMetadata,
	"UpdateBucketMetadataInventoryTableConfiguration":  (*s3Call).updateInventoryTable,
	"UpdateBucketMetadataJournalTableConfiguration":    (*s3Call).updateJournalTable,
	"UpdateBucketMetadataAnnotationTableConfiguration": (*s3Call).updateAnnotationTable,
	"CreateBucketMetadataTableConfiguration":           (*s3Call).createOldMetadata,
	"GetBucketMetadataTableConfiguration":              (*s3Call).getOldMetadata,
	"DeleteBucketMetadataTableConfiguration":           (*s3Call).deleteMetadata,
}

// metadata are the tables about a bucket's objects. There are no tables in
// truth: they are being created until somebody looks, and active from then on.
type metadata struct {
	old *tablesDestination // of the old form, which has a journal only; nil: of the new form

	journal    metadataTable
	expiration recordExpiration // of the journal's records
	inventory  metadataTable
	annotation metadataTable
}

// metadataTable is one of the tables.
type metadataTable struct {
	configured bool // it is mentioned
	enabled    bool
	active     bool // no longer being created
	role       string
}

type tablesDestination struct{ TableBucketArn, TableName string }

type recordExpiration struct {
	Expiration string
	Days       *int64 `xml:",omitempty"`
}

func (r recordExpiration) check() *s3Error {
	switch {
	case r.Expiration != "ENABLED" && r.Expiration != "DISABLED",
		(r.Expiration == "ENABLED") != (r.Days != nil):
		return errorMalformedXML()
	case r.Days != nil && (*r.Days < 7 || *r.Days > math.MaxInt32):
		return errorInvalidArgument("Days must be between 7 and 2147483647", "Days", strconv.FormatInt(*r.Days, 10))
	}
	return nil
}

// tableConfiguration is how a table is to be, as it travels.
type tableConfiguration struct {
	ConfigurationState      string
	EncryptionConfiguration *tableEncryption
	Role                    string
}

type tableEncryption struct{ SseAlgorithm, KmsKeyArn string }

func (e *tableEncryption) check() *s3Error {
	switch {
	case e == nil, e.SseAlgorithm == "AES256" && e.KmsKeyArn == "":
		return nil
	case e.SseAlgorithm != "AES256" && e.SseAlgorithm != "aws:kms":
		return errorMalformedXML()
	case e.SseAlgorithm == "AES256":
		return errorInvalidRequest("A KMS key ARN goes with aws:kms only")
	case !isARN(e.KmsKeyArn, "kms", "key/"):
		return errorInvalidArgument("Invalid KMS key ARN", "KmsKeyArn", e.KmsKeyArn)
	}
	return nil
}

func (t *tableConfiguration) check() *s3Error {
	switch {
	case t.ConfigurationState != "ENABLED" && t.ConfigurationState != "DISABLED":
		return errorMalformedXML()
	case t.Role != "" && !isARN(t.Role, "iam", "role/"):
		return errorInvalidArgument("Invalid role ARN", "Role", t.Role)
	}
	return t.EncryptionConfiguration.check()
}

// apply makes the table as t says, where t is not nil.
func (m *metadataTable) apply(t *tableConfiguration) {
	if t == nil {
		return
	}
	on := t.ConfigurationState == "ENABLED"
	m.active = m.active && m.enabled && on
	m.configured, m.enabled, m.role = true, on, t.Role
}

func errorNoMetadata(b *s3Bucket) *s3Error {
	return &s3Error{status: 404, code: "MetadataConfigurationNotFound", message: "The metadata configuration does not exist",
		extra: []string{"BucketName", b.name}}
}

// errorWrongMetadata is the answer to an operation for tables of the other form.
func (c *s3Call) errorWrongMetadata() *s3Error {
	return &s3Error{status: http.StatusMethodNotAllowed, code: "MethodNotAllowed",
		message: "The specified method is not allowed against this resource.",
		extra:   []string{"Method", c.r.Method, "ResourceType", "BUCKET_METADATA"}}
}

func (c *s3Call) createMetadata() *s3Error {
	var doc struct {
		JournalTableConfiguration *struct {
			RecordExpiration        recordExpiration
			EncryptionConfiguration *tableEncryption
		}
		InventoryTableConfiguration  *tableConfiguration
		AnnotationTableConfiguration *tableConfiguration
	}
	return c.newMetadata("MetadataConfiguration", &doc, func(m *metadata) *s3Error {
		journal := doc.JournalTableConfiguration
		if journal == nil {
			return errorMalformedXML()
		}
		if err := journal.RecordExpiration.check(); err != nil {
			return err
		}
		if err := journal.EncryptionConfiguration.check(); err != nil {
			return err
		}
		m.expiration = journal.RecordExpiration
		for _, t := range []struct {
			table *metadataTable
			doc   *tableConfiguration
		}{{&m.inventory, doc.InventoryTableConfiguration}, {&m.annotation, doc.AnnotationTableConfiguration}} {
			if t.doc == nil {
				continue
			}
			if err := t.doc.check(); err != nil {
				return err
			}
			t.table.apply(t.doc)
		}
		return nil
	})
}

func (c *s3Call) createOldMetadata() *s3Error {
	var doc struct{ S3TablesDestination *tablesDestination }
	return c.newMetadata("MetadataTableConfiguration", &doc, func(m *metadata) *s3Error {
		to := doc.S3TablesDestination
		switch {
		case to == nil, to.TableBucketArn == "", to.TableName == "":
			return errorMalformedXML()
		case !isARN(to.TableBucketArn, "s3tables", "bucket/"):
			return errorInvalidArgument("Invalid table bucket ARN", "TableBucketArn", to.TableBucketArn)
		}
		m.old, m.expiration = to, recordExpiration{Expiration: "DISABLED"}
		return nil
	})
}

// newMetadata reads a document into doc and has it made tables of.
func (c *s3Call) newMetadata(root string, doc any, fill func(*metadata) *s3Error) *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if err := unmarshal(data, root, doc); err != nil {
		return err
	}
	m := &metadata{journal: metadataTable{configured: true, enabled: true}}
	if err := fill(m); err != nil {
		return err
	}
	if b.metadata != nil {
		return &s3Error{status: 409, code: "MetadataConfigurationAlreadyExists", message: "The bucket has a metadata configuration already",
			extra: []string{"BucketName", b.name}}
	}
	b.metadata = m
	c.respond(http.StatusOK, nil)
	return nil
}

// changeMetadata reads a document into doc, and changes the tables of the new
// form.
func (c *s3Call) changeMetadata(root string, doc any, change func(*metadata) *s3Error) *s3Error {
	data, err := c.document(true)
	if err != nil {
		return err
	}
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	if err := unmarshal(data, root, doc); err != nil {
		return err
	}
	switch {
	case b.metadata == nil:
		return errorNoMetadata(b)
	case b.metadata.old != nil:
		return c.errorWrongMetadata()
	}
	if err := change(b.metadata); err != nil {
		return err
	}
	c.respond(http.StatusOK, nil)
	return nil
}

func (c *s3Call) updateJournalTable() *s3Error {
	var doc struct{ RecordExpiration recordExpiration }
	return c.changeMetadata("JournalTableConfiguration", &doc, func(m *metadata) *s3Error {
		if err := doc.RecordExpiration.check(); err != nil {
			return err
		}
		m.expiration = doc.RecordExpiration
		return nil
	})
}

func (c *s3Call) updateInventoryTable() *s3Error {
	return c.updateTable("InventoryTableConfiguration", func(m *metadata) *metadataTable { return &m.inventory })
}

func (c *s3Call) updateAnnotationTable() *s3Error {
	return c.updateTable("AnnotationTableConfiguration", func(m *metadata) *metadataTable { return &m.annotation })
}

func (c *s3Call) updateTable(root string, table func(*metadata) *metadataTable) *s3Error {
	var doc tableConfiguration
	return c.changeMetadata(root, &doc, func(m *metadata) *s3Error {
		if err := doc.check(); err != nil {
			return err
		}
		table(m).apply(&doc)
		return nil
	})
}

func (c *s3Call) deleteMetadata() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	switch {
	case b.metadata == nil:
		return errorNoMetadata(b)
	case b.metadata.old == nil && c.op == "DeleteBucketMetadataTableConfiguration":
		return c.errorWrongMetadata()
	}
	b.metadata = nil
	c.respond(http.StatusNoContent, nil)
	return nil
}

// look tells the state of the table, and has it active from the next look on.
func (m *metadataTable) look() string {
	if m.active {
		return "ACTIVE"
	}
	m.active = true
	return "CREATING"
}

// tableARN makes up the ARN of a table in a table bucket.
func tableARN(tableBucket, name string) string {
	id := md5.Sum([]byte(tableBucket + name))
	return fmt.Sprintf("%s/table/%x-%x-%x-%x-%x", tableBucket, id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

func (c *s3Call) getMetadata() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	m := b.metadata
	if m == nil {
		return errorNoMetadata(b)
	}
	kind, tableBucket, namespace, journal := "aws", fmt.Sprintf("arn:aws:s3tables:%s:%s:bucket/aws-s3", b.region, b.owner), "b_"+b.name, "journal"
	if m.old != nil {
		kind, tableBucket, namespace, journal = "customer", m.old.TableBucketArn, "aws_s3_metadata", m.old.TableName
	}
	var x xmlWriter
	x.start("GetBucketMetadataConfigurationResult", s3Namespace)
	x.start("MetadataConfigurationResult", "")
	x.start("DestinationResult", "")
	x.text("TableBucketType", kind)
	x.text("TableBucketArn", tableBucket)
	x.text("TableNamespace", namespace)
	x.end("DestinationResult")
	table := func(t *metadataTable, name string) {
		if t.enabled {
			x.text("TableStatus", t.look())
			x.text("TableName", name)
			x.text("TableArn", tableARN(tableBucket, name))
		}
	}
	x.start("JournalTableConfigurationResult", "")
	table(&m.journal, journal)
	x.start("RecordExpiration", "")
	x.text("Expiration", m.expiration.Expiration)
	if m.expiration.Days != nil {
		x.int("Days", *m.expiration.Days)
	}
	x.end("RecordExpiration")
	x.end("JournalTableConfigurationResult")
	for _, t := range []struct {
		element, name string
		table         *metadataTable
	}{
		{"InventoryTableConfigurationResult", "inventory", &m.inventory},
		{"AnnotationTableConfigurationResult", "annotation", &m.annotation},
	} {
		if !t.table.configured {
			continue
		}
		x.start(t.element, "")
		x.text("ConfigurationState", map[bool]string{true: "ENABLED", false: "DISABLED"}[t.table.enabled])
		table(t.table, t.name)
		x.optional("Role", t.table.role)
		x.end(t.element)
	}
	x.end("MetadataConfigurationResult")
	x.end("GetBucketMetadataConfigurationResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}

func (c *s3Call) getOldMetadata() *s3Error {
	b, err := c.lockBucket()
	if err != nil {
		return err
	}
	defer c.mu.Unlock()
	m := b.metadata
	switch {
	case m == nil:
		return errorNoMetadata(b)
	case m.old == nil:
		return c.errorWrongMetadata()
	}
	var x xmlWriter
	x.start("GetBucketMetadataTableConfigurationResult", s3Namespace)
	x.start("MetadataTableConfigurationResult", "")
	x.start("S3TablesDestinationResult", "")
	x.text("TableBucketArn", m.old.TableBucketArn)
	x.text("TableName", m.old.TableName)
	x.text("TableArn", tableARN(m.old.TableBucketArn, m.old.TableName))
	x.text("TableNamespace", "aws_s3_metadata")
	x.end("S3TablesDestinationResult")
	x.end("MetadataTableConfigurationResult")
	x.text("Status", m.journal.look())
	x.end("GetBucketMetadataTableConfigurationResult")
	c.respond(http.StatusOK, x.bytes())
	return nil
}
