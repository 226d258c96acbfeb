package s3_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
	"github.com/entrepot-go/entrepot/waiter"
)

// newExample stands for s3.New(s3.Config{}), which finds region and keys as the
// AWS CLI does. There is a bucket "photos".
func newExample() (client *s3.Client, stop func()) {
	srv := storagetest.NewS3()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	client, err := s3.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	return client, srv.Close
}

func ExampleClient_PutObject() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	_, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: "photos", Key: "notes/today.txt", Body: strings.NewReader("It rains."), ContentType: "text/plain",
	})
	if err != nil {
		log.Fatal(err)
	}
	head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: "photos", Key: "notes/today.txt"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(head.ContentLength, head.ContentType)
	// Output: 9 text/plain
}

func ExampleClient_GetObject() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "today.txt", Body: strings.NewReader("It rains.")}); err != nil {
		log.Fatal(err)
	}

	for _, key := range []string{"today.txt", "tomorrow.txt"} {
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: "photos", Key: key})
		if errors.Is(err, fs.ErrNotExist) { // or s3.ErrNoSuchKey, which is not the bucket
			fmt.Println(key, "is not there")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		content, err := io.ReadAll(out.Body) // verified by the checksum that S3 keeps
		out.Body.Close()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", key, content)
	}
	// Output:
	// today.txt: It rains.
	// tomorrow.txt is not there
}

func ExampleClient_ListObjectsV2() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	for _, key := range []string{"2026/cat.jpg", "2026/dog.jpg", "2027/fox.jpg"} {
		if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: key, Body: strings.NewReader(key)}); err != nil {
			log.Fatal(err)
		}
	}

	// Items asks for page after page.
	for object, err := range paginator.Items(ctx, client.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", Prefix: "2026/"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(object.Key, object.Size)
	}
	// Output:
	// 2026/cat.jpg 12
	// 2026/dog.jpg 12
}

// Bring back what was deleted: take the delete markers away that hide it.
func ExampleClient_ListObjectVersions() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	_, err := client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &s3.VersioningConfiguration{Status: s3.BucketVersioningStatusEnabled},
	})
	check(err)
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "cat.jpg", Body: strings.NewReader("a cat")})
	check(err)
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: "photos", Key: "cat.jpg"})
	check(err)

	for page, err := range paginator.Pages(ctx, client.ListObjectVersions, &s3.ListObjectVersionsInput{Bucket: "photos"}) {
		check(err)
		for _, marker := range page.DeleteMarkers {
			if marker.IsLatest {
				_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: "photos", Key: marker.Key, VersionId: marker.VersionId})
				check(err)
				fmt.Println("brought back", marker.Key)
			}
		}
	}
	// Output: brought back cat.jpg
}

func ExampleClient_PresignPost() {
	client, stop := newExample()
	defer stop()

	post, err := client.PresignPost(context.Background(), &s3.PresignPostInput{
		Bucket: "photos", KeyPrefix: "user/42/", MaxSize: 10 << 20, ExpiresIn: 15 * time.Minute, SuccessActionStatus: 201,
	})
	if err != nil {
		log.Fatal(err)
	}

	// Anybody may send this: the fields in their order, and the file last.
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range post.Fields {
		form.WriteField(f.Name, f.Value) // to a buffer: cannot fail
	}
	file, _ := form.CreateFormFile("file", "cat.jpg")
	io.WriteString(file, "meow")
	form.Close()
	resp, err := http.Post(post.URL, form.FormDataContentType(), &body)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Key string }
	if err := xml.NewDecoder(resp.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, answer.Key)
	// Output: 201 Created user/42/cat.jpg
}

func ExampleClient_DeleteObjects() {
	client, stop := newExample()
	defer stop()

	out, err := client.DeleteObjects(context.Background(), &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{
		{Key: "yesterday.txt"}, {Key: "today.txt", VersionId: "other"},
	}}})
	var failures *s3.DeleteObjectsError
	switch {
	case errors.As(err, &failures):
		for _, f := range failures.Errors {
			fmt.Println(f.Key, "is still there:", f.Code)
		}
	case err != nil:
		log.Fatal(err) // there is no output
	}
	for _, d := range out.Deleted {
		fmt.Println(d.Key, "is gone")
	}
	// Output:
	// today.txt is still there: NoSuchVersion
	// yesterday.txt is gone
}

func ExampleClient_SelectObjectContent() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	cats := "name,age\nTom,7\nKitty,3\n"
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "cats.csv", Body: strings.NewReader(cats)}); err != nil {
		log.Fatal(err)
	}

	out, err := client.SelectObjectContent(ctx, &s3.SelectObjectContentInput{
		Bucket: "photos", Key: "cats.csv",
		Expression: "SELECT s.name FROM S3Object s WHERE s.age = '7'", ExpressionType: s3.ExpressionTypeSql,
		InputSerialization:  s3.InputSerialization{CSV: &s3.CSVInput{FileHeaderInfo: s3.FileHeaderInfoUse}},
		OutputSerialization: s3.OutputSerialization{CSV: &s3.CSVOutput{}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer out.Payload.Close()
	// Or read the records alone: io.Copy(os.Stdout, out.Payload).
	for event, err := range out.Payload.Events() {
		if err != nil {
			log.Fatal(err) // while the object is scanned, too
		}
		switch event := event.(type) {
		case s3.RecordsEvent:
			fmt.Printf("%s", event.Payload)
		case s3.StatsEvent:
			fmt.Println(event.Details.BytesScanned, "bytes scanned")
		}
	}
	// Output:
	// Tom
	// 23 bytes scanned
}

func ExampleClient_Bucket() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	// What only S3 has is given by a template.
	photos := client.Bucket("photos").With(s3.Template{Put: s3.PutObjectInput{StorageClass: s3.StorageClassStandardIa}})
	if _, err := transfer.Upload(ctx, photos, "today.txt", strings.NewReader("It rains.")); err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.DownloadTo(ctx, photos, "today.txt", os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output: It rains.
}

func ExampleBucketHandle_Objects() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	photos := client.Bucket("photos")
	for _, key := range []string{"2026/cat.jpg", "2026/dog.jpg", "2027/fox.jpg"} {
		if _, err := photos.Object(key).Put(ctx, &s3.PutObjectInput{Body: strings.NewReader(key)}); err != nil {
			log.Fatal(err)
		}
	}

	for object, err := range photos.Objects(ctx, &s3.ListObjectsV2Input{Prefix: "2026/"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(object.Key, object.Size)
	}
	// Output:
	// 2026/cat.jpg 12
	// 2026/dog.jpg 12
}

func ExampleBucketHandle_DeletePrefix() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	photos := client.Bucket("photos")
	for _, key := range []string{"tmp/1", "tmp/2", "kept"} {
		if _, err := photos.Object(key).Put(ctx, nil); err != nil {
			log.Fatal(err)
		}
	}

	deleted, err := photos.DeletePrefix(ctx, "tmp/", nil)
	var failures *s3.DeleteObjectsError
	if errors.As(err, &failures) {
		for _, f := range failures.Errors {
			fmt.Println(f.Key, "is still there:", f.Code)
		}
	} else if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deleted, "deleted")

	_, err = photos.DeletePrefix(ctx, os.Getenv("NOT_SET"), nil)
	fmt.Println(err)
	// Output:
	// 2 deleted
	// s3: DeleteObjects: prefix: is empty, and every key begins with that; to delete all of them, call DeleteAllObjects
}

// Every call about an object by one handle, without repeating where it is.
func ExampleObjectHandle() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	today := client.Bucket("photos").Object("today.txt")
	if _, err := today.Put(ctx, &s3.PutObjectInput{Body: strings.NewReader("It rains.")}); err != nil {
		log.Fatal(err)
	}
	yesterday := client.Bucket("photos").Object("yesterday.txt")
	if _, err := yesterday.CopyFrom(ctx, &s3.CopyObjectInput{CopySource: today.CopySource()}); err != nil {
		log.Fatal(err)
	}
	if _, err := today.Delete(ctx, nil); err != nil {
		log.Fatal(err)
	}
	if err := waiter.Wait(ctx, s3.ObjectNotExists, today.Head, nil); err != nil {
		log.Fatal(err)
	}
	head, err := yesterday.Head(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(yesterday, "has", head.ContentLength, "bytes")
	// Output: object "yesterday.txt" in bucket "photos" has 9 bytes
}

// Let somebody without credentials send the parts of an upload, and complete it
// with whatever has come.
func ExampleUploadHandle_Complete() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	upload, err := client.Bucket("photos").Object("film.mp4").CreateMultipartUpload(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	link, err := s3.Presign(ctx, upload.UploadPart, &s3.UploadPartInput{PartNumber: 1}, time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(link.Method, link.URL, strings.NewReader("the only part")) // elsewhere
	if err != nil {
		log.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()

	if _, err := upload.Complete(ctx, nil); err != nil {
		log.Fatal(err)
	}
	head, err := upload.Object().Head(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(head.ContentLength)
	// Output: 13
}

func ExamplePresign() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "today.txt", Body: strings.NewReader("It rains.")}); err != nil {
		log.Fatal(err)
	}

	req, err := s3.Presign(ctx, client.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "today.txt"}, 15*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	resp, err := http.Get(req.URL) // anybody may, until req.Expires
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %s: %s\n", req.Method, resp.Status, content)
	// Output: GET 200 OK: It rains.
}

func ExampleError() {
	client, stop := newExample()
	defer stop()

	_, err := client.GetObject(context.Background(), &s3.GetObjectInput{Bucket: "nowhere", Key: "today.txt"})
	var e *s3.Error
	if errors.As(err, &e) {
		fmt.Println(e.Operation, e.Code, e.StatusCode, e.Attempts)
	}
	fmt.Println(errors.Is(err, s3.ErrNoSuchBucket), errors.Is(err, s3.ErrNoSuchKey), errors.Is(err, fs.ErrNotExist))
	// Output:
	// GetObject NoSuchBucket 404 1
	// true false true
}

func Example_waiter() {
	client, stop := newExample()
	defer stop()

	err := waiter.Wait(context.Background(), s3.BucketExists, client.HeadBucket, &s3.HeadBucketInput{Bucket: "photos"})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleOption() {
	client, stop := newExample()
	defer stop()

	// For this one call: no second attempt, and another checksum.
	out, err := client.PutObject(context.Background(),
		&s3.PutObjectInput{Bucket: "photos", Key: "today.txt", Body: strings.NewReader("It rains.")},
		func(c *s3.Config) { c.Retry.MaxAttempts, c.Checksum = 1, s3.ChecksumAlgorithmCrc32c })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.ChecksumCRC32C)
	// Output: svrCOg==
}
