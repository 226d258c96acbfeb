package lightsail_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"strings"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// newExample stands for lightsail.New(lightsail.Config{}), which finds region
// and keys as the AWS CLI does. There is a bucket "photos".
func newExample() (client *lightsail.Client, stop func()) {
	srv := storagetest.NewLightsail()
	srv.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	client, err := lightsail.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	return client, srv.Close
}

func ExampleClient_GetBuckets() {
	client, stop := newExample()
	defer stop()

	for bucket, err := range paginator.Items(context.Background(), client.GetBuckets, &lightsail.GetBucketsInput{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(bucket.Name, bucket.BundleId, bucket.State.Code)
	}
	// Output: photos small_1_0 OK
}

func ExampleClient_Bucket() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	key, err := client.CreateBucketAccessKey(ctx, &lightsail.CreateBucketAccessKeyInput{BucketName: "photos"})
	if err != nil {
		log.Fatal(err)
	}
	photos, err := client.Bucket(ctx, "photos", key.AccessKey)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.Upload(ctx, photos, "today.txt", strings.NewReader("It rains.")); err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.DownloadTo(ctx, photos, "today.txt", os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output: It rains.
}

func ExampleClient_OpenBucket() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	// A program that ends keeps the keys: in a vault, or in a file of its own.
	vault := map[string][2]string{}
	keys := &lightsail.Keys{
		Load: func(ctx context.Context, bucket string) (lightsail.AccessKey, error) {
			kept := vault[bucket]
			return lightsail.AccessKey{AccessKeyId: kept[0], SecretAccessKey: entrepot.Secret(kept[1])}, nil
		},
		Store: func(ctx context.Context, bucket string, key lightsail.AccessKey) error {
			vault[bucket] = [2]string{key.AccessKeyId, string(key.SecretAccessKey)}
			return nil
		},
	}
	photos, err := client.OpenBucket(ctx, "photos", keys)
	if errors.Is(err, lightsail.ErrKeyLimit) {
		log.Fatal("delete a key of the bucket that nobody needs: ", err)
	}
	if err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.Upload(ctx, photos, "today.txt", strings.NewReader("It rains.")); err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.DownloadTo(ctx, photos, "today.txt", os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output: It rains.
}

func ExampleError() {
	client, stop := newExample()
	defer stop()

	_, err := client.DeleteBucket(context.Background(), &lightsail.DeleteBucketInput{BucketName: "nothing"})
	var e *lightsail.Error
	if errors.As(err, &e) {
		fmt.Println(e.Operation, e.Code)
	}
	fmt.Println(errors.Is(err, lightsail.ErrNotFound), errors.Is(err, fs.ErrNotExist))
	// Output:
	// DeleteBucket NotFoundException
	// true true
}
