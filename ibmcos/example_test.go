package ibmcos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"strings"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// newExample stands for ibmcos.New with an API key and a service instance:
//
//	ibmcos.Config{Region: "us-south", Credentials: credentials.IBMIAM(apiKey), ServiceInstanceId: instance}
//
// There is a bucket "photos".
func newExample() (client *ibmcos.Client, stop func()) {
	srv := storagetest.NewIBMCOS()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	client, err := ibmcos.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	return client, srv.Close
}

func ExampleClient_ListBucketsExtended() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	_, err := client.CreateBucket(ctx, &ibmcos.CreateBucketInput{
		Bucket:                    "vault",
		CreateBucketConfiguration: &ibmcos.CreateBucketConfiguration{LocationConstraint: ibmcos.BucketLocationConstraintUsSouthVault},
	})
	if err != nil {
		log.Fatal(err)
	}
	for bucket, err := range paginator.Items(ctx, client.ListBucketsExtended, &ibmcos.ListBucketsExtendedInput{Prefix: "v"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(bucket.Name, bucket.LocationConstraint)
	}
	// Output: vault us-south-vault
}

func ExampleClient_GetObject() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	if _, err := client.PutObject(ctx, &ibmcos.PutObjectInput{Bucket: "photos", Key: "today.txt", Body: strings.NewReader("It rains.")}); err != nil {
		log.Fatal(err)
	}

	for _, key := range []string{"today.txt", "tomorrow.txt"} {
		out, err := client.GetObject(ctx, &ibmcos.GetObjectInput{Bucket: "photos", Key: key})
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Println(key, "is not there")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		content, err := io.ReadAll(out.Body)
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

func ExampleClient_Bucket() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	photos := client.Bucket("photos")
	if _, err := transfer.Upload(ctx, photos, "today.txt", strings.NewReader("It rains.")); err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.DownloadTo(ctx, photos, "today.txt", os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output: It rains.
}
