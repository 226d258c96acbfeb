package storagetest_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestS3Notification(t *testing.T) {
	srv := newS3(t)
	const topic, queue = "arn:aws:sns:us-east-1:123456789012:t", "arn:aws:sqs:us-east-1:123456789012:q"
	target := func(element, arn, rest string) string {
		return "<" + element + "Configuration><Id>" + arn + "</Id><" + element + ">" + arn + "</" + element + ">" + rest + "</" + element + "Configuration>"
	}
	created := func(filter string) string { return "<Event>s3:ObjectCreated:*</Event>" + filter }
	filter := func(pairs ...string) string {
		var b strings.Builder
		b.WriteString("<Filter><S3Key>")
		for i := 0; i < len(pairs); i += 2 {
			b.WriteString("<FilterRule><Name>" + pairs[i] + "</Name><Value>" + pairs[i+1] + "</Value></FilterRule>")
		}
		return b.String() + "</S3Key></Filter>"
	}
	config := func(targets ...string) string {
		return "<NotificationConfiguration>" + strings.Join(targets, "") + "</NotificationConfiguration>"
	}
	get := call{method: "GET", path: "/photos", query: "notification"}
	if a := do(t, srv.Server, get).want(t, 200, ""); !strings.Contains(a.body, "<NotificationConfiguration") || strings.Contains(a.body, "<Id>") {
		t.Errorf("GET of none: %s", a.body)
	}
	putDocument(t, srv, "/none", "notification", config()).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "GET", path: "/none", query: "notification"}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "DELETE", path: "/photos", query: "notification"}).want(t, 405, "MethodNotAllowed")
	// No digest of the body is wanted.
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "notification", body: config(target("Topic", topic, created("")))}).want(t, 200, "")

	var many []string
	for i := range 101 {
		many = append(many, target("Queue", fmt.Sprintf("%s%d", queue, i), created(filter("prefix", fmt.Sprintf("%03d", i)))))
	}
	checkRefusals(t, srv, "/photos", "notification", []refusal{
		{"another root", "<Notification/>", 400, "MalformedXML"},
		{"no ARN", config(target("Topic", "", created(""))), 400, "MalformedXML"},
		{"no events", config(target("Topic", topic, "")), 400, "MalformedXML"},
		{"ARN of another kind beside", config(target("Topic", topic, "<Queue>"+queue+"</Queue>"+created(""))), 400, "MalformedXML"},
		{"no ARN at all", config(target("Topic", "topic", created(""))), 400, "InvalidArgument"},
		{"ARN of another service", config(target("Topic", queue, created(""))), 400, "InvalidArgument"},
		{"queue that keeps the order", config(target("Queue", queue+".fifo", created(""))), 400, "InvalidArgument"},
		{"role that is none", config(target("CloudFunction", "arn:aws:lambda:us-east-1:123456789012:function:f", "<InvocationRole>me</InvocationRole>"+created(""))), 400, "InvalidArgument"},
		{"long id", config(target("Topic", topic+strings.Repeat("t", 255), created(""))), 400, "InvalidArgument"},
		{"unknown event", config(target("Topic", topic, "<Event>s3:ObjectRead:*</Event>")), 400, "InvalidArgument"},
		{"unknown rule", config(target("Topic", topic, created(filter("infix", "a")))), 400, "InvalidArgument"},
		{"two prefixes", config(target("Topic", topic, created(filter("prefix", "a", "Prefix", "b")))), 400, "InvalidArgument"},
		{"empty suffix", config(target("Topic", topic, created(filter("suffix", "")))), 400, "InvalidArgument"},
		{"long suffix", config(target("Topic", topic, created(filter("suffix", strings.Repeat("s", 1025))))), 400, "InvalidArgument"},
		{"101 targets", config(many...), 400, "InvalidArgument"},
		{"same id", config(target("Topic", topic, created(filter("prefix", "a"))), target("Topic", topic, created(filter("prefix", "b")))), 400, "InvalidArgument"},
		{"same event", config(target("Topic", topic, created("")), target("Queue", queue, "<Event>s3:ObjectCreated:Put</Event>")), 400, "InvalidArgument"},
		{"prefix of a prefix", config(target("Topic", topic, created(filter("prefix", "a/b"))), target("Queue", queue, created(filter("prefix", "a/", "suffix", "x")))), 400, "InvalidArgument"},
	})
	for name, targets := range map[string][]string{
		"100 targets":          many[:100],
		"other events":         {target("Topic", topic, created("")), target("Queue", queue, "<Event>s3:ObjectRemoved:*</Event><Event>s3:IntelligentTiering</Event>")},
		"prefixes that differ": {target("Topic", topic, created(filter("prefix", "a"))), target("Queue", queue, created(filter("prefix", "b")))},
		"suffixes that differ": {target("Topic", topic, created(filter("suffix", "a"))), target("Queue", queue, created(filter("suffix", "b")))},
	} {
		t.Run(name, func(t *testing.T) {
			putDocument(t, srv, "/photos", "notification", config(targets...)).want(t, 200, "")
		})
	}
}
