package transfer_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/entrepot-go/entrepot/transfer"
)

// nullBucket keeps nothing and hands out zeros: what remains is the cost of
// this package.
type nullBucket struct{ size int64 }

func (nullBucket) Limits(context.Context) (transfer.Limits, error) {
	return transfer.Limits{MinPart: 5 << 20, MaxPart: 5 << 30, MaxPut: 5 << 30, MaxParts: 10_000}, nil
}

func (b nullBucket) Stat(context.Context, string, string) (transfer.Info, error) {
	return transfer.Info{Size: b.size, Version: "1"}, nil
}

func (b nullBucket) Open(_ context.Context, _, _ string, off, n int64) (transfer.Info, io.ReadCloser, error) {
	return transfer.Info{Size: b.size, Version: "1"}, io.NopCloser(zeroReader(min(n, b.size-off))), nil
}

func (nullBucket) Put(_ context.Context, _ string, _ transfer.Attrs, body transfer.Body) (transfer.Info, error) {
	return transfer.Info{}, swallow(body)
}

func (nullBucket) Begin(context.Context, string, transfer.Attrs) (transfer.MultipartUpload, error) {
	return nullUpload{}, nil
}

type nullUpload struct{}

func (nullUpload) ID() string { return "1" }

func (nullUpload) Part(_ context.Context, number int, body transfer.Body) (transfer.Part, error) {
	return transfer.Part{Number: number}, swallow(body)
}

func (nullUpload) Finish(context.Context, []transfer.Part) (transfer.Info, error) {
	return transfer.Info{}, nil
}

func (nullUpload) Abort(context.Context) error { return nil }

// swallow reads a body by a small window, so that it does not cost more than
// what is measured.
func swallow(body transfer.Body) error {
	var p [4096]byte
	for off := int64(0); off < body.Size(); off += 1 << 20 {
		if _, err := body.ReadAt(p[:], off); err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

type nullWriter struct{}

func (nullWriter) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

func BenchmarkUpload(b *testing.B) {
	const large = 64 << 20
	content := make([]byte, large)
	m := &transfer.Manager{}
	for _, bb := range []struct {
		name string
		r    func() io.Reader
		size int64
	}{
		{"1KiB in place", func() io.Reader { return bytes.NewReader(content[:1<<10]) }, 1 << 10},
		{"1KiB stream", func() io.Reader { return onlyReader{bytes.NewReader(content[:1<<10])} }, 1 << 10},
		{"64MiB in place", func() io.Reader { return bytes.NewReader(content) }, large},
		{"64MiB stream", func() io.Reader { return onlyReader{bytes.NewReader(content)} }, large},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(bb.size)
			for b.Loop() {
				if _, err := m.Upload(b.Context(), nullBucket{}, "name", bb.r()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDownload(b *testing.B) {
	m := &transfer.Manager{}
	for _, bb := range []struct {
		name string
		size int64
	}{{"1KiB", 1 << 10}, {"64MiB", 64 << 20}} {
		bucket := nullBucket{bb.size}
		b.Run("at "+bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(bb.size)
			for b.Loop() {
				if _, err := m.Download(b.Context(), bucket, "name", nullWriter{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("in order "+bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(bb.size)
			for b.Loop() {
				if _, err := m.DownloadTo(b.Context(), bucket, "name", io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
