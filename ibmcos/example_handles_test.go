package ibmcos_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/transfer"
	"github.com/entrepot-go/entrepot/waiter"
)

func ExampleBucketHandle_Objects() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	photos := client.Bucket("photos")
	for _, key := range []string{"2026/cat.jpg", "2026/dog.jpg", "2027/fox.jpg"} {
		if _, err := transfer.Upload(ctx, photos, key, strings.NewReader(key)); err != nil {
			log.Fatal(err)
		}
	}

	for object, err := range photos.Objects(ctx, &ibmcos.ListObjectsV2Input{Prefix: "2026/"}) {
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
	var failures *ibmcos.DeleteObjectsError
	if errors.As(err, &failures) {
		for _, f := range failures.Errors {
			fmt.Println(f.Key, "is still there:", f.Code) // AccessDenied where retention keeps it
		}
	} else if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deleted, "deleted")
	// Output: 2 deleted
}

// Keep an object for a day, and for as long as a case is open.
func ExampleObjectHandle_AddLegalHold() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	_, err := client.PutBucketProtectionConfiguration(ctx, &ibmcos.PutBucketProtectionConfigurationInput{
		Bucket: "photos", ProtectionConfiguration: &ibmcos.ProtectionConfiguration{
			Status:           ibmcos.BucketProtectionStatusRetention,
			MinimumRetention: &ibmcos.BucketProtectionMinimumRetention{Days: 0},
			DefaultRetention: &ibmcos.BucketProtectionDefaultRetention{Days: 0},
			MaximumRetention: &ibmcos.BucketProtectionMaximumRetention{Days: 365},
		},
	})
	if err != nil {
		log.Fatal(err)
	}

	letter := client.Bucket("photos").Object("letter.pdf")
	if _, err := letter.Put(ctx, &ibmcos.PutObjectInput{Body: strings.NewReader("…"), RetentionPeriod: new(int64(86400))}); err != nil {
		log.Fatal(err)
	}
	if _, err := letter.AddLegalHold(ctx, &ibmcos.AddLegalHoldInput{RetentionLegalHoldId: "case-7"}); err != nil {
		log.Fatal(err)
	}
	if err := waiter.Wait(ctx, ibmcos.ObjectExists, letter.Head, nil); err != nil {
		log.Fatal(err)
	}
	holds, err := letter.ListLegalHolds(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, hold := range holds.Holds() {
		fmt.Println(letter.Key(), "is held by", hold.ID)
	}
	_, err = letter.Delete(ctx, nil)
	fmt.Println(errors.Is(err, ibmcos.ErrAccessDenied))
	// Output:
	// letter.pdf is held by case-7
	// true
}
