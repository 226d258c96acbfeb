package b2

import "time"

// Notification is what one request to a webhook tells.
type Notification struct {
	Events []Event `json:"events"` // in no particular order
}

// Event is something that happened to a file.
type Event struct {
	EventId         string    `json:"eventId"` // the same if the event is told of again
	EventType       EventType `json:"eventType"`
	EventVersion    int64     `json:"eventVersion"` // of this form of an event
	EventTimestamp  time.Time `json:"eventTimestamp,epochms"`
	MatchedRuleName string    `json:"matchedRuleName"`
	AccountId       string    `json:"accountId"`
	BucketId        string    `json:"bucketId"`
	BucketName      string    `json:"bucketName"`

	// These describe the file. All are zero in a test, and ObjectSize can be
	// for a deletion.
	ObjectName      string `json:"objectName"`
	ObjectSize      int64  `json:"objectSize"`      // bytes
	ObjectVersionId string `json:"objectVersionId"` // the FileId
}
