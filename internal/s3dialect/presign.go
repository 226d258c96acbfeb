package s3dialect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/sigv4"
)

// Presigned is what presigning a request asks for and yields. It is made by
// [PresignQuery] or presignForm.
type Presigned struct {
	expires time.Duration // asked for

	// How it is done stands here and not where it is done, so that programs
	// that presign nothing have nothing of it.
	build func(c *Core, ctx context.Context, op *pipeline.Operation, in any) error
	sign  func(d *Dialect, r *http.Request, params sigv4.Params, expires time.Duration) error

	// policy makes the policy of a form that has the fields given, besides its
	// own, and ends then.
	policy func(signed []entrepot.PostField, until time.Time) string

	Method string
	URL    string
	Header http.Header          // to be sent along
	Until  time.Time            // when it ends
	Fields []entrepot.PostField // of a form: what its signature adds to it
}

// ErrPresigned ends a call that was only to be presigned.
var ErrPresigned = errors.New("the request has been presigned, not sent")

// ErrNeedsHMAC tells why a token cannot presign.
var ErrNeedsHMAC = errors.New("presigning needs HMAC keys, which sign: an IAM token cannot")

// presignLimit is how long at most AWS lets be used what is presigned.
const presignLimit = 7 * 24 * time.Hour

// checkLife refuses a time that nothing presigned can be used for.
func (f *Flavour) checkLife(expires time.Duration) error {
	switch {
	case f.PresignForever && expires < time.Second:
		return fmt.Errorf("lives one second or longer, not %v", expires)
	case !f.PresignForever && (expires < time.Second || expires > presignLimit):
		return fmt.Errorf("lives one second to seven days, not %v", expires)
	}
	return nil
}

// PresignQuery asks for a request that is signed in its query.
func PresignQuery(expires time.Duration) *Presigned {
	return &Presigned{expires: expires, build: (*Core).presign, sign: (*Dialect).signQuery}
}

// Presign presigns the request of a call: any operation of the package, with
// settings that ask for it.
func Presign(f *Flavour, expires time.Duration, call func(p *Presigned) error) (*entrepot.PresignedRequest, error) {
	if err := f.checkLife(expires); err != nil {
		return nil, fmt.Errorf("%s: Presign: a presigned request %w", f.Name, err)
	}
	p := PresignQuery(expires)
	err := call(p)
	if err == nil {
		return nil, fmt.Errorf("%s: Presign: the function is no operation of this package", f.Name)
	}
	if !errors.Is(err, ErrPresigned) {
		return nil, err
	}
	return &entrepot.PresignedRequest{Method: p.Method, URL: p.URL, Header: p.Header, Expires: p.Until}, nil
}

// presign signs the request of a call instead of making it.
func (c *Core) presign(ctx context.Context, op *pipeline.Operation, in any) error {
	done, err := c.completed()
	if err != nil {
		return c.failed(op, err)
	}
	d := &done.dialect
	r, err := pipeline.Build(ctx, done.runtime, d, op, in)
	if err != nil {
		return err
	}
	d.Presign.Method, d.Presign.URL = r.Method, r.URL.String()
	return ErrPresigned
}

// presign signs for no longer than the credentials live.
func (d *Dialect) presign(r *http.Request, params sigv4.Params, keysEnd time.Time) error {
	expires := d.Presign.expires
	if !keysEnd.IsZero() {
		expires = min(expires, keysEnd.Sub(params.Time).Truncate(time.Second))
	}
	return d.Presign.sign(d, r, params, expires)
}

// signQuery signs a request in its query.
func (d *Dialect) signQuery(r *http.Request, params sigv4.Params, expires time.Duration) error {
	if v := r.Header.Get("Content-Length"); v != "" {
		// The caller says how long the body of whoever uses the request must be.
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return err
		}
		r.ContentLength, params.SignContentLength = n, true
	}
	header, err := d.Signer.Presign(r, params, expires)
	if err != nil {
		return err
	}
	d.Presign.Header = header
	d.Presign.Until = params.Time.Truncate(time.Second).Add(expires)
	return nil
}
