package storagetest

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// Many clients at once change the same files in every way there is, while rules
// are applied and events delivered. Afterwards the server's books are in order, and
// no content is left that no file has. The race detector has its part in it.
func TestB2ServesManyAtOnce(t *testing.T) {
	hook := httptest.NewServer(nil)
	defer hook.Close()
	dir := t.TempDir()
	u := startB2(t, WithMinPartSize(1), WithMemoryLimit(0), WithDir(dir))
	bucket := u.bucket("photos", jsonObject{"lifecycleRules": []jsonObject{{
		"fileNamePrefix": "in/", "daysFromUploadingToHiding": 1, "daysFromHidingToDeleting": 1, "daysFromStartingToCancelingUnfinishedLargeFiles": 1,
	}}})
	u.call("b2_set_bucket_notification_rules", jsonObject{"bucketId": bucket, "eventNotificationRules": []jsonObject{
		b2Rule(jsonObject{"eventTypes": []string{"b2:ObjectCreated:*", "b2:ObjectDeleted:*"}, "targetConfiguration": webhook(jsonObject{"url": hook.URL})}),
	}})
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Add(1)
		go func() {
			defer clients.Done()
			target := u.call("b2_get_upload_url", jsonObject{"bucketId": bucket})
			for i := range 6 {
				name := fmt.Sprintf("in/%d", (c+i)%3)
				status, file := u.upload(target, map[string]string{"X-Bz-File-Name": name, "Content-Type": "a/b"}, "content")
				if status != 200 {
					t.Errorf("upload: %d %v", status, file)
					return
				}
				// Another client, or a rule, may have been faster with the rest.
				_, large := u.try("b2_start_large_file", jsonObject{"bucketId": bucket, "fileName": name, "contentType": "a/b"})
				for number := range 2 {
					u.try("b2_copy_part", jsonObject{"sourceFileId": file["fileId"], "largeFileId": large["fileId"], "partNumber": number + 1})
				}
				u.try("b2_finish_large_file", jsonObject{"fileId": large["fileId"], "partSha1Array": []string{sha1Of("content"), sha1Of("content")}})
				u.try("b2_copy_file", jsonObject{"sourceFileId": file["fileId"], "fileName": name})
				u.try("b2_hide_file", jsonObject{"bucketId": bucket, "fileName": name})
				u.get("/file/photos/" + name)
				u.call("b2_list_file_versions", jsonObject{"bucketId": bucket, "startFileName": name, "startFileId": file["fileId"]})
				u.try("b2_delete_file_version", jsonObject{"fileName": name, "fileId": file["fileId"]})
				switch c {
				case 0:
					u.b.Tick(time.Now().Add(time.Duration(i) * 24 * time.Hour))
				case 1:
					_ = u.b.DeliverEvents(t.Context(), nil) // without a handler, every answer is 404
				case 2:
					u.call("b2_update_bucket", jsonObject{"accountId": u.b.accountID, "bucketId": bucket, "bucketInfo": jsonObject{"a": fmt.Sprint(i)}})
				}
			}
		}()
	}
	clients.Wait()

	u.b.state.Lock()
	defer u.b.state.Unlock()
	kept := u.b.buckets[bucket]
	if !slices.IsSorted(kept.names) || len(kept.names) != len(kept.history) {
		t.Errorf("%d names, %d histories: %q", len(kept.names), len(kept.history), kept.names)
	}
	versions := 0
	contents := map[string]bool{}
	var note func(*blob)
	note = func(content *blob) {
		if content == nil {
			return
		}
		if content.path != "" {
			contents[content.path] = true
		}
		for _, part := range content.parts {
			note(part)
		}
	}
	for _, name := range kept.names {
		last := int64(1 << 62)
		for _, f := range kept.history[name] {
			versions++
			if u.b.files[f.id] != f || f.uploaded >= last {
				t.Errorf("%s, version %s: out of order, or unknown by its id", name, f.id)
			}
			last = f.uploaded
			note(f.content)
			for _, part := range f.parts {
				note(part.content)
			}
		}
	}
	if versions != len(u.b.files) {
		t.Errorf("%d versions by name, %d by id", versions, len(u.b.files))
	}
	if stored, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(stored) != len(contents) {
		t.Errorf("%d contents are stored, %d belong to a file", len(stored), len(contents))
	}
}
