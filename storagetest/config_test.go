package storagetest_test

import (
	"testing"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/storagetest"
)

func TestConfigOfB2(t *testing.T) {
	server := storagetest.NewB2(storagetest.WithTLS(), storagetest.WithInMemory())
	defer server.Close()
	client, err := b2.New(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		t.Fatal(err)
	}
	if made.BucketName != "photos" || made.BucketId == "" {
		t.Errorf("CreateBucket: %+v", made)
	}
}

func TestConfigOfLightsail(t *testing.T) {
	server := storagetest.NewLightsail(storagetest.WithRegion("eu-west-1"))
	defer server.Close()
	server.AddBucket(storagetest.LightsailBucket{Name: "photos"})
	client, err := lightsail.New(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.GetBuckets(t.Context(), &lightsail.GetBucketsInput{BucketName: "photos"})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Buckets) != 1 || out.Buckets[0].Name != "photos" || out.Buckets[0].Location.RegionName != "eu-west-1" {
		t.Errorf("GetBuckets: %+v", out)
	}
}
