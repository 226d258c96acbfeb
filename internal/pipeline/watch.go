package pipeline

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"

	"github.com/entrepot-go/entrepot/internal/apierror"
)

// instruments are built once for a client.
type instruments struct {
	service  string
	calls    metrics.Float64Histogram
	attempts metrics.Float64Histogram
	retries  metrics.Int64Counter
	failures metrics.Int64Counter
}

// newInstruments names the instruments after those of the AWS SDK, so that
// dashboards made for it go on working. An instrument that the meter refuses
// is left out: measuring must not break what it measures.
func newInstruments(service string, m metrics.Meter) *instruments {
	i := &instruments{service: service}
	unit := func(unit, text string) metrics.InstrumentOption {
		return func(o *metrics.InstrumentOptions) { o.UnitLabel, o.Description = unit, text }
	}
	i.calls, _ = m.Float64Histogram("client.call.duration", unit("s", "Duration of a call with all its attempts"))
	i.attempts, _ = m.Float64Histogram("client.call.attempt_duration", unit("s", "Duration of one attempt until its answer"))
	i.retries, _ = m.Int64Counter("client.call.retries", unit("{retry}", "Attempts that followed a failed one"))
	i.failures, _ = m.Int64Counter("client.call.errors", unit("{error}", "Calls that ended in an error"))
	return i
}

// labels says which call a measurement belongs to.
func (i *instruments) labels(op string) metrics.RecordMetricOption {
	return func(o *metrics.RecordMetricOptions) {
		o.Properties.Set("rpc.service", i.service)
		o.Properties.Set("rpc.method", op)
	}
}

// watched is a call that is being watched; its zero value does nothing.
type watched struct {
	call  *Call
	span  tracing.Span
	began time.Time
}

func (c *Call) watch(ctx context.Context) (context.Context, watched) {
	if c.rt.tracer == nil && c.rt.meter == nil && c.rt.Logger == nil {
		return ctx, watched{}
	}
	w := watched{call: c, began: time.Now()}
	if c.rt.tracer != nil {
		ctx, w.span = c.rt.tracer.StartSpan(ctx, c.provider.Service()+"."+c.Operation.Name, func(o *tracing.SpanOptions) {
			o.Kind = tracing.SpanKindClient
			o.Properties.Set("rpc.system", scope)
			o.Properties.Set("rpc.service", c.provider.Service())
			o.Properties.Set("rpc.method", c.Operation.Name)
		})
	}
	return ctx, w
}

func (w watched) end(ctx context.Context, err error) {
	if w.call == nil {
		return
	}
	c := w.call
	if w.span != nil {
		w.span.SetProperty("server.address", c.Host)
		w.span.SetProperty("attempts", c.Attempts)
		finish(w.span, err)
	}
	took := time.Since(w.began)
	if m := c.rt.meter; m != nil {
		labels := m.labels(c.Operation.Name)
		if m.calls != nil {
			m.calls.Record(ctx, took.Seconds(), labels)
		}
		if m.failures != nil && err != nil {
			m.failures.Add(ctx, 1, labels)
		}
	}
	if l := c.rt.Logger; l != nil && l.Enabled(ctx, slog.LevelDebug) {
		attrs := append(c.attrs(), slog.Int("attempts", c.Attempts), slog.Duration("took", took))
		if err != nil {
			attrs = append(attrs, slog.String("error", err.Error()))
		}
		l.LogAttrs(ctx, slog.LevelDebug, "call", attrs...)
	}
}

// watchAttempt watches one attempt; the function it returns ends that, with
// the answer or why there is none.
func (c *Call) watchAttempt(ctx context.Context) (context.Context, func(*http.Response, error)) {
	if c.rt.tracer == nil && (c.rt.meter == nil || c.rt.meter.attempts == nil) {
		return ctx, noWatch
	}
	began := time.Now()
	var span tracing.Span
	if c.rt.tracer != nil {
		ctx, span = c.rt.tracer.StartSpan(ctx, "attempt "+strconv.Itoa(c.Attempts))
	}
	return ctx, func(resp *http.Response, failure error) {
		if m := c.rt.meter; m != nil && m.attempts != nil {
			m.attempts.Record(ctx, time.Since(began).Seconds(), m.labels(c.Operation.Name))
		}
		if span == nil {
			return
		}
		if resp != nil {
			span.SetProperty("http.response.status_code", resp.StatusCode)
		}
		finish(span, failure)
	}
}

func noWatch(*http.Response, error) {}

func finish(span tracing.Span, err error) {
	status := tracing.SpanStatusOK
	if err != nil {
		status = tracing.SpanStatusError
		var properties smithy.Properties
		properties.Set("exception.message", err.Error())
		span.AddEvent("exception", func(o *tracing.EventOptions) { o.Properties = properties })
	}
	span.SetStatus(status)
	span.End()
}

// report tells whoever watches that another attempt follows the one that
// failed with e.
func (c *Call) report(ctx context.Context, e *apierror.Error, wait time.Duration, throttled bool) {
	if o := c.observer; o != nil && o.Retry != nil {
		last := *e
		o.Retry(c.provider.Public(&last), wait, throttled)
	}
	if m := c.rt.meter; m != nil && m.retries != nil {
		m.retries.Add(ctx, 1, m.labels(c.Operation.Name))
	}
	if l := c.rt.Logger; l != nil && l.Enabled(ctx, slog.LevelInfo) {
		l.LogAttrs(ctx, slog.LevelInfo, "retry",
			append(c.attrs(), slog.Int("attempt", c.Attempts), slog.Duration("wait", wait), slog.String("error", e.Text()))...)
	}
}

func (c *Call) attrs() []slog.Attr {
	return []slog.Attr{
		slog.String("service", c.provider.Service()),
		slog.String("operation", c.Operation.Name),
		slog.String("host", c.Host),
	}
}
