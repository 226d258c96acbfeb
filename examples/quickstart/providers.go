package main

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"strings"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// provider opens a bucket to move the file to.
type provider struct {
	name string
	open func(context.Context) (*place, error)
}

// place is an open bucket, and what differs between the providers beside it.
type place struct {
	bucket transfer.Bucket
	names  func(context.Context) iter.Seq2[string, error]
	remove func(ctx context.Context, name string) error
	close  func(context.Context) error
}

func providers(o options) []provider {
	return []provider{
		{"S3", func(ctx context.Context) (*place, error) { return openS3(ctx, o) }},
		{"B2", openB2},
		{"IBM COS", openIBM},
		{"Lightsail", openLightsail},
	}
}

// newName is a bucket's name that nobody has.
func newName() string { return "entrepot-quickstart-" + strings.ToLower(rand.Text()[:12]) }

func openS3(ctx context.Context, o options) (*place, error) {
	var config s3.Config
	stop := func() {}
	switch o.endpoint {
	case "":
		server := storagetest.NewS3()
		config, stop = server.Config(), server.Close
	case "aws":
	default:
		config.Endpoint = o.endpoint
	}
	client, err := s3.New(config)
	if err != nil {
		stop()
		return nil, err
	}
	p := placeOf(client, o.bucket)
	p.close = func(context.Context) error { stop(); return nil }
	if o.bucket != "" {
		return p, nil
	}
	name := newName()
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: name}); err != nil {
		stop()
		return nil, err
	}
	p = placeOf(client, name)
	p.close = func(ctx context.Context) error {
		defer stop()
		_, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: name})
		return err
	}
	return p, nil
}

// placeOf is a bucket of S3, also one of Lightsail.
func placeOf(client *s3.Client, bucket string) *place {
	return &place{
		bucket: client.Bucket(bucket),
		names: func(ctx context.Context) iter.Seq2[string, error] {
			return names(paginator.Items(ctx, client.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: bucket}),
				func(o s3.Object) string { return o.Key })
		},
		remove: func(ctx context.Context, name string) error {
			_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: name})
			return err
		},
	}
}

// names takes the names out of any list.
func names[T any](items iter.Seq2[T, error], name func(T) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for item, err := range items {
			if !yield(name(item), err) {
				return
			}
		}
	}
}

func openB2(ctx context.Context) (*place, error) {
	server := storagetest.NewB2()
	client, err := b2.New(server.Config())
	if err != nil {
		server.Close()
		return nil, err
	}
	bucket, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: newName(), BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		server.Close()
		return nil, err
	}
	list := &b2.ListFileNamesInput{BucketId: bucket.BucketId}
	return &place{
		bucket: client.Bucket(bucket.BucketName),
		names: func(ctx context.Context) iter.Seq2[string, error] {
			return names(paginator.Items(ctx, client.ListFileNames, list), func(f b2.FileVersion) string { return f.FileName })
		},
		remove: func(ctx context.Context, name string) error {
			for f, err := range paginator.Items(ctx, client.ListFileNames, list) {
				if err != nil {
					return err
				}
				if f.FileName == name {
					_, err := client.DeleteFileVersion(ctx, &b2.DeleteFileVersionInput{FileName: name, FileId: f.FileId})
					return err
				}
			}
			return errors.New("the file is no longer there")
		},
		close: func(ctx context.Context) error {
			defer server.Close()
			_, err := client.DeleteBucket(ctx, &b2.DeleteBucketInput{BucketId: bucket.BucketId})
			return err
		},
	}, nil
}

func openIBM(ctx context.Context) (*place, error) {
	server := storagetest.NewIBMCOS()
	client, err := ibmcos.New(server.Config())
	if err != nil {
		server.Close()
		return nil, err
	}
	bucket := newName()
	if _, err := client.CreateBucket(ctx, &ibmcos.CreateBucketInput{Bucket: bucket}); err != nil {
		server.Close()
		return nil, err
	}
	return &place{
		bucket: client.Bucket(bucket),
		names: func(ctx context.Context) iter.Seq2[string, error] {
			return names(paginator.Items(ctx, client.ListObjectsV2, &ibmcos.ListObjectsV2Input{Bucket: bucket}),
				func(o ibmcos.Object) string { return o.Key })
		},
		remove: func(ctx context.Context, name string) error {
			_, err := client.DeleteObject(ctx, &ibmcos.DeleteObjectInput{Bucket: bucket, Key: name})
			return err
		},
		close: func(ctx context.Context) error {
			defer server.Close()
			_, err := client.DeleteBucket(ctx, &ibmcos.DeleteBucketInput{Bucket: bucket})
			return err
		},
	}, nil
}

// openLightsail goes the way of a user: a bucket by the control API, an access
// key to it, and Amazon S3's protocol from there.
func openLightsail(ctx context.Context) (*place, error) {
	server := storagetest.NewLightsail()
	control, err := lightsail.New(server.Config())
	if err != nil {
		server.Close()
		return nil, err
	}
	name := newName()
	client, err := func() (*s3.Client, error) {
		if _, err := control.CreateBucket(ctx, &lightsail.CreateBucketInput{BucketName: name, BundleId: "small_1_0"}); err != nil {
			return nil, err
		}
		key, err := control.CreateBucketAccessKey(ctx, &lightsail.CreateBucketAccessKeyInput{BucketName: name})
		if err != nil {
			return nil, err
		}
		return control.S3(ctx, name, key.AccessKey)
	}()
	if err != nil {
		server.Close()
		return nil, err
	}
	p := placeOf(client, name)
	p.close = func(ctx context.Context) error {
		defer server.Close()
		_, err := control.DeleteBucket(ctx, &lightsail.DeleteBucketInput{BucketName: name, ForceDelete: new(true)})
		return err
	}
	return p, nil
}
