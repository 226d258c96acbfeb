package ibmcos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
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

// Archive what is written from now on after 30 days, delete logs after a year,
// and let no part of an upload lie about that nobody finishes.
func ExampleClient_PutBucketLifecycleConfiguration() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	_, err := client.PutBucketLifecycleConfiguration(ctx, &ibmcos.PutBucketLifecycleConfigurationInput{
		Bucket: "photos",
		LifecycleConfiguration: &ibmcos.BucketLifecycleConfiguration{Rules: []ibmcos.LifecycleRule{
			{
				ID: "archive", Status: ibmcos.ExpirationStatusEnabled,
				Filter:      ibmcos.LifecycleRuleFilter{Prefix: new("")}, // the only one that IBM archives by
				Transitions: []ibmcos.Transition{{Days: new(int32(30)), StorageClass: ibmcos.TransitionStorageClassGlacier}},
			},
			{
				ID: "logs", Status: ibmcos.ExpirationStatusEnabled,
				Filter:     ibmcos.LifecycleRuleFilter{Prefix: new("logs/")},
				Expiration: &ibmcos.LifecycleExpiration{Days: new(int32(365))},
			},
			{
				ID: "uploads", Status: ibmcos.ExpirationStatusEnabled,
				AbortIncompleteMultipartUpload: &ibmcos.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(7))},
			},
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	out, err := client.GetBucketLifecycleConfiguration(ctx, &ibmcos.GetBucketLifecycleConfigurationInput{Bucket: "photos"})
	if err != nil {
		log.Fatal(err)
	}
	for _, rule := range out.Rules {
		fmt.Println(rule.ID, rule.Status)
	}
	// Output:
	// archive Enabled
	// logs Enabled
	// uploads Enabled
}

// Keep objects for 30 days unless they ask for something else. Mind that this
// cannot be taken back.
func ExampleClient_PutBucketProtectionConfiguration() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	_, err := client.PutBucketProtectionConfiguration(ctx, &ibmcos.PutBucketProtectionConfigurationInput{
		Bucket: "photos",
		ProtectionConfiguration: &ibmcos.ProtectionConfiguration{
			Status:           ibmcos.BucketProtectionStatusRetention,
			MinimumRetention: &ibmcos.BucketProtectionMinimumRetention{Days: 1},
			DefaultRetention: &ibmcos.BucketProtectionDefaultRetention{Days: 30},
			MaximumRetention: &ibmcos.BucketProtectionMaximumRetention{Days: 3650},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.PutObject(ctx, &ibmcos.PutObjectInput{Bucket: "photos", Key: "today.txt", Body: strings.NewReader("It rains.")}); err != nil {
		log.Fatal(err)
	}
	_, err = client.DeleteObject(ctx, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "today.txt"})
	fmt.Println("may not be deleted:", errors.Is(err, fs.ErrPermission))
	// Output: may not be deleted: true
}

// Keep an object for an hour and for a case at court, and longer when the case
// takes longer.
func ExampleClient_ExtendObjectRetention() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	_, err := client.PutBucketProtectionConfiguration(ctx, &ibmcos.PutBucketProtectionConfigurationInput{
		Bucket: "photos",
		ProtectionConfiguration: &ibmcos.ProtectionConfiguration{
			Status:           ibmcos.BucketProtectionStatusRetention,
			MinimumRetention: &ibmcos.BucketProtectionMinimumRetention{Days: 0},
			DefaultRetention: &ibmcos.BucketProtectionDefaultRetention{Days: 0},
			MaximumRetention: &ibmcos.BucketProtectionMaximumRetention{Days: 3650},
		},
	})
	check(err)

	_, err = client.PutObject(ctx, &ibmcos.PutObjectInput{
		Bucket: "photos", Key: "evidence.jpg", Body: strings.NewReader("…"),
		RetentionPeriod: new(int64(3600)), RetentionLegalHoldId: "case-1",
	})
	check(err)
	_, err = client.ExtendObjectRetention(ctx, &ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "evidence.jpg", AdditionalRetentionPeriod: 1800})
	check(err)

	_, err = client.DeleteObject(ctx, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "evidence.jpg"})
	fmt.Println("kept:", errors.Is(err, ibmcos.ErrAccessDenied))
	out, err := client.ListLegalHolds(ctx, &ibmcos.ListLegalHoldsInput{Bucket: "photos", Key: "evidence.jpg"})
	check(err)
	fmt.Println("for", out.RetentionPeriod, "seconds, and while there is", out.Holds()[0].ID)
	// Output:
	// kept: true
	// for 5400 seconds, and while there is case-1
}

// A client with an API key presigns with HMAC keys beside it.
func ExamplePresign() {
	srv := storagetest.NewIBMCOS(storagetest.WithCredentials("ID", "secret")) // the HMAC keys of a service credential
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	client, err := ibmcos.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if _, err := client.PutObject(ctx, &ibmcos.PutObjectInput{Bucket: "photos", Key: "today.txt", Body: strings.NewReader("It rains.")}); err != nil {
		log.Fatal(err)
	}

	in := &ibmcos.GetObjectInput{Bucket: "photos", Key: "today.txt"}
	_, err = ibmcos.Presign(ctx, client.GetObject, in, time.Hour)
	fmt.Println("by a token:", errors.Is(err, ibmcos.ErrNeedsHMAC))
	req, err := ibmcos.Presign(ctx, client.GetObject, in, time.Hour, func(c *ibmcos.Config) {
		c.Credentials = credentials.Static("ID", "secret", "")
	})
	if err != nil {
		log.Fatal(err)
	}

	resp, err := http.Get(req.URL) // anybody may
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output:
	// by a token: true
	// 200 OK
}

// A client with each kind of credentials. Left out, they are looked for where
// IBM's tools look.
func ExampleNew() {
	profile := credentials.IBMProfile{ID: "Profile-9fd84246-7df4-4667-94e4-8ecde51d5ac5"}
	serviceID := credentials.IBMIAM("API key of a service id")
	for _, provider := range []credentials.Provider{
		credentials.IBMIAM("an API key"),
		credentials.Static("HMAC access key id", "its secret", ""),
		credentials.IBMContainer(profile),
		credentials.IBMVPCInstance(profile),
		credentials.IBMAssume(serviceID, profile),
	} {
		client, err := ibmcos.New(ibmcos.Config{
			Region:            "us-south",
			Network:           ibmcos.NetworkDirect,
			Credentials:       provider,
			ServiceInstanceId: "crn:v1:bluemix:public:cloud-object-storage:global:a/4f2c:d0b1::",
		})
		if err != nil {
			log.Fatal(err)
		}
		client.CloseIdleConnections()
	}
	// Output:
}

func ExampleClient_OpenBucket() {
	client, stop := newExample()
	defer stop()
	ctx := context.Background()

	photos, err := client.OpenBucket(ctx, "photos") // at whatever location
	if err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.Upload(ctx, photos, "today.txt", strings.NewReader("It rains.")); err != nil {
		log.Fatal(err)
	}
	_, err = client.OpenBucket(ctx, "videos")
	fmt.Println(errors.Is(err, ibmcos.ErrNoSuchBucket))
	// Output: true
}

func ExampleBucketLocationConstraint_Split() {
	region, class, err := ibmcos.BucketLocationConstraint("us-south-smart").Split()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(region, class)
	// Output: us-south smart
}
