package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/entrepot-go/entrepot/internal/apierror"
)

// wary is a stub that looks at rights, and at what continues a body.
type wary struct {
	*stub
	permit    func(context.Context, *Call) error
	continued func(first, header http.Header) error
}

func (w *wary) Permit(ctx context.Context, c *Call) error { return w.permit(ctx, c) }

func (w *wary) Continued(_ *Call, first, header http.Header) error {
	return w.continued(first, header)
}

func TestWhatIsNotPermittedIsNotSent(t *testing.T) {
	requests := 0
	r := newRig(t, func(http.ResponseWriter, *http.Request) { requests++ })
	forbidden := errors.New("no right")
	inner := &apierror.Error{Service: "stub", Operation: "Login", StatusCode: 503, Attempts: 3}
	ctx, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		name   string
		permit error
		cancel bool
		want   string
	}{
		{name: "permitted"},
		{name: "forbidden", permit: forbidden, want: "stub: List: no right"},
		{name: "a call on behalf of it that fails", permit: inner, want: "stub: Login: the server answered 503 (status 503, 3 attempts)"},
		{name: "cancelled meanwhile", permit: forbidden, cancel: true, want: "stub: List: context canceled"},
	} {
		requests = 0
		if c.cancel {
			cancel()
		}
		p := &wary{stub: r.stub, permit: func(_ context.Context, call *Call) error {
			if call.Operation != opList || call.Input.(*input).Key != "k" || call.Attempts != 0 {
				t.Errorf("%s: asked of %+v", c.name, call)
			}
			return c.permit
		}}
		err := Do(ctx, r.rt, p, opList, &input{Key: "k"}, &output{})
		if c.want == "" && (err != nil || requests != 1) || c.want != "" && (err == nil || err.Error() != c.want || requests != 0) {
			t.Errorf("%s: %v after %d requests, want %s", c.name, err, requests, c.want)
		}
		if e := (*stubError)(nil); c.permit == forbidden && (!errors.As(err, &e) || e.Attempts != 0 || !c.cancel && !errors.Is(err, forbidden)) {
			t.Errorf("%s: %#v", c.name, err)
		}
	}
	cancel()
}

func TestProviderRefusesWhatContinues(t *testing.T) {
	data := pattern(10000)
	for _, other := range []error{nil, errors.New("another version")} {
		o := &object{data: data, etag: `"v1"`, breaks: []int{100}}
		r := newRig(t, o.ServeHTTP)
		p := &wary{stub: r.stub, permit: func(context.Context, *Call) error { return nil }, continued: func(first, header http.Header) error {
			if first.Get("Content-Range") != "" || header.Get("Content-Range") != "bytes 100-9999/10000" {
				t.Errorf("headers %v and %v", first, header)
			}
			return other
		}}
		var out streamOutput
		if err := Do(t.Context(), r.rt, p, opGet, &input{Key: "k"}, &out); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(out.Body)
		out.Body.Close()
		if other == nil && (err != nil || !bytes.Equal(got, data)) || other != nil && (!errors.Is(err, other) || len(got) != 100 || len(o.ranges) != 2) {
			t.Errorf("read %d bytes by %q, %v", len(got), o.ranges, err)
		}
	}
}
