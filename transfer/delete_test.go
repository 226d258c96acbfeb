package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/transfer"
)

func TestDelete(t *testing.T) {
	b := newBucket()
	b.limits.MaxRemove = 10
	var names []string
	for i := range 95 {
		names = append(names, fmt.Sprint("x/", i))
		b.put(t, names[i], nil)
	}
	b.put(t, "y", nil)
	if report, err := transfer.Delete(t.Context(), b, slices.Values(names), transfer.WithDryRun()); err != nil || report.Deleted != 95 || len(b.objects) != 96 {
		t.Errorf("%+v, %v", report, err)
	}
	names = append(names, "not there")
	report, err := transfer.Delete(t.Context(), b, slices.Values(names))
	if err != nil || report.Deleted != 96 || len(b.objects) != 1 || b.calls["Remove"] != 10 {
		t.Errorf("%+v, %v, by %d requests", report, err, b.calls["Remove"])
	}
}

func TestDeleteAll(t *testing.T) {
	broken := errors.New("broken")
	newOne := func() *memBucket {
		b := newBucket()
		b.limits.MaxRemove = 3
		for _, name := range []string{"a", "p/1.x", "p/2.x", "p/3", "p/4.x", "p/", "q"} {
			b.put(t, name, nil)
		}
		return b
	}
	for _, test := range []struct {
		prefix string
		opts   []transfer.Option
		fail   string
		left   string
		err    error
		text   string
	}{
		{prefix: "p/", left: "a q"},
		{prefix: "p/", opts: []transfer.Option{transfer.WithExclude("*.x")}, left: "a p/1.x p/2.x p/4.x q"},
		{prefix: "", opts: []transfer.Option{transfer.WithInclude("**")}, left: ""},
		{prefix: "", left: "a p/ p/1.x p/2.x p/3 p/4.x q", text: "the prefix is empty"},
		{prefix: "p/", fail: "p/3", opts: []transfer.Option{transfer.WithKeepGoing()}, left: "a p/3 q", err: broken},
		{prefix: "p/", fail: "p/3", left: "*", err: broken, text: `transfer: delete "p/" in the bucket: "3": broken`},
		{prefix: "p/", opts: []transfer.Option{transfer.WithVerify()}, left: "*", text: "WithVerify is no option of deletions"},
	} {
		b := newOne()
		b.onRemove = func(_ context.Context, name string) error {
			if name == test.fail {
				return broken
			}
			return nil
		}
		_, err := transfer.DeleteAll(t.Context(), transfer.Under(b, test.prefix), test.opts...)
		if (err == nil) != (test.err == nil && test.text == "") || test.err != nil && !errors.Is(err, test.err) || err != nil && !strings.Contains(err.Error(), test.text) {
			t.Errorf("%+v: %v", test, err)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(b.objects)), " "); got != test.left && test.left != "*" {
			t.Errorf("%+v leaves %s", test, got)
		}
	}
	if _, err := transfer.DeleteAll(t.Context(), transfer.Dir("x")); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if _, err := transfer.DeleteAll(t.Context(), transfer.Under(bare{newBucket()}, "x")); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}

func TestCleanupUploads(t *testing.T) {
	newOne := func() *memBucket {
		b := newBucket()
		for i := range 4 {
			u, err := b.Begin(t.Context(), fmt.Sprint("x/", i), transfer.Attrs{})
			if err != nil {
				t.Fatal(err)
			}
			u.(*memUpload).age = time.Duration(i) * time.Hour
		}
		return b
	}
	for _, test := range []struct {
		prefix string
		older  time.Duration
		opts   []transfer.Option
		want   int64
		left   int
	}{
		{"x/", 2 * time.Hour, nil, 2, 2},
		{"x/", 0, nil, 4, 0},
		{"", 0, []transfer.Option{transfer.WithDryRun()}, 4, 4},
		{"x/3", 0, nil, 1, 3},
		{"y", 0, nil, 0, 4},
	} {
		b := newOne()
		report, err := transfer.CleanupUploads(t.Context(), b, test.prefix, test.older, test.opts...)
		if err != nil || report.Deleted != test.want || len(b.uploads) != test.left {
			t.Errorf("%+v: %+v, %v, and %d are left", test, report, err, len(b.uploads))
		}
	}
	b := newOne()
	b.onAbort = func(context.Context) error { return errors.New("broken") }
	report, err := transfer.CleanupUploads(t.Context(), b, "", 0, transfer.WithKeepGoing())
	var all *transfer.TreeError
	if !errors.As(err, &all) || all.Count != 4 || report.Failed != 4 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, err := transfer.CleanupUploads(t.Context(), b, "", -time.Hour); err == nil {
		t.Error("a negative time is taken")
	}
	if _, err := transfer.CleanupUploads(t.Context(), bare{b}, "", 0); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
