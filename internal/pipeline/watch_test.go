package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"

	"github.com/entrepot-go/entrepot/internal/observe"
)

func TestObserver(t *testing.T) {
	data := pattern(200 << 10)
	r := newRig(t, script(status(503), func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	var mu sync.Mutex
	var sent, rolledBack int64
	var retries []string
	ctx := observe.With(t.Context(), &observe.Observer{
		Sent: func(n int64) {
			mu.Lock()
			defer mu.Unlock()
			sent += n
			if n < 0 {
				rolledBack -= n
			}
		},
		Retry: func(err error, wait time.Duration, throttled bool) {
			e := (*stubError)(nil)
			retries = append(retries, fmt.Sprint(errors.As(err, &e), wait, throttled))
		},
	})
	if err := r.put(ctx, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if sent != int64(len(data)) || rolledBack != int64(len(data)) {
		t.Errorf("%d bytes sent in all, %d of them rolled back, want %d each", sent, rolledBack, len(data))
	}
	if want := []string{"true 0s true"}; !slices.Equal(retries, want) {
		t.Errorf("retries: %q, want %q", retries, want)
	}
}

func TestLog(t *testing.T) {
	var b bytes.Buffer
	r := newRig(t, script(document(503, "<Error><Code>SlowDown</Code></Error>"), status(200)), func(o *Options) {
		o.Logger = slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if err := r.do(t.Context(), opPut, &input{Key: "k", Token: "secret-token", Body: strings.NewReader("secret-content")}, &output{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("the log is %q", lines)
	}
	for i, parts := range [][]string{
		{"level=INFO", "msg=retry", "service=stub", "operation=Put", "host=" + r.host, "attempt=1", "wait=0s", "SlowDown", "status 503"},
		{"level=DEBUG", "msg=call", "service=stub", "operation=Put", "host=" + r.host, "attempts=2", "took="},
	} {
		for _, part := range parts {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %q lacks %q", lines[i], part)
			}
		}
	}
	if strings.Contains(b.String(), "secret") {
		t.Errorf("the log tells a secret: %s", &b)
	}
}

// recorder is a tracer and a meter that remember.
type recorder struct {
	metrics.NopMeterProvider
	mu      sync.Mutex
	spans   []string
	records []string
}

type spanKey struct{}

type recordedSpan struct {
	tracing.Span
	path string
	r    *recorder
	text string
}

func (r *recorder) Tracer(string, ...tracing.TracerOption) tracing.Tracer { return r }

func (r *recorder) StartSpan(ctx context.Context, name string, _ ...tracing.SpanOption) (context.Context, tracing.Span) {
	s := &recordedSpan{path: name, r: r}
	if parent, ok := ctx.Value(spanKey{}).(*recordedSpan); ok {
		s.path = parent.path + " > " + name
	}
	return context.WithValue(ctx, spanKey{}, s), s
}

func (s *recordedSpan) AddEvent(name string, _ ...tracing.EventOption) { s.text += " " + name }
func (s *recordedSpan) SetStatus(status tracing.SpanStatus) {
	s.text += fmt.Sprintf(" status %d", status)
}
func (s *recordedSpan) SetProperty(k, v any) {
	if k != "server.address" {
		s.text += fmt.Sprintf(" %v=%v", k, v)
	}
}
func (s *recordedSpan) End() {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.r.spans = append(s.r.spans, s.path+":"+s.text)
}

func (r *recorder) Meter(string, ...metrics.MeterOption) metrics.Meter {
	return &recordedMeter{Meter: metrics.NopMeterProvider{}.Meter(""), r: r}
}

type recordedMeter struct {
	metrics.Meter
	r *recorder
}

func (m *recordedMeter) Float64Histogram(name string, _ ...metrics.InstrumentOption) (metrics.Float64Histogram, error) {
	return &instrument{name, m.r}, nil
}

func (m *recordedMeter) Int64Counter(name string, _ ...metrics.InstrumentOption) (metrics.Int64Counter, error) {
	if name == "client.call.errors" {
		return nil, errors.New("refused")
	}
	return &counter{instrument{name, m.r}}, nil
}

type instrument struct {
	name string
	r    *recorder
}

func (i *instrument) Record(_ context.Context, _ float64, opts ...metrics.RecordMetricOption) {
	var o metrics.RecordMetricOptions
	for _, opt := range opts {
		opt(&o)
	}
	i.r.mu.Lock()
	defer i.r.mu.Unlock()
	i.r.records = append(i.r.records, fmt.Sprintf("%s %v.%v", i.name, o.Properties.Get("rpc.service"), o.Properties.Get("rpc.method")))
}

type counter struct{ instrument }

func (c *counter) Add(ctx context.Context, _ int64, opts ...metrics.RecordMetricOption) {
	c.Record(ctx, 0, opts...)
}

func TestTracesAndMetrics(t *testing.T) {
	rec := &recorder{}
	r := newRig(t, script(status(500), status(200), status(400)), func(o *Options) { o.Tracer, o.Meter = rec, rec })
	if err := r.do(t.Context(), opPut, nil, &output{}); err != nil {
		t.Fatal(err)
	}
	if err := r.do(t.Context(), opPut, nil, &output{}); err == nil {
		t.Fatal("no error")
	}
	ok, failed := int(tracing.SpanStatusOK), int(tracing.SpanStatusError)
	want := []string{
		fmt.Sprintf("stub.Put > attempt 1: exception status %d", failed),
		fmt.Sprintf("stub.Put > attempt 2: http.response.status_code=200 status %d", ok),
		fmt.Sprintf("stub.Put: attempts=2 status %d", ok),
		fmt.Sprintf("stub.Put > attempt 1: exception status %d", failed),
		fmt.Sprintf("stub.Put: attempts=1 exception status %d", failed),
	}
	if !reflect.DeepEqual(rec.spans, want) {
		t.Errorf("spans:\n%s\nwant:\n%s", strings.Join(rec.spans, "\n"), strings.Join(want, "\n"))
	}
	want = []string{
		"client.call.retries stub.Put", "client.call.attempt_duration stub.Put", "client.call.attempt_duration stub.Put",
		"client.call.duration stub.Put", "client.call.attempt_duration stub.Put", "client.call.duration stub.Put",
	}
	if !reflect.DeepEqual(rec.records, want) {
		t.Errorf("records:\n%s\nwant:\n%s", strings.Join(rec.records, "\n"), strings.Join(want, "\n"))
	}
}

// TestContinuedBodyIsTraced under the call, not under the attempt that failed.
func TestContinuedBodyIsTraced(t *testing.T) {
	rec := &recorder{}
	r := newRig(t, (&object{data: pattern(100), etag: `"v1"`, breaks: []int{10}}).ServeHTTP, func(o *Options) { o.Tracer = rec })
	if _, err := io.ReadAll(r.get(t, opGet)); err != nil {
		t.Fatal(err)
	}
	if last := rec.spans[len(rec.spans)-1]; !strings.HasPrefix(last, "stub.Get > attempt 2: ") {
		t.Errorf("the last span is %q", last)
	}
}

func TestUserAgent(t *testing.T) {
	var got atomic.Value
	r := newRig(t, func(_ http.ResponseWriter, r *http.Request) { got.Store(r.UserAgent()) }, func(o *Options) { o.UserAgent = "backup/2" })
	if err := r.put(t.Context(), strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if ua := got.Load().(string); !strings.HasPrefix(ua, "backup/2 entrepot/") {
		t.Errorf("User-Agent: %s", ua)
	}
}
