package b2

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/observe"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/transfer"
)

// uploadURL is where content can be sent, by one upload at a time.
type uploadURL struct {
	url     string
	token   Secret
	account *authorization // it was asked for with
}

// urlPool keeps the upload URLs that no upload is using. It never has more
// than there were uploads at the same time.
type urlPool struct {
	mu   sync.Mutex
	free []*uploadURL
}

// take returns an URL for the caller alone, nil if none is free. Those of an
// authorization that has been replaced, or is about to be, are dropped: their
// tokens may have gone with it.
func (p *urlPool) take(current *authorization) *uploadURL {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := len(p.free); n > 0; n = len(p.free) {
		u := p.free[n-1]
		p.free = p.free[:n-1]
		if u.account == current {
			return u
		}
	}
	return nil
}

// put gives an URL back whose upload has succeeded.
func (p *urlPool) put(u *uploadURL) {
	p.mu.Lock()
	p.free = append(p.free, u)
	p.mu.Unlock()
}

// clear drops all URLs.
func (p *urlPool) clear() {
	p.mu.Lock()
	p.free = nil
	p.mu.Unlock()
}

// upload sends content to an upload URL of a pool, again to another URL for as
// long as that is worth while.
type upload struct {
	session *session
	urls    *urlPool
	op      *pipeline.Operation
	fetch   func(context.Context) (*uploadURL, error)
}

// url returns where the nth attempt goes. After a failure it is an URL that was
// just made: the others of the pool may be of the same age or the same host.
func (u *upload) url(ctx context.Context, n int) (*uploadURL, error) {
	if n == 1 {
		if url := u.urls.take(u.session.current()); url != nil {
			return url, nil
		}
	}
	url, err := u.fetch(ctx)
	if err != nil {
		return nil, err
	}
	url.account = u.session.current()
	return url, nil
}

// hurried is how many attempts to upload may follow at once: the failure of one
// host, or its being busy, says nothing about the next one.
const hurried = 2

func (u *upload) send(ctx context.Context, body transfer.Body, prepare func(*uploadURL, io.Reader) (in, out any)) error {
	source := &source{ReaderAt: body}
	damaged := false
	for attempt := 1; ; attempt++ {
		url, err := u.url(ctx, attempt)
		if err != nil {
			return err
		}
		in, out := prepare(url, io.NewSectionReader(source, 0, body.Size()))
		try := &call{session: u.session}
		ctx, sent := counting(ctx)
		err = pipeline.Do(ctx, u.session.uploads, try, u.op, in, out)
		if err == nil {
			u.urls.put(url)
			return nil
		}
		// The URL is not used again, whatever the reason: the host may hold it
		// for the upload that broke off.
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Attempts == 0 || source.failed.Load() {
			return err // nothing that another URL would change
		}
		e.Attempts = attempt
		v := newURLVerdict(e)
		if errors.Is(e, ErrBadRequest) && !damaged {
			// Content that was damaged on its way is refused like this as well.
			damaged, v = true, pipeline.Retry
		}
		if v == pipeline.Retry && attempt <= hurried && attempt < u.session.uploads.Retry.MaxAttempts {
			v = pipeline.Again
		}
		if err := pipeline.Repeat(ctx, u.session.uploads, try, u.op, (*apierror.Error)(e), attempt, v); err != nil {
			return err
		}
		sent.takeBack()
	}
}

// newURLVerdict says whether an upload that failed may succeed elsewhere.
func newURLVerdict(e *Error) pipeline.Verdict {
	switch {
	case e.StatusCode == 0: // no answer, or the answer is about other bytes
		return pipeline.Retry
	case e.StatusCode == http.StatusTooManyRequests:
		return pipeline.Throttle
	case e.StatusCode == http.StatusServiceUnavailable: // that host is busy, not the service
		return pipeline.Retry
	case e.Code == "auth_token_limit", tokenRefused((*apierror.Error)(e)):
		return pipeline.Retry
	}
	return verdict((*apierror.Error)(e))
}

// counter counts what an upload reports as sent, so that it can be taken back.
type counter struct {
	report func(int64)
	n      atomic.Int64
}

func counting(ctx context.Context) (context.Context, *counter) {
	c := new(counter)
	o := observe.From(ctx)
	if o == nil || o.Sent == nil {
		return ctx, c
	}
	c.report = o.Sent
	counted := *o
	counted.Sent = func(n int64) {
		c.n.Add(n)
		c.report(n)
	}
	return observe.With(ctx, &counted), c
}

func (c *counter) takeBack() {
	if n := c.n.Swap(0); n > 0 {
		c.report(-n)
	}
}

// source notices when the caller's content cannot be read: then no other URL
// helps.
type source struct {
	io.ReaderAt
	failed atomic.Bool
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(p, off)
	if n < len(p) || err != nil && err != io.EOF { // an early end is a failure, too
		s.failed.Store(true)
	}
	return n, err
}
